#include "services/router/plan.h"

#include "common/texts.h"

#include <string.h>

/* Site roles that own what has nobody else (roles.yaml). */
static const char role_coordinator[] = "KOR", role_province[] = "PRO", role_triage[] = "TRI",
                  role_regency[] = "KAB";

struct planner {
    const struct policy *policy;
    const struct plan_case *plan_case;
    const struct plan_lookup *lookup;
    int64_t now;
    struct plan *plan;
    struct match_case match;
    uint64_t missing;
    bool area_missing;
    bool blocked; /* an earlier step hangs on something unknown: later ones wait */
    bool settled; /* somebody is chosen */
    int maybe;    /* the first candidate that would fit if ...; -1 */
};

static bool is_urgent(const struct planner *planner) {
    return planner->plan_case->priority <= 1;
}

/* ---- small lists */

static void add_role(struct plan *plan, const char *role) {
    if (!role || plan->notify_count == PLAN_ROLES_MAX)
        return;
    for (unsigned i = 0; i < plan->notify_count; i++)
        if (strcmp(plan->notify_roles[i], role) == 0)
            return;
    plan->notify_roles[plan->notify_count++] = role;
}

static void add_action(struct plan *plan, const struct step *step, bool leads) {
    for (unsigned i = 0; i < plan->action_count; i++)
        if (plan->actions[i]->action == step->action)
            return;
    if (plan->action_count == PLAN_ACTIONS_MAX)
        return;
    unsigned at = leads ? 0 : plan->action_count;
    memmove(&plan->actions[at + 1], &plan->actions[at], (plan->action_count - at) * sizeof *plan->actions);
    plan->actions[at] = step;
    plan->action_count++;
}

static void write_actions(struct plan *plan) {
    size_t used = 0;
    for (unsigned i = 0; i < plan->action_count; i++) {
        if (!add_word(plan->actions_text, sizeof plan->actions_text, &used, plan->actions[i]->action->code))
            return;
        add_role(plan, plan->actions[i]->role);
    }
}

static void write_missing(struct planner *planner) {
    struct plan *plan = planner->plan;
    if (planner->area_missing)
        plan->missing[plan->missing_count++] = "area";
    for (unsigned i = 0; i < planner->policy->rules.facts.count && plan->missing_count < PLAN_MISSING_MAX;
         i++)
        if (planner->missing >> i & 1)
            plan->missing[plan->missing_count++] = planner->policy->rules.facts.facts[i].name;
}

static const char *draft_owner(const struct planner *planner) {
    const struct fact_table *facts = &planner->policy->rules.facts;
    const struct plan *plan = planner->plan;
    if (facts->conflict_facility != KNOWN_NONE && (planner->missing >> facts->conflict_facility & 1))
        return role_coordinator;
    int fact = plan->missing_count ? known_fact_find(facts, plan->missing[0]) : KNOWN_NONE;
    return fact == KNOWN_NONE ? role_triage : facts->facts[fact].ask_role;
}

/* ---- what the router knows by itself */

/* Takes this kind because it says so, not because it takes all. */
static bool takes_by_name(const struct facility *facility, int kind) {
    for (unsigned a = 0; a < facility->accept_count; a++)
        if (facility->accepts[a].kinds != UINT64_MAX && (facility->accepts[a].kinds >> kind & 1))
            return true;
    return false;
}

/* A bed: some hospital that serves the case has one for certain, or none of them has. */
static enum truth bed_available(const struct planner *planner) {
    const struct directory *directory = &planner->policy->directory;
    unsigned serving = 0, full = 0;
    uint64_t inpatient = 0;
    for (unsigned t = 0; t < directory->type_count; t++)
        inpatient |= (uint64_t)(directory->types[t].mode == MODE_INPATIENT) << t;
    for (unsigned i = 0; i < directory->facility_count; i++) {
        const struct facility *facility = &directory->facilities[i];
        if (!facility->active || !(facility->types & inpatient) ||
            !takes_by_name(facility, planner->match.kind) ||
            facility_covers(facility, planner->match.area) == TRUTH_NO)
            continue;
        struct capacity capacity = planner->lookup->capacity(planner->lookup->context, facility);
        bool fresh = planner->now - capacity.updated_at <= planner->match.capacity_fresh_ms;
        if (capacity.known && fresh && capacity.held < capacity.places)
            return TRUTH_YES;
        serving++;
        full += capacity.known && fresh;
    }
    return serving && serving == full ? TRUTH_NO : TRUTH_UNKNOWN;
}

static const char *fact_known(const struct known *known, int fact) {
    return fact != KNOWN_NONE && known->facts[fact].known ? known->facts[fact].text : NULL;
}

/* Conflict of interest (ESC-10): which facility is asked as long as that is not told. */
static void read_accusation(struct planner *planner) {
    struct plan *plan = planner->plan;
    const struct fact_table *facts = plan->known.table;
    const struct institutions *institutions = planner->policy->institutions;
    const char *named = fact_known(&plan->known, facts->conflict_facility);
    bool said = known_truth(&plan->known, facts->conflict_of_interest) == TRUTH_YES;
    if (named && !institutions_tell_who(institutions, named))
        plan->known.facts[facts->conflict_facility].known = false;
    plan->accusation =
        institutions_accusation(institutions, said ? "yes" : "no", named, planner->plan_case->area);
}

static void know(struct planner *planner) {
    static const char *const priorities[] = {"P0", "P1", "P2", "P3", "P4"};
    struct known *known = &planner->plan->known;
    const struct fact_table *facts = &planner->policy->rules.facts;
    int priority = planner->plan_case->priority;
    known_read(known, facts, &planner->plan_case->facts);
    read_accusation(planner);
    known_set(known, "priority", priorities[priority < 0 ? 0 : priority > 4 ? 4 : priority]);
    if (facts->bed_available != KNOWN_NONE && !known->facts[facts->bed_available].known)
        known_set_truth(known, facts->bed_available, bed_available(planner));
    for (unsigned i = 0; i < planner->plan_case->past_count; i++)
        if (planner->plan_case->past[i].past == REASON_REFUSED)
            known_set_truth(known, facts->facility_refuses, TRUTH_YES);
}

/* ---- steps */

static enum match_reason past_of(const struct planner *planner, const struct facility *facility) {
    for (unsigned i = 0; i < planner->plan_case->past_count; i++)
        if (strcmp(planner->plan_case->past[i].facility, facility->id) == 0)
            return planner->plan_case->past[i].past;
    return REASON_FITS;
}

/* Once judged for certain it is not judged again in a later step; only area and the step itself may differ.
 */
static bool is_settled(const struct plan *plan, const struct facility *facility) {
    for (unsigned i = 0; i < plan->candidate_count; i++)
        if (plan->candidates[i].facility == facility && plan->candidates[i].reason != REASON_AREA &&
            plan->candidates[i].reason != REASON_STEP_OFF)
            return true;
    return false;
}

static unsigned collect(struct planner *planner, const struct step *step, unsigned number, bool stands_in) {
    const struct directory *directory = &planner->policy->directory;
    struct plan *plan = planner->plan;
    unsigned first = plan->candidate_count;
    for (unsigned i = 0; i < directory->facility_count && plan->candidate_count < PLAN_CANDIDATES_MAX; i++) {
        const struct facility *facility = &directory->facilities[i];
        if (!match_step_names(step, facility) || is_settled(plan, facility))
            continue;
        plan->candidates[plan->candidate_count++] = (struct candidate){.facility = facility,
            .step = number,
            .stands_in = stands_in,
            .capacity = planner->lookup->capacity(planner->lookup->context, facility),
            .load = planner->lookup->load(planner->lookup->context, facility),
            .past = past_of(planner, facility),
            .conflict = institutions_accused(
                planner->policy->institutions, &planner->plan->accusation, facility->id)};
    }
    unsigned count = plan->candidate_count - first;
    match_rank(&plan->candidates[first], count, step, &planner->match, planner->now);
    return first;
}

/* What would decide about those that may fit. The place comes first: it says whom to ask about the rest. */
static void ask_for_missing(struct planner *planner, unsigned first) {
    const struct plan *plan = planner->plan;
    bool area = false;
    uint64_t facts = 0;
    for (unsigned i = first; i < plan->candidate_count && plan->candidates[i].verdict == MATCH_MAYBE; i++) {
        area |= plan->candidates[i].area_unknown;
        facts |= plan->candidates[i].missing;
    }
    planner->area_missing |= area;
    planner->missing |= area ? 0 : facts;
}

static void ask_facilities(
    struct planner *planner, const struct step *step, unsigned number, bool stands_in) {
    struct plan *plan = planner->plan;
    unsigned first = collect(planner, step, number, stands_in);
    if (first == plan->candidate_count || planner->settled || planner->blocked)
        return;
    const struct candidate *best = &plan->candidates[first]; /* sorted */
    if (best->verdict == MATCH_FITS) {
        plan->pick = (int)first;
        planner->settled = true;
    } else if (best->verdict == MATCH_MAYBE) {
        ask_for_missing(planner, first);
        if (planner->maybe < 0)
            planner->maybe = (int)first;
        planner->blocked = !plan->emergency;
    }
}

static bool action_is_out(const struct planner *planner, const struct action *action) {
    for (unsigned i = 0; i < action->unless_count; i++)
        if (condition_truth(&action->unless[i], &planner->plan->known) == TRUTH_YES)
            return true;
    return false;
}

static void take_action(struct planner *planner, const struct step *step, bool at_once) {
    uint64_t unknown = 0;
    if (step->action->meaning != ACTION_PLAN || action_is_out(planner, step->action))
        return;
    switch (conditions_truth(step->when, step->when_count, &planner->plan->known, &unknown)) {
    case TRUTH_NO:
        return;
    case TRUTH_UNKNOWN:
        if (!planner->settled || step->beside)
            planner->missing |= unknown;
        if (!step->beside && !planner->settled && !planner->plan->emergency)
            planner->blocked = true;
        return;
    case TRUTH_YES:
        break;
    }
    if (step->beside || at_once) {
        add_action(planner->plan, step, false);
    } else if (!planner->settled && !planner->blocked && !planner->plan->emergency) {
        add_action(planner->plan, step, true);
        planner->plan->state = SIGAP__REFERRAL_STATE__REFERRAL_HOME;
        planner->settled = true;
    }
}

static void walk(struct planner *planner, const struct decision *decision) {
    unsigned at_once = decision->emergency ? decision->rule->emergency_step_count : 0;
    for (unsigned i = 0; i < decision->step_count; i++) {
        const struct step *step = decision->steps[i];
        if (step->action)
            take_action(planner, step, i < at_once);
        else
            ask_facilities(planner, step, i, false);
    }
}

/* ---- when nobody is left */

/* What the exclusions say: "acute: psychiatric hospital instead". */
static void try_instead(struct planner *planner) {
    struct plan *plan = planner->plan;
    uint64_t types = 0;
    const struct action *action = NULL;
    for (unsigned i = 0; i < plan->candidate_count; i++) {
        types |= plan->candidates[i].reason == REASON_EXCLUDED ? plan->candidates[i].instead_types : 0;
        if (plan->candidates[i].reason == REASON_EXCLUDED && plan->candidates[i].instead)
            action = plan->candidates[i].instead;
    }
    struct step step = {.types = types, .within = WITHIN_COVERAGE};
    if (types)
        ask_facilities(planner, &step, RULES_STEPS_MAX, false);
    if (!planner->settled && action && !action_is_out(planner, action)) {
        for (unsigned i = 0; i < planner->policy->rules.rule_count && !planner->settled; i++) {
            const struct rule *rule = &planner->policy->rules.rules[i];
            for (unsigned k = 0; k < rule->step_count && !planner->settled; k++)
                if (rule->steps[k].action == action)
                    take_action(planner, &rule->steps[k], false);
        }
    }
}

static bool somebody_is_full(const struct planner *planner) {
    for (unsigned i = 0; i < planner->plan->candidate_count; i++)
        if (planner->plan->candidates[i].reason == REASON_FULL)
            return true;
    for (unsigned i = 0; i < planner->plan_case->past_count; i++)
        if (planner->plan_case->past[i].full)
            return true;
    return false;
}

/* the neighbours of the same type, then what the site says. Who is urgent does not end at home because
 * everybody was full. */
static void try_neighbours(struct planner *planner, const struct decision *decision) {
    const struct rules *rules = &planner->policy->rules;
    known_set_truth(&planner->plan->known, rules->facts.facility_full, TRUTH_YES);
    uint64_t types = 0;
    for (unsigned i = 0; i < decision->step_count; i++)
        types |= decision->steps[i]->types;
    const struct step neighbours = {.types = types, .within = WITHIN_ANY};
    for (unsigned g = 0; g < rules->general_count; g++) {
        const struct rule *rule = &rules->general[g];
        bool about_full = false;
        for (unsigned i = 0; i < rule->when_count; i++)
            about_full |= rule->when[i].fact == rules->facts.facility_full;
        if (!about_full ||
            conditions_truth(rule->when, rule->when_count, &planner->plan->known, NULL) != TRUTH_YES)
            continue;
        for (unsigned i = 0; i < rule->step_count; i++) {
            const struct step *step = &rule->steps[i];
            if (!step->action)
                ask_facilities(planner, step, RULES_STEPS_MAX, false);
            else if (step->action->meaning == ACTION_NEIGHBOUR && types)
                ask_facilities(planner, &neighbours, RULES_STEPS_MAX, true);
            else if (step->beside || !is_urgent(planner))
                take_action(planner, step, false);
        }
    }
}

/* Rules around the others (conflict, outside the home area): who else is told and what is done besides. */
static void add_general(struct planner *planner) {
    const struct rules *rules = &planner->policy->rules;
    struct plan *plan = planner->plan;
    for (unsigned g = 0; g < rules->general_count; g++) {
        const struct rule *rule = &rules->general[g];
        if (conditions_truth(rule->when, rule->when_count, &plan->known, NULL) != TRUTH_YES)
            continue;
        for (unsigned i = 0; i < rule->notify_count; i++)
            if (conditions_truth(rule->notify[i].when, rule->notify[i].when_count, &plan->known, NULL) ==
                TRUTH_YES)
                add_role(plan, rule->notify[i].role);
        bool about_full = false;
        for (unsigned i = 0; i < rule->when_count; i++)
            about_full |= rule->when[i].fact == rules->facts.facility_full;
        for (unsigned i = 0; i < rule->step_count && !about_full; i++) {
            if (rule->steps[i].action && rule->steps[i].action->meaning == ACTION_PLAN)
                add_action(plan, &rule->steps[i], false);
            else if (rule->steps[i].action)
                add_role(plan, rule->steps[i].role);
        }
    }
}

/* ---- the whole */

/* Somebody finds out who is meant, unless it cannot wait: then all of the regency are passed by. */
static bool conflict_waits(struct planner *planner, bool emergency) {
    int asked = planner->plan->known.table->conflict_facility;
    if (!planner->plan->accusation.of_unknown || asked == KNOWN_NONE || emergency)
        return false;
    planner->missing |= UINT64_C(1) << asked;
    return true;
}

static void take_maybe(struct planner *planner) {
    struct plan *plan = planner->plan;
    plan->pick = planner->maybe;
    plan->override = true;
    planner->settled = true;
}

static void find_somebody(struct planner *planner, const struct decision *decision) {
    struct plan *plan = planner->plan;
    walk(planner, decision);
    if (!planner->settled && plan->emergency && planner->maybe >= 0 && decision->rule->override)
        take_maybe(planner);
    if (!planner->settled && !planner->blocked)
        try_instead(planner);
    if (!planner->settled && !planner->blocked && somebody_is_full(planner))
        try_neighbours(planner, decision);
}

static bool somebody_was_asked(const struct planner *planner) {
    for (unsigned i = 0; i < planner->plan_case->past_count; i++)
        if (planner->plan_case->past[i].past != REASON_WITHDRAWN)
            return true;
    return false;
}

static void rest_with_action(struct plan *plan) {
    plan->state = SIGAP__REFERRAL_STATE__REFERRAL_HOME;
    plan->owner_role = plan->actions[0]->role ? plan->actions[0]->role : role_regency;
}

static void conclude(struct planner *planner) {
    struct plan *plan = planner->plan;
    /* An emergency may be led without a facility; but not when those that were asked have all refused. */
    bool led = plan->emergency && plan->action_count && !somebody_was_asked(planner);
    /* Nothing but what is done beside: still somebody does it. */
    bool beside = plan->rule && plan->action_count && !plan->candidate_count && !planner->blocked;
    if (plan->pick >= 0) {
        plan->state = SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE;
    } else if (plan->state == SIGAP__REFERRAL_STATE__REFERRAL_HOME || led || beside) {
        rest_with_action(plan);
    } else if (plan->missing_count && (planner->blocked || planner->maybe >= 0)) {
        plan->state = SIGAP__REFERRAL_STATE__REFERRAL_DRAFT;
        plan->owner_role = draft_owner(planner);
    } else {
        plan->state = SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE;
        bool coordinator = is_urgent(planner) || plan->accusation.of_unknown || !plan->rule;
        plan->owner_role = coordinator ? role_coordinator : role_province;
    }
}

static void add_notify(struct planner *planner) {
    struct plan *plan = planner->plan;
    for (unsigned i = 0; plan->rule && i < plan->rule->notify_count; i++) {
        const struct notify *notify = &plan->rule->notify[i];
        if (conditions_truth(notify->when, notify->when_count, &plan->known, NULL) == TRUTH_YES)
            add_role(plan, notify->role);
    }
}

static void decide(struct planner *planner) {
    struct plan *plan = planner->plan;
    struct decision decision;
    rules_decide(&planner->policy->rules, planner->plan_case->kind, &plan->known, &decision);
    plan->rule = decision.rule;
    plan->emergency = decision.emergency;
    bool waits = decision.waits && !decision.emergency;
    planner->missing |= decision.waits ? decision.missing : 0;
    waits |= conflict_waits(planner, decision.emergency);
    if (waits) {
        planner->blocked = true;
    } else {
        plan->override = decision.waits;
        if (decision.rule)
            find_somebody(planner, &decision);
        add_notify(planner);
        add_general(planner);
    }
}

struct plan *route_plan_make(const struct policy *policy, const struct plan_case *plan_case,
    const struct plan_lookup *lookup, int64_t now, struct arena *arena) {
    struct plan *plan = arena_take(arena, sizeof *plan);
    if (!plan)
        return NULL;
    struct planner planner = {.policy = policy,
        .plan_case = plan_case,
        .lookup = lookup,
        .now = now,
        .plan = plan,
        .maybe = -1,
        .match = {plan_case->kind, plan_case->area, &plan->known, &policy->directory, policy->gazetteer,
            policy->timers.capacity_fresh_ms}};
    plan->pick = -1;
    plan->owner_role = "";
    if (plan_case->kind == KNOWN_NONE) {
        known_read(&plan->known, &policy->rules.facts, &plan_case->facts);
        read_accusation(&planner);
        conclude(&planner);
        return plan;
    }
    know(&planner);
    decide(&planner);
    write_actions(plan);
    write_missing(&planner);
    conclude(&planner);
    return plan;
}

const struct candidate *route_plan_candidate(const struct plan *plan, const char *facility) {
    for (unsigned i = 0; i < plan->candidate_count; i++)
        if (strcmp(plan->candidates[i].facility->id, facility) == 0)
            return &plan->candidates[i];
    return NULL;
}
