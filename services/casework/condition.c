#include "services/casework/condition.h"

#include "common/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading */

static const char *const words[] = {
    [CONDITION_DONE] = "done",
    [CONDITION_FLAG] = "flag",
    [CONDITION_LEVEL] = "level",
    [CONDITION_CONSENT] = "consent",
    [CONDITION_STAGE] = "stage",
    [CONDITION_SCORE] = "score",
    [CONDITION_REQUEST] = "request",
};

static bool read_word(const char *word, size_t size, enum condition_kind *kind) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == size && memcmp(words[i], word, size) == 0) {
            *kind = (enum condition_kind)i;
            return true;
        }
    }
    return false;
}

static bool is_name(const char *name) {
    return *name &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == strlen(name);
}

static bool read_level(struct condition_term *term) {
    term->number = term->name[0] == 'P' ? term->name[1] - '0' : -1;
    return term->number >= 0 && term->number <= 4 && term->name[2] == 0;
}

static bool read_score(struct condition_term *term) {
    char *sign = strstr(term->name, ">="), *end = NULL;
    if (!sign)
        return false;
    long least = strtol(sign + 2, &end, 10);
    bool sound = end != sign + 2 && *end == 0 && least >= 0 && least <= 1000;
    term->number = (int)least;
    *sign = 0;
    return sound && is_name(term->name);
}

static bool read_argument(struct condition_term *term) {
    if (term->kind == CONDITION_LEVEL)
        return read_level(term);
    if (term->kind == CONDITION_SCORE)
        return read_score(term);
    return is_name(term->name);
}

/* One term of size bytes: word(argument). */
static bool read_term(const char *text, size_t size, struct condition_term *term) {
    const char *open = memchr(text, '(', size);
    if (!open || text[size - 1] != ')' || !read_word(text, (size_t)(open - text), &term->kind))
        return false;
    size_t length = (size_t)(text + size - 1 - (open + 1));
    if (length == 0 || length > CONDITION_NAME_MAX)
        return false;
    memcpy(term->name, open + 1, length);
    term->name[length] = 0;
    return read_argument(term);
}

bool condition_parse(const char *text, struct condition *out, struct error *error) {
    *out = (struct condition){.count = 0};
    while (*text) {
        size_t size = strcspn(text, "&");
        if (out->count == CONDITION_TERMS_MAX)
            return error_set(error, "has more than %d conditions", CONDITION_TERMS_MAX);
        if (size == 0 || !read_term(text, size, &out->terms[out->count++]))
            return error_set(error,
                "\"%.*s\" is no condition: done(X), flag(x), level(P0), consent(x), stage(x), score(x>=3) or "
                "request(x)",
                (int)size, text);
        text += size;
        if (*text == '&' && *++text == 0)
            return error_set(error, "ends with &");
    }
    return true;
}

/* ---- judging */

static enum truth fact_is_yes(const struct case_file *file, const char *name) {
    const struct case_fact *fact = case_fact(file, name);
    if (!fact || same_text(fact->value, "unknown") || !*fact->value)
        return TRUTH_UNKNOWN;
    return same_text(fact->value, "no") ? TRUTH_NO : TRUTH_YES;
}

/* Flags of playbooks that another fact (as rules.yaml calls it) or the kind of the case settles. `is`: the
 * value that makes it yes (NULL: any but no); a fact with another known value makes it no. A row with a kind
 * never makes it no: another kind may have it too. */
static const struct derived {
    const char *flag, *fact, *is, *kind;
} derived[] = {
    {"family_refused", "family_refuses", "yes", NULL},
    {"no_family", "has_family", "no", NULL},
    {"no_safe_home", "unsafe_home", "yes", NULL},
    {"in_shelter", "shelter_admitted", NULL, NULL},
    {"pmi_arrival", "arrived", "yes", NULL},
    {"pmi_ill", "ill_or_stranded", "yes", NULL},
    {"teen_dropout", "school_dropout", "yes", NULL},
    {"odgj", "mental_illness", "yes", NULL},
    {"netra", "disability", "netra", NULL},
    {"injury", "medical_emergency", "yes", NULL},
    {"sexual_or_injury", "injury", "yes", NULL},
    {"sexual_or_injury", "medical_emergency", "yes", NULL},
    {"sexual_or_injury", NULL, NULL, "kekerasan_seksual"},
    {"tpks", NULL, NULL, "kekerasan_seksual"},
    {"street", NULL, NULL, "anak_jalanan"},
    {"relapse", NULL, NULL, "repasung_kambuh"},
    {"social", NULL, NULL, "bencana_sosial"},
    {"info", NULL, NULL, "bansos_info"},
    {"bwblp", NULL, NULL, "bwblp"},
    {"lansia", NULL, NULL, "lansia_terlantar"},
    {"kusta", NULL, NULL, "kusta"},
};

static enum truth flag_by_age(const struct case_file *file) {
    const struct case_fact *age = case_fact(file, "age");
    char *end = NULL;
    long years = age ? strtol(age->value, &end, 10) : -1;
    if (!age || end == age->value || years < 0)
        return TRUTH_UNKNOWN;
    return years < 18 ? TRUTH_YES : TRUTH_NO;
}

static enum truth judge_derived(const struct derived *row, const struct case_file *file) {
    if (row->kind)
        return same_text(file->kind, row->kind) ? TRUTH_YES : TRUTH_UNKNOWN;
    enum truth some = fact_is_yes(file, row->fact);
    if (some == TRUTH_UNKNOWN || !row->is)
        return some;
    return same_text(case_fact(file, row->fact)->value, row->is) ? TRUTH_YES : TRUTH_NO;
}

/* What somebody recorded under that very name holds; then any yes; then any no. */
enum truth condition_flag(const char *flag, const struct case_file *file) {
    enum truth truth = fact_is_yes(file, flag);
    if (truth != TRUTH_UNKNOWN)
        return truth;
    if (same_text(flag, "minor"))
        return flag_by_age(file);
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) {
        if (!same_text(derived[i].flag, flag))
            continue;
        enum truth by_row = judge_derived(&derived[i], file);
        if (by_row == TRUTH_YES)
            return TRUTH_YES;
        if (by_row == TRUTH_NO)
            truth = TRUTH_NO;
    }
    return truth;
}

static enum truth task_is_done(const struct case_file *file, const char *code) {
    for (unsigned i = 0; i < file->task_count; i++)
        if ((file->tasks[i].state == TASK_DONE || file->tasks[i].times_done) &&
            same_text(file->tasks[i].code, code))
            return TRUTH_YES;
    return TRUTH_UNKNOWN; /* not yet */
}

static enum truth judge_value(const struct case_file *file, const char *name, const char *value) {
    const struct case_fact *fact = case_fact(file, name);
    if (!fact)
        return TRUTH_UNKNOWN;
    return same_text(fact->value, value) ? TRUTH_YES : TRUTH_NO;
}

static enum truth judge_score(const struct case_file *file, const struct condition_term *term) {
    const struct case_fact *fact = case_fact(file, term->name);
    char *end = NULL;
    long score = fact ? strtol(fact->value, &end, 10) : 0;
    if (!fact || end == fact->value)
        return TRUTH_UNKNOWN;
    return score >= term->number ? TRUTH_YES : TRUTH_NO;
}

void condition_fact_name(const struct condition_term *term, char out[CONDITION_NAME_MAX + 16]) {
    const char *ending = "";
    out[0] = 0;
    switch (term->kind) {
    case CONDITION_DONE:
    case CONDITION_LEVEL:
        return;
    case CONDITION_STAGE:
        snprintf(out, CONDITION_NAME_MAX + 16, "stage");
        return;
    case CONDITION_CONSENT:
        ending = "_consent";
        break;
    case CONDITION_REQUEST:
        ending = "_request";
        break;
    case CONDITION_FLAG:
    case CONDITION_SCORE:
        break;
    }
    snprintf(out, CONDITION_NAME_MAX + 16, "%s%s", term->name, ending);
}

static enum truth judge(const struct condition_term *term, const struct case_file *file) {
    char name[CONDITION_NAME_MAX + 16];
    switch (term->kind) {
    case CONDITION_DONE:
        return task_is_done(file, term->name);
    case CONDITION_FLAG:
        return condition_flag(term->name, file);
    case CONDITION_LEVEL:
        return file->priority <= term->number ? TRUTH_YES : TRUTH_NO;
    case CONDITION_STAGE:
        return judge_value(file, "stage", term->name);
    case CONDITION_SCORE:
        return judge_score(file, term);
    case CONDITION_CONSENT:
    case CONDITION_REQUEST:
        condition_fact_name(term, name);
        return fact_is_yes(file, name);
    }
    return TRUTH_UNKNOWN;
}

enum truth condition_holds(const struct condition *condition, const struct case_file *file) {
    enum truth all = TRUTH_YES;
    for (unsigned i = 0; i < condition->count; i++) {
        enum truth one = judge(&condition->terms[i], file);
        if (one == TRUTH_NO)
            return TRUTH_NO;
        if (one == TRUTH_UNKNOWN)
            all = TRUTH_UNKNOWN;
    }
    return all;
}

bool condition_asks_facts(const struct condition *condition) {
    for (unsigned i = 0; i < condition->count; i++)
        if (condition->terms[i].kind != CONDITION_DONE)
            return true;
    return false;
}
