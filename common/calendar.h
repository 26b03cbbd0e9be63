/* Working days and local time of a site: calendar.yaml of the site's folder. Times are epoch ms (UTC)
 * outside, local inside. Indonesia has three zones, none with daylight saving: WIB UTC+7, WITA UTC+8, WIT
 * UTC+9. */
#pragma once

#include "common/config.h"
#include "common/error.h"

#include <stdbool.h>
#include <stdint.h>

enum calendar_zone {
    CALENDAR_WIB = 7,
    CALENDAR_WITA = 8,
    CALENDAR_WIT = 9
}; /* the value is the offset in hours */

struct calendar;

/* Reads folder/calendar.yaml. NULL with error set when it is refused. */
struct calendar *calendar_load(const char *folder, struct error *error);
void calendar_free(struct calendar **calendar);

enum calendar_zone calendar_zone(const struct calendar *calendar);
const char *calendar_zone_name(enum calendar_zone zone);              /* "WIB" */
const char *calendar_zone_iana(enum calendar_zone zone);              /* "Asia/Jakarta" */
bool calendar_zone_parse(const char *text, enum calendar_zone *zone); /* "WIB" or "Asia/Jakarta" */

/* from_ms + duration. s, m, h, d, w: plain time (no daylight saving, so a day is 24 h). wd and wh run only
 * while the office is open: time that starts outside office hours starts at the next opening; then wd keeps
 * the local time of day, at most closing time of that day, and wh counts open hours. Friday 10:00 + 1wd =
 * Monday 10:00; Saturday + 1wd = Tuesday at opening. Negative counts go back the same way (wd: to earlier
 * working days). Beyond the last year the holidays are known for, only the weekly days count. */
int64_t calendar_add(const struct calendar *calendar, int64_t from_ms, struct duration duration);

/* Minutes after local midnight, and the local day as days since 1970-01-01, in any zone: for quiet hours and
 * rotas. */
int calendar_minute_of_day(enum calendar_zone zone, int64_t at_ms);
int64_t calendar_local_day(enum calendar_zone zone, int64_t at_ms);
/* Midnight of that local day, epoch ms. */
int64_t calendar_day_start(enum calendar_zone zone, int64_t local_day);
int calendar_weekday(int64_t local_day); /* 1 Monday .. 7 Sunday (ISO 8601) */
/* True when minute lies in from..until, also over midnight (21:00..06:00). Equal ends: never. */
bool calendar_minute_between(int minute, int from, int until);
/* "2026-03-01 14:05 WIB" */
void calendar_text(enum calendar_zone zone, int64_t at_ms, char out[32]);
