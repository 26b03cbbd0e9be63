/* The n-th write, sync, read, statement, commit or allocation of a daemon fails, or the process or the power
 * ends at its n-th write, once, in a small run of the
 * whole pipeline without any other fault; then everything that was promised must hold (tests/sim/check.c):
 * nothing acknowledged is lost, nothing is done twice, nothing is parked, and (the sanitizer looks) nothing
 * leaks.
 *
 * Which n: SIGAP_FAULTS (default 3) spread over all there are; SIGAP_FAULTS=0 tries every single one. */
#include "tests/sim/sim.h"

#include "common/log.h"

#include <ftw.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { REPORTS = 6, SEED = 11 };

static const char *const kind_words[FAULT_KINDS] = {[FAULT_MEMORY] = "memory",
    [FAULT_STEP] = "step",
    [FAULT_COMMIT] = "commit",
    [FAULT_SYNC] = "sync",
    [FAULT_WRITE] = "write",
    [FAULT_READ] = "read"};

static char folder[64];

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static uint64_t run(const struct sim_fault *fault) {
    struct sim_options options = {.seed = SEED,
        .reports = REPORTS,
        .calm = true,
        .settle_hours = 1,
        .site_dir = "site",
        .data_dir = "data",
        .fault = *fault};
    struct sim_outcome outcome;
    mkdir("data", 0700);
    bool passed = sim_run(&options, &outcome);
    nftw("data", remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (!passed)
        fail_msg("%s, %s %llu: %s", fault->daemon,
            fault->death ? fault->power ? "power" : "kill" : kind_words[fault->kind],
            (unsigned long long)fault->nth, outcome.complaint);
    return outcome.fault_count;
}

static uint64_t tries(void) {
    const char *text = getenv("SIGAP_FAULTS");
    return text ? strtoull(text, NULL, 10) : 3;
}

/* Returns how many there are. */
static uint64_t run_some(struct sim_fault fault) {
    fault.nth = 0;
    uint64_t count = run(&fault), stride = tries() && count > tries() ? count / tries() : 1;
    for (fault.nth = 1; fault.nth <= count; fault.nth += stride)
        run(&fault);
    return count;
}

static void every_call_fails_once(void **state) {
    const char *daemon = *state;
    assert_true(run_some((struct sim_fault){daemon, FAULT_STEP, 0, false, false}) > 100);
    assert_true(run_some((struct sim_fault){daemon, FAULT_COMMIT, 0, false, false}) > 10);
    assert_true(run_some((struct sim_fault){daemon, FAULT_WRITE, 0, false, false}) > 20);
    assert_true(run_some((struct sim_fault){daemon, FAULT_SYNC, 0, false, false}) > 10);
    run_some(
        (struct sim_fault){daemon, FAULT_READ, 0, false, false}); /* of these a small run may have none */
    run_some((struct sim_fault){daemon, FAULT_MEMORY, 0, false, false});
}

static void it_may_die_at_every_write(void **state) {
    const char *daemon = *state;
    assert_true(run_some((struct sim_fault){daemon, FAULT_WRITE, 0, true, false}) > 20);
    assert_true(run_some((struct sim_fault){daemon, FAULT_WRITE, 0, true, true}) > 20);
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

/* One daemon a program run, so that the runs share the cores of the machine. */
int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s DAEMON\n", argv[0]);
        return 2;
    }
    const struct CMUnitTest tests[] = {
        {"every call fails once", every_call_fails_once, NULL, NULL, argv[1]},
        {"it may die at every write", it_may_die_at_every_write, NULL, NULL, argv[1]},
    };
    log_set_level((enum log_level)(LOG_ERROR + 1));
    sim_chance_for_sodium();
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
