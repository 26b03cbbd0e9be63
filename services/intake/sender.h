/* Who wrote lately over a platform: what belongs together, how much is too much, which question is open. One
 * row a sender, its key a keyed hash of bot and address; swept after a week. */
#pragma once

#include "common/seal.h"
#include "services/intake/receive.h"

struct sender {
    bool key_known; /* false: nobody in particular, nothing is kept */
    uint8_t key[SEAL_HASH_BYTES];
    int64_t last_at, full_at;  /* last report; when its allowance is whole again */
    int64_t asked_at;          /* 0: no question is open */
    struct first_report first; /* of its last report */
};

/* At start: whether anybody is blocked at all. */
void sender_blocks_load(struct turn *turn);
/* An administrator does not want to hear from it: put aside, visible, reversible. */
bool sender_is_blocked(struct turn *turn, const struct sender *sender);
/* False: it was blocked already, or was not. */
bool sender_block(struct turn *turn, const struct sender *sender, const char *by);
bool sender_unblock(struct turn *turn, const struct sender *sender);
/* address NULL or "": nobody in particular. */
void sender_read(struct turn *turn, const char *bot, const char *address, struct sender *sender);
/* 0: may write now; else the instant from which it may. */
int64_t sender_allowed_at(const struct sender *sender, int64_t now);
/* Takes a place in the sender's queue: the instant at which its message shall be taken. */
int64_t sender_reserve(struct turn *turn, struct sender *sender);
/* A report of it was taken: counts (unless it had a place in the queue), answers an open question, and is
 * what later messages join. */
void sender_wrote(
    struct turn *turn, struct sender *sender, const struct receipt *receipt, bool counted_before);
/* A question about this report was sent. */
void sender_asked(struct turn *turn, struct sender *sender, const struct first_report *about);
