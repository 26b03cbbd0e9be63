/* The place of a case is corrected: who works there is called, who does not hears that it has moved. */
#include "duty_flow.h"

#define P0 SIGAP__PRIORITY__PRIORITY_P0
#define P1 SIGAP__PRIORITY__PRIORITY_P1
#define P2 SIGAP__PRIORITY__PRIORITY_P2

static const struct flow_case emergency = {.kind = "odgj_krisis", .area = "35.07.12", .priority = P0};
static const struct flow_case normal = {.kind = "lansia_terlantar", .area = "35.07.12.2003", .priority = P2};
static const struct flow_case girl = {.kind = "kekerasan_seksual",
    .area = "35.07.22.2003",
    .priority = P0,
    .confidentiality = SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C3};

static const char elsewhere[] = "35.01.01"; /* Donorojo, Pacitan */

static void say_placed_by(
    struct flow *flow, const struct id *case_id, const char *area, Sigap__Priority priority, const char *by) {
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    changed.area = (char *)area;
    changed.priority = priority;
    changed.by = (char *)by;
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    flow_event(flow, "triage", LANE_URGENT, case_id, &event);
}

static void say_placed(struct flow *flow, const struct id *case_id, const char *area) {
    say_placed_by(flow, case_id, area, SIGAP__PRIORITY__PRIORITY_UNSPECIFIED, "kor");
}

/* team, purpose: NULL any. */
static unsigned sent_about(
    const struct flow *flow, const char *team, const char *purpose, const char *words) {
    unsigned count = 0;
    for (unsigned i = 0; i < flow->count; i++)
        count += (!team || strcmp(flow->sent[i].team, team) == 0) &&
                 (!purpose || strcmp(flow->sent[i].purpose, purpose) == 0) &&
                 strstr(flow->sent[i].text, words);
    return count;
}

/* Nobody knows yet which of two it is: who decides for both reads between which. */
static void test_places_that_are_asked_about_are_told(void **state) {
    (void)state;
    static const char *const twins[] = {"35.71", "35.06"};
    struct flow *flow = flow_new(NULL);
    const struct flow_case open = {.kind = "odgj_krisis", .area = "", .priority = P0};
    flow_case_opened(flow, open);
    assert_true(sent_about(flow, "opr", "alert", "lokasi belum diketahui") > 0);
    flow->count = 0;
    struct id case_id =
        flow_case_opened_more(flow, open, (struct flow_more){.candidates = twins, .candidate_count = 2});
    assert_true(sent_about(flow, "opr", "alert", "tempatnya belum pasti: Kota Kediri atau ") > 0);
    assert_true(sent_about(flow, "opr", "alert", "place not certain: Kota Kediri or ") > 0);
    flow->count = 0;
    say_placed(flow, &case_id, elsewhere);
    assert_int_equal(sent_about(flow, NULL, NULL, "belum pasti"), 0);
    assert_true(flow_sent(flow, "tksk-3501", NULL, "alert") > 0);
    flow_free(flow);
}

/* --- somebody has it --- */

/* Whoever took it works elsewhere: that is no answer for the place where it really is. */
static void test_others_are_called_for_what_was_accepted(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_accepted(flow, emergency, "tksk-3507");
    say_placed(flow, &case_id, elsewhere);
    assert_int_equal(flow_sent(flow, "tksk-3501", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "kab-3501", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "opr", NULL, "alert"), 1);
    assert_int_equal(sent_about(flow, NULL, NULL, "sudah diterima petugas lain"), 0);
    assert_int_equal(sent_about(flow, "tksk-3507", "moved", "sekarang di"), 1);
    assert_int_equal(sent_about(flow, "tksk-3507", "moved", "serahkan kepada tksk-3501"), 1);
    assert_int_equal(flow_sent(flow, "kab-3507", NULL, "moved"), 1);
    assert_int_equal(sent_about(flow, "kab-3507", "moved", "serahkan"), 0);
    assert_int_equal(sent_about(flow, "tksk-3501", "alert", "masih dipegang tksk-3507"), 1);
    flow->count = 0;
    flow_advance(flow, 31 * MINUTE); /* the whole chain, as for a new case */
    assert_true(flow_sent(flow, "kor", NULL, "alert") > 0);
    assert_true(flow_sent(flow, "kds", NULL, NULL) > 0);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, NULL), 0);
    assert_int_equal(flow_accept(flow, "kab-3501"), 200);
    flow->count = 0;
    flow_advance(flow, 10 * MINUTE);
    assert_int_equal(flow_sent(flow, NULL, NULL, "again"), 0);
    flow_free(flow);
}

/* The old message answers nothing for the new place, before and after somebody took it. */
static void test_an_old_link_does_not_answer_for_the_new_place(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char old[80];
    struct id case_id = flow_case_opened(flow, emergency);
    flow_token(flow_last(flow, "tksk-3507"), "Terima", old);
    flow->count = 0;
    say_placed(flow, &case_id, elsewhere);
    assert_int_equal(flow_sent(flow, "tksk-3501", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "moved"), 1);
    assert_int_equal(flow_answer_link(flow, old, "accept")->status, 409);
    flow->count = 0;
    flow_advance(flow, 6 * MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, NULL), 0);
    assert_int_equal(flow_sent(flow, "kab-3507", NULL, NULL), 0);
    assert_true(flow_sent(flow, "kab-3501", NULL, NULL) > 0);
    flow_free(flow);
}

/* Who was called by a later step and is called for the new place too is not let go for its first step. */
static void test_a_step_that_was_reached_is_not_lost(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    flow_advance(flow, 16 * MINUTE);
    assert_true(flow_sent(flow, "kor", NULL, "alert") > 0);
    flow->count = 0;
    say_placed(flow, &case_id, elsewhere);
    assert_int_equal(flow_sent(flow, "kor", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "kor", NULL, "moved"), 0);
    flow_free(flow);
}

static void test_a_normal_case_moves_too(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_accepted(flow, normal, "tksk-3507");
    say_placed(flow, &case_id, elsewhere);
    flow_advance(flow, MINUTE);
    assert_int_equal(flow_sent(flow, "tksk-3501", NULL, "alert"), 1);
    assert_int_equal(sent_about(flow, "tksk-3507", "moved", "serahkan kepada tksk-3501"), 1);
    flow_free(flow);
}

/* More urgent and somewhere else at once. */
static void test_raised_and_moved(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_accepted(flow, normal, "tksk-3507");
    say_placed_by(flow, &case_id, elsewhere, P0, "kor");
    assert_int_equal(flow_sent(flow, "tksk-3501", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "moved"), 1);
    flow_free(flow);
}

/* There and back again: whoever was let go is called like anybody else. */
static void test_it_moves_back(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_accepted(flow, emergency, "tksk-3507");
    say_placed(flow, &case_id, elsewhere);
    flow->count = 0;
    say_placed(flow, &case_id, emergency.area);
    assert_int_equal(flow_sent(flow, "tksk-3507", NULL, "alert"), 1);
    assert_int_equal(flow_sent(flow, "tksk-3501", NULL, "moved"), 1);
    assert_int_equal(flow_accept(flow, "tksk-3507"), 200);
    flow_free(flow);
}

/* --- who keeps it --- */

static void test_a_move_within_the_area_changes_words_only(void **state) {
    (void)state;
    static const char *const within[] = {"35.07.22.2003", "35.07"};
    for (size_t i = 0; i < 2; i++) {
        struct flow *flow = flow_new(NULL);
        struct id case_id = flow_accepted(flow, emergency, "tksk-3507");
        say_placed(flow, &case_id, within[i]);
        assert_int_equal(flow_sent(flow, "tksk-3507", NULL, NULL), 0);
        assert_int_equal(flow_sent(flow, NULL, NULL, "alert"), 0);
        flow_free(flow);
    }
}

/* An officer of the province covers the new place too, and keeps it; those of the place hear that. */
static void test_who_covers_both_keeps_it(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_accepted(flow, emergency, "opr");
    say_placed(flow, &case_id, elsewhere);
    assert_int_equal(sent_about(flow, "tksk-3501", "notice", "sudah diterima petugas lain"), 1);
    assert_int_equal(flow_sent(flow, NULL, NULL, "alert"), 0);
    assert_int_equal(flow_sent(flow, "opr", NULL, NULL), 0);
    flow_free(flow);
}

/* One person who is on duty in both teams. */
static void test_who_is_on_duty_in_both_keeps_it(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    char *people[] = {(char *)"siti"}, token[80] = "";
    assert_int_equal(flow_person_boxed(flow, "siti"), 200);
    assert_int_equal(flow_rota(flow, "tksk-3507", people, 1), 200);
    assert_int_equal(flow_rota(flow, "tksk-3501", people, 1), 200);
    struct id case_id = flow_case_opened(flow, emergency);
    for (unsigned i = 0; i < flow->count; i++)
        if (strcmp(flow->sent[i].team, "tksk-3507") == 0) /* the person's comes behind the team's */
            flow_token(&flow->sent[i], "Terima", token);
    assert_int_equal(flow_answer_link(flow, token, "accept")->status, 200);
    flow->count = 0;
    say_placed(flow, &case_id, elsewhere);
    assert_int_equal(flow_sent(flow, NULL, NULL, "moved"), 0);
    assert_int_equal(flow_sent(flow, NULL, NULL, "alert"), 0);
    flow_free(flow);
}

/* --- what must not be told --- */

/* Neither where it is now nor whose it is stands in a message about a secret. */
static void test_a_secret_that_moves_names_no_place(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_accepted(flow, girl, "ppa-3507");
    say_placed(flow, &case_id, elsewhere);
    assert_int_equal(flow_sent(flow, "ppa-3501", NULL, "alert"), 1);
    assert_int_equal(sent_about(flow, "ppa-3507", "moved", "serahkan kepada KOR"), 1);
    assert_int_equal(sent_about(flow, "ppa-3507", NULL, "3501"), 0);
    assert_int_equal(sent_about(flow, NULL, NULL, "Donorojo"), 0);
    assert_int_equal(sent_about(flow, NULL, NULL, "ekerasan"), 0);
    flow_free(flow);
}

static void test_what_is_over_stays_over(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &closed;
    flow_event(flow, "casework", LANE_URGENT, &case_id, &event);
    flow->count = 0;
    say_placed(flow, &case_id, elsewhere);
    assert_int_equal(flow->count, 0);
    flow_free(flow);
}

/* --- what else rings for the case --- */

/* Nobody is left to ask: whoever must find a place is of the new region. */
static void test_a_referral_that_rings_goes_along(void **state) {
    (void)state;
    struct flow *flow = flow_new(NULL);
    struct id case_id = flow_case_opened(flow, emergency);
    Sigap__ReferralMoved moved = SIGAP__REFERRAL_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    moved.referral_id = bytes_of(&case_id);
    moved.from = SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE;
    moved.to = SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE;
    moved.reason = (char *)"refused";
    moved.owner_role = (char *)"KAB";
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_MOVED;
    event.referral_moved = &moved;
    flow_event(flow, "router", LANE_URGENT, &case_id, &event);
    assert_int_equal(sent_about(flow, "kab-3507", "alert", "Rujukan"), 1);
    flow->count = 0;
    say_placed(flow, &case_id, elsewhere);
    assert_int_equal(sent_about(flow, "kab-3501", "alert", "Rujukan"), 1);
    assert_int_equal(
        sent_about(flow, "kab-3507", "moved", "bukan lagi wilayah Anda"), 2); /* case, referral */
    flow_free(flow);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places_that_are_asked_about_are_told),
        cmocka_unit_test(test_others_are_called_for_what_was_accepted),
        cmocka_unit_test(test_an_old_link_does_not_answer_for_the_new_place),
        cmocka_unit_test(test_a_step_that_was_reached_is_not_lost),
        cmocka_unit_test(test_a_normal_case_moves_too),
        cmocka_unit_test(test_raised_and_moved),
        cmocka_unit_test(test_it_moves_back),
        cmocka_unit_test(test_a_move_within_the_area_changes_words_only),
        cmocka_unit_test(test_who_covers_both_keeps_it),
        cmocka_unit_test(test_who_is_on_duty_in_both_keeps_it),
        cmocka_unit_test(test_a_secret_that_moves_names_no_place),
        cmocka_unit_test(test_what_is_over_stays_over),
        cmocka_unit_test(test_a_referral_that_rings_goes_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
