#include "notifier.h"

#include "answer.h"
#include "conflict.h"
#include "duty_orders.h"
#include "escalate.h"
#include "notifier_sql.h"
#include "outgoing.h"
#include "react.h"
#include "recent.h"
#include "state.h"
#include "views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SCRATCH_MAX = ALERT_BODY_MAX,
    FORGET_EVERY_MS = 3600000,
    FORGET_BATCH = 500,
};

/* --- life --- */

static bool open_keys(struct notifier *notifier, const struct daemon_setup *setup, struct error *error) {
    if (!daemon_keys(setup, "notifier", KEYSTORE_HASH | KEYSTORE_LOCAL, &notifier->keystore, error))
        return false;
    notifier->token_key = keystore_token_key(notifier->keystore);
    return true;
}

/* Names of places; a site without a gazetteer shows codes, and has no teams a regency. */
static bool open_gazetteer(struct notifier *notifier, const char *site_dir, struct error *error) {
    char folder[CONFIG_PATH_MAX];
    if (!config_path(folder, site_dir, notifier->site->gazetteer))
        return error_set(error, "the name of the gazetteer's folder is too long");
    notifier->gazetteer = gazetteer_load(folder, AREA_DISTRICT, error);
    return notifier->gazetteer != NULL;
}

/* The site names the console's address, but `sigapctl up --port` leaves a better one in DATA/console.url. */
static void read_console_url(struct notifier *notifier) {
    char path[CONFIG_PATH_MAX], line[sizeof notifier->console_url];
    FILE *file = config_path(path, notifier->data_dir, "console.url") ? fopen(path, "r") : NULL;
    if (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        snprintf(notifier->console_url, sizeof notifier->console_url, "%s", line);
    }
    if (file)
        fclose(file);
    size_t size = strlen(notifier->console_url);
    if (size > 0 && notifier->console_url[size - 1] == '/')
        notifier->console_url[size - 1] = 0;
}

static bool open_channels(struct notifier *notifier, const char *site_dir, struct error *error) {
    struct channel_use uses[CHANNELS_MAX];
    notifier->channels_file = channels_load(site_dir, uses, &notifier->channel_count, error);
    if (!notifier->channels_file)
        return false;
    for (unsigned i = 0; i < notifier->channel_count; i++)
        notifier->channels[i] = (struct delivery_channel){
            .channel = uses[i].channel, .options = uses[i].options, .option_count = uses[i].option_count};
    snprintf(notifier->console_url, sizeof notifier->console_url, "%s",
        channels_console_url(notifier->channels_file));
    read_console_url(notifier);
    return true;
}

static bool read_site(struct notifier *notifier, const char *site_dir, struct error *error) {
    return (notifier->site = site_load(site_dir, error)) &&
           (notifier->kinds = site_kinds_load(site_dir, error)) &&
           (notifier->roles = site_roles_load(site_dir, error)) &&
           (notifier->calendar = calendar_load(site_dir, error)) &&
           open_gazetteer(notifier, site_dir, error) &&
           (notifier->teams =
                   teams_load(site_dir, notifier->site, notifier->gazetteer, notifier->roles, error)) &&
           (notifier->escalation = escalation_load(site_dir, notifier->roles, error)) &&
           open_channels(notifier, site_dir, error);
}

static void notifier_close(void **state) {
    struct notifier *notifier = *state;
    if (!notifier)
        return;
    channels_free(&notifier->channels_file);
    escalation_free(&notifier->escalation);
    teams_free(&notifier->teams);
    gazetteer_free(&notifier->gazetteer);
    calendar_free(&notifier->calendar);
    site_roles_free(&notifier->roles);
    site_kinds_free(&notifier->kinds);
    site_free(&notifier->site);
    keystore_free(&notifier->keystore);
    buffer_free(&notifier->scratch);
    watch_free(&notifier->watch);
    recent_free(&notifier->recent);
    duty_free(&notifier->duty);
    free(notifier);
    *state = NULL;
}

static bool notifier_open(const struct daemon_setup *setup, void **state, struct error *error) {
    struct notifier *notifier = calloc(1, sizeof *notifier);
    *state = notifier;
    if (!notifier)
        return error_set(error, "out of memory");
    notifier->clock = setup->clock;
    notifier->random = *setup->random;
    notifier->simulated = setup->simulated;
    notifier->scratch = BUFFER_MAX(SCRATCH_MAX);
    if (snprintf(notifier->data_dir, sizeof notifier->data_dir, "%s", setup->data_dir) >=
        (int)sizeof notifier->data_dir)
        return error_set(error, "the name of the data folder is too long");
    notifier->watch = watch_new();
    notifier->recent = recent_new();
    notifier->duty = duty_new();
    return ((notifier->watch && notifier->recent && notifier->duty) || error_set(error, "out of memory")) &&
           read_site(notifier, setup->site_dir, error) && open_keys(notifier, setup, error);
}

/* On the full hour, so that starts and restarts share one timer. */
static void forget_later(struct turn *turn, bool soon) {
    int64_t at = turn->now - turn->now % FORGET_EVERY_MS + FORGET_EVERY_MS;
    turn_timer_set(turn, TIMER_FORGET, &(struct id){{1}}, soon ? turn->now + 1000 : at, false);
}

/* --- inputs --- */

static enum verdict on_start(struct turn *turn) {
    escalate_keep_policies(turn);
    conflict_open(turn);
    alerts_begin(turn);
    forget_later(turn, false);
    return outgoing_start(turn);
}

static enum verdict on_command(struct turn *turn, const Sigap__CommandIssued *command) {
    switch (command->command_case) {
    case SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_ALERT:
        return answer_command(turn, command, command->answer_alert);
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_ROTA:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_OVERRIDE:
        return duty_command(turn, command);
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
        break;
    }
    return VERDICT_DONE;
}

static enum verdict on_event(struct turn *turn, const Sigap__Event *event) {
    switch (event->body_case) {
    case SIGAP__EVENT__BODY_REPORT_RECEIVED:
        return react_report_received(turn, event->report_received);
    case SIGAP__EVENT__BODY_CASE_OPENED:
        return react_case_opened(turn, event);
    case SIGAP__EVENT__BODY_REPORT_JOINED:
        return react_report_joined(turn, event);
    case SIGAP__EVENT__BODY_REPORT_IN_REVIEW:
        return react_report_in_review(turn, event->report_in_review);
    case SIGAP__EVENT__BODY_REPORT_CLOSED:
        return react_report_closed(turn, event->report_closed);
    case SIGAP__EVENT__BODY_CASE_CHANGED:
        return react_case_changed(turn, event);
    case SIGAP__EVENT__BODY_REFERRAL_OPENED:
        return react_referral_opened(turn, event);
    case SIGAP__EVENT__BODY_REFERRAL_MOVED:
        return react_referral_moved(turn, event);
    case SIGAP__EVENT__BODY_OFFER_SENT:
        return react_offer_sent(turn, event);
    case SIGAP__EVENT__BODY_OFFER_MOVED:
        return react_offer_moved(turn, event);
    case SIGAP__EVENT__BODY_TASKS_PLANNED:
        return react_tasks_planned(turn, event);
    case SIGAP__EVENT__BODY_TASK_MOVED:
        return react_task_moved(turn, event);
    case SIGAP__EVENT__BODY_TASK_REMINDER:
        return react_task_reminder(turn, event);
    case SIGAP__EVENT__BODY_FACT_RECORDED:
        return react_fact_recorded(turn, event);
    case SIGAP__EVENT__BODY_CASE_CLOSED:
        return react_case_closed(turn, event);
    case SIGAP__EVENT__BODY_COMMAND_ISSUED:
        return on_command(turn, event->command_issued);
    case SIGAP__EVENT__BODY_INPUT_PARKED:
        return react_input_parked(turn, event->input_parked);
    case SIGAP__EVENT__BODY_ALERT_RAISED: /* our own */
    case SIGAP__EVENT__BODY_ALERT_MOVED:
    case SIGAP__EVENT__BODY_DELIVERY_ENDED:
    case SIGAP__EVENT__BODY_COMMAND_ANSWERED: /* the console's affair */
    case SIGAP__EVENT__BODY_CASE_MERGED:
    case SIGAP__EVENT__BODY_REPORT_PARTED:
    case SIGAP__EVENT__BODY__NOT_SET:
    case _SIGAP__EVENT__BODY__CASE_IS_INT_SIZE:
        break;
    }
    return VERDICT_DONE;
}

/* What is over and older than the casework needs to ask about is forgotten: the case file has it. A piece at
 * a time, so that a table of millions costs no turn more than another; an hour after the last piece it begins
 * anew. */
static enum verdict forget(struct turn *turn) {
    struct notifier *notifier = turn->state;
    int64_t before = turn->now - duration_ms(notifier->site->retention.journal);
    struct id edge = id_make(before > 0 ? before : 0, (const uint8_t[10]){0}), upto = edge;
    struct id from = notifier->forgotten;
    if (id_is_null(&from))
        from.bytes[ID_BYTES - 1] = 1; /* the null id is bound as NULL, which is below nothing */
    struct statement *find = notifier_use(turn->store, NOTIFIER_ALERT_FORGET_EDGE);
    bind_id(find, &from);
    bind_id(find, &edge);
    bind_int(find, FORGET_BATCH);
    bool more = statement_step(find);
    if (more)
        upto = column_id(find, 0);
    statement_end(find);
    struct statement *alerts = notifier_use(turn->store, NOTIFIER_ALERT_FORGET);
    bind_id(alerts, &from);
    bind_id(alerts, &upto);
    statement_run(alerts);
    recent_forget(notifier->recent);
    struct statement *attempts = notifier_use(turn->store, NOTIFIER_ATTEMPT_FORGET);
    bind_id(attempts, &edge);
    bind_int(attempts, FORGET_BATCH);
    statement_run(attempts);
    more |= store_changes(turn->store) >= FORGET_BATCH;
    notifier->forgotten =
        more ? upto : (struct id){{0}}; /* only a place to go on from: a rollback does no harm */
    forget_later(turn, more);
    return VERDICT_DONE;
}

static enum verdict on_timer(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at) {
    switch (kind) {
    case TIMER_SWEEP:
        return escalate_sweep(turn, false, object, due_at);
    case TIMER_CRITICAL:
        return escalate_sweep(turn, true, object, due_at);
    case TIMER_DELIVERY:
        return outgoing_timer(turn, object, due_at);
    case TIMER_DEADMAN:
        return react_deadman(turn);
    case TIMER_FORGET:
        return forget(turn);
    case TIMER_LEFT_OVER:
        return outgoing_left_over(turn);
    default:
        return turn_park(turn, "a timer of an unknown kind %u", kind);
    }
}

static void rolled_back(void *state) {
    struct notifier *notifier = state;
    duty_stale(notifier->duty);
    recent_forget(notifier->recent);
}

static void channel_family(const struct notifier *notifier, struct metrics *metrics, enum metrics_type type,
    const char *name, const char *help, int64_t (*value)(const struct delivery_channel *)) {
    metrics_family(metrics, type, name, help);
    for (unsigned i = 0; i < notifier->channel_count; i++)
        metrics_value(metrics, "channel", notifier->channels[i].channel->name, value(&notifier->channels[i]));
}

static int64_t channel_sent(const struct delivery_channel *channel) {
    return (int64_t)channel->sent;
}

static int64_t channel_failed(const struct delivery_channel *channel) {
    return (int64_t)channel->failed;
}

static int64_t channel_usable(const struct delivery_channel *channel) {
    return !channel->breaker.open;
}

static int64_t channel_in_flight(const struct delivery_channel *channel) {
    return channel->in_flight;
}

static void notifier_metrics(void *state, struct metrics *metrics) {
    const struct notifier *notifier = state;
    metrics_counter(
        metrics, "sigap_notifier_alerts_raised_total", "Alerts raised since the start.", notifier->raised);
    metrics_counter(metrics, "sigap_notifier_alerts_answered_total", "Alerts that somebody answered.",
        notifier->answered);
    metrics_counter(metrics, "sigap_notifier_alerts_exhausted_total", "Alerts that nobody was left to tell.",
        notifier->exhausted);
    channel_family(notifier, metrics, METRICS_COUNTER, "sigap_notifier_sent_total",
        "Messages that a channel took.", channel_sent);
    channel_family(notifier, metrics, METRICS_COUNTER, "sigap_notifier_failed_total",
        "Messages that a channel did not take.", channel_failed);
    channel_family(notifier, metrics, METRICS_GAUGE, "sigap_notifier_channel_usable",
        "0 while a channel is left alone after failures.", channel_usable);
    channel_family(notifier, metrics, METRICS_GAUGE, "sigap_notifier_in_flight_messages",
        "Messages handed to a channel, without an outcome so far.", channel_in_flight);
}

static const struct daemon_tool tools[] = {
    {"rota", "rota [check [--days N] | AREA]: who is told when, policy by policy", rota_run},
    {NULL, NULL, NULL}};

static const Sigap__Event__BodyCase hears[] = {SIGAP__EVENT__BODY_REPORT_RECEIVED,
    SIGAP__EVENT__BODY_CASE_OPENED, SIGAP__EVENT__BODY_REPORT_JOINED, SIGAP__EVENT__BODY_REPORT_IN_REVIEW,
    SIGAP__EVENT__BODY_REPORT_CLOSED, SIGAP__EVENT__BODY_CASE_CHANGED, SIGAP__EVENT__BODY_REFERRAL_OPENED,
    SIGAP__EVENT__BODY_REFERRAL_MOVED, SIGAP__EVENT__BODY_OFFER_SENT, SIGAP__EVENT__BODY_OFFER_MOVED,
    SIGAP__EVENT__BODY_TASKS_PLANNED, SIGAP__EVENT__BODY_TASK_MOVED, SIGAP__EVENT__BODY_TASK_REMINDER,
    SIGAP__EVENT__BODY_FACT_RECORDED, SIGAP__EVENT__BODY_CASE_CLOSED, SIGAP__EVENT__BODY_COMMAND_ISSUED,
    SIGAP__EVENT__BODY_INPUT_PARKED, SIGAP__EVENT__BODY__NOT_SET};

static const char *const lists[] = {"alerts", "deliveries", "people", "duty", "uncovered", NULL};

const struct daemon notifier_daemon = {
    .name = "notifier",
    .purpose = "tells who must know, on which channel, until somebody answers",
    .schema = &notifier_schema,
    .open = notifier_open,
    .close = notifier_close,
    .on_start = on_start,
    .on_event = on_event,
    .hears = hears,
    .on_timer = on_timer,
    .lists = lists,
    .on_view = views_answer,
    .on_effect = outgoing_result,
    .rolled_back = rolled_back,
    .connect = outgoing_connect,
    .perform = outgoing_perform,
    .disconnect = outgoing_disconnect,
    .check = notifier_check,
    .tools = tools,
    .metrics = notifier_metrics,
};
