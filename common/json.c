/* See json.h. Everything read here was written by a stranger. What bounds the work: scan() is one pass,
 * jansson sees only what passed it, and the table reader goes only as deep as the table. */
#include "common/json.h"

#include "common/fault.h"
#include "common/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

static const struct {
    const char *id, *en;
} sentences[] = {
    [JSON_OK] = {"Baik.", "Fine."},
    [JSON_EMPTY] = {"Isi permintaan kosong.", "The body is empty."},
    [JSON_TOO_LARGE] = {"JSON terlalu besar.", "The JSON is too large."},
    [JSON_TOO_DEEP] = {"JSON bersarang lebih dari 16 tingkat.",
        "The JSON is nested more than 16 levels deep."},
    [JSON_TOO_MANY_VALUES] = {"JSON berisi terlalu banyak nilai.", "The JSON holds too many values."},
    [JSON_NOT_UTF8] = {"Teks bukan UTF-8 yang sah.", "The text is not valid UTF-8."},
    [JSON_NUL] = {"Karakter NUL tidak diterima.", "NUL characters are not accepted."},
    [JSON_DUPLICATE_KEY] = {"Sebuah nama muncul dua kali dalam satu objek.",
        "A name appears twice in one object."},
    [JSON_BAD_NUMBER] = {"Sebuah angka terlalu besar.", "A number is too large."},
    [JSON_BAD_SYNTAX] = {"Bukan JSON yang sah.", "This is not valid JSON."},
    [JSON_NO_MEMORY] = {"Memori habis; coba lagi.", "Out of memory; try again."},
    [JSON_MISSING] = {"Wajib diisi.", "This member is required."},
    [JSON_UNKNOWN] = {"Nama ini tidak dikenal.", "This member is not known here."},
    [JSON_WRONG_TYPE] = {"Jenis nilainya salah.", "The value has the wrong type."},
    [JSON_TOO_SHORT] = {"Teks terlalu pendek.", "The text is too short."},
    [JSON_TOO_LONG] = {"Teks terlalu panjang.", "The text is too long."},
    [JSON_TOO_SMALL] = {"Angka terlalu kecil.", "The number is too small."},
    [JSON_TOO_BIG] = {"Angka terlalu besar.", "The number is too large."},
    [JSON_NO_CHOICE] = {"Bukan salah satu pilihan yang ada.", "This is none of the possible values."},
    [JSON_TOO_MANY] = {"Jumlah unsur tidak sesuai.", "The list has too many or too few elements."},
};

const char *json_refusal_id(enum json_refusal refusal) {
    return sentences[refusal].id;
}

const char *json_refusal_en(enum json_refusal refusal) {
    return sentences[refusal].en;
}

/* Each byte is looked at once for quotes and once for escapes, whatever a stranger sends: a new quote is
 * looked for only when the last one was escaped. */
const char *json_string_end(const char *at, const char *end) {
    while (at < end) {
        const char *quote = memchr(at, '"', (size_t)(end - at)), *stop = quote ? quote : end;
        while (at <= stop) {
            const char *escape = memchr(at, '\\', (size_t)(stop - at));
            if (!escape)
                return stop;
            at = escape + 1 < end ? escape + 2 : end;
        }
    }
    return end;
}

/* Counts what opens and separates values outside strings. On text that is no JSON the counts mean nothing,
 * but they still bound what jansson would build before it finds out. */
static enum json_refusal scan(const void *bytes, size_t size, size_t max_bytes) {
    const char *at = bytes, *end = at + size;
    int depth = 0;
    size_t values = 1;
    if (size == 0)
        return JSON_EMPTY;
    if (size > max_bytes)
        return JSON_TOO_LARGE;
    for (; at < end; at++) {
        switch (*at) {
        case '"':
            at = json_string_end(at + 1, end);
            break;
        case '{':
        case '[':
            values++;
            if (++depth > JSON_DEPTH_MAX)
                return JSON_TOO_DEEP;
            break;
        case '}':
        case ']':
            depth--;
            break;
        case ',':
            values++;
            break;
        default: /* a byte, not an enum */
            break;
        }
        if (values > JSON_VALUES_MAX)
            return JSON_TOO_MANY_VALUES;
    }
    return JSON_OK;
}

static enum json_refusal refusal_from(enum json_error_code code) {
    switch (code) {
    case json_error_out_of_memory:
        return JSON_NO_MEMORY;
    case json_error_stack_overflow:
        return JSON_TOO_DEEP;
    case json_error_invalid_utf8:
        return JSON_NOT_UTF8;
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return JSON_NUL;
    case json_error_duplicate_key:
        return JSON_DUPLICATE_KEY;
    case json_error_numeric_overflow:
        return JSON_BAD_NUMBER;
    case json_error_unknown:
    case json_error_cannot_open_file:
    case json_error_invalid_argument:
    case json_error_premature_end_of_input:
    case json_error_end_of_input_expected:
    case json_error_invalid_syntax:
    case json_error_invalid_format:
    case json_error_wrong_type:
    case json_error_null_value:
    case json_error_item_not_found:
    case json_error_index_out_of_range:
        return JSON_BAD_SYNTAX;
    }
    return JSON_BAD_SYNTAX;
}

enum json_refusal json_read(const void *given, size_t size, size_t max_bytes, json_t **out) {
    bool marked = size >= 3 && memcmp(given, "\xef\xbb\xbf", 3) == 0; /* some programs begin UTF-8 so */
    const char *bytes = (const char *)given + (marked ? 3 : 0);
    size -= marked ? 3 : 0;
    *out = NULL;
    enum json_refusal refusal = scan(bytes, size, max_bytes);
    if (refusal != JSON_OK)
        return refusal;
    if (memchr(bytes, 0, size))
        return JSON_NUL;
    if (fault_strikes(FAULT_MEMORY))
        return JSON_NO_MEMORY;
    json_error_t error;
    *out = json_loadb(bytes, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    return *out ? JSON_OK : refusal_from(json_error_code(&error));
}

/* ---- members into a struct ---- */

/* Where the reader is: a chain on the stack, as deep as the table. */
struct place {
    const struct place *above;
    const char *name; /* NULL: element index */
    size_t index;
};

static size_t pointer_append(char *pointer, size_t used, const struct place *place) {
    char number[24];
    const char *name = place->name;
    if (place->above)
        used = pointer_append(pointer, used, place->above);
    if (!name && !place->above)
        return used; /* the document itself */
    if (!name) {
        snprintf(number, sizeof number, "%zu", place->index);
        name = number;
    }
    if (used < JSON_POINTER_MAX - 1)
        pointer[used++] = '/';
    for (; *name && used < JSON_POINTER_MAX - 3; name++) {
        if (*name == '~' || *name == '/') {
            pointer[used++] = '~';
            pointer[used++] = *name == '~' ? '0' : '1';
        } else {
            pointer[used++] = *name;
        }
    }
    return used;
}

static bool refuse(struct json_problem *problem, enum json_refusal refusal, const struct place *place) {
    problem->refusal = refusal;
    problem->pointer[pointer_append(problem->pointer, 0, place)] = 0;
    return false;
}

static bool value_read(const json_t *value, const struct json_field *field, char *out,
    struct json_problem *problem, const struct place *place);

static bool text_read(const json_t *value, const struct json_field *field, char *out,
    struct json_problem *problem, const struct place *place) {
    if (!json_is_string(value))
        return refuse(problem, JSON_WRONG_TYPE, place);
    int64_t size = (int64_t)json_string_length(value);
    if (size < field->least)
        return refuse(problem, JSON_TOO_SHORT, place);
    if (size > field->most)
        return refuse(problem, JSON_TOO_LONG, place);
    *(const char **)(void *)out = json_string_value(value);
    return true;
}

static bool number_read(const json_t *value, const struct json_field *field, char *out,
    struct json_problem *problem, const struct place *place) {
    if (!json_is_number(value))
        return refuse(problem, JSON_WRONG_TYPE, place);
    double number = json_number_value(value);
    bool bounded = field->least_number < field->most_number;
    if (bounded && number < field->least_number)
        return refuse(problem, JSON_TOO_SMALL, place);
    if (bounded && number > field->most_number)
        return refuse(problem, JSON_TOO_BIG, place);
    *(double *)(void *)out = number;
    return true;
}

static bool integer_read(const json_t *value, const struct json_field *field, char *out,
    struct json_problem *problem, const struct place *place) {
    if (!json_is_integer(value))
        return refuse(problem, JSON_WRONG_TYPE, place);
    int64_t number = json_integer_value(value);
    bool bounded = field->least || field->most;
    if (bounded && number < field->least)
        return refuse(problem, JSON_TOO_SMALL, place);
    if (bounded && number > field->most)
        return refuse(problem, JSON_TOO_BIG, place);
    *(int64_t *)(void *)out = number;
    return true;
}

static bool choice_read(const json_t *value, const struct json_field *field, char *out,
    struct json_problem *problem, const struct place *place) {
    if (!json_is_string(value))
        return refuse(problem, JSON_WRONG_TYPE, place);
    for (int i = 0; field->choices[i]; i++)
        if (strcmp(field->choices[i], json_string_value(value)) == 0) {
            *(int *)(void *)out = i;
            return true;
        }
    return refuse(problem, JSON_NO_CHOICE, place);
}

static bool scalar_read(
    const json_t *value, char *out, struct json_problem *problem, const struct place *place) {
    if (!json_is_string(value) && !json_is_integer(value))
        return refuse(problem, JSON_WRONG_TYPE, place);
    *(struct json_scalar *)(void *)out =
        (struct json_scalar){json_string_value(value), json_integer_value(value)};
    return true;
}

static bool object_read(const json_t *object, const struct json_field *fields, char *out,
    struct json_problem *problem, const struct place *place) {
    if (!json_is_object(object))
        return refuse(problem, JSON_WRONG_TYPE, place);
    size_t known = 0;
    for (const struct json_field *field = fields; field->name; field++) {
        const json_t *value = json_object_get(object, field->name);
        struct place here = {place, field->name, 0};
        known += value != NULL;
        if (!value || json_is_null(value)) {
            if (field->required)
                return refuse(problem, JSON_MISSING, &here);
            continue;
        }
        if (!value_read(value, field, out + field->offset, problem, &here))
            return false;
        if (field->present_offset)
            *(bool *)(void *)(out + field->present_offset) = true;
    }
    if (known == json_object_size(object))
        return true;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value) {
        const struct json_field *field = fields;
        while (field->name && strcmp(field->name, name) != 0)
            field++;
        if (!field->name)
            return refuse(problem, JSON_UNKNOWN, &(struct place){place, name, 0});
    }
    return true;
}

/* out is where the elements begin; the count lies elsewhere in the same struct, so it is reached from its
 * start. */
static bool list_read(const json_t *list, const struct json_field *field, char *out,
    struct json_problem *problem, const struct place *place) {
    if (!json_is_array(list))
        return refuse(problem, JSON_WRONG_TYPE, place);
    size_t count = json_array_size(list);
    if ((int64_t)count > field->most || (int64_t)count < field->least)
        return refuse(problem, JSON_TOO_MANY, place);
    for (size_t i = 0; i < count; i++) {
        struct place here = {place, NULL, i};
        if (!value_read(json_array_get(list, i), field->item, out + i * field->stride, problem, &here))
            return false;
    }
    *(size_t *)(void *)(out - field->offset + field->count_offset) = count;
    return true;
}

static bool value_read(const json_t *value, const struct json_field *field, char *out,
    struct json_problem *problem, const struct place *place) {
    switch (field->type) {
    case JSON_FIELD_TEXT:
        return text_read(value, field, out, problem, place);
    case JSON_FIELD_NUMBER:
        return number_read(value, field, out, problem, place);
    case JSON_FIELD_INTEGER:
        return integer_read(value, field, out, problem, place);
    case JSON_FIELD_BOOL:
        if (!json_is_boolean(value))
            return refuse(problem, JSON_WRONG_TYPE, place);
        *(bool *)(void *)out = json_is_true(value);
        return true;
    case JSON_FIELD_CHOICE:
        return choice_read(value, field, out, problem, place);
    case JSON_FIELD_OBJECT:
        return object_read(value, field->members, out, problem, place);
    case JSON_FIELD_LIST:
        return list_read(value, field, out, problem, place);
    case JSON_FIELD_SCALAR:
        return scalar_read(value, out, problem, place);
    case JSON_FIELD_ANY:
        *(const json_t **)(void *)out = value;
        return true;
    }
    return false;
}

bool json_fields_read(
    const json_t *object, const struct json_field *fields, void *out, struct json_problem *problem) {
    *problem = (struct json_problem){JSON_OK, ""};
    return object_read(object, fields, out, problem, &(struct place){NULL, NULL, 0});
}

/* ---- writing ---- */

enum {
    FIRST_BYTES = 1024, /* as much as malloc has at hand; little that is written is longer than twice that */
    EIGHT = sizeof(uint64_t)
};

void json_writer_init(struct json_writer *writer, size_t max_bytes) {
    *writer = (struct json_writer){.max_bytes = max_bytes};
}

void json_writer_free(struct json_writer *writer) {
    if (writer->bytes)
        explicit_bzero(writer->bytes, writer->size);
    free(writer->bytes);
    json_writer_init(writer, writer->max_bytes);
}

const char *json_writer_text(struct json_writer *writer, size_t *size) {
    if (size)
        *size = 0;
    if (writer->failed || !writer->done || writer->depth)
        return NULL;
    writer->bytes[writer->size] = 0; /* append keeps a byte free */
    if (size)
        *size = writer->size;
    return writer->bytes;
}

char *json_writer_take(struct json_writer *writer) {
    char *text = json_writer_text(writer, NULL) ? writer->bytes : NULL;
    if (text)
        writer->bytes = NULL;
    json_writer_free(writer);
    return text;
}

static bool grow(struct json_writer *writer, size_t more) {
    if (more > writer->max_bytes - writer->size) {
        writer->failed = true;
        return false;
    }
    size_t capacity = writer->capacity ? writer->capacity : FIRST_BYTES;
    while (capacity < writer->size + more + 1)
        capacity *= 2;
    char *bytes = fault_strikes(FAULT_MEMORY) ? NULL : realloc(writer->bytes, capacity);
    if (!bytes) {
        writer->failed = writer->no_memory = true;
        return false;
    }
    writer->bytes = bytes;
    writer->capacity = capacity;
    return true;
}

static inline bool room(struct json_writer *writer, size_t size) {
    if (writer->failed)
        return false;
    bool fits = writer->size + size < writer->capacity && size <= writer->max_bytes - writer->size;
    return fits || grow(writer, size);
}

static void append(struct json_writer *writer, const void *bytes, size_t size) {
    if (!room(writer, size))
        return;
    memcpy(writer->bytes + writer->size, bytes, size);
    writer->size += size;
}

static void append_byte(struct json_writer *writer, char byte) {
    if (room(writer, 1))
        writer->bytes[writer->size++] = byte;
}

/* What comes before any value: a comma between elements, nothing after a key; a mistake fails the writer. */
static void value_begin(struct json_writer *writer) {
    uint32_t level = UINT32_C(1) << writer->depth;
    if (writer->done || (writer->depth && (writer->objects & level) && !writer->keyed)) {
        writer->failed = true;
        return;
    }
    if (writer->depth && !writer->keyed && (writer->filled & level))
        append_byte(writer, ',');
    writer->filled |= level;
    writer->keyed = false;
    writer->done = writer->depth == 0; /* json_open takes it back */
}

static void json_open(struct json_writer *writer, char bracket) {
    value_begin(writer);
    if (writer->depth + 1 >= 32) {
        writer->failed = true;
        return;
    }
    append_byte(writer, bracket);
    writer->done = false;
    uint32_t level = UINT32_C(1) << ++writer->depth;
    writer->filled &= ~level;
    writer->objects = bracket == '{' ? writer->objects | level : writer->objects & ~level;
}

void json_write_object(struct json_writer *writer) {
    json_open(writer, '{');
}

void json_write_array(struct json_writer *writer) {
    json_open(writer, '[');
}

void json_write_end(struct json_writer *writer) {
    if (writer->depth == 0 || writer->keyed) {
        writer->failed = true;
        return;
    }
    append_byte(writer, writer->objects & UINT32_C(1) << writer->depth ? '}' : ']');
    writer->depth--;
    writer->done = writer->depth == 0;
}

/* Writes one byte that may not stand as it is and returns how many bytes of the source it used. */
static size_t escape(struct json_writer *writer, const unsigned char *at, size_t left) {
    static const char hex[] = "0123456789abcdef";
    char text[7] = "\\u00";
    if (*at >= 0x80) {
        size_t size = utf8_sequence(at, left);
        append(writer, size ? (const void *)at : "\xEF\xBF\xBD", size ? size : 3);
        return size ? size : 1;
    }
    if (*at == '"' || *at == '\\') {
        text[1] = (char)*at;
        append(writer, text, 2);
    } else if (*at == '\n') {
        append(writer, "\\n", 2);
    } else {
        text[4] = hex[*at >> 4];
        text[5] = hex[*at & 15];
        append(writer, text, 6);
    }
    return 1;
}

/* 1: may not stand in a text as it is. */
static const unsigned char special[256] = {[0 ... 0x1f] = 1, ['"'] = 1, ['\\'] = 1, [0x7f ... 0xff] = 1};

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Is one of eight bytes special? Of the lowest that is, the highest bit tells so. */
static bool any_special(uint64_t bytes) {
    uint64_t quote = bytes ^ EACH('"'), backslash = bytes ^ EACH('\\');
    uint64_t found =
        bytes | (bytes + EACH(1)) | (bytes - EACH(0x20)) | (quote - EACH(1)) | (backslash - EACH(1));
    return found & EACH(0x80);
}

static bool eight_copy(char *out, const unsigned char *text) {
    uint64_t bytes;
    memcpy(&bytes, text, EIGHT);
    memcpy(out, &bytes, EIGHT);
    return !any_special(bytes);
}

/* Copies a text of which all may stand as it is, as nearly all texts may; false for any other. Eight bytes at
 * a time: the last eight may have been copied partly before. */
static bool plain_copy(char *out, const unsigned char *text, size_t size) {
    size_t at = 0;
    if (size < EIGHT) {
        for (; at < size && !special[text[at]]; at++)
            out[at] = (char)text[at];
        return at == size;
    }
    for (; at + EIGHT < size; at += EIGHT)
        if (!eight_copy(out + at, text + at))
            return false;
    return eight_copy(out + size - EIGHT, text + size - EIGHT);
}

static void text_escape(struct json_writer *writer, const unsigned char *text, size_t size) {
    append_byte(writer, '"');
    for (size_t i = 0; i < size && !writer->failed;) {
        if (special[text[i]])
            i += escape(writer, text + i, size - i);
        else
            append_byte(writer, (char)text[i++]);
    }
    append_byte(writer, '"');
}

static void text_append(struct json_writer *writer, const unsigned char *text, size_t size) {
    if (!room(writer, size + 2))
        return; /* not even as it is */
    char *out = writer->bytes + writer->size;
    if (!plain_copy(out + 1, text, size)) {
        text_escape(writer, text, size);
        return;
    }
    out[0] = out[size + 1] = '"';
    writer->size += size + 2;
}

/* The next is a key: does a comma stand before it? */
static bool key_begin(struct json_writer *writer) {
    uint32_t level = UINT32_C(1) << writer->depth;
    bool follows = writer->filled & level;
    if (writer->keyed || writer->depth == 0 || !(writer->objects & level))
        writer->failed = true;
    writer->filled |= level;
    writer->keyed = true;
    return follows;
}

void json_write_key(struct json_writer *writer, const char *key) {
    if (key_begin(writer))
        append_byte(writer, ',');
    text_append(writer, (const unsigned char *)key, strlen(key));
    append_byte(writer, ':');
}

void json_write_ready_key(struct json_writer *writer, const char *ready, size_t size) {
    size_t from = key_begin(writer) ? 0 : 1;
    append(writer, ready + from, size - from);
}

void json_write_text_bytes(struct json_writer *writer, const void *text, size_t size) {
    value_begin(writer);
    text_append(writer, text, size);
}

void json_write_text(struct json_writer *writer, const char *text) {
    if (text)
        json_write_text_bytes(writer, text, strlen(text));
    else
        json_write_null(writer);
}

void json_write_raw(struct json_writer *writer, const char *json, size_t size) {
    value_begin(writer);
    append(writer, json, size);
}

void json_write_integer(struct json_writer *writer, int64_t value) {
    char text[24], *at = text + sizeof text;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + left % 10);
    while ((left /= 10) != 0);
    if (value < 0)
        *--at = '-';
    json_write_raw(writer, at, (size_t)(text + sizeof text - at));
}

void json_write_number(struct json_writer *writer, double value) {
    char text[32];
    if (!isfinite(value)) {
        json_write_null(writer);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    for (char *at = text; *at; at++)
        if (*at == ',')
            *at = '.'; /* should somebody set a locale */
    json_write_raw(writer, text, strlen(text));
}

void json_write_decimal(struct json_writer *writer, int64_t value, unsigned decimals) {
    char text[32], *at = text + sizeof text;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    bool started = false;
    for (unsigned i = 0; i < decimals && i < 9; i++, rest /= 10) {
        started |= rest % 10 != 0;
        if (started)
            *--at = (char)('0' + rest % 10);
    }
    if (started)
        *--at = '.';
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    json_write_raw(writer, at, (size_t)(text + sizeof text - at));
}

void json_write_bool(struct json_writer *writer, bool value) {
    json_write_raw(writer, value ? "true" : "false", value ? 4 : 5);
}

void json_write_null(struct json_writer *writer) {
    json_write_raw(writer, "null", 4);
}

void json_member_text(struct json_writer *writer, const char *key, const char *text) {
    json_write_key(writer, key);
    json_write_text(writer, text);
}

void json_member_integer(struct json_writer *writer, const char *key, int64_t value) {
    json_write_key(writer, key);
    json_write_integer(writer, value);
}

void json_member_bool(struct json_writer *writer, const char *key, bool value) {
    json_write_key(writer, key);
    json_write_bool(writer, value);
}

void json_member_id(struct json_writer *writer, const char *key, const struct id *id) {
    char text[ID_TEXT + 1];
    id_to_text(id, text);
    json_member_text(writer, key, id_is_null(id) ? NULL : text);
}

void json_member_object(struct json_writer *writer, const char *key) {
    json_write_key(writer, key);
    json_write_object(writer);
}

void json_member_array(struct json_writer *writer, const char *key) {
    json_write_key(writer, key);
    json_write_array(writer);
}
