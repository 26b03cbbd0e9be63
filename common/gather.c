/* The first half of a turn: gather what has arrived and decide it. Hopefully without a savepoint an input,
 * which copies every page that input touches; the turn that had to undo one of its inputs is made again with
 * savepoints. engine.c commits. */
#include "common/engine_internal.h"

#include "common/log.h"
#include "common/texts.h"
#include "common/wire.h"
#include "common_sql.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    REQUEST_SHARE = REQUESTS_MAX * 3 / 4, /* a turn: the journals of others must be read under any load */
    SHARES = 16,                          /* of a turn, see kinds */
    STARVED_MAX = 5, /* the system may be short of memory for a moment; alone and again: it will never fit */
};

/* ---- one input ---- */

/* What one input is made of, so that every kind runs through the same steps. */
struct work {
    enum verdict (*run)(struct engine *engine, void *input);
    void *input;
    struct source source;
    const Sigap__Event *event;
    /* What is no record is known again by its kind and content, see guard.c. */
    const char *kind;
    const void *content;
    size_t content_size;
};

static uint64_t turn_inputs_max(const struct engine *engine) {
    return engine->guard.cautious || engine->singly ? 1 : engine->turn_most;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* The kind that comes next may take so many SHARES of a turn, and at least one input however late it is: what
 * was before it may have been slow. */
static void give_share(struct engine *engine, unsigned shares) {
    uint64_t most = turn_inputs_max(engine), more = most * shares / SHARES;
    size_t records = journal_staged_bytes(engine->journal) + TURN_RECORD_BYTES * shares / SHARES,
           kept = arena_taken(engine->kept) + TURN_KEPT_BYTES * shares / SHARES;
    engine->share = (struct share){
        .first = engine->turn_inputs,
        .inputs = smaller(most, engine->turn_inputs + (more ? more : 1)),
        .record_bytes = smaller(TURN_RECORD_BYTES, records),
        .kept_bytes = smaller(TURN_KEPT_BYTES, kept),
        .until = engine_monotonic(engine) + TURN_MS * shares / SHARES,
    };
}

/* ... all that is left of it. */
static void give_the_rest(struct engine *engine) {
    engine->share = (struct share){
        .inputs = turn_inputs_max(engine),
        .record_bytes = TURN_RECORD_BYTES,
        .kept_bytes = TURN_KEPT_BYTES,
        .until = engine->turn_began + TURN_MS,
    };
}

/* One answer with a picture may keep more than all of a turn should: the next kind has its input all the
 * same. What is appended must fit a frame. */
static bool share_is_over(const struct engine *engine) {
    const struct share *share = &engine->share;
    return engine->turn_inputs >= share->inputs ||
           journal_staged_bytes(engine->journal) > share->record_bytes ||
           (engine->turn_inputs > share->first &&
               (arena_taken(engine->kept) > share->kept_bytes || engine_monotonic(engine) > share->until));
}

static void begin_input(struct engine *engine, const struct work *work) {
    engine->turn.source = work->source;
    engine->turn.training = work->event && work->event->training;
    engine->input = work->event;
    engine->ordinal = 0;
    engine->park_reason[0] = 0;
    engine->cause_count = 0;
    engine->deferred = engine->overflowed = false;
    engine->inputs++;
    engine->turn_inputs++;
}

/* Out of memory among others: once more, alone, see engine->singly. */
static bool is_worth_another_try(struct engine *engine) {
    return engine->turn_inputs > 1 || ++engine->starved < STARVED_MAX;
}

static enum verdict judge(struct engine *engine, enum verdict verdict) {
    switch (store_health(engine->store)) {
    case STORE_OK:
        break;
    case STORE_REFUSED:
        return turn_park(&engine->turn, "%s", store_complaint(engine->store));
    case STORE_FULL:
    case STORE_RETRY:
        return VERDICT_RETRY;
    case STORE_UNKNOWN:
    case STORE_FATAL:
        engine_break(engine, "store: %s", store_complaint(engine->store));
        return VERDICT_RETRY;
    }
    if (arena_exhausted(engine->arena) || arena_exhausted(engine->kept))
        return is_worth_another_try(engine) ? VERDICT_RETRY
                                            : turn_park(&engine->turn, "needs more memory than a turn has");
    if (engine->overflowed)
        return is_worth_another_try(engine) ? VERDICT_RETRY
                                            : turn_park(&engine->turn, "says more than a frame has room for");
    return engine->retry ? VERDICT_RETRY : verdict;
}

bool engine_is_careful(const struct engine *engine) {
    return engine->careful || engine->singly || engine->guard.cautious;
}

/* An input is over, and was not the turn's last: its memory is wiped while the cache still holds it. What
 * leaves after the commit was copied to engine->kept. */
static void input_over(struct engine *engine) {
    arena_reset(engine->arena);
}

static void key_of(const struct work *work, char key[GUARD_KEY_MAX]) {
    uint8_t hash[crypto_generichash_BYTES_MIN];
    char digits[2 * sizeof hash + 1] = "";
    if (!work->kind) {
        snprintf(key, GUARD_KEY_MAX, "%s/%d/%llu", work->source.journal, work->source.lane,
            (unsigned long long)work->source.sequence);
        return;
    }
    crypto_generichash(hash, sizeof hash, work->content, work->content_size, NULL, 0);
    snprintf(
        key, GUARD_KEY_MAX, "%s/%s", work->kind, sodium_bin2hex(digits, sizeof digits, hash, sizeof hash));
}

/* Before anything of an input is written: in a cautious turn its mark becomes durable first, in a transaction
 * of its own. False: the turn must be rolled back. */
static bool ask_guard(struct engine *engine, const struct work *work) {
    struct guard *guard = &engine->guard;
    char key[GUARD_KEY_MAX];
    if (!guard->cautious || !engine->started || guard->asked)
        return true;
    key_of(work, key);
    guard->asked = true;
    guard->guilty = guard_before(engine, key);
    return guard->guilty || (store_commit(engine->store) == STORE_OK && store_begin(engine->store));
}

/* Runs one input. PARK has undone it when this returns; RETRY ends the turn, which is made again. */
static enum verdict run_input(struct engine *engine, const struct work *work) {
    struct journal_mark mark = journal_mark(engine->journal);
    size_t released = engine->release_count;
    bool careful = engine_is_careful(engine);
    if (!ask_guard(engine, work))
        return VERDICT_RETRY;
    begin_input(engine, work);
    if (engine->guard.guilty) {
        guard_after(engine);
        engine->input = NULL;
        return turn_park(&engine->turn, "it ended the process again and again");
    }
    if (careful && !store_savepoint(engine->store))
        return VERDICT_RETRY;
    enum verdict verdict = judge(engine, work->run(engine, work->input));
    if (verdict == VERDICT_PARK && !careful) {
        engine->redo = true;
        verdict = VERDICT_RETRY;
    } else if (verdict == VERDICT_DONE && careful) {
        store_savepoint_keep(engine->store);
    } else if (verdict == VERDICT_PARK) {
        store_forgive(engine->store);
        store_savepoint_undo(engine->store);
        journal_undo(engine->journal, mark);
        engine->overflowed = false;
        engine->release_count = released;
        engine->timers_changed = true;
        engine_forget_timers_set(engine);
    }
    if (engine->guard.cautious)
        guard_after(engine);
    engine->input = NULL;
    return verdict;
}

static void tell_parked(struct engine *engine, int64_t number, const struct source *source) {
    Sigap__InputParked parked = SIGAP__INPUT_PARKED__INIT;
    parked.number = (uint64_t)number;
    parked.journal = (char *)source->journal;
    parked.lane = source->lane;
    parked.sequence = source->sequence;
    parked.reason = engine->park_reason;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_INPUT_PARKED;
    event.input_parked = &parked;
    engine->cause_count = 0;
    turn_append(&engine->turn, source->lane, &event);
    log_line(LOG_ERROR, "parked", "number=%lld journal=%s lane=%d sequence=%llu reason=%s", (long long)number,
        source->journal, source->lane, (unsigned long long)source->sequence, log_value(engine->park_reason));
}

/* Puts an input aside with engine->park_reason and tells the operator by a record. */
static void park_input(struct engine *engine, const struct source *source, const struct id *case_id,
    const void *bytes, size_t size) {
    int64_t number = held_park(engine->held, source, case_id, engine->park_reason, bytes, size, engine->now);
    tell_parked(engine, number, source);
}

/* ---- gather: records ---- */

static int link_of(const struct engine *engine, const char *journal) {
    for (unsigned i = 0; i < engine->link_count; i++)
        if (same_text(inbox_name(engine->links[i]), journal))
            return (int)i;
    return -1;
}

static bool passed(const struct engine *engine, const char *journal, enum lane lane, uint64_t sequence) {
    int link = link_of(engine, journal);
    return link < 0 || inbox_position(engine->links[link], lane) >= sequence;
}

static bool causes_passed(const struct engine *engine, const Sigap__Event *event) {
    for (size_t i = 0; i < event->n_causes; i++)
        if (!passed(engine, event->causes[i]->journal, lane_read(event->causes[i]->lane),
                event->causes[i]->sequence))
            return false;
    return true;
}

/* What a handler appends was caused by the record at hand and by all that caused that. */
static void inherit_causes(struct engine *engine, const Sigap__Event *event, const struct source *source) {
    for (size_t i = 0; i < event->n_causes && engine->cause_count < CAUSES_MAX - 2; i++) {
        struct held_cause *cause = &engine->causes[engine->cause_count++];
        *cause = (struct held_cause){
            .lane = lane_read(event->causes[i]->lane), .sequence = event->causes[i]->sequence};
        strncpy(cause->journal, event->causes[i]->journal, sizeof cause->journal - 1);
    }
    for (unsigned i = 0; i < engine->cause_count; i++) {
        struct held_cause *cause = &engine->causes[i];
        if (cause->lane == source->lane && same_text(cause->journal, source->journal)) {
            cause->sequence = source->sequence;
            return;
        }
    }
    struct held_cause *cause = &engine->causes[engine->cause_count++];
    *cause = (struct held_cause){.lane = source->lane, .sequence = source->sequence};
    strncpy(cause->journal, source->journal, sizeof cause->journal - 1);
}

static enum verdict run_event(struct engine *engine, void *input) {
    const Sigap__Event *event = input;
    inherit_causes(engine, event, &engine->turn.source);
    return engine->daemon->on_event(&engine->turn, event);
}

static enum verdict work_on_event(struct engine *engine, const struct source *source,
    const Sigap__Event *event, const struct record *record) {
    struct work work = {run_event, (void *)event, *source, event, NULL, NULL, 0};
    enum verdict verdict = run_input(engine, &work);
    if (verdict == VERDICT_PARK) {
        struct id case_id;
        id_from_bytes(event->case_id.data, event->case_id.len, &case_id);
        park_input(engine, source, &case_id, record->bytes, record->size);
    }
    return verdict;
}

/* Texts of other daemons are our own, but a stolen key may speak too. */
Sigap__Event *engine_unpack(struct engine *engine, const struct record *record) {
    return wire_unpack(&sigap__event__descriptor, engine->arena, record->bytes, record->size);
}

/* The record behind a waiting entry; bytes NULL when the arena has no room for it. */
static struct record read_waiting(struct engine *engine, const struct held_entry *entry) {
    struct record record = {entry->sequence, NULL, 0};
    struct statement *get = common_use(engine->store, COMMON_WAITING_GET);
    bind_int(get, entry->number);
    if (statement_step(get)) {
        const void *bytes = column_blob(get, 4, &record.size);
        record.bytes = (const uint8_t *)arena_bytes(engine->arena, bytes, record.size);
    }
    statement_end(get);
    return record;
}

static bool still_stands(const struct engine *engine, const struct held_obstacle *obstacle) {
    switch (obstacle->kind) {
    case OBSTACLE_NONE:
        return false;
    case OBSTACLE_CAUSE:
        return inbox_position(engine->links[obstacle->link], obstacle->lane) < obstacle->sequence;
    case OBSTACLE_RECORD:
        return held_releases(engine->held) == obstacle->sequence;
    }
    return false;
}

/* Thousands may wait for a link that is cut, and all are asked after every record: so nearly all are answered
 * by what stood in their way the last time. */
static bool is_ready(const struct engine *engine, size_t index) {
    struct held_obstacle *obstacle = held_obstacle(engine->held, index);
    if (still_stands(engine, obstacle))
        return false;
    const struct held_entry *entry = held_waiting(engine->held, index);
    for (unsigned k = 0; k < entry->cause_count; k++) {
        const struct held_cause *cause = &entry->causes[k];
        if (passed(engine, cause->journal, cause->lane, cause->sequence))
            continue;
        *obstacle = (struct held_obstacle){
            OBSTACLE_CAUSE, (unsigned)link_of(engine, cause->journal), cause->lane, cause->sequence};
        return false;
    }
    if (!held_blocks(engine->held, entry))
        return true;
    *obstacle = (struct held_obstacle){OBSTACLE_RECORD, 0, LANE_URGENT, held_releases(engine->held)};
    return false;
}

/* Place of the first waiting record whose causes have come; how many wait when there is none. */
static size_t first_ready(const struct engine *engine) {
    size_t index = 0;
    while (index < held_waiting_count(engine->held) && !is_ready(engine, index))
        index++;
    return index;
}

/* A parked timer that an operator lets try again: with the time it had, or its handler would take it for one
 * that was moved since. Rows of older stores do not tell it: now, then. */
static bool set_parked_timer(struct engine *engine, size_t index) {
    const struct held_entry *entry = held_waiting(engine->held, index);
    struct record record = read_waiting(engine, entry);
    int64_t due_at = engine->now;
    if (record.bytes && record.size == sizeof due_at)
        memcpy(&due_at, record.bytes, sizeof due_at);
    turn_timer_set(&engine->turn, (uint32_t)entry->sequence, &entry->case_id, due_at, true);
    held_release(engine->held, index);
    return record.bytes && store_health(engine->store) == STORE_OK;
}

/* False: the turn must be rolled back; the row is still there then. */
static bool work_on_waiting_entry(struct engine *engine, size_t index) {
    const struct held_entry *entry = held_waiting(engine->held, index);
    if (strcmp(entry->journal, "timer") == 0)
        return set_parked_timer(engine, index);
    struct source source = {arena_text(engine->arena, entry->journal), entry->lane, entry->sequence};
    struct record record = read_waiting(engine, entry);
    Sigap__Event *event = record.bytes ? engine_unpack(engine, &record) : NULL;
    if (!source.journal || !record.bytes || (!event && arena_exhausted(engine->arena)))
        return false;
    struct id case_id = entry->case_id;
    struct work work = {.source = source};
    if (event && !ask_guard(engine, &work))
        return false;
    held_release(engine->held, index);
    if (event && work_on_event(engine, &source, event, &record) == VERDICT_RETRY)
        return false;
    if (!event) {
        snprintf(engine->park_reason, sizeof engine->park_reason, "the record cannot be read");
        engine->turn.source = source;
        park_input(engine, &source, &case_id, record.bytes, record.size);
    }
    input_over(engine);
    return store_health(engine->store) == STORE_OK;
}

static bool work_on_waiting(struct engine *engine) {
    /* From the front each time: what waited behind the one before may be ready now. */
    for (size_t i; (i = first_ready(engine)) < held_waiting_count(engine->held);) {
        if (share_is_over(engine)) {
            engine->recheck_held = true; /* its rest, or the next turn, goes on here */
            return true;
        }
        if (!work_on_waiting_entry(engine, i))
            return false;
    }
    return true;
}

enum step { STEP_NOTHING, STEP_WORKED, STEP_END };

static enum step park_unreadable(struct engine *engine, unsigned link, enum lane lane,
    const struct source *source, const struct record *record) {
    if (arena_exhausted(engine->arena) && (engine->turn_inputs > 0 || is_worth_another_try(engine)))
        return STEP_END; /* in a turn of its own it has more room */
    snprintf(engine->park_reason, sizeof engine->park_reason, "the record cannot be read");
    engine->turn.source = *source;
    engine->turn_inputs++; /* a mark is committed before anything is written, see ask_guard */
    inbox_take(engine->links[link], lane);
    park_input(engine, source, NULL, record->bytes, record->size);
    return STEP_WORKED;
}

/* Nearly always nothing is held, and nothing needs to be described. */
static bool is_held_back(
    const struct engine *engine, const struct source *source, const Sigap__Event *event) {
    struct held_entry record;
    if (!held_waiting_count(engine->held) && !held_parked_count(engine->held))
        return false;
    held_describe(source, event, &record);
    return held_blocks(engine->held, &record);
}

static bool is_heard(const struct engine *engine, const void *record, size_t size) {
    if (!engine->daemon->hears)
        return true;
    uint32_t body = link_body_of(record, size);
    for (const Sigap__Event__BodyCase *kind = engine->daemon->hears; *kind; kind++)
        if ((uint32_t)*kind == body)
            return true;
    return body == 0;
}

bool engine_hears_any(const struct engine *engine, const uint8_t *records, size_t size) {
    const uint8_t *at = records, *end = records + size, *record;
    size_t record_size;
    while (link_next_record(&at, end, &record, &record_size))
        if (is_heard(engine, record, record_size))
            return true;
    return false;
}

static bool cause_passed(void *context, const char *journal, size_t size, uint32_t lane, uint64_t sequence) {
    const struct engine *engine = context;
    for (unsigned i = 0; i < engine->link_count; i++) {
        const char *name = inbox_name(engine->links[i]);
        if (strlen(name) == size && memcmp(name, journal, size) == 0)
            return inbox_position(engine->links[i], lane_read(lane)) >= sequence;
    }
    return true; /* a journal this daemon does not read */
}

/* Nobody here wants it, and it hides nothing: a record that is heard may name it as its only cause, so its
 * own causes must have been passed, and while anything is held it takes the long way. */
static bool is_passed_over(struct engine *engine, const struct record *record) {
    return !is_heard(engine, record->bytes, record->size) && !held_waiting_count(engine->held) &&
           !held_parked_count(engine->held) &&
           link_causes_passed(record->bytes, record->size, cause_passed, engine);
}

void engine_pass_over(struct engine *engine) {
    struct record record;
    for (unsigned link = 0; engine->daemon->hears && link < engine->link_count; link++)
        for (enum lane lane = 0; lane < LANES; lane++)
            while (inbox_peek(engine->links[link], lane, &record) && is_passed_over(engine, &record) &&
                   inbox_pass_over(engine->links[link], lane)) {
                if (!engine->passed_over_since)
                    engine->passed_over_since = engine_monotonic(engine);
                engine->recheck_blocked = true; /* it may be what another record waits for */
                engine->blocked_since[link][lane] = 0;
            }
}

/* The record at the head of a lane: worked on, put to wait, or left where it is for a moment. */
static enum step step_lane(struct engine *engine, unsigned link, enum lane lane) {
    struct record record;
    struct inbox *inbox = engine->links[link];
    if (!inbox_peek(inbox, lane, &record))
        return STEP_NOTHING;
    if (is_passed_over(engine, &record)) {
        engine->blocked_since[link][lane] = 0;
        inbox_take(inbox, lane);
        return STEP_WORKED;
    }
    struct source source = {inbox_name(inbox), lane, record.sequence};
    Sigap__Event *event = engine_unpack(engine, &record);
    if (!event)
        return park_unreadable(engine, link, lane, &source, &record);
    bool blocked = is_held_back(engine, &source, event);
    if (!blocked && !causes_passed(engine, event)) {
        int64_t *since = &engine->blocked_since[link][lane], now = engine_monotonic(engine);
        if (!*since)
            *since = now;
        if (now - *since < BLOCKED_MS)
            return STEP_NOTHING;
        blocked = true;
    }
    engine->blocked_since[link][lane] = 0;
    inbox_take(inbox, lane);
    if (blocked) {
        held_wait(engine->held, &source, event, record.bytes, record.size, engine->now);
        engine->turn_inputs++;
    } else if (work_on_event(engine, &source, event, &record) == VERDICT_RETRY) {
        return STEP_END;
    }
    input_over(engine);
    if (held_waiting_count(engine->held) && !work_on_waiting(engine))
        return STEP_END;
    return store_health(engine->store) == STORE_OK ? STEP_WORKED : STEP_END;
}

/* One record a link in turn, so that a long queue of one neighbour does not starve the others. */
static bool gather_lane(struct engine *engine, enum lane lane) {
    for (bool worked = true; worked;) {
        worked = false;
        for (unsigned link = 0; link < engine->link_count; link++) {
            if (share_is_over(engine))
                return true;
            enum step step = step_lane(engine, link, lane);
            if (step == STEP_END)
                return false;
            worked |= step == STEP_WORKED;
        }
    }
    return true;
}

static bool gather_urgent(struct engine *engine) {
    return gather_lane(engine, LANE_URGENT);
}

/* What an operator let try again, and what a full turn has left over. */
static bool gather_waiting(struct engine *engine) {
    if (!engine->recheck_held)
        return true;
    engine->recheck_held = false;
    return work_on_waiting(engine);
}

/* ---- gather: other inputs ---- */

static enum verdict run_start(struct engine *engine, void *input) {
    (void)input;
    return engine->daemon->on_start(&engine->turn);
}

struct request_work {
    const struct request *request;
    struct answer answer;
};

static enum verdict run_request(struct engine *engine, void *input) {
    struct request_work *work = input;
    engine->request_origin = work->request->origin;
    return engine->daemon->on_request(&engine->turn, work->request, &work->answer);
}

static bool gather_requests(struct engine *engine) {
    while (engine->request_taken < engine->request_count && engine->request_taken < REQUEST_SHARE &&
           !share_is_over(engine)) {
        struct request_work input = {.request = &engine->requests[engine->request_taken].request};
        const struct request *request = input.request;
        bool has_body = request->body_size > 0;
        struct work work = {run_request, &input, {"", LANE_NORMAL, 0}, NULL, "request",
            has_body ? request->body : request->path, has_body ? request->body_size : strlen(request->path)};
        enum verdict verdict = run_input(engine, &work);
        if (verdict == VERDICT_RETRY)
            return false;
        if (verdict == VERDICT_PARK) {
            log_line(LOG_ERROR, "request-failed", "reason=%s", log_value(engine->park_reason));
            input.answer =
                (struct answer){.status = 500, .content_type = "text/plain", .body = "500\n", .body_size = 4};
        }
        engine->request_taken++;
        if (engine->deferred && verdict == VERDICT_DONE) {
            input_over(engine);
            continue;
        }
        struct release *release = engine_release(engine, RELEASE_ANSWER);
        if (!release)
            return false;
        release->origin = input.request->origin;
        if (!engine_keep_answer(engine, &input.answer, &release->answer))
            return false;
        input_over(engine);
    }
    return true;
}

struct frame_work {
    const struct arrival *arrival;
    uint64_t number; /* of the question, repeated in its answer */
    uint8_t *frame;
    size_t size;
};

static void keep_view_answer(
    struct engine *engine, struct frame_work *work, const Sigap__ViewAnswer *answer) {
    work->size = sigap__view_answer__get_packed_size(answer);
    work->frame = arena_take(engine->kept, work->size);
    if (work->frame)
        sigap__view_answer__pack(answer, work->frame);
}

static void keep_submit_answer(
    struct engine *engine, struct frame_work *work, const Sigap__SubmitAnswer *answer) {
    work->size = sigap__submit_answer__get_packed_size(answer);
    work->frame = arena_take(engine->kept, work->size);
    if (work->frame)
        sigap__submit_answer__pack(answer, work->frame);
}

static enum verdict run_view(struct engine *engine, void *input) {
    struct frame_work *work = input;
    Sigap__View *view =
        sigap__view__unpack(arena_allocator(engine->arena), work->arrival->size, work->arrival->frame);
    Sigap__ViewAnswer answer = SIGAP__VIEW_ANSWER__INIT;
    enum verdict verdict = VERDICT_DONE;
    answer.status = 400;
    if (view) {
        work->number = answer.number = view->number;
        answer.status = 404;
        if (!status_view(&engine->turn, view, &answer) && engine->daemon->on_view)
            verdict = engine->daemon->on_view(&engine->turn, view, &answer);
    }
    keep_view_answer(engine, work, &answer);
    return verdict;
}

/* A varint of at most ten bytes at *at; false when it does not end before end. */
static bool read_varint(const uint8_t **at, const uint8_t *end, uint64_t *value) {
    *value = 0;
    for (unsigned shift = 0; *at < end && shift < 70; shift += 7) {
        uint8_t byte = *(*at)++;
        *value |= shift < 64 ? (uint64_t)(byte & 0x7f) << shift : 0;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

/* protobuf-c ends a text at an embedded NUL, and a handler would see the first half of it only: looked for in
 * the frame, in the order of the wire format. A frame that does not fit it is refused by protobuf-c itself.
 */
static bool holds_nul_in_text(const uint8_t *at, const uint8_t *end, const ProtobufCMessageDescriptor *kind) {
    for (uint64_t tag, size; at < end && read_varint(&at, end, &tag); at += size) {
        unsigned wire = tag & 7;
        size = wire == 1 ? 8 : wire == 5 ? 4 : 0;
        if ((wire == 0 && !read_varint(&at, end, &tag)) || (wire == 2 && !read_varint(&at, end, &size)) ||
            size > (uint64_t)(end - at))
            return false;
        const ProtobufCFieldDescriptor *field =
            wire == 2 ? protobuf_c_message_descriptor_get_field(kind, (unsigned)(tag >> 3)) : NULL;
        if (field && field->type == PROTOBUF_C_TYPE_STRING && memchr(at, 0, size))
            return true;
    }
    return false;
}

Sigap__SubmitReport *engine_read_submit(
    struct engine *engine, const struct arrival *arrival, Sigap__SubmitRefused *refused) {
    const uint8_t *frame = arrival->frame;
    Sigap__SubmitReport *submit =
        sigap__submit_report__unpack(arena_allocator(engine->arena), arrival->size, frame);
    refused->status = 400;
    refused->reason = (char *)"Pesan tidak terbaca / The message cannot be read";
    return submit;
}

static enum verdict run_submit(struct engine *engine, void *input) {
    struct frame_work *work = input;
    Sigap__SubmitAnswer answer = SIGAP__SUBMIT_ANSWER__INIT;
    Sigap__SubmitRefused refused = SIGAP__SUBMIT_REFUSED__INIT;
    Sigap__SubmitReport *submit = engine_read_submit(engine, work->arrival, &refused);
    answer.answer_case = SIGAP__SUBMIT_ANSWER__ANSWER_REFUSED;
    answer.refused = &refused;
    enum verdict verdict = VERDICT_DONE;
    const struct arrival *arrival = work->arrival;
    const uint8_t *frame = arrival->frame;
    if (submit)
        work->number = answer.number = submit->number;
    if (submit && holds_nul_in_text(frame, frame + arrival->size, &sigap__submit_report__descriptor))
        refused.reason = (char *)"Teks berisi NUL / A text holds NUL";
    else if (submit) {
        verdict = engine->daemon->on_submit(&engine->turn, submit, &answer);
    }
    keep_submit_answer(engine, work, &answer);
    return verdict;
}

/* What the handler wrote was undone: the answer it made says what did not happen. */
static void answer_undone(struct engine *engine, struct frame_work *work, enum release_kind kind) {
    log_line(LOG_ERROR, kind == RELEASE_VIEW ? "view-failed" : "submit-failed", "reason=%s",
        log_value(engine->park_reason));
    if (kind == RELEASE_VIEW) {
        Sigap__ViewAnswer answer = SIGAP__VIEW_ANSWER__INIT;
        answer.number = work->number;
        answer.status = 500;
        keep_view_answer(engine, work, &answer);
        return;
    }
    Sigap__SubmitAnswer answer = SIGAP__SUBMIT_ANSWER__INIT;
    Sigap__SubmitRefused refused = SIGAP__SUBMIT_REFUSED__INIT;
    refused.status = 500;
    refused.reason = (char *)"Kesalahan di sistem kami, tidak tersimpan / An error of ours, nothing was kept";
    answer.number = work->number;
    answer.answer_case = SIGAP__SUBMIT_ANSWER__ANSWER_REFUSED;
    answer.refused = &refused;
    keep_submit_answer(engine, work, &answer);
}

/* Who asks again counts on: known again is the rest. */
static void leave_number_out(struct engine *engine, enum release_kind kind, struct work *work) {
    ProtobufCAllocator *allocator = arena_allocator(engine->arena);
    ProtobufCMessage *message = NULL;
    if (kind == RELEASE_VIEW) {
        Sigap__View *view = sigap__view__unpack(allocator, work->content_size, work->content);
        if (view)
            view->number = 0;
        message = view ? &view->base : NULL;
    } else {
        Sigap__SubmitReport *submit =
            sigap__submit_report__unpack(allocator, work->content_size, work->content);
        if (submit)
            submit->number = 0;
        message = submit ? &submit->base : NULL;
    }
    size_t size = message ? protobuf_c_message_get_packed_size(message) : 0;
    uint8_t *packed = message ? arena_take(engine->arena, size) : NULL;
    if (packed) {
        work->content = packed;
        work->content_size = protobuf_c_message_pack(message, packed);
    }
}

static bool gather_queue(struct engine *engine, struct queue *queue,
    enum verdict (*run)(struct engine *, void *), enum release_kind kind) {
    while (queue->taken < queue->count && !share_is_over(engine)) {
        struct frame_work input = {.arrival = &queue->items[queue->taken]};
        struct work work = {run, &input, {"", LANE_NORMAL, 0}, NULL, kind == RELEASE_VIEW ? "view" : "submit",
            input.arrival->frame, input.arrival->size};
        if (engine->guard.cautious)
            leave_number_out(engine, kind, &work);
        enum verdict verdict = run_input(engine, &work);
        if (verdict == VERDICT_RETRY)
            return false;
        if (verdict == VERDICT_PARK)
            answer_undone(engine, &input, kind);
        struct release *release = engine_release(engine, kind);
        if (!release)
            return false;
        release->origin = input.arrival->origin;
        release->frame = input.frame;
        release->frame_size = input.frame ? input.size : 0;
        queue->taken++;
        input_over(engine);
    }
    return true;
}

static bool gather_views(struct engine *engine) {
    return gather_queue(engine, &engine->views, run_view, RELEASE_VIEW);
}

static bool gather_submits(struct engine *engine) {
    return gather_queue(engine, &engine->submits, run_submit, RELEASE_SUBMIT);
}

static enum verdict run_result(struct engine *engine, void *input) {
    return engine->daemon->on_effect(&engine->turn, input);
}

static bool gather_results(struct engine *engine) {
    while (engine->result_taken < engine->result_count && !share_is_over(engine)) {
        struct effect_result *result = &engine->results[engine->result_taken];
        struct work work = {
            run_result, result, {"", LANE_NORMAL, 0}, NULL, "result", &result->id, sizeof result->id};
        enum verdict verdict = engine->daemon->on_effect ? run_input(engine, &work) : VERDICT_DONE;
        if (verdict == VERDICT_RETRY)
            return false;
        if (verdict == VERDICT_PARK)
            log_line(LOG_ERROR, "effect-result-failed", "kind=%u reason=%s", result->kind,
                log_value(engine->park_reason));
        engine->result_taken++;
        input_over(engine);
    }
    return true;
}

struct timer_work {
    int64_t due_at;
    uint32_t kind;
    struct id object;
};

static enum verdict run_timer(struct engine *engine, void *input) {
    const struct timer_work *timer = input;
    turn_timer_clear(&engine->turn, timer->kind, &timer->object, timer->due_at);
    return engine->daemon->on_timer(&engine->turn, timer->kind, &timer->object, timer->due_at);
}

/* A parked timer is gone from its table: its row says which it was and when it was due, and retry sets it
 * again, see set_parked_timer. */
static bool work_on_timer(struct engine *engine, struct timer_work *timer) {
    struct work work = {run_timer, timer, {"timer", LANE_URGENT, timer->kind}, NULL, "timer", &timer->object,
        sizeof timer->object};
    enum verdict verdict = run_input(engine, &work);
    if (verdict == VERDICT_PARK) {
        turn_timer_clear(&engine->turn, timer->kind, &timer->object, timer->due_at);
        park_input(engine, &work.source, &timer->object, &timer->due_at, sizeof timer->due_at);
    }
    if (verdict == VERDICT_RETRY)
        return false;
    input_over(engine);
    return true;
}

bool engine_clock_is_steady(const struct engine *engine) {
    return engine_monotonic(engine) >= engine->steady_at;
}

static bool work_on_timers(struct engine *engine, bool critical) {
    enum { BATCH = 64 };
    struct timer_work due[BATCH];
    int count = 0;
    if (!engine->daemon->on_timer || engine->next_timer > engine->now || share_is_over(engine))
        return true;
    struct statement *get = common_use(engine->store, COMMON_TIMER_DUE);
    bind_int(get, critical);
    bind_int(get, engine->now);
    bind_int(get, BATCH);
    while (count < BATCH && statement_step(get))
        due[count++] =
            (struct timer_work){column_int(get, 0), (uint32_t)column_int(get, 1), column_id(get, 2)};
    statement_end(get);
    engine->timers_changed = true;
    for (int i = 0; i < count && !share_is_over(engine); i++)
        if (!work_on_timer(engine, &due[i]))
            return false;
    return true;
}

static bool gather_critical_timers(struct engine *engine) {
    return work_on_timers(engine, true);
}

static bool gather_timers(struct engine *engine) {
    return !engine_clock_is_steady(engine) || work_on_timers(engine, false);
}

static bool gather_start(struct engine *engine) {
    engine->starting = true; /* started when this turn is committed */
    if (!engine->daemon->on_start)
        return true;
    struct work work = {run_start, NULL, {"", LANE_NORMAL, 0}, NULL, "start", "", 0};
    enum verdict verdict = run_input(engine, &work);
    if (verdict == VERDICT_PARK)
        engine_break(engine, "start: %s", engine->park_reason);
    return verdict == VERDICT_DONE;
}

/* What a turn takes, in its order, and of how many SHARES each is sure. So the urgent lane comes before all
 * that is new and takes what others leave; but thousands in it, as after an outage, keep no critical step of
 * an alert waiting, nor the outcome of a call, nor who reports a life. Nor do thousands of timers that were
 * due earlier. */
static const struct kind {
    bool (*gather)(struct engine *engine);
    unsigned shares;
} kinds[] = {
    {gather_waiting, 2},
    {gather_views, 2},
    {gather_urgent, 5},
    {gather_results, 1},
    {gather_critical_timers, 2},
    {gather_timers, 1},
    {gather_requests, 2},
    {gather_submits, 1},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static bool gather_shares(struct engine *engine) {
    for (size_t i = 0; i < KINDS; i++) {
        give_share(engine, kinds[i].shares);
        if (!kinds[i].gather(engine))
            return false;
    }
    return true;
}

static bool gather_rest(struct engine *engine) {
    give_the_rest(engine);
    for (size_t i = 0; i < KINDS; i++)
        if (!kinds[i].gather(engine))
            return false;
    return gather_lane(engine, LANE_NORMAL);
}

/* Nothing normal before what is urgent; people who wait for an answer before the crowd. */
bool engine_gather(struct engine *engine) {
    bool paused = engine->paused_until > engine->turn_began;
    give_the_rest(engine);
    if (!engine->started && !engine->start_again)
        return gather_start(engine); /* rows are set right before anything else is looked at */
    if (!engine->started && !paused)
        return gather_views(engine) && gather_start(engine);
    if (paused)
        return gather_views(engine);
    return gather_shares(engine) && gather_rest(engine);
}
