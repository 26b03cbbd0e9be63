/* Answer links: a token of 64 characters bound to one team or person, one alert and one action, so that a
 * message can be answered without a login. Shown by GET, acted on by POST only (the console sees to it): link
 * scanners must not answer. Anyone may read the payload: it holds ids and a hash, nothing else. */
#pragma once

#include "common/hmac.h"
#include "common/id.h"

#include "alert.h"
#include "teams.h"

struct answer_token {
    struct id alert;
    uint8_t team[TEAM_HASH_BYTES]; /* of a team, or of a person of a team (person_hash) */
    bool to_person;
    enum alert_move action;
};

/* alert 16 + team 8 + action 1 = 25 bytes of HMAC_TOKEN_PAYLOAD_MAX 28 */
bool token_write(const uint8_t key[HMAC_KEY_BYTES], const struct answer_token *token, int64_t expires_at,
    char out[HMAC_TOKEN_TEXT + 1]);
enum hmac_token token_read(
    const uint8_t key[HMAC_KEY_BYTES], const char *text, int64_t now, struct answer_token *out);
