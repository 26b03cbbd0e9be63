/* Which requests are refused, and how paths, forms, cookies are read. */
#include "common/http_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void headers_that_may_be_read_in_two_ways_are_refused(void **state) {
    (void)state;
    static const struct {
        struct http_header headers[3];
        enum http_refusal refusal;
        bool http_1_0;
    } cases[] = {
        {{{"Host", "a"}, {"Content-Length", "5"}}, HTTP_ALLOWED, false},
        {{{"Host", "a:8080"}, {"Transfer-Encoding", "Chunked"}}, HTTP_ALLOWED, false},
        {{{"Host", "[::1]:80"}, {"X", "tab\tand \xc3\xa9"}}, HTTP_ALLOWED, false},
        {{{"host", "a"}, {"HOST", "a"}}, HTTP_TWO_HOSTS, false},
        {{{"Host", "a, b"}}, HTTP_BAD_HOST, false},
        {{{"Host", "a/b"}}, HTTP_BAD_HOST, false},
        {{{"Host", "me@a"}}, HTTP_BAD_HOST, false},
        {{{"Content-Length", "5"}, {"content-length", "5"}}, HTTP_TWO_LENGTHS, false},
        {{{"Content-Length", "5, 5"}}, HTTP_BAD_LENGTH, false},
        {{{"Content-Length", "+5"}}, HTTP_BAD_LENGTH, false},
        {{{"Content-Length", "-5"}}, HTTP_BAD_LENGTH, false},
        {{{"Content-Length", "0x5"}}, HTTP_BAD_LENGTH, false},
        {{{"Content-Length", ""}}, HTTP_BAD_LENGTH, false},
        {{{"Content-Length", "9999999999999999999"}}, HTTP_BAD_LENGTH, false},
        {{{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}, HTTP_LENGTH_AND_CODING, false},
        {{{"Transfer-Encoding", "chunked"}, {"Content-Length", "5"}}, HTTP_LENGTH_AND_CODING, false},
        {{{"Transfer-Encoding", "gzip, chunked"}}, HTTP_UNKNOWN_CODING, false},
        {{{"Transfer-Encoding", "identity"}}, HTTP_UNKNOWN_CODING, false},
        {{{"Transfer-Encoding", "\"chunked\""}}, HTTP_UNKNOWN_CODING, false},
        {{{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}, HTTP_UNKNOWN_CODING, false},
        {{{"Transfer-Encoding", "chunked"}}, HTTP_UNKNOWN_CODING, true},
        {{{"Content-Length ", "5"}}, HTTP_BAD_HEADER_NAME, false},
        {{{"", "5"}}, HTTP_BAD_HEADER_NAME, false},
        {{{"X(", "5"}}, HTTP_BAD_HEADER_NAME, false},
        {{{"X\xc3\xa9", "5"}}, HTTP_BAD_HEADER_NAME, false},
        {{{"X", "a\rContent-Length: 5"}}, HTTP_CONTROL_CHARACTER, false},
        {{{"X", "a\x01"}}, HTTP_CONTROL_CHARACTER, false},
        {{{"X", "a\x7f"}}, HTTP_CONTROL_CHARACTER, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t count = 0;
        while (count < 3 && cases[i].headers[count].name)
            count++;
        enum http_refusal refusal = http_rules_headers(cases[i].headers, count, cases[i].http_1_0);
        if (refusal != cases[i].refusal)
            fail_msg("case %zu: %s", i, http_refusal_problem(refusal).detail_en);
    }
}

static void methods_are_capitals(void **state) {
    (void)state;
    assert_int_equal(http_rules_method("GET"), HTTP_ALLOWED);
    assert_int_equal(http_rules_method("PROPPATCH"), HTTP_ALLOWED);
    assert_int_equal(http_rules_method("get"), HTTP_BAD_METHOD);
    assert_int_equal(http_rules_method(""), HTTP_BAD_METHOD);
    assert_int_equal(http_rules_method("GET\t"), HTTP_BAD_METHOD);
    assert_int_equal(http_rules_method("ABCDEFGHIJKLMNOPQ"), HTTP_BAD_METHOD);
}

static void targets_are_split_and_decoded(void **state) {
    (void)state;
    static const struct {
        const char *target;
        enum http_refusal refusal;
        const char *path, *query;
    } cases[] = {
        {"/", HTTP_ALLOWED, "/", ""},
        {"/v1/reports?x=%20+", HTTP_ALLOWED, "/v1/reports", "x=%20+"},
        {"/a%20b%C3%A9", HTTP_ALLOWED, "/a b\xc3\xa9", ""},
        {"/%72eports?", HTTP_ALLOWED, "/reports", ""},
        {"/a?b?c", HTTP_ALLOWED, "/a", "b?c"},
        {"/a%3Fb", HTTP_ALLOWED, "/a?b", ""},
        {"/...", HTTP_ALLOWED, "/...", ""},
        {"", HTTP_BAD_TARGET, NULL, NULL},
        {"*", HTTP_BAD_TARGET, NULL, NULL},
        {"http://a/b", HTTP_BAD_TARGET, NULL, NULL},
        {"/a%2", HTTP_BAD_PERCENT, NULL, NULL},
        {"/a%", HTTP_BAD_PERCENT, NULL, NULL},
        {"/a%zz", HTTP_BAD_PERCENT, NULL, NULL},
        {"/?a=%0", HTTP_BAD_PERCENT, NULL, NULL},
        {"/?a=100%", HTTP_BAD_PERCENT, NULL, NULL},
        {"/a%00", HTTP_CONTROL_CHARACTER, NULL, NULL},
        {"/a%0d%0aX", HTTP_CONTROL_CHARACTER, NULL, NULL},
        {"/a\x01", HTTP_CONTROL_CHARACTER, NULL, NULL},
        {"/?\x7f", HTTP_CONTROL_CHARACTER, NULL, NULL},
        {"/a/../b", HTTP_BAD_PATH, NULL, NULL},
        {"/a/%2e%2E/b", HTTP_BAD_PATH, NULL, NULL},
        {"/a/.", HTTP_BAD_PATH, NULL, NULL},
        {"/a%2Fb", HTTP_BAD_PATH, NULL, NULL},
        {"/a%5cb", HTTP_BAD_PATH, NULL, NULL},
        {"/a\\b", HTTP_BAD_PATH, NULL, NULL},
        {"/%ff", HTTP_BAD_PATH, NULL, NULL},
        {"/%c0%af", HTTP_BAD_PATH, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char target[100], *path, *query;
        strcpy(target, cases[i].target);
        enum http_refusal refusal = http_rules_target(target, &path, &query);
        if (refusal != cases[i].refusal)
            fail_msg("%s: %s", cases[i].target, http_refusal_problem(refusal).detail_en);
        if (refusal == HTTP_ALLOWED) {
            assert_string_equal(path, cases[i].path);
            assert_string_equal(query, cases[i].query);
        }
    }
}

static void refusals_are_problems(void **state) {
    (void)state;
    for (int i = HTTP_BAD_METHOD; i <= HTTP_TOO_MANY_HEADERS; i++) {
        struct problem problem = http_refusal_problem((enum http_refusal)i);
        assert_int_equal(problem.status, i == HTTP_TOO_MANY_HEADERS ? 431 : 400);
        assert_non_null(problem.detail_id);
        assert_non_null(problem.detail_en);
    }
}

static void paths_match_patterns(void **state) {
    (void)state;
    char parts[2][64];
    char longest[100];
    memset(longest, 'x', sizeof longest);
    assert_true(http_path_matches("/v1/hooks/telegram/bot1", "/v1/hooks/telegram/*", parts, 2));
    assert_string_equal(parts[0], "bot1");
    assert_true(http_path_matches("/a/1/b/2", "/a/*/b/*", parts, 2));
    assert_string_equal(parts[1], "2");
    assert_true(http_path_matches("/a", "/a", NULL, 0));
    assert_false(http_path_matches("/a/", "/a", NULL, 0));
    assert_false(http_path_matches("/a", "/a/", NULL, 0));
    assert_false(http_path_matches("/a//b", "/a/*/b", parts, 2));
    assert_false(http_path_matches("/a/1/2", "/a/*", parts, 2));
    assert_false(http_path_matches("/a/1", "/a/*", parts, 0));
    memcpy(longest, "/a/", 4);
    memset(longest + 3, 'x', 63);
    longest[66] = 0;
    assert_true(http_path_matches(longest, "/a/*", parts, 2));
    longest[66] = 'x', longest[67] = 0;
    assert_false(http_path_matches(longest, "/a/*", parts, 2));
}

static void forms_are_decoded(void **state) {
    (void)state;
    const char *form = "a=1&b=x+y%26z&c&&d=%00&e=100%&%66=g&a=2";
    static const struct {
        const char *name, *value;
    } cases[] = {{"a", "1"}, {"b", "x y&z"}, {"c", ""}, {"d", "\xEF\xBF\xBD"}, {"e", "100%"}, {"f", "g"}};
    char value[10];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(http_form_find(form, strlen(form), cases[i].name, value, sizeof value));
        assert_string_equal(value, cases[i].value);
    }
    assert_false(http_form_find(form, strlen(form), "x", value, sizeof value));
    assert_false(http_form_find("", 0, "x", value, sizeof value));
    assert_true(http_form_find("a=12345", 7, "a", value, 6));
    assert_false(http_form_find("a=12345", 7, "a", value, 5));
    char text[] = "a=1&b=x+y%26z&c&&d=%00\0e&e=100%&%66=g&a=2";
    struct http_pair pairs[7];
    assert_int_equal(http_form_read(text, sizeof text - 1, pairs, 7), 7);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(pairs[i].name, cases[i].name);
        assert_string_equal(pairs[i].value, cases[i].value);
    }
    assert_string_equal(pairs[3].value, "\xEF\xBF\xBD e");
    assert_string_equal(pairs[5].name, "f");
    assert_string_equal(pairs[6].value, "2");
    char again[] = "a=1&b=2";
    assert_int_equal(http_form_read(again, sizeof again - 1, pairs, 1), 2);
}

static void cookies_and_tokens_are_found(void **state) {
    (void)state;
    char value[8];
    assert_true(http_cookie_find("a=1; __Host-s=abc; b=2", "__Host-s", value, sizeof value));
    assert_string_equal(value, "abc");
    assert_true(http_cookie_find("s=", "s", value, sizeof value));
    assert_string_equal(value, "");
    assert_false(http_cookie_find("xs=1", "s", value, sizeof value));
    assert_false(http_cookie_find("s", "s", value, sizeof value));
    assert_false(http_cookie_find("s=1; s=2", "s", value, sizeof value));
    assert_false(http_cookie_find("s=12345678", "s", value, sizeof value));
    assert_false(http_cookie_find(NULL, "s", value, sizeof value));
    assert_string_equal(http_bearer_token("bearer  xyz"), "xyz");
    assert_null(http_bearer_token("Basic xyz"));
    assert_null(http_bearer_token("Bearer "));
    assert_null(http_bearer_token(NULL));
}

static void addresses_of_mail_are_one_word(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } cases[] = {{"a@b", true}, {"piket+1@dinsos.example", true}, {"", false}, {"a", false}, {"@b", false},
        {"a@", false}, {"a@b@c", false}, {"a b@c", false}, {"a@b\r\nBcc: c@d", false}, {"a@b,c@d", false},
        {"<a@b>", false}, {"a@b;c", false}, {"\"a\"@b", false}, {"\xc3\xa4@b", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (http_mail_address_good(cases[i].text) != cases[i].good)
            fail_msg("\"%s\"", cases[i].text);
    char longest[256];
    memset(longest, 'a', sizeof longest);
    longest[1] = '@';
    longest[254] = 0;
    assert_true(http_mail_address_good(longest));
    longest[254] = 'a';
    longest[255] = 0;
    assert_false(http_mail_address_good(longest));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_that_may_be_read_in_two_ways_are_refused),
        cmocka_unit_test(methods_are_capitals),
        cmocka_unit_test(targets_are_split_and_decoded),
        cmocka_unit_test(refusals_are_problems),
        cmocka_unit_test(paths_match_patterns),
        cmocka_unit_test(forms_are_decoded),
        cmocka_unit_test(cookies_and_tokens_are_found),
        cmocka_unit_test(addresses_of_mail_are_one_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
