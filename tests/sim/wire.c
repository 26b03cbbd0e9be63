/* The links: fetches and batches between engines, as ZeroMQ would carry them on a bad day. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOSE_PERMILLE = 20,
    REPEAT_PERMILLE = 30,
    LATE_PERMILLE = 150,
    STALE_PERMILLE = 20,
};

void wire_forget(struct machine *machine) {
    for (unsigned link = 0; link < MACHINES_MAX; link++)
        for (enum lane lane = 0; lane < LANES; lane++) {
            struct wire *wire = &machine->wires[link][lane];
            for (unsigned i = 0; i < wire->flight_count; i++)
                buffer_free(&wire->flights[i].bytes);
            *wire = (struct wire){0};
        }
    /* What its readers have asked it is lost with it. */
    struct sim *sim = machine->sim;
    for (unsigned i = 0; sim && i < sim->machine_count; i++)
        for (unsigned link = 0; link < sim->machines[i].link_count; link++)
            if (sim->machines[i].sources[link] == (int)machine->number)
                for (enum lane lane = 0; lane < LANES; lane++)
                    sim->machines[i].wires[link][lane].asked =
                        sim->machines[i].wires[link][lane].stale_known = false;
}

void wire_cut(struct machine *machine, int64_t until) {
    for (unsigned link = 0; link < machine->link_count; link++)
        for (enum lane lane = 0; lane < LANES; lane++)
            machine->wires[link][lane].cut_until = until;
}

/* ---- what was shown stays ---- */

static uint64_t hash_record(const uint8_t *bytes, size_t size) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

bool wire_shown(struct machine *producer, enum lane lane, uint64_t sequence, const void *bytes, size_t size) {
    struct shown *shown = &producer->shown[lane];
    uint64_t hash = hash_record(bytes, size);
    if (sequence <= shown->count)
        return shown->hashes[sequence - 1] == hash ||
               sim_fail(producer->sim, "record %llu of lane %d of %s has changed after it was shown",
                   (unsigned long long)sequence, lane, producer->name);
    if (sequence != shown->count + 1)
        return true; /* behind something nobody has seen: the check at the end reads all */
    if (shown->count == shown->room) {
        shown->room = shown->room ? shown->room * 2 : 1024;
        shown->hashes = realloc(shown->hashes, shown->room * sizeof *shown->hashes);
    }
    shown->hashes[shown->count++] = hash;
    return true;
}

static void look_at(struct machine *producer, const struct buffer *frame) {
    struct link_frame read;
    link_read(frame->bytes, frame->size, &read);
    if (read.kind == LINK_DIVERGED || read.kind == LINK_REFUSED || read.kind == LINK_MALFORMED) {
        sim_fail(producer->sim, "%s answers a fetch with %s", producer->name,
            read.kind == LINK_DIVERGED ? "diverged" : "refused");
        return;
    }
    const uint8_t *at = read.batch.records, *end = at + read.batch.records_size, *record;
    size_t size;
    for (uint64_t sequence = read.batch.after + 1; link_next_record(&at, end, &record, &size); sequence++)
        if (!wire_shown(producer, (enum lane)read.batch.lane, sequence, record, size))
            return;
}

/* ---- carrying ---- */

static void ask(struct machine *machine, unsigned link, enum lane lane, bool faults) {
    struct wire *wire = &machine->wires[link][lane];
    struct chance *chance = &machine->sim->chance;
    struct link_fetch fetch;
    if (wire->asked && !(faults && chance_hits(chance, REPEAT_PERMILLE)) &&
        machine->sim->now < wire->ask_again_at)
        return;
    if (!engine_fetch(machine->engine, link, lane, &fetch))
        return;
    wire->stale = wire->fetch;
    wire->stale_known = wire->asked;
    wire->fetch = fetch;
    wire->ask_again_at = machine->sim->now + 2000;
    wire->asked = !(faults && chance_hits(chance, LOSE_PERMILLE));
}

/* Fetches go through the wire format, too. */
static bool serve(struct machine *producer, const struct link_fetch *fetch, struct buffer *out) {
    struct buffer bytes = BUFFER_MAX(4096);
    struct link_frame frame;
    link_write_fetch(&bytes, fetch);
    link_read(bytes.bytes, bytes.size, &frame);
    bool answered = frame.kind == LINK_FETCH && engine_serve(producer->engine, &frame.fetch, out);
    buffer_free(&bytes);
    return answered;
}

static void add_flight(struct wire *wire, struct buffer *bytes) {
    if (wire->flight_count == FLIGHT_MAX) {
        buffer_free(bytes);
        return;
    }
    wire->flights[wire->flight_count++].bytes = *bytes;
}

/* Nothing to answer yet: spares most of the work of a quiet round. */
static bool has_read_all(const struct machine *producer, const struct link_fetch *fetch) {
    return fetch->incarnation_known &&
           fetch->after == journal_head(engine_journal(producer->engine), (enum lane)fetch->lane);
}

static void answer(struct machine *machine, unsigned link, enum lane lane, bool faults) {
    struct wire *wire = &machine->wires[link][lane];
    struct machine *producer = &machine->sim->machines[machine->sources[link]];
    struct chance *chance = &machine->sim->chance;
    if (!producer->engine)
        return;
    bool stale = faults && wire->stale_known && chance_hits(chance, STALE_PERMILLE);
    if (!stale && (!wire->asked || has_read_all(producer, &wire->fetch)))
        return;
    struct buffer bytes = BUFFER_MAX(LINK_FRAME_MAX);
    if (!serve(producer, stale ? &wire->stale : &wire->fetch, &bytes)) {
        buffer_free(&bytes);
        return;
    }
    look_at(producer, &bytes);
    if (!stale && !(faults && chance_hits(chance, REPEAT_PERMILLE)))
        wire->asked = false;
    if (faults && chance_hits(chance, LOSE_PERMILLE))
        buffer_free(&bytes);
    else
        add_flight(wire, &bytes);
}

/* What the pages of the console show to staff: its owner says it, so it is true. */
static void show(struct machine *console, const struct link_batch *batch) {
    const uint8_t *at = batch->records, *end = at + batch->records_size, *record;
    size_t size;
    while (link_next_record(&at, end, &record, &size))
        staff_see(console->sim, record, size);
}

static bool arrive(struct machine *machine, unsigned link, enum lane lane, bool faults) {
    struct wire *wire = &machine->wires[link][lane];
    struct chance *chance = &machine->sim->chance;
    if (!wire->flight_count || (faults && chance_hits(chance, LATE_PERMILLE)))
        return false;
    unsigned i = faults ? (unsigned)chance_below(chance, wire->flight_count) : 0;
    struct link_frame frame;
    link_read(wire->flights[i].bytes.bytes, wire->flights[i].bytes.size, &frame);
    engine_frame(machine->engine, link, &frame);
    if (strcmp(machine->name, "console") == 0 && frame.kind == LINK_BATCH)
        show(machine, &frame.batch);
    if (faults && chance_hits(chance, REPEAT_PERMILLE))
        return true;
    buffer_free(&wire->flights[i].bytes);
    memmove(wire->flights + i, wire->flights + i + 1, (--wire->flight_count - i) * sizeof *wire->flights);
    return true;
}

bool wire_carry(struct machine *machine, bool faults) {
    bool moved = false;
    if (!machine->engine)
        return false;
    for (unsigned link = 0; link < machine->link_count; link++) {
        for (enum lane lane = 0; lane < LANES; lane++) {
            if (machine->wires[link][lane].cut_until > machine->sim->now)
                continue;
            ask(machine, link, lane, faults);
            answer(machine, link, lane, faults);
            moved |= arrive(machine, link, lane, faults);
        }
    }
    return moved;
}
