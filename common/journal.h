/* A daemon's journal: what it has to say to others, in two lanes numbered 1, 2, 3 ... without gaps, each
 * record stored once however many read it. Records of a turn are staged in memory, written as one row a lane
 * in the turn's transaction, and served only after the commit. */
#pragma once

#include "common/link.h"
#include "common/turn.h"

struct journal;

/* Reads incarnation and heads from the store (makes them in a new one). NULL with a sentence. */
struct journal *journal_open(
    struct store *store, const struct random *random, const char *name, struct error *error);
void journal_free(struct journal **journal);

const uint8_t *journal_incarnation(const struct journal *journal);
uint64_t journal_head(const struct journal *journal, enum lane lane); /* committed */
uint64_t journal_oldest(
    const struct journal *journal, enum lane lane); /* first one still kept; head + 1 when none */
uint64_t journal_next(const struct journal *journal, enum lane lane); /* what the next staged record gets */

/* Staging, inside a turn. false when the turn's records have become too many for one frame. */
bool journal_stage(struct journal *journal, enum lane lane, const void *record, size_t size);
size_t journal_staged_bytes(const struct journal *journal);
struct journal_mark {
    size_t size[LANES];
    uint32_t count[LANES];
};
struct journal_mark journal_mark(const struct journal *journal);
void journal_undo(struct journal *journal, struct journal_mark mark);
/* Writes the staged records as rows of the open transaction. */
void journal_write(struct journal *journal, int64_t now);
void journal_committed(struct journal *journal); /* staged records become readable */
void journal_rolled_back(struct journal *journal);

/* Answers a fetch into out (one frame). Returns false when there is nothing behind fetch->after yet: the
 * consumer waits. Diverged when the cursor is not part of this journal's history. Reads the table only for
 * consumers that are behind what is kept in memory (4 MiB a lane). */
bool journal_serve(struct journal *journal, const struct link_fetch *fetch, struct buffer *out);
/* The cursor of the fetch is part of this history; not of another one, and not that of a new link. */
bool journal_continues(const struct journal *journal, const struct link_fetch *fetch);

/* Inside a turn: forgets rows up to `sequence` that are older than before_at, 1024 of them at most. True:
 * there may be more. */
bool journal_trim(struct journal *journal, enum lane lane, uint64_t sequence, int64_t before_at);
/* After a trim was committed: reads the edges again. */
void journal_refresh(struct journal *journal);
