/* HTTP digest: headers of every kind, and only the right answer opens. The answers are made by an independent
 * calculation (RFC 7616, 3.4.1) in tests/system with curl and Python; here they are made from the same words.
 */
#include "services/intake/digest.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t key[HMAC_KEY_BYTES] = {7};
static const int64_t now = INT64_C(1772420400000);

static void headers_are_read(void **state) {
    (void)state;
    static const struct {
        const char *header;
        bool sound;
        const char *username, *uri;
    } cases[] = {
        {"Digest username=\"petugas\", realm=\"sigap\", nonce=\"n\", uri=\"/x\", response=\"r\"", true,
            "petugas", "/x"},
        {"digest USERNAME=a,nonce=n,uri=/x,response=r,opaque=\"o\",userhash=false", true, "a", "/x"},
        {"Digest username=\"a \\\"b\\\" \\\\c\", nonce=\"n\", uri=\"/a,b=c\", response=\"r\"", true,
            "a \"b\" \\c", "/a,b=c"},
        {"Digest username=\"a\", nonce=\"n\", uri=\"/x\"", false, "", ""},
        {"Digest username=\"a\", username=\"b\", nonce=\"n\", uri=\"/x\", response=\"r\"", false, "", ""},
        {"Digest username=\"a, nonce=n", false, "", ""},
        {"Digest username", false, "", ""},
        {"Digest =", false, "", ""},
        {"Digest ", false, "", ""},
        {"Basic eDp5", false, "", ""},
        {NULL, false, "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct digest digest;
        if (digest_read(cases[i].header, &digest) != cases[i].sound)
            fail_msg("case %zu", i);
        if (cases[i].sound) {
            assert_string_equal(digest.username, cases[i].username);
            assert_string_equal(digest.uri, cases[i].uri);
        }
    }
    char longest[4096] = "Digest username=\"";
    memset(longest + strlen(longest), 'x', 3000);
    struct digest digest;
    assert_false(digest_read(longest, &digest));
}

/* H of "a:b:c" as a client makes it. */
static void hex_of(const char *algorithm, const char *text, char out[65]) {
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned size;
    assert_true(EVP_Digest(
        text, strlen(text), hash, &size, strcmp(algorithm, "MD5") == 0 ? EVP_md5() : EVP_sha256(), NULL));
    sodium_bin2hex(out, 65, hash, size);
}

struct client {
    const char *algorithm, *user, *password, *method, *uri, *qop, *count, *realm;
};

static void answer_as(const struct client *client, const char *nonce, struct digest *out) {
    char text[1024], who[65], what[65];
    *out = (struct digest){0};
    snprintf(text, sizeof text, "%s:%s:%s", client->user, client->realm, client->password);
    hex_of(client->algorithm, text, who);
    snprintf(text, sizeof text, "%s:%s", client->method, client->uri);
    hex_of(client->algorithm, text, what);
    snprintf(text, sizeof text, "%s:%s:%s:0a4f113b:%s:%s", who, nonce, client->count, client->qop, what);
    hex_of(client->algorithm, text, out->response);
    snprintf(out->username, sizeof out->username, "%s", client->user);
    snprintf(out->realm, sizeof out->realm, "%s", client->realm);
    snprintf(out->nonce, sizeof out->nonce, "%s", nonce);
    snprintf(out->uri, sizeof out->uri, "%s", client->uri);
    snprintf(out->cnonce, sizeof out->cnonce, "0a4f113b");
    snprintf(out->count, sizeof out->count, "%s", client->count);
    snprintf(out->qop, sizeof out->qop, "%s", client->qop);
    snprintf(out->algorithm, sizeof out->algorithm, "%s", client->algorithm);
}

/* The nonce of the first challenge. */
static void nonce_at(int64_t at, bool stale, char out[HMAC_TOKEN_TEXT + 1]) {
    struct arena *arena = arena_new(1 << 16);
    struct answer answer = {0};
    digest_challenge(arena, key, at, stale, &answer);
    assert_int_equal(answer.header_count, 2);
    const char *from = strstr(answer.headers[0].value, "nonce=\"");
    assert_non_null(from);
    assert_true(stale == (strstr(answer.headers[0].value, "stale=true") != NULL));
    assert_non_null(strstr(answer.headers[1].value, "algorithm=SHA-256"));
    snprintf(out, HMAC_TOKEN_TEXT + 1, "%.*s", (int)strcspn(from + 7, "\""), from + 7);
    arena_free(&arena);
}

static void only_the_right_answer_opens(void **state) {
    (void)state;
    static const struct client right = {"MD5", "petugas", "sigap_x", "POST",
        "/openrosa/submission?deviceID=collect%3A1", "auth", "00000001", "sigap"};
    struct client other = right;
    struct digest digest;
    char nonce[HMAC_TOKEN_TEXT + 1], forged[HMAC_TOKEN_TEXT + 1];
    nonce_at(now, false, nonce);
    static const char path[] = "/openrosa/submission";
#define OUTCOME(at, how, where) digest_check(&digest, key, at, how, where, "sigap_x")
    for (int sha = 0; sha < 2; sha++) {
        other.algorithm = sha ? "SHA-256" : "MD5";
        answer_as(&other, nonce, &digest);
        assert_int_equal(OUTCOME(now, "POST", path), DIGEST_GOOD);
        assert_int_equal(OUTCOME(now + DIGEST_NONCE_MS + 2000, "POST", path), DIGEST_STALE);
        assert_int_equal(OUTCOME(now, "HEAD", path), DIGEST_WRONG);
        assert_int_equal(OUTCOME(now, "POST", "/openrosa/formList"), DIGEST_WRONG);
        assert_int_equal(digest_check(&digest, key, now, "POST", path, ""), DIGEST_WRONG);
        digest.response[3] ^= 1;
        assert_int_equal(OUTCOME(now, "POST", path), DIGEST_WRONG);
    }
    other = right;
    other.uri = "http://sigap.example/openrosa/submission";
    answer_as(&other, nonce, &digest);
    assert_int_equal(OUTCOME(now, "POST", path), DIGEST_GOOD);
    strcpy(forged, nonce);
    forged[0] = forged[0] == 'A' ? 'B' : 'A';
    answer_as(&right, forged, &digest);
    assert_int_equal(OUTCOME(now, "POST", path), DIGEST_WRONG);
    const struct client wrong[] = {
        {"MD5", "petugas", "sigap_y", "POST", path, "auth", "00000001", "sigap"},
        {"MD5", "petugas", "sigap_x", "POST", path, "auth-int", "00000001", "sigap"},
        {"MD5", "petugas", "sigap_x", "POST", path, "", "00000001", "sigap"},
        {"MD5", "petugas", "sigap_x", "POST", path, "auth", "1", "sigap"},
        {"MD5", "petugas", "sigap_x", "POST", path, "auth", "00000001", "other"},
        {"MD5", "petugas", "sigap_x", "POST", "http://x", "auth", "00000001", "sigap"},
        {"MD5", "petugas", "sigap_x", "POST", "", "auth", "00000001", "sigap"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        answer_as(&wrong[i], nonce, &digest);
        if (OUTCOME(now, "POST", path) != DIGEST_WRONG)
            fail_msg("wrong answer %zu opened", i);
    }
    answer_as(&right, nonce, &digest);
    strcpy(digest.algorithm, "MD5-sess"); /* not offered */
    assert_int_equal(OUTCOME(now, "POST", path), DIGEST_WRONG);
    nonce_at(now, true, nonce);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_read),
        cmocka_unit_test(only_the_right_answer_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
