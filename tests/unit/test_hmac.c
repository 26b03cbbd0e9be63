/* HMAC against published vectors; webhooks, tokens and base 64 against what an attacker would try. */
#include "common/hmac.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

/* RFC 4231, test cases 1, 2 and 6 (a key longer than a block). */
static void vectors(void **state) {
    uint8_t key1[20], key6[131], out[HMAC_BYTES];
    char text[2 * HMAC_BYTES + 1];
    memset(key1, 0x0b, sizeof key1);
    memset(key6, 0xaa, sizeof key6);
    const struct {
        const void *key;
        size_t key_size;
        const char *bytes, *expected;
    } cases[] = {
        {key1, sizeof key1, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", 4, "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {key6, sizeof key6, "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hmac_sha256(cases[i].key, cases[i].key_size, cases[i].bytes, strlen(cases[i].bytes), out);
        assert_string_equal(sodium_bin2hex(text, sizeof text, out, sizeof out), cases[i].expected);
    }
}

/* The example of the Standard Webhooks specification's libraries. */
static const char webhook_secret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const char webhook_id[] = "msg_p5jXN8AQM9LWM0D4loKWxJek";
static const char webhook_body[] = "{\"test\": 2432232314}";
static const char webhook_signature[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
enum { WEBHOOK_AT = 1614265330 };

static void webhook_known(void **state) {
    uint8_t secret[HMAC_WEBHOOK_SECRET_MAX];
    size_t size;
    char out[HMAC_WEBHOOK_TEXT + 1];
    (void)state;
    assert_true(hmac_webhook_secret(webhook_secret, secret, &size));
    assert_int_equal(size, 24);
    hmac_webhook_sign(secret, size, webhook_id, WEBHOOK_AT, webhook_body, strlen(webhook_body), out);
    assert_string_equal(out, webhook_signature);
    assert_int_equal(strlen(out), HMAC_WEBHOOK_TEXT);
}

static void webhook_verify(void **state) {
    static const struct {
        const char *id, *body, *signatures;
        int64_t timestamp_s, now_s;
        bool good;
    } cases[] = {
        {webhook_id, webhook_body, webhook_signature, WEBHOOK_AT, WEBHOOK_AT, true},
        {webhook_id, webhook_body, webhook_signature, WEBHOOK_AT, WEBHOOK_AT + 300, true},
        {webhook_id, webhook_body, webhook_signature, WEBHOOK_AT, WEBHOOK_AT - 300, true},
        {webhook_id, webhook_body, webhook_signature, WEBHOOK_AT, WEBHOOK_AT + 301, false},
        {webhook_id, webhook_body, webhook_signature, WEBHOOK_AT, WEBHOOK_AT - 301, false},
        {webhook_id, webhook_body,
            "v1a,xx v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", WEBHOOK_AT, WEBHOOK_AT, true},
        {webhook_id, webhook_body, "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", WEBHOOK_AT, WEBHOOK_AT,
            false},
        {webhook_id, webhook_body, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=", WEBHOOK_AT, WEBHOOK_AT,
            false},
        {webhook_id, webhook_body, "v1,g0hM9SsE", WEBHOOK_AT, WEBHOOK_AT, false},
        {webhook_id, webhook_body, "", WEBHOOK_AT, WEBHOOK_AT, false},
        {"msg_other", webhook_body, webhook_signature, WEBHOOK_AT, WEBHOOK_AT, false},
        {webhook_id, "{\"test\": 2432232315}", webhook_signature, WEBHOOK_AT, WEBHOOK_AT, false},
        {webhook_id, webhook_body, webhook_signature, WEBHOOK_AT + 1, WEBHOOK_AT, false},
    };
    uint8_t secret[HMAC_WEBHOOK_SECRET_MAX];
    size_t size;
    (void)state;
    assert_true(hmac_webhook_secret(webhook_secret, secret, &size));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (hmac_webhook_verify(secret, size, cases[i].id, cases[i].timestamp_s, cases[i].body,
                strlen(cases[i].body), cases[i].signatures, cases[i].now_s) != cases[i].good)
            fail_msg("case %zu", i);
}

static void webhook_secrets(void **state) {
    static const struct {
        const char *text;
        size_t size; /* 0: refused */
    } cases[] = {
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 24},
        {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 24},
        {"whsec_AAAA", 0},
        {"whsec_", 0},
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", 0},
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa_w", 0},
        {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILA==", 64},
        {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqrTwjUPD8ILPY=", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t secret[HMAC_WEBHOOK_SECRET_MAX];
        size_t size;
        assert_int_equal(hmac_webhook_secret(cases[i].text, secret, &size), cases[i].size != 0);
        if (cases[i].size)
            assert_int_equal(size, cases[i].size);
    }
}

static void hub(void **state) {
    static const struct {
        const char *header;
        bool good;
    } cases[] = {
        {"sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", true},
        {"sha256=5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843", true},
        {"sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3842", false},
        {"sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec384", false},
        {"sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec38433", false},
        {"sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec384g", false},
        {"sha1=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", false},
        {"sha256=", false},
        {"", false},
    };
    static const char body[] = "what do ya want for nothing?";
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (hmac_hub_verify("Jefe", body, strlen(body), cases[i].header) != cases[i].good)
            fail_msg("%s", cases[i].header);
}

static const uint8_t token_key[HMAC_KEY_BYTES] = {7, 7, 7};
#define TOKEN_AT INT64_C(1764028800000)

static void token_sizes(void **state) {
    uint8_t payload[HMAC_TOKEN_PAYLOAD_MAX + 1], out[HMAC_TOKEN_PAYLOAD_MAX];
    (void)state;
    for (size_t size = 0; size < sizeof payload; size++) {
        char text[HMAC_TOKEN_TEXT + 1];
        size_t got;
        payload[size] = (uint8_t)(size * 31);
        assert_true(hmac_token_make(token_key, "answer", TOKEN_AT, payload, size, text));
        assert_true(strlen(text) <= HMAC_TOKEN_TEXT);
        assert_int_equal(
            strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), strlen(text));
        assert_int_equal(hmac_token_read(token_key, "answer", TOKEN_AT, text, out, &got), HMAC_TOKEN_GOOD);
        assert_int_equal(got, size);
        if (size)
            assert_memory_equal(out, payload, size);
    }
    char text[HMAC_TOKEN_TEXT + 1];
    assert_false(hmac_token_make(token_key, "answer", TOKEN_AT, payload, sizeof payload, text));
    assert_string_equal(text, "");
}

static void token_expiry(void **state) {
    static const struct {
        int64_t expires_at, now_ms;
        enum hmac_token result;
    } cases[] = {
        {TOKEN_AT, TOKEN_AT, HMAC_TOKEN_GOOD},
        {TOKEN_AT, TOKEN_AT + 1, HMAC_TOKEN_EXPIRED},
        {TOKEN_AT + 1, TOKEN_AT + 1000, HMAC_TOKEN_GOOD}, /* rounded up */
        {TOKEN_AT + 1, TOKEN_AT + 1001, HMAC_TOKEN_EXPIRED},
        {-5, TOKEN_AT, HMAC_TOKEN_EXPIRED},
        {INT64_MAX, TOKEN_AT, HMAC_TOKEN_GOOD}, /* held at 2106 */
        {INT64_MAX, INT64_C(4294967296000), HMAC_TOKEN_EXPIRED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[HMAC_TOKEN_TEXT + 1];
        uint8_t out[HMAC_TOKEN_PAYLOAD_MAX];
        size_t size;
        assert_true(hmac_token_make(token_key, "answer", cases[i].expires_at, "id", 2, text));
        assert_int_equal(
            hmac_token_read(token_key, "answer", cases[i].now_ms, text, out, &size), cases[i].result);
        assert_int_equal(size, 2);
    }
}

static void token_forged(void **state) {
    char text[HMAC_TOKEN_TEXT + 1], altered[HMAC_TOKEN_TEXT + 8];
    uint8_t out[HMAC_TOKEN_PAYLOAD_MAX], other_key[HMAC_KEY_BYTES] = {7, 7, 8};
    size_t size;
    (void)state;
    assert_true(hmac_token_make(token_key, "answer", TOKEN_AT, "0123456789abcdef", 16, text));
    assert_int_equal(hmac_token_read(other_key, "answer", TOKEN_AT, text, out, &size), HMAC_TOKEN_FORGED);
    assert_int_equal(hmac_token_read(token_key, "answers", TOKEN_AT, text, out, &size), HMAC_TOKEN_FORGED);
    assert_int_equal(hmac_token_read(token_key, "", TOKEN_AT, text, out, &size), HMAC_TOKEN_FORGED);
    for (size_t i = 0; text[i]; i++) {
        strcpy(altered, text);
        altered[i] = text[i] == 'A' ? 'B' : 'A';
        assert_int_equal(
            hmac_token_read(token_key, "answer", TOKEN_AT, altered, out, &size), HMAC_TOKEN_FORGED);
        altered[i] = 0; /* cut here */
        assert_int_equal(
            hmac_token_read(token_key, "answer", TOKEN_AT, altered, out, &size), HMAC_TOKEN_FORGED);
        assert_int_equal(size, 0);
    }
    strcat(strcpy(altered, text), "A");
    assert_int_equal(hmac_token_read(token_key, "answer", TOKEN_AT, altered, out, &size), HMAC_TOKEN_FORGED);
}

/* A byte moved from what is signed into the purpose: the same bytes under the key, but no token. */
static void token_purpose_boundary(void **state) {
    char text[HMAC_TOKEN_TEXT + 1], moved[HMAC_TOKEN_TEXT + 1];
    uint8_t bytes[64], out[HMAC_TOKEN_PAYLOAD_MAX];
    size_t size;
    (void)state;
    assert_true(hmac_token_make(token_key, "ab", INT64_C(0x63646566) * 1000 /* "cdef" */, "ghij", 4, text));
    assert_true(hmac_base64_decode(text, strlen(text), HMAC_BASE64_URL, bytes, sizeof bytes, &size));
    assert_true(hmac_base64_encode(bytes + 1, size - 1, HMAC_BASE64_URL, moved, sizeof moved));
    assert_int_equal(hmac_token_read(token_key, "ab", 0, text, out, &size), HMAC_TOKEN_GOOD);
    assert_int_equal(hmac_token_read(token_key, "abc", 0, moved, out, &size), HMAC_TOKEN_FORGED);
}

static void base64(void **state) {
    static const struct {
        const char *bytes, *text;
        enum hmac_base64 form;
        bool good;
    } cases[] = {
        {"", "", HMAC_BASE64_STANDARD, true}, {"f", "Zg==", HMAC_BASE64_STANDARD, true},
        {"foob", "Zm9vYg==", HMAC_BASE64_STANDARD, true}, {"foobar", "Zm9vYmFy", HMAC_BASE64_STANDARD, true},
        {"f", "Zg", HMAC_BASE64_URL, true}, {"\xfb\xff", "-_8", HMAC_BASE64_URL, true},
        {"\xfb\xff", "+/8=", HMAC_BASE64_STANDARD, true}, {NULL, "Zg", HMAC_BASE64_STANDARD, false},
        {NULL, "Zg==", HMAC_BASE64_URL, false}, {NULL, "-_8=", HMAC_BASE64_STANDARD, false},
        {NULL, "Zh==", HMAC_BASE64_STANDARD, false}, /* bits left over */
        {NULL, "-\xbc\xc7", HMAC_BASE64_URL, false}, {NULL, "Zm9\xff", HMAC_BASE64_STANDARD, false},
        {NULL, "Zm9v Yg==", HMAC_BASE64_STANDARD, false}, {NULL, "Z", HMAC_BASE64_URL, false},
        {NULL, "Zm9vYmFyZm9vYmFy", HMAC_BASE64_URL, false}, /* over the cap of 8 */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t bytes[8];
        char text[16];
        size_t size;
        assert_int_equal(hmac_base64_decode(
                             cases[i].text, strlen(cases[i].text), cases[i].form, bytes, sizeof bytes, &size),
            cases[i].good);
        if (!cases[i].good)
            continue;
        assert_int_equal(size, strlen(cases[i].bytes));
        if (size)
            assert_memory_equal(bytes, cases[i].bytes, size);
        assert_true(hmac_base64_encode(
            cases[i].bytes, size, cases[i].form, text, hmac_base64_size(size, cases[i].form)));
        assert_string_equal(text, cases[i].text);
        assert_false(hmac_base64_encode(
            cases[i].bytes, size, cases[i].form, text, hmac_base64_size(size, cases[i].form) - 1));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors),
        cmocka_unit_test(webhook_known),
        cmocka_unit_test(webhook_verify),
        cmocka_unit_test(webhook_secrets),
        cmocka_unit_test(hub),
        cmocka_unit_test(token_sizes),
        cmocka_unit_test(token_expiry),
        cmocka_unit_test(token_forged),
        cmocka_unit_test(token_purpose_boundary),
        cmocka_unit_test(base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
