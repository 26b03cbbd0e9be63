/* The index against a table of the database that holds the same keys: found are all rows that are there,
 * newest first, also after runs, rollbacks, undone inputs, kills and forgetting. */
#include "common/hash_index.h"

#include "common/fault.h"
#include "common/hash_pool.h"
#include "common/hash_run.h"
#include "common_sql.h"
#include "tests/fixture/engine_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct store_migration key_migrations[] = {
    {"0001_key", "CREATE TABLE key(number INTEGER PRIMARY KEY, hash INTEGER NOT NULL) STRICT;"}};
enum { KEY_ADD, KEY_FROM, KEY_GET, KEY_DELETE };
static const struct store_statement key_statements[] = {
    {"key_add", "INSERT INTO key(number, hash) VALUES(?, ?)"},
    {"key_from", "SELECT number, hash FROM key WHERE number > ? ORDER BY number"},
    {"key_get", "SELECT hash FROM key WHERE number=?"},
    {"key_delete", "DELETE FROM key WHERE number < ?"},
};
static const struct store_schema key_schema = {"key", key_statements, 4, key_migrations, 1};

/* Keys of a run here: all that comes with many runs is there with an eighth of the keys. */
enum { RUN = HASH_INDEX_RUN / 8, STEP = RUN / 32 /* keys of an input */ };
enum { BLOCKS_OF_A_RUN = 9, ROWS_OF_A_RUN = BLOCKS_OF_A_RUN + 2 }; /* of 500 entries; and of the filter */

/* What a request asks for. `count` keys from the seed on; hashes repeat after `period`. */
struct order {
    enum { ADD, ADD_AND_PARK, ADD_IN_PARTS, ADD_AND_FORGET, ADD_ROWS, FORGET } kind;
    uint64_t seed, count, period;
    int64_t row;
};

struct keeper {
    struct hash_index *index;
    unsigned starts;
};

static uint64_t hash_of(uint64_t number) {
    uint64_t hash = number * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return hash ^ hash >> 29;
}

static bool keeper_open(const struct daemon_setup *setup, void **state, struct error *error) {
    (void)setup;
    *state = calloc(1, sizeof(struct keeper));
    return *state || error_set(error, "no memory");
}

static void keeper_close(void **state) {
    struct keeper *keeper = *state;
    hash_index_close(&keeper->index);
    free(keeper);
    *state = NULL;
}

static enum verdict keeper_start(struct turn *turn) {
    struct keeper *keeper = turn->state;
    if (!hash_index_open(&keeper->index, turn, 1))
        return VERDICT_RETRY;
    hash_index_run(keeper->index, RUN);
    struct statement *from = store_use(turn->store, &key_schema, KEY_FROM);
    bind_int(from, hash_index_last(keeper->index));
    bool added = true, enough = false;
    while (added && !enough && statement_step(from)) {
        added = hash_index_add(keeper->index, (uint64_t)column_int(from, 1), column_int(from, 0));
        enough = hash_index_refill(keeper->index, turn);
    }
    statement_end(from);
    keeper->starts++;
    return added ? VERDICT_DONE : VERDICT_RETRY;
}

static void add(struct turn *turn, struct keeper *keeper, const struct order *order) {
    for (uint64_t i = 0; i < order->count; i++) {
        uint64_t hash = hash_of((order->seed + i) % order->period);
        int64_t row = order->kind == ADD_ROWS ? order->row + (int64_t)i : hash_index_next(keeper->index);
        struct statement *add = store_use(turn->store, &key_schema, KEY_ADD);
        bind_int(add, row);
        bind_int(add, (int64_t)hash);
        statement_run(add);
        if (order->kind != ADD_ROWS) /* rows that the index has lost */
            hash_index_add(keeper->index, hash, row);
    }
    hash_index_save(keeper->index, turn);
}

static enum verdict keeper_request(struct turn *turn, const struct request *request, struct answer *answer) {
    struct keeper *keeper = turn->state;
    struct order order;
    memcpy(&order, request->body, sizeof order);
    *answer = (struct answer){.status = 202};
    switch (order.kind) {
    case ADD:
    case ADD_ROWS:
        add(turn, keeper, &order);
        return VERDICT_DONE;
    case ADD_AND_PARK:
        add(turn, keeper, &order);
        return turn_park(turn, "asked to");
    case ADD_IN_PARTS: /* as many inputs of one turn do */
        for (uint64_t end = order.seed + order.count; order.seed < end; order.seed += STEP)
            add(turn, keeper, &(struct order){ADD, order.seed, STEP, order.period, 0});
        return VERDICT_DONE;
    case ADD_AND_FORGET:
        add(turn, keeper, &order);
        break;
    case FORGET:
        break;
    }
    struct statement *delete = store_use(turn->store, &key_schema, KEY_DELETE);
    bind_int(delete, order.row);
    statement_run(delete);
    hash_index_forget(keeper->index, turn, order.row);
    return VERDICT_DONE;
}

static const struct daemon keeper_daemon = {.name = "keeper",
    .schema = &key_schema,
    .open = keeper_open,
    .close = keeper_close,
    .on_start = keeper_start,
    .on_request = keeper_request};

static const char *const nobody[] = {NULL};

static int set_up(void **state) {
    *state = fixture_open(
        &(struct fixture_options){.daemon = &keeper_daemon, .journals = nobody, .on_disk = true});
    return 0;
}

static int tear_down(void **state) {
    fixture_close((struct fixture **)state);
    return 0;
}

static void ask(struct fixture *fixture, struct order order) {
    fixture_request(fixture, &(struct fixture_request){"POST", "/", NULL, &order, sizeof order, NULL, {{0}}});
}

static void add_keys(struct fixture *fixture, uint64_t seed, uint64_t count, uint64_t period) {
    for (uint64_t done = 0; done < count; done += STEP)
        ask(fixture, (struct order){ADD, seed + done, count - done < STEP ? count - done : STEP, period, 0});
}

/* Rows that exist and have the hash: what is left after the owner's look. */
static size_t find(struct fixture *fixture, uint64_t hash, int64_t *rows, size_t max) {
    struct keeper *keeper = fixture_state(fixture);
    struct store *store = fixture_store(fixture);
    size_t kept = 0, count = hash_index_find(keeper->index, store, hash, rows, max);
    for (size_t i = 0; i < count; i++) {
        struct statement *get = store_use(store, &key_schema, KEY_GET);
        bind_int(get, rows[i]);
        if (statement_step(get) && (uint64_t)column_int(get, 0) == hash)
            rows[kept++] = rows[i];
        statement_end(get);
    }
    return kept;
}

/* All that were ever written: they are numbered without gaps. */
static size_t rows_of_pool(struct fixture *fixture) {
    struct hash_pool pool;
    hash_pool_open(&pool, fixture_store(fixture), INT64_C(1) << 56);
    return pool.last;
}

static void finds_in_memory_and_in_runs(void **state) {
    enum { KEYS = 3 * RUN + 5 * STEP, PERIOD = 15 * STEP }; /* each key six or seven times */
    int64_t rows[4];
    add_keys(*state, 0, 5 * STEP, PERIOD);
    assert_int_equal(rows_of_pool(*state), 0);
    assert_int_equal(find(*state, hash_of(PERIOD + 1), rows, 4), 0);
    add_keys(*state, 5 * STEP, KEYS - 5 * STEP, PERIOD);
    assert_true(rows_of_pool(*state) > 3 * BLOCKS_OF_A_RUN);
    for (uint64_t key = 0; key < PERIOD; key += 7) {
        assert_int_equal(find(*state, hash_of(key), rows, 4), 4);
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(rows[i], (KEYS - 1 - key) / PERIOD * PERIOD + key + 1 - i * PERIOD);
    }
    for (uint64_t key = PERIOD; key < PERIOD + 2 * STEP; key++)
        assert_int_equal(find(*state, hash_of(key), rows, 4), 0);
}

/* Equal hashes that fill more than a block of a run. */
static void one_key_very_often(void **state) {
    enum { KEYS = RUN + STEP, PERIOD = 4, EXPECTED = (KEYS + PERIOD - 1 - 3) / PERIOD };
    static int64_t rows[EXPECTED + 1];
    static_assert(RUN / PERIOD > HASH_RUN_BLOCK, "more than a block");
    add_keys(*state, 0, KEYS, PERIOD);
    assert_int_equal(find(*state, hash_of(3), rows, EXPECTED + 1), EXPECTED);
    for (size_t i = 1; i < EXPECTED; i++)
        assert_true(rows[i] < rows[i - 1]);
}

static void a_kill_loses_nothing(void **state) {
    struct fixture *fixture = *state;
    enum { PERIOD = 40 * STEP + 9 };
    for (unsigned step = 0; step < 5; step++) {
        add_keys(fixture, step * 15 * STEP, 15 * STEP, PERIOD);
        fixture_restart(fixture, step % 2);
        fixture_turn(fixture);
    }
    for (uint64_t row = 0; row < 75 * STEP; row += 11) {
        int64_t rows[4];
        size_t found = find(fixture, hash_of(row % PERIOD), rows, 4);
        bool there = false;
        for (size_t i = 0; i < found; i++)
            there = there || rows[i] == (int64_t)row + 1;
        assert_true(there);
    }
}

static void an_undone_input_does_no_harm(void **state) {
    struct fixture *fixture = *state;
    int64_t rows[4];
    ask(fixture, (struct order){ADD_AND_PARK, 0, STEP, 1000000, 0});
    assert_int_equal(find(fixture, hash_of(5), rows, 4), 0);
    for (uint64_t done = 0; done <= RUN; done += STEP) /* a run would be due: undone with its input */
        ask(fixture, (struct order){ADD_AND_PARK, done, STEP, 1000000, 0});
    assert_int_equal(rows_of_pool(fixture), 0);
    add_keys(fixture, 0, 6 * STEP, 1000000);
    assert_true(rows_of_pool(fixture) > 0);
    for (uint64_t key = 0; key < 6 * STEP; key += 3)
        assert_int_equal(find(fixture, hash_of(key), rows, 4), 1);
    fixture_restart(fixture, false);
    fixture_turn(fixture);
    for (uint64_t key = 0; key < 6 * STEP; key += 3)
        assert_int_equal(find(fixture, hash_of(key), rows, 4), 1);
}

static size_t runs(struct fixture *fixture) {
    size_t count = 0;
    int64_t from = 0;
    for (;; count++) {
        struct statement *next = common_use(fixture_store(fixture), COMMON_HASH_RUN_NEXT);
        bind_int(next, from);
        bind_int(next, INT64_MAX);
        if (!statement_step(next))
            return count;
        from = column_int(next, 0) + 1;
        statement_end(next);
    }
}

enum { MANY = 20 * RUN, MANY_PERIOD = MANY / 2 + 77 };

/* Every key is there, both its rows, the newest first, and nothing else is. */
static void assert_many_found(struct fixture *fixture) {
    int64_t rows[4];
    for (uint64_t key = 0; key < MANY_PERIOD; key += 41) {
        size_t expected = key + MANY_PERIOD < MANY ? 2 : 1;
        assert_int_equal(find(fixture, hash_of(key), rows, 4), expected);
        assert_int_equal(rows[expected - 1], key + 1);
        if (expected == 2)
            assert_int_equal(rows[0], key + MANY_PERIOD + 1);
    }
    for (uint64_t key = MANY; key < MANY + 2 * STEP; key++)
        assert_int_equal(find(fixture, hash_of(key), rows, 4), 0);
}

static void eight_runs_become_one(void **state) {
    struct fixture *fixture = *state;
    add_keys(fixture, 0, MANY, MANY_PERIOD);
    assert_in_range(runs(fixture), 2, 14);
    assert_many_found(fixture);
    fixture_restart(fixture, false);
    fixture_turn(fixture);
    assert_many_found(fixture);
}

/* Whatever a merge had written when the process died, and whatever was undone with an input. */
static void a_merge_survives_kills_and_undone_inputs(void **state) {
    struct fixture *fixture = *state;
    for (uint64_t done = 0, step = 0; done < MANY; done += STEP, step++) {
        add_keys(fixture, done, MANY - done < STEP ? MANY - done : STEP, MANY_PERIOD);
        if (step % 3 == 0)
            ask(fixture, (struct order){ADD_AND_PARK, done, STEP * 2 / 3, 1000000, 0});
        if (step % 61 == 60) {
            fixture_restart(fixture, step % 2);
            fixture_turn(fixture);
        }
    }
    struct keeper *keeper = fixture_state(fixture);
    int64_t rows[4];
    for (uint64_t key = 0; key < MANY_PERIOD; key += 41)
        assert_int_equal(find(fixture, hash_of(key), rows, 4), key + MANY_PERIOD < MANY ? 2 : 1);
    assert_true(hash_index_saved(keeper->index) > 0);
    assert_in_range(runs(fixture), 2, 24);
}

/* Memory, statements and commits fail now and then: a key is in the store and found, or neither. */
static void failures_lose_nothing(void **state) {
    static const enum fault_kind kinds[] = {FAULT_MEMORY, FAULT_STEP, FAULT_COMMIT};
    struct fixture *fixture = *state;
    for (uint64_t done = 0, step = 0; done < 12 * RUN; done += STEP, step++) {
        if (step % 2)
            fault_arm(kinds[step / 2 % 3], 1 + step / 6 % 40);
        add_keys(fixture, done, STEP, 1000000);
        fault_disarm();
        fixture_advance(fixture, 60000); /* what failed is tried again */
    }
    struct statement *rows = store_use(fixture_store(fixture), &key_schema, KEY_FROM);
    static int64_t all[12 * RUN + STEP][2];
    size_t count = 0;
    bind_int(rows, 0);
    for (; statement_step(rows); count++) {
        all[count][0] = column_int(rows, 0);
        all[count][1] = column_int(rows, 1);
    }
    assert_in_range(count, 6 * RUN, 12 * RUN + STEP);
    for (size_t i = 0; i < count; i += 37) {
        int64_t found[4];
        assert_true(find(fixture, (uint64_t)all[i][1], found, 4) >= 1);
        assert_int_equal(found[0], all[i][0]);
    }
}

/* Rows of runs that are part of others by now, and of merges that ended with the process, are written over:
 * no more than the runs need and the merge of eight. */
static void leaves_no_rows_behind(void **state) {
    struct fixture *fixture = *state;
    add_keys(fixture, 0, 9 * RUN + 9 * STEP, 1000000);
    fixture_restart(fixture, true); /* in the middle of a merge */
    fixture_turn(fixture);
    add_keys(fixture, 500000, 8 * RUN, 2000000);
    assert_in_range(rows_of_pool(fixture), 17 * BLOCKS_OF_A_RUN, (17 + 8) * ROWS_OF_A_RUN);
}

static void forgets_whole_runs(void **state) {
    struct fixture *fixture = *state;
    int64_t rows[4];
    add_keys(fixture, 0, 4 * RUN, 1000000);
    size_t before = rows_of_pool(fixture);
    assert_int_equal(runs(fixture), 4);
    ask(fixture, (struct order){FORGET, 0, 0, 0, 2 * RUN + 2 * STEP});
    assert_int_equal(runs(fixture), 2);
    assert_int_equal(find(fixture, hash_of(1), rows, 4), 0);
    assert_int_equal(find(fixture, hash_of(3 * RUN), rows, 4), 1);
    add_keys(fixture, 500000, 2 * RUN, 2000000);
    assert_int_equal(runs(fixture), 4);
    assert_int_equal(rows_of_pool(fixture), before);
    ask(fixture, (struct order){FORGET, 0, 0, 0, INT64_MAX});
    fixture_restart(fixture, false);
    fixture_turn(fixture);
    assert_int_equal(runs(fixture), 1);
    add_keys(fixture, 7, 1, 1000000); /* numbers go on although no row is left */
    assert_int_equal(find(fixture, hash_of(7), rows, 4), 1);
    assert_true(rows[0] > 5 * RUN);
}

/* The rows of what an undone input wrote, and of the runs that a rolled back turn had merged, still hold what
 * they are needed for. */
static void what_is_undone_takes_no_rows(void **state) {
    struct fixture *fixture = *state;
    add_keys(fixture, 0, 2 * RUN, 1000000);
    for (uint64_t done = 0; done <= 3 * RUN; done += STEP)
        ask(fixture, (struct order){ADD_AND_PARK, done, STEP, 1000000, 0});
    assert_int_equal(rows_of_pool(fixture), 2 * ROWS_OF_A_RUN);
    add_keys(fixture, 500000, 1, 1000000); /* all that was put off is written now: with runs due */
    for (uint64_t key = 0; key < 2 * RUN; key += 3) {
        int64_t rows[4];
        assert_int_equal(find(fixture, hash_of(key), rows, 4), 1);
    }
}

/* Every key from row `from` on is there; fails with how many are not. */
static void assert_all_found(struct fixture *fixture, int64_t from) {
    struct statement *rows = store_use(fixture_store(fixture), &key_schema, KEY_FROM);
    static int64_t all[30 * RUN][2];
    size_t count = 0, missing = 0;
    bind_int(rows, from);
    for (; statement_step(rows); count++) {
        all[count][0] = column_int(rows, 0);
        all[count][1] = column_int(rows, 1);
    }
    for (size_t i = 0; i < count; i++) {
        int64_t found[4];
        missing += find(fixture, (uint64_t)all[i][1], found, 4) == 0;
    }
    assert_int_equal(missing, 0);
}

/* A merge ends, and rows that all its inputs hold are forgotten, in one turn: what it made stays. */
static void forgetting_beside_a_merge_takes_nothing_else(void **state) {
    struct fixture *fixture = *state;
    int64_t gone = 8 * RUN + STEP;
    add_keys(fixture, 0, 8 * RUN + 2 * STEP, 100000000);
    for (uint64_t done = 8 * RUN + 2 * STEP; done < 18 * RUN; done += STEP)
        ask(fixture, (struct order){ADD_AND_FORGET, done, STEP, 100000000, gone});
    fixture_restart(fixture, false);
    fixture_turn(fixture);
    add_keys(fixture, 18 * RUN, 9 * RUN, 100000000);
    assert_all_found(fixture, gone);
}

/* Thousands of keys in one turn, runs and merges due in the middle of it. */
static void many_inputs_of_a_turn_write_once(void **state) {
    struct fixture *fixture = *state;
    for (uint64_t done = 0; done < 20 * RUN; done += 9 * STEP)
        ask(fixture, (struct order){ADD_IN_PARTS, done, 9 * STEP, 100000000, 0});
    fixture_restart(fixture, true);
    fixture_turn(fixture);
    add_keys(fixture, 25 * RUN, 4 * RUN, 100000000);
    assert_all_found(fixture, 0);
}

static void a_damaged_index_is_made_again(void **state) {
    struct fixture *fixture = *state;
    static const uint8_t rubbish[40];
    add_keys(fixture, 0, 3 * RUN, 100000000);
    assert_true(store_begin(fixture_store(fixture)));
    struct statement *add = common_use(fixture_store(fixture), COMMON_HASH_RUN_ADD);
    bind_int(add, (INT64_C(1) << 56) + STEP);
    for (int i = 0; i < 3; i++)
        bind_blob(add, rubbish, sizeof rubbish);
    assert_true(statement_run(add));
    assert_int_equal(store_commit(fixture_store(fixture)), STORE_OK);
    fixture_restart(fixture, false);
    fixture_turn(fixture);
    assert_all_found(fixture, 0);
    add_keys(fixture, 3 * RUN, 2 * RUN, 100000000);
    assert_all_found(fixture, 0);
}

/* A start adds more again than one turn writes, and dies on the way, or has no memory for a while. */
static void many_rows_are_added_again_turn_by_turn(void **state) {
    struct fixture *fixture = *state;
    add_keys(fixture, 0, RUN, 100000000);
    ask(fixture, (struct order){ADD_ROWS, RUN, 27 * RUN, 100000000, RUN + 1});
    fixture_restart(fixture, false);
    assert_int_equal(engine_turn(fixture_engine(fixture)), ENGINE_WORKED); /* eight runs, and it dies */
    fixture_restart(fixture, false);
    for (unsigned step = 0; step < 12; step++) {
        fault_arm(step % 2 ? FAULT_COMMIT : FAULT_MEMORY, 1 + step / 2);
        engine_turn(fixture_engine(fixture));
        fault_disarm();
        fixture_advance(fixture, 10000); /* it backs off */
    }
    fixture_turn(fixture);
    struct keeper *keeper = fixture_state(fixture);
    assert_in_range(keeper->starts, 3, 20);
    assert_int_equal(hash_index_last(keeper->index), 28 * RUN);
    assert_all_found(fixture, 0);
    assert_in_range(runs(fixture), 2, 14); /* merged on the way */
    add_keys(fixture, 28 * RUN, RUN, 100000000);
    assert_all_found(fixture, 0);
}

static void assert_state(struct fixture *fixture, const char *expected) {
    Sigap__StatusView of = SIGAP__STATUS_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    view.what_case = SIGAP__VIEW__WHAT_STATUS;
    view.status = &of;
    unsigned status;
    json_t *answer = fixture_view(fixture, &view, &status);
    assert_int_equal(status, 200);
    assert_string_equal(json_string_value(json_object_get(answer, "state")), expected);
    json_decref(answer);
}

static void who_asks_during_the_start_is_answered(void **state) {
    struct fixture *fixture = *state;
    ask(fixture, (struct order){ADD_ROWS, 0, 20 * RUN, 100000000, 1});
    fixture_restart(fixture, false);
    assert_int_equal(engine_turn(fixture_engine(fixture)), ENGINE_WORKED); /* eight runs */
    assert_state(fixture, "starting");
    assert_state(fixture, "ready");
}

/* A row of the filter of run `run` is too short from the next start on. */
static void damage(struct fixture *fixture, int64_t run) {
    uint32_t number;
    size_t size;
    assert_true(store_begin(fixture_store(fixture)));
    struct statement *next = common_use(fixture_store(fixture), COMMON_HASH_RUN_NEXT);
    bind_int(next, (INT64_C(1) << 56) + run);
    bind_int(next, INT64_MAX);
    assert_true(statement_step(next));
    memcpy(&number, column_blob(next, 3, &size), sizeof number);
    statement_end(next);
    struct statement *put = common_use(fixture_store(fixture), COMMON_HASH_ROW_PUT);
    bind_int(put, (INT64_C(1) << 56) + number);
    bind_blob(put, "x", 1);
    assert_true(statement_run(put));
    assert_int_equal(store_commit(fixture_store(fixture)), STORE_OK);
}

/* The turn of the start that threw the damaged runs away is rolled back: they are there again, and what is
 * written over them must not make them look sound. */
static void a_damaged_index_whose_start_is_rolled_back(void **state) {
    static const struct {
        uint64_t keys, more;
        int64_t run;
    } cases[] = {
        {18 * RUN + 5 * STEP, 0, 17}, {18 * RUN + 5 * STEP, 4 * STEP, 1}, {3 * RUN + 5 * STEP, 4 * STEP, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tear_down(state);
        set_up(state);
        struct fixture *fixture = *state;
        add_keys(fixture, 0, cases[i].keys, 100000000);
        damage(fixture, cases[i].run);
        fixture_restart(fixture, false);
        fault_arm(FAULT_COMMIT, 2); /* the first is that of the mark */
        engine_turn(fixture_engine(fixture));
        fault_disarm();
        fixture_advance(fixture, 10000);
        fixture_turn(fixture);
        add_keys(fixture, cases[i].keys, cases[i].more, 100000000);
        assert_all_found(fixture, 0);
        fixture_restart(fixture, false);
        fixture_turn(fixture);
        assert_all_found(fixture, 0);
    }
}

static unsigned control(struct fixture *fixture, char *action) {
    Sigap__ControlView of = SIGAP__CONTROL_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    of.action = action;
    view.what_case = SIGAP__VIEW__WHAT_CONTROL;
    view.control = &of;
    unsigned status;
    json_decref(fixture_view(fixture, &view, &status));
    return status;
}

/* Who copies the logs was told that nothing is written. */
static void a_barrier_holds_during_the_start(void **state) {
    struct fixture *fixture = *state;
    char barrier[] = "barrier";
    ask(fixture, (struct order){ADD_ROWS, 0, 28 * RUN, 100000000, 1});
    fixture_restart(fixture, false);
    assert_int_equal(engine_turn(fixture_engine(fixture)), ENGINE_WORKED);
    assert_int_equal(control(fixture, barrier), 200);
    size_t before = rows_of_pool(fixture);
    for (int i = 0; i < 3; i++)
        assert_state(fixture, "starting");
    assert_int_equal(rows_of_pool(fixture), before);
    fixture_advance(fixture, ENGINE_BARRIER_MS);
    fixture_turn(fixture);
    assert_state(fixture, "ready");
    assert_all_found(fixture, 0);
}

/* A start asked again, with failures, amid work and merges. */
static void a_start_asked_again_loses_nothing(void **state) {
    static const enum fault_kind kinds[] = {FAULT_MEMORY, FAULT_STEP, FAULT_COMMIT};
    struct fixture *fixture = *state;
    char release[] = "release";
    for (uint64_t done = 0, step = 0; done < 9 * RUN; done += STEP, step++) {
        add_keys(fixture, done, STEP, 100000000);
        if (step % 7)
            continue;
        control(fixture, release);
        fault_arm(kinds[step / 7 % 3], 1 + step / 21 % 12);
        engine_turn(fixture_engine(fixture));
        fault_disarm();
        fixture_advance(fixture, 60000);
        fixture_turn(fixture);
    }
    assert_all_found(fixture, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_in_memory_and_in_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_key_very_often, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_kill_loses_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_undone_input_does_no_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(eight_runs_become_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_merge_survives_kills_and_undone_inputs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failures_lose_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaves_no_rows_behind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forgets_whole_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_undone_takes_no_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forgetting_beside_a_merge_takes_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_inputs_of_a_turn_write_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_index_is_made_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_rows_are_added_again_turn_by_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_asks_during_the_start_is_answered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_index_whose_start_is_rolled_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_barrier_holds_during_the_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_start_asked_again_loses_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
