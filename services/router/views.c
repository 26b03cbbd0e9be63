/* What the router shows. Rights are applied here, by the owner of the data: the area and the facility are
 * predicates of the query; C3 shows its number only. The router keeps no names, addresses or free text, so an
 * offer shows its masked summary by nature. */
#include "common/json.h"
#include "services/router/rights.h"
#include "services/router/route.h"

#include "router_sql.h"

#include <string.h>

enum {
    VIEW_BYTES_MAX = 1 << 20, /* 1000 rows x 600 bytes */
    AREAS_MAX = 64,
};

static const char *const priority_words[] = {"P0", "P1", "P2", "P3", "P4"};

/* ---- small writers */

static void member_words(struct json_writer *json, struct arena *arena, const char *key, const char *words) {
    char *rest = arena_text(arena, words);
    json_member_array(json, key);
    for (char *word; rest && (word = strtok_r(rest, " ", &rest));)
        json_write_text(json, word);
    json_write_end(json);
}

static const char *priority_word(int priority) {
    return priority_words[priority < 0 ? 0 : priority > 4 ? 4 : priority];
}

/* Rows of before tell those who are accused that they are. */
static const char *reason_of(const struct offer *offer) {
    return strcmp(offer->reason, match_reason_word(REASON_CONFLICT)) == 0 ? "reassigned" : offer->reason;
}

static void write_offer(
    struct json_writer *json, const struct router *router, const struct offer *offer, bool training) {
    const struct facility *facility = facilities_find(&router->policy->directory, offer->facility);
    json_write_object(json);
    json_member_id(json, "id", &offer->id);
    json_member_id(json, "case_id", &offer->case_id);
    json_member_text(json, "facility", offer->facility);
    json_member_text(json, "facility_name", facility ? facility->name : offer->facility);
    json_member_text(json, "state", offer_state_word(offer->standing.state));
    json_member_bool(json, "cancel_requested", offer->standing.cancel_requested);
    json_member_text(json, "kind", offer->kind);
    json_member_text(json, "priority", priority_word(offer->priority));
    json_member_text(json, "area", offer->area);
    json_member_text(json, "age_band", offer->age_band);
    json_member_text(json, "sex", offer->sex);
    json_member_text(json, "why",
        offer->by_hand     ? match_reason_word(REASON_BY_HAND)
        : offer->ask_first ? "ask_first"
                           : "fits");
    json_member_bool(json, "ask_first", offer->ask_first);
    json_member_integer(json, "rank", offer->rank);
    json_member_text(json, "reason", reason_of(offer));
    json_member_integer(json, "sent_at", offer->sent_at);
    json_member_integer(json, "answer_by", offer->answer_by);
    json_member_integer(json, "due_at", offer->due_at);
    json_member_integer(json, "escalation", offer->escalation);
    json_member_bool(json, "training", training);
    json_member_integer(json, "version", (int64_t)offer->version);
    json_write_end(json);
}

static void write_candidates(struct json_writer *json, struct turn *turn, const struct trail *trail) {
    const struct router *router = turn->state;
    json_member_array(json, "candidates");
    for (unsigned i = 0; i < trail->count; i++) {
        const struct trail_entry *entry = &trail->entries[i];
        const struct facility *facility = facilities_find(&router->policy->directory, entry->facility);
        bool offered = !id_is_null(&entry->offer);
        json_write_object(json);
        json_member_text(json, "facility", entry->facility);
        json_member_text(json, "facility_name", facility ? facility->name : entry->facility);
        json_member_integer(json, "step", entry->step);
        json_member_text(json, "verdict",
            entry->verdict == MATCH_FITS    ? "fits"
            : entry->verdict == MATCH_MAYBE ? "maybe"
                                            : "out");
        json_member_text(json, "reason", match_reason_word(entry->reason));
        json_member_text(json, "sentence", match_reason_sentence(entry->reason));
        member_words(json, turn->arena, "facts", entry->detail);
        json_member_bool(json, "own_area", entry->own_area);
        json_write_key(json, "distance_km");
        if (entry->distance_km == TRAIL_DISTANCE_UNKNOWN)
            json_write_null(json);
        else
            json_write_integer(json, entry->distance_km);
        json_member_id(json, "offer", &entry->offer);
        if (offered && !offer_is_open(entry->offer_state))
            json_member_text(json, "ended", offer_state_word(entry->offer_state));
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_referral(struct json_writer *json, struct turn *turn, const struct referral *referral) {
    json_member_object(json, "referral");
    json_member_id(json, "id", &referral->case_id);
    json_member_id(json, "case_id", &referral->case_id);
    json_member_text(json, "state", referral_state_word(referral->state));
    member_words(json, turn->arena, "missing", referral->missing);
    json_member_text(json, "rule", referral->rule);
    json_member_text(json, "owner_role", referral->owner_role);
    json_member_text(json, "plan", referral->plan);
    json_member_bool(json, "override", referral->override);
    json_member_integer(json, "refusals", referral->refusals);
    json_member_text(json, "kind", referral->kind);
    json_member_text(json, "priority", priority_word(referral->priority));
    json_member_text(json, "area", referral->area);
    json_member_bool(json, "training", referral->training);
    json_member_integer(json, "opened_at", referral->opened_at);
    json_member_integer(json, "version", (int64_t)referral->version);
    json_write_end(json);
}

static void write_offers(
    struct json_writer *json, struct turn *turn, const struct referral *referral, const Sigap__Actor *only) {
    json_member_array(json, "offers");
    for (unsigned i = 0; i < referral->trail.count; i++) {
        struct offer offer;
        const struct id *id = &referral->trail.entries[i].offer;
        if (id_is_null(id) || !offer_get(turn, id, &offer))
            continue;
        if (only && (!rights_staff(only, offer.facility) || !offer_is_open(offer.standing.state)))
            continue;
        write_offer(json, turn->state, &offer, referral->training);
    }
    json_write_end(json);
}

/* ---- one case */

static bool has_office(const Sigap__Actor *actor) {
    static const char *const roles[] = {"operator", "coordinator", "responder", "auditor", "administrator"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (rights_has(actor, roles[i]))
            return true;
    return false;
}

/* The receiver's access begins with the offer and ends with it. Opening it counts as received. */
static bool open_as_facility(struct work *work, const Sigap__Actor *actor) {
    struct offer offer;
    const char *why;
    if (!offer_of(work->turn, &work->referral, &offer) || !rights_staff(actor, offer.facility))
        return false;
    if (offer.standing.state == OFFER_REQUESTED) {
        const struct by by = {rights_name(actor), "", "", "", false, false};
        route_move(work, &offer, EVENT_DELIVER, &by, 0, &why);
        route_end(work);
    }
    return true;
}

static void audit_look(
    struct turn *turn, const Sigap__Actor *actor, const char *action, const struct id *case_id) {
    char text[ID_TEXT + 1];
    id_to_text(case_id, text);
    turn_audit(turn, rights_name(actor), action, text);
}

static bool is_accused(
    struct turn *turn, const Sigap__Actor *actor, const struct pairs *facts, const char *area) {
    const struct router *router = turn->state;
    return rights_accused(router->policy->institutions, actor, facts, area);
}

static enum verdict view_case(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct work *work = arena_take(turn->arena, sizeof *work);
    struct id id;
    if (!work)
        return VERDICT_RETRY;
    answer->status = 404;
    if (!id_from_bytes(view->case_file->case_id.data, view->case_file->case_id.len, &id) ||
        !route_begin(work, turn, &id))
        return VERDICT_DONE;
    const struct referral *referral = &work->referral;
    if (rights_closed_to(view->actor, referral))
        return VERDICT_DONE;
    bool accused = is_accused(turn, view->actor, &referral->facts, referral->area);
    bool office = has_office(view->actor) && rights_covers(view->actor, referral->area) && !accused;
    bool secret = office && referral->confidentiality >= 3 && !rights_sees_secret(view->actor);
    bool facility = (!office || secret) && open_as_facility(work, view->actor);
    if (!office && !facility) {
        answer->status = accused ? 404 : 403;
        return VERDICT_DONE;
    }
    struct json_writer json;
    json_writer_init(&json, VIEW_BYTES_MAX);
    json_write_object(&json);
    if (office && !secret) {
        write_referral(&json, turn, referral);
        write_offers(&json, turn, referral, NULL);
        write_candidates(&json, turn, &referral->trail);
    } else {
        json_member_object(&json, "referral");
        json_member_id(&json, "id", &referral->case_id);
        json_member_text(&json, "state", referral_state_word(referral->state));
        json_write_end(&json);
        if (facility)
            write_offers(&json, turn, referral, view->actor);
        json_member_bool(&json, "restricted", true);
    }
    json_write_end(&json);
    audit_look(turn, view->actor, "referral.view", &id);
    turn_answer_view(turn, answer, 200, &json);
    return VERDICT_DONE;
}

/* ---- why: the rules in order, each condition, each step, each candidate */

static void write_conditions(struct json_writer *json, struct arena *arena, const char *key,
    const struct condition *conditions, unsigned count, const struct known *known) {
    json_member_array(json, key);
    for (unsigned i = 0; i < count; i++) {
        json_write_object(json);
        json_member_text(json, "condition", condition_text(arena, known->table, &conditions[i]));
        json_member_text(json, "answer", truth_word(condition_truth(&conditions[i], known)));
        json_write_end(json);
    }
    json_write_end(json);
}

static void write_rule(struct json_writer *json, struct arena *arena, const struct rule *rule,
    const struct known *known, bool matched) {
    json_write_object(json);
    json_member_text(json, "id", rule->id);
    json_member_text(json, "answer", truth_word(conditions_truth(rule->when, rule->when_count, known, NULL)));
    json_member_bool(json, "matched", matched);
    write_conditions(json, arena, "conditions", rule->when, rule->when_count, known);
    json_member_text(json, "emergency", truth_word(rule_emergency(rule, known)));
    json_member_bool(json, "override", rule->override);
    json_member_text(json, "override_text", rule->override_text);
    json_member_text(json, "override_text_en", rule->override_text_en);
    json_member_text(json, "basis", rule->basis);
    json_write_end(json);
}

static void write_step(
    struct json_writer *json, const struct rules *rules, const struct step *step, const struct known *known) {
    static const char *const withins[] = {
        [WITHIN_REGENCY] = "regency", [WITHIN_COVERAGE] = "coverage", [WITHIN_ANY] = "any"};
    json_write_object(json);
    json_member_text(json, "action", step->action ? step->action->code : NULL);
    json_member_text(json, "action_name", step->action ? step->action->name : NULL);
    json_member_array(json, "types");
    for (unsigned i = 0; i < rules->type_count; i++)
        if (step->types >> i & 1)
            json_write_text(json, rules->types[i]);
    json_write_end(json);
    json_member_array(json, "facilities");
    for (unsigned i = 0; i < step->facility_count; i++)
        json_write_text(json, step->facilities[i]);
    json_write_end(json);
    json_member_text(json, "within", step->action ? NULL : withins[step->within]);
    json_member_text(json, "role", step->role);
    json_member_text(json, "playbook", step->playbook);
    json_member_bool(json, "beside", step->beside);
    json_member_text(json, "answer", truth_word(conditions_truth(step->when, step->when_count, known, NULL)));
    json_member_text(json, "note", step->note);
    json_write_end(json);
}

static void write_rules(
    struct json_writer *json, struct turn *turn, const struct referral *referral, const struct known *known) {
    const struct router *router = turn->state;
    const struct rules *rules = &router->policy->rules;
    struct decision decision;
    int kind = rules_kind(router->policy->kinds, referral->kind);
    rules_decide(rules, kind, known, &decision);
    json_member_array(json, "rules");
    for (unsigned i = 0; i < rules->rule_count; i++) {
        if (rules->rules[i].kind != kind || kind == KNOWN_NONE)
            continue;
        write_rule(
            json, turn->arena, &rules->rules[i], known, &rules->rules[i] == decision.rule && !decision.waits);
        if (&rules->rules[i] == decision.rule)
            break; /* those behind it were not asked */
    }
    for (unsigned i = 0; i < rules->general_count; i++) {
        const struct rule *rule = &rules->general[i];
        if (conditions_truth(rule->when, rule->when_count, known, NULL) == TRUTH_YES)
            write_rule(json, turn->arena, rule, known, true);
    }
    json_write_end(json);
    json_member_array(json, "steps");
    for (unsigned i = 0; i < decision.step_count; i++)
        write_step(json, rules, decision.steps[i], known);
    json_write_end(json);
}

static enum verdict explain(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct work *work = arena_take(turn->arena, sizeof *work);
    struct id id;
    if (!work)
        return VERDICT_RETRY;
    answer->status = 404;
    if (!id_from_bytes(view->explain->case_id.data, view->explain->case_id.len, &id) ||
        !route_begin(work, turn, &id))
        return VERDICT_DONE;
    const struct referral *referral = &work->referral;
    if (rights_closed_to(view->actor, referral) ||
        is_accused(turn, view->actor, &referral->facts, referral->area))
        return VERDICT_DONE;
    bool secret = referral->confidentiality >= 3 && !rights_sees_secret(view->actor);
    if (!has_office(view->actor) || !rights_covers(view->actor, referral->area) || secret) {
        answer->status = 403;
        return VERDICT_DONE;
    }
    struct plan *plan = route_plan(turn, referral);
    struct json_writer json;
    if (!plan)
        return VERDICT_RETRY;
    json_writer_init(&json, VIEW_BYTES_MAX);
    json_write_object(&json);
    json_member_id(&json, "case_id", &referral->case_id);
    write_referral(&json, turn, referral);
    write_rules(&json, turn, referral, &plan->known);
    write_candidates(&json, turn, &referral->trail);
    write_offers(&json, turn, referral, NULL);
    json_write_end(&json);
    audit_look(turn, view->actor, "referral.explain", &id);
    turn_answer_view(turn, answer, 200, &json);
    return VERDICT_DONE;
}

/* ---- lists */

struct listing {
    struct turn *turn;
    const Sigap__View *view;
    struct json_writer json;
    uint32_t left;     /* rows that may still be written */
    struct work *work; /* room for the referral of one row */
};

/* The area predicate of the statements: prefix four times, then its length once more. */
static void bind_area(struct statement *row, const char *prefix) {
    for (int i = 0; i < 5; i++)
        bind_text(row, prefix);
}

/* Prefixes of the actor, narrowed to the one asked for. */
static size_t areas_asked(const Sigap__View *view, const char **out) {
    const char *mine[AREAS_MAX];
    size_t count = rights_areas(view->actor, mine, AREAS_MAX), kept = 0;
    const char *asked = view->list->area;
    for (size_t i = 0; i < count; i++) {
        bool all = strcmp(mine[i], "*") == 0;
        if (!asked[0] || (!all && area_within(mine[i], asked)))
            out[kept++] = mine[i];
        else if (all || area_within(asked, mine[i]))
            out[kept++] = asked;
    }
    return kept;
}

static bool facility_asked(const Sigap__View *view, const char *facility) {
    return !view->list->facility[0] || strcmp(view->list->facility, facility) == 0;
}

/* Whose offer this is, read into the listing's room. False: they must not see it there. */
static bool may_see(struct listing *listing, const struct offer *offer, bool owner) {
    const Sigap__Actor *actor = listing->view->actor;
    const struct referral *referral = &listing->work->referral;
    if (!route_begin(listing->work, listing->turn, &offer->case_id) || rights_closed_to(actor, referral))
        return false;
    return owner || referral->confidentiality < 3 || rights_sees_secret(actor);
}

/* Rows are read first and worked on then: a move while the list's statement runs would change what it walks.
 */
static size_t read_offers(struct listing *listing, struct statement *row, struct offer **out) {
    size_t count = 0;
    struct offer *offers = arena_take(listing->turn->arena, ((size_t)listing->left + 1) * sizeof *offers);
    while (offers && count < listing->left && statement_step(row))
        offer_read(listing->turn, row, &offers[count++]);
    statement_end(row);
    *out = offers;
    return count;
}

static void mark_received(struct work *work, const Sigap__Actor *actor, struct offer *offer) {
    const struct by by = {rights_name(actor), "", "", "", false, false};
    const char *why;
    if (offer->standing.state == OFFER_REQUESTED && route_move(work, offer, EVENT_DELIVER, &by, 0, &why))
        route_end(work);
}

static void list_offers_of(
    struct listing *listing, const char *facility, const char *prefix, int64_t state, bool owner) {
    struct statement *row =
        router_use(listing->turn->store, facility ? ROUTER_OFFERS_OF_FACILITY : ROUTER_OFFERS_IN_AREA);
    struct offer *offers;
    if (facility)
        bind_text(row, facility);
    bind_int(row, state);
    bind_int(row, state);
    bind_area(row, prefix);
    bind_int(row, listing->left);
    size_t count = read_offers(listing, row, &offers);
    for (size_t i = 0; i < count; i++) {
        /* Own ones are listed as such. */
        if (!owner && rights_staff(listing->view->actor, offers[i].facility))
            continue;
        if (!may_see(listing, &offers[i], owner))
            continue;
        if (owner)
            mark_received(listing->work, listing->view->actor, &offers[i]);
        write_offer(&listing->json, listing->turn->state, &offers[i], listing->work->referral.training);
        listing->left--;
    }
}

static void list_offers(struct listing *listing) {
    const Sigap__View *view = listing->view;
    enum offer_state state = OFFER_REQUESTED;
    int64_t wanted = offer_state_read(view->list->state, &state) ? (int64_t)state : 0;
    const char *areas[AREAS_MAX];
    bool staff = rights_has(view->actor, "facility");
    for (size_t i = 0; staff && i < view->actor->n_facilities && listing->left; i++)
        if (facility_asked(view, view->actor->facilities[i]))
            list_offers_of(listing, view->actor->facilities[i], view->list->area[0] ? view->list->area : "*",
                wanted, true);
    if (!has_office(view->actor))
        return;
    size_t count = areas_asked(view, areas);
    for (size_t i = 0; i < count && listing->left; i++)
        list_offers_of(
            listing, view->list->facility[0] ? view->list->facility : NULL, areas[i], wanted, false);
}

static void write_queued(struct listing *listing, struct statement *row) {
    struct json_writer *json = &listing->json;
    struct id id = column_id(row, 0);
    bool secret = column_int(row, 5) >= 3 && !rights_sees_secret(listing->view->actor);
    json_write_object(json);
    json_member_id(json, "id", &id);
    json_member_id(json, "case_id", &id);
    json_member_text(json, "state", referral_state_word((Sigap__ReferralState)column_int(row, 1)));
    json_member_text(json, "priority", priority_word((int)column_int(row, 3)));
    json_member_text(json, "owner_role", secret ? "" : column_text(row, 6)); /* whose it is tells what it is */
    json_member_integer(json, "opened_at", column_int(row, 10));
    json_member_integer(json, "since", column_int(row, 11));
    json_member_integer(json, "age_ms", listing->turn->now - column_int(row, 11));
    json_member_integer(json, "version", column_int(row, 12));
    json_member_bool(json, "training", column_int(row, 13) != 0);
    json_member_bool(json, "restricted", secret);
    if (!secret) {
        json_member_text(json, "kind", column_text(row, 2));
        json_member_text(json, "area", column_text(row, 4));
        member_words(json, listing->turn->arena, "missing", column_text(row, 7));
        json_member_text(json, "rule", column_text(row, 8));
        json_member_text(json, "plan", column_text(row, 9));
    }
    json_write_end(json);
}

/* As rights_closed_to and rights_accused, of a row of the queue. */
static bool row_is_closed_to(struct turn *turn, const Sigap__Actor *actor, struct statement *row) {
    struct pairs facts;
    facts.bytes = column_blob(row, 14, &facts.size);
    return rights_in_conflict(actor, pairs_get(&facts, RIGHTS_CONFLICT_OFFICER)) ||
           is_accused(turn, actor, &facts, column_text(row, 4));
}

static void list_queue(struct listing *listing, Sigap__ReferralState state) {
    const char *areas[AREAS_MAX];
    size_t count = has_office(listing->view->actor) ? areas_asked(listing->view, areas) : 0;
    for (size_t i = 0; i < count && listing->left; i++) {
        struct statement *row = router_use(listing->turn->store, ROUTER_REFERRAL_QUEUE);
        bind_int(row, state);
        bind_area(row, areas[i]);
        bind_int(row, listing->left);
        while (listing->left && statement_step(row)) {
            if (row_is_closed_to(listing->turn, listing->view->actor, row))
                continue;
            write_queued(listing, row);
            listing->left--;
        }
        statement_end(row);
    }
}

static void write_facility(struct listing *listing, const struct facility *facility) {
    const struct router *router = listing->turn->state;
    struct json_writer *json = &listing->json;
    struct capacity_row row;
    capacity_get(listing->turn, facility, &row);
    json_write_object(json);
    json_member_text(json, "id", facility->id);
    json_member_text(json, "name", facility->name);
    json_member_text(json, "part_of", facility->part_of);
    json_member_text(json, "operator", facility->operator_name);
    json_member_array(json, "types");
    for (unsigned i = 0; i < router->policy->rules.type_count; i++)
        if (facility->types >> i & 1)
            json_write_text(json, router->policy->rules.types[i]);
    json_write_end(json);
    json_member_text(json, "regency", facility->regency);
    json_member_text(json, "regency_name", gazetteer_name(router->policy->gazetteer, facility->regency));
    json_member_text(json, "place", facility->hidden_address ? NULL : facility->place);
    json_member_bool(json, "hidden_address", facility->hidden_address);
    json_member_bool(json, "active", facility->active);
    json_member_bool(json, "always_open", facility->always_open);
    json_member_bool(json, "capacity_known", row.capacity.known);
    json_write_key(json, "places");
    if (row.capacity.known)
        json_write_integer(json, row.capacity.places);
    else
        json_write_null(json);
    json_member_integer(json, "held", row.capacity.held);
    json_member_bool(json, "fresh",
        row.capacity.known &&
            listing->turn->now - row.capacity.updated_at <= router->policy->timers.capacity_fresh_ms);
    json_member_integer(json, "updated_at", row.capacity.updated_at);
    json_member_integer(json, "open_offers", router->load[facility->index]);
    json_member_integer(json, "version", (int64_t)row.version);
    json_write_end(json);
    listing->left--;
}

static void list_facilities(struct listing *listing) {
    const struct router *router = listing->turn->state;
    const struct directory *directory = &router->policy->directory;
    const Sigap__View *view = listing->view;
    for (unsigned i = 0; i < directory->facility_count && listing->left; i++) {
        const struct facility *facility = &directory->facilities[i];
        bool mine = rights_staff(view->actor, facility->id);
        if ((!mine && !has_office(view->actor)) || !facility_asked(view, facility->id))
            continue;
        if (view->list->area[0] && !area_within(facility->regency, view->list->area))
            continue;
        write_facility(listing, facility);
    }
}

static enum verdict list(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    static const struct {
        const char *name;
        Sigap__ReferralState state;
    } queues[] = {{"unroutable", SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE},
        {"drafts", SIGAP__REFERRAL_STATE__REFERRAL_DRAFT}};
    struct listing listing = {.turn = turn,
        .view = view,
        .left = view_rows(view->list),
        .work = arena_take(turn->arena, sizeof *listing.work)};
    const char *name = view->list->name;
    bool known = strcmp(name, "offers") == 0 || strcmp(name, "facilities") == 0;
    if (!listing.work)
        return VERDICT_RETRY;
    for (size_t i = 0; i < sizeof queues / sizeof *queues; i++)
        known |= strcmp(name, queues[i].name) == 0;
    if (!known) {
        answer->status = 404;
        return VERDICT_DONE;
    }
    json_writer_init(&listing.json, VIEW_BYTES_MAX);
    json_write_array(&listing.json);
    if (strcmp(name, "offers") == 0)
        list_offers(&listing);
    else if (strcmp(name, "facilities") == 0)
        list_facilities(&listing);
    for (size_t i = 0; i < sizeof queues / sizeof *queues; i++)
        if (strcmp(name, queues[i].name) == 0)
            list_queue(&listing, queues[i].state);
    json_write_end(&listing.json);
    turn_answer_view(turn, answer, 200, &listing.json);
    return VERDICT_DONE;
}

enum verdict router_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    switch (view->what_case) {
    case SIGAP__VIEW__WHAT_CASE_FILE:
        return view_case(turn, view, answer);
    case SIGAP__VIEW__WHAT_LIST:
        return list(turn, view, answer);
    case SIGAP__VIEW__WHAT_EXPLAIN:
        return explain(turn, view, answer);
    case SIGAP__VIEW__WHAT_STATUS:
    case SIGAP__VIEW__WHAT_REPORT:
    case SIGAP__VIEW__WHAT_PARKED_RETRY:
    case SIGAP__VIEW__WHAT_TOKEN:
    case SIGAP__VIEW__WHAT_CONTROL:
    case SIGAP__VIEW__WHAT_MEDIA:
    case SIGAP__VIEW__WHAT__NOT_SET:
    case _SIGAP__VIEW__WHAT__CASE_IS_INT_SIZE:
        answer->status = 404;
        return VERDICT_DONE;
    }
    return VERDICT_DONE;
}
