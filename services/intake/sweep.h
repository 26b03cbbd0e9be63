/* Rows that have outlived their time, in small batches: outcomes and reply addresses after the site's
 * retention (addresses after 7 days at most), duplicate keys after 30 days, cases once they are closed for
 * that long or as long as media are kept. What was put aside stays for 30 days, or that retention
 * when it is longer, and never goes before whoever is responsible was told a second time, a week before; only
 * what blocked senders wrote goes after the retention. Media go when their case has been closed for the
 * site's time, or, of none, as long after they came in. A pass starts once a day and takes a step a second
 * until it is through. */
#pragma once

#include "common/turn.h"

enum { SWEEP_TIMER = 1 }; /* kind of the one timer */

/* At start: makes sure that the timer is there. */
void intake_sweep_start(struct turn *turn);
void intake_sweep_step(struct turn *turn);
