/* The conformance suite of common/store.h: every driver passes the same tests. What a driver cannot do by its
 * nature (memory does not outlive its store) is said in the table; what only one can do (a disk that dies) is
 * tested behind the table. */
#include "common/fault.h"
#include "common/store.h"
#include "tests/sim/vfs_crash.h"

#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct store_migration migrations[] = {
    {"0001_thing", "CREATE TABLE thing(id BLOB PRIMARY KEY, number INTEGER NOT NULL, ratio REAL, words TEXT, "
                   "bytes BLOB) STRICT, WITHOUT ROWID;"},
    {"0002_more", "CREATE TABLE more(number INTEGER PRIMARY KEY) STRICT; INSERT INTO more VALUES(7);"},
    {"0003_broken", "CREATE TABLE third(number INTEGER) STRICT; INSERT INTO nowhere VALUES(1);"},
};

enum {
    THING_ADD,
    THING_GET,
    THING_COUNT,
    THING_NUMBERS,
    MORE_ADD,
    MORE_COUNT,
    LIMIT,
    NO_LIMIT,
    WRONG,
    STATEMENTS
};

static const struct store_statement statements[] = {
    [THING_ADD] = {"thing_add", "INSERT INTO thing(id, number, ratio, words, bytes) VALUES(?, ?, ?, ?, ?)"},
    [THING_GET] = {"thing_get", "SELECT id, number, ratio, words, bytes FROM thing WHERE id=?"},
    [THING_COUNT] = {"thing_count", "SELECT count(*) FROM thing"},
    [THING_NUMBERS] = {"thing_numbers", "SELECT number FROM thing ORDER BY number"},
    [MORE_ADD] = {"more_add", "INSERT INTO more(number) VALUES(?) RETURNING number"},
    [MORE_COUNT] = {"more_count", "SELECT count(*) FROM more"},
    [LIMIT] = {"limit", "PRAGMA max_page_count=1"}, /* no page more than there are */
    [NO_LIMIT] = {"no_limit", "PRAGMA max_page_count=1000000"},
    [WRONG] = {"wrong", "SELECT number FROM nowhere"},
};

static const struct store_schema schema_one = {"things", statements, STATEMENTS, migrations, 1};
static const struct store_schema schema_two = {"things", statements, STATEMENTS, migrations, 2};
static const struct store_schema schema_broken = {"things", statements, STATEMENTS, migrations, 3};

struct driver {
    const char *name;
    bool on_disk, crashes;
    bool lasting; /* what was committed is there when the store is opened again */
};

static const struct driver drivers[] = {
    {.name = "file", .on_disk = true, .lasting = true},
    {.name = "memory"},
    {.name = "crash", .crashes = true, .lasting = true},
};

struct bench {
    const struct driver *driver;
    char folder[64], path[128];
    struct crash_disk *disk;
    struct store *store;
    struct error error;
};

static bool open_store(struct bench *bench, const struct store_schema *schema, size_t reserve_bytes) {
    const struct store_schema *schemas[] = {schema};
    struct store_options options = {.path = bench->path, .reserve_bytes = reserve_bytes};
    if (bench->driver->crashes)
        options.vfs = crash_disk_name(bench->disk);
    else if (!bench->driver->on_disk)
        options.vfs = "unix-none";
    bench->error.text[0] = 0;
    bench->store = store_open(&options, schemas, 1, &bench->error);
    return bench->store != NULL;
}

static struct bench *bench_open(const struct driver *driver, uint64_t seed) {
    struct bench *bench = calloc(1, sizeof *bench);
    bench->driver = driver;
    snprintf(bench->path, sizeof bench->path, "%s", driver->crashes ? "store.db" : ":memory:");
    if (driver->crashes)
        assert_non_null(bench->disk = crash_disk_new("suite", seed));
    if (driver->on_disk) {
        strcpy(bench->folder, "/tmp/sigap-store-XXXXXX");
        assert_non_null(mkdtemp(bench->folder));
        snprintf(bench->path, sizeof bench->path, "%s/store.db", bench->folder);
    }
    if (!open_store(bench, &schema_two, 0))
        fail_msg("%s: %s", driver->name, bench->error.text);
    return bench;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void bench_close(struct bench **at) {
    store_close(&(*at)->store);
    crash_disk_free(&(*at)->disk);
    if ((*at)->folder[0])
        nftw((*at)->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(*at);
    *at = NULL;
}

static void reopen(struct bench *bench) {
    store_close(&bench->store);
    if (!open_store(bench, &schema_two, 0))
        fail_msg("%s: %s", bench->driver->name, bench->error.text);
}

static struct id id_of(int64_t number) {
    uint8_t tail[10] = {(uint8_t)(number >> 8), (uint8_t)number};
    return id_make(1700000000000 + number, tail);
}

static bool add(struct store *store, int64_t number) {
    static uint8_t bytes[300];
    struct id id = id_of(number);
    struct statement *statement = store_use(store, &schema_two, THING_ADD);
    memset(bytes, (int)number, sizeof bytes);
    bind_id(statement, &id);
    bind_int(statement, number);
    bind_real(statement, 0.5);
    bind_text(statement, "kata");
    bind_blob(statement, bytes, sizeof bytes);
    return statement_run(statement);
}

static int64_t count(struct store *store, unsigned number) {
    struct statement *statement = store_use(store, &schema_two, number);
    int64_t rows = statement_step(statement) ? column_int(statement, 0) : -1;
    statement_end(statement);
    return rows;
}

static void add_committed(struct store *store, int64_t first, int64_t last) {
    assert_true(store_begin(store));
    for (int64_t i = first; i <= last; i++)
        assert_true(add(store, i));
    assert_int_equal(store_commit(store), STORE_OK);
}

/* ---- what every driver does ---- */

static void a_commit_stays_and_a_rollback_goes(struct bench *bench) {
    add_committed(bench->store, 1, 10);
    assert_true(store_begin(bench->store));
    assert_true(add(bench->store, 11));
    assert_int_equal(count(bench->store, THING_COUNT), 11);
    store_rollback(bench->store);
    assert_int_equal(count(bench->store, THING_COUNT), 10);
    store_rollback(bench->store); /* without a transaction: harmless */
    if (bench->driver->lasting) {
        reopen(bench);
        assert_int_equal(count(bench->store, THING_COUNT), 10);
    }
}

static void values_come_back_as_they_were(struct bench *bench) {
    struct id id = id_of(1), none = {{0}};
    struct store *store = bench->store;
    assert_true(store_begin(store));
    struct statement *insert = store_use(store, &schema_two, THING_ADD);
    bind_id(insert, &id);
    bind_int(insert, INT64_MIN);
    bind_real(insert, -0.125);
    bind_text(insert, "kabar \xe2\x80\x94 \"kutip\"");
    bind_blob(insert, "\0\1\0", 3);
    assert_true(statement_run(insert));
    assert_int_equal(store_changes(store), 1);
    assert_int_equal(store_commit(store), STORE_OK);
    struct statement *get = store_use(store, &schema_two, THING_GET);
    bind_id(get, &id);
    assert_true(statement_step(get));
    struct id back = column_id(get, 0);
    size_t size;
    assert_true(id_equal(&back, &id));
    assert_int_equal(column_int(get, 1), INT64_MIN);
    assert_true(column_real(get, 2) == -0.125);
    assert_string_equal(column_text(get, 3), "kabar \xe2\x80\x94 \"kutip\"");
    assert_memory_equal(column_blob(get, 4, &size), "\0\1\0", 3);
    assert_int_equal(size, 3);
    assert_false(statement_step(get));
    bind_id(store_use(store, &schema_two, THING_GET), &none); /* the null id is NULL: no row has it */
    assert_false(statement_step(store_use(store, &schema_two, THING_GET)));
    assert_int_equal(store_health(store), STORE_OK);
}

static void nothing_reads_as_nothing(struct bench *bench) {
    struct id id = id_of(2);
    struct store *store = bench->store;
    struct statement *insert = store_use(store, &schema_two, THING_ADD);
    bind_id(insert, &id);
    bind_int(insert, 0);
    bind_null(insert);
    bind_text(insert, NULL);
    bind_blob(insert, NULL, 0);
    assert_true(statement_run(insert));
    struct statement *get = store_use(store, &schema_two, THING_GET);
    size_t size = 1;
    bind_id(get, &id);
    assert_true(statement_step(get));
    assert_true(column_is_null(get, 2));
    assert_true(column_real(get, 2) == 0);
    assert_true(column_is_null(get, 3));
    assert_string_equal(column_text(get, 3), "");
    assert_false(column_is_null(get, 4)); /* no bytes are bytes */
    column_blob(get, 4, &size);
    assert_int_equal(size, 0);
    struct id back = column_id(get, 4);
    assert_true(id_is_null(&back));
    statement_end(get);
}

static void an_undone_savepoint_takes_back_one_input(struct bench *bench) {
    struct store *store = bench->store;
    assert_true(store_begin(store));
    for (int64_t i = 1; i <= 6; i++) {
        assert_true(store_savepoint(store));
        assert_true(add(store, i));
        if (i % 2)
            store_savepoint_keep(store);
        else
            store_savepoint_undo(store);
    }
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(count(store, THING_COUNT), 3);
}

static void a_constraint_is_refused_and_the_rest_goes_on(struct bench *bench) {
    struct store *store = bench->store;
    assert_true(store_begin(store));
    assert_true(add(store, 1));
    assert_true(store_savepoint(store));
    assert_true(add(store, 2));
    assert_false(add(store, 1)); /* the same key */
    assert_int_equal(store_health(store), STORE_REFUSED);
    assert_non_null(strstr(store_complaint(store), "thing_add"));
    store_forgive(store);
    store_savepoint_undo(store);
    assert_true(add(store, 3));
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(count(store, THING_COUNT), 2);
}

static void the_first_error_sticks(struct bench *bench) {
    struct store *store = bench->store;
    add_committed(store, 1, 1);
    assert_true(store_begin(store));
    assert_false(add(store, 1));
    char complaint[256];
    snprintf(complaint, sizeof complaint, "%s", store_complaint(store));
    assert_false(add(store, 2)); /* would be sound, does nothing */
    assert_int_equal(count(store, THING_COUNT), -1);
    assert_false(store_savepoint(store));
    assert_string_equal(store_complaint(store), complaint);
    assert_int_equal(store_commit(store), STORE_REFUSED);
    store_rollback(store);
    store_forgive(store);
    assert_string_equal(store_complaint(store), "");
    assert_int_equal(count(store, THING_COUNT), 1);
}

static void our_own_mistakes_are_fatal(struct bench *bench) {
    assert_false(statement_step(store_use(bench->store, &schema_two, WRONG)));
    assert_int_equal(store_health(bench->store), STORE_FATAL);
    if (!strstr(store_complaint(bench->store), "nowhere"))
        fail_msg("the complaint says: %s", store_complaint(bench->store));
}

static void a_full_store_is_tried_again(struct bench *bench) {
    struct store *store = bench->store;
    add_committed(store, 1, 5);
    while (statement_step(store_use(store, &schema_two, LIMIT)))
        ;
    assert_true(store_begin(store));
    int64_t last = 5;
    while (last < 10000 && add(store, last + 1))
        last++;
    assert_true(last < 10000);
    assert_int_equal(store_health(store), STORE_FULL);
    assert_int_equal(store_commit(store), STORE_FULL);
    store_rollback(store);
    store_forgive(store);
    assert_int_equal(count(store, THING_COUNT), 5);
    while (statement_step(store_use(store, &schema_two, NO_LIMIT)))
        ;
    add_committed(store, 6, last + 1);
    assert_int_equal(count(store, THING_COUNT), last + 1);
}

static void injected_faults_are_tried_again(struct bench *bench) {
    static const enum fault_kind kinds[] = {FAULT_STEP, FAULT_COMMIT};
    struct store *store = bench->store;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        fault_arm(kinds[i], 1);
        assert_true(store_begin(store));
        add(store, 1);
        assert_int_equal(store_commit(store), STORE_FULL);
        fault_disarm();
        store_rollback(store);
        store_forgive(store);
        assert_int_equal(count(store, THING_COUNT), 0);
    }
}

static void rows_of_returning_can_be_left(struct bench *bench) {
    struct store *store = bench->store;
    assert_true(store_begin(store));
    struct statement *insert = store_use(store, &schema_two, MORE_ADD);
    bind_int(insert, 40);
    assert_true(statement_step(insert));
    assert_int_equal(column_int(insert, 0), 40);
    assert_true(statement_run(insert));
    insert = store_use(store, &schema_two, MORE_ADD);
    bind_int(insert, 41);
    assert_true(statement_run(insert)); /* nobody wants its row */
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(count(store, MORE_COUNT), 3);
}

static void a_checkpoint_empties_the_log(struct bench *bench) {
    struct store *store = bench->store;
    if (bench->driver->lasting) {
        add_committed(store, 1, 200);
        assert_true(store_log_bytes(store) > 200 * 300);
        assert_int_equal(store_checkpoint(store, false), STORE_OK);
    }
    assert_int_equal(store_checkpoint(store, true), STORE_OK);
    assert_int_equal(store_log_bytes(store), 0);
    if (!bench->driver->lasting)
        return;
    assert_int_equal(count(store, THING_COUNT), 200);
    reopen(bench);
    assert_int_equal(count(bench->store, THING_COUNT), 200);
}

static void migrations_run_once_and_in_order(struct bench *bench) {
    assert_int_equal(count(bench->store, MORE_COUNT), 1);
    if (!bench->driver->lasting)
        return;
    reopen(bench);
    assert_int_equal(count(bench->store, MORE_COUNT), 1);
    store_close(&bench->store);
    assert_false(open_store(bench, &schema_broken, 0));
    assert_non_null(strstr(bench->error.text, "0003_broken"));
    assert_true(open_store(bench, &schema_two, 0)); /* nothing of it was left behind */
    assert_int_equal(count(bench->store, MORE_COUNT), 1);
}

static void a_newer_store_is_refused(struct bench *bench) {
    if (!bench->driver->lasting)
        return;
    store_close(&bench->store);
    assert_false(open_store(bench, &schema_one, 0));
    assert_non_null(strstr(bench->error.text, "newer"));
    assert_true(open_store(bench, &schema_two, 0));
}

static void damage(struct bench *bench, long from, size_t size) {
    if (bench->driver->crashes) {
        size_t there;
        uint8_t *bytes = crash_disk_file(bench->disk, bench->path, &there);
        assert_true((size_t)from + size <= there);
        memset(bytes + from, 0x5a, size);
        return;
    }
    FILE *file = fopen(bench->path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, from, SEEK_SET), 0);
    for (size_t i = 0; i < size; i++)
        fputc(0x5a, file);
    assert_int_equal(fclose(file), 0);
}

static void a_damaged_store_is_refused(struct bench *bench) {
    if (!bench->driver->lasting)
        return;
    add_committed(bench->store, 1, 300);
    store_close(&bench->store);
    damage(bench, 3 * 8192 - 100, 8192); /* in the middle of two pages */
    assert_false(open_store(bench, &schema_two, 0));
    assert_non_null(strstr(bench->error.text, "damaged"));
    damage(bench, 0, 100);
    assert_false(open_store(bench, &schema_two, 0));
    assert_non_null(strstr(bench->error.text, bench->path));
}

static void a_second_owner_is_refused(struct bench *bench) {
    if (!bench->driver->lasting)
        return;
    add_committed(bench->store, 1, 1);
    if (bench->driver->crashes) {
        struct bench second = *bench;
        assert_false(open_store(&second, &schema_two, 0));
        assert_non_null(strstr(second.error.text, "locked"));
        return;
    }
    pid_t child = fork();
    if (child == 0) {
        struct bench second = *bench;
        bool refused = !open_store(&second, &schema_two, 0) && strstr(second.error.text, "another process");
        _exit(refused ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    add_committed(bench->store, 2, 2);
}

static void a_place_that_is_not_there_is_refused(struct bench *bench) {
    if (!bench->driver->on_disk)
        return;
    struct bench other = *bench;
    snprintf(other.path, sizeof other.path, "%s/nowhere/store.db", bench->folder);
    assert_false(open_store(&other, &schema_two, 0));
    assert_non_null(strstr(other.error.text, "nowhere"));
}

static void the_reserve_is_given_up_and_built_again(struct bench *bench) {
    enum { RESERVE = 1 << 20 };
    if (!bench->driver->on_disk) {
        assert_false(store_low(bench->store)); /* none was asked for */
        return;
    }
    char path[160];
    struct stat info;
    snprintf(path, sizeof path, "%s.reserve", bench->path);
    store_close(&bench->store);
    assert_true(open_store(bench, &schema_two, RESERVE));
    assert_int_equal(stat(path, &info), 0);
    assert_true(info.st_blocks * 512 >= RESERVE); /* space, not a hole */
    assert_false(store_low(bench->store));
    off_t left = RESERVE;
    for (int pieces = 0; stat(path, &info) == 0;
         pieces++) { /* piece by piece, each smaller than a quarter of it */
        assert_int_equal(info.st_size, left);
        assert_true(pieces < 64);
        store_reserve_spend(bench->store);
        assert_true(store_low(bench->store));
        left = stat(path, &info) == 0 ? info.st_size : 0;
        assert_true(left < RESERVE);
    }
    assert_int_equal(left, 0);
    store_reserve_spend(bench->store); /* nothing left: harmless */
    /* No room: not built, and no half of it lies around. */
    struct rlimit before, small = {RESERVE / 2, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_false(store_reserve_refill(bench->store));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(store_low(bench->store));
    assert_int_equal(stat(path, &info), -1);
    assert_true(store_reserve_refill(bench->store));
    assert_false(store_low(bench->store));
}

static void (*const suite[])(struct bench *) = {
    a_commit_stays_and_a_rollback_goes,
    values_come_back_as_they_were,
    nothing_reads_as_nothing,
    an_undone_savepoint_takes_back_one_input,
    a_constraint_is_refused_and_the_rest_goes_on,
    the_first_error_sticks,
    our_own_mistakes_are_fatal,
    a_full_store_is_tried_again,
    injected_faults_are_tried_again,
    rows_of_returning_can_be_left,
    a_checkpoint_empties_the_log,
    migrations_run_once_and_in_order,
    a_newer_store_is_refused,
    a_damaged_store_is_refused,
    a_second_owner_is_refused,
    a_place_that_is_not_there_is_refused,
    the_reserve_is_given_up_and_built_again,
};

static void conform(void **state) {
    const struct driver *driver = *state;
    for (size_t i = 0; i < sizeof suite / sizeof *suite; i++) {
        struct bench *bench = bench_open(driver, i + 1);
        suite[i](bench);
        bench_close(&bench);
    }
}

/* ---- what only a disk that dies can show ---- */

static const struct driver *const crash_driver = &drivers[2];

static uint64_t next_chance(uint64_t *seed) {
    return *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
}

/* The rows must be 1, 2, 3 ... up to something between least and most. */
static void check_rows(struct store *store, int64_t least, int64_t most) {
    int64_t last = 0;
    struct statement *all = store_use(store, &schema_two, THING_NUMBERS);
    while (statement_step(all)) {
        assert_int_equal(column_int(all, 0), last + 1);
        last++;
    }
    assert_int_equal(store_health(store), STORE_OK);
    assert_in_range(last, least, most);
}

/* Commits, checkpoints, dies in the middle of something, again and again. What was committed is there, and of
 * the rest all or nothing. */
static void survive(uint64_t seed, enum crash_how how, bool bad_syncs) {
    struct bench *bench = bench_open(crash_driver, seed);
    int64_t committed = 0;
    for (int round = 0; round < 12; round++) {
        int64_t tried = committed;
        if (bad_syncs)
            crash_disk_fail_sync(bench->disk, 1 + (next_chance(&seed) >> 33) % 8);
        for (unsigned steps = (unsigned)(next_chance(&seed) >> 33) % 6; steps; steps--) {
            int64_t more = 1 + (int64_t)(next_chance(&seed) >> 33) % 30;
            bool sound = store_begin(bench->store);
            for (int64_t i = 1; sound && i <= more; i++)
                sound = add(bench->store, committed + i);
            tried = committed + more;
            if (!sound || store_commit(bench->store) != STORE_OK)
                break;
            committed = tried;
            unsigned then = (unsigned)(next_chance(&seed) >> 33) % 4;
            if (then < 2 && store_checkpoint(bench->store, then == 1) != STORE_OK)
                break;
        }
        bool inside = next_chance(&seed) >> 63;
        if (inside && store_health(bench->store) == STORE_OK && store_begin(bench->store))
            for (int64_t i = 1; i <= 20; i++)
                add(bench->store, 100000 + i);
        crash_disk_crash(bench->disk, how);
        crash_disk_heal(bench->disk);
        store_close(&bench->store);
        if (!open_store(bench, &schema_two, 0))
            fail_msg("seed %llu: %s", (unsigned long long)seed, bench->error.text);
        check_rows(bench->store, committed, tried);
        committed = count(bench->store, THING_COUNT);
    }
    bench_close(&bench);
}

static void commits_survive_a_kill(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++)
        survive(seed, CRASH_KILL, false);
}

static void commits_survive_a_power_failure(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++)
        survive(seed, CRASH_POWER, false);
}

static void commits_survive_a_failing_fsync(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        survive(seed, CRASH_KILL, true);
        survive(seed, CRASH_POWER, true);
    }
}

/* A test that cannot fail is none: without its fsync a commit must get lost for some seed. */
static void the_disk_does_lose_what_was_not_synced(void **state) {
    (void)state;
    unsigned lost = 0, kept = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct bench *bench = bench_open(crash_driver, seed);
        add_committed(bench->store, 1, 3);
        crash_disk_fail_sync(bench->disk, 1);
        assert_true(store_begin(bench->store));
        assert_true(add(bench->store, 4));
        assert_int_equal(store_commit(bench->store), STORE_UNKNOWN);
        crash_disk_crash(bench->disk, CRASH_POWER);
        store_close(&bench->store);
        assert_true(open_store(bench, &schema_two, 0));
        lost += count(bench->store, THING_COUNT) == 3;
        kept += count(bench->store, THING_COUNT) == 4;
        bench_close(&bench);
    }
    assert_int_equal(lost + kept, 40);
    assert_true(lost > 0 && kept > 0);
}

static void a_full_disk_is_tried_again(void **state) {
    (void)state;
    struct bench *bench = bench_open(crash_driver, 1);
    add_committed(bench->store, 1, 10);
    crash_disk_set_full(bench->disk, true);
    assert_true(store_begin(bench->store));
    for (int64_t i = 11; i <= 60; i++)
        add(bench->store, i);
    assert_int_equal(store_commit(bench->store), STORE_FULL);
    store_rollback(bench->store);
    store_forgive(bench->store);
    assert_int_equal(count(bench->store, THING_COUNT), 10);
    crash_disk_heal(bench->disk);
    add_committed(bench->store, 11, 60);
    reopen(bench);
    assert_int_equal(count(bench->store, THING_COUNT), 60);
    bench_close(&bench);
}

static void a_failing_disk_ends_the_process(void **state) {
    (void)state;
    struct bench *bench = bench_open(crash_driver, 1);
    crash_disk_fail_write(bench->disk, 1);
    assert_true(store_begin(bench->store));
    assert_true(add(bench->store, 1));
    assert_int_equal(store_commit(bench->store), STORE_UNKNOWN);
    bench_close(&bench);
}

static void a_dead_store_writes_no_more(void **state) {
    (void)state;
    struct bench *bench = bench_open(crash_driver, 1);
    add_committed(bench->store, 1, 2);
    assert_true(store_begin(bench->store));
    assert_true(add(bench->store, 3));
    crash_disk_crash(bench->disk, CRASH_KILL);
    assert_int_equal(store_commit(bench->store), STORE_UNKNOWN);
    store_close(&bench->store);
    assert_true(open_store(bench, &schema_two, 0));
    assert_int_equal(count(bench->store, THING_COUNT), 2);
    bench_close(&bench);
}

/* The logs of one moment and the files of a later one are the store of the first, as long as no checkpoint
 * lies between the two: also when the log had been moved wholly before, and begins anew after it was copied.
 */
static void a_snapshot_comes_back(void **state) {
    (void)state;
    struct bench *bench = bench_open(crash_driver, 1);
    add_committed(bench->store, 1, 2);
    assert_int_equal(store_checkpoint(bench->store, false), STORE_OK);
    struct crash_image *image = crash_image_take_logs(bench->disk);
    int64_t before = store_log_bytes(bench->store);
    add_committed(bench->store, 3, 4);
    assert_true(before == 0 && store_log_bytes(bench->store) > 0);
    assert_true(crash_image_complete(image, bench->disk));
    crash_disk_restore(bench->disk, image);
    store_close(&bench->store);
    assert_true(open_store(bench, &schema_two, 0));
    assert_int_equal(count(bench->store, THING_COUNT), 2);
    crash_image_free(&image);
    bench_close(&bench);
}

int main(void) {
#define CONFORM(driver)                                                                                      \
    { "conform: " #driver, conform, NULL, NULL, (void *)&drivers[driver] }
    const struct CMUnitTest tests[] = {
        CONFORM(0),
        CONFORM(1),
        CONFORM(2),
        cmocka_unit_test(commits_survive_a_kill),
        cmocka_unit_test(commits_survive_a_power_failure),
        cmocka_unit_test(commits_survive_a_failing_fsync),
        cmocka_unit_test(the_disk_does_lose_what_was_not_synced),
        cmocka_unit_test(a_full_disk_is_tried_again),
        cmocka_unit_test(a_failing_disk_ends_the_process),
        cmocka_unit_test(a_dead_store_writes_no_more),
        cmocka_unit_test(a_snapshot_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
