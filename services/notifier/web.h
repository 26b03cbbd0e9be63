/* What e-mail and webhook share: calls through http_client, and the memory of calls under way. */
#pragma once

#include "common/http_client.h"

#include "channel.h"

struct channel_web {
    struct http_client *client;
    struct web_call *calls; /* under way */
    void (*settle)(
        const struct message *message, const struct http_result *result, struct channel_result *out);
    void *own; /* the channel's own configuration, freed with it */
    struct http_network networks[8];
    unsigned network_count;
    bool allow_plain;
    bool closed; /* what had ended just before is not told any more */
};

/* Options networks ("10.1.2.0/24, 192.168.1.5") and plain (yes: without TLS). Frees own when it fails. */
struct channel_web *channel_web_new(const struct channel_setup *setup, unsigned at_once, void *own,
    void (*settle)(
        const struct message *message, const struct http_result *result, struct channel_result *out),
    struct error *error);
/* done is called later, from the loop; at once when no more calls are taken. */
void channel_web_send(struct channel_web *web, const struct message *message, struct http_call *call,
    channel_done *done, void *context);
void channel_web_close(void **state);
