#include "duty_orders.h"

#include "common/hmac.h"
#include "common/rights.h"
#include "duty.h"
#include "notifier_sql.h"
#include "outgoing.h"
#include "state.h"

#include <stdio.h>
#include <string.h>

enum {
    FORGOTTEN_AFTER_DAYS = 30, /* overrides that ended so long ago are swept with the next one */
    OVERRIDE_LONGEST_DAYS = 366,
    OPEN_WINDOW = 20000, /* newest alerts in which a person who left is looked for, as in views.c */
    OPEN_MOST = 200,
    DAY_MS = 86400000,
};

/* --- who may --- */

bool duty_may_manage(const Sigap__Actor *actor, const char *area) {
    return rights_has(actor, "administrator") ||
           (rights_has(actor, "coordinator") && rights_covers(actor, area));
}

bool duty_may_see_names(const Sigap__Actor *actor, const char *area) {
    return duty_may_manage(actor, area) || (rights_has(actor, "operator") && rights_covers(actor, area));
}

/* --- one order --- */

struct order {
    struct turn *turn;
    const Sigap__Actor *actor;
    struct id id; /* of the command */
    uint64_t expected_version;
    unsigned status;
    const char *sentence;
    uint64_t version; /* of the row afterwards */
};

static void reply(struct order *order, unsigned status, const char *sentence) {
    order->status = status;
    order->sentence = sentence;
}

static void refuse_actor(struct order *order) {
    order->version = 0; /* not theirs to know */
    reply(order, 403, "Anda tidak berwenang untuk tim atau wilayah ini / This team or area is not yours");
}

/* Version and last command of a row that is there. False: answered. */
static bool may_go_on(struct order *order, uint64_t version, const struct id *last_command) {
    order->version = version;
    if (!id_is_null(&order->id) && id_equal(&order->id, last_command))
        reply(order, 200, "Tersimpan / Saved"); /* the same click again */
    else if (order->expected_version && order->expected_version != version)
        reply(order, 409, "Data sudah berubah, muat ulang / It has changed meanwhile, reload");
    else
        return true;
    return false;
}

static void saved(struct order *order, const char *action, const char *object) {
    turn_audit(order->turn, rights_name(order->actor), action, object);
    duty_changed(order->turn);
    if (!order->status)
        reply(order, 200, "Tersimpan / Saved");
}

/* --- people --- */

struct person_row {
    bool found, left;
    uint64_t version;
    char area[AREA_TEXT + 1];
    struct id last_command;
};

static struct person_row read_person(struct turn *turn, const char *code) {
    struct person_row row = {.found = false};
    struct statement *get = notifier_use(turn->store, NOTIFIER_PERSON_GET);
    bind_text(get, code);
    if (statement_step(get)) {
        row.found = true;
        row.version = (uint64_t)column_int(get, 0);
        snprintf(row.area, sizeof row.area, "%s", column_text(get, 1));
        row.left = column_int(get, 2) == 0;
        row.last_command = column_id(get, 3);
    }
    statement_end(get);
    return row;
}

static int64_t count_of(struct turn *turn, enum notifier_statement which, const char *team) {
    struct statement *count = notifier_use(turn->store, which);
    if (team)
        bind_text(count, team);
    int64_t number = statement_step(count) ? column_int(count, 0) : 0;
    statement_end(count);
    return number;
}

static void write_person(
    struct order *order, const char *code, const char *area, ProtobufCBinaryData sealed) {
    struct statement *set = notifier_use(order->turn->store, NOTIFIER_PERSON_SET);
    order->version++;
    bind_text(set, code);
    bind_int(set, (int64_t)order->version);
    bind_text(set, area);
    bind_blob(set, sealed.len ? sealed.data : (const uint8_t *)"", sealed.len);
    bind_id(set, &order->id);
    statement_run(set);
}

/* A person may be entered before the site has their channel, or before they have said how they want to be
 * told. Whoever enters them hears it now, not in the night in which nobody comes. */
static const char *saved_person(const struct notifier *notifier, const struct person *person) {
    unsigned used = 0;
    for (unsigned i = 0; i < person->contact_count; i++)
        used += outgoing_channel(notifier, person->contacts[i].channel) >= 0;
    if (!person->contact_count)
        return "Tersimpan, tetapi belum dapat dihubungi: tambahkan contact / "
               "Saved, but they cannot be told anything yet: add a contact";
    if (!used)
        return "Tersimpan, tetapi belum dapat dihubungi: situs ini tidak memakai salurannya (channels.yaml) "
               "/ "
               "Saved, but they cannot be told anything yet: this site does not use their channel "
               "(channels.yaml)";
    if (used < person->contact_count)
        return "Tersimpan; ada alamat di saluran yang tidak dipakai situs ini (channels.yaml) / "
               "Saved; one of the addresses is on a channel that this site does not use (channels.yaml)";
    return "Tersimpan / Saved";
}

static void keep_person(struct order *order, const Sigap__SetPerson *set, const struct person_row *row) {
    const struct notifier *notifier = order->turn->state;
    struct person person;
    ProtobufCBinaryData sealed;
    const char *wrong = person_read(
        (const char *)set->details.data, set->details.len, set->person, notifier->site->zone, &person);
    if (wrong)
        return reply(order, 422, wrong);
    if (!duty_may_manage(order->actor, person.area))
        refuse_actor(order);
    else if (!row->found && count_of(order->turn, NOTIFIER_PERSON_COUNT, NULL) >= PEOPLE_MAX)
        reply(order, 409, "Terlalu banyak petugas / Too many people");
    else if (duty_seal_person(order->turn, set->person, order->version + 1, set->details.data,
                 set->details.len, &sealed)) {
        write_person(order, set->person, person.area, sealed);
        reply(order, 200, saved_person(notifier, &person));
        saved(order, "set-person", set->person);
    }
    person_wipe(&person);
}

/* --- a person has left: open alerts go to the next --- */

static unsigned alerts_with(struct turn *turn, const char *code, struct id out[OPEN_MOST]) {
    static const enum notifier_statement lists[] = {NOTIFIER_ALERT_CRITICAL_WITH, NOTIFIER_ALERT_OPEN_WITH};
    unsigned count = 0;
    for (unsigned i = 0; i < 2; i++) {
        struct statement *list = notifier_use(turn->store, lists[i]);
        bind_blob(list, code, strlen(code));
        if (i == 1)
            bind_int(list, OPEN_WINDOW);
        bind_int(list, OPEN_MOST);
        while (count < OPEN_MOST && statement_step(list)) {
            bool known = false;
            out[count] = column_id(list, 0);
            for (unsigned k = 0; k < count; k++)
                known |= id_equal(&out[k], &out[count]);
            count += !known;
        }
        statement_end(list);
    }
    return count;
}

void duty_pass_on(struct turn *turn, struct alert *alert, const char *code) {
    const struct notifier *notifier = turn->state;
    bool any = false;
    for (unsigned i = 0, count = alert->delivery_count; i < count; i++) {
        struct delivery *each = &alert->deliveries[i];
        if (strcmp(each->on_duty, code) != 0)
            continue;
        any = true;
        bool asked = each->purpose == PURPOSE_ALERT || each->purpose == PURPOSE_AGAIN;
        const struct team *team = asked ? teams_find(notifier->teams, each->team) : NULL;
        delivery_withdraw(each, DELIVERY_CANCELLED, turn->now);
        if (team)
            outgoing_tell_on_duty(turn, alert, team, "", POLICY_FIRST, PURPOSE_ALERT, code);
    }
    if (!any)
        return; /* the bytes of the code stood for something else */
    turn->training = alert->training;
    outgoing_push(turn, alert);
    alert_write(turn, alert);
}

static void remove_person(struct order *order, const Sigap__SetPerson *set, const struct person_row *row) {
    struct turn *turn = order->turn;
    bool training = turn->training;
    struct id *alerts = arena_take(turn->arena, OPEN_MOST * sizeof *alerts);
    if (!row->found)
        return reply(order, 404, "Petugas tidak ada / There is no such person");
    unsigned count = alerts ? alerts_with(turn, set->person, alerts) : 0;
    for (unsigned i = 0; i < count; i++) { /* before the row goes: who is next is asked of memory */
        struct alert *alert = alert_read(turn, &alerts[i]);
        if (alert)
            duty_pass_on(turn, alert, set->person);
    }
    turn->training = training; /* the alerts' own is theirs alone */
    write_person(order, set->person, row->area, (ProtobufCBinaryData){0, NULL});
    saved(order, "remove-person", set->person);
}

/* Whoever has their telephone can answer nothing with what lies on it. New messages bear new links: the
 * address is for the administrator to change. */
static void void_links(struct order *order, const Sigap__SetPerson *set, const struct person_row *row) {
    if (!row->found)
        return reply(order, 404, "Petugas tidak ada / There is no such person");
    struct statement *count = notifier_use(order->turn->store, NOTIFIER_PERSON_VOID_LINKS);
    bind_id(count, &order->id);
    bind_text(count, set->person);
    statement_run(count);
    saved(order, "void-links", set->person);
}

static void set_person(struct order *order, const Sigap__SetPerson *set) {
    if (!person_code_good(set->person))
        return reply(
            order, 422, "Kode petugas: 2-31 dari a-z 0-9 . _ - / A code has 2 to 31 of a-z 0-9 . _ -");
    struct person_row row = read_person(order->turn, set->person);
    if (row.found && !duty_may_manage(order->actor, row.area))
        return refuse_actor(order);
    if (!rights_has(order->actor, "administrator") && !rights_has(order->actor, "coordinator"))
        return refuse_actor(order);
    if (row.found && !may_go_on(order, row.version, &row.last_command))
        return;
    if (row.left)
        return reply(order, 409,
            "Kode ini milik petugas yang sudah keluar; pakai kode lain / This code was of somebody who has "
            "left; take another");
    if (!row.found && order->expected_version)
        return reply(order, 404, "Petugas tidak ada / There is no such person");
    if (set->remove)
        remove_person(order, set, &row);
    else if (set->void_links)
        void_links(order, set, &row);
    else
        keep_person(order, set, &row);
}

/* --- rotas --- */

struct rota_row {
    bool found;
    uint64_t version;
    struct id last_command;
    enum calendar_zone zone;
    char people[ROTA_PEOPLE_MAX * (PERSON_CODE_MAX + 1) + 1]; /* with commas, one in front and one behind */
};

static void read_rota(struct turn *turn, const char *team, struct rota_row *row) {
    *row = (struct rota_row){.found = false};
    struct statement *get = notifier_use(turn->store, NOTIFIER_ROTA_GET);
    bind_text(get, team);
    if (statement_step(get)) {
        row->found = true;
        row->version = (uint64_t)column_int(get, 0);
        row->last_command = column_id(get, 1);
        snprintf(row->people, sizeof row->people, "%s", column_text(get, 2));
        row->zone = (enum calendar_zone)column_int(get, 3);
    }
    statement_end(get);
}

/* The team, when it is there and theirs; NULL: answered. */
static const struct team *team_of(struct order *order, const char *id) {
    const struct notifier *notifier = order->turn->state;
    const struct team *team = teams_find(notifier->teams, id);
    if (!team)
        reply(order, 404, "Tim tidak ada di teams.yaml / There is no such team in teams.yaml");
    else if (!duty_may_manage(order->actor, team->area))
        refuse_actor(order);
    return order->status ? NULL : team;
}

/* "a,b,c"; NULL: answered. */
static const char *list_people(struct order *order, const Sigap__SetRota *set) {
    char *list = arena_text(order->turn->arena, "");
    for (size_t i = 0; i < set->n_people; i++) {
        struct person_row row = read_person(order->turn, set->people[i]);
        if (!person_code_good(set->people[i]) || !row.found || row.left)
            return reply(order, 422, "Ada petugas yang tidak dikenal / One of the people is not known"), NULL;
        for (size_t k = 0; k < i; k++)
            if (strcmp(set->people[k], set->people[i]) == 0)
                return reply(order, 422, "Petugas tertulis dua kali / Somebody stands there twice"), NULL;
        list = arena_format(order->turn->arena, "%s%s%s", list ? list : "", i ? "," : "", set->people[i]);
    }
    return list;
}

/* Everything but the people. False: answered. */
static bool read_times(struct order *order, const Sigap__SetRota *set, struct rota *out) {
    const struct notifier *notifier = order->turn->state;
    out->zone = notifier->site->zone;
    out->period = strcmp(set->period, "day") == 0 ? ROTA_DAY : ROTA_WEEK;
    bool good = (strcmp(set->period, "day") == 0 || strcmp(set->period, "week") == 0) &&
                rota_minute_parse(set->handover, &out->handover) &&
                rota_day_parse(set->start, &out->start_day) &&
                (!set->end[0] || rota_day_parse(set->end, &out->end_day)) &&
                (!set->zone[0] || calendar_zone_parse(set->zone, &out->zone));
    if (good && (!out->end_day || out->end_day > out->start_day))
        return true;
    reply(order, 422,
        "Periode day atau week, serah terima 07:00, mulai dan akhir 2026-03-01, zona Asia/Jakarta / "
        "Period day or week, handover 07:00, start and end 2026-03-01, zone Asia/Jakarta");
    return false;
}

static unsigned at_once_of(const Sigap__SetRota *set, const struct team *team) {
    unsigned wanted = set->at_once ? set->at_once : team->people ? team->people : 1;
    unsigned most = set->n_people < ROTA_AT_ONCE_MAX ? (unsigned)set->n_people : ROTA_AT_ONCE_MAX;
    return wanted < most || set->at_once ? wanted : most;
}

static void write_rota(struct order *order, const struct rota *rota, const char *team, const char *people) {
    struct statement *set = notifier_use(order->turn->store, NOTIFIER_ROTA_SET);
    order->version++;
    bind_text(set, team);
    bind_int(set, (int64_t)order->version);
    bind_int(set, rota->zone);
    bind_int(set, rota->period);
    bind_int(set, rota->handover);
    bind_int(set, rota->start_day);
    bind_int(set, rota->end_day);
    bind_int(set, rota->at_once);
    bind_text(set, people);
    bind_id(set, &order->id);
    statement_run(set);
}

static void keep_rota(struct order *order, const Sigap__SetRota *set, const struct team *team) {
    struct rota rota = {.at_once = at_once_of(set, team)};
    if (set->n_people == 0 || set->n_people > ROTA_PEOPLE_MAX)
        return reply(order, 422, "Jadwal piket memuat 1 sampai 32 petugas / A rota has 1 to 32 people");
    if (rota.at_once > set->n_people || rota.at_once > ROTA_AT_ONCE_MAX)
        return reply(order, 422,
            "Lebih banyak yang piket bersamaan daripada petugasnya / More are to be on duty "
            "at once than there are");
    const char *people = read_times(order, set, &rota) ? list_people(order, set) : NULL;
    if (!people)
        return;
    write_rota(order, &rota, set->team, people);
    saved(order, "set-rota", set->team);
}

static void remove_rota(struct order *order, const Sigap__SetRota *set, const struct rota_row *row) {
    static const enum notifier_statement statements[] = {NOTIFIER_ROTA_REMOVE, NOTIFIER_OVERRIDE_REMOVE_TEAM};
    if (!row->found)
        return reply(order, 404, "Tim ini belum punya jadwal piket / This team has no rota");
    for (unsigned i = 0; i < 2; i++) {
        struct statement *remove = notifier_use(order->turn->store, statements[i]);
        bind_text(remove, set->team);
        statement_run(remove);
    }
    saved(order, "remove-rota", set->team);
}

static void set_rota(struct order *order, const Sigap__SetRota *set) {
    struct rota_row row;
    const struct team *team = team_of(order, set->team);
    if (!team)
        return;
    read_rota(order->turn, set->team, &row);
    if (row.found && !may_go_on(order, row.version, &row.last_command))
        return;
    if (!row.found && order->expected_version)
        return reply(order, 404, "Tim ini belum punya jadwal piket / This team has no rota");
    if (set->remove)
        remove_rota(order, set, &row);
    else
        keep_rota(order, set, team);
}

/* --- overrides --- */

static bool is_in_list(const char *list, const char *code) {
    size_t size = strlen(code);
    for (const char *at = list; (at = strstr(at, code)); at += size)
        if ((at == list || at[-1] == ',') && (at[size] == ',' || at[size] == 0))
            return true;
    return false;
}

static const char *complaint_of(struct order *order, const Sigap__SetOverride *set,
    const struct rota_row *row, struct rota_override *out) {
    struct person_row person = read_person(order->turn, set->person);
    if (!rota_time_parse(set->from, row->zone, &out->from) ||
        !rota_time_parse(set->until, row->zone, &out->until) || out->until <= out->from ||
        out->until - out->from > (int64_t)OVERRIDE_LONGEST_DAYS * DAY_MS)
        return "Waktu ditulis 2026-03-01T07:00, akhir setelah mulai, paling lama setahun / Times are written "
               "2026-03-01T07:00, the end behind the start, a year at most";
    if (!set->person[0] && !set->instead_of[0])
        return "Siapa, atau menggantikan siapa? / Who, or in place of whom?";
    if (set->person[0] && (!person.found || person.left))
        return "Petugas pengganti tidak dikenal / The substitute is not known";
    if (set->instead_of[0] && !is_in_list(row->people, set->instead_of))
        return "Yang digantikan tidak ada di jadwal piket / The one replaced is not in the rota";
    return NULL;
}

static void insert_override(
    struct order *order, const Sigap__SetOverride *set, const struct rota_override *is) {
    struct statement *forget = notifier_use(order->turn->store, NOTIFIER_OVERRIDE_FORGET);
    bind_text(forget, set->team);
    bind_int(forget, order->turn->now - (int64_t)FORGOTTEN_AFTER_DAYS * DAY_MS);
    statement_run(forget);
    if (count_of(order->turn, NOTIFIER_OVERRIDE_COUNT, set->team) >= ROTA_OVERRIDES_MAX)
        return reply(
            order, 409, "Terlalu banyak penggantian untuk tim ini / Too many overrides for this team");
    struct statement *add = notifier_use(order->turn->store, NOTIFIER_OVERRIDE_SET);
    bind_id(add, &order->id);
    bind_text(add, set->team);
    bind_int(add, is->from);
    bind_int(add, is->until);
    bind_text(add, set->person);
    bind_text(add, set->instead_of);
    statement_run(add);
}

static void remove_override(struct order *order, const Sigap__SetOverride *set) {
    struct id id;
    if (!id_from_bytes(set->remove.data, set->remove.len, &id))
        return reply(order, 422, "Nomor penggantian salah / This is no id of an override");
    struct statement *remove = notifier_use(order->turn->store, NOTIFIER_OVERRIDE_REMOVE);
    bind_id(remove, &id);
    bind_text(remove, set->team);
    statement_run(remove);
    if (store_changes(order->turn->store) == 0)
        reply(order, 404, "Penggantian tidak ada / There is no such override");
}

static void set_override(struct order *order, const Sigap__SetOverride *set) {
    struct rota_row row;
    struct rota_override override = {.person = ""};
    if (!team_of(order, set->team))
        return;
    read_rota(order->turn, set->team, &row);
    if (!row.found)
        return reply(order, 404, "Tim ini belum punya jadwal piket / This team has no rota");
    if (!may_go_on(order, row.version, &row.last_command))
        return;
    const char *complaint = set->remove.len ? NULL : complaint_of(order, set, &row, &override);
    if (complaint)
        return reply(order, 422, complaint);
    if (set->remove.len)
        remove_override(order, set);
    else
        insert_override(order, set, &override);
    if (order->status)
        return;
    struct statement *touch = notifier_use(order->turn->store, NOTIFIER_ROTA_TOUCH);
    bind_id(touch, &order->id);
    bind_text(touch, set->team);
    statement_run(touch);
    order->version++;
    saved(order, set->remove.len ? "remove-override" : "set-override", set->team);
}

/* --- where orders come from --- */

static struct order order_of(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__Actor *actor) {
    struct order order = {
        .turn = turn, .actor = actor, .expected_version = command->expected_version, .sentence = ""};
    if (!id_from_bytes(command->command_id.data, command->command_id.len, &order.id))
        order.id = turn_id(turn);
    return order;
}

static void obey(struct order *order, const Sigap__CommandIssued *command) {
    switch (command->command_case) {
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON:
        set_person(order, command->set_person);
        break;
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_ROTA:
        set_rota(order, command->set_rota);
        break;
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_OVERRIDE:
        set_override(order, command->set_override);
        break;
    case SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_ALERT:
    case SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_OFFER:
    case SIGAP__COMMAND_ISSUED__COMMAND_ASSIGN_FACILITY:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_CAPACITY:
    case SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW:
    case SIGAP__COMMAND_ISSUED__COMMAND_CHANGE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_MOVE_TASK:
    case SIGAP__COMMAND_ISSUED__COMMAND_RECORD_FACT:
    case SIGAP__COMMAND_ISSUED__COMMAND_CLOSE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_MERGE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_SPLIT_REPORT:
    case SIGAP__COMMAND_ISSUED__COMMAND__NOT_SET:
    case _SIGAP__COMMAND_ISSUED__COMMAND__CASE_IS_INT_SIZE:
        reply(order, 422, "Perintah tidak dikenal / Unknown order");
        break;
    }
}

/* What crossed the journal sealed, opened. */
static enum seal_result open_details(
    struct turn *turn, const Sigap__CommandIssued *command, Sigap__SetPerson *set) {
    const struct notifier *notifier = turn->state;
    struct seal_place place = {.field = "person"};
    ProtobufCBinaryData plain = {0, NULL};
    if (set->remove || set->void_links)
        return SEAL_OPENED;
    if (!id_from_bytes(command->command_id.data, command->command_id.len, &place.record))
        return SEAL_BROKEN;
    enum seal_result result = seal_open_local(
        keystore_words(notifier->keystore), &place, set->details.data, set->details.len, turn->arena, &plain);
    set->details = plain;
    return result;
}

enum verdict duty_command(struct turn *turn, const Sigap__CommandIssued *command) {
    struct order order = order_of(turn, command, command->actor);
    Sigap__CommandIssued opened = *command;
    Sigap__SetPerson person;
    if (command->command_case == SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON) {
        person = *command->set_person;
        opened.set_person = &person;
        switch (open_details(turn, command, &person)) {
        case SEAL_OPENED:
            break;
        case SEAL_BROKEN:
            return turn_park(turn, "the details of a person do not open");
        case SEAL_NO_MEMORY:
            return VERDICT_RETRY;
        }
    }
    obey(&order, &opened);
    turn_answer_command(turn, command, order.status, order.sentence, order.version);
    return VERDICT_DONE;
}

/* --- sigapctl --- */

static Sigap__CommandIssued *unpack_order(struct turn *turn, const char *text) {
    size_t size = strlen(text), bytes;
    uint8_t *frame = arena_take(turn->arena, size + 1);
    if (!frame || !hmac_base64_decode(text, size, HMAC_BASE64_URL, frame, size, &bytes))
        return NULL;
    return sigap__command_issued__unpack(arena_allocator(turn->arena), bytes, frame);
}

static void give(struct order *order, Sigap__ViewAnswer *answer) {
    char *json = arena_format(order->turn->arena, "{\"status\":%u,\"sentence\":\"%s\",\"version\":%llu}",
        order->status, order->sentence, (unsigned long long)order->version); /* sentences hold no quotes */
    answer->status = json ? order->status : 503;
    answer->json.data = (uint8_t *)json;
    answer->json.len = json ? strlen(json) : 0;
}

void duty_control(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    if (strcmp(view->control->action, "duty.order") != 0)
        return; /* 404 */
    Sigap__CommandIssued *command = unpack_order(turn, view->control->argument);
    if (!command) {
        answer->status = 400;
        return;
    }
    struct order order = order_of(turn, command, view->actor);
    obey(&order, command);
    give(&order, answer);
}
