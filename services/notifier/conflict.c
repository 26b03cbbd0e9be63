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

/* "": none. NULL: the arena is exhausted. */
static const char *recorded(struct turn *turn, const struct id *case_id) {
    const char *accounts = "";
    struct statement *get = notifier_use(turn->store, NOTIFIER_CONFLICT_GET);
    bind_id(get, case_id);
    if (statement_step(get))
        accounts = arena_text(turn->arena, column_text(get, 0));
    statement_end(get);
    return accounts;
}

/* Casework says all that it knows each time, so most are here already. any_conflict is set at once: whom to
 * tell is decided in this turn already, and it costs no more than a look when the turn is rolled back. */
void conflict_record(struct turn *turn, const struct id *case_id, const char *accounts) {
    struct notifier *notifier = turn->state;
    const char *known = recorded(turn, case_id);
    const char *all = known ? site_codes_join(turn->arena, known, accounts) : NULL;
    if (!all)
        return; /* the turn will see */
    struct statement *set = notifier_use(turn->store, NOTIFIER_CONFLICT_SET);
    bind_id(set, case_id);
    bind_int(set, turn->now);
    bind_text(set, all);
    statement_run(set);
    notifier->any_conflict = true;
}

const char *conflict_of(struct turn *turn, const struct id *case_id) {
    const struct notifier *notifier = turn->state;
    const char *accounts = notifier->any_conflict && !id_is_null(case_id) ? recorded(turn, case_id) : NULL;
    return accounts ? accounts : "";
}

bool conflict_has(struct turn *turn, const struct id *case_id, const char *account) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    actor.account = (char *)account;
    return rights_in_conflict(&actor, conflict_of(turn, case_id));
}
