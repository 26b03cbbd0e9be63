/* What people decide: a report in review becomes a case or is closed with a reason; kind, priority or area of
 * an open case are corrected. The machine's rules do not bind them, except that a reason is always given. */
#include "services/triage/state.h"

#include "common/rights.h"

#include <string.h>

static const char *const deciders[] = {"operator", "coordinator", "TRI", "OPR", "KOR", NULL};

static enum verdict answer(struct turn *turn, const Sigap__CommandIssued *command, unsigned status,
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

static void audit(
    struct turn *turn, const Sigap__CommandIssued *command, const char *action, const struct id *object) {
    char text[ID_TEXT + 1];
    id_to_text(object, text);
    turn_audit(turn, command->actor ? command->actor->account : "", action, text);
}

/* ---- review ---- */

static bool known_kind(const struct triage *triage, const char *kind) {
    return site_kinds_find(triage->site.kinds, kind) != NULL;
}

static bool known_area(const struct triage *triage, const char *area) {
    struct place place;
    return gazetteer_find(triage->site.gazetteer, area, &place);
}

/* What the person said, over what the machine had guessed. Texts must live as long as the turn. */
static void overrule(
    struct assessment *assessment, const char *kind, Sigap__Priority priority, const char *area) {
    if (kind[0]) {
        assessment->kind = kind;
        assessment->confidence = 1;
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
        out->area = arena_text(turn->arena, column_text(get, 2));
        const void *bytes = column_blob(get, 5, &size);
        out->received = sigap__report_received__unpack(arena_allocator(turn->arena), size, bytes);
        out->training = column_int(get, 6) != 0;
    }
    statement_end(get);
    return found && out->received;
}

static enum verdict decide_review(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__DecideReview *decide) {
    struct triage *triage = turn->state;
    struct review_row review = {0};
    struct assessment assessment;
    struct id report_id, case_id;
    enum verdict verdict = VERDICT_DONE;
    if (!id_from_bytes(decide->report_id.data, decide->report_id.len, &report_id) ||
        !review_read(turn, &report_id, &review))
        return answer(turn, command, 404,
            "Laporan ini tidak menunggu keputusan / This report waits for no decision", 0);
    if (!rights_covers(command->actor, review.area))
        return answer(turn, command, 403, "Wilayah ini bukan wewenang Anda / This area is not yours", 0);
    if (!command->reason[0])
        return answer(turn, command, 422, "Alasan wajib diisi / A reason is needed", 0);
    if ((decide->kind[0] && !known_kind(triage, decide->kind)) ||
        (decide->area[0] && !known_area(triage, decide->area)))
        return answer(turn, command, 422, "Jenis atau wilayah tidak dikenal / Unknown kind or area", 0);
    turn->training |= review.training;
    if (decide->open_case) {
        arena_reset(triage->scratch);
        Sigap__ReportContent *content = triage_open_content(turn, review.received, &verdict);
        if (!content)
            return verdict;
        if (!triage_assess(turn, review.received, content, &assessment))
            return VERDICT_RETRY;
        overrule(&assessment, decide->kind, decide->priority, decide->area);
        verdict = triage_open_case(turn, review.received, content, &assessment, &case_id);
    } else {
        verdict = triage_close_report(turn, &report_id, decide->kind[0] ? decide->kind : review.kind,
            command->reason, command->actor->account);
    }
    if (verdict != VERDICT_DONE)
        return verdict;
    struct statement *delete = triage_use(turn->store, TRIAGE_REVIEW_DELETE);
    bind_id(delete, &report_id);
    statement_run(delete);
    audit(turn, command, decide->open_case ? "review.opened" : "review.closed", &report_id);
    return answer(turn, command, 200, "", 1);
}

/* ---- an open case ---- */

static enum verdict change_case(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__ChangeCase *change) {
    struct triage *triage = turn->state;
    struct open_case found;
    struct id case_id;
    if (!id_from_bytes(change->case_id.data, change->case_id.len, &case_id) ||
        !case_read(turn, &case_id, &found))
        return answer(turn, command, 404, "Kasus tidak ditemukan / No such case", 0);
    if (!rights_covers(command->actor, found.area))
        return answer(turn, command, 403, "Wilayah ini bukan wewenang Anda / This area is not yours", 0);
    if (command->expected_version && command->expected_version != found.version)
        return answer(turn, command, 409,
            "Kasus sudah berubah, muat ulang / The case has changed, read it again", found.version);
    if ((change->kind[0] && !known_kind(triage, change->kind)) ||
        (change->area[0] && !known_area(triage, change->area)))
        return answer(
            turn, command, 422, "Jenis atau wilayah tidak dikenal / Unknown kind or area", found.version);
    int before = found.priority;
    if (change->priority != SIGAP__PRIORITY__PRIORITY_UNSPECIFIED)
        found.priority = (int)(change->priority - SIGAP__PRIORITY__PRIORITY_P0);
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    const struct site_kind *kind = change->kind[0] ? site_kinds_find(triage->site.kinds, change->kind) : NULL;
    changed.kind = change->kind;
    changed.priority = change->priority;
    changed.priority_before = triage_priority_out(before);
    changed.area = change->area;
    changed.reason = command->reason;
    changed.playbook = kind && kind->playbooks_count ? kind->playbooks[0] : (char *)"";
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    event.case_id = turn_bytes(turn, &case_id);
    turn_append_chained(turn, triage_lane(found.priority, false), &event, &found.chain);
    struct statement *update = triage_use(turn->store, TRIAGE_CASE_CHANGE);
    bind_text(update, change->kind[0] ? change->kind : found.kind);
    bind_int(update, found.priority);
    bind_text(update, change->area[0] ? change->area : found.area);
    bind_int(update, found.chain.lane);
    bind_int(update, (int64_t)found.chain.sequence);
    bind_id(update, &case_id);
    statement_run(update);
    audit(turn, command, "case.changed", &case_id);
    return answer(turn, command, 200, "", found.version + 1);
}

enum verdict triage_command(struct turn *turn, const Sigap__CommandIssued *command) {
    bool mine = command->command_case == SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW ||
                command->command_case == SIGAP__COMMAND_ISSUED__COMMAND_CHANGE_CASE;
    if (!mine || answered_before(turn, command))
        return VERDICT_DONE;
    if (!rights_has_any(command->actor, deciders))
        return answer(turn, command, 403, "Anda tidak berwenang memutuskan / You may not decide this", 0);
    if (command->command_case == SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW)
        return decide_review(turn, command, command->decide_review);
    return change_case(turn, command, command->change_case);
}
