/* Playbooks of the shipped site and what they make of time: deadlines, conditions, repetition, reminders. */
#include "services/casework/casework.h"
#include "services/casework/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SITE SIGAP_SOURCE_DIR "/deploy/sites/jatim"
#define MONDAY INT64_C(1772420400000) /* 2 March 2026, 10:00 WIB */
#define MINUTE INT64_C(60000)
#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)

static struct catalogue *catalogue;
static struct calendar *calendar;
static struct arena *arena;
static struct case_file file;
static struct plan plan;

static int load_site(void **state) {
    struct error error = {""};
    (void)state;
    catalogue = catalogue_load(SITE, &error);
    calendar = catalogue ? calendar_load(SITE, &error) : NULL;
    if (!calendar)
        print_error("%s\n", error.text);
    return calendar ? 0 : 1;
}

static int free_site(void **state) {
    (void)state;
    catalogue_free(&catalogue);
    calendar_free(&calendar);
    return 0;
}

static int set_up(void **state) {
    (void)state;
    arena = arena_new(32 << 20);
    memset(&file, 0, sizeof file);
    return arena && case_file_init(&file, arena) ? 0 : 1;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

/* ---- helpers: one input each */

static void at(int64_t now) {
    plan_begin(&plan, catalogue, calendar, arena, &file, now);
}

static void open_case(const char *kind, int priority, int64_t now, const char *const *facts) {
    assert_true(case_file_init(&file, arena));
    file.kind = kind;
    file.priority = priority;
    file.state = CASE_OPEN;
    file.received_at = file.opened_at = now;
    for (; facts && *facts; facts += 2)
        assert_true(case_fact_set(&file, facts[0], facts[1], "text", now));
    at(now);
    plan_open(&plan, "");
    plan_settle(&plan);
}

static void fact(const char *name, const char *value, int64_t now) {
    at(now);
    assert_true(plan_fact(&plan, name, value, "operator", 0));
    plan_settle(&plan);
}

static unsigned number_of(const char *code) {
    struct case_task *task = case_task(&file, code);
    if (!task)
        fail_msg("%s is not in the plan", code);
    return (unsigned)(task - file.tasks) + 1;
}

static void finish(const char *code, int64_t now) {
    at(now);
    if (!plan_finish(&plan, number_of(code)))
        fail_msg("%s cannot be done", code);
    plan_settle(&plan);
}

static void assert_task(const char *code, enum task_state state, int64_t due_at) {
    const struct case_task *task = case_task(&file, code);
    if (!task)
        fail_msg("%s is not in the plan", code);
    if (task->state != state)
        fail_msg("%s is %s", code, task_state_word(task->state));
    if (task->due_at != due_at)
        fail_msg("%s is due %+.3f h from then", code, (double)(task->due_at - due_at) / (double)HOUR);
}

static unsigned running(void) {
    unsigned count = 0;
    for (unsigned i = 0; i < file.task_count; i++)
        count += task_is_running(file.tasks[i].state);
    return count;
}

/* ---- the shipped site */

static void all_playbooks_are_there(void **state) {
    unsigned tasks = 0;
    (void)state;
    for (unsigned i = 0; i < catalogue_playbook_count(catalogue); i++)
        tasks += catalogue_playbook(catalogue, i)->task_count;
    assert_int_equal(catalogue_playbook_count(catalogue), 24);
    assert_int_equal(tasks, 275);
    assert_non_null(catalogue_task(catalogue, "PSG-20"));
    assert_non_null(catalogue_task(catalogue, "CK-10"));
    assert_null(catalogue_task(catalogue, "PSG-99"));
}

static void the_site_is_sound(void **state) {
    struct error error = {""};
    (void)state;
    if (!casework_check(SITE, &error))
        fail_msg("%s", error.text);
}

/* Every playbook plans, and every task of it can become due: no condition or anchor is out of reach. */
static void every_task_can_become_due(void **state) {
    (void)state;
    for (unsigned p = 0; p < catalogue_playbook_count(catalogue); p++) {
        const struct playbook *playbook = catalogue_playbook(catalogue, p);
        for (unsigned t = 0; t < playbook->task_count; t++) {
            const struct playbook_task *task = &playbook->tasks[t];
            arena_reset(arena);
            memset(&file, 0, sizeof file);
            open_case("fakir_miskin", 0, MONDAY, NULL);
            at(MONDAY);
            plan_add_playbook(&plan, playbook);
            for (unsigned i = 0; i < task->needs.count; i++) {
                char name[CONDITION_NAME_MAX + 16];
                const struct condition_term *term = &task->needs.terms[i];
                if (term->kind == CONDITION_DONE) {
                    struct case_task *before = case_task(&file, term->name);
                    before->state = TASK_DONE;
                    continue;
                }
                condition_fact_name(term, name);
                if (*name)
                    plan_fact(&plan, arena_text(arena, name),
                        term->kind == CONDITION_STAGE   ? term->name
                        : term->kind == CONDITION_SCORE ? "5"
                                                        : "yes",
                        "operator", 0);
            }
            if (task->anchor)
                file.anchors[task->anchor] = MONDAY + DAY;
            plan_settle(&plan);
            const struct case_task *made = case_task(&file, task->code);
            if (!made || !task_is_running(made->state) || !made->due_at)
                fail_msg("%s of %s does not become due", task->code, playbook->code);
        }
    }
}

/* What never sleeps: an open case has something with a deadline, whatever has been done, cancelled or asked.
 */
static void a_case_never_falls_asleep(void **state) {
    static const char *const kinds[] = {"pasung", "repasung_kambuh", "odgj_krisis", "odgj_terlantar",
        "kekerasan_anak", "kekerasan_seksual", "kdrt", "tppo", "pmi_bermasalah", "balita_terlantar",
        "anak_terlantar", "anak_jalanan", "abh", "lansia_terlantar", "disabilitas_berat",
        "disabilitas_layanan", "kusta", "napza", "odha", "gelandangan_pengemis", "orang_terlantar",
        "prse_tunasusila", "bwblp", "jenazah_terlantar", "bencana_alam", "bencana_sosial", "fakir_miskin",
        "keluarga_bermasalah", "kat", "aftercare_usaha", "bansos_info", "of_no_playbook"};
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        arena_reset(arena);
        memset(&file, 0, sizeof file);
        open_case(kinds[k], 1, MONDAY, NULL);
        for (int step = 0; step < 40; step++) {
            if (!running() || !plan_next(&file))
                fail_msg("%s sleeps after %d steps", kinds[k], step);
            for (unsigned i = 0; i < file.task_count; i++) {
                if (!task_is_running(file.tasks[i].state))
                    continue;
                at(MONDAY + (step + 1) * DAY);
                if (step % 2)
                    plan_cancel(&plan, i + 1);
                else
                    plan_finish(&plan, i + 1);
                plan_settle(&plan);
                break;
            }
        }
    }
}

/* ---- deadlines */

static void every_anchor_and_unit_has_its_deadline(void **state) {
    static const int64_t before_nyepi = MONDAY + 15 * DAY; /* Tuesday 17 March */
    static const struct {
        const char *task;
        int64_t anchor_at, wanted;
    } rows[] = {
        {"KRS-01", MONDAY, MONDAY + 5 * MINUTE},                        /* T0+5m */
        {"PSG-01", MONDAY, MONDAY + HOUR},                              /* T0+1h */
        {"PSG-05", MONDAY, MONDAY + 24 * HOUR},                         /* TV+24h */
        {"PSG-06", MONDAY, MONDAY + 3 * DAY},                           /* TV+3d */
        {"PSG-07", MONDAY, MONDAY + 3 * DAY},                           /* TV+3wd: Thursday */
        {"PSG-08", MONDAY, MONDAY + 7 * DAY},                           /* TV+5wd: over the weekend */
        {"PSG-07", before_nyepi, before_nyepi + 10 * DAY},              /* TV+3wd over Nyepi and Idulfitri */
        {"PSG-07", MONDAY + 5 * DAY, MONDAY + 10 * DAY - 150 * MINUTE}, /* Saturday: from Monday's opening */
        {"DSL-04", MONDAY, MONDAY + 50 * DAY},    /* T0+30wd: Nyepi, Idulfitri, Good Friday */
        {"PSG-09", MONDAY, MONDAY + 14 * DAY},    /* TC+14d */
        {"PSG-10", MONDAY, MONDAY + 4 * HOUR},    /* TE+4h */
        {"PSG-11", MONDAY, MONDAY + 21 * DAY},    /* TH+21d */
        {"PSG-12", MONDAY, MONDAY - 3 * DAY},     /* TD-3d */
        {"PSG-16", MONDAY, MONDAY + DAY},         /* TR+1d */
        {"KTA-11", MONDAY, MONDAY + DAY},         /* TS+1d */
        {"KTA-07", MONDAY, MONDAY + 24 * HOUR},   /* TP+24h */
        {"BNC-04", MONDAY, MONDAY + 30 * MINUTE}, /* TX+30m */
        {"DSB-06", MONDAY, MONDAY + 30 * DAY},    /* TQ+30d */
        {"JNZ-01", MONDAY, MONDAY + 2 * HOUR},    /* TM+2h */
        {"AFT-18", MONDAY, MONDAY + 180 * DAY},   /* TU+180d */
        {"CK-10", MONDAY, MONDAY + 72 * HOUR},    /* the law: police within 72 h */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct playbook_task *task = catalogue_task(catalogue, rows[i].task);
        assert_non_null(task);
        int64_t due = playbook_deadline(task, calendar, rows[i].anchor_at);
        if (due != rows[i].wanted)
            fail_msg("%s: %+.3f h", rows[i].task, (double)(due - rows[i].wanted) / (double)HOUR);
    }
}

static void values_of_facts_as_times(void **state) {
    static const struct {
        const char *value;
        bool told;
        int64_t wanted;
    } rows[] = {{"yes", true, MONDAY}, {"no", true, 0}, {"unknown", true, 0},
        {"1772420399999", true, MONDAY - 1}, {"2026-03-02", true, MONDAY - 10 * HOUR},
        {"2024-02-29", true, INT64_C(1709139600000)}, {"", false, 0}, {"2026-13-02", false, 0},
        {"2026-02-29", false, 0}, {"2025-06-31", false, 0}, {"0026-02-20", false, 0}, {"17", false, 0},
        {"belum", false, 0}};
    int64_t at;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool told = plan_time_of(rows[i].value, MONDAY, CALENDAR_WIB, &at);
        if (told != rows[i].told || (told && at != rows[i].wanted))
            fail_msg("\"%s\"", rows[i].value);
    }
}

/* A word that tells no time moves no deadline, whoever says it. */
static void what_is_no_time_sets_no_anchor(void **state) {
    int number = catalogue_anchor_find(catalogue, "client.placed");
    (void)state;
    open_case("pasung", 0, MONDAY, NULL);
    fact("client_placed", "belum", MONDAY + HOUR);
    assert_int_equal(file.anchors[number], 0);
    fact("client_placed", "2026-03-02", MONDAY + HOUR);
    assert_int_equal(file.anchors[number], MONDAY - 10 * HOUR);
    fact("client_placed", "sudah", MONDAY + 2 * HOUR);
    fact("client_placed", "2026-03-03", MONDAY + 2 * HOUR); /* to come */
    assert_int_equal(file.anchors[number], MONDAY - 10 * HOUR);
    /* Tasks count back from a discharge, so it is planned; not in half a life. */
    number = catalogue_anchor_find(catalogue, "hospital.discharged");
    fact("hospital_discharged", "2062-04-01", MONDAY + HOUR);
    assert_int_equal(file.anchors[number], 0);
    fact("hospital_discharged", "2026-04-01", MONDAY + HOUR);
    assert_int_equal(file.anchors[number], MONDAY + 30 * DAY - 10 * HOUR);
}

/* ---- a shackled person, from the report to the hospital and home */

static void a_case_of_pasung_goes_its_way(void **state) {
    (void)state;
    open_case("pasung", 1, MONDAY, NULL);
    assert_string_equal(file.playbook, "PB-PSG");
    assert_task("PSG-01", TASK_DUE, MONDAY + HOUR);
    assert_task("PSG-04", TASK_WAITING, 0); /* done(PSG-03) */
    assert_task("PSG-17", TASK_WAITING, 0); /* flag(family_refused) */
    assert_task("PSG-20", TASK_DUE, MONDAY + 30 * DAY);
    finish("PSG-03", MONDAY + HOUR);
    assert_task("PSG-04", TASK_DUE, MONDAY + 24 * HOUR);
    finish("PSG-04", MONDAY + 5 * HOUR);
    fact("verified", "yes", MONDAY + 5 * HOUR);
    assert_task("PSG-05", TASK_DUE, MONDAY + 29 * HOUR);
    assert_task("PSG-06", TASK_DUE, MONDAY + 5 * HOUR + 3 * DAY);
    finish("PSG-06", MONDAY + DAY);
    finish("PSG-08", MONDAY + 2 * DAY);
    assert_task("PSG-09", TASK_WAITING, 0); /* TC: consent; it is asked for */
    assert_task("FAKTA-family_consent", TASK_DUE, MONDAY + 2 * DAY + 4 * HOUR);
    fact("family_consent", "yes", MONDAY + 3 * DAY);
    assert_int_equal(case_task(&file, "FAKTA-family_consent")->state, TASK_DONE);
    assert_task("PSG-09", TASK_DUE, MONDAY + 17 * DAY);
    finish("PSG-09", MONDAY + 4 * DAY);
    at(MONDAY + 4 * DAY);
    plan_happened(&plan, "client.placed", MONDAY + 4 * DAY);
    plan_happened(&plan, "hospital.admitted", MONDAY + 4 * DAY);
    plan_settle(&plan);
    assert_task("PSG-10", TASK_DUE, MONDAY + 4 * DAY + 4 * HOUR);
    finish("PSG-10", MONDAY + 4 * DAY + HOUR);
    assert_task("PSG-11", TASK_DUE, MONDAY + 25 * DAY);
    finish("PSG-11", MONDAY + 20 * DAY);
    fact("hospital_discharged", "2026-04-01", MONDAY + 20 * DAY); /* planned: two tasks count back from it */
    assert_task("PSG-12", TASK_DUE, MONDAY + 27 * DAY - 10 * HOUR);
}

static void age_decides_between_two_playbooks(void **state) {
    static const char *const child[] = {"age", "9", NULL}, *const woman[] = {"age", "30", NULL};
    (void)state;
    open_case("kekerasan_seksual", 0, MONDAY, child);
    assert_string_equal(file.playbook, "PB-KTA");
    assert_null(case_task(&file, "KTP-01"));
    open_case("kekerasan_seksual", 0, MONDAY, woman);
    assert_string_equal(file.playbook, "PB-KTP");
    assert_null(case_task(&file, "KTA-01"));
    /* Not known: both, and the age is asked for; what does not fit goes when it is known. */
    open_case("kekerasan_seksual", 0, MONDAY, NULL);
    assert_task("KTA-01", TASK_DUE, MONDAY + 15 * MINUTE);
    assert_task("KTP-01", TASK_DUE, MONDAY + 15 * MINUTE);
    assert_task("FAKTA-age", TASK_DUE, MONDAY + 30 * MINUTE);
    fact("age", "30", MONDAY + 10 * MINUTE);
    assert_string_equal(file.playbook, "PB-KTP");
    assert_int_equal(case_task(&file, "KTA-01")->state, TASK_CANCELLED);
    assert_int_equal(case_task(&file, "KTP-01")->state, TASK_DUE);
    assert_int_equal(case_task(&file, "FAKTA-age")->state, TASK_DONE);
}

/* A report of three victims: each kind has its playbook and its clocks, and what was told wrongly goes again.
 */
static void further_kinds_bring_their_playbooks(void **state) {
    static const char *const told[] = {
        "age", "30", SITE_FACT_ALSO_KINDS, "kekerasan_seksual lansia_terlantar", NULL};
    (void)state;
    open_case("odgj_krisis", 0, MONDAY, told);
    assert_string_equal(file.playbook, "PB-KRS");
    assert_task("KRS-01", TASK_DUE, MONDAY + 5 * MINUTE);
    /* The age is that of the main victim: the stricter playbook, for children, is taken for the other. */
    assert_task("KTA-01", TASK_DUE, MONDAY + 15 * MINUTE);
    assert_null(case_task(&file, "KTP-01"));
    assert_task("CK-10", TASK_DUE, MONDAY + 72 * HOUR);
    assert_non_null(case_task(&file, "LNS-01"));
    fact(SITE_FACT_ALSO_KINDS, "kdrt lansia_terlantar", MONDAY + HOUR);
    assert_int_equal(case_task(&file, "KTA-01")->state, TASK_CANCELLED);
    assert_task("KTP-01", TASK_DUE, MONDAY + HOUR + 15 * MINUTE);
    assert_true(task_is_running(case_task(&file, "LNS-01")->state));
    /* Another main kind keeps them. */
    at(MONDAY + 2 * HOUR);
    file.kind = "pasung";
    plan_change(&plan, "");
    plan_settle(&plan);
    assert_int_equal(case_task(&file, "KRS-01")->state, TASK_CANCELLED);
    assert_true(task_is_running(case_task(&file, "KTP-01")->state));
    assert_string_equal(file.playbook, "PB-PSG");
    fact(SITE_FACT_ALSO_KINDS, "no", MONDAY + 3 * HOUR);
    assert_int_equal(case_task(&file, "KTP-01")->state, TASK_CANCELLED);
    assert_int_equal(case_task(&file, "LNS-01")->state, TASK_CANCELLED);
    assert_true(task_is_running(case_task(&file, "PSG-01")->state));
}

/* A playbook may be ruled out for the main victim, and be that of a further kind. */
static void a_further_kind_has_what_the_main_one_has_not(void **state) {
    static const char *const woman[] = {"age", "30", SITE_FACT_ALSO_KINDS, "kekerasan_anak", NULL};
    static const char *const girl[] = {"age", "12", SITE_FACT_ALSO_KINDS, "kdrt", NULL};
    static const char *const unknown[] = {SITE_FACT_ALSO_KINDS, "kekerasan_anak", NULL};
    (void)state;
    open_case("kekerasan_seksual", 0, MONDAY, woman);
    assert_string_equal(file.playbook, "PB-KTP");
    assert_task("KTP-01", TASK_DUE, MONDAY + 15 * MINUTE);
    assert_task("KTA-01", TASK_DUE, MONDAY + 15 * MINUTE);
    open_case("kekerasan_seksual", 0, MONDAY, girl);
    assert_string_equal(file.playbook, "PB-KTA");
    assert_non_null(case_task(&file, "KTP-01"));
    open_case("kekerasan_seksual", 0, MONDAY, unknown);
    assert_non_null(case_task(&file, "FAKTA-age"));
    fact("age", "30", MONDAY + HOUR);
    assert_string_equal(file.playbook, "PB-KTP");
    assert_true(task_is_running(case_task(&file, "KTA-01")->state));
}

/* Whatever stands among the further kinds: the case's own kind is not a further victim, whose age nobody
 * knows. */
static void its_own_kind_is_no_further_one(void **state) {
    static const char *const same[] = {"age", "30", SITE_FACT_ALSO_KINDS, "kekerasan_seksual", NULL};
    static const char *const other[] = {"age", "30", SITE_FACT_ALSO_KINDS, "kekerasan_seksual napza", NULL};
    (void)state;
    open_case("kekerasan_seksual", 0, MONDAY, same);
    assert_string_equal(file.playbook, "PB-KTP");
    assert_null(case_task(&file, "KTA-01"));
    open_case("pasung", 0, MONDAY, other);
    assert_task("KTA-01", TASK_DUE, MONDAY + 15 * MINUTE);
    at(MONDAY + HOUR);
    file.kind = "kekerasan_seksual"; /* became the main one: now the age is known */
    plan_change(&plan, "PB-KTA");
    plan_settle(&plan);
    assert_string_equal(file.playbook, "PB-KTP");
    assert_int_equal(case_task(&file, "KTA-01")->state, TASK_CANCELLED);
    assert_true(task_is_running(case_task(&file, "NPZ-01")->state));
}

/* More playbooks, or more tasks, than a file holds: said before, because later they would be missing. */
static void only_so_many_kinds_have_room(void **state) {
    static const char eight[] = "lansia_terlantar kdrt napza kusta kat abh odha";
    (void)state;
    open_case("pasung", 0, MONDAY, NULL);
    at(MONDAY);
    assert_true(plan_has_room(&plan, eight));
    assert_false(plan_has_room(&plan, "lansia_terlantar kdrt napza kusta kat abh odha jenazah_terlantar"));
    assert_true(plan_has_room(&plan, "lansia_terlantar pasung kdrt napza kusta kat abh odha")); /* its own */
    fact(SITE_FACT_ALSO_KINDS, eight, MONDAY);
    assert_non_null(case_task(&file, "ATN-01"));
    /* Corrected again and again: what was cancelled comes back in its old row. */
    unsigned rows = file.task_count;
    for (unsigned i = 0; i < 20; i++) {
        at(MONDAY);
        assert_true(plan_has_room(&plan, i % 2 ? eight : "no"));
        fact(SITE_FACT_ALSO_KINDS, i % 2 ? eight : "no", MONDAY);
    }
    assert_int_equal(file.task_count, rows);
    assert_true(task_is_running(case_task(&file, "LNS-01")->state));
    /* Other kinds take other rows, until there are no more. */
    static const char *const more[] = {"lansia_terlantar kdrt napza kusta kat abh odha",
        "bencana_alam jenazah_terlantar tppo", "anak_jalanan gelandangan_pengemis", "kekerasan_anak",
        "odgj_terlantar", "balita_terlantar", "bencana_sosial", "pmi_bermasalah"};
    unsigned taken = 0;
    for (; taken < 8; taken++) {
        at(MONDAY);
        if (!plan_has_room(&plan, more[taken]))
            break;
        fact(SITE_FACT_ALSO_KINDS, more[taken], MONDAY);
    }
    assert_in_range(taken, 1, 7);
    assert_true(plan_has_room(&plan, "no"));
    assert_true(file.task_count <= CASE_TASKS_MAX);
}

static void correct_kind(const char *kind, int64_t now) {
    at(now);
    file.kind = kind;
    plan_change(&plan, "");
    plan_settle(&plan);
}

/* Far more corrections than there are rows: the right kind has its tasks each time. */
static void a_kind_corrected_to_and_fro_keeps_its_tasks(void **state) {
    (void)state;
    open_case("pasung", 0, MONDAY, NULL);
    finish("PSG-01", MONDAY + HOUR);
    fact(SITE_FACT_ALSO_KINDS, "lansia_terlantar kdrt napza kusta kat abh odha", MONDAY + HOUR);
    correct_kind("kekerasan_seksual", MONDAY + HOUR);
    correct_kind("pasung", MONDAY + HOUR);
    unsigned rows = file.task_count;
    for (int i = 0; i < 10; i++) {
        correct_kind("kekerasan_seksual", MONDAY + 2 * HOUR);
        assert_true(task_is_running(case_task(&file, "KTA-01")->state));
        correct_kind("pasung", MONDAY + 2 * HOUR);
    }
    assert_int_equal(file.task_count, rows);
    assert_null(plan.without_room);
    assert_int_equal(case_task(&file, "PSG-01")->state, TASK_DONE);
    assert_task("PSG-02", TASK_DUE, MONDAY + 4 * HOUR);
    assert_true(task_is_open(case_task(&file, "PSG-20")->state));
    assert_int_equal(case_task(&file, "KTA-01")->state, TASK_CANCELLED);
}

/* Where no row is left for the tasks of the right kind, somebody must look, and as often as that happens. */
static void tasks_without_room_are_looked_at(void **state) {
    static char codes[CASE_TASKS_MAX][12];
    (void)state;
    open_case("fakir_miskin", 2, MONDAY, NULL);
    for (unsigned i = 0; file.task_count < CASE_TASKS_MAX - 10; i++) {
        snprintf(codes[i], sizeof codes[i], "OLD-%u", i);
        case_task_add(&file, codes[i], TASK_OF_PLAYBOOK)->state = TASK_CANCELLED;
    }
    correct_kind("pasung", MONDAY);
    assert_string_equal(plan.without_room, "PB-PSG");
    assert_task("TINJAU", TASK_DUE, MONDAY + 24 * HOUR);
    finish("TINJAU", MONDAY + HOUR);
    while (file.task_count < CASE_TASKS_MAX)
        case_task_add(&file, "OLD", TASK_OF_PLAYBOOK)->state = TASK_CANCELLED;
    correct_kind("kekerasan_seksual", MONDAY + 2 * HOUR);
    assert_non_null(plan.without_room);
    assert_task("TINJAU", TASK_DUE, MONDAY + 26 * HOUR);
}

/* A legal limit that a wrong kind has cancelled counts again, from when it did before; not one that a person
 * has cancelled. */
static void a_wrong_kind_does_not_end_a_legal_limit(void **state) {
    (void)state;
    open_case("fakir_miskin", 2, MONDAY, NULL);
    int64_t due = case_task(&file, "CK-21")->due_at;
    correct_kind("kekerasan_seksual", MONDAY + HOUR);
    assert_int_equal(case_task(&file, "CK-21")->state, TASK_CANCELLED);
    correct_kind("fakir_miskin", MONDAY + 2 * HOUR);
    assert_task("CK-21", TASK_DUE, due);
    plan_cancel(&plan, number_of("CK-21"));
    plan_settle(&plan);
    assert_int_equal(case_task(&file, "CK-21")->state, TASK_CANCELLED);
}

/* What somebody's work has begun is no matter of the kind. */
static void aftercare_that_has_begun_outlives_the_kind(void **state) {
    (void)state;
    open_case("pasung", 1, MONDAY, NULL);
    finish("PSG-16", MONDAY + HOUR);
    assert_true(task_is_open(case_task(&file, "AFT-01")->state));
    correct_kind("odgj_terlantar", MONDAY + 2 * HOUR);
    assert_true(task_is_open(case_task(&file, "AFT-01")->state));
    assert_int_equal(case_task(&file, "PSG-02")->state, TASK_CANCELLED);
}

/* What was taken away by mistake comes back, also when something of it was done already. */
static void a_further_kind_comes_back(void **state) {
    static const char *const told[] = {SITE_FACT_ALSO_KINDS, "lansia_terlantar", NULL};
    (void)state;
    open_case("pasung", 0, MONDAY, told);
    assert_true(plan_finish(&plan, number_of("LNS-01")));
    fact(SITE_FACT_ALSO_KINDS, "no", MONDAY + HOUR);
    assert_int_equal(case_task(&file, "LNS-02")->state, TASK_CANCELLED);
    fact(SITE_FACT_ALSO_KINDS, "lansia_terlantar", MONDAY + 2 * HOUR);
    assert_int_equal(case_task(&file, "LNS-01")->state, TASK_DONE);
    assert_true(task_is_open(case_task(&file, "LNS-02")->state));
}

/* Triage names the first playbook of a kind; it cancels nothing of the other victims, and the age decides. */
static void another_main_playbook_leaves_the_further_ones(void **state) {
    static const char *const told[] = {"age", "30", SITE_FACT_ALSO_KINDS, "lansia_terlantar", NULL};
    (void)state;
    open_case("pasung", 0, MONDAY, told);
    file.kind = "kekerasan_seksual";
    plan_change(&plan, "PB-KTA");
    plan_settle(&plan);
    assert_string_equal(file.playbook, "PB-KTP");
    assert_null(case_task(&file, "KTA-01"));
    assert_true(task_is_running(case_task(&file, "LNS-01")->state));
    plan_change(&plan, "PB-FKM");
    plan_settle(&plan);
    assert_string_equal(file.playbook, "PB-FKM");
    assert_int_equal(case_task(&file, "KTP-01")->state, TASK_CANCELLED);
    assert_true(task_is_running(case_task(&file, "LNS-01")->state));
    /* A kind that the site knows no more has the general playbook, which is odha's too. */
    fact(SITE_FACT_ALSO_KINDS, "odha lansia_terlantar kdrt napza kusta kat pasung abh", MONDAY + HOUR);
    file.kind = "renamed";
    plan_change(&plan, "PB-PRS");
    plan_settle(&plan);
    assert_string_equal(file.playbook, "PB-PRS");
    assert_true(task_is_running(case_task(&file, "ATN-01")->state));
    assert_true(task_is_running(case_task(&file, "LNS-01")->state));
    plan_change(&plan, "");
    plan_settle(&plan);
    assert_string_equal(file.playbook, "PB-ATN");
    assert_true(task_is_running(case_task(&file, "ATN-01")->state));
}

static void the_law_has_its_clock(void **state) {
    static const char *const woman[] = {"age", "30", NULL};
    (void)state;
    /* The playbook's own task keeps the clock of 72 hours ... */
    open_case("kekerasan_seksual", 0, MONDAY, woman);
    assert_task("KTP-08", TASK_DUE, MONDAY + 72 * HOUR);
    assert_string_equal(catalogue_task(catalogue, "KTP-08")->clock, "CK-10");
    assert_null(case_task(&file, "CK-10"));
    /* ... and where it does not run, the clock is a task of its own. */
    fact("tpks", "no", MONDAY + HOUR);
    assert_task("KTP-08", TASK_WAITING, 0);
    assert_task("CK-10", TASK_DUE, MONDAY + 72 * HOUR);
    /* Others begin with their event. */
    assert_null(case_task(&file, "CK-13"));
    fact("temp_protection_start", "yes", MONDAY + DAY);
    assert_task("CK-13", TASK_DUE, MONDAY + 2 * DAY);
    fact("consent_withdrawn", "yes", MONDAY + DAY);
    assert_task("CK-20", TASK_DUE, MONDAY + 4 * DAY);
}

static void a_disaster_has_its_onset(void **state) {
    (void)state;
    open_case("bencana_alam", 0, MONDAY, NULL);
    assert_task("BNC-04", TASK_DUE, MONDAY + 30 * MINUTE);
    assert_task("BNC-14", TASK_WAITING, 0);                     /* stage(pasca) */
    fact("event_onset", "1772413200000", MONDAY + 10 * MINUTE); /* two hours before the report */
    assert_task("BNC-04", TASK_DUE, MONDAY - 90 * MINUTE);
    fact("stage", "pasca", MONDAY + DAY);
    assert_task("BNC-04", TASK_WAITING, 0);
    assert_task("BNC-14", TASK_DUE, MONDAY - 2 * HOUR + 14 * DAY);
}

/* ---- fairness */

static void what_was_released_late_gets_a_fair_deadline(void **state) {
    (void)state;
    open_case("pasung", 2, MONDAY, NULL);
    finish("PSG-03", MONDAY + 30 * HOUR); /* PSG-04 is T0+24h */
    assert_task("PSG-04", TASK_DUE, MONDAY + 31 * HOUR);
    fact("death", "yes", MONDAY + 100 * DAY); /* PSG-19: T0+30d, flag(death) */
    assert_task("PSG-19", TASK_DUE, MONDAY + 130 * DAY);
    /* but the report itself waits for nobody */
    file.task_count = 0;
    file.received_at = MONDAY - 2 * HOUR;
    at(MONDAY);
    plan_open(&plan, "");
    plan_settle(&plan);
    assert_task("PSG-01", TASK_DUE, MONDAY - HOUR);
    /* nor does the law */
    open_case("kdrt", 1, MONDAY, NULL);
    fact("police_report_filed", "2026-02-27", MONDAY);
    assert_task("CK-14", TASK_DUE, MONDAY - 10 * HOUR - 2 * DAY);
}

static void a_fact_taken_back_lets_the_task_wait_again(void **state) {
    (void)state;
    open_case("pasung", 2, MONDAY, NULL);
    fact("death", "yes", MONDAY + DAY);
    assert_task("PSG-19", TASK_DUE, MONDAY + 30 * DAY);
    fact("death", "no", MONDAY + 2 * DAY);
    assert_task("PSG-19", TASK_WAITING, 0);
    fact("death", "yes", MONDAY + 3 * DAY);
    assert_task("PSG-19", TASK_DUE, MONDAY + 30 * DAY);
}

/* ---- repetition */

static void a_repeated_task_comes_back_as_often_as_it_says(void **state) {
    (void)state;
    open_case("pasung", 2, MONDAY, NULL);
    fact("family_refused", "yes", MONDAY);
    fact("verified", "yes", MONDAY); /* PSG-17: TV+7d, 7d x8 */
    for (int i = 1; i < 8; i++) {
        assert_task("PSG-17", TASK_DUE, MONDAY + i * 7 * DAY);
        finish("PSG-17", MONDAY + i * 7 * DAY - HOUR);
    }
    assert_task("PSG-17", TASK_DUE, MONDAY + 56 * DAY);
    finish("PSG-17", MONDAY + 80 * DAY);
    assert_int_equal(case_task(&file, "PSG-17")->state, TASK_DONE);
    assert_int_equal(case_task(&file, "PSG-17")->times_done, 8);
}

static void a_late_visit_does_not_make_the_next_one_late(void **state) {
    (void)state;
    open_case("pasung", 2, MONDAY, NULL);
    fact("family_refused", "yes", MONDAY);
    fact("verified", "yes", MONDAY);
    finish("PSG-17", MONDAY + 30 * DAY);
    assert_task("PSG-17", TASK_DUE, MONDAY + 37 * DAY);
}

/* ---- time passes */

static unsigned told(const char *code, unsigned percent) {
    unsigned count = 0;
    for (unsigned i = 0; i < plan.reminder_count; i++)
        count += plan.reminders[i].number == number_of(code) && plan.reminders[i].percent == percent;
    return count;
}

static void reminders_come_once_each(void **state) {
    static const unsigned percents[] = {50, 100, 200};
    unsigned count[3] = {0};
    (void)state;
    open_case("pasung", 1, MONDAY, NULL);
    for (int64_t now = MONDAY; now <= MONDAY + 3 * HOUR; now += 5 * MINUTE) {
        at(now);
        plan_clock(&plan);
        for (int i = 0; i < 3; i++)
            count[i] += told("PSG-01", percents[i]);
        plan_settle(&plan);
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal(count[i], 1);
    assert_int_equal(case_task(&file, "PSG-01")->state, TASK_OVERDUE);
    finish("PSG-01", MONDAY + 4 * HOUR); /* a mark, not a lock */
    assert_int_equal(case_task(&file, "PSG-01")->state, TASK_DONE);
}

static void the_timer_rings_at_each_point(void **state) {
    static const int64_t wanted[] = {30 * MINUTE, HOUR, HOUR, 2 * HOUR, 2 * HOUR};
    (void)state;
    open_case("pasung", 1, MONDAY, NULL); /* PSG-01 1 h, PSG-02 2 h, PSG-03 4 h */
    int64_t next = plan_next(&file);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (next != MONDAY + wanted[i] && next <= MONDAY + wanted[i])
            fail_msg("point %zu", i);
        at(next);
        plan_clock(&plan);
        assert_true(plan.reminder_count > 0); /* it never rings for nothing */
        int64_t after = plan_next(&file);
        assert_true(after > next);
        next = after;
    }
}

static void after_a_standstill_one_notice_is_enough(void **state) {
    (void)state;
    open_case("pasung", 1, MONDAY, NULL);
    at(MONDAY + 10 * DAY);
    plan_clock(&plan);
    assert_int_equal(told("PSG-01", 50), 0);
    assert_int_equal(told("PSG-01", 100), 0);
    assert_int_equal(told("PSG-01", 200), 1);
    assert_int_equal(case_task(&file, "PSG-01")->state, TASK_OVERDUE);
}

/* ---- the end, and the end of the end */

static void closing_cancels_and_reopening_brings_back(void **state) {
    (void)state;
    open_case("pasung", 2, MONDAY, NULL);
    finish("PSG-01", MONDAY + HOUR);
    at(MONDAY + DAY);
    plan_cancel(&plan, number_of("PSG-02"));
    plan_close(&plan);
    file.state = CASE_CLOSED;
    plan_settle(&plan);
    assert_int_equal(running(), 0);
    at(MONDAY + 2 * DAY);
    file.state = CASE_OPEN;
    plan_reopen_case(&plan);
    plan_settle(&plan);
    assert_int_equal(case_task(&file, "PSG-01")->state, TASK_DONE);
    assert_int_equal(case_task(&file, "PSG-02")->state, TASK_CANCELLED); /* a person had cancelled that */
    assert_int_equal(case_task(&file, "PSG-03")->state, TASK_DUE);
    assert_true(case_task(&file, "PSG-03")->due_at > MONDAY + 2 * DAY);
}

static void another_kind_brings_other_tasks(void **state) {
    (void)state;
    open_case("fakir_miskin", 2, MONDAY, NULL);
    assert_task("FKM-03", TASK_DUE, MONDAY + 9 * DAY);
    at(MONDAY + DAY);
    file.kind = "pasung";
    plan_change(&plan, "");
    plan_settle(&plan);
    assert_string_equal(file.playbook, "PB-PSG");
    assert_int_equal(case_task(&file, "FKM-03")->state, TASK_CANCELLED);
    assert_int_equal(case_task(&file, "CK-21")->state, TASK_CANCELLED); /* not a clock of this kind */
    assert_task("PSG-01", TASK_DUE, MONDAY + DAY + HOUR);               /* counted from when it was known */
}

/* ---- sites that are refused */

static char folder[] = "/tmp/sigap-casework-XXXXXX";

static void copy_but(const char *name, const char *what, const char *instead) {
    char path[600], text[200000] = "";
    snprintf(path, sizeof path, "%s/%s", SITE, name);
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    size_t size = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    text[size] = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    char *found = what ? strstr(text, what) : NULL;
    if (what && !found)
        fail_msg("\"%s\" is not in %s", what, name);
    if (found) {
        fwrite(text, 1, (size_t)(found - text), out);
        fputs(instead, out);
        fputs(found + strlen(what), out);
    } else {
        fputs(text, out);
    }
    fclose(out);
}

static void broken_playbooks_are_refused_with_a_sentence(void **state) {
    static const char *const names[] = {"playbooks.yaml", "clocks.yaml", "rules.yaml", "kinds.yaml",
        "roles.yaml", "calendar.yaml", "site.yaml", "facilities.yaml", "eligibility.yaml", "teams.yaml"};
    static const struct {
        const char *what, *instead, *told;
    } rows[] = {
        {"deadline: T0+1h", "deadline: T9+1h", "playbooks[0].tasks[0].deadline"},
        {"deadline: T0+1h", "deadline: T0+1x", "is no deadline"},
        {"needs: \"done(PSG-03)\"", "needs: \"done(PSG-03\"", "is no condition"},
        {"needs: \"done(PSG-03)\"", "needs: \"done(PSG-77)\"", "PSG-77"},
        {"needs: \"done(PSG-03)\"", "needs: \"done(PSG-04)\"", "waits for itself"},
        {"needs: \"done(PSG-03)\"", "needs: \"flag(nobody_knows)\"", "nobody_knows"},
        {"role: OPR", "role: XXX", "XXX"},
        {"repeat: \"3d x4\"", "repeat: \"3d x0\"", "is no repetition"},
        {"- code: PSG-02", "- code: PSG-01", "twice"},
        {"- { kind: pasung, when: always }", "- { kind: gone, when: always }", "gone"},
        {"- { kind: abh, when: always }", "- { kind: kdrt, when: always }", "abh"},
        {"evidence: \"", "evidens: \"", "evidens"},
        {"- { code: T0,", "- { code: T1,", "T0"},
    };
    (void)state;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {""};
        copy_but(names[0], rows[i].what, rows[i].instead);
        for (size_t k = 1; k < sizeof names / sizeof *names; k++)
            copy_but(names[k], NULL, NULL);
        if (casework_check(folder, &error))
            fail_msg("row %zu was taken", i);
        if (!strstr(error.text, rows[i].told))
            fail_msg("row %zu: %s", i, error.text);
    }
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s", folder, names[k]);
        unlink(path);
    }
    rmdir(folder);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(all_playbooks_are_there),
        TEST(the_site_is_sound),
        TEST(every_task_can_become_due),
        TEST(a_case_never_falls_asleep),
        TEST(every_anchor_and_unit_has_its_deadline),
        TEST(values_of_facts_as_times),
        TEST(what_is_no_time_sets_no_anchor),
        TEST(a_case_of_pasung_goes_its_way),
        TEST(age_decides_between_two_playbooks),
        TEST(the_law_has_its_clock),
        TEST(a_disaster_has_its_onset),
        TEST(what_was_released_late_gets_a_fair_deadline),
        TEST(a_fact_taken_back_lets_the_task_wait_again),
        TEST(a_repeated_task_comes_back_as_often_as_it_says),
        TEST(a_late_visit_does_not_make_the_next_one_late),
        TEST(reminders_come_once_each),
        TEST(the_timer_rings_at_each_point),
        TEST(after_a_standstill_one_notice_is_enough),
        TEST(closing_cancels_and_reopening_brings_back),
        TEST(another_kind_brings_other_tasks),
        TEST(further_kinds_bring_their_playbooks),
        TEST(a_further_kind_has_what_the_main_one_has_not),
        TEST(its_own_kind_is_no_further_one),
        TEST(only_so_many_kinds_have_room),
        TEST(a_further_kind_comes_back),
        TEST(a_kind_corrected_to_and_fro_keeps_its_tasks),
        TEST(tasks_without_room_are_looked_at),
        TEST(a_wrong_kind_does_not_end_a_legal_limit),
        TEST(aftercare_that_has_begun_outlives_the_kind),
        TEST(another_main_playbook_leaves_the_further_ones),
        TEST(broken_playbooks_are_refused_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, load_site, free_site);
}
