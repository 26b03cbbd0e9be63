/* Tokens of bots: shown once, kept as hashes, changed only by administrators, and how much they may send. */
#include "services/intake/tests/intake_bottle.h"

static const char calm[] = "{\"source\":\"a\",\"text\":\"Ada warga minta info bansos\"}";
static const char danger[] = "{\"source\":\"a\",\"text\":\"dia pegang pisau\"}";

static void orders_are_read_strictly(void **state) {
    (void)state;
    static const struct {
        const char *action, *argument;
        unsigned status;
    } cases[] = {
        {"token.issue", "bot-b", 200},
        {"token.issue", "bot-c reports,rate=10", 200},
        {"token.issue", "bot-c training rate=0", 200},
        {"token.issue", "bot.d_1", 200},
        {"token.issue", "", 400},
        {"token.issue", "Bot", 400},
        {"token.issue", "-bot", 400},
        {"token.issue", "bot/b", 400},
        {"token.issue", "bot-b everything", 400},
        {"token.issue", "bot-b rate=", 400},
        {"token.issue", "bot-b rate=-1", 400},
        {"token.issue", "bot-b rate=1x", 400},
        {"token.issue", "aaaaaaaaaabbbbbbbbbbccccccccccddd", 400},
        {"token.revoke", "nobody", 404},
        {"token.retire", "nobody", 404},
        {"token.steal", "bot-a", 404},
        {"token.list", "", 200},
    };
    struct bottle bottle = bottle_open(false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned status;
        json_decref(bottle_control(bottle.fixture, cases[i].action, cases[i].argument, &status));
        if (status != cases[i].status)
            fail_msg("case %zu: %u", i, status);
    }
    fixture_close(&bottle.fixture);
}

static void only_an_administrator_orders(void **state) {
    (void)state;
    static const char *const roles[] = {"operator", "coordinator", "auditor", "administrators", NULL};
    struct bottle bottle = bottle_open(false);
    for (size_t i = 0; i < 6; i++) {
        Sigap__Actor actor = SIGAP__ACTOR__INIT;
        Sigap__ControlView control = SIGAP__CONTROL_VIEW__INIT;
        Sigap__View view = SIGAP__VIEW__INIT;
        char *role = (char *)(i < 4 ? roles[i] : NULL);
        actor.roles = &role;
        actor.n_roles = role != NULL;
        control.action = (char *)"token.issue";
        control.argument = (char *)"bot-b";
        view.actor = i == 5 ? NULL : &actor;
        view.what_case = SIGAP__VIEW__WHAT_CONTROL;
        view.control = &control;
        unsigned status;
        json_decref(fixture_view(bottle.fixture, &view, &status));
        assert_int_equal(status, 403);
    }
    fixture_close(&bottle.fixture);
}

static void a_token_lives_until_it_is_revoked(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(true), second = bottle;
    unsigned status;
    bottle_issue(bottle.fixture, "bot-a", second.bearer);
    assert_string_not_equal(bottle.bearer, second.bearer);
    assert_int_equal(bottle_post(&bottle, calm, NULL)->status, 202);
    assert_int_equal(bottle_post(&second, calm, NULL)->status, 202);
    fixture_restart(bottle.fixture, false);
    assert_int_equal(bottle_post(&bottle, calm, NULL)->status, 202);
    json_decref(bottle_control(bottle.fixture, "token.retire", "bot-a", &status));
    assert_int_equal(bottle_post(&bottle, calm, NULL)->status, 401);
    assert_int_equal(bottle_post(&second, calm, NULL)->status, 202);
    json_t *list = bottle_control(bottle.fixture, "token.list", "", &status);
    assert_int_equal(json_array_size(list), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "name")), "bot-a");
    assert_null(json_object_get(json_array_get(list, 0), "token"));
    json_decref(list);
    json_decref(bottle_control(bottle.fixture, "token.revoke", "bot-a", &status));
    assert_int_equal(bottle_post(&second, calm, NULL)->status, 401);
    fixture_restart(bottle.fixture, false);
    assert_int_equal(bottle_post(&second, calm, NULL)->status, 401);
    fixture_close(&bottle.fixture);
}

static void a_training_token_sends_training(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    bottle_ticket(&bottle, calm, NULL);
    assert_false(bottle_last(&bottle)->event->training);
    bottle_issue(bottle.fixture, "drill training", bottle.bearer);
    bottle_ticket(&bottle, calm, NULL);
    assert_true(bottle_last(&bottle)->event->training);
    assert_string_equal(bottle_last(&bottle)->event->report_received->source, "drill");
    fixture_close(&bottle.fixture);
}

static void too_much_is_put_off_but_never_what_is_urgent(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    bottle_issue(bottle.fixture, "bot-b rate=2", bottle.bearer);
    for (int i = 0; i < 8; i++) /* a burst of 4 s */
        assert_int_equal(bottle_post(&bottle, calm, NULL)->status, 202);
    const struct answer *answer = bottle_post(&bottle, calm, NULL);
    assert_int_equal(answer->status, 429);
    assert_string_equal(bottle_header(answer, "Retry-After"), "1");
    for (int i = 0; i < 4; i++)
        assert_int_equal(bottle_post(&bottle, danger, NULL)->status, 202);
    assert_int_equal(bottle_reports(&bottle), 12);
    answer = bottle_post(&bottle, calm, NULL);
    assert_int_equal(answer->status, 429);
    assert_string_equal(bottle_header(answer, "Retry-After"), "3"); /* the urgent ones count */
    fixture_advance(bottle.fixture, 3000);
    assert_int_equal(bottle_post(&bottle, calm, NULL)->status, 202);
    fixture_close(&bottle.fixture);
}

static void a_refused_report_costs_nothing(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    bottle_issue(bottle.fixture, "bot-b rate=1", bottle.bearer);
    for (int i = 0; i < 20; i++)
        assert_int_equal(bottle_post(&bottle, "{\"source\":\"a\",\"text\":\" \"}", NULL)->status, 422);
    assert_int_equal(bottle_post(&bottle, calm, NULL)->status, 202);
    fixture_close(&bottle.fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_are_read_strictly),
        cmocka_unit_test(only_an_administrator_orders),
        cmocka_unit_test(a_token_lives_until_it_is_revoked),
        cmocka_unit_test(a_training_token_sends_training),
        cmocka_unit_test(too_much_is_put_off_but_never_what_is_urgent),
        cmocka_unit_test(a_refused_report_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
