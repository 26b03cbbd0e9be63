/* HTTP digest (RFC 7616, qop=auth) for forms apps that cannot send a token otherwise. Pure but for the
 * nonce's key.
 *
 * MD5 is offered first and SHA-256 second: ODK Collect and its like take the first challenge they are given
 * and know MD5 only. Neither replaces TLS. A nonce is a signed time, so nothing is kept for a client; it
 * holds five minutes, and until then a request that was overheard may be repeated: a submission repeated does
 * nothing.
 *
 * Hostile here: the whole header. */
#pragma once

#include "common/arena.h"
#include "common/hmac.h"
#include "common/request.h"

#include <stdbool.h>
#include <stdint.h>

enum { DIGEST_NONCE_MS = 5 * 60 * 1000 };

struct digest {
    char username[128], realm[32], nonce[HMAC_TOKEN_TEXT + 1], uri[512], response[65], count[9], cnonce[128],
        qop[16], algorithm[16];
};

/* False: no digest header, or none that can be right: something is missing, stands twice or is too long. */
bool digest_read(const char *header, struct digest *digest);

enum digest_outcome { DIGEST_GOOD, DIGEST_STALE, DIGEST_WRONG };

/* path: decoded, as the request has it. password: of digest->username. Compared in constant time. */
enum digest_outcome digest_check(const struct digest *digest, const uint8_t key[HMAC_KEY_BYTES], int64_t now,
    const char *method, const char *path, const char *password);
/* The two headers WWW-Authenticate. stale: the client may try again without asking its user. */
void digest_challenge(
    struct arena *arena, const uint8_t key[HMAC_KEY_BYTES], int64_t now, bool stale, struct answer *answer);
