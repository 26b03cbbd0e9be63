/* webhook: one endpoint of the site's that relays messages (a chat bot, a pager): Standard Webhooks 1.0
 * headers, a CloudEvents 1.0 body. webhook-id is the delivery's id, the same for every attempt.
 *
 * Options: url, secret_file (whsec_... in a file in DATA/keys), source (CloudEvents source, default
 * /sigap/notifier), ca_file, networks, plain. */
#include "web.h"

#include "common/hmac.h"
#include "common/json.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    AT_ONCE = 5,
    TIMEOUT_MS = 15000,
    BODY_MAX = 4096 + 2 * MESSAGE_TEXT_MAX, /* escapes double what they touch */
    CLIENT_ERRORS_MAX = 3,
};

struct webhook {
    char url[512], source[128];
    uint8_t secret[HMAC_WEBHOOK_SECRET_MAX];
    size_t secret_size;
};

static int outcome_of_status(const struct message *message, int status) {
    if (status >= 200 && status < 300)
        return SEND_DELIVERED;
    if (status == 408 || status == 425 || status == 429 || status >= 500)
        return SEND_TRANSIENT;
    if (status == 410 || (status >= 300 && status < 400)) /* gone, or moved: an operator must look */
        return SEND_CHANNEL;
    return message->attempt < CLIENT_ERRORS_MAX ? SEND_TRANSIENT : SEND_CONTENT;
}

static int outcome_of(const struct message *message, const struct http_result *result) {
    switch (result->outcome) {
    case HTTP_ANSWERED:
        return outcome_of_status(message, result->status);
    case HTTP_REFUSED_CALL:
    case HTTP_REFUSED_ADDRESS:
        return SEND_CHANNEL;
    case HTTP_NOT_RESOLVED:
    case HTTP_NOT_CONNECTED:
    case HTTP_TLS_FAILED:
        return SEND_TRANSIENT;
    case HTTP_NOT_STARTED:
        return SEND_BUSY;
    case HTTP_TIMED_OUT:
    case HTTP_BROKEN:
        break;
    }
    return result->sent ? SEND_UNKNOWN : SEND_TRANSIENT;
}

static void settle(
    const struct message *message, const struct http_result *result, struct channel_result *out) {
    out->outcome = outcome_of(message, result);
    out->retry_after_ms = result->retry_after_s * 1000;
    snprintf(out->detail, sizeof out->detail, "%s %d", http_outcome_word(result->outcome), result->status);
}

static bool read_secret(const struct channel_setup *setup, struct webhook *webhook, struct error *error) {
    char text[256];
    bool good = channel_secret(setup, channel_option_of(setup, "secret_file"), text, sizeof text, error);
    if (good && !hmac_webhook_secret(text, webhook->secret, &webhook->secret_size))
        good = error_set(error, "secret_file: is no whsec_ and 24 to 64 bytes in base 64");
    sodium_memzero(text, sizeof text);
    return good;
}

static bool webhook_open(const struct channel_setup *setup, void **state, struct error *error) {
    struct webhook *webhook = calloc(1, sizeof *webhook);
    const char *source = channel_option_of(setup, "source");
    if (!webhook)
        return error_set(error, "out of memory");
    snprintf(webhook->url, sizeof webhook->url, "%s", channel_option_of(setup, "url"));
    snprintf(webhook->source, sizeof webhook->source, "%s", source ? source : "/sigap/notifier");
    if (!read_secret(setup, webhook, error)) {
        free(webhook);
        return false;
    }
    *state = channel_web_new(setup, AT_ONCE, webhook, settle, error);
    return *state != NULL;
}

static void member_time(struct json_writer *json, const char *key, int64_t at_ms) {
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm tm;
    char text[64];
    gmtime_r(&seconds, &tm);
    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
        tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(at_ms % 1000));
    json_member_text(json, key, text);
}

static void write_event(
    struct json_writer *json, const struct webhook *webhook, const struct message *message, const char *id) {
    static const char *const fhir[] = {"stat", "asap", "urgent", "routine", "routine"};
    char alert[ID_TEXT + 1];
    id_to_text(&message->alert, alert);
    json_write_object(json);
    json_member_text(json, "specversion", "1.0");
    json_member_text(json, "id", id);
    json_member_text(json, "source", webhook->source);
    json_member_text(json, "type", "sigap.notifier.message");
    json_member_text(json, "subject", alert);
    member_time(json, "time", message->at);
    json_member_text(json, "datacontenttype", "application/json");
    json_member_object(json, "data");
    json_member_text(json, "to", message->address);
    json_member_text(json, "team", message->team);
    json_member_text(json, "alert_id", alert);
    json_member_text(json, "purpose", message->purpose);
    json_member_text(
        json, "priority", fhir[message->priority < 0 || message->priority > 4 ? 4 : message->priority]);
    json_member_bool(json, "critical", message->critical);
    json_member_bool(json, "training", message->training);
    json_member_text(json, "subject", message->subject);
    json_member_text(json, "text", message->text);
    json_write_end(json);
    json_write_end(json);
}

static void webhook_send(void *state, const struct message *message, channel_done *done, void *context) {
    struct channel_web *web = state;
    const struct webhook *webhook = web->own;
    struct channel_result refused = {.outcome = SEND_CONTENT, .detail = "too large"};
    struct json_writer json;
    char id[ID_TEXT + 1], timestamp[24], signature[HMAC_WEBHOOK_TEXT + 1];
    size_t size;
    id_to_text(&message->delivery, id);
    json_writer_init(&json, BODY_MAX);
    write_event(&json, webhook, message, id);
    const char *body = json_writer_text(&json, &size);
    if (!body) {
        json_writer_free(&json);
        done(context, message, &refused);
        return;
    }
    snprintf(timestamp, sizeof timestamp, "%lld", (long long)(message->at / 1000));
    hmac_webhook_sign(webhook->secret, webhook->secret_size, id, message->at / 1000, body, size, signature);
    const struct http_header headers[] = {{"Content-Type", "application/cloudevents+json; charset=utf-8"},
        {"webhook-id", id}, {"webhook-timestamp", timestamp}, {"webhook-signature", signature}};
    struct http_call call = {.url = webhook->url,
        .headers = headers,
        .header_count = sizeof headers / sizeof *headers,
        .body = body,
        .body_size = size,
        .timeout_ms = TIMEOUT_MS};
    channel_web_send(web, message, &call, done, context);
    json_writer_free(&json);
}

static const char *const option_names[] = {
    "url", "secret_file", "source", "ca_file", "networks", "plain", NULL};

const struct channel channel_webhook = {
    .name = "webhook",
    .purpose = "signed HTTP POST to an endpoint of the site's",
    .interrupts = true,
    .option_names = option_names,
    .required = 2,
    .critical = {.rung_ms = {0, 5000, 30000, 120000, 300000, 300000, 1800000, 7200000, 18000000, 36000000},
        .rungs = 10,
        .ttl_ms = 86400000},
    .normal = {.rung_ms = {0, 5000, 300000, 1800000, 7200000, 18000000, 36000000, 50400000, 72000000,
                   86400000},
        .rungs = 10},
    .in_flight_max = AT_ONCE,
    .open = webhook_open,
    .send = webhook_send,
    .close = channel_web_close,
};
