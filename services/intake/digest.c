#include "services/intake/digest.h"

#include "common/http_rules.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char realm[] = "sigap", purpose[] = "digest";

/* --- the header --- */

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '*';
}

/* A token or a quoted string (RFC 9110, 5.6). False: longer than fits, or a quote stays open. */
static bool read_value(const char **at, char *out, size_t room) {
    const char *from = *at;
    size_t used = 0;
    bool quoted = *from == '"';
    for (from += quoted; *from && (quoted ? *from != '"' : !strchr(", \t", *from)); from++) {
        if (quoted && *from == '\\' && from[1])
            from++;
        if (used + 1 >= room)
            return false;
        out[used++] = *from;
    }
    out[used] = 0;
    if (quoted && *from != '"')
        return false;
    *at = from + quoted;
    return true;
}

/* Where the value of this parameter goes; NULL: passed over. */
static char *place_of(struct digest *digest, const char *name, size_t size, size_t *room) {
    const struct {
        const char *name;
        char *place;
        size_t room;
    } known[] = {{"username", digest->username, sizeof digest->username},
        {"realm", digest->realm, sizeof digest->realm}, {"nonce", digest->nonce, sizeof digest->nonce},
        {"uri", digest->uri, sizeof digest->uri}, {"response", digest->response, sizeof digest->response},
        {"nc", digest->count, sizeof digest->count}, {"cnonce", digest->cnonce, sizeof digest->cnonce},
        {"qop", digest->qop, sizeof digest->qop}, {"algorithm", digest->algorithm, sizeof digest->algorithm}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strlen(known[i].name) == size && strncasecmp(known[i].name, name, size) == 0) {
            *room = known[i].room;
            return known[i].place;
        }
    }
    return NULL;
}

bool digest_read(const char *header, struct digest *digest) {
    char ignored[1024];
    *digest = (struct digest){0};
    if (!header || strncasecmp(header, "Digest ", 7) != 0)
        return false;
    for (const char *at = header + 7; *at;) {
        at += strspn(at, ", \t");
        const char *name = at;
        while (is_letter(*at))
            at++;
        size_t size = (size_t)(at - name), room = sizeof ignored;
        if (size == 0)
            return !*at;
        char *place = place_of(digest, name, size, &room);
        if (*at++ != '=' || (place && *place) || !read_value(&at, place ? place : ignored, room))
            return false;
    }
    return digest->username[0] && digest->nonce[0] && digest->uri[0] && digest->response[0];
}

/* --- the check --- */

static void hash_hex(const EVP_MD *how, char out[65], const char *const *parts, size_t count) {
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context && EVP_DigestInit_ex(context, how, NULL);
    for (size_t i = 0; good && i < count; i++)
        good = (i == 0 || EVP_DigestUpdate(context, ":", 1)) &&
               EVP_DigestUpdate(context, parts[i], strlen(parts[i]));
    good = good && EVP_DigestFinal_ex(context, hash, &size) && size <= 32;
    EVP_MD_CTX_free(context);
    sodium_bin2hex(out, 65, hash, good ? size : 0);
    sodium_memzero(hash, sizeof hash);
}

/* NULL: one we have not offered. None said is MD5. */
static const EVP_MD *algorithm_of(const struct digest *digest) {
    if (!digest->algorithm[0] || strcasecmp(digest->algorithm, "MD5") == 0)
        return EVP_md5();
    return strcasecmp(digest->algorithm, "SHA-256") == 0 ? EVP_sha256() : NULL;
}

/* The path the client has signed, decoded like ours; some write the whole address. */
static bool is_same_path(const char *uri, const char *path) {
    char decoded[512], whole[520];
    const char *scheme = strstr(uri, "://"), *slash = scheme ? strchr(scheme + 3, '/') : uri;
    if (!slash)
        return false;
    int size = snprintf(whole, sizeof whole, "u=%.*s", (int)strcspn(slash, "?#"), slash);
    for (char *plus = whole; (plus = strchr(plus, '+'));) /* a plus is itself in a path */
        *plus = '\1';
    if (size >= (int)sizeof whole || !http_form_find(whole, (size_t)size, "u", decoded, sizeof decoded))
        return false;
    for (char *mark = decoded; (mark = strchr(mark, '\1'));)
        *mark = '+';
    return strcmp(decoded, path) == 0;
}

enum digest_outcome digest_check(const struct digest *digest, const uint8_t key[HMAC_KEY_BYTES], int64_t now,
    const char *method, const char *path, const char *password) {
    const EVP_MD *how = algorithm_of(digest);
    char who[65], what[65], expected[65];
    uint8_t payload[HMAC_TOKEN_PAYLOAD_MAX];
    size_t size;
    if (!how || strcasecmp(digest->qop, "auth") != 0 || strcmp(digest->realm, realm) != 0 ||
        strlen(digest->count) != 8 || !digest->cnonce[0] || !is_same_path(digest->uri, path))
        return DIGEST_WRONG;
    enum hmac_token nonce = hmac_token_read(key, purpose, now, digest->nonce, payload, &size);
    hash_hex(how, who, (const char *[]){digest->username, digest->realm, password}, 3);
    hash_hex(how, what, (const char *[]){method, digest->uri}, 2);
    hash_hex(how, expected,
        (const char *[]){who, digest->nonce, digest->count, digest->cnonce, digest->qop, what}, 6);
    sodium_memzero(who, sizeof who);
    if (nonce == HMAC_TOKEN_FORGED || strlen(expected) == 0 || strlen(expected) != strlen(digest->response) ||
        sodium_memcmp(expected, digest->response, strlen(expected)) != 0)
        return DIGEST_WRONG;
    return nonce == HMAC_TOKEN_EXPIRED ? DIGEST_STALE : DIGEST_GOOD;
}

/* --- the challenge --- */

void digest_challenge(
    struct arena *arena, const uint8_t key[HMAC_KEY_BYTES], int64_t now, bool stale, struct answer *answer) {
    static const char *const algorithms[] = {"MD5", "SHA-256"};
    char nonce[HMAC_TOKEN_TEXT + 1];
    if (!hmac_token_make(key, purpose, now + DIGEST_NONCE_MS, "", 0, nonce))
        return;
    for (size_t i = 0; i < 2; i++) {
        const char *value =
            arena_format(arena, "Digest realm=\"%s\", qop=\"auth\", algorithm=%s, nonce=\"%s\"%s", realm,
                algorithms[i], nonce, stale ? ", stale=true" : "");
        if (value)
            answer_header(answer, "WWW-Authenticate", value);
    }
}
