/* Stands for the web console: writes the commands that staff give into a journal named "console", and shows
 * staff what the others say. Nothing of HTTP, accounts or pages. */
#include "world.h"

static enum verdict on_request(struct turn *turn, const struct request *request, struct answer *answer) {
    Sigap__CommandIssued *command =
        sigap__command_issued__unpack(arena_allocator(turn->arena), request->body_size, request->body);
    Sigap__Event event = SIGAP__EVENT__INIT;
    if (!command)
        return turn_park(turn, "no command");
    event.body_case = SIGAP__EVENT__BODY_COMMAND_ISSUED;
    event.command_issued = command;
    turn_append(turn, LANE_URGENT, &event);
    *answer = (struct answer){.status = 202};
    return VERDICT_DONE;
}

struct seen {
    struct sim *sim;
    size_t size;
    uint8_t bytes[];
};

static void show(void *state, const void *argument) {
    const struct seen *seen = argument;
    (void)state;
    people_see(seen->sim, seen->bytes, seen->size);
}

static enum verdict on_event(struct turn *turn, const Sigap__Event *event) {
    size_t size = sigap__event__get_packed_size(event);
    struct seen *seen = arena_take(turn->arena, sizeof *seen + size);
    if (!seen)
        return VERDICT_RETRY;
    seen->sim = turn->state;
    seen->size = size;
    sigap__event__pack(event, seen->bytes);
    turn_after_commit(turn, show, seen, sizeof *seen + size);
    return VERDICT_DONE;
}

/* The simulator is found by its clock. */
static bool open_state(const struct daemon_setup *setup, void **state, struct error *error) {
    (void)error;
    *state = setup->clock->state;
    return true;
}

const struct daemon toy_console_daemon = {
    .name = "console",
    .purpose = "the console of the simulator",
    .open = open_state,
    .on_request = on_request,
    .on_event = on_event,
};
