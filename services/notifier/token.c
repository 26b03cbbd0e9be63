#include "token.h"

#include <string.h>

enum { PAYLOAD = ID_BYTES + TEAM_HASH_BYTES + 1, TO_PERSON = 0x80 };

static const char purpose[] = "answer"; /* a token made for anything else is forged here */

bool token_write(const uint8_t key[HMAC_KEY_BYTES], const struct answer_token *token, int64_t expires_at,
    char out[HMAC_TOKEN_TEXT + 1]) {
    uint8_t payload[PAYLOAD];
    memcpy(payload, token->alert.bytes, ID_BYTES);
    memcpy(payload + ID_BYTES, token->team, TEAM_HASH_BYTES);
    payload[PAYLOAD - 1] = (uint8_t)((unsigned)token->action | (token->to_person ? TO_PERSON : 0u));
    return hmac_token_make(key, purpose, expires_at, payload, sizeof payload, out);
}

enum hmac_token token_read(
    const uint8_t key[HMAC_KEY_BYTES], const char *text, int64_t now, struct answer_token *out) {
    uint8_t payload[HMAC_TOKEN_PAYLOAD_MAX];
    size_t size = 0;
    enum hmac_token result = hmac_token_read(key, purpose, now, text, payload, &size);
    if (result == HMAC_TOKEN_FORGED || size != PAYLOAD || (payload[PAYLOAD - 1] & ~TO_PERSON) > MOVE_DONE)
        return HMAC_TOKEN_FORGED;
    memcpy(out->alert.bytes, payload, ID_BYTES);
    memcpy(out->team, payload + ID_BYTES, TEAM_HASH_BYTES);
    out->to_person = payload[PAYLOAD - 1] & TO_PERSON;
    out->action = (enum alert_move)(payload[PAYLOAD - 1] & ~TO_PERSON);
    return result;
}
