/* The ZeroMQ door answers like the HTTP one, and both know each other's duplicates. */
#include "services/intake/tests/intake_bottle.h"

#include <math.h>

static Sigap__SubmitReport report_of(struct bottle *bottle) {
    Sigap__SubmitReport report = SIGAP__SUBMIT_REPORT__INIT;
    report.token = bottle->bearer + 7;
    report.text = (char *)"Ada warga minta info bansos";
    report.channel = (char *)"telegram";
    report.number = 42;
    return report;
}

static void takes_and_refuses(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    Sigap__SubmitReport good = report_of(&bottle), cases[9];
    static const uint32_t status[] = {401, 401, 422, 422, 422, 422, 422, 422, 400};
    for (size_t i = 0; i < 9; i++)
        cases[i] = good;
    cases[0].token = (char *)"";
    cases[1].token = (char *)"sigap_wrong";
    cases[2].text = (char *)"";
    cases[3].text = (char *)"\xff";
    cases[4].channel = (char *)"";
    cases[5].located = true;
    cases[5].latitude = (double)NAN;
    cases[6].area = (char *)"Malang";
    cases[7].occurred_at = -1;
    cases[8].idempotency_key = (char *)"two words";
    for (size_t i = 0; i < 9; i++) {
        const Sigap__SubmitAnswer *answer = fixture_submit(bottle.fixture, &cases[i]);
        assert_int_equal(answer->number, 42);
        assert_int_equal(answer->answer_case, SIGAP__SUBMIT_ANSWER__ANSWER_REFUSED);
        if (answer->refused->status != status[i])
            fail_msg("case %zu: %u %s", i, answer->refused->status, answer->refused->reason);
        assert_non_null(strstr(answer->refused->reason, " / "));
    }
    assert_int_equal(bottle_reports(&bottle), 0);
    const Sigap__SubmitAnswer *answer = fixture_submit(bottle.fixture, &good);
    assert_int_equal(answer->answer_case, SIGAP__SUBMIT_ANSWER__ANSWER_ACCEPTED);
    char path[64];
    snprintf(path, sizeof path, "/v1/reports/%s", answer->accepted->ticket);
    assert_int_equal(bottle_get(&bottle, path)->status, 200);
    fixture_close(&bottle.fixture);
}

static void both_doors_know_a_duplicate(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    const char *ticket = bottle_ticket(
        &bottle, "{\"source\":\"telegram\",\"text\":\"Ada warga minta info bansos\",\"urgent\":true}", "k");
    Sigap__SubmitReport again = report_of(&bottle);
    again.idempotency_key = (char *)"k";
    again.urgent = true;
    const Sigap__SubmitAnswer *answer = fixture_submit(bottle.fixture, &again);
    assert_int_equal(answer->answer_case, SIGAP__SUBMIT_ANSWER__ANSWER_ACCEPTED);
    assert_string_equal(answer->accepted->ticket, ticket);
    again.text = (char *)"Yang lain";
    answer = fixture_submit(bottle.fixture, &again);
    assert_int_equal(answer->answer_case, SIGAP__SUBMIT_ANSWER__ANSWER_REFUSED);
    assert_int_equal(answer->refused->status, 422);
    assert_int_equal(bottle_reports(&bottle), 1);
    fixture_close(&bottle.fixture);
}

static void the_lane_is_chosen_alike(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    Sigap__SubmitReport report = report_of(&bottle);
    fixture_submit(bottle.fixture, &report);
    assert_int_equal(bottle_last(&bottle)->lane, LANE_NORMAL);
    report.text = (char *)"dia pegang pisau";
    fixture_submit(bottle.fixture, &report);
    assert_int_equal(bottle_last(&bottle)->lane, LANE_URGENT);
    assert_true(bottle_last(&bottle)->event->report_received->danger);
    fixture_close(&bottle.fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_and_refuses),
        cmocka_unit_test(both_doors_know_a_duplicate),
        cmocka_unit_test(the_lane_is_chosen_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
