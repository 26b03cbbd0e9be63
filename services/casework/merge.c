/* Two cases are one incident, or a report is another one after all, as triage says. The reports of a merged
 * case are shown with the one it counts with (the whole), sealed anew under that one's key; the merged case
 * itself is closed, so that its offers, alerts and tasks end, and comes back as it was when the merge is
 * undone. Who is in conflict in the one is so in the other too, from then on and when they part: both tell of
 * one incident, and a person records what they read of either in the whole. When the merged case is erased
 * its copies go too. */
#include "services/casework/inner.h"

#include "casework_sql.h"
#include "common/rights.h"
#include "common/texts.h"

#include <string.h>

static struct work *load_or_null(struct turn *turn, const ProtobufCBinaryData *bytes) {
    struct id id;
    return id_from_bytes(bytes->data, bytes->len, &id) ? work_load(turn, &id) : NULL;
}

/* ---- reports */

struct narrative {
    struct id report_id;
    int64_t at, copy;
    const Sigap__ReportContent *content;
};

static unsigned read_narratives(struct turn *turn, const struct id *case_id, struct narrative *out) {
    struct statement *rows = casework_use(turn->store, CASEWORK_NARRATIVE_ALL);
    unsigned count = 0;
    bind_id(rows, case_id);
    bind_int(rows, NARRATIVES_MAX);
    while (count < NARRATIVES_MAX && statement_step(rows)) {
        size_t size;
        struct narrative *one = &out[count];
        one->report_id = column_id(rows, 0);
        one->at = column_int(rows, 1);
        one->copy = column_int(rows, 2);
        const void *sealed = column_blob(rows, 3, &size);
        one->content = narrative_open(turn, case_id, &one->report_id, sealed, size);
        count += one->content != NULL;
    }
    statement_end(rows);
    return count;
}

static void pass_narratives_on(struct turn *turn, const struct id *merged, const struct id *whole) {
    struct narrative *all = arena_take(turn->arena, NARRATIVES_MAX * sizeof *all);
    unsigned count = all ? read_narratives(turn, merged, all) : 0;
    for (unsigned i = 0; i < count; i++) {
        ProtobufCBinaryData sealed;
        if (!narrative_seal(turn, whole, &all[i].report_id, all[i].content, &sealed))
            continue; /* erased meanwhile: there is nothing to show it with */
        struct statement *add = casework_use(turn->store, CASEWORK_NARRATIVE_ADD);
        bind_id(add, whole);
        bind_id(add, &all[i].report_id);
        bind_int(add, all[i].at);
        bind_int(add, all[i].copy);
        bind_blob(add, sealed.data, sealed.len);
        bind_int(add, 1);
        statement_run(add);
    }
}

static void take_narratives_back(struct turn *turn, const struct id *merged, const struct id *whole) {
    struct statement *remove = casework_use(turn->store, CASEWORK_NARRATIVE_TAKE_BACK);
    bind_id(remove, merged);
    bind_id(remove, whole);
    statement_run(remove);
}

/* ---- victims: what only the merged case told of is a further kind of the whole, until they part */

/* A fact of the merged case: the kinds that went over with it. */
static const char passed_kinds[] = "merged_kinds";

static const char *kinds_passed(const struct work *merged) {
    const struct case_fact *passed = case_fact(&merged->file, passed_kinds);
    return passed && strcmp(passed->value, "no") != 0 ? passed->value : "";
}

/* Of one family they are one matter in other words, unless the merged case tells of both. */
static const char *kinds_of_merged(const struct work *merged, const struct case_file *whole) {
    const struct case_file *file = &merged->file;
    const char *also = case_also_kinds(file);
    bool another =
        site_kinds_listed(also, whole->kind) ||
        !site_kinds_same_family(catalogue_kinds(merged->house->catalogue), file->kind, whole->kind);
    return site_codes_join(merged->turn->arena, another ? file->kind : "", also);
}

/* Those of `codes` that the case is not of, or is of. NULL: the arena is exhausted. */
static const char *kinds_among(
    struct turn *turn, const char *codes, const struct case_file *file, bool is_of_it) {
    const char *kept = "";
    char code[SITE_CODE_MAX + 1];
    while (kept && site_codes_next(&codes, code))
        if (case_is_of(file, code) == is_of_it)
            kept = site_codes_join(turn->arena, kept, code);
    return kept;
}

/* Those of `codes` that are in the other list too. NULL: the arena is exhausted. */
static const char *kinds_in_both(struct turn *turn, const char *codes, const char *list) {
    const char *kept = "";
    char code[SITE_CODE_MAX + 1];
    while (kept && site_codes_next(&codes, code))
        if (site_kinds_listed(list, code))
            kept = site_codes_join(turn->arena, kept, code);
    return kept;
}

/* Said to the others like what a person records; tasks as far as there is room. */
static void record_kinds(struct work *work, const char *kinds, const char *actor) {
    bool closed = work_resume(work);
    plan_fact(&work->plan, SITE_FACT_ALSO_KINDS, kinds, "merge", 0);
    if (closed)
        work_suspend(work);
    work_keep_secret(work);
    speak_fact(work, SITE_FACT_ALSO_KINDS, actor);
    work_save(work, actor, "");
}

/* Returns what went over, "" for nothing. What finds no room is told in the history of the whole. */
static const char *pass_kinds_on(struct work *merged, struct work *whole, const char *actor) {
    struct turn *turn = merged->turn;
    const char *kinds = kinds_of_merged(merged, &whole->file),
               *more = kinds ? kinds_among(turn, kinds, &whole->file, false) : NULL;
    if (!more || !*more)
        return "";
    const char *before = case_also_kinds(&whole->file), *all = kinds_with_room(whole, more);
    const char *passed = all ? kinds_in_both(turn, more, all) : NULL;
    if (!passed)
        return "";
    if (strcmp(all, before) != 0)
        record_kinds(whole, all, actor);
    else
        work_save(whole, actor, "");
    if (*passed)
        case_fact_set(&merged->file, passed_kinds, passed, "merge", turn->now);
    return passed;
}

/* `kinds` are no longer among those that went from the one to the other. Returns what the other has lost by
 * it, "" for nothing. */
static const char *take_kinds_back(
    struct work *merged, struct work *whole, const char *kinds, const char *actor) {
    struct turn *turn = merged->turn;
    const char *gone = kinds_in_both(turn, kinds, kinds_passed(merged));
    gone = gone ? kinds_among(turn, gone, &whole->file, true) : NULL;
    if (!gone || !*gone || whole->file.state == CASE_ERASED)
        return "";
    const char *left = site_codes_without(turn->arena, case_also_kinds(&whole->file), gone),
               *passed = site_codes_without(turn->arena, kinds_passed(merged), gone);
    if (!left || !passed)
        return "";
    record_kinds(whole, *left ? left : "no", actor);
    case_fact_set(&merged->file, passed_kinds, *passed ? passed : "no", "merge", turn->now);
    return gone;
}

/* ---- what is merged into a case */

enum { MERGED_MAX = 256 /* directly and further down, x 40 KiB of arena = 10 MiB */ };

static void merged_add(struct turn *turn, const struct id *case_id, const struct id *whole_id) {
    char whole[ID_TEXT + 1];
    id_to_text(whole_id, whole);
    struct statement *add = casework_use(turn->store, CASEWORK_MERGED_ADD);
    bind_id(add, case_id);
    bind_text(add, whole);
    statement_run(add);
}

static void merged_remove(struct turn *turn, const struct id *case_id) {
    struct statement *remove = casework_use(turn->store, CASEWORK_MERGED_REMOVE);
    bind_id(remove, case_id);
    statement_run(remove);
}

static unsigned merged_into(struct turn *turn, const struct id *whole_id, struct id *out, unsigned room) {
    char whole[ID_TEXT + 1];
    unsigned count = 0;
    id_to_text(whole_id, whole);
    struct statement *rows = casework_use(turn->store, CASEWORK_MERGED_INTO);
    bind_text(rows, whole);
    bind_int(rows, room);
    while (count < room && statement_step(rows))
        out[count++] = column_id(rows, 0);
    statement_end(rows);
    return count;
}

/* ---- conflict: who may not see what the one case holds may not see the other one, which is the same told in
 * other words */

static const char *const conflict_facts[] = {
    RIGHTS_CONFLICT_OFFICER, RIGHTS_CONFLICT_FACILITY, RIGHTS_CONFLICT_OF_INTEREST};
enum { CONFLICT_FACTS = sizeof conflict_facts / sizeof *conflict_facts };

static bool is_told(const struct case_fact *fact) {
    return fact && *fact->value && !same_text(fact->value, "no") && !same_text(fact->value, "unknown");
}

/* Recorded by people or told by reports, it stays there when they part: whoever has read the one in the other
 * would otherwise decide on what they know. It only adds: a facility that is wrong a person takes back.
 * False: no room for it, so that the other must show nothing. */
static bool pass_conflict_on(const struct work *from, struct work *to, const char *actor) {
    bool passed[CONFLICT_FACTS] = {false}, any = false, room = true, closed = work_resume(to);
    for (size_t i = 0; i < CONFLICT_FACTS; i++) {
        const struct case_fact *fact = case_fact(&from->file, conflict_facts[i]), *known;
        if (!is_told(fact))
            continue;
        const char *value = fact_with_known(to, conflict_facts[i], fact->value);
        known = case_fact(&to->file, conflict_facts[i]);
        if (known && same_text(known->value, value))
            continue;
        passed[i] = plan_fact(&to->plan, conflict_facts[i], value, "merge", 0);
        room &= passed[i];
        any |= passed[i];
    }
    if (closed)
        work_suspend(to);
    for (size_t i = 0; i < CONFLICT_FACTS; i++)
        if (passed[i])
            speak_fact(to, conflict_facts[i], actor);
    if (any)
        work_save(to, actor, "");
    return room;
}

static bool conflict_goes_over(const struct work *merged, const struct id *whole_id, const char *actor) {
    struct work *whole = work_load(merged->turn, whole_id);
    return !whole || whole->file.state == CASE_ERASED || pass_conflict_on(merged, whole, actor);
}

bool is_conflict_fact(const char *name) {
    for (size_t i = 0; i < CONFLICT_FACTS; i++)
        if (same_text(name, conflict_facts[i]))
            return true;
    return false;
}

void conflict_hand_down(struct turn *turn, const struct id *whole_id, const char *actor) {
    struct id *below = arena_take(turn->arena, MERGED_MAX * sizeof *below);
    unsigned count = below ? merged_into(turn, whole_id, below, MERGED_MAX) : 0;
    const struct work *whole = count ? work_load(turn, whole_id) : NULL;
    for (unsigned i = 0; whole && i < count; i++) {
        struct work *merged = work_load(turn, &below[i]);
        if (merged && merged->file.state != CASE_ERASED)
            pass_conflict_on(whole, merged, actor);
        count += merged_into(turn, &below[i], &below[count], MERGED_MAX - count);
    }
}

/* Of merges from before it was handed down, and of more than there is room for at once. */
static void conflict_comes_back(struct turn *turn, const struct id *case_id, const Sigap__CaseMerged *order) {
    const ProtobufCBinaryData *last = order->n_further ? &order->further[order->n_further - 1] : &order->into;
    const struct work *whole = load_or_null(turn, last);
    struct work *merged = whole ? work_load(turn, case_id) : NULL;
    if (merged && merged->file.state != CASE_ERASED)
        pass_conflict_on(whole, merged, order->actor);
}

/* ---- the two cases */

struct both_told {
    const char *merged, *whole, *kinds; /* what is said in the history of each */
};

/* Why it was ordered is about both: it stands in a file that no more people may read than the other one. */
static void tell_both(struct work *work, const struct id *whole_id, const struct both_told *told,
    const Sigap__CaseMerged *order) {
    char here[ID_TEXT + 1], there[ID_TEXT + 1];
    struct turn *turn = work->turn;
    const struct work *whole = work_load(turn, whole_id);
    const char *reason = reason_said(turn, order->reason);
    int mine = work->file.confidentiality, other = whole ? whole->file.confidentiality : 0;
    id_to_text(&work->file.id, here);
    id_to_text(whole_id, there);
    if (told->merged)
        timeline_add(turn, &work->file.id, told->merged, there, order->actor, told->kinds,
            mine >= other ? reason : NULL);
    timeline_add(turn, whole_id, told->whole, here, order->actor, told->kinds, other >= mine ? reason : NULL);
}

/* The other one was closed, or even erased, before the word of triage came here. */
static bool takes_over(struct turn *turn, const struct id *whole_id, const char *actor) {
    struct work *whole = work_load(turn, whole_id);
    if (!whole || whole->file.state == CASE_ERASED)
        return false;
    if (whole->file.state == CASE_CLOSED && !same_text(whole->file.outcome, SITE_OUTCOME_MERGED))
        work_open_again(whole, actor);
    return true;
}

/* Nobody would be left to see to what it tells of. */
static void stay_open(struct work *work, const struct id *whole, const Sigap__CaseMerged *order) {
    char there[ID_TEXT + 1];
    id_to_text(whole, there);
    timeline_add(work->turn, &work->file.id, "case_not_merged", there, order->actor, "",
        reason_said(work->turn, order->reason));
    plan_look(&work->plan);
    work_save(work, order->actor, "");
}

static void close_as_merged(struct work *work, const char *actor) {
    struct case_file *file = &work->file;
    plan_close(&work->plan);
    file->state = CASE_CLOSED;
    file->outcome = SITE_OUTCOME_MERGED;
    file->changed_at = work->turn->now;
    speak_closed(work, false, SITE_OUTCOME_MERGED, "", actor);
    work_save(work, actor, SITE_OUTCOME_MERGED);
}

static void merge(struct work *work, const struct id *whole_id, const Sigap__CaseMerged *order) {
    struct case_file *file = &work->file;
    const char *actor = order->actor;
    bool open = file->state == CASE_OPEN;
    if (open && !takes_over(work->turn, whole_id, actor)) {
        stay_open(work, whole_id, order);
        return;
    }
    if (!conflict_goes_over(work, whole_id, actor)) {
        if (open)
            stay_open(work, whole_id, order);
        return;
    }
    pass_narratives_on(work->turn, &file->id, whole_id);
    merged_add(work->turn, &file->id, whole_id);
    struct work *whole = open ? work_load(work->turn, whole_id) : NULL;
    const char *kinds = whole ? pass_kinds_on(work, whole, actor) : "";
    tell_both(work, whole_id, &(struct both_told){"case_merged", "case_merged_in", kinds}, order);
    if (open)
        close_as_merged(work, actor);
    conflict_hand_down(work->turn, whole_id, actor);
}

/* The kinds that `whole` has lost, and the reports, are with those that it is merged into, too. */
static void take_back_further(
    struct work *work, const struct id *whole_id, const Sigap__CaseMerged *order, const char *kinds) {
    const char *actor = order->actor;
    struct turn *turn = work->turn;
    struct work *through = work_load(turn, whole_id);
    for (size_t i = 0; through && i < order->n_further; i++) {
        struct work *next = load_or_null(turn, &order->further[i]);
        if (!next)
            break;
        take_narratives_back(turn, &work->file.id, &next->file.id);
        kinds = *kinds ? take_kinds_back(through, next, kinds, actor) : "";
        if (*kinds)
            work_save(through, actor, "");
        tell_both(work, &next->file.id, &(struct both_told){NULL, "case_unmerged_out", kinds}, order);
        through = *kinds ? load_or_null(turn, &order->further[i]) : next; /* what was saved is loaded anew */
    }
}

static void unmerge(struct work *work, const struct id *whole_id, const Sigap__CaseMerged *order) {
    struct case_file *file = &work->file;
    const char *actor = order->actor;
    bool merged = file->state == CASE_CLOSED && same_text(file->outcome, SITE_OUTCOME_MERGED);
    take_narratives_back(work->turn, &file->id, whole_id);
    merged_remove(work->turn, &file->id);
    struct work *whole = merged ? work_load(work->turn, whole_id) : NULL;
    const char *kinds = whole ? take_kinds_back(work, whole, kinds_passed(work), actor) : "";
    tell_both(work, whole_id, &(struct both_told){"case_unmerged", "case_unmerged_out", kinds}, order);
    take_back_further(work, whole_id, order, kinds);
    if (!merged)
        return;
    file->state = CASE_OPEN;
    file->changed_at = work->turn->now;
    plan_reopen_case(&work->plan);
    speak_closed(work, true, SITE_OUTCOME_MERGED, "", actor);
    file->outcome = "";
    work_save(work, actor, "");
}

enum verdict hear_case_merged(struct turn *turn, const Sigap__Event *event) {
    const Sigap__CaseMerged *order = event->case_merged;
    struct id case_id, whole;
    if (order->undone && id_from_bytes(event->case_id.data, event->case_id.len, &case_id))
        conflict_comes_back(turn, &case_id, order); /* before it is loaded: what was saved is loaded anew */
    struct work *work = load_or_null(turn, &event->case_id);
    if (!work || !load_or_null(turn, &order->into))
        return arena_exhausted(turn->arena) ? VERDICT_RETRY
                                            : turn_park(turn, "one of two merged cases is not here");
    if (work->file.state == CASE_ERASED)
        return VERDICT_DONE;
    id_from_bytes(order->into.data, order->into.len, &whole);
    if (order->distinct)
        tell_both(work, &whole, &(struct both_told){"case_distinct", "case_distinct", ""}, order);
    else if (order->undone)
        unmerge(work, &whole, order);
    else
        merge(work, &whole, order);
    return VERDICT_DONE;
}

enum verdict hear_report_parted(struct turn *turn, const Sigap__Event *event) {
    const Sigap__ReportParted *parted = event->report_parted;
    struct id case_id, report_id, other;
    char text[ID_TEXT + 1];
    if (!id_from_bytes(event->case_id.data, event->case_id.len, &case_id) ||
        !id_from_bytes(parted->report_id.data, parted->report_id.len, &report_id) ||
        !id_from_bytes(parted->case_id.data, parted->case_id.len, &other) || !case_is_known(turn, &case_id))
        return turn_park(turn, "a report was parted from a case that is not here");
    struct statement *remove = casework_use(turn->store, CASEWORK_NARRATIVE_REMOVE);
    bind_id(remove, &case_id);
    bind_id(remove, &report_id);
    statement_run(remove);
    id_to_text(&other, text);
    timeline_add(turn, &case_id, "report_parted", text, parted->actor, "", reason_said(turn, parted->reason));
    return VERDICT_DONE;
}
