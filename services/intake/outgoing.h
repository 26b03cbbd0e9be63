/* What reporters are told outside the answer to their own webhook: a row each, sealed, sent after the commit,
 * tried again until it is handed over or too old. A telling that may have been sent is not sent twice: a
 * second receipt frightens more than a missing one. */
#pragma once

#include "common/turn.h"
#include "services/intake/replies.h"

enum { OUTGOING_TIMER = 3 };

/* Does nothing when this bot has no way to write (no token in sources.yaml). */
void intake_tell(struct turn *turn, const char *bot, const char *chat, const char *text);
void intake_tell_timer(struct turn *turn, const struct id *id, int64_t due_at);
void intake_tell_result(struct turn *turn, const struct effect_result *result);
/* Who wrote the report of this ticket, as far as he may be written to and is remembered: bot and address, in
 * the arena. */
bool intake_reporter_of(struct turn *turn, const struct id *report, const char **bot, const char **address);
/* A report needs an answer (where is it?): asks its reporter, when he may be written to and no other question
 * is open. */
void intake_ask(struct turn *turn, const struct id *report, enum reply question);
