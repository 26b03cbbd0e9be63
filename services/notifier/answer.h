/* Answers to alerts: by an account of the console, or by a link without one. */
#pragma once

#include "common/turn.h"

#include "alert.h"
#include "state.h"

enum { SNOOZE_MS = 1800000 };

enum verdict answer_command(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__AnswerAlert *answer);

/* Whether the actor may see, or answer for, this alert: the same rule as the queries of views.c. */
bool answer_may_see(const struct alert *alert, const Sigap__Actor *actor);
bool answer_has_role(const Sigap__Actor *actor, const char *role);
/* Confidential cases: roles TRI, PPA, PKS, KOR. */
bool answer_may_see_confidential(const Sigap__Actor *actor);
