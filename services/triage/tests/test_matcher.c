/* The pattern language and the finding of patterns. */
#include "services/triage/matcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct arena *arena;
    struct spelling *spelling;
};

static int setup(void **state) {
    static struct fixture fixture;
    fixture.arena = arena_new(4 << 20);
    fixture.spelling = spelling_new();
    *state = &fixture;
    return fixture.arena && fixture.spelling ? 0 : -1;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    arena_free(&fixture->arena);
    spelling_free(&fixture->spelling);
    return 0;
}

static size_t count_in(struct fixture *fixture, const char *pattern, const char *message, struct hit *first) {
    struct matcher *matcher = matcher_new(fixture->spelling);
    struct error error = {0};
    struct text text;
    size_t count;
    assert_non_null(matcher);
    if (!matcher_add(matcher, pattern, 7, &error))
        fail_msg("%s", error.text);
    arena_reset(fixture->arena);
    assert_true(text_read(fixture->arena, fixture->spelling, message, strlen(message), &text));
    struct hit *hits = matcher_find(matcher, fixture->arena, &text, &count);
    assert_non_null(hits);
    if (count && first)
        *first = hits[0];
    matcher_free(&matcher);
    return count;
}

static void test_patterns(void **state) {
    static const struct {
        const char *pattern, *message;
        bool found;
    } cases[] = {
        {"dipasung", "kakak saya dipasung", true},
        {"dipasung", "di-pasung2", false},
        {"pare", "parengan", false},
        {"pasung", "terpasung", false},
        {"anak…", "anaknya menangis", true},
        {"anak…", "banak", false},
        {"suami memukul", "suami memukul saya", true},
        {"suami memukul", "suami saya memukul", false},
        {"suami memukul", "Suami. Memukul", true},
        {"(umur|usia) [6-9]", "usia 7 th", true},
        {"(umur|usia) [6-9]", "usia 17 th", false},
        {"(umur|usia) ([6-9]|1[0-7])", "umur tujuh belas", true},
        {"(?<!sudah )([6-9]|1[0-7]) ?(th|thn|tahun)(an)?", "anak 12th", true},
        {"(?<!sudah )([6-9]|1[0-7]) ?(th|thn|tahun)(an)?", "sudah 12 tahun", false},
        {"obat(nya)? (sudah )?(habis|abis)", "obatnya abis", true},
        {"obat(nya)? (sudah )?(habis|abis)", "obat sdh habis", true},
        {"obat(nya)? (sudah )?(habis|abis)", "obat belum habis", false},
        {"bapak (saya )?(\\w+ )?(me)?mukul ibu", "bapak saya sering mukul ibu", true},
        {"bapak (saya )?(\\w+ )?(me)?mukul ibu", "bapak mukul ibu", true},
        {"bapak (saya )?(\\w+ )?(me)?mukul ibu", "bapak saya sering sekali mukul ibu", false},
        {"kelas \\d", "anak kelas 4", true},
        {"kelas \\d", "kelas berat", false},
        {"pasung~odgj", "odgj di sana, kena pasung", true},
        {"pasung~odgj", "pasung", false},
        {"daycare~", "di daycare itu", true},
        {"pegang-pegang", "pegang2", true},
        {"tidak makan", "gak makan", true},
        {"è rantè", "è rantè", true},
        {"lece(h|hkan)…", "leceh", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if ((count_in(*state, cases[i].pattern, cases[i].message, NULL) > 0) != cases[i].found)
            fail_msg("%s %s in \"%s\"", cases[i].pattern, cases[i].found ? "not found" : "found",
                cases[i].message);
}

static void test_refused(void **state) {
    struct fixture *fixture = *state;
    static const char *const patterns[] = {"", "   ", "(", "a)", "[a", "a+", "x{3}", "(?<!dua kata )x", "\\",
        "[0-9][0-9][0-9][0-9]", "((((((((((a))))))))))", "a~b~c~d~e"};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        struct matcher *matcher = matcher_new(fixture->spelling);
        struct error error = {0};
        if (matcher_add(matcher, patterns[i], 1, &error))
            fail_msg("\"%s\" is taken", patterns[i]);
        assert_true(error.text[0] != 0);
        matcher_free(&matcher);
    }
}

static void test_hits_say_where_and_whether_denied(void **state) {
    struct hit hit;
    assert_int_equal(count_in(*state, "dipukul", "dia tidak pernah dipukul", &hit), 1);
    assert_int_equal(hit.first, 3);
    assert_int_equal(hit.last, 3);
    assert_int_equal(hit.negator, 1);
    assert_int_equal(hit.tag, 7);
    /* A pattern that holds its negator is not denied by it. */
    assert_int_equal(count_in(*state, "tidak makan", "sudah tidak makan", &hit), 1);
    assert_int_equal(hit.negator, -1);
}

static void test_near_means_near(void **state) {
    char far[600] = "pasung";
    for (int i = 0; i < MATCHER_NEAR_WORDS + 2; i++)
        strcat(far, " kata");
    strcat(far, " odgj");
    assert_int_equal(count_in(*state, "pasung~odgj", far, NULL), 0);
}

static void test_hits_are_bounded(void **state) {
    char *many = test_malloc(4 * 3000 + 1);
    many[0] = 0;
    for (int i = 0; i < 3000; i++)
        memcpy(many + 4 * i, "aba ", 5);
    assert_true(count_in(*state, "aba", many, NULL) <= MATCHER_HITS_MAX);
    test_free(many);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_hits_say_where_and_whether_denied),
        cmocka_unit_test(test_near_means_near),
        cmocka_unit_test(test_hits_are_bounded),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
