/* A triage daemon with keys of its own, and reports sealed as intake seals them. */
#pragma once

#include "services/triage/state.h"
#include "services/triage/triage.h"
#include "tests/fixture/engine_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SHACKLED                                                                                             \
    "Tetangga saya di Watulimo Trenggalek dipasung bapaknya, kakinya dirantai di kandang belakang rumah"
#define BEATEN                                                                                               \
    "tolong cepat, anak tetangga umur 6 tahun sedang dipukuli bapaknya pakai sabuk sampai berdarah di "      \
    "Lowokwaru kota Malang"
#define PRESS "rezim ini memasung kebebasan pers, wartawan dibungkam. lawan!"
#define PLANTED "Bu Sumiatiningrum"

struct world {
    char folder[64];
    struct fixture *fixture;
    struct keystore *keys;
    struct seal_session *session;
    struct arena *arena;
    unsigned reports;
    double latitude, longitude; /* of the next report */
};

static inline int set_up(void **state) {
    struct world *world = calloc(1, sizeof *world);
    struct error error = {0};
    char keys[80];
    const char *const daemons[] = {"triage", NULL};
    strcpy(world->folder, "/tmp/sigap-triage-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    snprintf(keys, sizeof keys, "%s/keys", world->folder);
    assert_true(keystore_create(keys, daemons, &random_real, &error));
    assert_true(keystore_load(keys, NULL, KEYSTORE_PUBLIC | KEYSTORE_HASH, &world->keys, &error));
    world->session = seal_session_new(keystore_site_public(world->keys), &random_real, 1, &error);
    world->arena = arena_new(8 << 20);
    world->fixture = fixture_open(
        &(struct fixture_options){.daemon = &triage_daemon, .data_dir = world->folder, .on_disk = true});
    *state = world;
    return 0;
}

static inline int tear_down(void **state) {
    struct world *world = *state;
    char command[96];
    fixture_close(&world->fixture);
    seal_session_free(&world->session);
    keystore_free(&world->keys);
    arena_free(&world->arena);
    snprintf(command, sizeof command, "rm -rf %s", world->folder);
    assert_int_equal(system(command), 0);
    free(world);
    return 0;
}

static inline void seal(struct world *world, const struct id *id, const char *text, Sigap__Sealed *out) {
    Sigap__ReportContent content = SIGAP__REPORT_CONTENT__INIT;
    struct sealed_report sealed;
    uint8_t plain[4096];
    content.text = (char *)text;
    content.located = world->latitude != 0;
    content.latitude = world->latitude;
    content.longitude = world->longitude;
    size_t size = sigap__report_content__pack(&content, plain);
    assert_true(seal_report(
        world->session, &(struct seal_place){*id, "content", 0}, plain, size, world->arena, &sealed));
    out->session = sealed.session;
    out->key = sealed.wrapped_key;
    out->data = sealed.ciphertext;
}

/* One report as intake passes it on. */
struct message {
    const char *text;
    uint8_t hash;     /* tells copies of one text; 0 for none */
    uint8_t reporter; /* 0: anonymous */
    const struct id *amends;
    const char *relation;
    bool urgent, forwarded, training, taken_on;
    double latitude, longitude; /* 0: none */
};

static inline struct id send(struct world *world, const struct message *message) {
    static uint8_t content_hash[SEAL_HASH_BYTES], reporter[SEAL_HASH_BYTES];
    struct id id = fixture_id(world->fixture);
    Sigap__ReportReceived received = SIGAP__REPORT_RECEIVED__INIT;
    Sigap__Sealed content = SIGAP__SEALED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    world->latitude = message->latitude;
    world->longitude = message->longitude;
    seal(world, &id, message->text, &content);
    memset(content_hash, message->hash, sizeof content_hash);
    memset(reporter, message->reporter, sizeof reporter);
    received.report_id = (ProtobufCBinaryData){ID_BYTES, id.bytes};
    received.content = &content;
    received.received_at = fixture_now(world->fixture);
    received.urgent = message->urgent;
    received.forwarded = message->forwarded;
    received.taken_on = message->taken_on;
    if (message->hash)
        received.content_hash = (ProtobufCBinaryData){sizeof content_hash, content_hash};
    if (message->reporter)
        received.reporter = (ProtobufCBinaryData){sizeof reporter, reporter};
    if (message->amends) {
        received.amends = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)message->amends->bytes};
        received.relation = (char *)message->relation;
    }
    event.body_case = SIGAP__EVENT__BODY_REPORT_RECEIVED;
    event.report_received = &received;
    event.trace = received.report_id;
    event.training = message->training;
    fixture_event(world->fixture, "intake", LANE_NORMAL, &event);
    fixture_turn(world->fixture);
    arena_reset(world->arena);
    world->reports++;
    return id;
}

static inline struct id report(struct world *world, const char *text, uint8_t hash) {
    return send(world, &(struct message){.text = text, .hash = hash});
}

static inline size_t settled(struct world *world) {
    return fixture_count(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED) +
           fixture_count(world->fixture, SIGAP__EVENT__BODY_REPORT_JOINED) +
           fixture_count(world->fixture, SIGAP__EVENT__BODY_REPORT_IN_REVIEW) +
           fixture_count(world->fixture, SIGAP__EVENT__BODY_REPORT_CLOSED);
}
