#include "duty_views.h"

#include "common/json.h"
#include "common/rights.h"
#include "duty.h"
#include "duty_orders.h"
#include "state.h"

#include <stdio.h>
#include <string.h>

enum {
    VIEW_MAX = 12 << 20, /* 4096 people x 2.5 KiB */
    CHECK_DAYS_USUAL = 14,
    DAY_MS = 86400000,
};

static void member_minute(struct json_writer *json, const char *key, int minute) {
    char text[16];
    snprintf(text, sizeof text, "%02d:%02d", minute / 60, minute % 60);
    json_member_text(json, key, text);
}

static bool is_in(const char *area, const Sigap__ListView *list) {
    return strncmp(area, list->area, strlen(list->area)) == 0;
}

/* --- people --- */

static void write_person(struct json_writer *json, const struct person *person) {
    json_write_object(json);
    json_member_text(json, "person", person->code);
    json_member_text(json, "name", person->name);
    json_member_text(json, "area", person->area);
    json_member_text(json, "zone", calendar_zone_iana(person->zone));
    json_member_text(json, "language", person->language);
    json_member_array(json, "contacts");
    for (unsigned i = 0; i < person->contact_count; i++) {
        json_write_object(json);
        json_member_text(json, "channel", person->contacts[i].channel);
        json_member_text(json, "address", person->contacts[i].address);
        json_write_end(json);
    }
    json_write_end(json);
    if (person->quiet.from != person->quiet.until) {
        json_member_object(json, "quiet");
        member_minute(json, "from", person->quiet.from);
        member_minute(json, "until", person->quiet.until);
        json_write_end(json);
    }
    json_member_integer(json, "version", (int64_t)person->version);
    json_write_end(json);
}

static void view_people(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    const struct person *people;
    struct json_writer json;
    unsigned count = duty_people(turn, &people), shown = 0;
    if (!rights_has(view->actor, "administrator") && !rights_has(view->actor, "coordinator")) {
        answer->status = 403;
        return;
    }
    json_writer_init(&json, VIEW_MAX);
    json_write_array(&json);
    for (unsigned i = 0; i < count; i++) {
        if (!duty_may_manage(view->actor, people[i].area) || !is_in(people[i].area, view->list))
            continue;
        write_person(&json, &people[i]);
        shown++;
    }
    json_write_end(&json);
    if (shown)
        turn_audit(turn, rights_name(view->actor), "look-at-people", arena_format(turn->arena, "%u", shown));
    turn_answer_view(turn, answer, 200, &json);
}

/* --- duty --- */

static void write_overrides(struct json_writer *json, const struct rota *rota) {
    json_member_array(json, "overrides");
    for (unsigned i = 0; i < rota->override_count; i++) {
        const struct rota_override *each = &rota->overrides[i];
        char id[ID_TEXT + 1];
        id_to_text(&each->id, id);
        json_write_object(json);
        json_member_text(json, "id", id);
        json_member_integer(json, "from", each->from);
        json_member_integer(json, "until", each->until);
        json_member_text(json, "person", each->person);
        json_member_text(json, "instead_of", each->instead_of);
        json_write_end(json);
    }
    json_write_end(json);
}

static unsigned write_now(struct turn *turn, struct json_writer *json, const struct rota *rota) {
    struct duty_chosen chosen = duty_choose(turn, rota->team, POLICY_ALL, NULL);
    json_member_array(json, "now");
    for (unsigned i = 0; i < chosen.count; i++) {
        json_write_object(json);
        json_member_text(json, "person", chosen.people[i]->code);
        json_member_text(json, "name", chosen.people[i]->name);
        json_write_end(json);
    }
    json_write_end(json);
    return chosen.count;
}

static unsigned write_rota(struct turn *turn, struct json_writer *json, const struct rota *rota) {
    char day[16];
    json_write_object(json);
    json_member_text(json, "team", rota->team);
    json_member_text(json, "zone", calendar_zone_iana(rota->zone));
    json_member_text(json, "period", rota->period == ROTA_DAY ? "day" : "week");
    member_minute(json, "handover", rota->handover);
    rota_day_text(rota->start_day, day);
    json_member_text(json, "start", day);
    if (rota->end_day)
        rota_day_text(rota->end_day, day);
    json_member_text(json, "end", rota->end_day ? day : "");
    json_member_integer(json, "at_once", rota->at_once);
    json_member_array(json, "people");
    for (unsigned i = 0; i < rota->count; i++)
        json_write_text(json, rota->people[i]);
    json_write_end(json);
    write_overrides(json, rota);
    unsigned shown = write_now(turn, json, rota);
    json_member_integer(json, "version", (int64_t)rota->version);
    json_write_end(json);
    return shown;
}

static void view_duty(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    const struct notifier *notifier = turn->state;
    const struct rota *rotas;
    struct json_writer json;
    unsigned count = duty_rotas(turn, &rotas), shown = 0;
    json_writer_init(&json, VIEW_MAX);
    json_write_array(&json);
    for (unsigned i = 0; i < count; i++) {
        const struct team *team = teams_find(notifier->teams, rotas[i].team);
        if (team && is_in(team->area, view->list) && duty_may_see_names(view->actor, team->area))
            shown += write_rota(turn, &json, &rotas[i]);
    }
    json_write_end(&json);
    if (shown)
        turn_audit(turn, rights_name(view->actor), "look-at-duty", arena_format(turn->arena, "%u", shown));
    turn_answer_view(turn, answer, 200, &json);
}

/* --- gaps --- */

static void write_gap(
    struct json_writer *json, const struct team *team, const struct rota *rota, int64_t at) {
    char text[32];
    calendar_text(rota->zone, at, text);
    json_write_object(json);
    json_member_text(json, "team", team->id);
    json_member_integer(json, "at", at);
    json_member_text(json, "at_text", text);
    json_write_end(json);
}

static void view_uncovered(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    const struct notifier *notifier = turn->state;
    int64_t days = view->list->limit ? view->list->limit : CHECK_DAYS_USUAL;
    if (days > ROTA_DAYS_MOST)
        days = ROTA_DAYS_MOST;
    struct json_writer json;
    json_writer_init(&json, VIEW_MAX);
    json_write_object(&json);
    json_member_integer(&json, "days", days);
    json_member_array(&json, "uncovered");
    for (unsigned i = 0; i < teams_count(notifier->teams); i++) {
        const struct team *team = teams_at(notifier->teams, i);
        const struct rota *rota = duty_rota(turn, team->id);
        int64_t at = rota && team->round_the_clock && duty_may_see_names(view->actor, team->area)
                         ? rota_uncovered(rota, turn->now, turn->now + days * DAY_MS)
                         : -1;
        if (at >= 0)
            write_gap(&json, team, rota, at);
    }
    json_write_end(&json);
    json_member_array(&json, "mailbox_only");
    for (unsigned i = 0; i < teams_count(notifier->teams); i++) {
        const struct team *team = teams_at(notifier->teams, i);
        if (!duty_rota(turn, team->id) && duty_may_see_names(view->actor, team->area))
            json_write_text(&json, team->id);
    }
    json_write_end(&json);
    json_write_end(&json);
    turn_answer_view(turn, answer, 200, &json);
}

bool duty_view_list(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    if (strcmp(view->list->name, "people") == 0)
        view_people(turn, view, answer);
    else if (strcmp(view->list->name, "duty") == 0)
        view_duty(turn, view, answer);
    else if (strcmp(view->list->name, "uncovered") == 0)
        view_uncovered(turn, view, answer);
    else
        return false;
    return true;
}
