#include "services/casework/tasks.h"

#include <stddef.h>
#include <string.h>

/* 0: no such move. */
static const uint8_t moves[TASK_STATES][TASK_EVENTS] = {
    /* Work that people did before the plan expected it is done all the same. */
    [TASK_WAITING] = {[TASK_READY] = TASK_DUE,
        [TASK_FINISH] = TASK_DONE,
        [TASK_REPEAT] = TASK_DUE,
        [TASK_CANCEL] = TASK_CANCELLED,
        [TASK_ASSIGN] = TASK_WAITING},
    [TASK_DUE] = {[TASK_UNMET] = TASK_WAITING,
        [TASK_EXPIRE] = TASK_OVERDUE,
        [TASK_POSTPONE] = TASK_DUE,
        [TASK_REPEAT] = TASK_DUE,
        [TASK_FINISH] = TASK_DONE,
        [TASK_CANCEL] = TASK_CANCELLED,
        [TASK_ASSIGN] = TASK_DUE},
    [TASK_OVERDUE] = {[TASK_UNMET] = TASK_WAITING,
        [TASK_POSTPONE] = TASK_DUE,
        [TASK_REPEAT] = TASK_DUE,
        [TASK_FINISH] = TASK_DONE,
        [TASK_CANCEL] = TASK_CANCELLED,
        [TASK_ASSIGN] = TASK_OVERDUE},
    [TASK_DONE] = {[TASK_REOPEN] = TASK_WAITING},
    [TASK_CANCELLED] = {[TASK_REOPEN] = TASK_WAITING},
};

bool task_move(enum task_state *state, enum task_event event) {
    uint8_t to = (unsigned)*state < TASK_STATES && event < TASK_EVENTS ? moves[*state][event] : 0;
    if (to)
        *state = (enum task_state)to;
    return to != 0;
}

bool task_is_running(enum task_state state) {
    return state == TASK_DUE || state == TASK_OVERDUE;
}

bool task_is_open(enum task_state state) {
    return state == TASK_WAITING || task_is_running(state);
}

const char *task_state_word(enum task_state state) {
    switch (state) {
    case TASK_WAITING:
        return "waiting";
    case TASK_DUE:
        return "due";
    case TASK_OVERDUE:
        return "overdue";
    case TASK_DONE:
        return "done";
    case TASK_CANCELLED:
        return "cancelled";
    }
    return "unknown";
}

bool task_event_parse(const char *word, enum task_event *out) {
    static const struct {
        const char *word;
        enum task_event event;
    } words[] = {
        {"done", TASK_FINISH}, {"cancel", TASK_CANCEL}, {"reopen", TASK_REOPEN}, {"assign", TASK_ASSIGN}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i].word, word) == 0) {
            *out = words[i].event;
            return true;
        }
    }
    return false;
}

const char *task_refusal(enum task_state state, enum task_event event) {
    if (event == TASK_REOPEN)
        return "Tugas ini masih terbuka / This task is still open";
    if (state == TASK_DONE)
        return "Tugas ini sudah selesai; buka kembali dulu / This task is done; reopen it first";
    return "Tugas ini sudah dibatalkan; buka kembali dulu / This task is cancelled; reopen it first";
}
