/* HTTP in: libmicrohttpd inside a libuv loop, one thread.
 *
 * A request is handed over once, complete, and its connection sleeps until the owner answers: after the
 * commit of the turn that took it, so nothing is acknowledged that is not kept. The request is a copy and
 * belongs to the owner until http_answer, whatever becomes of the connection: an answer to a client that went
 * away is dropped.
 *
 * What is hostile here: everything. Requests that two parsers may read differently are refused
 * (http_rules.h); header bytes, bodies, connections, requests waiting and time are bounded, see the options.
 * For the internet stands nginx in front (TLS, slow clients, addresses that come too often).
 *
 * Known limits: a request line or header block that libmicrohttpd itself cannot parse is answered by it, with
 * a short HTML page; a client that is too slow is cut off without an answer; trailers are dropped. */
#pragma once

#include "common/clock.h"
#include "common/error.h"
#include "common/problem.h"
#include "common/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct http_server;
struct http_request;

struct http_server_options {
    uv_loop_t *loop;
    const struct clock *clock; /* monotonic, for time limits and arrival */
    void *context;             /* handed to the callbacks */

    /* A complete request. May answer at once or later; must answer some time. request->origin is the
     * http_request. */
    void (*on_request)(void *context, struct http_request *request);
    /* A complete request when pending_max others wait already. True: taken over like in on_request (it may be
     * urgent, or has been answered here); false or NULL: 503 with Retry-After. Not asked for one whose body
     * did not fit. */
    bool (*on_overload)(void *context, struct http_request *request);
    /* Largest body for this method and path (decoded); NULL: body_max. More than that is answered 413. */
    size_t (*body_limit)(void *context, const char *method, const char *path);

    /* 0 stands for the default. */
    size_t body_max;   /* 3 MB: the largest webhook (WhatsApp) */
    size_t bodies_max; /* 64 MiB: all bodies together, beyond 64 KiB each; see http_server.c for the sum */
    unsigned connections_max;    /* 512 a listener */
    unsigned pending_max;        /* 256 requests handed over and not answered */
    unsigned idle_timeout_s;     /* 15: nothing sent or received */
    unsigned request_timeout_ms; /* 30,000: from the request line to the last byte, and to send an answer */
    unsigned drain_ms;           /* 2,000: how long http_server_close waits for answers to leave */
};

struct http_server_counts {
    uint64_t connections, requests, refused, overloaded, timed_out; /* since the start */
    unsigned open_connections, pending;                             /* now */
    size_t body_bytes; /* now, of what counts towards bodies_max */
};

/* No listener yet; NULL with a sentence when out of memory. The options are copied. */
struct http_server *http_server_new(const struct http_server_options *options, struct error *error);
/* "127.0.0.1:8080", "[::1]:8080", ":8080" (loopback), port 0 for any free one; or "/run/sigap/intake.sock" or
 * "unix:run/intake.http" (mode 0660; a socket that nobody serves is replaced). Up to 4 listeners. */
bool http_server_listen(struct http_server *server, const char *address, struct error *error);
/* The real port of the nth listener (from 0), 0 for a local socket. */
uint16_t http_server_port(const struct http_server *server, size_t nth);
struct http_server_counts http_server_counts(const struct http_server *server);
/* Takes no more connections, answers what is still pending with 503 (the owner still calls http_answer, which
 * then only frees), waits drain_ms for answers on their way, closes everything and calls on_closed, after
 * which the server is gone. Sets *server to NULL. May be called from a callback. on_closed may be NULL. */
void http_server_close(struct http_server **server, void (*on_closed)(void *context), void *context);

/* ---- requests ---- */

/* What handlers see; origin is the http_request. Lives until http_answer. body has a NUL after it. */
const struct request *http_request_view(const struct http_request *request);

/* Answers and frees the request; everything in answer is copied. status 0 becomes 500. Does not send by
 * itself: all answers of one turn of the loop leave together, before it waits for input again. */
void http_answer(struct http_request *request, const struct answer *answer);
void http_answer_problem(struct http_request *request, const struct problem *problem);
