#include "outgoing.h"

#include "arrival.h"
#include "common/log.h"
#include "common/texts.h"
#include "conflict.h"
#include "escalate.h"
#include "notifier_sql.h"
#include "text.h"
#include "token.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* --- channels of a team --- */

int outgoing_channel(const struct notifier *notifier, const char *name) {
    for (unsigned i = 0; i < notifier->channel_count; i++)
        if (strcmp(notifier->channels[i].channel->name, name) == 0)
            return (int)i;
    return -1;
}

/* Who a delivery goes to: a team, or one of its people. */
struct recipient {
    const struct team *team;
    const struct person *person; /* NULL: the team itself */
};

/* False: there is no such team, or that person has left. */
static bool recipient_of(struct turn *turn, const struct delivery *delivery, struct recipient *out) {
    const struct notifier *notifier = turn->state;
    out->team = delivery->to ? delivery->to : teams_find(notifier->teams, delivery->team);
    out->person = delivery->on_duty[0] ? duty_person(turn, delivery->on_duty) : NULL;
    return out->team && (out->person || !delivery->on_duty[0]);
}

static bool same_recipient(const struct delivery *one, const struct delivery *other) {
    return strcmp(one->team, other->team) == 0 && strcmp(one->on_duty, other->on_duty) == 0;
}

static const char *address_of_person(const struct person *person, const char *channel) {
    for (unsigned i = 0; i < person->contact_count; i++)
        if (strcmp(person->contacts[i].channel, channel) == 0)
            return person->contacts[i].address;
    return NULL;
}

/* NULL: not on this channel, or not for training. */
static const char *address_on(const struct notifier *notifier, const struct alert *alert,
    const struct recipient *recipient, unsigned index) {
    const struct channel *channel = notifier->channels[index].channel;
    if (alert->training && !channel->for_training)
        return NULL;
    return recipient->person ? address_of_person(recipient->person, channel->name)
                             : team_address(recipient->team, channel->name, channel->local);
}

static bool add_on(struct turn *turn, struct alert *alert, const struct team *team, unsigned index,
    uint8_t method, const char *role, enum policy_person person, enum delivery_purpose purpose) {
    const struct notifier *notifier = turn->state;
    struct delivery *delivery =
        alert_add(turn, alert, team->id, notifier->channels[index].channel->name, role, purpose);
    if (!delivery)
        return false;
    delivery->to = team;
    delivery->method = method;
    delivery->person = (uint8_t)person;
    return true;
}

/* --- people on duty --- */

/* Whoever is on duty in two teams is called once. */
static bool hears_it_already(
    const struct turn *turn, const struct alert *alert, const char *code, enum delivery_purpose purpose) {
    for (unsigned i = 0; i < alert->delivery_count; i++) {
        const struct delivery *each = &alert->deliveries[i];
        if (each->state == DELIVERY_QUEUED && each->queued_at == turn->now && each->purpose == purpose &&
            strcmp(each->on_duty, code) == 0)
            return true;
    }
    return false;
}

static bool add_for_person(struct turn *turn, struct alert *alert, const struct recipient *recipient,
    unsigned method, const char *role, enum delivery_purpose purpose) {
    const struct notifier *notifier = turn->state;
    int index = outgoing_channel(notifier, recipient->person->contacts[method].channel);
    if (index < 0 || !address_on(notifier, alert, recipient, (unsigned)index) ||
        !add_on(turn, alert, recipient->team, (unsigned)index, (uint8_t)method, role, POLICY_ANY, purpose))
        return false;
    struct delivery *added = &alert->deliveries[alert->delivery_count - 1];
    snprintf(added->on_duty, sizeof added->on_duty, "%s", recipient->person->code);
    return true;
}

static bool wakes(const struct notifier *notifier, const struct person *person, unsigned method) {
    int index = outgoing_channel(notifier, person->contacts[method].channel);
    return index >= 0 && notifier->channels[index].channel->interrupts;
}

bool outgoing_tell_person(struct turn *turn, struct alert *alert, const struct team *team, const char *code,
    const char *role, enum delivery_purpose purpose) {
    const struct notifier *notifier = turn->state;
    const struct recipient recipient = {team, duty_person(turn, code)};
    bool woken = false, reached = false;
    if (conflict_has(turn, &alert->case_id, code))
        return false; /* may be part of what is reported: somebody else is told */
    if (!recipient.person || hears_it_already(turn, alert, code, purpose))
        return recipient.person != NULL;
    for (unsigned i = 0; i < recipient.person->contact_count; i++) {
        bool interrupts = wakes(notifier, recipient.person, i);
        if (interrupts && woken)
            continue; /* the next method follows by the ladder */
        bool added = add_for_person(turn, alert, &recipient, i, role, purpose);
        woken |= added && interrupts;
        reached |= added;
    }
    return reached;
}

/* The team has a rota, and nobody is on duty: its boxes have the message, the coordinator hears of it once.
 */
static void miss_somebody(
    struct turn *turn, struct alert *alert, const struct team *team, enum delivery_purpose purpose) {
    if ((purpose == PURPOSE_ALERT || purpose == PURPOSE_AGAIN) && escalate_tell_hole(turn, alert))
        log_line(LOG_WARN, "nobody-on-duty", "team=%s", log_value(team->id));
}

void outgoing_tell_on_duty(struct turn *turn, struct alert *alert, const struct team *team, const char *role,
    enum policy_person person, enum delivery_purpose purpose, const char *except) {
    struct duty_chosen chosen = duty_choose(turn, team->id, person, except);
    bool reached = false;
    for (unsigned i = 0; i < chosen.count; i++)
        reached |= outgoing_tell_person(turn, alert, team, chosen.people[i]->code, role, purpose);
    if (chosen.has_rota && !reached)
        miss_somebody(turn, alert, team, purpose);
}

/* Whoever was called is told that it is over, also after the handover. */
static void tell_who_was_told(struct turn *turn, struct alert *alert, const struct team *team,
    const char *role, enum delivery_purpose purpose) {
    for (unsigned i = 0, count = alert->delivery_count; i < count; i++) {
        const struct delivery each = alert->deliveries[i];
        bool called = each.purpose == PURPOSE_ALERT || each.purpose == PURPOSE_AGAIN;
        bool answered = purpose == PURPOSE_TAKEN && strcmp(each.on_duty, alert->answered_by) == 0;
        if (called && !answered && each.on_duty[0] && strcmp(each.team, team->id) == 0 &&
            delivery_went_out(&each))
            outgoing_tell_person(turn, alert, team, each.on_duty, role, purpose);
    }
}

static bool takes_back(enum delivery_purpose purpose) {
    return purpose == PURPOSE_TAKEN || purpose == PURPOSE_STAND_DOWN || purpose == PURPOSE_PLACED ||
           purpose == PURPOSE_WITHDRAWN;
}

bool outgoing_tell(struct turn *turn, struct alert *alert, const struct team *team, const char *role,
    enum policy_person person, enum delivery_purpose purpose, enum policy_channels channels) {
    const struct notifier *notifier = turn->state;
    const struct recipient recipient = {team, NULL};
    unsigned wanted = channels == POLICY_ONE ? 1 : channels == POLICY_TWO ? 2 : CHANNELS_MAX, methods = 0;
    bool reached = false;
    for (unsigned i = 0; i < notifier->channel_count; i++) {
        bool interrupts = notifier->channels[i].channel->interrupts;
        if (!address_on(notifier, alert, &recipient, i) || (interrupts && methods >= wanted))
            continue;
        reached |= add_on(turn, alert, team, i, (uint8_t)methods, role, person, purpose);
        methods += interrupts;
    }
    if (takes_back(purpose))
        tell_who_was_told(turn, alert, team, role, purpose);
    else if (purpose != PURPOSE_REMINDER ||
             !outgoing_tell_person(turn, alert, team, alert->answered_by, role, purpose))
        outgoing_tell_on_duty(turn, alert, team, role, person, purpose, NULL);
    return reached;
}

/* --- the next method --- */

/* In use for the same telling already; *alive: it may still arrive. */
static bool is_used_beside(
    const struct alert *alert, const struct delivery *before, const char *channel, bool *alive) {
    for (unsigned k = 0; k < alert->delivery_count; k++) {
        const struct delivery *other = &alert->deliveries[k];
        if (other->queued_at == before->queued_at && same_recipient(other, before) &&
            strcmp(other->channel, channel) == 0) {
            *alive = other->state != DELIVERY_DEAD && other->state != DELIVERY_EXPIRED;
            return true;
        }
    }
    return false;
}

/* The next of a person's own methods that wakes them. */
static bool start_next_of_person(struct turn *turn, struct alert *alert, const struct delivery *before,
    const struct recipient *recipient) {
    const struct notifier *notifier = turn->state;
    for (unsigned i = before->method + 1u; i < recipient->person->contact_count; i++) {
        bool alive;
        if (!wakes(notifier, recipient->person, i))
            continue;
        if (is_used_beside(alert, before, recipient->person->contacts[i].channel, &alive))
            return alive;
        if (!add_for_person(turn, alert, recipient, i, before->role, before->purpose))
            continue;
        alert->deliveries[alert->delivery_count - 1].queued_at = before->queued_at;
        return true;
    }
    return false;
}

/* The next channel that wakes people, behind the one of this delivery, unless it is in use for the same
 * telling. */
static bool start_next_method(struct turn *turn, struct alert *alert, struct delivery before) {
    const struct notifier *notifier = turn->state;
    struct recipient recipient;
    int from = outgoing_channel(notifier, before.channel);
    if (!recipient_of(turn, &before, &recipient))
        return false;
    if (recipient.person)
        return start_next_of_person(turn, alert, &before, &recipient);
    for (unsigned i = (unsigned)(from + 1); i < notifier->channel_count; i++) {
        const struct channel *channel = notifier->channels[i].channel;
        bool alive;
        if (!channel->interrupts || !address_on(notifier, alert, &recipient, i))
            continue;
        if (is_used_beside(alert, &before, channel->name, &alive))
            return alive;
        if (!add_on(turn, alert, recipient.team, i, (uint8_t)(before.method + 1), before.role,
                (enum policy_person)before.person, before.purpose))
            return false;
        alert->deliveries[alert->delivery_count - 1].queued_at = before.queued_at;
        return true;
    }
    return false;
}

/* --- the message --- */

enum { LINK_CRITICAL_MS = 86400000, LINK_NORMAL_MS = 14 * 86400000, LINK_MAX = 200 + 4 + HMAC_TOKEN_TEXT };

static bool expects_answer(const struct alert *alert, const struct delivery *delivery) {
    return alert->answerable && (delivery->purpose == PURPOSE_ALERT || delivery->purpose == PURPOSE_AGAIN);
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
    const struct delivery *delivery, char out[LINK_MAX]) {
    char id[ID_TEXT + 1];
    if (!notifier->console_url[0] || takes_back(delivery->purpose))
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
    bool codes_only, english_first;
    char role[DELIVERY_ROLE_MAX + 1];
    size_t length;
    char subject[MESSAGE_SUBJECT_MAX + 1], text[MESSAGE_TEXT_MAX + 1];
};

static bool is_said(const struct said *said, const struct delivery *delivery, bool english_first) {
    return said && said->english_first == english_first && said->purpose == delivery->purpose &&
           said->person == delivery->person && said->codes_only == delivery->codes_only &&
           strcmp(said->role, delivery->role) == 0;
}

/* NULL: the arena is exhausted, the turn will see. */
static const struct said *say(struct turn *turn, struct alert *alert, const struct delivery *delivery,
    const struct recipient *recipient) {
    const struct notifier *notifier = turn->state;
    bool english_first = recipient->person && strcmp(recipient->person->language, "en") == 0;
    if (is_said(alert->said, delivery, english_first))
        return alert->said;
    struct said *said = arena_take(turn->arena, sizeof *said);
    struct text_facts facts = {.alert = alert,
        .delivery = delivery,
        .kind = site_kinds_find(notifier->kinds, alert->kind),
        .kinds = notifier->kinds,
        .gazetteer = notifier->gazetteer,
        .zone = notifier->site->zone,
        .english_first = english_first};
    if (!said)
        return NULL;
    if (expects_answer(alert, delivery) && alert->answer_by > turn->now)
        facts.reply_by = alert->answer_by;
    said->purpose = delivery->purpose;
    said->person = delivery->person;
    said->codes_only = delivery->codes_only;
    said->english_first = english_first;
    memcpy(said->role, delivery->role, sizeof said->role);
    said->length = text_write(&facts, said->subject, said->text);
    arena_shrink(turn->arena, said, offsetof(struct said, text) + said->length + 1);
    return alert->said = said;
}

static size_t write_message(struct turn *turn, struct alert *alert, const struct delivery *delivery,
    const struct recipient *recipient, unsigned index, struct message *out) {
    const struct notifier *notifier = turn->state;
    const struct said *said = say(turn, alert, delivery, recipient);
    const char *address = address_on(notifier, alert, recipient, index);
    char accept[LINK_MAX], cannot[LINK_MAX], open[LINK_MAX];
    struct text_links links = {.open = write_open_link(notifier, alert, delivery, open)};
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
    if (expects_answer(alert, delivery)) {
        links.accept = write_link(turn, alert, recipient, MOVE_ACCEPT, accept);
        links.cannot = write_link(turn, alert, recipient, MOVE_CANNOT, cannot);
    }
    return text_add_links(out->text, said ? said->length : 0, &links);
}

/* --- may it go out now? --- */

static void wait_until(struct turn *turn, const struct alert *alert, struct delivery *delivery,
    enum delivery_state state, int64_t until, const char *reason) {
    struct id id = alert_delivery_id(&alert->id, delivery->ordinal);
    delivery_move(delivery, state, turn->now);
    delivery->next_at = until;
    copy_text(delivery->reason, sizeof delivery->reason, reason);
    turn_timer_set(turn, TIMER_DELIVERY, &id, until, alert_is_critical(alert));
}

/* Nobody is paged for what has been answered. */
static bool still_wanted(const struct alert *alert, const struct delivery *delivery) {
    switch (delivery->purpose) {
    case PURPOSE_ALERT:
    case PURPOSE_AGAIN:
        return alert->state == ALERT_STATE_OPEN || alert->state == ALERT_STATE_EXHAUSTED;
    case PURPOSE_REMINDER:
        return alert->state != ALERT_STATE_STOOD_DOWN;
    case PURPOSE_TAKEN:
    case PURPOSE_STAND_DOWN:
    case PURPOSE_NOTICE:
    case PURPOSE_REJECTED:
    case PURPOSE_EXPIRED:
    case PURPOSE_UNREACHABLE:
    case PURPOSE_NOBODY:
    case PURPOSE_WITHDRAWN:
    case PURPOSE_TASK:
    case PURPOSE_DRAFT:
    case PURPOSE_CHANGE:
    case PURPOSE_PLACED:
    case PURPOSE_DUE:
    case PURPOSE_LATE:
    case PURPOSE_ASKED_BACK:
    case PURPOSES:
        break;
    }
    return true;
}

/* When the last message of this alert to the same receiver on the same channel left, if later than `last`. */
static int64_t later_sent(const struct alert *alert, const struct delivery *delivery, int64_t last) {
    for (unsigned k = 0; k < alert->delivery_count; k++) {
        const struct delivery *other = &alert->deliveries[k];
        if (other != delivery && other->attempt > 0 && other->at > last && same_recipient(other, delivery) &&
            strcmp(other->channel, delivery->channel) == 0)
            last = other->at;
    }
    return last;
}

/* When the last message to this team or person on this channel about this incident left; 0: there was none.
 * Looks at all alerts of the incident, the one at hand as it is in memory. */
static int64_t last_sent_at(struct turn *turn, struct alert *alert, const struct delivery *delivery) {
    const struct siblings *siblings = alert_siblings(turn, alert);
    int64_t last = later_sent(alert, delivery, 0);
    for (unsigned i = 0; siblings && i < siblings->count; i++)
        if (!id_equal(&siblings->alerts[i]->id, &alert->id))
            last = later_sent(siblings->alerts[i], delivery, last);
    return last;
}

/* When the next bundle may leave: 30 s after the first thing to say, then 5 min after the last bundle. */
static int64_t bundle_at(struct turn *turn, struct alert *alert, const struct delivery *delivery) {
    int64_t last = last_sent_at(turn, alert, delivery);
    int64_t first = delivery->queued_at + BUNDLE_FIRST_MS;
    return last && last + BUNDLE_AGAIN_MS > first ? last + BUNDLE_AGAIN_MS : first;
}

static bool is_news(enum delivery_purpose purpose) {
    return purpose == PURPOSE_CHANGE || purpose == PURPOSE_TASK || purpose == PURPOSE_DRAFT;
}

/* A life never waits, and whoever is woken for it is woken once: what is new of it to somebody who was told a
 * moment ago comes half a minute after that, in one message. True: it was held. */
static bool hold_news(struct turn *turn, struct alert *alert, struct delivery *delivery) {
    if (!alert_is_critical(alert) || !is_news(delivery->purpose) || delivery->attempt > 0)
        return false;
    int64_t last = last_sent_at(turn, alert, delivery);
    if (!last || last + BUNDLE_FIRST_MS <= turn->now)
        return false;
    wait_until(turn, alert, delivery, DELIVERY_HELD, last + BUNDLE_FIRST_MS, "bundle");
    return true;
}

/* The site's quiet hours in the receiver's zone, and a person's own. */
static int64_t quiet_for(const struct turn *turn, const struct alert *alert, const struct person *person) {
    const struct notifier *notifier = turn->state;
    enum calendar_zone zone = person ? person->zone : notifier->site->zone;
    int64_t until = escalation_quiet_until(notifier->escalation, zone, alert->priority, turn->now);
    int64_t own = person ? quiet_until(&person->quiet, zone, alert->priority, turn->now) : turn->now;
    return own > until ? own : until;
}

/* True: it was held or taken back. person: NULL for a team. */
static bool hold_normal(struct turn *turn, struct alert *alert, struct delivery *delivery,
    const struct person *person, unsigned index) {
    const struct notifier *notifier = turn->state;
    const struct channel *channel = notifier->channels[index].channel;
    if (!channel->interrupts || alert_is_critical(alert))
        return false;
    int64_t quiet = quiet_for(turn, alert, person);
    if (quiet > turn->now) {
        wait_until(turn, alert, delivery, DELIVERY_HELD, quiet, "quiet");
        return true;
    }
    int64_t bundle = delivery->attempt == 0 ? bundle_at(turn, alert, delivery) : 0;
    if (bundle > turn->now) {
        wait_until(turn, alert, delivery, DELIVERY_HELD, bundle, "bundle");
        return true;
    }
    if (channel->in_flight_max && notifier->channels[index].in_flight >= channel->in_flight_max) {
        wait_until(turn, alert, delivery, DELIVERY_HELD, turn->now + THROTTLE_MS, "throttle");
        return true;
    }
    return false;
}

struct probe {
    unsigned index;
    int64_t now;
};

static void note_probe(void *state, const void *argument) {
    const struct probe *probe = argument;
    struct notifier *notifier = state;
    breaker_probe(&notifier->channels[probe->index].breaker, probe->now);
}

static bool hold_for_breaker(struct turn *turn, struct alert *alert, uint16_t ordinal, unsigned index) {
    const struct notifier *notifier = turn->state;
    int64_t until;
    struct probe probe = {index, turn->now};
    if (notifier->channels[index].channel->local)
        return false;
    switch (breaker_ask(&notifier->channels[index].breaker, turn->now, &until)) {
    case BREAKER_SEND:
        return false;
    case BREAKER_PROBE:
        turn_after_commit(turn, note_probe, &probe, sizeof probe);
        return false;
    case BREAKER_WAIT:
        break;
    }
    wait_until(turn, alert, alert_delivery(alert, ordinal), DELIVERY_HELD, until, "breaker");
    if (alert_is_critical(alert)) /* a life does not wait for a mail server: beside it the next method */
        start_next_method(turn, alert, *alert_delivery(alert, ordinal));
    return true;
}

/* --- sending --- */

static bool waits_for_bundle(const struct delivery *other, const struct delivery *carrier) {
    return other != carrier && other->state == DELIVERY_HELD && strcmp(other->reason, "bundle") == 0 &&
           same_recipient(other, carrier) && strcmp(other->channel, carrier->channel) == 0;
}

/* Puts what another delivery says behind the text of the carrier. False: no room, it goes by itself later. */
static bool join(struct turn *turn, struct alert *alert, struct delivery *other,
    const struct recipient *recipient, unsigned index, struct message *carrier, size_t *length) {
    struct message message;
    size_t more = write_message(turn, alert, other, recipient, index, &message);
    if (*length + 1 + more > MESSAGE_TEXT_MAX)
        return false;
    carrier->text[(*length)++] = '\n';
    memcpy(carrier->text + *length, message.text, more + 1);
    *length += more;
    delivery_withdraw(other, DELIVERY_BUNDLED, turn->now);
    id_to_text(&carrier->delivery, other->reason); /* its parent */
    return true;
}

_Static_assert((int)DELIVERY_REASON_MAX >= (int)ID_TEXT, "a parent's id fits into the reason");

static bool bundle_own(struct turn *turn, struct alert *alert, const struct delivery *carrier,
    const struct recipient *recipient, unsigned index, struct message *message, size_t *length) {
    bool joined = false;
    for (unsigned k = 0; k < alert->delivery_count; k++)
        if (waits_for_bundle(&alert->deliveries[k], carrier) && still_wanted(alert, &alert->deliveries[k]))
            joined |= join(turn, alert, &alert->deliveries[k], recipient, index, message, length);
    return joined;
}

/* All that waits for the same team on the same channel about this incident travels with this message. Only
 * timers get here with something that waits (what is fresh waits at least 30 s), so no caller holds the other
 * alerts in memory while they are rewritten. */
static void bundle_others(struct turn *turn, struct alert *alert, const struct delivery *carrier,
    const struct recipient *recipient, unsigned index, struct message *message, size_t *length) {
    struct alert *all[ALERT_INCIDENT_MAX];
    unsigned count = alert_list(turn, &alert->id, all);
    for (unsigned i = 0; i < count; i++) {
        struct alert *each = id_equal(&all[i]->id, &alert->id) ? alert : all[i];
        if (bundle_own(turn, each, carrier, recipient, index, message, length) && each != alert)
            alert_write(turn, each);
    }
}

static void number_local(struct turn *turn, struct alert *alert, struct delivery *delivery) {
    if (!alert->handover) {
        alert->handover = notifier_next_number(turn->state);
        if (alert->row) { /* a new row is found by its own number */
            struct statement *add = notifier_use(turn->store, NOTIFIER_HANDOVER_INSERT);
            bind_int(add, alert->handover);
            bind_id(add, &alert->id);
            statement_run(add);
        }
    }
    delivery->number = alert->handover;
}

static void send_now(struct turn *turn, struct alert *alert, struct delivery *delivery, unsigned index,
    const struct recipient *recipient) {
    const struct notifier *notifier = turn->state;
    const struct channel *channel = notifier->channels[index].channel;
    struct id id = alert_delivery_id(&alert->id, delivery->ordinal);
    delivery_move(delivery, DELIVERY_SENDING, turn->now);
    delivery->reason[0] = 0;
    delivery->number = 0;
    if (delivery->attempt < UINT8_MAX)
        delivery->attempt++;
    if (channel->local) {
        number_local(turn, alert, delivery);
    } else {
        delivery->next_at = turn->now + LEASE_MS;
        turn_timer_set(turn, TIMER_DELIVERY, &id, delivery->next_at, alert_is_critical(alert));
    }
    struct message message;
    size_t length = write_message(turn, alert, delivery, recipient, index, &message);
    if (alert_is_critical(alert)) /* callers may hold other alerts of the incident in memory */
        bundle_own(turn, alert, delivery, recipient, index, &message, &length);
    else if (channel->interrupts)
        bundle_others(turn, alert, delivery, recipient, index, &message, &length);
    struct effect effect = {.id = id,
        .kind = outgoing_kind(delivery->attempt),
        .what = &message,
        .what_size = message_size(length)};
    turn_effect(turn, &effect);
}

static void after_end(struct turn *turn, struct alert *alert, uint16_t ordinal);

static void dispatch(struct turn *turn, struct alert *alert, uint16_t ordinal) {
    const struct notifier *notifier = turn->state;
    struct delivery *delivery = alert_delivery(alert, ordinal);
    int index = outgoing_channel(notifier, delivery->channel);
    struct recipient recipient;
    if (index < 0 || !recipient_of(turn, delivery, &recipient) ||
        !address_on(notifier, alert, &recipient, (unsigned)index)) {
        delivery_move(delivery, DELIVERY_CANCELLED, turn->now);
        snprintf(delivery->reason, sizeof delivery->reason, "no such team or channel now");
        return;
    }
    const struct channel *channel = notifier->channels[index].channel;
    const struct ladder *ladder = alert_is_critical(alert) ? &channel->critical : &channel->normal;
    if (!still_wanted(alert, delivery)) {
        delivery_move(delivery, DELIVERY_CANCELLED, turn->now);
    } else if (ladder->ttl_ms && delivery->attempt > 0 && turn->now - delivery->queued_at > ladder->ttl_ms) {
        delivery_move(delivery, DELIVERY_EXPIRED, turn->now);
        after_end(turn, alert, ordinal);
    } else if (turn->effects_held) {
        wait_until(turn, alert, delivery, DELIVERY_HELD, turn->now + HELD_AFTER_RESTORE_MS, "restored");
    } else if (!hold_news(turn, alert, delivery) &&
               !hold_normal(turn, alert, delivery, recipient.person, (unsigned)index) &&
               !hold_for_breaker(turn, alert, ordinal, (unsigned)index)) {
        send_now(turn, alert, delivery, (unsigned)index, &recipient);
    }
}

void outgoing_push(struct turn *turn, struct alert *alert) {
    alert->said = NULL;                                  /* the alert may say something else now */
    for (unsigned i = 0; i < alert->delivery_count; i++) /* dispatch may add some at the end */
        if (alert->deliveries[i].state == DELIVERY_QUEUED)
            dispatch(turn, alert, alert->deliveries[i].ordinal);
}

void outgoing_withdraw(struct turn *turn, struct alert *alert, enum delivery_state to) {
    for (unsigned i = 0; i < alert->delivery_count; i++)
        delivery_withdraw(&alert->deliveries[i], to, turn->now);
}

void outgoing_withdraw_calls(struct turn *turn, struct alert *alert) {
    for (unsigned i = 0; i < alert->delivery_count; i++)
        if (!still_wanted(alert, &alert->deliveries[i]))
            delivery_withdraw(&alert->deliveries[i], DELIVERY_CANCELLED, turn->now);
}

/* --- what became of it --- */

static const char *outcome_word(int outcome) {
    switch (outcome) {
    case SEND_ACCEPTED:
        return "accepted";
    case SEND_DELIVERED:
        return "delivered";
    case SEND_TRANSIENT:
        return "transient";
    case SEND_RECIPIENT:
        return "recipient";
    case SEND_CONTENT:
        return "content";
    case SEND_CHANNEL:
        return "channel";
    case SEND_BUSY:
        return "busy";
    default: /* EFFECT_UNKNOWN, and whatever a simulator makes up */
        return "unknown";
    }
}

static void write_attempt(struct turn *turn, const struct alert *alert, const struct delivery *delivery,
    int outcome, const char *detail) {
    struct id id = alert_delivery_id(&alert->id, delivery->ordinal);
    struct statement *add = notifier_use(turn->store, NOTIFIER_ATTEMPT_INSERT);
    bind_id(add, &id);
    bind_int(add, delivery->attempt);
    bind_int(add, turn->now);
    bind_text(add, delivery->channel);
    bind_text(add, outcome_word(outcome));
    bind_text(add, detail);
    statement_run(add);
}

struct noted {
    unsigned index;
    int64_t now;
    bool failed, fatal;
};

static void note_result(void *state, const void *argument) {
    const struct noted *noted = argument;
    struct delivery_channel *channel = &((struct notifier *)state)->channels[noted->index];
    bool was_open = channel->breaker.open;
    breaker_note(&channel->breaker, noted->now, noted->failed, noted->fatal);
    noted->failed ? channel->failed++ : channel->sent++;
    if (channel->breaker.open != was_open)
        log_line(channel->breaker.open ? LOG_ERROR : LOG_INFO, "channel-breaker", "channel=%s open=%s",
            channel->channel->name, channel->breaker.open ? "yes" : "no");
}

static void tell_ended(struct turn *turn, struct alert *alert, const struct delivery *delivery) {
    struct id id = alert_delivery_id(&alert->id, delivery->ordinal);
    Sigap__DeliveryEnded ended = SIGAP__DELIVERY_ENDED__INIT;
    ended.delivery_id = turn_bytes(turn, &id);
    ended.alert_id = turn_bytes(turn, &alert->id);
    ended.team = (char *)delivery->team;
    ended.channel = (char *)delivery->channel;
    ended.state = (char *)delivery_state_word(delivery->state);
    ended.reason = (char *)delivery->reason;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_DELIVERY_ENDED;
    event.delivery_ended = &ended;
    escalate_append(turn, alert, LANE_URGENT, &event);
}

/* Somebody of the last telling may still be woken by it. */
static bool telling_is_alive(const struct notifier *notifier, const struct alert *alert) {
    for (unsigned i = 0; i < alert->delivery_count; i++) {
        const struct delivery *each = &alert->deliveries[i];
        int index = outgoing_channel(notifier, each->channel);
        if (each->queued_at >= alert->told_at && expects_answer(alert, each) && index >= 0 &&
            notifier->channels[index].channel->interrupts &&
            (delivery_is_pending(each) || delivery_went_out(each)))
            return true;
    }
    return false;
}

/* A critical message that will not arrive: the next method; when none is left for anybody of this step, the
 * next step now (the first round only: behind it everybody has been tried, and time goes on). The coordinator
 * on duty is told, unless the message was to tell him. */
static void after_end(struct turn *turn, struct alert *alert, uint16_t ordinal) {
    const struct notifier *notifier = turn->state;
    struct delivery ended = *alert_delivery(alert, ordinal);
    if (!alert_is_critical(alert))
        return;
    tell_ended(turn, alert, &ended);
    if (ended.purpose == PURPOSE_UNREACHABLE)
        return;
    start_next_method(turn, alert, ended);
    escalate_tell_coordinator(turn, alert, PURPOSE_UNREACHABLE);
    const struct policy *policy = escalate_policy(turn, alert);
    if (policy && expects_answer(alert, &ended) && !telling_is_alive(notifier, alert) &&
        alert->position + 1 < policy->step_count) {
        escalate_next_now(turn, alert);
        escalate_schedule(turn, alert);
    }
}

static void end_failed(struct turn *turn, struct alert *alert, uint16_t ordinal, const char *reason) {
    struct delivery *delivery = alert_delivery(alert, ordinal);
    delivery_move(delivery, DELIVERY_FAILED, turn->now);
    delivery_move(delivery, DELIVERY_DEAD, turn->now);
    copy_text(delivery->reason, sizeof delivery->reason, reason);
    after_end(turn, alert, ordinal);
}

static uint32_t chance(const struct turn *turn) {
    const struct notifier *notifier = turn->state;
    uint32_t value;
    random_fill(&notifier->random, &value, sizeof value);
    return value;
}

static void try_again(struct turn *turn, struct alert *alert, uint16_t ordinal, int64_t retry_after_ms) {
    const struct notifier *notifier = turn->state;
    struct delivery *delivery = alert_delivery(alert, ordinal);
    const struct channel *channel = notifier->channels[outgoing_channel(notifier, delivery->channel)].channel;
    bool critical = alert_is_critical(alert);
    int64_t at;
    switch (ladder_next(critical ? &channel->critical : &channel->normal, delivery->attempt,
        delivery->queued_at, turn->now, retry_after_ms, chance(turn), &at)) {
    case LADDER_WAIT:
        wait_until(turn, alert, delivery, DELIVERY_RETRY_WAIT, at, "transient");
        if (ladder_next_method(critical, at - turn->now))
            start_next_method(turn, alert, *delivery);
        return;
    case LADDER_OVER:
        end_failed(turn, alert, ordinal, "attempts used up");
        return;
    case LADDER_EXPIRED:
        delivery_move(delivery, DELIVERY_RETRY_WAIT, turn->now);
        delivery_withdraw(delivery, DELIVERY_EXPIRED, turn->now);
        after_end(turn, alert, ordinal);
        return;
    }
}

/* It never left: the channel is sound and has more to do than it can, so that was no attempt, whatever number
 * of mails a disaster makes. A life does not wait for it: beside it the next method. */
static void wait_for_room(struct turn *turn, struct alert *alert, uint16_t ordinal, int64_t retry_after_ms) {
    struct delivery *delivery = alert_delivery(alert, ordinal);
    if (delivery->attempt)
        delivery->attempt--;
    wait_until(turn, alert, delivery, DELIVERY_RETRY_WAIT,
        turn->now + (retry_after_ms > THROTTLE_MS ? retry_after_ms : THROTTLE_MS), "throttle");
    if (alert_is_critical(alert))
        start_next_method(turn, alert, *delivery);
}

/* Nobody can tell whether it arrived: again when a life may hang on it, else once more; receivers know a
 * repetition by the delivery's id. */
static void settle_unknown(struct turn *turn, struct alert *alert, uint16_t ordinal) {
    struct delivery *delivery = alert_delivery(alert, ordinal);
    delivery_move(delivery, DELIVERY_UNKNOWN, turn->now);
    if (delivery->unknowns < UINT8_MAX)
        delivery->unknowns++;
    bool again = alert_is_critical(alert) ? delivery->attempt < 6 : delivery->unknowns == 1;
    if (!again) {
        end_failed(turn, alert, ordinal, "outcome unknown");
        return;
    }
    if (alert_is_critical(alert) && delivery->number == 0)
        start_next_method(turn, alert, *delivery);
    delivery_move(alert_delivery(alert, ordinal), DELIVERY_QUEUED, turn->now);
}

static void settle(struct turn *turn, struct alert *alert, uint16_t ordinal, int outcome,
    int64_t retry_after_ms, const char *detail) {
    struct delivery *delivery = alert_delivery(alert, ordinal);
    switch (outcome) {
    case SEND_ACCEPTED:
    case SEND_DELIVERED:
        delivery_move(delivery, DELIVERY_ACCEPTED, turn->now);
        if (outcome == SEND_DELIVERED)
            delivery_move(delivery, DELIVERY_DELIVERED, turn->now);
        snprintf(delivery->reason, sizeof delivery->reason, "%s", detail);
        break;
    case SEND_TRANSIENT:
        try_again(turn, alert, ordinal, retry_after_ms);
        break;
    case SEND_BUSY:
        wait_for_room(turn, alert, ordinal, retry_after_ms);
        break;
    case SEND_RECIPIENT:
    case SEND_CONTENT:
    case SEND_CHANNEL:
        end_failed(turn, alert, ordinal, outcome_word(outcome));
        break;
    default:
        settle_unknown(turn, alert, ordinal);
        break;
    }
}

static void wait_for_receipt(
    struct turn *turn, struct alert *alert, struct delivery *delivery, int64_t receipt_ms) {
    if (delivery->state != DELIVERY_ACCEPTED || receipt_ms == 0)
        return;
    struct id id = alert_delivery_id(&alert->id, delivery->ordinal);
    delivery->next_at = turn->now + receipt_ms;
    turn_timer_set(turn, TIMER_DELIVERY, &id, delivery->next_at, alert_is_critical(alert));
}

static int64_t lower(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* Up to here the local channels have handed over all. What was left over has lower numbers than what is
 * handed over now, and counts only once it was seen to. */
static int64_t settled_up_to(const struct notifier *notifier) {
    const struct left_over *left = &notifier->left_over;
    int64_t upto = notifier->stuck ? notifier->stuck - 1 : notifier->handed;
    return left->local_after < left->highest ? lower(upto, left->local_after) : upto;
}

static void tell_handed(struct notifier *notifier) {
    struct effect_result result = {.kind = EFFECT_HANDED};
    if (!notifier->handover_told && notifier->loop)
        notifier->handover_told = notifier->loop->finished(notifier->loop, &result);
}

static void clear_handover(void *state, const void *argument) {
    struct notifier *notifier = state;
    memcpy(&notifier->written, argument, sizeof notifier->written);
    notifier->handover_told = false;
    if (settled_up_to(notifier) > notifier->written)
        tell_handed(notifier);
}

static enum verdict write_watermark(struct turn *turn) {
    int64_t upto = arrival_note_local(turn, outgoing_watermark(turn), settled_up_to(turn->state));
    struct statement *set = notifier_use(turn->store, NOTIFIER_WATERMARK_SET);
    bind_int(set, upto);
    statement_run(set);
    struct statement *forget = notifier_use(turn->store, NOTIFIER_HANDOVER_FORGET);
    bind_int(forget, upto);
    statement_run(forget);
    turn_after_commit(turn, clear_handover, &upto, sizeof upto);
    return VERDICT_DONE;
}

static void unstick(void *state, const void *argument) {
    (void)argument;
    ((struct notifier *)state)->stuck = 0;
}

enum verdict outgoing_result(struct turn *turn, const struct effect_result *result) {
    const struct notifier *notifier = turn->state;
    uint16_t ordinal;
    if (result->kind == EFFECT_HANDED)
        return write_watermark(turn);
    struct id id = alert_of_delivery(&result->id, &ordinal);
    struct alert *alert = alert_read(turn, &id);
    struct delivery *delivery = alert ? alert_delivery(alert, ordinal) : NULL;
    int index = delivery ? outgoing_channel(notifier, delivery->channel) : -1;
    if (index < 0) { /* forgotten meanwhile, or the row is damaged: nobody else will settle it */
        if (id_equal(&result->id, &notifier->stuck_delivery))
            turn_after_commit(turn, unstick, "", 1);
        return VERDICT_DONE;
    }
    bool failed = result->outcome != SEND_ACCEPTED && result->outcome != SEND_DELIVERED;
    const struct channel *channel = notifier->channels[index].channel;
    if (channel->local) {
        turn_after_commit(turn, unstick, "", 1);
    } else if (result->outcome != SEND_BUSY) { /* else nothing was learnt of the channel */
        struct noted noted = {(unsigned)index, turn->now, failed && result->outcome != SEND_RECIPIENT,
            result->outcome == SEND_CHANNEL};
        turn_after_commit(turn, note_result, &noted, sizeof noted);
        write_attempt(turn, alert, delivery, result->outcome, result->detail);
    }
    /* A result that comes after its lease is one of an attempt that has been given up already. */
    if (delivery->state != DELIVERY_SENDING || outgoing_kind(delivery->attempt) != result->kind)
        return VERDICT_DONE;
    settle(turn, alert, ordinal, result->outcome, result->retry_after_ms, result->detail);
    arrival_note(turn, alert, alert_delivery(alert, ordinal));
    wait_for_receipt(turn, alert, alert_delivery(alert, ordinal), channel->receipt_ms);
    outgoing_push(turn, alert);
    alert_write(turn, alert);
    return VERDICT_DONE;
}

/* --- time --- */

enum verdict outgoing_timer(struct turn *turn, const struct id *id, int64_t due_at) {
    uint16_t ordinal;
    struct id alert_id = alert_of_delivery(id, &ordinal);
    struct alert *alert = alert_read(turn, &alert_id);
    struct delivery *delivery = alert ? alert_delivery(alert, ordinal) : NULL;
    if (!delivery || delivery->next_at != due_at)
        return VERDICT_DONE; /* it has moved since */
    turn->training = alert->training;
    if (delivery->state == DELIVERY_SENDING) {
        write_attempt(turn, alert, delivery, EFFECT_UNKNOWN, "lease over");
        settle_unknown(turn, alert, ordinal);
    } else if (delivery->state == DELIVERY_ACCEPTED || delivery->state == DELIVERY_SENT) {
        delivery_move(delivery, DELIVERY_NO_RECEIPT, turn->now);
        start_next_method(turn, alert, *delivery);
    } else {
        delivery_move(delivery, DELIVERY_QUEUED, turn->now);
    }
    outgoing_push(turn, alert);
    alert_write(turn, alert);
    return VERDICT_DONE;
}

/* --- after a start --- */

/* Alerts a turn: their rows, and up to 20 messages of 3 KiB each, are 8 MiB of the turn's 48. */
enum { PORTION = 128 };

static const struct id left_over_object = {{'l', 'e', 'f', 't'}};

static int64_t read_number(struct turn *turn, enum notifier_statement which) {
    struct statement *get = notifier_use(turn->store, which);
    int64_t number = statement_step(get) ? column_int(get, 0) : 0;
    statement_end(get);
    return number;
}

int64_t outgoing_watermark(struct turn *turn) {
    return read_number(turn, NOTIFIER_WATERMARK_GET);
}

/* Of a list, so many that follow each other. */
struct portion {
    struct id ids[PORTION];
    int64_t last; /* number; nothing is left behind it: the highest */
    unsigned count;
};

/* Ids first, rows afterwards: a statement that is being stepped must not see what it is made to change. */
static void collect(struct turn *turn, enum notifier_statement which, int64_t after, int64_t highest,
    struct portion *portion) {
    struct statement *list = notifier_use(turn->store, which);
    portion->count = 0;
    portion->last = highest;
    bind_int(list, after);
    bind_int(list, highest);
    bind_int(list, PORTION);
    while (portion->count < PORTION && statement_step(list)) {
        portion->ids[portion->count++] = column_id(list, 1);
        if (portion->count == PORTION)
            portion->last = column_int(list, 0);
    }
    statement_end(list);
}

/* A network attempt of this process bears a lease that began after its start. */
static bool is_left_over(const struct delivery *delivery, const struct left_over *left, int64_t local_upto) {
    if (delivery->state != DELIVERY_SENDING)
        return false;
    if (delivery->number)
        return delivery->number > left->local_after && delivery->number <= local_upto;
    return local_upto == 0 && delivery->next_at <= left->started_at + LEASE_MS;
}

/* local_upto: local channels, numbers up to here; 0: those over a network. */
static void settle_left_over(
    struct turn *turn, const struct id *id, const struct left_over *left, int64_t local_upto) {
    struct alert *alert = alert_read(turn, id);
    if (!alert)
        return;
    bool any = false;
    for (unsigned i = 0, count = alert->delivery_count; i < count; i++) {
        struct delivery *delivery = &alert->deliveries[i];
        if (!is_left_over(delivery, left, local_upto))
            continue;
        if (!delivery->number)
            write_attempt(turn, alert, delivery, EFFECT_UNKNOWN, "process ended");
        settle_unknown(turn, alert, delivery->ordinal);
        any = true;
    }
    if (!any)
        return;
    turn->training = alert->training;
    outgoing_push(turn, alert);
    alert_write(turn, alert);
}

static void settle_portion(
    struct turn *turn, const struct portion *portion, const struct left_over *left, int64_t local_upto) {
    for (unsigned i = 0; i < portion->count; i++)
        settle_left_over(turn, &portion->ids[i], left, local_upto);
}

static void go_on(void *state, const void *argument) {
    struct notifier *notifier = state;
    memcpy(&notifier->left_over, argument, sizeof notifier->left_over);
    if (settled_up_to(notifier) > notifier->written)
        tell_handed(notifier);
}

/* Rows and handovers are two lists of one row of numbers: seen to as far as both were read. */
enum verdict outgoing_left_over(struct turn *turn) {
    struct left_over left = ((const struct notifier *)turn->state)->left_over;
    struct portion *portions = arena_take(turn->arena, 3 * sizeof *portions);
    if (!portions)
        return VERDICT_RETRY;
    collect(turn, NOTIFIER_ALERT_SENDING, left.network_after, left.highest, &portions[0]);
    collect(turn, NOTIFIER_ALERT_SINCE, left.local_after, left.highest, &portions[1]);
    collect(turn, NOTIFIER_HANDOVER_SINCE, left.local_after, left.highest, &portions[2]);
    int64_t local_upto = lower(portions[1].last, portions[2].last);
    settle_portion(turn, &portions[0], &left, 0);
    settle_portion(turn, &portions[1], &left, local_upto);
    settle_portion(turn, &portions[2], &left, local_upto);
    left.network_after = portions[0].last;
    left.local_after = local_upto;
    if (left.network_after < left.highest || left.local_after < left.highest)
        turn_timer_set(turn, TIMER_LEFT_OVER, &left_over_object, turn->now, true);
    turn_after_commit(turn, go_on, &left, sizeof left);
    if (portions[0].count + portions[1].count + portions[2].count)
        log_line(LOG_INFO, "left-over", "on_their_way=%u in_boxes=%u", portions[0].count,
            portions[1].count + portions[2].count);
    return VERDICT_DONE;
}

enum verdict outgoing_start(struct turn *turn) {
    struct notifier *notifier = turn->state;
    int64_t watermark = outgoing_watermark(turn);
    int64_t rows = read_number(turn, NOTIFIER_ALERT_LAST_NUMBER);
    int64_t handovers = read_number(turn, NOTIFIER_HANDOVER_LAST_NUMBER);
    int64_t highest = rows > handovers ? rows : handovers;
    highest = highest > watermark ? highest : watermark;
    notifier->next_number = highest;
    notifier->handed = notifier->written = watermark;
    notifier->left_over =
        (struct left_over){.started_at = turn->now, .highest = highest, .local_after = watermark};
    return outgoing_left_over(turn);
}

/* --- outside the turn --- */

static void on_done(void *context, const struct message *message, const struct channel_result *result) {
    struct notifier *notifier = context;
    struct delivery_channel *channel = &notifier->channels[message->channel];
    bool good = result->outcome == SEND_ACCEPTED || result->outcome == SEND_DELIVERED;
    if (channel->channel->local && good) {
        channel->sent++;
        if (message->number > notifier->handed)
            notifier->handed = message->number;
        tell_handed(notifier);
        return;
    }
    if (channel->channel->local && (!notifier->stuck || message->number < notifier->stuck)) {
        notifier->stuck = message->number; /* the watermark stops below it until its row says so */
        notifier->stuck_delivery = message->delivery;
    }
    if (!channel->channel->local && channel->in_flight)
        channel->in_flight--;
    struct effect_result told = {.id = message->delivery,
        .kind = outgoing_kind(message->attempt),
        .outcome = result->outcome,
        .retry_after_ms = result->retry_after_ms};
    snprintf(told.detail, sizeof told.detail, "%s", result->detail);
    notifier->loop->finished(notifier->loop, &told);
}

/* --- batches of local channels: when the loop comes round, a little after the turns that made them --- */

struct flusher {
    uv_idle_t idle;
    struct notifier *notifier;
};

static void flush_all(struct notifier *notifier) {
    for (unsigned i = 0; i < notifier->channel_count; i++)
        if (notifier->channels[i].channel->flush)
            notifier->channels[i].channel->flush(notifier->channels[i].state);
}

static void on_idle(uv_idle_t *idle) {
    uv_idle_stop(idle);
    flush_all(((struct flusher *)idle->data)->notifier);
}

static void free_flusher(uv_handle_t *handle) {
    free(handle->data);
}

static bool start_flusher(struct notifier *notifier, uv_loop_t *loop, struct error *error) {
    struct flusher *flusher = loop ? calloc(1, sizeof *flusher) : NULL;
    if (!flusher)
        return !loop || error_set(error, "out of memory");
    flusher->notifier = notifier;
    uv_idle_init(loop, &flusher->idle);
    flusher->idle.data = flusher;
    notifier->flusher = flusher;
    return true;
}

void outgoing_perform(void *state, const struct effect *effect) {
    struct notifier *notifier = state;
    const struct message *message = effect->what;
    struct delivery_channel *channel = &notifier->channels[message->channel];
    if (!channel->channel->local)
        channel->in_flight++;
    channel->channel->send(channel->state, message, on_done, notifier);
    if (!channel->channel->flush)
        return;
    if (notifier->flusher)
        uv_idle_start(&notifier->flusher->idle, on_idle);
    else
        channel->channel->flush(channel->state);
}

bool outgoing_connect(void *state, struct daemon_loop *loop, struct error *error) {
    struct notifier *notifier = state;
    notifier->loop = loop;
    for (unsigned i = 0; i < notifier->channel_count; i++) {
        struct delivery_channel *each = &notifier->channels[i];
        struct channel_setup setup = {.data_dir = notifier->data_dir,
            .clock = notifier->clock,
            .loop = loop->uv,
            .zone_hours = (int)notifier->site->zone,
            .options = each->options,
            .option_count = each->option_count};
        if (!each->channel->open(&setup, &each->state, error))
            return error_prefix(error, "channel %s", each->channel->name);
    }
    return start_flusher(notifier, loop->uv, error);
}

void outgoing_disconnect(void *state) {
    struct notifier *notifier = state;
    flush_all(notifier);
    if (notifier->flusher)
        uv_close((uv_handle_t *)&notifier->flusher->idle, free_flusher);
    notifier->flusher = NULL;
    for (unsigned i = 0; i < notifier->channel_count; i++)
        if (notifier->channels[i].channel->close)
            notifier->channels[i].channel->close(&notifier->channels[i].state);
    notifier->loop = NULL;
}
