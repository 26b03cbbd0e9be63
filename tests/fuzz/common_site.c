/* The YAML files of a site that common/ reads. The first line names the file, the rest is its content; what
 * is accepted is then used: calendars are counted with. Refusals have a sentence. */
#include "common/calendar.h"
#include "common/danger.h"
#include "common/site.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void read_calendar(const char *folder, struct error *error) {
    struct calendar *calendar = calendar_load(folder, error);
    static const int32_t counts[] = {0, 1, -1, 5, -40, 260, 100000, -100000};
    const int64_t at = INT64_C(1772420400000); /* Monday 2 March 2026, 10:00 WIB */
    for (size_t i = 0; calendar && i < sizeof counts / sizeof *counts; i++)
        for (enum duration_unit unit = DURATION_SECONDS; unit <= DURATION_WORKING_DAYS; unit++) {
            int64_t to = calendar_add(calendar, at, (struct duration){counts[i], unit});
            FUZZ_HOLDS(counts[i] == 0 || (counts[i] > 0) == (to > at));
        }
    calendar_free(&calendar);
}

static void read_file(const char *name, const char *folder, struct error *error) {
    if (strcmp(name, "calendar.yaml") == 0) {
        read_calendar(folder, error);
    } else if (strcmp(name, "site.yaml") == 0) {
        struct site *site = site_load(folder, error);
        site_free(&site);
    } else if (strcmp(name, "links.yaml") == 0) {
        struct site_links *links = site_links_load(folder, error);
        if (links)
            site_links_may_read(links, "triage", "intake");
        site_links_free(&links);
    } else if (strcmp(name, "kinds.yaml") == 0) {
        struct site_kinds *kinds = site_kinds_load(folder, error);
        site_kinds_free(&kinds);
    } else if (strcmp(name, "roles.yaml") == 0) {
        struct site_roles *roles = site_roles_load(folder, error);
        site_roles_free(&roles);
    } else {
        struct danger *danger = danger_load(folder, error);
        if (danger)
            danger_scan(danger, "tolong segera, anak dipukuli", 28);
        danger_free(&danger);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const char *const names[] = {"calendar.yaml", "site.yaml", "links.yaml", "kinds.yaml",
        "roles.yaml", "danger.yaml", "vocabulary/danger_points.yaml"};
    struct fuzz_input input = fuzz_input(bytes, size);
    char *name = fuzz_line(&input);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct error error = {""};
        if (strcmp(name, names[i]) != 0)
            continue;
        fuzz_write(fuzz_site(), name, input.at, (size_t)(input.end - input.at));
        read_file(name, fuzz_site(), &error);
        FUZZ_HOLDS(strnlen(error.text, sizeof error.text) < sizeof error.text);
    }
    free(name);
    return 0;
}
