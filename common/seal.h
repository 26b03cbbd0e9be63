/* Sealing: personal data is unreadable from its first row on. XChaCha20-Poly1305 (libsodium) with random
 * nonces.
 *
 * What is sealed is bound to its place: the additional data of every seal are format, layer, key id, record
 * id, version and field. Moved to another row, column, version or layer, or altered by a bit, it does not
 * open.
 *
 *   site key pair (X25519)          intake holds the public half only
 *     session key, sealed to site   80 bytes, crypto_box_seal; lives a minute in intake, then it is wiped
 *       report key, wrapped         72 bytes: nonce 24, key 32, tag 16; one a report
 *         report                    the sealed text
 *     case key, wrapped             73 bytes: format 1, nonce 24, key 32, tag 16; destroying it erases
 *                                   the case
 *       field                       the sealed columns of a case
 *   local key                       one a daemon, for what never leaves it (reply addresses, media)
 *   hash key                        keyed hashes: equality without plaintext, another key for each use
 *
 * Layout of sealed bytes: format 1 byte, nonce 24, ciphertext as long as the plaintext, tag 16.
 *
 * Memory: keys of openers and sessions live in sodium_malloc memory and are wiped when freed; results go into
 * the caller's arena. No function blocks. Only the functions that end in _new allocate outside the arena. A
 * wrong or altered seal is never fatal: SEAL_BROKEN, and the input is parked.
 *
 * Known limits: no change of the site or hash key once it is in use; whoever holds the site secret opens
 * everything. */
#pragma once

#include "common/arena.h"
#include "common/clock.h"
#include "common/error.h"
#include "common/id.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SEAL_KEY_BYTES = 32,
    SEAL_KEY_ID_BYTES = 16,
    SEAL_OVERHEAD = 1 + 24 + 16,       /* format, nonce, tag */
    SEAL_SESSION_BYTES = 32 + 16 + 32, /* crypto_box_SEALBYTES and the session key */
    SEAL_REPORT_KEY_BYTES = 24 + 32 + 16,
    SEAL_CASE_KEY_BYTES = SEAL_OVERHEAD + 32,
    SEAL_SESSION_MS = 60 * 1000,
    SEAL_OPENER_SESSIONS = 64,        /* 64 x 144 bytes = 9 KiB; an hour of one intake */
    SEAL_FIELD_MAX = 64,              /* bytes of a field name */
    SEAL_PLAIN_MAX = 64 * 1024 * 1024 /* bytes */
};

/* Where the sealed bytes belong; only there they open. */
struct seal_place {
    struct id record;
    const char *field; /* at most SEAL_FIELD_MAX bytes, a fixed word of ours */
    int64_t version;   /* of the record; 0 where records have no versions */
};

enum seal_result {
    SEAL_OPENED,
    SEAL_BROKEN,   /* altered, cut, another place or another key: PARK */
    SEAL_NO_MEMORY /* the arena is exhausted: RETRY */
};

/* Bytes that a plaintext of this size takes when it is sealed. */
static inline size_t seal_size(size_t plain_size) {
    return plain_size + SEAL_OVERHEAD;
}

/* --- Reports: intake seals, the holder of the site secret opens --- */

struct seal_session;

/* All three point into one piece of the arena and fit into the fields of a protobuf message. */
struct sealed_report {
    ProtobufCBinaryData session;     /* SEAL_SESSION_BYTES */
    ProtobufCBinaryData wrapped_key; /* SEAL_REPORT_KEY_BYTES */
    ProtobufCBinaryData ciphertext;  /* seal_size(plain) */
};

/* site_public is copied; random is kept and must live longer. NULL with a sentence when the key is unusable
 * or memory is short. The caller frees it. */
struct seal_session *seal_session_new(const uint8_t site_public[SEAL_KEY_BYTES], const struct random *random,
    int64_t now_ms, struct error *error);
void seal_session_free(struct seal_session **session);
/* Call it once a turn, and from a timer when idle: after SEAL_SESSION_MS, or when the time has gone back, the
 * session key is overwritten by a new one. True when it was. 60 us when it was, nothing otherwise. */
bool seal_session_rotate(struct seal_session *session, int64_t now_ms);
/* False when the arena is exhausted, the plaintext is over SEAL_PLAIN_MAX or the field name over its maximum.
 */
bool seal_report(struct seal_session *session, const struct seal_place *place, const void *plain, size_t size,
    struct arena *arena, struct sealed_report *out);

struct seal_opener;

/* Holds the site secret, and the key that wraps case keys, which is derived from it (crypto_kdf). NULL when
 * out of memory. The caller frees it. */
struct seal_opener *seal_opener_new(const uint8_t site_secret[SEAL_KEY_BYTES]);
void seal_opener_free(struct seal_opener **opener);
/* plain is in the arena with a NUL after it. Remembers the last SEAL_OPENER_SESSIONS session keys: 1 us a
 * report instead of 60. */
enum seal_result seal_open_report(struct seal_opener *opener, const struct seal_place *place,
    const struct sealed_report *sealed, struct arena *arena, ProtobufCBinaryData *plain);
/* How many session keys had to be opened by the site key so far; for tests. */
uint64_t seal_opener_misses(const struct seal_opener *opener);

/* --- Cases --- */

struct seal_case_key {
    struct id case_id; /* also the id of the key: a case has one key as long as it lives */
    uint8_t bytes[SEAL_KEY_BYTES];
};

void seal_case_key_make(const struct id *case_id, const struct random *random, struct seal_case_key *out);
/* Overwrites it, in a way that the compiler may not leave out. For every copy, when its turn is over. */
void seal_case_key_wipe(struct seal_case_key *key);
/* For the case keystore (keystore_cases.h) and for the record that hands a case over. */
void seal_case_key_wrap(const struct seal_opener *opener, const struct seal_case_key *key,
    const struct random *random, uint8_t wrapped[SEAL_CASE_KEY_BYTES]);
/* SEAL_BROKEN also when it is the key of another case; out is then zeroed. */
enum seal_result seal_case_key_unwrap(const struct seal_opener *opener, const struct id *case_id,
    const void *wrapped, size_t size, struct seal_case_key *out);
/* False as in seal_report. */
bool seal_field(const struct seal_case_key *key, const struct seal_place *place, const void *plain,
    size_t size, const struct random *random, struct arena *arena, ProtobufCBinaryData *out);
/* plain is in the arena with a NUL after it. */
enum seal_result seal_open_field(const struct seal_case_key *key, const struct seal_place *place,
    const void *sealed, size_t size, struct arena *arena, ProtobufCBinaryData *plain);

/* --- What never leaves one daemon --- */

struct seal_local_key {
    uint8_t id[SEAL_KEY_ID_BYTES]; /* a hash of the key */
    uint8_t bytes[SEAL_KEY_BYTES];
};

void seal_local_key_from_bytes(const uint8_t bytes[SEAL_KEY_BYTES], struct seal_local_key *out);
bool seal_local(const struct seal_local_key *key, const struct seal_place *place, const void *plain,
    size_t size, const struct random *random, struct arena *arena, ProtobufCBinaryData *out);
enum seal_result seal_open_local(const struct seal_local_key *key, const struct seal_place *place,
    const void *sealed, size_t size, struct arena *arena, ProtobufCBinaryData *plain);

/* --- Keyed hashes: BLAKE2b-128, the key derived for each use by crypto_kdf --- */

enum { SEAL_HASH_BYTES = 16 };

/* The numbers choose the keys: never change or reuse one. 3, 4 and 5 were never used. */
enum seal_hash_use {
    SEAL_HASH_IDEMPOTENCY = 1, /* the client's Idempotency-Key */
    SEAL_HASH_EXTERNAL_ID = 2, /* (source, external id) */
    SEAL_HASH_TOKEN = 6,       /* bearer tokens at rest */
    SEAL_HASH_CONTENT = 7,     /* a whole text or file */
    SEAL_HASH_HANDLE = 8,      /* who sends: telephone numbers, accounts, chat ids, mail addresses */
};
enum { SEAL_HASH_USES = 8 };

struct seal_hash_keys {
    uint8_t of_use[SEAL_HASH_USES][SEAL_KEY_BYTES]; /* use 1 first */
};

void seal_hash_keys_derive(const uint8_t hash_key[SEAL_KEY_BYTES], struct seal_hash_keys *out);
void seal_hash(const struct seal_hash_keys *keys, enum seal_hash_use use, const void *bytes, size_t size,
    uint8_t out[SEAL_HASH_BYTES]);
/* Over two texts, so that ("ab", "c") and ("a", "bc") differ. */
void seal_hash_pair(const struct seal_hash_keys *keys, enum seal_hash_use use, const char *first,
    const char *second, uint8_t out[SEAL_HASH_BYTES]);
