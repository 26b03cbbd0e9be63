/* State by ticket: what others say, in which order, and who may look. */
#include "services/intake/tests/intake_bottle.h"

#include "intake_sql.h"
#include "services/intake/follow.h"
#include "services/intake/receive.h"

static const char body[] = "{\"source\":\"a\",\"text\":\"Ada warga minta info bansos\","
                           "\"reporter\":{\"address\":\"0812\",\"may_contact\":true}}";

enum said {
    OPENED,
    JOINED,
    REVIEW,
    INFORMATION,
    ACCEPTED,
    ALERT_ONLY_SENT,
    TASK_DONE,
    TASK_DUE,
    CASE_CLOSED,
    CASE_REOPENED,
    END
};

struct story {
    struct id report, case_id;
};

static ProtobufCBinaryData bytes_of(const struct id *id) {
    return (ProtobufCBinaryData){ID_BYTES, (uint8_t *)id->bytes};
}

static void say(struct fixture *fixture, const struct story *story, enum said said) {
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__ReportJoined joined = SIGAP__REPORT_JOINED__INIT;
    Sigap__ReportInReview review = SIGAP__REPORT_IN_REVIEW__INIT;
    Sigap__ReportClosed information = SIGAP__REPORT_CLOSED__INIT;
    Sigap__AlertMoved alert = SIGAP__ALERT_MOVED__INIT;
    Sigap__Task task = SIGAP__TASK__INIT;
    Sigap__TaskMoved moved = SIGAP__TASK_MOVED__INIT;
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    const char *journal = "triage";
    opened.report_id = joined.report_id = review.report_id = information.report_id = bytes_of(&story->report);
    alert.to = said == ACCEPTED ? SIGAP__ALERT_STATE__ALERT_ANSWERED : SIGAP__ALERT_STATE__ALERT_OPEN;
    alert.action = (char *)"accept";
    task.state = said == TASK_DONE ? SIGAP__TASK_STATE__TASK_DONE : SIGAP__TASK_STATE__TASK_DUE;
    moved.task = &task;
    closed.reopened = said == CASE_REOPENED;
    if (said != REVIEW && said != INFORMATION)
        event.case_id = bytes_of(&story->case_id);
    event.trace = bytes_of(&story->report);
    switch (said) {
    case OPENED:
        event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
        event.case_opened = &opened;
        break;
    case JOINED:
        event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
        event.report_joined = &joined;
        break;
    case REVIEW:
        event.body_case = SIGAP__EVENT__BODY_REPORT_IN_REVIEW;
        event.report_in_review = &review;
        break;
    case INFORMATION:
        event.body_case = SIGAP__EVENT__BODY_REPORT_CLOSED;
        event.report_closed = &information;
        break;
    case ACCEPTED:
    case ALERT_ONLY_SENT:
        journal = "notifier";
        event.body_case = SIGAP__EVENT__BODY_ALERT_MOVED;
        event.alert_moved = &alert;
        break;
    case TASK_DONE:
    case TASK_DUE:
        journal = "casework";
        event.body_case = SIGAP__EVENT__BODY_TASK_MOVED;
        event.task_moved = &moved;
        break;
    case CASE_CLOSED:
    case CASE_REOPENED:
        journal = "casework";
        event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
        event.case_closed = &closed;
        break;
    case END:
        return;
    }
    fixture_event(fixture, journal, LANE_NORMAL, &event);
    fixture_turn(fixture);
}

static struct story story_of(struct bottle *bottle) {
    struct story story = {.case_id = fixture_id(bottle->fixture)};
    const Sigap__ReportReceived *report = bottle_last(bottle)->event->report_received;
    id_from_bytes(report->report_id.data, report->report_id.len, &story.report);
    return story;
}

static const char *state_of(struct bottle *bottle, const char *ticket) {
    char path[64];
    snprintf(path, sizeof path, "/v1/reports/%s", ticket);
    const struct answer *answer = bottle_get(bottle, path);
    assert_int_equal(answer->status, 200);
    assert_string_equal(bottle_header(answer, "Cache-Control"), "no-store");
    assert_true(*bottle_member(answer, "message") && *bottle_member(answer, "message_en"));
    return bottle_member(answer, "state");
}

static void a_report_goes_from_received_to_closed(void **state) {
    (void)state;
    static const struct {
        enum said said[6];
        const char *state;
    } cases[] = {
        {{END}, "received"},
        {{REVIEW, END}, "in_review"},
        {{INFORMATION, END}, "answered"},
        {{REVIEW, INFORMATION, END}, "answered"},
        {{INFORMATION, REVIEW, END}, "in_review"},
        {{OPENED, END}, "case_open"},
        {{JOINED, END}, "case_open"},
        {{REVIEW, OPENED, END}, "case_open"},
        {{OPENED, REVIEW, END}, "case_open"},
        {{OPENED, INFORMATION, END}, "case_open"},
        {{OPENED, ALERT_ONLY_SENT, TASK_DUE, END}, "case_open"},
        {{OPENED, ACCEPTED, END}, "being_handled"},
        {{OPENED, TASK_DONE, END}, "being_handled"},
        {{ACCEPTED, OPENED, END}, "being_handled"},
        {{OPENED, ACCEPTED, CASE_CLOSED, END}, "closed"},
        {{OPENED, CASE_CLOSED, END}, "closed"},
        {{OPENED, CASE_CLOSED, ACCEPTED, END}, "closed"},
        {{OPENED, CASE_CLOSED, CASE_REOPENED, END}, "being_handled"},
        {{OPENED, CASE_CLOSED, CASE_REOPENED, CASE_CLOSED, END}, "closed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bottle bottle = bottle_open(false);
        const char *ticket = bottle_ticket(&bottle, body, NULL);
        struct story story = story_of(&bottle);
        for (size_t k = 0; cases[i].said[k] != END; k++)
            say(bottle.fixture, &story, cases[i].said[k]);
        if (strcmp(state_of(&bottle, ticket), cases[i].state) != 0)
            fail_msg("case %zu: %s", i, state_of(&bottle, ticket));
        fixture_close(&bottle.fixture);
    }
}

static void say_merged(
    struct fixture *fixture, const struct story *story, const struct story *into, bool undone) {
    Sigap__CaseMerged merged = SIGAP__CASE_MERGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    merged.into = bytes_of(&into->case_id);
    merged.undone = undone;
    event.case_id = bytes_of(&story->case_id);
    event.body_case = SIGAP__EVENT__BODY_CASE_MERGED;
    event.case_merged = &merged;
    fixture_event(fixture, "triage", LANE_NORMAL, &event);
    fixture_turn(fixture);
}

static void say_distinct(struct fixture *fixture, const struct story *story, const struct story *from) {
    Sigap__CaseMerged merged = SIGAP__CASE_MERGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    merged.into = bytes_of(&from->case_id);
    merged.distinct = true;
    event.case_id = bytes_of(&story->case_id);
    event.body_case = SIGAP__EVENT__BODY_CASE_MERGED;
    event.case_merged = &merged;
    fixture_event(fixture, "triage", LANE_NORMAL, &event);
    fixture_turn(fixture);
}

/* Whose case counts with another is told how that one stands. */
static void a_merged_case_stands_as_the_other_does(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    char first[TICKET_TEXT + 1];
    snprintf(first, sizeof first, "%s", bottle_ticket(&bottle, body, NULL));
    struct story one = story_of(&bottle);
    bottle_ticket(&bottle, body, NULL);
    struct story other = story_of(&bottle);
    say(bottle.fixture, &one, OPENED);
    say(bottle.fixture, &other, OPENED);
    say_distinct(bottle.fixture, &one, &other);
    say(bottle.fixture, &other, ACCEPTED);
    assert_string_equal(state_of(&bottle, first), "case_open");
    say_merged(bottle.fixture, &one, &other, false);
    say(bottle.fixture, &one, CASE_CLOSED);
    assert_string_equal(state_of(&bottle, first), "being_handled");
    say(bottle.fixture, &other, CASE_CLOSED);
    assert_string_equal(state_of(&bottle, first), "closed");
    say_merged(bottle.fixture, &one, &other, true);
    say(bottle.fixture, &one, CASE_REOPENED);
    assert_string_equal(state_of(&bottle, first), "being_handled");
    fixture_close(&bottle.fixture);
}

static void every_report_of_a_case_is_told(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    const char *first = bottle_ticket(&bottle, body, NULL);
    struct story story = story_of(&bottle);
    const char *second = bottle_ticket(&bottle, body, NULL);
    struct story witness = {story_of(&bottle).report, story.case_id};
    say(bottle.fixture, &story, OPENED);
    say(bottle.fixture, &witness, JOINED);
    say(bottle.fixture, &story, ACCEPTED);
    assert_string_equal(state_of(&bottle, first), "being_handled");
    assert_string_equal(state_of(&bottle, second), "being_handled");
    fixture_close(&bottle.fixture);
}

static struct story follow_up(struct bottle *bottle, const char *ticket) {
    char path[80];
    snprintf(path, sizeof path, "/v1/reports/%s/messages", ticket);
    struct fixture_request request = {.method = "POST",
        .path = path,
        .body = "{\"text\":\"jatuh lagi\"}",
        .headers = {{"Content-Type", "application/json"}}};
    assert_int_equal(fixture_request(bottle->fixture, &request)->status, 202);
    return story_of(bottle);
}

/* triage asks a person about what is said further. */
static void say_asked(struct fixture *fixture, const struct story *more, const struct story *first) {
    Sigap__ReportInReview review = SIGAP__REPORT_IN_REVIEW__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    review.report_id = event.trace = bytes_of(&more->report);
    review.amends = bytes_of(&first->report);
    event.body_case = SIGAP__EVENT__BODY_REPORT_IN_REVIEW;
    event.report_in_review = &review;
    fixture_event(fixture, "triage", LANE_URGENT, &event);
    fixture_turn(fixture);
}

/* "Sudah selesai" is no answer to who has just written that he fell again. */
static void what_follows_a_closed_case_is_told(void **state) {
    (void)state;
    static const struct {
        enum said then[3]; /* of what follows, after a person was asked */
        const char *state;
    } cases[] = {
        {{END}, "in_review"},
        {{OPENED, END}, "case_open"},
        {{OPENED, ACCEPTED, END}, "being_handled"},
        {{INFORMATION, END}, "closed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bottle bottle = bottle_open(false);
        char ticket[TICKET_TEXT + 1];
        snprintf(ticket, sizeof ticket, "%s", bottle_ticket(&bottle, body, NULL));
        struct story story = story_of(&bottle);
        say(bottle.fixture, &story, OPENED);
        say(bottle.fixture, &story, CASE_CLOSED);
        struct story more = follow_up(&bottle, ticket);
        assert_true(bottle_last(&bottle)->event->report_received->taken_on);
        assert_string_equal(state_of(&bottle, ticket), "closed"); /* nobody has decided yet */
        say_asked(bottle.fixture, &more, &story);
        for (size_t k = 0; cases[i].then[k] != END; k++)
            say(bottle.fixture, &more, cases[i].then[k]);
        if (strcmp(state_of(&bottle, ticket), cases[i].state) != 0)
            fail_msg("case %zu: %s", i, state_of(&bottle, ticket));
        fixture_close(&bottle.fixture);
    }
}

/* Whoever is on the way decides what another place means: triage is told that somebody is. */
static void a_follow_up_says_whether_somebody_has_the_case(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    char ticket[TICKET_TEXT + 1];
    snprintf(ticket, sizeof ticket, "%s", bottle_ticket(&bottle, body, NULL));
    struct story story = story_of(&bottle);
    say(bottle.fixture, &story, OPENED);
    follow_up(&bottle, ticket);
    assert_false(bottle_last(&bottle)->event->report_received->taken_on);
    say(bottle.fixture, &story, ACCEPTED);
    follow_up(&bottle, ticket);
    assert_true(bottle_last(&bottle)->event->report_received->taken_on);
    fixture_close(&bottle.fixture);
}

static void wrong_and_unknown_tickets_are_told_apart(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    char path[96], ticket[40];
    snprintf(ticket, sizeof ticket, "%s", bottle_ticket(&bottle, body, NULL));
    char *last = &ticket[strlen(ticket) - 1];
    *last = *last == '0' ? '1' : '0';
    snprintf(path, sizeof path, "/v1/reports/%s", ticket);
    const struct answer *answer = bottle_get(&bottle, path);
    assert_int_equal(answer->status, 400);
    assert_non_null(strstr(answer->body, "periksa kembali"));
    assert_int_equal(bottle_get(&bottle, "/v1/reports/12345")->status, 400);
    struct ticket unknown = intake_ticket_of((uint8_t[SEAL_HASH_BYTES]){1}, FIXTURE_START);
    ticket_to_text(&unknown, ticket);
    snprintf(path, sizeof path, "/v1/reports/%s", ticket);
    answer = bottle_get(&bottle, path);
    assert_int_equal(answer->status, 404);
    assert_string_equal(bottle_member(answer, "type"), "urn:sigap:problem:unknown-ticket");
    fixture_close(&bottle.fixture);
}

static void people_type_tickets_as_they_like(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    char ticket[40], typed[96] = "/v1/reports/";
    snprintf(ticket, sizeof ticket, "%s", bottle_ticket(&bottle, body, NULL));
    size_t used = strlen(typed);
    for (const char *at = ticket; *at; at++)
        if (*at != '-')
            typed[used++] = *at >= 'A' ? (char)(*at - 'A' + 'a') : *at;
    assert_int_equal(bottle_get(&bottle, typed)->status, 200);
    fixture_close(&bottle.fixture);
}

static size_t addresses(struct bottle *bottle, const struct id *report) {
    struct statement *get = store_use(fixture_store(bottle->fixture), intake_daemon.schema, INTAKE_REPLY_GET);
    bind_id(get, report);
    size_t count = 0;
    while (statement_step(get))
        count++;
    return count;
}

static void the_address_goes_when_it_is_done_and_after_a_week(void **state) {
    (void)state;
    static const struct {
        const char *reporter;
        enum said said;
        int days;
        size_t left;
    } cases[] = {
        {"{\"address\":\"0812\",\"may_contact\":true}", END, 0, 1},
        {"{\"address\":\"0812\",\"may_contact\":false}", END, 0, 0},
        {"{\"address\":\"0812\"}", END, 0, 0},
        {"{\"may_contact\":true}", END, 0, 0},
        {"{\"address\":\"0812\",\"may_contact\":true}", INFORMATION, 0, 0},
        {"{\"address\":\"0812\",\"may_contact\":true}", OPENED, 0, 1},
        {"{\"address\":\"0812\",\"may_contact\":true}", CASE_CLOSED, 0, 0},
        {"{\"address\":\"0812\",\"may_contact\":true}", CASE_REOPENED, 0, 1},
        {"{\"address\":\"0812\",\"may_contact\":true}", OPENED, 6, 1},
        {"{\"address\":\"0812\",\"may_contact\":true}", OPENED, 8, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bottle bottle = bottle_open(false);
        char text[256];
        snprintf(text, sizeof text, "{\"source\":\"a\",\"text\":\"x\",\"reporter\":%s}", cases[i].reporter);
        bottle_ticket(&bottle, text, NULL);
        struct story story = story_of(&bottle);
        say(bottle.fixture, &story, cases[i].said);
        fixture_advance(bottle.fixture, cases[i].days * INT64_C(24) * 3600 * 1000);
        if (addresses(&bottle, &story.report) != cases[i].left)
            fail_msg("case %zu: %zu left", i, addresses(&bottle, &story.report));
        fixture_close(&bottle.fixture);
    }
}

static json_t *view_report(struct bottle *bottle, const char *role, const char *ticket, unsigned *status) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__ReportView report = SIGAP__REPORT_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    char *roles[] = {(char *)role};
    actor.account = (char *)"siti";
    actor.roles = roles;
    actor.n_roles = role ? 1 : 0;
    report.ticket = (char *)ticket;
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_REPORT;
    view.report = &report;
    return fixture_view(bottle->fixture, &view, status);
}

static void staff_find_a_report_by_its_ticket(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    const char *ticket = bottle_ticket(&bottle, body, NULL);
    struct story story = story_of(&bottle);
    unsigned status;
    assert_null(view_report(&bottle, NULL, ticket, &status));
    assert_int_equal(status, 403);
    assert_null(view_report(&bottle, "reporter", ticket, &status));
    assert_int_equal(status, 403);
    assert_null(view_report(&bottle, "operator", "nonsense", &status));
    assert_int_equal(status, 400);
    json_t *json = view_report(&bottle, "operator", ticket, &status);
    char id[ID_TEXT + 1];
    id_to_text(&story.report, id);
    json_t *report = json_object_get(json, "report");
    assert_string_equal(json_string_value(json_object_get(report, "id")), id);
    assert_string_equal(json_string_value(json_object_get(report, "state")), "received");
    assert_true(json_is_null(json_object_get(json, "case_id")));
    assert_int_equal(json_integer_value(json_object_get(json, "received_at")), FIXTURE_START);
    json_decref(json);
    say(bottle.fixture, &story, OPENED);
    json = view_report(&bottle, "auditor", ticket, &status);
    id_to_text(&story.case_id, id);
    assert_string_equal(json_string_value(json_object_get(json, "case_id")), id);
    json_decref(json);
    fixture_close(&bottle.fixture);
}

static void the_list_shows_ids_and_states(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    for (int i = 0; i < 3; i++) {
        bottle_ticket(&bottle, body, NULL);
        struct story story = story_of(&bottle);
        say(bottle.fixture, &story, i ? OPENED : REVIEW);
        fixture_advance(bottle.fixture, 10);
    }
    json_t *json = bottle_list(bottle.fixture, "reports", 2), *reports = json_object_get(json, "reports");
    assert_int_equal(json_array_size(reports), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(reports, 0), "state")), "case_open");
    json_t *newest = json_object_get(json, "newest");
    assert_int_equal(json_integer_value(json_object_get(newest, "case_open")), 2);
    assert_int_equal(json_integer_value(json_object_get(newest, "in_review")), 1);
    json_decref(json);
    fixture_close(&bottle.fixture);
}

static void a_decision_without_its_report_is_parked(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    fixture_event(bottle.fixture, "triage", LANE_NORMAL, &event);
    fixture_turn(bottle.fixture);
    assert_int_equal(fixture_count(bottle.fixture, SIGAP__EVENT__BODY_INPUT_PARKED), 1);
    fixture_close(&bottle.fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_goes_from_received_to_closed),
        cmocka_unit_test(a_merged_case_stands_as_the_other_does),
        cmocka_unit_test(every_report_of_a_case_is_told),
        cmocka_unit_test(what_follows_a_closed_case_is_told),
        cmocka_unit_test(a_follow_up_says_whether_somebody_has_the_case),
        cmocka_unit_test(wrong_and_unknown_tickets_are_told_apart),
        cmocka_unit_test(people_type_tickets_as_they_like),
        cmocka_unit_test(the_address_goes_when_it_is_done_and_after_a_week),
        cmocka_unit_test(staff_find_a_report_by_its_ticket),
        cmocka_unit_test(the_list_shows_ids_and_states),
        cmocka_unit_test(a_decision_without_its_report_is_parked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
