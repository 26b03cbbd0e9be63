/* Records that were read but are held back: those whose causes this daemon has not passed (waiting), those
 * that could not be worked on (parked), and later ones of the same case, which wait behind them. Rows hold
 * them; this is their index in memory, read again after a rollback. Waiting and parked count as read. */
#pragma once

#include "common/turn.h"

struct held;

enum { HELD_CAUSES_MAX = 24 /* (11 journals + 1) x lanes; of a site with more the last ones are dropped */ };

struct held_cause {
    char journal[32];
    enum lane lane;
    uint64_t sequence;
};

struct held_entry {
    int64_t number; /* of the row in waiting */
    struct id case_id;
    char journal[32];
    enum lane lane;
    uint64_t sequence;
    int64_t at;
    struct held_cause causes[HELD_CAUSES_MAX];
    unsigned cause_count;
};

/* What keeps a waiting record where it is, as whoever looked at it last has found: it need not be looked for
 * again before that can have changed. */
struct held_obstacle {
    enum { OBSTACLE_NONE, OBSTACLE_CAUSE, OBSTACLE_RECORD } kind; /* NONE: nobody has looked */
    unsigned link;     /* CAUSE: its journal, the reader's number for it */
    enum lane lane;    /* ... and place */
    uint64_t sequence; /* RECORD: held_releases() of then */
};

struct held *held_open(struct store *store);
void held_free(struct held **held);
/* Reads the rows again; false when out of memory. */
bool held_reload(struct held *held);

size_t held_waiting_count(const struct held *held);
size_t held_parked_count(const struct held *held);
int64_t held_oldest_at(const struct held *held); /* of the waiting ones, 0 when there are none */
const struct held_entry *held_waiting(const struct held *held, size_t index);
size_t held_waiting_after(
    const struct held *held, int64_t number); /* index of the first with a greater one */
struct held_obstacle *held_obstacle(struct held *held, size_t index);
uint64_t held_releases(const struct held *held); /* so many waiting ones went: another may be ready */

/* True when the record must wait behind another of its case: one that is parked, an earlier one of its own
 * journal and lane that waits, or one that waits and is among its causes. Another record of the case that
 * merely waits too is no reason: it may be waiting for this very one (a consequence that was faster than its
 * cause). Costs a look at what waits of its case, and one for each cause. */
bool held_blocks(const struct held *held, const struct held_entry *record);
/* What held_blocks has to know of a record that is not held yet. */
void held_describe(const struct source *source, const Sigap__Event *event, struct held_entry *out);

/* Inside a turn. */
void held_wait(struct held *held, const struct source *source, const Sigap__Event *event, const void *record,
    size_t size, int64_t now);
int64_t held_park(struct held *held, const struct source *source, const struct id *case_id,
    const char *reason, const void *record, size_t size, int64_t now);
/* There was no memory to remember what was put to wait or parked: the turn must be rolled back, which reads
 * it all again, or what comes later about the same case would not wait behind it. */
bool held_is_starved(const struct held *held);
void held_release(struct held *held, size_t index); /* the waiting entry has been worked on or parked */
/* Takes parked rows (0: all) back into waiting, so that they are tried again; *count: how many. False: out of
 * memory, the turn must be rolled back. */
bool held_retry(struct held *held, uint64_t number, unsigned *count);
