#include "services/intake/urgent_body.h"

#include "common/json.h"
#include "common/texts.h"

#include <string.h>
#include <utf8proc.h>

/* --- what people wrote, in whatever way it is escaped --- */

/* The character behind the backslash at *at, which is left at its end. JSON within JSON doubles backslashes:
 * any number of them counts as one. A blank for line ends and for what is no character, which part words. */
static int escape_read(const char *text, size_t size, size_t *at) {
    while (*at < size && text[*at] == '\\')
        ++*at;
    if (*at == size || (unsigned char)text[*at] >= 0x80) /* stands for itself */
        return ' ';
    char c = text[(*at)++];
    if (c != 'u')
        return c == 'n' || c == 't' || c == 'r' ? ' ' : c;
    int point = size - *at >= 4 ? hex_value(text + *at, 4) : -1;
    if (point < 0)
        return ' ';
    *at += 4;
    return point == 0 || (point >= 0xd800 && point <= 0xdfff) ? ' ' : point;
}

/* As much of the text as has room, so that words end where they end. */
static size_t unescape(const char *text, size_t size, size_t *at, char *out, size_t room) {
    size_t used = 0;
    while (*at < size && used + 4 < room) {
        char c = text[*at];
        int byte = c == '%' && size - *at > 2 ? hex_value(text + *at + 1, 2) : -1;
        if (c == '\\') {
            int point = escape_read(text, size, at);
            used += (size_t)utf8proc_encode_char(point, (utf8proc_uint8_t *)out + used);
            continue;
        }
        *at += byte < 0 ? 1 : 3;
        out[used++] = byte > 0 ? (char)byte : byte == 0 || c == '+' || c == 0 ? ' ' : c;
    }
    return used;
}

static bool is_of_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80);
}

static bool text_has_danger(const struct danger *danger, const char *text, size_t size) {
    enum { PIECE = 8 * 1024, OVERLAP = 512 };
    char plain[PIECE + OVERLAP];
    size_t kept = 0;
    for (size_t at = 0; at < size;) {
        size_t used = kept + unescape(text, size, &at, plain + kept, sizeof plain - kept);
        if (danger_scan(danger, plain, used))
            return true;
        kept = used < OVERLAP ? used : OVERLAP;
        memmove(plain, plain + used - kept, kept);
        while (kept > 0 && at < size && is_of_word(plain[0])) /* half a word counts as another one */
            memmove(plain, plain + 1, --kept);
    }
    return false;
}

/* --- where they write in JSON --- */

static bool is_among(const char *const *names, const char *name, size_t size) {
    for (size_t i = 0; names[i]; i++)
        if (strlen(names[i]) == size && memcmp(name, names[i], size) == 0)
            return true;
    return false;
}

static bool is_words(const char *name, size_t size) {
    static const char *const names[] = {"text", "caption", "body", "title", "description", "response_json",
        "data", "question", "payload", "formatted_name", NULL};
    return is_among(names, name, size);
}

/* What is in them is the message: Telegram's places and contacts. Elsewhere an address or a first name stands
 * in every message. */
static bool holds_words(const char *name, size_t size) {
    static const char *const names[] = {"venue", "contact", NULL};
    return is_among(names, name, size);
}

static bool is_name(const char *body, size_t size, size_t end) {
    size_t at = end + 1;
    while (at < size && body[at] && strchr(" \t\r\n", body[at]))
        at++;
    return at < size && body[at] == ':';
}

/* *sound: it has the shape of JSON, so that nothing but the strings looked at can be what somebody wrote. */
static bool json_has_danger(const struct danger *danger, const char *body, size_t size, bool *sound) {
    static const char outside[] = "{}[]:, \t\r\n0123456789+-.eEtrufalsn";
    bool words = false, begins = false;
    int open = 0, inside = 0; /* inside: how many were open within what holds words; 0: not there */
    *sound = true;
    for (size_t at = 0; at < size && *sound; at++) {
        if (body[at] == '"') {
            size_t start = at + 1, end = at = (size_t)(json_string_end(body + start, body + size) - body);
            *sound = end < size;
            if (is_name(body, size, end)) {
                words = is_words(body + start, end - start);
                begins = holds_words(body + start, end - start);
            } else if ((words || inside) && text_has_danger(danger, body + start, end - start)) {
                return true;
            }
        } else {
            *sound = body[at] && strchr(outside, body[at]);
            bool opens = body[at] == '{' || body[at] == '[', closes = body[at] == '}' || body[at] == ']';
            open += opens;
            if (opens && begins && !inside)
                inside = open;
            begins &= !opens;
            if (closes && open == inside)
                inside = 0;
            open -= closes;
        }
    }
    *sound &= open == 0;
    return false;
}

bool urgent_body(const struct danger *danger, const void *body, size_t size) {
    const char *bytes = body;
    bool sound = false, json = size && (bytes[0] == '{' || bytes[0] == '[');
    if (json && json_has_danger(danger, bytes, size, &sound))
        return true;
    return !sound && text_has_danger(danger, bytes, size);
}
