#include "outgoing_parts.h"

#include "common/texts.h"
#include "conflict.h"
#include "escalate.h"
#include "notifier_sql.h"

#include <stdio.h>
#include <string.h>

/* --- may it go out now? --- */

void outgoing_wait(struct turn *turn, const struct alert *alert, struct delivery *delivery,
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
    case PURPOSE_RECALLED:
    case PURPOSE_MOVED:
    case PURPOSE_NEWS:
    case PURPOSES:
        break;
    }
    return true;
}

/* When the last message of this alert to the same receiver on the same channel left, if later than `last`. */
static int64_t later_sent(const struct alert *alert, const struct delivery *delivery, int64_t last) {
    for (unsigned k = 0; k < alert->delivery_count; k++) {
        const struct delivery *other = &alert->deliveries[k];
        if (other != delivery && other->attempt > 0 && other->at > last &&
            outgoing_same_recipient(other, delivery) && strcmp(other->channel, delivery->channel) == 0)
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

/* When the last news of a reporter left, to the same receiver on the same channel; 0: there was none. */
static int64_t last_news_at(const struct alert *alert, const struct delivery *delivery) {
    int64_t last = 0;
    for (unsigned k = 0; k < alert->delivery_count; k++) {
        const struct delivery *other = &alert->deliveries[k];
        if (other->purpose == PURPOSE_NEWS && other->attempt > 0 && other->at > last &&
            outgoing_same_recipient(other, delivery) && strcmp(other->channel, delivery->channel) == 0)
            last = other->at;
    }
    return last;
}

/* Who writes in a chat writes in pieces, and what raises the urgency calls people anew within the same
 * moment: half a minute is waited for the rest, five after the last such message. True: it was held. */
static bool gather_news(struct turn *turn, const struct alert *alert, struct delivery *delivery) {
    int64_t last = last_news_at(alert, delivery), until = delivery->queued_at + BUNDLE_FIRST_MS;
    if (delivery->purpose != PURPOSE_NEWS || delivery->attempt > 0)
        return false;
    if (last && last + BUNDLE_AGAIN_MS > until)
        until = last + BUNDLE_AGAIN_MS;
    if (until <= turn->now)
        return false;
    outgoing_wait(turn, alert, delivery, DELIVERY_HELD, until, "gather");
    return true;
}

/* A life never waits, and whoever is woken for it is woken once: what is new of it to somebody who was told a
 * moment ago comes half a minute after that, in one message. True: it was held. */
static bool hold_news(struct turn *turn, struct alert *alert, struct delivery *delivery) {
    if (!alert_is_critical(alert) || !is_news(delivery->purpose) || delivery->attempt > 0)
        return false;
    int64_t last = last_sent_at(turn, alert, delivery);
    if (!last || last + BUNDLE_FIRST_MS <= turn->now)
        return false;
    outgoing_wait(turn, alert, delivery, DELIVERY_HELD, last + BUNDLE_FIRST_MS, "bundle");
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
        outgoing_wait(turn, alert, delivery, DELIVERY_HELD, quiet, "quiet");
        return true;
    }
    int64_t bundle = delivery->attempt == 0 ? bundle_at(turn, alert, delivery) : 0;
    if (bundle > turn->now) {
        outgoing_wait(turn, alert, delivery, DELIVERY_HELD, bundle, "bundle");
        return true;
    }
    if (channel->in_flight_max && notifier->channels[index].in_flight >= channel->in_flight_max) {
        outgoing_wait(turn, alert, delivery, DELIVERY_HELD, turn->now + THROTTLE_MS, "throttle");
        return true;
    }
    return false;
}

static bool hold_for_breaker(struct turn *turn, struct alert *alert, uint16_t ordinal, unsigned index) {
    struct notifier *notifier = turn->state;
    int64_t until;
    if (notifier->channels[index].channel->local)
        return false;
    switch (breaker_ask(&notifier->channels[index].breaker, turn->now, &until)) {
    case BREAKER_SEND:
        return false;
    case BREAKER_PROBE:
        /* In the turn, that the others of it do not go too; rolled back, the next probe comes half a minute
         * later. */
        breaker_probe(&notifier->channels[index].breaker, turn->now);
        return false;
    case BREAKER_WAIT:
        break;
    }
    outgoing_wait(turn, alert, alert_delivery(alert, ordinal), DELIVERY_HELD, until, "breaker");
    if (alert_is_critical(alert)) /* a life does not wait for a mail server: beside it the next method */
        outgoing_next_method(turn, alert, *alert_delivery(alert, ordinal));
    return true;
}

/* --- sending --- */

static bool waits_for_bundle(const struct delivery *other, const struct delivery *carrier) {
    return other != carrier && other->state == DELIVERY_HELD && strcmp(other->reason, "bundle") == 0 &&
           outgoing_same_recipient(other, carrier) && strcmp(other->channel, carrier->channel) == 0;
}

/* Puts what another delivery says behind the text of the carrier. False: no room, it goes by itself later. */
static bool join(struct turn *turn, struct alert *alert, struct delivery *other,
    const struct recipient *recipient, unsigned index, struct message *carrier, size_t *length) {
    struct message message;
    size_t more = outgoing_write(turn, alert, other, recipient, index, &message);
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
            bind_int(add, alert->subject);
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
    size_t length = outgoing_write(turn, alert, delivery, recipient, index, &message);
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

/* It may have become known since the message was queued. */
static bool is_in_conflict(struct turn *turn, const struct alert *alert, const struct recipient *recipient) {
    return conflict_of_team(turn, alert, recipient->team) ||
           (recipient->person && conflict_has(turn, &alert->case_id, recipient->person->code));
}

static void dispatch(struct turn *turn, struct alert *alert, uint16_t ordinal) {
    const struct notifier *notifier = turn->state;
    struct delivery *delivery = alert_delivery(alert, ordinal);
    int index = outgoing_channel(notifier, delivery->channel);
    struct recipient recipient;
    if (index < 0 || !outgoing_recipient(turn, delivery, &recipient) ||
        !outgoing_address(notifier, alert, &recipient, (unsigned)index)) {
        delivery_move(delivery, DELIVERY_CANCELLED, turn->now);
        snprintf(delivery->reason, sizeof delivery->reason, "no such team or channel now");
        return;
    }
    const struct channel *channel = notifier->channels[index].channel;
    const struct ladder *ladder = alert_is_critical(alert) ? &channel->critical : &channel->normal;
    if (!still_wanted(alert, delivery) || is_in_conflict(turn, alert, &recipient)) {
        delivery_move(delivery, DELIVERY_CANCELLED, turn->now);
    } else if (ladder->ttl_ms && delivery->attempt > 0 && turn->now - delivery->queued_at > ladder->ttl_ms) {
        delivery_move(delivery, DELIVERY_EXPIRED, turn->now);
        outgoing_ended(turn, alert, ordinal);
    } else if (turn->effects_held) {
        outgoing_wait(turn, alert, delivery, DELIVERY_HELD, turn->now + HELD_AFTER_RESTORE_MS, "restored");
    } else if (!gather_news(turn, alert, delivery) && !hold_news(turn, alert, delivery) &&
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
