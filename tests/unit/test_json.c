/* What json.h refuses and why, what a table of fields makes of a document, and that what is written reads
 * back. */
#include "common/fault.h"
#include "common/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum json_refusal read_text(const char *text, size_t size) {
    json_t *document;
    enum json_refusal refusal = json_read(text, size, 1024, &document);
    assert_int_equal(refusal == JSON_OK, document != NULL);
    json_decref(document);
    return refusal;
}

static void refuses_what_it_should(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum json_refusal refusal;
    } cases[] = {
        {"{}", JSON_OK},
        {"[1,2.5,\"a\",null,true]", JSON_OK},
        {"\"alone\"", JSON_OK},
        {"", JSON_EMPTY},
        {"  ", JSON_BAD_SYNTAX},
        {"\xef\xbb\xbf{}", JSON_OK}, /* as some programs begin */
        {"\xef\xbb\xbf", JSON_EMPTY},
        {"\xef\xbb\xbf\xef\xbb\xbf{}", JSON_BAD_SYNTAX},
        {"\xef\xbb{}", JSON_NOT_UTF8},
        {"{\"a\":1,}", JSON_BAD_SYNTAX},
        {"{} {}", JSON_BAD_SYNTAX},
        {"{\"a\":1", JSON_BAD_SYNTAX},
        {"{'a':1}", JSON_BAD_SYNTAX},
        {"NaN", JSON_BAD_SYNTAX},
        {"{\"a\":1,\"a\":1}", JSON_DUPLICATE_KEY},
        {"{\"a\":1,\"\\u0061\":1}", JSON_DUPLICATE_KEY},
        {"[{\"b\":{\"a\":1,\"a\":1}}]", JSON_DUPLICATE_KEY},
        {"\"\\u0000\"", JSON_NUL},
        {"{\"a\\u0000b\":1}", JSON_NUL},
        {"\"\xff\"", JSON_NOT_UTF8},
        {"\"\xc0\xaf\"", JSON_NOT_UTF8},
        {"\"\xed\xa0\x80\"", JSON_NOT_UTF8},
        {"1e999", JSON_BAD_NUMBER},
        {"99999999999999999999", JSON_BAD_NUMBER},
        {"[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]", JSON_OK},
        {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", JSON_TOO_DEEP},
        {"{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":[[1]]}]}]}]}]}]}]}]}",
            JSON_TOO_DEEP},
        {"\"[[[[[[[[[[[[[[[[[[[[ \\\" [[[[[[ \\\\\"", JSON_OK},
        {"\"\\", JSON_BAD_SYNTAX},
        {"\"abc", JSON_BAD_SYNTAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (read_text(cases[i].text, strlen(cases[i].text)) != cases[i].refusal)
            fail_msg("case %zu: %s", i, json_refusal_en(read_text(cases[i].text, strlen(cases[i].text))));
    assert_int_equal(read_text("\"a\0b\"", 5), JSON_NUL);
    assert_int_equal(read_text("{}\0", 3), JSON_NUL);
}

static void bounds_size_and_number_of_values(void **state) {
    (void)state;
    json_t *document;
    assert_int_equal(json_read("[1,2]", 5, 5, &document), JSON_OK);
    json_decref(document);
    assert_int_equal(json_read("[1,2]", 5, 4, &document), JSON_TOO_LARGE);
    /* "[1,1,1...1]": two bytes a value, one value the array itself */
    size_t size = 2 * JSON_VALUES_MAX + 1;
    char *text = malloc(size);
    for (size_t i = 0; i < size; i++)
        text[i] = i % 2 ? '1' : ',';
    text[0] = '[';
    text[size - 3] = ']';
    assert_int_equal(json_read(text, size - 2, size, &document), JSON_OK);
    json_decref(document);
    text[size - 3] = ',';
    text[size - 1] = ']';
    assert_int_equal(json_read(text, size, size, &document), JSON_TOO_MANY_VALUES);
    assert_null(document);
    free(text);
}

static void every_refusal_has_two_sentences(void **state) {
    (void)state;
    for (int i = JSON_OK; i <= JSON_TOO_MANY; i++) {
        assert_non_null(json_refusal_id((enum json_refusal)i));
        assert_non_null(json_refusal_en((enum json_refusal)i));
    }
}

struct place {
    double latitude, longitude;
};

struct attachment {
    const char *type;
    int64_t bytes;
};

struct report {
    const char *text, *source;
    int64_t age;
    bool urgent, age_given;
    int channel;
    struct place place;
    struct attachment attachments[2];
    size_t attachment_count;
    const char *tags[3];
    size_t tag_count;
    const json_t *extra;
};

static const char *const channels[] = {"telegram", "whatsapp", NULL};

static const struct json_field place_fields[] = {
    {.name = "latitude",
        .type = JSON_FIELD_NUMBER,
        .required = true,
        .offset = offsetof(struct place, latitude),
        .least_number = -90,
        .most_number = 90},
    {.name = "longitude",
        .type = JSON_FIELD_NUMBER,
        .required = true,
        .offset = offsetof(struct place, longitude),
        .least_number = -180,
        .most_number = 180},
    {.name = NULL},
};
static const struct json_field attachment_fields[] = {
    {.name = "type",
        .type = JSON_FIELD_TEXT,
        .required = true,
        .offset = offsetof(struct attachment, type),
        .most = 20},
    {.name = "bytes", .type = JSON_FIELD_INTEGER, .offset = offsetof(struct attachment, bytes)},
    {.name = NULL},
};
static const struct json_field attachment_item = {
    .name = "", .type = JSON_FIELD_OBJECT, .members = attachment_fields};
static const struct json_field tag_item = {.name = "", .type = JSON_FIELD_TEXT, .least = 1, .most = 4};
static const struct json_field report_fields[] = {
    {.name = "text",
        .type = JSON_FIELD_TEXT,
        .required = true,
        .offset = offsetof(struct report, text),
        .least = 1,
        .most = 10},
    {.name = "source", .type = JSON_FIELD_TEXT, .offset = offsetof(struct report, source), .most = 10},
    {.name = "age",
        .type = JSON_FIELD_INTEGER,
        .offset = offsetof(struct report, age),
        .present_offset = offsetof(struct report, age_given),
        .least = 0,
        .most = 130},
    {.name = "urgent", .type = JSON_FIELD_BOOL, .offset = offsetof(struct report, urgent)},
    {.name = "channel",
        .type = JSON_FIELD_CHOICE,
        .offset = offsetof(struct report, channel),
        .choices = channels},
    {.name = "place",
        .type = JSON_FIELD_OBJECT,
        .offset = offsetof(struct report, place),
        .members = place_fields},
    {.name = "attachments",
        .type = JSON_FIELD_LIST,
        .offset = offsetof(struct report, attachments),
        .most = 2,
        .item = &attachment_item,
        .stride = sizeof(struct attachment),
        .count_offset = offsetof(struct report, attachment_count)},
    {.name = "tags",
        .type = JSON_FIELD_LIST,
        .offset = offsetof(struct report, tags),
        .least = 1,
        .most = 3,
        .item = &tag_item,
        .stride = sizeof(const char *),
        .count_offset = offsetof(struct report, tag_count)},
    {.name = "extra", .type = JSON_FIELD_ANY, .offset = offsetof(struct report, extra)},
    {.name = NULL},
};

static void a_table_fills_a_struct(void **state) {
    (void)state;
    const char *text =
        "{\"text\":\"tolong\",\"age\":7,\"urgent\":true,\"channel\":\"whatsapp\",\"source\":null,"
        "\"place\":{\"latitude\":-7.5,\"longitude\":112},\"tags\":[\"a\",\"bc\"],\"extra\":{\"x\":[]},"
        "\"attachments\":[{\"type\":\"image\",\"bytes\":5},{\"type\":\"voice\"}]}";
    json_t *document;
    struct json_problem problem;
    struct report report = {.source = "default"};
    assert_int_equal(json_read(text, strlen(text), 1024, &document), JSON_OK);
    assert_true(json_fields_read(document, report_fields, &report, &problem));
    assert_string_equal(report.text, "tolong");
    assert_string_equal(report.source, "default");
    assert_int_equal(report.age, 7);
    assert_true(report.age_given);
    assert_true(report.urgent);
    assert_int_equal(report.channel, 1);
    assert_true(report.place.latitude == -7.5 && report.place.longitude == 112);
    assert_int_equal(report.attachment_count, 2);
    assert_string_equal(report.attachments[1].type, "voice");
    assert_int_equal(report.attachments[0].bytes, 5);
    assert_int_equal(report.tag_count, 2);
    assert_string_equal(report.tags[1], "bc");
    assert_true(json_is_object(report.extra));
    json_decref(document);
}

static bool direct(struct arena *arena, const char *text, struct report *report) {
    char *bytes = malloc(strlen(text)); /* no NUL behind it */
    assert_non_null(bytes);
    memcpy(bytes, text, strlen(text));
    *report = (struct report){.source = "default"};
    bool taken = json_fields_direct(arena, bytes, strlen(text), report_fields, report);
    free(bytes);
    return taken;
}

static void a_table_reads_the_bytes_themselves(void **state) {
    (void)state;
    struct arena *arena = arena_new(64 * 1024);
    struct report report;
    assert_true(direct(arena,
        " {\"text\" : \"to\\nlong\",\t\"age\":7,\r\n\"urgent\":true,\"channel\":\"whatsapp\",\"source\":null,"
        "\"place\":{\"latitude\":-7.5e0,\"longitude\":112}} \n",
        &report));
    assert_string_equal(report.text, "to\nlong");
    assert_string_equal(report.source, "default");
    assert_true(report.age == 7 && report.age_given && report.urgent && report.channel == 1);
    assert_true(report.place.latitude == -7.5 && report.place.longitude == 112);
    static const struct {
        const char *written, *read;
    } texts[] = {
        {"\\\"\\\\\\/\\b\\f\\r\\t", "\"\\/\b\f\r\t"},
        {"\\u0061\\u00e9\\u20AC", "a\xc3\xa9\xe2\x82\xac"},
        {"\\ud83d\\ude2d", "\xf0\x9f\x98\xad"},
        {"\xc3\xa9\xf0\x9f\x98\xad", "\xc3\xa9\xf0\x9f\x98\xad"},
        {"\x7f{}[]:,", "\x7f{}[]:,"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char body[64];
        snprintf(body, sizeof body, "{\"text\":\"%s\"}", texts[i].written);
        if (!direct(arena, body, &report) || strcmp(report.text, texts[i].read) != 0)
            fail_msg("%s", body);
    }
    arena_free(&arena);
}

/* Also what the tree would take (marked): rare, and never wrong to leave to it. */
static void what_is_out_of_the_ordinary_is_left_to_the_tree(void **state) {
    (void)state;
    static const char *const texts[] = {"", " ", "[]", "{", "{}", "{\"text\":null}", "{\"text\":1}",
        "{\"text\":\"\"}", "{\"text\":\"12345678901\"}", "{\"text\":\"a\",\"urgnet\":true}",
        "{\"text\":\"a\",\"text\":\"b\"}", "{\"text\":\"a\",\"age\":-1}", "{\"text\":\"a\",\"age\":131}",
        "{\"text\":\"a\",\"age\":7.0}", "{\"text\":\"a\",\"age\":07}", "{\"text\":\"a\",\"age\":+7}",
        "{\"text\":\"a\",\"age\":-}", "{\"text\":\"a\",\"urgent\":\"true\"}",
        "{\"text\":\"a\",\"urgent\":truex}", "{\"text\":\"a\",\"urgent\":nul}",
        "{\"text\":\"a\",\"channel\":\"pigeon\"}", "{\"text\":\"a\",\"place\":[]}",
        "{\"text\":\"a\",\"place\":{\"latitude\":1e999}}", "{\"text\":\"a\",\"place\":{\"latitude\":1.}}",
        "{\"text\":\"a\",\"place\":{\"latitude\":.5}}", "{\"text\":\"a\",}", "{\"text\":\"a\" \"age\":1}",
        "{\"text\":\"a\"}}", "{\"text\":\"a\"", "{\"text\":\"a", "{\"text\":\"a\\", "{\"text\":\"\\x\"}",
        "{\"text\":\"\\u00\"}", "{\"text\":\"\\u0000\"}", "{\"text\":\"\\ud83d\"}",
        "{\"text\":\"\\ud83d \\ude2d\"}", "{\"text\":\"\\ude2d\"}", "{\"text\":\"a\tb\"}",
        "{\"text\":\"\xff\"}", "{\"text\":\"\xc3\"}", "{\"text\":\"\xed\xa0\x80\"}",
        /* the tree takes these */
        "\xef\xbb\xbf{\"text\":\"a\"}", "{\"t\\u0065xt\":\"a\"}", "{\"text\":\"a\",\"tags\":[\"b\"]}",
        "{\"text\":\"a\",\"extra\":1}",
        "{\"text\":\"a\",\"place\":{\"latitude\":1.00000000000000000000000000000000}}"};
    struct arena *arena = arena_new(64 * 1024);
    struct report report;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (direct(arena, texts[i], &report))
            fail_msg("%s", texts[i]);
    arena_free(&arena);
}

static void a_table_names_the_offending_member(void **state) {
    (void)state;
    static const struct {
        const char *text, *pointer;
        enum json_refusal refusal;
    } cases[] = {
        {"[]", "", JSON_WRONG_TYPE},
        {"{}", "/text", JSON_MISSING},
        {"{\"text\":null}", "/text", JSON_MISSING},
        {"{\"text\":1}", "/text", JSON_WRONG_TYPE},
        {"{\"text\":\"\"}", "/text", JSON_TOO_SHORT},
        {"{\"text\":\"12345678901\"}", "/text", JSON_TOO_LONG},
        {"{\"text\":\"a\",\"urgnet\":true}", "/urgnet", JSON_UNKNOWN},
        {"{\"text\":\"a\",\"a/b~c\":null}", "/a~1b~0c", JSON_UNKNOWN},
        {"{\"text\":\"a\",\"age\":-1}", "/age", JSON_TOO_SMALL},
        {"{\"text\":\"a\",\"age\":131}", "/age", JSON_TOO_BIG},
        {"{\"text\":\"a\",\"age\":7.0}", "/age", JSON_WRONG_TYPE},
        {"{\"text\":\"a\",\"age\":\"7\"}", "/age", JSON_WRONG_TYPE},
        {"{\"text\":\"a\",\"urgent\":1}", "/urgent", JSON_WRONG_TYPE},
        {"{\"text\":\"a\",\"channel\":\"fax\"}", "/channel", JSON_NO_CHOICE},
        {"{\"text\":\"a\",\"place\":{\"latitude\":91,\"longitude\":0}}", "/place/latitude", JSON_TOO_BIG},
        {"{\"text\":\"a\",\"place\":{\"latitude\":1}}", "/place/longitude", JSON_MISSING},
        {"{\"text\":\"a\",\"place\":[]}", "/place", JSON_WRONG_TYPE},
        {"{\"text\":\"a\",\"tags\":[]}", "/tags", JSON_TOO_MANY},
        {"{\"text\":\"a\",\"tags\":[\"a\",\"b\",\"c\",\"d\"]}", "/tags", JSON_TOO_MANY},
        {"{\"text\":\"a\",\"tags\":[\"a\",\"bcdef\"]}", "/tags/1", JSON_TOO_LONG},
        {"{\"text\":\"a\",\"attachments\":[{\"type\":\"a\"},{\"type\":\"a\",\"b\":1}]}", "/attachments/1/b",
            JSON_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *document;
        struct json_problem problem;
        struct report report = {0};
        assert_int_equal(json_read(cases[i].text, strlen(cases[i].text), 1024, &document), JSON_OK);
        assert_false(json_fields_read(document, report_fields, &report, &problem));
        assert_string_equal(problem.pointer, cases[i].pointer);
        assert_int_equal(problem.refusal, cases[i].refusal);
        json_decref(document);
    }
}

static void a_long_member_name_is_cut(void **state) {
    (void)state;
    char text[600];
    memset(text, '/', sizeof text);
    memcpy(text, "{\"text\":\"a\",\"", 13);
    memcpy(text + 590, "\":1}", 5);
    json_t *document;
    struct json_problem problem;
    struct report report = {0};
    assert_int_equal(json_read(text, 594, 1024, &document), JSON_OK);
    assert_false(json_fields_read(document, report_fields, &report, &problem));
    assert_in_range(strlen(problem.pointer), JSON_POINTER_MAX - 4, JSON_POINTER_MAX - 1);
    json_decref(document);
}

static void written_is_what_was_meant(void **state) {
    (void)state;
    struct json_writer writer;
    json_writer_init(&writer, 4096);
    json_write_object(&writer);
    json_member_text(&writer, "text", "a\"b\\c\n\x01/<\x7f");
    json_member_text(&writer, "nothing", NULL);
    json_member_integer(&writer, "least", INT64_MIN);
    json_member_integer(&writer, "most", INT64_MAX);
    json_member_bool(&writer, "yes", true);
    json_member_array(&writer, "list");
    json_write_array(&writer);
    json_write_end(&writer);
    json_write_number(&writer, 0.1);
    json_write_number(&writer, NAN);
    json_write_integer(&writer, 0);
    json_write_object(&writer);
    json_write_end(&writer);
    json_write_end(&writer);
    json_member_object(&writer, "in");
    json_member_bool(&writer, "no", false);
    json_write_end(&writer);
    json_write_key(&writer, "raw");
    json_write_raw(&writer, "[1]", 3);
    json_write_end(&writer);
    size_t size;
    const char *text = json_writer_text(&writer, &size);
    assert_string_equal(text,
        "{\"text\":\"a\\\"b\\\\c\\n\\u0001/<\\u007f\",\"nothing\":null,\"least\":-9223372036854775808,"
        "\"most\":9223372036854775807,\"yes\":true,\"list\":[[],0.1,null,0,{}],\"in\":{\"no\":false},\"raw\":"
        "[1]}");
    assert_int_equal(size, strlen(text));
    assert_int_equal(read_text(text, size), JSON_OK);
    json_writer_free(&writer);
}

static void written_text_is_always_utf8(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *text;
        size_t size;
    } cases[] = {
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", 9},
        {"a\0b", "\"a\\u0000b\"", 3},
        {"\xff", "\"\xEF\xBF\xBD\"", 1},
        {"\xe2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"", 2},
        {"\xc0\xaf", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"", 2},
        {"\xed\xa0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"", 3},
        {"\xf4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"", 4},
        {"", "\"\"", 0},
    };
    struct json_writer writer;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_writer_init(&writer, 100);
        json_write_text_bytes(&writer, cases[i].bytes, cases[i].size);
        assert_string_equal(json_writer_text(&writer, NULL), cases[i].text);
        json_writer_free(&writer);
    }
}

static void numbers_read_back_the_same(void **state) {
    (void)state;
    static const double numbers[] = {
        0, 1, -2.5, 0.1, 1e300, 5e-324, 1.7976931348623157e308, 0.30000000000000004, -7.98};
    struct json_writer writer;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        json_writer_init(&writer, 100);
        json_write_number(&writer, numbers[i]);
        assert_true(strtod(json_writer_text(&writer, NULL), NULL) == numbers[i]);
        json_writer_free(&writer);
    }
}

static void writer_is_bounded(void **state) {
    (void)state;
    struct json_writer writer;
    for (size_t most = 0; most < 20; most++) {
        json_writer_init(&writer, most);
        json_write_text(&writer, "123456789012");
        assert_int_equal(json_writer_text(&writer, NULL) != NULL, most >= 14);
        json_writer_free(&writer);
    }
    json_writer_init(&writer, 10000); /* grows over its first buffer */
    json_write_array(&writer);
    for (int i = 0; i < 1000; i++)
        json_write_integer(&writer, 12345678);
    json_write_end(&writer);
    size_t size;
    assert_non_null(json_writer_text(&writer, &size));
    assert_int_equal(size, 1000 * 9 + 1);
    json_writer_free(&writer);
}

/* As the standard (RFC 8259, 7) asks for, byte by byte. */
static void quoted(const char *text, size_t size, char *out) {
    *out++ = '"';
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\')
            out += sprintf(out, "\\%c", byte);
        else if (byte == '\n')
            out += sprintf(out, "\\n");
        else
            out += sprintf(out, byte < 0x20 || byte == 0x7f ? "\\u%04x" : "%c", byte);
    }
    strcpy(out, "\"");
}

/* Texts are looked at eight bytes at a time, wherever the one stands that may not stay as it is. */
static void every_byte_is_escaped_wherever_it_stands(void **state) {
    (void)state;
    enum { LONGEST = 19 };
    for (size_t size = 1; size <= LONGEST; size++)
        for (size_t at = 0; at < size; at++)
            for (int byte = 0; byte < 0x80; byte++) {
                char text[LONGEST], expected[2 + 6 * LONGEST + 1];
                struct json_writer writer;
                memset(text, at % 2 ? '~' : ' ', size);
                text[at] = (char)byte;
                quoted(text, size, expected);
                json_writer_init(&writer, 4096);
                json_write_text_bytes(&writer, text, size);
                assert_string_equal(json_writer_text(&writer, NULL), expected);
                json_writer_free(&writer);
            }
}

static void literal_keys_are_keys(void **state) {
    (void)state;
    struct json_writer writer;
    json_writer_init(&writer, 4096);
    json_write_object(&writer);
    json_write_literal_key(&writer, "first");
    json_write_array(&writer);
    json_write_end(&writer);
    json_write_literal_key(&writer, "next");
    json_write_bool(&writer, true);
    json_member_integer(&writer, "last", 3);
    json_write_end(&writer);
    assert_string_equal(json_writer_text(&writer, NULL), "{\"first\":[],\"next\":true,\"last\":3}");
    json_writer_free(&writer);
}

static void mistake_value_without_key(struct json_writer *writer) {
    json_write_object(writer);
    json_write_integer(writer, 1);
}
static void mistake_key_in_array(struct json_writer *writer) {
    json_write_array(writer);
    json_write_key(writer, "a");
}
static void mistake_literal_key_in_array(struct json_writer *writer) {
    json_write_array(writer);
    json_write_literal_key(writer, "a");
}
static void mistake_end_after_key(struct json_writer *writer) {
    json_write_object(writer);
    json_write_key(writer, "a");
    json_write_end(writer);
}
static void mistake_end_too_many(struct json_writer *writer) {
    json_write_object(writer);
    json_write_end(writer);
    json_write_end(writer);
}
static void mistake_two_values(struct json_writer *writer) {
    json_write_null(writer);
    json_write_null(writer);
}
static void mistake_incomplete(struct json_writer *writer) {
    json_write_array(writer);
}
static void mistake_nothing(struct json_writer *writer) {
    (void)writer;
}
static void mistake_too_deep(struct json_writer *writer) {
    for (int i = 0; i < 40; i++)
        json_write_array(writer);
    for (int i = 0; i < 40; i++)
        json_write_end(writer);
}

static void mistakes_fail_the_writer(void **state) {
    (void)state;
    static void (*const mistakes[])(struct json_writer *) = {mistake_value_without_key, mistake_key_in_array,
        mistake_literal_key_in_array, mistake_end_after_key, mistake_end_too_many, mistake_two_values,
        mistake_incomplete, mistake_nothing, mistake_too_deep};
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct json_writer writer;
        json_writer_init(&writer, 4096);
        mistakes[i](&writer);
        if (json_writer_text(&writer, NULL))
            fail_msg("mistake %zu was not noticed", i);
        json_writer_free(&writer);
    }
}

static void decimals_are_written_without_printf(void **state) {
    static const struct {
        int64_t value;
        unsigned decimals;
        const char *text;
    } cases[] = {{8393, 4, "[0.8393]"}, {300, 2, "[3]"}, {-250, 2, "[-2.5]"}, {0, 3, "[0]"},
        {7, 3, "[0.007]"}, {-1, 1, "[-0.1]"}, {1000, 3, "[1]"}, {123456, 3, "[123.456]"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_writer writer;
        json_writer_init(&writer, 100);
        json_write_array(&writer);
        json_write_decimal(&writer, cases[i].value, cases[i].decimals);
        json_write_end(&writer);
        assert_string_equal(json_writer_text(&writer, NULL), cases[i].text);
        json_writer_free(&writer);
    }
}

static void out_of_memory_is_a_failure_not_a_crash(void **state) {
    (void)state;
    json_t *document;
    fault_arm(FAULT_MEMORY, 1);
    assert_int_equal(json_read("{}", 2, 10, &document), JSON_NO_MEMORY);
    fault_arm(FAULT_MEMORY, 2); /* the first growth succeeds */
    struct json_writer writer;
    json_writer_init(&writer, 100000);
    json_write_array(&writer);
    for (int i = 0; i < 1000; i++)
        json_write_integer(&writer, i);
    json_write_end(&writer);
    assert_null(json_writer_text(&writer, NULL));
    json_writer_free(&writer);
    fault_disarm();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_it_should),
        cmocka_unit_test(bounds_size_and_number_of_values),
        cmocka_unit_test(every_refusal_has_two_sentences),
        cmocka_unit_test(a_table_fills_a_struct),
        cmocka_unit_test(a_table_reads_the_bytes_themselves),
        cmocka_unit_test(what_is_out_of_the_ordinary_is_left_to_the_tree),
        cmocka_unit_test(a_table_names_the_offending_member),
        cmocka_unit_test(a_long_member_name_is_cut),
        cmocka_unit_test(written_is_what_was_meant),
        cmocka_unit_test(every_byte_is_escaped_wherever_it_stands),
        cmocka_unit_test(literal_keys_are_keys),
        cmocka_unit_test(written_text_is_always_utf8),
        cmocka_unit_test(numbers_read_back_the_same),
        cmocka_unit_test(decimals_are_written_without_printf),
        cmocka_unit_test(writer_is_bounded),
        cmocka_unit_test(mistakes_fail_the_writer),
        cmocka_unit_test(out_of_memory_is_a_failure_not_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
