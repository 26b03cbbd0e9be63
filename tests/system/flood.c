/* More reports than the door can take, at a rate that does not slow down because answers are slow (open
 * loop), and among them a few that a life hangs on. Prints one JSON line: how long each kind of answer took.
 *
 *     flood --socket PATH --token T --rate N --seconds S [--connections C] [--stat K]
 *           [--tickets FILE] [--every E] [--seed X]
 *
 * rate: calm reports offered a second over C connections; what finds all of them busy is not sent but
 * counted. K senders of their own send one urgent report each 100 ms. A refusal is not repeated. Tickets of
 * what was acknowledged go to FILE, a line each. --every: a JSON line each E seconds, about these alone.
 * --seed (not 0): the calm reports are those of tests/bench/texts.h, each a case of its own, instead of a
 * question about nothing urgent. Ends by itself after S seconds,
 * or at SIGTERM, and the answers under way. */
#include "tests/bench/texts.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 4096,
    BODY_MAX = 64 + TEXTS_MAX,
    REQUEST_MAX = 512 + BODY_MAX,
    ANSWER_MAX = 8192,
    SAMPLES_MAX = 4 << 20, /* answers of one kind; x 4 bytes */
    STAT_EVERY_US = 100000,
    PATIENCE_US = 10000000, /* after the end, for what is under way */
};

enum kind { CALM, STAT, KINDS };
enum outcome { TAKEN, BUSY, OTHER, OUTCOMES }; /* 202; 503 and 429; anything else */

struct samples {
    uint32_t *us;
    size_t count;
};

struct sender {
    int fd; /* -1: must be opened */
    enum kind kind;
    bool waiting; /* for an answer */
    int64_t begun_us, next_us;
    size_t request_size, sent, received;
    char request[REQUEST_MAX], answer[ANSWER_MAX];
};

struct flood {
    const char *socket, *token;
    unsigned rate, seconds, connections, stat, every, seed;
    FILE *tickets;
    int epoll;
    struct sender *senders; /* connections calm ones, then stat urgent ones */
    unsigned number, waiting, turn;
    uint64_t offered, unsent, refused_connections, cut;
    struct samples samples[KINDS][OUTCOMES];
};

static int64_t now_us(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

static _Noreturn void die(const char *what) {
    fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- one sender ---- */

static bool connected(struct flood *flood, struct sender *sender) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = sender};
    if (sender->fd >= 0)
        return true;
    if (strlen(flood->socket) >= sizeof address.sun_path)
        die("the socket's path is too long");
    strcpy(address.sun_path, flood->socket);
    sender->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (sender->fd < 0)
        die("socket");
    if (connect(sender->fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(sender->fd); /* the backlog is full: the sender hears so at once */
        sender->fd = -1;
        flood->refused_connections++;
        return false;
    }
    epoll_ctl(flood->epoll, EPOLL_CTL_ADD, sender->fd, &event);
    return true;
}

static void disconnect(struct flood *flood, struct sender *sender) {
    close(sender->fd);
    sender->fd = -1;
    if (sender->waiting) {
        sender->waiting = false;
        flood->waiting--;
        flood->cut++;
    }
}

/* What a sender of this kind says: a life in danger, a report of the series, or a question. */
static int write_body(const struct flood *flood, enum kind kind, unsigned number, char body[BODY_MAX]) {
    char text[TEXTS_MAX];
    if (kind == STAT)
        return snprintf(body, BODY_MAX,
            "{\"source\":\"flood\",\"urgent\":true,\"text\":\"Anak umur %u tahun sedang dipukuli "
            "bapaknya sekarang di Taman Sidoarjo, rumah nomor %u, tolong segera\"}",
            5 + number % 12, number);
    if (flood->seed) {
        texts_write(text, NULL, flood->seed, number);
        return snprintf(body, BODY_MAX, "{\"source\":\"flood\",\"text\":\"%s\"}", text);
    }
    return snprintf(body, BODY_MAX,
        "{\"source\":\"flood\",\"text\":\"Mohon info alat bantu dengar untuk bapak saya di "
        "Kediri, nomor %u, terima kasih banyak sebelumnya ya\"}",
        number);
}

static void write_request(struct flood *flood, struct sender *sender) {
    char body[BODY_MAX];
    int size = write_body(flood, sender->kind, ++flood->number, body);
    sender->request_size = (size_t)snprintf(sender->request, sizeof sender->request,
        "POST /v1/reports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
        flood->token, size, body);
    sender->sent = sender->received = 0;
}

static void push(struct flood *flood, struct sender *sender) {
    ssize_t size =
        send(sender->fd, sender->request + sender->sent, sender->request_size - sender->sent, MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN)
        disconnect(flood, sender);
    else if (size > 0)
        sender->sent += (size_t)size;
}

static bool begin(struct flood *flood, struct sender *sender, int64_t now) {
    if (!connected(flood, sender))
        return false;
    write_request(flood, sender);
    sender->waiting = true;
    sender->begun_us = now;
    flood->waiting++;
    push(flood, sender);
    return true;
}

static void note(struct flood *flood, const struct sender *sender) {
    int status = atoi(sender->answer + 9);
    enum outcome outcome = status == 202 ? TAKEN : status == 503 || status == 429 ? BUSY : OTHER;
    struct samples *samples = &flood->samples[sender->kind][outcome];
    if (samples->count < SAMPLES_MAX)
        samples->us[samples->count++] = (uint32_t)(now_us() - sender->begun_us);
    const char *ticket = memmem(sender->answer, sender->received, "\"ticket\":\"", 10);
    if (outcome == TAKEN && flood->tickets && ticket)
        fprintf(flood->tickets, "%.*s\n", (int)strcspn(ticket + 10, "\""), ticket + 10);
}

/* The size of the whole answer, 0 while its head is not complete. */
static size_t answer_size(const struct sender *sender) {
    const char *end = memmem(sender->answer, sender->received, "\r\n\r\n", 4);
    const char *length = end ? strcasestr(sender->answer, "\nContent-Length:") : NULL;
    return end ? (size_t)(end - sender->answer) + 4 + (length ? strtoul(length + 16, NULL, 10) : 0) : 0;
}

static void on_event(struct flood *flood, struct sender *sender) {
    if (sender->waiting && sender->sent < sender->request_size)
        push(flood, sender);
    if (sender->fd < 0)
        return;
    ssize_t size = recv(sender->fd, sender->answer + sender->received, ANSWER_MAX - 1 - sender->received, 0);
    if (size < 0 && errno == EAGAIN)
        return;
    if (size <= 0) {
        disconnect(flood, sender);
        return;
    }
    sender->received += (size_t)size;
    sender->answer[sender->received] = 0;
    size_t whole = answer_size(sender);
    if (!sender->waiting || !whole || sender->received < whole)
        return;
    note(flood, sender);
    sender->waiting = false;
    flood->waiting--;
}

/* ---- the figures ---- */

static int by_size(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

static double at_share(const struct samples *samples, double share) {
    size_t at = (size_t)(share * (double)samples->count);
    return samples->count ? samples->us[at < samples->count ? at : samples->count - 1] / 1000.0 : 0;
}

static void print_samples(const char *name, struct samples *samples) {
    qsort(samples->us, samples->count, sizeof *samples->us, by_size);
    printf("\"%s\":{\"count\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f},", name, samples->count,
        at_share(samples, 0.5), at_share(samples, 0.99), at_share(samples, 1));
}

static void print_figures(struct flood *flood) {
    static const char *const names[KINDS][OUTCOMES] = {
        {"calm_taken", "calm_busy", "calm_other"}, {"stat_taken", "stat_busy", "stat_other"}};
    printf("{");
    for (enum kind kind = CALM; kind < KINDS; kind++)
        for (enum outcome outcome = TAKEN; outcome < OUTCOMES; outcome++)
            print_samples(names[kind][outcome], &flood->samples[kind][outcome]);
    printf("\"offered\":%llu,\"unsent\":%llu,\"refused_connections\":%llu,\"cut\":%llu,\"unanswered\":%u}\n",
        (unsigned long long)flood->offered, (unsigned long long)flood->unsent,
        (unsigned long long)flood->refused_connections, (unsigned long long)flood->cut, flood->waiting);
    fflush(stdout);
}

/* The next line is about what comes from here on; what was offered and not sent adds up. */
static void forget_samples(struct flood *flood) {
    for (enum kind kind = CALM; kind < KINDS; kind++)
        for (enum outcome outcome = TAKEN; outcome < OUTCOMES; outcome++)
            flood->samples[kind][outcome].count = 0;
}

/* ---- all of them ---- */

/* Calm reports due by now; one that finds every sender busy is dropped, as a caller's is who hangs up. */
static void send_due(struct flood *flood, int64_t start, int64_t now) {
    uint64_t due = (uint64_t)(now - start) * flood->rate / 1000000;
    for (; flood->offered < due; flood->offered++) {
        unsigned tried = 0;
        while (tried < flood->connections && flood->senders[flood->turn].waiting) {
            flood->turn = (flood->turn + 1) % flood->connections;
            tried++;
        }
        bool sent = tried < flood->connections && begin(flood, &flood->senders[flood->turn], now);
        flood->turn = (flood->turn + 1) % flood->connections;
        if (!sent) {
            flood->unsent += due - flood->offered;
            flood->offered = due;
            return;
        }
    }
}

static void send_urgent(struct flood *flood, int64_t now) {
    for (unsigned i = 0; i < flood->stat; i++) {
        struct sender *sender = &flood->senders[flood->connections + i];
        if (!sender->waiting && sender->next_us <= now) {
            sender->next_us = now + STAT_EVERY_US;
            begin(flood, sender, now);
        }
    }
}

static volatile sig_atomic_t is_told_to_end;

static void on_term(int number) {
    (void)number;
    is_told_to_end = 1;
}

static void run(struct flood *flood) {
    struct epoll_event events[512];
    int64_t start = now_us(), told = start, until = start + (int64_t)flood->seconds * 1000000;
    for (int64_t now = start; now < until || (flood->waiting && now < until + PATIENCE_US); now = now_us()) {
        if (is_told_to_end && now < until)
            until = now;
        if (now < until) {
            send_due(flood, start, now);
            send_urgent(flood, now);
        }
        if (flood->every && now >= told + (int64_t)flood->every * 1000000 && now < until) {
            told += (int64_t)flood->every * 1000000;
            print_figures(flood);
            forget_samples(flood);
        }
        int count = epoll_wait(flood->epoll, events, 512, 1);
        for (int i = 0; i < count; i++)
            on_event(flood, events[i].data.ptr);
    }
}

/* ---- the command ---- */

static void prepare(struct flood *flood) {
    unsigned all = flood->connections + flood->stat;
    flood->epoll = epoll_create1(EPOLL_CLOEXEC);
    flood->senders = calloc(all, sizeof *flood->senders);
    if (!flood->senders || all == 0 || all > CONNECTIONS_MAX)
        die("too many connections");
    for (unsigned i = 0; i < all; i++) {
        flood->senders[i].fd = -1;
        flood->senders[i].kind = i < flood->connections ? CALM : STAT;
        flood->senders[i].next_us = now_us() + (int64_t)i * STAT_EVERY_US / all; /* not all at once */
    }
    for (enum kind kind = CALM; kind < KINDS; kind++)
        for (enum outcome outcome = TAKEN; outcome < OUTCOMES; outcome++)
            if (!(flood->samples[kind][outcome].us = calloc(SAMPLES_MAX, sizeof(uint32_t))))
                die("memory");
}

int main(int argc, char **argv) {
    static const struct option known[] = {{"socket", 1, NULL, 's'}, {"token", 1, NULL, 't'},
        {"rate", 1, NULL, 'r'}, {"seconds", 1, NULL, 'n'}, {"connections", 1, NULL, 'c'},
        {"stat", 1, NULL, 'k'}, {"tickets", 1, NULL, 'f'}, {"every", 1, NULL, 'e'}, {"seed", 1, NULL, 'x'},
        {NULL, 0, NULL, 0}};
    static struct flood flood = {.rate = 1000, .seconds = 5, .connections = 64};
    for (int key; (key = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        unsigned number = optarg ? (unsigned)strtoul(optarg, NULL, 10) : 0;
        if (key == 's')
            flood.socket = optarg;
        else if (key == 't')
            flood.token = optarg;
        else if (key == 'r')
            flood.rate = number;
        else if (key == 'n')
            flood.seconds = number;
        else if (key == 'c')
            flood.connections = number;
        else if (key == 'k')
            flood.stat = number;
        else if (key == 'e')
            flood.every = number;
        else if (key == 'x')
            flood.seed = number;
        else if (key == 'f' && !(flood.tickets = fopen(optarg, "w")))
            die(optarg);
        else if (key == '?')
            return 2;
    }
    if (!flood.socket || !flood.token) {
        fprintf(stderr, "flood: --socket and --token are needed\n");
        return 2;
    }
    signal(SIGTERM, on_term);
    prepare(&flood);
    run(&flood);
    print_figures(&flood);
    return flood.tickets && fclose(flood.tickets) != 0 ? 1 : 0;
}
