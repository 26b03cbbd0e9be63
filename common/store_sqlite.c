/* The SQLite driver of store.h.
 *
 * Hostile here: the disk (full, failing, lying). Fatal: I/O errors and damaged files; after a failed fsync
 * the page cache lies, so the process ends and the next start must first bring a TRUNCATE checkpoint through.
 * Not fatal: a full disk, no memory. Limit: one connection, one thread; exclusive locking keeps the log's
 * index in our heap and everybody else out. */
#include "common/fault.h"
#include "common/store.h"
#include "common/store_vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCHEMAS_MAX = 4, PATH_BYTES = 512 };

struct statement {
    struct store *store;
    const char *name;
    const char *text;
    sqlite3_stmt *prepared;
    int bound;
};

struct store {
    sqlite3 *db;
    struct store_vfs *vfs;
    const struct store_schema *schemas[SCHEMAS_MAX];
    struct statement *statements[SCHEMAS_MAX];
    unsigned schema_count;
    sqlite3_stmt *begin, *commit, *rollback, *savepoint, *keep, *undo;
    enum store_health health;
    char complaint[256];
    int log_frames; /* as of the last commit, told by the WAL hook */
    int page_bytes;
    size_t reserve_bytes;
    bool reserve_whole;
    int lock_fd;
    char path[PATH_BYTES];
};

static enum store_health health_of(int code) {
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return STORE_OK;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
        return STORE_REFUSED;
    case SQLITE_FULL:
        return STORE_FULL;
    case SQLITE_BUSY:
    case SQLITE_NOMEM:
        return STORE_RETRY;
    default:
        return code == SQLITE_IOERR_NOMEM ? STORE_RETRY : STORE_FATAL;
    }
}

static bool complain(struct store *store, const char *what, int code) {
    if (store->health == STORE_OK) {
        store->health = health_of(code);
        snprintf(store->complaint, sizeof store->complaint, "%s: %s", what, sqlite3_errstr(code));
    }
    return false;
}

/* ---- opening ---- */

static int on_log_grown(void *context, sqlite3 *db, const char *schema, int frames) {
    (void)db;
    (void)schema;
    ((struct store *)context)->log_frames = frames;
    return SQLITE_OK;
}

static bool execute(struct store *store, const char *text, struct error *error) {
    char *message = NULL;
    if (sqlite3_exec(store->db, text, NULL, NULL, &message) == SQLITE_OK)
        return true;
    error_set(error, "%s", message ? message : sqlite3_errmsg(store->db));
    sqlite3_free(message);
    return false;
}

static int64_t query_int(struct store *store, const char *text) {
    sqlite3_stmt *prepared = NULL;
    int64_t value = -1;
    if (sqlite3_prepare_v2(store->db, text, -1, &prepared, NULL) == SQLITE_OK &&
        sqlite3_step(prepared) == SQLITE_ROW)
        value = sqlite3_column_int64(prepared, 0);
    sqlite3_finalize(prepared);
    return value;
}

/* Fencing: a second process on the same store is refused before SQLite touches the file. */
static bool lock(struct store *store, struct error *error) {
    char path[PATH_BYTES + 8];
    snprintf(path, sizeof path, "%s.lock", store->path);
    store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock_fd < 0)
        return error_set(error, "%s cannot be opened: %s", path, strerror(errno));
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return error_set(error, "%s is held by another process", path);
    return true;
}

/* Pages of 4 KiB: each that a turn touches goes whole into the log and once more into the file, and of most a
 * turn at half load changes one row. With 8 KiB that was 80 KiB a report instead of 60. */
static bool configure(struct store *store, size_t cache_bytes, struct error *error) {
    char text[512];
    snprintf(text, sizeof text,
        "PRAGMA page_size=4096; PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA "
        "synchronous=FULL; PRAGMA "
        "wal_autocheckpoint=0;"
        "PRAGMA cache_size=-%zu; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=FAST; PRAGMA "
        "trusted_schema=OFF;"
        "PRAGMA journal_size_limit=67108864;",
        (cache_bytes ? cache_bytes : (size_t)16 << 20) / 1024);
    if (!execute(store, text, error))
        return false;
    if (sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        return error_set(error, "the log cannot be brought into the store: %s", sqlite3_errmsg(store->db));
    sqlite3_wal_hook(store->db, on_log_grown, store);
    store->page_bytes = (int)query_int(store, "PRAGMA page_size");
    return true;
}

/* A damaged file must be found at start, not in the night: quick_check reads every page of small stores only,
 * the header and the schema always. */
static bool examine(struct store *store, struct error *error) {
    enum { QUICK_CHECK_BYTES = 128 << 20 }; /* about 0.2 s */
    int64_t pages = query_int(store, "PRAGMA page_count");
    if (pages < 0)
        return error_set(error, "the file is damaged: %s", sqlite3_errmsg(store->db));
    if (pages * store->page_bytes > QUICK_CHECK_BYTES)
        return true;
    sqlite3_stmt *prepared = NULL;
    bool sound = sqlite3_prepare_v2(store->db, "PRAGMA quick_check(1)", -1, &prepared, NULL) == SQLITE_OK &&
                 sqlite3_step(prepared) == SQLITE_ROW &&
                 strcmp((const char *)sqlite3_column_text(prepared, 0), "ok") == 0;
    sqlite3_finalize(prepared);
    return sound || error_set(error, "the file is damaged; restore it from a backup");
}

/* Numbers of applied migrations are kept a schema: common/ and the daemon count for themselves. */
static bool migrate(struct store *store, const struct store_schema *schema, struct error *error) {
    char text[256];
    snprintf(text, sizeof text, "SELECT applied FROM migration WHERE name='%s'", schema->name);
    int64_t applied = query_int(store, text);
    if (applied < 0)
        applied = 0;
    if (applied > schema->migration_count)
        return error_set(error, "the store is newer (%s %lld) than this program (%u); use the newer program",
            schema->name, (long long)applied, schema->migration_count);
    for (unsigned i = (unsigned)applied; i < schema->migration_count; i++) {
        snprintf(text, sizeof text, "INSERT OR REPLACE INTO migration(name, applied) VALUES('%s', %u)",
            schema->name, i + 1);
        if (!execute(store, "BEGIN IMMEDIATE", error) || !execute(store, schema->migrations[i].text, error) ||
            !execute(store, text, error) || !execute(store, "COMMIT", error))
            return error_prefix(error, "migration %s", schema->migrations[i].name);
    }
    return true;
}

static bool prepare_fixed(struct store *store, struct error *error) {
    const struct {
        sqlite3_stmt **at;
        const char *text;
    } fixed[] = {
        {&store->begin, "BEGIN IMMEDIATE"},
        {&store->commit, "COMMIT"},
        {&store->rollback, "ROLLBACK"},
        {&store->savepoint, "SAVEPOINT input"},
        {&store->keep, "RELEASE input"},
        {&store->undo, "ROLLBACK TO input"},
    };
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (sqlite3_prepare_v3(store->db, fixed[i].text, -1, SQLITE_PREPARE_PERSISTENT, fixed[i].at, NULL) !=
            SQLITE_OK)
            return error_set(error, "%s", sqlite3_errmsg(store->db));
    return true;
}

static bool adopt(struct store *store, const struct store_schema *schema, struct error *error) {
    struct statement *statements = calloc(schema->statement_count + 1, sizeof *statements);
    if (!statements)
        return error_set(error, "out of memory");
    for (unsigned i = 0; i < schema->statement_count; i++)
        statements[i] =
            (struct statement){store, schema->statements[i].name, schema->statements[i].text, NULL, 0};
    store->schemas[store->schema_count] = schema;
    store->statements[store->schema_count++] = statements;
    return true;
}

static bool open_all(struct store *store, const struct store_options *options,
    const struct store_schema *const *schemas, unsigned schema_count, struct error *error) {
    if (!options->vfs && !lock(store, error))
        return false;
    store->vfs = store_vfs_open(options->vfs, error);
    if (!store->vfs)
        return false;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(options->path, &store->db, flags, store_vfs_name(store->vfs));
    if (code != SQLITE_OK)
        return error_set(error, "%s", sqlite3_errstr(code));
    if (!configure(store, options->cache_bytes, error) || !examine(store, error))
        return false;
    if (!execute(store,
            "CREATE TABLE IF NOT EXISTS migration(name TEXT PRIMARY KEY, applied INTEGER NOT NULL) STRICT",
            error))
        return false;
    for (unsigned i = 0; i < schema_count; i++)
        if (!migrate(store, schemas[i], error) || !adopt(store, schemas[i], error))
            return false;
    return prepare_fixed(store, error);
}

struct store *store_open(const struct store_options *options, const struct store_schema *const *schemas,
    unsigned schema_count, struct error *error) {
    struct store *store = calloc(1, sizeof *store);
    if (!store || schema_count > SCHEMAS_MAX || strlen(options->path) >= PATH_BYTES) {
        free(store);
        error_set(error, "out of memory");
        return NULL;
    }
    store->lock_fd = -1;
    store->reserve_bytes = options->reserve_bytes;
    snprintf(store->path, sizeof store->path, "%s", options->path);
    if (!open_all(store, options, schemas, schema_count, error)) {
        error_prefix(error, "store %s", options->path);
        store_close(&store);
        return NULL;
    }
    store_reserve_refill(store);
    return store;
}

void store_close(struct store **at) {
    struct store *store = *at;
    if (!store)
        return;
    for (unsigned i = 0; i < store->schema_count; i++) {
        for (unsigned k = 0; k < store->schemas[i]->statement_count; k++)
            sqlite3_finalize(store->statements[i][k].prepared);
        free(store->statements[i]);
    }
    sqlite3_stmt *const fixed[] = {
        store->begin, store->commit, store->rollback, store->savepoint, store->keep, store->undo};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        sqlite3_finalize(fixed[i]);
    sqlite3_close(store->db);
    store_vfs_close(&store->vfs);
    if (store->lock_fd >= 0)
        close(store->lock_fd);
    free(store);
    *at = NULL;
}

/* ---- transactions ---- */

static int run_fixed(sqlite3_stmt *prepared) {
    int code = sqlite3_step(prepared);
    int again = sqlite3_reset(prepared);
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : again ? again : code;
}

bool store_begin(struct store *store) {
    int code = run_fixed(store->begin);
    return code == SQLITE_OK || complain(store, "begin", code);
}

enum store_health store_commit(struct store *store) {
    if (store->health != STORE_OK)
        return store->health;
    if (sqlite3_get_autocommit(store->db)) { /* a statement that failed has rolled everything back */
        complain(store, "commit", SQLITE_FULL);
        return store->health;
    }
    int code = fault_strikes(FAULT_COMMIT) ? SQLITE_FULL : run_fixed(store->commit);
    if (code == SQLITE_OK)
        return STORE_OK;
    complain(store, "commit", code);
    if (store->health == STORE_FATAL)
        store->health = STORE_UNKNOWN;
    return store->health;
}

void store_rollback(struct store *store) {
    if (!sqlite3_get_autocommit(store->db))
        run_fixed(store->rollback);
}

bool store_savepoint(struct store *store) {
    if (store->health != STORE_OK)
        return false;
    int code = run_fixed(store->savepoint);
    return code == SQLITE_OK || complain(store, "savepoint", code);
}

void store_savepoint_keep(struct store *store) {
    int code = run_fixed(store->keep);
    if (code != SQLITE_OK)
        complain(store, "savepoint keep", code);
}

void store_savepoint_undo(struct store *store) {
    int code = run_fixed(store->undo);
    if (code == SQLITE_OK)
        code = run_fixed(store->keep);
    if (code != SQLITE_OK)
        complain(store, "savepoint undo", code);
}

enum store_health store_health(const struct store *store) {
    return store->health;
}

const char *store_complaint(const struct store *store) {
    return store->complaint;
}

void store_forgive(struct store *store) {
    store->health = STORE_OK;
    store->complaint[0] = 0;
}

/* ---- statements ---- */

static void prepare(struct statement *statement) {
    struct store *store = statement->store;
    int code = sqlite3_prepare_v3(
        store->db, statement->text, -1, SQLITE_PREPARE_PERSISTENT, &statement->prepared, NULL);
    if (code == SQLITE_OK)
        return;
    complain(store, statement->name, code);
    size_t used = strlen(store->complaint);
    snprintf(store->complaint + used, sizeof store->complaint - used, " (%s)", sqlite3_errmsg(store->db));
}

struct statement *store_use(struct store *store, const struct store_schema *schema, unsigned number) {
    unsigned i = 0;
    while (i + 1 < store->schema_count && store->schemas[i] != schema)
        i++;
    struct statement *statement = &store->statements[i][number];
    if (!statement->prepared && store->health == STORE_OK)
        prepare(statement);
    statement->bound = 0;
    return statement;
}

static void bound(struct statement *statement, int code) {
    if (code != SQLITE_OK)
        complain(statement->store, statement->name, code);
}

void bind_int(struct statement *statement, int64_t value) {
    bound(statement, sqlite3_bind_int64(statement->prepared, ++statement->bound, value));
}

void bind_real(struct statement *statement, double value) {
    bound(statement, sqlite3_bind_double(statement->prepared, ++statement->bound, value));
}

void bind_text(struct statement *statement, const char *value) {
    bound(statement, sqlite3_bind_text(statement->prepared, ++statement->bound, value, -1, SQLITE_STATIC));
}

void bind_blob(struct statement *statement, const void *bytes, size_t size) {
    bound(statement,
        sqlite3_bind_blob64(statement->prepared, ++statement->bound, size ? bytes : "", size, SQLITE_STATIC));
}

void bind_id(struct statement *statement, const struct id *id) {
    if (!id || id_is_null(id))
        bind_null(statement);
    else
        bind_blob(statement, id->bytes, ID_BYTES);
}

void bind_null(struct statement *statement) {
    bound(statement, sqlite3_bind_null(statement->prepared, ++statement->bound));
}

bool statement_step(struct statement *statement) {
    struct store *store = statement->store;
    if (store->health != STORE_OK)
        return statement_end(statement), false;
    int code = fault_strikes(FAULT_STEP) ? SQLITE_FULL : sqlite3_step(statement->prepared);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        complain(store, statement->name, code);
    statement_end(statement);
    return false;
}

bool statement_run(struct statement *statement) {
    while (statement_step(statement)) /* rows of a RETURNING nobody wants */
        ;
    return statement->store->health == STORE_OK;
}

void statement_end(struct statement *statement) {
    if (!statement->prepared)
        return;
    sqlite3_reset(statement->prepared);
    sqlite3_clear_bindings(statement->prepared);
}

int64_t column_int(struct statement *statement, int column) {
    return sqlite3_column_int64(statement->prepared, column);
}

double column_real(struct statement *statement, int column) {
    return sqlite3_column_double(statement->prepared, column);
}

const char *column_text(struct statement *statement, int column) {
    const char *text = (const char *)sqlite3_column_text(statement->prepared, column);
    return text ? text : "";
}

const void *column_blob(struct statement *statement, int column, size_t *size) {
    const void *bytes = sqlite3_column_blob(statement->prepared, column);
    *size = bytes ? (size_t)sqlite3_column_bytes(statement->prepared, column) : 0;
    return bytes;
}

struct id column_id(struct statement *statement, int column) {
    struct id id;
    size_t size;
    const void *bytes = column_blob(statement, column, &size);
    id_from_bytes(bytes, size, &id);
    return id;
}

bool column_is_null(struct statement *statement, int column) {
    return sqlite3_column_type(statement->prepared, column) == SQLITE_NULL;
}

int64_t store_changes(const struct store *store) {
    return sqlite3_changes64(store->db);
}

/* ---- log and reserve ---- */

enum store_health store_checkpoint(struct store *store, bool all) {
    int mode = all ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    int log = 0, moved = 0;
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, mode, &log, &moved);
    if (code == SQLITE_OK && log == moved)
        store->log_frames = 0;
    return health_of(code);
}

int64_t store_log_bytes(const struct store *store) {
    return (int64_t)store->log_frames * (store->page_bytes + 24); /* 24: header of a frame */
}

int64_t store_file_bytes(const struct store *store) {
    struct stat info;
    return stat(store->path, &info) == 0 ? info.st_size : 0;
}

static void reserve_path(const struct store *store, char path[PATH_BYTES + 16]) {
    snprintf(path, PATH_BYTES + 16, "%s.reserve", store->path);
}

void store_reserve_spend(struct store *store) {
    enum {
        STEP = 256 << 10
    }; /* a commit wants some ten pages; the rest would go to whoever else fills this disk */
    char path[PATH_BYTES + 16];
    struct stat info;
    reserve_path(store, path);
    store->reserve_whole = false;
    if (stat(path, &info) != 0 || info.st_size <= STEP || truncate(path, info.st_size - STEP) != 0)
        unlink(path);
}

bool store_reserve_refill(struct store *store) {
    char path[PATH_BYTES + 16];
    if (!store->reserve_bytes || store->reserve_whole)
        return store->reserve_whole = true;
    reserve_path(store, path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    bool whole = fd >= 0 && posix_fallocate(fd, 0, (off_t)store->reserve_bytes) == 0;
    if (fd >= 0)
        close(fd);
    if (!whole)
        unlink(path); /* half a reserve would only make the disk fuller */
    return store->reserve_whole = whole;
}

bool store_low(const struct store *store) {
    return store->reserve_bytes && !store->reserve_whole;
}
