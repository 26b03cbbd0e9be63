/* The one way in: duplicates, tickets, lanes, and that nothing readable is kept. */
#include "services/intake/tests/intake_bottle.h"

#include "common/ticket.h"
#include "services/intake/receive.h"

#include <dirent.h>

static const char one[] = "{\"source\":\"whatsapp\",\"text\":\"Ada warga minta info bansos\"}";
static const char two[] = "{\"source\":\"whatsapp\",\"text\":\"Anak itu sudah seminggu tidak sekolah\"}";

/* What a second request does after `first` was sent with first_key. */
static void same_key_same_ticket(void **state) {
    (void)state;
    static const char ext[] =
        "{\"source\":\"whatsapp\",\"text\":\"Ada warga minta info bansos\",\"external_id\":\"7\"}";
    static const char ext_again[] = "{\"external_id\":\"7\", \"source\":\"WhatsApp\", \"text\":\"ADA "
                                    "warga, minta info bansos!\",\"lat\":1,\"lon\":2}";
    static const char ext_other[] =
        "{\"source\":\"whatsapp\",\"text\":\"Sesuatu yang lain\",\"external_id\":\"7\"}";
    static const char ext_elsewhere[] =
        "{\"source\":\"sms\",\"text\":\"Ada warga minta info bansos\",\"external_id\":\"7\"}";
    static const char spaced[] = "{ \"text\" : \"Ada warga minta info bansos\" , \"source\" : \"whatsapp\" }";
    static const char urgent[] =
        "{\"source\":\"whatsapp\",\"text\":\"Ada warga minta info bansos\",\"urgent\":true}";
    enum expected { SAME, NEW, REFUSED };
    static const struct {
        const char *first, *first_key, *second, *second_key;
        enum expected expected;
    } cases[] = {
        {one, "k", one, "k", SAME},
        {one, "k", spaced, "k", SAME},
        {one, "k", two, "k", REFUSED},
        {one, "k", urgent, "k", REFUSED},
        {one, "k", ext, "k", REFUSED},
        {one, "k", one, "l", NEW},
        {one, "k", one, NULL, NEW},
        {one, NULL, one, NULL, NEW},
        {ext, NULL, ext, NULL, SAME},
        {ext, NULL, ext_again, NULL, SAME},
        {ext, NULL, ext_other, NULL, REFUSED},
        {ext, NULL, ext_elsewhere, NULL, NEW},
        {ext, NULL, ext, "k", NEW},
        {ext, "k", ext, NULL, NEW},
        {ext, "k", ext, "l", NEW},
        {ext, "7", ext, NULL, NEW},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bottle bottle = bottle_open(false);
        const char *first = bottle_ticket(&bottle, cases[i].first, cases[i].first_key);
        fixture_advance(
            bottle.fixture, INT64_C(2) * 24 * 3600 * 1000); /* another day, the first ticket all the same */
        const struct answer *answer = bottle_post(&bottle, cases[i].second, cases[i].second_key);
        bool same = answer->status == 202 && strcmp(bottle_member(answer, "ticket"), first) == 0;
        enum expected found = answer->status == 422 ? REFUSED : same ? SAME : NEW;
        if (found != cases[i].expected || bottle_reports(&bottle) != (found == NEW ? 2 : 1))
            fail_msg("case %zu: %d, %zu records", i, found, bottle_reports(&bottle));
        fixture_close(&bottle.fixture);
    }
}

static void keys_belong_to_the_bot(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    struct bottle other = bottle;
    bottle_issue(bottle.fixture, "bot-b", other.bearer);
    const char *first = bottle_ticket(&bottle, one, "k"), *second = bottle_ticket(&other, one, "k");
    assert_string_not_equal(first, second);
    bottle_issue(bottle.fixture, "bot-a", other.bearer); /* its second token: the same bot */
    assert_string_equal(bottle_ticket(&other, one, "k"), first);
    fixture_close(&bottle.fixture);
}

static void a_key_is_kept_for_30_days(void **state) {
    (void)state;
    const int64_t day = INT64_C(24) * 3600 * 1000;
    struct bottle bottle = bottle_open(false);
    const char *first = bottle_ticket(&bottle, one, "k");
    fixture_advance(bottle.fixture, 29 * day);
    assert_string_equal(bottle_ticket(&bottle, one, "k"), first);
    fixture_advance(bottle.fixture, 3 * day);
    const char *second = bottle_ticket(&bottle, two, "k"); /* even for something else */
    assert_string_not_equal(second, first);
    assert_int_equal(bottle_reports(&bottle), 2);
    char path[64];
    snprintf(path, sizeof path, "/v1/reports/%s", first);
    assert_int_equal(bottle_get(&bottle, path)->status, 404); /* although both have the same row */
    snprintf(path, sizeof path, "/v1/reports/%s", second);
    assert_int_equal(bottle_get(&bottle, path)->status, 200);
    fixture_close(&bottle.fixture);
}

static int compare(const void *a, const void *b) {
    return strcmp(a, b);
}

static void tickets_are_distinct(void **state) {
    (void)state;
    enum { COUNT = 300 };
    static char tickets[COUNT][32];
    struct bottle bottle = bottle_open(false);
    for (size_t i = 0; i < COUNT; i++) {
        char body[128], key[16];
        snprintf(body, sizeof body, "{\"source\":\"a\",\"text\":\"x\",\"external_id\":\"%zu\"}", i);
        snprintf(key, sizeof key, "%zu", i);
        snprintf(tickets[i], sizeof tickets[i], "%s", bottle_ticket(&bottle, body, i % 3 ? key : NULL));
    }
    qsort(tickets, COUNT, sizeof tickets[0], compare);
    for (size_t i = 1; i < COUNT; i++) {
        assert_string_not_equal(tickets[i], tickets[i - 1]);
        assert_memory_equal(tickets[i], "260302-", 7);
    }
    fixture_close(&bottle.fixture);
}

/* Without the site's hash key nobody can work out a ticket, though he knows the bot's name and the key. */
static void a_ticket_hangs_on_the_hash_key(void **state) {
    (void)state;
    static const uint8_t here[SEAL_KEY_BYTES] = {1}, elsewhere[SEAL_KEY_BYTES] = {2};
    struct seal_hash_keys keys[2];
    uint8_t key[2][SEAL_HASH_BYTES];
    struct ticket ticket = {{1, 2, 3}};
    seal_hash_keys_derive(here, &keys[0]);
    seal_hash_keys_derive(elsewhere, &keys[1]);
    for (int i = 0; i < 2; i++)
        intake_ticket_key(&keys[i], &ticket, key[i]);
    assert_memory_not_equal(key[0], key[1], SEAL_HASH_BYTES);
    assert_memory_not_equal(key[0], ticket.bytes + 2, 10);
}

static void danger_and_flag_choose_the_lane(void **state) {
    (void)state;
    static const struct {
        const char *text, *more;
        bool danger, urgent;
    } cases[] = {
        {"Ada warga minta info bansos", "", false, false},
        {"Ada warga minta info bansos", ",\"urgent\":false", false, false},
        {"Ada warga minta info bansos", ",\"urgent\":true", false, true},
        {"Ada yang mau BUNUH  diri di jembatan", "", true, false},
        {"dia pegang pisau!!", "", true, false},
        {"dia pegang pisau!!", ",\"urgent\":false", true, false},
        {"wong wadon kuwi getihen", "", true, false},
        {"Pingsan", ",\"urgent\":true,\"training\":true", true, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bottle bottle = bottle_open(false);
        char body[256];
        snprintf(body, sizeof body, "{\"source\":\"a\",\"text\":\"%s\"%s}", cases[i].text, cases[i].more);
        const struct answer *answer = bottle_post(&bottle, body, NULL);
        const struct fixture_record *record = bottle_last(&bottle);
        bool high = cases[i].danger || cases[i].urgent;
        if (record->lane != (high ? LANE_URGENT : LANE_NORMAL) ||
            record->event->report_received->danger != cases[i].danger ||
            record->event->report_received->urgent != cases[i].urgent)
            fail_msg("case %zu: lane %d", i, record->lane);
        assert_int_equal(strstr(answer->body, "\"number\":\"112\"") != NULL, high);
        fixture_close(&bottle.fixture);
    }
}

static void what_was_sealed_opens_for_the_site_alone(void **state) {
    (void)state;
    static const uint8_t seed[SEAL_KEY_BYTES];
    struct bottle bottle = bottle_open(false);
    bottle_ticket(&bottle,
        "{\"source\":\"a\",\"text\":\"Rumah \\u00e8 nomor "
        "5\",\"lat\":-7.5,\"lon\":112.25,\"area\":\"35.07\"}",
        NULL);
    const Sigap__ReportReceived *report = bottle_last(&bottle)->event->report_received;
    struct keystore *site = keystore_from_seed(seed, "triage", KEYSTORE_SECRET);
    struct seal_opener *opener = seal_opener_new(keystore_site_secret(site));
    struct arena *arena = arena_new(1 << 20);
    struct seal_place place = {.field = "content"};
    id_from_bytes(report->report_id.data, report->report_id.len, &place.record);
    struct sealed_report sealed = {report->content->session, report->content->key, report->content->data};
    ProtobufCBinaryData plain;
    assert_int_equal(seal_open_report(opener, &place, &sealed, arena, &plain), SEAL_OPENED);
    Sigap__ReportContent *content = sigap__report_content__unpack(NULL, plain.len, plain.data);
    assert_string_equal(content->text, "Rumah \xc3\xa8 nomor 5");
    assert_true(content->located && content->latitude == -7.5 && content->longitude == 112.25);
    assert_string_equal(content->area, "35.07");
    sigap__report_content__free_unpacked(content, NULL);
    place.record.bytes[15] ^= 1;
    assert_int_equal(seal_open_report(opener, &place, &sealed, arena, &plain), SEAL_BROKEN);
    arena_free(&arena);
    seal_opener_free(&opener);
    keystore_free(&site);
    fixture_close(&bottle.fixture);
}

static void copies_share_a_hash(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    bottle_ticket(&bottle, one, NULL);
    bottle_ticket(&bottle, "{\"source\":\"sms\",\"text\":\"  ADA warga, minta\\ninfo bansos...\"}", NULL);
    bottle_ticket(&bottle, two, NULL);
    const Sigap__ReportReceived *report[3];
    for (size_t i = 0; i < 3; i++)
        report[i] =
            fixture_nth(bottle.fixture, SIGAP__EVENT__BODY_REPORT_RECEIVED, i)->event->report_received;
    assert_int_equal(report[0]->content_hash.len, SEAL_HASH_BYTES);
    assert_memory_equal(report[0]->content_hash.data, report[1]->content_hash.data, SEAL_HASH_BYTES);
    assert_memory_not_equal(report[0]->content_hash.data, report[2]->content_hash.data, SEAL_HASH_BYTES);
    fixture_close(&bottle.fixture);
}

/* --- nothing readable --- */

static const char *const planted[] = {
    "Sumiyati", "Jl. Kenanga", "3507126501900001", "081234567890", "wa-4711", "kunci-9"};
enum { PLANTED = sizeof planted / sizeof *planted };

static void expect_nothing_planted(const char *where, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < PLANTED; i++)
        if (memmem(bytes, size, planted[i], strlen(planted[i])))
            fail_msg("%s holds \"%s\"", where, planted[i]);
}

static void expect_no_file_with_planted(const char *folder, const char *ticket) {
    DIR *dir = opendir(folder);
    size_t files = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = entry->d_type == DT_REG ? fopen(path, "rb") : NULL;
        if (!file)
            continue;
        static uint8_t bytes[8 << 20];
        size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        expect_nothing_planted(entry->d_name, bytes, size);
        assert_null(memmem(bytes, size, ticket, strlen(ticket)));
        struct ticket raw;
        assert_true(ticket_from_text(ticket, &raw));
        assert_null(memmem(bytes, size, raw.bytes, sizeof raw.bytes));
        assert_null(memmem(bytes, size, raw.bytes + 2, sizeof raw.bytes - 2));
        files += size > 0;
    }
    closedir(dir);
    assert_true(files >= 1);
}

static void nothing_readable_is_kept(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(true);
    const char *ticket = bottle_ticket(&bottle,
        "{\"source\":\"whatsapp\",\"text\":\"Ibu Sumiyati di Jl. Kenanga NIK "
        "3507126501900001\",\"external_id\":\"wa-4711\","
        "\"reporter\":{\"channel\":\"whatsapp\",\"address\":\"081234567890\",\"may_contact\":true}}",
        "kunci-9");
    const Sigap__Event *event = bottle_last(&bottle)->event;
    uint8_t packed[8192];
    size_t size = sigap__event__get_packed_size(event);
    assert_true(size < sizeof packed);
    sigap__event__pack(event, packed);
    expect_nothing_planted("the record", packed, size);
    char folder[512];
    snprintf(folder, sizeof folder, "%s/intake", fixture_data_dir(bottle.fixture));
    expect_no_file_with_planted(folder, ticket);
    fixture_restart(bottle.fixture, true); /* the log is in the file now */
    expect_no_file_with_planted(folder, ticket);
    char path[64];
    snprintf(path, sizeof path, "/v1/reports/%s", ticket);
    assert_int_equal(bottle_get(&bottle, path)->status, 200);
    fixture_close(&bottle.fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_key_same_ticket),
        cmocka_unit_test(keys_belong_to_the_bot),
        cmocka_unit_test(a_key_is_kept_for_30_days),
        cmocka_unit_test(tickets_are_distinct),
        cmocka_unit_test(a_ticket_hangs_on_the_hash_key),
        cmocka_unit_test(danger_and_flag_choose_the_lane),
        cmocka_unit_test(what_was_sealed_opens_for_the_site_alone),
        cmocka_unit_test(copies_share_a_hash),
        cmocka_unit_test(nothing_readable_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
