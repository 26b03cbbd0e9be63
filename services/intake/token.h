/* Bearer tokens of bots: issued, listed and revoked by an administrator, kept as keyed hashes, shown once.
 *
 * A bot has a name; the name is what reports say they came from and what duplicate keys belong to, so a bot
 * may get a second token under its name, move to it and have the first retired without losing either.
 *
 * Valid tokens are held in memory, loaded at start, changed after the commit of what changed them. A token
 * that comes in is hashed and compared with all of them, each in constant time. */
#pragma once

#include "common/seal.h"
#include "common/turn.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TOKEN_MAX = 128,     /* x 104 bytes = 13 KiB */
    TOKEN_NAME_MAX = 32, /* a-z 0-9 . _ - */
    TOKEN_TEXT = 49,     /* "sigap_" and 32 bytes in base64url, without the NUL */
    TOKEN_INPUT_MAX = 128,
    /* Ours: about what one machine carries. More from one bot is a loop in it, and must not fill the disk or
     * starve the others; `rate=` of its token says otherwise. */
    TOKEN_RATE = 5000, /* reports a second, on average */
    TOKEN_BURST_S = 4  /* seconds of that rate at once */
};

enum token_scope {
    TOKEN_REPORTS = 1,  /* may send reports */
    TOKEN_TRAINING = 2, /* whatever it sends is training */
};

struct intake_token {
    int64_t number;
    char name[TOKEN_NAME_MAX + 1];
    unsigned scopes; /* of enum token_scope */
    int64_t rate;    /* reports a second, 0: no limit */
    int64_t issued_at;
    uint8_t hash[SEAL_HASH_BYTES];
    double spare; /* token bucket: what it may send at spare_at */
    int64_t spare_at;
};

struct intake_tokens {
    struct intake_token list[TOKEN_MAX];
    size_t count;
};

/* Reads them from the store: at start. */
void intake_tokens_load(struct turn *turn, struct intake_tokens *tokens);
/* NULL when it is not a valid token. text may be anything, NULL too. */
const struct intake_token *intake_token_find(
    const struct intake_tokens *tokens, const struct seal_hash_keys *keys, const char *text);
/* Seconds until this token may send again; 0 when it may now. */
int intake_token_wait_s(const struct intake_token *token, int64_t now);
/* A report of this token was taken. Only after a commit. */
void intake_token_spend(struct intake_tokens *tokens, int64_t number, int64_t now);

/* token.issue "name [reports,training,rate=N]" -> {"token": ...}, token.list, token.revoke "name" (all of
 * that name), token.retire "name" (all but the newest). Rights: administrator. False: another action. */
bool intake_token_control(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);
