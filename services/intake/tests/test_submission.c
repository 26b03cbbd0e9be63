/* Instants as senders write them. */
#include "services/intake/submission.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void reads_instants(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t at_ms; /* -1: refused */
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-03-02T10:00:00+07:00", INT64_C(1772420400000)},
        {"2026-03-02T03:00:00Z", INT64_C(1772420400000)},
        {"2026-03-02T10:00:00", INT64_C(1772420400000)}, /* local: WIB here */
        {"2026-03-02 10:00", INT64_C(1772420400000)},
        {"2026-03-02T10:00:00.250+0700", INT64_C(1772420400250)},
        {"2026-03-02T10:00:00,5+07", INT64_C(1772420400500)},
        {"2026-03-01T22:00:00-05:00", INT64_C(1772420400000)},
        {"2026-03-02", INT64_C(1772384400000)},
        {"2024-02-29T00:00:00Z", INT64_C(1709164800000)},
        {"2000-02-29T00:00:00Z", INT64_C(951782400000)},
        {"2100-02-29T00:00:00Z", -1},
        {"2026-02-29", -1},
        {"2026-13-01", -1},
        {"2026-00-01", -1},
        {"2026-04-31", -1},
        {"2026-3-2", -1},
        {"2026-03-02T24:00:00Z", -1},
        {"2026-03-02T10:60:00Z", -1},
        {"2026-03-02T10", -1},
        {"2026-03-02T10:00:00+15:00", -1},
        {"2026-03-02T10:00:00+07:0", -1},
        {"2026-03-02T10:00:00Zx", -1},
        {"2026-03-02T", -1},
        {"1969-12-31", -1},
        {"02/03/2026", -1},
        {"", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t at_ms = -1;
        bool read = intake_instant_parse(cases[i].text, 7, &at_ms);
        if (read != (cases[i].at_ms >= 0) || (read && at_ms != cases[i].at_ms))
            fail_msg("\"%s\": %d %lld", cases[i].text, read, (long long)at_ms);
    }
    assert_int_equal(intake_instant_from_number(1772420400), INT64_C(1772420400000));
    assert_int_equal(intake_instant_from_number(INT64_C(1772420400000)), INT64_C(1772420400000));
    assert_int_equal(intake_instant_from_number(0), 0);
}

static enum submission_fault check(const char *text, size_t size) {
    struct submission submission = {.source = "a", .channel = "a", .text = text, .text_size = size};
    return intake_submission_check(&submission, 0);
}

static void refuses_bytes_that_are_no_text(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        enum submission_fault fault;
    } cases[] = {
        {"Tolong", 6, SUBMISSION_SOUND},
        {"s\xc3\xa8", 3, SUBMISSION_SOUND},
        {"\xf0\x9f\x98\x82 eight and more bytes", 25, SUBMISSION_SOUND},
        {"twelve bytes\xe2\x82\xac", 15, SUBMISSION_SOUND},
        {"a\0b", 3, SUBMISSION_TEXT_BYTES},
        {"eight b\0tes", 11, SUBMISSION_TEXT_BYTES},
        {"eight bytes and\0then", 20, SUBMISSION_TEXT_BYTES},
        {"\xc0\xaf", 2, SUBMISSION_TEXT_BYTES},
        {"\xe0\x80\xaf", 3, SUBMISSION_TEXT_BYTES},
        {"\xed\xa0\x80", 3, SUBMISSION_TEXT_BYTES},
        {"\xf4\x90\x80\x80", 4, SUBMISSION_TEXT_BYTES},
        {"eight by\xe2\x82", 10, SUBMISSION_TEXT_BYTES},
        {"\x80", 1, SUBMISSION_TEXT_BYTES},
        {"", 0, SUBMISSION_TEXT_EMPTY},
        {" \r\n", 3, SUBMISSION_TEXT_EMPTY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (check(cases[i].text, cases[i].size) != cases[i].fault)
            fail_msg("case %zu: %d", i, check(cases[i].text, cases[i].size));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_instants),
        cmocka_unit_test(refuses_bytes_that_are_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
