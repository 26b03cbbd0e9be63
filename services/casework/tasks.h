/* The states of a task as a checked table: a move that is not in it cannot happen.
 *
 *   waiting    a precondition or its anchor is not there yet: no deadline
 *   due        has a deadline
 *   overdue    a mark, not a lock: overdue work can still be done
 *   done       with an outcome
 *   cancelled  with a reason
 *
 * A repeated task that is done with more to come goes from due to due (event `repeat`). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Kept in blobs: never renumber. The same numbers as TaskState of proto/casework.proto. */
enum task_state { TASK_WAITING = 1, TASK_DUE = 2, TASK_OVERDUE = 3, TASK_DONE = 4, TASK_CANCELLED = 5 };
enum { TASK_STATES = 6 };

enum task_event {
    TASK_READY,    /* precondition and anchor are met */
    TASK_UNMET,    /* ... or no longer */
    TASK_EXPIRE,   /* the deadline has passed */
    TASK_POSTPONE, /* another deadline: the anchor moved, or the case is more urgent */
    TASK_REPEAT,   /* done, and to be done again */
    TASK_FINISH,
    TASK_CANCEL,
    TASK_REOPEN,
    TASK_ASSIGN,
    TASK_EVENTS
};

/* False, and *state as it was, when the table does not know the move. */
bool task_move(enum task_state *state, enum task_event event);
bool task_is_open(enum task_state state);           /* waiting, due, overdue */
bool task_is_running(enum task_state state);        /* due, overdue */
const char *task_state_word(enum task_state state); /* "waiting" ... */
/* The word of a command (done, cancel, reopen, assign); false: no such event. `done` is TASK_FINISH. */
bool task_event_parse(const char *word, enum task_event *out);
/* Why a person may not do that now: Indonesian / English. */
const char *task_refusal(enum task_state state, enum task_event event);
