/* E-mail: by LMTP (lmtp.h), to the addresses of the channels in sources.yaml (option address); or POST
 * /v1/hooks/email/<name>, Content-Type message/rfc822, a bearer token: one mail as it came. How a mail server
 * hands it over (the script waits for the 200, so the server keeps the mail until then):
 *
 *     /etc/aliases:  lapor: "|/usr/lib/sigap/mail"          with  exec curl -fsS --data-binary @- -H
 * 'Content-Type: message/rfc822' ...
 *
 * A mail is known by its Message-ID. Subject and text are the report, quoted lines ("> ...") left out;
 * pictures, recordings and documents that come along are kept sealed. What a machine sent by itself (out of
 * office) says nothing. Known limits: nobody is answered by e-mail; a sender's address can be forged, so it
 * only tells witnesses apart. */
#include "services/intake/hook.h"

#include "services/intake/mime.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

extern const struct intake_source intake_source_email;

/* Lines that quote what was said before are not what is said now. In place. */
static void drop_quotes(char *text) {
    char *to = text;
    for (char *line = text; *line;) {
        char *end = strchr(line, '\n');
        size_t size = end ? (size_t)(end - line) + 1 : strlen(line);
        if (*line != '>') {
            memmove(to, line, size);
            to += size;
        }
        line += size;
    }
    *to = 0;
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

static bool decode(struct hook_batch *batch, char *body, size_t size) {
    struct mime *mime = mime_read(body, size);
    if (!mime)
        return false;
    drop_quotes(mime->text);
    bool subject = mime->subject[strspn(mime->subject, " ")] != 0;
    struct hook_message message = {.id = mime->message_id,
        .text = arena_format(batch->turn->arena, "%s%s%s", mime->subject, subject ? "\n" : "", mime->text),
        .sender = mime->from,
        .at = mime_date(mime->date),
        .silent = true};
    if (!*message.id && message.text) /* a bare script: sender, date and subject are what it is known by */
        message.id = arena_format(batch->turn->arena, "%s:%s:%s", mime->from, mime->date, mime->subject);
    add_files(mime, &message);
    if (*mime->auto_submitted && strncasecmp(mime->auto_submitted, "no", 2) != 0)
        hook_ignore(batch);
    else
        hook_emit(batch, &message);
    mime_free(&mime);
    return true;
}

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

static bool is_urgent(const struct intake_call *call) {
    size_t size = call->request->body_size;
    return token_of(call) && hook_has_danger(call->intake, call->request->body, size < 65536 ? size : 65536);
}

static const struct hook hook = {
    .word = "email",
    .repeats = true,
    .decode = decode,
};

static const char *const routes[] = {"/v1/hooks/email/*", NULL};
static const char *const option_names[] = {"address", NULL};

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
