#include "common/keystore_cases.h"

#include "common/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SCHEMA = 1,
    APPLICATION = 0x53474b31, /* "SGK1" */
    LOG_PAGES_IDLE = 256,     /* 256 x 4 KiB = 1 MiB, then it is checkpointed when there is time, */
    LOG_PAGES_MAX = 4096      /* and at 16 MiB a commit does it by itself */
};

enum statement { BEGIN, COMMIT, ROLLBACK, PUT, GET, DESTROY, LEDGER, SWEEP, REMOVE, STATEMENTS };

static const char *const texts[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [PUT] = "INSERT INTO case_keys (case_id, wrapped, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    [GET] = "SELECT wrapped FROM case_keys WHERE case_id = ?1",
    [DESTROY] =
        "INSERT INTO case_keys (case_id, wrapped, created_at, destroyed_at) VALUES (?1, NULL, ?2, ?2) "
        "ON CONFLICT (case_id) DO UPDATE SET wrapped = NULL, destroyed_at = ?2 WHERE destroyed_at IS NULL",
    [LEDGER] =
        "SELECT case_id, destroyed_at FROM case_keys WHERE destroyed_at >= ?1 ORDER BY destroyed_at, case_id",
    [SWEEP] = "SELECT case_id, created_at < ?2 AND destroyed_at IS NULL FROM case_keys WHERE case_id > ?1 "
              "ORDER BY case_id LIMIT ?3",
    [REMOVE] = "DELETE FROM case_keys WHERE case_id = ?1",
};

static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE case_keys ("
    "  case_id BLOB NOT NULL PRIMARY KEY CHECK (length(case_id) = 16),"
    "  wrapped BLOB," /* NULL: destroyed */
    "  created_at INTEGER NOT NULL,"
    "  destroyed_at INTEGER,"
    "  CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX case_keys_destroyed ON case_keys (destroyed_at, case_id) WHERE destroyed_at IS NOT NULL;"
    "PRAGMA application_id = 0x53474b31;"
    "PRAGMA user_version = 1;"
    "COMMIT;";

struct keystore_cases {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    int log_pages;  /* in the write-ahead log after the last commit */
    bool batch;     /* a transaction is open */
    bool destroyed; /* it destroys or removes a key */
    bool broken;    /* something failed, and the caller has not rolled back yet */
    bool held;      /* the log stays out of the file: a backup copies them */
    bool residue;   /* a key that was destroyed may still be in the log */
    struct error error;
};

/* --- Results --- */

/* What the caller must do about an SQLite code that is not OK. */
static enum keystore_cases_result result_of(int code) {
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_FULL:
        return KEYSTORE_CASES_RETRY;
    case SQLITE_IOERR:
        return code == SQLITE_IOERR_NOMEM ? KEYSTORE_CASES_RETRY : KEYSTORE_CASES_FATAL;
    default: /* SQLite's codes are no enum: damage, misuse, anything new */
        return KEYSTORE_CASES_FATAL;
    }
}

static void batch_undo(struct keystore_cases *cases) {
    if (cases->db && !sqlite3_get_autocommit(cases->db)) {
        sqlite3_step(cases->statements[ROLLBACK]); /* nothing is left to do about its failure */
        sqlite3_reset(cases->statements[ROLLBACK]);
    }
    cases->batch = cases->destroyed = false;
}

/* Ends the batch: after a failure SQLite may have rolled back all of it already. It stays broken until the
 * caller rolls back, so that a later put in the same turn cannot begin a new one and have the turn commit
 * without the lost keys. */
static enum keystore_cases_result fail(struct keystore_cases *cases, const char *what, int code) {
    error_set(&cases->error, "case keys: %s: %s", what, sqlite3_errstr(code));
    cases->broken = true;
    batch_undo(cases);
    return result_of(code);
}

const char *keystore_cases_error(const struct keystore_cases *cases) {
    return cases->error.text;
}

/* --- Statements --- */

static sqlite3_stmt *statement_get(struct keystore_cases *cases, enum statement which) {
    return cases->statements[which];
}

static int statement_step(sqlite3_stmt *statement) {
    return fault_strikes(FAULT_STEP) ? SQLITE_FULL : sqlite3_step(statement);
}

/* Lets go of the row's locks and of the pointers that were bound. */
static void statement_end(sqlite3_stmt *statement) {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

/* Runs a statement that gives no rows. SQLITE_DONE or the error. */
static int statement_run(sqlite3_stmt *statement) {
    int code = statement_step(statement);
    statement_end(statement);
    return code;
}

static void bind_id(sqlite3_stmt *statement, int position, const struct id *id) {
    sqlite3_bind_blob(statement, position, id->bytes, ID_BYTES, SQLITE_STATIC);
}

static bool column_id(sqlite3_stmt *statement, int column, struct id *out) {
    return id_from_bytes(
        sqlite3_column_blob(statement, column), (size_t)sqlite3_column_bytes(statement, column), out);
}

/* --- The log: checkpointed, overwritten, cut --- */

static int log_pages_note(void *state, sqlite3 *db, const char *name, int pages) {
    (void)db;
    (void)name;
    ((struct keystore_cases *)state)->log_pages = pages;
    return SQLITE_OK;
}

/* Through SQLite's own file handle: works on every VFS and leaves the locks of the process alone. */
static int log_overwrite(sqlite3 *db) {
    static const uint8_t zeros[4096];
    sqlite3_file *log = NULL;
    sqlite3_int64 size = 0;
    int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (code != SQLITE_OK || !log || !log->pMethods)
        return code;
    code = log->pMethods->xFileSize(log, &size);
    for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size; at += (sqlite3_int64)sizeof zeros) {
        sqlite3_int64 rest = size - at;
        code =
            log->pMethods->xWrite(log, zeros, rest < (int)sizeof zeros ? (int)rest : (int)sizeof zeros, at);
    }
    return code == SQLITE_OK && size > 0 ? log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) : code;
}

/* Safe at every step: once RESTART has succeeded all of the log is in the file, synced, and no reader looks
 * into the log. A crash then leaves a log whose header is no header, which counts as empty. It must be
 * truncated before the next write, or that would be appended behind zeros. */
static int log_scrub(sqlite3 *db) {
    int code = sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_RESTART, NULL, NULL);
    if (code != SQLITE_OK)
        return code;
    code = fault_strikes(FAULT_WRITE) ? SQLITE_IOERR_WRITE : log_overwrite(db);
    if (code != SQLITE_OK)
        return code;
    code = fault_strikes(FAULT_SYNC)
               ? SQLITE_IOERR_TRUNCATE
               : sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return (code & 0xff) == SQLITE_BUSY ? SQLITE_IOERR_TRUNCATE : code;
}

static enum keystore_cases_result scrub(struct keystore_cases *cases) {
    int code = log_scrub(cases->db);
    if (code == SQLITE_OK) {
        cases->residue = false;
        return KEYSTORE_CASES_DONE;
    }
    if (result_of(code) == KEYSTORE_CASES_RETRY) /* a reader; the key is gone from the file all the same */
        return KEYSTORE_CASES_DONE;
    return fail(cases, "cannot overwrite the log", code);
}

enum keystore_cases_result keystore_cases_checkpoint(struct keystore_cases *cases) {
    if (cases->batch || cases->held)
        return KEYSTORE_CASES_DONE;
    if (cases->residue)
        return scrub(cases);
    int code = sqlite3_wal_checkpoint_v2(cases->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (code == SQLITE_OK)
        cases->log_pages = 0;
    return code == SQLITE_OK || result_of(code) == KEYSTORE_CASES_RETRY
               ? KEYSTORE_CASES_DONE
               : fail(cases, "cannot checkpoint", code);
}

enum keystore_cases_result keystore_cases_idle(struct keystore_cases *cases) {
    return cases->residue || cases->log_pages > LOG_PAGES_IDLE ? keystore_cases_checkpoint(cases)
                                                               : KEYSTORE_CASES_DONE;
}

void keystore_cases_hold(struct keystore_cases *cases, bool held) {
    cases->held = held;
}

bool keystore_cases_residue(const struct keystore_cases *cases) {
    return cases->residue;
}

/* --- Opening --- */

/* SQLite would make it readable by all; the log takes over the mode of the file. */
static bool file_ensure(const char *path, const char *vfs, struct error *error) {
    if (vfs || strcmp(path, ":memory:") == 0)
        return true;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_set(error, "%s: %s", path, strerror(errno));
    close(fd);
    return true;
}

static int number_ask(sqlite3 *db, const char *text) {
    sqlite3_stmt *statement = NULL;
    int number = -1;
    if (sqlite3_prepare_v2(db, text, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

static bool run(struct keystore_cases *cases, const char *path, const char *text, struct error *error) {
    return sqlite3_exec(cases->db, text, NULL, NULL, NULL) == SQLITE_OK ||
           error_set(error, "%s: %s", path, sqlite3_errmsg(cases->db));
}

static bool schema_ensure(struct keystore_cases *cases, const char *path, struct error *error) {
    int version = number_ask(cases->db, "PRAGMA user_version");
    int application = number_ask(cases->db, "PRAGMA application_id");
    if (version > SCHEMA && application == APPLICATION)
        return error_set(error,
            "%s was written by a newer Sigap (form %d, this one knows %d): install that one again", path,
            version, SCHEMA);
    if (version == 0 && application == 0 && number_ask(cases->db, "SELECT count(*) FROM sqlite_schema") == 0)
        return run(cases, path, schema, error);
    return (version == SCHEMA && application == APPLICATION) ||
           error_set(error, "%s is damaged or belongs to another program", path);
}

static bool statements_prepare(struct keystore_cases *cases, const char *path, struct error *error) {
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(
                cases->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &cases->statements[i], NULL) != SQLITE_OK)
            return error_set(error, "%s: %s", path, sqlite3_errmsg(cases->db));
    return true;
}

/* A log that cannot be moved into the file at the start means a disk that lies or a second program. */
static bool log_start(struct keystore_cases *cases, const char *path, struct error *error) {
    int code = log_scrub(cases->db);
    return code == SQLITE_OK || error_set(error, "%s: cannot checkpoint: %s", path, sqlite3_errstr(code));
}

static bool open_all(struct keystore_cases *cases, const char *path, const char *vfs, struct error *error) {
    static const char settings[] =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
        "PRAGMA wal_autocheckpoint = 0;";
    if (!file_ensure(path, vfs, error))
        return false;
    if (sqlite3_open_v2(path, &cases->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
            vfs) != SQLITE_OK)
        return error_set(error, "%s: %s", path, cases->db ? sqlite3_errmsg(cases->db) : "no memory");
    if (!run(cases, path, settings, error) || !schema_ensure(cases, path, error) ||
        !log_start(cases, path, error) || !statements_prepare(cases, path, error))
        return false;
    sqlite3_wal_hook(cases->db, log_pages_note, cases);
    return true;
}

bool keystore_cases_open(
    const char *path, const char *vfs, struct keystore_cases **out, struct error *error) {
    *out = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof **out);
    if (!*out)
        return error_set(error, "no memory for the case keys");
    if (open_all(*out, path, vfs, error))
        return true;
    keystore_cases_close(out);
    return false;
}

void keystore_cases_close(struct keystore_cases **cases) {
    if (!*cases)
        return;
    keystore_cases_rollback(*cases);
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize((*cases)->statements[i]);
    sqlite3_close((*cases)->db);
    free(*cases);
    *cases = NULL;
}

/* --- The batch --- */

static int batch_begin(struct keystore_cases *cases) {
    if (cases->batch)
        return SQLITE_DONE;
    if (cases->broken)
        return SQLITE_BUSY;
    int code = statement_run(statement_get(cases, BEGIN));
    cases->batch = code == SQLITE_DONE;
    return code;
}

void keystore_cases_rollback(struct keystore_cases *cases) {
    batch_undo(cases);
    cases->broken = false;
}

enum keystore_cases_result keystore_cases_commit(struct keystore_cases *cases) {
    if (cases->broken)
        return KEYSTORE_CASES_RETRY;
    if (!cases->batch)
        return KEYSTORE_CASES_DONE;
    int code = fault_strikes(FAULT_COMMIT) ? SQLITE_IOERR_FSYNC : statement_run(statement_get(cases, COMMIT));
    if (code != SQLITE_DONE)
        return fail(cases, "cannot commit", code);
    cases->residue = cases->residue || cases->destroyed;
    cases->batch = cases->destroyed = false;
    if (cases->residue || cases->log_pages > LOG_PAGES_MAX)
        return keystore_cases_checkpoint(cases);
    return KEYSTORE_CASES_DONE;
}

/* --- Rows --- */

/* There is a row for this case: is it this key? */
static enum keystore_cases_result put_again(
    struct keystore_cases *cases, const struct id *case_id, const uint8_t wrapped[SEAL_CASE_KEY_BYTES]) {
    uint8_t present[SEAL_CASE_KEY_BYTES];
    enum keystore_cases_result result = keystore_cases_get(cases, case_id, present);
    if (result == KEYSTORE_CASES_DONE && memcmp(present, wrapped, sizeof present) != 0)
        return KEYSTORE_CASES_OTHER;
    return result;
}

enum keystore_cases_result keystore_cases_put(struct keystore_cases *cases, const struct id *case_id,
    const uint8_t wrapped[SEAL_CASE_KEY_BYTES], int64_t created_at) {
    int code = batch_begin(cases);
    if (code != SQLITE_DONE)
        return fail(cases, "cannot begin", code);
    sqlite3_stmt *put = statement_get(cases, PUT);
    bind_id(put, 1, case_id);
    sqlite3_bind_blob(put, 2, wrapped, SEAL_CASE_KEY_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(put, 3, created_at);
    code = statement_run(put);
    if (code != SQLITE_DONE)
        return fail(cases, "cannot put a key", code);
    return sqlite3_changes(cases->db) == 1 ? KEYSTORE_CASES_DONE : put_again(cases, case_id, wrapped);
}

static enum keystore_cases_result wrapped_read(
    struct keystore_cases *cases, sqlite3_stmt *get, uint8_t wrapped[SEAL_CASE_KEY_BYTES]) {
    if (sqlite3_column_type(get, 0) == SQLITE_NULL)
        return KEYSTORE_CASES_DESTROYED;
    if (sqlite3_column_bytes(get, 0) != SEAL_CASE_KEY_BYTES)
        return fail(cases, "a key of the wrong size", SQLITE_CORRUPT);
    memcpy(wrapped, sqlite3_column_blob(get, 0), SEAL_CASE_KEY_BYTES);
    return KEYSTORE_CASES_DONE;
}

enum keystore_cases_result keystore_cases_get(
    struct keystore_cases *cases, const struct id *case_id, uint8_t wrapped[SEAL_CASE_KEY_BYTES]) {
    sqlite3_stmt *get = statement_get(cases, GET);
    bind_id(get, 1, case_id);
    int code = statement_step(get);
    enum keystore_cases_result result = KEYSTORE_CASES_MISSING;
    if (code == SQLITE_ROW)
        result = wrapped_read(cases, get, wrapped);
    statement_end(get);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return fail(cases, "cannot get a key", code);
    return result;
}

enum keystore_cases_result keystore_cases_destroy(
    struct keystore_cases *cases, const struct id *case_id, int64_t at) {
    int code = batch_begin(cases);
    if (code != SQLITE_DONE)
        return fail(cases, "cannot begin", code);
    sqlite3_stmt *destroy = statement_get(cases, DESTROY);
    bind_id(destroy, 1, case_id);
    sqlite3_bind_int64(destroy, 2, at);
    code = statement_run(destroy);
    if (code != SQLITE_DONE)
        return fail(cases, "cannot destroy a key", code);
    cases->destroyed = true;
    return KEYSTORE_CASES_DONE;
}

enum keystore_cases_result keystore_cases_destroyed(struct keystore_cases *cases, int64_t since,
    bool (*tell)(void *state, const struct id *case_id, int64_t destroyed_at), void *state) {
    sqlite3_stmt *ledger = statement_get(cases, LEDGER);
    struct id case_id;
    int code;
    sqlite3_bind_int64(ledger, 1, since);
    while ((code = statement_step(ledger)) == SQLITE_ROW)
        if (!column_id(ledger, 0, &case_id) || !tell(state, &case_id, sqlite3_column_int64(ledger, 1)))
            break;
    statement_end(ledger);
    return code == SQLITE_ROW || code == SQLITE_DONE ? KEYSTORE_CASES_DONE
                                                     : fail(cases, "cannot read the ledger", code);
}

/* --- The sweep --- */

struct orphans {
    struct id ids[KEYSTORE_CASES_SWEEP_MAX];
    size_t count;
};

/* Looks first and removes afterwards: rows must not change under a statement that reads them. */
static int orphans_find(struct keystore_cases *cases, struct id *after, size_t limit, int64_t created_before,
    bool (*known)(void *state, const struct id *case_id), void *state, struct orphans *out) {
    sqlite3_stmt *sweep = statement_get(cases, SWEEP);
    struct id from = *after, case_id;
    size_t seen = 0;
    int code;
    bind_id(sweep, 1, &from);
    sqlite3_bind_int64(sweep, 2, created_before);
    sqlite3_bind_int64(sweep, 3, (sqlite3_int64)limit);
    while ((code = statement_step(sweep)) == SQLITE_ROW) {
        if (!column_id(sweep, 0, &case_id))
            continue;
        seen++;
        *after = case_id;
        if (sqlite3_column_int(sweep, 1) && !known(state, &case_id))
            out->ids[out->count++] = case_id;
    }
    statement_end(sweep);
    if (seen < limit)
        memset(after, 0, sizeof *after);
    return code;
}

static int orphans_remove(struct keystore_cases *cases, const struct orphans *orphans) {
    int code = orphans->count ? batch_begin(cases) : SQLITE_DONE;
    sqlite3_stmt *remove = statement_get(cases, REMOVE);
    for (size_t i = 0; code == SQLITE_DONE && i < orphans->count; i++) {
        bind_id(remove, 1, &orphans->ids[i]);
        code = statement_run(remove);
        cases->destroyed = true;
    }
    return code;
}

enum keystore_cases_result keystore_cases_sweep(struct keystore_cases *cases, struct id *after, size_t limit,
    int64_t created_before, bool (*known)(void *state, const struct id *case_id), void *state,
    size_t *removed) {
    struct orphans orphans;
    struct id from = *after;
    orphans.count = *removed = 0;
    limit = limit > KEYSTORE_CASES_SWEEP_MAX ? KEYSTORE_CASES_SWEEP_MAX : limit;
    int code = orphans_find(cases, after, limit, created_before, known, state, &orphans);
    if (code == SQLITE_DONE)
        code = orphans_remove(cases, &orphans);
    enum keystore_cases_result result =
        code == SQLITE_DONE ? keystore_cases_commit(cases) : fail(cases, "cannot sweep", code);
    if (result == KEYSTORE_CASES_DONE)
        *removed = orphans.count;
    else
        *after = from;
    return result;
}
