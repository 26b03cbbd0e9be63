/* Keeps a broken channel from being hammered: opens at 5 failures in a row, at more than half of the last 20
 * results within 60 s, or at once when the channel itself is refused (password); then one probe every 30 s
 * until one succeeds. Pure; times are epoch ms of the turn. Lives in memory only: after
 * a start the channel is innocent. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    BREAKER_ROW = 5,
    BREAKER_WINDOW = 20,
    BREAKER_WINDOW_MS = 60000,
    BREAKER_PROBE_MS = 30000,
};

struct breaker {
    bool open;
    int64_t probe_at;           /* when the next may start */
    unsigned in_row;            /* failures since the last success */
    uint32_t failures;          /* bit 0: the newest of the last 20; 1: failed */
    unsigned seen;              /* how many bits of it count */
    int64_t at[BREAKER_WINDOW]; /* when they came, ring */
    unsigned next;
};

enum breaker_answer { BREAKER_SEND, BREAKER_PROBE, BREAKER_WAIT };

/* BREAKER_WAIT: not before *until. */
enum breaker_answer breaker_ask(const struct breaker *breaker, int64_t now, int64_t *until);
/* The probe that breaker_ask allowed is on its way. */
void breaker_probe(struct breaker *breaker, int64_t now);
/* A result. fatal: the channel itself was refused. */
void breaker_note(struct breaker *breaker, int64_t now, bool failed, bool fatal);
