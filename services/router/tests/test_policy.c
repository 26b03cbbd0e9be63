/* The site's files as they are, and files with one mistake each. */
#include "services/router/policy.h"
#include "services/router/router.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SITE SIGAP_SOURCE_DIR "/deploy/sites/jatim"

static void the_site_is_sound(void **state) {
    (void)state;
    struct error error = {""};
    bool sound = router_check(SITE, &error);
    if (!sound)
        print_error("%s\n", error.text);
    assert_true(sound);
}

/* What `sigapctl check` and `sigapctl up` ask. */
static void the_daemon_checks_it(void **state) {
    (void)state;
    assert_true(router_daemon.check == router_check);
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, 1 << 20);
    size_t size = fread(text, 1, (1 << 20) - 1, file);
    assert_true(size > 0);
    fclose(file);
    return text;
}

static void write_replaced(const char *path, const char *text, const char *old, const char *new) {
    const char *at = strstr(text, old);
    if (!at)
        fail_msg("\"%s\" is not in the file: the test has nothing to break", old);
    FILE *file = fopen(path, "wb");
    fprintf(file, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    fclose(file);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* A site whose files are links to the real ones but for one, in which `old` became `new`. */
static void with_mistake(const char *file, const char *old, const char *new, const char *complaint) {
    static const char *const files[] = {"site.yaml", "kinds.yaml", "roles.yaml", "calendar.yaml",
        "eligibility.yaml", "facilities.yaml", "rules.yaml", "timers.yaml"};
    char folder[] = "/tmp/sigap-policy-XXXXXX", path[256], from[512];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/gazetteer", folder);
    assert_int_equal(symlink(SIGAP_SOURCE_DIR "/deploy/gazetteer", path), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        snprintf(from, sizeof from, "%s/%s", SITE, files[i]);
        if (strcmp(files[i], file) != 0) {
            char *text = read_file(from);
            if (strcmp(files[i], "site.yaml") == 0)
                write_replaced(path, text, "../../gazetteer", "gazetteer");
            else
                assert_int_equal(symlink(from, path), 0);
            free(text);
            continue;
        }
        char *text = read_file(from);
        write_replaced(path, text, old, new);
        free(text);
        if (strcmp(file, "site.yaml") != 0)
            continue;
        text = read_file(path);
        write_replaced(path, text, "../../gazetteer", "gazetteer");
        free(text);
    }
    struct error error = {""};
    bool sound = router_check(folder, &error);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    if (sound || !strstr(error.text, complaint))
        fail_msg(
            "%s: \"%s\" instead of \"%s\" gave: %s", file, new, old, sound ? "no complaint" : error.text);
}

static void mistakes_are_found(void **state) {
    (void)state;
    static const struct {
        const char *file, *old, *new, *complaint;
    } cases[] = {
        {"rules.yaml", "fact: bed_available, is: yes", "fact: bed_avilable, is: yes", "is no fact"},
        {"rules.yaml", "fact: bed_available, is: yes", "fact: bed_available, is: maybe", "is no value of"},
        {"rules.yaml", "fact: bed_available, is: yes", "fact: bed_available, below: 3", "is no number"},
        {"rules.yaml", "fact: age, below: 18", "fact: age, below: 18, at_least: 3", "one of is, below"},
        {"rules.yaml", "types: [RSJ]", "types: [RSX]", "is no type"},
        {"rules.yaml", "facilities: [JTM-PRSMP-SBY]", "facilities: [JTM-PRSMP-XXX]", "is no facility"},
        {"rules.yaml", "action: home_aftercare, role: PDS", "action: home_aftercare, role: XYZ",
            "is no role"},
        {"rules.yaml", "action: home_aftercare, role", "action: go_home, role", "is no action"},
        {"rules.yaml", "kind: repasung_kambuh", "kind: repasung", "is no kind"},
        {"rules.yaml", "id: S-01", "id: R-01", "stands here twice"},
        {"rules.yaml", "emergency: when_p0\n", "emergency: never\n", "never used"},
        {"rules.yaml", "kind: kdrt", "kind: any", "stand in general"},
        {"rules.yaml", "kind: odha, when", "kind: kat, when", "has no rule"},
        {"rules.yaml", "names: [daerah ini, daerah lain]", "names: [daerah ini]", "as many as values"},
        {"rules.yaml", "when: [{ fact: disability, is: netra }]", "when: []", "is never reached"},
        {"eligibility.yaml", "fact: acute, instead: RSJ", "fact: acute, instead: RSXX",
            "neither a type nor an action"},
        {"eligibility.yaml", "fact: infectious", "fact: age", "is no yes_no fact"},
        {"eligibility.yaml", "not_for: [P0, P1]", "not_for: [P9]", "is no priority"},
        {"facilities.yaml", "types: [PPSPA]", "types: [PPSPX]", "is no type"},
        {"facilities.yaml", "part_of: JTM-PPSPA-BATU", "part_of: JTM-PPSPA", "is no facility"},
        {"facilities.yaml", "regency: \"35.79\"", "regency: \"35\"", "is no regency"},
        {"facilities.yaml", "coverage: [\"35\"]", "coverage: [\"3\"]", "is no area code"},
        {"facilities.yaml", "age_min: 6, age_max: 17", "age_min: 18, age_max: 17", "takes nobody"},
        {"facilities.yaml", "sex: [L, P]", "sex: [X]", "sex is L or P"},
        {"facilities.yaml", "kinds: [abh", "kinds: [abu", "is no kind"},
        {"facilities.yaml", "regency: \"35.79\"", "regency: \"35.99\"",
            "facilities[0].regency: the gazetteer does not know"},
        {"facilities.yaml", "coverage: [\"35\"]", "coverage: [\"35\", \"36.99\"]", "does not know \"36.99\""},
        {"facilities.yaml", "coverage: [\"35\"]", "coverage: [\"99\"]", "does not know \"99\""},
        {"facilities.yaml", "age_min: 6, age_max: 17", "age_min: 900, age_max: none",
            "nobody is older than 150"},
        {"facilities.yaml", "age_min: 6, age_max: 17", "age_min: -3, age_max: 17", "\"-3\" is none of"},
        {"facilities.yaml", "capacity: unknown", "capacity: -5", "\"-5\" is none of"},
        {"facilities.yaml", "capacity: unknown", "capacity: 4000000", "at most 100000 places"},
        {"site.yaml", "provinces: [\"35\"]", "provinces: [\"99\"]", "provinces[0]: the gazetteer"},
        {"timers.yaml", "warn_percent: 50", "warn_percent: abc", "timers.yaml:"},
        {"timers.yaml", "delivered: 1m", "delivered: -1m", "timers.yaml:"},
        {"timers.yaml", "answered: 15m", "answered: 59s", "less than a minute"},
        {"timers.yaml", "answered: 15m", "answered: 1wd", "never wait for office hours"},
        {"timers.yaml", "priority: P3, fhir", "priority: P2, fhir", "one row each"},
        {"timers.yaml", "warn_percent: 50", "warn_percent: 100", "warn < act"},
        {"timers.yaml", "kinds: [pasung], priority: P2", "kinds: [pasun], priority: P2", "is no kind"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        with_mistake(cases[i].file, cases[i].old, cases[i].new, cases[i].complaint);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_site_is_sound),
        cmocka_unit_test(the_daemon_checks_it),
        cmocka_unit_test(mistakes_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
