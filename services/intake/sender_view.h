/* Senders nobody wants to hear from, for the administrator. */
#pragma once

#include "common/turn.h"

/* ListView "senders": those that are blocked. ControlView sender.block TICKET: whoever wrote that report, as
 * long as his address is kept (7 days). sender.unblock TICKET|KEY: KEY as the list shows it. False: another
 * view. */
bool sender_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);
/* An administrator; whoever only looks may be an auditor too. */
bool intake_may_administer(const Sigap__Actor *actor, bool looks);
