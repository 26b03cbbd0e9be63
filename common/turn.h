/* One turn as a handler sees it. A handler is a function of its rows, the input, the clock and the random
 * source; it reads and writes rows and appends records, all inside the open transaction. It does no other
 * I/O: whatever shall happen outside is said here and leaves the daemon after the commit. */
#pragma once

#include "common/arena.h"
#include "common/clock.h"
#include "common/id.h"
#include "common/request.h"
#include "common/store.h"
#include "proto/event.pb-c.h"
#include "proto/submit.pb-c.h"
#include "proto/view.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

/* Possible P0 and P1 travel in the urgent lane end to end; it is gathered first and never throttled. */
enum lane { LANE_URGENT = 0, LANE_NORMAL = 1, LANES = 2 };

/* What a message or a row says; what is no lane is the normal one. */
static inline enum lane lane_read(uint32_t number) {
    return number == LANE_URGENT ? LANE_URGENT : LANE_NORMAL;
}

enum verdict {
    VERDICT_DONE,
    VERDICT_PARK,  /* this input alone is undone: see turn_park() */
    VERDICT_RETRY, /* the turn is rolled back and its source backs off: disk full, memory, busy */
};

/* Where an input came from. For inputs that are not records (requests, timers) journal is "" and sequence 0.
 */
struct source {
    const char *journal; /* name of the daemon that wrote it */
    enum lane lane;
    uint64_t sequence;
};

/* An outbound call: recorded by the daemon in its own rows before, its result an input after. */
struct effect {
    struct id id;     /* the daemon's own, comes back with the result */
    uint32_t kind;    /* the daemon's own */
    const void *what; /* a struct the daemon's `perform` understands, copied: no pointers into the arena */
    size_t what_size;
};

struct effect_result {
    struct id id;
    uint32_t kind;
    int outcome; /* the daemon's own; EFFECT_UNKNOWN when nobody can tell */
    int64_t retry_after_ms;
    char detail[128]; /* provider id or reason; never personal data */
    void *bytes;      /* an answer's body, malloc'd; freed by the engine after the input; NULL: none */
    size_t size;
};

enum { EFFECT_UNKNOWN = -1 };

struct engine;
struct json_writer;

struct turn {
    struct engine *engine;
    struct store *store;
    struct arena *arena;  /* wiped when the input is over: what leaves after the commit is copied */
    int64_t now;          /* epoch ms, read once a turn, never goes back */
    void *state;          /* what the daemon's `open` made */
    struct source source; /* of the input at hand */
    bool training;        /* of the input at hand; copied into what is appended */
    bool effects_held;    /* after a restore, until an operator releases them: start no outbound call */
};

/* An id for a new object. Derived from the record at hand, so that a replay makes the same; random for other
 * inputs. */
struct id turn_id(struct turn *turn);

/* Appends a record to this daemon's journal. Fills at, causes, and where empty trace, case_id and training
 * from the record at hand. The event is packed at once and may then be forgotten. */
void turn_append(struct turn *turn, enum lane lane, Sigap__Event *event);
/* The next record appended also waits, at its readers, for this record of our own journal (say, the opening
 * of a case in the normal lane before its change in the urgent one). */
void turn_cause(struct turn *turn, enum lane lane, uint64_t sequence);
/* The sequence the next record of this lane will get. */
uint64_t turn_next_sequence(const struct turn *turn, enum lane lane);

/* For on_start: what it did so far is committed, and it is called again before anything but views is looked
 * at. */
void turn_start_goes_on(struct turn *turn);

/* How many records of other journals this daemon has read, also those it does not hear: has anything
 * happened? */
uint64_t turn_records_read(const struct turn *turn);

/* Tells turns apart, also one that was rolled back from the same made again; never 0. */
uint64_t turn_begun(const struct turn *turn);

/* Inputs of this turn may be undone one by one. In all other turns whatever is undone is the whole turn, and
 * daemon.rolled_back says so: what is remembered of it can be forgotten there. */
bool turn_is_careful(const struct turn *turn);

/* Keeps the records of one object in order although they travel in both lanes (a case that becomes urgent):
 * the object's row holds the place of its last record; a record in the other lane is told to wait for it.
 * Start with {0}. */
struct chain {
    enum lane lane;
    uint64_t sequence;
};
void turn_append_chained(struct turn *turn, enum lane lane, Sigap__Event *event, struct chain *chain);

/* Durable timers: on_timer is called once, in the turn in which the row is deleted; but also for one that an
 * earlier input of this very turn has cleared or moved. due_at must be kept by the object: it names the timer
 * when it is cleared or moved, and a handler compares it. critical: fires even after a jump of the clock,
 * and before others that were due earlier; set once more it may become critical, but is never less so than it
 * was. */
void turn_timer_set(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at, bool critical);
void turn_timer_clear(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at);

/* Starts an outbound call after the commit. */
void turn_effect(struct turn *turn, const struct effect *effect);
/* Calls function(state, argument) after the commit: the place where caches change, if they do not heed
 * turn_is_careful(). argument is copied. */
void turn_after_commit(struct turn *turn, void (*function)(void *state, const void *argument),
    const void *argument, size_t size);

/* Appends to the hash-chained audit log. object: ids and codes. */
void turn_audit(struct turn *turn, const char *actor, const char *action, const char *object);

/* The hash of one entry, for whoever verifies the chain. before: zeros for the first. */
void audit_hash(uint8_t out[32], const uint8_t before[32], int64_t number, int64_t at, const char *actor,
    const char *action, const char *object);

/* For on_request: the answer comes in a later turn (somebody else must be asked first). Leave answer->status
 * 0, keep the handle in the daemon's state, and give it to turn_answer_later exactly once. Handles do not
 * survive the process. */
void *turn_defer(struct turn *turn);
void turn_answer_later(struct turn *turn, void *handle, const struct answer *answer);

/* Why the input is parked: one sentence with ids and codes only. Records and timers are kept for an operator;
 * who sent a request, a submit or a view is told 500; the result of an effect is logged. Returns
 * VERDICT_PARK. */
enum verdict turn_park(struct turn *turn, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* No memory for what this daemon keeps beyond the turn: whatever the handler returns, the turn is rolled back
 * and made again later. */
void turn_retry(struct turn *turn);

/* Answers a command: appends CommandAnswered in the urgent lane (a person waits). */
void turn_answer_command(struct turn *turn, const Sigap__CommandIssued *command, unsigned status,
    const char *sentence, uint64_t version);

/* How many rows a list is asked for (proto/view.proto). */
uint32_t view_rows(const Sigap__ListView *list);
/* Answers a view with the document, whose writer is freed. 503 when there is no memory for it. */
void turn_answer_view(
    struct turn *turn, Sigap__ViewAnswer *answer, unsigned status, struct json_writer *document);

/* Protobuf bytes of an id that live as long as the turn. */
ProtobufCBinaryData turn_bytes(struct turn *turn, const struct id *id);
