/* The second half of a turn, and its frame: gather.c decides, here is committed and released (see engine.h).
 * Nothing leaves before the commit. */
#include "common/engine_internal.h"

#include "common/log.h"
#include "common_sql.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BACKOFF_FIRST_MS = 100,
    BACKOFF_MAX_MS = 10000,
    JUMP_MS = 60000,          /* a jump of the wall clock that is not believed at once */
    STEADY_MS = 600000,       /* ... but when it stays so for so long, or */
    FAR_MS = 86400000,        /* when it is a day or more, */
    FAR_STEADY_MS = 21600000, /* ... for so long */
    LAY_STILL_DAYS = 90,      /* a start so long after the last turn is a jump */
    AHEAD_MS = 3600000,       /* from here on an operator is told that the clock is behind the site's time */
    BACKWARD_MS = 1000,       /* a wall clock so far behind us was set back */
    HOUSEKEEP_MS = 10000,
    TRIM_AGAIN_MS = 200,   /* rows of the journal are past their time: 5000 a second, more than come in */
    PASSED_OVER_MS = 1000, /* so long a cursor that has only read over records stays out of its row */
    REFILL_MS = 5000,
    LOG_PASSIVE_BYTES = 4 << 20,
    LOG_BUSY_BYTES = 32 << 20,
    LOG_HELD_BYTES = 1 << 30,
    CONSUMER_PATIENCE_MS = 7 * 24 * 3600 * 1000, /* 7 days, for consumers that are not core */
};

int64_t engine_monotonic(const struct engine *engine) {
    return clock_monotonic_ms(engine->setup.clock);
}

void engine_break(struct engine *engine, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (!engine->broken)
        vsnprintf(engine->complaint, sizeof engine->complaint, format, args);
    va_end(args);
    engine->broken = true;
}

const char *engine_complaint(const struct engine *engine) {
    return engine->complaint;
}

void *engine_state(struct engine *engine) {
    return engine->state;
}

struct store *engine_store(struct engine *engine) {
    return engine->store;
}

struct journal *engine_journal(struct engine *engine) {
    return engine->journal;
}

struct inbox *engine_inbox(struct engine *engine, unsigned link) {
    return engine->links[link];
}

unsigned engine_link_count(const struct engine *engine) {
    return engine->link_count;
}

/* ---- life ---- */

static bool open_links(struct engine *engine, const struct engine_options *options, struct error *error) {
    if (options->link_count > ENGINE_LINKS_MAX || options->consumer_count > ENGINE_CONSUMERS_MAX)
        return error_set(error, "more than %d links or consumers", ENGINE_LINKS_MAX);
    for (unsigned i = 0; i < options->link_count; i++) {
        engine->links[i] = inbox_open(engine->store, options->links[i].journal, options->links[i].from_now);
        if (!engine->links[i])
            return error_set(error, "out of memory");
        engine->link_count++;
    }
    for (unsigned i = 0; i < options->consumer_count; i++) {
        strncpy(engine->consumers[i].name, options->consumers[i].name, LINK_NAME_MAX - 1);
        engine->consumers[i].core = options->consumers[i].core;
        engine->consumer_count++;
    }
    return true;
}

static void read_consumers(struct engine *engine) {
    struct statement *all = common_use(engine->store, COMMON_CONSUMER_ALL);
    while (statement_step(all)) {
        int64_t lane = column_int(all, 1);
        for (unsigned i = 0; i < engine->consumer_count && lane >= 0 && lane < LANES; i++) {
            if (strcmp(engine->consumers[i].name, column_text(all, 0)) != 0)
                continue;
            engine->consumers[i].known = true;
            engine->consumers[i].done[lane] = (uint64_t)column_int(all, 2);
            engine->consumers[i].seen_at = column_int(all, 3);
        }
    }
}

/* As much of it as there is. */
static void meta_read(struct engine *engine, const char *key, void *value, size_t size) {
    struct statement *get = common_use(engine->store, COMMON_META_GET);
    bind_text(get, key);
    if (statement_step(get)) {
        size_t stored;
        const void *bytes = column_blob(get, 0, &stored);
        memcpy(value, bytes, stored < size ? stored : size);
    }
    statement_end(get);
}

static int64_t meta_int(struct engine *engine, const char *key) {
    int64_t value = 0;
    meta_read(engine, key, &value, sizeof value);
    return value;
}

static void meta_write(struct engine *engine, const char *key, const void *value, size_t size) {
    struct statement *set = common_use(engine->store, COMMON_META_SET);
    bind_text(set, key);
    bind_blob(set, value, size);
    statement_run(set);
}

/* Of the last turn: the time, and the monotonic clock's of which start of the machine. */
struct stored_clock {
    int64_t now, monotonic;
    uint64_t boot;
};

/* What the process before has counted goes on: a clock that is wrong is no more believed for a restart. */
static void read_stored_clock(struct engine *engine) {
    struct stored_clock stored = {0, 0, 0};
    meta_read(engine, "clock", &stored, sizeof stored);
    engine->now = engine->now_stored = stored.now;
    engine->boot = clock_boot(engine->setup.clock);
    if (!engine->boot || stored.boot != engine->boot || engine_monotonic(engine) < stored.monotonic)
        return;
    engine->wall_seen = stored.now;
    engine->monotonic_seen = stored.monotonic;
}

static void store_clock(struct engine *engine) {
    struct stored_clock stored = {engine->now, engine->monotonic_seen, engine->boot};
    meta_write(engine, "clock", &stored, sizeof stored);
}

static bool open_store(struct engine *engine, const struct engine_options *options, struct error *error) {
    extern const struct store_schema common_schema;
    const struct store_schema *schemas[] = {&common_schema, options->daemon->schema};
    engine->store = store_open(&options->store, schemas, options->daemon->schema ? 2 : 1, error);
    if (!engine->store)
        return false;
    engine->journal = journal_open(engine->store, engine->setup.random, options->daemon->name, error);
    if (!engine->journal)
        return false;
    guard_open(engine);
    engine->held = held_open(engine->store);
    if (!engine->held)
        return error_set(error, "held records cannot be read");
    read_stored_clock(engine);
    engine->recheck_held = held_waiting_count(engine->held) > 0; /* the cause may have come just before */
    engine->effects_held = meta_int(engine, "held") != 0;
    return open_links(engine, options, error);
}

struct engine *engine_open(const struct engine_options *options, struct error *error) {
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine) {
        error_set(error, "out of memory");
        return NULL;
    }
    engine->daemon = options->daemon;
    engine->setup = options->setup;
    engine->ports = options->ports;
    engine->keep_ms = options->keep_ms;
    engine->log_idle_bytes = options->log_idle_bytes ? options->log_idle_bytes : LOG_PASSIVE_BYTES;
    engine->log_held_bytes = options->log_held_bytes ? options->log_held_bytes : LOG_HELD_BYTES;
    engine->views.max = VIEWS_MAX;
    engine->submits.max = SUBMITS_MAX + SUBMITS_URGENT_EXTRA;
    engine->timers_changed = true;
    engine->arena = arena_new(TURN_ARENA_BYTES);
    engine->kept = arena_new(TURN_ARENA_BYTES);
    bool sound = engine->arena && engine->kept && open_store(engine, options, error);
    sound = sound && (!options->daemon->open || options->daemon->open(&engine->setup, &engine->state, error));
    if (!sound) {
        engine_close(&engine); /* the running mark stays as it was found */
        return NULL;
    }
    read_consumers(engine);
    if (store_health(engine->store) != STORE_OK) { /* a cursor that was not read would be read from 1 again */
        error_set(error, "store %s: %s", options->store.path, store_complaint(engine->store));
        engine_close(&engine);
        return NULL;
    }
    return engine;
}

static void queue_free(struct queue *queue) {
    for (unsigned i = 0; i < queue->count; i++)
        free(queue->items[i].frame);
    free(queue->items);
}

void engine_close(struct engine **at) {
    struct engine *engine = *at;
    if (!engine)
        return;
    if (!engine->broken && engine->store)
        guard_close(engine);
    if (engine->daemon->close && engine->state)
        engine->daemon->close(&engine->state);
    for (unsigned i = 0; i < engine->link_count; i++)
        inbox_free(&engine->links[i]);
    held_free(&engine->held);
    journal_free(&engine->journal);
    store_close(&engine->store);
    arena_free(&engine->arena);
    arena_free(&engine->kept);
    queue_free(&engine->views);
    queue_free(&engine->submits);
    for (unsigned i = 0; i < engine->result_count; i++)
        free(engine->results[i].bytes);
    free(engine->results);
    free(engine->releases);
    free(engine);
    *at = NULL;
}

/* ---- inputs ---- */

static bool queue_add(struct queue *queue, const void *frame, size_t size, void *origin) {
    if (queue->count >= queue->max)
        return false;
    if (!queue->items && !(queue->items = calloc(queue->max, sizeof *queue->items)))
        return false;
    void *copy = malloc(size ? size : 1);
    if (!copy)
        return false;
    memcpy(copy, frame, size);
    queue->items[queue->count++] = (struct arrival){copy, size, origin};
    return true;
}

static void queue_drop_taken(struct queue *queue) {
    for (unsigned i = 0; i < queue->taken; i++)
        free(queue->items[i].frame);
    queue->count -= queue->taken;
    if (queue->count)
        memmove(queue->items, queue->items + queue->taken, queue->count * sizeof *queue->items);
    queue->taken = 0;
}

static bool submit_is_urgent(struct engine *engine, const struct arrival *arrival) {
    Sigap__SubmitRefused refused = SIGAP__SUBMIT_REFUSED__INIT;
    Sigap__SubmitReport *submit =
        engine->daemon->submit_is_urgent ? engine_read_submit(engine, arrival, &refused) : NULL;
    return submit && engine->daemon->submit_is_urgent(engine->state, submit);
}

/* 503 at once, without a turn. */
static void refuse_submit(struct engine *engine, const struct arrival *arrival) {
    Sigap__SubmitAnswer answer = SIGAP__SUBMIT_ANSWER__INIT;
    Sigap__SubmitRefused refused = SIGAP__SUBMIT_REFUSED__INIT;
    Sigap__SubmitReport *submit = engine_read_submit(engine, arrival, &refused);
    refused.status = 503;
    refused.retry_after_s = 5;
    refused.reason = (char *)"Sedang penuh, kirim lagi / Overloaded, send again";
    if (engine->daemon->refuse_submit)
        engine->daemon->refuse_submit(engine->state, engine->arena, &refused);
    answer.number = submit ? submit->number : 0;
    answer.answer_case = SIGAP__SUBMIT_ANSWER__ANSWER_REFUSED;
    answer.refused = &refused;
    size_t size = sigap__submit_answer__get_packed_size(&answer);
    uint8_t *frame = arena_take(engine->arena, size);
    if (frame)
        engine->ports.submit_answered(
            engine->ports.context, arrival->origin, frame, sigap__submit_answer__pack(&answer, frame));
}

bool engine_submit(struct engine *engine, const void *frame, size_t size, void *origin) {
    struct arrival arrival = {(void *)frame, size, origin};
    bool scarce = engine->tight || store_low(engine->store) || engine->submits.count >= SUBMITS_MAX;
    if (!engine->daemon->on_submit)
        return false;
    if (!scarce || !engine->daemon->submit_is_urgent)
        return engine->submits.count < SUBMITS_MAX && queue_add(&engine->submits, frame, size, origin);
    bool taken = submit_is_urgent(engine, &arrival) && queue_add(&engine->submits, frame, size, origin);
    if (taken)
        engine->backoff_until = 0; /* a life does not wait until the others may try again */
    else
        refuse_submit(engine, &arrival); /* frees the origin */
    arena_reset(engine->arena);
    return true;
}

bool engine_view(struct engine *engine, const void *frame, size_t size, void *origin) {
    return queue_add(&engine->views, frame, size, origin);
}

/* Thousands come at once when a full disk refuses all that a turn puts into boxes. */
static bool results_grow(struct engine *engine) {
    unsigned room = engine->result_room ? 2 * engine->result_room : RESULTS_FIRST;
    struct effect_result *results =
        room <= RESULTS_MAX ? realloc(engine->results, room * sizeof *results) : NULL;
    if (!results)
        return false;
    engine->results = results;
    engine->result_room = room;
    return true;
}

static void results_drop_taken(struct engine *engine) {
    for (unsigned i = 0; i < engine->result_taken; i++)
        free(engine->results[i].bytes);
    if (engine->result_taken)
        memmove(engine->results, engine->results + engine->result_taken,
            (engine->result_count - engine->result_taken) * sizeof *engine->results);
    engine->result_count -= engine->result_taken;
    engine->result_taken = 0;
}

/* A result that finds no room is lost as if the process had died after the call: the daemon's lease settles
 * it, or the next result of its kind, or the next start. */
bool engine_effect_finished(struct engine *engine, const struct effect_result *result) {
    if (engine->result_count == engine->result_room && !results_grow(engine)) {
        free(result->bytes);
        return false;
    }
    engine->results[engine->result_count++] = *result;
    return true;
}

bool engine_frame(struct engine *engine, unsigned link, const struct link_frame *frame) {
    bool more = inbox_receive(engine->links[link], frame, engine_monotonic(engine));
    if (more)
        engine->quiet[link][frame->batch.lane] =
            inbox_is_at_head(engine->links[link], frame->batch.lane) &&
            !engine_hears_any(engine, frame->batch.records, frame->batch.records_size);
    if (inbox_just_cut(engine->links[link]))
        log_line(LOG_ERROR, "link-cut", "from=%s reason=%s oldest=%llu head=%llu",
            inbox_name(engine->links[link]),
            frame->kind == LINK_REFUSED ? log_value(frame->reason) : "diverged",
            frame->kind == LINK_REFUSED ? 0 : (unsigned long long)frame->batch.after + 1,
            frame->kind == LINK_REFUSED ? 0 : (unsigned long long)frame->batch.head);
    return more;
}

bool engine_fetch(struct engine *engine, unsigned link, enum lane lane, struct link_fetch *out) {
    return inbox_wants(engine->links[link], lane, engine->daemon->name, out);
}

static struct consumer *find_consumer(struct engine *engine, const char *name) {
    for (unsigned i = 0; i < engine->consumer_count; i++)
        if (strcmp(engine->consumers[i].name, name) == 0)
            return &engine->consumers[i];
    return NULL;
}

bool engine_is_read_by(struct engine *engine, const char *consumer) {
    return find_consumer(engine, consumer) != NULL;
}

bool engine_serve(struct engine *engine, const struct link_fetch *fetch, struct buffer *out) {
    struct consumer *consumer = find_consumer(engine, fetch->consumer);
    if (!consumer) {
        link_write_refused(out, "not a reader of this journal");
        return true;
    }
    consumer->known = true;
    consumer->seen_at = engine->now;
    if (journal_continues(engine->journal, fetch)) /* else it has read another history */
        consumer->done[fetch->lane] = fetch->done < fetch->after ? fetch->done : fetch->after;
    return journal_serve(engine->journal, fetch, out);
}

/* ---- releasing ---- */

struct release *engine_release(struct engine *engine, enum release_kind kind) {
    if (engine->release_count == engine->release_room) {
        size_t room = engine->release_room ? engine->release_room * 2 : 64;
        struct release *more = realloc(engine->releases, room * sizeof *more);
        if (!more) {
            engine->retry = true;
            return NULL;
        }
        engine->releases = more;
        engine->release_room = room;
    }
    struct release *release = &engine->releases[engine->release_count++];
    memset(release, 0, sizeof *release);
    release->kind = kind;
    return release;
}

static void release_all(struct engine *engine) {
    for (size_t i = 0; i < engine->release_count; i++) {
        const struct release *release = &engine->releases[i];
        switch (release->kind) {
        case RELEASE_ANSWER:
            engine->ports.answered(engine->ports.context, release->origin, &release->answer);
            break;
        case RELEASE_SUBMIT:
            engine->ports.submit_answered(
                engine->ports.context, release->origin, release->frame, release->frame_size);
            break;
        case RELEASE_VIEW:
            engine->ports.view_answered(
                engine->ports.context, release->origin, release->frame, release->frame_size);
            break;
        case RELEASE_EFFECT:
            engine->ports.effect(engine->ports.context, &release->effect);
            break;
        case RELEASE_CALL:
            release->function(engine->state, release->frame);
            break;
        }
    }
    engine->release_count = 0;
}

/* ---- the turn ---- */

/* The time by the monotonic clock alone. */
static int64_t time_counted(const struct engine *engine, int64_t monotonic) {
    return engine->now + (engine->wall_seen ? monotonic - engine->monotonic_seen : 0);
}

/* So it goes on where the wall clock is not believed: when that was set back, lest time stand still; when it
 * jumped ahead, until it has stayed there for a while. What retention deletes by a clock that is a year ahead
 * for a minute never comes back. */
static int64_t time_now(const struct engine *engine, int64_t wall, int64_t monotonic) {
    if (monotonic < engine->doubted_until || wall < engine->now - BACKWARD_MS)
        return time_counted(engine, monotonic);
    return wall > engine->now ? wall : engine->now;
}

/* By how much the wall clock left the monotonic one since it was last read. The first look after a start of
 * the machine has nothing but the stored time to hold against it, and a site may have lain still. */
static int64_t clock_jump(const struct engine *engine, int64_t wall, int64_t monotonic) {
    if (engine->wall_seen)
        return (wall - engine->wall_seen) - (monotonic - engine->monotonic_seen);
    int64_t still = engine->now ? wall - engine->now : 0;
    return still / FAR_MS >= LAY_STILL_DAYS ? still : 0;
}

/* A jump that leads back to the time that was counted meanwhile ends the doubt. */
static void doubt_clock(struct engine *engine, int64_t wall, int64_t monotonic) {
    int64_t ahead = wall - time_counted(engine, monotonic);
    engine->steady_at = monotonic + STEADY_MS;
    engine->doubted_until = 0;
    if (ahead > JUMP_MS)
        engine->doubted_until = monotonic + (ahead > FAR_MS ? FAR_STEADY_MS : STEADY_MS);
}

static void read_clock(struct engine *engine) {
    int64_t wall = clock_wall_ms(engine->setup.clock), monotonic = engine_monotonic(engine);
    int64_t jump = clock_jump(engine, wall, monotonic);
    if (jump > JUMP_MS || jump < -JUMP_MS) {
        doubt_clock(engine, wall, monotonic);
        log_line(LOG_WARN, "clock-jump", "by_ms=%lld", (long long)jump);
    }
    engine->now = time_now(engine, wall, monotonic);
    engine->wall_seen = wall;
    engine->monotonic_seen = monotonic;
}

bool engine_clock_is_believed(const struct engine *engine) {
    return engine_monotonic(engine) >= engine->doubted_until;
}

bool engine_is_ahead_of_clock(const struct engine *engine) {
    return engine->wall_seen && engine->now - engine->wall_seen > AHEAD_MS;
}

void engine_believe_clock(struct engine *engine) {
    engine->steady_at = engine->doubted_until = 0;
}

/* While the clock is not steady only critical ones fire: no other is looked for. A look that failed says
 * nothing of timers: a turn is due at once, which finds the store ill, rolls back and forgives it (or ends
 * the process), and looks again. */
static void read_next_timer(struct engine *engine) {
    bool critical = !engine_clock_is_steady(engine);
    if (!engine->timers_changed && engine->next_is_critical == critical)
        return;
    engine->next_is_critical = critical;
    struct statement *next = common_use(engine->store, COMMON_TIMER_NEXT);
    bind_int(next, critical);
    engine->next_timer = statement_step(next) && !column_is_null(next, 0) ? column_int(next, 0) : INT64_MAX;
    statement_end(next);
    engine->timers_changed = store_health(engine->store) != STORE_OK;
    if (engine->timers_changed)
        engine->next_timer = engine->now;
}

static void write_consumers(struct engine *engine) {
    for (unsigned i = 0; i < engine->consumer_count; i++) {
        if (!engine->consumers[i].known)
            continue;
        for (enum lane lane = 0; lane < LANES; lane++) {
            struct statement *set = common_use(engine->store, COMMON_CONSUMER_SET);
            bind_text(set, engine->consumers[i].name);
            bind_int(set, lane);
            bind_int(set, (int64_t)engine->consumers[i].done[lane]);
            bind_int(set, engine->consumers[i].seen_at);
            statement_run(set);
        }
    }
}

/* Core consumers hold trimming back however long they are away; others for seven days. */
static bool trim(struct engine *engine) {
    bool more = false;
    for (enum lane lane = 0; lane < LANES; lane++) {
        uint64_t upto = journal_head(engine->journal, lane);
        for (unsigned i = 0; i < engine->consumer_count; i++) {
            bool gone = !engine->consumers[i].core && engine->consumers[i].known &&
                        engine->now - engine->consumers[i].seen_at > CONSUMER_PATIENCE_MS;
            uint64_t done = engine->consumers[i].known ? engine->consumers[i].done[lane] : 0;
            if (!gone && (engine->consumers[i].core || engine->consumers[i].known) && done < upto)
                upto = done;
        }
        more |= journal_trim(engine->journal, lane, upto, engine->now - engine->keep_ms);
    }
    return more;
}

/* Only when there was something since: an idle daemon writes nothing. */
static bool housekeeping_due(const struct engine *engine) {
    int64_t now = engine_monotonic(engine);
    if (engine->passed_over_since && now - engine->passed_over_since >= PASSED_OVER_MS)
        return true;
    return engine->turns > engine->housekept_turns && now >= engine->housekeep_at;
}

static void housekeep(struct engine *engine) {
    write_consumers(engine);
    bool more = trim(engine);
    engine->housekeep_at = engine_monotonic(engine) + (more ? TRIM_AGAIN_MS : HOUSEKEEP_MS);
    engine->housekept_turns = engine->turns + !more; /* this turn itself is no reason for another */
}

static void undo_turn(struct engine *engine) {
    store_rollback(engine->store);
    store_forgive(engine->store);
    journal_rolled_back(engine->journal);
    for (unsigned i = 0; i < engine->link_count; i++)
        inbox_rolled_back(engine->links[i]);
    engine->request_taken = engine->views.taken = engine->submits.taken = engine->result_taken = 0;
    engine->release_count = 0;
    engine->timers_changed = true;
    engine->starting = false;
    engine->recheck_held = true;
    guard_undone(engine);
    if (engine->daemon->rolled_back)
        engine->daemon->rolled_back(engine->state);
    if (!held_reload(engine->held))
        engine_break(engine, "held records cannot be read");
}

static void rolled_back(struct engine *engine) {
    undo_turn(engine);
    engine->singly = engine->turn_most; /* what made a turn fail is found one by one */
    engine->rolled_back++;
}

/* What the turn has taken is dead. */
static void forget(struct engine *engine) {
    arena_reset(engine->arena);
    arena_reset(engine->kept);
}

/* One input must be undone, and its turn was made without savepoints: the same inputs again, with them. */
static enum engine_outcome make_again(struct engine *engine) {
    undo_turn(engine);
    engine->careful = CAREFUL_TURNS;
    forget(engine);
    return engine->broken ? ENGINE_BROKEN : ENGINE_WORKED;
}

static void refuse_submits(struct engine *engine) {
    struct queue *queue = &engine->submits;
    unsigned kept = 0;
    for (unsigned i = 0; i < queue->count; i++) {
        struct arrival arrival = queue->items[i];
        if (!engine->daemon->submit_is_urgent ||
            (engine->urgent_tries < URGENT_TRIES && submit_is_urgent(engine, &arrival))) {
            queue->items[kept++] = arrival;
            continue;
        }
        refuse_submit(engine, &arrival);
        free(arrival.frame);
    }
    queue->count = kept;
}

static enum engine_outcome back_off(struct engine *engine, const char *reason) {
    log_line(LOG_WARN, "turn-rolled-back", "reason=%s", log_value(reason));
    snprintf(engine->backoff_reason, sizeof engine->backoff_reason, "%s",
        reason[0] ? reason : "an input asked to be tried again");
    engine->disk_full |= store_health(engine->store) == STORE_FULL;
    rolled_back(engine);
    engine->backoff_ms = engine->backoff_ms ? engine->backoff_ms * 2 : BACKOFF_FIRST_MS;
    if (engine->backoff_ms > BACKOFF_MAX_MS)
        engine->backoff_ms = BACKOFF_MAX_MS;
    engine->backoff_until = engine_monotonic(engine) + engine->backoff_ms;
    forget(engine); /* refusing needs some */
    crowd_refuse_calm(engine);
    refuse_submits(engine);
    if (engine->request_count || (engine->submits.count && engine->daemon->submit_is_urgent)) {
        store_reserve_spend(engine->store);
        engine->urgent_tries++;
        engine->backoff_until = 0; /* a life: at once, on the reserve */
    }
    engine->tight = true;
    engine->refill_at = engine_monotonic(engine) + REFILL_MS;
    forget(engine);
    return engine->broken ? ENGINE_BROKEN : ENGINE_BACKOFF;
}

static bool commit_second_store(struct engine *engine) {
    if (!engine->daemon->before_commit)
        return true;
    switch (engine->daemon->before_commit(engine->state)) {
    case STORE_OK:
        return true;
    case STORE_FULL:
        engine->disk_full = true;
        return false;
    case STORE_REFUSED:
    case STORE_RETRY:
        return false;
    case STORE_UNKNOWN:
    case STORE_FATAL:
        engine_break(engine, "the second store has failed");
        return false;
    }
    return false;
}

static bool write_all(struct engine *engine, bool housekept) {
    for (unsigned i = 0; i < engine->link_count; i++)
        if (!inbox_write(engine->links[i]))
            engine_break(engine, "the cursor of %s was moved by somebody else", inbox_name(engine->links[i]));
    journal_write(engine->journal, engine->now);
    guard_widen(engine, housekept);
    if (engine->now != engine->now_stored)
        store_clock(engine);
    return commit_second_store(engine) && !engine->broken;
}

static void committed(struct engine *engine) {
    uint64_t before[LANES] = {
        journal_head(engine->journal, LANE_URGENT), journal_head(engine->journal, LANE_NORMAL)};
    for (unsigned i = 0; i < engine->link_count; i++)
        inbox_committed(engine->links[i]);
    journal_committed(engine->journal);
    engine->now_stored = engine->now;
    engine->passed_over_since = 0;
    engine->turn_most = engine->turn_most_next;
    engine->started |= engine->starting;
    engine->starting = false;
    engine->singly -= engine->singly > 0;
    engine->careful -= engine->careful > 0;
    engine->starved = engine->singly ? engine->starved : 0;
    engine->backoff_ms = 0;
    engine->urgent_tries = 0;
    engine->recheck_blocked = engine->turn_inputs > 0; /* the cause of a blocked record may have come */
    engine->turns++;
    crowd_drop_taken(engine);
    results_drop_taken(engine);
    release_all(engine);
    crowd_refuse_weary(engine);
    queue_drop_taken(&engine->views);
    queue_drop_taken(&engine->submits);
    if (journal_head(engine->journal, LANE_URGENT) != before[LANE_URGENT] ||
        journal_head(engine->journal, LANE_NORMAL) != before[LANE_NORMAL])
        engine->ports.grown(engine->ports.context);
}

bool engine_disk_is_low(const struct engine *engine) {
    return engine->disk_full || store_low(engine->store);
}

static void refill_reserve(struct engine *engine) {
    if (engine->tight && engine_monotonic(engine) >= engine->refill_at) {
        engine->tight = !store_reserve_refill(engine->store);
        engine->disk_full &= engine->tight;
        engine->refill_at = engine_monotonic(engine) + REFILL_MS;
    }
}

static void begin_turn(struct engine *engine) {
    read_clock(engine);
    engine->turn = (struct turn){engine, engine->store, engine->arena, engine->now, engine->state,
        {"", LANE_NORMAL, 0}, false, engine->effects_held};
    engine->begun++;
    engine->turn_inputs = 0;
    engine->turn_began = engine_monotonic(engine);
    engine_forget_timers_set(engine);
    engine->retry = engine->redo = engine->overflowed = engine->recheck_blocked = false;
    refill_reserve(engine);
}

/* A second store's log has no limit of its own: each key put or destroyed comes with more rows of this one.
 */
void engine_hold_log(struct engine *engine) {
    engine->log_held_until = engine_monotonic(engine) + ENGINE_HOLD_MS;
    if (engine->daemon->hold_log)
        engine->daemon->hold_log(engine->state, true);
}

void engine_let_log_go(struct engine *engine) {
    engine->log_held_until = 0;
    if (engine->daemon->hold_log)
        engine->daemon->hold_log(engine->state, false);
}

bool engine_log_is_held(struct engine *engine) {
    if (!engine->log_held_until)
        return false;
    int64_t bytes = store_log_bytes(engine->store);
    bool scarce = engine->tight || store_low(engine->store);
    if (engine_monotonic(engine) < engine->log_held_until && bytes <= engine->log_held_bytes && !scarce)
        return true;
    log_line(LOG_WARN, "log-hold-broken", "log_bytes=%lld disk_low=%d", (long long)bytes,
        engine_disk_is_low(engine));
    engine_let_log_go(engine);
    return false;
}

static void checkpoint_over(struct engine *engine, int64_t bytes) {
    if (engine_log_is_held(engine))
        return;
    if (store_log_bytes(engine->store) > bytes && store_checkpoint(engine->store, false) == STORE_FATAL)
        engine_break(engine, "store: checkpoint failed");
}

/* Nothing was begun: the mark that this process runs cannot be written (guard.c). */
static enum engine_outcome not_marked(struct engine *engine) {
    enum store_health health = store_health(engine->store);
    if (health == STORE_UNKNOWN || health == STORE_FATAL)
        engine_break(engine, "store: %s", store_complaint(engine->store));
    return engine->broken ? ENGINE_BROKEN : back_off(engine, store_complaint(engine->store));
}

/* All that the turn writes beside what its inputs wrote. False: nothing of it may become durable. */
static bool close_turn(struct engine *engine, bool housekeeping) {
    if (housekeeping)
        housekeep(engine);
    return !engine->retry && !engine->overflowed && !held_is_starved(engine->held) &&
           write_all(engine, housekeeping) && store_health(engine->store) == STORE_OK;
}

static enum engine_outcome commit_turn(struct engine *engine) {
    switch (store_commit(engine->store)) {
    case STORE_OK:
        return ENGINE_WORKED;
    case STORE_REFUSED:
    case STORE_FULL:
    case STORE_RETRY:
        return back_off(engine, store_complaint(engine->store));
    case STORE_UNKNOWN:
    case STORE_FATAL:
        break;
    }
    engine_break(engine, "store: %s", store_complaint(engine->store));
    return ENGINE_BROKEN;
}

enum engine_outcome engine_turn(struct engine *engine) {
    if (engine->broken)
        return ENGINE_BROKEN;
    if (engine->backoff_until > engine_monotonic(engine)) {
        status_answer_at_once(engine);
        return ENGINE_BACKOFF;
    }
    if (!engine->guard.marked && !guard_mark(engine))
        return not_marked(engine);
    bool paused = engine->paused_until > engine_monotonic(engine);
    if (!paused)
        engine_pass_over(engine);
    bool housekeeping = !paused && housekeeping_due(engine);
    if (!engine_has_work(engine) && !housekeeping &&
        engine_wake_at(engine) > clock_wall_ms(engine->setup.clock))
        return ENGINE_IDLE;
    begin_turn(engine);
    if (!store_begin(engine->store))
        return back_off(engine, store_complaint(engine->store));
    bool sound = engine_gather(engine);
    if (engine->redo)
        return make_again(engine);
    if (!sound || !close_turn(engine, housekeeping)) {
        enum store_health health =
            store_health(engine->store); /* UNKNOWN: a mark's own commit, see ask_guard */
        if (health == STORE_FATAL || health == STORE_UNKNOWN)
            engine_break(engine, "store: %s", store_complaint(engine->store));
        return back_off(engine, store_complaint(engine->store));
    }
    enum engine_outcome outcome = commit_turn(engine);
    if (outcome != ENGINE_WORKED)
        return outcome;
    committed(engine);
    if (housekeeping)
        journal_refresh(engine->journal);
    read_next_timer(engine);
    forget(engine);
    checkpoint_over(engine, LOG_BUSY_BYTES);
    return engine->broken ? ENGINE_BROKEN : ENGINE_WORKED;
}

uint64_t engine_last_inputs(const struct engine *engine) {
    return engine->turn_inputs;
}

bool engine_has_work(struct engine *engine) {
    if (engine->paused_until > engine_monotonic(engine))
        return engine->views.count > 0;
    if (!engine->started || engine->recheck_held || engine->request_count || engine->views.count ||
        engine->submits.count || engine->result_count)
        return true;
    struct record record;
    int64_t now = engine_monotonic(engine);
    for (unsigned link = 0; link < engine->link_count; link++)
        for (enum lane lane = 0; lane < LANES; lane++) {
            int64_t since = engine->blocked_since[link][lane];
            if ((!since || engine->recheck_blocked || now - since >= BLOCKED_MS) &&
                inbox_peek(engine->links[link], lane, &record))
                return true;
        }
    return false;
}

static bool anything_blocked(const struct engine *engine) {
    for (unsigned link = 0; link < engine->link_count; link++)
        for (enum lane lane = 0; lane < LANES; lane++)
            if (engine->blocked_since[link][lane])
                return true;
    return false;
}

/* While something waits for its cause each link may hold it. */
bool engine_link_is_quiet(const struct engine *engine, unsigned link, enum lane lane) {
    return engine->quiet[link][lane] && !anything_blocked(engine) && !held_waiting_count(engine->held);
}

/* In the engine's own time, which is ahead of the wall's after that was set back. */
static int64_t due_at(struct engine *engine) {
    if (engine->paused_until > engine_monotonic(engine))
        return engine->now + 1000;
    read_next_timer(engine);
    int64_t at = engine->daemon->on_timer ? engine->next_timer : INT64_MAX;
    int64_t steady = engine->now + engine->steady_at - engine_monotonic(engine);
    if (!engine_clock_is_steady(engine) && at > steady)
        at = steady; /* then the others are looked for, too */
    if (engine->passed_over_since && at > engine->now + PASSED_OVER_MS)
        at = engine->now + PASSED_OVER_MS;
    if (anything_blocked(engine) && at > engine->now + BLOCKED_MS)
        at = engine->now + BLOCKED_MS;
    return at;
}

int64_t engine_wake_at(struct engine *engine) {
    int64_t at = due_at(engine), wall = clock_wall_ms(engine->setup.clock);
    return at == INT64_MAX ? at : at - (time_now(engine, wall, engine_monotonic(engine)) - wall);
}

void engine_idle(struct engine *engine) {
    if (engine->daemon->idle)
        engine->daemon->idle(engine->state, engine_monotonic(engine));
    checkpoint_over(engine, engine->log_idle_bytes);
    refill_reserve(engine);
}
