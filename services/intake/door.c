#include "services/intake/door.h"

#include "services/intake/receive.h"

#include <string.h>

static void refuse(struct turn *turn, Sigap__SubmitAnswer *answer, const struct problem *problem) {
    Sigap__SubmitRefused *refused = arena_take(turn->arena, sizeof *refused);
    if (!refused)
        return; /* the arena is exhausted, the turn will see */
    sigap__submit_refused__init(refused);
    const char *id = problem->detail_id ? problem->detail_id : problem->title_id;
    const char *en = problem->detail_en ? problem->detail_en : problem->title_en;
    char *reason = arena_format(turn->arena, "%s / %s", id, en);
    refused->status = (uint32_t)problem->status;
    refused->reason = reason ? reason : (char *)"";
    refused->retry_after_s = (uint32_t)problem->retry_after_s;
    answer->answer_case = SIGAP__SUBMIT_ANSWER__ANSWER_REFUSED;
    answer->refused = refused;
}

static void accept(struct turn *turn, Sigap__SubmitAnswer *answer, const struct receipt *receipt) {
    Sigap__Accepted *accepted = arena_take(turn->arena, sizeof *accepted);
    char *ticket = arena_take(turn->arena, TICKET_TEXT + 1);
    if (!accepted || !ticket)
        return;
    sigap__accepted__init(accepted);
    ticket_to_text(&receipt->ticket, ticket);
    accepted->ticket = ticket;
    answer->answer_case = SIGAP__SUBMIT_ANSWER__ANSWER_ACCEPTED;
    answer->accepted = accepted;
}

static struct submission submission_of(const Sigap__SubmitReport *submit, const struct intake_token *token) {
    return (struct submission){.source = token->name,
        .channel = submit->channel,
        .idempotency_key = *submit->idempotency_key ? submit->idempotency_key : NULL,
        .external_id = submit->external_id,
        .text = submit->text,
        .text_size = strlen(submit->text),
        .has_latitude = submit->located,
        .has_longitude = submit->located,
        .latitude = submit->latitude,
        .longitude = submit->longitude,
        .area = submit->area,
        .occurred_at = submit->occurred_at,
        .reporter_channel = submit->reporter_channel,
        .reporter_address = submit->reporter_address,
        .may_contact = submit->may_contact,
        .urgent = submit->urgent,
        .training = submit->training || (token->scopes & TOKEN_TRAINING)};
}

enum verdict intake_on_submit(
    struct turn *turn, const Sigap__SubmitReport *submit, Sigap__SubmitAnswer *answer) {
    struct intake *intake = turn->state;
    const struct intake_token *token =
        intake_token_find(&intake->tokens, keystore_hash(intake->keystore), submit->token);
    if (!token)
        return refuse(turn, answer, &problem_unauthorized), VERDICT_DONE;
    struct submission submission = submission_of(submit, token);
    struct receipt receipt;
    intake_receive(turn, &submission, token, &receipt);
    if (receipt.kind == RECEIPT_REFUSED)
        refuse(turn, answer, &receipt.problem);
    else
        accept(turn, answer, &receipt);
    return VERDICT_DONE;
}

bool intake_submit_is_urgent(void *state, const Sigap__SubmitReport *submit) {
    const struct intake *intake = state;
    return intake_token_find(&intake->tokens, keystore_hash(intake->keystore), submit->token) &&
           (submit->urgent || danger_scan(intake->danger, submit->text, strlen(submit->text)));
}

void intake_refuse_submit(void *state, struct arena *arena, Sigap__SubmitRefused *refused) {
    const struct site *site = ((struct intake *)state)->site;
    char *reason = arena_format(arena, "%s / %s", site->emergency_text, site->emergency_text_en);
    if (reason)
        refused->reason = reason;
}
