/* RapidPro and TextIt: a call of a flow, and an answer that the flow can use. */
#include "services/intake/tests/conformance.h"

static void write_post(struct conform *conform, struct post *post, const struct told *told, size_t count) {
    (void)conform;
    assert_int_equal(count, 1);
    strcpy(post->path, "/v1/hooks/rapidpro/flows");
    sprintf(post->body,
        "{\"contact\":{\"uuid\":\"ba96bf7f\",\"name\":\"A\",\"urn\":\"tel:+%s\"},\"flow\":{\"uuid\":\"f1\","
        "\"name\":\"Lapor\"},"
        "\"run\":{\"uuid\":\"run-%d\",\"created_on\":\"2026-03-02T02:53:20Z\"},\"results\":{\"laporan\":{"
        "\"value\":\"%s\","
        "\"category\":\"All Responses\",\"input\":\"%s\"}},\"input\":null}",
        told->sender, told->number, told->text, told->text);
}

static void sign(struct conform *conform, struct post *post) {
    snprintf(post->values[0], sizeof post->values[0], "Token %s", conform->bottle.bearer + 7);
    memcpy(post->request.headers,
        (const char *[2][2]){{"Content-Type", "application/json"}, {"Authorization", post->values[0]}},
        sizeof(const char *[2][2]));
}

static const struct conformance rapidpro = {
    .source = "rapidpro",
    .word = "rapidpro",
    .edits = true, /* the same run with other results */
    .garbage = "{\"contact\":{}}",
    .write = write_post,
    .sign = sign,
};

static const struct conformance *conformance_of_test(void) {
    return &rapidpro;
}

static void the_flow_gets_a_ticket(void **state) {
    (void)state;
    static const struct {
        const char *results, *text;
        bool urgent, may_contact, located;
    } cases[] = {
        {"\"laporan\":{\"value\":\"Nenek sakit\"},\"lokasi\":{\"value\":\"geo:-7.25,112.75\"}", "Nenek sakit",
            false, true, true},
        {"\"a\":{\"value\":\"Nenek\"},\"b\":{\"value\":\"sakit\"}", "a: Nenek\nb: sakit", false, true, false},
        {"\"report\":{\"value\":\"Nenek "
         "sakit\"},\"place\":{\"value\":\"Wlingi\"},\"urgent\":{\"value\":\"Ya\"}",
            "Nenek sakit\nWlingi", true, true, false},
        {"\"pesan\":{\"value\":\"Nenek sakit\"},\"may_contact\":{\"value\":\"no\"}", "Nenek sakit", false,
            false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conform conform = conform_open();
        static struct post post;
        post.request =
            (struct fixture_request){.method = "POST", .path = "/v1/hooks/rapidpro/x", .body = post.body};
        sprintf(post.body,
            "{\"contact\":{\"uuid\":\"c\",\"urn\":\"tel:+62811\"},\"run\":{\"uuid\":\"r\"},\"results\":{%s},"
            "\"input\":{"
            "\"text\":\"sakit\",\"attachments\":[\"image/jpeg:https://cdn.example/1.jpg\"]}}",
            cases[i].results);
        sign(&conform, &post);
        const struct answer *answer = fixture_request(conform.bottle.fixture, &post.request);
        assert_int_equal(answer->status, 200);
        char path[64];
        snprintf(path, sizeof path, "/v1/reports/%s", bottle_member(answer, "ticket"));
        assert_int_equal(bottle_get(&conform.bottle, path)->status, 200);
        const Sigap__ReportReceived *report = conform_report(&conform, 0);
        if (strcmp(conform_text(report), cases[i].text) != 0)
            fail_msg("case %zu: %s", i, conform_text(report));
        assert_int_equal(report->urgent, cases[i].urgent);
        assert_int_equal(report->may_contact, cases[i].may_contact);
        assert_int_equal(report->n_media, 1);
        conform_close(&conform);
    }
}

/* Flows of before version 11. */
static void a_form_is_read_too(void **state) {
    static const struct {
        const char *body, *text;
    } cases[] = {
        {"run=77&flow=5&contact=ba96bf7f&phone=%2B62811&text=nenek&values=%5B%7B%22label%22%3A%22Laporan%22%"
         "2C%22value%22%3A"
         "%22Nenek+sakit%22%7D%5D",
            "Nenek sakit"},
        {"run=78&contact=ba96bf7f&urn=tel%3A%2B62811&text=Nenek+sakit+di+Wlingi&values=",
            "Nenek sakit di Wlingi"},
        {"run=79&contact=ba96bf7f&text=x&values=%5B%7B%22label%22%3A%22Nama+Desa%22%2C%22text%22%3A%22Papar%"
         "22%7D%2C%7B%22"
         "label%22%3A%22B%22%2C%22value%22%3A%22sakit%22%7D%5D",
            "nama_desa: Papar\nb: sakit"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conform conform = conform_open();
        for (int again = 0; again < 2; again++) {
            const struct answer *answer = fixture_request(
                conform.bottle.fixture, &(struct fixture_request){.method = "POST",
                                            .path = "/v1/hooks/rapidpro/flows",
                                            .body = cases[i].body,
                                            .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                                                {"Authorization", conform.bottle.bearer}}});
            assert_int_equal(answer->status, 200);
            assert_non_null(strstr(answer->body, "\"ticket\":\""));
            assert_int_equal(bottle_reports(&conform.bottle), 1);
        }
        if (strcmp(conform_text(conform_report(&conform, 0)), cases[i].text) != 0)
            fail_msg("case %zu: %s", i, conform_text(conform_report(&conform, 0)));
        conform_close(&conform);
    }
}

/* The flow shows how the report stands; asking is no report. */
static void a_question_is_answered_in_the_flow(void **state) {
    (void)state;
    static struct post post;
    struct conform conform = conform_open();
    const struct told told = {.number = 1, .text = conform_calm, .sender = "6281100"};
    char ticket[TICKET_TEXT + 1];
    snprintf(ticket, sizeof ticket, "%s", bottle_member(conform_post(&conform, &told, 1), "ticket"));
    post.request =
        (struct fixture_request){.method = "POST", .path = "/v1/hooks/rapidpro/flow", .body = post.body};
    snprintf(post.body, sizeof post.body,
        "{\"contact\":{\"uuid\":\"c1\",\"urn\":\"tel:+62811\"},\"run\":{\"uuid\":\"r9\"},\"results\":{"
        "\"laporan\":{"
        "\"value\":\"status %s\"}}}",
        ticket);
    sign(&conform, &post);
    const struct answer *answer = fixture_request(conform.bottle.fixture, &post.request);
    assert_int_equal(answer->status, 200);
    assert_string_equal(bottle_member(answer, "status"), "answered");
    assert_non_null(strstr(bottle_member(answer, "message"), ticket));
    assert_int_equal(bottle_reports(&conform.bottle), 1);
    conform_close(&conform);
}

/* A clinic's telephone, on a day of many reports: what waits its turn has no ticket yet, and none is made up.
 */
static void what_waits_its_turn_has_no_ticket(void **state) {
    (void)state;
    struct conform conform = conform_open();
    char text[64];
    unsigned waiting = 0;
    for (int i = 0; i < HOOK_SENDER_BURST + 20; i++) {
        snprintf(text, sizeof text, "Ada warga minta info bansos %d", i);
        const struct answer *answer =
            conform_post(&conform, &(struct told){.number = i + 1, .text = text, .sender = "6281100"}, 1);
        bool kept = strcmp(bottle_member(answer, "status"), "kept") == 0;
        assert_true(kept == (strstr(answer->body, "\"ticket\":null") != NULL));
        assert_int_equal(bottle_reports(&conform.bottle), i + 1 - (int)(waiting += kept));
    }
    assert_in_range(waiting, 1, 20);
    conform_close(&conform);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CONFORMANCE_TESTS,
        cmocka_unit_test(the_flow_gets_a_ticket),
        cmocka_unit_test(a_form_is_read_too),
        cmocka_unit_test(a_question_is_answered_in_the_flow),
        cmocka_unit_test(what_waits_its_turn_has_no_ticket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
