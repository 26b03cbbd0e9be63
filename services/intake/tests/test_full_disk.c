/* No disk, no memory, too many at once: nothing is acknowledged without a row, and what may be urgent is
 * taken all the same. */
#include "services/intake/tests/intake_bottle.h"

#include "common/fault.h"
#include "common/log.h"
#include "intake_sql.h"

#include <strings.h>

static const char calm[] = "{\"source\":\"a\",\"text\":\"Ada warga minta info bansos\",\"reporter\":"
                           "{\"address\":\"0812\",\"may_contact\":true}}";
static const char flagged[] =
    "{\"source\":\"a\",\"text\":\"Ada warga minta info bansos\", \"urgent\" : true}";
static const char danger[] = "{\"source\":\"a\",\"text\":\"dia pegang\\npisau\"}";

static size_t rows(struct bottle *bottle) {
    struct statement *all =
        store_use(fixture_store(bottle->fixture), intake_daemon.schema, INTAKE_REPORT_COUNT);
    assert_true(statement_step(all));
    size_t count = (size_t)column_int(all, 0);
    statement_end(all);
    return count;
}

/* Like bottle_post, but the request outlives a turn that was rolled back: what may be urgent stays in the
 * queue. */
static const struct answer *post(
    const struct bottle *bottle, struct fixture_request *request, const char *body) {
    *request = (struct fixture_request){.method = "POST",
        .path = "/v1/reports",
        .body = body,
        .headers = {{"Authorization", bottle->bearer}, {"Content-Type", "application/json"},
            {"Idempotency-Key", "k"}}};
    return fixture_request(bottle->fixture, request);
}

static void expect_refusal(const struct answer *answer, uint64_t nth) {
    if (answer->status != 503)
        fail_msg("at %llu: %u", (unsigned long long)nth, answer->status);
    assert_non_null(bottle_header(answer, "Retry-After"));
    assert_non_null(strstr(answer->body, "\"number\":\"112\""));
    assert_non_null(strstr(answer->body, "\"number\":\"129\""));
}

/* Lets the nth step or commit fail while one report comes in; then whatever was said must be true, and what
 * may be urgent is in, at once. */
static bool try_fault(enum fault_kind kind, uint64_t nth, const char *body, bool urgent) {
    struct bottle bottle = bottle_open(false);
    struct fixture_request request;
    fault_arm(kind, nth);
    const struct answer *answer = post(&bottle, &request, body);
    bool struck = fault_count(kind) >= nth;
    fault_disarm();
    fixture_turn(bottle.fixture);
    bool taken = urgent || (answer && answer->status == 202);
    if (!taken && answer)
        expect_refusal(answer, nth);
    if ((!urgent && !answer) || rows(&bottle) != taken || bottle_reports(&bottle) != taken)
        fail_msg("fault %d at %llu: answered %u, %zu rows, %zu records", kind, (unsigned long long)nth,
            answer ? answer->status : 0, rows(&bottle), bottle_reports(&bottle));
    fixture_advance(bottle.fixture, 20000); /* there is space again: the same report is taken, once */
    bottle_ticket(&bottle, body, "k");
    assert_int_equal(rows(&bottle), 1);
    assert_int_equal(bottle_reports(&bottle), 1);
    fixture_close(&bottle.fixture);
    return struck;
}

static void nothing_is_acknowledged_without_a_row(void **state) {
    (void)state;
    static const enum fault_kind kinds[] = {FAULT_STEP, FAULT_COMMIT};
    static const struct {
        const char *body;
        bool urgent;
    } cases[] = {{calm, false}, {flagged, true}, {danger, true}};
    log_set_level(LOG_ERROR);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            uint64_t nth = 1;
            while (try_fault(kinds[k], nth, cases[i].body, cases[i].urgent))
                nth++;
            assert_true(nth > 1); /* at least one was struck */
        }
    log_set_level(LOG_INFO);
}

static const char *header_of(const struct request *request, const char *name) {
    const struct fixture_request *given = request->origin;
    for (size_t i = 0; i < 16 && given->headers[i][0]; i++)
        if (strcasecmp(given->headers[i][0], name) == 0)
            return given->headers[i][1];
    return NULL;
}

static struct request request_of(const struct fixture_request *given) {
    return (struct request){.method = given->method,
        .path = given->path,
        .query = "",
        .body = given->body,
        .body_size = strlen(given->body),
        .header = header_of,
        .origin = (void *)given};
}

/* A body in which the danger stands at the very end, behind 60,000 bytes of JSON. */
static void danger_is_found_at_the_end_of_the_longest_body(void **state) {
    (void)state;
    enum { SIZE = 60000 };
    struct bottle bottle = bottle_open(false);
    char *body = malloc(SIZE + 64);
    size_t used = (size_t)sprintf(body, "{\"source\":\"a\",\"text\":\"");
    while (used < SIZE)
        used += (size_t)sprintf(body + used, "\\u00e8 info bansos ");
    sprintf(body + used, "pisau\"}");
    struct fixture_request given = {.method = "POST",
        .path = "/v1/reports",
        .body = body,
        .headers = {{"Authorization", bottle.bearer}, {"Content-Type", "application/json"}}};
    struct request request = request_of(&given);
    assert_true(intake_daemon.request_is_urgent(fixture_state(bottle.fixture), &request));
    strcpy(body + used, "info bansos\"}");
    request = request_of(&given);
    assert_false(intake_daemon.request_is_urgent(fixture_state(bottle.fixture), &request));
    free(body);
    fixture_close(&bottle.fixture);
}

static void only_known_bots_may_be_urgent(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    char mailbox[128];
    snprintf(mailbox, sizeof mailbox, "/v1/reports/%s/messages",
        bottle_ticket(&bottle, "{\"source\":\"web\",\"text\":\"Nenek sakit\"}", NULL));
    const struct {
        const char *method, *path, *bearer, *type, *body;
        bool urgent;
    } cases[] = {
        {"POST", "/v1/reports", bottle.bearer, "application/json", calm, false},
        {"POST", "/v1/reports", bottle.bearer, "application/json", danger, true},
        {"POST", "/v1/reports", bottle.bearer, "application/json", flagged, true},
        {"POST", "/v1/reports", bottle.bearer, "application/json", "{\"urgent\":\n\ttrue}", true},
        {"POST", "/v1/reports", bottle.bearer, "application/json",
            "{\"urgent\":false,\"text\":\"info bansos\"}", false},
        {"POST", "/v1/reports", bottle.bearer, "application/json", "{\"urgent\", info bansos", false},
        {"POST", "/v1/reports", bottle.bearer, "application/json", "{\"urgent\": info bansos", false},
        {"POST", "/v1/reports", bottle.bearer, "application/json", "{\"urgent\":tru info bansos", false},
        {"POST", "/v1/reports", bottle.bearer, "application/json", "", false},
        {"POST", "/v1/reports", bottle.bearer, "text/plain", danger, false},
        {"POST", "/v1/reports", "Bearer wrong", "application/json", danger, false},
        {"POST", "/v1/reports", "", "application/json", flagged, false},
        {"GET", "/v1/reports", bottle.bearer, "application/json", danger, false},
        {"POST", "/v1/healthz", bottle.bearer, "application/json", danger, false},
        {"GET", "/v1/reports/x", bottle.bearer, "application/json", "", false},
        {"POST", mailbox, "", "application/json", "{\"text\":\"dia pegang pisau\"}", true},
        {"POST", mailbox, "", "application/json", "{\"text\":\"info bansos\"}", false},
        {"GET", mailbox, "", "application/json", "{\"text\":\"dia pegang pisau\"}", false},
        {"POST", "/v1/reports/260302-AAAA-AAAA-AAAA-AAAA-B/messages", "", "application/json",
            "{\"text\":\"dia pegang pisau\"}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture_request given = {.method = cases[i].method,
            .path = cases[i].path,
            .body = cases[i].body,
            .headers = {{"Authorization", cases[i].bearer}, {"Content-Type", cases[i].type}}};
        struct request request = request_of(&given);
        if (intake_daemon.request_is_urgent(fixture_state(bottle.fixture), &request) != cases[i].urgent)
            fail_msg("case %zu", i);
    }
    fixture_close(&bottle.fixture);
}

/* The ZeroMQ door on a full disk: at once 503 with the numbers, or taken on the reserve. */
static void submits_are_told_or_taken(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool urgent, stranger, taken;
    } cases[] = {{"Ada warga minta info bansos", false, false, false},
        {"Ada warga minta info bansos", true, false, true}, {"dia pegang pisau", false, false, true},
        {"dia pegang pisau", true, true, false}};
    log_set_level(LOG_ERROR);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bottle bottle = bottle_open(false);
        Sigap__SubmitReport report = SIGAP__SUBMIT_REPORT__INIT;
        report.token = cases[i].stranger ? (char *)"sigap_stranger" : bottle.bearer + 7;
        report.channel = (char *)"telegram";
        report.text = (char *)cases[i].text;
        report.urgent = cases[i].urgent;
        report.number = 7;
        fault_arm(FAULT_COMMIT, 1);
        const Sigap__SubmitAnswer *answer = fixture_submit(bottle.fixture, &report);
        fault_disarm();
        if (!answer || answer->answer_case == SIGAP__SUBMIT_ANSWER__ANSWER__NOT_SET) {
            fixture_turn(bottle.fixture);
            assert_true(cases[i].taken);
        } else if (!cases[i].taken) {
            assert_int_equal(answer->number, 7);
            assert_int_equal(answer->answer_case, SIGAP__SUBMIT_ANSWER__ANSWER_REFUSED);
            assert_int_equal(answer->refused->status, 503);
            assert_true(answer->refused->retry_after_s > 0);
            assert_non_null(strstr(answer->refused->reason, "112"));
        }
        assert_int_equal(bottle_reports(&bottle), cases[i].taken);
        fixture_close(&bottle.fixture);
    }
    log_set_level(LOG_INFO);
}

/* Text "tolong\0bansos": protobuf-c would hand over the first half. */
static void a_nul_in_a_submit_is_seen(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    for (size_t nul = 0; nul < 2; nul++) {
        Sigap__SubmitReport report = SIGAP__SUBMIT_REPORT__INIT;
        uint8_t frame[512];
        report.token = bottle.bearer + 7;
        report.channel = (char *)"telegram";
        report.text = (char *)"tolong#bansos";
        size_t size = sigap__submit_report__pack(&report, frame);
        if (nul)
            *(uint8_t *)memchr(frame, '#', size) = 0;
        assert_true(engine_submit(fixture_engine(bottle.fixture), frame, size, NULL));
        fixture_turn(bottle.fixture);
        assert_int_equal(bottle_reports(&bottle), 1);
    }
    fixture_close(&bottle.fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(submits_are_told_or_taken),
        cmocka_unit_test(a_nul_in_a_submit_is_seen),
        cmocka_unit_test(nothing_is_acknowledged_without_a_row),
        cmocka_unit_test(danger_is_found_at_the_end_of_the_longest_body),
        cmocka_unit_test(only_known_bots_may_be_urgent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
