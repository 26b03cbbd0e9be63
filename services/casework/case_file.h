/* A case file in memory, and the one blob it is kept in.
 *
 * A case is ONE row: what queues and rights ask for stands in columns (see sql/0001_first.sql), everything
 * else (facts, anchors, tasks) in a blob of a few hundred bytes. An untouched task is its code, its state and
 * its deadline; titles, roles and conditions stay in the playbook. Pure: no store, no clock.
 *
 * Texts of a case belong to whoever put them in and must live as long as it (the arena of the turn). */
#pragma once

#include "common/arena.h"
#include "common/buffer.h"
#include "common/id.h"
#include "common/turn.h"
#include "services/casework/tasks.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CASE_ANCHORS_MAX = 32, /* 13 of the playbooks, the rest events of clocks.yaml */
    CASE_FACTS_MAX = 96,  /* the rules know 46 facts, playbooks ask about 60 more, few of them for one kind */
    CASE_TASKS_MAX = 160, /* the longest playbook has 20; a case changes its playbook a few times */
    CASE_COMMANDS_MAX = 8,      /* ids of the last commands that acted */
    CASE_FACILITIES_MAX = 2047, /* bytes of their list: some 80 that have accepted at one time */
    CASE_TEXT_MAX = 255,        /* bytes of a code, a fact's name or value, an owner */
    CASE_LIST_MAX = 1023,       /* bytes of those in conflict: some 30 accounts, or all facilities */
    CASE_LISTS = 2,             /* facts that are such a list */
    CASE_BLOB_MAX = 256 * 1024  /* usually 2 KiB; 214 KiB if every text were as long as it may be */
};

/* Three texts a task and a fact, one an anchor, each with its NUL; numbers and times of at most 10 bytes. */
_Static_assert(CASE_TASKS_MAX *(3 * (CASE_TEXT_MAX + 1) + 7 * 10) +
                       CASE_FACTS_MAX * (3 * (CASE_TEXT_MAX + 1) + 10) +
                       CASE_LISTS * (CASE_LIST_MAX - CASE_TEXT_MAX) +
                       CASE_ANCHORS_MAX * (CASE_TEXT_MAX + 1 + 10) + CASE_COMMANDS_MAX * ID_BYTES + 64 <=
                   CASE_BLOB_MAX,
    "a case file at its limits is written");

enum case_state { CASE_OPEN = 1, CASE_CLOSED = 2, CASE_ERASED = 3 };

struct case_fact {
    const char *name, *value, *source;
    int64_t at;
};

/* Where a task comes from. Kept in blobs: never renumber. */
enum task_origin {
    TASK_OF_PLAYBOOK = 0,
    TASK_OF_FACT = 1,  /* FAKTA-<fact>: somebody must find it out */
    TASK_OF_CLOCK = 2, /* a limit set by law, clocks.yaml */
    TASK_OF_REVIEW =
        3, /* TINJAU: a person must look at the case: nothing else has a deadline, or plan_look */
};

enum task_marks {
    TASK_REMINDED_HALF = 1,
    TASK_REMINDED_DUE = 2,
    TASK_REMINDED_DOUBLE = 4,
    TASK_CANCELLED_BY_CLOSE = 8, /* comes back when the case is reopened */
    TASK_ORDERED = 16,           /* of reviews: somebody must look whatever else is running */
    TASK_TAKEN_AWAY = 32,        /* cancelled by the plan itself: not for this kind, or these facts */
};

struct playbook_task;

struct case_task {
    const struct playbook_task *template; /* not kept: plan_begin finds it; NULL for FACT and REVIEW, and when
                                             the site has it no more */
    const char *code;
    enum task_origin origin;
    enum task_state state;
    uint8_t marks;       /* enum task_marks */
    uint16_t times_done; /* of a repeated task */
    uint32_t version;    /* counts its moves: what a command must know to move it */
    int64_t due_at;      /* epoch ms, 0 while waiting */
    int64_t since;       /* when it got its deadline: percents count from here; when done, when that was */
    int64_t start_at;    /* T0 of this task when it is not that of the case (playbook added later), else 0 */
    const char *owner;   /* "" = by role and area */
    const char *role;    /* only for FACT and REVIEW: theirs stands in no playbook; else "" */
};

struct case_file {
    struct id id, report_id;
    const char *kind, *playbook, *area, *outcome;
    const char *facilities; /* ",A,B,": those whose offer is accepted; "" none */
    int priority;           /* 0..4 for P0..P4 */
    int confidentiality;    /* 0..3 for C0..C3 */
    bool unverified, training;
    enum case_state state;
    int64_t received_at, opened_at, changed_at; /* changed_at: of the state */
    int64_t next_at;                            /* its one timer, 0 none */
    uint64_t version;
    struct chain chain;

    int64_t anchors[CASE_ANCHORS_MAX]; /* by number in the catalogue, 0 not known */
    struct case_fact *facts;
    unsigned fact_count;
    struct case_task *tasks; /* room for CASE_TASKS_MAX */
    unsigned task_count;
    struct id commands[CASE_COMMANDS_MAX]; /* newest first */
    unsigned command_count;
};

/* Possible P0 and P1 travel in the urgent lane. */
enum lane case_lane(const struct case_file *file);

/* Empties the file and makes room for facts and tasks; room it has already (from the same arena) is used
 * again, so it must be zeroed before its first use. False when the arena is exhausted. */
bool case_file_init(struct case_file *file, struct arena *arena);

/* NULL: not known, which is not "no". */
const struct case_fact *case_fact(const struct case_file *file, const char *name);
/* Codes of the further kinds (SITE_FACT_ALSO_KINDS), "" for none. */
const char *case_also_kinds(const struct case_file *file);
/* Is this the case's own kind, or one of its further kinds? */
bool case_is_of(const struct case_file *file, const char *kind);
/* Adds or replaces; the texts are kept by pointer. False when there are CASE_FACTS_MAX already, or a text is
 * longer than CASE_TEXT_MAX (accounts and facilities in conflict: CASE_LIST_MAX). */
bool case_fact_set(
    struct case_file *file, const char *name, const char *value, const char *source, int64_t at);

struct case_task *case_task(struct case_file *file, const char *code); /* the last of that code; NULL: none */
/* NULL when there are CASE_TASKS_MAX already. */
struct case_task *case_task_add(struct case_file *file, const char *code, enum task_origin origin);

/* A task's id needs no bytes of its own: that of its case with the task's number (from 1) folded into the
 * last two. Never the id of the case itself. */
struct id case_task_id(const struct id *case_id, unsigned number);
/* The task's number in this case, 0 when the id is none of its tasks. */
unsigned case_task_number(const struct case_file *file, const struct id *task_id);

bool case_has_facility(const struct case_file *file, const char *facility);
/* Nothing when it is there already, or the list would grow over CASE_FACILITIES_MAX. */
void case_facility_add(struct case_file *file, const char *facility, struct arena *arena);
void case_facility_remove(struct case_file *file, const char *facility, struct arena *arena);

bool case_command_known(const struct case_file *file, const struct id *command_id);
void case_command_add(struct case_file *file, const struct id *command_id);

/* anchor_codes: what the numbers of anchors stand for today. Appends to out (BUFFER_MAX(CASE_BLOB_MAX));
 * failing is out->failed. */
void case_blob_write(
    const struct case_file *file, const char *const *anchor_codes, unsigned anchor_count, struct buffer *out);
/* Reads into a case_file_init()ed file whose opened_at is set; its texts point into bytes. False: damaged, or
 * written by a newer program. Anchors that the site does not know any more are left out. */
bool case_blob_read(struct case_file *file, const char *const *anchor_codes, unsigned anchor_count,
    const void *bytes, size_t size);
