/* What intake holds in memory. Read by handlers; counts and tokens change only after a commit. */
#pragma once

#include "common/clock.h"
#include "common/danger.h"
#include "common/hash_index.h"
#include "common/keystore.h"
#include "common/seal.h"
#include "common/site.h"
#include "common/turn.h"
#include "services/intake/token.h"

#include <stdbool.h>
#include <stdint.h>

struct intake_replies;
struct intake_channels;
struct intake_lmtp;     /* mails, see lmtp.c */
struct intake_web;      /* calls to platforms, see outgoing.c and media.c */
struct intake_rotation; /* wipes the session key while nothing comes in, see intake.c */

struct intake_counts {
    uint64_t taken[LANES], again, over_limit, refused;
    uint64_t hooks, ignored, put_aside; /* bodies of platforms; items of them */
    uint64_t told, untold, fetched, unfetched;   /* answers handed over or given up; media */
};

struct intake {
    const struct clock *clock;
    const struct random *random;
    struct site *site;
    struct danger *danger;
    struct intake_replies *replies;
    struct intake_channels *channels;
    struct intake_lmtp *lmtp; /* NULL without a mailbox */
    struct intake_web *web;   /* NULL before connect and in a simulation */
    const char *data_dir;     /* of daemon_setup; the owner's */
    struct keystore *keystore;
    struct seal_session *session;
    struct intake_tokens tokens;
    struct intake_counts counts;
    struct hash_index *reports; /* by key, see receive.c; NULL before the first turn */
    void **source_states;       /* one a source of the table, what its open made */
    struct intake_rotation *rotation;
    bool blocks; /* somebody is blocked, or was since the start: only then senders are looked up for it */
    int64_t retention_ms; /* of outcomes and reply addresses */
    char *emergency_json; /* the site's numbers: one JSON object */
};
