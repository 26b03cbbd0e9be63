#include "watch.h"

#include <stdlib.h>
#include <string.h>

/* Twice as many slots as entries, so that a run of full slots stays short. */
enum { SLOTS = 2 * WATCH_MAX };

struct entry {
    struct id report;
    int64_t due_at;
};

struct watch {
    struct id *slots;    /* null: free */
    struct entry *queue; /* ring of WATCH_MAX, oldest first; may hold some that are not watched any more */
    unsigned first, queued, watched;
};

struct watch *watch_new(void) {
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    /* calloc of so much costs no memory before it is touched */
    watch->slots = calloc(SLOTS, sizeof *watch->slots);
    watch->queue = calloc(WATCH_MAX, sizeof *watch->queue);
    if (!watch->slots || !watch->queue)
        watch_free(&watch);
    return watch;
}

void watch_free(struct watch **watch) {
    if (!*watch)
        return;
    free((*watch)->slots);
    free((*watch)->queue);
    free(*watch);
    *watch = NULL;
}

static unsigned slot_of(const struct id *report) {
    uint32_t chance; /* the last bytes of an id are random or derived */
    memcpy(&chance, report->bytes + ID_BYTES - sizeof chance, sizeof chance);
    return chance % SLOTS;
}

/* Its slot, or the free one where it would stand. */
static unsigned find(const struct watch *watch, const struct id *report) {
    unsigned slot = slot_of(report);
    while (!id_is_null(&watch->slots[slot]) && !id_equal(&watch->slots[slot], report))
        slot = (slot + 1) % SLOTS;
    return slot;
}

/* Takes it out and moves up what stood behind it (Knuth 6.4, algorithm R). */
static void take_out(struct watch *watch, unsigned hole) {
    for (unsigned next = (hole + 1) % SLOTS; !id_is_null(&watch->slots[next]); next = (next + 1) % SLOTS) {
        unsigned home = slot_of(&watch->slots[next]);
        bool stays = hole <= next ? home > hole && home <= next : home > hole || home <= next;
        if (stays)
            continue;
        watch->slots[hole] = watch->slots[next];
        hole = next;
    }
    memset(&watch->slots[hole], 0, sizeof watch->slots[hole]);
    watch->watched--;
}

static void drop_ended(struct watch *watch) {
    while (watch->queued && id_is_null(&watch->slots[find(watch, &watch->queue[watch->first].report)])) {
        watch->first = (watch->first + 1) % WATCH_MAX;
        watch->queued--;
    }
}

bool watch_add(struct watch *watch, const struct id *report, int64_t due_at) {
    unsigned slot = find(watch, report);
    if (!id_is_null(&watch->slots[slot]))
        return true;
    drop_ended(watch);
    if (watch->queued == WATCH_MAX)
        return false;
    watch->slots[slot] = *report;
    watch->watched++;
    watch->queue[(watch->first + watch->queued++) % WATCH_MAX] = (struct entry){*report, due_at};
    return true;
}

void watch_end(struct watch *watch, const struct id *report) {
    unsigned slot = find(watch, report);
    if (!id_is_null(&watch->slots[slot]))
        take_out(watch, slot);
}

/* NULL: it is not watched any more. */
static const struct entry *watched(const struct watch *watch, unsigned place) {
    const struct entry *entry = &watch->queue[(watch->first + place) % WATCH_MAX];
    return id_is_null(&watch->slots[find(watch, &entry->report)]) ? NULL : entry;
}

int64_t watch_next(struct watch *watch, int64_t after) {
    drop_ended(watch);
    for (unsigned place = 0; place < watch->queued; place++) {
        const struct entry *entry = watched(watch, place);
        if (entry && entry->due_at > after)
            return entry->due_at;
    }
    return 0;
}

unsigned watch_due(struct watch *watch, int64_t now, struct id *out, unsigned most) {
    unsigned count = 0;
    drop_ended(watch);
    for (unsigned place = 0; place < watch->queued && count < most; place++) {
        const struct entry *entry = watched(watch, place);
        if (entry && entry->due_at > now)
            break;
        if (entry)
            out[count++] = entry->report;
    }
    return count;
}

unsigned watch_count(const struct watch *watch) {
    return watch->watched;
}
