#include "common/institutions.h"

#include "common/area.h"

#include <stdlib.h>
#include <string.h>

enum { INSTITUTIONS_MAX = 1024, ID_ROOM = 64 };

struct member {
    char id[ID_ROOM], whole[ID_ROOM], regency[AREA_TEXT + 1];
};

struct institutions {
    struct member *members; /* sorted by id */
    size_t count;
};

static int compare(const void *a, const void *b) {
    return strcmp(((const struct member *)a)->id, ((const struct member *)b)->id);
}

static bool copied(char *out, size_t room, const char *text) {
    size_t size = text ? strlen(text) : room;
    if (size < room)
        memcpy(out, text, size + 1);
    return size < room;
}

static bool member_take(struct member *out, const struct extract *file, const struct extract_node *entry) {
    const char *id = extract_text(file, entry, "id"), *whole = extract_text(file, entry, "part_of");
    return copied(out->id, sizeof out->id, id) && copied(out->whole, sizeof out->whole, whole ? whole : id) &&
           copied(out->regency, sizeof out->regency, extract_text(file, entry, "regency"));
}

static bool members_take(struct institutions *out, const struct extract *file, struct error *error) {
    const struct extract_node *entry;
    size_t count = 0;
    while (extract_entry(file, NULL, "facilities", count))
        count++;
    if (count > INSTITUTIONS_MAX)
        return error_set(error, "facilities.yaml: more than %d facilities", INSTITUTIONS_MAX);
    out->members = calloc(count + 1, sizeof *out->members);
    if (!out->members)
        return error_set(error, "no memory for the institutions");
    while ((entry = extract_entry(file, NULL, "facilities", out->count)) != NULL) {
        if (!member_take(&out->members[out->count], file, entry))
            return error_set(error,
                "facilities.yaml: facilities[%zu]: id and regency are needed, part_of and "
                "id have less than %d bytes",
                out->count, ID_ROOM);
        out->count++;
    }
    qsort(out->members, out->count, sizeof *out->members, compare);
    return true;
}

struct institutions *institutions_read(const struct extract *facilities, struct error *error) {
    struct institutions *out = calloc(1, sizeof *out);
    if (!out)
        error_set(error, "no memory for the institutions");
    else if (!members_take(out, facilities, error))
        institutions_free(&out);
    return out;
}

struct institutions *institutions_load(const char *site_dir, struct error *error) {
    struct extract *file = extract_open(site_dir, "facilities.yaml", error);
    struct institutions *out = file ? institutions_read(file, error) : NULL;
    extract_close(&file);
    return out;
}

void institutions_free(struct institutions **at) {
    if (*at)
        free((*at)->members);
    free(*at);
    *at = NULL;
}

static const struct member *find(const struct institutions *institutions, const char *id) {
    size_t low = 0, high = institutions->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(institutions->members[middle].id, id);
        if (order == 0)
            return &institutions->members[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *institutions_of(const struct institutions *institutions, const char *facility) {
    const struct member *found = find(institutions, facility);
    return found ? found->whole : facility;
}

/* ---- what a case accuses ---- */

/* The next of a list; "" for one that is too long to be any. False at its end. */
static bool id_next(const char **rest, char id[ID_ROOM]) {
    const char *at = *rest + strspn(*rest, " ,");
    size_t size = strcspn(at, " ,"), kept = size < ID_ROOM ? size : 0;
    memcpy(id, at, kept);
    id[kept] = 0;
    *rest = at + size;
    return size > 0;
}

bool institutions_is_office(const char *id) {
    return strncmp(id, INSTITUTIONS_OFFICE, sizeof INSTITUTIONS_OFFICE - 1) == 0;
}

bool institutions_tell_who(const struct institutions *institutions, const char *facilities) {
    char id[ID_ROOM];
    while (id_next(&facilities, id))
        if (strcmp(id, "no") == 0 || institutions_is_office(id) || find(institutions, id))
            return true;
    return false;
}

struct accusation institutions_accusation(
    const struct institutions *institutions, const char *interest, const char *facilities, const char *area) {
    struct accusation out = {.facilities = facilities ? facilities : "", .area = area ? area : ""};
    out.of_unknown =
        interest && strcmp(interest, "yes") == 0 && !institutions_tell_who(institutions, out.facilities);
    return out;
}

bool institutions_accused(
    const struct institutions *institutions, const struct accusation *accusation, const char *facility) {
    const struct member *found = find(institutions, facility);
    const char *whole = found ? found->whole : facility, *rest = accusation->facilities;
    char id[ID_ROOM];
    while (id_next(&rest, id))
        if (strcmp(whole, institutions_of(institutions, id)) == 0)
            return true;
    return accusation->of_unknown && found && area_common(found->regency, accusation->area) >= AREA_REGENCY;
}

/* Where it is not known where the case is, all of that role may be meant. */
static bool is_of_regency(const char *office_area, const char *case_area) {
    bool regency = *office_area && strcmp(office_area, "*") != 0 && area_level(office_area) >= AREA_REGENCY;
    return regency && (!*case_area || area_common(office_area, case_area) >= AREA_REGENCY);
}

bool institutions_accused_office(const struct accusation *accusation, const char *role, const char *area) {
    const char *rest = accusation->facilities;
    char id[ID_ROOM];
    while (id_next(&rest, id))
        if (institutions_is_office(id) && strcmp(id + sizeof INSTITUTIONS_OFFICE - 1, role) == 0 &&
            is_of_regency(area, accusation->area))
            return true;
    return false;
}

static bool is_of_accused_office(const struct accusation *accusation, const Sigap__Actor *actor) {
    for (size_t i = 0; actor && i < actor->n_roles; i++)
        for (size_t k = 0; k < actor->n_areas; k++)
            if (institutions_accused_office(accusation, actor->roles[i], actor->areas[k]))
                return true;
    return false;
}

bool institutions_accuse_staff(
    const struct institutions *institutions, const struct accusation *accusation, const Sigap__Actor *actor) {
    for (size_t i = 0; actor && i < actor->n_facilities; i++)
        if (institutions_accused(institutions, accusation, actor->facilities[i]))
            return true;
    return is_of_accused_office(accusation, actor);
}
