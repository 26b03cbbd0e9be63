/* Two engines in one process: alpha answers requests and appends a record each, beta keeps a row a record. */
#include "common/engine.h"
#include "common/fault.h"
#include "common_sql.h"
#include "tests/sim/vfs_crash.h"

#include <jansson.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const struct store_migration kept_migrations[] = {
    {"0001_kept", "CREATE TABLE kept(number INTEGER PRIMARY KEY, id BLOB UNIQUE, text TEXT) STRICT;"}};
enum { KEPT_ADD, KEPT_COUNT, KEPT_FIRST, KEPT_FIRST_TEXT, KEPT_OUT_OF_ORDER };
static const struct store_statement kept_statements[] = {
    {"kept_add", "INSERT INTO kept(id, text) VALUES(?, ?)"},
    {"kept_count", "SELECT count(*) FROM kept"},
    {"kept_first", "SELECT id FROM kept ORDER BY number LIMIT 1"},
    {"kept_first_text", "SELECT text FROM kept ORDER BY number LIMIT 1"},
    {"kept_out_of_order", "SELECT count(*) FROM kept a JOIN kept b ON b.number=a.number+1 WHERE b.id<a.id"},
};
static const struct store_schema kept_schema = {"kept", kept_statements, 5, kept_migrations, 1};

struct world {
    int64_t wall, monotonic;
    uint64_t boot;
    char folder[64];
    struct engine *alpha, *beta, *gamma;
    unsigned answered, status, effects, accepted, view_status;
    char last_body[256], last_answer[512 << 10]; /* the same, whole */
};

static int64_t wall(void *state) {
    return ((struct world *)state)->wall;
}

static int64_t monotonic(void *state) {
    return ((struct world *)state)->monotonic;
}

static uint64_t boot(void *state) {
    return ((struct world *)state)->boot;
}

static void fill(void *state, void *bytes, size_t size) {
    static uint8_t next;
    (void)state;
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = ++next;
}

static void add_row(struct turn *turn, const struct id *id, const char *text) {
    struct statement *add = store_use(turn->store, &kept_schema, KEPT_ADD);
    bind_id(add, id);
    bind_text(add, text);
    statement_run(add);
}

static int64_t beta_now; /* the time of beta's last record */
static bool is_deadly;   /* beta's timers and alpha's request "deadly" end the process */

enum { AUDITED = 2500, RESULTS = 10000, HOUR_MS = 3600000, HELD_BYTES = 512 << 10 };
#define DAY_MS (24 * INT64_C(3600000))

/* alpha: body "audited" writes so many entries of the audit log; body "park" is parked, "twice" appends two
 * records, "again" asks to be tried again, anything else one; "urgent" goes in the urgent lane. */
static enum verdict alpha_request(struct turn *turn, const struct request *request, struct answer *answer) {
    Sigap__ReportClosed closed = SIGAP__REPORT_CLOSED__INIT;
    closed.reason = (char *)request->body;
    struct id id = turn_id(turn);
    if (is_deadly && strcmp(request->body, "deadly") == 0)
        _exit(1);
    if (strcmp(request->body, "again") == 0)
        return VERDICT_RETRY;
    add_row(turn, &id, request->body);
    for (int i = 0; strcmp(request->body, "audited") == 0 && i < AUDITED; i++)
        turn_audit(turn, "siti", "looked", "at it");
    for (int i = 0; i < (strcmp(request->body, "twice") == 0 ? 2 : 1); i++) {
        Sigap__Event event = SIGAP__EVENT__INIT;
        event.body_case = SIGAP__EVENT__BODY_REPORT_CLOSED;
        event.report_closed = &closed;
        event.case_id = turn_bytes(turn, &id);
        turn_append(turn, strcmp(request->body, "urgent") == 0 ? LANE_URGENT : LANE_NORMAL, &event);
    }
    if (strcmp(request->body, "park") == 0)
        return turn_park(turn, "asked to");
    *answer = (struct answer){.status = 202, .body = "ok", .body_size = 2};
    return VERDICT_DONE;
}

/* alpha's door: keeps each text once, by its first 16 bytes; the second time the store refuses it. */
static enum verdict alpha_submit(
    struct turn *turn, const Sigap__SubmitReport *submit, Sigap__SubmitAnswer *answer) {
    static Sigap__Accepted accepted;
    struct id id = {{0}};
    strncpy((char *)id.bytes, submit->text, ID_BYTES);
    add_row(turn, &id, submit->text);
    sigap__accepted__init(&accepted);
    accepted.ticket = submit->text;
    answer->answer_case = SIGAP__SUBMIT_ANSWER__ANSWER_ACCEPTED;
    answer->accepted = &accepted;
    return VERDICT_DONE;
}

/* Keeps a row although it cannot answer. */
static enum verdict alpha_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct id id = turn_id(turn);
    (void)view;
    answer->status = 200;
    add_row(turn, &id, "view");
    return turn_park(turn, "asked to");
}

static bool alpha_urgent(void *state, const struct request *request) {
    (void)state;
    return strcmp(request->body, "urgent") == 0;
}

static const struct id shared_timer = {{1, 2, 3}};

/* beta: keeps every record; "poison" cannot be kept; passes each on to gamma. Whatever is "shared" sets one
 * timer for all, too; "alarm" a critical one. */
static enum verdict beta_event(struct turn *turn, const Sigap__Event *event) {
    struct id id = turn_id(turn);
    beta_now = turn->now;
    add_row(turn, &id, event->report_closed->reason);
    Sigap__Event on = SIGAP__EVENT__INIT;
    on.body_case = SIGAP__EVENT__BODY_REPORT_CLOSED;
    on.report_closed = event->report_closed;
    turn_append(turn, turn->source.lane, &on);
    turn_timer_set(turn, 7, &id, turn->now + 1000, false);
    if (strstr(event->report_closed->reason, "shared"))
        turn_timer_set(
            turn, 7, &shared_timer, turn->now + 1000, strstr(event->report_closed->reason, "alarm"));
    if (strstr(event->report_closed->reason, "poison"))
        return turn_park(turn, "poison");
    return VERDICT_DONE;
}

static int64_t beta_due_at; /* of its last timer */

static enum verdict beta_timer(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at) {
    assert_int_equal(kind, 7);
    assert_true(due_at <= turn->now);
    beta_due_at = due_at;
    if (is_deadly)
        _exit(1);
    (void)object;
    struct effect effect = {.id = *object, .kind = 1, .what = "", .what_size = 0};
    turn_effect(turn, &effect);
    return VERDICT_DONE;
}

/* gamma reads alpha and beta; what comes by beta must never arrive before alpha's own record. */
static enum verdict gamma_event(struct turn *turn, const Sigap__Event *event) {
    if (event->body_case != SIGAP__EVENT__BODY_REPORT_CLOSED)
        return VERDICT_DONE;
    struct id id = turn_id(turn);
    char text[64];
    snprintf(text, sizeof text, "%s:%s", turn->source.journal, event->report_closed->reason);
    add_row(turn, &id, text);
    return VERDICT_DONE;
}

/* alpha's second store: does it hold its log? */
static bool second_is_held;

static void alpha_hold_log(void *state, bool held) {
    (void)state;
    second_is_held = held;
}

static enum verdict alpha_effect(struct turn *turn, const struct effect_result *result) {
    add_row(turn, &result->id, "result");
    return VERDICT_DONE;
}

static const struct daemon alpha_daemon = {.name = "alpha",
    .schema = &kept_schema,
    .on_request = alpha_request,
    .on_submit = alpha_submit,
    .on_view = alpha_view,
    .on_effect = alpha_effect,
    .hold_log = alpha_hold_log,
    .request_is_urgent = alpha_urgent,
    .reserve_bytes = 65536};
static const struct daemon beta_daemon = {
    .name = "beta", .schema = &kept_schema, .on_event = beta_event, .on_timer = beta_timer};
static const struct daemon gamma_daemon = {.name = "gamma", .schema = &kept_schema, .on_event = gamma_event};

/* delta hears nothing of what alpha says. */
static const Sigap__Event__BodyCase delta_hears[] = {
    SIGAP__EVENT__BODY_COMMAND_ANSWERED, SIGAP__EVENT__BODY__NOT_SET};
static const struct daemon delta_daemon = {
    .name = "delta", .schema = &kept_schema, .on_event = gamma_event, .hears = delta_hears};

static void on_nothing(void *context) {
    (void)context;
}

static void on_answered(void *context, void *origin, const struct answer *answer) {
    struct world *world = context;
    (void)origin;
    world->answered++;
    world->status = answer->status;
}

static void on_frame(void *context, void *origin, const void *frame, size_t size) {
    struct world *world = context;
    (void)origin;
    Sigap__ViewAnswer *answer = sigap__view_answer__unpack(NULL, size, frame);
    assert_int_equal(answer->number, 0);
    world->view_status = answer->status;
    snprintf(
        world->last_body, sizeof world->last_body, "%.*s", (int)answer->json.len, (char *)answer->json.data);
    snprintf(world->last_answer, sizeof world->last_answer, "%.*s", (int)answer->json.len,
        (char *)answer->json.data);
    sigap__view_answer__free_unpacked(answer, NULL);
}

static void on_submit_answered(void *context, void *origin, const void *frame, size_t size) {
    struct world *world = context;
    (void)origin;
    Sigap__SubmitAnswer *answer = sigap__submit_answer__unpack(NULL, size, frame);
    assert_int_equal(answer->number, ++world->answered);
    if (answer->answer_case == SIGAP__SUBMIT_ANSWER__ANSWER_ACCEPTED)
        world->accepted++;
    else
        world->status = answer->refused->status;
    sigap__submit_answer__free_unpacked(answer, NULL);
}

static void on_effect(void *context, const struct effect *effect) {
    (void)effect;
    ((struct world *)context)->effects++;
}

static struct engine *start(struct world *world, const struct daemon *daemon, const struct engine_link *links,
    unsigned link_count, const struct engine_consumer *consumers, unsigned consumer_count) {
    static char path[128];
    static struct clock clock;
    static struct random random;
    clock = (struct clock){wall, monotonic, world, boot};
    random = (struct random){fill, NULL};
    snprintf(path, sizeof path, "%s/%s.db", world->folder, daemon->name);
    struct engine_options options = {
        .daemon = daemon,
        .setup = {"", world->folder, &clock, &random, true},
        .store = {.path = path, .reserve_bytes = daemon->reserve_bytes},
        .ports = {world, on_nothing, on_answered, on_submit_answered, on_frame, on_effect},
        .links = links,
        .link_count = link_count,
        .consumers = consumers,
        .consumer_count = consumer_count,
        .keep_ms = 1000,
        .log_idle_bytes = 1,
        .log_held_bytes = HELD_BYTES,
    };
    struct error error = {0};
    struct engine *engine = engine_open(&options, &error);
    if (!engine)
        fail_msg("%s", error.text);
    return engine;
}

static void start_alpha(struct world *world) {
    static const struct engine_consumer readers[] = {{"beta", true}, {"gamma", true}, {"delta", false}};
    world->alpha = start(world, &alpha_daemon, NULL, 0, readers, 3);
}

static void start_beta(struct world *world) {
    static const struct engine_link links[] = {{"alpha", false}};
    static const struct engine_consumer readers[] = {{"gamma", true}, {"delta", false}};
    world->beta = start(world, &beta_daemon, links, 1, readers, 2);
}

static void start_gamma(struct world *world) {
    static const struct engine_link links[] = {{"alpha", false}, {"beta", false}};
    world->gamma = start(world, &gamma_daemon, links, 2, NULL, 0);
}

static int set_up(void **state) {
    struct world *world = calloc(1, sizeof *world);
    *world = (struct world){.wall = 1700000000000, .monotonic = 1000, .boot = 1};
    strcpy(world->folder, "/tmp/sigap-engine-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    start_alpha(world);
    start_beta(world);
    start_gamma(world);
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    fault_disarm();
    engine_close(&world->alpha);
    engine_close(&world->beta);
    engine_close(&world->gamma);
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", world->folder);
    assert_int_equal(system(command), 0);
    free(world);
    return 0;
}

static void ask(struct world *world, const char *body) {
    struct request request = {
        .method = "POST", .path = "/", .query = "", .body = body, .body_size = strlen(body)};
    if (!engine_request(world->alpha, &request)) {
        world->answered++;
        world->status = 503;
    }
}

static unsigned turns(struct engine *engine) {
    unsigned count = 0;
    while (engine_turn(engine) == ENGINE_WORKED && count < 1000)
        count++;
    return count;
}

/* One fetch and its answer. */
static bool carry(struct engine *from, struct engine *to, unsigned link, enum lane lane) {
    struct link_fetch fetch;
    struct link_frame frame;
    struct buffer wire = BUFFER_MAX(LINK_FRAME_MAX), back = BUFFER_MAX(LINK_FRAME_MAX);
    bool more = false;
    if (engine_fetch(to, link, lane, &fetch)) {
        link_write_fetch(&wire, &fetch);
        link_read(wire.bytes, wire.size, &frame);
        assert_int_equal(frame.kind, LINK_FETCH);
        if (engine_serve(from, &frame.fetch, &back)) {
            link_read(back.bytes, back.size, &frame);
            assert_int_not_equal(frame.kind, LINK_MALFORMED);
            more = engine_frame(to, link, &frame);
        }
    }
    buffer_free(&wire);
    buffer_free(&back);
    return more;
}

static void settle(struct world *world) {
    for (bool more = true; more;) {
        more = turns(world->alpha) + turns(world->beta) + turns(world->gamma) > 0;
        for (enum lane lane = 0; lane < LANES; lane++) {
            more |= carry(world->alpha, world->beta, 0, lane);
            more |= carry(world->alpha, world->gamma, 0, lane);
            more |= carry(world->beta, world->gamma, 1, lane);
        }
    }
}

static int64_t count_by(struct engine *engine, unsigned statement) {
    struct statement *get = store_use(engine_store(engine), &kept_schema, statement);
    int64_t rows = statement_step(get) ? column_int(get, 0) : -1;
    statement_end(get);
    return rows;
}

static int64_t count(struct engine *engine) {
    return count_by(engine, KEPT_COUNT);
}

static bool refuse_start(const struct daemon_setup *setup, void **state, struct error *error) {
    (void)setup;
    (void)state;
    return error_set(error, "no such site");
}

/* Changes the closed store and counts its running marks. */
static int64_t marks(struct world *world, const char *change) {
    char path[128];
    int64_t found = -1;
    sqlite3 *db;
    sqlite3_stmt *get;
    snprintf(path, sizeof path, "%s/alpha.db", world->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, change, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT count(*) FROM meta WHERE key='running'", -1, &get, NULL), SQLITE_OK);
    if (sqlite3_step(get) == SQLITE_ROW)
        found = sqlite3_column_int64(get, 0);
    sqlite3_finalize(get);
    sqlite3_close(db);
    return found;
}

static void start_in_vain(struct world *world) {
    char path[128];
    struct daemon refusing = alpha_daemon;
    refusing.open = refuse_start;
    snprintf(path, sizeof path, "%s/alpha.db", world->folder);
    const struct clock clock = {wall, monotonic, world, boot};
    const struct random random = {fill, NULL};
    struct engine_options options = {
        .daemon = &refusing, .setup = {"", world->folder, &clock, &random, true}, .store = {.path = path}};
    struct error error = {0};
    assert_null(engine_open(&options, &error));
    assert_string_equal(error.text, "no such site");
}

/* A start that was refused is no abnormal end, and does not hide one. */
static void test_a_refused_start_leaves_the_running_mark_alone(void **state) {
    struct world *world = *state;
    turns(world->alpha);
    engine_close(&world->alpha);
    assert_int_equal(marks(world, ""), 0);
    start_in_vain(world);
    assert_int_equal(marks(world, ""), 0);
    assert_int_equal(marks(world, "INSERT INTO meta VALUES('running', x'31')"), 1);
    start_in_vain(world);
    assert_int_equal(marks(world, ""), 1);
    start_alpha(world); /* opened, but something else was missing: no turn was made */
    engine_close(&world->alpha);
    assert_int_equal(marks(world, ""), 1);
    start_alpha(world);
    turns(world->alpha);
    engine_close(&world->alpha);
    assert_int_equal(marks(world, ""), 0);
    start_alpha(world);
}

static void test_a_record_goes_all_the_way(void **state) {
    struct world *world = *state;
    ask(world, "one");
    assert_int_equal(world->answered, 0); /* nothing before the commit */
    settle(world);
    assert_int_equal(world->answered, 1);
    assert_int_equal(world->status, 202);
    assert_int_equal(count(world->beta), 1);
    assert_int_equal(count(world->gamma), 2);
}

static void test_many_in_one_commit(void **state) {
    struct world *world = *state;
    for (int i = 0; i < 500; i++)
        ask(world, i % 7 ? "twice" : "urgent");
    settle(world);
    assert_int_equal(world->answered, 500);
    int64_t records = (int64_t)(journal_head(engine_journal(world->alpha), LANE_NORMAL) +
                                journal_head(engine_journal(world->alpha), LANE_URGENT));
    assert_int_equal(count(world->beta), records);
    assert_int_equal(count(world->gamma), 2 * records);
}

/* Requests that came together and records of one time: a row between two others would cost three pages. */
static void test_ids_of_one_time_are_in_order(void **state) {
    struct world *world = *state;
    for (int i = 0; i < 250; i++)
        ask(world, "one");
    settle(world);
    assert_int_equal(count(world->beta), 250);
    assert_int_equal(count_by(world->alpha, KEPT_OUT_OF_ORDER), 0);
    assert_int_equal(count_by(world->beta, KEPT_OUT_OF_ORDER), 0);
}

static int64_t running(struct engine *engine) {
    struct statement *get = common_use(engine_store(engine), COMMON_META_GET);
    char text[12] = "";
    size_t size;
    bind_text(get, "running");
    if (statement_step(get)) {
        const void *bytes = column_blob(get, 0, &size);
        memcpy(text, bytes, size < sizeof text ? size : 0);
    }
    statement_end(get);
    return strtoll(text, NULL, 10);
}

/* A turn that is full makes the next ones larger, and what they may take is in the store before they take it:
 * after an end without goodbye so many inputs are run singly. */
static void test_full_turns_grow_and_shrink_again(void **state) {
    struct world *world = *state;
    for (int round = 0; round < 12; round++) {
        for (int i = 0; i < 100; i++)
            ask(world, "twice");
        world->wall++;
        turns(world->alpha);
    }
    assert_int_equal(running(world->beta), 0);
    for (bool more = true; more;)
        more = carry(world->alpha, world->beta, 0, LANE_NORMAL);
    assert_int_equal(engine_turn(world->beta), ENGINE_WORKED); /* the start */
    assert_int_equal(engine_turn(world->beta), ENGINE_WORKED);
    assert_int_equal(running(world->beta), 512);
    int64_t before = count(world->beta);
    assert_int_equal(engine_turn(world->beta), ENGINE_WORKED);
    assert_int_equal(count(world->beta) - before, 512);
    assert_int_equal(running(world->beta), 1024);
    settle(world);
    for (int quiet = 0; quiet < 8; quiet++) { /* a little to do between two rounds of housekeeping */
        ask(world, "one");
        world->monotonic += 11000;
        settle(world);
    }
    assert_int_equal(running(world->beta), 256);
}

static void test_parked_request_leaves_nothing(void **state) {
    struct world *world = *state;
    ask(world, "park");
    ask(world, "kept");
    settle(world);
    assert_int_equal(world->answered, 2);
    assert_int_equal(count(world->alpha), 1);
    assert_int_equal(count(world->beta), 1);
}

static void submit(struct world *world, const char *text, uint64_t number) {
    Sigap__SubmitReport report = SIGAP__SUBMIT_REPORT__INIT;
    uint8_t frame[128];
    report.number = number;
    report.text = (char *)text;
    assert_true(engine_submit(world->alpha, frame, sigap__submit_report__pack(&report, frame), NULL));
}

static void ask_view(struct engine *engine, Sigap__View *view) {
    uint8_t frame[64];
    assert_true(engine_view(engine, frame, sigap__view__pack(view, frame), NULL));
    turns(engine);
}

static void ask_list(struct engine *engine, const char *name) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ListView list = SIGAP__LIST_VIEW__INIT;
    list.name = (char *)name;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &list;
    ask_view(engine, &view);
}

/* How many entries follow, and which of them is the first that is not sound (0: none). */
static size_t audit_page(struct engine *engine, struct world *world, uint64_t after, json_int_t *altered) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ListView list = SIGAP__LIST_VIEW__INIT;
    list.name = (char *)"audit";
    list.after = after;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &list;
    ask_view(engine, &view);
    json_t *page = json_loads(world->last_answer, 0, NULL), *entry;
    size_t index, count = json_array_size(page);
    *altered = 0;
    json_array_foreach(page, index, entry) {
        if (!*altered && !json_is_true(json_object_get(entry, "sound")))
            *altered = json_integer_value(json_object_get(entry, "number"));
    }
    json_decref(page);
    return count;
}

/* Rows of a page, and the number of its last one. */
static size_t page_of(
    struct world *world, const char *name, uint32_t limit, json_int_t after, json_int_t *last) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ListView list = SIGAP__LIST_VIEW__INIT;
    list.name = (char *)name;
    list.limit = limit;
    list.after = (uint64_t)after;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &list;
    ask_view(world->gamma, &view);
    json_t *page = json_loads(world->last_answer, 0, NULL);
    size_t rows = json_array_size(page);
    *last = rows ? json_integer_value(json_object_get(json_array_get(page, rows - 1), "number")) : 0;
    json_decref(page);
    return rows;
}

/* A long log must not be one answer: the turn that makes it would hold up a life. */
static void test_the_audit_log_is_read_in_pages(void **state) {
    struct world *world = *state;
    json_int_t altered;
    ask(world, "audited");
    turns(world->alpha);
    assert_int_equal(audit_page(world->alpha, world, 0, &altered), 2000);
    assert_int_equal(altered, 0);
    assert_int_equal(audit_page(world->alpha, world, 2000, &altered), AUDITED - 2000);
    assert_int_equal(altered, 0);
    assert_int_equal(audit_page(world->alpha, world, AUDITED, &altered), 0);
    sqlite3 *db;
    char path[128];
    engine_close(&world->alpha);
    snprintf(path, sizeof path, "%s/alpha.db", world->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "UPDATE audit SET object='nothing' WHERE number=2300", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    start_alpha(world);
    audit_page(world->alpha, world, 0, &altered);
    assert_int_equal(altered, 0);
    audit_page(world->alpha, world, 2000, &altered);
    assert_int_equal(altered, 2300);
}

/* What was undone has not been accepted, whatever its handler said before the store refused it. */
static void test_undone_submit_is_not_accepted(void **state) {
    struct world *world = *state;
    submit(world, "one", 1);
    submit(world, "one", 2);
    submit(world, "two", 3);
    turns(world->alpha);
    assert_int_equal(world->answered, 3);
    assert_int_equal(world->accepted, 2);
    assert_int_equal(world->status, 500);
    assert_int_equal(count(world->alpha), 2);
}

static void test_parked_view_leaves_nothing(void **state) {
    struct world *world = *state;
    ask_list(world->alpha, "any");
    assert_int_equal(world->view_status, 500);
    assert_int_equal(count(world->alpha), 0);
}

static void test_poison_is_parked_alone_and_later_ones_go_on(void **state) {
    struct world *world = *state;
    ask(world, "before");
    ask(world, "poison");
    ask(world, "after");
    settle(world);
    assert_int_equal(count(world->beta), 2);
    assert_int_equal(
        count(world->gamma), 5); /* three of alpha, two of beta; beta's InputParked is not for it */
    assert_int_equal(inbox_cursor(engine_inbox(world->beta, 0), LANE_NORMAL), 3);
}

/* The turn is made again with savepoints, not input by input. */
static void test_poison_costs_one_turn_more(void **state) {
    struct world *world = *state;
    for (int i = 0; i < 100; i++)
        ask(world, i == 50 ? "poison" : "kept");
    turns(world->alpha);
    carry(world->alpha, world->beta, 0, LANE_NORMAL);
    assert_in_range(turns(world->beta), 2, 4);
    assert_int_equal(count(world->beta), 99);
}

static void test_beta_before_alpha_waits(void **state) {
    struct world *world = *state;
    ask(world, "question");
    turns(world->alpha);
    carry(world->alpha, world->beta, 0, LANE_NORMAL);
    turns(world->beta);
    carry(world->beta, world->gamma, 1, LANE_NORMAL); /* the answer comes first */
    turns(world->gamma);
    assert_int_equal(count(world->gamma), 0);
    world->monotonic += 300; /* long enough to be written down as waiting */
    turns(world->gamma);
    assert_int_equal(count(world->gamma), 0);
    engine_close(&world->gamma);
    start_gamma(world); /* waiting survives a restart */
    turns(world->gamma);
    assert_int_equal(count(world->gamma), 0);
    settle(world);
    assert_int_equal(count(world->gamma), 2);
    struct statement *get = store_use(engine_store(world->gamma), &kept_schema, KEPT_FIRST_TEXT);
    assert_true(statement_step(get));
    assert_string_equal(
        column_text(get, 0), "alpha:question"); /* of the same case, and still not behind it */
    statement_end(get);
}

static size_t held_count(struct world *world) {
    size_t rows = 0;
    struct statement *all = store_use(engine_store(world->gamma), &common_schema, COMMON_WAITING_ALL);
    while (statement_step(all))
        rows++;
    return rows;
}

/* beta's records come, alpha's own do not: all of them wait, and each that comes is cheap all the same. */
static void test_thousands_that_wait_cost_little(void **state) {
    enum { MANY = 3000, EACH = 20 /* ids of one ms that are not alike, see fill() */ };
    struct world *world = *state;
    char text[32];
    for (int i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "%d", i);
        ask(world, text);
        if (i % EACH == EACH - 1)
            turns(world->alpha);
        world->wall += i % EACH == EACH - 1;
        world->monotonic += i % EACH == EACH - 1;
    }
    assert_int_equal(count(world->alpha), MANY);
    for (int i = 0; i < 3 * MANY && count(world->beta) < MANY; i++) {
        carry(world->alpha, world->beta, 0, LANE_NORMAL);
        turns(world->beta);
    }
    assert_int_equal(count(world->beta), MANY);
    clock_t before = clock();
    for (int i = 0; i < 3 * MANY && held_count(world) < MANY; i++) {
        carry(world->beta, world->gamma, 1, LANE_NORMAL);
        turns(world->gamma);
        world->monotonic += 300;
        turns(world->gamma);
    }
    assert_int_equal(held_count(world), MANY);
    json_int_t last = 0;
    assert_int_equal(page_of(world, "waiting", 0, 0, &last), 100);
    assert_int_equal(page_of(world, "waiting", 1000, last, &last), 1000);
    assert_int_equal(page_of(world, "waiting", 1000, MANY - 1, &last), 1);
    assert_int_equal(last, MANY);
    for (int i = 0; i < 3 * MANY && count(world->gamma) < 2 * MANY; i++) {
        carry(world->alpha, world->gamma, 0, LANE_NORMAL);
        turns(world->gamma);
    }
    assert_int_equal(count(world->gamma), 2 * MANY);
    printf("%d waited, %.3f s\n", MANY, (double)(clock() - before) / CLOCKS_PER_SEC);
    assert_true(clock() - before < 10 * CLOCKS_PER_SEC);
}

static void test_restart_goes_on_where_it_was(void **state) {
    struct world *world = *state;
    ask(world, "one");
    settle(world);
    engine_close(&world->beta);
    ask(world, "two");
    turns(world->alpha);
    engine_close(&world->alpha);
    start_alpha(world);
    start_beta(world);
    settle(world);
    assert_int_equal(count(world->beta), 2);
    assert_int_equal(count(world->gamma), 4);
}

static void test_replay_makes_the_same_ids(void **state) {
    struct world *world = *state;
    ask(world, "one");
    turns(world->alpha);
    carry(world->alpha, world->beta, 0, LANE_NORMAL);
    fault_arm(FAULT_COMMIT, 1);
    assert_int_equal(engine_turn(world->beta), ENGINE_BACKOFF);
    assert_int_equal(count(world->beta), 0);
    fault_disarm();
    world->monotonic += 60000;
    settle(world);
    struct statement *get = store_use(engine_store(world->beta), &kept_schema, KEPT_FIRST);
    assert_true(statement_step(get));
    struct id first = column_id(get, 0);
    statement_end(get);
    struct id expected = id_derive(1700000000000, journal_incarnation(engine_journal(world->beta)),
        LANE_NORMAL, 1 ^ (uint64_t)'a' << 56 ^ (uint64_t)'l' << 48, 1);
    assert_memory_equal(&first, &expected, sizeof first);
}

static void test_full_disk_takes_only_what_may_be_urgent(void **state) {
    struct world *world = *state;
    ask(world, "one");
    settle(world);
    ask(world, "two");
    ask(world, "urgent");
    fault_arm(FAULT_COMMIT, 1);
    engine_turn(world->alpha);
    fault_disarm();
    assert_int_equal(world->answered, 2); /* "two" was refused */
    assert_int_equal(world->status, 503);
    assert_int_equal(engine_turn(world->alpha), ENGINE_WORKED);
    assert_int_equal(world->answered, 3);
    assert_int_equal(world->status, 202);
    ask(world, "three");
    assert_int_equal(world->status, 503);
    world->monotonic += 60000; /* space is back */
    engine_idle(world->alpha);
    ask(world, "four");
    settle(world);
    assert_int_equal(world->status, 202);
    assert_int_equal(count(world->alpha), 3);
    assert_int_equal(count(world->beta), 3);
}

static void test_timer_fires_once(void **state) {
    struct world *world = *state;
    ask(world, "one");
    settle(world);
    assert_int_equal(world->effects, 0);
    assert_int_equal(engine_wake_at(world->beta), world->wall + 1000);
    world->wall += 1000;
    world->monotonic += 1000;
    settle(world);
    settle(world);
    assert_int_equal(world->effects, 1);
}

/* Set again by each of a turn, and undone with one of them: it is there once, and it is there. */
static void test_a_timer_that_many_share_fires_once(void **state) {
    struct world *world = *state;
    ask(world, "shared poison");
    ask(world, "shared one");
    ask(world, "shared two");
    settle(world);
    world->wall += 1000;
    world->monotonic += 1000;
    settle(world);
    assert_int_equal(world->effects, 3); /* one's, two's, and that of both */
}

/* Also the look for the next timer, behind the commit, may fail: nothing else comes in that would make beta
 * look again. */
static void test_a_failed_step_loses_no_timer(void **state) {
    struct world *world = *state;
    bool failed = true;
    for (unsigned nth = 1; failed; nth++) {
        ask(world, "one");
        turns(world->alpha);
        carry(world->alpha, world->beta, 0, LANE_NORMAL);
        fault_arm(FAULT_STEP, nth);
        turns(world->beta);
        failed = fault_count(FAULT_STEP) >= nth;
        fault_disarm();
        for (unsigned i = 0; i < 10; i++) {
            world->wall += 300;
            world->monotonic += 300;
            turns(world->beta);
        }
        assert_int_equal(world->effects, nth);
        assert_true(nth < 100);
    }
}

static void test_time_goes_on_when_the_clock_is_set_back(void **state) {
    struct world *world = *state;
    ask(world, "one");
    settle(world);
    world->wall -= 3600000;
    world->monotonic += 500;
    ask(world, "two");
    settle(world);
    assert_int_equal(world->effects, 0);
    world->wall += 700;
    world->monotonic += 700;
    ask(world, "three");
    settle(world);
    assert_int_equal(world->effects, 0); /* due, but after a jump it waits for confirmation */
    world->wall += 700000;
    world->monotonic += 700000;
    settle(world);
    assert_int_equal(world->effects, 3);
}

/* Set again as what must ring whatever the clock does: it does, in the same turn and in a later one. */
static void test_a_timer_becomes_critical(void **state) {
    struct world *world = *state;
    ask(world, "shared one");
    settle(world);
    ask(world, "shared alarm");
    ask(world, "shared two");
    settle(world);
    world->wall -= 3600000;
    world->monotonic += 500;
    ask(world, "three");
    settle(world);
    world->wall += 700;
    world->monotonic += 700;
    ask(world, "four");
    settle(world);
    assert_int_equal(world->effects, 1); /* the shared one */
}

/* An hour back and nothing comes in: a timer that is due in ten minutes is not due in an hour and ten. */
static void test_the_loop_wakes_in_time_when_the_clock_is_set_back(void **state) {
    struct world *world = *state;
    ask(world, "one");
    settle(world);
    world->wall -= 3600000;
    world->monotonic += 500;
    ask(world, "two");
    settle(world);
    world->wall += 600000;
    world->monotonic += 600000; /* confirmed */
    settle(world);
    assert_int_equal(world->effects, 2);
    ask(world, "three");
    settle(world);
    assert_in_range(engine_wake_at(world->beta), world->wall + 1, world->wall + 1000);
    world->wall += 1000;
    world->monotonic += 1000;
    settle(world);
    assert_int_equal(world->effects, 3);
}

static int64_t time_of_next(struct world *world, const char *text) {
    beta_now = 0;
    ask(world, text);
    settle(world);
    return beta_now;
}

static void pass(struct world *world, int64_t ms) {
    world->wall += ms;
    world->monotonic += ms;
}

static void say(struct engine *engine, const char *order) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ControlView control = SIGAP__CONTROL_VIEW__INIT;
    control.action = (char *)order;
    view.what_case = SIGAP__VIEW__WHAT_CONTROL;
    view.control = &control;
    ask_view(engine, &view);
}

/* The status of the answer. */
static unsigned told(struct world *world, const char *order) {
    world->view_status = 0;
    say(world->alpha, order);
    return world->view_status;
}

static bool is_moved(struct world *world) {
    engine_idle(world->alpha);
    return store_log_bytes(engine_store(world->alpha)) == 0;
}

static size_t file_of_alpha(struct world *world, uint8_t bytes[HELD_BYTES]) {
    char path[128];
    snprintf(path, sizeof path, "%s/alpha.db", world->folder);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, HELD_BYTES, file);
    fclose(file);
    return size;
}

/* The site lies still until "copy"; what is written from then on stays out of the file until "resume". */
static void test_a_backup_copies_while_turns_go_on(void **state) {
    static uint8_t before[HELD_BYTES], after[HELD_BYTES];
    struct world *world = *state;
    ask(world, "one");
    settle(world);
    assert_true(is_moved(world));
    assert_int_equal(told(world, "barrier"), 200);
    assert_true(second_is_held);
    size_t size = file_of_alpha(world, before);
    ask(world, "two");
    assert_int_equal(engine_turn(world->alpha), ENGINE_IDLE);
    assert_int_equal(world->answered, 1);
    assert_int_equal(told(world, "copy"), 200);
    settle(world);
    assert_int_equal(world->answered, 2);
    for (int i = 0; i < 3; i++) { /* a large site, a slow disk */
        pass(world, ENGINE_HOLD_MS - 1);
        assert_false(is_moved(world));
        assert_true(second_is_held);
        assert_int_equal(told(world, "copy"), 200);
    }
    pass(world, ENGINE_HOLD_MS - 1);
    assert_int_equal(file_of_alpha(world, after), size);
    assert_memory_equal(before, after, size);
    assert_int_equal(told(world, "resume"), 200);
    assert_false(second_is_held);
    assert_true(is_moved(world));
    file_of_alpha(world, after);
    assert_memory_not_equal(before, after, size);
    assert_int_equal(told(world, "resume"), 409);
}

/* The backup has died. */
static void test_a_barrier_ends_by_itself(void **state) {
    struct world *world = *state;
    settle(world);
    assert_int_equal(told(world, "barrier"), 200);
    ask(world, "one");
    pass(world, ENGINE_BARRIER_MS - 1);
    turns(world->alpha);
    assert_int_equal(world->answered, 0);
    pass(world, 1);
    turns(world->alpha);
    assert_int_equal(world->answered, 1);
}

static void write_much(struct world *world) {
    for (int i = 0; i < 4; i++) {
        ask(world, "audited");
        turns(world->alpha);
    }
}

static void wait_long(struct world *world) {
    pass(world, ENGINE_HOLD_MS);
}

static void fill_disk(struct world *world) {
    ask(world, "two");
    fault_arm(FAULT_COMMIT, 1);
    engine_turn(world->alpha);
    fault_disarm();
    pass(world, 1000);
}

static void start_again(struct world *world) {
    engine_close(&world->alpha);
    start_alpha(world);
    ask(world, "two");
    turns(world->alpha);
}

/* Work comes before the backup, and the backup is told, however late it asks. */
static void test_a_broken_hold_is_told(void **state) {
    static void (*const ways[])(struct world *) = {write_much, wait_long, fill_disk, start_again};
    struct world *world = *state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        ask(world, "one");
        settle(world);
        assert_int_equal(told(world, "barrier"), 200);
        assert_int_equal(told(world, "copy"), 200);
        assert_false(is_moved(world));
        ways[i](world);
        assert_true(is_moved(world));
        pass(world, 60000); /* space is back */
        engine_idle(world->alpha);
        assert_int_equal(told(world, "copy"), 409);
        assert_int_equal(told(world, "resume"), 409);
        second_is_held = false;
    }
}

static void ask_status(struct engine *engine) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__StatusView status = SIGAP__STATUS_VIEW__INIT;
    view.what_case = SIGAP__VIEW__WHAT_STATUS;
    view.status = &status;
    ask_view(engine, &view);
}

static bool is_ready(struct engine *engine, struct world *world) {
    ask_status(engine);
    return strstr(world->last_answer, "\"state\":\"ready\"") != NULL;
}

/* An operator who looks must not be told that the daemon is stalled. A list, which needs a turn, waits. */
static void test_the_status_is_told_while_the_engine_backs_off(void **state) {
    struct world *world = *state;
    ask(world, "one");
    fault_arm(FAULT_COMMIT, 1);
    assert_int_equal(engine_turn(world->alpha), ENGINE_BACKOFF);
    fault_disarm();
    ask_list(world->alpha, "waiting");
    ask_status(world->alpha);
    assert_non_null(strstr(world->last_answer, "\"state\":\"degraded\""));
    assert_non_null(strstr(world->last_answer, "\"disk_low\":true"));
    assert_non_null(strstr(world->last_answer, "\"backs_off\":\"commit: "));
    world->last_answer[0] = 0;
    pass(world, 60000);
    turns(world->alpha);
    assert_string_equal(world->last_answer, "[]"); /* now it is the list's turn */
    ask_status(world->alpha);
    assert_non_null(strstr(world->last_answer, "\"backs_off\":null"));
    assert_non_null(strstr(world->last_answer, "\"disk_low\":false"));
}

/* Only want of space is called so, however a turn fails. */
static void test_an_input_that_asks_again_is_no_full_disk(void **state) {
    struct world *world = *state;
    ask(world, "one");
    settle(world);
    ask(world, "again");
    assert_int_equal(engine_turn(world->alpha), ENGINE_BACKOFF);
    ask_status(world->alpha);
    engine_turn(world->alpha);
    assert_non_null(strstr(world->last_answer, "\"backs_off\":\"an input asked"));
    assert_non_null(strstr(world->last_answer, "\"disk_low\":false"));
}

/* Else what retention deletes by the time of a year ahead is gone. */
static void test_a_clock_that_is_ahead_for_a_moment_is_not_believed(void **state) {
    struct world *world = *state;
    int64_t before = time_of_next(world, "one");
    assert_true(is_ready(world->beta, world));
    world->wall += 400 * DAY_MS;
    world->monotonic += 3000;
    assert_int_equal(time_of_next(world, "two"), before + 3000);
    assert_false(is_ready(world->beta, world));
    world->wall += 3000 - 400 * DAY_MS;
    assert_int_equal(time_of_next(world, "three"), before + 3000);
    assert_true(is_ready(world->beta, world));
    pass(world, 700000);
    settle(world);
    assert_int_equal(world->effects, 3); /* what fell due meanwhile */
    assert_int_equal(time_of_next(world, "four"), world->wall);
}

static void test_a_clock_that_stays_ahead_is_believed(void **state) {
    struct world *world = *state;
    int64_t before = time_of_next(world, "one");
    world->wall += 2 * HOUR_MS;
    assert_int_equal(time_of_next(world, "two"), before);
    pass(world, 10 * 60000 - 1);
    assert_int_equal(time_of_next(world, "three"), before + 10 * 60000 - 1);
    pass(world, 1);
    assert_int_equal(time_of_next(world, "four"), world->wall);

    before = world->wall;
    world->wall += HOUR_MS;
    assert_int_equal(time_of_next(world, "five"), before);
    world->wall += 400 * DAY_MS; /* in the middle of one doubt another, and a longer one */
    assert_int_equal(time_of_next(world, "six"), before);
    pass(world, 6 * HOUR_MS - 1);
    assert_int_equal(time_of_next(world, "seven"), before + 6 * HOUR_MS - 1);
    pass(world, 1);
    assert_int_equal(time_of_next(world, "eight"), world->wall);
}

static void test_an_operator_confirms_a_clock_that_is_ahead(void **state) {
    struct world *world = *state;
    int64_t before = time_of_next(world, "one");
    world->wall += 400 * DAY_MS;
    assert_int_equal(time_of_next(world, "two"), before);
    say(world->beta, "clock");
    assert_int_equal(time_of_next(world, "three"), world->wall);
    assert_int_equal(world->effects, 2); /* nor does what fell due wait any longer */
}

/* Whoever is restarted while the clock is wrong knows as much as who was not. */
static void test_a_restart_believes_no_clock_that_was_doubted(void **state) {
    struct world *world = *state;
    int64_t before = time_of_next(world, "one");
    pass(world, 5000);
    world->wall += 60 * DAY_MS;
    engine_close(&world->beta);
    start_beta(world);
    assert_int_equal(time_of_next(world, "two"), before + 5000);
    assert_false(is_ready(world->beta, world));
    engine_close(&world->beta);
    start_beta(world);
    settle(world);
    pass(world, 6 * HOUR_MS - 1);
    assert_int_equal(time_of_next(world, "three"), before + 5000 + 6 * HOUR_MS - 1);
    pass(world, 1);
    assert_int_equal(time_of_next(world, "four"), world->wall);

    engine_close(&world->beta);
    world->boot = 2; /* another start of the machine: it may have lain still */
    world->wall += 2 * DAY_MS;
    start_beta(world);
    assert_int_equal(time_of_next(world, "five"), world->wall);
}

/* Down for weeks is nothing to doubt; for a year it is more likely the clock of a machine that has lost it.
 */
static void test_a_clock_that_is_far_ahead_at_the_start_is_not_believed(void **state) {
    struct world *world = *state;
    time_of_next(world, "one");
    engine_close(&world->beta);
    pass(world, 60 * DAY_MS);
    start_beta(world);
    int64_t before = time_of_next(world, "two");
    assert_int_equal(before, world->wall);
    engine_close(&world->beta);
    world->wall += 400 * DAY_MS;
    start_beta(world);
    assert_int_equal(time_of_next(world, "three"), before);
    say(world->beta, "clock");
    assert_int_equal(time_of_next(world, "four"), world->wall);
}

static void test_foreign_cursor_diverges(void **state) {
    struct world *world = *state;
    ask(world, "one");
    settle(world);
    engine_close(&world->alpha);
    char path[128];
    snprintf(path, sizeof path, "%s/alpha.db", world->folder);
    unlink(path); /* alpha loses its store: another incarnation */
    start_alpha(world);
    ask(world, "two");
    settle(world);
    assert_int_equal(inbox_state(engine_inbox(world->beta, 0), world->monotonic), LINK_CUT);
    assert_int_equal(count(world->beta), 1); /* never skips */
}

static void test_input_that_ends_the_process_is_parked(void **state) {
    struct world *world = *state;
    ask(world, "deadly");
    turns(world->alpha);
    for (int i = 0; i < 6; i++) { /* each time it vanishes in the middle of the input */
        carry(world->alpha, world->beta, 0, LANE_NORMAL);
        fault_arm(FAULT_STEP, 1000000);
        if (i == 0) {
            engine_close(&world->beta); /* leave the running mark: as if killed */
            start_beta(world);
            sqlite3 *db;
            char path[128];
            engine_close(&world->beta);
            snprintf(path, sizeof path, "%s/beta.db", world->folder);
            assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
            assert_int_equal(sqlite3_exec(db,
                                 "INSERT INTO meta VALUES('running', x'31');"
                                 "INSERT INTO meta VALUES('attempting', CAST('4 alpha/1/1' AS BLOB))",
                                 NULL, NULL, NULL),
                SQLITE_OK);
            sqlite3_close(db);
            start_beta(world);
            carry(world->alpha, world->beta, 0, LANE_NORMAL);
        }
        turns(world->beta);
    }
    fault_disarm();
    assert_int_equal(count(world->beta), 0);
    ask_list(world->beta, "parked");
    assert_non_null(strstr(world->last_body, "again and again"));
}

static void change_gamma(struct world *world, const char *change, const void *bytes, int size) {
    char path[128];
    sqlite3 *db;
    sqlite3_stmt *statement;
    snprintf(path, sizeof path, "%s/gamma.db", world->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, change, -1, &statement, NULL), SQLITE_OK);
    if (size)
        sqlite3_bind_blob(statement, 1, bytes, size, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
    sqlite3_close(db);
}

/* gamma has ended when the record that one of beta's waited for had just been read. */
static void end_gamma_with_a_ready_record(struct world *world) {
    ask(world, "question");
    turns(world->alpha);
    carry(world->alpha, world->beta, 0, LANE_NORMAL);
    turns(world->beta);
    carry(world->beta, world->gamma, 1, LANE_NORMAL);
    turns(world->gamma);
    world->monotonic += 300;
    turns(world->gamma);
    engine_close(&world->gamma);
    change_gamma(world, "INSERT INTO cursor VALUES('alpha', 1, ?, 1)",
        journal_incarnation(engine_journal(world->alpha)), LINK_INCARNATION);
}

static void test_what_waited_goes_on_after_a_restart(void **state) {
    struct world *world = *state;
    end_gamma_with_a_ready_record(world);
    start_gamma(world);
    turns(world->gamma);
    assert_int_equal(count(world->gamma), 1);
}

static void test_what_waited_and_ends_the_process_is_parked(void **state) {
    struct world *world = *state;
    end_gamma_with_a_ready_record(world);
    change_gamma(world, "INSERT INTO meta VALUES('running', x'31')", NULL, 0);
    change_gamma(world, "INSERT INTO meta VALUES('attempting', CAST('4 beta/1/1' AS BLOB))", NULL, 0);
    start_gamma(world);
    ask(world, "innocent");
    settle(world);
    assert_int_equal(count(world->gamma), 2); /* alpha's innocent and beta's of it */
    ask_list(world->gamma, "parked");
    assert_non_null(strstr(world->last_body, "again and again"));
    assert_non_null(strstr(world->last_body, "\"from\":\"beta\""));
}

/* A damaged row of one record keeps nobody from starting. */
static void test_what_waits_and_cannot_be_read_is_parked(void **state) {
    struct world *world = *state;
    engine_close(&world->gamma);
    change_gamma(world, "INSERT INTO waiting VALUES(1, 'beta', 1, 1, 1, NULL, x'ff')", NULL, 0);
    start_gamma(world);
    ask(world, "one");
    settle(world);
    assert_int_equal(count(world->gamma), 2);
    ask_list(world->gamma, "parked");
    assert_non_null(strstr(world->last_body, "cannot be read"));
}

/* Numbers of parked rows come again: the second of a case, tried alone, waits behind the first. */
static void test_parked_ones_are_tried_again_one_by_one(void **state) {
    struct world *world = *state;
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ParkedRetry retry = SIGAP__PARKED_RETRY__INIT;
    engine_close(&world->gamma);
    change_gamma(world, "INSERT INTO parked VALUES(1, 'beta', 1, 1, 1, randomblob(16), 'r', x'')", NULL, 0);
    change_gamma(world, "INSERT INTO waiting SELECT -999999999998, 'beta', 1, 1, 1, case_id, x'' FROM parked",
        NULL, 0);
    change_gamma(
        world, "INSERT INTO parked SELECT 2, 'beta', 1, 1, 1, case_id, 'r', x'' FROM parked", NULL, 0);
    start_gamma(world);
    retry.number = 2;
    view.what_case = SIGAP__VIEW__WHAT_PARKED_RETRY;
    view.parked_retry = &retry;
    ask_view(world->gamma, &view);
    assert_string_equal(world->last_body, "{\"retried\":1}");
    ask_list(world->gamma, "parked");
    assert_non_null(strstr(world->last_body, "\"number\":1"));
    assert_null(strstr(world->last_body, "\"number\":2"));
}

/* Puts so many aside, each of a case of its own. */
static void park_many(struct world *world, int many) {
    char change[256];
    snprintf(change, sizeof change,
        "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
        "INSERT INTO parked SELECT i, 'beta', 1, i, 1, randomblob(16), 'r', x'' FROM n",
        many);
    engine_close(&world->gamma);
    change_gamma(world, change, NULL, 0);
    start_gamma(world);
    turns(world->gamma);
}

/* An answer of all of them would hold up a life, and be more than the console takes: it would be blind when
 * it matters most. */
static void test_what_is_held_is_read_in_pages(void **state) {
    enum { MANY = 2500 };
    struct world *world = *state;
    json_int_t last = 0;
    park_many(world, MANY);
    assert_int_equal(page_of(world, "parked", 0, 0, &last), 100);
    assert_int_equal(page_of(world, "parked", 5000, 0, &last), 1000);
    assert_int_equal(page_of(world, "parked", 1000, last, &last), 1000);
    assert_int_equal(page_of(world, "parked", 1000, last, &last), 500);
    assert_int_equal(last, MANY);
    assert_int_equal(page_of(world, "parked", 1000, last, &last), 0);
}

/* Each record that is heard asks whether its case is parked. */
static void test_a_crowd_of_parked_ones_costs_a_record_little(void **state) {
    enum { PARKED = 200000, RECORDS = 1000 };
    struct world *world = *state;
    char text[32];
    park_many(world, PARKED);
    for (int i = 0; i < RECORDS; i++) {
        snprintf(text, sizeof text, "%d", i);
        ask(world, text);
        if (i % 100 == 99)
            turns(world->alpha);
    }
    clock_t before = clock();
    for (int i = 0; i < RECORDS && count(world->gamma) < RECORDS; i++) {
        carry(world->alpha, world->gamma, 0, LANE_NORMAL);
        turns(world->gamma);
    }
    assert_int_equal(count(world->gamma), RECORDS);
    printf("%d parked, %d records, %.3f s\n", PARKED, RECORDS, (double)(clock() - before) / CLOCKS_PER_SEC);
    assert_true(clock() - before < 2 * CLOCKS_PER_SEC);
}

static void test_what_is_not_heard_is_read_over(void **state) {
    struct world *world = *state;
    static const struct engine_link links[] = {{"alpha", false}};
    engine_close(&world->gamma);
    for (int i = 0; i < 5; i++)
        ask(world, "one");
    turns(world->alpha);
    world->gamma = start(world, &delta_daemon, links, 1, NULL, 0); /* in gamma's place: torn down like it */
    for (int i = 0; i < 3; i++) {
        turns(world->gamma);
        carry(world->alpha, world->gamma, 0, LANE_NORMAL);
    }
    turns(world->gamma);
    struct inbox *inbox = engine_inbox(world->gamma, 0);
    assert_int_equal(inbox_position(inbox, LANE_NORMAL), 5);
    assert_int_equal(count(world->gamma), 0);
    assert_int_equal(inbox_cursor(inbox, LANE_NORMAL), 0); /* no transaction for it */
    world->monotonic += 1000;
    world->wall += 1000;
    turns(world->gamma);
    assert_int_equal(inbox_cursor(inbox, LANE_NORMAL), 5); /* a second later it is in its row */
}

/* A link may rest when nothing came for its reader, but not while the journal holds more than one batch: at
 * ten batches a second a reader would never catch up. */
static void test_a_link_rests_only_at_the_head(void **state) {
    struct world *world = *state;
    static const struct engine_link links[] = {{"alpha", false}};
    static char large[LINK_CREDIT * 2 / 3];
    memset(large, 'x', sizeof large - 1);
    engine_close(&world->gamma);
    for (int i = 0; i < 3; i++) { /* a batch is made of whole turns */
        ask(world, large);
        turns(world->alpha);
    }
    world->gamma = start(world, &delta_daemon, links, 1, NULL, 0);
    unsigned batches = 0;
    while (carry(world->alpha, world->gamma, 0, LANE_NORMAL)) {
        turns(world->gamma);
        bool last = inbox_position(engine_inbox(world->gamma, 0), LANE_NORMAL) == 3;
        assert_int_equal(engine_link_is_quiet(world->gamma, 0, LANE_NORMAL), last);
        batches++;
    }
    assert_in_range(batches, 2, 3);
    assert_true(engine_link_is_quiet(world->gamma, 0, LANE_NORMAL));
}

/* beta passes the question on; delta reads both but does not hear alpha. What it does not hear must not be
 * passed before its own causes, else a third record that names only it would come before the question. */
static void test_what_is_not_heard_waits_for_its_causes(void **state) {
    struct world *world = *state;
    static const struct engine_link links[] = {{"alpha", false}, {"beta", false}};
    engine_close(&world->gamma);
    ask(world, "question");
    turns(world->alpha);
    carry(world->alpha, world->beta, 0, LANE_NORMAL);
    turns(world->beta);
    world->gamma = start(world, &delta_daemon, links, 2, NULL, 0);
    struct inbox *answers = engine_inbox(world->gamma, 1);
    carry(world->beta, world->gamma, 1,
        LANE_NORMAL); /* the first fetch adopts the journal and brings the record */
    turns(world->gamma);
    assert_int_equal(inbox_position(answers, LANE_NORMAL), 0);
    carry(world->alpha, world->gamma, 0, LANE_NORMAL);
    turns(world->gamma);
    assert_int_equal(inbox_position(answers, LANE_NORMAL), 1);
    assert_int_equal(count(world->gamma), 0);
}

/* Six processes that vanish in the middle of an input: the first is not cautious yet. */
static void vanish(struct world *world, void (*live)(struct world *world)) {
    for (int i = 0; i < 6; i++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            is_deadly = true;
            live(world);
            _exit(0);
        }
        assert_true(child > 0 && waitpid(child, &status, 0) == child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    }
    is_deadly = true;
}

static void live_as_beta(struct world *world) {
    start_beta(world);
    turns(world->beta);
}

static void test_a_timer_that_ends_the_process_is_parked(void **state) {
    struct world *world = *state;
    ask(world, "one");
    settle(world);
    engine_close(&world->beta);
    world->wall += 2000;
    world->monotonic += 2000;
    vanish(world, live_as_beta);
    live_as_beta(world);
    ask_list(world->beta, "parked");
    assert_non_null(strstr(world->last_body, "again and again"));
    assert_non_null(strstr(world->last_body, "\"from\":\"timer\""));
    ask(world, "two");
    is_deadly = false;
    settle(world); /* and life goes on */
    assert_int_equal(count(world->beta), 2);
}

static void retry_all(struct engine *engine) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ParkedRetry retry = SIGAP__PARKED_RETRY__INIT;
    view.what_case = SIGAP__VIEW__WHAT_PARKED_RETRY;
    view.parked_retry = &retry;
    ask_view(engine, &view);
}

/* A handler that finds another time in its object's row takes the timer for one that was moved. */
static void test_a_parked_timer_is_tried_again_with_its_time(void **state) {
    struct world *world = *state;
    ask(world, "one");
    settle(world);
    int64_t due_at = beta_now + 1000;
    engine_close(&world->beta);
    world->wall += 2000;
    world->monotonic += 2000;
    vanish(world, live_as_beta);
    live_as_beta(world);
    is_deadly = false;
    beta_due_at = 0;
    world->wall += 5000;
    world->monotonic += 5000;
    retry_all(world->beta);
    assert_string_equal(world->last_body, "{\"retried\":1}");
    turns(world->beta);
    assert_int_equal(beta_due_at, due_at);
}

/* A row of an older store does not tell when its timer was due. */
static void test_a_parked_timer_without_time_is_due_now(void **state) {
    struct world *world = *state;
    settle(world);
    struct store *store = engine_store(world->beta);
    static const struct id object = {{7}};
    assert_true(store_begin(store));
    struct statement *add = store_use(store, &common_schema, COMMON_PARKED_ADD);
    bind_text(add, "timer");
    bind_int(add, LANE_URGENT);
    bind_int(add, 7);
    bind_int(add, 1);
    bind_id(add, &object);
    bind_text(add, "r");
    bind_blob(add, "", 0);
    assert_true(statement_step(add));
    statement_end(add);
    assert_int_equal(store_commit(store), STORE_OK);
    engine_close(&world->beta);
    live_as_beta(world);
    beta_due_at = 0;
    retry_all(world->beta);
    turns(world->beta);
    assert_int_equal(beta_due_at, world->wall);
}

/* A mark is committed by itself: what its fsync has done nobody knows, and the process ends as with any
 * other.
 */
static void test_a_mark_whose_fsync_fails_ends_the_process(void **state) {
    struct world *world = *state;
    struct crash_disk *disk = crash_disk_new("marks", 1);
    engine_close(&world->beta);
    crash_disk_make_default(disk);
    live_as_beta(world);
    crash_disk_crash(disk, CRASH_KILL); /* from here on inputs run behind marks */
    engine_close(&world->beta);
    live_as_beta(world);
    ask(world, "one");
    turns(world->alpha);
    carry(world->alpha, world->beta, 0, LANE_NORMAL);
    carry(world->alpha, world->beta, 0, LANE_NORMAL);
    crash_disk_fail_sync(disk, 1);
    assert_int_equal(engine_turn(world->beta), ENGINE_BROKEN);
    engine_close(&world->beta);
    crash_disk_make_default(NULL);
    crash_disk_free(&disk);
}

static uint64_t done_of_beta(struct world *world) {
    uint64_t done = 0;
    world->monotonic += 20000; /* housekeeping writes it down */
    ask(world, "more");
    turns(world->alpha);
    struct statement *all = store_use(engine_store(world->alpha), &common_schema, COMMON_CONSUMER_ALL);
    while (statement_step(all))
        if (strcmp(column_text(all, 0), "beta") == 0 && column_int(all, 1) == LANE_NORMAL)
            done = (uint64_t)column_int(all, 2);
    return done;
}

/* How far somebody is in another history says nothing of what may be trimmed in this one. */
static void test_what_is_done_of_another_history_is_not_believed(void **state) {
    struct world *world = *state;
    struct buffer out = BUFFER_MAX(LINK_FRAME_MAX);
    ask(world, "one");
    settle(world);
    assert_int_equal(done_of_beta(world), 1);
    struct link_fetch fetch = {.consumer = "beta", .lane = LANE_NORMAL, .after = 2, .done = 2};
    fetch.incarnation_known = true;
    memset(fetch.incarnation, 7, sizeof fetch.incarnation);
    assert_true(engine_serve(world->alpha, &fetch, &out));
    assert_int_equal(done_of_beta(world), 1);
    memcpy(fetch.incarnation, journal_incarnation(engine_journal(world->alpha)), sizeof fetch.incarnation);
    fetch.done = 5; /* more than was read */
    engine_serve(world->alpha, &fetch, &out);
    assert_int_equal(done_of_beta(world), 2);
    assert_true(engine_is_read_by(world->alpha, "beta"));
    assert_false(engine_is_read_by(world->alpha, "epsilon"));
    buffer_free(&out);
}

static void control(struct engine *engine, const char *action) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ControlView control = SIGAP__CONTROL_VIEW__INIT;
    uint8_t frame[64];
    control.action = (char *)action;
    view.what_case = SIGAP__VIEW__WHAT_CONTROL;
    view.control = &control;
    assert_true(engine_view(engine, frame, sigap__view__pack(&view, frame), NULL));
}

/* A full disk refuses thousands that one turn had put into boxes: each has its result. */
static void test_thousands_of_results_are_heard(void **state) {
    struct world *world = *state;
    struct effect_result result = {.kind = 1};
    for (uint32_t i = 1; i <= RESULTS; i++) {
        memcpy(result.id.bytes, &i, sizeof i);
        assert_true(engine_effect_finished(world->alpha, &result));
    }
    settle(world);
    assert_int_equal(count(world->alpha), RESULTS);
}

/* Held effects are let go by the commit, not by a turn that was rolled back. */
static void test_effects_are_released_by_the_commit(void **state) {
    struct world *world = *state;
    turns(world->alpha);
    control(world->alpha, "hold");
    turns(world->alpha);
    control(world->alpha, "release");
    fault_arm(FAULT_COMMIT, 1);
    assert_int_equal(engine_turn(world->alpha), ENGINE_BACKOFF);
    fault_disarm();
    ask_status(world->alpha); /* answered without a turn */
    assert_non_null(strstr(world->last_answer, "\"effects_held\":true"));
    world->monotonic += 60000;
    turns(world->alpha);
    ask_status(world->alpha);
    assert_non_null(strstr(world->last_answer, "\"effects_held\":false"));
}

static void live_as_alpha(struct world *world) {
    start_alpha(world);
    ask(world, "innocent");
    ask(world, "deadly");
    turns(world->alpha);
}

/* A sender whose request got no answer sends it again. */
static void test_a_request_that_ends_the_process_is_refused(void **state) {
    struct world *world = *state;
    engine_close(&world->alpha);
    vanish(world, live_as_alpha);
    unsigned answered = world->answered;
    live_as_alpha(world);
    assert_int_equal(world->answered, answered + 2);
    assert_int_equal(world->status, 500);
    int64_t rows = count(world->alpha);
    ask(world, "deadly"); /* again: it is not forgotten with the first */
    turns(world->alpha);
    assert_int_equal(world->status, 500);
    ask(world, "another");
    turns(world->alpha);
    assert_int_equal(world->status, 202);
    assert_int_equal(count(world->alpha), rows + 1);
    is_deadly = false;
}

static void test_trimming_keeps_what_is_needed(void **state) {
    struct world *world = *state;
    for (int i = 0; i < 10; i++) {
        ask(world, "one");
        settle(world);
    }
    world->wall += 100000;
    world->monotonic += 100000;
    ask(world, "one"); /* brings the cursors of the readers back */
    settle(world);
    world->wall += 100000;
    world->monotonic += 100000;
    ask(world, "one");
    settle(world);
    assert_true(journal_oldest(engine_journal(world->alpha), LANE_NORMAL) > 5);
    assert_int_equal(journal_head(engine_journal(world->alpha), LANE_NORMAL), 12);
    assert_int_equal(count(world->gamma), 24);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_refused_start_leaves_the_running_mark_alone),
        TEST(test_a_record_goes_all_the_way),
        TEST(test_many_in_one_commit),
        TEST(test_ids_of_one_time_are_in_order),
        TEST(test_full_turns_grow_and_shrink_again),
        TEST(test_parked_request_leaves_nothing),
        TEST(test_undone_submit_is_not_accepted),
        TEST(test_parked_view_leaves_nothing),
        TEST(test_poison_is_parked_alone_and_later_ones_go_on),
        TEST(test_poison_costs_one_turn_more),
        TEST(test_beta_before_alpha_waits),
        TEST(test_thousands_that_wait_cost_little),
        TEST(test_restart_goes_on_where_it_was),
        TEST(test_replay_makes_the_same_ids),
        TEST(test_full_disk_takes_only_what_may_be_urgent),
        TEST(test_the_status_is_told_while_the_engine_backs_off),
        TEST(test_an_input_that_asks_again_is_no_full_disk),
        TEST(test_a_backup_copies_while_turns_go_on),
        TEST(test_a_barrier_ends_by_itself),
        TEST(test_a_broken_hold_is_told),
        TEST(test_timer_fires_once),
        TEST(test_a_timer_that_many_share_fires_once),
        TEST(test_a_timer_becomes_critical),
        TEST(test_a_failed_step_loses_no_timer),
        TEST(test_time_goes_on_when_the_clock_is_set_back),
        TEST(test_the_loop_wakes_in_time_when_the_clock_is_set_back),
        TEST(test_a_clock_that_is_ahead_for_a_moment_is_not_believed),
        TEST(test_a_clock_that_stays_ahead_is_believed),
        TEST(test_an_operator_confirms_a_clock_that_is_ahead),
        TEST(test_a_restart_believes_no_clock_that_was_doubted),
        TEST(test_a_clock_that_is_far_ahead_at_the_start_is_not_believed),
        TEST(test_foreign_cursor_diverges),
        TEST(test_input_that_ends_the_process_is_parked),
        TEST(test_what_waited_goes_on_after_a_restart),
        TEST(test_what_waited_and_ends_the_process_is_parked),
        TEST(test_what_waits_and_cannot_be_read_is_parked),
        TEST(test_parked_ones_are_tried_again_one_by_one),
        TEST(test_what_is_held_is_read_in_pages),
        TEST(test_a_crowd_of_parked_ones_costs_a_record_little),
        TEST(test_what_is_not_heard_is_read_over),
        TEST(test_a_link_rests_only_at_the_head),
        TEST(test_what_is_not_heard_waits_for_its_causes),
        TEST(test_a_timer_that_ends_the_process_is_parked),
        TEST(test_a_parked_timer_is_tried_again_with_its_time),
        TEST(test_a_parked_timer_without_time_is_due_now),
        TEST(test_a_mark_whose_fsync_fails_ends_the_process),
        TEST(test_what_is_done_of_another_history_is_not_believed),
        TEST(test_thousands_of_results_are_heard),
        TEST(test_effects_are_released_by_the_commit),
        TEST(test_a_request_that_ends_the_process_is_refused),
        TEST(test_the_audit_log_is_read_in_pages),
        TEST(test_trimming_keeps_what_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
