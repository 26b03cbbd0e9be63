/* Entering people and rotas, as the console's journal brings them. */
#pragma once

#include "flow.h"

#include "duty_orders.h"
#include "people.h"
#include "state.h"

struct flow_order {
    Sigap__CommandIssued issued;
    struct id id;
    char *roles[2], *areas[2];
    Sigap__Actor actor;
};

/* Whoever orders: "administrator" in "*" unless changed. */
static inline void flow_order_begin(struct flow *flow, struct flow_order *order) {
    *order = (struct flow_order){.id = fixture_id(flow->fixture)};
    sigap__command_issued__init(&order->issued);
    sigap__actor__init(&order->actor);
    order->roles[0] = (char *)"administrator";
    order->areas[0] = (char *)"*";
    order->actor.account = (char *)"adm";
    order->actor.roles = order->roles;
    order->actor.n_roles = 1;
    order->actor.areas = order->areas;
    order->actor.n_areas = 1;
}

static inline const Sigap__CommandAnswered *flow_order_give(struct flow *flow, struct flow_order *order) {
    static const Sigap__CommandAnswered none;
    Sigap__Event event = SIGAP__EVENT__INIT;
    order->issued.command_id = bytes_of(&order->id);
    order->issued.actor = &order->actor;
    event.body_case = SIGAP__EVENT__BODY_COMMAND_ISSUED;
    event.command_issued = &order->issued;
    flow_event(flow, "console", LANE_URGENT, NULL, &event);
    const struct fixture_record *record = fixture_last(flow->fixture, SIGAP__EVENT__BODY_COMMAND_ANSWERED);
    return record ? record->event->command_answered : &none;
}

static inline const Sigap__CommandAnswered *flow_person_by(
    struct flow *flow, struct flow_order *order, const char *code, const char *json) {
    const struct notifier *notifier = fixture_state(flow->fixture);
    Sigap__SetPerson set = SIGAP__SET_PERSON__INIT;
    struct arena *arena = arena_new(1 << 16);
    struct seal_place place = {.record = order->id, .field = "person"};
    set.person = (char *)code;
    set.remove = json == NULL;
    if (json)
        assert_true(seal_local(keystore_words(notifier->keystore), &place, json, strlen(json),
            &notifier->random, arena, &set.details));
    order->issued.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON;
    order->issued.set_person = &set;
    const Sigap__CommandAnswered *answered = flow_order_give(flow, order);
    arena_free(&arena);
    return answered;
}

/* json NULL: has left. Returns the status. */
static inline unsigned flow_person(struct flow *flow, const char *code, const char *json) {
    struct flow_order order;
    flow_order_begin(flow, &order);
    return flow_person_by(flow, &order, code, json)->status;
}

static inline unsigned flow_person_boxed(struct flow *flow, const char *code) {
    char json[256];
    snprintf(json, sizeof json, "{\"name\":\"Nama %s\",\"contacts\":[{\"channel\":\"outbox\"}]}", code);
    return flow_person(flow, code, json);
}

static inline const Sigap__CommandAnswered *flow_rota_by(struct flow *flow, struct flow_order *order,
    const char *team, char **people, size_t count, unsigned at_once) {
    Sigap__SetRota set = SIGAP__SET_ROTA__INIT;
    set.team = (char *)team;
    set.people = people;
    set.n_people = count;
    set.period = (char *)"week";
    set.handover = (char *)"07:00";
    set.start =
        (char *)"2026-02-23"; /* the fixture begins on Monday 2 March, 10:00: the second of the list */
    set.at_once = at_once;
    set.remove = count == 0;
    order->issued.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SET_ROTA;
    order->issued.set_rota = &set;
    return flow_order_give(flow, order);
}

static inline unsigned flow_rota(struct flow *flow, const char *team, char **people, size_t count) {
    struct flow_order order;
    flow_order_begin(flow, &order);
    return flow_rota_by(flow, &order, team, people, count, 1)->status;
}

static inline unsigned flow_override(struct flow *flow, const char *team, const char *person,
    const char *instead_of, const char *from, const char *until) {
    struct flow_order order;
    Sigap__SetOverride set = SIGAP__SET_OVERRIDE__INIT;
    flow_order_begin(flow, &order);
    set.team = (char *)team;
    set.person = (char *)person;
    set.instead_of = (char *)instead_of;
    set.from = (char *)from;
    set.until = (char *)until;
    order.issued.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SET_OVERRIDE;
    order.issued.set_override = &set;
    return flow_order_give(flow, &order)->status;
}

/* Messages to an address. */
static inline unsigned flow_to(const struct flow *flow, const char *address, const char *purpose) {
    unsigned count = 0;
    for (unsigned i = 0; i < flow->count; i++)
        count += strcmp(flow->sent[i].address, address) == 0 &&
                 (!purpose || strcmp(flow->sent[i].purpose, purpose) == 0);
    return count;
}

static inline const struct message *flow_last_to(const struct flow *flow, const char *address) {
    for (unsigned i = flow->count; i-- > 0;)
        if (strcmp(flow->sent[i].address, address) == 0)
            return &flow->sent[i];
    return NULL;
}
