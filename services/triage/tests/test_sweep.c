/* What is old is forgotten in steps of a bounded size, as often as there is more; and a sweep that has
 * nothing to forget does not go through what is young. */
#include "services/triage/tests/world.h"
#include "tests/fixture/steps.h"
#include "triage_sql.h"

#define DAY_MS (24 * 3600 * INT64_C(1000))

enum { OLD = 1800, YOUNG = 8000, JOINED = 100000, STEPS_MAX = 60000 };

static struct id id_at(int64_t at, unsigned number) {
    uint8_t tail[10] = {0};
    memcpy(tail, &number, sizeof number);
    return id_make(at, tail);
}

static void add_report(struct store *store, const struct id *id, enum settlement how, int64_t at) {
    struct statement *set = triage_use(store, TRIAGE_REPORT_SET);
    bind_id(set, id);
    bind_int(set, how);
    bind_null(set);
    bind_int(set, at);
    statement_run(set);
}

static void add_case(struct store *store, const struct id *id, int64_t at) {
    struct statement *add = triage_use(store, TRIAGE_CASE_INSERT);
    bind_id(add, id);
    bind_id(add, id);
    bind_text(add, "pasung");
    bind_int(add, 1);
    bind_text(add, "35.07");
    for (int i = 0; i < 3; i++)
        bind_int(add, 0);
    bind_int(add, at);
    bind_int(add, 0);
    bind_int(add, 0);
    for (int i = 0; i < 2; i++)
        bind_blob(add, "", 0);
    bind_text(add, "");
    bind_null(add);
    bind_int(add, 0);
    statement_run(add);
}

static void close_case(struct store *store, const struct id *id, int64_t at) {
    struct statement *close = triage_use(store, TRIAGE_CASE_CLOSE);
    bind_int(close, at);
    bind_id(close, id);
    statement_run(close);
}

static bool has(struct store *store, enum triage_statement which, const struct id *id) {
    struct statement *get = triage_use(store, which);
    bind_id(get, id);
    bool found = statement_step(get);
    statement_end(get);
    return found;
}

/* Old and young: reports that joined, are in review, opened a case; every other young case is open. */
static void fill_rows(struct fixture *fixture) {
    struct store *store = fixture_store(fixture);
    int64_t old = fixture_now(fixture) - 40 * DAY_MS, young = fixture_now(fixture) - DAY_MS;
    assert_true(store_begin(store));
    for (unsigned i = 0; i < OLD + YOUNG; i++) {
        int64_t at = i < OLD ? old : young;
        struct id id = id_at(at, i), joined = id_at(at, JOINED + i);
        add_report(store, &id, SETTLED_CASE, at);
        add_report(store, &joined, i ? SETTLED_JOINED : SETTLED_IN_REVIEW, at);
        add_case(store, &id, at);
        if (i < OLD || i % 2)
            close_case(store, &id, at);
    }
    assert_int_equal(store_commit(store), STORE_OK);
}

static void old_rows_go_a_step_at_a_time(void **state) {
    struct world *world = *state;
    struct fixture *fixture = world->fixture;
    fill_rows(fixture);
    int64_t now = fixture_now(fixture);
    struct id first = id_at(now - 40 * DAY_MS, 0), last = id_at(now - 40 * DAY_MS, OLD - 1),
              joined = id_at(now - 40 * DAY_MS, JOINED + OLD - 1),
              in_review = id_at(now - 40 * DAY_MS, JOINED), kept = id_at(now - DAY_MS, OLD + 1);
    steps_taken();
    for (unsigned seconds = 0; seconds < 3600 + OLD / 100 + 2; seconds++) {
        fixture_advance(fixture, 1000);
        assert_in_range(steps_taken(), 0, STEPS_MAX);
    }
    struct store *store = fixture_store(fixture);
    assert_false(has(store, TRIAGE_REPORT_GET, &first) || has(store, TRIAGE_REPORT_GET, &last));
    assert_false(has(store, TRIAGE_CASE_GET, &first) || has(store, TRIAGE_CASE_GET, &last));
    assert_false(has(store, TRIAGE_REPORT_GET, &joined));
    assert_true(has(store, TRIAGE_REPORT_GET, &in_review));
    assert_true(has(store, TRIAGE_REPORT_GET, &kept) && has(store, TRIAGE_CASE_GET, &kept));
    steps_taken();
    fixture_advance(fixture, 3600 * 1000); /* nothing is old any more */
    assert_in_range(steps_taken(), 0, 5000);
}

static int set_up_watched(void **state) {
    steps_watch();
    return set_up(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(old_rows_go_a_step_at_a_time, set_up_watched, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
