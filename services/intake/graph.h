/* What WhatsApp, Messenger and Instagram share: the webhooks of Meta's Graph API. GET with hub.mode=subscribe
 * is answered with hub.challenge when hub.verify_token fits; a POST is signed, X-Hub-Signature-256 over the
 * raw body. */
#pragma once

#include "services/intake/hook.h"

#define GRAPH_OPTIONS                                                                                        \
    "secret_file", "verify_token_file", "token_file", "number_id", "api_url", "networks", "plain", "ca_file"
enum { GRAPH_OPTIONS_REQUIRED = 2 };

enum verdict graph_request(struct turn *turn, const struct intake_call *call,
    const struct intake_source *source, struct answer *answer);
bool graph_is_urgent(const struct intake_call *call, const struct intake_source *source);

/* Messenger and Instagram: entry[].messaging[] (and standby[]) of the object named so. */
bool graph_decode_messaging(struct hook_batch *batch, char *body, size_t size, const char *object);
/* POST me/messages */
bool graph_reply_call(struct arena *arena, const struct intake_channel *channel, const char *chat,
    const char *text, struct hook_call *call);
/* Messenger and Instagram: attachments come with an address of their own, signed by the platform. */
bool graph_media_call(
    struct arena *arena, const struct intake_channel *channel, const char *reference, struct hook_call *call);

/* "https://graph.facebook.com/v21.0", or the channel's api_url. */
const char *graph_api(const struct intake_channel *channel);
/* Authorization of a call; false: the channel has no token. */
bool graph_authorize(struct arena *arena, const struct intake_channel *channel, struct hook_call *call);
