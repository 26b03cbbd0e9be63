/* A daemon hears records that its neighbours never wrote. The input is read as a list of records: a byte that
 * says whose journal and which lane, two bytes of size, then that many bytes of an Event (the last one takes
 * what is left). Whatever they say, each is worked on, passed over or parked; the daemon goes on.
 *
 * The daemon lives on from input to input, as it does in life, and is replaced every so often. */
#pragma once

#include "common/inbox.h"
#include "tests/fixture/engine_fixture.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { RECORDS_MAX = 32, INPUTS_A_LIFE = 2000 };

static const char *const hear_journals[] = {"intake", "triage", "router", "casework", "notifier", "console"};

/* Only what protobuf-c can read gets past the engine; the rest is parked there, which common_rows and the
 * engine's own tests see to. */
static void hear_record(
    struct fixture *fixture, const struct daemon *daemon, uint8_t where, const uint8_t *bytes, size_t size) {
    const char *journal = hear_journals[(where >> 1) % (sizeof hear_journals / sizeof *hear_journals)];
    if (strcmp(journal, daemon->name) == 0)
        journal = strcmp(journal, "intake") == 0 ? "triage" : "intake";
    Sigap__Event *event = sigap__event__unpack(NULL, size, bytes);
    if (!event)
        return;
    for (size_t i = 0; i < event->n_causes; i++) /* what is yet to come is waited for: another target's */
        event->causes[i]->sequence = 0;
    fixture_event(fixture, journal, where & 1 ? LANE_NORMAL : LANE_URGENT, event);
    sigap__event__free_unpacked(event, NULL);
}

static void hear_effects(struct fixture *fixture) {
    while (fixture_effect_count(fixture)) {
        const struct effect *effect = fixture_effect_take(fixture);
        struct effect_result result = {.id = effect->id, .kind = effect->kind, .outcome = EFFECT_UNKNOWN};
        fixture_effect_finish(fixture, &result);
    }
}

static int hear(const struct daemon *daemon, const uint8_t *bytes, size_t size) {
    static struct fixture *fixture;
    static unsigned lived;
    struct fuzz_input input = fuzz_input(bytes, size);
    if (!fixture)
        fixture = fixture_open(&(struct fixture_options){.daemon = daemon, .seed = 1});
    for (int i = 0; i < RECORDS_MAX && input.at < input.end; i++) {
        uint8_t where = fuzz_byte(&input);
        size_t length = fuzz_byte(&input), left;
        length |= (size_t)fuzz_byte(&input) << 8;
        left = (size_t)(input.end - input.at);
        length = length < left ? length : left;
        hear_record(fixture, daemon, where, input.at, length);
        input.at += length;
    }
    fixture_turn(fixture);
    hear_effects(fixture);
    fixture_advance(fixture, 1000);
    fixture_forget(fixture);
    if (++lived == INPUTS_A_LIFE) {
        lived = 0;
        fixture_close(&fixture);
    }
    return 0;
}
