/* Asking daemons for views, several at once, over their local sockets (run/<daemon>.view in the data folder).
 */
#include "ctl.h"

#include <stdio.h>
#include <time.h>
#include <zmq.h>

enum { FRAME_MAX = 64 << 10, SLICE_MS = 100 };

static int64_t now_ms(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static void set_actor(Sigap__Actor *actor) {
    static char *roles[] = {(char *)"administrator", (char *)"coordinator", (char *)"operator",
        (char *)"auditor", (char *)"TRI",
        (char *)"KOR"}; /* whoever may run it on this machine sees every case's way, never its words */
    static char *areas[] = {(char *)"*"};
    sigap__actor__init(actor);
    actor->account = (char *)"sigapctl";
    actor->roles = roles;
    actor->n_roles = sizeof roles / sizeof *roles;
    actor->areas = areas;
    actor->n_areas = 1;
}

static void *send_question(void *context, struct question *question, unsigned number) {
    static Sigap__Actor actor;
    char endpoint[128];
    uint8_t frame[FRAME_MAX];
    int linger = 0;
    set_actor(&actor);
    question->view.number = number + 1;
    question->view.actor = &actor;
    if (sigap__view__get_packed_size(&question->view) > sizeof frame)
        return NULL;
    size_t size = sigap__view__pack(&question->view, frame);
    void *socket = zmq_socket(context, ZMQ_DEALER);
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    snprintf(endpoint, sizeof endpoint, "ipc://run/%s.view", question->daemon);
    zmq_connect(socket, endpoint);
    zmq_send(socket, frame, size, ZMQ_DONTWAIT);
    return socket;
}

static void take_answer(struct question *question, void *socket) {
    zmq_msg_t message;
    zmq_msg_init(&message);
    if (zmq_msg_recv(&message, socket, ZMQ_DONTWAIT) >= 0) {
        Sigap__ViewAnswer *answer =
            sigap__view_answer__unpack(NULL, zmq_msg_size(&message), zmq_msg_data(&message));
        if (answer) {
            question->status = answer->status;
            question->answer = json_loadb((const char *)answer->json.data, answer->json.len, 0, NULL);
            sigap__view_answer__free_unpacked(answer, NULL);
        }
    }
    zmq_msg_close(&message);
}

volatile sig_atomic_t ask_given_up;

/* In slices: a signal that comes just before the wait would not end it. */
void ask_all(struct question *questions, unsigned count, int timeout_ms) {
    void *context = zmq_ctx_new();
    zmq_pollitem_t items[ASK_MOST] = {0};
    if (count > ASK_MOST)
        count = ASK_MOST;
    for (unsigned i = 0; i < count; i++)
        items[i] = (zmq_pollitem_t){send_question(context, &questions[i], i), 0, ZMQ_POLLIN, 0};
    int64_t until = now_ms() + timeout_ms;
    for (unsigned open = count; open > 0;) {
        int64_t left = until - now_ms();
        if (left <= 0 || ask_given_up || zmq_poll(items, (int)count, left < SLICE_MS ? left : SLICE_MS) < 0)
            break;
        for (unsigned i = 0; i < count; i++) {
            if (!(items[i].revents & ZMQ_POLLIN))
                continue;
            take_answer(&questions[i], items[i].socket);
            items[i].events = 0;
            open--;
        }
    }
    for (unsigned i = 0; i < count; i++)
        zmq_close(items[i].socket);
    zmq_ctx_term(context);
}

json_t *ask_one(const char *daemon, const Sigap__View *view, int timeout_ms, unsigned *status) {
    struct question question = {daemon, *view, 0, NULL};
    ask_all(&question, 1, timeout_ms);
    *status = question.status;
    return question.answer;
}

unsigned ask_each(const struct site_links *links, const Sigap__View *view, int timeout_ms,
    struct question questions[ASK_MOST]) {
    unsigned count = 0;
    for (unsigned i = 0; i < links->daemons_count && count < ASK_MOST; i++)
        if (links->daemons[i].core) /* readers from outside have no socket here */
            questions[count++] = (struct question){.daemon = links->daemons[i].name, .view = *view};
    ask_all(questions, count, timeout_ms);
    return count;
}

json_t *ask_list(const char *daemon, const Sigap__ListView *list, int timeout_ms, unsigned *status) {
    Sigap__View view = SIGAP__VIEW__INIT;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = (Sigap__ListView *)list;
    return ask_one(daemon, &view, timeout_ms, status);
}

json_t *ask_control(const char *daemon, const char *action, const char *argument, unsigned *status) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ControlView control = SIGAP__CONTROL_VIEW__INIT;
    control.action = (char *)action;
    control.argument = (char *)(argument ? argument : "");
    view.what_case = SIGAP__VIEW__WHAT_CONTROL;
    view.control = &control;
    return ask_one(daemon, &view, 10000, status);
}
