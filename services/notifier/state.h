/* What the notifier holds in memory: the site, read-only after the start, and what may be forgotten at any
 * time. Nothing here is truth: rows are. */
#pragma once

#include "common/buffer.h"
#include "common/calendar.h"
#include "common/daemon.h"
#include "common/gazetteer.h"
#include "common/id_filter.h"
#include "common/keystore.h"
#include "common/site.h"

#include "breaker.h"
#include "channel.h"
#include "channels.h"
#include "duty.h"
#include "escalation.h"
#include "teams.h"
#include "watch.h"

struct delivery_channel {
    const struct channel *channel; /* NULL: not in use at this site */
    void *state;
    const struct channel_option *options; /* of channels.yaml */
    unsigned option_count;
    struct breaker breaker;
    unsigned in_flight; /* normal and critical, network only */
    uint64_t sent, failed;
};

enum { POLICIES_KEPT = 64 };

/* What was on its way when the process before this one ended: gone through in the order of numbers, a portion
 * a turn, see outgoing_handover.c. */
struct left_over {
    int64_t started_at;                 /* what was sent later is our own */
    int64_t highest;                    /* number at the start */
    int64_t network_after, local_after; /* seen to so far */
};

struct notifier {
    /* the site */
    struct site *site;
    struct site_kinds *kinds;
    struct site_roles *roles;
    struct calendar *calendar;
    struct gazetteer *gazetteer; /* NULL when the site has none: codes are shown instead of names */
    struct teams *teams;
    struct escalation *escalation;
    struct channels_file *channels_file;
    struct keystore *keystore;
    const uint8_t *token_key; /* in the keystore */
    char console_url[200];
    struct random random;

    /* channels, in the order of channels.yaml, local ones first */
    struct delivery_channel channels[CHANNELS_MAX];
    unsigned channel_count;
    bool simulated;
    bool any_conflict;        /* see conflict.h */
    struct daemon_loop *loop; /* NULL until connected */
    char data_dir[256];
    const struct clock *clock;

    /* handover of local channels, see outgoing.h */
    int64_t next_number;
    int64_t handed, stuck, written; /* stuck: the lowest number that failed and is not settled, 0 none */
    struct id stuck_delivery;
    bool handover_told; /* a result is on its way */
    struct left_over left_over;

    struct policy policies[POLICIES_KEPT]; /* frozen ones by number; refilled as needed */
    unsigned policy_next;
    struct id forgotten; /* old alerts up to here have been looked at */
    struct buffer scratch;

    struct watch *watch;
    bool watch_full; /* and that was said */
    struct recent *recent;
    struct id_filter incidents; /* of which alerts were written */
    struct duty *duty;          /* people and rotas */
    struct flusher *flusher;    /* of local channels, outgoing.c; NULL without a loop */

    /* Counted by notifier_count(), when it is committed. */
    uint64_t raised, answered, exhausted;
};

/* Numbers skip when a turn is rolled back: they only have to grow. */
static inline int64_t notifier_next_number(struct notifier *notifier) {
    return ++notifier->next_number;
}
static inline struct buffer *notifier_scratch(struct notifier *notifier) {
    return &notifier->scratch;
}

/* One more, once the turn is committed: a turn that is made again counts once. */
static inline void notifier_count_one(void *state, const void *argument) {
    uint64_t *counter;
    (void)state;
    memcpy(&counter, argument, sizeof counter);
    ++*counter;
}
static inline void notifier_count(struct turn *turn, uint64_t *counter) {
    turn_after_commit(turn, notifier_count_one, &counter, sizeof counter);
}
