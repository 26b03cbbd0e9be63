/* What the console's tests share: an account, a session, requests in its name, the other daemons' answers. */
#pragma once

#include "accounts.h"
#include "console.h"
#include "exchange.h"
#include "passwords.h"
#include "reading.h"
#include "state.h"
#include "tests/fixture/engine_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

struct desk {
    struct fixture *fixture;
    const struct answer *answer; /* the last that left, also of a request that waited */
    char cookie[128], csrf[64];
    char password[PASSWORD_MADE + 1]; /* of the last account made */
};

static inline struct desk desk_open(void) {
    struct desk desk = {.fixture = fixture_open(&(struct fixture_options){.daemon = &console_daemon})};
    /* The fixture keeps every answer in the same place, also those that come later. */
    desk.answer = fixture_request(desk.fixture, &(struct fixture_request){.method = "GET", .path = "/"});
    assert_non_null(desk.answer);
    return desk;
}

static inline void desk_close(struct desk *desk) {
    fixture_close(&desk->fixture);
}

static inline const char *desk_header(const struct desk *desk, const char *name) {
    for (size_t i = 0; i < desk->answer->header_count; i++)
        if (strcasecmp(desk->answer->headers[i].name, name) == 0)
            return desk->answer->headers[i].value;
    return NULL;
}

/* Asks in the name of who is signed in. False: no answer yet. extra: one more header. */
static inline bool desk_ask(
    struct desk *desk, const char *method, const char *path, const char *body, const char *const extra[2]) {
    char copy[512], *query = NULL;
    snprintf(copy, sizeof copy, "%s", path);
    if ((query = strchr(copy, '?')))
        *query++ = 0;
    struct fixture_request request = {.method = method,
        .path = copy,
        .query = query,
        .body = body,
        .headers = {
            {"Content-Type", "application/json"}, {"Cookie", desk->cookie}, {"X-CSRF-Token", desk->csrf}}};
    if (extra) {
        int at = strcasecmp(extra[0], "Content-Type") == 0 ? 0 : 3;
        request.headers[at][0] = extra[0];
        request.headers[at][1] = extra[1];
    }
    return fixture_request(desk->fixture, &request) != NULL;
}

static inline unsigned desk_get(struct desk *desk, const char *path) {
    return desk_ask(desk, "GET", path, NULL, NULL) ? desk->answer->status : 0;
}

static inline unsigned desk_post(struct desk *desk, const char *path, const char *body) {
    return desk_ask(desk, "POST", path, body, NULL) ? desk->answer->status : 0;
}

static inline json_t *desk_json(const struct desk *desk) {
    json_t *json = json_loadb(desk->answer->body, desk->answer->body_size, 0, NULL);
    if (!json)
        fail_msg("the answer is no JSON: %s", (const char *)desk->answer->body);
    return json;
}

/* A member of the answer as text; lives in a ring of 4. */
static inline const char *desk_member(const struct desk *desk, const char *key) {
    static char ring[4][512];
    static unsigned next;
    json_t *json = desk_json(desk), *value = json_object_get(json, key);
    char *text = ring[next++ % 4];
    if (json_is_string(value))
        snprintf(text, 512, "%s", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(text, 512, "%lld", (long long)json_integer_value(value));
    else
        snprintf(text, 512, "%s", json_is_true(value) ? "true" : json_is_false(value) ? "false" : "");
    json_decref(json);
    return text;
}

/* ---- accounts ---- */

static inline unsigned desk_control_as(
    struct desk *desk, const char *role, const char *action, const char *argument) {
    char *roles[] = {(char *)role};
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__ControlView control = SIGAP__CONTROL_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    unsigned status;
    actor.account = (char *)"root";
    actor.roles = roles;
    actor.n_roles = 1;
    control.action = (char *)action;
    control.argument = (char *)argument;
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_CONTROL;
    view.control = &control;
    json_t *json = fixture_view(desk->fixture, &view, &status);
    const char *password = json_string_value(json_object_get(json, "password"));
    if (password)
        snprintf(desk->password, sizeof desk->password, "%s", password);
    json_decref(json);
    return status;
}

static inline unsigned desk_control(struct desk *desk, const char *action, const char *argument) {
    return desk_control_as(desk, "administrator", action, argument);
}

/* What the thread pool would do with the oldest effect. hash: the new one, NULL for none. */
static inline void desk_spoken(struct desk *desk, uint32_t kind, int outcome, const char *hash) {
    const struct effect *effect = fixture_effect_take(desk->fixture);
    assert_non_null(effect);
    assert_int_equal(effect->kind, kind);
    const struct password_job *job = effect->what;
    struct password_result *bytes = calloc(1, sizeof *bytes);
    memcpy(bytes->account, job->account, sizeof bytes->account);
    memcpy(bytes->before, job->hash, sizeof bytes->before);
    if (hash)
        snprintf(bytes->hash, sizeof bytes->hash, "%s", hash);
    struct effect_result result = {
        .id = effect->id, .kind = kind, .outcome = outcome, .bytes = bytes, .size = sizeof *bytes};
    fixture_effect_finish(desk->fixture, &result);
}

/* Makes the account and signs in. */
static inline unsigned desk_login(struct desk *desk, const char *account, const char *password, int outcome) {
    char body[256];
    snprintf(body, sizeof body, "{\"account\":\"%s\",\"password\":\"%s\"}", account, password);
    unsigned status = desk_post(desk, "/api/login", body);
    if (status)
        return status;
    desk_spoken(desk, EFFECT_VERIFY, outcome, NULL);
    if (desk->answer->status == 200) {
        const char *cookie = desk_header(desk, "Set-Cookie");
        assert_non_null(cookie);
        snprintf(desk->cookie, sizeof desk->cookie, "%.*s", (int)strcspn(cookie, ";"), cookie);
        snprintf(desk->csrf, sizeof desk->csrf, "%s", desk_member(desk, "csrf"));
    }
    return desk->answer->status;
}

static inline struct desk desk_signed_in(const char *argument) {
    struct desk desk = desk_open();
    char name[ACCOUNT_NAME_MAX + 1];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(argument, " "), argument);
    assert_int_equal(desk_control(&desk, "account.create", argument), 200);
    desk_spoken(&desk, EFFECT_HASH, 1, "$argon2id$hardened");
    assert_int_equal(desk_login(&desk, name, desk.password, 1), 200);
    return desk;
}

/* ---- other daemons ---- */

/* The oldest question: which daemon, and what. The view is the caller's (sigap__view__free_unpacked). */
static inline Sigap__View *desk_question(struct desk *desk, char daemon[16], struct id *id, uint32_t *kind) {
    const struct effect *effect = fixture_effect_take(desk->fixture);
    if (!effect)
        return NULL;
    assert_true(effect->kind >= EFFECT_ASK);
    const struct reading_question *question = effect->what;
    memcpy(daemon, question->daemon, 16);
    *id = effect->id;
    *kind = effect->kind;
    Sigap__View *view = sigap__view__unpack(NULL, question->size, question->frame);
    assert_non_null(view);
    assert_int_equal(view->number, question->number);
    return view;
}

static inline void desk_tell(
    struct desk *desk, const struct id *id, uint32_t kind, unsigned status, const char *json) {
    Sigap__ViewAnswer answer = SIGAP__VIEW_ANSWER__INIT;
    answer.status = status;
    answer.json.data = (uint8_t *)(uintptr_t)json;
    answer.json.len = json ? strlen(json) : 0;
    struct effect_result result = {.id = *id, .kind = kind, .outcome = (int)status};
    result.size = sigap__view_answer__get_packed_size(&answer);
    result.bytes = malloc(result.size + 1);
    sigap__view_answer__pack(&answer, result.bytes);
    fixture_effect_finish(desk->fixture, &result);
}

/* Answers the oldest question, which must be for this daemon. */
static inline void desk_daemon_says(
    struct desk *desk, const char *expected, unsigned status, const char *json) {
    char daemon[16];
    struct id id;
    uint32_t kind = 0;
    Sigap__View *view = desk_question(desk, daemon, &id, &kind);
    assert_non_null(view);
    assert_string_equal(daemon, expected);
    sigap__view__free_unpacked(view, NULL);
    desk_tell(desk, &id, kind, status, json);
}

static inline void desk_command_answered(
    struct desk *desk, const Sigap__CommandIssued *issued, unsigned status, const char *sentence) {
    Sigap__CommandAnswered answered = SIGAP__COMMAND_ANSWERED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    answered.command_id = issued->command_id;
    answered.accepted = status < 300;
    answered.status = status;
    answered.sentence = (char *)(uintptr_t)sentence;
    answered.version = 7;
    event.body_case = SIGAP__EVENT__BODY_COMMAND_ANSWERED;
    event.command_answered = &answered;
    fixture_event(desk->fixture, "router", LANE_URGENT, &event);
    fixture_turn(desk->fixture);
}

static inline const Sigap__CommandIssued *desk_issued(struct desk *desk) {
    const struct fixture_record *record = fixture_last(desk->fixture, SIGAP__EVENT__BODY_COMMAND_ISSUED);
    assert_non_null(record);
    assert_int_equal(record->lane, LANE_URGENT);
    return record->event->command_issued;
}
