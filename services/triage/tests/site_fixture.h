/* For tests that read texts with the vocabulary of a real site. Included after its needs and cmocka. */
#pragma once

#include "services/triage/state.h"

#define SITE SIGAP_SOURCE_DIR "/deploy/sites/jatim"

struct fixture {
    struct triage_site site;
    struct arena *arena;
};

static int setup(void **state) {
    static struct fixture fixture;
    struct error error = {0};
    fixture.arena = arena_new(2 * ASSESSMENT_ARENA_BYTES);
    if (!triage_site_open(&fixture.site, SITE, &error))
        fail_msg("%s", error.text);
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    triage_site_close(&fixture->site);
    arena_free(&fixture->arena);
    return 0;
}
