/* What the console keeps in memory, and the numbers of its timers and effects. */
#pragma once

#include "common/daemon.h"
#include "common/keystore.h"
#include "common/site.h"
#include "pages.h"
#include "passwords.h"
#include "pictures.h"
#include "waits.h"

enum timer_kind {
    TIMER_ALARM = 1,    /* somebody has waited long enough */
    TIMER_SWEEP = 2,    /* once an hour: sessions, attempts, commands that are over */
    TIMER_COMMANDS = 3, /* ... more commands */
    TIMER_ATTEMPTS = 4, /* ... more attempts; the object is the key behind which */
};

enum effect_kind {
    EFFECT_VERIFY = 1, /* does this password fit (a sign-in) */
    EFFECT_CHANGE = 2, /* does the old one fit, and the hash of the new one */
    EFFECT_HASH = 3,   /* the Argon2id string of a password we made */
    EFFECT_DRAW = 4,   /* a picture anew, see pictures.h */
    EFFECT_ASK = 16,   /* + number of the part: a view of another daemon */
};

struct console {
    const struct random *random;
    struct keystore *keystore; /* seals what people write, see common/words.h */
    struct site_roles *roles;
    enum calendar_zone zone;
    char *site_json; /* words of the site for the page, made once */
    size_t site_json_size;
    char site_etag[PAGE_ETAG + 1];
    struct pages pages;
    struct waits waits;
    struct passwords *passwords; /* NULL in a simulation */
    struct pictures *pictures;   /* NULL in a simulation */
    struct daemon_loop *loop;    /* NULL in a simulation */
    uint64_t ask_number;         /* of the last view asked; a number too many after a rollback is no harm */
    uint64_t
        changes_start; /* added to the records read, so that a number of before a restart means nothing now */
};
