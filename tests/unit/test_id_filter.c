/* An id that has a row is never excluded; nearly all others are. */
#include "common/id_filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { START = 1790000000, MANY = 3 * ID_FILTER_IDS };

static struct id_filter filter;

static int begin(void **state) {
    (void)state;
    memset(&filter, 0, sizeof filter);
    return 0;
}

static struct id made_at(int64_t at_ms, uint32_t number) {
    uint8_t tail[10] = {0};
    number *= 2654435761u; /* as if by chance */
    memcpy(tail + 2, &number, sizeof number);
    return id_make(at_ms, tail);
}

static void nothing_is_excluded_before_the_start(void **state) {
    (void)state;
    struct id id = made_at(START, 1);
    assert_false(id_filter_excludes(&filter, &id));
}

static void what_is_as_old_as_the_table_may_be_there(void **state) {
    (void)state;
    struct id newest = made_at(START, 1), same = made_at(START, 2), older = made_at(START - 1, 3),
              newer = made_at(START + 1, 4);
    id_filter_begin(&filter, &newest);
    assert_false(id_filter_excludes(&filter, &newest));
    assert_false(id_filter_excludes(&filter, &same));
    assert_false(id_filter_excludes(&filter, &older));
    assert_true(id_filter_excludes(&filter, &newer));
}

static void what_was_written_may_be_there_with_all_that_shares_its_beginning(void **state) {
    (void)state;
    struct id id = made_at(START, 1), other = made_at(START, 2);
    id_filter_begin(&filter, &(struct id){{0}});
    assert_true(id_filter_excludes(&filter, &id));
    id_filter_add(&filter, &id);
    assert_false(id_filter_excludes(&filter, &id));
    id.bytes[12] = 1;
    assert_false(id_filter_excludes(&filter, &id));
    assert_true(id_filter_excludes(&filter, &other));
}

/* Ten a millisecond, often enough to be forgotten twice; some are made late, as if they had waited. */
static void none_is_ever_excluded_that_was_written(void **state) {
    (void)state;
    unsigned excluded = 0;
    id_filter_begin(&filter, &(struct id){{0}});
    for (uint32_t i = 0; i < MANY; i++) {
        struct id id = made_at(START + i / 10 - i % 7, 2 * i), never = made_at(START + i / 10, 2 * i + 1);
        excluded += id_filter_excludes(&filter, &never);
        id_filter_add(&filter, &id);
    }
    assert_in_range(excluded, MANY / 10 * 9, MANY);
    for (uint32_t i = 0; i < MANY; i++) {
        struct id id = made_at(START + i / 10 - i % 7, 2 * i);
        assert_false(id_filter_excludes(&filter, &id));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_is_excluded_before_the_start, begin),
        cmocka_unit_test_setup(what_is_as_old_as_the_table_may_be_there, begin),
        cmocka_unit_test_setup(what_was_written_may_be_there_with_all_that_shares_its_beginning, begin),
        cmocka_unit_test_setup(none_is_ever_excluded_that_was_written, begin),
    };
    return cmocka_run_group_tests_name("id_filter", tests, NULL, NULL);
}
