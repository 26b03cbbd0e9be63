/* Every channel passes the same suite; e-mail and webhook against real sockets. A new channel is enrolled by
 * a line in `enrolled`. */
#include "channel.h"
#include "common/hmac.h"
#include "fake_server.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

/* --- the fake server --- */

static bool read_line(FILE *in, char *line, size_t room) {
    if (!fgets(line, (int)room, in))
        return false;
    line[strcspn(line, "\r\n")] = 0;
    return true;
}

static void keep(struct fake_server *server, const char *text) {
    pthread_mutex_lock(&server->lock);
    snprintf(server->last, sizeof server->last, "%s", text);
    server->taken++;
    pthread_mutex_unlock(&server->lock);
}

static void say(int socket, const char *text) {
    size_t size = strlen(text);
    while (size) {
        ssize_t sent = send(socket, text, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        size -= (size_t)sent;
    }
}

/* False: the connection is to be closed. */
static bool take_mail(struct fake_server *server, FILE *in, int socket, const char *recipient) {
    static const size_t most = FAKE_BODY_MAX;
    char *mail = calloc(1, most), line[2048];
    size_t size = (size_t)snprintf(mail, most, "RCPT %s\n", recipient);
    say(socket, "354 go on\r\n");
    while (read_line(in, line, sizeof line) && strcmp(line, ".") != 0)
        if (size < most)
            size += (size_t)snprintf(mail + size, most - size, "%s\n", line);
    bool cut = strstr(recipient, "cut@") != NULL, full = strstr(recipient, "full@") != NULL;
    if (!cut && !full)
        keep(server, mail);
    free(mail);
    if (!cut)
        say(socket, full ? "552 too large\r\n" : "250 taken\r\n");
    return !cut;
}

static void serve_smtp(struct fake_server *server, int socket) {
    FILE *in = fdopen(dup(socket), "r");
    char line[2048], recipient[512] = "";
    say(socket, "220 fake\r\n");
    while (read_line(in, line, sizeof line)) {
        if (strncmp(line, "RCPT", 4) == 0) {
            snprintf(recipient, sizeof recipient, "%.500s", line);
            say(socket, strstr(line, "refused@") ? "550 no such\r\n"
                        : strstr(line, "later@") ? "451 later\r\n"
                                                 : "250 ok\r\n");
        } else if (strncmp(line, "DATA", 4) == 0) {
            if (!take_mail(server, in, socket, recipient))
                break;
        } else if (strncmp(line, "QUIT", 4) == 0) {
            say(socket, "221 bye\r\n");
            break;
        } else {
            say(socket, "250 ok\r\n");
        }
    }
    fclose(in);
}

static void serve_http(struct fake_server *server, int socket) {
    FILE *in = fdopen(dup(socket), "r");
    char line[2048];
    while (read_line(in, line, sizeof line)) {
        char *all = calloc(1, FAKE_BODY_MAX), path[256] = "", answer[256];
        size_t size = (size_t)snprintf(all, FAKE_BODY_MAX, "%s\n", line), body = 0;
        sscanf(line, "%*s /%255s", path);
        while (read_line(in, line, sizeof line) && line[0]) {
            if (strncasecmp(line, "content-length:", 15) == 0)
                body = (size_t)strtoul(line + 15, NULL, 10);
            size += (size_t)snprintf(all + size, FAKE_BODY_MAX - size, "%s\n", line);
        }
        size += (size_t)snprintf(all + size, FAKE_BODY_MAX - size, "\n");
        if (body > FAKE_BODY_MAX - size - 1)
            body = FAKE_BODY_MAX - size - 1;
        size += fread(all + size, 1, body, in);
        keep(server, all);
        free(all);
        if (strcmp(path, "cut") == 0)
            break;
        int status = atoi(path);
        snprintf(answer, sizeof answer, "HTTP/1.1 %d x\r\n%s%sConnection: close\r\nContent-Length: 0\r\n\r\n",
            status, status == 503 ? "Retry-After: 7\r\n" : "",
            status == 302 ? "Location: http://127.0.0.1:1/\r\n" : "");
        say(socket, answer);
        break; /* one request a connection: the next one need not wait for this to time out */
    }
    fclose(in);
}

static void *serve(void *argument) {
    struct fake_server *server = argument;
    for (int socket; (socket = accept(server->listening, NULL, NULL)) >= 0;) {
        struct timeval patience = {5, 0};
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (server->smtp)
            serve_smtp(server, socket);
        else
            serve_http(server, socket);
        close(socket);
    }
    return NULL;
}

void fake_server_start(struct fake_server *server, bool smtp) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    memset(server, 0, sizeof *server);
    server->smtp = smtp;
    pthread_mutex_init(&server->lock, NULL);
    server->listening = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(server->listening, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listening, 64), 0);
    assert_int_equal(getsockname(server->listening, (struct sockaddr *)&address, &size), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

void fake_server_stop(struct fake_server *server) {
    shutdown(server->listening, SHUT_RDWR);
    close(server->listening);
    pthread_join(server->thread, NULL);
    pthread_mutex_destroy(&server->lock);
}

/* --- a bench for one channel --- */

struct bench {
    uv_loop_t loop;
    uv_timer_t alarm;
    char folder[64];
    struct fake_server server;
    bool served, late;
    struct channel_option options[CHANNEL_OPTIONS_MAX];
    unsigned option_count;
    char url[128];
    const struct channel *channel;
    void *state;
    unsigned done;
    struct channel_result last;
};

struct enrolment {
    const char *name;
    bool smtp, http;
    const char *address, *bad_address;
    int bad_outcome;
};

static const struct enrolment enrolled[] = {
    {"outbox", false, false, "opr", "../opr", SEND_RECIPIENT},
    {"null", false, false, "opr", "", SEND_RECIPIENT},
    {"email", true, false, "piket@sigap.example", "a@b\r\nBcc: c@d", SEND_RECIPIENT},
    {"webhook", false, true, "opr", "opr\" }, {", SEND_DELIVERED}, /* a name in JSON, whatever it holds */
};

static void option(struct bench *bench, const char *name, const char *value) {
    bench->options[bench->option_count++] = (struct channel_option){name, value};
}

static void write_secret(const struct bench *bench, const char *file, const char *text, mode_t mode) {
    char path[128];
    snprintf(path, sizeof path, "%s/keys", bench->folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/keys/%s", bench->folder, file);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fprintf(out, "%s\n", text);
    fclose(out);
    assert_int_equal(chmod(path, mode), 0);
}

static void on_alarm(uv_timer_t *timer) {
    ((struct bench *)timer->data)->late = true;
}

static const struct enrolment *enrolment_of(const char *name) {
    for (size_t i = 0; i < sizeof enrolled / sizeof *enrolled; i++)
        if (strcmp(enrolled[i].name, name) == 0)
            return &enrolled[i];
    fail_msg("channel %s is not enrolled in test_channels.c", name);
    return NULL;
}

static bool bench_open_channel(struct bench *bench, struct error *error) {
    struct channel_setup setup = {.data_dir = bench->folder,
        .clock = &clock_real,
        .loop = &bench->loop,
        .zone_hours = 7,
        .options = bench->options,
        .option_count = bench->option_count};
    return bench->channel->open(&setup, &bench->state, error);
}

/* path: of the webhook, "" for a good one. */
static void bench_open(struct bench *bench, const char *name, const char *path) {
    struct error error = {0};
    const struct enrolment *with = enrolment_of(name);
    memset(bench, 0, sizeof *bench);
    strcpy(bench->folder, "/tmp/channel-test-XXXXXX");
    assert_non_null(mkdtemp(bench->folder));
    assert_int_equal(uv_loop_init(&bench->loop), 0);
    uv_timer_init(&bench->loop, &bench->alarm);
    bench->alarm.data = bench;
    bench->channel = channel_table[channel_find(name)];
    bench->served = with->smtp || with->http;
    if (bench->served) {
        fake_server_start(&bench->server, with->smtp);
        option(bench, "networks", "127.0.0.1");
        option(bench, "plain", "yes");
    }
    if (with->smtp) {
        snprintf(bench->url, sizeof bench->url, "smtp://127.0.0.1:%u/sigap.example", bench->server.port);
        option(bench, "server", bench->url);
        option(bench, "from", "sigap@jatim.example");
    }
    if (with->http) {
        snprintf(bench->url, sizeof bench->url, "http://127.0.0.1:%u/%s", bench->server.port,
            path[0] ? path : "200");
        option(bench, "url", bench->url);
        option(bench, "secret_file", "hook");
        write_secret(bench, "hook", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", 0600);
    }
    if (!bench_open_channel(bench, &error))
        fail_msg("%s: %s", name, error.text);
}

static void bench_close(struct bench *bench) {
    char command[128];
    if (bench->channel->close)
        bench->channel->close(&bench->state);
    assert_null(bench->state);
    unsigned done = bench->done;
    uv_close((uv_handle_t *)&bench->alarm, NULL);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&bench->loop), 0); /* nothing of the channel's is left in the loop */
    assert_int_equal(bench->done, done);              /* and nothing was said after it was closed */
    if (bench->served)
        fake_server_stop(&bench->server);
    snprintf(command, sizeof command, "rm -rf '%s'", bench->folder);
    assert_int_equal(system(command), 0);
}

static void on_done(void *context, const struct message *message, const struct channel_result *result) {
    struct bench *bench = context;
    assert_int_equal(message->priority, 1); /* it is told of the message it was given */
    bench->done++;
    bench->last = *result;
}

static struct message a_message(const char *address, uint8_t number) {
    struct message message = {.attempt = 1,
        .critical = true,
        .at = INT64_C(1772420400000),
        .number = number,
        .priority = 1,
        .purpose = "alert",
        .subject = "[P1 MENDESAK] Ada pesan layanan / Service message"};
    memset(message.delivery.bytes, 0x11, ID_BYTES);
    message.delivery.bytes[15] = number;
    memset(message.alert.bytes, 0x22, ID_BYTES);
    snprintf(message.team, sizeof message.team, "opr");
    snprintf(message.address, sizeof message.address, "%s", address);
    snprintf(message.text, sizeof message.text,
        "[P1 MENDESAK] Kasus perlu ditangani; Kec. Singosari \xc3\xa9.\nLine 2\n.\nx\n");
    return message;
}

static void bench_wait(struct bench *bench, unsigned done) {
    uv_timer_start(&bench->alarm, on_alarm, 15000, 0);
    while (bench->done < done && !bench->late)
        uv_run(&bench->loop, UV_RUN_ONCE);
    uv_timer_stop(&bench->alarm);
    assert_false(bench->late);
}

static int bench_send(struct bench *bench, const char *address, uint8_t attempt) {
    struct message message = a_message(address, 1);
    unsigned before = bench->done;
    message.attempt = attempt;
    bench->channel->send(bench->state, &message, on_done, bench);
    if (bench->channel->flush)
        bench->channel->flush(bench->state);
    bench_wait(bench, before + 1);
    return bench->last.outcome;
}

/* --- the suite --- */

static void test_table(void **state) {
    (void)state;
    assert_true(channel_count() >= 4 && channel_count() <= CHANNELS_MAX);
    for (unsigned i = 0; i < channel_count(); i++) {
        const struct channel *channel = channel_table[i];
        assert_int_equal(strspn(channel->name, "abcdefghijklmnopqrstuvwxyz"), strlen(channel->name));
        assert_in_range(strlen(channel->name), 1, 15);
        assert_int_equal(channel_find(channel->name), (int)i); /* no name twice */
        assert_true(channel->purpose && channel->purpose[0]);
        assert_true(channel->open && channel->send && channel->close);
        const struct ladder *ladders[] = {&channel->critical, &channel->normal};
        for (int k = 0; k < 2; k++) {
            assert_in_range(ladders[k]->rungs, 1, LADDER_RUNGS);
            assert_int_equal(ladders[k]->rung_ms[0], 0); /* the first attempt is now */
        }
        unsigned options = 0;
        while (channel->option_names && channel->option_names[options])
            options++;
        assert_true(channel->required <= options);
        if (channel->local)
            assert_false(channel->interrupts); /* what wakes people leaves the house */
        if (channel->for_training)
            assert_true(channel->local);
    }
    assert_int_equal(channel_find("pigeon"), -1);
}

static void test_each_message_is_answered_once(void **state) {
    (void)state;
    enum { MESSAGES = 20 };
    for (unsigned i = 0; i < channel_count(); i++) {
        struct bench bench;
        const struct enrolment *with = enrolment_of(channel_table[i]->name);
        bench_open(&bench, with->name, "");
        for (uint8_t k = 0; k < MESSAGES; k++) {
            struct message message = a_message(with->address, k);
            bench.channel->send(bench.state, &message, on_done, &bench);
            memset(&message, 0xff, sizeof message); /* not kept by pointer */
            if (bench.channel->local && !bench.channel->flush)
                assert_int_equal(bench.done, k + 1u); /* at once, in order */
        }
        if (bench.channel->flush)
            bench.channel->flush(bench.state);
        if (bench.channel->local)
            assert_int_equal(bench.done, MESSAGES);
        bench_wait(&bench, MESSAGES);
        for (int k = 0; k < 3; k++)
            uv_run(&bench.loop, UV_RUN_NOWAIT);
        assert_int_equal(bench.done, MESSAGES);
        assert_in_range(bench.last.outcome, SEND_ACCEPTED, SEND_DELIVERED);
        bench_close(&bench);
    }
}

static void test_bad_addresses(void **state) {
    (void)state;
    for (unsigned i = 0; i < channel_count(); i++) {
        struct bench bench;
        const struct enrolment *with = enrolment_of(channel_table[i]->name);
        bench_open(&bench, with->name, "");
        assert_int_equal(bench_send(&bench, with->bad_address, 1), with->bad_outcome);
        assert_int_equal(bench_send(&bench, with->address, 1) <= SEND_DELIVERED, 1); /* and goes on working */
        bench_close(&bench);
    }
}

static void test_closed_while_sending(void **state) {
    (void)state;
    for (unsigned i = 0; i < channel_count(); i++) {
        struct bench bench;
        const struct enrolment *with = enrolment_of(channel_table[i]->name);
        bench_open(&bench, with->name, "");
        for (uint8_t k = 0; k < 5; k++) {
            struct message message = a_message(with->address, k);
            bench.channel->send(bench.state, &message, on_done, &bench);
        }
        bench_close(&bench);
    }
}

/* --- outbox --- */

static void test_outbox_is_readable(void **state) {
    (void)state;
    struct bench bench;
    char path[128], text[4096];
    bench_open(&bench, "outbox", "");
    bench_send(&bench, "opr", 1);
    bench_send(&bench, "opr", 2);
    snprintf(path, sizeof path, "%s/outbox/opr/2026-03-02.txt", bench.folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    text[size] = 0;
    fclose(file);
    assert_non_null(strstr(text, "=== 2026-03-02 10:00 WIB ==="));
    assert_non_null(strstr(text, "Kasus perlu ditangani; Kec. Singosari"));
    assert_non_null(strstr(text, "(diulang / repeated)"));
    bench_close(&bench);
}

static void test_outbox_with_many_teams(void **state) {
    (void)state;
    struct bench bench;
    bench_open(&bench, "outbox", "");
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 900; i++) { /* more than it keeps open */
            char team[16];
            snprintf(team, sizeof team, "tim-%d", i);
            assert_int_equal(bench_send(&bench, team, 1), SEND_DELIVERED);
        }
    }
    char path[128];
    snprintf(path, sizeof path, "%s/outbox", bench.folder);
    DIR *folder = opendir(path);
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    closedir(folder);
    assert_int_equal(count, 900);
    bench_close(&bench);
}

/* Batches of several teams, larger than a batch may be; every block is there once. */
static void test_outbox_in_batches(void **state) {
    (void)state;
    enum { MANY = 3000 };
    struct bench bench;
    bench_open(&bench, "outbox", "");
    for (unsigned i = 0; i < MANY; i++) {
        struct message message = a_message(i % 3 ? "opr" : "tri", (uint8_t)i);
        bench.channel->send(bench.state, &message, on_done, &bench);
    }
    bench.channel->flush(bench.state);
    assert_int_equal(bench.done, MANY);
    char path[128], line[2048];
    unsigned blocks = 0;
    for (int team = 0; team < 2; team++) {
        snprintf(path, sizeof path, "%s/outbox/%s/2026-03-02.txt", bench.folder, team ? "opr" : "tri");
        FILE *file = fopen(path, "r");
        assert_non_null(file);
        while (fgets(line, sizeof line, file))
            blocks += strncmp(line, "===", 3) == 0;
        fclose(file);
    }
    assert_int_equal(blocks, MANY);
    bench_close(&bench);
}

/* Somebody tidied up beside us: what was told into a file that nobody can read any more is told again. */
static void test_outbox_that_was_removed(void **state) {
    (void)state;
    struct bench bench;
    char path[128];
    bench_open(&bench, "outbox", "");
    assert_int_equal(bench_send(&bench, "opr", 1), SEND_DELIVERED);
    snprintf(path, sizeof path, "%s/outbox/opr/2026-03-02.txt", bench.folder);
    assert_int_equal(unlink(path), 0);
    for (int parents = 0; parents < 2; parents++) {
        *strrchr(path, '/') = 0;
        assert_int_equal(rmdir(path), 0);
    }
    assert_int_equal(bench_send(&bench, "opr", 1), SEND_TRANSIENT);
    assert_int_equal(bench_send(&bench, "opr", 2), SEND_DELIVERED);
    snprintf(path, sizeof path, "%s/outbox/opr/2026-03-02.txt", bench.folder);
    assert_int_equal(access(path, F_OK), 0);
    bench_close(&bench);
}

static void test_outbox_that_cannot_write(void **state) {
    (void)state;
    struct bench bench;
    char path[160];
    bench_open(&bench, "outbox", "");
    snprintf(path, sizeof path, "%s/outbox/opr", bench.folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/outbox/opr/2026-03-02.txt", bench.folder);
    assert_int_equal(mkdir(path, 0700), 0); /* a folder stands where the file should be */
    assert_int_equal(bench_send(&bench, "opr", 1), SEND_TRANSIENT);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(bench_send(&bench, "opr", 2), SEND_DELIVERED);
    bench_close(&bench);
}

/* --- e-mail --- */

static void test_mail_as_it_arrives(void **state) {
    (void)state;
    struct bench bench;
    bench_open(&bench, "email", "");
    assert_int_equal(bench_send(&bench, "piket@sigap.example", 1), SEND_ACCEPTED);
    pthread_mutex_lock(&bench.server.lock);
    const char *mail = bench.server.last, *body = strstr(mail, "\n\n");
    assert_non_null(strstr(mail, "RCPT TO:<piket@sigap.example>"));
    assert_non_null(strstr(mail, "\nFrom: Sigap <sigap@jatim.example>\n"));
    assert_non_null(strstr(mail, "\nSubject: [P1 MENDESAK] Ada pesan layanan / Service message\n"));
    assert_non_null(strstr(mail, "\nDate: Mon, 02 Mar 2026 03:00:00 +0000\n"));
    assert_non_null(strstr(mail, "\nAuto-Submitted: auto-generated\n"));
    assert_non_null(strstr(mail, "\nMessage-ID: <"));
    assert_non_null(body);
    char joined[4096], plain[4096];
    size_t length = 0, size = 0;
    for (body += 2; *body; body++)
        if (*body != '\n')
            joined[length++] = *body;
    assert_true(hmac_base64_decode(joined, length, HMAC_BASE64_STANDARD, plain, sizeof plain, &size));
    struct message message = a_message("", 1);
    assert_int_equal(size, strlen(message.text));
    assert_memory_equal(plain, message.text, size);
    pthread_mutex_unlock(&bench.server.lock);
    bench_close(&bench);
}

static void test_mail_outcomes(void **state) {
    (void)state;
    static const struct {
        const char *address;
        int outcome;
    } cases[] = {{"refused@sigap.example", SEND_RECIPIENT}, {"later@sigap.example", SEND_TRANSIENT},
        {"full@sigap.example", SEND_CONTENT}};
    struct bench bench;
    bench_open(&bench, "email", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int outcome = bench_send(&bench, cases[i].address, 1);
        if (outcome != cases[i].outcome)
            fail_msg("%s: %d (%s)", cases[i].address, outcome, bench.last.detail);
    }
    /* The connection ends behind the data: perhaps taken, perhaps not; both words lead to a repetition. */
    int outcome = bench_send(&bench, "cut@sigap.example", 1);
    assert_true(outcome == SEND_UNKNOWN || outcome == SEND_TRANSIENT);
    fake_server_stop(&bench.server);
    bench.served = false;
    assert_int_equal(
        bench_send(&bench, "piket@sigap.example", 1), SEND_TRANSIENT); /* nobody there: nothing sent */
    bench_close(&bench);
}

static void test_configuration_is_refused(void **state) {
    (void)state;
    struct bench bench;
    struct error error = {0};
    bench_open(&bench, "email", "");
    bench.channel->close(&bench.state);
    write_secret(&bench, "open", "secret", 0644);
    write_secret(&bench, "of_all_daemons", "secret", 0640);
    static const char *const bad[][2] = {{"server", "https://x/"}, {"from", "a b@c"}, {"from", "x@y\nz"},
        {"password_file", "missing"}, {"password_file", "open"}, {"password_file", "of_all_daemons"},
        {"password_file", "../keys/open"}, {"networks", "everything"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct channel_option good[CHANNEL_OPTIONS_MAX];
        memcpy(good, bench.options, sizeof good);
        unsigned count = bench.option_count;
        bool replaced = false;
        for (unsigned k = 0; k < count; k++) {
            if (strcmp(bench.options[k].name, bad[i][0]) == 0) {
                bench.options[k].value = bad[i][1];
                replaced = true;
            }
        }
        if (!replaced)
            option(&bench, bad[i][0], bad[i][1]);
        error.text[0] = 0;
        if (bench_open_channel(&bench, &error))
            fail_msg("%s %s", bad[i][0], bad[i][1]);
        assert_true(error.text[0]);
        assert_null(bench.state);
        memcpy(bench.options, good, sizeof good);
        bench.option_count = count;
    }
    assert_true(bench_open_channel(&bench, &error));
    bench_close(&bench);
}

/* --- webhook --- */

static void header_of(const char *request, const char *name, char out[256]) {
    out[0] = 0;
    for (const char *line = request; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        size_t length = strlen(name);
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            snprintf(out, 256, "%.*s", (int)strcspn(line + length + 2, "\r\n"), line + length + 2);
            return;
        }
    }
}

static void test_webhook_is_signed(void **state) {
    (void)state;
    struct bench bench;
    char id[256], timestamp[256], signature[256], type[256];
    bench_open(&bench, "webhook", "200");
    assert_int_equal(bench_send(&bench, "opr", 1), SEND_DELIVERED);
    pthread_mutex_lock(&bench.server.lock);
    const char *request = bench.server.last, *body = strstr(request, "\n\n") + 2;
    header_of(request, "webhook-id", id);
    header_of(request, "webhook-timestamp", timestamp);
    header_of(request, "webhook-signature", signature);
    header_of(request, "content-type", type);
    uint8_t secret[HMAC_WEBHOOK_SECRET_MAX];
    size_t secret_size;
    assert_true(
        hmac_webhook_secret("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", secret, &secret_size));
    assert_true(hmac_webhook_verify(
        secret, secret_size, id, atoll(timestamp), body, strlen(body), signature, atoll(timestamp)));
    assert_false(hmac_webhook_verify(
        secret, secret_size, id, atoll(timestamp), body, strlen(body) - 1, signature, atoll(timestamp)));
    assert_memory_equal(type, "application/cloudevents+json", 28);
    assert_non_null(strstr(body, "\"specversion\":\"1.0\""));
    assert_non_null(strstr(body, id));
    assert_non_null(strstr(body, "\"priority\":\"asap\""));
    pthread_mutex_unlock(&bench.server.lock);
    bench_close(&bench);
}

/* Certificates lie beside the secrets, and need not be closed to others. */
static void test_authorities_lie_with_the_keys(void **state) {
    (void)state;
    struct bench bench;
    struct error error = {0};
    bench_open(&bench, "webhook", "");
    bench.channel->close(&bench.state);
    option(&bench, "ca_file", "ca.pem");
    assert_false(bench_open_channel(&bench, &error));
    assert_non_null(strstr(error.text, "keys/ca.pem: cannot be read"));
    write_secret(&bench, "ca.pem", "-----BEGIN CERTIFICATE-----", 0644);
    if (!bench_open_channel(&bench, &error))
        fail_msg("%s", error.text);
    bench_close(&bench);
}

static void test_webhook_outcomes(void **state) {
    (void)state;
    static const struct {
        const char *path;
        uint8_t attempt;
        int outcome;
        int64_t retry_after_ms;
    } cases[] = {{"200", 1, SEND_DELIVERED, 0}, {"204", 1, SEND_DELIVERED, 0},
        {"503", 9, SEND_TRANSIENT, 7000}, {"429", 1, SEND_TRANSIENT, 0}, {"408", 1, SEND_TRANSIENT, 0},
        {"400", 1, SEND_TRANSIENT, 0}, {"400", 3, SEND_CONTENT, 0}, {"410", 1, SEND_CHANNEL, 0},
        {"302", 1, SEND_CHANNEL, 0}, {"cut", 1, SEND_UNKNOWN, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench bench;
        bench_open(&bench, "webhook", cases[i].path);
        int outcome = bench_send(&bench, "opr", cases[i].attempt);
        if (outcome != cases[i].outcome || bench.last.retry_after_ms != cases[i].retry_after_ms)
            fail_msg("%s: %d %lld (%s)", cases[i].path, outcome, (long long)bench.last.retry_after_ms,
                bench.last.detail);
        bench_close(&bench);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_each_message_is_answered_once),
        cmocka_unit_test(test_bad_addresses),
        cmocka_unit_test(test_closed_while_sending),
        cmocka_unit_test(test_outbox_is_readable),
        cmocka_unit_test(test_outbox_with_many_teams),
        cmocka_unit_test(test_outbox_in_batches),
        cmocka_unit_test(test_outbox_that_was_removed),
        cmocka_unit_test(test_outbox_that_cannot_write),
        cmocka_unit_test(test_mail_as_it_arrives),
        cmocka_unit_test(test_mail_outcomes),
        cmocka_unit_test(test_configuration_is_refused),
        cmocka_unit_test(test_webhook_is_signed),
        cmocka_unit_test(test_webhook_outcomes),
        cmocka_unit_test(test_authorities_lie_with_the_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
