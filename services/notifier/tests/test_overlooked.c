/* Where a person may fall asleep, or look elsewhere, and the alert must not: what was accepted and not done,
 * what comes again after it was over, and what nobody answers for days. */
#include "flow.h"

static const char mail_site[] =
    "console_url: \"https://sigap.example\"\n"
    "channels:\n"
    "  - { name: outbox }\n"
    "  - name: email\n"
    "    options: [{ name: server, value: \"smtp://mail.example\" }, { name: from, value: "
    "piket@sigap.example }]\n";

static const struct flow_case emergency = {
    .kind = "odgj_krisis", .area = "35.07.12", .priority = SIGAP__PRIORITY__PRIORITY_P0};
static const struct flow_case normal = {
    .kind = "lansia_terlantar", .area = "35.07.12.2003", .priority = SIGAP__PRIORITY__PRIORITY_P2};

/* --- what other daemons say --- */

static void say_review(struct flow *flow, const struct id *report, bool danger, Sigap__Priority priority) {
    Sigap__ReportInReview review = SIGAP__REPORT_IN_REVIEW__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    review.report_id = bytes_of(report);
    review.reason = (char *)"low_confidence";
    review.owner_role = (char *)"TRI";
    review.danger = danger;
    review.priority = priority;
    event.body_case = SIGAP__EVENT__BODY_REPORT_IN_REVIEW;
    event.report_in_review = &review;
    flow_event(flow, "triage", LANE_URGENT, NULL, &event);
}

static void say_received(struct flow *flow, const struct id *report) {
    Sigap__ReportReceived received = SIGAP__REPORT_RECEIVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    received.report_id = bytes_of(report);
    received.danger = true;
    event.body_case = SIGAP__EVENT__BODY_REPORT_RECEIVED;
    event.report_received = &received;
    flow_event(flow, "intake", LANE_URGENT, NULL, &event);
}

static void say_parked(struct flow *flow, uint64_t number, enum lane lane) {
    Sigap__InputParked parked = SIGAP__INPUT_PARKED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    parked.number = number;
    parked.lane = lane;
    event.body_case = SIGAP__EVENT__BODY_INPUT_PARKED;
    event.input_parked = &parked;
    flow_event(flow, "intake", LANE_URGENT, NULL, &event);
}

static void say_overdue(struct flow *flow, const struct id *case_id, Sigap__Priority priority) {
    struct id id = fixture_id(flow->fixture);
    Sigap__Task task = SIGAP__TASK__INIT;
    Sigap__TaskReminder reminder = SIGAP__TASK_REMINDER__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    task.task_id = bytes_of(&id);
    task.code = (char *)"LNS-02";
    task.role = (char *)"TKSK";
    task.owner = (char *)"tksk-3507";
    reminder.task = &task;
    reminder.percent = 100;
    reminder.priority = priority;
    reminder.kind = (char *)normal.kind;
    reminder.area = (char *)normal.area;
    event.body_case = SIGAP__EVENT__BODY_TASK_REMINDER;
    event.task_reminder = &reminder;
    flow_event(flow, "casework", LANE_URGENT, case_id, &event);
}

static void say_referral(struct flow *flow, const struct id *case_id, Sigap__ReferralState from,
    Sigap__ReferralState to, const char *reason, const char *owner_role) {
    Sigap__ReferralMoved moved = SIGAP__REFERRAL_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    moved.referral_id = bytes_of(case_id); /* a case has one */
    moved.from = from;
    moved.to = to;
    moved.reason = (char *)reason;
    moved.owner_role = (char *)owner_role;
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_MOVED;
    event.referral_moved = &moved;
    flow_event(flow, "router", LANE_URGENT, case_id, &event);
}

static void answer_newest(struct flow *flow, const char *action) {
    char *roles[] = {(char *)"TRI"}, *areas[] = {(char *)"*"};
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__AnswerAlert answer = SIGAP__ANSWER_ALERT__INIT;
    struct id alert = flow_alert(flow);
    actor.account = (char *)"sri";
    actor.roles = roles;
    actor.areas = areas;
    actor.n_roles = actor.n_areas = 1;
    answer.alert_id = bytes_of(&alert);
    answer.action = (char *)action;
    const Sigap__CommandAnswered *answered = flow_command(flow, &answer, &actor, NULL, 0);
    if (answered->status != 200)
        fail_msg("%s: %u %s", action, answered->status, answered->sentence);
}

static const struct message *last_for(const struct flow *flow, const char *purpose) {
    for (unsigned i = flow->count; i-- > 0;)
        if (strcmp(flow->sent[i].purpose, purpose) == 0)
            return &flow->sent[i];
    fail_msg("nobody was told for %s", purpose);
    return NULL;
}

/* team: NULL any. */
static unsigned sent_about(
    const struct flow *flow, const char *team, const char *purpose, const char *words) {
    unsigned count = 0;
    for (unsigned i = 0; i < flow->count; i++)
        count += (!team || strcmp(flow->sent[i].team, team) == 0) &&
                 strcmp(flow->sent[i].purpose, purpose) == 0 && strstr(flow->sent[i].text, words);
    return count;
}

static unsigned lapses(struct flow *flow, const struct id *alert) {
    size_t count;
    unsigned lapsed = 0;
    const struct fixture_record *records = fixture_records(flow->fixture, &count);
    for (size_t i = 0; i < count; i++) {
        const Sigap__Event *event = records[i].event;
        lapsed += event->body_case == SIGAP__EVENT__BODY_ALERT_MOVED &&
                  strcmp(event->alert_moved->action, "lapse") == 0 &&
                  memcmp(event->alert_moved->alert_id.data, alert->bytes, ID_BYTES) == 0;
    }
    return lapsed;
}

/* --- accepted, and then nothing --- */

static void open_review(struct flow *flow) {
    struct id report = fixture_id(flow->fixture);
    say_review(flow, &report, true, SIGAP__PRIORITY__PRIORITY_P2);
}

static void open_urgent_review(struct flow *flow) {
    struct id report = fixture_id(flow->fixture);
    say_review(flow, &report, false, SIGAP__PRIORITY__PRIORITY_P1);
}

static void open_silent(struct flow *flow) {
    struct id report = fixture_id(flow->fixture);
    say_received(flow, &report);
    flow_advance(flow, 130000);
}

static void open_unroutable(struct flow *flow) {
    struct id case_id = flow_case_opened(flow, emergency);
    say_referral(flow, &case_id, SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE,
        SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE, "refused", "");
}

static void open_parked(struct flow *flow) {
    say_parked(flow, 3, LANE_URGENT);
}

static void open_parked_of_the_normal_lane(struct flow *flow) {
    say_parked(flow, 3, LANE_NORMAL);
}

/* Whoever said "I take it" is reminded, and when nothing was decided in time the alert opens again. Nothing
 * is watched for ever: what a person calls done is done. */
static void test_accepted_and_fallen_asleep(void **state) {
    (void)state;
    static const struct {
        const char *name;
        void (*open)(struct flow *flow);
        int64_t within; /* a working day: Monday 10:00 to Tuesday 10:00 */
        const char *reminder, *again;
    } ways[] = {
        {"review", open_review, 15 * MINUTE, "sudah Anda terima dan belum diputuskan", "Laporan"},
        {"urgent review", open_urgent_review, HOUR, "sudah Anda terima dan belum diputuskan", "Laporan"},
        {"silent", open_silent, 15 * MINUTE, "sudah Anda terima dan belum diputuskan", "Laporan"},
        {"unroutable", open_unroutable, 15 * MINUTE, "menunggu langkah Anda", "Rujukan"},
        {"parked", open_parked, 15 * MINUTE, "tandai selesai", "disisihkan"},
        {"parked, normal", open_parked_of_the_normal_lane, 24 * HOUR, "tandai selesai", "disisihkan"},
    };
    for (size_t i = 0; i < 2 * sizeof ways / sizeof *ways; i++) {
        size_t k = i / 2;
        bool done = i % 2;
        struct flow *flow = flow_new(NULL);
        ways[k].open(flow);
        struct id alert = flow_alert(flow);
        answer_newest(flow, done ? "done" : "accept");
        flow->count = 0;
        flow_advance(flow, ways[k].within - MINUTE);
        assert_int_equal(lapses(flow, &alert), 0);
        if (!done && !strstr(last_for(flow, "reminder")->text, ways[k].reminder))
            fail_msg("%s: %s", ways[k].name, last_for(flow, "reminder")->text);
        flow_advance(flow, 6 * MINUTE); /* a sweep of normal ones comes up to five minutes late */
        unsigned again = sent_about(flow, NULL, "again", ways[k].again);
        if (lapses(flow, &alert) != !done || (again > 0) == done)
            fail_msg("%s, %s: told again %u times", ways[k].name, done ? "done" : "accepted", again);
        flow_free(flow);
    }
}

/* An overdue task that somebody has taken on is work in the field: P0 has an hour. */
static void test_an_overdue_task_is_watched(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    char token[80];
    say_overdue(flow, &case_id, SIGAP__PRIORITY__PRIORITY_P0);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", token);
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
    flow->count = 0;
    flow_advance(flow, HOUR - 1);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "reminder"), 2);
    assert_int_equal(sent_about(flow, "tri", "again", "Tugas"), 0);
    flow_advance(flow, 1);
    assert_int_equal(sent_about(flow, "tri", "again", "Tugas"), 1);
    flow_free(flow);
}

/* --- what comes again after it was over --- */

static void say_joined(struct flow *flow, const struct id *case_id) {
    struct id report = fixture_id(flow->fixture);
    Sigap__ReportJoined joined = SIGAP__REPORT_JOINED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    joined.report_id = bytes_of(&report);
    joined.danger = true;
    event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
    event.report_joined = &joined;
    flow_event(flow, "triage", LANE_URGENT, case_id, &event);
}

/* What comes with a case that is raised again, reopened, or told of by a witness. NULL: an old journal. */
static void say_raised(struct flow *flow, const struct id *case_id, Sigap__CaseBrief *brief) {
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    changed.priority_before = SIGAP__PRIORITY__PRIORITY_P4;
    changed.priority = SIGAP__PRIORITY__PRIORITY_P0;
    changed.brief = brief;
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    flow_event(flow, "triage", LANE_URGENT, case_id, &event);
}

static void say_witness(struct flow *flow, const struct id *case_id, Sigap__CaseBrief *brief) {
    struct id report = fixture_id(flow->fixture);
    Sigap__ReportJoined joined = SIGAP__REPORT_JOINED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    joined.report_id = bytes_of(&report);
    joined.danger = true;
    joined.brief = brief;
    event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
    event.report_joined = &joined;
    flow_event(flow, "triage", LANE_URGENT, case_id, &event);
}

static void say_reopened(struct flow *flow, const struct id *case_id, Sigap__CaseBrief *brief) {
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    closed.reopened = true;
    closed.brief = brief;
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &closed;
    flow_event(flow, "casework", LANE_URGENT, case_id, &event);
}

static const Sigap__Priority P0 = SIGAP__PRIORITY__PRIORITY_P0, P2 = SIGAP__PRIORITY__PRIORITY_P2,
                             P3 = SIGAP__PRIORITY__PRIORITY_P3;

static const char *policy_of_newest(struct flow *flow) {
    return fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED)->event->alert_raised->policy;
}

/* Lowered and raised again: somebody is woken again, however the first alert ended. */
static void test_raised_again_after_it_was_lowered(void **state) {
    (void)state;
    enum { UNANSWERED, ANSWERED, PLACED, ENDS };
    for (int end = 0; end < ENDS; end++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = flow_case_opened(flow, emergency);
        if (end == ANSWERED)
            answer_newest(flow, "accept");
        if (end == PLACED) {
            struct id offer = flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", P0, "35.07.12");
            flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_ACCEPTED, 0);
        }
        size_t raised = fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED);
        flow_priority_changed(flow, &case_id, P0, P2);
        assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), raised);
        flow_priority_changed(flow, &case_id, P2, P0);
        assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), raised + 1);
        assert_string_equal(policy_of_newest(flow), "P0-UMUM");
        flow_priority_changed(flow, &case_id, P0, P0); /* nothing new: it rings already */
        assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), raised + 1);
        flow_free(flow);
    }
}

/* A lowered case goes the way of its new priority: nobody is woken every two minutes, and who is on that way
 * and has not heard of it hears now. */
static void test_a_lowered_case_rings_no_more_like_an_emergency(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    flow_advance(flow, 11 * MINUTE);
    flow_priority_changed(flow, &case_id, P0, P2);
    assert_int_equal(flow_sent(flow, "pks-3507", NULL, "alert"), 1);
    flow->count = 0;
    flow_advance(flow, 3 * HOUR);
    assert_int_equal(flow->count, 0);
    flow_advance(flow, 21 * HOUR + 5 * MINUTE); /* a working day, and a sweep */
    assert_int_equal(flow_sent(flow, "tri", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "kds", NULL, NULL), 0);
    flow_free(flow);
}

/* Who has accepted has the time of the new priority: 3 days of a P2, not the hour of a P0. */
static void test_a_lowered_case_leaves_its_officer_more_time(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency), alert = flow_alert(flow);
    answer_newest(flow, "accept");
    flow_advance(flow, 40 * MINUTE);
    flow_priority_changed(flow, &case_id, P0, P2);
    flow_advance(flow, 71 * HOUR);
    assert_int_equal(lapses(flow, &alert), 0);
    flow_advance(flow, HOUR);
    assert_int_equal(lapses(flow, &alert), 1);
    flow_free(flow);
}

/* What a witness of danger woke people for is not lowered with the case he told of, and rings once. */
static void test_a_witness_outlives_a_change_of_the_case(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, normal);
    say_joined(flow, &case_id);
    flow_priority_changed(flow, &case_id, P2, P0); /* triage raises the case with the same report */
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), 2);
    flow_free(flow);

    flow = flow_new(NULL);
    case_id = flow_case_opened(flow, normal);
    say_joined(flow, &case_id);
    flow_priority_changed(flow, &case_id, P2, P3);
    flow->count = 0;
    flow_advance(flow, 15 * MINUTE);
    assert_int_equal(sent_about(flow, "kor", "alert", "DARURAT"), 1);
    flow_free(flow);
}

static void (*const says_again[])(struct flow *, const struct id *, Sigap__CaseBrief *) = {
    say_raised, say_witness, say_reopened};

/* A case whose alerts were forgotten, or that nobody was woken for. */
static struct id unknown_case(struct flow *flow, bool forgotten) {
    struct flow_case what = emergency;
    if (!forgotten)
        what.priority = SIGAP__PRIORITY__PRIORITY_P4;
    struct id case_id = flow_case_opened(flow, what);
    if (forgotten) {
        struct id offer = flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", P0, "35.07.12");
        flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_ACCEPTED, 0);
        flow_advance(flow, 15 * 24 * HOUR + 2 * HOUR);
    }
    flow->count = 0;
    return case_id;
}

/* Whoever looks after a place is told as of a new case, and nobody reads more than may be told. */
static void test_a_forgotten_case_is_raised_where_it_is(void **state) {
    (void)state;
    for (size_t i = 0; i < 4 * sizeof says_again / sizeof *says_again; i++) {
        bool forgotten = i & 1, secret = i & 2;
        struct flow *flow = flow_new(NULL);
        struct id case_id = unknown_case(flow, forgotten);
        Sigap__CaseBrief brief = SIGAP__CASE_BRIEF__INIT;
        brief.kind = (char *)emergency.kind;
        brief.area = (char *)emergency.area;
        brief.priority = P0;
        brief.confidentiality =
            secret ? SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C3 : SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C1;
        says_again[i / 4](flow, &case_id, &brief);
        const char *regional = secret ? "ppa-3507" : "kab-3507";
        assert_string_equal(policy_of_newest(flow), secret ? "P0-RAHASIA" : "P0-UMUM");
        assert_int_equal(flow_sent(flow, regional, NULL, "alert"), 1);
        assert_int_equal(sent_about(flow, regional, "alert", "Krisis jiwa"), !secret);
        flow_free(flow);
    }
}

/* Journals from before it was told: whoever looks after the province is told of danger, and nothing breaks.
 */
static void test_a_forgotten_case_of_an_old_journal(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof says_again / sizeof *says_again; i++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = unknown_case(flow, true);
        says_again[i](flow, &case_id, NULL);
        assert_int_equal(flow_sent(flow, NULL, NULL, "alert") > 0, says_again[i] != say_reopened);
        flow_free(flow);
    }
}

/* Triage speaks late: one alert rings for the report, not two. */
static void test_a_late_review_ends_the_alarm_of_its_silence(void **state) {
    (void)state;
    for (int danger = 0; danger < 2; danger++) {
        struct flow *flow = flow_new(NULL);
        struct id report = fixture_id(flow->fixture);
        say_received(flow, &report);
        flow_advance(flow, 130000);
        assert_int_equal(sent_about(flow, "tri", "alert", "belum ditriase"), 1);
        say_review(flow, &report, danger, P2);
        flow->count = 0;
        flow_advance(flow, HOUR);
        assert_int_equal(sent_about(flow, NULL, "again", "belum ditriase"), 0);
        assert_int_equal(sent_about(flow, "kor", "alert", "mungkin mengancam nyawa"), danger);
        flow_free(flow);
    }
}

/* An operator has seen to the first: the next of the same hour is another thing. While somebody still has to
 * look it is not. */
static void test_an_input_parked_after_the_first_was_done(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    say_parked(flow, 3, LANE_URGENT);
    say_parked(flow, 4, LANE_URGENT);
    answer_newest(flow, "accept");
    say_parked(flow, 5, LANE_URGENT);
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), 1);
    answer_newest(flow, "done");
    say_parked(flow, 6, LANE_NORMAL);
    assert_string_equal(policy_of_newest(flow), "SISTEM");
    assert_int_equal(sent_about(flow, "adm", "alert", "intake 6"), 1);
    say_parked(flow, 7, LANE_URGENT);
    say_parked(flow, 8, LANE_URGENT);
    assert_int_equal(sent_about(flow, "adm", "alert", "intake 7"), 1);
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), 3);
    flow_free(flow);
}

/* --- a facility that has accepted --- */

static const char asked[] = "fas-jtm-prsmp-sby";

static void say_offer(struct flow *flow, const struct id *case_id, const struct id *offer,
    Sigap__OfferState from, Sigap__OfferState to, const char *word, unsigned escalation) {
    Sigap__OfferMoved moved = SIGAP__OFFER_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    moved.offer_id = bytes_of(offer);
    moved.facility = (char *)"JTM-PRSMP-SBY";
    moved.from = from;
    moved.to = to;
    moved.event = (char *)word;
    moved.escalation = escalation;
    event.body_case = SIGAP__EVENT__BODY_OFFER_MOVED;
    event.offer_moved = &moved;
    flow_event(flow, "router", LANE_URGENT, case_id, &event);
}

/* Warned, the region told, the province told, asked back, taken away: also when its alert was forgotten. */
static void test_a_facility_that_has_accepted_is_watched(void **state) {
    static const Sigap__OfferState accepted = SIGAP__OFFER_STATE__OFFER_ACCEPTED;
    (void)state;
    for (int forgotten = 0; forgotten < 2; forgotten++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = flow_case_opened(flow, emergency), offer = fixture_id(flow->fixture);
        if (!forgotten) {
            offer = flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", P0, "35.07.12");
            say_offer(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_REQUESTED, accepted, "accept", 0);
        }
        say_offer(flow, &case_id, &offer, accepted, accepted, "warn_start", 1);
        assert_int_equal(sent_about(flow, asked, "due", "sudah Anda terima"), 1);
        say_offer(flow, &case_id, &offer, accepted, accepted, "start_timeout", 2);
        assert_int_equal(sent_about(flow, "kab-3507", "late", "terlambat"), 1);
        say_offer(flow, &case_id, &offer, accepted, accepted, "start_timeout", 3);
        assert_int_equal(sent_about(flow, "pro", "late", "terlambat"), 1);
        say_offer(flow, &case_id, &offer, accepted, accepted, "more_urgent", 3);
        assert_int_equal(sent_about(flow, "pro", "late", "terlambat"), 1);
        say_offer(flow, &case_id, &offer, accepted, accepted, "request_cancel", 2);
        assert_int_equal(sent_about(flow, asked, "asked-back", "diminta kembali"), 1);
        say_offer(flow, &case_id, &offer, accepted, SIGAP__OFFER_STATE__OFFER_CANCELLED, "confirm_cancel", 0);
        assert_int_equal(sent_about(flow, asked, "withdrawn", "tidak berlaku lagi"), 1);
        flow_free(flow);
    }
}

static void test_a_stay_that_is_too_long_reaches_the_province(void **state) {
    static const Sigap__OfferState stays = SIGAP__OFFER_STATE__OFFER_IN_PROGRESS;
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    struct id offer = flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", P0, "35.07.12");
    say_offer(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_REQUESTED, SIGAP__OFFER_STATE__OFFER_ACCEPTED,
        "accept", 0);
    say_offer(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_ACCEPTED, stays, "arrive", 0);
    unsigned before = flow->count;
    say_offer(flow, &case_id, &offer, stays, stays, "reschedule", 0);
    assert_int_equal(flow->count, before);
    say_offer(flow, &case_id, &offer, stays, stays, "onward", 1);
    assert_int_equal(flow_sent(flow, asked, NULL, "due"), 1);
    say_offer(flow, &case_id, &offer, stays, stays, "stay", 3);
    assert_int_equal(flow_sent(flow, "pro", NULL, "late"), 1);
    flow_free(flow);
}

/* The router names who must know although the referral stays where it is; what rings of it rings on. */
static void test_who_is_named_by_the_router_is_told(void **state) {
    static const Sigap__ReferralState active = SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE;
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    for (int i = 0; i < 2; i++) {
        struct id offer = flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", P0, "35.07.12");
        flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_REJECTED, 0);
    }
    unsigned rung = sent_about(flow, "kor", "alert", "Rujukan");
    assert_int_equal(rung, 1);
    say_referral(flow, &case_id, active, active, "refused_twice", "KOR");
    assert_int_equal(flow_sent(flow, "kor", NULL, "stand-down"), 0);
    assert_int_equal(sent_about(flow, "kor", "alert", "Rujukan"), rung);
    say_referral(flow, &case_id, active, active, "province_told", "PRO");
    assert_int_equal(sent_about(flow, "pro", "expired", "tidak menjawab"), 1);
    say_referral(flow, &case_id, active, active, "conflict_of_interest", "KOR");
    assert_int_equal(sent_about(flow, "kor", "alert", "Rujukan"), rung + 1);
    assert_null(strcasestr(flow_last(flow, "kor")->text, "konflik")); /* that is not for a message */
    flow_free(flow);
}

/* --- what nobody answers --- */

/* "Again and again until somebody answers" is meant: after thirty days the last target is still told, the row
 * has not grown without end, and who was told on the first day may still answer. */
static void test_an_emergency_rings_for_as_long_as_it_takes(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    flow_case_opened(flow, emergency);
    struct id id = flow_alert(flow);
    for (int hours = 0; hours < 720; hours += 6) {
        flow->count = 0;
        flow_advance(flow, 6 * HOUR);
        assert_true(flow_sent(flow, "kds", "email", "again") > 0);
    }
    const struct message *last = flow_last(flow, "kds");
    struct id last_alert;
    uint16_t ordinal;
    last_alert = alert_of_delivery(&last->delivery, &ordinal);
    assert_true(id_equal(&last_alert, &id));
    assert_true(ordinal > DELIVERIES_MAX);
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__AnswerAlert answer = SIGAP__ANSWER_ALERT__INIT;
    char *roles[] = {(char *)"TKSK"}, *areas[] = {(char *)"35.07"};
    actor.account = (char *)"sri";
    actor.roles = roles;
    actor.areas = areas;
    actor.n_roles = actor.n_areas = 1;
    answer.alert_id = bytes_of(&id);
    answer.action = (char *)"accept";
    assert_int_equal(flow_command(flow, &answer, &actor, NULL, 0)->status, 200);
    flow_free(flow);
}

/* A P1 whose officer did nothing opens again after a day: the link of that message is good for another. */
static void test_a_later_message_has_a_link_that_is_good(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct flow_case urgent = normal;
    char first[80], again[80];
    urgent.priority = SIGAP__PRIORITY__PRIORITY_P1;
    flow_case_opened(flow, urgent);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", first);
    assert_int_equal(flow_answer_link(flow, first, "accept")->status, 200);
    flow_advance(flow, 24 * HOUR + MINUTE);
    flow_token(last_for(flow, "again"), "Terima", again);
    assert_int_equal(flow_answer_link(flow, first, "accept")->status, 410); /* each is good for a day */
    assert_int_equal(flow_answer_link(flow, again, "accept")->status, 200);
    flow_free(flow);
}

/* Mails that were on their way when the process ended, and would come too late when it is back: the
 * coordinator hears that they did not arrive. */
static void test_what_would_come_too_late_after_a_start_is_told(void **state) {
    (void)state;
    struct flow *flow = flow_new_on_disk(mail_site);
    flow->silent = true;
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_sent(flow, "opr", "email", "alert"), 1);
    fixture_jump(flow->fixture, 3 * HOUR);
    fixture_restart(flow->fixture, false);
    fixture_turn(flow->fixture);
    flow_drain(flow);
    assert_true(flow_sent(flow, "kor", "email", "unreachable") > 0);
    flow_free(flow);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted_and_fallen_asleep),
        cmocka_unit_test(test_an_overdue_task_is_watched),
        cmocka_unit_test(test_raised_again_after_it_was_lowered),
        cmocka_unit_test(test_a_lowered_case_rings_no_more_like_an_emergency),
        cmocka_unit_test(test_a_lowered_case_leaves_its_officer_more_time),
        cmocka_unit_test(test_a_witness_outlives_a_change_of_the_case),
        cmocka_unit_test(test_a_forgotten_case_is_raised_where_it_is),
        cmocka_unit_test(test_a_forgotten_case_of_an_old_journal),
        cmocka_unit_test(test_a_late_review_ends_the_alarm_of_its_silence),
        cmocka_unit_test(test_an_input_parked_after_the_first_was_done),
        cmocka_unit_test(test_a_facility_that_has_accepted_is_watched),
        cmocka_unit_test(test_a_stay_that_is_too_long_reaches_the_province),
        cmocka_unit_test(test_who_is_named_by_the_router_is_told),
        cmocka_unit_test(test_an_emergency_rings_for_as_long_as_it_takes),
        cmocka_unit_test(test_a_later_message_has_a_link_that_is_good),
        cmocka_unit_test(test_what_would_come_too_late_after_a_start_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
