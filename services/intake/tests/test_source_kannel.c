/* Kannel: GET or POST with a secret in the path; an empty answer. */
#include "services/intake/tests/conformance.h"

static void write_post(struct conform *conform, struct post *post, const struct told *told, size_t count) {
    char text[4096] = "";
    assert_int_equal(count, 1);
    for (size_t i = 0; told->text[i]; i++)
        sprintf(text + strlen(text), told->text[i] == ' ' ? "+" : "%c", told->text[i]);
    snprintf(post->path, sizeof post->path, "/v1/hooks/kannel/sms/%s", conform->bottle.bearer + 7);
    sprintf(post->body, "id=%08d-1&ts=1772420000&sender=%%2B%s&to=1708&message=%s&backend=smsc1",
        told->number, told->sender, text);
}

static void sign(struct conform *conform, struct post *post) {
    (void)conform;
    post->request.headers[0][0] = "Content-Type";
    post->request.headers[0][1] = "application/x-www-form-urlencoded";
}

static const struct conformance kannel = {
    .source = "kannel",
    .word = "sms",
    .any_type = true,
    .garbage = "x=1",
    .write = write_post,
    .sign = sign,
};

static const struct conformance kannel_of_addresses = {
    .source = "kannel",
    .word = "sms",
    .sources_yaml = "channels:\n  - name: sms\n    source: kannel\n    options:\n"
                    "      - { name: secret_file, value: kannel.secret }\n"
                    "      - { name: addresses, value: \"10.1.2.3, 192.0.2.0/24\" }\n",
    .secrets = {{"kannel.secret", "rahasia\n"}},
};

static const struct conformance *now = &kannel;

static const struct conformance *conformance_of_test(void) {
    return now;
}

static const struct answer *get(struct conform *conform, const char *path, const char *query) {
    return fixture_request(
        conform->bottle.fixture, &(struct fixture_request){.method = "GET", .path = path, .query = query});
}

static void a_get_is_a_message_and_nothing_is_sent_back(void **state) {
    (void)state;
    static const struct {
        const char *query, *text;
        int64_t at;
    } cases[] = {
        {"id=1&ts=2026-03-02+02:53:20&sender=%2B62811&message=Nenek+sakit+%26+sendiri&backend=a",
            "Nenek sakit & sendiri", INT64_C(1772420000000)},
        {"id=2&ts=1772420000&sender=+62811&message=Nenek%20sakit", "Nenek sakit", INT64_C(1772420000000)},
        {"id=3&ts=besok&sender=62811&message=%FFNenek%00sakit", "\xef\xbf\xbdNenek\xef\xbf\xbdsakit", 0},
        {"sender=62811&message=Tanpa+id", "Tanpa id", 0},
        {"id=5&sender=62811&message=%00N%00e%00n%00e%00k%20%1C%D8%3D%DE%22&charset=UTF-16BE",
            "Nenek\xe2\x80\x9c\xf0\x9f\x98\xa2", 0},
        {"id=6&sender=62811&message=%00s%00a%00k%00i%00t%26%44&coding=2", "sakit\xe2\x99\x84",
            0}, /* & within */
        {"id=7&sender=62811&message=%00s%00a%D8%00%00k&charset=UCS-2", "sa\xef\xbf\xbdk",
            0}, /* half a pair */
        {"id=8&sender=62811&message=Caf%E9+tutup&charset=ISO-8859-1&coding=0", "Caf\xc3\xa9 tutup", 0},
        {"id=9&sender=62811&message=Caf%E9&charset=windows-1252", "Caf\xc3\xa9", 0},
        {"id=10&sender=62811&message=Nenek&charset=KLINGON", "Nenek", 0},
        {"id=11&sender=62811&message=N%C3%A9nek&charset=utf-8&coding=2", "N\xc3\xa9nek",
            0}, /* converted already */
        {"id=12&sender=62811&message=%00x%00&charset=UTF-16BE", "x\xef\xbf\xbd", 0},
        {"sender=62811&ts=1772420000&message=Caf%E9+terbakar", "Caf\xef\xbf\xbd terbakar",
            INT64_C(1772420000000)}, /* what it is known by is no UTF-8 */
        {"id=%E9&sender=%E9811&message=Nenek+sakit", "Nenek sakit", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conform conform = conform_open();
        char path[128];
        snprintf(path, sizeof path, "/v1/hooks/kannel/sms/%s", conform.bottle.bearer + 7);
        for (int again = 0; again < 2; again++) {
            const struct answer *answer = get(&conform, path, cases[i].query);
            assert_int_equal(answer->status, 200);
            assert_int_equal(answer->body_size, 0);
            assert_int_equal(bottle_reports(&conform.bottle), 1);
        }
        if (strcmp(conform_text(conform_report(&conform, 0)), cases[i].text) != 0)
            fail_msg("case %zu: %s", i, conform_text(conform_report(&conform, 0)));
        assert_int_equal(conform_report(&conform, 0)->occurred_at, cases[i].at);
        conform_close(&conform);
    }
}

/* What waits for its sender's allowance is kept clean: it is known when it comes again as it came. */
static void bytes_that_are_no_letters_are_known_again(void **state) {
    (void)state;
    struct conform conform = conform_open();
    static const char odd[] = "sender=62811&ts=1772420000&message=Caf%E9+tutup";
    char path[128], query[64];
    snprintf(path, sizeof path, "/v1/hooks/kannel/sms/%s", conform.bottle.bearer + 7);
    for (int i = 0; i < HOOK_SENDER_BURST; i++) {
        snprintf(query, sizeof query, "id=%d&sender=62811&message=Nenek+%d+sakit", i, i);
        assert_int_equal(get(&conform, path, query)->status, 200);
    }
    size_t before = bottle_reports(&conform.bottle);
    assert_int_equal(get(&conform, path, odd)->status, 200);
    assert_int_equal(bottle_reports(&conform.bottle), before);
    fixture_advance(conform.bottle.fixture, 60000);
    assert_int_equal(bottle_reports(&conform.bottle), before + 1);
    assert_int_equal(get(&conform, path, odd)->status, 200);
    fixture_advance(conform.bottle.fixture, 60000);
    assert_int_equal(bottle_reports(&conform.bottle), before + 1);
    assert_int_equal(conform_parked(&conform), 0);
    conform_close(&conform);
}

/* post-url: the text is the body, the rest stands in headers (smsbox of Kannel 1.4 and 1.5). */
static void a_post_url_is_read_too(void **state) {
    static const struct {
        const char *type, *from, *query, *body, *text;
        size_t size;
    } cases[] = {
        {"text/plain; charset=\"UTF-8\"", "+62811", "id=1", "Nenek sakit & sendiri = ya\n50%",
            "Nenek sakit & sendiri = ya\n50%", 0},
        {"text/plain", "62811", "id=2", "sender=62999&message=bukan", "sender=62999&message=bukan", 0},
        {"text/plain; charset=\"UTF-16BE\"", "+62811", "id=3", "\0s\0a\0k\0i\0t\xd8\x3d\xde\x22",
            "sakit\xf0\x9f\x98\xa2", 14},
        {"text/plain; charset=ISO-8859-1; x=y", "+62811", "id=4", "Caf\xe9", "Caf\xc3\xa9", 0},
        {"application/octet-stream", "+62811", "id=5", "Nenek", "Nenek", 0},
        {"text/plain", NULL, "id=6&sender=%2B62811", "tanpa send-sender", "tanpa send-sender", 0},
        {"text/plain", "+62811", "", "tanpa id", "tanpa id", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conform conform = conform_open();
        char path[128];
        snprintf(path, sizeof path, "/v1/hooks/kannel/sms/%s", conform.bottle.bearer + 7);
        for (int again = 0; again < 2; again++) {
            const struct answer *answer = fixture_request(conform.bottle.fixture,
                &(struct fixture_request){.method = "POST",
                    .path = path,
                    .query = cases[i].query,
                    .body = cases[i].body,
                    .body_size = cases[i].size,
                    .headers = {{"Content-Type", cases[i].type}, {"X-Kannel-To", "62341"},
                        {"X-Kannel-Time", "2026-03-02 02:53:20"},
                        {cases[i].from ? "X-Kannel-From" : NULL, cases[i].from}}});
            if (answer->status != 200 || answer->body_size || bottle_reports(&conform.bottle) != 1)
                fail_msg("case %zu: %u", i, answer->status);
        }
        const Sigap__ReportReceived *report = conform_report(&conform, 0);
        if (strcmp(conform_text(report), cases[i].text) != 0)
            fail_msg("case %zu: %s", i, conform_text(report));
        if (cases[i].query[0] == 0 || cases[i].from)
            assert_true(report->reporter.len > 0);
        conform_close(&conform);
    }
}

static void only_listed_addresses_may_call(void **state) {
    (void)state;
    now = &kannel_of_addresses;
    struct conform conform = conform_open(); /* the fixture's requests come from 192.0.2.1 */
    static const char query[] = "id=1&sender=62811&message=halo";
    assert_int_equal(get(&conform, "/v1/hooks/kannel/sms/rahasia", query)->status, 200);
    assert_int_equal(get(&conform, "/v1/hooks/kannel/sms/rahasiX", query)->status, 401);
    assert_int_equal(get(&conform, "/v1/hooks/kannel/lain/rahasia", query)->status, 401);
    conform_close(&conform);
    now = &kannel;
}

/* Behind our nginx, which speaks over the local socket, Kannel's address stands last in its header; what a
 * stranger writes there counts for nothing. */
static void the_address_is_read_behind_our_proxy(void **state) {
    static const struct {
        const char *remote, *chain;
        unsigned status;
    } cases[] = {{REQUEST_LOCAL, "10.1.2.3", 200}, {REQUEST_LOCAL, "203.0.113.9, 10.1.2.3", 200},
        {REQUEST_LOCAL, "10.1.2.3, 203.0.113.9", 401}, {REQUEST_LOCAL, NULL, 401}, {"10.1.2.3", NULL, 200},
        {"203.0.113.9", "10.1.2.3", 401}, {"10.1.2.3", "203.0.113.9", 200}};
    (void)state;
    now = &kannel_of_addresses;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conform conform = conform_open();
        const struct answer *answer = fixture_request(conform.bottle.fixture,
            &(struct fixture_request){.method = "GET",
                .path = "/v1/hooks/kannel/sms/rahasia",
                .query = "id=1&sender=62811&message=halo",
                .remote = cases[i].remote,
                .headers = {{cases[i].chain ? "X-Forwarded-For" : NULL, cases[i].chain}}});
        if (answer->status != cases[i].status)
            fail_msg("case %zu: %u", i, answer->status);
        conform_close(&conform);
    }
    now = &kannel;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CONFORMANCE_TESTS,
        cmocka_unit_test(a_get_is_a_message_and_nothing_is_sent_back),
        cmocka_unit_test(bytes_that_are_no_letters_are_known_again),
        cmocka_unit_test(a_post_url_is_read_too),
        cmocka_unit_test(only_listed_addresses_may_call),
        cmocka_unit_test(the_address_is_read_behind_our_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
