/* Well-formed UTF-8 (Unicode 15, table 3-7). */
#pragma once

#include <stddef.h>
#include <string.h>

/* Bytes of the sequence at text, of which `left` bytes are there; 0 when none is well-formed. NUL is one
 * byte. */
static inline size_t utf8_sequence(const void *text, size_t left) {
    const unsigned char *at = (const unsigned char *)text, c = at[0];
    size_t size = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    if (size > left)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    if ((c == 0xe0 && at[1] < 0xa0) || (c == 0xed && at[1] > 0x9f) || (c == 0xf0 && at[1] < 0x90) ||
        (c == 0xf4 && at[1] > 0x8f))
        return 0;
    return size;
}

/* How many bytes of text, which is well-formed, at most so many, hold no half character at their end. */
static inline size_t utf8_whole(const char *text, size_t most) {
    size_t size = strnlen(text, most + 1);
    if (size <= most)
        return size;
    for (size = most; size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80;)
        size--;
    return size;
}
