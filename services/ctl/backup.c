/* backup and restore: one snapshot of all stores.
 *
 * Three steps, each said to every daemon (common/status.c). At the barrier they work on nothing but views
 * while the write-ahead logs are copied: all are as of one moment, no cursor is ahead of the journal it
 * reads. Then work goes on, and as no daemon moves its log into its store's file any more, the files are
 * still as they were at the barrier when they are copied, however long that takes, as long as we go on
 * telling them; a log moved before the barrier may begin anew behind it, which is why logs come first. At the
 * end each must say that it has held its log all the time. Other files (media) are of a later moment: one
 * without a row is tidied away by its age, and one that retention erases before its turn comes had a row that
 * goes as soon after a restore.
 *
 * Restore puts all back or nothing, and of what lies in a snapshot only what its manifest names. Keys that
 * are here already must be those of the snapshot. It builds beside what is there, in a folder that it empties
 * first. A restored journal is another incarnation (what the old one said after the backup is lost to it), so
 * all cursors are moved to the new names together; effects stay held until an operator has looked. What one
 * that did not come to its end has put aside still counts: whose it was, and which cases are erased. */
#include "ctl.h"

#include "common/clock.h"
#include "common/engine.h"
#include "common/keystore.h"
#include "common/keystore_cases.h"
#include "common/link.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    COPY_BYTES = 1 << 20,
    SYNC_BYTES = 8 << 20,
    FORMAT = 1,
    PATH_BYTES = 2 * PATH_ROOM,
    FOLDERS_DEEP = 2,
    FOLDERS_OPEN = 8,
    HOLD_ON_MS = ENGINE_HOLD_MS / 4 /* so often the daemons hear that their files are still being copied */
};
enum part { LOGS, REST, ALL };
#define ASIDE "before-restore-" /* and the second in which it was put there */

/* A backup is to end: nothing more is copied or asked, but the site is told to go on. */
static volatile sig_atomic_t interrupted;

/* ---- files ---- */

static bool make_folder(const char *path) {
    return mkdir(path, 0700) == 0 || errno == EEXIST || (ctl_fail("%s: %s", path, strerror(errno)), false);
}

static bool sync_path(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    if (!synced)
        ctl_fail("%s cannot be written to the disk: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return synced;
}

static void to_hex(const uint8_t hash[32], char hex[65]) {
    sodium_bin2hex(hex, 65, hash, 32);
}

/* A site that works beside us waits for the disk at each of its commits: then for no more than SYNC_BYTES of
 * ours. */
static bool write_out(int out, const uint8_t *bytes, size_t size, size_t *unsynced) {
    for (size_t done = 0; done < size;) {
        ssize_t written = write(out, bytes + done, size - done);
        if (written < 0)
            return false;
        done += (size_t)written;
    }
    if (!unsynced || (*unsynced += size) < SYNC_BYTES)
        return true;
    *unsynced = 0;
    return fdatasync(out) == 0;
}

struct backup;
static const struct backup *copied_now; /* of a site that works meanwhile; NULL: none */
static int64_t told_at;                 /* monotonic ms */
static bool let_go;                     /* one of its daemons, which has been said */

static bool go_on(const struct backup *backup, const char *action);

/* A daemon does not hold its log for a backup of which it hears no more. */
static bool hold_on(void) {
    if (!copied_now || clock_monotonic_ms(&clock_real) - told_at < HOLD_ON_MS)
        return true;
    told_at = clock_monotonic_ms(&clock_real);
    let_go = !go_on(copied_now, "copy");
    return !let_go;
}

/* Hashes what `in` has left, and writes it (out < 0: only reads). */
static bool pour(int in, int out, bool sync, char hex[65]) {
    static uint8_t bytes[COPY_BYTES];
    crypto_generichash_state state;
    uint8_t hash[32];
    size_t unsynced = 0;
    bool sound = true;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (ssize_t size; sound && !interrupted && (size = read(in, bytes, sizeof bytes)) != 0;) {
        sound = size > 0 && (out < 0 || write_out(out, bytes, (size_t)size, sync ? &unsynced : NULL));
        if (sound)
            crypto_generichash_update(&state, bytes, (unsigned long long)size);
        sound = sound && hold_on();
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    to_hex(hash, hex);
    return sound && !interrupted;
}

/* Copies (to == NULL: only reads) and hashes. True, and hex "": there is no such file any more. */
static bool copy_file(const char *from, const char *to, bool sync, char hex[65]) {
    int in = open(from, O_RDONLY | O_CLOEXEC);
    hex[0] = 0;
    if (in < 0 && errno == ENOENT && to)
        return true;
    int out = to && in >= 0 ? open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    bool sound = in >= 0 && (!to || out >= 0) && pour(in, out, sync, hex) && (!sync || fsync(out) == 0);
    if (!sound && !interrupted && !let_go)
        ctl_fail("%s cannot be %s: %s", from, to ? "copied" : "read", strerror(errno));
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return sound;
}

static bool ends_with(const char *name, const char *tail) {
    size_t size = strlen(name), length = strlen(tail);
    return size >= length && strcmp(name + size - length, tail) == 0;
}

static bool is_log(const char *name) {
    return ends_with(name, "-wal");
}

static bool is_kept(const char *name, enum part part) {
    static const char *const not_kept[] = {".lock", ".reserve", "-shm", ".part"};
    for (size_t i = 0; i < sizeof not_kept / sizeof *not_kept; i++)
        if (ends_with(name, not_kept[i]))
            return false;
    return name[0] != '.' && strcmp(name, "crashed") != 0 && (part == ALL || is_log(name) == (part == LOGS));
}

/* LOGS: not synced yet. Folders in it too (intake keeps sealed media beside its store); `deep`: how far down,
 * none are deeper. */
static bool copy_folder(
    const char *from, const char *to, const char *name, json_t *files, enum part part, unsigned deep) {
    struct dirent **entries;
    int count = scandir(from, &entries, NULL, alphasort);
    bool sound = count >= 0 || (ctl_fail("%s cannot be read: %s", from, strerror(errno)), false);
    sound = sound && make_folder(to);
    for (int i = 0; i < count; i++) {
        char source[PATH_BYTES], target[PATH_BYTES], key[PATH_BYTES], hex[65];
        struct stat info;
        snprintf(source, sizeof source, "%s/%s", from, entries[i]->d_name);
        snprintf(target, sizeof target, "%s/%s", to, entries[i]->d_name);
        snprintf(key, sizeof key, "%s/%s", name, entries[i]->d_name);
        bool kept = sound && is_kept(entries[i]->d_name, part) && lstat(source, &info) == 0;
        if (kept && S_ISREG(info.st_mode)) {
            sound = copy_file(source, target, part != LOGS, hex);
            if (*hex)
                json_object_set_new(files, key, json_string(hex));
        } else if (kept && S_ISDIR(info.st_mode) && deep) {
            sound = copy_folder(source, target, key, files, part, deep - 1);
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return sound && (part == LOGS || sync_path(to));
}

/* Whoever started them: a running daemon holds the lock of its store. */
static bool is_running(const struct site_links *links) {
    bool running = false;
    for (unsigned i = 0; i < links->daemons_count && !running; i++) {
        char path[96];
        snprintf(path, sizeof path, "%s/store.db.lock", links->daemons[i].name);
        int fd = links->daemons[i].core ? open(path, O_RDWR | O_CLOEXEC) : -1;
        running = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0;
        if (fd >= 0)
            close(fd);
    }
    return running;
}

/* ---- backup ---- */

struct backup {
    const struct site_links *links;
    const char *folder;
    json_t *files;
    bool with_keys, running;
    int64_t at;     /* epoch ms, of the barrier */
    unsigned asked; /* so many of links' daemons were asked to lie still */
};

static bool tell(const struct site_daemon *daemon, const char *action) {
    unsigned status = 200;
    if (daemon->core)
        json_decref(ask_control(daemon->name, action, "", &status));
    return status == 200;
}

/* Returns the first that does not say 200. None is asked behind it: others would lie still for nothing. */
static const char *stop_all(struct backup *backup) {
    while (backup->asked < backup->links->daemons_count) {
        const struct site_daemon *daemon = &backup->links->daemons[backup->asked++];
        if (!tell(daemon, "barrier") || interrupted)
            return daemon->name;
    }
    return NULL;
}

/* All that were asked to lie still, whatever one of them says. Returns the first that does not say 200. */
static const char *tell_asked(const struct backup *backup, const char *action) {
    const char *refuser = NULL;
    for (unsigned i = 0; i < backup->asked; i++)
        if (!tell(&backup->links->daemons[i], action) && !refuser)
            refuser = backup->links->daemons[i].name;
    return refuser;
}

static bool write_manifest(const struct backup *backup) {
    char path[PATH_BYTES];
    json_t *manifest =
        json_pack("{s:i,s:I,s:O}", "format", FORMAT, "at", (json_int_t)backup->at, "files", backup->files);
    snprintf(path, sizeof path, "%s/manifest.json", backup->folder);
    bool written = json_dump_file(manifest, path, JSON_INDENT(1)) == 0 ||
                   (ctl_fail("%s cannot be written: %s", path, strerror(errno)), false);
    json_decref(manifest);
    return written && sync_path(path) && sync_path(backup->folder);
}

static bool copy_stores(const struct backup *backup, enum part part) {
    bool sound = make_folder(backup->folder);
    for (unsigned i = 0; sound && i < backup->links->daemons_count; i++) {
        const struct site_daemon *daemon = &backup->links->daemons[i];
        char target[PATH_BYTES];
        snprintf(target, sizeof target, "%s/%s", backup->folder, daemon->name);
        sound = !daemon->core || copy_folder(daemon->name, target, daemon->name, backup->files, part,
                                     part == LOGS ? 0 : FOLDERS_DEEP);
    }
    return sound;
}

static bool copy_keys(const struct backup *backup) {
    char target[PATH_BYTES];
    snprintf(target, sizeof target, "%s/keys", backup->folder);
    return copy_folder("keys", target, "keys", backup->files, ALL, 0);
}

/* While the site lies still, so without waiting for the disk. Longer, and some have worked on while others
 * were copied: of no one moment. */
static bool copy_logs(struct backup *backup) {
    int64_t begun = clock_monotonic_ms(&clock_real);
    backup->at = clock_wall_ms(&clock_real);
    const char *refuser = backup->running ? stop_all(backup) : NULL;
    if (interrupted)
        return false;
    if (refuser)
        return ctl_fail("%s does not answer: a snapshot needs all daemons, or none", refuser), false;
    if (!copy_stores(backup, LOGS))
        return false;
    if (backup->running && clock_monotonic_ms(&clock_real) - begun > ENGINE_BARRIER_MS)
        return ctl_fail(
                   "copying the logs took longer than the %d s for which the site lies still: this is no "
                   "snapshot. Copy to a faster disk, or end the site first",
                   ENGINE_BARRIER_MS / 1000),
               false;
    return true;
}

/* From here on the site works again. */
static bool go_on(const struct backup *backup, const char *action) {
    const char *refuser = tell_asked(backup, action);
    if (!refuser || interrupted)
        return !refuser;
    ctl_fail(
        "%s has ended, or could not leave its store as it was, while that was copied (too much was written "
        "meanwhile, or the disk is short): this is no snapshot. Its log says more; try again when it is "
        "quieter",
        refuser);
    return false;
}

static bool sync_logs(const struct backup *backup) {
    const char *key;
    json_t *hash;
    json_object_foreach(backup->files, key, hash) {
        char path[PATH_BYTES];
        snprintf(path, sizeof path, "%s/%s", backup->folder, key);
        if (!sync_path(path))
            return false;
    }
    return true;
}

static bool copy_rest(const struct backup *backup) {
    copied_now = backup->running ? backup : NULL;
    told_at = clock_monotonic_ms(&clock_real);
    bool copied = sync_logs(backup) && copy_stores(backup, REST) && (!backup->with_keys || copy_keys(backup));
    copied_now = NULL;
    return copied;
}

static bool copy_site(struct backup *backup) {
    return copy_logs(backup) && go_on(backup, "copy") && copy_rest(backup);
}

static void interrupt(int number) {
    (void)number;
    interrupted = ask_given_up = 1;
}

/* A signal ends a question that is under way, too. What whoever started us has ignored stays ignored. */
static void heed_signals(void (*handler)(int)) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (signal(numbers[i], handler) == SIG_IGN)
            signal(numbers[i], SIG_IGN);
}

/* "resume" whatever has failed before: nobody waits for us any longer than they must. What is left then is
 * short, and no signal ends it half way. */
static bool make_snapshot(struct backup *backup) {
    heed_signals(interrupt);
    bool copied = copy_site(backup);
    heed_signals(SIG_IGN);
    ask_given_up = 0;
    if (!copied || interrupted) {
        tell_asked(backup, "resume");
        if (interrupted)
            ctl_fail("interrupted: what was copied to %s is no snapshot", backup->folder);
        return false;
    }
    if (!go_on(backup, "resume"))
        return false;
    if (!backup->running && is_running(backup->links))
        return ctl_fail("the site was started while it was copied: this is no snapshot"), false;
    return write_manifest(backup);
}

/* Until the process ends. Two at a time would end each other's barrier. */
static bool is_only_one(void) {
    int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static bool absolute(const char *path, char out[PATH_ROOM]) {
    char here[PATH_ROOM];
    if (path[0] == '/' || !getcwd(here, sizeof here))
        return snprintf(out, PATH_ROOM, "%s", path) < PATH_ROOM;
    return snprintf(out, PATH_ROOM, "%.500s/%.500s", here, path) < PATH_ROOM;
}

static int back_up(struct ctl *ctl, const struct site_links *links, const char *folder) {
    char partial[PATH_BYTES];
    snprintf(partial, sizeof partial, "%s.partial", folder);
    if (access(folder, F_OK) == 0)
        return ctl_fail("%s is there already", folder);
    if (access(partial, F_OK) == 0)
        return ctl_fail("%s is what a backup that failed has left: remove it first", partial);
    if (sodium_init() < 0 || !ctl_enter_data(ctl))
        return 1;
    if (!is_only_one())
        return ctl_fail("another backup of this site is under way");
    struct backup backup = {links, partial, json_object(), ctl->with_keys, is_running(links), 0, 0};
    bool sound = make_snapshot(&backup);
    json_decref(backup.files);
    if (!sound)
        return 1;
    if (rename(partial, folder) != 0)
        return ctl_fail("%s cannot be named %s: %s", partial, folder, strerror(errno));
    printf("%s\n", folder);
    if (!ctl->with_keys)
        printf("The keys are not in it: keep DATA/keys elsewhere, without them it cannot be read.\n");
    return 0;
}

int ctl_backup(struct ctl *ctl, int argc, char **argv) {
    char folder[PATH_ROOM];
    struct site_links *links = ctl_links(ctl);
    int status = argc == 2 && links && absolute(argv[1], folder) ? back_up(ctl, links, folder)
                                                                 : ctl_fail("backup: into which folder?");
    site_links_free(&links);
    return status;
}

/* ---- restore ---- */

static json_t *read_manifest(const char *folder) {
    char path[PATH_BYTES];
    json_error_t reason;
    snprintf(path, sizeof path, "%s/manifest.json", folder);
    json_t *manifest = json_load_file(path, JSON_REJECT_DUPLICATES, &reason);
    if (!manifest || json_integer_value(json_object_get(manifest, "format")) != FORMAT ||
        !json_is_object(json_object_get(manifest, "files"))) {
        ctl_fail("%s: no snapshot of this program", path);
        json_decref(manifest);
        return NULL;
    }
    return manifest;
}

static bool is_complete(const struct site_links *links, const json_t *files) {
    for (unsigned i = 0; i < links->daemons_count; i++) {
        char key[64];
        snprintf(key, sizeof key, "%s/store.db", links->daemons[i].name);
        if (links->daemons[i].core && !json_object_get(files, key))
            return ctl_fail("the snapshot has no store of %s: nothing was restored", links->daemons[i].name),
                   false;
    }
    return true;
}

static bool verify(const char *folder, json_t *files) {
    const char *key;
    json_t *value;
    json_object_foreach(files, key, value) {
        char path[PATH_BYTES], hex[65];
        snprintf(path, sizeof path, "%s/%s", folder, key);
        bool named = json_is_string(value) && !strstr(key, "..");
        if (named && !copy_file(path, NULL, false, hex))
            return false;
        if (!named || strcmp(hex, json_string_value(value)) != 0)
            return ctl_fail("%s is damaged: nothing was restored", path), false;
    }
    return true;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *place) {
    (void)info, (void)type, (void)place;
    return remove(path);
}

/* What a restore that failed has left: SQLite would take an old log in it for that of the new store. */
static bool clear_restoring(void) {
    return nftw("restoring", remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT ||
           (ctl_fail("restoring cannot be emptied: %s", strerror(errno)), false);
}

static int sync_folder(const char *path, const struct stat *info, int type, struct FTW *place) {
    (void)info, (void)place;
    return type != FTW_D || sync_path(path) ? 0 : -1;
}

static bool make_parents(char *path) {
    bool made = true;
    for (char *slash = strchr(path, '/'); made && slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        made = make_folder(path);
        *slash = '/';
    }
    return made;
}

/* What the manifest names of folder `name` of the snapshot, to `into` (relative). Other files in it were not
 * verified: a log that somebody left there would be taken for that of the store. */
static bool copy_back(const char *folder, json_t *files, const char *name, const char *into) {
    size_t size = strlen(name);
    const char *key;
    json_t *hash;
    json_object_foreach(files, key, hash) {
        char source[PATH_BYTES], target[PATH_BYTES], hex[65];
        if (strncmp(key, name, size) != 0 || key[size] != '/')
            continue;
        snprintf(source, sizeof source, "%s/%s", folder, key);
        snprintf(target, sizeof target, "%s%s", into, key + size);
        if (!make_parents(target) || !copy_file(source, target, true, hex))
            return false;
        if (strcmp(hex, json_string_value(hash)) != 0)
            return ctl_fail("%s changes while it is read: nothing was restored", source), false;
    }
    return nftw(into, sync_folder, FOLDERS_OPEN, FTW_PHYS) == 0;
}

/* Of each daemon of `links`, by its number there. */
struct names {
    const struct site_links *links;
    uint8_t before[ASK_MOST][LINK_INCARNATION]; /* in the snapshot */
    int64_t heads[ASK_MOST][LANES];             /* in the snapshot: how far its journal goes */
    uint8_t incarnation[ASK_MOST][LINK_INCARNATION];
};

static sqlite3 *open_restored(const char *name) {
    char path[PATH_BYTES];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "restoring/%s/store.db", name);
    sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL); /* a failure is that of the first statement */
    return db;
}

/* Closes it; false with the sentence. */
static bool close_restored(sqlite3 *db, const char *name, bool sound) {
    if (!sound)
        ctl_fail("the store of %s cannot be restored: %s", name, sqlite3_errmsg(db));
    sqlite3_close(db);
    return sound;
}

/* position = lane * 2^60 + sequence (common/sql/0001_core.sql). */
static bool read_heads(struct names *names, unsigned self) {
    static const char sql[] =
        "SELECT value, (SELECT max(position) FROM journal WHERE position < 1 << 60),"
        " (SELECT max(position) FROM journal WHERE position >= 1 << 60) FROM meta WHERE key='incarnation'";
    const char *name = names->links->daemons[self].name;
    sqlite3 *db = open_restored(name);
    sqlite3_stmt *statement = NULL;
    bool sound = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
                 sqlite3_step(statement) == SQLITE_ROW &&
                 sqlite3_column_bytes(statement, 0) == LINK_INCARNATION;
    if (sound)
        memcpy(names->before[self], sqlite3_column_blob(statement, 0), LINK_INCARNATION);
    for (int lane = 0; sound && lane < LANES; lane++)
        names->heads[self][lane] = sqlite3_column_int64(statement, lane + 1) & ((INT64_C(1) << 60) - 1);
    sqlite3_finalize(statement);
    return close_restored(db, name, sound);
}

/* Of one row of `cursor`. A reader that had lost a journal already stays cut from it: what it has read is of
 * another one, and no position in this one. */
static bool is_sound_cursor(const struct names *names, const char *reader, sqlite3_stmt *cursor) {
    const char *journal = (const char *)sqlite3_column_text(cursor, 0);
    int64_t lane = sqlite3_column_int64(cursor, 1), after = sqlite3_column_int64(cursor, 3);
    const struct site_daemon *source = site_links_find(names->links, journal);
    ptrdiff_t number = source ? source - names->links->daemons : ASK_MOST;
    if (number >= ASK_MOST || !source->core)
        return true;
    if (sqlite3_column_bytes(cursor, 2) != LINK_INCARNATION ||
        memcmp(sqlite3_column_blob(cursor, 2), names->before[number], LINK_INCARNATION) != 0) {
        printf("%s had lost the journal of %s before the backup: it stays cut from it\n", reader, journal);
        return true;
    }
    int64_t head = lane >= 0 && lane < LANES ? names->heads[number][lane] : 0;
    if (after <= head)
        return true;
    ctl_fail("%s has read the journal of %s up to %lld, which in this snapshot ends at %lld: they are not of "
             "one moment, nothing was restored",
        reader, journal, (long long)after, (long long)head);
    return false;
}

static bool are_sound_cursors(const struct names *names, unsigned self) {
    const char *name = names->links->daemons[self].name;
    sqlite3 *db = open_restored(name);
    sqlite3_stmt *statement = NULL;
    bool sound = true;
    int step =
        sqlite3_prepare_v2(db, "SELECT journal, lane, incarnation, after FROM cursor", -1, &statement, NULL);
    while (sound && (step == SQLITE_OK || step == SQLITE_ROW)) {
        step = sqlite3_step(statement);
        sound = step != SQLITE_ROW || is_sound_cursor(names, name, statement);
    }
    sqlite3_finalize(statement);
    return close_restored(db, name, !sound || step == SQLITE_DONE) && sound;
}

/* ?1 blob, ?2 text, ?3 before; NULL: it has none. */
static bool run_sql(
    sqlite3 *db, const char *sql, const void *blob, size_t size, const char *text, const uint8_t *before) {
    sqlite3_stmt *statement = NULL;
    bool sound = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK;
    if (sound)
        sqlite3_bind_blob(statement, 1, blob, (int)size, SQLITE_STATIC);
    if (sound && text)
        sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
    if (sound && before)
        sqlite3_bind_blob(statement, 3, before, LINK_INCARNATION, SQLITE_STATIC);
    sound = sound && sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_finalize(statement);
    return sound;
}

/* The old name is kept as the place where the journal forked. */
static bool rename_incarnations(const struct names *names, unsigned self) {
    static const int64_t held = 1;
    const char *name = names->links->daemons[self].name;
    sqlite3 *db = open_restored(name);
    bool sound = sqlite3_exec(db,
                     "PRAGMA synchronous=FULL; BEGIN IMMEDIATE;"
                     "INSERT OR REPLACE INTO meta SELECT 'forked', value FROM meta WHERE key='incarnation';",
                     NULL, NULL, NULL) == SQLITE_OK;
    sound = sound &&
            run_sql(db, "INSERT OR REPLACE INTO meta VALUES('incarnation', ?1)", names->incarnation[self],
                LINK_INCARNATION, NULL, NULL) &&
            run_sql(db, "INSERT OR REPLACE INTO meta VALUES('held', ?1)", &held, sizeof held, NULL, NULL);
    for (unsigned i = 0; sound && i < names->links->daemons_count && i < ASK_MOST; i++)
        sound = run_sql(db, "UPDATE cursor SET incarnation=?1 WHERE journal=?2 AND incarnation=?3",
            names->incarnation[i], LINK_INCARNATION, names->links->daemons[i].name, names->before[i]);
    sound =
        sound && sqlite3_exec(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) == SQLITE_OK;
    return close_restored(db, name, sound);
}

static int is_aside(const struct dirent *entry) {
    return strncmp(entry->d_name, ASIDE, strlen(ASIDE)) == 0;
}

/* What is to be replaced: in its place, or where an earlier restore has put it that did not come to its end
 * (power, a full disk): then the newest. */
static bool find_present(const char *name, char path[PATH_BYTES]) {
    struct dirent **asides;
    bool found = snprintf(path, PATH_BYTES, "%s", name) > 0 && access(path, F_OK) == 0;
    int count = found ? 0 : scandir(".", &asides, is_aside, versionsort);
    for (int i = count; i-- > 0;) {
        if (!found) {
            snprintf(path, PATH_BYTES, "%s/%s", asides[i]->d_name, name);
            found = access(path, F_OK) == 0;
        }
        free(asides[i]);
    }
    if (count > 0)
        free(asides);
    return found;
}

static struct stat owner; /* of what is replaced by what is walked */

static int give_one(const char *path, const struct stat *info, int type, struct FTW *place) {
    (void)info, (void)type, (void)place;
    return lchown(path, owner.st_uid, owner.st_gid);
}

/* On a server each daemon is a user of its own, and who restores is root: what comes belongs to whom it
 * belonged. */
static bool give_back(const char *name) {
    char present[PATH_BYTES], restored[PATH_BYTES];
    if (geteuid() != 0)
        return true;
    snprintf(restored, sizeof restored, "restoring/%s", name);
    if (!find_present(name, present) || stat(present, &owner) != 0) {
        printf(
            "%s had no folder here: if it runs as a user of its own, give it what came (chown -R)\n", name);
        return true;
    }
    return nftw(restored, give_one, FOLDERS_OPEN, FTW_PHYS) == 0 ||
           (ctl_fail("%s cannot be given to its owner: %s", restored, strerror(errno)), false);
}

static bool give_all_back(const struct site_links *links) {
    bool given = true;
    for (unsigned i = 0; given && i < links->daemons_count; i++)
        given = !links->daemons[i].core || give_back(links->daemons[i].name);
    return given;
}

struct ledger {
    struct keystore_cases *restored;
    unsigned count;
};

static bool erase_again(void *state, const struct id *case_id, int64_t destroyed_at) {
    struct ledger *ledger = state;
    ledger->count++;
    return keystore_cases_destroy(ledger->restored, case_id, destroyed_at) == KEYSTORE_CASES_DONE;
}

/* Whoever was erased after the backup stays erased. */
static bool replay_ledger(void) {
    static const char after[] = "restoring/casework/case_keys.db";
    char before[PATH_BYTES];
    struct error error = {0};
    struct keystore_cases *old = NULL;
    struct ledger ledger = {NULL, 0};
    if (access(after, F_OK) != 0)
        return true;
    if (!find_present("casework/case_keys.db", before)) {
        printf("no ledger of erasures is here: cases that were erased after the backup are readable again\n");
        return true;
    }
    bool sound = keystore_cases_open(before, NULL, &old, &error) &&
                 keystore_cases_open(after, NULL, &ledger.restored, &error);
    sound = sound && keystore_cases_destroyed(old, 0, erase_again, &ledger) == KEYSTORE_CASES_DONE &&
            keystore_cases_commit(ledger.restored) == KEYSTORE_CASES_DONE;
    if (!sound)
        ctl_fail("the erasure ledger cannot be replayed: %s", error.text);
    else if (ledger.count)
        printf("%u erased cases stay erased\n", ledger.count);
    if (ledger.restored)
        keystore_cases_close(&ledger.restored);
    if (old)
        keystore_cases_close(&old);
    return sound;
}

/* ---- the keys of what comes back ---- */

/* Not what is renewed as it likes: secrets of channels, keys of links. */
static bool seals(const char *key) {
    return strncmp(key, "keys/", 5) == 0 && (ends_with(key, ".key") || ends_with(key, ".pub"));
}

/* A new machine may have made keys of its own, and nothing that comes back could be read with them. */
static bool are_same_keys(json_t *files) {
    const char *key;
    json_t *hash;
    json_object_foreach(files, key, hash) {
        char hex[65];
        if (!seals(key))
            continue;
        if (!copy_file(key, NULL, false, hex))
            return false;
        if (strcmp(hex, json_string_value(hash)) != 0)
            return ctl_fail(
                       "DATA/%s is another key than that of the snapshot, and would not open what it holds: "
                       "nothing was restored. If DATA/keys has sealed nothing yet, move it away and restore "
                       "again, which brings the keys of the snapshot",
                       key),
                   false;
    }
    return true;
}

/* With the rights that `sigapctl keys` gives: the daemons of a server are other users. */
static bool bring_keys(const char *folder, json_t *files) {
    const char *key;
    json_t *hash;
    bool sound = copy_back(folder, files, "keys", "keys") && chmod("keys", 0750) == 0;
    json_object_foreach(files, key, hash) sound =
        sound && (!seals(key) || !ends_with(key, ".pub") || chmod(key, 0644) == 0);
    return sound;
}

static bool see_to_keys(const char *folder, json_t *files) {
    bool here = access("keys/site.key", F_OK) == 0, there = json_object_get(files, "keys/site.key");
    if (!here && !there)
        return ctl_fail("DATA/keys has no site.key, and the snapshot was made without keys"), false;
    return here ? are_same_keys(files) : bring_keys(folder, files);
}

/* A few, as one of them may be damaged. True where there is no case either. */
static bool opens_one(const struct seal_opener *opener, sqlite3_stmt *list) {
    unsigned count = 0;
    for (; sqlite3_step(list) == SQLITE_ROW; count++) {
        struct seal_case_key opened;
        struct id case_id;
        id_from_bytes(sqlite3_column_blob(list, 0), (size_t)sqlite3_column_bytes(list, 0), &case_id);
        enum seal_result result = seal_case_key_unwrap(
            opener, &case_id, sqlite3_column_blob(list, 1), (size_t)sqlite3_column_bytes(list, 1), &opened);
        seal_case_key_wipe(&opened);
        if (result == SEAL_OPENED)
            return true;
    }
    return count == 0;
}

/* The keys of a snapshot that was made without are known by what they open. */
static bool opens_what_comes(void) {
    static const char path[] = "restoring/casework/case_keys.db";
    static const char sql[] = "SELECT case_id, wrapped FROM case_keys WHERE wrapped IS NOT NULL LIMIT 16";
    struct error error = {0};
    struct keystore *keystore = NULL;
    sqlite3 *db = NULL;
    sqlite3_stmt *list = NULL;
    if (access(path, F_OK) != 0)
        return true;
    if (!keystore_load("keys", NULL, KEYSTORE_SECRET, &keystore, &error))
        return ctl_fail("%s: nothing was restored", error.text), false;
    struct seal_opener *opener = seal_opener_new(keystore_site_secret(keystore));
    bool opens = opener && sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
                 sqlite3_prepare_v2(db, sql, -1, &list, NULL) == SQLITE_OK && opens_one(opener, list);
    sqlite3_finalize(list);
    sqlite3_close(db);
    seal_opener_free(&opener);
    keystore_free(&keystore);
    return opens || (ctl_fail("DATA/keys/site.key opens no case of the snapshot, it is not the key of that "
                              "site: nothing was restored"),
                        false);
}

/* Builds the restored folders beside the present ones; nothing present is touched yet. */
static bool build(struct names *names, const char *folder, json_t *files) {
    const struct site_links *links = names->links;
    bool sound = clear_restoring();
    randombytes_buf(names->incarnation, sizeof names->incarnation);
    for (unsigned i = 0; sound && i < links->daemons_count && i < ASK_MOST; i++) {
        char into[PATH_BYTES];
        snprintf(into, sizeof into, "restoring/%s", links->daemons[i].name);
        sound = !links->daemons[i].core ||
                (copy_back(folder, files, links->daemons[i].name, into) && read_heads(names, i));
    }
    for (unsigned i = 0; sound && i < links->daemons_count && i < ASK_MOST; i++)
        sound = !links->daemons[i].core || are_sound_cursors(names, i);
    for (unsigned i = 0; sound && i < links->daemons_count && i < ASK_MOST; i++)
        sound = !links->daemons[i].core || rename_incarnations(names, i);
    return sound && replay_ledger() && opens_what_comes() && give_all_back(links);
}

static bool exchange(const struct site_links *links, const char *aside) {
    bool sound = make_folder(aside);
    for (unsigned i = 0; sound && i < links->daemons_count; i++) {
        const char *name = links->daemons[i].name;
        char from[PATH_BYTES], away[PATH_BYTES];
        if (!links->daemons[i].core)
            continue;
        snprintf(from, sizeof from, "restoring/%s", name);
        snprintf(away, sizeof away, "%s/%s", aside, name);
        sound = (rename(name, away) == 0 || errno == ENOENT) && rename(from, name) == 0;
        if (!sound)
            ctl_fail(
                "%s cannot be put in its place: %s. What was there lies in %s, what is to come in restoring",
                name, strerror(errno), aside);
    }
    if (sound && rmdir("restoring") != 0)
        sound = (ctl_fail("restoring cannot be removed: %s", strerror(errno)), false);
    return sound && sync_path(".");
}

/* All of the snapshot, verified, or nothing. */
static bool put_back(const struct site_links *links, const char *folder, json_t *files, const char *aside) {
    struct names names = {.links = links};
    if (!is_complete(links, files) || !verify(folder, files) || !see_to_keys(folder, files))
        return false;
    if (build(&names, folder, files))
        return exchange(links, aside);
    clear_restoring();
    return false;
}

static int restore(struct ctl *ctl, const struct site_links *links, const char *folder) {
    char aside[64];
    mkdir(ctl->data_dir, 0750);
    if (sodium_init() < 0 || !ctl_enter_data(ctl))
        return 1;
    if (is_running(links))
        return ctl_fail("the site is running; end it first (sigapctl down)");
    snprintf(aside, sizeof aside, ASIDE "%lld", (long long)time(NULL));
    json_t *manifest = read_manifest(folder);
    bool sound = manifest && put_back(links, folder, json_object_get(manifest, "files"), aside);
    json_decref(manifest);
    if (!sound)
        return 1;
    printf("restored; what was there lies in %s/%s\nafter a look: start the site (sigapctl up, or systemctl "
           "start sigap.target), then sigapctl control all release\n",
        ctl->data_dir, aside);
    return 0;
}

int ctl_restore(struct ctl *ctl, int argc, char **argv) {
    char folder[PATH_ROOM];
    struct site_links *links = ctl_links(ctl);
    int status = argc == 2 && links && absolute(argv[1], folder) ? restore(ctl, links, folder)
                                                                 : ctl_fail("restore: from which folder?");
    site_links_free(&links);
    return status;
}
