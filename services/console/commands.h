/* Commands: a click becomes a record in our journal, the owner of the object decides, its answer comes back
 * by link. The console checks shape only; rights, state and versions are the owner's. Whoever posts waits up
 * to 2 s, then gets 202 and an address to ask. A client may choose the id (header Command-Id, 26 characters):
 * the same order sent twice acts once and gets the same answer. Rows are kept for a day. */
#pragma once

#include "exchange.h"

struct command;

extern const struct command command_answer_offer, command_assign, command_decide, command_change,
    command_fact, command_close, command_move_task, command_capacity, command_answer_alert,
    command_set_person, command_remove_person, command_void_links, command_set_rota, command_remove_rota,
    command_set_override, command_remove_override, command_merge, command_split;

enum { COMMANDS_KEPT = 50000, COMMAND_KEPT_MS = 24 * 3600 * 1000 };

/* POST of an order of this kind; exchange->parts hold the object's id and the event. */
void command_begin(struct exchange *exchange, const struct command *command);
/* GET /api/commands/<id>: only the account that gave it. */
void command_look(struct exchange *exchange);
/* The order of somebody who followed an answer link: no account, the token says who. wait: kind LINK_ANSWER,
 * token filled. False: the id was used for another order. */
bool command_by_link(struct turn *turn, const struct id *id, const char *action, struct wait *wait);

struct command_row {
    const char *account;
    int64_t issued_at;
    unsigned status; /* 0: not answered yet */
    const char *sentence;
    uint64_t version;
    uint8_t digest[32];
};

bool command_find(struct turn *turn, const struct id *id, struct command_row *out);
/* CommandAnswered came in. */
void command_answered(struct turn *turn, const Sigap__CommandAnswered *answered);
/* Answers a wait of kind COMMAND with the row as it is: the owner's word, or 202. */
void command_finish(struct turn *turn, struct wait *wait);
/* An account was disabled: whoever is told under its name has no good answer link any more. */
void command_rights_ended(struct turn *turn, const Sigap__Actor *actor, const char *account);
/* Orders past their day, 512 of them at most. True: there may be more. */
bool command_sweep(struct turn *turn);
