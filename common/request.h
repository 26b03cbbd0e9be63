/* An HTTP request and its answer as handlers see them: plain data, wherever they came from (libmicrohttpd,
 * the simulator, a unit test). The answer leaves only after the commit. */
#pragma once

#include <stddef.h>

/* The peer of a request that came over our own socket: the proxy in front (deploy/nginx). */
#define REQUEST_LOCAL "local"

struct request {
    const char *method; /* GET, POST ... */
    const char *path;   /* decoded, starts with a slash, without the query */
    const char *query;  /* raw, without the question mark; "" when there is none */
    const void *body;
    size_t body_size;   /* bytes, bounded by the server */
    const char *remote; /* address of the peer, or REQUEST_LOCAL; never logged */
    /* Value of a header, NULL when it is not there. Name in any case. */
    const char *(*header)(const struct request *request, const char *name);
    void *origin; /* the server's own */
};

/* The address of whoever called. Only who speaks over the local socket is our proxy, and says it for them;
 * anybody else could write any address there. Of a chain the last entry is what our proxy saw itself. Points
 * into the request; never NULL. */
const char *request_caller(const struct request *request);

enum { ANSWER_HEADERS_MAX = 8 };

/* Texts and bytes must live until the input is over: take them from the turn's arena. The engine copies them.
 */
struct answer {
    unsigned status; /* HTTP status, 0: not answered yet */
    const char *content_type;
    const void *body;
    size_t body_size;
    struct {
        const char *name, *value;
    } headers[ANSWER_HEADERS_MAX];
    size_t header_count;
};

void answer_header(struct answer *answer, const char *name, const char *value);
