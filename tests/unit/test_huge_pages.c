/* A database on the pool, larger than the pool, and gone again: the same rows, and every piece given back. */
#include "common/huge_pages.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void run(sqlite3 *db, const char *text) {
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
}

static int64_t ask(sqlite3 *db, const char *text) {
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

/* rows: of 4,000 bytes each, so that two fill a page. */
static void database_of(int rows, size_t *most) {
    sqlite3 *db;
    char text[256];
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    run(db, "PRAGMA page_size=8192; CREATE TABLE t(n INTEGER PRIMARY KEY, body BLOB)");
    sqlite3_snprintf(sizeof text, text,
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n<%d) "
        "INSERT INTO t SELECT n, cast(printf('%%08d', n) || printf('%%.3990c', 'x') AS BLOB) FROM c",
        rows);
    run(db, text);
    *most = huge_pages_used();
    run(db, "DELETE FROM t WHERE n % 3 = 0");
    run(db, "UPDATE t SET body = body || 'more' WHERE n % 5 = 0");
    assert_int_equal(ask(db, "SELECT count(*) FROM t"), rows - rows / 3);
    assert_int_equal(ask(db, "SELECT count(*) FROM t WHERE cast(substr(body, 1, 8) AS INTEGER) <> n"), 0);
    sqlite3_close(db);
}

static void an_idle_daemon_takes_no_huge_page(void **state) {
    size_t most;
    (void)state;
    database_of(80, &most);
    assert_int_equal(most, 0);
    assert_int_equal(huge_pages_used(), 0);
}

static void pages_lie_in_the_pool_and_go_back(void **state) {
    size_t most, again;
    (void)state;
    database_of(2000, &most);
    assert_in_range(most, 900, 1100);
    assert_int_equal(huge_pages_used(), 0);
    database_of(2000, &again);
    assert_int_equal(again, most);
}

static void what_does_not_fit_lies_elsewhere(void **state) {
    size_t most;
    (void)state;
    database_of(8000, &most);
    assert_in_range(most, 2000, 2200);
    assert_int_equal(huge_pages_used(), 0);
}

/* Texts and blobs pass through sqlite3_realloc() at every size around a piece's. */
static void resizing_keeps_what_was_there(void **state) {
    (void)state;
    char *all[200];
    for (int i = 0; i < 200; i++) {
        all[i] = sqlite3_malloc(8300);
        memset(all[i], i, 8300);
    }
    assert_true(huge_pages_used() > 100);
    for (int i = 0; i < 200; i++) {
        all[i] = sqlite3_realloc(all[i], i % 2 ? 8600 : 20000);
        for (int k = 0; k < 8300; k++)
            assert_int_equal((unsigned char)all[i][k], i);
        sqlite3_free(all[i]);
    }
    assert_int_equal(huge_pages_used(), 0);
    sqlite3_free(NULL);
}

static int set_up(void **state) {
    (void)state;
    return huge_pages_for_store() ? 0 : 1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_daemon_takes_no_huge_page),
        cmocka_unit_test(pages_lie_in_the_pool_and_go_back),
        cmocka_unit_test(what_does_not_fit_lies_elsewhere),
        cmocka_unit_test(resizing_keeps_what_was_there),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
