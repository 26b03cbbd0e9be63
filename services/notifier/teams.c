#include "teams.h"

#include "common/texts.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1024, ROWS_MOST = 1024, FOUND = 1024 /* x 64 bytes */ };

enum each { EACH_ONE, EACH_REGENCY, EACH_FACILITY };

/* A row of the file; {regency} and {facility} still in its texts. */
struct team_row {
    char *id, *name, *role, *email, *outbox;
    int each;
    char **facility_types;
    unsigned facility_types_count;
    struct contact_row {
        char *channel, *address;
    } * contacts;
    unsigned contacts_count;
    unsigned people;
    bool round_the_clock;
};

struct liaison_row {
    char *role, *owner, *channel, *note;
};

struct teams_file {
    struct team_row *teams;
    unsigned teams_count;
    struct liaison_row *liaisons;
    unsigned liaisons_count;
};

/* What teams_of_role has found. Teams never change, so it stays true; an alert asks ten times, and mostly for
 * what another has asked for. */
struct found {
    const struct team *team; /* NULL: nobody */
    enum policy_area reach;
    bool known;
    char role[POLICY_ROLE_MAX + 1], area[AREA_TEXT + 1];
};

struct teams {
    struct teams_file *file;
    struct directory *directory;
    struct institutions *institutions;
    const struct gazetteer *gazetteer;
    struct team **list; /* in the order of the file */
    unsigned count, room;
    struct team **by_role; /* sorted by role and area, without those of facilities */
    unsigned by_role_count;
    struct team *buckets[BUCKETS], *ids[BUCKETS], *facilities[BUCKETS];
    struct found *found;     /* FOUND of them */
    enum area_level deepest; /* of the areas of teams: no use in looking below */
    enum area_level finest;  /* ... and of what their facilities cover: no two places below differ */
    struct liaison *liaisons;
    unsigned liaison_count;
};

/* ---- schema */

#define TEXT(key, structure, member, most)                                                                   \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, structure, member, 1, most)
#define TEXT_OR_NONE(key, structure, member, most)                                                           \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member, 0, most)

static const cyaml_schema_field_t contact_fields[] = {
    TEXT("channel", struct contact_row, channel, 15),
    TEXT("address", struct contact_row, address, 255),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t contact_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct contact_row, contact_fields)};

static const cyaml_strval_t each_words[] = {
    {"one", EACH_ONE}, {"regency", EACH_REGENCY}, {"facility", EACH_FACILITY}};
static const cyaml_schema_value_t word_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 32)};

static const cyaml_schema_field_t team_fields[] = {
    TEXT("id", struct team_row, id, TEAM_ID_MAX),
    TEXT("name", struct team_row, name, 160),
    TEXT("role", struct team_row, role, POLICY_ROLE_MAX),
    CYAML_FIELD_ENUM("each", CYAML_FLAG_STRICT, struct team_row, each, each_words, 3),
    CYAML_FIELD_SEQUENCE("facility_types", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct team_row,
        facility_types, &word_schema, 0, DIRECTORY_LIST_MAX),
    TEXT_OR_NONE("email", struct team_row, email, 200),
    TEXT_OR_NONE("outbox", struct team_row, outbox, TEAM_ID_MAX),
    CYAML_FIELD_SEQUENCE("contacts", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct team_row, contacts,
        &contact_schema, 0, TEAM_CONTACTS_MAX),
    CYAML_FIELD_UINT("people", CYAML_FLAG_OPTIONAL, struct team_row, people),
    CYAML_FIELD_BOOL("round_the_clock", CYAML_FLAG_OPTIONAL, struct team_row, round_the_clock),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t team_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct team_row, team_fields)};

static const cyaml_schema_field_t liaison_fields[] = {
    TEXT("role", struct liaison_row, role, POLICY_ROLE_MAX),
    TEXT("owner", struct liaison_row, owner, POLICY_ROLE_MAX),
    TEXT_OR_NONE("channel", struct liaison_row, channel, 160),
    TEXT_OR_NONE("note", struct liaison_row, note, 512),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t liaison_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct liaison_row, liaison_fields)};

static const cyaml_schema_field_t teams_fields[] = {
    CYAML_FIELD_SEQUENCE("teams", CYAML_FLAG_POINTER, struct teams_file, teams, &team_schema, 1, ROWS_MOST),
    CYAML_FIELD_SEQUENCE("liaisons", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct teams_file, liaisons,
        &liaison_schema, 0, 256),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t teams_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct teams_file, teams_fields)};

/* ---- texts with a place to fill in */

static bool has_place(const char *text, const char *place) {
    return text && strstr(text, place) != NULL;
}

/* A copy with the first `place` replaced; NULL when text is NULL or empty, or out of memory. */
static char *filled(const char *text, const char *place, const char *value) {
    if (!text || !text[0])
        return NULL;
    const char *at = place ? strstr(text, place) : NULL;
    if (!at)
        return strdup(text);
    char *out = NULL;
    return asprintf(&out, "%.*s%s%s", (int)(at - text), text, value, at + strlen(place)) < 0 ? NULL : out;
}

/* ---- one team */

static void team_free(struct team *team) {
    free((char *)team->id);
    free((char *)team->name);
    free((char *)team->email);
    free((char *)team->outbox);
    free(team);
}

static void hash_id(const char *id, uint8_t out[TEAM_HASH_BYTES]) {
    uint8_t hash[16];
    crypto_generichash(hash, sizeof hash, (const uint8_t *)id, strlen(id), NULL, 0);
    memcpy(out, hash, TEAM_HASH_BYTES);
}

static unsigned bucket_of(const uint8_t hash[TEAM_HASH_BYTES]) {
    return (unsigned)(hash[0] << 8 | hash[1]) % BUCKETS;
}

enum { HASH_START = 2166136261u };

/* FNV-1a: looking up happens several times a message. */
static uint32_t hash_step(uint32_t hash, const char *text) {
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

static unsigned bucket_of_id(const char *id) {
    return hash_step(HASH_START, id) % BUCKETS;
}

const struct team *teams_find_hash(const struct teams *teams, const uint8_t hash[TEAM_HASH_BYTES]) {
    for (const struct team *team = teams->buckets[bucket_of(hash)]; team; team = team->next)
        if (memcmp(team->hash, hash, TEAM_HASH_BYTES) == 0)
            return team;
    return NULL;
}

static bool room_for_one(struct teams *teams) {
    if (teams->count < teams->room)
        return true;
    unsigned room = teams->room ? teams->room * 2 : 64;
    struct team **list = room > TEAMS_MAX * 2 ? NULL : realloc(teams->list, room * sizeof(struct team *));
    if (!list)
        return false;
    teams->list = list;
    teams->room = room;
    return true;
}

/* place -> value in id and addresses; label goes behind the name. NULL: out of memory, an id too long, or one
 * that is taken. */
static struct team *team_add(struct teams *teams, const struct team_row *row, const char *place,
    const char *value, const char *label) {
    struct team *team = teams->count < TEAMS_MAX && room_for_one(teams) ? calloc(1, sizeof *team) : NULL;
    char *name = NULL;
    if (!team || asprintf(&name, "%s%s%s", row->name, label ? " " : "", label ? label : "") < 0) {
        free(team);
        return NULL;
    }
    team->id = filled(row->id, place, value);
    team->name = name;
    team->email = filled(row->email, place, value);
    team->outbox = filled(row->outbox, place, value);
    team->role = row->role;
    for (unsigned i = 0; i < row->contacts_count; i++)
        team->contacts[team->contact_count++] =
            (struct team_contact){row->contacts[i].channel, row->contacts[i].address};
    team->people = row->people;
    team->round_the_clock = row->round_the_clock;
    if (team->id)
        hash_id(team->id, team->hash);
    if (!team->id || strlen(team->id) > TEAM_ID_MAX || teams_find_hash(teams, team->hash)) {
        team_free(team);
        return NULL;
    }
    struct team **bucket = &teams->buckets[bucket_of(team->hash)],
                **ids = &teams->ids[bucket_of_id(team->id)];
    team->next = *bucket;
    *bucket = team;
    team->next_by_id = *ids;
    *ids = team;
    teams->list[teams->count++] = team;
    return team;
}

/* ---- loading */

static bool add_refused(const char *path, unsigned index, struct error *error) {
    char where[32];
    snprintf(where, sizeof where, "teams[%u].id", index);
    return config_refuse(
        path, where, error, "is there twice, or makes an id of more than %d bytes", TEAM_ID_MAX);
}

/* "35.07" -> "3507" */
static void without_dots(const char *code, char out[AREA_TEXT + 1]) {
    size_t size = 0;
    for (const char *each = code; *each && size < AREA_TEXT; each++)
        if (*each != '.')
            out[size++] = *each;
    out[size] = 0;
}

static bool add_a_regency(struct teams *teams, const struct team_row *row, unsigned index,
    const struct site *site, const char *path, struct error *error) {
    enum { REGENCIES_MOST = 128 };
    struct place places[REGENCIES_MOST];
    for (unsigned p = 0; p < site->provinces_count && teams->gazetteer; p++) {
        size_t count = gazetteer_children(teams->gazetteer, site->provinces[p], places, REGENCIES_MOST);
        for (size_t i = 0; i < count && i < REGENCIES_MOST; i++) {
            char label[96], code[AREA_TEXT + 1];
            gazetteer_label(teams->gazetteer, places[i].code, label, sizeof label);
            without_dots(places[i].code, code);
            struct team *team = team_add(teams, row, "{regency}", code, label);
            if (!team)
                return add_refused(path, index, error);
            strncpy(team->area, places[i].code, AREA_TEXT);
        }
    }
    return true;
}

static bool has_type(const struct directory_facility *facility, const struct team_row *row) {
    if (row->facility_types_count == 0)
        return true;
    for (char **type = facility->types; *type; type++)
        if (config_list_has(row->facility_types, row->facility_types_count, *type))
            return true;
    return false;
}

static bool add_a_facility(
    struct teams *teams, const struct team_row *row, unsigned index, const char *path, struct error *error) {
    for (unsigned i = 0; i < teams->directory->count; i++) {
        const struct directory_facility *facility = &teams->directory->facilities[i];
        char lower[TEAM_ID_MAX + 1];
        if (!has_type(facility, row))
            continue;
        snprintf(lower, sizeof lower, "%s", facility->id);
        for (char *each = lower; *each; each++)
            *each = (char)(*each >= 'A' && *each <= 'Z' ? *each - 'A' + 'a' : *each);
        struct team *team = team_add(teams, row, "{facility}", lower, facility->name);
        if (!team)
            return add_refused(path, index, error);
        team->facility = facility;
        struct team **end = &teams->facilities[bucket_of_id(facility->id)];
        while (*end)
            end = &(*end)->next_by_facility;
        *end = team;
        snprintf(team->area, sizeof team->area, "%s", facility->regency);
    }
    return true;
}

static bool add_row(struct teams *teams, const struct team_row *row, unsigned index, const struct site *site,
    const char *path, struct error *error) {
    static const char *const places[] = {
        [EACH_ONE] = NULL, [EACH_REGENCY] = "{regency}", [EACH_FACILITY] = "{facility}"};
    const char *place = places[row->each];
    if (place ? !has_place(row->id, place) : has_place(row->id, "{")) {
        char where[32];
        snprintf(where, sizeof where, "teams[%u].id", index);
        return config_refuse(path, where, error, "must hold {regency} or {facility} just as `each` says");
    }
    if (row->each == EACH_REGENCY)
        return add_a_regency(teams, row, index, site, path, error);
    if (row->each == EACH_FACILITY)
        return add_a_facility(teams, row, index, path, error);
    return team_add(teams, row, NULL, NULL, NULL) || add_refused(path, index, error);
}

static int compare_role(const void *a, const void *b) {
    const struct team *x = *(struct team *const *)a, *y = *(struct team *const *)b;
    int by_role = strcmp(x->role, y->role);
    return by_role ? by_role : strcmp(x->area, y->area);
}

static enum area_level deeper(enum area_level one, enum area_level other) {
    return one > other ? one : other;
}

static enum area_level finest_of(const struct teams *teams) {
    enum area_level finest = AREA_REGENCY; /* distances are those of regencies */
    for (unsigned i = 0; i < teams->count; i++) {
        const struct team *team = teams->list[i];
        finest = deeper(finest, area_level(team->area));
        for (char **prefix = team->facility ? team->facility->coverage : NULL; prefix && *prefix; prefix++)
            finest = deeper(finest, area_level(*prefix));
    }
    return finest;
}

static bool index_roles(struct teams *teams, struct error *error) {
    teams->by_role = calloc(teams->count ? teams->count : 1, sizeof(struct team *));
    if (!teams->by_role)
        return error_set(error, "out of memory");
    for (unsigned i = 0; i < teams->count; i++)
        if (!teams->list[i]->facility) {
            teams->by_role[teams->by_role_count++] = teams->list[i];
            teams->deepest = deeper(teams->deepest, area_level(teams->list[i]->area));
        }
    teams->finest = finest_of(teams);
    qsort(teams->by_role, teams->by_role_count, sizeof(struct team *), compare_role);
    return true;
}

static bool know_role(const struct site_roles *roles, const char *role, const char *path, const char *list,
    unsigned index, struct error *error) {
    char where[48];
    snprintf(where, sizeof where, "%s[%u].role", list, index);
    return site_roles_find(roles, role) ||
           config_refuse(path, where, error, "\"%s\" is no role of roles.yaml", role);
}

static bool take_liaisons(
    struct teams *teams, const struct site_roles *roles, const char *path, struct error *error) {
    teams->liaisons = calloc(teams->file->liaisons_count + 1u, sizeof *teams->liaisons);
    if (!teams->liaisons)
        return error_set(error, "out of memory");
    for (unsigned i = 0; i < teams->file->liaisons_count; i++) {
        const struct liaison_row *row = &teams->file->liaisons[i];
        if (!know_role(roles, row->role, path, "liaisons", i, error) ||
            !know_role(roles, row->owner, path, "liaisons", i, error))
            return false;
        teams->liaisons[teams->liaison_count++] =
            (struct liaison){row->role, row->owner, row->channel, row->note};
    }
    return true;
}

struct teams *teams_load(const char *folder, const struct site *site, const struct gazetteer *gazetteer,
    const struct site_roles *roles, struct error *error) {
    char path[CONFIG_PATH_MAX];
    struct teams *teams = calloc(1, sizeof *teams);
    if (!teams || !(teams->found = calloc(FOUND, sizeof *teams->found))) {
        free(teams);
        error_set(error, "out of memory");
        return NULL;
    }
    teams->gazetteer = gazetteer;
    bool good =
        config_path(path, folder, "teams.yaml") && config_load(path, &teams_schema, &teams->file, error) &&
        (teams->directory = directory_load(folder, error)) &&
        (teams->institutions = institutions_load(folder, error)) && take_liaisons(teams, roles, path, error);
    for (unsigned i = 0; good && i < teams->file->teams_count; i++)
        good = know_role(roles, teams->file->teams[i].role, path, "teams", i, error) &&
               add_row(teams, &teams->file->teams[i], i, site, path, error);
    if (!good || !index_roles(teams, error))
        teams_free(&teams);
    return teams;
}

void teams_free(struct teams **at) {
    struct teams *teams = *at;
    if (!teams)
        return;
    for (unsigned i = 0; i < teams->count; i++)
        team_free(teams->list[i]);
    free(teams->list);
    free(teams->by_role);
    free(teams->found);
    free(teams->liaisons);
    directory_free(&teams->directory);
    institutions_free(&teams->institutions);
    config_free(&teams_schema, &teams->file);
    free(teams);
    *at = NULL;
}

/* ---- looking up */

unsigned teams_count(const struct teams *teams) {
    return teams->count;
}

const struct team *teams_at(const struct teams *teams, unsigned index) {
    return teams->list[index];
}

const struct directory *teams_directory(const struct teams *teams) {
    return teams->directory;
}

const struct institutions *teams_institutions(const struct teams *teams) {
    return teams->institutions;
}

const struct team *teams_find(const struct teams *teams, const char *id) {
    for (const struct team *team = teams->ids[bucket_of_id(id)]; team; team = team->next_by_id)
        if (strcmp(team->id, id) == 0)
            return team;
    return NULL;
}

const struct team *teams_of_facility(const struct teams *teams, const char *role, const char *facility) {
    const struct team *team = teams->facilities[bucket_of_id(facility)];
    while (team && (strcmp(team->facility->id, facility) != 0 || strcmp(team->role, role) != 0))
        team = team->next_by_facility;
    return team;
}

static bool serves(const struct directory_facility *facility, const char *area) {
    for (char **prefix = facility->coverage; *prefix; prefix++)
        if (area_within(area, *prefix))
            return true;
    return false;
}

/* Of teams at facilities: the one in the nearest regency. Distances between centres of regencies; the first
 * of the file wins a tie. but: whose facilities are passed by; NULL: nobody's. */
static const struct team *nearest(
    const struct teams *teams, const char *role, const char *area, const struct accusation *but) {
    const struct team *best = NULL;
    double best_km = 0;
    for (unsigned i = 0; i < teams->count; i++) {
        const struct team *team = teams->list[i];
        if (!team->facility || !team->facility->active || strcmp(team->role, role) != 0 ||
            !serves(team->facility, area) ||
            (but && institutions_accused(teams->institutions, but, team->facility->id)))
            continue;
        double km =
            teams->gazetteer ? gazetteer_distance_km(teams->gazetteer, area, team->facility->regency) : -1;
        if (km < 0)
            km = 1e6; /* not known: behind all others */
        if (!best || km < best_km) {
            best = team;
            best_km = km;
        }
    }
    return best;
}

static const struct team *exactly(const struct teams *teams, const char *role, const char *area) {
    struct team key = {.role = role}, *at = &key;
    strncpy(key.area, area, AREA_TEXT);
    struct team **found = bsearch(&at, teams->by_role, teams->by_role_count, sizeof at, compare_role);
    return found ? *found : NULL;
}

static const struct team *look_for_role(
    const struct teams *teams, const char *role, const char *area, enum policy_area reach) {
    char cut[AREA_TEXT + 1];
    const struct team *team = NULL;
    enum area_level level = area_level(area);
    if (level > teams->deepest)
        level = teams->deepest;
    if (reach == POLICY_REGENCY && level > AREA_REGENCY)
        level = AREA_REGENCY;
    if (reach == POLICY_PROVINCE && level > AREA_PROVINCE)
        level = AREA_PROVINCE;
    for (; !team && level > AREA_NONE; level = (enum area_level)(level - 1))
        if (area_cut(area, level, cut))
            team = exactly(teams, role, cut);
    if (!team)
        team = exactly(teams, role, "");
    return team || !area[0] ? team : nearest(teams, role, area, NULL);
}

const struct team *teams_of_role(
    const struct teams *teams, const char *role, const char *area, enum policy_area reach) {
    char cut[AREA_TEXT + 1];
    if (area_cut(area, teams->finest, cut))
        area = cut;
    struct found *found = &teams->found[(hash_step(hash_step(HASH_START, role), area) + reach) % FOUND];
    if (found->known && found->reach == reach && strcmp(found->role, role) == 0 &&
        strcmp(found->area, area) == 0)
        return found->team;
    const struct team *team = look_for_role(teams, role, area, reach);
    if (strlen(role) < sizeof found->role && strlen(area) < sizeof found->area) {
        *found = (struct found){.team = team, .reach = reach, .known = true};
        copy_text(found->role, sizeof found->role, role);
        copy_text(found->area, sizeof found->area, area);
    }
    return team;
}

const struct team *teams_of_role_but(const struct teams *teams, const char *role, const char *area,
    enum policy_area reach, const struct accusation *accusation) {
    const struct team *team = teams_of_role(teams, role, area, reach);
    bool accused =
        team && team->facility && institutions_accused(teams->institutions, accusation, team->facility->id);
    return accused ? nearest(teams, role, area, accusation) : team;
}

const struct liaison *teams_liaison(const struct teams *teams, const char *role) {
    for (unsigned i = 0; i < teams->liaison_count; i++)
        if (strcmp(teams->liaisons[i].role, role) == 0)
            return &teams->liaisons[i];
    return NULL;
}

const char *team_address(const struct team *team, const char *channel, bool local) {
    for (unsigned i = 0; i < team->contact_count; i++)
        if (strcmp(team->contacts[i].channel, channel) == 0)
            return team->contacts[i].address;
    if (strcmp(channel, "email") == 0)
        return team->email;
    if (local)
        return team->outbox;
    return team->id; /* an endpoint of the site's: it is told for whom */
}
