#include "services/intake/hook_pack.h"

/* Without what came along: see hook_emit. */
static void write_media(struct json_writer *writer, const struct hook_message *message) {
    json_member_array(writer, "media");
    for (size_t i = 0; i < message->media_count; i++) {
        if (message->media[i].data)
            continue;
        json_write_array(writer);
        json_write_text(writer, message->media[i].kind);
        json_write_text(writer, message->media[i].reference);
        json_write_text(writer, message->media[i].unique);
        json_write_end(writer);
    }
    json_write_end(writer);
}

const char *hook_pack(
    struct hook_batch *batch, struct json_writer *writer, const struct hook_message *message, size_t *size) {
    json_writer_init(writer, HOOK_PACKED_MAX);
    json_write_object(writer);
    json_member_text(writer, "id", message->id);
    json_member_text(writer, "text", message->text);
    json_member_text(writer, "word", message->word);
    if (message->located) {
        json_write_key(writer, "lat");
        json_write_number(writer, message->latitude);
        json_write_key(writer, "lon");
        json_write_number(writer, message->longitude);
    }
    json_member_integer(writer, "at", message->at);
    json_member_text(writer, "sender", message->sender);
    json_member_text(writer, "chat", message->chat);
    json_member_text(writer, "language", message->language);
    json_member_text(writer, "relation", message->relation);
    json_member_text(writer, "answers", message->answers);
    json_member_bool(writer, "answers_us", message->answers_us);
    json_member_text(writer, "quoted", message->quoted);
    json_member_text(writer, "topic", message->topic);
    json_member_bool(writer, "topic_again", message->topic_again);
    json_member_text(writer, "area", message->area);
    json_member_bool(writer, "group", message->group);
    json_member_bool(writer, "forwarded", message->forwarded);
    json_member_bool(writer, "silent", message->silent);
    json_member_bool(writer, "urgent", message->urgent);
    write_media(writer, message);
    json_write_end(writer);
    const char *text = json_writer_text(writer, size);
    if (!text)
        arena_exhaust(batch->turn->arena);
    return text;
}

static const char *text_or_null(const json_t *object, const char *name) {
    return json_string_value(json_object_get(object, name));
}

void hook_unpack(const json_t *document, struct hook_message *message) {
    *message = (struct hook_message){.id = hook_text(document, "id"),
        .text = text_or_null(document, "text"),
        .word = text_or_null(document, "word"),
        .at = json_integer_value(json_object_get(document, "at")),
        .sender = text_or_null(document, "sender"),
        .chat = text_or_null(document, "chat"),
        .language = text_or_null(document, "language"),
        .relation = text_or_null(document, "relation"),
        .answers = text_or_null(document, "answers"),
        .answers_us = json_is_true(json_object_get(document, "answers_us")),
        .quoted = text_or_null(document, "quoted"),
        .topic = text_or_null(document, "topic"),
        .topic_again = json_is_true(json_object_get(document, "topic_again")),
        .area = text_or_null(document, "area"),
        .group = json_is_true(json_object_get(document, "group")),
        .forwarded = json_is_true(json_object_get(document, "forwarded")),
        .silent = json_is_true(json_object_get(document, "silent")),
        .urgent = json_is_true(json_object_get(document, "urgent"))};
    message->located =
        hook_number(document, "lat", &message->latitude) && hook_number(document, "lon", &message->longitude);
    size_t i;
    json_t *each;
    json_array_foreach(json_object_get(document, "media"), i, each) {
        if (i < HOOK_MEDIA_MAX)
            message->media[message->media_count++] =
                (struct hook_media){.kind = json_string_value(json_array_get(each, 0)),
                    .reference = json_string_value(json_array_get(each, 1)),
                    .unique = json_string_value(json_array_get(each, 2))};
    }
}
