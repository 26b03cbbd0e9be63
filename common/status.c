/* Views that every daemon answers the same way: status, what is parked or waits, the audit, and an operator's
 * hand on parked inputs, held effects and a clock that jumped. */
#include "common/engine_internal.h"

#include "common_sql.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const lane_words[LANES] = {"urgent", "normal"};

static json_t *journal_json(struct engine *engine) {
    json_t *lanes = json_array();
    for (enum lane lane = 0; lane < LANES; lane++)
        json_array_append_new(lanes, json_pack("{s:s,s:I,s:I}", "lane", lane_words[lane], "head",
                                         (json_int_t)journal_head(engine->journal, lane), "trimmed",
                                         (json_int_t)journal_oldest(engine->journal, lane) - 1));
    return lanes;
}

static json_t *links_json(struct engine *engine) {
    json_t *links = json_array();
    for (unsigned i = 0; i < engine->link_count; i++) {
        const char *state = inbox_state_word(inbox_state(engine->links[i], engine_monotonic(engine)));
        for (enum lane lane = 0; lane < LANES; lane++)
            json_array_append_new(
                links, json_pack("{s:s,s:s,s:I,s:I,s:s}", "from", inbox_name(engine->links[i]), "lane",
                           lane_words[lane], "cursor", (json_int_t)inbox_cursor(engine->links[i], lane),
                           "lag", (json_int_t)inbox_lag(engine->links[i], lane), "state", state));
    }
    return links;
}

static const char *state_word(struct engine *engine) {
    if (!engine->started && !engine->backoff_ms)
        return "starting";
    bool degraded = engine->tight || engine->backoff_ms || engine->effects_held ||
                    held_parked_count(engine->held) || !engine_clock_is_believed(engine);
    for (unsigned i = 0; i < engine->link_count; i++)
        degraded |= inbox_state(engine->links[i], engine_monotonic(engine)) != LINK_LIVE;
    int64_t oldest = held_oldest_at(engine->held);
    return degraded || (oldest && engine->now - oldest > 60000) ? "degraded" : "ready";
}

/* What `sigapctl list` can be asked for: the daemon's own lists, and those that all have. */
static json_t *lists_json(const struct engine *engine) {
    json_t *lists = json_pack("[s,s,s]", "parked", "waiting", "audit");
    for (const char *const *list = engine->daemon->lists; list && *list; list++)
        json_array_append_new(lists, json_string(*list));
    return lists;
}

static json_t *metrics_json(struct engine *engine) {
    struct metrics metrics = metrics_begin();
    if (engine->daemon->metrics)
        engine->daemon->metrics(engine->state, &metrics);
    return metrics.families;
}

static json_t *status_json(struct engine *engine) {
    return json_pack("{s:s,s:i,s:s,s:o,s:o,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:s?,s:b,s:b,s:b,s:o,s:o}", "name",
        engine->daemon->name, "pid", (int)getpid(), "state", state_word(engine), "journal",
        journal_json(engine), "links", links_json(engine), "parked",
        (json_int_t)held_parked_count(engine->held), "waiting", (json_int_t)held_waiting_count(engine->held),
        "turns", (json_int_t)engine->turns, "inputs", (json_int_t)engine->inputs, "rolled_back",
        (json_int_t)engine->rolled_back, "log_bytes", (json_int_t)store_log_bytes(engine->store),
        "file_bytes", (json_int_t)store_file_bytes(engine->store), "disk_low", engine_disk_is_low(engine),
        "backs_off", engine->backoff_ms ? engine->backoff_reason : NULL, "effects_held", engine->effects_held,
        "clock_doubted", !engine_clock_is_believed(engine), "clock_behind", engine_is_ahead_of_clock(engine),
        "lists", lists_json(engine), "metrics", metrics_json(engine));
}

static json_t *id_json(const struct id *id) {
    char text[ID_TEXT + 1];
    if (id_is_null(id))
        return json_null();
    id_to_text(id, text);
    return json_string(text);
}

/* Numbers of what was parked and waits again are below 0: whoever begins has seen none of them. */
static int64_t seen_up_to(const Sigap__ListView *view) {
    return view->after ? (int64_t)view->after : INT64_MIN;
}

static json_t *parked_json(struct engine *engine, const Sigap__ListView *view) {
    json_t *list = json_array();
    struct statement *page = common_use(engine->store, COMMON_PARKED_PAGE);
    bind_int(page, seen_up_to(view));
    bind_int(page, view_rows(view));
    while (statement_step(page)) {
        struct id case_id = column_id(page, 5);
        json_array_append_new(list,
            json_pack("{s:s,s:I,s:s,s:s,s:I,s:I,s:o,s:s}", "daemon", engine->daemon->name, "number",
                (json_int_t)column_int(page, 0), "from", column_text(page, 1), "lane",
                lane_words[column_int(page, 2) & 1], "sequence", (json_int_t)column_int(page, 3), "at",
                (json_int_t)column_int(page, 4), "case", id_json(&case_id), "reason", column_text(page, 6)));
    }
    return list;
}

static json_t *waiting_json(struct engine *engine, const Sigap__ListView *view) {
    json_t *list = json_array();
    size_t from = held_waiting_after(engine->held, seen_up_to(view)), to = from + view_rows(view);
    for (size_t i = from; i < to && i < held_waiting_count(engine->held); i++) {
        const struct held_entry *entry = held_waiting(engine->held, i);
        json_array_append_new(list,
            json_pack("{s:I,s:s,s:s,s:I,s:I,s:o}", "number", (json_int_t)entry->number, "from",
                entry->journal, "lane", lane_words[entry->lane & 1], "sequence", (json_int_t)entry->sequence,
                "at", (json_int_t)entry->at, "case", id_json(&entry->case_id)));
    }
    return list;
}

/* The chain goes on from the entry before the page as it is stored: was that one altered, its own page says
 * so. */
static void audit_before(struct engine *engine, int64_t number, uint8_t hash[32]) {
    struct statement *get = common_use(engine->store, COMMON_AUDIT_HASH);
    bind_int(get, number);
    if (statement_step(get)) {
        size_t size;
        const void *stored = column_blob(get, 0, &size);
        memcpy(hash, stored, size < 32 ? size : 32);
    }
    statement_end(get);
}

static json_t *audit_json(struct engine *engine, uint64_t after, uint32_t limit) {
    enum { PAGE = 2000 }; /* some 5 ms of a turn */
    json_t *list = json_array();
    uint8_t before[32] = {0}, hash[32];
    audit_before(engine, (int64_t)after, before);
    struct statement *range = common_use(engine->store, COMMON_AUDIT_RANGE);
    bind_int(range, (int64_t)after);
    bind_int(range, limit && limit < PAGE ? limit : PAGE);
    while (statement_step(range)) {
        size_t size;
        const void *stored = column_blob(range, 5, &size);
        audit_hash(hash, before, column_int(range, 0), column_int(range, 1), column_text(range, 2),
            column_text(range, 3), column_text(range, 4));
        bool sound = size == sizeof hash && memcmp(stored, hash, sizeof hash) == 0;
        memcpy(before, hash, sizeof before);
        json_array_append_new(
            list, json_pack("{s:I,s:I,s:s,s:s,s:s,s:b}", "number", (json_int_t)column_int(range, 0), "at",
                      (json_int_t)column_int(range, 1), "actor", column_text(range, 2), "action",
                      column_text(range, 3), "object", column_text(range, 4), "sound", sound));
    }
    return list;
}

static void put_json(struct arena *arena, Sigap__ViewAnswer *answer, json_t *json) {
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    answer->status = text ? 200 : 503;
    if (text) {
        answer->json.data = (uint8_t *)arena_text(arena, text);
        answer->json.len = answer->json.data ? strlen(text) : 0;
    }
    free(text);
}

/* The three steps of a backup, each said to all daemons. barrier: nothing but views is worked on, so that the
 * logs of all stores can be copied as of one moment; from then on they are held. copy: work goes on, the
 * store's file stays as it is; said again and again while that is copied. resume: all is as before. Pause and
 * hold end by themselves, should the backup have died. 409: the hold was broken, or this process knows of
 * none, and what was copied is no snapshot. */
static uint32_t step_backup(struct engine *engine, const char *action) {
    if (strcmp(action, "barrier") == 0) {
        engine->paused_until = engine_monotonic(engine) + ENGINE_BARRIER_MS;
        engine_hold_log(engine);
        return 200;
    }
    bool held = engine_log_is_held(engine);
    engine->paused_until = 0;
    if (strcmp(action, "resume") == 0)
        engine_let_log_go(engine);
    else if (held)
        engine_hold_log(engine); /* for as long again */
    return held ? 200 : 409;
}

static bool is_backup(const char *action) {
    return strcmp(action, "barrier") == 0 || strcmp(action, "copy") == 0 || strcmp(action, "resume") == 0;
}

struct held_order {
    struct engine *engine;
    bool hold;
};

static void hold_effects(void *state, const void *argument) {
    const struct held_order *order = argument;
    (void)state;
    order->engine->effects_held = order->hold;
    if (!order->hold)
        order->engine->started = false; /* on_start looks after what lay still */
}

/* hold, release: effects after a restore. clock: the jumped clock is right. reconnect: links that were cut
 * try again. */
static bool control(struct turn *turn, const char *action, Sigap__ViewAnswer *answer) {
    struct engine *engine = turn->engine;
    bool hold = strcmp(action, "hold") == 0;
    answer->status = 200;
    if (hold || strcmp(action, "release") == 0) {
        int64_t value = hold;
        struct statement *set = common_use(turn->store, COMMON_META_SET);
        bind_text(set, "held");
        bind_blob(set, &value, sizeof value);
        statement_run(set);
        struct held_order order = {engine, hold};
        turn_after_commit(turn, hold_effects, &order, sizeof order);
    } else if (is_backup(action)) {
        answer->status = step_backup(engine, action);
    } else if (strcmp(action, "clock") == 0) {
        engine_believe_clock(engine);
    } else if (strcmp(action, "reconnect") == 0) {
        for (unsigned i = 0; i < engine->link_count; i++)
            inbox_reconnect(engine->links[i]);
    } else {
        return false;
    }
    return true;
}

bool status_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct engine *engine = turn->engine;
    if (view->what_case == SIGAP__VIEW__WHAT_STATUS) {
        put_json(turn->arena, answer, status_json(engine));
    } else if (view->what_case == SIGAP__VIEW__WHAT_PARKED_RETRY) {
        unsigned count;
        turn_audit(
            turn, view->actor ? view->actor->account : "operator", "parked.retry", engine->daemon->name);
        if (!held_retry(engine->held, view->parked_retry->number, &count) &&
            store_health(turn->store) == STORE_OK)
            turn_retry(turn);
        put_json(turn->arena, answer, json_pack("{s:i}", "retried", (int)count));
        guard_forgive(engine);
        engine->recheck_held = true;
    } else if (view->what_case == SIGAP__VIEW__WHAT_CONTROL) {
        return control(turn, view->control->action, answer);
    } else if (view->what_case == SIGAP__VIEW__WHAT_LIST && strcmp(view->list->name, "parked") == 0) {
        put_json(turn->arena, answer, parked_json(engine, view->list));
    } else if (view->what_case == SIGAP__VIEW__WHAT_LIST && strcmp(view->list->name, "waiting") == 0) {
        put_json(turn->arena, answer, waiting_json(engine, view->list));
    } else if (view->what_case == SIGAP__VIEW__WHAT_LIST && strcmp(view->list->name, "audit") == 0) {
        put_json(turn->arena, answer, audit_json(engine, view->list->after, view->list->limit));
    } else {
        return false;
    }
    return true;
}

/* False: another view, which needs a turn, or there is no memory for the answer. */
static bool answer_status(struct engine *engine, const struct arrival *arrival) {
    Sigap__View *view =
        sigap__view__unpack(arena_allocator(engine->arena), arrival->size, (const uint8_t *)arrival->frame);
    Sigap__ViewAnswer answer = SIGAP__VIEW_ANSWER__INIT;
    if (!view || view->what_case != SIGAP__VIEW__WHAT_STATUS)
        return false;
    answer.number = view->number;
    put_json(engine->arena, &answer, status_json(engine));
    size_t size = sigap__view_answer__get_packed_size(&answer);
    uint8_t *frame = arena_take(engine->arena, size);
    if (frame)
        engine->ports.view_answered(
            engine->ports.context, arrival->origin, frame, sigap__view_answer__pack(&answer, frame));
    return frame != NULL;
}

void status_answer_at_once(struct engine *engine) {
    struct queue *views = &engine->views;
    unsigned kept = 0;
    for (unsigned i = 0; i < views->count; i++) {
        struct arrival arrival = views->items[i];
        if (answer_status(engine, &arrival))
            free(arrival.frame);
        else
            views->items[kept++] = arrival;
        arena_reset(engine->arena);
    }
    views->count = kept;
}
