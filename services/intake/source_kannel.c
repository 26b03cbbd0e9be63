/* SMS through Kannel: GET or POST /v1/hooks/kannel/<channel>/<secret> with id, ts, sender, to, message,
 * backend; in kannel.conf
 *
 *     group = sms-service
 *     keyword = default
 *     catch-all = yes
 *     max-messages = 0
 *     get-url =
 * "https://sigap.example/v1/hooks/kannel/sms/SECRET?id=%I&ts=%T&sender=%p&to=%P&message=%b&backend=%i&charset=%C&coding=%c"
 *
 * Kannel cannot sign: the secret stands in the path (the channel's secret_file, or a token of `sigapctl token
 * issue`), and the option `addresses` lists who may call ("10.1.2.3, 10.9.0.0/16"). The answer is 200 with
 * nothing in it: anything else would be sent to the reporter as an SMS. Whether Kannel repeats is for its
 * configuration to say, so everything is taken, on the reserve if need be.
 *
 * A `post-url` brings the text as the body and the rest as headers (X-Kannel-From, which wants `send-sender =
 * true`, X-Kannel-To, X-Kannel-Time, X-Kannel-SMSC; the charset with the Content-Type); what its query says
 * counts as above, so that `?id=%I` makes it known when it comes again.
 *
 * Text is UTF-8 unless `charset` (%C) says otherwise, as Kannel passes on what the centre sent: UCS-2 in two
 * bytes a letter (also when only `coding` (%c) says 2), ISO-8859-1 and whatever else iconv knows.
 *
 * Options: secret_file, addresses; sendsms_url, user, token_file (the password), number: answers; networks,
 * plain. */
#include "services/intake/hook.h"

#include "common/http_client.h"
#include "common/http_rules.h"
#include "services/intake/mime.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PAIRS_MAX = 64 };

extern const struct intake_source intake_source_kannel;

/* --- who calls --- */

static bool read_address(const char *text, struct sockaddr_storage *address) {
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    *address = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1)
        four->sin_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1)
        six->sin6_family = AF_INET6;
    else
        return false;
    return true;
}

static bool may_call(const struct request *request, const struct intake_channel *channel) {
    const char *list = intake_channel_option(channel, "addresses");
    char copy[CHANNEL_SECRET_MAX + 1], *rest = copy;
    struct sockaddr_storage address;
    struct http_network network;
    if (!list)
        return true;
    if (!read_address(request_caller(request), &address))
        return false;
    snprintf(copy, sizeof copy, "%s", list);
    for (char *each; (each = strsep(&rest, ", "));)
        if (*each && http_network_read(each, &network) &&
            http_network_holds(&network, (const struct sockaddr *)&address))
            return true;
    return false;
}

static bool sender_of(const struct intake_call *call, struct hook_from *from) {
    const char *given = call->parts[1];
    const struct intake_channel *channel = hook_channel(call, &intake_source_kannel);
    const char *secret = intake_channel_option(channel, "secret");
    const struct intake_token *token = secret ? NULL : hook_token(call, given);
    if ((secret ? !hook_same(given, secret) : !token) || !may_call(call->request, channel))
        return false;
    *from = channel ? hook_from_channel(channel) : hook_from_token(token);
    from->token = token;
    return true;
}

/* --- reading --- */

static const char *value_of(const struct http_pair *pairs, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(pairs[i].name, name) == 0)
            return pairs[i].value;
    return "";
}

/* Epoch seconds, or "2026-03-02 10:00:00" in UTC, as %t writes it. */
static int64_t instant_of(const char *text) {
    int64_t at;
    char *end;
    int64_t number = strtoll(text, &end, 10);
    if (end != text && !*end && number > 0)
        return intake_instant_from_number(number);
    return intake_instant_parse(text, 0, &at) && at > 0 ? at : 0;
}

/* An unescaped plus has become a space. */
static const char *number_of(struct arena *arena, const char *text) {
    const char *digits = text + strspn(text, " ");
    return digits != text && *digits >= '0' && *digits <= '9' ? arena_format(arena, "+%s", digits) : digits;
}

/* Text and charset of the form before it is decoded as UTF-8; NULL: it is UTF-8. In the arena. */
static const char *converted(struct arena *arena, const char *form, size_t size) {
    char charset[40] = "", coding[8] = "", *bytes = arena_take(arena, size + 1);
    size_t length;
    http_form_find(form, size, "charset", charset, sizeof charset);
    http_form_find(form, size, "coding", coding, sizeof coding);
    bool wide = strcasecmp(charset, "UCS-2") == 0 || strcasecmp(charset, "UCS-2BE") == 0 ||
                strcasecmp(charset, "UTF-16") == 0 || strcasecmp(charset, "UTF16-BE") == 0 ||
                (!*charset && strcmp(coding, "2") == 0);
    if (!bytes || (!wide && (!*charset || strcasecmp(charset, "UTF-8") == 0)) ||
        !(http_form_find_bytes(form, size, "message", bytes, size + 1, &length) ||
            http_form_find_bytes(form, size, "text", bytes, size + 1, &length)))
        return NULL;
    char *text = mime_to_utf8(wide ? "UTF-16BE" : charset, bytes, length);
    const char *kept = text ? arena_text(arena, text) : NULL;
    free(text);
    return kept;
}

static bool decode(struct hook_batch *batch, char *body, size_t size) {
    struct arena *arena = batch->turn->arena;
    struct http_pair pairs[PAIRS_MAX];
    const char *other = converted(arena, body, size);
    size_t count = http_form_read(body, size, pairs, PAIRS_MAX);
    if (count == 0 || count > PAIRS_MAX)
        return false;
    const char *id = value_of(pairs, count, "id"), *text = value_of(pairs, count, "message");
    const char *sender = number_of(arena, value_of(pairs, count, "sender"));
    const char *ts = value_of(pairs, count, "ts");
    struct hook_message message = {.text = other   ? other
                                           : *text ? text
                                                   : value_of(pairs, count, "text"),
        .sender = *sender ? sender : number_of(arena, value_of(pairs, count, "from")),
        .at = instant_of(ts)};
    /* Without an id the message itself is all there is to know it by. */
    message.id = *id ? arena_format(arena, "%s:%s", value_of(pairs, count, "backend"), id)
                     : arena_format(arena, "%s:%s:%s", message.sender, ts, message.text);
    if (!*id && (!*message.sender || !*message.text))
        return false;
    hook_emit(batch, &message);
    return true;
}

/* --- answering --- */

static const char *escaped_bytes(struct arena *arena, const char *text, size_t size) {
    static const char hex[] = "0123456789ABCDEF";
    char *out = arena_take(arena, 3 * size + 1), *to = out;
    for (const char *end = text + size; out && text < end; text++) {
        unsigned char c = (unsigned char)*text;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain) {
            *to++ = '%';
            *to++ = hex[c >> 4];
        }
        *to++ = plain ? (char)c : hex[c & 15];
    }
    return out ? out : "";
}

static const char *escaped(struct arena *arena, const char *text) {
    return escaped_bytes(arena, text, strlen(text));
}

static bool reply_call(struct arena *arena, const struct intake_channel *channel, const char *chat,
    const char *text, struct hook_call *call) {
    const char *url = intake_channel_option(channel, "sendsms_url"),
               *user = intake_channel_option(channel, "user");
    const char *password = intake_channel_option(channel, "token"),
               *number = intake_channel_option(channel, "number");
    if (!url || !user || !password)
        return false;
    call->method = "GET";
    call->url = arena_format(arena, "%s?username=%s&password=%s&to=%s&text=%s&charset=UTF-8&coding=0%s%s",
        url, escaped(arena, user), escaped(arena, password), escaped(arena, chat), escaped(arena, text),
        number ? "&from=" : "", number ? escaped(arena, number) : "");
    return call->url != NULL;
}

/* --- the door --- */

static const char *header_of(struct arena *arena, const struct request *request, const char *name) {
    const char *value = request->header(request, name);
    return value ? escaped(arena, value) : "";
}

/* The value of charset in "text/plain; charset=\"UTF-8\"". */
static const char *charset_of(struct arena *arena, const char *type) {
    const char *at = type ? strcasestr(type, "charset=") : NULL;
    if (!at)
        return "";
    at += strlen("charset=");
    at += *at == '"';
    return escaped_bytes(arena, at, strcspn(at, "\"; "));
}

/* What a post-url sends, as the form that a get-url would have been. */
static const char *form_of_post(struct arena *arena, const struct request *request) {
    return arena_format(arena, "sender=%s&to=%s&ts=%s&backend=%s&charset=%s&message=%s&%s",
        header_of(arena, request, "X-Kannel-From"), header_of(arena, request, "X-Kannel-To"),
        header_of(arena, request, "X-Kannel-Time"), header_of(arena, request, "X-Kannel-SMSC"),
        charset_of(arena, request->header(request, "Content-Type")),
        escaped_bytes(arena, request->body_size ? request->body : "", request->body_size), request->query);
}

static bool is_post_url(const struct request *request) {
    const char *type = request->header(request, "Content-Type");
    return request->header(request, "X-Kannel-To") && type &&
           (strncasecmp(type, "text/plain", 10) == 0 ||
               strncasecmp(type, "application/octet-stream", 24) == 0);
}

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    struct hook_from from;
    struct request request = *call->request;
    struct intake_call inner = *call;
    bool known = sender_of(call, &from);
    inner.request = &request;
    if (strcmp(request.method, "GET") == 0) { /* the query is the form */
        request.method = "POST";
        request.body = request.query;
        request.body_size = strlen(request.query);
    }
    if (known && is_post_url(call->request)) {
        request.body = form_of_post(turn->arena, call->request);
        request.body_size = request.body ? strlen(request.body) : 0;
    }
    if (!hook_refuse(turn, &inner, NULL, known, answer))
        hook_request(turn, &inner, &intake_source_kannel, &from, answer);
    return VERDICT_DONE;
}

static bool is_urgent(const struct intake_call *call) {
    struct hook_from from;
    return sender_of(call, &from);
}

static const struct hook hook = {
    .word = "sms",
    .decode = decode,
    .reply_call = reply_call,
};

static const char *const routes[] = {"/v1/hooks/kannel/*/*", NULL};
static const char *const option_names[] = {"secret_file", "addresses", "sendsms_url", "user", "token_file",
    "number", "networks", "plain", "ca_file", NULL};

const struct intake_source intake_source_kannel = {
    .name = "kannel",
    .routes = routes,
    .on_request = on_request,
    .is_urgent = is_urgent,
    .hook = &hook,
    .option_names = option_names,
};
