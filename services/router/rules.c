#include "services/router/rules.h"

#include "services/router/schema.h"

#include <stdio.h>
#include <string.h>

const cyaml_schema_value_t router_word_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, WORD_MAX)};

/* ---- the file as libcyaml reads it */

static const cyaml_schema_field_t condition_fields[] = {
    SCHEMA_TEXT("fact", struct condition_row, fact, WORD_MAX),
    SCHEMA_TEXT_OR_NONE("is", struct condition_row, is, WORD_MAX),
    CYAML_FIELD_INT_PTR("below", CYAML_FLAG_OPTIONAL, struct condition_row, below),
    CYAML_FIELD_INT_PTR("at_least", CYAML_FLAG_OPTIONAL, struct condition_row, at_least),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t router_condition_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct condition_row, condition_fields)};

struct fact_row {
    char *name, *ask, *ask_en, *ask_role, *from;
    int type;
    char **values, **names, **names_en;
    unsigned values_count, names_count, names_en_count;
};
static const cyaml_strval_t type_words[] = {
    {"yes_no", FACT_YES_NO}, {"number", FACT_NUMBER}, {"choice", FACT_CHOICE}, {"facility", FACT_FACILITY}};
static const cyaml_schema_field_t fact_fields[] = {
    SCHEMA_TEXT("name", struct fact_row, name, KNOWN_TEXT_MAX - 1),
    CYAML_FIELD_ENUM("type", CYAML_FLAG_STRICT, struct fact_row, type, type_words, 4),
    SCHEMA_WORDS_OR_NONE("values", struct fact_row, values),
    SCHEMA_WORDS_OR_NONE("names", struct fact_row, names), /* of the values, for the console */
    SCHEMA_WORDS_OR_NONE("names_en", struct fact_row, names_en),
    SCHEMA_TEXT("ask", struct fact_row, ask, SENTENCE_MAX),
    SCHEMA_TEXT("ask_en", struct fact_row, ask_en, SENTENCE_MAX),
    SCHEMA_TEXT("ask_role", struct fact_row, ask_role, WORD_MAX),
    SCHEMA_TEXT("from", struct fact_row, from, WORD_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t fact_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct fact_row, fact_fields)};

struct action_row {
    char *code, *name, *name_en;
    struct condition_row *unless;
    unsigned unless_count;
};
static const cyaml_schema_field_t action_fields[] = {
    SCHEMA_TEXT("code", struct action_row, code, WORD_MAX),
    SCHEMA_TEXT("name", struct action_row, name, NAME_BYTES_MAX),
    SCHEMA_TEXT("name_en", struct action_row, name_en, NAME_BYTES_MAX),
    SCHEMA_ROWS_OR_NONE("unless", struct action_row, unless, &router_condition_schema),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t action_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct action_row, action_fields)};

struct notify_row {
    char *role, *within, *note;
    int area;
    struct condition_row *when;
    unsigned when_count;
};
static const cyaml_strval_t notify_area_words[] = {
    {"case", NOTIFY_CASE}, {"origin", NOTIFY_ORIGIN}, {"destination", NOTIFY_DESTINATION}};
static const cyaml_schema_field_t notify_fields[] = {
    SCHEMA_TEXT("role", struct notify_row, role, WORD_MAX),
    CYAML_FIELD_ENUM(
        "area", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct notify_row, area, notify_area_words, 3),
    SCHEMA_TEXT_OR_NONE("within", struct notify_row, within, WORD_MAX),
    SCHEMA_ROWS_OR_NONE("when", struct notify_row, when, &router_condition_schema),
    SCHEMA_TEXT_OR_NONE("note", struct notify_row, note, SENTENCE_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t notify_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct notify_row, notify_fields)};

struct step_row {
    char **types, **facilities;
    unsigned types_count, facilities_count;
    char *action, *role, *playbook, *max_stay, *note, *note_en;
    int *within;
    bool beside;
    struct condition_row *when;
    unsigned when_count;
};
static const cyaml_strval_t within_words[] = {
    {"regency", WITHIN_REGENCY}, {"coverage", WITHIN_COVERAGE}, {"any", WITHIN_ANY}};
static const cyaml_schema_field_t step_fields[] = {
    SCHEMA_WORDS_OR_NONE("types", struct step_row, types),
    SCHEMA_WORDS_OR_NONE("facilities", struct step_row, facilities),
    CYAML_FIELD_ENUM_PTR(
        "within", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct step_row, within, within_words, 3),
    SCHEMA_TEXT_OR_NONE("action", struct step_row, action, WORD_MAX),
    SCHEMA_TEXT_OR_NONE("role", struct step_row, role, WORD_MAX),
    SCHEMA_TEXT_OR_NONE("playbook", struct step_row, playbook, WORD_MAX),
    SCHEMA_YES_NO_OR_NONE("beside", struct step_row, beside),
    SCHEMA_ROWS_OR_NONE("when", struct step_row, when, &router_condition_schema),
    SCHEMA_TEXT_OR_NONE("max_stay", struct step_row, max_stay, WORD_MAX),
    SCHEMA_TEXT_OR_NONE("note", struct step_row, note, SENTENCE_MAX),
    SCHEMA_TEXT_OR_NONE("note_en", struct step_row, note_en, SENTENCE_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t step_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct step_row, step_fields)};

struct rule_row {
    char *id, *name, *name_en, *kind, *override_text, *override_text_en, *basis;
    struct condition_row *when, *emergency_any;
    unsigned when_count, emergency_any_count;
    struct step_row *steps, *emergency_steps;
    unsigned steps_count, emergency_steps_count;
    char **approve;
    unsigned approve_count;
    struct notify_row *notify;
    unsigned notify_count;
    int emergency;
    bool override;
};
static const cyaml_strval_t emergency_words[] = {{"never", EMERGENCY_NEVER}, {"when_p0", EMERGENCY_WHEN_P0},
    {"when_p0_p1", EMERGENCY_WHEN_P0_P1}, {"always", EMERGENCY_ALWAYS}, {"when_any", EMERGENCY_WHEN_ANY}};
static const cyaml_schema_field_t rule_fields[] = {
    SCHEMA_TEXT("id", struct rule_row, id, WORD_MAX),
    SCHEMA_TEXT_OR_NONE("name", struct rule_row, name, NAME_BYTES_MAX), /* for the console */
    SCHEMA_TEXT_OR_NONE("name_en", struct rule_row, name_en, NAME_BYTES_MAX),
    SCHEMA_TEXT("kind", struct rule_row, kind, WORD_MAX),
    SCHEMA_ROWS("when", struct rule_row, when, &router_condition_schema),
    SCHEMA_ROWS("try", struct rule_row, steps, &step_schema),
    SCHEMA_WORDS("approve", struct rule_row, approve),
    SCHEMA_ROWS("notify", struct rule_row, notify, &notify_schema),
    CYAML_FIELD_ENUM("emergency", CYAML_FLAG_STRICT, struct rule_row, emergency, emergency_words, 5),
    SCHEMA_ROWS_OR_NONE("emergency_any", struct rule_row, emergency_any, &router_condition_schema),
    SCHEMA_ROWS_OR_NONE("emergency_try", struct rule_row, emergency_steps, &step_schema),
    SCHEMA_YES_NO("override", struct rule_row, override),
    SCHEMA_TEXT_OR_NONE("override_text", struct rule_row, override_text, SENTENCE_MAX),
    SCHEMA_TEXT_OR_NONE("override_text_en", struct rule_row, override_text_en, SENTENCE_MAX),
    SCHEMA_TEXT("basis", struct rule_row, basis, NAME_BYTES_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t rule_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct rule_row, rule_fields)};

struct rules_file {
    struct fact_row *facts;
    unsigned facts_count;
    struct action_row *actions;
    unsigned actions_count;
    struct rule_row *rules, *general;
    unsigned rules_count, general_count;
};
static const cyaml_schema_field_t file_fields[] = {
    SCHEMA_ROWS("facts", struct rules_file, facts, &fact_schema),
    SCHEMA_ROWS("actions", struct rules_file, actions, &action_schema),
    SCHEMA_ROWS("rules", struct rules_file, rules, &rule_schema),
    SCHEMA_ROWS("general", struct rules_file, general, &rule_schema),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct rules_file, file_fields)};

/* ---- into the tables that decide */

struct compiler {
    const char *path;
    const struct site_kinds *kinds;
    struct arena *arena;
    struct rules *out;
    struct error *error;
};

static bool no_memory(const struct compiler *compiler) {
    return error_set(compiler->error, "%s: out of memory", compiler->path);
}

static const char *copy(const struct compiler *compiler, const char *text) {
    return text ? arena_text(compiler->arena, text) : NULL;
}

static const char *const *copy_list(const struct compiler *compiler, char *const *list, unsigned count) {
    const char **texts = arena_take(compiler->arena, (count + 1) * sizeof *texts);
    for (unsigned i = 0; texts && i < count; i++)
        texts[i] = copy(compiler, list[i]);
    return texts;
}

static bool value_compile(const struct fact_definition *fact, const struct condition_row *row,
    struct condition *out, const char *path, const char *where, struct error *error) {
    int tests = (row->is != NULL) + (row->below != NULL) + (row->at_least != NULL);
    if (tests != 1)
        return config_refuse(path, where, error, "one of is, below, at_least is wanted");
    if (fact->type == FACT_FACILITY)
        return config_refuse(path, where, error, "%s names facilities and cannot be compared", fact->name);
    if (!row->is) {
        int number = row->below ? *row->below : *row->at_least;
        out->test = row->below ? CONDITION_BELOW : CONDITION_AT_LEAST;
        out->value = (int16_t)number;
        return (fact->type == FACT_NUMBER && number >= 0 && number <= KNOWN_NUMBER_MOST) ||
               config_refuse(path, where, error, "%s is no number up to %d", fact->name, KNOWN_NUMBER_MOST);
    }
    out->test = CONDITION_IS;
    for (unsigned i = 0; i < fact->value_count; i++) {
        if (strcmp(fact->values[i], row->is) == 0) {
            out->value = (int16_t)i;
            return true;
        }
    }
    return config_refuse(path, where, error, "\"%s\" is no value of %s", row->is, fact->name);
}

const struct condition *conditions_compile(const struct fact_table *facts, const struct condition_row *rows,
    unsigned count, const char *path, const char *where, struct arena *arena, struct error *error) {
    struct condition *conditions = arena_take(arena, (count + 1) * sizeof *conditions);
    if (!conditions) {
        error_set(error, "%s: out of memory", path);
        return NULL;
    }
    for (unsigned i = 0; i < count; i++) {
        char at[160];
        snprintf(at, sizeof at, "%s[%u]", where, i);
        int fact = known_fact_find(facts, rows[i].fact);
        if (fact == KNOWN_NONE) {
            config_refuse(path, at, error, "\"%s\" is no fact of rules.yaml", rows[i].fact);
            return NULL;
        }
        conditions[i].fact = (uint8_t)fact;
        if (!value_compile(&facts->facts[fact], &rows[i], &conditions[i], path, at, error))
            return NULL;
    }
    return conditions;
}

static const struct condition *conditions_of(const struct compiler *compiler,
    const struct condition_row *rows, unsigned count, const char *where, const char *member) {
    char at[128];
    snprintf(at, sizeof at, "%s.%s", where, member);
    return conditions_compile(
        &compiler->out->facts, rows, count, compiler->path, at, compiler->arena, compiler->error);
}

static bool fact_compile(const struct compiler *compiler, const struct fact_row *row, unsigned index,
    struct fact_definition *out) {
    static const char *const yes_no[] = {"no", "yes"};
    char where[32];
    snprintf(where, sizeof where, "facts[%u]", index);
    out->name = copy(compiler, row->name);
    out->type = (enum fact_type)row->type;
    out->ask = copy(compiler, row->ask);
    out->ask_en = copy(compiler, row->ask_en);
    out->ask_role = copy(compiler, row->ask_role);
    out->from = copy(compiler, row->from);
    out->values = out->type == FACT_YES_NO ? yes_no : copy_list(compiler, row->values, row->values_count);
    out->value_count = out->type == FACT_YES_NO ? 2 : row->values_count;
    if ((out->type == FACT_CHOICE) != (row->values_count > 0))
        return config_refuse(
            compiler->path, where, compiler->error, "values belong to a choice, and only there");
    if (row->names_count != row->names_en_count ||
        (row->names_count && row->names_count != row->values_count))
        return config_refuse(
            compiler->path, where, compiler->error, "names and names_en are as many as values, or none");
    for (unsigned i = 0; i < index; i++)
        if (strcmp(compiler->out->facts.facts[i].name, row->name) == 0)
            return config_refuse(
                compiler->path, where, compiler->error, "\"%s\" stands here twice", row->name);
    return out->values || no_memory(compiler);
}

static bool facts_compile(const struct compiler *compiler, const struct rules_file *file) {
    static const char *const priorities[] = {"P0", "P1", "P2", "P3", "P4"};
    struct fact_definition *facts = arena_take(compiler->arena, (file->facts_count + 1) * sizeof *facts);
    struct fact_table *table = &compiler->out->facts;
    if (!facts)
        return no_memory(compiler);
    if (file->facts_count > KNOWN_FACTS_MAX)
        return config_refuse(compiler->path, "facts", compiler->error, "more than %d facts", KNOWN_FACTS_MAX);
    table->facts = facts;
    for (unsigned i = 0; i < file->facts_count; i++, table->count = i)
        if (!fact_compile(compiler, &file->facts[i], i, &facts[i]))
            return false;
    table->priority = known_fact_find(table, "priority");
    table->age = known_fact_find(table, "age");
    table->sex = known_fact_find(table, "sex");
    table->bed_available = known_fact_find(table, "bed_available");
    table->conflict_of_interest = known_fact_find(table, "conflict_of_interest");
    table->conflict_facility = known_fact_find(table, "conflict_facility");
    table->facility_full = known_fact_find(table, "facility_full");
    table->facility_refuses = known_fact_find(table, "facility_refuses");
    bool good = table->priority != KNOWN_NONE && facts[table->priority].value_count == 5;
    for (unsigned i = 0; good && i < 5; i++)
        good = strcmp(facts[table->priority].values[i], priorities[i]) == 0;
    return good ||
           config_refuse(compiler->path, "facts", compiler->error, "priority must be a choice of P0 to P4");
}

static bool actions_compile(const struct compiler *compiler, const struct rules_file *file) {
    static const struct {
        const char *code;
        enum action_meaning meaning;
    } meanings[] = {{"neighbour_facility", ACTION_NEIGHBOUR}, {"next_candidate", ACTION_NEXT_CANDIDATE},
        {"exclude_conflicted", ACTION_EXCLUDE}, {"place_where_found", ACTION_WHERE_FOUND}};
    struct action *actions = arena_take(compiler->arena, (file->actions_count + 1) * sizeof *actions);
    if (!actions)
        return no_memory(compiler);
    compiler->out->actions = actions;
    for (unsigned i = 0; i < file->actions_count; i++) {
        const struct action_row *row = &file->actions[i];
        char where[32];
        snprintf(where, sizeof where, "actions[%u]", i);
        if (rules_action(compiler->out, row->code))
            return config_refuse(
                compiler->path, where, compiler->error, "\"%s\" stands here twice", row->code);
        actions[i].code = copy(compiler, row->code);
        actions[i].name = copy(compiler, row->name);
        actions[i].name_en = copy(compiler, row->name_en);
        actions[i].unless = conditions_of(compiler, row->unless, row->unless_count, where, "unless");
        actions[i].unless_count = row->unless_count;
        for (size_t k = 0; k < sizeof meanings / sizeof *meanings; k++)
            if (strcmp(meanings[k].code, row->code) == 0)
                actions[i].meaning = meanings[k].meaning;
        if (!actions[i].unless)
            return false;
        compiler->out->action_count = i + 1;
    }
    return true;
}

static bool types_compile(
    const struct compiler *compiler, const struct step_row *row, const char *where, uint64_t *out) {
    for (unsigned i = 0; i < row->types_count; i++) {
        unsigned bit = 0;
        while (bit < compiler->out->type_count && strcmp(compiler->out->types[bit], row->types[i]) != 0)
            bit++;
        if (bit == compiler->out->type_count)
            return config_refuse(compiler->path, where, compiler->error,
                "\"%s\" is no type of eligibility.yaml", row->types[i]);
        *out |= UINT64_C(1) << bit;
    }
    return true;
}

static bool step_compile(
    const struct compiler *compiler, const struct step_row *row, const char *where, struct step *out) {
    bool asks = row->types_count || row->facilities_count;
    if (asks == (row->action != NULL))
        return config_refuse(
            compiler->path, where, compiler->error, "either types or facilities, or an action is wanted");
    if (!types_compile(compiler, row, where, &out->types))
        return false;
    if (row->action && !(out->action = rules_action(compiler->out, row->action)))
        return config_refuse(compiler->path, where, compiler->error, "\"%s\" is no action", row->action);
    if (row->max_stay &&
        !config_duration(compiler->path, where, row->max_stay, &out->max_stay, compiler->error))
        return false;
    out->facilities = copy_list(compiler, row->facilities, row->facilities_count);
    out->facility_count = row->facilities_count;
    out->role = copy(compiler, row->role);
    out->playbook = copy(compiler, row->playbook);
    out->note = copy(compiler, row->note);
    out->note_en = copy(compiler, row->note_en);
    out->beside = row->beside;
    out->within = row->within             ? (enum within) * row->within
                  : row->facilities_count ? WITHIN_ANY
                                          : WITHIN_COVERAGE;
    out->when = conditions_of(compiler, row->when, row->when_count, where, "when");
    out->when_count = row->when_count;
    return out->when != NULL;
}

static const struct step *steps_compile(const struct compiler *compiler, const struct step_row *rows,
    unsigned count, const char *where, const char *member) {
    struct step *steps = arena_take(compiler->arena, (count + 1) * sizeof *steps);
    if (!steps) {
        no_memory(compiler);
        return NULL;
    }
    for (unsigned i = 0; i < count; i++) {
        char at[96];
        snprintf(at, sizeof at, "%s.%s[%u]", where, member, i);
        if (!step_compile(compiler, &rows[i], at, &steps[i]))
            return NULL;
    }
    return steps;
}

static const struct notify *notify_compile(
    const struct compiler *compiler, const struct rule_row *row, const char *where) {
    struct notify *list = arena_take(compiler->arena, (row->notify_count + 1) * sizeof *list);
    for (unsigned i = 0; list && i < row->notify_count; i++) {
        char at[96];
        snprintf(at, sizeof at, "%s.notify[%u]", where, i);
        list[i].role = copy(compiler, row->notify[i].role);
        list[i].area = (enum notify_area)row->notify[i].area;
        list[i].when = conditions_of(compiler, row->notify[i].when, row->notify[i].when_count, at, "when");
        list[i].when_count = row->notify[i].when_count;
        if (!list[i].when)
            return NULL;
    }
    if (!list)
        no_memory(compiler);
    return list;
}

static bool emergency_check(const struct compiler *compiler, const struct rule_row *row, const char *where) {
    bool branch = row->emergency_steps_count > 0;
    if ((row->emergency != EMERGENCY_NEVER) != branch)
        return config_refuse(compiler->path, where, compiler->error,
            branch ? "emergency_try is never used" : "the emergency branch has no steps");
    if ((row->emergency == EMERGENCY_WHEN_ANY) != (row->emergency_any_count > 0))
        return config_refuse(
            compiler->path, where, compiler->error, "emergency_any belongs to when_any, and only there");
    if (row->override && (!branch || !row->override_text || !row->override_text_en))
        return config_refuse(compiler->path, where, compiler->error,
            "an override needs an emergency branch and its sentence in both languages");
    return row->steps_count + row->emergency_steps_count <= RULES_STEPS_MAX ||
           config_refuse(compiler->path, where, compiler->error, "more than %d steps", RULES_STEPS_MAX);
}

static bool rule_compile(
    const struct compiler *compiler, const struct rule_row *row, const char *where, struct rule *out) {
    out->id = copy(compiler, row->id);
    out->kind = strcmp(row->kind, "any") == 0 ? KNOWN_NONE : rules_kind(compiler->kinds, row->kind);
    if (out->kind == KNOWN_NONE && strcmp(row->kind, "any") != 0)
        return config_refuse(compiler->path, where, compiler->error, "\"%s\" is no kind", row->kind);
    if (!emergency_check(compiler, row, where))
        return false;
    out->when = conditions_of(compiler, row->when, row->when_count, where, "when");
    out->when_count = row->when_count;
    out->emergency = (enum emergency)row->emergency;
    out->emergency_any =
        conditions_of(compiler, row->emergency_any, row->emergency_any_count, where, "emergency_any");
    out->emergency_any_count = row->emergency_any_count;
    out->steps = steps_compile(compiler, row->steps, row->steps_count, where, "try");
    out->step_count = row->steps_count;
    out->emergency_steps =
        steps_compile(compiler, row->emergency_steps, row->emergency_steps_count, where, "emergency_try");
    out->emergency_step_count = row->emergency_steps_count;
    out->approve = copy_list(compiler, row->approve, row->approve_count);
    out->approve_count = row->approve_count;
    out->notify = notify_compile(compiler, row, where);
    out->notify_count = row->notify_count;
    out->override = row->override;
    out->override_text = copy(compiler, row->override_text);
    out->override_text_en = copy(compiler, row->override_text_en);
    out->basis = copy(compiler, row->basis);
    return out->when && out->emergency_any && out->steps && out->emergency_steps && out->approve &&
           out->notify;
}

static const struct rule *rules_compile(const struct compiler *compiler, const struct rule_row *rows,
    unsigned count, const char *list, bool general) {
    struct rule *rules = arena_take(compiler->arena, (count + 1) * sizeof *rules);
    if (!rules) {
        no_memory(compiler);
        return NULL;
    }
    for (unsigned i = 0; i < count; i++) {
        char where[32];
        snprintf(where, sizeof where, "%s[%u]", list, i);
        if (!rule_compile(compiler, &rows[i], where, &rules[i]))
            return NULL;
        for (unsigned k = 0; k < i; k++) {
            if (strcmp(rules[k].id, rules[i].id) == 0) {
                config_refuse(
                    compiler->path, where, compiler->error, "\"%s\" stands here twice", rules[i].id);
                return NULL;
            }
        }
        if ((rules[i].kind == KNOWN_NONE) != general) {
            config_refuse(
                compiler->path, where, compiler->error, "rules of kind any stand in general, and only they");
            return NULL;
        }
    }
    return rules;
}

static bool file_compile(const struct compiler *compiler, const struct rules_file *file) {
    struct rules *out = compiler->out;
    if (!facts_compile(compiler, file) || !actions_compile(compiler, file))
        return false;
    out->rules = rules_compile(compiler, file->rules, file->rules_count, "rules", false);
    out->rule_count = file->rules_count;
    if (!out->rules)
        return false;
    out->general = rules_compile(compiler, file->general, file->general_count, "general", true);
    out->general_count = file->general_count;
    if (!out->general)
        return false;
    return !arena_exhausted(compiler->arena) || no_memory(compiler);
}

bool rules_load(const char *folder, const struct site_kinds *kinds, const char *const *types,
    unsigned type_count, struct arena *arena, struct rules *out, struct error *error) {
    char path[CONFIG_PATH_MAX];
    struct rules_file *file = NULL;
    if (!config_path(path, folder, "rules.yaml"))
        return error_set(error, "%s: the path is too long", folder);
    if (!config_load(path, &file_schema, &file, error))
        return false;
    *out = (struct rules){.types = types, .type_count = type_count};
    struct compiler compiler = {path, kinds, arena, out, error};
    bool good = file_compile(&compiler, file);
    config_free(&file_schema, &file);
    return good;
}

int rules_kind(const struct site_kinds *kinds, const char *code) {
    for (unsigned i = 0; i < kinds->kinds_count; i++)
        if (strcmp(kinds->kinds[i].code, code) == 0)
            return (int)i;
    return KNOWN_NONE;
}

const struct action *rules_action(const struct rules *rules, const char *code) {
    for (unsigned i = 0; i < rules->action_count; i++)
        if (strcmp(rules->actions[i].code, code) == 0)
            return &rules->actions[i];
    return NULL;
}

/* ---- deciding */

static bool priority_at_most(const struct known *known, int16_t most) {
    const struct known_fact *priority = &known->facts[known->table->priority];
    return priority->known && priority->value <= most;
}

enum truth rule_emergency(const struct rule *rule, const struct known *known) {
    switch (rule->emergency) {
    case EMERGENCY_NEVER:
        return TRUTH_NO;
    case EMERGENCY_WHEN_P0:
        return priority_at_most(known, 0) ? TRUTH_YES : TRUTH_NO;
    case EMERGENCY_WHEN_P0_P1:
        return priority_at_most(known, 1) ? TRUTH_YES : TRUTH_NO;
    case EMERGENCY_ALWAYS:
        return TRUTH_YES;
    case EMERGENCY_WHEN_ANY: {
        enum truth any = TRUTH_NO;
        for (unsigned i = 0; i < rule->emergency_any_count; i++)
            any = truth_or(any, condition_truth(&rule->emergency_any[i], known));
        return any;
    }
    }
    return TRUTH_NO;
}

static void add_steps(struct decision *decision, const struct step *steps, unsigned count) {
    for (unsigned i = 0; i < count && decision->step_count < RULES_STEPS_MAX; i++)
        decision->steps[decision->step_count++] = &steps[i];
}

void rules_decide(const struct rules *rules, int kind, const struct known *known, struct decision *decision) {
    *decision = (struct decision){0};
    for (unsigned i = 0; i < rules->rule_count; i++) {
        const struct rule *rule = &rules->rules[i];
        if (rule->kind != kind)
            continue;
        enum truth answer = conditions_truth(rule->when, rule->when_count, known, &decision->missing);
        if (answer == TRUTH_NO)
            continue;
        decision->rule = rule;
        decision->waits = answer == TRUTH_UNKNOWN;
        decision->emergency =
            rule_emergency(rule, known) == TRUTH_YES && (!decision->waits || rule->override);
        if (decision->emergency)
            add_steps(decision, rule->emergency_steps, rule->emergency_step_count);
        if (!decision->waits)
            add_steps(decision, rule->steps, rule->step_count);
        return;
    }
}
