/* Everything fails once: each statement, each commit, memory here and there. Nothing may be lost, done twice
 * or leaked, and nobody may be told what was not kept. */
#include "common/fault.h"
#include "services/router/tests/house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define BATU "JTM-PPSPA-BATU-SHELTER"

static const struct case_setup girl = {"kekerasan_seksual", "35.07.22.2003", 2, "age=14 sex=P", 3, false};

/* Until the daemon has come to rest: a turn that was rolled back is tried again after a while. */
static void settle(struct fixture *fixture) {
    for (int i = 0; i < 20 && fixture_turn(fixture) == ENGINE_BACKOFF; i++)
        fixture_advance(fixture, 1000);
}

/* A case is opened, refused, accepted elsewhere; a number of places is set; a fact comes; the case is closed.
 */
static void live(struct fixture *fixture) {
    struct id first, second, case_id;
    house_places(fixture, BATU, true, 2, &(struct order){.who = staff_of(BATU), .later = true});
    case_id = house_open(fixture, &girl, true);
    settle(fixture);
    house_sent(fixture, &first);
    const struct order refuse = {
        .who = staff_of(BATU), .event = "reject", .reason_code = "RISIKO_KEAMANAN", .later = true};
    house_answer(fixture, &first, &refuse);
    settle(fixture);
    const char *facility = house_sent(fixture, &second)->facility;
    house_answer(
        fixture, &second, &(struct order){.who = staff_of(facility), .event = "accept", .later = true});
    settle(fixture);
    fixture_advance(fixture, 3600000);
    settle(fixture);
    house_close_case(fixture, &case_id, "terbukti", false);
    settle(fixture);
}

struct seen {
    size_t opened, moved, sent, offers_moved, answered, parked;
};

static struct seen look(struct fixture *fixture) {
    return (struct seen){fixture_count(fixture, SIGAP__EVENT__BODY_REFERRAL_OPENED),
        fixture_count(fixture, SIGAP__EVENT__BODY_REFERRAL_MOVED),
        fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT),
        fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_MOVED),
        fixture_count(fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED),
        fixture_count(fixture, SIGAP__EVENT__BODY_INPUT_PARKED)};
}

/* Returns how often the call was made. */
static uint64_t live_with(enum fault_kind kind, uint64_t nth, struct seen *seen) {
    struct fixture *fixture = fixture_open(&(struct fixture_options){.daemon = &router_daemon, .seed = 5});
    fixture_turn(fixture);
    fault_arm(kind, nth);
    live(fixture);
    uint64_t count = fault_count(kind);
    fault_disarm();
    *seen = look(fixture);
    fixture_close(&fixture);
    return count;
}

static void each_failure_once(enum fault_kind kind, uint64_t stride) {
    struct seen whole, seen;
    uint64_t count = live_with(kind, 0, &whole);
    assert_true(count > 0);
    assert_int_equal(whole.opened, 1);
    assert_int_equal(whole.sent, 2);
    assert_int_equal(whole.answered, 3);
    assert_int_equal(whole.parked, 0);
    for (uint64_t nth = 1; nth <= count; nth += stride) {
        live_with(kind, nth, &seen);
        if (memcmp(&seen, &whole, sizeof seen) != 0)
            fail_msg("failure %llu of %llu: opened %zu moved %zu sent %zu offers moved %zu answered %zu "
                     "parked %zu",
                (unsigned long long)nth, (unsigned long long)count, seen.opened, seen.moved, seen.sent,
                seen.offers_moved, seen.answered, seen.parked);
    }
}

static void each_statement_fails_once(void **state) {
    (void)state;
    each_failure_once(FAULT_STEP, 1);
}

static void each_commit_fails_once(void **state) {
    (void)state;
    each_failure_once(FAULT_COMMIT, 1);
}

/* Loading takes some thousand pieces of memory: every 151st of them is refused. */
static void the_site_is_read_or_refused(void **state) {
    (void)state;
    const char *site = SIGAP_SOURCE_DIR "/deploy/sites/jatim";
    struct error error = {""};
    fault_arm(FAULT_MEMORY, 0);
    assert_true(router_check(site, &error));
    uint64_t count = fault_count(FAULT_MEMORY);
    for (uint64_t nth = 1; nth <= count; nth += 151) {
        error.text[0] = 0;
        fault_arm(FAULT_MEMORY, nth);
        bool sound = router_check(site, &error);
        fault_disarm();
        if (!sound && !error.text[0])
            fail_msg(
                "failure %llu of %llu has no sentence", (unsigned long long)nth, (unsigned long long)count);
    }
    fault_disarm();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_statement_fails_once),
        cmocka_unit_test(each_commit_fails_once),
        cmocka_unit_test(the_site_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
