/* Which facilities a case accuses, on a directory of two institutions in one regency and one elsewhere. */
#include "common/institutions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char facilities[] = "facilities:\n"
                                 "  - { id: HOME, regency: \"35.20\" }\n"
                                 "  - { id: HOME-SHELTER, regency: \"35.77\", part_of: HOME }\n"
                                 "  - { id: HOME-2, regency: \"35.20\" }\n"
                                 "  - { id: AWAY, regency: \"35.79\" }\n";

/* NULL when it is refused. */
static struct institutions *load(const char *yaml) {
    char folder[] = "/tmp/sigap-institutions-XXXXXX", path[64];
    struct error error = {0};
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/facilities.yaml", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(yaml, file);
    fclose(file);
    struct institutions *out = institutions_load(folder, &error);
    assert_int_equal(out == NULL, error.text[0] != 0);
    unlink(path);
    rmdir(folder);
    return out;
}

static void test_who_is_accused(void **state) {
    static const struct {
        const char *interest, *facilities, *area;
        const char *out; /* 0 or 1: HOME, HOME-SHELTER, HOME-2, AWAY, one that is not in the directory */
    } cases[] = {
        {NULL, NULL, "35.20", "00000"},
        {"no", "", "35.20", "00000"},
        {NULL, "HOME", "35.20", "11000"}, /* with all of its institution, */
        {NULL, "HOME-SHELTER", "35.20", "11000"},
        {"yes", "HOME-2 AWAY", "35.20", "00110"}, /* and nobody else */
        {"yes", "AWAY,NONE", "35.20", "00011"},
        {"yes", NULL, "35.20", "10100"}, /* which one is not known: all of the regency, */
        {"yes", "", "35.20.05.2001", "10100"},
        {"yes", "unknown", "35.79", "00010"},
        {"yes", "HOMES", "35.20", "10100"}, /* a word that is no facility tells nothing */
        {"yes", "no", "35.20", "00000"},    /* none of them */
        {"yes", NULL, "35", "00000"},       /* the whole province cannot be left out */
        {"yes", NULL, "", "00000"},
    };
    static const char *const ids[] = {"HOME", "HOME-SHELTER", "HOME-2", "AWAY", "NONE"};
    struct institutions *institutions = load(facilities);
    (void)state;
    assert_non_null(institutions);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct accusation accusation =
            institutions_accusation(institutions, cases[i].interest, cases[i].facilities, cases[i].area);
        for (size_t k = 0; k < sizeof ids / sizeof *ids; k++)
            if (institutions_accused(institutions, &accusation, ids[k]) != (cases[i].out[k] == '1'))
                fail_msg("case %zu, %s", i, ids[k]);
    }
    institutions_free(&institutions);
}

static void test_whose_staff(void **state) {
    struct institutions *institutions = load(facilities);
    char *of[] = {(char *)"AWAY", (char *)"HOME-SHELTER"};
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    (void)state;
    struct accusation accusation = institutions_accusation(institutions, NULL, "HOME", "35.20");
    assert_false(institutions_accuse_staff(institutions, &accusation, NULL));
    assert_false(institutions_accuse_staff(institutions, &accusation, &actor));
    actor.facilities = of;
    actor.n_facilities = 1;
    assert_false(institutions_accuse_staff(institutions, &accusation, &actor));
    actor.n_facilities = 2;
    assert_true(institutions_accuse_staff(institutions, &accusation, &actor));
    institutions_free(&institutions);
}

/* An office is out in the case's regency; who has the whole province is not of it. */
static void test_whose_office(void **state) {
    static const struct {
        const char *role, *of, *accused, *area;
        bool out;
    } cases[] = {
        {"TKSK", "35.15.13", "office:TKSK", "35.15.13", true},
        {"TKSK", "35.15", "HOME office:TKSK", "35.15.13.2001", true},
        {"PSM", "35.15.13", "office:TKSK", "35.15.13", false},
        {"TKSK", "35.07.01", "office:TKSK", "35.15.13", false},
        {"TKSK", "35.15.13", "office:TKSK", "", true}, /* it is not known where: they may be meant */
        {"KAB", "35", "office:KAB", "35.15", false},
        {"KAB", "*", "office:KAB", "35.15", false},
        {"TKSK", "35.15.13", "no", "35.15.13", false},
    };
    struct institutions *institutions = load(facilities);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Sigap__Actor actor = SIGAP__ACTOR__INIT;
        char *roles[] = {(char *)"responder", (char *)cases[i].role}, *areas[] = {(char *)cases[i].of};
        actor.roles = roles;
        actor.n_roles = 2;
        actor.areas = areas;
        actor.n_areas = 1;
        struct accusation accusation =
            institutions_accusation(institutions, "yes", cases[i].accused, cases[i].area);
        if (institutions_accuse_staff(institutions, &accusation, &actor) != cases[i].out)
            fail_msg("case %zu", i);
        assert_false(accusation.of_unknown); /* it is told who: no facility of the regency is out for it */
    }
    institutions_free(&institutions);
}

static void test_what_cannot_be_read_is_refused(void **state) {
    (void)state;
    assert_null(load("facilities:\n  - { id: HOME }\n"));
    assert_null(load("facilities:\n  - { regency: \"35.20\" }\n"));
    assert_null(load("facilities:\n  - { id: A, regency: \"35.20\", part_of: "
                     "A234567890123456789012345678901234567890123456789012345678901234567890 }\n"));
    struct institutions *none = load("facilities: []\n");
    assert_non_null(none);
    assert_string_equal(institutions_of(none, "HOME"), "HOME");
    institutions_free(&none);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_accused),
        cmocka_unit_test(test_whose_staff),
        cmocka_unit_test(test_whose_office),
        cmocka_unit_test(test_what_cannot_be_read_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
