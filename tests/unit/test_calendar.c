/* Working days of the site that ships: Monday to Thursday 07:30-16:00, Friday 07:30-16:30, WIB.
 * 2026-11-23 is a Monday; 2026-12-24 and 25 are holidays (Thursday, Friday). */
#include "common/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct calendar *calendar;

static int load(void **state) {
    (void)state;
    struct error error = {""};
    calendar = calendar_load(SIGAP_SOURCE_DIR "/deploy/sites/jatim", &error);
    if (calendar == NULL)
        fprintf(stderr, "%s\n", error.text);
    return calendar == NULL;
}

static int unload(void **state) {
    (void)state;
    calendar_free(&calendar);
    return 0;
}

/* "2026-11-23 10:00" in WIB as epoch ms, by the C library, so that both sides are not the same code. */
static int64_t at(const char *text) {
    struct tm local = {0};
    assert_non_null(strptime(text, "%Y-%m-%d %H:%M", &local));
    return ((int64_t)timegm(&local) - 7 * 3600) * 1000;
}

static void additions(void **state) {
    (void)state;
    static const struct {
        const char *from, *duration, *to;
    } cases[] = {
        {"2026-11-23 10:00", "15m", "2026-11-23 10:15"},
        {"2026-11-27 23:00", "3h", "2026-11-28 02:00"}, /* plain time does not know weekends */
        {"2026-12-24 10:00", "7d", "2026-12-31 10:00"},
        {"2026-11-23 10:00", "2w", "2026-12-07 10:00"},
        {"2026-12-03 10:00", "-3d", "2026-11-30 10:00"},
        {"2026-11-23 10:00", "1wd", "2026-11-24 10:00"},
        {"2026-11-27 10:00", "1wd", "2026-11-30 10:00"}, /* Friday to Monday */
        {"2026-11-27 16:20", "1wd", "2026-11-30 16:00"}, /* Monday closes earlier */
        {"2026-11-28 10:00", "1wd", "2026-12-01 07:30"}, /* Saturday: starts Monday at opening */
        {"2026-11-29 23:59", "1wd", "2026-12-01 07:30"},
        {"2026-11-24 06:00", "1wd", "2026-11-25 07:30"}, /* before opening: starts at opening */
        {"2026-11-24 20:00", "1wd", "2026-11-26 07:30"}, /* after closing: starts next morning */
        {"2026-11-24 20:00", "0wd", "2026-11-25 07:30"},
        {"2026-11-23 07:29", "0wd", "2026-11-23 07:30"},
        {"2026-11-23 07:30", "0wd", "2026-11-23 07:30"}, /* open from its first minute */
        {"2026-11-23 15:59", "0wd", "2026-11-23 15:59"},
        {"2026-11-23 16:00", "0wd", "2026-11-24 07:30"}, /* to its last */
        {"2026-11-27 16:00", "0wd", "2026-11-27 16:00"}, /* Friday closes later */
        {"2026-08-17 00:00", "0wd", "2026-08-18 07:30"}, /* the whole day is a holiday */
        {"2026-08-17 23:59", "0wd", "2026-08-18 07:30"},
        {"2026-08-18 10:00", "0wd", "2026-08-18 10:00"},
        {"2026-12-23 10:00", "1wd", "2026-12-28 10:00"}, /* over two holidays and a weekend */
        {"2026-12-23 10:00", "2wd", "2026-12-29 10:00"},
        {"2026-11-30 10:00", "-1wd", "2026-11-27 10:00"},
        {"2026-12-28 10:00", "-1wd", "2026-12-23 10:00"},
        {"2026-11-29 10:00", "-1wd",
            "2026-11-26 16:00"}, /* Sunday back: Friday closing, then Thursday, shorter */
        {"2026-11-23 10:00", "14wd", "2026-12-11 10:00"},
        {"2026-11-23 10:00", "1wh", "2026-11-23 11:00"},
        {"2026-11-23 11:30", "1wh", "2026-11-23 13:30"}, /* the break does not count */
        {"2026-11-23 10:00", "8wh", "2026-11-24 10:30"}, /* 5 h on Monday, 3 h on Tuesday */
        {"2026-11-27 16:00", "1wh", "2026-11-30 08:00"},
        {"2026-11-28 12:00", "1wh", "2026-11-30 08:30"},
        {"2026-11-30 08:00", "-1wh", "2026-11-27 16:00"},
        {"2026-11-23 13:30", "-1wh", "2026-11-23 11:30"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct duration duration;
        assert_true(duration_parse(cases[i].duration, true, &duration));
        int64_t to = calendar_add(calendar, at(cases[i].from), duration);
        if (to != at(cases[i].to)) {
            char text[32];
            calendar_text(CALENDAR_WIB, to, text);
            fail_msg("%s + %s = %s, not %s", cases[i].from, cases[i].duration, text, cases[i].to);
        }
    }
}

static bool is_working_day(int64_t moment) {
    int64_t ten = calendar_day_start(CALENDAR_WIB, calendar_local_day(CALENDAR_WIB, moment)) + 10 * 3600000;
    return calendar_add(calendar, ten, (struct duration){0, DURATION_WORKING_DAYS}) == ten;
}

/* Whatever the start: never before it, always on a working day, later starts end no earlier. */
static void working_time_is_monotonic(void **state) {
    (void)state;
    static const char *const durations[] = {"0wd", "1wd", "5wd", "1wh", "8wh", "37wh"};
    for (size_t d = 0; d < sizeof durations / sizeof *durations; d++) {
        struct duration duration;
        int64_t last = 0;
        assert_true(duration_parse(durations[d], false, &duration));
        for (int64_t from = at("2026-12-18 00:00"); from < at("2027-01-08 00:00"); from += 17 * 60000) {
            int64_t to = calendar_add(calendar, from, duration);
            assert_true(to >= from);
            assert_true(to >= last);
            assert_true(is_working_day(to));
            last = to;
        }
    }
}

static void local_time(void **state) {
    (void)state;
    int64_t noon_utc = at("2026-11-23 19:00");
    assert_int_equal(calendar_minute_of_day(CALENDAR_WIB, noon_utc), 19 * 60);
    assert_int_equal(calendar_minute_of_day(CALENDAR_WITA, noon_utc), 20 * 60);
    assert_int_equal(calendar_minute_of_day(CALENDAR_WIT, noon_utc), 21 * 60);
    assert_int_equal(calendar_minute_of_day(CALENDAR_WIB, -1), 6 * 60 + 59); /* before 1970 too */
    int64_t day = calendar_local_day(CALENDAR_WIB, noon_utc);
    assert_int_equal(calendar_weekday(day), 1);
    assert_int_equal(calendar_weekday(day + 6), 7);
    assert_int_equal(calendar_weekday(-1), 3); /* 1969-12-31 was a Wednesday */
    assert_true(calendar_day_start(CALENDAR_WIB, day) == at("2026-11-23 00:00"));
    char text[32];
    calendar_text(CALENDAR_WITA, at("2026-12-31 23:30"), text);
    assert_string_equal(text, "2027-01-01 00:30 WITA");
    calendar_text(CALENDAR_WIB, at("2028-02-29 05:06"), text);
    assert_string_equal(text, "2028-02-29 05:06 WIB");
}

static void between(void **state) {
    (void)state;
    static const struct {
        int minute, from, until;
        bool within;
    } cases[] = {{600, 540, 660, true}, {540, 540, 660, true}, {660, 540, 660, false},
        {1300, 1260, 360, true}, {100, 1260, 360, true}, {360, 1260, 360, false}, {700, 1260, 360, false},
        {700, 700, 700, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(
            calendar_minute_between(cases[i].minute, cases[i].from, cases[i].until), cases[i].within);
}

static void zones(void **state) {
    (void)state;
    enum calendar_zone zone;
    assert_true(calendar_zone_parse("WITA", &zone));
    assert_int_equal(zone, CALENDAR_WITA);
    assert_true(calendar_zone_parse("Asia/Jayapura", &zone));
    assert_int_equal(zone, CALENDAR_WIT);
    assert_false(calendar_zone_parse("Asia/Tokyo", &zone));
    assert_string_equal(calendar_zone_name(CALENDAR_WIB), "WIB");
}

static void refusals(void **state) {
    (void)state;
    static const struct {
        const char *office, *holidays, *sentence;
    } cases[] = {
        {"  - { days: [mon], from: \"07:30\", until: \"16:00\" }\n", " []\n", NULL},
        {"  - { days: [mon], from: \"16:00\", until: \"07:30\" }\n", " []\n",
            ":3: office[0]: closes before it opens"},
        {"  - { days: [mon], from: \"7.30\", until: \"16:00\" }\n", " []\n",
            "office[0].from: is shorter than 5 bytes"},
        {"  - { days: [mon], from: \"07:60\", until: \"16:00\" }\n", " []\n", "is no time of day"},
        {"  - { days: [moon], from: \"07:30\", until: \"16:00\" }\n", " []\n", "\"moon\" is no day"},
        {"  - { days: [mon, mon], from: \"07:30\", until: \"16:00\" }\n", " []\n", "mon has hours already"},
        {"  - { days: [mon], from: \"07:30\", until: \"16:00\", break_from: \"06:00\", break_until: "
         "\"08:00\" }\n",
            " []\n", "the break must lie inside the hours"},
        {"  - { days: [mon], from: \"07:30\", until: \"16:00\" }\n",
            "\n  - { date: \"2026-02-30\", name: x }\n", ":5: holidays[0].date: \"2026-02-30\" is no date"},
        {"  - { days: [mon], from: \"07:30\", until: \"16:00\" }\n",
            "\n  - { date: \"2026-03-01\", name: x }\n  - { date: \"2026-03-01\", name: y }\n",
            ":6: holidays[1].date: holidays must be in order"},
    };
    char folder[] = "/tmp/sigap-calendar-XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/calendar.yaml", folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {""};
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "zone: WIB\noffice:\n%sholidays:%s", cases[i].office, cases[i].holidays);
        fclose(file);
        struct calendar *read = calendar_load(folder, &error);
        assert_int_equal(read != NULL, cases[i].sentence == NULL);
        if (cases[i].sentence != NULL && strstr(error.text, cases[i].sentence) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error.text, cases[i].sentence);
        calendar_free(&read);
    }
    unlink(path);
    rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(additions),
        cmocka_unit_test(working_time_is_monotonic),
        cmocka_unit_test(local_time),
        cmocka_unit_test(between),
        cmocka_unit_test(zones),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
