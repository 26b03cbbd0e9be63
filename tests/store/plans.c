/* How SQLite means to carry out each statement of a daemon: none goes through a whole table that grows,
 * within a turn, while a life waits. Where a statement scans a table its text says why that is bounded:
 *
 *     -- scans token: a row a bot.
 *     -- scans review_order: in its order, up to the limit.
 *
 * What is read in an index's order up to a limit must not be collected and sorted first.
 * Built once a daemon, see common/service.cmake; DAEMON is its struct. */
#include "common/daemon.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

extern const struct daemon DAEMON;
extern const struct store_schema common_schema;

static void migrate(sqlite3 *db, const struct store_schema *schema) {
    for (size_t i = 0; i < schema->migration_count; i++)
        if (sqlite3_exec(db, schema->migrations[i].text, NULL, NULL, NULL) != SQLITE_OK)
            fail_msg("%s: %s", schema->migrations[i].name, sqlite3_errmsg(db));
}

/* Of its own parts ("SCAN oldest" of a subquery) the plan says by what they are made of. */
static bool is_table(sqlite3 *db, const char *name) {
    sqlite3_stmt *find = NULL;
    sqlite3_prepare_v2(db, "SELECT 1 FROM sqlite_schema WHERE type='table' AND name=?", -1, &find, NULL);
    sqlite3_bind_text(find, 1, name, (int)strcspn(name, " "), SQLITE_STATIC);
    bool found = sqlite3_step(find) == SQLITE_ROW;
    sqlite3_finalize(find);
    return found;
}

/* Aliases are single letters here. */
static bool scans(sqlite3 *db, const char *detail) {
    return strncmp(detail, "SCAN ", 5) == 0 && (is_table(db, detail + 5) || strcspn(detail + 5, " ") == 1);
}

static bool check(sqlite3 *db, const struct store_statement *statement) {
    char sql[8192], found[256] = "";
    bool sorts = false;
    sqlite3_stmt *plan = NULL;
    snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", statement->text);
    if (sqlite3_prepare_v2(db, sql, -1, &plan, NULL) != SQLITE_OK)
        fail_msg("%s: %s", statement->name, sqlite3_errmsg(db));
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(plan, 3);
        if (scans(db, detail))
            snprintf(found, sizeof found, "%s", detail);
        sorts |= strcmp(detail, "USE TEMP B-TREE FOR ORDER BY") == 0;
    }
    sqlite3_finalize(plan);
    bool said = strstr(statement->text, "-- scans ") != NULL;
    if (found[0] && !said)
        print_error("%s: %s, and nothing says why that is bounded\n", statement->name, found);
    if (!found[0] && said)
        print_error("%s scans nothing, and says that it does\n", statement->name);
    bool in_order = strstr(statement->text, "in its order") != NULL;
    if (in_order && sorts)
        print_error("%s is to read in the order of an index, and sorts\n", statement->name);
    return (found[0] != 0) == said && !(in_order && sorts);
}

static void no_statement_goes_through_a_table_that_grows(void **state) {
    (void)state;
    const struct store_schema *schemas[] = {&common_schema, DAEMON.schema};
    sqlite3 *db = NULL;
    unsigned bad = 0;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    for (size_t i = 0; i < 2 && schemas[i]; i++)
        migrate(db, schemas[i]);
    for (size_t i = 0; i < 2 && schemas[i]; i++)
        for (size_t k = 0; k < schemas[i]->statement_count; k++)
            bad += !check(db, &schemas[i]->statements[k]);
    sqlite3_close(db);
    assert_int_equal(bad, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_statement_goes_through_a_table_that_grows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
