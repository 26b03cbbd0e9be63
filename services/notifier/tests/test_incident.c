/* One incident as its people see it: offers that arrive, one message with what is new, links to look, and an
 * end that takes nobody's tasks away. */
#include "flow.h"

#include "duty_flow.h"

#include "tests/fixture/steps.h"

static const char mail_site[] =
    "console_url: \"https://sigap.example\"\n"
    "channels:\n"
    "  - { name: outbox }\n"
    "  - name: email\n"
    "    options: [{ name: server, value: \"smtp://mail.example\" }, { name: from, value: "
    "piket@sigap.example }]\n";
static const char null_site[] = "console_url: \"https://sigap.example\"\n"
                                "channels:\n"
                                "  - { name: outbox, off: yes }\n"
                                "  - { name: \"null\" }\n";

static const struct flow_case emergency = {
    .kind = "odgj_krisis", .area = "35.07.12", .priority = SIGAP__PRIORITY__PRIORITY_P0};
static const struct flow_case normal = {
    .kind = "lansia_terlantar", .area = "35.07.12.2003", .priority = SIGAP__PRIORITY__PRIORITY_P2};

/* --- an offer that has arrived --- */

static unsigned arrivals(struct flow *flow, const struct id *offer) {
    size_t count;
    unsigned arrived = 0;
    const struct fixture_record *records = fixture_records(flow->fixture, &count);
    for (size_t i = 0; i < count; i++) {
        const Sigap__Event *event = records[i].event;
        if (event->body_case != SIGAP__EVENT__BODY_ALERT_MOVED ||
            strcmp(event->alert_moved->action, "delivered") != 0)
            continue;
        assert_string_equal(event->alert_moved->subject, "offer");
        assert_memory_equal(event->alert_moved->subject_id.data, offer->bytes, ID_BYTES);
        assert_int_equal(event->case_id.len, ID_BYTES);
        arrived++;
    }
    return arrived;
}

/* Of all offers together. */
static unsigned all_arrivals(struct flow *flow) {
    size_t count;
    unsigned arrived = 0;
    const struct fixture_record *records = fixture_records(flow->fixture, &count);
    for (size_t i = 0; i < count; i++)
        arrived += records[i].event->body_case == SIGAP__EVENT__BODY_ALERT_MOVED &&
                   strcmp(records[i].event->alert_moved->action, "delivered") == 0;
    return arrived;
}

static struct id offer_to(struct flow *flow, struct flow_case what) {
    struct id case_id = flow_case_opened(flow, what);
    return flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", what.priority, "35.07.12");
}

static void test_offer_arrives(void **state) {
    (void)state;
    static const struct {
        const char *name, *channels;
        struct flow_case what;
        const char *failing;
        unsigned arrivals;
    } ways[] = {
        {"a box is all there is", NULL, {"lansia_terlantar", "35.07.12", 3, 0, false, false}, NULL, 1},
        {"mail was taken", mail_site, {"odgj_krisis", "35.07.12", 1, 0, false, false}, NULL, 1},
        {"mail fails: its box proves nothing", mail_site, {"odgj_krisis", "35.07.12", 1, 0, false, false},
            "email", 0},
        {"a box fails", NULL, {"odgj_krisis", "35.07.12", 1, 0, false, false}, "outbox", 0},
        {"nobody is reached by null", null_site, {"odgj_krisis", "35.07.12", 1, 0, false, false}, NULL, 0},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct flow *flow = flow_new(ways[i].channels);
        flow->failing = ways[i].failing;
        flow->failure = SEND_TRANSIENT;
        struct id offer = offer_to(flow, ways[i].what);
        if (arrivals(flow, &offer) != ways[i].arrivals)
            fail_msg("%s: %u arrivals", ways[i].name, arrivals(flow, &offer));
        flow_free(flow);
    }
}

/* Boxes settle by their watermark: one number stands for all, and each offer is told of once, however many
 * there are. */
static void test_offers_in_boxes_arrive_by_the_watermark(void **state) {
    (void)state;
    enum { OFFERS = 150 };
    struct flow *flow = flow_new(NULL);
    struct notifier *notifier = fixture_state(flow->fixture);
    struct effect_result handed = {.kind = EFFECT_HANDED};
    flow->silent = true;
    for (int i = 0; i < OFFERS; i++)
        offer_to(flow, normal);
    assert_null(fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED));
    for (int turn = 0; turn < 4; turn++) {
        notifier->handed = notifier->next_number;
        fixture_effect_finish(flow->fixture, &handed);
    }
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED), OFFERS);
    assert_int_equal(fixture_last(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED)->lane, LANE_NORMAL);
    fixture_effect_finish(flow->fixture, &handed);
    assert_int_equal(fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED), OFFERS);
    flow_free(flow);
}

/* Alerts of cases that nobody answers go on from box to box and wait for the watermark beside the offers: a
 * turn looks at some of them, however many there are, and in the end at all. */
static void test_climbing_alerts_do_not_slow_the_watermark(void **state) {
    (void)state;
    enum { CASES = 250, OFFERS = 3, TURNS_MAX = 20, STEPS_MAX = 20000 };
    struct flow *flow = flow_new(NULL);
    struct notifier *notifier = fixture_state(flow->fixture);
    struct effect_result handed = {.kind = EFFECT_HANDED};
    flow->silent = true;
    for (int i = 0; i < CASES; i++)
        flow_case_opened(flow, emergency);
    for (int minute = 0; minute < 60; minute++) {
        flow->count = 0; /* who was told does not matter here */
        flow_advance(flow, MINUTE);
    }
    for (int i = 0; i < OFFERS; i++)
        offer_to(flow, normal);
    assert_true(notifier->next_number > 10 * CASES);
    notifier->handed = notifier->next_number;
    steps_taken();
    int turns = 0;
    for (; notifier->written < notifier->next_number && turns < TURNS_MAX; turns++) {
        fixture_effect_finish(flow->fixture, &handed);
        assert_in_range(steps_taken(), 0, STEPS_MAX);
    }
    assert_in_range(turns, 2, TURNS_MAX - 1);
    assert_int_equal(all_arrivals(flow), OFFERS);
    flow_free(flow);
}

/* --- steps that have nobody --- */

static void overdue(struct flow *flow, const struct id *case_id, unsigned percent) {
    static const struct id task_id = {{7}};
    Sigap__Task task = SIGAP__TASK__INIT;
    Sigap__TaskReminder reminder = SIGAP__TASK_REMINDER__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    task.task_id = bytes_of(&task_id);
    task.code = (char *)"LNS-02";
    task.role = task.owner = (char *)"TKSK";
    reminder.task = &task;
    reminder.percent = percent;
    reminder.priority = SIGAP__PRIORITY__PRIORITY_P2;
    event.body_case = SIGAP__EVENT__BODY_TASK_REMINDER;
    event.task_reminder = &reminder;
    flow_event(flow, "casework", LANE_NORMAL, case_id, &event);
}

/* A case without a place is the province's: its steps "of the region" reach somebody, and no schedule is
 * blamed. */
static void test_no_step_is_empty_where_the_place_is_unknown(void **state) {
    (void)state;
    static const char *const kinds[] = {"odgj_krisis", "kekerasan_seksual", "pasung", "bencana_alam", "odha"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (int priority = SIGAP__PRIORITY__PRIORITY_P0; priority <= SIGAP__PRIORITY__PRIORITY_P3;
             priority++) {
            struct flow *flow = flow_new(NULL);
            struct id case_id = flow_case_opened(flow,
                (struct flow_case){.kind = kinds[i], .area = "", .priority = (Sigap__Priority)priority});
            overdue(flow, &case_id, 100);
            for (int day = 0; day < 4; day++)
                flow_advance(flow, 24 * HOUR);
            assert_true(flow_sent(flow, NULL, NULL, "alert") > 0);
            if (flow_sent(flow, NULL, NULL, "nobody"))
                fail_msg("%s P%d: a step has nobody", kinds[i], priority - 1);
            flow_free(flow);
        }
}

/* A hole that there is: skipped at once, and its owner hears of it once, however often the chain is repeated.
 */
static void test_a_hole_is_told_once(void **state) {
    (void)state;
    struct flow *flow = calloc(1, sizeof *flow);
    char path[300];
    assert_non_null(flow);
    flow_site(flow, NULL);
    snprintf(path, sizeof path, "%s/teams.yaml", flow->site);
    assert_int_equal(unlink(path), 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(
        "teams:\n"
        "  - { id: opr, name: Operator, role: OPR, each: one, email: o@sigap.example, outbox: opr, people: "
        "1, "
        "round_the_clock: yes }\n"
        "  - { id: kor, name: Koordinator, role: KOR, each: one, email: k@sigap.example, outbox: kor, "
        "people: 1, "
        "round_the_clock: yes }\n"
        "  - { id: kds, name: Kepala, role: KDS, each: one, email: d@sigap.example, outbox: kds, people: 1, "
        "round_the_clock: yes }\n"
        "liaisons: []\n",
        file);
    fclose(file);
    flow->fixture = fixture_open(
        &(struct fixture_options){.daemon = &notifier_daemon, .site_dir = flow->site, .seed = 7});
    flow->outcome = SEND_ACCEPTED;
    fixture_turn(flow->fixture);
    flow_case_opened(flow, emergency); /* its third step, after ten minutes, is TRI's: nobody */
    flow_advance(flow, 10 * MINUTE - 1);
    unsigned before = flow_sent(flow, "kor", NULL, "nobody");
    assert_int_equal(before, 0);
    flow_advance(flow, 1001);
    assert_int_equal(flow_sent(flow, "kor", NULL, "alert"), 1); /* the fourth, at once */
    flow_advance(flow, 3 * HOUR);                               /* all rounds */
    assert_int_equal(flow_sent(flow, "kor", NULL, "nobody"), 1);
    flow_free(flow);
}

/* --- one incident, one person, one message --- */

static void planned(struct flow *flow, const struct id *case_id, const char *owner) {
    struct id task_id = fixture_id(flow->fixture);
    Sigap__Task task = SIGAP__TASK__INIT, *list[] = {&task};
    Sigap__TasksPlanned plan = SIGAP__TASKS_PLANNED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    task.task_id = bytes_of(&task_id);
    task.code = (char *)"KRS-01";
    task.role = (char *)"PDS";
    task.owner = (char *)owner;
    task.state = SIGAP__TASK_STATE__TASK_DUE;
    plan.tasks = list;
    plan.n_tasks = 1;
    event.body_case = SIGAP__EVENT__BODY_TASKS_PLANNED;
    event.tasks_planned = &plan;
    flow_event(flow, "casework", LANE_URGENT, case_id, &event);
}

static void referral(
    struct flow *flow, const struct id *case_id, Sigap__ReferralState state, const char *role) {
    struct id id = fixture_id(flow->fixture);
    char *roles[] = {(char *)role};
    Sigap__ReferralOpened opened = SIGAP__REFERRAL_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    opened.referral_id = bytes_of(&id);
    opened.state = state;
    opened.owner_role = (char *)"KAB";
    opened.notify_roles = roles;
    opened.n_notify_roles = role ? 1 : 0;
    opened.kind = (char *)emergency.kind;
    opened.area = (char *)emergency.area;
    opened.priority = emergency.priority;
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_OPENED;
    event.referral_opened = &opened;
    flow_event(flow, "router", LANE_URGENT, case_id, &event);
}

/* The call goes out at once; what is found out in the next half minute comes in one message behind it, and
 * says that it is more of the same. */
static void test_an_emergency_is_one_call_and_its_news(void **state) {
    (void)state;
    static const struct { const char *channels, *channel; } ways[] = {{NULL, "outbox"}, {mail_site, "email"}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct flow *flow = flow_new(ways[i].channels);
        struct id case_id = flow_case_opened(flow, emergency);
        assert_int_equal(flow_sent(flow, "kab-3507", ways[i].channel, "alert"), 1);
        referral(flow, &case_id, SIGAP__REFERRAL_STATE__REFERRAL_DRAFT, "SPP"); /* SPP is told by KAB */
        assert_int_equal(flow_sent(flow, "kab-3507", ways[i].channel, NULL), 1);
        planned(flow, &case_id, "pds-3507"); /* who has not heard of it yet hears at once */
        assert_int_equal(flow_sent(flow, "pds-3507", ways[i].channel, "task"), 1);
        flow_advance(flow, 29999);
        assert_int_equal(flow_sent(flow, "kab-3507", ways[i].channel, NULL), 1);
        flow_advance(flow, 1);
        assert_int_equal(flow_sent(flow, "kab-3507", ways[i].channel, NULL), 2);
        const char *text = flow_last(flow, "kab-3507")->text;
        assert_non_null(strstr(text, "Mohon teruskan ke SPP"));
        assert_non_null(strstr(text, "Tambahan untuk kasus"));
        assert_non_null(strstr(text, "menunggu data yang belum diketahui"));
        assert_null(strstr(text, "perlu ditangani"));
        flow_free(flow);
    }
}

static unsigned messages_that_say(struct flow *flow, const char *team, const char *words) {
    unsigned count = 0;
    for (unsigned i = 0; i < flow->count; i++)
        count += strcmp(flow->sent[i].team, team) == 0 && strstr(flow->sent[i].text, words);
    return count;
}

static const char waits_for_facts[] = "menunggu data yang belum diketahui";

/* News does not get lost when the call is answered meanwhile: it goes along with the message that says so. */
static void test_news_outlives_an_answer(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80];
    struct id case_id = flow_case_opened(flow, emergency);
    referral(flow, &case_id, SIGAP__REFERRAL_STATE__REFERRAL_DRAFT, NULL);
    assert_int_equal(messages_that_say(flow, "kab-3507", waits_for_facts), 0);
    flow_token(flow_last(flow, "kab-3507"), "Terima", token);
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200); /* who accepts is told nothing */
    flow_advance(flow, 31000);
    assert_int_equal(messages_that_say(flow, "kab-3507", waits_for_facts), 1);
    flow_free(flow);

    flow = flow_new(NULL);
    case_id = flow_case_opened(flow, emergency);
    referral(flow, &case_id, SIGAP__REFERRAL_STATE__REFERRAL_DRAFT, NULL);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", token);
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
    assert_string_equal(flow_last(flow, "kab-3507")->purpose, "taken");
    flow_advance(flow, 31000);
    assert_int_equal(messages_that_say(flow, "kab-3507", waits_for_facts), 1);
    flow_free(flow);
}

static void test_no_news_of_what_is_over(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    Sigap__CaseClosed over = SIGAP__CASE_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    struct id case_id = flow_case_opened(flow, emergency);
    referral(flow, &case_id, SIGAP__REFERRAL_STATE__REFERRAL_DRAFT, NULL);
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &over;
    flow_event(flow, "casework", LANE_URGENT, &case_id, &event);
    flow_advance(flow, 31000);
    assert_int_equal(messages_that_say(flow, "kab-3507", waits_for_facts), 0);
    flow_free(flow);
}

/* A call that goes out anyway takes the news along. */
static void test_a_call_carries_the_news(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char token[80];
    struct id case_id = flow_case_opened(flow, emergency);
    referral(flow, &case_id, SIGAP__REFERRAL_STATE__REFERRAL_DRAFT, NULL);
    flow_token(flow_last(flow, "kab-3507"), "Terima", token);
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
    flow_token(flow_last(flow, "kab-3507"), "Tidak bisa", token);
    assert_int_equal(
        flow_answer_link(flow, token, "cannot")->status, 200); /* gives it back: the next step at once */
    assert_int_equal(flow_sent(flow, "kab-3507", NULL, "alert"), 2);
    assert_non_null(strstr(flow_last(flow, "kab-3507")->text, waits_for_facts));
    flow_advance(flow, 40000);
    assert_int_equal(messages_that_say(flow, "kab-3507", waits_for_facts), 1);
    flow_free(flow);
}

/* On duty for two teams of the same step: woken once, and the answer counts. */
static void test_a_person_of_two_teams_is_woken_once(void **state) {
    (void)state;
    struct flow *flow = flow_new(mail_site);
    char *both[] = {(char *)"sari"}, token[80];
    assert_int_equal(
        flow_person(flow, "sari",
            "{\"name\":\"Sari\",\"contacts\":[{\"channel\":\"email\",\"address\":\"s@sigap.example\"}]}"),
        200);
    assert_int_equal(flow_rota(flow, "opr", both, 1), 200);
    assert_int_equal(flow_rota(flow, "tri", both, 1), 200);
    flow_case_opened(flow, emergency);
    assert_int_equal(flow_to(flow, "s@sigap.example", "alert"), 1);
    flow_token(flow_last_to(flow, "s@sigap.example"), "Terima", token);
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
    flow_free(flow);
}

/* --- links, and the end --- */

static void test_messages_lead_to_the_case(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char id[ID_TEXT + 1], link[80];
    struct id case_id = flow_case_opened(flow, normal);
    struct id offer =
        flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P2, "35.07.12");
    id_to_text(&case_id, id);
    snprintf(link, sizeof link, "Lihat / Open: https://sigap.example/#case/%s\n", id);
    assert_non_null(strstr(flow_last(flow, "fas-jtm-prsmp-sby")->text, link));
    assert_non_null(strstr(flow_last(flow, "tksk-3507")->text, link));
    flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_EXPIRED, 2);
    assert_string_equal(flow_last(flow, "fas-jtm-prsmp-sby")->purpose, "withdrawn");
    assert_null(strstr(flow_last(flow, "fas-jtm-prsmp-sby")->text, "#case/")); /* no longer theirs to see */
    flow_free(flow);
}

/* When a place is found the call is over, not the work: nobody who has tasks is told that nothing is left to
 * do. */
static void test_a_place_ends_the_call_and_not_the_tasks(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    planned(flow, &case_id, "opr");
    struct id offer =
        flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P0, "35.07.12");
    flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_ACCEPTED, 0);
    assert_string_equal(flow_last(flow, "opr")->purpose, "placed");
    assert_non_null(
        strstr(flow_last(flow, "opr")->text, "tugas Anda pada kasus ini (bila ada) tetap berjalan"));
    assert_null(strstr(flow_last(flow, "opr")->text, "no longer needs you"));
    flow_free(flow);
}

int main(void) {
    steps_watch();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offer_arrives),
        cmocka_unit_test(test_offers_in_boxes_arrive_by_the_watermark),
        cmocka_unit_test(test_climbing_alerts_do_not_slow_the_watermark),
        cmocka_unit_test(test_no_step_is_empty_where_the_place_is_unknown),
        cmocka_unit_test(test_a_hole_is_told_once),
        cmocka_unit_test(test_an_emergency_is_one_call_and_its_news),
        cmocka_unit_test(test_news_outlives_an_answer),
        cmocka_unit_test(test_no_news_of_what_is_over),
        cmocka_unit_test(test_a_call_carries_the_news),
        cmocka_unit_test(test_a_person_of_two_teams_is_woken_once),
        cmocka_unit_test(test_messages_lead_to_the_case),
        cmocka_unit_test(test_a_place_ends_the_call_and_not_the_tasks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
