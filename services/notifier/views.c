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

enum { VIEW_MAX = 4 << 20, LIST_WINDOW = 20000 };

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

static void write_delivery(struct turn *turn, struct json_writer *json, const struct alert *alert,
    const struct delivery *delivery, int64_t watermark, bool with_attempts) {
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
    if (with_attempts && delivery->number == 0 && delivery->attempt > 0)
        write_attempts(turn, json, &id);
    json_write_end(json);
}

/* named: the one who asks may know names; *shown: one was. */
static void write_answer(
    struct turn *turn, struct json_writer *json, const struct alert *alert, bool named, bool *shown) {
    if (!alert->answered_at)
        return;
    const struct person *person = named ? duty_person(turn, alert->answered_by) : NULL;
    json_member_object(json, "answered");
    json_member_integer(json, "at", alert->answered_at);
    json_member_text(json, "team", alert->answered_team);
    json_member_text(json, "by", alert->answered_by);
    if (person) {
        json_member_text(json, "by_name", person->name);
        *shown = true;
    }
    json_member_bool(json, "done", alert->finished);
    json_write_end(json);
}

static bool is_masked(const struct alert *alert, const Sigap__Actor *actor) {
    return alert->confidentiality >= SITE_C3 && !rights_sees_secret(actor);
}

/* shown: set when a name was; NULL: no names, as in lists, which pages ask for again and again.
 * Masked: the case number and what is to be done, nothing of what it is or where. */
static void write_alert(struct turn *turn, struct json_writer *json, const struct alert *alert,
    const Sigap__Actor *actor, bool *shown) {
    bool masked = is_masked(alert, actor);
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
    json_member_text(json, "facility", alert->facility);
    bool tells = masked && alert->subject == SUBJECT_TASK; /* the code of a task tells its kind */
    json_member_text(json, "detail", tells ? "" : alert->detail);
    json_member_bool(json, "unverified", alert->unverified);
    json_member_bool(json, "training", alert->training);
    json_member_bool(json, "needs_answer", alert->answerable);
    json_member_text(json, "policy", policy ? policy->id : "");
    json_member_integer(json, "step", alert->position);
    json_member_integer(json, "opened_at", alert->opened_at);
    json_member_integer(json, "answer_by", alert->answer_by);
    json_member_integer(json, "next_at", alert->next_at);
    json_member_integer(json, "version", (int64_t)alert->version);
    write_answer(turn, json, alert, shown && duty_may_see_names(actor, alert->area), shown);
    json_write_end(json);
}

/* --- of one case --- */

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
        for (unsigned k = 0; k < seen[i]->delivery_count; k++)
            write_delivery(turn, &json, seen[i], &seen[i]->deliveries[k], watermark, true);
    json_write_end(&json);
    json_write_end(&json);
    if (shown)
        audit_look(turn, view->actor, "who answered a case");
    turn_answer_view(turn, answer, 200, &json);
    return VERDICT_DONE;
}

/* --- lists --- */

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

static unsigned search(struct turn *turn, const Sigap__View *view, enum notifier_statement which,
    uint32_t limit, struct alert **out) {
    const Sigap__ListView *list = view->list;
    struct statement *rows = notifier_use(turn->store, which);
    unsigned count = 0;
    bind_rights(rows, view->actor);
    bind_text(rows, list->area);
    bind_int(rows, strcmp(list->name, "alerts") == 0 ? state_parse(list->state) : 0);
    bind_text(rows, list->facility);
    bind_int(rows, limit);
    bind_int(rows, rights_covers(view->actor, ""));
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

static void write_deliveries_of(struct turn *turn, struct json_writer *json, const struct alert *alert,
    const char *state, int64_t watermark, unsigned *left) {
    for (unsigned i = alert->delivery_count; i-- > 0 && *left > 0;) {
        const struct delivery *delivery = &alert->deliveries[i];
        if (state[0] && strcmp(state_of(delivery, watermark), state) != 0)
            continue;
        write_delivery(turn, json, alert, delivery, watermark, false);
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
    if (list->state[0] && alerts && !state_parse(list->state)) {
        answer->status = 400;
        return VERDICT_DONE;
    }
    int64_t watermark = outgoing_watermark(turn);
    struct json_writer json;
    json_writer_init(&json, VIEW_MAX);
    json_write_object(&json);
    json_member_array(&json, list->name);
    struct alert **found = arena_take(turn->arena, limit * sizeof(struct alert *));
    unsigned count = 0, left = limit;
    if (found) { /* what a life may hang at comes first, and is found however old it is */
        count = search(turn, view, NOTIFIER_ALERT_SEARCH_CRITICAL, limit, found);
        count += search(turn, view, NOTIFIER_ALERT_SEARCH, limit - count, found + count);
    }
    for (unsigned i = 0; i < count; i++) {
        if (alerts)
            write_alert(turn, &json, found[i], view->actor, NULL);
        else
            write_deliveries_of(turn, &json, found[i], list->state, watermark, &left);
    }
    json_write_end(&json);
    json_write_end(&json);
    turn_answer_view(turn, answer, 200, &json);
    return VERDICT_DONE;
}

/* --- what an answer link stands for --- */

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
    write_answer(turn, json, alert, link->person != NULL, &shown);
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
