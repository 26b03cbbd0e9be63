/* Crash loops. An input that ends the process (a crash in a handler, a library that aborts) would end it
 * again at the next start, and again. So after an abnormal end inputs run one a turn, each behind a mark that
 * is committed first; an input whose mark is found again at the next start has ended the process, and is
 * parked when that happened too often: twice if the process said it crashed, five times if it just vanished
 * (somebody may be sending SIGKILL). A record is known again by its number, everything else by its content: a
 * sender whose request got no answer sends the same again. */
#include "common/engine_internal.h"

#include "common/log.h"
#include "common_sql.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENDS_CRASHED = 2, ENDS_VANISHED = 5 };

static bool meta_text(struct engine *engine, const char *key, char *out, size_t room) {
    struct statement *get = common_use(engine->store, COMMON_META_GET);
    bind_text(get, key);
    size_t size = 0;
    bool found = statement_step(get);
    if (found) {
        const void *bytes = column_blob(get, 0, &size);
        size = size < room - 1 ? size : room - 1;
        memcpy(out, bytes, size);
    }
    out[size] = 0;
    statement_end(get);
    return found;
}

static void meta_put(struct engine *engine, const char *key, const char *text) {
    struct statement *set = common_use(engine->store, COMMON_META_SET);
    bind_text(set, key);
    bind_blob(set, text, strlen(text));
    statement_run(set);
}

static void meta_drop(struct engine *engine, const char *key) {
    struct statement *drop = common_use(engine->store, COMMON_META_DELETE);
    bind_text(drop, key);
    statement_run(drop);
}

static char crash_path[512];

/* Only what is allowed in a signal handler. */
static void on_crash(int number) {
    int fd = open(crash_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    signal(number, SIG_DFL);
    raise(number);
}

void engine_mark_crashes(const char *path) {
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
    snprintf(crash_path, sizeof crash_path, "%s", path);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], on_crash);
}

/* The mark is "<ends> <key>". */
static void read_suspect(struct engine *engine, bool crashed) {
    char mark[128];
    if (!meta_text(engine, "attempting", mark, sizeof mark))
        return;
    char *key = strchr(mark, ' ');
    if (!key)
        return;
    unsigned ends = (unsigned)strtoul(mark, NULL, 10) + 1;
    snprintf(engine->guard.suspect, sizeof engine->guard.suspect, "%s", key + 1);
    engine->guard.suspect_ends = crashed && ends >= ENDS_CRASHED ? ENDS_VANISHED : ends;
}

static void put_running(struct engine *engine, unsigned most) {
    char text[12];
    snprintf(text, sizeof text, "%u", most);
    meta_put(engine, "running", text);
}

void guard_widen(struct engine *engine, bool idle) {
    bool full = engine->turn_inputs >= engine->turn_most && !engine->guard.cautious && !engine->singly;
    unsigned most = engine->turn_most;
    engine->turns_full |= full;
    if (full && most < TURN_INPUTS_MAX)
        most *= 2;
    else if (idle && !engine->turns_full && most > TURN_INPUTS_FIRST)
        most /= 2;
    if (idle)
        engine->turns_full = false;
    engine->turn_most_next = most;
    if (most != engine->turn_most)
        put_running(engine, most);
}

/* The mark says how many inputs a turn could have; twice that, as others may have come between them. */
void guard_open(struct engine *engine) {
    char running[12];
    engine->turn_most = engine->turn_most_next = TURN_INPUTS_FIRST;
    if (!meta_text(engine, "running", running, sizeof running))
        return;
    engine->guard.cautious = true;
    unsigned most = (unsigned)strtoul(running, NULL, 10);
    engine->guard.left = 2 * (most > TURN_INPUTS_FIRST ? most : TURN_INPUTS_FIRST);
    read_suspect(engine, crash_path[0] && access(crash_path, F_OK) == 0);
    log_line(LOG_WARN, "abnormal-end", "suspect=%s", log_value(engine->guard.suspect));
}

bool guard_mark(struct engine *engine) {
    if (!store_begin(engine->store))
        return false;
    put_running(engine, engine->turn_most);
    if (store_commit(engine->store) != STORE_OK)
        return false;
    if (crash_path[0])
        unlink(crash_path);
    return engine->guard.marked = true;
}

bool guard_before(struct engine *engine, const char *key) {
    struct guard *guard = &engine->guard;
    bool suspect = strcmp(key, guard->suspect) == 0;
    if (suspect && guard->suspect_ends >= ENDS_VANISHED)
        return true;
    char mark[128];
    snprintf(mark, sizeof mark, "%u %s", suspect ? guard->suspect_ends : 0, key);
    meta_put(engine, "attempting", mark);
    return false;
}

void guard_after(struct engine *engine) {
    meta_drop(engine, "attempting");
    guard_undone(engine);
    if (engine->guard.left && --engine->guard.left == 0)
        engine->guard.cautious = false;
}

void guard_forgive(struct engine *engine) {
    engine->guard.suspect[0] = 0;
}

void guard_undone(struct engine *engine) {
    engine->guard.asked = engine->guard.guilty = false;
}

void guard_close(struct engine *engine) {
    if (!engine->guard.marked)
        return;
    store_forgive(engine->store);
    if (!store_begin(engine->store))
        return;
    meta_drop(engine, "running");
    meta_drop(engine, "attempting");
    store_commit(engine->store);
}
