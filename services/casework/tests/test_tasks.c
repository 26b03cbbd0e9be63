/* States, conditions and the blob: tables without a store. */
#include "services/casework/case_file.h"
#include "services/casework/condition.h"
#include "services/casework/tasks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA = 4 << 20 };

/* ---- states */

/* Row by row as a person would write it; 0 = no such move. In the order of enum task_event: READY UNMET
 * EXPIRE POSTPONE REPEAT FINISH CANCEL REOPEN ASSIGN. */
static void every_move_is_as_the_table_says(void **state) {
    static const int wanted[TASK_STATES][TASK_EVENTS] = {
        [TASK_WAITING] = {TASK_DUE, 0, 0, 0, TASK_DUE, TASK_DONE, TASK_CANCELLED, 0, TASK_WAITING},
        [TASK_DUE] = {0, TASK_WAITING, TASK_OVERDUE, TASK_DUE, TASK_DUE, TASK_DONE, TASK_CANCELLED, 0,
            TASK_DUE},
        [TASK_OVERDUE] = {0, TASK_WAITING, 0, TASK_DUE, TASK_DUE, TASK_DONE, TASK_CANCELLED, 0, TASK_OVERDUE},
        [TASK_DONE] = {0, 0, 0, 0, 0, 0, 0, TASK_WAITING, 0},
        [TASK_CANCELLED] = {0, 0, 0, 0, 0, 0, 0, TASK_WAITING, 0},
    };
    (void)state;
    for (int from = 0; from < TASK_STATES; from++) {
        for (int event = 0; event < TASK_EVENTS; event++) {
            enum task_state moved = (enum task_state)from;
            bool allowed = task_move(&moved, (enum task_event)event);
            assert_int_equal(allowed, wanted[from][event] != 0);
            assert_int_equal(moved, allowed ? wanted[from][event] : from);
        }
    }
}

static void commands_have_words(void **state) {
    enum task_event event;
    (void)state;
    assert_true(task_event_parse("done", &event));
    assert_int_equal(event, TASK_FINISH);
    assert_true(task_event_parse("assign", &event));
    assert_false(task_event_parse("expire", &event)); /* time does that, not a person */
    assert_false(task_event_parse("", &event));
}

/* ---- conditions */

static struct arena *arena;
static struct case_file file;

static int set_up(void **state) {
    (void)state;
    arena = arena_new(ARENA);
    memset(&file, 0, sizeof file);
    return arena && case_file_init(&file, arena) ? 0 : 1;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static void conditions_that_are_refused(void **state) {
    static const char *const wrong[] = {"done", "done()", "done(PSG-01", "donePSG-01)", "flag(a b)",
        "level(5)", "level(P5)", "level(P0x)", "score(x)", "score(x>=)", "score(x>=3x)", "score(>=3)",
        "maybe(x)", "flag(x)&", "&flag(x)", "flag(x)&&flag(y)", " flag(x)", "flag(x) & flag(y)",
        "flag(a)&flag(b)&flag(c)&flag(d)&flag(e)", "flag(xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx)"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct condition condition;
        struct error error = {""};
        if (condition_parse(wrong[i], &condition, &error))
            fail_msg("\"%s\" was taken", wrong[i]);
        assert_true(error.text[0] != 0);
    }
}

static void set_facts(const char *const *facts) {
    for (; facts && *facts; facts += 2)
        assert_true(case_fact_set(&file, facts[0], facts[1], "text", 1));
}

static void conditions_are_three_valued(void **state) {
#define FACTS(...) ((const char *const[]){__VA_ARGS__, NULL})
    const struct {
        const char *text, *kind;
        int priority;
        const char *const *facts;
        enum truth wanted;
    } cases[] = {
        {"", "pasung", 2, NULL, TRUTH_YES},
        {"flag(relapse)", "pasung", 2, NULL, TRUTH_UNKNOWN},
        {"flag(relapse)", "pasung", 2, FACTS("relapse", "yes"), TRUTH_YES},
        {"flag(relapse)", "pasung", 2, FACTS("relapse", "no"), TRUTH_NO},
        {"flag(relapse)", "pasung", 2, FACTS("relapse", "unknown"), TRUTH_UNKNOWN},
        {"flag(relapse)", "repasung_kambuh", 2, NULL, TRUTH_YES},
        {"flag(relapse)", "repasung_kambuh", 2, FACTS("relapse", "no"), TRUTH_NO},
        {"flag(no_family)", "lansia_terlantar", 2, FACTS("has_family", "no"), TRUTH_YES},
        {"flag(no_family)", "lansia_terlantar", 2, FACTS("has_family", "yes"), TRUTH_NO},
        {"flag(family_refused)", "pasung", 2, FACTS("family_refuses", "yes"), TRUTH_YES},
        {"flag(tpks)", "kekerasan_seksual", 2, NULL, TRUTH_YES},
        {"flag(tpks)", "kdrt", 2, NULL, TRUTH_UNKNOWN},
        {"flag(sexual_or_injury)", "kdrt", 2, FACTS("injury", "no"), TRUTH_NO},
        {"flag(sexual_or_injury)", "kdrt", 2, FACTS("injury", "no", "medical_emergency", "yes"), TRUTH_YES},
        {"flag(minor)", "kdrt", 2, FACTS("age", "17"), TRUTH_YES},
        {"flag(minor)", "kdrt", 2, FACTS("age", "18"), TRUTH_NO},
        {"flag(minor)", "kdrt", 2, FACTS("age", "unknown"), TRUTH_UNKNOWN},
        {"flag(netra)", "disabilitas_layanan", 2, FACTS("disability", "rungu"), TRUTH_NO},
        {"level(P0)", "pasung", 0, NULL, TRUTH_YES},
        {"level(P0)", "pasung", 1, NULL, TRUTH_NO},
        {"level(P1)", "pasung", 0, NULL, TRUTH_YES},
        {"consent(victim)", "kdrt", 2, FACTS("victim_consent", "yes"), TRUTH_YES},
        {"consent(victim)", "kdrt", 2, FACTS("family_consent", "yes"), TRUTH_UNKNOWN},
        {"request(victim)", "tppo", 2, FACTS("victim_request", "yes"), TRUTH_YES},
        {"stage(pasca)", "bencana_alam", 2, FACTS("stage", "tanggap"), TRUTH_NO},
        {"stage(pasca)", "bencana_alam", 2, FACTS("stage", "pasca"), TRUTH_YES},
        {"score(fungsi_sosial>=3)", "pasung", 2, FACTS("fungsi_sosial", "3"), TRUTH_YES},
        {"score(fungsi_sosial>=3)", "pasung", 2, FACTS("fungsi_sosial", "2"), TRUTH_NO},
        {"score(fungsi_sosial>=3)", "pasung", 2, FACTS("fungsi_sosial", "baik"), TRUTH_UNKNOWN},
        /* all must hold: one no settles it, whatever is unknown */
        {"flag(a)&flag(b)", "pasung", 2, FACTS("a", "yes"), TRUTH_UNKNOWN},
        {"flag(a)&flag(b)", "pasung", 2, FACTS("b", "no"), TRUTH_NO},
        {"flag(a)&flag(b)", "pasung", 2, FACTS("a", "yes", "b", "yes"), TRUTH_YES},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct condition condition;
        struct error error = {""};
        assert_true(case_file_init(&file, arena));
        file.kind = cases[i].kind;
        file.priority = cases[i].priority;
        set_facts(cases[i].facts);
        assert_true(condition_parse(cases[i].text, &condition, &error));
        if (condition_holds(&condition, &file) != cases[i].wanted)
            fail_msg("row %zu: %s", i, cases[i].text);
    }
}

static void done_means_done_once(void **state) {
    struct condition condition;
    struct error error = {""};
    (void)state;
    assert_true(condition_parse("done(PSG-06)", &condition, &error));
    struct case_task *task = case_task_add(&file, "PSG-06", TASK_OF_PLAYBOOK);
    assert_int_equal(condition_holds(&condition, &file), TRUTH_UNKNOWN);
    task->times_done = 1; /* repeated, and still due */
    task->state = TASK_DUE;
    assert_int_equal(condition_holds(&condition, &file), TRUTH_YES);
    task->times_done = 0;
    task->state = TASK_CANCELLED;
    assert_int_equal(condition_holds(&condition, &file), TRUTH_UNKNOWN);
    assert_false(condition_asks_facts(&condition));
}

/* ---- ids and commands */

static void task_ids_belong_to_their_case(void **state) {
    uint8_t tail[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 200};
    (void)state;
    file.id = id_make(1772420400000, tail);
    for (int i = 0; i < 3; i++)
        case_task_add(&file, "X", TASK_OF_PLAYBOOK);
    for (unsigned number = 1; number <= 3; number++) {
        struct id id = case_task_id(&file.id, number);
        assert_false(id_equal(&id, &file.id));
        assert_int_equal(case_task_number(&file, &id), number);
    }
    struct id beyond = case_task_id(&file.id, 4), other = case_task_id(&file.id, 1);
    assert_int_equal(case_task_number(&file, &beyond), 0);
    assert_int_equal(case_task_number(&file, &file.id), 0);
    other.bytes[7] ^= 1;
    assert_int_equal(case_task_number(&file, &other), 0);
}

static void the_last_commands_are_remembered(void **state) {
    (void)state;
    struct id ids[CASE_COMMANDS_MAX + 1];
    for (unsigned i = 0; i <= CASE_COMMANDS_MAX; i++) {
        uint8_t tail[10] = {(uint8_t)i};
        ids[i] = id_make(1000 + i, tail);
        case_command_add(&file, &ids[i]);
    }
    assert_false(case_command_known(&file, &ids[0]));
    for (unsigned i = 1; i <= CASE_COMMANDS_MAX; i++)
        assert_true(case_command_known(&file, &ids[i]));
}

/* ---- the blob */

static const char *const anchors[] = {"T0", "TV", "TC"};

static void fill_file(void) {
    uint8_t tail[10] = {9};
    file.opened_at = 1772420400000;
    file.anchors[0] = file.opened_at - 60000;
    file.anchors[2] = file.opened_at + 86400000;
    case_fact_set(&file, "age", "14", "text", file.opened_at);
    case_fact_set(&file, "family_consent", "yes", "operator", file.opened_at + 5);
    struct case_task *task = case_task_add(&file, "PSG-01", TASK_OF_PLAYBOOK);
    task->state = TASK_DUE;
    task->due_at = file.opened_at + 3600000;
    task->since = file.opened_at;
    task->marks = TASK_REMINDED_HALF;
    task->times_done = 3;
    task->version = 300;
    task->start_at = file.opened_at - 1;
    task->owner = "tksk-35.07";
    task = case_task_add(&file, "FAKTA-age", TASK_OF_FACT);
    task->state = TASK_DONE;
    task->role = "OPR";
    struct id id = id_make(7, tail);
    case_command_add(&file, &id);
}

static void a_case_comes_back_as_it_was(void **state) {
    struct buffer blob = BUFFER_MAX(CASE_BLOB_MAX);
    struct case_file read = {0};
    (void)state;
    fill_file();
    case_blob_write(&file, anchors, 3, &blob);
    assert_false(blob.failed);
    assert_true(case_file_init(&read, arena));
    read.opened_at = file.opened_at;
    assert_true(case_blob_read(&read, anchors, 3, blob.bytes, blob.size));
    assert_memory_equal(read.anchors, file.anchors, sizeof read.anchors);
    assert_int_equal(read.fact_count, 2);
    assert_string_equal(case_fact(&read, "family_consent")->source, "operator");
    assert_int_equal(case_fact(&read, "family_consent")->at, file.opened_at + 5);
    assert_int_equal(read.task_count, 2);
    const struct case_task *task = case_task(&read, "PSG-01");
    assert_int_equal(task->state, TASK_DUE);
    assert_int_equal(task->due_at, file.opened_at + 3600000);
    assert_int_equal(task->since, file.opened_at);
    assert_int_equal(task->start_at, file.opened_at - 1);
    assert_int_equal(task->marks, TASK_REMINDED_HALF);
    assert_int_equal(task->times_done, 3);
    assert_int_equal(task->version, 300);
    assert_string_equal(task->owner, "tksk-35.07");
    assert_string_equal(case_task(&read, "FAKTA-age")->role, "OPR");
    assert_int_equal(case_task(&read, "FAKTA-age")->due_at, 0);
    assert_true(case_command_known(&read, &file.commands[0]));
    buffer_free(&blob);
}

/* Cut anywhere, or altered anywhere: refused or read as something, never beyond its end (the sanitizer
 * watches: each piece is a heap block of its own). */
static void a_damaged_blob_is_refused(void **state) {
    struct buffer blob = BUFFER_MAX(CASE_BLOB_MAX);
    (void)state;
    fill_file();
    case_blob_write(&file, anchors, 3, &blob);
    for (size_t size = 0; size <= blob.size; size++) {
        uint8_t *cut = test_malloc(size + 1);
        memcpy(cut, blob.bytes, size);
        struct case_file read = {0};
        assert_true(case_file_init(&read, arena));
        assert_int_equal(case_blob_read(&read, anchors, 3, cut, size), size == blob.size);
        test_free(cut);
        arena_reset(arena);
    }
    for (size_t i = 0; i < blob.size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            struct case_file read = {0};
            blob.bytes[i] ^= (uint8_t)(1 << bit);
            assert_true(case_file_init(&read, arena));
            case_blob_read(&read, anchors, 3, blob.bytes, blob.size);
            blob.bytes[i] ^= (uint8_t)(1 << bit);
            arena_reset(arena);
        }
    }
    buffer_free(&blob);
}

static void a_full_case_fits_into_its_blob(void **state) {
    struct buffer blob = BUFFER_MAX(CASE_BLOB_MAX);
    static char names[CASE_FACTS_MAX][16];
    (void)state;
    for (int i = 0; i < CASE_FACTS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "fact_%d", i);
        assert_true(case_fact_set(&file, names[i], "a value of a usual length", "operator", 1));
    }
    assert_false(case_fact_set(&file, "one_more", "yes", "text", 1));
    for (int i = 0; i < CASE_TASKS_MAX; i++)
        assert_non_null(case_task_add(&file, "FAKTA-a_usual_name", TASK_OF_FACT));
    assert_null(case_task_add(&file, "X", TASK_OF_FACT));
    case_blob_write(&file, anchors, 3, &blob);
    assert_false(blob.failed);
    buffer_free(&blob);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_move_is_as_the_table_says),
        cmocka_unit_test(commands_have_words),
        cmocka_unit_test(conditions_that_are_refused),
        cmocka_unit_test_setup_teardown(conditions_are_three_valued, set_up, tear_down),
        cmocka_unit_test_setup_teardown(done_means_done_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(task_ids_belong_to_their_case, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_commands_are_remembered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_case_comes_back_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_blob_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_case_fits_into_its_blob, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
