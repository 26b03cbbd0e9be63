/* Instagram: many events in many entries, and those that say nothing. */
#include "services/intake/tests/graph_post.h"

#define PIKET "/v1/hooks/instagram/piket"

static void write_post(struct conform *conform, struct post *post, const struct told *told, size_t count) {
    (void)conform;
    strcpy(post->path, PIKET);
    graph_write_messaging(post, "instagram", told, count);
}

static const struct conformance instagram = {
    .source = "instagram",
    .word = "instagram",
    .sources_yaml = "channels:\n  - name: piket\n    source: instagram\n    options:\n"
                    "      - { name: secret_file, value: app.secret }\n"
                    "      - { name: verify_token_file, value: app.verify }\n",
    .secrets = {{"app.secret", "app-secret\n"}, {"app.verify", "verify me\n"}},
    .repeats = true,
    .batches = true,
    .edits = true,
    .withdrawals = true,
    .garbage = "{\"object\":\"instagram\",\"entry\":7}",
    .write = write_post,
    .sign = graph_sign,
};

static const struct conformance *conformance_of_test(void) {
    return &instagram;
}

#define EVENT(inner)                                                                                         \
    "{\"object\":\"instagram\",\"entry\":[{\"id\":\"178\",\"time\":1772420000123,\"messaging\":[{"           \
    "\"sender\":{\"id\":\"5512\"},"                                                                          \
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
        {"{\"object\":\"instagram\",\"entry\":[{\"id\":\"178\",\"changes\":[{\"field\":\"comments\","
         "\"value\":{}}]}]}",
            NULL, false, 0, 0},
    };
    graph_reads(PIKET, cases, sizeof cases / sizeof *cases, INT64_C(1772420000100));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CONFORMANCE_TESTS,
        cmocka_unit_test(reads_what_people_send),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
