#include "common/hash_index.h"

#include "common/fault.h"
#include "common_sql.h"

#include <stdlib.h>
#include <string.h>

enum {
    BUCKETS = HASH_INDEX_RUN,
    RUN_MAX = 2 * HASH_INDEX_RUN, /* no head says more: a row has not so many keys */
    BLOCK_ENTRIES = 500,          /* 8,000 bytes: a row that fits a page of 8 KiB */
    /* A filter is 1,024 lines of 64 bytes. A key sets one bit in each word of its line: 10 bits of the hash
     * choose the line, 8 times 6 bits the bits. With 32 keys a line one stranger in a thousand passes. */
    FILTER_LINES = 1024,
    LINE_WORDS = 8,
    FILTER_WORDS = FILTER_LINES * LINE_WORDS,
    RUN_SHIFT = 16, /* of the number of a row of hash_run, see sql/0002_hash_runs.sql */
    INDEX_SHIFT = 56,
};

/* A key of a run. Byte order is the machine's, as stores do not travel between kinds of machines. */
struct entry {
    uint64_t hash;
    int64_t row;
};

/* The newest keys: chains, so that the newest of equal ones comes first. */
struct fresh {
    struct entry entry;
    uint32_t next; /* place + 1 of the one before in this bucket */
};

/* Row 0 of a run, behind it the first hash of each block. */
struct head {
    int64_t row; /* all rows up to this one are in this run and those before */
    uint32_t count, blocks;
    uint64_t filter[FILTER_WORDS];
};

struct run {
    int64_t number;
    struct head head;
    uint64_t first[]; /* of each block */
};

struct hash_index {
    int64_t base; /* of its rows of hash_run */
    int64_t last; /* number given out last */
    struct fresh *fresh;
    size_t fresh_count, fresh_room, try_at;
    uint32_t bucket[BUCKETS];
    struct run **runs; /* oldest first */
    size_t run_count, run_room;
    struct run *written; /* in a turn that is not committed yet */
};

static struct run *run_new(int64_t number, uint32_t count) {
    uint32_t blocks = (count + BLOCK_ENTRIES - 1) / BLOCK_ENTRIES;
    struct run *run =
        fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof *run + blocks * sizeof run->first[0]);
    if (run) {
        run->number = number;
        run->head.count = count;
        run->head.blocks = blocks;
    }
    return run;
}

static size_t head_bytes(const struct run *run) {
    return sizeof run->head + run->head.blocks * sizeof run->first[0];
}

static int64_t row_number(const struct hash_index *index, int64_t run, int64_t block) {
    return index->base + (run << RUN_SHIFT) + block;
}

/* ---- opening ---- */

static bool runs_have_room(struct hash_index *index) {
    if (index->run_count < index->run_room)
        return true;
    size_t room = index->run_room ? 2 * index->run_room : 16;
    struct run **more = fault_strikes(FAULT_MEMORY) ? NULL : realloc(index->runs, room * sizeof *more);
    if (!more)
        return false;
    index->runs = more;
    index->run_room = room;
    return true;
}

/* NULL: no memory, or the row is not a head. */
static struct run *run_read(int64_t number, const void *body, size_t size) {
    struct head start = {0};
    if (size >= sizeof start)
        memcpy(&start, body, sizeof start); /* where a row lies in its page is no place for a struct */
    struct run *run = start.count && start.count <= RUN_MAX ? run_new(number, start.count) : NULL;
    if (!run)
        return NULL;
    if (size != head_bytes(run)) {
        free(run);
        return NULL;
    }
    memcpy(&run->head, body, sizeof run->head);
    memcpy(run->first, (const char *)body + sizeof run->head, size - sizeof run->head);
    return run;
}

static bool runs_load(struct hash_index *index, struct store *store) {
    int64_t from = index->base, end = index->base + (INT64_C(1) << INDEX_SHIFT);
    for (;;) {
        struct statement *next = common_use(store, COMMON_HASH_RUN_NEXT);
        bind_int(next, from);
        bind_int(next, end);
        if (!statement_step(next))
            return store_health(store) == STORE_OK;
        size_t size;
        const void *body = column_blob(next, 1, &size);
        int64_t number = (column_int(next, 0) - index->base) >> RUN_SHIFT;
        struct run *run = runs_have_room(index) ? run_read(number, body, size) : NULL;
        statement_end(next);
        if (!run)
            return false;
        index->runs[index->run_count++] = run;
        index->last = run->head.row;
        from = row_number(index, number + 1, 0);
    }
}

struct hash_index *hash_index_open(struct store *store, int number) {
    struct hash_index *index = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof *index);
    if (!index)
        return NULL;
    index->base = (int64_t)number << INDEX_SHIFT;
    index->try_at = HASH_INDEX_RUN;
    if (!runs_load(index, store))
        hash_index_close(&index);
    return index;
}

void hash_index_close(struct hash_index **index) {
    if (!*index)
        return;
    for (size_t i = 0; i < (*index)->run_count; i++)
        free((*index)->runs[i]);
    free((*index)->runs);
    free((*index)->written);
    free((*index)->fresh);
    free(*index);
    *index = NULL;
}

int64_t hash_index_saved(const struct hash_index *index) {
    return index->run_count ? index->runs[index->run_count - 1]->head.row : 0;
}

int64_t hash_index_next(struct hash_index *index) {
    return ++index->last;
}

/* ---- the newest keys ---- */

static bool fresh_has_room(struct hash_index *index) {
    if (index->fresh_count < index->fresh_room)
        return true;
    size_t room = index->fresh_room ? 2 * index->fresh_room : 256;
    struct fresh *more = fault_strikes(FAULT_MEMORY) ? NULL : realloc(index->fresh, room * sizeof *more);
    if (!more)
        return false;
    index->fresh = more;
    index->fresh_room = room;
    return true;
}

static uint32_t *bucket_of(struct hash_index *index, uint64_t hash) {
    return &index->bucket[hash % BUCKETS];
}

static void chain(struct hash_index *index, size_t at) {
    uint32_t *bucket = bucket_of(index, index->fresh[at].entry.hash);
    index->fresh[at].next = *bucket;
    *bucket = (uint32_t)at + 1;
}

bool hash_index_add(struct hash_index *index, uint64_t hash, int64_t row) {
    if (!fresh_has_room(index))
        return false;
    index->fresh[index->fresh_count].entry = (struct entry){hash, row};
    chain(index, index->fresh_count++);
    if (row > index->last)
        index->last = row;
    return true;
}

static size_t find_fresh(struct hash_index *index, uint64_t hash, int64_t *rows, size_t max) {
    size_t count = 0;
    for (uint32_t at = *bucket_of(index, hash); at && count < max; at = index->fresh[at - 1].next)
        if (index->fresh[at - 1].entry.hash == hash)
            rows[count++] = index->fresh[at - 1].entry.row;
    return count;
}

/* The oldest `count` are in a run now. */
static void drop_fresh(struct hash_index *index, size_t count) {
    index->fresh_count -= count;
    memmove(index->fresh, index->fresh + count, index->fresh_count * sizeof *index->fresh);
    memset(index->bucket, 0, sizeof index->bucket);
    for (size_t i = 0; i < index->fresh_count; i++)
        chain(index, i);
}

/* ---- runs ---- */

static uint64_t *filter_line(struct head *head, uint64_t hash) {
    return head->filter + hash % FILTER_LINES * LINE_WORDS;
}

static uint64_t filter_bit(uint64_t hash, unsigned word) {
    return UINT64_C(1) << (hash >> (10 + 6 * word) & 63);
}

static bool filter_passes(struct head *head, uint64_t hash) {
    const uint64_t *line = filter_line(head, hash);
    for (unsigned word = 0; word < LINE_WORDS; word++)
        if (!(line[word] & filter_bit(hash, word)))
            return false;
    return true;
}

static void filter_add(struct head *head, uint64_t hash) {
    uint64_t *line = filter_line(head, hash);
    for (unsigned word = 0; word < LINE_WORDS; word++)
        line[word] |= filter_bit(hash, word);
}

/* Entries of a row: not aligned. */
static struct entry entry_at(const char *entries, size_t number) {
    struct entry entry;
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
        size_t all = size / sizeof(struct entry);
        for (size_t i = lower_bound(entries, all, hash); i < all && count < max; i++) {
            struct entry entry = entry_at(entries, i);
            if (entry.hash != hash)
                break;
            rows[count++] = entry.row;
        }
    }
    statement_end(get);
    return count;
}

/* Equal keys may go on into the next block. */
static size_t find_in_run(struct hash_index *index, struct store *store, struct run *run, uint64_t hash,
    int64_t *rows, size_t max) {
    size_t count = 0;
    uint32_t block = 0;
    while (block + 1 < run->head.blocks && run->first[block + 1] < hash)
        block++;
    for (; block < run->head.blocks && run->first[block] <= hash && count < max; block++)
        count +=
            find_in_block(store, row_number(index, run->number, block + 1), hash, rows + count, max - count);
    return count;
}

size_t hash_index_find(
    struct hash_index *index, struct store *store, uint64_t hash, int64_t *rows, size_t max) {
    size_t count = find_fresh(index, hash, rows, max);
    for (size_t i = index->run_count; i > 0 && count < max; i--)
        if (filter_passes(&index->runs[i - 1]->head, hash))
            count += find_in_run(index, store, index->runs[i - 1], hash, rows + count, max - count);
    return count;
}

/* By hash, of equal ones the newest first. */
static int compare(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->row < b->row) - (a->row > b->row);
}

static void write_row(struct store *store, int64_t number, const void *body, size_t size) {
    struct statement *add = common_use(store, COMMON_HASH_RUN_ADD);
    bind_int(add, number);
    bind_blob(add, body, size);
    statement_run(add);
}

/* The entries in their order, the run filled in. */
static void write_run(
    struct hash_index *index, struct store *store, struct run *run, const struct entry *entries) {
    for (uint32_t block = 0; block < run->head.blocks; block++) {
        const struct entry *from = entries + block * BLOCK_ENTRIES;
        uint32_t left = run->head.count - block * BLOCK_ENTRIES;
        size_t count = left < BLOCK_ENTRIES ? left : BLOCK_ENTRIES;
        run->first[block] = from->hash;
        write_row(store, row_number(index, run->number, block + 1), from, count * sizeof *from);
    }
    for (uint32_t i = 0; i < run->head.count; i++)
        filter_add(&run->head, entries[i].hash);
    write_row(store, row_number(index, run->number, 0), &run->head, head_bytes(run));
}

static void saved(void *state, const void *argument) {
    struct hash_index *index = *(struct hash_index *const *)argument;
    struct run *run = index->written;
    (void)state;
    index->written = NULL;
    index->runs[index->run_count++] = run;
    drop_fresh(index, run->head.count);
    index->try_at = HASH_INDEX_RUN;
}

/* How many of the oldest make a run: those of one row stay together. */
static uint32_t run_length(const struct hash_index *index) {
    uint32_t count = HASH_INDEX_RUN;
    while (count < index->fresh_count && index->fresh[count].entry.row == index->fresh[count - 1].entry.row)
        count++;
    return count;
}

void hash_index_save(struct hash_index *index, struct turn *turn) {
    if (index->fresh_count < index->try_at)
        return;
    uint32_t count = run_length(index);
    int64_t number = index->run_count ? index->runs[index->run_count - 1]->number + 1 : 1;
    struct entry *entries = arena_take(turn->arena, count * sizeof *entries);
    index->try_at = index->fresh_count + HASH_INDEX_STEP;
    free(index->written); /* of a turn that was rolled back */
    index->written = run_new(number, count);
    if (!entries || !index->written || !runs_have_room(index))
        return; /* later */
    for (uint32_t i = 0; i < count; i++)
        entries[i] = index->fresh[i].entry;
    qsort(entries, count, sizeof *entries, compare);
    index->written->head.row = index->fresh[count - 1].entry.row;
    write_run(index, turn->store, index->written, entries);
    turn_after_commit(turn, saved, &index, sizeof index);
}

/* ---- forgetting ---- */

struct forgotten {
    struct hash_index *index;
    int64_t run; /* up to this one */
};

static void forgotten(void *state, const void *argument) {
    const struct forgotten *what = argument;
    struct hash_index *index = what->index;
    size_t count = 0;
    (void)state;
    while (count < index->run_count && index->runs[count]->number <= what->run)
        free(index->runs[count++]);
    index->run_count -= count;
    memmove(index->runs, index->runs + count, index->run_count * sizeof(struct run *));
}

/* The newest run stays: it says up to where rows are in runs. */
void hash_index_forget(struct hash_index *index, struct turn *turn, int64_t row) {
    struct forgotten what = {index, 0};
    for (size_t i = 0; i + 1 < index->run_count && index->runs[i]->head.row < row; i++)
        what.run = index->runs[i]->number;
    if (!what.run)
        return;
    struct statement *delete = common_use(turn->store, COMMON_HASH_RUN_DELETE);
    bind_int(delete, index->base);
    bind_int(delete, row_number(index, what.run + 1, 0));
    statement_run(delete);
    turn_after_commit(turn, forgotten, &what, sizeof what);
}
