/* Who of the people is on duty for a team, and when. A rotation: the people of a list, one period (a day or a
 * week) after the other, handed over at a local hour; overrides put somebody else in a place for a while, or
 * leave it empty. Pure: data in, data out. Indonesia has no daylight saving (calendar.h), so every period is
 * as long as every other. */
#pragma once

#include "common/calendar.h"
#include "common/id.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    PERSON_CODE_MAX = 31, /* a-z 0-9 . _ -, as names of accounts; a code, never a name */
    ROTA_PEOPLE_MAX = 32,
    ROTA_OVERRIDES_MAX = 64,
    ROTA_AT_ONCE_MAX = 8,
    ROTA_DAYS_MOST = 366, /* a check looks so far ahead */
};

enum rota_period { ROTA_DAY = 1, ROTA_WEEK = 7 }; /* in days */

struct rota_override {
    struct id id;
    int64_t from, until;                  /* epoch ms, until is not in it */
    char person[PERSON_CODE_MAX + 1];     /* "": nobody takes the place */
    char instead_of[PERSON_CODE_MAX + 1]; /* "": whoever is first then; he moves to the second place */
};

struct rota {
    char team[64];
    enum calendar_zone zone;
    enum rota_period period;
    int handover; /* minutes after local midnight */
    int64_t start_day,
        end_day;      /* local days since 1970; the rota ends with the handover of end_day, 0: never */
    unsigned at_once; /* so many are on duty at the same time, at least 1 */
    unsigned count;
    char people[ROTA_PEOPLE_MAX][PERSON_CODE_MAX + 1]; /* in their order; "": has left, the next moves up */
    const struct rota_override *overrides;
    unsigned override_count;
    uint64_t version;
};

/* Everybody in the order in which they are told: first those on duty (at_once places), behind them those who
 * come next. A NULL is a place that an override leaves empty. Texts are the rota's. */
struct rota_line {
    const char *places[ROTA_PEOPLE_MAX + ROTA_OVERRIDES_MAX];
    unsigned count, at_once;
};

struct rota_line rota_on_duty(const struct rota *rota, int64_t at);
/* The first moment from..until at which nobody is; -1: there is none. */
int64_t rota_uncovered(const struct rota *rota, int64_t from, int64_t until);

/* "2026-03-01" -> days since 1970; false: no date (2026-02-29 is none). */
bool rota_day_parse(const char *text, int64_t *day);
/* "07:00" -> minutes after midnight. */
bool rota_minute_parse(const char *text, int *minute);
/* "2026-03-01T07:00" in local time -> epoch ms. */
bool rota_time_parse(const char *text, enum calendar_zone zone, int64_t *at);
void rota_day_text(int64_t day, char out[16]);
