/* A report accuses the facility whose team is the nearest: somebody else is called, and its people neither
 * read nor answer anything of the case (ESC-10). */
#include "flow.h"

#include "common/rights.h"

/* Kab. Magetan: the rapid-response team of its home for older people is the nearest one. */
static const struct flow_case beaten = {
    .kind = "lansia_terlantar", .area = "35.20", .priority = SIGAP__PRIORITY__PRIORITY_P0};
static const char team[] = "trc-jtm-pstw-mgt", facility[] = "JTM-PSTW-MGT";

static void tell(
    struct flow *flow, const char *daemon, const struct id *case_id, const char *name, const char *value) {
    Sigap__Fact fact = SIGAP__FACT__INIT, *facts[] = {&fact};
    Sigap__FactRecorded recorded = SIGAP__FACT_RECORDED__INIT;
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    fact.name = (char *)name;
    fact.value = (char *)value;
    if (strcmp(daemon, "triage") == 0) {
        changed.facts = facts;
        changed.n_facts = 1;
        event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
        event.case_changed = &changed;
    } else {
        recorded.fact = &fact;
        event.body_case = SIGAP__EVENT__BODY_FACT_RECORDED;
        event.fact_recorded = &recorded;
    }
    flow_event(flow, daemon, LANE_URGENT, case_id, &event);
}

static void accused_by(struct flow *flow, const char *daemon, const struct id *case_id, const char *ids) {
    tell(flow, daemon, case_id, RIGHTS_CONFLICT_FACILITY, ids);
}

/* Messages to rapid-response teams but this one. */
static unsigned sent_to_others(const struct flow *flow) {
    unsigned count = 0;
    for (unsigned i = 0; i < flow->count; i++)
        count += strncmp(flow->sent[i].team, "trc-", 4) == 0 && strcmp(flow->sent[i].team, team) != 0;
    return count;
}

/* In none of the steps to come. */
static void assert_only_others_are_called(struct flow *flow) {
    flow_advance(flow, 3 * HOUR);
    assert_int_equal(flow_sent(flow, team, NULL, NULL), 0);
    assert_true(sent_to_others(flow) > 0);
}

static struct id opened(struct flow *flow, const char *ids, char token[80]) {
    struct id case_id = flow_case_opened_with(flow, beaten, RIGHTS_CONFLICT_FACILITY, ids);
    flow_token(flow_last(flow, team), "Terima", token);
    return case_id;
}

static void test_the_next_team_is_called(void **state) {
    static const struct {
        const char *ids;
        bool theirs;
    } cases[] = {{NULL, true}, {"no", true}, {"JTM-PPSPA-BATU", true}, {facility, false},
        {"JTM-PPSPA-BATU JTM-PSTW-MGT", false}, {"JTM-PSTW-MGT-AMALIA", false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flow *flow = flow_new(NULL);
        char token[80];
        opened(flow, cases[i].ids, token);
        flow_advance(flow, 3 * HOUR); /* and in none of the steps after it */
        assert_int_equal(flow_sent(flow, team, NULL, NULL) > 0, cases[i].theirs);
        assert_int_equal(sent_to_others(flow) > 0, !cases[i].theirs);
        assert_true(flow_sent(flow, "tri", NULL, "alert") > 0);
        flow_free(flow);
    }
}

static unsigned look_with(
    struct flow *flow, const struct id *case_id, const char *role, const char *works_at) {
    unsigned status;
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__CaseView what = SIGAP__CASE_VIEW__INIT;
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    char *roles[] = {(char *)role}, *areas[] = {(char *)"35.20"}, *facilities[] = {(char *)works_at};
    actor.account = (char *)"staff";
    actor.roles = roles;
    actor.areas = areas;
    actor.facilities = facilities;
    actor.n_roles = actor.n_areas = 1;
    actor.n_facilities = works_at != NULL;
    what.case_id = bytes_of(case_id);
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
    view.case_file = &what;
    json_decref(fixture_view(flow->fixture, &view, &status));
    return status;
}

static unsigned look_from(struct flow *flow, const struct id *case_id, const char *works_at) {
    return look_with(flow, case_id, "TRC", works_at);
}

static unsigned look_as(struct flow *flow, const struct id *case_id, const char *role) {
    return look_with(flow, case_id, role, NULL);
}

static unsigned look(struct flow *flow, const struct id *case_id) {
    return look_from(flow, case_id, facility);
}

static unsigned accept_as_staff(struct flow *flow, const struct id *alert) {
    Sigap__AnswerAlert answer = SIGAP__ANSWER_ALERT__INIT;
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    char *roles[] = {(char *)"TRC"}, *facilities[] = {(char *)facility};
    actor.account = (char *)"staff";
    actor.roles = roles;
    actor.facilities = facilities;
    actor.n_roles = actor.n_facilities = 1;
    answer.alert_id = bytes_of(alert);
    answer.action = (char *)"accept";
    return flow_command(flow, &answer, &actor, NULL, 0)->status;
}

/* Called before it was known: by whom it becomes known makes no difference to them. */
static void test_who_was_called_answers_nothing(void **state) {
    static const char *const daemons[] = {"casework", "triage"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct flow *flow = flow_new(NULL);
        char token[80];
        struct id case_id = opened(flow, NULL, token), alert = flow_alert(flow);
        assert_int_equal(look(flow, &case_id), 200);
        accused_by(flow, daemons[i], &case_id, facility);
        assert_int_equal(flow_answer_link(flow, token, "accept")->status, 404);
        assert_int_equal(accept_as_staff(flow, &alert), 403);
        assert_int_equal(look(flow, &case_id), 404);
        flow->count = 0;
        assert_only_others_are_called(flow);
        flow_free(flow);
    }
}

static void test_others_are_called_at_once(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80];
    struct id case_id = opened(flow, NULL, token);
    assert_int_equal(sent_to_others(flow), 0);
    accused_by(flow, "casework", &case_id, facility);
    assert_int_equal(sent_to_others(flow), 1);
    flow_free(flow);
}

/* What they have accepted nobody has; and when a person finds out that it was not them, they may again. */
static void test_their_answer_is_taken_back(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80];
    struct id case_id = opened(flow, NULL, token);
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
    flow->count = 0;
    accused_by(flow, "casework", &case_id, "JTM-PPSPA-BATU"); /* others are accused: theirs stands */
    assert_int_equal(sent_to_others(flow), 0);
    accused_by(flow, "casework", &case_id, facility);
    const struct fixture_record *moved = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
    assert_int_equal(moved->event->alert_moved->to, SIGAP__ALERT_STATE__ALERT_OPEN);
    flow_advance(flow, HOUR);
    assert_true(sent_to_others(flow) > 0);
    assert_int_equal(flow_sent(flow, team, NULL, NULL), 0);
    accused_by(flow, "casework", &case_id, "no");
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
    flow_free(flow);
}

/* "Pengasuh panti": it may be any of the regency, until somebody finds out. */
static void test_where_nobody_is_named(void **state) {
    static const struct {
        const char *name, *value;
        bool out; /* their team, from then on */
    } later[] = {{RIGHTS_CONFLICT_FACILITY, "unknown", true}, {RIGHTS_CONFLICT_FACILITY, facility, true},
        {RIGHTS_CONFLICT_FACILITY, "JTM-PPSPA-BATU", false}, {RIGHTS_CONFLICT_FACILITY, "no", false},
        {RIGHTS_CONFLICT_OF_INTEREST, "no", false}};
    (void)state;
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = flow_case_opened_with(flow, beaten, RIGHTS_CONFLICT_OF_INTEREST, "yes");
        assert_int_equal(flow_sent(flow, team, NULL, NULL), 0);
        assert_true(sent_to_others(flow) > 0);
        assert_true(flow_sent(flow, "tri", NULL, "alert") > 0);
        assert_int_equal(look(flow, &case_id), 404);
        assert_int_equal(look_from(flow, &case_id, "JTM-PPSPA-BATU"), 200);
        tell(flow, "casework", &case_id, later[i].name, later[i].value);
        assert_int_equal(look(flow, &case_id), later[i].out ? 404 : 200);
        flow_free(flow);
    }
}

/* A further report accuses, or a person finds out: who was called is called off, and others are. */
static void test_accused_later_and_not_named(void **state) {
    static const char *const daemons[] = {"casework", "triage"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct flow *flow = flow_new(NULL);
        char token[80];
        struct id case_id = opened(flow, NULL, token);
        tell(flow, daemons[i], &case_id, RIGHTS_CONFLICT_OF_INTEREST, "yes");
        assert_int_equal(flow_answer_link(flow, token, "accept")->status, 404);
        assert_int_equal(look(flow, &case_id), 404);
        flow->count = 0;
        assert_only_others_are_called(flow);
        flow_free(flow);
    }
}

/* An office that is accused has no neighbour for its regency: the coordinator is told in its place, at once,
 * and its people read nothing. */
static void test_an_office_is_left_out(void **state) {
    static const struct {
        const char *ids;
        bool theirs;
        unsigned status;
    } cases[] = {{"JTM-PPSPA-BATU", true, 200}, {"office:TKSK", false, 404}, {"office:PPA", true, 200},
        {"office:PPA office:TKSK", false, 404}, {"no", true, 200}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = flow_case_opened_with(flow, beaten, RIGHTS_CONFLICT_FACILITY, cases[i].ids);
        assert_int_equal(flow_sent(flow, "kor", NULL, NULL) > 0, !cases[i].theirs);
        assert_int_equal(look_as(flow, &case_id, "TKSK"), cases[i].status);
        assert_int_equal(look_as(flow, &case_id, "PKM"), 200);
        flow_offer_sent(flow, &case_id, facility, SIGAP__PRIORITY__PRIORITY_P0, "35.20");
        assert_int_equal(look_as(flow, &case_id, "TKSK"), cases[i].status); /* nor by the offer */
        flow_advance(flow, 3 * HOUR);
        assert_int_equal(flow_sent(flow, "tksk-3520", NULL, NULL) > 0, cases[i].theirs);
        flow_free(flow);
    }
}

/* Whatever the kind: who accuses those who receive cases is heard by the coordinator at once. */
static void test_the_coordinator_is_told(void **state) {
    static const char *const answers[] = {"yes", "no"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct flow *flow = flow_new(NULL);
        flow_case_opened_with(flow, beaten, RIGHTS_CONFLICT_OF_INTEREST, answers[i]);
        assert_int_equal(flow_sent(flow, "kor", NULL, NULL) > 0, i == 0);
        flow_free(flow);
    }
}

/* A facility that has been offered the case answers its offer, and hears that it is withdrawn: the router
 * sees to it. */
static void test_an_offer_is_between_facility_and_router(void **state) {
    static const char box[] = "fas-jtm-pstw-mgt";
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80];
    struct id case_id = opened(flow, NULL, token);
    struct id offer = flow_offer_sent(flow, &case_id, facility, SIGAP__PRIORITY__PRIORITY_P0, "35.20");
    assert_int_equal(flow_sent(flow, box, NULL, NULL), 1);
    accused_by(flow, "casework", &case_id, facility);
    flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_CANCELLED, 0);
    assert_int_equal(flow_sent(flow, box, NULL, "withdrawn"), 1);
    flow_free(flow);
}

/* --- found out when it had accepted --- */

static const char their_box[] = "fas-jtm-pstw-mgt";

static void say_offer(struct flow *flow, const struct id *case_id, const struct id *offer,
    Sigap__OfferState from, Sigap__OfferState to, const char *word, const char *reason) {
    Sigap__OfferMoved moved = SIGAP__OFFER_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    moved.offer_id = bytes_of(offer);
    moved.from = from;
    moved.to = to;
    moved.event = (char *)word;
    moved.reason = (char *)reason;
    event.body_case = SIGAP__EVENT__BODY_OFFER_MOVED;
    event.offer_moved = &moved;
    flow_event(flow, "router", LANE_URGENT, case_id, &event);
}

static struct id offer_accepted(struct flow *flow, const struct id *case_id, const char *by) {
    struct id offer = flow_offer_sent(flow, case_id, by, SIGAP__PRIORITY__PRIORITY_P2, "35.20");
    say_offer(flow, case_id, &offer, SIGAP__OFFER_STATE__OFFER_RECEIVED, SIGAP__OFFER_STATE__OFFER_ACCEPTED,
        "accept", "");
    return offer;
}

static void say_conflict(struct flow *flow, const struct id *case_id) {
    Sigap__ReferralMoved moved = SIGAP__REFERRAL_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    moved.referral_id = bytes_of(case_id);
    moved.from = moved.to = SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE;
    moved.reason = (char *)"conflict_of_interest";
    moved.owner_role = (char *)"KOR";
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_MOVED;
    event.referral_moved = &moved;
    flow_event(flow, "router", LANE_URGENT, case_id, &event);
}

static unsigned told(const struct flow *flow, const char *whom, const char *words) {
    unsigned count = 0;
    for (unsigned i = 0; i < flow->count; i++)
        count += strcmp(flow->sent[i].team, whom) == 0 && strstr(flow->sent[i].text, words) != NULL;
    return count;
}

static struct id taken_away(struct flow *flow, struct flow_case what) {
    struct id case_id = flow_case_opened(flow, what), offer = offer_accepted(flow, &case_id, facility);
    flow->count = 0;
    accused_by(flow, "casework", &case_id, facility);
    say_conflict(flow, &case_id);
    say_offer(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_ACCEPTED, SIGAP__OFFER_STATE__OFFER_CANCELLED,
        "confirm_cancel", "reassigned");
    return case_id;
}

/* Its people are not asked, not told why, and see nothing any more: what they are accused of may be true. */
static void test_who_had_accepted_is_not_warned(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = taken_away(flow, beaten);
    assert_int_equal(told(flow, their_box, "dialihkan oleh koordinator"), 1);
    assert_int_equal(flow_sent(flow, their_box, NULL, NULL), 1);
    assert_int_equal(told(flow, their_box, "onflik"), 0);
    assert_int_equal(told(flow, their_box, "onfirmasi"), 0);
    assert_int_equal(look(flow, &case_id), 404);
    flow_free(flow);
}

/* Whoever is in danger may be there already: the coordinator is rung until somebody answers or the client has
 * come elsewhere. */
static void test_a_client_may_be_with_those_accused(void **state) {
    struct flow_case calm = beaten;
    calm.priority = SIGAP__PRIORITY__PRIORITY_P1;
    (void)state;
    for (int answers = 0; answers < 2; answers++) {
        struct flow *flow = flow_new(NULL);
        char token[80];
        struct id case_id = taken_away(flow, calm);
        assert_int_equal(told(flow, "kor", "tempatnya ditarik"), 1);
        assert_int_equal(told(flow, "kor", "[P0"), 1); /* one degree more urgent */
        assert_int_equal(told(flow, "kor", "onflik"), 0);
        flow_token(flow_last(flow, "kor"), "Terima", token);
        struct id next = offer_accepted(flow, &case_id, "JTM-PSTW-JBG");
        flow->count = 0;
        flow_advance(flow, 6 * MINUTE);
        assert_true(told(flow, "kor", "tempatnya ditarik") > 0);
        if (answers)
            assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
        else
            say_offer(flow, &case_id, &next, SIGAP__OFFER_STATE__OFFER_ACCEPTED,
                SIGAP__OFFER_STATE__OFFER_IN_PROGRESS, "arrive", "");
        flow->count = 0;
        flow_advance(flow, 6 * MINUTE);
        assert_int_equal(told(flow, "kor", "tempatnya ditarik"), 0);
        flow_free(flow);
    }
}

/* Known for good, not for as long as the daemon lives. */
static void test_a_restart_forgets_nobody(void **state) {
    (void)state;
    struct flow *flow = flow_new_on_disk(NULL);
    char token[80];
    opened(flow, facility, token);
    fixture_restart(flow->fixture, true);
    fixture_turn(flow->fixture);
    assert_only_others_are_called(flow);
    flow_free(flow);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_next_team_is_called),
        cmocka_unit_test(test_who_was_called_answers_nothing),
        cmocka_unit_test(test_others_are_called_at_once),
        cmocka_unit_test(test_their_answer_is_taken_back),
        cmocka_unit_test(test_where_nobody_is_named),
        cmocka_unit_test(test_accused_later_and_not_named),
        cmocka_unit_test(test_an_office_is_left_out),
        cmocka_unit_test(test_the_coordinator_is_told),
        cmocka_unit_test(test_an_offer_is_between_facility_and_router),
        cmocka_unit_test(test_who_had_accepted_is_not_warned),
        cmocka_unit_test(test_a_client_may_be_with_those_accused),
        cmocka_unit_test(test_a_restart_forgets_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
