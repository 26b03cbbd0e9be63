/* WhatsApp Cloud API: /v1/hooks/whatsapp/<channel>, webhooks of the Graph API (graph.h) with "object":
 * "whatsapp_business_account". A body holds many entries, an entry many changes, a change many messages, and
 * beside them statuses and errors; all of them are read. A message is known by its number and its id.
 *
 * Types: text, image, audio, voice, video, document, sticker, location, contacts, button, interactive
 * (button, list and flow replies), order, edit and revoke (of the message they name), request_welcome (a chat
 * was opened: greeted), reaction, system and the permission to be called (ignored), unsupported (kept: the
 * reporter wrote something). The sender is `from`, or `from_user_id` where
 * the number is hidden.
 *
 * Options: graph.h; number_id is the phone_number_id that answers are sent from. */
#include "services/intake/graph.h"

#include "common/json.h"

#include <string.h>

extern const struct intake_source intake_source_whatsapp;

static const char object_word[] = "whatsapp_business_account";

/* --- reading --- */

static void read_medium(const json_t *from, const char *type, struct hook_message *message) {
    static const struct {
        const char *type, *kind;
    } kinds[] = {{"image", "photo"}, {"audio", "audio"}, {"voice", "voice"}, {"video", "video"},
        {"document", "document"}, {"sticker", "sticker"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const json_t *file = json_object_get(from, kinds[i].type);
        if (strcmp(type, kinds[i].type) != 0 || !json_is_object(file))
            continue;
        bool voice = json_is_true(json_object_get(file, "voice"));
        const char *hash = hook_text(file, "sha256");
        message->text = hook_text(file, "caption");
        if (*hook_text(file, "id"))
            message->media[message->media_count++] =
                (struct hook_media){.kind = voice ? "voice" : kinds[i].kind,
                    .reference = hook_text(file, "id"),
                    .unique = *hash ? hash : NULL};
    }
}

static const char *interactive_text(struct arena *arena, const json_t *interactive) {
    static const char *const replies[] = {"button_reply", "list_reply"};
    for (size_t i = 0; i < 2; i++) {
        const json_t *reply = json_object_get(interactive, replies[i]);
        const char *description = hook_text(reply, "description");
        if (reply)
            return *description ? arena_format(arena, "%s: %s", hook_text(reply, "title"), description)
                                : hook_text(reply, "title");
    }
    /* A flow's answers: JSON in a text. Shown as it is, a person reads it. */
    const json_t *flow = json_object_get(interactive, "nfm_reply");
    const char *answers = hook_text(flow, "response_json");
    return *answers ? answers : hook_text(flow, "body");
}

static const char *contacts_text(struct arena *arena, const json_t *contacts) {
    const char *text = "[kontak / contact]";
    size_t i;
    json_t *each;
    json_array_foreach(contacts, i, each) {
        const json_t *phone = json_array_get(json_object_get(each, "phones"), 0);
        if (text && i < 10)
            text = arena_format(arena, "%s %s %s", text,
                hook_text(json_object_get(each, "name"), "formatted_name"), hook_text(phone, "phone"));
    }
    return text;
}

static void read_location(struct arena *arena, const json_t *location, struct hook_message *message) {
    const char *name = hook_text(location, "name"), *address = hook_text(location, "address");
    message->located = hook_number(location, "latitude", &message->latitude) &&
                       hook_number(location, "longitude", &message->longitude);
    if (*name || *address)
        message->text = arena_format(arena, "%s%s%s", name, *name && *address ? ", " : "", address);
}

static void read_content(
    struct arena *arena, const json_t *from, const char *type, struct hook_message *message) {
    const json_t *own = json_object_get(from, type);
    if (strcmp(type, "text") == 0)
        message->text = hook_text(own, "body");
    else if (strcmp(type, "location") == 0)
        read_location(arena, own, message);
    else if (strcmp(type, "contacts") == 0)
        message->text = contacts_text(arena, own);
    else if (strcmp(type, "button") == 0)
        message->text = *hook_text(own, "text") ? hook_text(own, "text") : hook_text(own, "payload");
    else if (strcmp(type, "interactive") == 0)
        message->text = interactive_text(arena, own);
    else if (strcmp(type, "order") == 0)
        message->text = hook_text(own, "text");
    else if (strcmp(type, "request_welcome") == 0)
        message->text = HOOK_GREETING;
    else
        read_medium(from, type, message);
}

/* system: a number was changed. A permission to be called comes by itself after a call of ours. */
static bool says_nothing(const json_t *from, const char *type) {
    return strcmp(type, "reaction") == 0 || strcmp(type, "system") == 0 ||
           strcmp(hook_text(json_object_get(from, "interactive"), "type"), "call_permission_reply") == 0;
}

/* A reply names the message that it answers, and who wrote that: anybody but its own sender is us. */
static void read_answered(struct arena *arena, const json_t *context, const char *number, const char *sender,
    struct hook_message *message) {
    const char *id = hook_text(context, "id"), *from = hook_id(arena, context, "from");
    if (!*id)
        return;
    message->answers = arena_format(arena, "%s:%s", number, id);
    message->answers_us = *from && strcmp(from, sender) != 0;
}

static void read_message(struct hook_batch *batch, json_t *from, const char *number) {
    struct arena *arena = batch->turn->arena;
    const json_t *context = json_object_get(from, "context"), *outside = from; /* of what an edit holds */
    const char *type = hook_text(from, "type"), *id = hook_text(from, "id");
    const char *sender = hook_id(arena, from, "from");
    struct hook_message message = {.at = hook_time(from, "timestamp"), .text = ""};
    if (!json_is_object(from) || !*id) {
        hook_broken(batch,
            json_pack("{s:s, s:[{s:[{s:{s:{s:s}, s:[O]}}]}]}", "object", object_word, "entry", "changes",
                "value", "metadata", "phone_number_id", number, "messages", from),
            "a message without id");
        return;
    }
    if (says_nothing(from, type)) {
        hook_ignore(batch);
        return;
    }
    const json_t *change = json_object_get(from, type);
    const char *original = hook_text(change, "original_message_id");
    if (*original && (strcmp(type, "edit") == 0 || strcmp(type, "revoke") == 0)) {
        message.relation = strcmp(type, "edit") == 0 ? "edit" : "withdrawal";
        id = original;
        from = json_object_get(change, "message") ? json_object_get(change, "message") : from;
        type = hook_text(from, "type");
    }
    message.id = arena_format(arena, "%s:%s", number, id);
    read_answered(arena, context, number, sender, &message);
    message.sender = *sender ? sender : hook_id(arena, outside, "from_user_id");
    message.forwarded = json_is_true(json_object_get(context, "forwarded")) ||
                        json_is_true(json_object_get(context, "frequently_forwarded"));
    message.group = *hook_text(outside, "group_id") != 0;
    read_content(arena, from, type, &message);
    hook_emit(batch, &message);
}

static void read_value(struct hook_batch *batch, json_t *value) {
    const char *number = hook_id(batch->turn->arena, json_object_get(value, "metadata"), "phone_number_id");
    const json_t *messages = json_object_get(value, "messages");
    size_t i;
    json_t *each;
    json_array_foreach(messages, i, each) read_message(batch, each, number);
    if (messages && !json_is_array(messages))
        hook_broken(batch,
            json_pack("{s:s, s:[{s:[{s:O}]}]}", "object", object_word, "entry", "changes", "value", value),
            "messages are no list");
    if (!messages)
        hook_ignore(batch); /* statuses, errors, calls */
}

static void read_entry(struct hook_batch *batch, json_t *entry) {
    const json_t *changes = json_object_get(entry, "changes");
    size_t i;
    json_t *each;
    if (!json_is_array(changes)) {
        hook_broken(batch, json_pack("{s:s, s:[O]}", "object", object_word, "entry", entry),
            "an entry without changes");
        return;
    }
    json_array_foreach(changes, i, each) {
        if (json_is_object(json_object_get(each, "value")))
            read_value(batch, json_object_get(each, "value"));
        else
            hook_broken(batch,
                json_pack("{s:s, s:[{s:[O]}]}", "object", object_word, "entry", "changes", each),
                "a change without value");
    }
}

static bool decode(struct hook_batch *batch, char *body, size_t size) {
    json_t *document = hook_json(body, size);
    const json_t *entries = json_object_get(document, "entry");
    size_t i;
    json_t *entry;
    bool sound = json_is_array(entries) && strcmp(hook_text(document, "object"), object_word) == 0;
    json_array_foreach(sound ? entries : NULL, i, entry) read_entry(batch, entry);
    json_decref(document);
    return sound;
}

/* --- calls --- */

static bool reply_call(struct arena *arena, const struct intake_channel *channel, const char *chat,
    const char *text, struct hook_call *call) {
    const char *number = intake_channel_option(channel, "number_id");
    struct json_writer writer;
    if (!number)
        return false;
    json_writer_init(&writer, 64 * 1024);
    json_write_object(&writer);
    json_member_text(&writer, "messaging_product", "whatsapp");
    /* Who shows a name instead of a number is known by an id of ours alone ("ID.1349..."). */
    json_member_text(&writer, chat[strspn(chat, "+0123456789")] ? "recipient" : "to", chat);
    json_member_text(&writer, "type", "text");
    json_member_object(&writer, "text");
    json_member_text(&writer, "body", text);
    json_write_end(&writer);
    json_write_end(&writer);
    const char *json = json_writer_text(&writer, &call->body_size);
    call->body = json ? arena_bytes(arena, json, call->body_size) : NULL;
    json_writer_free(&writer);
    call->url = arena_format(arena, "%s/%s/messages", graph_api(channel), number);
    call->headers[call->header_count++] = (struct http_header){"Content-Type", "application/json"};
    return graph_authorize(arena, channel, call) && call->url && call->body;
}

static bool media_call(struct arena *arena, const struct intake_channel *channel, const char *reference,
    struct hook_call *call) {
    if (reference[strspn(reference, "0123456789")])
        return false;
    call->url = arena_format(arena, "%s/%s", graph_api(channel), reference);
    return call->url && graph_authorize(arena, channel, call);
}

/* The address of the medium wants the same token. */
static bool media_found(struct arena *arena, const struct intake_channel *channel, const char *answer,
    size_t size, struct hook_call *call) {
    json_t *document = hook_json(answer, size);
    const char *url = hook_text(document, "url");
    call->url = *url ? arena_text(arena, url) : NULL;
    json_decref(document);
    return call->url && graph_authorize(arena, channel, call);
}

/* --- the door --- */

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    return graph_request(turn, call, &intake_source_whatsapp, answer);
}

static bool is_urgent(const struct intake_call *call) {
    return graph_is_urgent(call, &intake_source_whatsapp);
}

static const struct hook hook = {
    .word = "whatsapp",
    .repeats = true,
    .decode = decode,
    .reply_call = reply_call,
    .media_call = media_call,
    .media_found = media_found,
};

static const char *const routes[] = {"/v1/hooks/whatsapp/*", NULL};
static const char *const option_names[] = {GRAPH_OPTIONS, NULL};

const struct intake_source intake_source_whatsapp = {
    .name = "whatsapp",
    .routes = routes,
    .body_max = HOOK_BODY_MAX,
    .on_request = on_request,
    .is_urgent = is_urgent,
    .hook = &hook,
    .option_names = option_names,
    .options_required = GRAPH_OPTIONS_REQUIRED,
};
