/* Load on intake's local socket: keep-alive HTTP over several connections, one request under way on each,
 * every report different (texts.h). Prints one JSON line: how many were acknowledged, how fast, how long each
 * took.
 *
 *     bench_load --socket PATH --token T [--reports N] [--connections C] [--seed S] [--tickets FILE]
 *         --source json (the default), telegram or whatsapp: the same reports as that platform writes them,
 *         each of a sender of its own; the token is then the secret of the channel "bench"
 *     bench_load --socket PATH --token T --watch OUTBOX [--reports N] [--place WORDS --teams SUFFIX]
 *         one at a time, until a file of the outbox moves; with --place each report happens there, and only
 *         the folders of teams whose name ends so are watched: others may be told of other reports meanwhile
 *     bench_load --print N [--seed S]
 *         only the texts, as JSON lines
 *
 * A request that is refused with 503 or cut off is sent again with the same key; any other refusal ends the
 * run. */
#include "texts.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <dirent.h>

enum {
    CONNECTIONS_MAX = 1024,
    BODY_MAX = TEXTS_MAX + 640,
    REQUEST_MAX = BODY_MAX + 512, /* headers 300 */
    ANSWER_MAX = 8192,            /* a problem document is about 1 KiB */
    REPORTS_MAX = 20000000,
    QUIET_MS = 30,         /* --watch: the messages of one report are over when nothing has moved so long */
    QUIET_LOADED_MS = 150, /* so long where the way of each is longer, because others are on theirs */
    PATIENCE_MS = 10000,
    REFUSED_MS =
        20, /* a refused request comes again: sooner than Retry-After, and at no cost to the others */
};

enum source { SOURCE_JSON, SOURCE_TELEGRAM, SOURCE_WHATSAPP, SOURCES };
static const char *const source_words[SOURCES] = {"json", "telegram", "whatsapp"};

struct options {
    enum source source;
    const char *socket, *token, *tickets, *watch, *place, *teams;
    unsigned reports, connections, seed, print;
};

struct connection {
    int fd; /* -1: must be opened */
    unsigned number;
    bool busy;
    int64_t started_us, again_at_us; /* again_at_us: it was refused; 0 it was not */
    size_t request_size, sent, received;
    char request[REQUEST_MAX], answer[ANSWER_MAX];
};

struct run {
    struct options options;
    int epoll;
    struct connection *connections;
    unsigned next, done, again, busy, refused; /* refused: wait to be sent again */
    uint32_t *taken_us;
    FILE *tickets;
};

static int64_t now_us(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

static void die(const char *what, const char *detail) {
    fprintf(stderr, "bench_load: %s: %s\n", what, detail);
    exit(1);
}

/* ---- one connection ---- */

static void open_connection(struct run *run, struct connection *connection) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(run->options.socket) >= sizeof address.sun_path)
        die("the path is too long", run->options.socket);
    strcpy(address.sun_path, run->options.socket);
    connection->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&address, sizeof address) != 0)
        die(run->options.socket, strerror(errno));
    fcntl(connection->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(run->epoll, EPOLL_CTL_ADD, connection->fd, &event);
}

static int write_body(const struct options *options, unsigned number, char body[BODY_MAX]) {
    char text[TEXTS_MAX];
    unsigned seed = options->seed;
    texts_write(text, options->place, seed, number);
    switch (options->source) {
    case SOURCE_JSON:
        return snprintf(body, BODY_MAX, "{\"source\":\"bench\",\"external_id\":\"%u-%u\",\"text\":\"%s\"}",
            seed, number, text);
    case SOURCE_TELEGRAM:
        return snprintf(body, BODY_MAX,
            "{\"update_id\":%u%08u,\"message\":{\"message_id\":1,\"from\":{\"id\":%u%08u,\"is_bot\":false,"
            "\"first_name\":\"A\",\"language_code\":\"id\"},\"chat\":{\"id\":%u%08u,\"first_name\":\"A\","
            "\"type\":"
            "\"private\"},\"date\":1772420000,\"text\":\"%s\"}}",
            seed, number, seed, number, seed, number, text);
    case SOURCE_WHATSAPP:
        return snprintf(body, BODY_MAX,
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1029\",\"changes\":[{\"value\":{"
            "\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"62341\",\"phone_"
            "number_id\":"
            "\"1066\"},\"contacts\":[{\"profile\":{\"name\":\"A\"},\"wa_id\":\"62%u%08u\"}],\"messages\":[{"
            "\"from\":"
            "\"62%u%08u\",\"id\":\"wamid.%u.%u\",\"timestamp\":\"1772420000\",\"text\":{\"body\":\"%s\"},"
            "\"type\":"
            "\"text\"}]},\"field\":\"messages\"}]}]}",
            seed, number, seed, number, seed, number, text);
    case SOURCES:
        break;
    }
    return -1;
}

/* Path and header by which the sender is known. */
static void write_head(const struct options *options, const char *body, int body_size, char head[256]) {
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    int used;
    switch (options->source) {
    case SOURCE_JSON:
        snprintf(head, 256, "/v1/reports HTTP/1.1\r\nAuthorization: Bearer %s", options->token);
        return;
    case SOURCE_TELEGRAM:
        snprintf(head, 256, "/v1/hooks/telegram/bench HTTP/1.1\r\nX-Telegram-Bot-Api-Secret-Token: %s",
            options->token);
        return;
    case SOURCE_WHATSAPP:
        HMAC(EVP_sha256(), options->token, (int)strlen(options->token), (const uint8_t *)body,
            (size_t)body_size, hash, &size);
        used = snprintf(head, 256, "/v1/hooks/whatsapp/bench HTTP/1.1\r\nX-Hub-Signature-256: sha256=");
        for (unsigned i = 0; i < size; i++)
            used += snprintf(head + used, 256 - (size_t)used, "%02x", hash[i]);
        return;
    case SOURCES:
        return;
    }
}

static void write_request(struct run *run, struct connection *connection) {
    char body[BODY_MAX], head[256] = "";
    int body_size = write_body(&run->options, connection->number, body);
    if (body_size < 0 || body_size >= BODY_MAX)
        die("a body does not fit", "");
    write_head(&run->options, body, body_size, head);
    int size = snprintf(connection->request, sizeof connection->request,
        "POST %s\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", head,
        body_size, body);
    if (size < 0 || (size_t)size >= sizeof connection->request)
        die("a request does not fit", body);
    connection->request_size = (size_t)size;
    connection->sent = connection->received = 0;
}

/* A request fits the socket's buffer; what does not is sent by the next event of the loop. */
static bool push(struct connection *connection) {
    while (connection->sent < connection->request_size) {
        ssize_t size = send(connection->fd, connection->request + connection->sent,
            connection->request_size - connection->sent, MSG_NOSIGNAL);
        if (size < 0)
            return errno == EAGAIN;
        connection->sent += (size_t)size;
    }
    return true;
}

static void begin(struct run *run, struct connection *connection) {
    connection->number = run->next++;
    connection->busy = true;
    connection->started_us = now_us();
    run->busy++;
    write_request(run, connection);
    push(connection);
}

/* The size of the whole answer, 0 while its head is not complete. */
static size_t answer_size(const struct connection *connection) {
    const char *end = memmem(connection->answer, connection->received, "\r\n\r\n", 4);
    if (!end)
        return 0;
    size_t head = (size_t)(end - connection->answer) + 4, length = 0;
    for (const char *line = connection->answer; (line = memchr(line, '\n', (size_t)(end - line)));)
        if (strncasecmp(++line, "Content-Length:", 15) == 0)
            length = strtoul(line + 15, NULL, 10);
    return head + length;
}

static void take_ticket(struct run *run, const struct connection *connection) {
    if (!run->tickets)
        return;
    const char *ticket = memmem(connection->answer, connection->received, "\"ticket\":\"", 10);
    if (!ticket)
        return;
    ticket += 10;
    fprintf(run->tickets, "%.*s\n", (int)strcspn(ticket, "\""), ticket);
}

static void again(struct run *run, struct connection *connection) {
    run->again++;
    write_request(run, connection);
    push(connection);
}

static void finish(struct run *run, struct connection *connection) {
    int status = atoi(connection->answer + 9);
    if (status == 503 || status == 429) {
        connection->again_at_us = now_us() + REFUSED_MS * 1000;
        run->refused++;
        return;
    }
    connection->answer[connection->received < ANSWER_MAX ? connection->received : ANSWER_MAX - 1] = 0;
    if (status / 100 != 2)
        die("refused", connection->answer);
    take_ticket(run, connection);
    int64_t taken = now_us() - connection->started_us;
    run->taken_us[run->done++] = taken > UINT32_MAX ? UINT32_MAX : (uint32_t)taken;
    connection->busy = false;
    run->busy--;
    if (run->next < run->options.reports)
        begin(run, connection);
}

static void on_readable(struct run *run, struct connection *connection) {
    ssize_t size = recv(
        connection->fd, connection->answer + connection->received, ANSWER_MAX - 1 - connection->received, 0);
    if (size < 0 && errno == EAGAIN)
        return;
    if (size <= 0) {
        close(connection->fd);
        open_connection(run, connection);
        if (connection->busy && !connection->again_at_us)
            again(run, connection);
        return;
    }
    connection->received += (size_t)size;
    connection->answer[connection->received] = 0;
    size_t whole = answer_size(connection);
    if (whole > ANSWER_MAX - 1)
        die("an answer does not fit", connection->answer);
    if (connection->busy && !connection->again_at_us && whole && connection->received >= whole)
        finish(run, connection);
}

/* ---- all of them ---- */

static void prepare(struct run *run) {
    run->epoll = epoll_create1(EPOLL_CLOEXEC);
    run->connections = calloc(run->options.connections, sizeof *run->connections);
    run->taken_us = calloc(run->options.reports, sizeof *run->taken_us);
    if (!run->connections || !run->taken_us)
        die("memory", "none left");
    if (run->options.tickets && !(run->tickets = fopen(run->options.tickets, "w")))
        die(run->options.tickets, strerror(errno));
    for (unsigned i = 0; i < run->options.connections; i++)
        open_connection(run, &run->connections[i]);
}

static void send_refused(struct run *run) {
    int64_t now = now_us();
    for (unsigned i = 0; run->refused && i < run->options.connections; i++) {
        struct connection *connection = &run->connections[i];
        if (!connection->again_at_us || connection->again_at_us > now)
            continue;
        connection->again_at_us = 0;
        run->refused--;
        again(run, connection);
    }
}

static void turn(struct run *run, int timeout_ms) {
    struct epoll_event events[256];
    send_refused(run);
    int count = epoll_wait(run->epoll, events, 256, run->refused ? REFUSED_MS / 4 : timeout_ms);
    if (count == 0 && run->busy && !run->refused)
        die("no answer", "for 10 s");
    for (int i = 0; i < count; i++) {
        struct connection *connection = events[i].data.ptr;
        if (connection->busy && connection->sent < connection->request_size)
            push(connection);
        on_readable(run, connection);
    }
}

static int by_size(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

static double percentile_ms(const uint32_t *sorted, unsigned count, double share) {
    unsigned at = (unsigned)(share * count);
    return count ? (double)sorted[at < count ? at : count - 1] / 1000.0 : 0;
}

static void print_result(struct run *run, double seconds) {
    qsort(run->taken_us, run->done, sizeof *run->taken_us, by_size);
    printf("{\"reports\":%u,\"again\":%u,\"seconds\":%.3f,\"per_s\":%.1f,\"p50_ms\":%.3f,\"p90_ms\":%.3f,"
           "\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
        run->done, run->again, seconds, run->done / seconds, percentile_ms(run->taken_us, run->done, 0.5),
        percentile_ms(run->taken_us, run->done, 0.9), percentile_ms(run->taken_us, run->done, 0.99),
        percentile_ms(run->taken_us, run->done, 1));
}

static void load(struct run *run) {
    int64_t start = now_us();
    for (unsigned i = 0; i < run->options.connections && run->next < run->options.reports; i++)
        begin(run, &run->connections[i]);
    while (run->done < run->options.reports)
        turn(run, PATIENCE_MS);
    print_result(run, (double)(now_us() - start) / 1e6);
}

/* ---- one at a time, the whole way ---- */

enum { MOVES = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MODIFY | IN_CREATE };

struct watched {
    int inotify, outbox;         /* the watch number of the whole outbox */
    const char *teams;           /* how names of folders end that are watched; "" for all */
    char folders[256][PATH_MAX]; /* by watch number */
};

static bool is_meant(const struct watched *watched, const char *name) {
    size_t size = strlen(name), end = strlen(watched->teams);
    return size >= end && strcmp(name + size - end, watched->teams) == 0;
}

static void watch_folder(struct watched *watched, const char *path) {
    int number = inotify_add_watch(watched->inotify, path, MOVES);
    if (number < 0 || number >= 256)
        return; /* teams beyond the 256th are not waited for */
    if (!watched->outbox)
        watched->outbox = number;
    snprintf(watched->folders[number], PATH_MAX, "%s", path);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char inside[PATH_MAX + 256];
        if (entry->d_name[0] == '.' || entry->d_type != DT_DIR || !is_meant(watched, entry->d_name))
            continue;
        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        watch_folder(watched, inside);
    }
    if (folder)
        closedir(folder);
}

/* What lies in the outbox itself counts by its name, what lies in a watched folder always does. */
static bool counts(struct watched *watched, const struct inotify_event *event) {
    bool is_inside = event->wd != watched->outbox;
    if (!is_inside && !is_meant(watched, event->len ? event->name : ""))
        return false;
    if ((event->mask & IN_CREATE) && (event->mask & IN_ISDIR) && event->wd < 256) {
        char path[PATH_MAX + 256];
        snprintf(path, sizeof path, "%s/%s", watched->folders[event->wd], event->name);
        watch_folder(watched, path);
    }
    return true;
}

/* True when something moved within timeout_ms. A new folder counts: a message is on its way into it. */
static bool moved(struct watched *watched, int timeout_ms) {
    char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    struct pollfd ready = {watched->inotify, POLLIN, 0};
    bool is_moved = false;
    for (int64_t end = now_us() + timeout_ms * 1000LL, left; !is_moved && (left = end - now_us()) > 0;) {
        if (poll(&ready, 1, (int)(left / 1000) + 1) <= 0)
            continue;
        ssize_t size = read(watched->inotify, bytes, sizeof bytes);
        for (ssize_t at = 0; at < size;) {
            const struct inotify_event *event = (const struct inotify_event *)(bytes + at);
            is_moved |= counts(watched, event);
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
    return is_moved;
}

static void whole_way(struct run *run) {
    static struct watched watched;
    bool is_alone = !run->options.teams;
    uint32_t *whole_us = calloc(run->options.reports, sizeof *whole_us);
    unsigned count = 0;
    watched.teams = is_alone ? "" : run->options.teams;
    watched.inotify = inotify_init1(IN_CLOEXEC);
    watch_folder(&watched, run->options.watch);
    while (whole_us && count < run->options.reports) {
        int64_t start = now_us();
        struct connection *connection = &run->connections[0];
        begin(run, connection);
        unsigned until = run->options.reports;
        run->options.reports = run->next; /* no next one is begun by itself */
        while (connection->busy)
            turn(run, PATIENCE_MS);
        run->options.reports = until;
        if (!moved(&watched, PATIENCE_MS))
            die("nothing moved in", run->options.watch);
        whole_us[count++] = (uint32_t)(now_us() - start);
        while (moved(&watched, is_alone ? QUIET_MS : QUIET_LOADED_MS))
            ;
    }
    free(run->taken_us);
    run->taken_us = whole_us;
    print_result(run, 1);
}

static void print_texts(const struct options *options) {
    char text[TEXTS_MAX];
    for (unsigned i = 0; i < options->print; i++) {
        texts_write(text, options->place, options->seed, i);
        printf("{\"text\":\"%s\"}\n", text);
    }
}

static unsigned number(const char *text, unsigned most) {
    unsigned long value = strtoul(text, NULL, 10);
    if (value > most)
        die("the number is too large", text);
    return (unsigned)value;
}

static enum source read_source(const char *word) {
    for (enum source source = 0; source < SOURCES; source++)
        if (strcmp(source_words[source], word) == 0)
            return source;
    die("no such source", word);
    exit(2);
}

static struct options read_options(int argc, char **argv) {
    static const struct option known[] = {{"socket", required_argument, NULL, 's'},
        {"token", required_argument, NULL, 't'}, {"reports", required_argument, NULL, 'n'},
        {"connections", required_argument, NULL, 'c'}, {"seed", required_argument, NULL, 'e'},
        {"tickets", required_argument, NULL, 'k'}, {"watch", required_argument, NULL, 'w'},
        {"print", required_argument, NULL, 'p'}, {"source", required_argument, NULL, 'o'},
        {"place", required_argument, NULL, 'l'}, {"teams", required_argument, NULL, 'm'}, {NULL, 0, NULL, 0}};
    struct options options = {.reports = 10000, .connections = 64, .seed = 1};
    for (int key; (key = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (key == 's')
            options.socket = optarg;
        else if (key == 't')
            options.token = optarg;
        else if (key == 'n')
            options.reports = number(optarg, REPORTS_MAX);
        else if (key == 'c')
            options.connections = number(optarg, CONNECTIONS_MAX);
        else if (key == 'e')
            options.seed = number(optarg, UINT_MAX);
        else if (key == 'k')
            options.tickets = optarg;
        else if (key == 'w')
            options.watch = optarg;
        else if (key == 'l')
            options.place = optarg;
        else if (key == 'm')
            options.teams = optarg;
        else if (key == 'o')
            options.source = read_source(optarg);
        else if (key == 'p')
            options.print = number(optarg, REPORTS_MAX);
        else
            exit(2);
    }
    return options;
}

int main(int argc, char **argv) {
    static struct run run;
    run.options = read_options(argc, argv);
    if (run.options.print) {
        print_texts(&run.options);
        return 0;
    }
    if (!run.options.socket || !run.options.token)
        die("usage", "--socket PATH --token T [--reports N] [--connections C] [--watch OUTBOX]");
    prepare(&run);
    if (run.options.watch)
        whole_way(&run);
    else
        load(&run);
    if (run.tickets && fclose(run.tickets) != 0)
        die(run.options.tickets, strerror(errno));
    return 0;
}
