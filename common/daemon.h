/* A daemon is a const struct: its name, its rows and its handlers. Its main is
 *
 *     int main(int argc, char **argv) { return daemon_main(argc, argv, &triage_daemon); }
 *
 * Everything else (loop, journal, links, turn, crash guard, status) is the same for all of them. */
#pragma once

#include "common/error.h"
#include "common/metrics.h"
#include "common/turn.h"

struct daemon_setup {
    const char *site_dir; /* configuration set */
    const char *data_dir; /* DATA; the daemon's own folder is DATA/<name> */
    const struct clock *clock;
    const struct random *random;
    bool simulated; /* no sockets, files or threads of one's own */
};

/* What the daemon may use to make outbound calls: a libuv loop and a way to hand in results. */
struct uv_loop_s;
struct daemon_loop {
    struct uv_loop_s *uv;
    /* The result of an effect becomes an input of a later turn. result->bytes goes over to the engine. False:
     * there is no room for it, and nobody will hear of it. */
    bool (*finished)(struct daemon_loop *loop, const struct effect_result *result);
    /* Asks another daemon for a view (frame: a packed View with this number, unique in the process). The
     * packed ViewAnswer, or EFFECT_UNKNOWN after 2 s without one, comes back through `finished` with the
     * effect's id and kind. */
    void (*ask)(struct daemon_loop *loop, const char *daemon, const struct effect *effect, uint64_t number,
        const void *frame, size_t size);
    const char *data_dir;
};

/* A word of the daemon's program that needs no running site: `sigap-triage --site DIR explain`, also reached
 * as `sigapctl triage explain`. argv[0] is the word. Returns the exit status. */
struct daemon_tool {
    const char *word, *purpose;
    int (*run)(int argc, char **argv, const char *site_dir);
};

struct daemon {
    const char *name;
    const char *purpose;               /* one sentence for --help */
    const struct store_schema *schema; /* NULL: only what every daemon keeps */
    size_t reserve_bytes;              /* disk kept free for what may be urgent; 0: none */

    /* Every handler from here on may be NULL: the daemon has no such input, or nothing to do there. on_event
     * is wanted as soon as the site's links.yaml lets it read a journal, on_timer as soon as it sets one. */

    /* Reads the site, makes the daemon's state. false with a sentence: the daemon does not start. */
    bool (*open)(const struct daemon_setup *setup, void **state, struct error *error);
    void (*close)(void **state);

    /* The first input after a start: rows left half-way by a crash (sends in flight) are set right here.
     * Optional. */
    enum verdict (*on_start)(struct turn *turn);
    /* A record of a journal this daemon reads. A switch over body_case without default: a new body nobody
     * handles does not compile. */
    enum verdict (*on_event)(struct turn *turn, const Sigap__Event *event);
    /* The bodies it wants to hear, ends with 0; NULL: all. Others are read over without being unpacked: a
     * record is stored once and read by many, and most readers want few kinds. */
    const Sigap__Event__BodyCase *hears;
    enum verdict (*on_timer)(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at);
    /* HTTP. Optional. */
    enum verdict (*on_request)(struct turn *turn, const struct request *request, struct answer *answer);
    /* When no turn can be made for it (overload, disk full): the answer at once. Optional: a plain 503. */
    void (*refuse_request)(
        void *state, struct arena *arena, const struct request *request, struct answer *answer);
    /* May be urgent: is taken even when overloaded, on the reserve when the disk is full. Optional. */
    bool (*request_is_urgent)(void *state, const struct request *request);
    /* Largest body of a request; more is answered 413 while it is read. Optional: 3 MB, which is
     * also the most it can answer (http_server.h, body_max). */
    size_t (*body_limit)(void *state, const char *method, const char *path);
    /* ZeroMQ door. Optional: the socket is only opened when there is a handler. A text with an embedded NUL
     * does not get here. */
    enum verdict (*on_submit)(
        struct turn *turn, const Sigap__SubmitReport *submit, Sigap__SubmitAnswer *answer);
    /* As request_is_urgent and refuse_request: status 503 and a wait are filled, the sentence is the
     * daemon's. Optional. */
    bool (*submit_is_urgent)(void *state, const Sigap__SubmitReport *submit);
    void (*refuse_submit)(void *state, struct arena *arena, Sigap__SubmitRefused *refused);
    /* Reading. Sets answer->status and answer->json (arena). Rights of view->actor are applied in the query.
     */
    enum verdict (*on_view)(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);
    /* Results of effects. Optional. */
    enum verdict (*on_effect)(struct turn *turn, const struct effect_result *result);

    /* For a daemon with a second store (casework's case keys): made durable just before the store's commit.
     * Anything but STORE_OK rolls the turn back; after STORE_FATAL and STORE_UNKNOWN the process ends, as it
     * does for the first store. rolled_back: what the turn had begun there is undone. Optional. */
    enum store_health (*before_commit)(void *state);
    void (*rolled_back)(void *state);
    /* A second store's log is held from true to false: nothing moves it into its file, as the engine sees to
     * it for the first store while a backup copies both. Needed with before_commit. */
    void (*hold_log)(void *state, bool held);
    /* When nothing is to do, at least every few seconds: time for what is no turn (wiping a session key).
     * Optional. */
    void (*idle)(void *state, int64_t monotonic_ms);

    /* Outbound calls, after the commit; not called in a simulation (the simulator answers by itself).
     * Optional. */
    bool (*connect)(void *state, struct daemon_loop *loop, struct error *error);
    void (*perform)(void *state, const struct effect *effect);
    void (*disconnect)(void *state);
    /* Is the site sound, as far as this daemon reads it? false with file, line and a sentence. Optional. */
    bool (*check)(const char *site_dir, struct error *error);
    const char *const *lists; /* names of its own ListViews, for who asks for another; ends with NULL */
    const struct daemon_tool *tools; /* ends with an empty word; NULL: none */
    /* Gauges and counters of one's own, beside those of the engine: part of the status view, shown by
     * `sigapctl metrics`. Optional. */
    void (*metrics)(void *state, struct metrics *metrics);
};

struct keystore;
/* The keys of DATA/keys that this daemon may hold (enum keystore_part); in a simulation without key files
 * keys that all daemons of the process share. False with a sentence. The caller frees *out (keystore_free).
 */
bool daemon_keys(const struct daemon_setup *setup, const char *daemon, unsigned parts, struct keystore **out,
    struct error *error);

/* Runs the daemon until SIGTERM or SIGINT, in the folder --data: paths in there are short and relative,
 * because the name of a local socket has room for 107 bytes only. `--check` looks at the site and ends.
 * Returns the exit status: 0, 1 with a sentence on stderr, 2 for wrong options. */
int daemon_main(int argc, char **argv, const struct daemon *daemon);
