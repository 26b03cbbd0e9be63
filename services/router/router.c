#include "services/router/router.h"

#include "services/router/route.h"

#include "common/site.h"
#include "common/texts.h"

#include "router_sql.h"

#include <stdlib.h>
#include <string.h>

static bool router_open(const struct daemon_setup *setup, void **state, struct error *error) {
    struct router *router = calloc(1, sizeof *router);
    if (!router)
        return error_set(error, "out of memory");
    router->policy = router_policy_load(setup->site_dir, error);
    if (!router->policy) {
        free(router);
        return false;
    }
    *state = router;
    return true;
}

static void router_close(void **state) {
    struct router *router = *state;
    router_policy_free(&router->policy);
    free(router);
    *state = NULL;
}

/* ---- start: the load of each facility is counted once, then kept along
 *
 * It only tells which of two that fit equally well is asked first, so it is not counted beyond what any
 * facility can have: five million open offers would be a minute of a start. */

enum { LOAD_COUNTED = 1000 };

static void take_loads(void *state, const void *argument) {
    struct router *router = state;
    memcpy(router->load, argument, sizeof router->load);
}

static enum verdict router_start(struct turn *turn) {
    const struct router *router = turn->state;
    const struct directory *directory = &router->policy->directory;
    referrals_begin(turn);
    unsigned *loads = arena_take(turn->arena, sizeof router->load);
    for (unsigned i = 0; loads && i < directory->facility_count; i++) {
        const struct facility *facility = &directory->facilities[i];
        struct statement *row = router_use(turn->store, ROUTER_OFFER_LOAD);
        bind_text(row, facility->id);
        bind_int(row, LOAD_COUNTED);
        if (statement_step(row))
            loads[facility->index] = (unsigned)column_int(row, 0);
        statement_end(row);
    }
    if (loads)
        turn_after_commit(turn, take_loads, loads, sizeof router->load);
    return VERDICT_DONE;
}

/* ---- what others say */

static enum verdict unknown_case(struct turn *turn, const Sigap__Event *event) {
    struct id id = {{0}};
    char text[ID_TEXT + 1];
    id_from_bytes(event->case_id.data, event->case_id.len, &id);
    id_to_text(&id, text);
    return turn_park(turn, "case %s has no referral here", text);
}

static enum verdict case_opened(struct turn *turn, const Sigap__Event *event) {
    struct id case_id, trace = {{0}};
    if (!id_from_bytes(event->case_id.data, event->case_id.len, &case_id))
        return turn_park(turn, "a case without an id was opened");
    id_from_bytes(event->trace.data, event->trace.len, &trace);
    return route_open(turn, &case_id, &trace, event->case_opened);
}

static bool begin(struct work **out, struct turn *turn, const Sigap__Event *event) {
    struct id case_id;
    *out = arena_take(turn->arena, sizeof **out);
    return *out && id_from_bytes(event->case_id.data, event->case_id.len, &case_id) &&
           route_begin(*out, turn, &case_id);
}

static enum verdict case_changed(struct turn *turn, const Sigap__Event *event) {
    const Sigap__CaseChanged *changed = event->case_changed;
    struct work *work;
    if (!begin(&work, turn, event))
        return work ? unknown_case(turn, event) : VERDICT_RETRY;
    struct referral *referral = &work->referral;
    const char *kind = referral->kind, *also = pairs_get(&referral->facts, SITE_FACT_ALSO_KINDS);
    int priority = referral->priority;
    if (changed->kind[0])
        referral->kind = changed->kind;
    if (changed->priority != SIGAP__PRIORITY__PRIORITY_UNSPECIFIED)
        referral->priority = (int)changed->priority - SIGAP__PRIORITY__PRIORITY_P0;
    if (changed->area[0])
        referral->area = changed->area;
    for (size_t i = 0; i < changed->n_facts; i++)
        route_take_fact(work, changed->facts[i], fact_is_recorded(changed->facts[i]));
    route_keep_secret(work, referral->kind);
    work->touched = true;
    const char *also_now = pairs_get(&referral->facts, SITE_FACT_ALSO_KINDS);
    bool worse = referral->priority < priority || strcmp(referral->kind, kind) != 0 ||
                 strcmp(also_now ? also_now : "", also ? also : "") != 0;
    if (!worse || !route_anew(work, "case_changed", "triage"))
        route_again(work, "case_changed", "triage");
    return route_end(work);
}

/* What casework passes on between merged cases: the one that is closed may be forgotten here. */
static const char source_of_merges[] = "merge";

static enum verdict fact_recorded(struct turn *turn, const Sigap__Event *event) {
    const Sigap__FactRecorded *recorded = event->fact_recorded;
    struct work *work;
    if (!recorded->fact)
        return turn_park(turn, "a fact without a name was recorded");
    if (!begin(&work, turn, event)) {
        if (!work)
            return VERDICT_RETRY;
        bool missed = strcmp(recorded->fact->source, source_of_merges) != 0;
        return missed ? unknown_case(turn, event) : VERDICT_DONE;
    }
    route_take_fact(work, recorded->fact, true);
    work->touched = true;
    route_again(work, "fact_recorded", recorded->actor);
    return route_end(work);
}

/* A referral that was forgotten long after its case was closed is not missed when it is closed once more. */
static enum verdict case_closed(struct turn *turn, const Sigap__Event *event) {
    struct work *work;
    if (!begin(&work, turn, event)) {
        if (!work)
            return VERDICT_RETRY;
        return event->case_closed->reopened ? unknown_case(turn, event) : VERDICT_DONE;
    }
    const Sigap__CaseClosed *closed = event->case_closed;
    struct taken taken;
    bool goes_over = !closed->reopened && same_text(closed->outcome, SITE_OUTCOME_MERGED) &&
                     !work->referral.closed && route_has_taken(work, &taken);
    route_close(work, closed);
    if (goes_over)
        work->freed = NULL; /* the place is the whole's */
    enum verdict verdict = route_end(work);
    return verdict == VERDICT_DONE && goes_over ? route_take_over(turn, &taken, closed->actor) : verdict;
}

/* Casework closes the merged case next: then whoever has accepted it gets the whole. Nothing is missed of
 * what was forgotten long after its end. */
static enum verdict case_merged(struct turn *turn, const Sigap__Event *event) {
    const Sigap__CaseMerged *merged = event->case_merged;
    struct work *work;
    struct id whole;
    if (merged->distinct || !id_from_bytes(merged->into.data, merged->into.len, &whole))
        return VERDICT_DONE;
    if (!begin(&work, turn, event))
        return work ? VERDICT_DONE : VERDICT_RETRY;
    route_note_merged(work, merged->undone ? NULL : &whole);
    return route_end(work);
}

static enum verdict router_event(struct turn *turn, const Sigap__Event *event) {
    switch (event->body_case) {
    case SIGAP__EVENT__BODY_CASE_OPENED:
        return case_opened(turn, event);
    case SIGAP__EVENT__BODY_CASE_CHANGED:
        return case_changed(turn, event);
    case SIGAP__EVENT__BODY_FACT_RECORDED:
        return fact_recorded(turn, event);
    case SIGAP__EVENT__BODY_CASE_CLOSED:
        return case_closed(turn, event);
    case SIGAP__EVENT__BODY_CASE_MERGED:
        return case_merged(turn, event);
    case SIGAP__EVENT__BODY_ALERT_MOVED:
        return router_answer_by_alert(turn, event->alert_moved);
    case SIGAP__EVENT__BODY_COMMAND_ISSUED:
        return router_command(turn, event->command_issued);
    case SIGAP__EVENT__BODY_REPORT_RECEIVED:
    case SIGAP__EVENT__BODY_REPORT_JOINED:
    case SIGAP__EVENT__BODY_REPORT_IN_REVIEW:
    case SIGAP__EVENT__BODY_REPORT_CLOSED:
    case SIGAP__EVENT__BODY_REFERRAL_OPENED:
    case SIGAP__EVENT__BODY_REFERRAL_MOVED:
    case SIGAP__EVENT__BODY_OFFER_SENT:
    case SIGAP__EVENT__BODY_OFFER_MOVED:
    case SIGAP__EVENT__BODY_TASKS_PLANNED:
    case SIGAP__EVENT__BODY_TASK_MOVED:
    case SIGAP__EVENT__BODY_TASK_REMINDER:
    case SIGAP__EVENT__BODY_ALERT_RAISED:
    case SIGAP__EVENT__BODY_DELIVERY_ENDED:
    case SIGAP__EVENT__BODY_COMMAND_ANSWERED:
    case SIGAP__EVENT__BODY_INPUT_PARKED:
    case SIGAP__EVENT__BODY_REPORT_PARTED:
    case SIGAP__EVENT__BODY__NOT_SET:
    case _SIGAP__EVENT__BODY__CASE_IS_INT_SIZE:
        return VERDICT_DONE;
    }
    return VERDICT_DONE;
}

static void router_metrics(void *state, struct metrics *metrics) {
    const struct router *router = state;
    unsigned open = 0;
    for (unsigned i = 0; i < router->policy->directory.facility_count; i++)
        open += router->load[i];
    metrics_gauge(metrics, "sigap_router_open_offers",
        "Offers that hold a place now; of each facility's before the start at most 1000.", open);
    metrics_counter(metrics, "sigap_router_offers_sent_total", "Offers sent since the start.", router->sent);
    metrics_family(metrics, METRICS_COUNTER, "sigap_router_offers_ended_total",
        "Offers answered or expired since the start.");
    metrics_value(metrics, "how", "accepted", (int64_t)router->accepted);
    metrics_value(metrics, "how", "rejected", (int64_t)router->refused);
    metrics_value(metrics, "how", "expired", (int64_t)router->expired);
}

static const Sigap__Event__BodyCase hears[] = {SIGAP__EVENT__BODY_CASE_OPENED,
    SIGAP__EVENT__BODY_CASE_CHANGED, SIGAP__EVENT__BODY_FACT_RECORDED, SIGAP__EVENT__BODY_CASE_CLOSED,
    SIGAP__EVENT__BODY_CASE_MERGED, SIGAP__EVENT__BODY_ALERT_MOVED, SIGAP__EVENT__BODY_COMMAND_ISSUED,
    SIGAP__EVENT__BODY__NOT_SET};

static const char *const lists[] = {"offers", "unroutable", "drafts", "facilities", NULL};

const struct daemon router_daemon = {
    .name = "router",
    .purpose = "finds who can take a case, offers it, and keeps at it until somebody has answered",
    .schema = &router_schema,
    .open = router_open,
    .close = router_close,
    .on_start = router_start,
    .on_event = router_event,
    .hears = hears,
    .on_timer = route_timer,
    .lists = lists,
    .on_view = router_view,
    .check = router_check,
    .metrics = router_metrics,
};
