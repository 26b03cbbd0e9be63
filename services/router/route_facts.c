/* What is known of a referral's case: the newest word on each fact, and whose word that is. */
#include "services/router/route.h"

#include "common/texts.h"

#include <string.h>

/* A pair beside those of the facts: the names of those that people have recorded. No fact has this name. What
 * was recorded before there was this pair counts as told, until somebody records it anew. */
static const char recorded_facts[] = "=recorded";

static void put_fact(struct work *work, const char *name, const char *value) {
    work->referral.facts = pairs_put(work->turn->arena, work->referral.facts, name, value);
}

bool fact_is_recorded(const Sigap__Fact *fact) {
    return *fact->source && !same_text(fact->source, "text");
}

void route_keep_secret(struct work *work, const char *kinds) {
    struct referral *referral = &work->referral;
    referral->confidentiality =
        site_kinds_stricter(work->router->policy->kinds, referral->confidentiality, kinds);
}

/* Facilities stand beside those that are known, whoever told of them first; "no" of a person takes all back.
 */
static const char *whole_value(
    const struct work *work, const Sigap__Fact *fact, const char *known, bool recorded) {
    const char *more = known ? site_codes_join(work->turn->arena, "", fact->value) : NULL;
    const char *both = more && *more ? site_codes_join(work->turn->arena, known, more) : NULL;
    return both ? both : known && !recorded ? known : fact->value;
}

static void note_recorded(struct work *work, const char *name, bool recorded) {
    const char *before = pairs_get(&work->referral.facts, recorded_facts), *after;
    bool listed = before && site_kinds_listed(before, name);
    if (listed == recorded)
        return;
    after = recorded ? site_codes_join(work->turn->arena, before ? before : "", name)
                     : site_codes_without(work->turn->arena, before, name);
    if (after)
        put_fact(work, recorded_facts, after);
}

void route_take_fact(struct work *work, const Sigap__Fact *fact, bool recorded) {
    const struct fact_table *table = &work->router->policy->rules.facts;
    const char *known = pairs_get(&work->referral.facts, fact->name),
               *names = pairs_get(&work->referral.facts, recorded_facts);
    int index = known_fact_find(table, fact->name);
    if (same_text(fact->name, SITE_FACT_ALSO_KINDS))
        route_keep_secret(work, fact->value);
    if (index == KNOWN_NONE) { /* no rule asks for it */
        put_fact(work, fact->name, fact->value);
    } else if (table->facts[index].type == FACT_FACILITY) {
        put_fact(work, fact->name, whole_value(work, fact, known, recorded));
    } else if (recorded || !known || same_text(known, "unknown") || !names ||
               !site_kinds_listed(names, fact->name)) {
        put_fact(work, fact->name, fact->value);
        note_recorded(work, fact->name, recorded);
    }
}
