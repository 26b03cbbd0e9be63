/* Unfolds one pattern of the field's small language (see matcher.h) into plain forms. */
#pragma once

#include "common/arena.h"
#include "common/error.h"

enum {
    PATTERN_FORM_MAX = 128, /* bytes of one form, the last a NUL */
    PATTERN_ANY = 1,        /* stands for one word of any kind in a form */
    PATTERN_BEGINS = 2      /* after the letters of a word: any ending */
};

struct pattern_forms {
    char **forms; /* the caller may change their letters */
    size_t count;
    char not_after[4][32]; /* words of (?<!...) */
    size_t not_after_count;
};

/* The forms are in the arena. False with error set. */
bool pattern_unfold(struct arena *arena, const char *pattern, struct pattern_forms *out, struct error *error);
