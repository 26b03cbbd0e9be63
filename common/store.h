/* The store of one daemon: rows, transactions, named statements. Nobody else opens it.
 *
 * Errors are sticky: the first failure of a statement is remembered, later calls do nothing, and whoever ends
 * the transaction asks store_health() what to do. Handlers therefore need not check each call; they read rows
 * that are not there and return, and the turn sees to the rest.
 *
 * Driver: SQLite (WAL, synchronous=FULL, BEGIN IMMEDIATE, exclusive locking, own checkpoints). A vfs name
 * puts it on another VFS: memory for unit tests, the crash VFS of the simulator. */
#pragma once

#include "common/error.h"
#include "common/id.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store_statement {
    const char *name, *text;
};

struct store_migration {
    const char *name, *text;
};

/* Made at build time from a folder of SQL files, see embed_sql.cmake. */
struct store_schema {
    const char *name;
    const struct store_statement *statements;
    unsigned statement_count;
    const struct store_migration *migrations;
    unsigned migration_count;
};

/* What the caller must do. */
enum store_health {
    STORE_OK,
    STORE_REFUSED, /* a constraint: this input is undone and parked */
    STORE_FULL,    /* no space: as STORE_RETRY, and an operator is told */
    STORE_RETRY,   /* busy, out of memory: roll back, wait, try the same again */
    STORE_UNKNOWN, /* the outcome of a commit is not known: end the process */
    STORE_FATAL,   /* I/O error, damaged file: end the process */
};

struct store_options {
    const char *path;     /* file; its folder must exist */
    const char *vfs;      /* NULL: the system's */
    size_t cache_bytes;   /* page cache, 0: 16 MiB */
    size_t reserve_bytes; /* space kept free for what may be urgent, 0: none */
};

struct store;
struct statement;

/* Opens or creates, locks, checkpoints (a failed checkpoint refuses), migrates. schemas are kept by pointer.
 * NULL and a sentence when the file is damaged, newer than we know, or held by another process. */
struct store *store_open(const struct store_options *options, const struct store_schema *const *schemas,
    unsigned schema_count, struct error *error);
void store_close(struct store **store);

bool store_begin(struct store *store);
/* Everything since store_begin is durable when STORE_OK comes back; on anything else nothing may leave. */
enum store_health store_commit(struct store *store);
void store_rollback(struct store *store);
/* One savepoint an input: undo takes back this input alone. */
bool store_savepoint(struct store *store);
void store_savepoint_keep(struct store *store);
void store_savepoint_undo(struct store *store);

enum store_health store_health(const struct store *store);
/* Our sentence for the last failure: statement name and SQLite's word for it; never bound values. */
const char *store_complaint(const struct store *store);
/* After a savepoint was undone or a transaction rolled back: work goes on. */
void store_forgive(struct store *store);

/* A statement, ready to be bound from its first parameter on. Prepared at its first use, kept. Never NULL. */
struct statement *store_use(struct store *store, const struct store_schema *schema, unsigned number);

/* Binding, in the order of the text. Bytes and texts must live until the statement is run or ended. */
void bind_int(struct statement *statement, int64_t value);
void bind_real(struct statement *statement, double value);
void bind_text(struct statement *statement, const char *value); /* NULL binds NULL */
void bind_blob(struct statement *statement, const void *bytes, size_t size);
void bind_id(struct statement *statement, const struct id *id); /* NULL or the null id binds NULL */
void bind_null(struct statement *statement);

/* For statements without rows. True when it ran. */
bool statement_run(struct statement *statement);
/* For statements with rows: true while there is one. At the end, and on failure, false; then the statement is
 * done. */
bool statement_step(struct statement *statement);
/* To leave before the last row. Harmless at any time. */
void statement_end(struct statement *statement);

/* Columns of the row at hand, from 0. Pointers live until the next step or end. NULL reads as 0, "" and no
 * bytes. */
int64_t column_int(struct statement *statement, int column);
double column_real(struct statement *statement, int column);
const char *column_text(struct statement *statement, int column);
const void *column_blob(struct statement *statement, int column, size_t *size);
struct id column_id(struct statement *statement, int column);
bool column_is_null(struct statement *statement, int column);

/* Rows changed by the last statement_run. */
int64_t store_changes(const struct store *store);

/* Moves the log into the file: a little when idle, all of it (and the log emptied) when `all`. Not in a
 * transaction. */
enum store_health store_checkpoint(struct store *store, bool all);
int64_t store_log_bytes(const struct store *store);
int64_t store_file_bytes(const struct store *store);

/* The reserve: given up piece by piece for urgent inputs when the disk is full, built up again when there is
 * space. store_low(): the reserve is not whole, so only what may be urgent should be taken. */
void store_reserve_spend(struct store *store);
bool store_reserve_refill(struct store *store);
bool store_low(const struct store *store);
