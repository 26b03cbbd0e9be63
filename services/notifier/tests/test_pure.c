/* Decisions without rows: states, ids, packed rows, ladders, the breaker, quiet hours, policies, tokens,
 * texts. */
#include "alert.h"
#include "breaker.h"
#include "escalation.h"
#include "ladder.h"
#include "policy.h"
#include "quiet.h"
#include "teams.h"
#include "text.h"
#include "token.h"
#include "watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Monday 2 March 2026, 00:00 WIB. */
#define MONDAY INT64_C(1772384400000)
enum { MINUTE_MS = 60000, HOUR_MS = 3600000, DAY_MS = 86400000 };

/* --- states --- */

static void test_delivery_moves(void **state) {
    (void)state;
    static const struct {
        enum delivery_state from, to;
        bool may;
    } cases[] = {
        {DELIVERY_QUEUED, DELIVERY_SENDING, true},
        {DELIVERY_QUEUED, DELIVERY_ACCEPTED, false}, /* nothing is accepted that was not sent */
        {DELIVERY_HELD, DELIVERY_SENDING, false},    /* by way of QUEUED */
        {DELIVERY_SENDING, DELIVERY_ACCEPTED, true},
        {DELIVERY_SENDING, DELIVERY_CANCELLED, false}, /* too late */
        {DELIVERY_SENDING, DELIVERY_UNKNOWN, true},
        {DELIVERY_UNKNOWN, DELIVERY_QUEUED, true},
        {DELIVERY_ACCEPTED, DELIVERY_READ, true},
        {DELIVERY_DELIVERED, DELIVERY_FAILED, false}, /* receipts only move forward */
        {DELIVERY_DELIVERED, DELIVERY_SENT, false},
        {DELIVERY_NO_RECEIPT, DELIVERY_DELIVERED, true}, /* the row stays open */
        {DELIVERY_FAILED, DELIVERY_DEAD, true},
        {DELIVERY_SENDING, DELIVERY_DEAD, false}, /* by way of FAILED */
        {DELIVERY_SENDING, DELIVERY_STATES, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (delivery_may_move(cases[i].from, cases[i].to) != cases[i].may)
            fail_msg("%s -> %s", delivery_state_word(cases[i].from), delivery_state_word(cases[i].to));
    static const enum delivery_state ends[] = {DELIVERY_BUNDLED, DELIVERY_CANCELLED, DELIVERY_SUPERSEDED,
        DELIVERY_EXPIRED, DELIVERY_READ, DELIVERY_DEAD};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        for (int to = 0; to < DELIVERY_STATES; to++)
            assert_false(delivery_may_move(ends[i], (enum delivery_state)to));
}

static void test_delivery_withdraw(void **state) {
    (void)state;
    for (int from = 0; from < DELIVERY_STATES; from++) {
        struct delivery delivery = {.state = (enum delivery_state)from, .at = 1, .next_at = 9};
        bool waits = from == DELIVERY_QUEUED || from == DELIVERY_HELD || from == DELIVERY_RETRY_WAIT;
        assert_int_equal(delivery_withdraw(&delivery, DELIVERY_CANCELLED, 5), waits);
        assert_int_equal(delivery.state, waits ? DELIVERY_CANCELLED : (enum delivery_state)from);
    }
}

static void test_alert_moves(void **state) {
    (void)state;
    for (int move = 0; move < ALERT_MOVES; move++)
        assert_int_equal(alert_after(ALERT_STATE_STOOD_DOWN, (enum alert_move)move), 0);
    static const struct {
        enum alert_state from;
        enum alert_move move;
        int to;
    } cases[] = {
        {ALERT_STATE_OPEN, MOVE_ACCEPT, ALERT_STATE_ANSWERED},
        {ALERT_STATE_OPEN, MOVE_LAPSE, 0},
        {ALERT_STATE_ANSWERED, MOVE_ACCEPT, 0}, /* the first answer stands */
        {ALERT_STATE_ANSWERED, MOVE_CANNOT, ALERT_STATE_OPEN},
        {ALERT_STATE_ANSWERED, MOVE_LAPSE, ALERT_STATE_OPEN},
        {ALERT_STATE_ANSWERED, MOVE_STEP, 0}, /* nobody further is woken */
        {ALERT_STATE_EXHAUSTED, MOVE_ACCEPT, ALERT_STATE_ANSWERED},
        {ALERT_STATE_EXHAUSTED, MOVE_STEP, ALERT_STATE_EXHAUSTED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(alert_after(cases[i].from, cases[i].move), cases[i].to);
    struct alert alert = {.state = ALERT_STATE_ANSWERED, .version = 4};
    assert_false(alert_do(&alert, MOVE_ACCEPT));
    assert_int_equal(alert.version, 4);
    assert_true(alert_do(&alert, MOVE_DONE));
    assert_int_equal(alert.version, 5);
    enum alert_move move;
    assert_true(alert_move_parse("snooze", &move) && move == MOVE_SNOOZE);
    assert_false(alert_move_parse("step", &move)); /* time's own */
}

static void test_ids_of_one_incident(void **state) {
    (void)state;
    struct id case_id, first, last;
    for (int i = 0; i < ID_BYTES; i++)
        case_id.bytes[i] = (uint8_t)(i * 17 + 3);
    alert_incident(&case_id, &first, &last);
    for (unsigned number = 0; number < 700; number += 69) {
        struct id alert = alert_number_id(&case_id, number), again;
        uint16_t ordinal;
        assert_true(memcmp(&alert, &first, ID_BYTES) >= 0 && memcmp(&alert, &last, ID_BYTES) <= 0);
        struct id delivery = alert_delivery_id(&alert, 513);
        assert_true(memcmp(&delivery, &alert, ID_BYTES) > 0);
        again = alert_of_delivery(&delivery, &ordinal);
        assert_true(id_equal(&again, &alert));
        assert_int_equal(ordinal, 513);
    }
}

static void test_packed_deliveries(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct delivery list[2] = {{.ordinal = 1,
                                   .state = DELIVERY_SENDING,
                                   .purpose = PURPOSE_TAKEN,
                                   .attempt = 3,
                                   .unknowns = 1,
                                   .method = 2,
                                   .person = 1,
                                   .codes_only = true,
                                   .queued_at = MONDAY,
                                   .at = MONDAY + 1,
                                   .next_at = MONDAY + 2,
                                   .number = 77,
                                   .team = "opr",
                                   .channel = "outbox",
                                   .role = "DNK,DES",
                                   .reason = "quiet"},
        {.ordinal = 2, .state = DELIVERY_QUEUED, .team = "kab-3507", .channel = "email", .on_duty = "ani"}};
    struct buffer packed = BUFFER_MAX(4096);
    unsigned count;
    deliveries_pack(list, 2, &packed);
    struct delivery *again = deliveries_unpack(arena, packed.bytes, packed.size, &count);
    assert_non_null(again);
    assert_int_equal(count, 2);
    assert_memory_equal(again, list, sizeof list);
    for (size_t size = 0; size < packed.size;
         size++) { /* cut anywhere: refused, nothing is read beyond the end */
        uint8_t *cut = malloc(size ? size : 1);
        memcpy(cut, packed.bytes, size);
        assert_null(deliveries_unpack(arena, cut, size, &count));
        free(cut);
    }
    buffer_free(&packed);
    arena_free(&arena);
}

/* Rows that were written before there were people. */
static void test_old_packed_deliveries(void **state) {
    (void)state;
    static const uint8_t old[] = {1, 1, DELIVERY_QUEUED, PURPOSE_ALERT, 0, 0, 0, 0, 5, 6, 0, 0, 3, 'o', 'p',
        'r', 6, 'o', 'u', 't', 'b', 'o', 'x', 0, 0};
    struct arena *arena = arena_new(1 << 20);
    unsigned count;
    struct delivery *list = deliveries_unpack(arena, old, sizeof old, &count);
    assert_non_null(list);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].team, "opr");
    assert_string_equal(list[0].on_duty, "");
    arena_free(&arena);
}

/* --- ladder --- */

static void test_ladder(void **state) {
    (void)state;
    static const struct ladder mail = {.rung_ms = {0, 30000, 120000}, .rungs = 3, .ttl_ms = 10 * MINUTE_MS};
    static const struct ladder forever = {.rung_ms = {0, 5000}, .rungs = 2, .last_repeats = true};
    static const struct {
        const struct ladder *ladder;
        unsigned attempts;
        int64_t age, retry_after;
        uint32_t chance;
        enum ladder_step step;
        int64_t wait;
    } cases[] = {
        {&mail, 1, 0, 0, 0, LADDER_WAIT, 24000},          /* less 20 % */
        {&mail, 1, 0, 0, 1u << 31, LADDER_WAIT, 30000},   /* in the middle */
        {&mail, 1, 0, 0, UINT32_MAX, LADDER_WAIT, 35999}, /* more 20 % */
        {&mail, 1, 0, 50000, 0, LADDER_WAIT, 50000},      /* they asked for more */
        {&mail, 1, 0, 1000, UINT32_MAX, LADDER_WAIT, 35999}, {&mail, 3, 0, 0, 0, LADDER_OVER, 0},
        {&mail, 2, 9 * MINUTE_MS, 0, 0, LADDER_EXPIRED, 0},
        {&forever, 500, DAY_MS, 0, 1u << 31, LADDER_WAIT, 5000},
        {&forever, 2, 0, 5 * (int64_t)HOUR_MS, 0, LADDER_WAIT, HOUR_MS}, /* at most an hour */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t at = 0;
        enum ladder_step step = ladder_next(cases[i].ladder, cases[i].attempts, MONDAY - cases[i].age, MONDAY,
            cases[i].retry_after, cases[i].chance, &at);
        if (step != cases[i].step || (step == LADDER_WAIT && at - MONDAY != cases[i].wait))
            fail_msg("case %zu: step %d wait %lld", i, step, (long long)(at - MONDAY));
    }
    assert_true(ladder_next_method(true, 60001));
    assert_false(ladder_next_method(true, 60000));
    assert_false(ladder_next_method(false, HOUR_MS));
}

/* --- breaker --- */

static void test_breaker_opens_at_five_in_a_row(void **state) {
    (void)state;
    struct breaker breaker = {0};
    int64_t until;
    for (int i = 0; i < 4; i++)
        breaker_note(&breaker, MONDAY, true, false);
    assert_int_equal(breaker_ask(&breaker, MONDAY, &until), BREAKER_SEND);
    breaker_note(&breaker, MONDAY, false, false); /* a success in between */
    for (int i = 0; i < 4; i++)
        breaker_note(&breaker, MONDAY, true, false);
    assert_int_equal(breaker_ask(&breaker, MONDAY, &until), BREAKER_SEND);
    breaker_note(&breaker, MONDAY, true, false);
    assert_int_equal(breaker_ask(&breaker, MONDAY, &until), BREAKER_WAIT);
    assert_int_equal(until, MONDAY + 30000);
    assert_int_equal(breaker_ask(&breaker, until, &until), BREAKER_PROBE);
    breaker_probe(&breaker, MONDAY + 30000);
    assert_int_equal(breaker_ask(&breaker, MONDAY + 30001, &until), BREAKER_WAIT); /* one probe at a time */
    breaker_note(&breaker, MONDAY + 30002, true, false);
    assert_int_equal(breaker_ask(&breaker, MONDAY + 30003, &until), BREAKER_WAIT);
    breaker_note(&breaker, MONDAY + 60100, false, false);
    assert_int_equal(breaker_ask(&breaker, MONDAY + 60101, &until), BREAKER_SEND);
}

static void test_breaker_opens_at_half(void **state) {
    (void)state;
    struct breaker slow = {0}, fast = {0};
    int64_t until;
    for (int i = 0; i < 20; i++) { /* 11 of 20, never five in a row */
        breaker_note(&fast, MONDAY + i * 1000, i % 2 == 0 || i == 19, false);
        breaker_note(&slow, MONDAY + i * 10000, i % 2 == 0 || i == 19, false); /* the same over 200 s */
    }
    assert_int_equal(breaker_ask(&fast, MONDAY + 20000, &until), BREAKER_WAIT);
    assert_int_equal(breaker_ask(&slow, MONDAY + 200000, &until), BREAKER_SEND);
    struct breaker fatal = {0};
    breaker_note(&fatal, MONDAY, true, true); /* the password: at once */
    assert_int_equal(breaker_ask(&fatal, MONDAY, &until), BREAKER_WAIT);
}

/* --- dead-man --- */

static struct id report_id(unsigned number) {
    struct id id = {{1}};
    uint32_t spread = number % 7 * 65536; /* many in one run of slots */
    memcpy(id.bytes + 12, &spread, sizeof spread);
    memcpy(id.bytes + 4, &number, sizeof number);
    return id;
}

static void test_watch(void **state) {
    (void)state;
    enum { MANY = 5000 };
    struct watch *watch = watch_new();
    struct id id, out;
    assert_int_equal(watch_next(watch, 0), 0);
    for (unsigned i = 0; i < MANY; i++) {
        id = report_id(i);
        assert_true(watch_add(watch, &id, 1000 + i));
        assert_true(watch_add(watch, &id, 9000)); /* read again after a rollback */
    }
    assert_int_equal(watch_count(watch), MANY);
    for (unsigned i = 0; i < MANY; i++) { /* triage speaks of all but every tenth, in any order */
        id = report_id(i * 7 % MANY);
        if (i * 7 % MANY % 10)
            watch_end(watch, &id);
    }
    id = report_id(MANY + 1);
    watch_end(watch, &id); /* not watched */
    assert_int_equal(watch_count(watch), MANY / 10);
    assert_int_equal(watch_due(watch, 999, &out, 1), 0);
    for (unsigned i = 0; i < MANY; i += 10) {
        assert_int_equal(watch_next(watch, 0), 1000 + i);
        assert_int_equal(watch_next(watch, 1000 + i), i + 10 < MANY ? 1010 + i : 0);
        assert_int_equal(watch_due(watch, 1000 + i, &out, 1), 1);
        assert_int_equal(watch_due(watch, 1000 + i, &out, 1), 1); /* it stays until it is ended */
        id = report_id(i);
        assert_true(id_equal(&id, &out));
        watch_end(watch, &out);
    }
    assert_int_equal(watch_next(watch, 0), 0);
    for (unsigned i = 0; i < WATCH_MAX; i++) {
        memcpy(id.bytes + 12, &i, sizeof i); /* spread, as real ones are */
        assert_true(watch_add(watch, &id, 1));
    }
    id = report_id(WATCH_MAX);
    assert_false(watch_add(watch, &id, 1));
    watch_free(&watch);
}

/* --- quiet hours --- */

static void test_quiet_hours(void **state) {
    (void)state;
    static const struct quiet_hours night = {0x7f, 0x1c, 21 * 60, 6 * 60, 6 * 60 + 30};
    static const struct quiet_hours friday = {1 << 4, 0x1c, 11 * 60 + 30, 13 * 60, 13 * 60};
    static const struct {
        const struct quiet_hours *hours;
        enum calendar_zone zone;
        int priority;
        int64_t at, until; /* minutes from Monday 00:00 WIB */
    } cases[] = {
        {&night, CALENDAR_WIB, 2, 20 * 60 + 59, 20 * 60 + 59},
        {&night, CALENDAR_WIB, 2, 21 * 60, 30 * 60 + 30}, /* until 06:30 the next morning */
        {&night, CALENDAR_WIB, 3, 29 * 60 + 59, 30 * 60 + 30},
        {&night, CALENDAR_WIB, 2, 30 * 60, 30 * 60}, /* 06:00: over */
        {&night, CALENDAR_WIB, 0, 23 * 60, 23 * 60}, /* a life is never held */
        {&night, CALENDAR_WIB, 1, 23 * 60, 23 * 60},
        {&night, CALENDAR_WITA, 2, 20 * 60, 29 * 60 + 30}, /* 21:00 WITA is 20:00 WIB */
        {&night, CALENDAR_WIT, 2, 19 * 60, 28 * 60 + 30},
        {&night, CALENDAR_WIT, 2, 18 * 60 + 59, 18 * 60 + 59},
        {&friday, CALENDAR_WIB, 2, 4 * 1440 + 12 * 60, 4 * 1440 + 13 * 60},
        {&friday, CALENDAR_WIB, 2, 3 * 1440 + 12 * 60, 3 * 1440 + 12 * 60}, /* Thursday */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t until =
            quiet_until(cases[i].hours, cases[i].zone, cases[i].priority, MONDAY + cases[i].at * MINUTE_MS);
        if (until != MONDAY + cases[i].until * MINUTE_MS)
            fail_msg("case %zu: %lld minutes", i, (long long)((until - MONDAY) / MINUTE_MS));
    }
}

/* --- policies --- */

static struct policy sample(void) {
    return (struct policy){.id = "P0",
        .steps = {{.after = {0, DURATION_MINUTES},
                      .channels = POLICY_TWO,
                      .targets = {{"OPR", POLICY_PROVINCE, POLICY_FIRST}, {"KAB", POLICY_CASE, POLICY_ALL}},
                      .target_count = 2},
            {.after = {5, DURATION_MINUTES},
                .targets = {{"TRI", POLICY_PROVINCE, POLICY_ANY}},
                .target_count = 1}},
        .step_count = 2,
        .nag = {2, DURATION_MINUTES},
        .repeat = 1,
        .codes_only = true,
        .final = {"KDS", POLICY_PROVINCE, POLICY_ALL},
        .respond_by = {60, DURATION_MINUTES}};
}

static void test_policy_positions(void **state) {
    (void)state;
    struct error error = {0};
    struct calendar *calendar = calendar_load(SIGAP_SOURCE_DIR "/deploy/sites/jatim", &error);
    assert_non_null(calendar);
    struct policy policy = sample();
    static const int due[] = {0, 5, 7, 12, 14}; /* two rounds, a nag between them, then the final target */
    assert_int_equal(policy_final(&policy), 4);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(policy_due(&policy, i, MONDAY, MONDAY, calendar), MONDAY + due[i] * MINUTE_MS);
    assert_int_equal(
        policy_due(&policy, 5, MONDAY, MONDAY + HOUR_MS, calendar), MONDAY + HOUR_MS + 4 * MINUTE_MS);
    assert_int_equal(
        policy_due(&policy, 15, MONDAY, MONDAY, calendar), MONDAY + HOUR_MS); /* at most an hour */
    assert_int_equal(policy_nag_at(&policy, MONDAY, calendar), MONDAY + 2 * MINUTE_MS);
    assert_int_equal(policy_base_for(&policy, 1, MONDAY), MONDAY - 5 * MINUTE_MS);
    assert_int_equal(policy_base_for(&policy, 3, MONDAY), MONDAY - 12 * MINUTE_MS);
    unsigned count;
    enum policy_channels channels;
    assert_string_equal(policy_targets(&policy, 2, &count, &channels)[1].role, "KAB");
    assert_int_equal(count, 2);
    assert_string_equal(policy_targets(&policy, 9, &count, &channels)[0].role, "KDS");
    assert_int_equal(channels, POLICY_EVERY);
    calendar_free(&calendar);
}

static void test_policy_text(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct policy policy = sample(), again;
    const char *text = policy_write(&policy, arena);
    assert_non_null(text);
    assert_true(policy_read(text, &again));
    assert_int_equal(again.number, policy.number);
    assert_string_equal(policy_write(&again, arena), text);
    policy.steps[1].after.count = 6; /* another policy is another number */
    policy_write(&policy, arena);
    assert_int_not_equal(again.number, policy.number);
    static const char *const bad[] = {"", "{}", "[]", "{\"id\":\"x\",\"steps\":[]}", "{\"id\":1}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(policy_read(bad[i], &again));
    arena_free(&arena);
}

/* --- tokens --- */

static void test_token(void **state) {
    (void)state;
    uint8_t key[HMAC_KEY_BYTES] = {1, 2, 3}, other[HMAC_KEY_BYTES] = {1, 2, 4};
    struct answer_token token = {.action = MOVE_CANNOT}, read;
    char text[HMAC_TOKEN_TEXT + 1], bent[HMAC_TOKEN_TEXT + 1];
    memset(token.alert.bytes, 7, ID_BYTES);
    memset(token.team, 9, TEAM_HASH_BYTES);
    assert_true(token_write(key, &token, MONDAY, text));
    assert_true(strlen(text) <= 64);
    assert_int_equal(token_read(key, text, MONDAY - 1, &read), HMAC_TOKEN_GOOD);
    assert_true(id_equal(&read.alert, &token.alert) && read.action == MOVE_CANNOT && !read.to_person);
    token.to_person = true;
    assert_true(token_write(key, &token, MONDAY, text));
    assert_int_equal(token_read(key, text, MONDAY - 1, &read), HMAC_TOKEN_GOOD);
    assert_true(read.action == MOVE_CANNOT && read.to_person);
    assert_int_equal(token_read(key, text, MONDAY + 1001, &read), HMAC_TOKEN_EXPIRED);
    assert_int_equal(token_read(other, text, MONDAY - 1, &read), HMAC_TOKEN_FORGED);
    for (size_t i = 0; i < strlen(text); i++) { /* every character counts */
        strcpy(bent, text);
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        assert_int_equal(token_read(key, bent, MONDAY - 1, &read), HMAC_TOKEN_FORGED);
    }
    assert_int_equal(token_read(key, "", MONDAY - 1, &read), HMAC_TOKEN_FORGED);
}

/* --- texts --- */

static void test_texts_say_no_more_than_they_may(void **state) {
    (void)state;
    struct site_kind leprosy = {
        .code = (char *)"kusta", .name = (char *)"Kusta", .name_en = (char *)"Leprosy"};
    struct site_kind old = {.code = (char *)"lansia_terlantar",
        .name = (char *)"Lansia telantar",
        .name_en = (char *)"Neglected elder"};
    struct site_kind child = {.code = (char *)"kekerasan_anak",
        .name = (char *)"Kekerasan anak",
        .name_en = (char *)"Child abuse",
        .confidentiality = SITE_C3};
    static const struct {
        int confidentiality;
        bool alert_codes, delivery_codes, named;
    } cases[] = {
        {0, false, false, true}, {0, true, false, false}, {0, false, true, false}, {3, false, false, false}};
    const struct site_kind *kinds[] = {&leprosy, &old, &child};
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            struct alert alert = {.subject = SUBJECT_CASE,
                .area = "35.07.12.2003",
                .priority = 2,
                .confidentiality = cases[i].confidentiality,
                .codes_only = cases[i].alert_codes};
            struct delivery delivery = {.purpose = PURPOSE_ALERT, .codes_only = cases[i].delivery_codes};
            struct text_facts facts = {
                .alert = &alert,
                .delivery = &delivery,
                .kind = kinds[k],
                .zone = CALENDAR_WIB,
                .reply_by = MONDAY,
            };
            char subject[MESSAGE_SUBJECT_MAX + 1], text[MESSAGE_TEXT_MAX + 1];
            strcpy(alert.kind, kinds[k]->code);
            text_add_links(
                text, text_write(&facts, subject, text), &(struct text_links){.accept = "https://x/a/T"});
            bool named = k == 1 && cases[i].named;
            assert_int_equal(strstr(text, kinds[k]->name) != NULL, named);
            assert_int_equal(strstr(text, kinds[k]->name_en) != NULL, named);
            assert_int_equal(strstr(text, "35.07.12") != NULL, named);
            assert_null(strstr(text, "2003")); /* never below the kecamatan */
            assert_int_equal(strstr(text, "Ada pesan layanan") != NULL, !named);
            assert_non_null(strstr(text, "2026-03-02 00:00 WIB"));
            assert_non_null(strstr(text, "https://x/a/T"));
            assert_null(strstr(subject, kinds[k]->name));
        }
    }
}

/* Further kinds stand behind the first; HIV and leprosy never, and none where the first is not named. */
static void test_further_kinds_are_told(void **state) {
    (void)state;
    struct site_kind all[] = {{.code = (char *)"bencana_alam",
                                  .name = (char *)"Bencana",
                                  .name_en = (char *)"Disaster",
                                  .opens_case = true},
        {.code = (char *)"lansia_terlantar", .name = (char *)"Lansia", .name_en = (char *)"Older person"},
        {.code = (char *)"odha", .name = (char *)"Penyakit", .name_en = (char *)"Illness"},
        {.code = (char *)"pasung", .name = (char *)"Pasung", .name_en = (char *)"Shackled"}};
    struct site_kinds kinds = {all, 4};
    struct alert alert = {.subject = SUBJECT_CASE,
        .priority = 1,
        .kind = "bencana_alam",
        .also = "pasung odha lansia_terlantar"};
    struct delivery delivery = {.purpose = PURPOSE_ALERT};
    struct text_facts facts = {
        .alert = &alert, .delivery = &delivery, .kind = &all[0], .kinds = &kinds, .zone = CALENDAR_WIB};
    char subject[MESSAGE_SUBJECT_MAX + 1], text[MESSAGE_TEXT_MAX + 1];
    text_write(&facts, subject, text);
    assert_non_null(strstr(text, "Bencana; juga Lansia, Pasung"));
    assert_non_null(strstr(text, "Disaster; also Older person, Shackled"));
    assert_null(strstr(text, "Penyakit"));
    memcpy(alert.also, "bencana_alam pasung", sizeof "bencana_alam pasung");
    text_write(&facts, subject, text);
    assert_non_null(strstr(text, "Bencana; juga Pasung")); /* what became the main kind is not told twice */
    alert.confidentiality = SITE_C3;
    text_write(&facts, subject, text);
    assert_null(strstr(text, "juga"));
    assert_null(strstr(text, "Lansia"));
}

/* A task code tells of the kind it belongs to, which may be a further one. */
static void test_tasks_of_unnamed_kinds_have_no_code(void **state) {
    (void)state;
    struct alert alert = {.subject = SUBJECT_TASK,
        .priority = 1,
        .kind = "pasung",
        .also = "lansia_terlantar",
        .detail = "KST-01"};
    struct delivery delivery = {.purpose = PURPOSE_NOTICE};
    struct text_facts facts = {.alert = &alert, .delivery = &delivery, .zone = CALENDAR_WIB};
    char subject[MESSAGE_SUBJECT_MAX + 1], text[MESSAGE_TEXT_MAX + 1];
    text_write(&facts, subject, text);
    assert_non_null(strstr(text, "[KST-01]"));
    memcpy(alert.also, "lansia_terlantar kusta", sizeof "lansia_terlantar kusta");
    text_write(&facts, subject, text);
    assert_null(strstr(text, "KST"));
}

static void test_texts_are_cut_at_characters(void **state) {
    (void)state;
    char name[2000];
    memset(name, 0, sizeof name);
    for (int i = 0; i < 900; i++)
        memcpy(name + 2 * i, "\xc3\xa9", 2);
    struct site_kind kind = {.code = (char *)"x", .name = name, .name_en = name};
    struct alert alert = {.subject = SUBJECT_CASE, .priority = 2};
    struct delivery delivery = {.purpose = PURPOSE_ALERT};
    struct text_facts facts = {.alert = &alert, .delivery = &delivery, .kind = &kind, .zone = CALENDAR_WIB};
    char subject[MESSAGE_SUBJECT_MAX + 1], text[MESSAGE_TEXT_MAX + 1];
    size_t length = text_write(&facts, subject, text);
    assert_int_equal(length, strlen(text));
    assert_true(length <= MESSAGE_TEXT_MAX && length > MESSAGE_TEXT_MAX - 4);
    assert_int_not_equal((unsigned char)text[length - 1], 0xc3);
}

/* Every purpose and subject has its two sentences. */
static void test_every_message_has_words(void **state) {
    (void)state;
    for (int subject = 0; subject < SUBJECTS; subject++) {
        for (int purpose = 0; purpose < PURPOSES; purpose++) {
            struct alert alert = {.subject = (enum alert_subject)subject, .priority = 1, .training = true};
            struct delivery delivery = {.purpose = (enum delivery_purpose)purpose, .role = "POL"};
            struct text_facts facts = {.alert = &alert, .delivery = &delivery, .zone = CALENDAR_WIB};
            char title[MESSAGE_SUBJECT_MAX + 1], text[MESSAGE_TEXT_MAX + 1];
            text_write(&facts, title, text);
            char *second = strchr(text, '\n');
            assert_non_null(second);
            assert_memory_equal(text, "LATIHAN [P1 MENDESAK] ", 22);
            assert_memory_equal(second + 1, "TRAINING [P1 URGENT] ", 21);
            assert_non_null(strstr(text, "POL"));
            assert_null(strstr(text, "%"));
        }
    }
}

/* --- the site --- */

static void test_site_is_sound(void **state) {
    (void)state;
    struct error error = {0};
    struct site_roles *roles = site_roles_load(SIGAP_SOURCE_DIR "/deploy/sites/jatim", &error);
    struct escalation *escalation =
        roles ? escalation_load(SIGAP_SOURCE_DIR "/deploy/sites/jatim", roles, &error) : NULL;
    if (!escalation)
        fail_msg("%s", error.text);
    static const struct {
        enum escalation_situation situation;
        int priority, confidentiality;
        const char *kind, *policy;
    } cases[] = {
        {SITUATION_CASE, 0, 3, "tppo", "P0-RAHASIA"},
        {SITUATION_CASE, 0, 1, "bencana_alam", "P0-BENCANA"},
        {SITUATION_CASE, 0, 2, "odgj_krisis", "P0-UMUM"},
        {SITUATION_CASE, 1, 2, "pasung", "P1-PASUNG"},
        {SITUATION_CASE, 3, 1, "kat", "P3-UMUM"},
        {SITUATION_OFFER, 1, 0, "pasung", "TAWARAN-DARURAT"},
        {SITUATION_OFFER, 2, 0, "pasung", "TAWARAN"},
        {SITUATION_REVIEW, 0, 0, "", "TINJAU-DARURAT"},
        {SITUATION_SYSTEM, 2, 0, "", "SISTEM"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct policy *policy = escalation_policy(
            escalation, cases[i].situation, cases[i].priority, cases[i].confidentiality, cases[i].kind);
        assert_non_null(policy);
        assert_string_equal(policy->id, cases[i].policy);
    }
    Sigap__Fact fact = SIGAP__FACT__INIT, *facts[] = {&fact};
    const struct escalation_parallel *parallel = escalation_parallel(escalation, "kdrt");
    assert_non_null(parallel);
    const struct escalation_notice *notice = NULL; /* the police, with the victim's consent only */
    for (unsigned i = 0; i < parallel->notice_count && !notice; i++)
        if (parallel->notices[i].when_count)
            notice = &parallel->notices[i];
    assert_non_null(notice);
    fact.name = (char *)"client_consent";
    fact.value = (char *)"yes";
    assert_true(escalation_holds(notice, facts, 1, 2));
    fact.value = (char *)"no";
    assert_false(escalation_holds(notice, facts, 1, 2));
    assert_false(escalation_holds(notice, NULL, 0, 2)); /* not known is not yes */
    assert_true(escalation_asks(escalation, "client_consent"));
    assert_false(escalation_asks(escalation, "age"));
    escalation_free(&escalation);
    site_roles_free(&roles);
}

struct asking {
    const char *role;
    char area[AREA_TEXT + 1];
    enum policy_area reach;
};

static const struct team *ask(const struct teams *teams, const struct asking *asking) {
    return teams_of_role(teams, asking->role, asking->area, asking->reach);
}

/* What a look-up remembers is what it would find: more questions than it has room for, in two orders. */
static void test_teams_are_found_alike_again(void **state) {
    (void)state;
    static const char *const roles[] = {"KAB", "KOR", "PPA", "TRC", "UPT", "TKSK", "no such role"};
    static struct asking askings[8192];
    struct place places[64];
    size_t count = 0;
    struct error error = {0};
    const char *folder = SIGAP_SOURCE_DIR "/deploy/sites/jatim";
    struct site *site = site_load(folder, &error);
    struct site_roles *all_roles = site_roles_load(folder, &error);
    struct gazetteer *gazetteer = gazetteer_load(SIGAP_SOURCE_DIR "/deploy/gazetteer", AREA_DISTRICT, &error);
    struct teams *one = teams_load(folder, site, gazetteer, all_roles, &error);
    struct teams *other = teams_load(folder, site, gazetteer, all_roles, &error);
    if (!one || !other)
        fail_msg("%s", error.text);
    size_t regencies = gazetteer_children(gazetteer, "35", places, sizeof places / sizeof *places);
    assert_in_range(regencies, 30, sizeof places / sizeof *places);
    for (size_t r = 0; r < sizeof roles / sizeof *roles; r++)
        for (size_t p = 0; p <= regencies; p++)
            for (int reach = POLICY_CASE; reach <= POLICY_PROVINCE; reach++)
                for (unsigned village = 0; village < 3; village++) {
                    struct asking *asking = &askings[count++];
                    *asking = (struct asking){.role = roles[r], .reach = (enum policy_area)reach};
                    if (p < regencies)
                        snprintf(asking->area, sizeof asking->area, village ? "%s.0%u" : "%s", places[p].code,
                            village);
                }
    assert_in_range(count, 2000, sizeof askings / sizeof *askings);
    for (size_t i = 0; i < count; i++) {
        const struct team *team = ask(one, &askings[i]);
        assert_ptr_equal(ask(one, &askings[i]), team);
    }
    for (size_t i = count; i-- > 0;) {
        const struct team *a = ask(one, &askings[i]), *b = ask(other, &askings[i]);
        assert_int_equal(a != NULL, b != NULL);
        if (a)
            assert_string_equal(a->id, b->id);
    }
    const struct team *of_facility = teams_at(one, teams_count(one) - 1);
    for (unsigned i = 0; i < teams_count(one) && !of_facility->facility; i++)
        of_facility = teams_at(one, i);
    assert_ptr_equal(teams_of_facility(one, of_facility->role, of_facility->facility->id), of_facility);
    assert_null(teams_of_facility(one, "KOR", of_facility->facility->id));
    assert_null(teams_of_facility(one, of_facility->role, "no such facility"));
    teams_free(&one);
    teams_free(&other);
    gazetteer_free(&gazetteer);
    site_roles_free(&all_roles);
    site_free(&site);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delivery_moves),
        cmocka_unit_test(test_delivery_withdraw),
        cmocka_unit_test(test_alert_moves),
        cmocka_unit_test(test_ids_of_one_incident),
        cmocka_unit_test(test_packed_deliveries),
        cmocka_unit_test(test_old_packed_deliveries),
        cmocka_unit_test(test_ladder),
        cmocka_unit_test(test_breaker_opens_at_five_in_a_row),
        cmocka_unit_test(test_breaker_opens_at_half),
        cmocka_unit_test(test_watch),
        cmocka_unit_test(test_quiet_hours),
        cmocka_unit_test(test_policy_positions),
        cmocka_unit_test(test_policy_text),
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_texts_say_no_more_than_they_may),
        cmocka_unit_test(test_further_kinds_are_told),
        cmocka_unit_test(test_tasks_of_unnamed_kinds_have_no_code),
        cmocka_unit_test(test_texts_are_cut_at_characters),
        cmocka_unit_test(test_every_message_has_words),
        cmocka_unit_test(test_site_is_sound),
        cmocka_unit_test(test_teams_are_found_alike_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
