#include "waits.h"

#include "state.h"

#include <stdlib.h>
#include <string.h>

/* One row stands for all alarms of a quarter of a second. */
static const struct id alarm_object = {{'a', 'l', 'a', 'r', 'm'}};

static void parts_free(struct wait *wait) {
    for (unsigned i = 0; i < WAIT_PARTS_MAX; i++)
        free(wait->parts[i].json);
}

bool waits_open(struct waits *waits) {
    *waits = (struct waits){.items = calloc(WAITS_MAX, sizeof *waits->items)};
    return waits->items != NULL;
}

void waits_free(struct waits *waits) {
    for (unsigned i = 0; i < waits->count; i++)
        parts_free(&waits->items[i]);
    free(waits->items);
    *waits = (struct waits){0};
}

bool waits_full(const struct waits *waits) {
    return waits->count >= WAITS_FULL;
}

static void begin_now(void *state, const void *argument) {
    struct waits *waits = &((struct console *)state)->waits;
    if (waits->count < WAITS_MAX) /* always, see waits_full */
        memcpy(&waits->items[waits->count++], argument, sizeof *waits->items);
}

void wait_begin(struct turn *turn, struct wait *wait) {
    wait->handle = turn_defer(turn);
    turn_after_commit(turn, begin_now, wait, sizeof *wait);
    int64_t alarm = (wait->until / WAIT_GRAIN_MS + 1) * WAIT_GRAIN_MS;
    turn_timer_set(turn, TIMER_ALARM, &alarm_object, alarm, true);
}

struct wait *wait_find(struct waits *waits, const struct id *id) {
    for (unsigned i = 0; i < waits->count; i++)
        if (id_equal(&waits->items[i].id, id))
            return &waits->items[i];
    return NULL;
}

static void end_now(void *state, const void *argument) {
    struct waits *waits = &((struct console *)state)->waits;
    struct wait *wait = wait_find(waits, argument);
    if (!wait)
        return;
    parts_free(wait);
    *wait = waits->items[--waits->count];
}

/* Two inputs of one turn may both want to answer; the second finds the mark. After a rollback the mark is
 * there but the answer is not: its time differs from that of the new turn, so it counts for nothing. */
static bool answered_in(const struct wait *wait, const struct turn *turn) {
    return wait->answered_at == turn->now;
}

void wait_answer(struct turn *turn, struct wait *wait, const struct answer *answer) {
    if (answered_in(wait, turn))
        return;
    wait->answered_at = turn->now;
    turn_answer_later(turn, wait->handle, answer);
    turn_after_commit(turn, end_now, &wait->id, sizeof wait->id);
}

void waits_expire(
    struct turn *turn, struct waits *waits, void (*function)(struct turn *turn, struct wait *wait)) {
    bool again = false;
    for (unsigned i = 0; i < waits->count; i++) {
        struct wait *wait = &waits->items[i];
        if (wait->until > turn->now)
            continue;
        if (answered_in(wait, turn))
            again = true; /* by this turn, or by one that was undone in the same millisecond */
        else
            function(turn, wait);
    }
    if (again)
        turn_timer_set(turn, TIMER_ALARM, &alarm_object, turn->now + WAIT_GRAIN_MS, true);
}

void waits_of_command(struct turn *turn, struct waits *waits, const struct id *command,
    void (*function)(struct turn *turn, struct wait *wait)) {
    for (unsigned i = 0; i < waits->count; i++) {
        struct wait *wait = &waits->items[i];
        if ((wait->kind == WAIT_COMMAND || wait->kind == WAIT_LINK_ANSWER) &&
            id_equal(&wait->command, command))
            function(turn, wait);
    }
}
