#include "common/inbox.h"

#include "common_sql.h"

#include <stdlib.h>
#include <string.h>

enum {
    FRAMES_MAX = 4, /* x (LINK_CREDIT + one record) = 2 MiB a lane as a rule, 16 MiB at worst */
    STALLED_MS = 60000,
};

struct arrived {
    uint8_t *bytes; /* record list in wire form, ours */
    size_t size;
};

struct lane_cursor {
    uint8_t incarnation[LINK_INCARNATION];
    bool incarnation_known, row_exists, moved;
    uint64_t stored;    /* in the row */
    uint64_t committed; /* where a rollback goes back to: the row's, or behind what was passed over since */
    uint64_t position, received, head;
    struct arrived frames[FRAMES_MAX];
    unsigned frame_count;
    /* where peek stands: frame and offset; and where it stood at the last commit */
    unsigned frame, frame_at_commit;
    size_t offset, offset_at_commit;
};

struct inbox {
    struct store *store;
    char name[LINK_NAME_MAX];
    bool from_now, cut, cut_told;
    int64_t heard_at;
    struct lane_cursor lanes[LANES];
};

struct inbox *inbox_open(struct store *store, const char *name, bool from_now) {
    struct inbox *inbox = calloc(1, sizeof *inbox);
    if (!inbox)
        return NULL;
    inbox->store = store;
    inbox->from_now = from_now;
    strncpy(inbox->name, name, sizeof inbox->name - 1);
    struct statement *all = common_use(store, COMMON_CURSOR_ALL);
    while (statement_step(all)) {
        size_t size;
        const void *incarnation = column_blob(all, 2, &size);
        int64_t lane = column_int(all, 1);
        if (strcmp(column_text(all, 0), name) != 0 || lane < 0 || lane >= LANES || size != LINK_INCARNATION)
            continue;
        struct lane_cursor *cursor = &inbox->lanes[lane];
        memcpy(cursor->incarnation, incarnation, size);
        cursor->incarnation_known = cursor->row_exists = true;
        cursor->stored = cursor->committed = cursor->position = cursor->received =
            (uint64_t)column_int(all, 3);
    }
    return inbox;
}

static void drop_frames(struct lane_cursor *cursor, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        free(cursor->frames[i].bytes);
    memmove(cursor->frames, cursor->frames + count, (cursor->frame_count - count) * sizeof *cursor->frames);
    cursor->frame_count -= count;
}

void inbox_free(struct inbox **at) {
    if (!*at)
        return;
    for (enum lane lane = 0; lane < LANES; lane++)
        drop_frames(&(*at)->lanes[lane], (*at)->lanes[lane].frame_count);
    free(*at);
    *at = NULL;
}

const char *inbox_name(const struct inbox *inbox) {
    return inbox->name;
}

/* ---- fetching ---- */

bool inbox_wants(const struct inbox *inbox, enum lane lane, const char *consumer, struct link_fetch *out) {
    const struct lane_cursor *cursor = &inbox->lanes[lane];
    if (inbox->cut || cursor->frame_count == FRAMES_MAX)
        return false;
    *out = (struct link_fetch){
        .lane = lane,
        .after = cursor->received,
        .done = cursor->stored,
        .credit_bytes = LINK_CREDIT,
        .incarnation_known = cursor->incarnation_known,
        .from_now = inbox->from_now,
    };
    strncpy(out->consumer, consumer, sizeof out->consumer - 1);
    memcpy(out->incarnation, cursor->incarnation, LINK_INCARNATION);
    return true;
}

static uint64_t count_records(const struct link_batch *batch) {
    const uint8_t *at = batch->records, *end = batch->records + batch->records_size, *record;
    size_t size;
    uint64_t count = 0;
    while (batch->records && link_next_record(&at, end, &record, &size))
        count++;
    return batch->records && at != end ? 0 : count; /* a malformed tail: take nothing of it */
}

/* The first batch of a new link says where the journal stands. */
static bool adopt(struct lane_cursor *cursor, const struct link_batch *batch) {
    if (cursor->incarnation_known)
        return memcmp(cursor->incarnation, batch->incarnation, LINK_INCARNATION) == 0 &&
               batch->after == cursor->received;
    memcpy(cursor->incarnation, batch->incarnation, LINK_INCARNATION);
    cursor->incarnation_known = cursor->moved = true;
    cursor->stored = cursor->committed = cursor->position = cursor->received = batch->after;
    return true;
}

bool inbox_receive(struct inbox *inbox, const struct link_frame *frame, int64_t now_monotonic) {
    if (frame->kind == LINK_DIVERGED || frame->kind == LINK_REFUSED)
        inbox->cut = true;
    if (frame->kind != LINK_BATCH || inbox->cut || strcmp(frame->batch.journal, inbox->name) != 0)
        return false;
    inbox->heard_at = now_monotonic;
    struct lane_cursor *cursor = &inbox->lanes[frame->batch.lane];
    if (cursor->frame_count == FRAMES_MAX || !adopt(cursor, &frame->batch))
        return false;
    cursor->head = frame->batch.head;
    uint64_t count = count_records(&frame->batch);
    uint8_t *copy = count ? malloc(frame->batch.records_size) : NULL;
    if (!copy)
        return false; /* out of memory is like a lost frame: it is fetched again */
    memcpy(copy, frame->batch.records, frame->batch.records_size);
    cursor->frames[cursor->frame_count++] = (struct arrived){copy, frame->batch.records_size};
    cursor->received += count;
    return true;
}

bool inbox_is_at_head(const struct inbox *inbox, enum lane lane) {
    return inbox->lanes[lane].received >= inbox->lanes[lane].head;
}

/* ---- taking ---- */

bool inbox_peek(const struct inbox *inbox, enum lane lane, struct record *out) {
    const struct lane_cursor *cursor = &inbox->lanes[lane];
    if (cursor->frame >= cursor->frame_count)
        return false;
    const struct arrived *frame = &cursor->frames[cursor->frame];
    const uint8_t *at = frame->bytes + cursor->offset;
    out->sequence = cursor->position + 1;
    return link_next_record(&at, frame->bytes + frame->size, &out->bytes, &out->size);
}

void inbox_take(struct inbox *inbox, enum lane lane) {
    struct lane_cursor *cursor = &inbox->lanes[lane];
    struct arrived *frame = &cursor->frames[cursor->frame];
    const uint8_t *at = frame->bytes + cursor->offset, *record;
    size_t size;
    link_next_record(&at, frame->bytes + frame->size, &record, &size);
    cursor->offset = (size_t)(at - frame->bytes);
    cursor->position++;
    cursor->moved = true;
    if (cursor->offset == frame->size) {
        cursor->frame++;
        cursor->offset = 0;
    }
}

static void forget_taken(struct lane_cursor *cursor) {
    cursor->committed = cursor->position;
    drop_frames(cursor, cursor->frame);
    cursor->frame = cursor->frame_at_commit = 0;
    cursor->offset_at_commit = cursor->offset;
}

bool inbox_pass_over(struct inbox *inbox, enum lane lane) {
    struct lane_cursor *cursor = &inbox->lanes[lane];
    if (cursor->position != cursor->committed)
        return false;
    inbox_take(inbox, lane);
    forget_taken(cursor);
    return true;
}

uint64_t inbox_position(const struct inbox *inbox, enum lane lane) {
    return inbox->lanes[lane].position;
}

static bool write_cursor(struct inbox *inbox, enum lane lane) {
    struct lane_cursor *cursor = &inbox->lanes[lane];
    struct statement *write;
    if (cursor->row_exists) {
        write = common_use(inbox->store, COMMON_CURSOR_MOVE);
        bind_int(write, (int64_t)cursor->position);
        bind_blob(write, cursor->incarnation, LINK_INCARNATION);
        bind_text(write, inbox->name);
        bind_int(write, lane);
        bind_int(write, (int64_t)cursor->stored);
    } else {
        write = common_use(inbox->store, COMMON_CURSOR_CREATE);
        bind_text(write, inbox->name);
        bind_int(write, lane);
        bind_blob(write, cursor->incarnation, LINK_INCARNATION);
        bind_int(write, (int64_t)cursor->position);
    }
    return !statement_run(write) || store_changes(inbox->store) == 1;
}

bool inbox_write(struct inbox *inbox) {
    for (enum lane lane = 0; lane < LANES; lane++)
        if (inbox->lanes[lane].moved && !write_cursor(inbox, lane))
            return false;
    return true;
}

void inbox_committed(struct inbox *inbox) {
    for (enum lane lane = 0; lane < LANES; lane++) {
        struct lane_cursor *cursor = &inbox->lanes[lane];
        if (!cursor->moved)
            continue;
        cursor->row_exists = true;
        cursor->moved = false;
        cursor->stored = cursor->position;
        forget_taken(cursor);
    }
}

void inbox_rolled_back(struct inbox *inbox) {
    for (enum lane lane = 0; lane < LANES; lane++) {
        struct lane_cursor *cursor = &inbox->lanes[lane];
        cursor->position = cursor->committed;
        cursor->frame = cursor->frame_at_commit;
        cursor->offset = cursor->offset_at_commit;
        cursor->moved =
            cursor->committed != cursor->stored || (cursor->incarnation_known && !cursor->row_exists);
    }
}

/* ---- state ---- */

uint64_t inbox_cursor(const struct inbox *inbox, enum lane lane) {
    return inbox->lanes[lane].stored;
}

uint64_t inbox_lag(const struct inbox *inbox, enum lane lane) {
    const struct lane_cursor *cursor = &inbox->lanes[lane];
    return cursor->head > cursor->committed ? cursor->head - cursor->committed : 0;
}

enum link_state inbox_state(const struct inbox *inbox, int64_t now_monotonic) {
    if (inbox->cut)
        return LINK_CUT;
    if (!inbox->heard_at)
        return LINK_CONNECTING;
    return now_monotonic - inbox->heard_at > STALLED_MS ? LINK_STALLED : LINK_LIVE;
}

const char *inbox_state_word(enum link_state state) {
    switch (state) {
    case LINK_CONNECTING:
        return "connecting";
    case LINK_LIVE:
        return "live";
    case LINK_STALLED:
        return "stalled";
    case LINK_CUT: /* or refused by the other side: the log says which, event=link-cut */
        return "diverged";
    }
    return "?";
}

void inbox_reconnect(struct inbox *inbox) {
    inbox->cut = inbox->cut_told = false;
}

bool inbox_just_cut(struct inbox *inbox) {
    if (!inbox->cut || inbox->cut_told)
        return false;
    return inbox->cut_told = true;
}
