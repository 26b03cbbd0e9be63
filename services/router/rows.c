#include "services/router/rows.h"

#include "common/texts.h"
#include "router_sql.h"
#include "services/router/router.h"

#include <string.h>

static const char *text_at(struct turn *turn, struct statement *row, int column) {
    const char *text = arena_text(turn->arena, column_text(row, column));
    return text ? text : "";
}

static const char *blob_at(struct turn *turn, struct statement *row, int column, size_t *size) {
    const void *bytes = column_blob(row, column, size);
    const char *copy = arena_bytes(turn->arena, bytes, *size);
    if (!copy)
        *size = 0;
    return copy ? copy : "";
}

/* ---- referral */

static void referral_read(struct turn *turn, struct statement *row, struct referral *out) {
    size_t size;
    out->case_id = column_id(row, 0);
    out->state = (Sigap__ReferralState)column_int(row, 1);
    out->kind = text_at(turn, row, 2);
    out->priority = (int)column_int(row, 3);
    out->area = text_at(turn, row, 4);
    out->confidentiality = (int)column_int(row, 5);
    out->training = column_int(row, 6) != 0;
    out->lane = column_int(row, 7) == LANE_URGENT ? LANE_URGENT : LANE_NORMAL;
    out->version = (uint64_t)column_int(row, 8);
    out->rule = text_at(turn, row, 9);
    out->plan = text_at(turn, row, 10);
    out->owner_role = text_at(turn, row, 11);
    out->missing = text_at(turn, row, 12);
    out->override = column_int(row, 13) != 0;
    out->refusals = (unsigned)column_int(row, 14);
    out->offer = column_id(row, 15);
    out->opened_at = column_int(row, 16);
    out->moved_at = column_int(row, 17);
    out->province_at = column_int(row, 18);
    out->closed = column_int(row, 19) != 0;
    out->facts.bytes = blob_at(turn, row, 20, &out->facts.size);
    const void *trail = column_blob(row, 21, &size);
    trail_read(trail, size, &out->trail);
    out->trace = column_id(row, 22);
    out->last_command = column_id(row, 23);
}

/* ---- who waits for a place */

static void take_full(const struct trail *trail, struct waits *out) {
    for (unsigned i = 0; i < trail->count; i++) {
        const struct trail_entry *entry = &trail->entries[i];
        if (entry->reason == REASON_FULL && id_is_null(&entry->offer))
            copy_text(out->facilities[out->count++], DIRECTORY_ID_MAX, entry->facility);
    }
}

void waits_of(const struct referral *referral, struct waits *out) {
    bool placeless = referral->state == SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE ||
                     referral->state == SIGAP__REFERRAL_STATE__REFERRAL_HOME;
    out->later = referral->priority > 1;
    out->count = 0;
    if (placeless && !referral->closed)
        take_full(&referral->trail, out);
}

static void waits_write(
    struct turn *turn, enum router_statement statement, const struct id *case_id, const struct waits *waits) {
    for (unsigned i = 0; i < waits->count; i++) {
        struct statement *row = router_use(turn->store, statement);
        bind_text(row, waits->facilities[i]);
        bind_int(row, waits->later);
        bind_id(row, case_id);
        statement_run(row);
    }
}

static bool same_waits(const struct waits *one, const struct waits *other) {
    bool same = one->count == other->count && (one->later == other->later || one->count == 0);
    for (unsigned i = 0; same && i < one->count; i++)
        same = strcmp(one->facilities[i], other->facilities[i]) == 0;
    return same;
}

void waits_renew(
    struct turn *turn, const struct id *case_id, const struct waits *before, const struct waits *after) {
    if (same_waits(before, after))
        return;
    waits_write(turn, ROUTER_WAITING_REMOVE, case_id, before);
    waits_write(turn, ROUTER_WAITING_ADD, case_id, after);
}

unsigned waits_for(struct turn *turn, const char *facility, struct id *ids, unsigned max) {
    unsigned count = 0;
    struct statement *row = router_use(turn->store, ROUTER_WAITING_OF);
    bind_text(row, facility);
    bind_int(row, max);
    while (count < max && statement_step(row))
        ids[count++] = column_id(row, 0);
    statement_end(row);
    return count;
}

/* Referrals of a store that had no such table. */
static void waits_enter(struct turn *turn, struct trail *trail, struct waits *waits) {
    size_t size;
    struct statement *row = router_use(turn->store, ROUTER_REFERRAL_WITHOUT_PLACE);
    while (statement_step(row)) {
        struct id case_id = column_id(row, 0);
        const void *bytes = column_blob(row, 2, &size);
        trail_read(bytes, size, trail);
        *waits = (struct waits){.later = column_int(row, 1) > 1};
        take_full(trail, waits);
        waits_write(turn, ROUTER_WAITING_ADD, &case_id, waits);
    }
    statement_end(row);
}

static void waits_begin(struct turn *turn) {
    static const struct id nobody = {{1}};
    struct id entered;
    struct trail *trail = arena_take(turn->arena, sizeof *trail);
    struct waits *waits = arena_take(turn->arena, sizeof *waits);
    if (!trail || !waits || waits_for(turn, "", &entered, 1) > 0)
        return;
    waits_enter(turn, trail, waits);
    *waits = (struct waits){.count = 1};
    waits_write(turn, ROUTER_WAITING_ADD, &nobody, waits);
}

/* ---- the start */

void referrals_begin(struct turn *turn) {
    struct router *router = turn->state;
    struct statement *last = router_use(turn->store, ROUTER_REFERRAL_NEWEST);
    struct id newest = statement_step(last) ? column_id(last, 0) : (struct id){{0}};
    statement_end(last);
    id_filter_begin(&router->referrals, &newest);
    waits_begin(turn);
}

bool referral_get(struct turn *turn, const struct id *case_id, struct referral *out) {
    const struct router *router = turn->state;
    if (id_filter_excludes(&router->referrals, case_id))
        return false;
    struct statement *row = router_use(turn->store, ROUTER_REFERRAL_GET);
    bind_id(row, case_id);
    bool found = statement_step(row);
    if (found)
        referral_read(turn, row, out);
    statement_end(row);
    return found;
}

/* The columns behind the key, in the order of both statements. */
static void referral_bind(struct turn *turn, struct statement *row, const struct referral *referral) {
    size_t size;
    const void *trail = trail_write(turn->arena, &referral->trail, &size);
    bind_int(row, referral->state);
    bind_text(row, referral->kind);
    bind_int(row, referral->priority);
    bind_text(row, referral->area);
    bind_int(row, referral->confidentiality);
    bind_int(row, referral->training);
    bind_int(row, referral->lane);
    bind_int(row, (int64_t)referral->version);
    bind_text(row, referral->rule);
    bind_text(row, referral->plan);
    bind_text(row, referral->owner_role);
    bind_text(row, referral->missing);
    bind_int(row, referral->override);
    bind_int(row, referral->refusals);
    bind_id(row, &referral->offer);
    bind_int(row, referral->opened_at);
    bind_int(row, referral->moved_at);
    bind_int(row, referral->province_at);
    bind_int(row, referral->closed);
    bind_blob(row, referral->facts.size ? referral->facts.bytes : "", referral->facts.size);
    bind_blob(row, trail, size);
    bind_id(row, &referral->trace);
    bind_id(row, &referral->last_command);
}

void referral_insert(struct turn *turn, const struct referral *referral) {
    struct router *router = turn->state;
    struct statement *row = router_use(turn->store, ROUTER_REFERRAL_INSERT);
    id_filter_add(&router->referrals, &referral->case_id);
    bind_id(row, &referral->case_id);
    referral_bind(turn, row, referral);
    statement_run(row);
}

void referral_update(struct turn *turn, const struct referral *referral) {
    struct statement *row = router_use(turn->store, ROUTER_REFERRAL_UPDATE);
    referral_bind(turn, row, referral);
    bind_id(row, &referral->case_id);
    statement_run(row);
}

static void delete_by_id(struct turn *turn, enum router_statement statement, const struct id *id) {
    struct statement *row = router_use(turn->store, statement);
    bind_id(row, id);
    statement_run(row);
}

void referral_delete(struct turn *turn, const struct id *case_id) {
    delete_by_id(turn, ROUTER_REFERRAL_DELETE, case_id);
}

/* ---- offer */

void offer_read(struct turn *turn, struct statement *row, struct offer *out) {
    out->id = column_id(row, 0);
    out->case_id = column_id(row, 1);
    out->facility = text_at(turn, row, 2);
    out->standing.state = (enum offer_state)column_int(row, 3);
    out->hold = (enum offer_hold)column_int(row, 5);
    out->standing.cancel_requested = column_int(row, 6) != 0;
    out->version = (uint64_t)column_int(row, 7);
    out->rank = (unsigned)column_int(row, 8);
    out->ask_first = column_int(row, 9) != 0;
    out->by_hand = column_int(row, 10) != 0;
    out->sent_at = column_int(row, 11);
    out->answer_by = column_int(row, 12);
    out->since = column_int(row, 13);
    out->done = (uint32_t)column_int(row, 14);
    out->mark = (enum offer_mark)column_int(row, 15);
    out->due_at = column_int(row, 16);
    out->escalation = (unsigned)column_int(row, 17);
    out->kind = text_at(turn, row, 18);
    out->priority = (int)column_int(row, 19);
    out->area = text_at(turn, row, 20);
    out->age_band = text_at(turn, row, 21);
    out->sex = text_at(turn, row, 22);
    out->reason = text_at(turn, row, 23);
    out->last_command = column_id(row, 24);
    out->start_from = column_int(row, 25) ? column_int(row, 25) : out->sent_at;
    out->arrived = column_int(row, 26) != 0;
}

bool offer_get(struct turn *turn, const struct id *id, struct offer *out) {
    struct statement *row = router_use(turn->store, ROUTER_OFFER_GET);
    bind_id(row, id);
    bool found = statement_step(row);
    if (found)
        offer_read(turn, row, out);
    statement_end(row);
    return found;
}

bool offer_of(struct turn *turn, const struct referral *referral, struct offer *out) {
    return !id_is_null(&referral->offer) && offer_get(turn, &referral->offer, out);
}

/* The columns that change, in the order of both statements. */
static void offer_bind(struct statement *row, const struct offer *offer) {
    bind_int(row, offer->standing.state);
    bind_int(row, offer_is_open(offer->standing.state));
    bind_int(row, offer->hold);
    bind_int(row, offer->standing.cancel_requested);
    bind_int(row, (int64_t)offer->version);
    bind_int(row, offer->answer_by);
    bind_int(row, offer->since);
    bind_int(row, offer->done);
    bind_int(row, offer->mark);
    bind_int(row, offer->due_at);
    bind_int(row, offer->escalation);
    bind_text(row, offer->kind);
    bind_int(row, offer->priority);
    bind_text(row, offer->area);
    bind_text(row, offer->age_band);
    bind_text(row, offer->sex);
    bind_text(row, offer->reason);
    bind_id(row, &offer->last_command);
    bind_int(row, offer->start_from == offer->sent_at ? 0 : offer->start_from);
    bind_int(row, offer->arrived);
}

void offer_insert(struct turn *turn, const struct offer *offer) {
    struct statement *row = router_use(turn->store, ROUTER_OFFER_INSERT);
    bind_id(row, &offer->id);
    bind_id(row, &offer->case_id);
    bind_text(row, offer->facility);
    bind_int(row, offer->rank);
    bind_int(row, offer->ask_first);
    bind_int(row, offer->by_hand);
    bind_int(row, offer->sent_at);
    offer_bind(row, offer);
    statement_run(row);
}

void offer_update(struct turn *turn, const struct offer *offer) {
    struct statement *row = router_use(turn->store, ROUTER_OFFER_UPDATE);
    offer_bind(row, offer);
    bind_id(row, &offer->id);
    statement_run(row);
}

void offer_delete(struct turn *turn, const struct id *id) {
    delete_by_id(turn, ROUTER_OFFER_DELETE, id);
}

/* ---- capacity */

/* Most facilities never get a row, and a row that is there stays. */
static bool may_have_row(const struct router *router, const struct facility *facility) {
    return !router->without_row[facility->index];
}

static bool capacity_read(struct turn *turn, const struct facility *facility, struct capacity_row *out) {
    struct statement *row = router_use(turn->store, ROUTER_CAPACITY_GET);
    bind_text(row, facility->id);
    out->exists = statement_step(row);
    if (out->exists) {
        out->capacity = (struct capacity){
            column_int(row, 0) != 0, (int)column_int(row, 1), (int)column_int(row, 2), column_int(row, 3)};
        out->version = (uint64_t)column_int(row, 4);
        out->last_command = column_id(row, 5);
    }
    statement_end(row);
    return store_health(turn->store) == STORE_OK;
}

void capacity_get(struct turn *turn, const struct facility *facility, struct capacity_row *out) {
    struct router *router = turn->state;
    *out = (struct capacity_row){0};
    if (may_have_row(router, facility))
        router->without_row[facility->index] = capacity_read(turn, facility, out) && !out->exists;
    if (!out->exists && facility->capacity != CAPACITY_UNKNOWN)
        out->capacity = (struct capacity){true, facility->capacity, 0, 0};
}

void capacity_put(struct turn *turn, const struct facility *facility, const struct capacity_row *given) {
    struct router *router = turn->state;
    struct statement *row = router_use(turn->store, ROUTER_CAPACITY_PUT);
    router->without_row[facility->index] = false;
    bind_text(row, facility->id);
    bind_int(row, given->capacity.known);
    bind_int(row, given->capacity.places);
    bind_int(row, given->capacity.held);
    bind_int(row, given->capacity.updated_at);
    bind_int(row, (int64_t)given->version);
    bind_id(row, &given->last_command);
    statement_run(row);
}

bool capacity_hold(struct turn *turn, const struct facility *facility) {
    struct capacity_row row;
    capacity_get(turn, facility, &row);
    if (!row.capacity.known || row.capacity.held >= row.capacity.places)
        return false;
    if (!row.exists) {
        row.capacity.held = 1;
        capacity_put(turn, facility, &row);
        return true;
    }
    struct statement *hold = router_use(turn->store, ROUTER_CAPACITY_HOLD);
    bind_text(hold, facility->id);
    return statement_run(hold) && store_changes(turn->store) == 1;
}

void capacity_release(struct turn *turn, const char *facility, bool taken_for_good) {
    struct statement *row =
        router_use(turn->store, taken_for_good ? ROUTER_CAPACITY_TAKE : ROUTER_CAPACITY_RELEASE);
    bind_text(row, facility);
    statement_run(row);
}
