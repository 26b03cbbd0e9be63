/* The files of a site as one daemon reads them, all of them, through its own `check`. The first line names a
 * file, the rest is its content; the others are those that ship. It is accepted, or refused with a sentence.
 */
#pragma once

#include "common/clock.h"
#include "common/daemon.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* As `--check` does, or, where the daemon has no check of its own, a start. */
static bool is_sound(const struct daemon *daemon, struct error *error) {
    const struct daemon_setup setup = {fuzz_site(), fuzz_folder(), &clock_real, &random_real, true};
    void *state = NULL;
    if (daemon->check)
        return daemon->check(fuzz_site(), error);
    bool sound = daemon->open(&setup, &state, error);
    if (state)
        daemon->close(&state);
    return sound;
}

static int check_site_file(
    const struct daemon *daemon, const char *const *names, const uint8_t *bytes, size_t size) {
    struct fuzz_input input = fuzz_input(bytes, size);
    char *name = fuzz_line(&input);
    for (; *names; names++) {
        struct error error = {""};
        if (strcmp(name, *names) != 0)
            continue;
        fuzz_write(fuzz_site(), name, input.at, (size_t)(input.end - input.at));
        bool sound = is_sound(daemon, &error);
        FUZZ_HOLDS(sound == (error.text[0] == 0));
        FUZZ_HOLDS(strnlen(error.text, sizeof error.text) < sizeof error.text);
        fuzz_restore(name);
    }
    free(name);
    return 0;
}
