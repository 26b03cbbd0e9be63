/* When something is due on an offer: for each state and priority, mark by mark. */
#include "services/router/timers.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SITE SIGAP_SOURCE_DIR "/deploy/sites/jatim"
#define NOW INT64_C(1772420400000) /* Monday 2 March 2026, 10:00 WIB */
#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static struct timers timers;
static struct calendar *calendar;
static struct site_kinds *kinds;
static struct arena *arena;

static int set_up(void **state) {
    (void)state;
    struct error error = {""};
    arena = arena_new(1 << 20);
    kinds = site_kinds_load(SITE, &error);
    calendar = calendar_load(SITE, &error);
    if (!kinds || !calendar || !timers_load(SITE, kinds, arena, &timers, &error))
        fail_msg("%s", error.text);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    site_kinds_free(&kinds);
    calendar_free(&calendar);
    arena_free(&arena);
    return 0;
}

struct due {
    enum offer_mark mark;
    int64_t after;
};

static void walk(const char *kind, int priority, struct offer_clock clock, const struct due *wanted) {
    const struct offer_times *times = timers_find(&timers, rules_kind(kinds, kind), priority);
    clock.sent_at = clock.start_from = clock.since = NOW;
    clock.answer_by = timers_due(calendar, NOW, times->answered, 100);
    for (;; wanted++) {
        int64_t due_at = 0;
        enum offer_mark mark = offer_mark_next(&timers, calendar, times, &clock, &due_at);
        if (mark != wanted->mark || (mark != MARK_NONE && due_at - NOW != wanted->after))
            fail_msg("%s P%d %s: mark %d after %lld min instead of mark %d after %lld min", kind, priority,
                offer_state_word(clock.standing.state), mark, (long long)(due_at - NOW) / MINUTE,
                wanted->mark, (long long)wanted->after / MINUTE);
        if (mark == MARK_NONE)
            return;
        clock.done |= 1U << mark;
    }
}

static void an_offer_waits_for_its_answer(void **state) {
    (void)state;
    static const struct {
        int priority;
        struct due due[4];
    } cases[] = {
        {0, {{MARK_UNDELIVERED, MINUTE}, {MARK_WARN, 15 * MINUTE / 2}, {MARK_EXPIRE, 15 * MINUTE},
                {MARK_NONE, 0}}},
        {1, {{MARK_UNDELIVERED, 5 * MINUTE}, {MARK_WARN, 30 * MINUTE}, {MARK_EXPIRE, HOUR}, {MARK_NONE, 0}}},
        {2, {{MARK_UNDELIVERED, 15 * MINUTE}, {MARK_WARN, 90 * MINUTE}, {MARK_EXPIRE, 3 * HOUR},
                {MARK_NONE, 0}}},
        {3, {{MARK_UNDELIVERED, 4 * HOUR}, {MARK_WARN, 12 * HOUR}, {MARK_EXPIRE, DAY}, {MARK_NONE, 0}}},
        {4, {{MARK_UNDELIVERED, 4 * HOUR}, {MARK_WARN, 12 * HOUR}, {MARK_EXPIRE, DAY}, {MARK_NONE, 0}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        walk("kdrt", cases[i].priority, (struct offer_clock){.standing = {OFFER_REQUESTED, false}},
            cases[i].due);
        walk("kdrt", cases[i].priority, (struct offer_clock){.standing = {OFFER_RECEIVED, false}},
            cases[i].due + 1);
    }
}

static void an_accepted_case_has_to_start(void **state) {
    (void)state;
    static const struct due stat[] = {{MARK_START_WARN, 45 * MINUTE / 2}, {MARK_START, 45 * MINUTE},
        {MARK_START_PROVINCE, 90 * MINUTE}, {MARK_START_EXPIRE, 135 * MINUTE}, {MARK_NONE, 0}};
    static const struct due asked_back[] = {{MARK_CANCEL, 15 * MINUTE}, {MARK_CANCEL, 15 * MINUTE}};
    walk("kdrt", 0, (struct offer_clock){.standing = {OFFER_ACCEPTED, false}}, stat);
    int64_t due_at;
    struct offer_clock clock = {
        .standing = {OFFER_ACCEPTED, true}, .sent_at = NOW - DAY, .since = NOW, .answer_by = NOW};
    assert_int_equal(
        offer_mark_next(&timers, calendar, timers_find(&timers, 0, 0), &clock, &due_at), asked_back[0].mark);
    assert_int_equal(due_at - NOW, asked_back[0].after);
}

/* An appointment is not a start, and a hold is no place to forget a case in. */
static void arranged_is_not_started(void **state) {
    (void)state;
    static const struct due stat[] = {{MARK_START_WARN, 45 * MINUTE / 2}, {MARK_START, 45 * MINUTE},
        {MARK_START_PROVINCE, 90 * MINUTE}, {MARK_START_EXPIRE, 135 * MINUTE}, {MARK_NONE, 0}};
    static const struct due agreed[] = {
        {MARK_START_WARN, 12 * HOUR}, {MARK_START, DAY}, {MARK_START_PROVINCE, 2 * DAY}, {MARK_NONE, 0}};
    static const struct due held[] = {{MARK_HOLD_WARN, 45 * MINUTE / 2}, {MARK_HOLD, 45 * MINUTE},
        {MARK_HOLD_PROVINCE, 90 * MINUTE}, {MARK_NONE, 0}};
    walk("kdrt", 0, (struct offer_clock){.standing = {OFFER_IN_PROGRESS, false}}, stat);
    walk("kdrt", 2, (struct offer_clock){.standing = {OFFER_IN_PROGRESS, false}, .appointed = true}, agreed);
    walk("kdrt", 0, (struct offer_clock){.standing = {OFFER_ON_HOLD, false}}, held);
    walk("kdrt", 0, (struct offer_clock){.standing = {OFFER_ON_HOLD, false}, .arrived = true}, held);
}

static void a_transit_house_is_not_for_long(void **state) {
    (void)state;
    static const struct due transit[] = {{MARK_ONWARD, 3 * DAY}, {MARK_STAY, 7 * DAY}, {MARK_NONE, 0}};
    static const struct due nothing[] = {{MARK_NONE, 0}};
    walk("kdrt", 2,
        (struct offer_clock){.standing = {OFFER_IN_PROGRESS, false}, .arrived = true, .transit = true},
        transit);
    walk("kdrt", 2, (struct offer_clock){.standing = {OFFER_IN_PROGRESS, false}, .arrived = true}, nothing);
    walk("kdrt", 2, (struct offer_clock){.standing = {OFFER_COMPLETED, false}, .transit = true}, nothing);
}

static void kinds_may_have_their_own_times(void **state) {
    (void)state;
    static const struct due pasung[] = {
        {MARK_UNDELIVERED, 15 * MINUTE}, {MARK_WARN, 12 * HOUR}, {MARK_EXPIRE, DAY}, {MARK_NONE, 0}};
    walk("pasung", 1, (struct offer_clock){.standing = {OFFER_REQUESTED, false}}, pasung);
    static const struct due as_all[] = {
        {MARK_UNDELIVERED, MINUTE}, {MARK_WARN, 15 * MINUTE / 2}, {MARK_EXPIRE, 15 * MINUTE}, {MARK_NONE, 0}};
    walk("pasung", 0, (struct offer_clock){.standing = {OFFER_REQUESTED, false}}, as_all);
}

static void working_days_leave_out_the_weekend(void **state) {
    (void)state;
    int64_t friday = NOW + 4 * DAY;
    const struct offer_times *routine = timers_find(&timers, KNOWN_NONE, 3);
    assert_int_equal(
        timers_due(calendar, friday, routine->answered, 100) - friday, 3 * DAY); /* Monday, same hour */
    assert_int_equal(timers_due(calendar, friday, routine->answered, 200) - friday, 4 * DAY);
    assert_int_equal(
        timers_due(calendar, friday, timers_find(&timers, KNOWN_NONE, 0)->answered, 200) - friday,
        30 * MINUTE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_waits_for_its_answer),
        cmocka_unit_test(an_accepted_case_has_to_start),
        cmocka_unit_test(arranged_is_not_started),
        cmocka_unit_test(a_transit_house_is_not_for_long),
        cmocka_unit_test(kinds_may_have_their_own_times),
        cmocka_unit_test(working_days_leave_out_the_weekend),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
