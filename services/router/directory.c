#include "services/router/directory.h"

#include "services/router/schema.h"

#include <stdio.h>
#include <string.h>

/* ---- eligibility.yaml as libcyaml reads it */

struct exclude_row {
    char *fact, *instead, *note;
};
static const cyaml_schema_field_t exclude_fields[] = {
    SCHEMA_TEXT("fact", struct exclude_row, fact, WORD_MAX),
    SCHEMA_TEXT_OR_NONE("instead", struct exclude_row, instead, WORD_MAX),
    SCHEMA_TEXT_OR_NONE("note", struct exclude_row, note, SENTENCE_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t exclude_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct exclude_row, exclude_fields)};

struct type_notify_row {
    char *role, *area, *within, *note;
    struct condition_row *when;
    unsigned when_count;
};
static const cyaml_schema_field_t type_notify_fields[] = {
    SCHEMA_TEXT("role", struct type_notify_row, role, WORD_MAX),
    SCHEMA_TEXT_OR_NONE("area", struct type_notify_row, area, WORD_MAX),
    SCHEMA_TEXT_OR_NONE("within", struct type_notify_row, within, WORD_MAX),
    SCHEMA_ROWS_OR_NONE("when", struct type_notify_row, when, &router_condition_schema),
    SCHEMA_TEXT_OR_NONE("note", struct type_notify_row, note, SENTENCE_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t type_notify_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct type_notify_row, type_notify_fields)};

struct type_row {
    char *type, *name, *name_en, *urgent_admission, *source;
    int mode;
    struct exclude_row *excludes;
    unsigned excludes_count;
    char **documents, **approve;
    unsigned documents_count, approve_count;
    struct type_notify_row *notify;
    unsigned notify_count;
};
static const cyaml_strval_t mode_words[] = {{"residential", MODE_RESIDENTIAL}, {"transit", MODE_TRANSIT},
    {"shelter", MODE_SHELTER}, {"inpatient", MODE_INPATIENT}, {"outpatient", MODE_OUTPATIENT},
    {"emergency", MODE_EMERGENCY}, {"home_care", MODE_HOME_CARE}, {"office", MODE_OFFICE},
    {"hotline", MODE_HOTLINE}};
static const cyaml_schema_value_t document_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, NAME_BYTES_MAX)};
static const cyaml_schema_field_t type_fields[] = {
    SCHEMA_TEXT("type", struct type_row, type, WORD_MAX),
    SCHEMA_TEXT("name", struct type_row, name, NAME_BYTES_MAX),
    SCHEMA_TEXT("name_en", struct type_row, name_en, NAME_BYTES_MAX),
    CYAML_FIELD_ENUM("mode", CYAML_FLAG_STRICT, struct type_row, mode, mode_words, 9),
    SCHEMA_ROWS_OR_NONE("excludes", struct type_row, excludes, &exclude_schema),
    CYAML_FIELD_SEQUENCE(
        "documents", CYAML_FLAG_POINTER, struct type_row, documents, &document_schema, 0, LIST_MAX),
    SCHEMA_WORDS("approve", struct type_row, approve),
    SCHEMA_ROWS("notify", struct type_row, notify, &type_notify_schema),
    SCHEMA_TEXT_OR_NONE("urgent_admission", struct type_row, urgent_admission, SENTENCE_MAX),
    SCHEMA_TEXT("source", struct type_row, source, NAME_BYTES_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t type_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct type_row, type_fields)};

struct reason_row {
    char *code, *name, *name_en;
    bool text_required;
    char **not_for;
    unsigned not_for_count;
};
static const cyaml_schema_field_t reason_fields[] = {
    SCHEMA_TEXT("code", struct reason_row, code, WORD_MAX),
    SCHEMA_TEXT("name", struct reason_row, name, NAME_BYTES_MAX),
    SCHEMA_TEXT("name_en", struct reason_row, name_en, NAME_BYTES_MAX),
    SCHEMA_YES_NO("text_required", struct reason_row, text_required),
    SCHEMA_WORDS("not_for", struct reason_row, not_for),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t reason_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct reason_row, reason_fields)};

struct eligibility_file {
    struct type_row *types;
    unsigned types_count;
    struct reason_row *reasons;
    unsigned reasons_count;
};
static const cyaml_schema_field_t eligibility_fields[] = {
    SCHEMA_ROWS("types", struct eligibility_file, types, &type_schema),
    SCHEMA_ROWS("refusal_reasons", struct eligibility_file, reasons, &reason_schema),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t eligibility_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct eligibility_file, eligibility_fields)};

/* ---- facilities.yaml as libcyaml reads it */

struct acceptance_row {
    char **kinds, **sex, *note;
    unsigned kinds_count, sex_count;
    int age_min, age_max;
    struct condition_row *when;
    unsigned when_count;
};
static const cyaml_strval_t age_words[] = {{"none", AGE_NONE}};
static const cyaml_schema_field_t acceptance_fields[] = {
    SCHEMA_WORDS("kinds", struct acceptance_row, kinds),
    SCHEMA_WORDS("sex", struct acceptance_row, sex),
    CYAML_FIELD_ENUM("age_min", CYAML_FLAG_DEFAULT, struct acceptance_row, age_min, age_words, 1),
    CYAML_FIELD_ENUM("age_max", CYAML_FLAG_DEFAULT, struct acceptance_row, age_max, age_words, 1),
    SCHEMA_ROWS_OR_NONE("when", struct acceptance_row, when, &router_condition_schema),
    SCHEMA_TEXT_OR_NONE("note", struct acceptance_row, note, SENTENCE_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t acceptance_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct acceptance_row, acceptance_fields)};

struct facility_row {
    char *id, *name, *part_of, *operator_name, *regency, *place, *capacity_note, *programme, *verify, *source;
    char **types, **coverage, **excludes;
    unsigned types_count, coverage_count, excludes_count;
    bool active, hidden_address, always_open;
    struct acceptance_row *accepts;
    unsigned accepts_count;
    int capacity;
};
static const cyaml_strval_t capacity_words[] = {{"unknown", CAPACITY_UNKNOWN}};
static const cyaml_schema_value_t area_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, AREA_TEXT)};
static const cyaml_schema_field_t facility_fields[] = {
    SCHEMA_TEXT("id", struct facility_row, id, DIRECTORY_ID_MAX - 1),
    SCHEMA_TEXT("name", struct facility_row, name, NAME_BYTES_MAX),
    SCHEMA_TEXT_OR_NONE("part_of", struct facility_row, part_of, WORD_MAX),
    SCHEMA_WORDS("types", struct facility_row, types),
    SCHEMA_TEXT("operator", struct facility_row, operator_name, NAME_BYTES_MAX),
    SCHEMA_YES_NO("active", struct facility_row, active),
    SCHEMA_TEXT("regency", struct facility_row, regency, AREA_TEXT),
    SCHEMA_TEXT("place", struct facility_row, place, NAME_BYTES_MAX),
    SCHEMA_YES_NO("hidden_address", struct facility_row, hidden_address),
    CYAML_FIELD_SEQUENCE(
        "coverage", CYAML_FLAG_POINTER, struct facility_row, coverage, &area_schema, 1, LIST_MAX),
    SCHEMA_ROWS("accepts", struct facility_row, accepts, &acceptance_schema),
    SCHEMA_WORDS_OR_NONE("excludes", struct facility_row, excludes),
    CYAML_FIELD_ENUM("capacity", CYAML_FLAG_DEFAULT, struct facility_row, capacity, capacity_words, 1),
    SCHEMA_TEXT_OR_NONE("capacity_note", struct facility_row, capacity_note, SENTENCE_MAX),
    SCHEMA_YES_NO("always_open", struct facility_row, always_open),
    SCHEMA_TEXT_OR_NONE("programme", struct facility_row, programme, NAME_BYTES_MAX),
    SCHEMA_TEXT_OR_NONE("verify", struct facility_row, verify, SENTENCE_MAX),
    SCHEMA_TEXT("source", struct facility_row, source, NAME_BYTES_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t facility_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct facility_row, facility_fields)};

struct facilities_file {
    struct facility_row *facilities;
    unsigned facilities_count;
};
static const cyaml_schema_field_t facilities_fields[] = {
    SCHEMA_ROWS("facilities", struct facilities_file, facilities, &facility_schema),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t facilities_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct facilities_file, facilities_fields)};

/* ---- into the tables that match */

struct compiler {
    const char *path;
    const struct site_kinds *kinds;
    const struct rules *rules;
    struct arena *arena;
    struct directory *out;
    struct error *error;
};

static bool no_memory(const struct compiler *compiler) {
    return error_set(compiler->error, "%s: out of memory", compiler->path);
}

static const char *copy(const struct compiler *compiler, const char *text) {
    return text ? arena_text(compiler->arena, text) : NULL;
}

static bool type_bit(const struct rules *rules, const char *name, uint64_t *bits) {
    for (unsigned i = 0; i < rules->type_count; i++) {
        if (strcmp(rules->types[i], name) == 0) {
            *bits |= UINT64_C(1) << i;
            return true;
        }
    }
    return false;
}

static bool fact_yes_no(const struct compiler *compiler, const char *name, const char *where, uint8_t *out) {
    int fact = known_fact_find(&compiler->rules->facts, name);
    if (fact == KNOWN_NONE || compiler->rules->facts.facts[fact].type != FACT_YES_NO)
        return config_refuse(
            compiler->path, where, compiler->error, "\"%s\" is no yes_no fact of rules.yaml", name);
    *out = (uint8_t)fact;
    return true;
}

static bool type_compile(
    const struct compiler *compiler, const struct type_row *row, unsigned index, struct facility_type *out) {
    struct exclusion *excludes = arena_take(compiler->arena, (row->excludes_count + 1) * sizeof *excludes);
    if (!excludes)
        return no_memory(compiler);
    out->type = copy(compiler, row->type);
    out->name = copy(compiler, row->name);
    out->name_en = copy(compiler, row->name_en);
    out->mode = (enum facility_mode)row->mode;
    out->excludes = excludes;
    out->exclude_count = row->excludes_count;
    for (unsigned i = 0; i < row->excludes_count; i++) {
        char where[64];
        snprintf(where, sizeof where, "types[%u].excludes[%u]", index, i);
        const char *instead = row->excludes[i].instead;
        if (!fact_yes_no(compiler, row->excludes[i].fact, where, &excludes[i].fact))
            return false;
        if (!instead || type_bit(compiler->rules, instead, &excludes[i].instead_types))
            continue;
        excludes[i].instead = rules_action(compiler->rules, instead);
        if (!excludes[i].instead)
            return config_refuse(
                compiler->path, where, compiler->error, "\"%s\" is neither a type nor an action", instead);
    }
    return true;
}

static bool reason_compile(const struct compiler *compiler, const struct reason_row *row, unsigned index,
    struct refusal_reason *out) {
    out->code = copy(compiler, row->code);
    out->name = copy(compiler, row->name);
    out->name_en = copy(compiler, row->name_en);
    out->text_required = row->text_required;
    for (unsigned i = 0; i < row->not_for_count; i++) {
        const char *priority = row->not_for[i];
        char where[64];
        snprintf(where, sizeof where, "refusal_reasons[%u].not_for[%u]", index, i);
        if (priority[0] != 'P' || priority[1] < '0' || priority[1] > '4' || priority[2])
            return config_refuse(compiler->path, where, compiler->error, "\"%s\" is no priority", priority);
        out->not_for |= 1U << (priority[1] - '0');
    }
    return true;
}

static bool eligibility_compile(const struct compiler *compiler, const struct eligibility_file *file) {
    struct facility_type *types = arena_take(compiler->arena, (file->types_count + 1) * sizeof *types);
    struct refusal_reason *reasons = arena_take(compiler->arena, (file->reasons_count + 1) * sizeof *reasons);
    if (!types || !reasons)
        return no_memory(compiler);
    compiler->out->types = types;
    compiler->out->type_count = file->types_count;
    compiler->out->reasons = reasons;
    compiler->out->reason_count = file->reasons_count;
    for (unsigned i = 0; i < file->types_count; i++)
        if (!type_compile(compiler, &file->types[i], i, &types[i]))
            return false;
    for (unsigned i = 0; i < file->reasons_count; i++)
        if (!reason_compile(compiler, &file->reasons[i], i, &reasons[i]))
            return false;
    return true;
}

static bool acceptance_compile(const struct compiler *compiler, const struct acceptance_row *row,
    const char *where, struct acceptance *out) {
    for (unsigned i = 0; i < row->kinds_count; i++) {
        int kind = rules_kind(compiler->kinds, row->kinds[i]);
        if (kind == KNOWN_NONE && strcmp(row->kinds[i], "any") != 0)
            return config_refuse(compiler->path, where, compiler->error, "\"%s\" is no kind", row->kinds[i]);
        out->kinds |= kind == KNOWN_NONE ? UINT64_MAX : UINT64_C(1) << kind;
    }
    for (unsigned i = 0; i < row->sex_count; i++) {
        bool male = strcmp(row->sex[i], "L") == 0, female = strcmp(row->sex[i], "P") == 0;
        if (!male && !female)
            return config_refuse(compiler->path, where, compiler->error, "sex is L or P");
        out->male |= male;
        out->female |= female;
    }
    if (row->age_min > DIRECTORY_AGE_MAX || row->age_max > DIRECTORY_AGE_MAX)
        return config_refuse(
            compiler->path, where, compiler->error, "nobody is older than %d years", DIRECTORY_AGE_MAX);
    bool ages = row->age_max == AGE_NONE || row->age_min <= row->age_max;
    if (!ages || !(out->male || out->female) || !out->kinds)
        return config_refuse(compiler->path, where, compiler->error, "this group takes nobody");
    out->age_min = (int16_t)row->age_min;
    out->age_max = (int16_t)row->age_max;
    char at[96];
    snprintf(at, sizeof at, "%s.when", where);
    out->when = conditions_compile(&compiler->rules->facts, row->when, row->when_count, compiler->path, at,
        compiler->arena, compiler->error);
    out->when_count = row->when_count;
    return out->when != NULL;
}

static bool coverage_compile(const struct compiler *compiler, const struct facility_row *row,
    const char *where, struct facility *out) {
    const char **coverage = arena_take(compiler->arena, (row->coverage_count + 1) * sizeof *coverage);
    if (!coverage)
        return no_memory(compiler);
    for (unsigned i = 0; i < row->coverage_count; i++) {
        if (row->coverage[i][0] && area_level(row->coverage[i]) == AREA_NONE)
            return config_refuse(
                compiler->path, where, compiler->error, "\"%s\" is no area code", row->coverage[i]);
        coverage[i] = copy(compiler, row->coverage[i]);
    }
    out->coverage = coverage;
    out->coverage_count = row->coverage_count;
    return area_level(row->regency) == AREA_REGENCY ||
           config_refuse(compiler->path, where, compiler->error, "\"%s\" is no regency", row->regency);
}

static bool types_of(const struct compiler *compiler, const struct facility_row *row, const char *where,
    struct facility *out) {
    for (unsigned i = 0; i < row->types_count; i++)
        if (!type_bit(compiler->rules, row->types[i], &out->types))
            return config_refuse(compiler->path, where, compiler->error,
                "\"%s\" is no type of eligibility.yaml", row->types[i]);
    for (unsigned i = 0; i < compiler->out->type_count; i++)
        out->transit |= out->types >> i & 1 && compiler->out->types[i].mode == MODE_TRANSIT;
    for (unsigned i = 0; i < row->excludes_count; i++) {
        uint8_t fact = 0;
        if (!fact_yes_no(compiler, row->excludes[i], where, &fact))
            return false;
        out->excludes |= UINT64_C(1) << fact;
    }
    return true;
}

static bool facility_compile(
    const struct compiler *compiler, const struct facility_row *row, unsigned index, struct facility *out) {
    char where[64];
    snprintf(where, sizeof where, "facilities[%u]", index);
    if (facilities_find(compiler->out, row->id))
        return config_refuse(compiler->path, where, compiler->error, "\"%s\" stands here twice", row->id);
    struct acceptance *accepts = arena_take(compiler->arena, (row->accepts_count + 1) * sizeof *accepts);
    if (!accepts)
        return no_memory(compiler);
    *out = (struct facility){.index = index,
        .id = copy(compiler, row->id),
        .name = copy(compiler, row->name),
        .part_of = copy(compiler, row->part_of),
        .operator_name = copy(compiler, row->operator_name),
        .regency = copy(compiler, row->regency),
        .place = copy(compiler, row->place),
        .active = row->active,
        .hidden_address = row->hidden_address,
        .always_open = row->always_open,
        .accepts = accepts,
        .accept_count = row->accepts_count,
        .capacity = row->capacity};
    if (row->capacity > DIRECTORY_CAPACITY_MAX)
        return config_refuse(
            compiler->path, where, compiler->error, "at most %d places", DIRECTORY_CAPACITY_MAX);
    if (!coverage_compile(compiler, row, where, out) || !types_of(compiler, row, where, out))
        return false;
    for (unsigned i = 0; i < row->accepts_count; i++) {
        char at[80];
        snprintf(at, sizeof at, "%s.accepts[%u]", where, i);
        if (!acceptance_compile(compiler, &row->accepts[i], at, &accepts[i]))
            return false;
    }
    return true;
}

static bool facilities_compile(const struct compiler *compiler, const struct facilities_file *file) {
    struct facility *facilities =
        arena_take(compiler->arena, (file->facilities_count + 1) * sizeof *facilities);
    if (!facilities)
        return no_memory(compiler);
    compiler->out->facilities = facilities;
    for (unsigned i = 0; i < file->facilities_count; i++) {
        if (!facility_compile(compiler, &file->facilities[i], i, &facilities[i]))
            return false;
        compiler->out->facility_count = i + 1;
    }
    for (unsigned i = 0; i < file->facilities_count; i++) {
        char where[64];
        snprintf(where, sizeof where, "facilities[%u].part_of", i);
        if (facilities[i].part_of && !facilities_find(compiler->out, facilities[i].part_of))
            return config_refuse(
                compiler->path, where, compiler->error, "\"%s\" is no facility", facilities[i].part_of);
    }
    return !arena_exhausted(compiler->arena) || no_memory(compiler);
}

/* ---- loading */

bool facilities_types(const char *folder, struct arena *arena, const char *const **types, unsigned *count,
    struct error *error) {
    struct eligibility_file *file = NULL;
    if (!config_load_in(folder, "eligibility.yaml", &eligibility_schema, &file, error))
        return false;
    const char **names = arena_take(arena, (file->types_count + 1) * sizeof *names);
    bool good = names && file->types_count <= RULES_TYPES_MAX;
    for (unsigned i = 0; good && i < file->types_count; i++)
        names[i] = arena_text(arena, file->types[i].type);
    if (!good)
        error_set(error, "eligibility.yaml: more than %d types, or out of memory", RULES_TYPES_MAX);
    *types = names;
    *count = file->types_count;
    config_free(&eligibility_schema, &file);
    return good;
}

bool facilities_load(const char *folder, const struct site_kinds *kinds, const struct rules *rules,
    struct arena *arena, struct directory *out, struct error *error) {
    char paths[2][CONFIG_PATH_MAX];
    struct eligibility_file *eligibility = NULL;
    struct facilities_file *facilities = NULL;
    if (!config_path(paths[0], folder, "eligibility.yaml") ||
        !config_path(paths[1], folder, "facilities.yaml"))
        return error_set(error, "%s: the path is too long", folder);
    *out = (struct directory){0};
    bool good = config_load(paths[0], &eligibility_schema, &eligibility, error) &&
                config_load(paths[1], &facilities_schema, &facilities, error);
    struct compiler compiler = {paths[0], kinds, rules, arena, out, error};
    good = good && eligibility_compile(&compiler, eligibility);
    compiler.path = paths[1];
    good = good && facilities_compile(&compiler, facilities);
    config_free(&eligibility_schema, &eligibility);
    config_free(&facilities_schema, &facilities);
    return good;
}

/* ---- asking */

const struct facility *facilities_find(const struct directory *directory, const char *id) {
    for (unsigned i = 0; i < directory->facility_count; i++)
        if (strcmp(directory->facilities[i].id, id) == 0)
            return &directory->facilities[i];
    return NULL;
}

const struct refusal_reason *facilities_reason(const struct directory *directory, const char *code) {
    for (unsigned i = 0; i < directory->reason_count; i++)
        if (strcmp(directory->reasons[i].code, code) == 0)
            return &directory->reasons[i];
    return NULL;
}

enum truth facility_covers(const struct facility *facility, const char *area) {
    enum truth answer = TRUTH_NO;
    for (unsigned i = 0; i < facility->coverage_count; i++) {
        const char *prefix = facility->coverage[i];
        if (!prefix[0] || area_within(area, prefix))
            return TRUTH_YES;
        if (!area[0] || area_within(prefix, area))
            answer = TRUTH_UNKNOWN; /* somewhere in what the case is known of */
    }
    return answer;
}

bool facility_in_regency(const struct facility *facility, const char *area) {
    return area_common(facility->regency, area) >= AREA_REGENCY;
}
