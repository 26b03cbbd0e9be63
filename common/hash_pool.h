/* Rows of 8,000 bytes, all of one size, for the runs of the hash index (common/hash_run.h). One that nobody
 * needs any more is written over where it lies: a page. A row put between others, or taken from among them,
 * costs three and more.
 *
 * Which rows are needed only the runs say. What was taken in a turn that was rolled back is given back by
 * whoever took it, what a process had taken that died is free at the next start: nothing here is undone. */
#pragma once

#include "common/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HASH_ROW_BYTES = 8000 }; /* fills two pages of 4 KiB, or one of the 8 that older stores have */

/* Numbers of rows of a pool, from 1. */
struct hash_list {
    struct hash_list *next; /* of those that are free */
    uint32_t count, room;
    uint32_t numbers[];
};

struct hash_pool {
    int64_t base;           /* row 0 in hash_row */
    uint32_t last;          /* the highest number that was ever taken */
    struct hash_list *free; /* numbers up to it, taken from the end */
};

/* Empty. NULL: no memory. free() it, or give it to the pool. */
struct hash_list *hash_list_new(uint32_t room);

/* Without free rows, until hash_pool_release(). */
void hash_pool_open(struct hash_pool *pool, struct store *store, int64_t base);
/* needed: a bit for each number up to `last`; the others are free, and none else. False: no memory. */
bool hash_pool_release(struct hash_pool *pool, const uint64_t *needed);
void hash_pool_close(struct hash_pool *pool);

/* Adds a number to the list, which has room for it. */
void hash_pool_take(struct hash_pool *pool, struct hash_list *list);
/* The numbers are free from now on, and the list is the pool's: NULL afterwards. Not before the commit from
 * which on no run has them. */
void hash_pool_give(struct hash_pool *pool, struct hash_list **list);

/* size: HASH_ROW_BYTES at most; zeros behind it. */
void hash_pool_write(
    const struct hash_pool *pool, struct store *store, uint32_t number, const void *body, size_t size);
/* HASH_ROW_BYTES, not aligned, until statement_end(*get), which is due in any case. NULL: no such row, or it
 * is damaged. */
const void *hash_pool_read(
    const struct hash_pool *pool, struct store *store, uint32_t number, struct statement **get);
