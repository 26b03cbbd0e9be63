#include "services/intake/sender_view.h"

#include "common/json.h"
#include "common/rights.h"
#include "common/ticket.h"
#include "intake_sql.h"
#include "services/intake/outgoing.h"
#include "services/intake/receive.h"
#include "services/intake/sender.h"

#include <sodium.h>
#include <string.h>

enum { LIST_MOST = 1000 };

bool intake_may_administer(const Sigap__Actor *actor, bool looks) {
    return rights_has(actor, "administrator") || (looks && rights_has(actor, "auditor"));
}

static void write_row(struct json_writer *writer, struct statement *list) {
    char hex[2 * SEAL_HASH_BYTES + 1];
    size_t size;
    const void *key = column_blob(list, 0, &size);
    if (size != SEAL_HASH_BYTES)
        return;
    json_write_object(writer);
    json_member_text(writer, "key", sodium_bin2hex(hex, sizeof hex, key, size));
    json_member_integer(writer, "at", column_int(list, 1));
    json_member_text(writer, "by", column_text(list, 2));
    json_write_end(writer);
}

static void view_list(struct turn *turn, Sigap__ViewAnswer *answer) {
    struct json_writer writer;
    json_writer_init(&writer, 256 * 1024); /* 1000 x 200 bytes */
    json_write_array(&writer);
    struct statement *list = intake_use(turn->store, INTAKE_BLOCKED_LIST);
    bind_int(list, LIST_MOST);
    while (statement_step(list))
        write_row(&writer, list);
    json_write_end(&writer);
    turn_answer_view(turn, answer, 200, &writer);
}

/* Whoever wrote the report of this ticket. */
static bool sender_of_ticket(struct turn *turn, const char *text, struct sender *out) {
    struct ticket ticket;
    struct id report;
    const char *bot, *address;
    if (!ticket_from_text(text, &ticket) || !intake_report_of_ticket(turn, &ticket, &report) ||
        !intake_reporter_of(turn, &report, &bot, &address))
        return false;
    sender_read(turn, bot, address, out);
    return out->key_known;
}

static bool sender_of_key(const char *text, struct sender *out) {
    size_t size;
    *out = (struct sender){0};
    out->key_known = sodium_hex2bin(out->key, sizeof out->key, text, strlen(text), NULL, &size, NULL) == 0 &&
                     size == sizeof out->key;
    return out->key_known;
}

static void change(struct turn *turn, const Sigap__View *view, bool block, Sigap__ViewAnswer *answer) {
    const char *who = view->control->argument, *actor = view->actor->account;
    struct sender sender;
    answer->status = 404;
    if (!sender_of_ticket(turn, who, &sender) && (block || !sender_of_key(who, &sender)))
        return;
    char key[2 * SEAL_HASH_BYTES + 1];
    bool changed = block ? sender_block(turn, &sender, actor) : sender_unblock(turn, &sender);
    if (!changed && !block)
        return; /* was not blocked */
    if (changed)
        turn_audit(turn, actor, block ? "sender.block" : "sender.unblock",
            sodium_bin2hex(key, sizeof key, sender.key, sizeof sender.key));
    answer->status = 200;
}

bool sender_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    bool list = view->what_case == SIGAP__VIEW__WHAT_LIST && strcmp(view->list->name, "senders") == 0;
    const char *action = view->what_case == SIGAP__VIEW__WHAT_CONTROL ? view->control->action : "";
    bool block = strcmp(action, "sender.block") == 0;
    if (!list && !block && strcmp(action, "sender.unblock") != 0)
        return false;
    if (!intake_may_administer(view->actor, list))
        answer->status = 403;
    else if (list)
        view_list(turn, answer);
    else
        change(turn, view, block, answer);
    return true;
}
