#include "services/intake/sweep.h"

#include "intake_sql.h"
#include "services/intake/follow.h"
#include "services/intake/state.h"
#include "services/intake/web.h"

#include <string.h>

enum { BATCH = 512 /* rows of a table a step: about 2 ms */, STEP_MS = 1000 };
static const int64_t day_ms = INT64_C(24) * 3600 * 1000;
static const int64_t keys_ms = INT64_C(30) * 24 * 3600 * 1000; /* Idempotency-Key: the promise made to bots */
static const int64_t addresses_ms = INT64_C(7) * 24 * 3600 * 1000; /* the most an address may be kept */
static const int64_t asides_ms =
    INT64_C(30) * 24 * 3600 * 1000; /* a person must look: longer than a leave, as short as it can be for
                                     * messages with names and addresses in them */
static const int64_t warned_ms = INT64_C(7) * 24 * 3600 * 1000; /* between the warning and the end */
static const int64_t open_cases_ms =
    INT64_C(730) * 24 * 3600 * 1000; /* a case nobody ever closed, at least */

static const struct id timer_object = {"the sweep"};

/* Beyond the last key: longer than any. */
static const uint8_t beyond[ID_BYTES + 1] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/* Where the pass stands in the tables of which it looks at every row. */
struct position {
    uint8_t progress[ID_BYTES + 1], sender[ID_BYTES + 1], medium[ID_BYTES + 1];
    size_t progress_size, sender_size, medium_size; /* 0: at the start */
    int64_t next_at;
};

static void read_key(struct statement *row, int column, uint8_t key[ID_BYTES + 1], size_t *size) {
    const void *bytes = column_blob(row, column, size);
    if (*size && *size <= ID_BYTES + 1)
        memcpy(key, bytes, *size);
}

static bool read_position(struct turn *turn, struct position *at) {
    struct statement *get = intake_use(turn->store, INTAKE_SWEEP_GET);
    *at = (struct position){0};
    bool there = statement_step(get);
    if (there) {
        read_key(get, 0, at->progress, &at->progress_size);
        at->next_at = column_int(get, 1);
        read_key(get, 2, at->sender, &at->sender_size);
        read_key(get, 3, at->medium, &at->medium_size);
    }
    statement_end(get);
    return there;
}

static void write_position(struct turn *turn, const struct position *at) {
    struct statement *set = intake_use(turn->store, INTAKE_SWEEP_SET);
    bind_blob(set, at->progress, at->progress_size);
    bind_int(set, at->next_at);
    bind_blob(set, at->sender, at->sender_size);
    bind_blob(set, at->medium, at->medium_size);
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

static void warn_of_end(struct turn *turn, int64_t count) {
    Sigap__InputParked parked = SIGAP__INPUT_PARKED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    parked.journal = (char *)"hook";
    parked.lane = LANE_NORMAL;
    parked.reason = arena_format(
        turn->arena, "%lld put aside were not looked at and are erased in 7 days", (long long)count);
    event.body_case = SIGAP__EVENT__BODY_INPUT_PARKED;
    event.input_parked = &parked;
    if (parked.reason)
        turn_append(turn, LANE_NORMAL, &event);
}

/* What waits for a person goes when whoever is responsible was told a second time and still has not looked;
 * what blocked senders wrote goes by itself. True when there may be more. */
static bool expire_asides(struct turn *turn, int64_t keep_ms) {
    int64_t asides_keep = keep_ms > asides_ms ? keep_ms : asides_ms;
    struct id old = first_of(turn->now - asides_keep + warned_ms), before = first_of(turn->now - keep_ms);
    struct statement *warn = intake_use(turn->store, INTAKE_HOOK_WARN);
    bind_int(warn, turn->now + warned_ms);
    bind_id(warn, &old);
    bind_int(warn, BATCH);
    statement_run(warn);
    int64_t warned = store_changes(turn->store);
    if (warned)
        warn_of_end(turn, warned);
    struct statement *expire = intake_use(turn->store, INTAKE_HOOK_EXPIRE);
    bind_int(expire, turn->now);
    bind_id(expire, &before);
    bind_int(expire, BATCH);
    statement_run(expire);
    bool more = warned == BATCH || store_changes(turn->store) == BATCH;
    struct statement *blocked = intake_use(turn->store, INTAKE_HOOK_EXPIRE_BLOCKED);
    bind_id(blocked, &before);
    bind_int(blocked, BATCH);
    statement_run(blocked);
    return more || store_changes(turn->store) == BATCH;
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
static bool expire_cases(struct turn *turn, struct position *at, int64_t closed_ms, int64_t open_ms) {
    uint8_t end[ID_BYTES + 1];
    size_t end_size;
    bool more = slice_end(turn, INTAKE_PROGRESS_SLICE, at->progress, at->progress_size, end, &end_size);
    struct statement *expire = intake_use(turn->store, INTAKE_PROGRESS_EXPIRE);
    bind_blob(expire, at->progress, at->progress_size);
    bind_blob(expire, end, end_size);
    bind_int(expire, turn->now - closed_ms);
    bind_int(expire, turn->now - open_ms);
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

/* --- media --- */

struct old_medium {
    struct id id, case_id;
    uint8_t hash[SEAL_HASH_BYTES];
    bool has_file; /* or had: what came along with a form has none */
};

static size_t read_old_media(
    struct turn *turn, const struct position *at, int64_t before_ms, struct old_medium rows[WEB_TIDY_MAX]) {
    struct id before = first_of(before_ms);
    struct statement *list = intake_use(turn->store, INTAKE_MEDIA_OLD);
    size_t count = 0, size;
    bind_blob(list, at->medium, at->medium_size);
    bind_id(list, &before);
    bind_int(list, WEB_TIDY_MAX);
    for (; count < WEB_TIDY_MAX && statement_step(list); count++) {
        struct old_medium *row = &rows[count];
        *row = (struct old_medium){.id = column_id(list, 0), .case_id = column_id(list, 1)};
        const void *hash = column_blob(list, 2, &size);
        row->has_file = size == SEAL_HASH_BYTES;
        if (row->has_file)
            memcpy(row->hash, hash, size);
    }
    statement_end(list);
    return count;
}

static void delete_of(struct turn *turn, enum intake_statement which, const struct id *id) {
    struct statement *delete = intake_use(turn->store, which);
    bind_id(delete, id);
    statement_run(delete);
}

/* Does another report have the same picture? */
static bool is_shared(struct turn *turn, const uint8_t hash[SEAL_HASH_BYTES]) {
    struct statement *find = intake_use(turn->store, INTAKE_MEDIA_OF_HASH);
    bind_blob(find, hash, SEAL_HASH_BYTES);
    bool found = statement_step(find);
    statement_end(find);
    return found;
}

static void tidy_files(struct turn *turn, const struct web_tidy *what) {
    const struct effect effect = {turn_id(turn), EFFECT_TIDY, what, sizeof *what};
    turn_effect(turn, &effect);
}

/* Of the media that came in so long ago, those whose case has been closed as long, or that never were of one:
 * evidence stays as long as somebody works with it. The files go after the commit. */
static bool expire_media(struct turn *turn, struct position *at, int64_t before_ms) {
    struct old_medium *rows = arena_take(turn->arena, WEB_TIDY_MAX * sizeof *rows);
    struct web_tidy *files = arena_take(turn->arena, sizeof *files);
    if (!rows || !files)
        return true; /* the arena is exhausted, the turn will see */
    size_t count = read_old_media(turn, at, before_ms, rows);
    *files = (struct web_tidy){.before_ms = turn->now - day_ms};
    for (size_t i = 0; i < count; i++) {
        if (!intake_follow_over(turn, &rows[i].case_id, before_ms))
            continue;
        delete_of(turn, INTAKE_MEDIA_DELETE, &rows[i].id);
        delete_of(turn, INTAKE_ATTACHMENT_DELETE, &rows[i].id);
        if (rows[i].has_file && !is_shared(turn, rows[i].hash))
            memcpy(files->hashes[files->count++], rows[i].hash, SEAL_HASH_BYTES);
    }
    if (files->count)
        tidy_files(turn, files);
    bool more = count == WEB_TIDY_MAX;
    at->medium_size = more ? ID_BYTES : 0;
    if (more)
        memcpy(at->medium, rows[count - 1].id.bytes, ID_BYTES);
    return more;
}

/* The passes by key go on from step to step until all are through; one that is through waits. */
void intake_sweep_step(struct turn *turn) {
    const struct intake *intake = turn->state;
    const struct site_retention *retention = &intake->site->retention;
    int64_t keep = intake->retention_ms, address_keep = keep < addresses_ms ? keep : addresses_ms;
    int64_t media_keep = duration_ms(retention->media), file_keep = duration_ms(retention->closed_case);
    int64_t open_keep = file_keep > open_cases_ms ? file_keep : open_cases_ms;
    struct position at;
    read_position(turn, &at);
    if (turn->effects_held)
        at.medium_size = 0; /* media wait until their files may go, too */
    bool started = at.progress_size || at.sender_size || at.medium_size;
    bool more = expire_oldest(turn, INTAKE_OUTCOME_EXPIRE, turn->now - keep);
    more |= expire_oldest(turn, INTAKE_REPLY_EXPIRE, turn->now - address_keep);
    more |= expire_oldest(turn, INTAKE_AMENDMENT_EXPIRE, turn->now - keep);
    more |= expire_asides(turn, keep);
    more |= expire_keys(turn, keep > keys_ms ? keep : keys_ms);
    /* The row of a closed case is what its media are kept by. */
    bool cases = (!started || at.progress_size) &&
                 expire_cases(turn, &at, keep > media_keep ? keep : media_keep, open_keep);
    bool senders = (!started || at.sender_size) && expire_senders(turn, &at);
    bool media = (!started || at.medium_size) && !turn->effects_held &&
                 expire_media(turn, &at, turn->now - media_keep);
    more |= cases || senders || media;
    if (!more && !turn->effects_held) /* what a row had and lost in a crash: no case is open twice as long */
        tidy_files(turn, &(struct web_tidy){.before_ms = turn->now - 2 * open_keep});
    at.next_at = turn->now + (more ? STEP_MS : day_ms);
    write_position(turn, &at);
}
