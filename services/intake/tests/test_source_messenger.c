/* Messenger: many events in many entries, and those that say nothing. */
#include "services/intake/tests/graph_post.h"

#define PIKET "/v1/hooks/messenger/piket"

static void write_post(struct conform *conform, struct post *post, const struct told *told, size_t count) {
    (void)conform;
    strcpy(post->path, PIKET);
    graph_write_messaging(post, "page", told, count);
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
    .sign = graph_sign,
};

static const struct conformance *conformance_of_test(void) {
    return &messenger;
}

#define EVENT(inner)                                                                                         \
    "{\"object\":\"page\",\"entry\":[{\"id\":\"178\",\"time\":1772420000123,\"messaging\":[{\"sender\":{"    \
    "\"id\":\"5512\"},"                                                                                      \
    "\"recipient\":{\"id\":\"178\"},\"timestamp\":1772420000100," inner "}]}]}"

static void reads_what_people_send(void **state) {
    (void)state;
    static const struct graph_case cases[] = {
        {EVENT("\"message\":{\"mid\":\"m_1\",\"text\":\"Nenek sakit\",\"quick_reply\":{\"payload\":\"A\"}}"),
            "Nenek sakit", false, 0, 0},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"attachments\":[{\"type\":\"image\",\"payload\":{\"url\":"
               "\"https://cdn.example/1\"}},"
               "{\"type\":\"image\",\"payload\":{\"url\":\"https://cdn.example/2\"}}]}"),
            "[foto / photo]", false, 2, 0},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"attachments\":[{\"type\":\"location\",\"payload\":{"
               "\"coordinates\":{\"lat\":-7.5,"
               "\"long\":112.5}}}]}"),
            "geo:-7.500000,112.500000", true, 0, 0},
        {EVENT("\"postback\":{\"mid\":\"m_2\",\"title\":\"Lapor\",\"payload\":\"LAPOR\"}"), "Lapor", false, 0,
            0},
        {EVENT("\"postback\":{\"title\":\"Lapor\",\"payload\":\"LAPOR\"}"), "Lapor", false, 0, 0},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"is_unsupported\":true}"),
            "[pesan tanpa teks / message without text]", false, 0, 0},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"text\":\"kami\",\"is_echo\":true}"), NULL, false, 0, 0},
        {EVENT("\"delivery\":{\"mids\":[\"m_1\"],\"watermark\":1}"), NULL, false, 0, 0},
        {EVENT("\"read\":{\"watermark\":1}"), NULL, false, 0, 0},
        {EVENT("\"reaction\":{\"mid\":\"m_1\",\"action\":\"react\"}"), NULL, false, 0, 0},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"text\":\"Nenek\",\"attachments\":null,\"nlp\":{},\"new\":[]}"),
            "Nenek", false, 0, 0},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"text\":\"\",\"attachments\":[{\"type\":\"fallback\","
               "\"payload\":null,\"title\":\"Banjir di Papar\",\"url\":\"https://berita.example/1\"}]}"),
            "Banjir di Papar https://berita.example/1", false, 0, 0},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"attachments\":[{\"type\":\"fallback\",\"payload\":{\"url\":"
               "\"https://berita.example/1\",\"title\":\"Banjir\"}}]}"),
            "Banjir https://berita.example/1", false, 0, 0},
        {EVENT("\"message\":{\"mid\":\"m_1\",\"text\":\"lihat https://berita.example/1\",\"attachments\":[{"
               "\"type\":\"fallback\",\"payload\":{\"url\":\"https://l.example/1\",\"title\":\"Banjir\"}}]}"),
            "lihat https://berita.example/1", false, 0, 0},
        {EVENT("\"postback\":{\"mid\":\"m_3\",\"title\":\"Get Started\",\"payload\":\"GET_STARTED\"}"), NULL,
            false, 0, 0}, /* greeted */
        {EVENT("\"message\":{\"mid\":\"m_1\",\"sticker_id\":369239263222822,\"attachments\":[{\"type\":"
               "\"image\",\"payload\":{\"url\":"
               "\"https://cdn.example/1\",\"sticker_id\":369239263222822}}]}"),
            "[stiker / sticker]", false, 1, 0},
        {EVENT("\"referral\":{\"ref\":\"x\",\"source\":\"SHORTLINK\"}"), NULL, false, 0, 0},
        {EVENT("\"optin\":{\"type\":\"notification_messages\"}"), NULL, false, 0, 0},
        {EVENT("\"pass_thread_control\":{\"new_owner_app_id\":\"1\"}"), NULL, false, 0, 0},
        {"{\"object\":\"page\",\"entry\":[{\"id\":178,\"time\":1772420000123,\"standby\":[{\"sender\":{"
         "\"id\":5512},\"timestamp\":"
         "1772420000100,\"message\":{\"mid\":\"m_1\",\"text\":\"Nenek sakit\"}}]}]}",
            "Nenek sakit", false, 0, 0},
        {"{\"object\":\"page\",\"entry\":[{\"id\":\"178\",\"changes\":[{\"field\":\"messages\",\"value\":{"
         "\"sender\":{\"id\":\"5512\"},"
         "\"timestamp\":\"1772420000100\",\"message\":{\"mid\":\"m_1\",\"text\":\"Nenek sakit\"}}}]}]}",
            "Nenek sakit", false, 0, 0},
        {"{\"object\":\"page\",\"entry\":[{\"id\":\"178\",\"messaging\":[]},{\"id\":\"179\",\"messaging\":[]}"
         "]}",
            NULL, false, 0, 0},
        {"{\"object\":\"page\",\"entry\":[{\"id\":\"178\",\"changes\":[{\"field\":\"comments\",\"value\":{}}]"
         "}]}",
            NULL, false, 0, 0},
    };
    graph_reads(PIKET, cases, sizeof cases / sizeof *cases, INT64_C(1772420000100));
}

/* A reply to an earlier message joins what that became, though another came between; one to ours, which we do
 * not know by its mid, what was said last; one that nobody knows, from somebody new, is a report. */
static void a_reply_joins(void **state) {
    (void)state;
    static const char *const told[] = {"\"mid\":\"m_1\",\"text\":\"Nenek sakit\"",
        "\"mid\":\"m_2\",\"text\":\"Ada banjir di Papar\"",
        "\"mid\":\"m_3\",\"text\":\"sekarang pingsan\",\"reply_to\":{\"mid\":\"m_1\"}",
        "\"mid\":\"m_4\",\"text\":\"air naik\",\"reply_to\":{\"mid\":\"m_2\"}",
        "\"mid\":\"m_5\",\"text\":\"cepat\",\"reply_to\":{\"mid\":\"ours\"}"};
    static const int joined[] = {-1, -1, 0, 1, 1};
    struct conform conform = conform_open();
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        char body[512];
        snprintf(body, sizeof body, EVENT("\"message\":{%s}"), told[i]);
        graph_send(&conform, PIKET, body);
        const Sigap__ReportReceived *report = conform_report(&conform, i);
        assert_int_equal(report->amends.len, joined[i] < 0 ? 0 : ID_BYTES);
        if (joined[i] < 0)
            continue;
        assert_string_equal(report->relation, "follow_up");
        assert_memory_equal(
            report->amends.data, conform_report(&conform, (size_t)joined[i])->report_id.data, ID_BYTES);
    }
    graph_send(&conform, PIKET,
        "{\"object\":\"page\",\"entry\":[{\"id\":\"178\",\"messaging\":[{\"sender\":{\"id\":\"999\"},"
        "\"timestamp\":1,"
        "\"message\":{\"mid\":\"m_9\",\"text\":\"Nenek lain sakit\",\"reply_to\":{\"mid\":\"nobody\"}}}]}]}");
    assert_int_equal(conform_report(&conform, 5)->amends.len, 0);
    conform_close(&conform);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CONFORMANCE_TESTS,
        cmocka_unit_test(reads_what_people_send),
        cmocka_unit_test(a_reply_joins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
