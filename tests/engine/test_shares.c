/* Each kind of input has its share of a turn: a critical timer does not wait behind hours of others, nor
 * anything behind an urgent lane that is full. With a toy daemon that writes down what it did, in its order.
 */
#include "tests/fixture/engine_fixture.h"
#include "tests/fixture/steps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 3000, TURN = 256 /* inputs */, KIND = 7, CRITICAL = 1000000 /* ms after the start */ };

static const struct store_migration migrations[] = {
    {"0001_done", "CREATE TABLE done(number INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
                  "CREATE INDEX done_text ON done(text, number);"}};
enum { DONE_ADD, DONE_FIRST, DONE_COUNT };
static const struct store_statement statements[] = {
    {"done_add", "INSERT INTO done(text) VALUES(?)"},
    {"done_first", "SELECT number FROM done WHERE text=? ORDER BY number LIMIT 1"},
    {"done_count", "SELECT count(*) FROM done WHERE text=?"},
};
static const struct store_schema schema = {"done", statements, 3, migrations, 1};

static int64_t ask_store(struct fixture *fixture, unsigned statement, const char *text) {
    struct statement *get = store_use(fixture_store(fixture), &schema, statement);
    bind_text(get, text);
    int64_t number = statement_step(get) ? column_int(get, 0) : 0;
    statement_end(get);
    return number;
}

/* As the how-manyth it was done; 0: not yet. */
static int64_t place_of(struct fixture *fixture, const char *text) {
    return ask_store(fixture, DONE_FIRST, text);
}

static int64_t count_of(struct fixture *fixture, const char *text) {
    return ask_store(fixture, DONE_COUNT, text);
}

static void write_down(struct turn *turn, const char *text) {
    struct statement *add = store_use(turn->store, &schema, DONE_ADD);
    bind_text(add, text);
    statement_run(add);
}

/* "normal N" sets N timers that are due one ms after the other from now + 1 s on, "critical" one. */
static enum verdict on_event(struct turn *turn, const Sigap__Event *event) {
    const char *what = event->report_closed->reason;
    unsigned count = 0;
    struct id object = {{[ID_BYTES - 1] = 1}};
    write_down(turn, what);
    sscanf(what, "normal %u", &count);
    for (unsigned i = 0; i < count; i++) {
        memcpy(object.bytes, &i, sizeof i);
        turn_timer_set(turn, KIND, &object, turn->now + 1000 + i, false);
    }
    if (strcmp(what, "critical") == 0)
        turn_timer_set(turn, KIND + 1, &object, turn->now + CRITICAL, true);
    return VERDICT_DONE;
}

static enum verdict on_timer(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at) {
    (void)object;
    (void)due_at;
    write_down(turn, kind == KIND ? "normal timer" : "critical timer");
    return VERDICT_DONE;
}

static enum verdict on_effect(struct turn *turn, const struct effect_result *result) {
    (void)result;
    write_down(turn, "result");
    return VERDICT_DONE;
}

static enum verdict on_request(struct turn *turn, const struct request *request, struct answer *answer) {
    (void)request;
    write_down(turn, "request");
    *answer = (struct answer){.status = 202, .body = "ok", .body_size = 2};
    return VERDICT_DONE;
}

/* Keeps more than all of a turn should. */
static enum verdict on_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    static const char picture[9 << 20];
    (void)view;
    turn_effect(turn, &(struct effect){.what = picture, .what_size = sizeof picture});
    answer->status = 200;
    return VERDICT_DONE;
}

static const struct daemon toy = {.name = "toy",
    .schema = &schema,
    .on_event = on_event,
    .on_timer = on_timer,
    .on_effect = on_effect,
    .on_request = on_request,
    .on_view = on_view};

static const char *const journals[] = {"alpha", NULL};

static struct fixture *open_toy(void) {
    return fixture_open(&(struct fixture_options){.daemon = &toy, .journals = journals});
}

static void tell(struct fixture *fixture, enum lane lane, const char *what) {
    Sigap__ReportClosed closed = SIGAP__REPORT_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    closed.reason = (char *)what;
    event.body_case = SIGAP__EVENT__BODY_REPORT_CLOSED;
    event.report_closed = &closed;
    fixture_event(fixture, "alpha", lane, &event);
}

/* The daemon was away, and all that it set is due. */
static void be_away(struct fixture *fixture) {
    fixture_turn(fixture);
    fixture_sleep(fixture, CRITICAL);
}

static void a_critical_timer_waits_for_no_other(void **state) {
    (void)state;
    struct fixture *fixture = open_toy();
    char what[32];
    snprintf(what, sizeof what, "normal %d", MANY);
    tell(fixture, LANE_NORMAL, what);
    tell(fixture, LANE_NORMAL, "critical");
    be_away(fixture);
    fixture_turn(fixture);
    assert_int_equal(count_of(fixture, "normal timer"), MANY);
    assert_int_equal(count_of(fixture, "critical timer"), 1);
    assert_in_range(place_of(fixture, "critical timer"), 1, TURN);
    fixture_close(&fixture);
}

static void nothing_waits_for_an_urgent_lane_to_be_empty(void **state) {
    (void)state;
    static const char *const others[] = {"critical timer", "normal timer", "result", "request"};
    struct fixture *fixture = open_toy();
    tell(fixture, LANE_NORMAL, "critical");
    tell(fixture, LANE_NORMAL, "normal 1");
    be_away(fixture);
    for (int i = 0; i < MANY; i++)
        tell(fixture, LANE_URGENT, "urgent");
    struct request request = {.method = "POST", .path = "/", .query = "", .body = "x", .body_size = 1};
    struct effect_result result = {.kind = 1};
    assert_true(engine_effect_finished(fixture_engine(fixture), &result));
    assert_true(engine_request(fixture_engine(fixture), &request));
    fixture_turn(fixture);
    assert_int_equal(count_of(fixture, "urgent"), MANY);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(count_of(fixture, others[i]), 1);
        assert_in_range(place_of(fixture, others[i]), place_of(fixture, "urgent") + 1, TURN);
    }
    fixture_close(&fixture);
}

/* Nor for who looks at pictures, one after the other. */
static void a_large_answer_leaves_the_others_an_input(void **state) {
    (void)state;
    struct fixture *fixture = open_toy();
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__CaseView what = SIGAP__CASE_VIEW__INIT;
    uint8_t frame[64];
    view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
    view.case_file = &what;
    size_t size = sigap__view__pack(&view, frame);
    tell(fixture, LANE_NORMAL, "critical");
    be_away(fixture);
    for (int i = 0; i < 5; i++)
        assert_true(engine_view(fixture_engine(fixture), frame, size, NULL));
    assert_int_equal(engine_turn(fixture_engine(fixture)), ENGINE_WORKED); /* one */
    assert_int_equal(count_of(fixture, "critical timer"), 1);
    fixture_close(&fixture);
}

/* Its deadlines are not believed: what is due then and not critical costs nothing, however much it is. */
static void an_unsteady_clock_passes_no_normal_timer(void **state) {
    (void)state;
    enum { TURNS = 20 };
    struct fixture *fixture = open_toy();
    char what[32];
    snprintf(what, sizeof what, "normal %d", MANY);
    tell(fixture, LANE_NORMAL, what);
    tell(fixture, LANE_NORMAL, "critical");
    fixture_turn(fixture);
    fixture_jump(fixture, -3600000);
    fixture_advance(fixture, 100000); /* due, by the monotonic clock */
    steps_taken();
    for (int i = 0; i < TURNS; i++) {
        tell(fixture, LANE_NORMAL, "one");
        fixture_turn(fixture);
    }
    assert_in_range(steps_taken(), 1, TURNS * 1000); /* one look at all is 12,000 */
    assert_int_equal(count_of(fixture, "normal timer"), 0);
    fixture_advance(fixture, CRITICAL); /* steady again on the way */
    assert_int_equal(count_of(fixture, "critical timer"), 1);
    assert_int_equal(count_of(fixture, "normal timer"), MANY);
    fixture_close(&fixture);
}

int main(void) {
    steps_watch();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_critical_timer_waits_for_no_other),
        cmocka_unit_test(nothing_waits_for_an_urgent_lane_to_be_empty),
        cmocka_unit_test(a_large_answer_leaves_the_others_an_input),
        cmocka_unit_test(an_unsteady_clock_passes_no_normal_timer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
