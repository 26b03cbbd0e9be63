/* The floor: what SQLite alone does on this disk. One process writes the same number and size of rows a
 * report, in transactions of 256 reports, WAL and synchronous=FULL, into as many files as there are stores,
 * and nothing else: no network, no sealing, no decisions. A pipeline of several processes cannot be faster.
 *
 *     bench_floor FOLDER REPORTS ROWS_PER_REPORT BYTES_PER_ROW STORES
 *
 * Prints {"rows_per_s", "reports_per_s"}. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BATCH = 256, STORES_MAX = 16, ROW_MAX = 65536 };

static void must(int status, sqlite3 *db, const char *what) {
    if (status == SQLITE_OK || status == SQLITE_DONE)
        return;
    fprintf(stderr, "bench_floor: %s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static double now_s(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

struct store {
    sqlite3 *db;
    sqlite3_stmt *insert;
    int64_t next;
};

static void open_store(struct store *store, const char *folder, unsigned number) {
    char path[1024];
    snprintf(path, sizeof path, "%s/floor-%u.db", folder, number);
    must(sqlite3_open(path, &store->db), store->db, path);
    must(sqlite3_exec(store->db,
             "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
             "CREATE TABLE row(id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT",
             NULL, NULL, NULL),
        store->db, "making the table");
    must(sqlite3_prepare_v2(store->db, "INSERT INTO row VALUES(?1, ?2)", -1, &store->insert, NULL), store->db,
        "prepare");
}

static void write_batch(struct store *store, unsigned rows, const void *body, int size) {
    must(sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL), store->db, "begin");
    for (unsigned i = 0; i < rows; i++) {
        sqlite3_bind_int64(store->insert, 1, ++store->next);
        sqlite3_bind_blob(store->insert, 2, body, size, SQLITE_STATIC);
        must(sqlite3_step(store->insert), store->db, "insert");
        sqlite3_reset(store->insert);
    }
    must(sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL), store->db, "commit");
}

int main(int argc, char **argv) {
    static struct store stores[STORES_MAX];
    static char body[ROW_MAX];
    if (argc != 6)
        return 2;
    unsigned reports = (unsigned)atoi(argv[2]), count = (unsigned)atoi(argv[5]);
    double rows_per_report = atof(argv[3]);
    int size = atoi(argv[4]);
    if (count < 1 || count > STORES_MAX || size < 1 || size > ROW_MAX || rows_per_report <= 0)
        return 2;
    memset(body, 'a', sizeof body);
    for (unsigned i = 0; i < count; i++)
        open_store(&stores[i], argv[1], i);
    unsigned rows = (unsigned)(rows_per_report * BATCH / count + 0.5),
             batches = (reports + BATCH - 1) / BATCH;
    double start = now_s();
    for (unsigned batch = 0; batch < batches; batch++)
        for (unsigned i = 0; i < count; i++)
            write_batch(&stores[i], rows, body, size);
    double seconds = now_s() - start;
    printf("{\"rows_per_s\":%.0f,\"reports_per_s\":%.0f}\n", (double)batches * count * rows / seconds,
        (double)batches * BATCH / seconds);
    for (unsigned i = 0; i < count; i++) {
        sqlite3_finalize(stores[i].insert);
        sqlite3_close(stores[i].db);
    }
    return 0;
}
