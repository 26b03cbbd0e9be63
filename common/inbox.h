/* The reading end of one link: the cursor of each lane and the records that have arrived but not been worked
 * on. The cursor lives in this daemon's own store and moves in the transaction that holds the effects of what
 * was read, by compare-and-set: a second process on the same store would be noticed here at the latest. */
#pragma once

#include "common/link.h"
#include "common/turn.h"

enum link_state {
    LINK_CONNECTING, /* nothing heard yet */
    LINK_LIVE,
    LINK_STALLED, /* silent for long */
    LINK_CUT,     /* Diverged or Refused: an operator must look */
};

struct inbox;

/* name: the journal read. Cursors are read from the store. NULL when out of memory. */
struct inbox *inbox_open(struct store *store, const char *name, bool from_now);
void inbox_free(struct inbox **inbox);
const char *inbox_name(const struct inbox *inbox);

/* The fetch to send now for this lane; false when enough is queued, or the link is cut. */
bool inbox_wants(const struct inbox *inbox, enum lane lane, const char *consumer, struct link_fetch *out);
/* A frame came in. Takes a copy of what it needs. A batch that does not continue what was received is
 * dropped. True when there are new records. */
bool inbox_receive(struct inbox *inbox, const struct link_frame *frame, int64_t now_monotonic);

/* All that the journal held when the last batch left it has been received. */
bool inbox_is_at_head(const struct inbox *inbox, enum lane lane);

struct record {
    uint64_t sequence;
    const uint8_t *bytes;
    size_t size;
};

/* The next record that has not been taken; false when there is none. It stays until inbox_take. */
bool inbox_peek(const struct inbox *inbox, enum lane lane, struct record *out);
void inbox_take(struct inbox *inbox, enum lane lane); /* staged until the commit */
/* Outside a turn: reads over the next record, which has no effect here. The cursor's row follows with the
 * next turn; should the process end before, the record is read over again. False when a turn has taken
 * records that are not committed. */
bool inbox_pass_over(struct inbox *inbox, enum lane lane);
/* Read so far, with what this turn has taken. */
uint64_t inbox_position(const struct inbox *inbox, enum lane lane);

/* Moves the cursor rows in the open transaction. false: somebody else has moved them, the process must end.
 */
bool inbox_write(struct inbox *inbox);
void inbox_committed(struct inbox *inbox);
void inbox_rolled_back(struct inbox *inbox);

uint64_t inbox_cursor(const struct inbox *inbox, enum lane lane); /* committed */
uint64_t inbox_lag(const struct inbox *inbox, enum lane lane);    /* records behind the head as last heard */
enum link_state inbox_state(const struct inbox *inbox, int64_t now_monotonic);
const char *inbox_state_word(enum link_state state);
/* After an operator has looked (or a test has repaired): try again. */
void inbox_reconnect(struct inbox *inbox);
bool inbox_just_cut(struct inbox *inbox); /* true once after the link was cut: somebody must be told */
