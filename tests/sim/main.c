/* sigap-sim: runs seeds of the simulator and says which ones break a promise.
 *
 *     sigap-sim --seed 7 [--reports 200] [--steps 8000] [--calm] [--verbose]
 *     sigap-sim --seeds 1-50
 *     sigap-sim --seed 7 --twice        the same run twice: the same trace, or exit 1
 *     sigap-sim --seeds 1-75 --coverage what was seen of all kinds of records and orders: or exit 1 */
#include "common/log.h"
#include "sim.h"

#include <ftw.h>
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct campaign {
    uint64_t from, to;
    bool twice, cover;
    struct sim_options options;
    struct coverage coverage;
    double hours, seconds; /* of all seeds: inside, and outside */
    unsigned reports;
};

/* Relative to a folder of its own: no path of this machine in what is printed and hashed. */
static const char site[] = "site", data[] = "data";

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void remove_folder(const char *path) {
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool run_once(struct campaign *campaign, uint64_t seed, struct sim_outcome *outcome) {
    mkdir(data, 0700);
    campaign->options.seed = seed;
    campaign->options.site_dir = site;
    campaign->options.data_dir = data;
    bool passed = sim_run(&campaign->options, outcome);
    remove_folder(data);
    return passed;
}

/* Of this process: what else the machine does is not counted. */
static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool run_seed(struct campaign *campaign, uint64_t seed) {
    struct sim_outcome outcome, again;
    double began = seconds();
    bool passed = run_once(campaign, seed, &outcome);
    double took = seconds() - began;
    coverage_add(&campaign->coverage, &outcome.coverage);
    campaign->seconds += took;
    campaign->hours += (double)outcome.virtual_ms / 3600000;
    campaign->reports += outcome.acknowledged;
    printf("seed=%llu %s trace=%016llx acknowledged=%u cases=%u media=%u turns=%u kills=%u restores=%u "
           "hours=%.1f "
           "seconds=%.2f%s%s\n",
        (unsigned long long)seed, passed ? "ok" : "FAILED", (unsigned long long)outcome.trace_hash,
        outcome.acknowledged, outcome.cases, outcome.media, outcome.turns, outcome.kills, outcome.restores,
        (double)outcome.virtual_ms / 3600000, took, passed ? "" : " ", outcome.complaint);
    fflush(stdout);
    if (!passed)
        printf("again: sigap-sim --seed %llu --reports %u --steps %u%s\n", (unsigned long long)seed,
            campaign->options.reports, campaign->options.steps, campaign->options.calm ? " --calm" : "");
    if (!passed || !campaign->twice)
        return passed;
    run_once(campaign, seed, &again);
    if (again.trace_hash != outcome.trace_hash)
        printf("seed=%llu FAILED another trace the second time: %016llx\n", (unsigned long long)seed,
            (unsigned long long)again.trace_hash);
    return again.trace_hash == outcome.trace_hash;
}

static bool read_options(struct campaign *campaign, int argc, char **argv) {
    static const struct option long_options[] = {{"seed", required_argument, NULL, 's'},
        {"seeds", required_argument, NULL, 'S'}, {"reports", required_argument, NULL, 'r'},
        {"steps", required_argument, NULL, 'k'}, {"calm", no_argument, NULL, 'c'},
        {"twice", no_argument, NULL, 't'}, {"verbose", no_argument, NULL, 'v'},
        {"coverage", no_argument, NULL, 'C'}, {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", long_options, NULL)) != -1;) {
        char *end = optarg;
        switch (option) {
        case 's':
            campaign->from = campaign->to = strtoull(optarg, &end, 10);
            break;
        case 'S':
            campaign->from = strtoull(optarg, &end, 10);
            campaign->to = *end == '-' ? strtoull(end + 1, &end, 10) : campaign->from;
            break;
        case 'r':
            campaign->options.reports = (unsigned)strtoul(optarg, &end, 10);
            break;
        case 'k':
            campaign->options.steps = (unsigned)strtoul(optarg, &end, 10);
            break;
        case 'c':
            campaign->options.calm = true;
            break;
        case 't':
            campaign->twice = true;
            break;
        case 'C':
            campaign->cover = true;
            break;
        case 'v':
            campaign->options.verbose = true;
            break;
        default:
            return false;
        }
        if (end && *end)
            return false;
    }
    return optind == argc && campaign->from <= campaign->to;
}

int main(int argc, char **argv) {
    struct campaign campaign = {.from = 1, .to = 1, .options = {.reports = 200}};
    if (!read_options(&campaign, argc, argv)) {
        fprintf(stderr,
            "usage: sigap-sim [--seed N | --seeds FROM-TO] [--reports M] [--steps K] [--calm] [--twice] "
            "[--coverage] [--verbose]\n");
        return 2;
    }
    log_set_level(getenv("SIGAP_SIM_LOG") ? LOG_DEBUG : (enum log_level)(LOG_ERROR + 1)); /* none */
    sim_chance_for_sodium();
    char folder[64];
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.40s/sigap-sim-XXXXXX", base ? base : "/tmp");
    if (sodium_init() < 0 || !mkdtemp(folder) || chdir(folder) != 0)
        return 1;
    unsigned failed = 0;
    bool ready = sim_site_make(SIGAP_SOURCE_DIR "/deploy/sites/jatim", site);
    for (uint64_t seed = campaign.from; ready && seed <= campaign.to; seed++)
        failed += !run_seed(&campaign, seed);
    remove_folder(folder);
    bool covered = !campaign.cover || coverage_print(&campaign.coverage);
    if (campaign.from != campaign.to)
        printf(
            "%llu seeds, %u failed; %.1f seeds, %.0f simulated hours and %.0f reports a second of a core\n",
            (unsigned long long)(campaign.to - campaign.from + 1), failed,
            (double)(campaign.to - campaign.from + 1) / campaign.seconds, campaign.hours / campaign.seconds,
            campaign.reports / campaign.seconds);
    return ready && !failed && covered ? 0 : 1;
}
