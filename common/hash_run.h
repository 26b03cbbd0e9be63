/* A sorted run of the hash index (common/hash_index.h): entries in blocks, one row of hash_run each, and a
 * filter that says in one look that a hash is not among them. Written block by block in the order of the
 * hashes, over as many turns as its maker likes; a reader sees it once its head is there.
 *
 *     row 0               head: what is in struct head, then the first hash of each block
 *     rows 1..            blocks of 500 entries
 *     rows after them     the filter, 124 lines of 64 bytes each
 *
 * In memory: 2 bytes an entry for the filter, 8 bytes a block. Byte order is the machine's, as stores do not
 * travel between kinds of machines. */
#pragma once

#include "common/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HASH_RUN_BLOCK = 500,     /* entries: 8,000 bytes, a row that fits a page of 8 KiB */
    HASH_RUN_MOST = 28000000, /* entries of a run: blocks and filter have room in 65,535 rows */
};

struct hash_entry {
    uint64_t hash;
    int64_t row;
};

struct hash_run {
    int64_t place;     /* of row 0 in hash_run */
    int64_t row;       /* all rows of the owner up to this one are in this run and those before it */
    uint32_t count;    /* entries */
    uint32_t blocks;   /* that are written */
    uint32_t level;    /* the index's own */
    uint32_t room;     /* blocks that may be */
    uint32_t lines;    /* of the filter */
    uint32_t filtered; /* rows of the filter that are written */
    uint64_t *filter;
    struct hash_run_head *head; /* as it is stored */
    uint64_t *first;            /* hash of each block, in head */
};

/* By hash, of equal ones the newest first. For qsort(). */
int hash_entry_compare(const void *left, const void *right);

/* Without entries; most: how many it may get. NULL: no memory. The caller frees it. */
struct hash_run *hash_run_new(int64_t place, uint32_t level, uint32_t most);
void hash_run_free(struct hash_run **run);

/* The next block, all its hashes not below those before. count: 1 to HASH_RUN_BLOCK. */
void hash_run_write(
    struct hash_run *run, struct store *store, const struct hash_entry *entries, uint32_t count);
/* The rest of the filter, and the head: from the commit on the run is one. */
void hash_run_finish(struct hash_run *run, struct store *store);

/* The run whose head is the row `head` at `place`. NULL: no memory, or it is none. */
struct hash_run *hash_run_read(struct store *store, int64_t place, const void *head, size_t size);
/* Entries of a block, from 0. 0: the row is not there or damaged. */
uint32_t hash_run_block(const struct hash_run *run, struct store *store, uint32_t block,
    struct hash_entry entries[HASH_RUN_BLOCK]);

/* Numbers of rows with this hash, the newest first. Returns how many, `max` at most. */
size_t hash_run_find(
    const struct hash_run *run, struct store *store, uint64_t hash, int64_t *rows, size_t max);
