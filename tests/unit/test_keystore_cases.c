/* Case keys: durable before use, gone without a trace when destroyed, refused for good afterwards. */
#include "common/fault.h"
#include "common/keystore_cases.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct bench {
    char dir[64], path[96];
    struct keystore_cases *cases;
    struct error error;
};

static void reopen(struct bench *bench) {
    keystore_cases_close(&bench->cases);
    if (!keystore_cases_open(bench->path, NULL, &bench->cases, &bench->error))
        fail_msg("%s", bench->error.text);
}

static struct bench *setup(void) {
    struct bench *bench = test_calloc(1, sizeof *bench);
    strcpy(bench->dir, "/tmp/sigap-cases-XXXXXX");
    assert_non_null(mkdtemp(bench->dir));
    snprintf(bench->path, sizeof bench->path, "%s/case_keys.db", bench->dir);
    reopen(bench);
    return bench;
}

static const char *part(const struct bench *bench, const char *suffix) {
    static char path[128];
    snprintf(path, sizeof path, "%s%s", bench->path, suffix);
    return path;
}

static void teardown(struct bench *bench) {
    keystore_cases_close(&bench->cases);
    unlink(bench->path);
    unlink(part(bench, "-wal"));
    unlink(part(bench, "-shm"));
    assert_int_equal(rmdir(bench->dir), 0);
    test_free(bench);
}

static struct id case_of(unsigned number) {
    uint8_t tail[10] = {0};
    return id_make(1000 + number, tail);
}

/* 73 bytes that look like nothing else in the file. */
static void wrapped_of(unsigned number, uint8_t wrapped[SEAL_CASE_KEY_BYTES]) {
    uint64_t x = 0x9e3779b97f4a7c15u * (number + 1);
    for (size_t i = 0; i < SEAL_CASE_KEY_BYTES; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        wrapped[i] = (uint8_t)(x >> 32);
    }
}

static enum keystore_cases_result put(struct bench *bench, unsigned number) {
    uint8_t wrapped[SEAL_CASE_KEY_BYTES];
    struct id id = case_of(number);
    wrapped_of(number, wrapped);
    return keystore_cases_put(bench->cases, &id, wrapped, 1000 + number);
}

static enum keystore_cases_result get(struct bench *bench, unsigned number) {
    uint8_t wrapped[SEAL_CASE_KEY_BYTES], expected[SEAL_CASE_KEY_BYTES];
    struct id id = case_of(number);
    wrapped_of(number, expected);
    enum keystore_cases_result result = keystore_cases_get(bench->cases, &id, wrapped);
    if (result == KEYSTORE_CASES_DONE)
        assert_memory_equal(wrapped, expected, sizeof wrapped);
    return result;
}

static enum keystore_cases_result destroy(struct bench *bench, unsigned number, int64_t at) {
    struct id id = case_of(number);
    return keystore_cases_destroy(bench->cases, &id, at);
}

static enum keystore_cases_result commit(struct bench *bench) {
    return keystore_cases_commit(bench->cases);
}

/* Whether 16 bytes of the wrapped key stand in the file or its log, as the disk has them. */
static bool on_disk(const struct bench *bench, const char *suffix, unsigned number) {
    uint8_t wrapped[SEAL_CASE_KEY_BYTES];
    struct stat stat_of;
    int fd = open(part(bench, suffix), O_RDONLY);
    if (fd < 0)
        return false;
    assert_int_equal(fstat(fd, &stat_of), 0);
    size_t size = (size_t)stat_of.st_size;
    uint8_t *bytes = malloc(size + 1);
    assert_int_equal(pread(fd, bytes, size, 0), size);
    close(fd); /* no lock of SQLite is on the log; the file is read only when that does not matter */
    wrapped_of(number, wrapped);
    bool found = false;
    for (size_t i = 0; i + 16 <= sizeof wrapped; i++)
        found = found || memmem(bytes, size, wrapped + i, 16);
    free(bytes);
    return found;
}

static void life(void **state) {
    enum step { PUT, PUT_OTHER, GET, DESTROY, COMMIT, ROLLBACK, REOPEN };
    static const struct {
        enum step step;
        unsigned number;
        enum keystore_cases_result result;
    } steps[] = {
        {GET, 1, KEYSTORE_CASES_MISSING},
        {COMMIT, 0, KEYSTORE_CASES_DONE}, /* of nothing */
        {PUT, 1, KEYSTORE_CASES_DONE},
        {GET, 1, KEYSTORE_CASES_DONE}, /* its own batch is seen */
        {ROLLBACK, 0, 0},
        {GET, 1, KEYSTORE_CASES_MISSING},
        {PUT, 1, KEYSTORE_CASES_DONE},
        {REOPEN, 0, 0}, /* the process ended before the commit */
        {GET, 1, KEYSTORE_CASES_MISSING},
        {PUT, 1, KEYSTORE_CASES_DONE},
        {PUT, 2, KEYSTORE_CASES_DONE},
        {PUT, 3, KEYSTORE_CASES_DONE},
        {COMMIT, 0, KEYSTORE_CASES_DONE},
        {REOPEN, 0, 0},
        {GET, 1, KEYSTORE_CASES_DONE},
        {GET, 3, KEYSTORE_CASES_DONE},
        {PUT, 1, KEYSTORE_CASES_DONE},        /* a replay */
        {PUT_OTHER, 1, KEYSTORE_CASES_OTHER}, /* a replay that made another key: the first one stays */
        {GET, 1, KEYSTORE_CASES_DONE},
        {DESTROY, 2, KEYSTORE_CASES_DONE},
        {GET, 2, KEYSTORE_CASES_DESTROYED},
        {ROLLBACK, 0, 0},
        {GET, 2, KEYSTORE_CASES_DONE},
        {DESTROY, 2, KEYSTORE_CASES_DONE},
        {DESTROY, 9, KEYSTORE_CASES_DONE}, /* never seen: a restore replays the ledger */
        {COMMIT, 0, KEYSTORE_CASES_DONE},
        {REOPEN, 0, 0},
        {GET, 2, KEYSTORE_CASES_DESTROYED},
        {GET, 9, KEYSTORE_CASES_DESTROYED},
        {PUT, 2, KEYSTORE_CASES_DESTROYED},
        {PUT, 9, KEYSTORE_CASES_DESTROYED},
        {DESTROY, 2, KEYSTORE_CASES_DONE},
        {COMMIT, 0, KEYSTORE_CASES_DONE},
        {GET, 2, KEYSTORE_CASES_DESTROYED},
        {GET, 3, KEYSTORE_CASES_DONE},
    };
    struct bench *bench = setup();
    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        enum keystore_cases_result result = KEYSTORE_CASES_DONE;
        uint8_t other[SEAL_CASE_KEY_BYTES] = {1};
        struct id id = case_of(steps[i].number);
        switch (steps[i].step) {
        case PUT:
            result = put(bench, steps[i].number);
            break;
        case PUT_OTHER:
            result = keystore_cases_put(bench->cases, &id, other, 5);
            break;
        case GET:
            result = get(bench, steps[i].number);
            break;
        case DESTROY:
            result = destroy(bench, steps[i].number, 77);
            break;
        case COMMIT:
            result = commit(bench);
            break;
        case ROLLBACK:
            keystore_cases_rollback(bench->cases);
            break;
        case REOPEN:
            reopen(bench);
            break;
        }
        if (result != steps[i].result)
            fail_msg("step %zu: %d", i, result);
    }
    assert_false(keystore_cases_residue(bench->cases));
    teardown(bench);
}

static void settings(void **state) {
    struct bench *bench = setup();
    struct stat stat_of;
    (void)state;
    assert_int_equal(put(bench, 1), KEYSTORE_CASES_DONE);
    assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
    assert_int_equal(stat(bench->path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0600);
    assert_int_equal(stat(part(bench, "-wal"), &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0600);
    assert_true(on_disk(bench, "-wal", 1)); /* committed means written, before anything is closed */
    teardown(bench);
}

/* Keys put in disorder, so that pages split and cells move; then some, then all are destroyed. */
static void destroyed_without_trace(void **state) {
    enum { CASES = 600 };
    struct bench *bench = setup();
    (void)state;
    for (unsigned i = 0; i < CASES; i++) {
        assert_int_equal(put(bench, i * 347 % CASES), KEYSTORE_CASES_DONE);
        if (i % 7 == 0)
            assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
    }
    assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
    assert_true(on_disk(bench, "-wal", 42));
    assert_int_equal(keystore_cases_checkpoint(bench->cases), KEYSTORE_CASES_DONE);
    for (unsigned i = 0; i < CASES; i += 3)
        assert_int_equal(destroy(bench, i, 5000), KEYSTORE_CASES_DONE);
    assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
    assert_false(keystore_cases_residue(bench->cases));
    for (unsigned i = 0; i < CASES; i++) {
        assert_int_equal(get(bench, i), i % 3 ? KEYSTORE_CASES_DONE : KEYSTORE_CASES_DESTROYED);
        if (on_disk(bench, "-wal", i))
            fail_msg("key %u is in the log", i);
    }
    keystore_cases_close(&bench->cases);
    for (unsigned i = 0; i < CASES; i++)
        if (on_disk(bench, "", i) != (i % 3 != 0))
            fail_msg("key %u is %s the file", i, i % 3 ? "not in" : "in");
    reopen(bench);
    for (unsigned i = 0; i < CASES; i++)
        assert_int_equal(get(bench, i), i % 3 ? KEYSTORE_CASES_DONE : KEYSTORE_CASES_DESTROYED);
    teardown(bench);
}

/* The log is used again after it was overwritten and cut, and what is committed then survives a lost process.
 */
static void log_again(void **state) {
    struct bench *bench = setup();
    char copy[3][128];
    (void)state;
    for (unsigned round = 0; round < 5; round++) {
        assert_int_equal(put(bench, 2 * round), KEYSTORE_CASES_DONE);
        assert_int_equal(put(bench, 2 * round + 1), KEYSTORE_CASES_DONE);
        assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
        assert_int_equal(destroy(bench, 2 * round, 1), KEYSTORE_CASES_DONE);
        assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
        assert_int_equal(put(bench, 100 + round), KEYSTORE_CASES_DONE);
        assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
        /* What kill -9 leaves: the file and the log, copied while they are open. */
        snprintf(copy[0], sizeof copy[0], "cp %s %s-copy", bench->path, bench->path);
        snprintf(copy[1], sizeof copy[1], "cp %s-wal %s-copy-wal", bench->path, bench->path);
        assert_int_equal(system(copy[0]), 0);
        assert_int_equal(system(copy[1]), 0);
        struct bench lost = {0};
        snprintf(lost.path, sizeof lost.path, "%s-copy", bench->path);
        reopen(&lost);
        for (unsigned i = 0; i <= round; i++) {
            assert_int_equal(get(&lost, 2 * i), KEYSTORE_CASES_DESTROYED);
            assert_int_equal(get(&lost, 2 * i + 1), KEYSTORE_CASES_DONE);
            assert_int_equal(get(&lost, 100 + i), KEYSTORE_CASES_DONE);
        }
        keystore_cases_close(&lost.cases);
        unlink(lost.path);
        unlink(part(&lost, "-wal"));
        unlink(part(&lost, "-shm"));
    }
    teardown(bench);
}

/* Under load every turn ends idle: the log is left to grow, but not for ever. */
static void long_log_only(void **state) {
    enum { KEYS = 500 }; /* a page or two of the log each */
    struct bench *bench = setup();
    (void)state;
    for (unsigned i = 0; i < KEYS; i++) {
        assert_int_equal(put(bench, i), KEYSTORE_CASES_DONE);
        assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
        assert_int_equal(keystore_cases_idle(bench->cases), KEYSTORE_CASES_DONE);
        if (i == 20)
            assert_false(on_disk(bench, "", 0));
    }
    assert_true(on_disk(bench, "", 0));
    teardown(bench);
}

/* A backup copies the file: what is destroyed meanwhile stays in the log until that is over. */
static void residue_behind_hold(void **state) {
    struct bench *bench = setup();
    (void)state;
    assert_int_equal(put(bench, 1), KEYSTORE_CASES_DONE);
    assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
    assert_int_equal(keystore_cases_checkpoint(bench->cases), KEYSTORE_CASES_DONE);
    keystore_cases_hold(bench->cases, true);
    assert_int_equal(destroy(bench, 1, 5), KEYSTORE_CASES_DONE);
    assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
    assert_int_equal(put(bench, 2), KEYSTORE_CASES_DONE);
    assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
    assert_int_equal(keystore_cases_checkpoint(bench->cases), KEYSTORE_CASES_DONE);
    assert_int_equal(get(bench, 1), KEYSTORE_CASES_DESTROYED);
    assert_true(keystore_cases_residue(bench->cases));
    assert_true(on_disk(bench, "", 1));
    assert_true(on_disk(bench, "-wal", 2));
    keystore_cases_hold(bench->cases, false);
    assert_int_equal(keystore_cases_checkpoint(bench->cases), KEYSTORE_CASES_DONE);
    assert_false(keystore_cases_residue(bench->cases));
    assert_false(on_disk(bench, "", 1));
    assert_true(on_disk(bench, "", 2));
    teardown(bench);
}

/* A reader (a backup) holds the log: the key is destroyed, the residue is known, and goes with the next
 * chance. */
static void residue_behind_reader(void **state) {
    struct bench *bench = setup();
    sqlite3 *reader;
    (void)state;
    assert_int_equal(put(bench, 1), KEYSTORE_CASES_DONE);
    assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
    assert_int_equal(sqlite3_open(bench->path, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT * FROM case_keys", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(destroy(bench, 1, 5), KEYSTORE_CASES_DONE);
    assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
    assert_int_equal(get(bench, 1), KEYSTORE_CASES_DESTROYED);
    assert_true(keystore_cases_residue(bench->cases));
    assert_true(on_disk(bench, "-wal", 1));
    assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(keystore_cases_idle(bench->cases), KEYSTORE_CASES_DONE);
    assert_false(keystore_cases_residue(bench->cases));
    assert_false(on_disk(bench, "-wal", 1));
    /* A reader that comes after sees the file, and does not stop the next destroy. */
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT * FROM case_keys", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(put(bench, 2), KEYSTORE_CASES_DONE);
    assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
    sqlite3_close(reader);
    reopen(bench);
    assert_int_equal(get(bench, 2), KEYSTORE_CASES_DONE);
    teardown(bench);
}

/* --- Ledger and sweep --- */

struct told {
    int count, limit;
    int64_t at[8];
    struct id ids[8];
};

static bool tell(void *state, const struct id *case_id, int64_t destroyed_at) {
    struct told *told = state;
    told->ids[told->count] = *case_id;
    told->at[told->count] = destroyed_at;
    return ++told->count < told->limit;
}

static void ledger(void **state) {
    static const struct {
        int64_t since;
        int limit, count;
        unsigned numbers[3];
    } cases[] = {
        {0, 8, 3, {4, 1, 2}}, {20, 8, 2, {1, 2}}, {21, 8, 1, {2}}, {31, 8, 0, {0}}, {0, 2, 2, {4, 1}}};
    struct bench *bench = setup();
    (void)state;
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(put(bench, i), KEYSTORE_CASES_DONE);
    assert_int_equal(destroy(bench, 2, 30), KEYSTORE_CASES_DONE);
    assert_int_equal(destroy(bench, 1, 20), KEYSTORE_CASES_DONE);
    assert_int_equal(destroy(bench, 4, 10), KEYSTORE_CASES_DONE);
    assert_int_equal(destroy(bench, 4, 99), KEYSTORE_CASES_DONE); /* the first time stays */
    assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told told = {.limit = cases[i].limit};
        assert_int_equal(
            keystore_cases_destroyed(bench->cases, cases[i].since, tell, &told), KEYSTORE_CASES_DONE);
        assert_int_equal(told.count, cases[i].count);
        for (int j = 0; j < told.count; j++) {
            struct id expected = case_of(cases[i].numbers[j]);
            assert_true(id_equal(&told.ids[j], &expected));
        }
    }
    teardown(bench);
}

static bool even_is_known(void *state, const struct id *case_id) {
    ++*(int *)state;
    return id_time(case_id) % 2 == 0;
}

/* 20 keys, the odd ones orphans, 3 destroyed; made at 1000 + number. */
static void sweep(void **state) {
    struct bench *bench = setup();
    struct id after = {{0}}, last = case_of(6);
    size_t removed, all = 0;
    int asked = 0, rounds = 0;
    (void)state;
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(put(bench, i), KEYSTORE_CASES_DONE);
    assert_int_equal(destroy(bench, 3, 5), KEYSTORE_CASES_DONE);
    assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
    assert_int_equal(keystore_cases_sweep(bench->cases, &after, 7, 1016, even_is_known, &asked, &removed),
        KEYSTORE_CASES_DONE);
    assert_int_equal(removed, 2); /* 1 and 5 */
    assert_int_equal(asked, 6);   /* not about the destroyed one */
    assert_true(id_equal(&after, &last));
    do {
        all += removed;
        assert_int_equal(keystore_cases_sweep(bench->cases, &after, 7, 1016, even_is_known, &asked, &removed),
            KEYSTORE_CASES_DONE);
    } while (!id_is_null(&after) && ++rounds < 9);
    assert_int_equal(all + removed, 7); /* 1 5 7 9 11 13 15; 17 and 19 are too young */
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(get(bench, i), i == 3            ? KEYSTORE_CASES_DESTROYED
                                        : i % 2 && i < 16 ? KEYSTORE_CASES_MISSING
                                                          : KEYSTORE_CASES_DONE);
    keystore_cases_close(&bench->cases);
    assert_false(on_disk(bench, "", 5));
    assert_false(on_disk(bench, "-wal", 5));
    teardown(bench);
}

/* --- What goes wrong --- */

static void foreign_files(void **state) {
    static const struct {
        const char *sql, *sentence;
    } cases[] = {
        {"PRAGMA user_version = 2", "was written by a newer Sigap (form 2, this one knows 1)"},
        {"PRAGMA application_id = 5", "damaged or belongs to another program"},
        {"PRAGMA application_id = 0; PRAGMA user_version = 0", "damaged or belongs to another program"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench *bench = setup();
        sqlite3 *db;
        keystore_cases_close(&bench->cases);
        assert_int_equal(sqlite3_open(bench->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, cases[i].sql, NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        assert_false(keystore_cases_open(bench->path, NULL, &bench->cases, &bench->error));
        assert_null(bench->cases);
        assert_non_null(strstr(bench->error.text, cases[i].sentence));
        teardown(bench);
    }
    struct bench *bench = setup();
    keystore_cases_close(&bench->cases);
    FILE *file = fopen(bench->path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("no database", file);
    fclose(file);
    assert_false(keystore_cases_open(bench->path, NULL, &bench->cases, &bench->error));
    assert_false(keystore_cases_open("/nonexistent/case_keys.db", NULL, &bench->cases, &bench->error));
    assert_non_null(strstr(bench->error.text, "No such file"));
    teardown(bench);
}

static void memory_vfs(void **state) {
    struct bench bench = {.path = ":memory:"};
    (void)state;
    reopen(&bench);
    assert_int_equal(put(&bench, 1), KEYSTORE_CASES_DONE);
    assert_int_equal(commit(&bench), KEYSTORE_CASES_DONE);
    assert_int_equal(destroy(&bench, 1, 5), KEYSTORE_CASES_DONE);
    assert_int_equal(commit(&bench), KEYSTORE_CASES_DONE);
    assert_int_equal(get(&bench, 1), KEYSTORE_CASES_DESTROYED);
    assert_false(keystore_cases_residue(bench.cases));
    keystore_cases_close(&bench.cases);
}

/* The log has its length and holds nothing. */
static void assert_zeros(const struct bench *bench) {
    uint8_t bytes[4096];
    ssize_t size, all = 0;
    int fd = open(part(bench, "-wal"), O_RDONLY);
    assert_true(fd >= 0);
    while ((size = read(fd, bytes, sizeof bytes)) > 0) {
        all += size;
        for (ssize_t i = 0; i < size; i++)
            assert_int_equal(bytes[i], 0);
    }
    assert_true(all > 4096);
    close(fd);
}

/* A turn of two puts, a destroy and the commit, with every step failing once: all or nothing, and after a
 * failure nothing more goes into the batch until the turn has rolled back. */
static bool turn(struct bench *bench, enum keystore_cases_result *worst) {
    enum keystore_cases_result results[] = {
        put(bench, 11), put(bench, 12), destroy(bench, 1, 5), commit(bench)};
    *worst = KEYSTORE_CASES_DONE;
    for (size_t i = 0; i < 4; i++)
        if (results[i] != KEYSTORE_CASES_DONE && *worst == KEYSTORE_CASES_DONE)
            *worst = results[i];
    if (*worst != KEYSTORE_CASES_DONE)
        assert_int_not_equal(results[3], KEYSTORE_CASES_DONE);
    return *worst == KEYSTORE_CASES_DONE;
}

static void turn_faults(void **state) {
    static const struct {
        enum fault_kind kind;
        enum keystore_cases_result result;
        bool committed; /* when it fails */
        uint64_t sites;
    } cases[] = {
        {FAULT_STEP, KEYSTORE_CASES_RETRY, false, 5}, /* begin, 2 puts, destroy, commit */
        {FAULT_COMMIT, KEYSTORE_CASES_FATAL, false, 1},
        {FAULT_WRITE, KEYSTORE_CASES_FATAL, true, 1}, /* the log cannot be overwritten */
        {FAULT_SYNC, KEYSTORE_CASES_FATAL, true, 1},  /* it is overwritten, but cannot be cut */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t failures = 0;
        for (bool whole = false; !whole;) {
            struct bench *bench = setup();
            enum keystore_cases_result worst;
            assert_int_equal(put(bench, 1), KEYSTORE_CASES_DONE);
            assert_int_equal(commit(bench), KEYSTORE_CASES_DONE);
            fault_arm(cases[i].kind, failures + 1);
            whole = turn(bench, &worst);
            fault_disarm();
            failures += !whole;
            if (!whole) {
                assert_int_equal(worst, cases[i].result);
                assert_true(strlen(keystore_cases_error(bench->cases)) > 0);
            }
            bool committed = whole || cases[i].committed;
            if (!whole && cases[i].kind == FAULT_SYNC)
                assert_zeros(bench);
            keystore_cases_rollback(bench->cases);
            if (worst == KEYSTORE_CASES_FATAL)
                reopen(bench);
            assert_int_equal(get(bench, 11), committed ? KEYSTORE_CASES_DONE : KEYSTORE_CASES_MISSING);
            assert_int_equal(get(bench, 12), committed ? KEYSTORE_CASES_DONE : KEYSTORE_CASES_MISSING);
            assert_int_equal(get(bench, 1), committed ? KEYSTORE_CASES_DESTROYED : KEYSTORE_CASES_DONE);
            assert_true(turn(bench, &worst)); /* the same turn again */
            assert_int_equal(get(bench, 12), KEYSTORE_CASES_DONE);
            assert_false(keystore_cases_residue(bench->cases));
            teardown(bench);
        }
        assert_int_equal(failures, cases[i].sites);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life),
        cmocka_unit_test(settings),
        cmocka_unit_test(destroyed_without_trace),
        cmocka_unit_test(log_again),
        cmocka_unit_test(long_log_only),
        cmocka_unit_test(residue_behind_hold),
        cmocka_unit_test(residue_behind_reader),
        cmocka_unit_test(ledger),
        cmocka_unit_test(sweep),
        cmocka_unit_test(foreign_files),
        cmocka_unit_test(memory_vfs),
        cmocka_unit_test(turn_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
