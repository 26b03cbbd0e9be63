#include "common/area.h"

#include <stdint.h>
#include <string.h>

/* Lengths of a code by level: "35", "35.07", "35.07.12", "35.07.12.2003". */
static const size_t lengths[] = {
    [AREA_NONE] = 0, [AREA_PROVINCE] = 2, [AREA_REGENCY] = 5, [AREA_DISTRICT] = 8, [AREA_VILLAGE] = 13};

static const uint8_t level_of[AREA_TEXT + 1] = {
    [2] = AREA_PROVINCE, [5] = AREA_REGENCY, [8] = AREA_DISTRICT, [13] = AREA_VILLAGE};

enum area_level area_level(const char *code) {
    static const char form[] = "00.00.00.0000";
    size_t length = 0;
    for (; code && code[length]; length++) {
        char dot = form[length]; /* behind the last one is the end, which nothing equals */
        if (dot == '0' ? code[length] < '0' || code[length] > '9' : code[length] != dot)
            return AREA_NONE;
    }
    return (enum area_level)level_of[length];
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

bool area_beside(const char *area, const char *other) {
    return area[0] && other[0] && !area_within(area, other) && !area_within(other, area);
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
