/* The JSON API: what is refused and how, without leaving a trace; what is answered. */
#include "services/intake/tests/intake_bottle.h"

#define GOOD "{\"source\":\"whatsapp\",\"text\":\"Ada warga minta info bansos\"}"

static void takes_a_report_and_says_where_to_ask(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    const struct answer *answer = bottle_post(&bottle,
        "{\"source\":\"WhatsApp\",\"text\":\"Ada warga minta "
        "info bansos\",\"external_id\":\"wa-1\",\"lat\":-7.98,"
        "\"lon\":112,\"area\":\"35.07.12.2003\",\"occurred_at\":\"2026-03-01T22:15:00+07:00\","
        "\"reporter\":{\"channel\":\"whatsapp\",\"address\":\"+628123\",\"may_contact\":true},\"training\":"
        "true}",
        NULL);
    assert_int_equal(answer->status, 202);
    assert_string_equal(answer->content_type, "application/json");
    char location[64];
    snprintf(location, sizeof location, "/v1/reports/%s", bottle_member(answer, "ticket"));
    assert_string_equal(bottle_header(answer, "Location"), location);
    assert_string_equal(bottle_member(answer, "status_url"), location);
    assert_null(strstr(answer->body, "emergency"));
    const struct fixture_record *record = bottle_last(&bottle);
    const Sigap__ReportReceived *report = record->event->report_received;
    assert_int_equal(record->lane, LANE_NORMAL);
    assert_true(record->event->training);
    assert_int_equal(record->event->trace.len, ID_BYTES);
    assert_memory_equal(record->event->trace.data, report->report_id.data, ID_BYTES);
    assert_string_equal(report->source, "bot-a");
    assert_string_equal(report->channel, "whatsapp");
    assert_int_equal(report->received_at, FIXTURE_START);
    assert_int_equal(report->occurred_at, INT64_C(1772378100000));
    assert_true(report->may_contact);
    assert_int_equal(report->reporter.len, SEAL_HASH_BYTES);
    assert_int_equal(bottle_get(&bottle, location)->status, 200);
    fixture_close(&bottle.fixture);
}

static void refuses_what_does_not_fit(void **state) {
    (void)state;
    static const struct {
        const char *body;
        unsigned status;
        const char *pointer;
    } cases[] = {
        {"", 400, ""},
        {"   ", 400, ""},
        {"hello", 400, ""},
        {"{\"source\":\"a\",\"text\":\"x\"", 400, ""},
        {GOOD "x", 400, ""},
        {"{\"source\":\"a\",\"text\":\"x\",\"text\":\"y\"}", 400, ""},
        {"{\"source\":\"a\",\"text\":\"x\",\"t\\u0065xt\":\"y\"}", 400, ""},
        {"{\"source\":\"a\",\"text\":\"x\\u0000y\"}", 400, ""},
        {"{\"source\":\"a\",\"text\":\"\xff\xfe\"}", 400, ""},
        {"{\"source\":\"a\",\"text\":\"\\ud800\"}", 400, ""},
        {"{\"source\":\"a\",\"text\":\"x\",\"lat\":1e999,\"lon\":1}", 400, ""},
        {"{\"source\":\"a\",\"text\":\"x\",\"lat\":NaN,\"lon\":1}", 400, ""},
        {"[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", 400, ""},
        {"{\"source\":\"a\",\"text\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{"
         "\"a\":"
         "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}}}}}}}}}",
            400, ""},
        {"[]", 422, ""},
        {"\"text\"", 422, ""},
        {"null", 422, ""},
        {"{}", 422, "/source"},
        {"{\"source\":\"a\"}", 422, "/text"},
        {"{\"text\":\"x\"}", 422, "/source"},
        {"{\"source\":\"a\",\"text\":null}", 422, "/text"},
        {"{\"source\":\"a\",\"text\":\"\"}", 422, "/text"},
        {"{\"source\":\"a\",\"text\":\" \\n\\t \"}", 422, "/text"},
        {"{\"source\":\"a\",\"text\":5}", 422, "/text"},
        {"{\"source\":\"a\",\"text\":[\"x\"]}", 422, "/text"},
        {"{\"source\":\"\",\"text\":\"x\"}", 422, "/source"},
        {"{\"source\":\"two words\",\"text\":\"x\"}", 422, "/source"},
        {"{\"source\":\"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddx\",\"text\":\"x\"}", 422, "/source"},
        {"{\"source\":\"a\",\"text\":\"x\",\"urgnet\":true}", 422, "/urgnet"},
        {"{\"source\":\"a\",\"text\":\"x\",\"urgent\":\"yes\"}", 422, "/urgent"},
        {"{\"source\":\"a\",\"text\":\"x\",\"urgent\":1}", 422, "/urgent"},
        {"{\"source\":\"a\",\"text\":\"x\",\"training\":0}", 422, "/training"},
        {"{\"source\":\"a\",\"text\":\"x\",\"external_id\":7}", 422, "/external_id"},
        {"{\"source\":\"a\",\"text\":\"x\",\"external_id\":\"a\\nb\"}", 422, "/external_id"},
        {"{\"source\":\"a\",\"text\":\"x\",\"lat\":-7.9}", 422, "/lat"},
        {"{\"source\":\"a\",\"text\":\"x\",\"lon\":112}", 422, "/lat"},
        {"{\"source\":\"a\",\"text\":\"x\",\"lat\":90.01,\"lon\":0}", 422, "/lat"},
        {"{\"source\":\"a\",\"text\":\"x\",\"lat\":-90.01,\"lon\":0}", 422, "/lat"},
        {"{\"source\":\"a\",\"text\":\"x\",\"lat\":0,\"lon\":180.01}", 422, "/lon"},
        {"{\"source\":\"a\",\"text\":\"x\",\"lat\":0,\"lon\":-180.01}", 422, "/lon"},
        {"{\"source\":\"a\",\"text\":\"x\",\"lat\":\"1\",\"lon\":1}", 422, "/lat"},
        {"{\"source\":\"a\",\"text\":\"x\",\"area\":\"Malang\"}", 422, "/area"},
        {"{\"source\":\"a\",\"text\":\"x\",\"area\":\"35.7\"}", 422, "/area"},
        {"{\"source\":\"a\",\"text\":\"x\",\"area\":35}", 422, "/area"},
        {"{\"source\":\"a\",\"text\":\"x\",\"occurred_at\":-1}", 422, "/occurred_at"},
        {"{\"source\":\"a\",\"text\":\"x\",\"occurred_at\":1.5}", 422, "/occurred_at"},
        {"{\"source\":\"a\",\"text\":\"x\",\"occurred_at\":\"yesterday\"}", 422, "/occurred_at"},
        {"{\"source\":\"a\",\"text\":\"x\",\"occurred_at\":\"2026-02-30\"}", 422, "/occurred_at"},
        {"{\"source\":\"a\",\"text\":\"x\",\"occurred_at\":\"2030-01-01\"}", 422, "/occurred_at"},
        {"{\"source\":\"a\",\"text\":\"x\",\"occurred_at\":{}}", 422, "/occurred_at"},
        {"{\"source\":\"a\",\"text\":\"x\",\"reporter\":\"me\"}", 422, "/reporter"},
        {"{\"source\":\"a\",\"text\":\"x\",\"reporter\":{\"name\":\"me\"}}", 422, "/reporter/name"},
        {"{\"source\":\"a\",\"text\":\"x\",\"reporter\":{\"may_contact\":\"no\"}}", 422,
            "/reporter/may_contact"},
        {"{\"source\":\"a\",\"text\":\"x\",\"reporter\":{\"channel\":\"a b\"}}", 422, "/reporter/channel"},
        {"{\"source\":\"a\",\"text\":\"x\",\"reporter\":{\"address\":\"a\\u0007\"}}", 422,
            "/reporter/address"},
    };
    struct bottle bottle = bottle_open(false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct answer *answer = bottle_post(&bottle, cases[i].body, "key-1");
        if (answer->status != cases[i].status ||
            strcmp(bottle_member(answer, "pointer"), cases[i].pointer) != 0)
            fail_msg("case %zu: %u %s", i, answer->status, (const char *)answer->body);
        assert_string_equal(answer->content_type, "application/problem+json");
        assert_non_null(strstr(answer->body, " / ")); /* both languages */
    }
    assert_int_equal(bottle_reports(&bottle), 0);
    bottle_ticket(&bottle, GOOD, "key-1"); /* none of them has used up the key */
    assert_int_equal(bottle_reports(&bottle), 1);
    fixture_close(&bottle.fixture);
}

static void refuses_before_it_reads_the_body(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    char wrong[128], lower[128];
    snprintf(wrong, sizeof wrong, "%sx", bottle.bearer);
    snprintf(lower, sizeof lower, "bearer%s", bottle.bearer + 6);
    const struct {
        const char *method, *path, *authorization, *type, *key;
        unsigned status;
    } cases[] = {
        {"POST", "/v1/reports", NULL, "application/json", NULL, 401},
        {"POST", "/v1/reports", "", "application/json", NULL, 401},
        {"POST", "/v1/reports", "Bearer", "application/json", NULL, 401},
        {"POST", "/v1/reports", "Bearer ", "application/json", NULL, 401},
        {"POST", "/v1/reports", "Basic YTpi", "application/json", NULL, 401},
        {"POST", "/v1/reports", wrong, "application/json", NULL, 401},
        {"POST", "/v1/reports", bottle.bearer + 7, "application/json", NULL, 401},
        {"POST", "/v1/reports", bottle.bearer, NULL, NULL, 415},
        {"POST", "/v1/reports", bottle.bearer, "text/plain", NULL, 415},
        {"POST", "/v1/reports", bottle.bearer, "application/jsonx", NULL, 415},
        {"POST", "/v1/reports", bottle.bearer, "application/json", "", 400},
        {"POST", "/v1/reports", bottle.bearer, "application/json", "two words", 400},
        {"POST", "/v1/reports", bottle.bearer, "application/json", "kunci-\xc3\xa9", 400},
        {"GET", "/v1/reports", bottle.bearer, NULL, NULL, 405},
        {"PUT", "/v1/reports", bottle.bearer, "application/json", NULL, 405},
        {"POST", "/v1/healthz", bottle.bearer, "application/json", NULL, 405},
        {"DELETE", "/v1/reports/x", bottle.bearer, NULL, NULL, 405},
        {"POST", "/v1/report", bottle.bearer, "application/json", NULL, 404},
        {"POST", "/v1/reports/", bottle.bearer, "application/json", NULL, 404},
        {"GET", "/", NULL, NULL, NULL, 404},
        {"GET", "/v1/healthz", NULL, NULL, NULL, 200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture_request request = {.method = cases[i].method,
            .path = cases[i].path,
            .body = strcmp(cases[i].method, "GET") ? GOOD : NULL};
        size_t count = 0;
        const char *const headers[][2] = {{"Authorization", cases[i].authorization},
            {"Content-Type", cases[i].type}, {"Idempotency-Key", cases[i].key}};
        for (size_t k = 0; k < 3; k++)
            if (headers[k][1])
                memcpy(request.headers[count++], headers[k], sizeof headers[k]);
        const struct answer *answer = fixture_request(bottle.fixture, &request);
        if (answer->status != cases[i].status)
            fail_msg("case %zu: %u %s", i, answer->status, (const char *)answer->body);
        assert_int_equal(answer->status == 405, bottle_header(answer, "Allow") != NULL);
        assert_int_equal(answer->status == 401, bottle_header(answer, "WWW-Authenticate") != NULL);
    }
    assert_int_equal(bottle_reports(&bottle), 0);
    static const struct {
        const char *type, *encoding;
        unsigned status;
        const char *header, *value, *said;
    } wrapped[] = {{"application/json", "gzip", 415, "Accept-Encoding", "identity", "Content-Encoding"},
        {"application/json", "br, identity", 415, "Accept-Encoding", "identity", "not compressed"},
        {"text/plain", "identity", 415, "Accept", "application/json", "Content-Type: application/json"}};
    for (size_t i = 0; i < sizeof wrapped / sizeof *wrapped; i++) {
        const struct answer *answer = fixture_request(bottle.fixture,
            &(struct fixture_request){.method = "POST",
                .path = "/v1/reports",
                .body = GOOD,
                .headers = {{"Authorization", bottle.bearer}, {"Content-Type", wrapped[i].type},
                    {"Content-Encoding", wrapped[i].encoding}}});
        assert_int_equal(answer->status, wrapped[i].status);
        assert_string_equal(bottle_header(answer, wrapped[i].header), wrapped[i].value);
        assert_non_null(strstr(answer->body, wrapped[i].said));
    }
    struct fixture_request request = {.method = "POST",
        .path = "/v1/reports",
        .body = GOOD,
        .headers = {{"content-encoding", "Identity"}, {"authorization", lower},
            {"content-type", "Application/JSON; charset=utf-8"}}};
    assert_int_equal(fixture_request(bottle.fixture, &request)->status, 202);
    fixture_close(&bottle.fixture);
}

/* {"source":"a","text":"xxx..."} with so many x. */
static char *report_of(size_t text_size) {
    char *body = malloc(text_size + 64);
    size_t used = (size_t)sprintf(body, "{\"source\":\"a\",\"text\":\"");
    memset(body + used, 'x', text_size);
    strcpy(body + used + text_size, "\"}");
    return body;
}

static void bounds_text_and_body(void **state) {
    (void)state;
    static const struct {
        size_t text_size;
        unsigned status;
    } cases[] = {{1, 202}, {16 * 1024, 202}, {16 * 1024 + 1, 422}, {64 * 1024 - 64, 422}, {64 * 1024, 413},
        {3000000, 413}};
    struct bottle bottle = bottle_open(false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *body = report_of(cases[i].text_size);
        assert_int_equal(bottle_post(&bottle, body, NULL)->status, cases[i].status);
        free(body);
    }
    assert_int_equal(bottle_reports(&bottle), 2);
    fixture_close(&bottle.fixture);
}

/* A bot that passes on what somebody writes about an earlier report; the same again is answered the same. */
static void a_ticket_in_the_text_joins_its_report(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    char ticket[64], body[256];
    strcpy(ticket, bottle_ticket(&bottle, GOOD, NULL));
    struct id first;
    id_from_bytes(bottle_last(&bottle)->event->trace.data, ID_BYTES, &first);
    snprintf(body, sizeof body,
        "{\"source\":\"hotline\",\"text\":\"Tambahan untuk nomor %s: belum ada yang datang\"}", ticket);
    for (int i = 0; i < 2; i++) {
        assert_string_equal(bottle_ticket(&bottle, body, "key-1"), ticket);
        assert_int_equal(bottle_reports(&bottle), 2);
    }
    const Sigap__ReportReceived *report = bottle_last(&bottle)->event->report_received;
    assert_string_equal(report->relation, "follow_up");
    assert_memory_equal(report->amends.data, first.bytes, ID_BYTES);
    assert_string_not_equal(
        bottle_ticket(
            &bottle, "{\"source\":\"a\",\"text\":\"tambahan untuk 260302-AAAA-AAAA-AAAA-AAAA-A\"}", NULL),
        ticket);
    assert_int_equal(bottle_last(&bottle)->event->report_received->amends.len, 0);
    fixture_close(&bottle.fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_report_and_says_where_to_ask),
        cmocka_unit_test(refuses_what_does_not_fit),
        cmocka_unit_test(refuses_before_it_reads_the_body),
        cmocka_unit_test(bounds_text_and_body),
        cmocka_unit_test(a_ticket_in_the_text_joins_its_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
