/* A report through the ZeroMQ door, as a bot would send it. */
#include "ctl.h"

#include "proto/submit.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

static char *read_token(const struct ctl *ctl) {
    static char token[256];
    FILE *file = ctl->token ? NULL : fopen("demo.token", "r");
    if (ctl->token)
        snprintf(token, sizeof token, "%s", ctl->token);
    else if (file && fgets(token, sizeof token, file))
        token[strcspn(token, "\n")] = 0;
    if (file)
        fclose(file);
    return token;
}

static int print_submit_answer(zmq_msg_t *message) {
    Sigap__SubmitAnswer *answer =
        sigap__submit_answer__unpack(NULL, zmq_msg_size(message), zmq_msg_data(message));
    int status = 1;
    if (answer && answer->answer_case == SIGAP__SUBMIT_ANSWER__ANSWER_ACCEPTED) {
        printf("%s\n", answer->accepted->ticket);
        status = 0;
    } else if (answer && answer->answer_case == SIGAP__SUBMIT_ANSWER__ANSWER_REFUSED) {
        ctl_fail("refused (%u): %s", answer->refused->status, answer->refused->reason);
    }
    if (answer)
        sigap__submit_answer__free_unpacked(answer, NULL);
    return status;
}

int ctl_send(struct ctl *ctl, int argc, char **argv) {
    if (argc != 2)
        return ctl_misused("send: TEXT in one argument");
    if (!ctl_enter_data(ctl))
        return 1;
    Sigap__SubmitReport report = SIGAP__SUBMIT_REPORT__INIT;
    report.token = read_token(ctl);
    report.text = argv[1];
    report.urgent = ctl->urgent;
    report.training = ctl->training;
    report.located = ctl->located;
    report.latitude = ctl->latitude;
    report.longitude = ctl->longitude;
    report.channel = (char *)"sigapctl";
    size_t size = sigap__submit_report__get_packed_size(&report);
    uint8_t *frame = malloc(size);
    if (!frame)
        return ctl_fail("out of memory");
    sigap__submit_report__pack(&report, frame);
    void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_DEALER);
    int linger = 0, timeout = 5000;
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
    zmq_connect(socket, "ipc://run/intake.door");
    zmq_send(socket, frame, size, 0);
    free(frame);
    zmq_msg_t message;
    zmq_msg_init(&message);
    int status = zmq_msg_recv(&message, socket, 0) < 0
                     ? ctl_fail("intake does not answer; is the site running?")
                     : print_submit_answer(&message);
    zmq_msg_close(&message);
    zmq_close(socket);
    zmq_ctx_term(context);
    return status;
}
