/* Everybody outside: reporters here, staff in staff.c and desk.c, and the channels that messages go out by.
 * They are slow, forgetful and contradict each other. */
#include "accused.h"
#include "services/notifier/channel.h"
#include "texts.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    AGAIN_MS = 5000,
    HOUR_MS = 3600000,
};

/* ---- reporters ---- */

static const char *header_of(const struct request *request, const char *name) {
    const struct reporter *reporter = request->origin;
    bool hook = reporter->way == BY_TELEGRAM || reporter->way == BY_WHATSAPP;
    if (reporter->way == BY_WHATSAPP && strcasecmp(name, "X-Hub-Signature-256") == 0)
        return reporter->bearer;
    if (reporter->way == BY_TELEGRAM && strcasecmp(name, "X-Telegram-Bot-Api-Secret-Token") == 0)
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
    reporter->way = chance_hits(chance, 250)   ? BY_DOOR
                    : chance_hits(chance, 350) ? BY_TELEGRAM
                    : chance_hits(chance, 400) ? BY_WHATSAPP
                                               : BY_HTTP;
    reporter->album =
        (reporter->way == BY_TELEGRAM || reporter->way == BY_WHATSAPP) && chance_hits(chance, 400);
    reporter->urgent = chance_hits(chance, 50);
    reporter->external = chance_hits(chance, 300);
    if (number && reporter->way == BY_HTTP && chance_hits(chance, 250))
        reporter->follows = &sim->reporters[chance_below(chance, number)];
    if (reporter->follows && (reporter->follows->follows || reporter->follows->amends ||
                                 reporter->follows->way == BY_WHATSAPP)) /* may not know the ticket */
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
    if (reporter->way == BY_WHATSAPP) {
        phone_write(sim, number);
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
    desks_make(sim);
    staff_make(sim);
}

void people_free(struct sim *sim) {
    free(sim->reporters);
    for (unsigned i = 0; i < sim->todo_count; i++)
        free(sim->todos[i].event);
    for (unsigned i = 0; i < sim->result_count; i++)
        free(sim->results[i].result.bytes);
    accused_free(sim);
    desks_free(sim);
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
    if (reporter->way != BY_WHATSAPP)
        snprintf(reporter->bearer, sizeof reporter->bearer, "Bearer %s", sim->token);
    snprintf(reporter->path, sizeof reporter->path, "/v1/reports%s%s%s", reporter->follows ? "/" : "",
        reporter->follows ? reporter->follows->ticket : "", reporter->follows ? "/messages" : "");
    reporter->request = (struct request){.method = "POST",
        .path = reporter->way == BY_TELEGRAM   ? "/v1/hooks/telegram/sim"
                : reporter->way == BY_WHATSAPP ? "/v1/hooks/whatsapp/sim"
                                               : reporter->path,
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
    bool hook = reporter->way == BY_TELEGRAM || reporter->way == BY_WHATSAPP;
    bool thanks = reporter->way != BY_WHATSAPP && (!reporter->amends || !reporter->album);
    if (status != (hook ? 200 : 202) || (thanks && !ticket[0])) {
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

/* ---- channels ---- */

void result_add(struct machine *machine, const struct effect_result *result, int64_t within_ms) {
    struct sim *sim = machine->sim;
    if (sim->result_count == RESULTS_PENDING_MAX) { /* as if nobody had answered */
        free(result->bytes);
        return;
    }
    sim->results[sim->result_count++] = (struct pending_result){
        machine->number, machine->life, sim->now + chance_between(&sim->chance, 0, within_ms), *result};
}

static void add_outcome(
    struct machine *machine, const struct effect *effect, int outcome, int64_t within_ms) {
    const struct effect_result result = {
        .id = effect->id, .kind = effect->kind, .outcome = outcome, .retry_after_ms = 1000};
    result_add(machine, &result, within_ms);
}

/* A box of this machine says at once whether it has the message, and never twice. */
static void tell_box(struct machine *machine, const struct effect *effect) {
    struct sim *sim = machine->sim;
    bool full = !sim->quiet && !sim->options.calm && chance_hits(&sim->chance, 50);
    add_outcome(machine, effect, full ? SEND_TRANSIENT : SEND_DELIVERED, 0);
}

static void tell_by_mail(struct machine *machine, const struct effect *effect) {
    static const int outcomes[] = {SEND_ACCEPTED, SEND_DELIVERED, SEND_DELIVERED, SEND_DELIVERED,
        SEND_TRANSIENT, SEND_RECIPIENT, SEND_UNKNOWN, SEND_BUSY};
    struct sim *sim = machine->sim;
    struct chance *chance = &sim->chance;
    if (sim->quiet || sim->options.calm) {
        add_outcome(machine, effect, SEND_DELIVERED, sim->quiet ? 0 : 10);
        return;
    }
    unsigned times = chance_hits(chance, 80) ? 0 : chance_hits(chance, 80) ? 2 : 1; /* never, twice, once */
    for (unsigned i = 0; i < times; i++)
        add_outcome(
            machine, effect, outcomes[chance_below(chance, 7)], chance_hits(chance, 100) ? 60000 : 500);
}

void people_effect(struct machine *machine, const struct effect *effect) {
    if (strcmp(machine->name, "console") == 0)
        return console_effect(machine, effect);
    if (strcmp(machine->name, "intake") == 0)
        return phone_effect(machine, effect);
    const struct message *message = effect->what;
    bool box = message->number != 0; /* only local channels number what they hand over */
    machine->sim->outcome->coverage.calls[box ? CALL_BOX : CALL_MAIL]++;
    desk_message(machine->sim, message->text);
    accused_note(machine->sim, message);
    if (box)
        tell_box(machine, effect);
    else
        tell_by_mail(machine, effect);
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
        if (gone)
            free(pending->result.bytes);
        else
            engine_effect_finished(machine->engine, &pending->result);
        if (!gone && strcmp(machine->name, "intake") == 0)
            phone_finished(sim, &pending->result);
        sim->results[i] = sim->results[--sim->result_count];
        acted = true;
    }
    return acted;
}

/* ---- all ---- */

bool people_act(struct sim *sim) {
    bool reporters = reporters_act(sim), staff = staff_act(sim), desks = desks_act(sim);
    bool asks = console_asks_expire(sim), channels = channels_act(sim);
    return reporters || staff || desks || asks || channels;
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
    int64_t desks = desks_wake_at(sim), asks = console_wake_at(sim);
    at = desks < at ? desks : at;
    return asks < at ? asks : at;
}

void people_snapshot(struct sim *sim) {
    desks_snapshot(sim);
    for (unsigned i = 0; i < sim->reported; i++)
        sim->reporters[i].before_snapshot = sim->reporters[i].acknowledged;
}

/* What was acknowledged after the snapshot was lost with the disks, and is known to be: it is sent again. */
void people_restored(struct sim *sim) {
    desks_restored(sim);
    sim->call_count = 0;
    for (unsigned i = 0; i < sim->reported; i++) {
        struct reporter *reporter = &sim->reporters[i];
        if (!reporter->acknowledged || reporter->before_snapshot)
            continue;
        reporter->acknowledged = false;
        reporter->try_at = sim->now + chance_between(&sim->chance, 0, HOUR_MS / 60);
        sim->outcome->acknowledged--;
    }
}
