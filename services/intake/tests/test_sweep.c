/* Old rows go, young ones stay, in steps of a batch. */
#include "services/intake/tests/intake_bottle.h"
#include "services/intake/web.h"
#include "tests/fixture/steps.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "intake_sql.h"
#include "services/intake/follow.h"

static const int64_t day = INT64_C(24) * 3600 * 1000;

static size_t count(struct bottle *bottle, enum intake_statement slice) {
    size_t rows = 0;
    for (bool more = true; more; rows += more) {
        struct statement *at = intake_use(fixture_store(bottle->fixture), slice);
        bind_blob(at, "", 0);
        bind_int(at, (int64_t)rows);
        more = statement_step(at);
        statement_end(at);
    }
    return rows;
}

static size_t reports(struct bottle *bottle) {
    struct statement *all = intake_use(fixture_store(bottle->fixture), INTAKE_REPORT_COUNT);
    assert_true(statement_step(all));
    size_t rows = (size_t)column_int(all, 0);
    statement_end(all);
    return rows;
}

static void post_many(struct bottle *bottle, int reports) {
    for (int i = 0; i < reports; i++)
        bottle_ticket(bottle, "{\"source\":\"a\",\"text\":\"x\"}", NULL);
}

static void keys_go_after_30_days_in_several_steps(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    post_many(&bottle, 1100); /* three batches of 512 */
    fixture_advance(bottle.fixture, 20 * day);
    post_many(&bottle, 50);
    assert_int_equal(reports(&bottle), 1150);
    fixture_advance(bottle.fixture, 9 * day);
    assert_int_equal(reports(&bottle), 1150);
    fixture_advance(bottle.fixture, 2 * day + 60000);
    assert_int_equal(reports(&bottle), 50);
    fixture_advance(bottle.fixture, 20 * day);
    assert_int_equal(reports(&bottle), 0);
    fixture_close(&bottle.fixture);
}

/* A store that was away from its process goes on where it stood. */
static void the_sweep_survives_a_crash(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(true);
    post_many(&bottle, 1100);
    fixture_advance(bottle.fixture, 30 * day);
    for (int i = 0; i < 40; i++) {
        fixture_advance(bottle.fixture, day / 24 + 500);
        fixture_restart(bottle.fixture, false);
    }
    fixture_advance(bottle.fixture, day);
    assert_int_equal(reports(&bottle), 0);
    fixture_close(&bottle.fixture);
}

static void open_case(struct bottle *bottle, const struct id *case_id, bool close) {
    const Sigap__ReportReceived *report = bottle_last(bottle)->event->report_received;
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.case_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)case_id->bytes};
    opened.report_id = report->report_id;
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    fixture_event(bottle->fixture, "triage", LANE_NORMAL, &event);
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &closed;
    closed.reopened = !close;
    fixture_event(bottle->fixture, "casework", LANE_NORMAL, &event);
    fixture_turn(bottle->fixture);
}

static void closed_cases_and_outcomes_go_after_the_retention(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    char path[2][64];
    for (int i = 0; i < 2; i++) {
        snprintf(path[i], sizeof path[i], "/v1/reports/%s",
            bottle_ticket(&bottle, "{\"source\":\"a\",\"text\":\"x\"}", NULL));
        struct id case_id = fixture_id(bottle.fixture);
        open_case(&bottle, &case_id, i == 0);
    }
    assert_int_equal(count(&bottle, INTAKE_PROGRESS_SLICE), 2);
    fixture_advance(bottle.fixture, 6 * day);
    for (int i = 0; i < 2; i++) {
        const struct answer *answer = bottle_get(&bottle, path[i]);
        assert_int_equal(answer->status, 200);
        assert_string_equal(bottle_member(answer, "state"), i == 0 ? "closed" : "being_handled");
    }
    fixture_advance(bottle.fixture, 3 * day);
    assert_int_equal(count(&bottle, INTAKE_PROGRESS_SLICE), 2);
    for (int i = 0; i < 2; i++)
        assert_int_equal(bottle_get(&bottle, path[i])->status, 404);
    struct statement *newest = intake_use(fixture_store(bottle.fixture), INTAKE_OUTCOME_NEWEST);
    bind_int(newest, 10);
    assert_false(statement_step(newest));
    statement_end(newest);
    for (int i = 0; i < 175; i++) { /* media of 180 days are kept by it */
        fixture_advance(bottle.fixture, day);
        while (fixture_effect_take(bottle.fixture))
            ;
    }
    assert_int_equal(count(&bottle, INTAKE_PROGRESS_SLICE), 1); /* the one that is still open */
    fixture_close(&bottle.fixture);
}

/* Those that are named, and never one that has just been written again; without names all that are old. */
static void old_files_of_media_are_deleted(void **state) {
    (void)state;
    char folder[] = "/tmp/sigap-media-XXXXXX", path[128], names[3][2 * SEAL_HASH_BYTES + 1];
    assert_non_null(mkdtemp(folder));
    static const time_t written[] = {1000, 5000, 9000};
    struct web_tidy what = {.before_ms = 6000 * 1000};
    for (size_t i = 0; i < 3; i++) {
        uint8_t hash[SEAL_HASH_BYTES] = {(uint8_t)i};
        sodium_bin2hex(names[i], sizeof names[i], hash, sizeof hash);
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        fclose(fopen(path, "w"));
        const struct timespec times[2] = {{written[i], 0}, {written[i], 0}};
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
        if (i != 1)
            memcpy(what.hashes[what.count++], hash, sizeof hash);
    }
    assert_int_equal(intake_media_tidy(folder, &what), 1);
    what.count = 0;
    assert_int_equal(intake_media_tidy(folder, &what), 1);
    assert_int_equal(intake_media_tidy(folder, &what), 0);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(intake_media_tidy("/nonexistent", &what), 0);
    unlink(path);
    rmdir(folder);
}

static void put_aside(struct bottle *bottle) {
    struct fixture_request request = {.method = "POST",
        .path = "/v1/hooks/email/lapor",
        .body = "no headers at all",
        .headers = {{"Authorization", bottle->bearer}, {"Content-Type", "message/rfc822"}}};
    assert_int_equal(fixture_request(bottle->fixture, &request)->status, 200);
}

static size_t asides(struct bottle *bottle) {
    json_t *list = bottle_list(bottle->fixture, "hooks", 0);
    size_t count = json_array_size(list);
    json_decref(list);
    return count;
}

static int64_t goes_at(struct bottle *bottle) {
    json_t *list = bottle_list(bottle->fixture, "hooks", 0);
    int64_t at = json_integer_value(json_object_get(json_array_get(list, 0), "due_at"));
    json_decref(list);
    return at;
}

static void pass_days(struct bottle *bottle, int days) {
    for (int i = 0; i < days; i++)
        fixture_advance(bottle->fixture, day);
}

static void what_was_put_aside_waits_until_twice_told(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    put_aside(&bottle);
    assert_int_equal(fixture_count(bottle.fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 1);
    pass_days(&bottle, 22);
    assert_int_equal(fixture_count(bottle.fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 1);
    assert_int_equal(goes_at(&bottle), 0);
    pass_days(&bottle, 3);
    const Sigap__InputParked *told =
        fixture_last(bottle.fixture, SIGAP__EVENT__BODY_INPUT_PARKED)->event->input_parked;
    assert_int_equal(fixture_count(bottle.fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 2);
    assert_string_equal(told->reason, "1 put aside were not looked at and are erased in 7 days");
    assert_int_not_equal(goes_at(&bottle), 0);
    pass_days(&bottle, 4);
    assert_int_equal(asides(&bottle), 1);
    pass_days(&bottle, 4);
    assert_int_equal(asides(&bottle), 0);
    assert_int_equal(fixture_count(bottle.fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 2);
    fixture_close(&bottle.fixture);
}

/* So many, put aside so long ago; due_at: when they go, 0: nobody was told a second time. */
static void put_many_aside(struct bottle *bottle, int count, int64_t age_ms, int64_t due_at) {
    const struct id chance = fixture_id(bottle->fixture);
    for (int i = 0; i < count; i++) {
        struct id id = id_make(fixture_now(bottle->fixture) - age_ms + i, chance.bytes + 6);
        struct statement *add = intake_use(fixture_store(bottle->fixture), INTAKE_HOOK_ADD);
        bind_id(add, &id);
        bind_text(add, "bot");
        bind_text(add, "email");
        bind_int(add, 1); /* put aside */
        bind_int(add, 0);
        bind_int(add, due_at);
        bind_text(add, "undecodable");
        bind_blob(add, "x", 1);
        assert_true(statement_run(add));
    }
}

static uint64_t steps_of_a_day(struct bottle *bottle) {
    steps_taken();
    fixture_advance(bottle->fixture, day);
    return steps_taken();
}

/* Steps of the sweep come once a second while a pass through millions of cases lasts. */
static void what_is_aside_costs_a_sweep_nothing_until_its_time(void **state) {
    (void)state;
    enum { MANY = 1000, STEPS_MAX = 2 * MANY };
    struct bottle bottle = bottle_open(false);
    fixture_advance(bottle.fixture, day);
    uint64_t before = steps_of_a_day(&bottle);
    put_many_aside(&bottle, MANY, 10 * day, 0);
    put_many_aside(&bottle, MANY, 25 * day, fixture_now(bottle.fixture) + 5 * day);
    assert_in_range(steps_of_a_day(&bottle), 0, before + STEPS_MAX);
    pass_days(&bottle, 3);
    assert_true(goes_at(&bottle) > 0);
    pass_days(&bottle, 3);
    assert_int_equal(goes_at(&bottle), 0); /* those that were told of have gone */
    fixture_close(&bottle.fixture);
}

int main(void) {
    steps_watch();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_files_of_media_are_deleted),
        cmocka_unit_test(keys_go_after_30_days_in_several_steps),
        cmocka_unit_test(the_sweep_survives_a_crash),
        cmocka_unit_test(closed_cases_and_outcomes_go_after_the_retention),
        cmocka_unit_test(what_was_put_aside_waits_until_twice_told),
        cmocka_unit_test(what_is_aside_costs_a_sweep_nothing_until_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
