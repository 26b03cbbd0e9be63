/* null: accepts everything and keeps nothing. For measurements and the simulator; a site uses it only when it
 * names it in channels.yaml. */
#include "channel.h"

static bool null_open(const struct channel_setup *setup, void **state, struct error *error) {
    (void)setup;
    (void)error;
    *state = NULL;
    return true;
}

static void null_send(void *state, const struct message *message, channel_done *done, void *context) {
    (void)state;
    struct channel_result result = {.outcome = message->address[0] ? SEND_DELIVERED : SEND_RECIPIENT};
    done(context, message, &result);
}

static void null_close(void **state) {
    *state = NULL;
}

const struct channel channel_null = {
    .name = "null",
    .purpose = "accepts everything, reaches nobody",
    .local = true,
    .keeps_nothing = true,
    .for_training = true,
    .critical = {.rung_ms = {0, 1000}, .rungs = 2, .last_repeats = true},
    .normal = {.rung_ms = {0, 1000}, .rungs = 2, .last_repeats = true},
    .open = null_open,
    .send = null_send,
    .close = null_close,
};
