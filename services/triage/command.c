/* What people decide: a report in review becomes a case or is closed with a reason; kind, priority or area of
 * an open case are corrected. The machine's rules do not bind them, except that a reason is always given. */
#include "services/triage/heard.h"
#include "services/triage/measure.h"

#include "common/rights.h"
#include "common/words.h"

#include <stdio.h>
#include <string.h>

static const char *const deciders[] = {"operator", "coordinator", "TRI", "OPR", "KOR", NULL};

enum verdict triage_answer(struct turn *turn, const Sigap__CommandIssued *command, unsigned status,
    const char *sentence, uint64_t version) {
    turn_answer_command(turn, command, status, sentence, version);
    struct statement *set = triage_use(turn->store, TRIAGE_ANSWERED_SET);
    bind_blob(set, command->command_id.data, command->command_id.len);
    bind_int(set, status);
    bind_int(set, (int64_t)version);
    statement_run(set);
    return VERDICT_DONE;
}

/* The same command again is told what it was told the first time. */
static bool answered_before(struct turn *turn, const Sigap__CommandIssued *command) {
    struct statement *get = triage_use(turn->store, TRIAGE_ANSWERED_GET);
    bind_blob(get, command->command_id.data, command->command_id.len);
    bool found = statement_step(get);
    unsigned status = found ? (unsigned)column_int(get, 0) : 0;
    uint64_t version = found ? (uint64_t)column_int(get, 1) : 0;
    statement_end(get);
    if (found)
        turn_answer_command(turn, command, status, "Sudah dijawab / Answered before", version);
    return found;
}

bool triage_refuse_case(struct turn *turn, const Sigap__CommandIssued *command, const struct open_case *found,
    enum verdict *verdict) {
    const char *sentence = NULL;
    if (!rights_covers(command->actor, found->area) || case_accuses(turn, found, command->actor))
        sentence = "Wilayah ini bukan wewenang Anda / This area is not yours";
    else if (found->confidentiality == 3 && !rights_sees_secret(command->actor))
        sentence = "Kasus C3 hanya diubah, digabung, atau dipisah oleh petugas yang ditunjuk / "
                   "Only officers named for C3 change, merge or part such cases";
    if (sentence)
        *verdict = triage_answer(turn, command, 403, sentence, 0);
    return sentence != NULL;
}

bool triage_refuse_stale(struct turn *turn, const Sigap__CommandIssued *command,
    const struct open_case *found, enum verdict *verdict) {
    if (!command->expected_version || command->expected_version == found->version)
        return false;
    *verdict = triage_answer(turn, command, 409,
        "Kasus sudah berubah, muat ulang / The case has changed, read it again", found->version);
    return true;
}

void triage_audit(
    struct turn *turn, const Sigap__CommandIssued *command, const char *action, const struct id *object) {
    char text[ID_TEXT + 1];
    id_to_text(object, text);
    turn_audit(turn, command->actor ? command->actor->account : "", action, text);
}

/* ---- review ---- */

/* "": as it was. */
static bool knows(const struct triage *triage, const char *kind, const char *area) {
    struct place place;
    return (!kind[0] || site_kinds_find(triage->site.kinds, kind)) &&
           (!area[0] || gazetteer_find(triage->site.gazetteer, area, &place));
}

/* What the person said, over what the machine had guessed; a stricter kind makes it more confidential. Texts
 * must live as long as the turn. */
static void overrule(const struct triage *triage, struct assessment *assessment, const char *kind,
    Sigap__Priority priority, const char *area) {
    if (kind[0]) {
        assessment->kind = kind;
        assessment->confidence = 1;
        assessment->confidentiality =
            site_kinds_stricter(triage->site.kinds, assessment->confidentiality, kind);
    }
    if (priority != SIGAP__PRIORITY__PRIORITY_UNSPECIFIED)
        assessment->priority = (enum priority)(priority - SIGAP__PRIORITY__PRIORITY_P0);
    if (area[0]) {
        snprintf(assessment->area, sizeof assessment->area, "%s", area);
        assessment->area_level = area_level(area);
        assessment->area_candidate_count = 0;
    }
    assessment->review = false; /* a person has looked */
    assessment->possible_danger = false;
}

bool review_read(struct turn *turn, const struct id *report_id, struct review_row *out) {
    struct statement *get = triage_use(turn->store, TRIAGE_REVIEW_GET);
    bind_id(get, report_id);
    bool found = statement_step(get);
    if (found) {
        size_t size;
        out->kind = arena_text(turn->arena, column_text(get, 0));
        out->priority = (int)column_int(get, 1);
        out->area = arena_text(turn->arena, column_text(get, 2));
        out->reason = arena_text(turn->arena, column_text(get, 3));
        out->danger = column_int(get, 4) != 0;
        const void *bytes = column_blob(get, 5, &size);
        out->received = sigap__report_received__unpack(arena_allocator(turn->arena), size, bytes);
        out->training = column_int(get, 6) != 0;
        out->amends = column_id(get, 7);
        bytes = column_blob(get, 8, &size);
        out->alike_count = alike_unpack(bytes, size, out->alike);
    }
    statement_end(get);
    return found && out->received;
}

void review_delete(struct turn *turn, const struct id *report_id) {
    struct statement *delete = triage_use(turn->store, TRIAGE_REVIEW_DELETE);
    bind_id(delete, report_id);
    statement_run(delete);
}

struct deciding {
    struct turn *turn;
    const Sigap__CommandIssued *command;
    const Sigap__DecideReview *decide;
    struct review_row review;
    struct id report_id, case_id; /* case_id null: it becomes none */
};

static void measure_review(struct deciding *deciding, const struct assessment *assessment) {
    const struct review_row *review = &deciding->review;
    const Sigap__DecideReview *decide = deciding->decide;
    bool opened = !id_is_null(&deciding->case_id);
    struct decided decided = {.source = opened ? "review" : "review_closed",
        .actor = rights_name(deciding->command->actor),
        .report_id = &deciding->report_id,
        .case_id = opened ? &deciding->case_id : NULL,
        .kind_said = review->kind,
        .kind = assessment        ? assessment->kind
                : decide->kind[0] ? decide->kind
                                  : "bukan_laporan",
        .area_said = review->area,
        .area = assessment ? assessment->area : review->area,
        .priority_said = review->priority,
        .priority = assessment ? (int)assessment->priority : PRIORITY_P4,
        .received = opened ? NULL : review->received,
        .reason = opened ? NULL : words_pass_on(deciding->turn->arena, deciding->command)};
    measure_decided(deciding->turn, &decided);
}

static enum verdict decide_case(struct deciding *deciding) {
    struct turn *turn = deciding->turn;
    const struct triage *triage = turn->state;
    const Sigap__DecideReview *decide = deciding->decide;
    struct assessment assessment;
    enum verdict verdict = VERDICT_DONE;
    arena_reset(triage->scratch);
    const Sigap__ReportContent *content = triage_open_content(turn, deciding->review.received, &verdict);
    if (!content)
        return verdict;
    if (!triage_assess(turn, deciding->review.received, content, &assessment))
        return VERDICT_RETRY;
    overrule(triage, &assessment, decide->kind, decide->priority, decide->area);
    struct opening opening = {.received = deciding->review.received,
        .content = content,
        .assessment = &assessment,
        .alike = deciding->review.alike,
        .alike_count = deciding->review.alike_count,
        .command = deciding->command};
    verdict = triage_open_case(turn, &opening);
    deciding->case_id = opening.case_id;
    if (verdict == VERDICT_DONE)
        measure_review(deciding, &assessment);
    return verdict;
}

/* Whoever has the case knows nothing of the report: it is as urgent as it is by itself, unless the person who
 * joins it says otherwise. What was taken back says nothing. */
static int joined_priority(const struct deciding *deciding, const struct open_case *found) {
    const struct review_row *review = &deciding->review;
    if (deciding->decide->priority != SIGAP__PRIORITY__PRIORITY_UNSPECIFIED)
        return (int)(deciding->decide->priority - SIGAP__PRIORITY__PRIORITY_P0);
    bool withdrawn = strcmp(review->received->relation, "withdrawal") == 0;
    return !withdrawn && review->priority < found->priority ? review->priority : found->priority;
}

static enum verdict decide_joins(struct deciding *deciding, struct open_case *found) {
    struct turn *turn = deciding->turn;
    const Sigap__ReportReceived *received = deciding->review.received;
    enum verdict verdict = VERDICT_DONE;
    arena_reset(((const struct triage *)turn->state)->scratch);
    const Sigap__ReportContent *content = triage_open_content(turn, received, &verdict);
    if (!content)
        return verdict;
    bool stated = deciding->decide->priority != SIGAP__PRIORITY__PRIORITY_UNSPECIFIED;
    struct raising raising = {.priority = joined_priority(deciding, found),
        .area = deciding->decide->area,
        .moves = true, /* a person says so */
        .reason = "witness"};
    if (!triage_told_later(turn, received, content, found, &raising))
        return VERDICT_RETRY;
    struct joining joining = {
        received, content, found, "witness", deciding->review.danger && !stated, 0, deciding->command};
    verdict = triage_join(turn, &joining);
    deciding->case_id = found->case_id;
    if (verdict == VERDICT_DONE)
        triage_raise(turn, found, &raising);
    return verdict;
}

static enum verdict decide_closes(struct deciding *deciding) {
    const Sigap__DecideReview *decide = deciding->decide;
    measure_review(deciding, NULL);
    return triage_close_report(deciding->turn, &deciding->report_id,
        decide->kind[0] ? decide->kind : deciding->review.kind, deciding->command->reason,
        rights_name(deciding->command->actor));
}

/* NULL: it may be joined. */
static const char *join_refusal(
    const struct deciding *deciding, const struct open_case *found, unsigned *status) {
    *status = 403;
    if (!rights_covers(deciding->command->actor, found->area) ||
        case_accuses(deciding->turn, found, deciding->command->actor) ||
        (found->confidentiality == 3 && !rights_sees_secret(deciding->command->actor)))
        return "Kasus tujuan bukan wewenang Anda / The case to join is not yours";
    *status = 409;
    if (found->training != deciding->review.training)
        return "Laporan latihan dan laporan nyata tidak digabung / A drill and what is real are not joined";
    return found->closed_at ? "Kasus tujuan sudah ditutup / The case to join is closed" : NULL;
}

/* What to do is said in the audit. */
static enum verdict decide_now(struct deciding *deciding) {
    struct turn *turn = deciding->turn;
    const Sigap__DecideReview *decide = deciding->decide;
    struct open_case found;
    struct id join_id;
    enum verdict verdict;
    const char *said = decide->open_case ? "review.opened" : "review.closed";
    turn->training = deciding->review.training;
    if (id_from_bytes(decide->join_case.data, decide->join_case.len, &join_id)) {
        if (!case_read_whole(turn, &join_id, &found))
            return triage_answer(turn, deciding->command, 404, "Kasus tidak ditemukan / No such case", 0);
        unsigned status;
        const char *refusal = join_refusal(deciding, &found, &status);
        if (refusal)
            return triage_answer(turn, deciding->command, status, refusal, 0);
        verdict = decide_joins(deciding, &found);
        said = "review.joined";
    } else {
        verdict = decide->open_case ? decide_case(deciding) : decide_closes(deciding);
    }
    if (verdict != VERDICT_DONE)
        return verdict;
    review_delete(turn, &deciding->report_id);
    verdict = triage_follow_decided(turn, &deciding->report_id,
        id_is_null(&deciding->case_id) ? NULL : &deciding->case_id, deciding->review.kind,
        rights_name(deciding->command->actor));
    if (verdict != VERDICT_DONE)
        return verdict;
    triage_audit(turn, deciding->command, said, &deciding->report_id);
    return triage_answer(turn, deciding->command, 200, "", 1);
}

static enum verdict decide_review(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__DecideReview *decide) {
    struct deciding deciding = {.turn = turn, .command = command, .decide = decide};
    if (!id_from_bytes(decide->report_id.data, decide->report_id.len, &deciding.report_id) ||
        !review_read(turn, &deciding.report_id, &deciding.review))
        return triage_answer(turn, command, 404,
            "Laporan ini tidak menunggu keputusan / This report waits for no decision", 0);
    if (!rights_covers(command->actor, deciding.review.area))
        return triage_answer(
            turn, command, 403, "Wilayah ini bukan wewenang Anda / This area is not yours", 0);
    if (!command->reason[0])
        return triage_answer(turn, command, 422, "Alasan wajib diisi / A reason is needed", 0);
    if (!knows(turn->state, decide->kind, decide->area))
        return triage_answer(
            turn, command, 422, "Jenis atau wilayah tidak dikenal / Unknown kind or area", 0);
    return decide_now(&deciding);
}

/* ---- an open case ---- */

/* An open case, and what a person makes of it. */
struct changing {
    struct turn *turn;
    const Sigap__CommandIssued *command;
    const Sigap__ChangeCase *change;
    struct open_case found; /* as it was */
    const char *kind, *area;
    int priority;
};

/* The case as it is from here on. */
static void brief_changed(const struct changing *changing, Sigap__CaseBrief *out) {
    const struct triage *triage = changing->turn->state;
    struct open_case now = changing->found;
    now.kind = changing->kind;
    now.area = changing->area;
    now.priority = changing->priority;
    now.confidentiality = site_kinds_stricter(triage->site.kinds, now.confidentiality, now.kind);
    triage_brief(&now, out);
}

static void tell_changed(struct changing *changing) {
    const struct triage *triage = changing->turn->state;
    const Sigap__ChangeCase *change = changing->change;
    const struct site_kind *kind = change->kind[0] ? site_kinds_find(triage->site.kinds, change->kind) : NULL;
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__CaseBrief brief;
    Sigap__Event event = SIGAP__EVENT__INIT;
    changed.kind = change->kind;
    changed.priority = change->priority;
    changed.priority_before = triage_priority_out(changing->found.priority);
    changed.area = change->area;
    changed.reason = changing->command->reason;
    changed.words = words_pass_on(changing->turn->arena, changing->command);
    changed.by = (char *)rights_name(changing->command->actor);
    brief_changed(changing, &brief);
    changed.brief = &brief;
    changed.playbook = kind && kind->playbooks_count ? kind->playbooks[0] : (char *)"";
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    event.case_id = turn_bytes(changing->turn, &changing->found.case_id);
    turn_append_chained(
        changing->turn, triage_lane(changing->priority, false), &event, &changing->found.chain);
}

static void write_changed(const struct changing *changing) {
    const struct open_case *found = &changing->found;
    triage_keep_secret(changing->turn, &found->case_id, changing->kind);
    struct statement *update = triage_use(changing->turn->store, TRIAGE_CASE_CHANGE);
    bind_text(update, changing->kind);
    bind_int(update, changing->priority);
    bind_text(update, changing->area);
    bind_int(update, found->chain.lane);
    bind_int(update, (int64_t)found->chain.sequence);
    bind_id(update, &found->case_id);
    statement_run(update);
}

static void measure_change(const struct changing *changing) {
    const struct open_case *found = &changing->found;
    measure_decided(changing->turn, &(struct decided){.source = "change",
                                        .actor = rights_name(changing->command->actor),
                                        .report_id = &found->report_id,
                                        .case_id = &found->case_id,
                                        .kind_said = found->kind,
                                        .kind = changing->kind,
                                        .area_said = found->area,
                                        .area = changing->area,
                                        .priority_said = found->priority,
                                        .priority = changing->priority});
}

static enum verdict change_now(struct changing *changing) {
    const Sigap__ChangeCase *change = changing->change;
    const struct open_case *found = &changing->found;
    changing->kind = change->kind[0] ? change->kind : found->kind;
    changing->area = change->area[0] ? change->area : found->area;
    changing->priority = change->priority == SIGAP__PRIORITY__PRIORITY_UNSPECIFIED
                             ? found->priority
                             : (int)(change->priority - SIGAP__PRIORITY__PRIORITY_P0);
    tell_changed(changing);
    write_changed(changing);
    measure_change(changing);
    triage_audit(changing->turn, changing->command, "case.changed", &found->case_id);
    return triage_answer(changing->turn, changing->command, 200, "", found->version + 1);
}

static enum verdict change_case(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__ChangeCase *change) {
    struct changing changing = {.turn = turn, .command = command, .change = change};
    const struct open_case *found = &changing.found;
    struct id case_id;
    enum verdict verdict;
    if (!id_from_bytes(change->case_id.data, change->case_id.len, &case_id) ||
        !case_read(turn, &case_id, &changing.found))
        return triage_answer(turn, command, 404, "Kasus tidak ditemukan / No such case", 0);
    if (triage_refuse_case(turn, command, found, &verdict) ||
        triage_refuse_stale(turn, command, found, &verdict))
        return verdict;
    if (!id_is_null(&found->merged_into))
        return triage_answer(turn, command, 409,
            "Kasus ini sudah digabung; ubah kasus tujuannya / This case is merged: change the one that it "
            "counts with",
            found->version);
    if (found->closed_at) /* whoever is told of a change would be woken for it */
        return triage_answer(turn, command, 409,
            "Kasus sudah ditutup; buka kembali dulu / The case is closed; reopen it first", found->version);
    if (!knows(turn->state, change->kind, change->area))
        return triage_answer(
            turn, command, 422, "Jenis atau wilayah tidak dikenal / Unknown kind or area", found->version);
    turn->training = found->training;
    return change_now(&changing);
}

/* All that are ours; others have their owners. */
static bool is_ours(const Sigap__CommandIssued *command) {
    switch (command->command_case) {
    case SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW:
    case SIGAP__COMMAND_ISSUED__COMMAND_CHANGE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_MERGE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_SPLIT_REPORT:
        return true;
    case SIGAP__COMMAND_ISSUED__COMMAND__NOT_SET:
    case SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_OFFER:
    case SIGAP__COMMAND_ISSUED__COMMAND_ASSIGN_FACILITY:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_CAPACITY:
    case SIGAP__COMMAND_ISSUED__COMMAND_MOVE_TASK:
    case SIGAP__COMMAND_ISSUED__COMMAND_RECORD_FACT:
    case SIGAP__COMMAND_ISSUED__COMMAND_CLOSE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_ALERT:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_ROTA:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_OVERRIDE:
    case _SIGAP__COMMAND_ISSUED__COMMAND__CASE_IS_INT_SIZE:
        return false;
    }
    return false;
}

enum verdict triage_command(struct turn *turn, const Sigap__CommandIssued *command) {
    if (!is_ours(command) || answered_before(turn, command))
        return VERDICT_DONE;
    if (!rights_has_any(command->actor, deciders))
        return triage_answer(
            turn, command, 403, "Anda tidak berwenang memutuskan / You may not decide this", 0);
    if (command->command_case == SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW)
        return decide_review(turn, command, command->decide_review);
    if (command->command_case == SIGAP__COMMAND_ISSUED__COMMAND_MERGE_CASE)
        return triage_merge(turn, command, command->merge_case);
    if (command->command_case == SIGAP__COMMAND_ISSUED__COMMAND_SPLIT_REPORT)
        return triage_split(turn, command, command->split_report);
    return change_case(turn, command, command->change_case);
}
