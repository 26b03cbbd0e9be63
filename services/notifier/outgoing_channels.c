#include "outgoing_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

static void on_done(void *context, const struct message *message, const struct channel_result *result) {
    struct notifier *notifier = context;
    struct delivery_channel *channel = &notifier->channels[message->channel];
    bool good = result->outcome == SEND_ACCEPTED || result->outcome == SEND_DELIVERED;
    if (channel->channel->local && good) {
        channel->sent++;
        if (message->number > notifier->handed)
            notifier->handed = message->number;
        outgoing_tell_handed(notifier);
        return;
    }
    if (channel->channel->local && (!notifier->stuck || message->number < notifier->stuck)) {
        notifier->stuck = message->number; /* the watermark stops below it until its row says so */
        notifier->stuck_delivery = message->delivery;
    }
    if (!channel->channel->local && channel->in_flight)
        channel->in_flight--;
    struct effect_result told = {.id = message->delivery,
        .kind = outgoing_kind(message->attempt),
        .outcome = result->outcome,
        .retry_after_ms = result->retry_after_ms};
    snprintf(told.detail, sizeof told.detail, "%s", result->detail);
    notifier->loop->finished(notifier->loop, &told);
}

/* --- batches of local channels: when the loop comes round, a little after the turns that made them --- */

struct flusher {
    uv_idle_t idle;
    struct notifier *notifier;
};

static void flush_all(struct notifier *notifier) {
    for (unsigned i = 0; i < notifier->channel_count; i++)
        if (notifier->channels[i].channel->flush)
            notifier->channels[i].channel->flush(notifier->channels[i].state);
}

static void on_idle(uv_idle_t *idle) {
    uv_idle_stop(idle);
    flush_all(((struct flusher *)idle->data)->notifier);
}

static void free_flusher(uv_handle_t *handle) {
    free(handle->data);
}

static bool start_flusher(struct notifier *notifier, uv_loop_t *loop, struct error *error) {
    struct flusher *flusher = loop ? calloc(1, sizeof *flusher) : NULL;
    if (!flusher)
        return !loop || error_set(error, "out of memory");
    flusher->notifier = notifier;
    uv_idle_init(loop, &flusher->idle);
    flusher->idle.data = flusher;
    notifier->flusher = flusher;
    return true;
}

void outgoing_perform(void *state, const struct effect *effect) {
    struct notifier *notifier = state;
    const struct message *message = effect->what;
    struct delivery_channel *channel = &notifier->channels[message->channel];
    if (!channel->channel->local)
        channel->in_flight++;
    channel->channel->send(channel->state, message, on_done, notifier);
    if (!channel->channel->flush)
        return;
    if (notifier->flusher)
        uv_idle_start(&notifier->flusher->idle, on_idle);
    else
        channel->channel->flush(channel->state);
}

bool outgoing_connect(void *state, struct daemon_loop *loop, struct error *error) {
    struct notifier *notifier = state;
    notifier->loop = loop;
    for (unsigned i = 0; i < notifier->channel_count; i++) {
        struct delivery_channel *each = &notifier->channels[i];
        struct channel_setup setup = {.data_dir = notifier->data_dir,
            .clock = notifier->clock,
            .loop = loop->uv,
            .zone_hours = (int)notifier->site->zone,
            .options = each->options,
            .option_count = each->option_count};
        if (!each->channel->open(&setup, &each->state, error))
            return error_prefix(error, "channel %s", each->channel->name);
    }
    return start_flusher(notifier, loop->uv, error);
}

void outgoing_disconnect(void *state) {
    struct notifier *notifier = state;
    flush_all(notifier);
    if (notifier->flusher)
        uv_close((uv_handle_t *)&notifier->flusher->idle, free_flusher);
    notifier->flusher = NULL;
    for (unsigned i = 0; i < notifier->channel_count; i++)
        if (notifier->channels[i].channel->close)
            notifier->channels[i].channel->close(&notifier->channels[i].state);
    notifier->loop = NULL;
}
