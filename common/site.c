#include "common/site.h"

#include "common/area.h"
#include "common/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const cyaml_strval_t site_priority_words[6] = {{"P0", SITE_P0}, {"P1", SITE_P1}, {"P2", SITE_P2},
    {"P3", SITE_P3}, {"P4", SITE_P4}, {"inherit", SITE_PRIORITY_INHERIT}};
const cyaml_strval_t site_confidentiality_words[5] = {{"C0", SITE_C0}, {"C1", SITE_C1}, {"C2", SITE_C2},
    {"C3", SITE_C3}, {"inherit", SITE_CONFIDENTIALITY_INHERIT}};
const cyaml_strval_t site_yes_no_words[3] = {{"no", 0}, {"yes", 1}, {"unknown", 2}};

/* Lengths in bytes, wide enough for the longest sentence of a form. */
enum { WORD_MAX = SITE_CODE_MAX, NAME_MAX_BYTES = 160, SENTENCE_MAX = 512, LIST_MAX = 64, ROWS_MAX = 256 };

/* Texts, optional texts and lists of words are nearly all that these files hold. */
#define TEXT(key, structure, member, most)                                                                   \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, structure, member, 1, most)
#define TEXT_OR_NONE(key, structure, member, most)                                                           \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, structure, member, 1, most)
#define WORDS(key, structure, member, least)                                                                 \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER, structure, member, &word_schema, least, LIST_MAX)
#define ROWS(key, structure, member, row_schema, least)                                                      \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER, structure, member, row_schema, least, ROWS_MAX)

static const cyaml_schema_value_t word_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, WORD_MAX)};

/* A row as the file has it: the struct that others see comes first, texts that still have to be read after
 * it. */

/* ---- site.yaml */

struct retention_row {
    char *intake, *journal, *backup, *closed_case, *audit, *media;
};

struct site_file {
    struct site site;
    int zone;
    struct retention_row retention;
};

static const cyaml_strval_t zone_words[] = {
    {"WIB", CALENDAR_WIB}, {"WITA", CALENDAR_WITA}, {"WIT", CALENDAR_WIT}};

static const cyaml_schema_field_t short_code_fields[] = {
    TEXT("number", struct site_short_code, number, 8),
    TEXT("name", struct site_short_code, name, NAME_MAX_BYTES),
    TEXT("name_en", struct site_short_code, name_en, NAME_MAX_BYTES),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t short_code_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct site_short_code, short_code_fields)};

static const cyaml_schema_field_t retention_fields[] = {
    TEXT("intake", struct retention_row, intake, 12),
    TEXT("journal", struct retention_row, journal, 12),
    TEXT("backup", struct retention_row, backup, 12),
    TEXT("closed_case", struct retention_row, closed_case, 12),
    TEXT("audit", struct retention_row, audit, 12),
    TEXT("media", struct retention_row, media, 12),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t site_fields[] = {
    TEXT("name", struct site_file, site.name, WORD_MAX),
    TEXT("title", struct site_file, site.title, NAME_MAX_BYTES),
    TEXT("title_en", struct site_file, site.title_en, NAME_MAX_BYTES),
    TEXT("operator", struct site_file, site.operator_name, NAME_MAX_BYTES),
    CYAML_FIELD_ENUM("zone", CYAML_FLAG_STRICT, struct site_file, zone, zone_words, 3),
    WORDS("provinces", struct site_file, site.provinces, 1),
    ROWS("short_codes", struct site_file, site.short_codes, &short_code_schema, 1),
    TEXT("emergency_text", struct site_file, site.emergency_text, SENTENCE_MAX),
    TEXT("emergency_text_en", struct site_file, site.emergency_text_en, SENTENCE_MAX),
    TEXT("gazetteer", struct site_file, site.gazetteer, NAME_MAX_BYTES),
    CYAML_FIELD_MAPPING("retention", CYAML_FLAG_DEFAULT, struct site_file, retention, retention_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t site_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct site_file, site_fields)};

static bool retention_read(struct site_file *file, const char *path, struct error *error) {
    struct site_retention *to = &file->site.retention;
    const struct retention_row *from = &file->retention;
    const struct {
        const char *where, *text;
        struct duration *out;
    } each[] = {
        {"retention.intake", from->intake, &to->intake},
        {"retention.journal", from->journal, &to->journal},
        {"retention.backup", from->backup, &to->backup},
        {"retention.closed_case", from->closed_case, &to->closed_case},
        {"retention.audit", from->audit, &to->audit},
        {"retention.media", from->media, &to->media},
    };
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        if (!config_duration(path, each[i].where, each[i].text, each[i].out, error))
            return false;
    }
    /* A consumer restored from the oldest backup asks for records from that day on. */
    return duration_ms(to->journal) > duration_ms(to->backup) ||
           config_refuse(path, "retention.journal", error, "must be longer than the backups are kept");
}

static bool site_check(struct site_file *file, const char *path, struct error *error) {
    file->site.zone = (enum calendar_zone)file->zone;
    for (unsigned i = 0; i < file->site.provinces_count; i++) {
        char where[32];
        snprintf(where, sizeof where, "provinces[%u]", i);
        if (area_level(file->site.provinces[i]) != AREA_PROVINCE)
            return config_refuse(
                path, where, error, "\"%s\" is no province code such as \"35\"", file->site.provinces[i]);
    }
    return retention_read(file, path, error);
}

struct site *site_load(const char *folder, struct error *error) {
    char path[CONFIG_PATH_MAX];
    struct site_file *file = NULL;
    if (!config_load_in(folder, "site.yaml", &site_schema, &file, error))
        return NULL;
    if (!config_path(path, folder, "site.yaml") || !site_check(file, path, error))
        config_free(&site_schema, &file);
    return file ? &file->site : NULL;
}

void site_free(struct site **site) {
    struct site_file *file = (struct site_file *)*site; /* its first member */
    config_free(&site_schema, &file);
    *site = NULL;
}

/* ---- links.yaml */

static const cyaml_strval_t start_words[] = {{"oldest", SITE_LINK_OLDEST}, {"now", SITE_LINK_NOW}};

static const cyaml_schema_field_t daemon_fields[] = {
    TEXT("name", struct site_daemon, name, WORD_MAX),
    CYAML_FIELD_BOOL("core", CYAML_FLAG_DEFAULT, struct site_daemon, core),
    WORDS("reads", struct site_daemon, reads, 0),
    CYAML_FIELD_SEQUENCE("serves", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct site_daemon, serves,
        &word_schema, 0, LIST_MAX),
    CYAML_FIELD_ENUM("start", CYAML_FLAG_STRICT, struct site_daemon, start, start_words, 2),
    TEXT_OR_NONE("endpoint", struct site_daemon, endpoint, NAME_MAX_BYTES),
    TEXT_OR_NONE("public_key", struct site_daemon, public_key, 40),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t daemon_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct site_daemon, daemon_fields)};
static const cyaml_schema_field_t links_fields[] = {
    ROWS("daemons", struct site_links, daemons, &daemon_schema, 1),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t links_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct site_links, links_fields)};

static bool daemon_check(
    const struct site_links *links, unsigned index, const char *path, struct error *error) {
    const struct site_daemon *daemon = &links->daemons[index];
    char where[48];
    snprintf(where, sizeof where, "daemons[%u]", index);
    if (site_links_find(links, daemon->name) != daemon)
        return config_refuse(path, where, error, "\"%s\" stands here twice", daemon->name);
    for (unsigned i = 0; i < daemon->reads_count; i++) {
        snprintf(where, sizeof where, "daemons[%u].reads[%u]", index, i);
        if (site_links_find(links, daemon->reads[i]) == NULL)
            return config_refuse(path, where, error, "\"%s\" is no daemon of this file", daemon->reads[i]);
        if (same_text(daemon->reads[i], daemon->name))
            return config_refuse(path, where, error, "a daemon does not read its own journal");
    }
    snprintf(where, sizeof where, "daemons[%u].endpoint", index);
    if (daemon->endpoint != NULL && strncmp(daemon->endpoint, "tcp://", 6) != 0)
        return config_refuse(
            path, where, error, "only tcp:// is written down; leave it out for this machine");
    if (daemon->endpoint != NULL && (daemon->public_key == NULL || strlen(daemon->public_key) != 40))
        return config_refuse(path, where, error, "tcp:// needs a public_key of 40 characters");
    return true;
}

struct site_links *site_links_load(const char *folder, struct error *error) {
    char path[CONFIG_PATH_MAX];
    struct site_links *links = NULL;
    if (!config_load_in(folder, "links.yaml", &links_schema, &links, error))
        return NULL;
    bool good = config_path(path, folder, "links.yaml");
    for (unsigned i = 0; good && i < links->daemons_count; i++)
        good = daemon_check(links, i, path, error);
    if (!good)
        site_links_free(&links);
    return links;
}

void site_links_free(struct site_links **links) {
    config_free(&links_schema, links);
}

const struct site_daemon *site_links_find(const struct site_links *links, const char *name) {
    for (unsigned i = 0; i < links->daemons_count; i++) {
        if (same_text(links->daemons[i].name, name))
            return &links->daemons[i];
    }
    return NULL;
}

bool site_links_may_read(const struct site_links *links, const char *reader, const char *producer) {
    const struct site_daemon *daemon = site_links_find(links, reader);
    return daemon != NULL && config_list_has(daemon->reads, daemon->reads_count, producer);
}

/* ---- kinds.yaml */

struct kind_row {
    struct site_kind kind;
    int urgency, confidentiality;
    char *same_case_within;
};

struct kinds_file {
    struct site_kinds kinds; /* the rows without what only this file needs */
    struct kind_row *rows;
    unsigned rows_count;
};

static const cyaml_schema_field_t kind_fields[] = {
    TEXT("code", struct kind_row, kind.code, WORD_MAX),
    TEXT("name", struct kind_row, kind.name, NAME_MAX_BYTES),
    TEXT("name_en", struct kind_row, kind.name_en, NAME_MAX_BYTES),
    WORDS("ppks", struct kind_row, kind.ppks, 0),
    WORDS("clusters", struct kind_row, kind.clusters, 0),
    WORDS("playbooks", struct kind_row, kind.playbooks, 0),
    CYAML_FIELD_ENUM("urgency_default", CYAML_FLAG_STRICT, struct kind_row, urgency, site_priority_words, 6),
    CYAML_FIELD_ENUM("confidentiality", CYAML_FLAG_STRICT, struct kind_row, confidentiality,
        site_confidentiality_words, 5),
    CYAML_FIELD_BOOL("opens_case", CYAML_FLAG_DEFAULT, struct kind_row, kind.opens_case),
    TEXT("family", struct kind_row, kind.family, WORD_MAX),
    TEXT("same_case_within", struct kind_row, same_case_within, 12),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t kind_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct kind_row, kind_fields)};
static const cyaml_schema_field_t kinds_fields[] = {
    ROWS("kinds", struct kinds_file, rows, &kind_schema, 1),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t kinds_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct kinds_file, kinds_fields)};

static bool kind_check(struct kinds_file *file, unsigned index, const char *path, struct error *error) {
    struct kind_row *row = &file->rows[index];
    char where[48];
    row->kind.urgency_default = (enum site_priority)row->urgency;
    row->kind.confidentiality = (enum site_confidentiality)row->confidentiality;
    for (unsigned i = 0; i < index; i++) {
        if (same_text(file->rows[i].kind.code, row->kind.code)) {
            snprintf(where, sizeof where, "kinds[%u].code", index);
            return config_refuse(path, where, error, "\"%s\" stands here twice", row->kind.code);
        }
    }
    snprintf(where, sizeof where, "kinds[%u].same_case_within", index);
    return config_duration(path, where, row->same_case_within, &row->kind.same_case_within, error);
}

struct site_kinds *site_kinds_load(const char *folder, struct error *error) {
    char path[CONFIG_PATH_MAX];
    struct kinds_file *file = NULL;
    if (!config_load_in(folder, "kinds.yaml", &kinds_schema, &file, error))
        return NULL;
    bool good = config_path(path, folder, "kinds.yaml");
    for (unsigned i = 0; good && i < file->rows_count; i++)
        good = kind_check(file, i, path, error);
    file->kinds.kinds = good ? calloc(file->rows_count, sizeof *file->kinds.kinds) : NULL;
    struct site_kinds *kinds = &file->kinds;
    if (kinds->kinds == NULL) {
        if (good)
            error_set(error, "kinds.yaml: out of memory");
        site_kinds_free(&kinds);
        return NULL;
    }
    kinds->kinds_count = file->rows_count;
    for (unsigned i = 0; i < file->rows_count; i++)
        kinds->kinds[i] = file->rows[i].kind; /* shares the texts, which the rows own */
    return kinds;
}

void site_kinds_free(struct site_kinds **kinds) {
    if (*kinds == NULL)
        return;
    struct kinds_file *file = (struct kinds_file *)*kinds; /* its first member */
    free(file->kinds.kinds);
    config_free(&kinds_schema, &file);
    *kinds = NULL;
}

const struct site_kind *site_kinds_find(const struct site_kinds *kinds, const char *code) {
    for (unsigned i = 0; i < kinds->kinds_count; i++) {
        if (same_text(kinds->kinds[i].code, code))
            return &kinds->kinds[i];
    }
    return NULL;
}

bool site_codes_next(const char **rest, char code[SITE_CODE_MAX + 1]) {
    const char *at = *rest + strspn(*rest, " ");
    size_t size = strcspn(at, " "), kept = size <= SITE_CODE_MAX ? size : 0;
    memcpy(code, at, kept);
    code[kept] = 0;
    *rest = at + size;
    return size > 0;
}

static bool is_code(const char *word) {
    return *word && !same_text(word, "no") && !same_text(word, "unknown");
}

/* Behind `joined`, which may be NULL: the codes of `more` that are not there, and not among `others`. */
static const char *codes_add(struct arena *arena, const char *joined, const char *more, const char *others) {
    char code[SITE_CODE_MAX + 1];
    while (joined && site_codes_next(&more, code))
        if (is_code(code) && !site_kinds_listed(joined, code) && !site_kinds_listed(others, code))
            joined = arena_format(arena, "%s%s%s", joined, *joined ? " " : "", code);
    return joined;
}

const char *site_codes_join(struct arena *arena, const char *known, const char *more) {
    return codes_add(arena, codes_add(arena, "", known, ""), more, "");
}

const char *site_codes_without(struct arena *arena, const char *codes, const char *others) {
    return codes_add(arena, "", codes, others);
}

bool site_kinds_listed(const char *codes, const char *code) {
    char one[SITE_CODE_MAX + 1];
    while (site_codes_next(&codes, one))
        if (*code && same_text(one, code))
            return true;
    return false;
}

bool site_kinds_same_family(const struct site_kinds *kinds, const char *one, const char *other) {
    const struct site_kind *a = site_kinds_find(kinds, one), *b = site_kinds_find(kinds, other);
    return same_text(one, other) || (a && b && same_text(a->family, b->family));
}

int site_kinds_stricter(const struct site_kinds *kinds, int before, const char *codes) {
    char code[SITE_CODE_MAX + 1];
    int strictest = before;
    while (site_codes_next(&codes, code)) {
        const struct site_kind *kind = site_kinds_find(kinds, code);
        if (kind && kind->confidentiality <= SITE_C3 && (int)kind->confidentiality > strictest)
            strictest = (int)kind->confidentiality;
    }
    return strictest;
}

bool site_kinds_all_known(const struct site_kinds *kinds, const char *codes) {
    char code[SITE_CODE_MAX + 1];
    const char *rest = codes;
    size_t size = 0; /* of the codes with one space between them: no more may stand there */
    while (site_codes_next(&rest, code)) {
        const struct site_kind *kind = site_kinds_find(kinds, code);
        if (!kind || !kind->opens_case)
            return false;
        size += strlen(code) + (size > 0);
    }
    return size > 0 && size == strlen(codes);
}

/* ---- roles.yaml */

static const cyaml_strval_t access_words[] = {{"none", SITE_ACCESS_NONE},
    {"responder", SITE_ACCESS_RESPONDER}, {"facility", SITE_ACCESS_FACILITY},
    {"operator", SITE_ACCESS_OPERATOR}, {"coordinator", SITE_ACCESS_COORDINATOR},
    {"administrator", SITE_ACCESS_ADMINISTRATOR}, {"auditor", SITE_ACCESS_AUDITOR}};
static const cyaml_strval_t scope_words[] = {{"province", SITE_SCOPE_PROVINCE},
    {"regency", SITE_SCOPE_REGENCY}, {"district", SITE_SCOPE_DISTRICT}, {"village", SITE_SCOPE_VILLAGE},
    {"facility", SITE_SCOPE_FACILITY}};

static const cyaml_schema_field_t role_fields[] = {
    TEXT("code", struct site_role, code, 8),
    TEXT("name", struct site_role, name, NAME_MAX_BYTES),
    TEXT("name_en", struct site_role, name_en, NAME_MAX_BYTES),
    TEXT("duty", struct site_role, duty, SENTENCE_MAX),
    CYAML_FIELD_ENUM("access", CYAML_FLAG_STRICT, struct site_role, access, access_words, 7),
    CYAML_FIELD_ENUM("scope", CYAML_FLAG_STRICT, struct site_role, scope, scope_words, 5),
    CYAML_FIELD_BOOL("agency", CYAML_FLAG_DEFAULT, struct site_role, agency),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t role_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct site_role, role_fields)};
static const cyaml_schema_field_t roles_fields[] = {
    ROWS("roles", struct site_roles, roles, &role_schema, 1),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t roles_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct site_roles, roles_fields)};

struct site_roles *site_roles_load(const char *folder, struct error *error) {
    char path[CONFIG_PATH_MAX];
    struct site_roles *roles = NULL;
    if (!config_load_in(folder, "roles.yaml", &roles_schema, &roles, error))
        return NULL;
    for (unsigned i = 0; i < roles->roles_count; i++) {
        if (site_roles_find(roles, roles->roles[i].code) == &roles->roles[i])
            continue;
        char where[32];
        snprintf(where, sizeof where, "roles[%u].code", i);
        if (config_path(path, folder, "roles.yaml"))
            config_refuse(path, where, error, "\"%s\" stands here twice", roles->roles[i].code);
        site_roles_free(&roles);
        return NULL;
    }
    return roles;
}

void site_roles_free(struct site_roles **roles) {
    config_free(&roles_schema, roles);
}

const struct site_role *site_roles_find(const struct site_roles *roles, const char *code) {
    for (unsigned i = 0; i < roles->roles_count; i++) {
        if (same_text(roles->roles[i].code, code))
            return &roles->roles[i];
    }
    return NULL;
}
