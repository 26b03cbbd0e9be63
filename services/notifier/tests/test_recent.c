/* What is remembered of alerts (recent.h): all of an incident or nothing. */
#include "services/notifier/recent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct recent *recent;

static int begin(void **state) {
    (void)state;
    recent = recent_new();
    return recent ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    recent_free(&recent);
    return 0;
}

static struct id incident(unsigned number) {
    struct id id = id_make(1790000000000, (const uint8_t[10]){9, 9, 9, 9, 9, 9});
    memcpy(id.bytes + 8, &number, sizeof number);
    return alert_number_id(&id, 0);
}

static void keep(const struct id *of, unsigned number, const char *body, bool is_new) {
    struct alert_row row = {.number = number,
        .id = alert_number_id(of, number),
        .area = "35.07",
        .body = body,
        .body_size = strlen(body)};
    recent_keep(recent, &row, is_new);
}

static unsigned find(const struct id *of, const struct alert_row *rows[RECENT_ALERTS]) {
    return recent_find(recent, of, rows);
}

static bool says(const struct alert_row *row, const char *body) {
    return row->body_size == strlen(body) && memcmp(row->body, body, row->body_size) == 0;
}

static void an_incident_is_known_from_its_first_alert_on(void **state) {
    (void)state;
    const struct alert_row *rows[RECENT_ALERTS];
    struct id one = incident(1), other = incident(2);
    assert_int_equal(find(&one, rows), 0);
    keep(&one, 0, "first", true);
    keep(&one, 1, "second", true);
    keep(&one, 0, "first, changed", false);
    assert_int_equal(find(&one, rows), 2);
    assert_true(says(rows[0], "first, changed"));
    assert_true(says(rows[1], "second"));
    assert_string_equal(rows[0]->area, "35.07");
    assert_int_equal(rows[1]->number, 1);
    /* Whatever else there is of the other one is not here: neither is what has come now. */
    keep(&other, 1, "second", true);
    keep(&other, 0, "first, changed", false);
    assert_int_equal(find(&other, rows), 0);
}

static void what_was_dropped_is_asked_of_the_store(void **state) {
    (void)state;
    const struct alert_row *rows[RECENT_ALERTS];
    struct id one = incident(1), other = incident(2), second = alert_number_id(&one, 1);
    keep(&one, 0, "first", true);
    keep(&other, 0, "first", true);
    recent_drop(recent, &second);
    assert_int_equal(find(&one, rows), 0);
    assert_int_equal(find(&other, rows), 1);
    keep(&one, 1, "second", true); /* what came before it is not here */
    keep(&one, 0, "first, changed", false);
    assert_int_equal(find(&one, rows), 0);
}

static void room_is_used_again(void **state) {
    (void)state;
    static char body[RECENT_BODY_MAX];
    const struct alert_row *rows[RECENT_ALERTS];
    memset(body, 'z', sizeof body - 1);
    for (unsigned i = 0; i < 3 * RECENT_BYTES / RECENT_BODY_MAX; i++) {
        struct id each = incident(i % 3 * RECENT_INCIDENTS);
        keep(&each, 0, i % 2 ? body : "short", true);
        assert_int_equal(find(&each, rows), 1);
        assert_true(says(rows[0], i % 2 ? body : "short"));
    }
}

static void nobody_is_known_in_part(void **state) {
    (void)state;
    const struct alert_row *rows[RECENT_ALERTS];
    static char body[RECENT_BODY_MAX + 2];
    struct id one = incident(1), other = incident(3);
    for (unsigned i = 0; i <= RECENT_ALERTS; i++)
        keep(&one, i, "x", true);
    assert_int_equal(find(&one, rows), 0);
    keep(&one, RECENT_ALERTS + 1, "x", true);
    assert_int_equal(find(&one, rows), 0);
    memset(body, 'z', RECENT_BODY_MAX + 1);
    keep(&other, 0, "short", true);
    keep(&other, 0, body, false);
    assert_int_equal(find(&other, rows), 0);
    keep(&one, 0, "x", true);
    recent_forget(recent);
    assert_int_equal(find(&one, rows), 0);
}

/* At one place, where all would be if chance were against them. */
static void the_oldest_goes_first(void **state) {
    (void)state;
    enum { ALL = 40 };
    const struct alert_row *rows[RECENT_ALERTS];
    unsigned known = 0;
    for (unsigned i = 0; i < ALL; i++) {
        struct id each = incident(1 + i * RECENT_INCIDENTS);
        keep(&each, 0, "x", true);
    }
    for (unsigned i = 0; i < ALL; i++) {
        struct id each = incident(1 + i * RECENT_INCIDENTS);
        unsigned found = find(&each, rows);
        assert_true(found >= known); /* from one on, all that came later */
        known = found;
    }
    assert_int_equal(known, 1);
    struct id first = incident(1), before_last = incident(1 + (ALL - 2) * RECENT_INCIDENTS);
    assert_int_equal(find(&first, rows), 0);
    assert_int_equal(find(&before_last, rows), 1);
}

static void there_is_a_bound(void **state) {
    (void)state;
    static char body[RECENT_BODY_MAX + 1];
    const struct alert_row *rows[RECENT_ALERTS];
    unsigned known = 0, all = RECENT_BYTES / RECENT_BODY_MAX + 10;
    memset(body, 'z', RECENT_BODY_MAX);
    for (unsigned i = 0; i < all; i++) {
        struct id each = incident(i);
        keep(&each, 0, body, true);
    }
    for (unsigned i = 0; i < all; i++) {
        struct id each = incident(i);
        known += find(&each, rows);
    }
    assert_in_range(known, 1, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_incident_is_known_from_its_first_alert_on, begin, end),
        cmocka_unit_test_setup_teardown(what_was_dropped_is_asked_of_the_store, begin, end),
        cmocka_unit_test_setup_teardown(room_is_used_again, begin, end),
        cmocka_unit_test_setup_teardown(nobody_is_known_in_part, begin, end),
        cmocka_unit_test_setup_teardown(the_oldest_goes_first, begin, end),
        cmocka_unit_test_setup_teardown(there_is_a_bound, begin, end),
    };
    return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
