/* How SQLite means to carry out each statement of a daemon: none goes through a whole table that grows,
 * within a turn, while a life waits. Where a statement scans a table its text says why that is bounded:
 *
 *     -- scans token: a row a bot.
 *     -- scans review_order: in its order, up to the limit.
 *
 * What is read in an index's order up to a limit must not be collected and sorted first. And where it passes
 * much that nobody asked for, the index has all that tells so:
 *
 *     -- passes alert_critical: those of other areas cost no row.
 *
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

/* The index that the text says it passes over; "" none. */
static void read_passed(const char *text, char index[64]) {
    const char *said = strstr(text, "-- passes ");
    index[0] = 0;
    if (said)
        snprintf(index, 64, "%.*s", (int)strcspn(said + 10, ":"), said + 10);
}

static bool uses_alone(const char *detail, const char *index) {
    char wanted[96];
    snprintf(wanted, sizeof wanted, "USING COVERING INDEX %s", index);
    const char *at = strstr(detail, wanted);
    return at && (at[strlen(wanted)] == 0 || at[strlen(wanted)] == ' ');
}

static bool check(sqlite3 *db, const struct store_statement *statement) {
    char sql[8192], found[256] = "", passed[64];
    bool sorts = false, alone = false;
    read_passed(statement->text, passed);
    sqlite3_stmt *plan = NULL;
    snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", statement->text);
    if (sqlite3_prepare_v2(db, sql, -1, &plan, NULL) != SQLITE_OK)
        fail_msg("%s: %s", statement->name, sqlite3_errmsg(db));
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(plan, 3);
        if (scans(db, detail))
            snprintf(found, sizeof found, "%s", detail);
        alone |= uses_alone(detail, passed);
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
    if (passed[0] && !alone)
        print_error("%s is to pass over %s alone, and looks at rows\n", statement->name, passed);
    return (found[0] != 0) == said && !(in_order && sorts) && (alone || !passed[0]);
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
