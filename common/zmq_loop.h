/* ZeroMQ sockets in a libuv loop. The only module that touches ZMQ_FD: it is edge-triggered and reading
 * ZMQ_EVENTS moves things along, so sockets are looked at before the loop sleeps and after it wakes, and an
 * idle handle keeps the loop awake while there is more (measured: with uv_poll alone, 0 to 20,000 of 20,000
 * replies were handled). */
#pragma once

#include "common/buffer.h"
#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

enum { ZMQ_LOOP_SOCKETS = 32, ZMQ_LOOP_BUDGET = 64 /* messages of one socket a round */ };

struct zmq_loop;

/* peer: routing id of a ROUTER's sender, empty otherwise; user: the ZAP user id, "" without CURVE. Bytes are
 * valid only during the call. */
struct zmq_message {
    const void *peer, *frame;
    size_t peer_size, frame_size;
    const char *user;
};

struct zmq_loop_socket;

struct zmq_loop *zmq_loop_new(uv_loop_t *loop, struct error *error);
/* type: ZMQ_ROUTER or ZMQ_DEALER. Hostile limits are set here: message size, high-water marks, linger,
 * handshake time. on_connected (may be NULL) is called after every (re)connection of a DEALER. */
struct zmq_loop_socket *zmq_loop_open(struct zmq_loop *loop, int type, size_t message_max,
    void (*on_message)(void *context, unsigned tag, const struct zmq_message *message),
    void (*on_connected)(void *context, unsigned tag), void *context, unsigned tag);

/* CURVE with the keys in Z85. A server asks the ZAP allow-list of the loop; a client needs the server's
 * public key. */
bool zmq_loop_curve_server(struct zmq_loop_socket *socket, const char *public_key, const char *secret_key);
bool zmq_loop_curve_client(
    struct zmq_loop_socket *socket, const char *server_key, const char *public_key, const char *secret_key);
/* Starts the ZAP handler (before anything is bound) and lets this public key in as `user`. Kept by copy. */
bool zmq_loop_allow(struct zmq_loop *loop, const char *public_key, const char *user);

/* Before connecting: what is sent while no peer is there is kept and goes out when one comes, instead of
 * being refused. For questions that are given up by time; not for fetches, which a reconnection asks anew. */
void zmq_loop_be_patient(struct zmq_loop_socket *socket);
/* ipc:// is a path, and its socket for the owner and the group (0660), whatever the mask of the process. */
bool zmq_loop_bind(struct zmq_loop_socket *socket, const char *endpoint, struct error *error);
bool zmq_loop_connect(struct zmq_loop_socket *socket, const char *endpoint, struct error *error);
/* false: the peer is gone or its queue is full; the message is dropped. */
bool zmq_loop_send(
    struct zmq_loop_socket *socket, const void *peer, size_t peer_size, const void *frame, size_t size);
/* The same without a copy: takes the bytes, whether it is sent or not; the buffer is empty after it. */
bool zmq_loop_send_buffer(
    struct zmq_loop_socket *socket, const void *peer, size_t peer_size, struct buffer *frame);
/* Called after each round in which messages came in, and before the loop sleeps. Returns true to be called
 * again soon. */
void zmq_loop_on_round(struct zmq_loop *loop, bool (*on_round)(void *context), void *context);
/* Wakes the loop for another round. */
void zmq_loop_wake(struct zmq_loop *loop);
/* Closes all sockets and handles; freed when the loop has run its close callbacks. */
void zmq_loop_close(struct zmq_loop **loop);
