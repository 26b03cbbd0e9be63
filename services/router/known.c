#include "services/router/known.h"

#include "common/texts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char *truth_word(enum truth answer) {
    switch (answer) {
    case TRUTH_NO:
        return "no";
    case TRUTH_YES:
        return "yes";
    case TRUTH_UNKNOWN:
        return "unknown";
    }
    return "";
}

enum truth truth_and(enum truth a, enum truth b) {
    if (a == TRUTH_NO || b == TRUTH_NO)
        return TRUTH_NO;
    return a == TRUTH_UNKNOWN || b == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : TRUTH_YES;
}

enum truth truth_or(enum truth a, enum truth b) {
    if (a == TRUTH_YES || b == TRUTH_YES)
        return TRUTH_YES;
    return a == TRUTH_UNKNOWN || b == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : TRUTH_NO;
}

int known_fact_find(const struct fact_table *table, const char *name) {
    for (unsigned i = 0; i < table->count; i++)
        if (same_text(table->facts[i].name, name))
            return (int)i;
    return KNOWN_NONE;
}

void known_init(struct known *known, const struct fact_table *table) {
    memset(known, 0, sizeof *known);
    known->table = table;
}

/* ---- reading values */

static bool number_read(const char *text, int16_t *out) {
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end != 0 || value < 0 || value > KNOWN_NUMBER_MOST)
        return false;
    *out = (int16_t)value;
    return true;
}

/* "0-5", "60-": the band of an age. */
static bool band_read(const char *text, int16_t *least, int16_t *most) {
    char low[8] = "";
    const char *dash = strchr(text, '-');
    if (!dash || (size_t)(dash - text) >= sizeof low)
        return false;
    memcpy(low, text, (size_t)(dash - text));
    *most = KNOWN_NUMBER_MOST;
    return number_read(low, least) && (dash[1] == 0 || number_read(dash + 1, most)) && *least <= *most;
}

static bool choice_read(const struct fact_definition *definition, const char *text, int16_t *out) {
    for (unsigned i = 0; i < definition->value_count; i++) {
        if (same_text(definition->values[i], text)) {
            *out = (int16_t)i;
            return true;
        }
    }
    return false;
}

/* "2026-02-20" or longer: when it happened, where casework asks for the day of what may be true or not. */
static bool is_day(const char *text) {
    static const char form[] = "0000-00-00";
    size_t i = 0;
    while (form[i] && (form[i] == '0' ? isdigit((unsigned char)text[i]) : text[i] == form[i]))
        i++;
    return !form[i];
}

static bool yes_no_read(const struct fact_definition *definition, const char *text, int16_t *out) {
    return choice_read(definition, is_day(text) ? "yes" : text, out);
}

static bool band_set(struct known *known, const char *value) {
    int age = known->table->age;
    int16_t least, most;
    if (age == KNOWN_NONE || !band_read(value, &least, &most))
        return false;
    struct known_fact *fact = &known->facts[age];
    if (fact->known && fact->least == fact->most)
        return true; /* the age itself is better */
    *fact = (struct known_fact){.known = true, .least = least, .most = most};
    return true;
}

bool known_set(struct known *known, const char *name, const char *value) {
    if (strcmp(name, "age_band") == 0)
        return band_set(known, value);
    int index = known_fact_find(known->table, name);
    if (index == KNOWN_NONE)
        return false;
    const struct fact_definition *definition = &known->table->facts[index];
    struct known_fact fact = {.known = true};
    bool good = true;
    if (strcmp(value, "unknown") == 0)
        fact.known = false;
    else
        switch (definition->type) {
        case FACT_YES_NO:
            good = yes_no_read(definition, value, &fact.value);
            break;
        case FACT_CHOICE:
            good = choice_read(definition, value, &fact.value);
            break;
        case FACT_NUMBER:
            good = number_read(value, &fact.least) || band_read(value, &fact.least, &fact.most);
            fact.most = fact.most ? fact.most : fact.least;
            break;
        case FACT_FACILITY:
            fact.text = value;
            good = value[0] != 0;
            break;
        }
    if (good)
        known->facts[index] = fact;
    return good;
}

void known_set_truth(struct known *known, int fact, enum truth answer) {
    if (fact != KNOWN_NONE)
        known->facts[fact] =
            (struct known_fact){.known = answer != TRUTH_UNKNOWN, .value = answer == TRUTH_YES};
}

enum truth known_truth(const struct known *known, int fact) {
    if (fact == KNOWN_NONE || !known->facts[fact].known)
        return TRUTH_UNKNOWN;
    return known->facts[fact].value == 1 ? TRUTH_YES : TRUTH_NO;
}

/* ---- conditions */

static enum truth range_below(const struct known_fact *fact, int16_t value) {
    if (fact->most < value)
        return TRUTH_YES;
    return fact->least >= value ? TRUTH_NO : TRUTH_UNKNOWN;
}

enum truth condition_truth(const struct condition *condition, const struct known *known) {
    const struct known_fact *fact = &known->facts[condition->fact];
    if (!fact->known)
        return TRUTH_UNKNOWN;
    switch (condition->test) {
    case CONDITION_IS:
        if (known->table->facts[condition->fact].type != FACT_NUMBER)
            return fact->value == condition->value ? TRUTH_YES : TRUTH_NO;
        if (fact->least == fact->most)
            return fact->least == condition->value ? TRUTH_YES : TRUTH_NO;
        return condition->value < fact->least || condition->value > fact->most ? TRUTH_NO : TRUTH_UNKNOWN;
    case CONDITION_BELOW:
        return range_below(fact, condition->value);
    case CONDITION_AT_LEAST:
        switch (range_below(fact, condition->value)) {
        case TRUTH_YES:
            return TRUTH_NO;
        case TRUTH_NO:
            return TRUTH_YES;
        case TRUTH_UNKNOWN:
            return TRUTH_UNKNOWN;
        }
    }
    return TRUTH_UNKNOWN;
}

enum truth conditions_truth(
    const struct condition *conditions, unsigned count, const struct known *known, uint64_t *missing) {
    enum truth all = TRUTH_YES;
    uint64_t unknown = 0;
    for (unsigned i = 0; i < count; i++) {
        enum truth one = condition_truth(&conditions[i], known);
        if (one == TRUTH_UNKNOWN)
            unknown |= UINT64_C(1) << conditions[i].fact;
        all = truth_and(all, one);
    }
    if (all == TRUTH_UNKNOWN && missing)
        *missing |= unknown;
    return all;
}

const char *condition_text(
    struct arena *arena, const struct fact_table *table, const struct condition *condition) {
    const struct fact_definition *fact = &table->facts[condition->fact];
    const char *text = NULL;
    switch (condition->test) {
    case CONDITION_IS:
        text = fact->type == FACT_NUMBER
                   ? arena_format(arena, "%s is %d", fact->name, condition->value)
                   : arena_format(arena, "%s is %s", fact->name, fact->values[condition->value]);
        break;
    case CONDITION_BELOW:
        text = arena_format(arena, "%s below %d", fact->name, condition->value);
        break;
    case CONDITION_AT_LEAST:
        text = arena_format(arena, "%s at_least %d", fact->name, condition->value);
        break;
    }
    return text ? text : "";
}

/* ---- pairs */

bool pairs_next(const struct pairs *pairs, size_t *at, const char **name, const char **value) {
    const char *texts[2];
    size_t here = *at;
    for (int i = 0; i < 2; i++) {
        const char *end = here < pairs->size ? memchr(pairs->bytes + here, 0, pairs->size - here) : NULL;
        if (!end)
            return false;
        texts[i] = pairs->bytes + here;
        here = (size_t)(end - pairs->bytes) + 1;
    }
    *at = here;
    *name = texts[0];
    *value = texts[1];
    return true;
}

struct pairs pairs_put(struct arena *arena, struct pairs before, const char *name, const char *value) {
    size_t name_size = strlen(name) + 1, value_size = strlen(value) + 1;
    if (name_size > KNOWN_TEXT_MAX || value_size > PAIRS_VALUE_MAX || name_size == 1)
        return before;
    char *bytes = arena_take(arena, before.size + name_size + value_size);
    if (!bytes)
        return before;
    size_t size = 0, at = 0;
    const char *old_name, *old_value;
    for (size_t start = 0; pairs_next(&before, &at, &old_name, &old_value); start = at) {
        if (strcmp(old_name, name) == 0)
            continue;
        memcpy(bytes + size, before.bytes + start, at - start);
        size += at - start;
    }
    memcpy(bytes + size, name, name_size);
    memcpy(bytes + size + name_size, value, value_size);
    size += name_size + value_size;
    return size <= PAIRS_MAX_BYTES ? (struct pairs){bytes, size} : before;
}

const char *pairs_get(const struct pairs *pairs, const char *wanted) {
    size_t at = 0;
    const char *name, *value;
    while (pairs_next(pairs, &at, &name, &value))
        if (strcmp(name, wanted) == 0)
            return value;
    return NULL;
}

void known_read(struct known *known, const struct fact_table *table, const struct pairs *pairs) {
    size_t at = 0;
    const char *name, *value;
    known_init(known, table);
    while (pairs_next(pairs, &at, &name, &value))
        known_set(known, name, value);
}

/* ---- the masked summary */

const char *known_age_band(const struct known *known) {
    static const struct {
        int16_t least, most;
        const char *band;
    } bands[] = {{0, 5, "0-5"}, {6, 12, "6-12"}, {13, 17, "13-17"}, {0, 17, "0-17"}, {18, 59, "18-59"},
        {60, KNOWN_NUMBER_MOST, "60-"}};
    int age = known->table->age;
    if (age == KNOWN_NONE || !known->facts[age].known)
        return "";
    const struct known_fact *fact = &known->facts[age];
    for (size_t i = 0; i < sizeof bands / sizeof *bands; i++)
        if (fact->least >= bands[i].least && fact->most <= bands[i].most)
            return bands[i].band;
    return "";
}

const char *known_sex(const struct known *known) {
    int sex = known->table->sex;
    if (sex == KNOWN_NONE || !known->facts[sex].known)
        return "";
    return known->table->facts[sex].values[known->facts[sex].value];
}
