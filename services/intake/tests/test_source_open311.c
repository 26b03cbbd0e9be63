/* GeoReport v2: services, requests, tokens and errors, in JSON and in XML. */
#include "services/intake/tests/intake_bottle.h"

static const struct answer *create(struct bottle *bottle, const char *form, const char *extension) {
    static char body[4096], path[64];
    snprintf(body, sizeof body, "%s&api_key=%s", form, bottle->bearer + 7);
    snprintf(path, sizeof path, "/open311/v2/requests.%s", extension);
    return fixture_request(
        bottle->fixture, &(struct fixture_request){.method = "POST",
                             .path = path,
                             .body = body,
                             .headers = {{"Content-Type", "application/x-www-form-urlencoded"}}});
}

#define GOOD                                                                                                 \
    "service_code=disabilitas&lat=-7.98&long=112.63&description=Ada+warga+minta+info+bansos&phone=%2B62811"

static json_t *item(const struct answer *answer, size_t index) {
    json_t *list = json_loadb(answer->body, answer->body_size, 0, NULL);
    assert_true(json_is_array(list));
    json_t *found = json_incref(json_array_get(list, index));
    json_decref(list);
    return found;
}

static void lists_the_kinds_as_services(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    const struct answer *answer = bottle_get(&bottle, "/open311/v2/services.json");
    assert_int_equal(answer->status, 200);
    json_t *first = item(answer, 0);
    static const char *const members[] = {
        "service_code", "service_name", "description", "type", "keywords", "group"};
    for (size_t i = 0; i < 6; i++)
        assert_true(json_is_string(json_object_get(first, members[i])));
    assert_true(json_is_false(json_object_get(first, "metadata")));
    char path[128];
    snprintf(path, sizeof path, "/open311/v2/services/%s.json",
        json_string_value(json_object_get(first, "service_code")));
    json_decref(first);
    assert_int_equal(bottle_get(&bottle, path)->status, 200);
    answer = bottle_get(&bottle, "/open311/v2/services.xml");
    assert_string_equal(answer->content_type, "text/xml; charset=utf-8");
    assert_non_null(strstr(answer->body, "<services><service><service_code>"));
    assert_int_equal(bottle_get(&bottle, "/open311/v2/services/nothing.xml")->status, 404);
    assert_int_equal(bottle_get(&bottle, "/open311/discovery.json")->status, 200);
    fixture_close(&bottle.fixture);
}

/* Any kind of the site. */
static const char *form_of(struct bottle *bottle) {
    static char form[512];
    json_t *first = item(bottle_get(bottle, "/open311/v2/services.json"), 0);
    snprintf(form, sizeof form, "service_code=%s%s",
        json_string_value(json_object_get(first, "service_code")), strchr(GOOD, '&'));
    json_decref(first);
    return form;
}

static void takes_a_request_and_tells_how_it_stands(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    const char *form = form_of(&bottle);
    char ticket[64], path[128];
    const struct answer *answer = create(&bottle, form, "json");
    assert_int_equal(answer->status, 200);
    json_t *request = item(answer, 0);
    snprintf(ticket, sizeof ticket, "%s", json_string_value(json_object_get(request, "service_request_id")));
    assert_non_null(strstr(json_string_value(json_object_get(request, "service_notice")), ticket));
    assert_true(json_is_null(json_object_get(request, "account_id")));
    json_decref(request);
    assert_string_equal(bottle_last(&bottle)->event->report_received->channel, "open311");
    assert_false(bottle_last(&bottle)->event->report_received->may_contact);
    fixture_advance(bottle.fixture, 9 * 60 * 1000);
    assert_non_null(
        strstr(create(&bottle, form, "json")->body, ticket)); /* also over a full ten minutes of the clock */
    assert_int_equal(bottle_reports(&bottle), 1);
    fixture_advance(bottle.fixture, 5 * 60 * 1000);
    assert_null(strstr(create(&bottle, form, "json")->body, ticket));
    assert_int_equal(bottle_reports(&bottle), 2);
    snprintf(path, sizeof path, "/open311/v2/requests/%s.json", ticket);
    request = item(bottle_get(&bottle, path), 0);
    assert_string_equal(json_string_value(json_object_get(request, "status")), "open");
    assert_string_equal(
        json_string_value(json_object_get(request, "requested_datetime")), "2026-03-02T03:00:00Z");
    json_decref(request);
    snprintf(path, sizeof path, "/open311/v2/tokens/%s.xml", ticket);
    assert_non_null(strstr(bottle_get(&bottle, path)->body, "<service_request_id>"));
    answer = bottle_get(&bottle, "/open311/v2/requests.json"); /* nobody gets a list */
    assert_memory_equal(answer->body, "[]", 2);
    answer = create(&bottle, form, "xml");
    assert_non_null(strstr(answer->body, "<service_requests><request><service_request_id>2603"));
    fixture_close(&bottle.fixture);
}

static void refuses_in_its_own_words(void **state) {
    (void)state;
    static const struct {
        const char *form;
        unsigned status;
    } cases[] = {
        {"description=x&lat=1&long=1", 400},
        {"service_code=nothing&description=x&lat=1&long=1", 404},
        {"service_code=%s&lat=1&long=1", 400},
        {"service_code=%s&description=x", 400},
        {"service_code=%s&description=x&lat=1", 400},
        {"service_code=%s&description=x&lat=91&long=1", 400},
        {"service_code=%s&description=x&lat=1&long=abc", 400},
        {"service_code=%s&description=x&address_string=Wlingi", 200},
        {"service_code=%s&description=%%FF&lat=1&long=1", 400},
    };
    struct bottle bottle = bottle_open(false);
    char code[64], form[256];
    sscanf(form_of(&bottle), "service_code=%63[^&]", code);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(form, sizeof form, cases[i].form, code);
        const struct answer *answer = create(&bottle, form, i % 2 ? "xml" : "json");
        if (answer->status != cases[i].status)
            fail_msg("case %zu: %u %s", i, answer->status, (const char *)answer->body);
        if (answer->status != 200)
            assert_non_null(strstr(answer->body, i % 2 ? "<errors><error><code>4" : "[{\"code\":4"));
    }
    char body[1024]; /* as a client with a picture sends it */
    snprintf(body, sizeof body,
        "--b\r\nContent-Disposition: form-data; name=\"api_key\"\r\n\r\n%s\r\n--b\r\nContent-Disposition: "
        "form-data; "
        "name=\"service_code\"\r\n\r\n%s\r\n--b\r\nContent-Disposition: form-data; "
        "name=\"address_string\"\r\n\r\nWlingi\r\n"
        "--b\r\nContent-Disposition: form-data; name=\"description\"\r\n\r\nNenek sakit\r\n--b--",
        bottle.bearer + 7, code);
    const struct answer *many = fixture_request(
        bottle.fixture, &(struct fixture_request){.method = "POST",
                            .path = "/open311/v2/requests.json",
                            .body = body,
                            .headers = {{"Content-Type", "multipart/form-data; boundary=b"}}});
    assert_int_equal(many->status, 200);
    strcpy(bottle.bearer + 7, "wrong");
    snprintf(form, sizeof form, "service_code=%s&description=x&lat=1&long=1", code);
    assert_int_equal(create(&bottle, form, "json")->status, 403);
    assert_int_equal(bottle_reports(&bottle), 2);
    fixture_close(&bottle.fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_the_kinds_as_services),
        cmocka_unit_test(takes_a_request_and_tells_how_it_stands),
        cmocka_unit_test(refuses_in_its_own_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
