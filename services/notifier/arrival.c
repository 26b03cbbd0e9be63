#include "arrival.h"

#include "escalate.h"
#include "notifier_sql.h"
#include "outgoing.h"
#include "state.h"

#include <string.h>

enum {
    ARRIVALS_MAX =
        64, /* x 24 bytes on the stack; an alert with all its incident takes about 16 KiB of arena */
    NUMBERS_MAX = 1024, /* looked at in a turn: there may be hundreds of thousands without an offer */
};

static const struct channel *channel_of(const struct notifier *notifier, const struct delivery *delivery) {
    int index = outgoing_channel(notifier, delivery->channel);
    return index >= 0 ? notifier->channels[index].channel : NULL;
}

static bool is_to(const struct delivery *delivery, const struct team *team) {
    return (delivery->purpose == PURPOSE_ALERT || delivery->purpose == PURPOSE_AGAIN) &&
           strcmp(delivery->team, team->id) == 0;
}

static bool is_wakeable(const struct notifier *notifier, const struct alert *alert, const struct team *team) {
    for (unsigned i = 0; i < alert->delivery_count; i++) {
        const struct channel *channel = channel_of(notifier, &alert->deliveries[i]);
        if (is_to(&alert->deliveries[i], team) && channel && channel->interrupts)
            return true;
    }
    return false;
}

/* Of the team the offer was put to, on a channel by which it would be known. */
static bool is_evidence(const struct notifier *notifier, const struct alert *alert,
    const struct delivery *delivery, const struct team *team) {
    const struct channel *channel = channel_of(notifier, delivery);
    return channel && !channel->keeps_nothing && is_to(delivery, team) &&
           (channel->interrupts || !is_wakeable(notifier, alert, team));
}

static bool has_arrived(const struct notifier *notifier, const struct delivery *delivery) {
    const struct channel *channel = channel_of(notifier, delivery);
    return delivery->state == DELIVERY_DELIVERED || delivery->state == DELIVERY_READ ||
           (delivery->state == DELIVERY_ACCEPTED && channel && channel->receipt_ms == 0);
}

static const struct team *facility_of(const struct notifier *notifier, const struct alert *alert) {
    return alert->subject == SUBJECT_OFFER ? teams_of_facility(notifier->teams, "UPT", alert->facility)
                                           : NULL;
}

void arrival_note(struct turn *turn, struct alert *alert, const struct delivery *delivery) {
    const struct notifier *notifier = turn->state;
    const struct team *team = facility_of(notifier, alert);
    if (!team || !is_evidence(notifier, alert, delivery, team) || !has_arrived(notifier, delivery))
        return;
    for (unsigned i = 0; i < alert->delivery_count; i++) {
        const struct delivery *other = &alert->deliveries[i];
        if (other != delivery && is_evidence(notifier, alert, other, team) && has_arrived(notifier, other))
            return; /* known already */
    }
    escalate_announce_arrival(turn, alert, team->id);
}

static void note_boxes(struct turn *turn, struct alert *alert, int64_t after, int64_t upto) {
    const struct notifier *notifier = turn->state;
    const struct team *team = facility_of(notifier, alert);
    for (unsigned i = 0; team && i < alert->delivery_count; i++) {
        const struct delivery *each = &alert->deliveries[i];
        if (each->number <= after || each->number > upto || each->state != DELIVERY_SENDING ||
            !is_evidence(notifier, alert, each, team))
            continue;
        turn->training = alert->training;
        escalate_announce_arrival(turn, alert, team->id);
        return;
    }
}

/* Whether boxes are kept at all: a site that measures itself hands over to nobody. */
static bool has_boxes(const struct notifier *notifier) {
    for (unsigned i = 0; i < notifier->channel_count; i++)
        if (notifier->channels[i].channel->local && !notifier->channels[i].channel->keeps_nothing)
            return true;
    return false;
}

int64_t arrival_note_local(struct turn *turn, int64_t after, int64_t upto) {
    struct id ids[ARRIVALS_MAX];
    unsigned count = 0;
    if (!has_boxes(turn->state))
        return upto;
    if (upto > after + NUMBERS_MAX)
        upto = after + NUMBERS_MAX;
    int64_t last = upto;
    struct statement *list = notifier_use(turn->store, NOTIFIER_OFFER_ALERTS_BETWEEN);
    bind_int(list, after);
    bind_int(list, upto);
    bind_int(list, SUBJECT_OFFER);
    bind_int(list, ARRIVALS_MAX);
    while (count < ARRIVALS_MAX && statement_step(list)) {
        last = column_int(list, 0);
        ids[count++] = column_id(list, 1);
    }
    statement_end(list);
    for (unsigned i = 0; i < count; i++) {
        struct alert *alert = alert_read(turn, &ids[i]);
        if (alert)
            note_boxes(turn, alert, after, upto);
    }
    return count == ARRIVALS_MAX ? last : upto;
}
