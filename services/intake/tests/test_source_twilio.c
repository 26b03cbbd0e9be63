/* Twilio: forms signed over the public URL, TwiML back. */
#include "services/intake/tests/conformance.h"

#include "common/hmac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static void escape(char *out, const char *text) {
    for (; *text; text++)
        out +=
            sprintf(out, (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ? "%c" : "%%%02X",
                (unsigned char)*text);
    *out = 0;
}

static void write_post(struct conform *conform, struct post *post, const struct told *told, size_t count) {
    static char text[1 << 16];
    (void)conform;
    assert_int_equal(count, 1);
    escape(text, told->text);
    strcpy(post->path, "/v1/hooks/twilio/sms");
    sprintf(post->body,
        "ToCountry=ID&MessageSid=SM%032d&SmsStatus=received&Body=%s&To=%%2B62341&NumMedia=0&From=%%2B%s%s",
        told->number, text, told->sender, told->forwarded ? "&Forwarded=true" : "");
}

static int by_name(const void *a, const void *b) {
    const struct http_pair *first = a, *second = b;
    int names = strcmp(first->name, second->name);
    return names ? names : strcmp(first->value, second->value);
}

static void sign(struct conform *conform, struct post *post) {
    static char form[1 << 16], text[1 << 16];
    struct http_pair pairs[64];
    uint8_t hash[32];
    unsigned size = 0;
    (void)conform;
    size_t body_size = post->request.body_size ? post->request.body_size : strlen(post->body);
    memcpy(form, post->body, body_size);
    form[body_size] = 0;
    size_t count = http_form_read(form, body_size, pairs, 64);
    assert_true(count <= 64);
    qsort(pairs, count, sizeof *pairs, by_name);
    size_t used = (size_t)sprintf(text, "https://sigap.example%s", post->path);
    for (size_t i = 0; i < count; i++)
        used += (size_t)sprintf(text + used, "%s%s", pairs[i].name, pairs[i].value);
    HMAC(EVP_sha1(), "12345", 5, (const uint8_t *)text, used, hash, &size);
    hmac_base64_encode(hash, size, HMAC_BASE64_STANDARD, post->values[0], sizeof post->values[0]);
    memcpy(post->request.headers,
        (const char *[2][2]){
            {"Content-Type", "application/x-www-form-urlencoded"}, {"X-Twilio-Signature", post->values[0]}},
        sizeof(const char *[2][2]));
}

static const struct conformance twilio = {
    .source = "twilio",
    .word = "sms",
    .sources_yaml =
        "public_url: https://sigap.example\nchannels:\n  - name: sms\n    source: twilio\n    options:\n"
        "      - { name: secret_file, value: twilio.secret }\n"
        "      - { name: account, value: AC1 }\n"
        "      - { name: token_file, value: twilio.secret }\n",
    .secrets = {{"twilio.secret", "12345\n"}},
    .forwards = true,
    .garbage = "&&&",
    .write = write_post,
    .sign = sign,
};

static const struct conformance *conformance_of_test(void) {
    return &twilio;
}

static const struct answer *send(struct conform *conform, const char *body) {
    static struct post post;
    post.request = (struct fixture_request){.method = "POST", .path = post.path, .body = post.body};
    strcpy(post.path, "/v1/hooks/twilio/sms");
    strcpy(post.body, body);
    sign(conform, &post);
    return fixture_request(conform->bottle.fixture, &post.request);
}

/* The example of Twilio's documentation ("Validating requests"). */
static void the_documented_signature_fits(void **state) {
    (void)state;
    uint8_t hash[32];
    unsigned size = 0;
    char text[64];
    static const char joined[] =
        "https://mycompany.com/myapp.php?foo=1&bar=2CallSidCA1234567890ABCDECaller+14158675309"
        "Digits1234From+14158675309To+18005551212";
    HMAC(EVP_sha1(), "12345", 5, (const uint8_t *)joined, sizeof joined - 1, hash, &size);
    hmac_base64_encode(hash, size, HMAC_BASE64_STANDARD, text, sizeof text);
    assert_string_equal(text, "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
}

static void reads_and_answers(void **state) {
    (void)state;
    struct conform conform = conform_open();
    const struct answer *answer =
        send(&conform, "MessageSid=MM1&From=whatsapp%3A%2B62811&To=whatsapp%3A%2B62341&Body=&NumMedia=1&"
                       "MediaUrl0=https%3A%2F%2Fapi."
                       "twilio.com%2Fm%2F1&MediaContentType0=image%2Fjpeg&Latitude=-7.98&Longitude=112.63");
    assert_string_equal(answer->content_type, "text/xml");
    assert_non_null(strstr(answer->body, "<Response/>"));
    const Sigap__ReportReceived *report = conform_report(&conform, 0);
    assert_string_equal(report->channel, "whatsapp");
    assert_int_equal(report->n_media, 1);
    assert_string_equal(conform_text(report), "geo:-7.980000,112.630000");
    send(&conform,
        "MessageSid=SM9&MessageStatus=delivered&From=%2B62341&To=%2B62811"); /* of a message of ours */
    assert_int_equal(bottle_reports(&conform.bottle), 1);
    send(&conform,
        "MessageSid=SM11&SmsStatus=received&OptOutType=STOP&Body=STOP&From=%2B62811"); /* Twilio answered it
                                                                                        */
    assert_int_equal(bottle_reports(&conform.bottle), 1);
    answer = send(&conform, "MessageSid=SM10&From=%2B62811&Body=status%20260302-AAAA-AAAA-AAAA-AAAA-A");
    assert_non_null(strstr(answer->body, "<Response><Message>"));
    assert_int_equal(bottle_reports(&conform.bottle), 1);
    conform_close(&conform);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CONFORMANCE_TESTS,
        cmocka_unit_test(the_documented_signature_fits),
        cmocka_unit_test(reads_and_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
