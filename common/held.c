#include "common/held.h"

#include "common/fault.h"
#include "common_sql.h"

#include <stdlib.h>
#include <string.h>

struct held {
    struct store *store;
    struct held_entry *waiting;
    size_t waiting_count, waiting_room;
    struct id *parked_cases;
    size_t parked_count, parked_room;
    bool starved; /* there was no memory for what is in the rows */
};

static bool grow(void **items, size_t *room, size_t count, size_t size) {
    if (count < *room)
        return true;
    size_t wanted = *room ? *room * 2 : 16;
    void *more = fault_strikes(FAULT_MEMORY) ? NULL : realloc(*items, wanted * size);
    if (!more)
        return false;
    *items = more;
    *room = wanted;
    return true;
}

static void note_causes(struct held_entry *entry, const Sigap__Event *event) {
    for (size_t i = 0; i < event->n_causes && entry->cause_count < HELD_CAUSES_MAX; i++) {
        struct held_cause *cause = &entry->causes[entry->cause_count++];
        strncpy(cause->journal, event->causes[i]->journal, sizeof cause->journal - 1);
        cause->lane = event->causes[i]->lane == LANE_URGENT ? LANE_URGENT : LANE_NORMAL;
        cause->sequence = event->causes[i]->sequence;
    }
}

static struct held_entry *add_entry(
    struct held *held, int64_t number, const char *journal, enum lane lane, uint64_t sequence, int64_t at) {
    if (!grow((void **)&held->waiting, &held->waiting_room, held->waiting_count, sizeof *held->waiting))
        return NULL;
    struct held_entry *entry = &held->waiting[held->waiting_count++];
    *entry = (struct held_entry){.number = number, .lane = lane, .sequence = sequence, .at = at};
    strncpy(entry->journal, journal, sizeof entry->journal - 1);
    return entry;
}

static bool add_parked(struct held *held, const struct id *case_id) {
    if (!grow(
            (void **)&held->parked_cases, &held->parked_room, held->parked_count, sizeof *held->parked_cases))
        return false;
    held->parked_cases[held->parked_count++] = case_id ? *case_id : (struct id){0};
    return true;
}

/* For protobuf-c: tells a record that cannot be read from memory that cannot be had. */
static void *take(void *starved, size_t size) {
    void *memory = malloc(size);
    *(bool *)starved |= !memory;
    return memory;
}

static void give_back(void *starved, void *memory) {
    (void)starved;
    free(memory);
}

/* A record that cannot be read waits for nothing: it is tried next, and parked. */
bool held_reload(struct held *held) {
    bool sound = true, starved = false;
    ProtobufCAllocator allocator = {take, give_back, &starved};
    held->waiting_count = held->parked_count = 0;
    held->starved = false;
    struct statement *all = common_use(held->store, COMMON_WAITING_ALL);
    while (statement_step(all)) {
        struct held_entry *entry = add_entry(held, column_int(all, 0), column_text(all, 1),
            (enum lane)column_int(all, 2), (uint64_t)column_int(all, 3), column_int(all, 4));
        size_t size;
        const void *record = column_blob(all, 6, &size);
        Sigap__Event *event = entry ? sigap__event__unpack(&allocator, size, record) : NULL;
        sound = sound && entry && !starved;
        if (entry)
            entry->case_id = column_id(all, 5);
        if (event) {
            note_causes(entry, event);
            sigap__event__free_unpacked(event, &allocator);
        }
    }
    all = common_use(held->store, COMMON_PARKED_ALL);
    while (statement_step(all)) {
        struct id case_id = column_id(all, 5);
        sound = add_parked(held, &case_id) && sound;
    }
    return sound && store_health(held->store) == STORE_OK;
}

struct held *held_open(struct store *store) {
    struct held *held = calloc(1, sizeof *held);
    if (!held)
        return NULL;
    held->store = store;
    if (!held_reload(held))
        held_free(&held);
    return held;
}

void held_free(struct held **held) {
    if (!*held)
        return;
    free((*held)->waiting);
    free((*held)->parked_cases);
    free(*held);
    *held = NULL;
}

size_t held_waiting_count(const struct held *held) {
    return held->waiting_count;
}

size_t held_parked_count(const struct held *held) {
    return held->parked_count;
}

int64_t held_oldest_at(const struct held *held) {
    return held->waiting_count ? held->waiting[0].at : 0;
}

const struct held_entry *held_waiting(const struct held *held, size_t index) {
    return &held->waiting[index];
}

void held_describe(const struct source *source, const Sigap__Event *event, struct held_entry *out) {
    *out = (struct held_entry){.lane = source->lane, .sequence = source->sequence};
    strncpy(out->journal, source->journal, sizeof out->journal - 1);
    id_from_bytes(event->case_id.data, event->case_id.len, &out->case_id);
    note_causes(out, event);
}

/* A cause names the furthest record of its lane: about the same case what lies before it counts, too. */
static bool comes_before(const struct held_entry *earlier, const struct held_entry *record) {
    bool same_case = !id_is_null(&record->case_id) && id_equal(&earlier->case_id, &record->case_id);
    if (same_case && earlier->lane == record->lane && earlier->sequence < record->sequence &&
        strcmp(earlier->journal, record->journal) == 0)
        return true;
    for (unsigned i = 0; i < record->cause_count; i++) {
        const struct held_cause *cause = &record->causes[i];
        if (cause->lane == earlier->lane && strcmp(cause->journal, earlier->journal) == 0 &&
            (cause->sequence == earlier->sequence || (same_case && cause->sequence > earlier->sequence)))
            return true;
    }
    return false;
}

bool held_blocks(const struct held *held, const struct held_entry *record) {
    for (size_t i = 0; !id_is_null(&record->case_id) && i < held->parked_count; i++)
        if (id_equal(&held->parked_cases[i], &record->case_id))
            return true;
    for (size_t i = 0; i < held->waiting_count; i++)
        if (comes_before(&held->waiting[i], record))
            return true;
    return false;
}

void held_wait(struct held *held, const struct source *source, const Sigap__Event *event, const void *record,
    size_t size, int64_t now) {
    struct id case_id;
    id_from_bytes(event->case_id.data, event->case_id.len, &case_id);
    struct statement *add = common_use(held->store, COMMON_WAITING_ADD);
    bind_text(add, source->journal);
    bind_int(add, source->lane);
    bind_int(add, (int64_t)source->sequence);
    bind_int(add, now);
    bind_id(add, &case_id);
    bind_blob(add, record, size);
    int64_t number = statement_step(add) ? column_int(add, 0) : 0;
    statement_run(add);
    struct held_entry *entry = add_entry(held, number, source->journal, source->lane, source->sequence, now);
    if (!entry) {
        held->starved = true;
        return;
    }
    entry->case_id = case_id;
    note_causes(entry, event);
}

int64_t held_park(struct held *held, const struct source *source, const struct id *case_id,
    const char *reason, const void *record, size_t size, int64_t now) {
    struct statement *add = common_use(held->store, COMMON_PARKED_ADD);
    bind_text(add, source->journal);
    bind_int(add, source->lane);
    bind_int(add, (int64_t)source->sequence);
    bind_int(add, now);
    bind_id(add, case_id);
    bind_text(add, reason);
    bind_blob(add, record, size);
    int64_t number = statement_step(add) ? column_int(add, 0) : 0;
    statement_run(add);
    held->starved |= !add_parked(held, case_id);
    return number;
}

bool held_is_starved(const struct held *held) {
    return held->starved;
}

void held_release(struct held *held, size_t index) {
    struct statement *delete = common_use(held->store, COMMON_WAITING_DELETE);
    bind_int(delete, held->waiting[index].number);
    statement_run(delete);
    memmove(held->waiting + index, held->waiting + index + 1,
        (--held->waiting_count - index) * sizeof *held->waiting);
}

bool held_retry(struct held *held, uint64_t number, unsigned *count) {
    static const enum common_statement steps[] = {COMMON_PARKED_MOVE, COMMON_PARKED_MOVED};
    int64_t before = (int64_t)held->parked_count;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct statement *move = common_use(held->store, steps[i]);
        bind_int(move, (int64_t)number);
        statement_run(move);
    }
    bool sound = held_reload(held);
    *count = (unsigned)(before - (int64_t)held->parked_count);
    return sound;
}
