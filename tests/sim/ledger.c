#include "ledger.h"

#include "common/rights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Entries are structs whose first member is their id; found by looking through, newest first. */
static void *entry_of(void *entries, unsigned *count, size_t size, const struct id *id) {
    char *at = entries;
    for (unsigned i = *count; i-- > 0;)
        if (id_equal((const struct id *)(const void *)(at + i * size), id))
            return at + i * size;
    if (*count == LEDGER_MAX)
        return at; /* more than a run can hold: the counts will not fit */
    memcpy(at + *count * size, id, sizeof *id);
    return at + (*count)++ * size;
}

#define ENTRY(ledger, what, id)                                                                              \
    entry_of((ledger)->what##s, &(ledger)->what##_count, sizeof *(ledger)->what##s, id)

static struct id id_of(ProtobufCBinaryData bytes) {
    struct id id;
    id_from_bytes(bytes.data, bytes.len, &id);
    return id;
}

struct ledger_report *ledger_report_of(struct ledger *ledger, const struct id *id) {
    return ENTRY(ledger, report, id);
}

struct ledger_case *ledger_case_of(struct ledger *ledger, const struct id *id) {
    return ENTRY(ledger, case, id);
}

static struct ledger_report *report_of(struct ledger *ledger, ProtobufCBinaryData bytes) {
    struct id id = id_of(bytes);
    return ledger_report_of(ledger, &id);
}

static bool holds_a_place(Sigap__OfferState state) {
    return state == SIGAP__OFFER_STATE__OFFER_ACCEPTED || state == SIGAP__OFFER_STATE__OFFER_IN_PROGRESS ||
           state == SIGAP__OFFER_STATE__OFFER_ON_HOLD;
}

static void note_sent(struct ledger *ledger, const Sigap__OfferSent *sent) {
    struct id id = id_of(sent->offer_id);
    struct ledger_offer *offer = ENTRY(ledger, offer, &id);
    offer->referral = id_of(sent->referral_id);
    offer->state = SIGAP__OFFER_STATE__OFFER_REQUESTED;
    snprintf(offer->facility, sizeof offer->facility, "%s", sent->facility);
}

/* At no moment has a referral two facilities that have said yes. */
static bool note_offer(struct sim *sim, struct ledger *ledger, const Sigap__OfferMoved *moved) {
    struct id id = id_of(moved->offer_id), referral = id_of(moved->referral_id);
    struct ledger_offer *offer = ENTRY(ledger, offer, &id);
    offer->referral = referral;
    offer->state = moved->to;
    snprintf(offer->facility, sizeof offer->facility, "%s", moved->facility);
    unsigned accepted = 0;
    for (unsigned i = 0; i < ledger->offer_count; i++)
        accepted +=
            id_equal(&ledger->offers[i].referral, &referral) && holds_a_place(ledger->offers[i].state);
    if (accepted <= 1)
        return true;
    char text[ID_TEXT + 1];
    id_to_text(&referral, text);
    return sim_fail(sim, "referral %s has %u accepted offers at once", text, accepted);
}

static void note_referral(struct ledger *ledger, ProtobufCBinaryData bytes, const struct id *case_id,
    Sigap__ReferralState state, const char *owner) {
    struct id id = id_of(bytes);
    struct ledger_referral *referral = ENTRY(ledger, referral, &id);
    referral->case_id = *case_id;
    referral->state = state;
    referral->owned = owner && *owner;
}

static void note_raised(struct ledger *ledger, const Sigap__Event *event) {
    const Sigap__AlertRaised *raised = event->alert_raised;
    struct id id = id_of(raised->alert_id);
    struct ledger_alert *alert = ENTRY(ledger, alert, &id);
    alert->subject = id_of(raised->subject_id);
    alert->case_id = id_of(event->case_id);
    alert->state = SIGAP__ALERT_STATE__ALERT_OPEN;
    alert->priority = raised->priority;
    alert->raised_at = event->at;
    snprintf(alert->policy, sizeof alert->policy, "%s", raised->policy);
}

static void note_moved(struct ledger *ledger, const Sigap__AlertMoved *moved) {
    struct id id = id_of(moved->alert_id);
    struct ledger_alert *alert = ENTRY(ledger, alert, &id);
    alert->subject = id_of(moved->subject_id);
    alert->state = moved->to;
}

struct ledger_command *ledger_command_of(struct ledger *ledger, const struct id *id) {
    return ENTRY(ledger, command, id);
}

static struct ledger_command *command_of(struct ledger *ledger, ProtobufCBinaryData bytes) {
    struct id id = id_of(bytes);
    return ledger_command_of(ledger, &id);
}

static void note_issued(struct ledger_command *command, const Sigap__CommandIssued *issued) {
    command->issued++;
    command->kind = issued->command_case;
    command->versioned = issued->expected_version != 0;
}

static void note_parked(
    struct ledger *ledger, const struct machine *machine, const Sigap__InputParked *parked) {
    ledger->parked++;
    snprintf(ledger->parked_reason, sizeof ledger->parked_reason, "%s parked %s/%u/%llu: %s", machine->name,
        parked->journal, parked->lane, (unsigned long long)parked->sequence, parked->reason);
}

/* With --verbose: all that was said, one line a record. */
static void tell(const struct machine *machine, enum lane lane, size_t sequence, const Sigap__Event *event) {
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&sigap__event__descriptor, event->body_case);
    struct id case_id = id_of(event->case_id);
    char case_text[ID_TEXT + 1] = "-", object[ID_TEXT + 1] = "-";
    if (!id_is_null(&case_id))
        id_to_text(&case_id, case_text);
    const ProtobufCMessage *body =
        field ? *(ProtobufCMessage *const *)(const void *)((const char *)event + field->offset) : NULL;
    printf("said %s %s/%zu %lld %s case=%s", machine->name, lane == LANE_URGENT ? "urgent" : "normal",
        sequence, (long long)event->at, field ? field->name : "?", case_text);
    for (unsigned i = 0; body && i < body->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *member = &body->descriptor->fields[i];
        const void *at = (const char *)body + member->offset;
        if (member->label == PROTOBUF_C_LABEL_REPEATED)
            continue;
        if (member->type == PROTOBUF_C_TYPE_BYTES && ((const ProtobufCBinaryData *)at)->len == ID_BYTES) {
            struct id id = id_of(*(const ProtobufCBinaryData *)at);
            id_to_text(&id, object);
            printf(" %s=%s", member->name, object);
        } else if (member->type == PROTOBUF_C_TYPE_STRING) {
            printf(" %s=%s", member->name, *(char *const *)at);
        } else if (member->type == PROTOBUF_C_TYPE_ENUM) {
            printf(" %s=%d", member->name, *(const int *)at);
        } else if (member->type == PROTOBUF_C_TYPE_INT64) {
            printf(" %s=%lld", member->name, (long long)*(const int64_t *)at);
        }
    }
    for (size_t i = 0; i < event->n_causes; i++)
        printf(" <%s/%u/%llu", event->causes[i]->journal, event->causes[i]->lane,
            (unsigned long long)event->causes[i]->sequence);
    printf("\n");
}

static void note_opened(struct ledger_case *entry, const Sigap__CaseOpened *opened) {
    entry->opened++;
    entry->priority = opened->priority;
    snprintf(entry->area, sizeof entry->area, "%s", opened->area);
    for (size_t i = 0; i < opened->n_facts; i++) {
        const Sigap__Fact *fact = opened->facts[i];
        if (strcmp(fact->name, RIGHTS_CONFLICT_FACILITY) == 0)
            snprintf(entry->accuses, sizeof entry->accuses, "%s", fact->value);
        if (strcmp(fact->name, RIGHTS_CONFLICT_OF_INTEREST) == 0)
            entry->accuses_somebody = strcmp(fact->value, "yes") == 0;
    }
}

static void note_fact(struct ledger_case *entry, const Sigap__Fact *fact) {
    entry->said_otherwise |= strcmp(fact->name, RIGHTS_CONFLICT_FACILITY) == 0 ||
                             strcmp(fact->name, RIGHTS_CONFLICT_OF_INTEREST) == 0;
}

static bool note(struct ledger *ledger, const struct machine *machine, const Sigap__Event *event) {
    struct id case_id = id_of(event->case_id);
    if ((unsigned)event->body_case < COVERAGE_TAGS)
        machine->sim->outcome->coverage.events[event->body_case]++;
    switch (event->body_case) {
    case SIGAP__EVENT__BODY_REPORT_RECEIVED:
        report_of(ledger, event->report_received->report_id)->received++;
        report_of(ledger, event->report_received->report_id)->amends = event->report_received->amends.len > 0;
        break;
    case SIGAP__EVENT__BODY_CASE_OPENED:
        report_of(ledger, event->case_opened->report_id)->opened++;
        note_opened(ledger_case_of(ledger, &case_id), event->case_opened);
        break;
    case SIGAP__EVENT__BODY_REPORT_JOINED:
        report_of(ledger, event->report_joined->report_id)->joined++;
        report_of(ledger, event->report_joined->report_id)->joined_case = case_id;
        break;
    case SIGAP__EVENT__BODY_REPORT_IN_REVIEW:
        report_of(ledger, event->report_in_review->report_id)->reviewed++;
        report_of(ledger, event->report_in_review->report_id)->owned = *event->report_in_review->owner_role;
        break;
    case SIGAP__EVENT__BODY_REPORT_CLOSED:
        report_of(ledger, event->report_closed->report_id)->closed++;
        report_of(ledger, event->report_closed->report_id)->reasoned = *event->report_closed->reason;
        break;
    case SIGAP__EVENT__BODY_REPORT_PARTED:
        /* Also said of the case that showed it by a merge. */
        report_of(ledger, event->report_parted->report_id)->parted +=
            id_equal(&report_of(ledger, event->report_parted->report_id)->joined_case, &case_id);
        break;
    case SIGAP__EVENT__BODY_CASE_MERGED:
        if (event->case_merged->distinct)
            break;
        ledger_case_of(ledger, &case_id)->merged_into =
            event->case_merged->undone ? (struct id){{0}} : id_of(event->case_merged->into);
        break;
    case SIGAP__EVENT__BODY_CASE_CHANGED:
        ledger_case_of(ledger, &case_id)->said_otherwise |= event->case_changed->area[0] != 0;
        if (event->case_changed->priority) {
            struct ledger_case *changed = ledger_case_of(ledger, &case_id);
            changed->priority = event->case_changed->priority;
            changed->lowered = event->case_changed->priority > event->case_changed->priority_before;
            if (changed->lowered)
                changed->lowered_at = event->at;
        }
        break;
    case SIGAP__EVENT__BODY_REFERRAL_OPENED:
        ledger_case_of(ledger, &case_id)->referred++;
        note_referral(ledger, event->referral_opened->referral_id, &case_id, event->referral_opened->state,
            event->referral_opened->owner_role);
        break;
    case SIGAP__EVENT__BODY_REFERRAL_MOVED:
        note_referral(ledger, event->referral_moved->referral_id, &case_id, event->referral_moved->to,
            event->referral_moved->owner_role);
        break;
    case SIGAP__EVENT__BODY_OFFER_MOVED:
        return note_offer(machine->sim, ledger, event->offer_moved);
    case SIGAP__EVENT__BODY_TASKS_PLANNED:
        ledger_case_of(ledger, &case_id)->planned++;
        break;
    case SIGAP__EVENT__BODY_CASE_CLOSED:
        ledger_case_of(ledger, &case_id)->closed = !event->case_closed->reopened;
        break;
    case SIGAP__EVENT__BODY_ALERT_RAISED:
        if (strcmp(event->alert_raised->subject, "case") == 0)
            ledger_case_of(ledger, &case_id)->alerted++;
        note_raised(ledger, event);
        break;
    case SIGAP__EVENT__BODY_ALERT_MOVED:
        note_moved(ledger, event->alert_moved);
        break;
    case SIGAP__EVENT__BODY_COMMAND_ISSUED:
        note_issued(command_of(ledger, event->command_issued->command_id), event->command_issued);
        break;
    case SIGAP__EVENT__BODY_COMMAND_ANSWERED:
        command_of(ledger, event->command_answered->command_id)->answered++;
        command_of(ledger, event->command_answered->command_id)->status = event->command_answered->status;
        break;
    case SIGAP__EVENT__BODY_INPUT_PARKED:
        note_parked(ledger, machine, event->input_parked);
        break;
    case SIGAP__EVENT__BODY_OFFER_SENT:
        note_sent(ledger, event->offer_sent);
        break;
    case SIGAP__EVENT__BODY_FACT_RECORDED:
        note_fact(ledger_case_of(ledger, &case_id), event->fact_recorded->fact);
        break;
    case SIGAP__EVENT__BODY_TASK_MOVED:
    case SIGAP__EVENT__BODY_TASK_REMINDER:
    case SIGAP__EVENT__BODY_DELIVERY_ENDED:
    case SIGAP__EVENT__BODY__NOT_SET:
    case _SIGAP__EVENT__BODY__CASE_IS_INT_SIZE:
        break;
    }
    return true;
}

/* ---- reading ---- */

struct lane_events {
    Sigap__Event **events;
    size_t count, room, taken;
};

/* What readers were shown must still be there, unchanged. */
static bool keep_record(struct lane_events *events, struct machine *machine, enum lane lane,
    uint64_t sequence, const uint8_t *record, size_t size) {
    if (!wire_shown(machine, lane, sequence, record, size))
        return false;
    if (events->count == events->room) {
        events->room = events->room ? events->room * 2 : 1024;
        events->events = realloc(events->events, events->room * sizeof *events->events);
    }
    Sigap__Event *event = sigap__event__unpack(NULL, size, record);
    if (event)
        events->events[events->count++] = event;
    return event || sim_fail(machine->sim, "%s wrote a record that cannot be read", machine->name);
}

static bool read_lane(struct lane_events *events, struct machine *machine, enum lane lane) {
    struct journal *journal = engine_journal(machine->engine);
    struct link_fetch fetch = {.lane = lane, .credit_bytes = LINK_CREDIT, .incarnation_known = true};
    memcpy(fetch.incarnation, journal_incarnation(journal), LINK_INCARNATION);
    while (fetch.after < journal_head(journal, lane)) {
        struct buffer out = BUFFER_MAX(LINK_FRAME_MAX);
        struct link_frame frame;
        uint64_t before = fetch.after;
        bool sound = journal_serve(journal, &fetch, &out);
        link_read(out.bytes, out.size, &frame);
        sound = sound && frame.kind == LINK_BATCH && frame.batch.after == fetch.after;
        const uint8_t *at = sound ? frame.batch.records : NULL,
                      *end = at ? at + frame.batch.records_size : NULL, *record;
        size_t size;
        while (sound && link_next_record(&at, end, &record, &size))
            sound = keep_record(events, machine, lane, ++fetch.after, record, size);
        buffer_free(&out);
        if (!sound || fetch.after == before)
            return sim_fail(machine->sim, "the journal of %s, lane %d, has a gap behind %llu", machine->name,
                lane, (unsigned long long)before);
    }
    return fetch.after >= machine->shown[lane].count ||
           sim_fail(machine->sim, "%s has forgotten records of lane %d that it had shown: %llu of %zu",
               machine->name, lane, (unsigned long long)fetch.after, machine->shown[lane].count);
}

/* The head of a lane waits for a record of the other lane. */
static bool waits(
    const struct machine *machine, const Sigap__Event *event, const struct lane_events lanes[]) {
    for (size_t i = 0; i < event->n_causes; i++)
        if (strcmp(event->causes[i]->journal, machine->name) == 0 && event->causes[i]->lane < LANES &&
            event->causes[i]->sequence > lanes[event->causes[i]->lane].taken)
            return true;
    return false;
}

/* Both lanes in the order in which they were said: by time, by cause, urgent first. */
static const Sigap__Event *next_event(
    const struct machine *machine, struct lane_events lanes[], enum lane *from) {
    const Sigap__Event *heads[LANES];
    for (enum lane lane = 0; lane < LANES; lane++)
        heads[lane] = lanes[lane].taken < lanes[lane].count ? lanes[lane].events[lanes[lane].taken] : NULL;
    const Sigap__Event *urgent = heads[LANE_URGENT], *normal = heads[LANE_NORMAL];
    if (!urgent && !normal)
        return NULL;
    bool take_normal = !urgent || (normal && (normal->at < urgent->at || waits(machine, urgent, lanes)) &&
                                      !waits(machine, normal, lanes));
    *from = take_normal ? LANE_NORMAL : LANE_URGENT;
    lanes[*from].taken++;
    return take_normal ? normal : urgent;
}

/* The clock was a year ahead for minutes and some hours off for longer: the year was not believed. */
static bool is_of_now(struct sim *sim, const struct machine *machine, const Sigap__Event *event) {
    return event->at < sim->now + sim->skew + INT64_C(86400000) ||
           sim_fail(sim, "%s says something of a day that has not come", machine->name);
}

bool ledger_read(struct sim *sim, struct ledger *ledger) {
    bool sound = true;
    for (unsigned i = 0; i < sim->machine_count && sound; i++) {
        struct lane_events lanes[LANES] = {{NULL, 0, 0, 0}};
        for (enum lane lane = 0; lane < LANES && sound; lane++)
            sound = read_lane(&lanes[lane], &sim->machines[i], lane);
        enum lane from;
        for (const Sigap__Event *event; sound && (event = next_event(&sim->machines[i], lanes, &from));) {
            if (sim->options.verbose)
                tell(&sim->machines[i], from, lanes[from].taken, event);
            sound = is_of_now(sim, &sim->machines[i], event) && note(ledger, &sim->machines[i], event);
        }
        for (enum lane lane = 0; lane < LANES; lane++) {
            for (size_t k = 0; k < lanes[lane].count; k++)
                sigap__event__free_unpacked(lanes[lane].events[k], NULL);
            free(lanes[lane].events);
        }
    }
    return sound;
}
