/* The server over real sockets on the loopback: what arrives, what is refused, when answers leave, what
 * happens to requests whose client or server goes away. Client and server share one loop and one thread. */
#include "common/fault.h"
#include "common/http_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

enum { HELD_MAX = 16, REPLY_MAX = 256 * 1024, PATIENCE_MS = 5000 };

/* What the owner does with a request. */
enum manner { ECHO_AT_ONCE, HOLD };

struct fixture {
    uv_loop_t loop;
    struct http_server *server;
    struct clock clock;
    int64_t now_ms;
    enum manner manner;
    struct http_request *held[HELD_MAX];
    size_t held_count, overloads;
    bool take_overload, closed, bad_header;
    char reply[REPLY_MAX];
};

static int64_t fixture_now(void *state) {
    return ((struct fixture *)state)->now_ms;
}

static void answer_text(struct http_request *request, const char *text) {
    struct answer answer = {
        .status = 200, .content_type = "text/plain", .body = text, .body_size = strlen(text)};
    http_answer(request, &answer);
}

/* "METHOD path?query [X header] body" */
static void echo(struct fixture *fixture, struct http_request *request) {
    const struct request *view = http_request_view(request);
    const char *header = view->header(view, "x-Test");
    char text[512];
    snprintf(text, sizeof text, "%s %s?%s [%s] %.*s %zu", view->method, view->path, view->query,
        header ? header : "", (int)(view->body_size < 20 ? view->body_size : 20), (const char *)view->body,
        view->body_size);
    assert_int_equal(strlen(view->body) <= view->body_size, true); /* ends with NUL */
    struct answer answer = {
        .status = 200, .content_type = "text/plain", .body = text, .body_size = strlen(text)};
    answer.headers[0].name = "X-Made-By";
    answer.headers[0].value = fixture->bad_header ? "a\r\nSet-Cookie: b" : "test";
    answer.header_count = 1;
    http_answer(request, &answer);
}

static void on_request(void *context, struct http_request *request) {
    struct fixture *fixture = context;
    if (fixture->manner == ECHO_AT_ONCE) {
        echo(fixture, request);
        return;
    }
    assert_true(fixture->held_count < HELD_MAX);
    fixture->held[fixture->held_count++] = request;
}

static bool on_overload(void *context, struct http_request *request) {
    struct fixture *fixture = context;
    fixture->overloads++;
    if (!fixture->take_overload)
        return false;
    answer_text(request, "urgent taken");
    return true;
}

static size_t body_limit(void *context, const char *method, const char *path) {
    (void)context;
    (void)method;
    return strncmp(path, "/small", 6) == 0 ? 10 : SIZE_MAX;
}

static void fixture_listen(struct fixture *fixture, const char *address) {
    struct error error;
    if (!http_server_listen(fixture->server, address, &error))
        fail_msg("%s", error.text);
}

static struct fixture *fixture_new(struct http_server_options options) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct error error;
    fixture->clock = (struct clock){fixture_now, fixture_now, fixture, NULL};
    fixture->now_ms = 1000000;
    assert_int_equal(uv_loop_init(&fixture->loop), 0);
    options.loop = &fixture->loop;
    options.clock = &fixture->clock;
    options.context = fixture;
    options.on_request = on_request;
    options.on_overload = on_overload;
    options.body_limit = body_limit;
    fixture->server = http_server_new(&options, &error);
    assert_non_null(fixture->server);
    return fixture;
}

static struct fixture *fixture_started(void) {
    struct fixture *fixture = fixture_new((struct http_server_options){0});
    fixture_listen(fixture, "127.0.0.1:0");
    return fixture;
}

static void note_closed(void *context) {
    ((struct fixture *)context)->closed = true;
}

static void fixture_end(struct fixture *fixture) {
    if (fixture->server)
        http_server_close(&fixture->server, note_closed, fixture);
    assert_null(fixture->server);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    assert_true(fixture->closed);
    assert_int_equal(uv_loop_close(&fixture->loop), 0);
    free(fixture);
}

static void turn(struct fixture *fixture) {
    uv_run(&fixture->loop, UV_RUN_NOWAIT);
    usleep(200);
}

static void turns(struct fixture *fixture, int count) {
    while (count-- > 0)
        turn(fixture);
}

static int client_new(struct fixture *fixture) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(http_server_port(fixture->server, 0))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void client_send(struct fixture *fixture, int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
            return;
        if (sent > 0) {
            bytes += sent;
            size -= (size_t)sent;
        }
        turn(fixture);
    }
}

static void client_say(struct fixture *fixture, int fd, const char *text) {
    client_send(fixture, fd, text, strlen(text));
}

/* Bytes of the first complete answer in the buffer, 0 when it is not complete yet. */
static size_t answer_size(const char *reply, size_t size) {
    const char *end = size ? memmem(reply, size, "\r\n\r\n", 4) : NULL;
    const char *length = size ? memmem(reply, size, "Content-Length: ", 16) : NULL;
    if (!end)
        return 0;
    size_t all = (size_t)(end - reply) + 4 + (length ? strtoul(length + 16, NULL, 10) : 0);
    return all <= size ? all : 0;
}

/* Runs the loop until one answer has come or the connection is closed; the answer is in fixture->reply. Its
 * status, 0 when the connection was closed without one, -1 when nothing came. */
static int client_receive(struct fixture *fixture, int fd) {
    size_t size = 0;
    for (int i = 0; i < PATIENCE_MS * 2; i++) {
        ssize_t got = recv(fd, fixture->reply + size, REPLY_MAX - 1 - size, MSG_DONTWAIT);
        size += got > 0 ? (size_t)got : 0;
        fixture->reply[size] = 0;
        if (answer_size(fixture->reply, size) || got == 0 || (got < 0 && errno == ECONNRESET))
            return size > 12 ? atoi(fixture->reply + 9) : 0;
        turn(fixture);
    }
    return -1;
}

static bool client_is_closed(struct fixture *fixture, int fd) {
    char byte;
    for (int i = 0; i < 100; i++) {
        ssize_t got = recv(fd, &byte, 1, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno == ECONNRESET))
            return true;
        turn(fixture);
    }
    return false;
}

static int exchange_on(struct fixture *fixture, int fd, const char *text) {
    client_say(fixture, fd, text);
    return client_receive(fixture, fd);
}

static int exchange(struct fixture *fixture, const char *text) {
    int fd = client_new(fixture), status = exchange_on(fixture, fd, text);
    close(fd);
    return status;
}

static const char *reply_body(const struct fixture *fixture) {
    const char *end = strstr(fixture->reply, "\r\n\r\n");
    return end ? end + 4 : "";
}

static void a_request_arrives_complete(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    assert_int_equal(exchange(fixture, "GET /a%20b?x=%20 HTTP/1.1\r\nHost: h\r\nX-TEST: y \r\n\r\n"), 200);
    assert_string_equal(reply_body(fixture), "GET /a b?x=%20 [y ]  0");
    assert_non_null(strstr(fixture->reply, "X-Made-By: test\r\n"));
    assert_non_null(strstr(fixture->reply, "Content-Type: text/plain\r\n"));
    assert_int_equal(exchange(fixture, "POST /r HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"), 200);
    assert_string_equal(reply_body(fixture), "POST /r? [] hello 5");
    assert_int_equal(exchange(fixture, "POST /r HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                                       "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
        200);
    assert_string_equal(reply_body(fixture), "POST /r? [] hello 5");
    assert_int_equal(exchange(fixture, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n"), -1); /* a length, no body */
    assert_non_null(strstr(fixture->reply, "HTTP/1.1 200 "));
    assert_string_equal(reply_body(fixture), "");
    assert_int_equal(exchange(fixture, "GET / HTTP/1.0\r\n\r\n"), 200);
    assert_int_equal(http_server_counts(fixture->server).requests, 5);
    fixture_end(fixture);
}

static void a_connection_is_kept_and_pipelined(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    int fd = client_new(fixture);
    for (int i = 0; i < 5; i++)
        assert_int_equal(
            exchange_on(fixture, fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"), 200);
    client_say(fixture, fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    turns(fixture, 20);
    assert_int_equal(client_receive(fixture, fd), 200);
    assert_non_null(strstr(fixture->reply, "GET /1?"));
    assert_non_null(strstr(fixture->reply, "GET /2?"));
    assert_int_equal(http_server_counts(fixture->server).connections, 1);
    close(fd);
    fixture_end(fixture);
}

/* Not one of these may reach the owner. */
static void ambiguous_requests_are_refused(void **state) {
    (void)state;
#define HEAD "POST / HTTP/1.1\r\nHost: h\r\n"
    static const struct {
        const char *text;
        size_t size;
    } cases[] = {
#define CASE(text) {text, sizeof text - 1}
        CASE("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        CASE("GET / HTTP/1.1\r\n\r\n"),
        CASE("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        CASE(HEAD "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"),
        CASE(HEAD "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        CASE(HEAD "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        CASE(HEAD "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n"),
        CASE(HEAD "Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n"),
        CASE(HEAD "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
        CASE(HEAD "Content-Length: +1\r\n\r\na"),
        CASE(HEAD "Content-Length : 1\r\n\r\na"),
        CASE(HEAD "Content-Length: 1\r\n X: folded\r\n\r\na"),
        CASE(HEAD "X: a\r\n\tfolded\r\n\r\n"),
        CASE(HEAD "X: a\0b\r\n\r\n"),
        CASE(HEAD "X: a\0\r\n\r\n"),
        CASE(HEAD "X\0: a\r\n\r\n"),
        CASE(HEAD "Content-Length: 0\0\0\r\nX: a\r\n\r\n"),
        CASE(HEAD "X: a\nContent-Length: 1\r\n\r\na"),
        CASE(HEAD "X: a\r\n\na"),
        CASE("POST / HTTP/1.1\nHost: h\r\n\r\n"),
        CASE(HEAD "X: a\rContent-Length: 1\r\n\r\na"),
        CASE(HEAD "X: a\x01\r\n\r\n"),
        CASE(HEAD "X\x80: a\r\n\r\n"),
        CASE("GET /a%0 HTTP/1.1\r\nHost: h\r\n\r\n"),
        CASE("GET /?a=% HTTP/1.1\r\nHost: h\r\n\r\n"),
        CASE("GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n"),
        CASE("GET /a\x01 HTTP/1.1\r\nHost: h\r\n\r\n"),
        CASE("GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n"),
        CASE("GET /../a HTTP/1.1\r\nHost: h\r\n\r\n"),
        CASE("GET  / HTTP/1.1\r\nHost: h\r\n\r\n"),
        CASE("GET /  HTTP/1.1\r\nHost: h\r\n\r\n"),
        CASE("GET\0 / HTTP/1.1\r\nHost: h\r\n\r\n"),
        CASE("get / HTTP/1.1\r\nHost: h\r\n\r\n"),
        CASE("GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        CASE("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"),
        CASE("GET / HTTP/1.1 \r\nHost: h\r\n\r\n"),
        CASE("GET /\r\nHost: h\r\n\r\n"),
        CASE("GET / HTTP/0.9\r\nHost: h\r\n\r\n"),
        CASE("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    };
    struct fixture *fixture = fixture_started();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd = client_new(fixture);
        client_send(fixture, fd, cases[i].text, cases[i].size);
        int status = client_receive(fixture, fd);
        if (status != 400 && status != 0 && status != 505)
            fail_msg("case %zu: %d %s", i, status, cases[i].text);
        if (http_server_counts(fixture->server).requests != 0)
            fail_msg("case %zu reached the owner: %s", i, cases[i].text);
        if (!client_is_closed(fixture, fd))
            fail_msg("case %zu left the connection open", i);
        close(fd);
    }
    assert_int_equal(exchange(fixture, cases[0].text), 400); /* ours, with problem details */
    assert_non_null(strstr(fixture->reply, "Content-Type: application/problem+json\r\n"));
    assert_non_null(strstr(fixture->reply, "The Host header appears twice."));
    fixture_end(fixture);
}

static void headers_are_bounded(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    static char text[40000];
    int used = sprintf(text, "GET / HTTP/1.1\r\nHost: h\r\n");
    for (int i = 0; i < 63; i++)
        used += sprintf(text + used, "X%d: 1\r\n", i);
    strcpy(text + used, "\r\n");
    assert_int_equal(exchange(fixture, text), 200);
    strcpy(text + used, "X: 1\r\n\r\n");
    assert_int_equal(exchange(fixture, text), 431);
    used = sprintf(text, "GET / HTTP/1.1\r\nHost: h\r\nX: ");
    memset(text + used, 'x', 8000);
    strcpy(text + used + 8000, "\r\n\r\n");
    assert_int_equal(exchange(fixture, text), 200);
    memset(text + used, 'x', 30000);
    strcpy(text + used + 30000, "\r\n\r\n");
    int status = exchange(fixture, text);
    assert_true(status == 431 || status == 0);
    fixture_end(fixture);
}

static char *post(const char *path, size_t size, bool chunked) {
    char *text = malloc(size + 300);
    int used = chunked
                   ? sprintf(text, "POST %s HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n",
                         path, size)
                   : sprintf(text, "POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n", path, size);
    memset(text + used, 'b', size);
    strcpy(text + (size_t)used + size, chunked ? "\r\n0\r\n\r\n" : "");
    return text;
}

static void bodies_are_bounded(void **state) {
    (void)state;
    static const struct {
        const char *path;
        size_t size;
        bool chunked;
        int status;
    } cases[] = {
        {"/small", 10, false, 200},
        {"/small", 11, false, 413},
        {"/small", 10, true, 200},
        {"/small", 11, true, 413},
        {"/", 300000, false, 200},
        {"/", 300001, false, 413},
        {"/", 300000, true, 200},
        {"/", 300001, true, 413},
    };
    struct fixture *fixture = fixture_new((struct http_server_options){.body_max = 300000});
    fixture_listen(fixture, "127.0.0.1:0");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = post(cases[i].path, cases[i].size, cases[i].chunked);
        int status = exchange(fixture, text);
        if (status != cases[i].status)
            fail_msg("case %zu: %d", i, status);
        const char *limit = cases[i].path[1] ? "At most 10 bytes" : "At most 300000 bytes";
        if (status == 413 && !strstr(reply_body(fixture), limit))
            fail_msg("case %zu does not say \"%s\": %s", i, limit, reply_body(fixture));
        free(text);
    }
    turns(fixture, 5);
    assert_int_equal(http_server_counts(fixture->server).body_bytes, 0);
    fixture_end(fixture);
}

static void all_bodies_together_are_bounded(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_server_options){.bodies_max = 300000});
    fixture_listen(fixture, "127.0.0.1:0");
    fixture->manner = HOLD;
    char *large = post("/", 250000, false), *small = post("/", 60000, false);
    int first = client_new(fixture);
    client_say(fixture, first, large);
    turns(fixture, 40);
    assert_int_equal(fixture->held_count, 1);
    assert_true(http_server_counts(fixture->server).body_bytes > 180000);
    assert_int_equal(exchange(fixture, large), 503); /* no room for a second one */
    int second = client_new(fixture);                /* but a small one is always granted */
    client_say(fixture, second, small);
    turns(fixture, 20);
    assert_int_equal(fixture->held_count, 2);
    answer_text(fixture->held[0], "one");
    answer_text(fixture->held[1], "two");
    assert_int_equal(client_receive(fixture, first), 200);
    assert_int_equal(client_receive(fixture, second), 200);
    assert_int_equal(http_server_counts(fixture->server).body_bytes, 0);
    close(first);
    close(second);
    free(large);
    free(small);
    fixture_end(fixture);
}

static void nothing_leaves_before_the_answer(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    fixture->manner = HOLD;
    int fds[3];
    for (int i = 0; i < 3; i++) {
        char text[100];
        fds[i] = client_new(fixture);
        snprintf(text, sizeof text, "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i);
        client_say(fixture, fds[i], text);
    }
    turns(fixture, 50);
    char byte;
    for (int i = 0; i < 3; i++)
        assert_int_equal(recv(fds[i], &byte, 1, MSG_DONTWAIT), -1);
    assert_int_equal(fixture->held_count, 3);
    assert_int_equal(http_server_counts(fixture->server).pending, 3);
    assert_string_equal(http_request_view(fixture->held[0])->remote, "127.0.0.1");
    for (int i = 2; i >= 0; i--)
        answer_text(fixture->held[i], http_request_view(fixture->held[i])->path);
    assert_int_equal(http_server_counts(fixture->server).pending, 0);
    uv_run(&fixture->loop, UV_RUN_NOWAIT); /* one turn of the loop is enough for all */
    for (int i = 0; i < 3; i++) {
        char path[3] = {'/', (char)('0' + i), 0};
        assert_true(recv(fds[i], fixture->reply, REPLY_MAX - 1, MSG_DONTWAIT) > 0);
        assert_non_null(strstr(fixture->reply, path));
        close(fds[i]);
    }
    fixture_end(fixture);
}

static void an_answer_to_nobody_is_dropped(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    fixture->manner = HOLD;
    for (int linger = 0; linger < 2; linger++) {
        int fd = client_new(fixture);
        struct linger reset = {1, 0};
        client_say(fixture, fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        turns(fixture, 20);
        if (linger)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
        turns(fixture, 20);
        assert_int_equal(fixture->held_count, 1);
        assert_string_equal(http_request_view(fixture->held[0])->method, "GET");
        answer_text(fixture->held[0], "late");
        turns(fixture, 20);
        assert_int_equal(http_server_counts(fixture->server).open_connections, 0);
        fixture->held_count = 0;
    }
    fixture->manner = ECHO_AT_ONCE;
    assert_int_equal(exchange(fixture, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
    fixture_end(fixture);
}

/* Answered or abandoned before the connection was suspended. */
static void an_answer_may_come_in_the_next_round(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    fixture->manner = HOLD;
    for (int gone = 0; gone < 2; gone++) {
        int fd = client_new(fixture);
        const char *text = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
        assert_int_equal(send(fd, text, strlen(text), 0), (ssize_t)strlen(text));
        for (int i = 0; i < 100 && fixture->held_count == 0; i++)
            uv_run(&fixture->loop, UV_RUN_NOWAIT);
        assert_int_equal(fixture->held_count, 1);
        if (gone) {
            struct linger reset = {1, 0};
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
            close(fd);
            uv_run(&fixture->loop, UV_RUN_NOWAIT);
        }
        answer_text(fixture->held[0], "soon");
        fixture->held_count = 0;
        if (!gone) {
            assert_int_equal(client_receive(fixture, fd), 200);
            close(fd);
        }
        turns(fixture, 10);
        assert_int_equal(http_server_counts(fixture->server).open_connections, 0);
        assert_int_equal(http_server_counts(fixture->server).pending, 0);
    }
    fixture_end(fixture);
}

static void answer_held(uv_check_t *check) {
    struct fixture *fixture = check->data;
    while (fixture->held_count > 0)
        answer_text(fixture->held[--fixture->held_count], "gathered");
}

/* An owner that gathers in a check callback, and a loop that really waits: nothing may hang until the next
 * timer. */
static void the_loop_does_not_sleep_over_work(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    uv_check_t check;
    fixture->manner = HOLD;
    check.data = fixture;
    uv_check_init(&fixture->loop, &check);
    uv_check_start(&check, answer_held);
    int fd = client_new(fixture);
    uint64_t start = uv_hrtime();
    for (int i = 0; i < 20; i++) {
        const char *text = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
        assert_int_equal(send(fd, text, strlen(text), 0), (ssize_t)strlen(text));
        ssize_t got = -1;
        while ((got = recv(fd, fixture->reply, REPLY_MAX, MSG_DONTWAIT)) < 0)
            uv_run(&fixture->loop, UV_RUN_ONCE);
        assert_true(got > 0);
    }
    assert_true(uv_hrtime() - start < UINT64_C(3000000000)); /* a sleep lasts 1 s, and there would be 20 */
    uv_close((uv_handle_t *)&check, NULL);
    close(fd);
    fixture_end(fixture);
}

static void too_many_waiting_is_overload(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_server_options){.pending_max = 2});
    fixture_listen(fixture, "127.0.0.1:0");
    fixture->manner = HOLD;
    int fds[2];
    for (int i = 0; i < 2; i++) {
        fds[i] = client_new(fixture);
        client_say(fixture, fds[i], "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    turns(fixture, 20);
    assert_int_equal(exchange(fixture, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 503);
    assert_non_null(strstr(fixture->reply, "Retry-After: 5\r\n"));
    fixture->take_overload = true;
    assert_int_equal(exchange(fixture, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
    assert_string_equal(reply_body(fixture), "urgent taken");
    assert_int_equal(fixture->overloads, 2);
    assert_int_equal(http_server_counts(fixture->server).overloaded, 2);
    for (int i = 0; i < 2; i++) {
        answer_text(fixture->held[i], "ok");
        assert_int_equal(client_receive(fixture, fds[i]), 200);
        close(fds[i]);
    }
    assert_int_equal(http_server_counts(fixture->server).pending, 0);
    fixture_end(fixture);
}

static void the_slow_are_cut_off_but_not_the_waiting(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    fixture->manner = HOLD;
    int waiting = client_new(fixture), head = client_new(fixture), body = client_new(fixture);
    client_say(fixture, waiting, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    client_say(fixture, head, "GET / HTTP/1.1\r\nHos");
    client_say(fixture, body, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
    turns(fixture, 20);
    fixture->now_ms += 29000;
    client_say(fixture, head, "t"); /* not idle */
    for (int i = 0; i < 1300; i++)
        usleep(1000), uv_run(&fixture->loop, UV_RUN_NOWAIT);
    assert_int_equal(http_server_counts(fixture->server).open_connections, 3);
    fixture->now_ms += 2000;
    for (int i = 0; i < 1300; i++)
        usleep(1000), uv_run(&fixture->loop, UV_RUN_NOWAIT);
    assert_true(client_is_closed(fixture, head));
    assert_true(client_is_closed(fixture, body));
    assert_int_equal(http_server_counts(fixture->server).timed_out, 2);
    assert_int_equal(http_server_counts(fixture->server).open_connections, 1);
    answer_text(fixture->held[0], "patience");
    assert_int_equal(client_receive(fixture, waiting), 200);
    close(waiting);
    close(head);
    close(body);
    fixture_end(fixture);
}

static void connections_are_bounded(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_server_options){.connections_max = 2});
    fixture_listen(fixture, "127.0.0.1:0");
    int fds[3];
    for (int i = 0; i < 3; i++)
        fds[i] = client_new(fixture);
    client_say(fixture, fds[2], "GET /third HTTP/1.1\r\nHost: h\r\n\r\n");
    turns(fixture, 50);
    assert_int_equal(http_server_counts(fixture->server).open_connections, 2);
    assert_int_equal(http_server_counts(fixture->server).requests, 0);
    close(fds[0]); /* makes room: the third was waiting in the backlog */
    assert_int_equal(client_receive(fixture, fds[2]), 200);
    close(fds[1]);
    close(fds[2]);
    fixture_end(fixture);
}

static void local_sockets_are_private_and_replaced_when_stale(void **state) {
    (void)state;
    char folder[] = "/tmp/sigap-http-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/s", folder);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    int stale = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(stale, (struct sockaddr *)&address, sizeof address), 0);
    close(stale);

    struct fixture *fixture = fixture_started();
    fixture_listen(fixture, path);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0660);
    assert_int_equal(http_server_port(fixture->server, 1), 0);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(exchange_on(fixture, fd, "GET /local HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
    assert_int_equal(exchange_on(fixture, fd, "GET /again HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
    assert_int_equal(exchange(fixture, "GET /tcp HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
    close(fd);
    struct error error;
    assert_false(http_server_listen(fixture->server, path, &error)); /* served: by us */
    assert_non_null(strstr(error.text, "served by another process"));
    fixture_end(fixture);
    assert_int_equal(stat(path, &status), -1);
    rmdir(folder);
}

static void bad_addresses_are_refused(void **state) {
    (void)state;
    static const char *const cases[] = {"localhost", "localhost:80", "1.2.3:80", "127.0.0.1:99999",
        "256.0.0.1:0", "/tmp", "/nowhere/at/all.sock", ""};
    struct fixture *fixture = fixture_new((struct http_server_options){0});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {""};
        if (http_server_listen(fixture->server, cases[i], &error))
            fail_msg("%s", cases[i]);
        assert_true(error.text[0]);
    }
    fixture_listen(fixture, ":0");
    assert_true(http_server_port(fixture->server, 0) > 0);
    fixture_end(fixture);
}

static void closing_answers_what_is_pending(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    fixture->manner = HOLD;
    int fd = client_new(fixture), idle = client_new(fixture);
    client_say(fixture, fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
    turns(fixture, 20);
    assert_int_equal(fixture->held_count, 1);
    http_server_close(&fixture->server, note_closed, fixture);
    assert_int_equal(client_receive(fixture, fd), 503);
    assert_non_null(strstr(fixture->reply, "Connection: close\r\n"));
    for (int i = 0; i < 100 && !fixture->closed; i++)
        turn(fixture);
    assert_true(fixture->closed);
    assert_memory_equal(http_request_view(fixture->held[0])->body, "abc", 3); /* still the owner's */
    answer_text(fixture->held[0], "too late");
    close(fd);
    close(idle);
    fixture_end(fixture);
}

static void closing_waits_for_answers_on_their_way(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    fixture->manner = HOLD;
    int fd = client_new(fixture);
    client_say(fixture, fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    turns(fixture, 20);
    struct answer answer = {
        .status = 200, .body_size = 32 * 1024 * 1024}; /* more than the socket buffers hold */
    char *body = calloc(1, answer.body_size);
    answer.body = body;
    http_answer(fixture->held[0], &answer);
    free(body);
    turns(fixture, 5);
    http_server_close(&fixture->server, note_closed, fixture);
    turns(fixture, 20);
    assert_false(fixture->closed); /* the client has not read */
    size_t got = 0;
    for (int i = 0; i < 20000 && got < answer.body_size; i++) {
        ssize_t size = recv(fd, fixture->reply, REPLY_MAX, MSG_DONTWAIT);
        got += size > 0 ? (size_t)size : 0;
        uv_run(&fixture->loop, UV_RUN_NOWAIT);
    }
    assert_true(got >= answer.body_size);
    close(fd);

    fixture->now_ms += 10000;
    fixture_end(fixture);
}

static void closing_gives_up_on_a_client_that_does_not_read(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    fixture->manner = HOLD;
    int fd = client_new(fixture);
    client_say(fixture, fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    turns(fixture, 20);
    struct answer answer = {.status = 200, .body_size = 32 * 1024 * 1024};
    char *body = calloc(1, answer.body_size);
    answer.body = body;
    http_answer(fixture->held[0], &answer);
    free(body);
    http_server_close(&fixture->server, note_closed, fixture);
    turns(fixture, 20);
    assert_false(fixture->closed);
    fixture->now_ms += 2001;
    fixture_end(fixture);
    close(fd);
}

static void a_bad_answer_costs_only_its_connection(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    fixture->bad_header = true;
    assert_int_equal(exchange(fixture, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 0);
    fixture->bad_header = false;
    assert_int_equal(exchange(fixture, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
    fixture_end(fixture);
}

/* Lets each allocation of an exchange fail in turn: the client sees its answer, an error or a closed
 * connection, and the next request is served. */
static void out_of_memory_costs_only_its_connection(void **state) {
    (void)state;
    struct fixture *fixture = fixture_started();
    fixture->manner = HOLD;
    const char *text = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
    uint64_t sites = 1;
    for (uint64_t nth = 0; nth <= sites; nth++) { /* 0 only counts */
        fault_arm(FAULT_MEMORY, nth);
        int fd = client_new(fixture);
        client_say(fixture, fd, text);
        turns(fixture, 20);
        if (fixture->held_count)
            answer_text(fixture->held[0], "fine");
        fixture->held_count = 0;
        int status = client_receive(fixture, fd);
        if (nth == 0) {
            sites = fault_count(FAULT_MEMORY);
            assert_in_range(sites, 4, 20);
        }
        assert_true(nth == 0 ? status == 200 : status == 0 || status == 503);
        fault_disarm();
        close(fd);
    }
    fixture->manner = ECHO_AT_ONCE;
    assert_int_equal(exchange(fixture, text), 200);
    assert_int_equal(http_server_counts(fixture->server).pending, 0);
    fixture_end(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_arrives_complete),
        cmocka_unit_test(a_connection_is_kept_and_pipelined),
        cmocka_unit_test(ambiguous_requests_are_refused),
        cmocka_unit_test(headers_are_bounded),
        cmocka_unit_test(bodies_are_bounded),
        cmocka_unit_test(all_bodies_together_are_bounded),
        cmocka_unit_test(nothing_leaves_before_the_answer),
        cmocka_unit_test(an_answer_to_nobody_is_dropped),
        cmocka_unit_test(an_answer_may_come_in_the_next_round),
        cmocka_unit_test(the_loop_does_not_sleep_over_work),
        cmocka_unit_test(too_many_waiting_is_overload),
        cmocka_unit_test(the_slow_are_cut_off_but_not_the_waiting),
        cmocka_unit_test(connections_are_bounded),
        cmocka_unit_test(local_sockets_are_private_and_replaced_when_stale),
        cmocka_unit_test(bad_addresses_are_refused),
        cmocka_unit_test(closing_answers_what_is_pending),
        cmocka_unit_test(closing_waits_for_answers_on_their_way),
        cmocka_unit_test(closing_gives_up_on_a_client_that_does_not_read),
        cmocka_unit_test(a_bad_answer_costs_only_its_connection),
        cmocka_unit_test(out_of_memory_costs_only_its_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
