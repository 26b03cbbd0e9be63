#include "services/intake/intake.h"

#include "intake_sql.h"
#include "services/intake/answer.h"
#include "services/intake/door.h"
#include "services/intake/follow.h"
#include "services/intake/hook.h"
#include "services/intake/import.h"
#include "services/intake/lmtp.h"
#include "services/intake/media.h"
#include "services/intake/outgoing.h"
#include "services/intake/receive.h"
#include "services/intake/replies.h"
#include "services/intake/sender.h"
#include "services/intake/sender_view.h"
#include "services/intake/source.h"
#include "services/intake/sweep.h"
#include "services/intake/web.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

/* --- life --- */

static bool open_keys(struct intake *intake, const struct daemon_setup *setup, struct error *error) {
    const unsigned parts = KEYSTORE_PUBLIC | KEYSTORE_HASH | KEYSTORE_LOCAL;
    if (!daemon_keys(setup, "intake", parts, &intake->keystore, error))
        return false;
    intake->session = seal_session_new(
        keystore_site_public(intake->keystore), setup->random, clock_wall_ms(setup->clock), error);
    return intake->session != NULL;
}

static bool read_site(struct intake *intake, const char *site_dir, struct error *error) {
    intake->site = site_load(site_dir, error);
    intake->danger = intake->site ? danger_load(site_dir, error) : NULL;
    intake->replies = intake->danger ? intake_replies_load(site_dir, intake->site, error) : NULL;
    if (!intake->replies)
        return false;
    intake->retention_ms = duration_ms(intake->site->retention.intake);
    intake->emergency_json = intake_emergency_json(intake->site);
    return intake->emergency_json || error_set(error, "site.yaml: the short codes do not fit into an answer");
}

static size_t source_count(void) {
    size_t count = 0;
    while (intake_sources[count])
        count++;
    return count;
}

static bool open_sources(
    struct intake *intake, const char *site_dir, const char *data_dir, struct error *error) {
    intake->channels = intake_channels_load(site_dir, data_dir, error);
    if (!intake->channels)
        return false;
    intake->source_states = calloc(source_count() + 1, sizeof *intake->source_states);
    if (!intake->source_states)
        return error_set(error, "out of memory");
    for (size_t i = 0; intake_sources[i]; i++)
        if (intake_sources[i]->open &&
            !intake_sources[i]->open(site_dir, data_dir, &intake->source_states[i], error))
            return error_prefix(error, "source %s", intake_sources[i]->name);
    return true;
}

static void intake_close(void **state) {
    struct intake *intake = *state;
    for (size_t i = 0; intake->source_states && intake_sources[i]; i++)
        if (intake_sources[i]->close && intake->source_states[i])
            intake_sources[i]->close(&intake->source_states[i]);
    free(intake->source_states);
    hash_index_close(&intake->reports);
    seal_session_free(&intake->session);
    keystore_free(&intake->keystore);
    if (intake->danger)
        danger_free(&intake->danger);
    intake_replies_free(&intake->replies);
    if (intake->channels)
        intake_channels_free(&intake->channels);
    if (intake->site)
        site_free(&intake->site);
    free(intake->emergency_json);
    free(intake);
    *state = NULL;
}

static bool intake_open(const struct daemon_setup *setup, void **state, struct error *error) {
    struct intake *intake = calloc(1, sizeof *intake);
    if (!intake)
        return error_set(error, "out of memory");
    intake->clock = setup->clock;
    intake->random = setup->random;
    intake->data_dir = setup->data_dir;
    *state = intake;
    if (read_site(intake, setup->site_dir, error) && open_keys(intake, setup, error) &&
        open_sources(intake, setup->site_dir, setup->data_dir, error))
        return true;
    intake_close(state);
    return false;
}

bool intake_check(const char *site_dir, struct error *error) {
    void *state = calloc(1, sizeof(struct intake));
    if (!state)
        return error_set(error, "out of memory");
    bool sound = read_site(state, site_dir, error) && open_sources(state, site_dir, NULL, error);
    intake_close(&state);
    return sound;
}

/* --- the session key --- */

/* While reports come in each turn sees to it that the key is not older than a minute; a timer does when none
 * come. It touches no row, so it is no timer of the store. */
struct intake_rotation {
    uv_timer_t timer;
    struct intake *intake;
};

static void on_minute(uv_timer_t *timer) {
    struct intake_rotation *rotation = timer->data;
    seal_session_rotate(rotation->intake->session, clock_wall_ms(rotation->intake->clock));
}

static void on_rotation_closed(uv_handle_t *handle) {
    free(handle->data);
}

static bool intake_connect(void *state, struct daemon_loop *loop, struct error *error) {
    struct intake *intake = state;
    struct intake_rotation *rotation = calloc(1, sizeof *rotation);
    if (!rotation || uv_timer_init(loop->uv, &rotation->timer) != 0) {
        free(rotation);
        return error_set(error, "out of memory");
    }
    if (!intake_web_open(intake, loop, error) || !intake_lmtp_open(intake, loop, error)) {
        uv_close((uv_handle_t *)&rotation->timer, on_rotation_closed);
        rotation->timer.data = rotation;
        return false;
    }
    rotation->intake = intake;
    rotation->timer.data = rotation;
    intake->rotation = rotation;
    return uv_timer_start(&rotation->timer, on_minute, SEAL_SESSION_MS, SEAL_SESSION_MS) == 0 ||
           error_set(error, "the timer of the session key cannot be started");
}

static void intake_disconnect(void *state) {
    struct intake *intake = state;
    if (intake->rotation)
        uv_close((uv_handle_t *)&intake->rotation->timer, on_rotation_closed);
    intake->rotation = NULL;
    intake_lmtp_close(intake);
    intake_web_close(intake);
}

static void intake_perform(void *state, const struct effect *effect) {
    if (effect->kind == EFFECT_MAIL_ANSWER)
        intake_lmtp_answer(state, effect);
    else
        intake_web_perform(state, effect);
}

/* --- inputs --- */

static enum verdict intake_on_start(struct turn *turn) {
    struct intake *intake = turn->state;
    if (!intake_reports_open(turn))
        return VERDICT_RETRY;
    intake_tokens_load(turn, &intake->tokens); /* what is committed: not ahead of the store */
    sender_blocks_load(turn);
    intake_sweep_start(turn);
    return VERDICT_DONE;
}

static enum verdict intake_on_timer(
    struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at) {
    if (kind == SWEEP_TIMER)
        intake_sweep_step(turn);
    else if (kind == HOOK_TIMER)
        hook_on_timer(turn, object, due_at);
    else if (kind == OUTGOING_TIMER)
        intake_tell_timer(turn, object, due_at);
    else if (kind == MEDIA_TIMER)
        intake_media_timer(turn, object, due_at);
    return VERDICT_DONE;
}

static enum verdict intake_on_effect(struct turn *turn, const struct effect_result *result) {
    if (result->kind == EFFECT_TELL)
        intake_tell_result(turn, result);
    else if (result->kind == EFFECT_FETCH)
        intake_media_result(turn, result);
    else if (result->kind == EFFECT_MAIL)
        intake_lmtp_take(turn, result);
    return VERDICT_DONE;
}

/* The source a path belongs to; call is filled. */
static const struct intake_source *source_of(struct intake *intake, const struct request *request,
    char parts[HTTP_PARTS_MAX][64], struct intake_call *call) {
    for (size_t i = 0; intake_sources[i]; i++)
        for (size_t k = 0; intake_sources[i]->routes[k]; k++)
            if (http_path_matches(request->path, intake_sources[i]->routes[k], parts, HTTP_PARTS_MAX)) {
                *call = (struct intake_call){
                    intake, intake->source_states[i], request, parts, intake_sources[i]->routes[k]};
                return intake_sources[i];
            }
    return NULL;
}

static bool is_reading(const struct request *request) {
    return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

static bool is_compressed(const struct request *request) {
    const char *encoding = request->header(request, "Content-Encoding");
    return encoding && *encoding && strcasecmp(encoding, "identity") != 0;
}

static void answer_health(struct turn *turn, struct answer *answer) {
    intake_answer_json(
        200, store_low(turn->store) ? "{\"status\":\"low_disk\"}" : "{\"status\":\"ok\"}", answer);
}

static enum verdict intake_on_request(
    struct turn *turn, const struct request *request, struct answer *answer) {
    struct intake_call call;
    char parts[HTTP_PARTS_MAX][64];
    const struct intake_source *source = source_of(turn->state, request, parts, &call);
    if (source && is_compressed(request)) {
        intake_answer_type(turn->arena, "", answer);
        return VERDICT_DONE;
    }
    if (source)
        return source->on_request(turn, &call, answer);
    bool ticket = http_path_matches(request->path, "/v1/reports/*", parts, HTTP_PARTS_MAX);
    bool health = strcmp(request->path, "/v1/healthz") == 0;
    if ((ticket || health) && !is_reading(request))
        intake_answer_method(turn->arena, "GET, HEAD", answer);
    else if (ticket)
        intake_follow_request(turn, parts[0], answer);
    else if (health)
        answer_health(turn, answer);
    else
        intake_answer_problem(turn->arena, &problem_not_found, answer);
    return VERDICT_DONE;
}

static bool intake_request_is_urgent(void *state, const struct request *request) {
    struct intake_call call;
    char parts[HTTP_PARTS_MAX][64];
    const struct intake_source *source = source_of(state, request, parts, &call);
    return source && source->is_urgent && source->is_urgent(&call);
}

/* 413 while it is read: nobody sends 3 MB to a door that takes 64 KiB. */
static size_t intake_body_limit(void *state, const char *method, const char *path) {
    struct request request = {.method = method, .path = path};
    struct intake_call call;
    char parts[HTTP_PARTS_MAX][64];
    const struct intake_source *source = source_of(state, &request, parts, &call);
    return source && source->body_max ? source->body_max : SOURCE_BODY_MAX;
}

/* Too many at once, or no disk: whoever reports a danger must at least be told whom to call. */
static void intake_refuse_request(
    void *state, struct arena *arena, const struct request *request, struct answer *answer) {
    const struct intake *intake = state;
    struct problem problem = problem_overloaded;
    (void)request;
    problem.detail_id = intake->site->emergency_text;
    problem.detail_en = intake->site->emergency_text_en;
    intake_answer_emergency(arena, intake, &problem, answer);
}

static enum verdict intake_on_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    if (!intake_token_control(turn, view, answer) && !intake_follow_view(turn, view, answer) &&
        !hook_view(turn, view, answer) && !sender_view(turn, view, answer) &&
        !intake_media_view(turn, view, answer) && !intake_media_show(turn, view, answer))
        answer->status = 404;
    return VERDICT_DONE;
}

static void put_yes_no(
    struct metrics *metrics, const char *name, const char *help, uint64_t yes, uint64_t no) {
    metrics_family(metrics, METRICS_COUNTER, name, help);
    metrics_value(metrics, "ok", "yes", (int64_t)yes);
    metrics_value(metrics, "ok", "no", (int64_t)no);
}

static void intake_metrics(void *state, struct metrics *metrics) {
    const struct intake_counts *counts = &((struct intake *)state)->counts;
    metrics_family(metrics, METRICS_COUNTER, "sigap_intake_reports_total", "Reports taken since the start.");
    metrics_value(metrics, "lane", "urgent", (int64_t)counts->taken[LANE_URGENT]);
    metrics_value(metrics, "lane", "normal", (int64_t)counts->taken[LANE_NORMAL]);
    metrics_counter(metrics, "sigap_intake_duplicates_total", "Reports that came again.", counts->again);
    metrics_counter(metrics, "sigap_intake_refused_total", "Reports refused.", counts->refused);
    metrics_counter(
        metrics, "sigap_intake_over_limit_total", "Reports over a sender's limit.", counts->over_limit);
    metrics_counter(metrics, "sigap_intake_hooks_total", "Calls of webhooks.", counts->hooks);
    metrics_family(metrics, METRICS_COUNTER, "sigap_intake_hook_items_total",
        "Items of webhooks that became no report.");
    metrics_value(metrics, "what", "ignored", (int64_t)counts->ignored);
    metrics_value(metrics, "what", "aside", (int64_t)counts->put_aside);
    put_yes_no(metrics, "sigap_intake_told_total", "Answers to reporters, by whether they went out.",
        counts->told, counts->untold);
    put_yes_no(metrics, "sigap_intake_media_total", "Media of reports, by whether they could be fetched.",
        counts->fetched, counts->unfetched);
}

static const Sigap__Event__BodyCase hears[] = {SIGAP__EVENT__BODY_CASE_OPENED,
    SIGAP__EVENT__BODY_REPORT_JOINED, SIGAP__EVENT__BODY_REPORT_IN_REVIEW, SIGAP__EVENT__BODY_REPORT_CLOSED,
    SIGAP__EVENT__BODY_CASE_MERGED, SIGAP__EVENT__BODY_CASE_CLOSED, SIGAP__EVENT__BODY_ALERT_MOVED,
    SIGAP__EVENT__BODY_TASK_MOVED, SIGAP__EVENT__BODY__NOT_SET};

static const struct daemon_tool tools[] = {
    {"import", "FILE.csv: a table of reports to a running site, a line a row", intake_import},
    {NULL, NULL, NULL},
};

static const char *const lists[] = {"reports", "hooks", "senders", "media", NULL};

const struct daemon intake_daemon = {
    .name = "intake",
    .purpose = "takes reports, keeps them before it acknowledges them, and tells reporters how things stand",
    .schema = &intake_schema,
    .reserve_bytes = 4 << 20, /* 4 MiB: 2,000 urgent reports of 2 KiB while somebody makes room */
    .open = intake_open,
    .close = intake_close,
    .on_start = intake_on_start,
    .on_event = intake_follow,
    .hears = hears,
    .on_timer = intake_on_timer,
    .on_request = intake_on_request,
    .refuse_request = intake_refuse_request,
    .request_is_urgent = intake_request_is_urgent,
    .body_limit = intake_body_limit,
    .on_submit = intake_on_submit,
    .submit_is_urgent = intake_submit_is_urgent,
    .refuse_submit = intake_refuse_submit,
    .lists = lists,
    .on_view = intake_on_view,
    .on_effect = intake_on_effect,
    .connect = intake_connect,
    .perform = intake_perform,
    .disconnect = intake_disconnect,
    .check = intake_check,
    .tools = tools,
    .metrics = intake_metrics,
};
