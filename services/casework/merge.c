/* Two cases are one incident, or a report is another one after all, as triage says. The reports of a merged
 * case are shown with the one it counts with, sealed anew under that one's key; the case itself is closed, so
 * that its offers, alerts and tasks end, and comes back as it was when the merge is undone. */
#include "services/casework/inner.h"

#include "casework_sql.h"
#include "common/texts.h"

#include <string.h>

enum { NARRATIVES_MAX = 200 /* as many as are shown of a case */ };

const char outcome_merged[] = "digabung";

static struct work *load(struct turn *turn, const ProtobufCBinaryData *bytes) {
    struct id id;
    return id_from_bytes(bytes->data, bytes->len, &id) ? work_load(turn, &id) : NULL;
}

struct passed_on {
    struct id report_id;
    int64_t at, copy;
    const Sigap__ReportContent *content;
};

static unsigned read_narratives(struct turn *turn, const struct id *case_id, struct passed_on *out) {
    struct statement *rows = casework_use(turn->store, CASEWORK_NARRATIVE_ALL);
    unsigned count = 0;
    bind_id(rows, case_id);
    bind_int(rows, NARRATIVES_MAX);
    while (count < NARRATIVES_MAX && statement_step(rows)) {
        size_t size;
        struct passed_on *one = &out[count];
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

static void pass_narratives_on(struct turn *turn, const struct id *from, const struct id *into) {
    struct passed_on *all = arena_take(turn->arena, NARRATIVES_MAX * sizeof *all);
    unsigned count = all ? read_narratives(turn, from, all) : 0;
    for (unsigned i = 0; i < count; i++) {
        ProtobufCBinaryData sealed;
        if (!narrative_seal(turn, into, &all[i].report_id, all[i].content, &sealed))
            continue; /* erased meanwhile: there is nothing to show it with */
        struct statement *add = casework_use(turn->store, CASEWORK_NARRATIVE_ADD);
        bind_id(add, into);
        bind_id(add, &all[i].report_id);
        bind_int(add, all[i].at);
        bind_int(add, all[i].copy);
        bind_blob(add, sealed.data, sealed.len);
        statement_run(add);
    }
}

static void take_narratives_back(struct turn *turn, const struct id *from, const struct id *into) {
    struct statement *remove = casework_use(turn->store, CASEWORK_NARRATIVE_PASSED_DELETE);
    bind_id(remove, into);
    bind_id(remove, from);
    statement_run(remove);
}

/* ---- victims: what only the merged case told of is a further kind of the other, until they part */

/* A fact of the merged case: the kinds that went over with it. */
static const char passed_kinds[] = "merged_kinds";

/* Of one family they are one matter in other words, unless the merged case tells of both. */
static const char *kinds_of_merged(const struct work *work, const struct case_file *into) {
    const struct case_file *file = &work->file;
    const char *also = case_also_kinds(file);
    bool another = site_kinds_listed(also, into->kind) ||
                   !site_kinds_same_family(catalogue_kinds(work->house->catalogue), file->kind, into->kind);
    return site_codes_join(work->turn->arena, another ? file->kind : "", also);
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

/* Said to the others like what a person records; tasks as far as there is room. False: the list is too long.
 */
static bool record_kinds(struct work *work, const char *kinds, const char *actor) {
    bool closed = work_resume(work), kept = plan_fact(&work->plan, SITE_FACT_ALSO_KINDS, kinds, "merge", 0);
    if (closed)
        work_suspend(work);
    if (!kept)
        return false;
    work_keep_secret(work);
    speak_fact(work, SITE_FACT_ALSO_KINDS, actor);
    work_save(work, actor, "");
    return true;
}

/* Returns what went over, "" for nothing. */
static const char *pass_kinds_on(struct work *work, const struct id *into, const char *actor) {
    struct work *other = work_load(work->turn, into);
    const char *kinds = other ? kinds_of_merged(work, &other->file) : NULL,
               *more = kinds ? kinds_among(work->turn, kinds, &other->file, false) : NULL;
    if (!more || !*more || other->file.state == CASE_ERASED)
        return "";
    const char *all = site_codes_join(work->turn->arena, case_also_kinds(&other->file), more);
    if (!all || !record_kinds(other, all, actor))
        return "";
    case_fact_set(&work->file, passed_kinds, more, "merge", work->turn->now);
    return more;
}

static const char *take_kinds_back(struct work *work, const struct id *into, const char *actor) {
    const struct case_fact *passed = case_fact(&work->file, passed_kinds);
    struct work *other = passed ? work_load(work->turn, into) : NULL;
    const char *gone = other ? kinds_among(work->turn, passed->value, &other->file, true) : NULL;
    if (!gone || !*gone || other->file.state == CASE_ERASED)
        return "";
    const char *left = site_codes_without(work->turn->arena, case_also_kinds(&other->file), gone);
    if (!left || !record_kinds(other, *left ? left : "no", actor))
        return "";
    case_fact_set(&work->file, passed_kinds, "no", "merge", work->turn->now);
    return gone;
}

/* ---- the two cases */

struct both_told {
    const char *what, *what_there, *kinds;
};

static void tell_both(
    struct work *work, const struct id *into, const struct both_told *told, const char *actor) {
    char here[ID_TEXT + 1], there[ID_TEXT + 1];
    id_to_text(&work->file.id, here);
    id_to_text(into, there);
    timeline_add(work->turn, &work->file.id, told->what, there, actor, told->kinds, NULL);
    timeline_add(work->turn, into, told->what_there, here, actor, told->kinds, NULL);
}

static void merge(struct work *work, const struct id *into, const char *actor) {
    struct case_file *file = &work->file;
    bool open = file->state == CASE_OPEN;
    pass_narratives_on(work->turn, &file->id, into);
    const char *kinds = open ? pass_kinds_on(work, into, actor) : "";
    tell_both(work, into, &(struct both_told){"case_merged", "case_merged_in", kinds}, actor);
    if (!open)
        return;
    plan_close(&work->plan);
    file->state = CASE_CLOSED;
    file->outcome = outcome_merged;
    file->changed_at = work->turn->now;
    speak_closed(work, outcome_merged, "", actor);
    work_save(work, actor, outcome_merged);
}

static void unmerge(struct work *work, const struct id *into, const char *actor) {
    struct case_file *file = &work->file;
    bool merged = file->state == CASE_CLOSED && strcmp(file->outcome, outcome_merged) == 0;
    take_narratives_back(work->turn, &file->id, into);
    const char *kinds = merged ? take_kinds_back(work, into, actor) : "";
    tell_both(work, into, &(struct both_told){"case_unmerged", "case_unmerged_out", kinds}, actor);
    if (!merged)
        return;
    file->state = CASE_OPEN;
    file->changed_at = work->turn->now;
    plan_reopen_case(&work->plan);
    speak_closed(work, outcome_merged, "", actor);
    file->outcome = "";
    work_save(work, actor, "");
}

enum verdict hear_case_merged(struct turn *turn, const Sigap__Event *event) {
    const Sigap__CaseMerged *merged = event->case_merged;
    struct work *work = load(turn, &event->case_id);
    struct id into;
    if (!work || !id_from_bytes(merged->into.data, merged->into.len, &into) || !case_is_known(turn, &into))
        return arena_exhausted(turn->arena) ? VERDICT_RETRY
                                            : turn_park(turn, "one of two merged cases is not here");
    if (work->file.state == CASE_ERASED)
        return VERDICT_DONE;
    if (merged->undone)
        unmerge(work, &into, merged->actor);
    else
        merge(work, &into, merged->actor);
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
    timeline_add(turn, &case_id, "report_parted", text, parted->actor, "", NULL);
    return VERDICT_DONE;
}
