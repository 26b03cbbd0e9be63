/* Copying texts into room of a fixed size, and looking for one in a list. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* As much of text as fits, always ended; returns the length of what was copied. room: at least 1. (snprintf
 * with "%s" does the same at ten times the price, several dozen times an alert.) */
static inline size_t copy_text(char *out, size_t room, const char *text) {
    size_t size = strlen(text);
    if (size > room - 1)
        size = room - 1;
    memmove(out, text, size); /* a text may be copied onto itself */
    out[size] = 0;
    return size;
}

/* For lists of codes and names: most differ in their first letter, and need no call. */
static inline bool same_text(const char *a, const char *b) {
    return *a == *b && strcmp(a, b) == 0;
}

/* So many hex digits as a number, -1: others. */
static inline int hex_value(const char *text, size_t digits) {
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        int c = (unsigned char)text[i], low = c | 0x20;
        int digit = c >= '0' && c <= '9' ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* Puts a word behind the words that are there, with a space between; *used counts all. False, and nothing is
 * changed, when there is no room for all of it. */
static inline bool add_word(char *out, size_t room, size_t *used, const char *word) {
    size_t size = strlen(word), space = *used > 0;
    if (*used + space + size >= room)
        return false;
    if (space)
        out[*used] = ' ';
    memcpy(out + *used + space, word, size + 1);
    *used += space + size;
    return true;
}
