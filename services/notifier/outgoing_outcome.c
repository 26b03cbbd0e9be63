#include "outgoing_parts.h"

#include "arrival.h"
#include "common/log.h"
#include "common/texts.h"
#include "escalate.h"
#include "notifier_sql.h"

#include <stdio.h>
#include <string.h>

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

void outgoing_note_attempt(struct turn *turn, const struct alert *alert, const struct delivery *delivery,
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
        if (each->queued_at >= alert->told_at && outgoing_expects_answer(alert, each) && index >= 0 &&
            notifier->channels[index].channel->interrupts &&
            (delivery_is_pending(each) || delivery_went_out(each)))
            return true;
    }
    return false;
}

void outgoing_ended(struct turn *turn, struct alert *alert, uint16_t ordinal) {
    const struct notifier *notifier = turn->state;
    struct delivery ended = *alert_delivery(alert, ordinal);
    if (!alert_is_critical(alert))
        return;
    tell_ended(turn, alert, &ended);
    if (ended.purpose == PURPOSE_UNREACHABLE)
        return;
    outgoing_next_method(turn, alert, ended);
    escalate_tell_coordinator(turn, alert, PURPOSE_UNREACHABLE);
    const struct policy *policy = escalate_policy(turn, alert);
    if (policy && outgoing_expects_answer(alert, &ended) && !telling_is_alive(notifier, alert) &&
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
    outgoing_ended(turn, alert, ordinal);
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
        outgoing_wait(turn, alert, delivery, DELIVERY_RETRY_WAIT, at, "transient");
        if (ladder_next_method(critical, at - turn->now))
            outgoing_next_method(turn, alert, *delivery);
        return;
    case LADDER_OVER:
        end_failed(turn, alert, ordinal, "attempts used up");
        return;
    case LADDER_EXPIRED:
        delivery_move(delivery, DELIVERY_RETRY_WAIT, turn->now);
        delivery_withdraw(delivery, DELIVERY_EXPIRED, turn->now);
        outgoing_ended(turn, alert, ordinal);
        return;
    }
}

/* It never left: the channel is sound and has more to do than it can, so that was no attempt, whatever number
 * of mails a disaster makes. A life does not wait for it: beside it the next method. */
static void wait_for_room(struct turn *turn, struct alert *alert, uint16_t ordinal, int64_t retry_after_ms) {
    struct delivery *delivery = alert_delivery(alert, ordinal);
    if (delivery->attempt)
        delivery->attempt--;
    outgoing_wait(turn, alert, delivery, DELIVERY_RETRY_WAIT,
        turn->now + (retry_after_ms > THROTTLE_MS ? retry_after_ms : THROTTLE_MS), "throttle");
    if (alert_is_critical(alert))
        outgoing_next_method(turn, alert, *delivery);
}

void outgoing_settle_unknown(struct turn *turn, struct alert *alert, uint16_t ordinal) {
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
        outgoing_next_method(turn, alert, *delivery);
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
        outgoing_settle_unknown(turn, alert, ordinal);
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

static void unstick(void *state, const void *argument) {
    (void)argument;
    ((struct notifier *)state)->stuck = 0;
}

enum verdict outgoing_result(struct turn *turn, const struct effect_result *result) {
    const struct notifier *notifier = turn->state;
    uint16_t ordinal;
    if (result->kind == EFFECT_HANDED)
        return outgoing_write_watermark(turn);
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
        outgoing_note_attempt(turn, alert, delivery, result->outcome, result->detail);
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
        outgoing_note_attempt(turn, alert, delivery, EFFECT_UNKNOWN, "lease over");
        outgoing_settle_unknown(turn, alert, ordinal);
    } else if (delivery->state == DELIVERY_ACCEPTED || delivery->state == DELIVERY_SENT) {
        delivery_move(delivery, DELIVERY_NO_RECEIPT, turn->now);
        outgoing_next_method(turn, alert, *delivery);
    } else {
        delivery_move(delivery, DELIVERY_QUEUED, turn->now);
    }
    outgoing_push(turn, alert);
    alert_write(turn, alert);
    return VERDICT_DONE;
}
