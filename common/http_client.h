/* HTTP and mail out: libcurl inside the libuv loop.
 *
 * HTTP runs on the loop (libcurl's multi interface, names resolved by libcurl's own threads). A mail has a
 * thread of its own while it is being sent, because libcurl waits for the answer to QUIT without letting go
 * of the loop, up to two minutes with a server that does not answer. The caller sees no difference: one
 * thread, one callback.
 *
 * Rules for every call: https and smtps (or smtp with STARTTLS) unless allow_plain; no redirect is followed,
 * the caller gets its address; the address that a name resolves to must be public, or be listed by the site
 * and allow_private be set; no proxies, cookies, credentials in addresses; bounded time and size. Connections
 * are reused for 20 s, kept apart for calls with and without allow_private.
 *
 * When a reused connection turns out to be closed before a byte came back, libcurl sends the request again on
 * a new one, also a POST: set at_most_once where the receiver cannot tell a repetition. */
#pragma once

#include "common/clock.h"
#include "common/error.h"
#include "common/http_rules.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct http_client;
struct http_exchange;

/* A network a site allows although it is private: "10.1.2.0/24", "192.168.1.5", "fd00:1::/64". */
struct http_network {
    struct in6_addr address; /* IPv4 as ::ffff:a.b.c.d */
    unsigned bits;           /* of 128 */
};

struct http_client_options {
    uv_loop_t *loop;
    const struct clock *clock;           /* monotonic, for durations */
    const struct http_network *networks; /* copied */
    size_t network_count;                /* at most 32 */
    const char *ca_file;                 /* authorities to trust instead of the system's; NULL */
    const char *user_agent;              /* NULL: "sigap" */
    /* 0 stands for the default. */
    unsigned calls_max;    /* 128 at once, waiting ones included */
    unsigned mails_max;    /* 8 at once, a thread each; more wait */
    unsigned per_host_max; /* 8 connections to a host */
    size_t bodies_max;     /* 32 MiB: all bodies of calls in flight */
};

/* What is sent. Everything is copied by http_client_start. */
struct http_call {
    const char *url;    /* https://host/path, smtps://host:465/our.name */
    const char *method; /* NULL: GET without, POST with a body; not for mail */
    const struct http_header *headers;
    size_t header_count;
    const void *body; /* mail: the whole message with headers, lines end with CR LF */
    size_t body_size;
    const char *mail_from; /* mail only: addresses without <> */
    const char *const *recipients;
    size_t recipient_count;          /* at most 100 */
    const char *username, *password; /* HTTP basic or SMTP AUTH; NULL */
    unsigned timeout_ms;     /* for the whole; 0: 15,000. A mail waits for a thread half of it at most */
    size_t max_answer_bytes; /* kept of the answer; 0: 4 KiB. Most: 32 MiB */
    bool allow_private;      /* may reach the networks the site lists */
    bool allow_plain;        /* http, and smtp without TLS */
    bool at_most_once;       /* on a new connection: never sent twice */
};

enum http_outcome {
    HTTP_ANSWERED,        /* status says what: an HTTP status, or the last SMTP reply code (250: accepted) */
    HTTP_REFUSED_CALL,    /* our own rules: scheme, control characters, too many recipients */
    HTTP_REFUSED_ADDRESS, /* the name leads only to addresses that are not public */
    HTTP_NOT_RESOLVED,
    HTTP_NOT_CONNECTED,
    HTTP_TLS_FAILED,  /* certificate, version, no STARTTLS: nothing was sent */
    HTTP_NOT_STARTED, /* a mail for which no thread was free in time: nothing was sent */
    HTTP_TIMED_OUT,   /* see sent */
    HTTP_BROKEN       /* connection lost, or an answer that is none; see sent */
};

struct http_result {
    enum http_outcome outcome;
    /* The request (of a mail: the whole message) may have reached the other side. With HTTP_TIMED_OUT or
     * HTTP_BROKEN nobody knows then whether it took effect; without, it did not. */
    bool sent;
    int status;            /* 0 when no answer came */
    int64_t retry_after_s; /* from Retry-After, seconds or date; 0 without */
    const char *answer;    /* the first max_answer_bytes, with a NUL after them; never NULL */
    size_t answer_size;
    bool answer_cut;                     /* there was more */
    const char *content_type, *location; /* of the answer; NULL without */
};

/* Called once for every call started and not cancelled, from the loop, never from within http_client_start.
 * The result lives until it returns. It may start, cancel and close. */
typedef void http_done(void *context, const struct http_result *result);

/* NULL with a sentence: out of memory, or a libcurl that would resolve names on the loop. */
struct http_client *http_client_new(const struct http_client_options *options, struct error *error);
/* Starts a call. NULL when calls_max or bodies_max is reached or memory is out: try again when another has
 * ended. A call that breaks a rule is started and ends with HTTP_REFUSED_CALL. */
struct http_exchange *http_client_start(
    struct http_client *client, const struct http_call *call, http_done *done, void *context);
/* Ends the call without calling back. True when it may have taken effect already. Not after its callback. */
bool http_exchange_cancel(struct http_exchange *exchange);
unsigned http_client_in_flight(const struct http_client *client);
/* Cancels everything, calls on_closed when all is gone (threads sending mail end within about a second). Sets
 * *client to NULL. on_closed may be NULL. */
void http_client_close(struct http_client **client, void (*on_closed)(void *context), void *context);

/* A fixed word for logs: "answered", "timed-out" ... */
const char *http_outcome_word(enum http_outcome outcome);

/* ---- addresses ---- */

/* True for addresses of the public internet: not loopback, private (RFC 1918, 4193), link-local, shared (RFC
 * 6598), documentation, benchmarking, multicast, reserved, nor an IPv6 form that carries such an IPv4
 * address. IANA special purpose address registries, RFC 6890. */
bool http_address_is_public(const struct sockaddr *address);
bool http_network_read(const char *text, struct http_network *network);
bool http_network_holds(const struct http_network *network, const struct sockaddr *address);
