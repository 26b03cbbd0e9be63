#include "services/router/timers.h"

#include "services/router/schema.h"

#include <stdio.h>

enum { ANSWERED_LEAST_MS = 60000 }; /* somebody has to read the offer; less would send it round and round */

/* ---- the file */

struct times_row {
    int priority;
    char *fhir, *delivered, *answered, *started, *cancel_confirmed;
    char **kinds;
    unsigned kinds_count;
};

#define TIMES_FIELDS                                                                                         \
    CYAML_FIELD_ENUM("priority", CYAML_FLAG_STRICT, struct times_row, priority, site_priority_words, 4),     \
        SCHEMA_TEXT("delivered", struct times_row, delivered, 12),                                           \
        SCHEMA_TEXT("answered", struct times_row, answered, 12),                                             \
        SCHEMA_TEXT("started", struct times_row, started, 12),                                               \
        SCHEMA_TEXT("cancel_confirmed", struct times_row, cancel_confirmed, 12)

static const cyaml_schema_field_t times_fields[] = {
    TIMES_FIELDS,
    SCHEMA_TEXT("fhir", struct times_row, fhir, WORD_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t times_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct times_row, times_fields)};
static const cyaml_schema_field_t override_fields[] = {
    TIMES_FIELDS,
    SCHEMA_WORDS("kinds", struct times_row, kinds),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t override_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct times_row, override_fields)};

struct transit_row {
    char *onward_task, *tell_province;
};
static const cyaml_schema_field_t transit_fields[] = {
    SCHEMA_TEXT("onward_task", struct transit_row, onward_task, 12),
    SCHEMA_TEXT("tell_province", struct transit_row, tell_province, 12),
    CYAML_FIELD_END,
};

struct timers_file {
    struct times_row *timers, *overrides;
    unsigned timers_count, overrides_count;
    unsigned warn_percent, act_percent, province_percent, refusals_before_coordinator,
        start_timeouts_before_expiry;
    struct transit_row transit;
    char *shelter_hold; /* checked, not used: a hold lives as long as its offer */
    char *capacity_fresh;
};
static const cyaml_schema_field_t file_fields[] = {
    SCHEMA_ROWS("timers", struct timers_file, timers, &times_schema),
    CYAML_FIELD_UINT("warn_percent", CYAML_FLAG_DEFAULT, struct timers_file, warn_percent),
    CYAML_FIELD_UINT("act_percent", CYAML_FLAG_DEFAULT, struct timers_file, act_percent),
    CYAML_FIELD_UINT("province_percent", CYAML_FLAG_DEFAULT, struct timers_file, province_percent),
    SCHEMA_ROWS("overrides", struct timers_file, overrides, &override_schema),
    CYAML_FIELD_MAPPING("transit", CYAML_FLAG_DEFAULT, struct timers_file, transit, transit_fields),
    SCHEMA_TEXT("shelter_hold", struct timers_file, shelter_hold, 12),
    SCHEMA_TEXT("capacity_fresh", struct timers_file, capacity_fresh, 12),
    CYAML_FIELD_UINT(
        "refusals_before_coordinator", CYAML_FLAG_DEFAULT, struct timers_file, refusals_before_coordinator),
    CYAML_FIELD_UINT(
        "start_timeouts_before_expiry", CYAML_FLAG_DEFAULT, struct timers_file, start_timeouts_before_expiry),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct timers_file, file_fields)};

static bool times_read(const char *path, const char *where, const struct times_row *row,
    struct offer_times *out, struct error *error) {
    const struct {
        const char *text;
        struct duration *to;
    } all[] = {{row->delivered, &out->delivered}, {row->answered, &out->answered},
        {row->started, &out->started}, {row->cancel_confirmed, &out->cancel_confirmed}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (!config_duration(path, where, all[i].text, all[i].to, error))
            return false;
        bool working = all[i].to->unit == DURATION_WORKING_DAYS || all[i].to->unit == DURATION_WORKING_HOURS;
        if (working && row->priority <= SITE_P1)
            return config_refuse(path, where, error, "P0 and P1 never wait for office hours");
    }
    if (duration_ms(out->answered) < ANSWERED_LEAST_MS)
        return config_refuse(path, where, error, "answered: nobody can answer within less than a minute");
    if (duration_ms(out->answered) > duration_ms(out->started))
        return config_refuse(path, where, error, "started must not be shorter than answered");
    return true;
}

static bool overrides_read(const char *path, const struct site_kinds *kinds, const struct timers_file *file,
    struct arena *arena, struct timers *out, struct error *error) {
    struct timers_override *overrides = arena_take(arena, (file->overrides_count + 1) * sizeof *overrides);
    if (!overrides)
        return error_set(error, "%s: out of memory", path);
    for (unsigned i = 0; i < file->overrides_count; i++) {
        const struct times_row *row = &file->overrides[i];
        char where[48];
        snprintf(where, sizeof where, "overrides[%u]", i);
        for (unsigned k = 0; k < row->kinds_count; k++) {
            int kind = rules_kind(kinds, row->kinds[k]);
            if (kind == KNOWN_NONE)
                return config_refuse(path, where, error, "\"%s\" is no kind", row->kinds[k]);
            overrides[i].kinds |= UINT64_C(1) << kind;
        }
        overrides[i].priority = row->priority;
        if (!times_read(path, where, row, &overrides[i].times, error))
            return false;
    }
    out->overrides = overrides;
    out->override_count = file->overrides_count;
    return true;
}

static bool file_read(
    const char *path, const struct timers_file *file, struct timers *out, struct error *error) {
    unsigned seen = 0;
    struct duration ignored, fresh;
    for (unsigned i = 0; i < file->timers_count; i++) {
        char where[48];
        snprintf(where, sizeof where, "timers[%u]", i);
        seen |= 1U << file->timers[i].priority;
        if (!times_read(path, where, &file->timers[i], &out->times[file->timers[i].priority], error))
            return false;
    }
    if (seen != 15 || file->timers_count != 4)
        return config_refuse(path, "timers", error, "one row each for P0, P1, P2 and P3 is wanted");
    if (file->warn_percent >= file->act_percent || file->act_percent != 100 || file->province_percent <= 100)
        return config_refuse(path, "act_percent", error, "warn < act = 100 < province is wanted");
    if (!file->refusals_before_coordinator || !file->start_timeouts_before_expiry)
        return config_refuse(path, "refusals_before_coordinator", error, "at least 1 is wanted");
    out->warn_percent = file->warn_percent;
    out->act_percent = file->act_percent;
    out->province_percent = file->province_percent;
    out->refusals_before_coordinator = file->refusals_before_coordinator;
    out->start_timeouts_before_expiry = file->start_timeouts_before_expiry;
    if (!config_duration(path, "shelter_hold", file->shelter_hold, &ignored, error) ||
        !config_duration(path, "capacity_fresh", file->capacity_fresh, &fresh, error) ||
        !config_duration(path, "transit.onward_task", file->transit.onward_task, &out->onward_task, error) ||
        !config_duration(
            path, "transit.tell_province", file->transit.tell_province, &out->tell_province, error))
        return false;
    out->capacity_fresh_ms = duration_ms(fresh);
    return true;
}

bool timers_load(const char *folder, const struct site_kinds *kinds, struct arena *arena, struct timers *out,
    struct error *error) {
    char path[CONFIG_PATH_MAX];
    struct timers_file *file = NULL;
    if (!config_path(path, folder, "timers.yaml"))
        return error_set(error, "%s: the path is too long", folder);
    if (!config_load(path, &file_schema, &file, error))
        return false;
    *out = (struct timers){0};
    bool good = file_read(path, file, out, error) && overrides_read(path, kinds, file, arena, out, error);
    config_free(&file_schema, &file);
    return good;
}

/* ---- asking */

const struct offer_times *timers_find(const struct timers *timers, int kind, int priority) {
    int row = priority < 0 ? 0 : priority > 3 ? 3 : priority;
    for (unsigned i = 0; i < timers->override_count; i++)
        if (kind >= 0 && timers->overrides[i].priority == row && (timers->overrides[i].kinds >> kind & 1))
            return &timers->overrides[i].times;
    return &timers->times[row];
}

int64_t timers_due(
    const struct calendar *calendar, int64_t from, struct duration duration, unsigned percent) {
    for (; percent >= 100; percent -= 100)
        from = calendar_add(calendar, from, duration);
    return percent ? from + (calendar_add(calendar, from, duration) - from) * (int64_t)percent / 100 : from;
}

struct next {
    enum offer_mark mark;
    int64_t due_at;
};

static void consider(
    struct next *next, const struct offer_clock *clock, enum offer_mark mark, int64_t due_at) {
    if (clock->done >> mark & 1)
        return;
    if (next->mark == MARK_NONE || due_at < next->due_at)
        *next = (struct next){mark, due_at};
}

static void consider_answer(struct next *next, const struct timers *timers, const struct offer_clock *clock) {
    consider(next, clock, MARK_WARN,
        clock->since + (clock->answer_by - clock->since) * (int64_t)timers->warn_percent / 100);
    consider(next, clock, MARK_EXPIRE, clock->answer_by);
}

static void consider_start(struct next *next, const struct timers *timers, const struct calendar *calendar,
    const struct offer_times *times, const struct offer_clock *clock) {
    unsigned last = timers->start_timeouts_before_expiry * 100;
    consider(next, clock, MARK_START_WARN,
        timers_due(calendar, clock->start_from, times->started, timers->warn_percent));
    if (last > timers->act_percent)
        consider(next, clock, MARK_START,
            timers_due(calendar, clock->start_from, times->started, timers->act_percent));
    if (last > timers->province_percent)
        consider(next, clock, MARK_START_PROVINCE,
            timers_due(calendar, clock->start_from, times->started, timers->province_percent));
    if (!clock->appointed)
        consider(
            next, clock, MARK_START_EXPIRE, timers_due(calendar, clock->start_from, times->started, last));
}

/* The time to start stands still meanwhile; this one rings for as long as that may take. */
static void consider_hold(struct next *next, const struct timers *timers, const struct calendar *calendar,
    const struct offer_times *times, const struct offer_clock *clock) {
    consider(next, clock, MARK_HOLD_WARN,
        timers_due(calendar, clock->since, times->started, timers->warn_percent));
    consider(next, clock, MARK_HOLD, timers_due(calendar, clock->since, times->started, timers->act_percent));
    consider(next, clock, MARK_HOLD_PROVINCE,
        timers_due(calendar, clock->since, times->started, timers->province_percent));
}

enum offer_mark offer_mark_next(const struct timers *timers, const struct calendar *calendar,
    const struct offer_times *times, const struct offer_clock *clock, int64_t *due_at) {
    struct next next = {MARK_NONE, 0};
    switch (clock->standing.state) {
    case OFFER_REQUESTED:
        consider(&next, clock, MARK_UNDELIVERED, calendar_add(calendar, clock->sent_at, times->delivered));
        consider_answer(&next, timers, clock);
        break;
    case OFFER_RECEIVED:
        consider_answer(&next, timers, clock);
        break;
    case OFFER_ACCEPTED:
        consider_start(&next, timers, calendar, times, clock);
        break;
    case OFFER_IN_PROGRESS:
        if (!clock->arrived)
            consider_start(&next, timers, calendar, times, clock);
        else if (clock->transit) {
            consider(&next, clock, MARK_ONWARD, calendar_add(calendar, clock->since, timers->onward_task));
            consider(&next, clock, MARK_STAY, calendar_add(calendar, clock->since, timers->tell_province));
        }
        break;
    case OFFER_ON_HOLD:
        consider_hold(&next, timers, calendar, times, clock);
        break;
    case OFFER_REJECTED:
    case OFFER_CANCELLED:
    case OFFER_EXPIRED:
    case OFFER_COMPLETED:
    case OFFER_FAILED:
    case OFFER_ERROR:
        break;
    }
    if (clock->standing.cancel_requested)
        next = (struct next){MARK_CANCEL, calendar_add(calendar, clock->since, times->cancel_confirmed)};
    *due_at = next.due_at;
    return next.mark;
}
