/* What was promised, looked at when everything has come to rest. Journals tell what happened, views tell how
 * it stands; rows are the daemons' own and are not looked at. */
#include "accused.h"
#include "ledger.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- every timer fires once ---- */

static uint64_t hash_fired(const struct timer_fired *fired) {
    uint64_t hash = 0;
    uint8_t bytes[40] = {0};
    memcpy(bytes, &fired->machine, 4);
    memcpy(bytes + 4, &fired->kind, 4);
    memcpy(bytes + 8, fired->object.bytes, ID_BYTES);
    memcpy(bytes + 24, &fired->due_at, 8);
    for (size_t i = 0; i < sizeof bytes; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash ? hash : 1;
}

static void grow_fired(struct sim *sim) {
    size_t room = sim->fired_room ? sim->fired_room * 2 : 4096;
    uint64_t *fired = calloc(room, sizeof *fired);
    for (size_t i = 0; i < sim->fired_room; i++) {
        if (!sim->fired[i])
            continue;
        size_t at = sim->fired[i] % room;
        while (fired[at])
            at = (at + 1) % room;
        fired[at] = sim->fired[i];
    }
    free(sim->fired);
    sim->fired = fired;
    sim->fired_room = room;
}

void check_timer_fired(struct sim *sim, const struct timer_fired *fired) {
    if (sim->fired_count * 2 >= sim->fired_room)
        grow_fired(sim);
    uint64_t hash = hash_fired(fired);
    size_t at = hash % sim->fired_room;
    for (; sim->fired[at]; at = (at + 1) % sim->fired_room)
        if (sim->fired[at] == hash) {
            char text[ID_TEXT + 1];
            id_to_text(&fired->object, text);
            sim_fail(sim, "%s: timer %u of %s, due at %lld, has fired twice",
                sim->machines[fired->machine].name, fired->kind, text, (long long)fired->due_at);
            return;
        }
    sim->fired[at] = hash;
    sim->fired_count++;
}

/* Restored: time begins again where the snapshot was taken. */
void check_forget_timers(struct sim *sim) {
    if (sim->fired_room)
        memset(sim->fired, 0, sim->fired_room * sizeof *sim->fired);
    sim->fired_count = 0;
}

/* ---- asking ---- */

static char *roles[] = {(char *)"administrator", (char *)"operator", (char *)"coordinator",
    (char *)"responder", (char *)"TRI", (char *)"KOR"};
static char *areas[] = {(char *)"*"};

static void be_staff(Sigap__Actor *actor, Sigap__View *view) {
    sigap__actor__init(actor);
    sigap__view__init(view);
    actor->account = (char *)"simulator";
    actor->roles = roles;
    actor->n_roles = sizeof roles / sizeof *roles;
    actor->areas = areas;
    actor->n_areas = 1;
    view->actor = actor;
}

/* The document, the caller's (json_decref); NULL with *status 0 when there was no answer. */
static json_t *ask(struct sim *sim, const char *daemon, Sigap__View *view, unsigned *status) {
    struct view_result result;
    struct machine *machine = machine_of(sim, daemon);
    *status = 0;
    if (!machine)
        return NULL;
    for (unsigned i = 0; !machine_ask(machine, view, &result); i++) { /* it may still back off */
        if (i == 20 || !machine->engine)
            return NULL;
        sim->now += 1000;
    }
    *status = result.status;
    json_t *json = result.json[0] ? json_loads(result.json, JSON_DECODE_ANY, NULL) : NULL;
    view_result_free(&result);
    return json;
}

static json_t *ask_report(
    struct sim *sim, const char *daemon, const char *ticket, const struct id *report, unsigned *status) {
    Sigap__Actor actor;
    Sigap__View view;
    Sigap__ReportView what = SIGAP__REPORT_VIEW__INIT;
    be_staff(&actor, &view);
    view.what_case = SIGAP__VIEW__WHAT_REPORT;
    view.report = &what;
    if (ticket)
        what.ticket = (char *)ticket;
    else
        what.report_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)report->bytes};
    return ask(sim, daemon, &view, status);
}

static json_t *ask_case(struct sim *sim, const char *daemon, const struct id *case_id, unsigned *status) {
    Sigap__Actor actor;
    Sigap__View view;
    Sigap__CaseView what = SIGAP__CASE_VIEW__INIT;
    be_staff(&actor, &view);
    view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
    view.case_file = &what;
    what.case_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)case_id->bytes};
    return ask(sim, daemon, &view, status);
}

/* As somebody who may read what was written. */
static json_t *ask_words(struct sim *sim, const struct id *case_id, unsigned *status) {
    Sigap__Actor actor;
    Sigap__View view;
    Sigap__CaseView what = SIGAP__CASE_VIEW__INIT;
    be_staff(&actor, &view);
    actor.roles = roles + 1;
    actor.n_roles--; /* no administrator */
    view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
    view.case_file = &what;
    what.case_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)case_id->bytes};
    what.narrative = true;
    return ask(sim, "casework", &view, status);
}

static json_t *ask_list(
    struct sim *sim, const char *daemon, const char *name, const char *area, unsigned *status) {
    Sigap__Actor actor;
    Sigap__View view;
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    be_staff(&actor, &view);
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &what;
    what.name = (char *)name;
    what.area = (char *)area;
    what.limit = 1000;
    return ask(sim, daemon, &view, status);
}

static const char *text_of(const json_t *json, const char *name) {
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

/* ---- the parts ---- */

/* All has been read, nothing waits, nothing was put aside. */
static bool check_links(struct sim *sim) {
    for (unsigned i = 0; i < sim->machine_count; i++)
        if (!sim->machines[i].engine)
            return sim_fail(sim, "%s is down", sim->machines[i].name);
    for (unsigned i = 0; i < sim->machine_count; i++) {
        struct machine *machine = &sim->machines[i];
        for (unsigned link = 0; link < machine->link_count; link++)
            for (enum lane lane = 0; lane < LANES; lane++) {
                struct journal *journal = engine_journal(sim->machines[machine->sources[link]].engine);
                uint64_t cursor = inbox_position(engine_inbox(machine->engine, link), lane);
                if (cursor != journal_head(journal, lane))
                    return sim_fail(sim, "%s has read %s, lane %d, up to %llu of %llu", machine->name,
                        inbox_name(engine_inbox(machine->engine, link)), lane, (unsigned long long)cursor,
                        (unsigned long long)journal_head(journal, lane));
            }
        if (engine_wake_at(machine->engine) <= sim->now + sim->skew)
            return sim_fail(sim, "%s has a timer that is due", machine->name);
    }
    return true;
}

static bool check_held(struct sim *sim) {
    static const char *const lists[] = {"parked", "waiting"};
    for (unsigned i = 0; i < sim->machine_count; i++)
        for (size_t k = 0; k < 2; k++) {
            unsigned status;
            json_t *list = ask_list(sim, sim->machines[i].name, lists[k], "", &status);
            size_t count = json_array_size(list);
            char first[400] = "";
            if (count) {
                char *text = json_dumps(json_array_get(list, 0), JSON_COMPACT);
                snprintf(first, sizeof first, "%s", text);
                free(text);
            }
            json_decref(list);
            if (status != 200 || count)
                return sim_fail(
                    sim, "%s: %zu %s, the first: %s", sim->machines[i].name, count, lists[k], first);
        }
    return true;
}

static unsigned count_in(const json_t *list, const char *const states[], unsigned *kept) {
    size_t index;
    json_t *item;
    unsigned count = 0;
    json_array_foreach(list, index, item) {
        bool is_in = !states[0];
        for (size_t k = 0; states[k]; k++)
            is_in |= strcmp(text_of(item, "state"), states[k]) == 0;
        count += is_in;
        *kept += strcmp(text_of(item, "state"), "kept") == 0;
    }
    return count;
}

/* Queues of what goes outside and of what was not read yet: empty in peace. (That no timer is due says
 * check_links, that alerts are answered or at their end check_alert.) */
static bool check_queues(struct sim *sim) {
    static const struct {
        const char *daemon, *list;
        const char *states[4]; /* under way; none: every item is */
    } queues[] = {
        {"intake", "media", {"wanted", NULL}},
        {"intake", "hooks", {NULL}},
        {"notifier", "deliveries", {"queued", "sending", "retry-wait", NULL}},
    };
    for (size_t i = 0; i < sizeof queues / sizeof *queues; i++) {
        unsigned status;
        json_t *list = ask_list(sim, queues[i].daemon, queues[i].list, "", &status);
        unsigned under_way = count_in(list, queues[i].states, &sim->outcome->media);
        json_decref(list);
        if (status != 200 || under_way)
            return sim_fail(sim, "%s: %u of its %s are still under way (%u)", queues[i].daemon, under_way,
                queues[i].list, status);
    }
    if (!sim->call_count)
        return true;
    char text[ID_TEXT + 1];
    id_to_text(&sim->calls[0].id, text);
    return sim_fail(sim, "%u calls of intake never came to an end, the first: %s", sim->call_count, text);
}

/* The words of a report stand once in the file of the case that it counts with, and what it counts with is no
 * case that counts with another. */
static bool check_member(struct sim *sim, struct ledger *ledger, const char *report, const char *case_text) {
    struct id case_id;
    unsigned status, found = 0;
    size_t index;
    json_t *narrative;
    if (!id_from_text(case_text, &case_id))
        return sim_fail(sim, "report %s is in a case, and in none", report);
    if (!id_is_null(&ledger_case_of(ledger, &case_id)->merged_into))
        return sim_fail(sim, "report %s counts with case %s, which counts with another", report, case_text);
    if (!machine_of(sim, "casework"))
        return true;
    json_t *json = ask_words(sim, &case_id, &status);
    json_array_foreach(json_object_get(json, "narratives"), index, narrative) {
        found += strcmp(text_of(narrative, "report_id"), report) == 0;
    }
    json_decref(json);
    return (status == 200 && found == 1) || sim_fail(sim, "report %s is %u times in the file of case %s (%u)",
                                                report, found, case_text, status);
}

/* Settled in exactly one way; a review may have come before. */
static bool check_report(struct sim *sim, struct ledger *ledger, const char *name, const struct id *id) {
    const struct ledger_report *report = ledger_report_of(ledger, id);
    unsigned settled = report->opened + report->joined + report->closed - report->parted;
    char text[ID_TEXT + 1];
    id_to_text(id, text);
    if (report->received != 1)
        return sim_fail(sim, "%s (report %s) was told %u times", name, text, report->received);
    if (settled > 1 || report->reviewed > 1 || settled + report->reviewed == 0)
        return sim_fail(sim, "%s (report %s): %u cases opened, %u joined, %u parted, %u closed, %u reviews",
            name, text, report->opened, report->joined, report->parted, report->closed, report->reviewed);
    if ((report->closed && !report->reasoned) || (report->reviewed && !report->owned))
        return sim_fail(sim, "%s (report %s): closed without a reason, or in review with nobody", name, text);
    unsigned status;
    json_t *json = ask_report(sim, "triage", NULL, id, &status);
    const char *state = text_of(json_object_get(json, "report"), "state");
    static const char *const known[] = {"case", "joined", "information", "in_review", "closed"};
    bool sound = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        sound |= strcmp(state, known[i]) == 0;
    if (status != 200 || !sound)
        sim_fail(sim, "%s (report %s): triage answers %u, state '%s'", name, text, status, state);
    else if (strcmp(state, "case") == 0 || strcmp(state, "joined") == 0)
        check_member(sim, ledger, text, text_of(json, "case_id"));
    json_decref(json);
    return !sim->failed;
}

/* Whoever changes a message, or adds a picture, has the ticket of what they changed. */
static bool check_amendment(struct sim *sim, const struct reporter *reporter) {
    return !reporter->ticket[0] || strcmp(reporter->ticket, reporter->amends->ticket) == 0 ||
           sim_fail(sim, "%s amends %s (%s) and was given %s", reporter->key, reporter->amends->key,
               reporter->amends->ticket, reporter->ticket);
}

/* Each message is one report; an edit is one that names what it amends; a further picture of an album brings
 * none, unless it came before the words. */
static bool check_counts(struct sim *sim, const struct ledger *ledger) {
    unsigned messages = 0, edits = 0, pictures = 0, told = 0, amended = 0;
    for (unsigned i = 0; i < sim->options.reports; i++) {
        const struct reporter *reporter = &sim->reporters[i];
        messages += !reporter->amends && !reporter->follows;
        edits += reporter->follows || (reporter->amends && !reporter->album);
        pictures += reporter->amends && reporter->album;
    }
    for (unsigned i = 0; i < ledger->report_count; i++) {
        amended += ledger->reports[i].amends ? ledger->reports[i].received : 0;
        told += ledger->reports[i].amends ? 0 : ledger->reports[i].received;
    }
    if (told != messages)
        return sim_fail(sim, "%u messages were sent and %u reports taken", messages, told);
    return (amended >= edits && amended <= edits + pictures) ||
           sim_fail(sim, "%u edits and %u further pictures were sent, %u reports amend another", edits,
               pictures, amended);
}

static bool check_tickets(struct sim *sim, struct ledger *ledger) {
    for (unsigned i = 0; i < sim->options.reports; i++) {
        const struct reporter *reporter = &sim->reporters[i];
        struct id id;
        unsigned status;
        if (reporter->amends) {
            if (!check_amendment(sim, reporter))
                return false;
            continue;
        }
        if (reporter->follows || (reporter->way == BY_WHATSAPP && !reporter->ticket[0]))
            continue; /* whose receipt got lost knows no ticket; the report counts below */
        json_t *json = ask_report(sim, "intake", reporter->ticket, NULL, &status);
        bool found = status == 200 && id_from_text(text_of(json_object_get(json, "report"), "id"), &id);
        json_decref(json);
        if (!found)
            return sim_fail(sim, "intake does not know the ticket %s of %s (%u)", reporter->ticket,
                reporter->key, status);
        for (unsigned k = 0; k < i; k++)
            if (!sim->reporters[k].amends && !sim->reporters[k].follows &&
                strcmp(sim->reporters[k].ticket, reporter->ticket) == 0)
                return sim_fail(sim, "%s and %s have one ticket", sim->reporters[k].key, reporter->key);
        if (!check_report(sim, ledger, reporter->key, &id))
            return false;
    }
    for (unsigned i = 0; i < ledger->report_count; i++)
        if (!check_report(sim, ledger, "a report", &ledger->reports[i].id)) /* what amends, too */
            return false;
    return check_counts(sim, ledger);
}

static bool check_case(struct sim *sim, const struct ledger_case *entry) {
    char text[ID_TEXT + 1];
    unsigned status;
    id_to_text(&entry->id, text);
    if (entry->opened != 1)
        return sim_fail(sim, "case %s was opened %u times", text, entry->opened);
    if (machine_of(sim, "casework")) {
        json_decref(ask_case(sim, "casework", &entry->id, &status));
        if (status != 200)
            return sim_fail(sim, "casework answers %u about case %s", status, text);
    }
    bool urgent =
        entry->priority == SIGAP__PRIORITY__PRIORITY_P0 || entry->priority == SIGAP__PRIORITY__PRIORITY_P1;
    if (machine_of(sim, "notifier") && urgent && !entry->alerted)
        return sim_fail(sim, "nobody was alerted of case %s, P%d", text, (int)entry->priority - 1);
    if (!machine_of(sim, "router"))
        return true;
    if (entry->referred != 1)
        return sim_fail(sim, "case %s has %u referrals", text, entry->referred);
    json_decref(ask_case(sim, "router", &entry->id, &status));
    return status == 200 || sim_fail(sim, "router answers %u about case %s", status, text);
}

/* Placed, on its way, planned at home, waiting for facts or for somebody: never with nobody. */
static bool check_referral(struct sim *sim, const struct ledger_referral *referral) {
    char text[ID_TEXT + 1];
    id_to_text(&referral->id, text);
    switch (referral->state) {
    case SIGAP__REFERRAL_STATE__REFERRAL_DRAFT:
    case SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE:
        return referral->owned || sim_fail(sim, "referral %s waits, and nobody owns it", text);
    case SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE:
    case SIGAP__REFERRAL_STATE__REFERRAL_REVOKED:
    case SIGAP__REFERRAL_STATE__REFERRAL_COMPLETED:
    case SIGAP__REFERRAL_STATE__REFERRAL_ERROR:
    case SIGAP__REFERRAL_STATE__REFERRAL_HOME:
        return true;
    case SIGAP__REFERRAL_STATE__REFERRAL_UNSPECIFIED:
    case _SIGAP__REFERRAL_STATE_IS_INT_SIZE:
        break;
    }
    return sim_fail(sim, "referral %s has no state", text);
}

/* All rounds of the longest policy for P0 take less than that. */
static const int64_t alert_ends_within_ms = INT64_C(5) * 3600000;

/* "8wh", "1wd" */
static bool counts_office_hours(const char *line) {
    for (const char *at = line; (at = strstr(at, "w")); at++)
        if (at > line && at[-1] >= '0' && at[-1] <= '9' && (at[1] == 'h' || at[1] == 'd'))
            return true;
    return false;
}

/* A policy that counts in office hours ends on another day. */
static bool is_patient(const struct sim *sim, const char *policy) {
    char path[512], line[1024], name[64] = "";
    bool patient = false;
    snprintf(path, sizeof path, "%s/escalation.yaml", sim->options.site_dir);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, " - id: %63s", name) != 1 && strcmp(name, policy) == 0)
            patient |= counts_office_hours(line);
    if (file)
        fclose(file);
    return patient;
}

/* A witness of danger, or a case made urgent again, has an alert of its own. */
static bool is_followed(const struct ledger *ledger, const struct ledger_alert *alert) {
    for (unsigned i = 0; i < ledger->alert_count; i++) {
        const struct ledger_alert *later = &ledger->alerts[i];
        if (id_equal(&later->subject, &alert->subject) && later->raised_at > alert->raised_at &&
            later->priority == SIGAP__PRIORITY__PRIORITY_P0)
            return true;
    }
    return false;
}

/* It goes the way of the lower priority since; what made the case urgent again is another's. */
static bool is_lowered(const struct ledger *ledger, const struct ledger_alert *alert) {
    for (unsigned i = 0; i < ledger->case_count; i++) {
        const struct ledger_case *of = &ledger->cases[i];
        if (id_equal(&of->id, &alert->subject))
            return of->lowered || (of->lowered_at >= alert->raised_at && is_followed(ledger, alert));
    }
    return false;
}

static bool check_alert(struct sim *sim, const struct ledger *ledger, const struct ledger_alert *alert) {
    bool young = sim->now + sim->skew - alert->raised_at < alert_ends_within_ms;
    char text[ID_TEXT + 1];
    id_to_text(&alert->id, text);
    return alert->priority != SIGAP__PRIORITY__PRIORITY_P0 || young ||
           alert->state != SIGAP__ALERT_STATE__ALERT_OPEN || is_patient(sim, alert->policy) ||
           is_lowered(ledger, alert) ||
           sim_fail(sim, "P0 alert %s is neither answered nor at its final target", text);
}

static unsigned open_offers_of(const struct ledger *ledger, const char *facility) {
    unsigned open = 0;
    for (unsigned i = 0; i < ledger->offer_count; i++) {
        Sigap__OfferState state = ledger->offers[i].state;
        open +=
            strcmp(ledger->offers[i].facility, facility) == 0 &&
            (state == SIGAP__OFFER_STATE__OFFER_REQUESTED || state == SIGAP__OFFER_STATE__OFFER_RECEIVED ||
                state == SIGAP__OFFER_STATE__OFFER_ACCEPTED ||
                state == SIGAP__OFFER_STATE__OFFER_IN_PROGRESS || state == SIGAP__OFFER_STATE__OFFER_ON_HOLD);
    }
    return open;
}

/* No place is promised twice, none is kept for an offer that is over. (A facility may say it has fewer places
 * than are held already: nothing is taken back then.) */
static bool check_facility(struct sim *sim, const struct ledger *ledger, const json_t *facility) {
    const char *id = text_of(facility, "id");
    json_int_t held = json_integer_value(json_object_get(facility, "held"));
    json_int_t places = json_integer_value(json_object_get(facility, "places"));
    unsigned open = open_offers_of(ledger, id);
    if (!json_is_true(json_object_get(facility, "capacity_known")))
        return true;
    if (held < 0 || places < 0 || held > open)
        return sim_fail(
            sim, "%s: %d of %d places are held, %u offers are open", id, (int)held, (int)places, open);
    return held <= places || sim->capacity_set ||
           sim_fail(sim, "%s: %d places are held of %d", id, (int)held, (int)places);
}

static bool check_capacity(struct sim *sim, const struct ledger *ledger) {
    unsigned status;
    size_t index;
    json_t *facility;
    if (!machine_of(sim, "router"))
        return true;
    json_t *list = ask_list(sim, "router", "facilities", "", &status);
    const json_t *facilities = json_is_array(list) ? list : json_object_get(list, "facilities");
    bool sound = (status == 200 && json_array_size(facilities) > 0) ||
                 sim_fail(sim, "router shows no facilities (%u)", status);
    json_array_foreach(facilities, index, facility) {
        sound = sound && check_facility(sim, ledger, facility);
    }
    json_decref(list);
    return sound;
}

/* The same order sent twice, or again after a crash, is in the journal once. */
static bool check_command(struct sim *sim, const struct ledger_command *command) {
    char text[ID_TEXT + 1];
    id_to_text(&command->id, text);
    return (command->issued == 1 && command->answered == 1) ||
           sim_fail(sim, "command %s was given %u times and answered %u times", text, command->issued,
               command->answered);
}

/* What somebody was told of an order is what its owner has said. */
static bool check_told(struct sim *sim, struct ledger *ledger, const struct told *told) {
    const struct ledger_command *command = ledger_command_of(ledger, &told->id);
    char text[ID_TEXT + 1];
    id_to_text(&told->id, text);
    if (command->issued != 1)
        return sim_fail(sim, "order %s was answered %u and is in no journal", text, told->status);
    return told->status == 202 || told->status == command->status ||
           sim_fail(
               sim, "order %s was answered %u, its owner had said %u", text, told->status, command->status);
}

/* Nobody waits for the console any more. */
static bool check_desks(struct sim *sim, struct ledger *ledger) {
    for (unsigned i = 0; i < sim->errand_count; i++)
        if (sim->errands[i]->outstanding)
            return sim_fail(sim, "%s was never answered", sim->errands[i]->path);
    for (size_t i = 0; i < sim->told_count; i++)
        if (!check_told(sim, ledger, &sim->told[i]))
            return false;
    return true;
}

static void cover_order(struct coverage *coverage, const struct ledger_command *command) {
    if (command->kind >= COVERAGE_TAGS)
        return;
    struct coverage_order *order = &coverage->orders[command->kind];
    order->given++;
    if (command->status < 300)
        order->done++;
    else if (command->status == 409 && command->versioned)
        order->stale++;
    else
        order->refused++;
}

static bool check_ledger(struct sim *sim, struct ledger *ledger) {
    for (unsigned i = 0; i < ledger->case_count; i++)
        if (!id_is_null(&ledger->cases[i].id) && !check_case(sim, &ledger->cases[i]))
            return false;
    for (unsigned i = 0; i < ledger->referral_count; i++)
        if (!check_referral(sim, &ledger->referrals[i]))
            return false;
    for (unsigned i = 0; i < ledger->alert_count; i++)
        if (!check_alert(sim, ledger, &ledger->alerts[i]))
            return false;
    for (unsigned i = 0; i < ledger->command_count; i++) {
        if (!check_command(sim, &ledger->commands[i]))
            return false;
        cover_order(&sim->outcome->coverage, &ledger->commands[i]);
    }
    return true;
}

bool check_all(struct sim *sim) {
    struct ledger *ledger = calloc(1, sizeof *ledger);
    bool sound = check_links(sim) && ledger_read(sim, ledger);
    if (sound && ledger->parked)
        sound = sim_fail(sim, "%u inputs were parked, the last: %s", ledger->parked, ledger->parked_reason);
    sound = sound && check_held(sim) && check_queues(sim) && check_tickets(sim, ledger) &&
            check_ledger(sim, ledger) && check_desks(sim, ledger) && check_capacity(sim, ledger) &&
            accused_check(sim, ledger);
    for (unsigned i = 0; i < ledger->case_count; i++)
        sim->outcome->cases += ledger->cases[i].opened;
    free(ledger);
    return sound;
}
