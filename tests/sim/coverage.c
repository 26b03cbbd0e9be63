#include "coverage.h"

#include <stdio.h>

void coverage_add(struct coverage *sum, const struct coverage *other) {
    for (unsigned i = 0; i < CALL_KINDS; i++)
        sum->calls[i] += other->calls[i];
    sum->accusing += other->accusing;
    for (unsigned i = 0; i < COVERAGE_TAGS; i++) {
        struct coverage_order *to = &sum->orders[i];
        const struct coverage_order *from = &other->orders[i];
        sum->events[i] += other->events[i];
        to->given += from->given;
        to->done += from->done;
        to->stale += from->stale;
        to->refused += from->refused;
    }
}

static bool is_choice(const ProtobufCFieldDescriptor *field) {
    return field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF && field->id < COVERAGE_TAGS;
}

/* Nothing is put aside in a run that keeps its promises. */
static bool may_be_missing(unsigned body) {
    return body == SIGAP__EVENT__BODY_INPUT_PARKED;
}

static bool print_event(const struct coverage *coverage, const ProtobufCFieldDescriptor *field) {
    bool seen = coverage->events[field->id] > 0 || may_be_missing(field->id);
    printf("%-18s %9u%s\n", field->name, coverage->events[field->id], seen ? "" : "  NEVER");
    return seen;
}

/* A review has no version: it is decided once, and then it is none any more. */
static bool has_version(unsigned kind) {
    return kind != SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW;
}

static bool print_order(const struct coverage *coverage, const ProtobufCFieldDescriptor *field) {
    const struct coverage_order *order = &coverage->orders[field->id];
    bool seen = order->done && (order->stale || !has_version(field->id));
    printf("%-18s %9u %9u %9u %9u%s\n", field->name, order->given, order->done, order->stale, order->refused,
        seen ? "" : "  NEVER");
    return seen;
}

static bool print_calls(const struct coverage *coverage) {
    static const char *const words[CALL_KINDS] = {[CALL_MEDIUM] = "medium",
        [CALL_REPLY] = "reply",
        [CALL_BOX] = "box",
        [CALL_MAIL] = "mail",
        [CALL_PASSWORD] = "password",
        [CALL_VIEW] = "view"};
    bool all = true;
    for (unsigned i = 0; i < CALL_KINDS; i++) {
        printf("%-18s %9u%s\n", words[i], coverage->calls[i], coverage->calls[i] ? "" : "  NEVER");
        all &= coverage->calls[i] > 0;
    }
    return all;
}

bool coverage_print(const struct coverage *coverage) {
    const ProtobufCMessageDescriptor *event = &sigap__event__descriptor,
                                     *order = &sigap__command_issued__descriptor;
    bool all = true;
    printf("record              written\n");
    for (unsigned i = 0; i < event->n_fields; i++)
        if (is_choice(&event->fields[i]))
            all &= print_event(coverage, &event->fields[i]);
    printf("order                 given      done     stale   refused\n");
    for (unsigned i = 0; i < order->n_fields; i++)
        if (is_choice(&order->fields[i]))
            all &= print_order(coverage, &order->fields[i]);
    printf("call                  begun\n");
    all &= print_calls(coverage) && coverage->accusing > 0;
    printf("messages of cases that accuse a facility: %u\n", coverage->accusing);
    return all;
}
