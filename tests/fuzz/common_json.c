/* JSON from strangers, and JSON for them (common/json.h): what is accepted and written again is the same. */
#include "common/json.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { BODY_MAX = 256 << 10 };

struct inner {
    const char *word;
    bool flag;
};

struct outer {
    bool there; /* first, so that present_offset is never 0 */
    const char *text;
    double number;
    int64_t integer;
    int choice;
    struct inner inner;
    struct inner list[4];
    size_t count;
    struct json_scalar scalar;
    const json_t *any;
};

static const char *const choices[] = {"accept", "cannot", NULL};
static const struct json_field inner_fields[] = {
    {.name = "word", .type = JSON_FIELD_TEXT, .offset = offsetof(struct inner, word), .most = 20},
    {.name = "flag", .type = JSON_FIELD_BOOL, .offset = offsetof(struct inner, flag)},
    {.name = NULL},
};
static const struct json_field item = {
    .name = "", .type = JSON_FIELD_OBJECT, .members = inner_fields, .offset = 0};
static const struct json_field fields[] = {
    {.name = "text",
        .type = JSON_FIELD_TEXT,
        .required = true,
        .offset = offsetof(struct outer, text),
        .least = 1,
        .most = 40},
    {.name = "number",
        .type = JSON_FIELD_NUMBER,
        .offset = offsetof(struct outer, number),
        .least_number = -90,
        .most_number = 90},
    {.name = "integer",
        .type = JSON_FIELD_INTEGER,
        .offset = offsetof(struct outer, integer),
        .least = -5,
        .most = 1000},
    {.name = "choice",
        .type = JSON_FIELD_CHOICE,
        .offset = offsetof(struct outer, choice),
        .choices = choices},
    {.name = "inner",
        .type = JSON_FIELD_OBJECT,
        .offset = offsetof(struct outer, inner),
        .members = inner_fields},
    {.name = "list",
        .type = JSON_FIELD_LIST,
        .offset = offsetof(struct outer, list),
        .item = &item,
        .most = 4,
        .stride = sizeof(struct inner),
        .count_offset = offsetof(struct outer, count)},
    {.name = "scalar", .type = JSON_FIELD_SCALAR, .offset = offsetof(struct outer, scalar)},
    {.name = "any", .type = JSON_FIELD_ANY, .offset = offsetof(struct outer, any)},
    {.name = NULL},
};

static void take_fields(const json_t *document) {
    struct outer outer = {.integer = 1};
    struct json_problem problem = {JSON_OK, ""};
    if (!json_fields_read(document, fields, &outer, &problem)) {
        FUZZ_HOLDS(problem.refusal != JSON_OK);
        FUZZ_HOLDS(strlen(problem.pointer) < JSON_POINTER_MAX);
        FUZZ_HOLDS(
            strlen(json_refusal_id(problem.refusal)) > 0 && strlen(json_refusal_en(problem.refusal)) > 0);
        return;
    }
    FUZZ_HOLDS(outer.text && strlen(outer.text) >= 1 && strlen(outer.text) <= 40);
    FUZZ_HOLDS(outer.number >= -90 && outer.number <= 90 && outer.integer >= -5 && outer.integer <= 1000);
    FUZZ_HOLDS((outer.choice == 0 || outer.choice == 1) && outer.count <= 4);
}

static bool same_text(const char *one, const char *other) {
    return one && other ? strcmp(one, other) == 0 : one == other;
}

/* What is read straight from the bytes is what the tree would have said. */
static void take_direct(const uint8_t *bytes, size_t size) {
    struct outer outer = {.integer = 1}, slow = outer;
    struct json_problem problem;
    struct arena *arena = arena_new(1 << 20);
    json_t *document = NULL;
    if (json_fields_direct(arena, bytes, size, fields, &outer)) {
        FUZZ_HOLDS(json_read(bytes, size, BODY_MAX, &document) == JSON_OK);
        FUZZ_HOLDS(json_fields_read(document, fields, &slow, &problem));
        FUZZ_HOLDS(same_text(outer.text, slow.text) && same_text(outer.inner.word, slow.inner.word));
        FUZZ_HOLDS(
            same_text(outer.scalar.text, slow.scalar.text) && outer.scalar.number == slow.scalar.number);
        FUZZ_HOLDS(outer.number == slow.number && outer.integer == slow.integer);
        FUZZ_HOLDS(outer.choice == slow.choice && outer.inner.flag == slow.inner.flag);
    }
    json_decref(document);
    arena_free(&arena);
}

static void write_value(struct json_writer *writer, const json_t *value);

static void write_members(struct json_writer *writer, const json_t *object) {
    const char *key;
    json_t *value;
    json_write_object(writer);
    json_object_foreach((json_t *)(uintptr_t)object, key, value) {
        json_write_key(writer, key);
        write_value(writer, value);
    }
    json_write_end(writer);
}

static void write_value(struct json_writer *writer, const json_t *value) {
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_members(writer, value);
        break;
    case JSON_ARRAY:
        json_write_array(writer);
        for (size_t i = 0; i < json_array_size(value); i++)
            write_value(writer, json_array_get(value, i));
        json_write_end(writer);
        break;
    case JSON_STRING:
        json_write_text_bytes(writer, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        json_write_integer(writer, json_integer_value(value));
        break;
    case JSON_REAL:
        json_write_number(writer, json_real_value(value));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_write_bool(writer, json_is_true(value));
        break;
    case JSON_NULL:
        json_write_null(writer);
        break;
    }
}

/* 1e3 is a real and is written 1000, an integer when it is read again: numbers are compared as such. */
static bool same(const json_t *one, const json_t *other) {
    if (json_is_number(one))
        return json_is_number(other) && json_number_value(one) == json_number_value(other);
    if (json_typeof(one) != json_typeof(other))
        return false;
    if (json_is_array(one)) {
        bool equal = json_array_size(one) == json_array_size(other);
        for (size_t i = 0; equal && i < json_array_size(one); i++)
            equal = same(json_array_get(one, i), json_array_get(other, i));
        return equal;
    }
    if (json_is_object(one)) {
        const char *key;
        json_t *value;
        bool equal = json_object_size(one) == json_object_size(other);
        json_object_foreach((json_t *)(uintptr_t)one, key, value) {
            const json_t *found = json_object_get(other, key);
            equal = equal && found && same(value, found);
        }
        return equal;
    }
    return json_equal(one, other) == 1;
}

static void write_again(const json_t *document) {
    struct json_writer writer;
    size_t size;
    json_t *again = NULL;
    json_writer_init(&writer, 8 * BODY_MAX);
    write_value(&writer, document);
    const char *text = json_writer_text(&writer, &size);
    FUZZ_HOLDS(text && strlen(text) == size);
    FUZZ_HOLDS(json_read(text, size, 8 * BODY_MAX, &again) == JSON_OK);
    FUZZ_HOLDS(same(document, again));
    json_decref(again);
    json_writer_free(&writer);
}

/* Any bytes become a text that is JSON. */
static void write_bytes(const uint8_t *bytes, size_t size) {
    struct json_writer writer;
    json_t *text = NULL;
    size_t written;
    json_writer_init(&writer, 8 * BODY_MAX);
    json_write_text_bytes(&writer, bytes, size);
    const char *json = json_writer_text(&writer, &written);
    bool nul = size && memchr(bytes, 0, size);
    FUZZ_HOLDS(json);
    FUZZ_HOLDS(json_read(json, written, 8 * BODY_MAX, &text) == (nul ? JSON_NUL : JSON_OK));
    json_decref(text);
    json_writer_free(&writer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    json_t *document = NULL;
    if (size > BODY_MAX)
        return 0;
    enum json_refusal refusal = json_read(bytes, size, BODY_MAX, &document);
    FUZZ_HOLDS((refusal == JSON_OK) == (document != NULL));
    if (document) {
        take_fields(document);
        write_again(document);
        json_decref(document);
    }
    take_direct(bytes, size);
    write_bytes(bytes, size);
    return 0;
}
