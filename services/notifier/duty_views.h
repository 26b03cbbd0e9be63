/* Looking at people and rotas. Lists:
 *
 *     people     name, zone, contacts; administrators, and coordinators of the person's area; audited
 *     duty       rotas, overrides, who is on duty now; also operators of the team's area. Names are audited
 *     uncovered  which teams that are there round the clock have a minute without anybody within `limit`
 *                days, and which teams are a mailbox only; codes of teams, no names */
#pragma once

#include "common/turn.h"

#include <stdbool.h>

/* False: no list of ours. */
bool duty_view_list(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);
