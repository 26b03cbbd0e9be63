#include "delivery.h"

#include "common/log.h"
#include "pack.h"

static const char *const state_words[DELIVERY_STATES] = {
    [DELIVERY_QUEUED] = "queued",
    [DELIVERY_HELD] = "held",
    [DELIVERY_BUNDLED] = "bundled",
    [DELIVERY_CANCELLED] = "cancelled",
    [DELIVERY_SUPERSEDED] = "superseded",
    [DELIVERY_EXPIRED] = "expired",
    [DELIVERY_SENDING] = "sending",
    [DELIVERY_ACCEPTED] = "accepted",
    [DELIVERY_SENT] = "sent",
    [DELIVERY_DELIVERED] = "delivered",
    [DELIVERY_READ] = "read",
    [DELIVERY_RETRY_WAIT] = "retry-wait",
    [DELIVERY_UNKNOWN] = "unknown",
    [DELIVERY_NO_RECEIPT] = "no-receipt",
    [DELIVERY_FAILED] = "failed",
    [DELIVERY_DEAD] = "dead",
};

static const char *const purpose_words[PURPOSES] = {
    [PURPOSE_ALERT] = "alert",
    [PURPOSE_AGAIN] = "again",
    [PURPOSE_REMINDER] = "reminder",
    [PURPOSE_TAKEN] = "taken",
    [PURPOSE_STAND_DOWN] = "stand-down",
    [PURPOSE_NOTICE] = "notice",
    [PURPOSE_REJECTED] = "rejected",
    [PURPOSE_EXPIRED] = "expired",
    [PURPOSE_UNREACHABLE] = "unreachable",
    [PURPOSE_NOBODY] = "nobody",
    [PURPOSE_WITHDRAWN] = "withdrawn",
    [PURPOSE_TASK] = "task",
    [PURPOSE_DRAFT] = "draft",
    [PURPOSE_CHANGE] = "change",
    [PURPOSE_PLACED] = "placed",
    [PURPOSE_DUE] = "due",
    [PURPOSE_LATE] = "late",
    [PURPOSE_ASKED_BACK] = "asked-back",
    [PURPOSE_RECALLED] = "recalled",
    [PURPOSE_NEWS] = "news",
    [PURPOSE_MOVED] = "moved",
};

const char *delivery_state_word(enum delivery_state state) {
    return state < DELIVERY_STATES ? state_words[state] : "?";
}

const char *delivery_purpose_word(enum delivery_purpose purpose) {
    return purpose < PURPOSES ? purpose_words[purpose] : "?";
}

#define TO(state) (1u << DELIVERY_##state)

/* Receipts only move forward, so each further one may be skipped on the way (a READ without a DELIVERED).
 * States that absorb have no row: CANCELLED, SUPERSEDED, EXPIRED, BUNDLED, READ, DEAD. */
static const uint32_t moves[DELIVERY_STATES] = {
    [DELIVERY_QUEUED] = TO(HELD) | TO(BUNDLED) | TO(CANCELLED) | TO(SUPERSEDED) | TO(EXPIRED) | TO(SENDING),
    [DELIVERY_HELD] = TO(QUEUED),
    [DELIVERY_SENDING] = TO(ACCEPTED) | TO(RETRY_WAIT) | TO(UNKNOWN) | TO(FAILED),
    [DELIVERY_ACCEPTED] = TO(SENT) | TO(DELIVERED) | TO(READ) | TO(NO_RECEIPT) | TO(FAILED),
    [DELIVERY_SENT] = TO(DELIVERED) | TO(READ) | TO(NO_RECEIPT) | TO(FAILED),
    [DELIVERY_DELIVERED] = TO(READ),
    [DELIVERY_RETRY_WAIT] = TO(QUEUED) | TO(FAILED),
    [DELIVERY_UNKNOWN] = TO(QUEUED) | TO(ACCEPTED) | TO(SENT) | TO(DELIVERED) | TO(READ) | TO(FAILED),
    [DELIVERY_NO_RECEIPT] = TO(SENT) | TO(DELIVERED) | TO(READ) | TO(FAILED),
    [DELIVERY_FAILED] = TO(DEAD),
};

bool delivery_may_move(enum delivery_state from, enum delivery_state to) {
    return from < DELIVERY_STATES && to < DELIVERY_STATES && (moves[from] & 1u << to) != 0;
}

bool delivery_move(struct delivery *delivery, enum delivery_state to, int64_t now) {
    if (!delivery_may_move(delivery->state, to))
        return false;
    log_line(LOG_DEBUG, "delivery", "team=%s channel=%s from=%s to=%s", log_value(delivery->team),
        delivery->channel, delivery_state_word(delivery->state), delivery_state_word(to));
    delivery->state = to;
    delivery->at = now;
    delivery->next_at = 0;
    return true;
}

bool delivery_withdraw(struct delivery *delivery, enum delivery_state to, int64_t now) {
    if (delivery->state == DELIVERY_HELD || delivery->state == DELIVERY_RETRY_WAIT)
        delivery_move(delivery, DELIVERY_QUEUED, now);
    return delivery->state == DELIVERY_QUEUED && delivery_move(delivery, to, now);
}

bool delivery_is_pending(const struct delivery *delivery) {
    return delivery->state == DELIVERY_QUEUED || delivery->state == DELIVERY_HELD ||
           delivery->state == DELIVERY_SENDING || delivery->state == DELIVERY_RETRY_WAIT;
}

bool delivery_went_out(const struct delivery *delivery) {
    switch (delivery->state) {
    case DELIVERY_SENDING:
    case DELIVERY_ACCEPTED:
    case DELIVERY_SENT:
    case DELIVERY_DELIVERED:
    case DELIVERY_READ:
    case DELIVERY_RETRY_WAIT:
    case DELIVERY_UNKNOWN:
    case DELIVERY_NO_RECEIPT:
    case DELIVERY_BUNDLED:
        return true;
    case DELIVERY_QUEUED:
    case DELIVERY_HELD:
    case DELIVERY_CANCELLED:
    case DELIVERY_SUPERSEDED:
    case DELIVERY_EXPIRED:
    case DELIVERY_FAILED:
    case DELIVERY_DEAD:
    case DELIVERY_STATES:
        break;
    }
    return false;
}

/* --- packed form --- */

enum {
    PACKED_WITHOUT_PEOPLE = 1,
    PACKED_WITHOUT_CODES_ONLY = 2,
    PACKED_WITHOUT_GAPS = 3,
    PACKED_VERSION = 4
};

void deliveries_pack(const struct delivery *deliveries, unsigned count, struct buffer *out) {
    buffer_add_varint(out, PACKED_VERSION);
    buffer_add_varint(out, count);
    for (const struct delivery *each = deliveries; each < deliveries + count; each++) {
        uint8_t head[] = {(uint8_t)each->state, (uint8_t)each->purpose, each->attempt, each->unknowns,
            each->method, each->person, each->codes_only};
        buffer_add(out, head, sizeof head);
        buffer_add_varint(out, each->ordinal);
        buffer_add_varint(out, (uint64_t)each->queued_at);
        buffer_add_varint(out, (uint64_t)each->at);
        buffer_add_varint(out, (uint64_t)each->next_at);
        buffer_add_varint(out, (uint64_t)each->number);
        pack_text(out, each->team);
        pack_text(out, each->channel);
        pack_text(out, each->role);
        pack_text(out, each->reason);
        pack_text(out, each->on_duty);
    }
}

/* ordinal: the least it may bear. */
static bool unpack_one(struct unpacker *from, struct delivery *out, unsigned ordinal, int64_t version) {
    const uint8_t *head = unpack_bytes(from, version > PACKED_WITHOUT_CODES_ONLY ? 7 : 6);
    if (!head || head[0] >= DELIVERY_STATES || head[1] >= PURPOSES)
        return false;
    int64_t stored = version > PACKED_WITHOUT_GAPS ? unpack_int(from) : ordinal;
    if (stored < ordinal || stored > UINT16_MAX)
        return false;
    out->ordinal = (uint16_t)stored;
    out->state = (enum delivery_state)head[0];
    out->purpose = (enum delivery_purpose)head[1];
    out->attempt = head[2];
    out->unknowns = head[3];
    out->method = head[4];
    out->person = head[5];
    out->codes_only = version > PACKED_WITHOUT_CODES_ONLY && head[6];
    out->queued_at = unpack_int(from);
    out->at = unpack_int(from);
    out->next_at = unpack_int(from);
    out->number = unpack_int(from);
    unpack_text(from, out->team, sizeof out->team);
    unpack_text(from, out->channel, sizeof out->channel);
    unpack_text(from, out->role, sizeof out->role);
    unpack_text(from, out->reason, sizeof out->reason);
    if (version > PACKED_WITHOUT_PEOPLE)
        unpack_text(from, out->on_duty, sizeof out->on_duty);
    return !from->failed;
}

struct delivery *deliveries_unpack(struct arena *arena, const void *bytes, size_t size, unsigned *count) {
    struct unpacker from = {bytes, size, false};
    struct delivery *list = NULL;
    *count = 0;
    int64_t version = unpack_int(&from);
    if (version < PACKED_WITHOUT_PEOPLE || version > PACKED_VERSION)
        return NULL;
    int64_t many = unpack_int(&from);
    if (from.failed || many < 0 || many > DELIVERIES_MAX)
        return NULL;
    /* Room for a few more, the usual case; alert_add() takes a larger list when it is full. */
    list = arena_take(arena, ((size_t)many + DELIVERIES_ROOM) * sizeof *list);
    if (!list)
        return NULL;
    for (int64_t i = 0; i < many; i++)
        if (!unpack_one(&from, &list[i], i ? list[i - 1].ordinal + 1u : 1, version))
            return NULL;
    *count = (unsigned)many;
    return list;
}
