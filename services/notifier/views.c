#include "views.h"

#include "alert.h"
#include "answer.h"
#include "common/json.h"
#include "common/rights.h"
#include "conflict.h"
#include "duty_orders.h"
#include "duty_views.h"
#include "escalate.h"
#include "notifier_sql.h"
#include "outgoing.h"
#include "state.h"
#include "text.h"
#include "token.h"

#include <string.h>

enum { VIEW_MAX = 4 << 20, LIST_WINDOW = 20000, COUNT_MAX = 100000, CONFLICTS_MAX = 1000 };

/* A state of the list of alerts: somebody has to answer, and nobody has. Most urgent first, then longest. */
#define STATE_WAITING "waiting"

static void audit_look(struct turn *turn, const Sigap__Actor *actor, const char *what) {
    turn_audit(turn, rights_name(actor), "look-at-names", what);
}

static void member_id(struct json_writer *json, const char *key, const struct id *id) {
    char text[ID_TEXT + 1];
    id_to_text(id, text);
    json_member_text(json, key, text);
}

/* The row of a local delivery keeps saying SENDING; the watermark says that it has arrived. */
static const char *state_of(const struct delivery *delivery, int64_t watermark) {
    bool handed = delivery->state == DELIVERY_SENDING && delivery->number && delivery->number <= watermark;
    return delivery_state_word(handed ? DELIVERY_DELIVERED : delivery->state);
}

static void write_attempts(struct turn *turn, struct json_writer *json, const struct id *delivery) {
    struct statement *list = notifier_use(turn->store, NOTIFIER_ATTEMPT_LIST);
    bind_id(list, delivery);
    json_member_array(json, "attempt_list");
    while (statement_step(list)) {
        json_write_object(json);
        json_member_integer(json, "number", column_int(list, 0));
        json_member_integer(json, "at", column_int(list, 1));
        json_member_text(json, "outcome", column_text(list, 3));
        json_member_text(json, "detail", column_text(list, 4));
        json_write_end(json);
    }
    statement_end(list);
    json_write_end(json);
}

/* In a list it says what it is about, in a case what was tried. */
enum delivery_place { DELIVERY_ALONE, DELIVERY_OF_CASE };

static void write_subject(struct json_writer *json, const struct alert *alert) {
    member_id(json, "case_id", &alert->case_id);
    json_member_text(json, "subject", alert_subject_word(alert->subject));
    json_member_text(json, "priority", site_priority_words[alert->priority].str);
}

static void write_delivery(struct turn *turn, struct json_writer *json, const struct alert *alert,
    const struct delivery *delivery, int64_t watermark, enum delivery_place place) {
    struct id id = alert_delivery_id(&alert->id, delivery->ordinal);
    json_write_object(json);
    member_id(json, "id", &id);
    member_id(json, "alert_id", &alert->id);
    json_member_text(json, "to", delivery->team);
    json_member_text(json, "channel", delivery->channel);
    json_member_text(json, "state", state_of(delivery, watermark));
    json_member_text(json, "purpose", delivery_purpose_word(delivery->purpose));
    json_member_bool(json, "codes_only", delivery->codes_only);
    json_member_integer(json, "at", delivery->at);
    json_member_integer(json, "attempts", delivery->attempt);
    if (delivery->on_duty[0])
        json_member_text(json, "on_duty", delivery->on_duty);
    if (delivery->next_at)
        json_member_integer(json, "next_at", delivery->next_at);
    if (delivery->role[0])
        json_member_text(json, "pass_on_to", delivery->role);
    if (delivery->reason[0])
        json_member_text(json, "reason", delivery->reason);
    if (place == DELIVERY_ALONE)
        write_subject(json, alert);
    else if (delivery->number == 0 && delivery->attempt > 0)
        write_attempts(turn, json, &id);
    json_write_end(json);
}

/* masked: that somebody has it, not who. named: the one who asks may know names; *shown: one was. */
static void write_answer(struct turn *turn, struct json_writer *json, const struct alert *alert, bool masked,
    bool named, bool *shown) {
    if (!alert->answered_at)
        return;
    const struct person *person = named && !masked ? duty_person(turn, alert->answered_by) : NULL;
    json_member_object(json, "answered");
    json_member_integer(json, "at", alert->answered_at);
    json_member_text(json, "team", masked ? "" : alert->answered_team);
    json_member_text(json, "by", masked ? "" : alert->answered_by);
    if (person) {
        json_member_text(json, "by_name", person->name);
        *shown = true;
    }
    json_member_bool(json, "done", alert->finished);
    json_write_end(json);
}

/* shown: set when a name was; NULL: no names, as in lists, which pages ask for again and again.
 * Masked: the case number and how urgent it is, nothing of what it is, where, or who else is told of it. */
static void write_alert(struct turn *turn, struct json_writer *json, const struct alert *alert,
    const Sigap__Actor *actor, bool *shown) {
    bool masked = answer_is_masked(alert, actor), own = answer_is_of_facility(alert, actor);
    const struct notifier *notifier = turn->state;
    const struct policy *policy = escalate_policy(turn, alert);
    json_write_object(json);
    member_id(json, "id", &alert->id);
    json_member_text(json, "subject", alert_subject_word(alert->subject));
    member_id(json, "subject_id", &alert->subject_id);
    member_id(json, "case_id", &alert->case_id);
    json_member_text(json, "state", alert_state_word(alert->state));
    json_member_text(json, "priority", site_priority_words[alert->priority].str);
    json_member_text(json, "kind", masked ? "" : alert->kind);
    json_member_text(json, "area", masked ? "" : alert->area);
    const struct site_kind *kind = masked ? NULL : site_kinds_find(notifier->kinds, alert->kind);
    json_member_text(json, "kind_name", kind ? kind->name : "Ada pesan layanan");
    json_member_bool(json, "restricted", masked);
    json_member_text(json, "facility", masked && !own ? "" : alert->facility);
    json_member_text(json, "detail", masked ? "" : alert->detail); /* a task's code tells its kind */
    json_member_bool(json, "unverified", alert->unverified);
    json_member_bool(json, "training", alert->training);
    json_member_bool(json, "needs_answer", alert->answerable);
    json_member_bool(json, "may_answer", answer_may_act(turn, alert, actor));
    json_member_text(json, "policy", policy && !masked ? policy->id : "");
    json_member_integer(json, "step", alert->position);
    json_member_integer(json, "opened_at", alert->opened_at);
    json_member_integer(json, "answer_by", alert->answer_by);
    json_member_integer(json, "next_at", alert->next_at);
    json_member_integer(json, "version", (int64_t)alert->version);
    write_answer(turn, json, alert, masked && !own, shown && duty_may_see_names(actor, alert->area), shown);
    json_write_end(json);
}

/* Who is told of a secret case tells what it is. Staff of the facility it is offered to know of themselves.
 */
static bool may_see_delivery(const struct turn *turn, const struct alert *alert,
    const struct delivery *delivery, const Sigap__Actor *actor) {
    const struct notifier *notifier = turn->state;
    if (!answer_is_masked(alert, actor))
        return true;
    const struct team *team = teams_find(notifier->teams, delivery->team);
    return team && team->facility && rights_facility(actor, team->facility->id);
}

/* --- of one case --- */

static void write_deliveries(struct turn *turn, struct json_writer *json, const struct alert *alert,
    const Sigap__Actor *actor, int64_t watermark) {
    for (unsigned i = 0; i < alert->delivery_count; i++)
        if (may_see_delivery(turn, alert, &alert->deliveries[i], actor))
            write_delivery(turn, json, alert, &alert->deliveries[i], watermark, DELIVERY_OF_CASE);
}

static enum verdict view_case(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct alert *all[ALERT_INCIDENT_MAX], *seen[ALERT_INCIDENT_MAX];
    struct id case_id;
    unsigned count = 0, found;
    bool shown = false;
    if (!id_from_bytes(view->case_file->case_id.data, view->case_file->case_id.len, &case_id)) {
        answer->status = 400;
        return VERDICT_DONE;
    }
    found = alert_list(turn, &case_id, all);
    for (unsigned i = 0; i < found; i++)
        if (answer_may_see(all[i], view->actor) && !conflict_of_actor(turn, all[i], view->actor))
            seen[count++] = all[i];
    if (!count) {
        answer->status = 404; /* the same for what is not there and what is not theirs */
        return VERDICT_DONE;
    }
    int64_t watermark = outgoing_watermark(turn);
    struct json_writer json;
    json_writer_init(&json, VIEW_MAX);
    json_write_object(&json);
    json_member_array(&json, "alerts");
    for (unsigned i = 0; i < count; i++)
        write_alert(turn, &json, seen[i], view->actor, &shown);
    json_write_end(&json);
    json_member_array(&json, "deliveries");
    for (unsigned i = 0; i < count; i++)
        write_deliveries(turn, &json, seen[i], view->actor, watermark);
    json_write_end(&json);
    json_write_end(&json);
    if (shown)
        audit_look(turn, view->actor, "who answered a case");
    turn_answer_view(turn, answer, 200, &json);
    return VERDICT_DONE;
}

/* --- lists --- */

static bool is_of_waiting(const Sigap__ListView *list) {
    return strcmp(list->name, "alerts") == 0 && strcmp(list->state, STATE_WAITING) == 0;
}

/* -1: every one, or no such. */
static int priority_parse(const char *word) {
    for (int priority = SITE_P0; priority <= SITE_P4; priority++)
        if (strcmp(word, site_priority_words[priority].str) == 0)
            return priority;
    return -1;
}

static enum alert_state state_parse(const char *word) {
    for (enum alert_state state = ALERT_STATE_OPEN; state <= ALERT_STATE_STOOD_DOWN;
         state = (enum alert_state)(state + 1))
        if (strcmp(word, alert_state_word(state)) == 0)
            return state;
    return 0;
}

/* Areas and facilities of the actor as parameters of the query. What is not used holds a text that nothing
 * begins with; "*" becomes the empty prefix, which everything begins with. */
static void bind_rights(struct statement *search, const Sigap__Actor *actor) {
    for (size_t i = 0; i < RIGHTS_AREAS; i++) {
        const char *area = actor && i < actor->n_areas ? actor->areas[i] : "-";
        bind_text(search, strcmp(area, "*") == 0 ? "" : area_level(area) != AREA_NONE ? area : "-");
    }
    for (size_t i = 0; i < RIGHTS_FACILITIES; i++)
        bind_text(search, actor && i < actor->n_facilities ? actor->facilities[i] : "-");
}

/* Of what one may be part of, nothing is shown. */
static unsigned without_conflict(
    struct turn *turn, const Sigap__Actor *actor, struct alert **all, unsigned count) {
    unsigned left = 0;
    for (unsigned i = 0; i < count; i++)
        if (!conflict_of_actor(turn, all[i], actor))
            all[left++] = all[i];
    return left;
}

/* What the statements of lists have in common: alert_asked_for. */
static struct statement *ask_for(struct turn *turn, const Sigap__View *view, enum notifier_statement which,
    uint32_t limit, uint32_t skip) {
    const Sigap__ListView *list = view->list;
    struct statement *rows = notifier_use(turn->store, which);
    bind_rights(rows, view->actor);
    bind_text(rows, list->area);
    bind_int(rows, strcmp(list->name, "alerts") == 0 ? state_parse(list->state) : 0);
    bind_text(rows, list->facility);
    bind_int(rows, limit);
    bind_int(rows, rights_covers(view->actor, ""));
    bind_int(rows, priority_parse(list->priority));
    bind_int(rows, rights_sees_secret(view->actor));
    bind_int(rows, skip);
    return rows;
}

static unsigned search(struct turn *turn, const Sigap__View *view, enum notifier_statement which,
    uint32_t limit, struct alert **out) {
    struct statement *rows = ask_for(turn, view, which, limit, view->list->skip);
    unsigned count = 0;
    if (which == NOTIFIER_ALERT_SEARCH)
        bind_int(rows, LIST_WINDOW);
    while (count < limit && statement_step(rows)) {
        struct alert *alert = alert_from_row(turn, rows);
        if (alert)
            out[count++] = alert;
    }
    statement_end(rows);
    return without_conflict(turn, view->actor, out, count);
}

static bool is_asked_for(const struct alert *alert, const Sigap__View *view) {
    const Sigap__ListView *list = view->list;
    int priority = priority_parse(list->priority);
    return alert->answerable && (alert->state == ALERT_STATE_OPEN || alert->state == ALERT_STATE_EXHAUSTED) &&
           answer_may_see(alert, view->actor) && (priority < 0 || alert->priority == priority) &&
           strncmp(alert->area, list->area, strlen(list->area)) == 0 &&
           (!list->facility[0] || strcmp(list->facility, alert->facility) == 0);
}

/* Those that the list leaves out, so that their number does not tell of them. */
static unsigned count_conflicts(struct turn *turn, const Sigap__View *view) {
    struct id *cases = arena_take(turn->arena, CONFLICTS_MAX * sizeof *cases);
    unsigned count = cases ? conflict_cases(turn, cases, CONFLICTS_MAX) : 0, hidden = 0;
    for (unsigned i = 0; i < count; i++) {
        struct alert *all[ALERT_INCIDENT_MAX];
        unsigned found = alert_list(turn, &cases[i], all);
        for (unsigned k = 0; k < found; k++)
            hidden += is_asked_for(all[k], view) && conflict_of_actor(turn, all[k], view->actor);
    }
    return hidden;
}

static uint32_t count_waiting(struct turn *turn, const Sigap__View *view) {
    struct statement *count = ask_for(turn, view, NOTIFIER_ALERT_COUNT_WAITING, COUNT_MAX, 0);
    int64_t total = statement_step(count) ? column_int(count, 0) : 0;
    statement_end(count);
    int64_t hidden = count_conflicts(turn, view);
    return total > hidden ? (uint32_t)(total - hidden) : 0;
}

static unsigned find(struct turn *turn, const Sigap__View *view, uint32_t limit, struct alert **out) {
    if (is_of_waiting(view->list))
        return search(turn, view, NOTIFIER_ALERT_SEARCH_WAITING, limit, out);
    /* what a life may hang at comes first, and is found however old it is */
    unsigned count = search(turn, view, NOTIFIER_ALERT_SEARCH_CRITICAL, limit, out);
    return count + search(turn, view, NOTIFIER_ALERT_SEARCH, limit - count, out + count);
}

static bool is_good(const Sigap__ListView *list) {
    bool known = !list->state[0] || is_of_waiting(list) || strcmp(list->name, "alerts") != 0 ||
                 state_parse(list->state);
    return known && (!list->priority[0] || priority_parse(list->priority) >= 0) &&
           (!list->skip || is_of_waiting(list));
}

static void list_deliveries_of(struct turn *turn, struct json_writer *json, const struct alert *alert,
    const Sigap__View *view, int64_t watermark, unsigned *left) {
    const char *state = view->list->state;
    for (unsigned i = alert->delivery_count; i-- > 0 && *left > 0;) {
        const struct delivery *delivery = &alert->deliveries[i];
        if (state[0] && strcmp(state_of(delivery, watermark), state) != 0)
            continue;
        if (!may_see_delivery(turn, alert, delivery, view->actor))
            continue;
        write_delivery(turn, json, alert, delivery, watermark, DELIVERY_ALONE);
        --*left;
    }
}

static enum verdict view_list(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    const Sigap__ListView *list = view->list;
    if (duty_view_list(turn, view, answer))
        return VERDICT_DONE;
    bool alerts = strcmp(list->name, "alerts") == 0, deliveries = strcmp(list->name, "deliveries") == 0;
    uint32_t limit = view_rows(list);
    if (!alerts && !deliveries)
        return VERDICT_DONE; /* 404 */
    if (!is_good(list)) {
        answer->status = 400;
        return VERDICT_DONE;
    }
    int64_t watermark = outgoing_watermark(turn);
    struct json_writer json;
    json_writer_init(&json, VIEW_MAX);
    json_write_object(&json);
    json_member_array(&json, list->name);
    struct alert **found = arena_take(turn->arena, limit * sizeof(struct alert *));
    unsigned count = found ? find(turn, view, limit, found) : 0, left = limit;
    for (unsigned i = 0; i < count; i++) {
        if (alerts)
            write_alert(turn, &json, found[i], view->actor, NULL);
        else
            list_deliveries_of(turn, &json, found[i], view, watermark, &left);
    }
    json_write_end(&json);
    json_write_end(&json);
    if (is_of_waiting(list))
        answer->total = count_waiting(turn, view);
    turn_answer_view(turn, answer, 200, &json);
    return VERDICT_DONE;
}

/* --- what an answer link stands for --- */

/* Who has a secret case is not for those outside of it, but whoever has it may read that they do. */
static bool holder_is_hidden(const struct alert *alert, const struct answer_link *link) {
    bool theirs = link->person && strcmp(link->person->code, alert->answered_by) == 0;
    return outgoing_is_outside(alert, link->team) && !theirs;
}

static void write_token(struct turn *turn, struct json_writer *json, const struct answer_token *token,
    const struct alert *alert, const struct answer_link *link) {
    const struct notifier *notifier = turn->state;
    bool shown = false;
    const struct site_kind *kind = site_kinds_find(notifier->kinds, alert->kind);
    bool neutral = !kind || text_is_neutral(alert, kind);
    json_write_object(json);
    member_id(json, "alert_id", &alert->id);
    member_id(json, "case_id", &alert->case_id);
    json_member_text(json, "subject", alert_subject_word(alert->subject));
    json_member_text(json, "action", alert_move_word(token->action));
    json_member_text(json, "team", link->team->id);
    json_member_text(json, "team_name", link->team->name);
    if (link->person)
        json_member_text(json, "person", link->person->code);
    /* The facility that has accepted may give it back: for it the offer is answered, not over. */
    json_member_text(json, "state",
        alert_state_word(answer_may_give_back(alert, link->team) ? ALERT_STATE_ANSWERED : alert->state));
    json_member_text(json, "priority", site_priority_words[alert->priority].str);
    json_member_text(json, "kind_name", neutral ? "Ada pesan layanan" : kind->name);
    json_member_text(json, "kind_name_en", neutral ? "There is a service message" : kind->name_en);
    char district[AREA_TEXT + 1] = "", label[128] = "";
    if (!neutral && area_cut(alert->area, AREA_DISTRICT, district) && notifier->gazetteer)
        gazetteer_label(notifier->gazetteer, district, label, sizeof label);
    json_member_text(json, "area", district);
    json_member_text(json, "area_name", label);
    json_member_bool(json, "unverified", alert->unverified);
    json_member_bool(json, "training", alert->training);
    json_member_integer(json, "opened_at", alert->opened_at);
    json_member_integer(json, "answer_by", alert->answer_by);
    json_member_integer(json, "version", (int64_t)alert->version);
    /* Colleagues who were called too may know who was first; a mailbox is read by many. */
    write_answer(turn, json, alert, holder_is_hidden(alert, link), link->person != NULL, &shown);
    json_write_end(json);
    if (shown)
        turn_audit(turn, link->person->code, "look-at-names", "who answered an alert");
}

static enum verdict view_token(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    const struct notifier *notifier = turn->state;
    struct answer_token token;
    switch (token_read(notifier->token_key, view->token->token, turn->now, &token)) {
    case HMAC_TOKEN_GOOD:
        break;
    case HMAC_TOKEN_EXPIRED:
        answer->status = 410;
        return VERDICT_DONE;
    case HMAC_TOKEN_FORGED:
        answer->status = 403;
        return VERDICT_DONE;
    }
    struct alert *alert = alert_read(turn, &token.alert);
    struct answer_link link = answer_link_of(turn, alert, &token);
    if (!link.team || link.conflict)
        return VERDICT_DONE; /* 404 */
    struct json_writer json;
    json_writer_init(&json, VIEW_MAX);
    write_token(turn, &json, &token, alert, &link);
    turn_answer_view(turn, answer, 200, &json);
    return VERDICT_DONE;
}

enum verdict views_answer(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    answer->status = 404;
    switch (view->what_case) {
    case SIGAP__VIEW__WHAT_CASE_FILE:
        return view_case(turn, view, answer);
    case SIGAP__VIEW__WHAT_LIST:
        return view_list(turn, view, answer);
    case SIGAP__VIEW__WHAT_TOKEN:
        return view_token(turn, view, answer);
    case SIGAP__VIEW__WHAT_CONTROL:
        duty_control(turn, view, answer);
        return VERDICT_DONE;
    case SIGAP__VIEW__WHAT_STATUS: /* answered by the core */
    case SIGAP__VIEW__WHAT_PARKED_RETRY:
    case SIGAP__VIEW__WHAT_REPORT: /* other daemons' */
    case SIGAP__VIEW__WHAT_EXPLAIN:
    case SIGAP__VIEW__WHAT_MEDIA:
    case SIGAP__VIEW__WHAT__NOT_SET:
    case _SIGAP__VIEW__WHAT__CASE_IS_INT_SIZE:
        break;
    }
    return VERDICT_DONE;
}
