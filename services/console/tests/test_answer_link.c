/* Links in messages: shown by GET, answered only by POST. */
#include "desk.h"

#define TOKEN "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdEfGhIjKlMnOpQrStUvWxYz"
static const char link[] = "/a/" TOKEN;

static unsigned post_form(struct desk *desk, const char *form) {
    const char *const type[2] = {"Content-Type", "application/x-www-form-urlencoded"};
    return desk_ask(desk, "POST", link, form, type) ? desk->answer->status : 0;
}

static void looking_never_answers(void **state) {
    (void)state;
    static const char *const methods[] = {"GET", "HEAD"};
    struct desk desk = desk_open();
    for (int i = 0; i < 2; i++) {
        assert_false(desk_ask(&desk, methods[i], link, NULL, NULL));
        desk_daemon_says(&desk, "notifier", 200,
            "{\"state\":\"open\",\"kind_name\":\"<b>pasung\",\"priority\":\"P0\",\"action\":\"accept\","
            "\"opened_at\":1772420400000}");
        assert_int_equal(desk.answer->status, 200);
    }
    const char *page = desk.answer->body;
    assert_non_null(strstr(page, "method=\"post\""));
    assert_non_null(strstr(page, "value=\"accept\""));
    assert_non_null(strstr(page, "2026-03-02 10:00 WIB"));
    assert_null(strstr(page, "<b>"));
    assert_non_null(strstr(page, "&lt;b&gt;pasung"));
    assert_null(strstr(page, "<script"));
    assert_int_equal(fixture_count(desk.fixture, SIGAP__EVENT__BODY_COMMAND_ISSUED), 0);
    desk_close(&desk);
}

/* What the notifier says of an alert, and whether a button is left. */
static void the_button_goes_when_it_is_of_no_use(void **state) {
    (void)state;
    static const struct {
        const char *state, *action;
        bool button;
    } cases[] = {{"open", "accept", true}, {"exhausted", "accept", true}, {"answered", "accept", false},
        {"answered", "snooze", false}, {"answered", "done", true}, {"answered", "cannot", true},
        {"stood-down", "done", false}, {"open", "delete", false}};
    struct desk desk = desk_open();
    char json[256];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool answered = strcmp(cases[i].state, "answered") == 0;
        snprintf(json, sizeof json, "{\"state\":\"%s\",\"action\":\"%s\"%s}", cases[i].state, cases[i].action,
            answered ? ",\"answered\":{\"at\":1772420400000,\"team\":\"trc-35.07\"}" : "");
        assert_int_equal(desk_get(&desk, link), 0);
        desk_daemon_says(&desk, "notifier", 200, json);
        if ((strstr(desk.answer->body, "<form") != NULL) != cases[i].button)
            fail_msg("%s, %s", cases[i].state, cases[i].action);
        if (answered)
            assert_non_null(strstr(desk.answer->body, "trc-35.07"));
    }
    desk_close(&desk);
}

static void a_post_answers_without_login(void **state) {
    (void)state;
    struct desk desk = desk_open();
    assert_int_equal(post_form(&desk, "action=accept&id=01JM0000000000000000000000"), 0);
    const Sigap__CommandIssued *issued = desk_issued(&desk);
    assert_string_equal(issued->answer_alert->token, TOKEN);
    assert_string_equal(issued->answer_alert->action, "accept");
    assert_string_equal(issued->actor->account, "link");
    assert_int_equal(issued->actor->n_roles, 0);
    desk_command_answered(&desk, issued, 200, "Tercatat / Noted");
    assert_int_equal(desk.answer->status, 200);
    assert_non_null(strstr(desk.answer->body, "<p>Tercatat</p>"));
    /* A second touch on the same button is the same answer. */
    assert_int_equal(post_form(&desk, "action=accept&id=01JM0000000000000000000000"), 0);
    assert_int_equal(fixture_count(desk.fixture, SIGAP__EVENT__BODY_COMMAND_ISSUED), 1);
    fixture_advance(desk.fixture, WAIT_MS + WAIT_GRAIN_MS);
    assert_int_equal(desk.answer->status, 200);
    assert_int_equal(post_form(&desk, "action=cannot&id=01JM0000000000000000000000"), 409);
    desk_close(&desk);
}

static void who_comes_second_reads_who_was_first(void **state) {
    (void)state;
    struct desk desk = desk_open();
    assert_int_equal(post_form(&desk, "action=accept"), 0);
    desk_command_answered(&desk, desk_issued(&desk), 409, "Sudah ditangani TRC Malang 10:02 / Taken");
    assert_int_equal(desk.answer->status, 409);
    assert_non_null(strstr(desk.answer->body, "TRC Malang 10:02"));
    desk_close(&desk);
}

static void bad_links_and_forms(void **state) {
    (void)state;
    static const struct {
        const char *form;
        unsigned status;
    } forms[] = {{"action=explode", 400}, {"action=accept&id=nonsense", 400}, {"", 0}, {"action=accept", 0}};
    struct desk desk = desk_open();
    assert_int_equal(desk_get(&desk, "/a/AAAA%00AAAAAAAAAAAAAAAAAA"), 404);
    assert_int_equal(desk_get(&desk, "/a/AAAAAAAAAAAAAAAAAAAAAAAA/x"), 404);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (post_form(&desk, forms[i].form) != forms[i].status)
            fail_msg("%s: %u", forms[i].form, desk.answer->status);
    static char large[2000];
    memset(large, 'a', sizeof large - 1);
    assert_int_equal(post_form(&desk, large), 400);
    desk_close(&desk);
}

static void an_unknown_token_or_a_silent_notifier(void **state) {
    (void)state;
    struct desk desk = desk_open();
    assert_int_equal(desk_get(&desk, link), 0);
    desk_daemon_says(&desk, "notifier", 404, NULL);
    assert_int_equal(desk.answer->status, 404);
    assert_int_equal(desk_get(&desk, link), 0);
    fixture_advance(desk.fixture, WAIT_MS + WAIT_GRAIN_MS);
    assert_int_equal(desk.answer->status, 503);
    assert_non_null(strstr(desk.answer->body, "112"));
    assert_int_equal(post_form(&desk, "action=accept"), 0);
    fixture_advance(desk.fixture, WAIT_MS + WAIT_GRAIN_MS);
    assert_int_equal(desk.answer->status, 202);
    desk_close(&desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_never_answers),
        cmocka_unit_test(the_button_goes_when_it_is_of_no_use),
        cmocka_unit_test(a_post_answers_without_login),
        cmocka_unit_test(who_comes_second_reads_who_was_first),
        cmocka_unit_test(bad_links_and_forms),
        cmocka_unit_test(an_unknown_token_or_a_silent_notifier),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
