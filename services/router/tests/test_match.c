/* Who fits, who does not and why, and in which order: over facilities made for the purpose. */
#include "services/router/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1772420400000)
#define HOUR INT64_C(3600000)

/* ---- a small world */

enum { AGE, SEX, PRIORITY, ACUTE, BEDRIDDEN, LICENSED, FACTS };
static const char *const yes_no[] = {"no", "yes"}, *const sexes[] = {"L", "P"},
                         *const priorities[] = {"P0", "P1"};
static const struct fact_definition definitions[FACTS] = {
    [AGE] = {.name = "age", .type = FACT_NUMBER},
    [SEX] = {.name = "sex", .type = FACT_CHOICE, .values = sexes, .value_count = 2},
    [PRIORITY] = {.name = "priority", .type = FACT_CHOICE, .values = priorities, .value_count = 2},
    [ACUTE] = {.name = "acute", .type = FACT_YES_NO, .values = yes_no, .value_count = 2},
    [BEDRIDDEN] = {.name = "bedridden", .type = FACT_YES_NO, .values = yes_no, .value_count = 2},
    [LICENSED] = {.name = "license_valid", .type = FACT_YES_NO, .values = yes_no, .value_count = 2},
};
static const struct fact_table facts = {definitions, FACTS, PRIORITY, AGE, SEX, -1, -1, -1, -1, -1};

enum { KIND_OLD = 3, KIND_CHILD = 5 };
enum { TYPE_HOME = 1, TYPE_TRANSIT = 2 };
static const struct exclusion no_acute[] = {{ACUTE, TYPE_TRANSIT, NULL}};
static const struct facility_type types[] = {
    {.type = "HOME", .mode = MODE_RESIDENTIAL, .excludes = no_acute, .exclude_count = 1},
    {.type = "TRANSIT", .mode = MODE_TRANSIT},
};
static const struct directory directory = {.types = types, .type_count = 2};

static const struct condition is_bedridden[] = {{BEDRIDDEN, CONDITION_IS, 1}};
static const struct condition is_licensed[] = {{LICENSED, CONDITION_IS, 1}};
static const struct acceptance old_people[] = {{UINT64_C(1) << KIND_OLD, true, true, 60, AGE_NONE, NULL, 0}};
static const struct acceptance old_women[] = {{UINT64_C(1) << KIND_OLD, false, true, 60, AGE_NONE, NULL, 0}};
static const struct acceptance old_lying[] = {
    {UINT64_C(1) << KIND_OLD, true, true, 60, AGE_NONE, is_bedridden, 1}};
static const struct acceptance children_or_old_men[] = {
    {UINT64_C(1) << KIND_CHILD, true, true, 6, 17, NULL, 0},
    {UINT64_C(1) << KIND_OLD, true, false, 60, AGE_NONE, NULL, 0}};
static const char *const province[] = {"35"}, *const malang[] = {"35.07", "35.73"},
                         *const everywhere[] = {""};

static const struct facility base = {.id = "A",
    .name = "A",
    .regency = "35.07",
    .types = TYPE_HOME,
    .active = true,
    .coverage = province,
    .coverage_count = 1,
    .accepts = old_people,
    .accept_count = 1,
    .capacity = CAPACITY_UNKNOWN};

static const struct step coverage_step = {.types = TYPE_HOME, .within = WITHIN_COVERAGE};

static struct known known_of(const char *const (*pairs)[2]) {
    struct known known;
    known_init(&known, &facts);
    for (; (*pairs)[0]; pairs++)
        assert_true(known_set(&known, (*pairs)[0], (*pairs)[1]));
    return known;
}

static struct candidate judge(const struct facility *facility, struct candidate candidate,
    const struct step *step, int kind, const char *area, const char *const (*pairs)[2]) {
    struct known known = known_of(pairs);
    struct match_case match = {kind, area, &known, &directory, NULL, 24 * HOUR};
    candidate.facility = facility;
    match_rank(&candidate, 1, step, &match, NOW);
    return candidate;
}

/* ---- one candidate at a time */

static const char *const old_man[][2] = {{"age", "70"}, {"sex", "L"}, {NULL, NULL}};
static const char *const old_woman[][2] = {{"age", "70"}, {"sex", "P"}, {NULL, NULL}};
static const char *const no_age[][2] = {{"sex", "P"}, {NULL, NULL}};
static const char *const nothing[][2] = {{NULL, NULL}};
static const char *const band[][2] = {{"age_band", "60-"}, {NULL, NULL}};
static const char *const wide_band[][2] = {{"age_band", "50-70"}, {NULL, NULL}};
static const char *const acute[][2] = {{"age", "70"}, {"acute", "yes"}, {NULL, NULL}};
static const char *const lying[][2] = {{"age", "70"}, {"bedridden", "yes"}, {NULL, NULL}};
static const char *const standing[][2] = {{"age", "70"}, {"bedridden", "no"}, {NULL, NULL}};
static const char *const unlicensed[][2] = {{"age", "70"}, {"license_valid", "no"}, {NULL, NULL}};
static const char *const young[][2] = {{"age", "30"}, {NULL, NULL}};

static void each_reason(void **state) {
    (void)state;
    struct facility closed = base, women = base, lying_only = base, mixed = base, near = base, far = base,
                    picky = base;
    closed.active = false;
    women.accepts = old_women;
    lying_only.accepts = old_lying;
    mixed.accepts = children_or_old_men;
    mixed.accept_count = 2;
    near.coverage = malang;
    near.coverage_count = 2;
    far.coverage = everywhere;
    far.regency = "31.75";
    picky.excludes = UINT64_C(1) << BEDRIDDEN;
    const struct step regency_step = {.types = TYPE_HOME, .within = WITHIN_REGENCY};
    const struct step any_step = {.types = TYPE_HOME, .within = WITHIN_ANY};
    const struct step licensed_step = {
        .types = TYPE_HOME, .within = WITHIN_COVERAGE, .when = is_licensed, .when_count = 1};
    const struct {
        const char *what;
        const struct facility *facility;
        const struct step *step;
        struct candidate given;
        int kind;
        const char *area;
        const char *const (*facts)[2];
        enum verdict_of_match verdict;
        enum match_reason reason;
        uint64_t missing;
    } cases[] = {
        {"fits, places not known", &base, &coverage_step, {0}, KIND_OLD, "35.07", old_man, MATCH_FITS,
            REASON_ASK_FIRST, 1 << ACUTE},
        {"fits, one place", &base, &coverage_step, {.capacity = {true, 2, 1, NOW - HOUR}}, KIND_OLD, "35.07",
            old_man, MATCH_FITS, REASON_FITS, 1 << ACUTE},
        {"old news of places", &base, &coverage_step, {.capacity = {true, 2, 1, NOW - 25 * HOUR}}, KIND_OLD,
            "35.07", old_man, MATCH_FITS, REASON_ASK_STALE, 1 << ACUTE},
        {"full", &base, &coverage_step, {.capacity = {true, 2, 2, NOW}}, KIND_OLD, "35.07", old_man,
            MATCH_OUT, REASON_FULL, 1 << ACUTE},
        {"full, old news", &base, &coverage_step, {.capacity = {true, 2, 2, 0}}, KIND_OLD, "35.07", old_man,
            MATCH_OUT, REASON_FULL, 1 << ACUTE},
        {"no place at all", &base, &coverage_step, {.capacity = {true, 0, 0, NOW}}, KIND_OLD, "35.07",
            old_man, MATCH_OUT, REASON_FULL, 1 << ACUTE},
        {"not active", &closed, &coverage_step, {0}, KIND_OLD, "35.07", old_man, MATCH_OUT, REASON_INACTIVE,
            0},
        {"another kind", &base, &coverage_step, {0}, KIND_CHILD, "35.07", old_man, MATCH_OUT, REASON_KIND, 0},
        {"women only, a man", &women, &coverage_step, {0}, KIND_OLD, "35.07", old_man, MATCH_OUT, REASON_SEX,
            0},
        {"women only, a woman", &women, &coverage_step, {0}, KIND_OLD, "35.07", old_woman, MATCH_FITS,
            REASON_ASK_FIRST, 1 << ACUTE},
        {"women only, who?", &women, &coverage_step, {0}, KIND_OLD, "35.07", band, MATCH_MAYBE,
            REASON_UNKNOWN, 1 << SEX},
        {"women only, who and how old?", &women, &coverage_step, {0}, KIND_OLD, "35.07", nothing, MATCH_MAYBE,
            REASON_UNKNOWN, 1 << SEX | 1 << AGE},
        {"too young", &base, &coverage_step, {0}, KIND_OLD, "35.07", young, MATCH_OUT, REASON_AGE, 0},
        {"how old?", &base, &coverage_step, {0}, KIND_OLD, "35.07", no_age, MATCH_MAYBE, REASON_UNKNOWN,
            1 << AGE},
        {"a band inside", &base, &coverage_step, {0}, KIND_OLD, "35.07", band, MATCH_FITS, REASON_ASK_FIRST,
            1 << ACUTE},
        {"a band across", &base, &coverage_step, {0}, KIND_OLD, "35.07", wide_band, MATCH_MAYBE,
            REASON_UNKNOWN, 1 << AGE},
        {"the second group", &mixed, &coverage_step, {0}, KIND_OLD, "35.07", old_man, MATCH_FITS,
            REASON_ASK_FIRST, 1 << ACUTE},
        {"no group", &mixed, &coverage_step, {0}, KIND_OLD, "35.07", old_woman, MATCH_OUT, REASON_SEX, 0},
        {"another need", &lying_only, &coverage_step, {0}, KIND_OLD, "35.07", standing, MATCH_OUT,
            REASON_NEED, 0},
        {"the need", &lying_only, &coverage_step, {0}, KIND_OLD, "35.07", lying, MATCH_FITS, REASON_ASK_FIRST,
            1 << ACUTE},
        {"which need?", &lying_only, &coverage_step, {0}, KIND_OLD, "35.07", old_man, MATCH_MAYBE,
            REASON_UNKNOWN, 1 << BEDRIDDEN},
        {"kept out by its type", &base, &coverage_step, {0}, KIND_OLD, "35.07", acute, MATCH_OUT,
            REASON_EXCLUDED, 0},
        {"kept out here", &picky, &coverage_step, {0}, KIND_OLD, "35.07", lying, MATCH_OUT, REASON_EXCLUDED,
            1 << ACUTE},
        {"outside its area", &near, &coverage_step, {0}, KIND_OLD, "35.29.01", old_man, MATCH_OUT,
            REASON_AREA, 0},
        {"inside its area", &near, &coverage_step, {0}, KIND_OLD, "35.73.01", old_man, MATCH_FITS,
            REASON_ASK_FIRST, 1 << ACUTE},
        {"somewhere in the province", &near, &coverage_step, {0}, KIND_OLD, "35", old_man, MATCH_MAYBE,
            REASON_UNKNOWN, 0},
        {"somewhere", &near, &coverage_step, {0}, KIND_OLD, "", old_man, MATCH_MAYBE, REASON_UNKNOWN, 0},
        {"somewhere, but it takes all", &far, &coverage_step, {0}, KIND_OLD, "", old_man, MATCH_FITS,
            REASON_ASK_FIRST, 1 << ACUTE},
        {"another regency", &base, &regency_step, {0}, KIND_OLD, "35.73", old_man, MATCH_OUT, REASON_AREA, 0},
        {"own regency", &base, &regency_step, {0}, KIND_OLD, "35.07.01.2001", old_man, MATCH_FITS,
            REASON_ASK_FIRST, 1 << ACUTE},
        {"anywhere", &near, &any_step, {0}, KIND_OLD, "35.29", old_man, MATCH_FITS, REASON_ASK_FIRST,
            1 << ACUTE},
        {"stands in", &near, &coverage_step, {.stands_in = true}, KIND_OLD, "35.29", old_man, MATCH_FITS,
            REASON_ASK_FIRST, 1 << ACUTE},
        {"has refused", &base, &coverage_step, {.past = REASON_REFUSED}, KIND_OLD, "35.07", old_man,
            MATCH_OUT, REASON_REFUSED, 0},
        {"did not answer", &base, &coverage_step, {.past = REASON_EXPIRED}, KIND_OLD, "35.07", old_man,
            MATCH_OUT, REASON_EXPIRED, 0},
        {"conflict", &base, &coverage_step, {.conflict = true}, KIND_OLD, "35.07", old_man, MATCH_OUT,
            REASON_CONFLICT, 0},
        {"the step is off", &base, &licensed_step, {0}, KIND_OLD, "35.07", unlicensed, MATCH_OUT,
            REASON_STEP_OFF, 0},
        {"is the step on?", &base, &licensed_step, {0}, KIND_OLD, "35.07", old_man, MATCH_MAYBE,
            REASON_UNKNOWN, 1 << LICENSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct candidate out = judge(
            cases[i].facility, cases[i].given, cases[i].step, cases[i].kind, cases[i].area, cases[i].facts);
        if (out.verdict != cases[i].verdict || out.reason != cases[i].reason ||
            (out.verdict != MATCH_OUT && out.missing != cases[i].missing))
            fail_msg("%s: verdict %d reason %s missing %llx", cases[i].what, out.verdict,
                match_reason_word(out.reason), (unsigned long long)out.missing);
    }
}

static void an_exclusion_says_where_to_go(void **state) {
    (void)state;
    struct candidate out = judge(&base, (struct candidate){0}, &coverage_step, KIND_OLD, "35.07", acute);
    assert_int_equal(out.fact, ACUTE);
    assert_int_equal(out.instead_types, TYPE_TRANSIT);
}

/* ---- the order */

static void own_area_before_distance_before_load(void **state) {
    (void)state;
    struct error error = {""};
    struct gazetteer *gazetteer = gazetteer_load(SIGAP_SOURCE_DIR "/deploy/gazetteer", AREA_REGENCY, &error);
    if (!gazetteer)
        fail_msg("%s", error.text);
    struct facility sumenep = base, batu = base, kediri = base, kediri_busy = base, own = base,
                    unknown = base, closed = base;
    sumenep.id = "SUMENEP", sumenep.regency = "35.29";
    batu.id = "BATU", batu.regency = "35.79";
    kediri.id = "KEDIRI-2", kediri.regency = "35.71";
    kediri_busy.id = "KEDIRI-1", kediri_busy.regency = "35.71";
    own.id = "OWN", own.regency = "35.07";
    unknown.id = "ELSEWHERE", unknown.regency = "99.99";
    closed.id = "CLOSED", closed.active = false;
    struct candidate candidates[] = {{.facility = &closed}, {.facility = &sumenep},
        {.facility = &kediri_busy, .load = 5}, {.facility = &unknown}, {.facility = &kediri, .load = 1},
        {.facility = &own, .load = 90}, {.facility = &batu}};
    const char *const order[] = {"OWN", "BATU", "KEDIRI-2", "KEDIRI-1", "SUMENEP", "ELSEWHERE", "CLOSED"};
    struct known known = known_of(old_man);
    struct match_case match = {KIND_OLD, "35.07.22", &known, &directory, gazetteer, 24 * HOUR};
    enum { COUNT = sizeof candidates / sizeof *candidates };
    match_rank(candidates, COUNT, &coverage_step, &match, NOW);
    for (unsigned i = 0; i < COUNT; i++)
        assert_string_equal(candidates[i].facility->id, order[i]);
    assert_true(candidates[1].distance_km > 1 && candidates[1].distance_km < 60);
    assert_true(candidates[0].own_area && !candidates[1].own_area);
    gazetteer_free(&gazetteer);
}

static void ties_are_broken_by_id(void **state) {
    (void)state;
    struct facility a = base, b = base;
    a.id = "A", b.id = "B";
    struct known known = known_of(old_man);
    struct match_case match = {KIND_OLD, "35.07", &known, &directory, NULL, 24 * HOUR};
    for (int i = 0; i < 2; i++) {
        struct candidate candidates[] = {{.facility = i ? &a : &b}, {.facility = i ? &b : &a}};
        match_rank(candidates, 2, &coverage_step, &match, NOW);
        assert_string_equal(candidates[0].facility->id, "A");
    }
}

/* ---- facts */

static void facts_are_read_strictly(void **state) {
    (void)state;
    struct known known;
    known_init(&known, &facts);
    assert_false(known_set(&known, "acute", "maybe"));
    assert_false(known_set(&known, "acute", "2026-02"));
    assert_true(known_set(&known, "acute", "2026-02-20")); /* the day it happened is a yes */
    assert_int_equal(known_truth(&known, known_fact_find(known.table, "acute")), TRUTH_YES);
    assert_false(known_set(&known, "age", "old"));
    assert_false(known_set(&known, "age", "-3"));
    assert_false(known_set(&known, "age", "1000"));
    assert_false(known_set(&known, "weather", "fine"));
    assert_true(known_set(&known, "age_band", "0-17"));
    assert_string_equal(known_age_band(&known), "0-17");
    assert_true(known_set(&known, "age", "14"));
    assert_true(known_set(&known, "age_band", "60-")); /* the age itself is better */
    assert_string_equal(known_age_band(&known), "13-17");
    assert_true(known_set(&known, "acute", "yes"));
    assert_int_equal(known_truth(&known, ACUTE), TRUTH_YES);
    assert_true(known_set(&known, "acute", "unknown"));
    assert_int_equal(known_truth(&known, ACUTE), TRUTH_UNKNOWN);
}

static void conditions_are_three_valued(void **state) {
    (void)state;
    const struct condition both[] = {{ACUTE, CONDITION_IS, 1}, {AGE, CONDITION_AT_LEAST, 18}};
    static const struct {
        const char *acute, *age;
        enum truth wanted;
        uint64_t missing;
    } cases[] = {
        {"yes", "18", TRUTH_YES, 0},
        {"yes", "17", TRUTH_NO, 0},
        {"no", "unknown", TRUTH_NO, 0},
        {"unknown", "17", TRUTH_NO, 0},
        {"unknown", "18", TRUTH_UNKNOWN, 1 << ACUTE},
        {"unknown", "unknown", TRUTH_UNKNOWN, 1 << ACUTE | 1 << AGE},
        {"yes", "10-20", TRUTH_UNKNOWN, 1 << AGE},
        {"yes", "20-30", TRUTH_YES, 0},
        {"yes", "0-17", TRUTH_NO, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct known known;
        uint64_t missing = 0;
        known_init(&known, &facts);
        assert_true(known_set(&known, "acute", cases[i].acute));
        assert_true(known_set(&known, "age", cases[i].age));
        assert_int_equal(conditions_truth(both, 2, &known, &missing), cases[i].wanted);
        assert_int_equal(missing, cases[i].missing);
    }
}

static void pairs_are_kept_and_bounded(void **state) {
    (void)state;
    struct arena *arena = arena_new(8 << 20);
    struct pairs pairs = {"", 0};
    pairs = pairs_put(arena, pairs, "age", "14");
    pairs = pairs_put(arena, pairs, "sex", "P");
    pairs = pairs_put(arena, pairs, "age", "15");
    assert_string_equal(pairs_get(&pairs, "age"), "15");
    assert_string_equal(pairs_get(&pairs, "sex"), "P");
    assert_int_equal(pairs.size, 4 + 3 + 4 + 2);
    char name[KNOWN_TEXT_MAX + 8], value[KNOWN_TEXT_MAX];
    memset(name, 'x', sizeof name);
    name[KNOWN_TEXT_MAX] = 0;
    size_t before = pairs.size;
    pairs = pairs_put(arena, pairs, name, "1");
    assert_int_equal(pairs.size, before);
    memset(value, 'v', sizeof value);
    value[KNOWN_TEXT_MAX - 1] = 0;
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "fact%d", i);
        pairs = pairs_put(arena, pairs, name, value);
    }
    assert_true(pairs.size <= PAIRS_MAX_BYTES);
    assert_string_equal(pairs_get(&pairs, "age"), "15");
    struct pairs broken = {"age\0001", 5}; /* no NUL at the end */
    size_t at = 0;
    const char *one, *two;
    assert_false(pairs_next(&broken, &at, &one, &two));
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reason),
        cmocka_unit_test(an_exclusion_says_where_to_go),
        cmocka_unit_test(own_area_before_distance_before_load),
        cmocka_unit_test(ties_are_broken_by_id),
        cmocka_unit_test(facts_are_read_strictly),
        cmocka_unit_test(conditions_are_three_valued),
        cmocka_unit_test(pairs_are_kept_and_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
