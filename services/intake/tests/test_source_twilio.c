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
        if (!i || by_name(&pairs[i - 1], &pairs[i]) != 0)
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

/* As getExpectedTwilioSignature of twilio-node 6.2 makes them. */
static void signatures_of_their_library_fit(void **state) {
    static const struct {
        const char *body, *signature;
    } cases[] = {
        {"MessageSid=SM301&From=whatsapp%3A%2B62811&Body=Anak+%F0%9F%99%8F+%E2%80%9Cdipukuli%E2%80%9D+50%25+%"
         "26+%2B+%3D",
            "GHL1pQQ0HoFoSxpf2WvPfSuDBBw="},
        {"MessageSid=SM302&Z=3&a=1&A=2&_=4&From=%2B62812&Body=", "xKKFHEBdBzW/zjgta5y6oeInYJ4="},
        {"MessageSid=SM303&Body=a&Body=b&Body=a&From=%2B62813", "hLZ93HHtlGRU+odBEW1c5aRnFZQ="},
        {"MessageSid=SM304&From=%2B62814&Body=satu%0Adua%0D%0Atiga%09x", "mgUAYJQWVlIKm9U9yEzvbu+Xelk="},
    };
    (void)state;
    struct conform conform = conform_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int wrong = 0; wrong < 2; wrong++) {
            char signature[32];
            snprintf(signature, sizeof signature, "%s", cases[i].signature);
            signature[3] ^= (char)wrong;
            const struct answer *answer = fixture_request(conform.bottle.fixture,
                &(struct fixture_request){.method = "POST",
                    .path = "/v1/hooks/twilio/sms",
                    .body = cases[i].body,
                    .headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"},
                        {"X-Twilio-Signature", signature}}});
            if (answer->status != (wrong ? 401 : 200))
                fail_msg("case %zu: %u", i, answer->status);
        }
    conform_close(&conform);
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
    send(&conform, "MessageSid=MM3&From=whatsapp%3A%2B62811&Body=belum+makan");
    send(&conform, "MessageSid=MM4&From=whatsapp%3A%2B62811&Body=pingsan&OriginalRepliedMessageSid=MM1");
    assert_memory_equal(conform_report(&conform, 2)->amends.data, report->report_id.data, ID_BYTES);
    static const struct {
        const char *body, *text;
        size_t media;
    } cases[] = {
        {"Latitude=-7.25&Longitude=112.75&Label=Masjid+Agung&Address=Jl.+Mawar+1&Body=",
            "Masjid Agung, Jl. Mawar 1", 0},
        {"Body=Ya&ButtonText=Ya&ButtonPayload=1&MessageType=button", "Ya", 0},
        {"Body=&MessageType=interactive&InteractiveData=%7B%22isi%22%3A%22nenek+sakit%22%7D",
            "{\"isi\":\"nenek sakit\"}", 0},
        {"Body=a&Body=a&Body=b&A=1&a=2&_=3&Z=", "a", 0}, /* twice: signed once */
        {"Body=%F0%9F%99%8F+50%25+%2B+%26%3D%0D%0A%E2%80%9Cx%E2%80%9D",
            "\xf0\x9f\x99\x8f 50% + &=\r\n\xe2\x80\x9cx\xe2\x80\x9d", 0},
        {"Body=&NumMedia=2&MediaUrl0=https%3A%2F%2Fx%2F1%3Fa%3D1%26b&MediaContentType0=audio%2Fogg&MediaUrl1="
         "https%3A%2F%2Fx%2F2",
            "[audio]", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char body[512];
        snprintf(body, sizeof body, "MessageSid=SM2%zu&From=whatsapp%%3A%%2B6281%zu&%s", i, i, cases[i].body);
        size_t before = bottle_reports(&conform.bottle);
        if (send(&conform, body)->status != 200 || bottle_reports(&conform.bottle) != before + 1)
            fail_msg("case %zu", i);
        report = conform_report(&conform, before);
        if (strcmp(conform_text(report), cases[i].text) != 0 || report->n_media != cases[i].media)
            fail_msg("case %zu: %s", i, conform_text(report));
    }
    size_t before = bottle_reports(&conform.bottle);
    answer = send(&conform, "MessageSid=SM10&From=%2B62811&Body=status%20260302-AAAA-AAAA-AAAA-AAAA-A");
    assert_non_null(strstr(answer->body, "<Response><Message>"));
    assert_int_equal(bottle_reports(&conform.bottle), before);
    conform_close(&conform);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CONFORMANCE_TESTS,
        cmocka_unit_test(the_documented_signature_fits),
        cmocka_unit_test(signatures_of_their_library_fit),
        cmocka_unit_test(reads_and_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
