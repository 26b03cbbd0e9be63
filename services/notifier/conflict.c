#include "conflict.h"

#include "common/rights.h"
#include "common/site.h"
#include "notifier_sql.h"
#include "state.h"

#include <string.h>

#define KEPT_MS (730 * 24 * 3600 * INT64_C(1000)) /* longer than any case is told of */

static void know(void *state, const void *argument) {
    struct notifier *notifier = state;
    memcpy(&notifier->any_conflict, argument, sizeof notifier->any_conflict);
}

void conflict_open(struct turn *turn) {
    struct statement *forget = notifier_use(turn->store, NOTIFIER_CONFLICT_FORGET);
    bind_int(forget, turn->now - KEPT_MS);
    statement_run(forget);
    struct statement *count = notifier_use(turn->store, NOTIFIER_CONFLICT_COUNT);
    bool any = statement_step(count) && column_int(count, 0) > 0;
    statement_end(count);
    turn_after_commit(turn, know, &any, sizeof any);
}

/* Both separated by blanks, "": none. NULL: the arena is exhausted. */
struct recorded {
    const char *accounts, *facilities;
};

static struct recorded recorded(struct turn *turn, const struct id *case_id) {
    struct recorded out = {"", ""};
    struct statement *get = notifier_use(turn->store, NOTIFIER_CONFLICT_GET);
    bind_id(get, case_id);
    if (statement_step(get)) {
        out.accounts = arena_text(turn->arena, column_text(get, 0));
        out.facilities = arena_text(turn->arena, column_text(get, 1));
    }
    statement_end(get);
    return out;
}

/* any_conflict is set at once: whom to tell is decided in this turn already, and it costs no more than a look
 * when the turn is rolled back. */
static void record(struct turn *turn, const struct id *case_id, struct recorded all) {
    struct notifier *notifier = turn->state;
    if (!all.accounts || !all.facilities)
        return; /* the turn will see */
    struct statement *set = notifier_use(turn->store, NOTIFIER_CONFLICT_SET);
    bind_id(set, case_id);
    bind_int(set, turn->now);
    bind_text(set, all.accounts);
    bind_text(set, all.facilities);
    statement_run(set);
    notifier->any_conflict = true;
}

/* Each once; "no" and "unknown" name nobody. */
static const char *joined(struct turn *turn, const char *known, const char *more) {
    return known ? site_codes_join(turn->arena, known, more) : NULL;
}

/* Casework says all that it knows each time, so most are here already. */
void conflict_add_officers(struct turn *turn, const struct id *case_id, const char *accounts) {
    struct recorded all = recorded(turn, case_id);
    all.accounts = joined(turn, all.accounts, accounts);
    record(turn, case_id, all);
}

void conflict_add_facilities(struct turn *turn, const struct id *case_id, const char *ids) {
    struct recorded all = recorded(turn, case_id);
    all.facilities = joined(turn, all.facilities, ids);
    record(turn, case_id, all);
}

void conflict_set_facilities(struct turn *turn, const struct id *case_id, const char *ids) {
    struct recorded all = recorded(turn, case_id);
    all.facilities = joined(turn, "", ids);
    record(turn, case_id, all);
}

static struct recorded known_of(struct turn *turn, const struct id *case_id) {
    const struct notifier *notifier = turn->state;
    struct recorded out = {"", ""};
    if (notifier->any_conflict && !id_is_null(case_id))
        out = recorded(turn, case_id);
    return out;
}

const char *conflict_facilities(struct turn *turn, const struct id *case_id) {
    const char *facilities = known_of(turn, case_id).facilities;
    return facilities ? facilities : "";
}

bool conflict_has(struct turn *turn, const struct id *case_id, const char *account) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    actor.account = (char *)account;
    return rights_in_conflict(&actor, known_of(turn, case_id).accounts);
}

/* Its offer is between the facility and the router. */
static bool is_between_them(const struct alert *alert) {
    return alert->subject == SUBJECT_OFFER;
}

bool conflict_of_team(struct turn *turn, const struct alert *alert, const struct team *team) {
    const struct notifier *notifier = turn->state;
    return team && team->facility && !is_between_them(alert) &&
           directory_is_named(
               teams_directory(notifier->teams), team->facility, conflict_facilities(turn, &alert->case_id));
}

static bool is_of_named(const struct directory *directory, const Sigap__Actor *actor, const char *ids) {
    for (size_t i = 0; actor && ids && i < actor->n_facilities; i++) {
        const struct directory_facility *facility = directory_find(directory, actor->facilities[i]);
        if (facility && directory_is_named(directory, facility, ids))
            return true;
    }
    return false;
}

bool conflict_of_actor(struct turn *turn, const struct alert *alert, const Sigap__Actor *actor) {
    const struct notifier *notifier = turn->state;
    struct recorded known = known_of(turn, &alert->case_id);
    return rights_in_conflict(actor, known.accounts) ||
           (!is_between_them(alert) &&
               is_of_named(teams_directory(notifier->teams), actor, known.facilities));
}
