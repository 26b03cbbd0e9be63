#include "outgoing_parts.h"

#include "common/log.h"
#include "conflict.h"
#include "escalate.h"

#include <stdio.h>
#include <string.h>

/* --- channels of a team --- */

int outgoing_channel(const struct notifier *notifier, const char *name) {
    for (unsigned i = 0; i < notifier->channel_count; i++)
        if (strcmp(notifier->channels[i].channel->name, name) == 0)
            return (int)i;
    return -1;
}

bool outgoing_recipient(struct turn *turn, const struct delivery *delivery, struct recipient *out) {
    const struct notifier *notifier = turn->state;
    out->team = delivery->to ? delivery->to : teams_find(notifier->teams, delivery->team);
    out->person = delivery->on_duty[0] ? duty_person(turn, delivery->on_duty) : NULL;
    return out->team && (out->person || !delivery->on_duty[0]);
}

bool outgoing_same_recipient(const struct delivery *one, const struct delivery *other) {
    return strcmp(one->team, other->team) == 0 && strcmp(one->on_duty, other->on_duty) == 0;
}

static const char *address_of_person(const struct person *person, const char *channel) {
    for (unsigned i = 0; i < person->contact_count; i++)
        if (strcmp(person->contacts[i].channel, channel) == 0)
            return person->contacts[i].address;
    return NULL;
}

const char *outgoing_address(const struct notifier *notifier, const struct alert *alert,
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
    if (index < 0 || !outgoing_address(notifier, alert, recipient, (unsigned)index) ||
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

/* Has said of this alert that they have nothing further to do with it; what becomes of it they hear. */
static bool has_put_aside(
    const struct alert *alert, const struct team *team, const char *code, enum delivery_purpose purpose) {
    return (purpose == PURPOSE_ALERT || purpose == PURPOSE_AGAIN) && code[0] &&
           alert_quiet_until(alert, team->id, code) == ALERT_QUIET_FOR_GOOD;
}

bool outgoing_tell_person(struct turn *turn, struct alert *alert, const struct team *team, const char *code,
    const char *role, enum delivery_purpose purpose) {
    const struct notifier *notifier = turn->state;
    const struct recipient recipient = {team, duty_person(turn, code)};
    bool woken = false, reached = false;
    if (conflict_has(turn, &alert->case_id, code))
        return false; /* may be part of what is reported: somebody else is told */
    if (!recipient.person || hears_it_already(turn, alert, code, purpose) ||
        has_put_aside(alert, team, code, purpose))
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

bool outgoing_takes_back(enum delivery_purpose purpose) {
    return purpose == PURPOSE_TAKEN || purpose == PURPOSE_STAND_DOWN || purpose == PURPOSE_PLACED ||
           purpose == PURPOSE_WITHDRAWN || purpose == PURPOSE_RECALLED || purpose == PURPOSE_MOVED;
}

bool outgoing_tell(struct turn *turn, struct alert *alert, const struct team *team, const char *role,
    enum policy_person person, enum delivery_purpose purpose, enum policy_channels channels) {
    const struct notifier *notifier = turn->state;
    const struct recipient recipient = {team, NULL};
    unsigned wanted = channels == POLICY_ONE ? 1 : channels == POLICY_TWO ? 2 : CHANNELS_MAX, methods = 0;
    bool reached = false;
    for (unsigned i = 0; i < notifier->channel_count; i++) {
        bool interrupts = notifier->channels[i].channel->interrupts;
        if (!outgoing_address(notifier, alert, &recipient, i) || (interrupts && methods >= wanted))
            continue;
        reached |= add_on(turn, alert, team, i, (uint8_t)methods, role, person, purpose);
        methods += interrupts;
    }
    if (outgoing_takes_back(purpose))
        tell_who_was_told(turn, alert, team, role, purpose);
    else if ((purpose != PURPOSE_REMINDER && purpose != PURPOSE_NEWS) ||
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
        if (other->queued_at == before->queued_at && outgoing_same_recipient(other, before) &&
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

bool outgoing_next_method(struct turn *turn, struct alert *alert, struct delivery before) {
    const struct notifier *notifier = turn->state;
    struct recipient recipient;
    int from = outgoing_channel(notifier, before.channel);
    if (!outgoing_recipient(turn, &before, &recipient))
        return false;
    if (recipient.person)
        return start_next_of_person(turn, alert, &before, &recipient);
    for (unsigned i = (unsigned)(from + 1); i < notifier->channel_count; i++) {
        const struct channel *channel = notifier->channels[i].channel;
        bool alive;
        if (!channel->interrupts || !outgoing_address(notifier, alert, &recipient, i))
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
