/* A crowd at the door: who would wait long is told so at once, what may be urgent goes before what is calm
 * and has room of its own. */
#include "tests/fixture/engine_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { CALM_MAX = 256, ALL_MAX = 512, FEW = 10, WEARY_MS = 2000 };

static const struct store_migration migrations[] = {
    {"0001_heard", "CREATE TABLE heard(number INTEGER PRIMARY KEY, path TEXT NOT NULL) STRICT;"}};
enum { HEARD_ADD, HEARD_FIRST, HEARD_COUNT };
static const struct store_statement statements[] = {
    {"heard_add", "INSERT INTO heard(path) VALUES(?)"},
    {"heard_first", "SELECT number FROM heard WHERE path = ? ORDER BY number LIMIT 1"},
    {"heard_count", "SELECT count(*) FROM heard"},
};
static const struct store_schema schema = {"heard", statements, 3, migrations, 1};

static enum verdict on_request(struct turn *turn, const struct request *request, struct answer *answer) {
    struct statement *add = store_use(turn->store, &schema, HEARD_ADD);
    bind_text(add, request->path);
    statement_run(add);
    answer->status = 200;
    return VERDICT_DONE;
}

static bool is_urgent(void *state, const struct request *request) {
    (void)state;
    return strcmp(request->path, "/calm") != 0;
}

static enum verdict on_event(struct turn *turn, const Sigap__Event *event) {
    (void)turn;
    (void)event;
    return VERDICT_DONE;
}

static const struct daemon door = {.name = "door",
    .schema = &schema,
    .on_event = on_event,
    .on_request = on_request,
    .request_is_urgent = is_urgent};
static const struct daemon blind = {
    .name = "blind", .schema = &schema, .on_event = on_event, .on_request = on_request};
static const char *const journals[] = {NULL};

static struct fixture *open_door(const struct daemon *daemon) {
    return fixture_open(&(struct fixture_options){.daemon = daemon, .journals = journals});
}

static bool knock(struct fixture *fixture, const char *path) {
    const struct request request = {.method = "POST", .path = path, .query = "", .body = "", .remote = ""};
    return engine_request(fixture_engine(fixture), &request);
}

static int64_t look(struct fixture *fixture, unsigned statement, const char *path) {
    struct statement *get = store_use(fixture_store(fixture), &schema, statement);
    if (path)
        bind_text(get, path);
    int64_t number = statement_step(get) ? column_int(get, 0) : -1;
    statement_end(get);
    return number;
}

static void urgent_goes_first_in_its_order(void **state) {
    (void)state;
    struct fixture *fixture = open_door(&door);
    for (int i = 0; i < CALM_MAX; i++)
        assert_true(knock(fixture, "/calm"));
    assert_false(knock(fixture, "/calm")); /* told at once */
    assert_true(knock(fixture, "/fire"));
    assert_true(knock(fixture, "/flood"));
    fixture_turn(fixture);
    assert_int_equal(look(fixture, HEARD_FIRST, "/fire"), 1);
    assert_int_equal(look(fixture, HEARD_FIRST, "/flood"), 2);
    assert_int_equal(look(fixture, HEARD_FIRST, "/calm"), 3);
    assert_int_equal(look(fixture, HEARD_COUNT, NULL), CALM_MAX + 2);
    fixture_close(&fixture);
}

static void few_are_heard_as_they_come(void **state) {
    (void)state;
    struct fixture *fixture = open_door(&door);
    for (int i = 0; i < FEW; i++)
        assert_true(knock(fixture, "/calm"));
    assert_true(knock(fixture, "/fire"));
    fixture_turn(fixture);
    assert_int_equal(look(fixture, HEARD_FIRST, "/fire"), FEW + 1);
    fixture_close(&fixture);
}

/* Who came while they were few is no less urgent than who comes when they are many. */
static void who_came_early_is_not_passed_by(void **state) {
    (void)state;
    struct fixture *fixture = open_door(&door);
    for (int i = 0; i < FEW; i++)
        assert_true(knock(fixture, "/calm"));
    assert_true(knock(fixture, "/early"));
    for (int i = 0; i < CALM_MAX / 2; i++)
        assert_true(knock(fixture, "/calm"));
    assert_true(knock(fixture, "/fire"));
    fixture_turn(fixture);
    assert_int_equal(look(fixture, HEARD_FIRST, "/early"), 1);
    assert_int_equal(look(fixture, HEARD_FIRST, "/fire"), 2);
    assert_int_equal(look(fixture, HEARD_FIRST, "/calm"), 3);
    fixture_close(&fixture);
}

/* While what may be urgent fills every turn, what is calm hears so; the time before counts from when it came.
 */
static void who_is_calm_does_not_wait_for_ever(void **state) {
    (void)state;
    struct fixture *fixture = open_door(&door);
    fixture_turn(fixture); /* the start is a turn of its own */
    for (int i = 0; i < CALM_MAX; i++)
        assert_true(knock(fixture, "/calm"));
    for (int i = CALM_MAX; i < ALL_MAX; i++)
        assert_true(knock(fixture, "/fire"));
    fixture_sleep(fixture, WEARY_MS);
    assert_int_equal(engine_turn(fixture_engine(fixture)), ENGINE_WORKED);
    assert_true(look(fixture, HEARD_COUNT, NULL) < CALM_MAX); /* fire is left for the next turn */
    for (int i = 0; i < FEW; i++)
        assert_true(knock(fixture, "/calm"));
    fixture_turn(fixture);
    assert_int_equal(look(fixture, HEARD_COUNT, NULL), CALM_MAX + FEW);
    fixture_close(&fixture);
}

/* More than one turn holds: those that were first stay first, and the room is there again afterwards. */
static void room_comes_back(void **state) {
    (void)state;
    struct fixture *fixture = open_door(&door);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < CALM_MAX; i++)
            assert_true(knock(fixture, "/calm"));
        for (int i = CALM_MAX; i < ALL_MAX; i++)
            assert_true(knock(fixture, "/fire"));
        assert_false(knock(fixture, "/fire"));
        assert_false(knock(fixture, "/calm"));
        fixture_turn(fixture);
        assert_int_equal(look(fixture, HEARD_COUNT, NULL), (round + 1) * ALL_MAX);
    }
    assert_int_equal(look(fixture, HEARD_FIRST, "/calm"), ALL_MAX - CALM_MAX + 1);
    assert_true(knock(fixture, "/calm"));
    fixture_turn(fixture);
    assert_int_equal(look(fixture, HEARD_COUNT, NULL), 2 * ALL_MAX + 1);
    fixture_close(&fixture);
}

static void without_a_sense_for_it_all_are_alike(void **state) {
    (void)state;
    struct fixture *fixture = open_door(&blind);
    for (int i = 0; i < CALM_MAX; i++)
        assert_true(knock(fixture, "/fire"));
    assert_false(knock(fixture, "/fire"));
    fixture_turn(fixture);
    assert_int_equal(look(fixture, HEARD_COUNT, NULL), CALM_MAX);
    fixture_close(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urgent_goes_first_in_its_order),
        cmocka_unit_test(few_are_heard_as_they_come),
        cmocka_unit_test(who_came_early_is_not_passed_by),
        cmocka_unit_test(who_is_calm_does_not_wait_for_ever),
        cmocka_unit_test(room_comes_back),
        cmocka_unit_test(without_a_sense_for_it_all_are_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
