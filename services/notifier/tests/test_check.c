/* A site with a hole is refused before it runs, with the place of the hole. */
#include "common/error.h"
#include "notifier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const files[] = {"site.yaml", "kinds.yaml", "roles.yaml", "calendar.yaml", "teams.yaml",
    "escalation.yaml", "facilities.yaml", "channels.yaml"};

static char *read_file(const char *name) {
    char path[512];
    char *text = calloc(1, 1 << 20);
    snprintf(path, sizeof path, SIGAP_SOURCE_DIR "/deploy/sites/jatim/%s", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

/* The site of the house with one place of one file replaced. */
static void write_site(const char *folder, const char *broken, const char *before, const char *after) {
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[512], *text = read_file(files[i]);
        snprintf(path, sizeof path, "%s/sites/test/%s", folder, files[i]);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        char *at = strcmp(files[i], broken) == 0 ? strstr(text, before) : NULL;
        if (strcmp(files[i], broken) == 0)
            assert_non_null(at); /* the test must change something */
        if (at)
            fprintf(file, "%.*s%s%s", (int)(at - text), text, after, at + strlen(before));
        else
            fputs(text, file);
        fclose(file);
        free(text);
    }
}

static bool check_with(const char *broken, const char *before, const char *after, struct error *error) {
    char folder[] = "/tmp/notifier-check-XXXXXX", path[512], command[128];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/sites", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/sites/test", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/gazetteer", folder);
    assert_int_equal(symlink(SIGAP_SOURCE_DIR "/deploy/gazetteer", path), 0);
    write_site(folder, broken, before, after);
    snprintf(path, sizeof path, "%s/sites/test", folder);
    bool good = notifier_check(path, error);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    return good;
}

static void test_the_site_of_the_house(void **state) {
    (void)state;
    struct error error = {0};
    if (!notifier_check(SIGAP_SOURCE_DIR "/deploy/sites/jatim", &error))
        fail_msg("%s", error.text);
    assert_true(check_with("", "", "", &error));
}

static void test_holes(void **state) {
    (void)state;
    static const struct {
        const char *file, *before, *after, *says;
    } cases[] = {
        {"teams.yaml", "role: KDS, each: one", "role: PBS, each: one", "nobody is KDS"},
        {"teams.yaml",
            "id: kds, name: Kepala Dinas Sosial provinsi, role: KDS, each: one, email: kds@sigap.example, "
            "outbox: kds, people: 1, round_the_clock: yes",
            "id: kds, name: Kepala Dinas Sosial provinsi, role: KDS, each: one, email: kds@sigap.example, "
            "outbox: kds, "
            "people: 1, round_the_clock: no",
            "round the clock"},
        {"teams.yaml", "{ role: POL, owner: PPA,", "{ role: SPP, owner: PPA,", "nobody is POL"},
        {"teams.yaml", "role: UPT, each: facility", "role: RSJ, each: facility", "could receive an offer"},
        {"teams.yaml", "id: tri,", "id: opr,", "there twice"},
        {"teams.yaml", "id: \"kab-{regency}\"", "id: kab", "{regency}"},
        {"teams.yaml", "role: OPR, each: one", "role: XXX, each: one", "no role"},
        {"escalation.yaml", "situation: task_overdue", "situation: system", "situation task_overdue"},
        {"escalation.yaml", "{ after: 5m,", "{ after: 50m,", "before the step above"},
        {"escalation.yaml", "repeat: 3", "repeat: 6", "more than 5"},
        {"escalation.yaml", "priorities: [P2, P3, P4]", "priorities: [P1, P2]", "never held"},
        {"escalation.yaml", "nag: 2m", "nag: soon", "nag"},
        {"escalation.yaml", "nag: 2m", "nag: 59s", "within a minute"},
        {"escalation.yaml", "nag: 2m", "nag: 2m\n    respond_by: 0m", "more than 0"},
        {"channels.yaml", "name: outbox", "name: pigeon", "no channel"},
        {"channels.yaml", "  - name: outbox", "  - name: outbox\n    off: yes",
            "no channel that this site uses"},
        {"channels.yaml", "  - name: outbox", "  - name: outbox\n    options: [{ name: x, value: y }]",
            "no option"},
        {"channels.yaml", "  - name: outbox", "  - name: email\n    options: [{ name: from, value: a@b }]",
            "server"},
        {"facilities.yaml", "facilities:", "places:", "no list"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        bool good = check_with(cases[i].file, cases[i].before, cases[i].after, &error);
        if (good || !strstr(error.text, cases[i].says))
            fail_msg("case %zu (%s): %s", i, cases[i].says, good ? "passed" : error.text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_site_of_the_house),
        cmocka_unit_test(test_holes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
