/* Reading: what the console and sigapctl may see of alerts and deliveries. JSON as proto/view.proto says. */
#pragma once

#include "common/turn.h"

enum verdict views_answer(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);
