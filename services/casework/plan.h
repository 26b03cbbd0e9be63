/* What happens to the tasks of a case: pure decisions over a case_file, the catalogue, the calendar and now.
 *
 * One struct plan serves one input: the caller sets it up, calls what happened, then plan_settle(), and reads
 * the moves, new tasks, facts and reminders off it to tell the others.
 *
 * Rules:
 *  - A task is due when its condition holds and its anchor is known; its deadline is anchor + offset. What
 *    becomes ready only after that deadline has passed gets a fair one: the whole offset from now when a fact
 *    had to come (a flag raised after a month), at most an hour when other tasks were late. A limit set
 *    by law is never moved.
 *  - A task whose condition holds but whose anchor is missing asks for it: FAKTA-<fact>.
 *  - An open case always has a task with a deadline: when nothing else has one, the first missing anchor is
 *    asked for, else a person must look (TINJAU). So no case falls asleep. */
#pragma once

#include "services/casework/playbook.h"

enum {
    PLAN_MOVES_MAX = 2 * CASE_TASKS_MAX,
    PLAN_REMINDERS_MAX = CASE_TASKS_MAX,
    PLAN_HALF = 50, /* percent of a task's time, when its owner is reminded */
    PLAN_FACTS_MAX = 16,
};

struct plan_move {
    unsigned number; /* of the task, from 1 */
    enum task_state from;
    bool sooner; /* its deadline came nearer: plan_hurry */
};

struct plan_reminder {
    unsigned number;
    unsigned percent; /* 50, 100, 200 */
};

struct plan {
    const struct catalogue *catalogue;
    const struct calendar *calendar;
    struct arena *arena;
    struct case_file *file;
    int64_t now;

    unsigned first_new; /* tasks from this number on (counted from 0) were added by this input */
    bool late_facts;    /* something became known in this input: see fair deadlines */
    struct plan_move moves[PLAN_MOVES_MAX];
    unsigned move_count;
    struct plan_reminder reminders[PLAN_REMINDERS_MAX];
    unsigned reminder_count;
    const char *facts[PLAN_FACTS_MAX]; /* names of facts that doing a task has set */
    unsigned fact_count;
    const char *without_room; /* a playbook whose tasks have not all found room in this input, NULL none */
};

void plan_begin(struct plan *plan, const struct catalogue *catalogue, const struct calendar *calendar,
    struct arena *arena, struct case_file *file, int64_t now);

/* A new case: facts of the kind, T0, the tasks of its playbooks. wanted: the playbook that triage chose, ""
 * or unknown: by kind. Sets file->playbook. */
void plan_open(struct plan *plan, const char *wanted);
/* The kind may have changed in the file, or somebody chose another playbook ("": by kind). Open tasks of
 * playbooks that do not fit any more are cancelled, but for those that a task has started; new ones count
 * from now. What was cancelled comes back in its old row. Without room for all somebody must look. */
void plan_change(struct plan *plan, const char *wanted);
/* A further playbook beside the others, counted from now. Nothing when the case has it already. */
void plan_add_playbook(struct plan *plan, const struct playbook *playbook);

/* Somebody has to find the fact out. Nothing when it is known or asked for already. */
void plan_ask(struct plan *plan, const char *fact);
/* The case has become more urgent: what people are asked is due no later than if it were asked now. */
void plan_hurry(struct plan *plan);
/* Somebody has to look at the case, whatever else is running: a review that does not go by itself. Nothing
 * when one is open already, save that it stays. */
void plan_look(struct plan *plan);
/* False: the file takes no more facts or the text is too long. Sets anchors, finishes the FAKTA task, lets
 * playbooks come and go that depend on it. at: when the fact became true, 0: now. */
bool plan_fact(struct plan *plan, const char *name, const char *value, const char *source, int64_t at);
/* Are there places for the playbooks of these further kinds (SITE_FACT_ALSO_KINDS), and for their tasks? */
bool plan_has_room(const struct plan *plan, const char *also_kinds);
/* An anchor's event has happened, as the router's records tell. Keeps the first time. */
void plan_happened(struct plan *plan, const char *event, int64_t at);

/* Moves ordered by a person; false when the table does not know the move. number: of the task, from 1. */
bool plan_finish(struct plan *plan, unsigned number);
bool plan_cancel(struct plan *plan, unsigned number);
bool plan_reopen(struct plan *plan, unsigned number);
bool plan_assign(struct plan *plan, unsigned number, const char *owner);

void plan_close(struct plan *plan);
void plan_reopen_case(struct plan *plan);

/* The timer rang: marks what is overdue, collects reminders. */
void plan_clock(struct plan *plan);
/* After all that happened: lets tasks become due, wait again or be asked for. */
void plan_settle(struct plan *plan);

/* When the case must be looked at again: the next half-time, deadline or double time. 0: never. */
int64_t plan_next(const struct case_file *file);
/* The earliest deadline of a running task, 0 none: what queues are sorted by. */
int64_t plan_attention(const struct case_file *file);

/* Of a task, from its playbook or its fact; from the arena. */
const char *plan_title(const struct plan *plan, const struct case_task *task, bool english);
const char *plan_role(const struct case_task *task);
/* The fact a FAKTA task asks for. */
const char *plan_fact_of(const struct case_task *task);
/* A fact's value as a time: "yes" is now, a date (YYYY-MM-DD) or epoch ms that time, "no" and "unknown" 0.
 * False for what tells no time. */
bool plan_time_of(const char *value, int64_t now, enum calendar_zone zone, int64_t *out);
/* The same, as the time of an anchor's event: that is past, or planned within a year where tasks count back
 * from it. number: of the anchor. */
bool plan_time_of_anchor(const struct plan *plan, int number, const char *value, int64_t now, int64_t *out);
