/* One daemon on one machine: started, killed, asked, restored. */
#include "common_sql.h"
#include "world.h"

#include "common/ticket.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ASK_TURNS_MAX = 4000, /* behind an abnormal end inputs run singly, views after records */
    RESTART_MIN_MS = 5,
    RESTART_MAX_MS = 2000,
    KEEP_DAYS = 60,
    LOG_IDLE_BYTES = 64 << 10, /* sixteen pages: logs are moved, and begin anew, all the time */
};

/* Whose turn it is: handlers are not told. One thread, one turn at a time. */
static _Thread_local struct machine *current;

struct machine *machine_of(struct sim *sim, const char *name) {
    for (unsigned i = 0; i < sim->machine_count; i++)
        if (strcmp(sim->machines[i].name, name) == 0)
            return &sim->machines[i];
    return NULL;
}

/* ---- ports: what the daemon releases ---- */

/* The process may die between any two releases. */
static bool still_alive(struct machine *machine) {
    if (machine->dying || crash_disk_deaths(machine->disk) != machine->life)
        return false;
    if (machine->releases_left && --machine->releases_left == 0) {
        trace(machine->sim, "%s dies between two releases", machine->name);
        machine->dying = true;
        return false;
    }
    return true;
}

static void on_grown(void *context) {
    (void)context;
}

static const char *text_between(const char *body, size_t size, const char *mark, char out[32]) {
    const char *at = memmem(body, size, mark, strlen(mark));
    size_t used = 0;
    if (at)
        for (at += strlen(mark); at < body + size && *at != '"' && used < 31; at++)
            out[used++] = *at;
    out[used] = 0;
    return out;
}

/* The first ticket in a text for people; "" when there is none. */
void ticket_within(const char *body, size_t size, char out[32]) {
    struct ticket ticket;
    for (size_t i = 0; i + TICKET_TEXT <= size; i++) {
        snprintf(out, 32, "%.*s", (int)TICKET_TEXT, body + i);
        if (out[6] == '-' && ticket_from_text(out, &ticket))
            return;
    }
    out[0] = 0;
}

static void on_answered(void *context, void *origin, const struct answer *answer) {
    struct machine *machine = context;
    char ticket[32] = "";
    if (!still_alive(machine) || !origin)
        return;
    if (strcmp(machine->name, "console") == 0)
        return desk_answered(machine->sim, origin, answer);
    if (answer->body_size && !*text_between(answer->body, answer->body_size, "\"ticket\":\"", ticket))
        ticket_within(answer->body, answer->body_size, ticket);
    people_answered(machine->sim, origin, answer->status, ticket);
}

static void on_submit_answered(void *context, void *origin, const void *frame, size_t size) {
    struct machine *machine = context;
    if (!still_alive(machine))
        return;
    Sigap__SubmitAnswer *answer = sigap__submit_answer__unpack(NULL, size, frame);
    if (answer && answer->answer_case == SIGAP__SUBMIT_ANSWER__ANSWER_ACCEPTED)
        people_answered(machine->sim, origin, 202, answer->accepted->ticket);
    else if (answer && answer->answer_case == SIGAP__SUBMIT_ANSWER__ANSWER_REFUSED)
        people_answered(machine->sim, origin, answer->refused->status, "");
    if (answer)
        sigap__submit_answer__free_unpacked(answer, NULL);
}

static void on_view_answered(void *context, void *origin, const void *frame, size_t size) {
    struct machine *machine = context;
    struct sim *sim = machine->sim;
    if (!still_alive(machine) || console_told(sim, origin, frame, size) || !sim->view ||
        origin != (void *)(uintptr_t)sim->view_number)
        return;
    Sigap__ViewAnswer *answer = sigap__view_answer__unpack(NULL, size, frame);
    if (!answer)
        return;
    sim->view->answered = true;
    sim->view->status = answer->status;
    sim->view->json = calloc(1, answer->json.len + 1);
    if (answer->json.len)
        memcpy(sim->view->json, answer->json.data, answer->json.len);
    sigap__view_answer__free_unpacked(answer, NULL);
}

static void on_effect(void *context, const struct effect *effect) {
    struct machine *machine = context;
    if (still_alive(machine))
        people_effect(machine, effect);
}

/* ---- timers, watched ---- */

static void note_fired(void *state, const void *argument) {
    (void)state;
    if (current)
        check_timer_fired(current->sim, argument);
}

static bool is_among(
    struct turn *turn, bool critical, uint32_t kind, const struct id *object, int64_t due_at) {
    bool again = false;
    struct statement *due = common_use(turn->store, COMMON_TIMER_DUE);
    bind_int(due, critical);
    bind_int(due, due_at);
    bind_int(due, 10000);
    while (statement_step(due)) {
        struct id other = column_id(due, 2);
        again |= column_int(due, 0) == due_at && column_int(due, 1) == kind && id_equal(&other, object);
    }
    return again;
}

/* An object with two things to do at one moment sets the same timer again when the first is done. */
static bool is_set_again(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at) {
    return is_among(turn, true, kind, object, due_at) || is_among(turn, false, kind, object, due_at);
}

static enum verdict watch_timer(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at) {
    struct timer_fired fired = {current->number, kind, *object, due_at};
    enum verdict verdict = sim_enrolled[current->number]->on_timer(turn, kind, object, due_at);
    if (verdict != VERDICT_DONE || is_set_again(turn, kind, object, due_at))
        return verdict;
    turn_after_commit(turn, note_fired, &fired, sizeof fired);
    return verdict;
}

/* ---- life ---- */

static void fill(void *state, void *bytes, size_t size) {
    chance_fill(state, bytes, size);
}

bool machine_make(struct sim *sim, unsigned number) {
    char disk[16];
    struct machine *machine = &sim->machines[number];
    machine->sim = sim;
    machine->number = number;
    machine->daemon = *sim_enrolled[number];
    machine->name = machine->daemon.name;
    if (machine->daemon.on_timer)
        machine->daemon.on_timer = watch_timer;
    machine->chance.state = chance_next(&sim->chance);
    machine->random = (struct random){fill, &machine->chance};
    snprintf(disk, sizeof disk, "sim-%u", number);
    machine->disk = crash_disk_new(disk, chance_next(&sim->chance));
    return machine->disk != NULL;
}

void machine_free(struct machine *machine) {
    engine_close(&machine->engine);
    crash_disk_free(&machine->disk);
    crash_image_free(&machine->snapshot);
    for (enum lane lane = 0; lane < LANES; lane++)
        free(machine->shown[lane].hashes);
    wire_forget(machine);
}

static unsigned find_links(struct machine *machine, struct engine_link links[]) {
    const struct site_daemon *own = site_links_find(machine->sim->links, machine->name);
    machine->link_count = 0;
    for (unsigned i = 0; own && i < own->reads_count; i++) {
        struct machine *source = machine_of(machine->sim, own->reads[i]);
        if (!source)
            continue;
        machine->sources[machine->link_count] = (int)source->number;
        links[machine->link_count++] = (struct engine_link){source->name, false};
    }
    return machine->link_count;
}

static unsigned find_readers(struct machine *machine, struct engine_consumer readers[]) {
    unsigned count = 0;
    for (unsigned i = 0; i < machine->sim->machine_count; i++)
        if (site_links_may_read(machine->sim->links, sim_enrolled[i]->name, machine->name))
            readers[count++] = (struct engine_consumer){sim_enrolled[i]->name, true};
    return count;
}

/* A fault that we armed may have hit the opening itself: then it stays down and is started again later. */
static bool explain_failure(struct machine *machine, const struct error *error) {
    struct sim *sim = machine->sim;
    bool ours = machine->fault_armed || sim->options.fault.nth || machine->full_until > sim->now ||
                crash_disk_deaths(machine->disk) != machine->life;
    trace(sim, "%s does not start: %s", machine->name, error->text);
    if (!ours)
        return sim_fail(sim, "%s does not start: %s", machine->name, error->text);
    machine_kill(machine, CRASH_KILL);
    return true;
}

bool machine_start(struct machine *machine) {
    struct sim *sim = machine->sim;
    struct engine_link links[MACHINES_MAX];
    struct engine_consumer readers[MACHINES_MAX];
    char path[160];
    snprintf(path, sizeof path, "%s/%s/store.db", sim->options.data_dir, machine->name);
    struct engine_options options = {
        .daemon = &machine->daemon,
        .setup = {sim->options.site_dir, sim->options.data_dir, &sim->clock, &machine->random, true},
        .store = {.path = path, .vfs = crash_disk_name(machine->disk)},
        .ports = {machine, on_grown, on_answered, on_submit_answered, on_view_answered, on_effect},
        .links = links,
        .link_count = find_links(machine, links),
        .consumers = readers,
        .consumer_count = find_readers(machine, readers),
        .keep_ms = INT64_C(86400000) * KEEP_DAYS,
        .log_idle_bytes = LOG_IDLE_BYTES,
    };
    struct error error = {""};
    machine->life = crash_disk_deaths(machine->disk);
    machine->dying = false;
    machine->releases_left = 0;
    crash_disk_make_default(machine->disk); /* for a second store of the daemon's own */
    machine->engine = engine_open(&options, &error);
    crash_disk_make_default(NULL);
    if (!machine->engine)
        return explain_failure(machine, &error);
    trace(sim, "%s starts", machine->name);
    for (unsigned link = 0; link < machine->link_count; link++) {
        const struct inbox *inbox = engine_inbox(machine->engine, link);
        trace(sim, "%s has read %s up to %llu/%llu", machine->name, inbox_name(inbox),
            (unsigned long long)inbox_cursor(inbox, LANE_URGENT),
            (unsigned long long)inbox_cursor(inbox, LANE_NORMAL));
    }
    return true;
}

/* The process is gone; its disk is as the crash has left it. Its memory is given back without a word. */
void machine_kill(struct machine *machine, enum crash_how how) {
    struct sim *sim = machine->sim;
    if (crash_disk_deaths(machine->disk) == machine->life)
        crash_disk_crash(machine->disk, how);
    crash_disk_die(machine->disk, 0, how);
    machine->dying = true;
    engine_close(&machine->engine);
    machine->restart_at = sim->now + chance_between(&sim->chance, RESTART_MIN_MS, RESTART_MAX_MS);
    wire_forget(machine);
    sim->outcome->kills++;
    trace(sim, "%s is dead (%s)", machine->name, how == CRASH_POWER ? "power" : "killed");
}

void machine_heal(struct machine *machine) {
    crash_disk_heal(machine->disk);
    machine->fault_armed = false;
    machine->full_until = 0;
    machine->releases_left = 0;
}

static const char *const outcome_words[] = {"idle", "worked", "backs off", "broken"};

bool machine_turn(struct machine *machine) {
    struct sim *sim = machine->sim;
    if (!machine->engine)
        return false;
    current = machine;
    fault_armed = sim->options.fault.daemon && !sim->options.fault.death &&
                  strcmp(sim->options.fault.daemon, machine->name) == 0;
    enum engine_outcome outcome = engine_turn(machine->engine);
    fault_armed = false;
    current = NULL;
    if (outcome == ENGINE_IDLE) {
        engine_idle(machine->engine);
        if (*engine_complaint(machine->engine)) /* its log could not be moved */
            outcome = ENGINE_BROKEN;
    }
    sim->outcome->turns++;
    machine->backs_off = outcome == ENGINE_BACKOFF;
    bool died = machine->dying || crash_disk_deaths(machine->disk) != machine->life;
    if (outcome != ENGINE_IDLE)
        trace(sim, "%s %s %llu/%llu", machine->name, outcome_words[outcome],
            (unsigned long long)journal_head(engine_journal(machine->engine), LANE_URGENT),
            (unsigned long long)journal_head(engine_journal(machine->engine), LANE_NORMAL));
    if (outcome == ENGINE_BROKEN && !died) {
        trace(sim, "%s: %s", machine->name, engine_complaint(machine->engine));
        if (!machine->fault_armed && !sim->options.fault.nth)
            return sim_fail(sim, "%s ends by itself: %s", machine->name, engine_complaint(machine->engine));
    }
    if (outcome == ENGINE_BROKEN || died) {
        machine_kill(machine, CRASH_KILL);
        return true;
    }
    machine->has_worked |= outcome == ENGINE_WORKED;
    return outcome == ENGINE_WORKED;
}

/* ---- asking ---- */

void view_result_free(struct view_result *result) {
    free(result->json);
    *result = (struct view_result){0};
}

bool machine_ask(struct machine *machine, Sigap__View *view, struct view_result *result) {
    struct sim *sim = machine->sim;
    *result = (struct view_result){0};
    if (!machine->engine)
        return false;
    size_t size = sigap__view__get_packed_size(view);
    uint8_t *frame = malloc(size ? size : 1);
    sigap__view__pack(view, frame);
    sim->view = result;
    sim->view_number++;
    bool taken = engine_view(machine->engine, frame, size, (void *)(uintptr_t)sim->view_number);
    free(frame);
    for (unsigned i = 0; taken && i < ASK_TURNS_MAX && machine->engine && !result->answered; i++)
        if (!machine_turn(machine))
            break;
    sim->view = NULL;
    return result->answered;
}

bool machine_control(
    struct machine *machine, const char *action, const char *argument, struct view_result *result) {
    static char *roles[] = {(char *)"administrator", (char *)"operator", (char *)"coordinator"};
    static char *areas[] = {(char *)"*"};
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__ControlView control = SIGAP__CONTROL_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    actor.account = (char *)"simulator";
    actor.roles = roles;
    actor.n_roles = sizeof roles / sizeof *roles;
    actor.areas = areas;
    actor.n_areas = 1;
    control.action = (char *)action;
    control.argument = (char *)argument;
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_CONTROL;
    view.control = &control;
    return machine_ask(machine, &view, result);
}

/* ---- restoring ---- */

static bool run_sql(sqlite3 *db, const char *sql, const void *blob, size_t size, const char *text) {
    sqlite3_stmt *statement = NULL;
    bool sound = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK;
    if (sound && blob)
        sqlite3_bind_blob(statement, 1, blob, (int)size, SQLITE_STATIC);
    if (sound && text)
        sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
    sound = sound && sqlite3_step(statement) == SQLITE_DONE;
    sqlite3_finalize(statement);
    return sound;
}

/* As services/ctl/backup.c does it: new names for all journals at once, effects held. */
static bool rename_incarnations(struct machine *machine, uint8_t names[][16]) {
    static const int64_t held = 1;
    struct sim *sim = machine->sim;
    sqlite3 *db = NULL;
    char path[160];
    snprintf(path, sizeof path, "%s/%s/store.db", sim->options.data_dir, machine->name);
    bool sound =
        sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, crash_disk_name(machine->disk)) == SQLITE_OK &&
        sqlite3_exec(db, "PRAGMA synchronous=FULL; BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK &&
        run_sql(
            db, "INSERT OR REPLACE INTO meta VALUES('incarnation', ?1)", names[machine->number], 16, NULL) &&
        run_sql(db, "INSERT OR REPLACE INTO meta VALUES('held', ?1)", &held, sizeof held, NULL);
    for (unsigned i = 0; sound && i < sim->machine_count; i++)
        sound = run_sql(
            db, "UPDATE cursor SET incarnation=?1 WHERE journal=?2", names[i], 16, sim->machines[i].name);
    sound =
        sound && sqlite3_exec(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) == SQLITE_OK;
    sqlite3_close(db);
    return sound || sim_fail(sim, "the snapshot of %s cannot be restored", machine->name);
}

bool machines_restore(struct sim *sim) {
    uint8_t names[MACHINES_MAX][16];
    for (unsigned i = 0; i < sim->machine_count; i++)
        chance_fill(&sim->chance, names[i], sizeof names[i]);
    for (unsigned i = 0; i < sim->machine_count; i++) {
        struct machine *machine = &sim->machines[i];
        machine_kill(machine, CRASH_POWER);
        machine_heal(machine);
        crash_disk_restore(machine->disk, machine->snapshot);
        for (enum lane lane = 0; lane < LANES; lane++)
            if (machine->shown[lane].count > machine->snapshot_heads[lane])
                machine->shown[lane].count = machine->snapshot_heads[lane];
        if (!rename_incarnations(machine, names))
            return false;
    }
    trace(sim, "all are restored from the snapshot");
    sim->outcome->restores++;
    return true;
}
