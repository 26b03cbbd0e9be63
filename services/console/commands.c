#include "commands.h"

#include "answer_link.h"
#include "common/words.h"
#include "console_sql.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    REASON_MAX = 500, /* bytes */
    WORD_MAX = 64,
    NAME_MAX_BYTES = 96,
    PEOPLE_MAX = 32, /* of one rota */
    AT_ONCE_MAX = 8,
    PLACES_MAX = 100000,
    SWEPT_AT_ONCE = 512,
};

/* ---- what may stand in a body: every kind of order knows some of these ---- */

struct order {
    const char *reason, *on_behalf_of, *reason_code, *outcome, *facility, *kind, *area, *name, *value, *owner,
        *case_id, *into, *join_case;
    int64_t expected_version, places;
    int priority; /* place in priority_words, -1: not said */
    bool open_case, known, reopen, distinct;
    /* of people and rotas */
    const char *zone, *language, *period, *handover, *start, *end, *person, *instead_of, *from, *until,
        *override;
    const json_t *contacts, *quiet;
    char *people[PEOPLE_MAX];
    size_t people_count;
    int64_t at_once;
};

static const char *const priority_words[] = {"P0", "P1", "P2", "P3", "P4", NULL};

#define TEXT(member, need, from, to)                                                                         \
    {                                                                                                        \
        .name = #member, .type = JSON_FIELD_TEXT, .required = need,                                          \
        .offset = offsetof(struct order, member), .least = from, .most = to                                  \
    }
#define BOOL(member, need)                                                                                   \
    { .name = #member, .type = JSON_FIELD_BOOL, .required = need, .offset = offsetof(struct order, member) }
#define PRIORITY                                                                                             \
    {                                                                                                        \
        .name = "priority", .type = JSON_FIELD_CHOICE, .offset = offsetof(struct order, priority),           \
        .choices = priority_words                                                                            \
    }
/* What every order may say. */
#define COMMON                                                                                               \
    TEXT(reason, false, 0, REASON_MAX), TEXT(on_behalf_of, false, 0, WORD_MAX),                              \
        {.name = "expected_version",                                                                         \
            .type = JSON_FIELD_INTEGER,                                                                      \
            .offset = offsetof(struct order, expected_version),                                              \
            .least = 0,                                                                                      \
            .most = INT64_MAX},                                                                              \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }

static const struct json_field offer_fields[] = {
    TEXT(reason_code, false, 0, WORD_MAX), TEXT(outcome, false, 0, REASON_MAX), COMMON};
static const struct json_field assign_fields[] = {TEXT(facility, true, 1, WORD_MAX), COMMON};
static const struct json_field decide_fields[] = {BOOL(open_case, true), TEXT(kind, false, 0, WORD_MAX),
    PRIORITY, TEXT(area, false, 0, 13), TEXT(join_case, false, ID_TEXT, ID_TEXT), COMMON};
static const struct json_field merge_fields[] = {
    TEXT(into, true, ID_TEXT, ID_TEXT), BOOL(distinct, false), COMMON};
static const struct json_field split_fields[] = {COMMON};
static const struct json_field change_fields[] = {
    TEXT(kind, false, 0, WORD_MAX), PRIORITY, TEXT(area, false, 0, 13), COMMON};
static const struct json_field fact_fields[] = {
    TEXT(name, true, 1, WORD_MAX), TEXT(value, true, 1, WORD_MAX), COMMON};
static const struct json_field close_fields[] = {
    TEXT(outcome, false, 0, WORD_MAX), BOOL(reopen, false), COMMON};
static const struct json_field task_fields[] = {TEXT(case_id, true, ID_TEXT, ID_TEXT),
    TEXT(outcome, false, 0, REASON_MAX), TEXT(owner, false, 0, WORD_MAX), COMMON};
static const struct json_field capacity_fields[] = {BOOL(known, true),
    {.name = "places",
        .type = JSON_FIELD_INTEGER,
        .offset = offsetof(struct order, places),
        .least = 0,
        .most = PLACES_MAX},
    COMMON};
static const struct json_field alert_fields[] = {COMMON};

#define ANY(member)                                                                                          \
    { .name = #member, .type = JSON_FIELD_ANY, .offset = offsetof(struct order, member) }
static const struct json_field person_fields[] = {TEXT(name, true, 1, NAME_MAX_BYTES),
    TEXT(area, false, 0, 13), TEXT(zone, false, 0, WORD_MAX), TEXT(language, false, 0, 2), ANY(contacts),
    ANY(quiet), COMMON};
static const struct json_field people_item[] = {
    {.name = "person", .type = JSON_FIELD_TEXT, .least = 1, .most = WORD_MAX}};
static const struct json_field rota_fields[] = {{.name = "people",
                                                    .type = JSON_FIELD_LIST,
                                                    .required = true,
                                                    .offset = offsetof(struct order, people),
                                                    .most = PEOPLE_MAX,
                                                    .item = people_item,
                                                    .stride = sizeof(char *),
                                                    .count_offset = offsetof(struct order, people_count)},
    TEXT(period, true, 1, WORD_MAX), TEXT(handover, true, 1, WORD_MAX), TEXT(start, true, 1, WORD_MAX),
    TEXT(end, false, 0, WORD_MAX), TEXT(zone, false, 0, WORD_MAX),
    {.name = "at_once",
        .type = JSON_FIELD_INTEGER,
        .offset = offsetof(struct order, at_once),
        .least = 0,
        .most = AT_ONCE_MAX},
    COMMON};
static const struct json_field override_fields[] = {TEXT(person, false, 0, WORD_MAX),
    TEXT(instead_of, false, 0, WORD_MAX), TEXT(from, true, 1, WORD_MAX), TEXT(until, true, 1, WORD_MAX),
    COMMON};
static const struct json_field override_remove_fields[] = {TEXT(override, true, ID_TEXT, ID_TEXT), COMMON};
static const struct json_field remove_fields[] = {COMMON};

/* ---- orders ---- */

/* What is being made of one request. */
struct making {
    struct turn *turn;
    const struct order *order;
    const char *object, *event;    /* of the path */
    ProtobufCBinaryData object_id; /* object as an id, where it is one */
    ProtobufCBinaryData case_id;   /* of the case it is about, where that is known */
    bool by_facility;              /* facility staff speak */
    Sigap__CommandIssued *issued;
};

struct command {
    const char *name; /* in the audit */
    const struct json_field *fields;
    bool object_is_id, object_is_case;
    bool (*make)(struct making *making); /* false: out of memory */
};

static char *word(const char *text) {
    return (char *)(text ? text : "");
}

static Sigap__Priority priority_of(const struct order *order) {
    return order->priority < 0 ? SIGAP__PRIORITY__PRIORITY_UNSPECIFIED
                               : (Sigap__Priority)(SIGAP__PRIORITY__PRIORITY_P0 + order->priority);
}

/* Empty when it is no id, or none was given. */
static ProtobufCBinaryData id_bytes(struct turn *turn, const char *text) {
    struct id id;
    return text && id_from_text(text, &id) ? turn_bytes(turn, &id) : (ProtobufCBinaryData){0, NULL};
}

/* Takes the message of one kind and ties it to the command. */
#define MAKE(type, prefix, member, CASE)                                                                     \
    Sigap__##type *message = arena_take(making->turn->arena, sizeof *message);                               \
    if (!message)                                                                                            \
        return false;                                                                                        \
    sigap__##prefix##__init(message);                                                                        \
    making->issued->command_case = SIGAP__COMMAND_ISSUED__COMMAND_##CASE;                                    \
    making->issued->member = message

static bool make_answer_offer(struct making *making) {
    MAKE(AnswerOffer, answer_offer, answer_offer, ANSWER_OFFER);
    message->offer_id = making->object_id;
    message->event = (char *)making->event;
    message->reason_code = word(making->order->reason_code);
    message->outcome = word(making->order->outcome);
    return true;
}

static bool make_assign(struct making *making) {
    MAKE(AssignFacility, assign_facility, assign_facility, ASSIGN_FACILITY);
    message->referral_id = making->object_id;
    message->facility = word(making->order->facility);
    return true;
}

static bool make_capacity(struct making *making) {
    MAKE(SetCapacity, set_capacity, set_capacity, SET_CAPACITY);
    message->facility = (char *)making->object;
    message->known = making->order->known;
    message->places = (uint32_t)making->order->places;
    return true;
}

static bool make_decide(struct making *making) {
    MAKE(DecideReview, decide_review, decide_review, DECIDE_REVIEW);
    message->report_id = making->object_id;
    message->open_case = making->order->open_case;
    message->kind = word(making->order->kind);
    message->priority = priority_of(making->order);
    message->area = word(making->order->area);
    message->join_case = id_bytes(making->turn, making->order->join_case);
    return true;
}

/* Both cases are named; no id at all where the text is none: the owner knows no such case. */
static bool make_merge(struct making *making) {
    MAKE(MergeCase, merge_case, merge_case, MERGE_CASE);
    message->case_id = making->object_id;
    message->into = id_bytes(making->turn, making->order->into);
    message->distinct = making->order->distinct;
    return true;
}

static bool make_split(struct making *making) {
    MAKE(SplitReport, split_report, split_report, SPLIT_REPORT);
    message->report_id = making->object_id;
    return true;
}

static bool make_change(struct making *making) {
    MAKE(ChangeCase, change_case, change_case, CHANGE_CASE);
    message->case_id = making->object_id;
    message->kind = word(making->order->kind);
    message->priority = priority_of(making->order);
    message->area = word(making->order->area);
    return true;
}

static bool make_fact(struct making *making) {
    MAKE(RecordFact, record_fact, record_fact, RECORD_FACT);
    Sigap__Fact *fact = arena_take(making->turn->arena, sizeof *fact);
    if (!fact)
        return false;
    sigap__fact__init(fact);
    fact->name = word(making->order->name);
    fact->value = word(making->order->value);
    fact->source = (char *)(making->by_facility ? "facility" : "operator");
    message->case_id = making->object_id;
    message->fact = fact;
    return true;
}

static bool make_close(struct making *making) {
    MAKE(CloseCase, close_case, close_case, CLOSE_CASE);
    message->case_id = making->object_id;
    message->outcome = word(making->order->outcome);
    message->reopen = making->order->reopen;
    return true;
}

static bool make_move_task(struct making *making) {
    MAKE(MoveTask, move_task, move_task, MOVE_TASK);
    message->task_id = making->object_id;
    message->case_id = making->case_id;
    message->event = (char *)making->event;
    message->outcome = word(making->order->outcome);
    message->owner = word(making->order->owner);
    return true;
}

static bool make_answer_alert(struct making *making) {
    MAKE(AnswerAlert, answer_alert, answer_alert, ANSWER_ALERT);
    message->alert_id = making->object_id;
    message->action = (char *)making->event;
    return true;
}

/* ---- people and rotas: names and addresses go sealed into the journal ---- */

static void write_text(json_t *details, const char *key, const char *value) {
    if (value && value[0])
        json_object_set_new(details, key, json_string(value));
}

/* As the notifier reads it (people.h). The caller wipes and frees it; NULL: out of memory. */
static char *write_details(const struct order *order) {
    json_t *details = json_object();
    write_text(details, "name", order->name);
    write_text(details, "area", order->area);
    write_text(details, "zone", order->zone);
    write_text(details, "language", order->language);
    if (order->contacts)
        json_object_set(details, "contacts", (json_t *)order->contacts);
    if (order->quiet)
        json_object_set(details, "quiet", (json_t *)order->quiet);
    char *text = json_dumps(details, JSON_COMPACT);
    json_decref(details);
    return text;
}

static bool make_set_person(struct making *making) {
    const struct console *console = making->turn->state;
    struct seal_place place = {.field = "person"};
    MAKE(SetPerson, set_person, set_person, SET_PERSON);
    message->person = (char *)making->object;
    char *details = write_details(making->order);
    size_t size = details ? strlen(details) : 0;
    id_from_bytes(making->issued->command_id.data, making->issued->command_id.len, &place.record);
    bool sealed = details && seal_local(keystore_words(console->keystore), &place, details, size,
                                 console->random, making->turn->arena, &message->details);
    if (details)
        sodium_memzero(details, size);
    free(details);
    return sealed;
}

static bool make_remove_person(struct making *making) {
    MAKE(SetPerson, set_person, set_person, SET_PERSON);
    message->person = (char *)making->object;
    message->remove = true;
    return true;
}

static bool make_void_links(struct making *making) {
    MAKE(SetPerson, set_person, set_person, SET_PERSON);
    message->person = (char *)making->object;
    message->void_links = true;
    return true;
}

static bool make_set_rota(struct making *making) {
    const struct order *order = making->order;
    MAKE(SetRota, set_rota, set_rota, SET_ROTA);
    message->team = (char *)making->object;
    message->people = (char **)order->people;
    message->n_people = order->people_count;
    message->period = word(order->period);
    message->handover = word(order->handover);
    message->start = word(order->start);
    message->end = word(order->end);
    message->zone = word(order->zone);
    message->at_once = (uint32_t)order->at_once;
    return true;
}

static bool make_remove_rota(struct making *making) {
    MAKE(SetRota, set_rota, set_rota, SET_ROTA);
    message->team = (char *)making->object;
    message->remove = true;
    return true;
}

static bool make_set_override(struct making *making) {
    MAKE(SetOverride, set_override, set_override, SET_OVERRIDE);
    message->team = (char *)making->object;
    message->person = word(making->order->person);
    message->instead_of = word(making->order->instead_of);
    message->from = word(making->order->from);
    message->until = word(making->order->until);
    return true;
}

static bool make_remove_override(struct making *making) {
    struct id id;
    MAKE(SetOverride, set_override, set_override, SET_OVERRIDE);
    message->team = (char *)making->object;
    if (!id_from_text(making->order->override, &id))
        memset(&id, 0, sizeof id); /* the owner knows no such override */
    message->remove = turn_bytes(making->turn, &id);
    return true;
}

const struct command command_merge = {"case.merge", merge_fields, true, true, make_merge};
const struct command command_split = {"report.split", split_fields, true, false, make_split};
const struct command command_set_person = {"person.set", person_fields, false, false, make_set_person};
const struct command command_remove_person = {
    "person.remove", remove_fields, false, false, make_remove_person};
const struct command command_void_links = {"person.void-links", remove_fields, false, false, make_void_links};
const struct command command_set_rota = {"rota.set", rota_fields, false, false, make_set_rota};
const struct command command_remove_rota = {"rota.remove", remove_fields, false, false, make_remove_rota};
const struct command command_set_override = {
    "rota.override", override_fields, false, false, make_set_override};
const struct command command_remove_override = {
    "rota.override-remove", override_remove_fields, false, false, make_remove_override};
const struct command command_answer_offer = {"offer.answer", offer_fields, true, false, make_answer_offer};
const struct command command_assign = {"referral.assign", assign_fields, true, false, make_assign};
const struct command command_decide = {"review.decide", decide_fields, true, false, make_decide};
const struct command command_change = {"case.change", change_fields, true, true, make_change};
const struct command command_fact = {"case.fact", fact_fields, true, true, make_fact};
const struct command command_close = {"case.close", close_fields, true, true, make_close};
const struct command command_move_task = {"task.move", task_fields, true, false, make_move_task};
const struct command command_capacity = {"facility.capacity", capacity_fields, false, false, make_capacity};
const struct command command_answer_alert = {"alert.answer", alert_fields, true, false, make_answer_alert};

/* ---- rows ---- */

bool command_find(struct turn *turn, const struct id *id, struct command_row *out) {
    struct statement *find = console_use(turn->store, CONSOLE_COMMAND_FIND);
    bind_id(find, id);
    bool found = statement_step(find);
    if (found) {
        size_t size;
        const void *digest = column_blob(find, 1, &size);
        *out = (struct command_row){.account = arena_text(turn->arena, column_text(find, 0)),
            .issued_at = column_int(find, 2),
            .status = (unsigned)column_int(find, 3),
            .sentence = arena_text(turn->arena, column_text(find, 4)),
            .version = (uint64_t)column_int(find, 5)};
        memcpy(out->digest, digest, size < sizeof out->digest ? size : sizeof out->digest);
        found = out->account && out->sentence;
    }
    statement_end(find);
    return found;
}

static void row_add(struct turn *turn, const struct id *id, const char *account, const uint8_t digest[32]) {
    struct statement *add = console_use(turn->store, CONSOLE_COMMAND_ADD);
    bind_id(add, id);
    bind_text(add, account);
    bind_blob(add, digest, 32);
    bind_int(add, turn->now);
    statement_run(add);
}

bool command_sweep(struct turn *turn) {
    struct statement *sweep = console_use(turn->store, CONSOLE_COMMAND_SWEEP);
    bind_int(sweep, turn->now - COMMAND_KEPT_MS - 1);
    bind_int(sweep, COMMANDS_KEPT);
    bind_int(sweep, SWEPT_AT_ONCE);
    statement_run(sweep);
    return store_changes(turn->store) == SWEPT_AT_ONCE;
}

static void digest_part(crypto_generichash_state *hash, const void *bytes, size_t size) {
    uint64_t length = size;
    crypto_generichash_update(hash, (const uint8_t *)&length, sizeof length);
    crypto_generichash_update(hash, bytes, size);
}

static void digest_of(uint8_t out[32], const char *account, const char *what, const void *body, size_t size) {
    crypto_generichash_state hash;
    crypto_generichash_init(&hash, NULL, 0, 32);
    digest_part(&hash, account, strlen(account));
    digest_part(&hash, what, strlen(what));
    digest_part(&hash, body, size);
    crypto_generichash_final(&hash, out, 32);
}

/* ---- giving an order ---- */

/* Urgent: a person waits for the answer, and what is decided may be a life. */
static void append(struct turn *turn, Sigap__CommandIssued *issued, ProtobufCBinaryData case_id) {
    const struct console *console = turn->state;
    if (!words_seal(console->keystore, console->random, turn->arena, issued))
        return; /* the arena is exhausted, the turn will see */
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_COMMAND_ISSUED;
    event.command_issued = issued;
    event.case_id = case_id;
    turn_append(turn, LANE_URGENT, &event);
}

static bool event_word_good(const char *text) {
    size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz_-");
    return size >= 1 && size <= 32 && text[size] == 0;
}

/* The path's parts and the body's ids; false: answered 404 or 422. */
static bool read_objects(struct exchange *exchange, const struct command *command, const struct order *order,
    struct making *making) {
    static const struct problem bad_case = {
        422, "bad-id", "Bukan nomor kasus", "This is no id of a case", NULL, NULL, "/case_id", 0};
    struct id object, case_id;
    making->object = exchange->parts[0];
    making->event = exchange->parts[1];
    if (command->object_is_id && !id_from_text(making->object, &object))
        return exchange_refuse(exchange, &problem_not_found), false;
    if (making->event[0] && !event_word_good(making->event))
        return exchange_refuse(exchange, &problem_not_found), false;
    if (order->case_id && !id_from_text(order->case_id, &case_id))
        return exchange_refuse(exchange, &bad_case), false;
    if (command->object_is_id)
        making->object_id = turn_bytes(exchange->turn, &object);
    if (order->case_id)
        making->case_id = turn_bytes(exchange->turn, &case_id);
    else if (command->object_is_case)
        making->case_id = making->object_id;
    return true;
}

static void give(struct exchange *exchange, const struct command *command, const struct order *order,
    const struct id *id, const uint8_t digest[32]) {
    struct turn *turn = exchange->turn;
    const struct account *account = &exchange->person->account;
    Sigap__CommandIssued issued = SIGAP__COMMAND_ISSUED__INIT;
    struct making making = {.turn = turn,
        .order = order,
        .issued = &issued,
        .by_facility = account_has_class(account, "facility") && !account_has_class(account, "operator")};
    char text[ID_TEXT + 1];
    if (!read_objects(exchange, command, order, &making))
        return;
    issued.command_id = turn_bytes(turn, id);
    issued.actor = account_actor(turn, account);
    issued.on_behalf_of = word(order->on_behalf_of);
    issued.reason = word(order->reason);
    issued.expected_version = (uint64_t)order->expected_version;
    issued.issued_at = turn->now;
    if (!command->make(&making))
        return; /* the arena is exhausted, the turn will see */
    append(turn, &issued, making.case_id);
    row_add(turn, id, account->name, digest);
    id_to_text(id, text);
    turn_audit(turn, account->name, command->name,
        arena_format(turn->arena, "%s %s command=%s%s%s", making.object, making.event, text,
            order->on_behalf_of && order->on_behalf_of[0] ? " for=" : "", word(order->on_behalf_of)));
    struct wait wait = {.kind = WAIT_COMMAND, .until = turn->now + WAIT_MS, .command = *id};
    wait.id = turn_id(turn);
    wait_begin(turn, &wait);
}

void command_rights_ended(struct turn *turn, const Sigap__Actor *actor, const char *account) {
    Sigap__CommandIssued issued = SIGAP__COMMAND_ISSUED__INIT;
    Sigap__SetPerson person = SIGAP__SET_PERSON__INIT;
    struct id id = turn_id(turn);
    person.person = (char *)account;
    person.void_links = true;
    issued.command_id = turn_bytes(turn, &id);
    issued.actor = (Sigap__Actor *)actor;
    issued.issued_at = turn->now;
    issued.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON;
    issued.set_person = &person;
    append(turn, &issued, (ProtobufCBinaryData){0, NULL});
}

static void reply_row(
    struct turn *turn, struct answer *answer, const struct id *id, const struct command_row *row);

/* An id that is known already: the same order again waits for, or gets, the same answer. */
static void repeat(
    struct exchange *exchange, const struct id *id, const struct command_row *row, const uint8_t digest[32]) {
    static const struct problem reused = {409, "command-id-reused", "Nomor perintah ini sudah dipakai",
        "This command id was used for another order", "Buat nomor baru untuk perintah baru.",
        "Make a new id for a new order.", NULL, 0};
    if (memcmp(row->digest, digest, sizeof row->digest) != 0)
        return exchange_refuse(exchange, &reused);
    if (row->status)
        return reply_row(exchange->turn, exchange->answer, id, row);
    struct wait wait = {.kind = WAIT_COMMAND, .until = exchange->turn->now + WAIT_MS, .command = *id};
    wait.id = turn_id(exchange->turn);
    wait_begin(exchange->turn, &wait);
}

/* The client's id, or one of ours. False: it is none, and answered. */
static bool read_id(struct exchange *exchange, struct id *id) {
    static const struct problem bad = {400, "bad-command-id", "Command-Id bukan nomor yang sah",
        "Command-Id is not an id of 26 characters", NULL, NULL, NULL, 0};
    const char *given = exchange->request->header(exchange->request, "Command-Id");
    if (!given)
        return *id = turn_id(exchange->turn), true;
    if (id_from_text(given, id) && !id_is_null(id))
        return true;
    exchange_refuse(exchange, &bad);
    return false;
}

void command_begin(struct exchange *exchange, const struct command *command) {
    struct order order = {.priority = -1};
    struct command_row row;
    struct id id;
    uint8_t digest[32];
    json_t *body;
    if (!exchange_body(exchange, command->fields, &order, &body))
        return;
    if (read_id(exchange, &id)) {
        const struct request *request = exchange->request;
        digest_of(digest, exchange->person->account.name, request->path, request->body, request->body_size);
        if (command_find(exchange->turn, &id, &row))
            repeat(exchange, &id, &row, digest);
        else
            give(exchange, command, &order, &id, digest);
    }
    json_decref(body);
}

/* ---- by link ---- */

bool command_by_link(struct turn *turn, const struct id *id, const char *action, struct wait *wait) {
    static const char account[] = "link";
    struct command_row row;
    uint8_t digest[32];
    digest_of(digest, account, wait->token, action, strlen(action));
    if (command_find(turn, id, &row)) {
        if (memcmp(row.digest, digest, sizeof digest) != 0)
            return false;
    } else {
        Sigap__Actor actor = SIGAP__ACTOR__INIT;
        Sigap__AnswerAlert alert = SIGAP__ANSWER_ALERT__INIT;
        Sigap__CommandIssued issued = SIGAP__COMMAND_ISSUED__INIT;
        actor.account = (char *)account;
        alert.token = wait->token;
        alert.action = (char *)action;
        issued.command_id = turn_bytes(turn, id);
        issued.actor = &actor;
        issued.issued_at = turn->now;
        issued.command_case = SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_ALERT;
        issued.answer_alert = &alert;
        append(turn, &issued, (ProtobufCBinaryData){0, NULL});
        row_add(turn, id, account, digest);
        turn_audit(turn, account, "alert.answer", action);
    }
    wait->kind = WAIT_LINK_ANSWER;
    wait->command = *id;
    wait->id = turn_id(turn);
    wait->until = turn->now + WAIT_MS;
    wait_begin(turn, wait);
    return true;
}

/* ---- answers ---- */

static void answer_wait(struct turn *turn, struct wait *wait) {
    if (wait->kind == WAIT_LINK_ANSWER)
        answer_link_finish(turn, wait);
    else
        command_finish(turn, wait);
}

void command_answered(struct turn *turn, const Sigap__CommandAnswered *answered) {
    struct id id;
    if (!id_from_bytes(answered->command_id.data, answered->command_id.len, &id))
        return;
    unsigned status = answered->status >= 200 && answered->status < 600 ? answered->status : 500;
    struct statement *set = console_use(turn->store, CONSOLE_COMMAND_ANSWERED);
    bind_int(set, status);
    bind_text(set, answered->sentence);
    bind_int(set, (int64_t)answered->version);
    bind_id(set, &id);
    statement_run(set);
    waits_of_command(turn, &((struct console *)turn->state)->waits, &id, answer_wait);
}

static void write_row(struct json_writer *writer, const struct id *id, const struct command_row *row) {
    char text[ID_TEXT + 1];
    id_to_text(id, text);
    json_write_object(writer);
    json_member_text(writer, "command_id", text);
    json_member_text(writer, "state", row->status ? "answered" : "pending");
    json_member_integer(writer, "issued_at", row->issued_at);
    if (row->status) {
        json_member_bool(writer, "accepted", row->status < 300);
        json_member_integer(writer, "status", row->status);
        json_member_text(writer, "sentence", row->sentence);
        json_member_integer(writer, "version", (int64_t)row->version);
    }
    json_write_end(writer);
}

static const struct problem *problem_of(unsigned status) {
    static const struct problem refused = {
        422, "refused", "Perintah ditolak", "The order was refused", NULL, NULL, NULL, 0};
    switch (status) {
    case 403:
        return &problem_forbidden;
    case 404:
        return &problem_not_found;
    case 409:
        return &problem_conflict;
    default:
        return &refused;
    }
}

static void reply_row(
    struct turn *turn, struct answer *answer, const struct id *id, const struct command_row *row) {
    char text[ID_TEXT + 1];
    id_to_text(id, text);
    if (row->status >= 300) {
        struct problem problem = *problem_of(row->status);
        problem.status = (int)row->status;
        problem.detail_id = row->sentence; /* both languages already */
        reply_problem(turn, answer, &problem);
    } else {
        struct json_writer writer;
        json_writer_init(&writer, 8 << 10); /* a sentence of 1 KiB, escaped */
        write_row(&writer, id, row);
        reply_json(turn, answer, row->status ? row->status : 202, &writer);
    }
    answer_header(answer, "Command-Id", arena_text(turn->arena, text));
    if (!row->status)
        answer_header(answer, "Location", arena_format(turn->arena, "/api/commands/%s", text));
}

void command_finish(struct turn *turn, struct wait *wait) {
    struct answer answer = {0};
    struct command_row row;
    if (command_find(turn, &wait->command, &row))
        reply_row(turn, &answer, &wait->command, &row);
    else
        reply_problem(turn, &answer, &problem_internal);
    wait_answer(turn, wait, &answer);
}

void command_look(struct exchange *exchange) {
    struct command_row row;
    struct json_writer writer;
    struct id id;
    if (!id_from_text(exchange->parts[0], &id) || !command_find(exchange->turn, &id, &row) ||
        strcmp(row.account, exchange->person->account.name) != 0)
        return exchange_refuse(exchange, &problem_not_found);
    json_writer_init(&writer, 8 << 10);
    write_row(&writer, &id, &row);
    reply_json(exchange->turn, exchange->answer, 200, &writer);
}
