#include "common/seal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    FORMAT = 1,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES
};

_Static_assert(SEAL_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key of the cipher");
_Static_assert(
    SEAL_KEY_BYTES == crypto_box_PUBLICKEYBYTES && SEAL_KEY_BYTES == crypto_box_SECRETKEYBYTES, "X25519");
_Static_assert(SEAL_KEY_BYTES == crypto_kdf_KEYBYTES && SEAL_KEY_BYTES == crypto_box_SEEDBYTES, "derivation");
_Static_assert(SEAL_OVERHEAD == 1 + NONCE + TAG, "layout");
_Static_assert(SEAL_SESSION_BYTES == crypto_box_SEALBYTES + SEAL_KEY_BYTES, "sealed session key");
_Static_assert(SEAL_REPORT_KEY_BYTES == NONCE + SEAL_KEY_BYTES + TAG, "wrapped report key");

/* --- The cipher and what it binds --- */

/* Numbers in the additional data: never change or reuse one. */
enum layer { LAYER_REPORT_KEY = 1, LAYER_REPORT = 2, LAYER_CASE_KEY = 3, LAYER_FIELD = 4, LAYER_LOCAL = 5 };

/* Additional data, of one form only: everything but the field has a fixed size, and the field's size stands
 * before it. */
struct binding {
    uint8_t bytes[2 + SEAL_KEY_ID_BYTES + ID_BYTES + 8 + 1 + SEAL_FIELD_MAX]; /* 107 */
    size_t size;
};

static bool bind(enum layer layer, const uint8_t key_id[SEAL_KEY_ID_BYTES], const struct seal_place *place,
    struct binding *out) {
    size_t field_size = strnlen(place->field, SEAL_FIELD_MAX + 1);
    if (field_size > SEAL_FIELD_MAX)
        return false;
    uint8_t *at = out->bytes;
    *at++ = FORMAT;
    *at++ = (uint8_t)layer;
    memcpy(at, key_id, SEAL_KEY_ID_BYTES);
    at += SEAL_KEY_ID_BYTES;
    memcpy(at, place->record.bytes, ID_BYTES);
    at += ID_BYTES;
    for (int i = 0; i < 8; i++)
        *at++ = (uint8_t)((uint64_t)place->version >> (56 - 8 * i));
    *at++ = (uint8_t)field_size;
    memcpy(at, place->field, field_size);
    out->size = (size_t)(at - out->bytes) + field_size;
    return true;
}

/* out: ciphertext and tag, size + TAG bytes. */
static void encrypt(const uint8_t key[SEAL_KEY_BYTES], const uint8_t nonce[NONCE],
    const struct binding *binding, const void *plain, size_t size, uint8_t *out) {
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        out, NULL, plain, size, binding->bytes, binding->size, NULL, nonce, key);
}

/* size: of ciphertext and tag, at least TAG. */
static bool decrypt(const uint8_t key[SEAL_KEY_BYTES], const uint8_t nonce[NONCE],
    const struct binding *binding, const uint8_t *sealed, size_t size, uint8_t *plain) {
    return crypto_aead_xchacha20poly1305_ietf_decrypt(
               plain, NULL, NULL, sealed, size, binding->bytes, binding->size, nonce, key) == 0;
}

/* Format, nonce, ciphertext, tag into out, which holds seal_size(size) bytes. */
static void seal_bytes(const uint8_t key[SEAL_KEY_BYTES], const struct binding *binding,
    const uint8_t nonce[NONCE], const void *plain, size_t size, uint8_t *out) {
    out[0] = FORMAT;
    memcpy(out + 1, nonce, NONCE);
    encrypt(key, nonce, binding, plain, size, out + 1 + NONCE);
}

/* plain holds size - SEAL_OVERHEAD bytes. */
static bool open_bytes(const uint8_t key[SEAL_KEY_BYTES], const struct binding *binding,
    const uint8_t *sealed, size_t size, uint8_t *plain) {
    return size >= SEAL_OVERHEAD && sealed[0] == FORMAT &&
           decrypt(key, sealed + 1, binding, sealed + 1 + NONCE, size - 1 - NONCE, plain);
}

static bool seal_into_arena(const uint8_t key[SEAL_KEY_BYTES], const struct binding *binding,
    const void *plain, size_t size, const struct random *random, struct arena *arena,
    ProtobufCBinaryData *out) {
    uint8_t nonce[NONCE];
    *out = (ProtobufCBinaryData){0, NULL};
    uint8_t *bytes = size > SEAL_PLAIN_MAX ? NULL : arena_take(arena, seal_size(size));
    if (!bytes)
        return false;
    random_fill(random, nonce, sizeof nonce);
    seal_bytes(key, binding, nonce, plain, size, bytes);
    *out = (ProtobufCBinaryData){seal_size(size), bytes};
    return true;
}

/* The NUL after the plaintext comes from the arena, which is zeroed. */
static enum seal_result open_into_arena(const uint8_t key[SEAL_KEY_BYTES], const struct binding *binding,
    const void *sealed, size_t size, struct arena *arena, ProtobufCBinaryData *plain) {
    *plain = (ProtobufCBinaryData){0, NULL};
    if (size < SEAL_OVERHEAD || size > seal_size(SEAL_PLAIN_MAX))
        return SEAL_BROKEN;
    uint8_t *bytes = arena_take(arena, size - SEAL_OVERHEAD + 1);
    if (!bytes)
        return SEAL_NO_MEMORY;
    if (!open_bytes(key, binding, sealed, size, bytes))
        return SEAL_BROKEN;
    *plain = (ProtobufCBinaryData){size - SEAL_OVERHEAD, bytes};
    return SEAL_OPENED;
}

/* --- Sessions: intake's side --- */

struct seal_session {
    const struct random *random;
    int64_t made_at;
    uint8_t site_public[SEAL_KEY_BYTES];
    uint8_t key[SEAL_KEY_BYTES];
    uint8_t
        draw[crypto_stream_chacha20_KEYBYTES]; /* report keys and nonces come out of this, see draw_fresh */
    uint64_t drawn;
    uint8_t id[SEAL_KEY_ID_BYTES];
    uint8_t sealed[SEAL_SESSION_BYTES];
};

/* The id of a session key is a hash of its seal, so that it need not be sent. */
static void session_id(const uint8_t sealed[SEAL_SESSION_BYTES], uint8_t id[SEAL_KEY_ID_BYTES]) {
    crypto_generichash(id, SEAL_KEY_ID_BYTES, sealed, SEAL_SESSION_BYTES, NULL, 0);
}

/* What crypto_box_seal() does, but with the ephemeral key from our random source: under the simulator a seed
 * must give the same bytes again. False when the site key is a point of small order. */
static bool session_seal(struct seal_session *session) {
    uint8_t seed[crypto_box_SEEDBYTES], ephemeral_secret[crypto_box_SECRETKEYBYTES],
        nonce[crypto_box_NONCEBYTES];
    uint8_t *ephemeral_public = session->sealed;
    crypto_generichash_state state;
    random_fill(session->random, seed, sizeof seed);
    crypto_box_seed_keypair(ephemeral_public, ephemeral_secret, seed);
    crypto_generichash_init(&state, NULL, 0, sizeof nonce);
    crypto_generichash_update(&state, ephemeral_public, crypto_box_PUBLICKEYBYTES);
    crypto_generichash_update(&state, session->site_public, crypto_box_PUBLICKEYBYTES);
    crypto_generichash_final(&state, nonce, sizeof nonce);
    bool sealed = crypto_box_easy(session->sealed + crypto_box_PUBLICKEYBYTES, session->key, SEAL_KEY_BYTES,
                      nonce, session->site_public, ephemeral_secret) == 0;
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(ephemeral_secret, sizeof ephemeral_secret);
    return sealed;
}

static bool session_renew(struct seal_session *session, int64_t now_ms) {
    random_fill(session->random, session->key, SEAL_KEY_BYTES); /* overwrites the one before */
    random_fill(session->random, session->draw, sizeof session->draw);
    session->drawn = 0;
    session->made_at = now_ms;
    if (!session_seal(session))
        return false;
    session_id(session->sealed, session->id);
    return true;
}

struct seal_session *seal_session_new(const uint8_t site_public[SEAL_KEY_BYTES], const struct random *random,
    int64_t now_ms, struct error *error) {
    struct seal_session *session = sodium_init() < 0 ? NULL : sodium_malloc(sizeof *session);
    if (!session) {
        error_set(error, "no memory for the session key");
        return NULL;
    }
    session->random = random;
    memcpy(session->site_public, site_public, SEAL_KEY_BYTES);
    if (session_renew(session, now_ms))
        return session;
    error_set(error, "the site's public key is no usable X25519 key");
    seal_session_free(&session);
    return NULL;
}

void seal_session_free(struct seal_session **session) {
    sodium_free(*session); /* wipes */
    *session = NULL;
}

bool seal_session_rotate(struct seal_session *session, int64_t now_ms) {
    if (now_ms >= session->made_at && now_ms - session->made_at < SEAL_SESSION_MS)
        return false;
    if (!session_renew(session, now_ms))
        abort(); /* the same public key was good before */
    return true;
}

/* What one report needs that nobody can guess. */
struct fresh {
    uint8_t key[SEAL_KEY_BYTES], key_nonce[NONCE], nonce[NONCE];
};

/* A ChaCha20 stream for each report, keyed once a session: the system's random source costs 2 us a call, half
 * of what a report may cost. Who could read the stream's key could read the session key beside it, which
 * opens the same reports. */
static void draw_fresh(struct seal_session *session, struct fresh *out) {
    uint8_t number[crypto_stream_chacha20_NONCEBYTES];
    _Static_assert(sizeof number == sizeof session->drawn, "a number is a nonce");
    memcpy(number, &session->drawn, sizeof number);
    session->drawn++;
    crypto_stream_chacha20((uint8_t *)out, sizeof *out, number, session->draw);
}

bool seal_report(struct seal_session *session, const struct seal_place *place, const void *plain, size_t size,
    struct arena *arena, struct sealed_report *out) {
    struct binding key_binding, binding;
    struct fresh fresh;
    if (size > SEAL_PLAIN_MAX || !bind(LAYER_REPORT_KEY, session->id, place, &key_binding) ||
        !bind(LAYER_REPORT, session->id, place, &binding))
        return false;
    uint8_t *bytes = arena_take(arena, SEAL_SESSION_BYTES + SEAL_REPORT_KEY_BYTES + seal_size(size));
    if (!bytes)
        return false;
    draw_fresh(session, &fresh);
    uint8_t *wrapped = bytes + SEAL_SESSION_BYTES, *ciphertext = wrapped + SEAL_REPORT_KEY_BYTES;
    memcpy(bytes, session->sealed, SEAL_SESSION_BYTES);
    memcpy(wrapped, fresh.key_nonce, NONCE);
    encrypt(session->key, fresh.key_nonce, &key_binding, fresh.key, SEAL_KEY_BYTES, wrapped + NONCE);
    seal_bytes(fresh.key, &binding, fresh.nonce, plain, size, ciphertext);
    sodium_memzero(&fresh, sizeof fresh);
    out->session = (ProtobufCBinaryData){SEAL_SESSION_BYTES, bytes};
    out->wrapped_key = (ProtobufCBinaryData){SEAL_REPORT_KEY_BYTES, wrapped};
    out->ciphertext = (ProtobufCBinaryData){seal_size(size), ciphertext};
    return true;
}

/* --- The opener: the side of the site secret --- */

struct opened_session {
    uint64_t used; /* tick of the last use; 0: free */
    uint8_t sealed[SEAL_SESSION_BYTES];
    uint8_t id[SEAL_KEY_ID_BYTES];
    uint8_t key[SEAL_KEY_BYTES];
};

struct seal_opener {
    uint64_t tick, misses;
    uint8_t site_public[SEAL_KEY_BYTES], site_secret[SEAL_KEY_BYTES];
    uint8_t case_wrap[SEAL_KEY_BYTES];
    struct opened_session *last; /* reports come in runs of one session */
    struct opened_session sessions[SEAL_OPENER_SESSIONS];
};

struct seal_opener *seal_opener_new(const uint8_t site_secret[SEAL_KEY_BYTES]) {
    struct seal_opener *opener = sodium_init() < 0 ? NULL : sodium_malloc(sizeof *opener);
    if (!opener)
        return NULL;
    memset(opener, 0, sizeof *opener);
    opener->last = opener->sessions;
    memcpy(opener->site_secret, site_secret, SEAL_KEY_BYTES);
    crypto_scalarmult_base(opener->site_public, opener->site_secret);
    crypto_kdf_derive_from_key(opener->case_wrap, SEAL_KEY_BYTES, 1, "casewrap", opener->site_secret);
    return opener;
}

void seal_opener_free(struct seal_opener **opener) {
    sodium_free(*opener); /* wipes */
    *opener = NULL;
}

uint64_t seal_opener_misses(const struct seal_opener *opener) {
    return opener->misses;
}

static bool session_is(const struct opened_session *session, const uint8_t sealed[SEAL_SESSION_BYTES]) {
    return session->used && memcmp(session->sealed, sealed, SEAL_SESSION_BYTES) == 0;
}

/* The entry of this session, or the one that was used longest ago. */
static struct opened_session *session_slot(
    struct seal_opener *opener, const uint8_t sealed[SEAL_SESSION_BYTES]) {
    struct opened_session *oldest = opener->sessions;
    if (session_is(opener->last, sealed))
        return opener->last;
    for (int i = 0; i < SEAL_OPENER_SESSIONS; i++) {
        if (session_is(&opener->sessions[i], sealed))
            return &opener->sessions[i];
        if (opener->sessions[i].used < oldest->used)
            oldest = &opener->sessions[i];
    }
    return oldest;
}

/* NULL when the seal was not made for this site or is altered; what was remembered stays. */
static const struct opened_session *session_open(
    struct seal_opener *opener, const uint8_t sealed[SEAL_SESSION_BYTES]) {
    struct opened_session *slot = session_slot(opener, sealed);
    if (!session_is(slot, sealed)) {
        uint8_t key[SEAL_KEY_BYTES];
        opener->misses++;
        if (crypto_box_seal_open(key, sealed, SEAL_SESSION_BYTES, opener->site_public, opener->site_secret) !=
            0)
            return NULL;
        memcpy(slot->sealed, sealed, SEAL_SESSION_BYTES);
        memcpy(slot->key, key, SEAL_KEY_BYTES);
        session_id(sealed, slot->id);
        sodium_memzero(key, sizeof key);
    }
    slot->used = ++opener->tick;
    return opener->last = slot;
}

enum seal_result seal_open_report(struct seal_opener *opener, const struct seal_place *place,
    const struct sealed_report *sealed, struct arena *arena, ProtobufCBinaryData *plain) {
    struct binding binding;
    uint8_t key[SEAL_KEY_BYTES];
    *plain = (ProtobufCBinaryData){0, NULL};
    if (sealed->session.len != SEAL_SESSION_BYTES || sealed->wrapped_key.len != SEAL_REPORT_KEY_BYTES)
        return SEAL_BROKEN;
    const struct opened_session *session = session_open(opener, sealed->session.data);
    const uint8_t *wrapped = sealed->wrapped_key.data;
    if (!session || !bind(LAYER_REPORT_KEY, session->id, place, &binding) ||
        !decrypt(session->key, wrapped, &binding, wrapped + NONCE, SEAL_REPORT_KEY_BYTES - NONCE, key) ||
        !bind(LAYER_REPORT, session->id, place, &binding))
        return SEAL_BROKEN;
    enum seal_result result =
        open_into_arena(key, &binding, sealed->ciphertext.data, sealed->ciphertext.len, arena, plain);
    sodium_memzero(key, sizeof key);
    return result;
}

/* --- Cases --- */

void seal_case_key_make(const struct id *case_id, const struct random *random, struct seal_case_key *out) {
    out->case_id = *case_id;
    random_fill(random, out->bytes, SEAL_KEY_BYTES);
}

void seal_case_key_wipe(struct seal_case_key *key) {
    sodium_memzero(key, sizeof *key);
}

static void bind_case_key(const struct id *case_id, struct binding *out) {
    struct seal_place place = {.record = *case_id, .field = "case_key"};
    bind(LAYER_CASE_KEY, case_id->bytes, &place, out);
}

void seal_case_key_wrap(const struct seal_opener *opener, const struct seal_case_key *key,
    const struct random *random, uint8_t wrapped[SEAL_CASE_KEY_BYTES]) {
    struct binding binding;
    uint8_t nonce[NONCE];
    bind_case_key(&key->case_id, &binding);
    random_fill(random, nonce, sizeof nonce);
    seal_bytes(opener->case_wrap, &binding, nonce, key->bytes, SEAL_KEY_BYTES, wrapped);
}

enum seal_result seal_case_key_unwrap(const struct seal_opener *opener, const struct id *case_id,
    const void *wrapped, size_t size, struct seal_case_key *out) {
    struct binding binding;
    bind_case_key(case_id, &binding);
    if (size == SEAL_CASE_KEY_BYTES && open_bytes(opener->case_wrap, &binding, wrapped, size, out->bytes)) {
        out->case_id = *case_id;
        return SEAL_OPENED;
    }
    seal_case_key_wipe(out);
    return SEAL_BROKEN;
}

bool seal_field(const struct seal_case_key *key, const struct seal_place *place, const void *plain,
    size_t size, const struct random *random, struct arena *arena, ProtobufCBinaryData *out) {
    struct binding binding;
    *out = (ProtobufCBinaryData){0, NULL};
    return bind(LAYER_FIELD, key->case_id.bytes, place, &binding) &&
           seal_into_arena(key->bytes, &binding, plain, size, random, arena, out);
}

enum seal_result seal_open_field(const struct seal_case_key *key, const struct seal_place *place,
    const void *sealed, size_t size, struct arena *arena, ProtobufCBinaryData *plain) {
    struct binding binding;
    *plain = (ProtobufCBinaryData){0, NULL};
    if (!bind(LAYER_FIELD, key->case_id.bytes, place, &binding))
        return SEAL_BROKEN;
    return open_into_arena(key->bytes, &binding, sealed, size, arena, plain);
}

/* --- What never leaves one daemon --- */

void seal_local_key_from_bytes(const uint8_t bytes[SEAL_KEY_BYTES], struct seal_local_key *out) {
    memcpy(out->bytes, bytes, SEAL_KEY_BYTES);
    crypto_generichash(
        out->id, sizeof out->id, (const uint8_t *)"sigap local key", 15, bytes, SEAL_KEY_BYTES);
}

bool seal_local(const struct seal_local_key *key, const struct seal_place *place, const void *plain,
    size_t size, const struct random *random, struct arena *arena, ProtobufCBinaryData *out) {
    struct binding binding;
    *out = (ProtobufCBinaryData){0, NULL};
    return bind(LAYER_LOCAL, key->id, place, &binding) &&
           seal_into_arena(key->bytes, &binding, plain, size, random, arena, out);
}

enum seal_result seal_open_local(const struct seal_local_key *key, const struct seal_place *place,
    const void *sealed, size_t size, struct arena *arena, ProtobufCBinaryData *plain) {
    struct binding binding;
    *plain = (ProtobufCBinaryData){0, NULL};
    if (!bind(LAYER_LOCAL, key->id, place, &binding))
        return SEAL_BROKEN;
    return open_into_arena(key->bytes, &binding, sealed, size, arena, plain);
}

/* --- Keyed hashes --- */

void seal_hash_keys_derive(const uint8_t hash_key[SEAL_KEY_BYTES], struct seal_hash_keys *out) {
    for (uint64_t use = 1; use <= SEAL_HASH_USES; use++)
        crypto_kdf_derive_from_key(out->of_use[use - 1], SEAL_KEY_BYTES, use, "sigaphsh", hash_key);
}

void seal_hash(const struct seal_hash_keys *keys, enum seal_hash_use use, const void *bytes, size_t size,
    uint8_t out[SEAL_HASH_BYTES]) {
    crypto_generichash(out, SEAL_HASH_BYTES, bytes, size, keys->of_use[use - 1], SEAL_KEY_BYTES);
}

void seal_hash_pair(const struct seal_hash_keys *keys, enum seal_hash_use use, const char *first,
    const char *second, uint8_t out[SEAL_HASH_BYTES]) {
    crypto_generichash_state state;
    crypto_generichash_init(&state, keys->of_use[use - 1], SEAL_KEY_BYTES, SEAL_HASH_BYTES);
    crypto_generichash_update(&state, (const uint8_t *)first, strlen(first) + 1); /* its NUL parts the two */
    crypto_generichash_update(&state, (const uint8_t *)second, strlen(second));
    crypto_generichash_final(&state, out, SEAL_HASH_BYTES);
    sodium_memzero(&state, sizeof state);
}
