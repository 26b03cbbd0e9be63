#include "services/router/tests/house.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS_MAX = 16, TEXT_MAX = 256 };

const struct person coordinator = {"kor.siti", "coordinator KOR", "35", ""};
const struct person duty = {"opr.budi", "operator OPR", "*", ""};
const struct person stranger = {"kab.lain", "coordinator KAB", "34", ""};

struct person staff_of(const char *facility) {
    return (struct person){"upt", "facility UPT", "", facility};
}

/* Splits words into list; text is changed. */
static size_t split(char *text, char **list) {
    size_t count = 0;
    for (char *rest = text, *word; count < WORDS_MAX && (word = strtok_r(rest, " ", &rest));)
        list[count++] = word;
    return count;
}

struct actor_room {
    Sigap__Actor actor;
    char text[3][TEXT_MAX];
    char *words[3][WORDS_MAX];
};

static Sigap__Actor *actor_of(const struct person *who, struct actor_room *room) {
    const char *const given[] = {who->roles, who->areas, who->facilities};
    size_t counts[3];
    sigap__actor__init(&room->actor);
    for (int i = 0; i < 3; i++) {
        snprintf(room->text[i], TEXT_MAX, "%s", given[i] ? given[i] : "");
        counts[i] = split(room->text[i], room->words[i]);
    }
    room->actor.account = (char *)who->account;
    room->actor.roles = room->words[0], room->actor.n_roles = counts[0];
    room->actor.areas = room->words[1], room->actor.n_areas = counts[1];
    room->actor.facilities = room->words[2], room->actor.n_facilities = counts[2];
    return &room->actor;
}

static ProtobufCBinaryData bytes_of(const struct id *id) {
    return (ProtobufCBinaryData){ID_BYTES, (uint8_t *)id->bytes};
}

/* ---- cases */

static size_t facts_of(char *text, Sigap__Fact *facts, Sigap__Fact **list) {
    char *words[WORDS_MAX];
    size_t count = split(text, words);
    for (size_t i = 0; i < count; i++) {
        sigap__fact__init(&facts[i]);
        char *value = strchr(words[i], '=');
        *value++ = 0;
        facts[i].name = words[i];
        facts[i].value = value;
        facts[i].source = (char *)"text";
        list[i] = &facts[i];
    }
    return count;
}

static enum lane lane_of(int priority) {
    return priority <= 1 ? LANE_URGENT : LANE_NORMAL;
}

struct id house_open(struct fixture *fixture, const struct case_setup *setup, bool later) {
    struct id case_id = fixture_id(fixture), report = fixture_id(fixture);
    char text[TEXT_MAX];
    Sigap__Fact facts[WORDS_MAX], *list[WORDS_MAX];
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    snprintf(text, sizeof text, "%s", setup->facts ? setup->facts : "");
    opened.report_id = bytes_of(&report);
    opened.kind = (char *)setup->kind;
    opened.priority = (Sigap__Priority)(SIGAP__PRIORITY__PRIORITY_P0 + setup->priority);
    opened.area = (char *)setup->area;
    opened.confidentiality =
        (Sigap__Confidentiality)(SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C0 + setup->confidentiality);
    opened.n_facts = facts_of(text, facts, list);
    opened.facts = list;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.trace = bytes_of(&report);
    event.case_id = bytes_of(&case_id);
    event.training = setup->training;
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    fixture_event(fixture, "triage", lane_of(setup->priority), &event);
    if (!later)
        fixture_turn(fixture);
    return case_id;
}

static void fact_from(struct fixture *fixture, const struct id *case_id, const char *name, const char *value,
    const char *source) {
    Sigap__Fact fact = SIGAP__FACT__INIT;
    fact.name = (char *)name;
    fact.value = (char *)value;
    fact.source = (char *)source;
    Sigap__FactRecorded recorded = SIGAP__FACT_RECORDED__INIT;
    recorded.fact = &fact;
    recorded.actor = (char *)"tksk";
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.case_id = bytes_of(case_id);
    event.body_case = SIGAP__EVENT__BODY_FACT_RECORDED;
    event.fact_recorded = &recorded;
    fixture_event(fixture, "casework", LANE_NORMAL, &event);
    fixture_turn(fixture);
}

void house_fact(struct fixture *fixture, const struct id *case_id, const char *name, const char *value) {
    fact_from(fixture, case_id, name, value, "");
}

void house_merge_fact(
    struct fixture *fixture, const struct id *case_id, const char *name, const char *value) {
    fact_from(fixture, case_id, name, value, "merge");
}

void house_report(struct fixture *fixture, const struct id *case_id, const char *name, const char *value) {
    Sigap__Fact fact = SIGAP__FACT__INIT, *facts[] = {&fact};
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    fact.name = (char *)name;
    fact.value = (char *)value;
    fact.source = (char *)"text";
    changed.facts = facts;
    changed.n_facts = 1;
    event.case_id = bytes_of(case_id);
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    fixture_event(fixture, "triage", LANE_NORMAL, &event);
    fixture_turn(fixture);
}

void house_change(
    struct fixture *fixture, const struct id *case_id, const char *kind, int priority, const char *area) {
    Sigap__CaseChanged changed = SIGAP__CASE_CHANGED__INIT;
    changed.kind = (char *)kind;
    changed.area = (char *)area;
    if (priority >= 0)
        changed.priority = (Sigap__Priority)(SIGAP__PRIORITY__PRIORITY_P0 + priority);
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.case_id = bytes_of(case_id);
    event.body_case = SIGAP__EVENT__BODY_CASE_CHANGED;
    event.case_changed = &changed;
    fixture_event(fixture, "triage", lane_of(priority), &event);
    fixture_turn(fixture);
}

void house_close_case(struct fixture *fixture, const struct id *case_id, const char *outcome, bool reopened) {
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    closed.outcome = (char *)outcome;
    closed.actor = (char *)"pks.ani";
    closed.reopened = reopened;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.case_id = bytes_of(case_id);
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &closed;
    fixture_event(fixture, "casework", LANE_NORMAL, &event);
    fixture_turn(fixture);
}

void house_merge(struct fixture *fixture, const struct id *merged, const struct id *whole, bool undone) {
    Sigap__CaseMerged order = SIGAP__CASE_MERGED__INIT;
    order.into = bytes_of(whole);
    order.actor = (char *)"kor.siti";
    order.undone = undone;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.case_id = bytes_of(merged);
    event.body_case = SIGAP__EVENT__BODY_CASE_MERGED;
    event.case_merged = &order;
    fixture_event(fixture, "triage", LANE_NORMAL, &event);
    fixture_turn(fixture);
}

/* ---- commands */

static const Sigap__CommandAnswered *answered(struct fixture *fixture) {
    const struct fixture_record *record = fixture_last(fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED);
    return record ? record->event->command_answered : NULL;
}

static unsigned give(struct fixture *fixture, Sigap__CommandIssued *command, const struct order *order) {
    struct actor_room room;
    struct id id = order->command_id ? *order->command_id : fixture_id(fixture);
    command->command_id = bytes_of(&id);
    command->actor = actor_of(&order->who, &room);
    command->on_behalf_of = (char *)(order->on_behalf_of ? order->on_behalf_of : "");
    command->reason = (char *)(order->reason ? order->reason : "");
    command->expected_version = order->expected_version;
    command->issued_at = fixture_now(fixture);
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_COMMAND_ISSUED;
    event.command_issued = command;
    size_t before = fixture_count(fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED);
    fixture_event(fixture, "console", LANE_URGENT, &event);
    if (order->later)
        return 0;
    fixture_turn(fixture);
    assert_int_equal(fixture_count(fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED), before + 1);
    assert_memory_equal(answered(fixture)->command_id.data, id.bytes, ID_BYTES);
    return answered(fixture)->status;
}

const char *house_sentence(struct fixture *fixture) {
    return answered(fixture) ? answered(fixture)->sentence : "";
}

unsigned house_answer(struct fixture *fixture, const struct id *offer, const struct order *order) {
    Sigap__AnswerOffer answer = SIGAP__ANSWER_OFFER__INIT;
    answer.offer_id = bytes_of(offer);
    answer.event = (char *)order->event;
    answer.reason_code = (char *)(order->reason_code ? order->reason_code : "");
    answer.outcome = (char *)(order->outcome ? order->outcome : "");
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_OFFER;
    command.answer_offer = &answer;
    return give(fixture, &command, order);
}

unsigned house_assign(
    struct fixture *fixture, const struct id *case_id, const char *facility, const struct order *order) {
    Sigap__AssignFacility assign = SIGAP__ASSIGN_FACILITY__INIT;
    assign.referral_id = bytes_of(case_id);
    assign.facility = (char *)facility;
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_ASSIGN_FACILITY;
    command.assign_facility = &assign;
    return give(fixture, &command, order);
}

unsigned house_places(
    struct fixture *fixture, const char *facility, bool known, unsigned places, const struct order *order) {
    Sigap__SetCapacity set = SIGAP__SET_CAPACITY__INIT;
    set.facility = (char *)facility;
    set.known = known;
    set.places = places;
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SET_CAPACITY;
    command.set_capacity = &set;
    return give(fixture, &command, order);
}

/* ---- what came of it */

const Sigap__OfferSent *house_sent(struct fixture *fixture, struct id *offer) {
    const struct fixture_record *record = fixture_last(fixture, SIGAP__EVENT__BODY_OFFER_SENT);
    if (!record)
        return NULL;
    if (offer)
        assert_true(id_from_bytes(
            record->event->offer_sent->offer_id.data, record->event->offer_sent->offer_id.len, offer));
    return record->event->offer_sent;
}

const Sigap__OfferMoved *house_moved(struct fixture *fixture) {
    const struct fixture_record *record = fixture_last(fixture, SIGAP__EVENT__BODY_OFFER_MOVED);
    return record ? record->event->offer_moved : NULL;
}

const Sigap__ReferralMoved *house_referral_moved(struct fixture *fixture) {
    const struct fixture_record *record = fixture_last(fixture, SIGAP__EVENT__BODY_REFERRAL_MOVED);
    return record ? record->event->referral_moved : NULL;
}

json_t *house_case(struct fixture *fixture, const struct id *case_id, struct person who, unsigned *status) {
    struct actor_room room;
    Sigap__CaseView what = SIGAP__CASE_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    what.case_id = bytes_of(case_id);
    view.actor = actor_of(&who, &room);
    view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
    view.case_file = &what;
    return fixture_view(fixture, &view, status);
}

json_t *house_explain(
    struct fixture *fixture, const struct id *case_id, struct person who, unsigned *status) {
    struct actor_room room;
    Sigap__ExplainView what = SIGAP__EXPLAIN_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    what.case_id = bytes_of(case_id);
    view.actor = actor_of(&who, &room);
    view.what_case = SIGAP__VIEW__WHAT_EXPLAIN;
    view.explain = &what;
    return fixture_view(fixture, &view, status);
}

json_t *house_list(struct fixture *fixture, const char *name, struct person who) {
    struct actor_room room;
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    unsigned status;
    what.name = (char *)name;
    what.limit = 1000;
    view.actor = actor_of(&who, &room);
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &what;
    json_t *json = fixture_view(fixture, &view, &status);
    assert_int_equal(status, 200);
    assert_true(json_is_array(json));
    return json;
}

const char *json_text(const json_t *object, const char *member) {
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

const char *house_offer_state(struct fixture *fixture, const struct id *case_id, const struct id *offer) {
    static char state[32];
    unsigned status;
    char text[ID_TEXT + 1];
    id_to_text(offer, text);
    json_t *json = house_case(fixture, case_id, coordinator, &status), *each;
    size_t index;
    assert_int_equal(status, 200);
    state[0] = 0;
    json_array_foreach(
        json_object_get(json, "offers"), index, each) if (strcmp(json_text(each, "id"), text) == 0)
        snprintf(state, sizeof state, "%s", json_text(each, "state"));
    json_decref(json);
    return state;
}
