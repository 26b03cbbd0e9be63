#include "rota.h"

#include <stdio.h>
#include <string.h>

enum { MINUTE_MS = 60000, DAY_MS = 86400000 };

/* --- the line --- */

static int64_t begins_at(const struct rota *rota, int64_t day) {
    return calendar_day_start(rota->zone, day) + (int64_t)rota->handover * MINUTE_MS;
}

static bool runs(const struct rota *rota, int64_t at) {
    return at >= begins_at(rota, rota->start_day) && (!rota->end_day || at < begins_at(rota, rota->end_day));
}

static void add_turns(const struct rota *rota, int64_t at, struct rota_line *line) {
    int64_t turn = (at - begins_at(rota, rota->start_day)) / ((int64_t)rota->period * DAY_MS);
    for (unsigned i = 0; i < rota->count; i++) {
        const char *person = rota->people[(uint64_t)(turn + i) % rota->count];
        if (person[0])
            line->places[line->count++] = person;
    }
}

static unsigned place_of(const struct rota_line *line, const char *person) {
    for (unsigned i = 0; i < line->count; i++)
        if (line->places[i] && strcmp(line->places[i], person) == 0)
            return i;
    return line->count;
}

static void take_out(struct rota_line *line, unsigned place) {
    memmove(
        &line->places[place], &line->places[place + 1], (line->count - place - 1) * sizeof line->places[0]);
    line->count--;
}

/* The one who steps in stands in one place only; the one who is away stands in none. */
static void apply(const struct rota_override *override, struct rota_line *line) {
    const char *person = override->person[0] ? override->person : NULL;
    unsigned place = override->instead_of[0] ? place_of(line, override->instead_of) : 0;
    if (override->instead_of[0] && place == line->count)
        return; /* that one is not in this line */
    unsigned before = person ? place_of(line, person) : line->count;
    if (override->instead_of[0]) {
        line->places[place] = person;
    } else {
        memmove(&line->places[1], &line->places[0], line->count * sizeof line->places[0]);
        line->places[0] = person;
        line->count++;
        before += person != NULL;
    }
    if (person && before < line->count && before != place)
        take_out(line, before);
}

struct rota_line rota_on_duty(const struct rota *rota, int64_t at) {
    struct rota_line line = {.at_once = rota->at_once ? rota->at_once : 1};
    if (rota->count && runs(rota, at))
        add_turns(rota, at, &line);
    for (unsigned i = 0; i < rota->override_count && i < ROTA_OVERRIDES_MAX; i++)
        if (at >= rota->overrides[i].from && at < rota->overrides[i].until)
            apply(&rota->overrides[i], &line);
    return line;
}

/* --- gaps --- */

static bool is_covered(const struct rota *rota, int64_t at) {
    struct rota_line line = rota_on_duty(rota, at);
    for (unsigned i = 0; i < line.count && i < line.at_once; i++)
        if (line.places[i])
            return true;
    return false;
}

/* The earlier of the two, when the new one lies in the window and nobody is on duty then. */
static int64_t earlier(const struct rota *rota, int64_t found, int64_t at, int64_t from, int64_t until) {
    bool better = at >= from && at < until && (found < 0 || at < found);
    return better && !is_covered(rota, at) ? at : found;
}

/* Who is on duty changes only at handovers and where overrides begin and end. */
int64_t rota_uncovered(const struct rota *rota, int64_t from, int64_t until) {
    int64_t found = earlier(rota, -1, from, from, until);
    for (unsigned i = 0; i < rota->override_count; i++) {
        found = earlier(rota, found, rota->overrides[i].from, from, until);
        found = earlier(rota, found, rota->overrides[i].until, from, until);
    }
    int64_t last = calendar_local_day(rota->zone, until);
    for (int64_t day = calendar_local_day(rota->zone, from); day <= last; day++)
        found = earlier(rota, found, begins_at(rota, day), from, until);
    return found;
}

/* --- dates --- */

static bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days since 1970 of the proleptic Gregorian calendar (the usual count from 1 March of year 0). */
static int64_t day_number(int year, int month, int day) {
    int64_t y = year - (month <= 2), era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool number(const char *text, int digits, int *out) {
    *out = 0;
    for (int i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

bool rota_day_parse(const char *text, int64_t *day) {
    int year, month, of_month;
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || !number(text, 4, &year) ||
        !number(text + 5, 2, &month) || !number(text + 8, 2, &of_month))
        return false;
    if (year < 1970 || month < 1 || month > 12 || of_month < 1 || of_month > days_of_month(year, month))
        return false;
    *day = day_number(year, month, of_month);
    return true;
}

bool rota_minute_parse(const char *text, int *minute) {
    int hour, rest;
    if (strlen(text) != 5 || text[2] != ':' || !number(text, 2, &hour) || !number(text + 3, 2, &rest) ||
        hour > 23 || rest > 59)
        return false;
    *minute = hour * 60 + rest;
    return true;
}

bool rota_time_parse(const char *text, enum calendar_zone zone, int64_t *at) {
    char date[11];
    int64_t day;
    int minute;
    if (strlen(text) != 16 || (text[10] != 'T' && text[10] != ' '))
        return false;
    memcpy(date, text, 10);
    date[10] = 0;
    if (!rota_day_parse(date, &day) || !rota_minute_parse(text + 11, &minute))
        return false;
    *at = calendar_day_start(zone, day) + (int64_t)minute * MINUTE_MS;
    return true;
}

void rota_day_text(int64_t day, char out[16]) {
    char text[32];
    calendar_text(CALENDAR_WIB, calendar_day_start(CALENDAR_WIB, day), text);
    snprintf(out, 16, "%.10s", text);
}
