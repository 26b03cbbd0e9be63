/* Argon2id (libsodium) on the thread pool: 64 MiB and 0.1 s each, so two at a time and 64 in the queue.
 * A password never touches a row, a log or a record; every copy is wiped. */
#pragma once

#include "common/daemon.h"

#include <sodium.h>
#include <stdbool.h>

enum {
    PASSWORD_TEXT = 129,                    /* with the NUL */
    PASSWORD_HASH = crypto_pwhash_STRBYTES, /* with the NUL */
    PASSWORD_MADE = 24,                     /* 5 groups of 4 letters, with hyphens between */
    PASSWORD_JOBS = 64,
    PASSWORD_PARALLEL = 2, /* x 64 MiB */
};

/* What an effect of the kinds VERIFY, CHANGE and HASH carries. */
struct password_job {
    char account[33];
    char hash[PASSWORD_HASH]; /* as in the row; "" for an account that does not exist */
    char password[PASSWORD_TEXT];
    char renewed[PASSWORD_TEXT]; /* CHANGE */
};

/* What comes back in result->bytes (may be missing). outcome: 1 it fits, 0 it does not, EFFECT_UNKNOWN. */
struct password_result {
    char account[33];
    char before[PASSWORD_HASH]; /* what it was checked against: only that is replaced */
    char hash[PASSWORD_HASH];   /* to be kept from now on; "" nothing new */
};

/* 100 bits of chance, easy to read out: "k7m2-9xqp-...". */
void password_make(const struct random *random, char text[PASSWORD_MADE + 1]);
/* The fast hash of one that we made: guessing 100 bits is hopeless at any speed. Replaced by Argon2id soon.
 */
void password_made_hash(const char *text, char hash[PASSWORD_HASH]);
/* Takes its time; "" never fits but takes as long as any other. */
bool password_fits(const char *hash, const char *password);

struct passwords;

struct passwords *passwords_open(struct daemon_loop *loop); /* NULL: out of memory */
/* Queued jobs are dropped, running ones end without a result. */
void passwords_close(struct passwords **passwords);
void passwords_start(struct passwords *passwords, const struct effect *effect);
