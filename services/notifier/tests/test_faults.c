/* Every statement and commit of an emergency's life fails once: the same records and the same
 * messages come out as without. */
#include "common/fault.h"
#include "duty_flow.h"

/* Until the daemon has come to rest: a turn that was rolled back is tried again after a while. */
static void settle(struct flow *flow) {
    for (int i = 0; i < 20 && fixture_turn(flow->fixture) == ENGINE_BACKOFF; i++)
        fixture_advance(flow->fixture, 1000);
    flow_drain(flow);
    for (int i = 0; i < 20 && fixture_turn(flow->fixture) == ENGINE_BACKOFF; i++)
        fixture_advance(flow->fixture, 1000);
}

/* An emergency: told, the second step, answered by link, offered, accepted. */
static void live(struct flow *flow) {
    char token[80];
    struct id case_id = flow_case_opened(
        flow, (struct flow_case){
                  .kind = "odgj_krisis", .area = "35.07.12", .priority = SIGAP__PRIORITY__PRIORITY_P0});
    settle(flow);
    flow_advance(flow, 5 * MINUTE + 30000);
    settle(flow);
    for (unsigned i = 0; i < flow->count; i++)
        if (strcmp(flow->sent[i].team, "tksk-3507") == 0 && strcmp(flow->sent[i].purpose, "alert") == 0)
            flow_token(&flow->sent[i], "Terima", token);
    Sigap__AnswerAlert answer = SIGAP__ANSWER_ALERT__INIT;
    answer.token = token;
    flow_command(flow, &answer, NULL, NULL, 0);
    settle(flow);
    struct id offer =
        flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P0, "35.07.12");
    settle(flow);
    flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_ACCEPTED, 0);
    settle(flow);
}

/* People and a rota are entered, an emergency comes, one of them leaves, another answers. */
static void live_on_duty(struct flow *flow) {
    static char *people[] = {(char *)"ani", (char *)"budi"};
    char token[80];
    for (int i = 0; i < 2; i++) {
        flow_person_boxed(flow, people[i]);
        settle(flow);
    }
    flow_rota(flow, "tksk-3507", people, 2);
    settle(flow);
    struct id case_id = flow_case_opened(
        flow, (struct flow_case){
                  .kind = "odgj_krisis", .area = "35.07.12", .priority = SIGAP__PRIORITY__PRIORITY_P0});
    settle(flow);
    flow_person(flow, "budi", NULL);
    settle(flow);
    flow_token(flow_last_to(flow, "petugas-ani"), "Terima", token);
    flow_answer_link(flow, token, "accept");
    settle(flow);
    struct id offer =
        flow_offer_sent(flow, &case_id, "JTM-PRSMP-SBY", SIGAP__PRIORITY__PRIORITY_P0, "35.07.12");
    settle(flow);
    flow_offer_moved(flow, &case_id, &offer, SIGAP__OFFER_STATE__OFFER_ACCEPTED, 0);
    settle(flow);
}

struct seen {
    size_t raised, moved, answered, ended, parked;
    size_t alerts, taken, placed; /* all of one size: compared as bytes */
};

/* Deliveries, not attempts: a repetition is the same delivery. */
static unsigned distinct(const struct flow *flow, const char *purpose) {
    unsigned count = 0;
    for (unsigned i = 0; i < flow->count; i++) {
        bool again = strcmp(flow->sent[i].purpose, purpose) != 0;
        for (unsigned k = 0; k < i && !again; k++)
            again = id_equal(&flow->sent[k].delivery, &flow->sent[i].delivery);
        count += !again;
    }
    return count;
}

/* Returns how often the call was made. */
static uint64_t live_with(
    void (*life)(struct flow *), enum fault_kind kind, uint64_t nth, struct seen *seen) {
    struct flow *flow = flow_new(NULL);
    fault_arm(kind, nth);
    life(flow);
    uint64_t count = fault_count(kind);
    fault_disarm();
    *seen = (struct seen){fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_RAISED),
        fixture_count(flow->fixture, SIGAP__EVENT__BODY_ALERT_MOVED),
        fixture_count(flow->fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED),
        fixture_count(flow->fixture, SIGAP__EVENT__BODY_DELIVERY_ENDED),
        fixture_count(flow->fixture, SIGAP__EVENT__BODY_INPUT_PARKED), distinct(flow, "alert"),
        distinct(flow, "taken"), distinct(flow, "placed")};
    flow_free(flow);
    return count;
}

static void each_failure_once(
    void (*life)(struct flow *), enum fault_kind kind, uint64_t runs, size_t answers) {
    struct seen whole, seen;
    uint64_t count = live_with(life, kind, 0, &whole);
    assert_true(count > 0);
    assert_int_equal(whole.raised, 1);
    assert_int_equal(whole.answered, answers);
    assert_true(whole.alerts > 6 && whole.taken > 3 && whole.placed > 3);
    uint64_t stride = count / runs + 1;
    for (uint64_t nth = 1; nth <= count; nth += stride) {
        live_with(life, kind, nth, &seen);
        if (memcmp(&seen, &whole, sizeof seen) != 0)
            fail_msg("failure %llu of %llu: raised %zu moved %zu answered %zu ended %zu parked %zu alerts "
                     "%zu taken %zu "
                     "stood down %zu",
                (unsigned long long)nth, (unsigned long long)count, seen.raised, seen.moved, seen.answered,
                seen.ended, seen.parked, seen.alerts, seen.taken, seen.placed);
    }
}

static void test_statements(void **state) {
    (void)state;
    each_failure_once(live, FAULT_STEP, 40, 1);
    each_failure_once(live_on_duty, FAULT_STEP, 40, 5); /* two people, a rota, one who leaves, an answer */
}

static void test_commits(void **state) {
    (void)state;
    each_failure_once(live, FAULT_COMMIT, 20, 1);
    each_failure_once(live_on_duty, FAULT_COMMIT, 20, 5);
}

/* Reading a site takes some thousand pieces of memory: some of them are refused, and nothing leaks. */
static void test_site_is_read_or_refused(void **state) {
    (void)state;
    const char *site = SIGAP_SOURCE_DIR "/deploy/sites/jatim";
    struct error error = {0};
    fault_arm(FAULT_MEMORY, 0);
    assert_true(notifier_check(site, &error));
    uint64_t count = fault_count(FAULT_MEMORY);
    for (uint64_t nth = 1; nth <= count; nth += count / 20 + 1) {
        error.text[0] = 0;
        fault_arm(FAULT_MEMORY, nth);
        if (!notifier_check(site, &error))
            assert_true(error.text[0]);
    }
    fault_disarm();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_commits),
        cmocka_unit_test(test_site_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
