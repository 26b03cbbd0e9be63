/* Whether an offer has reached its facility (formats 2: "requested, delivered: received"). The router moves
 * the offer by what is said here; said more than once it does nothing.
 *
 * What wakes somebody counts: a mail server that took the message where no receipt follows, else the receipt.
 * A box in this house counts only for a facility that has nothing else, for nobody may ever look into it. */
#pragma once

#include "common/turn.h"

#include "alert.h"

/* After a result. Appends AlertMoved{delivered} when this delivery is the first that reached the facility. */
void arrival_note(struct turn *turn, struct alert *alert, const struct delivery *delivery);
/* Boxes: all numbers above `after` up to `upto` are in them. Returns up to which number it has looked: less
 * than `upto` when there are more than fit into one input. */
int64_t arrival_note_local(struct turn *turn, int64_t after, int64_t upto);
