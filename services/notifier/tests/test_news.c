/* A reporter writes again, and the case is no more urgent for it: whoever handles it hears so, once. */
#include "flow.h"

#define P0 SIGAP__PRIORITY__PRIORITY_P0
#define P2 SIGAP__PRIORITY__PRIORITY_P2

static const struct flow_case emergency = {.kind = "odgj_krisis", .area = "35.07.12", .priority = P0};
static const struct flow_case normal = {.kind = "lansia_terlantar", .area = "35.07.12.2003", .priority = P2};
static const struct flow_case girl = {.kind = "kekerasan_seksual",
    .area = "35.07.22.2003",
    .priority = P0,
    .confidentiality = SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C3};

static void say_joined(struct flow *flow, const struct id *case_id, bool copy) {
    Sigap__ReportJoined joined = SIGAP__REPORT_JOINED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    struct id report = fixture_id(flow->fixture);
    joined.report_id = bytes_of(&report);
    joined.relation = (char *)"follow_up";
    joined.copy = copy;
    event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
    event.report_joined = &joined;
    flow_event(flow, "triage", LANE_URGENT, case_id, &event);
}

/* With the way to the case, and not what was written. */
static void test_who_has_it_is_told(void **state) {
    static const struct flow_case *const cases[] = {&emergency, &normal};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = flow_accepted(flow, *cases[i], "tksk-3507");
        say_joined(flow, &case_id, false);
        flow_advance(flow, MINUTE);
        assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "news"), 1);
        assert_int_equal(flow_sent(flow, NULL, NULL, "news"), 1);
        assert_non_null(strstr(flow_last(flow, "tksk-3507")->text, "pesan baru dari pelapor"));
        assert_non_null(strstr(flow_last(flow, "tksk-3507")->text, "/#case/"));
        assert_null(strstr(flow_last(flow, "tksk-3507")->text, "/a/"));
        flow_free(flow);
    }
}

/* In pieces, as people write; and again later: nothing is left untold. */
static void test_several_are_told_once(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_accepted(flow, emergency, "tksk-3507");
    for (int i = 0; i < 5; i++) {
        say_joined(flow, &case_id, false);
        flow_advance(flow, 4000);
    }
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, NULL, NULL, "news"), 1);
    say_joined(flow, &case_id, false);
    say_joined(flow, &case_id, false);
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, NULL, NULL, "news"), 1);
    flow_advance(flow, 5 * MINUTE);
    assert_int_equal(flow_sent(flow, NULL, NULL, "news"), 2);
    flow_free(flow);
}

/* Nobody has taken it: all who were called read it, and are still called. */
static void test_who_was_called_is_told(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    say_joined(flow, &case_id, false);
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "news"), 1);
    assert_int_equal(flow_sent(flow, "opr", NULL, "news"), 1);
    assert_int_equal(flow_sent(flow, "kor", NULL, "news"), 0);
    flow_advance(flow, 6 * MINUTE);
    assert_true(flow_sent(flow, "kab-3507", NULL, NULL) > 0);
    flow_free(flow);
}

static void say_ended(
    struct flow *flow, const struct id *case_id, const struct id *offer, Sigap__OfferState to) {
    Sigap__OfferMoved moved = SIGAP__OFFER_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    moved.offer_id = bytes_of(offer);
    moved.from = SIGAP__OFFER_STATE__OFFER_IN_PROGRESS;
    moved.to = to;
    event.body_case = SIGAP__EVENT__BODY_OFFER_MOVED;
    event.offer_moved = &moved;
    flow_event(flow, "router", LANE_URGENT, case_id, &event);
}

/* The facility that has accepted handles it, and hears nothing more when it does no more. */
static void test_a_facility_is_told(void **state) {
    static const Sigap__OfferState ends[] = {SIGAP__OFFER_STATE__OFFER_COMPLETED,
        SIGAP__OFFER_STATE__OFFER_CANCELLED, SIGAP__OFFER_STATE__OFFER_FAILED,
        SIGAP__OFFER_STATE__OFFER_EXPIRED};
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = flow_case_opened(flow, emergency);
        struct id offer = flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", P0, "35.07.12");
        flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_ACCEPTED, 0);
        flow->count = 0;
        say_joined(flow, &case_id, false);
        flow_advance(flow, MINUTE);
        assert_int_equal(flow_sent(flow, "fas-jtm-prsmp-sby", NULL, "news"), 1);
        assert_int_equal(flow_sent(flow, NULL, NULL, "news"), 1);
        say_ended(flow, &case_id, &offer, ends[i]);
        flow->count = 0;
        say_joined(flow, &case_id, false);
        flow_advance(flow, 7 * MINUTE);
        assert_int_equal(flow_sent(flow, "fas-jtm-prsmp-sby", NULL, "news"), 0);
        flow_free(flow);
    }
}

/* Nobody is left to ask for a place: whoever must find one handles it. */
static void test_who_finds_a_place_is_told(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    struct id offer = flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", P0, "35.07.12");
    Sigap__ReferralMoved moved = SIGAP__REFERRAL_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_ACCEPTED, 0);
    say_ended(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_FAILED);
    moved.referral_id = bytes_of(&case_id);
    moved.from = SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE;
    moved.to = SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE;
    moved.owner_role = (char *)"KAB";
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_MOVED;
    event.referral_moved = &moved;
    flow_event(flow, "router", LANE_URGENT, &case_id, &event);
    flow->count = 0;
    say_joined(flow, &case_id, false);
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, "kab-3507", NULL, "news"), 1);
    assert_int_equal(flow_sent(flow, "fas-jtm-prsmp-sby", NULL, "news"), 0);
    flow_free(flow);
}

/* What calls people anew says it all. */
static void test_what_raises_the_urgency_calls_instead(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_accepted(flow, normal, "tksk-3507");
    say_joined(flow, &case_id, false);
    flow_priority_changed(flow, &case_id, P2, P0);
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, NULL, NULL, "news"), 0);
    flow_free(flow);
}

static void test_nothing_new_is_no_news(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_accepted(flow, emergency, "tksk-3507"), stranger = fixture_id(flow->fixture);
    say_joined(flow, &case_id, true);
    say_joined(flow, &stranger, false);
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, NULL, NULL, "news"), 0);
    flow_free(flow);
}

static void test_a_secret_is_told_by_its_number(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_accepted(flow, girl, "ppa-3507");
    say_joined(flow, &case_id, false);
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, "ppa-3507", NULL, "news"), 1);
    assert_null(strstr(flow_last(flow, "ppa-3507")->text, "ekerasan"));
    assert_null(strstr(flow_last(flow, "ppa-3507")->text, "Malang"));
    flow_free(flow);
}

/* Somebody who writes for two days takes no room that a call needs. */
static void test_news_leave_room_for_calls(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_accepted(flow, emergency, "tksk-3507");
    for (int i = 0; i < DELIVERIES_MAX; i++) {
        say_joined(flow, &case_id, false);
        flow_advance(flow, 6 * MINUTE);
    }
    assert_true(flow_sent(flow, NULL, NULL, "news") <= DELIVERIES_MAX / 2);
    flow_free(flow);
}

/* What waits is not lost in a fall. */
static void test_a_restart_loses_no_news(void **state) {
    (void)state;
    struct flow *flow = flow_new_on_disk(NULL);
    struct id case_id = flow_accepted(flow, emergency, "tksk-3507");
    say_joined(flow, &case_id, false);
    fixture_restart(flow->fixture, true);
    fixture_turn(flow->fixture);
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "news"), 1);
    flow_free(flow);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_has_it_is_told),
        cmocka_unit_test(test_several_are_told_once),
        cmocka_unit_test(test_who_was_called_is_told),
        cmocka_unit_test(test_a_facility_is_told),
        cmocka_unit_test(test_who_finds_a_place_is_told),
        cmocka_unit_test(test_what_raises_the_urgency_calls_instead),
        cmocka_unit_test(test_nothing_new_is_no_news),
        cmocka_unit_test(test_a_secret_is_told_by_its_number),
        cmocka_unit_test(test_news_leave_room_for_calls),
        cmocka_unit_test(test_a_restart_loses_no_news),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
