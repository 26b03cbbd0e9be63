/* Our own API: POST /v1/reports with JSON, a bearer token a bot. Parses first and refuses what it cannot use
 * (webhooks of platforms, which cannot correct themselves, store first).
 *
 * Hostile: header, body, everything in it. Refused without a trace: wrong token 401, body over 64 KiB 413,
 * other content type 415, broken JSON 400, members that do not fit 422. Tests: tests/test_source_json.c. */
#include "services/intake/answer.h"
#include "services/intake/hook.h"
#include "services/intake/receive.h"
#include "services/intake/source.h"
#include "services/intake/urgent_body.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { BODY_MAX = 64 * 1024 /* four times the longest text: JSON may need six bytes for one */ };

extern const struct intake_source intake_source_json;

/* --- the body --- */

struct reporter_members {
    const char *channel, *address;
    bool may_contact;
};

struct report_members {
    const char *source, *text, *external_id, *area;
    double latitude, longitude;
    bool has_latitude, has_longitude;
    struct json_scalar occurred_at;
    bool has_occurred_at;
    struct reporter_members reporter;
    bool urgent, training;
};

static const struct json_field reporter_fields[] = {
    {.name = "channel",
        .type = JSON_FIELD_TEXT,
        .offset = offsetof(struct reporter_members, channel),
        .most = BODY_MAX},
    {.name = "address",
        .type = JSON_FIELD_TEXT,
        .offset = offsetof(struct reporter_members, address),
        .most = BODY_MAX},
    {.name = "may_contact",
        .type = JSON_FIELD_BOOL,
        .offset = offsetof(struct reporter_members, may_contact)},
    {.name = NULL},
};

/* Types only; limits are those of every source, see submission.h. */
#define TEXT(key, member)                                                                                    \
    .name = key, .type = JSON_FIELD_TEXT, .offset = offsetof(struct report_members, member), .most = BODY_MAX
#define NUMBER(key, member, present)                                                                         \
    .name = key, .type = JSON_FIELD_NUMBER, .offset = offsetof(struct report_members, member),               \
    .present_offset = offsetof(struct report_members, present)
#define BOOL(key, member)                                                                                    \
    .name = key, .type = JSON_FIELD_BOOL, .offset = offsetof(struct report_members, member)

static const struct json_field report_fields[] = {
    {TEXT("source", source), .required = true},
    {TEXT("text", text), .required = true},
    {TEXT("external_id", external_id)},
    {NUMBER("lat", latitude, has_latitude)},
    {NUMBER("lon", longitude, has_longitude)},
    {TEXT("area", area)},
    {.name = "occurred_at",
        .type = JSON_FIELD_SCALAR,
        .offset = offsetof(struct report_members, occurred_at),
        .present_offset = offsetof(struct report_members, has_occurred_at)},
    {.name = "reporter",
        .type = JSON_FIELD_OBJECT,
        .offset = offsetof(struct report_members, reporter),
        .members = reporter_fields},
    {BOOL("urgent", urgent)},
    {BOOL("training", training)},
    {.name = NULL},
};

/* Epoch ms (seconds are understood), or ISO 8601; without a zone it is the site's local time. */
static bool read_instant(const struct report_members *members, const struct site *site, int64_t *at_ms) {
    const struct json_scalar *given = &members->occurred_at;
    if (!members->has_occurred_at)
        return true;
    if (given->text)
        return intake_instant_parse(given->text, (int)site->zone, at_ms) && *at_ms >= 0;
    *at_ms = intake_instant_from_number(given->number);
    return *at_ms >= 0;
}

static struct submission submission_of(
    const struct report_members *members, const struct intake_token *token, const char *key) {
    return (struct submission){.source = token->name,
        .channel = members->source,
        .idempotency_key = key,
        .external_id = members->external_id,
        .text = members->text,
        .text_size = strlen(members->text),
        .has_latitude = members->has_latitude,
        .has_longitude = members->has_longitude,
        .latitude = members->latitude,
        .longitude = members->longitude,
        .area = members->area,
        .reporter_channel = members->reporter.channel,
        .reporter_address = members->reporter.address,
        .may_contact = members->reporter.may_contact,
        .urgent = members->urgent,
        .training = members->training || (token->scopes & TOKEN_TRAINING)};
}

static void take_members(struct turn *turn, const struct intake_call *call, const struct intake_token *token,
    const struct report_members *members, struct answer *answer) {
    struct receipt receipt;
    struct submission submission =
        submission_of(members, token, call->request->header(call->request, "Idempotency-Key"));
    if (!read_instant(members, call->intake->site, &submission.occurred_at)) {
        struct problem problem = intake_submission_problem(SUBMISSION_OCCURRED_AT);
        intake_answer_problem(turn->arena, &problem, answer);
        return;
    }
    intake_receive(turn, &submission, token, &receipt);
    if (receipt.kind == RECEIPT_REFUSED)
        intake_answer_problem(turn->arena, &receipt.problem, answer);
    else
        intake_answer_receipt(turn->arena, call->intake, &receipt, answer);
}

/* What is not as it should be, or rare: by a tree, which knows what is wrong with it. Texts point into it. */
static void take_document(struct turn *turn, const struct intake_call *call, const struct intake_token *token,
    struct answer *answer) {
    struct report_members members = {0};
    struct json_problem where = {JSON_OK, ""};
    json_t *document;
    enum json_refusal refusal = json_read(call->request->body, call->request->body_size, BODY_MAX, &document);
    if (refusal == JSON_OK && json_fields_read(document, report_fields, &members, &where)) {
        take_members(turn, call, token, &members, answer);
    } else {
        struct problem problem =
            refusal == JSON_OK ? problem_from_json(where.refusal, &where) : problem_from_json(refusal, NULL);
        intake_answer_problem(turn->arena, &problem, answer);
    }
    json_decref(document);
}

/* --- before the body --- */

static const struct intake_token *token_of(const struct intake_call *call) {
    const char *text = http_bearer_token(call->request->header(call->request, "Authorization"));
    return intake_token_find(&call->intake->tokens, keystore_hash(call->intake->keystore), text);
}

/* application/json, with or without parameters. */
static bool is_json(const char *type) {
    static const char json[] = "application/json";
    size_t size = sizeof json - 1;
    return type && strncasecmp(type, json, size) == 0 &&
           (type[size] == 0 || type[size] == ';' || type[size] == ' ');
}

static const struct problem *refuse_before_body(
    const struct intake_call *call, const struct intake_token *token) {
    static const struct problem no_token = {.status = 401,
        .type = "unauthorized",
        .title_id = "Perlu masuk atau token yang sah",
        .title_en = "A sign-in or a valid token is needed",
        .detail_id =
            "Kirim header Authorization: Bearer sigap_...; token dibuat dengan sigapctl token issue.",
        .detail_en = "Send the header Authorization: Bearer sigap_...; sigapctl token issue makes a token."};
    if (!token)
        return &no_token;
    if (!(token->scopes & TOKEN_REPORTS))
        return &problem_forbidden;
    if (!is_json(call->request->header(call->request, "Content-Type")))
        return &problem_unsupported_type; /* said with what is taken, see below */
    if (call->request->body_size > BODY_MAX)
        return &problem_too_large;
    return NULL;
}

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    if (strcmp(call->request->method, "POST") != 0) {
        intake_answer_method(turn->arena, "POST", answer);
        return VERDICT_DONE;
    }
    const struct intake_token *token = token_of(call);
    const struct problem *refusal = refuse_before_body(call, token);
    if (refusal == &problem_unsupported_type)
        intake_answer_type(turn->arena, "application/json", answer);
    else if (refusal)
        intake_answer_problem(turn->arena, refusal, answer);
    if (refusal) {
        return VERDICT_DONE;
    }
    struct report_members members = {0};
    if (json_fields_direct(
            turn->arena, call->request->body, call->request->body_size, report_fields, &members))
        take_members(turn, call, token, &members, answer);
    else
        take_document(turn, call, token, answer);
    return VERDICT_DONE;
}

/* --- when there is no turn to be had --- */

static size_t skip_blanks(const char *body, size_t size, size_t at) {
    while (at < size && (body[at] == ' ' || body[at] == '\t' || body[at] == '\n' || body[at] == '\r'))
        at++;
    return at;
}

/* "urgent": true, wherever it stands; in a text it would be a hit too many, which is allowed. */
static bool flag_is_set(const char *body, size_t size) {
    static const char name[] = "\"urgent\"";
    for (const char *found = body; (found = memmem(found, size - (size_t)(found - body), name, 8)); found++) {
        size_t at = skip_blanks(body, size, (size_t)(found - body) + 8);
        if (at >= size || body[at] != ':')
            continue;
        at = skip_blanks(body, size, at + 1);
        if (size - at >= 4 && memcmp(body + at, "true", 4) == 0)
            return true;
    }
    return false;
}

static bool is_urgent(const struct intake_call *call) {
    const struct request *request = call->request;
    if (strcmp(request->method, "POST") != 0 || refuse_before_body(call, token_of(call)))
        return false;
    return flag_is_set(request->body, request->body_size) ||
           urgent_body(call->intake->danger, request->body, request->body_size);
}

static const char *const routes[] = {"/v1/reports", NULL};

const struct intake_source intake_source_json = {
    .name = "json",
    .routes = routes,
    .on_request = on_request,
    .is_urgent = is_urgent,
};
