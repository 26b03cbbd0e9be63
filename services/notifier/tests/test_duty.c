/* People and rotas in the daemon: who is told, whose answer it is, who may enter them, and what is left of
 * somebody who has left. */
#include "duty_flow.h"

#include "common/fault.h"
#include "notifier_sql.h"

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

static char *ani_budi[] = {(char *)"ani", (char *)"budi"};

/* ani and budi serve the team; budi is on duty when the fixture begins. */
static struct flow *flow_with_rota(const char *channels, const char *team) {
    struct flow *flow = flow_new(channels);
    assert_int_equal(flow_person_boxed(flow, "ani"), 200);
    assert_int_equal(flow_person_boxed(flow, "budi"), 200);
    assert_int_equal(flow_rota(flow, team, ani_budi, 2), 200);
    return flow;
}

static void test_on_duty_is_told_beside_the_team(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "tksk-3507");
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_to(flow, "tksk-3507", "alert"), 1);
    assert_int_equal(flow_to(flow, "petugas-budi", "alert"), 1);
    assert_int_equal(flow_to(flow, "petugas-ani", NULL), 0);
    assert_string_equal(flow_last_to(flow, "petugas-budi")->team, "tksk-3507");
    flow_advance(flow, 7 * 24 * HOUR);
    flow->count = 0;
    flow_case_opened(flow, emergency); /* the week after */
    assert_int_equal(flow_to(flow, "petugas-ani", "alert"), 1);
    assert_int_equal(flow_to(flow, "petugas-budi", "alert"), 0);
    flow_free(flow);
}

static void test_override_counts(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "tksk-3507");
    assert_int_equal(
        flow_override(flow, "tksk-3507", "ani", "budi", "2026-03-02T09:00", "2026-03-02T11:00"), 200);
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_to(flow, "petugas-ani", "alert"), 1);
    assert_int_equal(flow_to(flow, "petugas-budi", NULL), 0);
    flow_free(flow);
}

static void test_second_on_duty(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "opr");
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_to(flow, "petugas-budi", "alert"), 1);
    assert_int_equal(flow_to(flow, "petugas-ani", NULL), 0);
    flow_advance(flow, 5 * MINUTE + 1000);
    assert_int_equal(flow_to(flow, "petugas-ani", "alert"), 1);
    flow_free(flow);
}

/* Nobody in the place: the team's box has it, the coordinator hears of it, once. */
static void test_nobody_on_duty(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "tksk-3507");
    assert_int_equal(
        flow_override(flow, "tksk-3507", "", "budi", "2026-03-02T09:00", "2026-03-03T11:00"), 200);
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_to(flow, "tksk-3507", "alert"), 1);
    assert_int_equal(flow_to(flow, "petugas-budi", NULL) + flow_to(flow, "petugas-ani", NULL), 0);
    assert_int_equal(flow_sent(flow, "kor", NULL, "nobody"), 1);
    flow_advance(flow, 20 * MINUTE);
    assert_int_equal(flow_sent(flow, "kor", NULL, "nobody"), 1);
    flow_free(flow);
}

static void test_answer_is_the_persons(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "tksk-3507");
    char own[80], teams[80];
    flow_case_opened(flow, emergency);
    flow_token(flow_last_to(flow, "petugas-budi"), "Terima", own);
    flow_token(flow_last_to(flow, "tksk-3507"), "Terima", teams);
    assert_string_not_equal(own, teams);
    assert_int_equal(flow_answer_link(flow, own, "cannot")->status, 403); /* bound to its action */
    assert_int_equal(flow_answer_link(flow, own, "accept")->status, 200);
    const struct fixture_record *moved = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
    assert_string_equal(moved->event->alert_moved->team, "tksk-3507");
    assert_string_equal(moved->event->alert_moved->actor, "budi");
    assert_int_equal(flow_to(flow, "petugas-budi", "taken"), 0);
    const Sigap__CommandAnswered *second = flow_answer_link(flow, teams, "accept");
    assert_int_equal(second->status, 409);
    assert_non_null(strstr(second->sentence, "tksk-3507 (budi)"));
    assert_non_null(strstr(second->sentence, "2026-03-02 10:0"));
    assert_null(strstr(second->sentence, "Nama")); /* it stays in rows and journals */
    flow_free(flow);
}

/* With two at once: the colleague hears that it is taken; a no of one is not the team's. */
static void test_two_at_once(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "tri");
    struct flow_order order;
    char cannot[80], accept[80];
    flow_order_begin(flow, &order);
    assert_int_equal(flow_rota_by(flow, &order, "tri", ani_budi, 2, 2)->status, 200);
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_to(flow, "petugas-ani", "alert"), 0); /* the policy begins with the first */
    flow_advance(flow, 10 * MINUTE + 1000);                     /* and goes on with all */
    assert_int_equal(flow_to(flow, "petugas-ani", "alert"), 1);
    flow_token(flow_last_to(flow, "petugas-ani"), "Tidak bisa", cannot);
    flow_token(flow_last_to(flow, "petugas-budi"), "Terima", accept);
    assert_int_equal(flow_answer_link(flow, cannot, "cannot")->status, 200);
    assert_int_equal(flow_answer_link(flow, accept, "accept")->status, 200);
    assert_int_equal(flow_to(flow, "petugas-ani", "taken"), 1);
    assert_int_equal(flow_to(flow, "petugas-budi", "taken"), 0);
    flow_free(flow);
}

static void test_name_is_shown_to_colleagues(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "tksk-3507");
    char own[80], teams[80];
    unsigned status;
    flow_case_opened(flow, emergency);
    flow_token(flow_last_to(flow, "petugas-budi"), "Terima", own);
    flow_token(flow_last_to(flow, "tksk-3507"), "Terima", teams);
    flow_answer_link(flow, own, "accept");
    for (int i = 0; i < 2; i++) {
        Sigap__View view = SIGAP__VIEW__INIT;
        Sigap__TokenView token = SIGAP__TOKEN_VIEW__INIT;
        token.token = i ? teams : own;
        view.what_case = SIGAP__VIEW__WHAT_TOKEN;
        view.token = &token;
        json_t *json = fixture_view(flow->fixture, &view, &status);
        const json_t *answered = json_object_get(json, "answered");
        const char *name = json_string_value(json_object_get(answered, "by_name"));
        assert_int_equal(status, 200);
        assert_string_equal(json_string_value(json_object_get(answered, "by")), "budi");
        assert_string_equal(name ? name : "", i ? "" : "Nama budi");
        json_decref(json);
    }
    flow_free(flow);
}

static const char mailed[] =
    "{\"name\":\"Budi\",\"contacts\":[{\"channel\":\"webhook\",\"address\":\"chat-77\"},"
    "{\"channel\":\"email\",\"address\":\"budi@dinas.example\"}]}";

/* Their own order, not the site's: webhook first; the mail follows when it fails. */
static void test_next_method(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    assert_int_equal(flow_person(flow, "budi", mailed), 200);
    char *people[] = {(char *)"budi"};
    assert_int_equal(flow_rota(flow, "tksk-3507", people, 1), 200);
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_to(flow, "chat-77", "alert"), 1);
    assert_int_equal(flow_to(flow, "budi@dinas.example", NULL), 0);
    flow->failing = "webhook";
    flow->failure = SEND_RECIPIENT;
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_to(flow, "chat-77", "alert"), 2);
    assert_int_equal(flow_to(flow, "budi@dinas.example", "alert"), 1);
    flow_free(flow);
}

/* Their own quiet hours hold what is normal, never what is urgent, and nothing of the team's box. */
static void test_quiet_person(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    char *people[] = {(char *)"budi"};
    assert_int_equal(flow_person(flow, "budi",
                         "{\"name\":\"Budi\",\"zone\":\"Asia/Makassar\",\"contacts\":[{\"channel\":\"email\","
                         "\"address\":\"budi@dinas.example\"}],\"quiet\":{\"from\":\"11:00\",\"until\":"
                         "\"13:00\"}}"),
        200);
    assert_int_equal(flow_rota(flow, "tksk-3507", people, 1), 200);
    flow_case_opened(flow, normal); /* 10:00 WIB is 11:00 WITA */
    assert_int_equal(flow_sent(flow, "tksk-3507", "outbox", "alert"), 1);
    flow_advance(flow, 2 * HOUR - 1);
    assert_int_equal(flow_to(flow, "budi@dinas.example", NULL), 0);
    flow_advance(flow, 2 * MINUTE);
    assert_int_equal(flow_to(flow, "budi@dinas.example", NULL), 1);
    flow_advance(flow, 23 * HOUR); /* 12:02 WITA of the next day */
    flow->count = 0;
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_to(flow, "budi@dinas.example", "alert"), 1);
    flow_free(flow);
}

static void test_training_reaches_boxes_only(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    char *people[] = {(char *)"budi", (char *)"ani"};
    assert_int_equal(flow_person(flow, "budi", mailed), 200);
    assert_int_equal(flow_person_boxed(flow, "ani"), 200);
    struct flow_order order;
    flow_order_begin(flow, &order);
    assert_int_equal(flow_rota_by(flow, &order, "tksk-3507", people, 2, 2)->status, 200);
    struct flow_case training = emergency;
    training.training = true;
    flow_case_opened(flow, training);
    assert_int_equal(flow_to(flow, "chat-77", NULL) + flow_to(flow, "budi@dinas.example", NULL), 0);
    assert_int_equal(flow_to(flow, "petugas-ani", "alert"), 1);
    flow_free(flow);
}

/* Both languages always; theirs comes first. */
static void test_language(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "tksk-3507");
    char *people[] = {(char *)"eva"};
    assert_int_equal(flow_person(flow, "eva",
                         "{\"name\":\"Eva\",\"language\":\"en\",\"contacts\":[{\"channel\":\"outbox\"}]}"),
        200);
    assert_int_equal(flow_rota(flow, "kab-3507", people, 1), 200);
    flow_case_opened(flow, emergency);
    const char *hers = flow_last_to(flow, "petugas-eva")->text,
               *his = flow_last_to(flow, "petugas-budi")->text;
    assert_int_equal(strncmp(hers, "[P0 EMERGENCY]", 14), 0);
    assert_int_equal(strncmp(his, "[P0 DARURAT]", 12), 0);
    assert_non_null(strstr(hers, "[P0 DARURAT]"));
    flow_free(flow);
}

/* --- who has left --- */

static void test_left(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "tksk-3507");
    char token[80];
    flow_case_opened(flow, emergency);
    flow_token(flow_last_to(flow, "petugas-budi"), "Terima", token);
    assert_int_equal(flow_to(flow, "petugas-ani", NULL), 0);
    assert_int_equal(flow_person(flow, "budi", NULL), 200);
    assert_int_equal(flow_to(flow, "petugas-ani", "alert"), 1); /* the next of the line */
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 404);
    assert_int_equal(flow_person_boxed(flow, "budi"), 409); /* the code stays taken */
    flow->count = 0;
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_to(flow, "petugas-ani", "alert"), 1);
    assert_int_equal(flow_to(flow, "petugas-budi", NULL), 0);
    flow_free(flow);
}

/* --- looking --- */

static json_t *look(
    struct flow *flow, const char *name, const char *role, const char *area, unsigned *status) {
    struct flow_order order;
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ListView list = SIGAP__LIST_VIEW__INIT;
    flow_order_begin(flow, &order);
    order.roles[0] = (char *)role;
    order.areas[0] = (char *)area;
    list.name = (char *)name;
    view.actor = &order.actor;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &list;
    return fixture_view(flow->fixture, &view, status);
}

/* --- a lost telephone --- */

static unsigned void_links(struct flow *flow, const char *role, const char *code) {
    struct flow_order order;
    Sigap__SetPerson set = SIGAP__SET_PERSON__INIT;
    flow_order_begin(flow, &order);
    order.roles[0] = (char *)role;
    set.person = (char *)code;
    set.void_links = true;
    order.issued.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON;
    order.issued.set_person = &set;
    return flow_order_give(flow, &order)->status;
}

static void test_void_links(void **state) {
    (void)state;
    struct flow *flow = flow_new_on_disk(NULL);
    flow_person_boxed(flow, "ani");
    flow_person_boxed(flow, "budi");
    flow_rota(flow, "tksk-3507", ani_budi, 2);
    char lost[80], teams[80], renewed[80];
    flow_case_opened(flow, emergency);
    flow_token(flow_last_to(flow, "petugas-budi"), "Terima", lost);
    flow_token(flow_last_to(flow, "tksk-3507"), "Terima", teams);
    assert_int_equal(void_links(flow, "operator", "budi"), 403);
    assert_int_equal(void_links(flow, "administrator", "nobody"), 404);
    assert_int_equal(void_links(flow, "administrator", "budi"), 200);
    assert_int_equal(flow_answer_link(flow, lost, "accept")->status, 404);
    fixture_restart(flow->fixture, true); /* for good */
    fixture_turn(flow->fixture);
    assert_int_equal(flow_answer_link(flow, lost, "accept")->status, 404);
    flow_case_opened(flow, emergency);
    flow_token(flow_last_to(flow, "petugas-budi"), "Terima", renewed);
    assert_int_equal(flow_answer_link(flow, renewed, "accept")->status, 200); /* what is sent from now on */
    assert_int_equal(flow_answer_link(flow, teams, "accept")->status, 200);   /* of others */
    flow_free(flow);
}

/* --- part of what is reported --- */

static void conflict_known(struct flow *flow, const struct id *case_id, const char *accounts) {
    Sigap__FactRecorded recorded = SIGAP__FACT_RECORDED__INIT;
    Sigap__Fact fact = SIGAP__FACT__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    fact.name = (char *)"conflict_officer";
    fact.value = (char *)accounts;
    recorded.fact = &fact;
    event.body_case = SIGAP__EVENT__BODY_FACT_RECORDED;
    event.fact_recorded = &recorded;
    flow_event(flow, "casework", LANE_URGENT, case_id, &event);
}

static void case_raised(struct flow *flow, const struct id *case_id) {
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__CaseBrief brief = SIGAP__CASE_BRIEF__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    brief.kind = (char *)emergency.kind;
    brief.area = (char *)emergency.area;
    changed.brief = &brief;
    changed.priority_before = SIGAP__PRIORITY__PRIORITY_P4;
    changed.priority = emergency.priority;
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    flow_event(flow, "triage", LANE_URGENT, case_id, &event);
}

static const Sigap__CommandAnswered *answer_as(struct flow *flow, const char *account) {
    struct flow_order order;
    Sigap__AnswerAlert answer = SIGAP__ANSWER_ALERT__INIT;
    struct id alert = flow_alert(flow);
    flow_order_begin(flow, &order);
    order.actor.account = (char *)account;
    order.roles[0] = (char *)"operator";
    answer.alert_id = bytes_of(&alert);
    answer.action = (char *)"accept";
    return flow_command(flow, &answer, &order.actor, NULL, 0);
}

static bool is_audited(struct flow *flow, const char *actor, const char *action) {
    unsigned status;
    size_t index;
    bool found = false;
    json_t *audit = look(flow, "audit", "auditor", "*", &status), *entry;
    json_array_foreach(audit, index, entry) {
        found |= strcmp(json_string_value(json_object_get(entry, "actor")), actor) == 0 &&
                 strcmp(json_string_value(json_object_get(entry, "action")), action) == 0;
    }
    json_decref(audit);
    return found;
}

/* A case that was parted from theirs opens with it: nobody of them is told of it, the next of the team is. */
static void test_an_officer_in_conflict_is_told_of_no_parted_case(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "tksk-3507");
    struct id case_id = flow_case_opened(flow, emergency);
    assert_non_null(flow_last_to(flow, "petugas-budi"));
    conflict_known(flow, &case_id, "budi");
    flow->count = 0;
    flow_case_opened_with(flow, emergency, "conflict_officer", "budi");
    assert_true(flow->count > 0);
    assert_null(flow_last_to(flow, "petugas-budi"));
    flow_free(flow);
}

/* The very first that is known of anybody; and of a case that nobody is told of until it is raised. */
static void test_an_officer_in_conflict_is_told_of_no_case_that_opens_with_it(void **state) {
    struct flow_case calm = emergency;
    (void)state;
    calm.priority = SIGAP__PRIORITY__PRIORITY_P4;
    for (unsigned raised = 0; raised < 2; raised++) {
        struct flow *flow = flow_with_rota(NULL, "tksk-3507");
        flow->count = 0;
        struct id case_id =
            flow_case_opened_with(flow, raised ? calm : emergency, "conflict_officer", "budi");
        if (raised) {
            assert_int_equal(flow->count, 0);
            case_raised(flow, &case_id);
        }
        assert_true(flow->count > 0);
        assert_null(flow_last_to(flow, "petugas-budi"));
        flow_free(flow);
    }
}

/* Casework tells the whole list each time: it is kept once. */
static void test_officers_in_conflict_are_kept_once(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "tksk-3507");
    struct id case_id = flow_case_opened(flow, emergency);
    conflict_known(flow, &case_id, "ani");
    conflict_known(flow, &case_id, "ani budi");
    conflict_known(flow, &case_id, "ani budi joko");
    struct statement *get = notifier_use(fixture_store(flow->fixture), NOTIFIER_CONFLICT_GET);
    bind_id(get, &case_id);
    assert_true(statement_step(get));
    assert_string_equal(column_text(get, 0), "ani budi joko");
    statement_end(get);
    flow_free(flow);
}

/* Asked before it was known: neither their link nor their account answers any more, and what they read is
 * what any stranger reads. The next of the team is asked. */
static void test_an_officer_in_conflict_answers_nothing(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "tksk-3507");
    char token[80];
    struct id case_id = flow_case_opened(flow, emergency);
    flow_token(flow_last_to(flow, "petugas-budi"), "Terima", token);
    conflict_known(flow, &case_id, "someone budi");
    assert_int_equal(flow_to(flow, "petugas-ani", "alert"), 1);
    const Sigap__CommandAnswered *answered = flow_answer_link(flow, token, "accept");
    assert_int_equal(answered->status, 404);
    assert_null(strstr(answered->sentence, "onfli"));
    assert_true(is_audited(flow, "budi", "answer-refused"));
    answered = answer_as(flow, "someone");
    assert_int_equal(answered->status, 403);
    assert_null(strstr(answered->sentence, "onfli"));
    assert_int_equal(answered->version, 0);
    assert_true(is_audited(flow, "someone", "answer-refused"));
    assert_int_equal(answer_as(flow, "another")->status, 200);
    flow_free(flow);
}

/* Answered before it was known: it is open again, and somebody else is asked. */
static void test_the_answer_of_an_officer_in_conflict_is_taken_back(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "tksk-3507");
    struct id case_id = flow_case_opened(flow, emergency);
    assert_int_equal(answer_as(flow, "someone")->status, 200);
    unsigned before = flow->count;
    conflict_known(flow, &case_id, "budi");
    assert_int_equal(flow->count, before); /* somebody else's stands */
    conflict_known(flow, &case_id, "someone");
    const struct fixture_record *moved = fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED);
    assert_int_equal(moved->event->alert_moved->to, SIGAP__ALERT_STATE__ALERT_OPEN);
    assert_true(flow->count > before);
    assert_int_equal(answer_as(flow, "someone")->status, 403);
    assert_int_equal(answer_as(flow, "another")->status, 200);
    flow_free(flow);
}

/* --- entering --- */

static void test_rights(void **state) {
    (void)state;
    static const struct {
        const char *role, *area, *team;
        unsigned status;
    } cases[] = {
        {"administrator", "*", "tksk-3507", 200},
        {"administrator", "35.07", "opr", 200},
        {"coordinator", "35.07", "tksk-3507", 200},
        {"coordinator", "35", "opr", 200},
        {"coordinator", "35.29", "tksk-3507", 403},
        {"coordinator", "35.07", "opr", 403}, /* of the whole site */
        {"operator", "*", "tksk-3507", 403},
        {"responder", "*", "tksk-3507", 403},
        {"auditor", "*", "tksk-3507", 403},
        {"administrator", "*", "no-such-team", 404},
    };
    struct flow *flow = flow_with_rota(NULL, "kor");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flow_order order;
        flow_order_begin(flow, &order);
        order.roles[0] = (char *)cases[i].role;
        order.areas[0] = (char *)cases[i].area;
        const Sigap__CommandAnswered *answered = flow_rota_by(flow, &order, cases[i].team, ani_budi, 2, 1);
        if (answered->status != cases[i].status || !strstr(answered->sentence, " / "))
            fail_msg("%zu: %u %s", i, answered->status, answered->sentence);
    }
    flow_free(flow);
}

static void test_rights_over_people(void **state) {
    (void)state;
    static const struct {
        const char *role, *area, *code, *json;
        unsigned status;
    } cases[] = {
        {"coordinator", "35.07", "cici", "{\"name\":\"C\",\"area\":\"35.07\"}", 200},
        {"coordinator", "35.07", "dodi", "{\"name\":\"D\",\"area\":\"35.29\"}", 403},
        {"coordinator", "35.07", "dodi", "{\"name\":\"D\"}", 403},
        {"coordinator", "35.29", "cici", "{\"name\":\"C\",\"area\":\"35.29\"}", 403}, /* not theirs to take */
        {"coordinator", "35.29", "cici", NULL, 403},
        {"operator", "*", "dodi", "{\"name\":\"D\"}", 403},
        {"administrator", "*", "dodi", "{\"name\":\"D\",\"colour\":\"red\"}", 422},
        {"administrator", "*", "Dodi", "{\"name\":\"D\"}", 422},
        {"administrator", "*", "nobody", NULL, 404},
        {"coordinator", "35.07", "cici", NULL, 200},
    };
    struct flow *flow = flow_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flow_order order;
        flow_order_begin(flow, &order);
        order.roles[0] = (char *)cases[i].role;
        order.areas[0] = (char *)cases[i].area;
        unsigned status = flow_person_by(flow, &order, cases[i].code, cases[i].json)->status;
        if (status != cases[i].status)
            fail_msg("%zu: %u", i, status);
    }
    flow_free(flow);
}

/* They are entered all the same: the site may have their channel tomorrow. */
static void test_who_cannot_be_told_is_said(void **state) {
    (void)state;
    static const struct {
        const char *json, *sentence;
    } cases[] = {
        {"{\"name\":\"A\"}", "add a contact"},
        {"{\"name\":\"A\",\"contacts\":[{\"channel\":\"email\",\"address\":\"a@b.example\"}]}",
            "does not use their channel"},
        {"{\"name\":\"A\",\"contacts\":[{\"channel\":\"email\",\"address\":\"a@b.example\"},"
         "{\"channel\":\"outbox\"}]}",
            "one of the addresses is on a channel"},
        {"{\"name\":\"A\",\"contacts\":[{\"channel\":\"outbox\"}]}", NULL},
    };
    struct flow *flow = flow_new(NULL); /* a site with the outbox alone */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct flow_order order;
        flow_order_begin(flow, &order);
        const Sigap__CommandAnswered *answered = flow_person_by(flow, &order, "ani", cases[i].json);
        assert_int_equal(answered->status, 200);
        if (cases[i].sentence && !strstr(answered->sentence, cases[i].sentence))
            fail_msg("%zu: %s", i, answered->sentence);
        if (!cases[i].sentence)
            assert_string_equal(answered->sentence, "Tersimpan / Saved");
    }
    flow_free(flow);
    flow = flow_new(mail_site);
    assert_int_equal(flow_person(flow, "budi", mailed), 200);
    const struct fixture_record *record = fixture_last(flow->fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED);
    assert_string_equal(record->event->command_answered->sentence, "Tersimpan / Saved");
    flow_free(flow);
}

static void test_versions_and_repetition(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct flow_order order;
    flow_order_begin(flow, &order);
    const Sigap__CommandAnswered *answered = flow_person_by(flow, &order, "ani", "{\"name\":\"A\"}");
    assert_int_equal(answered->version, 1);
    answered = flow_person_by(flow, &order, "ani", "{\"name\":\"A\"}"); /* the same command */
    assert_int_equal(answered->status, 200);
    assert_int_equal(answered->version, 1);
    flow_order_begin(flow, &order);
    order.issued.expected_version = 7;
    answered = flow_person_by(flow, &order, "ani", "{\"name\":\"B\"}");
    assert_int_equal(answered->status, 409);
    assert_int_equal(answered->version, 1);
    flow_order_begin(flow, &order);
    order.issued.expected_version = 1;
    answered = flow_person_by(flow, &order, "ani", "{\"name\":\"B\"}");
    assert_int_equal(answered->status, 200);
    assert_int_equal(answered->version, 2);
    assert_int_equal(flow_rota(flow, "opr", ani_budi, 2), 422); /* budi is not known */
    assert_int_equal(flow_rota(flow, "opr", ani_budi, 1), 200);
    assert_int_equal(flow_override(flow, "opr", "ani", "x", "2026-03-02T09:00", "2026-03-02T10:00"), 422);
    assert_int_equal(flow_override(flow, "opr", "", "", "2026-03-02T09:00", "2026-03-02T10:00"), 422);
    assert_int_equal(flow_override(flow, "opr", "ani", "", "2026-03-02T09:00", "2026-03-02T09:00"), 422);
    assert_int_equal(flow_override(flow, "tri", "ani", "", "2026-03-02T09:00", "2026-03-02T10:00"), 404);
    flow_order_begin(flow, &order);
    order.issued.expected_version = 9;
    assert_int_equal(flow_rota_by(flow, &order, "opr", NULL, 0, 0)->status, 409);
    assert_int_equal(flow_rota(flow, "opr", NULL, 0), 200);
    assert_int_equal(flow_rota(flow, "opr", NULL, 0), 404);
    flow_free(flow);
}

static void test_looks(void **state) {
    (void)state;
    static const struct {
        const char *name, *role, *area;
        unsigned status;
        size_t rows;
    } cases[] = {
        {"people", "administrator", "*", 200, 2},
        {"people", "coordinator", "35", 200, 2},
        {"people", "coordinator", "35.07", 200, 0},
        {"people", "operator", "*", 403, 0},
        {"duty", "coordinator", "35.07", 200, 1},
        {"duty", "operator", "35.07", 200, 1},
        {"duty", "operator", "35.29", 200, 0},
        {"duty", "responder", "*", 200, 0},
        {"duty", "facility", "*", 200, 0},
    };
    struct flow *flow = flow_with_rota(NULL, "tksk-3507");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned status, ignored;
        json_t *before = look(flow, "audit", "auditor", "*", &ignored);
        json_t *json = look(flow, cases[i].name, cases[i].role, cases[i].area, &status);
        json_t *after = look(flow, "audit", "auditor", "*", &ignored);
        if (status != cases[i].status || json_array_size(json) != cases[i].rows)
            fail_msg("%zu: %u %zu", i, status, json_array_size(json));
        assert_int_equal(json_array_size(after) - json_array_size(before), cases[i].rows > 0);
        json_decref(before);
        json_decref(json);
        json_decref(after);
    }
    flow_free(flow);
}

static void test_gaps_are_named(void **state) {
    (void)state;
    struct flow *flow = flow_with_rota(NULL, "opr"); /* round the clock */
    unsigned status;
    json_t *json = look(flow, "uncovered", "administrator", "*", &status);
    assert_int_equal(json_array_size(json_object_get(json, "uncovered")), 0);
    size_t boxes = json_array_size(json_object_get(json, "mailbox_only"));
    assert_int_equal(boxes, teams_count(((struct notifier *)fixture_state(flow->fixture))->teams) - 1);
    json_decref(json);
    flow_override(flow, "opr", "", "ani", "2026-03-10T02:00", "2026-03-10T03:00");
    json = look(flow, "uncovered", "administrator", "*", &status);
    const json_t *gap = json_array_get(json_object_get(json, "uncovered"), 0);
    assert_string_equal(json_string_value(json_object_get(gap, "team")), "opr");
    assert_string_equal(json_string_value(json_object_get(gap, "at_text")), "2026-03-10 02:00 WIB");
    json_decref(json);
    flow_free(flow);
}

/* --- rows --- */

static uint64_t steps_of_telling(struct flow *flow) {
    flow->silent = true; /* a result of a box is no input of its own, see outgoing.h */
    flow_case_opened(flow, normal);
    fault_arm(FAULT_STEP, 0);
    flow_case_opened(flow, normal);
    uint64_t steps = fault_count(FAULT_STEP);
    fault_disarm();
    return steps;
}

/* Who is on duty is asked of memory: telling them asks and writes no row more. */
static void test_telling_costs_no_row(void **state) {
    (void)state;
    struct flow *without = flow_with_rota(NULL, "pdp"); /* who is not told of this */
    uint64_t steps = steps_of_telling(without);
    flow_free(without);
    struct flow *with = flow_with_rota(NULL, "tksk-3507");
    assert_int_equal(steps_of_telling(with), steps);
    flow_free(with);
}

static void test_restart_keeps_them(void **state) {
    (void)state;
    struct flow *flow = flow_new_on_disk(NULL);
    flow_person_boxed(flow, "ani");
    flow_person_boxed(flow, "budi");
    flow_rota(flow, "tksk-3507", ani_budi, 2);
    flow_override(flow, "tksk-3507", "ani", "budi", "2026-03-02T09:00", "2026-03-02T11:00");
    fixture_restart(flow->fixture, false);
    fixture_turn(flow->fixture);
    flow_drain(flow);
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_to(flow, "petugas-ani", "alert"), 1);
    assert_int_equal(flow_to(flow, "petugas-budi", NULL), 0);
    flow_free(flow);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_duty_is_told_beside_the_team),
        cmocka_unit_test(test_override_counts),
        cmocka_unit_test(test_second_on_duty),
        cmocka_unit_test(test_nobody_on_duty),
        cmocka_unit_test(test_answer_is_the_persons),
        cmocka_unit_test(test_two_at_once),
        cmocka_unit_test(test_name_is_shown_to_colleagues),
        cmocka_unit_test(test_next_method),
        cmocka_unit_test(test_quiet_person),
        cmocka_unit_test(test_training_reaches_boxes_only),
        cmocka_unit_test(test_language),
        cmocka_unit_test(test_left),
        cmocka_unit_test(test_void_links),
        cmocka_unit_test(test_an_officer_in_conflict_answers_nothing),
        cmocka_unit_test(test_an_officer_in_conflict_is_told_of_no_parted_case),
        cmocka_unit_test(test_an_officer_in_conflict_is_told_of_no_case_that_opens_with_it),
        cmocka_unit_test(test_officers_in_conflict_are_kept_once),
        cmocka_unit_test(test_the_answer_of_an_officer_in_conflict_is_taken_back),
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_rights_over_people),
        cmocka_unit_test(test_who_cannot_be_told_is_said),
        cmocka_unit_test(test_versions_and_repetition),
        cmocka_unit_test(test_looks),
        cmocka_unit_test(test_gaps_are_named),
        cmocka_unit_test(test_telling_costs_no_row),
        cmocka_unit_test(test_restart_keeps_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
