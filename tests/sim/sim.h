/* The whole pipeline in one process: every daemon's engine on a disk of its own that can die, one clock, one
 * seed. Reporters report, staff answer, channels deliver or do not, links lose and repeat, processes are
 * killed between any two steps and in the middle of a write, disks fill, fail and are restored from older
 * snapshots. Then the faults stop, everything that can come to an end does, and what was promised is checked
 * (check.c).
 *
 * The same seed makes the same run: sim_outcome.trace_hash covers every step. libsodium's random bytes must
 * come from sim_chance_for_sodium(), installed before sodium_init(). */
#pragma once

#include "common/fault.h"
#include "coverage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One call of one daemon that fails: the nth of its kind inside its turns; 0 only counts. With `death` the
 * nth write or sync of its disk is where the process (or the machine: power) ends instead. */
struct sim_fault {
    const char *daemon; /* NULL: none */
    enum fault_kind kind;
    uint64_t nth;
    bool death, power;
};

struct sim_options {
    uint64_t seed;
    unsigned reports, steps;
    bool calm;             /* no faults: everything else as usual */
    bool verbose;          /* every step on stdout */
    unsigned settle_hours; /* after the faults, 0: 8 */
    struct sim_fault fault;
    const char *site_dir; /* see sim_site_make */
    const char *data_dir; /* an empty folder: keys are made there */
};

struct sim_outcome {
    bool passed;
    uint64_t trace_hash;
    char complaint[1024]; /* what was broken */
    uint64_t fault_count; /* how often the call of sim_options.fault was made */
    unsigned acknowledged, cases, media, kills, restores, turns, steps;
    int64_t virtual_ms; /* time that has passed inside */
    struct coverage coverage;
};

/* The last steps are printed on stderr when it has not passed. */
bool sim_run(const struct sim_options *options, struct sim_outcome *outcome);

/* A copy of a site that loads fast: its gazetteer holds two regencies only. false with a sentence on stderr.
 */
bool sim_site_make(const char *site_dir, const char *into);

/* Makes all of libsodium's chance repeatable; to be called once, before sodium_init(). Reseeded by sim_run.
 */
void sim_chance_for_sodium(void);
