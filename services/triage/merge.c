/* Merging two cases and parting a report from one: always by a person, with a reason, and always to be taken
 * back. No row of a report is rewritten by a merge: the case only says what it counts with, so that undoing
 * it leaves everything as it was, but for who is in conflict: who was with the one stays so with both. */
#include "services/triage/heard.h"

#include "common/rights.h"
#include "common/words.h"

#include <string.h>

enum { ALONG_MAX = 64 /* follow-ups of one case that go along with a report, the newest */ };

/* ---- proposals ---- */

size_t proposal_read(struct turn *turn, const struct id *case_id, struct alike out[ALIKE_MAX]) {
    struct statement *get = triage_use(turn->store, TRIAGE_PROPOSAL_GET);
    size_t size, count = 0;
    bind_id(get, case_id);
    if (statement_step(get)) {
        const void *bytes = column_blob(get, 0, &size);
        count = alike_unpack(bytes, size, out);
    }
    statement_end(get);
    return count;
}

void proposal_write(struct turn *turn, const struct id *case_id, const struct alike *alike, size_t count) {
    struct statement *write = triage_use(turn->store, count ? TRIAGE_PROPOSAL_SET : TRIAGE_PROPOSAL_DELETE);
    bind_id(write, case_id);
    if (count) {
        ProtobufCBinaryData column = alike_pack(turn, alike, count);
        bind_int(write, turn->now);
        bind_blob(write, column.data, column.len);
    }
    statement_run(write);
}

/* A person has said what the two are to each other. */
static bool proposal_settle(struct turn *turn, const struct id *case_id, const struct id *other) {
    struct alike alike[ALIKE_MAX];
    size_t count = proposal_read(turn, case_id, alike), kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!id_equal(&alike[i].case_id, other))
            alike[kept++] = alike[i];
    if (kept != count)
        proposal_write(turn, case_id, alike, kept);
    return kept != count;
}

/* ---- who may, and when ---- */

static bool find(struct turn *turn, const ProtobufCBinaryData *bytes, struct open_case *out) {
    struct id id;
    return id_from_bytes(bytes->data, bytes->len, &id) && case_read(turn, &id, out);
}

/* Why the two cannot become one; NULL: they can. `into` must not lead back to the case itself. */
static const char *merge_refusal(
    struct turn *turn, const struct open_case *found, const struct open_case *into) {
    struct open_case whole;
    if (id_equal(&found->case_id, &into->case_id) || !case_read_whole(turn, &into->case_id, &whole) ||
        id_equal(&whole.case_id, &found->case_id))
        return "Pilih kasus lain sebagai tujuan / Choose another case to merge into";
    if (!id_is_null(&found->merged_into))
        return "Kasus ini sudah digabung / This case is merged already";
    if (found->closed_at || into->closed_at || !id_is_null(&into->merged_into))
        return "Keduanya harus masih terbuka / Both must be open";
    if (found->training != into->training) /* the drill would call real teams, or the real one none */
        return "Kasus latihan dan kasus nyata tidak digabung / A drill and a real case are not merged";
    if (found->confidentiality > into->confidentiality)
        return "Gabungkan ke kasus yang lebih rahasia, bukan sebaliknya / "
               "Merge into the more confidential case, not out of it";
    return NULL;
}

/* ---- merging ---- */

/* What a case counts with: the one that it was merged into, the one that this was merged into, and so on. */
struct wholes {
    struct open_case cases[MERGES_MAX];
    size_t count;
};

/* The record is about all of them, and stands in the lane of the first: what is said of the others next, in
 * whatever lane, waits for it at the readers. (Merged itself before that, one would leave behind what came
 * with this one.) */
static void tell_merged(
    struct turn *turn, struct open_case *found, struct wholes *wholes, Sigap__CaseMerged *merged) {
    Sigap__Event event = SIGAP__EVENT__INIT;
    ProtobufCBinaryData further[MERGES_MAX];
    merged->into = turn_bytes(turn, &wholes->cases[0].case_id);
    merged->further = further;
    for (size_t i = 1; i < wholes->count; i++)
        further[merged->n_further++] = turn_bytes(turn, &wholes->cases[i].case_id);
    event.body_case = SIGAP__EVENT__BODY_CASE_MERGED;
    event.case_merged = merged;
    event.case_id = turn_bytes(turn, &found->case_id);
    for (size_t i = 0; i < wholes->count; i++) /* readers know those first */
        turn_cause(turn, wholes->cases[i].chain.lane, wholes->cases[i].chain.sequence);
    turn_append_chained(turn, triage_lane(found->priority, found->unverified), &event, &found->chain);
    for (size_t i = 0; i < wholes->count; i++) {
        wholes->cases[i].chain = found->chain;
        triage_keep_chain(turn, &wholes->cases[i]);
    }
}

static void write_merged(
    struct turn *turn, const struct open_case *found, const struct id *into, int64_t closed_at) {
    struct statement *merge = triage_use(turn->store, TRIAGE_CASE_MERGE);
    bind_id(merge, into);
    bind_int(merge, closed_at);
    bind_int(merge, found->chain.lane);
    bind_int(merge, (int64_t)found->chain.sequence);
    bind_id(merge, &found->case_id);
    statement_run(merge);
}

static enum verdict merge_now(
    struct turn *turn, const Sigap__CommandIssued *command, struct open_case *found, struct open_case *into) {
    proposal_write(turn, &found->case_id, NULL, 0);
    proposal_settle(turn, &into->case_id, &found->case_id);
    struct wholes wholes = {.cases = {*into}, .count = 1};
    Sigap__CaseMerged merged = SIGAP__CASE_MERGED__INIT;
    merged.actor = (char *)rights_name(command->actor);
    merged.reason = words_pass_on(turn->arena, command);
    tell_merged(turn, found, &wholes, &merged);
    into->chain = wholes.cases[0].chain;
    write_merged(turn, found, &into->case_id, turn->now);
    if (found->conflict[0]) /* the whole shows what they are accused of; casework tells the others */
        triage_add_conflict(turn, &into->case_id, found->conflict);
    triage_raise(turn, into,
        &(struct raising){.priority = found->priority < into->priority ? found->priority : into->priority,
            .area = found->area,
            .reason = "merged"});
    triage_count(turn, &(struct triage_counts){.merged = 1});
    triage_audit(turn, command, "case.merged", &found->case_id);
    return triage_answer(turn, command, 200, "", found->version + 1);
}

static enum verdict keep_apart(struct turn *turn, const Sigap__CommandIssued *command,
    struct open_case *found, const struct open_case *other) {
    struct wholes others = {.cases = {*other}, .count = 1};
    Sigap__CaseMerged apart = SIGAP__CASE_MERGED__INIT;
    bool either = proposal_settle(turn, &found->case_id, &other->case_id);
    either |= proposal_settle(turn, &other->case_id, &found->case_id);
    if (!either)
        return triage_answer(
            turn, command, 409, "Tidak ada usul yang menunggu / No such proposal waits", found->version);
    apart.distinct = true;
    apart.actor = (char *)rights_name(command->actor);
    apart.reason = words_pass_on(turn->arena, command);
    tell_merged(turn, found, &others, &apart); /* for the history of both */
    triage_keep_chain(turn, found);
    triage_audit(turn, command, "case.distinct", &found->case_id);
    return triage_answer(turn, command, 200, "", found->version);
}

enum verdict triage_merge(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__MergeCase *merge) {
    struct open_case found, into;
    enum verdict verdict;
    if (!find(turn, &merge->case_id, &found) || !find(turn, &merge->into, &into))
        return triage_answer(turn, command, 404, "Kasus tidak ditemukan / No such case", 0);
    if (triage_refuse_case(turn, command, &found, &verdict) ||
        triage_refuse_case(turn, command, &into, &verdict) ||
        triage_refuse_stale(turn, command, &found, &verdict))
        return verdict;
    if (!command->reason[0])
        return triage_answer(turn, command, 422, "Alasan wajib diisi / A reason is needed", found.version);
    turn->training = found.training;
    if (merge->distinct)
        return keep_apart(turn, command, &found, &into);
    const char *refusal = merge_refusal(turn, &found, &into);
    if (refusal)
        return triage_answer(turn, command, 409, refusal, found.version);
    return merge_now(turn, command, &found, &into);
}

/* ---- parting ---- */

/* False: the arena is exhausted. A case that is swept has been closed for long, and with it all before it. */
static bool wholes_read(struct turn *turn, const struct open_case *found, struct wholes *out) {
    struct id next = found->merged_into;
    for (out->count = 0; out->count < MERGES_MAX && !id_is_null(&next); out->count++) {
        if (!case_read(turn, &next, &out->cases[out->count]))
            break;
        next = out->cases[out->count].merged_into;
    }
    return !arena_exhausted(turn->arena);
}

struct parting {
    const Sigap__CommandIssued *command;
    struct id report_id;
    struct open_case from;
    Sigap__ReportReceived *received;
    Sigap__ReportContent *content;
};

static bool read_witness(struct turn *turn, struct parting *parting) {
    struct triage *triage = turn->state;
    const struct open_case *from = &parting->from;
    ProtobufCBinaryData sealed = {0, NULL}, plain;
    struct seal_case_key key;
    struct statement *get = triage_use(turn->store, TRIAGE_WITNESS_GET);
    bind_id(get, &from->case_id);
    bind_id(get, &parting->report_id);
    if (statement_step(get)) {
        size_t size;
        const void *bytes = column_blob(get, 1, &size);
        parting->received = sigap__report_received__unpack(arena_allocator(turn->arena), size, bytes);
        bytes = column_blob(get, 2, &size);
        sealed = (ProtobufCBinaryData){size, (uint8_t *)arena_bytes(turn->arena, bytes, size)};
    }
    statement_end(get);
    if (!parting->received || seal_case_key_unwrap(triage->opener, &from->case_id, from->case_key.data,
                                  from->case_key.len, &key) != SEAL_OPENED)
        return false;
    if (seal_open_field(&key, &(struct seal_place){parting->report_id, "narrative", 0}, sealed.data,
            sealed.len, turn->arena, &plain) == SEAL_OPENED)
        parting->content = sigap__report_content__unpack(arena_allocator(turn->arena), plain.len, plain.data);
    seal_case_key_wipe(&key);
    return parting->content != NULL;
}

/* To the case itself, and to the one it counts with now, which shows its reports. */
static void tell_parted(struct turn *turn, const struct parting *parting, const struct id *case_id) {
    struct open_case whole = parting->from, next;
    for (bool more = true; more; whole = next) {
        Sigap__ReportParted parted = SIGAP__REPORT_PARTED__INIT;
        Sigap__Event event = SIGAP__EVENT__INIT;
        parted.report_id = turn_bytes(turn, &parting->report_id);
        parted.case_id = turn_bytes(turn, case_id);
        parted.actor = (char *)rights_name(parting->command->actor);
        parted.reason = words_pass_on(turn->arena, parting->command);
        event.body_case = SIGAP__EVENT__BODY_REPORT_PARTED;
        event.report_parted = &parted;
        event.case_id = turn_bytes(turn, &whole.case_id);
        turn_append_chained(turn, triage_lane(whole.priority, whole.unverified), &event, &whole.chain);
        write_merged(turn, &whole, &whole.merged_into, whole.closed_at);
        more = !id_is_null(&whole.merged_into) && case_read(turn, &whole.merged_into, &next);
    }
}

/* ---- what was said further goes along */

struct following {
    struct id report_id, amends;
};

static void forget_witness(struct turn *turn, const struct id *case_id, const struct id *report_id) {
    struct statement *forget = triage_use(turn->store, TRIAGE_WITNESS_DELETE);
    bind_id(forget, case_id);
    bind_id(forget, report_id);
    statement_run(forget);
}

static size_t followings_of(struct turn *turn, const struct id *case_id, struct following out[ALONG_MAX]) {
    size_t count = 0, size;
    struct statement *rows = triage_use(turn->store, TRIAGE_WITNESS_FOLLOWING);
    bind_id(rows, case_id);
    bind_int(rows, ALONG_MAX);
    while (count < ALONG_MAX && statement_step(rows)) {
        const void *bytes = column_blob(rows, 1, &size);
        const Sigap__ReportReceived *received =
            sigap__report_received__unpack(arena_allocator(turn->arena), size, bytes);
        out[count].report_id = column_id(rows, 0);
        if (received && id_from_bytes(received->amends.data, received->amends.len, &out[count].amends))
            count++;
    }
    statement_end(rows);
    return count;
}

/* What it speaks of counts with another case by now: the one that it should be in. */
static bool belongs_elsewhere(
    struct turn *turn, const struct following *following, const struct id *here, struct open_case *to) {
    enum settlement state;
    struct id case_id;
    return triage_report_read(turn, &following->amends, &state, &case_id) &&
           (state == SETTLED_CASE || state == SETTLED_JOINED) && case_read_whole(turn, &case_id, to) &&
           !to->closed_at && !id_equal(&to->case_id, here);
}

static enum verdict move_along(struct turn *turn, const Sigap__CommandIssued *command, const struct id *here,
    const struct following *following, struct open_case *to) {
    struct parting parting = {.command = command, .report_id = following->report_id};
    arena_reset(((const struct triage *)turn->state)->scratch);
    if (!case_read(turn, here, &parting.from) || !read_witness(turn, &parting)) /* no longer kept: it stays */
        return arena_exhausted(turn->arena) ? VERDICT_RETRY : VERDICT_DONE;
    tell_parted(turn, &parting, &to->case_id);
    forget_witness(turn, here, &following->report_id);
    return triage_join_follow_up(turn, parting.received, parting.content, to);
}

/* Of a report that has left this case: what came by its ticket, or as an answer to it, is about it. How
 * urgent it made this case stays until a person says otherwise. */
static enum verdict take_along(
    struct turn *turn, const Sigap__CommandIssued *command, const struct id *here) {
    struct following followings[ALONG_MAX];
    enum verdict verdict = VERDICT_DONE;
    size_t count = followings_of(turn, here, followings);
    for (size_t i = count; i-- > 0 && verdict == VERDICT_DONE;) { /* oldest first */
        struct open_case to;
        if (belongs_elsewhere(turn, &followings[i], here, &to))
            verdict = move_along(turn, command, here, &followings[i], &to);
    }
    return verdict;
}

/* From a case, and from those that it counts with: a follow-up joined what was whole then. */
static enum verdict take_along_from(
    struct turn *turn, const Sigap__CommandIssued *command, const struct open_case *from) {
    struct wholes wholes;
    if (!wholes_read(turn, from, &wholes))
        return VERDICT_RETRY;
    enum verdict verdict = take_along(turn, command, &from->case_id);
    for (size_t i = 0; i < wholes.count && verdict == VERDICT_DONE; i++)
        verdict = take_along(turn, command, &wholes.cases[i].case_id);
    return verdict;
}

static enum verdict undo_merge(
    struct turn *turn, const Sigap__CommandIssued *command, struct open_case *found) {
    struct wholes wholes;
    enum verdict verdict;
    Sigap__CaseMerged merged = SIGAP__CASE_MERGED__INIT;
    if (!wholes_read(turn, found, &wholes))
        return VERDICT_RETRY;
    if (!wholes.count)
        return triage_answer(turn, command, 409,
            "Kasus tujuan sudah tidak tersimpan / The case it was merged into is no longer kept",
            found->version);
    merged.undone = true;
    merged.actor = (char *)rights_name(command->actor);
    merged.reason = words_pass_on(turn->arena, command);
    tell_merged(turn, found, &wholes, &merged);
    write_merged(turn, found, NULL, 0);
    for (size_t i = 0; i < wholes.count; i++)
        if ((verdict = take_along(turn, command, &wholes.cases[i].case_id)) != VERDICT_DONE)
            return verdict;
    triage_audit(turn, command, "case.unmerged", &found->case_id);
    return case_read(turn, &found->case_id, found) ? triage_answer(turn, command, 200, "", found->version)
                                                   : VERDICT_RETRY;
}

/* A person says that it is a case: what the text alone does not show is taken from where it was. */
static void overrule(const struct open_case *from, struct assessment *assessment) {
    if (!assessment->opens_case) {
        assessment->kind = from->kind;
        assessment->priority = (enum priority)from->priority;
        assessment->opens_case = true;
    }
    if (!assessment->area[0])
        memcpy(assessment->area, from->area, strnlen(from->area, AREA_TEXT) + 1);
    if (from->confidentiality > assessment->confidentiality)
        assessment->confidentiality = from->confidentiality;
    assessment->review = false;
}

static enum verdict part_now(
    struct turn *turn, const Sigap__CommandIssued *command, struct parting *parting) {
    struct triage *triage = turn->state;
    struct assessment assessment;
    struct conflict conflict;
    struct opening opening = {.content = parting->content,
        .assessment = &assessment,
        .parted_from = &parting->from,
        .conflict = &conflict,
        .command = command};
    opening.received = parting->received;
    arena_reset(triage->scratch);
    if (!case_conflict(turn, &parting->from, &conflict) ||
        !triage_assess(turn, parting->received, parting->content, &assessment))
        return VERDICT_RETRY;
    overrule(&parting->from, &assessment);
    enum verdict verdict = triage_open_case(turn, &opening);
    if (verdict != VERDICT_DONE)
        return verdict;
    tell_parted(turn, parting, &opening.case_id);
    forget_witness(turn, &parting->from.case_id, &parting->report_id);
    if ((verdict = take_along_from(turn, command, &parting->from)) != VERDICT_DONE)
        return verdict;
    triage_count(turn, &(struct triage_counts){.parted = 1});
    triage_audit(turn, command, "report.parted", &parting->report_id);
    return triage_answer(turn, command, 200, "", parting->from.version + 1);
}

enum verdict triage_split(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__SplitReport *split) {
    struct parting parting = {.command = command};
    enum settlement state;
    struct id case_id;
    enum verdict verdict;
    if (!id_from_bytes(split->report_id.data, split->report_id.len, &parting.report_id) ||
        !triage_report_read(turn, &parting.report_id, &state, &case_id) ||
        (state != SETTLED_CASE && state != SETTLED_JOINED) || !case_read(turn, &case_id, &parting.from))
        return triage_answer(
            turn, command, 404, "Laporan ini tidak ada di kasus mana pun / This report is in no case", 0);
    if (triage_refuse_case(turn, command, &parting.from, &verdict) ||
        triage_refuse_stale(turn, command, &parting.from, &verdict))
        return verdict;
    if (!command->reason[0])
        return triage_answer(
            turn, command, 422, "Alasan wajib diisi / A reason is needed", parting.from.version);
    turn->training = parting.from.training;
    if (state == SETTLED_CASE && !id_is_null(&parting.from.merged_into))
        return undo_merge(turn, command, &parting.from);
    if (state == SETTLED_CASE)
        return triage_answer(turn, command, 409,
            "Laporan ini yang membuka kasus; pisahkan laporan lainnya / "
            "This report opened the case: part the others from it",
            parting.from.version);
    if (!read_witness(turn, &parting))
        return arena_exhausted(turn->arena)
                   ? VERDICT_RETRY
                   : triage_answer(turn, command, 409,
                         "Isi laporan ini tidak tersimpan lagi / What it said is no longer kept",
                         parting.from.version);
    return part_now(turn, command, &parting);
}
