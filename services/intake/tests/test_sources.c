/* What every source must do, whoever wrote it: each row of the table goes through the same questions. */
#include "services/intake/source.h"
#include "services/intake/tests/intake_bottle.h"

static void each_has_a_name_and_a_route_of_its_own(void **state) {
    (void)state;
    assert_non_null(intake_sources[0]);
    for (size_t i = 0; intake_sources[i]; i++) {
        assert_true(intake_sources[i]->name && *intake_sources[i]->name);
        assert_non_null(intake_sources[i]->routes[0]);
        assert_non_null(intake_sources[i]->on_request);
        for (size_t k = 0; intake_sources[i]->routes[k]; k++) {
            const char *route = intake_sources[i]->routes[k];
            assert_int_equal(route[0], '/');
            for (size_t other = 0; intake_sources[other]; other++)
                for (size_t m = 0; intake_sources[other]->routes[m]; m++)
                    if ((other != i || m != k) && strcmp(route, intake_sources[other]->routes[m]) == 0)
                        fail_msg("%s and %s both own %s", intake_sources[i]->name,
                            intake_sources[other]->name, route);
        }
    }
}

/* A route with something in place of its stars. */
static void path_of(const char *route, char path[256]) {
    size_t used = 0;
    for (; *route && used < 250; route++)
        path[used++] = *route == '*' ? 'x' : *route;
    path[used] = 0;
}

static void strangers_leave_no_trace(void **state) {
    (void)state;
    static const char *const bodies[] = {"", "{}", "{\"source\":\"a\",\"text\":\"tolong, dia pegang pisau\"}",
        "text=tolong&from=1", "<xml/>", "\xff\xfe\x00", "[[[[[[[[[[[[[[[[[[[[[[[[[["};
    static const char *const types[] = {
        NULL, "application/json", "application/x-www-form-urlencoded", "text/xml"};
    static const char *const methods[] = {"GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS"};
    struct bottle bottle = bottle_open(false);
    for (size_t i = 0; intake_sources[i]; i++)
        for (size_t k = 0; intake_sources[i]->routes[k]; k++)
            for (size_t m = 0; m < 6; m++)
                for (size_t n = 0; n < 7 * 4; n++) {
                    char path[256];
                    path_of(intake_sources[i]->routes[k], path);
                    struct fixture_request request = {.method = methods[m],
                        .path = path,
                        .body = bodies[n % 7],
                        .headers = {{types[n / 7] ? "Content-Type" : NULL, types[n / 7]}}};
                    const struct answer *answer = fixture_request(bottle.fixture, &request);
                    bool reading = strcmp(methods[m], "GET") == 0 || strcmp(methods[m], "HEAD") == 0;
                    if (!answer || answer->status < (reading ? 200 : 400) || answer->status > 499)
                        fail_msg("%s %s: %u", methods[m], path, answer ? answer->status : 0);
                }
    assert_int_equal(bottle_reports(&bottle), 0);
    fixture_close(&bottle.fixture);
}

/* A webhook without the conformance suite would be a promise nobody has looked at. */
static void each_webhook_is_enrolled(void **state) {
    (void)state;
    for (size_t i = 0; intake_sources[i]; i++) {
        char path[512], text[8192];
        snprintf(path, sizeof path, SIGAP_SOURCE_DIR "/services/intake/tests/test_source_%s.c",
            intake_sources[i]->name);
        FILE *file = fopen(path, "r");
        if (!file)
            fail_msg("%s is not there", path);
        bool enrolled = false;
        while (fgets(text, sizeof text, file))
            enrolled |= strstr(text, "CONFORMANCE_TESTS") != NULL;
        fclose(file);
        if (intake_sources[i]->hook && !enrolled)
            fail_msg("%s does not run CONFORMANCE_TESTS", path);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_webhook_is_enrolled),
        cmocka_unit_test(each_has_a_name_and_a_route_of_its_own),
        cmocka_unit_test(strangers_leave_no_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
