/* What others may see of triage: how a report was settled, open cases, the review queue. */
#include "services/triage/conflict.h"
#include "services/triage/heard.h"
#include "services/triage/kept.h"
#include "services/triage/measure.h"

#include "common/json.h"
#include "common/medium.h"
#include "common/rights.h"
#include "common/words.h"

#include <stdlib.h>
#include <string.h>

enum {
    ANSWER_BYTES = 1 << 20,
    MEMBERS_MAX = 100, /* reports shown of one case */
    MERGED_MAX = 16,   /* cases merged into one, shown with it */
    LINES_MAX = 200,   /* corrections with their words in one answer: x 4 KiB */
};

static const char *report_state_word(int64_t state) {
    static const char *const words[] = {"received", "in_review", "case", "information", "joined"};
    return state >= 0 && state < (int64_t)(sizeof words / sizeof *words) ? words[state] : "received";
}

static const char *confidentiality_word(int level) {
    static const char *const words[] = {"C0", "C1", "C2", "C3"};
    return words[level & 3];
}

/* ---- one report, one case ---- */

static bool reaches(const Sigap__Actor *actor, const char *area) {
    return rights_by_area(actor) && rights_covers(actor, area);
}

/* Administrators and auditors never see what reporters wrote, whatever else they are. */
static bool never_reads(const Sigap__Actor *actor) {
    static const char *const classes[] = {"administrator", "auditor", NULL};
    return rights_has_any(actor, classes);
}

static bool may_read_review(const Sigap__Actor *actor, const char *area) {
    static const char *const roles[] = {"operator", "coordinator", "TRI", NULL};
    return rights_has_any(actor, roles) && !never_reads(actor) && reaches(actor, area);
}

/* What a person needs to decide: the words, what was made of them, and what they may belong to. */
struct reviewed {
    struct review_row row;
    const char *text, *first; /* first: of the report that it amends; NULL: it stands alone */
    char *assessment;         /* JSON, malloc'd */
};

static const char *first_words(struct turn *turn, const struct id *amends, enum verdict *verdict) {
    struct review_row first;
    if (id_is_null(amends) || !review_read(turn, amends, &first))
        return NULL;
    const Sigap__ReportContent *content = triage_open_content(turn, first.received, verdict);
    return content ? content->text : NULL;
}

/* Who decides must read what was written. False: *verdict says what to do. */
static bool read_words(struct turn *turn, const Sigap__Actor *actor, const struct id *report_id,
    struct reviewed *out, Sigap__ViewAnswer *answer, enum verdict *verdict) {
    const struct triage *triage = turn->state;
    struct assessment assessment;
    char id[ID_TEXT + 1];
    *verdict = VERDICT_DONE;
    if (!review_read(turn, report_id, &out->row))
        return answer->status = 404, false;
    if (!may_read_review(actor, out->row.area))
        return answer->status = 403, false;
    arena_reset(triage->scratch);
    const Sigap__ReportContent *content = triage_open_content(turn, out->row.received, verdict);
    if (!content)
        return false;
    out->text = arena_text(turn->arena, content->text);
    if (triage_assess(turn, out->row.received, content, &assessment))
        out->assessment = assess_to_json(&assessment);
    out->first = first_words(turn, &out->row.amends, verdict);
    id_to_text(report_id, id);
    turn_audit(turn, rights_name(actor), "review.narrative", id);
    return *verdict == VERDICT_DONE;
}

static void put_alike(struct turn *turn, struct json_writer *writer, const Sigap__Actor *actor,
    const struct alike *alike, size_t count);

static void put_reviewed(struct turn *turn, struct json_writer *writer, const Sigap__Actor *actor,
    const struct reviewed *reviewed) {
    json_member_text(writer, "narrative", reviewed->text);
    json_member_text(writer, "channel", reviewed->row.received->channel);
    json_member_bool(writer, "forwarded", reviewed->row.received->forwarded);
    json_member_bool(writer, "group", reviewed->row.received->group);
    json_member_text(writer, "relation", reviewed->row.received->relation);
    json_member_id(writer, "amends", &reviewed->row.amends);
    json_member_text(writer, "first_narrative", reviewed->first);
    put_alike(turn, writer, actor, reviewed->row.alike, reviewed->row.alike_count);
    if (reviewed->assessment) {
        json_write_key(writer, "assessment");
        json_write_raw(writer, reviewed->assessment, strlen(reviewed->assessment));
    }
}

/* Kinds that would make a case C3, for somebody who neither decides nor is named for such cases. */
static bool review_is_restricted(
    struct turn *turn, const Sigap__Actor *actor, const char *kind, const char *also, const char *area) {
    const struct site_kinds *kinds = ((const struct triage *)turn->state)->site.kinds;
    return site_kinds_stricter(kinds, site_kinds_stricter(kinds, 0, kind), also) == 3 &&
           !rights_sees_secret(actor) && !may_read_review(actor, area);
}

/* Why a report waits for a person, whose it is and until when: the columns of review_shown. Its ticket is the
 * reporter's and nobody keeps it: by its id it is found. */
static void put_review(
    struct turn *turn, struct json_writer *writer, const Sigap__Actor *actor, struct statement *row) {
    struct id report_id = column_id(row, 0), amends = column_id(row, 11);
    const char *kind = column_text(row, 2), *area = column_text(row, 4), *also = column_text(row, 12);
    bool restricted = review_is_restricted(turn, actor, kind, also, area);
    size_t alike;
    json_member_id(writer, "report_id", &report_id);
    json_member_integer(writer, "at", column_int(row, 1));
    if (!restricted) {
        json_member_text(writer, "kind", kind);
        json_member_text(writer, "also_kinds", also[0] ? also : NULL);
        json_member_text(writer, "area", area[0] ? area : NULL);
    }
    json_member_bool(writer, "restricted", restricted);
    json_member_text(writer, "priority", priority_name((enum priority)column_int(row, 3)));
    json_member_text(writer, "reason", column_text(row, 5));
    json_member_bool(writer, "danger", column_int(row, 6) != 0);
    json_member_text(writer, "owner_role", column_text(row, 7));
    json_member_integer(writer, "decide_by", column_int(row, 8));
    column_blob(row, 9, &alike);
    json_member_bool(writer, "alike", alike > 0);               /* maybe known already */
    json_member_integer(writer, "copies", column_int(row, 10)); /* decided with it */
    json_member_id(writer, "amends", &amends);
}

/* For whom the list of reviews has it too. */
static void put_waiting(
    struct turn *turn, struct json_writer *writer, const Sigap__Actor *actor, const struct id *report_id) {
    struct statement *row = triage_use(turn->store, TRIAGE_REVIEW_LOOK);
    bind_id(row, report_id);
    if (statement_step(row) && reaches(actor, column_text(row, 4))) {
        json_member_object(writer, "review");
        put_review(turn, writer, actor, row);
        json_write_end(writer);
    }
    statement_end(row);
}

static enum verdict view_report(
    struct turn *turn, const Sigap__View *asked, const Sigap__ReportView *view, Sigap__ViewAnswer *answer) {
    struct id report_id, case_id = {0};
    enum settlement state = 0;
    struct reviewed reviewed = {.text = NULL};
    struct open_case whole;
    enum verdict verdict;
    if (!id_from_bytes(view->report_id.data, view->report_id.len, &report_id))
        return answer->status = 404, VERDICT_DONE;
    if (view->narrative && !read_words(turn, asked->actor, &report_id, &reviewed, answer, &verdict)) {
        free(reviewed.assessment);
        return verdict;
    }
    if (triage_report_read(turn, &report_id, &state, &case_id) && !id_is_null(&case_id) &&
        case_read_whole(turn, &case_id, &whole))
        case_id = whole.case_id; /* where it counts now */
    struct json_writer writer;
    json_writer_init(&writer, ANSWER_BYTES);
    json_write_object(&writer);
    json_member_object(&writer, "report");
    json_member_id(&writer, "id", &report_id);
    json_member_text(&writer, "state", report_state_word(state));
    json_write_end(&writer);
    json_member_id(&writer, "case_id", &case_id);
    put_waiting(turn, &writer, asked->actor, &report_id);
    if (reviewed.text)
        put_reviewed(turn, &writer, asked->actor, &reviewed);
    free(reviewed.assessment);
    json_write_end(&writer);
    turn_answer_view(turn, answer, state ? 200 : 404, &writer);
    return VERDICT_DONE;
}

/* The words of the reporter are in the evidence: only for those who may read the narrative too. */
static void put_evidence(struct turn *turn, struct json_writer *writer, const struct open_case *found) {
    struct triage *triage = turn->state;
    struct seal_case_key key;
    ProtobufCBinaryData plain;
    if (seal_case_key_unwrap(
            triage->opener, &found->case_id, found->case_key.data, found->case_key.len, &key) != SEAL_OPENED)
        return;
    if (seal_open_field(&key, &(struct seal_place){found->case_id, "evidence", 0}, found->evidence.data,
            found->evidence.len, turn->arena, &plain) == SEAL_OPENED) {
        char *json = assessment_to_json(turn->arena, &plain);
        if (json) {
            json_write_key(writer, "assessment");
            json_write_raw(writer, json, strlen(json));
        }
        free(json);
    }
    seal_case_key_wipe(&key);
}

static bool is_restricted(const Sigap__Actor *actor, const struct open_case *found) {
    return found->confidentiality == 3 && !rights_sees_secret(actor);
}

static bool may_read_words(struct turn *turn, const Sigap__Actor *actor, const struct open_case *found) {
    static const char *const wide[] = {"operator", "coordinator", "TRI", NULL};
    return reaches(actor, found->area) && !never_reads(actor) && !case_accuses(turn, found, actor) &&
           (found->confidentiality == 3 ? rights_sees_secret(actor) : rights_has_any(actor, wide));
}

static void put_reasons(struct turn *turn, struct json_writer *writer, const char *reasons) {
    json_member_array(writer, "reasons");
    char *words = arena_text(turn->arena, reasons), *rest = NULL;
    for (char *word = words ? strtok_r(words, " ", &rest) : NULL; word; word = strtok_r(NULL, " ", &rest))
        json_write_text(writer, word);
    json_write_end(writer);
}

/* restricted: its number and how urgent it is, nothing of what it is or where. */
static void put_case(struct json_writer *writer, const struct open_case *found, bool restricted) {
    json_member_id(writer, "id", &found->case_id);
    if (!restricted) {
        json_member_text(writer, "kind", found->kind);
        json_member_text(writer, "area", found->area[0] ? found->area : NULL);
        json_write_key(writer, "confidence");
        json_write_decimal(writer, found->confidence_permille, 3);
    }
    json_member_bool(writer, "restricted", restricted);
    json_member_text(writer, "priority", priority_name((enum priority)found->priority));
    json_member_text(writer, "confidentiality", confidentiality_word(found->confidentiality));
    json_member_bool(writer, "unverified", found->unverified);
    json_member_integer(writer, "opened_at", found->opened_at);
    json_member_text(writer, "state", found->closed_at ? "closed" : "open");
    json_member_integer(writer, "version", (int64_t)found->version);
}

/* ---- what it may be the same as, what belongs to it */

/* Only what the asker may see of each: a case elsewhere is not there for them. */
static void put_alike(struct turn *turn, struct json_writer *writer, const Sigap__Actor *actor,
    const struct alike *alike, size_t count) {
    json_member_array(writer, "alike");
    for (size_t i = 0; i < count; i++) {
        struct open_case other;
        if (!case_read_whole(turn, &alike[i].case_id, &other) || !reaches(actor, other.area) ||
            case_accuses(turn, &other, actor))
            continue;
        json_write_object(writer);
        json_write_key(writer, "score");
        json_write_decimal(writer, alike[i].permille, 3);
        put_case(writer, &other, is_restricted(actor, &other));
        json_write_end(writer);
    }
    json_write_end(writer);
}

static void put_member(struct json_writer *writer, const struct id *report_id, const struct id *case_id,
    int64_t at, const char *relation, unsigned permille) {
    json_write_object(writer);
    json_member_id(writer, "report_id", report_id);
    json_member_id(writer, "case_id", case_id);
    json_member_integer(writer, "at", at);
    json_member_text(writer, "relation", relation);
    if (permille) {
        json_write_key(writer, "score");
        json_write_decimal(writer, permille, 3);
    }
    json_write_end(writer);
}

static void put_witnesses(struct turn *turn, struct json_writer *writer, const struct id *case_id) {
    struct statement *rows = triage_use(turn->store, TRIAGE_WITNESS_LIST);
    bind_id(rows, case_id);
    bind_int(rows, MEMBERS_MAX);
    while (statement_step(rows)) {
        struct id report_id = column_id(rows, 0);
        put_member(writer, &report_id, case_id, column_int(rows, 1), column_text(rows, 2),
            (unsigned)column_int(rows, 3));
    }
}

/* The reports of a case, and of those that were merged into it. */
static void put_reports(struct turn *turn, struct json_writer *writer, const struct open_case *found) {
    struct id merged[MERGED_MAX], opened_by[MERGED_MAX];
    int64_t at[MERGED_MAX];
    size_t count = 0;
    json_member_array(writer, "reports");
    put_member(writer, &found->report_id, &found->case_id, found->opened_at, "opened", 0);
    put_witnesses(turn, writer, &found->case_id);
    struct statement *rows = triage_use(turn->store, TRIAGE_CASE_MERGED_IN);
    bind_id(rows, &found->case_id);
    bind_int(rows, MERGED_MAX);
    while (count < MERGED_MAX && statement_step(rows)) {
        merged[count] = column_id(rows, 0);
        opened_by[count] = column_id(rows, 1);
        at[count++] = column_int(rows, 2);
    }
    statement_end(rows);
    for (size_t i = 0; i < count; i++) {
        put_member(writer, &opened_by[i], &merged[i], at[i], "merged", 0);
        put_witnesses(turn, writer, &merged[i]);
    }
    json_write_end(writer);
}

static void put_known(
    struct turn *turn, struct json_writer *writer, const Sigap__Actor *actor, const struct open_case *found) {
    struct alike alike[ALIKE_MAX];
    size_t count = proposal_read(turn, &found->case_id, alike);
    put_reasons(turn, writer, found->reasons);
    json_member_id(writer, "merged_into", &found->merged_into);
    put_alike(turn, writer, actor, alike, count);
    put_reports(turn, writer, found);
}

static enum verdict view_case(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct open_case found;
    struct id case_id;
    if (!id_from_bytes(view->case_file->case_id.data, view->case_file->case_id.len, &case_id) ||
        !case_read(turn, &case_id, &found) || !reaches(view->actor, found.area) ||
        case_accuses(turn, &found, view->actor))
        return answer->status = 404, VERDICT_DONE; /* what is not theirs does not exist for them */
    struct json_writer writer;
    json_writer_init(&writer, ANSWER_BYTES);
    json_write_object(&writer);
    bool restricted = is_restricted(view->actor, &found);
    put_case(&writer, &found, restricted);
    if (!restricted)
        put_known(turn, &writer, view->actor, &found);
    if (view->case_file->narrative && may_read_words(turn, view->actor, &found)) {
        char text[ID_TEXT + 1];
        id_to_text(&case_id, text);
        turn_audit(turn, view->actor->account, "evidence.read", text);
        put_evidence(turn, &writer, &found);
    }
    json_write_end(&writer);
    turn_answer_view(turn, answer, 200, &writer);
    return VERDICT_DONE;
}

/* ---- lists: one query an area prefix of the actor, which is its predicate ---- */

/* The first 13 columns of a list of cases. */
static struct open_case listed_case(struct statement *rows) {
    return (struct open_case){.case_id = column_id(rows, 0),
        .kind = column_text(rows, 1),
        .priority = (int)column_int(rows, 2),
        .area = column_text(rows, 3),
        .confidence_permille = (int)column_int(rows, 4),
        .confidentiality = (int)column_int(rows, 5),
        .unverified = column_int(rows, 6) != 0,
        .opened_at = column_int(rows, 7),
        .closed_at = column_int(rows, 8),
        .version = (uint64_t)column_int(rows, 9),
        .conflict = column_text(rows, 10),
        .conflict_facility = column_text(rows, 11),
        .conflict_of_interest = column_text(rows, 12)};
}

/* -1: every one, or no such. */
static int priority_asked(const Sigap__View *view) {
    for (int priority = 0; priority < PRIORITIES; priority++)
        if (strcmp(view->list->priority, priority_name((enum priority)priority)) == 0)
            return priority;
    return -1;
}

static void put_case_rows(
    struct turn *turn, struct json_writer *writer, const Sigap__View *view, const char *prefix) {
    const Sigap__Actor *actor = view->actor;
    struct statement *rows = triage_use(turn->store, TRIAGE_CASE_LIST);
    bind_text(rows, prefix);
    bind_int(rows, view_rows(view->list));
    bind_int(rows, priority_asked(view));
    while (statement_step(rows)) {
        struct open_case row = listed_case(rows);
        if (case_itself_accuses(turn, &row, actor))
            continue;
        json_write_object(writer);
        put_case(writer, &row, is_restricted(actor, &row));
        json_write_end(writer);
    }
}

static void put_review_rows(
    struct turn *turn, struct json_writer *writer, const Sigap__View *view, const char *prefix) {
    struct statement *rows = triage_use(turn->store, TRIAGE_REVIEW_LIST);
    bind_text(rows, prefix);
    bind_int(rows, view_rows(view->list));
    bind_int(rows, priority_asked(view));
    while (statement_step(rows)) {
        json_write_object(writer);
        put_review(turn, writer, view->actor, rows);
        json_write_end(writer);
    }
}

static uint32_t count_reviews(struct turn *turn, const Sigap__View *view, const char *prefix) {
    struct statement *rows = triage_use(turn->store, TRIAGE_REVIEW_COUNT);
    bind_text(rows, prefix);
    bind_int(rows, priority_asked(view));
    uint32_t count = statement_step(rows) ? (uint32_t)column_int(rows, 0) : 0;
    statement_end(rows);
    return count;
}

/* Cases that may be the same as others: the pair is shown by the case. */
static void put_proposal_rows(struct turn *turn, struct json_writer *writer, const Sigap__Actor *actor,
    const char *prefix, unsigned limit) {
    struct statement *rows = triage_use(turn->store, TRIAGE_PROPOSAL_LIST);
    bind_text(rows, prefix);
    bind_int(rows, limit);
    while (statement_step(rows)) {
        struct open_case row = listed_case(rows);
        struct alike alike[ALIKE_MAX];
        size_t size;
        if (case_itself_accuses(turn, &row, actor))
            continue;
        const void *bytes = column_blob(rows, 13, &size);
        size_t count = alike_unpack(bytes, size, alike);
        json_write_object(writer);
        put_case(writer, &row, is_restricted(actor, &row));
        json_member_id(writer, "other", &alike[0].case_id);
        json_write_key(writer, "score");
        json_write_decimal(writer, count ? alike[0].permille : 0, 3);
        json_write_end(writer);
    }
}

/* ---- what people decided: lines to learn from */

struct line {
    int64_t number, at;
    const char *source, *kind_said, *kind, *area_said, *area;
    int priority_said, priority;
    struct id report_id, case_id;
    Sigap__ReportReceived *received;
    Sigap__SealedReason reason; /* why it became no case */
};

static ProtobufCBinaryData column_bytes(struct turn *turn, struct statement *row, int column) {
    size_t size;
    const void *bytes = column_blob(row, column, &size);
    return (ProtobufCBinaryData){size, (uint8_t *)arena_bytes(turn->arena, bytes, size)};
}

static void line_read(struct turn *turn, struct statement *row, struct line *out) {
    size_t size;
    *out = (struct line){.number = column_int(row, 0),
        .at = column_int(row, 1),
        .source = arena_text(turn->arena, column_text(row, 2)),
        .report_id = column_id(row, 3),
        .case_id = column_id(row, 4),
        .kind_said = arena_text(turn->arena, column_text(row, 5)),
        .kind = arena_text(turn->arena, column_text(row, 6)),
        .priority_said = (int)column_int(row, 7),
        .priority = (int)column_int(row, 8),
        .area_said = arena_text(turn->arena, column_text(row, 9)),
        .area = arena_text(turn->arena, column_text(row, 10))};
    const void *bytes = column_blob(row, 11, &size);
    if (size)
        out->received = sigap__report_received__unpack(arena_allocator(turn->arena), size, bytes);
    sigap__sealed_reason__init(&out->reason);
    out->reason.command_id = column_bytes(turn, row, 12);
    out->reason.words = column_bytes(turn, row, 13);
}

/* NULL: no longer kept, or not for this person. The words of a case live and die with its key. */
static const char *line_words(
    struct turn *turn, const Sigap__Actor *actor, const struct line *line, enum verdict *verdict) {
    struct open_case found;
    const Sigap__ReportContent *content = NULL;
    if (line->received && may_read_review(actor, line->area))
        content = triage_open_content(turn, line->received, verdict);
    else if (!line->received && case_read(turn, &line->case_id, &found) &&
             may_read_words(turn, actor, &found))
        content = case_content(turn, &found);
    return content ? arena_text(turn->arena, content->text) : NULL;
}

/* Why a report became no case, for whoever may read what it says. NULL: as above, or it is a case, whose
 * history has it. */
static const char *line_reason(struct turn *turn, const Sigap__Actor *actor, const struct line *line) {
    const struct triage *triage = turn->state;
    if (!line->received || !line->reason.words.len || !may_read_review(actor, line->area))
        return NULL;
    return words_reason(triage->keys, turn->arena, &line->reason);
}

/* As `sigapctl triage train` reads them, with what the machine had said beside. */
static void put_line(
    struct json_writer *writer, const struct line *line, const char *words, const char *reason) {
    json_write_object(writer);
    json_member_integer(writer, "number", line->number);
    json_member_id(writer, "id", &line->report_id);
    json_member_integer(writer, "at", line->at);
    json_member_text(writer, "source", line->source);
    if (words)
        json_member_text(writer, "text", words);
    if (reason)
        json_member_text(writer, "reason", reason);
    json_member_text(writer, "kind", line->kind);
    json_member_text(writer, "urgency", priority_name((enum priority)(line->priority % PRIORITIES)));
    json_member_text(writer, "area", line->area);
    json_member_text(writer, "kind_said", line->kind_said);
    json_member_text(
        writer, "urgency_said", priority_name((enum priority)(line->priority_said % PRIORITIES)));
    json_member_text(writer, "area_said", line->area_said);
    json_write_end(writer);
}

/* What a secret case is, nobody learns from how it was judged either. */
static bool line_is_restricted(struct turn *turn, const Sigap__Actor *actor, const struct line *line) {
    const struct site_kinds *kinds = ((const struct triage *)turn->state)->site.kinds;
    struct open_case found;
    if (id_is_null(&line->case_id) || rights_sees_secret(actor))
        return false;
    return site_kinds_stricter(kinds, site_kinds_stricter(kinds, 0, line->kind), line->kind_said) == 3 ||
           (case_read(turn, &line->case_id, &found) && is_restricted(actor, &found));
}

static enum verdict put_lines(struct turn *turn, struct json_writer *writer, const Sigap__View *view,
    const char *prefix, unsigned limit) {
    struct triage *triage = turn->state;
    struct line *lines = arena_take(turn->arena, LINES_MAX * sizeof *lines);
    size_t count = 0;
    enum verdict verdict = VERDICT_DONE;
    struct statement *rows = triage_use(turn->store, TRIAGE_CORRECTION_LIST);
    bind_int(rows, (int64_t)view->list->after);
    bind_text(rows, prefix);
    bind_int(rows, limit < LINES_MAX ? limit : LINES_MAX);
    while (lines && count < LINES_MAX && statement_step(rows))
        line_read(turn, rows, &lines[count++]);
    statement_end(rows);
    for (size_t i = 0; i < count && verdict == VERDICT_DONE; i++) {
        arena_reset(triage->scratch);
        if (line_is_restricted(turn, view->actor, &lines[i]))
            continue;
        put_line(writer, &lines[i],
            view->list->narrative ? line_words(turn, view->actor, &lines[i], &verdict) : NULL,
            view->list->narrative ? line_reason(turn, view->actor, &lines[i]) : NULL);
    }
    return verdict;
}

static enum verdict view_corrections(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    static const char *const roles[] = {"operator", "coordinator", "TRI", NULL};
    const Sigap__Actor *actor = view->actor;
    struct json_writer writer;
    enum verdict verdict = VERDICT_DONE;
    if (view->list->narrative && (never_reads(actor) || !rights_has_any(actor, roles)))
        return answer->status = 403, VERDICT_DONE;
    if (view->list->narrative)
        turn_audit(turn, rights_name(actor), "corrections.narrative", "");
    unsigned limit = view->list->limit ? view->list->limit : LINES_MAX;
    json_writer_init(&writer, ANSWER_BYTES);
    json_write_array(&writer);
    for (size_t i = 0; rights_by_area(actor) && i < actor->n_areas && verdict == VERDICT_DONE; i++)
        verdict = put_lines(turn, &writer, view, actor->areas[i], limit);
    json_write_end(&writer);
    if (verdict == VERDICT_DONE)
        turn_answer_view(turn, answer, 200, &writer);
    else
        json_writer_free(&writer);
    return verdict;
}

/* Figures without words: whoever works in the house. */
static enum verdict view_measures(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct json_writer writer;
    if (!rights_by_area(view->actor))
        return answer->status = 403, VERDICT_DONE;
    json_writer_init(&writer, ANSWER_BYTES);
    measure_show(turn, &writer);
    turn_answer_view(turn, answer, 200, &writer);
    return VERDICT_DONE;
}

static enum verdict view_list(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    bool cases = strcmp(view->list->name, "cases") == 0, reviews = strcmp(view->list->name, "reviews") == 0;
    const Sigap__Actor *actor = view->actor;
    if (strcmp(view->list->name, "corrections") == 0)
        return view_corrections(turn, view, answer);
    if (strcmp(view->list->name, "measures") == 0)
        return view_measures(turn, view, answer);
    if (!cases && !reviews && strcmp(view->list->name, "duplicates") != 0)
        return answer->status = 404, VERDICT_DONE;
    struct json_writer writer;
    json_writer_init(&writer, ANSWER_BYTES);
    json_write_array(&writer);
    for (size_t i = 0; rights_by_area(actor) && i < actor->n_areas; i++) {
        const char *prefix = actor->areas[i];
        if (view->list->area[0]) { /* narrower than the right, or nothing */
            if (strcmp(prefix, "*") != 0 && !area_within(view->list->area, prefix))
                continue;
            prefix = view->list->area;
        }
        if (cases)
            put_case_rows(turn, &writer, view, prefix);
        else if (reviews)
            put_review_rows(turn, &writer, view, prefix);
        else
            put_proposal_rows(turn, &writer, actor, prefix, view_rows(view->list));
        answer->total += reviews ? count_reviews(turn, view, prefix) : 0;
    }
    json_write_end(&writer);
    turn_answer_view(turn, answer, 200, &writer);
    return VERDICT_DONE;
}

/* ---- photos and other files of a report in review: they lie with intake, sealed ---- */

static bool same_id(const ProtobufCBinaryData *bytes, const struct id *id) {
    return bytes->len == ID_BYTES && memcmp(bytes->data, id->bytes, ID_BYTES) == 0;
}

static enum verdict open_medium(struct turn *turn, const struct id *report_id, const struct id *first,
    const Sigap__SealedMedium *sealed, Sigap__ViewAnswer *answer) {
    const struct triage *triage = turn->state;
    bool of_it =
        same_id(&sealed->report_id, report_id) || (!id_is_null(first) && same_id(&sealed->report_id, first));
    enum seal_result result =
        of_it ? medium_open(triage->opener, sealed, turn->arena, &answer->opened) : SEAL_BROKEN;
    answer->status = result == SEAL_OPENED ? 200 : 404;
    return result == SEAL_NO_MEMORY ? VERDICT_RETRY : VERDICT_DONE;
}

/* Who decides may see what came with the report, and with the one that it adds to while that waits too. */
static enum verdict view_media(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    const Sigap__MediaView *media = view->media;
    struct id report_id, first = {0};
    struct review_row row, other;
    char text[ID_TEXT + 1];
    if (!id_from_bytes(media->report_id.data, media->report_id.len, &report_id) ||
        !review_read(turn, &report_id, &row))
        return answer->status = 404, VERDICT_DONE;
    if (!may_read_review(view->actor, row.area))
        return answer->status = 403, VERDICT_DONE;
    if (!id_is_null(&row.amends) && review_read(turn, &row.amends, &other))
        first = row.amends;
    id_to_text(&report_id, text);
    turn_audit(turn, rights_name(view->actor), media->sealed ? "review.medium" : "review.media", text);
    if (media->sealed)
        return open_medium(turn, &report_id, &first, media->sealed, answer);
    struct json_writer writer;
    json_writer_init(&writer, ANSWER_BYTES);
    json_write_object(&writer);
    json_member_array(&writer, "reports");
    json_write_text(&writer, text);
    if (!id_is_null(&first)) {
        id_to_text(&first, text);
        json_write_text(&writer, text);
    }
    json_write_end(&writer);
    json_write_end(&writer);
    turn_answer_view(turn, answer, 200, &writer);
    return VERDICT_DONE;
}

enum verdict triage_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    switch (view->what_case) {
    case SIGAP__VIEW__WHAT_REPORT:
        return view_report(turn, view, view->report, answer);
    case SIGAP__VIEW__WHAT_CASE_FILE:
        return view_case(turn, view, answer);
    case SIGAP__VIEW__WHAT_LIST:
        return view_list(turn, view, answer);
    case SIGAP__VIEW__WHAT_MEDIA:
        return view_media(turn, view, answer);
    case SIGAP__VIEW__WHAT_STATUS:
    case SIGAP__VIEW__WHAT_PARKED_RETRY:
    case SIGAP__VIEW__WHAT_EXPLAIN:
    case SIGAP__VIEW__WHAT_TOKEN:
    case SIGAP__VIEW__WHAT_CONTROL:
    case SIGAP__VIEW__WHAT__NOT_SET:
    case _SIGAP__VIEW__WHAT__CASE_IS_INT_SIZE:
        break;
    }
    answer->status = 404;
    return VERDICT_DONE;
}
