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

/* accounts, facilities: separated by blanks, "": none. NULL: the arena is exhausted. */
struct recorded {
    const char *accounts, *facilities;
    bool of_interest;
};

static struct recorded recorded(struct turn *turn, const struct id *case_id) {
    struct recorded out = {"", "", false};
    struct statement *get = notifier_use(turn->store, NOTIFIER_CONFLICT_GET);
    bind_id(get, case_id);
    if (statement_step(get)) {
        out.accounts = arena_text(turn->arena, column_text(get, 0));
        out.facilities = arena_text(turn->arena, column_text(get, 1));
        out.of_interest = column_int(get, 2) != 0;
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
    bind_int(set, all.of_interest);
    statement_run(set);
    notifier->any_conflict = true;
}

/* Casework says all that it knows each time, so most are here already. */
void conflict_add_officers(struct turn *turn, const struct id *case_id, const char *accounts) {
    struct recorded all = recorded(turn, case_id);
    all.accounts = all.accounts ? site_codes_join(turn->arena, all.accounts, accounts) : NULL;
    record(turn, case_id, all);
}

/* "no" is kept: it is none of them, and not an unknown one. */
static const char *facilities_after(
    struct turn *turn, const char *before, const char *said, bool is_recorded) {
    bool none = strcmp(said, "no") == 0, unknown = strcmp(said, "unknown") == 0;
    if (is_recorded && none)
        return "no";
    if (!is_recorded && (none || unknown))
        return before;
    return before ? site_codes_join(turn->arena, is_recorded ? "" : before, said) : NULL;
}

bool conflict_note(struct turn *turn, const struct id *case_id, const Sigap__Fact *fact, bool is_recorded) {
    bool facility = strcmp(fact->name, RIGHTS_CONFLICT_FACILITY) == 0;
    if (!facility && strcmp(fact->name, RIGHTS_CONFLICT_OF_INTEREST) != 0)
        return false;
    bool yes = strcmp(fact->value, "yes") == 0;
    struct recorded all = recorded(turn, case_id);
    if (!facility && all.of_interest == yes)
        return true;
    if (facility)
        all.facilities = facilities_after(turn, all.facilities, fact->value, is_recorded);
    else
        all.of_interest = yes || (all.of_interest && !is_recorded);
    record(turn, case_id, all);
    return true;
}

static struct recorded known_of(struct turn *turn, const struct id *case_id) {
    const struct notifier *notifier = turn->state;
    struct recorded out = {"", "", false};
    if (notifier->any_conflict && !id_is_null(case_id))
        out = recorded(turn, case_id);
    return out;
}

bool conflict_has(struct turn *turn, const struct id *case_id, const char *account) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    actor.account = (char *)account;
    return rights_in_conflict(&actor, known_of(turn, case_id).accounts);
}

static const struct institutions *institutions(const struct turn *turn) {
    const struct notifier *notifier = turn->state;
    return teams_institutions(notifier->teams);
}

static const char *only_offices(struct turn *turn, const char *accused) {
    const char *offices = "";
    char one[SITE_CODE_MAX + 1];
    while (accused && offices && site_codes_next(&accused, one))
        if (institutions_is_office(one))
            offices = site_codes_join(turn->arena, offices, one);
    return offices;
}

/* An offer is between the facility and the router: it answers, and hears that it is withdrawn. An office has
 * no part in it. */
static struct accusation accusation_of(
    struct turn *turn, const struct alert *alert, const struct recorded *known, bool offer_is_theirs) {
    if (alert->subject == SUBJECT_OFFER && offer_is_theirs)
        return institutions_accusation(
            institutions(turn), NULL, only_offices(turn, known->facilities), alert->area);
    return institutions_accusation(
        institutions(turn), known->of_interest ? "yes" : NULL, known->facilities, alert->area);
}

struct accusation conflict_accusation(struct turn *turn, const struct alert *alert) {
    struct recorded known = known_of(turn, &alert->case_id);
    return accusation_of(turn, alert, &known, true);
}

bool conflict_of_team(struct turn *turn, const struct alert *alert, const struct team *team) {
    if (!team)
        return false;
    struct accusation accusation = conflict_accusation(turn, alert);
    if (!team->facility)
        return institutions_accused_office(&accusation, team->role, team->area);
    return institutions_accused(institutions(turn), &accusation, team->facility->id);
}

/* For as long as its facility has it; after that there is nothing for them to see. */
static bool offer_stands(const struct alert *alert) {
    return alert->state != ALERT_STATE_STOOD_DOWN || strcmp(alert->detail, ALERT_OFFER_TAKEN) == 0;
}

unsigned conflict_cases(struct turn *turn, struct id *out, unsigned max) {
    const struct notifier *notifier = turn->state;
    unsigned count = 0;
    if (!notifier->any_conflict)
        return 0;
    struct statement *rows = notifier_use(turn->store, NOTIFIER_CONFLICT_CASES);
    bind_int(rows, max);
    while (count < max && statement_step(rows))
        out[count++] = column_id(rows, 0);
    statement_end(rows);
    return count;
}

bool conflict_of_actor(struct turn *turn, const struct alert *alert, const Sigap__Actor *actor) {
    struct recorded known = known_of(turn, &alert->case_id);
    struct accusation accusation = accusation_of(turn, alert, &known, offer_stands(alert));
    return rights_in_conflict(actor, known.accounts) ||
           institutions_accuse_staff(institutions(turn), &accusation, actor);
}
