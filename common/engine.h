/* A daemon without its sockets: the turn. Inputs are handed in, engine_turn() makes one turn of what is
 * there, and what the turn releases leaves through the ports, after the commit. The same engine runs under
 * libuv (daemon.c) and, many of them in one process, under the simulator. */
#pragma once

#include "common/daemon.h"
#include "common/inbox.h"
#include "common/journal.h"

enum {
    ENGINE_LINKS_MAX = 16,
    ENGINE_CONSUMERS_MAX = 16,
    ENGINE_BARRIER_MS = 10000, /* a daemon lies still so long for a snapshot, and goes on by itself */
    ENGINE_HOLD_MS = 600000,   /* ... and holds its log so long, see engine_log_is_held() */
};

/* Called only after a commit. origin is what came with the input. */
struct engine_ports {
    void *context;
    void (*grown)(void *context); /* the journal has new records */
    void (*answered)(void *context, void *origin, const struct answer *answer);
    void (*submit_answered)(void *context, void *origin, const void *frame, size_t size);
    void (*view_answered)(void *context, void *origin, const void *frame, size_t size);
    void (*effect)(void *context, const struct effect *effect);
};

struct engine_link {
    const char *journal;
    bool from_now;
};

struct engine_consumer {
    const char *name;
    bool core; /* holds back trimming */
};

struct engine_options {
    const struct daemon *daemon;
    struct daemon_setup setup;
    struct store_options store;
    struct engine_ports ports;
    const struct engine_link *links;
    unsigned link_count;
    const struct engine_consumer *consumers;
    unsigned consumer_count;
    int64_t keep_ms; /* journal rows younger than this are never trimmed: longer than the oldest backup */
    int64_t log_idle_bytes; /* when idle a longer log is moved into the store's file; 0: 4 MiB */
    int64_t log_held_bytes; /* a longer log is held for no backup; 0: 1 GiB */
};

enum engine_outcome {
    ENGINE_IDLE,    /* nothing to do */
    ENGINE_WORKED,  /* a turn was committed; there may be more */
    ENGINE_BACKOFF, /* rolled back; try again at engine_wake_at() */
    ENGINE_BROKEN,  /* the process must end, see engine_complaint() */
};

/* NULL with a sentence. */
struct engine *engine_open(const struct engine_options *options, struct error *error);
void engine_close(struct engine **engine); /* a clean end: the running mark of engine_turn is taken away */

/* Inputs. Texts and bodies stay the caller's until they are answered. */
/* False: too many wait already; the caller refuses it at once (what may be urgent has room of its own). */
bool engine_request(struct engine *engine, const struct request *request);
bool engine_submit(struct engine *engine, const void *frame, size_t size, void *origin);
bool engine_view(struct engine *engine, const void *frame, size_t size, void *origin);
bool engine_effect_finished(struct engine *engine, const struct effect_result *result);
bool engine_frame(struct engine *engine, unsigned link, const struct link_frame *frame);

/* The next fetch to send on a link, and the answer to one that came in (false: nothing yet, wait). */
bool engine_fetch(struct engine *engine, unsigned link, enum lane lane, struct link_fetch *out);
bool engine_serve(struct engine *engine, const struct link_fetch *fetch, struct buffer *out);
/* Others are refused. */
bool engine_is_read_by(struct engine *engine, const char *consumer);
/* Its last batch reached the journal's head, nothing in it was for this daemon, and nothing here waits for a
 * cause: the next fetch need not follow at once. */
bool engine_link_is_quiet(const struct engine *engine, unsigned link, enum lane lane);

enum engine_outcome engine_turn(struct engine *engine);
/* How many inputs the last turn took. */
uint64_t engine_last_inputs(const struct engine *engine);
/* Wall time of the next timer or retry, INT64_MAX when there is none. */
int64_t engine_wake_at(struct engine *engine);
/* True when inputs wait that need no time to pass. */
bool engine_has_work(struct engine *engine);
/* When nothing is to do: a little of what can wait (checkpoint). */
void engine_idle(struct engine *engine);

/* Real processes: a crash (SIGSEGV, SIGABRT ...) leaves this file behind, so that the next start knows. */
void engine_mark_crashes(const char *path);

const char *engine_complaint(const struct engine *engine);
void *engine_state(struct engine *engine);
struct store *engine_store(struct engine *engine);
struct journal *engine_journal(struct engine *engine);
struct inbox *engine_inbox(struct engine *engine, unsigned link);
unsigned engine_link_count(const struct engine *engine);
/* The answer when no turn can be made for a request: overload, or a full disk. */
void engine_refuse(
    struct engine *engine, struct arena *arena, const struct request *request, struct answer *answer);
