#include "services/intake/hook_read.h"

#include "common/json.h"
#include "common/texts.h"
#include "common/utf8.h"
#include "services/intake/hook.h"

#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the well-formed character at text, 0 when it is none or NUL. */
static size_t character(const char *text, size_t left) {
    return *text ? utf8_sequence(text, left) : 0;
}

/* The value of \uXXXX at text, -1: it is none. */
static int escape_value(const char *text, size_t left) {
    return left < 6 || text[0] != '\\' || text[1] != 'u' ? -1 : hex_value(text + 2, 4);
}

/* How many bytes of an escape may stand as they are; 0: an escape for NUL or half a character. */
static size_t sound_escape(const char *text, size_t left) {
    int value = escape_value(text, left);
    if (value < 0)
        return left > 1 ? 2 : 1;
    if (value == 0 || (value >= 0xdc00 && value <= 0xdfff))
        return 0;
    if (value < 0xd800 || value > 0xdbff)
        return 6;
    int low = escape_value(text + 6, left - 6);
    return low >= 0xdc00 && low <= 0xdfff ? 12 : 0;
}

/* The bytes of a number here that may not fit into 64 bits or a double; 0: none. */
static size_t long_number(const char *text, size_t left) {
    size_t size = 0;
    bool power = false;
    for (; size < left && text[size] && strchr("0123456789+-.eE", text[size]); size++)
        power |= text[size] == 'e' || text[size] == 'E';
    bool number = size > 0 && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
    return number && (power || size > 18) ? size : 0;
}

/* U+FFFD for what is no character; numbers that are too long for one become texts, so that an id stays what
 * it is. out has room for three times the size. */
static size_t clean(const char *body, size_t size, char *out) {
    size_t used = 0;
    bool text = false, whole_before = false;
    for (size_t i = 0, step; i < size; i += step) {
        size_t number = text || whole_before ? 0 : long_number(body + i, size - i);
        if (number) {
            out[used++] = '"';
            memcpy(out + used, body + i, number);
            used += number;
            out[used++] = '"';
            step = number;
            continue;
        }
        bool escape = body[i] == '\\';
        text ^= body[i] == '"';
        whole_before = !text && body[i] >= '0' && body[i] <= '9'; /* within a number that fits */
        size_t whole = escape ? sound_escape(body + i, size - i) : character(body + i, size - i);
        step = whole ? whole : escape ? 6 : 1;
        memcpy(out + used, whole ? body + i : "\xef\xbf\xbd", whole ? whole : 3);
        used += whole ? whole : 3;
    }
    return used;
}

json_t *hook_json(const char *body, size_t size) {
    json_t *document = NULL;
    enum json_refusal refusal = json_read(body, size, HOOK_BODY_MAX, &document);
    if (refusal == JSON_NO_MEMORY)
        errno = ENOMEM;
    if (refusal != JSON_NOT_UTF8 && refusal != JSON_NUL && refusal != JSON_BAD_SYNTAX &&
        refusal != JSON_BAD_NUMBER)
        return document;
    char *cleaned = malloc(3 * size + 1);
    if (!cleaned)
        return NULL;
    size_t cleaned_size = clean(body, size, cleaned);
    if (json_read(cleaned, cleaned_size, 3 * (size_t)HOOK_BODY_MAX, &document) == JSON_NO_MEMORY)
        errno = ENOMEM;
    sodium_memzero(cleaned, cleaned_size);
    free(cleaned);
    return document;
}

const char *hook_text(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

const char *hook_id(struct arena *arena, const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    const char *text = json_is_integer(value)
                           ? arena_format(arena, "%lld", (long long)json_integer_value(value))
                           : json_string_value(value);
    return text ? text : "";
}

int64_t hook_time(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    const char *text = json_string_value(value);
    char *end = NULL;
    int64_t number = json_is_integer(value) ? json_integer_value(value)
                     : json_is_real(value) && fabs(json_real_value(value)) < 1e15
                         ? (int64_t)json_real_value(value)
                     : text ? strtoll(text, &end, 10)
                            : 0;
    if (end && (*end || end == text))
        return 0;
    return number > 0 ? intake_instant_from_number(number) : 0;
}

bool hook_number(const json_t *object, const char *name, double *value) {
    const json_t *member = json_object_get(object, name);
    const char *text = json_string_value(member);
    char *end = NULL;
    *value = json_is_number(member) ? json_number_value(member) : text ? strtod(text, &end) : 0;
    return json_is_number(member) || (end && end != text && !*end);
}

bool hook_is_utf8(const char *text, size_t size) {
    bool sound = true;
    for (size_t i = 0, step; i < size && sound; i += step)
        sound = (step = character(text + i, size - i)) > 0;
    return sound;
}

const char *hook_clean_text(struct arena *arena, const char *text) {
    size_t size = strlen(text), used = 0;
    char *out = hook_is_utf8(text, size) ? NULL : arena_take(arena, 3 * size + 1);
    for (size_t i = 0, step; out && i < size; i += step) {
        size_t whole = character(text + i, size - i);
        step = whole ? whole : 1;
        memcpy(out + used, whole ? text + i : "\xef\xbf\xbd", whole ? whole : 3);
        used += whole ? whole : 3;
    }
    return out ? out : text;
}
