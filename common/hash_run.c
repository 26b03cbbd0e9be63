#include "common/hash_run.h"

#include "common/fault.h"
#include "common_sql.h"

#include <stdlib.h>
#include <string.h>

enum {
    /* A hash sets one bit in each word of its line: 8 times 6 of its low bits; the high ones choose the line.
     * With 32 entries a line one stranger in a thousand passes. */
    LINE_WORDS = 8,
    LINE_ENTRIES = 32,
    LINE_BYTES = LINE_WORDS * sizeof(uint64_t),
    ROW_LINES = HASH_ROW_BYTES / LINE_BYTES,
};

/* As it is stored. */
struct hash_run_head {
    int64_t row;
    uint32_t count, blocks, level, lines;
    uint64_t first[];
};

static size_t head_bytes(uint32_t blocks) {
    return sizeof(struct hash_run_head) + blocks * sizeof(uint64_t);
}

int hash_entry_compare(const void *left, const void *right) {
    const struct hash_entry *a = left, *b = right;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->row < b->row) - (a->row > b->row);
}

static uint32_t blocks_of(uint32_t entries) {
    return (entries + HASH_RUN_BLOCK - 1) / HASH_RUN_BLOCK;
}

static uint32_t filter_rows(uint32_t lines) {
    return (lines + ROW_LINES - 1) / ROW_LINES;
}

static void *zeros(size_t count, size_t size) {
    return fault_strikes(FAULT_MEMORY) ? NULL : calloc(count, size);
}

static struct hash_run *with_room(struct hash_pool *pool, uint32_t blocks, uint32_t lines) {
    struct hash_run *run = zeros(1, sizeof *run);
    if (!run)
        return NULL;
    run->pool = pool;
    run->lines = lines;
    run->entry_rows = hash_list_new(blocks);
    run->filter_rows = hash_list_new(filter_rows(lines));
    run->head = zeros(1, head_bytes(blocks));
    run->filter = zeros(lines, LINE_BYTES);
    if (!run->entry_rows || !run->filter_rows || !run->head || !run->filter) {
        hash_run_free(&run);
        return NULL;
    }
    run->first = run->head->first;
    return run;
}

struct hash_run *hash_run_new(struct hash_pool *pool, int64_t number, uint32_t level, uint32_t most) {
    struct hash_run *run = with_room(pool, blocks_of(most), (most + LINE_ENTRIES - 1) / LINE_ENTRIES);
    if (run) {
        run->number = number;
        run->level = level;
    }
    return run;
}

void hash_run_free(struct hash_run **run) {
    if (!*run)
        return;
    hash_pool_give((*run)->pool, &(*run)->entry_rows);
    hash_pool_give((*run)->pool, &(*run)->filter_rows);
    free((*run)->head);
    free((*run)->filter);
    free(*run);
    *run = NULL;
}

/* ---- the filter ---- */

/* In the order of the hashes, so that the filter is complete behind the block that was written last. */
static uint32_t line_of(const struct hash_run *run, uint64_t hash) {
    return (uint32_t)((hash >> 32) * run->lines >> 32);
}

static uint64_t bit_of(uint64_t hash, unsigned word) {
    return UINT64_C(1) << (hash >> 6 * word & 63);
}

static void filter_add(struct hash_run *run, uint64_t hash) {
    uint64_t *line = run->filter + (size_t)line_of(run, hash) * LINE_WORDS;
    for (unsigned word = 0; word < LINE_WORDS; word++)
        line[word] |= bit_of(hash, word);
}

static bool filter_passes(const struct hash_run *run, uint64_t hash) {
    const uint64_t *line = run->filter + (size_t)line_of(run, hash) * LINE_WORDS;
    for (unsigned word = 0; word < LINE_WORDS; word++)
        if (!(line[word] & bit_of(hash, word)))
            return false;
    return true;
}

/* ---- writing ---- */

/* The number of the list's row `at`, which was perhaps taken already, in a turn that was rolled back. */
static uint32_t row_at(struct hash_pool *pool, struct hash_list *list, uint32_t at) {
    if (at == list->count)
        hash_pool_take(pool, list);
    return list->numbers[at];
}

static size_t filter_row_bytes(const struct hash_run *run, uint32_t row) {
    uint32_t left = run->lines - row * ROW_LINES;
    return (left < ROW_LINES ? left : ROW_LINES) * LINE_BYTES;
}

static uint64_t *filter_row(const struct hash_run *run, uint32_t row) {
    return run->filter + (size_t)row * ROW_LINES * LINE_WORDS;
}

static void filter_write(struct hash_run *run, struct store *store, uint32_t rows) {
    for (; run->filtered < rows; run->filtered++)
        hash_pool_write(run->pool, store, row_at(run->pool, run->filter_rows, run->filtered),
            filter_row(run, run->filtered), filter_row_bytes(run, run->filtered));
}

void hash_run_write(
    struct hash_run *run, struct store *store, const struct hash_entry *entries, uint32_t count) {
    hash_pool_write(
        run->pool, store, row_at(run->pool, run->entry_rows, run->blocks), entries, count * sizeof *entries);
    for (uint32_t i = 0; i < count; i++)
        filter_add(run, entries[i].hash);
    run->first[run->blocks++] = entries[0].hash;
    run->count += count;
    filter_write(run, store, line_of(run, entries[count - 1].hash) / ROW_LINES);
}

void hash_run_finish(struct hash_run *run, struct store *store) {
    filter_write(run, store, filter_rows(run->lines));
    *run->head = (struct hash_run_head){run->row, run->count, run->blocks, run->level, run->lines};
    struct statement *add = common_use(store, COMMON_HASH_RUN_ADD);
    bind_int(add, run->number);
    bind_blob(add, run->head, head_bytes(run->blocks));
    bind_blob(add, run->entry_rows->numbers, run->blocks * sizeof(uint32_t));
    bind_blob(add, run->filter_rows->numbers, run->filtered * sizeof(uint32_t));
    statement_run(add);
}

void hash_run_delete(const struct hash_run *run, struct store *store) {
    struct statement *delete = common_use(store, COMMON_HASH_RUN_DELETE);
    bind_int(delete, run->number);
    statement_run(delete);
}

/* ---- reading ---- */

static bool head_is_sound(const struct hash_run_head *head, size_t size) {
    return head->count && head->count <= HASH_RUN_MOST && head->blocks == blocks_of(head->count) &&
           head->lines && head->lines <= HASH_RUN_MOST / LINE_ENTRIES && size == head_bytes(head->blocks);
}

static bool list_read(struct hash_list *list, const void *numbers, size_t size, uint32_t last) {
    if (size != list->room * sizeof *list->numbers)
        return false;
    memcpy(list->numbers, numbers, size);
    for (; list->count < list->room; list->count++)
        if (list->numbers[list->count] == 0 || list->numbers[list->count] > last)
            return false;
    return true;
}

/* The row of hash_run at hand. */
static enum hash_run_found run_of(struct hash_pool *pool, struct statement *row, struct hash_run **out) {
    struct hash_run_head head = {0};
    size_t size, entry_bytes, filter_bytes;
    const void *body = column_blob(row, 1, &size);
    const void *entry_numbers = column_blob(row, 2, &entry_bytes);
    const void *filter_numbers = column_blob(row, 3, &filter_bytes);
    if (size >= sizeof head)
        memcpy(&head, body, sizeof head); /* where it lies in its page is no place for a struct */
    if (!head_is_sound(&head, size))
        return HASH_RUN_DAMAGED;
    struct hash_run *run = with_room(pool, head.blocks, head.lines);
    if (!run)
        return HASH_RUN_FAILED;
    run->number = column_int(row, 0);
    run->row = head.row;
    run->count = head.count;
    run->blocks = head.blocks;
    run->level = head.level;
    memcpy(run->head, body, size);
    *out = run;
    return list_read(run->entry_rows, entry_numbers, entry_bytes, pool->last) &&
                   list_read(run->filter_rows, filter_numbers, filter_bytes, pool->last)
               ? HASH_RUN_READ
               : HASH_RUN_DAMAGED;
}

static bool filter_read(struct hash_run *run, struct store *store) {
    for (; run->filtered < run->filter_rows->count; run->filtered++) {
        struct statement *get;
        const void *lines = hash_pool_read(run->pool, store, run->filter_rows->numbers[run->filtered], &get);
        if (lines)
            memcpy(filter_row(run, run->filtered), lines, filter_row_bytes(run, run->filtered));
        statement_end(get);
        if (!lines)
            return false;
    }
    return true;
}

enum hash_run_found hash_run_read(
    struct hash_pool *pool, struct store *store, int64_t from, int64_t to, struct hash_run **run) {
    struct statement *next = common_use(store, COMMON_HASH_RUN_NEXT);
    bind_int(next, from);
    bind_int(next, to);
    *run = NULL;
    bool there = statement_step(next);
    enum hash_run_found found = there ? run_of(pool, next, run) : HASH_RUN_NONE;
    statement_end(next);
    if (found == HASH_RUN_READ && !filter_read(*run, store))
        found = HASH_RUN_DAMAGED;
    if (store_health(store) != STORE_OK)
        found = HASH_RUN_FAILED;
    if (found != HASH_RUN_READ)
        hash_run_free(run);
    return found;
}

/* Blocks are full but for the last. */
static uint32_t entries_of(const struct hash_run *run, uint32_t block) {
    return block + 1 < run->blocks ? HASH_RUN_BLOCK : run->count - block * HASH_RUN_BLOCK;
}

uint32_t hash_run_block(const struct hash_run *run, struct store *store, uint32_t block,
    struct hash_entry entries[HASH_RUN_BLOCK]) {
    struct statement *get;
    const void *body = hash_pool_read(run->pool, store, run->entry_rows->numbers[block], &get);
    uint32_t count = body ? entries_of(run, block) : 0;
    if (body)
        memcpy(entries, body, count * sizeof *entries);
    statement_end(get);
    return count;
}

/* ---- finding ---- */

/* Entries of a row: not aligned. */
static struct hash_entry entry_at(const char *entries, size_t number) {
    struct hash_entry entry;
    memcpy(&entry, entries + number * sizeof entry, sizeof entry);
    return entry;
}

/* The first entry that is not below the hash. */
static size_t lower_bound(const char *entries, size_t count, uint64_t hash) {
    size_t from = 0;
    while (count) {
        size_t half = count / 2;
        bool below = entry_at(entries, from + half).hash < hash;
        from += below ? half + 1 : 0;
        count = below ? count - half - 1 : half;
    }
    return from;
}

static size_t find_in_block(const struct hash_run *run, struct store *store, uint32_t block, uint64_t hash,
    int64_t *rows, size_t max) {
    size_t count = 0;
    struct statement *get;
    const char *entries = hash_pool_read(run->pool, store, run->entry_rows->numbers[block], &get);
    size_t all = entries ? entries_of(run, block) : 0;
    for (size_t i = lower_bound(entries, all, hash); i < all && count < max; i++) {
        struct hash_entry entry = entry_at(entries, i);
        if (entry.hash != hash)
            break;
        rows[count++] = entry.row;
    }
    statement_end(get);
    return count;
}

/* The last block that begins below the hash: equal ones may begin in it. 0 when none does. */
static uint32_t block_before(const struct hash_run *run, uint64_t hash) {
    uint32_t from = 0, count = run->blocks;
    while (count) {
        uint32_t half = count / 2;
        bool below = run->first[from + half] < hash;
        from += below ? half + 1 : 0;
        count = below ? count - half - 1 : half;
    }
    return from ? from - 1 : 0;
}

void hash_run_expect(const struct hash_run *run, uint64_t hash) {
    __builtin_prefetch(run->filter + (size_t)line_of(run, hash) * LINE_WORDS);
}

size_t hash_run_find(
    const struct hash_run *run, struct store *store, uint64_t hash, int64_t *rows, size_t max) {
    size_t count = 0;
    if (!filter_passes(run, hash))
        return 0;
    for (uint32_t at = block_before(run, hash); at < run->blocks && run->first[at] <= hash && count < max;
         at++)
        count += find_in_block(run, store, at, hash, rows + count, max - count);
    return count;
}
