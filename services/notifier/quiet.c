#include "quiet.h"

enum { MINUTE_MS = 60000, CRITICAL_BELOW = 2 };

int64_t quiet_until(const struct quiet_hours *hours, enum calendar_zone zone, int priority, int64_t now) {
    int minute = calendar_minute_of_day(zone, now);
    if (priority < CRITICAL_BELOW || !(hours->priorities >> priority & 1) ||
        !calendar_minute_between(minute, hours->from, hours->until))
        return now;
    int64_t day = calendar_local_day(zone, now);
    bool over_midnight = hours->from > hours->until;
    int64_t began = over_midnight && minute < hours->until ? day - 1 : day;
    if (!(hours->days >> (calendar_weekday(began) - 1) & 1))
        return now;
    int64_t ends = over_midnight ? began + 1 : began;
    int64_t release = calendar_day_start(zone, ends) + (int64_t)hours->release * MINUTE_MS;
    return release > now ? release : now;
}
