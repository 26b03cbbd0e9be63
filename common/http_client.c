/* See http_client.h. The way of a call:
 *
 *   http_client_start   copies it into an exchange and sets up a libcurl handle
 *   HTTP                the handle joins a pool; sockets are watched by uv_poll, time by a timer;
 *                       pool_harvest takes what has ended
 *   mail                waits for one of mails_max threads, half of its time at most; mail_thread performs
 *                       it and leaves it in client->ended; uv_async wakes us
 *   exchange_end        tells the caller and frees
 *
 * There are two pools, one for public addresses only, one that may reach listed networks, so that a
 * connection made under one rule is never used again under the other.
 *
 * What ends at once (a rule broken) goes through client->ended too, so no callback runs below
 * http_client_start.
 *
 * Shared with the mail threads: their own exchange while it runs (only `cancelled` and `sent` are looked at
 * meanwhile, both atomic), client->ended under its mutex, the list of networks, which does not change. */
#include "common/http_client.h"

#include "common/fault.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    NETWORKS_MAX = 32,
    RECIPIENTS_MAX = 100,
    HEADERS_MAX = 64,
    ANSWER_DEFAULT = 4 * 1024,
    ANSWER_MAX = 32 * 1024 * 1024,
    DISCARD_BYTES = 64 * 1024, /* read beyond what is kept, so that the connection can be used again */
    HEAD_BYTES = 64 * 1024,    /* of all header lines of an answer */
    TIMEOUT_MS = 15000,
    CONNECT_MS = 10000,
    IDLE_S = 20 /* servers close after 60 s and more; we before them */
};

struct pool {
    struct http_client *client;
    CURLM *multi;
    uv_timer_t timer;
};

/* A socket of libcurl, watched; freed by its close callback. */
struct watch {
    uv_poll_t poll;
    struct pool *pool;
    curl_socket_t fd;
};

struct http_client {
    struct http_client_options options;
    struct http_network networks[NETWORKS_MAX];
    char user_agent[64], ca_file[512];
    struct pool pools[2];            /* [allow_private] */
    uv_async_t wake;                 /* from mail threads, and from ourselves */
    uv_timer_t patience;             /* until the first of the waiting mails has waited long enough */
    unsigned handles;                /* not closed yet, without watches */
    struct http_exchange *exchanges; /* all */
    unsigned count, mails_running;
    size_t body_bytes;
    pthread_mutex_t mutex;         /* guards ended */
    struct http_exchange *ended;   /* by next_ended */
    struct http_exchange *waiting; /* mails without a thread, oldest first, by next_ended */
    bool closing, stopped;
    void (*on_closed)(void *context);
    void *closed_context;
};

struct http_exchange {
    struct http_client *client;
    struct http_exchange *previous, *next, *next_ended;
    http_done *done; /* NULL: cancelled */
    void *context;
    CURL *easy;
    struct pool *pool; /* NULL: mail, or not started */
    struct curl_slist *headers, *recipients;
    char *body;
    size_t body_size, body_read;
    char *answer;
    size_t answer_size, answer_room, answer_max, discarded, head_size;
    unsigned timeout_ms;
    int64_t start_by; /* mail: monotonic, until when it may wait */
    bool is_mail, allow_private, address_refused, cut, threaded;
    pthread_t thread;
    atomic_bool cancelled, sent;
    CURLcode code;
    enum http_outcome refusal; /* HTTP_REFUSED_CALL, HTTP_NOT_STARTED, or HTTP_ANSWERED: none */
};

const char *http_outcome_word(enum http_outcome outcome) {
    switch (outcome) {
    case HTTP_ANSWERED:
        return "answered";
    case HTTP_REFUSED_CALL:
        return "refused-call";
    case HTTP_REFUSED_ADDRESS:
        return "refused-address";
    case HTTP_NOT_RESOLVED:
        return "not-resolved";
    case HTTP_NOT_CONNECTED:
        return "not-connected";
    case HTTP_TLS_FAILED:
        return "tls-failed";
    case HTTP_NOT_STARTED:
        return "not-started";
    case HTTP_TIMED_OUT:
        return "timed-out";
    case HTTP_BROKEN:
        return "broken";
    }
    return "";
}

/* ---- addresses ---- */

static bool begins(const char *text, const char *with) {
    return strncasecmp(text, with, strlen(with)) == 0;
}

struct range {
    uint32_t first;
    unsigned bits;
};

static bool ipv4_is_public(uint32_t address) {
    static const struct range closed[] = {
        {0x00000000, 8},  /* this network */
        {0x0a000000, 8},  /* private */
        {0x64400000, 10}, /* shared, carrier NAT */
        {0x7f000000, 8},  /* loopback */
        {0xa9fe0000, 16}, /* link-local, cloud metadata */
        {0xac100000, 12}, /* private */
        {0xc0000000, 24}, /* IETF protocol assignments */
        {0xc0000200, 24}, /* documentation */
        {0xc0586300, 24}, /* 6to4 relays */
        {0xc0a80000, 16}, /* private */
        {0xc6120000, 15}, /* benchmarking */
        {0xc6336400, 24}, /* documentation */
        {0xcb007100, 24}, /* documentation */
        {0xe0000000, 3},  /* multicast, reserved, broadcast */
    };
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if ((address ^ closed[i].first) >> (32 - closed[i].bits) == 0)
            return false;
    return true;
}

static uint32_t ipv4_at(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Only 2000::/3 is given out as global unicast; what else is public carries an IPv4 address. */
static bool ipv6_is_public(const uint8_t *bytes) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}, nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    if (memcmp(bytes, mapped, 12) == 0 || memcmp(bytes, nat64, 12) == 0)
        return ipv4_is_public(ipv4_at(bytes + 12));
    if (bytes[0] == 0x20 && bytes[1] == 0x02) /* 6to4 */
        return ipv4_is_public(ipv4_at(bytes + 2));
    if ((bytes[0] & 0xe0) != 0x20)
        return false;
    if (bytes[0] == 0x20 && bytes[1] == 0x01 && (bytes[2] & 0xfe) == 0) /* 2001::/23: Teredo, ORCHID ... */
        return false;
    if (bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0d && bytes[3] == 0xb8) /* documentation */
        return false;
    return !(bytes[0] == 0x3f && bytes[1] == 0xff && (bytes[2] & 0xf0) == 0); /* documentation, 3fff::/20 */
}

bool http_address_is_public(const struct sockaddr *address) {
    if (address->sa_family == AF_INET)
        return ipv4_is_public(ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return ipv6_is_public(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
    return false;
}

bool http_network_read(const char *text, struct http_network *network) {
    char host[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t size = slash ? (size_t)(slash - text) : strlen(text);
    if (size >= sizeof host)
        return false;
    memcpy(host, text, size);
    host[size] = 0;
    uint8_t *bytes = network->address.s6_addr;
    unsigned most = 128, before = 0;
    memset(bytes, 0, 16);
    if (inet_pton(AF_INET, host, bytes + 12) == 1) {
        bytes[10] = bytes[11] = 0xff;
        most = 32;
        before = 96;
    } else if (inet_pton(AF_INET6, host, bytes) != 1) {
        return false;
    }
    size_t digits = slash ? strspn(slash + 1, "0123456789") : 0;
    if (slash && (digits == 0 || digits > 3 || slash[1 + digits] != 0))
        return false;
    unsigned bits = slash ? (unsigned)atoi(slash + 1) : most;
    network->bits = before + bits;
    return bits <= most;
}

bool http_network_holds(const struct http_network *network, const struct sockaddr *address) {
    uint8_t bytes[16] = {[10] = 0xff, [11] = 0xff};
    if (address->sa_family == AF_INET)
        memcpy(bytes + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
    else if (address->sa_family == AF_INET6)
        memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
    else
        return false;
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(bytes, network->address.s6_addr, whole) != 0)
        return false;
    return rest == 0 || (bytes[whole] ^ network->address.s6_addr[whole]) >> (8 - rest) == 0;
}

static bool address_is_allowed(const struct http_exchange *exchange, const struct sockaddr *address) {
    const struct http_client *client = exchange->client;
    if (http_address_is_public(address))
        return true;
    for (size_t i = 0; exchange->allow_private && i < client->options.network_count; i++)
        if (http_network_holds(&client->networks[i], address))
            return true;
    return false;
}

/* ---- what libcurl asks while a call runs (on the loop, or on the mail's thread) ---- */

/* After name resolution, before connecting: the one place where the real address is known. */
static curl_socket_t socket_open(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    struct http_exchange *exchange = context;
    (void)purpose;
    if (address_is_allowed(exchange, &address->addr))
        return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    exchange->address_refused = true;
    return CURL_SOCKET_BAD;
}

static bool answer_grow(struct http_exchange *exchange, size_t need) {
    size_t room = exchange->answer_room ? exchange->answer_room : 1024;
    if (need <= exchange->answer_room)
        return true;
    while (room < need)
        room *= 2;
    char *grown = fault_strikes(FAULT_MEMORY) ? NULL : realloc(exchange->answer, room);
    if (!grown)
        return false;
    exchange->answer = grown;
    exchange->answer_room = room;
    return true;
}

/* Of a mail the answer is the reply that decided it; not the farewell, nor what was said on the way there. */
static void reply_keep(struct http_exchange *exchange, const char *line, size_t size) {
    bool decides = line[0] == '4' || line[0] == '5' || (atomic_load(&exchange->sent) && !begins(line, "221"));
    if (size < 4 || !decides || size > exchange->answer_max || !answer_grow(exchange, size + 1))
        return;
    memcpy(exchange->answer, line, size);
    exchange->answer_size = size;
}

static size_t head_receive(char *bytes, size_t one, size_t size, void *context) {
    struct http_exchange *exchange = context;
    (void)one;
    if (exchange->is_mail)
        reply_keep(exchange, bytes, size);
    exchange->head_size += size;
    return exchange->head_size > HEAD_BYTES ? 0 : size;
}

/* Keeps the first answer_max bytes. Ending early is reported as a write error, with the status known all the
 * same. */
static size_t answer_receive(char *bytes, size_t one, size_t size, void *context) {
    struct http_exchange *exchange = context;
    (void)one;
    size_t left = exchange->answer_max - exchange->answer_size, kept = size < left ? size : left;
    exchange->cut |= kept < size;
    if (!answer_grow(exchange, exchange->answer_size + kept + 1)) {
        exchange->cut = true;
        return 0;
    }
    memcpy(exchange->answer + exchange->answer_size, bytes, kept);
    exchange->answer_size += kept;
    exchange->discarded += size - kept;
    return exchange->discarded > DISCARD_BYTES ? 0 : size;
}

static size_t mail_read(char *to, size_t one, size_t size, void *context) {
    struct http_exchange *exchange = context;
    size_t left = exchange->body_size - exchange->body_read, given = size * one < left ? size * one : left;
    memcpy(to, exchange->body + exchange->body_read, given);
    exchange->body_read += given;
    if (given == 0)
        atomic_store(&exchange->sent, true); /* the final dot follows: from now on it may be accepted */
    return given;
}

static int progress_note(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    struct http_exchange *exchange = context;
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(&exchange->cancelled);
}

/* ---- ending ---- */

static void exchange_free(struct http_exchange *exchange) {
    struct http_client *client = exchange->client;
    if (exchange->previous)
        exchange->previous->next = exchange->next;
    else
        client->exchanges = exchange->next;
    if (exchange->next)
        exchange->next->previous = exchange->previous;
    client->count--;
    client->body_bytes -= exchange->body_size;
    if (exchange->easy)
        curl_easy_cleanup(exchange->easy);
    curl_slist_free_all(exchange->headers);
    curl_slist_free_all(exchange->recipients);
    if (exchange->body)
        explicit_bzero(exchange->body, exchange->body_size);
    if (exchange->answer)
        explicit_bzero(exchange->answer, exchange->answer_size);
    free(exchange->body);
    free(exchange->answer);
    free(exchange);
}

/* libcurl retries nothing that it has written to a new connection, so written bytes are bytes that may have
 * arrived. */
static bool request_was_sent(const struct http_exchange *exchange) {
    long written = 0;
    if (exchange->is_mail || !exchange->easy)
        return atomic_load(&exchange->sent);
    curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &written);
    return written > 0;
}

static enum http_outcome outcome_of(const struct http_exchange *exchange, long status) {
    CURLcode code = exchange->code;
    if (exchange->refusal != HTTP_ANSWERED)
        return exchange->refusal;
    if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && exchange->cut))
        return HTTP_ANSWERED;
    if (code == CURLE_URL_MALFORMAT || (code == CURLE_UNSUPPORTED_PROTOCOL && !request_was_sent(exchange)))
        return HTTP_REFUSED_CALL; /* once sent, it says that the answer is no HTTP */
    if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY)
        return HTTP_NOT_RESOLVED;
    if (code == CURLE_COULDNT_CONNECT)
        return exchange->address_refused ? HTTP_REFUSED_ADDRESS : HTTP_NOT_CONNECTED;
    if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
        code == CURLE_USE_SSL_FAILED || code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CACERT_BADFILE ||
        code == CURLE_SSL_CIPHER)
        return HTTP_TLS_FAILED;
    if (code == CURLE_OPERATION_TIMEDOUT)
        return HTTP_TIMED_OUT;
    /* A mail refused by a reply (recipient unknown, sign-in wrong): libcurl has an error for each, the code
     * says it. */
    if (exchange->is_mail && status >= 400)
        return HTTP_ANSWERED;
    return HTTP_BROKEN;
}

static void result_fill(struct http_exchange *exchange, struct http_result *result) {
    long status = 0;
    curl_off_t wait = 0;
    char *type = NULL, *location = NULL;
    if (exchange->easy) {
        curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(exchange->easy, CURLINFO_RETRY_AFTER, &wait);
        curl_easy_getinfo(exchange->easy, CURLINFO_CONTENT_TYPE, &type);
        curl_easy_getinfo(exchange->easy, CURLINFO_REDIRECT_URL, &location);
    }
    if (exchange->answer)
        exchange->answer[exchange->answer_size] = 0; /* answer_grow keeps a byte free */
    *result = (struct http_result){.outcome = outcome_of(exchange, status),
        .sent = request_was_sent(exchange),
        .status = (int)status,
        .retry_after_s = wait,
        .answer = exchange->answer ? exchange->answer : "",
        .answer_size = exchange->answer_size,
        .answer_cut = exchange->cut,
        .content_type = type,
        .location = location};
    if (result->outcome != HTTP_ANSWERED)
        result->status = 0;
}

static void exchange_end(struct http_exchange *exchange) {
    http_done *done = exchange->done;
    if (done) {
        struct http_result result;
        exchange->done = NULL; /* a cancel from within does nothing */
        result_fill(exchange, &result);
        done(exchange->context, &result);
    }
    exchange_free(exchange);
}

/* Takes all that have ended; from any thread's point of view they are ours from here on. */
static struct http_exchange *ended_take(struct http_client *client) {
    pthread_mutex_lock(&client->mutex);
    struct http_exchange *ended = client->ended;
    client->ended = NULL;
    pthread_mutex_unlock(&client->mutex);
    return ended;
}

static void ended_add(struct http_exchange *exchange) {
    struct http_client *client = exchange->client;
    pthread_mutex_lock(&client->mutex);
    exchange->next_ended = client->ended;
    client->ended = exchange;
    uv_async_send(&client->wake); /* under the mutex: the client outlives it */
    pthread_mutex_unlock(&client->mutex);
}

/* ---- HTTP on the loop ---- */

static void pool_harvest(struct pool *pool) {
    CURLMsg *message;
    int left;
    while (!pool->client->closing && (message = curl_multi_info_read(pool->multi, &left))) {
        struct http_exchange *exchange = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
        exchange->code = message->data.result;
        curl_multi_remove_handle(pool->multi, exchange->easy);
        exchange->pool = NULL;
        exchange_end(exchange);
    }
}

static void watch_ready(uv_poll_t *poll, int status, int events) {
    struct watch *watch = poll->data;
    struct pool *pool = watch->pool; /* the watch may be gone after the next call */
    int flags = status < 0 ? CURL_CSELECT_ERR : 0, running;
    flags |= events & UV_READABLE ? CURL_CSELECT_IN : 0;
    flags |= events & UV_WRITABLE ? CURL_CSELECT_OUT : 0;
    curl_multi_socket_action(pool->multi, watch->fd, flags, &running);
    pool_harvest(pool);
}

static void watch_closed(uv_handle_t *handle) {
    free(handle->data);
}

static struct watch *watch_new(struct pool *pool, curl_socket_t fd) {
    struct watch *watch = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    watch->pool = pool;
    watch->fd = fd;
    if (uv_poll_init_socket(pool->client->options.loop, &watch->poll, fd) != 0) {
        free(watch);
        return NULL;
    }
    watch->poll.data = watch;
    curl_multi_assign(pool->multi, fd, watch);
    return watch;
}

/* libcurl says what it wants to know of a socket. A socket that cannot be watched is left to its time limit:
 * to say so here would make the whole pool unusable. */
static int socket_want(CURL *easy, curl_socket_t fd, int what, void *context, void *attached) {
    struct pool *pool = context;
    struct watch *watch = attached;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch) {
            curl_multi_assign(pool->multi, fd, NULL);
            uv_close((uv_handle_t *)&watch->poll, watch_closed);
        }
        return 0;
    }
    if (!watch && !(watch = watch_new(pool, fd)))
        return 0;
    uv_poll_start(&watch->poll,
        (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0), watch_ready);
    return 0;
}

static void timer_ready(uv_timer_t *timer) {
    struct pool *pool = timer->data;
    int running;
    curl_multi_socket_action(pool->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    pool_harvest(pool);
}

static int timer_want(CURLM *multi, long timeout_ms, void *context) {
    struct pool *pool = context;
    (void)multi;
    if (timeout_ms < 0)
        uv_timer_stop(&pool->timer);
    else
        uv_timer_start(
            &pool->timer, timer_ready, (uint64_t)timeout_ms, 0); /* 0 too: not from within libcurl */
    return 0;
}

/* ---- mail on threads ---- */

static void *mail_thread(void *context) {
    struct http_exchange *exchange = context;
    exchange->code = curl_easy_perform(exchange->easy);
    ended_add(exchange);
    return NULL;
}

static bool mail_spawn(struct http_exchange *exchange) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the loop */
    exchange->threaded = pthread_create(&exchange->thread, NULL, mail_thread, exchange) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return exchange->threaded;
}

/* What may not wait any longer ends unsent: whoever started the call counts on its time, and the rest of it
 * would not be enough to send a mail. */
static void mails_give_up(struct http_client *client) {
    int64_t now = clock_monotonic_ms(client->options.clock);
    for (struct http_exchange **at = &client->waiting; *at;) {
        struct http_exchange *exchange = *at;
        if (exchange->start_by > now) {
            at = &exchange->next_ended;
            continue;
        }
        *at = exchange->next_ended;
        exchange->refusal = HTTP_NOT_STARTED;
        ended_add(exchange);
    }
}

static void patience_over(uv_timer_t *timer);

static void patience_set(struct http_client *client) {
    int64_t now = clock_monotonic_ms(client->options.clock), first = INT64_MAX;
    for (const struct http_exchange *each = client->waiting; each; each = each->next_ended)
        first = each->start_by < first ? each->start_by : first;
    if (!client->waiting || client->closing)
        uv_timer_stop(&client->patience);
    else
        uv_timer_start(&client->patience, patience_over, (uint64_t)(first > now ? first - now : 0), 0);
}

/* What it has waited is part of its time. */
static void mail_shorten(struct http_exchange *exchange) {
    int64_t ends = exchange->start_by + exchange->timeout_ms / 2;
    int64_t left = ends - clock_monotonic_ms(exchange->client->options.clock);
    curl_easy_setopt(exchange->easy, CURLOPT_TIMEOUT_MS, (long)(left > 1 ? left : 1));
}

/* Gives threads to the oldest that wait. Once spawned, the links of an exchange belong to its thread. */
static void mails_start(struct http_client *client) {
    while (client->waiting && client->mails_running < client->options.mails_max && !client->closing) {
        struct http_exchange *exchange = client->waiting;
        client->waiting = exchange->next_ended;
        mail_shorten(exchange);
        if (mail_spawn(exchange)) {
            client->mails_running++;
            continue;
        }
        if (client->mails_running > 0) { /* no thread to be had: when the next one ends */
            exchange->next_ended = client->waiting;
            client->waiting = exchange;
            return;
        }
        exchange->code = CURLE_OUT_OF_MEMORY;
        ended_add(exchange);
    }
}

static void mails_see_to(struct http_client *client) {
    mails_give_up(client);
    mails_start(client);
    patience_set(client);
}

static void patience_over(uv_timer_t *timer) {
    mails_see_to(timer->data);
}

static void mail_queue(struct http_exchange *exchange) {
    struct http_client *client = exchange->client;
    struct http_exchange **at = &client->waiting;
    while (*at)
        at = &(*at)->next_ended;
    *at = exchange;
    exchange->next_ended = NULL;
    exchange->start_by =
        clock_monotonic_ms(client->options.clock) + exchange->timeout_ms - exchange->timeout_ms / 2;
    mails_see_to(client);
}

static void client_close_step(struct http_client *client);

static void client_woken(uv_async_t *wake) {
    struct http_client *client = wake->data;
    for (struct http_exchange *exchange = ended_take(client), *next; exchange; exchange = next) {
        next = exchange->next_ended;
        if (exchange->threaded) {
            pthread_join(exchange->thread, NULL);
            client->mails_running--;
        }
        exchange_end(exchange);
    }
    mails_see_to(client);
    if (client->closing)
        client_close_step(client);
}

/* ---- starting ---- */

static bool is_clean(const char *text, const char *forbidden) {
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f || strchr(forbidden, *text))
            return false;
    return true;
}

static bool is_mail_url(const char *url) {
    return begins(url, "smtp://") || begins(url, "smtps://");
}

static bool call_is_allowed(const struct http_call *call) {
    bool plain = begins(call->url, "http://") && call->allow_plain;
    bool mail = is_mail_url(call->url);
    if (!is_clean(call->url, " ") || (!plain && !mail && !begins(call->url, "https://")))
        return false;
    if (call->header_count > HEADERS_MAX || call->recipient_count > RECIPIENTS_MAX)
        return false;
    if (mail && (!call->mail_from || call->recipient_count == 0 || call->header_count > 0 || call->method))
        return false;
    if (!mail && (call->mail_from || call->recipient_count > 0))
        return false;
    if (call->method && http_rules_method(call->method) != HTTP_ALLOWED)
        return false;
    for (size_t i = 0; i < call->header_count; i++)
        if (!is_clean(call->headers[i].name, " :") || !call->headers[i].name[0] ||
            !is_clean(call->headers[i].value, ""))
            return false;
    for (size_t i = 0; i < call->recipient_count; i++)
        if (!is_clean(call->recipients[i], "<> ") || !call->recipients[i][0])
            return false;
    return !mail || is_clean(call->mail_from, "<> ");
}

static bool list_add(struct curl_slist **list, const char *text) {
    struct curl_slist *longer = fault_strikes(FAULT_MEMORY) ? NULL : curl_slist_append(*list, text);
    if (longer)
        *list = longer;
    return longer != NULL;
}

static bool call_has_header(const struct http_call *call, const char *name) {
    for (size_t i = 0; i < call->header_count; i++)
        if (strcasecmp(call->headers[i].name, name) == 0)
            return true;
    return false;
}

static bool headers_copy(struct http_exchange *exchange, const struct http_call *call) {
    char line[4096];
    for (size_t i = 0; i < call->header_count; i++) {
        const struct http_header *header = &call->headers[i];
        int size =
            snprintf(line, sizeof line, header->value[0] ? "%s: %s" : "%s;", header->name, header->value);
        if (size < 0 || (size_t)size >= sizeof line || !list_add(&exchange->headers, line))
            return false;
    }
    explicit_bzero(line, sizeof line); /* tokens */
    if (!call_has_header(call, "Content-Type") && !list_add(&exchange->headers, "Content-Type:"))
        return false;                               /* libcurl would call every body a form */
    return list_add(&exchange->headers, "Expect:"); /* no round trip before a body */
}

static bool recipients_copy(struct http_exchange *exchange, const struct http_call *call) {
    for (size_t i = 0; i < call->recipient_count; i++)
        if (!list_add(&exchange->recipients, call->recipients[i]))
            return false;
    return true;
}

/* curl_easy_setopt is a macro that checks types: kept visible, failures summed up. */
#define SET(option, value) failed |= curl_easy_setopt(easy, option, value) != CURLE_OK

static bool set_http(struct http_exchange *exchange, const struct http_call *call) {
    CURL *easy = exchange->easy;
    bool failed = false;
    bool wants_body = call->method && call->method[0] == 'P'; /* POST, PUT, PATCH: say Content-Length: 0 */
    if (exchange->body || wants_body) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)exchange->body_size);
        SET(CURLOPT_POSTFIELDS, exchange->body ? exchange->body : "");
    }
    if (call->method && strcmp(call->method, "HEAD") == 0)
        SET(CURLOPT_NOBODY, 1L);
    else if (call->method)
        SET(CURLOPT_CUSTOMREQUEST, call->method);
    if (call->at_most_once)
        SET(CURLOPT_FRESH_CONNECT, 1L);
    SET(CURLOPT_HTTPHEADER, exchange->headers);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_MAXAGE_CONN, (long)IDLE_S);
    return !failed;
}

static bool set_mail(struct http_exchange *exchange, const struct http_call *call) {
    CURL *easy = exchange->easy;
    bool failed = false;
    SET(CURLOPT_MAIL_FROM, call->mail_from);
    SET(CURLOPT_MAIL_RCPT, exchange->recipients);
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_READFUNCTION, mail_read);
    SET(CURLOPT_READDATA, exchange);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)exchange->body_size);
    SET(CURLOPT_USE_SSL, (long)(call->allow_plain ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    SET(CURLOPT_FORBID_REUSE, 1L); /* QUIT is waited for here, not by curl_easy_cleanup on the loop */
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, progress_note);
    SET(CURLOPT_XFERINFODATA, exchange);
    SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, 1L + (long)exchange->timeout_ms / 1000);
    return !failed;
}

static bool set_common(struct http_exchange *exchange, const struct http_call *call) {
    struct http_client *client = exchange->client;
    CURL *easy = exchange->easy;
    long timeout_ms = (long)exchange->timeout_ms;
    bool failed = false;
    SET(CURLOPT_URL, call->url);
    SET(CURLOPT_PROTOCOLS_STR, exchange->is_mail ? "smtp,smtps" : "http,https");
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_PROXY, ""); /* nor what the environment says */
    SET(CURLOPT_PRIVATE, exchange);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* a cancelled look-up is left behind, not waited for */
    SET(CURLOPT_TIMEOUT_MS, timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, timeout_ms < CONNECT_MS ? timeout_ms : CONNECT_MS);
    SET(CURLOPT_OPENSOCKETFUNCTION, socket_open);
    SET(CURLOPT_OPENSOCKETDATA, exchange);
    SET(CURLOPT_HEADERFUNCTION, head_receive);
    SET(CURLOPT_HEADERDATA, exchange);
    SET(CURLOPT_WRITEFUNCTION, answer_receive);
    SET(CURLOPT_WRITEDATA, exchange);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_USERAGENT, client->user_agent);
    if (client->ca_file[0])
        SET(CURLOPT_CAINFO, client->ca_file);
    if (call->username)
        SET(CURLOPT_USERNAME, call->username);
    if (call->password)
        SET(CURLOPT_PASSWORD, call->password);
    return !failed;
}

static bool body_copy(struct http_exchange *exchange, const struct http_call *call) {
    if (!call->body)
        return true;
    exchange->body = fault_strikes(FAULT_MEMORY) ? NULL : malloc(call->body_size + 1);
    if (!exchange->body)
        return false;
    memcpy(exchange->body, call->body, call->body_size);
    exchange->body_size = call->body_size;
    exchange->client->body_bytes += call->body_size;
    return true;
}

/* False: out of memory. */
static bool exchange_prepare(struct http_exchange *exchange, const struct http_call *call) {
    size_t most = call->max_answer_bytes ? call->max_answer_bytes : ANSWER_DEFAULT;
    exchange->answer_max = most < ANSWER_MAX ? most : ANSWER_MAX;
    exchange->timeout_ms = call->timeout_ms ? call->timeout_ms : TIMEOUT_MS;
    exchange->is_mail = is_mail_url(call->url);
    exchange->allow_private = call->allow_private;
    exchange->easy = fault_strikes(FAULT_MEMORY) ? NULL : curl_easy_init();
    return exchange->easy && body_copy(exchange, call) && headers_copy(exchange, call) &&
           recipients_copy(exchange, call) && set_common(exchange, call) &&
           (exchange->is_mail ? set_mail(exchange, call) : set_http(exchange, call));
}

static struct http_exchange *exchange_new(struct http_client *client) {
    struct http_exchange *exchange = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof *exchange);
    if (!exchange)
        return NULL;
    exchange->client = client;
    exchange->next = client->exchanges;
    if (client->exchanges)
        client->exchanges->previous = exchange;
    client->exchanges = exchange;
    client->count++;
    return exchange;
}

static bool exchange_launch(struct http_exchange *exchange) {
    struct pool *pool = &exchange->client->pools[exchange->allow_private];
    if (exchange->is_mail) {
        mail_queue(exchange);
        return true;
    }
    if (curl_multi_add_handle(pool->multi, exchange->easy) != CURLM_OK)
        return false;
    exchange->pool = pool;
    return true;
}

struct http_exchange *http_client_start(
    struct http_client *client, const struct http_call *call, http_done *done, void *context) {
    const struct http_client_options *options = &client->options;
    if (client->closing || client->count >= options->calls_max ||
        call->body_size > options->bodies_max - client->body_bytes)
        return NULL;
    struct http_exchange *exchange = exchange_new(client);
    if (!exchange)
        return NULL;
    exchange->done = done;
    exchange->context = context;
    if (!call_is_allowed(call)) {
        exchange->refusal = HTTP_REFUSED_CALL;
        ended_add(exchange);
        return exchange;
    }
    if (exchange_prepare(exchange, call) && exchange_launch(exchange))
        return exchange;
    exchange_free(exchange);
    return NULL;
}

/* Takes a mail that has no thread yet out of the queue; false when it is not in it. */
static bool waiting_remove(struct http_exchange *exchange) {
    struct http_exchange **at = &exchange->client->waiting;
    while (*at && *at != exchange)
        at = &(*at)->next_ended;
    if (!*at)
        return false;
    *at = exchange->next_ended;
    return true;
}

bool http_exchange_cancel(struct http_exchange *exchange) {
    if (!exchange->done)
        return false;
    bool threaded = exchange->is_mail && exchange->threaded;
    bool sent = threaded ? atomic_load(&exchange->sent) : request_was_sent(exchange);
    exchange->done = NULL;
    atomic_store(&exchange->cancelled, true);
    if (exchange->pool) {
        curl_multi_remove_handle(exchange->pool->multi, exchange->easy);
        exchange_free(exchange);
    } else if (exchange->is_mail && !threaded && waiting_remove(exchange)) {
        exchange_free(exchange);
    } /* else its thread, or client_woken, has it and finds nobody to tell */
    return sent;
}

unsigned http_client_in_flight(const struct http_client *client) {
    return client->count;
}

/* ---- beginning and end ---- */

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void curl_begin(void) {
    curl_global_init(CURL_GLOBAL_DEFAULT); /* its state is freed with the process */
    signal(SIGPIPE, SIG_IGN);              /* OpenSSL writes to sockets the other side has closed */
}

static bool pool_open(struct pool *pool, struct http_client *client) {
    pool->client = client;
    pool->multi = fault_strikes(FAULT_MEMORY) ? NULL : curl_multi_init();
    if (!pool->multi)
        return false;
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, socket_want);
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, timer_want);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)client->options.per_host_max);
    curl_multi_setopt(pool->multi, CURLMOPT_MAXCONNECTS, 32L); /* kept open when idle */
    return true;
}

static void options_take(struct http_client *client, const struct http_client_options *options) {
    struct http_client_options *kept = &client->options;
    *kept = *options;
    kept->calls_max = kept->calls_max ? kept->calls_max : 128;
    kept->mails_max = kept->mails_max ? kept->mails_max : 8;
    kept->per_host_max = kept->per_host_max ? kept->per_host_max : 8;
    kept->bodies_max = kept->bodies_max ? kept->bodies_max : 32 * 1024 * 1024;
    memcpy(client->networks, options->networks, options->network_count * sizeof *client->networks);
    kept->networks = client->networks;
    snprintf(
        client->user_agent, sizeof client->user_agent, "%s", kept->user_agent ? kept->user_agent : "sigap");
    snprintf(client->ca_file, sizeof client->ca_file, "%s", kept->ca_file ? kept->ca_file : "");
}

static bool client_open(struct http_client *client, struct error *error) {
    if (!(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS))
        return error_set(error, "this libcurl resolves names on the calling thread");
    if (!pool_open(&client->pools[0], client) || !pool_open(&client->pools[1], client))
        return error_set(error, "out of memory for the HTTP client");
    int status = uv_async_init(client->options.loop, &client->wake, client_woken);
    if (status != 0)
        return error_set(error, "cannot start the HTTP client: %s", uv_strerror(status));
    return true;
}

struct http_client *http_client_new(const struct http_client_options *options, struct error *error) {
    pthread_once(&curl_once, curl_begin);
    if (options->network_count > NETWORKS_MAX) {
        error_set(error, "more than %d private networks are listed", NETWORKS_MAX);
        return NULL;
    }
    struct http_client *client = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof *client);
    if (!client) {
        error_set(error, "out of memory for the HTTP client");
        return NULL;
    }
    options_take(client, options);
    if (!client_open(client, error)) {
        curl_multi_cleanup(client->pools[0].multi);
        curl_multi_cleanup(client->pools[1].multi);
        free(client);
        return NULL;
    }
    pthread_mutex_init(&client->mutex, NULL);
    client->wake.data = client;
    client->handles = 4;
    uv_timer_init(client->options.loop, &client->patience);
    client->patience.data = client;
    for (int i = 0; i < 2; i++) {
        uv_timer_init(client->options.loop, &client->pools[i].timer);
        client->pools[i].timer.data = &client->pools[i];
    }
    return client;
}

static void client_free(struct http_client *client) {
    void (*on_closed)(void *context) = client->on_closed;
    void *context = client->closed_context;
    pthread_mutex_destroy(&client->mutex);
    free(client);
    if (on_closed)
        on_closed(context);
}

/* wake and patience */
static void own_closed(uv_handle_t *handle) {
    struct http_client *client = handle->data;
    if (--client->handles == 0)
        client_free(client);
}

static void timer_closed(uv_handle_t *handle) {
    struct http_client *client = ((struct pool *)handle->data)->client;
    if (--client->handles == 0)
        client_free(client);
}

/* Called whenever a thread has ended, until none is left. */
static void client_close_step(struct http_client *client) {
    for (struct http_exchange *exchange = client->exchanges, *next; exchange; exchange = next) {
        next = exchange->next;
        http_exchange_cancel(exchange);
    }
    if (client->exchanges || client->stopped) /* threads still run, and wake us */
        return;
    client->stopped = true;
    curl_multi_cleanup(client->pools[0].multi);
    curl_multi_cleanup(client->pools[1].multi);
    uv_close((uv_handle_t *)&client->pools[0].timer, timer_closed);
    uv_close((uv_handle_t *)&client->pools[1].timer, timer_closed);
    uv_close((uv_handle_t *)&client->patience, own_closed);
    uv_close((uv_handle_t *)&client->wake, own_closed);
}

void http_client_close(struct http_client **client, void (*on_closed)(void *context), void *context) {
    struct http_client *closing = *client;
    *client = NULL;
    closing->closing = true;
    closing->on_closed = on_closed;
    closing->closed_context = context;
    uv_async_send(&closing->wake); /* the work is done there, never below a callback */
}
