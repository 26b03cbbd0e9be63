#include "common/zmq_loop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

enum {
    KEYS_MAX = 32,
    KEY_TEXT = 40,
    USER_MAX = 32,
    ENFORCE_DOMAIN = 93 /* ZMQ_ZAP_ENFORCE_DOMAIN, a draft name */
};

struct zmq_loop_socket {
    struct zmq_loop *loop;
    void *socket, *monitor;
    uv_poll_t poll, monitor_poll;
    bool polling, monitor_polling;
    bool stirred, monitor_stirred; /* something may have arrived: the descriptor said so, or we sent */
    void (*on_message)(void *context, unsigned tag, const struct zmq_message *message);
    void (*on_connected)(void *context, unsigned tag);
    void *context;
    unsigned tag;
    int type;
};

struct zmq_loop {
    uv_loop_t *uv;
    void *zmq;
    uv_prepare_t prepare;
    uv_check_t check;
    uv_idle_t idle;
    struct zmq_loop_socket sockets[ZMQ_LOOP_SOCKETS];
    unsigned socket_count;
    void *zap;
    uv_poll_t zap_poll;
    bool zap_stirred;
    struct {
        char key[KEY_TEXT + 1], user[USER_MAX];
    } allowed[KEYS_MAX];
    unsigned allowed_count;
    bool (*on_round)(void *context);
    void *context;
    unsigned closing;
};

/* ---- rounds ---- */

/* The check handle behind this does the work for all sockets. */
static void on_readable(uv_poll_t *poll, int status, int events) {
    (void)status;
    (void)events;
    *(bool *)poll->data = true;
}

static bool has_input(void *socket) {
    int events = 0;
    size_t size = sizeof events;
    return socket && zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size) == 0 && (events & ZMQ_POLLIN);
}

static bool receive_part(void *socket, zmq_msg_t *part) {
    zmq_msg_init(part);
    if (zmq_msg_recv(part, socket, ZMQ_DONTWAIT) >= 0)
        return true;
    zmq_msg_close(part);
    return false;
}

/* Messages have one frame, behind the routing id of a ROUTER. Anything longer is read to its end and dropped.
 */
static bool receive(struct zmq_loop_socket *socket) {
    zmq_msg_t peer, frame, rest;
    zmq_msg_init(&peer);
    if (socket->type == ZMQ_ROUTER && !receive_part(socket->socket, &peer))
        return false;
    if (!receive_part(socket->socket, &frame)) {
        zmq_msg_close(&peer);
        return false;
    }
    bool sound = !zmq_msg_more(&frame);
    for (bool more = !sound; more && receive_part(socket->socket, &rest);) {
        more = zmq_msg_more(&rest);
        zmq_msg_close(&rest);
    }
    if (sound) {
        const char *user = zmq_msg_gets(&frame, "User-Id");
        struct zmq_message message = {zmq_msg_data(&peer), zmq_msg_data(&frame), zmq_msg_size(&peer),
            zmq_msg_size(&frame), user ? user : ""};
        socket->on_message(socket->context, socket->tag, &message);
    }
    zmq_msg_close(&frame);
    zmq_msg_close(&peer);
    return true;
}

static void receive_monitor(struct zmq_loop_socket *socket) {
    zmq_msg_t event, address;
    while (socket->monitor && receive_part(socket->monitor, &event)) {
        uint16_t what;
        memcpy(&what, zmq_msg_data(&event), sizeof what);
        zmq_msg_close(&event);
        if (receive_part(socket->monitor, &address))
            zmq_msg_close(&address);
        if (what == ZMQ_EVENT_HANDSHAKE_SUCCEEDED && socket->on_connected)
            socket->on_connected(socket->context, socket->tag);
    }
}

/* ZAP request: version, request id, domain, address, identity, mechanism, credentials. Answered in one turn.
 */
static void answer_zap(struct zmq_loop *loop) {
    enum { PARTS = 7, PART_BYTES = 256 };
    char parts[PARTS][PART_BYTES];
    size_t sizes[PARTS] = {0};
    unsigned count = 0;
    zmq_msg_t part;
    for (bool more = true; more && receive_part(loop->zap, &part); count++) {
        more = zmq_msg_more(&part);
        if (count < PARTS && zmq_msg_size(&part) < PART_BYTES) {
            sizes[count] = zmq_msg_size(&part);
            memcpy(parts[count], zmq_msg_data(&part), sizes[count]);
        }
        zmq_msg_close(&part);
    }
    const char *user = NULL;
    char key[KEY_TEXT + 1] = "";
    if (count == PARTS && sizes[5] == 5 && memcmp(parts[5], "CURVE", 5) == 0 && sizes[6] == 32)
        zmq_z85_encode(key, (const uint8_t *)parts[6], 32);
    for (unsigned i = 0; key[0] && i < loop->allowed_count; i++)
        if (strcmp(loop->allowed[i].key, key) == 0)
            user = loop->allowed[i].user;
    zmq_send(loop->zap, "1.0", 3, ZMQ_SNDMORE);
    zmq_send(loop->zap, parts[1], sizes[1], ZMQ_SNDMORE);
    zmq_send(loop->zap, user ? "200" : "400", 3, ZMQ_SNDMORE);
    zmq_send(loop->zap, "", 0, ZMQ_SNDMORE);
    zmq_send(loop->zap, user ? user : "", user ? strlen(user) : 0, ZMQ_SNDMORE);
    zmq_send(loop->zap, "", 0, 0);
}

/* Asking a socket costs system calls, so only those are asked that were stirred. The descriptor of a socket
 * stays readable until it was asked, and only sending can bring input along without it. */
static bool still_stirred(void *socket, bool *stirred) {
    return *stirred = *stirred && has_input(socket);
}

static bool more_to_read(struct zmq_loop *loop) {
    bool more = still_stirred(loop->zap, &loop->zap_stirred);
    for (unsigned i = 0; i < loop->socket_count; i++) {
        struct zmq_loop_socket *socket = &loop->sockets[i];
        more |= still_stirred(socket->socket, &socket->stirred);
        more |= still_stirred(socket->monitor, &socket->monitor_stirred);
    }
    return more;
}

static void on_idle(uv_idle_t *idle) {
    (void)idle; /* keeps the loop from sleeping */
}

static void run_round(struct zmq_loop *loop) {
    while (still_stirred(loop->zap, &loop->zap_stirred))
        answer_zap(loop);
    for (unsigned i = 0; i < loop->socket_count; i++) {
        struct zmq_loop_socket *socket = &loop->sockets[i];
        if (socket->monitor_stirred)
            receive_monitor(socket);
        for (int budget = ZMQ_LOOP_BUDGET; budget > 0 && socket->stirred; budget--)
            socket->stirred = receive(socket);
    }
    bool again = loop->on_round && loop->on_round(loop->context);
    if (again || more_to_read(loop))
        uv_idle_start(&loop->idle, on_idle);
    else
        uv_idle_stop(&loop->idle);
}

static void on_check(uv_check_t *check) {
    run_round(check->data);
}

/* Sending may have moved input along without an edge on the fd. */
static void on_prepare(uv_prepare_t *prepare) {
    struct zmq_loop *loop = prepare->data;
    if (more_to_read(loop))
        uv_idle_start(&loop->idle, on_idle);
}

void zmq_loop_wake(struct zmq_loop *loop) {
    uv_idle_start(&loop->idle, on_idle);
}

void zmq_loop_on_round(struct zmq_loop *loop, bool (*on_round)(void *context), void *context) {
    loop->on_round = on_round;
    loop->context = context;
}

/* ---- sockets ---- */

struct zmq_loop *zmq_loop_new(uv_loop_t *uv, struct error *error) {
    struct zmq_loop *loop = calloc(1, sizeof *loop);
    if (!loop || !(loop->zmq = zmq_ctx_new())) {
        free(loop);
        error_set(error, "out of memory");
        return NULL;
    }
    loop->uv = uv;
    uv_prepare_init(uv, &loop->prepare);
    uv_check_init(uv, &loop->check);
    uv_idle_init(uv, &loop->idle);
    loop->prepare.data = loop->check.data = loop->idle.data = loop;
    uv_prepare_start(&loop->prepare, on_prepare);
    uv_check_start(&loop->check, on_check);
    return loop;
}

static bool watch(struct zmq_loop *loop, void *socket, uv_poll_t *poll, bool *stirred) {
    int fd = -1;
    size_t size = sizeof fd;
    if (zmq_getsockopt(socket, ZMQ_FD, &fd, &size) != 0 || uv_poll_init(loop->uv, poll, fd) != 0)
        return false;
    poll->data = stirred;
    *stirred = true;
    return uv_poll_start(poll, UV_READABLE, on_readable) == 0;
}

static void limit(void *socket, int type, size_t message_max) {
    int64_t max = (int64_t)message_max;
    int linger = 500, handshake = 5000, high_water = 2000, on = 1, reconnect = 50, reconnect_max = 1000;
    zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &max, sizeof max);
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(socket, ZMQ_HANDSHAKE_IVL, &handshake, sizeof handshake);
    zmq_setsockopt(socket, ZMQ_SNDHWM, &high_water, sizeof high_water);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &high_water, sizeof high_water);
    zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &reconnect, sizeof reconnect);
    zmq_setsockopt(socket, ZMQ_RECONNECT_IVL_MAX, &reconnect_max, sizeof reconnect_max);
    zmq_setsockopt(socket, ZMQ_IMMEDIATE, &on, sizeof on);
    if (type == ZMQ_ROUTER) {
        zmq_setsockopt(
            socket, ZMQ_ROUTER_MANDATORY, &on, sizeof on); /* else what cannot be sent is dropped silently */
        zmq_setsockopt(
            socket, ZMQ_ROUTER_HANDOVER, &on, sizeof on); /* else a peer that comes back is ignored */
    }
}

/* Tells of reconnections: a fetch that waited at a producer died with it. */
static bool open_monitor(struct zmq_loop_socket *socket) {
    char address[64];
    snprintf(address, sizeof address, "inproc://monitor-%u", (unsigned)(socket - socket->loop->sockets));
    if (zmq_socket_monitor(socket->socket, address, ZMQ_EVENT_HANDSHAKE_SUCCEEDED) != 0)
        return false;
    socket->monitor = zmq_socket(socket->loop->zmq, ZMQ_PAIR);
    if (!socket->monitor || zmq_connect(socket->monitor, address) != 0)
        return false;
    return socket->monitor_polling =
               watch(socket->loop, socket->monitor, &socket->monitor_poll, &socket->monitor_stirred);
}

struct zmq_loop_socket *zmq_loop_open(struct zmq_loop *loop, int type, size_t message_max,
    void (*on_message)(void *context, unsigned tag, const struct zmq_message *message),
    void (*on_connected)(void *context, unsigned tag), void *context, unsigned tag) {
    if (loop->socket_count == ZMQ_LOOP_SOCKETS)
        return NULL;
    struct zmq_loop_socket *socket = &loop->sockets[loop->socket_count];
    *socket = (struct zmq_loop_socket){.loop = loop,
        .on_message = on_message,
        .on_connected = on_connected,
        .context = context,
        .tag = tag,
        .type = type};
    if (!(socket->socket = zmq_socket(loop->zmq, type)))
        return NULL;
    loop->socket_count++;
    limit(socket->socket, type, message_max);
    socket->polling = watch(loop, socket->socket, &socket->poll, &socket->stirred);
    if (!socket->polling || (on_connected && !open_monitor(socket)))
        return NULL; /* closed with the loop */
    return socket;
}

bool zmq_loop_allow(struct zmq_loop *loop, const char *public_key, const char *user) {
    if (loop->allowed_count == KEYS_MAX || strlen(public_key) != KEY_TEXT || strlen(user) >= USER_MAX)
        return false;
    if (!loop->zap) {
        loop->zap = zmq_socket(loop->zmq, ZMQ_REP);
        if (!loop->zap || zmq_bind(loop->zap, "inproc://zeromq.zap.01") != 0 ||
            !watch(loop, loop->zap, &loop->zap_poll, &loop->zap_stirred))
            return false;
    }
    snprintf(loop->allowed[loop->allowed_count].key, KEY_TEXT + 1, "%s", public_key);
    snprintf(loop->allowed[loop->allowed_count++].user, USER_MAX, "%s", user);
    return true;
}

/* libzmq lets anybody in who knows the server's key unless a domain is set and enforced. */
bool zmq_loop_curve_server(struct zmq_loop_socket *socket, const char *public_key, const char *secret_key) {
    int on = 1;
    return zmq_setsockopt(socket->socket, ZMQ_CURVE_SERVER, &on, sizeof on) == 0 &&
           zmq_setsockopt(socket->socket, ZMQ_CURVE_PUBLICKEY, public_key, strlen(public_key) + 1) == 0 &&
           zmq_setsockopt(socket->socket, ZMQ_CURVE_SECRETKEY, secret_key, strlen(secret_key) + 1) == 0 &&
           zmq_setsockopt(socket->socket, ZMQ_ZAP_DOMAIN, "sigap", 5) == 0 &&
           zmq_setsockopt(socket->socket, ENFORCE_DOMAIN, &on, sizeof on) == 0 && socket->loop->zap;
}

bool zmq_loop_curve_client(
    struct zmq_loop_socket *socket, const char *server_key, const char *public_key, const char *secret_key) {
    return zmq_setsockopt(socket->socket, ZMQ_CURVE_SERVERKEY, server_key, strlen(server_key) + 1) == 0 &&
           zmq_setsockopt(socket->socket, ZMQ_CURVE_PUBLICKEY, public_key, strlen(public_key) + 1) == 0 &&
           zmq_setsockopt(socket->socket, ZMQ_CURVE_SECRETKEY, secret_key, strlen(secret_key) + 1) == 0;
}

void zmq_loop_be_patient(struct zmq_loop_socket *socket) {
    int off = 0;
    zmq_setsockopt(socket->socket, ZMQ_IMMEDIATE, &off, sizeof off);
}

/* Of a peer across a network that is gone without a word tcp asks again after as long as it was silent, and a
 * connection that is being made for up to a minute: both ends give it up and begin anew. So long that a batch
 * of 4 MiB comes through half a megabit. */
static void notice_silence(void *socket, const char *endpoint) {
    int every = 10000, silent = 60000, connecting = 5000;
    if (strncmp(endpoint, "tcp://", 6) != 0)
        return;
    zmq_setsockopt(socket, ZMQ_HEARTBEAT_IVL, &every, sizeof every);
    zmq_setsockopt(socket, ZMQ_HEARTBEAT_TIMEOUT, &silent, sizeof silent);
    zmq_setsockopt(socket, ZMQ_HEARTBEAT_TTL, &silent, sizeof silent);
    zmq_setsockopt(socket, ZMQ_CONNECT_TIMEOUT, &connecting, sizeof connecting);
}

/* ZeroMQ makes the file as the mask of the process says, which takes the group its right to write, and who
 * may not write may not connect: each daemon has a user of its own and would hear nobody. */
static bool open_to_group(const char *endpoint) {
    return strncmp(endpoint, "ipc://", 6) != 0 || chmod(endpoint + 6, 0660) == 0;
}

bool zmq_loop_bind(struct zmq_loop_socket *socket, const char *endpoint, struct error *error) {
    notice_silence(socket->socket, endpoint);
    return (zmq_bind(socket->socket, endpoint) == 0 && open_to_group(endpoint)) ||
           error_set(error, "%s: %s", endpoint, zmq_strerror(errno));
}

bool zmq_loop_connect(struct zmq_loop_socket *socket, const char *endpoint, struct error *error) {
    notice_silence(socket->socket, endpoint);
    return zmq_connect(socket->socket, endpoint) == 0 ||
           error_set(error, "%s: %s", endpoint, zmq_strerror(errno));
}

static bool send_peer(struct zmq_loop_socket *socket, const void *peer, size_t peer_size) {
    socket->stirred = true;
    return socket->type != ZMQ_ROUTER ||
           zmq_send(socket->socket, peer, peer_size, ZMQ_SNDMORE | ZMQ_DONTWAIT) >= 0;
}

bool zmq_loop_send(
    struct zmq_loop_socket *socket, const void *peer, size_t peer_size, const void *frame, size_t size) {
    return send_peer(socket, peer, peer_size) && zmq_send(socket->socket, frame, size, ZMQ_DONTWAIT) >= 0;
}

/* In a thread of ZeroMQ, when the bytes are with the kernel. */
static void free_bytes(void *bytes, void *hint) {
    (void)hint;
    free(bytes);
}

bool zmq_loop_send_buffer(
    struct zmq_loop_socket *socket, const void *peer, size_t peer_size, struct buffer *frame) {
    zmq_msg_t message;
    bool taken = zmq_msg_init_data(&message, frame->bytes, frame->size, free_bytes, NULL) == 0;
    if (taken)
        *frame = BUFFER_MAX(frame->max); /* the message's now */
    else
        buffer_free(frame);
    bool sent = taken && send_peer(socket, peer, peer_size) &&
                zmq_msg_send(&message, socket->socket, ZMQ_DONTWAIT) >= 0;
    if (taken && !sent)
        zmq_msg_close(&message);
    return sent;
}

/* ---- closing ---- */

static void on_closed(uv_handle_t *handle) {
    struct zmq_loop *loop = handle->data;
    if (--loop->closing > 0)
        return;
    for (unsigned i = 0; i < loop->socket_count; i++) {
        if (loop->sockets[i].monitor)
            zmq_close(loop->sockets[i].monitor);
        zmq_close(loop->sockets[i].socket);
    }
    if (loop->zap)
        zmq_close(loop->zap);
    zmq_ctx_term(loop->zmq);
    free(loop);
}

static void close_handle(struct zmq_loop *loop, uv_handle_t *handle) {
    handle->data = loop;
    loop->closing++;
    uv_close(handle, on_closed);
}

void zmq_loop_close(struct zmq_loop **at) {
    struct zmq_loop *loop = *at;
    *at = NULL;
    for (unsigned i = 0; i < loop->socket_count; i++) {
        if (loop->sockets[i].polling)
            close_handle(loop, (uv_handle_t *)&loop->sockets[i].poll);
        if (loop->sockets[i].monitor_polling)
            close_handle(loop, (uv_handle_t *)&loop->sockets[i].monitor_poll);
    }
    if (loop->zap)
        close_handle(loop, (uv_handle_t *)&loop->zap_poll);
    close_handle(loop, (uv_handle_t *)&loop->prepare);
    close_handle(loop, (uv_handle_t *)&loop->check);
    close_handle(loop, (uv_handle_t *)&loop->idle);
}
