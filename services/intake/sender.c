#include "services/intake/sender.h"

#include "intake_sql.h"
#include "services/intake/hook.h"

#include <string.h>

static struct seal_place place_of(const struct sender *sender) {
    struct seal_place place = {.field = "sender_ticket"};
    memcpy(place.record.bytes, sender->key, sizeof place.record.bytes);
    return place;
}

static void read_row(struct turn *turn, struct sender *sender) {
    const struct intake *intake = turn->state;
    const struct seal_place place = place_of(sender);
    struct statement *get = intake_use(turn->store, INTAKE_SENDER_GET);
    bind_blob(get, sender->key, sizeof sender->key);
    if (statement_step(get)) {
        ProtobufCBinaryData plain;
        size_t size;
        const void *sealed = column_blob(get, 3, &size);
        sender->last_at = column_int(get, 0);
        sender->full_at = column_int(get, 1);
        sender->asked_at = column_int(get, 4);
        if (size &&
            seal_open_local(keystore_local(intake->keystore), &place, sealed, size, turn->arena, &plain) ==
                SEAL_OPENED &&
            ticket_from_bytes(plain.data, plain.len, &sender->first.ticket))
            sender->first.report = column_id(get, 2);
    }
    statement_end(get);
}

static void write_row(struct turn *turn, const struct sender *sender) {
    const struct intake *intake = turn->state;
    const struct seal_place place = place_of(sender);
    ProtobufCBinaryData sealed;
    if (!sender->key_known ||
        !seal_local(keystore_local(intake->keystore), &place, sender->first.ticket.bytes, TICKET_BYTES,
            intake->random, turn->arena, &sealed))
        return;
    struct statement *set = intake_use(turn->store, INTAKE_SENDER_SET);
    bind_blob(set, sender->key, sizeof sender->key);
    bind_int(set, sender->last_at);
    bind_int(set, sender->full_at);
    bind_blob(set, sender->first.report.bytes, ID_BYTES);
    bind_blob(set, sealed.data, sealed.len);
    bind_int(set, sender->asked_at);
    statement_run(set);
}

void sender_read(struct turn *turn, const char *bot, const char *address, struct sender *sender) {
    const struct intake *intake = turn->state;
    *sender = (struct sender){.key_known = address && *address};
    if (!sender->key_known)
        return;
    seal_hash_pair(keystore_hash(intake->keystore), SEAL_HASH_HANDLE, bot, address, sender->key);
    read_row(turn, sender);
}

int64_t sender_allowed_at(const struct sender *sender, int64_t now) {
    int64_t at = sender->full_at - (int64_t)HOOK_SENDER_BURST * HOOK_SENDER_EACH_MS;
    return sender->key_known && at >= now ? at + 1 : 0;
}

static void spend(struct sender *sender, int64_t now) {
    sender->full_at = (sender->full_at > now ? sender->full_at : now) + HOOK_SENDER_EACH_MS;
}

int64_t sender_reserve(struct turn *turn, struct sender *sender) {
    int64_t at = sender_allowed_at(sender, turn->now);
    spend(sender, turn->now);
    write_row(turn, sender);
    return at ? at : turn->now;
}

void sender_wrote(
    struct turn *turn, struct sender *sender, const struct receipt *receipt, bool counted_before) {
    sender->last_at = turn->now;
    sender->asked_at = 0;
    sender->first = (struct first_report){receipt->first, receipt->ticket};
    if (!counted_before)
        spend(sender, turn->now);
    write_row(turn, sender);
}

void sender_asked(struct turn *turn, struct sender *sender, const struct first_report *about) {
    sender->asked_at = turn->now;
    sender->first = *about;
    write_row(turn, sender);
}

void sender_blocks_load(struct turn *turn) {
    struct intake *intake = turn->state;
    struct statement *list = intake_use(turn->store, INTAKE_BLOCKED_LIST);
    bind_int(list, 1);
    intake->blocks = statement_step(list);
    statement_end(list);
}

bool sender_is_blocked(struct turn *turn, const struct sender *sender) {
    const struct intake *intake = turn->state;
    if (!sender->key_known || !intake->blocks)
        return false;
    struct statement *get = intake_use(turn->store, INTAKE_BLOCKED_GET);
    bind_blob(get, sender->key, sizeof sender->key);
    bool blocked = statement_step(get);
    statement_end(get);
    return blocked;
}

bool sender_block(struct turn *turn, const struct sender *sender, const char *by) {
    ((struct intake *)turn->state)->blocks =
        true; /* also when this turn is undone: then it is only looked for in vain */
    struct statement *add = intake_use(turn->store, INTAKE_BLOCKED_ADD);
    bind_blob(add, sender->key, sizeof sender->key);
    bind_int(add, turn->now);
    bind_text(add, by);
    return sender->key_known && statement_run(add) && store_changes(turn->store) == 1;
}

bool sender_unblock(struct turn *turn, const struct sender *sender) {
    struct statement *delete = intake_use(turn->store, INTAKE_BLOCKED_DELETE);
    bind_blob(delete, sender->key, sizeof sender->key);
    return sender->key_known && statement_run(delete) && store_changes(turn->store) == 1;
}
