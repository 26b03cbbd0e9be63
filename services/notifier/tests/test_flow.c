/* The daemon in a bottle: what reaches whom, when, and what stops it. */
#include "flow.h"

#include "common/fault.h"
#include "common/hmac.h"
#include "common/rights.h"
#include "escalate.h"
#include "notifier_sql.h"
#include "state.h"

static const char mail_site[] =
    "console_url: \"https://sigap.example\"\n"
    "channels:\n"
    "  - { name: outbox }\n"
    "  - name: email\n"
    "    options: [{ name: server, value: \"smtp://mail.example\" }, { name: from, value: "
    "piket@sigap.example }]\n"
    "  - name: webhook\n"
    "    options: [{ name: url, value: \"https://bot.example/x\" }, { name: secret_file, "
    "value: webhook.secret }]\n";

static const struct flow_case emergency = {
    .kind = "odgj_krisis", .area = "35.07.12", .priority = SIGAP__PRIORITY__PRIORITY_P0};
static const struct flow_case normal = {
    .kind = "lansia_terlantar", .area = "35.07.12.2003", .priority = SIGAP__PRIORITY__PRIORITY_P2};

/* P0: everybody of step 1 at once; 5, 10, 15, 30 minutes later the next. */
static void test_emergency_climbs(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    flow_case_opened(flow, emergency);
    static const char *const first[] = {"opr", "tri", "tksk-3507", "kab-3507", "pkm-3507"};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        assert_int_equal(flow_sent(flow, first[i], "outbox", "alert"), 1);
    assert_int_equal(flow_sent(flow, "kor", NULL, NULL), 0);
    const struct fixture_record *raised = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED);
    assert_non_null(raised);
    assert_int_equal(raised->lane, LANE_URGENT);
    assert_string_equal(raised->event->alert_raised->policy, "P0-UMUM");
    assert_string_equal(raised->event->alert_raised->subject, "case");

    static const struct {
        int minute;
        const char *team;
    } steps[] = {{15, "kor"}, {30, "kds"}};
    flow_advance(flow, 5 * MINUTE - 1);
    unsigned before = flow_sent(flow, "opr", NULL, "alert");
    flow_advance(flow, 1);
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), before + 1); /* the second on duty */
    int64_t passed = 5;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        flow_advance(flow, (steps[i].minute - passed) * MINUTE - 1);
        assert_int_equal(flow_sent(flow, steps[i].team, NULL, "alert"), 0);
        flow_advance(flow, 1);
        assert_int_equal(flow_sent(flow, steps[i].team, NULL, "alert"), 1);
        passed = steps[i].minute;
    }
    flow_free(flow);
}

/* Unanswered for hours: it ends at its final target, and goes on telling it. */
static void test_unanswered_is_exhausted(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    flow_case_opened(flow, emergency);
    flow_advance(flow, 127 * MINUTE);
    const struct fixture_record *moved = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
    assert_non_null(moved);
    assert_int_not_equal(moved->event->alert_moved->to, SIGAP__ALERT_STATE__ALERT_EXHAUSTED);
    flow_advance(flow, 5 * MINUTE); /* four rounds of 32 minutes */
    moved = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
    assert_int_equal(moved->event->alert_moved->to, SIGAP__ALERT_STATE__ALERT_EXHAUSTED);
    unsigned told = flow_sent(flow, "kds", NULL, NULL);
    flow_advance(flow, 3 * HOUR);
    assert_true(flow_sent(flow, "kds", NULL, NULL) > told);
    flow_free(flow);
}

/* Normal ones share their timers: every one of them climbs all the same, also when there are more than one
 * sweep takes. */
static void test_normal_cases_climb(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    enum { CASES = SWEEP_BATCH + 10 };
    for (int i = 0; i < CASES; i++)
        flow_case_opened(flow, normal);
    flow_advance(flow, 24 * HOUR - MINUTE); /* Monday 10:00 + 1 working day */
    assert_int_equal(flow_sent(flow, "tri", NULL, NULL), 0);
    flow_advance(flow, 6 * MINUTE);
    assert_int_equal(flow_sent(flow, "tri", NULL, "alert"), CASES);
    assert_int_equal(flow_sent(flow, "kor", NULL, NULL), 0);
    flow->count = 0;
    flow_advance(flow, 24 * HOUR);
    assert_int_equal(flow_sent(flow, "kor", NULL, "alert"), CASES);
    flow_free(flow);
}

static void test_answer_stops_it(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80];
    flow_case_opened(flow, emergency);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", token);
    assert_in_range(strlen(token), 40, HMAC_TOKEN_TEXT);
    const Sigap__CommandAnswered *answered = flow_answer_link(flow, token, "accept");
    assert_int_equal(answered->status, 200);
    const struct fixture_record *moved = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
    assert_int_equal(moved->event->alert_moved->to, SIGAP__ALERT_STATE__ALERT_ANSWERED);
    assert_string_equal(moved->event->alert_moved->team, "tksk-3507");
    assert_int_equal(flow_sent(flow, "kab-3507", NULL, "taken"), 1);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "taken"), 0);
    unsigned before = flow->count;
    flow_advance(flow, 20 * MINUTE);
    assert_int_equal(flow->count, before); /* nobody further is woken */

    /* The second to answer hears who was first, and when. */
    flow_token(flow_last(flow, "kab-3507"), "Terima", token);
    for (unsigned i = 0; i < flow->count && !token[0]; i++)
        if (strcmp(flow->sent[i].team, "kab-3507") == 0)
            flow_token(&flow->sent[i], "Terima", token);
    answered = flow_answer_link(flow, token, "accept");
    assert_int_equal(answered->status, 409);
    assert_non_null(strstr(answered->sentence, "tksk-3507"));
    assert_non_null(strstr(answered->sentence, "10:00 WIB"));
    flow_free(flow);
}

/* Accepted, and then nothing: reminded at 50 and 80 %, open again at 100 %, at the same step. */
static void test_answer_without_progress(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80];
    flow_case_opened(flow, emergency);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", token);
    assert_int_equal(flow_answer_link(flow, token, "")->status, 200);
    flow_advance(flow, 30 * MINUTE - 1);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "reminder"), 0);
    flow_advance(flow, 1);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "reminder"), 1);
    flow_advance(flow, 18 * MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "reminder"), 2);
    assert_int_equal(flow_sent(flow, "tri", NULL, "again"), 0);
    flow_advance(flow, 12 * MINUTE);
    const struct fixture_record *moved = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
    assert_string_equal(moved->event->alert_moved->action, "lapse");
    assert_int_equal(moved->event->alert_moved->to, SIGAP__ALERT_STATE__ALERT_OPEN);
    assert_int_equal(flow_sent(flow, "tri", NULL, "again"), 1);
    flow_advance(flow, 5 * MINUTE); /* goes on: the second on duty */
    assert_true(flow_sent(flow, "opr", NULL, NULL) > 2);
    flow_free(flow);
}

static void move_task(struct flow *flow, const struct id *case_id, Sigap__TaskState to) {
    struct id id = fixture_id(flow->fixture);
    Sigap__Task task = SIGAP__TASK__INIT;
    Sigap__TaskMoved moved = SIGAP__TASK_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    task.task_id = bytes_of(&id);
    task.state = to;
    moved.task = &task;
    event.body_case = SIGAP__EVENT__BODY_TASK_MOVED;
    event.task_moved = &moved;
    flow_event(flow, "casework", LANE_URGENT, case_id, &event);
}

static void test_progress_ends_the_reminders(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80];
    struct id case_id = flow_case_opened(flow, emergency);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", token);
    flow_answer_link(flow, token, "");
    move_task(flow, &case_id, SIGAP__TASK_STATE__TASK_DONE);
    unsigned before = flow->count;
    flow_advance(flow, 2 * HOUR);
    assert_int_equal(flow->count, before);
    flow_free(flow);
}

static void test_cannot_by_all_is_the_next_step(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    static const char *const teams[] = {"opr", "tri", "tksk-3507", "kab-3507", "pkm-3507"};
    char token[80];
    flow_case_opened(flow, emergency);
    const struct message *trc = NULL;
    for (unsigned i = 0; i < flow->count; i++)
        if (strncmp(flow->sent[i].team, "trc-", 4) == 0)
            trc = &flow->sent[i];
    assert_non_null(trc); /* the nearest rapid-response team of a UPT */
    flow_token(trc, "Tidak bisa", token);
    assert_int_equal(flow_answer_link(flow, token, "cannot")->status, 200);
    for (size_t i = 0; i < sizeof teams / sizeof *teams; i++) {
        flow_token(flow_last(flow, teams[i]), "Tidak bisa", token);
        assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1);
        assert_int_equal(flow_answer_link(flow, token, "cannot")->status, 200);
    }
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 2); /* without waiting five minutes */
    flow_free(flow);
}

static void test_forged_and_foreign_links(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80], forged[80];
    flow_case_opened(flow, emergency);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", token);
    strcpy(forged, token);
    forged[5] = forged[5] == 'A' ? 'B' : 'A';
    assert_int_equal(flow_answer_link(flow, forged, "accept")->status, 403);
    assert_int_equal(flow_answer_link(flow, token, "cannot")->status, 403); /* bound to its action */
    assert_int_equal(flow_answer_link(flow, "x", "accept")->status, 403);
    flow_advance(flow, 25 * HOUR);
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 410);
    flow_free(flow);
}

static void test_answer_by_account(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    flow_case_opened(flow, emergency);
    struct id alert = flow_alert(flow);
    static const struct {
        const char *role, *area, *action;
        uint64_t version;
        unsigned status;
    } cases[] = {
        {"TKSK", "35.08", "accept", 0, 403}, /* another regency */
        {"PSM", "35.07", "accept", 0, 403},  /* was not told */
        {"TKSK", "35.07", "vanish", 0, 422},
        {"TKSK", "35.07", "snooze", 0, 409},  /* P0 */
        {"TKSK", "35.07", "accept", 99, 409}, /* stale version */
        {"TKSK", "35.07", "accept", 0, 200},
        {"KAB", "35.07", "accept", 0, 409},
        {"KAB", "35.07", "done", 0, 200}, /* the same account */
        {"auditor", "*", "done", 0, 403},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Sigap__Actor actor = SIGAP__ACTOR__INIT;
        char *roles[] = {(char *)cases[i].role}, *areas[] = {(char *)cases[i].area};
        Sigap__AnswerAlert answer = SIGAP__ANSWER_ALERT__INIT;
        actor.account = (char *)"sri";
        actor.roles = roles;
        actor.areas = areas;
        actor.n_roles = actor.n_areas = 1;
        answer.alert_id = bytes_of(&alert);
        answer.action = (char *)cases[i].action;
        const Sigap__CommandAnswered *answered = flow_command(flow, &answer, &actor, NULL, cases[i].version);
        if (answered->status != cases[i].status)
            fail_msg("case %zu: %u %s", i, answered->status, answered->sentence);
    }
    flow_free(flow);
}

static unsigned answer_as(struct flow *flow, const struct id *alert, const char *account, const char *role,
    const char *class, const char *action) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__AnswerAlert answer = SIGAP__ANSWER_ALERT__INIT;
    char *roles[] = {(char *)role, (char *)class}, *areas[] = {(char *)"35.07"};
    actor.account = (char *)account;
    actor.roles = roles;
    actor.n_roles = 2;
    actor.areas = areas;
    actor.n_areas = 1;
    answer.alert_id = bytes_of(alert);
    answer.action = (char *)action;
    return flow_command(flow, &answer, &actor, NULL, 0)->status;
}

/* What TKSK has taken no other team gives back, finishes or puts off; they hear who was first, and when. */
static void test_only_who_answered_takes_it_back(void **state) {
    (void)state;
    static const char *const actions[] = {"cannot", "done", "snooze"};
    struct flow *flow = flow_new(NULL);
    char accept[80], cannot[80], of_tri[80], own[80];
    flow_case_opened(flow, emergency);
    struct id alert = flow_alert(flow);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", accept);
    flow_token(flow_last(flow, "tksk-3507"), "Tidak bisa", own);
    flow_token(flow_last(flow, "pkm-3507"), "Tidak bisa", cannot);
    flow_token(flow_last(flow, "tri"), "Tidak bisa", of_tri);
    assert_int_equal(flow_answer_link(flow, accept, "accept")->status, 200);
    size_t moved = fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
    unsigned told = flow->count;
    const Sigap__CommandAnswered *answered = flow_answer_link(flow, cannot, "cannot");
    assert_int_equal(answered->status, 409);
    assert_non_null(strstr(answered->sentence, "tksk-3507"));
    assert_non_null(strstr(answered->sentence, "10:00 WIB"));
    assert_int_equal(
        flow_answer_link(flow, of_tri, "cannot")->status, 409); /* "I cannot", not "he shall not" */
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        assert_int_equal(answer_as(flow, &alert, "pkm1", "PKM", "responder", actions[i]), 409);
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED), moved);
    assert_int_equal(flow->count, told); /* nobody is woken anew */
    flow_advance(flow, 31 * MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "reminder"), 1); /* its watch goes on */
    assert_int_equal(flow_answer_link(flow, own, "cannot")->status, 200);
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED), moved + 2);
    flow_free(flow);
}

/* Who directs may: by account, where they see that somebody has it. So may the team that has it. */
static void test_who_directs_takes_it_from_them(void **state) {
    (void)state;
    static const struct {
        const char *account, *role, *class, *action;
    } ways[] = {{"tri1", "TRI", "operator", "cannot"}, {"kor1", "KOR", "coordinator", "done"},
        {"opr1", "OPR", "operator", "snooze"}, {"tksk2", "TKSK", "responder", "done"}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct flow *flow = flow_new(NULL);
        char accept[80];
        flow_case_opened(flow, emergency);
        struct id alert = flow_alert(flow);
        flow_token(flow_last(flow, "tksk-3507"), "Terima", accept);
        assert_int_equal(flow_answer_link(flow, accept, "accept")->status, 200);
        if (answer_as(flow, &alert, ways[i].account, ways[i].role, ways[i].class, ways[i].action) != 200)
            fail_msg("%s %s", ways[i].role, ways[i].action);
        flow_free(flow);
    }
}

static void test_a_command_acts_once(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80];
    struct id command = fixture_id(flow->fixture);
    flow_case_opened(flow, emergency);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", token);
    Sigap__AnswerAlert answer = SIGAP__ANSWER_ALERT__INIT;
    answer.token = token;
    assert_int_equal(flow_command(flow, &answer, NULL, &command, 0)->status, 200);
    size_t moved = fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
    assert_int_equal(flow_command(flow, &answer, NULL, &command, 0)->status, 200);
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED), moved);
    flow_free(flow);
}

/* However often one team puts it off: the others are told again, and the steps keep their time. */
static void test_a_snooze_is_ones_own(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct flow_case urgent = normal;
    urgent.priority = SIGAP__PRIORITY__PRIORITY_P1;
    flow_case_opened(flow, urgent);
    struct id alert = flow_alert(flow);
    flow->count = 0;
    assert_int_equal(answer_as(flow, &alert, "tksk1", "TKSK", "responder", "snooze"), 200);
    flow_advance(flow, 29 * MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, NULL), 0); /* the nagging of a quarter of an hour */
    assert_int_equal(flow_sent(flow, "kab-3507", NULL, "again"), 1);
    assert_int_equal(answer_as(flow, &alert, "tksk1", "TKSK", "responder", "snooze"), 200);
    flow_advance(flow, 2 * MINUTE);
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1); /* half an hour: the next step, to TKSK too */
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "alert"), 1);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(answer_as(flow, &alert, "tksk1", "TKSK", "responder", "snooze"), 200);
        flow_advance(flow, 29 * MINUTE);
    }
    assert_int_equal(flow_sent(flow, "tri", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "kor", NULL, "alert"), 1);
    assert_int_equal(
        answer_as(flow, &alert, "kor2", "PSM", "operator", "snooze"), 409); /* nobody calls them */
    flow_free(flow);
}

/* Nor does whoever has taken it put off the end of their time. */
static void test_a_snooze_does_not_put_off_the_lapse(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char accept[80];
    flow_case_opened(flow, emergency);
    struct id alert = flow_alert(flow);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", accept);
    assert_int_equal(flow_answer_link(flow, accept, "accept")->status, 200);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(answer_as(flow, &alert, "tksk1", "TKSK", "responder", "snooze"), 200);
        flow_advance(flow, 20 * MINUTE - (i < 2 ? 0 : 1));
    }
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "reminder"), 0);
    flow_advance(flow, 1000);
    const struct fixture_record *moved = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
    assert_string_equal(moved->event->alert_moved->action, "lapse");
    flow_free(flow);
}

static void away(struct flow *flow, int64_t ms) {
    flow->count = 0;
    fixture_jump(flow->fixture, ms);
    fixture_restart(flow->fixture, false);
    fixture_turn(flow->fixture);
    flow_drain(flow);
}

/* Hours away: everybody whose step has passed is told once, and the next step comes its time from now. */
static void test_missed_steps_are_told_once(void **state) {
    (void)state;
    static const char *const all[] = {"opr", "tri", "tksk-3507", "kab-3507", "pkm-3507", "kor", "kds"};
    struct flow *flow = flow_new_on_disk(NULL);
    flow_case_opened(flow, emergency);
    away(flow, 12 * HOUR);
    flow_advance(flow, 2 * MINUTE);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (flow_sent(flow, all[i], "outbox", "again") != 1 || flow_sent(flow, all[i], NULL, "alert") != 0)
            fail_msg("%s: %u", all[i], flow_sent(flow, all[i], NULL, NULL));
    assert_int_equal(fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED)->event->alert_moved->to,
        SIGAP__ALERT_STATE__ALERT_EXHAUSTED);
    flow_advance(flow, 3 * MINUTE);
    assert_int_equal(flow_sent(flow, "kds", NULL, "again"), 2); /* it goes on at the final target */
    flow_free(flow);

    flow = flow_new_on_disk(NULL);
    flow_case_opened(flow, emergency);
    away(flow, 12 * MINUTE); /* those of the 5th and the 10th minute */
    assert_int_equal(flow_sent(flow, "tri", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1);
    flow_advance(flow, 5 * MINUTE - 2000);
    assert_int_equal(flow_sent(flow, "kor", NULL, NULL), 0);
    flow_advance(flow, 3000);
    assert_int_equal(flow_sent(flow, "kor", NULL, "alert"), 1);
    flow_free(flow);
}

/* --- offers --- */

static const struct message *last_about(const struct flow *flow, const char *team, const char *purpose) {
    for (unsigned i = flow->count; i-- > 0;)
        if (strcmp(flow->sent[i].team, team) == 0 && strcmp(flow->sent[i].purpose, purpose) == 0)
            return &flow->sent[i];
    return NULL;
}

/* The coordinator who hears that a facility is silent reads so, and has no button by which the facility would
 * have answered; "I see to it" stops their own ringing. */
static void test_only_the_facility_answers_its_offer(void **state) {
    (void)state;
    static const char *const actions[] = {"accept", "cannot", "done"};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        struct flow *flow = flow_new(NULL);
        char token[80];
        struct flow_case urgent = normal;
        urgent.priority = SIGAP__PRIORITY__PRIORITY_P1;
        struct id case_id = flow_case_opened(flow, urgent);
        flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P1, "35.07.12");
        flow_token(flow_last(flow, "fas-jtm-prsmp-sby"), "Terima", token);
        struct id alert = flow_last(flow, "fas-jtm-prsmp-sby")->alert;
        flow->count = 0;
        flow_advance(flow, 15 * MINUTE + 2000);
        const struct message *message = last_about(flow, "kor", "alert");
        assert_non_null(message);
        assert_non_null(strstr(message->text, "Fasilitas belum menjawab tawaran kasus"));
        assert_non_null(strstr(message->text, "telephone it"));
        assert_null(strstr(message->text, "/a/"));
        assert_null(strstr(message->text, "ditawarkan kepada Anda"));
        assert_null(strstr(message->text, "Jawab sebelum"));
        size_t moved = fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
        assert_int_equal(answer_as(flow, &alert, "kor1", "KOR", "coordinator", actions[i]), 200);
        assert_int_equal(answer_as(flow, &alert, "psm1", "PSM", "operator", actions[i]), 409);
        assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED), moved);
        flow->count = 0;
        flow_advance(flow, 21 * MINUTE); /* the next round */
        assert_int_equal(flow_sent(flow, "kor", NULL, "again"), 0);
        assert_true(flow_sent(flow, "pro", NULL, "again") > 0);
        assert_true(flow_sent(flow, "fas-jtm-prsmp-sby", NULL, "again") > 0);
        assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
        const struct fixture_record *last = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
        assert_string_equal(last->event->alert_moved->team, "fas-jtm-prsmp-sby");
        assert_string_equal(last->event->alert_moved->action, "accept");
        flow_free(flow);
    }
}

static void test_offer_reaches_the_facility(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, normal);
    flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P2, "35.07.12");
    assert_int_equal(flow_sent(flow, "fas-jtm-prsmp-sby", "outbox", "alert"), 1);
    const struct message *message = flow_last(flow, "fas-jtm-prsmp-sby");
    assert_null(strstr(message->text, "Pemasungan")); /* codes only */
    assert_non_null(strstr(message->text, "11:00 WIB"));
    flow_free(flow);
}

/* An operator's answer to an offer, by account. */
static void answer_on_duty(struct flow *flow, const struct id *alert, const char *on_behalf_of) {
    char *roles[] = {(char *)"operator"}, *areas[] = {(char *)"*"};
    struct id command = fixture_id(flow->fixture);
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__AnswerAlert answer = SIGAP__ANSWER_ALERT__INIT;
    Sigap__CommandIssued issued = SIGAP__COMMAND_ISSUED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    actor.account = (char *)"opr.budi";
    actor.roles = roles;
    actor.areas = areas;
    actor.n_roles = actor.n_areas = 1;
    answer.alert_id = bytes_of(alert);
    answer.action = (char *)"accept";
    issued.command_id = bytes_of(&command);
    issued.actor = &actor;
    issued.on_behalf_of = (char *)on_behalf_of;
    issued.command_case = SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_ALERT;
    issued.answer_alert = &answer;
    event.body_case = SIGAP__EVENT__BODY_COMMAND_ISSUED;
    event.command_issued = &issued;
    flow_event(flow, "console", LANE_URGENT, NULL, &event);
}

static const char *facility_that_answered(struct flow *flow) {
    const struct fixture_record *moved = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
    bool accepted = moved && strcmp(moved->event->alert_moved->action, "accept") == 0;
    return accepted ? moved->event->alert_moved->facility : "";
}

/* The router moves an offer by the word of its facility only: the record says whose word it is. */
static void test_an_answer_names_its_facility(void **state) {
    (void)state;
    static const char facility[] = "JTM-PRSMP-SBY";
    static const char *const names[] = {"", "Ibu Wati, lewat telepon"};
    char token[80];
    for (size_t i = 0; i < 3; i++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = flow_case_opened(flow, normal);
        flow_offer_sent(flow, &case_id, facility, SIGAP__PRIORITY__PRIORITY_P1, "35.07.12");
        const struct message *message = flow_last(flow, "fas-jtm-prsmp-sby");
        uint16_t ordinal;
        struct id alert = alert_of_delivery(&message->delivery, &ordinal);
        flow_token(message, "Terima", token);
        if (i < 2)
            answer_on_duty(flow, &alert, names[i]);
        else
            flow_answer_link(flow, token, "accept");
        assert_string_equal(facility_that_answered(flow), i == 0 ? "" : facility);
        flow_free(flow);
    }
}

static void test_accepted_offer_stands_everybody_down(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    struct id offer =
        flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P0, "35.07.12");
    struct id other =
        flow_offer_sent(flow, &case_id, "JTM-PPSPA-BATU", SIGAP__PRIORITY__PRIORITY_P0, "35.07.12");
    (void)other;
    flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_ACCEPTED, 0);
    static const char *const told[] = {"opr", "tri", "tksk-3507", "kab-3507"};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        assert_int_equal(flow_sent(flow, told[i], NULL, "placed"), 1);
        assert_int_equal(flow_sent(flow, told[i], NULL, "stand-down"), 0);
    }
    assert_int_equal(
        flow_sent(flow, "fas-jtm-ppspa-batu", NULL, "stand-down"), 1); /* asked, and another took it */
    assert_int_equal(flow_sent(flow, "fas-jtm-prsmp-sby", NULL, "stand-down"), 0); /* it has accepted */
    unsigned before = flow->count;
    flow_advance(flow, 3 * HOUR);
    assert_int_equal(flow->count, before);
    flow_free(flow);
}

/* What a facility has accepted it may give back by the same message, and is told what becomes of that. */
static void test_a_facility_gives_back_what_it_accepted(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char cannot[80], accept[80];
    struct id case_id = flow_case_opened(flow, normal);
    struct id offer =
        flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P2, "35.07.12");
    flow_token(flow_last(flow, "fas-jtm-prsmp-sby"), "Terima", accept);
    flow_token(flow_last(flow, "fas-jtm-prsmp-sby"), "Tidak bisa", cannot);
    assert_int_equal(flow_answer_link(flow, accept, "accept")->status, 200);
    flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_ACCEPTED, 0);
    size_t moved = fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
    const Sigap__CommandAnswered *answered = flow_answer_link(flow, cannot, "cannot");
    assert_int_equal(answered->status, 200);
    assert_non_null(strstr(answered->sentence, "dikembalikan"));
    assert_null(strstr(answered->sentence, "tidak perlu tindakan"));
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED), moved + 1);
    const Sigap__AlertMoved *last =
        fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED)->event->alert_moved;
    assert_string_equal(last->action, "cannot");
    assert_string_equal(last->team, "fas-jtm-prsmp-sby");
    assert_int_equal(last->to, SIGAP__ALERT_STATE__ALERT_STOOD_DOWN);
    assert_int_equal(flow_answer_link(flow, accept, "accept")->status, 409);
    flow_free(flow);
}

static void test_refused_offers_reach_the_coordinators(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, normal);
    struct id first =
        flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P2, "35.07.12");
    flow_offer_moved(flow, &case_id, &first, SIGAP__OFFER_STATE__OFFER_REQUESTED, 1);
    assert_int_equal(flow_sent(flow, "fas-jtm-prsmp-sby", NULL, "reminder"), 1);
    flow_offer_moved(flow, &case_id, &first, SIGAP__OFFER_STATE__OFFER_REQUESTED, 1); /* told once */
    assert_int_equal(flow_sent(flow, "fas-jtm-prsmp-sby", NULL, "reminder"), 1);
    flow_offer_moved(flow, &case_id, &first, SIGAP__OFFER_STATE__OFFER_REJECTED, 1);
    assert_int_equal(flow_sent(flow, "kab-3507", NULL, "rejected"), 1);
    assert_int_equal(flow_sent(flow, "kor", NULL, NULL), 0);
    struct id second =
        flow_offer_sent(flow, &case_id, "JTM-PPSPA-BATU", SIGAP__PRIORITY__PRIORITY_P2, "35.07.12");
    flow_offer_moved(flow, &case_id, &second, SIGAP__OFFER_STATE__OFFER_EXPIRED, 2);
    assert_int_equal(flow_sent(flow, "kab-3507", NULL, "expired"), 1);
    assert_int_equal(flow_sent(flow, "fas-jtm-ppspa-batu", NULL, "withdrawn"), 1);
    assert_int_equal(flow_sent(flow, "kor", NULL, "alert"), 1); /* refused twice */
    assert_int_equal(flow_sent(flow, "pro", NULL, "alert"), 1);
    flow_free(flow);
}

static void referral_opened(
    struct flow *flow, const struct id *case_id, Sigap__ReferralState as, char **roles, size_t role_count) {
    struct id referral = fixture_id(flow->fixture);
    Sigap__ReferralOpened opened = SIGAP__REFERRAL_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    opened.referral_id = bytes_of(&referral);
    opened.state = as;
    opened.owner_role = (char *)"KAB";
    opened.kind = (char *)normal.kind;
    opened.area = (char *)normal.area;
    opened.priority = normal.priority;
    opened.notify_roles = roles;
    opened.n_notify_roles = role_count;
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_OPENED;
    event.referral_opened = &opened;
    flow_event(flow, "router", LANE_NORMAL, case_id, &event);
}

static void test_nobody_left_to_ask(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, normal);
    char *roles[] = {(char *)"TKSK", (char *)"PPA"};
    unsigned tksk = flow_sent(flow, "tksk-3507", NULL, NULL);
    referral_opened(flow, &case_id, SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE, roles, 2);
    assert_int_equal(flow_sent(flow, "kab-3507", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "pro", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "ppa-3507", NULL, "notice"), 1); /* whom the rule wants to be told */
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, NULL), tksk); /* has heard of it already */
    flow_free(flow);
}

/* --- review, parked, dead-man --- */

static void test_danger_in_review_wakes_the_duty(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id report = fixture_id(flow->fixture);
    Sigap__ReportInReview review = SIGAP__REPORT_IN_REVIEW__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    review.report_id = bytes_of(&report);
    review.reason = (char *)"low_confidence";
    review.owner_role = (char *)"TRI";
    event.body_case = SIGAP__EVENT__BODY_REPORT_IN_REVIEW;
    event.report_in_review = &review;
    flow_event(flow, "triage", LANE_NORMAL, NULL, &event);
    assert_int_equal(flow->count, 0); /* waits in the queue */
    review.danger = true;
    flow_event(flow, "triage", LANE_URGENT, NULL, &event);
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "tri", NULL, "alert"), 1);
    assert_non_null(strstr(flow_last(flow, "tri")->text, "belum terverifikasi"));
    assert_non_null(strstr(flow_last(flow, "tri")->text, "unverified"));

    Sigap__ReportClosed closed = SIGAP__REPORT_CLOSED__INIT;
    Sigap__Event end = SIGAP__EVENT__INIT;
    closed.report_id = bytes_of(&report);
    end.body_case = SIGAP__EVENT__BODY_REPORT_CLOSED;
    end.report_closed = &closed;
    flow_event(flow, "triage", LANE_URGENT, NULL, &end);
    unsigned before = flow->count;
    flow_advance(flow, HOUR);
    assert_int_equal(flow->count, before);
    flow_free(flow);
}

static void report_received(struct flow *flow, const struct id *report, bool danger) {
    Sigap__ReportReceived received = SIGAP__REPORT_RECEIVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    received.report_id = bytes_of(report);
    received.danger = danger;
    event.body_case = SIGAP__EVENT__BODY_REPORT_RECEIVED;
    event.report_received = &received;
    flow_event(flow, "intake", LANE_URGENT, NULL, &event);
}

static void test_dead_man(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id silent = fixture_id(flow->fixture), seen = fixture_id(flow->fixture),
              plain = fixture_id(flow->fixture);
    report_received(flow, &silent, true);
    report_received(flow, &seen, true);
    report_received(flow, &plain, false);
    Sigap__ReportJoined joined = SIGAP__REPORT_JOINED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    joined.report_id = bytes_of(&seen);
    event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
    event.report_joined = &joined;
    flow_event(flow, "triage", LANE_URGENT, NULL, &event);
    flow_advance(flow, 2 * MINUTE - 1);
    assert_int_equal(flow->count, 0);
    flow_advance(flow, 1);
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1);
    char id[ID_TEXT + 1];
    id_to_text(&silent, id);
    assert_non_null(strstr(flow_last(flow, "opr")->text, id));
    flow_free(flow);
}

/* The report is not known anew when its record is read again, and its timer was rolled back. */
static void test_dead_man_after_a_turn_that_was_rolled_back(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id silent = fixture_id(flow->fixture);
    fault_arm(FAULT_COMMIT, 1);
    report_received(flow, &silent, true);
    fault_disarm();
    flow_advance(flow, 2 * MINUTE + 10000);
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1);
    flow_free(flow);
}

static void test_dead_man_whose_own_turn_was_rolled_back(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id silent = fixture_id(flow->fixture);
    report_received(flow, &silent, true);
    flow_advance(flow, 2 * MINUTE - 1);
    fault_arm(FAULT_COMMIT, 1);
    flow_advance(flow, 1);
    fault_disarm();
    assert_int_equal(flow->count, 0);
    flow_advance(flow, 10000);
    assert_int_equal(((struct notifier *)fixture_state(flow->fixture))->raised, 1); /* counted once */
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1);
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1);
    flow_free(flow);
}

/* What failed in a box holds the watermark below it until its row was set right; when there is no row any
 * more, or it is damaged, that is all there will be. */
static void test_a_result_without_a_row_holds_no_watermark(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct notifier *notifier = fixture_state(flow->fixture);
    struct effect_result result = {.id = fixture_id(flow->fixture), .kind = 1};
    notifier->stuck = 7;
    notifier->stuck_delivery = fixture_id(flow->fixture);
    fixture_effect_finish(flow->fixture, &result); /* of another one */
    assert_int_equal(notifier->stuck, 7);
    result.id = notifier->stuck_delivery;
    fixture_effect_finish(flow->fixture, &result);
    assert_int_equal(notifier->stuck, 0);
    flow_free(flow);
}

static void test_parked_input_is_told_once(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    Sigap__InputParked parked = SIGAP__INPUT_PARKED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    parked.number = 3;
    parked.lane = LANE_URGENT;
    event.body_case = SIGAP__EVENT__BODY_INPUT_PARKED;
    event.input_parked = &parked;
    flow_event(flow, "router", LANE_URGENT, NULL, &event);
    flow_event(flow, "router", LANE_URGENT, NULL, &event);
    assert_int_equal(flow_sent(flow, "adm", NULL, "alert"), 1);
    assert_non_null(strstr(flow_last(flow, "adm")->text, "router 3"));
    flow_free(flow);
}

/* --- changes --- */

static void change_case(
    struct flow *flow, const struct id *case_id, Sigap__Priority to, Sigap__Priority from, const char *area) {
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    changed.priority = to;
    changed.priority_before = from;
    changed.area = (char *)area;
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    flow_event(flow, "triage", LANE_URGENT, case_id, &event);
}

static void change_kind(struct flow *flow, const struct id *case_id, const char *kind, const char *also) {
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Fact fact = SIGAP__FACT__INIT, *facts[] = {&fact};
    Sigap__Event event = SIGAP__EVENT__INIT;
    changed.kind = (char *)kind;
    fact.name = (char *)SITE_FACT_ALSO_KINDS;
    fact.value = (char *)also;
    changed.facts = facts;
    changed.n_facts = *also != 0;
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    flow_event(flow, "triage", LANE_NORMAL, case_id, &event);
}

static void test_raised_priority_alerts_again(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, normal);
    assert_int_equal(flow_sent(flow, "opr", NULL, NULL), 0);
    change_case(flow, &case_id, SIGAP__PRIORITY__PRIORITY_P0, SIGAP__PRIORITY__PRIORITY_P2, "");
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1);
    assert_string_equal(
        fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED)->event->alert_raised->policy, "P0-UMUM");
    unsigned tri = flow_sent(flow, "tri", NULL, NULL);
    change_case(flow, &case_id, SIGAP__PRIORITY__PRIORITY_P1, SIGAP__PRIORITY__PRIORITY_P0, ""); /* lowered */
    assert_int_equal(flow_sent(flow, "tri", NULL, NULL), tri);
    flow_free(flow);
}

/* Whoever has answered before: another report of danger to life wakes somebody again, a copy nobody. */
static void test_a_witness_of_danger_alerts_again(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    Sigap__ReportJoined joined = SIGAP__REPORT_JOINED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    struct id case_id = flow_case_opened(flow, emergency), report_id = fixture_id(flow->fixture);
    char token[80];
    joined.report_id = (ProtobufCBinaryData){ID_BYTES, report_id.bytes};
    event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
    event.report_joined = &joined;
    joined.danger = true;
    flow_event(flow, "triage", LANE_URGENT, &case_id, &event);
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), 1); /* it rings still */
    flow_token(flow_last(flow, "tksk-3507"), "Terima", token);
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
    joined.danger = false;
    flow_event(flow, "triage", LANE_URGENT, &case_id, &event);
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), 1);
    joined.danger = true;
    flow_event(flow, "triage", LANE_URGENT, &case_id, &event);
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), 2);
    assert_non_null(strstr(flow_last(flow, "opr")->text, "laporan lain menyebut bahaya nyawa"));
    flow_free(flow);
}

/* Drills from before triage kept the two apart count as real there: what joins one is no drill. */
static void test_a_real_report_in_a_drill_wakes_somebody(void **state) {
    (void)state;
    for (unsigned answered = 0; answered < 2; answered++) {
        struct flow *flow = flow_new(NULL);
        Sigap__ReportJoined joined = SIGAP__REPORT_JOINED__INIT;
        Sigap__Event event = SIGAP__EVENT__INIT;
        struct flow_case drill = emergency;
        char token[80];
        drill.training = true;
        struct id case_id = flow_case_opened(flow, drill), report_id = fixture_id(flow->fixture);
        if (answered) {
            flow_token(flow_last(flow, "tksk-3507"), "Terima", token);
            assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
        }
        joined.report_id = bytes_of(&report_id);
        joined.danger = true;
        event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
        event.report_joined = &joined;
        unsigned before = flow->count;
        flow_event(flow, "triage", LANE_URGENT, &case_id, &event);
        assert_true(flow->count > before);
        assert_false(fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED)->event->training);
        assert_false(flow_last(flow, "opr")->training);
        event.training = true; /* of the drill itself: the one that rings is enough */
        size_t raised = fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED);
        flow_event(flow, "triage", LANE_URGENT, &case_id, &event);
        assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), raised);
        flow_free(flow);
    }
}

static void test_place_found_later(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct flow_case somewhere = emergency;
    somewhere.area = "";
    struct id case_id = flow_case_opened(flow, somewhere);
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, NULL), 0);
    change_case(flow, &case_id, SIGAP__PRIORITY__PRIORITY_UNSPECIFIED, SIGAP__PRIORITY__PRIORITY_UNSPECIFIED,
        "35.07.12");
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1);
    flow_free(flow);
}

static void test_closed_case_is_quiet(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &closed;
    flow_event(flow, "casework", LANE_URGENT, &case_id, &event);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "stand-down"), 1);
    unsigned before = flow->count;
    flow_advance(flow, 3 * HOUR);
    assert_int_equal(flow->count, before);
    closed.reopened = true;
    flow_event(flow, "casework", LANE_URGENT, &case_id, &event);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "alert"), 2);
    flow_free(flow);
}

/* --- channels --- */

static void test_two_channels_at_once_for_a_life(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_sent(flow, "opr", "outbox", "alert"), 1);
    assert_int_equal(flow_sent(flow, "opr", "email", "alert"), 1);
    assert_int_equal(flow_sent(flow, "opr", "webhook", "alert"), 1);
    flow_free(flow);
}

static void test_normal_messages_are_bundled_and_kept_out_of_the_night(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    flow_case_opened(flow, normal);
    assert_int_equal(flow_sent(flow, "tksk-3507", "outbox", "alert"), 1); /* a box wakes nobody */
    assert_int_equal(flow_sent(flow, NULL, "email", NULL), 0);
    flow_advance(flow, 29999);
    assert_int_equal(flow_sent(flow, NULL, "email", NULL), 0);
    flow_advance(flow, 1);
    assert_int_equal(flow_sent(flow, "tksk-3507", "email", "alert"), 1);
    assert_int_equal(flow_sent(flow, NULL, "webhook", NULL), 0); /* one method for normal ones */
    flow_free(flow);

    flow = calloc(1, sizeof *flow);
    flow_open_at(flow, mail_site, FIXTURE_START + 12 * HOUR, false); /* 22:00 WIB */
    flow_case_opened(flow, normal);
    flow_advance(flow, 8 * HOUR + 30 * MINUTE - 1);
    assert_int_equal(flow_sent(flow, NULL, "email", NULL), 0);
    flow_advance(flow, 1 + 2 * MINUTE); /* 06:30 WIB, and the bundle's half minute */
    assert_int_equal(flow_sent(flow, "tksk-3507", "email", "alert"), 1);
    struct flow_case life = emergency;
    life.area = "35.08.12";
    unsigned before = flow_sent(flow, "tksk-3508", "email", NULL);
    flow_case_opened(flow, life);
    assert_int_equal(flow_sent(flow, "tksk-3508", "email", "alert"), before + 1);
    flow_free(flow);
}

/* also: "" none; with it, the case is as secret as casework says. */
static void task_reminder_of(struct flow *flow, const struct id *case_id, const struct id *id,
    unsigned percent, unsigned others, const char *also, Sigap__Confidentiality confidentiality) {
    Sigap__Task task = SIGAP__TASK__INIT;
    Sigap__TaskReminder reminder = SIGAP__TASK_REMINDER__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    task.task_id = bytes_of(id);
    task.code = (char *)"LNS-02";
    task.role = (char *)"TKSK";
    task.owner = (char *)"tksk-3507";
    reminder.task = &task;
    reminder.percent = percent;
    reminder.others = others;
    reminder.priority = normal.priority;
    reminder.kind = (char *)normal.kind;
    reminder.area = (char *)normal.area;
    reminder.also_kinds = (char *)also;
    reminder.confidentiality = confidentiality;
    event.body_case = SIGAP__EVENT__BODY_TASK_REMINDER;
    event.task_reminder = &reminder;
    flow_event(flow, "casework", LANE_NORMAL, case_id, &event);
}

static void task_reminder(
    struct flow *flow, const struct id *case_id, const struct id *id, unsigned percent) {
    task_reminder_of(flow, case_id, id, percent, 0, "", SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_UNSPECIFIED);
}

/* Two things to say about one case to one team within half a minute are one mail. */
static void test_one_mail_for_one_case(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    struct id case_id = flow_case_opened(flow, normal), task = fixture_id(flow->fixture);
    flow_advance(flow, 10000);
    task_reminder(flow, &case_id, &task, 0);
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3507", "email", NULL), 1);
    const struct message *mail = NULL;
    for (unsigned i = 0; i < flow->count; i++)
        if (strcmp(channel_name_of(flow->fixture, flow->sent[i].channel), "email") == 0 &&
            strcmp(flow->sent[i].team, "tksk-3507") == 0)
            mail = &flow->sent[i];
    assert_non_null(mail);
    assert_non_null(strstr(mail->text, "perlu ditangani"));
    assert_non_null(strstr(mail->text, "[LNS-02]"));
    task_reminder(flow, &case_id, &task, 50); /* and the next one after five minutes */
    flow_advance(flow, 4 * MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3507", "email", NULL), 1);
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3507", "email", "reminder"), 1);
    flow_free(flow);
}

/* A further kind of the strictest secrecy is a secret of every message of the case, not of the next alert of
 * the case alone. */
static void test_a_secret_further_kind_is_told_by_no_message(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, normal), task = fixture_id(flow->fixture);
    task_reminder(flow, &case_id, &task, 50);
    assert_non_null(strstr(flow_last(flow, "tksk-3507")->text, "[LNS-02]"));
    flow_further_kinds(flow, &case_id, "kekerasan_seksual");
    struct id later = fixture_id(flow->fixture);
    flow->count = 0;
    task_reminder(flow, &case_id, &task, 75);
    task_reminder(flow, &case_id, &later, 50);
    task_reminder(flow, &case_id, &later, 100);
    flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P0, "35.07.12");
    flow_advance(flow, HOUR);
    assert_true(flow->count >= 3);
    for (unsigned i = 0; i < flow->count; i++) {
        assert_null(strstr(flow->sent[i].text, "LNS"));
        assert_null(strcasestr(flow->sent[i].text, "pasung"));
        assert_null(strcasestr(flow->sent[i].text, "lansia"));
    }
    flow_free(flow);
}

static void assert_nothing_told(const struct flow *flow) {
    assert_true(flow->count > 0);
    for (unsigned i = 0; i < flow->count; i++) {
        assert_null(strstr(flow->sent[i].text, "LNS"));
        assert_null(strcasestr(flow->sent[i].text, "lansia"));
    }
}

/* A place is found and the alert is over; the case goes on, and comes back after it was closed. */
static void test_a_further_kind_of_a_placed_case_is_a_secret(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    struct id case_id = flow_case_opened(flow, normal), task = fixture_id(flow->fixture);
    struct id offer =
        flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P2, "35.07.12");
    flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_ACCEPTED, 0);
    flow_further_kinds(flow, &case_id, "kekerasan_seksual");
    flow->count = 0;
    task_reminder(flow, &case_id, &task, 50);
    task_reminder(flow, &case_id, &task, 100);
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &closed;
    flow_event(flow, "casework", LANE_NORMAL, &case_id, &event);
    closed.reopened = true;
    flow_event(flow, "casework", LANE_NORMAL, &case_id, &event);
    flow_advance(flow, HOUR);
    assert_int_equal(flow_sent(flow, "pks-3507", NULL, "alert"), 1); /* who is told of a secret case again */
    assert_nothing_told(flow);
    flow_free(flow);
}

/* Whom a kind wants to be told at the same time hears of it, whichever victim it is of and whenever that is
 * known. */
static void test_other_agencies_hear_of_further_kinds(void **state) {
    (void)state;
    for (int way = 0; way < 4; way++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = flow_several_opened(flow, normal, way ? NULL : "napza kekerasan_seksual");
        if (way == 3) { /* somebody has accepted it meanwhile */
            char token[80];
            flow_token(flow_last(flow, "tksk-3507"), "Accept", token);
            assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
        }
        if (way == 1)
            flow_further_kinds(flow, &case_id, "napza kekerasan_seksual");
        else if (way > 1)
            change_kind(flow, &case_id, "", "kekerasan_seksual");
        assert_int_equal(flow_sent(flow, "rsj-rs-lawang", NULL, "notice"), 1);
        assert_null(strcasestr(flow_last(flow, "rsj-rs-lawang")->text, "lansia"));
        /* The page would not be theirs to open: they are told whom to call. */
        assert_null(strstr(flow_last(flow, "rsj-rs-lawang")->text, "/#case/"));
        assert_non_null(strstr(flow_last(flow, "rsj-rs-lawang")->text, "Rincian hanya lewat telepon"));
        change_kind(flow, &case_id, "", "kekerasan_seksual"); /* once */
        assert_int_equal(flow_sent(flow, "rsj-rs-lawang", NULL, NULL), 1);
        flow_free(flow);
    }
}

/* Weeks after its alert was over and forgotten, a task of the case still knows what may not be told. */
static void test_a_forgotten_case_keeps_its_secret(void **state) {
    static const struct {
        const char *also;
        Sigap__Confidentiality confidentiality;
        bool told;
    } cases[] = {{"", SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C1, true},
        {"", SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C3, false},
        {"napza kusta", SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C2, false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = fixture_id(flow->fixture), task = fixture_id(flow->fixture);
        for (unsigned percent = 0; percent <= 100; percent += 50) {
            task_reminder_of(flow, &case_id, &task, percent, 0, cases[i].also, cases[i].confidentiality);
            assert_int_equal(strstr(flow->sent[flow->count - 1].text, "LNS-02") != NULL, cases[i].told);
        }
        flow_free(flow);
    }
}

/* What further reports tell comes beside what is known. */
static void test_further_reports_add_kinds(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, normal);
    flow_further_kinds(flow, &case_id, "napza");
    change_kind(flow, &case_id, "", "pasung");
    change_kind(flow, &case_id, "", "pasung gelandangan_pengemis");
    change_case(flow, &case_id, SIGAP__PRIORITY__PRIORITY_P0, SIGAP__PRIORITY__PRIORITY_P2, "");
    const char *text = flow_last(flow, "tksk-3507")->text;
    assert_non_null(strstr(text, "Pemasungan"));
    assert_non_null(strcasestr(text, "napza"));
    assert_non_null(strstr(text, "Gelandangan"));
    flow_free(flow);
}

/* As many further kinds as a case holds are known: the last of them, which may not be named, too. */
static void test_the_last_of_many_further_kinds_is_not_told(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, normal), task = fixture_id(flow->fixture);
    flow_further_kinds(flow, &case_id,
        "pasung repasung_kambuh odgj_krisis odgj_terlantar pmi_bermasalah disabilitas_berat "
        "disabilitas_layanan napza gelandangan_pengemis orang_terlantar prse_tunasusila bwblp kusta");
    flow->count = 0;
    task_reminder(flow, &case_id, &task, 50);
    assert_int_equal(flow->count, 1);
    assert_null(strstr(flow->sent[0].text, "LNS-02"));
    flow_free(flow);
}

/* Told by casework before and at half time; at the end of it somebody else hears of it too, until it is done.
 */
static void test_overdue_task(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, normal), task = fixture_id(flow->fixture);
    task_reminder(flow, &case_id, &task, 50);
    assert_int_equal(flow_sent(flow, "tksk-3507", "outbox", "reminder"), 1);
    assert_int_equal(flow_sent(flow, "tri", NULL, NULL), 0);
    task_reminder(flow, &case_id, &task, 100);
    assert_int_equal(flow_sent(flow, "tri", "outbox", "alert"), 1);
    assert_int_equal(flow_sent(flow, "kab-3507", NULL, "alert"), 0);
    task_reminder(flow, &case_id, &task, 200);
    assert_int_equal(flow_sent(flow, "kab-3507", "outbox", "alert"), 1);
    Sigap__Task done = SIGAP__TASK__INIT;
    Sigap__TaskMoved moved = SIGAP__TASK_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    done.task_id = bytes_of(&task);
    done.state = SIGAP__TASK_STATE__TASK_DONE;
    moved.task = &done;
    event.body_case = SIGAP__EVENT__BODY_TASK_MOVED;
    event.task_moved = &moved;
    flow_event(flow, "casework", LANE_NORMAL, &case_id, &event);
    flow->count = 0;
    for (int day = 0; day < 4; day++)
        flow_advance(flow, 24 * HOUR);
    for (unsigned i = 0; i < flow->count; i++)
        assert_null(strstr(flow->sent[i].text, "LNS-02"));
    flow_free(flow);
}

static bool says(const struct flow *flow, const char *words) {
    bool said = false;
    for (unsigned i = 0; i < flow->count; i++)
        said |= strstr(flow->sent[i].text, words) != NULL;
    return said;
}

/* Whoever is reminded once for three tasks reads that there are more of them than the one that is named. */
static void test_tasks_told_together(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, normal), task = fixture_id(flow->fixture);
    flow->count = 0;
    task_reminder_of(flow, &case_id, &task, 50, 2, "", SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_UNSPECIFIED);
    assert_int_equal(flow_sent(flow, "tksk-3507", "outbox", "reminder"), 1);
    assert_true(says(flow, "[LNS-02 +2]"));
    flow->count = 0; /* begun again, and alone this time */
    task_reminder(flow, &case_id, &task, 50);
    assert_true(says(flow, "[LNS-02]"));
    assert_false(says(flow, "+2"));
    flow_free(flow);
}

/* Where a life is at stake owners of tasks hear at once, unless they have heard of the case already. */
static void test_tasks_of_an_emergency(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency), one = fixture_id(flow->fixture);
    static const char *const owners[] = {"opr", "pds-3507", "pds-3507", "nobody-here"};
    Sigap__Task tasks[4], *list[4];
    Sigap__TasksPlanned planned = SIGAP__TASKS_PLANNED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    for (int i = 0; i < 4; i++) {
        sigap__task__init(&tasks[i]);
        tasks[i].task_id = bytes_of(&one);
        tasks[i].code = (char *)"KRS-01";
        tasks[i].role = (char *)"PSI";
        tasks[i].owner = (char *)owners[i];
        tasks[i].state = SIGAP__TASK_STATE__TASK_DUE;
        list[i] = &tasks[i];
    }
    planned.tasks = list;
    planned.n_tasks = 4;
    event.body_case = SIGAP__EVENT__BODY_TASKS_PLANNED;
    event.tasks_planned = &planned;
    unsigned opr = flow_sent(flow, "opr", NULL, NULL);
    flow_event(flow, "casework", LANE_URGENT, &case_id, &event);
    assert_int_equal(flow_sent(flow, "opr", NULL, NULL), opr);
    assert_int_equal(flow_sent(flow, "pds-3507", "outbox", "task"), 1);
    assert_int_equal(
        flow_sent(flow, "psi-3507", "outbox", "task"), 1); /* the role, where the owner is unknown */
    flow_free(flow);
}

static void test_retries_then_dead_then_the_next_step(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    flow->failing = "email";
    flow->failure = SEND_RECIPIENT;
    flow_case_opened(flow, emergency);
    assert_true(fixture_count(flow->fixture, SIGAP__EVENT__BODY_DELIVERY_ENDED) > 0);
    const struct fixture_record *ended = fixture_nth(flow->fixture, SIGAP__EVENT__BODY_DELIVERY_ENDED, 0);
    assert_string_equal(ended->event->delivery_ended->channel, "email");
    assert_string_equal(ended->event->delivery_ended->state, "dead");
    assert_true(flow_sent(flow, "kor", NULL, "unreachable") >= 1);
    flow_free(flow);
}

static const char only_mail[] = "channels:\n  - name: email\n    options: [{ name: server, value: "
                                "\"smtp://mail.example\" }, { name: from, value: "
                                "piket@sigap.example }]\n";

/* Nobody of a step can be reached: the next step comes now, not in five minutes; but not the whole night at
 * once. */
static void test_dead_letters_are_the_next_step(void **state) {
    (void)state;
    struct flow *flow = flow_new(only_mail);
    flow->failing = "email";
    flow->failure = SEND_RECIPIENT;
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_sent(flow, "kor", "email", "alert"), 1);
    assert_int_equal(flow_sent(flow, "kds", "email", "alert"), 1);
    assert_int_equal(flow_sent(flow, "opr", "email", "again"), 0);
    flow->failing = NULL;
    flow_advance(flow, 3 * MINUTE);
    assert_true(flow_sent(flow, "kds", "email", "again") > 0); /* and time goes on */
    flow_free(flow);
}

/* One who cannot be reached beside others who can is no reason to wake the next level. */
static void test_one_dead_letter_is_not_the_next_step(void **state) {
    (void)state;
    struct flow *flow = flow_new(only_mail);
    unsigned mail = 0;
    flow->silent = true;
    flow_case_opened(flow, emergency);
    while (strcmp(channel_name_of(flow->fixture, flow->sent[mail].channel), "email") != 0)
        mail++;
    struct effect_result result = {
        .id = flow->sent[mail].delivery, .kind = outgoing_kind(1), .outcome = SEND_RECIPIENT};
    fixture_effect_finish(flow->fixture, &result);
    flow_drain(flow);
    assert_int_equal(flow_sent(flow, "kor", "email", "unreachable"), 1);
    assert_int_equal(flow_sent(flow, "opr", "email", "alert"), 1);
    flow_free(flow);
}

/* A channel with receipts, as a messenger has: none in 90 seconds, the next method begins. */
static void test_no_receipt_is_the_next_method(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    struct notifier *notifier = fixture_state(flow->fixture);
    struct channel messenger = *notifier->channels[1].channel;
    messenger.receipt_ms = 90000;
    notifier->channels[1].channel = &messenger;
    flow_case_opened(
        flow, (struct flow_case){
                  .kind = "odgj_krisis", .area = "35.07.12", .priority = SIGAP__PRIORITY__PRIORITY_P1});
    assert_int_equal(flow_sent(flow, "tksk-3507", "email", "alert"), 1);
    flow_advance(flow, 90000 - 1);
    assert_int_equal(flow_sent(flow, "tksk-3507", "webhook", "alert"), 0);
    flow_advance(flow, 1);
    assert_int_equal(flow_sent(flow, "tksk-3507", "webhook", "alert"), 1);
    flow_free(flow);
}

/* Five mails are on their way already: normal ones wait, a life does not. */
static void test_throttle_is_for_normal_ones(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    struct notifier *notifier = fixture_state(flow->fixture);
    flow_case_opened(flow, normal);
    notifier->channels[1].in_flight = 5;
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, NULL, "email", NULL), 0);
    struct flow_case life = emergency;
    life.area = "35.08.12";
    flow_case_opened(flow, life);
    assert_int_equal(flow_sent(flow, "tksk-3508", "email", "alert"), 1);
    notifier->channels[1].in_flight = 0;
    flow_advance(flow, 2000);
    assert_int_equal(flow_sent(flow, "tksk-3507", "email", "alert"), 1);
    flow_free(flow);
}

/* After a restore nothing leaves until an operator releases it; then everything does. */
static void test_effects_are_held_after_a_restore(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ControlView control = SIGAP__CONTROL_VIEW__INIT;
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    char *roles[] = {(char *)"administrator"}, *areas[] = {(char *)"*"};
    unsigned status;
    actor.roles = roles;
    actor.areas = areas;
    actor.n_roles = actor.n_areas = 1;
    control.action = (char *)"hold";
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_CONTROL;
    view.control = &control;
    json_decref(fixture_view(flow->fixture, &view, &status));
    assert_int_equal(status, 200);
    flow_case_opened(flow, emergency);
    flow_advance(flow, MINUTE);
    assert_int_equal(flow->count, 0);
    control.action = (char *)"release";
    json_decref(fixture_view(flow->fixture, &view, &status));
    assert_int_equal(status, 200);
    flow_advance(flow, 6000);
    assert_true(flow_sent(flow, "opr", "outbox", "alert") == 1);
    flow_free(flow);
}

static void test_transient_failures_climb_the_ladder(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    flow->failing = "email";
    flow->failure = SEND_TRANSIENT;
    flow_case_opened(
        flow, (struct flow_case){
                  .kind = "odgj_krisis", .area = "35.07.12", .priority = SIGAP__PRIORITY__PRIORITY_P1});
    assert_int_equal(flow_sent(flow, "tksk-3507", "email", NULL), 1);
    flow_advance(flow, 23999);
    assert_int_equal(flow_sent(flow, "tksk-3507", "email", NULL), 1); /* 30 s less 20 % */
    flow->failing = NULL;
    flow_advance(flow, 2 * MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3507", "email", NULL), 2);
    assert_int_equal(flow->sent[flow->count - 1].attempt >= 1, 1);
    flow_free(flow);
}

static void test_lease_that_runs_out(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    flow->silent = true;
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_sent(flow, "opr", "email", NULL), 1);
    flow_advance(flow, 30 * 1000); /* unknown: again, at once, since a life may hang on it */
    assert_int_equal(flow_sent(flow, "opr", "email", NULL), 2);
    flow_free(flow);
}

static void test_crash_while_sending(void **state) {
    (void)state;
    struct flow *flow = flow_new_on_disk(mail_site);
    flow->silent = true;
    flow_case_opened(flow, emergency);
    struct id before = flow->sent[0].delivery;
    unsigned mails = flow_sent(flow, "opr", "email", NULL), boxes = flow_sent(flow, "opr", "outbox", NULL);
    assert_int_equal(mails, 1);
    fixture_restart(flow->fixture, false);
    fixture_turn(flow->fixture);
    flow_drain(flow);
    assert_int_equal(flow_sent(flow, "opr", "email", NULL), mails + 1);
    assert_int_equal(flow_sent(flow, "opr", "outbox", NULL), boxes + 1); /* nothing said it was in its box */
    bool same = false;
    for (unsigned i = mails + boxes; i < flow->count; i++)
        same |= id_equal(&flow->sent[i].delivery, &before) && flow->sent[i].attempt == 2;
    assert_true(same); /* receivers know a repetition by the id */
    flow_free(flow);
}

static unsigned drop_effects(struct flow *flow) {
    unsigned count = 0;
    while (fixture_effect_take(flow->fixture))
        count++;
    return count;
}

/* A long queue at the end of a process: the next one sees to it in turns of a bounded size, so that a life
 * comes in between. */
static void test_what_is_left_over_is_seen_to_in_portions(void **state) {
    (void)state;
    enum { CASES = 400 };
    struct flow *flow = flow_new_on_disk(mail_site);
    flow->silent = true;
    unsigned before = 0, again = 0, turns = 0;
    for (int i = 0; i < CASES; i++) {
        flow_case_opened(flow, emergency);
        before += flow->count;
        flow->count = 0;
    }
    assert_true(before >= CASES);
    fixture_restart(flow->fixture, false);
    while (engine_turn(fixture_engine(flow->fixture)) == ENGINE_WORKED) {
        unsigned sent = drop_effects(flow);
        assert_true(sent < before / 2);
        again += sent;
        turns++;
    }
    assert_true(turns >= 4);
    assert_int_equal(again, before + CASES); /* of a mail nobody knows about the next method, too */
    flow_free(flow);
}

static void test_nothing_is_repeated_after_a_settled_crash(void **state) {
    (void)state;
    struct flow *flow = flow_new_on_disk(mail_site);
    flow_case_opened(flow, emergency);
    unsigned before = flow->count;
    fixture_restart(flow->fixture, false);
    fixture_turn(flow->fixture);
    flow_drain(flow);
    assert_int_equal(flow->count, before);
    flow_free(flow);
}

/* The alert that was undone would be the first of its case, and the one that is made again the second. */
static void test_what_was_rolled_back_is_not_remembered(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    fault_arm(FAULT_COMMIT, 1);
    struct id case_id = flow_case_opened(flow, emergency);
    assert_int_equal(flow->count, 0);
    fault_disarm();
    flow_advance(flow, MINUTE);
    const Sigap__Event *raised = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED)->event;
    struct id first = alert_number_id(&case_id, 0);
    assert_memory_equal(raised->alert_raised->alert_id.data, first.bytes, ID_BYTES);
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), 1);
    flow_free(flow);
}

static void test_what_there_was_before_a_restart_is_known(void **state) {
    (void)state;
    struct flow *flow = flow_new_on_disk(mail_site);
    Sigap__ReportJoined joined = SIGAP__REPORT_JOINED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    struct id case_id = flow_case_opened(flow, emergency), report_id = fixture_id(flow->fixture);
    fixture_restart(flow->fixture, false);
    size_t raised = fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED);
    joined.report_id = bytes_of(&report_id);
    joined.danger = true;
    event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
    event.report_joined = &joined;
    flow_event(flow, "triage", LANE_URGENT, &case_id, &event);
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), raised); /* it rings */
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 0);
    flow_free(flow);
}

/* More mails than the server takes: none is given up, the channel is not held for broken, nobody is told that
 * somebody cannot be reached, and a life goes the next way meanwhile. */
static void test_a_mail_that_found_no_room_was_no_attempt(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    const struct notifier *notifier = fixture_state(flow->fixture);
    flow->failing = "email";
    flow->failure = SEND_BUSY;
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_sent(flow, "tksk-3507", "webhook", "alert"), 1);
    flow_advance(flow, 2 * MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3507", "webhook", "alert"), 1);
    assert_true(flow_sent(flow, "tksk-3507", "email", "alert") > 20); /* it is offered on and on */
    assert_false(notifier->channels[1].breaker.open);
    assert_int_equal(notifier->channels[1].failed, 0);
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_DELIVERY_ENDED), 0);
    flow->failing = NULL;
    flow_advance(flow, 2 * 1000);
    unsigned sent = flow_sent(flow, "tksk-3507", "email", "alert");
    flow_advance(flow, 10 * 1000);
    assert_int_equal(flow_sent(flow, "tksk-3507", "email", "alert"), sent); /* it has arrived */
    flow_free(flow);
}

static void test_breaker_holds_a_broken_channel(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    flow->failing = "email";
    flow->failure = SEND_CHANNEL; /* 535: the password */
    flow_case_opened(flow, emergency);
    unsigned before = flow_sent(flow, NULL, "email", NULL);
    struct flow_case other = emergency;
    other.area = "35.08.12";
    flow_case_opened(flow, other);
    assert_int_equal(flow_sent(flow, NULL, "email", NULL), before);        /* not hammered */
    assert_int_equal(flow_sent(flow, "tksk-3508", "webhook", "alert"), 1); /* the next method instead */
    flow_free(flow);
}

/* Many wait for the channel: one of them finds out whether it is sound again. */
static void test_one_probe_of_many(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    struct notifier *notifier = fixture_state(flow->fixture);
    flow->failing = "email";
    flow->failure = SEND_CHANNEL;
    flow_case_opened(flow, emergency);
    for (int i = 0; i < 20; i++)
        flow_case_opened(flow, normal);
    flow_advance(flow, MINUTE);
    unsigned before = flow_sent(flow, NULL, "email", NULL);
    assert_true(notifier->channels[1].breaker.open);
    flow_advance(flow, 5 * MINUTE);
    assert_in_range(flow_sent(flow, NULL, "email", NULL) - before, 8, 11); /* one every half minute */
    flow->failing = NULL;
    flow_advance(flow, 2 * MINUTE);
    assert_false(notifier->channels[1].breaker.open);
    flow_free(flow);
}

static void test_training_reaches_nobody_real(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    struct flow_case drill = emergency;
    drill.training = true;
    flow_case_opened(flow, drill);
    flow_advance(flow, HOUR);
    assert_int_equal(flow_sent(flow, NULL, "email", NULL), 0);
    assert_int_equal(flow_sent(flow, NULL, "webhook", NULL), 0);
    assert_true(flow_sent(flow, "opr", "outbox", NULL) > 1);
    for (unsigned i = 0; i < flow->count; i++) {
        assert_non_null(strstr(flow->sent[i].text, "LATIHAN"));
        assert_non_null(strstr(flow->sent[i].text, "TRAINING"));
    }
    assert_true(fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED)->event->training);
    flow_free(flow);
}

/* What raises a drill, or a real case, says nothing of which it is: the alert before does. */
static void test_an_alert_anew_is_training_as_before(void **state) {
    (void)state;
    for (int training = 0; training < 2; training++) {
        struct flow *flow = flow_new(mail_site);
        struct flow_case what = emergency;
        what.priority = SIGAP__PRIORITY__PRIORITY_P1;
        what.training = training;
        struct id case_id = flow_case_opened(flow, what);
        unsigned before = flow_sent(flow, NULL, "email", NULL) + flow_sent(flow, NULL, "webhook", NULL);
        assert_int_equal(before == 0, training);
        Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
        Sigap__Event event = SIGAP__EVENT__INIT;
        changed.priority = SIGAP__PRIORITY__PRIORITY_P0;
        changed.priority_before = SIGAP__PRIORITY__PRIORITY_P1;
        changed.area = (char *)"";
        event.training = !training;
        event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
        event.case_changed = &changed;
        size_t raised = fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED);
        flow_event(flow, "triage", LANE_URGENT, &case_id, &event);
        assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED), raised + 1);
        unsigned after = flow_sent(flow, NULL, "email", NULL) + flow_sent(flow, NULL, "webhook", NULL);
        assert_int_equal(after > before, !training);
        flow_free(flow);
    }
}

/* --- rows --- */

static json_t *view_case(
    struct flow *flow, const struct id *case_id, const char *role, const char *area, unsigned *status);

static void test_what_is_over_is_forgotten(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    struct id over = flow_case_opened(flow, normal), open_case = flow_case_opened(flow, normal);
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    unsigned status;
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &closed;
    flow_event(flow, "casework", LANE_NORMAL, &over, &event);
    for (int day = 0; day < 13; day++)
        flow_advance(flow, 24 * HOUR);
    json_decref(view_case(flow, &over, "TRI", "*", &status));
    assert_int_equal(status, 200);
    for (int day = 0; day < 3; day++)
        flow_advance(flow, 24 * HOUR);
    json_decref(view_case(flow, &over, "TRI", "*", &status));
    assert_int_equal(status, 404);
    json_decref(view_case(flow, &open_case, "TRI", "*", &status));
    assert_int_equal(status, 200);
    flow_free(flow);
}

/* A normal case with one offer costs two rows, and its timers are shared with others. */
static void test_a_normal_case_costs_two_rows(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    enum { CASES = 10 };
    flow->silent = true; /* in the daemon a watermark stands for the results */
    for (int i = 0; i < CASES; i++) {
        struct id case_id = flow_case_opened(flow, normal);
        flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P2, "35.07.12");
    }
    struct statement *rows = notifier_use(fixture_store(flow->fixture), NOTIFIER_ALERT_LAST_NUMBER);
    assert_true(statement_step(rows));
    assert_int_equal(column_int(rows, 0), 2 * CASES);
    statement_end(rows);
    rows = notifier_use(fixture_store(flow->fixture), NOTIFIER_HANDOVER_LAST_NUMBER);
    assert_true(!statement_step(rows) || column_is_null(rows, 0));
    statement_end(rows);
    flow_free(flow);
}

/* --- views --- */

static json_t *view_case(
    struct flow *flow, const struct id *case_id, const char *role, const char *area, unsigned *status) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__CaseView what = SIGAP__CASE_VIEW__INIT;
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    char *roles[] = {(char *)role}, *areas[] = {(char *)area};
    actor.roles = roles;
    actor.areas = areas;
    actor.n_roles = actor.n_areas = 1;
    what.case_id = bytes_of(case_id);
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
    view.case_file = &what;
    return fixture_view(flow->fixture, &view, status);
}

/* How many messages to the team carry the case number only, and how many more. */
static void count_codes_only(json_t *case_view, const char *team, unsigned *only, unsigned *more) {
    size_t i;
    json_t *delivery;
    *only = *more = 0;
    json_array_foreach(json_object_get(case_view, "deliveries"), i, delivery) {
        if (strcmp(json_string_value(json_object_get(delivery, "to")), team) == 0)
            ++*(json_is_true(json_object_get(delivery, "codes_only")) ? only : more);
    }
}

/* content: codes_only of a notice, here the hospital's; those who are called are told more. */
static void test_other_agencies_read_the_number_only(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(
        flow, (struct flow_case){
                  .kind = "kekerasan_seksual", .area = "35.07.12", .priority = SIGAP__PRIORITY__PRIORITY_P2});
    unsigned status, only, more;
    json_t *view = view_case(flow, &case_id, "TRI", "*", &status);
    count_codes_only(view, "rsj-rs-lawang", &only, &more);
    assert_int_equal(only, 1);
    assert_int_equal(more, 0);
    count_codes_only(view, "ppa-3507", &only, &more);
    assert_int_equal(only, 0);
    assert_true(more > 0);
    json_decref(view);
    flow_free(flow);
}

static json_t *view_list_of(struct flow *flow, const char *name, const char *role, char **areas,
    size_t area_count, const char *state) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    char *roles[] = {(char *)role};
    unsigned status;
    actor.roles = roles;
    actor.n_roles = 1;
    actor.areas = areas;
    actor.n_areas = area_count;
    what.name = (char *)name;
    what.state = (char *)state;
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &what;
    json_t *json = fixture_view(flow->fixture, &view, &status);
    assert_int_equal(status, 200);
    return json;
}

static json_t *view_list(
    struct flow *flow, const char *name, const char *role, const char *area, const char *state) {
    char *areas[] = {(char *)area};
    return view_list_of(flow, name, role, areas, 1, state);
}

/* Nothing of what it is for somebody who is not named for such cases, in no alert of the case. */
static void assert_masked(struct flow *flow, const struct id *case_id, size_t count) {
    unsigned status;
    size_t i;
    json_t *alert, *json = view_case(flow, case_id, "TKSK", "35.07", &status);
    assert_int_equal(json_array_size(json_object_get(json, "alerts")), count);
    json_array_foreach(json_object_get(json, "alerts"), i, alert) {
        assert_string_equal(json_string_value(json_object_get(alert, "kind")), "");
        assert_null(strstr(json_string_value(json_object_get(alert, "detail")), "LNS"));
        assert_string_equal(json_string_value(json_object_get(alert, "facility")), "");
        assert_string_equal(json_string_value(json_object_get(alert, "policy")), "");
    }
    assert_int_equal(json_array_size(json_object_get(json, "deliveries")), 0);
    json_decref(json);
}

/* The strictest of what is found counts before there is a case, too. */
static void test_a_further_kind_makes_a_review_a_secret(void **state) {
    static const char *const also[] = {"lansia_terlantar", "kekerasan_seksual"};
    (void)state;
    for (size_t i = 0; i < sizeof also / sizeof *also; i++) {
        struct flow *flow = flow_new(NULL);
        struct id report = fixture_id(flow->fixture);
        Sigap__ReportInReview review = SIGAP__REPORT_IN_REVIEW__INIT;
        Sigap__Event event = SIGAP__EVENT__INIT;
        unsigned status;
        review.report_id = bytes_of(&report);
        review.kind = (char *)"pasung";
        review.area = (char *)normal.area;
        review.also_kinds = (char *)also[i];
        review.reason = (char *)"case_closed";
        review.owner_role = (char *)"TRI";
        review.danger = true;
        event.body_case = SIGAP__EVENT__BODY_REPORT_IN_REVIEW;
        event.report_in_review = &review;
        flow_event(flow, "triage", LANE_URGENT, NULL, &event);
        json_t *json = view_case(flow, &report, "TKSK", "35.07", &status),
               *alert = json_array_get(json_object_get(json, "alerts"), 0);
        assert_string_equal(json_string_value(json_object_get(alert, "kind")), i ? "" : "pasung");
        json_decref(json);
        flow_free(flow);
    }
}

/* What the router says at the opening names the kind alone. */
static void test_a_referral_keeps_the_secret_of_its_case(void **state) {
    static const Sigap__ReferralState states[] = {
        SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE, SIGAP__REFERRAL_STATE__REFERRAL_DRAFT};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct flow *flow = flow_new(NULL);
        struct flow_case secret = normal;
        secret.confidentiality = SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C3;
        struct id case_id = flow_case_opened(flow, secret);
        referral_opened(flow, &case_id, states[i], NULL, 0);
        assert_masked(flow, &case_id, i == 0 ? 2 : 1); /* a draft travels with the case's own */
        flow_free(flow);
    }
}

/* What stands open already is as secret as its case from then on. */
static void test_all_alerts_of_a_case_become_a_secret(void **state) {
    (void)state;
    for (int further = 0; further < 3; further++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = flow_case_opened(flow, normal), task = fixture_id(flow->fixture);
        flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P2, "35.07.12");
        task_reminder(flow, &case_id, &task, 50);
        if (further == 1)
            flow_further_kinds(flow, &case_id, "kekerasan_seksual");
        else
            change_kind(
                flow, &case_id, further ? "" : "kekerasan_seksual", further ? "kekerasan_seksual" : "");
        /* its own people were called by an alert of their own; that it is offered to somebody is not told */
        assert_masked(flow, &case_id, 3);
        flow_free(flow);
    }
}

static void test_views_keep_to_area_and_secrecy(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    unsigned status;
    struct flow_case secret = {.kind = "kekerasan_anak",
        .area = "35.07.12",
        .priority = SIGAP__PRIORITY__PRIORITY_P1,
        .confidentiality = SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C3};
    struct id case_id = flow_case_opened(flow, secret), open_case = flow_case_opened(flow, normal);
    json_t *json = view_case(flow, &case_id, "TKSK", "35.08", &status);
    assert_int_equal(status, 404);
    json_decref(json);
    json = view_case(flow, &case_id, "TKSK", "35.07", &status);
    assert_int_equal(status, 200);
    json_t *alert = json_array_get(json_object_get(json, "alerts"), 0);
    assert_string_equal(json_string_value(json_object_get(alert, "kind")), ""); /* the case number only */
    assert_string_equal(json_string_value(json_object_get(alert, "area")), "");
    assert_int_equal(json_array_size(json_object_get(json, "deliveries")), 0); /* nor who is told of it */
    json_decref(json);
    json = view_case(flow, &case_id, "PPA", "35.07", &status);
    assert_true(json_array_size(json_object_get(json, "deliveries")) > 2);
    json_t *delivery = json_array_get(json_object_get(json, "deliveries"), 0);
    assert_string_equal(json_string_value(json_object_get(delivery, "state")), "accepted");
    alert = json_array_get(json_object_get(json, "alerts"), 0);
    assert_string_equal(json_string_value(json_object_get(alert, "kind")), "kekerasan_anak");
    json_decref(json);

    json = view_list(flow, "alerts", "TKSK", "35.07", "open");
    assert_int_equal(json_array_size(json_object_get(json, "alerts")), 2);
    alert = json_array_get(
        json_object_get(json, "alerts"), 0); /* critical ones first; confidential: the number only */
    assert_string_equal(json_string_value(json_object_get(alert, "priority")), "P1");
    assert_string_equal(json_string_value(json_object_get(alert, "kind")), "");
    assert_string_equal(json_string_value(json_object_get(alert, "area")), "");
    json_decref(json);
    json = view_list(flow, "alerts", "TRI", "*", "");
    assert_int_equal(json_array_size(json_object_get(json, "alerts")), 2);
    json_decref(json);
    json = view_list(flow, "alerts", "TRI", "35.0", ""); /* no code: no area at all */
    assert_int_equal(json_array_size(json_object_get(json, "alerts")), 0);
    json_decref(json);
    json = view_list(flow, "deliveries", "TKSK", "35.07", "accepted");
    assert_true(json_array_size(json_object_get(json, "deliveries")) >= 2);
    json_decref(json);
    (void)open_case;
    flow_free(flow);
}

/* What nobody has answered: most urgent first, then longest; a page at a time; nothing that only tells. */
static void test_what_waits_longest_is_listed_first(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    static const int made[] = {2, 0, 1, 0}, order[] = {1, 3, 2, 0};
    struct id cases[4];
    for (size_t i = 0; i < 4; i++) {
        struct flow_case one = normal;
        one.priority = (Sigap__Priority)(SIGAP__PRIORITY__PRIORITY_P0 + made[i]);
        cases[i] = flow_case_opened(flow, one);
    }
    json_t *alert, *json = view_list(flow, "alerts", "TKSK", "35.07", "waiting");
    size_t i;
    assert_int_equal(json_array_size(json_object_get(json, "alerts")), 4);
    json_array_foreach(json_object_get(json, "alerts"), i, alert) {
        char id[ID_TEXT + 1];
        id_to_text(&cases[order[i]], id);
        assert_string_equal(json_string_value(json_object_get(alert, "case_id")), id);
    }
    json_decref(json);
    flow_free(flow);
}

/* Nobody knows where: it is for those who have the whole province, as in triage and casework. */
static void test_views_of_an_unknown_place(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    static const struct {
        const char *area;
        size_t sees;
    } cases[] = {{"35.07", 0}, {"35", 2}, {"*", 2}};
    unsigned status;
    struct flow_case somewhere = normal, urgent = normal;
    somewhere.area = urgent.area = "";
    urgent.priority = SIGAP__PRIORITY__PRIORITY_P0;
    struct id case_id = flow_case_opened(flow, somewhere);
    flow_case_opened(flow, urgent);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *json = view_list(flow, "alerts", "TKSK", cases[i].area, "");
        assert_int_equal(json_array_size(json_object_get(json, "alerts")), cases[i].sees);
        json_decref(json);
        json = view_case(flow, &case_id, "TKSK", cases[i].area, &status);
        assert_int_equal(status, cases[i].sees ? 200 : 404);
        json_decref(json);
    }
    flow_free(flow);
}

/* A residency coordinates eight regencies. */
static void test_views_of_many_areas(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct flow_case urgent = normal;
    char *areas[] = {"35.01", "35.02", "35.03", "35.04", "35.05", "35.06", "35.08", "35.07"};
    urgent.priority = SIGAP__PRIORITY__PRIORITY_P0;
    flow_case_opened(flow, normal);
    flow_case_opened(flow, urgent);
    assert_int_equal(sizeof areas / sizeof *areas, RIGHTS_AREAS);
    for (size_t count = RIGHTS_AREAS - 1; count <= RIGHTS_AREAS; count++) {
        json_t *json = view_list_of(flow, "alerts", "TKSK", areas, count, "");
        assert_int_equal(json_array_size(json_object_get(json, "alerts")), count == RIGHTS_AREAS ? 2 : 0);
        json_decref(json);
    }
    flow_free(flow);
}

static json_t *view_token(struct flow *flow, char *token, unsigned *status) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__TokenView what = SIGAP__TOKEN_VIEW__INIT;
    what.token = token;
    view.what_case = SIGAP__VIEW__WHAT_TOKEN;
    view.token = &what;
    return fixture_view(flow->fixture, &view, status);
}

static void test_token_view(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80];
    unsigned status;
    flow_case_opened(flow, emergency);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", token);
    json_t *json = view_token(flow, token, &status);
    assert_int_equal(status, 200);
    assert_string_equal(json_string_value(json_object_get(json, "team")), "tksk-3507");
    assert_string_equal(json_string_value(json_object_get(json, "action")), "accept");
    assert_null(json_object_get(json, "answered"));
    json_decref(json);
    flow_answer_link(flow, token, "accept");
    json = view_token(flow, token, &status);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(json, "answered"), "team")), "tksk-3507");
    json_decref(json);
    token[10] = token[10] == 'A' ? 'B' : 'A';
    json = view_token(flow, token, &status);
    assert_int_equal(status, 403);
    json_decref(json);
    flow_free(flow);
}

/* The page behind a link names no more than the message did: leprosy is not named although it is not C3. */
static void test_token_view_names_no_more_than_the_message(void **state) {
    (void)state;
    static const struct {
        const char *kind;
        bool named;
    } cases[] = {{"kusta", false}, {"odha", false}, {"lansia_terlantar", true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flow *flow = flow_new(NULL);
        char token[80];
        unsigned status;
        flow_case_opened(
            flow, (struct flow_case){
                      .kind = cases[i].kind, .area = "35.07.12", .priority = SIGAP__PRIORITY__PRIORITY_P0});
        token[0] = 0;
        for (unsigned k = 0; k < flow->count && !token[0]; k++)
            flow_token(&flow->sent[k], "Terima", token);
        json_t *json = view_token(flow, token, &status);
        assert_int_equal(status, 200);
        const char *name = json_string_value(json_object_get(json, "kind_name"));
        assert_int_equal(strcmp(name, "Ada pesan layanan") != 0, cases[i].named);
        assert_int_equal(*json_string_value(json_object_get(json, "area_name")) != 0, cases[i].named);
        json_decref(json);
        flow_free(flow);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_emergency_climbs),
        cmocka_unit_test(test_unanswered_is_exhausted),
        cmocka_unit_test(test_normal_cases_climb),
        cmocka_unit_test(test_answer_stops_it),
        cmocka_unit_test(test_answer_without_progress),
        cmocka_unit_test(test_progress_ends_the_reminders),
        cmocka_unit_test(test_cannot_by_all_is_the_next_step),
        cmocka_unit_test(test_forged_and_foreign_links),
        cmocka_unit_test(test_answer_by_account),
        cmocka_unit_test(test_only_who_answered_takes_it_back),
        cmocka_unit_test(test_who_directs_takes_it_from_them),
        cmocka_unit_test(test_a_snooze_is_ones_own),
        cmocka_unit_test(test_a_snooze_does_not_put_off_the_lapse),
        cmocka_unit_test(test_only_the_facility_answers_its_offer),
        cmocka_unit_test(test_missed_steps_are_told_once),
        cmocka_unit_test(test_one_probe_of_many),
        cmocka_unit_test(test_a_facility_gives_back_what_it_accepted),
        cmocka_unit_test(test_a_command_acts_once),
        cmocka_unit_test(test_offer_reaches_the_facility),
        cmocka_unit_test(test_an_answer_names_its_facility),
        cmocka_unit_test(test_accepted_offer_stands_everybody_down),
        cmocka_unit_test(test_refused_offers_reach_the_coordinators),
        cmocka_unit_test(test_nobody_left_to_ask),
        cmocka_unit_test(test_other_agencies_read_the_number_only),
        cmocka_unit_test(test_danger_in_review_wakes_the_duty),
        cmocka_unit_test(test_dead_man),
        cmocka_unit_test(test_dead_man_after_a_turn_that_was_rolled_back),
        cmocka_unit_test(test_dead_man_whose_own_turn_was_rolled_back),
        cmocka_unit_test(test_a_result_without_a_row_holds_no_watermark),
        cmocka_unit_test(test_parked_input_is_told_once),
        cmocka_unit_test(test_raised_priority_alerts_again),
        cmocka_unit_test(test_a_witness_of_danger_alerts_again),
        cmocka_unit_test(test_a_real_report_in_a_drill_wakes_somebody),
        cmocka_unit_test(test_place_found_later),
        cmocka_unit_test(test_closed_case_is_quiet),
        cmocka_unit_test(test_two_channels_at_once_for_a_life),
        cmocka_unit_test(test_normal_messages_are_bundled_and_kept_out_of_the_night),
        cmocka_unit_test(test_one_mail_for_one_case),
        cmocka_unit_test(test_a_secret_further_kind_is_told_by_no_message),
        cmocka_unit_test(test_a_further_kind_of_a_placed_case_is_a_secret),
        cmocka_unit_test(test_other_agencies_hear_of_further_kinds),
        cmocka_unit_test(test_a_forgotten_case_keeps_its_secret),
        cmocka_unit_test(test_further_reports_add_kinds),
        cmocka_unit_test(test_the_last_of_many_further_kinds_is_not_told),
        cmocka_unit_test(test_overdue_task),
        cmocka_unit_test(test_tasks_told_together),
        cmocka_unit_test(test_tasks_of_an_emergency),
        cmocka_unit_test(test_retries_then_dead_then_the_next_step),
        cmocka_unit_test(test_dead_letters_are_the_next_step),
        cmocka_unit_test(test_one_dead_letter_is_not_the_next_step),
        cmocka_unit_test(test_no_receipt_is_the_next_method),
        cmocka_unit_test(test_throttle_is_for_normal_ones),
        cmocka_unit_test(test_effects_are_held_after_a_restore),
        cmocka_unit_test(test_transient_failures_climb_the_ladder),
        cmocka_unit_test(test_lease_that_runs_out),
        cmocka_unit_test(test_crash_while_sending),
        cmocka_unit_test(test_what_is_left_over_is_seen_to_in_portions),
        cmocka_unit_test(test_nothing_is_repeated_after_a_settled_crash),
        cmocka_unit_test(test_what_was_rolled_back_is_not_remembered),
        cmocka_unit_test(test_what_there_was_before_a_restart_is_known),
        cmocka_unit_test(test_a_mail_that_found_no_room_was_no_attempt),
        cmocka_unit_test(test_breaker_holds_a_broken_channel),
        cmocka_unit_test(test_training_reaches_nobody_real),
        cmocka_unit_test(test_an_alert_anew_is_training_as_before),
        cmocka_unit_test(test_what_is_over_is_forgotten),
        cmocka_unit_test(test_a_normal_case_costs_two_rows),
        cmocka_unit_test(test_a_further_kind_makes_a_review_a_secret),
        cmocka_unit_test(test_a_referral_keeps_the_secret_of_its_case),
        cmocka_unit_test(test_all_alerts_of_a_case_become_a_secret),
        cmocka_unit_test(test_views_keep_to_area_and_secrecy),
        cmocka_unit_test(test_what_waits_longest_is_listed_first),
        cmocka_unit_test(test_views_of_an_unknown_place),
        cmocka_unit_test(test_views_of_many_areas),
        cmocka_unit_test(test_token_view),
        cmocka_unit_test(test_token_view_names_no_more_than_the_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
