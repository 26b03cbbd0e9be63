/* What staff decides when it sees what the console shows: late, twice, about things that have changed
 * meanwhile, and against each other. */
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR_MS = 3600000 };

/* ---- seeing ---- */

static void add_todo(struct sim *sim, const void *bytes, size_t size) {
    if (sim->todo_count == TODO_MAX)
        return;
    struct todo *todo = &sim->todos[sim->todo_count++];
    todo->at = sim->now + chance_between(&sim->chance, 0, chance_hits(&sim->chance, 500) ? 2000 : HOUR_MS);
    todo->event = malloc(size);
    todo->size = size;
    memcpy(todo->event, bytes, size);
}

void staff_see(struct sim *sim, const void *bytes, size_t size) {
    Sigap__Event *event = sigap__event__unpack(NULL, size, bytes);
    bool interesting = event && event->body_case != SIGAP__EVENT__BODY_COMMAND_ANSWERED;
    if (event)
        sigap__event__free_unpacked(event, NULL);
    if (!interesting || sim->silent || chance_hits(&sim->chance, 300))
        return;
    add_todo(sim, bytes, size);
    if (chance_hits(&sim->chance, 30)) /* two people see it, or one sees it again */
        add_todo(sim, bytes, size);
}

/* ---- ordering ---- */

struct text_id {
    char text[ID_TEXT + 1];
};

static struct text_id text_of(ProtobufCBinaryData bytes) {
    struct text_id text = {""};
    struct id id;
    if (id_from_bytes(bytes.data, bytes.len, &id))
        id_to_text(&id, text.text);
    return text;
}

static struct text_id text_of_id(const struct id *id) {
    struct text_id text;
    id_to_text(id, text.text);
    return text;
}

static struct desk *officer(struct sim *sim) {
    return &sim->desks[0];
}

static struct desk *administrator(struct sim *sim) {
    return &sim->desks[1];
}

/* members: of the body, with a comma behind each. Some name a version, which may be any; of the few orders
 * about duty more do. */
static void say(struct sim *sim, struct errand *errand, const char *members, ...)
    __attribute__((format(printf, 3, 4)));

static void say(struct sim *sim, struct errand *errand, const char *members, ...) {
    size_t room = sizeof errand->body;
    va_list args;
    va_start(args, members);
    int used = vsnprintf(errand->body, room, members, args);
    va_end(args);
    if (chance_hits(&sim->chance, errand->desk == administrator(sim) ? 350 : 120))
        used += snprintf(errand->body + used, room - (size_t)used, "\"expected_version\":%u,",
            (unsigned)chance_below(&sim->chance, 9));
    snprintf(errand->body + used, room - (size_t)used, "\"reason\":\"dilihat petugas\"}");
}

/* By whoever is at the facility, or by an officer who has it on the telephone. */
static void answer_offer(
    struct sim *sim, ProtobufCBinaryData offer, const char *facility, const char *event) {
    struct desk *desk = desk_of_facility(sim, facility);
    bool by_telephone = !desk || chance_hits(&sim->chance, 150);
    say(sim,
        errand_add(sim, ERRAND_ORDER, by_telephone ? officer(sim) : desk, "/api/offers/%s/%s",
            text_of(offer).text, event),
        "{%s%s%s%s", strcmp(event, "reject") == 0 ? "\"reason_code\":\"PENUH\"," : "",
        by_telephone ? "\"on_behalf_of\":\"" : "", by_telephone ? facility : "", by_telephone ? "\"," : "");
}

static void set_capacity(struct sim *sim, const char *facility) {
    struct desk *desk = desk_of_facility(sim, facility);
    sim->capacity_set = true;
    say(sim,
        errand_add(sim, ERRAND_ORDER, desk ? desk : officer(sim), "/api/facilities/%s/capacity", facility),
        "{\"known\":true,\"places\":%u,", (unsigned)chance_below(&sim->chance, 6));
}

static void see_offer(struct sim *sim, const Sigap__OfferSent *offer) {
    static const char *const events[] = {"accept", "accept", "accept", "reject", "reject", "receive"};
    if (chance_hits(&sim->chance, 100))
        set_capacity(sim, offer->facility);
    else
        answer_offer(sim, offer->offer_id, offer->facility, events[chance_below(&sim->chance, 6)]);
}

static void see_offer_moved(struct sim *sim, const Sigap__OfferMoved *moved) {
    static const char *const events[] = {"arrive", "schedule", "complete", "fail", "cancel", "accept"};
    if (chance_hits(&sim->chance, 500))
        answer_offer(sim, moved->offer_id, moved->facility, events[chance_below(&sim->chance, 6)]);
}

static void see_missing(struct sim *sim, const Sigap__Event *event, char **missing, size_t count) {
    for (size_t i = 0; i < count; i++)
        say(sim,
            errand_add(sim, ERRAND_ORDER, officer(sim), "/api/cases/%s/facts", text_of(event->case_id).text),
            "{\"name\":\"%s\",\"value\":\"%s\",", missing[i], chance_hits(&sim->chance, 700) ? "yes" : "no");
}

const struct case_seen *staff_some_case(struct sim *sim) {
    unsigned known = sim->case_count < CASES_SEEN ? sim->case_count : CASES_SEEN;
    return &sim->cases[chance_below(&sim->chance, known)];
}

static void see_review(struct sim *sim, const Sigap__ReportInReview *review) {
    struct chance *chance = &sim->chance;
    bool open = chance_hits(chance, 600), joins = sim->case_count && chance_hits(chance, 200);
    const char *kind = review->kind[0] && chance_hits(chance, 500) ? review->kind : "pasung";
    struct text_id joined = {""};
    if (joins)
        joined = text_of_id(&staff_some_case(sim)->case_id);
    say(sim,
        errand_add(
            sim, ERRAND_ORDER, officer(sim), "/api/reviews/%s/decide", text_of(review->report_id).text),
        "{\"open_case\":%s,\"kind\":\"%s\",\"priority\":\"P%u\",\"area\":\"35.07.13\",%s%s%s",
        open ? "true" : "false", kind, (unsigned)chance_below(chance, 4), joins ? "\"join_case\":\"" : "",
        joined.text, joins ? "\"," : "");
}

static void see_alert(struct sim *sim, const Sigap__AlertRaised *alert) {
    static const char *const actions[] = {
        "accept", "accept", "accept", "cannot", "snooze", "escalate", "done"};
    if (chance_hits(&sim->chance, 700))
        say(sim,
            errand_add(sim, ERRAND_ORDER, officer(sim), "/api/alerts/%s/%s", text_of(alert->alert_id).text,
                actions[chance_below(&sim->chance, 7)]),
            "{");
}

/* Orders for tasks of all kinds, also for those that wait or that the case does not have. */
static void see_tasks(struct sim *sim, const Sigap__Event *event) {
    enum { TASKS = 16 };
    static const char *const events[] = {"done", "done", "cancel", "reopen"};
    struct id case_id;
    id_from_bytes(event->case_id.data, event->case_id.len, &case_id);
    for (unsigned number = 1; number <= TASKS; number++) {
        struct id task_id = case_id; /* as case_file.h makes it */
        task_id.bytes[ID_BYTES - 1] ^= (uint8_t)number;
        if (chance_hits(&sim->chance, 150))
            say(sim,
                errand_add(sim, ERRAND_ORDER, officer(sim), "/api/tasks/%s/%s", text_of_id(&task_id).text,
                    events[chance_below(&sim->chance, 4)]),
                "{\"case_id\":\"%s\",\"outcome\":\"selesai\",", text_of(event->case_id).text);
    }
}

/* ---- two cases that may be one ---- */

static void merge_cases(struct sim *sim, const struct case_seen *one, const struct case_seen *other) {
    say(sim,
        errand_add(sim, ERRAND_ORDER, officer(sim), "/api/cases/%s/merge", text_of_id(&one->case_id).text),
        "{\"into\":\"%s\",\"distinct\":%s,", text_of_id(&other->case_id).text,
        chance_hits(&sim->chance, 100) ? "true" : "false");
}

static void split_report(struct sim *sim, const char *report) {
    say(sim, errand_add(sim, ERRAND_ORDER, officer(sim), "/api/reports/%s/split", report), "{");
}

static void remember_case(struct sim *sim, const Sigap__Event *event) {
    struct case_seen *seen = &sim->cases[sim->case_count++ % CASES_SEEN];
    id_from_bytes(event->case_id.data, event->case_id.len, &seen->case_id);
    id_from_bytes(event->case_opened->report_id.data, event->case_opened->report_id.len, &seen->report_id);
}

static void see_merged(struct sim *sim, const Sigap__Event *event) {
    for (unsigned i = 0; i < CASES_SEEN; i++) {
        const struct case_seen *seen = &sim->cases[i];
        if (event->case_id.len == ID_BYTES &&
            memcmp(seen->case_id.bytes, event->case_id.data, ID_BYTES) == 0 && chance_hits(&sim->chance, 400))
            split_report(sim, text_of_id(&seen->report_id).text);
    }
}

static void change_case(struct sim *sim, const char *case_id) {
    say(sim, errand_add(sim, ERRAND_ORDER, officer(sim), "/api/cases/%s/change", case_id),
        "{\"priority\":\"P%u\",%s", (unsigned)chance_below(&sim->chance, 4),
        chance_hits(&sim->chance, 300) ? "\"area\":\"35.78.03\"," : "");
}

static void close_case(struct sim *sim, const char *case_id) {
    say(sim, errand_add(sim, ERRAND_ORDER, officer(sim), "/api/cases/%s/close", case_id),
        "{\"outcome\":\"tidak_terbukti\",\"reopen\":%s,", chance_hits(&sim->chance, 200) ? "true" : "false");
}

static void see_case(struct sim *sim, const Sigap__Event *event) {
    remember_case(sim, event);
    if (chance_hits(&sim->chance, 300))
        merge_cases(sim, staff_some_case(sim), staff_some_case(sim));
    else if (chance_hits(&sim->chance, 100))
        change_case(sim, text_of(event->case_id).text);
    else if (chance_hits(&sim->chance, 110))
        close_case(sim, text_of(event->case_id).text);
}

static void see_unroutable(struct sim *sim, ProtobufCBinaryData referral) {
    static const char *const some[] = {
        "RS-LAWANG", "JTM-RSBKW-KDR-SHELTER", "JTM-PPSPA-BATU-SHELTER", "nowhere"};
    say(sim, errand_add(sim, ERRAND_ORDER, officer(sim), "/api/referrals/%s/assign", text_of(referral).text),
        "{\"facility\":\"%s\",", some[chance_below(&sim->chance, 4)]);
}

/* ---- people and rotas ---- */

static const char *const people[] = {"petugas", "p-1", "p-2", "p-3"};
static const char *const teams[] = {"opr", "tri", "kor", "kab-3507"};

static const char *any_of(struct sim *sim, const char *const words[4]) {
    return words[chance_below(&sim->chance, 4)];
}

static void set_person(struct sim *sim) {
    const char *person = any_of(sim, people);
    if (chance_hits(&sim->chance, 300))
        say(sim,
            errand_add(sim, ERRAND_ORDER, administrator(sim), "/api/people/%s/%s", person,
                chance_hits(&sim->chance, 500) ? "remove" : "void-links"),
            "{");
    else
        say(sim, errand_add(sim, ERRAND_ORDER, administrator(sim), "/api/people/%s", person),
            "{\"name\":\"Orang %s\",\"contacts\":[{\"channel\":\"outbox\"}],", person);
}

static void set_rota(struct sim *sim, int64_t after_ms) {
    const char *team = any_of(sim, teams);
    bool remove = chance_hits(&sim->chance, 100);
    struct errand *errand =
        errand_add(sim, ERRAND_ORDER, administrator(sim), "/api/duty/%s%s", team, remove ? "/remove" : "");
    errand->try_at = sim->now + after_ms;
    if (remove)
        say(sim, errand, "{");
    else
        say(sim, errand,
            "{\"people\":[\"%s\",\"p-2\"],\"period\":\"day\",\"handover\":\"%02u:00\",\"start\":\"2026-03-"
            "01\","
            "\"at_once\":1,",
            chance_hits(&sim->chance, 500) ? "petugas" : "p-1", (unsigned)chance_below(&sim->chance, 24));
}

static void set_override(struct sim *sim) {
    unsigned from = (unsigned)chance_below(&sim->chance, 12);
    say(sim, errand_add(sim, ERRAND_ORDER, administrator(sim), "/api/duty/%s/override", any_of(sim, teams)),
        "{\"person\":\"%s\",\"from\":\"2026-03-02T%02u:00\",\"until\":\"2026-03-02T%02u:00\",",
        any_of(sim, people), from + 8, from + 10);
}

/* When the day begins. */
void staff_make(struct sim *sim) {
    for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
        struct errand *errand =
            errand_add(sim, ERRAND_ORDER, administrator(sim), "/api/people/%s", people[i]);
        say(sim, errand, "{\"name\":\"Orang %s\",\"contacts\":[{\"channel\":\"outbox\"}],", people[i]);
        errand->try_at = sim->now + chance_between(&sim->chance, 0, 2000);
    }
    for (unsigned i = 0; i < 2; i++)
        set_rota(sim, chance_between(&sim->chance, 1000, 10000));
}

static void plan_duty(struct sim *sim) {
    switch (chance_below(&sim->chance, 4)) {
    case 0:
    case 1:
        return set_person(sim);
    case 2:
        return set_rota(sim, 0);
    case 3:
        return set_override(sim);
    }
}

/* ---- all ---- */

static void consider(struct sim *sim, const Sigap__Event *event) {
    switch (event->body_case) {
    case SIGAP__EVENT__BODY_CASE_OPENED:
        return see_case(sim, event);
    case SIGAP__EVENT__BODY_CASE_MERGED:
        return see_merged(sim, event);
    case SIGAP__EVENT__BODY_REPORT_JOINED:
        if (chance_hits(&sim->chance, 300))
            split_report(sim, text_of(event->report_joined->report_id).text);
        return;
    case SIGAP__EVENT__BODY_REPORT_IN_REVIEW:
        return see_review(sim, event->report_in_review);
    case SIGAP__EVENT__BODY_REFERRAL_OPENED:
        if (event->referral_opened->state == SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE)
            return see_unroutable(sim, event->referral_opened->referral_id);
        return see_missing(sim, event, event->referral_opened->missing, event->referral_opened->n_missing);
    case SIGAP__EVENT__BODY_REFERRAL_MOVED:
        if (event->referral_moved->to == SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE)
            return see_unroutable(sim, event->referral_moved->referral_id);
        return see_missing(sim, event, event->referral_moved->missing, event->referral_moved->n_missing);
    case SIGAP__EVENT__BODY_OFFER_SENT:
        return see_offer(sim, event->offer_sent);
    case SIGAP__EVENT__BODY_OFFER_MOVED:
        return see_offer_moved(sim, event->offer_moved);
    case SIGAP__EVENT__BODY_TASKS_PLANNED:
        return see_tasks(sim, event);
    case SIGAP__EVENT__BODY_ALERT_RAISED:
        return see_alert(sim, event->alert_raised);
    case SIGAP__EVENT__BODY_REPORT_RECEIVED:
        if (chance_hits(&sim->chance, 150))
            plan_duty(sim);
        return;
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

bool staff_act(struct sim *sim) {
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
