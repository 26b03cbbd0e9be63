/* Everybody outside: reporters, staff who see what the console shows, and the channels of the notifier. They
 * are slow, forgetful and contradict each other. */
#include "texts.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    AGAIN_MS = 5000,
    COMMAND_ROOM = 4096,
    HOUR_MS = 3600000,
};

/* ---- reporters ---- */

static const char *header_of(const struct request *request, const char *name) {
    const struct reporter *reporter = request->origin;
    bool hook = reporter->way == BY_TELEGRAM;
    if (hook && strcasecmp(name, "X-Telegram-Bot-Api-Secret-Token") == 0)
        return reporter->bearer + strlen("Bearer ");
    if (!hook && strcasecmp(name, "Authorization") == 0)
        return reporter->bearer;
    if (strcasecmp(name, "Content-Type") == 0)
        return "application/json";
    if (!hook && strcasecmp(name, "Idempotency-Key") == 0 && !reporter->external)
        return reporter->key;
    return NULL;
}

static void write_text(const struct reporter *reporter, char *out, size_t room) {
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wformat-nonliteral\"");
    snprintf(out, room, sim_texts[reporter->text], sim_places[reporter->place]);
    _Pragma("GCC diagnostic pop")
}

/* An Update of the Bot API. What amends keeps chat and message, or chat and album. */
static void write_update(struct reporter *reporter, unsigned number) {
    const struct reporter *first = reporter->amends;
    bool edit = first && !first->album;
    unsigned chat = first ? number - 1 : number, message = edit ? number - 1 : number;
    char album[160] = "";
    if (reporter->album)
        snprintf(album, sizeof album,
            ",\"media_group_id\":\"g%u\",\"photo\":[{\"file_id\":\"F%u\",\"file_unique_id\":\"f%u\","
            "\"width\":9,\"height\":9}]",
            chat, number, number);
    snprintf(reporter->body, sizeof reporter->body,
        "{\"update_id\":%u,\"%s\":{\"message_id\":%u,\"from\":{\"id\":%u,\"is_bot\":false,\"first_name\":"
        "\"A\"},"
        "\"chat\":{\"id\":%u,\"type\":\"private\"},\"date\":1772420000%s,\"%s\":\"%s\"}}",
        900000 + number, edit ? "edited_message" : "message", 100 + message, 5000000 + chat, 5000000 + chat,
        album, reporter->album ? "caption" : "text", first && first->album ? "" : reporter->plain);
}

/* One in three messages of a chat is changed afterwards, or was the first picture of two; the other half may
 * well come first. */
static void make_amendment(struct sim *sim, unsigned number) {
    struct reporter *reporter = &sim->reporters[number], *before = reporter - 1;
    reporter->amends = before;
    reporter->way = BY_TELEGRAM;
    reporter->album = before->album;
    size_t kept = strnlen(before->plain, 660);
    memcpy(reporter->plain, before->plain, kept);
    snprintf(reporter->plain + kept, sizeof reporter->plain - kept, " (diralat)");
    write_update(reporter, number);
}

static void make_reporter(struct sim *sim, unsigned number) {
    struct reporter *reporter = &sim->reporters[number];
    struct chance *chance = &sim->chance;
    char text[600];
    *reporter = (struct reporter){0};
    reporter->text = (unsigned)chance_below(chance, sizeof sim_texts / sizeof *sim_texts);
    reporter->place = (unsigned)chance_below(chance, sizeof sim_places / sizeof *sim_places);
    reporter->way = chance_hits(chance, 300) ? BY_DOOR : chance_hits(chance, 400) ? BY_TELEGRAM : BY_HTTP;
    reporter->album = reporter->way == BY_TELEGRAM && chance_hits(chance, 400);
    reporter->urgent = chance_hits(chance, 50);
    reporter->external = chance_hits(chance, 300);
    if (number && reporter->way == BY_HTTP && chance_hits(chance, 250))
        reporter->follows = &sim->reporters[chance_below(chance, number)];
    if (reporter->follows && (reporter->follows->follows || reporter->follows->amends))
        reporter->follows = NULL;
    reporter->external &= !reporter->follows;
    snprintf(reporter->key, sizeof reporter->key, "report-%u", number);
    write_text(reporter, text, sizeof text);
    for (char *at = text; *at; at++)
        if (*at == '"' || *at == '\\')
            *at = '\'';
    snprintf(reporter->plain, sizeof reporter->plain, "%s (%u)", text, number / 2 * 2); /* some are copies */
    if (reporter->way == BY_TELEGRAM) {
        write_update(reporter, number);
        return;
    }
    if (reporter->follows) {
        snprintf(reporter->body, sizeof reporter->body, "{\"text\":\"%s\"}", reporter->plain);
        return;
    }
    snprintf(reporter->body, sizeof reporter->body,
        "{\"source\":\"whatsapp\",\"text\":\"%s\",\"urgent\":%s%s%s%s,\"reporter\":{\"channel\":\"whatsapp\","
        "\"address\":\"+62812%08u\",\"may_contact\":%s}}",
        reporter->plain, reporter->urgent ? "true" : "false", reporter->external ? ",\"external_id\":\"" : "",
        reporter->external ? reporter->key : "", reporter->external ? "\"" : "", number,
        number % 3 ? "true" : "false");
}

void people_make(struct sim *sim) {
    sim->reporters = calloc(sim->options.reports + 1, sizeof *sim->reporters);
    for (unsigned i = 0; i < sim->options.reports; i++) {
        const struct reporter *before = i ? &sim->reporters[i - 1] : NULL;
        if (before && before->way == BY_TELEGRAM && !before->amends && chance_hits(&sim->chance, 350))
            make_amendment(sim, i);
        else
            make_reporter(sim, i);
        snprintf(sim->reporters[i].key, sizeof sim->reporters[i].key, "report-%u", i);
    }
}

void people_free(struct sim *sim) {
    free(sim->reporters);
    for (unsigned i = 0; i < sim->todo_count; i++)
        free(sim->todos[i].event);
}

static bool submit_by_door(struct sim *sim, struct reporter *reporter, struct machine *intake) {
    Sigap__SubmitReport submit = SIGAP__SUBMIT_REPORT__INIT;
    uint8_t frame[4096];
    submit.token = sim->token;
    if (reporter->external)
        submit.external_id = reporter->key;
    else
        submit.idempotency_key = reporter->key;
    submit.text = reporter->plain;
    submit.urgent = reporter->urgent;
    submit.channel = (char *)"telegram";
    return engine_submit(intake->engine, frame, sigap__submit_report__pack(&submit, frame), reporter);
}

static bool submit_by_http(struct sim *sim, struct reporter *reporter, struct machine *intake) {
    snprintf(reporter->bearer, sizeof reporter->bearer, "Bearer %s", sim->token);
    snprintf(reporter->path, sizeof reporter->path, "/v1/reports%s%s%s", reporter->follows ? "/" : "",
        reporter->follows ? reporter->follows->ticket : "", reporter->follows ? "/messages" : "");
    reporter->request = (struct request){.method = "POST",
        .path = reporter->way == BY_TELEGRAM ? "/v1/hooks/telegram/sim" : reporter->path,
        .query = "",
        .body = reporter->body,
        .body_size = strlen(reporter->body),
        .remote = "192.0.2.1",
        .header = header_of,
        .origin = reporter};
    return engine_request(intake->engine, &reporter->request);
}

static bool send_report(struct sim *sim, struct reporter *reporter) {
    struct machine *intake = machine_of(sim, "intake");
    if (!intake->engine || !sim->token[0]) {
        reporter->try_at = sim->now + AGAIN_MS;
        return false;
    }
    reporter->outstanding = true; /* unless the answer comes before the call returns */
    reporter->sent_life = intake->life;
    reporter->try_at = sim->now + AGAIN_MS;
    bool taken = reporter->way == BY_DOOR ? submit_by_door(sim, reporter, intake)
                                          : submit_by_http(sim, reporter, intake);
    trace(sim, "%s is sent%s", reporter->key, taken ? "" : " and refused at once");
    reporter->outstanding &= taken;
    return true;
}

void people_answered(struct sim *sim, struct reporter *reporter, unsigned status, const char *ticket) {
    reporter->outstanding = false;
    trace(sim, "%s is answered %u %s", reporter->key, status, ticket);
    if (status == 503 || status == 429 ||
        (status == 404 && reporter->follows)) /* its first may be lost, too */
        return;
    /* A further picture of an album needs no word of thanks. */
    bool thanks = !reporter->amends || !reporter->album;
    if (status != (reporter->way == BY_TELEGRAM ? 200 : 202) || (thanks && !ticket[0])) {
        sim_fail(sim, "%s is answered %u: %s", reporter->key, status, reporter->plain);
        return;
    }
    if (reporter->ticket[0] && ticket[0] && reporter->acknowledged && strcmp(reporter->ticket, ticket) != 0)
        sim_fail(sim, "%s had the ticket %s and is given %s", reporter->key, reporter->ticket, ticket);
    if (!reporter->acknowledged)
        sim->outcome->acknowledged++;
    reporter->acknowledged = true;
    if (ticket[0])
        snprintf(reporter->ticket, sizeof reporter->ticket, "%s", ticket);
}

static bool reporters_act(struct sim *sim) {
    struct machine *intake = machine_of(sim, "intake");
    bool acted = false;
    if (sim->reported < sim->options.reports && sim->now >= sim->next_report_at) {
        sim->reporters[sim->reported++].try_at = sim->now;
        sim->next_report_at = sim->now + chance_between(&sim->chance, 0, sim->options.calm ? 100 : 400);
        acted = true;
    }
    for (unsigned i = 0; i < sim->reported; i++) {
        struct reporter *reporter = &sim->reporters[i];
        if (reporter->outstanding && reporter->sent_life != intake->life)
            reporter->outstanding = false; /* nobody will answer any more */
        if (reporter->outstanding || reporter->acknowledged || sim->now < reporter->try_at)
            continue;
        if (reporter->follows && !reporter->follows->acknowledged) {
            reporter->try_at = sim->now + AGAIN_MS; /* no ticket to write under yet */
            continue;
        }
        acted |= send_report(sim, reporter);
    }
    if (sim->reported && !sim->quiet && chance_hits(&sim->chance, 20)) { /* somebody sends it twice */
        struct reporter *reporter = &sim->reporters[chance_below(&sim->chance, sim->reported)];
        if (reporter->acknowledged && !reporter->outstanding)
            acted |= send_report(sim, reporter);
    }
    return acted;
}

/* ---- staff ---- */

void people_see(struct sim *sim, const void *bytes, size_t size) {
    Sigap__Event *event = sigap__event__unpack(NULL, size, bytes);
    bool interesting = event && event->body_case != SIGAP__EVENT__BODY_COMMAND_ANSWERED;
    if (event)
        sigap__event__free_unpacked(event, NULL);
    if (!interesting || sim->todo_count == TODO_MAX || sim->silent || chance_hits(&sim->chance, 300))
        return;
    struct todo *todo = &sim->todos[sim->todo_count++];
    todo->at = sim->now + chance_between(&sim->chance, 0, chance_hits(&sim->chance, 500) ? 2000 : HOUR_MS);
    todo->event = malloc(size);
    todo->size = size;
    memcpy(todo->event, bytes, size);
}

static char *all_roles[] = {(char *)"responder", (char *)"facility", (char *)"operator",
    (char *)"coordinator", (char *)"administrator", (char *)"KAB", (char *)"PPA", (char *)"TRI",
    (char *)"PKS", (char *)"KOR"};
static char *all_areas[] = {(char *)"*"};

struct giving {
    struct sim *sim;
    Sigap__CommandIssued command;
    Sigap__Actor actor;
    char *facilities[1];
};

static void give(struct giving *giving) {
    struct sim *sim = giving->sim;
    struct machine *console = machine_of(sim, "console");
    static const unsigned often[] = {1, 1, 1, 1, 1, 2};
    uint8_t tail[10];
    if (!console->engine || sim->command_count == COMMANDS_MAX)
        return;
    chance_fill(&sim->chance, tail, sizeof tail);
    struct command *command = &sim->commands[sim->command_count++];
    command->id = id_make(sim->now + sim->skew, tail);
    giving->command.command_id = (ProtobufCBinaryData){ID_BYTES, command->id.bytes};
    giving->command.actor = &giving->actor;
    giving->command.issued_at = sim->now + sim->skew;
    giving->command.reason = (char *)"dilihat petugas";
    giving->command.expected_version = chance_hits(&sim->chance, 50) ? chance_below(&sim->chance, 9) : 0;
    command->size = sigap__command_issued__get_packed_size(&giving->command);
    command->bytes = malloc(command->size);
    sigap__command_issued__pack(&giving->command, command->bytes);
    command->request = (struct request){.method = "POST",
        .path = "/",
        .query = "",
        .body = command->bytes,
        .body_size = command->size,
        .remote = ""};
    for (unsigned i = 0; i < often[chance_below(&sim->chance, 6)]; i++)
        engine_request(console->engine, &command->request);
    trace(sim, "command %u of kind %d", sim->command_count, giving->command.command_case);
}

static void answer_offer(
    struct giving *giving, ProtobufCBinaryData offer, char *facility, const char *event) {
    Sigap__AnswerOffer answer = SIGAP__ANSWER_OFFER__INIT;
    answer.offer_id = offer;
    answer.event = (char *)event;
    if (strcmp(event, "reject") == 0)
        answer.reason_code = (char *)"PENUH";
    giving->facilities[0] = facility;
    giving->actor.facilities = giving->facilities;
    giving->actor.n_facilities = 1;
    giving->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_OFFER;
    giving->command.answer_offer = &answer;
    give(giving);
}

static void set_capacity(struct giving *giving, char *facility) {
    Sigap__SetCapacity capacity = SIGAP__SET_CAPACITY__INIT;
    capacity.facility = facility;
    capacity.known = true;
    giving->sim->capacity_set = true;
    capacity.places = (uint32_t)chance_below(&giving->sim->chance, 6);
    giving->facilities[0] = facility;
    giving->actor.facilities = giving->facilities;
    giving->actor.n_facilities = 1;
    giving->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SET_CAPACITY;
    giving->command.set_capacity = &capacity;
    give(giving);
}

static void see_offer(struct giving *giving, Sigap__OfferSent *offer) {
    static const char *const events[] = {"accept", "accept", "accept", "reject", "reject", "receive"};
    struct chance *chance = &giving->sim->chance;
    if (chance_hits(chance, 100))
        set_capacity(giving, offer->facility);
    else
        answer_offer(giving, offer->offer_id, offer->facility, events[chance_below(chance, 6)]);
}

static void see_offer_moved(struct giving *giving, Sigap__OfferMoved *moved) {
    static const char *const events[] = {"arrive", "schedule", "complete", "fail", "cancel", "accept"};
    answer_offer(giving, moved->offer_id, moved->facility, events[chance_below(&giving->sim->chance, 6)]);
}

static void record_fact(struct giving *giving, ProtobufCBinaryData case_id, char *name) {
    Sigap__RecordFact record = SIGAP__RECORD_FACT__INIT;
    Sigap__Fact fact = SIGAP__FACT__INIT;
    fact.name = name;
    fact.value = (char *)(chance_hits(&giving->sim->chance, 700) ? "yes" : "no");
    fact.source = (char *)"operator";
    record.case_id = case_id;
    record.fact = &fact;
    giving->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_RECORD_FACT;
    giving->command.record_fact = &record;
    give(giving);
}

static void see_missing(struct giving *giving, const Sigap__Event *event, char **missing, size_t count) {
    for (size_t i = 0; i < count; i++)
        record_fact(giving, event->case_id, missing[i]);
}

static const struct case_seen *some_case(struct sim *sim) {
    unsigned known = sim->case_count < CASES_SEEN ? sim->case_count : CASES_SEEN;
    return &sim->cases[chance_below(&sim->chance, known)];
}

static void see_review(struct giving *giving, const Sigap__ReportInReview *review) {
    Sigap__DecideReview decide = SIGAP__DECIDE_REVIEW__INIT;
    decide.report_id = review->report_id;
    decide.open_case = chance_hits(&giving->sim->chance, 600);
    decide.kind =
        (char *)(review->kind[0] && chance_hits(&giving->sim->chance, 500) ? review->kind : "pasung");
    decide.priority = (Sigap__Priority)chance_between(&giving->sim->chance, 1, 4);
    decide.area = (char *)"35.07.13";
    if (giving->sim->case_count && chance_hits(&giving->sim->chance, 200)) {
        const struct case_seen *seen = some_case(giving->sim);
        decide.join_case = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)seen->case_id.bytes};
    }
    giving->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW;
    giving->command.decide_review = &decide;
    give(giving);
}

static void see_alert(struct giving *giving, const Sigap__AlertRaised *alert) {
    static const char *const actions[] = {
        "accept", "accept", "accept", "cannot", "snooze", "escalate", "done"};
    Sigap__AnswerAlert answer = SIGAP__ANSWER_ALERT__INIT;
    answer.alert_id = alert->alert_id;
    answer.action = (char *)actions[chance_below(&giving->sim->chance, 7)];
    giving->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_ALERT;
    giving->command.answer_alert = &answer;
    give(giving);
}

static void see_tasks(struct giving *giving, const Sigap__Event *event) {
    static const char *const events[] = {"done", "done", "cancel", "reopen"};
    const Sigap__TasksPlanned *planned = event->tasks_planned;
    for (size_t i = 0; i < planned->n_tasks; i++) {
        if (!chance_hits(&giving->sim->chance, 150))
            continue;
        Sigap__MoveTask move = SIGAP__MOVE_TASK__INIT;
        move.task_id = planned->tasks[i]->task_id;
        move.case_id = event->case_id;
        move.event = (char *)events[chance_below(&giving->sim->chance, 4)];
        move.outcome = (char *)"selesai";
        giving->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_MOVE_TASK;
        giving->command.move_task = &move;
        give(giving);
    }
}

/* ---- two cases that may be one ---- */

static void merge_cases(struct giving *giving, const struct case_seen *one, const struct case_seen *other) {
    Sigap__MergeCase merge = SIGAP__MERGE_CASE__INIT;
    merge.case_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)one->case_id.bytes};
    merge.into = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)other->case_id.bytes};
    merge.distinct = chance_hits(&giving->sim->chance, 100);
    giving->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_MERGE_CASE;
    giving->command.merge_case = &merge;
    give(giving);
}

static void split_report(struct giving *giving, ProtobufCBinaryData report_id) {
    Sigap__SplitReport split = SIGAP__SPLIT_REPORT__INIT;
    split.report_id = report_id;
    giving->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SPLIT_REPORT;
    giving->command.split_report = &split;
    give(giving);
}

static void remember_case(struct sim *sim, const Sigap__Event *event) {
    struct case_seen *seen = &sim->cases[sim->case_count++ % CASES_SEEN];
    id_from_bytes(event->case_id.data, event->case_id.len, &seen->case_id);
    id_from_bytes(event->case_opened->report_id.data, event->case_opened->report_id.len, &seen->report_id);
}

static void see_merged(struct giving *giving, const Sigap__Event *event) {
    for (unsigned i = 0; i < CASES_SEEN; i++) {
        const struct case_seen *seen = &giving->sim->cases[i];
        if (event->case_id.len == ID_BYTES &&
            memcmp(seen->case_id.bytes, event->case_id.data, ID_BYTES) == 0 &&
            chance_hits(&giving->sim->chance, 400))
            split_report(giving, (ProtobufCBinaryData){ID_BYTES, (uint8_t *)seen->report_id.bytes});
    }
}

static void see_case(struct giving *giving, const Sigap__Event *event) {
    remember_case(giving->sim, event);
    if (chance_hits(&giving->sim->chance, 300))
        return merge_cases(giving, some_case(giving->sim), some_case(giving->sim));
    Sigap__CloseCase close = SIGAP__CLOSE_CASE__INIT;
    Sigap__ChangeCase change = SIGAP__CHANGE_CASE__INIT;
    if (chance_hits(&giving->sim->chance, 500)) {
        change.case_id = event->case_id;
        change.priority = (Sigap__Priority)chance_between(&giving->sim->chance, 1, 4);
        if (chance_hits(&giving->sim->chance, 300))
            change.area = (char *)"35.78.03";
        giving->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_CHANGE_CASE;
        giving->command.change_case = &change;
    } else {
        close.case_id = event->case_id;
        close.outcome = (char *)"tidak_terbukti";
        close.reopen = chance_hits(&giving->sim->chance, 200);
        giving->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_CLOSE_CASE;
        giving->command.close_case = &close;
    }
    if (chance_hits(&giving->sim->chance, 200))
        give(giving);
}

static void see_unroutable(struct giving *giving, ProtobufCBinaryData referral) {
    static const char *const some[] = {
        "RS-LAWANG", "JTM-RSBKW-KDR-SHELTER", "JTM-PPSPA-BATU-SHELTER", "nowhere"};
    Sigap__AssignFacility assign = SIGAP__ASSIGN_FACILITY__INIT;
    assign.referral_id = referral;
    assign.facility = (char *)some[chance_below(&giving->sim->chance, 4)];
    giving->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_ASSIGN_FACILITY;
    giving->command.assign_facility = &assign;
    give(giving);
}

static void consider(struct sim *sim, const Sigap__Event *event) {
    struct giving giving = {.sim = sim};
    sigap__command_issued__init(&giving.command);
    sigap__actor__init(&giving.actor);
    giving.actor.account = (char *)"petugas";
    giving.actor.roles = all_roles;
    giving.actor.n_roles = sizeof all_roles / sizeof *all_roles;
    giving.actor.areas = all_areas;
    giving.actor.n_areas = 1;
    switch (event->body_case) {
    case SIGAP__EVENT__BODY_CASE_OPENED:
        return see_case(&giving, event);
    case SIGAP__EVENT__BODY_CASE_MERGED:
        return see_merged(&giving, event);
    case SIGAP__EVENT__BODY_REPORT_JOINED:
        if (chance_hits(&sim->chance, 300))
            split_report(&giving, event->report_joined->report_id);
        return;
    case SIGAP__EVENT__BODY_REPORT_IN_REVIEW:
        return see_review(&giving, event->report_in_review);
    case SIGAP__EVENT__BODY_REFERRAL_OPENED:
        if (event->referral_opened->state == SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE)
            return see_unroutable(&giving, event->referral_opened->referral_id);
        return see_missing(
            &giving, event, event->referral_opened->missing, event->referral_opened->n_missing);
    case SIGAP__EVENT__BODY_REFERRAL_MOVED:
        if (event->referral_moved->to == SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE)
            return see_unroutable(&giving, event->referral_moved->referral_id);
        return see_missing(&giving, event, event->referral_moved->missing, event->referral_moved->n_missing);
    case SIGAP__EVENT__BODY_OFFER_SENT:
        return see_offer(&giving, event->offer_sent);
    case SIGAP__EVENT__BODY_OFFER_MOVED:
        return see_offer_moved(&giving, event->offer_moved);
    case SIGAP__EVENT__BODY_TASKS_PLANNED:
        return see_tasks(&giving, event);
    case SIGAP__EVENT__BODY_ALERT_RAISED:
        return see_alert(&giving, event->alert_raised);
    case SIGAP__EVENT__BODY_REPORT_RECEIVED:
    case SIGAP__EVENT__BODY_REPORT_CLOSED:
    case SIGAP__EVENT__BODY_CASE_CHANGED:
    case SIGAP__EVENT__BODY_TASK_MOVED:
    case SIGAP__EVENT__BODY_TASK_REMINDER:
    case SIGAP__EVENT__BODY_FACT_RECORDED:
    case SIGAP__EVENT__BODY_CASE_CLOSED:
    case SIGAP__EVENT__BODY_ALERT_MOVED:
    case SIGAP__EVENT__BODY_DELIVERY_ENDED:
    case SIGAP__EVENT__BODY_COMMAND_ISSUED:
    case SIGAP__EVENT__BODY_COMMAND_ANSWERED:
    case SIGAP__EVENT__BODY_INPUT_PARKED:
    case SIGAP__EVENT__BODY_REPORT_PARTED:
    case SIGAP__EVENT__BODY__NOT_SET:
    case _SIGAP__EVENT__BODY__CASE_IS_INT_SIZE:
        return;
    }
}

static bool staff_act(struct sim *sim) {
    bool acted = false;
    for (unsigned i = 0; i < sim->todo_count;) {
        if (sim->todos[i].at > sim->now && !sim->silent) {
            i++;
            continue;
        }
        Sigap__Event *event = sigap__event__unpack(NULL, sim->todos[i].size, sim->todos[i].event);
        if (event && !sim->silent)
            consider(sim, event);
        if (event)
            sigap__event__free_unpacked(event, NULL);
        free(sim->todos[i].event);
        sim->todos[i] = sim->todos[--sim->todo_count];
        acted = true;
    }
    return acted;
}

/* ---- channels ---- */

/* The words of services/notifier/channel.h: taken over, delivered, later, no such address. */
enum { SENT_ACCEPTED = 0, SENT_DELIVERED = 1, SENT_TRANSIENT = 2, SENT_RECIPIENT = 3 };

static void add_result(struct machine *machine, const struct effect *effect, int outcome, int64_t within_ms) {
    struct sim *sim = machine->sim;
    if (sim->result_count == RESULTS_PENDING_MAX)
        return; /* as if nobody had answered */
    sim->results[sim->result_count++] = (struct pending_result){machine->number, machine->life,
        sim->now + chance_between(&sim->chance, 0, within_ms),
        {.id = effect->id, .kind = effect->kind, .outcome = outcome, .retry_after_ms = 1000}};
}

void people_effect(struct machine *machine, const struct effect *effect) {
    static const int outcomes[] = {SENT_ACCEPTED, SENT_DELIVERED, SENT_DELIVERED, SENT_DELIVERED,
        SENT_TRANSIENT, SENT_RECIPIENT, EFFECT_UNKNOWN};
    struct sim *sim = machine->sim;
    struct chance *chance = &sim->chance;
    if (sim->quiet || sim->options.calm) {
        add_result(machine, effect, SENT_DELIVERED, sim->quiet ? 0 : 10);
        return;
    }
    unsigned times = chance_hits(chance, 80) ? 0 : chance_hits(chance, 80) ? 2 : 1; /* never, twice, once */
    for (unsigned i = 0; i < times; i++)
        add_result(
            machine, effect, outcomes[chance_below(chance, 7)], chance_hits(chance, 100) ? 60000 : 500);
}

static bool channels_act(struct sim *sim) {
    bool acted = false;
    for (unsigned i = 0; i < sim->result_count;) {
        struct pending_result *pending = &sim->results[i];
        struct machine *machine = &sim->machines[pending->machine];
        bool gone = !machine->engine || machine->life != pending->life;
        if (!gone && pending->at > sim->now) {
            i++;
            continue;
        }
        if (!gone)
            engine_effect_finished(machine->engine, &pending->result);
        sim->results[i] = sim->results[--sim->result_count];
        acted = true;
    }
    return acted;
}

/* ---- all ---- */

bool people_act(struct sim *sim) {
    bool reporters = reporters_act(sim), staff = staff_act(sim), channels = channels_act(sim);
    return reporters || staff || channels;
}

int64_t people_wake_at(const struct sim *sim) {
    int64_t at = sim->reported < sim->options.reports ? sim->next_report_at : INT64_MAX;
    for (unsigned i = 0; i < sim->reported; i++)
        if (!sim->reporters[i].acknowledged && !sim->reporters[i].outstanding &&
            sim->reporters[i].try_at < at)
            at = sim->reporters[i].try_at;
    for (unsigned i = 0; i < sim->todo_count; i++)
        at = sim->todos[i].at < at ? sim->todos[i].at : at;
    for (unsigned i = 0; i < sim->result_count; i++)
        at = sim->results[i].at < at ? sim->results[i].at : at;
    return at;
}

void people_snapshot(struct sim *sim) {
    for (unsigned i = 0; i < sim->reported; i++)
        sim->reporters[i].before_snapshot = sim->reporters[i].acknowledged;
}

/* What was acknowledged after the snapshot was lost with the disks, and is known to be: it is sent again. */
void people_restored(struct sim *sim) {
    for (unsigned i = 0; i < sim->reported; i++) {
        struct reporter *reporter = &sim->reporters[i];
        if (!reporter->acknowledged || reporter->before_snapshot)
            continue;
        reporter->acknowledged = false;
        reporter->try_at = sim->now + chance_between(&sim->chance, 0, HOUR_MS / 60);
        sim->outcome->acknowledged--;
    }
}
