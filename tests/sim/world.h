/* What the files of the simulator share. */
#pragma once

#include "chance.h"
#include "common/engine.h"
#include "common/site.h"
#include "sim.h"
#include "vfs_crash.h"

enum {
    MACHINES_MAX = 12,
    FLIGHT_MAX = 6,
    TRACE_LINES = 200,
    TRACE_LINE = 200,
    TODO_MAX = 4096,
    RESULTS_PENDING_MAX = 2048,
    CASES_SEEN = 16,
    DESKS_MAX = 40,
    ASKS_MAX = 512,
    CALLS_MAX = 2048,
};

/* The daemons of the pipeline; whose journals they read says the site. */
extern const struct daemon *const sim_enrolled[];
extern const unsigned sim_enrolled_count;

/* A frame on its way to a consumer. */
struct flight {
    struct buffer bytes;
};

/* One lane of one link, at its reading end. */
struct wire {
    bool asked; /* a fetch waits at the producer */
    struct link_fetch fetch, stale;
    bool stale_known;
    struct flight flights[FLIGHT_MAX];
    unsigned flight_count;
    int64_t cut_until, ask_again_at; /* sim time */
};

/* What has been shown to others of a journal's lane: it must never change again. */
struct shown {
    uint64_t *hashes; /* of record 1, 2, 3 ... */
    size_t count, room;
};

struct machine {
    struct sim *sim;
    struct daemon daemon; /* the enrolled one with its timers watched */
    unsigned number;
    const char *name;
    struct crash_disk *disk;
    struct engine *engine; /* NULL: down */
    struct chance chance;
    struct random random;
    uint64_t life; /* grows with each death: what belonged to an older life is dropped */
    int64_t restart_at;
    bool fault_armed;          /* its disk may fail, on our account */
    int64_t full_until;        /* sim time, 0: not full */
    uint64_t releases_left;    /* the process dies after so many releases; 0: not planned */
    bool dying;                /* dead, but still inside engine_turn */
    bool backs_off;            /* its last turn failed: it goes on by itself in a moment */
    bool has_worked;           /* it has committed a turn: its store knows a time */
    int sources[MACHINES_MAX]; /* machine of each link, -1: not there */
    unsigned link_count;
    struct wire wires[MACHINES_MAX][LANES];
    struct shown shown[LANES];
    struct crash_image *snapshot;
    uint64_t snapshot_heads[LANES];
};

struct timer_fired {
    unsigned machine;
    uint32_t kind;
    struct id object;
    int64_t due_at;
};

enum reporter_way {
    BY_HTTP,
    BY_DOOR,
    BY_TELEGRAM, /* the platform's own body, as its servers send it */
    BY_WHATSAPP  /* the same, see phone.c */
};

/* One message, or what was changed of the one before: an edit, a further picture of an album. */
struct reporter {
    unsigned text, place;
    struct reporter *follows; /* says something further under that one's ticket; NULL: a report of its own */
    char path[80];
    char key[32], bearer[160], ticket[32];
    enum reporter_way way;
    bool urgent, external;         /* external: an external_id instead of an Idempotency-Key */
    bool album;                    /* pictures with a common name; WHATSAPP: a picture */
    const struct reporter *amends; /* NULL: stands for itself */
    bool outstanding, acknowledged, before_snapshot;
    int64_t try_at;
    uint64_t sent_life;          /* of intake when it was sent */
    char plain[700], body[8192]; /* WHATSAPP: five messages */
    struct request request;
};

/* Something a person or a channel may do. */
struct todo {
    int64_t at;
    uint8_t *event; /* packed, as staff saw it */
    size_t size;
};

/* Something intake has begun outside that is not over. */
struct call {
    struct id id;
    unsigned tries;
};

struct pending_result {
    unsigned machine;
    uint64_t life;
    int64_t at;
    struct effect_result result;
};

/* Somebody with an account of the console. */
struct desk {
    char account[33], rights[120], remote[20]; /* rights: as account.create takes them */
    bool made, signing_in;
    char passwords[2]
                  [64]; /* the one we were given, and the one chosen instead: either may hold after a crash */
    unsigned password;  /* which is tried */
    unsigned refused;   /* so often one behind the other */
    char cookie[96], csrf[64]; /* "": signed out */
    int64_t try_at;
};

enum errand_kind { ERRAND_SIGN_IN, ERRAND_PASSWORD, ERRAND_LOOK, ERRAND_ORDER, ERRAND_LINK };

/* Something somebody wants of the console: one request, sent again until it is answered or given up. */
struct errand {
    enum errand_kind kind;
    struct desk *desk; /* NULL: whoever has the link */
    char path[160], body[700], id_text[ID_TEXT + 1];
    const char *query;
    struct id id;         /* of the order */
    unsigned password;    /* which of the two it signs in with */
    bool over, signs_out; /* over: nothing more is wanted of it */
    unsigned outstanding; /* answers that are still to come */
    uint64_t sent_life;   /* of the console when it was sent */
    int64_t try_at;
    struct request request;
};

/* What somebody was told of an order. */
struct told {
    struct id id;
    unsigned status;
    bool before_snapshot;
};

/* A view that the console asks of another daemon. */
struct ask {
    uint64_t number, life;
    int64_t until;
    struct id effect;
    uint32_t kind;
};

/* A case as staff saw it opened. */
struct case_seen {
    struct id case_id, report_id;
};

struct view_result {
    bool answered;
    unsigned status;
    char *json;
};

struct sim {
    struct sim_options options;
    struct sim_outcome *outcome;
    struct site_links *links;
    struct chance chance;
    int64_t now;  /* monotonic */
    int64_t skew; /* wall - now */
    struct clock clock;
    struct machine machines[MACHINES_MAX];
    unsigned machine_count;
    char token[128];
    struct reporter *reporters;
    unsigned reported; /* that have begun to report */
    int64_t next_report_at;
    struct todo todos[TODO_MAX];
    unsigned todo_count;
    struct pending_result results[RESULTS_PENDING_MAX];
    unsigned result_count;
    struct case_seen cases[CASES_SEEN]; /* of which staff merge some, and take that back */
    unsigned case_count;
    struct desk desks[DESKS_MAX];
    unsigned desk_count;
    struct errand **errands;
    unsigned errand_count, errand_room;
    struct reached *reached; /* messages to teams, see accused.c */
    size_t reached_count, reached_room;
    struct told *told;
    size_t told_count, told_room;
    struct call calls[CALLS_MAX];
    unsigned call_count;
    struct ask asks[ASKS_MAX];
    unsigned ask_count;
    uint64_t ask_number;
    bool quiet;  /* the faults are over */
    bool silent; /* staff has gone home, too */
    bool snapshot_taken, restored;
    bool capacity_set;        /* a facility has said how many places it has */
    int64_t release_at;       /* effects are held until then; 0: they are not */
    int64_t far_until;        /* the wall clock is a year ahead until then; 0: it is not */
    struct view_result *view; /* being waited for */
    uint64_t view_number;
    uint64_t *fired; /* hashes of timers that have fired, open addressing */
    size_t fired_count, fired_room;
    char (*trace)[TRACE_LINE];
    unsigned trace_next;
    bool failed;
};

/* trace.c */
void trace(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The first complaint stays. Returns false. */
bool sim_fail(struct sim *sim, const char *format, ...) __attribute__((format(printf, 2, 3)));
void trace_print(const struct sim *sim);

/* machine.c */
struct machine *machine_of(struct sim *sim, const char *name);
bool machine_make(struct sim *sim, unsigned number);
void machine_free(struct machine *machine);
/* False: it did not start, and nothing of ours explains it. */
bool machine_start(struct machine *machine);
void machine_kill(struct machine *machine, enum crash_how how);
/* A turn, and the end of the process when the turn says so. True: worked. */
bool machine_turn(struct machine *machine);
void machine_heal(struct machine *machine);
/* Asks and makes turns until it is answered. false: no answer (it died meanwhile, or backs off). json may be
 * NULL. */
bool machine_ask(struct machine *machine, Sigap__View *view, struct view_result *result);
bool machine_control(
    struct machine *machine, const char *action, const char *argument, struct view_result *result);
void view_result_free(struct view_result *result);
/* Another incarnation for all, as `sigapctl restore` makes it. */
bool machines_restore(struct sim *sim);

/* wire.c */
/* One round of all lanes of one machine. faults: frames may be lost, repeated, late. True: something moved.
 */
bool wire_carry(struct machine *machine, bool faults);
void wire_forget(struct machine *machine); /* the machine died: its connections with it */
void wire_cut(struct machine *machine, int64_t until);
/* A record was shown to a reader: it stays as it is, or the run has failed (false). */
bool wire_shown(struct machine *producer, enum lane lane, uint64_t sequence, const void *bytes, size_t size);

/* people.c */
void people_make(struct sim *sim);
void people_free(struct sim *sim);
/* Something due of reporters, staff or channels. True: something was done. */
bool people_act(struct sim *sim);
int64_t people_wake_at(const struct sim *sim);
/* The first ticket in a body; "" for none. */
void ticket_within(const char *body, size_t size, char out[32]);
/* phone.c: the channel of the site, its secret, the body of a reporter, what intake asks of the platform. */
extern const char sim_sources[];
bool phone_secret(const char *data_dir);
void phone_write(struct sim *sim, unsigned number);
void phone_effect(struct machine *machine, const struct effect *effect);
void phone_finished(struct sim *sim, const struct effect_result *result);
void people_answered(struct sim *sim, struct reporter *reporter, unsigned status, const char *ticket);
void people_effect(struct machine *machine, const struct effect *effect);
void people_snapshot(struct sim *sim);
void people_restored(struct sim *sim);

/* The result comes back to the machine within this time, unless it dies. bytes go over. */
void result_add(struct machine *machine, const struct effect_result *result, int64_t within_ms);

/* staff.c */
void staff_make(struct sim *sim);
void staff_see(struct sim *sim, const void *event, size_t size);
bool staff_act(struct sim *sim);
const struct case_seen *staff_some_case(struct sim *sim); /* only when there is one */

/* desk.c */
void desks_make(struct sim *sim);
void desks_free(struct sim *sim);
struct desk *desk_of_facility(struct sim *sim, const char *facility); /* NULL: too many */
/* The path may have a query. The body is for the caller to write. */
struct errand *errand_add(struct sim *sim, enum errand_kind kind, struct desk *desk, const char *path, ...)
    __attribute__((format(printf, 4, 5)));
bool desks_act(struct sim *sim);
int64_t desks_wake_at(const struct sim *sim);
void desk_answered(struct sim *sim, struct errand *errand, const struct answer *answer);
/* A message has reached somebody, who may use its links. */
void desk_message(struct sim *sim, const char *text);
void desks_snapshot(struct sim *sim);
void desks_restored(struct sim *sim);

/* console.c: what the console does outside its turns */
void console_effect(struct machine *machine, const struct effect *effect);
/* False: that view was not asked by the console. */
bool console_told(struct sim *sim, const void *origin, const void *frame, size_t size);
bool console_asks_expire(struct sim *sim);
int64_t console_wake_at(const struct sim *sim);

/* check.c */
bool check_all(struct sim *sim);
void check_timer_fired(struct sim *sim, const struct timer_fired *fired);
void check_forget_timers(struct sim *sim);
