#include "services/intake/graph.h"

#include "common/hmac.h"
#include "common/json.h"
#include "services/intake/answer.h"
#include "services/intake/urgent_body.h"

#include <string.h>

/* --- the door --- */

static void verify(struct turn *turn, const struct intake_call *call, const struct intake_channel *channel,
    struct answer *answer) {
    char mode[16], token[CHANNEL_SECRET_MAX + 1], challenge[256];
    const char *query = call->request->query;
    size_t size = strlen(query);
    bool good = channel && http_form_find(query, size, "hub.mode", mode, sizeof mode) &&
                strcmp(mode, "subscribe") == 0 &&
                http_form_find(query, size, "hub.verify_token", token, sizeof token) &&
                http_form_find(query, size, "hub.challenge", challenge, sizeof challenge) &&
                hook_same(token, intake_channel_option(channel, "verify_token"));
    if (!good) {
        intake_answer_problem(turn->arena, &problem_forbidden, answer);
        return;
    }
    *answer = (struct answer){.status = 200, .content_type = "text/plain"};
    answer->body = arena_text(turn->arena, challenge);
    answer->body_size = answer->body ? strlen(challenge) : 0;
}

static bool is_signed(const struct intake_call *call, const struct intake_channel *channel) {
    const char *signature = call->request->header(call->request, "X-Hub-Signature-256");
    const char *secret = intake_channel_option(channel, "secret");
    return secret && *secret && signature &&
           hmac_hub_verify(secret, call->request->body, call->request->body_size, signature);
}

enum verdict graph_request(struct turn *turn, const struct intake_call *call,
    const struct intake_source *source, struct answer *answer) {
    const struct intake_channel *channel = hook_channel(call, source);
    if (strcmp(call->request->method, "GET") == 0) {
        verify(turn, call, channel, answer);
        return VERDICT_DONE;
    }
    if (hook_refuse(turn, call, "application/json", is_signed(call, channel), answer))
        return VERDICT_DONE;
    const struct hook_from from = hook_from_channel(channel);
    hook_request(turn, call, source, &from, answer);
    return VERDICT_DONE;
}

bool graph_is_urgent(const struct intake_call *call, const struct intake_source *source) {
    return strcmp(call->request->method, "POST") == 0 && is_signed(call, hook_channel(call, source)) &&
           urgent_body(call->intake->danger, call->request->body, call->request->body_size);
}

/* --- Messenger and Instagram --- */

static const char *kind_of(const char *type) {
    static const struct {
        const char *type, *kind;
    } kinds[] = {{"image", "photo"}, {"audio", "audio"}, {"video", "video"}, {"file", "document"},
        {"share", "document"}, {"story_mention", "photo"}, {"ig_reel", "video"}, {"reel", "video"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(type, kinds[i].type) == 0)
            return kinds[i].kind;
    return "document";
}

static void read_attachments(const json_t *attachments, struct hook_message *message) {
    size_t i;
    json_t *each;
    json_array_foreach(attachments, i, each) {
        const json_t *payload = json_object_get(each, "payload");
        const json_t *place = json_object_get(payload, "coordinates");
        const char *url = hook_text(payload, "url"), *type = hook_text(each, "type");
        if (strcmp(type, "fallback") == 0 || strcmp(type, "template") == 0) {
            continue; /* a link: it is text, see words_of */
        } else if (place) {
            message->located = hook_number(place, "lat", &message->latitude) &&
                               hook_number(place, "long", &message->longitude);
        } else if (*url && message->media_count < HOOK_MEDIA_MAX) {
            message->media[message->media_count++] = (struct hook_media){
                .kind = json_object_get(payload, "sticker_id") ? "sticker" : kind_of(type), .reference = url};
        }
    }
}

/* A link that was shared: its title and where it leads, in the payload or, as it used to be, beside it. */
static const char *link_of(struct arena *arena, const json_t *message) {
    const json_t *first = json_array_get(json_object_get(message, "attachments"), 0);
    const json_t *payload = json_object_get(first, "payload");
    const json_t *from = json_is_object(payload) ? payload : first;
    const char *title = hook_text(from, "title"), *url = hook_text(from, "url");
    bool is_link = strcmp(hook_text(first, "type"), "fallback") == 0 ||
                   strcmp(hook_text(first, "type"), "template") == 0;
    return is_link ? arena_format(arena, "%s%s%s", title, *title && *url ? " " : "", url) : "";
}

/* A quick reply says what its button says; a postback has a title. The button that opens a conversation says
 * nothing: whoever touched it is greeted. */
static const char *words_of(struct arena *arena, const json_t *message, const json_t *postback) {
    const char *text = hook_text(message, "text"), *title = hook_text(postback, "title");
    if (strcasestr(hook_text(postback, "payload"), "GET_STARTED"))
        return HOOK_GREETING;
    return *text      ? text
           : *title   ? title
           : postback ? hook_text(postback, "payload")
                      : link_of(arena, message);
}

static bool is_noise(const json_t *event, const json_t *message, const json_t *postback) {
    return (!message && !postback) || json_is_true(json_object_get(message, "is_echo")) ||
           json_object_get(event, "reaction");
}

/* A body that holds this entry alone. */
static json_t *body_of(const char *object, json_t *entry) {
    return json_pack("{s:s, s:[O]}", "object", object, "entry", entry);
}

static json_t *body_of_event(const char *object, json_t *event) {
    return json_pack("{s:s, s:[{s:[O]}]}", "object", object, "entry", "messaging", event);
}

static void read_event(struct hook_batch *batch, const char *object, json_t *event) {
    struct arena *arena = batch->turn->arena;
    const json_t *edit = json_object_get(event, "message_edit");
    const json_t *message = edit ? edit : json_object_get(event, "message");
    const json_t *postback = json_object_get(event, "postback");
    if (!json_is_object(event)) {
        hook_broken(batch, body_of_event(object, event), "no event");
        return;
    }
    if (is_noise(event, message, postback)) {
        hook_ignore(batch);
        return;
    }
    struct hook_message out = {.id = hook_text(message ? message : postback, "mid"),
        .text = words_of(arena, message, postback),
        .sender = hook_id(arena, json_object_get(event, "sender"), "id"),
        .at = hook_time(event, "timestamp"),
        .relation = edit                                                   ? "edit"
                    : json_is_true(json_object_get(message, "is_deleted")) ? "withdrawal"
                                                                           : NULL};
    const char *answered = hook_text(json_object_get(message, "reply_to"), "mid");
    out.answers = *answered ? answered : NULL;
    out.answers_us = *answered != 0; /* when it was none of theirs */
    if (!*out.id) {                  /* older postbacks have none: sender and time are all there is */
        out.id = arena_format(
            arena, "%s:%lld", out.sender, (long long)json_integer_value(json_object_get(event, "timestamp")));
        if (!*out.sender || !out.at) {
            hook_broken(batch, body_of_event(object, event), "no mid");
            return;
        }
    }
    read_attachments(json_object_get(message, "attachments"), &out);
    hook_emit(batch, &out);
}

static void read_events(struct hook_batch *batch, const char *object, const json_t *events) {
    size_t i;
    json_t *each;
    json_array_foreach(events, i, each) read_event(batch, object, each);
}

/* Instagram may bring messages as changes too; comments and mentions in public are not for us. */
static void read_changes(struct hook_batch *batch, const char *object, const json_t *changes) {
    size_t i;
    json_t *each;
    json_array_foreach(changes, i, each) {
        json_t *event = json_object_get(each, "value");
        bool said = json_object_get(event, "sender") &&
                    (json_object_get(event, "message") || json_object_get(event, "postback"));
        if (said)
            read_event(batch, object, event);
        else
            hook_ignore(batch);
    }
}

static bool is_list(const json_t *entry, const char *name) {
    return json_is_array(json_object_get(entry, name));
}

bool graph_decode_messaging(struct hook_batch *batch, char *body, size_t size, const char *object) {
    json_t *document = hook_json(body, size);
    const json_t *entries = json_object_get(document, "entry");
    size_t i;
    json_t *entry;
    bool sound = json_is_array(entries) && strcmp(hook_text(document, "object"), object) == 0;
    json_array_foreach(sound ? entries : NULL, i, entry) {
        if (is_list(entry, "messaging") || is_list(entry, "standby")) {
            read_events(batch, object, json_object_get(entry, "messaging"));
            read_events(batch, object, json_object_get(entry, "standby"));
        } else if (is_list(entry, "changes")) {
            read_changes(batch, object, json_object_get(entry, "changes"));
        } else {
            hook_broken(batch, body_of(object, entry), "an entry without messaging");
        }
    }
    json_decref(document);
    return sound;
}

/* --- calls --- */

const char *graph_api(const struct intake_channel *channel) {
    const char *api = intake_channel_option(channel, "api_url");
    return api ? api : "https://graph.facebook.com/v21.0";
}

bool graph_authorize(struct arena *arena, const struct intake_channel *channel, struct hook_call *call) {
    const char *token = intake_channel_option(channel, "token");
    const char *bearer = token ? arena_format(arena, "Bearer %s", token) : NULL;
    if (bearer)
        call->headers[call->header_count++] = (struct http_header){"Authorization", bearer};
    return bearer != NULL;
}

bool graph_reply_call(struct arena *arena, const struct intake_channel *channel, const char *chat,
    const char *text, struct hook_call *call) {
    struct json_writer writer;
    json_writer_init(&writer, 64 * 1024);
    json_write_object(&writer);
    json_member_object(&writer, "recipient");
    json_member_text(&writer, "id", chat);
    json_write_end(&writer);
    json_member_text(&writer, "messaging_type", "RESPONSE");
    json_member_object(&writer, "message");
    json_member_text(&writer, "text", text);
    json_write_end(&writer);
    json_write_end(&writer);
    const char *json = json_writer_text(&writer, &call->body_size);
    call->body = json ? arena_bytes(arena, json, call->body_size) : NULL;
    json_writer_free(&writer);
    call->url = arena_format(arena, "%s/me/messages", graph_api(channel));
    call->headers[call->header_count++] = (struct http_header){"Content-Type", "application/json"};
    return graph_authorize(arena, channel, call) && call->url && call->body;
}

bool graph_media_call(struct arena *arena, const struct intake_channel *channel, const char *reference,
    struct hook_call *call) {
    (void)channel;
    call->url = arena_text(arena, reference);
    return call->url != NULL;
}
