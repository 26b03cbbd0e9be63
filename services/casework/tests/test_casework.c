/* Casework through its engine: what neighbours and people say, what it answers, what it shows to whom. */
#include "services/casework/case_file.h"
#include "services/casework/casework.h"

#include "casework_sql.h"
#include "common/fault.h"
#include "common/keystore.h"
#include "common/keystore_cases.h"
#include "common/seal.h"
#include "common/words.h"
#include "tests/fixture/engine_fixture.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define MINUTE INT64_C(60000)
#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define NAME "Sumarni Wedoro"

/* ---- triage's side: a case with a key and a sealed report */

static void fill_bytes(void *state, void *bytes, size_t size) {
    uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t)(*(unsigned *)state = *(unsigned *)state * 1664525u + 1013904223u) >> 3;
}

struct bench {
    struct fixture *fixture;
    struct keystore *keystore;
    struct seal_opener *opener;
    struct arena *arena;
    unsigned chance;
    struct random random;
    struct id case_id, report_id;
    uint8_t wrapped[SEAL_CASE_KEY_BYTES];
};

static struct bench bench;

static void bench_open(bool on_disk) {
    static const uint8_t simulated[SEAL_KEY_BYTES];
    memset(&bench, 0, sizeof bench);
    bench.fixture = fixture_open(&(struct fixture_options){.daemon = &casework_daemon, .on_disk = on_disk});
    bench.keystore = keystore_from_seed(simulated, "casework", KEYSTORE_SECRET | KEYSTORE_HASH);
    bench.opener = seal_opener_new(keystore_site_secret(bench.keystore));
    bench.arena = arena_new(4 << 20);
    bench.random = (struct random){fill_bytes, &bench.chance};
}

static int set_up(void **state) {
    (void)state;
    bench_open(false);
    return 0;
}

static int set_up_on_disk(void **state) {
    (void)state;
    bench_open(true);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    fixture_close(&bench.fixture);
    seal_opener_free(&bench.opener);
    keystore_free(&bench.keystore);
    arena_free(&bench.arena);
    return 0;
}

static ProtobufCBinaryData bytes_of(const struct id *id) {
    return (ProtobufCBinaryData){ID_BYTES, (uint8_t *)id->bytes};
}

static ProtobufCBinaryData seal_report_text(const char *text) {
    Sigap__ReportContent content = SIGAP__REPORT_CONTENT__INIT;
    struct seal_case_key key;
    ProtobufCBinaryData sealed;
    uint8_t plain[1024];
    content.text = (char *)text;
    assert_true(sigap__report_content__get_packed_size(&content) <= sizeof plain);
    size_t size = sigap__report_content__pack(&content, plain);
    assert_int_equal(
        seal_case_key_unwrap(bench.opener, &bench.case_id, bench.wrapped, sizeof bench.wrapped, &key),
        SEAL_OPENED);
    assert_true(seal_field(&key, &(struct seal_place){bench.report_id, "narrative", 0}, plain, size,
        &bench.random, bench.arena, &sealed));
    return sealed;
}

static void new_case(void) {
    struct seal_case_key key;
    bench.case_id = fixture_id(bench.fixture);
    bench.report_id = fixture_id(bench.fixture);
    seal_case_key_make(&bench.case_id, &bench.random, &key);
    seal_case_key_wrap(bench.opener, &key, &bench.random, bench.wrapped);
}

struct case_options {
    const char *kind, *area;
    Sigap__Priority priority;
    Sigap__Confidentiality confidentiality;
    bool training;
    int64_t age_ms;           /* how long ago the report came */
    const char *fact, *value; /* that it opens with; NULL: none */
};

static void send(const char *journal, enum lane lane, Sigap__Event *event) {
    event->case_id = bytes_of(&bench.case_id);
    event->trace = bytes_of(&bench.report_id);
    fixture_event(bench.fixture, journal, lane, event);
    fixture_turn(bench.fixture);
}

static void open_case(const struct case_options *options) {
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    Sigap__Fact fact = SIGAP__FACT__INIT, *facts[] = {&fact};
    new_case();
    fact.name = (char *)options->fact;
    fact.value = (char *)options->value;
    opened.facts = facts;
    opened.n_facts = options->fact != NULL;
    opened.report_id = bytes_of(&bench.report_id);
    opened.kind = (char *)options->kind;
    opened.area = (char *)(options->area ? options->area : "35.07.12.2003");
    opened.priority = options->priority;
    opened.confidentiality =
        options->confidentiality ? options->confidentiality : SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C2;
    opened.received_at = fixture_now(bench.fixture) - options->age_ms;
    opened.case_key = (ProtobufCBinaryData){sizeof bench.wrapped, bench.wrapped};
    opened.narrative = seal_report_text("Ibu " NAME " dirantai di kandang");
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    event.training = options->training;
    send("triage", options->priority <= SIGAP__PRIORITY__PRIORITY_P1 ? LANE_URGENT : LANE_NORMAL, &event);
}

static void open_pasung(void) {
    open_case(&(struct case_options){.kind = "pasung", .priority = SIGAP__PRIORITY__PRIORITY_P1});
}

/* ---- people */

struct person {
    const char *account, *roles[3], *area, *facility;
};

static const struct person tri = {"tri1", {"operator", "TRI"}, "*", NULL};
static const struct person pks = {"pks1", {"responder", "PKS"}, "35.07", NULL};
static const struct person opr = {"opr1", {"operator", "OPR"}, "35", NULL};
static const struct person tksk_elsewhere = {"tksk2", {"responder", "TKSK"}, "35.78", NULL};
static const struct person tksk = {"tksk1", {"responder", "TKSK"}, "35.07.12", NULL};
static const struct person ppa = {"ppa1", {"responder", "PPA"}, "35.07", NULL};
static const struct person kab = {"kab1", {"coordinator", "KAB"}, "35.07", NULL};
static const struct person admin = {"adm1", {"administrator"}, "*", NULL};
static const struct person auditor = {"pdp1", {"auditor", "PDP"}, "*", NULL};
static const struct person staff = {"upt1", {"facility", "UPT"}, NULL, "RS-MENUR"};
static const struct person nobody = {"x", {NULL}, "*", NULL};

struct acting {
    Sigap__Actor actor;
    char *roles[3], *areas[1], *facilities[1];
};

static Sigap__Actor *act(const struct person *person, struct acting *acting) {
    *acting = (struct acting){.actor = SIGAP__ACTOR__INIT};
    acting->actor.account = (char *)person->account;
    while (acting->actor.n_roles < 3 && person->roles[acting->actor.n_roles]) {
        acting->roles[acting->actor.n_roles] = (char *)person->roles[acting->actor.n_roles];
        acting->actor.n_roles++;
    }
    acting->actor.roles = acting->roles;
    acting->areas[0] = (char *)person->area;
    acting->actor.areas = acting->areas;
    acting->actor.n_areas = person->area != NULL;
    acting->facilities[0] = (char *)person->facility;
    acting->actor.facilities = acting->facilities;
    acting->actor.n_facilities = person->facility != NULL;
    return &acting->actor;
}

/* The status of the answer. */
static unsigned command(const struct person *person, Sigap__CommandIssued *issued, const struct id *id) {
    struct acting acting;
    struct id made = id ? *id : fixture_id(bench.fixture);
    Sigap__Event event = SIGAP__EVENT__INIT;
    issued->command_id = bytes_of(&made);
    issued->actor = act(person, &acting);
    event.body_case = SIGAP__EVENT__BODY_COMMAND_ISSUED;
    event.command_issued = issued;
    fixture_event(bench.fixture, "console", LANE_URGENT, &event);
    fixture_turn(bench.fixture);
    const struct fixture_record *answer = fixture_last(bench.fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED);
    assert_non_null(answer);
    assert_int_equal(answer->lane, LANE_URGENT);
    assert_memory_equal(answer->event->command_answered->command_id.data, made.bytes, ID_BYTES);
    return answer->event->command_answered->status;
}

static json_t *view_case(const struct person *person, bool narrative, unsigned *status) {
    struct acting acting;
    Sigap__CaseView wanted = SIGAP__CASE_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    wanted.case_id = bytes_of(&bench.case_id);
    wanted.narrative = narrative;
    view.number = 1;
    view.actor = act(person, &acting);
    view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
    view.case_file = &wanted;
    return fixture_view(bench.fixture, &view, status);
}

static json_t *view_list(const struct person *person, const char *name, const char *state, const char *area) {
    struct acting acting;
    unsigned status;
    Sigap__ListView list = SIGAP__LIST_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    list.name = (char *)name;
    list.state = (char *)state;
    list.area = (char *)area;
    view.actor = act(person, &acting);
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &list;
    json_t *json = fixture_view(bench.fixture, &view, &status);
    assert_int_equal(status, 200);
    return json;
}

/* The task as tri sees it; borrowed from *whole. */
static json_t *task_of(json_t **whole, const char *code) {
    unsigned status;
    size_t index;
    json_t *task;
    *whole = view_case(&tri, false, &status);
    assert_int_equal(status, 200);
    json_array_foreach(json_object_get(*whole, "tasks"), index,
        task) if (strcmp(json_string_value(json_object_get(task, "code")), code) == 0) return task;
    fail_msg("%s is not in the case", code);
    return NULL;
}

static void assert_task(const char *code, const char *state) {
    json_t *whole, *task = task_of(&whole, code);
    assert_string_equal(json_string_value(json_object_get(task, "state")), state);
    json_decref(whole);
}

static void assert_task_owner(const char *code, const char *owner) {
    json_t *whole, *task = task_of(&whole, code);
    assert_string_equal(json_string_value(json_object_get(task, "owner")), owner);
    json_decref(whole);
}

static bool has_task(const char *code) {
    unsigned status;
    size_t index;
    json_t *task, *whole = view_case(&tri, false, &status);
    bool found = false;
    json_array_foreach(json_object_get(whole, "tasks"), index, task) found |=
        strcmp(json_string_value(json_object_get(task, "code")), code) == 0;
    json_decref(whole);
    return found;
}

struct order {
    const char *event, *outcome, *owner, *reason;
    uint64_t version;
    const struct id *id;
};

static unsigned move(const struct person *person, const char *code, const struct order *order) {
    Sigap__MoveTask wanted = SIGAP__MOVE_TASK__INIT;
    Sigap__CommandIssued issued = SIGAP__COMMAND_ISSUED__INIT;
    struct id task_id;
    json_t *whole, *task = task_of(&whole, code);
    assert_true(id_from_text(json_string_value(json_object_get(task, "id")), &task_id));
    json_decref(whole);
    wanted.task_id = bytes_of(&task_id);
    wanted.case_id = bytes_of(&bench.case_id);
    wanted.event = (char *)order->event;
    wanted.outcome = (char *)(order->outcome ? order->outcome : "");
    wanted.owner = (char *)(order->owner ? order->owner : "");
    issued.reason = (char *)(order->reason ? order->reason : "");
    issued.expected_version = order->version;
    issued.command_case = SIGAP__COMMAND_ISSUED__COMMAND_MOVE_TASK;
    issued.move_task = &wanted;
    return command(person, &issued, order->id);
}

static unsigned done(const struct person *person, const char *code) {
    return move(person, code, &(struct order){.event = "done", .outcome = "formulir terisi"});
}

static unsigned record_fact(const struct person *person, const char *name, const char *value) {
    Sigap__Fact fact = SIGAP__FACT__INIT;
    Sigap__RecordFact wanted = SIGAP__RECORD_FACT__INIT;
    Sigap__CommandIssued issued = SIGAP__COMMAND_ISSUED__INIT;
    fact.name = (char *)name;
    fact.value = (char *)value;
    wanted.case_id = bytes_of(&bench.case_id);
    wanted.fact = &fact;
    issued.command_case = SIGAP__COMMAND_ISSUED__COMMAND_RECORD_FACT;
    issued.record_fact = &wanted;
    return command(person, &issued, NULL);
}

static unsigned close_case(const struct person *person, const char *outcome, bool reopen) {
    Sigap__CloseCase wanted = SIGAP__CLOSE_CASE__INIT;
    Sigap__CommandIssued issued = SIGAP__COMMAND_ISSUED__INIT;
    wanted.case_id = bytes_of(&bench.case_id);
    wanted.outcome = (char *)outcome;
    wanted.reopen = reopen;
    issued.reason = (char *)"keluarga " NAME " pindah";
    issued.command_case = SIGAP__COMMAND_ISSUED__COMMAND_CLOSE_CASE;
    issued.close_case = &wanted;
    return command(person, &issued, NULL);
}

static void offer_moved_for(
    const char *facility, Sigap__OfferState to, const char *what, const char *actor, const char *reason) {
    Sigap__OfferMoved moved = SIGAP__OFFER_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    moved.facility = (char *)facility;
    moved.to = to;
    moved.event = (char *)what;
    moved.actor = (char *)actor;
    moved.reason = (char *)reason;
    event.body_case = SIGAP__EVENT__BODY_OFFER_MOVED;
    event.offer_moved = &moved;
    send("router", LANE_URGENT, &event);
}

static void offer_moved(const char *facility, Sigap__OfferState to, const char *what) {
    offer_moved_for(facility, to, what, "upt1", "");
}

/* ---- opening */

static void a_case_opens_with_its_plan(void **state) {
    (void)state;
    open_pasung();
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASKS_PLANNED), 1);
    const struct fixture_record *record = fixture_last(bench.fixture, SIGAP__EVENT__BODY_TASKS_PLANNED);
    const Sigap__TasksPlanned *planned = record->event->tasks_planned;
    assert_int_equal(record->lane, LANE_URGENT);
    assert_memory_equal(record->event->case_id.data, bench.case_id.bytes, ID_BYTES);
    assert_memory_equal(record->event->trace.data, bench.report_id.bytes, ID_BYTES);
    assert_string_equal(planned->playbook, "PB-PSG");
    assert_int_equal(planned->n_tasks, 4); /* of 20: the others wait */
    assert_string_equal(planned->tasks[0]->code, "PSG-01");
    assert_int_equal(planned->tasks[0]->state, SIGAP__TASK_STATE__TASK_DUE);
    assert_int_equal(planned->tasks[0]->due_at, FIXTURE_START + HOUR);
    for (size_t i = 0; i < planned->n_tasks; i++) {
        assert_int_equal(planned->tasks[i]->state, SIGAP__TASK_STATE__TASK_DUE);
        assert_true(planned->tasks[i]->due_at > FIXTURE_START);
        assert_true(planned->tasks[i]->owner[0]);
    }
    assert_string_equal(planned->tasks[0]->owner, "opr");
    /* Nobody is told twice: in the urgent lane the notifier acts on TasksPlanned itself. */
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER), 0);
}

/* In the normal lane: one notice a team. OPR has PSG-01; TRI has two tasks and hears of the first. KAB's is
 * due in a month: it finds that in its queue. */
static void owners_are_told_once_of_what_is_due_soon(void **state) {
    (void)state;
    open_case(&(struct case_options){.kind = "pasung", .priority = SIGAP__PRIORITY__PRIORITY_P2});
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER), 2);
    const Sigap__TaskReminder *reminder =
        fixture_nth(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER, 1)->event->task_reminder;
    assert_int_equal(reminder->percent, 0);
    assert_string_equal(reminder->task->code, "PSG-02");
    assert_string_equal(reminder->task->owner, "tri");
    assert_int_equal(reminder->others, 1);
    assert_string_equal(reminder->area, "35.07.12.2003");
    assert_string_equal(reminder->kind, "pasung");
    /* What becomes due later is told when it does. */
    fixture_forget(bench.fixture);
    assert_int_equal(done(&tri, "PSG-03"), 200);
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER), 1);
    assert_string_equal(
        fixture_last(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER)->event->task_reminder->task->owner,
        "tksk-3507");
}

static void less_urgent_cases_are_quiet(void **state) {
    (void)state;
    open_case(&(struct case_options){.kind = "fakir_miskin", .priority = SIGAP__PRIORITY__PRIORITY_P3});
    const struct fixture_record *record = fixture_last(bench.fixture, SIGAP__EVENT__BODY_TASKS_PLANNED);
    assert_int_equal(record->lane, LANE_NORMAL);
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER), 0);
}

static void training_stays_training(void **state) {
    (void)state;
    open_case(
        &(struct case_options){.kind = "pasung", .priority = SIGAP__PRIORITY__PRIORITY_P1, .training = true});
    fixture_advance(bench.fixture, 2 * HOUR);
    size_t count;
    const struct fixture_record *records = fixture_records(bench.fixture, &count);
    for (size_t i = 0; i < count; i++)
        assert_true(records[i].event->training); /* those of timers too */
    assert_true(fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASK_MOVED) > 0);
}

static void the_same_opening_twice_is_one_case(void **state) {
    (void)state;
    open_pasung();
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    opened.kind = (char *)"pasung";
    opened.case_key = (ProtobufCBinaryData){sizeof bench.wrapped, bench.wrapped};
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    send("triage", LANE_URGENT, &event);
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASKS_PLANNED), 1);
    fixture_restart(bench.fixture, false);
    send("triage", LANE_URGENT, &event);
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASKS_PLANNED), 1);
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 0);
}

static void records_of_unknown_cases_are_parked(void **state) {
    (void)state;
    new_case();
    offer_moved("RS-MENUR", SIGAP__OFFER_STATE__OFFER_ACCEPTED, "accept");
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 1);
}

/* ---- the narrative */

static void only_those_who_may_read_it(void **state) {
    static const struct {
        const struct person *person;
        unsigned case_status, narrative_status;
    } rows[] = {
        {&tri, 200, 200},
        {&pks, 200, 200},
        {&tksk, 200, 200},
        {&kab, 200, 200},
        {&admin, 200, 403},
        {&auditor, 200, 403},
        {&tksk_elsewhere, 404, 404},
        {&staff, 404, 404}, /* nothing was accepted there */
        {&nobody, 404, 404},
    };
    (void)state;
    open_pasung();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned status;
        json_t *json = view_case(rows[i].person, false, &status);
        if (status != rows[i].case_status)
            fail_msg("%s sees the case: %u", rows[i].person->account, status);
        assert_null(json_object_get(json, "narrative"));
        json_decref(json);
        json = view_case(rows[i].person, true, &status);
        if (status != rows[i].narrative_status)
            fail_msg("%s reads the report: %u", rows[i].person->account, status);
        if (status == 200)
            assert_non_null(strstr(json_string_value(json_object_get(json, "narrative")), NAME));
        json_decref(json);
    }
    json_t *audit = view_list(&tri, "audit", "", "");
    char *text = json_dumps(audit, 0);
    assert_non_null(strstr(text, "case.narrative"));
    assert_non_null(strstr(text, "case.narrative.refused"));
    free(text);
    json_decref(audit);
}

static void c3_shows_its_number_only(void **state) {
    unsigned status;
    (void)state;
    open_case(&(struct case_options){.kind = "kdrt",
        .priority = SIGAP__PRIORITY__PRIORITY_P1,
        .confidentiality = SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C3});
    static const struct person *const inside[] = {&tri, &pks, &ppa}, *const outside[] = {&kab, &opr, &tksk};
    for (size_t i = 0; i < 3; i++) {
        json_t *json = view_case(inside[i], true, &status);
        assert_int_equal(status, 200);
        assert_non_null(json_object_get(json, "tasks"));
        json_decref(json);
        json = view_case(outside[i], false, &status);
        assert_int_equal(status, 200);
        assert_true(json_is_true(json_object_get(json, "restricted")));
        assert_null(json_object_get(json, "tasks"));
        assert_null(json_object_get(json, "kind"));
        json_decref(json);
        json = view_case(outside[i], true, &status);
        assert_int_equal(status, 403);
        json_decref(json);
    }
    /* Who has a task in it can do that task, but no more. */
    assert_int_equal(done(&opr, "KTP-01"), 200);
    assert_int_equal(record_fact(&opr, "injury", "yes"), 403);
    json_t *list = view_list(&opr, "tasks", "due", "");
    json_t *tasks = list, *task;
    size_t index;
    json_array_foreach(tasks, index, task)
        assert_string_equal(json_string_value(json_object_get(task, "role")), "OPR");
    json_decref(list);
}

static bool file_holds(const char *path, const char *text) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(size + 1);
    size = fread(bytes, 1, size, file);
    fclose(file);
    bool found = size && memmem(bytes, size, text, strlen(text)) != NULL;
    free(bytes);
    return found;
}

static unsigned files_with(const char *text, unsigned *looked_at) {
    char folder[600], path[900];
    unsigned count = 0;
    snprintf(folder, sizeof folder, "%s/casework", fixture_data_dir(bench.fixture));
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        (*looked_at)++;
        count += file_holds(path, text);
    }
    closedir(dir);
    return count;
}

static void no_name_is_in_any_file(void **state) {
    unsigned looked_at = 0, status;
    (void)state;
    open_pasung();
    assert_int_equal(
        move(&opr, "PSG-01", &(struct order){.event = "done", .outcome = "keponakan " NAME " menjawab"}),
        200);
    assert_int_equal(
        move(&tri, "PSG-02", &(struct order){.event = "cancel", .reason = NAME " sudah di RS"}), 200);
    assert_int_equal(close_case(&tri, "terbukti", false), 200);
    json_t *json = view_case(&pks, true, &status); /* but who may read finds it again */
    char *text = json_dumps(json, 0);
    assert_non_null(strstr(text, "keponakan " NAME));
    assert_non_null(strstr(text, NAME " sudah di RS"));
    free(text);
    json_decref(json);
    assert_int_equal(files_with(NAME, &looked_at), 0);
    assert_true(looked_at >= 2);
    assert_true(files_with("PSG-01", &looked_at) > 0); /* the search can find */
}

/* ---- commands */

static void tasks_are_done_by_those_who_may(void **state) {
    static const struct {
        const struct person *person;
        const char *code;
        unsigned wanted;
    } rows[] = {
        {&tksk_elsewhere, "PSG-04", 403}, {&staff, "PSG-01", 403}, {&auditor, "PSG-01", 403},
        {&admin, "PSG-01", 403}, {&pks, "PSG-01", 403}, /* not the role's */
        {&opr, "PSG-01", 200}, {&opr, "PSG-01", 409},   /* done already */
        {&tksk, "PSG-14", 200},                         /* DES has no account: the liaison's */
        {&kab, "PSG-02", 200},                          /* coordinators may */
    };
    (void)state;
    open_pasung();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned status = done(rows[i].person, rows[i].code);
        if (status != rows[i].wanted)
            fail_msg("row %zu: %u", i, status);
    }
    assert_task("PSG-01", "done");
    assert_task("PSG-14", "done");
}

static void commands_that_are_refused(void **state) {
    static const struct {
        const char *code;
        struct order order;
        unsigned wanted;
    } rows[] = {
        {"PSG-01", {.event = "done"}, 422}, /* no outcome */
        {"PSG-01", {.event = "done", .outcome = "x", .version = 77}, 409},
        {"PSG-01", {.event = "explode", .outcome = "x"}, 422},
        {"PSG-01", {.event = "cancel"}, 422}, /* no reason */
        {"PSG-01", {.event = "reopen", .reason = "x"}, 409},
        {"PSG-01", {.event = "assign"}, 422},
        {"PSG-01", {.event = "assign", .owner = "opr-malam", .version = 1}, 200},
        {"PSG-01", {.event = "assign", .owner = "opr-siang", .version = 1}, 409},
        {"PSG-01", {.event = "cancel", .reason = "sudah", .version = 2}, 200},
        {"PSG-01", {.event = "done", .outcome = "x"}, 409},
        {"PSG-01", {.event = "reopen", .reason = "keliru"}, 200},
        {"PSG-01", {.event = "done", .outcome = "x"}, 200},
    };
    (void)state;
    open_pasung();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned status = move(&tri, rows[i].code, &rows[i].order);
        if (status != rows[i].wanted)
            fail_msg("row %zu: %u", i, status);
        const struct fixture_record *answer =
            fixture_last(bench.fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED);
        assert_int_equal(*answer->event->command_answered->sentence != 0, status != 200);
    }
    bench.case_id = fixture_id(bench.fixture); /* of no case */
    assert_int_equal(record_fact(&tri, "age", "12"), 404);
}

/* A case with no room for the tasks of so many kinds is not told that all is well. */
static void too_many_further_kinds_are_refused(void **state) {
    (void)state;
    open_pasung();
    fixture_forget(bench.fixture);
    assert_int_equal(record_fact(&tri, "also_kinds",
                         "lansia_terlantar kdrt napza kusta kat abh odha jenazah_terlantar bencana_alam"),
        422);
    const struct fixture_record *answer = fixture_last(bench.fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED);
    assert_non_null(strstr(answer->event->command_answered->sentence, "Too many kinds"));
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_FACT_RECORDED), 0);
    assert_false(has_task("LNS-01"));
    assert_int_equal(record_fact(&tri, "also_kinds", "lansia_terlantar kdrt napza kusta kat"), 200);
    static const char *const first[] = {"PSG-01", "LNS-01", "KTP-01", "NPZ-01", "KST-01", "KAT-01"};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        assert_true(has_task(first[i]));
}

/* Only triage merges: closed so by a person a case could never be opened again. */
static void nobody_closes_a_case_as_merged(void **state) {
    (void)state;
    open_pasung();
    assert_int_equal(close_case(&pks, "digabung", false), 422);
    assert_int_equal(close_case(&pks, "terbukti", false), 200);
    assert_int_equal(close_case(&pks, "", true), 200);
}

static void a_command_acts_once(void **state) {
    (void)state;
    open_pasung();
    fixture_forget(bench.fixture);
    struct id id = fixture_id(bench.fixture);
    struct order order = {.event = "done", .outcome = "selesai", .id = &id};
    assert_int_equal(move(&opr, "PSG-01", &order), 200);
    uint64_t version =
        fixture_last(bench.fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED)->event->command_answered->version;
    assert_int_equal(move(&opr, "PSG-01", &order), 200);
    assert_int_equal(
        fixture_last(bench.fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED)->event->command_answered->version,
        version);
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASK_MOVED), 1);
    const Sigap__TaskMoved *moved =
        fixture_last(bench.fixture, SIGAP__EVENT__BODY_TASK_MOVED)->event->task_moved;
    assert_string_equal(moved->actor, "opr1");
    assert_string_equal(moved->outcome, "selesai"); /* a code; a sentence would stay in the file */
    assert_int_equal(moved->from, SIGAP__TASK_STATE__TASK_DUE);
    assert_int_equal(moved->task->state, SIGAP__TASK_STATE__TASK_DONE);
    assert_int_equal(moved->version, version);
}

static void sentences_stay_out_of_the_journal(void **state) {
    (void)state;
    open_pasung();
    assert_int_equal(move(&opr, "PSG-01", &(struct order){.event = "done", .outcome = "kata " NAME}), 200);
    assert_string_equal(
        fixture_last(bench.fixture, SIGAP__EVENT__BODY_TASK_MOVED)->event->task_moved->outcome, "");
}

/* ---- facts */

static void missing_facts_become_tasks(void **state) {
    char *missing[] = {(char *)"family_consent", (char *)"age"};
    Sigap__ReferralOpened opened = SIGAP__REFERRAL_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    (void)state;
    open_pasung();
    opened.state = SIGAP__REFERRAL_STATE__REFERRAL_DRAFT;
    opened.rule = (char *)"R-01";
    opened.missing = missing;
    opened.n_missing = 2;
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_OPENED;
    event.referral_opened = &opened;
    send("router", LANE_URGENT, &event);
    json_t *whole, *task = task_of(&whole, "FAKTA-family_consent");
    assert_string_equal(json_string_value(json_object_get(task, "role")), "PKS");
    assert_string_equal(json_string_value(json_object_get(task, "owner")), "pks-3507");
    assert_int_equal(json_integer_value(json_object_get(task, "due_at")), FIXTURE_START + 4 * HOUR); /* P1 */
    assert_non_null(strstr(json_string_value(json_object_get(task, "title")), "keluarga setuju"));
    json_decref(whole);
    send("router", LANE_URGENT, &event); /* asked once */
    fixture_forget(bench.fixture);
    assert_int_equal(record_fact(&pks, "family_consent", "ya"), 200);
    assert_task("FAKTA-family_consent", "done");
    const struct fixture_record *record = fixture_last(bench.fixture, SIGAP__EVENT__BODY_FACT_RECORDED);
    assert_non_null(record);
    assert_string_equal(record->event->fact_recorded->fact->value, "yes");
    assert_string_equal(record->event->fact_recorded->actor, "pks1");
    /* A question may be answered where it stands, but not with a story. */
    assert_int_equal(
        move(&opr, "FAKTA-age", &(struct order){.event = "done", .outcome = "kira-kira " NAME}), 422);
    assert_int_equal(move(&opr, "FAKTA-age", &(struct order){.event = "done", .outcome = "45"}), 200);
    assert_string_equal(
        fixture_last(bench.fixture, SIGAP__EVENT__BODY_FACT_RECORDED)->event->fact_recorded->fact->value,
        "45");
    assert_int_equal(record_fact(&pks, "favourite_colour", "red"), 422);
    assert_int_equal(record_fact(&pks, "age", "kata " NAME), 422);
    assert_int_equal(record_fact(&tksk_elsewhere, "age", "45"), 403);
}

static int64_t anchor(const char *code) {
    unsigned status;
    json_t *whole = view_case(&tri, false, &status);
    int64_t at = json_integer_value(json_object_get(json_object_get(whole, "anchors"), code));
    json_decref(whole);
    return at;
}

/* Deadlines run from what happened: "not yet", a day that there is not and one to come are no answers. */
static void only_a_time_says_when_it_was(void **state) {
    static const char *const none[] = {"belum", "31-02-2026", "2026-02-31", "2062-02-20", "17"};
    (void)state;
    open_pasung();
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_int_equal(record_fact(&tri, "client_returned_home", none[i]), 422);
        assert_int_equal(anchor("TR"), 0);
    }
    const struct fixture_record *answered = fixture_last(bench.fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED);
    assert_non_null(strstr(answered->event->command_answered->sentence, "20-02-2026"));
    /* As people here write it, and as the page sends it. */
    int64_t today = FIXTURE_START - (FIXTURE_START + 7 * HOUR) % DAY;
    char day[11], date[11];
    time_t seconds = (time_t)(today / 1000 + 12 * 3600);
    strftime(day, sizeof day, "%d-%m-%Y", gmtime(&seconds));
    strftime(date, sizeof date, "%Y-%m-%d", gmtime(&seconds));
    assert_int_equal(record_fact(&tri, "hospital_discharged", day), 200);
    assert_int_equal(anchor("TD"), today);
    assert_string_equal(
        fixture_last(bench.fixture, SIGAP__EVENT__BODY_FACT_RECORDED)->event->fact_recorded->fact->value,
        date);
    assert_int_equal(record_fact(&tri, "client_returned_home", "ya"), 200);
    assert_int_equal(anchor("TR"), FIXTURE_START);
}

/* ---- offers */

static void arrivals_set_the_time_of_tasks(void **state) {
    unsigned status;
    (void)state;
    open_pasung();
    offer_moved("RS-MENUR", SIGAP__OFFER_STATE__OFFER_ACCEPTED, "accept");
    json_t *json = view_case(&staff, false, &status); /* who has accepted may look */
    assert_int_equal(status, 200);
    json_decref(json);
    offer_moved("UPTD-PPA", SIGAP__OFFER_STATE__OFFER_ACCEPTED, "accept"); /* beside it */
    json = view_case(&staff, false, &status);
    assert_int_equal(status, 200);
    assert_int_equal(json_array_size(json_object_get(json, "facilities")), 2);
    json_decref(json);
    /* What else happens to the case does not make a person's order stale. */
    assert_int_equal(
        move(&opr, "PSG-01", &(struct order){.event = "done", .outcome = "selesai", .version = 1}), 200);
    assert_task_owner("PSG-10", "kab-3507"); /* TRC has no team at a hospital */
    assert_task_owner("PSG-11", "rsj-rs-menur");
    fixture_advance(bench.fixture, HOUR);
    offer_moved("RS-MENUR", SIGAP__OFFER_STATE__OFFER_IN_PROGRESS, "arrive");
    json = view_case(&tri, false, &status);
    json_t *anchors = json_object_get(json, "anchors");
    assert_int_equal(json_integer_value(json_object_get(anchors, "TE")), FIXTURE_START + HOUR);
    assert_int_equal(json_integer_value(json_object_get(anchors, "TH")), FIXTURE_START + HOUR);
    assert_null(json_object_get(anchors, "TD"));
    json_decref(json);
    fixture_advance(bench.fixture, DAY);
    offer_moved("RS-MENUR", SIGAP__OFFER_STATE__OFFER_COMPLETED, "complete");
    json = view_case(&tri, false, &status);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(json, "anchors"), "TD")),
        FIXTURE_START + HOUR + DAY);
    json_decref(json);
    json = view_case(&staff, false, &status); /* the access ends with the offer */
    assert_int_equal(status, 404);
    json_decref(json);
}

/* The client is still at home: what the router ends because the case was closed is no stay that has ended. */
static void closing_a_case_places_nobody(void **state) {
    (void)state;
    open_pasung();
    offer_moved("RS-MENUR", SIGAP__OFFER_STATE__OFFER_ACCEPTED, "accept");
    assert_int_equal(close_case(&tri, "terbukti", false), 200);
    offer_moved_for("RS-MENUR", SIGAP__OFFER_STATE__OFFER_COMPLETED, "complete", "casework", "case_closed");
    assert_int_equal(close_case(&tri, "", true), 200);
    assert_int_equal(anchor("TE"), 0);
    assert_int_equal(anchor("TH"), 0);
    assert_int_equal(anchor("TD"), 0);
    offer_moved("RS-MENUR", SIGAP__OFFER_STATE__OFFER_COMPLETED, "complete"); /* the hospital's own word */
    assert_int_equal(anchor("TD"), FIXTURE_START);
}

static void referral_opened(Sigap__ReferralState as, const char *plan, const char *missing) {
    Sigap__ReferralOpened opened = SIGAP__REFERRAL_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    char *list[] = {(char *)missing};
    opened.state = as;
    opened.plan = (char *)plan;
    opened.missing = list;
    opened.n_missing = *missing != 0;
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_OPENED;
    event.referral_opened = &opened;
    send("router", LANE_URGENT, &event);
}

/* The plan of a referral lists all that is done, whatever leads it. */
static void home_care_comes_beside(void **state) {
    static const char *const plans[] = {
        "home_care", "home_care social_aid", "home_family home_care social_aid", "home_family social_aid"};
    (void)state;
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        open_pasung();
        assert_false(has_task("HMC-01"));
        referral_opened(SIGAP__REFERRAL_STATE__REFERRAL_HOME, plans[i], i == 1 ? "age" : "");
        if (i < 3)
            assert_task("HMC-01", "due");
        else
            assert_false(has_task("HMC-01"));
        if (i == 1)
            assert_task("FAKTA-age", "due");
        assert_task("PSG-01", "due");
    }
}

/* All have refused, and the walk has come to those who care at home. */
static void a_referral_that_comes_home_begins_home_care(void **state) {
    Sigap__ReferralMoved moved = SIGAP__REFERRAL_MOVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    (void)state;
    open_pasung();
    referral_opened(SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE, "", "");
    moved.from = SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE;
    moved.to = SIGAP__REFERRAL_STATE__REFERRAL_HOME;
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_MOVED;
    event.referral_moved = &moved;
    send("router", LANE_URGENT, &event); /* by a router that does not tell the plan yet */
    assert_false(has_task("HMC-01"));
    moved.plan = (char *)"waiting_list home_care";
    send("router", LANE_URGENT, &event);
    assert_task("HMC-01", "due");
}

static void a_person_knows_better_than_the_plan_of_home_care(void **state) {
    (void)state;
    open_pasung();
    assert_int_equal(record_fact(&tri, "homecare", "no"), 200);
    referral_opened(SIGAP__REFERRAL_STATE__REFERRAL_HOME, "home_care", "");
    assert_false(has_task("HMC-01"));
}

static void another_kind_by_triage(void **state) {
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    (void)state;
    open_case(&(struct case_options){.kind = "fakir_miskin", .priority = SIGAP__PRIORITY__PRIORITY_P3});
    changed.kind = (char *)"pasung";
    changed.priority = SIGAP__PRIORITY__PRIORITY_P0;
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    fixture_forget(bench.fixture);
    send("triage", LANE_URGENT, &event);
    assert_task("FKM-03", "cancelled");
    assert_task("PSG-01", "due");
    size_t count;
    const struct fixture_record *records = fixture_records(bench.fixture, &count);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(records[i].lane, LANE_URGENT);
    /* What is in the urgent lane now waits for what was said of this case in the normal one. */
    bool waits = false;
    for (size_t i = 0; i < records[0].event->n_causes; i++)
        waits |= strcmp(records[0].event->causes[i]->journal, "casework") == 0 &&
                 records[0].event->causes[i]->lane == LANE_NORMAL;
    assert_true(waits);
}

static void change_case_and(const char *kind, const char *name, const char *value) {
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Fact fact = SIGAP__FACT__INIT, *facts[] = {&fact};
    Sigap__Event event = SIGAP__EVENT__INIT;
    changed.kind = (char *)kind;
    fact.name = (char *)name;
    fact.value = (char *)value;
    fact.source = (char *)"text";
    changed.facts = facts;
    changed.n_facts = *value != 0;
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    send("triage", LANE_URGENT, &event);
}

static void change_priority(Sigap__Priority priority) {
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    changed.priority = priority;
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    send("triage", LANE_URGENT, &event);
}

static int64_t due_at(const char *code) {
    json_t *whole, *task = task_of(&whole, code);
    int64_t due = json_integer_value(json_object_get(task, "due_at"));
    json_decref(whole);
    return due;
}

/* A referral may hang on just this question: it is due as if it were asked of the urgent case, and whoever
 * has it is told now and reminded at half of that. */
static void what_is_asked_of_a_raised_case_is_due_sooner(void **state) {
    (void)state;
    open_case(&(struct case_options){.kind = "odgj_terlantar", .priority = SIGAP__PRIORITY__PRIORITY_P3});
    referral_opened(SIGAP__REFERRAL_STATE__REFERRAL_DRAFT, "", "identity_known");
    assert_true(due_at("FAKTA-identity_known") > FIXTURE_START + DAY);
    fixture_advance(bench.fixture, MINUTE);
    fixture_forget(bench.fixture);
    change_priority(SIGAP__PRIORITY__PRIORITY_P1);
    assert_int_equal(due_at("FAKTA-identity_known"), FIXTURE_START + MINUTE + 4 * HOUR);
    const struct fixture_record *told = fixture_last(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER);
    assert_non_null(told);
    assert_string_equal(told->event->task_reminder->task->code, "FAKTA-identity_known");
    assert_int_equal(told->event->task_reminder->percent, 0);
    fixture_forget(bench.fixture);
    fixture_advance(bench.fixture, 2 * HOUR);
    told = fixture_last(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER);
    assert_non_null(told);
    assert_int_equal(told->event->task_reminder->percent, 50);
    /* Less urgent, or as urgent as it was: the word that was given stays. */
    change_priority(SIGAP__PRIORITY__PRIORITY_P3);
    change_priority(SIGAP__PRIORITY__PRIORITY_P1);
    assert_int_equal(due_at("FAKTA-identity_known"), FIXTURE_START + MINUTE + 4 * HOUR);
}

static void change_case(const char *kind, const char *also_kinds) {
    change_case_and(kind, "also_kinds", also_kinds);
}

/* What changed while the case was closed counts when it is opened again. */
static void a_closed_case_that_changed_comes_back_as_it_is(void **state) {
    (void)state;
    open_pasung();
    assert_int_equal(record_fact(&tri, "also_kinds", "lansia_terlantar"), 200);
    assert_int_equal(done(&tri, "PSG-01"), 200);
    assert_int_equal(close_case(&pks, "terbukti", false), 200);
    fixture_forget(bench.fixture);
    change_case("odgj_terlantar", "");
    change_case("", "kdrt");
    assert_task("ODG-01", "cancelled");
    assert_task("KTP-01", "cancelled");
    fixture_advance(bench.fixture, 2 * DAY);
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER), 0);
    fixture_restart(bench.fixture, false);
    assert_int_equal(close_case(&pks, "", true), 200);
    assert_task("PSG-01", "done");
    assert_task("PSG-02", "cancelled");
    assert_task("ODG-01", "due");
    assert_task("KTP-01", "due");
    assert_true(has_task("LNS-01"));
    assert_int_equal(done(&tri, "LNS-01"), 200);
}

static const char *also_kinds(void) {
    static char text[256];
    unsigned status;
    json_t *json = view_case(&tri, false, &status);
    const char *also = json_string_value(json_object_get(json_object_get(json, "facts"), "also_kinds"));
    snprintf(text, sizeof text, "%s", also ? also : "");
    json_decref(json);
    return text;
}

static const char *confidentiality(void) {
    static char text[8];
    unsigned status;
    json_t *json = view_case(&tri, false, &status);
    snprintf(text, sizeof text, "%s", json_string_value(json_object_get(json, "confidentiality")));
    json_decref(json);
    return text;
}

/* A further report adds to the kinds that the case has; what a person has said stands. */
static void a_further_report_adds_kinds(void **state) {
    (void)state;
    open_pasung();
    change_case("", "lansia_terlantar");
    assert_string_equal(also_kinds(), "lansia_terlantar");
    change_case("", "napza lansia_terlantar");
    assert_string_equal(also_kinds(), "lansia_terlantar napza");
    assert_task("LNS-01", "due");
    assert_true(has_task("NPZ-02"));
    assert_int_equal(record_fact(&tri, "also_kinds", "no"), 200);
    change_case("", "kdrt");
    assert_string_equal(also_kinds(), "kdrt");
    assert_task("LNS-01", "cancelled");
    assert_task("KTP-01", "due");
}

/* Whoever has accepted may look into the file, however many others have. */
static void the_last_of_many_facilities_sees_the_case(void **state) {
    unsigned status;
    (void)state;
    open_pasung();
    for (unsigned i = 0; i < 30; i++) {
        char code[32];
        snprintf(code, sizeof code, "TEMPAT-SINGGAH-%02u", i);
        offer_moved(code, SIGAP__OFFER_STATE__OFFER_ACCEPTED, "accept");
    }
    offer_moved("RS-MENUR", SIGAP__OFFER_STATE__OFFER_ACCEPTED, "accept");
    json_decref(view_case(&staff, false, &status));
    assert_int_equal(status, 200);
}

/* ---- one incident or two */

static json_t *timeline_line(json_t *whole, const char *what) {
    size_t index;
    json_t *line;
    json_array_foreach(json_object_get(whole, "timeline"), index,
        line) if (strcmp(json_string_value(json_object_get(line, "what")), what) == 0) return line;
    fail_msg("no line says %s", what);
    return NULL;
}

/* The newest line of that kind. */
static void assert_line_detail(const char *what, const char *detail) {
    unsigned status;
    json_t *whole = view_case(&tri, false, &status);
    json_t *line = timeline_line(whole, what);
    assert_string_equal(json_string_value(json_object_get(line, "detail")), detail);
    json_decref(whole);
}

/* Both stand in the history, from one record. */
static void assert_line(const char *what, const char *beside) {
    unsigned status;
    json_t *whole = view_case(&tri, false, &status);
    assert_int_equal(json_integer_value(json_object_get(timeline_line(whole, what), "at")),
        json_integer_value(json_object_get(timeline_line(whole, beside), "at")));
    json_decref(whole);
}

static size_t narratives(const char **outcome) {
    static char text[32];
    unsigned status;
    json_t *json = view_case(&tri, true, &status);
    assert_int_equal(status, 200);
    size_t count = json_array_size(json_object_get(json, "narratives"));
    const char *word = json_string_value(json_object_get(json_object_get(json, "closed"), "outcome"));
    snprintf(text, sizeof text, "%s", word ? word : "");
    *outcome = text;
    json_decref(json);
    return count;
}

static void joined(const char *relation, struct id *report_id) {
    Sigap__ReportJoined joined = SIGAP__REPORT_JOINED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    bench.report_id = *report_id = fixture_id(bench.fixture);
    joined.report_id = bytes_of(&bench.report_id);
    joined.relation = (char *)relation;
    joined.narrative = seal_report_text("lagi");
    event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
    event.report_joined = &joined;
    send("triage", LANE_URGENT, &event);
}

/* As triage passes on why it was ordered. */
static Sigap__SealedReason *sealed_reason(const char *reason) {
    static struct id id;
    static Sigap__SealedReason sealed;
    Sigap__CommandIssued issued = SIGAP__COMMAND_ISSUED__INIT;
    id = fixture_id(bench.fixture);
    issued.command_id = bytes_of(&id);
    issued.reason = (char *)reason;
    assert_true(words_seal(bench.keystore, &bench.random, bench.arena, &issued));
    assert_string_equal(issued.reason, "stated");
    sigap__sealed_reason__init(&sealed);
    sealed.command_id = issued.command_id;
    sealed.words = issued.words;
    return &sealed;
}

static void say_merged(const struct id *case_id, const struct id *into, bool undone) {
    Sigap__CaseMerged merged = SIGAP__CASE_MERGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    merged.into = bytes_of(into);
    merged.undone = undone;
    merged.actor = (char *)"tri1";
    event.body_case = SIGAP__EVENT__BODY_CASE_MERGED;
    event.case_merged = &merged;
    bench.case_id = *case_id;
    send("triage", LANE_URGENT, &event);
}

static void assert_erased(void);

static void a_merge_closes_and_is_undone(void **state) {
    const char *outcome;
    (void)state;
    open_pasung();
    struct id one = bench.case_id;
    open_pasung();
    struct id other = bench.case_id;
    say_merged(&other, &one, false);
    const struct fixture_record *closed = fixture_last(bench.fixture, SIGAP__EVENT__BODY_CASE_CLOSED);
    assert_non_null(closed);
    assert_string_equal(closed->event->case_closed->outcome, "digabung");
    assert_int_equal(narratives(&outcome), 1);
    assert_string_equal(outcome, "digabung");
    assert_int_equal(close_case(&tri, "", true), 409); /* only triage takes it back */
    bench.case_id = one;
    assert_int_equal(narratives(&outcome), 2);
    assert_string_equal(outcome, "");
    say_merged(&other, &one, true);
    assert_true(fixture_last(bench.fixture, SIGAP__EVENT__BODY_CASE_CLOSED)->event->case_closed->reopened);
    assert_int_equal(narratives(&outcome), 1);
    assert_string_equal(outcome, "");
    assert_task("PSG-01", "due");
    bench.case_id = one;
    assert_int_equal(narratives(&outcome), 1);
}

/* Victims that only the merged case told of go over with its reports, and come back with them. */
static void a_merge_hands_victims_on(void **state) {
    static const struct {
        const char *into, *into_also, *kind, *also, *merged, *parted;
    } cases[] = {
        {"pasung", "", "pasung", "lansia_terlantar", "lansia_terlantar", "no"},
        {"pasung", "napza", "pasung", "lansia_terlantar napza", "napza lansia_terlantar", "napza"},
        {"pasung", "lansia_terlantar", "lansia_terlantar", "pasung", "lansia_terlantar", "lansia_terlantar"},
        {"pasung", "", "lansia_terlantar", "pasung kusta", "lansia_terlantar kusta", "no"},
        {"pasung", "", "lansia_terlantar", "", "lansia_terlantar", "no"}, /* of another family */
        {"pasung", "napza", "odgj_terlantar", "", "napza", "napza"},      /* the same matter in other words */
        {"pasung", "", "pasung", "kekerasan_seksual", "kekerasan_seksual", "no"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        open_case(&(struct case_options){.kind = cases[i].into, .priority = SIGAP__PRIORITY__PRIORITY_P1});
        struct id into = bench.case_id;
        if (*cases[i].into_also)
            assert_int_equal(record_fact(&tri, "also_kinds", cases[i].into_also), 200);
        open_case(&(struct case_options){.kind = cases[i].kind, .priority = SIGAP__PRIORITY__PRIORITY_P1});
        struct id merged = bench.case_id;
        if (*cases[i].also)
            assert_int_equal(record_fact(&tri, "also_kinds", cases[i].also), 200);
        fixture_forget(bench.fixture);
        say_merged(&merged, &into, false);
        fixture_restart(bench.fixture, false);
        bench.case_id = into;
        assert_string_equal(also_kinds(), cases[i].merged);
        bool changed = strcmp(cases[i].merged, cases[i].into_also) != 0;
        assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_FACT_RECORDED), changed);
        if (strstr(cases[i].merged, "lansia"))
            assert_task("LNS-01", "due");
        if (strstr(cases[i].merged, "seksual"))
            assert_string_equal(confidentiality(), "C3");
        say_merged(&merged, &into, true);
        bench.case_id = into;
        assert_string_equal(also_kinds(), cases[i].parted);
        if (changed && strstr(cases[i].merged, "lansia"))
            assert_task("LNS-01", "cancelled");
        bench.case_id = merged;
        assert_string_equal(also_kinds(), cases[i].also);
    }
}

/* One into another into a third: the third has all of it, and must lose it with the second. */
static void what_is_taken_back_leaves_every_case_that_had_it(void **state) {
    const char *outcome;
    struct id ids[3];
    static const char *const also[] = {"", "lansia_terlantar", "napza lansia_terlantar"};
    (void)state;
    for (size_t i = 0; i < 3; i++) { /* the last is merged into the middle one, that into the first */
        open_pasung();
        ids[i] = bench.case_id;
        if (*also[i])
            assert_int_equal(record_fact(&tri, "also_kinds", also[i]), 200);
    }
    say_merged(&ids[2], &ids[1], false);
    say_merged(&ids[1], &ids[0], false);
    bench.case_id = ids[0];
    assert_int_equal(narratives(&outcome), 3);
    assert_string_equal(also_kinds(), "lansia_terlantar napza");

    ProtobufCBinaryData further[] = {bytes_of(&ids[0])};
    Sigap__CaseMerged merged = SIGAP__CASE_MERGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    merged.into = bytes_of(&ids[1]);
    merged.undone = true;
    merged.further = further;
    merged.n_further = 1;
    event.body_case = SIGAP__EVENT__BODY_CASE_MERGED;
    event.case_merged = &merged;
    bench.case_id = ids[2];
    send("triage", LANE_URGENT, &event);
    assert_int_equal(narratives(&outcome), 1);
    assert_string_equal(outcome, "");
    bench.case_id = ids[1];
    assert_int_equal(narratives(&outcome), 1);
    assert_string_equal(outcome, "digabung");
    bench.case_id = ids[0];
    assert_int_equal(narratives(&outcome), 2);
    assert_string_equal(also_kinds(), "lansia_terlantar"); /* the middle one told of it itself */
    assert_line_detail("case_unmerged_out", "napza");

    say_merged(&ids[1], &ids[0], true);
    bench.case_id = ids[0];
    assert_int_equal(narratives(&outcome), 1);
    assert_string_equal(also_kinds(), "no");
}

/* The merged case is erased when its time is over, whoever else was shown what it holds. */
static void an_erased_case_leaves_no_copies(void **state) {
    const char *outcome;
    struct id report_id, ids[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        open_pasung();
        ids[i] = bench.case_id;
    }
    joined(
        "follow_up", &report_id); /* of the last, which goes into the middle one, and that into the first */
    say_merged(&ids[2], &ids[1], false);
    fixture_advance(bench.fixture, DAY);
    say_merged(&ids[1], &ids[0], false);
    bench.case_id = ids[0];
    assert_int_equal(narratives(&outcome), 4);
    fixture_advance(bench.fixture, 1825 * DAY - HOUR);
    bench.case_id = ids[2];
    assert_erased();
    bench.case_id = ids[1];
    assert_int_equal(narratives(&outcome), 1);
    bench.case_id = ids[0];
    assert_int_equal(narratives(&outcome), 2);
    fixture_advance(bench.fixture, DAY);
    assert_int_equal(narratives(&outcome), 1); /* its own */
}

/* What the line's text is, for whoever may read what is inside the case; "": none. */
static const char *text_of_line(const char *what, const struct person *person) {
    static char text[64];
    unsigned status;
    json_t *whole = view_case(person, true, &status);
    assert_int_equal(status, 200);
    const char *said = json_string_value(json_object_get(timeline_line(whole, what), "text"));
    snprintf(text, sizeof text, "%s", said ? said : "");
    json_decref(whole);
    return text;
}

static void say_of_both(const struct id *case_id, const struct id *into, bool undone, bool distinct) {
    Sigap__CaseMerged merged = SIGAP__CASE_MERGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    merged.into = bytes_of(into);
    merged.undone = undone;
    merged.distinct = distinct;
    merged.actor = (char *)"tri1";
    merged.reason = sealed_reason("kata " NAME);
    event.body_case = SIGAP__EVENT__BODY_CASE_MERGED;
    event.case_merged = &merged;
    bench.case_id = *case_id;
    send("triage", LANE_URGENT, &event);
}

/* Demanded of people, so whoever may read what is inside can read it; in the more confidential file only. */
static void why_it_was_ordered_stands_in_the_history(void **state) {
    (void)state;
    open_pasung();
    struct id one = bench.case_id;
    open_case(&(struct case_options){.kind = "pasung",
        .priority = SIGAP__PRIORITY__PRIORITY_P1,
        .confidentiality = SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C1});
    struct id other = bench.case_id;
    const char *outcome;
    say_of_both(&other, &one, false, true);
    assert_int_equal(narratives(&outcome), 1);
    assert_string_equal(outcome, "");
    assert_string_equal(text_of_line("case_distinct", &tri), "");
    say_of_both(&other, &one, false, false);
    assert_string_equal(text_of_line("case_merged", &tri), "");
    bench.case_id = one;
    assert_string_equal(text_of_line("case_distinct", &tri), "kata " NAME);
    assert_string_equal(text_of_line("case_merged_in", &tri), "kata " NAME);
    say_of_both(&other, &one, true, false);
    bench.case_id = one;
    assert_string_equal(text_of_line("case_unmerged_out", &pks), "kata " NAME);

    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    changed.area = (char *)"35.07.12";
    changed.reason = (char *)"stated";
    changed.words = sealed_reason("di rumah " NAME);
    changed.by = (char *)"tri1";
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    send("triage", LANE_URGENT, &event);
    assert_line_detail("case_changed", "");
    assert_string_equal(text_of_line("case_changed", &tri), "di rumah " NAME);

    struct id report_id;
    bench.case_id = other;
    joined("follow_up", &report_id);
    Sigap__ReportParted parted = SIGAP__REPORT_PARTED__INIT;
    event = (Sigap__Event)SIGAP__EVENT__INIT;
    parted.report_id = bytes_of(&report_id);
    parted.case_id = bytes_of(&one);
    parted.reason = sealed_reason("bukan " NAME);
    event.body_case = SIGAP__EVENT__BODY_REPORT_PARTED;
    event.report_parted = &parted;
    send("triage", LANE_URGENT, &event);
    assert_string_equal(text_of_line("report_parted", &tri), "bukan " NAME);
    unsigned looked_at = 0;
    assert_int_equal(files_with(NAME, &looked_at), 0);
}

/* The reason of who decided a review, which became a case or a further report of one. */
static void why_a_review_was_decided_stands_in_the_history(void **state) {
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__ReportJoined more = SIGAP__REPORT_JOINED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    (void)state;
    new_case();
    opened.report_id = bytes_of(&bench.report_id);
    opened.kind = (char *)"pasung";
    opened.area = (char *)"35.07.12.2003";
    opened.confidentiality = SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C2;
    opened.case_key = (ProtobufCBinaryData){sizeof bench.wrapped, bench.wrapped};
    opened.narrative = seal_report_text("dirantai");
    opened.reason = sealed_reason("ditelepon " NAME);
    opened.by = (char *)"tri1";
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    send("triage", LANE_URGENT, &event);
    assert_string_equal(text_of_line("case_opened", &tri), "ditelepon " NAME);
    bench.report_id = fixture_id(bench.fixture);
    more.report_id = bytes_of(&bench.report_id);
    more.narrative = seal_report_text("lagi");
    more.reason = sealed_reason("juga " NAME);
    more.by = (char *)"tri1";
    event = (Sigap__Event)SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
    event.report_joined = &more;
    send("triage", LANE_URGENT, &event);
    assert_string_equal(text_of_line("report_joined", &tri), "juga " NAME);
}

/* The one who closed it knew nothing of what the other case tells. */
static void what_is_merged_into_a_closed_case_opens_it(void **state) {
    const char *outcome;
    (void)state;
    open_pasung();
    struct id into = bench.case_id;
    open_pasung();
    struct id merged = bench.case_id;
    bench.case_id = into;
    assert_int_equal(close_case(&pks, "tidak_terbukti", false), 200);
    fixture_forget(bench.fixture);
    say_merged(&merged, &into, false);
    assert_int_equal(narratives(&outcome), 1);
    assert_string_equal(outcome, "digabung");
    const struct fixture_record *opened = fixture_nth(bench.fixture, SIGAP__EVENT__BODY_CASE_CLOSED, 0);
    assert_memory_equal(opened->event->case_id.data, into.bytes, ID_BYTES);
    assert_true(opened->event->case_closed->reopened);
    bench.case_id = into;
    assert_int_equal(narratives(&outcome), 2);
    assert_string_equal(outcome, "");
    assert_task("PSG-01", "due");
    assert_task("TINJAU", "due");
    assert_line("case_reopened", "case_merged_in");
}

/* An erased case takes nothing over: what was to be merged into it goes on, and somebody looks at it. */
static void nothing_is_merged_into_an_erased_case(void **state) {
    const char *outcome;
    (void)state;
    open_pasung();
    struct id into = bench.case_id;
    assert_int_equal(close_case(&pks, "tidak_terbukti", false), 200);
    fixture_advance(bench.fixture, 1826 * DAY);
    open_pasung();
    struct id merged = bench.case_id;
    say_merged(&merged, &into, false);
    assert_int_equal(narratives(&outcome), 1);
    assert_string_equal(outcome, "");
    assert_task("PSG-01", "due");
    assert_task("TINJAU", "due");
    bench.case_id = into;
    assert_erased();
}

/* Kinds that a case has no room for are named in its history, and somebody has to look at it. */
static void victims_that_find_no_room_are_told(void **state) {
    static const char many[] = "lansia_terlantar kdrt napza kusta kat",
                      others[] = "abh odha jenazah_terlantar bencana_alam";
    (void)state;
    open_pasung();
    struct id into = bench.case_id;
    assert_int_equal(record_fact(&tri, "also_kinds", many), 200);
    open_pasung();
    struct id merged = bench.case_id;
    assert_int_equal(record_fact(&tri, "also_kinds", others), 200);
    say_merged(&merged, &into, false);
    bench.case_id = into;
    assert_string_equal(also_kinds(), "lansia_terlantar kdrt napza kusta kat abh odha");
    assert_line_detail("kinds_without_room", "jenazah_terlantar bencana_alam");
    assert_task("TINJAU", "due");
    change_case("", "kekerasan_seksual"); /* a further report, of a kind that few may see */
    assert_line_detail("kinds_without_room", "kekerasan_seksual");
    assert_string_equal(confidentiality(), "C3");
    fixture_restart(bench.fixture, false);
    assert_task("TINJAU", "due");
    assert_int_equal(done(&tri, "TINJAU"), 200);
    assert_task("TINJAU", "done");
}

/* Each kind takes rows of its own; where they end it stands in the history, and somebody looks. */
static void tasks_that_find_no_room_are_told(void **state) {
    static const char *const kinds[] = {"kekerasan_seksual", "bencana_alam", "jenazah_terlantar", "tppo",
        "anak_jalanan", "gelandangan_pengemis", "kekerasan_anak", "odgj_terlantar", "balita_terlantar",
        "bencana_sosial", "pmi_bermasalah"};
    unsigned status;
    (void)state;
    open_pasung();
    assert_int_equal(record_fact(&tri, "also_kinds", "lansia_terlantar kdrt napza kusta kat abh odha"), 200);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        change_case(kinds[i], "");
    assert_task("TINJAU", "due");
    json_t *whole = view_case(&tri, false, &status);
    assert_string_equal(
        json_string_value(json_object_get(timeline_line(whole, "tasks_without_room"), "actor")), "casework");
    json_decref(whole);
    /* What was there first comes back all the same, and its owners are told. */
    fixture_forget(bench.fixture);
    change_case("pasung", "");
    assert_task("PSG-01", "due");
    bool told = false;
    for (size_t i = 0; i < fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER); i++)
        told |= strcmp(fixture_nth(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER, (unsigned)i)
                           ->event->task_reminder->task->owner,
                    "opr") == 0;
    assert_true(told);
}

static void a_parted_report_is_shown_no_more(void **state) {
    Sigap__ReportParted parted = SIGAP__REPORT_PARTED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    const char *outcome;
    struct id report_id, other;
    (void)state;
    open_pasung();
    joined("follow_up", &report_id);
    assert_int_equal(narratives(&outcome), 2);
    other = fixture_id(bench.fixture);
    parted.report_id = bytes_of(&report_id);
    parted.case_id = bytes_of(&other);
    event.body_case = SIGAP__EVENT__BODY_REPORT_PARTED;
    event.report_parted = &parted;
    send("triage", LANE_URGENT, &event);
    assert_int_equal(narratives(&outcome), 1);
}

static void a_withdrawal_is_asked_about(void **state) {
    const char *outcome;
    struct id report_id;
    (void)state;
    open_pasung();
    assert_false(has_task("FAKTA-withdrawn_freely"));
    joined("withdrawal", &report_id);
    assert_task("FAKTA-withdrawn_freely", "due");
    narratives(&outcome);
    assert_string_equal(outcome, "");
}

/* The case's row as the disk may give it back. */
static void damage_row(void) {
    struct store *store = fixture_store(bench.fixture);
    assert_true(store_begin(store));
    struct statement *row = casework_use(store, CASEWORK_CASE_SAVE);
    for (unsigned i = 0; i < 19; i++) { /* in the order of its columns: texts, the report, else numbers */
        if (i == 9)
            bind_id(row, &bench.report_id);
        else if ((i >= 2 && i <= 5) || i == 17)
            bind_text(row, "");
        else if (i == 18)
            bind_blob(row, "\xff", 1);
        else
            bind_int(row, 1);
    }
    bind_id(row, &bench.case_id);
    assert_true(statement_run(row));
    assert_int_equal(store_commit(store), STORE_OK);
}

/* Tried again for ever it would hold up everything behind it. */
static void a_withdrawal_of_a_damaged_case_is_put_aside(void **state) {
    struct id report_id;
    (void)state;
    open_pasung();
    damage_row();
    joined("withdrawal", &report_id);
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 1);
    open_pasung();
    assert_task("PSG-01", "due");
}

static void an_officer_in_conflict_is_out(void **state) {
    static const struct person second = {"opr2", {"operator", "OPR"}, "35", NULL};
    unsigned status;
    (void)state;
    open_pasung();
    json_decref(view_case(&opr, false, &status));
    assert_int_equal(status, 200);
    assert_int_equal(record_fact(&tri, "conflict_officer", "opr1"), 200);
    assert_int_equal(record_fact(&tri, "conflict_officer", "opr2"), 200); /* both, not the last one */
    json_decref(view_case(&opr, false, &status));
    assert_int_equal(status, 404);
    json_decref(view_case(&second, false, &status));
    assert_int_equal(status, 404);
    json_t *list = view_list(&opr, "cases", "", "");
    assert_int_equal(json_array_size(list), 0);
    json_decref(list);
    assert_int_equal(record_fact(&opr, "conflict_officer", "nobody"), 403);
    json_decref(view_case(&tri, false, &status));
    assert_int_equal(status, 200);
}

static const char *fact_known(const char *name) {
    static char text[1200];
    unsigned status;
    json_t *json = view_case(&tri, false, &status);
    const char *value = json_string_value(json_object_get(json_object_get(json, "facts"), name));
    snprintf(text, sizeof text, "%s", value ? value : "");
    json_decref(json);
    return text;
}

static bool history_says(const char *what) {
    unsigned status;
    json_t *whole = view_case(&tri, false, &status), *line;
    size_t index;
    bool said = false;
    json_array_foreach(json_object_get(whole, "timeline"), index, line) said |=
        strcmp(json_string_value(json_object_get(line, "what")), what) == 0;
    json_decref(whole);
    return said;
}

/* A witness's report is told, and changes nothing that somebody has seen. */
static void what_a_person_recorded_stays(void **state) {
    (void)state;
    open_pasung();
    change_case_and("", "age", "30");
    change_case_and("", "age", "45"); /* one text against another: the later one */
    assert_string_equal(fact_known("age"), "45");
    assert_false(history_says("fact_told"));
    assert_int_equal(record_fact(&tri, "age", "12"), 200);
    change_case_and("", "age", "12");
    assert_false(history_says("fact_told"));
    change_case_and("", "age", "60");
    assert_string_equal(fact_known("age"), "12");
    assert_line_detail("fact_told", "60");
    assert_int_equal(record_fact(&tri, "age", "unknown"), 200); /* is no answer */
    change_case_and("", "age", "60");
    assert_string_equal(fact_known("age"), "60");
    assert_int_equal(record_fact(&tri, "age", "61"), 200); /* a person corrects whatever was said */
    assert_string_equal(fact_known("age"), "61");
}

/* Reports add to facilities in conflict that a person has named, and take none back. */
static void a_report_adds_to_what_was_recorded(void **state) {
    (void)state;
    open_pasung();
    assert_int_equal(record_fact(&tri, "conflict_facility", "JTM-PPSPA-BATU"), 200);
    change_case_and("", "conflict_facility", "JTM-PRSMP-SBY");
    change_case_and("", "conflict_facility", "no");
    assert_string_equal(fact_known("conflict_facility"), "JTM-PPSPA-BATU JTM-PRSMP-SBY");
    assert_int_equal(record_fact(&tri, "conflict_facility", "no"), 200);
    assert_string_equal(fact_known("conflict_facility"), "no");
}

/* What they are accused of is read in the whole from then on: it is closed to them too, beside those it
 * knows. */
static void a_merge_hands_conflict_on(void **state) {
    unsigned status;
    (void)state;
    open_pasung();
    struct id into = bench.case_id;
    assert_int_equal(record_fact(&tri, "conflict_officer", "opr2"), 200);
    open_pasung();
    struct id merged = bench.case_id;
    assert_int_equal(record_fact(&tri, "conflict_officer", "opr1"), 200);
    assert_int_equal(record_fact(&tri, "conflict_facility", "JTM-PPSPA-BATU"), 200);
    assert_int_equal(record_fact(&tri, "conflict_of_interest", "yes"), 200);
    fixture_forget(bench.fixture);
    say_merged(&merged, &into, false);
    bench.case_id = into;
    json_decref(view_case(&opr, true, &status));
    assert_int_equal(status, 404);
    assert_string_equal(fact_known("conflict_officer"), "opr2 opr1");
    assert_string_equal(fact_known("conflict_facility"), "JTM-PPSPA-BATU");
    assert_string_equal(fact_known("conflict_of_interest"), "yes");
    /* The others know, and that the whole's own is so in what it holds. */
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_FACT_RECORDED), 3 + 1);
    say_merged(&merged, &into, true);
    bench.case_id = into;
    assert_string_equal(fact_known("conflict_officer"), "opr2 opr1");
}

static void assert_closed_to_opr(const struct id *case_id) {
    unsigned status;
    bench.case_id = *case_id;
    json_decref(view_case(&opr, true, &status));
    assert_int_equal(status, 404);
    json_decref(view_case(&tri, true, &status));
    assert_int_equal(status, 200);
}

/* Of merges in a chain: what is recorded of the whole, by a person or by a further report, before they are
 * merged or later, counts for all that it holds, for the others too. When they part it is not forgotten. */
static void conflict_in_the_whole_counts_for_what_it_holds(void **state) {
    struct id ids[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        open_pasung();
        ids[i] = bench.case_id;
    }
    assert_int_equal(record_fact(&tri, "conflict_officer", "opr2"), 200); /* of the last */
    say_merged(&ids[0], &ids[1], false);
    say_merged(&ids[1], &ids[2], false);
    bench.case_id = ids[0];
    assert_string_equal(fact_known("conflict_officer"), "opr2");
    bench.case_id = ids[2];
    fixture_forget(bench.fixture);
    assert_int_equal(record_fact(&tri, "conflict_officer", "opr1"), 200);
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_FACT_RECORDED), 3); /* of each case */
    change_case_and("", "conflict_facility", "JTM-PPSPA-BATU");
    for (size_t i = 0; i < 3; i++) {
        assert_closed_to_opr(&ids[i]);
        assert_string_equal(fact_known("conflict_facility"), "JTM-PPSPA-BATU");
    }
    say_merged(&ids[0], &ids[1], true);
    assert_closed_to_opr(&ids[0]);
    bench.case_id = ids[2]; /* two cases again: what is recorded of the one is not of the other */
    assert_int_equal(record_fact(&tri, "conflict_officer", "opr3"), 200);
    bench.case_id = ids[0];
    assert_string_equal(fact_known("conflict_officer"), "opr2 opr1");
    bench.case_id = ids[1];
    assert_string_equal(fact_known("conflict_officer"), "opr2 opr1 opr3");
}

/* The case that comes back is told to be open after who may not see it. */
static void a_case_comes_back_with_the_conflict_of_the_whole(void **state) {
    (void)state;
    open_pasung();
    struct id into = bench.case_id;
    open_pasung();
    struct id merged = bench.case_id;
    say_merged(&merged, &into, false);
    bench.case_id = into;
    fixture_forget(bench.fixture);
    assert_int_equal(record_fact(&tri, "conflict_officer", "opr1"), 200);
    const struct fixture_record *told = fixture_last(bench.fixture, SIGAP__EVENT__BODY_FACT_RECORDED);
    assert_memory_equal(told->event->case_id.data, merged.bytes, ID_BYTES);
    assert_string_equal(told->event->fact_recorded->fact->value, "opr1");
    say_merged(&merged, &into, true);
    assert_true(fixture_last(bench.fixture, SIGAP__EVENT__BODY_CASE_CLOSED)->event->case_closed->reopened);
    assert_closed_to_opr(&merged);
    assert_task("PSG-01", "due");
}

/* Whatever an account may be called, and however many there are. */
static void every_account_can_be_in_conflict(void **state) {
    static const char *const none[] = {
        "Budi", "b", "budi santoso", "no", "unknown", "a123456789012345678901234567890123"};
    struct person dotted = {"budi.santoso", {"operator", "OPR"}, "35", NULL};
    unsigned status;
    char name[40];
    (void)state;
    open_pasung();
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(record_fact(&tri, "conflict_officer", none[i]), 422);
    json_decref(view_case(&dotted, false, &status));
    assert_int_equal(status, 200);
    for (int i = 0; i < 12; i++) {
        snprintf(name, sizeof name, "a.very-long_account.of-the-are%02d", i);
        assert_int_equal(strlen(name), 32);
        assert_int_equal(record_fact(&tri, "conflict_officer", name), 200);
    }
    assert_int_equal(record_fact(&tri, "conflict_officer", "budi.santoso"), 200);
    json_decref(view_case(&dotted, false, &status));
    assert_int_equal(status, 404);
    struct person first = {"a.very-long_account.of-the-are00", {"operator", "OPR"}, "35", NULL};
    json_decref(view_case(&first, false, &status));
    assert_int_equal(status, 404);
    const struct fixture_record *told = fixture_last(bench.fixture, SIGAP__EVENT__BODY_FACT_RECORDED);
    assert_string_equal(told->event->fact_recorded->fact->value, fact_known("conflict_officer"));
}

/* Any other word would count as an answer, and the accused facility be a candidate again. */
static void a_facility_in_conflict_is_one_of_the_directory(void **state) {
    Sigap__ReferralOpened opened = SIGAP__REFERRAL_OPENED__INIT;
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Fact fact = SIGAP__FACT__INIT, *facts[] = {&fact};
    Sigap__Event event = SIGAP__EVENT__INIT, heard = SIGAP__EVENT__INIT;
    char *missing[] = {(char *)"conflict_facility"};
    (void)state;
    open_pasung();
    opened.state = SIGAP__REFERRAL_STATE__REFERRAL_DRAFT;
    opened.missing = missing;
    opened.n_missing = 1;
    event.body_case = SIGAP__EVENT__BODY_REFERRAL_OPENED;
    event.referral_opened = &opened;
    send("router", LANE_URGENT, &event);
    assert_int_equal(record_fact(&tri, "conflict_facility", "PPSPA"), 422);
    assert_int_equal(record_fact(&tri, "conflict_facility", "ya"), 422);
    assert_int_equal(record_fact(&tri, "conflict_facility", "JTM-PPSPA-BATU PPSPA"), 422);
    struct order done = {.event = "done", .outcome = "PPSPA Batu"};
    assert_int_equal(move(&tri, "FAKTA-conflict_facility", &done), 422);
    done.outcome = "JTM-PPSPA-BATU";
    assert_int_equal(move(&tri, "FAKTA-conflict_facility", &done), 200);
    assert_task("FAKTA-conflict_facility", "done");
    assert_int_equal(record_fact(&tri, "conflict_facility", "JTM-PPSPA-BATU JTM-PPSPA-BATU-SHELTER"), 200);
    assert_string_equal(fact_known("conflict_facility"), "JTM-PPSPA-BATU JTM-PPSPA-BATU-SHELTER");
    /* Triage tells of one more: none of those that are known comes in again. */
    fact.name = (char *)"conflict_facility";
    fact.value = (char *)"RSJ-MENUR";
    changed.facts = facts;
    changed.n_facts = 1;
    heard.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    heard.case_changed = &changed;
    send("triage", LANE_URGENT, &heard);
    assert_string_equal(fact_known("conflict_facility"), "JTM-PPSPA-BATU JTM-PPSPA-BATU-SHELTER RSJ-MENUR");
    assert_int_equal(record_fact(&tri, "conflict_facility", "tidak"), 200);
    assert_string_equal(fact_known("conflict_facility"), "no");
    assert_int_equal(record_fact(&tri, "conflict_facility", "JTM-PRSMP-SBY-SHELTER"), 200);
    assert_string_equal(fact_known("conflict_facility"), "JTM-PRSMP-SBY-SHELTER");
}

/* Whichever is named, the institution or one of its parts, all of it is out; another one whose id begins
 * alike is not. Where none is, those of the case's regency (Kab. Malang) are. */
static void staff_of_any_part_of_what_is_accused_are_out(void **state) {
    static const char facility[] = "conflict_facility", interest[] = "conflict_of_interest";
    static const struct {
        const char *fact, *value, *works_at;
        unsigned status;
    } rows[] = {
        {facility, "JTM-PRSMP-SBY", "JTM-PRSMP-SBY", 404},
        {facility, "JTM-PRSMP-SBY", "JTM-PRSMP-SBY-SHELTER", 404},
        {facility, "JTM-PRSMP-SBY-SHELTER", "JTM-PRSMP-SBY", 404},
        {facility, "JTM-PRSMP-SBY-SHELTER", "JTM-PPSPA-BATU", 200},
        {facility, "JTM-PRSMP-SBY", "JTM-PRSMP-SBY-LAIN", 200}, /* no part of it by the directory */
        {interest, "yes", "RS-LAWANG", 404},
        {interest, "yes", "JTM-PRSMP-SBY", 200},
        {interest, "no", "RS-LAWANG", 200},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct person there = {"upt9", {"facility", "UPT"}, NULL, rows[i].works_at};
        unsigned status;
        open_pasung();
        offer_moved(rows[i].works_at, SIGAP__OFFER_STATE__OFFER_ACCEPTED, "accept");
        json_decref(view_case(&there, true, &status));
        assert_int_equal(status, 200);
        assert_int_equal(record_fact(&tri, rows[i].fact, rows[i].value), 200);
        json_decref(view_case(&there, true, &status));
        assert_int_equal(status, rows[i].status);
        json_t *list = view_list(&there, "cases", "", "");
        bool listed = json_array_size(list) > 0;
        json_decref(list);
        assert_int_equal(listed, status == 200);
    }
}

static void add_words(char *list, size_t room, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(list);
        snprintf(list + used, room - used, "%s%s", used ? " " : "", words[i]);
    }
}

/* However many are accused, none of them is dropped: as people record them, as reports add to them, and as a
 * case opens with them. */
static void every_facility_can_be_in_conflict(void **state) {
    static const char *const named[] = {"JTM-PPSPA-BATU", "JTM-PPSPA-BATU-SHELTER", "JTM-PRSMP-SBY",
        "JTM-PRSMP-SBY-SHELTER", "JTM-RSBKW-KDR", "JTM-RSBKW-KDR-SHELTER", "JTM-PPSAA-SMP",
        "JTM-PPSAA-SMP-SHELTER", "JTM-RSBN-MLG", "JTM-RSBN-MLG-JANETA", "JTM-RSBL-PSR",
        "JTM-RSBL-PSR-KACAMATA", "JTM-PSTW-MGT", "JTM-PSTW-MGT-AMALIA", "JTM-RSBLK-TBN",
        "JTM-RSBLK-TBN-HOMECARE", "JTM-RSBL-KDR", "JTM-BPRS-SDA", "RSJ-MENUR"};
    enum { COUNT = sizeof named / sizeof *named };
    char all[1024] = "", but_last[1024] = "";
    (void)state;
    add_words(all, sizeof all, named, COUNT);
    add_words(but_last, sizeof but_last, named, COUNT - 1);
    assert_true(strlen(but_last) > CASE_TEXT_MAX);
    open_pasung();
    assert_int_equal(record_fact(&tri, "conflict_facility", but_last), 200);
    assert_string_equal(fact_known("conflict_facility"), but_last);
    change_case_and("", "conflict_facility", named[COUNT - 1]);
    assert_string_equal(fact_known("conflict_facility"), all);
    open_case(&(struct case_options){.kind = "pasung",
        .priority = SIGAP__PRIORITY__PRIORITY_P1,
        .fact = "conflict_facility",
        .value = all});
    assert_string_equal(fact_known("conflict_facility"), all);
}

/* ---- time */

/* Of deadlines; not the notices of what was assigned. */
static size_t reminders_of(const struct id *case_id) {
    size_t found = 0;
    for (size_t i = 0; i < fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER); i++) {
        const Sigap__Event *event = fixture_nth(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER, i)->event;
        found +=
            event->task_reminder->percent > 0 && memcmp(event->case_id.data, case_id->bytes, ID_BYTES) == 0;
    }
    return found;
}

/* Its next deadline stays, but from now on it rings although the clock is in doubt. */
static void a_case_that_becomes_urgent_rings_after_a_jump(void **state) {
    static const struct case_options options = {.kind = "pasung", .priority = SIGAP__PRIORITY__PRIORITY_P2};
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    int64_t wait = 0;
    (void)state;
    open_case(&options);
    while (!reminders_of(&bench.case_id)) {
        fixture_advance(bench.fixture, MINUTE);
        wait += MINUTE;
        assert_true(wait < 30 * DAY);
    }
    open_case(&options);
    struct id calm = bench.case_id;
    open_case(&options);
    changed.priority = SIGAP__PRIORITY__PRIORITY_P0;
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    send("triage", LANE_URGENT, &event);
    fixture_advance(bench.fixture, wait - MINUTE);
    assert_int_equal(reminders_of(&bench.case_id), 0);
    fixture_jump(bench.fixture, -HOUR);
    fixture_turn(bench.fixture);
    fixture_advance(bench.fixture, MINUTE);
    fixture_advance(bench.fixture, MINUTE);
    assert_true(reminders_of(&bench.case_id) > 0);
    assert_int_equal(reminders_of(&calm), 0);
}

/* Whoever is told of a task may be told no more than the case allows. */
static void a_reminder_says_how_secret_the_case_is(void **state) {
    (void)state;
    open_pasung();
    assert_int_equal(record_fact(&tri, "also_kinds", "kekerasan_seksual kusta"), 200);
    fixture_advance(bench.fixture, DAY);
    const struct fixture_record *record = fixture_last(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER);
    assert_non_null(record);
    const Sigap__TaskReminder *reminder = record->event->task_reminder;
    assert_int_equal(reminder->confidentiality, SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C3);
    assert_string_equal(reminder->also_kinds, "kekerasan_seksual kusta");
}

static size_t reminders(const char *code, unsigned percent) {
    size_t count = 0;
    const struct fixture_record *record;
    for (size_t i = 0; (record = fixture_nth(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER, i)) != NULL;
         i++)
        count += strcmp(record->event->task_reminder->task->code, code) == 0 &&
                 record->event->task_reminder->percent == percent;
    return count;
}

static void time_reminds_once_each(void **state) {
    (void)state;
    open_pasung();
    fixture_advance(bench.fixture, 29 * MINUTE);
    assert_int_equal(reminders("PSG-01", 50), 0);
    fixture_advance(bench.fixture, MINUTE);
    assert_int_equal(reminders("PSG-01", 50), 1);
    fixture_advance(bench.fixture, 30 * MINUTE);
    assert_int_equal(reminders("PSG-01", 100), 1);
    assert_task("PSG-01", "overdue");
    fixture_advance(bench.fixture, DAY);
    assert_int_equal(reminders("PSG-01", 50), 1);
    assert_int_equal(reminders("PSG-01", 100), 1);
    assert_int_equal(reminders("PSG-01", 200), 1);
    assert_int_equal(done(&opr, "PSG-01"), 200); /* a mark, not a lock */
    fixture_advance(bench.fixture, 10 * DAY);
    assert_int_equal(reminders("PSG-01", 200), 1);
}

/* Both facts are asked of the TKSK from the first moment on. What is overdue is told each by itself. */
static void half_time_is_told_an_owner_once(void **state) {
    static const struct case_options options = {
        .kind = "odgj_terlantar", .priority = SIGAP__PRIORITY__PRIORITY_P2};
    (void)state;
    open_case(&options);
    referral_opened(SIGAP__REFERRAL_STATE__REFERRAL_DRAFT, "", "identity_known");
    referral_opened(SIGAP__REFERRAL_STATE__REFERRAL_DRAFT, "", "family_in_province");
    fixture_advance(bench.fixture, 12 * HOUR);
    size_t one = reminders("FAKTA-identity_known", 50), other = reminders("FAKTA-family_in_province", 50);
    assert_int_equal(one + other, 1);
    const char *told = one ? "FAKTA-identity_known" : "FAKTA-family_in_province";
    const struct fixture_record *record;
    for (size_t i = 0; (record = fixture_nth(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER, i)) != NULL;
         i++) {
        const Sigap__TaskReminder *reminder = record->event->task_reminder;
        if (reminder->percent == 50 && strcmp(reminder->task->code, told) == 0)
            assert_int_equal(reminder->others, 1);
    }
    fixture_advance(bench.fixture, 12 * HOUR);
    assert_int_equal(reminders("FAKTA-identity_known", 100), 1);
    assert_int_equal(reminders("FAKTA-family_in_province", 100), 1);
}

/* What the journal has said of a task since it was forgotten. */
static unsigned rung(const char *code) {
    unsigned count = 0;
    for (size_t i = 0; i < fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER); i++) {
        const Sigap__TaskReminder *reminder =
            fixture_nth(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER, i)->event->task_reminder;
        count += strcmp(reminder->task->code, code) == 0 && reminder->percent == 100;
    }
    return count;
}

static void assert_moved(const char *code, Sigap__TaskState from, Sigap__TaskState to) {
    const Sigap__TaskMoved *found = NULL;
    for (size_t i = 0; i < fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASK_MOVED); i++) {
        const Sigap__TaskMoved *moved =
            fixture_nth(bench.fixture, SIGAP__EVENT__BODY_TASK_MOVED, i)->event->task_moved;
        if (strcmp(moved->task->code, code) == 0)
            found = moved;
    }
    assert_non_null(found);
    assert_int_equal(found->from, from);
    assert_int_equal(found->task->state, to);
    fixture_forget(bench.fixture);
}

/* A task that has rung and is to be done again is told to be due, and rings again when that is missed: the
 * next of several visits, one that was reopened, and all of a case that was closed by mistake. */
static void what_is_due_again_rings_again(void **state) {
    const Sigap__TaskState due = SIGAP__TASK_STATE__TASK_DUE, overdue = SIGAP__TASK_STATE__TASK_OVERDUE;
    (void)state;
    open_pasung();
    fixture_advance(bench.fixture, 31 * DAY);
    assert_int_equal(rung("PSG-20"), 1);
    fixture_forget(bench.fixture);
    assert_int_equal(done(&tri, "PSG-20"), 200); /* 30d x24 */
    assert_moved("PSG-20", overdue, due);
    fixture_advance(bench.fixture, 31 * DAY);
    assert_int_equal(rung("PSG-20"), 1);
    assert_int_equal(done(&opr, "PSG-01"), 200);
    fixture_forget(bench.fixture);
    assert_int_equal(
        move(&opr, "PSG-01", &(struct order){.event = "reopen", .outcome = "belum ditelepon"}), 200);
    assert_int_equal(rung("PSG-01"), 0);
    const struct fixture_record *told = fixture_last(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER);
    assert_non_null(told); /* its owner has it again */
    assert_string_equal(told->event->task_reminder->task->code, "PSG-01");
    assert_moved("PSG-01", SIGAP__TASK_STATE__TASK_DONE, due);
    fixture_advance(bench.fixture, 2 * HOUR);
    assert_int_equal(rung("PSG-01"), 1);
    assert_int_equal(close_case(&tri, "terbukti", false), 200);
    fixture_forget(bench.fixture);
    assert_int_equal(close_case(&tri, "", true), 200);
    assert_moved("PSG-01", SIGAP__TASK_STATE__TASK_CANCELLED, due);
    fixture_advance(bench.fixture, 2 * HOUR);
    assert_int_equal(rung("PSG-01"), 1);
}

static void nobody_is_reminded_of_done_work(void **state) {
    (void)state;
    open_pasung();
    fixture_advance(bench.fixture, 10 * MINUTE);
    assert_int_equal(done(&opr, "PSG-01"), 200);
    fixture_advance(bench.fixture, DAY);
    assert_int_equal(reminders("PSG-01", 50) + reminders("PSG-01", 100) + reminders("PSG-01", 200), 0);
    assert_true(reminders("PSG-02", 100) == 1);
}

static void timers_survive_a_crash(void **state) {
    (void)state;
    open_pasung();
    fixture_restart(bench.fixture, false);
    fixture_advance(bench.fixture, HOUR);
    assert_int_equal(reminders("PSG-01", 50), 1);
    assert_int_equal(reminders("PSG-01", 100), 1);
    unsigned status;
    json_t *json = view_case(&pks, true, &status);
    assert_non_null(strstr(json_string_value(json_object_get(json, "narrative")), NAME));
    json_decref(json);
}

/* ---- closing and erasing */

static void closing_cancels_what_is_open(void **state) {
    (void)state;
    open_pasung();
    assert_int_equal(close_case(&tksk, "terbukti", false), 403);
    assert_int_equal(close_case(&pks, "", false), 422);
    assert_int_equal(close_case(&pks, "Kalimat dengan nama", false), 422);
    fixture_forget(bench.fixture);
    assert_int_equal(close_case(&pks, "terbukti", false), 200);
    const struct fixture_record *record = fixture_last(bench.fixture, SIGAP__EVENT__BODY_CASE_CLOSED);
    assert_string_equal(record->event->case_closed->outcome, "terbukti");
    assert_string_equal(record->event->case_closed->reason, ""); /* it held a name */
    assert_false(record->event->case_closed->reopened);
    assert_null(record->event->case_closed->brief);
    assert_task("PSG-01", "cancelled");
    assert_int_equal(done(&opr, "PSG-01"), 409);
    assert_int_equal(record_fact(&pks, "age", "4"), 409);
    assert_int_equal(close_case(&pks, "terbukti", false), 409);
    fixture_advance(bench.fixture, 30 * DAY);
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASK_REMINDER), 0);
    assert_int_equal(close_case(&pks, "", true), 200);
    const Sigap__CaseClosed *reopened =
        fixture_last(bench.fixture, SIGAP__EVENT__BODY_CASE_CLOSED)->event->case_closed;
    assert_true(reopened->reopened);
    assert_string_equal(reopened->brief->kind, "pasung"); /* its alerts are forgotten by now */
    assert_string_equal(reopened->brief->area, "35.07.12.2003");
    assert_task("PSG-01", "due");
    assert_int_equal(close_case(&pks, "", true), 409);
}

static void assert_erased(void) {
    unsigned status;
    json_t *json = view_case(&tri, true, &status);
    assert_int_equal(status, 200);
    assert_string_equal(json_string_value(json_object_get(json, "state")), "erased");
    assert_int_equal(json_array_size(json_object_get(json, "narratives")), 0);
    assert_int_equal(json_array_size(json_object_get(json, "tasks")), 0);
    assert_int_equal(json_array_size(json_object_get(json, "timeline")), 0);
    assert_string_equal(json_string_value(json_object_get(json, "area")), "35.07");
    assert_true(json_integer_value(json_object_get(json, "erasure_complete_at")) > 0);
    json_decref(json);
}

static enum keystore_cases_result key_in_file(bool destroy) {
    char path[600];
    uint8_t wrapped[SEAL_CASE_KEY_BYTES];
    struct keystore_cases *keys;
    struct error error = {""};
    snprintf(path, sizeof path, "%s/casework/case_keys.db", fixture_data_dir(bench.fixture));
    assert_true(keystore_cases_open(path, NULL, &keys, &error));
    enum keystore_cases_result result = keystore_cases_get(keys, &bench.case_id, wrapped);
    if (destroy) {
        keystore_cases_destroy(keys, &bench.case_id, fixture_now(bench.fixture));
        assert_int_equal(keystore_cases_commit(keys), KEYSTORE_CASES_DONE);
    }
    keystore_cases_close(&keys);
    return result;
}

static void after_its_time_a_closed_case_is_erased(void **state) {
    (void)state;
    open_pasung();
    assert_int_equal(close_case(&pks, "terbukti", false), 200);
    fixture_advance(bench.fixture, 1824 * DAY);
    assert_int_equal(key_in_file(false), KEYSTORE_CASES_DONE);
    fixture_advance(bench.fixture, DAY);
    assert_int_equal(key_in_file(false), KEYSTORE_CASES_DESTROYED);
    assert_erased();
    assert_int_equal(close_case(&pks, "", true), 409);
}

/* The key file is newer than the store that was restored: what was erased stays erased. */
static void the_ledger_is_replayed(void **state) {
    (void)state;
    open_pasung();
    assert_int_equal(key_in_file(true), KEYSTORE_CASES_DONE);
    fixture_restart(bench.fixture, true);
    fixture_turn(bench.fixture);
    assert_erased();
    /* Nor does its opening, read once more, bring it back. */
    struct id erased = bench.case_id;
    fixture_restart(bench.fixture, true);
    bench.case_id = erased;
    assert_erased();
}

/* Erasures of years of work in the last weeks, most at one moment: the newest are what an older store does
 * not know of. */
static void a_long_ledger_is_replayed_to_its_end(void **state) {
    enum { ERASURES = 5000 };
    char path[600];
    struct keystore_cases *keys;
    struct error error = {""};
    (void)state;
    open_pasung();
    snprintf(path, sizeof path, "%s/casework/case_keys.db", fixture_data_dir(bench.fixture));
    assert_true(keystore_cases_open(path, NULL, &keys, &error));
    for (unsigned i = 0; i < ERASURES; i++) {
        struct id other = fixture_id(bench.fixture);
        keystore_cases_destroy(keys, &other, fixture_now(bench.fixture) - DAY);
    }
    assert_int_equal(keystore_cases_commit(keys), KEYSTORE_CASES_DONE);
    keystore_cases_close(&keys);
    assert_int_equal(key_in_file(true), KEYSTORE_CASES_DONE);
    fixture_restart(bench.fixture, true);
    for (unsigned i = 0; i < 20; i++)
        fixture_turn(bench.fixture);
    assert_erased();
}

/* ---- two stores: a key is durable before what it seals, whatever fails */

static void send_opening(void) {
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    new_case();
    opened.report_id = bytes_of(&bench.report_id);
    opened.kind = (char *)"pasung";
    opened.area = (char *)"35.07.12";
    opened.priority = SIGAP__PRIORITY__PRIORITY_P1;
    opened.confidentiality = SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C2;
    opened.received_at = fixture_now(bench.fixture);
    opened.case_key = (ProtobufCBinaryData){sizeof bench.wrapped, bench.wrapped};
    opened.narrative = seal_report_text("Ibu " NAME);
    event.case_id = bytes_of(&bench.case_id);
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    fixture_event(bench.fixture, "triage", LANE_URGENT, &event);
}

static void a_full_disk_at_any_step_loses_nothing(void **state) {
    unsigned status, rolled_back = 0;
    (void)state;
    send_opening();
    fixture_turn(bench.fixture);
    send_opening();
    fault_arm(FAULT_STEP, 0);
    fixture_turn(bench.fixture);
    uint64_t steps = fault_count(FAULT_STEP);
    fault_disarm();
    assert_true(steps > 5);
    for (uint64_t step = 1; step <= steps; step++) {
        fixture_forget(bench.fixture);
        send_opening();
        fault_arm(FAULT_STEP, step);
        fixture_turn(bench.fixture);
        bool opened = fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASKS_PLANNED) == 1;
        fault_disarm();
        fixture_advance(bench.fixture, MINUTE);
        if (fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASKS_PLANNED) != 1)
            fail_msg("step %d: not opened once", (int)step);
        if (opened)
            continue; /* it failed after the commit: the next turn has to back off first */
        rolled_back++;
        json_t *json = view_case(&pks, true, &status);
        assert_int_equal(status, 200);
        assert_non_null(strstr(json_string_value(json_object_get(json, "narrative")), NAME));
        json_decref(json);
    }
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 0);
    assert_true(rolled_back > 5);
}

static void without_its_key_no_case_is_told(void **state) {
    (void)state;
    fixture_turn(bench.fixture);
    send_opening();
    fault_arm(FAULT_COMMIT, 1); /* the key file comes first: its fsync fails */
    assert_int_equal(fixture_turn(bench.fixture), ENGINE_BROKEN); /* not: waiting for ever */
    fault_disarm();
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_TASKS_PLANNED), 0);
}

/* ---- queues */

static const char *task_at(json_t *list, size_t index) {
    json_t *task = json_array_get(list, index);
    return json_string_value(json_object_get(task, "code"));
}

static void queues_show_the_most_overdue_first(void **state) {
    (void)state;
    open_case(&(struct case_options){.kind = "pasung", .priority = SIGAP__PRIORITY__PRIORITY_P2});
    open_case(&(struct case_options){
        .kind = "odgj_krisis", .priority = SIGAP__PRIORITY__PRIORITY_P0, .area = "35.78.01"});
    fixture_advance(bench.fixture, 2 * HOUR);
    json_t *list = view_list(&opr, "tasks", "", "");
    assert_string_equal(task_at(list, 0), "KRS-01");
    json_decref(list);
    list = view_list(&opr, "tasks", "overdue", "35.07");
    assert_string_equal(task_at(list, 0), "PSG-01");
    json_decref(list);
    list = view_list(&opr, "tasks", "mine", "35.07");
    assert_int_equal(json_array_size(list), 1);
    json_decref(list);
    list = view_list(&tksk_elsewhere, "tasks", "", ""); /* Surabaya; KRS has KEL, whose liaison is TKSK */
    assert_int_equal(json_array_size(list), 0);
    json_decref(list);
    list = view_list(&nobody, "tasks", "", "");
    assert_int_equal(json_array_size(list), 0);
    json_decref(list);
    list = view_list(&tri, "cases", "open", "");
    assert_int_equal(json_array_size(list), 2);
    json_decref(list);
    list = view_list(&pks, "cases", "", "");
    assert_int_equal(json_array_size(list), 1);
    json_decref(list);
    list = view_list(&tri, "cases", "closed", "");
    assert_int_equal(json_array_size(list), 0);
    json_decref(list);
}

/* Somebody must ask for the place: who has the whole province does, a regency does not see it yet. */
static void without_a_place_it_is_the_province_s(void **state) {
    static const struct {
        const struct person *person;
        unsigned status;
        size_t listed;
    } rows[] = {{&opr, 200, 1}, {&tri, 200, 1}, {&kab, 404, 0}, {&tksk, 404, 0}, {&nobody, 404, 0}};
    (void)state;
    open_case(&(struct case_options){.kind = "pasung", .priority = SIGAP__PRIORITY__PRIORITY_P1, .area = ""});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned status;
        json_decref(view_case(rows[i].person, false, &status));
        assert_int_equal(status, rows[i].status);
        json_t *list = view_list(rows[i].person, "cases", "", "");
        assert_int_equal(json_array_size(list), rows[i].listed);
        json_decref(list);
    }
}

static void a_witness_joins(void **state) {
    unsigned status;
    Sigap__ReportJoined joined = SIGAP__REPORT_JOINED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    (void)state;
    open_pasung();
    fixture_advance(bench.fixture, MINUTE);
    bench.report_id = fixture_id(bench.fixture);
    joined.report_id = bytes_of(&bench.report_id);
    joined.narrative = seal_report_text("Saya tetangganya");
    event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
    event.report_joined = &joined;
    send("triage", LANE_URGENT, &event);
    json_t *json = view_case(&pks, true, &status);
    json_t *narratives = json_object_get(json, "narratives");
    assert_int_equal(json_array_size(narratives), 2);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(narratives, 1), "text")), "Saya tetangganya");
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(json_object_get(json, "timeline"), 0), "what")),
        "report_joined");
    json_decref(json);
}

/* Triage could not know yet that the case is closed: nobody but us can see to what joins it. */
static void what_joins_a_closed_case_opens_it(void **state) {
    const char *outcome;
    struct id report;
    (void)state;
    open_pasung();
    assert_int_equal(close_case(&tri, "terbukti", false), 200);
    joined("withdrawal", &report); /* nothing to see to */
    assert_int_equal(narratives(&outcome), 2);
    assert_string_equal(outcome, "terbukti");
    assert_false(has_task("TINJAU"));
    joined("answer", &report);
    assert_int_equal(narratives(&outcome), 3);
    assert_string_equal(outcome, "");
    assert_task("TINJAU", "due");
    assert_task("PSG-01", "due");
    const struct fixture_record *told = fixture_last(bench.fixture, SIGAP__EVENT__BODY_CASE_CLOSED);
    assert_true(told->event->case_closed->reopened);
    assert_string_equal(told->event->case_closed->outcome, "terbukti");
    assert_int_equal(move(&tri, "TINJAU", &(struct order){.event = "done", .outcome = "x"}), 200);
    size_t closings = fixture_count(bench.fixture, SIGAP__EVENT__BODY_CASE_CLOSED);
    joined("answer", &report); /* open: as ever */
    assert_int_equal(fixture_count(bench.fixture, SIGAP__EVENT__BODY_CASE_CLOSED), closings);
    assert_task("TINJAU", "done");
}

/* Other work runs, and still somebody looks: also when the case was closed and opened meanwhile, or the look
 * was taken for done. */
static void an_ordered_look_stays_ordered(void **state) {
    struct id report;
    (void)state;
    open_pasung();
    assert_int_equal(close_case(&tri, "terbukti", false), 200);
    joined("answer", &report);
    assert_task("TINJAU", "due");
    assert_int_equal(close_case(&tri, "salah_masuk", false), 200);
    assert_int_equal(close_case(&tri, "", true), 200);
    assert_task("TINJAU", "due");
    assert_int_equal(done(&tri, "TINJAU"), 200);
    assert_int_equal(
        move(&tri, "TINJAU", &(struct order){.event = "reopen", .outcome = "belum dilihat"}), 200);
    assert_task("TINJAU", "due");
}

/* The same words again tell nothing new; that it is urgent is the caller's own, and somebody is alerted for
 * it: they find the case open. */
static void a_copy_opens_a_closed_case_only_in_danger(void **state) {
    Sigap__ReportJoined again = SIGAP__REPORT_JOINED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    const char *outcome;
    (void)state;
    open_pasung();
    assert_int_equal(close_case(&tri, "terbukti", false), 200);
    bench.report_id = fixture_id(bench.fixture);
    again.report_id = bytes_of(&bench.report_id);
    again.copy = true;
    again.narrative = seal_report_text("Ibu dirantai di kandang");
    event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
    event.report_joined = &again;
    send("triage", LANE_URGENT, &event);
    assert_int_equal(narratives(&outcome), 2);
    assert_string_equal(outcome, "terbukti");
    bench.report_id = fixture_id(bench.fixture);
    again.danger = true;
    again.narrative = seal_report_text("Ibu dirantai di kandang");
    send("triage", LANE_URGENT, &event);
    assert_int_equal(narratives(&outcome), 3);
    assert_string_equal(outcome, "");
    assert_task("TINJAU", "due");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TEST_ON_DISK(name) cmocka_unit_test_setup_teardown(name, set_up_on_disk, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_case_opens_with_its_plan),
        TEST(owners_are_told_once_of_what_is_due_soon),
        TEST(less_urgent_cases_are_quiet),
        TEST(training_stays_training),
        TEST_ON_DISK(the_same_opening_twice_is_one_case),
        TEST(records_of_unknown_cases_are_parked),
        TEST(only_those_who_may_read_it),
        TEST(c3_shows_its_number_only),
        TEST_ON_DISK(no_name_is_in_any_file),
        TEST(tasks_are_done_by_those_who_may),
        TEST(commands_that_are_refused),
        TEST(too_many_further_kinds_are_refused),
        TEST(nobody_closes_a_case_as_merged),
        TEST(a_command_acts_once),
        TEST(sentences_stay_out_of_the_journal),
        TEST(missing_facts_become_tasks),
        TEST(only_a_time_says_when_it_was),
        TEST(arrivals_set_the_time_of_tasks),
        TEST(closing_a_case_places_nobody),
        TEST(home_care_comes_beside),
        TEST(a_referral_that_comes_home_begins_home_care),
        TEST(a_person_knows_better_than_the_plan_of_home_care),
        TEST(what_is_asked_of_a_raised_case_is_due_sooner),
        TEST(another_kind_by_triage),
        TEST_ON_DISK(a_closed_case_that_changed_comes_back_as_it_is),
        TEST(a_further_report_adds_kinds),
        TEST(a_reminder_says_how_secret_the_case_is),
        TEST(time_reminds_once_each),
        TEST(what_is_due_again_rings_again),
        TEST(nobody_is_reminded_of_done_work),
        TEST_ON_DISK(timers_survive_a_crash),
        TEST(closing_cancels_what_is_open),
        TEST(after_its_time_a_closed_case_is_erased),
        TEST_ON_DISK(the_ledger_is_replayed),
        TEST_ON_DISK(a_long_ledger_is_replayed_to_its_end),
        TEST_ON_DISK(a_full_disk_at_any_step_loses_nothing),
        TEST(without_its_key_no_case_is_told),
        TEST(half_time_is_told_an_owner_once),
        TEST(queues_show_the_most_overdue_first),
        TEST(without_a_place_it_is_the_province_s),
        TEST(a_merge_closes_and_is_undone),
        TEST_ON_DISK(a_merge_hands_victims_on),
        TEST(the_last_of_many_facilities_sees_the_case),
        TEST(what_is_taken_back_leaves_every_case_that_had_it),
        TEST(an_erased_case_leaves_no_copies),
        TEST_ON_DISK(why_it_was_ordered_stands_in_the_history),
        TEST(why_a_review_was_decided_stands_in_the_history),
        TEST(what_is_merged_into_a_closed_case_opens_it),
        TEST(nothing_is_merged_into_an_erased_case),
        TEST_ON_DISK(victims_that_find_no_room_are_told),
        TEST(tasks_that_find_no_room_are_told),
        TEST(a_parted_report_is_shown_no_more),
        TEST(a_withdrawal_is_asked_about),
        TEST(a_withdrawal_of_a_damaged_case_is_put_aside),
        TEST(an_officer_in_conflict_is_out),
        TEST(a_merge_hands_conflict_on),
        TEST(conflict_in_the_whole_counts_for_what_it_holds),
        TEST(a_case_comes_back_with_the_conflict_of_the_whole),
        TEST(what_a_person_recorded_stays),
        TEST(a_report_adds_to_what_was_recorded),
        TEST(every_account_can_be_in_conflict),
        TEST(a_case_that_becomes_urgent_rings_after_a_jump),
        TEST(a_facility_in_conflict_is_one_of_the_directory),
        TEST(staff_of_any_part_of_what_is_accused_are_out),
        TEST(every_facility_can_be_in_conflict),
        TEST(a_witness_joins),
        TEST(what_joins_a_closed_case_opens_it),
        TEST(an_ordered_look_stays_ordered),
        TEST(a_copy_opens_a_closed_case_only_in_danger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
