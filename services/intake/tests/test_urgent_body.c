/* What of a body is looked at before anybody reads it. */
#include "services/intake/urgent_body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define DANGER "suami saya bawa pisau, mau bunuh anak"

static struct danger *danger;

static int load(void **state) {
    struct error error = {0};
    (void)state;
    danger = danger_load(SIGAP_SOURCE_DIR "/deploy/sites/jatim", &error);
    return danger ? 0 : -1;
}

static int unload(void **state) {
    (void)state;
    danger_free(&danger);
    return 0;
}

static void finds_what_people_write(void **state) {
    static const struct {
        const char *body;
        bool urgent;
    } cases[] = {
        {"{\"text\":\"" DANGER "\"}", true},
        {"{\"text\" \n:\t\"" DANGER "\"}", true},
        {"[{\"a\":1},{\"message\":{\"caption\":\"" DANGER "\",\"date\":1}}]", true},
        {"{\"text\":[{\"type\":\"bold\",\"text\":\"ya\"},\"" DANGER "\"]}", true},
        {"{\"text\":\"ia berkata \\\"mau\\nbunuh\\tanak\\\" tadi, bawa pisau\"}", true},
        {"{\"text\":\"suami bawa p\\u0069sau, mau b\\u00fan\\u0075h anak\"}", true},
        {"{\"text\":\"\\ud83d\\ude2dbunuh\\u0000anak\\u200bbawa pisau\"}", true},
        {"{\"response_json\":\"{\\\"isi\\\":\\\"suami\\\\nbawa pisau\\\\nmau\\\\nbunuh\\\\nanak\\\"}\"}",
            true},
        {"{\"message\":{\"poll\":{\"id\":\"1\",\"question\":\"" DANGER "\"}}}", true},
        {"{\"message\":{\"venue\":{\"location\":{\"latitude\":1},\"address\":\"" DANGER "\"}}}", true},
        {"{\"message\":{\"contact\":{\"first_name\":\"info bansos\",\"last_name\":\"" DANGER "\"}}}", true},
        {"{\"contacts\":[{\"name\":{\"formatted_name\":\"" DANGER "\"}}]}", true},
        {"{\"postback\":{\"payload\":\"" DANGER "\"}}", true},
        /* not what people write */
        {"{\"from\":{\"first_name\":\"" DANGER "\"},\"contact\":{\"first_name\":\"info bansos\"}}", false},
        {"{\"contact\":{\"a\":[{}]},\"from\":{\"first_name\":\"" DANGER "\"}}", false},
        {"{\"contact\":1,\"from\":{\"first_name\":\"" DANGER "\"}}", false},
        {"{\"reporter\":{\"address\":\"" DANGER "\"}}", false},
        {"{\"attachments\":[{\"payload\":{\"url\":\"" DANGER "\"}}]}", false},
        {"{\"text\":\"info bansos\",\"name\":\"" DANGER "\"}", false},
        {"{\"name\":\"text\",\"id\":\"" DANGER "\"}", false},
        {"{\"text\":1,\"name\":\"" DANGER "\"}", false},
        {"{\"text\":\"info bansos\"}", false},
        {"{\"text\":\"info \\\"bansos\\\\\"}", false},
        /* no JSON: all of it */
        {DANGER, true},
        {"text=suami+bawa+pisau%2C+mau+bunuh%0aanak", true},
        {"text=info+bansos%2", false},
        {"{\"name\":\"" DANGER "\"", true},
        {"{\"name\":\"" DANGER, true},
        {"{\"name\":\"a\"}}, " DANGER, true},
        {"{'name': '" DANGER "'}", true},
        {"{name: " DANGER "}", true},
        {"[\"" DANGER "\\", true},
        {"", false},
        {"{", false},
        {"{\"", false},
        {"{\"text\":\"\\", true}, /* a word that no list knows */
        {"{\"text\":\"\\u12\"}", true},
        {"%", false},
        {"\\", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (urgent_body(danger, cases[i].body, strlen(cases[i].body)) != cases[i].urgent)
            fail_msg("%s", cases[i].body);
}

/* Wherever it stands in a long text, across the pieces in which it is read. */
static void finds_it_anywhere(void **state) {
    enum { BODY = 40 * 1024, STEP = 97 };
    static const char head[] = "{\"text\":\"", foot[] = "\"}";
    char *body = malloc(BODY);
    assert_non_null(body);
    (void)state;
    for (size_t at = sizeof head - 1; at + sizeof DANGER + sizeof foot < BODY; at += STEP) {
        memset(body, ' ', BODY);
        memcpy(body, head, sizeof head - 1);
        memcpy(body + at, DANGER, sizeof DANGER - 1);
        memcpy(body + BODY - (sizeof foot - 1), foot, sizeof foot - 1);
        if (!urgent_body(danger, body, BODY))
            fail_msg("not seen at %zu", at);
    }
    free(body);
}

/* Whatever parts its words: XML without a blank, a long address. */
static void finds_it_where_there_is_no_blank(void **state) {
    enum { WORD = 12, BODY = 800 * WORD, FROM = 8 * 1024 };
    static const char calm[] = "info/bansos/", words[] = "bawa/pisau//";
    char *body = malloc(BODY);
    assert_non_null(body);
    (void)state;
    for (size_t at = FROM; at + WORD <= BODY; at++) {
        memset(body, '/', BODY);
        for (size_t i = at % WORD; i + WORD <= BODY; i += WORD)
            memcpy(body + i, i == at ? words : calm, WORD);
        if (!urgent_body(danger, body, BODY))
            fail_msg("not seen at %zu", at);
        memcpy(body + at, calm, WORD);
        assert_false(urgent_body(danger, body, BODY));
    }
    free(body);
}

/* Cut anywhere, it is no JSON any more: then all of it counts, and nothing behind the end is read. */
static void half_a_body_is_looked_at_whole(void **state) {
    static const char whole[] = "{\"name\":\"" DANGER "\",\"text\":\"\\u0061\\\\\\n%41 info\",\"n\":[1,{}]}";
    (void)state;
    assert_false(urgent_body(danger, whole, sizeof whole - 1));
    for (size_t size = 0; size < sizeof whole - 1; size++) {
        char *part = malloc(size ? size : 1);
        assert_non_null(part);
        memcpy(part, whole, size);
        bool urgent = urgent_body(danger, part, size);
        free(part);
        assert_int_equal(urgent || size < sizeof "{\"name\":\"" DANGER - 1, true);
    }
}

/* 3 MB that are all escapes take no longer than 3 MB of anything else. */
static void hostile_escapes_cost_what_they_weigh(void **state) {
    enum { BODY = 3 << 20 };
    static const char *const pairs[] = {"\\\\", "\\\"", "\\n"};
    char *body = malloc(BODY);
    assert_non_null(body);
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        for (size_t at = 0; at < BODY; at += 2)
            memcpy(body + at, pairs[i], 2);
        memcpy(body, "{\"", 2);
        clock_t before = clock();
        urgent_body(danger, body, BODY);
        assert_true(clock() - before < 5 * CLOCKS_PER_SEC);
    }
    free(body);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_people_write),
        cmocka_unit_test(finds_it_anywhere),
        cmocka_unit_test(finds_it_where_there_is_no_blank),
        cmocka_unit_test(half_a_body_is_looked_at_whole),
        cmocka_unit_test(hostile_escapes_cost_what_they_weigh),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
