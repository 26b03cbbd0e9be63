/* json_fields_direct of json.h: from the bytes into the struct. It knows the whole grammar of what a table
 * can say and nothing of refusing: at the first thing out of the ordinary it gives up, and json_read with
 * json_fields_read decide. So it must never take what they refuse, nor read it otherwise;
 * tests/fuzz/common_json.c holds the two together. */
#include "common/json.h"
#include "common/texts.h"
#include "common/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { FIELDS_MAX = 64, NUMBER_MAX = 32 };

struct reader {
    const char *at, *end;
    struct arena *arena;
};

static void skip_blanks(struct reader *reader) {
    while (reader->at < reader->end &&
           (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\t' || *reader->at == '\r'))
        reader->at++;
}

static bool take(struct reader *reader, char mark) {
    skip_blanks(reader);
    if (reader->at == reader->end || *reader->at != mark)
        return false;
    reader->at++;
    return true;
}

static bool take_word(struct reader *reader, const char *word, size_t size) {
    skip_blanks(reader);
    if ((size_t)(reader->end - reader->at) < size || memcmp(reader->at, word, size) != 0)
        return false;
    reader->at += size; /* what may follow is looked at next */
    return true;
}

/* ---- texts ---- */

/* Four hex digits behind \u; -1: others. */
static int hex_read(struct reader *reader) {
    int value = reader->end - reader->at < 4 ? -1 : hex_value(reader->at, 4);
    reader->at += value < 0 ? 0 : 4;
    return value;
}

/* The character behind \u, of two halves if need be; 0: NUL, half a one, or no hex digits. */
static int point_read(struct reader *reader) {
    int point = hex_read(reader);
    if (point < 0xd800 || point > 0xdfff)
        return point < 0 ? 0 : point;
    if (point > 0xdbff || reader->end - reader->at < 2 || memcmp(reader->at, "\\u", 2) != 0)
        return 0;
    reader->at += 2;
    int low = hex_read(reader);
    return low >= 0xdc00 && low <= 0xdfff ? 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00) : 0;
}

/* The escape at the reader, without its backslash, to out; the bytes written, 0: it is none. Never more than
 * it takes itself. */
static size_t escape_read(struct reader *reader, char *out) {
    static const char marks[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (reader->at == reader->end)
        return 0;
    char c = *reader->at++;
    if (c == 'u') {
        int point = point_read(reader);
        return point ? (size_t)utf8proc_encode_char(point, (utf8proc_uint8_t *)out) : 0;
    }
    const char *mark = c ? strchr(marks, c) : NULL;
    if (!mark)
        return 0;
    *out = meant[mark - marks];
    return 1;
}

/* A copy never takes more than the string itself; the reader stands behind its opening quote. */
static char *text_room(const struct reader *reader) {
    const char *end = json_string_end(reader->at, reader->end);
    return end < reader->end ? arena_take(reader->arena, (size_t)(end - reader->at) + 1) : NULL;
}

/* As much of it as may stand as it is. */
static char *plain_read(struct reader *reader, char *out) {
    const char *from = reader->at;
    while (reader->at < reader->end && (unsigned char)*reader->at >= 0x20 &&
           (unsigned char)*reader->at < 0x80 && *reader->at != '"' && *reader->at != '\\')
        reader->at++;
    memcpy(out, from, (size_t)(reader->at - from));
    return out + (reader->at - from);
}

/* A letter beyond ASCII, or 0. */
static size_t letter_read(struct reader *reader, char *out) {
    size_t size =
        (unsigned char)*reader->at < 0x80 ? 0 : utf8_sequence(reader->at, (size_t)(reader->end - reader->at));
    memcpy(out, reader->at, size);
    reader->at += size;
    return size;
}

/* NULL: none, or one that only the tree can judge. In the arena. */
static const char *text_read(struct reader *reader, size_t *size) {
    char *text = take(reader, '"') ? text_room(reader) : NULL, *out = text;
    while (out) {
        out = plain_read(reader, out);
        if (reader->at == reader->end)
            return NULL;
        if (*reader->at == '"')
            break;
        bool escaped = *reader->at == '\\';
        reader->at += escaped;
        size_t read = escaped ? escape_read(reader, out) : letter_read(reader, out);
        if (!read)
            return NULL;
        out += read;
    }
    if (!out)
        return NULL;
    reader->at++;
    *size = (size_t)(out - text);
    return text;
}

/* ---- numbers ---- */

static bool digits_skip(struct reader *reader) {
    const char *from = reader->at;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
        reader->at++;
    return reader->at > from;
}

static bool skip_one(struct reader *reader, const char *marks) {
    bool there = reader->at < reader->end && *reader->at && strchr(marks, *reader->at);
    reader->at += there;
    return there;
}

/* The text of a number, short enough for 64 bits or a double to hold it as it is meant. */
static bool number_take(struct reader *reader, char text[NUMBER_MAX + 1], bool *whole) {
    skip_blanks(reader);
    const char *from = reader->at;
    skip_one(reader, "-");
    bool sound = skip_one(reader, "0") || digits_skip(reader);
    size_t digits = (size_t)(reader->at - from);
    *whole = true;
    if (sound && skip_one(reader, "."))
        *whole = false, sound = digits_skip(reader);
    if (sound && skip_one(reader, "eE")) {
        skip_one(reader, "+-");
        *whole = false, sound = digits_skip(reader);
    }
    size_t size = (size_t)(reader->at - from);
    if (!sound || size > NUMBER_MAX || digits > 18)
        return false;
    memcpy(text, from, size);
    text[size] = 0;
    return true;
}

static bool number_read(struct reader *reader, const struct json_field *field, double *out) {
    char text[NUMBER_MAX + 1];
    bool whole, bounded = field->least_number < field->most_number;
    if (!number_take(reader, text, &whole))
        return false;
    *out = whole ? (double)strtoll(text, NULL, 10) : strtod(text, NULL);
    return isfinite(*out) && (!bounded || (*out >= field->least_number && *out <= field->most_number));
}

static bool integer_read(struct reader *reader, const struct json_field *field, int64_t *out) {
    char text[NUMBER_MAX + 1];
    bool whole, bounded = field->least || field->most;
    if (!number_take(reader, text, &whole) || !whole)
        return false;
    *out = strtoll(text, NULL, 10);
    return !bounded || (*out >= field->least && *out <= field->most);
}

/* ---- values ---- */

static bool choice_read(struct reader *reader, const struct json_field *field, int *out) {
    size_t size;
    const char *text = text_read(reader, &size);
    for (int i = 0; text && field->choices[i]; i++)
        if (strcmp(field->choices[i], text) == 0) {
            *out = i;
            return true;
        }
    return false;
}

static bool scalar_read(struct reader *reader, struct json_scalar *out) {
    static const struct json_field any = {.type = JSON_FIELD_INTEGER};
    size_t size;
    skip_blanks(reader);
    bool text = reader->at < reader->end && *reader->at == '"';
    return text ? (out->text = text_read(reader, &size)) != NULL : integer_read(reader, &any, &out->number);
}

static bool object_read(struct reader *reader, const struct json_field *fields, char *out);

static bool value_read(struct reader *reader, const struct json_field *field, void *out) {
    size_t size = 0;
    switch (field->type) {
    case JSON_FIELD_TEXT:
        return (*(const char **)out = text_read(reader, &size)) && (int64_t)size >= field->least &&
               (int64_t)size <= field->most;
    case JSON_FIELD_NUMBER:
        return number_read(reader, field, out);
    case JSON_FIELD_INTEGER:
        return integer_read(reader, field, out);
    case JSON_FIELD_BOOL:
        *(bool *)out = take_word(reader, "true", 4);
        return *(bool *)out || take_word(reader, "false", 5);
    case JSON_FIELD_CHOICE:
        return choice_read(reader, field, out);
    case JSON_FIELD_OBJECT:
        return object_read(reader, field->members, out);
    case JSON_FIELD_SCALAR:
        return scalar_read(reader, out);
    case JSON_FIELD_LIST:
    case JSON_FIELD_ANY:
        break; /* for the tree */
    }
    return false;
}

/* The field whose name comes next, NULL: none of these. A name with an escape is for the tree. */
static const struct json_field *field_read(struct reader *reader, const struct json_field *fields) {
    if (!take(reader, '"'))
        return NULL;
    const char *name = reader->at, *quote = memchr(name, '"', (size_t)(reader->end - name));
    size_t size = quote ? (size_t)(quote - name) : 0;
    for (const struct json_field *field = fields; quote && field->name; field++)
        if (strlen(field->name) == size && memcmp(field->name, name, size) == 0) {
            reader->at = quote + 1;
            return take(reader, ':') ? field : NULL;
        }
    return NULL;
}

static bool member_read(struct reader *reader, const struct json_field *fields, char *out, uint64_t *seen) {
    const struct json_field *field = field_read(reader, fields);
    size_t place = field ? (size_t)(field - fields) : FIELDS_MAX;
    if (place >= FIELDS_MAX || *seen >> place & 1)
        return false;
    *seen |= UINT64_C(1) << place;
    if (take_word(reader, "null", 4))
        return !field->required;
    if (field->present_offset)
        *(bool *)(void *)(out + field->present_offset) = true;
    return value_read(reader, field, out + field->offset);
}

static bool object_read(struct reader *reader, const struct json_field *fields, char *out) {
    uint64_t seen = 0;
    if (!take(reader, '{'))
        return false;
    if (!take(reader, '}')) {
        do
            if (!member_read(reader, fields, out, &seen))
                return false;
        while (take(reader, ','));
        if (!take(reader, '}'))
            return false;
    }
    for (size_t i = 0; fields[i].name; i++)
        if (fields[i].required && !(i < FIELDS_MAX && seen >> i & 1))
            return false;
    return true;
}

bool json_fields_direct(
    struct arena *arena, const void *bytes, size_t size, const struct json_field *fields, void *out) {
    struct reader reader = {bytes, (const char *)bytes + size, arena};
    if (size == 0 || !object_read(&reader, fields, out))
        return false;
    skip_blanks(&reader);
    return reader.at == reader.end;
}
