/* Telegram: POST /v1/hooks/telegram/<channel>, a JSON Update with one message (Bot API, "setWebhook").
 *
 * X-Telegram-Bot-Api-Secret-Token holds what was given to setWebhook as secret_token: the secret of the
 * channel in sources.yaml, or simply a token of `sigapctl token issue` (its letters are allowed there), then
 * no channel is needed. Telegram repeats an update until it gets 2xx. The answer carries a method call: the
 * receipt with the ticket reaches the reporter without another connection.
 *
 * A message is known by chat and message_id: a repeated update, and an edit of it, find it again; the
 * pictures of an album share their media_group_id. Kept: message, edited_message, channel_post,
 * edited_channel_post, business_message, guest_message, what was deleted of those, and a button's text
 * (callback_query). Everything else (members, answers to polls, reactions) says nothing to us: 200.
 *
 * Options: secret_file; token_file (the bot's token: answers and media), api_url, networks, plain, ca_file.
 */
#include "services/intake/hook.h"

#include "common/json.h"
#include "common/utf8.h"
#include "services/intake/answer.h"
#include "services/intake/urgent_body.h"

#include <math.h>
#include <string.h>

extern const struct intake_source intake_source_telegram;

/* --- reading --- */

static const json_t *largest(const json_t *photos) {
    size_t i;
    json_t *each;
    const json_t *best = NULL;
    double most = -1; /* what is claimed may not fit an integer */
    json_array_foreach(photos, i, each) {
        double size = json_number_value(json_object_get(each, "width")) *
                      json_number_value(json_object_get(each, "height"));
        if (size >= most) {
            most = size;
            best = each;
        }
    }
    return best;
}

static void add_medium(struct hook_message *message, const char *kind, const json_t *file) {
    const char *reference = hook_text(file, "file_id"), *unique = hook_text(file, "file_unique_id");
    if (!*reference || message->media_count == HOOK_MEDIA_MAX)
        return;
    message->media[message->media_count++] =
        (struct hook_media){.kind = kind, .reference = reference, .unique = *unique ? unique : NULL};
}

static void read_media(const json_t *from, struct hook_message *message) {
    static const struct {
        const char *name, *kind;
    } kinds[] = {{"voice", "voice"}, {"audio", "audio"}, {"video", "video"}, {"video_note", "video"},
        {"animation", "video"}, {"document", "document"}, {"sticker", "sticker"}};
    if (json_array_size(json_object_get(from, "photo")) > 0)
        add_medium(message, "photo", largest(json_object_get(from, "photo")));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (json_is_object(json_object_get(from, kinds[i].name)) && message->media_count == 0)
            add_medium(message, kinds[i].kind, json_object_get(from, kinds[i].name));
}

/* Photos and videos that one pays for, also when they are free. */
static void read_paid(const json_t *paid, struct hook_message *message) {
    size_t i;
    json_t *each;
    json_array_foreach(json_object_get(paid, "paid_media"), i, each) {
        const json_t *photos = json_object_get(each, "photo"), *video = json_object_get(each, "video");
        if (json_array_size(photos) > 0)
            add_medium(message, "photo", largest(photos));
        else if (json_is_object(video))
            add_medium(message, "video", video);
    }
}

static bool read_place(const json_t *location, struct hook_message *message) {
    return hook_number(location, "latitude", &message->latitude) &&
           hook_number(location, "longitude", &message->longitude);
}

/* The words of a rich message, a block a line. Kinds of blocks are many and grow; what people read is `text`,
 * a text or a list of pieces that have a `text` themselves. Not deeper than hook_json lets pass. */
struct rich {
    char *at, *end;
};

static void add_rich(struct rich *rich, const char *text) {
    size_t size = utf8_whole(text, (size_t)(rich->end - rich->at));
    if (text[size])
        rich->end = rich->at + size; /* full: nothing behind it */
    rich->at = mempcpy(rich->at, text, size);
}

static void read_rich(struct rich *rich, const json_t *from, bool words) {
    const char *name;
    json_t *each;
    size_t i;
    if (words && json_is_string(from))
        add_rich(rich, json_string_value(from));
    json_array_foreach(from, i, each) {
        read_rich(rich, each, words);
        if (!words && rich->at[-1] != '\n')
            add_rich(rich, "\n");
    }
    json_object_foreach((json_t *)from, name, each) {
        bool text = words || strcmp(name, "text") == 0;
        if (text ? strcmp(name, "text") == 0 : json_is_array(each) || json_is_object(each))
            read_rich(rich, each, text);
    }
}

static const char *rich_text(struct arena *arena, const json_t *message) {
    char *text = json_is_object(message) ? arena_take(arena, SUBMISSION_TEXT_MAX + 2) : NULL;
    if (!text)
        return "";
    struct rich rich = {text + 1, text + SUBMISSION_TEXT_MAX};
    text[0] = '\n';
    read_rich(&rich, message, false);
    while (rich.at > text + 1 && rich.at[-1] == '\n')
        rich.at--;
    *rich.at = 0;
    return text + 1;
}

/* What somebody typed into a form of the bot (a Mini App), a checklist or a poll. */
static const char *typed_elsewhere(struct arena *arena, const json_t *from) {
    const json_t *list = json_object_get(from, "checklist");
    const char *form = hook_text(json_object_get(from, "web_app_data"), "data"),
               *question = hook_text(json_object_get(from, "poll"), "question"),
               *text = hook_text(list, "title");
    size_t i;
    json_t *task;
    if (*form || *question)
        return *form ? form : question;
    json_array_foreach(json_object_get(list, "tasks"), i, task) {
        if (text && i < 30) /* as many as there can be */
            text = arena_format(arena, "%s\n- %s", text, hook_text(task, "text"));
    }
    return text ? text : "";
}

/* A venue has a name and an address, a contact a name and a number: they are what the message says. */
static const char *words_of(struct arena *arena, const json_t *from) {
    const json_t *venue = json_object_get(from, "venue"), *contact = json_object_get(from, "contact");
    const char *text = hook_text(from, "text"), *caption = hook_text(from, "caption");
    if (*text || *caption)
        return *text ? text : caption;
    if (json_is_object(venue))
        return arena_format(arena, "%s, %s", hook_text(venue, "title"), hook_text(venue, "address"));
    if (json_is_object(contact))
        return arena_format(arena, "[kontak / contact] %s %s %s", hook_text(contact, "first_name"),
            hook_text(contact, "last_name"), hook_text(contact, "phone_number"));
    const char *rich = rich_text(arena, json_object_get(from, "rich_message"));
    return *rich ? rich : typed_elsewhere(arena, from);
}

static bool is_forwarded(const json_t *from) {
    return json_object_get(from, "forward_origin") || json_object_get(from, "forward_date") ||
           json_object_get(from, "forward_from") || json_object_get(from, "forward_from_chat");
}

/* Service messages (somebody joined, a title was changed) have nothing of what people write. */
static bool says_something(const json_t *from) {
    static const char *const contents[] = {"text", "caption", "photo", "voice", "audio", "video",
        "video_note", "animation", "document", "sticker", "location", "venue", "contact", "poll", "dice",
        "story", "paid_media", "checklist", "web_app_data", "rich_message", "live_photo", NULL};
    for (size_t i = 0; contents[i]; i++)
        if (json_object_get(from, contents[i]))
            return true;
    return false;
}

/* A live location is an edit every few seconds. On a grid of half a kilometre those from one place are one
 * message, which is known already; whoever is taken away is still followed. */
static void coarsen(struct hook_message *message) {
    static const double grid = 200; /* parts of a degree */
    message->latitude = round(message->latitude * grid) / grid;
    message->longitude = round(message->longitude * grid) / grid;
}

/* A reply holds the message that it answers: an earlier one of the chat, or ours, which names a ticket. */
static void read_answered(
    struct arena *arena, const json_t *answered, const char *chat_id, struct hook_message *message) {
    const char *id = hook_id(arena, answered, "message_id");
    if (!*id)
        return;
    message->answers = arena_format(arena, "%s:%s", chat_id, id);
    message->answers_us = json_is_true(json_object_get(json_object_get(answered, "from"), "is_bot"));
    message->quoted = message->answers_us ? hook_text(answered, "text") : NULL;
}

static void read_message(struct hook_batch *batch, json_t *from, const char *kind, bool edited) {
    struct arena *arena = batch->turn->arena;
    const json_t *chat = json_object_get(from, "chat"), *sender = json_object_get(from, "from");
    const char *chat_id = hook_id(arena, chat, "id"), *message_id = hook_id(arena, from, "message_id");
    const char *business = hook_text(from, "business_connection_id");
    const char *group_id = hook_id(arena, from, "media_group_id"), *sender_id = hook_id(arena, sender, "id");
    bool guest = strcmp(kind, "guest_message") == 0;
    struct hook_message message = {.at = hook_time(from, "date")};
    if (!json_is_object(from) || !*chat_id || !*message_id) {
        hook_broken(batch, json_pack("{s:O}", kind, from), "no chat or message_id");
        return;
    }
    if (!says_something(from)) {
        hook_ignore(batch);
        return;
    }
    message.id = *group_id ? arena_format(arena, "%s:album:%s", chat_id, group_id)
                           : arena_format(arena, "%s:%s", chat_id, message_id);
    message.text = words_of(arena, from);
    message.chat = *business ? arena_format(arena, "%s %s", business, chat_id) : chat_id;
    message.sender = *sender_id ? sender_id : hook_id(arena, json_object_get(from, "sender_chat"), "id");
    message.sender = *message.sender ? message.sender : chat_id;
    if (*business)
        message.sender = message.chat; /* known by where the answer goes, as everybody in a private chat is */
    message.language = hook_text(sender, "language_code");
    read_answered(arena, json_object_get(from, "reply_to_message"), chat_id, &message);
    message.relation = edited ? "edit" : *group_id ? "album" : NULL;
    /* A guest was called into a chat of others: they read along, and its number may be that of another chat.
     */
    message.group = guest || strcmp(hook_text(chat, "type"), "private") != 0;
    message.id = guest ? arena_format(arena, "guest:%s", message.id) : message.id;
    message.forwarded = is_forwarded(from);
    const json_t *venue = json_object_get(from, "venue");
    message.located = read_place(json_object_get(venue ? venue : from, "location"), &message);
    if (edited && message.located && !*message.text)
        coarsen(&message);
    read_media(from, &message);
    read_paid(json_object_get(from, "paid_media"), &message);
    hook_emit(batch, &message);
}

/* Somebody took messages back that a business account had been sent. */
static void read_deleted(struct hook_batch *batch, json_t *deleted) {
    struct arena *arena = batch->turn->arena;
    const char *chat = hook_id(arena, json_object_get(deleted, "chat"), "id");
    const json_t *numbers = json_object_get(deleted, "message_ids");
    size_t i;
    json_t *number;
    if (!*chat || !json_is_array(numbers)) {
        hook_broken(
            batch, json_pack("{s:O}", "deleted_business_messages", deleted), "no chat or message_ids");
        return;
    }
    json_array_foreach(numbers, i, number) {
        struct hook_message message = {
            .id = arena_format(arena, "%s:%lld", chat, (long long)json_integer_value(number)),
            .text = "",
            .sender = chat,
            .chat = chat,
            .relation = "withdrawal"};
        hook_emit(batch, &message);
    }
}

/* A button that was pressed: what it says answers a question. */
static void read_button(struct hook_batch *batch, const json_t *query) {
    struct arena *arena = batch->turn->arena;
    const char *id = hook_id(arena, query, "id"),
               *sender = hook_id(arena, json_object_get(query, "from"), "id");
    const json_t *chat = json_object_get(json_object_get(query, "message"), "chat");
    struct hook_message message = {.id = *id ? arena_format(arena, "button:%s", id) : "",
        .text = hook_text(query, "data"),
        .sender = sender,
        .chat = *hook_id(arena, chat, "id") ? hook_id(arena, chat, "id") : sender,
        .group = chat && strcmp(hook_text(chat, "type"), "private") != 0};
    if (*message.text)
        hook_emit(batch, &message);
    else
        hook_ignore(batch);
}

static bool decode(struct hook_batch *batch, char *body, size_t size) {
    static const struct {
        const char *name;
        bool edited;
    } kinds[] = {{"message", false}, {"edited_message", true}, {"channel_post", false},
        {"edited_channel_post", true}, {"business_message", false}, {"edited_business_message", true},
        {"guest_message", false}};
    json_t *update = hook_json(body, size);
    bool found = false;
    if (!json_is_object(update)) {
        json_decref(update);
        return false;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        json_t *message = json_object_get(update, kinds[i].name);
        if (message)
            read_message(batch, message, kinds[i].name, kinds[i].edited);
        found |= message != NULL;
    }
    if (json_object_get(update, "callback_query")) {
        read_button(batch, json_object_get(update, "callback_query"));
        found = true;
    }
    if (json_object_get(update, "deleted_business_messages")) {
        read_deleted(batch, json_object_get(update, "deleted_business_messages"));
        found = true;
    }
    if (!found)
        hook_ignore(batch);
    json_decref(update);
    return true;
}

/* --- answering --- */

/* Where an answer goes: a chat, or "CONNECTION CHAT" for who wrote to somebody's business account. */
static void write_chat(struct json_writer *writer, const char *chat) {
    const char *space = strchr(chat, ' ');
    if (space) {
        json_write_key(writer, "business_connection_id");
        json_write_text_bytes(writer, chat, (size_t)(space - chat));
    }
    json_member_text(writer, "chat_id", space ? space + 1 : chat);
}

/* The one object that may stand in the answer is a call of a method. */
static void answer_update(struct hook_batch *batch, struct answer *answer) {
    struct json_writer writer;
    size_t size;
    if (!batch->reply)
        return;
    json_writer_init(&writer, 64 * 1024);
    json_write_object(&writer);
    json_member_text(&writer, "method", "sendMessage");
    write_chat(&writer, batch->chat);
    json_member_text(&writer, "text", batch->reply);
    json_write_end(&writer);
    const char *text = json_writer_text(&writer, &size);
    if (text)
        intake_answer_json(200, arena_bytes(batch->turn->arena, text, size), answer);
    else
        arena_exhaust(batch->turn->arena); /* a reporter without a ticket could never ask */
    json_writer_free(&writer);
}

static const char *method_url(struct arena *arena, const struct intake_channel *channel, const char *what) {
    const char *api = intake_channel_option(channel, "api_url"),
               *token = intake_channel_option(channel, "token");
    return token ? arena_format(arena, "%s/%s%s", api ? api : "https://api.telegram.org", what, token) : NULL;
}

static bool reply_call(struct arena *arena, const struct intake_channel *channel, const char *chat,
    const char *text, struct hook_call *call) {
    struct json_writer writer;
    const char *base = method_url(arena, channel, "bot");
    json_writer_init(&writer, 64 * 1024);
    json_write_object(&writer);
    write_chat(&writer, chat);
    json_member_text(&writer, "text", text);
    json_write_end(&writer);
    const char *json = json_writer_text(&writer, &call->body_size);
    call->body = json ? arena_bytes(arena, json, call->body_size) : NULL;
    json_writer_free(&writer);
    call->url = base ? arena_format(arena, "%s/sendMessage", base) : NULL;
    call->headers[call->header_count++] = (struct http_header){"Content-Type", "application/json"};
    return call->url && call->body;
}

/* Ids are letters, digits, hyphens and underscores: nothing that could lead elsewhere. */
static bool media_call(struct arena *arena, const struct intake_channel *channel, const char *reference,
    struct hook_call *call) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *base = method_url(arena, channel, "bot");
    if (!base || reference[strspn(reference, letters)])
        return false;
    call->url = arena_format(arena, "%s/getFile?file_id=%s", base, reference);
    return call->url != NULL;
}

static bool media_found(struct arena *arena, const struct intake_channel *channel, const char *answer,
    size_t size, struct hook_call *call) {
    json_t *document = hook_json(answer, size);
    const char *path = hook_text(json_object_get(document, "result"), "file_path");
    const char *base = method_url(arena, channel, "file/bot");
    bool sound = base && *path && !strstr(path, "..") && !path[strcspn(path, "?#\\\r\n ")];
    call->url = sound ? arena_format(arena, "%s/%s", base, path) : NULL;
    json_decref(document);
    return call->url != NULL;
}

/* --- the door --- */

static bool sender_of(const struct intake_call *call, struct hook_from *from) {
    const char *given = call->request->header(call->request, "X-Telegram-Bot-Api-Secret-Token");
    const struct intake_channel *channel = hook_channel(call, &intake_source_telegram);
    const char *secret = intake_channel_option(channel, "secret");
    const struct intake_token *token = secret ? NULL : hook_token(call, given);
    if (secret ? !hook_same(given, secret) : !token)
        return false;
    *from = channel ? hook_from_channel(channel) : hook_from_token(token);
    from->token = token;
    return true;
}

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    struct hook_from from;
    if (hook_refuse(turn, call, "application/json", sender_of(call, &from), answer))
        return VERDICT_DONE;
    hook_request(turn, call, &intake_source_telegram, &from, answer);
    return VERDICT_DONE;
}

static bool is_urgent(const struct intake_call *call) {
    struct hook_from from;
    return sender_of(call, &from) &&
           urgent_body(call->intake->danger, call->request->body, call->request->body_size);
}

static const struct hook hook = {
    .word = "telegram",
    .repeats = true,
    .decode = decode,
    .answer = answer_update,
    .answers_inline = true,
    .reply_call = reply_call,
    .media_call = media_call,
    .media_found = media_found,
};

static const char *const routes[] = {"/v1/hooks/telegram/*", NULL};
static const char *const option_names[] = {
    "secret_file", "token_file", "api_url", "networks", "plain", "ca_file", NULL};

const struct intake_source intake_source_telegram = {
    .name = "telegram",
    .routes = routes,
    .body_max = HOOK_BODY_MAX,
    .on_request = on_request,
    .is_urgent = is_urgent,
    .hook = &hook,
    .option_names = option_names,
};
