/* Messenger: many events in many entries, and those that say nothing. */
#include "services/intake/tests/conformance.h"

#include "common/hmac.h"

#include <sodium.h>

static void write_post(struct conform *conform, struct post *post, const struct told *told, size_t count) {
    (void)conform;
    strcpy(post->path, "/v1/hooks/messenger/piket");
    size_t used = (size_t)sprintf(post->body, "{\"object\":\"page\",\"entry\":[");
    for (size_t i = 0; i < count; i++)
        used += (size_t)sprintf(post->body + used,
            "%s{\"id\":\"178\",\"time\":1772420000123,\"messaging\":[{\"sender\":{\"id\":\"%s\"},"
            "\"recipient\":{\"id\":\"178\"},"
            "%s\"%s\":{\"mid\":%s,\"text\":\"%s\"%s}}]}",
            i ? "," : "", told[i].sender, told[i].broken ? "" : "\"timestamp\":1772420000100,",
            told[i].edited ? "message_edit" : "message",
            told[i].broken        ? "null"
            : told[i].number == 1 ? "\"m_1\""
                                  : "\"m_x\"",
            told[i].text, told[i].withdrawn ? ",\"is_deleted\":true" : "");
    sprintf(post->body + used, "]}");
    /* numbers in place of m_x */
    for (size_t i = 0, at = 0; i < count; i++) {
        char *found = strstr(post->body + at, "\"m_x\"");
        if (told[i].broken || told[i].number == 1 || !found)
            continue;
        char id[16];
        size_t size = (size_t)snprintf(id, sizeof id, "\"m_%d\"", told[i].number);
        memmove(found + size, found + 5, strlen(found + 5) + 1);
        memcpy(found, id, size);
        at = (size_t)(found - post->body);
    }
}

static void sign(struct conform *conform, struct post *post) {
    uint8_t hash[HMAC_BYTES];
    (void)conform;
    if (!post->request.body_size)
        post->request.body_size = strlen(post->body);
    hmac_sha256("app-secret", 10, post->body, post->request.body_size, hash);
    strcpy(post->values[0], "sha256=");
    sodium_bin2hex(post->values[0] + 7, sizeof post->values[0] - 7, hash, sizeof hash);
    memcpy(post->request.headers,
        (const char *[2][2]){{"Content-Type", "application/json"}, {"X-Hub-Signature-256", post->values[0]}},
        sizeof(const char *[2][2]));
}

static const struct conformance messenger = {
    .source = "messenger",
    .word = "messenger",
    .sources_yaml = "channels:\n  - name: piket\n    source: messenger\n    options:\n"
                    "      - { name: secret_file, value: app.secret }\n"
                    "      - { name: verify_token_file, value: app.verify }\n",
    .secrets = {{"app.secret", "app-secret\n"}, {"app.verify", "verify me\n"}},
    .repeats = true,
    .batches = true,
    .edits = true,
    .withdrawals = true,
    .garbage = "{\"object\":\"page\",\"entry\":7}",
    .write = write_post,
    .sign = sign,
};

static const struct conformance *conformance_of_test(void) {
    return &messenger;
}

static const struct answer *send(struct conform *conform, const char *body) {
    static struct post post;
    post.request =
        (struct fixture_request){.method = "POST", .path = "/v1/hooks/messenger/piket", .body = post.body};
    strcpy(post.body, body);
    sign(conform, &post);
    return fixture_request(conform->bottle.fixture, &post.request);
}

#define EVENT(inner)                                                                                         \
    "{\"object\":\"page\",\"entry\":[{\"id\":\"178\",\"time\":1772420000123,\"messaging\":[{\"sender\":{"    \
    "\"id\":\"5512\"},"                                                                                      \
    "\"recipient\":{\"id\":\"178\"},\"timestamp\":1772420000100," inner "}]}]}"

static void reads_what_people_send(void **state) {
    (void)state;
    static const struct {
        const char *body, *text;
        size_t media;
        bool located;
    } cases[] = {
        {EVENT("\"message\":{\"mid\":\"m_1\",\"text\":\"Nenek sakit\",\"quick_reply\":{\"payload\":\"A\"}}"),
            "Nenek sakit", 0, false},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"attachments\":[{\"type\":\"image\",\"payload\":{\"url\":"
               "\"https://cdn.example/1\"}},"
               "{\"type\":\"image\",\"payload\":{\"url\":\"https://cdn.example/2\"}}]}"),
            "[foto / photo]", 2, false},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"attachments\":[{\"type\":\"location\",\"payload\":{"
               "\"coordinates\":{\"lat\":-7.5,"
               "\"long\":112.5}}}]}"),
            "geo:-7.500000,112.500000", 0, true},
        {EVENT("\"postback\":{\"mid\":\"m_2\",\"title\":\"Lapor\",\"payload\":\"LAPOR\"}"), "Lapor", 0,
            false},
        {EVENT("\"postback\":{\"title\":\"Lapor\",\"payload\":\"LAPOR\"}"), "Lapor", 0, false},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"is_unsupported\":true}"),
            "[pesan tanpa teks / message without text]", 0, false},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"text\":\"kami\",\"is_echo\":true}"), NULL, 0, false},
        {EVENT("\"delivery\":{\"mids\":[\"m_1\"],\"watermark\":1}"), NULL, 0, false},
        {EVENT("\"read\":{\"watermark\":1}"), NULL, 0, false},
        {EVENT("\"reaction\":{\"mid\":\"m_1\",\"action\":\"react\"}"), NULL, 0, false},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"text\":\"Nenek\",\"attachments\":null,\"nlp\":{},\"new\":[]}"),
            "Nenek", 0, false},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"text\":\"\",\"attachments\":[{\"type\":\"fallback\","
               "\"payload\":null,\"title\":\"Banjir di Papar\",\"url\":\"https://berita.example/1\"}]}"),
            "Banjir di Papar https://berita.example/1", 0, false},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"attachments\":[{\"type\":\"fallback\",\"payload\":{\"url\":"
               "\"https://berita.example/1\",\"title\":\"Banjir\"}}]}"),
            "Banjir https://berita.example/1", 0, false},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"text\":\"lihat https://berita.example/1\",\"attachments\":[{"
               "\"type\":\"fallback\",\"payload\":{\"url\":\"https://l.example/1\",\"title\":\"Banjir\"}}]}"),
            "lihat https://berita.example/1", 0, false},
        {EVENT("\"postback\":{\"mid\":\"m_3\",\"title\":\"Get Started\",\"payload\":\"GET_STARTED\"}"), NULL,
            0, false}, /* greeted */
        {EVENT("\"message\":{\"mid\":\"m_1\",\"sticker_id\":369239263222822,\"attachments\":[{\"type\":"
               "\"image\",\"payload\":{\"url\":"
               "\"https://cdn.example/1\",\"sticker_id\":369239263222822}}]}"),
            "[stiker / sticker]", 1, false},
        {EVENT("\"referral\":{\"ref\":\"x\",\"source\":\"SHORTLINK\"}"), NULL, 0, false},
        {EVENT("\"optin\":{\"type\":\"notification_messages\"}"), NULL, 0, false},
        {EVENT("\"pass_thread_control\":{\"new_owner_app_id\":\"1\"}"), NULL, 0, false},
        {"{\"object\":\"page\",\"entry\":[{\"id\":178,\"time\":1772420000123,\"standby\":[{\"sender\":{"
         "\"id\":5512},\"timestamp\":"
         "1772420000100,\"message\":{\"mid\":\"m_1\",\"text\":\"Nenek sakit\"}}]}]}",
            "Nenek sakit", 0, false},
        {"{\"object\":\"page\",\"entry\":[{\"id\":\"178\",\"changes\":[{\"field\":\"messages\",\"value\":{"
         "\"sender\":{\"id\":\"5512\"},"
         "\"timestamp\":\"1772420000100\",\"message\":{\"mid\":\"m_1\",\"text\":\"Nenek sakit\"}}}]}]}",
            "Nenek sakit", 0, false},
        {"{\"object\":\"page\",\"entry\":[{\"id\":\"178\",\"messaging\":[]},{\"id\":\"179\",\"messaging\":[]}"
         "]}",
            NULL, 0, false},
        {"{\"object\":\"page\",\"entry\":[{\"id\":\"178\",\"changes\":[{\"field\":\"comments\",\"value\":{}}]"
         "}]}",
            NULL, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conform conform = conform_open();
        const struct answer *answer = send(&conform, cases[i].body);
        if (answer->status != 200 || bottle_reports(&conform.bottle) != (cases[i].text != NULL) ||
            conform_parked(&conform) != 0)
            fail_msg("case %zu: %u, %zu reports", i, answer->status, bottle_reports(&conform.bottle));
        if (cases[i].text) {
            const Sigap__ReportReceived *report = conform_report(&conform, 0);
            if (strcmp(conform_text(report), cases[i].text) != 0)
                fail_msg("case %zu: \"%s\"", i, conform_text(report));
            assert_int_equal(report->n_media, cases[i].media);
            assert_int_equal(report->occurred_at, INT64_C(1772420000100));
        }
        conform_close(&conform);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CONFORMANCE_TESTS,
        cmocka_unit_test(reads_what_people_send),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
