/* Entering people, rotas and overrides: commands of the console, and of sigapctl over the local socket
 * (ControlView "duty.order", argument: a packed CommandIssued in base64url, details not sealed).
 *
 * Administrators, and coordinators whose area covers the team or the person. A command acts once, also when
 * it comes twice; an expected version that is not the row's is refused with 409. Looks are audited
 * (duty_views.h), changes too. */
#pragma once

#include "common/turn.h"

#include "alert.h"

#include <stdbool.h>

enum verdict duty_command(struct turn *turn, const Sigap__CommandIssued *command);
void duty_control(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);

/* What this person was asked of an alert goes to the next of their team. Writes the alert. */
void duty_pass_on(struct turn *turn, struct alert *alert, const char *code);

/* Whether names and rotas of this area ("": the whole site) are theirs to enter and to see. */
bool duty_may_manage(const Sigap__Actor *actor, const char *area);
/* Names beside answers: operators of the area too, who have to call somebody. */
bool duty_may_see_names(const Sigap__Actor *actor, const char *area);
