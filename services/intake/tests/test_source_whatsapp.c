/* WhatsApp Cloud API: bodies with many entries, changes and messages, and all that people send. */
#include "services/intake/tests/graph_post.h"

#define PIKET "/v1/hooks/whatsapp/piket"

static void write_post(struct conform *conform, struct post *post, const struct told *told, size_t count) {
    size_t used = 0;
    (void)conform;
    strcpy(post->path, PIKET);
    used += (size_t)sprintf(post->body, "{\"object\":\"whatsapp_business_account\",\"entry\":[");
    for (size_t i = 0; i < count; i++) /* an entry each, as after an outage */
        used += (size_t)sprintf(post->body + used,
            "%s{\"id\":\"1029\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{"
            "\"display_phone_"
            "number\":\"62341\",\"phone_number_id\":\"1066\"},\"contacts\":[{\"profile\":{\"name\":\"A\"},"
            "\"wa_id\":\"%s\"}],"
            "\"messages\":[{\"from\":\"%s\",%s\"id\":\"%s%d\",\"timestamp\":\"1772420000\",\"text\":{"
            "\"body\":\"%s\"},"
            "\"type\":\"text\"%s}]},\"field\":\"messages\"}]}",
            i ? "," : "", told[i].sender, told[i].sender, told[i].group ? "\"group_id\":\"G1\"," : "",
            told[i].broken ? "\",\"was\":\"" : "wamid.", told[i].number, told[i].text,
            told[i].forwarded ? ",\"context\":{\"forwarded\":true}" : "");
    sprintf(post->body + used, "]}");
}

static const struct conformance whatsapp = {
    .source = "whatsapp",
    .word = "whatsapp",
    .sources_yaml = "channels:\n  - name: piket\n    source: whatsapp\n    options:\n"
                    "      - { name: secret_file, value: wa.secret }\n"
                    "      - { name: verify_token_file, value: wa.verify }\n"
                    "      - { name: token_file, value: wa.token }\n"
                    "      - { name: number_id, value: \"1066\" }\n",
    .secrets = {{"wa.secret", "app-secret\n"}, {"wa.verify", "verify me\n"}, {"wa.token", "EAAG-token\n"}},
    .repeats = true,
    .batches = true,
    .groups = true,
    .forwards = true,
    .garbage = "{\"object\":\"whatsapp_business_account\"",
    .write = write_post,
    .sign = graph_sign,
};

static const struct conformance *conformance_of_test(void) {
    return &whatsapp;
}

static void the_handshake_echoes_the_challenge(void **state) {
    (void)state;
    static const struct {
        const char *path, *query;
        unsigned status;
    } cases[] = {
        {"/v1/hooks/whatsapp/piket", "hub.mode=subscribe&hub.verify_token=verify%20me&hub.challenge=11588",
            200},
        {"/v1/hooks/whatsapp/piket", "hub.challenge=11588&hub.verify_token=verify+me&hub.mode=subscribe",
            200},
        {"/v1/hooks/whatsapp/piket", "hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=11588", 403},
        {"/v1/hooks/whatsapp/piket", "hub.mode=subscribe&hub.verify_token=&hub.challenge=11588", 403},
        {"/v1/hooks/whatsapp/piket", "hub.mode=unsubscribe&hub.verify_token=verify%20me&hub.challenge=1",
            403},
        {"/v1/hooks/whatsapp/piket", "", 403},
        {"/v1/hooks/whatsapp/other", "hub.mode=subscribe&hub.verify_token=verify%20me&hub.challenge=11588",
            403},
    };
    struct conform conform = conform_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct answer *answer = fixture_request(conform.bottle.fixture,
            &(struct fixture_request){.method = "GET", .path = cases[i].path, .query = cases[i].query});
        if (answer->status != cases[i].status)
            fail_msg("case %zu: %u", i, answer->status);
        if (answer->status == 200) {
            assert_int_equal(answer->body_size, 5);
            assert_memory_equal(answer->body, "11588", 5);
        }
    }
    conform_close(&conform);
}

#define BODY(inner)                                                                                          \
    "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"field\":"            \
    "\"messages\","                                                                                          \
    "\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"1066\"}," inner       \
    "}}]}]}"
#define MESSAGE(inner)                                                                                       \
    BODY("\"messages\":[{\"from\":\"6281100\",\"id\":\"wamid.1\",\"timestamp\":\"1772420000\"," inner "}]")

static void reads_what_people_send(void **state) {
    (void)state;
    static const struct graph_case cases[] = {
        {MESSAGE("\"type\":\"image\",\"image\":{\"caption\":\"Rumahnya "
                 "roboh\",\"mime_type\":\"image/jpeg\",\"sha256\":\"q\","
                 "\"id\":\"2754\"}"),
            "Rumahnya roboh", false, 1, 0},
        {MESSAGE("\"type\":\"audio\",\"audio\":{\"mime_type\":\"audio/"
                 "ogg\",\"sha256\":\"q\",\"id\":\"2755\",\"voice\":true}"),
            "[pesan suara / voice message]", false, 1, 0},
        {MESSAGE("\"type\":\"sticker\",\"sticker\":{\"mime_type\":\"image/"
                 "webp\",\"sha256\":\"q\",\"id\":\"2756\"}"),
            "[stiker / sticker]", false, 1, 0},
        {MESSAGE(
             "\"type\":\"location\",\"location\":{\"latitude\":-7.98,\"longitude\":112.63,\"name\":\"Balai "
             "Desa\",\"address\":\"Wlingi\"}"),
            "Balai Desa, Wlingi", true, 0, 0},
        {MESSAGE("\"type\":\"location\",\"location\":{\"latitude\":-7.98,\"longitude\":112.63}"),
            "geo:-7.980000,112.630000", true, 0, 0},
        {MESSAGE("\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":\"Pak "
                 "RT\"},\"phones\":[{\"phone\":\"+"
                 "62812\"}]}]"),
            "[kontak / contact] Pak RT +62812", false, 0, 0},
        {MESSAGE("\"type\":\"button\",\"button\":{\"text\":\"Tidak aman\",\"payload\":\"2\"}"), "Tidak aman",
            false, 0, 0},
        {MESSAGE("\"type\":\"interactive\",\"interactive\":{\"type\":\"list_reply\",\"list_reply\":{\"id\":"
                 "\"a\",\"title\":"
                 "\"Lansia\",\"description\":\"tinggal sendiri\"}}"),
            "Lansia: tinggal sendiri", false, 0, 0},
        {MESSAGE("\"type\":\"interactive\",\"interactive\":{\"type\":\"nfm_reply\",\"nfm_reply\":{\"name\":"
                 "\"flow\",\"body\":"
                 "\"Sent\",\"response_json\":\"{\\\"isi\\\":\\\"nenek sakit\\\"}\"}}"),
            "{\"isi\":\"nenek sakit\"}", false, 0, 0},
        {MESSAGE("\"type\":\"unsupported\",\"errors\":[{\"code\":131051,\"title\":\"Unsupported\"}]"),
            "[pesan tanpa teks / message without text]", false, 0, 0},
        {MESSAGE("\"type\":\"request_welcome\""), NULL, false, 0, 0}, /* greeted */
        {BODY("\"messages\":[{\"from_user_id\":\"US.13491\",\"id\":\"wamid.9\",\"timestamp\":1772420000000,"
              "\"type\":\"text\","
              "\"text\":{\"body\":\"Nenek sakit\"}}]"),
            "Nenek sakit", false, 0, 0},
        {MESSAGE("\"type\":\"system\",\"system\":{\"body\":\"User changed from 62811 to "
                 "62812\",\"wa_id\":\"62812\","
                 "\"type\":\"user_changed_number\"}"),
            NULL, false, 0, 0},
        {MESSAGE("\"type\":\"order\",\"order\":{\"catalog_id\":\"1\",\"text\":\"butuh kursi "
                 "roda\",\"product_items\":[]}"),
            "butuh kursi roda", false, 0, 0},
        {MESSAGE(
             "\"type\":\"text\",\"text\":{\"body\":\"Nenek sakit\"},\"referral\":{\"headline\":\"iklan\"},"
             "\"identity\":{\"hash\":\"x\"},\"future\":[1,{\"a\":null}]"),
            "Nenek sakit", false, 0, 0},
        {MESSAGE("\"type\":\"interactive\",\"interactive\":{\"type\":\"button_reply\",\"button_reply\":{"
                 "\"id\":\"2\",\"title\":"
                 "\"Tidak aman\"}}"),
            "Tidak aman", false, 0, 0},
        {MESSAGE("\"type\":\"interactive\",\"interactive\":{\"type\":\"call_permission_reply\","
                 "\"call_permission_reply\":{\"response\":\"accept\",\"expiration_timestamp\":1772420000,"
                 "\"response_source\":\"user_action\"}}"),
            NULL, false, 0, 0},
        {MESSAGE("\"type\":\"text\",\"text\":null"), "[pesan tanpa teks / message without text]", false, 0,
            0},
        {MESSAGE("\"type\":\"text\",\"text\":{\"body\":12}"), "[pesan tanpa teks / message without text]",
            false, 0, 0},
        {MESSAGE("\"type\":\"image\",\"image\":{\"id\":2754859441498128999999999}"), "[foto / photo]", false,
            1, 0},
        {MESSAGE("\"type\":\"document\",\"document\":{\"filename\":\"surat.pdf\",\"id\":\"9\",\"caption\":"
                 "\"surat \\ud83d\\ude22\"}"),
            "surat \xf0\x9f\x98\xa2", false, 1, 0},
        {MESSAGE("\"type\":\"edit\",\"edit\":{\"original_message_id\":\"wamid.0\",\"message\":{\"type\":"
                 "\"text\",\"text\":{\"body\":"
                 "\"Nenek sakit keras\"}}}"),
            "Nenek sakit keras", false, 0, 0}, /* before what it edits */
        {MESSAGE("\"type\":\"revoke\",\"revoke\":{\"original_message_id\":\"wamid.0\"}"), NULL, false, 0, 0},
        {BODY("\"message_echoes\":[{\"from\":\"62341\",\"to\":\"62811\",\"id\":\"wamid.e\",\"type\":\"text\","
              "\"text\":{\"body\":"
              "\"kami\"}}]"),
            NULL, false, 0, 0},
        {BODY("\"history\":[{\"threads\":[{\"id\":\"1\",\"messages\":[{\"id\":\"x\"}]}]}]"), NULL, false, 0,
            0},
        {BODY("\"calls\":[{\"id\":\"c\",\"event\":\"connect\"}]"), NULL, false, 0, 0},
        {BODY("\"messages\":[],\"statuses\":[{\"id\":\"x\",\"status\":\"failed\",\"errors\":[{\"code\":"
              "131047}]}]"),
            NULL, false, 0, 0},
        {MESSAGE("\"type\":\"reaction\",\"reaction\":{\"message_id\":\"wamid.0\",\"emoji\":\"x\"}"), NULL,
            false, 0, 0},
        {BODY("\"statuses\":[{\"id\":\"wamid.2\",\"status\":\"delivered\",\"timestamp\":\"1772420000\","
              "\"recipient_id\":"
              "\"6281100\"}]"),
            NULL, false, 0, 0},
        {BODY("\"errors\":[{\"code\":130429}]"), NULL, false, 0, 0},
        {"{\"object\":\"whatsapp_business_account\",\"entry\":[]}", NULL, false, 0, 0},
        {"{\"object\":\"page\",\"entry\":[]}", NULL, false, 0, 1},
        {BODY("\"messages\":{\"text\":\"x\"}"), NULL, false, 0, 1},
        {"[]", NULL, false, 0, 1},
    };
    log_set_level(LOG_ERROR);
    graph_reads(PIKET, cases, sizeof cases / sizeof *cases, INT64_C(1772420000000));
    log_set_level(LOG_INFO);
}

static void edits_and_revocations_name_their_message(void **state) {
    (void)state;
    struct conform conform = conform_open();
    graph_send(&conform, PIKET,
        BODY("\"messages\":[{\"from\":\"6281100\",\"id\":\"wamid.0\",\"timestamp\":\"1772420000\","
             "\"type\":\"text\","
             "\"text\":{\"body\":\"Nenek sakit\"}}]"));
    graph_send(&conform, PIKET,
        MESSAGE(
            "\"type\":\"edit\",\"edit\":{\"original_message_id\":\"wamid.0\",\"message\":{\"type\":\"text\","
            "\"text\":{\"body\":\"Nenek sakit keras\"}}}"));
    graph_send(
        &conform, PIKET, MESSAGE("\"type\":\"revoke\",\"revoke\":{\"original_message_id\":\"wamid.0\"}"));
    assert_int_equal(bottle_reports(&conform.bottle), 3);
    static const char *const relations[] = {"edit", "withdrawal"};
    for (size_t i = 0; i < 2; i++) {
        const Sigap__ReportReceived *report = conform_report(&conform, i + 1);
        assert_string_equal(report->relation, relations[i]);
        assert_memory_equal(report->amends.data, conform_report(&conform, 0)->report_id.data, ID_BYTES);
    }
    conform_close(&conform);
}

/* Who wrote, and where, stands beside the edit, not in the message that it holds. */
static void an_edit_is_of_who_wrote_it(void **state) {
    (void)state;
    struct conform conform = conform_open();
    graph_send(&conform, PIKET,
        BODY("\"messages\":[{\"from_user_id\":\"ID.13\",\"id\":\"wamid.2\",\"timestamp\":\"1772420000\","
             "\"group_id\":\"g1\",\"type\":\"edit\",\"edit\":{\"original_message_id\":\"wamid.0\","
             "\"message\":{\"type\":\"text\",\"text\":{\"body\":\"Nenek sakit keras\"}}}}]"));
    assert_int_equal(bottle_reports(&conform.bottle), 1);
    const Sigap__ReportReceived *report = conform_report(&conform, 0);
    assert_true(report->group);
    assert_int_equal(report->reporter.len, SEAL_HASH_BYTES);
    assert_int_equal(fixture_effect_count(conform.bottle.fixture), 0); /* in groups nobody is answered */
    conform_close(&conform);
}

/* Two entries with two changes of two messages each, statuses between them. */
static void reads_all_entries_and_changes(void **state) {
    (void)state;
    char body[8192] = "{\"object\":\"whatsapp_business_account\",\"entry\":[";
    size_t used = strlen(body);
    for (int i = 0; i < 8; i++)
        used += (size_t)sprintf(body + used,
            "%s{\"from\":\"62811%d\",\"id\":\"wamid.m%d\",\"timestamp\":\"1772420000\",\"type\":\"text\","
            "\"text\":{\"body\":"
            "\"Laporan %d\"}}%s",
            i % 4 == 0   ? "{\"id\":\"1\",\"changes\":[{\"field\":\"messages\",\"value\":{\"metadata\":{"
                           "\"phone_number_id\":"
                           "\"1066\"},\"messages\":["
            : i % 2 == 0 ? ",{\"field\":\"messages\",\"value\":{\"statuses\":[{\"id\":\"w\"}],\"messages\":["
                         : ",",
            i, i, i,
            i % 4 == 3 ? i == 7 ? "]}}]}" : "]}}]},"
            : i % 2    ? "]}}"
                       : "");
    strcpy(body + used, "]}");
    struct conform conform = conform_open();
    assert_int_equal(graph_send(&conform, PIKET, body)->status, 200);
    assert_int_equal(bottle_reports(&conform.bottle), 8);
    conform_close(&conform);
}

/* The receipt leaves as a call of its own, once; a failure that says "busy" is tried again. */
static void the_reporter_is_told_after_the_commit(void **state) {
    (void)state;
    struct conform conform = conform_open();
    struct fixture *fixture = conform.bottle.fixture;
    graph_send(&conform, PIKET, MESSAGE("\"type\":\"text\",\"text\":{\"body\":\"Nenek sakit\"}"));
    assert_int_equal(fixture_effect_count(fixture), 1);
    struct effect effect = *fixture_effect_take(fixture);
    const struct web_tell *tell = effect.what;
    assert_string_equal(tell->chat, "6281100");
    assert_non_null(strstr(tell->text, "260302-"));
    fixture_effect_finish(
        fixture, &(struct effect_result){.id = effect.id, .kind = effect.kind, .outcome = WEB_AGAIN});
    fixture_advance(fixture, 20000);
    assert_int_equal(fixture_effect_count(fixture), 1);
    effect = *fixture_effect_take(fixture);
    fixture_effect_finish(
        fixture, &(struct effect_result){.id = effect.id, .kind = effect.kind, .outcome = WEB_DONE});
    fixture_advance(fixture, 3600 * 1000);
    assert_int_equal(fixture_effect_count(fixture), 0);
    graph_send(&conform, PIKET,
        MESSAGE("\"type\":\"text\",\"text\":{\"body\":\"Nenek sakit\"}")); /* a duplicate was told already */
    assert_int_equal(fixture_effect_count(fixture), 0);
    conform_close(&conform);
}

/* Triage cannot place it: one question; the answer joins the report. */
static void a_question_is_asked_once_and_its_answer_joins(void **state) {
    (void)state;
    struct conform conform = conform_open();
    struct fixture *fixture = conform.bottle.fixture;
    graph_send(&conform, PIKET, MESSAGE("\"type\":\"text\",\"text\":{\"body\":\"Nenek sakit\"}"));
    ProtobufCBinaryData report = conform_report(&conform, 0)->report_id;
    while (fixture_effect_count(fixture))
        fixture_effect_take(fixture);
    for (int i = 0; i < 2; i++)
        conform_asked_where(&conform, report);
    assert_int_equal(fixture_effect_count(fixture), 1);
    assert_non_null(strstr(((const struct web_tell *)fixture_effect_take(fixture)->what)->text, "kecamatan"));
    graph_send(&conform, PIKET,
        BODY("\"messages\":[{\"from\":\"6281100\",\"id\":\"wamid.2\",\"timestamp\":\"1772420300\","
             "\"type\":\"text\","
             "\"text\":{\"body\":\"Desa Tembalang, Wlingi\"}}]"));
    assert_int_equal(bottle_reports(&conform.bottle), 2);
    assert_string_equal(conform_report(&conform, 1)->relation, "answer");
    assert_memory_equal(conform_report(&conform, 1)->amends.data, report.data, ID_BYTES);
    while (fixture_effect_count(fixture))
        fixture_effect_take(fixture);
    struct id case_id = fixture_id(fixture); /* not clear to this day: who was asked in review is not again */
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    opened.report_id = report;
    event.case_id = (ProtobufCBinaryData){ID_BYTES, case_id.bytes};
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    fixture_event(fixture, "triage", LANE_NORMAL, &event);
    fixture_turn(fixture);
    assert_int_equal(fixture_effect_count(fixture), 0);
    conform_close(&conform);
}

struct triage_says {
    const char *area;
    bool opens, danger, amends;
    const char *asks; /* NULL: nothing */
};

/* What is said to the reporter of a new report when triage says this of it; NULL: nothing. */
static const char *asked_after(struct conform *conform, const struct triage_says *says) {
    static uint8_t first[ID_BYTES] = {1};
    static int number;
    struct fixture *fixture = conform->bottle.fixture;
    struct id case_id = fixture_id(fixture);
    Sigap__ReportInReview review = SIGAP__REPORT_IN_REVIEW__INIT;
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    char body[512];
    number++;
    snprintf(body, sizeof body,
        BODY("\"messages\":[{\"from\":\"62812%d\",\"id\":\"wamid.asks%d\",\"timestamp\":\"1772420000\","
             "\"type\":\"text\",\"text\":{\"body\":\"Nenek sakit\"}}]"),
        number, number);
    graph_send(conform, PIKET, body);
    while (fixture_effect_count(fixture))
        fixture_effect_take(fixture);
    review.report_id = opened.report_id =
        conform_report(conform, bottle_reports(&conform->bottle) - 1)->report_id;
    review.area = opened.area = (char *)says->area;
    review.danger = says->danger;
    review.reason = (char *)"a_reason_of_tomorrow"; /* what is asked hangs on no word of it */
    if (says->amends)
        review.amends = (ProtobufCBinaryData){sizeof first, first};
    event.body_case = says->opens ? SIGAP__EVENT__BODY_CASE_OPENED : SIGAP__EVENT__BODY_REPORT_IN_REVIEW;
    event.case_id = (ProtobufCBinaryData){ID_BYTES, case_id.bytes};
    if (says->opens)
        event.case_opened = &opened;
    else
        event.report_in_review = &review;
    fixture_event(fixture, "triage", LANE_NORMAL, &event);
    fixture_turn(fixture);
    return fixture_effect_count(fixture) ? ((const struct web_tell *)fixture_effect_take(fixture)->what)->text
                                         : NULL;
}

/* Where it is, as nobody is found without; whether he is safe, where somebody is alerted and it is unclear.
 */
static void what_is_not_known_is_asked_for(void **state) {
    static const struct triage_says cases[] = {
        {.area = "", .asks = "kecamatan"},
        {.area = "", .danger = true, .asks = "kecamatan"},
        {.area = "35.05.01", .danger = true, .asks = "aman"},
        {.area = "35.05.01"},
        {.area = "", .amends = true},
        {.area = "35.05.01", .amends = true, .danger = true},
        {.area = "", .opens = true, .asks = "kecamatan"},
        {.area = "35.05.01", .opens = true},
    };
    (void)state;
    struct conform conform = conform_open();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = asked_after(&conform, &cases[i]);
        if (!cases[i].asks)
            assert_null(text);
        else
            assert_non_null(text && strstr(text, cases[i].asks) ? text : NULL);
    }
    conform_close(&conform);
}

/* A message of one medium without words, 40 s after the first. */
static void send_medium(struct conform *conform, int number, const char *medium, const char *replies_to) {
    char body[1024], context[64] = "";
    if (replies_to)
        snprintf(context, sizeof context, "\"context\":{\"id\":\"%s\"},", replies_to);
    snprintf(body, sizeof body,
        BODY("\"messages\":[{\"from\":\"6281100\",\"id\":\"wamid.%d\",\"timestamp\":\"1772420040\",%s%s}]"),
        number, context, medium);
    graph_send(conform, PIKET, body);
}

#define VOICE "\"type\":\"audio\",\"audio\":{\"id\":\"31\",\"voice\":true}"
#define PHOTO "\"type\":\"image\",\"image\":{\"id\":\"32\"}"
#define VIDEO "\"type\":\"video\",\"video\":{\"id\":\"33\"}"
#define PAPER "\"type\":\"document\",\"document\":{\"id\":\"34\"}"
#define ODD "\"type\":\"unsupported\""

/* What was said last to the reporter, "" for nothing; the platform has taken it. */
static const char *told_last(struct conform *conform) {
    static char text[1024];
    *text = 0;
    while (fixture_effect_count(conform->bottle.fixture)) {
        const struct effect effect = *fixture_effect_take(conform->bottle.fixture);
        if (effect.kind != EFFECT_TELL)
            continue;
        snprintf(text, sizeof text, "%s", ((const struct web_tell *)effect.what)->text);
        fixture_effect_finish(conform->bottle.fixture,
            &(struct effect_result){.id = effect.id, .kind = effect.kind, .outcome = WEB_DONE});
    }
    return text;
}

/* Triage, whoever reviews and whoever is woken hear of what was spoken: "dia datang bawa parang" may be in
 * it. A photo beside the words is seen with them. */
static void what_is_spoken_is_heard_of(void **state) {
    static const struct {
        const char *medium, *replies_to;
        int64_t after_ms;
        bool asked;
        const char *text, *relation; /* NULL: no record */
    } cases[] = {{VOICE, NULL, 40000, false, "[pesan suara / voice message]", "follow_up"},
        {VIDEO, NULL, 40000, false, "[video]", "follow_up"},
        {PAPER, NULL, 40000, false, "[dokumen / document]", "follow_up"},
        {ODD, NULL, 40000, false, "[pesan tanpa teks / message without text]", "follow_up"},
        {PHOTO, NULL, 40000, false, NULL, NULL},
        {VOICE, NULL, 3600000, true, "[pesan suara / voice message]", "answer"},
        {PHOTO, NULL, 3600000, true, "[foto / photo]", "answer"},
        {VOICE, "wamid.1", 3 * 86400000, false, "[pesan suara / voice message]", "follow_up"},
        {PHOTO, "wamid.1", 3 * 86400000, false, "[foto / photo]", "follow_up"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conform conform = conform_open();
        graph_send(&conform, PIKET, MESSAGE("\"type\":\"text\",\"text\":{\"body\":\"Nenek sakit\"}"));
        if (cases[i].asked)
            conform_asked_where(&conform, conform_report(&conform, 0)->report_id);
        told_last(&conform);
        fixture_advance(conform.bottle.fixture, cases[i].after_ms);
        for (int again = 0; again < 2; again++) /* the platform sends it twice */
            send_medium(&conform, 2, cases[i].medium, cases[i].replies_to);
        assert_int_equal(bottle_reports(&conform.bottle), cases[i].text ? 2 : 1);
        if (cases[i].text) {
            const Sigap__ReportReceived *more = conform_report(&conform, 1);
            assert_string_not_equal(told_last(&conform), "");
            assert_string_equal(conform_text(more), cases[i].text);
            assert_string_equal(more->relation, cases[i].relation);
            assert_memory_equal(more->amends.data, conform_report(&conform, 0)->report_id.data, ID_BYTES);
        }
        conform_close(&conform);
    }
}

/* A number is written to by "to"; an id of who shows a name instead (BSUID) by "recipient". */
static void an_answer_names_its_reader(void **state) {
    static const struct {
        const char *chat, *member, *other;
    } cases[] = {{"6281100", "to", "recipient"}, {"+6281100", "to", "recipient"},
        {"ID.13491208655302741918", "recipient", "to"}, {"US.ENT.118157", "recipient", "to"}};
    (void)state;
    struct conform conform = conform_open();
    const struct intake *intake = fixture_state(conform.bottle.fixture);
    const struct intake_channel *channel = intake_channel_at(intake->channels, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena *arena = arena_new(1 << 20);
        struct hook_call call = {.method = "POST"};
        assert_true(channel->source->hook->reply_call(arena, channel, cases[i].chat, "halo", &call));
        json_t *body = json_loadb(call.body, call.body_size, 0, NULL);
        assert_string_equal(json_string_value(json_object_get(body, cases[i].member)), cases[i].chat);
        assert_null(json_object_get(body, cases[i].other));
        assert_non_null(strstr(call.url, "/1066/messages"));
        json_decref(body);
        arena_free(&arena);
    }
    conform_close(&conform);
}

/* Receipt and question are in the language that was written. */
static void who_writes_javanese_is_asked_in_javanese(void **state) {
    (void)state;
    struct conform conform = conform_open();
    struct fixture *fixture = conform.bottle.fixture;
    Sigap__ReportInReview review = SIGAP__REPORT_IN_REVIEW__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    graph_send(&conform, PIKET,
        MESSAGE("\"type\":\"text\",\"text\":{\"body\":\"Simbah mboten saged metu omah, mboten wonten "
                "sing ngopeni\"}"));
    assert_non_null(
        strstr(((const struct web_tell *)fixture_effect_take(fixture)->what)->text, "Matur nuwun"));
    review.report_id = conform_report(&conform, 0)->report_id;
    review.reason = (char *)"place_unclear";
    event.body_case = SIGAP__EVENT__BODY_REPORT_IN_REVIEW;
    event.report_in_review = &review;
    fixture_event(fixture, "triage", LANE_NORMAL, &event);
    fixture_turn(fixture);
    assert_non_null(
        strstr(((const struct web_tell *)fixture_effect_take(fixture)->what)->text, "Nyuwun pirsa"));
    conform_close(&conform);
}

static void a_medium_is_fetched_or_noted_as_unavailable(void **state) {
    (void)state;
    struct conform conform = conform_open();
    struct fixture *fixture = conform.bottle.fixture;
    static const int outcomes[] = {WEB_DONE, WEB_NEVER};
    static const char *const states[] = {"kept", "unavailable"};
    for (size_t i = 0; i < 2; i++) {
        char body[1024];
        snprintf(body, sizeof body,
            BODY("\"messages\":[{\"from\":\"6281100\",\"id\":\"wamid.%zu\",\"timestamp\":\"1772420000\","
                 "\"type\":\"image\","
                 "\"image\":{\"caption\":\"Rumahnya roboh lagi %zu\",\"id\":\"27%zu\"}}]"),
            i, i, i);
        graph_send(&conform, PIKET, body);
        struct effect effect = {0};
        while (fixture_effect_count(fixture) && effect.kind != EFFECT_FETCH)
            effect = *fixture_effect_take(fixture);
        assert_int_equal(effect.kind, EFFECT_FETCH);
        struct effect_result result = {
            .id = effect.id, .kind = effect.kind, .outcome = outcomes[i], .detail = "gone"};
        if (outcomes[i] == WEB_DONE) {
            struct web_medium *medium = calloc(1, sizeof *medium);
            strcpy(medium->type, "image/jpeg");
            medium->size_bytes = 77;
            result.bytes = medium;
            result.size = sizeof *medium;
        }
        fixture_effect_finish(fixture, &result);
        json_t *media = bottle_list(fixture, "media", 0);
        assert_string_equal(json_string_value(json_object_get(json_array_get(media, 0), "state")), states[i]);
        json_decref(media);
        while (fixture_effect_count(fixture))
            fixture_effect_take(fixture);
    }
    conform_close(&conform);
}

/* Lets so many hours pass in which each call for a medium ends like this; how many there were. */
static unsigned fetches(struct conform *conform, unsigned hours, enum web_outcome outcome) {
    struct fixture *fixture = conform->bottle.fixture;
    unsigned count = 0;
    for (unsigned minute = 0; minute < hours * 60; minute++) {
        while (fixture_effect_count(fixture)) {
            const struct effect effect = *fixture_effect_take(fixture);
            struct effect_result result = {.id = effect.id, .kind = effect.kind, .outcome = outcome};
            if (effect.kind != EFFECT_FETCH)
                continue;
            if (outcome == WEB_DONE) {
                result.size = sizeof(struct web_medium);
                result.bytes = calloc(1, result.size);
            }
            fixture_effect_finish(fixture, &result);
            count++;
        }
        fixture_advance(fixture, 60 * 1000);
    }
    return count;
}

static void is_in_state(struct conform *conform, const char *state) {
    json_t *media = bottle_list(conform->bottle.fixture, "media", 0);
    assert_int_equal(json_array_size(media), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(media, 0), "state")), state);
    json_decref(media);
}

/* A way out that is shut for a day, a secret that has run out: the picture is fetched when it is mended; one
 * that never comes is given up in the end. */
static void a_medium_is_waited_for_two_days(void **state) {
    (void)state;
    for (int mended = 0; mended < 2; mended++) {
        struct conform conform = conform_open();
        graph_send(&conform, PIKET, MESSAGE("\"type\":\"image\",\"image\":{\"id\":\"2754\"}"));
        unsigned count = fetches(&conform, 40, WEB_AGAIN);
        assert_in_range(count, 40, 100);
        is_in_state(&conform, "wanted");
        if (mended)
            assert_int_equal(fetches(&conform, 1, WEB_DONE), 1);
        else
            assert_in_range(fetches(&conform, 20, WEB_AGAIN), 1, 40);
        is_in_state(&conform, mended ? "kept" : "unavailable");
        assert_int_equal(fetches(&conform, 24, WEB_AGAIN), 0);
        conform_close(&conform);
    }
}

/* --- evidence --- */

/* A photo with words of this number, which is fetched. Photos of one content lie once. */
static ProtobufCBinaryData send_photo(struct conform *conform, int number, uint8_t content) {
    struct fixture *fixture = conform->bottle.fixture;
    char body[1024];
    snprintf(body, sizeof body,
        BODY("\"messages\":[{\"from\":\"628110%d\",\"id\":\"wamid.%d\",\"timestamp\":\"1772420000\","
             "\"type\":\"image\",\"image\":{\"caption\":\"Rumahnya roboh lagi %d\",\"id\":\"27%d\"}}]"),
        number, number, number, number);
    graph_send(conform, PIKET, body);
    struct effect effect = {0};
    while (fixture_effect_count(fixture) && effect.kind != EFFECT_FETCH)
        effect = *fixture_effect_take(fixture);
    assert_int_equal(effect.kind, EFFECT_FETCH);
    struct web_medium *medium = calloc(1, sizeof *medium);
    strcpy(medium->type, "image/jpeg");
    medium->size_bytes = 77;
    medium->hash[0] = content;
    fixture_effect_finish(fixture, &(struct effect_result){.id = effect.id,
                                       .kind = effect.kind,
                                       .outcome = WEB_DONE,
                                       .bytes = medium,
                                       .size = sizeof *medium});
    return bottle_last(&conform->bottle)->event->report_received->report_id;
}

static Sigap__Event event_of_case(const struct id *case_id) {
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.case_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)case_id->bytes};
    return event;
}

static void hear_opened(struct conform *conform, const struct id *case_id, ProtobufCBinaryData report) {
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__Event event = event_of_case(case_id);
    opened.report_id = report;
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    fixture_event(conform->bottle.fixture, "triage", LANE_NORMAL, &event);
    fixture_turn(conform->bottle.fixture);
}

static void hear_closed(
    struct conform *conform, const struct id *case_id, const char *outcome, bool reopened) {
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    Sigap__Event event = event_of_case(case_id);
    closed.outcome = (char *)outcome;
    closed.reopened = reopened;
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &closed;
    fixture_event(conform->bottle.fixture, "casework", LANE_NORMAL, &event);
    fixture_turn(conform->bottle.fixture);
}

static void hear_merged(struct conform *conform, const struct id *case_id, const struct id *into) {
    Sigap__CaseMerged merged = SIGAP__CASE_MERGED__INIT;
    Sigap__Event event = event_of_case(case_id);
    merged.into = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)into->bytes};
    event.body_case = SIGAP__EVENT__BODY_CASE_MERGED;
    event.case_merged = &merged;
    fixture_event(conform->bottle.fixture, "casework", LANE_NORMAL, &event);
    fixture_turn(conform->bottle.fixture);
}

/* The contents of the files that were to be deleted meanwhile, as digits in order. */
static const char *pass_days(struct conform *conform, int days) {
    static char deleted[32];
    size_t count = 0;
    for (int i = 0; i < days; i++) {
        fixture_advance(conform->bottle.fixture, 86400000);
        while (fixture_effect_count(conform->bottle.fixture)) {
            const struct effect *effect = fixture_effect_take(conform->bottle.fixture);
            const struct web_tidy *what = effect->what;
            for (size_t j = 0; effect->kind == EFFECT_TIDY && j < what->count; j++)
                deleted[count++] = (char)('0' + what->hashes[j][0]);
        }
    }
    deleted[count] = 0;
    return deleted;
}

static size_t photos(struct conform *conform) {
    json_t *media = bottle_list(conform->bottle.fixture, "media", 0);
    size_t count = json_array_size(media);
    json_decref(media);
    return count;
}

/* A case may take longer than media are kept: what was photographed stays until it was closed that long ago.
 * A photo of no case goes by the time at which it came. */
static void evidence_stays_as_long_as_its_case(void **state) {
    (void)state;
    struct conform conform = conform_open();
    struct id alone = fixture_id(conform.bottle.fixture), merged = fixture_id(conform.bottle.fixture);
    hear_opened(&conform, &alone, send_photo(&conform, 1, 1));
    hear_opened(&conform, &merged, send_photo(&conform, 2, 2));
    send_photo(&conform, 3, 3); /* never decided */
    send_photo(&conform, 4, 1); /* the same picture as the first */
    assert_string_equal(pass_days(&conform, 30), "");
    hear_merged(&conform, &merged, &alone);
    hear_closed(&conform, &merged, "digabung", false);
    assert_string_equal(pass_days(&conform, 152), "3");
    assert_int_equal(photos(&conform), 2);
    hear_closed(&conform, &alone, "selesai", false);
    assert_string_equal(pass_days(&conform, 100), "");
    hear_closed(&conform, &alone, "", true);
    assert_string_equal(pass_days(&conform, 300), "");
    hear_closed(&conform, &alone, "selesai", false);
    assert_string_equal(pass_days(&conform, 179), "");
    assert_int_equal(photos(&conform), 2);
    assert_string_equal(pass_days(&conform, 3), "12");
    assert_int_equal(photos(&conform), 0);
    conform_close(&conform);
}

/* What comes when the case is known belongs to it as well. */
static void a_photo_that_comes_later_is_evidence_too(void **state) {
    (void)state;
    struct conform conform = conform_open();
    struct id case_id = fixture_id(conform.bottle.fixture);
    graph_send(&conform, PIKET, MESSAGE("\"type\":\"text\",\"text\":{\"body\":\"Nenek sakit\"}"));
    hear_opened(&conform, &case_id, conform_report(&conform, 0)->report_id);
    send_medium(&conform, 2, PHOTO, NULL);
    assert_int_equal(photos(&conform), 1);
    pass_days(&conform, 300);
    assert_int_equal(photos(&conform), 1);
    hear_closed(&conform, &case_id, "selesai", false);
    pass_days(&conform, 183);
    assert_int_equal(photos(&conform), 0);
    conform_close(&conform);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CONFORMANCE_TESTS,
        cmocka_unit_test(the_handshake_echoes_the_challenge),
        cmocka_unit_test(reads_what_people_send),
        cmocka_unit_test(edits_and_revocations_name_their_message),
        cmocka_unit_test(an_edit_is_of_who_wrote_it),
        cmocka_unit_test(reads_all_entries_and_changes),
        cmocka_unit_test(the_reporter_is_told_after_the_commit),
        cmocka_unit_test(an_answer_names_its_reader),
        cmocka_unit_test(who_writes_javanese_is_asked_in_javanese),
        cmocka_unit_test(a_question_is_asked_once_and_its_answer_joins),
        cmocka_unit_test(what_is_spoken_is_heard_of),
        cmocka_unit_test(what_is_not_known_is_asked_for),
        cmocka_unit_test(a_medium_is_fetched_or_noted_as_unavailable),
        cmocka_unit_test(a_medium_is_waited_for_two_days),
        cmocka_unit_test(evidence_stays_as_long_as_its_case),
        cmocka_unit_test(a_photo_that_comes_later_is_evidence_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
