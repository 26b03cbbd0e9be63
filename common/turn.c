/* What handlers may do, see turn.h. */
#include "common/engine_internal.h"

#include "common/json.h"
#include "common/wire.h"
#include "common_sql.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct id turn_id(struct turn *turn) {
    struct engine *engine = turn->engine;
    uint8_t tail[10];
    if (engine->input)
        return id_derive(engine->input->at, journal_incarnation(engine->journal), turn->source.lane,
            turn->source.sequence ^ (uint64_t)turn->source.journal[0] << 56 ^
                (uint64_t)turn->source.journal[1] << 48,
            ++engine->ordinal);
    random_fill(engine->setup.random, tail, sizeof tail);
    return id_make_placed(turn->now, engine->inputs, tail);
}

ProtobufCBinaryData turn_bytes(struct turn *turn, const struct id *id) {
    ProtobufCBinaryData data = {0, NULL};
    if (!id_is_null(id)) {
        data.data = (uint8_t *)arena_bytes(turn->arena, id->bytes, ID_BYTES);
        data.len = data.data ? ID_BYTES : 0;
    }
    return data;
}

/* ---- appending ---- */

static void fill_causes(struct engine *engine, Sigap__Event *event) {
    if (!engine->cause_count)
        return;
    Sigap__Cause *causes = arena_take(engine->arena, engine->cause_count * sizeof *causes);
    Sigap__Cause **list = arena_take(engine->arena, engine->cause_count * sizeof *list);
    if (!causes || !list)
        return; /* the arena is exhausted, the turn will see */
    for (unsigned i = 0; i < engine->cause_count; i++) {
        sigap__cause__init(&causes[i]);
        causes[i].journal = engine->causes[i].journal;
        causes[i].lane = engine->causes[i].lane;
        causes[i].sequence = engine->causes[i].sequence;
        list[i] = &causes[i];
    }
    event->causes = list;
    event->n_causes = engine->cause_count;
}

void turn_append(struct turn *turn, enum lane lane, Sigap__Event *event) {
    struct engine *engine = turn->engine;
    event->at = turn->now;
    if (engine->input) {
        if (!event->trace.len)
            event->trace = engine->input->trace;
        if (!event->case_id.len)
            event->case_id = engine->input->case_id;
    }
    event->training |= turn->training;
    fill_causes(engine, event);
    uint8_t small[4096], *bytes = small; /* most fit; an InputParked must when the arena is exhausted, too */
    size_t size = wire_pack(&event->base, small, sizeof small);
    if (size == WIRE_TOO_LONG) {
        size = sigap__event__get_packed_size(event);
        bytes = arena_take(turn->arena, size);
        size = bytes ? wire_pack(&event->base, bytes, size) : 0;
    }
    if (!bytes)
        return;
    if (!journal_stage(engine->journal, lane, bytes, size))
        engine->overflowed = true;
}

static void add_cause(struct engine *engine, const char *journal, enum lane lane, uint64_t sequence) {
    for (unsigned i = 0; i < engine->cause_count; i++) {
        struct held_cause *cause = &engine->causes[i];
        if (cause->lane == lane && strcmp(cause->journal, journal) == 0) {
            if (cause->sequence < sequence)
                cause->sequence = sequence;
            return;
        }
    }
    if (engine->cause_count == CAUSES_MAX)
        return;
    struct held_cause *cause = &engine->causes[engine->cause_count++];
    *cause = (struct held_cause){.lane = lane, .sequence = sequence};
    strncpy(cause->journal, journal, sizeof cause->journal - 1);
}

void turn_cause(struct turn *turn, enum lane lane, uint64_t sequence) {
    add_cause(turn->engine, turn->engine->daemon->name, lane, sequence);
}

uint64_t turn_next_sequence(const struct turn *turn, enum lane lane) {
    return journal_next(turn->engine->journal, lane);
}

uint64_t turn_records_read(const struct turn *turn) {
    uint64_t count = 0;
    for (unsigned i = 0; i < turn->engine->link_count; i++)
        for (enum lane lane = 0; lane < LANES; lane++)
            count += inbox_position(turn->engine->links[i], lane);
    return count;
}

uint64_t turn_begun(const struct turn *turn) {
    return turn->engine->begun;
}

bool turn_is_careful(const struct turn *turn) {
    return engine_is_careful(turn->engine);
}

void turn_start_goes_on(struct turn *turn) {
    turn->engine->starting = false;
    turn->engine->start_again = true;
}

void turn_append_chained(struct turn *turn, enum lane lane, Sigap__Event *event, struct chain *chain) {
    if (chain->sequence && chain->lane != lane)
        turn_cause(turn, chain->lane, chain->sequence);
    chain->lane = lane;
    chain->sequence = turn_next_sequence(turn, lane);
    turn_append(turn, lane, event);
}

void turn_retry(struct turn *turn) {
    turn->engine->retry = true;
}

uint32_t view_rows(const Sigap__ListView *list) {
    enum { USUAL = 100, MOST = 1000 };
    return list->limit == 0 ? USUAL : list->limit > MOST ? MOST : list->limit;
}

void turn_answer_view(
    struct turn *turn, Sigap__ViewAnswer *answer, unsigned status, struct json_writer *document) {
    size_t size;
    const char *text = json_writer_text(document, &size);
    answer->json.data = text ? (uint8_t *)arena_bytes(turn->arena, text, size) : NULL;
    answer->json.len = answer->json.data ? size : 0;
    answer->status = answer->json.data ? status : 503;
    json_writer_free(document);
}

void turn_answer_command(struct turn *turn, const Sigap__CommandIssued *command, unsigned status,
    const char *sentence, uint64_t version) {
    Sigap__CommandAnswered answered = SIGAP__COMMAND_ANSWERED__INIT;
    answered.command_id = command->command_id;
    answered.accepted = status < 300;
    answered.status = status;
    answered.sentence = (char *)sentence;
    answered.version = version;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_COMMAND_ANSWERED;
    event.command_answered = &answered;
    turn_append(turn, LANE_URGENT, &event);
}

/* ---- timers, effects, later calls ---- */

/* Many objects share one timer (all alerts of a second), and each sets it: in one turn that is done once. */
static struct timer_row *timer_slot(struct engine *engine, const struct id *object, int64_t due_at) {
    return &engine->timers_set[(object->bytes[ID_BYTES - 1] ^ object->bytes[5] ^ (uint64_t)due_at / 1000) %
                               TIMERS_SET];
}

void engine_forget_timers_set(struct engine *engine) {
    memset(engine->timers_set, 0, sizeof engine->timers_set);
}

void turn_timer_set(
    struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at, bool critical) {
    struct timer_row *row = timer_slot(turn->engine, object, due_at);
    if (row->due_at == due_at && row->kind == kind && row->critical == critical &&
        id_equal(&row->object, object))
        return;
    struct statement *set = common_use(turn->store, COMMON_TIMER_SET);
    bind_int(set, due_at);
    bind_int(set, kind);
    bind_id(set, object);
    bind_int(set, critical);
    if (statement_run(set))
        *row = (struct timer_row){due_at, *object, kind, critical};
    turn->engine->timers_changed = true;
}

void turn_timer_clear(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at) {
    timer_slot(turn->engine, object, due_at)->due_at = 0;
    struct statement *clear = common_use(turn->store, COMMON_TIMER_CLEAR);
    bind_int(clear, due_at);
    bind_int(clear, kind);
    bind_id(clear, object);
    statement_run(clear);
    turn->engine->timers_changed = true;
}

void turn_effect(struct turn *turn, const struct effect *effect) {
    struct release *release = engine_release(turn->engine, RELEASE_EFFECT);
    if (!release)
        return;
    release->effect = *effect;
    release->effect.what = arena_bytes(turn->engine->kept, effect->what, effect->what_size);
}

void turn_after_commit(struct turn *turn, void (*function)(void *state, const void *argument),
    const void *argument, size_t size) {
    struct release *release = engine_release(turn->engine, RELEASE_CALL);
    if (!release)
        return;
    release->function = function;
    release->frame = arena_bytes(turn->engine->kept, argument, size);
}

bool engine_keep_answer(struct engine *engine, const struct answer *answer, struct answer *out) {
    struct arena *kept = engine->kept;
    *out = *answer;
    out->content_type = answer->content_type ? arena_text(kept, answer->content_type) : NULL;
    out->body = answer->body_size ? arena_bytes(kept, answer->body, answer->body_size) : NULL;
    for (size_t i = 0; i < answer->header_count; i++) {
        out->headers[i].name = arena_text(kept, answer->headers[i].name);
        out->headers[i].value = arena_text(kept, answer->headers[i].value);
    }
    if (arena_exhausted(kept))
        engine->retry = true;
    return !arena_exhausted(kept);
}

void *turn_defer(struct turn *turn) {
    turn->engine->deferred = true;
    return turn->engine->request_origin;
}

void turn_answer_later(struct turn *turn, void *handle, const struct answer *answer) {
    struct release *release = engine_release(turn->engine, RELEASE_ANSWER);
    if (!release)
        return;
    release->origin = handle;
    engine_keep_answer(turn->engine, answer, &release->answer); /* where it cannot, the turn is made again */
}

/* ---- parking and audit ---- */

enum verdict turn_park(struct turn *turn, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(turn->engine->park_reason, sizeof turn->engine->park_reason, format, args);
    va_end(args);
    return VERDICT_PARK;
}

static void hash_part(crypto_generichash_state *hash, const char *text) {
    uint64_t size = strlen(text); /* lengths go in, so that two fields cannot flow into each other */
    crypto_generichash_update(hash, (const unsigned char *)&size, sizeof size);
    crypto_generichash_update(hash, (const unsigned char *)text, size);
}

void audit_hash(uint8_t out[32], const uint8_t before[32], int64_t number, int64_t at, const char *actor,
    const char *action, const char *object) {
    crypto_generichash_state hash;
    crypto_generichash_init(&hash, NULL, 0, 32);
    crypto_generichash_update(&hash, before, 32);
    crypto_generichash_update(&hash, (const unsigned char *)&number, sizeof number);
    crypto_generichash_update(&hash, (const unsigned char *)&at, sizeof at);
    hash_part(&hash, actor);
    hash_part(&hash, action);
    hash_part(&hash, object);
    crypto_generichash_final(&hash, out, 32);
}

void turn_audit(struct turn *turn, const char *actor, const char *action, const char *object) {
    uint8_t before[32] = {0}, hash[32];
    int64_t number = 1;
    struct statement *last = common_use(turn->store, COMMON_AUDIT_LAST);
    if (statement_step(last)) {
        size_t size;
        const void *bytes = column_blob(last, 1, &size);
        number = column_int(last, 0) + 1;
        memcpy(before, bytes, size < sizeof before ? size : sizeof before);
    }
    statement_end(last);
    audit_hash(hash, before, number, turn->now, actor, action, object);
    struct statement *add = common_use(turn->store, COMMON_AUDIT_ADD);
    bind_int(add, number);
    bind_int(add, turn->now);
    bind_text(add, actor);
    bind_text(add, action);
    bind_text(add, object);
    bind_blob(add, hash, sizeof hash);
    statement_run(add);
}
