/* Sockets in a loop: nothing is left lying, and over CURVE only those on the allow-list are heard. */
#include "common/zmq_loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include <cmocka.h>

/* On their way: less than the high-water mark of a socket, behind which a reply is not taken any more. */
enum { MANY = 20000, BURST = 500, ON_THEIR_WAY = 1500 };

struct world {
    uv_loop_t uv;
    struct zmq_loop *loop;
    struct zmq_loop_socket *router, *dealer;
    uv_timer_t timer, end;
    char endpoint[64];
    unsigned sent, echoed, received, connected;
    char user[32];
};

static void on_request(void *context, unsigned tag, const struct zmq_message *message) {
    struct world *world = context;
    assert_int_equal(tag, 1);
    snprintf(world->user, sizeof world->user, "%s", message->user);
    if (zmq_loop_send(world->router, message->peer, message->peer_size, message->frame, message->frame_size))
        world->echoed++;
}

static void on_reply(void *context, unsigned tag, const struct zmq_message *message) {
    struct world *world = context;
    unsigned number;
    assert_int_equal(tag, 2);
    memcpy(&number, message->frame, sizeof number);
    if (world->sent > 0) /* the big test numbers its messages: they come in order */
        assert_int_equal(number, world->received);
    if (++world->received == MANY)
        uv_stop(&world->uv);
}

static void on_connected(void *context, unsigned tag) {
    (void)tag;
    ((struct world *)context)->connected++;
}

static void on_end(uv_timer_t *timer) {
    uv_stop(timer->loop);
}

static int set_up(void **state) {
    struct world *world = calloc(1, sizeof *world);
    struct error error = {0};
    static unsigned number;
    snprintf(world->endpoint, sizeof world->endpoint, "ipc:///tmp/sigap-zmq-%d-%u", (int)getpid(), ++number);
    uv_loop_init(&world->uv);
    world->loop = zmq_loop_new(&world->uv, &error);
    uv_timer_init(&world->uv, &world->timer);
    uv_timer_init(&world->uv, &world->end);
    world->timer.data = world->end.data = world;
    *state = world;
    return 0;
}

static int tear_down(void **state) {
    struct world *world = *state;
    zmq_loop_close(&world->loop);
    uv_close((uv_handle_t *)&world->timer, NULL);
    uv_close((uv_handle_t *)&world->end, NULL);
    uv_run(&world->uv, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&world->uv), 0);
    unlink(world->endpoint + strlen("ipc://"));
    free(world);
    return 0;
}

static void open_sockets(struct world *world) {
    world->router = zmq_loop_open(world->loop, ZMQ_ROUTER, 4096, on_request, NULL, world, 1);
    world->dealer = zmq_loop_open(world->loop, ZMQ_DEALER, 4096, on_reply, on_connected, world, 2);
    assert_non_null(world->router);
    assert_non_null(world->dealer);
}

static void join(struct world *world) {
    struct error error = {0};
    assert_true(zmq_loop_bind(world->router, world->endpoint, &error));
    assert_true(zmq_loop_connect(world->dealer, world->endpoint, &error));
}

static void send_burst(uv_timer_t *timer) {
    struct world *world = timer->data;
    for (unsigned i = 0; i < BURST && world->sent < MANY && world->sent - world->received < ON_THEIR_WAY &&
                         zmq_loop_send(world->dealer, NULL, 0, &world->sent, sizeof world->sent);
         i++)
        world->sent++;
}

/* Sent from a timer, where no edge of the fd tells of the replies. */
static void test_every_reply_is_handled(void **state) {
    struct world *world = *state;
    open_sockets(world);
    join(world);
    uv_timer_start(&world->timer, send_burst, 1, 1);
    uv_timer_start(&world->end, on_end, 20000, 0);
    uv_run(&world->uv, UV_RUN_DEFAULT);
    assert_int_equal(world->received, MANY);
    assert_int_equal(world->echoed, MANY);
    assert_int_equal(world->connected, 1);
    assert_string_equal(world->user, "");
}

/* Daemons are users of their own in one group, with the mask of deploy/systemd. */
static void test_the_group_may_connect(void **state) {
    struct world *world = *state;
    struct error error = {0};
    struct stat info;
    open_sockets(world);
    mode_t mask = umask(0027);
    assert_true(zmq_loop_bind(world->router, world->endpoint, &error));
    umask(mask);
    assert_int_equal(stat(world->endpoint + strlen("ipc://"), &info), 0);
    assert_int_equal(info.st_mode & 07777, 0660);
}

static void send_once(uv_timer_t *timer) {
    struct world *world = timer->data;
    zmq_loop_send(world->dealer, NULL, 0, &world->sent, sizeof world->sent);
}

static void run_curve(struct world *world, bool allowed) {
    char server_public[41], server_secret[41], client_public[41], client_secret[41], other_public[41],
        other_secret[41];
    zmq_curve_keypair(server_public, server_secret);
    zmq_curve_keypair(client_public, client_secret);
    zmq_curve_keypair(other_public, other_secret);
    assert_true(zmq_loop_allow(world->loop, allowed ? client_public : other_public, "router"));
    open_sockets(world);
    assert_true(zmq_loop_curve_server(world->router, server_public, server_secret));
    assert_true(zmq_loop_curve_client(world->dealer, server_public, client_public, client_secret));
    join(world);
    uv_timer_start(&world->timer, send_once, 50, 50);
    uv_timer_start(&world->end, on_end, 700, 0);
    uv_run(&world->uv, UV_RUN_DEFAULT);
}

static void test_a_key_on_the_list_is_heard_by_its_name(void **state) {
    struct world *world = *state;
    world->received = 0;
    run_curve(world, true);
    assert_true(world->echoed > 0);
    assert_string_equal(world->user, "router");
}

static void test_a_key_not_on_the_list_is_not_heard(void **state) {
    struct world *world = *state;
    run_curve(world, false);
    assert_int_equal(world->echoed, 0);
    assert_int_equal(world->received, 0);
}

static void test_a_peer_without_key_is_not_heard(void **state) {
    struct world *world = *state;
    char public_key[41], secret_key[41];
    zmq_curve_keypair(public_key, secret_key);
    assert_true(zmq_loop_allow(world->loop, public_key, "router"));
    open_sockets(world);
    assert_true(zmq_loop_curve_server(world->router, public_key, secret_key));
    join(world);
    uv_timer_start(&world->timer, send_once, 50, 50);
    uv_timer_start(&world->end, on_end, 500, 0);
    uv_run(&world->uv, UV_RUN_DEFAULT);
    assert_int_equal(world->echoed, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_every_reply_is_handled),
        TEST(test_the_group_may_connect),
        TEST(test_a_key_on_the_list_is_heard_by_its_name),
        TEST(test_a_key_not_on_the_list_is_not_heard),
        TEST(test_a_peer_without_key_is_not_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
