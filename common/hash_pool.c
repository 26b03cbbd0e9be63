#include "common/hash_pool.h"

#include "common/fault.h"
#include "common_sql.h"

#include <stdlib.h>
#include <string.h>

struct hash_list *hash_list_new(uint32_t room) {
    struct hash_list *list =
        fault_strikes(FAULT_MEMORY) ? NULL : malloc(sizeof *list + room * sizeof *list->numbers);
    if (list)
        *list = (struct hash_list){.room = room};
    return list;
}

void hash_pool_open(struct hash_pool *pool, struct store *store, int64_t base) {
    *pool = (struct hash_pool){.base = base};
    struct statement *last = common_use(store, COMMON_HASH_ROW_LAST);
    bind_int(last, base);
    bind_int(last, base + UINT32_MAX);
    if (statement_step(last))
        pool->last = (uint32_t)(column_int(last, 0) - base);
    statement_end(last);
}

static bool is_needed(const uint64_t *needed, uint32_t number) {
    return needed[number / 64] >> number % 64 & 1;
}

static void drop_first(struct hash_pool *pool) {
    struct hash_list *first = pool->free;
    pool->free = first->next;
    free(first);
}

void hash_pool_close(struct hash_pool *pool) {
    while (pool->free)
        drop_first(pool);
}

bool hash_pool_release(struct hash_pool *pool, const uint64_t *needed) {
    uint32_t count = 0;
    for (uint32_t number = 1; number <= pool->last; number++)
        count += !is_needed(needed, number);
    struct hash_list *list = hash_list_new(count);
    if (!list)
        return false;
    hash_pool_close(pool); /* what a damaged run gave back */
    for (uint32_t number = pool->last; number > 0; number--)
        if (!is_needed(needed, number))
            list->numbers[list->count++] = number;
    hash_pool_give(pool, &list);
    return true;
}

void hash_pool_take(struct hash_pool *pool, struct hash_list *list) {
    while (pool->free && !pool->free->count)
        drop_first(pool);
    list->numbers[list->count++] = pool->free ? pool->free->numbers[--pool->free->count] : ++pool->last;
}

void hash_pool_give(struct hash_pool *pool, struct hash_list **list) {
    if (*list) {
        (*list)->next = pool->free;
        pool->free = *list;
    }
    *list = NULL;
}

void hash_pool_write(
    const struct hash_pool *pool, struct store *store, uint32_t number, const void *body, size_t size) {
    char row[HASH_ROW_BYTES];
    if (size < sizeof row) {
        memcpy(row, body, size);
        memset(row + size, 0, sizeof row - size);
        body = row;
    }
    struct statement *put = common_use(store, COMMON_HASH_ROW_PUT);
    bind_int(put, pool->base + number);
    bind_blob(put, body, HASH_ROW_BYTES);
    statement_run(put);
}

const void *hash_pool_read(
    const struct hash_pool *pool, struct store *store, uint32_t number, struct statement **get) {
    size_t size = 0;
    *get = common_use(store, COMMON_HASH_ROW_GET);
    bind_int(*get, pool->base + number);
    const void *body = statement_step(*get) ? column_blob(*get, 0, &size) : NULL;
    return size == HASH_ROW_BYTES ? body : NULL;
}
