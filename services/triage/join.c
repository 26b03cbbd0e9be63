/* A report joins a case: as a copy, as a witness, or as what its reporter says further. What it adds counts
 * upwards only: urgency, a place where none was known, facts. Only who plainly corrects the place moves it.
 */
#include "services/triage/conflict.h"
#include "services/triage/state.h"

#include "common/rights.h"
#include "common/words.h"

#include <stdio.h>
#include <string.h>

enum { REASONS_BYTES = 256 };

static bool seal_narrative(struct turn *turn, const struct joining *joining, const struct id *report_id,
    ProtobufCBinaryData *out, enum verdict *verdict) {
    const struct triage *triage = turn->state;
    const struct open_case *found = joining->found;
    struct seal_case_key key;
    size_t size = sigap__report_content__get_packed_size(joining->content);
    uint8_t *plain = arena_take(turn->arena, size + 1);
    *verdict = VERDICT_RETRY;
    if (!plain)
        return false;
    if (seal_case_key_unwrap(triage->opener, &found->case_id, found->case_key.data, found->case_key.len,
            &key) != SEAL_OPENED) {
        *verdict = turn_park(turn, "the case's key does not open");
        return false;
    }
    sigap__report_content__pack(joining->content, plain);
    bool sealed = seal_field(&key, &(struct seal_place){*report_id, "narrative", 0}, plain, size,
        triage->random, turn->arena, out);
    seal_case_key_wipe(&key);
    return sealed;
}

/* Kept without the site's seal around its words: those are under the key of the case from here on. */
static void keep_witness(struct turn *turn, const struct joining *joining, const struct id *report_id,
    const ProtobufCBinaryData *narrative) {
    Sigap__ReportReceived bare = *joining->received;
    bare.content = NULL;
    size_t size = sigap__report_received__get_packed_size(&bare);
    uint8_t *packed = arena_take(turn->arena, size + 1);
    if (!packed)
        return; /* the arena is exhausted, the turn will see */
    sigap__report_received__pack(&bare, packed);
    struct statement *add = triage_use(turn->store, TRIAGE_WITNESS_ADD);
    bind_id(add, &joining->found->case_id);
    bind_id(add, report_id);
    bind_int(add, turn->now);
    bind_text(add, joining->relation);
    bind_int(add, joining->permille);
    bind_blob(add, packed, size);
    bind_blob(add, narrative->data, narrative->len);
    statement_run(add);
}

void triage_keep_chain(struct turn *turn, const struct open_case *found) {
    struct statement *chain = triage_use(turn->store, TRIAGE_CASE_CHAIN);
    bind_int(chain, found->chain.lane);
    bind_int(chain, (int64_t)found->chain.sequence);
    bind_id(chain, &found->case_id);
    statement_run(chain);
}

void triage_brief(const struct open_case *found, Sigap__CaseBrief *out) {
    sigap__case_brief__init(out);
    out->kind = (char *)found->kind;
    out->area = (char *)found->area;
    out->confidentiality =
        (Sigap__Confidentiality)(SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C0 + found->confidentiality);
    out->priority = triage_priority_out(found->priority);
}

enum verdict triage_join(struct turn *turn, const struct joining *joining) {
    static const char *const own[] = {"copy", "witness"};
    struct open_case *found = joining->found;
    Sigap__ReportJoined joined = SIGAP__REPORT_JOINED__INIT;
    Sigap__CaseBrief brief;
    Sigap__Event event = SIGAP__EVENT__INIT;
    enum verdict verdict;
    struct id report_id;
    id_from_bytes(joining->received->report_id.data, joining->received->report_id.len, &report_id);
    if (!seal_narrative(turn, joining, &report_id, &joined.narrative, &verdict))
        return verdict;
    joined.report_id = joining->received->report_id;
    joined.copy = strcmp(joining->relation, own[0]) == 0;
    joined.danger = joining->danger;
    triage_brief(found, &brief);
    if (joined.danger) /* nobody is alerted for others */
        joined.brief = &brief;
    if (!joined.copy && strcmp(joining->relation, own[1]) != 0)
        joined.relation = (char *)joining->relation;
    if (joining->command) {
        joined.reason = words_pass_on(turn->arena, joining->command);
        joined.by = (char *)rights_name(joining->command->actor);
    }
    event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
    event.report_joined = &joined;
    event.case_id = turn_bytes(turn, &found->case_id);
    turn_append_chained(turn, triage_lane(found->priority, joining->danger), &event, &found->chain);
    triage_keep_chain(turn, found);
    keep_witness(turn, joining, &report_id, &joined.narrative);
    triage_set_report(turn, &report_id, SETTLED_JOINED, &found->case_id);
    return VERDICT_DONE;
}

/* ---- upwards ---- */

const char *triage_kinds(struct turn *turn, const struct assessment *assessment) {
    const char *kinds = assessment->kind;
    for (size_t i = 0; kinds && i < assessment->also_count; i++)
        kinds = arena_format(turn->arena, "%s %s", kinds, assessment->also[i]);
    return kinds;
}

const char *triage_further_kinds(
    struct turn *turn, const struct open_case *found, const struct assessment *said, bool first_too) {
    for (size_t i = 0; i < said->also_count; i++)
        first_too |= strcmp(said->also[i], found->kind) == 0;
    const char *further = first_too && strcmp(said->kind, found->kind) != 0 ? said->kind : "";
    for (size_t i = 0; further && i < said->also_count; i++)
        if (strcmp(said->also[i], found->kind) != 0)
            further = site_codes_join(turn->arena, further, said->also[i]);
    return further;
}

static const char *value_in(const struct assessment *assessment, const char *name) {
    for (size_t i = 0; i < assessment->fact_count; i++)
        if (strcmp(assessment->facts[i].name, name) == 0)
            return assessment->facts[i].value;
    return NULL;
}

/* Further facilities in conflict stand beside those that are known, see triage_note_conflict. */
static bool adds_to(struct turn *turn, const struct assessment *before, const struct fact *fact) {
    const char *known = value_in(before, fact->name);
    if (!known || strcmp(fact->name, RIGHTS_CONFLICT_FACILITY) != 0)
        return !known;
    const char *further = site_codes_without(turn->arena, fact->value, known);
    return further && *further;
}

void triage_add_facts(struct turn *turn, struct raising *raising, const struct assessment *before,
    const struct assessment *said, bool same_person) {
    for (size_t i = 0; i < said->fact_count; i++) {
        const struct fact *fact = &said->facts[i];
        if (adds_to(turn, before, fact) && strcmp(fact->name, SITE_FACT_ALSO_KINDS) != 0 &&
            (same_person || !fact_is_of_a_person(fact->name)))
            raising->facts[raising->fact_count++] = *fact;
    }
}

static void add_fact(Sigap__CaseChanged *changed, Sigap__Fact *fact, const char *name, const char *value) {
    sigap__fact__init(fact);
    fact->name = (char *)name;
    fact->value = (char *)value;
    fact->source = (char *)"text";
    changed->facts[changed->n_facts++] = fact;
}

static bool has_further(const struct raising *raising) {
    return raising->also && raising->also[0];
}

static void add_facts(struct turn *turn, const struct raising *raising, Sigap__CaseChanged *changed) {
    Sigap__Fact *facts = arena_take(turn->arena, (raising->fact_count + 1) * sizeof *facts);
    changed->facts = arena_take(turn->arena, (raising->fact_count + 1) * sizeof *changed->facts);
    if (!facts || !changed->facts)
        return;
    for (size_t i = 0; i < raising->fact_count; i++)
        add_fact(changed, &facts[i], raising->facts[i].name, raising->facts[i].value);
    if (has_further(raising))
        add_fact(changed, &facts[raising->fact_count], SITE_FACT_ALSO_KINDS, raising->also);
}

void triage_raise(struct turn *turn, struct open_case *found, const struct raising *raising) {
    bool urgent = raising->priority < found->priority,
         placed = raising->area[0] && (!found->area[0] || raising->moves);
    char reasons[REASONS_BYTES];
    if (!urgent && !placed && !raising->fact_count && !has_further(raising))
        return;
    const struct triage *triage = turn->state;
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__CaseBrief brief;
    Sigap__Event event = SIGAP__EVENT__INIT;
    changed.priority_before = triage_priority_out(found->priority);
    if (urgent) {
        found->priority = raising->priority;
        changed.priority = triage_priority_out(found->priority);
    }
    if (placed)
        found->area = changed.area = (char *)raising->area;
    if (has_further(raising))
        found->confidentiality =
            site_kinds_stricter(triage->site.kinds, found->confidentiality, raising->also);
    triage_brief(found, &brief);
    changed.brief = &brief;
    changed.reason = (char *)raising->reason;
    add_facts(turn, raising, &changed);
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    event.case_id = turn_bytes(turn, &found->case_id);
    turn_append_chained(turn, triage_lane(found->priority, found->unverified), &event, &found->chain);
    bool told = strstr(found->reasons, raising->reason) != NULL;
    snprintf(reasons, sizeof reasons, "%s%s%s", found->reasons, told || !found->reasons[0] ? "" : " ",
        told ? "" : raising->reason);
    found->reasons = arena_text(turn->arena, reasons);
    struct statement *raise = triage_use(turn->store, TRIAGE_CASE_RAISE);
    bind_int(raise, found->priority);
    bind_text(raise, found->area);
    bind_text(raise, reasons);
    bind_int(raise, found->chain.lane);
    bind_int(raise, (int64_t)found->chain.sequence);
    bind_id(raise, &found->case_id);
    statement_run(raise);
    found->version++;
    for (size_t i = 0; i < raising->fact_count; i++)
        triage_note_conflict(turn, &found->case_id, raising->facts[i].name, raising->facts[i].value, false);
    if (has_further(raising))
        triage_keep_secret(turn, &found->case_id, raising->also);
}
