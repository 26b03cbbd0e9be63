#include "services/intake/sweep.h"

#include "intake_sql.h"
#include "services/intake/state.h"
#include "services/intake/web.h"

#include <string.h>

enum { BATCH = 512 /* rows of a table a step: about 2 ms */, STEP_MS = 1000 };
static const int64_t day_ms = INT64_C(24) * 3600 * 1000;
static const int64_t keys_ms = INT64_C(30) * 24 * 3600 * 1000; /* Idempotency-Key: the promise made to bots */
static const int64_t addresses_ms = INT64_C(7) * 24 * 3600 * 1000;    /* the most an address may be kept */
static const int64_t open_cases_ms = INT64_C(730) * 24 * 3600 * 1000; /* a case nobody ever closed */

static const struct id timer_object = {"the sweep"};

/* Beyond the last key: longer than any. */
static const uint8_t beyond[ID_BYTES + 1] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/* Where the pass stands in the two tables that are not in time order. */
struct position {
    uint8_t progress[ID_BYTES + 1], sender[ID_BYTES + 1];
    size_t progress_size, sender_size; /* 0: at the start */
    int64_t next_at;
};

static bool read_position(struct turn *turn, struct position *at) {
    struct statement *get = intake_use(turn->store, INTAKE_SWEEP_GET);
    *at = (struct position){0};
    bool there = statement_step(get);
    if (there) {
        const void *progress = column_blob(get, 0, &at->progress_size);
        if (at->progress_size && at->progress_size <= sizeof at->progress)
            memcpy(at->progress, progress, at->progress_size);
        at->next_at = column_int(get, 1);
        const void *sender = column_blob(get, 2, &at->sender_size);
        if (at->sender_size && at->sender_size <= sizeof at->sender)
            memcpy(at->sender, sender, at->sender_size);
    }
    statement_end(get);
    return there;
}

static void write_position(struct turn *turn, const struct position *at) {
    struct statement *set = intake_use(turn->store, INTAKE_SWEEP_SET);
    bind_blob(set, at->progress, at->progress_size);
    bind_int(set, at->next_at);
    bind_blob(set, at->sender, at->sender_size);
    statement_run(set);
    turn_timer_set(turn, SWEEP_TIMER, &timer_object, at->next_at, false);
}

void intake_sweep_start(struct turn *turn) {
    struct position at;
    if (!read_position(turn, &at))
        at.next_at = turn->now + day_ms;
    write_position(turn, &at);
}

/* The first id a report of that time could have. */
static struct id first_of(int64_t at_ms) {
    const uint8_t zeros[10] = {0};
    return id_make(at_ms < 0 ? 0 : at_ms, zeros);
}

/* Tables in time order: the oldest rows. True when there may be more. */
static bool expire_oldest(struct turn *turn, enum intake_statement which, int64_t before_ms) {
    struct id before = first_of(before_ms);
    struct statement *expire = intake_use(turn->store, which);
    bind_id(expire, &before);
    bind_int(expire, BATCH);
    statement_run(expire);
    return store_changes(turn->store) == BATCH;
}

/* The key at the end of the next slice, or beyond all. True when there is more behind it. */
static bool slice_end(struct turn *turn, enum intake_statement which, const uint8_t *from, size_t from_size,
    uint8_t end[ID_BYTES + 1], size_t *end_size) {
    struct statement *slice = intake_use(turn->store, which);
    bind_blob(slice, from, from_size);
    bind_int(slice, BATCH - 1);
    bool more = statement_step(slice);
    const void *key = more ? column_blob(slice, 0, end_size) : NULL;
    if (more && *end_size > ID_BYTES)
        *end_size = ID_BYTES;
    if (!more)
        *end_size = sizeof beyond;
    memcpy(end, more ? key : beyond, *end_size);
    statement_end(slice);
    return more;
}

/* Duplicate keys are numbered in the order in which they came. True when there may be more. */
static bool expire_keys(struct turn *turn, int64_t keep_ms) {
    const struct intake *intake = turn->state;
    struct id before = first_of(turn->now - keep_ms);
    struct statement *expire = intake_use(turn->store, INTAKE_REPORT_EXPIRE);
    bind_int(expire, BATCH);
    bind_id(expire, &before);
    statement_run(expire);
    int64_t count = store_changes(turn->store);
    struct statement *oldest = intake_use(turn->store, INTAKE_REPORT_OLDEST);
    if (count && statement_step(oldest))
        hash_index_forget(intake->reports, turn, column_int(oldest, 0));
    statement_end(oldest);
    return count == BATCH;
}

/* Cases lie in no order of the time of their change: a pass goes through all of them by key, which deletes
 * neighbours together; by time each would cost a page of its own. */
static bool expire_cases(struct turn *turn, struct position *at, int64_t keep_ms) {
    uint8_t end[ID_BYTES + 1];
    size_t end_size;
    bool more = slice_end(turn, INTAKE_PROGRESS_SLICE, at->progress, at->progress_size, end, &end_size);
    struct statement *expire = intake_use(turn->store, INTAKE_PROGRESS_EXPIRE);
    bind_blob(expire, at->progress, at->progress_size);
    bind_blob(expire, end, end_size);
    bind_int(expire, turn->now - keep_ms);
    bind_int(expire, turn->now - open_cases_ms);
    statement_run(expire);
    memcpy(at->progress, end, end_size);
    at->progress_size = more ? end_size : 0;
    return more;
}

static bool expire_senders(struct turn *turn, struct position *at) {
    uint8_t end[ID_BYTES + 1];
    size_t end_size;
    bool more = slice_end(turn, INTAKE_SENDER_SLICE, at->sender, at->sender_size, end, &end_size);
    struct statement *expire = intake_use(turn->store, INTAKE_SENDER_EXPIRE);
    bind_blob(expire, at->sender, at->sender_size);
    bind_blob(expire, end, end_size);
    bind_int(expire, turn->now - addresses_ms);
    statement_run(expire);
    memcpy(at->sender, end, end_size);
    at->sender_size = more ? end_size : 0;
    return more;
}

/* The rows of media are gone by now; their files lie on the disk. */
static void tidy_media(struct turn *turn, int64_t before_ms) {
    const struct web_tidy what = {before_ms};
    const struct effect effect = {turn_id(turn), EFFECT_TIDY, &what, sizeof what};
    if (!turn->effects_held)
        turn_effect(turn, &effect);
}

/* The two passes by key go on from step to step until all are through; one that is through waits. */
void intake_sweep_step(struct turn *turn) {
    const struct intake *intake = turn->state;
    int64_t keep = intake->retention_ms, address_keep = keep < addresses_ms ? keep : addresses_ms;
    struct position at;
    read_position(turn, &at);
    bool started = at.progress_size || at.sender_size;
    bool more = expire_oldest(turn, INTAKE_OUTCOME_EXPIRE, turn->now - keep);
    more |= expire_oldest(turn, INTAKE_REPLY_EXPIRE, turn->now - address_keep);
    more |= expire_oldest(turn, INTAKE_AMENDMENT_EXPIRE, turn->now - keep);
    more |= expire_oldest(turn, INTAKE_HOOK_EXPIRE, turn->now - keep);
    more |=
        expire_oldest(turn, INTAKE_ATTACHMENT_EXPIRE, turn->now - duration_ms(intake->site->retention.media));
    more |= expire_oldest(turn, INTAKE_MEDIA_EXPIRE, turn->now - duration_ms(intake->site->retention.media));
    more |= expire_keys(turn, keep > keys_ms ? keep : keys_ms);
    bool cases = !started || at.progress_size ? expire_cases(turn, &at, keep) : false;
    bool senders = !started || at.sender_size ? expire_senders(turn, &at) : false;
    if (!more && !cases && !senders)
        tidy_media(turn, turn->now - duration_ms(intake->site->retention.media));
    at.next_at = turn->now + (more || senders || cases ? STEP_MS : day_ms);
    write_position(turn, &at);
}
