#include "duty_check.h"

#include "proto/view.pb-c.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zmq.h>

enum { FRAME_MAX = 1024, WAIT_MS = 5000 };

static size_t write_question(unsigned days, uint8_t frame[FRAME_MAX]) {
    static char *roles[] = {(char *)"administrator"}, *areas[] = {(char *)"*"};
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__ListView list = SIGAP__LIST_VIEW__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    actor.account = (char *)"sigapctl";
    actor.roles = roles;
    actor.n_roles = 1;
    actor.areas = areas;
    actor.n_areas = 1;
    list.name = (char *)"uncovered";
    list.limit = days;
    view.number = 1;
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &list;
    return sigap__view__get_packed_size(&view) <= FRAME_MAX ? sigap__view__pack(&view, frame) : 0;
}

static json_t *read_answer(zmq_msg_t *message) {
    Sigap__ViewAnswer *answer =
        sigap__view_answer__unpack(NULL, zmq_msg_size(message), zmq_msg_data(message));
    json_t *json = answer && answer->status == 200
                       ? json_loadb((const char *)answer->json.data, answer->json.len, 0, NULL)
                       : NULL;
    if (answer)
        sigap__view_answer__free_unpacked(answer, NULL);
    return json;
}

/* NULL: no answer. */
static json_t *ask(unsigned days) {
    uint8_t frame[FRAME_MAX];
    size_t size = write_question(days, frame);
    int linger = 0, timeout = WAIT_MS;
    json_t *json = NULL;
    void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_DEALER);
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
    zmq_msg_t message;
    zmq_msg_init(&message);
    if (zmq_connect(socket, "ipc://run/notifier.view") == 0 && zmq_send(socket, frame, size, 0) >= 0 &&
        zmq_msg_recv(&message, socket, 0) >= 0)
        json = read_answer(&message);
    zmq_msg_close(&message);
    zmq_close(socket);
    zmq_ctx_term(context);
    return json;
}

static int report(const json_t *answer, unsigned days) {
    const json_t *mailboxes = json_object_get(answer, "mailbox_only"),
                 *gaps = json_object_get(answer, "uncovered"), *each;
    size_t index;
    if (json_array_size(mailboxes))
        printf("mailbox only, no rota:");
    json_array_foreach(mailboxes, index, each) printf(" %s", json_string_value(each));
    if (json_array_size(mailboxes))
        putchar('\n');
    json_array_foreach(gaps, index, each) {
        fprintf(stderr, "%s: nobody is on duty from %s\n", json_string_value(json_object_get(each, "team")),
            json_string_value(json_object_get(each, "at_text")));
    }
    if (json_array_size(gaps) == 0)
        printf("somebody is on duty at every minute of %u days, wherever there is a rota\n", days);
    return json_array_size(gaps) ? 1 : 0;
}

int duty_check(unsigned days) {
    const char *data = getenv("SIGAP_DATA");
    if (chdir(data && data[0] ? data : "data") != 0) {
        fprintf(stderr, "%s: no data folder of a running site (set SIGAP_DATA)\n", data ? data : "data");
        return 1;
    }
    json_t *answer = ask(days);
    if (!answer) {
        fprintf(stderr, "notifier does not answer; is the site running?\n");
        return 1;
    }
    int result = report(answer, days);
    json_decref(answer);
    return result;
}
