#include "services/casework/plan.h"

#include "common/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define YEAR_MS (INT64_C(366) * 24 * 3600 * 1000)

enum {
    HOUR_MS = 3600 * 1000,
    TASKS_SPARE = 24, /* for questions, clocks and reviews beside those of playbooks */
    TASKS_KEPT = 8,   /* of them, which no playbook takes: a look, and what is asked */
};

static const char review_code[] = "TINJAU";
static const char fact_prefix[] = "FAKTA-";

void plan_begin(struct plan *plan, const struct catalogue *catalogue, const struct calendar *calendar,
    struct arena *arena, struct case_file *file, int64_t now) {
    plan->catalogue = catalogue;
    plan->calendar = calendar;
    plan->arena = arena;
    plan->file = file;
    plan->now = now;
    plan->first_new = file->task_count;
    plan->late_facts = false;
    plan->without_room = NULL;
    plan->move_count = plan->reminder_count = plan->fact_count = 0;
    for (unsigned i = 0; i < file->task_count; i++)
        if (file->tasks[i].origin == TASK_OF_PLAYBOOK || file->tasks[i].origin == TASK_OF_CLOCK)
            file->tasks[i].template = catalogue_task(catalogue, file->tasks[i].code);
}

/* ---- small things */

static void note(struct plan *plan, struct case_task *task, enum task_state from) {
    task->version++;
    unsigned number = (unsigned)(task - plan->file->tasks) + 1;
    if (plan->move_count < PLAN_MOVES_MAX)
        plan->moves[plan->move_count++] = (struct plan_move){.number = number, .from = from};
}

static bool move(struct plan *plan, struct case_task *task, enum task_event event) {
    enum task_state from = task->state;
    if (!task_move(&task->state, event))
        return false;
    note(plan, task, from);
    return true;
}

static void set_deadline(struct plan *plan, struct case_task *task, int64_t due_at) {
    task->due_at = due_at;
    task->since = plan->now;
    task->marks &= TASK_ORDERED; /* what was told of the old one counts no more; that it was ordered does */
}

static int64_t after(const struct plan *plan, struct duration duration) {
    return calendar_add(plan->calendar, plan->now, duration);
}

/* How long somebody has to find out a fact, by priority. Ours. */
static struct duration ask_limit(int priority) {
    static const struct duration limits[] = {{30, DURATION_MINUTES}, {4, DURATION_HOURS},
        {24, DURATION_HOURS}, {3, DURATION_WORKING_DAYS}, {5, DURATION_WORKING_DAYS}};
    return limits[priority >= 0 && priority <= 4 ? priority : 0];
}

static int days_of_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + leap;
}

/* YYYY-MM-DD: that day's first moment, 0 for a day that there is not. */
static int64_t date_start(const char *value, enum calendar_zone zone) {
    int year, month, day, size = 0;
    if (strlen(value) != 10 || sscanf(value, "%4d-%2d-%2d%n", &year, &month, &day, &size) != 3 ||
        size != 10 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return 0;
    /* Days from the civil calendar (H. Hinnant, public domain): years begin in March. */
    int y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t days = (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    return calendar_day_start(zone, days);
}

bool plan_time_of(const char *value, int64_t now, enum calendar_zone zone, int64_t *out) {
    bool is_now = same_text(value, "yes"), never = same_text(value, "no") || same_text(value, "unknown");
    *out = is_now ? now : 0;
    if (is_now || never)
        return true;
    char *end = NULL;
    long long number = strtoll(value, &end, 10);
    *out = *end == 0 && number > 100000000000 /* epoch ms since 1973 */ ? number : date_start(value, zone);
    return *out > 0;
}

bool plan_time_of_anchor(const struct plan *plan, int number, const char *value, int64_t now, int64_t *out) {
    int64_t latest = catalogue_anchor_is_planned(plan->catalogue, (unsigned)number) ? now + YEAR_MS : now;
    return plan_time_of(value, now, calendar_zone(plan->calendar), out) && *out <= latest;
}

/* ---- titles and roles */

const char *plan_fact_of(const struct case_task *task) {
    size_t size = sizeof fact_prefix - 1;
    return strncmp(task->code, fact_prefix, size) == 0 ? task->code + size : "";
}

static const char *fact_title(const struct plan *plan, const char *fact, bool english) {
    const struct question *question = catalogue_question(plan->catalogue, fact);
    if (question)
        return english ? question->ask_en : question->ask;
    int number = catalogue_anchor_of_fact(plan->catalogue, fact);
    if (number >= 0) {
        const struct anchor *anchor = catalogue_anchor(plan->catalogue, (unsigned)number);
        const char *title = english ? arena_format(plan->arena, "When: %s?", anchor->name_en)
                                    : arena_format(plan->arena, "Kapan: %s?", anchor->name);
        return title ? title : "";
    }
    const struct flag *flag = catalogue_flag(plan->catalogue, fact);
    const char *title = english ? arena_format(plan->arena, "Is it so: %s?", flag ? flag->name_en : fact)
                                : arena_format(plan->arena, "Apakah benar: %s?", flag ? flag->name : fact);
    return title ? title : "";
}

const char *plan_title(const struct plan *plan, const struct case_task *task, bool english) {
    const struct playbook_task *template = task->template;
    switch (task->origin) {
    case TASK_OF_PLAYBOOK:
    case TASK_OF_CLOCK:
        if (!template)
            return task->code; /* no longer in the site's playbooks */
        return english ? template->title_en : template->title;
    case TASK_OF_FACT:
        return fact_title(plan, plan_fact_of(task), english);
    case TASK_OF_REVIEW:
        return english ? "Review the case: what is the next step, or can it be closed?"
                       : "Tinjau kasus: apa langkah berikutnya, atau dapat ditutup?";
    }
    return task->code;
}

const char *plan_role(const struct case_task *task) {
    const struct playbook_task *template = task->template;
    if (template)
        return template->role;
    return *task->role ? task->role : "PKS";
}

/* ---- adding tasks */

/* Among the first `count` of its tasks. */
static bool has_open_or_done(const struct case_file *file, unsigned count, const char *code) {
    for (unsigned i = 0; i < count; i++)
        if (same_text(file->tasks[i].code, code) && file->tasks[i].state != TASK_CANCELLED)
            return true;
    return false;
}

/* The last of that code, where it is cancelled, uses its row again. NULL: there is none. */
static struct case_task *bring_back(struct plan *plan, const char *code) {
    struct case_task *task = case_task(plan->file, code);
    if (!task || task->state != TASK_CANCELLED || !move(plan, task, TASK_REOPEN))
        return NULL;
    set_deadline(plan, task, 0);
    return task;
}

/* What finds no room is missed by nobody else: somebody must look. */
static void lacks_room(struct plan *plan, const struct playbook *playbook) {
    plan->without_room = playbook->code;
    plan_look(plan);
}

/* Rows that are left to others: all leave one for a look. */
static unsigned rows_left(enum task_origin origin) {
    switch (origin) {
    case TASK_OF_PLAYBOOK:
        return TASKS_KEPT;
    case TASK_OF_FACT:
    case TASK_OF_CLOCK:
        return 1;
    case TASK_OF_REVIEW:
        break;
    }
    return 0;
}

static struct case_task *new_task(struct plan *plan, const char *code, enum task_origin origin) {
    bool room = plan->file->task_count + rows_left(origin) < CASE_TASKS_MAX;
    return room ? case_task_add(plan->file, code, origin) : NULL;
}

static void add_playbook(struct plan *plan, const struct playbook *playbook, int64_t start_at) {
    unsigned before = plan->file->task_count; /* no code is in a catalogue twice */
    for (unsigned i = 0; i < playbook->task_count; i++) {
        const char *code = playbook->tasks[i].code;
        if (has_open_or_done(plan->file, before, code))
            continue;
        struct case_task *task = bring_back(plan, code);
        if (!task)
            task = new_task(plan, code, TASK_OF_PLAYBOOK);
        if (!task) {
            lacks_room(plan, playbook);
            return;
        }
        task->template = &playbook->tasks[i];
        task->start_at = start_at;
    }
}

void plan_add_playbook(struct plan *plan, const struct playbook *playbook) {
    add_playbook(plan, playbook, plan->now);
}

static void add_running(
    struct plan *plan, const char *code, enum task_origin origin, const char *role, struct duration limit) {
    struct case_task *task = new_task(plan, code, origin);
    if (!task)
        task = case_task(plan->file, code); /* no room: the last look is reopened */
    if (!task)
        return;
    if (!task_is_open(task->state))
        move(plan, task, TASK_REOPEN);
    task->role = role;
    move(plan, task, TASK_READY);
    set_deadline(plan, task, after(plan, limit));
}

static const char *ask_role(const struct plan *plan, const char *fact) {
    const struct question *question = catalogue_question(plan->catalogue, fact);
    if (question)
        return question->ask_role;
    int anchor = catalogue_anchor_of_fact(plan->catalogue, fact);
    return anchor >= 0 ? catalogue_anchor(plan->catalogue, (unsigned)anchor)->ask_role : "TRI";
}

void plan_hurry(struct plan *plan) {
    int64_t latest = after(plan, ask_limit(plan->file->priority));
    for (unsigned i = 0; i < plan->file->task_count; i++) {
        struct case_task *task = &plan->file->tasks[i];
        bool asks = task->origin == TASK_OF_FACT || task->origin == TASK_OF_REVIEW;
        if (!asks || task->due_at <= latest || !move(plan, task, TASK_POSTPONE))
            continue;
        set_deadline(plan, task, latest);
        plan->moves[plan->move_count - 1].sooner = true;
    }
}

/* A fact that was found out to be unknowable (its task done or cancelled) is not asked for again. */
void plan_ask(struct plan *plan, const char *fact) {
    const struct question *question = catalogue_question(plan->catalogue, fact);
    const char *code = question ? question->code : arena_format(plan->arena, "%s%s", fact_prefix, fact);
    const struct case_fact *known = case_fact(plan->file, fact);
    if (!code || !*fact || case_task(plan->file, code) || (known && !same_text(known->value, "unknown")))
        return;
    add_running(plan, code, TASK_OF_FACT, ask_role(plan, fact), ask_limit(plan->file->priority));
}

void plan_look(struct plan *plan) {
    struct case_task *task = case_task(plan->file, review_code);
    if (!task || !task_is_open(task->state)) {
        add_running(plan, review_code, TASK_OF_REVIEW, "PKS", ask_limit(plan->file->priority));
        task = case_task(plan->file, review_code);
    }
    if (task)
        task->marks |= TASK_ORDERED;
}

/* ---- anchors */

static void anchor_set(struct plan *plan, int number, int64_t at) {
    if (number < 1 || plan->file->anchors[number] == at)
        return;
    plan->file->anchors[number] = at;
    for (unsigned i = 0; i < plan->file->task_count; i++) {
        struct case_task *task = &plan->file->tasks[i];
        const struct playbook_task *template = task->template;
        if (!template || template->anchor != (unsigned)number || !task_is_running(task->state) ||
            task->times_done)
            continue;
        if (!at) {
            move(plan, task, TASK_UNMET);
            set_deadline(plan, task, 0);
        } else if (move(plan, task, TASK_POSTPONE)) {
            set_deadline(plan, task, playbook_deadline(template, plan->calendar, at));
        }
    }
}

void plan_happened(struct plan *plan, const char *event, int64_t at) {
    int number = catalogue_anchor_find(plan->catalogue, event);
    if (number < 1 || plan->file->anchors[number])
        return;
    anchor_set(plan, number, at);
    const struct anchor *anchor = catalogue_anchor(plan->catalogue, (unsigned)number);
    if (!case_fact(plan->file, anchor->fact))
        plan_fact(plan, anchor->fact, "yes", "facility", at);
}

/* "yes" again does not move what is known; a date does. */
static void anchor_by_fact(struct plan *plan, const char *name, const char *value, int64_t at) {
    int number = catalogue_anchor_of_fact(plan->catalogue, name);
    int64_t time;
    if (number < 1 || !plan_time_of_anchor(plan, number, value, at, &time))
        return;
    bool only_yes = time == at, known = plan->file->anchors[number] != 0;
    bool own = strcmp(catalogue_anchor(plan->catalogue, (unsigned)number)->fact, name) == 0;
    if ((only_yes && known) || (!time && !own))
        return;
    anchor_set(plan, number, time);
}

/* ---- facts */

/* Was it chosen for one of the case's kinds, or for a further kind that it had before? What a person or a
 * task has added was not. */
static bool by_kind(const struct plan *plan, const struct playbook *playbook, const char *also_before) {
    return playbook_names_kind(playbook, plan->file->kind) ||
           playbook_names_kinds(playbook, case_also_kinds(plan->file)) ||
           playbook_names_kinds(playbook, also_before);
}

static bool among(const struct playbook *const *list, unsigned count, const struct playbook *one) {
    for (unsigned i = 0; i < count; i++)
        if (list[i] == one)
            return true;
    return false;
}

/* The playbooks that the case had before a fact was recorded. */
struct fit_before {
    const char *also;
    const struct playbook *fit[CASE_PLAYBOOKS_MAX];
    unsigned count;
};

static struct fit_before fit_before(const struct plan *plan) {
    struct fit_before before = {.also = case_also_kinds(plan->file)};
    before.count = catalogue_fit(plan->catalogue, plan->file, before.fit);
    return before;
}

/* What was taken away by mistake comes back with what is left of it to do; what a person has cancelled of one
 * that stays does not. */
static bool is_wanted(
    const struct plan *plan, const struct playbook *playbook, const struct fit_before *before) {
    return by_kind(plan, playbook, "") &&
           (!among(before->fit, before->count, playbook) ||
               !has_open_or_done(plan->file, plan->file->task_count, playbook->tasks[0].code));
}

static bool has_row(const struct case_file *file, const char *code) {
    for (unsigned i = 0; i < file->task_count; i++)
        if (same_text(file->tasks[i].code, code))
            return true;
    return false;
}

static unsigned tasks_to_add(
    const struct case_file *file, const struct playbook *playbook, const struct fit_before *before) {
    unsigned count = 0;
    if (among(before->fit, before->count, playbook) &&
        has_open_or_done(file, file->task_count, playbook->tasks[0].code))
        return 0;
    for (unsigned i = 0; i < playbook->task_count; i++)
        count += !has_row(file, playbook->tasks[i].code);
    return count;
}

bool plan_has_room(const struct plan *plan, const char *also_kinds) {
    struct fit_before before = fit_before(plan);
    const struct playbook *fit[CASE_PLAYBOOKS_MAX];
    struct case_fact facts[CASE_FACTS_MAX];
    struct case_file wanted = *plan->file;
    unsigned more = 0;
    memcpy(facts, wanted.facts, wanted.fact_count * sizeof *facts);
    wanted.facts = facts;
    if (!case_fact_set(&wanted, SITE_FACT_ALSO_KINDS, also_kinds, "", 0))
        return false;
    unsigned count = catalogue_fit_all(plan->catalogue, &wanted, fit);
    for (unsigned i = 0; i < count && i < CASE_PLAYBOOKS_MAX; i++)
        more += tasks_to_add(plan->file, fit[i], &before);
    return count <= CASE_PLAYBOOKS_MAX &&
           (!more || plan->file->task_count + more + TASKS_SPARE <= CASE_TASKS_MAX);
}

/* Not for this case, as it is known now. */
static void take_away(struct plan *plan, struct case_task *task) {
    if (move(plan, task, TASK_CANCEL))
        task->marks |= TASK_TAKEN_AWAY;
}

/* Playbooks that the facts have ruled out go, others come. */
static void refit(struct plan *plan, const struct fit_before *before) {
    const struct playbook *fit[CASE_PLAYBOOKS_MAX];
    unsigned count = catalogue_fit(plan->catalogue, plan->file, fit);
    for (unsigned i = 0; i < plan->file->task_count; i++) {
        struct case_task *task = &plan->file->tasks[i];
        const struct playbook_task *template = task->template;
        if (template && template->of && task_is_open(task->state) &&
            by_kind(plan, template->of, before->also) &&
            playbook_serves(template->of, plan->file) == TRUTH_NO)
            take_away(plan, task);
    }
    for (unsigned i = 0; i < count; i++)
        if (is_wanted(plan, fit[i], before))
            add_playbook(plan, fit[i], plan->now);
    const struct playbook *main = catalogue_find(plan->catalogue, plan->file->playbook);
    if (main && playbook_names_kind(main, plan->file->kind) &&
        playbook_serves_own(main, plan->file) == TRUTH_NO)
        plan->file->playbook = fit[0]->code;
}

static void finish_question(struct plan *plan, const char *name) {
    for (unsigned i = 0; i < plan->file->task_count; i++) {
        struct case_task *task = &plan->file->tasks[i];
        if (task->origin != TASK_OF_FACT || !task_is_open(task->state) ||
            !same_text(plan_fact_of(task), name))
            continue;
        move(plan, task, TASK_FINISH);
        task->since = plan->now;
    }
}

static bool decides_playbook(const char *name) {
    return same_text(name, "age") || same_text(name, "minor") || same_text(name, "homecare") ||
           same_text(name, SITE_FACT_ALSO_KINDS);
}

bool plan_fact(struct plan *plan, const char *name, const char *value, const char *source, int64_t at) {
    bool decides = decides_playbook(name) && plan->file->state == CASE_OPEN;
    struct fit_before before = {0};
    if (decides)
        before = fit_before(plan);
    if (!case_fact_set(plan->file, name, value, source, plan->now))
        return false;
    plan->late_facts = true;
    anchor_by_fact(plan, name, value, at ? at : plan->now);
    if (!same_text(value, "unknown"))
        finish_question(plan, name);
    if (decides)
        refit(plan, &before);
    return true;
}

/* ---- opening and changing */

/* What a report of such a kind says by itself. An onset or a stage that is recorded later corrects it. */
static void facts_of_kind(struct plan *plan) {
    static const struct {
        const char *kind, *event, *fact, *value;
    } known[] = {
        {"bencana_alam", "event.onset", "stage", "tanggap"},
        {"bencana_sosial", "event.onset", "stage", "tanggap"},
        {"jenazah_terlantar", "body.found", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!case_is_of(plan->file, known[i].kind))
            continue;
        int anchor = catalogue_anchor_find(plan->catalogue, known[i].event);
        if (anchor > 0 && !plan->file->anchors[anchor])
            plan->file->anchors[anchor] = plan->file->received_at;
        if (known[i].fact && !case_fact(plan->file, known[i].fact))
            case_fact_set(plan->file, known[i].fact, known[i].value, "kind", plan->file->received_at);
    }
}

static void set_main_playbook(
    struct plan *plan, const struct playbook *const *fit, unsigned count, const struct playbook *wanted) {
    plan->file->playbook = fit[0]->code;
    for (unsigned i = 0; i < count; i++)
        if (fit[i] == wanted)
            plan->file->playbook = wanted->code;
}

/* Triage knows better than the table which playbook a kind has, and not better than the facts which of two;
 * the further kinds keep theirs. */
static unsigned fit_chosen(
    const struct plan *plan, const struct playbook *chosen, const struct playbook *fit[CASE_PLAYBOOKS_MAX]) {
    const struct case_file *file = plan->file;
    const struct playbook *table[CASE_PLAYBOOKS_MAX];
    if (!chosen || playbook_names_kind(chosen, file->kind))
        return catalogue_fit(plan->catalogue, file, fit);
    unsigned all = catalogue_fit(plan->catalogue, file, table), count = 0;
    fit[count++] = chosen;
    for (unsigned i = 0; i < all && count < CASE_PLAYBOOKS_MAX; i++)
        if (table[i] != chosen && playbook_serves_own(table[i], file) == TRUTH_NO &&
            playbook_names_kinds(table[i], case_also_kinds(file)))
            fit[count++] = table[i];
    return count;
}

void plan_open(struct plan *plan, const char *wanted) {
    const struct playbook *fit[CASE_PLAYBOOKS_MAX];
    const struct playbook *chosen = catalogue_find(plan->catalogue, wanted);
    plan->file->anchors[0] = plan->file->received_at;
    facts_of_kind(plan);
    for (unsigned i = 0; i < plan->file->fact_count; i++)
        anchor_by_fact(plan, plan->file->facts[i].name, plan->file->facts[i].value, plan->file->received_at);
    unsigned count = fit_chosen(plan, chosen, fit);
    set_main_playbook(plan, fit, count, chosen);
    for (unsigned i = 0; i < count; i++)
        add_playbook(plan, fit[i], 0);
    if (count > 1 && !case_fact(plan->file, "age") && playbook_serves(fit[0], plan->file) == TRUTH_UNKNOWN)
        plan_ask(plan, "age");
}

/* A limit for all kinds counts for the case once; one for certain kinds for its further kinds too. */
static bool legal_clock_is_for(const struct legal_clock *clock, const struct case_file *file) {
    const char *also = case_also_kinds(file);
    bool serves = legal_clock_serves(clock, file->kind);
    for (unsigned i = 0; *also && !serves && i < clock->kind_count; i++)
        serves = site_kinds_listed(also, clock->kinds[i]);
    return serves;
}

static bool clock_serves(const struct plan *plan, const struct playbook_task *task) {
    for (unsigned i = 0; i < catalogue_clock_count(plan->catalogue); i++) {
        const struct legal_clock *clock = catalogue_clock(plan->catalogue, i);
        if (&clock->task == task)
            return legal_clock_is_for(clock, plan->file);
    }
    return false;
}

/* What a task that is done has begun was not chosen for the kind, and does not go with it. */
static bool was_started(const struct plan *plan, const struct playbook *playbook) {
    for (unsigned i = 0; i < plan->file->task_count; i++) {
        const struct case_task *task = &plan->file->tasks[i];
        const char *starts = task->template ? task->template->starts : NULL;
        if (starts && same_text(starts, playbook->code) && task->times_done)
            return true;
    }
    return false;
}

static bool still_fits(const struct plan *plan, const struct playbook_task *template,
    const struct playbook *const *fit, unsigned count) {
    return template->of ? among(fit, count, template->of) || was_started(plan, template->of)
                        : clock_serves(plan, template);
}

void plan_change(struct plan *plan, const char *wanted) {
    const struct playbook *fit[CASE_PLAYBOOKS_MAX];
    const struct playbook *chosen = catalogue_find(plan->catalogue, wanted);
    unsigned count = fit_chosen(plan, chosen, fit);
    facts_of_kind(plan);
    for (unsigned i = 0; i < plan->file->task_count; i++) {
        struct case_task *task = &plan->file->tasks[i];
        const struct playbook_task *template = task->template;
        if (template && task_is_open(task->state) && !still_fits(plan, template, fit, count))
            take_away(plan, task);
    }
    set_main_playbook(plan, fit, count, chosen);
    for (unsigned i = 0; i < count; i++)
        add_playbook(plan, fit[i], plan->now);
}

/* ---- moves of people */

static struct case_task *task_at(struct plan *plan, unsigned number) {
    return number >= 1 && number <= plan->file->task_count ? &plan->file->tasks[number - 1] : NULL;
}

static void consequences(struct plan *plan, const struct playbook_task *template) {
    if (template->sets >= 1 && !plan->file->anchors[template->sets]) {
        const char *fact = catalogue_anchor(plan->catalogue, (unsigned)template->sets)->fact;
        if (plan_fact(plan, fact, "yes", "task", plan->now) && plan->fact_count < PLAN_FACTS_MAX)
            plan->facts[plan->fact_count++] = fact;
    }
    const struct playbook *next = template->starts ? catalogue_find(plan->catalogue, template->starts) : NULL;
    if (next)
        plan_add_playbook(plan, next);
}

static int64_t next_time(const struct plan *plan, const struct case_task *task, struct duration interval) {
    int64_t from = task->due_at ? task->due_at : plan->now;
    int64_t due = calendar_add(plan->calendar, from, interval);
    return due > plan->now ? due : after(plan, interval);
}

bool plan_finish(struct plan *plan, unsigned number) {
    struct case_task *task = task_at(plan, number);
    const struct playbook_task *template = task ? task->template : NULL;
    bool again = template && task->times_done + 1u < template->times;
    if (!task || !move(plan, task, again ? TASK_REPEAT : TASK_FINISH))
        return false;
    task->times_done++;
    if (again)
        set_deadline(plan, task, next_time(plan, task, template->interval));
    else
        task->since = plan->now;
    if (template)
        consequences(plan, template);
    return true;
}

bool plan_cancel(struct plan *plan, unsigned number) {
    struct case_task *task = task_at(plan, number);
    return task && move(plan, task, TASK_CANCEL);
}

static void run_again(struct plan *plan, struct case_task *task) {
    task->due_at = 0;
    task->marks &= TASK_ORDERED;
    if (task->origin == TASK_OF_FACT || task->origin == TASK_OF_REVIEW) {
        move(plan, task, TASK_READY);
        set_deadline(plan, task, after(plan, ask_limit(plan->file->priority)));
    }
}

bool plan_reopen(struct plan *plan, unsigned number) {
    struct case_task *task = task_at(plan, number);
    if (!task)
        return false;
    bool was_done = task->state == TASK_DONE;
    if (!move(plan, task, TASK_REOPEN))
        return false;
    if (was_done && task->times_done)
        task->times_done--;
    run_again(plan, task);
    return true;
}

bool plan_assign(struct plan *plan, unsigned number, const char *owner) {
    struct case_task *task = task_at(plan, number);
    if (!task || strlen(owner) > CASE_TEXT_MAX || !move(plan, task, TASK_ASSIGN))
        return false;
    task->owner = owner;
    return true;
}

void plan_close(struct plan *plan) {
    for (unsigned i = 0; i < plan->file->task_count; i++) {
        struct case_task *task = &plan->file->tasks[i];
        if (move(plan, task, TASK_CANCEL))
            task->marks |= TASK_CANCELLED_BY_CLOSE;
    }
}

void plan_reopen_case(struct plan *plan) {
    plan->late_facts = true;
    for (unsigned i = 0; i < plan->file->task_count; i++) {
        struct case_task *task = &plan->file->tasks[i];
        if ((task->marks & TASK_CANCELLED_BY_CLOSE) && move(plan, task, TASK_REOPEN))
            run_again(plan, task);
    }
}

/* ---- settling */

static int64_t anchor_of(const struct plan *plan, const struct case_task *task, unsigned anchor) {
    return anchor == 0 && task->start_at ? task->start_at : plan->file->anchors[anchor];
}

static struct duration length(struct duration offset) {
    offset.count = abs(offset.count);
    return offset;
}

static int64_t fair_deadline(
    const struct plan *plan, const struct case_task *task, const struct playbook_task *template) {
    int64_t anchor_at = anchor_of(plan, task, template->anchor);
    int64_t due = playbook_deadline(template, plan->calendar, anchor_at);
    bool was_waiting = task < plan->file->tasks + plan->first_new; /* it was there before this input */
    if (due > plan->now || template->clock || !was_waiting)
        return due;
    int64_t whole = after(plan, length(template->offset));
    if (condition_asks_facts(&template->needs) || template->needs.count == 0)
        return whole;
    return whole - plan->now < HOUR_MS ? whole : plan->now + HOUR_MS;
}

static bool holds(const struct plan *plan, const struct playbook_task *template, enum truth truth) {
    return condition_holds(&template->needs, plan->file) == truth;
}

static void settle_task(struct plan *plan, struct case_task *task) {
    const struct playbook_task *template = task->template;
    if (!template)
        return;
    if (task->state == TASK_WAITING) {
        if (!anchor_of(plan, task, template->anchor) || !holds(plan, template, TRUTH_YES))
            return;
        move(plan, task, TASK_READY);
        set_deadline(plan, task, fair_deadline(plan, task, template));
    } else if (task_is_running(task->state) && !task->times_done && holds(plan, template, TRUTH_NO)) {
        move(plan, task, TASK_UNMET);
        set_deadline(plan, task, 0);
    }
}

/* Kept by a task of the playbook while that runs or is done, and by the clock's own; not by one that went
 * with a kind. What a person has cancelled stays so. */
static bool keeps_clock(const struct case_task *task, const struct legal_clock *clock) {
    const struct playbook_task *template = task->template;
    return template && template->clock && same_text(template->clock, clock->task.code) &&
           (task->origin == TASK_OF_CLOCK || task->state != TASK_WAITING) && !(task->marks & TASK_TAKEN_AWAY);
}

static bool clock_is_kept(const struct plan *plan, const struct legal_clock *clock) {
    for (unsigned i = 0; i < plan->file->task_count; i++)
        if (keeps_clock(&plan->file->tasks[i], clock))
            return true;
    return false;
}

static void settle_clocks(struct plan *plan) {
    for (unsigned i = 0; i < catalogue_clock_count(plan->catalogue); i++) {
        const struct legal_clock *clock = catalogue_clock(plan->catalogue, i);
        int64_t at = plan->file->anchors[clock->task.anchor];
        if (!at || !legal_clock_is_for(clock, plan->file) || clock_is_kept(plan, clock))
            continue;
        struct case_task *task = bring_back(plan, clock->task.code);
        if (!task)
            task = new_task(plan, clock->task.code, TASK_OF_CLOCK);
        if (!task)
            return;
        task->template = &clock->task;
        settle_task(plan, task);
    }
}

static void ask_for_anchor(struct plan *plan, const struct playbook_task *template) {
    plan_ask(plan, catalogue_anchor(plan->catalogue, template->anchor)->fact);
}

/* What still waits although its condition holds has no anchor yet (settle_task). */
static void ask_where_ready(struct plan *plan) {
    unsigned count = plan->file->task_count; /* asking adds tasks */
    for (unsigned i = 0; i < count; i++) {
        const struct case_task *task = &plan->file->tasks[i];
        const struct playbook_task *template = task->template;
        if (template && task->state == TASK_WAITING && template->needs.count &&
            !anchor_of(plan, task, template->anchor) && holds(plan, template, TRUTH_YES))
            ask_for_anchor(plan, template);
    }
}

static unsigned running(const struct case_file *file, bool reviews_too) {
    unsigned count = 0;
    for (unsigned i = 0; i < file->task_count; i++)
        count +=
            task_is_running(file->tasks[i].state) && (reviews_too || file->tasks[i].origin != TASK_OF_REVIEW);
    return count;
}

static void ask_first_anchor(struct plan *plan) {
    unsigned count = plan->file->task_count;
    for (unsigned i = 0; i < count && !running(plan->file, true); i++) {
        const struct case_task *task = &plan->file->tasks[i];
        const struct playbook_task *template = task->template;
        if (template && task->state == TASK_WAITING && !anchor_of(plan, task, template->anchor) &&
            !holds(plan, template, TRUTH_NO))
            ask_for_anchor(plan, template);
    }
}

static void drop_reviews(struct plan *plan) {
    for (unsigned i = 0; i < plan->file->task_count; i++)
        if (plan->file->tasks[i].origin == TASK_OF_REVIEW && !(plan->file->tasks[i].marks & TASK_ORDERED))
            move(plan, &plan->file->tasks[i], TASK_CANCEL);
}

/* The first look soon, later ones once a month. */
static void review(struct plan *plan) {
    bool again = case_task(plan->file, review_code) != NULL;
    bool urgent = plan->file->priority <= 1;
    struct duration limit = {urgent ? 1 : again ? 30 : 7, DURATION_DAYS};
    add_running(plan, review_code, TASK_OF_REVIEW, "PKS", limit);
}

void plan_settle(struct plan *plan) {
    if (plan->file->state != CASE_OPEN)
        return;
    for (unsigned i = 0; i < plan->file->task_count; i++)
        settle_task(plan, &plan->file->tasks[i]);
    settle_clocks(plan);
    ask_where_ready(plan);
    if (running(plan->file, false)) {
        drop_reviews(plan);
        return;
    }
    ask_first_anchor(plan);
    if (!running(plan->file, true))
        review(plan);
}

/* ---- time */

static int64_t allowed(const struct case_task *task) {
    int64_t time = task->due_at - task->since;
    return time > 0 ? time : HOUR_MS;
}

static int64_t half_at(const struct case_task *task) {
    return task->due_at - allowed(task) / 2;
}

static int64_t double_at(const struct case_task *task) {
    return task->due_at + allowed(task);
}

static void remind(struct plan *plan, const struct case_task *task, unsigned percent) {
    if (plan->reminder_count < PLAN_REMINDERS_MAX)
        plan->reminders[plan->reminder_count++] =
            (struct plan_reminder){(unsigned)(task - plan->file->tasks) + 1, percent};
}

/* Only the furthest point that has passed is told: after a long standstill nobody gets three at once. */
static void clock_task(struct plan *plan, struct case_task *task) {
    uint8_t before = task->marks;
    unsigned percent = 0;
    if (!task_is_running(task->state))
        return;
    if (half_at(task) <= plan->now && !(before & TASK_REMINDED_HALF)) {
        task->marks |= TASK_REMINDED_HALF;
        percent = PLAN_HALF;
    }
    if (task->due_at <= plan->now && !(before & TASK_REMINDED_DUE)) {
        task->marks |= TASK_REMINDED_HALF | TASK_REMINDED_DUE;
        move(plan, task, TASK_EXPIRE);
        percent = 100;
    }
    if (double_at(task) <= plan->now && !(before & TASK_REMINDED_DOUBLE)) {
        task->marks |= TASK_REMINDED_DOUBLE;
        percent = 200;
    }
    if (percent)
        remind(plan, task, percent);
}

void plan_clock(struct plan *plan) {
    for (unsigned i = 0; i < plan->file->task_count; i++)
        clock_task(plan, &plan->file->tasks[i]);
}

static int64_t next_of(const struct case_task *task) {
    if (!task_is_running(task->state))
        return 0;
    if (!(task->marks & TASK_REMINDED_HALF))
        return half_at(task);
    if (!(task->marks & TASK_REMINDED_DUE))
        return task->due_at;
    return task->marks & TASK_REMINDED_DOUBLE ? 0 : double_at(task);
}

int64_t plan_next(const struct case_file *file) {
    int64_t next = 0;
    for (unsigned i = 0; i < file->task_count; i++) {
        int64_t one = next_of(&file->tasks[i]);
        if (one && (!next || one < next))
            next = one;
    }
    return next;
}

int64_t plan_attention(const struct case_file *file) {
    int64_t earliest = 0;
    for (unsigned i = 0; i < file->task_count; i++) {
        const struct case_task *task = &file->tasks[i];
        if (task_is_running(task->state) && (!earliest || task->due_at < earliest))
            earliest = task->due_at;
    }
    return earliest;
}
