/* Telegram: the updates of the Bot API, usual and odd ones. Secret: a token, no channel. */
#include "services/intake/tests/conformance.h"

#include "intake_sql.h"

static void write_one(char *out, size_t room, const struct told *told) {
    const char *kind = told->group    ? (told->edited ? "edited_channel_post" : "channel_post")
                       : told->edited ? "edited_message"
                                      : "message";
    char album[64] = "", media[128] = "";
    if (told->album)
        snprintf(album, sizeof album, "\"media_group_id\":\"%d\",", told->album);
    if (told->photo)
        snprintf(media, sizeof media,
            "\"photo\":[{\"file_id\":\"S%d\",\"file_unique_id\":\"us%d\",\"width\":90,\"height\":60}],",
            told->number, told->number);
    snprintf(out, room,
        "{\"update_id\":%d,\"%s\":{\"message_id\":%d,%s\"chat\":{\"id\":%s%s,\"type\":\"%s\"},\"date\":"
        "1772420000,%s%s"
        "\"%s\":\"%s\"}}",
        800000 + told->number * 2 + told->edited, kind, told->number,
        told->group
            ? ""
            : "\"from\":{\"id\":6281100,\"is_bot\":false,\"first_name\":\"A\",\"language_code\":\"id\"},",
        told->group ? "-100" : "", told->sender, told->group ? "channel" : "private", album, media,
        told->photo ? "caption" : "text", told->text);
    if (told->forwarded)
        snprintf(out + strlen(out) - 2, room - strlen(out),
            ",\"forward_origin\":{\"type\":\"hidden_user\",\"sender_user_name\":\"B\",\"date\":1772400000}}"
            "}");
}

static void write_post(struct conform *conform, struct post *post, const struct told *told, size_t count) {
    (void)conform;
    assert_int_equal(count, 1);
    strcpy(post->path, "/v1/hooks/telegram/piket");
    write_one(post->body, sizeof post->body, told);
}

static void sign(struct conform *conform, struct post *post) {
    snprintf(post->values[0], sizeof post->values[0], "%s", conform->bottle.bearer + 7);
    post->request.headers[0][0] = "Content-Type";
    post->request.headers[0][1] = "application/json";
    post->request.headers[1][0] = "X-Telegram-Bot-Api-Secret-Token";
    post->request.headers[1][1] = post->values[0];
}

static const struct conformance telegram = {
    .source = "telegram",
    .word = "telegram",
    .repeats = true,
    .edits = true,
    .albums = true,
    .groups = true,
    .forwards = true,
    .garbage = "{\"update_id\":1,",
    .write = write_post,
    .sign = sign,
};

static const struct conformance telegram_that_tells = {
    .source = "telegram",
    .word = "telegram",
    .sources_yaml = "channels:\n  - name: piket\n    source: telegram\n    options:\n"
                    "      - { name: token_file, value: tg.token }\n",
    .secrets = {{"tg.token", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw\n"}},
    .write = write_post,
    .sign = sign,
};

static const struct conformance *now = &telegram;

static const struct conformance *conformance_of_test(void) {
    return now;
}

static const struct answer *send(struct conform *conform, const char *body) {
    static struct post post;
    post.request = (struct fixture_request){
        .method = "POST", .path = "/v1/hooks/telegram/piket", .body = body, .body_size = strlen(body)};
    sign(conform, &post);
    return fixture_request(conform->bottle.fixture, &post.request);
}

#define FROM "\"from\":{\"id\":5512,\"is_bot\":false,\"first_name\":\"Rina\",\"language_code\":\"id\"}"
#define CHAT "\"chat\":{\"id\":5512,\"first_name\":\"Rina\",\"type\":\"private\"}"

static void reads_what_people_send(void **state) {
    (void)state;
    static const struct {
        const char *body, *text; /* NULL: nothing to keep */
        bool located;
        size_t media;
    } cases[] = {
        {"{\"update_id\":1,\"message\":{\"message_id\":11," FROM "," CHAT
         ",\"date\":1772420000,\"text\":\"Nenek sakit di Wlingi\"}}",
            "Nenek sakit di Wlingi", false, 0},
        {"{\"update_id\":2,\"message\":{\"message_id\":12," FROM "," CHAT
         ",\"date\":1772420000,\"location\":{\"latitude\":-7.98,\"longitude\":112.63}}}",
            "geo:-7.980000,112.630000", true, 0},
        {"{\"update_id\":3,\"message\":{\"message_id\":13," FROM "," CHAT
         ",\"date\":1772420000,\"location\":{\"latitude\":-7.9,\"longitude\":112.6},\"venue\":{\"location\":{"
         "\"latitude\":"
         "-7.9,\"longitude\":112.6},\"title\":\"Masjid Nur\",\"address\":\"Jl. Raya 1\"}}}",
            "Masjid Nur, Jl. Raya 1", true, 0},
        {"{\"update_id\":4,\"message\":{\"message_id\":14," FROM "," CHAT
         ",\"date\":1772420000,\"contact\":{\"phone_number\":\"+62811\",\"first_name\":\"Pak\",\"last_name\":"
         "\"RT\"}}}",
            "[kontak / contact] Pak RT +62811", false, 0},
        {"{\"update_id\":5,\"message\":{\"message_id\":15," FROM "," CHAT
         ",\"date\":1772420000,\"voice\":{\"file_id\":\"V1\",\"file_unique_id\":\"v1\",\"duration\":7}}}",
            "[pesan suara / voice message]", false, 1},
        {"{\"update_id\":6,\"message\":{\"message_id\":16," FROM "," CHAT
         ",\"date\":1772420000,\"photo\":[{\"file_id\":\"S\",\"file_unique_id\":\"s\",\"width\":90,"
         "\"height\":51},{\"file_"
         "id\":\"L\",\"file_unique_id\":\"l\",\"width\":1280,\"height\":720}],\"caption\":\"Rumahnya "
         "roboh\"}}",
            "Rumahnya roboh", false, 1},
        {"{\"update_id\":7,\"callback_query\":{\"id\":\"77\"," FROM ",\"message\":{\"message_id\":9," CHAT
         ",\"date\":1},\"chat_instance\":\"1\",\"data\":\"2 tidak aman\"}}",
            "2 tidak aman", false, 0},
        {"{\"update_id\":8,\"message\":{\"message_id\":18," FROM "," CHAT
         ",\"date\":1772420000,\"reply_to_message\":{\"message_id\":11," CHAT
         ",\"date\":1,\"text\":\"x\"},\"text\":\"di belakang balai desa\"}}",
            "di belakang balai desa", false, 0},
        /* Numbers as large as they may get, fields nobody knows yet, nothing where something was. */
        {"{\"update_id\":9007199254740993,\"message\":{\"message_id\":2147483647,\"from\":{\"id\":"
         "6917529027641081856},"
         "\"chat\":{\"id\":-1002147483648123,\"type\":\"supergroup\",\"is_forum\":true},\"message_thread_"
         "id\":5,"
         "\"date\":1772420000,\"new_thing_2031\":{\"a\":[{},null]},\"text\":\"Ada "
         "korban\",\"entities\":[{\"type\":"
         "\"bold\",\"offset\":0,\"length\":3}],\"link_preview_options\":{\"is_disabled\":true}}}",
            "Ada korban", false, 0},
        {"{\"update_id\":123456789012345678901234567890,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"text\":\"Nenek sakit\"}}",
            "Nenek sakit", false, 0},
        {"{\"update_id\":1e3,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":null,\"text\":\"Nenek sakit\",\"caption\":null,\"photo\":null}}",
            "Nenek sakit", false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1,\"chat\":{\"id\":5512},\"text\":\"Tanpa from dan "
         "date\"}}",
            "Tanpa from dan date", false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"text\":\"\"}}",
            "[pesan tanpa teks / message without text]", false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"text\":\"\\ud83d\\ude2d\\ud83d\\ude2d tolong \\u202e\\u200b\"}}",
            "\xf0\x9f\x98\xad\xf0\x9f\x98\xad tolong \xe2\x80\xae\xe2\x80\x8b", false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"photo\":[],\"caption\":\"foto hilang\"}}",
            "foto hilang", false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"web_app_data\":{\"data\":\"{\\\"isi\\\":\\\"nenek "
         "sakit\\\"}\",\"button_text\":\"Lapor\"}}}",
            "{\"isi\":\"nenek sakit\"}", false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"checklist\":{\"title\":\"Butuh\",\"tasks\":[{\"id\":1,\"text\":\"air\"},{"
         "\"id\":2,\"text\":"
         "\"tenda\"}]}}}",
            "Butuh\n- air\n- tenda", false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"poll\":{\"id\":\"1\",\"question\":\"Siapa bisa "
         "evakuasi?\",\"options\":[]}}}",
            "Siapa bisa evakuasi?", false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"text\":\"/start nenek dipukul anaknya\"}}",
            "/start nenek dipukul anaknya", false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"text\":\"/start tolong\"}}",
            "/start tolong", false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"text\":\"/start@sigap_bot\"}}",
            NULL, false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"text\":\"/start poster_7\"}}",
            NULL, false, 0},
        {"{\"update_id\":1,\"callback_query\":{\"id\":\"1\"," FROM
         ",\"inline_message_id\":\"x\",\"game_short_name\":\"g\"}}",
            NULL, false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1,\"pinned_message\":{\"message_id\":2,\"text\":\"lama\"}}}",
            NULL, false, 0},
        {"{\"update_id\":1,\"business_connection\":{\"id\":\"x\"},\"inline_query\":{\"query\":\"tolong\"},"
         "\"chat_join_request\":{},\"purchased_paid_media\":{},\"removed_chat_boost\":{}}",
            NULL, false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"paid_media\":{\"star_count\":0,\"paid_media\":[{\"type\":\"photo\","
         "\"photo\":[{"
         "\"file_id\":\"P\",\"file_unique_id\":\"p\",\"width\":9,\"height\":9}]},{\"type\":\"video\","
         "\"video\":{"
         "\"file_id\":\"V\",\"file_unique_id\":\"v\"}},{\"type\":\"preview\"}]},\"caption\":\"Rumah "
         "roboh\"}}",
            "Rumah roboh", false, 2},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"rich_message\":{\"blocks\":[{\"type\":\"heading\",\"text\":\"Banjir\","
         "\"size\":1},{"
         "\"type\":\"paragraph\",\"text\":[\"dua "
         "\",{\"type\":\"bold\",\"text\":[\"lansia\",{\"type\":\"url\",\"text\":"
         "\" "
         "terjebak\",\"url\":\"https://"
         "x.example\"}]}]},{\"type\":\"list\",\"items\":[{\"label\":\"1\",\"blocks\":[{"
         "\"type\":\"paragraph\",\"text\":\"di Papar\"}]}]}]}}}",
            "Banjir\ndua lansia terjebak\ndi Papar", false, 0},
        {"{\"update_id\":1,\"message\":{\"message_id\":1," FROM "," CHAT
         ",\"date\":1772420000,\"rich_message\":{\"blocks\":[]}}}",
            "[pesan tanpa teks / message without text]", false, 0},
        {"{\"update_id\":1,\"guest_message\":{\"message_id\":1," FROM "," CHAT
         ",\"guest_query_id\":\"g\",\"date\":1772420000,\"text\":\"@sigap nenek sakit\"}}",
            "@sigap nenek sakit", false, 0},
        {"{\"update_id\":1,\"stopped_message_generation\":{" CHAT "},\"managed_bot\":{},\"subscription\":{}}",
            NULL, false, 0},
        {"{\"update_id\":1,\"deleted_business_messages\":{\"business_connection_id\":\"x\"," CHAT
         ",\"message_ids\":[1,2]}}",
            NULL, false, 0}, /* we never had them */
        {"{\"update_id\":9,\"my_chat_member\":{" CHAT "," FROM ",\"date\":1}}", NULL, false, 0},
        {"{\"update_id\":10,\"message_reaction\":{" CHAT ",\"message_id\":11,\"date\":1}}", NULL, false, 0},
        {"{\"update_id\":11,\"poll\":{\"id\":\"1\"}}", NULL, false, 0},
        {"{\"update_id\":12,\"message\":{\"message_id\":19," CHAT ",\"date\":1,\"new_chat_members\":[]}}",
            NULL, false, 0},
        {"{\"update_id\":13}", NULL, false, 0},
        {"{\"update_id\":14,\"message\":{\"message_id\":20," FROM "," CHAT
         ",\"date\":1772420000,\"text\":\"a\\u0000b \\ud800 \xff c\"}}",
            "a\xef\xbf\xbd"
            "b \xef\xbf\xbd \xef\xbf\xbd c",
            false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conform conform = conform_open();
        const struct answer *answer = send(&conform, cases[i].body);
        if (answer->status != 200 || bottle_reports(&conform.bottle) != (cases[i].text != NULL))
            fail_msg("case %zu: %u, %zu reports", i, answer->status, bottle_reports(&conform.bottle));
        if (cases[i].text) {
            const Sigap__ReportReceived *report = conform_report(&conform, 0);
            if (strcmp(conform_text(report), cases[i].text) != 0)
                fail_msg("case %zu: \"%s\"", i, conform_text(report));
            if (report->n_media != cases[i].media)
                fail_msg("case %zu: %zu media", i, report->n_media);
        }
        if (conform_parked(&conform))
            fail_msg("case %zu was put aside", i);
        conform_close(&conform);
    }
}

/* Eight hours of a live location are as many reports as there were places. */
static void a_live_location_is_a_report_a_place(void **state) {
    (void)state;
    struct conform conform = conform_open();
    char body[512];
    for (int i = 0; i < 100; i++) {
        snprintf(body, sizeof body,
            "{\"update_id\":%d,\"%s\":{\"message_id\":3," FROM "," CHAT
            ",\"date\":1772420000,\"edit_date\":%d,\"location\":{"
            "\"latitude\":%.6f,\"longitude\":112.6301,\"live_period\":28800,\"heading\":%d}}}",
            i, i ? "edited_message" : "message", 1772420000 + 30 * i,
            -7.9801 - (i >= 50 ? 0.02 : 0) - i * 0.00001, i);
        assert_int_equal(send(&conform, body)->status, 200);
    }
    assert_in_range(
        bottle_reports(&conform.bottle), 3, 4); /* the first, its place on the grid, the second place */
    assert_memory_equal(bottle_last(&conform.bottle)->event->report_received->amends.data,
        conform_report(&conform, 0)->report_id.data, ID_BYTES);
    conform_close(&conform);
}

/* Who wrote to somebody's business account is answered there, by the connection; anybody else in the chat.
 * Checked against the types of grammY 1.46 (sendMessage). */
static void the_receipt_goes_where_the_message_came_from(void **state) {
    static const struct {
        const char *body, *connection;
    } cases[] = {
        {"{\"update_id\":1,\"message\":{\"message_id\":7," FROM "," CHAT
         ",\"date\":1772420000,\"text\":\"Nenek sakit di Wlingi\"}}",
            NULL},
        {"{\"update_id\":1,\"business_message\":{\"message_id\":7," FROM "," CHAT
         ",\"date\":1772420000,\"business_connection_id\":\"Ab_1-x\",\"text\":\"Nenek sakit di Wlingi\"}}",
            "Ab_1-x"},
    };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct conform conform = conform_open();
        const struct answer *answer = send(&conform, cases[i].body);
        json_t *call = json_loadb(answer->body, answer->body_size, 0, NULL);
        assert_string_equal(json_string_value(json_object_get(call, "method")), "sendMessage");
        assert_string_equal(json_string_value(json_object_get(call, "chat_id")), "5512");
        const char *connection = json_string_value(json_object_get(call, "business_connection_id"));
        assert_true(
            cases[i].connection ? connection && strcmp(connection, cases[i].connection) == 0 : !connection);
        assert_int_equal(json_object_size(call), cases[i].connection ? 4 : 3);
        json_decref(call);
        conform_close(&conform);
    }
}

/* Taken back by somebody who writes to a business account: joins what we have of it. */
static void a_deleted_business_message_is_withdrawn(void **state) {
    (void)state;
    struct conform conform = conform_open();
    send(&conform, "{\"update_id\":1,\"business_message\":{\"message_id\":7," FROM "," CHAT
                   ",\"date\":1772420000,\"business_connection_id\":\"x\",\"text\":\"Nenek sakit\"}}");
    send(&conform, "{\"update_id\":2,\"deleted_business_messages\":{\"business_connection_id\":\"x\"," CHAT
                   ",\"message_ids\":[6,7]}}");
    assert_int_equal(bottle_reports(&conform.bottle), 2);
    const Sigap__ReportReceived *withdrawn = conform_report(&conform, 1);
    assert_string_equal(withdrawn->relation, "withdrawal");
    assert_memory_equal(withdrawn->amends.data, conform_report(&conform, 0)->report_id.data, ID_BYTES);
    conform_close(&conform);
}

static void write_saying(char *body, size_t room, int number, const char *text) {
    snprintf(body, room,
        "{\"update_id\":%d,\"message\":{\"message_id\":%d," FROM "," CHAT
        ",\"date\":1772420000,\"text\":\"%s\"}}",
        number, number, text);
}

static const char *say(struct conform *conform, int number, const char *text) {
    static char reply[4][1024];
    char body[2048];
    write_saying(body, sizeof body, number, text);
    const struct answer *answer = send(conform, body);
    assert_int_equal(answer->status, 200);
    reply[number % 4][0] = 0;
    if (answer->body_size) {
        json_t *call = json_loadb(answer->body, answer->body_size, 0, NULL);
        assert_string_equal(json_string_value(json_object_get(call, "method")), "sendMessage");
        assert_string_equal(json_string_value(json_object_get(call, "chat_id")), "5512");
        snprintf(reply[number % 4], sizeof reply[0], "%s", json_string_value(json_object_get(call, "text")));
        json_decref(call);
    }
    return reply[number % 4];
}

/* The ticket in a receipt: 260302-XXXX-XXXX-XXXX-XXXX-X. */
static const char *ticket_in(const char *text) {
    static char ticket[TICKET_TEXT + 1];
    struct ticket read;
    for (; strlen(text) >= TICKET_TEXT; text++) {
        snprintf(ticket, sizeof ticket, "%s", text);
        if (text[6] == '-' && ticket_from_text(ticket, &read))
            return ticket;
    }
    fail_msg("no ticket in it");
    return NULL;
}

static void answers_in_the_chat(void **state) {
    (void)state;
    struct conform conform = conform_open();
    char ticket[TICKET_TEXT + 1], ask[128];
    strcpy(ticket, ticket_in(say(&conform, 1, "Nenek sakit di Wlingi")));
    snprintf(ask, sizeof ask, "status %s", ticket);
    assert_non_null(strstr(say(&conform, 2, ask), ticket));
    assert_int_equal(bottle_reports(&conform.bottle), 1); /* a question is no report */
    const char *urgent = say(&conform, 3, "tolong dia pegang pisau");
    assert_non_null(strstr(urgent, "112"));
    assert_string_not_equal(ticket_in(urgent), ticket);
    snprintf(ask, sizeof ask, "%s: rumahnya di belakang masjid", ticket);
    assert_string_equal(ticket_in(say(&conform, 4, ask)), ticket); /* a ticket in front: joins that report */
    assert_string_equal(bottle_last(&conform.bottle)->event->report_received->relation, "follow_up");
    say(&conform, 5, "status 260302-AAAA-AAAA-AAAA-AAAA-A");
    assert_int_equal(bottle_reports(&conform.bottle), 3);
    say(&conform, 6, "status anak saya bagaimana? dia sakit");
    assert_int_equal(bottle_reports(&conform.bottle), 4);
    say(&conform, 7, "status 260302-AAAA-AAAA-AAAA-AAAA-A\\nKebakaran");
    assert_int_equal(bottle_reports(&conform.bottle), 5);
    conform_close(&conform);
}

/* A ticket joins wherever it stands; one that is not ours is text; with nothing told it is a question. */
static void a_ticket_joins_wherever_it_stands(void **state) {
    (void)state;
    static const struct {
        const char *text; /* %s: the ticket */
        bool report, joins;
    } cases[] = {
        {"laporan %s tambahan: ada luka di kaki", true, true},
        {"No. %s: nenek sudah makan", true, true},
        {"nomor %s mohon segera", true, true},
        {"Tambahan untuk %s: belum ada petugas", true, true},
        {"(%s) petugas belum datang", true, true},
        {"status %s belum ada petugas", true, true},
        {"%s tolong", true, true},
        {"petugas belum datang, laporan saya 260302-AAAA-AAAA-AAAA-AAAA-A %s", true, true},
        {"Tambahan untuk 260302-AAAA-AAAA-AAAA-AAAA-A: belum ada petugas", true, false},
        {"STATUS laporan %s", false, false},
        {"cek no. %s", false, false},
        {"Bagaimana status laporan saya %s?", false, false},
        {"status", false, false},
        {"Bagaimana status laporan saya?", false, false},
    };
    struct conform conform = conform_open();
    char ticket[TICKET_TEXT + 1], text[160];
    strcpy(ticket, ticket_in(say(&conform, 1, "Nenek lumpuh di Gondanglegi Malang")));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t before = bottle_reports(&conform.bottle);
        snprintf(text, sizeof text, cases[i].text, ticket);
        const char *told = say(&conform, (int)i + 2, text);
        if (bottle_reports(&conform.bottle) - before != cases[i].report)
            fail_msg("case %zu: %zu reports", i, bottle_reports(&conform.bottle) - before);
        bool named = strstr(cases[i].text, "%s") != NULL;
        if (named && strcmp(ticket_in(told), ticket) != 0)
            fail_msg("case %zu: told \"%s\"", i, told);
        if (cases[i].joins)
            assert_memory_equal(bottle_last(&conform.bottle)->event->report_received->amends.data,
                conform_report(&conform, 0)->report_id.data, ID_BYTES);
    }
    conform_close(&conform);
}

static void a_pin_joins_the_words_before_it(void **state) {
    (void)state;
    struct conform conform = conform_open();
    say(&conform, 1, "Nenek sakit, mohon ditengok");
    send(&conform, "{\"update_id\":2,\"message\":{\"message_id\":2," FROM "," CHAT
                   ",\"date\":1772420000,\"location\":{\"latitude\":-7.98,\"longitude\":112.63}}}");
    assert_int_equal(bottle_reports(&conform.bottle), 2);
    assert_memory_equal(
        conform_report(&conform, 1)->amends.data, conform_report(&conform, 0)->report_id.data, ID_BYTES);
    conform_close(&conform);
}

/* The first picture is the answer; what comes with it is seen beside it. */
static void an_album_may_be_an_answer(void **state) {
    (void)state;
    now = &telegram_that_tells;
    struct conform conform = conform_open();
    conform_taken(&conform, &(struct told){.number = 1, .text = "Nenek sakit", .sender = "6281100"}, 1);
    conform_asked_where(&conform, conform_report(&conform, 0)->report_id);
    for (int i = 2; i <= 4; i++)
        conform_taken(&conform,
            &(struct told){.number = i, .text = "", .sender = "6281100", .album = 77, .photo = true}, 1);
    assert_int_equal(bottle_reports(&conform.bottle), 2);
    assert_string_equal(conform_report(&conform, 1)->relation, "answer");
    conform_close(&conform);
    now = &telegram;
}

static void order(struct conform *conform, const char *action, const char *argument, unsigned expected) {
    unsigned status;
    json_decref(bottle_control(conform->bottle.fixture, action, argument, &status));
    assert_int_equal(status, expected);
}

/* Nobody wants to hear from it: kept apart, visible, reversible; what may be urgent is heard all the same. */
static void a_sender_may_be_blocked(void **state) {
    (void)state;
    struct conform conform = conform_open();
    char ticket[TICKET_TEXT + 1], id[64], reason[64];
    strcpy(ticket, ticket_in(say(&conform, 1, "Ada warga minta info bansos")));
    order(&conform, "sender.block", "260302-AAAA-AAAA-AAAA-AAAA-A", 404);
    order(&conform, "sender.block", ticket, 200);
    assert_string_equal(say(&conform, 2, "Ada warga minta info bansos lagi"), "");
    assert_int_equal(bottle_reports(&conform.bottle), 1);
    assert_int_equal(conform_aside(&conform, id, reason), 1);
    say(&conform, 3, "dia pegang pisau");
    assert_int_equal(bottle_reports(&conform.bottle), 2);
    order(&conform, "hook.retry", id, 200); /* this one all the same */
    fixture_advance(conform.bottle.fixture, 1000);
    assert_int_equal(bottle_reports(&conform.bottle), 3);
    assert_int_equal(conform_aside(&conform, id, reason), 0);
    order(&conform, "sender.unblock", ticket, 200);
    order(&conform, "sender.unblock", ticket, 404); /* it is not blocked */
    say(&conform, 4, "Ada warga minta info bansos juga");
    assert_int_equal(bottle_reports(&conform.bottle), 4);
    order(&conform, "sender.block", ticket, 200);
    say(&conform, 5, "Ada warga minta info bansos terus");
    size_t told = fixture_count(conform.bottle.fixture, SIGAP__EVENT__BODY_INPUT_PARKED);
    assert_int_equal(conform_aside(&conform, id, reason), 1);
    for (int i = 0; i < 9; i++) /* by itself, after the retention, and nobody is told again */
        fixture_advance(conform.bottle.fixture, 86400000);
    assert_int_equal(conform_aside(&conform, id, reason), 0);
    assert_int_equal(fixture_count(conform.bottle.fixture, SIGAP__EVENT__BODY_INPUT_PARKED), told);
    conform_close(&conform);
}

/* A bot that only tries out: also what waits for its sender's allowance stays training. */
static void what_waits_stays_training(void **state) {
    (void)state;
    struct conform conform = conform_open();
    bottle_issue(conform.bottle.fixture, "coba training", conform.bottle.bearer);
    char text[64];
    for (int i = 0; i < HOOK_SENDER_BURST + 5; i++) {
        snprintf(text, sizeof text, "Ada warga minta info bansos %d", i);
        say(&conform, i + 1, text);
    }
    order(&conform, "token.revoke", "coba", 200);
    fixture_advance(conform.bottle.fixture, 60000);
    assert_int_equal(bottle_reports(&conform.bottle), HOOK_SENDER_BURST + 5);
    for (size_t i = 0; i < HOOK_SENDER_BURST + 5; i++)
        assert_true(
            fixture_nth(conform.bottle.fixture, SIGAP__EVENT__BODY_REPORT_RECEIVED, i)->event->training);
    conform_close(&conform);
}

static size_t hook_rows(struct conform *conform) {
    struct statement *list =
        store_use(fixture_store(conform->bottle.fixture), intake_daemon.schema, INTAKE_HOOK_LIST);
    size_t count = 0;
    bind_int(list, 1000);
    while (statement_step(list))
        count++;
    return count;
}

/* Whichever memory is missing: a message over its sender's allowance that was answered 200 waits in a row,
 * and what waits is taken. */
static void what_waits_is_not_lost_for_want_of_memory(void **state) {
    (void)state;
    struct conform conform = conform_open();
    struct fixture *fixture = conform.bottle.fixture;
    log_set_level(LOG_ERROR);
    for (int i = 0; i < HOOK_SENDER_BURST; i++)
        say(&conform, i + 1, "Ada warga minta info bansos");
    int number = HOOK_SENDER_BURST;
    for (uint64_t nth = 1, struck = 1; struck; nth++) {
        fixture_advance(fixture, 10000); /* a turn that was rolled back refuses what is calm for 5 s */
        for (int i = 0; i < 25; i++)
            say(&conform, ++number, "Ada warga minta info bansos");
        size_t before = hook_rows(&conform);
        struct told told = {.number = 1, .text = "", .sender = "5512"};
        struct post *post = conform_write(&conform, &told, 1);
        write_saying(post->body, sizeof post->body, ++number, "Ada warga minta info bansos");
        post->request.body_size = strlen(post->body);
        fault_arm(FAULT_MEMORY, nth);
        const struct answer *answer = fixture_request(fixture, &post->request);
        struck = fault_count(FAULT_MEMORY) >= nth;
        fault_disarm();
        bool taken = answer && answer->status == 200;
        if (hook_rows(&conform) != before + taken)
            fail_msg("at %llu: answered %u, not kept", (unsigned long long)nth, answer ? answer->status : 0);
        fixture_turn(fixture);
    }
    size_t waiting = hook_rows(&conform), reports = bottle_reports(&conform.bottle);
    assert_true(waiting > 0);
    for (uint64_t nth = 1; hook_rows(&conform); nth++) {
        fault_arm(FAULT_MEMORY, nth);
        fixture_advance(fixture, HOOK_SENDER_EACH_MS);
        fault_disarm();
        fixture_advance(fixture, 20000);
    }
    assert_int_equal(bottle_reports(&conform.bottle), reports + waiting);
    log_set_level(LOG_INFO);
    conform_close(&conform);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CONFORMANCE_TESTS,
        cmocka_unit_test(reads_what_people_send),
        cmocka_unit_test(the_receipt_goes_where_the_message_came_from),
        cmocka_unit_test(a_live_location_is_a_report_a_place),
        cmocka_unit_test(a_deleted_business_message_is_withdrawn),
        cmocka_unit_test(answers_in_the_chat),
        cmocka_unit_test(a_ticket_joins_wherever_it_stands),
        cmocka_unit_test(a_pin_joins_the_words_before_it),
        cmocka_unit_test(an_album_may_be_an_answer),
        cmocka_unit_test(a_sender_may_be_blocked),
        cmocka_unit_test(what_waits_stays_training),
        cmocka_unit_test(what_waits_is_not_lost_for_want_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
