/* E-mail: by LMTP (lmtp.h), to the addresses of the channels in sources.yaml (option address); or POST
 * /v1/hooks/email/<name>, Content-Type message/rfc822, a bearer token: one mail as it came. How a mail server
 * hands it over (the script waits for the 200, so the server keeps the mail until then):
 *
 *     /etc/aliases:  lapor: "|/usr/lib/sigap/mail"          with  exec curl -fsS --data-binary @- -H
 * 'Content-Type: message/rfc822' ...
 *
 * A mail is known by its Message-ID. Subject and text are the report; lines that an answer quotes ("> ...",
 * in HTML a blockquote) are left out, in a mail that answers nothing or is passed on they are part of it;
 * pictures, recordings and documents that come along are kept sealed. What a machine sent by itself (out of
 * office) says nothing.
 *
 * With the option `server` (smtps://mail.example:465, smtp://mail.example:587 with STARTTLS) the sender of a
 * mail that came to the channel's address is answered: the receipt, a question, how a report stands ("status
 * NUMBER", or the number, as the subject or the first line; whatever else the mail says joins that report).
 * What is said is neutral, the subject too, and nothing of the report is repeated: others may read that
 * mailbox, and a sender can be forged. Mails of lists and machines are not answered, and our answers say that
 * they are such (RFC 3834), so that no two machines talk. Channels with `silent: yes` answer nobody.
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

/* Lines that quote what was said before, into quotes, which has room for the text; with `out` they are not
 * what is said now: taken out in place. */
static void part_quotes(char *text, char *quotes, bool out) {
    char *to = text;
    for (char *line = text; *line;) {
        char *end = strchr(line, '\n');
        size_t size = end ? (size_t)(end - line) + 1 : strlen(line);
        bool quote = *line == '>';
        if (quote)
            quotes = mempcpy(quotes, line, size);
        if (!quote || !out) {
            memmove(to, line, size);
            to += size;
        }
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

enum mark { MARK_NONE, MARK_ANSWER, MARK_PASSED_ON };

/* What the mail's program put in front of the subject; *subject goes behind it. */
static enum mark take_mark(const char **subject) {
    static const struct {
        const char *text;
        enum mark mark;
    } marks[] = {{"re:", MARK_ANSWER}, {"bls:", MARK_ANSWER}, {"fwd:", MARK_PASSED_ON},
        {"fw:", MARK_PASSED_ON}, {"trs:", MARK_PASSED_ON}};
    *subject += strspn(*subject, " ");
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncasecmp(*subject, marks[i].text, strlen(marks[i].text)) == 0) {
            *subject += strlen(marks[i].text);
            return marks[i].mark;
        }
    return MARK_NONE;
}

/* "Re: Bls: status 2611..." */
static const char *without_marks(const char *subject) {
    while (take_mark(&subject) != MARK_NONE)
        continue;
    return subject;
}

/* Who answers quotes what we, or he himself, said before. Who passes a mail on wants it to be read, and in a
 * mail that answers nothing a quote, or a paragraph that is set in, belongs to what is said. */
static bool is_answer(const struct mime *mime) {
    const char *subject = mime->subject;
    enum mark mark = take_mark(&subject);
    return mark == MARK_ANSWER || (mark == MARK_NONE && *mime->in_reply_to);
}

/* What telephones and webmail write below by themselves; they are short. */
static bool is_sent_from(const char *line) {
    enum { LONGEST = 64 };
    static const char *const begins[] = {"Sent from my ", "Sent from Outlook", "Sent from Yahoo",
        "Get Outlook for ", "Dikirim dari iPhone", "Dikirim dari iPad", "Dikirim dari Galaxy",
        "Dikirim dari Samsung", "Dikirim dari Outlook", "Dikirim dari Yahoo", "Dapatkan Outlook untuk "};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncasecmp(line, begins[i], strlen(begins[i])) == 0)
            return strlen(line) <= LONGEST;
    return false;
}

static bool ends_with(const char *line, const char *end) {
    size_t size = strlen(line), end_size = strlen(end);
    return size >= end_size && strcasecmp(line + size - end_size, end) == 0;
}

/* "Pada Sen, 2 Mar 2026 pukul 10.00 Layanan <lapor@sigap.example> menulis:", above what is quoted; long ones
 * are broken behind the address. */
static bool is_said_of_a_quote(const char *line) {
    bool verb = ends_with(line, "menulis:") || ends_with(line, "wrote:");
    bool begins = strncasecmp(line, "Pada ", 5) == 0 || strncasecmp(line, "On ", 3) == 0;
    return (verb && !strchr(line, ' ')) || (begins && strchr(line, '@') && (verb || ends_with(line, ">")));
}

/* What looks like a signature and says what danger is made of is seen by somebody. No words at all have
 * points too, as a report without known ones is no calm one; here it is what the words add. */
static bool adds_danger(const struct danger *danger, const char *text) {
    return danger_points(danger, text, strlen(text)) > danger_points(danger, "", 0);
}

/* Is there anything beside a question but quotes and what programs write below it? A line "-- " begins a
 * signature. Too long a line is no program's. */
static bool says_more(const struct danger *danger, const char *text) {
    char line[128];
    for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
        size_t size = strcspn(text, "\r\n"), blanks = strspn(text, " \t");
        if (size == blanks || *text == '>')
            continue;
        if (size >= sizeof line)
            return true;
        snprintf(line, sizeof line, "%.*s", (int)size, text);
        if (strcmp(line, "-- ") == 0 || strcmp(line, "--") == 0)
            return adds_danger(danger, text);
        if (is_sent_from(line) ? adds_danger(danger, line) : !is_said_of_a_quote(line))
            return true;
    }
    return false;
}

/* "Pertanyaan" is a word for any question; "Anak itu hilang lagi", which answers nothing, says something, and
 * so does "Kebakaran". */
static bool topic_says_more(const struct danger *danger, const struct hook_message *message) {
    return !message->topic_again && !hook_asks_status(message->topic) &&
           (strchr(message->topic, ' ') || adds_danger(danger, message->topic));
}

/* The line that asks how a report stands, the first of the text or the subject, and whether nothing else is
 * said. */
struct question {
    const char *line; /* NULL: none asks */
    bool alone;
};

static struct question question_in(
    const struct hook_batch *batch, const struct mime *mime, const struct hook_message *message) {
    char line[128];
    const char *more = mime->text;
    first_line(mime->text, line);
    bool first = hook_asks_status(line);
    if (!first && !hook_asks_status(message->topic))
        return (struct question){NULL, false};
    if (first) {
        more += strspn(more, " \t\r\n");
        more += strcspn(more, "\r\n");
    }
    const struct danger *danger = batch->intake->danger;
    bool alone = !says_more(danger, more) && !topic_says_more(danger, message) && mime->file_count == 0;
    return (struct question){arena_text(batch->turn->arena, first ? line : message->topic), alone};
}

/* A question is answered; what is said beside it is taken too, for the report that is asked about. */
static void emit(struct hook_batch *batch, const struct mime *mime, struct hook_message *message) {
    struct question question = question_in(batch, mime, message);
    if (question.line) {
        struct hook_message asked = *message;
        asked.text = question.line;
        hook_emit(batch, &asked);
        message->quoted = arena_format(batch->turn->arena, "%s\n%s", question.line, message->quoted);
    }
    if (question.alone)
        return;
    add_files(mime, message);
    hook_emit(batch, message);
}

static bool is_machines(const struct mime *mime) {
    return mime->notice || (*mime->auto_submitted && strncasecmp(mime->auto_submitted, "no", 2) != 0);
}

static bool decode(struct hook_batch *batch, char *body, size_t size) {
    struct mime *mime = mime_read(body, size);
    if (!mime)
        return false;
    char *quoted = arena_take(batch->turn->arena, strlen(mime->text) + 1);
    if (quoted)
        part_quotes(mime->text, quoted, is_answer(mime));
    const char *topic = without_marks(mime->subject);
    bool subject = mime->subject[strspn(mime->subject, " ")] != 0;
    struct hook_message message = {.id = mime->message_id,
        .text = arena_format(batch->turn->arena, "%s%s%s", mime->subject, subject ? "\n" : "", mime->text),
        .sender = mime->from,
        .chat = *mime->reply_to ? mime->reply_to : mime->from,
        .at = mime_date(mime->date),
        .answers = *mime->in_reply_to ? mime->in_reply_to : NULL,
        .quoted = quoted ? quoted : "",
        .topic = topic,
        .topic_again = topic != mime->subject + strspn(mime->subject, " "),
        .forwarded = mime->forwarded,
        .silent = mime->bulk || !intake_channel_option(batch->from->channel, "server")};
    if (!*message.id && message.text) /* a bare script: sender, date and subject are what it is known by */
        message.id = arena_format(batch->turn->arena, "%s:%s:%s", mime->from, mime->date, mime->subject);
    if (is_machines(mime))
        hook_ignore(batch);
    else
        emit(batch, mime, &message);
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
