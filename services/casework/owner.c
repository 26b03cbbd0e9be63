#include "services/casework/owner.h"

#include "common/area.h"
#include "common/extract.h"
#include "common/texts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { TEAMS_MAX = 1024, LIAISONS_MAX = 128, FACILITY_TEXT = 64 };

enum each { EACH_ONE, EACH_REGENCY, EACH_FACILITY };

struct team {
    const char *id, *role;
    enum each each;
    const struct extract_node *entry; /* for facility_types */
};

struct liaison {
    const char *role, *owner;
};

struct owners {
    struct extract *file;
    const struct places *places;
    struct team teams[TEAMS_MAX];
    unsigned team_count;
    struct liaison liaisons[LIAISONS_MAX];
    unsigned liaison_count;
};

static enum each each_of(const char *word) {
    if (same_text(word, "regency"))
        return EACH_REGENCY;
    return same_text(word, "facility") ? EACH_FACILITY : EACH_ONE;
}

static void read_teams(struct owners *owners) {
    const struct extract_node *entry;
    for (size_t i = 0; (entry = extract_entry(owners->file, NULL, "teams", i)) != NULL; i++) {
        const char *id = extract_text(owners->file, entry, "id");
        const char *role = extract_text(owners->file, entry, "role");
        const char *each = extract_text(owners->file, entry, "each");
        if (id && role && each && owners->team_count < TEAMS_MAX)
            owners->teams[owners->team_count++] = (struct team){id, role, each_of(each), entry};
    }
}

static void read_liaisons(struct owners *owners) {
    const struct extract_node *entry;
    for (size_t i = 0; (entry = extract_entry(owners->file, NULL, "liaisons", i)) != NULL; i++) {
        struct liaison liaison = {
            extract_text(owners->file, entry, "role"), extract_text(owners->file, entry, "owner")};
        if (liaison.role && liaison.owner && owners->liaison_count < LIAISONS_MAX)
            owners->liaisons[owners->liaison_count++] = liaison;
    }
}

struct owners *owners_load(const char *site_dir, const struct places *places, struct error *error) {
    struct owners *owners = calloc(1, sizeof *owners);
    if (!owners) {
        error_set(error, "no memory for the teams");
        return NULL;
    }
    owners->places = places;
    owners->file = extract_open(site_dir, "teams.yaml", error);
    if (!owners->file) {
        owners_free(&owners);
        return NULL;
    }
    read_teams(owners);
    read_liaisons(owners);
    return owners;
}

void owners_free(struct owners **owners) {
    if (!*owners)
        return;
    extract_close(&(*owners)->file);
    free(*owners);
    *owners = NULL;
}

const char *owner_role(const struct owners *owners, const char *role) {
    for (unsigned i = 0; i < owners->liaison_count; i++)
        if (same_text(owners->liaisons[i].role, role))
            return owners->liaisons[i].owner;
    return role;
}

/* ---- ids: kab-{regency} -> kab-3507, fas-{facility} -> fas-jtm-rsbkw */

static const char *fill(const char *pattern, const char *word, const char *value, struct arena *arena) {
    const char *at = strstr(pattern, word);
    if (!at)
        return pattern;
    const char *behind = at + strlen(word);
    size_t before = (size_t)(at - pattern), size = strlen(value), rest = strlen(behind);
    char *filled = arena_take(arena, before + size + rest + 1);
    if (!filled)
        return "";
    memcpy(filled, pattern, before);
    memcpy(filled + before, value, size);
    memcpy(filled + before + size, behind, rest);
    return filled;
}

static const char *fill_regency(const char *pattern, const char *area, struct arena *arena) {
    char regency[AREA_TEXT + 1], plain[AREA_TEXT + 1];
    size_t size = 0;
    if (area_level(area) < AREA_REGENCY || !area_cut(area, AREA_REGENCY, regency))
        return NULL;
    for (const char *at = regency; *at; at++)
        if (*at != '.')
            plain[size++] = *at;
    plain[size] = 0;
    return fill(pattern, "{regency}", plain, arena);
}

static const char *fill_facility(const char *pattern, const char *facility, struct arena *arena) {
    char lower[FACILITY_TEXT];
    size_t size = strlen(facility);
    if (size >= sizeof lower)
        return NULL;
    for (size_t i = 0; i <= size; i++)
        lower[i] = (char)tolower((unsigned char)facility[i]);
    return fill(pattern, "{facility}", lower, arena);
}

/* ---- choosing */

/* Without facility_types a team is made for every facility. */
static bool takes_facility(const struct owners *owners, const struct team *team, const char *facility) {
    const struct extract_node *type = extract_entry(owners->file, team->entry, "facility_types", 0);
    for (size_t i = 0; type; type = extract_entry(owners->file, team->entry, "facility_types", ++i)) {
        const char *name = extract_text(owners->file, type, NULL);
        if (name && places_has_type(owners->places, facility, name))
            return true;
    }
    return extract_entry(owners->file, team->entry, "facility_types", 0) == NULL;
}

static const char *team_for(const struct owners *owners, const struct team *team, const char *area,
    const char *facility, struct arena *arena) {
    switch (team->each) {
    case EACH_ONE:
        return team->id;
    case EACH_REGENCY:
        return fill_regency(team->id, area, arena);
    case EACH_FACILITY:
        return *facility && takes_facility(owners, team, facility) ? fill_facility(team->id, facility, arena)
                                                                   : NULL;
    }
    return NULL;
}

/* The narrowest: at the facility, in the regency, for the site. */
static const char *team_of_role(const struct owners *owners, const char *role, const char *area,
    const char *facility, struct arena *arena) {
    for (int each = EACH_FACILITY; each >= EACH_ONE; each--) {
        for (unsigned i = 0; i < owners->team_count; i++) {
            const struct team *team = &owners->teams[i];
            if ((int)team->each != each || !same_text(team->role, role))
                continue;
            const char *id = team_for(owners, team, area, facility, arena);
            if (id)
                return id;
        }
    }
    return NULL;
}

const char *owner_of(const struct owners *owners, const char *role, const char *area, const char *facility,
    struct arena *arena) {
    const char *const answering[] = {owner_role(owners, role), "KAB", "KOR"};
    for (size_t i = 0; i < sizeof answering / sizeof *answering; i++) {
        const char *id = team_of_role(owners, answering[i], area, facility, arena);
        if (id)
            return id;
    }
    return "";
}
