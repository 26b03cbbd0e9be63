/* A line of the log is text, whatever stands in what it tells: a damaged file's words come from the file. */
#include "common/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What log_line writes, without its head. */
static const char *written(const char *value) {
    static char line[2048];
    int ends[2], kept = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    log_line(LOG_WARN, "test", "reason=%s", log_value(value));
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    ssize_t size = read(ends[0], line, sizeof line - 1);
    close(ends[0]);
    assert_true(size > 0);
    line[size] = 0;
    const char *reason = strstr(line, "reason=");
    assert_non_null(reason);
    return reason;
}

static void test_values_are_quoted(void **state) {
    (void)state;
    assert_string_equal(written("a \"b\" \\ c\nd\x7f"), "reason=\"a \\\"b\\\" \\\\ c?d?\"\n");
    assert_string_equal(written("è âḍâ 😊"), "reason=\"è âḍâ 😊\"\n");
}

static void test_bytes_that_are_no_text(void **state) {
    (void)state;
    assert_string_equal(written("page \xff\xfe 3\xc3"), "reason=\"page ?? 3?\"\n");
    assert_string_equal(written("\xed\xa0\x80|\xc0\xaf|\xf5\x80\x80\x80"), "reason=\"???|??|????\"\n");
    assert_string_equal(written("\xe2\x82 half"), "reason=\"?? half\"\n");
}

/* Cut where there is no more room, never within a letter. */
static void test_cut_between_letters(void **state) {
    (void)state;
    char many[600] = "x";
    for (size_t i = 0; i < 290; i++)
        memcpy(many + 1 + 2 * i, "è", 3);
    for (size_t from = 0; from < 2; from++) { /* with and without the x before */
        const char *line = written(many + from);
        assert_null(strchr(line, '?'));
        assert_non_null(strstr(line, "è\"\n"));
    }
}

/* A value is made of a report's bytes, tens of thousands of times a second: not for a line that nobody wants.
 */
static void test_unwanted_lines_cost_nothing(void **state) {
    unsigned made = 0;
    (void)state;
    log_line(LOG_DEBUG, "test", "made=%u", ++made);
    assert_int_equal(made, 0);
    log_set_level(LOG_DEBUG);
    log_line(LOG_DEBUG, "test", "made=%u", ++made);
    assert_int_equal(made, 1);
    log_set_level(LOG_INFO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unwanted_lines_cost_nothing),
        cmocka_unit_test(test_values_are_quoted),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_cut_between_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
