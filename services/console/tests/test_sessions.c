/* Accounts, signing in, staying signed in. */
#include "desk.h"

#include "console_sql.h"
#include "throttle.h"

#define HOUR INT64_C(3600000)

static void the_page_needs_no_login(void **state) {
    (void)state;
    struct desk desk = desk_open();
    assert_int_equal(desk_get(&desk, "/"), 200);
    assert_string_equal(desk.answer->content_type, "text/html; charset=utf-8");
    assert_non_null(strstr(desk_header(&desk, "Content-Security-Policy"), "default-src 'self'"));
    assert_string_equal(desk_header(&desk, "X-Content-Type-Options"), "nosniff");
    char etag[64];
    snprintf(etag, sizeof etag, "%s", desk_header(&desk, "ETag"));
    assert_true(desk_ask(&desk, "GET", "/", NULL, (const char *const[2]){"If-None-Match", etag}));
    assert_int_equal(desk.answer->status, 304);
    assert_int_equal(desk.answer->body_size, 0);
    assert_true(desk_ask(&desk, "HEAD", "/", NULL, NULL));
    assert_int_equal(desk.answer->status, 200);
    desk_close(&desk);
}

static void wrong_doors(void **state) {
    (void)state;
    static const struct {
        const char *method, *path;
        unsigned status;
        const char *allow;
    } cases[] = {
        {"GET", "/nothing", 404, NULL},
        {"GET", "/api/nothing", 404, NULL},
        {"GET", "/api/login", 405, "POST"},
        {"DELETE", "/api/cases", 405, "GET, HEAD"},
        {"POST", "/", 404, NULL},
        {"GET", "/api/me", 401, NULL},
        {"HEAD", "/api/me", 401, NULL},
        {"GET", "/api/live", 401, NULL},
        {"GET", "/api/cases/01JM0000000000000000000000", 401, NULL},
        {"POST", "/api/offers/01JM0000000000000000000000/accept", 401, NULL},
        {"POST", "/api/logout", 401, NULL},
        {"GET", "/a/short", 404, NULL},
        {"PUT", "/a/AAAAAAAAAAAAAAAAAAAAAAAA", 405, "GET, HEAD, POST"},
    };
    struct desk desk = desk_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!desk_ask(&desk, cases[i].method, cases[i].path, "{}", NULL))
            fail_msg("%s %s: not answered", cases[i].method, cases[i].path);
        if (desk.answer->status != cases[i].status)
            fail_msg("%s %s: %u", cases[i].method, cases[i].path, desk.answer->status);
        if (cases[i].allow)
            assert_string_equal(desk_header(&desk, "Allow"), cases[i].allow);
    }
    assert_int_equal(fixture_effect_count(desk.fixture), 0);
    desk_close(&desk);
}

static void accounts_are_made_by_administrators(void **state) {
    (void)state;
    static const struct {
        const char *argument;
        unsigned status;
    } cases[] = {
        {"sari responder TRC 35.07,35.73 -", 200},
        {"wati coordinator - 35.01,35.02,35.03,35.04,35.05,35.06,35.07,35.08 -", 200},
        {"wita coordinator - 35.01,35.02,35.03,35.04,35.05,35.06,35.07,35.08,35.09 -", 422},
        {"upti facility - - UPT-A,UPT-B,UPT-C,UPT-D,UPT-E", 422},
        {"sari responder TRC 35.07 -", 409},
        {"upt facility UPT - UPT-BLITAR", 200},
        {"duty operator,coordinator TRI,KOR * -", 200},
        {"root", 200},
        {"near coordinator KAB,PPA 35.15", 200},     /* a code of a lower class */
        {"chief administrator KOR *", 422},          /* an administrator looks after machines, not cases */
        {"Sari2 responder TRC 35.07 -", 422},        /* capital letters */
        {"x responder", 422},                        /* too short */
        {"budi god", 422},                           /* no such class */
        {"budi responder KOR 35 -", 422},            /* a coordinator's code without the class */
        {"budi responder POL 35 -", 422},            /* the police have no account */
        {"budi responder TRC 3507 -", 422},          /* no area */
        {"budi responder TRC 35 UPT\"", 422},        /* no facility */
        {"budi facility UPT 35.07 UPT-BLITAR", 422}, /* an area, which the class alone does not have */
        {"", 422},
    };
    struct desk desk = desk_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned status = desk_control(&desk, "account.create", cases[i].argument);
        if (status != cases[i].status)
            fail_msg("\"%s\": %u", cases[i].argument, status);
    }
    assert_int_equal(desk_control_as(&desk, "operator", "account.create", "mala responder - - -"), 403);
    assert_int_equal(desk_control(&desk, "account.nothing", "sari"), 404);
    assert_int_equal(desk_control(&desk, "account.disable", "nobody"), 404);
    desk_close(&desk);
}

static void the_list_of_accounts_holds_no_password(void **state) {
    (void)state;
    struct desk desk = desk_open();
    desk_control(&desk, "account.create", "sari responder TRC 35.07 -");
    char *roles[] = {(char *)"administrator"};
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__ListView list = SIGAP__LIST_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    unsigned status;
    actor.roles = roles;
    actor.n_roles = 1;
    list.name = (char *)"accounts";
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &list;
    json_t *json = fixture_view(desk.fixture, &view, &status);
    assert_int_equal(status, 200);
    assert_int_equal(json_array_size(json), 1);
    assert_null(json_object_get(json_array_get(json, 0), "password"));
    assert_string_equal(json_string_value(json_object_get(json_array_get(json, 0), "areas")), "35.07");
    json_decref(json);
    actor.n_roles = 0;
    json_decref(fixture_view(desk.fixture, &view, &status));
    assert_int_equal(status, 403);
    desk_close(&desk);
}

static void a_login_gives_a_cookie_and_a_token(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari responder TRC 35.07,35.73 -");
    const char *cookie = desk_header(&desk, "Set-Cookie");
    assert_int_equal(strncmp(cookie, "sigap_session=", 14), 0);
    assert_non_null(strstr(cookie, "; HttpOnly; SameSite=Strict"));
    assert_null(strstr(cookie, "Secure"));
    assert_string_equal(desk_member(&desk, "account"), "sari");
    assert_int_equal(desk_get(&desk, "/api/me"), 200);
    assert_string_equal(desk_member(&desk, "csrf"), desk.csrf);
    json_t *me = desk_json(&desk);
    assert_int_equal(json_array_size(json_object_get(me, "roles")), 2); /* responder, TRC */
    assert_int_equal(json_array_size(json_object_get(me, "areas")), 2);
    json_decref(me);
    desk_close(&desk);
}

static void over_tls_the_cookie_is_bound_to_the_host(void **state) {
    (void)state;
    struct desk desk = desk_open();
    desk_control(&desk, "account.create", "sari");
    desk_spoken(&desk, EFFECT_HASH, 1, "$argon2id$hardened");
    const char *const tls[2] = {"X-Forwarded-Proto", "https"};
    assert_false(desk_ask(&desk, "POST", "/api/login", "{\"account\":\"sari\",\"password\":\"x\"}", tls));
    desk_spoken(&desk, EFFECT_VERIFY, 1, NULL);
    assert_int_equal(strncmp(desk_header(&desk, "Set-Cookie"), "__Host-sigap_session=", 21), 0);
    assert_non_null(strstr(desk_header(&desk, "Set-Cookie"), "; Path=/;"));
    assert_non_null(strstr(desk_header(&desk, "Set-Cookie"), "; Secure"));
    desk_close(&desk);
}

static void a_wrong_password_is_refused_like_a_wrong_name(void **state) {
    (void)state;
    struct desk desk = desk_open();
    desk_control(&desk, "account.create", "sari");
    desk_spoken(&desk, EFFECT_HASH, 1, "$argon2id$hardened");
    assert_int_equal(desk_login(&desk, "sari", "wrong", 0), 401);
    char first[512];
    snprintf(first, sizeof first, "%s", (const char *)desk.answer->body);
    assert_null(desk_header(&desk, "Set-Cookie"));
    assert_int_equal(desk_login(&desk, "nobody", "wrong", 0), 401);
    assert_string_equal(first, (const char *)desk.answer->body);
    /* Even if the thread said yes for a name that does not exist. */
    assert_int_equal(desk_login(&desk, "nobody", "wrong", 1), 401);
    assert_int_equal(desk_login(&desk, "sari", "wrong", EFFECT_UNKNOWN), 503);
    desk_close(&desk);
}

static void guessing_is_slowed_down(void **state) {
    (void)state;
    struct desk desk = desk_open();
    desk_control(&desk, "account.create", "sari");
    desk_spoken(&desk, EFFECT_HASH, 1, "$argon2id$hardened");
    for (int i = 0; i < 5; i++)
        assert_int_equal(desk_login(&desk, "sari", "wrong", 0), 401);
    assert_int_equal(desk_login(&desk, "sari", "right", 1), 429);
    assert_string_equal(desk_header(&desk, "Retry-After"), "30");
    assert_int_equal(desk_login(&desk, "SARI", "right", 1), 429); /* the same account */
    fixture_advance(desk.fixture, 30000);
    assert_int_equal(desk_login(&desk, "sari", "right", 1), 200); /* and forgives */
    for (int i = 0; i < 4; i++)
        assert_int_equal(desk_login(&desk, "sari", "wrong", 0), 401);
    desk_close(&desk);
}

static void an_address_that_guesses_at_many_names_is_slowed_down(void **state) {
    (void)state;
    struct desk desk = desk_open();
    char name[16];
    for (int i = 0; i < 50; i++) {
        snprintf(name, sizeof name, "guess%d", i);
        assert_int_equal(desk_login(&desk, name, "wrong", 0), 401);
    }
    assert_int_equal(desk_login(&desk, "another", "wrong", 0), 429);
    fixture_advance(desk.fixture, 15 * 60000);
    assert_int_equal(desk_login(&desk, "another", "wrong", 0), 401);
    desk_close(&desk);
}

static void sessions_end(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari");
    for (int i = 0; i < 15; i++) { /* used now and then: 11 h 15 min */
        fixture_advance(desk.fixture, 45 * 60000);
        assert_int_equal(desk_post(&desk, "/api/password", "{}"), 422);
    }
    fixture_advance(desk.fixture, 45 * 60000);
    assert_int_equal(desk_get(&desk, "/api/me"), 401); /* 12 h are over */

    assert_int_equal(desk_login(&desk, "sari", "x", 1), 200);
    fixture_advance(desk.fixture, HOUR - 1);
    assert_int_equal(desk_get(&desk, "/api/me"), 200); /* the page's own polling is no use */
    fixture_advance(desk.fixture, 1);
    assert_int_equal(desk_get(&desk, "/api/me"), 401);
    desk_close(&desk);
}

static void a_logout_ends_the_session(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari");
    assert_int_equal(desk_post(&desk, "/api/logout", "{}"), 204);
    assert_non_null(strstr(desk_header(&desk, "Set-Cookie"), "Max-Age=0"));
    assert_int_equal(desk_get(&desk, "/api/me"), 401);
    desk_close(&desk);
}

static void a_disabled_account_is_out_at_once(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari");
    assert_int_equal(desk_control(&desk, "account.disable", "sari"), 200);
    const Sigap__CommandIssued *order =
        fixture_last(desk.fixture, SIGAP__EVENT__BODY_COMMAND_ISSUED)->event->command_issued;
    assert_true(order->set_person->void_links); /* what was sent to them answers nothing, too */
    assert_string_equal(order->set_person->person, "sari");
    assert_int_equal(desk_get(&desk, "/api/me"), 401);
    assert_int_equal(desk_login(&desk, "sari", "right", 1), 401);
    assert_int_equal(desk_control(&desk, "account.enable", "sari"), 200);
    assert_int_equal(desk_login(&desk, "sari", "right", 1), 200);
    desk_close(&desk);
}

static void forged_requests_are_refused(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari");
    char good[64];
    snprintf(good, sizeof good, "%s", desk.csrf);
    for (int i = 0; i < 2; i++) {
        snprintf(desk.csrf, sizeof desk.csrf, "%s", i == 0 ? "" : "0123456789012345678901234567890a");
        assert_int_equal(desk_post(&desk, "/api/offers/01JM0000000000000000000000/accept", "{}"), 403);
    }
    snprintf(desk.csrf, sizeof desk.csrf, "%s", good);
    const char *const elsewhere[2] = {"Sec-Fetch-Site", "cross-site"};
    assert_true(desk_ask(&desk, "POST", "/api/offers/01JM0000000000000000000000/accept", "{}", elsewhere));
    assert_int_equal(desk.answer->status, 403);
    const char *const form[2] = {"Content-Type", "text/plain"};
    assert_true(desk_ask(&desk, "POST", "/api/offers/01JM0000000000000000000000/accept", "{}", form));
    assert_int_equal(desk.answer->status, 415);
    assert_int_equal(fixture_count(desk.fixture, SIGAP__EVENT__BODY_COMMAND_ISSUED), 0);
    desk_close(&desk);
}

static void another_password_ends_the_other_sessions(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari"), other = desk;
    assert_int_equal(desk_login(&desk, "sari", "x", 1), 200);
    assert_int_equal(desk_get(&other, "/api/me"), 200);
    assert_int_equal(desk_post(&desk, "/api/password", "{\"password\":\"old\",\"renewed\":\"short\"}"), 422);
    static const char body[] = "{\"password\":\"old one\",\"renewed\":\"a longer new one\"}";
    assert_int_equal(desk_post(&desk, "/api/password", body), 0);
    desk_spoken(&desk, EFFECT_CHANGE, 0, NULL);
    assert_int_equal(desk.answer->status, 401);
    assert_int_equal(desk_post(&desk, "/api/password", body), 0);
    desk_spoken(&desk, EFFECT_CHANGE, 1, "$argon2id$renewed");
    assert_int_equal(desk.answer->status, 204);
    assert_int_equal(desk_get(&other, "/api/me"), 401);
    assert_int_equal(desk_get(&desk, "/api/me"), 200);
    desk_close(&desk);
}

/* A password that was reset while somebody signed in with the old one must not come back by its rehash. */
static void a_late_rehash_does_not_bring_an_old_password_back(void **state) {
    (void)state;
    struct desk desk = desk_open();
    desk_control(&desk, "account.create", "sari");
    desk_spoken(&desk, EFFECT_HASH, 1, "$argon2id$first");
    assert_int_equal(desk_post(&desk, "/api/login", "{\"account\":\"sari\",\"password\":\"old\"}"), 0);
    desk_control(&desk, "account.password", "sari");
    desk_spoken(&desk, EFFECT_VERIFY, 1, "$argon2id$rehash-of-old");
    desk_spoken(&desk, EFFECT_HASH, 1, "$argon2id$second");
    assert_int_equal(desk_post(&desk, "/api/login", "{\"account\":\"sari\",\"password\":\"new\"}"), 0);
    const struct password_job *job = fixture_effect_take(desk.fixture)->what;
    assert_string_equal(job->hash, "$argon2id$second");
    desk_close(&desk);
}

static const char old_login[] = "{\"account\":\"sari\",\"password\":\"old\"}";

/* Whoever signs in with a stolen password in the second in which it is renewed stays outside. */
static void a_password_renewed_while_it_is_checked_lets_nobody_in(void **state) {
    (void)state;
    struct desk desk = desk_signed_in("sari");
    assert_int_equal(desk_post(&desk, "/api/login", old_login), 0);
    desk_control(&desk, "account.password", "sari");
    desk_spoken(&desk, EFFECT_VERIFY, 1, NULL);
    assert_int_equal(desk.answer->status, 401);
    assert_null(desk_header(&desk, "Set-Cookie"));
    desk_spoken(&desk, EFFECT_HASH, 1, "$argon2id$second");
    assert_int_equal(desk_login(&desk, "sari", desk.password, 1), 200);
    static const char change[] = "{\"password\":\"old\",\"renewed\":\"a longer new one\"}";
    assert_int_equal(desk_post(&desk, "/api/password", change), 0);
    assert_int_equal(desk_post(&desk, "/api/login", old_login), 0);
    desk_spoken(&desk, EFFECT_CHANGE, 1, "$argon2id$third");
    assert_int_equal(desk.answer->status, 204);
    desk_spoken(&desk, EFFECT_VERIFY, 1, NULL);
    assert_int_equal(desk.answer->status, 401);
    desk_close(&desk);
}

/* A better hash of the same password keeps nobody outside. */
static void a_password_hardened_while_it_is_checked_lets_in(void **state) {
    (void)state;
    struct desk desk = desk_open();
    desk_control(&desk, "account.create", "sari");
    assert_int_equal(desk_post(&desk, "/api/login", old_login), 0);
    desk_spoken(&desk, EFFECT_HASH, 1, "$argon2id$hardened");
    desk_spoken(&desk, EFFECT_VERIFY, 1, "$argon2id$rehash");
    assert_int_equal(desk.answer->status, 200);
    desk_close(&desk);
}

static void argon2_that_never_answers_is_answered(void **state) {
    (void)state;
    struct desk desk = desk_open();
    assert_int_equal(desk_post(&desk, "/api/login", "{\"account\":\"sari\",\"password\":\"x\"}"), 0);
    fixture_advance(desk.fixture, WAIT_PASSWORD_MS + WAIT_GRAIN_MS);
    assert_int_equal(desk.answer->status, 503);
    desk_spoken(&desk, EFFECT_VERIFY, 1, NULL); /* too late: nothing happens */
    assert_int_equal(desk.answer->status, 503);
    desk_close(&desk);
}

static void bodies_are_read_strictly(void **state) {
    (void)state;
    static const char *const bodies[] = {"", "{", "[]", "{\"account\":\"sari\"}",
        "{\"account\":\"sari\",\"password\":\"x\",\"admin\":true}",
        "{\"account\":\"sari\",\"account\":\"root\",\"password\":\"x\"}",
        "{\"account\":1,\"password\":\"x\"}"};
    struct desk desk = desk_open();
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        unsigned status = desk_post(&desk, "/api/login", bodies[i]);
        if (status != 400 && status != 422)
            fail_msg("%s: %u", bodies[i], status);
        assert_string_equal(desk.answer->content_type, "application/problem+json");
    }
    static char large[BODY_MAX + 2];
    memset(large, ' ', sizeof large - 1);
    assert_int_equal(desk_post(&desk, "/api/login", large), 413);
    assert_non_null(strstr(desk_member(&desk, "detail"), "64 KiB"));
    assert_int_equal(fixture_effect_count(desk.fixture), 0);
    desk_close(&desk);
}

static bool is_counted(struct store *store, const uint8_t key[16]) {
    struct statement *find = console_use(store, CONSOLE_ATTEMPT_FIND);
    bind_blob(find, key, 16);
    bool found = statement_step(find);
    statement_end(find);
    return found;
}

/* Whoever guesses from many places leaves many counts behind: they go a slice at a time. */
static void counts_of_tries_are_forgotten_in_slices(void **state) {
    (void)state;
    enum { TRIES = 2000 };
    struct desk desk = desk_open();
    struct store *store = fixture_store(desk.fixture);
    assert_true(store_begin(store));
    for (unsigned i = 0; i < TRIES; i++) {
        const uint8_t key[16] = {(uint8_t)(i >> 8), (uint8_t)i, 1};
        struct statement *set = console_use(store, CONSOLE_ATTEMPT_SET);
        bind_blob(set, key, sizeof key);
        bind_int(set, 1);
        bind_int(set, fixture_now(desk.fixture) - THROTTLE_WINDOW_MS);
        statement_run(set);
    }
    assert_int_equal(store_commit(store), STORE_OK);
    const uint8_t first[16] = {0, 0, 1}, last[16] = {(TRIES - 1) >> 8, (TRIES - 1) & 0xff, 1};
    fixture_advance(desk.fixture, 3600 * 1000 - fixture_now(desk.fixture) % (3600 * 1000) + 500);
    assert_false(is_counted(store, first));
    assert_true(is_counted(store, last));
    fixture_advance(desk.fixture, 10 * 1000);
    assert_false(is_counted(store, last));
    desk_close(&desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_needs_no_login),
        cmocka_unit_test(wrong_doors),
        cmocka_unit_test(accounts_are_made_by_administrators),
        cmocka_unit_test(the_list_of_accounts_holds_no_password),
        cmocka_unit_test(a_login_gives_a_cookie_and_a_token),
        cmocka_unit_test(over_tls_the_cookie_is_bound_to_the_host),
        cmocka_unit_test(a_wrong_password_is_refused_like_a_wrong_name),
        cmocka_unit_test(guessing_is_slowed_down),
        cmocka_unit_test(an_address_that_guesses_at_many_names_is_slowed_down),
        cmocka_unit_test(sessions_end),
        cmocka_unit_test(a_logout_ends_the_session),
        cmocka_unit_test(a_disabled_account_is_out_at_once),
        cmocka_unit_test(forged_requests_are_refused),
        cmocka_unit_test(another_password_ends_the_other_sessions),
        cmocka_unit_test(a_late_rehash_does_not_bring_an_old_password_back),
        cmocka_unit_test(a_password_renewed_while_it_is_checked_lets_nobody_in),
        cmocka_unit_test(a_password_hardened_while_it_is_checked_lets_in),
        cmocka_unit_test(argon2_that_never_answers_is_answered),
        cmocka_unit_test(bodies_are_read_strictly),
        cmocka_unit_test(counts_of_tries_are_forgotten_in_slices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
