#include "common/journal.h"

#include "common_sql.h"

#include <stdlib.h>
#include <string.h>

enum {
    STAGED_MAX = LINK_FRAME_MAX - (64 << 10), /* of one turn and lane: always fits into one frame */
    MEMORY_MAX = 4 << 20, /* recent chunks kept a lane: a consumer at most so far behind costs no read */
    CHUNKS_MAX = 1024,
    STAGED_KEEP = 256 << 10,
    TRIM_ROWS = 1024, /* a turn: about 5 ms */
};

struct chunk {
    uint64_t first, last;
    size_t size;
    uint8_t *records;
};

struct lane_state {
    uint64_t head, oldest;
    int64_t oldest_at; /* INT64_MAX: nothing is kept */
    struct buffer staged;
    uint32_t staged_count;
    struct chunk chunks[CHUNKS_MAX]; /* ring of the most recent ones, in order */
    unsigned start, count;
    size_t kept_bytes;
};

struct journal {
    struct store *store;
    char name[LINK_NAME_MAX];
    uint8_t incarnation[LINK_INCARNATION];
    struct lane_state lanes[LANES];
};

static int64_t position(enum lane lane, uint64_t sequence) {
    return (int64_t)((uint64_t)lane << 60 | sequence);
}

static uint64_t sequence_of(int64_t at) {
    return (uint64_t)at & ((UINT64_C(1) << 60) - 1);
}

/* ---- opening ---- */

/* The newest chunk is never trimmed away, so heads need no row of their own; see journal_trim. */
static void read_edges(struct journal *journal, enum lane lane) {
    struct lane_state *state = &journal->lanes[lane];
    struct statement *edges = common_use(journal->store, COMMON_JOURNAL_EDGES);
    bind_int(edges, position(lane, 0));
    bind_int(edges, position(lane + 1, 0) - 1);
    if (statement_step(edges)) {
        state->oldest = (uint64_t)column_int(edges, 0);
        uint64_t last = sequence_of(column_int(edges, 1));
        state->head = last > state->head ? last : state->head;
        state->oldest_at = column_int(edges, 2);
    } else if (store_health(journal->store) == STORE_OK) {
        state->oldest = state->head + 1;
        state->oldest_at = INT64_MAX;
    }
    statement_end(edges);
}

static bool read_incarnation(struct journal *journal, const struct random *random) {
    struct statement *get = common_use(journal->store, COMMON_META_GET);
    bind_text(get, "incarnation");
    size_t size = 0;
    if (statement_step(get)) {
        const void *bytes = column_blob(get, 0, &size);
        if (size == LINK_INCARNATION)
            memcpy(journal->incarnation, bytes, size);
    }
    statement_end(get);
    if (size == LINK_INCARNATION)
        return true;
    random_fill(random, journal->incarnation, LINK_INCARNATION);
    struct statement *set = common_use(journal->store, COMMON_META_SET);
    bind_text(set, "incarnation");
    bind_blob(set, journal->incarnation, LINK_INCARNATION);
    return statement_run(set);
}

struct journal *journal_open(
    struct store *store, const struct random *random, const char *name, struct error *error) {
    struct journal *journal = calloc(1, sizeof *journal);
    if (!journal) {
        error_set(error, "out of memory");
        return NULL;
    }
    journal->store = store;
    strncpy(journal->name, name, sizeof journal->name - 1);
    for (enum lane lane = 0; lane < LANES; lane++)
        journal->lanes[lane].staged = BUFFER_MAX(STAGED_MAX);
    if (read_incarnation(journal, random))
        journal_refresh(journal);
    if (store_health(store) != STORE_OK) {
        error_set(error, "journal: %s", store_complaint(store));
        journal_free(&journal);
    }
    return journal;
}

static void forget_oldest_chunk(struct lane_state *state) {
    struct chunk *chunk = &state->chunks[state->start];
    state->kept_bytes -= chunk->size;
    free(chunk->records);
    state->start = (state->start + 1) % CHUNKS_MAX;
    state->count--;
}

void journal_free(struct journal **at) {
    if (!*at)
        return;
    for (enum lane lane = 0; lane < LANES; lane++) {
        while ((*at)->lanes[lane].count)
            forget_oldest_chunk(&(*at)->lanes[lane]);
        buffer_free(&(*at)->lanes[lane].staged);
    }
    free(*at);
    *at = NULL;
}

const uint8_t *journal_incarnation(const struct journal *journal) {
    return journal->incarnation;
}

uint64_t journal_head(const struct journal *journal, enum lane lane) {
    return journal->lanes[lane].head;
}

uint64_t journal_oldest(const struct journal *journal, enum lane lane) {
    return journal->lanes[lane].oldest;
}

uint64_t journal_next(const struct journal *journal, enum lane lane) {
    return journal->lanes[lane].head + journal->lanes[lane].staged_count + 1;
}

/* ---- staging ---- */

bool journal_stage(struct journal *journal, enum lane lane, const void *record, size_t size) {
    struct lane_state *state = &journal->lanes[lane];
    link_add_record(&state->staged, record, size);
    state->staged_count++;
    return !state->staged.failed;
}

size_t journal_staged_bytes(const struct journal *journal) {
    return journal->lanes[LANE_URGENT].staged.size + journal->lanes[LANE_NORMAL].staged.size;
}

struct journal_mark journal_mark(const struct journal *journal) {
    struct journal_mark mark;
    for (enum lane lane = 0; lane < LANES; lane++) {
        mark.size[lane] = journal->lanes[lane].staged.size;
        mark.count[lane] = journal->lanes[lane].staged_count;
    }
    return mark;
}

void journal_undo(struct journal *journal, struct journal_mark mark) {
    for (enum lane lane = 0; lane < LANES; lane++) {
        journal->lanes[lane].staged.size = mark.size[lane];
        journal->lanes[lane].staged.failed = false;
        journal->lanes[lane].staged_count = mark.count[lane];
    }
}

void journal_write(struct journal *journal, int64_t now) {
    for (enum lane lane = 0; lane < LANES; lane++) {
        struct lane_state *state = &journal->lanes[lane];
        if (!state->staged_count)
            continue;
        struct statement *append = common_use(journal->store, COMMON_JOURNAL_APPEND);
        bind_int(append, position(lane, state->head + state->staged_count));
        bind_int(append, (int64_t)state->head + 1);
        bind_int(append, now);
        bind_int(append, (int64_t)state->staged.size);
        bind_blob(append, state->staged.bytes, state->staged.size);
        statement_run(append);
    }
}

/* Without memory for the copy the chunk is simply read from the table when it is wanted. */
static void remember(struct lane_state *state, uint64_t first, uint64_t last) {
    uint8_t *records = malloc(state->staged.size);
    if (!records) {
        while (state->count)
            forget_oldest_chunk(state);
        return;
    }
    memcpy(records, state->staged.bytes, state->staged.size);
    if (state->count == CHUNKS_MAX)
        forget_oldest_chunk(state);
    state->chunks[(state->start + state->count++) % CHUNKS_MAX] =
        (struct chunk){first, last, state->staged.size, records};
    state->kept_bytes += state->staged.size;
    while (state->kept_bytes > MEMORY_MAX && state->count > 1)
        forget_oldest_chunk(state);
}

void journal_committed(struct journal *journal) {
    for (enum lane lane = 0; lane < LANES; lane++) {
        struct lane_state *state = &journal->lanes[lane];
        if (!state->staged_count)
            continue;
        uint64_t last = state->head + state->staged_count;
        remember(state, state->head + 1, last);
        state->head = last;
        state->staged_count = 0;
        buffer_clear(&state->staged, STAGED_KEEP);
    }
}

void journal_rolled_back(struct journal *journal) {
    for (enum lane lane = 0; lane < LANES; lane++) {
        journal->lanes[lane].staged_count = 0;
        buffer_clear(&journal->lanes[lane].staged, STAGED_KEEP);
    }
}

/* ---- serving ---- */

/* Adds to out what of the chunk lies behind `after`. */
static void add_behind(
    struct buffer *out, uint64_t first, const uint8_t *bytes, size_t size, uint64_t after) {
    const uint8_t *at = bytes, *end = size ? bytes + size : bytes, *record;
    size_t record_size;
    while (first <= after && link_next_record(&at, end, &record, &record_size))
        first++;
    buffer_add(out, at, (size_t)(end - at));
}

static const struct chunk *find_in_memory(const struct lane_state *state, uint64_t sequence) {
    for (unsigned i = state->count; i-- > 0;) {
        const struct chunk *chunk = &state->chunks[(state->start + i) % CHUNKS_MAX];
        if (chunk->first <= sequence && sequence <= chunk->last)
            return chunk;
        if (chunk->last < sequence)
            break;
    }
    return NULL;
}

/* One chunk behind `after`; false when there is none. */
static bool add_next_chunk(struct journal *journal, enum lane lane, struct buffer *out, uint64_t *after) {
    const struct chunk *chunk = find_in_memory(&journal->lanes[lane], *after + 1);
    if (chunk) {
        add_behind(out, chunk->first, chunk->records, chunk->size, *after);
        *after = chunk->last;
        return true;
    }
    struct statement *next = common_use(journal->store, COMMON_JOURNAL_NEXT);
    bind_int(next, position(lane, *after));
    bind_int(next, position(lane + 1, 0));
    bool found = statement_step(next);
    if (found) {
        size_t size;
        const void *bytes = column_blob(next, 2, &size);
        add_behind(out, (uint64_t)column_int(next, 1), bytes, size, *after);
        *after = sequence_of(column_int(next, 0));
    }
    statement_end(next);
    return found;
}

static bool is_foreign(const struct journal *journal, const struct link_fetch *fetch) {
    const struct lane_state *state = &journal->lanes[fetch->lane];
    if (fetch->incarnation_known)
        return memcmp(fetch->incarnation, journal->incarnation, LINK_INCARNATION) != 0 ||
               fetch->after > state->head || fetch->after + 1 < state->oldest;
    return fetch->after != 0;
}

bool journal_continues(const struct journal *journal, const struct link_fetch *fetch) {
    return fetch->incarnation_known && !is_foreign(journal, fetch);
}

/* What is in memory of the records behind `after`, `most` at most: the frame gets its room at once. */
static size_t bytes_in_memory(const struct lane_state *state, uint64_t after, size_t most) {
    size_t bytes = 0;
    for (unsigned i = state->count; i-- > 0;) {
        const struct chunk *chunk = &state->chunks[(state->start + i) % CHUNKS_MAX];
        if (chunk->last <= after)
            break;
        bytes += chunk->size;
    }
    return bytes < most ? bytes : most;
}

/* Adds chunks until the credit is used up: the last one may go beyond it. */
static void add_records(
    struct journal *journal, const struct link_fetch *fetch, uint64_t after, struct buffer *out) {
    enum { CREDIT_MIN = 4096 };
    const struct lane_state *state = &journal->lanes[fetch->lane];
    size_t credit = fetch->credit_bytes < CREDIT_MIN ? CREDIT_MIN : fetch->credit_bytes;
    size_t start = out->size, before = start;
    size_t room = out->max - out->size; /* a reader may ask for more than a frame holds */
    buffer_room(out, bytes_in_memory(state, after, credit < room ? credit : room));
    while (after < state->head && out->size - start < credit && !out->failed &&
           add_next_chunk(journal, fetch->lane, out, &after)) {
        if (!out->failed) {
            before = out->size;
        } else if (before > start) { /* does not fit any more: left for the next fetch */
            out->size = before;
            out->failed = false;
            break;
        }
    }
}

bool journal_serve(struct journal *journal, const struct link_fetch *fetch, struct buffer *out) {
    struct lane_state *state = &journal->lanes[fetch->lane];
    struct link_batch header = {.lane = fetch->lane, .head = state->head};
    memcpy(header.journal, journal->name, LINK_NAME_MAX);
    memcpy(header.incarnation, journal->incarnation, LINK_INCARNATION);
    if (is_foreign(journal, fetch)) {
        header.after = state->oldest - 1;
        link_write_diverged(out, &header);
        return true;
    }
    header.after = fetch->after;
    if (!fetch->incarnation_known) /* a new link starts at the oldest kept, or here and now */
        header.after = fetch->from_now ? state->head : state->oldest - 1;
    if (fetch->incarnation_known && header.after == state->head)
        return false;
    size_t mark = link_begin_batch(out, &header), empty = out->size;
    add_records(journal, fetch, header.after, out);
    link_end_batch(out, mark);
    return !out->failed && (out->size > empty || !fetch->incarnation_known);
}

/* ---- trimming ---- */

bool journal_trim(struct journal *journal, enum lane lane, uint64_t sequence, int64_t before_at) {
    if (journal->lanes[lane].oldest_at >= before_at)
        return false;
    if (sequence >= journal->lanes[lane].head) /* the last row stays: it tells where the numbering goes on */
        sequence = journal->lanes[lane].head ? journal->lanes[lane].head - 1 : 0;
    struct statement *trim = common_use(journal->store, COMMON_JOURNAL_TRIM);
    bind_int(trim, position(lane, 0));
    bind_int(trim, position(lane, sequence));
    bind_int(trim, TRIM_ROWS);
    bind_int(trim, before_at);
    statement_run(trim);
    return store_changes(journal->store) == TRIM_ROWS;
}

void journal_refresh(struct journal *journal) {
    for (enum lane lane = 0; lane < LANES; lane++)
        read_edges(journal, lane);
}
