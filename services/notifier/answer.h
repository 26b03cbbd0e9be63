/* Answers to alerts: by an account of the console, or by a link without one. */
#pragma once

#include "common/turn.h"

#include "alert.h"
#include "state.h"
#include "token.h"

enum { SNOOZE_MS = 1800000 };

enum verdict answer_command(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__AnswerAlert *answer);

/* Whose link it is. team is NULL when nobody of it was told of the alert (which may be NULL), or when the
 * person has left. person: NULL for a link of the team. */
struct answer_link {
    const struct team *team;
    const struct person *person;
};
struct answer_link answer_link_of(
    struct turn *turn, const struct alert *alert, const struct answer_token *token);

/* Whether the actor may see, or answer for, this alert: the same rule as the queries of views.c. */
bool answer_may_see(const struct alert *alert, const Sigap__Actor *actor);
bool answer_has_role(const Sigap__Actor *actor, const char *role);
/* Confidential cases: roles TRI, PPA, PKS, KOR. */
bool answer_may_see_confidential(const Sigap__Actor *actor);
