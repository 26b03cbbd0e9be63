/* What engine.c, gather.c, turn.c, crowd.c, guard.c and status.c share. Nobody else includes this. */
#pragma once

#include "common/engine.h"
#include "common/held.h"

enum {
    /* Waiting for a turn: about one turn of them, 70 ms at 3,500 reports a second. Who would wait longer is
     * told so at once. Fewer than the HTTP server has connections, or nobody would ever be told. */
    REQUESTS_MAX = 256,
    REQUESTS_URGENT_EXTRA = 256, /* more room, for what may be urgent */
    REQUESTS_CROWD = 64,         /* from here on what may be urgent goes first */
    URGENT_TRIES = 8, /* on the reserve, one behind the other: then even an urgent request is told 503 */
    VIEWS_MAX = 256,
    SUBMITS_MAX = 512,
    SUBMITS_URGENT_EXTRA = 128, /* more room, for what may be urgent */
    RESULTS_FIRST = 64,         /* room at the beginning; doubled when more come */
    RESULTS_MAX = 65536,
    TURN_INPUTS_FIRST = 256,     /* one fsync for so many, */
    TURN_INPUTS_MAX = 1024,      /* and for up to so many after turns that were full, see guard_widen() */
    TURN_MS = 40,                /* ... or for what so long a time allows */
    TURN_RECORD_BYTES = 1 << 20, /* ... or so many bytes appended */
    TURN_KEPT_BYTES = 8 << 20,   /* ... or kept for after the commit: room that a daemon has had it keeps */
    TURN_ARENA_BYTES = 48 << 20,
    CAUSES_MAX = HELD_CAUSES_MAX,
    CAREFUL_TURNS = 4, /* with savepoints, after a turn had to undo one of its inputs */
    BLOCKED_MS = 250,  /* so long a record waits at the head of its lane for its cause, then in the table */
};

/* A request that waits for its turn. */
struct waiting {
    struct request request;
    int64_t since; /* monotonic */
    bool looked;   /* at whether it may be urgent */
};

/* What came in over a socket and waits for its turn. */
struct arrival {
    void *frame;
    size_t size;
    void *origin;
};

struct queue {
    struct arrival *items;
    unsigned count, taken, max;
};

enum release_kind { RELEASE_ANSWER, RELEASE_SUBMIT, RELEASE_VIEW, RELEASE_EFFECT, RELEASE_CALL };

struct release {
    enum release_kind kind;
    void *origin;
    struct answer answer;
    const void *frame;
    size_t frame_size;
    struct effect effect;
    void (*function)(void *state, const void *argument);
};

enum { GUARD_KEY_MAX = 96 };

/* The durable mark of an input that may have ended the process before, see guard.c. */
struct guard {
    bool marked;   /* the running mark is ours: a clean end takes it away */
    bool cautious; /* inputs run one a turn, each behind a mark */
    unsigned left; /* cautious inputs still to come */
    bool asked;    /* ... the input at hand has its mark, or is guilty: it is parked without being tried */
    bool guilty;
    char suspect[GUARD_KEY_MAX]; /* key of the input at work when the process ended; "" none */
    unsigned suspect_ends;
};

enum { TIMERS_SET = 8 };

struct timer_row {
    int64_t due_at; /* 0: none */
    struct id object;
    uint32_t kind;
    bool critical;
};

/* What one kind of input may take of a turn, see SHARES in gather.c. */
struct share {
    uint64_t first, inputs; /* turn_inputs: when it began, and when it ends */
    size_t record_bytes, kept_bytes;
    int64_t until; /* monotonic */
};

struct engine {
    const struct daemon *daemon;
    struct daemon_setup setup;
    struct engine_ports ports;
    int64_t keep_ms;
    struct store *store;
    struct arena *arena; /* of the input at hand */
    struct arena *kept;  /* of the turn: what leaves after the commit */
    void *state;
    struct journal *journal;
    struct held *held;
    struct inbox *links[ENGINE_LINKS_MAX];
    unsigned link_count;
    struct consumer {
        char name[LINK_NAME_MAX];
        bool core, known;
        uint64_t done[LANES];
        int64_t seen_at; /* wall */
    } consumers[ENGINE_CONSUMERS_MAX];
    unsigned consumer_count;

    struct waiting requests[REQUESTS_MAX + REQUESTS_URGENT_EXTRA];
    unsigned request_count, request_taken;
    unsigned request_urgent; /* so many of the first are known to be urgent */
    struct queue views, submits;
    struct effect_result *results;
    unsigned result_count, result_room, result_taken;

    struct turn turn;
    struct held_cause causes[CAUSES_MAX];
    unsigned cause_count;
    uint32_t ordinal;
    const Sigap__Event *input; /* the record at hand, NULL for other inputs */
    char park_reason[256];
    struct release *releases;
    size_t release_count, release_room;
    uint64_t turn_inputs;
    int64_t turn_began;                 /* monotonic */
    struct share share;                 /* of the kind at hand */
    unsigned turn_most, turn_most_next; /* inputs of a turn; of those after the commit */
    bool turns_full;                    /* one since the last housekeeping */

    int64_t now, now_stored, wall_seen, monotonic_seen;
    uint64_t boot;         /* of the machine, see clock.h */
    int64_t steady_at;     /* monotonic: until then only critical timers fire, the clock has jumped */
    int64_t doubted_until; /* monotonic: until then the wall clock, which jumped ahead, is not believed */
    int64_t next_timer;
    bool next_is_critical; /* ... of the critical ones, as the clock was not steady then */
    bool timers_changed, started, starting, effects_held;
    struct timer_row timers_set[TIMERS_SET]; /* in this turn, as far as remembered; see turn_timer_set */
    bool start_again;      /* on_start wants to be called in more turns: who asks is told so meanwhile */
    unsigned starved;      /* turns in a row of single ones that were rolled back for want of memory */
    unsigned urgent_tries; /* turns in a row that failed with an urgent request waiting */
    unsigned singly;       /* turns still to make with one input each, after one of many was rolled back */
    unsigned careful;      /* turns still to make with savepoints, see CAREFUL_TURNS */
    int64_t blocked_since[ENGINE_LINKS_MAX][LANES]; /* monotonic; a head record waits for its cause */
    bool quiet[ENGINE_LINKS_MAX][LANES];            /* its last batch was the last, and nothing in it heard */
    int64_t backoff_until, backoff_ms;              /* monotonic */
    char backoff_reason[256];                       /* of the last turn that was rolled back */
    int64_t passed_over_since;                      /* monotonic; 0: all cursors are in their rows */
    int64_t paused_until;                           /* monotonic: a barrier, nothing but views is worked on */
    int64_t log_held_until;                         /* monotonic; 0: it is not held, or no more */
    int64_t log_idle_bytes, log_held_bytes;
    bool tight;                      /* a turn was rolled back: only what may be urgent */
    bool disk_full;                  /* for want of space in a store */
    int64_t refill_at, housekeep_at; /* monotonic */
    struct guard guard;
    bool recheck_held; /* what waits is looked at before all else: some of it may be ready */
    bool retry, redo, overflowed, broken, recheck_blocked, deferred;
    void *request_origin;
    char complaint[384];
    uint64_t begun; /* turns, also those that were rolled back */
    uint64_t turns, inputs, rolled_back, housekept_turns;
};

int64_t engine_monotonic(const struct engine *engine);
bool engine_disk_is_low(const struct engine *engine);
struct release *engine_release(struct engine *engine, enum release_kind kind);
/* turn.c: a copy that outlives the input. False, and the turn will be made again, when there is no room. */
bool engine_keep_answer(struct engine *engine, const struct answer *answer, struct answer *out);
/* What turn_timer_set remembers is not true any more: a new turn, or an input was undone. */
void engine_forget_timers_set(struct engine *engine);
void engine_break(struct engine *engine, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For a backup, which copies the store's file while turns go on: what is in the log stays out of the file. */
void engine_hold_log(struct engine *engine);
void engine_let_log_go(struct engine *engine);
/* Without a break since engine_hold_log(). It ends by itself after ENGINE_HOLD_MS, or when the log has become
 * too long or the disk too full: work comes before the backup, which learns of it when it asks. */
bool engine_log_is_held(struct engine *engine);

/* gather.c: NULL when it cannot be read; then *refused says why. */
Sigap__SubmitReport *engine_read_submit(
    struct engine *engine, const struct arrival *arrival, Sigap__SubmitRefused *refused);

/* gather.c: works on what has arrived, and first on what waits and may be ready, inside the open transaction.
 * False: the turn must be rolled back. */
bool engine_gather(struct engine *engine);
/* Does this daemon want to hear one of these records? */
bool engine_hears_any(const struct engine *engine, const uint8_t *records, size_t size);
/* With a savepoint before each input, so that it can be undone alone. */
bool engine_is_careful(const struct engine *engine);
/* Outside a turn: reads over what this daemon does not hear, without a transaction. */
void engine_pass_over(struct engine *engine);
bool engine_clock_is_steady(const struct engine *engine);
bool engine_clock_is_believed(const struct engine *engine);
bool engine_is_ahead_of_clock(const struct engine *engine);
/* From the next turn on: an operator says that it is right. */
void engine_believe_clock(struct engine *engine);
Sigap__Event *engine_unpack(struct engine *engine, const struct record *record);

/* crowd.c, which also has engine_request() and engine_refuse() */
void crowd_drop_taken(struct engine *engine);
/* The disk is full, or memory is short: what is not urgent is refused at once with 503, what may be urgent
 * stays and is tried again on the reserve. */
void crowd_refuse_calm(struct engine *engine);
/* After a turn: calm requests hear 503 instead of waiting for ever behind urgent ones that fill every turn.
 */
void crowd_refuse_weary(struct engine *engine);

/* guard.c */
/* Only looks: a start that is refused after all (a bad site, a port that is taken) changes nothing. */
void guard_open(struct engine *engine);
/* Before the first turn: from now on an end without guard_close() was abnormal. False: try again later. */
bool guard_mark(struct engine *engine);
/* Before an input in a cautious turn: sets the mark, in the open transaction. True: the input has ended the
 * process too often and is to be parked without being tried. */
bool guard_before(struct engine *engine, const char *key);
void guard_after(struct engine *engine);  /* in the input's own transaction */
void guard_undone(struct engine *engine); /* the turn was rolled back */
/* An operator lets what was parked try again. */
void guard_forgive(struct engine *engine);
/* In the turn's transaction: turns that are full become larger, and smaller again when none was (idle). What
 * a turn may take is in the store before one takes it: so many inputs, twice, are cautious after an end. */
void guard_widen(struct engine *engine, bool idle);
void guard_close(struct engine *engine);

/* status.c: views that every daemon answers the same way. False: the daemon's own. */
bool status_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);
/* No turn can be made: who asks how the daemon is, is told that. All other views go on waiting. */
void status_answer_at_once(struct engine *engine);
