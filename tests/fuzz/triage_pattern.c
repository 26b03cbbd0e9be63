/* The field's small pattern language and the matcher (services/triage/pattern.h, matcher.h). Each line up to
 * an empty one is a pattern, the rest a message in which they are looked for. */
#include "services/triage/matcher.h"
#include "services/triage/pattern.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { PATTERNS_MAX = 8, INPUT_MAX = 4096 };

static void unfold(struct arena *arena, const char *pattern) {
    struct pattern_forms forms = {0};
    struct error error = {""};
    if (!pattern_unfold(arena, pattern, &forms, &error)) {
        FUZZ_HOLDS(error.text[0]);
        return;
    }
    FUZZ_HOLDS(forms.count <= MATCHER_UNFOLD_MAX && forms.not_after_count <= 4);
    for (size_t i = 0; i < forms.count; i++)
        FUZZ_HOLDS(strnlen(forms.forms[i], PATTERN_FORM_MAX) < PATTERN_FORM_MAX);
}

static void match(struct arena *arena, const struct matcher *matcher, const char *bytes, size_t size) {
    struct text text;
    size_t count;
    arena_reset(arena);
    FUZZ_HOLDS(text_read(arena, NULL, bytes, size, &text));
    const struct hit *hits = matcher_find(matcher, arena, &text, &count);
    FUZZ_HOLDS(hits || count == 0);
    FUZZ_HOLDS(count <= MATCHER_HITS_MAX);
    for (size_t i = 0; i < count; i++)
        FUZZ_HOLDS(hits[i].first <= hits[i].last && hits[i].last < text.count && hits[i].tag < PATTERNS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct arena *arena;
    struct fuzz_input input = fuzz_input(bytes, size);
    struct matcher *matcher = matcher_new(NULL);
    if (!arena)
        arena = arena_new(4 << 20);
    FUZZ_HOLDS(arena && matcher);
    for (uint32_t i = 0; i < PATTERNS_MAX && size <= INPUT_MAX; i++) {
        char *pattern = fuzz_line(&input);
        struct error error = {""};
        bool last = !pattern[0];
        arena_reset(arena);
        unfold(arena, pattern);
        if (!last && !matcher_add(matcher, pattern, i, &error))
            FUZZ_HOLDS(error.text[0]);
        free(pattern);
        if (last)
            break;
    }
    match(arena, matcher, (const char *)input.at, (size_t)(input.end - input.at));
    matcher_free(&matcher);
    return 0;
}
