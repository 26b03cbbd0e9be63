/* A sorted run of the hash index (common/hash_index.h): entries in blocks and a filter that says in one look
 * that a hash is not among them, both in rows of a pool (common/hash_pool.h). Written block by block in the
 * order of the hashes, over as many turns as its maker likes; a reader sees it once its row in hash_run is
 * there, which names all others.
 *
 *     a row of entries    500 of them, fewer in the last block
 *     a row of the filter 125 lines of 64 bytes
 *
 * In memory: 2 bytes an entry for the filter, 12 bytes a block. Byte order is the machine's, as stores do not
 * travel between kinds of machines. */
#pragma once

#include "common/hash_pool.h"
#include "common/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash_entry {
    uint64_t hash;
    int64_t row;
};

enum {
    HASH_RUN_BLOCK = HASH_ROW_BYTES / sizeof(struct hash_entry),
    HASH_RUN_MOST = 32000000, /* entries of a run */
};

struct hash_run {
    struct hash_pool *pool;
    int64_t number;    /* of its row in hash_run */
    int64_t row;       /* all rows of the owner up to this one are in this run and those before it */
    uint32_t count;    /* entries */
    uint32_t blocks;   /* that are written */
    uint32_t level;    /* the index's own */
    uint64_t dropped;  /* the index's own */
    uint32_t lines;    /* of the filter */
    uint32_t filtered; /* rows of the filter that are written */
    /* Numbers in the pool. Behind those that are written may be some of a turn that was rolled back: they are
     * next. */
    struct hash_list *entry_rows, *filter_rows;
    uint64_t *filter;
    struct hash_run_head *head; /* as it is stored */
    uint64_t *first;            /* hash of each block, in head */
};

/* By hash, of equal ones the newest first. For qsort(). */
int hash_entry_compare(const void *left, const void *right);

/* Without entries; most: how many it may get. NULL: no memory. The caller frees it; the pool outlives it. */
struct hash_run *hash_run_new(struct hash_pool *pool, int64_t number, uint32_t level, uint32_t most);
/* Of a run that is no more, or was never finished, the rows are free: see hash_pool_give(). */
void hash_run_free(struct hash_run **run);

/* The next block, all its hashes not below those before. count: HASH_RUN_BLOCK, less for the last, not 0. */
void hash_run_write(
    struct hash_run *run, struct store *store, const struct hash_entry *entries, uint32_t count);
/* The rest of the filter, and the row that makes it a run from the commit on. */
void hash_run_finish(struct hash_run *run, struct store *store);
/* Takes that row away: from the commit on it is none. */
void hash_run_delete(const struct hash_run *run, struct store *store);

enum hash_run_found { HASH_RUN_NONE, HASH_RUN_READ, HASH_RUN_DAMAGED, HASH_RUN_FAILED };

/* The first run numbered `from` or more, but below `to`. FAILED: the store, or no memory. */
enum hash_run_found hash_run_read(
    struct hash_pool *pool, struct store *store, int64_t from, int64_t to, struct hash_run **run);
/* Entries of a block, from 0. 0: the row is not there or damaged. */
uint32_t hash_run_block(const struct hash_run *run, struct store *store, uint32_t block,
    struct hash_entry entries[HASH_RUN_BLOCK]);

/* Sends for the line of the filter that hash_run_find() looks at: of many runs they come at once. */
void hash_run_expect(const struct hash_run *run, uint64_t hash);
/* Numbers of rows with this hash, the newest first. Returns how many, `max` at most. */
size_t hash_run_find(
    const struct hash_run *run, struct store *store, uint64_t hash, int64_t *rows, size_t max);
