/* HMAC-SHA256 and base 64 (libsodium): signatures on webhooks that go out or come in, and tokens in links.
 *
 * What is compared with something secret is compared in constant time. Hostile here: every header, token and
 * text that comes in. Nothing here allocates, blocks or is fatal. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HMAC_BYTES = 32,
    HMAC_KEY_BYTES = 32,
    HMAC_WEBHOOK_SECRET_MIN = 24, /* Standard Webhooks: 24 to 64 bytes */
    HMAC_WEBHOOK_SECRET_MAX = 64,
    HMAC_WEBHOOK_TEXT = 47,            /* "v1," + 44 characters, without the NUL */
    HMAC_WEBHOOK_TOLERANCE_S = 5 * 60, /* how far a message's time may be from ours */
    HMAC_TOKEN_PAYLOAD_MAX = 28,       /* 48 bytes - 4 expiry - 16 signature */
    HMAC_TOKEN_TEXT = 64 /* 48 bytes in base64url: what a Telegram button (callback_data) may hold */
};

/* key of any size (RFC 2104). */
void hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size, uint8_t out[HMAC_BYTES]);

/* --- Standard Webhooks 1.0: headers webhook-id, webhook-timestamp (epoch seconds), webhook-signature --- */

/* Reads "whsec_" and base 64 (the prefix may be missing). False when it is not 24 to 64 bytes in base 64. */
bool hmac_webhook_secret(const char *text, uint8_t secret[HMAC_WEBHOOK_SECRET_MAX], size_t *size);
/* The value of webhook-signature over `id.timestamp.body`. id must not hold a dot (the specification). */
void hmac_webhook_sign(const uint8_t *secret, size_t secret_size, const char *id, int64_t timestamp_s,
    const void *body, size_t size, char out[HMAC_WEBHOOK_TEXT + 1]);
/* signatures: the header as it came, several may be separated by blanks, versions other than v1 are passed
 * over. False when none fits or the timestamp is more than the tolerance from now_s. */
bool hmac_webhook_verify(const uint8_t *secret, size_t secret_size, const char *id, int64_t timestamp_s,
    const void *body, size_t size, const char *signatures, int64_t now_s);

/* --- Meta (WhatsApp, Messenger): X-Hub-Signature-256, "sha256=" and 64 hexadecimal digits over the raw body
 * --- */
bool hmac_hub_verify(const char *app_secret, const void *body, size_t size, const char *header);

/* --- Tokens in answer links and buttons: payload, expiry, 128 bits of HMAC, all in base64url --- */

enum hmac_token { HMAC_TOKEN_GOOD, HMAC_TOKEN_EXPIRED, HMAC_TOKEN_FORGED };

/* purpose (for example "answer") is signed but not sent: a token made for one purpose is forged for every
 * other. expires_at: epoch ms, rounded up to whole seconds, until 2106. At most HMAC_TOKEN_PAYLOAD_MAX bytes
 * of payload, which anyone can read; false when there are more. */
bool hmac_token_make(const uint8_t key[HMAC_KEY_BYTES], const char *purpose, int64_t expires_at,
    const void *payload, size_t size, char out[HMAC_TOKEN_TEXT + 1]);
/* payload and size are set when GOOD or EXPIRED. */
enum hmac_token hmac_token_read(const uint8_t key[HMAC_KEY_BYTES], const char *purpose, int64_t now_ms,
    const char *text, uint8_t payload[HMAC_TOKEN_PAYLOAD_MAX], size_t *size);

/* --- Base 64 (RFC 4648): STANDARD with padding, URL without --- */

enum hmac_base64 { HMAC_BASE64_STANDARD, HMAC_BASE64_URL };

/* Bytes that the text of size bytes takes, with its NUL. */
size_t hmac_base64_size(size_t size, enum hmac_base64 form);
/* False when text_size is too small (see hmac_base64_size). */
bool hmac_base64_encode(const void *bytes, size_t size, enum hmac_base64 form, char *text, size_t text_size);
/* text of length bytes, no blanks. False when it is not in this form or does not fit; bytes may then hold a
 * part. */
bool hmac_base64_decode(
    const char *text, size_t length, enum hmac_base64 form, void *bytes, size_t cap, size_t *size);
