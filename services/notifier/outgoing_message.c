#include "outgoing_parts.h"

#include "common/rights.h"
#include "common/texts.h"
#include "text.h"
#include "token.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { LINK_CRITICAL_MS = 86400000, LINK_NORMAL_MS = 14 * 86400000, LINK_MAX = 200 + 4 + HMAC_TOKEN_TEXT };

bool outgoing_expects_answer(const struct alert *alert, const struct delivery *delivery) {
    return alert->answerable && (delivery->purpose == PURPOSE_ALERT || delivery->purpose == PURPOSE_AGAIN);
}

static bool is_its_facility(const struct alert *alert, const struct team *team) {
    return team->facility && strcmp(team->facility->id, alert->facility) == 0;
}

bool outgoing_asks(const struct alert *alert, const struct team *team) {
    return alert->subject != SUBJECT_OFFER || (team && is_its_facility(alert, team));
}

bool outgoing_is_outside(const struct alert *alert, const struct team *team) {
    return alert->confidentiality >= SITE_C3 && !rights_role_sees_secret(team->role) &&
           !is_its_facility(alert, team);
}

/* Staff of a facility sees what is offered to it and who is its client, nothing else: what they are told of
 * beside that (a forensic examination, a bed that may be needed) has no page for them. Tasks are given to who
 * has the client. */
static bool may_open(const struct notifier *notifier, const struct alert *alert, const struct team *team) {
    const struct site_role *role = site_roles_find(notifier->roles, team->role);
    return !role || role->access != SITE_ACCESS_FACILITY || is_its_facility(alert, team) ||
           alert->subject == SUBJECT_TASK;
}

/* Good from now on, not from the opening: also those who hear of it for the tenth time may answer. */
static const char *write_link(const struct turn *turn, const struct alert *alert,
    const struct recipient *recipient, enum alert_move action, char out[LINK_MAX]) {
    const struct notifier *notifier = turn->state;
    struct answer_token token = {
        .alert = alert->id, .action = action, .to_person = recipient->person != NULL};
    char text[HMAC_TOKEN_TEXT + 1];
    if (recipient->person)
        person_hash(recipient->team->id, recipient->person, token.team);
    else
        memcpy(token.team, recipient->team->hash, TEAM_HASH_BYTES);
    int64_t until = turn->now + (alert_is_critical(alert) ? LINK_CRITICAL_MS : LINK_NORMAL_MS);
    if (!notifier->console_url[0] || !token_write(notifier->token_key, &token, until, text))
        return NULL;
    snprintf(out, LINK_MAX, "%s/a/%s", notifier->console_url, text);
    return out;
}

/* Where the case, or what else there is to do, is found. */
static const char *write_open_link(const struct notifier *notifier, const struct alert *alert,
    const struct delivery *delivery, const struct team *team, char out[LINK_MAX]) {
    char id[ID_TEXT + 1];
    if (!notifier->console_url[0] || outgoing_takes_back(delivery->purpose) ||
        !may_open(notifier, alert, team))
        return NULL;
    switch (alert->subject) {
    case SUBJECT_CASE:
    case SUBJECT_OFFER:
    case SUBJECT_REFERRAL:
    case SUBJECT_TASK:
        id_to_text(&alert->case_id, id);
        snprintf(out, LINK_MAX, "%s/#case/%s", notifier->console_url, id);
        return out;
    case SUBJECT_REVIEW:
    case SUBJECT_SILENT:
        snprintf(out, LINK_MAX, "%s/#queues", notifier->console_url);
        return out;
    case SUBJECT_PARKED:
        snprintf(out, LINK_MAX, "%s/#status", notifier->console_url);
        return out;
    case SUBJECTS:
        break;
    }
    return NULL;
}

/* Words are made once for all who are told for the same purpose in the same role: an emergency tells ten
 * teams. */
struct said {
    enum delivery_purpose purpose;
    uint8_t person;
    bool codes_only, english_first, bystander, by_telephone, outside;
    char role[DELIVERY_ROLE_MAX + 1];
    size_t length;
    char subject[MESSAGE_SUBJECT_MAX + 1], text[MESSAGE_TEXT_MAX + 1];
};

static bool is_said(
    const struct said *said, const struct delivery *delivery, const struct text_facts *facts) {
    return said && said->english_first == facts->english_first && said->bystander == facts->bystander &&
           said->by_telephone == facts->by_telephone && said->outside == facts->outside &&
           said->purpose == delivery->purpose && said->person == delivery->person &&
           said->codes_only == delivery->codes_only && strcmp(said->role, delivery->role) == 0;
}

/* NULL: the arena is exhausted, the turn will see. */
static const struct said *say(struct turn *turn, struct alert *alert, const struct delivery *delivery,
    const struct recipient *recipient) {
    const struct notifier *notifier = turn->state;
    bool english_first = recipient->person && strcmp(recipient->person->language, "en") == 0;
    bool asked = outgoing_expects_answer(alert, delivery), asks = outgoing_asks(alert, recipient->team);
    struct text_facts facts = {.alert = alert,
        .delivery = delivery,
        .kind = site_kinds_find(notifier->kinds, alert->kind),
        .kinds = notifier->kinds,
        .gazetteer = notifier->gazetteer,
        .zone = notifier->site->zone,
        .english_first = english_first,
        .bystander = asked && !asks,
        .by_telephone =
            !outgoing_takes_back(delivery->purpose) && !may_open(notifier, alert, recipient->team),
        .outside = outgoing_is_outside(alert, recipient->team)};
    if (is_said(alert->said, delivery, &facts))
        return alert->said;
    struct said *said = arena_take(turn->arena, sizeof *said);
    if (!said)
        return NULL;
    if (asked && asks && alert->answer_by > turn->now)
        facts.reply_by = alert->answer_by;
    said->purpose = delivery->purpose;
    said->person = delivery->person;
    said->codes_only = delivery->codes_only;
    said->english_first = english_first;
    said->bystander = facts.bystander;
    said->by_telephone = facts.by_telephone;
    said->outside = facts.outside;
    memcpy(said->role, delivery->role, sizeof said->role);
    said->length = text_write(&facts, said->subject, said->text);
    arena_shrink(turn->arena, said, offsetof(struct said, text) + said->length + 1);
    return alert->said = said;
}

size_t outgoing_write(struct turn *turn, struct alert *alert, const struct delivery *delivery,
    const struct recipient *recipient, unsigned index, struct message *out) {
    const struct notifier *notifier = turn->state;
    const struct said *said = say(turn, alert, delivery, recipient);
    const char *address = outgoing_address(notifier, alert, recipient, index);
    char accept[LINK_MAX], cannot[LINK_MAX], open[LINK_MAX];
    struct text_links links = {.open = write_open_link(notifier, alert, delivery, recipient->team, open)};
    out->delivery = alert_delivery_id(&alert->id, delivery->ordinal);
    out->alert = alert->id;
    out->attempt = delivery->attempt;
    out->channel = (uint8_t)index;
    out->critical = alert_is_critical(alert);
    out->training = alert->training;
    out->at = turn->now;
    out->number = delivery->number;
    out->priority = alert->priority;
    copy_text(out->team, sizeof out->team, recipient->team->id);
    copy_text(out->address, sizeof out->address, address ? address : "");
    copy_text(out->purpose, sizeof out->purpose, delivery_purpose_word(delivery->purpose));
    copy_text(out->subject, sizeof out->subject, said ? said->subject : "");
    copy_text(out->text, sizeof out->text, said ? said->text : "");
    if (outgoing_expects_answer(alert, delivery) && outgoing_asks(alert, recipient->team)) {
        links.accept = write_link(turn, alert, recipient, MOVE_ACCEPT, accept);
        links.cannot = write_link(turn, alert, recipient, MOVE_CANNOT, cannot);
    }
    return text_add_links(out->text, said ? said->length : 0, &links);
}
