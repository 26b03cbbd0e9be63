/* The run: steps by chance with faults, then peace until everything has come to an end, then the check. */
#include "common/keystore.h"
#include "world.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    START_MONOTONIC = 1000000,
    STEPS_A_REPORT = 40,
    SETTLE_ROUNDS_MAX = 200000,
    PEACE_GRAIN_MS = 1000,
    STAFF_HOURS = 2,  /* after the faults are over staff goes on for a while */
    SETTLE_HOURS = 8, /* long enough for every step of a P0's policy, see check.c */
};

static const int64_t start_wall = INT64_C(1772420400000); /* Monday 2 March 2026, 10:00 WIB */

/* ---- chance of libsodium ---- */

static struct chance sodium_chance;

static const char *sodium_name(void) {
    return "simulator";
}

static uint32_t sodium_word(void) {
    return (uint32_t)chance_next(&sodium_chance);
}

static void sodium_fill(void *const bytes, const size_t size) {
    chance_fill(&sodium_chance, bytes, size);
}

void sim_chance_for_sodium(void) {
    static struct randombytes_implementation implementation = {
        .implementation_name = sodium_name, .random = sodium_word, .buf = sodium_fill};
    randombytes_set_implementation(&implementation);
}

/* ---- time ---- */

static int64_t read_wall(void *state) {
    const struct sim *sim = state;
    return sim->now + sim->skew;
}

static int64_t read_monotonic(void *state) {
    return ((const struct sim *)state)->now;
}

static uint64_t read_boot(void *state) {
    (void)state;
    return 1;
}

static int64_t earliest(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* When something can happen next, if nothing can now. */
static int64_t next_moment(struct sim *sim) {
    int64_t at = people_wake_at(sim);
    for (unsigned i = 0; i < sim->machine_count; i++) {
        struct machine *machine = &sim->machines[i];
        if (!machine->engine) {
            at = earliest(at, machine->restart_at);
            continue;
        }
        int64_t wake = engine_wake_at(machine->engine);
        if (wake != INT64_MAX)
            at = earliest(at, sim->now + (wake - (sim->now + sim->skew)));
        if (engine_has_work(machine->engine)) /* it backs off */
            at = earliest(at, sim->now + 100);
    }
    if (sim->release_at)
        at = earliest(at, sim->release_at);
    if (sim->far_until)
        at = earliest(at, sim->far_until);
    return at;
}

/* In peace nothing depends on the millisecond: what is due within a second of each other shares its turns. */
static void pass_time(struct sim *sim, int64_t at_most) {
    int64_t at = next_moment(sim);
    int64_t by = at <= sim->now ? 1 : at - sim->now;
    if (sim->quiet)
        by = (by + PEACE_GRAIN_MS - 1) / PEACE_GRAIN_MS * PEACE_GRAIN_MS;
    by = earliest(by, at_most);
    sim->now += by;
    trace(sim, "%lld ms pass", (long long)by);
}

/* ---- start ---- */

static bool make_keys(struct sim *sim) {
    const char *daemons[MACHINES_MAX + 1] = {NULL};
    char path[256];
    struct error error = {""};
    struct chance chance = {sim->options.seed ^ 0x6b657973};
    struct random random = {(void (*)(void *, void *, size_t))(void *)chance_fill, &chance};
    snprintf(path, sizeof path, "%s/keys", sim->options.data_dir);
    for (unsigned i = 0; i < sim_enrolled_count; i++) {
        char folder[256];
        daemons[i] = sim_enrolled[i]->name;
        snprintf(folder, sizeof folder, "%s/%s", sim->options.data_dir, sim_enrolled[i]->name);
        mkdir(folder, 0700);
    }
    return (keystore_create(path, daemons, &random, &error) || sim_fail(sim, "keys: %s", error.text)) &&
           (phone_secret(sim->options.data_dir) || sim_fail(sim, "the secret of the channel"));
}

static bool start_all(struct sim *sim) {
    for (unsigned i = 0; i < sim_enrolled_count; i++) {
        sim->machine_count = i + 1;
        if (!machine_make(sim, i))
            return sim_fail(sim, "out of memory");
    }
    for (unsigned i = 0; i < sim->machine_count; i++)
        if (!machine_start(&sim->machines[i]) || !sim->machines[i].engine)
            return sim_fail(sim, "%s does not start", sim->machines[i].name);
    return true;
}

static bool issue_token(struct sim *sim) {
    struct view_result result;
    bool answered =
        machine_control(machine_of(sim, "intake"), "token.issue", "bot-a reports,rate=0", &result);
    const char *at = answered && result.json ? strstr(result.json, "\"token\":\"") : NULL;
    if (at)
        sscanf(at, "\"token\":\"%127[^\"]", sim->token);
    bool issued = sim->token[0] || sim_fail(sim, "no token: %s", result.json ? result.json : "no answer");
    view_result_free(&result);
    return issued;
}

/* ---- faults ---- */

static struct machine *any(struct sim *sim) {
    return &sim->machines[chance_below(&sim->chance, sim->machine_count)];
}

static bool all_up(const struct sim *sim) {
    for (unsigned i = 0; i < sim->machine_count; i++)
        if (!sim->machines[i].engine)
            return false;
    return true;
}

/* The last fault may have struck just now. */
static bool all_at_rest(const struct sim *sim) {
    for (unsigned i = 0; i < sim->machine_count; i++)
        if (!sim->machines[i].engine || sim->machines[i].backs_off)
            return false;
    return true;
}

/* The status of the answer, 0: none. It may back off just now. */
static uint32_t order(struct sim *sim, struct machine *machine, const char *action) {
    uint32_t status = 0;
    for (unsigned i = 0; i < 20 && status != 200 && status != 409 && machine->engine; i++) {
        struct view_result result;
        status = machine_control(machine, action, "", &result) ? result.status : 0;
        view_result_free(&result);
        if (status != 200 && status != 409)
            pass_time(sim, 500);
    }
    return status;
}

static bool order_all(struct sim *sim, const char *action) {
    bool done = true;
    for (unsigned i = 0; i < sim->machine_count; i++)
        done &= order(sim, &sim->machines[i], action) == 200;
    return done;
}

static void work_on(struct sim *sim, uint64_t steps) {
    for (; steps; steps--) {
        struct machine *machine = any(sim);
        wire_carry(machine, true);
        machine_turn(machine);
    }
}

/* One after the other stops, the others go on meanwhile. When it takes too long, the first work again. */
static bool stop_all(struct sim *sim) {
    int64_t begun = sim->now;
    for (unsigned i = 0; i < sim->machine_count; i++) {
        machine_heal(&sim->machines[i]);
        if (!sim->machines[i].engine)
            machine_start(&sim->machines[i]);
    }
    bool stopped = all_up(sim);
    for (unsigned i = 0; i < sim->machine_count && stopped; i++) {
        stopped = order(sim, &sim->machines[i], "barrier") == 200;
        work_on(sim, chance_below(&sim->chance, 8));
    }
    return stopped && all_up(sim) && sim->now - begun <= ENGINE_BARRIER_MS;
}

static bool copy_logs(struct sim *sim) {
    bool copied = true;
    for (unsigned i = 0; i < sim->machine_count; i++) {
        struct machine *machine = &sim->machines[i];
        crash_image_free(&machine->snapshot);
        machine->snapshot = crash_image_take_logs(machine->disk);
        copied &= machine->snapshot != NULL;
        for (enum lane lane = 0; lane < LANES; lane++)
            machine->snapshot_heads[lane] = journal_head(engine_journal(machine->engine), lane);
    }
    people_snapshot(sim);
    return copied;
}

/* Everybody works meanwhile; one may die, and then it is no snapshot. */
static bool copy_files(struct sim *sim) {
    bool copied = true;
    for (unsigned i = 0; i < sim->machine_count; i++) {
        for (uint64_t k = chance_below(&sim->chance, 6); k; k--) {
            people_act(sim);
            pass_time(sim, 40);
            work_on(sim, chance_below(&sim->chance, 12));
        }
        if (chance_hits(&sim->chance, 20) && sim->machines[i].engine) {
            machine_kill(&sim->machines[i], CRASH_KILL);
            machine_start(&sim->machines[i]);
        }
        copied &= crash_image_complete(sim->machines[i].snapshot, sim->machines[i].disk);
    }
    return copied;
}

/* As services/ctl/backup.c does it. One that fails leaves none, also not the one before. */
static void take_snapshot(struct sim *sim) {
    bool taken = stop_all(sim) && copy_logs(sim) && order_all(sim, "copy") && copy_files(sim);
    sim->snapshot_taken = order_all(sim, "resume") && taken;
    trace(sim, "snapshot %s", sim->snapshot_taken ? "taken" : "given up");
}

static void restore(struct sim *sim) {
    if (!machines_restore(sim))
        return;
    sim->restored = true;
    sim->release_at = sim->now + chance_between(&sim->chance, 1000, 120000);
    check_forget_timers(sim);
    people_restored(sim);
}

static void release_effects(struct sim *sim) {
    bool all = all_up(sim) && order_all(sim, "release");
    sim->release_at = all ? 0 : sim->now + 1000;
    trace(sim, "effects are %s", all ? "released" : "still held");
}

static void jump(struct sim *sim) {
    static const int64_t jumps[] = {-7200000, -61000, -900, 900, 61000, 7200000, 3000, -3000};
    int64_t by = jumps[chance_below(&sim->chance, sizeof jumps / sizeof *jumps)];
    sim->skew += by;
    trace(sim, "the clock jumps by %lld", (long long)by);
}

static const int64_t a_year = INT64_C(366) * 86400000;

/* A clock that is wrong for seconds or minutes; nobody may believe it who has a time to hold against it. */
static void jump_far(struct sim *sim) {
    bool all = !sim->far_until;
    for (unsigned i = 0; i < sim->machine_count && all; i++)
        all = sim->machines[i].has_worked;
    if (!all)
        return;
    sim->far_until = sim->now + chance_between(&sim->chance, 100, 300000);
    sim->skew += a_year;
    trace(sim, "the clock is a year ahead");
}

static void end_jump_far(struct sim *sim) {
    sim->skew -= a_year;
    sim->far_until = 0;
    trace(sim, "the clock is right again");
}

static void fault(struct sim *sim) {
    struct machine *machine = any(sim);
    struct chance *chance = &sim->chance;
    enum crash_how how = chance_hits(chance, 500) ? CRASH_POWER : CRASH_KILL;
    switch (chance_below(chance, 16)) {
    case 0:
    case 1:
        if (machine->engine)
            machine_kill(machine, how);
        break;
    case 2:
    case 3:
    case 4:
        crash_disk_die(machine->disk, 1 + chance_below(chance, 40), how);
        break;
    case 5:
    case 6:
        machine->releases_left = 1 + chance_below(chance, 12);
        break;
    case 7:
        crash_disk_fail_sync(machine->disk, 1 + chance_below(chance, 4));
        machine->fault_armed = true;
        break;
    case 8:
        crash_disk_fail_write(machine->disk, 1 + chance_below(chance, 30));
        machine->fault_armed = true;
        break;
    case 9:
    case 10:
        crash_disk_set_full(machine->disk, true);
        machine->full_until = sim->now + chance_between(chance, 100, 15000);
        trace(sim, "the disk of %s is full", machine->name);
        break;
    case 11:
    case 12:
        wire_cut(machine, sim->now + chance_between(chance, 100, 20000));
        trace(sim, "the links of %s are cut", machine->name);
        break;
    case 13:
        if (chance_hits(chance, 200))
            jump(sim);
        else if (chance_hits(chance, 500))
            jump_far(sim);
        break;
    case 14:
        if (!sim->restored)
            take_snapshot(sim);
        break;
    case 15:
        if (sim->snapshot_taken && !sim->restored)
            restore(sim);
        break;
    }
}

static void end_of_faults_due(struct sim *sim) {
    for (unsigned i = 0; i < sim->machine_count; i++) {
        struct machine *machine = &sim->machines[i];
        if (machine->full_until && machine->full_until <= sim->now) {
            crash_disk_set_full(machine->disk, false);
            machine->full_until = 0;
        }
        if (!machine->engine && machine->restart_at <= sim->now)
            machine_start(machine);
    }
    if (sim->release_at && sim->release_at <= sim->now)
        release_effects(sim);
    if (sim->far_until && sim->far_until <= sim->now)
        end_jump_far(sim);
}

/* ---- running ---- */

static void step(struct sim *sim) {
    bool faults = !sim->options.calm;
    uint64_t what = chance_below(&sim->chance, 100);
    sim->outcome->steps++;
    end_of_faults_due(sim);
    if (what < 42) {
        machine_turn(any(sim));
    } else if (what < 80) {
        wire_carry(any(sim), faults);
    } else if (what < 90) {
        people_act(sim);
    } else if (what < 99 || !faults) {
        pass_time(sim, chance_hits(&sim->chance, 60) ? 30000 : 40);
    } else {
        fault(sim);
    }
}

static bool round_of_all(struct sim *sim) {
    bool moved = people_act(sim);
    end_of_faults_due(sim);
    for (unsigned i = 0; i < sim->machine_count; i++) {
        for (unsigned k = 0; k < 50 && machine_turn(&sim->machines[i]); k++)
            moved = true;
        moved |= wire_carry(&sim->machines[i], false);
    }
    return moved;
}

static bool everything_reported(const struct sim *sim) {
    for (unsigned i = 0; i < sim->options.reports; i++)
        if (!sim->reporters[i].acknowledged)
            return false;
    return true;
}

/* Peace: nothing fails any more, and everything that has an end comes to it. */
static void settle(struct sim *sim) {
    sim->quiet = true;
    for (unsigned i = 0; i < sim->machine_count; i++) {
        if (!sim->options.fault.death) /* that one may still be to come */
            machine_heal(&sim->machines[i]);
        wire_cut(&sim->machines[i], 0);
    }
    if (sim->far_until)
        end_jump_far(sim);
    trace(sim, "peace");
    int64_t hours = sim->options.settle_hours ? sim->options.settle_hours : SETTLE_HOURS;
    int64_t until = sim->now + INT64_C(3600000) * hours, home = sim->now + INT64_C(3600000) * STAFF_HOURS;
    unsigned rounds = 0;
    while (!sim->failed && rounds++ < SETTLE_ROUNDS_MAX) {
        sim->silent = sim->now >= home;
        if (round_of_all(sim))
            continue;
        if (sim->now >= until && all_at_rest(sim))
            break;
        pass_time(sim, sim->now < until ? until - sim->now : 10000);
    }
    if (rounds >= SETTLE_ROUNDS_MAX)
        sim_fail(sim, "it does not come to rest");
    if (!sim->failed && !everything_reported(sim))
        sim_fail(sim, "somebody's report is not taken although nothing fails any more");
}

/* ---- the one fault of a fault test ---- */

static uint64_t disk_calls(struct sim *sim) {
    const struct machine *machine = machine_of(sim, sim->options.fault.daemon);
    return crash_disk_writes(machine->disk) + crash_disk_syncs(machine->disk);
}

static void arm(struct sim *sim) {
    const struct sim_fault *fault = &sim->options.fault;
    if (fault->daemon && fault->death) {
        sim->outcome->fault_count = disk_calls(sim);
        crash_disk_die(
            machine_of(sim, fault->daemon)->disk, fault->nth, fault->power ? CRASH_POWER : CRASH_KILL);
        return;
    }
    fault_arm(fault->kind, fault->nth);
    fault_armed = false; /* only inside the turns of the daemon it is meant for */
}

/* What breaks from here on is no injected fault any more. */
static void disarm(struct sim *sim) {
    if (sim->options.fault.daemon && sim->options.fault.death) {
        sim->outcome->fault_count = disk_calls(sim) - sim->outcome->fault_count;
        crash_disk_die(machine_of(sim, sim->options.fault.daemon)->disk, 0, CRASH_KILL);
    } else {
        sim->outcome->fault_count = fault_count(sim->options.fault.kind);
    }
    fault_disarm();
    sim->options.fault = (struct sim_fault){0};
}

static void end(struct sim *sim) {
    for (unsigned i = 0; i < sim->machine_count; i++)
        machine_free(&sim->machines[i]);
    people_free(sim);
    site_links_free(&sim->links);
    free(sim->fired);
    free(sim->trace);
    free(sim);
}

bool sim_run(const struct sim_options *options, struct sim_outcome *outcome) {
    struct sim *sim = calloc(1, sizeof *sim);
    *outcome = (struct sim_outcome){.trace_hash = UINT64_C(0xcbf29ce484222325)};
    sim->options = *options;
    sim->outcome = outcome;
    sim->trace = calloc(TRACE_LINES, TRACE_LINE);
    sim->chance.state = options->seed;
    sodium_chance.state = options->seed ^ UINT64_C(0x736f6469756d);
    sim->now = outcome->virtual_ms = START_MONOTONIC;
    sim->skew = start_wall - sim->now;
    sim->next_report_at = sim->now;
    sim->clock = (struct clock){read_wall, read_monotonic, sim, read_boot};
    people_make(sim);
    struct error error = {""};
    sim->links = site_links_load(options->site_dir, &error);
    bool started = (sim->links || sim_fail(sim, "%s", error.text)) && make_keys(sim) && start_all(sim) &&
                   issue_token(sim);
    arm(sim);
    unsigned steps = options->steps ? options->steps : options->reports * STEPS_A_REPORT;
    for (unsigned i = 0; started && i < steps && !sim->failed; i++)
        step(sim);
    if (started && !sim->failed)
        settle(sim);
    disarm(sim);
    outcome->passed = !sim->failed && check_all(sim) && !sim->failed;
    if (!outcome->passed)
        trace_print(sim);
    outcome->virtual_ms = sim->now - START_MONOTONIC;
    end(sim);
    return outcome->passed;
}
