/* email: SMTP through libcurl (RFC 5321, 5322). One connection a mail, five at once.
 *
 * Options: server (smtps://mail.example:465/our.name or smtp://mail.example:587 with STARTTLS), from, user,
 * password_file (a file in DATA/keys), ca_file, networks, plain. */
#include "web.h"

#include "common/hmac.h"
#include "common/http_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    AT_ONCE = 5,
    TIMEOUT_MS = 25000, /* below the lease of 30 s */
    /* headers 1 KiB, text in base 64 with line ends: 4/3 and 2 in 76 */
    MAIL_MAX = 1024 + MESSAGE_SUBJECT_MAX + 2 * MESSAGE_ADDRESS_MAX + MESSAGE_TEXT_MAX * 3 / 2,
};

struct email {
    char server[300], from[MESSAGE_ADDRESS_MAX + 1], user[128], password[256];
};

/* 535 and its like: the password, so the channel; 4yz: later; of 5yz, 552 and 554 are about the message. */
static int outcome_of_reply(int status) {
    if (status >= 200 && status < 300)
        return SEND_ACCEPTED;
    if (status == 530 || status == 534 || status == 535 || status == 538)
        return SEND_CHANNEL;
    if (status == 552 || status == 554)
        return SEND_CONTENT;
    if (status >= 500)
        return SEND_RECIPIENT;
    return SEND_TRANSIENT;
}

static int outcome_of(const struct http_result *result) {
    switch (result->outcome) {
    case HTTP_ANSWERED:
        return outcome_of_reply(result->status);
    case HTTP_REFUSED_CALL:
        return SEND_CONTENT;
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
    (void)message;
    out->outcome = outcome_of(result);
    snprintf(out->detail, sizeof out->detail, "%s %d", http_outcome_word(result->outcome), result->status);
}

static bool email_open(const struct channel_setup *setup, void **state, struct error *error) {
    struct email *email = calloc(1, sizeof *email);
    const char *user = channel_option_of(setup, "user"), *file = channel_option_of(setup, "password_file");
    if (!email)
        return error_set(error, "out of memory");
    snprintf(email->server, sizeof email->server, "%s", channel_option_of(setup, "server"));
    snprintf(email->from, sizeof email->from, "%s", channel_option_of(setup, "from"));
    snprintf(email->user, sizeof email->user, "%s", user ? user : "");
    if (!http_mail_address_good(email->from) ||
        (strncmp(email->server, "smtp://", 7) && strncmp(email->server, "smtps://", 8))) {
        free(email);
        return error_set(error, "server must begin with smtps:// or smtp://, from must be an address");
    }
    if (file && !channel_secret(setup, file, email->password, sizeof email->password, error)) {
        free(email);
        return false;
    }
    *state = channel_web_new(setup, AT_ONCE, email, settle, error);
    return *state != NULL;
}

/* RFC 5322 date in UTC. */
static void date_text(int64_t at_ms, char out[40]) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm); /* strftime would follow the locale */
    snprintf(out, 40, "%s, %02d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday % 7], tm.tm_mday,
        months[tm.tm_mon % 12], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Base 64 in lines of 76. Returns what it wrote. */
static size_t add_body(char *out, size_t room, const char *text) {
    enum { LINE_BYTES = 57 }; /* 57 bytes make 76 characters */
    size_t size = 0, left = strlen(text);
    while (left && room - size > 80) {
        size_t part = left < LINE_BYTES ? left : LINE_BYTES;
        if (!hmac_base64_encode(text, part, HMAC_BASE64_STANDARD, out + size, room - size))
            break;
        size += strlen(out + size);
        memcpy(out + size, "\r\n", 2);
        size += 2;
        text += part;
        left -= part;
    }
    return size;
}

static size_t write_mail(const struct email *email, const struct message *message, char out[MAIL_MAX]) {
    char date[40], id[ID_TEXT + 1], alert[ID_TEXT + 1];
    date_text(message->at, date);
    id_to_text(&message->delivery, id);
    id_to_text(&message->alert, alert);
    const char *domain = strchr(email->from, '@') + 1;
    int head = snprintf(out, MAIL_MAX,
        "From: Sigap <%s>\r\nTo: <%s>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s@%s>\r\n"
        "References: <%s@%s>\r\nAuto-Submitted: auto-generated\r\n%sMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        email->from, message->address, message->subject, date, id, domain, alert, domain,
        message->critical ? "X-Priority: 1\r\nImportance: high\r\n" : "");
    return (size_t)head + add_body(out + head, MAIL_MAX - (size_t)head, message->text);
}

static void email_send(void *state, const struct message *message, channel_done *done, void *context) {
    struct channel_web *web = state;
    const struct email *email = web->own;
    struct channel_result refused = {.outcome = SEND_RECIPIENT, .detail = "no address"};
    char mail[MAIL_MAX];
    const char *recipient = message->address;
    if (!http_mail_address_good(message->address)) {
        done(context, message, &refused);
        return;
    }
    size_t size = write_mail(email, message, mail);
    struct http_call call = {.url = email->server,
        .body = mail,
        .body_size = size,
        .mail_from = email->from,
        .recipients = &recipient,
        .recipient_count = 1,
        .username = email->user[0] ? email->user : NULL,
        .password = email->user[0] ? email->password : NULL,
        .timeout_ms = TIMEOUT_MS};
    channel_web_send(web, message, &call, done, context);
}

static const char *const option_names[] = {
    "server", "from", "user", "password_file", "ca_file", "networks", "plain", NULL};

const struct channel channel_email = {
    .name = "email",
    .purpose = "mail to the team's mailbox",
    .interrupts = true,
    .option_names = option_names,
    .required = 2,
    .critical = {.rung_ms = {0, 30000, 120000, 300000, 900000}, .rungs = 5, .ttl_ms = 2 * 3600000},
    .normal = {.rung_ms = {0, 300000, 600000, 1200000, 2400000, 4020000},
        .rungs = 6,
        .last_repeats = true,
        .ttl_ms = INT64_C(4) * 86400000},
    .in_flight_max = AT_ONCE,
    .open = email_open,
    .send = email_send,
    .close = channel_web_close,
};
