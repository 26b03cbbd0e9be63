/* The mailbox of a ticket: POST /v1/reports/<ticket>/messages, JSON {"text", "lat", "lon"}, no token: the
 * ticket is the only key, for who reported anonymously. What is said joins the report of the ticket. A
 * question to the reporter stands in GET /v1/reports/<ticket>.
 *
 * Hostile: anybody on the internet, but only with a ticket. Too much with one ticket is told 429, unless it
 * may be urgent; who does not hold one is told 404 whatever he sends. Idempotency-Key as with the JSON API:
 * it stands for one message of this ticket, another one with it is told 422. */
#include "services/intake/source.h"

#include "common/json.h"
#include "intake_sql.h"
#include "services/intake/answer.h"
#include "services/intake/follow.h"
#include "services/intake/hook.h"
#include "services/intake/sender.h"
#include "services/intake/urgent_body.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { BODY_MAX = 64 * 1024 };

extern const struct intake_source intake_source_ticket;

struct members {
    const char *text;
    double latitude, longitude;
    bool has_latitude, has_longitude;
};

static const struct json_field fields[] = {
    {.name = "text",
        .type = JSON_FIELD_TEXT,
        .required = true,
        .offset = offsetof(struct members, text),
        .most = BODY_MAX},
    {.name = "lat",
        .type = JSON_FIELD_NUMBER,
        .offset = offsetof(struct members, latitude),
        .present_offset = offsetof(struct members, has_latitude)},
    {.name = "lon",
        .type = JSON_FIELD_NUMBER,
        .offset = offsetof(struct members, longitude),
        .present_offset = offsetof(struct members, has_longitude)},
    {.name = NULL},
};

/* The allowance of a ticket is that of a sender: its row is keyed by the ticket. */
static void take(struct turn *turn, const struct intake_call *call, const struct first_report *first,
    const struct members *members, struct answer *answer) {
    const char *key = call->request->header(call->request, "Idempotency-Key");
    char ticket[TICKET_TEXT + 1], scope[TICKET_TEXT + 16];
    struct sender sender;
    struct receipt receipt;
    ticket_to_text(&first->ticket, ticket);
    snprintf(scope, sizeof scope, "ticket/%s", ticket); /* names of bots hold no slash */
    sender_read(turn, "ticket", ticket, &sender);
    struct submission submission = {.source = "ticket",
        .channel = "web",
        .idempotency_key = key,
        .key_scope = scope,
        .text = members->text,
        .text_size = strlen(members->text),
        .has_latitude = members->has_latitude,
        .has_longitude = members->has_longitude,
        .latitude = members->latitude,
        .longitude = members->longitude,
        .relation = "follow_up",
        .joins = first};
    struct problem later = problem_overloaded;
    later.status = 429;
    bool danger = danger_scan(call->intake->danger, members->text, strlen(members->text));
    if (sender_allowed_at(&sender, turn->now) && !danger) {
        intake_answer_problem(turn->arena, &later, answer);
        return;
    }
    intake_receive(turn, &submission, NULL, &receipt);
    if (receipt.kind == RECEIPT_REFUSED) {
        intake_answer_problem(turn->arena, &receipt.problem, answer);
        return;
    }
    if (receipt.kind == RECEIPT_TAKEN)
        sender_wrote(turn, &sender, &receipt, false);
    intake_answer_receipt(turn->arena, call->intake, &receipt, answer);
}

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    const struct request *request = call->request;
    struct first_report first;
    struct members members = {0};
    struct json_problem where;
    enum report_state state;
    json_t *document;
    bool known = ticket_from_text(call->parts[0], &first.ticket) &&
                 intake_report_of_ticket(turn, &first.ticket, &first.report) &&
                 intake_follow_ticket(turn, &first.ticket, &state, NULL);
    if (strcmp(request->method, "POST") != 0) {
        intake_answer_method(turn->arena, "POST", answer);
        return VERDICT_DONE;
    }
    if (!known) {
        intake_answer_problem(turn->arena, &intake_unknown_ticket, answer);
        return VERDICT_DONE;
    }
    if (hook_refuse(turn, call, "application/json", true, answer))
        return VERDICT_DONE;
    enum json_refusal refusal = json_read(request->body, request->body_size, BODY_MAX, &document);
    if (refusal != JSON_OK) {
        struct problem problem = problem_from_json(refusal, NULL);
        intake_answer_problem(turn->arena, &problem, answer);
        return VERDICT_DONE;
    }
    if (json_fields_read(document, fields, &members, &where)) {
        take(turn, call, &first, &members, answer);
    } else {
        struct problem problem = problem_from_json(where.refusal, &where);
        intake_answer_problem(turn->arena, &problem, answer);
    }
    json_decref(document);
    return VERDICT_DONE;
}

/* No store is asked: what looks like a ticket will do. Who made one up is told 404 in his turn. */
static bool is_urgent(const struct intake_call *call) {
    const struct request *request = call->request;
    struct ticket ticket;
    return strcmp(request->method, "POST") == 0 && ticket_from_text(call->parts[0], &ticket) &&
           urgent_body(call->intake->danger, request->body, request->body_size);
}

static const char *const routes[] = {"/v1/reports/*/messages", NULL};

const struct intake_source intake_source_ticket = {
    .name = "ticket",
    .routes = routes,
    .on_request = on_request,
    .is_urgent = is_urgent,
};
