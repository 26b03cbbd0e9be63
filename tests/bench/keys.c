/* What a key in random order costs with many in the store: common/hash_index, and beside it an index of the
 * database over the same keys (the floor it has to beat).
 *
 *     [TMPDIR=...] bench_keys KEYS
 *
 * Prints a line of JSON at each power of ten (and at KEYS): microseconds of processor time to add a key, to
 * look for a stranger, to look for one that is there; MiB of the file; MiB of the process. */
#include "common/hash_index.h"
#include "tests/bench/measure.h"
#include "tests/fixture/engine_fixture.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { A_TURN = 1500, LOOKS = 20000 };

static const struct store_migration migrations[] = {
    {"0001_keys", "CREATE TABLE keyed(number INTEGER PRIMARY KEY, hash INTEGER NOT NULL UNIQUE) STRICT;"}};
enum { KEYED_ADD, KEYED_GET, STATEMENTS };
static const struct store_statement statements[] = {
    {"keyed_add", "INSERT INTO keyed(number, hash) VALUES(?, ?)"},
    {"keyed_get", "SELECT number FROM keyed WHERE hash=?"},
};
static const struct store_schema schema = {"keys", statements, STATEMENTS, migrations, 1};

struct keys {
    struct hash_index *index;
    uint64_t count; /* added so far */
    bool by_database;
};

static uint64_t hash_of(uint64_t number) {
    uint64_t hash = number * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return hash ^ hash >> 29;
}

static bool keys_open(const struct daemon_setup *setup, void **state, struct error *error) {
    (void)setup;
    *state = calloc(1, sizeof(struct keys));
    return *state || error_set(error, "no memory");
}

static void keys_close(void **state) {
    struct keys *keys = *state;
    hash_index_close(&keys->index);
    free(keys);
    *state = NULL;
}

static enum verdict keys_start(struct turn *turn) {
    struct keys *keys = turn->state;
    return hash_index_open(&keys->index, turn, 1) ? VERDICT_DONE : VERDICT_RETRY;
}

/* The body says how many. */
static enum verdict keys_request(struct turn *turn, const struct request *request, struct answer *answer) {
    struct keys *keys = turn->state;
    uint64_t count;
    memcpy(&count, request->body, sizeof count);
    for (; count; count--, keys->count++) {
        uint64_t hash = hash_of(keys->count);
        if (keys->by_database) {
            struct statement *add = store_use(turn->store, &schema, KEYED_ADD);
            bind_int(add, (int64_t)keys->count + 1);
            bind_int(add, (int64_t)hash);
            statement_run(add);
        } else if (!hash_index_add(keys->index, hash, hash_index_next(keys->index))) {
            return VERDICT_RETRY;
        }
    }
    if (!keys->by_database)
        hash_index_save(keys->index, turn);
    *answer = (struct answer){.status = 202};
    return VERDICT_DONE;
}

static const struct daemon keys_daemon = {.name = "keys",
    .schema = &schema,
    .open = keys_open,
    .close = keys_close,
    .on_start = keys_start,
    .on_request = keys_request};

static size_t look(struct fixture *fixture, uint64_t hash) {
    struct keys *keys = fixture_state(fixture);
    int64_t rows[4];
    if (!keys->by_database)
        return hash_index_find(keys->index, fixture_store(fixture), hash, rows, 4);
    struct statement *get = store_use(fixture_store(fixture), &schema, KEYED_GET);
    bind_int(get, (int64_t)hash);
    bool found = statement_step(get);
    statement_end(get);
    return found;
}

/* us a look; strangers: keys that were never added. */
static double looks_us(struct fixture *fixture, bool strangers) {
    const struct keys *keys = fixture_state(fixture);
    double begun = cpu_us();
    size_t found = 0;
    for (uint64_t i = 0; i < LOOKS; i++)
        found += look(fixture, hash_of(strangers ? keys->count + 1000000 + i : i * 7919 % keys->count)) > 0;
    if (strangers ? found > LOOKS / 100 : found != LOOKS) {
        fprintf(stderr, "%zu of %d found\n", found, LOOKS);
        exit(1);
    }
    return (cpu_us() - begun) / LOOKS;
}

static void measure(uint64_t most, bool by_database) {
    const char *const nobody[] = {NULL};
    struct fixture *fixture =
        fixture_open(&(struct fixture_options){.daemon = &keys_daemon, .journals = nobody, .on_disk = true});
    struct keys *keys = fixture_state(fixture);
    keys->by_database = by_database;
    double spent = 0;
    for (uint64_t goal = 100000, before = 0; before < most; before = goal, goal *= 10) {
        if (goal > most)
            goal = most;
        double begun = cpu_us();
        for (uint64_t left = goal - keys->count; left; left = goal - keys->count) {
            uint64_t count = left < A_TURN ? left : A_TURN;
            fixture_request(
                fixture, &(struct fixture_request){"POST", "/", NULL, &count, sizeof count, NULL, {{0}}});
        }
        spent = cpu_us() - begun;
        double stranger = looks_us(fixture, true), known = looks_us(fixture, false);
        printf("{\"index\":\"%s\",\"keys\":%" PRIu64 ",\"add_us\":%.3f,\"stranger_us\":%.3f,\"known_us\":%."
               "3f,\"file_mib\":%.1f,\"resident_mib\":%.1f}\n",
            by_database ? "database" : "hash_index", goal, spent / (double)(goal - before), stranger, known,
            (double)store_file_bytes(fixture_store(fixture)) / 1048576, resident_mib());
        fflush(stdout);
    }
    fixture_close(&fixture);
}

int main(int argc, char **argv) {
    uint64_t most = argc == 2 ? strtoull(argv[1], NULL, 10) : 0;
    if (most < 1000) {
        fputs("usage: bench_keys KEYS (a thousand at least)\n", stderr);
        return 2;
    }
    measure(most, false);
    measure(most, true);
    return 0;
}
