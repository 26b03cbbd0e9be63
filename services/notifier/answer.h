/* Answers to alerts: by an account of the console, or by a link without one. */
#pragma once

#include "common/turn.h"

#include "alert.h"
#include "state.h"
#include "token.h"

enum { SNOOZE_MS = 1800000 };

enum verdict answer_command(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__AnswerAlert *answer);

/* What somebody answered who turned out to be no one to ask: it goes to the next step. Writes the alert. */
void answer_take_back(struct turn *turn, struct alert *alert);

/* Whose link it is. team is NULL when nobody of it was told of the alert (which may be NULL), when the person
 * has left, or their links were made void. person: NULL for a link of the team. conflict: they may be part of
 * what is reported, and it is no link any more. */
struct answer_link {
    const struct team *team;
    const struct person *person;
    bool conflict;
};
struct answer_link answer_link_of(
    struct turn *turn, const struct alert *alert, const struct answer_token *token);

/* Whether the actor may see, or answer for, this alert: the same rule as the queries of views.c. */
bool answer_may_see(const struct alert *alert, const Sigap__Actor *actor);
/* Of a C3 case the actor is not named for: its number and how urgent it is, nothing of what it is, where, who
 * is told of it, who has it. */
bool answer_is_masked(const struct alert *alert, const Sigap__Actor *actor);
/* Staff of the facility that the alert is about. */
bool answer_is_of_facility(const struct alert *alert, const Sigap__Actor *actor);
/* Would an answer of the actor be taken? Whether the state of the alert allows one is another question. */
bool answer_may_act(struct turn *turn, const struct alert *alert, const Sigap__Actor *actor);

/* An offer whose alert is over because its facility, this team, has accepted it: it may give it back. */
bool answer_may_give_back(const struct alert *alert, const struct team *team);
