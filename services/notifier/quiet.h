/* Quiet hours: local to the receiver; hold and never drop; never for P0 and P1, whatever a file says (field
 * guide 8b: P2 to P4, 21:00 to 06:00, held until 06:30; Friday prayers). Pure. */
#pragma once

#include "common/calendar.h"

#include <stdbool.h>
#include <stdint.h>

struct quiet_hours {
    uint8_t days;             /* bit 0 Monday .. 6 Sunday: the day on which they begin */
    uint8_t priorities;       /* bit 0 P0 .. 4 P4 */
    int from, until, release; /* minutes after local midnight: 1260, 360, 390; from == until: none */
};

/* When a message of this priority (0..4) may go out: now, or the end of the quiet hours it falls into. */
int64_t quiet_until(const struct quiet_hours *hours, enum calendar_zone zone, int priority, int64_t now);
