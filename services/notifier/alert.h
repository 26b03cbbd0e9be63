/* An alert: that somebody must know and answer. One row an alert, its deliveries packed in it, so that a
 * normal case costs two rows here: one for the case, one for the offer.
 *
 * Ids: alerts of one incident (a case; a report before it is a case) share the incident's first 12 bytes; the
 * next two number the alerts, the last two the deliveries of an alert (0: the alert itself). So one index
 * serves "this alert", "all alerts of this case" and "the alert of this delivery". The time, the order within
 * it and 32 bits of chance stay to tell incidents apart (id.h).
 *
 * States are a checked table: a move that is not in it cannot happen. */
#pragma once

#include "common/turn.h"

#include "delivery.h"

#include <stdbool.h>
#include <stdint.h>

enum alert_subject {
    SUBJECT_CASE,
    SUBJECT_REVIEW,   /* may be life-threatening, nobody has looked yet */
    SUBJECT_OFFER,    /* subject_id: offer */
    SUBJECT_REFERRAL, /* draft, unroutable, and whom a rule wants to be told; subject_id: referral */
    SUBJECT_TASK,     /* subject_id: task */
    SUBJECT_PARKED,   /* an input of a daemon was put aside */
    SUBJECT_SILENT,   /* dead-man: a dangerous report that triage has not taken */
    SUBJECTS
};

enum alert_state {
    ALERT_STATE_OPEN = 1,
    ALERT_STATE_ANSWERED,
    ALERT_STATE_EXHAUSTED,
    ALERT_STATE_STOOD_DOWN
};

enum alert_move {
    MOVE_ACCEPT,
    MOVE_CANNOT,
    MOVE_SNOOZE,
    MOVE_ESCALATE,
    MOVE_DONE,
    MOVE_STEP,       /* time: the next step is told */
    MOVE_EXHAUST,    /* time: nobody left to tell */
    MOVE_LAPSE,      /* time: accepted, but nothing has moved by the respond-by time */
    MOVE_STAND_DOWN, /* somebody else took the case, or it was closed */
    ALERT_MOVES
};

enum { ALERT_BODY_MAX = 352 * 1024 /* 1000 deliveries x 340 bytes and the head */, ALERT_INCIDENT_MAX = 256 };

/* Detail of the alert of an offer that its facility has accepted, and not lost since. */
#define ALERT_OFFER_TAKEN "accepted"

/* The same, when it was taken away from its facility. */
#define ALERT_OFFER_REASSIGNED "reassigned"
/* Detail of the alert of a referral whose facility may be part of what is reported. */
#define ALERT_CONFLICT "conflict"
/* Detail of the alert of a case of which the reporter is asked where it is: behind it the codes of the places
 * that it may be. */
#define ALERT_UNCLEAR "unclear"
/* Detail of the alert of a case that has moved: behind it the team that had taken it until then, or nothing.
 */
#define ALERT_MOVED_FROM "moved "

/* Who is not told again until then, while others are. */
struct alert_quiet {
    char team[DELIVERY_TEAM_MAX + 1];
    char person[DELIVERY_DUTY_MAX + 1]; /* code of the person; "": the whole team */
    int64_t until;                      /* epoch ms: nagging; ALERT_QUIET_FOR_GOOD: nor by a step */
};
#define ALERT_QUIET_FOR_GOOD INT64_MAX
enum { ALERT_QUIET_MAX = 32 /* x 110 bytes: 4 KiB of a body; the oldest makes room */ };

struct alert {
    int64_t row; /* 0: not stored yet */
    struct {
        enum alert_state state;
        int priority, confidentiality;
        char area[14];
    } stored;                          /* as the row has them */
    struct id id, subject_id, case_id; /* case_id: of the case, or the report before it is one */
    enum alert_subject subject;
    enum alert_state state;
    int priority;        /* 0..4 */
    int confidentiality; /* 0..3 */
    char kind[32], area[14], facility[64];
    char also[256];  /* codes of further kinds, separated by spaces; "" none. All that a case holds (255
                        bytes there, too): what were cut off could not be kept from being told */
    char owner[8];   /* role that is told first; "" as the policy says */
    char detail[64]; /* code: state of a referral, task code, journal; never free text */
    bool training, unverified;
    bool codes_only; /* messages carry the case number only */
    bool prefer_female;
    bool answerable; /* false: a notice; nobody has to answer, nothing escalates */

    int64_t policy;    /* number of its text; 0 none */
    unsigned position; /* the last that was told */
    int64_t base_at;   /* epoch ms from which steps are counted */
    int64_t opened_at;
    int64_t answer_by;     /* epoch ms, 0 none */
    int64_t snoozed_until; /* answered: a reminder waits until then, the end of the time does not */
    int64_t told_at;       /* when the last position was told, or told again */
    int64_t next_at;       /* when time moves it next; 0 never. Also a column: timers find it by it */

    int64_t answered_at, respond_from; /* respond_from: start of the time in which something must move */
    char answered_team[64], answered_by[64];
    uint8_t reminded; /* 0, 50, 80 percent of the time to answer; of offers 1, 2, 3: the router's clock */
    bool progressed, finished;

    uint64_t version;
    struct chain chain;
    struct id last_command;

    struct alert_quiet *quiet;
    unsigned quiet_count;

    struct delivery *deliveries;
    unsigned delivery_count, delivery_room;
    struct said *said;         /* words of the last message of this push, outgoing.c; not stored */
    struct siblings *siblings; /* of the incident; not stored. NULL: alert_siblings() looks for them */
    int64_t handover;          /* number that local deliveries made in this turn will get */
};

const char *alert_subject_word(enum alert_subject subject);
const char *alert_state_word(enum alert_state state);
const char *alert_move_word(enum alert_move move);
bool alert_move_parse(const char *word, enum alert_move *move); /* only what a person may say */
/* The state after the move, 0: not in the table. */
enum alert_state alert_after(enum alert_state state, enum alert_move move);
/* Makes the move, counts the version. False, and nothing changed, when the table has no such move. */
bool alert_do(struct alert *alert, enum alert_move move);

/* critical: stat or asap. */
static inline bool alert_is_critical(const struct alert *alert) {
    return alert->priority <= 1;
}
static inline enum lane alert_lane(const struct alert *alert) {
    return alert->priority <= 1 ? LANE_URGENT : LANE_NORMAL;
}

/* --- ids --- */

enum { ALERT_INCIDENT_BYTES = 12 };

void alert_incident(const struct id *any, struct id *first, struct id *last);
struct id alert_number_id(const struct id *incident, unsigned number);
struct id alert_delivery_id(const struct id *alert, uint16_t ordinal);
struct id alert_of_delivery(const struct id *delivery, uint16_t *ordinal);

/* --- deliveries --- */

/* Forgets what was queued before that time and was told again since, to the same by the same channel for the
 * same purpose: whoever was told stays told. Nothing may hold a delivery of the alert meanwhile. */
void alert_thin(struct alert *alert, int64_t before);
/* A new one in QUEUED; takes a larger list when it is full. NULL at DELIVERIES_MAX or when the arena is
 * exhausted. */
struct delivery *alert_add(struct turn *turn, struct alert *alert, const char *team, const char *channel,
    const char *role, enum delivery_purpose purpose);
struct delivery *alert_delivery(struct alert *alert, uint16_t ordinal); /* NULL: no such */

/* Until when the team, or this person of it (not "": what was said of that person alone), is not told again;
 * 0: it is. */
int64_t alert_quiet_until(const struct alert *alert, const char *team, const char *person);
void alert_quiet_set(
    struct turn *turn, struct alert *alert, const char *team, const char *person, int64_t until);

/* --- rows --- */

/* As the store has it. */
struct alert_row {
    int64_t number, next_at;
    struct id id;
    enum alert_subject subject;
    enum alert_state state;
    int priority, confidentiality;
    char area[14], facility[64];
    const void *body; /* packed */
    size_t body_size;
};

void alerts_begin(struct turn *turn); /* at the start */
/* NULL: there is none, or the row is damaged (logged). */
struct alert *alert_read(struct turn *turn, const struct id *id);
/* Not written yet and the first of its incident: there are no others. */
bool alert_is_first(const struct alert *alert);
/* All of the incident, the newest ALERT_INCIDENT_MAX of them, oldest first. */
unsigned alert_list(struct turn *turn, const struct id *incident, struct alert *out[ALERT_INCIDENT_MAX]);
/* All of the incident that are stored, this one among them if it is. Those that alert_list() has returned are
 * each other's, as they are in memory. NULL: the arena is exhausted, the turn will see. */
struct siblings {
    unsigned count;
    struct alert *alerts[ALERT_INCIDENT_MAX];
};
const struct siblings *alert_siblings(struct turn *turn, struct alert *alert);
/* A new one, not stored; its id is the incident's next. */
struct alert *alert_new(struct turn *turn, const struct id *incident, enum alert_subject subject,
    const struct id *subject_id, int priority);
/* Inserts or updates. */
void alert_write(struct turn *turn, struct alert *alert);
/* From a row of a statement whose columns start with row, id, subject, state, priority, confidentiality,
 * area, facility, next_at, body. */
struct statement;
struct alert *alert_from_row(struct turn *turn, struct statement *statement);
