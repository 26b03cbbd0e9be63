#include "common/calendar.h"

#include "common/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    DAY_MINUTES = 1440,
    HOLIDAYS_MAX = 1000, /* 20 years of about 25 holidays and joint-leave days, twice */
    SEARCH_DAYS =
        3660, /* the longest way to look for an open day: ten years, so that a calendar without any ends */
};

static const int64_t minute_ms = 60000;
static const int64_t day_ms = (int64_t)DAY_MINUTES * 60000;

/* ---- calendar.yaml */

struct office_row {
    char **days;
    unsigned days_count;
    char *from, *until;
    char *break_from, *break_until;
};

struct holiday_row {
    char *date, *name;
    bool tentative;
};

struct calendar_file {
    int zone;
    struct office_row *office;
    unsigned office_count;
    struct holiday_row *holidays;
    unsigned holidays_count;
};

static const cyaml_strval_t zone_words[] = {
    {"WIB", CALENDAR_WIB}, {"WITA", CALENDAR_WITA}, {"WIT", CALENDAR_WIT}};
static const char *const day_words[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static const cyaml_schema_value_t word_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 16)};

static const cyaml_schema_field_t office_fields[] = {
    CYAML_FIELD_SEQUENCE("days", CYAML_FLAG_POINTER, struct office_row, days, &word_schema, 1, 7),
    CYAML_FIELD_STRING_PTR("from", CYAML_FLAG_POINTER, struct office_row, from, 5, 5),
    CYAML_FIELD_STRING_PTR("until", CYAML_FLAG_POINTER, struct office_row, until, 5, 5),
    CYAML_FIELD_STRING_PTR(
        "break_from", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct office_row, break_from, 5, 5),
    CYAML_FIELD_STRING_PTR(
        "break_until", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct office_row, break_until, 5, 5),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t office_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct office_row, office_fields)};

static const cyaml_schema_field_t holiday_fields[] = {
    CYAML_FIELD_STRING_PTR("date", CYAML_FLAG_POINTER, struct holiday_row, date, 10, 10),
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct holiday_row, name, 1, 100),
    CYAML_FIELD_BOOL("tentative", CYAML_FLAG_OPTIONAL, struct holiday_row, tentative),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t holiday_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct holiday_row, holiday_fields)};

static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_ENUM("zone", CYAML_FLAG_STRICT, struct calendar_file, zone, zone_words, 3),
    CYAML_FIELD_SEQUENCE("office", CYAML_FLAG_POINTER, struct calendar_file, office, &office_schema, 1, 7),
    CYAML_FIELD_SEQUENCE(
        "holidays", CYAML_FLAG_POINTER, struct calendar_file, holidays, &holiday_schema, 0, HOLIDAYS_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct calendar_file, file_fields)};

/* ---- days */

struct hours {
    int from, until;             /* minutes of the day; equal: closed */
    int break_from, break_until; /* equal: no break */
};

struct calendar {
    struct calendar_file *file;
    enum calendar_zone zone;
    struct hours week[8]; /* by ISO weekday, 0 unused */
    int64_t *holidays;    /* local days, in order */
    unsigned holidays_count;
};

/* Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant, "chrono-compatible date
 * algorithms"). */
static int64_t day_of_date(int year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_of_day(int64_t local_day, int *year, int *month, int *day) {
    int64_t shifted = local_day + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    *month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static bool date_parse(const char *text, int64_t *local_day) {
    int year, month, day, read_year, read_month, read_day, end = 0;
    if (strspn(text, "0123456789-") != 10 || sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 ||
        end != 10)
        return false;
    *local_day = day_of_date(year, month, day);
    date_of_day(*local_day, &read_year, &read_month, &read_day); /* 2026-02-30 does not come back as itself */
    return month >= 1 && month <= 12 && read_year == year && read_month == month && read_day == day;
}

/* ---- loading */

static int weekday_of_word(const char *word) {
    for (int i = 0; i < 7; i++) {
        if (strcmp(day_words[i], word) == 0)
            return i + 1;
    }
    return 0;
}

static bool hours_read(const char *path, const char *where, const struct office_row *row, struct hours *hours,
    struct error *error) {
    memset(hours, 0, sizeof *hours);
    if (!config_clock(path, where, row->from, &hours->from, error) ||
        !config_clock(path, where, row->until, &hours->until, error))
        return false;
    if (hours->from >= hours->until)
        return config_refuse(path, where, error, "closes before it opens");
    if (row->break_from == NULL && row->break_until == NULL)
        return true;
    if (!config_clock(path, where, row->break_from, &hours->break_from, error) ||
        !config_clock(path, where, row->break_until, &hours->break_until, error))
        return false;
    if (hours->break_from < hours->from || hours->break_from >= hours->break_until ||
        hours->break_until > hours->until)
        return config_refuse(path, where, error, "the break must lie inside the hours");
    return true;
}

static bool office_read(struct calendar *calendar, const char *path, struct error *error) {
    for (unsigned i = 0; i < calendar->file->office_count; i++) {
        const struct office_row *row = &calendar->file->office[i];
        char where[32];
        struct hours hours;
        snprintf(where, sizeof where, "office[%u]", i);
        if (!hours_read(path, where, row, &hours, error))
            return false;
        for (unsigned j = 0; j < row->days_count; j++) {
            int weekday = weekday_of_word(row->days[j]);
            if (weekday == 0)
                return config_refuse(path, where, error, "\"%s\" is no day such as mon", row->days[j]);
            if (calendar->week[weekday].until != 0)
                return config_refuse(path, where, error, "%s has hours already", row->days[j]);
            calendar->week[weekday] = hours;
        }
    }
    return true;
}

static bool holidays_read(struct calendar *calendar, const char *path, struct error *error) {
    calendar->holidays_count = calendar->file->holidays_count;
    calendar->holidays = calloc(calendar->holidays_count + 1, sizeof *calendar->holidays);
    if (calendar->holidays == NULL)
        return error_set(error, "%s: out of memory", path);
    for (unsigned i = 0; i < calendar->holidays_count; i++) {
        const struct holiday_row *row = &calendar->file->holidays[i];
        char where[32];
        snprintf(where, sizeof where, "holidays[%u].date", i);
        if (!date_parse(row->date, &calendar->holidays[i]))
            return config_refuse(path, where, error, "\"%s\" is no date such as 2026-01-31", row->date);
        if (i > 0 && calendar->holidays[i] <= calendar->holidays[i - 1])
            return config_refuse(path, where, error, "holidays must be in order, each day once");
    }
    return true;
}

struct calendar *calendar_load(const char *folder, struct error *error) {
    char path[CONFIG_PATH_MAX];
    struct calendar *calendar = calloc(1, sizeof *calendar);
    if (calendar == NULL || !config_path(path, folder, "calendar.yaml")) {
        free(calendar);
        error_set(error, "calendar.yaml: out of memory, or the folder's name is too long");
        return NULL;
    }
    if (!config_load(path, &file_schema, &calendar->file, error) || !office_read(calendar, path, error) ||
        !holidays_read(calendar, path, error)) {
        calendar_free(&calendar);
        return NULL;
    }
    calendar->zone = (enum calendar_zone)calendar->file->zone;
    return calendar;
}

void calendar_free(struct calendar **calendar) {
    if (*calendar == NULL)
        return;
    config_free(&file_schema, &(*calendar)->file);
    free((*calendar)->holidays);
    free(*calendar);
    *calendar = NULL;
}

/* ---- zones and local time */

enum calendar_zone calendar_zone(const struct calendar *calendar) {
    return calendar->zone;
}

const char *calendar_zone_name(enum calendar_zone zone) {
    switch (zone) {
    case CALENDAR_WIB:
        return "WIB";
    case CALENDAR_WITA:
        return "WITA";
    case CALENDAR_WIT:
        return "WIT";
    }
    return "";
}

const char *calendar_zone_iana(enum calendar_zone zone) {
    switch (zone) {
    case CALENDAR_WIB:
        return "Asia/Jakarta";
    case CALENDAR_WITA:
        return "Asia/Makassar";
    case CALENDAR_WIT:
        return "Asia/Jayapura";
    }
    return "";
}

bool calendar_zone_parse(const char *text, enum calendar_zone *zone) {
    for (size_t i = 0; i < sizeof zone_words / sizeof *zone_words; i++) {
        enum calendar_zone each = (enum calendar_zone)zone_words[i].val;
        if (strcmp(text, zone_words[i].str) == 0 || strcmp(text, calendar_zone_iana(each)) == 0) {
            *zone = each;
            return true;
        }
    }
    return false;
}

static int64_t local_ms(enum calendar_zone zone, int64_t at_ms) {
    return at_ms + (int64_t)zone * 60 * minute_ms;
}

static int64_t floor_divide(int64_t value, int64_t by) {
    return value / by - (value % by < 0);
}

int64_t calendar_local_day(enum calendar_zone zone, int64_t at_ms) {
    return floor_divide(local_ms(zone, at_ms), day_ms);
}

int calendar_minute_of_day(enum calendar_zone zone, int64_t at_ms) {
    return (int)((local_ms(zone, at_ms) - calendar_local_day(zone, at_ms) * day_ms) / minute_ms);
}

int64_t calendar_day_start(enum calendar_zone zone, int64_t local_day) {
    return local_day * day_ms - (int64_t)zone * 60 * minute_ms;
}

int calendar_weekday(int64_t local_day) {
    int64_t since_thursday = local_day - floor_divide(local_day, 7) * 7; /* 1970-01-01 was a Thursday */
    return (int)((since_thursday + 3) % 7) + 1;
}

bool calendar_minute_between(int minute, int from, int until) {
    return from <= until ? minute >= from && minute < until : minute >= from || minute < until;
}

/* The digits of a number with leading zeros, then a mark; returns what lies behind. */
static char *digits_put(char *out, int number, int count, char mark) {
    for (int i = count; i-- > 0; number /= 10)
        out[i] = (char)('0' + number % 10);
    out[count] = mark;
    return out + count + 1;
}

/* By hand, as each message tells a time twice. */
void calendar_text(enum calendar_zone zone, int64_t at_ms, char out[32]) {
    int year, month, day;
    int minute = calendar_minute_of_day(zone, at_ms);
    date_of_day(calendar_local_day(zone, at_ms), &year, &month, &day);
    char *at = digits_put(out, year, 4, '-');
    at = digits_put(at, month, 2, '-');
    at = digits_put(at, day, 2, ' ');
    at = digits_put(at, minute / 60, 2, ':');
    at = digits_put(at, minute % 60, 2, ' ');
    copy_text(at, (size_t)(out + 32 - at), calendar_zone_name(zone));
}

/* ---- working time */

static bool is_holiday(const struct calendar *calendar, int64_t day) {
    unsigned low = 0, high = calendar->holidays_count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (calendar->holidays[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low < calendar->holidays_count && calendar->holidays[low] == day;
}

/* The hours of a day, NULL when the office is closed all day. */
static const struct hours *day_hours(const struct calendar *calendar, int64_t day) {
    const struct hours *hours = &calendar->week[calendar_weekday(day)];
    return hours->until == 0 || is_holiday(calendar, day) ? NULL : hours;
}

/* The next day with office hours in a direction (+1, -1), day itself not counted; day + SEARCH_DAYS when
 * there is none. */
static int64_t next_open_day(const struct calendar *calendar, int64_t day, int direction) {
    for (int i = 0; i < SEARCH_DAYS; i++) {
        day += direction;
        if (day_hours(calendar, day) != NULL)
            break;
    }
    return day;
}

struct moment {
    int64_t day;
    int64_t into_day_ms;
};

static struct moment moment_of(const struct calendar *calendar, int64_t at_ms) {
    int64_t day = calendar_local_day(calendar->zone, at_ms);
    return (struct moment){day, at_ms - calendar_day_start(calendar->zone, day)};
}

/* Time that starts while the office is closed starts at the next opening (going back: at the last closing).
 */
static struct moment moment_open(const struct calendar *calendar, struct moment at, int direction) {
    const struct hours *hours = day_hours(calendar, at.day);
    if (hours != NULL && at.into_day_ms >= hours->from * minute_ms &&
        at.into_day_ms < hours->until * minute_ms)
        return at;
    bool today = hours != NULL && (direction > 0 ? at.into_day_ms < hours->from * minute_ms
                                                 : at.into_day_ms >= hours->until * minute_ms);
    if (!today) {
        at.day = next_open_day(calendar, at.day, direction);
        hours = day_hours(calendar, at.day);
    }
    if (hours != NULL)
        at.into_day_ms = (direction > 0 ? hours->from : hours->until) * minute_ms;
    return at;
}

static int64_t add_working_days(const struct calendar *calendar, int64_t from_ms, int32_t count) {
    int direction = count < 0 ? -1 : 1;
    struct moment at = moment_open(calendar, moment_of(calendar, from_ms), direction);
    for (int32_t left = count; left != 0; left -= direction)
        at.day = next_open_day(calendar, at.day, direction);
    const struct hours *hours = day_hours(calendar, at.day);
    if (hours != NULL && at.into_day_ms > hours->until * minute_ms)
        at.into_day_ms = hours->until * minute_ms;
    if (hours != NULL && at.into_day_ms < hours->from * minute_ms)
        at.into_day_ms = hours->from * minute_ms;
    return calendar_day_start(calendar->zone, at.day) + at.into_day_ms;
}

/* The open stretches of a day, before and after the break: count 0, 1 or 2, ends in ms into the day. */
static int day_stretches(const struct hours *hours, int64_t from[2], int64_t until[2]) {
    if (hours == NULL)
        return 0;
    bool has_break = hours->break_from < hours->break_until;
    from[0] = hours->from * minute_ms;
    until[0] = (has_break ? hours->break_from : hours->until) * minute_ms;
    from[1] = hours->break_until * minute_ms;
    until[1] = hours->until * minute_ms;
    return has_break ? 2 : 1;
}

/* Uses up *left within one day from into_day on; true when it is used up, with the moment in into_day. */
static bool use_up_day(const struct hours *hours, int64_t *into_day, int64_t *left) {
    int64_t from[2], until[2];
    int count = day_stretches(hours, from, until);
    for (int i = 0; i < count; i++) {
        int64_t start = *into_day > from[i] ? *into_day : from[i];
        if (start >= until[i])
            continue;
        if (*left <= until[i] - start) {
            *into_day = start + *left;
            return true;
        }
        *left -= until[i] - start;
    }
    return false;
}

/* The same going back. */
static bool use_up_day_back(const struct hours *hours, int64_t *into_day, int64_t *left) {
    int64_t from[2], until[2];
    int count = day_stretches(hours, from, until);
    for (int i = count - 1; i >= 0; i--) {
        int64_t end = *into_day < until[i] ? *into_day : until[i];
        if (end <= from[i])
            continue;
        if (*left <= end - from[i]) {
            *into_day = end - *left;
            return true;
        }
        *left -= end - from[i];
    }
    return false;
}

static int64_t add_working_hours(const struct calendar *calendar, int64_t from_ms, int32_t count) {
    int direction = count < 0 ? -1 : 1;
    int64_t left = (int64_t)count * direction * 60 * minute_ms;
    struct moment at = moment_open(calendar, moment_of(calendar, from_ms), direction);
    for (int i = 0; i < SEARCH_DAYS; i++) {
        const struct hours *hours = day_hours(calendar, at.day);
        bool done = direction > 0 ? use_up_day(hours, &at.into_day_ms, &left)
                                  : use_up_day_back(hours, &at.into_day_ms, &left);
        if (done)
            break;
        at.day += direction;
        at.into_day_ms = direction > 0 ? 0 : day_ms;
    }
    return calendar_day_start(calendar->zone, at.day) + at.into_day_ms;
}

int64_t calendar_add(const struct calendar *calendar, int64_t from_ms, struct duration duration) {
    switch (duration.unit) {
    case DURATION_SECONDS:
    case DURATION_MINUTES:
    case DURATION_HOURS:
    case DURATION_DAYS:
    case DURATION_WEEKS:
        return from_ms + duration_ms(duration);
    case DURATION_WORKING_DAYS:
        return add_working_days(calendar, from_ms, duration.count);
    case DURATION_WORKING_HOURS:
        return add_working_hours(calendar, from_ms, duration.count);
    }
    return from_ms;
}
