/* One HTTP exchange inside a turn, and the ways to answer it. Every answer carries the security headers. */
#pragma once

#include "accounts.h"
#include "common/http_rules.h"
#include "common/json.h"
#include "common/problem.h"
#include "common/turn.h"
#include "state.h"

enum { BODY_MAX = 64 << 10, DOCUMENT_MAX = 24 << 20 };

/* Who is signed in. */
struct person {
    struct account account;
    uint8_t token_hash[32];
    const char *csrf; /* to be repeated in X-CSRF-Token */
    int64_t expires_at;
};

struct exchange {
    struct turn *turn;
    struct console *console;
    const struct request *request;
    struct answer *answer;
    char parts[HTTP_PARTS_MAX][64]; /* what the stars of the route's pattern stand for */
    bool secure;                    /* over TLS, as the proxy says */
    const struct person *person;    /* NULL: nobody, on routes that need nobody */
};

/* Reads the JSON body. False when it was refused and answered. *out is the caller's (json_decref). */
bool exchange_body(struct exchange *exchange, const struct json_field *fields, void *into, json_t **out);
void exchange_refuse(struct exchange *exchange, const struct problem *problem);

/* Takes what the writer holds and frees it. */
void reply_json(struct turn *turn, struct answer *answer, unsigned status, struct json_writer *writer);
void reply_problem(struct turn *turn, struct answer *answer, const struct problem *problem);
void reply_html(struct turn *turn, struct answer *answer, unsigned status, const char *html);
/* 204 */
void reply_nothing(struct answer *answer);
/* The headers that every answer carries; cache: the value of Cache-Control. */
void reply_headers(struct answer *answer, const char *cache);
