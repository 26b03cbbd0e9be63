/* A tour: a request comes in (on_request), passes the checks of routes.c, and is answered at once or begins a
 * wait. A wait for views sends questions (reading.c) whose answers come back through on_effect; a wait for a
 * command ends when CommandAnswered comes by link (on_event, commands.c); a wait for a password when Argon2
 * has spoken (passwords.c); a picture goes through three hands (media.c). Whatever does not come in time is
 * ended by the alarm (on_timer). */
#include "console.h"

#include "answer_link.h"
#include "commands.h"
#include "console_sql.h"
#include "find.h"
#include "media.h"
#include "reading.h"
#include "routes.h"
#include "sessions.h"
#include "site_words.h"
#include "throttle.h"

#include <stdlib.h>
#include <string.h>

enum { HOUR_MS = 3600 * 1000, SWEEP_STEP_MS = 1000, CHANGES_START_BITS = 40 };

static const struct id sweep_object = {{'s', 'w', 'e', 'e', 'p'}};

/* ---- life ---- */

static void console_close(void **at) {
    struct console *console = *at;
    *at = NULL;
    if (!console)
        return;
    waits_free(&console->waits);
    site_words_close(console);
    keystore_free(&console->keystore);
    free(console);
}

static bool console_open(const struct daemon_setup *setup, void **state, struct error *error) {
    struct console *console = calloc(1, sizeof *console);
    *state = console;
    bool good = console && waits_open(&console->waits);
    if (!good)
        error_set(error, "out of memory");
    good = good && site_words_open(console, setup->site_dir, error) &&
           daemon_keys(setup, "console", KEYSTORE_HASH, &console->keystore, error);
    if (!good) {
        console_close(state);
        return false;
    }
    console->random = setup->random;
    pages_open(&console->pages);
    /* A start of its own for every process: a page that saw N before a restart must not take ours for it. */
    random_fill(setup->random, &console->changes_start, sizeof console->changes_start);
    console->changes_start >>= 64 - CHANGES_START_BITS;
    return true;
}

static bool console_check(const char *site_dir, struct error *error) {
    struct console console = {0};
    if (!site_words_open(&console, site_dir, error))
        return false;
    site_words_close(&console);
    return true;
}

/* On the hour, whoever sets it: always the same row. */
static void set_sweep(struct turn *turn) {
    turn_timer_set(turn, TIMER_SWEEP, &sweep_object, (turn->now / HOUR_MS + 1) * HOUR_MS, false);
}

static enum verdict console_on_start(struct turn *turn) {
    set_sweep(turn);
    return VERDICT_DONE;
}

/* ---- inputs ---- */

static enum verdict console_on_request(
    struct turn *turn, const struct request *request, struct answer *answer) {
    const char *scheme = request->header(request, "X-Forwarded-Proto");
    struct exchange exchange = {.turn = turn,
        .console = turn->state,
        .request = request,
        .answer = answer,
        .secure = scheme && strcmp(scheme, "https") == 0};
    routes_answer(&exchange);
    return VERDICT_DONE;
}

static void console_refuse_request(
    void *state, struct arena *arena, const struct request *request, struct answer *answer) {
    struct turn turn = {.arena = arena, .state = state};
    (void)request;
    reply_problem(&turn, answer, &problem_overloaded);
}

static enum verdict console_on_event(struct turn *turn, const Sigap__Event *event) {
    switch (event->body_case) {
    case SIGAP__EVENT__BODY_COMMAND_ANSWERED:
        command_answered(turn, event->command_answered);
        return VERDICT_DONE;
    case SIGAP__EVENT__BODY_REPORT_RECEIVED:
    case SIGAP__EVENT__BODY_CASE_OPENED:
    case SIGAP__EVENT__BODY_REPORT_JOINED:
    case SIGAP__EVENT__BODY_REPORT_IN_REVIEW:
    case SIGAP__EVENT__BODY_REPORT_CLOSED:
    case SIGAP__EVENT__BODY_CASE_CHANGED:
    case SIGAP__EVENT__BODY_REFERRAL_OPENED:
    case SIGAP__EVENT__BODY_REFERRAL_MOVED:
    case SIGAP__EVENT__BODY_OFFER_SENT:
    case SIGAP__EVENT__BODY_OFFER_MOVED:
    case SIGAP__EVENT__BODY_TASKS_PLANNED:
    case SIGAP__EVENT__BODY_TASK_MOVED:
    case SIGAP__EVENT__BODY_TASK_REMINDER:
    case SIGAP__EVENT__BODY_FACT_RECORDED:
    case SIGAP__EVENT__BODY_CASE_CLOSED:
    case SIGAP__EVENT__BODY_ALERT_RAISED:
    case SIGAP__EVENT__BODY_ALERT_MOVED:
    case SIGAP__EVENT__BODY_DELIVERY_ENDED:
    case SIGAP__EVENT__BODY_COMMAND_ISSUED:
    case SIGAP__EVENT__BODY_INPUT_PARKED:
    case SIGAP__EVENT__BODY_CASE_MERGED:
    case SIGAP__EVENT__BODY_REPORT_PARTED:
    case SIGAP__EVENT__BODY__NOT_SET:
    case _SIGAP__EVENT__BODY__CASE_IS_INT_SIZE:
        return VERDICT_DONE; /* pages ask again when anything has changed */
    }
    return VERDICT_DONE;
}

static void finish_late(struct turn *turn, struct wait *wait) {
    switch (wait->kind) {
    case WAIT_READING:
        reading_finish(turn, wait);
        break;
    case WAIT_COMMAND:
        command_finish(turn, wait);
        break;
    case WAIT_LINK:
        answer_link_show(turn, wait);
        break;
    case WAIT_LINK_ANSWER:
        answer_link_finish(turn, wait);
        break;
    case WAIT_MEDIA:
    case WAIT_PICTURE:
        media_late(turn, wait);
        break;
    case WAIT_FIND:
        find_late(turn, wait);
        break;
    case WAIT_LOGIN:
    case WAIT_PASSWORD:
        session_late(turn, wait);
        break;
    }
}

/* As long as there is more to forget there is another step in a second. */
static void sweep_commands(struct turn *turn) {
    if (command_sweep(turn))
        turn_timer_set(turn, TIMER_COMMANDS, &sweep_object, turn->now + SWEEP_STEP_MS, false);
}

/* The timer of the next step bears the place where this one ended. */
static void sweep_attempts(struct turn *turn, const struct id *after) {
    struct id end;
    if (throttle_sweep(turn, after, &end))
        turn_timer_set(turn, TIMER_ATTEMPTS, &end, turn->now + SWEEP_STEP_MS, false);
}

static enum verdict console_on_timer(
    struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at) {
    struct console *console = turn->state;
    (void)due_at;
    switch ((enum timer_kind)kind) {
    case TIMER_ALARM:
        waits_expire(turn, &console->waits, finish_late);
        break;
    case TIMER_SWEEP:
        session_sweep(turn);
        sweep_commands(turn);
        sweep_attempts(turn, &(struct id){{0}});
        set_sweep(turn);
        break;
    case TIMER_COMMANDS:
        sweep_commands(turn);
        break;
    case TIMER_ATTEMPTS:
        sweep_attempts(turn, object);
        break;
    }
    return VERDICT_DONE;
}

static void part_came(struct turn *turn, struct wait *wait, const struct effect_result *result) {
    if (wait->kind == WAIT_MEDIA || wait->kind == WAIT_PICTURE) {
        media_came(turn, wait, result);
        return;
    }
    if (wait->kind == WAIT_FIND) {
        find_came(turn, wait, result);
        return;
    }
    if (!reading_came(turn, wait, result->kind - EFFECT_ASK, result))
        return;
    if (wait->kind == WAIT_LINK)
        answer_link_show(turn, wait);
    else
        reading_finish(turn, wait);
}

static enum verdict console_on_effect(struct turn *turn, const struct effect_result *result) {
    struct console *console = turn->state;
    if (result->kind == EFFECT_HASH) {
        session_hardened(turn, result);
        return VERDICT_DONE;
    }
    struct wait *wait = wait_find(&console->waits, &result->id);
    if (!wait)
        return VERDICT_DONE; /* it came too late */
    if (result->kind == EFFECT_VERIFY)
        session_verified(turn, wait, result);
    else if (result->kind == EFFECT_CHANGE)
        session_changed(turn, wait, result);
    else if (result->kind == EFFECT_DRAW)
        media_drawn(turn, wait, result);
    else if (result->kind >= EFFECT_ASK)
        part_came(turn, wait, result);
    return VERDICT_DONE;
}

static enum verdict console_on_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct console *console = turn->state;
    answer->status = 404;
    if (view->what_case == SIGAP__VIEW__WHAT_CONTROL)
        account_control(turn, console->roles, view->actor, view->control, answer);
    else if (view->what_case == SIGAP__VIEW__WHAT_LIST && strcmp(view->list->name, "accounts") == 0)
        account_list(turn, view->actor, view->list, answer);
    return VERDICT_DONE;
}

/* ---- outside the turn ---- */

/* A socket takes nothing before it is connected, so the first question to each daemon would be lost: it is
 * one that nobody waits for. */
static void warm_up(struct console *console) {
    static const char *const names[] = {"intake", "triage", "router", "casework", "notifier", "console"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Sigap__View view = SIGAP__VIEW__INIT;
        Sigap__StatusView status = SIGAP__STATUS_VIEW__INIT;
        uint8_t frame[64];
        view.number = ++console->ask_number;
        view.what_case = SIGAP__VIEW__WHAT_STATUS;
        view.status = &status;
        struct effect nobody = {.kind = EFFECT_ASK};
        size_t size = sigap__view__pack(&view, frame);
        console->loop->ask(console->loop, names[i], &nobody, view.number, frame, size);
    }
}

static bool console_connect(void *state, struct daemon_loop *loop, struct error *error) {
    struct console *console = state;
    console->loop = loop;
    console->passwords = passwords_open(loop);
    console->pictures = pictures_open(loop);
    if (!console->passwords || !console->pictures)
        return error_set(error, "out of memory");
    warm_up(console);
    return true;
}

static void console_perform(void *state, const struct effect *effect) {
    struct console *console = state;
    if (!console)
        return;
    if (effect->kind == EFFECT_DRAW) {
        pictures_start(console->pictures, effect);
        return;
    }
    if (effect->kind < EFFECT_ASK) {
        passwords_start(console->passwords, effect);
        return;
    }
    const struct reading_question *question = effect->what;
    console->loop->ask(
        console->loop, question->daemon, effect, question->number, question->frame, question->size);
}

static void console_disconnect(void *state) {
    struct console *console = state;
    passwords_close(&console->passwords);
    pictures_close(&console->pictures);
}

static void console_metrics(void *state, struct metrics *metrics) {
    const struct console *console = state;
    metrics_gauge(metrics, "sigap_console_waiting_requests", "Requests that wait for another daemon.",
        console->waits.count);
}

static const Sigap__Event__BodyCase hears[] = {
    SIGAP__EVENT__BODY_COMMAND_ANSWERED, SIGAP__EVENT__BODY__NOT_SET};

static const char *const lists[] = {"accounts", NULL};

const struct daemon console_daemon = {
    .name = "console",
    .purpose = "web page, HTTP API and commands of the people of the service",
    .schema = &console_schema,
    .open = console_open,
    .close = console_close,
    .check = console_check,
    .on_start = console_on_start,
    .on_event = console_on_event,
    .hears = hears,
    .on_timer = console_on_timer,
    .on_request = console_on_request,
    .refuse_request = console_refuse_request,
    .lists = lists,
    .on_view = console_on_view,
    .on_effect = console_on_effect,
    .connect = console_connect,
    .perform = console_perform,
    .disconnect = console_disconnect,
    .metrics = console_metrics,
};
