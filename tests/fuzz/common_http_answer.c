/* What the other side of an outgoing call answers (webhooks): a server on loopback says the input, whatever
 * it is, and closes. The call always ends, within its time, and what it kept is bounded. */
#include "common/clock.h"
#include "common/http_client.h"
#include "tests/fuzz/fuzz.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { KEPT = 256, TIMEOUT_MS = 2000 };

struct said {
    uv_loop_t loop;
    uv_tcp_t listening, one;
    uv_write_t write;
    uv_buf_t bytes;
    bool connected, ended;
};

static void read_room(uv_handle_t *handle, size_t wanted, uv_buf_t *out) {
    static char room[4096];
    (void)handle;
    (void)wanted;
    *out = uv_buf_init(room, sizeof room);
}

static void on_written(uv_write_t *write, int status) {
    struct said *said = write->data;
    (void)status;
    if (!uv_is_closing((uv_handle_t *)&said->one))
        uv_close((uv_handle_t *)&said->one, NULL);
}

/* Says everything at the first byte of the request. */
static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
    struct said *said = stream->data;
    (void)buffer;
    uv_read_stop(stream);
    if (size <= 0 || uv_write(&said->write, stream, &said->bytes, 1, on_written) != 0)
        uv_close((uv_handle_t *)stream, NULL);
}

static void on_connection(uv_stream_t *server, int status) {
    struct said *said = server->data;
    if (status != 0 || said->connected)
        return;
    said->connected = true;
    uv_tcp_init(&said->loop, &said->one);
    said->one.data = said->write.data = said;
    if (uv_accept(server, (uv_stream_t *)&said->one) == 0)
        uv_read_start((uv_stream_t *)&said->one, read_room, on_read);
}

static void on_done(void *context, const struct http_result *result) {
    struct said *said = context;
    FUZZ_HOLDS(!said->ended);
    said->ended = true;
    FUZZ_HOLDS(result->answer && result->answer_size <= KEPT && result->answer[result->answer_size] == 0);
    FUZZ_HOLDS(result->status >= 0 && result->status < 1000 && result->retry_after_s >= 0);
    FUZZ_HOLDS(result->outcome != HTTP_ANSWERED || result->status >= 100);
    FUZZ_HOLDS(!result->content_type || strlen(result->content_type) < 1 << 20);
}

static unsigned listen_on(struct said *said) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int size = sizeof address;
    uv_tcp_init(&said->loop, &said->listening);
    said->listening.data = said;
    FUZZ_HOLDS(uv_tcp_bind(&said->listening, (struct sockaddr *)&address, 0) == 0);
    FUZZ_HOLDS(uv_listen((uv_stream_t *)&said->listening, 4, on_connection) == 0);
    uv_tcp_getsockname(&said->listening, (struct sockaddr *)&address, &size);
    return ntohs(address.sin_port);
}

static void call(struct said *said, unsigned port) {
    struct http_network loopback;
    struct error error = {""};
    char url[64];
    FUZZ_HOLDS(http_network_read("127.0.0.0/8", &loopback));
    struct http_client *client = http_client_new(
        &(struct http_client_options){
            .loop = &said->loop, .clock = &clock_real, .networks = &loopback, .network_count = 1},
        &error);
    FUZZ_HOLDS(client);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/hook", port);
    const struct http_call what = {.url = url,
        .body = "{}",
        .body_size = 2,
        .timeout_ms = TIMEOUT_MS,
        .max_answer_bytes = KEPT,
        .allow_private = true,
        .allow_plain = true};
    FUZZ_HOLDS(http_client_start(client, &what, on_done, said));
    while (!said->ended)
        uv_run(&said->loop, UV_RUN_ONCE);
    http_client_close(&client, NULL, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct said said = {.bytes = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)size)};
    if (size == 0 || size > 64 << 10)
        return 0;
    uv_loop_init(&said.loop);
    call(&said, listen_on(&said));
    uv_close((uv_handle_t *)&said.listening, NULL);
    if (said.connected && !uv_is_closing((uv_handle_t *)&said.one))
        uv_close((uv_handle_t *)&said.one, NULL);
    uv_run(&said.loop, UV_RUN_DEFAULT);
    FUZZ_HOLDS(uv_loop_close(&said.loop) == 0);
    return 0;
}
