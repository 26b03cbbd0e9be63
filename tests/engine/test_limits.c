/* The engine at its limits, with a toy daemon: too much for one turn is tried one by one, too much for itself
 * is parked alone, a start happens once, a record whose cause nobody here hears does not wait for ever. */
#include "common/fault.h"
#include "tests/fixture/engine_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct store_migration migrations[] = {
    {"0001_kept", "CREATE TABLE kept(number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"}};
enum { KEPT_ADD, KEPT_COUNT };
static const struct store_statement statements[] = {
    {"kept_add", "INSERT INTO kept(text) VALUES(?)"},
    {"kept_count", "SELECT count(*) FROM kept WHERE text LIKE ?"},
};
static const struct store_schema schema = {"kept", statements, 2, migrations, 1};

static void keep(struct turn *turn, const char *text) {
    struct statement *add = store_use(turn->store, &schema, KEPT_ADD);
    bind_text(add, text);
    statement_run(add);
}

static int64_t kept(struct fixture *fixture, const char *like) {
    struct statement *get = store_use(fixture_store(fixture), &schema, KEPT_COUNT);
    bind_text(get, like);
    int64_t rows = statement_step(get) ? column_int(get, 0) : -1;
    statement_end(get);
    return rows;
}

static enum verdict on_start(struct turn *turn) {
    keep(turn, "start");
    return VERDICT_DONE;
}

/* The reason says what to do: "take N" takes N MiB of the arena, "say N" appends N MiB, "leave" has an effect
 * of one MiB. */
static enum verdict on_event(struct turn *turn, const Sigap__Event *event) {
    static char text[1 << 20];
    unsigned count = 0;
    if (event->body_case != SIGAP__EVENT__BODY_REPORT_CLOSED)
        return VERDICT_DONE;
    const char *what = event->report_closed->reason;
    keep(turn, what);
    if (sscanf(what, "take %u", &count) == 1)
        arena_take(turn->arena, (size_t)count << 20);
    if (strcmp(what, "leave") == 0)
        turn_effect(turn, &(struct effect){.what = text, .what_size = sizeof text});
    if (sscanf(what, "say %u", &count) != 1)
        return VERDICT_DONE;
    memset(text, 'x', sizeof text - 1);
    for (unsigned i = 0; i < count; i++) {
        Sigap__ReportClosed closed = SIGAP__REPORT_CLOSED__INIT;
        Sigap__Event said = SIGAP__EVENT__INIT;
        closed.reason = text;
        said.body_case = SIGAP__EVENT__BODY_REPORT_CLOSED;
        said.report_closed = &closed;
        turn_append(turn, LANE_NORMAL, &said);
    }
    return VERDICT_DONE;
}

static const char *const journals[] = {"alpha", "beta", NULL};

static void tell_caused(struct fixture *fixture, const char *journal, const char *what,
    const struct id *case_id, uint64_t cause) {
    Sigap__ReportClosed closed = SIGAP__REPORT_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    Sigap__Cause first = SIGAP__CAUSE__INIT, *causes[] = {&first};
    closed.reason = (char *)what;
    event.body_case = SIGAP__EVENT__BODY_REPORT_CLOSED;
    event.report_closed = &closed;
    if (case_id)
        event.case_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)case_id->bytes};
    first.journal = (char *)"alpha";
    first.lane = LANE_NORMAL;
    first.sequence = cause;
    event.causes = causes;
    event.n_causes = cause > 0;
    fixture_event(fixture, journal, LANE_NORMAL, &event);
}

static void tell(struct fixture *fixture, const char *what) {
    tell_caused(fixture, "alpha", what, NULL, 0);
}

/* Turns and waits until it has come to rest. */
static void settle(struct fixture *fixture) {
    for (int i = 0; i < 40; i++) {
        fixture_turn(fixture);
        fixture_advance(fixture, 1000);
    }
}

static const struct daemon toy = {
    .name = "toy", .schema = &schema, .on_start = on_start, .on_event = on_event};

static struct fixture *open_toy(const struct daemon *daemon) {
    return fixture_open(&(struct fixture_options){.daemon = daemon, .journals = journals});
}

static void a_start_happens_once(void **state) {
    (void)state;
    struct fixture *fixture =
        fixture_open(&(struct fixture_options){.daemon = &toy, .journals = journals, .on_disk = true});
    settle(fixture);
    tell(fixture, "one");
    settle(fixture);
    assert_int_equal(kept(fixture, "start"), 1);
    fixture_restart(fixture, true);
    fault_arm(FAULT_COMMIT, 1); /* a start that was rolled back has not happened */
    fixture_turn(fixture);
    fault_disarm();
    assert_int_equal(kept(fixture, "start"), 1);
    settle(fixture);
    assert_int_equal(kept(fixture, "start"), 2);
    fixture_close(&fixture);
}

static void too_much_for_one_turn_is_tried_one_by_one(void **state) {
    (void)state;
    static const char *const what[] = {"take 5", "say 1"}; /* x 60: more than 48 MiB, more than a frame */
    for (size_t i = 0; i < 2; i++) {
        struct fixture *fixture = open_toy(&toy);
        for (int k = 0; k < 60; k++)
            tell(fixture, what[i]);
        settle(fixture);
        assert_int_equal(kept(fixture, what[i]), 60);
        assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 0);
        fixture_close(&fixture);
    }
}

/* What a turn has taken the daemon keeps room for: a storm of messages must not make that much. */
static void what_is_kept_for_the_commit_ends_a_turn(void **state) {
    (void)state;
    struct fixture *fixture = open_toy(&toy);
    settle(fixture);
    for (int i = 0; i < 20; i++)
        tell(fixture, "leave");
    fault_arm(FAULT_COMMIT, 0);
    settle(fixture);
    assert_in_range(fault_count(FAULT_COMMIT), 3, 6); /* of 9 at most; one did all */
    fault_disarm();
    assert_int_equal(kept(fixture, "leave"), 20);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 0);
    fixture_close(&fixture);
}

static void too_much_for_itself_is_parked_alone(void **state) {
    (void)state;
    static const char *const what[] = {"take 60", "say 9"};
    for (size_t i = 0; i < 2; i++) {
        struct fixture *fixture = open_toy(&toy);
        for (int k = 0; k < 5; k++)
            tell(fixture, "before");
        tell(fixture, what[i]);
        for (int k = 0; k < 5; k++)
            tell(fixture, "after");
        settle(fixture);
        assert_int_equal(kept(fixture, "before"), 5);
        assert_int_equal(kept(fixture, "after"), 5);
        assert_int_equal(kept(fixture, what[i]), 0);
        assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 1);
        fixture_close(&fixture);
    }
}

/* ---- waiting ---- */

static void what_waits_is_let_go_in_its_order(void **state) {
    (void)state;
    struct fixture *fixture = open_toy(&toy);
    struct id case_id = fixture_id(fixture);
    for (int k = 0; k < 400; k++) /* more than a turn takes */
        tell_caused(fixture, "beta", "answer", &case_id, 1);
    fixture_turn(fixture);
    fixture_advance(fixture, 300);
    fixture_turn(fixture);
    assert_int_equal(kept(fixture, "answer"), 0);
    tell_caused(fixture, "alpha", "question", &case_id, 0);
    settle(fixture);
    assert_int_equal(kept(fixture, "question"), 1);
    assert_int_equal(kept(fixture, "answer"), 400);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 0);
    fixture_close(&fixture);
}

/* beta's record waits for one of alpha that this daemon reads over: nothing else comes to wake it. */
static void a_cause_that_is_not_heard_lets_go_too(void **state) {
    (void)state;
    static const Sigap__Event__BodyCase hears[] = {
        SIGAP__EVENT__BODY_REPORT_CLOSED, SIGAP__EVENT__BODY__NOT_SET};
    struct daemon picky = toy;
    picky.hears = hears;
    for (int late = 0; late < 2; late++) { /* at the head of its lane, or in the table already */
        struct fixture *fixture = open_toy(&picky);
        Sigap__TaskReminder reminder = SIGAP__TASK_REMINDER__INIT;
        Sigap__Event unheard = SIGAP__EVENT__INIT;
        struct id case_id = fixture_id(fixture);
        fixture_turn(fixture);
        tell_caused(fixture, "beta", "answer", &case_id, 1);
        fixture_turn(fixture);
        if (late)
            fixture_advance(fixture, 1000);
        assert_int_equal(kept(fixture, "answer"), 0);
        unheard.body_case = SIGAP__EVENT__BODY_TASK_REMINDER;
        unheard.task_reminder = &reminder;
        fixture_event(fixture, "alpha", LANE_NORMAL, &unheard);
        fixture_turn(fixture); /* at once, not when something else comes */
        assert_int_equal(kept(fixture, "answer"), 1);
        fixture_close(&fixture);
    }
}

/* ---- a second store ---- */

static enum store_health second_health;

static enum store_health before_commit(void *state) {
    (void)state;
    return second_health;
}

static bool is_disk_low(struct fixture *fixture) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__StatusView what = SIGAP__STATUS_VIEW__INIT;
    unsigned status;
    view.what_case = SIGAP__VIEW__WHAT_STATUS;
    view.status = &what;
    json_t *answer = fixture_view(fixture, &view, &status);
    assert_int_equal(status, 200);
    bool low = json_is_true(json_object_get(answer, "disk_low"));
    json_decref(answer);
    return low;
}

static void a_second_store_is_heeded(void **state) {
    (void)state;
    struct daemon twofold = toy;
    twofold.before_commit = before_commit;
    second_health = STORE_OK;
    struct fixture *fixture = open_toy(&twofold);
    fixture_turn(fixture);
    second_health = STORE_RETRY;
    tell(fixture, "one");
    assert_int_equal(fixture_turn(fixture), ENGINE_BACKOFF);
    assert_int_equal(kept(fixture, "one"), 0);
    assert_false(is_disk_low(fixture));
    second_health = STORE_FULL;
    fixture_advance(fixture, 1000);
    assert_int_equal(fixture_turn(fixture), ENGINE_BACKOFF);
    assert_int_equal(kept(fixture, "one"), 0);
    assert_true(is_disk_low(fixture));
    second_health = STORE_OK;
    settle(fixture);
    assert_false(is_disk_low(fixture));
    assert_int_equal(kept(fixture, "one"), 1);
    second_health = STORE_FATAL;
    tell(fixture, "two");
    fault_arm(FAULT_COMMIT, 0); /* nothing fails by it, but an end is expected */
    assert_int_equal(fixture_turn(fixture), ENGINE_BROKEN);
    fault_disarm();
    assert_int_equal(kept(fixture, "two"), 0);
    fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_happens_once),
        cmocka_unit_test(too_much_for_one_turn_is_tried_one_by_one),
        cmocka_unit_test(what_is_kept_for_the_commit_ends_a_turn),
        cmocka_unit_test(too_much_for_itself_is_parked_alone),
        cmocka_unit_test(what_waits_is_let_go_in_its_order),
        cmocka_unit_test(a_cause_that_is_not_heard_lets_go_too),
        cmocka_unit_test(a_second_store_is_heeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
