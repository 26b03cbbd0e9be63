#include "services/casework/places.h"

#include "common/extract.h"

#include <stdlib.h>
#include <string.h>

enum { FACILITIES_MAX = 4096, TYPES_MAX = 256 };

struct place {
    const char *id;
    unsigned kind;
    const struct extract_node *entry; /* NULL for a type */
};

struct places {
    struct extract *facilities, *eligibility;
    struct institutions *institutions;
    struct place *list; /* sorted by id */
    unsigned count;
    struct place types[TYPES_MAX];
    unsigned type_count;
};

static unsigned kind_of_mode(const char *mode) {
    static const struct {
        const char *mode;
        unsigned kind;
    } modes[] = {
        {"residential", PLACE_STAY},
        {"home_care", PLACE_STAY},
        {"transit", PLACE_STAY | PLACE_SHELTER},
        {"shelter", PLACE_STAY | PLACE_SHELTER},
        {"inpatient", PLACE_STAY | PLACE_HOSPITAL},
        {"emergency", PLACE_STAY | PLACE_HOSPITAL},
    };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i].mode, mode) == 0)
            return modes[i].kind;
    return PLACE_OTHER;
}

static void read_types(struct places *places) {
    const struct extract_node *entry;
    for (size_t i = 0; (entry = extract_entry(places->eligibility, NULL, "types", i)) != NULL; i++) {
        const char *type = extract_text(places->eligibility, entry, "type");
        const char *mode = extract_text(places->eligibility, entry, "mode");
        if (type && mode && places->type_count < TYPES_MAX)
            places->types[places->type_count++] = (struct place){type, kind_of_mode(mode), NULL};
    }
}

static unsigned kind_of_type(const struct places *places, const char *type) {
    for (unsigned i = 0; i < places->type_count; i++)
        if (strcmp(places->types[i].id, type) == 0)
            return places->types[i].kind;
    return PLACE_OTHER;
}

static unsigned kind_of_entry(const struct places *places, const struct extract_node *entry) {
    unsigned kind = 0;
    const struct extract_node *type;
    for (size_t i = 0; (type = extract_entry(places->facilities, entry, "types", i)) != NULL; i++) {
        const char *name = extract_text(places->facilities, type, NULL);
        kind |= name ? kind_of_type(places, name) : 0;
    }
    return kind;
}

static int compare(const void *a, const void *b) {
    return strcmp(((const struct place *)a)->id, ((const struct place *)b)->id);
}

static bool read_facilities(struct places *places) {
    const struct extract_node *entry;
    places->list = calloc(FACILITIES_MAX, sizeof *places->list);
    if (!places->list)
        return false;
    for (size_t i = 0; (entry = extract_entry(places->facilities, NULL, "facilities", i)) != NULL; i++) {
        const char *id = extract_text(places->facilities, entry, "id");
        if (id && places->count < FACILITIES_MAX)
            places->list[places->count++] = (struct place){id, kind_of_entry(places, entry), entry};
    }
    qsort(places->list, places->count, sizeof *places->list, compare);
    return true;
}

struct places *places_load(const char *site_dir, struct error *error) {
    struct places *places = calloc(1, sizeof *places);
    if (!places) {
        error_set(error, "no memory for the facilities");
        return NULL;
    }
    places->facilities = extract_open(site_dir, "facilities.yaml", error);
    places->institutions = places->facilities ? institutions_read(places->facilities, error) : NULL;
    places->eligibility = places->institutions ? extract_open(site_dir, "eligibility.yaml", error) : NULL;
    if (places->eligibility) {
        read_types(places);
        if (read_facilities(places))
            return places;
        error_set(error, "no memory for the facilities");
    }
    places_free(&places);
    return NULL;
}

void places_free(struct places **places) {
    if (!*places)
        return;
    free((*places)->list);
    institutions_free(&(*places)->institutions);
    extract_close(&(*places)->facilities);
    extract_close(&(*places)->eligibility);
    free(*places);
    *places = NULL;
}

static const struct place *find(const struct places *places, const char *facility) {
    struct place key = {.id = facility};
    return bsearch(&key, places->list, places->count, sizeof *places->list, compare);
}

bool places_know(const struct places *places, const char *facility) {
    return find(places, facility) != NULL;
}

unsigned places_kind(const struct places *places, const char *facility) {
    const struct place *found = find(places, facility);
    return found ? found->kind : PLACE_OTHER;
}

const struct institutions *places_institutions(const struct places *places) {
    return places->institutions;
}

bool places_has_type(const struct places *places, const char *facility, const char *type) {
    const struct place *found = find(places, facility);
    const struct extract_node *entry = NULL;
    for (size_t i = 0; found && (entry = extract_entry(places->facilities, found->entry, "types", i)) != NULL;
         i++) {
        const char *name = extract_text(places->facilities, entry, NULL);
        if (name && strcmp(name, type) == 0)
            return true;
    }
    return false;
}
