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
    ROW_LINES = 124, /* 7,936 bytes: a row that fits a page of 8 KiB */
};

/* As it is stored. */
struct hash_run_head {
    int64_t row;
    uint32_t count, blocks, level, room, lines, unused;
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

static struct hash_run *with_room(int64_t place, uint32_t blocks, uint32_t lines) {
    struct hash_run *run = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof *run);
    if (!run)
        return NULL;
    run->place = place;
    run->room = blocks;
    run->lines = lines;
    run->head = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, head_bytes(blocks));
    run->filter =
        fault_strikes(FAULT_MEMORY) ? NULL : calloc((size_t)lines * LINE_WORDS, sizeof *run->filter);
    if (!run->head || !run->filter) {
        hash_run_free(&run);
        return NULL;
    }
    run->first = run->head->first;
    return run;
}

struct hash_run *hash_run_new(int64_t place, uint32_t level, uint32_t most) {
    uint32_t blocks = (most + HASH_RUN_BLOCK - 1) / HASH_RUN_BLOCK;
    struct hash_run *run = with_room(place, blocks, (most + LINE_ENTRIES - 1) / LINE_ENTRIES);
    if (run)
        run->level = level;
    return run;
}

void hash_run_free(struct hash_run **run) {
    if (!*run)
        return;
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

/* ---- rows ---- */

static int64_t filter_place(const struct hash_run *run, uint32_t row) {
    return run->place + 1 + run->room + row;
}

static uint32_t filter_rows(const struct hash_run *run) {
    return (run->lines + ROW_LINES - 1) / ROW_LINES;
}

static size_t filter_row_bytes(const struct hash_run *run, uint32_t row) {
    uint32_t left = run->lines - row * ROW_LINES;
    return (left < ROW_LINES ? left : ROW_LINES) * LINE_WORDS * sizeof *run->filter;
}

static void write_row(struct store *store, int64_t number, const void *body, size_t size) {
    struct statement *add = common_use(store, COMMON_HASH_RUN_ADD);
    bind_int(add, number);
    bind_blob(add, body, size);
    statement_run(add);
}

static void filter_write(struct hash_run *run, struct store *store, uint32_t rows) {
    for (; run->filtered < rows; run->filtered++)
        write_row(store, filter_place(run, run->filtered),
            run->filter + (size_t)run->filtered * ROW_LINES * LINE_WORDS,
            filter_row_bytes(run, run->filtered));
}

void hash_run_write(
    struct hash_run *run, struct store *store, const struct hash_entry *entries, uint32_t count) {
    write_row(store, run->place + 1 + run->blocks, entries, count * sizeof *entries);
    for (uint32_t i = 0; i < count; i++)
        filter_add(run, entries[i].hash);
    run->first[run->blocks++] = entries[0].hash;
    run->count += count;
    filter_write(run, store, line_of(run, entries[count - 1].hash) / ROW_LINES);
}

void hash_run_finish(struct hash_run *run, struct store *store) {
    filter_write(run, store, filter_rows(run));
    run->head->row = run->row;
    run->head->count = run->count;
    run->head->blocks = run->blocks;
    run->head->level = run->level;
    run->head->room = run->room;
    run->head->lines = run->lines;
    write_row(store, run->place, run->head, head_bytes(run->blocks));
}

static bool filter_read(struct hash_run *run, struct store *store) {
    for (; run->filtered < filter_rows(run); run->filtered++) {
        size_t size, want = filter_row_bytes(run, run->filtered);
        struct statement *get = common_use(store, COMMON_HASH_RUN_GET);
        bind_int(get, filter_place(run, run->filtered));
        const void *lines = statement_step(get) ? column_blob(get, 0, &size) : NULL;
        bool whole = lines && size == want;
        if (whole)
            memcpy(run->filter + (size_t)run->filtered * ROW_LINES * LINE_WORDS, lines, want);
        statement_end(get);
        if (!whole)
            return false;
    }
    return true;
}

static bool head_is_sound(const struct hash_run_head *head, size_t size) {
    return head->count && head->count <= HASH_RUN_MOST && head->room <= HASH_RUN_MOST / HASH_RUN_BLOCK &&
           head->blocks <= head->room && head->lines && head->lines <= HASH_RUN_MOST / LINE_ENTRIES &&
           size == head_bytes(head->blocks);
}

struct hash_run *hash_run_read(struct store *store, int64_t place, const void *body, size_t size) {
    struct hash_run_head head = {0};
    if (size >= sizeof head)
        memcpy(&head, body, sizeof head); /* where a row lies in its page is no place for a struct */
    struct hash_run *run = head_is_sound(&head, size) ? with_room(place, head.room, head.lines) : NULL;
    if (!run)
        return NULL;
    run->row = head.row;
    run->count = head.count;
    run->blocks = head.blocks;
    run->level = head.level;
    memcpy(run->head, body, size);
    if (!filter_read(run, store))
        hash_run_free(&run);
    return run;
}

uint32_t hash_run_block(const struct hash_run *run, struct store *store, uint32_t block,
    struct hash_entry entries[HASH_RUN_BLOCK]) {
    size_t size = 0;
    struct statement *get = common_use(store, COMMON_HASH_RUN_GET);
    bind_int(get, run->place + 1 + block);
    const void *body = statement_step(get) ? column_blob(get, 0, &size) : NULL;
    uint32_t count = (uint32_t)(size / sizeof *entries);
    if (!body || count > HASH_RUN_BLOCK || size % sizeof *entries)
        count = 0;
    else
        memcpy(entries, body, size);
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

static size_t find_in_block(struct store *store, int64_t number, uint64_t hash, int64_t *rows, size_t max) {
    size_t size, count = 0;
    struct statement *get = common_use(store, COMMON_HASH_RUN_GET);
    bind_int(get, number);
    if (statement_step(get)) {
        const char *entries = column_blob(get, 0, &size);
        size_t all = size / sizeof(struct hash_entry);
        for (size_t i = lower_bound(entries, all, hash); i < all && count < max; i++) {
            struct hash_entry entry = entry_at(entries, i);
            if (entry.hash != hash)
                break;
            rows[count++] = entry.row;
        }
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

size_t hash_run_find(
    const struct hash_run *run, struct store *store, uint64_t hash, int64_t *rows, size_t max) {
    size_t count = 0;
    if (!filter_passes(run, hash))
        return 0;
    for (uint32_t at = block_before(run, hash); at < run->blocks && run->first[at] <= hash && count < max;
         at++)
        count += find_in_block(store, run->place + 1 + at, hash, rows + count, max - count);
    return count;
}
