#include "common/hash_index.h"

#include "common/fault.h"
#include "common/hash_merge.h"
#include "common/log.h"
#include "common_sql.h"

#include <stdlib.h>
#include <string.h>

enum {
    BUCKETS = HASH_INDEX_RUN,
    /* Runs of level n hold 32,768 x 8^n keys; those of 17 million stay as they are. */
    LEVELS = 4,
    INDEX_SHIFT = 56, /* see sql/0004_rows_written_over.sql */
    /* Per 1,000 keys added, each level writes three blocks of its merge: done before as many runs have come
     * as it takes away. Behind by a whole merge (a start that adds millions), it writes twice as many. */
    KEYS_A_STEP = 2 * HASH_RUN_BLOCK,
    BLOCKS_A_STEP = 3,
    BLOCKS_MAX = 64, /* a turn and level: 1.2 ms, what a turn of 1,024 reports with 20 keys each asks for */
    REFILL_RUNS = 8, /* at the start, a turn: nobody waits for it to end */
    BEHIND = 2 * HASH_MERGE_RUNS, /* runs of a level */
    BLOCKS_BEHIND = 8,            /* at least, in a turn that adds no keys */
    SHARE_BITS = 12,              /* a run is sorted in shares of some eight keys */
    SHARES = 1 << SHARE_BITS,
    SHARE_SMALL = 32,
};

/* The newest keys: chains, so that the newest of equal ones comes first. */
struct fresh {
    struct hash_entry entry;
    uint32_t next; /* place + 1 of the one before in this bucket */
};

struct hash_index {
    int64_t base;    /* of the numbers of its runs */
    size_t run_keys; /* of a new run */
    int64_t last;    /* number given out last */
    struct hash_pool pool;
    struct fresh *fresh;
    size_t fresh_from, fresh_end, fresh_room; /* those from fresh_from on are in no run */
    uint32_t bucket[BUCKETS];
    struct hash_run **runs; /* oldest first: the largest first */
    size_t run_count, run_room;
    int64_t last_run;                  /* number given out last; some come to nothing */
    int64_t kept_from;                 /* rows below it are deleted */
    struct hash_merge *merges[LEVELS]; /* of runs of this level; of the last there is none */
    bool arrears;                      /* more to do than the keys that come in pay for */
    bool opened;                       /* that was committed */
    bool stopped;                      /* a run is damaged: no more merging until the next start */
    /* What was written in a turn of which we do not know yet that it was committed. */
    struct hash_run *written[REFILL_RUNS];
    unsigned written_count;
    uint64_t turn; /* that wrote last, see turn_begun() */
    uint64_t added, added_at_step;
    uint64_t forgets; /* how often hash_index_forget() was asked */
};

/* ---- how many there are ---- */

/* The oldest of a level; the newest of all runs is none of them, as it says up to where rows are in runs. */
static size_t runs_of(const struct hash_index *index, uint32_t level, size_t *first) {
    size_t count = 0;
    *first = 0;
    for (size_t i = 0; i + 1 < index->run_count; i++)
        if (index->runs[i]->level == level && count++ == 0)
            *first = i;
    return count;
}

static bool is_behind(const struct hash_index *index, uint32_t level) {
    size_t first;
    return !index->stopped && runs_of(index, level, &first) >= BEHIND;
}

static void count_arrears(struct hash_index *index) {
    index->arrears = false;
    for (uint32_t level = 0; level + 1 < LEVELS; level++)
        index->arrears = index->arrears || is_behind(index, level);
}

/* ---- opening ---- */

static bool runs_have_room(struct hash_index *index) {
    if (index->run_count + index->written_count < index->run_room)
        return true;
    size_t room = index->run_room ? 2 * index->run_room : 16;
    struct hash_run **more = fault_strikes(FAULT_MEMORY) ? NULL : realloc(index->runs, room * sizeof *more);
    if (!more)
        return false;
    index->runs = more;
    index->run_room = room;
    return true;
}

/* A merged run is numbered later than those that came while it was made: its place is among the rows it
 * holds. */
static void run_insert(struct hash_index *index, struct hash_run *run) {
    size_t at = index->run_count++;
    for (; at > 0 && index->runs[at - 1]->row > run->row; at--)
        index->runs[at] = index->runs[at - 1];
    index->runs[at] = run;
}

static int64_t end_of(const struct hash_index *index) {
    return index->base + (INT64_C(1) << INDEX_SHIFT);
}

static enum hash_run_found runs_load(struct hash_index *index, struct store *store) {
    for (;;) {
        struct hash_run *run;
        enum hash_run_found found =
            hash_run_read(&index->pool, store, index->last_run + 1, end_of(index), &run);
        if (found != HASH_RUN_READ)
            return found;
        if (!runs_have_room(index)) {
            hash_run_free(&run);
            return HASH_RUN_FAILED;
        }
        index->last_run = run->number;
        run_insert(index, run);
    }
}

/* The owner has all that the runs had: it adds everything again, which takes a while and loses nothing. */
static void runs_drop(struct hash_index *index, struct store *store) {
    log_line(LOG_ERROR, "hash-index-made-again", "index=%d", (int)(index->base >> INDEX_SHIFT));
    while (index->run_count)
        hash_run_free(&index->runs[--index->run_count]);
    struct statement *clear = common_use(store, COMMON_HASH_RUN_CLEAR);
    bind_int(clear, index->base);
    bind_int(clear, end_of(index));
    statement_run(clear);
}

static void mark(uint64_t *needed, const struct hash_list *list) {
    for (uint32_t i = 0; i < list->count; i++)
        needed[list->numbers[i] / 64] |= UINT64_C(1) << list->numbers[i] % 64;
}

/* Rows that no run has are free: of runs that are part of others by now, or that were never finished. */
static bool rows_release(struct hash_index *index) {
    uint64_t *needed =
        fault_strikes(FAULT_MEMORY) ? NULL : calloc((size_t)index->pool.last / 64 + 1, sizeof *needed);
    if (!needed)
        return false;
    for (size_t i = 0; i < index->run_count; i++) {
        mark(needed, index->runs[i]->entry_rows);
        mark(needed, index->runs[i]->filter_rows);
    }
    bool released = hash_pool_release(&index->pool, needed);
    free(needed);
    return released;
}

static void opened(void *state, const void *argument) {
    (void)state;
    (*(struct hash_index *const *)argument)->opened = true;
}

static struct hash_index *index_load(struct turn *turn, int number) {
    struct store *store = turn->store;
    struct hash_index *index = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof *index);
    if (!index)
        return NULL;
    index->base = index->last_run = (int64_t)number << INDEX_SHIFT;
    index->run_keys = HASH_INDEX_RUN;
    hash_pool_open(&index->pool, store, index->base);
    enum hash_run_found found = runs_load(index, store);
    if (found == HASH_RUN_DAMAGED)
        runs_drop(index, store);
    if (found == HASH_RUN_FAILED || !rows_release(index) || store_health(store) != STORE_OK) {
        hash_index_close(&index);
        return NULL;
    }
    index->last = hash_index_saved(index);
    turn_after_commit(turn, opened, &index, sizeof index);
    return index;
}

bool hash_index_open(struct hash_index **index, struct turn *turn, int number) {
    if (*index && !(*index)->opened)
        hash_index_close(index);
    if (!*index)
        *index = index_load(turn, number);
    return *index != NULL;
}

static void written_forget(struct hash_index *index) {
    while (index->written_count)
        hash_run_free(&index->written[--index->written_count]);
}

void hash_index_run(struct hash_index *index, size_t keys) {
    index->run_keys = keys;
}

void hash_index_close(struct hash_index **index) {
    if (!*index)
        return;
    for (unsigned level = 0; level < LEVELS; level++)
        hash_merge_free(&(*index)->merges[level]);
    for (size_t i = 0; i < (*index)->run_count; i++)
        hash_run_free(&(*index)->runs[i]);
    written_forget(*index);
    hash_pool_close(&(*index)->pool);
    free((*index)->runs);
    free((*index)->fresh);
    free(*index);
    *index = NULL;
}

int64_t hash_index_saved(const struct hash_index *index) {
    return index->run_count ? index->runs[index->run_count - 1]->row : 0;
}

int64_t hash_index_last(const struct hash_index *index) {
    return index->last;
}

int64_t hash_index_next(struct hash_index *index) {
    return ++index->last;
}

void hash_index_pass(struct hash_index *index, int64_t row) {
    if (row > index->last)
        index->last = row;
}

/* ---- the newest keys ---- */

static uint32_t *bucket_of(struct hash_index *index, uint64_t hash) {
    return &index->bucket[hash % BUCKETS];
}

static void chain(struct hash_index *index, size_t at) {
    uint32_t *bucket = bucket_of(index, index->fresh[at].entry.hash);
    index->fresh[at].next = *bucket;
    *bucket = (uint32_t)at + 1;
}

/* Room of those that are in runs is used again once they are the larger part: each key moves once. */
static void fresh_close_up(struct hash_index *index) {
    size_t count = index->fresh_end - index->fresh_from;
    if (index->fresh_from <= count)
        return;
    memmove(index->fresh, index->fresh + index->fresh_from, count * sizeof *index->fresh);
    memset(index->bucket, 0, sizeof index->bucket);
    index->fresh_from = 0;
    index->fresh_end = count;
    for (size_t i = 0; i < count; i++)
        chain(index, i);
}

static bool fresh_has_room(struct hash_index *index) {
    if (index->fresh_end < index->fresh_room)
        return true;
    size_t room = index->fresh_room ? 2 * index->fresh_room : 256;
    struct fresh *more = fault_strikes(FAULT_MEMORY) || index->fresh_end >= UINT32_MAX / 2
                             ? NULL
                             : realloc(index->fresh, room * sizeof *more);
    if (!more)
        return false;
    index->fresh = more;
    index->fresh_room = room;
    return true;
}

bool hash_index_add(struct hash_index *index, uint64_t hash, int64_t row) {
    if (!fresh_has_room(index))
        return false;
    index->fresh[index->fresh_end].entry = (struct hash_entry){hash, row};
    chain(index, index->fresh_end++);
    index->added++;
    hash_index_pass(index, row);
    return true;
}

static size_t find_fresh(struct hash_index *index, uint64_t hash, int64_t *rows, size_t max) {
    size_t count = 0;
    for (uint32_t at = *bucket_of(index, hash); at > index->fresh_from && count < max;
         at = index->fresh[at - 1].next)
        if (index->fresh[at - 1].entry.hash == hash)
            rows[count++] = index->fresh[at - 1].entry.row;
    return count;
}

size_t hash_index_find(
    struct hash_index *index, struct store *store, uint64_t hash, int64_t *rows, size_t max) {
    for (size_t i = 0; i < index->run_count; i++)
        hash_run_expect(index->runs[i], hash);
    size_t count = find_fresh(index, hash, rows, max);
    for (size_t i = index->run_count; i > 0 && count < max; i--)
        count += hash_run_find(index->runs[i - 1], store, hash, rows + count, max - count);
    return count;
}

/* ---- writing runs ---- */

/* How many from this place on make a run: those of one row stay together. */
static uint32_t run_length(const struct hash_index *index, size_t from) {
    const struct fresh *fresh = index->fresh + from;
    size_t all = index->fresh_end - from, count = index->run_keys;
    while (count < all && fresh[count].entry.row == fresh[count - 1].entry.row)
        count++;
    return (uint32_t)count;
}

static void entries_write(
    struct hash_run *run, struct store *store, const struct hash_entry *entries, uint32_t count) {
    for (uint32_t at = 0; at < count; at += HASH_RUN_BLOCK)
        hash_run_write(run, store, entries + at, count - at < HASH_RUN_BLOCK ? count - at : HASH_RUN_BLOCK);
    hash_run_finish(run, store);
}

static uint32_t share_of(const struct hash_entry *entry) {
    return (uint32_t)(entry->hash >> (64 - SHARE_BITS));
}

/* Mostly a handful, and those of one hash are in order already; many of one hash may be among many of
 * another.
 */
static void share_sort(struct hash_entry *entries, uint32_t count) {
    if (count > SHARE_SMALL) {
        qsort(entries, count, sizeof *entries, hash_entry_compare);
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        struct hash_entry entry = entries[i];
        uint32_t at = i;
        for (; at && hash_entry_compare(&entries[at - 1], &entry) > 0; at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

/* In the order of a run. Hashes spread evenly: their first bits tell each one's place nearly. Of one hash the
 * newest comes first, so shares are filled from their ends. */
static void entries_take(const struct fresh *fresh, uint32_t count, struct hash_entry *entries) {
    uint32_t starts[SHARES + 1] = {0};
    for (uint32_t i = 0; i < count; i++)
        starts[share_of(&fresh[i].entry)]++;
    for (uint32_t share = 1; share <= SHARES; share++)
        starts[share] += starts[share - 1]; /* the ends, so far */
    for (uint32_t i = 0; i < count; i++)
        entries[--starts[share_of(&fresh[i].entry)]] = fresh[i].entry;
    for (uint32_t share = 0; share < SHARES; share++)
        share_sort(entries + starts[share], starts[share + 1] - starts[share]);
}

/* How many; 0: there is no memory for it, they wait. */
static uint32_t run_write(struct hash_index *index, struct turn *turn, size_t from) {
    uint32_t count = run_length(index, from);
    struct hash_entry *entries = arena_take(turn->arena, count * sizeof *entries);
    if (!entries || !runs_have_room(index))
        return 0;
    struct hash_run *run = hash_run_new(&index->pool, index->last_run + 1, 0, count);
    if (!run)
        return 0;
    index->written[index->written_count++] = run;
    index->last_run++;
    run->row = index->fresh[from + count - 1].entry.row;
    entries_take(index->fresh + from, count, entries);
    entries_write(run, turn->store, entries, count);
    return count;
}

/* Those that came first become runs, so many at most. */
static void runs_write(struct hash_index *index, struct turn *turn, unsigned most) {
    for (size_t from = index->fresh_from; most > 0 && index->fresh_end - from >= index->run_keys; most--) {
        uint32_t count = run_write(index, turn, from);
        if (!count)
            return;
        from += count;
    }
}

static void runs_written(struct hash_index *index) {
    for (unsigned i = 0; i < index->written_count; i++) {
        index->fresh_from += index->written[i]->count;
        run_insert(index, index->written[i]);
    }
    index->written_count = 0;
    fresh_close_up(index);
}

/* ---- making larger ones ---- */

static void merge_start(struct hash_index *index, uint32_t level) {
    size_t first;
    if (index->merges[level] || index->stopped || runs_of(index, level, &first) < HASH_MERGE_RUNS)
        return;
    index->merges[level] = hash_merge_new(index->runs + first, index->last_run + 1, index->kept_from);
    if (index->merges[level])
        index->last_run++;
}

static void merge_go_on(struct hash_index *index, struct store *store, uint32_t level, unsigned blocks) {
    if (!index->merges[level])
        return;
    if (is_behind(index, level))
        blocks = 2 * blocks > BLOCKS_BEHIND ? 2 * blocks : BLOCKS_BEHIND;
    if (hash_merge_step(index->merges[level], store, blocks) || store_health(store) != STORE_OK)
        return;
    log_line(LOG_ERROR, "hash-run-damaged", "index=%d level=%u", (int)(index->base >> INDEX_SHIFT), level);
    hash_merge_free(&index->merges[level]);
    index->stopped = true;
}

static void run_goes(struct hash_index *index, size_t at) {
    hash_run_free(&index->runs[at]);
    index->run_count--;
    memmove(index->runs + at, index->runs + at + 1, (index->run_count - at) * sizeof(struct hash_run *));
}

static void merge_commit(struct hash_index *index, uint32_t level) {
    struct hash_merge *merge = index->merges[level];
    hash_merge_commit(merge);
    if (!hash_merge_is_done(merge))
        return; /* the runs that it is made of go on serving */
    for (size_t i = index->run_count; i-- > 0;)
        if (hash_merge_has(merge, index->runs[i]))
            run_goes(index, i);
    struct hash_run *run = hash_merge_take(merge);
    if (run)
        run_insert(index, run); /* there was room for eight */
    hash_merge_free(&index->merges[level]);
}

/* ---- once an input ---- */

static void committed(void *state, const void *argument) {
    struct hash_index *index = *(struct hash_index *const *)argument;
    (void)state;
    runs_written(index);
    for (uint32_t level = 0; level < LEVELS; level++)
        if (index->merges[level])
            merge_commit(index, level);
    count_arrears(index);
}

/* Once a turn: what is written again in another, the store has not. */
static bool may_write(struct hash_index *index, const struct turn *turn) {
    if (index->turn == turn_begun(turn))
        return false;
    index->turn = turn_begun(turn);
    written_forget(index); /* of a turn that was rolled back */
    return true;
}

/* Runs of the newest keys, and of each level so many blocks of a larger one. */
static void write_out(struct hash_index *index, struct turn *turn, unsigned runs, uint64_t blocks) {
    runs_write(index, turn, runs);
    for (uint32_t level = 0; level + 1 < LEVELS; level++) {
        merge_start(index, level);
        merge_go_on(index, turn->store, level, (unsigned)blocks);
    }
    index->added_at_step = index->added;
    turn_after_commit(turn, committed, &index, sizeof index);
}

void hash_index_save(struct hash_index *index, struct turn *turn) {
    bool due = index->fresh_end - index->fresh_from >= index->run_keys;
    uint64_t keys = index->added - index->added_at_step;
    if ((!due && keys < KEYS_A_STEP && !index->arrears) || !may_write(index, turn))
        return;
    uint64_t blocks = keys * BLOCKS_A_STEP / KEYS_A_STEP;
    write_out(index, turn, 1, blocks < BLOCKS_MAX ? blocks : BLOCKS_MAX);
}

bool hash_index_refill(struct hash_index *index, struct turn *turn) {
    size_t keys = REFILL_RUNS * index->run_keys;
    if (index->fresh_end - index->fresh_from < keys)
        return false;
    if (may_write(index, turn))
        write_out(index, turn, REFILL_RUNS, keys * BLOCKS_A_STEP / KEYS_A_STEP);
    turn_start_goes_on(turn);
    return true;
}

/* ---- forgetting ---- */

static bool is_merged(const struct hash_index *index, const struct hash_run *run) {
    for (uint32_t level = 0; level < LEVELS; level++)
        if (index->merges[level] && hash_merge_has(index->merges[level], run))
            return true;
    return false;
}

/* The newest run stays: it says up to where rows are in runs. What is being merged leaves them out. */
static bool is_forgotten(const struct hash_index *index, size_t run, int64_t row) {
    return run + 1 < index->run_count && index->runs[run]->row < row && !is_merged(index, index->runs[run]);
}

struct forgetting {
    struct hash_index *index;
    int64_t row;
    uint64_t number;
};

static void forgotten(void *state, const void *argument) {
    const struct forgetting *what = argument;
    struct hash_index *index = what->index;
    (void)state;
    index->kept_from = what->row;
    for (size_t i = index->run_count; i-- > 0;)
        if (index->runs[i]->dropped == what->number && !is_merged(index, index->runs[i]))
            run_goes(index, i);
}

void hash_index_forget(struct hash_index *index, struct turn *turn, int64_t row) {
    struct forgetting what = {index, row, ++index->forgets};
    for (size_t i = 0; i < index->run_count; i++)
        if (is_forgotten(index, i, row)) {
            index->runs[i]->dropped =
                what.number; /* in this turn: what a merge of it makes meanwhile stays */
            hash_run_delete(index->runs[i], turn->store);
        }
    turn_after_commit(turn, forgotten, &what, sizeof what);
}
