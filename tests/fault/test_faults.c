/* The n-th write, sync, read, statement, commit or allocation of a daemon fails, once, in a small run of the
 * whole pipeline without any other fault; then everything that was promised must hold (tests/sim/check.c):
 * nothing acknowledged is lost, nothing is done twice, nothing is parked, and (the sanitizer looks) nothing
 * leaks.
 *
 * Which n: SIGAP_FAULTS (default 6) spread over all there are; SIGAP_FAULTS=0 tries every single one. */
#include "tests/sim/sim.h"

#include "common/log.h"

#include <ftw.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { REPORTS = 6, SEED = 11 };

static const char *const kind_words[FAULT_KINDS] = {[FAULT_MEMORY] = "memory",
    [FAULT_STEP] = "step",
    [FAULT_COMMIT] = "commit",
    [FAULT_SYNC] = "sync",
    [FAULT_WRITE] = "write",
    [FAULT_READ] = "read",
    [FAULT_SEND] = "send"};

static char folder[64];

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static uint64_t run(const char *daemon, enum fault_kind kind, uint64_t nth) {
    struct sim_options options = {.seed = SEED,
        .reports = REPORTS,
        .calm = true,
        .settle_hours = 1,
        .site_dir = "site",
        .data_dir = "data",
        .fault = {daemon, kind, nth}};
    struct sim_outcome outcome;
    mkdir("data", 0700);
    bool passed = sim_run(&options, &outcome);
    nftw("data", remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (!passed)
        fail_msg("%s, %s %llu: %s", daemon, kind_words[kind], (unsigned long long)nth, outcome.complaint);
    return outcome.fault_count;
}

static uint64_t tries(void) {
    const char *text = getenv("SIGAP_FAULTS");
    return text ? strtoull(text, NULL, 10) : 6;
}

static void every_call_fails_once(void **state) {
    static const enum fault_kind kinds[] = {
        FAULT_STEP, FAULT_COMMIT, FAULT_WRITE, FAULT_SYNC, FAULT_READ, FAULT_MEMORY};
    const char *daemon = *state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        uint64_t count = run(daemon, kinds[i], 0);
        uint64_t stride = tries() && count > tries() ? count / tries() : 1;
        if (kinds[i] != FAULT_READ && kinds[i] != FAULT_MEMORY) /* which a small run may do without */
            assert_true(count > 10);
        for (uint64_t nth = 1; nth <= count; nth += stride)
            run(daemon, kinds[i], nth);
    }
}

static int set_up(void **state) {
    const char *base = getenv("TMPDIR");
    (void)state;
    snprintf(folder, sizeof folder, "%.40s/sigap-fault-XXXXXX", base ? base : "/tmp");
    return mkdtemp(folder) && chdir(folder) == 0 &&
                   sim_site_make(SIGAP_SOURCE_DIR "/deploy/sites/jatim", "site")
               ? 0
               : 1;
}

static int tear_down(void **state) {
    (void)state;
    return chdir("/") == 0 && nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 ? 0 : 1;
}

int main(void) {
#define DAEMON(name)                                                                                         \
    { "every call of " name " fails once", every_call_fails_once, NULL, NULL, (void *)name }
    const struct CMUnitTest tests[] = {
        DAEMON("intake"), DAEMON("triage"), DAEMON("router"), DAEMON("casework"), DAEMON("notifier")};
    log_set_level((enum log_level)(LOG_ERROR + 1));
    sim_chance_for_sodium();
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
