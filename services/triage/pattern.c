#include "services/triage/pattern.h"

#include "services/triage/matcher.h"

#include <string.h>

/* A set of strings under construction; sequences multiply sets, alternatives join them. */
struct set {
    char **texts;
    size_t count, capacity;
};

struct parser {
    struct arena *arena;
    const char *at;
    struct pattern_forms *out;
    struct error *error;
    unsigned depth;
};

enum { DEPTH_MAX = 8 };

static bool parse_alternatives(struct parser *parser, struct set *out);

static bool set_add(struct parser *parser, struct set *set, const char *head, const char *tail) {
    size_t size = strlen(head) + strlen(tail);
    if (size >= PATTERN_FORM_MAX || set->count == MATCHER_UNFOLD_MAX)
        return error_set(parser->error, "a pattern unfolds to too many or too long forms");
    if (set->count == set->capacity) {
        size_t capacity = set->capacity ? set->capacity * 4 : 4;
        char **texts = arena_take(parser->arena, capacity * sizeof *texts);
        if (!texts)
            return error_set(parser->error, "no memory for the forms of a pattern");
        if (set->count)
            memcpy(texts, set->texts, set->count * sizeof *texts);
        set->texts = texts;
        set->capacity = capacity;
    }
    char *text = arena_take(parser->arena, size + 1);
    if (!text)
        return error_set(parser->error, "no memory for the forms of a pattern");
    memcpy(text, head, strlen(head));
    memcpy(text + strlen(head), tail, strlen(tail) + 1);
    set->texts[set->count++] = text;
    return true;
}

static bool set_multiply(struct parser *parser, struct set *left, const struct set *right) {
    struct set product = {0};
    for (size_t i = 0; i < left->count; i++)
        for (size_t k = 0; k < right->count; k++)
            if (!set_add(parser, &product, left->texts[i], right->texts[k]))
                return false;
    *left = product;
    return true;
}

static bool set_one(struct parser *parser, struct set *set, const char *text) {
    *set = (struct set){0};
    return set_add(parser, set, "", text);
}

static bool parse_class(struct parser *parser, struct set *out) {
    *out = (struct set){0};
    parser->at++;
    while (*parser->at && *parser->at != ']') {
        char low = parser->at[0], high = low;
        if (parser->at[1] == '-' && parser->at[2] && parser->at[2] != ']') {
            high = parser->at[2];
            parser->at += 2;
        }
        for (char c = low; c <= high; c++)
            if (!set_add(parser, out, (char[2]){c, 0}, ""))
                return false;
        parser->at++;
    }
    if (*parser->at != ']' || !out->count)
        return error_set(parser->error, "[ without its ]");
    parser->at++;
    return true;
}

/* (?<!sudah ): one word that may not stand directly before. */
static bool parse_not_after(struct parser *parser, struct set *out) {
    const char *end = strchr(parser->at, ')');
    const char *start = parser->at + strlen("(?<!");
    size_t size = end ? (size_t)(end - start) : 0;
    while (size && start[size - 1] == ' ')
        size--;
    struct pattern_forms *forms = parser->out;
    if (!size || size >= sizeof forms->not_after[0] || memchr(start, ' ', size) ||
        forms->not_after_count == sizeof forms->not_after / sizeof forms->not_after[0])
        return error_set(parser->error, "(?<!...) takes one word");
    memcpy(forms->not_after[forms->not_after_count], start, size);
    forms->not_after[forms->not_after_count++][size] = 0;
    parser->at = end + 1;
    return set_one(parser, out, "");
}

static bool parse_group(struct parser *parser, struct set *out) {
    if (strncmp(parser->at, "(?<!", 4) == 0)
        return parse_not_after(parser, out);
    if (++parser->depth > DEPTH_MAX)
        return error_set(parser->error, "groups nest too deep");
    parser->at++;
    if (strncmp(parser->at, "?:", 2) == 0)
        parser->at += 2;
    if (!parse_alternatives(parser, out))
        return false;
    if (*parser->at != ')')
        return error_set(parser->error, "( without its )");
    parser->at++;
    parser->depth--;
    return true;
}

static bool parse_escape(struct parser *parser, struct set *out) {
    char what = parser->at[1];
    if (what == 'd') {
        const char *rest = parser->at + 2;
        parser->at = "[0-9]";
        bool done = parse_class(parser, out);
        parser->at = rest;
        return done;
    }
    if (what == 'w') {
        parser->at += parser->at[2] == '+' ? 3 : 2;
        return set_one(parser, out, (char[2]){PATTERN_ANY, 0});
    }
    if (!what)
        return error_set(parser->error, "a pattern ends with a backslash");
    parser->at += 2;
    return set_one(parser, out, (char[2]){what, 0});
}

static bool parse_atom(struct parser *parser, struct set *out) {
    static const char ellipsis[] = "\xe2\x80\xa6";
    if (*parser->at == '(')
        return parse_group(parser, out);
    if (*parser->at == '[')
        return parse_class(parser, out);
    if (*parser->at == '\\')
        return parse_escape(parser, out);
    if (strncmp(parser->at, ellipsis, 3) == 0 || *parser->at == '*') {
        parser->at += *parser->at == '*' ? 1 : 3;
        return set_one(parser, out, (char[2]){PATTERN_BEGINS, 0});
    }
    if (*parser->at == '+' || *parser->at == '{' || *parser->at == '^' || *parser->at == '$')
        return error_set(parser->error, "%c is not in the pattern language", *parser->at);
    char one[2] = {*parser->at++, 0};
    return set_one(parser, out, one);
}

static bool parse_sequence(struct parser *parser, struct set *out) {
    if (!set_one(parser, out, ""))
        return false;
    while (*parser->at && *parser->at != '|' && *parser->at != ')') {
        struct set atom;
        if (!parse_atom(parser, &atom))
            return false;
        if (*parser->at == '?') {
            parser->at++;
            if (!set_add(parser, &atom, "", ""))
                return false;
        }
        if (!set_multiply(parser, out, &atom))
            return false;
    }
    return true;
}

static bool parse_alternatives(struct parser *parser, struct set *out) {
    *out = (struct set){0};
    for (;;) {
        struct set sequence;
        if (!parse_sequence(parser, &sequence))
            return false;
        for (size_t i = 0; i < sequence.count; i++)
            if (!set_add(parser, out, sequence.texts[i], ""))
                return false;
        if (*parser->at != '|')
            return true;
        parser->at++;
    }
}

bool pattern_unfold(
    struct arena *arena, const char *pattern, struct pattern_forms *out, struct error *error) {
    *out = (struct pattern_forms){0};
    struct parser parser = {.arena = arena, .at = pattern, .out = out, .error = error};
    struct set set;
    if (!parse_alternatives(&parser, &set))
        return error_prefix(error, "pattern \"%s\"", pattern);
    if (*parser.at)
        return error_set(error, "pattern \"%s\": ) without its (", pattern);
    out->forms = set.texts;
    out->count = set.count;
    return true;
}
