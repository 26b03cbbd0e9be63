#include "find.h"

#include "reading.h"

#include <string.h>

enum { ANSWER_MAX = 64 << 10, TICKET_ROOM = 64 };

/* The parts of a wait are its steps. */
enum step { STEP_TICKET = 0, STEP_CASE = 1, STEP_REPORT = 2 };

static void refuse(struct turn *turn, struct wait *wait, const struct problem *problem) {
    struct answer answer = {0};
    reply_problem(turn, &answer, problem);
    wait_answer(turn, wait, &answer);
}

/* In the name of the account, as it stands now. */
static void ask_triage(struct turn *turn, struct wait *wait, enum step step) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__CaseView case_file = SIGAP__CASE_VIEW__INIT;
    Sigap__ReportView report = SIGAP__REPORT_VIEW__INIT;
    struct account account;
    if (!account_find(turn, wait->account, &account) || account.disabled)
        return refuse(turn, wait, &problem_not_found);
    view.actor = account_actor(turn, &account);
    if (step == STEP_CASE) {
        view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
        view.case_file = &case_file;
        case_file.case_id = turn_bytes(turn, &wait->object);
    } else {
        view.what_case = SIGAP__VIEW__WHAT_REPORT;
        view.report = &report;
        report.report_id = turn_bytes(turn, &wait->object);
    }
    reading_ask(turn, &wait->id, step, "triage", &view);
}

void find_begin(struct exchange *exchange) {
    const struct request *request = exchange->request;
    struct wait wait = {.kind = WAIT_FIND, .until = exchange->turn->now + 2 * WAIT_MS};
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ReportView report = SIGAP__REPORT_VIEW__INIT;
    char ticket[TICKET_ROOM];
    if (!http_form_find(request->query, strlen(request->query), "ticket", ticket, sizeof ticket))
        return exchange_refuse(exchange, &problem_not_found);
    snprintf(wait.account, sizeof wait.account, "%s", exchange->person->account.name);
    wait.id = turn_id(exchange->turn);
    wait_begin(exchange->turn, &wait);
    report.ticket = ticket;
    view.actor = account_actor(exchange->turn, &exchange->person->account);
    view.what_case = SIGAP__VIEW__WHAT_REPORT;
    view.report = &report;
    reading_ask(exchange->turn, &wait.id, STEP_TICKET, "intake", &view);
}

/* ---- what comes back ---- */

static bool read_id(const json_t *document, const char *key, struct id *out) {
    const char *text = json_string_value(json_object_get(document, key));
    return text && id_from_text(text, out) && !id_is_null(out);
}

static void found(struct turn *turn, struct wait *wait, const char *key) {
    struct answer answer = {0};
    struct json_writer writer;
    json_writer_init(&writer, 256);
    json_write_object(&writer);
    json_member_id(&writer, key, &wait->object);
    json_write_end(&writer);
    reply_json(turn, &answer, 200, &writer);
    wait_answer(turn, wait, &answer);
}

static void go_on(struct turn *turn, struct wait *wait, enum step step, const json_t *said) {
    switch (step) {
    case STEP_TICKET:
        if (read_id(said, "case_id", &wait->object))
            return ask_triage(turn, wait, STEP_CASE);
        if (read_id(json_object_get(said, "report"), "id", &wait->object))
            return ask_triage(turn, wait, STEP_REPORT);
        break;
    case STEP_CASE:
        return found(turn, wait, "case_id");
    case STEP_REPORT: /* only whom the list of reviews shows it to are told what waits */
        if (json_object_get(said, "review"))
            return found(turn, wait, "report_id");
        break;
    }
    refuse(turn, wait, &problem_not_found);
}

/* The object is the case or report that the next step asks for; a step taken again sets it again. */
void find_came(struct turn *turn, struct wait *wait, const struct effect_result *result) {
    Sigap__ViewAnswer *came = reading_answer(turn, result);
    json_t *document = NULL;
    if (!came || came->status >= 500)
        refuse(turn, wait, &problem_overloaded);
    else if (came->status != 200 ||
             json_read(came->json.data, came->json.len, ANSWER_MAX, &document) != JSON_OK)
        refuse(turn, wait, &problem_not_found);
    else
        go_on(turn, wait, (enum step)(result->kind - EFFECT_ASK), document);
    json_decref(document);
}

void find_late(struct turn *turn, struct wait *wait) {
    refuse(turn, wait, &problem_overloaded);
}
