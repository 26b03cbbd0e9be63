#include "reading.h"

#include "common/medium.h"

#include <stdlib.h>
#include <string.h>

enum {
    PART_MAX = 1 << 20, /* bytes of one part: 1000 rows of 1 KiB; 16 parts = 16 MiB < DOCUMENT_MAX */
    LIVE_ROWS = 50,
    FRAME_MAX = MEDIUM_SHOWN_MAX + (64 << 10), /* a View: a medium, an actor of 64 words and a few texts */
};

enum shape { SHAPE_LIST, SHAPE_CASE, SHAPE_REPORT, SHAPE_STATUS, SHAPE_EXPLAIN, SHAPE_RETRY };

struct part {
    const char *name; /* of the member */
    const char *daemon;
    enum shape shape;
    const char *list, *state; /* SHAPE_LIST */
    bool staff;               /* the owner does not look at rights (parked): only operators and up may ask */
};

struct reading {
    const char *object; /* name of the member that says what it is about; NULL: it is a list */
    unsigned limit;     /* rows a part when the query does not say; 0: the owner's */
    struct part parts[WAIT_PARTS_MAX];
};

const struct reading reading_live = {NULL, LIVE_ROWS,
    {{"cases", "triage", SHAPE_LIST, "cases", NULL, false},
        {"reviews", "triage", SHAPE_LIST, "reviews", NULL, false},
        {"duplicates", "triage", SHAPE_LIST, "duplicates", NULL, false},
        {"offers", "router", SHAPE_LIST, "offers", NULL, false},
        {"unroutable", "router", SHAPE_LIST, "unroutable", NULL, false},
        {"drafts", "router", SHAPE_LIST, "drafts", NULL, false},
        {"overdue", "casework", SHAPE_LIST, "tasks", "overdue", false},
        {"alerts", "notifier", SHAPE_LIST, "alerts", "waiting", false},
        {"deliveries", "notifier", SHAPE_LIST, "deliveries", NULL, false}}};

const struct reading reading_cases = {NULL, 0, {{"cases", "triage", SHAPE_LIST, "cases", NULL, false}}};
const struct reading reading_deliveries = {
    NULL, 0, {{"deliveries", "notifier", SHAPE_LIST, "deliveries", NULL, false}}};
const struct reading reading_tasks = {NULL, 0, {{"tasks", "casework", SHAPE_LIST, "tasks", NULL, false}}};
const struct reading reading_alerts = {NULL, 0, {{"alerts", "notifier", SHAPE_LIST, "alerts", NULL, false}}};
const struct reading reading_people = {
    NULL, 1000, {{"people", "notifier", SHAPE_LIST, "people", NULL, true}}};
const struct reading reading_duty = {NULL, 1000, {{"duty", "notifier", SHAPE_LIST, "duty", NULL, true}}};
/* limit: days, 0: the owner's 14 */
const struct reading reading_uncovered = {
    NULL, 0, {{"uncovered", "notifier", SHAPE_LIST, "uncovered", NULL, true}}};
const struct reading reading_facilities = {
    NULL, 1000, {{"facilities", "router", SHAPE_LIST, "facilities", NULL, false}}};

const struct reading reading_queues = {NULL, 0,
    {{"reviews", "triage", SHAPE_LIST, "reviews", NULL, false},
        {"duplicates", "triage", SHAPE_LIST, "duplicates", NULL, false},
        {"unroutable", "router", SHAPE_LIST, "unroutable", NULL, false},
        {"drafts", "router", SHAPE_LIST, "drafts", NULL, false},
        {"offers", "router", SHAPE_LIST, "offers", NULL, false},
        {"overdue", "casework", SHAPE_LIST, "tasks", "overdue", false},
        {"hooks", "intake", SHAPE_LIST, "hooks", NULL, true},
        {"parked_intake", "intake", SHAPE_LIST, "parked", NULL, true},
        {"parked_triage", "triage", SHAPE_LIST, "parked", NULL, true},
        {"parked_router", "router", SHAPE_LIST, "parked", NULL, true},
        {"parked_casework", "casework", SHAPE_LIST, "parked", NULL, true},
        {"parked_notifier", "notifier", SHAPE_LIST, "parked", NULL, true},
        {"parked_console", "console", SHAPE_LIST, "parked", NULL, true}}};

const struct reading reading_status = {NULL, 0,
    {{"intake", "intake", SHAPE_STATUS, NULL, NULL, false},
        {"triage", "triage", SHAPE_STATUS, NULL, NULL, false},
        {"router", "router", SHAPE_STATUS, NULL, NULL, false},
        {"casework", "casework", SHAPE_STATUS, NULL, NULL, false},
        {"notifier", "notifier", SHAPE_STATUS, NULL, NULL, false},
        {"console", "console", SHAPE_STATUS, NULL, NULL, false}}};

const struct reading reading_corrections = {
    NULL, 200, {{"corrections", "triage", SHAPE_LIST, "corrections", NULL, false}}};
const struct reading reading_measures = {
    NULL, 0, {{"measures", "triage", SHAPE_LIST, "measures", NULL, false}}};

const struct reading reading_case = {"id", 0,
    {{"triage", "triage", SHAPE_CASE, NULL, NULL, false}, {"router", "router", SHAPE_CASE, NULL, NULL, false},
        {"casework", "casework", SHAPE_CASE, NULL, NULL, false},
        {"notifier", "notifier", SHAPE_CASE, NULL, NULL, false}}};

const struct reading reading_review = {"id", 0, {{"review", "triage", SHAPE_REPORT, NULL, NULL, false}}};

const struct reading reading_candidates = {
    "id", 0, {{"candidates", "router", SHAPE_EXPLAIN, NULL, NULL, false}}};

/* A message of a platform that could not be read, once more: an administrator's word to intake, which may be
 * said again and again, so that it needs no order of its own. */
const struct reading reading_retry_hook = {"id", 0, {{"hook", "intake", SHAPE_RETRY, NULL, NULL, true}}};

/* ---- asking ---- */

void reading_ask(
    struct turn *turn, const struct id *wait, unsigned part, const char *daemon, Sigap__View *view) {
    struct console *console = turn->state;
    view->number = ++console->ask_number;
    size_t size = sigap__view__get_packed_size(view);
    struct reading_question *question =
        size <= FRAME_MAX ? arena_take(turn->arena, sizeof *question + size) : NULL;
    if (!question)
        return; /* the part will be missing */
    snprintf(question->daemon, sizeof question->daemon, "%s", daemon);
    question->number = view->number;
    question->size = size;
    sigap__view__pack(view, question->frame);
    struct effect effect = {*wait, EFFECT_ASK + part, question, sizeof *question + size};
    turn_effect(turn, &effect);
}

/* What the query may narrow. */
struct narrowing {
    char area[16], state[32], facility[64], limit[8], narrative[4], after[24], priority[4], skip[8];
};

static void read_query(const struct request *request, struct narrowing *out) {
    size_t size = strlen(request->query);
    *out = (struct narrowing){0};
    const struct {
        const char *name;
        char *value;
        size_t room;
    } members[] = {{"area", out->area, sizeof out->area}, {"state", out->state, sizeof out->state},
        {"facility", out->facility, sizeof out->facility}, {"limit", out->limit, sizeof out->limit},
        {"narrative", out->narrative, sizeof out->narrative}, {"after", out->after, sizeof out->after},
        {"priority", out->priority, sizeof out->priority}, {"skip", out->skip, sizeof out->skip}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (!http_form_find(request->query, size, members[i].name, members[i].value, members[i].room))
            members[i].value[0] = 0;
}

/* What a reading asks of the owners of its parts. */
struct asking {
    struct turn *turn;
    const struct reading *reading;
    const struct wait *wait;
    Sigap__Actor *actor;
    struct narrowing narrowing;
    bool narrative; /* the words of reporters too */
};

static void ask(const struct asking *asking, unsigned number, Sigap__View *view) {
    view->actor = asking->actor;
    reading_ask(asking->turn, &asking->wait->id, number, asking->reading->parts[number].daemon, view);
}

static void ask_list(const struct asking *asking, unsigned number) {
    const struct part *part = &asking->reading->parts[number];
    const struct narrowing *narrowing = &asking->narrowing;
    unsigned limit = (unsigned)strtoul(narrowing->limit, NULL, 10);
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ListView list = SIGAP__LIST_VIEW__INIT;
    list.name = (char *)part->list;
    list.area = (char *)narrowing->area;
    list.state = part->state ? (char *)part->state : (char *)narrowing->state;
    list.facility = (char *)narrowing->facility;
    list.limit = limit == 0 ? asking->reading->limit : limit > 1000 ? 1000 : limit;
    list.after = strtoull(narrowing->after, NULL, 10);
    list.priority = (char *)narrowing->priority;
    list.skip = (uint32_t)strtoul(narrowing->skip, NULL, 10);
    list.narrative = asking->reading == &reading_corrections && asking->narrative;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &list;
    ask(asking, number, &view);
}

static void ask_case(const struct asking *asking, unsigned number) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__CaseView case_file = SIGAP__CASE_VIEW__INIT;
    case_file.case_id = turn_bytes(asking->turn, &asking->wait->object);
    case_file.narrative = asking->narrative;
    view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
    view.case_file = &case_file;
    ask(asking, number, &view);
}

static void ask_report(const struct asking *asking, unsigned number) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ReportView report = SIGAP__REPORT_VIEW__INIT;
    report.report_id = turn_bytes(asking->turn, &asking->wait->object);
    report.narrative = asking->narrative;
    view.what_case = SIGAP__VIEW__WHAT_REPORT;
    view.report = &report;
    ask(asking, number, &view);
}

static void ask_explanation(const struct asking *asking, unsigned number) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ExplainView explain = SIGAP__EXPLAIN_VIEW__INIT;
    explain.case_id = turn_bytes(asking->turn, &asking->wait->object);
    view.what_case = SIGAP__VIEW__WHAT_EXPLAIN;
    view.explain = &explain;
    ask(asking, number, &view);
}

static void ask_retry(const struct asking *asking, unsigned number) {
    char object[ID_TEXT + 1];
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ControlView control = SIGAP__CONTROL_VIEW__INIT;
    id_to_text(&asking->wait->object, object);
    control.action = (char *)"hook.retry";
    control.argument = object;
    view.what_case = SIGAP__VIEW__WHAT_CONTROL;
    view.control = &control;
    ask(asking, number, &view);
}

static void ask_status(const struct asking *asking, unsigned number) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__StatusView status = SIGAP__STATUS_VIEW__INIT;
    view.what_case = SIGAP__VIEW__WHAT_STATUS;
    view.status = &status;
    ask(asking, number, &view);
}

static void ask_part(const struct asking *asking, unsigned number) {
    switch (asking->reading->parts[number].shape) {
    case SHAPE_LIST:
        return ask_list(asking, number);
    case SHAPE_CASE:
        return ask_case(asking, number);
    case SHAPE_REPORT:
        return ask_report(asking, number);
    case SHAPE_EXPLAIN:
        return ask_explanation(asking, number);
    case SHAPE_RETRY:
        return ask_retry(asking, number);
    case SHAPE_STATUS:
        return ask_status(asking, number);
    }
}

static bool is_staff(const struct account *account) {
    return account_has_class(account, "operator") || account_has_class(account, "coordinator") ||
           account_has_class(account, "administrator") || account_has_class(account, "auditor");
}

static uint64_t changes_now(const struct exchange *exchange) {
    return exchange->console->changes_start + turn_records_read(exchange->turn);
}

/* What the audit calls the words that are asked for; NULL: this reading has none. */
static const char *narrative_word(const struct reading *reading) {
    return reading == &reading_case          ? "case.narrative"
           : reading == &reading_review      ? "review.narrative"
           : reading == &reading_corrections ? "corrections.narrative"
                                             : NULL;
}

void reading_begin(struct exchange *exchange, const struct reading *reading) {
    struct wait wait = {.kind = WAIT_READING, .reading = reading, .until = exchange->turn->now + WAIT_MS};
    struct asking asking = {.turn = exchange->turn, .reading = reading, .wait = &wait};
    if (reading->object && !id_from_text(exchange->parts[0], &wait.object))
        return exchange_refuse(exchange, &problem_not_found);
    read_query(exchange->request, &asking.narrowing);
    asking.narrative = asking.narrowing.narrative[0] == '1';
    if (asking.narrative && narrative_word(reading))
        turn_audit(
            exchange->turn, exchange->person->account.name, narrative_word(reading), exchange->parts[0]);
    wait.id = turn_id(exchange->turn);
    wait.changes = changes_now(exchange);
    bool staff = is_staff(&exchange->person->account);
    while (wait.part_count < WAIT_PARTS_MAX && reading->parts[wait.part_count].name) {
        if (reading->parts[wait.part_count].staff && !staff)
            wait.parts[wait.part_count].status = 403;
        wait.part_count++;
    }
    wait_begin(exchange->turn, &wait);
    asking.actor = account_actor(exchange->turn, &exchange->person->account);
    for (unsigned i = 0; i < wait.part_count; i++)
        if (!wait.parts[i].status)
            ask_part(&asking, i);
}

void reading_live_begin(struct exchange *exchange) {
    char since[24], own[24];
    struct json_writer writer;
    snprintf(own, sizeof own, "%llu", (unsigned long long)changes_now(exchange));
    if (!http_form_find(
            exchange->request->query, strlen(exchange->request->query), "since", since, sizeof since) ||
        strcmp(since, own) != 0)
        return reading_begin(exchange, &reading_live);
    json_writer_init(&writer, 256);
    json_write_object(&writer);
    json_member_integer(&writer, "at", exchange->turn->now);
    json_member_integer(&writer, "changes", (int64_t)changes_now(exchange));
    json_member_bool(&writer, "unchanged", true);
    json_write_end(&writer);
    reply_json(exchange->turn, exchange->answer, 200, &writer);
}

/* ---- what comes back ---- */

Sigap__ViewAnswer *reading_answer(struct turn *turn, const struct effect_result *result) {
    return result->bytes
               ? sigap__view_answer__unpack(arena_allocator(turn->arena), result->size, result->bytes)
               : NULL;
}

bool reading_came(struct turn *turn, struct wait *wait, unsigned number, const struct effect_result *result) {
    if (number >= wait->part_count || wait->parts[number].status)
        return false;
    struct wait_part *part = &wait->parts[number];
    Sigap__ViewAnswer *answer = reading_answer(turn, result);
    part->status = !answer || answer->json.len > PART_MAX ? 503 : answer->status;
    part->total = answer ? answer->total : 0;
    if (part->status == 200 && answer->json.len) {
        part->json = malloc(answer->json.len);
        if (part->json) {
            memcpy(part->json, answer->json.data, answer->json.len);
            part->size = answer->json.len;
        }
    }
    for (unsigned i = 0; i < wait->part_count; i++)
        if (!wait->parts[i].status)
            return false;
    return true;
}

static void write_names(
    struct json_writer *writer, const char *key, const struct wait *wait, unsigned status) {
    const struct reading *reading = wait->reading;
    json_member_array(writer, key);
    for (unsigned i = 0; i < wait->part_count; i++)
        if (wait->parts[i].status == status)
            json_write_text(writer, reading->parts[i].name);
    json_write_end(writer);
}

/* How long the lists are that their owners have counted, of which the document may show the beginning. */
static void write_totals(struct json_writer *writer, const struct wait *wait) {
    const struct reading *reading = wait->reading;
    json_member_object(writer, "totals");
    for (unsigned i = 0; i < wait->part_count; i++)
        if (wait->parts[i].status == 200 && wait->parts[i].total)
            json_member_integer(writer, reading->parts[i].name, wait->parts[i].total);
    json_write_end(writer);
}

/* A part that has not come counts as 503. Returns how many are there. */
static unsigned settle(struct wait *wait) {
    unsigned there = 0;
    for (unsigned i = 0; i < wait->part_count; i++) {
        unsigned status = wait->parts[i].status;
        if (status == 0 || status > 500)
            wait->parts[i].status = 503;
        there += status == 200;
    }
    return there;
}

/* Why nothing came: what may pass first, then what the person cannot change. */
static const struct problem *reason_of(const struct wait *wait) {
    const struct problem *reason = &problem_not_found;
    for (unsigned i = 0; i < wait->part_count; i++) {
        if (wait->parts[i].status == 503)
            return &problem_overloaded;
        if (wait->parts[i].status == 403)
            reason = &problem_forbidden;
        if (wait->parts[i].status == 400 || wait->parts[i].status == 422)
            reason = &problem_bad_request;
    }
    return reason;
}

void reading_finish(struct turn *turn, struct wait *wait) {
    const struct reading *reading = wait->reading;
    struct answer answer = {0};
    struct json_writer writer;
    char object[ID_TEXT + 1];
    /* A page of several lists is a page even with nothing but holes. */
    if (settle(wait) == 0 && (reading->object || wait->part_count == 1)) {
        reply_problem(turn, &answer, reason_of(wait));
        wait_answer(turn, wait, &answer);
        return;
    }
    json_writer_init(&writer, DOCUMENT_MAX);
    json_write_object(&writer);
    json_member_integer(&writer, "at", turn->now);
    json_member_integer(&writer, "changes", (int64_t)wait->changes);
    if (reading->object) {
        id_to_text(&wait->object, object);
        json_member_text(&writer, reading->object, object);
    }
    for (unsigned i = 0; i < wait->part_count; i++) {
        json_write_key(&writer, reading->parts[i].name);
        if (wait->parts[i].json)
            json_write_raw(&writer, wait->parts[i].json, wait->parts[i].size);
        else
            json_write_null(&writer);
    }
    if (!reading->object)
        write_totals(&writer, wait);
    write_names(&writer, "missing", wait, 503);
    write_names(&writer, "refused", wait, 403);
    json_write_end(&writer);
    reply_json(turn, &answer, 200, &writer);
    wait_answer(turn, wait, &answer);
}
