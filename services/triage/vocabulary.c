/* Reads the vocabulary. Every file is refused whole for its first mistake, with file and line (config.h) or
 * with the entry that is wrong: a vocabulary that is half there would misjudge silently. */
#include "services/triage/vocabulary.h"

#include "services/triage/details.h"
#include "services/triage/model.h"
#include "services/triage/rarity.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    TERMS_MAX = 20000, /* x 24 bytes = 480 KiB */
    LISTS_MAX = 2000,  /* entries of one file */
    RULES_MAX = 1000,
    MEANING_MAX = 200 /* bytes, one line on a telephone */
};

/* ---- files as they are written */

struct keyword_entry {
    char *kind, *lang;
    int strength;
    char **terms;
    unsigned terms_count;
};

struct keyword_file {
    struct keyword_entry *keywords;
    unsigned keywords_count;
};

struct term_lists {
    char **id, **jv, **mad, **min;
    unsigned id_count, jv_count, mad_count, min_count;
};

struct concept_entry {
    char *code, *meaning, *meaning_en;
    struct term_lists terms;
};

struct combination_entry {
    char *id, *kind, *meaning, *meaning_en;
    int weight;
    char **all, **without;
    unsigned all_count, without_count;
};

struct concept_file {
    struct concept_entry *concepts;
    unsigned concepts_count;
    struct combination_entry *combinations;
    unsigned combinations_count;
};

struct urgency_entry {
    char *id, *meaning, *meaning_en;
    int effect, priority;
    char **kinds, **all, **without;
    unsigned kinds_count, all_count, without_count;
    bool near;
};

struct urgency_file {
    struct urgency_entry *rules;
    unsigned rules_count;
};

static const cyaml_schema_value_t text_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 400)};

static const cyaml_strval_t strengths[] = {{"strong", 3}, {"medium", 2}, {"weak", 1}};
static const cyaml_strval_t effects[] = {{"set", URGENCY_SET}, {"raise", URGENCY_RAISE},
    {"hold", URGENCY_HOLD}, {"lower", URGENCY_LOWER}, {"quiet", URGENCY_QUIET}};
static const cyaml_strval_t priorities[] = {
    {"P0", PRIORITY_P0}, {"P1", PRIORITY_P1}, {"P2", PRIORITY_P2}, {"P3", PRIORITY_P3}, {"P4", PRIORITY_P4}};

static const cyaml_schema_field_t keyword_fields[] = {
    CYAML_FIELD_STRING_PTR("kind", CYAML_FLAG_POINTER, struct keyword_entry, kind, 1, 60),
    CYAML_FIELD_STRING_PTR("lang", CYAML_FLAG_POINTER, struct keyword_entry, lang, 2, 8),
    CYAML_FIELD_ENUM("strength", CYAML_FLAG_STRICT, struct keyword_entry, strength, strengths, 3),
    CYAML_FIELD_SEQUENCE(
        "terms", CYAML_FLAG_POINTER, struct keyword_entry, terms, &text_schema, 1, LISTS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t keyword_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct keyword_entry, keyword_fields)};
static const cyaml_schema_field_t keyword_file_fields[] = {
    CYAML_FIELD_SEQUENCE(
        "keywords", CYAML_FLAG_POINTER, struct keyword_file, keywords, &keyword_schema, 1, LISTS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t keyword_file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct keyword_file, keyword_file_fields)};

#define TERM_LIST(language)                                                                                  \
    CYAML_FIELD_SEQUENCE(#language, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct term_lists, language,   \
        &text_schema, 0, LISTS_MAX)
static const cyaml_schema_field_t term_list_fields[] = {
    TERM_LIST(id), TERM_LIST(jv), TERM_LIST(mad), TERM_LIST(min), CYAML_FIELD_END};
/* What people read for the code: nothing here looks at it, the console shows it. */
#define MEANING(type)                                                                                        \
    CYAML_FIELD_STRING_PTR(                                                                                  \
        "meaning", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, meaning, 1, MEANING_MAX),                 \
        CYAML_FIELD_STRING_PTR(                                                                              \
            "meaning_en", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, meaning_en, 1, MEANING_MAX)
static const cyaml_schema_field_t concept_fields[] = {
    CYAML_FIELD_STRING_PTR("code", CYAML_FLAG_POINTER, struct concept_entry, code, 2, 40),
    MEANING(struct concept_entry),
    CYAML_FIELD_MAPPING("terms", CYAML_FLAG_DEFAULT, struct concept_entry, terms, term_list_fields),
    CYAML_FIELD_END};
static const cyaml_schema_value_t concept_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct concept_entry, concept_fields)};
#define NAME_LIST(name, type, member, flags, least)                                                          \
    CYAML_FIELD_SEQUENCE(                                                                                    \
        name, CYAML_FLAG_POINTER | (flags), type, member, &text_schema, least, RULE_KINDS_MAX)
static const cyaml_schema_field_t combination_fields[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, struct combination_entry, id, 2, 40),
    CYAML_FIELD_STRING_PTR("kind", CYAML_FLAG_POINTER, struct combination_entry, kind, 1, 60),
    CYAML_FIELD_INT("weight", CYAML_FLAG_DEFAULT, struct combination_entry, weight),
    NAME_LIST("all", struct combination_entry, all, 0, 1),
    NAME_LIST("without", struct combination_entry, without, CYAML_FLAG_OPTIONAL, 0),
    MEANING(struct combination_entry), CYAML_FIELD_END};
static const cyaml_schema_value_t combination_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct combination_entry, combination_fields)};
static const cyaml_schema_field_t concept_file_fields[] = {
    CYAML_FIELD_SEQUENCE(
        "concepts", CYAML_FLAG_POINTER, struct concept_file, concepts, &concept_schema, 0, CONCEPTS_MAX),
    CYAML_FIELD_SEQUENCE("combinations", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct concept_file,
        combinations, &combination_schema, 0, RULES_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t concept_file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct concept_file, concept_file_fields)};

static const cyaml_schema_field_t urgency_fields[] = {
    CYAML_FIELD_STRING_PTR("id", CYAML_FLAG_POINTER, struct urgency_entry, id, 2, 60),
    CYAML_FIELD_ENUM("effect", CYAML_FLAG_STRICT, struct urgency_entry, effect, effects, 5),
    CYAML_FIELD_ENUM("priority", CYAML_FLAG_STRICT, struct urgency_entry, priority, priorities, 5),
    NAME_LIST("kinds", struct urgency_entry, kinds, CYAML_FLAG_OPTIONAL, 0),
    NAME_LIST("all", struct urgency_entry, all, 0, 1),
    NAME_LIST("without", struct urgency_entry, without, CYAML_FLAG_OPTIONAL, 0),
    CYAML_FIELD_BOOL("near", CYAML_FLAG_OPTIONAL, struct urgency_entry, near), MEANING(struct urgency_entry),
    CYAML_FIELD_END};
static const cyaml_schema_value_t urgency_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct urgency_entry, urgency_fields)};
static const cyaml_schema_field_t urgency_file_fields[] = {
    CYAML_FIELD_SEQUENCE(
        "rules", CYAML_FLAG_POINTER, struct urgency_file, rules, &urgency_schema, 0, RULES_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t urgency_file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct urgency_file, urgency_file_fields)};

/* Which schema owns files[n], for giving it back. */
enum file { FILE_KEYWORDS, FILE_CONCEPTS, FILE_SIGNALS, FILE_URGENCY, FILES };

static const struct {
    const char *name;
    const cyaml_schema_value_t *schema;
} files[FILES] = {
    [FILE_KEYWORDS] = {"keywords.yaml", &keyword_file_schema},
    [FILE_CONCEPTS] = {"concepts.yaml", &concept_file_schema},
    [FILE_SIGNALS] = {"signals.yaml", &concept_file_schema},
    [FILE_URGENCY] = {"urgency.yaml", &urgency_file_schema},
};

/* ---- from files to the vocabulary */

int vocabulary_kind(const struct vocabulary *vocabulary, const char *code) {
    for (size_t i = 0; i < vocabulary->kind_count; i++)
        if (strcmp(vocabulary->kinds[i].code, code) == 0)
            return (int)i;
    return NO_INDEX;
}

static int concept_of(const struct vocabulary *vocabulary, const char *code) {
    for (size_t i = 0; i < vocabulary->concept_count; i++)
        if (strcmp(vocabulary->concepts[i].code, code) == 0)
            return (int)i;
    return NO_INDEX;
}

static bool kinds_take(struct vocabulary *vocabulary, struct error *error) {
    const struct site_kinds *file = vocabulary->site_kinds;
    if (file->kinds_count > KINDS_MAX)
        return error_set(error, "kinds.yaml has more than %d kinds", KINDS_MAX);
    for (unsigned i = 0; i < file->kinds_count; i++) {
        const struct site_kind *from = &file->kinds[i];
        bool inherits = from->urgency_default == SITE_PRIORITY_INHERIT;
        vocabulary->kinds[vocabulary->kind_count++] = (struct kind){.code = from->code,
            .priority = inherits ? PRIORITY_P3 : (enum priority)from->urgency_default,
            .confidentiality =
                from->confidentiality == SITE_CONFIDENTIALITY_INHERIT ? 2 : (int)from->confidentiality,
            .opens_case = from->opens_case,
            .inherits = inherits};
    }
    return true;
}

static bool term_add(struct vocabulary *vocabulary, struct term term, struct error *error) {
    if (vocabulary->term_count == TERMS_MAX)
        return error_set(error, "the vocabulary has more than %d terms", TERMS_MAX);
    if (!matcher_add(vocabulary->matcher, term.text, (uint32_t)vocabulary->term_count, error))
        return false;
    vocabulary->terms[vocabulary->term_count++] = term;
    return true;
}

static bool keywords_take(
    struct vocabulary *vocabulary, const struct keyword_file *file, struct error *error) {
    for (unsigned i = 0; i < file->keywords_count; i++) {
        const struct keyword_entry *entry = &file->keywords[i];
        int kind = vocabulary_kind(vocabulary, entry->kind);
        if (kind == NO_INDEX)
            return error_set(error, "keywords.yaml: kind %s is not in kinds.yaml", entry->kind);
        for (unsigned k = 0; k < entry->terms_count; k++) {
            struct term term = {TERM_KEYWORD, (int16_t)kind, (uint8_t)entry->strength, entry->terms[k]};
            if (!term_add(vocabulary, term, error))
                return error_prefix(error, "keywords.yaml: %s", entry->kind);
        }
    }
    return true;
}

static bool concept_terms(
    struct vocabulary *vocabulary, int concept, char *const *terms, unsigned count, struct error *error) {
    for (unsigned i = 0; i < count; i++)
        if (!term_add(vocabulary, (struct term){TERM_CONCEPT, (int16_t) concept, 0, terms[i]}, error))
            return error_prefix(error, "%s", vocabulary->concepts[concept].code);
    return true;
}

static enum concept_part concept_part_of(const char *code) {
    static const struct {
        const char *code;
        enum concept_part part;
    } parts[] = {{"R_PETUGAS", PART_STAFF}, {"R_LEMBAGA", PART_INSTITUTION},
        {"R_TEMPAT_LAIN", PART_ELSEWHERE}, {"R_PERBUATAN", PART_WRONG_ANY_FORM}, {"C_PUKUL", PART_WRONG},
        {"C_SEKS", PART_WRONG}, {"C_IKAT", PART_WRONG}, {"C_KUNCI", PART_WRONG}, {"S_ANCAM", PART_WRONG},
        {"S_POTONG", PART_WRONG}};
    if (strncmp(code, CONCEPT_OFFICE, strlen(CONCEPT_OFFICE)) == 0)
        return PART_OFFICE;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(code, parts[i].code) == 0)
            return parts[i].part;
    return PART_NONE;
}

/* A concept named again (signals.yaml after concepts.yaml) gains the further terms. */
static bool concept_take(
    struct vocabulary *vocabulary, const struct concept_entry *entry, struct error *error) {
    int concept = concept_of(vocabulary, entry->code);
    if (concept == NO_INDEX) {
        if (vocabulary->concept_count == CONCEPTS_MAX)
            return error_set(error, "more than %d concepts", CONCEPTS_MAX);
        concept = (int)vocabulary->concept_count++;
        vocabulary->concepts[concept] =
            (struct concept){entry->code, text_hash(entry->code), concept_part_of(entry->code)};
    }
    const struct term_lists *terms = &entry->terms;
    return concept_terms(vocabulary, concept, terms->id, terms->id_count, error) &&
           concept_terms(vocabulary, concept, terms->jv, terms->jv_count, error) &&
           concept_terms(vocabulary, concept, terms->mad, terms->mad_count, error) &&
           concept_terms(vocabulary, concept, terms->min, terms->min_count, error);
}

static bool concepts_named(const struct vocabulary *vocabulary, char *const *names, unsigned count,
    int16_t out[RULE_CONCEPTS_MAX], uint8_t *out_count, struct error *error) {
    if (count > RULE_CONCEPTS_MAX)
        return error_set(error, "names more than %d concepts", RULE_CONCEPTS_MAX);
    for (unsigned i = 0; i < count; i++) {
        int concept = concept_of(vocabulary, names[i]);
        if (concept == NO_INDEX)
            return error_set(error, "concept %s is not defined", names[i]);
        out[i] = (int16_t) concept;
    }
    *out_count = (uint8_t)count;
    return true;
}

static bool combination_take(
    struct vocabulary *vocabulary, const struct combination_entry *entry, struct error *error) {
    struct combination *combination = &vocabulary->combinations[vocabulary->combination_count];
    int kind = vocabulary_kind(vocabulary, entry->kind);
    if (kind == NO_INDEX)
        return error_set(error, "%s: kind %s is not in kinds.yaml", entry->id, entry->kind);
    *combination =
        (struct combination){.id = entry->id, .kind = (int16_t)kind, .weight = (float)entry->weight};
    if (!concepts_named(
            vocabulary, entry->all, entry->all_count, combination->all, &combination->all_count, error) ||
        !concepts_named(vocabulary, entry->without, entry->without_count, combination->without,
            &combination->without_count, error))
        return error_prefix(error, "%s", entry->id);
    vocabulary->combination_count++;
    return true;
}

static bool concepts_take(
    struct vocabulary *vocabulary, const struct concept_file *file, struct error *error) {
    for (unsigned i = 0; i < file->concepts_count; i++)
        if (!concept_take(vocabulary, &file->concepts[i], error))
            return false;
    struct combination *larger = realloc(vocabulary->combinations,
        (vocabulary->combination_count + file->combinations_count + 1) * sizeof *larger);
    if (!larger)
        return error_set(error, "no memory for the combinations");
    vocabulary->combinations = larger;
    for (unsigned i = 0; i < file->combinations_count; i++)
        if (!combination_take(vocabulary, &file->combinations[i], error))
            return false;
    return true;
}

static bool urgency_kinds(const struct vocabulary *vocabulary, const struct urgency_entry *entry,
    struct urgency_rule *rule, struct error *error) {
    for (unsigned i = 0; i < entry->kinds_count; i++) {
        int kind = vocabulary_kind(vocabulary, entry->kinds[i]);
        if (kind == NO_INDEX)
            return error_set(error, "kind %s is not in kinds.yaml", entry->kinds[i]);
        rule->kinds[rule->kind_count++] = (int16_t)kind;
    }
    return true;
}

/* Behind those that take effect before it or with it. */
static void urgency_place(struct vocabulary *vocabulary, const struct urgency_rule *rule) {
    size_t at = vocabulary->urgency_count++;
    for (; at && vocabulary->urgency[at - 1].effect > rule->effect; at--)
        vocabulary->urgency[at] = vocabulary->urgency[at - 1];
    vocabulary->urgency[at] = *rule;
}

static bool urgency_take(
    struct vocabulary *vocabulary, const struct urgency_file *file, struct error *error) {
    vocabulary->urgency = calloc(file->rules_count + 1, sizeof *vocabulary->urgency);
    if (!vocabulary->urgency)
        return error_set(error, "no memory for the urgency rules");
    for (unsigned i = 0; i < file->rules_count; i++) {
        const struct urgency_entry *entry = &file->rules[i];
        struct urgency_rule rule = {.id = entry->id,
            .effect = (enum urgency_effect)entry->effect,
            .priority = (enum priority)entry->priority,
            .near = entry->near};
        if (!urgency_kinds(vocabulary, entry, &rule, error) ||
            !concepts_named(vocabulary, entry->all, entry->all_count, rule.all, &rule.all_count, error) ||
            !concepts_named(
                vocabulary, entry->without, entry->without_count, rule.without, &rule.without_count, error))
            return error_prefix(error, "urgency.yaml: %s", entry->id);
        urgency_place(vocabulary, &rule);
    }
    return true;
}

static void named_find(struct vocabulary *vocabulary) {
    static const char *const codes[NAMED_CONCEPTS] = {[NAMED_CHILD] = "C_ANAK",
        [NAMED_TODDLER] = "C_BALITA",
        [NAMED_OLDER_PERSON] = "C_LANSIA",
        [NAMED_WOMAN] = "S_PEREMPUAN",
        [NAMED_ALONE] = "C_SENDIRI",
        [NAMED_IN_PUBLIC] = "S_RUANG_PUBLIK",
        [NAMED_TAKEN_BACK] = "S_DITARIK",
        [NAMED_OWN_DEATH] = "R_MAU_MATI",
        [NAMED_IN_JEST] = "R_GURAU"};
    for (size_t i = 0; i < NAMED_CONCEPTS; i++)
        vocabulary->named[i] = (int16_t)concept_of(vocabulary, codes[i]);
    vocabulary->no_report = (int16_t)vocabulary_kind(vocabulary, "bukan_laporan");
}

static bool files_load(struct vocabulary *vocabulary, const char *folder, struct error *error) {
    for (size_t i = 0; i < FILES; i++) {
        if (!config_load_in(folder, files[i].name, files[i].schema, &vocabulary->files[i], error))
            return false;
        vocabulary->file_count++;
    }
    return true;
}

static bool path_of(char path[CONFIG_PATH_MAX], const char *folder, const char *name, struct error *error) {
    return config_path(path, folder, name) || error_set(error, "the path of %s is too long", name);
}

static bool weights_load(struct vocabulary *vocabulary, const char *folder, struct error *error) {
    char path[CONFIG_PATH_MAX];
    if (!path_of(path, folder, "weights.tsv", error))
        return false;
    if (access(path, F_OK) != 0)
        return true;
    vocabulary->model = model_load(path, vocabulary, error);
    return vocabulary->model != NULL;
}

static bool rarity_take(struct vocabulary *vocabulary, const char *folder, struct error *error) {
    char path[CONFIG_PATH_MAX];
    if (!path_of(path, folder, "rarity.tsv", error))
        return false;
    if (access(path, F_OK) != 0)
        return true;
    vocabulary->rarity = rarity_load(path, error);
    return vocabulary->rarity != NULL;
}

static bool details_take(struct vocabulary *vocabulary, const char *folder, struct error *error) {
    char path[CONFIG_PATH_MAX];
    if (!path_of(path, folder, "details.tsv", error))
        return false;
    vocabulary->details = details_load(path, vocabulary->spelling, error);
    return vocabulary->details != NULL;
}

static bool vocabulary_fill(struct vocabulary *vocabulary, const char *site, struct error *error) {
    char folder[CONFIG_PATH_MAX];
    if (!config_path(folder, site, "vocabulary"))
        return error_set(error, "the path of the vocabulary is too long");
    vocabulary->spelling = spelling_new();
    vocabulary->matcher = vocabulary->spelling ? matcher_new(vocabulary->spelling) : NULL;
    vocabulary->terms = calloc(TERMS_MAX, sizeof *vocabulary->terms);
    if (!vocabulary->matcher || !vocabulary->terms)
        return error_set(error, "no memory for the vocabulary");
    vocabulary->site_kinds = site_kinds_load(site, error);
    bool taken = vocabulary->site_kinds && kinds_take(vocabulary, error) &&
                 files_load(vocabulary, folder, error) &&
                 keywords_take(vocabulary, vocabulary->files[FILE_KEYWORDS], error) &&
                 concepts_take(vocabulary, vocabulary->files[FILE_CONCEPTS], error) &&
                 concepts_take(vocabulary, vocabulary->files[FILE_SIGNALS], error) &&
                 urgency_take(vocabulary, vocabulary->files[FILE_URGENCY], error) &&
                 details_take(vocabulary, folder, error) && weights_load(vocabulary, folder, error) &&
                 rarity_take(vocabulary, folder, error);
    named_find(vocabulary);
    return taken;
}

struct vocabulary *vocabulary_load(const char *site, struct error *error) {
    struct vocabulary *vocabulary = calloc(1, sizeof *vocabulary);
    if (!vocabulary) {
        error_set(error, "no memory for the vocabulary");
        return NULL;
    }
    if (!vocabulary_fill(vocabulary, site, error))
        vocabulary_free(&vocabulary);
    return vocabulary;
}

void vocabulary_free(struct vocabulary **vocabulary) {
    if (!*vocabulary)
        return;
    for (size_t i = 0; i < (*vocabulary)->file_count; i++)
        config_free(files[i].schema, &(*vocabulary)->files[i]);
    site_kinds_free(&(*vocabulary)->site_kinds);
    model_free(&(*vocabulary)->model);
    rarity_free(&(*vocabulary)->rarity);
    matcher_free(&(*vocabulary)->matcher);
    details_free(&(*vocabulary)->details);
    spelling_free(&(*vocabulary)->spelling);
    free((*vocabulary)->terms);
    free((*vocabulary)->combinations);
    free((*vocabulary)->urgency);
    free(*vocabulary);
    *vocabulary = NULL;
}
