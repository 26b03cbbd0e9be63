/* The router through its engine: what neighbours and people say goes in, records come out. */
#include "router_sql.h"
#include "services/router/tests/house.h"
#include "tests/fixture/steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define BATU "JTM-PPSPA-BATU-SHELTER"
#define PRSMP "JTM-PRSMP-SBY-SHELTER"
#define SUMENEP "JTM-PPSAA-SMP-SHELTER"

/* A girl of 14 near Malang: three shelters can take her, Batu is nearest. */
static const struct case_setup girl = {"kekerasan_seksual", "35.07.22.2003", 2, "age=14 sex=P", 3, false};

static struct fixture *open_router(void) {
    return fixture_open(&(struct fixture_options){.daemon = &router_daemon, .seed = 7});
}

static const Sigap__ReferralOpened *opened(struct fixture *fixture) {
    const struct fixture_record *record = fixture_last(fixture, SIGAP__EVENT__BODY_REFERRAL_OPENED);
    assert_non_null(record);
    return record->event->referral_opened;
}

/* ---- opening */

static void a_fresh_case_costs_two_records(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false), offer;
    size_t count;
    const struct fixture_record *records = fixture_records(fixture, &count);
    assert_int_equal(count, 2);
    assert_int_equal(records[0].lane, LANE_NORMAL);
    assert_int_equal(opened(fixture)->state, SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE);
    assert_string_equal(opened(fixture)->rule, "R-07");
    assert_string_equal(opened(fixture)->plan, "forensic_exam");
    assert_memory_equal(opened(fixture)->referral_id.data, case_id.bytes, ID_BYTES);
    const Sigap__OfferSent *sent = house_sent(fixture, &offer);
    assert_string_equal(sent->facility, BATU);
    assert_string_equal(sent->area, "35.07.22"); /* to the district, no further */
    assert_string_equal(sent->age_band, "13-17");
    assert_string_equal(sent->sex, "P");
    assert_true(sent->ask_first);
    assert_int_equal(sent->answer_by, FIXTURE_START + 3 * HOUR);
    assert_memory_equal(records[1].event->case_id.data, case_id.bytes, ID_BYTES);
    assert_int_equal(records[1].event->trace.len, ID_BYTES);
    fixture_close(&fixture);
}

static void a_draft_waits_for_facts_and_goes_on_by_itself(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id =
        house_open(fixture, &(struct case_setup){"pasung", "35.07.05", 1, "", 2, false}, false);
    assert_int_equal(opened(fixture)->state, SIGAP__REFERRAL_STATE__REFERRAL_DRAFT);
    assert_string_equal(opened(fixture)->rule, "R-01");
    assert_int_equal(opened(fixture)->n_missing, 2);
    assert_string_equal(opened(fixture)->missing[0], "family_consent");
    assert_string_equal(opened(fixture)->missing[1], "bed_available");
    assert_string_equal(opened(fixture)->owner_role, "PKS");
    assert_null(house_sent(fixture, NULL));
    house_fact(fixture, &case_id, "family_consent", "yes");
    assert_int_equal(house_referral_moved(fixture)->to, SIGAP__REFERRAL_STATE__REFERRAL_DRAFT);
    assert_int_equal(house_referral_moved(fixture)->n_missing, 1);
    assert_string_equal(house_referral_moved(fixture)->owner_role, "PKM");
    json_t *drafts = house_list(fixture, "drafts", coordinator);
    assert_int_equal(json_array_size(drafts), 1);
    assert_string_equal(json_text(json_array_get(drafts, 0), "owner_role"), "PKM");
    json_decref(drafts);
    house_fact(fixture, &case_id, "bed_available", "yes");
    assert_int_equal(house_referral_moved(fixture)->to, SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE);
    assert_string_equal(house_referral_moved(fixture)->reason, "fact_recorded");
    assert_string_equal(house_sent(fixture, NULL)->facility, "RS-LAWANG");
    drafts = house_list(fixture, "drafts", coordinator);
    assert_int_equal(json_array_size(drafts), 0);
    json_decref(drafts);
    /* A fact that changes nothing says nothing. */
    size_t before, after;
    fixture_records(fixture, &before);
    house_fact(fixture, &case_id, "married", "no");
    fixture_records(fixture, &after);
    assert_int_equal(before, after);
    fixture_close(&fixture);
}

static void an_emergency_goes_at_once(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id =
        house_open(fixture, &(struct case_setup){"odgj_terlantar", "35.78.01", 0, "", 2, false}, false);
    assert_int_equal(opened(fixture)->state, SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE);
    assert_true(opened(fixture)->override);
    assert_int_equal(opened(fixture)->n_missing, 2);
    assert_string_equal(opened(fixture)->plan, "emergency_room");
    const struct fixture_record *sent = fixture_last(fixture, SIGAP__EVENT__BODY_OFFER_SENT);
    assert_int_equal(sent->lane, LANE_URGENT);
    assert_int_equal(sent->event->offer_sent->answer_by, FIXTURE_START + 15 * MINUTE);
    /* The missing facts come later: the open offer stays. */
    size_t offers = fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT);
    house_fact(fixture, &case_id, "identity_known", "no");
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), offers);
    assert_int_equal(house_referral_moved(fixture)->n_missing, 0);
    fixture_close(&fixture);
}

static void a_plan_without_facility_is_home(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture,
        &(struct case_setup){"kekerasan_anak", "35.07", 2, "age=10 unsafe_home=yes", 3, false}, false);
    assert_int_equal(opened(fixture)->state, SIGAP__REFERRAL_STATE__REFERRAL_HOME);
    assert_string_equal(opened(fixture)->plan, "home_family");
    assert_string_equal(opened(fixture)->owner_role, "PKS");
    assert_null(house_sent(fixture, NULL));
    /* The family cannot: the shelter is asked. */
    house_fact(fixture, &case_id, "has_family", "no");
    assert_int_equal(house_referral_moved(fixture)->from, SIGAP__REFERRAL_STATE__REFERRAL_HOME);
    assert_string_equal(house_referral_moved(fixture)->plan, "");
    assert_string_equal(house_sent(fixture, NULL)->facility, BATU);
    fixture_close(&fixture);
}

static void what_nobody_takes_has_an_owner(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    house_open(fixture,
        &(struct case_setup){"lansia_terlantar", "35.17", 2, "age=50 has_family=no", 1, false}, false);
    assert_int_equal(opened(fixture)->state, SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE);
    house_open(fixture, &(struct case_setup){"kind_of_tomorrow", "35.17", 0, "", 1, false}, false);
    assert_int_equal(opened(fixture)->state, SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE);
    assert_string_equal(opened(fixture)->owner_role, "KOR");
    json_t *list = house_list(fixture, "unroutable", coordinator);
    assert_int_equal(json_array_size(list), 2);
    json_decref(list);
    list = house_list(fixture, "unroutable", stranger);
    assert_int_equal(json_array_size(list), 0);
    json_decref(list);
    fixture_close(&fixture);
}

/* ---- answers */

static void accepted_then_arrived_then_completed(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false), offer;
    house_sent(fixture, &offer);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"}), 200);
    assert_int_equal(house_moved(fixture)->from, SIGAP__OFFER_STATE__OFFER_REQUESTED);
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_ACCEPTED);
    assert_string_equal(house_moved(fixture)->actor, "upt");
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"}), 409);
    assert_string_equal(
        house_sentence(fixture), "Tawaran sudah diterima / The offer has already been accepted");
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "arrive"}), 200);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "no-show"}), 200);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "hold"}), 422);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "hold", .reason = "x"}),
        200);
    assert_int_equal(house_answer(fixture, &offer,
                         &(struct order){.who = staff_of(BATU), .event = "resume", .reason = "x"}),
        200);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "complete"}), 200);
    assert_int_equal(house_referral_moved(fixture)->to, SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED);
    fixture_advance(fixture, 10 * DAY); /* nothing rings any more */
    assert_string_equal(house_moved(fixture)->event, "complete");
    assert_string_equal(house_offer_state(fixture, &case_id, &offer), "completed");
    fixture_close(&fixture);
}

static void refused_then_the_next_and_the_coordinator_hears(void **state) {
    (void)state;
    static const char *const order[] = {BATU, PRSMP, SUMENEP};
    struct fixture *fixture = open_router();
    house_open(fixture, &girl, false);
    for (int i = 0; i < 3; i++) {
        struct id offer;
        assert_string_equal(house_sent(fixture, &offer)->facility, order[i]);
        const struct order refuse = {.who = staff_of(order[i]), .event = "reject", .reason_code = "PENUH"};
        assert_int_equal(house_answer(fixture, &offer, &refuse), 200);
        assert_string_equal(house_moved(fixture)->reason, "PENUH");
        if (i == 0)
            assert_null(house_referral_moved(fixture));
        if (i == 1) {
            assert_string_equal(house_referral_moved(fixture)->reason, "refused_twice");
            assert_string_equal(house_referral_moved(fixture)->owner_role, "KOR");
        }
    }
    assert_int_equal(house_referral_moved(fixture)->to, SIGAP__REFERRAL_STATE__REFERRAL_HOME);
    assert_string_equal(house_referral_moved(fixture)->plan, "regency_safe_house forensic_exam");
    assert_string_equal(house_referral_moved(fixture)->owner_role, "PPA");
    assert_string_equal(house_referral_moved(fixture)->brief->kind, girl.kind);
    assert_string_equal(house_referral_moved(fixture)->brief->area, girl.area);
    assert_int_equal(house_referral_moved(fixture)->brief->priority - 1, girl.priority);
    assert_int_equal(house_referral_moved(fixture)->brief->confidentiality - 1, girl.confidentiality);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), 3);
    fixture_close(&fixture);
}

static void reasons_are_checked(void **state) {
    (void)state;
    static const struct {
        int priority;
        const char *code, *text;
        unsigned status;
    } cases[] = {
        {2, "", "", 422},
        {2, "KURANG_ENAK", "", 422},
        {2, "LAINNYA", "", 422},
        {2, "LAINNYA", "renovasi", 200},
        {2, "DOKUMEN_KURANG", "", 200},
        {1, "DOKUMEN_KURANG", "", 422},
        {0, "DOKUMEN_KURANG", "surat belum ada", 422},
        {0, "MEDIS_BELUM_STABIL", "", 200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture *fixture = open_router();
        struct case_setup setup = girl;
        struct id offer;
        setup.priority = cases[i].priority;
        house_open(fixture, &setup, false);
        const char *facility = house_sent(fixture, &offer)->facility;
        const struct order refuse = {.who = staff_of(facility),
            .event = "reject",
            .reason_code = cases[i].code,
            .reason = cases[i].text};
        assert_int_equal(house_answer(fixture, &offer, &refuse), cases[i].status);
        if (cases[i].status == 200)
            assert_string_equal(house_moved(fixture)->reason, cases[i].code); /* never the free text */
        fixture_close(&fixture);
    }
}

static void who_may_answer(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id offer, nobody = fixture_id(fixture);
    house_open(fixture, &girl, false);
    house_sent(fixture, &offer);
    struct person pks = {"pks", "responder PKS", "35", ""}, nowhere = {"kor", "coordinator KOR", "", ""};
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(PRSMP), .event = "accept"}), 403);
    assert_int_equal(house_answer(fixture, &offer, &(struct order){.who = stranger, .event = "cancel"}), 403);
    assert_int_equal(house_answer(fixture, &offer, &(struct order){.who = nowhere, .event = "cancel"}), 403);
    assert_int_equal(house_answer(fixture, &offer, &(struct order){.who = pks, .event = "accept"}), 403);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = coordinator, .event = "accept"}), 403);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "cancel"}), 403);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "expire"}), 403);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "dance"}), 422);
    assert_int_equal(
        house_answer(fixture, &nobody, &(struct order){.who = coordinator, .event = "cancel"}), 404);
    assert_null(house_moved(fixture));
    /* By telephone: somebody on duty writes it down in the facility's name. */
    const struct order by_telephone = {.who = duty, .event = "accept", .on_behalf_of = BATU};
    assert_int_equal(house_answer(fixture, &offer, &by_telephone), 200);
    assert_string_equal(house_moved(fixture)->on_behalf_of, BATU);
    assert_string_equal(house_moved(fixture)->actor, "opr.budi");
    fixture_close(&fixture);
}

static void a_command_acts_once_and_a_stale_one_not(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id offer, command = fixture_id(fixture);
    house_open(fixture, &girl, false);
    house_sent(fixture, &offer);
    struct order accept = {
        .who = staff_of(BATU), .event = "accept", .expected_version = 3, .command_id = &command};
    assert_int_equal(house_answer(fixture, &offer, &accept), 409);
    accept.expected_version = 1;
    assert_int_equal(house_answer(fixture, &offer, &accept), 200);
    assert_int_equal(house_answer(fixture, &offer, &accept), 200);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_MOVED), 1);
    const struct fixture_record *answer = fixture_last(fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED);
    assert_int_equal(answer->event->command_answered->version, 2);
    assert_int_equal(answer->lane, LANE_URGENT);
    fixture_close(&fixture);
}

static void an_answer_by_chat(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id offer;
    house_open(fixture, &girl, false);
    house_sent(fixture, &offer);
    Sigap__AlertMoved moved = SIGAP__ALERT_MOVED__INIT;
    moved.subject = (char *)"offer";
    moved.subject_id = (ProtobufCBinaryData){ID_BYTES, offer.bytes};
    moved.to = SIGAP__ALERT_STATE__ALERT_ANSWERED;
    moved.actor = (char *)"upt.wati";
    moved.facility = (char *)BATU;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_ALERT_MOVED;
    event.alert_moved = &moved;
    moved.action = (char *)"snooze";
    fixture_event(fixture, "notifier", LANE_URGENT, &event);
    fixture_turn(fixture);
    assert_null(house_moved(fixture));
    moved.action = (char *)"accept";
    fixture_event(fixture, "notifier", LANE_URGENT, &event);
    fixture_event(fixture, "notifier", LANE_URGENT, &event); /* twice: the second changes nothing */
    fixture_turn(fixture);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_MOVED), 1);
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_ACCEPTED);
    assert_string_equal(house_moved(fixture)->actor, "upt.wati");
    fixture_close(&fixture);
}

static void answered_by_team(
    struct fixture *fixture, const struct id *offer, const char *action, const char *facility) {
    Sigap__AlertMoved moved = SIGAP__ALERT_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    moved.subject = (char *)"offer";
    moved.subject_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)offer->bytes};
    moved.to = SIGAP__ALERT_STATE__ALERT_ANSWERED;
    moved.actor = (char *)"upt.wati";
    moved.action = (char *)action;
    moved.facility = (char *)facility;
    event.body_case = SIGAP__EVENT__BODY_ALERT_MOVED;
    event.alert_moved = &moved;
    fixture_event(fixture, "notifier", LANE_URGENT, &event);
    fixture_turn(fixture);
}

static void answered_by_chat(struct fixture *fixture, const struct id *offer, const char *action) {
    answered_by_team(fixture, offer, action, BATU);
}

/* The region is told of an offer that waits: what they answer is their word, not the facility's. */
static void only_the_facility_answers_by_chat(void **state) {
    (void)state;
    static const char *const others[] = {"", PRSMP};
    static const char *const actions[] = {"accept", "cannot"};
    struct fixture *fixture = open_router();
    struct id offer;
    struct id case_id = house_open(fixture, &girl, false);
    house_sent(fixture, &offer);
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++)
            answered_by_team(fixture, &offer, actions[k], others[i]);
    assert_null(house_moved(fixture));
    assert_string_equal(house_offer_state(fixture, &case_id, &offer), "requested");
    answered_by_team(fixture, &offer, "delivered", "");
    assert_string_equal(house_offer_state(fixture, &case_id, &offer), "received");
    answered_by_chat(fixture, &offer, "accept");
    assert_string_equal(house_offer_state(fixture, &case_id, &offer), "accepted");
    fixture_close(&fixture);
}

/* Accepted by link, then "cannot" by link: given back, the next one is asked at once. */
static void given_back_by_chat(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id offer;
    house_open(fixture, &girl, false);
    house_sent(fixture, &offer);
    answered_by_chat(fixture, &offer, "accept");
    answered_by_chat(fixture, &offer, "cannot");
    assert_string_equal(house_moved(fixture)->event, "decline");
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_REJECTED);
    assert_string_equal(house_moved(fixture)->reason, "LAINNYA");
    assert_string_equal(house_sent(fixture, NULL)->facility, PRSMP);
    fixture_close(&fixture);
}

/* Who answers by chat has been thanked already: a number that was written down meanwhile takes nobody's word
 * back. */
static void a_word_given_by_chat_counts_beyond_the_places(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id unheld, other;
    struct id case_id = house_open(fixture, &girl, false); /* places not known: nothing is held */
    house_sent(fixture, &unheld);
    house_places(fixture, BATU, true, 0, &(struct order){.who = staff_of(BATU)});
    answered_by_chat(fixture, &unheld, "accept");
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_ACCEPTED);
    assert_string_equal(house_moved(fixture)->reason, "beyond_places");
    assert_string_equal(house_offer_state(fixture, &case_id, &unheld), "accepted");
    house_answer(fixture, &unheld, &(struct order){.who = staff_of(BATU), .event = "complete"});
    assert_int_equal(
        house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_COMPLETED); /* nothing to give back */
    /* What somebody else has meanwhile stays theirs. */
    case_id = house_open(fixture, &girl, false);
    house_sent(fixture, &other);
    house_assign(fixture, &case_id, SUMENEP, &(struct order){.who = coordinator, .reason = "x"});
    size_t moves = fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_MOVED);
    answered_by_chat(fixture, &other, "accept");
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_MOVED), moves);
    fixture_close(&fixture);
}

/* ---- time */

static void no_answer_no_stop(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct case_setup urgent = girl;
    struct id first, second;
    urgent.priority = 0;
    house_open(fixture, &urgent, false);
    house_sent(fixture, &first);
    fixture_advance(fixture, MINUTE);
    assert_string_equal(house_moved(fixture)->event, "undelivered");
    assert_int_equal(house_moved(fixture)->escalation, 0);
    fixture_advance(fixture, 7 * MINUTE);
    assert_string_equal(house_moved(fixture)->event, "warn");
    assert_int_equal(house_moved(fixture)->escalation, 1);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), 1);
    fixture_advance(fixture, 7 * MINUTE);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), 2);
    assert_int_equal(
        fixture_nth(fixture, SIGAP__EVENT__BODY_OFFER_SENT, 1)->event->at, FIXTURE_START + 15 * MINUTE);
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_EXPIRED);
    assert_int_equal(house_moved(fixture)->escalation, 2);
    house_sent(fixture, &second);
    assert_int_equal(
        house_answer(fixture, &first, &(struct order){.who = staff_of(BATU), .event = "accept"}), 409);
    assert_non_null(strstr(house_sentence(fixture), "The time to answer is over"));
    fixture_advance(fixture, 15 * MINUTE);
    assert_string_equal(
        house_referral_moved(fixture)->reason, "province_told"); /* 200 % of the first offer's time */
    fixture_advance(fixture, 2 * DAY);
    assert_int_equal(house_referral_moved(fixture)->to, SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), 3); /* all three shelters */
    fixture_close(&fixture);
}

static void accepted_but_not_started(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct case_setup urgent = girl;
    struct id offer;
    urgent.priority = 0;
    house_open(fixture, &urgent, false);
    house_sent(fixture, &offer);
    house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"});
    fixture_advance(fixture, 45 * MINUTE);
    assert_string_equal(house_moved(fixture)->event, "start_timeout");
    assert_int_equal(house_moved(fixture)->escalation, 2);
    fixture_advance(fixture, 45 * MINUTE);
    assert_string_equal(house_moved(fixture)->event, "start_timeout");
    assert_int_equal(house_moved(fixture)->escalation, 3);
    fixture_advance(fixture, 45 * MINUTE - 1);
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_ACCEPTED);
    fixture_advance(fixture, 1);
    assert_string_equal(house_moved(fixture)->event, "start_expire");
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_EXPIRED);
    assert_string_equal(house_sent(fixture, NULL)->facility, PRSMP);
    fixture_close(&fixture);
}

/* P0: an appointment alone brings nobody in. */
static void scheduled_but_not_started(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct case_setup urgent = girl;
    struct id offer;
    urgent.priority = 0;
    house_open(fixture, &urgent, false);
    house_sent(fixture, &offer);
    house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"});
    fixture_advance(fixture, 30 * MINUTE);
    house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "schedule"});
    fixture_advance(fixture, 15 * MINUTE);
    assert_string_equal(house_moved(fixture)->event, "start_timeout");
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_IN_PROGRESS);
    fixture_advance(fixture, 90 * MINUTE);
    assert_string_equal(house_moved(fixture)->event, "start_expire");
    assert_string_equal(house_sent(fixture, &offer)->facility, PRSMP);
    /* Who has come does not have to start. */
    house_answer(fixture, &offer, &(struct order){.who = staff_of(PRSMP), .event = "accept"});
    house_answer(fixture, &offer, &(struct order){.who = staff_of(PRSMP), .event = "schedule"});
    house_answer(fixture, &offer, &(struct order){.who = staff_of(PRSMP), .event = "arrive"});
    fixture_advance(fixture, DAY);
    assert_string_equal(house_moved(fixture)->event, "arrive");
    fixture_close(&fixture);
}

static void a_hold_rings_and_stops_the_time_to_start(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct case_setup urgent = girl;
    struct id offer;
    const struct order hold = {.who = staff_of(BATU), .event = "hold", .reason = "menunggu tempat"};
    urgent.priority = 0;
    house_open(fixture, &urgent, false);
    house_sent(fixture, &offer);
    house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"});
    fixture_advance(fixture, 30 * MINUTE);
    assert_int_equal(house_answer(fixture, &offer, &hold), 200);
    fixture_advance(fixture, 23 * MINUTE);
    assert_string_equal(house_moved(fixture)->event, "warn_hold");
    assert_int_equal(house_moved(fixture)->escalation, 1);
    fixture_advance(fixture, 22 * MINUTE);
    assert_string_equal(house_moved(fixture)->event, "hold_timeout");
    assert_int_equal(house_moved(fixture)->escalation, 2);
    fixture_advance(fixture, 45 * MINUTE);
    assert_int_equal(house_moved(fixture)->escalation, 3);
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_ON_HOLD);
    assert_int_equal(house_answer(fixture, &offer,
                         &(struct order){.who = staff_of(BATU), .event = "resume", .reason = "ada tempat"}),
        200);
    fixture_advance(fixture, 14 * MINUTE);
    assert_string_equal(house_moved(fixture)->event, "resume");
    fixture_advance(fixture, MINUTE);
    assert_string_equal(house_moved(fixture)->event, "start_timeout"); /* 45 minutes that were not on hold */
    fixture_close(&fixture);
}

static void a_cancellation_is_confirmed_by_time(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id offer;
    house_open(fixture, &girl, false);
    house_sent(fixture, &offer);
    house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"});
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = coordinator, .event = "cancel"}), 409);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = coordinator, .event = "request-cancel"}), 422);
    const struct order back = {.who = coordinator, .event = "request-cancel", .reason = "keluarga ditemukan"};
    assert_int_equal(house_answer(fixture, &offer, &back), 200);
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_ACCEPTED);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "arrive"}), 409);
    fixture_advance(fixture, 4 * HOUR);
    assert_string_equal(house_moved(fixture)->event, "confirm_cancel");
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_CANCELLED);
    fixture_close(&fixture);
}

static void a_transit_house_is_asked_where_to_next(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id offer;
    house_open(
        fixture, &(struct case_setup){"odgj_terlantar", "35.78", 2, "identity_known=no", 2, false}, false);
    assert_string_equal(house_sent(fixture, &offer)->facility, "KSBY-LIPONSOS");
    struct person staff = staff_of("KSBY-LIPONSOS");
    house_answer(fixture, &offer, &(struct order){.who = staff, .event = "accept"});
    house_answer(fixture, &offer, &(struct order){.who = staff, .event = "arrive"});
    fixture_advance(fixture, 3 * DAY);
    assert_string_equal(house_moved(fixture)->event, "onward");
    fixture_advance(fixture, 4 * DAY);
    assert_string_equal(house_moved(fixture)->event, "stay");
    assert_int_equal(house_moved(fixture)->escalation, 3);
    fixture_close(&fixture);
}

/* ---- what changes on the way */

static void a_case_that_becomes_urgent_does_not_wait(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false), offer;
    house_sent(fixture, &offer);
    fixture_advance(fixture, HOUR);
    house_change(fixture, &case_id, "", 0, "");
    const struct fixture_record *moved = fixture_last(fixture, SIGAP__EVENT__BODY_OFFER_MOVED);
    assert_string_equal(moved->event->offer_moved->event, "more_urgent");
    assert_int_equal(moved->event->offer_moved->priority, SIGAP__PRIORITY__PRIORITY_P0);
    assert_int_equal(moved->event->offer_moved->answer_by, fixture_now(fixture) + 15 * MINUTE);
    assert_int_equal(moved->lane, LANE_URGENT);
    /* Its reader must have passed what was said in the other lane. */
    bool waits = false;
    for (size_t i = 0; i < moved->event->n_causes; i++)
        waits |= strcmp(moved->event->causes[i]->journal, "router") == 0 &&
                 moved->event->causes[i]->lane == LANE_NORMAL && moved->event->causes[i]->sequence >= 2;
    assert_true(waits);
    fixture_advance(fixture, 15 * MINUTE);
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_EXPIRED);
    fixture_close(&fixture);
}

/* Warned already, then urgent: warned once more, at half of the new time. */
/* Accepted for the afternoon, then a knife: the shorter time to start counts from the raise. */
static void urgent_after_it_was_accepted(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false), offer;
    house_sent(fixture, &offer);
    house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"});
    fixture_advance(fixture, 13 * HOUR); /* warned: half of a day */
    assert_string_equal(house_moved(fixture)->event, "warn_start");
    house_change(fixture, &case_id, "", 0, "");
    assert_string_equal(house_moved(fixture)->event, "more_urgent");
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_ACCEPTED);
    fixture_advance(fixture, MINUTE);
    assert_string_equal(house_moved(fixture)->event, "more_urgent"); /* it has not been taken away */
    fixture_advance(fixture, 22 * MINUTE);
    assert_string_equal(house_moved(fixture)->event, "warn_start");
    fixture_advance(fixture, 22 * MINUTE);
    assert_string_equal(house_moved(fixture)->event, "start_timeout");
    assert_int_equal(house_moved(fixture)->escalation, 2);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "arrive"}), 200);
    fixture_close(&fixture);
}

static void urgent_after_the_warning(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false);
    fixture_advance(fixture, 2 * HOUR);
    assert_string_equal(house_moved(fixture)->event, "warn");
    house_change(fixture, &case_id, "", 1, "");
    assert_string_equal(house_moved(fixture)->event, "more_urgent");
    fixture_advance(fixture, 30 * MINUTE);
    assert_string_equal(house_moved(fixture)->event, "warn");
    fixture_advance(fixture, 30 * MINUTE);
    assert_string_equal(house_moved(fixture)->event, "expire");
    fixture_close(&fixture);
}

static void another_kind_takes_the_offer_back(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false), offer;
    house_sent(fixture, &offer);
    house_change(fixture, &case_id, "anak_terlantar", -1, "");
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_CANCELLED);
    assert_int_equal(house_referral_moved(fixture)->to, SIGAP__REFERRAL_STATE__REFERRAL_HOME);
    fixture_close(&fixture);
}

static void a_conflict_of_interest_takes_the_case_away(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false), offer;
    house_sent(fixture, &offer);
    house_fact(fixture, &case_id, "conflict_facility", "JTM-PPSPA-BATU");
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_CANCELLED);
    assert_string_equal(house_moved(fixture)->reason, "reassigned");
    assert_string_equal(house_sent(fixture, &offer)->facility, PRSMP);
    const struct order assign = {.who = coordinator, .reason = "dekat"};
    assert_int_equal(house_assign(fixture, &case_id, BATU, &assign), 409);
    assert_non_null(strstr(house_sentence(fixture), "Conflict of interest"));
    house_answer(fixture, &offer, &(struct order){.who = staff_of(PRSMP), .event = "accept"});
    house_fact(fixture, &case_id, "conflict_facility", "JTM-PRSMP-SBY");
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_CANCELLED);
    fixture_close(&fixture);
}

static void assert_knows_nothing(struct fixture *fixture, const struct id *case_id, const char *facility) {
    unsigned status;
    json_decref(house_case(fixture, case_id, staff_of(facility), &status));
    assert_int_equal(status, 404);
    json_t *list = house_list(fixture, "offers", staff_of(facility));
    char *text = json_dumps(list, 0);
    assert_null(strstr(text, "conflict"));
    free(text);
    json_decref(list);
}

static unsigned told_coordinator(struct fixture *fixture) {
    unsigned count = 0;
    for (size_t i = 0; i < fixture_count(fixture, SIGAP__EVENT__BODY_REFERRAL_MOVED); i++) {
        const Sigap__ReferralMoved *moved =
            fixture_nth(fixture, SIGAP__EVENT__BODY_REFERRAL_MOVED, i)->event->referral_moved;
        count += strcmp(moved->reason, "conflict_of_interest") == 0 && strcmp(moved->owner_role, "KOR") == 0;
    }
    return count;
}

/* Not asked whether it agrees, and not told why: whatever it has done with the case by then. */
static void a_conflict_takes_away_what_was_accepted(void **state) {
    static const char *const done[] = {"", "schedule", "arrive", "hold", "request_cancel"};
    (void)state;
    for (size_t i = 0; i < sizeof done / sizeof *done; i++) {
        struct fixture *fixture = open_router();
        struct id case_id = house_open(fixture, &girl, false), offer, next;
        house_sent(fixture, &offer);
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"});
        bool ours = strcmp(done[i], "request_cancel") == 0;
        if (done[i][0])
            assert_int_equal(
                house_answer(fixture, &offer,
                    &(struct order){
                        .who = ours ? coordinator : staff_of(BATU), .event = done[i], .reason = "x"}),
                200);
        house_fact(fixture, &case_id, "conflict_facility", "JTM-PPSPA-BATU");
        assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_CANCELLED);
        assert_string_equal(house_moved(fixture)->reason, "reassigned");
        assert_string_equal(house_sent(fixture, &next)->facility, PRSMP);
        assert_int_equal(told_coordinator(fixture), 1);
        assert_knows_nothing(fixture, &case_id, BATU);
        assert_int_equal(
            house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "complete"}), 409);
        assert_int_equal(
            house_answer(fixture, &next, &(struct order){.who = staff_of(PRSMP), .event = "accept"}), 200);
        fixture_close(&fixture);
    }
}

/* No rule would ask this facility, a coordinator did: the conflict counts all the same. */
static void a_conflict_takes_back_what_was_chosen_by_hand(void **state) {
    static const struct case_setup man = {"lansia_terlantar", "35.07", 2, "age=50 has_family=no", 1, false};
    const struct order assign = {.who = coordinator, .reason = "dekat"};
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &man, false), offer;
    assert_int_equal(house_assign(fixture, &case_id, BATU, &assign), 200);
    house_fact(fixture, &case_id, "conflict_facility", "JTM-PRSMP-SBY"); /* another one */
    assert_string_equal(house_sent(fixture, &offer)->facility, BATU);
    assert_string_equal(house_offer_state(fixture, &case_id, &offer), "requested");
    house_fact(fixture, &case_id, "conflict_facility", "JTM-PPSPA-BATU");
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_CANCELLED);
    assert_string_equal(house_moved(fixture)->reason, "reassigned");
    case_id = house_open(fixture, &man, false);
    assert_int_equal(house_assign(fixture, &case_id, BATU, &assign), 200);
    house_sent(fixture, &offer);
    house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"});
    house_fact(fixture, &case_id, "conflict_facility", "JTM-PPSPA-BATU");
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_CANCELLED);
    assert_int_equal(told_coordinator(fixture), 1);
    fixture_close(&fixture);
}

/* Somebody has seen the family: a witness who knows of none sends nobody away from home. */
static void what_a_person_recorded_stays(void **state) {
    static const struct case_setup child = {"kekerasan_anak", "35.07", 2, "age=10 unsafe_home=yes", 3, false};
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &child, false);
    house_fact(fixture, &case_id, "has_family", "yes");
    house_report(fixture, &case_id, "has_family", "no");
    assert_null(house_sent(fixture, NULL));
    house_fact(fixture, &case_id, "has_family", "unknown"); /* is no answer */
    house_report(fixture, &case_id, "has_family", "no");
    assert_string_equal(house_sent(fixture, NULL)->facility, BATU);
    fixture_forget(fixture);
    case_id = house_open(fixture, &child, false);
    house_report(fixture, &case_id, "has_family", "yes");
    assert_null(house_sent(fixture, NULL));
    house_report(fixture, &case_id, "has_family", "no"); /* one text against another: the later one */
    assert_string_equal(house_sent(fixture, NULL)->facility, BATU);
    fixture_close(&fixture);
}

/* A report adds a facility to the one that a person has named, and takes none back. */
static void a_report_adds_a_facility_in_conflict(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false);
    house_fact(fixture, &case_id, "conflict_facility", "JTM-PPSPA-BATU");
    house_report(fixture, &case_id, "conflict_facility", "JTM-PRSMP-SBY");
    assert_string_equal(house_sent(fixture, NULL)->facility, SUMENEP);
    house_report(fixture, &case_id, "conflict_facility", "no");
    assert_int_equal(
        house_assign(fixture, &case_id, BATU, &(struct order){.who = coordinator, .reason = "x"}), 409);
    fixture_close(&fixture);
}

/* A second facility does not let the first in again; "no" takes back what was said in error. */
static void facilities_in_conflict_add_up(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false);
    house_fact(fixture, &case_id, "conflict_facility", "JTM-PPSPA-BATU");
    house_fact(fixture, &case_id, "conflict_facility", "JTM-PRSMP-SBY");
    assert_string_equal(house_sent(fixture, NULL)->facility, SUMENEP);
    assert_int_equal(
        house_assign(fixture, &case_id, BATU, &(struct order){.who = coordinator, .reason = "x"}), 409);
    house_fact(fixture, &case_id, "conflict_facility", "no");
    assert_int_equal(
        house_assign(fixture, &case_id, BATU, &(struct order){.who = coordinator, .reason = "x"}), 200);
    fixture_close(&fixture);
}

/* An answer that names none of them lets nobody in again; that it is none of them does. */
static void a_conflict_waits_for_a_facility_that_there_is(void **state) {
    struct case_setup told = girl;
    (void)state;
    struct fixture *fixture = open_router();
    told.facts = "age=14 sex=P conflict_of_interest=yes";
    struct id case_id = house_open(fixture, &told, false);
    assert_int_equal(opened(fixture)->state, SIGAP__REFERRAL_STATE__REFERRAL_DRAFT);
    assert_string_equal(opened(fixture)->missing[0], "conflict_facility");
    house_fact(fixture, &case_id, "conflict_facility", "yes");
    house_fact(fixture, &case_id, "conflict_facility", "PPSPA");
    assert_null(house_sent(fixture, NULL));
    house_fact(fixture, &case_id, "conflict_facility", "no");
    assert_string_equal(house_sent(fixture, NULL)->facility, BATU);
    house_fact(fixture, &case_id, "conflict_facility", "PPSPA JTM-PPSPA-BATU");
    assert_string_equal(house_sent(fixture, NULL)->facility, PRSMP);
    fixture_close(&fixture);
}

static void assert_listed(struct fixture *fixture, const char *name, struct person who, size_t count) {
    json_t *list = house_list(fixture, name, who);
    assert_int_equal(json_array_size(list), count);
    json_decref(list);
}

/* For whoever may be part of it the case is not there, whatever else they may see and do. */
static void an_officer_in_conflict_sees_and_moves_nothing(void **state) {
    static const struct case_setup nobody_takes = {
        "lansia_terlantar", "35.17", 2, "age=50 has_family=no", 1, false};
    struct person accused = {"kor.siti", "coordinator KOR", "35", ""},
                  other = {"kor.lain", "coordinator KOR", "35", ""};
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false), offer;
    house_sent(fixture, &offer);
    house_fact(fixture, &case_id, "conflict_officer", "kor.siti upt");
    assert_listed(fixture, "offers", other, 1);
    assert_listed(fixture, "offers", accused, 0);
    assert_listed(fixture, "offers", staff_of(BATU), 0);
    assert_null(house_moved(fixture)); /* nor does looking count as received */
    assert_int_equal(house_answer(fixture, &offer, &(struct order){.who = accused, .event = "cancel"}), 403);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"}), 403);
    assert_int_equal(house_answer(fixture, &offer, &(struct order){.who = other, .event = "cancel"}), 200);
    case_id = house_open(fixture, &nobody_takes, false);
    assert_listed(fixture, "unroutable", accused, 1);
    house_fact(fixture, &case_id, "conflict_officer", "kor.siti");
    assert_listed(fixture, "unroutable", other, 1);
    assert_listed(fixture, "unroutable", accused, 0);
    fixture_close(&fixture);
}

/* Staff of an accused institution who have an office beside: all that is theirs is the offer they had. */
static void staff_of_who_is_accused_see_their_own_offer_only(void **state) {
    static const struct case_setup nobody_takes = {
        "lansia_terlantar", "35.17", 2, "age=50 has_family=no", 1, false};
    struct person accused = {"kor.panti", "coordinator KOR facility UPT", "35", BATU},
                  other = {"kor.lain", "coordinator KOR facility UPT", "35", PRSMP};
    unsigned status;
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &nobody_takes, false);
    house_fact(fixture, &case_id, "conflict_facility", BATU);
    json_decref(house_case(fixture, &case_id, other, &status));
    assert_int_equal(status, 200);
    json_decref(house_case(fixture, &case_id, accused, &status));
    assert_int_equal(status, 404);
    json_decref(house_explain(fixture, &case_id, accused, &status));
    assert_int_equal(status, 404);
    assert_listed(fixture, "unroutable", other, 1);
    assert_listed(fixture, "unroutable", accused, 0);
    assert_int_equal(
        house_assign(fixture, &case_id, PRSMP, &(struct order){.who = accused, .reason = "x"}), 403);
    house_fact(fixture, &case_id, "conflict_facility", "no");
    assert_listed(fixture, "unroutable", accused, 1);
    /* Of those in the case's regency anybody may be meant while nobody is named. */
    accused.facilities = "JTM-PSTW-JBG";
    house_fact(fixture, &case_id, "conflict_of_interest", "yes");
    assert_listed(fixture, "unroutable", accused, 1);
    house_fact(fixture, &case_id, "conflict_facility", "unknown");
    assert_listed(fixture, "drafts", accused, 0);
    assert_listed(fixture, "drafts", other, 1);
    json_decref(house_case(fixture, &case_id, accused, &status));
    assert_int_equal(status, 404);
    fixture_close(&fixture);
}

static void a_closed_case_asks_nobody(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id waiting = house_open(fixture, &girl, false), offer, second;
    house_sent(fixture, &offer);
    house_close_case(fixture, &waiting, "duplikat", false);
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_CANCELLED);
    assert_int_equal(house_referral_moved(fixture)->to, SIGAP__REFERRAL_STATE__REFERRAL_REVOKED);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), 1);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"}), 409);
    struct id taken = house_open(fixture, &girl, false);
    house_sent(fixture, &second);
    house_answer(fixture, &second, &(struct order){.who = staff_of(BATU), .event = "accept"});
    house_answer(fixture, &second, &(struct order){.who = staff_of(BATU), .event = "arrive"});
    house_close_case(fixture, &taken, "terbukti", false);
    assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_COMPLETED);
    assert_int_equal(house_referral_moved(fixture)->to, SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED);
    /* Open again: it is routed anew. */
    house_close_case(fixture, &waiting, "", true);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), 3);
    assert_string_equal(house_sent(fixture, NULL)->facility, BATU); /* it had not refused */
    /* A month later the router remembers nothing of what is closed. */
    fixture_advance(fixture, 31 * DAY);
    unsigned status;
    json_decref(house_case(fixture, &taken, coordinator, &status));
    assert_int_equal(status, 404);
    house_merge_fact(fixture, &taken, "conflict_facility", BATU); /* of the case that it is merged into */
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 0);
    assert_int_equal(
        house_answer(fixture, &second, &(struct order){.who = staff_of(BATU), .event = "arrive"}), 404);
    json_decref(house_case(fixture, &waiting, coordinator, &status));
    assert_int_equal(status, 200);
    fixture_close(&fixture);
}

/* Closed by mistake, or merged, while the facility waits for the client: it hears, and may be asked again. */
static void closed_before_the_client_came(void **state) {
    (void)state;
    static const char *const arranged[] = {"", "schedule", "hold"};
    for (int i = 0; i < 3; i++) {
        struct fixture *fixture = open_router();
        struct id case_id = house_open(fixture, &girl, false), offer;
        house_sent(fixture, &offer);
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"});
        if (arranged[i][0])
            house_answer(
                fixture, &offer, &(struct order){.who = staff_of(BATU), .event = arranged[i], .reason = "x"});
        house_close_case(fixture, &case_id, "selesai", false);
        assert_int_equal(house_moved(fixture)->to, SIGAP__OFFER_STATE__OFFER_CANCELLED);
        assert_string_equal(house_moved(fixture)->reason, "case_closed");
        assert_int_equal(house_referral_moved(fixture)->to, SIGAP__REFERRAL_STATE__REFERRAL_REVOKED);
        house_close_case(fixture, &case_id, "", true);
        assert_string_equal(house_sent(fixture, NULL)->facility, BATU);
        fixture_close(&fixture);
    }
}

static int64_t places_of(struct fixture *fixture, const char *facility, const char *member);

static void accept_it(struct fixture *fixture, struct id *offer) {
    assert_string_equal(house_sent(fixture, offer)->facility, BATU);
    assert_int_equal(
        house_answer(fixture, offer, &(struct order){.who = staff_of(BATU), .event = "accept"}), 200);
}

/* Its last bed is the person's, under whichever of the two numbers. */
static void who_has_accepted_has_the_whole(void **state) {
    (void)state;
    for (int arrived = 0; arrived < 2; arrived++) {
        struct fixture *fixture = open_router();
        struct id merged = house_open(fixture, &girl, false), offer, other;
        house_places(fixture, BATU, true, 1, &(struct order){.who = coordinator});
        accept_it(fixture, &offer);
        if (arrived)
            house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "arrive"});
        struct id whole = house_open(fixture, &girl, false);
        assert_string_not_equal(house_sent(fixture, &other)->facility, BATU); /* it is full */
        house_merge(fixture, &merged, &whole, false);
        house_close_case(fixture, &merged, "digabung", false);
        const Sigap__OfferSent *sent = house_sent(fixture, &offer);
        assert_string_equal(sent->facility, BATU);
        assert_int_equal(places_of(fixture, BATU, "held"), 1);
        assert_int_equal(house_moved(fixture)->to,
            arrived ? SIGAP__OFFER_STATE__OFFER_IN_PROGRESS : SIGAP__OFFER_STATE__OFFER_ACCEPTED);
        assert_string_equal(house_moved(fixture)->reason, "merged");
        assert_int_equal(
            house_answer(fixture, &other, &(struct order){.who = staff_of(PRSMP), .event = "accept"}), 409);
        fixture_close(&fixture);
    }
}

static void whose_merge_is_undone_has_it_no_more(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id merged = house_open(fixture, &girl, false), offer;
    accept_it(fixture, &offer);
    struct id whole = house_open(fixture, &girl, false);
    house_merge(fixture, &merged, &whole, false);
    house_merge(fixture, &merged, &whole, true);
    size_t sent = fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT);
    house_close_case(fixture, &merged, "digabung", false);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), sent);
    fixture_close(&fixture);
}

/* The kind corrected and corrected back: the nearest was never asked to answer, so it is asked again; however
 * often, and the trail does not run over. */
static void a_wrong_kind_shuts_nobody_out(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false), offer;
    for (int i = 0; i < 60; i++) {
        house_change(fixture, &case_id, "napza", 2, "");
        house_change(fixture, &case_id, "kekerasan_seksual", 2, "");
        assert_string_equal(house_sent(fixture, &offer)->facility, BATU);
    }
    house_answer(
        fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "reject", .reason_code = "PENUH"});
    assert_string_equal(house_sent(fixture, NULL)->facility, PRSMP);
    fixture_close(&fixture);
}

static void what_is_not_known_here_is_parked(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id nobody = fixture_id(fixture);
    house_fact(fixture, &nobody, "age", "3");
    assert_non_null(fixture_last(fixture, SIGAP__EVENT__BODY_INPUT_PARKED));
    house_close_case(fixture, &nobody, "terbukti", false); /* waits behind it */
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 1);
    fixture_close(&fixture);
}

static void training_stays_training(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct case_setup drill = girl;
    struct id offer;
    drill.training = true;
    house_open(fixture, &drill, false);
    house_sent(fixture, &offer);
    fixture_advance(fixture, 3 * HOUR); /* by a timer, where no record says so */
    size_t count;
    const struct fixture_record *records = fixture_records(fixture, &count);
    assert_true(count >= 5);
    for (size_t i = 0; i < count; i++)
        assert_true(records[i].event->training);
    fixture_close(&fixture);
}

/* A drill takes nobody's bed, and the facility sees that it is one. */
static void training_takes_no_place(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct case_setup drill = girl;
    struct id offer;
    drill.training = true;
    house_places(fixture, BATU, true, 1, &(struct order){.who = coordinator});
    house_open(fixture, &drill, false);
    assert_string_equal(house_sent(fixture, &offer)->facility, BATU);
    assert_int_equal(places_of(fixture, BATU, "held"), 0);
    json_t *list = house_list(fixture, "offers", staff_of(BATU));
    assert_true(json_is_true(json_object_get(json_array_get(list, 0), "training")));
    json_decref(list);
    fixture_advance(fixture, MINUTE);
    house_open(fixture, &girl, false);
    assert_string_equal(house_sent(fixture, NULL)->facility, BATU);
    list = house_list(fixture, "offers", staff_of(BATU));
    assert_true(json_is_false(json_object_get(json_array_get(list, 1), "training")));
    json_decref(list);
    assert_int_equal(
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"}), 200);
    assert_int_equal(places_of(fixture, BATU, "held"), 1); /* that of the real one */
    house_answer(
        fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "complete", .outcome = "stays"});
    assert_int_equal(places_of(fixture, BATU, "places"), 1);
    assert_int_equal(places_of(fixture, BATU, "held"), 1);
    fixture_close(&fixture);
}

/* ---- by hand */

static void a_coordinator_chooses(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture,
        &(struct case_setup){"lansia_terlantar", "35.07", 2, "age=50 has_family=no", 1, false}, false);
    struct id command = fixture_id(fixture), offer;
    assert_int_equal(
        house_assign(fixture, &case_id, "JTM-PSTW-PSR", &(struct order){.who = coordinator}), 422);
    assert_int_equal(
        house_assign(fixture, &case_id, "JTM-PSTW-XXX", &(struct order){.who = coordinator, .reason = "x"}),
        422);
    assert_int_equal(
        house_assign(fixture, &case_id, "JTM-PSTW-PSR", &(struct order){.who = stranger, .reason = "x"}),
        403);
    assert_int_equal(
        house_assign(fixture, &case_id, "JTM-PSTW-PSR", &(struct order){.who = duty, .reason = "x"}), 403);
    const struct order assign = {
        .who = coordinator, .reason = "hampir 60, sebatang kara", .command_id = &command};
    assert_int_equal(house_assign(fixture, &case_id, "JTM-PSTW-PSR", &assign), 200);
    assert_int_equal(house_assign(fixture, &case_id, "JTM-PSTW-PSR", &assign), 200);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), 1);
    assert_string_equal(house_referral_moved(fixture)->reason, "assigned");
    assert_string_equal(house_sent(fixture, &offer)->facility, "JTM-PSTW-PSR");
    house_places(fixture, "JTM-PSTW-JBR", true, 0, &(struct order){.who = coordinator});
    assert_int_equal(
        house_assign(fixture, &case_id, "JTM-PSTW-JBR", &(struct order){.who = coordinator, .reason = "x"}),
        409);
    assert_non_null(strstr(house_sentence(fixture), "full"));
    house_places(fixture, "JTM-PSTW-JBR", true, 1, &(struct order){.who = coordinator});
    /* Another one: the first is taken back. */
    assert_int_equal(house_assign(fixture, &case_id, "JTM-PSTW-JBR",
                         &(struct order){.who = coordinator, .reason = "lebih dekat"}),
        200);
    assert_string_equal(house_offer_state(fixture, &case_id, &offer), "cancelled");
    house_sent(fixture, &offer);
    house_fact(fixture, &case_id, "age", "51"); /* the rules would not ask it, but a person has */
    assert_string_equal(house_offer_state(fixture, &case_id, &offer), "requested");
    house_answer(fixture, &offer, &(struct order){.who = staff_of("JTM-PSTW-JBR"), .event = "accept"});
    assert_int_equal(
        house_assign(fixture, &case_id, "JTM-PSTW-PSR", &(struct order){.who = coordinator, .reason = "x"}),
        409);
    fixture_close(&fixture);
}

/* Two facilities accept in the same moment: one was taken back for the other. Every order of the three
 * commands. */
static void two_accepts_race(void **state) {
    (void)state;
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct fixture *fixture = open_router();
        struct id case_id = house_open(fixture, &girl, false), first, second;
        house_sent(fixture, &first);
        house_assign(fixture, &case_id, PRSMP, &(struct order){.who = coordinator, .reason = "x"});
        house_sent(fixture, &second);
        assert_memory_not_equal(&first, &second, sizeof first);
        for (int k = 0; k < 3; k++) {
            if (orders[i][k] == 0)
                house_answer(fixture, &first,
                    &(struct order){.who = staff_of(BATU), .event = "accept", .later = true});
            else if (orders[i][k] == 1)
                house_answer(fixture, &second,
                    &(struct order){.who = staff_of(PRSMP), .event = "accept", .later = true});
            else
                house_assign(fixture, &case_id, SUMENEP,
                    &(struct order){.who = coordinator, .reason = "y", .later = true});
        }
        fixture_turn(fixture);
        unsigned accepted = 0;
        for (size_t n = 0; n < fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_MOVED); n++)
            accepted += fixture_nth(fixture, SIGAP__EVENT__BODY_OFFER_MOVED, n)->event->offer_moved->to ==
                        SIGAP__OFFER_STATE__OFFER_ACCEPTED;
        assert_true(accepted <= 1);
        unsigned status, open = 0;
        json_t *json = house_case(fixture, &case_id, coordinator, &status), *each;
        size_t index;
        json_array_foreach(json_object_get(json, "offers"), index, each) {
            const char *word = json_text(each, "state");
            open += strcmp(word, "accepted") == 0 || strcmp(word, "requested") == 0;
        }
        assert_int_equal(open, 1);
        json_decref(json);
        fixture_close(&fixture);
    }
}

/* ---- places */

static int64_t places_of(struct fixture *fixture, const char *facility, const char *member) {
    json_t *list = house_list(fixture, "facilities", coordinator), *each;
    size_t index;
    int64_t value = -1;
    json_array_foreach(list, index, each) if (strcmp(json_text(each, "id"), facility) == 0) value =
        json_integer_value(json_object_get(each, member));
    json_decref(list);
    return value;
}

static void a_place_is_held_while_the_offer_is_open(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct person staff = staff_of(BATU);
    struct id offer, second;
    assert_int_equal(house_places(fixture, BATU, true, 1, &(struct order){.who = staff_of(PRSMP)}), 403);
    assert_int_equal(house_places(fixture, "NIRGENDS", true, 1, &(struct order){.who = coordinator}), 404);
    assert_int_equal(house_places(fixture, BATU, true, 1, &(struct order){.who = staff}), 200);
    house_open(fixture, &girl, false);
    assert_false(house_sent(fixture, &offer)->ask_first);
    assert_int_equal(places_of(fixture, BATU, "held"), 1);
    house_open(fixture, &girl, false);
    assert_string_equal(house_sent(fixture, &second)->facility, PRSMP); /* Batu is full */
    house_answer(fixture, &offer, &(struct order){.who = staff, .event = "accept"});
    assert_int_equal(places_of(fixture, BATU, "held"), 1);
    assert_int_equal(house_places(fixture, BATU, true, 0, &(struct order){.who = staff}), 409);
    assert_int_equal(
        house_places(fixture, BATU, true, 2, &(struct order){.who = staff, .expected_version = 9}), 409);
    house_answer(
        fixture, &offer, &(struct order){.who = staff, .event = "decline", .reason_code = "RISIKO_KEAMANAN"});
    assert_int_equal(places_of(fixture, BATU, "held"), 0);
    house_open(fixture, &girl, false);
    assert_string_equal(house_sent(fixture, &offer)->facility, BATU);
    fixture_advance(fixture, 3 * HOUR); /* expires */
    assert_int_equal(places_of(fixture, BATU, "held"), 0);
    fixture_close(&fixture);
}

static void old_news_of_places_means_ask_first(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    house_places(fixture, BATU, true, 5, &(struct order){.who = staff_of(BATU)});
    fixture_advance(fixture, 25 * HOUR);
    house_open(fixture, &girl, false);
    assert_string_equal(house_sent(fixture, NULL)->facility, BATU);
    assert_true(house_sent(fixture, NULL)->ask_first);
    assert_int_equal(places_of(fixture, BATU, "held"), 1);
    fixture_close(&fixture);
}

static void who_accepts_without_a_place_is_told(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct person staff = staff_of(BATU);
    struct id unheld, held;
    house_open(fixture, &girl, false); /* places not known: nothing is held */
    house_sent(fixture, &unheld);
    house_places(fixture, BATU, true, 1, &(struct order){.who = staff});
    house_open(fixture, &girl, false);
    house_sent(fixture, &held);
    assert_int_equal(house_answer(fixture, &unheld, &(struct order){.who = staff, .event = "accept"}), 409);
    assert_non_null(strstr(house_sentence(fixture), "No place is free"));
    house_places(fixture, BATU, true, 2, &(struct order){.who = staff});
    assert_int_equal(house_answer(fixture, &unheld, &(struct order){.who = staff, .event = "accept"}), 200);
    assert_int_equal(house_answer(fixture, &held, &(struct order){.who = staff, .event = "accept"}), 200);
    assert_int_equal(places_of(fixture, BATU, "held"), 2);
    house_answer(fixture, &held, &(struct order){.who = staff, .event = "complete", .outcome = "stays"});
    assert_int_equal(places_of(fixture, BATU, "held"), 1);
    assert_int_equal(places_of(fixture, BATU, "places"), 1); /* taken for good */
    fixture_close(&fixture);
}

static void a_freed_place_is_offered_to_who_waited(void **state) {
    (void)state;
    static const struct case_setup setup = {
        "disabilitas_layanan", "35.78", 1, "disability=grahita age=20 license_valid=no", 1, false};
    static const char facility[] = "JTM-RSBG-TBN";
    struct fixture *fixture = open_router();
    struct id held;
    house_places(fixture, facility, true, 0, &(struct order){.who = coordinator});
    house_places(fixture, "NAS-SENTRA-SOEHARSO", true, 0,
        &(struct order){.who = {"adm", "administrator ADM", "", ""}});
    house_open(fixture, &setup, false);
    assert_int_equal(opened(fixture)->state, SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE);
    assert_null(house_sent(fixture, NULL));
    house_places(fixture, facility, true, 1, &(struct order){.who = coordinator});
    assert_string_equal(house_referral_moved(fixture)->reason, "place_free");
    assert_string_equal(house_sent(fixture, &held)->facility, facility);
    /* The next one waits until the first gives its place back. */
    house_open(fixture, &setup, false);
    assert_int_equal(opened(fixture)->state, SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE);
    const struct order refuse = {
        .who = staff_of(facility), .event = "reject", .reason_code = "DI_LUAR_KATEGORI"};
    house_answer(fixture, &held, &refuse);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), 2);
    assert_string_equal(house_sent(fixture, NULL)->facility, facility);
    assert_int_equal(places_of(fixture, facility, "held"), 1);
    fixture_close(&fixture);
}

/* Many wait for something else, a drill is older: the place goes to who waits for it. */
static void a_freed_place_finds_who_waits_behind_many(void **state) {
    enum { OTHERS = 70 };
    static const char facility[] = "JTM-RSBG-TBN";
    struct case_setup setup = {
        "disabilitas_layanan", "35.78", 1, "disability=grahita age=20 license_valid=no", 1, true};
    (void)state;
    struct fixture *fixture = open_router();
    house_places(fixture, facility, true, 0, &(struct order){.who = coordinator});
    house_places(fixture, "NAS-SENTRA-SOEHARSO", true, 0,
        &(struct order){.who = {"adm", "administrator ADM", "", ""}});
    for (int i = 0; i < OTHERS; i++)
        house_open(fixture,
            &(struct case_setup){"lansia_terlantar", "35.17", 2, "age=50 has_family=no", 1, false}, false);
    house_open(fixture, &setup, false);
    setup.training = false;
    struct id real = house_open(fixture, &setup, false);
    assert_null(house_sent(fixture, NULL));
    house_places(fixture, facility, true, 1, &(struct order){.who = coordinator});
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), 2); /* the drill, and beside it */
    const struct fixture_record *sent = fixture_last(fixture, SIGAP__EVENT__BODY_OFFER_SENT);
    assert_memory_equal(sent->event->case_id.data, real.bytes, ID_BYTES);
    assert_false(sent->event->training);
    fixture_close(&fixture);
}

static const struct fixture_record *record_of_case(
    struct fixture *fixture, Sigap__Event__BodyCase kind, const struct id *case_id) {
    const struct fixture_record *record;
    for (size_t i = 0; (record = fixture_nth(fixture, kind, i)); i++)
        if (memcmp(record->event->case_id.data, case_id->bytes, ID_BYTES) == 0)
            return record;
    return NULL;
}

static struct fixture *open_full(void) {
    static const char *const all[] = {BATU, PRSMP, SUMENEP};
    struct fixture *fixture = open_router();
    for (int i = 0; i < 3; i++)
        house_places(fixture, all[i], true, 0, &(struct order){.who = coordinator});
    return fixture;
}

/* All shelters full, so at home with whoever is named: that is no place. */
static void who_is_at_home_for_want_of_a_place_waits_too(void **state) {
    (void)state;
    struct fixture *fixture = open_full();
    struct case_setup urgent = girl;
    urgent.priority = 1;
    struct id first = house_open(fixture, &girl, false);
    fixture_advance(fixture, MINUTE);
    struct id second = house_open(fixture, &girl, false);
    fixture_advance(fixture, MINUTE);
    assert_int_equal(opened(fixture)->state, SIGAP__REFERRAL_STATE__REFERRAL_HOME);
    struct id life = house_open(fixture, &urgent, false);
    house_places(fixture, SUMENEP, true, 2, &(struct order){.who = coordinator});
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), 2);
    assert_non_null(record_of_case(fixture, SIGAP__EVENT__BODY_OFFER_SENT, &life)); /* before its elders */
    assert_non_null(record_of_case(fixture, SIGAP__EVENT__BODY_OFFER_SENT, &first));
    /* Raised, the second comes first; closed, it waits no more. */
    house_change(fixture, &second, "", 1, "");
    house_close_case(fixture, &second, "selesai", false);
    house_places(fixture, SUMENEP, true, 3, &(struct order){.who = coordinator});
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), 2);
    fixture_close(&fixture);
}

static void forget_wait(struct store *store, const char *facility, int later, const struct id *case_id) {
    assert_true(store_begin(store));
    struct statement *row = router_use(store, ROUTER_WAITING_REMOVE);
    bind_text(row, facility);
    bind_int(row, later);
    bind_id(row, case_id);
    assert_true(statement_run(row));
    assert_int_equal(store_changes(store), 1);
    assert_int_equal(store_commit(store), STORE_OK);
}

/* A store of yesterday has no table of those who wait: they are entered at the start. */
static void who_waited_before_there_was_a_table(void **state) {
    (void)state;
    static const char *const all[] = {BATU, PRSMP, SUMENEP};
    struct fixture *fixture =
        fixture_open(&(struct fixture_options){.daemon = &router_daemon, .seed = 3, .on_disk = true});
    for (int i = 0; i < 3; i++)
        house_places(fixture, all[i], true, 0, &(struct order){.who = coordinator});
    struct id case_id = house_open(fixture, &girl, false);
    assert_null(house_sent(fixture, NULL));
    forget_wait(fixture_store(fixture), BATU, 1, &case_id);
    forget_wait(fixture_store(fixture), "", 0, &(struct id){{1}});
    fixture_restart(fixture, true);
    house_places(fixture, BATU, true, 1, &(struct order){.who = coordinator});
    assert_string_equal(house_sent(fixture, NULL)->facility, BATU);
    fixture_close(&fixture);
}

/* A place that nobody waits for costs the same, however many wait for others. */
static void a_freed_place_reads_only_who_waits_for_it(void **state) {
    (void)state;
    static const char elsewhere[] = "JTM-RSBG-TBN";
    uint64_t steps[2];
    for (int round = 0; round < 2; round++) {
        steps_watch();
        struct fixture *fixture = open_full();
        for (int i = 0; i < 200 * round; i++)
            house_open(fixture, &girl, false);
        steps_taken();
        house_places(fixture, elsewhere, true, 1, &(struct order){.who = coordinator});
        steps[round] = steps_taken();
        fixture_close(&fixture);
    }
    assert_true(steps[1] <= steps[0] + 2);
}

/* Completed, but not this case: it has no place yet. */
static void what_was_completed_in_error_is_routed_again(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false), first, offer;
    const struct order error = {.who = coordinator, .event = "error", .reason = "orang lain"};
    house_sent(fixture, &first);
    house_answer(
        fixture, &first, &(struct order){.who = staff_of(BATU), .event = "reject", .reason_code = "PENUH"});
    house_sent(fixture, &offer);
    house_answer(fixture, &offer, &(struct order){.who = staff_of(PRSMP), .event = "accept"});
    house_answer(fixture, &offer, &(struct order){.who = staff_of(PRSMP), .event = "complete"});
    assert_int_equal(house_referral_moved(fixture)->to, SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED);
    assert_int_equal(house_answer(fixture, &first, &error), 200); /* an earlier one: nothing follows */
    assert_int_equal(house_referral_moved(fixture)->to, SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED);
    assert_int_equal(house_answer(fixture, &offer, &error), 200);
    assert_int_equal(house_referral_moved(fixture)->from, SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED);
    assert_int_equal(house_referral_moved(fixture)->to, SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE);
    assert_string_equal(house_sent(fixture, &offer)->facility, SUMENEP);
    /* In a closed case it stays what it is. */
    house_answer(fixture, &offer, &(struct order){.who = staff_of(SUMENEP), .event = "accept"});
    house_answer(fixture, &offer, &(struct order){.who = staff_of(SUMENEP), .event = "complete"});
    house_close_case(fixture, &case_id, "terbukti", false);
    size_t count = fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT);
    assert_int_equal(house_answer(fixture, &offer, &error), 200);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT), count);
    fixture_close(&fixture);
}

/* A stay has ended, the case is open for aftercare; then she is beaten again. */
static void danger_after_the_stay_is_routed_anew(void **state) {
    (void)state;
    for (int by_kind = 0; by_kind < 2; by_kind++) {
        struct fixture *fixture = open_router();
        struct id case_id = house_open(fixture, &girl, false), offer;
        const struct order by_hand = {.who = coordinator, .reason = "bahaya lagi"};
        size_t before, after;
        house_sent(fixture, &offer);
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"});
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "arrive"});
        house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "complete"});
        fixture_advance(fixture, 2 * DAY);
        fixture_records(fixture, &before);
        house_change(fixture, &case_id, "", 3, ""); /* less urgent: nothing to do */
        fixture_records(fixture, &after);
        assert_int_equal(before, after);
        house_change(fixture, &case_id, by_kind ? "kdrt" : "", by_kind ? -1 : 0, "");
        assert_int_equal(house_referral_moved(fixture)->from, SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED);
        if (!by_kind)
            assert_string_equal(house_sent(fixture, &offer)->facility, BATU); /* where she is known */
        if (by_kind) {
            assert_int_equal(house_assign(fixture, &case_id, SUMENEP, &by_hand), 200);
            assert_string_equal(house_sent(fixture, NULL)->facility, SUMENEP);
        }
        fixture_close(&fixture);
    }
}

static void a_further_stay_by_hand(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false), offer;
    const struct order by_hand = {.who = coordinator, .reason = "perlu tempat lagi"};
    house_sent(fixture, &offer);
    house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "accept"});
    house_answer(fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "complete"});
    assert_int_equal(house_assign(fixture, &case_id, PRSMP, &by_hand), 200);
    assert_string_equal(house_sent(fixture, NULL)->facility, PRSMP);
    house_close_case(fixture, &case_id, "terbukti", false);
    assert_int_equal(house_assign(fixture, &case_id, SUMENEP, &by_hand), 409);
    fixture_close(&fixture);
}

/* ---- who sees what */

/* Coordinates one regency and works in a facility of another: both, each offer once. */
static void staff_that_coordinates_sees_both(void **state) {
    struct person both = {"kab.upt", "coordinator KAB facility UPT", "35.78", BATU};
    struct case_setup near = {"odgj_terlantar", "35.78", 2, "identity_known=no", 2, false};
    unsigned status;
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false), offer;
    house_sent(fixture, &offer);
    house_open(fixture, &near, false);
    assert_listed(fixture, "offers", both, 2);
    assert_string_equal(house_offer_state(fixture, &case_id, &offer), "received");
    /* Its own offer of a secret case of its own regency too, and once. */
    struct case_setup own = girl;
    own.area = "35.78.01";
    assert_string_equal(house_sent(fixture, NULL)->facility, "KSBY-LIPONSOS");
    case_id = house_open(fixture, &own, false);
    house_assign(fixture, &case_id, BATU, &(struct order){.who = coordinator, .reason = "x"});
    assert_listed(fixture, "offers", both, 3);
    json_t *json = house_case(fixture, &case_id, both, &status);
    assert_int_equal(status, 200);
    assert_int_equal(json_array_size(json_object_get(json, "offers")), 1);
    assert_null(json_object_get(json, "candidates"));
    json_decref(json);
    fixture_close(&fixture);
}

static void a_facility_sees_its_own_masked(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false), offer;
    house_sent(fixture, &offer);
    unsigned status;
    json_decref(house_case(fixture, &case_id, staff_of(PRSMP), &status));
    assert_int_equal(status, 403);
    json_t *list = house_list(fixture, "offers", staff_of(PRSMP));
    assert_int_equal(json_array_size(list), 0);
    json_decref(list);
    list = house_list(fixture, "offers", staff_of(BATU));
    assert_int_equal(json_array_size(list), 1);
    const json_t *shown = json_array_get(list, 0);
    assert_string_equal(json_text(shown, "area"), "35.07.22");
    assert_string_equal(json_text(shown, "state"), "received"); /* opening it is receiving it */
    json_decref(list);
    assert_string_equal(house_moved(fixture)->event, "deliver");
    json_t *json = house_case(fixture, &case_id, staff_of(BATU), &status);
    assert_int_equal(status, 200);
    assert_null(json_object_get(json, "candidates"));
    assert_int_equal(json_array_size(json_object_get(json, "offers")), 1);
    json_decref(json);
    house_answer(
        fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "reject", .reason_code = "PENUH"});
    json_decref(house_case(fixture, &case_id, staff_of(BATU), &status));
    assert_int_equal(status, 403); /* its access has ended with the offer */
    fixture_close(&fixture);
}

static void a_secret_case_shows_its_number(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &girl, false);
    struct person kab = {"kab", "coordinator KAB", "35.07", ""},
                  elsewhere = {"kab", "coordinator KAB", "35.29", ""};
    unsigned status;
    json_t *json = house_case(fixture, &case_id, kab, &status);
    assert_int_equal(status, 200);
    assert_true(json_is_true(json_object_get(json, "restricted")));
    assert_null(json_object_get(json, "offers"));
    assert_null(json_object_get(json_object_get(json, "referral"), "kind"));
    json_decref(json);
    json_decref(house_case(fixture, &case_id, elsewhere, &status));
    assert_int_equal(status, 403);
    json_decref(house_explain(fixture, &case_id, kab, &status));
    assert_int_equal(status, 403);
    json_t *list = house_list(fixture, "offers", kab);
    assert_int_equal(json_array_size(list), 0);
    json_decref(list);
    list = house_list(fixture, "offers", coordinator);
    assert_int_equal(json_array_size(list), 1);
    json_decref(list);
    fixture_close(&fixture);
}

/* Lists are longer than other facts: of kinds, and of officers who may be part of it. */
static void long_lists_are_kept(void **state) {
    static const struct case_setup old_man = {
        "lansia_terlantar", "35.07.22.2003", 2, "age=80 sex=L", 1, false};
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id = house_open(fixture, &old_man, false);
    struct person kab = {"kab", "coordinator KAB", "35.07", ""};
    unsigned status;
    json_t *json = house_case(fixture, &case_id, kab, &status);
    assert_false(json_is_true(json_object_get(json, "restricted")));
    json_decref(json);
    house_fact(fixture, &case_id, "also_kinds",
        "pasung repasung_kambuh odgj_terlantar disabilitas_berat disabilitas_layanan kekerasan_seksual");
    json = house_case(fixture, &case_id, kab, &status);
    assert_int_equal(status, 200);
    assert_true(json_is_true(json_object_get(json, "restricted")));
    json_decref(json);
    house_fact(fixture, &case_id, "conflict_officer",
        "an_officer_of_the_regency another_officer_of_it the_one_of_the_district kab");
    json_decref(house_case(fixture, &case_id, kab, &status));
    assert_int_not_equal(status, 200);
    fixture_close(&fixture);
}

static void the_explanation_names_rule_and_reasons(void **state) {
    (void)state;
    struct fixture *fixture = open_router();
    struct id case_id =
        house_open(fixture, &(struct case_setup){"kdrt", "35.71.01", 0, "age=30 sex=P", 2, false}, false);
    unsigned status;
    json_t *json = house_explain(fixture, &case_id, coordinator, &status), *each;
    assert_int_equal(status, 200);
    json_t *rule = json_array_get(json_object_get(json, "rules"), 0);
    assert_string_equal(json_text(rule, "id"), "R-10");
    assert_string_equal(json_text(rule, "answer"), "unknown");
    assert_string_equal(json_text(rule, "emergency"), "yes");
    assert_true(json_text(rule, "override_text")[0] != 0);
    json_t *conditions = json_object_get(rule, "conditions");
    assert_string_equal(json_text(json_array_get(conditions, 0), "condition"), "sex is P");
    assert_string_equal(json_text(json_array_get(conditions, 0), "answer"), "yes");
    assert_string_equal(json_text(json_array_get(conditions, 1), "answer"), "unknown");
    size_t index, fits = 0, ages = 0;
    json_array_foreach(json_object_get(json, "candidates"), index, each) {
        fits += strcmp(json_text(each, "verdict"), "fits") == 0;
        ages += strcmp(json_text(each, "reason"), "age") == 0;
        assert_true(json_text(each, "sentence")[0] != 0);
    }
    assert_int_equal(fits, 3);
    assert_int_equal(ages, 1); /* the shelter for children */
    assert_int_equal(json_array_size(json_object_get(json, "offers")), 1);
    json_decref(json);
    fixture_close(&fixture);
}

/* ---- the whole, shaken */

/* Same inputs, same ids: of offers, of everything. */
static void a_replay_makes_the_same(void **state) {
    (void)state;
    struct id offers[2], second[2];
    for (int i = 0; i < 2; i++) {
        struct fixture *fixture = open_router();
        house_open(fixture, &girl, true);
        house_open(fixture, &(struct case_setup){"odgj_krisis", "35.78", 0, "", 2, false}, true);
        fixture_turn(fixture);
        house_sent(fixture, &offers[i]);
        fixture_advance(fixture, 20 * MINUTE);
        house_sent(fixture, &second[i]);
        fixture_close(&fixture);
    }
    assert_memory_equal(&offers[0], &offers[1], sizeof offers[0]);
    assert_memory_equal(&second[0], &second[1], sizeof second[0]);
}

static void loads_are_counted_again_after_a_restart(void **state) {
    (void)state;
    struct fixture *fixture =
        fixture_open(&(struct fixture_options){.daemon = &router_daemon, .seed = 3, .on_disk = true});
    struct id offer;
    house_open(fixture, &girl, false);
    house_sent(fixture, &offer);
    house_open(fixture, &girl, false);
    fixture_restart(fixture, false);
    assert_int_equal(places_of(fixture, BATU, "open_offers"), 2);
    house_answer(
        fixture, &offer, &(struct order){.who = staff_of(BATU), .event = "reject", .reason_code = "PENUH"});
    assert_int_equal(places_of(fixture, BATU, "open_offers"), 1);
    fixture_close(&fixture);
}

struct shaken {
    struct id cases[40], offers[400];
    char facilities[400][48];
    unsigned case_count, offer_count;
};

static void remember_offers(struct fixture *fixture, struct shaken *shaken) {
    size_t count = fixture_count(fixture, SIGAP__EVENT__BODY_OFFER_SENT);
    for (size_t i = 0; i < count && shaken->offer_count < 400; i++) {
        const Sigap__OfferSent *sent =
            fixture_nth(fixture, SIGAP__EVENT__BODY_OFFER_SENT, i)->event->offer_sent;
        id_from_bytes(sent->offer_id.data, sent->offer_id.len, &shaken->offers[shaken->offer_count]);
        snprintf(shaken->facilities[shaken->offer_count++], 48, "%s", sent->facility);
    }
    fixture_forget(fixture);
}

static void shake_once(struct fixture *fixture, struct shaken *shaken) {
    static const char *const events[] = {"accept", "accept", "accept", "reject", "decline", "arrive",
        "complete", "fail", "cancel", "request-cancel", "confirm-cancel", "hold", "resume", "error"};
    static const char *const facilities[] = {BATU, PRSMP, SUMENEP};
    uint64_t dice = fixture_random(fixture) % 100, pick = fixture_random(fixture) >> 8;
    const char *facility = facilities[pick % 3];
    bool later = fixture_random(fixture) % 3 == 0;
    if (dice < 20 && shaken->case_count < 40) {
        struct case_setup setup = girl;
        setup.priority = (int)(pick % 4);
        shaken->cases[shaken->case_count++] = house_open(fixture, &setup, later);
    } else if (dice < 75 && shaken->offer_count) {
        unsigned at = (unsigned)(pick % shaken->offer_count);
        const char *event = events[fixture_random(fixture) % (sizeof events / sizeof *events)];
        bool requester = strcmp(event, "cancel") == 0 || strcmp(event, "request-cancel") == 0 ||
                         strcmp(event, "error") == 0;
        const struct order order = {.who = requester ? coordinator : staff_of(shaken->facilities[at]),
            .event = event,
            .reason_code = fixture_random(fixture) % 2 ? "PENUH" : "RISIKO_KEAMANAN",
            .reason = "uji",
            .outcome = fixture_random(fixture) % 2 ? "stays" : "",
            .later = later};
        house_answer(fixture, &shaken->offers[at], &order);
    } else if (dice < 83) {
        house_places(fixture, facility, fixture_random(fixture) % 8 != 0,
            (unsigned)(fixture_random(fixture) % 4), &(struct order){.who = coordinator, .later = later});
    } else if (dice < 88 && shaken->case_count) {
        house_assign(fixture, &shaken->cases[pick % shaken->case_count], facility,
            &(struct order){.who = coordinator, .reason = "uji", .later = later});
    } else if (dice < 91 && shaken->case_count) {
        house_close_case(
            fixture, &shaken->cases[pick % shaken->case_count], "terbukti", fixture_random(fixture) % 2);
    } else if (dice < 94 && shaken->case_count) {
        house_change(
            fixture, &shaken->cases[pick % shaken->case_count], "", (int)(fixture_random(fixture) % 4), "");
    } else {
        fixture_advance(fixture, (int64_t)(fixture_random(fixture) % 120) * MINUTE);
    }
}

/* Each case: at most one open offer; each facility: what is held is what its open offers hold, never more
 * than there is. */
static void check_all(struct fixture *fixture, const struct shaken *shaken, uint64_t seed) {
    json_t *facilities = house_list(fixture, "facilities", coordinator), *each, *offer;
    size_t index, k;
    json_array_foreach(facilities, index, each) {
        int64_t held = json_integer_value(json_object_get(each, "held"));
        if (json_is_true(json_object_get(each, "capacity_known")) &&
            (held < 0 || held > json_integer_value(json_object_get(each, "places"))))
            fail_msg("seed %llu: %s holds %lld places", (unsigned long long)seed, json_text(each, "id"),
                (long long)held);
    }
    json_decref(facilities);
    for (unsigned i = 0; i < shaken->case_count; i++) {
        unsigned status, open = 0;
        json_t *json = house_case(fixture, &shaken->cases[i], coordinator, &status);
        json_array_foreach(json_object_get(json, "offers"), k, offer) {
            enum offer_state state;
            open += offer_state_read(json_text(offer, "state"), &state) && offer_is_open(state);
        }
        const char *state = json_text(json_object_get(json, "referral"), "state");
        if (status == 200 && (open > 1 || (open == 1) != (strcmp(state, "active") == 0)))
            fail_msg(
                "seed %llu: case %u is %s with %u open offers", (unsigned long long)seed, i, state, open);
        json_decref(json);
    }
}

static void shaken_and_still_sound(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct fixture *fixture =
            fixture_open(&(struct fixture_options){.daemon = &router_daemon, .seed = seed});
        struct shaken *shaken = calloc(1, sizeof *shaken);
        for (int i = 0; i < 250; i++) {
            shake_once(fixture, shaken);
            fixture_turn(fixture);
            if (fixture_last(fixture, SIGAP__EVENT__BODY_INPUT_PARKED))
                fail_msg("seed %llu step %d: %s", (unsigned long long)seed, i,
                    fixture_last(fixture, SIGAP__EVENT__BODY_INPUT_PARKED)->event->input_parked->reason);
            remember_offers(fixture, shaken);
            if (i % 25 == 24)
                check_all(fixture, shaken, seed);
        }
        assert_true(shaken->offer_count > 20);
        free(shaken);
        fixture_close(&fixture);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fresh_case_costs_two_records),
        cmocka_unit_test(a_draft_waits_for_facts_and_goes_on_by_itself),
        cmocka_unit_test(an_emergency_goes_at_once),
        cmocka_unit_test(a_plan_without_facility_is_home),
        cmocka_unit_test(what_nobody_takes_has_an_owner),
        cmocka_unit_test(accepted_then_arrived_then_completed),
        cmocka_unit_test(refused_then_the_next_and_the_coordinator_hears),
        cmocka_unit_test(reasons_are_checked),
        cmocka_unit_test(who_may_answer),
        cmocka_unit_test(a_command_acts_once_and_a_stale_one_not),
        cmocka_unit_test(an_answer_by_chat),
        cmocka_unit_test(only_the_facility_answers_by_chat),
        cmocka_unit_test(given_back_by_chat),
        cmocka_unit_test(a_word_given_by_chat_counts_beyond_the_places),
        cmocka_unit_test(no_answer_no_stop),
        cmocka_unit_test(accepted_but_not_started),
        cmocka_unit_test(scheduled_but_not_started),
        cmocka_unit_test(a_hold_rings_and_stops_the_time_to_start),
        cmocka_unit_test(a_cancellation_is_confirmed_by_time),
        cmocka_unit_test(a_transit_house_is_asked_where_to_next),
        cmocka_unit_test(a_case_that_becomes_urgent_does_not_wait),
        cmocka_unit_test(urgent_after_it_was_accepted),
        cmocka_unit_test(urgent_after_the_warning),
        cmocka_unit_test(another_kind_takes_the_offer_back),
        cmocka_unit_test(a_conflict_of_interest_takes_the_case_away),
        cmocka_unit_test(a_conflict_takes_away_what_was_accepted),
        cmocka_unit_test(a_conflict_takes_back_what_was_chosen_by_hand),
        cmocka_unit_test(facilities_in_conflict_add_up),
        cmocka_unit_test(what_a_person_recorded_stays),
        cmocka_unit_test(a_report_adds_a_facility_in_conflict),
        cmocka_unit_test(a_conflict_waits_for_a_facility_that_there_is),
        cmocka_unit_test(an_officer_in_conflict_sees_and_moves_nothing),
        cmocka_unit_test(staff_of_who_is_accused_see_their_own_offer_only),
        cmocka_unit_test(a_closed_case_asks_nobody),
        cmocka_unit_test(closed_before_the_client_came),
        cmocka_unit_test(who_has_accepted_has_the_whole),
        cmocka_unit_test(whose_merge_is_undone_has_it_no_more),
        cmocka_unit_test(a_wrong_kind_shuts_nobody_out),
        cmocka_unit_test(what_is_not_known_here_is_parked),
        cmocka_unit_test(training_stays_training),
        cmocka_unit_test(training_takes_no_place),
        cmocka_unit_test(a_coordinator_chooses),
        cmocka_unit_test(two_accepts_race),
        cmocka_unit_test(a_place_is_held_while_the_offer_is_open),
        cmocka_unit_test(old_news_of_places_means_ask_first),
        cmocka_unit_test(who_accepts_without_a_place_is_told),
        cmocka_unit_test(a_freed_place_is_offered_to_who_waited),
        cmocka_unit_test(a_freed_place_finds_who_waits_behind_many),
        cmocka_unit_test(who_is_at_home_for_want_of_a_place_waits_too),
        cmocka_unit_test(who_waited_before_there_was_a_table),
        cmocka_unit_test(a_freed_place_reads_only_who_waits_for_it),
        cmocka_unit_test(what_was_completed_in_error_is_routed_again),
        cmocka_unit_test(danger_after_the_stay_is_routed_anew),
        cmocka_unit_test(a_further_stay_by_hand),
        cmocka_unit_test(staff_that_coordinates_sees_both),
        cmocka_unit_test(a_facility_sees_its_own_masked),
        cmocka_unit_test(a_secret_case_shows_its_number),
        cmocka_unit_test(long_lists_are_kept),
        cmocka_unit_test(the_explanation_names_rule_and_reasons),
        cmocka_unit_test(a_replay_makes_the_same),
        cmocka_unit_test(loads_are_counted_again_after_a_restart),
        cmocka_unit_test(shaken_and_still_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
