/* Problem details are JSON with the members of RFC 9457, in both languages. */
#include "common/problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void expect(const struct problem *problem, const char *text) {
    struct json_writer writer;
    json_writer_init(&writer, PROBLEM_MAX);
    problem_write(&writer, problem);
    assert_string_equal(json_writer_text(&writer, NULL), text);
    json_writer_free(&writer);
}

static void writes_both_languages(void **state) {
    (void)state;
    expect(
        &(struct problem){401, "unknown-token", "Token tidak dikenal", "Unknown token", NULL, NULL, NULL, 0},
        "{\"type\":\"urn:sigap:problem:unknown-token\",\"title\":\"Token tidak dikenal / Unknown "
        "token\",\"status\":401}");
    expect(&(struct problem){422, "x", "A", NULL, NULL, "only English \"quoted\"", "/a/0", 7},
        "{\"type\":\"urn:sigap:problem:x\",\"title\":\"A\",\"status\":422,\"detail\":\"only English "
        "\\\"quoted\\\"\","
        "\"pointer\":\"/a/0\",\"retry_after\":7}");
}

static void json_refusals_become_problems(void **state) {
    (void)state;
    struct json_problem where = {JSON_UNKNOWN, "/urgnet"};
    struct problem problem = problem_from_json(JSON_DUPLICATE_KEY, NULL);
    assert_int_equal(problem.status, 400);
    assert_string_equal(problem.detail_en, json_refusal_en(JSON_DUPLICATE_KEY));
    assert_null(problem.pointer);
    problem = problem_from_json(where.refusal, &where);
    assert_int_equal(problem.status, 422);
    assert_string_equal(problem.pointer, "/urgnet");
    assert_int_equal(problem_from_json(JSON_TOO_LARGE, NULL).status, 413);
    problem = problem_from_json(JSON_NO_MEMORY, NULL);
    assert_int_equal(problem.status, 503);
    assert_true(problem.retry_after_s > 0);
}

static void common_problems_are_complete(void **state) {
    (void)state;
    const struct problem *const all[] = {&problem_bad_request, &problem_unauthorized, &problem_forbidden,
        &problem_not_found, &problem_method_not_allowed, &problem_conflict, &problem_too_large,
        &problem_unsupported_type, &problem_overloaded, &problem_internal};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_in_range(all[i]->status, 400, 599);
        assert_true(all[i]->type && all[i]->title_id && all[i]->title_en);
        struct json_writer writer;
        json_writer_init(&writer, PROBLEM_MAX);
        problem_write(&writer, all[i]);
        assert_non_null(json_writer_text(&writer, NULL));
        json_writer_free(&writer);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_both_languages),
        cmocka_unit_test(json_refusals_become_problems),
        cmocka_unit_test(common_problems_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
