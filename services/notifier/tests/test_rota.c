/* Who is on duty: borders of days and weeks, handovers, overrides, the three zones, the leap day; and what a
 * person may be made of. */
#include "people.h"
#include "rota.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int64_t at_of(const char *text, enum calendar_zone zone) {
    int64_t at = 0;
    if (!rota_time_parse(text, zone, &at))
        fail_msg("no time: %s", text);
    return at;
}

static int64_t day_of(const char *text) {
    int64_t day = 0;
    if (!rota_day_parse(text, &day))
        fail_msg("no day: %s", text);
    return day;
}

/* "ani+budi,citra": those on duty before the comma, those who come next behind it; "-" is an empty place. */
static void describe(const struct rota *rota, int64_t at, char out[256]) {
    struct rota_line line = rota_on_duty(rota, at);
    out[0] = 0;
    for (unsigned i = 0; i < line.count; i++) {
        size_t used = strlen(out);
        snprintf(out + used, 256 - used, "%s%s",
            i == 0             ? ""
            : i < line.at_once ? "+"
                               : ",",
            line.places[i] ? line.places[i] : "-");
    }
}

static struct rota three(enum rota_period period, const char *start, enum calendar_zone zone) {
    return (struct rota){.zone = zone,
        .period = period,
        .handover = 7 * 60,
        .start_day = day_of(start),
        .at_once = 1,
        .count = 3,
        .people = {"ani", "budi", "citra"}};
}

struct moment {
    const char *at, *line;
};

static void expect(const struct rota *rota, const struct moment *moments, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char line[256];
        describe(rota, at_of(moments[i].at, rota->zone), line);
        if (strcmp(line, moments[i].line) != 0)
            fail_msg("%s: \"%s\", expected \"%s\"", moments[i].at, line, moments[i].line);
    }
}
#define EXPECT(rota, ...)                                                                                    \
    do {                                                                                                     \
        static const struct moment moments[] = {__VA_ARGS__};                                                \
        expect(rota, moments, sizeof moments / sizeof *moments);                                             \
    } while (0)

static void test_weeks(void **state) {
    (void)state;
    struct rota rota = three(ROTA_WEEK, "2026-03-02", CALENDAR_WIB);
    EXPECT(&rota, {"2026-03-02T06:59", ""}, {"2026-03-02T07:00", "ani,budi,citra"},
        {"2026-03-09T06:59", "ani,budi,citra"}, {"2026-03-09T07:00", "budi,citra,ani"},
        {"2026-03-16T07:00", "citra,ani,budi"}, {"2026-03-23T07:00", "ani,budi,citra"},
        {"2027-01-04T06:59", "budi,citra,ani"}, {"2027-01-04T07:00", "citra,ani,budi"});
    rota.end_day = day_of("2026-03-16");
    EXPECT(&rota, {"2026-03-16T06:59", "budi,citra,ani"}, {"2026-03-16T07:00", ""});
}

static void test_days(void **state) {
    (void)state;
    struct rota rota = three(ROTA_DAY, "2026-03-02", CALENDAR_WIB);
    EXPECT(&rota, {"2026-03-02T23:59", "ani,budi,citra"}, {"2026-03-03T00:00", "ani,budi,citra"},
        {"2026-03-03T06:59", "ani,budi,citra"}, {"2026-03-03T07:00", "budi,citra,ani"},
        {"2026-03-05T07:00", "ani,budi,citra"}, {"2026-12-31T12:00", "budi,citra,ani"});
    rota.handover = 0;
    EXPECT(&rota, {"2026-03-02T23:59", "ani,budi,citra"}, {"2026-03-03T00:00", "budi,citra,ani"});
    rota.at_once = 2;
    EXPECT(&rota, {"2026-03-02T12:00", "ani+budi,citra"}, {"2026-03-04T12:00", "citra+ani,budi"});
}

static void test_leap_day(void **state) {
    (void)state;
    struct rota rota = three(ROTA_DAY, "2028-02-28", CALENDAR_WIB);
    EXPECT(&rota, {"2028-02-28T12:00", "ani,budi,citra"}, {"2028-02-29T12:00", "budi,citra,ani"},
        {"2028-03-01T12:00", "citra,ani,budi"});
    rota = three(ROTA_WEEK, "2028-02-28", CALENDAR_WIB);
    EXPECT(&rota, {"2028-03-06T06:59", "ani,budi,citra"}, {"2028-03-06T07:00", "budi,citra,ani"});
}

/* The same handover hour is a different moment in each zone. */
static void test_zones(void **state) {
    (void)state;
    static const struct {
        enum calendar_zone zone;
        const char *before, *after; /* in WIB */
    } cases[] = {
        {CALENDAR_WIB, "2026-03-09T06:59", "2026-03-09T07:00"},
        {CALENDAR_WITA, "2026-03-09T05:59", "2026-03-09T06:00"},
        {CALENDAR_WIT, "2026-03-09T04:59", "2026-03-09T05:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rota rota = three(ROTA_WEEK, "2026-03-02", cases[i].zone);
        char line[256];
        describe(&rota, at_of(cases[i].before, CALENDAR_WIB), line);
        assert_string_equal(line, "ani,budi,citra");
        describe(&rota, at_of(cases[i].after, CALENDAR_WIB), line);
        assert_string_equal(line, "budi,citra,ani");
    }
}

static struct rota_override override_of(
    const char *person, const char *instead_of, const char *from, const char *until) {
    struct rota_override override = {.from = at_of(from, CALENDAR_WIB), .until = at_of(until, CALENDAR_WIB)};
    snprintf(override.person, sizeof override.person, "%s", person);
    snprintf(override.instead_of, sizeof override.instead_of, "%s", instead_of);
    return override;
}

static void test_overrides(void **state) {
    (void)state;
    static const struct {
        const char *person, *instead_of, *line;
    } cases[] = {
        {"dewi", "ani", "dewi,budi,citra"},  /* a guest */
        {"citra", "ani", "citra,budi"},      /* one of the line: in one place only */
        {"dewi", "", "dewi,ani,budi,citra"}, /* in front of whoever it is */
        {"budi", "", "budi,ani,citra"},
        {"ani", "", "ani,budi,citra"},
        {"", "ani", "-,budi,citra"},       /* nobody in the place */
        {"dewi", "eka", "ani,budi,citra"}, /* who is not there is not replaced */
        {"ani", "ani", "ani,budi,citra"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rota rota = three(ROTA_WEEK, "2026-03-02", CALENDAR_WIB);
        struct rota_override override =
            override_of(cases[i].person, cases[i].instead_of, "2026-03-03T12:00", "2026-03-04T12:00");
        rota.overrides = &override;
        rota.override_count = 1;
        char line[256];
        describe(&rota, at_of("2026-03-03T12:00", CALENDAR_WIB), line);
        if (strcmp(line, cases[i].line) != 0)
            fail_msg("%s for %s: \"%s\"", cases[i].person, cases[i].instead_of, line);
        EXPECT(&rota, {"2026-03-03T11:59", "ani,budi,citra"}, {"2026-03-04T12:00", "ani,budi,citra"});
    }
}

/* An exchange of two weeks is two overrides. */
static void test_exchange(void **state) {
    (void)state;
    struct rota rota = three(ROTA_WEEK, "2026-03-02", CALENDAR_WIB);
    struct rota_override both[] = {override_of("budi", "ani", "2026-03-02T07:00", "2026-03-09T07:00"),
        override_of("ani", "budi", "2026-03-09T07:00", "2026-03-16T07:00")};
    rota.overrides = both;
    rota.override_count = 2;
    EXPECT(&rota, {"2026-03-02T07:00", "budi,citra"}, {"2026-03-09T06:59", "budi,citra"},
        {"2026-03-09T07:00", "ani,citra"}, {"2026-03-16T07:00", "citra,ani,budi"});
}

/* Whoever has left leaves a place; the next move up, and the turns of the others stay as they were. */
static void test_left(void **state) {
    (void)state;
    struct rota rota = three(ROTA_WEEK, "2026-03-02", CALENDAR_WIB);
    rota.people[1][0] = 0;
    EXPECT(&rota, {"2026-03-02T07:00", "ani,citra"}, {"2026-03-09T07:00", "citra,ani"},
        {"2026-03-16T07:00", "citra,ani"}, {"2026-03-23T07:00", "ani,citra"});
}

static void test_gaps(void **state) {
    (void)state;
    struct rota rota = three(ROTA_WEEK, "2026-03-02", CALENDAR_WIB);
    int64_t from = at_of("2026-03-02T07:00", CALENDAR_WIB), until = at_of("2026-03-16T07:00", CALENDAR_WIB);
    assert_int_equal(rota_uncovered(&rota, from, until), -1);
    assert_int_equal(rota_uncovered(&rota, from - 60000, until), from - 60000);
    /* budi is away over the handover into his week: the gap begins with it. */
    struct rota_override away = override_of("", "budi", "2026-03-08T00:00", "2026-03-10T00:00");
    rota.overrides = &away;
    rota.override_count = 1;
    assert_int_equal(rota_uncovered(&rota, from, until), at_of("2026-03-09T07:00", CALENDAR_WIB));
    assert_int_equal(rota_uncovered(&rota, from, at_of("2026-03-09T07:00", CALENDAR_WIB)), -1);
    away = override_of("", "ani", "2026-03-04T13:30", "2026-03-04T14:00");
    assert_int_equal(rota_uncovered(&rota, from, until), away.from);
    rota.at_once = 2; /* the other one is still there */
    assert_int_equal(rota_uncovered(&rota, from, until), -1);
    rota.override_count = 0;
    rota.end_day = day_of("2026-03-09");
    assert_int_equal(rota_uncovered(&rota, from, until), at_of("2026-03-09T07:00", CALENDAR_WIB));
    rota.count = 0;
    assert_int_equal(rota_uncovered(&rota, from, until), from);
}

static void test_dates(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t day; /* -1: none */
    } cases[] = {{"1970-01-01", 0}, {"2026-03-02", 20514}, {"2024-02-29", 19782}, {"2000-02-29", 11016},
        {"2100-02-28", 47540}, {"2100-02-29", -1}, {"2026-02-29", -1}, {"2026-13-01", -1}, {"2026-00-10", -1},
        {"2026-04-31", -1}, {"2026-4-1", -1}, {"2026-03-02T", -1}, {"", -1}, {"abcd-ef-gh", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t day = -1;
        bool good = rota_day_parse(cases[i].text, &day);
        if (good != (cases[i].day >= 0) || day != cases[i].day)
            fail_msg("%s: %lld", cases[i].text, (long long)day);
    }
    int minute;
    assert_true(rota_minute_parse("23:59", &minute));
    assert_int_equal(minute, 1439);
    assert_false(rota_minute_parse("24:00", &minute));
    assert_false(rota_minute_parse("7:00", &minute));
    char text[16];
    rota_day_text(day_of("2028-02-29"), text);
    assert_string_equal(text, "2028-02-29");
}

/* --- people --- */

static const char *read(const char *json, struct person *out) {
    return person_read(json, strlen(json), "p-1", CALENDAR_WIB, out);
}

static void test_person(void **state) {
    (void)state;
    struct person person;
    assert_null(read("{\"name\":\"Sri\",\"zone\":\"Asia/Jayapura\",\"language\":\"en\",\"area\":\"35.07\","
                     "\"contacts\":[{\"channel\":\"email\",\"address\":\"sri@dinas.example\"},"
                     "{\"channel\":\"outbox\"}],\"quiet\":{\"from\":\"22:00\",\"until\":\"05:30\"}}",
        &person));
    assert_string_equal(person.name, "Sri");
    assert_int_equal(person.zone, CALENDAR_WIT);
    assert_int_equal(person.contact_count, 2);
    assert_string_equal(person.contacts[0].address, "sri@dinas.example");
    assert_string_equal(person.contacts[1].address, "petugas-p-1");
    int64_t night = at_of("2026-03-02T23:00", CALENDAR_WIT), end = at_of("2026-03-03T05:30", CALENDAR_WIT);
    assert_int_equal(quiet_until(&person.quiet, person.zone, 2, night), end);
    assert_int_equal(quiet_until(&person.quiet, person.zone, 1, night), night); /* a life never waits */
    assert_int_equal(quiet_until(&person.quiet, person.zone, 0, night), night);
}

static void test_bad_person(void **state) {
    (void)state;
    static const char *const cases[] = {"", "[]", "{}", "{\"name\":\"\"}", "{\"name\":\"a\\nb\"}",
        "{\"name\":\"a\",\"telephone\":\"1\"}", "{\"name\":\"a\",\"zone\":\"Europe/Paris\"}",
        "{\"name\":\"a\",\"language\":\"fr\"}", "{\"name\":\"a\",\"area\":\"Malang\"}",
        "{\"name\":\"a\",\"contacts\":[{\"channel\":\"pigeon\",\"address\":\"x\"}]}",
        "{\"name\":\"a\",\"contacts\":[{\"channel\":\"email\"}]}",
        "{\"name\":\"a\",\"contacts\":[{\"channel\":\"email\",\"address\":\"a@b\\r\\nBcc: c@d\"}]}",
        "{\"name\":\"a\",\"contacts\":[{\"channel\":\"outbox\",\"address\":\"../opr\"}]}",
        "{\"name\":\"a\",\"quiet\":{\"from\":\"9\",\"until\":\"06:00\"}}"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct person person;
        const char *wrong = read(cases[i], &person);
        if (!wrong || !strstr(wrong, " / "))
            fail_msg("%s: %s", cases[i], wrong ? wrong : "taken");
        assert_string_equal(person.name, "");
    }
    assert_true(person_code_good("sri.trc_1-a"));
    assert_false(person_code_good("s"));
    assert_false(person_code_good("Sri"));
    assert_false(person_code_good("../x"));
    assert_false(person_code_good("a-code-that-is-longer-than-31-chars"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weeks),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_leap_day),
        cmocka_unit_test(test_zones),
        cmocka_unit_test(test_overrides),
        cmocka_unit_test(test_exchange),
        cmocka_unit_test(test_left),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_person),
        cmocka_unit_test(test_bad_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
