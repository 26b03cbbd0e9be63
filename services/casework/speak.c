/* What casework tells the others. Records of one case keep their order across the lanes (chain). */
#include "services/casework/inner.h"

#include <string.h>

enum { SOON_MS = 24 * 3600 * 1000 };

static void append(struct work *work, Sigap__Event *event) {
    event->trace = turn_bytes(work->turn, &work->file.report_id);
    event->case_id = turn_bytes(work->turn, &work->file.id);
    event->training = work->file.training;
    turn_append_chained(work->turn, case_lane(&work->file), event, &work->file.chain);
}

static Sigap__Priority priority_of(const struct case_file *file) {
    return (Sigap__Priority)(SIGAP__PRIORITY__PRIORITY_P0 + file->priority);
}

static Sigap__Confidentiality confidentiality_of(const struct case_file *file) {
    return (Sigap__Confidentiality)(SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C0 + file->confidentiality);
}

/* The same numbers on both sides, see tasks.h. */
_Static_assert((int)TASK_WAITING == SIGAP__TASK_STATE__TASK_WAITING &&
                   (int)TASK_CANCELLED == SIGAP__TASK_STATE__TASK_CANCELLED,
    "task states of proto and tasks.h");

static void fill(struct work *work, unsigned number, Sigap__Task *out) {
    const struct case_task *task = &work->file.tasks[number - 1];
    struct id id = case_task_id(&work->file.id, number);
    sigap__task__init(out);
    out->task_id = turn_bytes(work->turn, &id);
    out->code = (char *)task->code;
    out->role = (char *)plan_role(task);
    out->due_at = task->due_at;
    out->state = (Sigap__TaskState)task->state;
}

/* With the owner and the title: for those who must tell a person. */
static void fill_all(struct work *work, unsigned number, Sigap__Task *out) {
    fill(work, number, out);
    out->owner = (char *)task_owner(work, &work->file.tasks[number - 1]);
    out->title = (char *)plan_title(&work->plan, &work->file.tasks[number - 1], false);
}

/* One record for all new tasks that run: those that wait are told when their time begins, and are most of a
 * playbook. Titles stay out: they are the playbook's; what is told to people carries them. */
static void speak_planned(struct work *work) {
    unsigned first = work->plan.first_new, most = work->file.task_count - first;
    Sigap__Task *tasks = arena_take(work->turn->arena, most * sizeof *tasks);
    Sigap__Task **list = arena_take(work->turn->arena, most * sizeof *list);
    if (!tasks || !list)
        return; /* the turn is tried again */
    Sigap__TasksPlanned planned = SIGAP__TASKS_PLANNED__INIT;
    planned.playbook = (char *)work->file.playbook;
    planned.tasks = list;
    for (unsigned i = first; i < work->file.task_count; i++) {
        const struct case_task *task = &work->file.tasks[i];
        if (!task_is_running(task->state))
            continue;
        Sigap__Task *out = &tasks[planned.n_tasks];
        fill(work, i + 1, out);
        out->owner = (char *)task_owner(work, task);
        list[planned.n_tasks++] = out;
    }
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_TASKS_PLANNED;
    event.tasks_planned = &planned;
    append(work, &event);
}

static void speak_moved(
    struct work *work, const struct plan_move *move, const char *actor, const char *outcome) {
    Sigap__Task task;
    fill_all(work, move->number, &task);
    Sigap__TaskMoved moved = SIGAP__TASK_MOVED__INIT;
    moved.task = &task;
    moved.from = (Sigap__TaskState)move->from;
    moved.outcome = (char *)outcome;
    moved.actor = (char *)actor;
    moved.version = work->file.tasks[move->number - 1].version;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_TASK_MOVED;
    event.task_moved = &moved;
    append(work, &event);
}

static void speak_reminder(struct work *work, unsigned number, unsigned percent, unsigned others) {
    Sigap__Task task;
    fill_all(work, number, &task);
    Sigap__TaskReminder reminder = SIGAP__TASK_REMINDER__INIT;
    reminder.task = &task;
    reminder.percent = percent;
    reminder.others = others;
    reminder.priority = priority_of(&work->file);
    reminder.area = (char *)work->file.area;
    reminder.kind = (char *)work->file.kind;
    reminder.confidentiality = confidentiality_of(&work->file);
    reminder.also_kinds = (char *)case_also_kinds(&work->file);
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_TASK_REMINDER;
    event.task_reminder = &reminder;
    append(work, &event);
}

/* A task that went through several states in one input is told once, from the first. */
static bool seen_before(const struct plan *plan, unsigned index) {
    for (unsigned i = 0; i < index; i++)
        if (plan->moves[i].number == plan->moves[index].number)
            return true;
    return false;
}

static void speak_moves(struct work *work, const char *actor, const char *outcome) {
    for (unsigned i = 0; i < work->plan.move_count; i++)
        if (work->plan.moves[i].number <= work->plan.first_new && !seen_before(&work->plan, i))
            speak_moved(work, &work->plan.moves[i], actor, i == 0 ? outcome : "");
}

/* ---- one notice an owner, however many tasks */

struct notices {
    struct {
        const char *owner;
        unsigned number, others; /* the task that is due first, and how many more there are */
    } list[CASE_TASKS_MAX];      /* as if each had an owner of its own: nobody is left out */
    unsigned count;
};

static void notices_add(const struct work *work, struct notices *notices, unsigned number) {
    const struct case_task *task = &work->file.tasks[number - 1];
    const char *owner = task_owner(work, task);
    const char *key = *owner ? owner : plan_role(task);
    unsigned at = 0;
    while (at < notices->count && strcmp(notices->list[at].owner, key) != 0)
        at++;
    if (at == notices->count) {
        notices->list[at].owner = key;
        notices->list[at].number = number;
        notices->list[notices->count++].others = 0;
        return;
    }
    notices->list[at].others++;
    if (task->due_at < work->file.tasks[notices->list[at].number - 1].due_at)
        notices->list[at].number = number;
}

static void speak_notices(struct work *work, const struct notices *notices, unsigned percent) {
    for (unsigned i = 0; i < notices->count; i++)
        speak_reminder(work, notices->list[i].number, percent, notices->list[i].others);
}

/* "You have work": soon due or urgent, new or sooner than it was. New tasks of an urgent case need none: the
 * notifier tells their owners when it reads TasksPlanned. */
static bool worth_telling(const struct work *work, const struct plan_move *move) {
    const struct case_task *task = &work->file.tasks[move->number - 1];
    bool told = move->number > work->plan.first_new && case_lane(&work->file) == LANE_URGENT;
    bool ran = task_is_running(move->from);
    return !told && task->state == TASK_DUE && (!ran || move->sooner) &&
           (task->due_at - work->turn->now <= SOON_MS || work->file.priority <= 1);
}

static void speak_assigned(struct work *work) {
    struct notices notices;
    notices.count = 0;
    for (unsigned i = 0; i < work->plan.move_count; i++)
        if (worth_telling(work, &work->plan.moves[i]) && !seen_before(&work->plan, i))
            notices_add(work, &notices, work->plan.moves[i].number);
    speak_notices(work, &notices, 0);
}

/* Half of the time of several tasks is over at one moment, for they began with the case. What is overdue is
 * told a task each: somebody must answer for it until it is done. */
static void speak_reminders(struct work *work) {
    struct notices halves;
    halves.count = 0;
    for (unsigned i = 0; i < work->plan.reminder_count; i++) {
        const struct plan_reminder *reminder = &work->plan.reminders[i];
        if (reminder->percent == PLAN_HALF)
            notices_add(work, &halves, reminder->number);
        else
            speak_reminder(work, reminder->number, reminder->percent, 0);
    }
    speak_notices(work, &halves, PLAN_HALF);
}

void speak_changes(struct work *work, const char *actor, const char *outcome) {
    if (work->file.task_count > work->plan.first_new)
        speak_planned(work);
    if (work->file.state == CASE_OPEN) { /* closing cancels all: CaseClosed says so */
        speak_moves(work, actor, outcome);
        speak_assigned(work);
    }
    for (unsigned i = 0; i < work->plan.fact_count; i++)
        speak_fact(work, work->plan.facts[i], actor);
    speak_reminders(work);
}

void speak_fact(struct work *work, const char *name, const char *actor) {
    const struct case_fact *known = case_fact(&work->file, name);
    if (!known)
        return;
    Sigap__Fact fact = SIGAP__FACT__INIT;
    fact.name = (char *)known->name;
    fact.value = (char *)known->value;
    fact.source = (char *)known->source;
    Sigap__FactRecorded recorded = SIGAP__FACT_RECORDED__INIT;
    recorded.fact = &fact;
    recorded.actor = (char *)actor;
    recorded.at = known->at;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_FACT_RECORDED;
    event.fact_recorded = &recorded;
    append(work, &event);
}

/* As it is now: its alerts may be forgotten elsewhere. */
static void fill_brief(const struct case_file *file, Sigap__CaseBrief *out) {
    sigap__case_brief__init(out);
    out->kind = (char *)file->kind;
    out->area = (char *)file->area;
    out->confidentiality = confidentiality_of(file);
    out->also_kinds = (char *)case_also_kinds(file);
    out->priority = priority_of(file);
}

void speak_closed(
    struct work *work, bool reopened, const char *outcome, const char *reason, const char *actor) {
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    Sigap__CaseBrief brief;
    closed.outcome = (char *)outcome;
    closed.reason = (char *)reason;
    closed.actor = (char *)actor;
    closed.reopened = reopened;
    if (reopened) {
        fill_brief(&work->file, &brief);
        closed.brief = &brief;
    }
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &closed;
    append(work, &event);
}
