#include "services/intake/follow.h"

#include "common/json.h"
#include "common/rights.h"
#include "intake_sql.h"
#include "services/intake/answer.h"
#include "services/intake/outgoing.h"
#include "services/intake/receive.h"
#include "services/intake/replies.h"

#include <string.h>

enum {
    NEWEST_MAX = 10000, /* rows looked at for the counts: about 1 ms */
    MERGES_MAX = 16,    /* one case into the next */
};

/* --- states --- */

static const char *const state_words[REPORT_STATES] = {
    [REPORT_RECEIVED] = "received",
    [REPORT_IN_REVIEW] = "in_review",
    [REPORT_ANSWERED] = "answered",
    [REPORT_CASE_OPEN] = "case_open",
    [REPORT_BEING_HANDLED] = "being_handled",
    [REPORT_CLOSED] = "closed",
};

static enum report_state state_of(enum outcome_state outcome, enum progress_state progress) {
    switch (outcome) {
    case OUTCOME_NONE:
        return REPORT_RECEIVED;
    case OUTCOME_IN_REVIEW:
        return REPORT_IN_REVIEW;
    case OUTCOME_INFORMATION:
        return REPORT_ANSWERED;
    case OUTCOME_CASE:
        break;
    }
    switch (progress) {
    case PROGRESS_NONE:
        return REPORT_CASE_OPEN;
    case PROGRESS_BEGUN:
        return REPORT_BEING_HANDLED;
    case PROGRESS_CLOSED:
        return REPORT_CLOSED;
    }
    return REPORT_CASE_OPEN;
}

/* --- what others say --- */

static void set_outcome(struct turn *turn, const struct id *report, enum outcome_state state,
    const struct id *case_id, int question) {
    struct statement *set = intake_use(turn->store, INTAKE_OUTCOME_SET);
    bind_id(set, report);
    bind_int(set, state);
    bind_id(set, case_id);
    bind_int(set, question);
    statement_run(set);
}

static void case_is_known(struct turn *turn, const struct id *case_id) {
    struct statement *add = intake_use(turn->store, INTAKE_PROGRESS_ADD);
    bind_id(add, case_id);
    bind_int(add, turn->now);
    statement_run(add);
}

/* Media last as long as their case does: from here on somebody has to know when it ends. */
static void set_case_of_media(
    struct turn *turn, enum intake_statement which, const struct id *report, const struct id *case_id) {
    struct statement *set = intake_use(turn->store, which);
    bind_id(set, report);
    bind_id(set, case_id);
    statement_run(set);
    if (store_changes(turn->store) > 0)
        case_is_known(turn, case_id);
}

void intake_follow_medium(struct turn *turn, const struct id *medium, const struct id *report) {
    struct id case_id = {0};
    struct statement *known = intake_use(turn->store, INTAKE_MEDIA_CASE_KNOWN);
    bind_id(known, medium);
    bind_id(known, report);
    if (statement_step(known))
        case_id = column_id(known, 0);
    statement_end(known);
    if (!id_is_null(&case_id))
        case_is_known(turn, &case_id);
}

/* What is kept of a report. */
struct outcome {
    enum outcome_state state;
    struct id case_id, further; /* null: none */
    int question;               /* enum reply, 0: none */
};

static struct outcome read_outcome(struct turn *turn, const struct id *report) {
    struct statement *get = intake_use(turn->store, INTAKE_OUTCOME_GET);
    bind_blob(get, report->bytes, ID_BYTES); /* bind_id would bind NULL for none, and look nowhere */
    struct outcome outcome = {.state = OUTCOME_NONE};
    if (statement_step(get)) {
        outcome.state = (enum outcome_state)column_int(get, 0);
        outcome.case_id = column_id(get, 1);
        outcome.question = (int)column_int(get, 2);
        outcome.further = column_id(get, 3);
    }
    statement_end(get);
    return outcome;
}

/* It followed the first, and goes its own way: who asks for that one is told of this one. */
static void goes_further(struct turn *turn, const struct id *first, const struct id *report) {
    struct statement *set = intake_use(turn->store, INTAKE_OUTCOME_FURTHER);
    bind_id(set, first);
    bind_id(set, report);
    statement_run(set);
}

static enum verdict decided(struct turn *turn, const ProtobufCBinaryData *report, enum outcome_state state,
    const struct id *case_id, int question) {
    struct id id;
    if (!id_from_bytes(report->data, report->len, &id) || (state == OUTCOME_CASE && id_is_null(case_id)))
        return turn_park(turn, "a decision without its report or case");
    set_outcome(turn, &id, state, case_id, question);
    if (state == OUTCOME_CASE)
        set_case_of_media(turn, INTAKE_MEDIA_CASE_SET, &id, case_id);
    /* Who quotes the ticket of the first asks for all that joined it: a case among them is the answer. */
    struct first_report first;
    if (state == OUTCOME_CASE && intake_first_of(turn, &id, &first)) {
        struct statement *join = intake_use(turn->store, INTAKE_OUTCOME_JOIN);
        bind_id(join, &first.report);
        bind_id(join, case_id);
        statement_run(join);
        set_case_of_media(turn, INTAKE_MEDIA_CASE_JOIN, &first.report, case_id);
        struct id known = read_outcome(turn, &first.report).case_id;
        goes_further(turn, &first.report, id_equal(&known, case_id) ? NULL : &id);
    }
    return VERDICT_DONE;
}

static int question_to_despair(const char *area) {
    return area[0] ? REPLY_DESPAIR : REPLY_DESPAIR_PLACE;
}

/* What its reporter may know and triage could not tell: where it is, as nobody finds them without; then,
 * where somebody is alerted although it is unclear, whether he is safe. Whoever announces the own death is
 * asked first whether somebody is near. Told by what triage knows of the report, not by its reasons: those
 * are words for people. Who has answered once is not asked again, a person reads it. enum reply, 0: nothing.
 */
static int question_of(const Sigap__ReportInReview *review) {
    if (review->amends.len)
        return 0;
    if (review->own_death)
        return question_to_despair(review->area);
    if (!review->area[0])
        return REPLY_PLACE;
    return review->danger ? REPLY_DANGER : 0;
}

/* A person looks; meanwhile the reporter is asked. */
static enum verdict in_review(struct turn *turn, const Sigap__ReportInReview *review) {
    struct id id, first;
    int question = question_of(review);
    if (!id_from_bytes(review->report_id.data, review->report_id.len, &id))
        return turn_park(turn, "a decision without its report");
    set_outcome(turn, &id, OUTCOME_IN_REVIEW, NULL, question);
    if (id_from_bytes(review->amends.data, review->amends.len, &first))
        goes_further(turn, &first, &id);
    if (question)
        intake_ask(turn, &id, (enum reply)question);
    return VERDICT_DONE;
}

/* A case that nobody can be sent to: its reporter is asked where it is, unless he was when it was in review.
 */
static enum verdict opened(struct turn *turn, const Sigap__CaseOpened *opened, const struct id *case_id) {
    struct id id;
    struct outcome before = {.state = OUTCOME_NONE};
    bool known = id_from_bytes(opened->report_id.data, opened->report_id.len, &id);
    if (known)
        before = read_outcome(turn, &id);
    bool first = known && before.state == OUTCOME_NONE;
    int question = before.question;
    if (opened->parted_from.len || (opened->area[0] && !opened->own_death))
        question = 0;
    else if (first)
        question = opened->own_death ? question_to_despair(opened->area) : REPLY_PLACE;
    enum verdict verdict = decided(turn, &opened->report_id, OUTCOME_CASE, case_id, question);
    if (first && question && verdict == VERDICT_DONE)
        intake_ask(turn, &id, (enum reply)question);
    return verdict;
}

static void forget_address(struct turn *turn, const ProtobufCBinaryData *report) {
    struct id id;
    if (!id_from_bytes(report->data, report->len, &id))
        return;
    struct statement *forget = intake_use(turn->store, INTAKE_REPLY_DELETE);
    bind_id(forget, &id);
    statement_run(forget);
}

/* Nothing more will be asked: the address has done its work. */
static enum verdict closed_as_information(struct turn *turn, const Sigap__ReportClosed *closed) {
    forget_address(turn, &closed->report_id);
    return decided(turn, &closed->report_id, OUTCOME_INFORMATION, NULL, 0);
}

static void begun(struct turn *turn, const struct id *case_id) {
    if (id_is_null(case_id))
        return;
    struct statement *begin = intake_use(turn->store, INTAKE_PROGRESS_BEGIN);
    bind_id(begin, case_id);
    bind_int(begin, PROGRESS_BEGUN);
    bind_int(begin, turn->now);
    statement_run(begin);
}

static enum verdict closed(struct turn *turn, const Sigap__Event *event, const struct id *case_id) {
    if (id_is_null(case_id))
        return turn_park(turn, "a closed case without its id");
    struct statement *set = intake_use(turn->store, INTAKE_PROGRESS_SET);
    bind_id(set, case_id);
    bind_int(set, event->case_closed->reopened ? PROGRESS_BEGUN : PROGRESS_CLOSED);
    bind_int(set, turn->now);
    statement_run(set);
    if (!event->case_closed->reopened && strcmp(event->case_closed->outcome, SITE_OUTCOME_MERGED) != 0)
        forget_address(turn, &event->trace);
    return VERDICT_DONE;
}

/* Who asks for a report of this case is told how the other one stands, as long as the two are one. */
static enum verdict merged(struct turn *turn, const Sigap__CaseMerged *merged, const struct id *case_id) {
    struct id into;
    if (merged->distinct)
        return VERDICT_DONE;
    if (id_is_null(case_id) || !id_from_bytes(merged->into.data, merged->into.len, &into))
        return turn_park(turn, "a merged case without its ids");
    struct statement *merge = intake_use(turn->store, INTAKE_PROGRESS_MERGE);
    bind_id(merge, case_id);
    bind_int(merge, PROGRESS_NONE);
    bind_int(merge, turn->now);
    bind_id(merge, merged->undone ? NULL : &into);
    statement_run(merge);
    case_is_known(turn, &into);
    return VERDICT_DONE;
}

static bool is_taken_on(const Sigap__AlertMoved *alert) {
    return alert->to == SIGAP__ALERT_STATE__ALERT_ANSWERED && strcmp(alert->action, "accept") == 0;
}

enum verdict intake_follow(struct turn *turn, const Sigap__Event *event) {
    struct id case_id;
    id_from_bytes(event->case_id.data, event->case_id.len, &case_id);
    switch (event->body_case) {
    case SIGAP__EVENT__BODY_CASE_OPENED:
        return opened(turn, event->case_opened, &case_id);
    case SIGAP__EVENT__BODY_REPORT_JOINED:
        return decided(turn, &event->report_joined->report_id, OUTCOME_CASE, &case_id, 0);
    case SIGAP__EVENT__BODY_REPORT_IN_REVIEW:
        return in_review(turn, event->report_in_review);
    case SIGAP__EVENT__BODY_REPORT_CLOSED:
        return closed_as_information(turn, event->report_closed);
    case SIGAP__EVENT__BODY_CASE_CLOSED:
        return closed(turn, event, &case_id);
    case SIGAP__EVENT__BODY_CASE_MERGED:
        return merged(turn, event->case_merged, &case_id);
    case SIGAP__EVENT__BODY_ALERT_MOVED:
        if (is_taken_on(event->alert_moved))
            begun(turn, &case_id);
        return VERDICT_DONE;
    case SIGAP__EVENT__BODY_TASK_MOVED:
        if (event->task_moved->task && event->task_moved->task->state == SIGAP__TASK_STATE__TASK_DONE)
            begun(turn, &case_id);
        return VERDICT_DONE;
    case SIGAP__EVENT__BODY_REPORT_RECEIVED:
    case SIGAP__EVENT__BODY_CASE_CHANGED:
    case SIGAP__EVENT__BODY_REFERRAL_OPENED:
    case SIGAP__EVENT__BODY_REFERRAL_MOVED:
    case SIGAP__EVENT__BODY_OFFER_SENT:
    case SIGAP__EVENT__BODY_OFFER_MOVED:
    case SIGAP__EVENT__BODY_TASKS_PLANNED:
    case SIGAP__EVENT__BODY_TASK_REMINDER:
    case SIGAP__EVENT__BODY_FACT_RECORDED:
    case SIGAP__EVENT__BODY_ALERT_RAISED:
    case SIGAP__EVENT__BODY_DELIVERY_ENDED:
    case SIGAP__EVENT__BODY_COMMAND_ISSUED:
    case SIGAP__EVENT__BODY_COMMAND_ANSWERED:
    case SIGAP__EVENT__BODY_INPUT_PARKED:
    case SIGAP__EVENT__BODY_REPORT_PARTED:
    case SIGAP__EVENT__BODY__NOT_SET:
    case _SIGAP__EVENT__BODY__CASE_IS_INT_SIZE:
        return VERDICT_DONE;
    }
    return VERDICT_DONE;
}

/* --- looking up --- */

struct standing {
    bool known;
    struct id report, case_id;
    struct id further; /* the state is that of this later one; null: it is its own */
    enum report_state state;
    int question; /* enum reply, 0: none */
};

struct progress {
    bool known; /* false: no row, the rest says nothing */
    enum progress_state state;
    int64_t changed_at;
};

/* Of the case that it counts with. */
static struct progress read_progress(struct turn *turn, const struct id *case_id) {
    struct progress progress = {0};
    struct id at = *case_id;
    for (unsigned i = 0; i < MERGES_MAX; i++) {
        struct id into = {0};
        struct statement *get = intake_use(turn->store, INTAKE_PROGRESS_GET);
        bind_blob(get, at.bytes, ID_BYTES);
        progress = (struct progress){.known = statement_step(get), .state = PROGRESS_NONE};
        if (progress.known) {
            progress.state = (enum progress_state)column_int(get, 0);
            into = column_id(get, 1);
            progress.changed_at = column_int(get, 2);
        }
        statement_end(get);
        if (id_is_null(&into))
            break;
        at = into;
    }
    return progress;
}

bool intake_follow_over(struct turn *turn, const struct id *case_id, int64_t before_ms) {
    if (id_is_null(case_id))
        return true;
    struct progress progress = read_progress(turn, case_id);
    return !progress.known || (progress.state == PROGRESS_CLOSED && progress.changed_at < before_ms);
}

/* A case that is over says nothing of what was written about it afterwards. A further report that came to
 * nothing changes nothing. */
static void stand_further(struct turn *turn, const struct id *further, struct standing *out) {
    struct outcome outcome = read_outcome(turn, further);
    enum report_state state = state_of(outcome.state, read_progress(turn, &outcome.case_id).state);
    bool over = out->state == REPORT_CLOSED || out->state == REPORT_ANSWERED;
    if (!over || (outcome.state != OUTCOME_IN_REVIEW && outcome.state != OUTCOME_CASE))
        return;
    out->state = state;
    out->further = *further;
}

static void stand(struct turn *turn, const struct id *report, struct standing *out) {
    struct outcome outcome = read_outcome(turn, report);
    out->report = *report;
    out->case_id = outcome.case_id;
    out->question = outcome.question;
    out->state = state_of(outcome.state, read_progress(turn, &out->case_id).state);
    stand_further(turn, &outcome.further, out);
}

bool intake_follow_taken_on(struct turn *turn, const struct id *report) {
    struct standing standing = {0};
    stand(turn, report, &standing);
    return standing.state == REPORT_BEING_HANDLED || standing.state == REPORT_CLOSED;
}

/* All look-ups are made whatever the first one finds: the time it takes tells nothing. A ticket of
 * another day is another ticket, although its row is found: the key of 30 days ago was used again. */
static struct standing stand_of_ticket(struct turn *turn, const struct ticket *ticket) {
    const struct intake *intake = turn->state;
    struct standing standing = {0};
    struct id report;
    bool known = intake_report_of_ticket(turn, ticket, &report);
    stand(turn, &report, &standing);
    standing.known = known && turn->now - id_time(&report) <= intake->retention_ms;
    return standing;
}

bool intake_follow_ticket(
    struct turn *turn, const struct ticket *ticket, enum report_state *state, int64_t *received_at) {
    struct standing standing = stand_of_ticket(turn, ticket);
    if (received_at)
        *received_at = id_time(&standing.report);
    *state = standing.state;
    return standing.known;
}

/* --- answers --- */

static const struct problem no_ticket = {.status = 400,
    .type = "not-a-ticket",
    .title_id = "Nomor tiket tidak benar",
    .title_en = "This is not a ticket",
    .detail_id = "Ada huruf atau angka yang salah; periksa kembali nomor tiket Anda.",
    .detail_en = "A letter or digit is wrong; please check your ticket."};

const struct problem intake_unknown_ticket = {.status = 404,
    .type = "unknown-ticket",
    .title_id = "Tiket tidak dikenal",
    .title_en = "Unknown ticket",
    .detail_id = "Tiket ini tidak ada, atau sudah lewat masa simpannya.",
    .detail_en = "There is no such ticket, or it is past the time it is kept."};

/* What the holder of the ticket could tell us, as members; "" when there is nothing to ask. */
static const char *question_members(struct turn *turn, const struct standing *standing) {
    const struct intake *intake = turn->state;
    struct json_writer writer;
    size_t size;
    const char *members = "";
    bool over = standing->state == REPORT_ANSWERED || standing->state == REPORT_CLOSED;
    if (over || standing->question <= 0 || standing->question >= REPLIES)
        return members;
    json_writer_init(&writer, 8192);
    json_write_object(&writer);
    json_member_text(&writer, "question",
        intake_reply_text(intake->replies, turn->arena, (enum reply)standing->question, LANGUAGE_ID, ""));
    json_member_text(&writer, "question_en",
        intake_reply_text(intake->replies, turn->arena, (enum reply)standing->question, LANGUAGE_EN, ""));
    json_write_end(&writer);
    const char *text = json_writer_text(&writer, &size);
    members = text ? arena_format(turn->arena, ",%.*s", (int)size - 2, text + 1) : NULL;
    json_writer_free(&writer);
    return members;
}

void intake_follow_request(struct turn *turn, const char *ticket_text, struct answer *answer) {
    struct ticket ticket;
    char text[TICKET_TEXT + 1];
    if (!ticket_from_text(ticket_text, &ticket)) {
        intake_answer_problem(turn->arena, &no_ticket, answer);
        return;
    }
    struct standing standing = stand_of_ticket(turn, &ticket);
    ticket_to_text(&ticket, text);
    const struct intake *intake = turn->state;
    const char *message = intake_reply_state(intake->replies, turn->arena, standing.state, text);
    const char *question = question_members(turn, &standing);
    const char *json =
        message && question
            ? arena_format(turn->arena, "{\"ticket\":\"%s\",\"state\":\"%s\",%s,\"received_at\":%lld%s}",
                  text, state_words[standing.state], message, (long long)id_time(&standing.report), question)
            : NULL;
    if (standing.known)
        intake_answer_json(200, json, answer);
    else
        intake_answer_problem(turn->arena, &intake_unknown_ticket, answer);
}

/* --- views --- */

static bool is_staff(const Sigap__Actor *actor) {
    static const char *const staff[] = {
        "responder", "operator", "coordinator", "administrator", "auditor", NULL};
    return rights_has_any(actor, staff);
}

/* By ticket. By report id only what triage has decided on: received reports are not found by their id. */
static void view_report(struct turn *turn, const Sigap__ReportView *view, Sigap__ViewAnswer *answer) {
    struct standing standing = {0};
    struct ticket ticket;
    struct id report;
    if (ticket_from_text(view->ticket, &ticket))
        standing = stand_of_ticket(turn, &ticket);
    else if (id_from_bytes(view->report_id.data, view->report_id.len, &report)) {
        stand(turn, &report, &standing);
        standing.known = standing.state != REPORT_RECEIVED;
    } else {
        answer->status = 400;
        return;
    }
    if (!standing.known) {
        answer->status = 404;
        return;
    }
    struct json_writer writer;
    json_writer_init(&writer, 1024);
    json_write_object(&writer);
    json_member_text(&writer, "ticket", *view->ticket ? view->ticket : NULL);
    json_member_object(&writer, "report");
    json_member_id(&writer, "id", &standing.report);
    json_member_text(&writer, "state", state_words[standing.state]);
    json_write_end(&writer);
    json_member_id(&writer, "case_id", &standing.case_id);
    json_member_id(&writer, "further", &standing.further);
    json_member_integer(&writer, "received_at", id_time(&standing.report));
    json_write_end(&writer);
    turn_answer_view(turn, answer, 200, &writer);
}

static void write_counts(struct turn *turn, struct json_writer *writer) {
    struct statement *counts = intake_use(turn->store, INTAKE_OUTCOME_COUNTS);
    bind_int(counts, NEWEST_MAX);
    json_member_object(writer, "newest");
    while (statement_step(counts))
        json_member_integer(writer,
            state_words[state_of((enum outcome_state)column_int(counts, 0), PROGRESS_NONE)],
            column_int(counts, 1));
    json_write_end(writer);
}

/* Ids and states; there is nothing else to show here. */
static void view_list(struct turn *turn, const Sigap__ListView *list, Sigap__ViewAnswer *answer) {
    struct json_writer writer;
    json_writer_init(&writer, 256 * 1024); /* 1000 x 150 bytes */
    json_write_object(&writer);
    json_member_array(&writer, "reports");
    struct statement *newest = intake_use(turn->store, INTAKE_OUTCOME_NEWEST);
    bind_int(newest, view_rows(list));
    while (statement_step(newest)) {
        struct id report = column_id(newest, 0), case_id = column_id(newest, 2);
        enum progress_state progress = read_progress(turn, &case_id).state;
        json_write_object(&writer);
        json_member_id(&writer, "id", &report);
        json_member_text(
            &writer, "state", state_words[state_of((enum outcome_state)column_int(newest, 1), progress)]);
        json_member_id(&writer, "case_id", &case_id);
        json_member_integer(&writer, "received_at", id_time(&report));
        json_write_end(&writer);
    }
    json_write_end(&writer);
    write_counts(turn, &writer);
    json_write_end(&writer);
    turn_answer_view(turn, answer, 200, &writer);
}

bool intake_follow_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    bool report = view->what_case == SIGAP__VIEW__WHAT_REPORT;
    bool list = view->what_case == SIGAP__VIEW__WHAT_LIST && strcmp(view->list->name, "reports") == 0;
    if (!report && !list)
        return false;
    if (!is_staff(view->actor))
        answer->status = 403;
    else if (report)
        view_report(turn, view->report, answer);
    else
        view_list(turn, view->list, answer);
    return true;
}
