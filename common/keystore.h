/* The key files of a site, and what of them a daemon may hold.
 *
 * DATA/keys/   site.pub            X25519, for intake; no secret
 *              site.key            its secret half, for those who open reports and case keys; intake
 *                                  never has it
 *              hash.key            for keyed hashes, shared by all that must recognise the same things
 *              local-<daemon>.key  for what never leaves one daemon
 *
 * Each is one line, `sigap-<what>-1 <base64url of 32 bytes>`, so that a file in the wrong place is recognised
 * and an operator can copy it by hand. Losing site.key loses every report and case: back it up apart from the
 * data.
 *
 * Secret files must not be readable or writable by others, nor writable by the group; a group may read them
 * (one system user a daemon). The folder must not be writable by others: a foreign site.pub there would read
 * everything from then on. Keys in memory: sodium_malloc (guard pages, not swapped where the limit allows,
 * wiped when freed). All functions block on the disk; they are for the start of a daemon. */
#pragma once

#include "common/clock.h"
#include "common/error.h"
#include "common/seal.h"

#include <stdbool.h>
#include <stdint.h>

enum keystore_part {
    KEYSTORE_PUBLIC = 1,
    KEYSTORE_SECRET = 2, /* brings PUBLIC along */
    KEYSTORE_HASH = 4,
    KEYSTORE_LOCAL = 8
};

enum { KEYSTORE_DAEMON_MAX = 32 /* letters of a daemon's name: a to z */ };

struct keystore;

/* Makes dir (0750; its parent must exist) and the files that are missing, secrets with mode 0600: a file is
 * complete and durable when it appears, and one that is there is never replaced, also when several daemons
 * start at once. daemons: names for local keys, NULL at the end. False with a sentence, among others when
 * site.pub is there without site.key: a new pair would make what is sealed for the old one unreadable. */
bool keystore_create(
    const char *dir, const char *const *daemons, const struct random *random, struct error *error);
/* parts: of enum keystore_part; only their files are opened. daemon: whose local key (may be NULL without
 * KEYSTORE_LOCAL). False with a sentence, *out is then NULL: a file missing, of another kind, open to others,
 * or site.pub and site.key that do not belong together. The caller frees *out. */
bool keystore_load(
    const char *dir, const char *daemon, unsigned parts, struct keystore **out, struct error *error);
/* For tests and the simulator: every key is derived from seed, so that several daemons in one process fit
 * together without a file. NULL when out of memory. */
struct keystore *keystore_from_seed(const uint8_t seed[SEAL_KEY_BYTES], const char *daemon, unsigned parts);
void keystore_free(struct keystore **keystore);

/* All point into the keystore. NULL when the part was not loaded: asking for it is a bug and ends in a crash,
 * never in sealing with a key of zeros. */
const uint8_t *keystore_site_public(const struct keystore *keystore); /* SEAL_KEY_BYTES */
const uint8_t *keystore_site_secret(const struct keystore *keystore); /* SEAL_KEY_BYTES */
const struct seal_hash_keys *keystore_hash(const struct keystore *keystore);
const struct seal_local_key *keystore_local(const struct keystore *keystore);
/* HMAC_KEY_BYTES for hmac_token_make: derived from hash.key, so that one daemon makes the link and another
 * reads it. */
const uint8_t *keystore_token_key(const struct keystore *keystore);
/* For what people write in commands (words.h): derived from hash.key too. */
const struct seal_local_key *keystore_words(const struct keystore *keystore);
