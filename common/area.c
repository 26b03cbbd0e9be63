#include "common/area.h"

#include <string.h>

/* Lengths of a code by level: "35", "35.07", "35.07.12", "35.07.12.2003". */
static const size_t lengths[] = {
    [AREA_NONE] = 0, [AREA_PROVINCE] = 2, [AREA_REGENCY] = 5, [AREA_DISTRICT] = 8, [AREA_VILLAGE] = 13};

static bool is_dot(size_t position) {
    return position == 2 || position == 5 || position == 8;
}

enum area_level area_level(const char *code) {
    if (code == NULL)
        return AREA_NONE;
    size_t length = strnlen(code, AREA_TEXT + 1);
    for (size_t i = 0; i < length && i < AREA_TEXT; i++) {
        if (is_dot(i) ? code[i] != '.' : code[i] < '0' || code[i] > '9')
            return AREA_NONE;
    }
    for (int level = AREA_PROVINCE; level <= AREA_VILLAGE; level++) {
        if (length == lengths[level])
            return (enum area_level)level;
    }
    return AREA_NONE;
}

bool area_within(const char *code, const char *prefix) {
    if (code == NULL || prefix == NULL)
        return false;
    /* Most codes lie elsewhere, and are looked at no further. */
    for (size_t i = 0; prefix[i]; i++)
        if (code[i] != prefix[i])
            return false;
    /* Codes have fixed lengths a level, so a whole code that starts another one ends at one of its dots. */
    return area_level(code) != AREA_NONE && (prefix[0] == 0 || area_level(prefix) != AREA_NONE);
}

bool area_cut(const char *code, enum area_level level, char out[AREA_TEXT + 1]) {
    out[0] = 0;
    enum area_level has = area_level(code);
    if (has == AREA_NONE)
        return false;
    size_t length = lengths[has < level ? has : level];
    memmove(out, code, length);
    out[length] = 0;
    return true;
}

bool area_parent(const char *code, char out[AREA_TEXT + 1]) {
    enum area_level has = area_level(code);
    if (has == AREA_NONE) {
        out[0] = 0;
        return false;
    }
    return area_cut(code, (enum area_level)(has - 1), out);
}

enum area_level area_common(const char *a, const char *b) {
    enum area_level most = area_level(a) < area_level(b) ? area_level(a) : area_level(b);
    while (most > AREA_NONE && strncmp(a, b, lengths[most]) != 0)
        most--;
    return most;
}
