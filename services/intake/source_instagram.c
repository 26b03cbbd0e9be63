/* Instagram: /v1/hooks/instagram/<channel>, webhooks of the Graph API with "object": "instagram" (graph.h).
 * One body holds many entries, an entry many events; each message is known by its mid. Options: graph.h. */
#include "services/intake/graph.h"

extern const struct intake_source intake_source_instagram;

static bool decode(struct hook_batch *batch, char *body, size_t size) {
    return graph_decode_messaging(batch, body, size, "instagram");
}

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    return graph_request(turn, call, &intake_source_instagram, answer);
}

static bool is_urgent(const struct intake_call *call) {
    return graph_is_urgent(call, &intake_source_instagram);
}

static const struct hook hook = {
    .word = "instagram",
    .repeats = true,
    .decode = decode,
    .reply_call = graph_reply_call,
    .media_call = graph_media_call,
};

static const char *const routes[] = {"/v1/hooks/instagram/*", NULL};
static const char *const option_names[] = {GRAPH_OPTIONS, NULL};

const struct intake_source intake_source_instagram = {
    .name = "instagram",
    .routes = routes,
    .body_max = HOOK_BODY_MAX,
    .on_request = on_request,
    .is_urgent = is_urgent,
    .hook = &hook,
    .option_names = option_names,
    .options_required = GRAPH_OPTIONS_REQUIRED,
};
