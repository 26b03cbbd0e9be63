#include "breaker.h"

#include <string.h>

enum breaker_answer breaker_ask(const struct breaker *breaker, int64_t now, int64_t *until) {
    *until = now;
    if (!breaker->open)
        return BREAKER_SEND;
    /* A probe whose result never came must not close the channel for ever: after another 30 s the next one
     * may go. */
    if (now >= breaker->probe_at)
        return BREAKER_PROBE;
    *until = breaker->probe_at;
    return BREAKER_WAIT;
}

void breaker_probe(struct breaker *breaker, int64_t now) {
    breaker->probe_at = now + BREAKER_PROBE_MS;
}

static unsigned failed_lately(const struct breaker *breaker, int64_t now, unsigned *lately) {
    unsigned failed = 0;
    *lately = 0;
    for (unsigned i = 0; i < breaker->seen; i++) {
        unsigned slot = (breaker->next + BREAKER_WINDOW - 1 - i) % BREAKER_WINDOW;
        if (now - breaker->at[slot] > BREAKER_WINDOW_MS)
            break;
        ++*lately;
        failed += breaker->failures >> i & 1;
    }
    return failed;
}

void breaker_note(struct breaker *breaker, int64_t now, bool failed, bool fatal) {
    breaker->failures = (breaker->failures << 1 | failed) & ((1u << BREAKER_WINDOW) - 1);
    breaker->at[breaker->next] = now;
    breaker->next = (breaker->next + 1) % BREAKER_WINDOW;
    if (breaker->seen < BREAKER_WINDOW)
        breaker->seen++;
    breaker->in_row = failed ? breaker->in_row + 1 : 0;
    if (!failed) {
        if (breaker->open)
            memset(breaker, 0, sizeof *breaker);
        return;
    }
    unsigned lately, bad = failed_lately(breaker, now, &lately);
    if (fatal || breaker->in_row >= BREAKER_ROW || (lately == BREAKER_WINDOW && bad * 2 > BREAKER_WINDOW)) {
        breaker->open = true;
        breaker->probe_at = now + BREAKER_PROBE_MS;
    }
}
