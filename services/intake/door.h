/* The ZeroMQ door: SubmitReport in, Accepted or SubmitRefused out, by the same way as over HTTP. */
#pragma once

#include "common/turn.h"

enum verdict intake_on_submit(
    struct turn *turn, const Sigap__SubmitReport *submit, Sigap__SubmitAnswer *answer);
/* Comes from a bot we know and may be urgent. Cheap. */
bool intake_submit_is_urgent(void *state, const Sigap__SubmitReport *submit);
/* Too many at once, or no disk: the sentence with the emergency numbers. */
void intake_refuse_submit(void *state, struct arena *arena, Sigap__SubmitRefused *refused);
