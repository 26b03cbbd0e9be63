/* See http_server.h. A request meets the code in this order:
 *
 *   peer_notice     a connection comes (or goes)
 *   target_note     its request line is read: the raw target is kept, libmicrohttpd is about to cut it up
 *   request_handle  headers are complete: request_begin checks and copies them; then each piece of the body;
 *                   then its end: request_complete hands the request over
 *   http_answer     the response is kept with the connection, the listener marked dirty
 *   server_prepare  before the loop waits every dirty listener runs once, however many answers there were
 *   request_handle  once more: the response is queued and sent
 *
 * Between hand-over and answer the connection is at first only left alone, and suspended after two rounds of
 * the loop: most are answered by then, and suspending costs two epoll_ctl and a read (measured on one core,
 * 64 connections: 33,000 requests a CPU second when every connection is suspended, 85,000 so).
 *
 * Memory, worst case with the 1024 connections of common/daemon.c, a listener:
 *   1024 connections x 12 KiB pool (headers, read and write buffers) = 12 MiB
 *   1024 bodies x 64 KiB that are always granted                     = 64 MiB
 *   bodies beyond that, bodies_max                                   = 64 MiB
 * It is taken only as it arrives; an idle server holds none of it.
 *
 * Fatal: nothing. Out of memory costs the one request its connection. */
#include "common/http_server.h"

#include "common/fault.h"
#include "common/http_rules.h"
#include "common/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    LISTENERS_MAX = 4,
    HEADERS_MAX = 64,
    /* A request line and headers of up to about 8 KiB, what nginx lets through. libmicrohttpd clears it twice
     * a request, so it is no larger. */
    POOL_BYTES = 12 * 1024,
    BODY_GRANTED =
        64 * 1024 + 1,     /* with the NUL; every connection may hold this much, whatever bodies_max says */
    BODY_FIRST = 4 * 1024, /* first allocation: a declared length is believed as it arrives */
    /* Read and dropped beyond a limit, so that the sender sees the 413: as much as nginx lets through. An
     * answer in the middle of a body would reach it as a broken connection, and its client as 502. */
    DISCARD_BYTES = 5 << 20,
    RUNS_MAX = 4, /* libmicrohttpd takes 3 runs to send an answer and read on; more is another turn */
    SWEEP_MS = 1000
};

struct peer;

struct listener {
    struct http_server *server;
    struct MHD_Daemon *daemon;
    uv_poll_t poll;
    char path[sizeof((struct sockaddr_un *)0)->sun_path]; /* "" for TCP */
    uint16_t port;
    bool dirty, quiet;
};

struct http_server {
    struct http_server_options options;
    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
    uv_prepare_t prepare;
    uv_idle_t awake; /* active: the loop does not wait for input */
    uv_timer_t timer;
    uint64_t timer_due, sweep_due; /* loop time */
    struct peer *peers;            /* every open connection */
    struct http_request *pending;
    struct http_server_counts counts;
    unsigned answering; /* answers made and not yet sent */
    uint64_t round;     /* of the loop */
    unsigned handles;   /* libuv handles not closed yet */
    bool closing, stopped;
    int64_t drain_until;
    void (*on_closed)(void *context);
    void *closed_context;
};

struct peer {
    struct listener *listener;
    struct MHD_Connection *connection;
    struct peer *previous, *next;
    struct http_request *request; /* being received, or handed over */
    char *target;                 /* raw, of the current request */
    size_t target_room;
    const char *target_at; /* where libmicrohttpd keeps it: for layout_is_plain only */
    size_t target_size;
    int64_t since;                 /* monotonic: start of what the time limit counts */
    bool waiting;                  /* for the owner: no time limit of ours */
    bool suspended;                /* in libmicrohttpd */
    bool answering;                /* a response is made, perhaps queued */
    bool broken;                   /* no response could be made: close */
    uint64_t round;                /* when its request was handed over */
    struct MHD_Response *response; /* made, to be queued when libmicrohttpd asks next */
    unsigned status;
    char remote[INET6_ADDRSTRLEN];
};

struct http_request {
    struct request view;
    struct http_server *server;           /* NULL once the server let go of it */
    struct peer *peer;                    /* NULL once the client is gone */
    struct http_request *previous, *next; /* among server->pending, once handed over */
    char *body;
    size_t body_size, body_room, body_limit, discarded;
    const struct problem *refused; /* found while the body came: said when it is over */
    size_t header_count;
    struct http_header headers[]; /* then the texts */
};

/* ---- requests ---- */

const struct request *http_request_view(const struct http_request *request) {
    return &request->view;
}

static const char *header_value(const struct request *view, const char *name) {
    const struct http_request *request = view->origin;
    for (size_t i = 0; i < request->header_count; i++)
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    return NULL;
}

static size_t counted(size_t room) {
    return room > BODY_GRANTED ? room - BODY_GRANTED : 0;
}

static void body_drop(struct http_server *server, struct http_request *request) {
    if (request->body)
        explicit_bzero(request->body, request->body_size);
    free(request->body);
    if (server)
        server->counts.body_bytes -= counted(request->body_room);
    request->body = NULL;
    request->body_size = request->body_room = 0;
}

static void request_free(struct http_request *request) {
    body_drop(request->server, request);
    free(request);
}

static void pending_add(struct http_server *server, struct http_request *request) {
    request->next = server->pending;
    if (server->pending)
        server->pending->previous = request;
    server->pending = request;
    server->counts.pending++;
}

static void pending_remove(struct http_server *server, struct http_request *request) {
    if (request->previous)
        request->previous->next = request->next;
    else
        server->pending = request->next;
    if (request->next)
        request->next->previous = request->previous;
    server->counts.pending--;
}

/* ---- running libmicrohttpd ---- */

static void timer_fire(uv_timer_t *timer);

/* Moves the timer only forward in urgency: a timer that fires for nothing costs less than setting it at every
 * request. */
static void timer_arm(struct http_server *server, uint64_t wait_ms) {
    uint64_t due = uv_now(server->options.loop) + wait_ms;
    if (uv_is_active((uv_handle_t *)&server->timer) && server->timer_due <= due)
        return;
    server->timer_due = due;
    uv_timer_start(&server->timer, timer_fire, wait_ms, 0);
}

static void idle_nothing(uv_idle_t *idle) {
    (void)idle;
}

/* With a poll loop of ours libmicrohttpd has no wake-up of its own. */
static void listener_wake(struct listener *listener) {
    listener->dirty = true;
    uv_idle_start(&listener->server->awake, idle_nothing);
}

/* Runs until every answer made has been sent as far as its socket takes it. */
static void listener_run(struct listener *listener) {
    unsigned long long wait = 0;
    listener->dirty = false;
    for (int runs = 0; wait == 0 && runs < RUNS_MAX; runs++) {
        MHD_run(listener->daemon);
        if (MHD_get_timeout(listener->daemon, &wait) != MHD_YES)
            return;
        if (listener->server->answering == 0)
            break;
    }
    if (wait == 0)
        listener_wake(listener); /* requests wait for their owner, or more has come: after the others' turn */
    else
        timer_arm(listener->server, wait);
}

static void listener_readable(uv_poll_t *poll, int status, int events) {
    (void)status;
    (void)events;
    listener_run(poll->data);
}

static void server_close_step(struct http_server *server);

/* Runs last before the loop waits. A run may bring requests as well: then the loop goes round once more
 * without waiting, for an owner that gathers in a check callback has already had its turn. */
static void server_prepare(uv_prepare_t *prepare) {
    struct http_server *server = prepare->data;
    uint64_t before = server->counts.requests;
    server->round++;
    uv_idle_stop(&server->awake);
    for (size_t i = 0; i < server->listener_count; i++)
        if (server->listeners[i].dirty)
            listener_run(&server->listeners[i]);
    if (server->counts.requests != before)
        uv_idle_start(&server->awake, idle_nothing);
    if (server->closing)
        server_close_step(server);
}

/* Cuts off who takes too long to send a request or to read an answer. libmicrohttpd only knows idleness: one
 * byte every 14 s would hold a connection for ever. */
static void peers_sweep(struct http_server *server) {
    if (uv_now(server->options.loop) < server->sweep_due)
        return;
    server->sweep_due = uv_now(server->options.loop) + SWEEP_MS;
    int64_t oldest = clock_monotonic_ms(server->options.clock) - server->options.request_timeout_ms;
    for (struct peer *peer = server->peers; peer; peer = peer->next) {
        if (peer->waiting || peer->since > oldest)
            continue;
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(peer->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        server->counts.timed_out++;
        peer->since = oldest + server->options.request_timeout_ms; /* not again before it is gone */
        if (info)
            shutdown(info->connect_fd, SHUT_RDWR); /* libmicrohttpd reads the end and closes */
    }
}

static void timer_fire(uv_timer_t *timer) {
    struct http_server *server = timer->data;
    peers_sweep(server);
    for (size_t i = 0; i < server->listener_count; i++)
        listener_run(&server->listeners[i]);
    if (server->peers)
        timer_arm(server, SWEEP_MS);
}

/* ---- connections ---- */

static void remote_write(struct MHD_Connection *connection, char *text, size_t size) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    snprintf(text, size, REQUEST_LOCAL);
    if (address && address->sa_family == AF_INET)
        inet_ntop(
            AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, text, (socklen_t)size);
    if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, text,
            (socklen_t)size);
}

static struct peer *peer_new(struct listener *listener, struct MHD_Connection *connection) {
    struct http_server *server = listener->server;
    struct peer *peer = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof *peer);
    if (!peer)
        return NULL;
    peer->listener = listener;
    peer->connection = connection;
    peer->since = clock_monotonic_ms(server->options.clock);
    peer->next = server->peers;
    if (server->peers)
        server->peers->previous = peer;
    server->peers = peer;
    server->counts.connections++;
    server->counts.open_connections++;
    remote_write(connection, peer->remote, sizeof peer->remote);
    timer_arm(server, SWEEP_MS);
    return peer;
}

static void peer_free(struct peer *peer) {
    struct http_server *server = peer->listener->server;
    if (peer->previous)
        peer->previous->next = peer->next;
    else
        server->peers = peer->next;
    if (peer->next)
        peer->next->previous = peer->previous;
    server->counts.open_connections--;
    if (peer->target)
        explicit_bzero(peer->target, peer->target_room);
    free(peer->target);
    free(peer);
}

static void peer_notice(
    void *context, struct MHD_Connection *connection, void **peer, enum MHD_ConnectionNotificationCode code) {
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *peer = peer_new(context, connection);
    } else if (*peer) {
        peer_free(*peer);
        *peer = NULL;
    }
}

static struct peer *peer_of(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* Called with the request line still whole. What is returned comes back as the context of the request. */
static void *target_note(void *context, const char *target, struct MHD_Connection *connection) {
    (void)context;
    struct peer *peer = peer_of(connection);
    if (!peer || !target)
        return NULL;
    peer->since = clock_monotonic_ms(peer->listener->server->options.clock);
    peer->target_at = target;
    peer->target_size = strlen(target);
    if (peer->target_size >= peer->target_room) {
        size_t room = peer->target_size + 256;
        char *grown = fault_strikes(FAULT_MEMORY) ? NULL : realloc(peer->target, room);
        if (!grown)
            return NULL;
        peer->target = grown;
        peer->target_room = room;
    }
    memcpy(peer->target, target, peer->target_size + 1);
    return peer;
}

/* The request is over: answered, cut off, or broken. */
static void request_over(
    void *context, struct MHD_Connection *connection, void **slot, enum MHD_RequestTerminationCode code) {
    (void)context;
    (void)connection;
    (void)code;
    struct peer *peer = *slot;
    if (!peer)
        return;
    struct http_server *server = peer->listener->server;
    if (peer->waiting)
        peer->request->peer = NULL; /* the owner still has it */
    else if (peer->request)
        request_free(peer->request); /* its body never ended */
    if (peer->response)
        MHD_destroy_response(peer->response);
    if (peer->answering)
        server->answering--;
    peer->request = NULL;
    peer->response = NULL;
    peer->waiting = peer->answering = false;
    peer->since = clock_monotonic_ms(server->options.clock);
    *slot = NULL;
}

/* ---- answers ---- */

static bool header_add(struct MHD_Response *response, const char *name, const char *value) {
    if (!value || MHD_add_response_header(response, name, value) == MHD_YES)
        return true;
    log_line(LOG_WARN, "http-header-refused", "header=%s",
        log_value(name)); /* a line feed in a value, or no memory */
    return false;
}

static struct MHD_Response *response_new(const struct answer *answer, bool close) {
    struct MHD_Response *response = fault_strikes(FAULT_MEMORY)
                                        ? NULL
                                        : MHD_create_response_from_buffer(answer->body_size,
                                              (void *)(uintptr_t)answer->body, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return NULL;
    bool whole = header_add(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->content_type);
    for (size_t i = 0; i < answer->header_count; i++)
        whole = header_add(response, answer->headers[i].name, answer->headers[i].value) && whole;
    if (close)
        whole = header_add(response, MHD_HTTP_HEADER_CONNECTION, "close") && whole;
    if (whole)
        return response;
    MHD_destroy_response(response);
    return NULL;
}

/* Makes the response and keeps it for the next call of request_handle; without one the connection will be
 * closed. */
static void answer_keep(struct peer *peer, const struct answer *answer, bool close) {
    struct http_server *server = peer->listener->server;
    peer->response = response_new(answer, close || server->closing);
    peer->status = answer->status ? answer->status : 500;
    peer->broken = !peer->response;
    peer->since = clock_monotonic_ms(server->options.clock);
    if (peer->broken)
        return;
    peer->answering = true;
    server->answering++;
}

static enum MHD_Result answer_queue(struct peer *peer) {
    if (!peer->response)
        return MHD_NO;
    enum MHD_Result queued = MHD_queue_response(peer->connection, peer->status, peer->response);
    MHD_destroy_response(peer->response);
    peer->response = NULL;
    return queued;
}

static void answer_from_problem(
    struct answer *answer, const struct problem *problem, struct json_writer *writer, char retry_after[16]) {
    json_writer_init(writer, PROBLEM_MAX);
    problem_write(writer, problem);
    *answer = (struct answer){.status = (unsigned)problem->status, .content_type = PROBLEM_CONTENT_TYPE};
    answer->body = json_writer_text(writer, &answer->body_size);
    if (problem->retry_after_s > 0) {
        snprintf(retry_after, 16, "%d", problem->retry_after_s);
        answer->headers[answer->header_count].name = "Retry-After";
        answer->headers[answer->header_count++].value = retry_after;
    }
}

/* A refusal of our own; the connection is closed after it, for we may have misread where the next request
 * starts. */
static void problem_keep(struct peer *peer, const struct problem *problem) {
    struct json_writer writer;
    struct answer answer;
    char retry_after[16];
    answer_from_problem(&answer, problem, &writer, retry_after);
    answer_keep(peer, &answer, true);
    json_writer_free(&writer);
}

static enum MHD_Result problem_queue(struct peer *peer, const struct problem *problem) {
    problem_keep(peer, problem);
    return answer_queue(peer);
}

/* Names the limit: who is told 413 wants to know what would have passed. */
static enum MHD_Result too_large_queue(struct peer *peer, size_t limit) {
    char detail_id[64], detail_en[64];
    struct problem problem = problem_too_large;
    bool whole = limit && limit % 1024 == 0;
    size_t count = whole ? limit / 1024 : limit;
    snprintf(detail_id, sizeof detail_id, "Paling banyak %zu %s", count, whole ? "KiB" : "byte");
    snprintf(detail_en, sizeof detail_en, "At most %zu %s", count, whole ? "KiB" : "bytes");
    problem.detail_id = detail_id;
    problem.detail_en = detail_en;
    return problem_queue(peer, &problem);
}

/* The request that was handed over leaves its connection, which goes on with what answer_keep has put there.
 */
static void peer_wake(struct peer *peer) {
    peer->request = NULL;
    peer->waiting = false;
    if (peer->suspended)
        MHD_resume_connection(peer->connection);
    peer->suspended = false;
    listener_wake(peer->listener);
}

void http_answer(struct http_request *request, const struct answer *answer) {
    if (request->server)
        pending_remove(request->server, request);
    if (request->peer) {
        answer_keep(request->peer, answer, false);
        peer_wake(request->peer);
    }
    request_free(request);
}

void http_answer_problem(struct http_request *request, const struct problem *problem) {
    struct json_writer writer;
    struct answer answer;
    char retry_after[16];
    answer_from_problem(&answer, problem, &writer, retry_after);
    http_answer(request, &answer);
    json_writer_free(&writer);
}

/* The server ends before the owner answered: 503, and the request lives on alone until then. */
static void request_let_go(struct http_request *request) {
    struct http_server *server = request->server;
    pending_remove(server, request);
    server->counts.body_bytes -= counted(request->body_room);
    if (request->peer) {
        problem_keep(request->peer, &problem_overloaded);
        peer_wake(request->peer);
    }
    request->server = NULL;
    request->peer = NULL;
}

/* ---- receiving ---- */

struct headers {
    struct http_header list[HEADERS_MAX];
    size_t value_size[HEADERS_MAX];
    size_t count, text_size;
    bool too_many;
};

static enum MHD_Result header_note(void *context, enum MHD_ValueKind kind, const char *name, size_t name_size,
    const char *value, size_t value_size) {
    (void)kind;
    struct headers *headers = context;
    if (headers->count == HEADERS_MAX) {
        headers->too_many = true;
        return MHD_NO;
    }
    headers->list[headers->count] = (struct http_header){name, value ? value : ""};
    headers->value_size[headers->count++] = value_size;
    headers->text_size += name_size + value_size + 2;
    return MHD_YES;
}

/* libmicrohttpd 0.9 joins folded lines, takes a bare line feed for a line end and ends a text at an embedded
 * NUL, and says nothing of it: three ways to let it see other headers than a proxy before it. But names and
 * values point into the header block as it was received, with CR, LF and the separators overwritten by NUL,
 * so in a plain request each text begins exactly where the one before it ends. (Read in 0.9.75:
 * get_next_header_line, process_header_line, parse_initial_message_line. From 0.9.77 on the library has an
 * option for this, see listener_start.) */
static bool layout_is_plain(
    const struct peer *peer, const char *method, const char *version, const struct headers *headers) {
#if MHD_VERSION < 0x00097700
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(peer->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    uintptr_t expected = (uintptr_t)method + strlen(method) + 1;
    if (!info || (uintptr_t)peer->target_at != expected)
        return false;
    expected += peer->target_size + 1;
    if ((uintptr_t)version != expected)
        return false;
    expected += strlen(version) + 2;
    for (size_t i = 0; i < headers->count; i++) {
        const struct http_header *header = &headers->list[i];
        if ((uintptr_t)header->name != expected || header->value < header->name)
            return false;
        expected = (uintptr_t)header->value + headers->value_size[i] + 2;
    }
    return expected + 2 == (uintptr_t)method + info->header_size;
#else
    (void)peer, (void)method, (void)version, (void)headers;
    return true;
#endif
}

static enum http_refusal head_check(
    const struct peer *peer, const char *method, const char *version, const struct headers *headers) {
    if (headers->too_many)
        return HTTP_TOO_MANY_HEADERS;
    enum http_refusal refusal = http_rules_method(method);
    if (refusal != HTTP_ALLOWED)
        return refusal;
    if (!layout_is_plain(peer, method, version, headers))
        return HTTP_BAD_HEADER_LAYOUT;
    return http_rules_headers(headers->list, headers->count, strcmp(version, "HTTP/1.0") == 0);
}

static char *text_place(char **at, const char *text, size_t size) {
    char *copy = memcpy(*at, text, size + 1);
    *at += size + 1;
    return copy;
}

/* One block: the request, its headers, all texts. */
static struct http_request *request_new(
    struct peer *peer, const char *method, const struct headers *headers) {
    size_t method_size = strlen(method), remote_size = strlen(peer->remote);
    size_t texts = headers->text_size + method_size + 1 + peer->target_size + 1 + remote_size + 1;
    size_t bytes = sizeof(struct http_request) + headers->count * sizeof(struct http_header) + texts;
    struct http_request *request = fault_strikes(FAULT_MEMORY) ? NULL : malloc(bytes);
    if (!request)
        return NULL;
    *request =
        (struct http_request){.server = peer->listener->server, .peer = peer, .header_count = headers->count};
    char *at = (char *)(request->headers + headers->count);
    for (size_t i = 0; i < headers->count; i++) {
        const char *name = headers->list[i].name, *value = headers->list[i].value;
        request->headers[i].name = text_place(&at, name, strlen(name));
        request->headers[i].value = text_place(&at, value, headers->value_size[i]);
    }
    request->view.method = text_place(&at, method, method_size);
    request->view.remote = text_place(&at, peer->remote, remote_size);
    request->view.path = text_place(&at, peer->target, peer->target_size);
    request->view.body = "";
    request->view.header = header_value;
    request->view.origin = request;
    return request;
}

static size_t body_limit_of(const struct http_server *server, const struct request *view) {
    const struct http_server_options *options = &server->options;
    size_t limit =
        options->body_limit ? options->body_limit(options->context, view->method, view->path) : SIZE_MAX;
    return limit < options->body_max ? limit : options->body_max;
}

/* Headers are complete. Answering now makes libmicrohttpd close the connection, so only refusals do. */
static enum MHD_Result request_begin(struct peer *peer, const char *method, const char *version) {
    struct http_server *server = peer->listener->server;
    struct headers headers;
    headers.count = headers.text_size = 0;
    headers.too_many = false;
    MHD_get_connection_values_n(peer->connection, MHD_HEADER_KIND, header_note, &headers);
    enum http_refusal refusal = head_check(peer, method, version, &headers);
    struct http_request *request = NULL;
    if (refusal == HTTP_ALLOWED) {
        request = request_new(peer, method, &headers);
        if (!request)
            return MHD_NO;
        char *path, *query;
        refusal = http_rules_target((char *)(uintptr_t)request->view.path, &path, &query);
        request->view.query = query;
    }
    if (refusal != HTTP_ALLOWED) {
        free(request);
        server->counts.refused++;
        struct problem problem = http_refusal_problem(refusal);
        return problem_queue(peer, &problem);
    }
    request->body_limit = body_limit_of(server, &request->view);
    const char *length = header_value(&request->view, "Content-Length");
    unsigned long long declared = length ? strtoull(length, NULL, 10) : 0;
    if (declared > DISCARD_BYTES) {
        size_t limit = request->body_limit;
        free(request);
        server->counts.refused++;
        return too_large_queue(peer, limit);
    }
    if (declared > request->body_limit)
        request->refused = &problem_too_large;
    peer->request = request;
    return MHD_YES;
}

/* Makes room for size bytes more and a NUL. False: bodies_max or memory. */
static bool body_grow(struct http_server *server, struct http_request *request, size_t size) {
    size_t need = request->body_size + size + 1, room = request->body_room ? request->body_room : BODY_FIRST;
    if (need <= request->body_room)
        return true;
    while (room < need)
        room *= 2;
    if (room > request->body_limit + 1)
        room = request->body_limit + 1;
    size_t more = counted(room) - counted(request->body_room);
    if (more > server->options.bodies_max - server->counts.body_bytes)
        return false;
    char *body = fault_strikes(FAULT_MEMORY) ? NULL : realloc(request->body, room);
    if (!body)
        return false;
    request->body = body;
    request->body_room = room;
    server->counts.body_bytes += more;
    return true;
}

/* A piece of the body. libmicrohttpd takes no answer in the middle of it: what is refused is read on for a
 * while. */
static enum MHD_Result body_append(struct peer *peer, const char *bytes, size_t size) {
    struct http_server *server = peer->listener->server;
    struct http_request *request = peer->request;
    if (request->refused)
        return (request->discarded += size) > DISCARD_BYTES ? MHD_NO : MHD_YES;
    if (size > request->body_limit - request->body_size)
        request->refused = &problem_too_large;
    else if (!body_grow(server, request, size))
        request->refused = &problem_overloaded;
    if (request->refused) {
        body_drop(server, request);
        return MHD_YES;
    }
    memcpy(request->body + request->body_size, bytes, size);
    request->body_size += size;
    return MHD_YES;
}

static enum MHD_Result request_refuse(struct peer *peer, const struct problem *problem) {
    size_t limit = peer->request->body_limit;
    request_free(peer->request);
    peer->request = NULL;
    return problem == &problem_too_large ? too_large_queue(peer, limit) : problem_queue(peer, problem);
}

/* Hands over; true when the owner has it (and may have answered already). */
static bool request_hand_over(struct http_server *server, struct http_request *request) {
    const struct http_server_options *options = &server->options;
    bool full = server->counts.pending >= options->pending_max;
    pending_add(server, request);
    if (!full) {
        options->on_request(options->context, request);
        return true;
    }
    server->counts.overloaded++;
    if (options->on_overload && options->on_overload(options->context, request))
        return true;
    pending_remove(server, request);
    return false;
}

static enum MHD_Result request_complete(struct peer *peer) {
    struct http_server *server = peer->listener->server;
    struct http_request *request = peer->request;
    if (request->refused) {
        server->counts.refused++;
        return request_refuse(peer, request->refused);
    }
    if (server->closing)
        return request_refuse(peer, &problem_overloaded);
    if (request->body) {
        request->body[request->body_size] = 0;
        request->view.body = request->body;
        request->view.body_size = request->body_size;
    }
    server->counts.requests++;
    peer->waiting = true;
    peer->round = server->round;
    if (!request_hand_over(server, request)) {
        peer->waiting = false;
        return request_refuse(peer, &problem_overloaded);
    }
    return peer->waiting ? MHD_YES : answer_queue(peer); /* answered at once: request is gone */
}

/* Asked again about a request that its owner has. */
static enum MHD_Result request_wait(struct peer *peer) {
    if (peer->listener->server->round - peer->round < 2)
        return MHD_YES;
    peer->suspended = true;
    MHD_suspend_connection(peer->connection);
    return MHD_YES;
}

static enum MHD_Result request_handle(void *context, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_size, void **slot) {
    (void)context;
    (void)connection;
    (void)url;
    struct peer *peer = *slot;
    if (!peer || peer->broken)
        return MHD_NO;
    if (peer->response)
        return answer_queue(peer);
    if (peer->waiting)
        return request_wait(peer);
    if (!peer->request)
        return request_begin(peer, method, version);
    if (*upload_size == 0)
        return request_complete(peer);
    enum MHD_Result result = body_append(peer, upload, *upload_size);
    *upload_size = 0;
    return result;
}

/* ---- listening ---- */

/* Paths and arguments stay as they came: http_rules decodes. */
static size_t unescape_nothing(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

/* Takes over fd. When libmicrohttpd does not start it has closed fd in some cases and not in others: then it
 * is left. */
static bool listener_start(struct listener *listener, int fd, struct error *error) {
    struct http_server *server = listener->server;
    listener->daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, request_handle, listener,
            MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, server->options.connections_max,
            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
            server->options.idle_timeout_s, MHD_OPTION_NOTIFY_CONNECTION, peer_notice, listener,
            MHD_OPTION_NOTIFY_COMPLETED, request_over, listener, MHD_OPTION_URI_LOG_CALLBACK, target_note,
            listener, MHD_OPTION_UNESCAPE_CALLBACK, unescape_nothing, NULL,
#if MHD_VERSION < 0x00097700
            MHD_OPTION_STRICT_FOR_CLIENT, 1,
#else
            MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1,
#endif
            MHD_OPTION_END);
    if (!listener->daemon)
        return error_set(error, "cannot start the HTTP server: %s", strerror(errno));
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    int status = info ? uv_poll_init(server->options.loop, &listener->poll, info->epoll_fd) : UV_EINVAL;
    if (status != 0) {
        MHD_stop_daemon(listener->daemon); /* closes fd too */
        return error_set(error, "cannot watch the HTTP server: %s", uv_strerror(status));
    }
    server->handles++;
    listener->poll.data = listener;
    uv_poll_start(&listener->poll, UV_READABLE, listener_readable);
    listener_wake(listener); /* the first run puts the listening socket into its epoll set */
    return true;
}

/* Binds and listens; -1 with a sentence. backlog: what may wait while the connection limit holds us. */
static int socket_listen(
    int family, const struct sockaddr *address, socklen_t size, const char *shown, struct error *error) {
    int on = 1, fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        error_set(error, "cannot make a socket for %s: %s", shown, strerror(errno));
        return -1;
    }
    if (family == AF_UNIX)
        fchmod(fd, 0660); /* never wider than this, not even between bind and chmod */
    else
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, address, size) != 0 || listen(fd, 511) != 0) {
        error_set(error, "cannot listen on %s: %s", shown, strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

/* A socket file that nobody serves is left from a crash and goes; one that somebody serves stays. */
static bool stale_remove(const struct sockaddr_un *address, struct error *error) {
    struct stat status;
    if (lstat(address->sun_path, &status) != 0)
        return true;
    if (!S_ISSOCK(status.st_mode))
        return error_set(error, "%s exists and is no socket", address->sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool served = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;
    if (fd >= 0)
        close(fd);
    if (served)
        return error_set(error, "%s is served by another process", address->sun_path);
    unlink(address->sun_path);
    return true;
}

static int listen_local(struct listener *listener, const char *path, struct error *error) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        error_set(error, "the socket path %s is longer than %zu bytes", path, sizeof address.sun_path - 1);
        return -1;
    }
    strcpy(address.sun_path, path);
    if (!stale_remove(&address, error))
        return -1;
    int fd = socket_listen(AF_UNIX, (const struct sockaddr *)&address, sizeof address, path, error);
    if (fd >= 0) {
        chmod(path, 0660); /* the mask of the process may have taken the group's right */
        strcpy(listener->path, path);
    }
    return fd;
}

static bool is_port(const char *text) {
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits <= 5 && text[digits] == 0 && atoi(text) <= 65535;
}

/* Numeric addresses only: no name service may decide where we listen. */
static struct addrinfo *address_read(const char *text, struct error *error) {
    char host[64] = "127.0.0.1";
    const char *colon = strrchr(text, ':');
    size_t size = colon ? (size_t)(colon - text) : 0;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV},
                    *found = NULL;
    if (colon && is_port(colon + 1) && size < sizeof host) {
        bool bracketed = size > 2 && text[0] == '[' && text[size - 1] == ']';
        if (size > 0)
            snprintf(host, sizeof host, "%.*s", (int)(bracketed ? size - 2 : size), text + bracketed);
        if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
            found = NULL;
    }
    if (!found)
        error_set(error, "%s is neither a numeric ADDRESS:PORT nor a path", text);
    return found;
}

static int listen_tcp(struct listener *listener, const char *text, struct error *error) {
    struct addrinfo *address = address_read(text, error);
    if (!address)
        return -1;
    int fd = socket_listen(address->ai_family, address->ai_addr, address->ai_addrlen, text, error);
    freeaddrinfo(address);
    struct sockaddr_storage bound;
    socklen_t size = sizeof bound;
    if (fd >= 0 && getsockname(fd, (struct sockaddr *)&bound, &size) == 0)
        listener->port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                           : ((struct sockaddr_in *)&bound)->sin_port);
    return fd;
}

bool http_server_listen(struct http_server *server, const char *address, struct error *error) {
    if (server->listener_count == LISTENERS_MAX)
        return error_set(error, "more than %d HTTP listeners", LISTENERS_MAX);
    struct listener *listener = &server->listeners[server->listener_count];
    *listener = (struct listener){.server = server};
    bool prefixed = strncmp(address, "unix:", 5) == 0;
    int fd = prefixed || address[0] == '/' ? listen_local(listener, address + (prefixed ? 5 : 0), error)
                                           : listen_tcp(listener, address, error);
    if (fd < 0)
        return false;
    if (!listener_start(listener, fd, error))
        return false;
    server->listener_count++;
    return true;
}

uint16_t http_server_port(const struct http_server *server, size_t nth) {
    return nth < server->listener_count ? server->listeners[nth].port : 0;
}

struct http_server_counts http_server_counts(const struct http_server *server) {
    return server->counts;
}

/* ---- beginning and end ---- */

struct http_server *http_server_new(const struct http_server_options *options, struct error *error) {
    struct http_server *server = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof *server);
    if (!server) {
        error_set(error, "out of memory for the HTTP server");
        return NULL;
    }
    server->options = *options;
    struct http_server_options *kept = &server->options;
    kept->body_max = kept->body_max ? kept->body_max : 3 * 1024 * 1024;
    kept->bodies_max = kept->bodies_max ? kept->bodies_max : 64 * 1024 * 1024;
    kept->connections_max = kept->connections_max ? kept->connections_max : 512;
    kept->pending_max = kept->pending_max ? kept->pending_max : 256;
    kept->idle_timeout_s = kept->idle_timeout_s ? kept->idle_timeout_s : 15;
    kept->request_timeout_ms = kept->request_timeout_ms ? kept->request_timeout_ms : 30000;
    kept->drain_ms = kept->drain_ms ? kept->drain_ms : 2000;
    uv_prepare_init(kept->loop, &server->prepare);
    uv_idle_init(kept->loop, &server->awake);
    uv_timer_init(kept->loop, &server->timer);
    server->prepare.data = server->awake.data = server->timer.data = server;
    server->handles = 3;
    uv_prepare_start(&server->prepare, server_prepare);
    return server;
}

/* Takes no more connections; what is open goes on. */
static void quiesce(struct http_server *server) {
    for (size_t i = 0; i < server->listener_count; i++) {
        struct listener *listener = &server->listeners[i];
        if (listener->quiet)
            continue;
        listener->quiet = true;
        int fd = MHD_quiesce_daemon(listener->daemon);
        if (fd >= 0)
            close(fd);
        if (listener->path[0])
            unlink(listener->path);
    }
}

static void handle_closed(uv_handle_t *handle) {
    struct http_server *server =
        handle->type == UV_POLL ? ((struct listener *)handle->data)->server : handle->data;
    if (--server->handles > 0)
        return;
    void (*on_closed)(void *context) = server->on_closed;
    void *context = server->closed_context;
    free(server);
    if (on_closed)
        on_closed(context);
}

static void server_stop(struct http_server *server) {
    server->stopped = true;
    for (size_t i = 0; i < server->listener_count; i++) {
        struct listener *listener = &server->listeners[i];
        uv_close((uv_handle_t *)&listener->poll, handle_closed); /* before the epoll fd is closed under it */
        MHD_stop_daemon(listener->daemon);
    }
    uv_close((uv_handle_t *)&server->prepare, handle_closed);
    uv_close((uv_handle_t *)&server->awake, handle_closed);
    uv_close((uv_handle_t *)&server->timer, handle_closed);
}

/* Once a turn of the loop while closing: ends when every answer has left or the time is over. */
static void server_close_step(struct http_server *server) {
    if (server->stopped)
        return;
    if (server->drain_until == 0) {
        server->drain_until = clock_monotonic_ms(server->options.clock) + server->options.drain_ms;
        quiesce(server);
        while (server->pending)
            request_let_go(server->pending);
        for (size_t i = 0; i < server->listener_count; i++)
            listener_run(&server->listeners[i]);
    }
    if (server->answering == 0 || clock_monotonic_ms(server->options.clock) >= server->drain_until)
        server_stop(server);
    else
        timer_arm(server, 10); /* the clock may be injected: look again */
}

void http_server_close(struct http_server **server, void (*on_closed)(void *context), void *context) {
    struct http_server *closing = *server;
    *server = NULL;
    closing->closing = true;
    closing->on_closed = on_closed;
    closing->closed_context = context;
    timer_arm(closing, 0); /* the work is done in prepare, never below a callback of libmicrohttpd */
}
