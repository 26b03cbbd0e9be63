/* E-mail: by LMTP (lmtp.h), to the addresses of the channels in sources.yaml (option address); or POST
 * /v1/hooks/email/<name>, Content-Type message/rfc822, a bearer token: one mail as it came. How a mail server
 * hands it over (the script waits for the 200, so the server keeps the mail until then):
 *
 *     /etc/aliases:  lapor: "|/usr/lib/sigap/mail"          with  exec curl -fsS --data-binary @- -H
 * 'Content-Type: message/rfc822' ...
 *
 * A mail is known by its Message-ID. Subject and text are the report, quoted lines ("> ...") left out;
 * pictures, recordings and documents that come along are kept sealed. What a machine sent by itself (out of
 * office) says nothing.
 *
 * With the option `server` (smtps://mail.example:465, smtp://mail.example:587 with STARTTLS) the sender of a
 * mail that came to the channel's address is answered: the receipt, a question, how a report stands ("status
 * NUMBER" in the subject or in the first line). What is said is neutral, the subject too, and nothing of the
 * report is repeated: others may read that mailbox, and a sender can be forged. Mails of lists and machines
 * are not answered, and our answers say that they are such (RFC 3834), so that no two machines talk. Channels
 * with `silent: yes` answer nobody.
 *
 * Options: address; server, user, password_file, networks, plain, ca_file. */
#include "services/intake/hook.h"

#include "common/hmac.h"
#include "common/http_rules.h"
#include "services/intake/mime.h"
#include "services/intake/urgent_body.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

extern const struct intake_source intake_source_email;

/* Lines that quote what was said before are not what is said now: taken out in place, into quotes, which has
 * room for the text. */
static void part_quotes(char *text, char *quotes) {
    char *to = text;
    for (char *line = text; *line;) {
        char *end = strchr(line, '\n'), **into = *line == '>' ? &quotes : &to;
        size_t size = end ? (size_t)(end - line) + 1 : strlen(line);
        memmove(*into, line, size);
        *into += size;
        line += size;
    }
    *to = *quotes = 0;
}

static const char *kind_of(const char *type) {
    return strncasecmp(type, "image/", 6) == 0   ? "photo"
           : strncasecmp(type, "audio/", 6) == 0 ? "audio"
           : strncasecmp(type, "video/", 6) == 0 ? "video"
                                                 : "document";
}

static void add_files(const struct mime *mime, struct hook_message *message) {
    for (size_t i = 0; i < mime->file_count && message->media_count < HOOK_MEDIA_MAX; i++)
        message->media[message->media_count++] = (struct hook_media){
            .kind = kind_of(mime->files[i].type), .data = mime->files[i].data, .size = mime->files[i].size};
}

/* The first line with words in it, without blanks around it; "" when it is too long to be a question. */
static void first_line(const char *text, char out[128]) {
    text += strspn(text, " \t\r\n");
    size_t size = strcspn(text, "\r\n");
    while (size > 0 && strchr(" \t", text[size - 1]))
        size--;
    snprintf(out, 128, "%.*s", size < 128 ? (int)size : 0, text);
}

/* "Re: Bls: status 2611..." */
static const char *without_marks(const char *subject) {
    static const char *const marks[] = {"re:", "bls:", "fwd:", "fw:", "trs:"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        subject += strspn(subject, " ");
        if (strncasecmp(subject, marks[i], strlen(marks[i])) == 0) {
            subject += strlen(marks[i]);
            i = (size_t)-1;
        }
    }
    return subject;
}

/* Somebody asks how a report stands: nothing but that is said then, signatures and pictures in them are left
 * out. */
static bool asks(struct arena *arena, const struct mime *mime, struct hook_message *message) {
    char line[128];
    const char *candidates[] = {line, without_marks(mime->subject)};
    first_line(mime->text, line);
    for (size_t i = 0; i < 2; i++)
        if (hook_asks_status(candidates[i])) {
            message->text = arena_text(arena, candidates[i]);
            return message->text != NULL;
        }
    return false;
}

static bool decode(struct hook_batch *batch, char *body, size_t size) {
    struct mime *mime = mime_read(body, size);
    if (!mime)
        return false;
    char *quoted = arena_take(batch->turn->arena, strlen(mime->text) + 1);
    if (quoted)
        part_quotes(mime->text, quoted);
    const char *topic = without_marks(mime->subject);
    bool subject = mime->subject[strspn(mime->subject, " ")] != 0;
    struct hook_message message = {.id = mime->message_id,
        .text = arena_format(batch->turn->arena, "%s%s%s", mime->subject, subject ? "\n" : "", mime->text),
        .sender = mime->from,
        .chat = *mime->reply_to ? mime->reply_to : mime->from,
        .at = mime_date(mime->date),
        .answers = *mime->in_reply_to ? mime->in_reply_to : NULL,
        .quoted = quoted,
        .topic = topic,
        .topic_again = topic != mime->subject + strspn(mime->subject, " "),
        .forwarded = mime->forwarded,
        .silent = mime->bulk || !intake_channel_option(batch->from->channel, "server")};
    if (!*message.id && message.text) /* a bare script: sender, date and subject are what it is known by */
        message.id = arena_format(batch->turn->arena, "%s:%s:%s", mime->from, mime->date, mime->subject);
    if (!asks(batch->turn->arena, mime, &message))
        add_files(mime, &message);
    if (mime->notice || (*mime->auto_submitted && strncasecmp(mime->auto_submitted, "no", 2) != 0))
        hook_ignore(batch);
    else
        hook_emit(batch, &message);
    mime_free(&mime);
    return true;
}

/* --- answering --- */

/* Base 64 in lines of 76, in the arena. NULL: it is exhausted. */
static const char *encoded(struct arena *arena, const char *text) {
    enum { LINE_BYTES = 57 }; /* make 76 characters */
    size_t left = strlen(text), room = (left / LINE_BYTES + 1) * 79 + 1, used = 0;
    char *out = arena_take(arena, room);
    while (out && left) {
        size_t part = left < LINE_BYTES ? left : LINE_BYTES;
        hmac_base64_encode(text, part, HMAC_BASE64_STANDARD, out + used, room - used);
        used += strlen(out + used);
        memcpy(out + used, "\r\n", 2);
        used += 2;
        text += part;
        left -= part;
    }
    if (out)
        out[used] = 0;
    return out;
}

static bool reply_call(struct arena *arena, const struct intake_channel *channel, const char *chat,
    const char *text, struct hook_call *call) {
    const char *server = intake_channel_option(channel, "server"),
               *from = intake_channel_option(channel, "address"), *words = encoded(arena, text);
    if (!server || !from || !http_mail_address_good(from) || !http_mail_address_good(chat) || !words)
        return false;
    call->url = server;
    call->mail_from = from;
    call->mail_to = chat;
    call->username = intake_channel_option(channel, "user");
    call->password = call->username ? intake_channel_option(channel, "password") : NULL;
    call->body = arena_format(arena,
        "From: <%s>\r\nTo: <%s>\r\nSubject: Pesan layanan / Service message\r\nAuto-Submitted: "
        "auto-replied\r\n"
        "X-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n%s",
        from, chat, words);
    call->body_size = call->body ? strlen(call->body) : 0;
    return call->body != NULL;
}

/* --- the door --- */

static const struct intake_token *token_of(const struct intake_call *call) {
    return hook_token(call, http_bearer_token(call->request->header(call->request, "Authorization")));
}

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    const struct intake_token *token = token_of(call);
    if (hook_refuse(turn, call, "message/rfc822", token != NULL, answer))
        return VERDICT_DONE;
    const struct hook_from from = hook_from_token(token);
    hook_request(turn, call, &intake_source_email, &from, answer);
    return VERDICT_DONE;
}

/* What the mail says, decoded: words in base 64 are none, and those of headers are not the reporter's.
 * Subject and text are looked at as the one report they become. Of a very long mail the beginning. */
static bool is_urgent(const struct intake_call *call) {
    enum { LOOKED_AT = 256 * 1024 };
    size_t size = call->request->body_size < LOOKED_AT ? call->request->body_size : LOOKED_AT;
    struct mime *mime = token_of(call) ? mime_read(call->request->body, size) : NULL;
    char *said = NULL;
    int length = mime ? asprintf(&said, "%s\n%s", mime->subject, mime->text) : -1;
    bool danger = length >= 0 && urgent_body(call->intake->danger, said, (size_t)length);
    if (length >= 0) {
        sodium_memzero(said, (size_t)length);
        free(said);
    }
    mime_free(&mime);
    return danger;
}

static const struct hook hook = {
    .word = "email",
    .repeats = true,
    .decode = decode,
    .reply_call = reply_call,
    .reply_option = "server",
};

static const char *const routes[] = {"/v1/hooks/email/*", NULL};
static const char *const option_names[] = {
    "address", "server", "user", "password_file", "networks", "plain", "ca_file", NULL};

const struct intake_source intake_source_email = {
    .name = "email",
    .routes = routes,
    .body_max = HOOK_BODY_MAX,
    .on_request = on_request,
    .is_urgent = is_urgent,
    .hook = &hook,
    .option_names = option_names,
    .options_required = 1,
};
