#include "common/held.h"

#include "common/fault.h"
#include "common_sql.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 512 }; /* x 16 bytes = 8 KiB; ten a chain while 5,000 wait */

/* A waiting record, in two chains: of its case, and of its place in its journal. */
struct node {
    struct held_entry entry;
    struct node *of_case, *of_place;
};

struct waiting {
    struct node *node;
    struct held_obstacle obstacle;
};

struct held {
    struct store *store;
    struct waiting *waiting; /* in their order */
    size_t waiting_count, waiting_room;
    struct node *cases[BUCKETS], *places[BUCKETS];
    uint64_t releases;
    struct id *parked_cases; /* each once, at its slot or the next free one behind it; null: free */
    size_t parked_slots;     /* a power of two, at least twice parked_used; 0: none yet */
    size_t parked_used;
    size_t parked_count; /* of rows */
    bool starved;        /* there was no memory for what is in the rows */
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
        cause->lane = lane_read(event->causes[i]->lane);
        cause->sequence = event->causes[i]->sequence;
    }
}

/* ids end in random or derived bytes */
static unsigned bucket_of_case(const struct id *case_id) {
    return (case_id->bytes[ID_BYTES - 1] | (unsigned)case_id->bytes[ID_BYTES - 2] << 8) % BUCKETS;
}

static unsigned bucket_of_place(const char *journal, enum lane lane, uint64_t sequence) {
    return (unsigned)((sequence * LANES + lane + (unsigned char)journal[0] * 31U) % BUCKETS);
}

static struct held_entry *add_entry(struct held *held, int64_t number, const struct id *case_id,
    const char *journal, enum lane lane, uint64_t sequence, int64_t at) {
    if (!grow((void **)&held->waiting, &held->waiting_room, held->waiting_count, sizeof *held->waiting))
        return NULL;
    struct node *node = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof *node);
    if (!node)
        return NULL;
    node->entry = (struct held_entry){
        .number = number, .case_id = *case_id, .lane = lane, .sequence = sequence, .at = at};
    strncpy(node->entry.journal, journal, sizeof node->entry.journal - 1);
    struct node **of_case = &held->cases[bucket_of_case(case_id)],
                **of_place = &held->places[bucket_of_place(journal, lane, sequence)];
    node->of_case = *of_case;
    node->of_place = *of_place;
    *of_case = *of_place = node;
    held->waiting[held->waiting_count++] = (struct waiting){.node = node};
    return &node->entry;
}

static void unlink_node(struct held *held, struct node *node) {
    const struct held_entry *entry = &node->entry;
    struct node **at = &held->cases[bucket_of_case(&entry->case_id)];
    while (*at != node)
        at = &(*at)->of_case;
    *at = node->of_case;
    at = &held->places[bucket_of_place(entry->journal, entry->lane, entry->sequence)];
    while (*at != node)
        at = &(*at)->of_place;
    *at = node->of_place;
}

static void forget_all(struct held *held) {
    for (size_t i = 0; i < held->waiting_count; i++)
        free(held->waiting[i].node);
    memset(held->cases, 0, sizeof held->cases);
    memset(held->places, 0, sizeof held->places);
    free(held->parked_cases);
    held->parked_cases = NULL;
    held->waiting_count = held->parked_count = held->parked_slots = held->parked_used = 0;
    held->starved = false;
}

/* Also what a timer stands for is parked by its id, and that may end in nothing but zeros. */
static size_t slot_of(const struct held *held, const struct id *case_id) {
    uint64_t half[2];
    memcpy(half, case_id->bytes, sizeof half);
    uint64_t mixed = (half[0] ^ half[1]) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 32) & (held->parked_slots - 1);
}

/* Where the case is, or would be. */
static struct id *find_parked(const struct held *held, const struct id *case_id) {
    size_t slot = slot_of(held, case_id);
    while (!id_is_null(&held->parked_cases[slot]) && !id_equal(&held->parked_cases[slot], case_id))
        slot = (slot + 1) & (held->parked_slots - 1);
    return &held->parked_cases[slot];
}

static bool is_parked(const struct held *held, const struct id *case_id) {
    return held->parked_used && !id_is_null(case_id) && !id_is_null(find_parked(held, case_id));
}

static bool grow_parked(struct held *held) {
    size_t slots = held->parked_slots;
    struct id *cases = held->parked_cases;
    if (2 * (held->parked_used + 1) <= slots)
        return true;
    size_t wanted = slots ? 2 * slots : 16;
    struct id *more = fault_strikes(FAULT_MEMORY) ? NULL : calloc(wanted, sizeof *more);
    if (!more)
        return false;
    held->parked_cases = more;
    held->parked_slots = wanted;
    for (size_t i = 0; i < slots; i++)
        if (!id_is_null(&cases[i]))
            *find_parked(held, &cases[i]) = cases[i];
    free(cases);
    return true;
}

static bool add_parked(struct held *held, const struct id *case_id) {
    held->parked_count++;
    if (!case_id || id_is_null(case_id))
        return true;
    if (!grow_parked(held))
        return false;
    struct id *at = find_parked(held, case_id);
    held->parked_used += id_is_null(at);
    *at = *case_id;
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
    forget_all(held);
    struct statement *all = common_use(held->store, COMMON_WAITING_ALL);
    while (statement_step(all)) {
        struct id case_id = column_id(all, 5);
        struct held_entry *entry = add_entry(held, column_int(all, 0), &case_id, column_text(all, 1),
            lane_read((uint32_t)column_int(all, 2)), (uint64_t)column_int(all, 3), column_int(all, 4));
        size_t size;
        const void *record = column_blob(all, 6, &size);
        Sigap__Event *event = entry ? sigap__event__unpack(&allocator, size, record) : NULL;
        sound = sound && entry && !starved;
        if (event) {
            note_causes(entry, event);
            sigap__event__free_unpacked(event, &allocator);
        }
    }
    all = common_use(held->store, COMMON_PARKED_ALL);
    while (statement_step(all)) {
        struct id case_id = column_id(all, 0);
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
    forget_all(*held);
    free((*held)->waiting);
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
    return held->waiting_count ? held->waiting[0].node->entry.at : 0;
}

const struct held_entry *held_waiting(const struct held *held, size_t index) {
    return &held->waiting[index].node->entry;
}

/* In the order of their numbers, see parked_move. */
size_t held_waiting_after(const struct held *held, int64_t number) {
    size_t from = 0, to = held->waiting_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (held->waiting[middle].node->entry.number > number)
            to = middle;
        else
            from = middle + 1;
    }
    return from;
}

struct held_obstacle *held_obstacle(struct held *held, size_t index) {
    return &held->waiting[index].obstacle;
}

uint64_t held_releases(const struct held *held) {
    return held->releases;
}

void held_describe(const struct source *source, const Sigap__Event *event, struct held_entry *out) {
    *out = (struct held_entry){.lane = source->lane, .sequence = source->sequence};
    strncpy(out->journal, source->journal, sizeof out->journal - 1);
    id_from_bytes(event->case_id.data, event->case_id.len, &out->case_id);
    note_causes(out, event);
}

/* Of the same case. A cause names the furthest record of its lane: what lies before it counts, too. */
static bool comes_before(const struct held_entry *earlier, const struct held_entry *record) {
    if (earlier->lane == record->lane && earlier->sequence < record->sequence &&
        strcmp(earlier->journal, record->journal) == 0)
        return true;
    for (unsigned i = 0; i < record->cause_count; i++) {
        const struct held_cause *cause = &record->causes[i];
        if (cause->lane == earlier->lane && cause->sequence > earlier->sequence &&
            strcmp(cause->journal, earlier->journal) == 0)
            return true;
    }
    return false;
}

static bool waits(const struct held *held, const struct held_cause *cause) {
    const struct node *node = held->places[bucket_of_place(cause->journal, cause->lane, cause->sequence)];
    while (node && (node->entry.sequence != cause->sequence || node->entry.lane != cause->lane ||
                       strcmp(node->entry.journal, cause->journal) != 0))
        node = node->of_place;
    return node != NULL;
}

bool held_blocks(const struct held *held, const struct held_entry *record) {
    if (is_parked(held, &record->case_id))
        return true;
    const struct node *node =
        id_is_null(&record->case_id) ? NULL : held->cases[bucket_of_case(&record->case_id)];
    for (; node; node = node->of_case)
        if (id_equal(&node->entry.case_id, &record->case_id) && comes_before(&node->entry, record))
            return true;
    for (unsigned i = 0; i < record->cause_count; i++)
        if (waits(held, &record->causes[i]))
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
    struct held_entry *entry =
        add_entry(held, number, &case_id, source->journal, source->lane, source->sequence, now);
    if (!entry) {
        held->starved = true;
        return;
    }
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
    struct node *node = held->waiting[index].node;
    struct statement *delete = common_use(held->store, COMMON_WAITING_DELETE);
    bind_int(delete, node->entry.number);
    statement_run(delete);
    unlink_node(held, node);
    free(node);
    memmove(held->waiting + index, held->waiting + index + 1,
        (--held->waiting_count - index) * sizeof *held->waiting);
    held->releases++;
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
