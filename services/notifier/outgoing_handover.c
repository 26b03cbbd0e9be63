#include "outgoing_parts.h"

#include "arrival.h"
#include "common/log.h"
#include "escalate.h"
#include "notifier_sql.h"

#include <string.h>

/* --- the row of numbers of the local channels --- */

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

void outgoing_tell_handed(struct notifier *notifier) {
    struct effect_result result = {.kind = EFFECT_HANDED};
    if (!notifier->handover_told && notifier->loop)
        notifier->handover_told = notifier->loop->finished(notifier->loop, &result);
}

static void clear_handover(void *state, const void *argument) {
    struct notifier *notifier = state;
    memcpy(&notifier->written, argument, sizeof notifier->written);
    notifier->handover_told = false;
    if (settled_up_to(notifier) > notifier->written)
        outgoing_tell_handed(notifier);
}

enum verdict outgoing_write_watermark(struct turn *turn) {
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
            outgoing_note_attempt(turn, alert, delivery, EFFECT_UNKNOWN, "process ended");
        outgoing_settle_unknown(turn, alert, delivery->ordinal);
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
        outgoing_tell_handed(notifier);
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
