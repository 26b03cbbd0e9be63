/* What the tests of intake share: the daemon in a bottle with one bot that may send. */
#pragma once

#include "proto/intake.pb-c.h"
#include "services/intake/intake.h"
#include "services/intake/state.h"
#include "tests/fixture/engine_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAYBE_UNUSED __attribute__((unused))

struct bottle {
    struct fixture *fixture;
    char bearer[128]; /* "Bearer sigap_..." of bot-a */
};

static char *const bottle_roles[] = {(char *)"administrator"};

/* An order or question of an administrator; the caller's to json_decref. */
/* What an administrator sees of a list, the caller's (json_decref). */
MAYBE_UNUSED static json_t *bottle_list(struct fixture *fixture, const char *name, uint32_t limit) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__ListView list = SIGAP__LIST_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    unsigned status;
    actor.roles = (char **)(void *)bottle_roles;
    actor.n_roles = 1;
    list.name = (char *)name;
    list.limit = limit;
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &list;
    json_t *json = fixture_view(fixture, &view, &status);
    assert_int_equal(status, 200);
    return json;
}

MAYBE_UNUSED static json_t *bottle_control(
    struct fixture *fixture, const char *action, const char *argument, unsigned *status) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__ControlView control = SIGAP__CONTROL_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    actor.account = (char *)"siti";
    actor.roles = (char **)(void *)bottle_roles;
    actor.n_roles = 1;
    control.action = (char *)action;
    control.argument = (char *)argument;
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_CONTROL;
    view.control = &control;
    return fixture_view(fixture, &view, status);
}

MAYBE_UNUSED static void bottle_issue(struct fixture *fixture, const char *order, char bearer[128]) {
    unsigned status;
    json_t *json = bottle_control(fixture, "token.issue", order, &status);
    assert_int_equal(status, 200);
    snprintf(bearer, 128, "Bearer %s", json_string_value(json_object_get(json, "token")));
    json_decref(json);
}

MAYBE_UNUSED static struct bottle bottle_open(bool on_disk) {
    struct bottle bottle = {.fixture = fixture_open(&(struct fixture_options){
                                .daemon = &intake_daemon, .seed = 7, .on_disk = on_disk})};
    bottle_issue(bottle.fixture, "bot-a", bottle.bearer);
    fixture_forget(bottle.fixture);
    return bottle;
}

/* key: Idempotency-Key, NULL without. NULL when it was not taken or not answered. */
MAYBE_UNUSED static const struct answer *bottle_post(
    struct bottle *bottle, const char *body, const char *key) {
    struct fixture_request request = {.method = "POST",
        .path = "/v1/reports",
        .body = body,
        .headers = {{"Authorization", bottle->bearer}, {"Content-Type", "application/json"},
            {key ? "Idempotency-Key" : NULL, key}}};
    return fixture_request(bottle->fixture, &request);
}

MAYBE_UNUSED static const struct answer *bottle_get(struct bottle *bottle, const char *path) {
    struct fixture_request request = {.method = "GET", .path = path};
    return fixture_request(bottle->fixture, &request);
}

MAYBE_UNUSED static const char *bottle_header(const struct answer *answer, const char *name) {
    for (size_t i = 0; i < answer->header_count; i++)
        if (strcmp(answer->headers[i].name, name) == 0)
            return answer->headers[i].value;
    return NULL;
}

/* A text member of the answer's JSON, copied into one of four places; "" when it is not there. */
MAYBE_UNUSED static const char *bottle_member(const struct answer *answer, const char *name) {
    static char places[4][256];
    static unsigned next;
    char *place = places[next++ % 4];
    json_t *json = json_loadb(answer->body, answer->body_size, 0, NULL);
    if (!json)
        fail_msg("the answer is no JSON: %s", (const char *)answer->body);
    const char *text = json_string_value(json_object_get(json, name));
    snprintf(place, sizeof places[0], "%s", text ? text : "");
    json_decref(json);
    return place;
}

/* Posts and expects to be taken; the ticket, in one of four places. */
MAYBE_UNUSED static const char *bottle_ticket(struct bottle *bottle, const char *body, const char *key) {
    const struct answer *answer = bottle_post(bottle, body, key);
    assert_non_null(answer);
    if (answer->status != 202)
        fail_msg("answered %u: %s", answer->status, (const char *)answer->body);
    return bottle_member(answer, "ticket");
}

MAYBE_UNUSED static const struct fixture_record *bottle_last(struct bottle *bottle) {
    return fixture_last(bottle->fixture, SIGAP__EVENT__BODY_REPORT_RECEIVED);
}

MAYBE_UNUSED static size_t bottle_reports(struct bottle *bottle) {
    return fixture_count(bottle->fixture, SIGAP__EVENT__BODY_REPORT_RECEIVED);
}

/* What a report says, opened with the site's secret as triage would. The caller frees it. */
MAYBE_UNUSED static Sigap__ReportContent *bottle_content(const Sigap__ReportReceived *report) {
    struct keystore *keystore;
    struct error error = {""};
    const struct daemon_setup setup = {.data_dir = "/nonexistent", .simulated = true, .random = &random_real};
    assert_true(daemon_keys(&setup, "triage", KEYSTORE_SECRET, &keystore, &error));
    struct seal_opener *opener = seal_opener_new(keystore_site_secret(keystore));
    struct arena *arena = arena_new(1 << 20);
    struct seal_place place = {.field = "content"};
    ProtobufCBinaryData plain;
    id_from_bytes(report->report_id.data, report->report_id.len, &place.record);
    const struct sealed_report sealed = {
        report->content->session, report->content->key, report->content->data};
    assert_int_equal(seal_open_report(opener, &place, &sealed, arena, &plain), SEAL_OPENED);
    Sigap__ReportContent *content = sigap__report_content__unpack(NULL, plain.len, plain.data);
    assert_non_null(content);
    arena_free(&arena);
    seal_opener_free(&opener);
    keystore_free(&keystore);
    return content;
}
