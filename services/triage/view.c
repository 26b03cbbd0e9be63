/* What others may see of triage: how a report was settled, open cases, the review queue. */
#include "services/triage/state.h"

#include "common/json.h"
#include "common/rights.h"

#include <string.h>

enum { ANSWER_BYTES = 1 << 20, ROWS_DEFAULT = 100, ROWS_MAX = 1000 };

static void put_id(struct json_writer *writer, const char *key, const struct id *id) {
    char text[ID_TEXT + 1];
    id_to_text(id, text);
    json_member_text(writer, key, id_is_null(id) ? NULL : text);
}

static enum verdict finish(
    struct turn *turn, struct json_writer *writer, Sigap__ViewAnswer *answer, unsigned status) {
    size_t size;
    const char *text = json_writer_text(writer, &size);
    answer->json.data = text ? (uint8_t *)arena_bytes(turn->arena, text, size) : NULL;
    answer->json.len = answer->json.data ? size : 0;
    answer->status = answer->json.data ? status : 503;
    json_writer_free(writer);
    return VERDICT_DONE;
}

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

/* Who decides must read what was written. False: *verdict says what to do. */
static bool read_words(struct turn *turn, const Sigap__Actor *actor, const struct id *report_id,
    const char **text, Sigap__ViewAnswer *answer, enum verdict *verdict) {
    struct review_row review;
    char id[ID_TEXT + 1];
    *verdict = VERDICT_DONE;
    if (!review_read(turn, report_id, &review))
        return answer->status = 404, false;
    if (!may_read_review(actor, review.area))
        return answer->status = 403, false;
    const Sigap__ReportContent *content = triage_open_content(turn, review.received, verdict);
    if (!content)
        return false;
    id_to_text(report_id, id);
    turn_audit(turn, rights_name(actor), "review.narrative", id);
    *text = content->text;
    return true;
}

static enum verdict view_report(
    struct turn *turn, const Sigap__View *asked, const Sigap__ReportView *view, Sigap__ViewAnswer *answer) {
    struct id report_id, case_id = {0};
    int64_t state = 0;
    const char *text = NULL;
    enum verdict verdict;
    if (!id_from_bytes(view->report_id.data, view->report_id.len, &report_id))
        return answer->status = 404, VERDICT_DONE;
    if (view->narrative && !read_words(turn, asked->actor, &report_id, &text, answer, &verdict))
        return verdict;
    struct statement *get = triage_use(turn->store, TRIAGE_REPORT_GET);
    bind_id(get, &report_id);
    if (statement_step(get)) {
        state = column_int(get, 0);
        case_id = column_id(get, 1);
    }
    statement_end(get);
    struct json_writer writer;
    json_writer_init(&writer, ANSWER_BYTES);
    json_write_object(&writer);
    json_member_object(&writer, "report");
    put_id(&writer, "id", &report_id);
    json_member_text(&writer, "state", report_state_word(state));
    json_write_end(&writer);
    put_id(&writer, "case_id", &case_id);
    if (text)
        json_member_text(&writer, "narrative", text);
    json_write_end(&writer);
    return finish(turn, &writer, answer, state ? 200 : 404);
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
        json_write_key(writer, "assessment");
        json_write_raw(writer, (const char *)plain.data, plain.len);
    }
    seal_case_key_wipe(&key);
}

static bool is_restricted(const Sigap__Actor *actor, const struct open_case *found) {
    return found->confidentiality == 3 && !rights_sees_secret(actor);
}

static bool may_read_words(const Sigap__Actor *actor, const struct open_case *found) {
    static const char *const wide[] = {"operator", "coordinator", "TRI", NULL};
    return reaches(actor, found->area) && !never_reads(actor) &&
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
    put_id(writer, "id", &found->case_id);
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

static enum verdict view_case(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct open_case found;
    struct id case_id;
    if (!id_from_bytes(view->case_file->case_id.data, view->case_file->case_id.len, &case_id) ||
        !case_read(turn, &case_id, &found) || !reaches(view->actor, found.area))
        return answer->status = 404, VERDICT_DONE; /* what is not theirs does not exist for them */
    struct json_writer writer;
    json_writer_init(&writer, ANSWER_BYTES);
    json_write_object(&writer);
    bool restricted = is_restricted(view->actor, &found);
    put_case(&writer, &found, restricted);
    if (!restricted)
        put_reasons(turn, &writer, found.reasons);
    if (view->case_file->narrative && may_read_words(view->actor, &found)) {
        char text[ID_TEXT + 1];
        id_to_text(&case_id, text);
        turn_audit(turn, view->actor->account, "evidence.read", text);
        put_evidence(turn, &writer, &found);
    }
    json_write_end(&writer);
    return finish(turn, &writer, answer, 200);
}

/* ---- lists: one query an area prefix of the actor, which is its predicate ---- */

static unsigned limit_of(const Sigap__ListView *list) {
    unsigned limit = list->limit ? list->limit : ROWS_DEFAULT;
    return limit > ROWS_MAX ? ROWS_MAX : limit;
}

static void put_case_rows(struct turn *turn, struct json_writer *writer, const Sigap__Actor *actor,
    const char *prefix, unsigned limit) {
    struct statement *rows = triage_use(turn->store, TRIAGE_CASE_LIST);
    bind_text(rows, prefix);
    bind_int(rows, limit);
    while (statement_step(rows)) {
        struct open_case row = {.case_id = column_id(rows, 0),
            .kind = column_text(rows, 1),
            .priority = (int)column_int(rows, 2),
            .area = column_text(rows, 3),
            .confidence_permille = (int)column_int(rows, 4),
            .confidentiality = (int)column_int(rows, 5),
            .unverified = column_int(rows, 6) != 0,
            .opened_at = column_int(rows, 7),
            .closed_at = column_int(rows, 8),
            .version = (uint64_t)column_int(rows, 9)};
        json_write_object(writer);
        put_case(writer, &row, is_restricted(actor, &row));
        json_write_end(writer);
    }
}

static void put_review_rows(
    struct turn *turn, struct json_writer *writer, const char *prefix, unsigned limit) {
    struct statement *rows = triage_use(turn->store, TRIAGE_REVIEW_LIST);
    bind_text(rows, prefix);
    bind_int(rows, limit);
    while (statement_step(rows)) {
        struct id report_id = column_id(rows, 0);
        json_write_object(writer);
        put_id(writer, "report_id", &report_id);
        json_member_integer(writer, "at", column_int(rows, 1));
        json_member_text(writer, "kind", column_text(rows, 2));
        json_member_text(writer, "priority", priority_name((enum priority)column_int(rows, 3)));
        json_member_text(writer, "area", column_text(rows, 4)[0] ? column_text(rows, 4) : NULL);
        json_member_text(writer, "reason", column_text(rows, 5));
        json_member_bool(writer, "danger", column_int(rows, 6) != 0);
        json_member_text(writer, "owner_role", column_text(rows, 7));
        json_member_integer(writer, "decide_by", column_int(rows, 8));
        json_write_end(writer);
    }
}

static enum verdict view_list(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    bool cases = strcmp(view->list->name, "cases") == 0;
    const Sigap__Actor *actor = view->actor;
    if (!cases && strcmp(view->list->name, "reviews") != 0)
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
            put_case_rows(turn, &writer, actor, prefix, limit_of(view->list));
        else
            put_review_rows(turn, &writer, prefix, limit_of(view->list));
    }
    json_write_end(&writer);
    return finish(turn, &writer, answer, 200);
}

enum verdict triage_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    switch (view->what_case) {
    case SIGAP__VIEW__WHAT_REPORT:
        return view_report(turn, view, view->report, answer);
    case SIGAP__VIEW__WHAT_CASE_FILE:
        return view_case(turn, view, answer);
    case SIGAP__VIEW__WHAT_LIST:
        return view_list(turn, view, answer);
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
