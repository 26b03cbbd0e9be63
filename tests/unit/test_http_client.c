/* The client against a server of our own, raw listeners and a small SMTP server, all on the loopback and in
 * one loop: what is sent, what is refused before a byte leaves, and whether a failure says truly if something
 * may have arrived. */
#include "common/fault.h"
#include "common/http_client.h"
#include "common/http_server.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { TURNS_MAX = 20000, SESSIONS_MAX = 16 };

/* What the SMTP server or the raw listener does. */
enum trick {
    TRICK_NONE,
    TRICK_REFUSE_RECIPIENT,
    TRICK_REFUSE_MESSAGE,
    TRICK_DROP_BEFORE_DATA,
    TRICK_DROP_AFTER_MESSAGE,
    TRICK_SILENT_AFTER_MESSAGE,
    TRICK_SILENT_AT_QUIT,
    TRICK_SILENT, /* accepts and says nothing */
    TRICK_DROP    /* reads once, then closes */
};

struct fixture;

struct session {
    uv_tcp_t tcp;
    struct fixture *fixture;
    bool in_message, used;
    char line[4096];
    size_t size;
};

struct fixture {
    uv_loop_t loop;
    struct http_client *client;
    struct http_server *server;
    struct http_request *held[4];
    size_t held_count;
    bool hold;
    uv_tcp_t listener; /* SMTP or raw */
    struct session sessions[SESSIONS_MAX];
    enum trick trick;
    int raw_port;
    char message[8192]; /* what the SMTP server accepted, with its envelope */
    /* results */
    int results;
    struct http_result last;
    char answer[8192], location[256], type[64];
    struct http_exchange *cancel_next; /* by the callback */
    bool close_in_callback, client_closed, server_closed;
};

/* ---- the servers ---- */

static void on_request(void *context, struct http_request *request) {
    struct fixture *fixture = context;
    const struct request *view = http_request_view(request);
    char text[4096];
    const char *test = view->header(view, "X-Test"), *type = view->header(view, "Content-Type");
    struct answer answer = {.status = 200, .content_type = "text/plain", .body = text};
    if (fixture->hold) {
        fixture->held[fixture->held_count++] = request;
        return;
    }
    answer.body_size = (size_t)snprintf(text, sizeof text, "%s %s [%s] [%s] %.*s", view->method, view->path,
        test ? test : "", type ? type : "", (int)view->body_size, (const char *)view->body);
    if (strcmp(view->path, "/busy") == 0) {
        answer.status = 429;
        answer.headers[0].name = "Retry-After";
        answer.headers[0].value = "17";
        answer.header_count = 1;
    } else if (strcmp(view->path, "/moved") == 0) {
        answer.status = 302;
        answer.headers[0].name = "Location";
        answer.headers[0].value = "/elsewhere";
        answer.header_count = 1;
    } else if (strcmp(view->path, "/large") == 0) {
        answer.body_size = 1000000;
        answer.body = calloc(1, answer.body_size);
    }
    http_answer(request, &answer);
    if (answer.body != text)
        free((void *)(uintptr_t)answer.body);
}

static void session_closed(uv_handle_t *handle) {
    ((struct session *)handle->data)->used = false;
}

static void session_drop(struct session *session) {
    if (!uv_is_closing((uv_handle_t *)&session->tcp))
        uv_close((uv_handle_t *)&session->tcp, session_closed);
}

static void session_say(struct session *session, const char *text) {
    uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)text, (unsigned)strlen(text));
    uv_try_write((uv_stream_t *)&session->tcp, &buffer, 1);
}

static void session_note(struct session *session, const char *line) {
    char *message = session->fixture->message;
    size_t used = strlen(message);
    snprintf(message + used, sizeof session->fixture->message - used, "%s\n", line);
}

static void session_message_line(struct session *session, const char *line) {
    enum trick trick = session->fixture->trick;
    if (strcmp(line, ".") != 0) {
        session_note(session, line);
        return;
    }
    session->in_message = false;
    if (trick == TRICK_DROP_AFTER_MESSAGE)
        session_drop(session);
    else if (trick == TRICK_REFUSE_MESSAGE)
        session_say(session, "451 4.3.0 try later\r\n");
    else if (trick != TRICK_SILENT_AFTER_MESSAGE)
        session_say(session, "250 2.0.0 queued as 42\r\n");
}

static void session_line(struct session *session, const char *line) {
    enum trick trick = session->fixture->trick;
    if (session->in_message) {
        session_message_line(session, line);
    } else if (strncmp(line, "EHLO", 4) == 0) {
        session_say(session, "250-test\r\n250 8BITMIME\r\n");
    } else if (strncmp(line, "DATA", 4) == 0) {
        if (trick == TRICK_DROP_BEFORE_DATA) {
            session_drop(session);
            return;
        }
        session->in_message = true;
        session_say(session, "354 go on\r\n");
    } else if (strncmp(line, "QUIT", 4) == 0) {
        if (trick == TRICK_SILENT_AT_QUIT)
            return;
        session_say(session, "221 bye\r\n");
        session_drop(session);
    } else if (strncmp(line, "RCPT", 4) == 0 && trick == TRICK_REFUSE_RECIPIENT) {
        session_say(session, "550 5.1.1 no such user\r\n");
    } else {
        session_note(session, line);
        session_say(session, "250 ok\r\n");
    }
}

static void session_allocate(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
    struct session *session = handle->data;
    (void)size;
    *buffer =
        uv_buf_init(session->line + session->size, (unsigned)(sizeof session->line - 1 - session->size));
}

static void session_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
    struct session *session = stream->data;
    (void)buffer;
    if (size < 0 || session->fixture->trick == TRICK_DROP) {
        session_drop(session);
        return;
    }
    session->size += (size_t)size;
    session->line[session->size] = 0;
    if (session->fixture->trick == TRICK_SILENT) {
        session->size = 0;
        return;
    }
    char *end;
    while (!uv_is_closing((uv_handle_t *)&session->tcp) && (end = strstr(session->line, "\r\n"))) {
        char line[4096];
        size_t length = (size_t)(end - session->line);
        memcpy(line, session->line, length);
        line[length] = 0;
        session->size -= length + 2;
        memmove(session->line, end + 2, session->size + 1);
        session_line(session, line);
    }
}

static void on_session(uv_stream_t *listener, int status) {
    struct fixture *fixture = listener->data;
    struct session *session = fixture->sessions;
    (void)status;
    while (session->used)
        session++;
    assert_true(session < fixture->sessions + SESSIONS_MAX);
    *session = (struct session){.fixture = fixture, .used = true};
    uv_tcp_init(&fixture->loop, &session->tcp);
    session->tcp.data = session;
    assert_int_equal(uv_accept(listener, (uv_stream_t *)&session->tcp), 0);
    uv_read_start((uv_stream_t *)&session->tcp, session_allocate, session_read);
    if (fixture->trick != TRICK_SILENT && fixture->trick != TRICK_DROP)
        session_say(session, "220 test\r\n");
}

/* ---- the fixture ---- */

static struct fixture *fixture_new(struct http_client_options options) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct error error;
    static struct http_network loopback;
    assert_true(http_network_read("127.0.0.0/8", &loopback));
    assert_int_equal(uv_loop_init(&fixture->loop), 0);
    options.loop = &fixture->loop;
    options.clock = &clock_real;
    options.networks = &loopback;
    options.network_count = 1;
    fixture->client = http_client_new(&options, &error);
    assert_non_null(fixture->client);
    struct http_server_options server = {
        .loop = &fixture->loop, .clock = &clock_real, .context = fixture, .on_request = on_request};
    fixture->server = http_server_new(&server, &error);
    assert_true(http_server_listen(fixture->server, "127.0.0.1:0", &error));
    struct sockaddr_in address = {.sin_family = AF_INET};
    int size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    uv_tcp_init(&fixture->loop, &fixture->listener);
    fixture->listener.data = fixture;
    assert_int_equal(uv_tcp_bind(&fixture->listener, (struct sockaddr *)&address, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&fixture->listener, 16, on_session), 0);
    uv_tcp_getsockname(&fixture->listener, (struct sockaddr *)&address, &size);
    fixture->raw_port = ntohs(address.sin_port);
    return fixture;
}

static void note_client_closed(void *context) {
    ((struct fixture *)context)->client_closed = true;
}

static void note_server_closed(void *context) {
    ((struct fixture *)context)->server_closed = true;
}

static void fixture_end(struct fixture *fixture) {
    for (size_t i = 0; i < fixture->held_count; i++)
        http_answer_problem(fixture->held[i], &problem_internal);
    if (fixture->client)
        http_client_close(&fixture->client, note_client_closed, fixture);
    http_server_close(&fixture->server, note_server_closed, fixture);
    uv_close((uv_handle_t *)&fixture->listener, NULL);
    for (int i = 0; i < SESSIONS_MAX; i++)
        if (fixture->sessions[i].used)
            session_drop(&fixture->sessions[i]);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    assert_true(fixture->client_closed && fixture->server_closed);
    assert_int_equal(uv_loop_close(&fixture->loop), 0);
    free(fixture);
}

static void on_done(void *context, const struct http_result *result) {
    struct fixture *fixture = context;
    fixture->results++;
    fixture->last = *result;
    snprintf(fixture->answer, sizeof fixture->answer, "%s", result->answer);
    snprintf(fixture->location, sizeof fixture->location, "%s", result->location ? result->location : "");
    snprintf(fixture->type, sizeof fixture->type, "%s", result->content_type ? result->content_type : "");
    if (fixture->cancel_next)
        http_exchange_cancel(fixture->cancel_next);
    fixture->cancel_next = NULL;
    if (fixture->close_in_callback)
        http_client_close(&fixture->client, note_client_closed, fixture);
    fixture->close_in_callback = false;
}

static void turns(struct fixture *fixture, int count) {
    while (count-- > 0) {
        uv_run(&fixture->loop, UV_RUN_NOWAIT);
        usleep(200);
    }
}

static void wait_results(struct fixture *fixture, int count) {
    for (int i = 0; i < TURNS_MAX && fixture->results < count; i++)
        turns(fixture, 1);
    assert_int_equal(fixture->results, count);
}

static const char *url(struct fixture *fixture, const char *path) {
    static char text[4][256];
    static unsigned next;
    char *out = text[next++ % 4];
    snprintf(out, sizeof text[0], "http://127.0.0.1:%d%s", http_server_port(fixture->server, 0), path);
    return out;
}

static const char *raw_url(struct fixture *fixture, const char *scheme) {
    static char text[256];
    snprintf(text, sizeof text, "%s://127.0.0.1:%d/sigap.test", scheme, fixture->raw_port);
    return text;
}

/* Runs one call to its end; its outcome. */
static enum http_outcome perform(struct fixture *fixture, const struct http_call *call) {
    fixture->results = 0;
    assert_non_null(http_client_start(fixture->client, call, on_done, fixture));
    assert_int_equal(fixture->results, 0); /* never from within */
    wait_results(fixture, 1);
    return fixture->last.outcome;
}

static struct http_call local_call(const char *address) {
    return (struct http_call){.url = address, .allow_private = true, .allow_plain = true, .timeout_ms = 5000};
}

/* ---- HTTP ---- */

static void calls_are_answered(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_client_options){0});
    static const struct http_header headers[] = {{"X-Test", "a b"}, {"Content-Type", "application/json"}};
    struct http_call call = local_call(url(fixture, "/get"));
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    assert_int_equal(fixture->last.status, 200);
    assert_true(fixture->last.sent);
    assert_string_equal(fixture->answer, "GET /get [] [] ");
    assert_string_equal(fixture->type, "text/plain");

    call = local_call(url(fixture, "/post"));
    call.headers = headers;
    call.header_count = 2;
    call.body = "{\"a\":1}";
    call.body_size = 7;
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    assert_string_equal(fixture->answer, "POST /post [a b] [application/json] {\"a\":1}");
    call.method = "PUT";
    call.header_count = 0;
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    assert_string_equal(fixture->answer, "PUT /post [] [] {\"a\":1}");
    call = local_call(url(fixture, "/empty"));
    call.method = "POST";
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    assert_string_equal(fixture->answer, "POST /empty [] [] ");
    call.method = "DELETE";
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    assert_string_equal(fixture->answer, "DELETE /empty [] [] ");
    call.method = "HEAD";
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    assert_int_equal(fixture->last.answer_size, 0);
    assert_int_equal(http_server_counts(fixture->server).connections, 1); /* kept and used again */
    call.at_most_once = true;
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    assert_int_equal(http_server_counts(fixture->server).connections, 2);
    assert_int_equal(http_client_in_flight(fixture->client), 0);
    fixture_end(fixture);
}

static void answers_tell_when_where_and_how_much(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_client_options){0});
    struct http_call call = local_call(url(fixture, "/busy"));
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    assert_int_equal(fixture->last.status, 429);
    assert_int_equal(fixture->last.retry_after_s, 17);

    call = local_call(url(fixture, "/moved")); /* is not followed */
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    assert_int_equal(fixture->last.status, 302);
    assert_string_equal(fixture->location, url(fixture, "/elsewhere"));

    call = local_call(url(fixture, "/large"));
    call.max_answer_bytes = 100;
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    assert_int_equal(fixture->last.status, 200);
    assert_int_equal(fixture->last.answer_size, 100);
    assert_true(fixture->last.answer_cut);
    call.max_answer_bytes = 1000000;
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    assert_int_equal(fixture->last.answer_size, 1000000);
    assert_false(fixture->last.answer_cut);
    fixture_end(fixture);
}

static void calls_against_the_rules_are_refused(void **state) {
    (void)state;
    static const struct http_header split = {"X-Test", "a\r\nX-Other: b"}, bad_name = {"X Test", "a"};
    static const char *const recipient = "a@b.test", *const injected = "a@b.test>\r\nDATA";
    struct fixture *fixture = fixture_new((struct http_client_options){0});
    const struct http_call cases[] = {
        {.url = url(fixture, "/"), .allow_private = true}, /* plain */
        {.url = "smtp://127.0.0.1:1/", .mail_from = "a@b.test", .allow_plain = true},
        {.url = "smtp://127.0.0.1:1/", .recipients = &recipient, .recipient_count = 1, .allow_plain = true},
        {.url = "smtp://127.0.0.1:1/",
            .mail_from = "a@b.test",
            .recipients = &injected,
            .recipient_count = 1},
        {.url = "https://127.0.0.1:1/",
            .mail_from = "a@b.test",
            .recipients = &recipient,
            .recipient_count = 1},
        {.url = "ftp://127.0.0.1/", .allow_plain = true},
        {.url = "file:///etc/passwd", .allow_plain = true},
        {.url = "gopher://127.0.0.1/", .allow_plain = true},
        {.url = "https://127.0.0.1/a b"},
        {.url = "https://127.0.0.1/a\r\nb"},
        {.url = "https://"},
        {.url = ""},
        {.url = "https://127.0.0.1:1/", .headers = &split, .header_count = 1},
        {.url = "https://127.0.0.1:1/", .headers = &bad_name, .header_count = 1},
        {.url = "https://127.0.0.1:1/", .method = "GET\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum http_outcome outcome = perform(fixture, &cases[i]);
        if (outcome != HTTP_REFUSED_CALL || fixture->last.sent)
            fail_msg("case %zu: %s", i, http_outcome_word(outcome));
    }
    assert_int_equal(http_server_counts(fixture->server).connections, 0);
    fixture_end(fixture);
}

static void private_addresses_are_refused_after_resolution(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_client_options){0});
    static const char *const hosts[] = {"127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433",
        "017700000001", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"};
    int port = http_server_port(fixture->server, 0);
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        char address[100];
        snprintf(address, sizeof address, "http://%s:%d/", hosts[i], port);
        struct http_call call = {.url = address, .allow_plain = true, .timeout_ms = 5000};
        enum http_outcome outcome = perform(fixture, &call);
        if (outcome != HTTP_REFUSED_ADDRESS || fixture->last.sent)
            fail_msg("%s: %s", hosts[i], http_outcome_word(outcome));
    }
    /* Listed is 127.0.0.0/8 only. A connection made with the permission is not reused without it. */
    struct http_call call = local_call(url(fixture, "/"));
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    call.allow_private = false;
    assert_int_equal(perform(fixture, &call), HTTP_REFUSED_ADDRESS);
    assert_int_equal(http_server_counts(fixture->server).connections, 1);
    char other[100];
    snprintf(other, sizeof other, "http://0.0.0.0:%d/", port);
    call = local_call(other);
    assert_int_equal(perform(fixture, &call), HTTP_REFUSED_ADDRESS);
    fixture_end(fixture);
}

static void failures_say_whether_something_was_sent(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_client_options){0});
    int fd = socket(AF_INET, SOCK_STREAM, 0); /* a port nobody listens on: bound, not listening */
    struct sockaddr_in bound = {.sin_family = AF_INET};
    socklen_t size = sizeof bound;
    bound.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&bound, size), 0);
    getsockname(fd, (struct sockaddr *)&bound, &size);
    char closed[100];
    snprintf(closed, sizeof closed, "http://127.0.0.1:%d/", ntohs(bound.sin_port));

    static const struct {
        const char *scheme; /* NULL: the closed port */
        enum trick trick;
        unsigned timeout_ms;
        enum http_outcome outcome;
        bool sent;
    } cases[] = {
        {NULL, TRICK_NONE, 5000, HTTP_NOT_CONNECTED, false},
        {"https", TRICK_SILENT, 300, HTTP_TIMED_OUT, false}, /* in the TLS handshake */
        {"https", TRICK_DROP, 5000, HTTP_TLS_FAILED, false},
        {"https", TRICK_NONE, 5000, HTTP_TLS_FAILED, false}, /* "220 test" is no TLS */
        {"http", TRICK_SILENT, 300, HTTP_TIMED_OUT, true}, {"http", TRICK_DROP, 5000, HTTP_BROKEN, true},
        {"http", TRICK_NONE, 5000, HTTP_BROKEN, true}, /* nor HTTP */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture->trick = cases[i].trick;
        struct http_call call = local_call(cases[i].scheme ? raw_url(fixture, cases[i].scheme) : closed);
        call.timeout_ms = cases[i].timeout_ms;
        call.body = "x";
        call.body_size = 1;
        enum http_outcome outcome = perform(fixture, &call);
        if (outcome != cases[i].outcome || fixture->last.sent != cases[i].sent)
            fail_msg("case %zu: %s, sent %d", i, http_outcome_word(outcome), fixture->last.sent);
        assert_int_equal(fixture->last.status, 0);
    }
    close(fd);
    fixture_end(fixture);
}

static void calls_in_flight_are_bounded(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_client_options){.calls_max = 2, .bodies_max = 100});
    fixture->hold = true;
    struct http_call call = local_call(url(fixture, "/")), large = call;
    large.body = "x";
    large.body_size = 101;
    assert_null(http_client_start(fixture->client, &large, on_done, fixture));
    assert_non_null(http_client_start(fixture->client, &call, on_done, fixture));
    assert_non_null(http_client_start(fixture->client, &call, on_done, fixture));
    assert_null(http_client_start(fixture->client, &call, on_done, fixture));
    turns(fixture, 50);
    assert_int_equal(fixture->held_count, 2);
    for (int i = 0; i < 2; i++)
        http_answer_problem(fixture->held[i], &problem_overloaded);
    fixture->held_count = 0;
    fixture->hold = false;
    wait_results(fixture, 2);
    assert_int_equal(fixture->last.status, 503);
    assert_int_equal(fixture->last.retry_after_s, 5);
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    fixture_end(fixture);
}

static void a_call_may_be_cancelled_at_any_time(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_client_options){0});
    struct http_call call = local_call(url(fixture, "/")), refused = {.url = "ftp://a/"};
    fixture->hold = true;
    struct http_exchange *exchange = http_client_start(fixture->client, &call, on_done, fixture);
    assert_false(http_exchange_cancel(exchange)); /* at once */
    exchange = http_client_start(fixture->client, &refused, on_done, fixture);
    assert_false(http_exchange_cancel(exchange));
    exchange = http_client_start(fixture->client, &call, on_done, fixture);
    turns(fixture, 50);
    assert_int_equal(fixture->held_count, 1);
    assert_true(http_exchange_cancel(exchange)); /* on its way: may take effect */
    turns(fixture, 20);
    assert_int_equal(fixture->results, 0);
    assert_int_equal(http_client_in_flight(fixture->client), 0);

    fixture->hold = false; /* from the callback of another */
    http_client_start(fixture->client, &refused, on_done, fixture);
    fixture->cancel_next = http_client_start(fixture->client, &call, on_done, fixture);
    turns(fixture, 50);
    assert_int_equal(fixture->results, 1);
    assert_int_equal(http_client_in_flight(fixture->client), 0);
    fixture_end(fixture);
}

static void closing_ends_everything(void **state) {
    (void)state;
    for (int in_callback = 0; in_callback < 2; in_callback++) {
        struct fixture *fixture = fixture_new((struct http_client_options){0});
        struct http_call call = local_call(url(fixture, "/")), refused = {.url = "ftp://a/"};
        fixture->hold = true;
        for (int i = 0; i < 3; i++)
            assert_non_null(http_client_start(fixture->client, &call, on_done, fixture));
        turns(fixture, 50);
        assert_int_equal(fixture->held_count, 3);
        http_client_start(fixture->client, &refused, on_done, fixture);
        if (in_callback)
            fixture->close_in_callback = true;
        else
            http_client_close(&fixture->client, note_client_closed, fixture);
        turns(fixture, 50);
        assert_true(fixture->client_closed);
        assert_null(fixture->client);
        fixture_end(fixture);
    }
}

/* ---- mail ---- */

static const char *const recipients[] = {"siti@dinsos.test", "budi@upt.test"};

static struct http_call mail_call(struct fixture *fixture) {
    static const char message[] = "Subject: P0\r\n\r\nKasus 12\r\n.titik\r\n";
    return (struct http_call){.url = raw_url(fixture, "smtp"),
        .mail_from = "sigap@test",
        .recipients = recipients,
        .recipient_count = 2,
        .body = message,
        .body_size = sizeof message - 1,
        .timeout_ms = 5000,
        .allow_private = true,
        .allow_plain = true};
}

static void a_mail_is_delivered(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_client_options){0});
    struct http_call call = mail_call(fixture);
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    assert_int_equal(fixture->last.status, 250);
    assert_true(fixture->last.sent);
    assert_string_equal(fixture->answer, "250 2.0.0 queued as 42\r\n");
    assert_string_equal(fixture->message,
        "MAIL FROM:<sigap@test>\nRCPT TO:<siti@dinsos.test>\nRCPT TO:<budi@upt.test>\n"
        "Subject: P0\n\nKasus 12\n..titik\n");
    fixture_end(fixture);
}

static void a_failing_mail_says_whether_it_may_have_arrived(void **state) {
    (void)state;
    static const struct {
        enum trick trick;
        bool needs_tls, public_only;
        enum http_outcome outcome;
        int status;
        bool sent;
    } cases[] = {
        {TRICK_REFUSE_RECIPIENT, false, false, HTTP_ANSWERED, 550, false},
        {TRICK_REFUSE_MESSAGE, false, false, HTTP_ANSWERED, 451, true},
        {TRICK_DROP_BEFORE_DATA, false, false, HTTP_BROKEN, 0, false},
        {TRICK_DROP_AFTER_MESSAGE, false, false, HTTP_BROKEN, 0, true},
        {TRICK_SILENT_AFTER_MESSAGE, false, false, HTTP_TIMED_OUT, 0, true},
        {TRICK_SILENT, false, false, HTTP_TIMED_OUT, 0, false},
        {TRICK_NONE, true, false, HTTP_TLS_FAILED, 0, false},
        {TRICK_NONE, false, true, HTTP_REFUSED_ADDRESS, 0, false},
    };
    struct fixture *fixture = fixture_new((struct http_client_options){0});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_call call = mail_call(fixture);
        fixture->trick = cases[i].trick;
        call.timeout_ms = 500;
        call.allow_plain = !cases[i].needs_tls;
        call.allow_private = !cases[i].public_only;
        enum http_outcome outcome = perform(fixture, &call);
        if (outcome != cases[i].outcome || fixture->last.sent != cases[i].sent ||
            fixture->last.status != cases[i].status)
            fail_msg("case %zu: %s, sent %d, status %d", i, http_outcome_word(outcome), fixture->last.sent,
                fixture->last.status);
    }
    fixture_end(fixture);
}

static void count_tick(uv_timer_t *timer) {
    ++*(int *)timer->data;
}

static void a_server_silent_at_the_farewell_does_not_hold_the_loop(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_client_options){0});
    struct http_call call = mail_call(fixture);
    uv_timer_t timer;
    int ticks = 0;
    timer.data = &ticks;
    uv_timer_init(&fixture->loop, &timer);
    uv_timer_start(&timer, count_tick, 10, 10);
    fixture->trick = TRICK_SILENT_AT_QUIT;
    call.timeout_ms = 400;
    uint64_t start = uv_hrtime();
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED); /* it was accepted all the same */
    assert_int_equal(fixture->last.status, 250);
    assert_true(ticks > (int)((uv_hrtime() - start) / 1000000 / 10 / 4)); /* at least every 40 ms */
    uv_close((uv_handle_t *)&timer, NULL);
    fixture_end(fixture);
}

static void mails_wait_for_a_thread_and_may_be_cancelled(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_client_options){.mails_max = 1});
    struct http_call call = mail_call(fixture);
    struct http_exchange *exchanges[3];
    for (int i = 0; i < 3; i++)
        exchanges[i] = http_client_start(fixture->client, &call, on_done, fixture);
    assert_false(http_exchange_cancel(exchanges[1])); /* waits */
    wait_results(fixture, 2);
    assert_int_equal(fixture->last.status, 250);

    fixture->trick = TRICK_SILENT_AFTER_MESSAGE;
    fixture->results = 0;
    call.timeout_ms = 60000;
    fixture->message[0] = 0;
    exchanges[0] = http_client_start(fixture->client, &call, on_done, fixture);
    for (int i = 0; i < TURNS_MAX && !strstr(fixture->message, "..titik"); i++)
        turns(fixture, 1);
    turns(fixture, 50);
    assert_true(http_exchange_cancel(exchanges[0])); /* running, the message has been handed in */
    for (int i = 0; i < TURNS_MAX && http_client_in_flight(fixture->client); i++)
        turns(fixture, 1);
    assert_int_equal(http_client_in_flight(fixture->client), 0); /* its thread has ended */
    assert_int_equal(fixture->results, 0);
    http_client_start(fixture->client, &call, on_done, fixture); /* is cut off by the end of the client */
    turns(fixture, 50);
    fixture_end(fixture);
}

/* Whoever starts a mail knows when it is over, also behind one that a server keeps: waiting is part of its
 * time. Half of it is left for the way, or it is not begun. */
static void a_mail_that_waits_too_long_was_never_sent(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_client_options){.mails_max = 1});
    struct http_call call = mail_call(fixture);
    fixture->trick = TRICK_SILENT_AT_QUIT; /* keeps its thread */
    call.timeout_ms = 2000;
    http_client_start(fixture->client, &call, on_done, fixture);
    call.timeout_ms = 400;
    http_client_start(fixture->client, &call, on_done, fixture);
    uint64_t start = uv_hrtime();
    wait_results(fixture, 1);
    assert_true((uv_hrtime() - start) / 1000000 < 400);
    assert_int_equal(fixture->last.outcome, HTTP_NOT_STARTED);
    assert_false(fixture->last.sent);
    wait_results(fixture, 2);
    assert_int_equal(fixture->last.outcome, HTTP_ANSWERED);
    assert_null(strstr(strstr(fixture->message, "MAIL FROM") + 1, "MAIL FROM"));

    fixture->trick = TRICK_SILENT; /* the second begins after half a second, and has what is left */
    fixture->results = 0;
    call.timeout_ms = 500;
    http_client_start(fixture->client, &call, on_done, fixture);
    call.timeout_ms = 1200;
    http_client_start(fixture->client, &call, on_done, fixture);
    start = uv_hrtime();
    wait_results(fixture, 2);
    uint64_t took = (uv_hrtime() - start) / 1000000;
    assert_int_equal(fixture->last.outcome, HTTP_TIMED_OUT);
    assert_in_range(took, 1100, 1600); /* not 500 and 1200 */
    fixture_end(fixture);
}

/* ---- the rest ---- */

static void addresses_are_classified(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool public;
    } cases[] = {
        {"8.8.8.8", true},
        {"103.21.244.1", true},
        {"0.0.0.0", false},
        {"10.255.255.255", false},
        {"11.0.0.0", true},
        {"100.63.255.255", true},
        {"100.64.0.0", false},
        {"100.127.255.255", false},
        {"100.128.0.0", true},
        {"127.0.0.1", false},
        {"127.255.255.255", false},
        {"128.0.0.0", true},
        {"169.253.255.255", true},
        {"169.254.169.254", false},
        {"172.15.255.255", true},
        {"172.16.0.0", false},
        {"172.31.255.255", false},
        {"172.32.0.0", true},
        {"192.0.0.1", false},
        {"192.0.1.1", true},
        {"192.0.2.1", false},
        {"192.88.99.1", false},
        {"192.167.255.255", true},
        {"192.168.0.1", false},
        {"192.169.0.0", true},
        {"198.17.255.255", true},
        {"198.18.0.0", false},
        {"198.19.255.255", false},
        {"198.20.0.0", true},
        {"198.51.100.7", false},
        {"203.0.113.7", false},
        {"223.255.255.255", true},
        {"224.0.0.1", false},
        {"240.0.0.1", false},
        {"255.255.255.255", false},
        {"::", false},
        {"::1", false},
        {"::ffff:8.8.8.8", true},
        {"::ffff:127.0.0.1", false},
        {"::8.8.8.8", false},
        {"64:ff9b::808:808", true},
        {"64:ff9b::7f00:1", false},
        {"64:ff9b:1::1", false},
        {"100::1", false},
        {"2001:4860:4860::8888", true},
        {"2001::1", false},
        {"2001:1ff::1", false},
        {"2001:200::1", true},
        {"2001:db8::1", false},
        {"2002:808:808::1", true},
        {"2002:7f00:1::1", false},
        {"2400:cb00::1", true},
        {"3fff::1", false},
        {"3fff:1000::1", true},
        {"4000::1", false},
        {"fc00::1", false},
        {"fd12::1", false},
        {"fe80::1", false},
        {"fec0::1", false},
        {"ff02::1", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sockaddr_in v4 = {.sin_family = AF_INET};
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
        bool is_v4 = inet_pton(AF_INET, cases[i].text, &v4.sin_addr) == 1;
        assert_true(is_v4 || inet_pton(AF_INET6, cases[i].text, &v6.sin6_addr) == 1);
        if (http_address_is_public(is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6) !=
            cases[i].public)
            fail_msg("%s", cases[i].text);
    }
    struct sockaddr other = {.sa_family = AF_UNIX};
    assert_false(http_address_is_public(&other));
}

static void networks_hold_their_addresses(void **state) {
    (void)state;
    static const struct {
        const char *network, *address;
        bool holds;
    } cases[] = {
        {"10.1.2.0/24", "10.1.2.255", true},
        {"10.1.2.0/24", "10.1.3.0", false},
        {"10.1.2.3", "10.1.2.3", true},
        {"10.1.2.3", "10.1.2.2", false},
        {"10.0.0.0/9", "10.127.0.1", true},
        {"10.0.0.0/9", "10.128.0.1", false},
        {"0.0.0.0/0", "10.1.1.1", true},
        {"10.1.2.0/24", "::ffff:10.1.2.3", true},
        {"fd00:1::/32", "fd00:1:2::3", true},
        {"fd00:1::/32", "fd00:2::3", false},
        {"::1", "::1", true},
        {"::/0", "10.1.1.1", true},
        {"0.0.0.0/0", "fd00::1", false},
    };
    static const char *const bad[] = {"", "10.1.2", "10.1.2.0/33", "10.1.2.0/", "10.1.2.0/-1", "10.1.2.0/2x",
        "fd00::/129", "host", "10.1.2.0/0001"};
    struct http_network network;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sockaddr_in v4 = {.sin_family = AF_INET};
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
        bool is_v4 = inet_pton(AF_INET, cases[i].address, &v4.sin_addr) == 1;
        inet_pton(AF_INET6, cases[i].address, &v6.sin6_addr);
        assert_true(http_network_read(cases[i].network, &network));
        if (http_network_holds(&network, is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6) !=
            cases[i].holds)
            fail_msg("%s in %s", cases[i].address, cases[i].network);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (http_network_read(bad[i], &network))
            fail_msg("%s", bad[i]);
}

/* Lets each of our allocations fail in turn: the call is not started, or ends; nothing leaks, nothing is
 * called twice. */
static void out_of_memory_ends_the_call_only(void **state) {
    (void)state;
    struct fixture *fixture = fixture_new((struct http_client_options){0});
    static const struct http_header header = {"X-Test", "a"};
    uint64_t sites = 1;
    for (uint64_t nth = 0; nth <= sites; nth++) { /* 0 only counts */
        struct http_call call = local_call(url(fixture, "/"));
        call.headers = &header;
        call.header_count = 1;
        call.body = "x";
        call.body_size = 1;
        call.at_most_once = true;
        call.timeout_ms = 300; /* ends the one whose socket cannot be watched */
        fixture->results = 0;
        fault_arm(FAULT_MEMORY, nth);
        struct http_exchange *exchange = http_client_start(fixture->client, &call, on_done, fixture);
        for (int i = 0; i < TURNS_MAX && http_client_in_flight(fixture->client); i++)
            turns(fixture, 1);
        assert_int_equal(fixture->results, exchange != NULL);
        if (nth == 0) {
            sites = fault_count(FAULT_MEMORY);
            assert_in_range(sites, 8, 40);
        }
        fault_disarm();
        turns(fixture, 5);
    }
    struct http_call call = local_call(url(fixture, "/"));
    assert_int_equal(perform(fixture, &call), HTTP_ANSWERED);
    fixture_end(fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_answered),
        cmocka_unit_test(answers_tell_when_where_and_how_much),
        cmocka_unit_test(calls_against_the_rules_are_refused),
        cmocka_unit_test(private_addresses_are_refused_after_resolution),
        cmocka_unit_test(failures_say_whether_something_was_sent),
        cmocka_unit_test(calls_in_flight_are_bounded),
        cmocka_unit_test(a_call_may_be_cancelled_at_any_time),
        cmocka_unit_test(closing_ends_everything),
        cmocka_unit_test(a_mail_is_delivered),
        cmocka_unit_test(a_failing_mail_says_whether_it_may_have_arrived),
        cmocka_unit_test(a_server_silent_at_the_farewell_does_not_hold_the_loop),
        cmocka_unit_test(mails_wait_for_a_thread_and_may_be_cancelled),
        cmocka_unit_test(a_mail_that_waits_too_long_was_never_sent),
        cmocka_unit_test(addresses_are_classified),
        cmocka_unit_test(networks_hold_their_addresses),
        cmocka_unit_test(out_of_memory_ends_the_call_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
