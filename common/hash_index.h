/* Finds rows by keys that come in random order: keyed hashes of tickets, of texts, of parts of texts.
 *
 * A unique index of the database dirties a page of its own for each such key, 8 KiB written for 30 bytes, and
 * with millions of keys reads one as well. Here the newest keys stand in a table in memory. When there are
 * HASH_INDEX_RUN of them they are sorted and written out as one run: rows one behind the other, never changed
 * again, with a filter in memory that says in one look that a key is not among them. Eight runs of a size
 * become one of the next, a few blocks a turn, so that 60 million keys are some twenty runs to look at.
 *
 *     2 bytes a key in memory for the filters, 25 for the newest 32,768; 16 bytes a key written, up to four
 * times
 *
 * The index only points. What it finds are numbers of rows to be read and compared by whoever asks: such a
 * row may never have been committed, be deleted, or hold another key. So nothing has to be undone with a
 * turn. Of the rows that are there none may be missing; hence, at start, the owner adds again all rows
 * after hash_index_last(). */
#pragma once

#include "common/store.h"
#include "common/turn.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HASH_INDEX_RUN = 32768 };

struct hash_index;

/* At each start. number: which index of this store, 1 to 127. One that is damaged is empty then: the owner
 * adds everything again. One that is open stays open, unless its opening was rolled back: what it had thrown
 * away is there again. False, and *index NULL, when there is no memory or the store fails. */
bool hash_index_open(struct hash_index **index, struct turn *turn, int number);
void hash_index_close(struct hash_index **index);
/* New runs hold so many keys, 1 to HASH_INDEX_RUN: what takes 60 million keys can be seen with a few. */
void hash_index_run(struct hash_index *index, size_t keys);

/* Rows up to this number are in runs; 0: none. */
int64_t hash_index_saved(const struct hash_index *index);
/* The highest number there is; 0: none. */
int64_t hash_index_last(const struct hash_index *index);
/* A number for the next row of the owner's table: ascending, with gaps, 1 at first. */
int64_t hash_index_next(struct hash_index *index);
/* At the start, for a row that may have no key at all: its number is taken, too. */
void hash_index_pass(struct hash_index *index, int64_t row);

/* hash: evenly distributed, say the first eight bytes of a keyed hash; several rows may share one, and a row
 * may have several (HASH_INDEX_RUN at most). row: not below those added before. False: no memory, the input
 * must be tried again. */
bool hash_index_add(struct hash_index *index, uint64_t hash, int64_t row);

/* Numbers of rows that may have this hash, the newest first. Returns how many, `max` at most. */
size_t hash_index_find(
    struct hash_index *index, struct store *store, uint64_t hash, int64_t *rows, size_t max);

/* Once in an input that added keys: writes a run when there is enough for one, once in 32,768 keys 7 ms; and
 * goes on with making larger ones of runs, some 20 us for every 500 keys added and size of run. */
void hash_index_save(struct hash_index *index, struct turn *turn);

/* At the start, after each row that is added again (those after hash_index_last()): true when there are
 * enough for a turn, which writes them out. The owner returns, and is called in another turn of the start: a
 * million keys take a second, and never more than 8 MB of memory. */
bool hash_index_refill(struct hash_index *index, struct turn *turn);

/* Rows below this number are deleted: runs that hold no others go, and larger ones are made without them. */
void hash_index_forget(struct hash_index *index, struct turn *turn, int64_t row);
