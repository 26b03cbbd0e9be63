#include "common/hmac.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    TOKEN_SIGNATURE_BYTES = 16,
    TOKEN_EXPIRY_BYTES = 4,
    TOKEN_BYTES_MAX = HMAC_TOKEN_PAYLOAD_MAX + TOKEN_EXPIRY_BYTES + TOKEN_SIGNATURE_BYTES
};

void hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size, uint8_t out[HMAC_BYTES]) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key, key_size);
    crypto_auth_hmacsha256_update(&state, bytes, size);
    crypto_auth_hmacsha256_final(&state, out);
    sodium_memzero(&state, sizeof state);
}

/* --- Base 64 --- */

static int variant_of(enum hmac_base64 form) {
    return form == HMAC_BASE64_STANDARD ? sodium_base64_VARIANT_ORIGINAL
                                        : sodium_base64_VARIANT_URLSAFE_NO_PADDING;
}

size_t hmac_base64_size(size_t size, enum hmac_base64 form) {
    return sodium_base64_encoded_len(size, variant_of(form));
}

bool hmac_base64_encode(const void *bytes, size_t size, enum hmac_base64 form, char *text, size_t text_size) {
    if (hmac_base64_size(size, form) > text_size) /* libsodium would end the process */
        return false;
    sodium_bin2base64(text, text_size, bytes, size, variant_of(form));
    return true;
}

/* libsodium takes every byte above 127 for the last sign of the alphabet. */
static bool is_ascii(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] > 127)
            return false;
    return true;
}

bool hmac_base64_decode(
    const char *text, size_t length, enum hmac_base64 form, void *bytes, size_t cap, size_t *size) {
    const char *end = NULL;
    return is_ascii(text, length) &&
           sodium_base642bin(bytes, cap, text, length, NULL, size, &end, variant_of(form)) == 0 &&
           end == text + length;
}

/* --- Standard Webhooks --- */

bool hmac_webhook_secret(const char *text, uint8_t secret[HMAC_WEBHOOK_SECRET_MAX], size_t *size) {
    static const char prefix[] = "whsec_";
    if (strncmp(text, prefix, sizeof prefix - 1) == 0)
        text += sizeof prefix - 1;
    return hmac_base64_decode(
               text, strlen(text), HMAC_BASE64_STANDARD, secret, HMAC_WEBHOOK_SECRET_MAX, size) &&
           *size >= HMAC_WEBHOOK_SECRET_MIN;
}

void hmac_webhook_sign(const uint8_t *secret, size_t secret_size, const char *id, int64_t timestamp_s,
    const void *body, size_t size, char out[HMAC_WEBHOOK_TEXT + 1]) {
    char time[24]; /* two dots and 20 digits with sign */
    size_t time_size = (size_t)snprintf(time, sizeof time, ".%" PRId64 ".", timestamp_s);
    uint8_t signature[HMAC_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, secret, secret_size);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)id, strlen(id));
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)time, time_size);
    crypto_auth_hmacsha256_update(&state, body, size);
    crypto_auth_hmacsha256_final(&state, signature);
    sodium_memzero(&state, sizeof state);
    memcpy(out, "v1,", 3);
    hmac_base64_encode(signature, sizeof signature, HMAC_BASE64_STANDARD, out + 3, HMAC_WEBHOOK_TEXT + 1 - 3);
}

bool hmac_webhook_verify(const uint8_t *secret, size_t secret_size, const char *id, int64_t timestamp_s,
    const void *body, size_t size, const char *signatures, int64_t now_s) {
    char expected[HMAC_WEBHOOK_TEXT + 1];
    bool fits = false;
    if (timestamp_s < now_s - HMAC_WEBHOOK_TOLERANCE_S || timestamp_s > now_s + HMAC_WEBHOOK_TOLERANCE_S)
        return false;
    hmac_webhook_sign(secret, secret_size, id, timestamp_s, body, size, expected);
    while (*signatures) {
        size_t length = strcspn(signatures, " ");
        if (length == HMAC_WEBHOOK_TEXT && sodium_memcmp(signatures, expected, HMAC_WEBHOOK_TEXT) == 0)
            fits = true;
        signatures += length;
        signatures += strspn(signatures, " ");
    }
    return fits;
}

bool hmac_hub_verify(const char *app_secret, const void *body, size_t size, const char *header) {
    static const char prefix[] = "sha256=";
    uint8_t expected[HMAC_BYTES], given[HMAC_BYTES];
    size_t given_size;
    const char *end, *digits = header + sizeof prefix - 1;
    if (strncmp(header, prefix, sizeof prefix - 1) != 0 || strlen(digits) != 2 * HMAC_BYTES ||
        sodium_hex2bin(given, sizeof given, digits, 2 * HMAC_BYTES, NULL, &given_size, &end) != 0 ||
        given_size != HMAC_BYTES)
        return false;
    hmac_sha256(app_secret, strlen(app_secret), body, size, expected);
    return sodium_memcmp(given, expected, HMAC_BYTES) == 0;
}

/* --- Tokens --- */

/* Over the purpose with its NUL, so that none is the beginning of another, and what the token carries. */
static void token_sign(const uint8_t key[HMAC_KEY_BYTES], const char *purpose, const uint8_t *bytes,
    size_t size, uint8_t out[TOKEN_SIGNATURE_BYTES]) {
    uint8_t full[HMAC_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key, HMAC_KEY_BYTES);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1);
    crypto_auth_hmacsha256_update(&state, bytes, size);
    crypto_auth_hmacsha256_final(&state, full);
    sodium_memzero(&state, sizeof state);
    memcpy(out, full, TOKEN_SIGNATURE_BYTES);
}

/* Epoch seconds that fit into 4 bytes: an hour too early or too late is never made of an overflow. */
static uint32_t expiry_seconds(int64_t expires_at) {
    if (expires_at <= 0)
        return 0;
    int64_t seconds = expires_at / 1000 + (expires_at % 1000 != 0);
    return seconds > UINT32_MAX ? UINT32_MAX : (uint32_t)seconds;
}

bool hmac_token_make(const uint8_t key[HMAC_KEY_BYTES], const char *purpose, int64_t expires_at,
    const void *payload, size_t size, char out[HMAC_TOKEN_TEXT + 1]) {
    uint8_t bytes[TOKEN_BYTES_MAX];
    out[0] = 0;
    if (size > HMAC_TOKEN_PAYLOAD_MAX)
        return false;
    uint32_t seconds = expiry_seconds(expires_at);
    for (int i = 0; i < TOKEN_EXPIRY_BYTES; i++)
        bytes[i] = (uint8_t)(seconds >> (24 - 8 * i));
    if (size)
        memcpy(bytes + TOKEN_EXPIRY_BYTES, payload, size);
    size_t used = TOKEN_EXPIRY_BYTES + size;
    token_sign(key, purpose, bytes, used, bytes + used);
    return hmac_base64_encode(bytes, used + TOKEN_SIGNATURE_BYTES, HMAC_BASE64_URL, out, HMAC_TOKEN_TEXT + 1);
}

enum hmac_token hmac_token_read(const uint8_t key[HMAC_KEY_BYTES], const char *purpose, int64_t now_ms,
    const char *text, uint8_t payload[HMAC_TOKEN_PAYLOAD_MAX], size_t *size) {
    uint8_t bytes[TOKEN_BYTES_MAX], expected[TOKEN_SIGNATURE_BYTES];
    size_t used, length = strnlen(text, HMAC_TOKEN_TEXT + 1);
    *size = 0;
    if (length > HMAC_TOKEN_TEXT ||
        !hmac_base64_decode(text, length, HMAC_BASE64_URL, bytes, sizeof bytes, &used) ||
        used < TOKEN_EXPIRY_BYTES + TOKEN_SIGNATURE_BYTES)
        return HMAC_TOKEN_FORGED;
    used -= TOKEN_SIGNATURE_BYTES;
    token_sign(key, purpose, bytes, used, expected);
    if (sodium_memcmp(expected, bytes + used, TOKEN_SIGNATURE_BYTES) != 0)
        return HMAC_TOKEN_FORGED;
    int64_t seconds = 0;
    for (int i = 0; i < TOKEN_EXPIRY_BYTES; i++)
        seconds = seconds << 8 | bytes[i];
    *size = used - TOKEN_EXPIRY_BYTES;
    memcpy(payload, bytes + TOKEN_EXPIRY_BYTES, *size);
    return now_ms > seconds * 1000 ? HMAC_TOKEN_EXPIRED : HMAC_TOKEN_GOOD;
}
