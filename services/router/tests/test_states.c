/* Every state and every event: what the table of states.c allows, and nothing else. */
#include "services/router/states.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const enum offer_state states[] = {OFFER_REQUESTED, OFFER_RECEIVED, OFFER_ACCEPTED, OFFER_IN_PROGRESS,
    OFFER_ON_HOLD, OFFER_REJECTED, OFFER_CANCELLED, OFFER_EXPIRED, OFFER_COMPLETED, OFFER_FAILED,
    OFFER_ERROR};
enum { STATES = sizeof states / sizeof *states };

/* Rows: events in their order; columns: the states above, without and (second text) with a cancellation asked
 * for. Letters: a accepted, r rejected, c cancelled, x expired, v received, p in progress, h on hold, d
 * completed, f failed, e in error, s as it was, ? as it was and a cancellation is asked for, . refused. */
static const struct {
    enum offer_event event;
    const char *plain, *asked;
} expected[] = {
    {EVENT_DELIVER, "v..........", "..........."},
    {EVENT_ACCEPT, "aa.........", "..........."},
    {EVENT_REJECT, "rr.........", "..........."},
    {EVENT_EXPIRE, "xx.........", "..........."},
    {EVENT_CANCEL, "cc.........", "..........."},
    {EVENT_REQUEST_CANCEL, "..\?\?\?......", "..........."},
    {EVENT_CONFIRM_CANCEL, "...........", "..ccc......"},
    {EVENT_DECLINE, "..r........", "..r........"},
    {EVENT_SCHEDULE, "..p........", "..........."},
    {EVENT_ARRIVE, "..pp.......", "..........."},
    {EVENT_START_TIMEOUT, "..sp.......", "..sp......."},
    {EVENT_START_EXPIRE, "..xx.......", "..xx......."},
    {EVENT_RESCHEDULE, "...p.......", "..........."},
    {EVENT_NO_SHOW, "...p.......", "..........."},
    {EVENT_DONE, "...p.......", "..........."},
    {EVENT_HOLD, "..hh.......", "..........."},
    {EVENT_RESUME, "....p......", "..........."},
    {EVENT_COMPLETE, "..ddd......", "..ddd......"},
    {EVENT_FAIL, "..fff......", "..fff......"},
    {EVENT_ERROR, "eeeeeeeeee.", "..eee......"},
};

static char letter(const struct offer_standing *from, const struct offer_move *move) {
    static const char letters[] = {[OFFER_REQUESTED] = 'q',
        [OFFER_RECEIVED] = 'v',
        [OFFER_ACCEPTED] = 'a',
        [OFFER_REJECTED] = 'r',
        [OFFER_CANCELLED] = 'c',
        [OFFER_EXPIRED] = 'x',
        [OFFER_IN_PROGRESS] = 'p',
        [OFFER_ON_HOLD] = 'h',
        [OFFER_COMPLETED] = 'd',
        [OFFER_FAILED] = 'f',
        [OFFER_ERROR] = 'e'};
    if (move->cancel_requested && !from->cancel_requested)
        return '?';
    if (move->to == from->state && (from->state == OFFER_ACCEPTED))
        return 's';
    return letters[move->to];
}

static void check_cell(enum offer_event event, enum offer_state state, bool asked, char wanted) {
    struct offer_standing from = {state, asked};
    struct offer_move move = {0};
    const char *why = NULL;
    bool moves = offer_move_find(&from, event, &move, &why);
    assert_non_null(why);
    char got = moves ? letter(&from, &move) : '.';
    if (got != wanted)
        fail_msg("%s in %s%s: %c instead of %c", offer_event_word(event), offer_state_word(state),
            asked ? " (cancel requested)" : "", got, wanted);
    if (moves)
        assert_true(move.parties != 0);
    else if (!strstr(why, " / "))
        fail_msg("%s in %s: the refusal \"%s\" is not in two languages", offer_event_word(event),
            offer_state_word(state), why);
}

static void every_state_and_every_event(void **unused) {
    (void)unused;
    assert_int_equal(sizeof expected / sizeof *expected, OFFER_EVENTS);
    for (size_t i = 0; i < OFFER_EVENTS; i++) {
        assert_int_equal(expected[i].event, i);
        assert_int_equal(strlen(expected[i].plain), STATES);
        for (size_t s = 0; s < STATES; s++)
            check_cell(expected[i].event, states[s], false, expected[i].plain[s]);
        for (size_t s = 2; s < 5; s++) /* only who has accepted can be asked to give a case back */
            check_cell(expected[i].event, states[s], true, expected[i].asked[s]);
    }
}

static void who_may(void **unused) {
    (void)unused;
    static const struct {
        enum offer_event event;
        enum offer_state state;
        unsigned parties;
        enum offer_reason_need reason;
    } cases[] = {
        {EVENT_ACCEPT, OFFER_REQUESTED, PARTY_OWNER, REASON_OPTIONAL},
        {EVENT_REJECT, OFFER_RECEIVED, PARTY_OWNER, REASON_STANDARD},
        {EVENT_DECLINE, OFFER_ACCEPTED, PARTY_OWNER, REASON_STANDARD},
        {EVENT_EXPIRE, OFFER_REQUESTED, PARTY_SYSTEM, REASON_OPTIONAL},
        {EVENT_CANCEL, OFFER_REQUESTED, PARTY_REQUESTER | PARTY_SYSTEM, REASON_OPTIONAL},
        {EVENT_REQUEST_CANCEL, OFFER_ACCEPTED, PARTY_REQUESTER | PARTY_SYSTEM, REASON_TEXT},
        {EVENT_START_TIMEOUT, OFFER_ACCEPTED, PARTY_SYSTEM, REASON_OPTIONAL},
        {EVENT_HOLD, OFFER_IN_PROGRESS, PARTY_OWNER, REASON_TEXT},
        {EVENT_FAIL, OFFER_IN_PROGRESS, PARTY_OWNER, REASON_TEXT},
        {EVENT_ERROR, OFFER_REJECTED, PARTY_REQUESTER | PARTY_ADMINISTRATOR, REASON_TEXT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct offer_standing from = {cases[i].state, false};
        struct offer_move move;
        const char *why;
        assert_true(offer_move_find(&from, cases[i].event, &move, &why));
        assert_int_equal(move.parties, cases[i].parties);
        assert_int_equal(move.reason, cases[i].reason);
    }
}

static void invariants(void **unused) {
    (void)unused;
    static const struct {
        struct offer_standing standing;
        enum offer_hold hold;
        bool known, good;
    } cases[] = {
        {{OFFER_REQUESTED, false}, HOLD_SOFT, true, true},
        {{OFFER_REQUESTED, false}, HOLD_FIRM, true, false},
        {{OFFER_ACCEPTED, false}, HOLD_FIRM, true, true},
        {{OFFER_ACCEPTED, false}, HOLD_SOFT, true, false},
        {{OFFER_ACCEPTED, false}, HOLD_NONE, true, false},
        {{OFFER_ACCEPTED, false}, HOLD_NONE, false, true},
        {{OFFER_ACCEPTED, true}, HOLD_FIRM, true, true},
        {{OFFER_REJECTED, false}, HOLD_SOFT, true, false},
        {{OFFER_REJECTED, false}, HOLD_NONE, true, true},
        {{OFFER_REQUESTED, true}, HOLD_SOFT, true, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *wrong = offer_invariant(&cases[i].standing, cases[i].hold, cases[i].known);
        if ((wrong == NULL) != cases[i].good)
            fail_msg("case %zu: %s", i, wrong ? wrong : "nothing was found");
    }
}

static void words_read_back(void **unused) {
    (void)unused;
    for (size_t i = 0; i < STATES; i++) {
        enum offer_state state;
        assert_true(offer_state_read(offer_state_word(states[i]), &state));
        assert_int_equal(state, states[i]);
    }
    for (unsigned i = 0; i < OFFER_EVENTS; i++) {
        enum offer_event event;
        assert_true(offer_event_read(offer_event_word((enum offer_event)i), &event));
        assert_int_equal(event, i);
    }
    enum offer_event event;
    enum offer_state state;
    assert_true(offer_event_read("no-show", &event));
    assert_int_equal(event, EVENT_NO_SHOW);
    assert_false(offer_event_read("accep", &event));
    assert_false(offer_event_read("accepted", &event));
    assert_false(offer_event_read("", &event));
    assert_false(offer_state_read("", &state));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_and_every_event),
        cmocka_unit_test(who_may),
        cmocka_unit_test(invariants),
        cmocka_unit_test(words_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
