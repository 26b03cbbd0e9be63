/* Twilio SMS and WhatsApp: POST /v1/hooks/twilio/<channel>, a form. X-Twilio-Signature is the base 64 of
 * HMAC-SHA1 with the account's auth token over the full public URL and every name and value, sorted by name;
 * the URL is public_url of sources.yaml, because behind a proxy we do not see the one that Twilio calls.
 *
 * Twilio hardly repeats: one try more when the connection fails. So everything signed is taken, on the
 * reserve if need be. The answer is TwiML, empty unless the channel says `receipts: yes` (an SMS costs money)
 * or the sender asked how a report stands.
 *
 * Options: secret_file (auth token); account and token_file (the same auth token, for media and answers),
 * number (sends), receipts, api_url, networks, plain, ca_file. */
#include "services/intake/hook.h"

#include "common/hmac.h"
#include "services/intake/answer.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAIRS_MAX = 256, SHA1_BYTES = 20 };

extern const struct intake_source intake_source_twilio;

/* --- the signature --- */

static int by_name(const void *first, const void *second) {
    const struct http_pair *a = first, *b = second;
    int names = strcmp(a->name, b->name);
    return names ? names : strcmp(a->value, b->value);
}

/* URL and sorted pairs, as Twilio strings them together. The caller frees it. */
static char *signed_text(const struct intake_call *call, size_t *size) {
    const struct request *request = call->request;
    struct http_pair pairs[PAIRS_MAX];
    char *form = malloc(request->body_size + 1), *text = NULL;
    char host[300] = "";
    const char *base = intake_channels_public_url(call->intake->channels);
    if (!*base) { /* as a proxy that keeps the name says */
        const char *name = request->header(request, "Host"),
                   *scheme = request->header(request, "X-Forwarded-Proto");
        snprintf(host, sizeof host, "%s://%s", scheme ? scheme : "https", name ? name : "");
        base = host;
    }
    size_t room = strlen(base) + strlen(request->path) + strlen(request->query) + request->body_size + 3;
    if (form && (text = malloc(room))) {
        memcpy(form, request->body_size ? request->body : "", request->body_size);
        form[request->body_size] = 0;
        size_t count = http_form_read(form, request->body_size, pairs, PAIRS_MAX);
        count = count > PAIRS_MAX ? 0 : count;
        qsort(pairs, count, sizeof *pairs, by_name);
        *size = (size_t)snprintf(
            text, room, "%s%s%s%s", base, request->path, *request->query ? "?" : "", request->query);
        for (size_t i = 0; i < count; i++) {
            if (i && by_name(&pairs[i - 1], &pairs[i]) == 0)
                continue; /* what is said twice is signed once */
            char *end = stpcpy(stpcpy(text + *size, pairs[i].name), pairs[i].value);
            *size = (size_t)(end - text);
        }
    }
    free(form);
    return text;
}

static bool is_signed(const struct intake_call *call, const struct intake_channel *channel) {
    const char *given = call->request->header(call->request, "X-Twilio-Signature");
    const char *secret = intake_channel_option(channel, "secret");
    uint8_t hash[SHA1_BYTES], sent[SHA1_BYTES];
    size_t size = 0, sent_size = 0;
    unsigned hash_size = 0;
    if (!secret || !given || strlen(given) > 64 ||
        !hmac_base64_decode(given, strlen(given), HMAC_BASE64_STANDARD, sent, sizeof sent, &sent_size) ||
        sent_size != SHA1_BYTES)
        return false;
    char *text = signed_text(call, &size);
    bool good =
        text &&
        HMAC(EVP_sha1(), secret, (int)strlen(secret), (const uint8_t *)text, size, hash, &hash_size) &&
        hash_size == SHA1_BYTES;
    free(text);
    return good && sodium_memcmp(hash, sent, SHA1_BYTES) == 0;
}

/* --- reading --- */

static const char *value_of(const struct http_pair *pairs, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(pairs[i].name, name) == 0)
            return pairs[i].value;
    return "";
}

static const char *kind_of(const char *type) {
    return strncmp(type, "image/", 6) == 0   ? "photo"
           : strncmp(type, "audio/", 6) == 0 ? "audio"
           : strncmp(type, "video/", 6) == 0 ? "video"
                                             : "document";
}

static void read_media(const struct http_pair *pairs, size_t count, struct hook_message *message) {
    char name[32];
    for (int i = 0; i < HOOK_MEDIA_MAX; i++) {
        snprintf(name, sizeof name, "MediaContentType%d", i);
        const char *type = value_of(pairs, count, name);
        snprintf(name, sizeof name, "MediaUrl%d", i);
        const char *url = value_of(pairs, count, name);
        if (*url)
            message->media[message->media_count++] =
                (struct hook_media){.kind = kind_of(type), .reference = url};
    }
}

static bool read_number(const char *text, double *number) {
    char *end;
    *number = strtod(text, &end);
    return end != text && !*end;
}

/* The words; or a button's, or the answers of a WhatsApp flow (JSON, a person reads it), or the name and the
 * address of a place. */
static const char *words_of(struct arena *arena, const struct http_pair *pairs, size_t count) {
    static const char *const names[] = {"Body", "ButtonText", "InteractiveData"};
    const char *label = value_of(pairs, count, "Label"), *address = value_of(pairs, count, "Address");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (*value_of(pairs, count, names[i]))
            return value_of(pairs, count, names[i]);
    return arena_format(arena, "%s%s%s", label, *label && *address ? ", " : "", address);
}

static bool decode(struct hook_batch *batch, char *body, size_t size) {
    struct http_pair pairs[PAIRS_MAX];
    size_t count = http_form_read(body, size, pairs, PAIRS_MAX);
    if (count == 0 || count > PAIRS_MAX)
        return false;
    const char *id = value_of(pairs, count, "MessageSid"), *from = value_of(pairs, count, "From");
    const char *text = value_of(pairs, count, "Body"), *status = value_of(pairs, count, "MessageStatus");
    bool whatsapp = strncmp(from, "whatsapp:", 9) == 0;
    const char *answered = value_of(pairs, count, "OriginalRepliedMessageSid");
    struct hook_message message = {.id = *id ? id : value_of(pairs, count, "SmsSid"),
        .word = whatsapp ? "whatsapp" : NULL,
        .text = words_of(batch->turn->arena, pairs, count),
        .sender = from,
        .answers = *answered ? answered : NULL,
        .answers_us = *answered != 0, /* when it was none of theirs */
        .forwarded = strcmp(value_of(pairs, count, "Forwarded"), "true") == 0 ||
                     strcmp(value_of(pairs, count, "FrequentlyForwarded"), "true") == 0};
    /* What became of a message of ours; STOP, START and HELP, which Twilio has answered itself. */
    if ((*status && !*text && strcmp(status, "received") != 0) || *value_of(pairs, count, "OptOutType")) {
        hook_ignore(batch);
        return true;
    }
    message.located = read_number(value_of(pairs, count, "Latitude"), &message.latitude) &&
                      read_number(value_of(pairs, count, "Longitude"), &message.longitude);
    read_media(pairs, count, &message);
    hook_emit(batch, &message);
    return true;
}

/* --- answering --- */

static void answer_twiml(struct hook_batch *batch, struct answer *answer) {
    static const char none[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>";
    const char *receipts = intake_channel_option(batch->from->channel, "receipts");
    bool asked = batch->taken == 0;
    answer->content_type = "text/xml";
    answer->body = none;
    if (batch->reply && (asked || (receipts && strcmp(receipts, "yes") == 0))) {
        const char *text = arena_format(batch->turn->arena,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message>%s</Message></Response>",
            intake_answer_xml(batch->turn->arena, batch->reply));
        answer->body = text ? text : none;
    }
    answer->body_size = strlen(answer->body);
}

static const char *form_escaped(struct arena *arena, const char *text) {
    static const char hex[] = "0123456789ABCDEF";
    char *out = arena_take(arena, 3 * strlen(text) + 1), *to = out;
    for (; out && *text; text++) {
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

static bool authorize(const struct intake_channel *channel, struct hook_call *call) {
    call->username = intake_channel_option(channel, "account");
    call->password = intake_channel_option(channel, "token");
    return call->username && call->password;
}

static bool reply_call(struct arena *arena, const struct intake_channel *channel, const char *chat,
    const char *text, struct hook_call *call) {
    const char *api = intake_channel_option(channel, "api_url"),
               *number = intake_channel_option(channel, "number");
    if (!number || !authorize(channel, call))
        return false;
    bool whatsapp = strncmp(chat, "whatsapp:", 9) == 0;
    call->url = arena_format(arena, "%s/2010-04-01/Accounts/%s/Messages.json",
        api ? api : "https://api.twilio.com", call->username);
    call->body = arena_format(arena, "To=%s&From=%s%s&Body=%s", form_escaped(arena, chat),
        whatsapp ? "whatsapp%3A" : "", form_escaped(arena, number), form_escaped(arena, text));
    call->body_size = call->body ? strlen(call->body) : 0;
    call->headers[call->header_count++] =
        (struct http_header){"Content-Type", "application/x-www-form-urlencoded"};
    return call->url && call->body;
}

/* The account's password goes to Twilio alone, wherever a medium is said to lie. */
static bool media_call(struct arena *arena, const struct intake_channel *channel, const char *reference,
    struct hook_call *call) {
    const char *api = intake_channel_option(channel, "api_url");
    size_t size = api ? strlen(api) : 0;
    call->url = arena_text(arena, reference);
    if (strncmp(reference, "https://api.twilio.com/", 23) == 0 ||
        (api && strncmp(reference, api, size) == 0 && reference[size] == '/'))
        return call->url && authorize(channel, call);
    return call->url != NULL;
}

/* --- the door --- */

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    const struct intake_channel *channel = hook_channel(call, &intake_source_twilio);
    if (hook_refuse(turn, call, "application/x-www-form-urlencoded", is_signed(call, channel), answer))
        return VERDICT_DONE;
    const struct hook_from from = hook_from_channel(channel);
    hook_request(turn, call, &intake_source_twilio, &from, answer);
    return VERDICT_DONE;
}

/* All that is signed: it does not come again. */
static bool is_urgent(const struct intake_call *call) {
    return is_signed(call, hook_channel(call, &intake_source_twilio));
}

static const struct hook hook = {
    .word = "sms",
    .decode = decode,
    .answer = answer_twiml,
    .answers_inline = true,
    .reply_call = reply_call,
    .media_call = media_call,
};

static const char *const routes[] = {"/v1/hooks/twilio/*", NULL};
static const char *const option_names[] = {"secret_file", "account", "token_file", "number", "receipts",
    "api_url", "networks", "plain", "ca_file", NULL};

const struct intake_source intake_source_twilio = {
    .name = "twilio",
    .routes = routes,
    .body_max = HOOK_BODY_MAX,
    .on_request = on_request,
    .is_urgent = is_urgent,
    .hook = &hook,
    .option_names = option_names,
    .options_required = 1,
};
