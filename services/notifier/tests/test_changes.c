/* What changes while an alert rings, or after it was over: who must know of it hears so at once, and what is
 * no longer theirs stops. */
#include "flow.h"

static const char mail_site[] =
    "console_url: \"https://sigap.example\"\n"
    "channels:\n"
    "  - { name: outbox }\n"
    "  - name: email\n"
    "    options: [{ name: server, value: \"smtp://mail.example\" }, { name: from, value: "
    "piket@sigap.example }]\n";

#define P0 SIGAP__PRIORITY__PRIORITY_P0
#define P1 SIGAP__PRIORITY__PRIORITY_P1
#define P2 SIGAP__PRIORITY__PRIORITY_P2
#define ACTIVE SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE
#define DRAFT SIGAP__REFERRAL_STATE__REFERRAL_DRAFT
#define HOME SIGAP__REFERRAL_STATE__REFERRAL_HOME
#define UNROUTABLE SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE

static const struct flow_case emergency = {.kind = "odgj_krisis", .area = "35.07.12", .priority = P0};
static const struct flow_case normal = {.kind = "lansia_terlantar", .area = "35.07.12.2003", .priority = P2};
static const struct flow_case girl = {.kind = "kekerasan_seksual",
    .area = "35.07.22.2003",
    .priority = P1,
    .confidentiality = SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C3};

static const char facility[] = "JTM-PRSMP-SBY", asked[] = "fas-jtm-prsmp-sby";

/* --- what other daemons say --- */

static void say_moved(struct flow *flow, const struct id *case_id, Sigap__ReferralMoved moved) {
    Sigap__Event event = SIGAP__EVENT__INIT;
    moved.referral_id = bytes_of(case_id); /* a referral bears its case's id */
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_MOVED;
    event.referral_moved = &moved;
    flow_event(flow, "router", LANE_URGENT, case_id, &event);
}

static void say_referral(struct flow *flow, const struct id *case_id, Sigap__ReferralState from,
    Sigap__ReferralState to, const char *owner_role) {
    Sigap__ReferralMoved moved = SIGAP__REFERRAL_MOVED__INIT;
    moved.from = from;
    moved.to = to;
    moved.reason = (char *)"refused";
    moved.owner_role = (char *)owner_role;
    say_moved(flow, case_id, moved);
}

static void say_referral_opened(struct flow *flow, const struct id *case_id, Sigap__ReferralState to,
    struct flow_case what, const char *owner_role) {
    Sigap__ReferralOpened opened = SIGAP__REFERRAL_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    opened.referral_id = bytes_of(case_id);
    opened.state = to;
    opened.owner_role = (char *)owner_role;
    opened.kind = (char *)what.kind;
    opened.area = (char *)what.area;
    opened.priority = what.priority;
    event.training = what.training;
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_OPENED;
    event.referral_opened = &opened;
    flow_event(flow, "router", LANE_URGENT, case_id, &event);
}

static void close_case(struct flow *flow, const struct id *case_id, bool reopened) {
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    closed.reopened = reopened;
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &closed;
    flow_event(flow, "casework", LANE_NORMAL, case_id, &event);
}

/* team: NULL any. */
static unsigned sent_about(
    const struct flow *flow, const char *team, const char *purpose, const char *words) {
    unsigned count = 0;
    for (unsigned i = 0; i < flow->count; i++)
        count += (!team || strcmp(flow->sent[i].team, team) == 0) &&
                 (!purpose || strcmp(flow->sent[i].purpose, purpose) == 0) &&
                 strstr(flow->sent[i].text, words);
    return count;
}

/* 0: an old journal, which does not tell the priority. */
static void say_offer(struct flow *flow, const struct id *case_id, const struct id *offer,
    Sigap__OfferState state, const char *word, unsigned escalation, int priority) {
    Sigap__OfferMoved moved = SIGAP__OFFER_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    moved.offer_id = bytes_of(offer);
    moved.facility = (char *)facility;
    moved.from = moved.to = state;
    moved.event = (char *)word;
    moved.escalation = escalation;
    moved.priority = (Sigap__Priority)priority;
    moved.answer_by = priority ? fixture_now(flow->fixture) + 15 * MINUTE : 0;
    event.body_case = SIGAP__EVENT__BODY_OFFER_MOVED;
    event.offer_moved = &moved;
    flow_event(flow, "router", LANE_URGENT, case_id, &event);
}

/* --- drills --- */

/* A drill that finds no place at its opening rings no real telephone. */
static void test_a_drill_without_a_place_is_a_drill(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    struct flow_case drill = emergency;
    drill.training = true;
    struct id case_id = flow_case_opened(flow, drill);
    flow->count = 0;
    say_referral_opened(flow, &case_id, UNROUTABLE, drill, "KOR");
    flow_advance(flow, 31 * MINUTE);
    assert_int_equal(flow_sent(flow, NULL, "email", NULL), 0);
    assert_true(sent_about(flow, "kor", "alert", "LATIHAN") > 0);
    flow_free(flow);
}

/* --- a referral that goes home --- */

static void refuse(struct flow *flow, const struct id *case_id, Sigap__Priority priority) {
    struct id offer = flow_offer_sent(flow, case_id, facility, priority, girl.area);
    flow_offer_moved(flow, case_id, &offer, SIGAP__OFFER_STATE__OFFER_REJECTED, 0);
}

/* All have refused: whoever has the girl now must say so, and what rings of the refusals rings on. */
static void test_whoever_has_it_at_home_answers(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    struct id case_id = flow_case_opened(flow, girl);
    for (int i = 0; i < 3; i++)
        refuse(flow, &case_id, P1);
    assert_int_equal(flow_sent(flow, "kor", "outbox", "alert"), 1);
    flow->count = 0;
    say_referral(flow, &case_id, ACTIVE, HOME, "PPA");
    assert_int_equal(sent_about(flow, "ppa-3507", "alert", "Rujukan"), 2); /* box and e-mail, at once */
    assert_int_equal(sent_about(flow, "ppa-3507", "alert", "tanpa tempat tujuan"), 2);
    assert_int_equal(flow_sent(flow, NULL, NULL, "stand-down"), 0);
    flow->count = 0;
    flow_advance(flow, 11 * MINUTE);
    assert_true(sent_about(flow, "kor", NULL, "tanpa tempat tujuan") > 0); /* nobody has answered */
    flow->count = 0;
    close_case(flow, &case_id, false);
    assert_true(flow_sent(flow, "ppa-3507", NULL, "stand-down") > 0);
    flow->count = 0;
    flow_advance(flow, 24 * HOUR);
    assert_int_equal(flow->count, 0);
    flow_free(flow);
}

/* A place is found after all: it is theirs no longer. The same again tells nobody twice; another owner is
 * told. */
static void test_home_changes_hands(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, girl);
    say_referral(flow, &case_id, DRAFT, HOME, "PPA");
    flow->count = 0;
    say_referral(flow, &case_id, HOME, HOME, "PPA");
    assert_int_equal(flow->count, 0);
    say_referral(flow, &case_id, HOME, HOME, "PKS");
    assert_int_equal(flow_sent(flow, "pks-3507", NULL, "alert"), 1);
    assert_int_equal(sent_about(flow, "ppa-3507", "stand-down", "tidak lagi"), 1);
    say_referral(flow, &case_id, HOME, ACTIVE, "");
    assert_int_equal(sent_about(flow, "pks-3507", "stand-down", "tidak lagi"), 1);
    flow_free(flow);
}

/* What is not urgent wakes nobody: its owner is told, and nobody has to answer. */
static void test_a_normal_case_at_home_is_a_notice(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, normal);
    flow->count = 0;
    say_referral(flow, &case_id, DRAFT, HOME, "TKSK");
    assert_int_equal(sent_about(flow, "tksk-3507", "notice", "tanpa tempat tujuan"), 1);
    say_referral(flow, &case_id, HOME, HOME, "TKSK");
    assert_int_equal(flow->count, 1);
    flow_free(flow);
}

/* At home from the first: the alert of the case goes to its owner, too, who may not be of its policy. */
static void test_at_home_from_the_first(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    assert_int_equal(flow_sent(flow, "pks-3507", NULL, NULL), 0);
    say_referral_opened(flow, &case_id, HOME, emergency, "PKS");
    assert_int_equal(flow_sent(flow, "pks-3507", NULL, "notice"), 1);
    flow_free(flow);
}

/* --- an offer whose case becomes more urgent --- */

#define REQUESTED SIGAP__OFFER_STATE__OFFER_REQUESTED
#define ACCEPTED SIGAP__OFFER_STATE__OFFER_ACCEPTED

static struct flow *at_night(void) {
    struct flow *flow = calloc(1, sizeof *flow);
    assert_non_null(flow);
    flow_open_at(flow, mail_site, FIXTURE_START + 12 * HOUR, false); /* 22:00 */
    return flow;
}

/* The mail of the evening waits for the morning: the one of the emergency does not. The facility is reminded
 * and the region hears by the emergency's clock; the mail that waited is not sent any more. Also when the
 * router is of yesterday and does not tell how urgent it is. */
static void test_an_offer_of_an_emergency_rings_at_night(void **state) {
    (void)state;
    for (int told = 0; told < 2; told++) {
        struct flow *flow = at_night();
        struct id case_id = flow_case_opened(flow, normal);
        struct id offer = flow_offer_sent(flow, &case_id, facility, P2, "35.07.12");
        flow_advance(flow, HOUR);
        assert_int_equal(flow_sent(flow, asked, "email", NULL), 0);
        flow_priority_changed(flow, &case_id, P2, P0);
        flow->count = 0;
        say_offer(flow, &case_id, &offer, REQUESTED, "more_urgent", 0, told ? P0 : 0);
        assert_int_equal(flow_sent(flow, asked, "email", "alert"), 1);
        assert_int_equal(sent_about(flow, asked, "alert", "[P0 DARURAT] Kasus"), 2);
        if (told)
            assert_int_equal(sent_about(flow, asked, "alert", "Jawab sebelum"), 2);
        flow_advance(flow, 7 * MINUTE);
        say_offer(flow, &case_id, &offer, REQUESTED, "warn", 1, told ? P0 : 0);
        assert_int_equal(flow_sent(flow, asked, "email", "reminder"), 1);
        flow_advance(flow, 8 * MINUTE);
        flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_EXPIRED, 2);
        assert_int_equal(flow_sent(flow, "kab-3507", "email", "expired"), 1);
        flow->count = 0;
        flow_advance(flow, 10 * HOUR);
        assert_int_equal(flow_sent(flow, asked, NULL, NULL), 0);
        flow_free(flow);
    }
}

/* Warned of the old time, the facility is warned of the new one as well. Its first message answers still. */
static void test_an_offer_that_was_warned_is_warned_again(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80];
    struct id case_id = flow_case_opened(flow, normal);
    struct id offer = flow_offer_sent(flow, &case_id, facility, P2, "35.07.12");
    flow_token(flow_last(flow, asked), "Terima", token);
    say_offer(flow, &case_id, &offer, REQUESTED, "warn", 1, P2);
    flow_priority_changed(flow, &case_id, P2, P0);
    flow->count = 0;
    say_offer(flow, &case_id, &offer, REQUESTED, "more_urgent", 1, P0);
    assert_int_equal(flow_sent(flow, asked, NULL, "alert"), 1);
    flow_advance(flow, MINUTE);
    say_offer(flow, &case_id, &offer, REQUESTED, "warn", 1, P0);
    assert_int_equal(flow_sent(flow, asked, NULL, "reminder"), 1);
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
    flow_free(flow);
}

/* The policy of an emergency rings for it: nobody answers, and the coordinators hear within the time. */
static void test_an_offer_climbs_like_an_emergency(void **state) {
    (void)state;
    struct flow *flow = at_night();
    struct id case_id = flow_case_opened(flow, normal);
    struct id offer = flow_offer_sent(flow, &case_id, facility, P2, "35.07.12");
    say_offer(flow, &case_id, &offer, REQUESTED, "more_urgent", 0, P1);
    flow->count = 0;
    flow_advance(flow, 6 * MINUTE);
    assert_true(flow_sent(flow, asked, "email", NULL) > 0);
    flow_advance(flow, 10 * MINUTE);
    assert_true(flow_sent(flow, "pro", "email", NULL) > 0);
    flow_free(flow);
}

/* It has accepted, and the case has become an emergency: it hears so now, not in the morning, and its further
 * marks are told as urgently. */
static void test_a_facility_that_has_accepted_hears_of_the_emergency(void **state) {
    (void)state;
    struct flow *flow = at_night();
    struct id case_id = flow_case_opened(flow, normal);
    struct id offer = flow_offer_sent(flow, &case_id, facility, P2, "35.07.12");
    flow_offer_moved(flow, &case_id, &offer, ACCEPTED, 0);
    flow->count = 0;
    say_offer(flow, &case_id, &offer, ACCEPTED, "more_urgent", 1, P0);
    assert_int_equal(flow_sent(flow, asked, "email", "due"), 1);
    assert_int_equal(sent_about(flow, asked, "due", "[P0 DARURAT]"), 2);
    say_offer(flow, &case_id, &offer, ACCEPTED, "start_timeout", 2, P0);
    assert_int_equal(flow_sent(flow, "kab-3507", "email", "late"), 1);
    flow_free(flow);
}

/* --- a task that is overdue once more --- */

static void remind_task(struct flow *flow, const struct id *case_id, const struct id *id, unsigned percent) {
    Sigap__Task task = SIGAP__TASK__INIT;
    Sigap__TaskReminder reminder = SIGAP__TASK_REMINDER__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    task.task_id = bytes_of(id);
    task.code = (char *)"LNS-02";
    task.role = (char *)"TKSK";
    task.owner = (char *)"tksk-3507";
    reminder.task = &task;
    reminder.percent = percent;
    reminder.priority = P2;
    reminder.kind = (char *)normal.kind;
    reminder.area = (char *)normal.area;
    event.body_case = SIGAP__EVENT__BODY_TASK_REMINDER;
    event.task_reminder = &reminder;
    flow_event(flow, "casework", LANE_NORMAL, case_id, &event);
}

#define WAITING SIGAP__TASK_STATE__TASK_WAITING
#define DUE SIGAP__TASK_STATE__TASK_DUE
#define OVERDUE SIGAP__TASK_STATE__TASK_OVERDUE
#define DONE SIGAP__TASK_STATE__TASK_DONE

static void move_task(struct flow *flow, const struct id *case_id, const struct id *id, Sigap__TaskState from,
    Sigap__TaskState to) {
    Sigap__Task task = SIGAP__TASK__INIT;
    Sigap__TaskMoved moved = SIGAP__TASK_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    task.task_id = bytes_of(id);
    task.state = to;
    moved.from = from;
    moved.task = &task;
    event.body_case = SIGAP__EVENT__BODY_TASK_MOVED;
    event.task_moved = &moved;
    flow_event(flow, "casework", LANE_NORMAL, case_id, &event);
}

static void advance_days(struct flow *flow, int days) {
    while (days-- > 0)
        flow_advance(flow, 24 * HOUR);
}

/* The task and the case are reopened: what was done by mistake rings again, and its owner is reminded. */
static void test_an_overdue_task_rings_again(void **state) {
    (void)state;
    for (int closed = 0; closed < 2; closed++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = flow_case_opened(flow, normal), task = fixture_id(flow->fixture);
        remind_task(flow, &case_id, &task, 50);
        remind_task(flow, &case_id, &task, 100);
        assert_int_equal(flow_sent(flow, "tri", "outbox", "alert"), 1);
        if (closed) {
            close_case(flow, &case_id, false);
            close_case(flow, &case_id, true);
        } else {
            move_task(flow, &case_id, &task, OVERDUE, DONE);
            move_task(flow, &case_id, &task, DONE, WAITING);
        }
        flow_advance(flow, 24 * HOUR);
        flow->count = 0;
        remind_task(flow, &case_id, &task, 50);
        assert_int_equal(sent_about(flow, "tksk-3507", "reminder", "kasus"), 1);
        remind_task(flow, &case_id, &task, 100);
        assert_int_equal(sent_about(flow, "tri", "alert", "LNS-02"), 1);
        remind_task(flow, &case_id, &task, 200);
        assert_int_equal(sent_about(flow, "kab-3507", "alert", "LNS-02"), 1);
        flow_free(flow);
    }
}

static void answer_task(struct flow *flow, const char *action) {
    const struct message *call = NULL;
    char *roles[] = {(char *)"TRI"}, *areas[] = {(char *)"*"};
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__AnswerAlert answer = SIGAP__ANSWER_ALERT__INIT;
    uint16_t ordinal;
    for (unsigned i = 0; i < flow->count; i++)
        if (strcmp(flow->sent[i].purpose, "alert") == 0 && strstr(flow->sent[i].text, "LNS-02"))
            call = &flow->sent[i];
    assert_non_null(call);
    struct id alert = alert_of_delivery(&call->delivery, &ordinal);
    actor.account = (char *)"sri";
    actor.roles = roles;
    actor.areas = areas;
    actor.n_roles = actor.n_areas = 1;
    answer.alert_id = bytes_of(&alert);
    answer.action = (char *)action;
    assert_int_equal(flow_command(flow, &answer, &actor, NULL, 0)->status, 200);
}

/* The visit was made late, or has been put off, or waits for something: nobody is called for it any more. The
 * next one that is missed rings. */
static void test_a_visit_that_was_made_rings_no_more(void **state) {
    static const Sigap__TaskState later[] = {WAITING, DUE};
    (void)state;
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = flow_case_opened(flow, normal), task = fixture_id(flow->fixture);
        remind_task(flow, &case_id, &task, 100);
        move_task(flow, &case_id, &task, OVERDUE, later[i]);
        flow->count = 0;
        advance_days(flow, 4);
        assert_int_equal(sent_about(flow, NULL, NULL, "LNS-02"), 0);
        remind_task(flow, &case_id, &task, 100);
        assert_int_equal(sent_about(flow, "tri", "alert", "LNS-02"), 1);
        flow_free(flow);
    }
}

/* Somebody has seen to the alert and said so; the task is still not done at twice its time. */
static void test_seen_to_and_still_not_done(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, normal), task = fixture_id(flow->fixture);
    remind_task(flow, &case_id, &task, 100);
    answer_task(flow, "accept");
    flow->count = 0;
    remind_task(flow, &case_id, &task, 200);
    assert_int_equal(sent_about(flow, NULL, "alert", "LNS-02"), 0); /* somebody is at it */
    flow_free(flow);
    flow = flow_new(NULL);
    case_id = flow_case_opened(flow, normal);
    remind_task(flow, &case_id, &task, 100);
    answer_task(flow, "done");
    flow->count = 0;
    remind_task(flow, &case_id, &task, 200);
    assert_int_equal(sent_about(flow, "tri", "alert", "LNS-02"), 1);
    flow_free(flow);
}

/* --- a case whose alerts are forgotten --- */

static const char *newest_policy(struct flow *flow) {
    return fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED)->event->alert_raised->policy;
}

/* Nothing is known of the case here: it travels in the urgent lane, so nobody waits for the morning, and the
 * message names no more than its number. */
static void test_a_forgotten_case_without_a_place_rings_at_night(void **state) {
    (void)state;
    struct flow *flow = at_night();
    struct id case_id = fixture_id(flow->fixture);
    say_referral(flow, &case_id, ACTIVE, UNROUTABLE, "KOR");
    assert_string_equal(newest_policy(flow), "TANPA-TUJUAN-DARURAT");
    assert_int_equal(flow_sent(flow, "kor", "email", "alert"), 1);
    flow_free(flow);
}

/* The router tells what the case is: the owner of its place is called, by its own urgency. */
static void test_a_forgotten_case_is_told_where_it_is(void **state) {
    (void)state;
    for (int urgent = 0; urgent < 2; urgent++) {
        struct flow *flow = at_night();
        struct id case_id = fixture_id(flow->fixture);
        Sigap__ReferralMoved moved = SIGAP__REFERRAL_MOVED__INIT;
        Sigap__CaseBrief brief = SIGAP__CASE_BRIEF__INIT;
        brief.kind = (char *)girl.kind;
        brief.area = (char *)girl.area;
        brief.confidentiality = girl.confidentiality;
        brief.priority = urgent ? P1 : P2;
        moved.from = ACTIVE;
        moved.to = HOME;
        moved.reason = (char *)"expired";
        moved.owner_role = (char *)"PPA";
        moved.brief = &brief;
        say_moved(flow, &case_id, moved);
        assert_int_equal(flow_sent(flow, "ppa-3507", "outbox", urgent ? "alert" : "notice"), 1);
        assert_int_equal(flow_sent(flow, "ppa-3507", "email", NULL), urgent);
        assert_int_equal(sent_about(flow, NULL, NULL, "ekerasan"), 0);
        flow_free(flow);
    }
}

/* --- a case that becomes a secret --- */

static void say_changed(struct flow *flow, const struct id *case_id, const char *kind, const char *area) {
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    changed.kind = (char *)kind;
    changed.area = (char *)area;
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    flow_event(flow, "triage", LANE_URGENT, case_id, &event);
}

/* By a correction or by a further kind: who is called for such a case is called now, and the others hear that
 * it is not theirs, are not called any more and cannot take it by their old message. */
static void test_a_secret_calls_its_own_people(void **state) {
    (void)state;
    for (int further = 0; further < 2; further++) {
        struct flow *flow = flow_new(NULL);
        char old[80], again[80];
        const struct flow_case open = {.kind = "fakir_miskin", .area = "35.07.12.2003", .priority = P1};
        struct id case_id = flow_case_opened(flow, open);
        flow_token(flow_last(flow, "tksk-3507"), "Terima", old);
        flow->count = 0;
        if (further)
            flow_further_kinds(flow, &case_id, "kekerasan_seksual");
        else
            say_changed(flow, &case_id, "kekerasan_seksual", "");
        assert_string_equal(newest_policy(flow), "P1-RAHASIA");
        assert_int_equal(flow_sent(flow, "ppa-3507", NULL, "alert"), 1);
        assert_int_equal(flow_sent(flow, "pks-3507", NULL, "alert"), 1);
        assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1); /* its link is a new one */
        assert_int_equal(sent_about(flow, "tksk-3507", "recalled", "petugas lain dipanggil"), 1);
        assert_int_equal(sent_about(flow, NULL, NULL, "ekerasan"), 0);
        assert_int_equal(flow_answer_link(flow, old, "accept")->status, 409);
        flow->count = 0;
        flow_advance(flow, 65 * MINUTE);
        assert_int_equal(flow_sent(flow, "tksk-3507", NULL, NULL), 0);
        assert_int_equal(flow_sent(flow, "kab-3507", NULL, NULL), 0);
        flow_token(flow_last(flow, "ppa-3507"), "Terima", again);
        assert_int_equal(flow_answer_link(flow, again, "accept")->status, 200);
        flow_free(flow);
    }
}

/* Whoever was called already and is of the new policy, too, is not let go for its first step. */
static void test_a_secret_keeps_who_was_called(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    const struct flow_case open = {.kind = "fakir_miskin", .area = "35.07.12.2003", .priority = P1};
    struct id case_id = flow_case_opened(flow, open);
    flow_advance(flow, 65 * MINUTE);
    assert_true(flow_sent(flow, "tri", NULL, "alert") > 0);
    flow->count = 0;
    say_changed(flow, &case_id, "kekerasan_seksual", "");
    assert_int_equal(flow_sent(flow, "tri", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "tri", NULL, "recalled"), 0);
    assert_int_equal(flow_sent(flow, "kab-3507", NULL, "recalled"), 1);
    flow_free(flow);
}

/* Somebody has it: that stays, and those of a secret hear of it. */
static void test_a_secret_that_somebody_has(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80];
    const struct flow_case open = {.kind = "fakir_miskin", .area = "35.07.12.2003", .priority = P1};
    struct id case_id = flow_case_opened(flow, open);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", token);
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
    flow->count = 0;
    say_changed(flow, &case_id, "kekerasan_seksual", "");
    assert_int_equal(sent_about(flow, "ppa-3507", "notice", "sudah diterima petugas lain"), 1);
    assert_int_equal(sent_about(flow, "pks-3507", "notice", "sudah diterima petugas lain"), 1);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "recalled"), 0);
    flow_free(flow);
}

/* --- a place that is found after somebody has answered --- */

/* An operator took it to find out where it is: those of the place hear of it as they would have. */
static void test_a_place_that_is_found_after_the_answer(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct flow_case nowhere = emergency;
    char token[80];
    nowhere.area = "";
    struct id case_id = flow_case_opened(flow, nowhere);
    flow_token(flow_last(flow, "opr"), "Terima", token);
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
    flow->count = 0;
    say_changed(flow, &case_id, "", "35.07.12");
    assert_int_equal(sent_about(flow, "tksk-3507", "notice", "sudah diterima petugas lain"), 1);
    assert_int_equal(flow_sent(flow, "kab-3507", NULL, "notice"), 1);
    assert_int_equal(flow_sent(flow, "pkm-3507", NULL, "notice"), 1);
    assert_int_equal(flow_sent(flow, "opr", NULL, NULL), 0);
    flow_advance(flow, 35 * MINUTE);
    assert_true(flow_sent(flow, "opr", NULL, "reminder") > 0); /* the answer stands, and is watched */
    flow_free(flow);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_drill_without_a_place_is_a_drill),
        cmocka_unit_test(test_whoever_has_it_at_home_answers),
        cmocka_unit_test(test_home_changes_hands),
        cmocka_unit_test(test_a_normal_case_at_home_is_a_notice),
        cmocka_unit_test(test_at_home_from_the_first),
        cmocka_unit_test(test_an_offer_of_an_emergency_rings_at_night),
        cmocka_unit_test(test_an_offer_that_was_warned_is_warned_again),
        cmocka_unit_test(test_an_offer_climbs_like_an_emergency),
        cmocka_unit_test(test_a_facility_that_has_accepted_hears_of_the_emergency),
        cmocka_unit_test(test_an_overdue_task_rings_again),
        cmocka_unit_test(test_a_visit_that_was_made_rings_no_more),
        cmocka_unit_test(test_seen_to_and_still_not_done),
        cmocka_unit_test(test_a_forgotten_case_without_a_place_rings_at_night),
        cmocka_unit_test(test_a_forgotten_case_is_told_where_it_is),
        cmocka_unit_test(test_a_secret_calls_its_own_people),
        cmocka_unit_test(test_a_secret_keeps_who_was_called),
        cmocka_unit_test(test_a_secret_that_somebody_has),
        cmocka_unit_test(test_a_place_that_is_found_after_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
