#include "exchange.h"

#include <string.h>

/* Scripts, styles and requests only from here, nothing inline, in nobody's frame. Strict-Transport-Security
 * is the proxy's, who speaks TLS. */
static const char policy[] = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
                             "frame-ancestors 'none'";

void reply_headers(struct answer *answer, const char *cache) {
    answer_header(answer, "Content-Security-Policy", policy);
    answer_header(answer, "X-Content-Type-Options", "nosniff");
    answer_header(answer, "Referrer-Policy", "no-referrer"); /* an answer link is a secret */
    answer_header(answer, "Cross-Origin-Resource-Policy", "same-origin");
    answer_header(answer, "Cache-Control", cache);
}

static void reply_text(struct turn *turn, struct answer *answer, unsigned status, const char *type,
    const char *text, size_t size) {
    *answer = (struct answer){.status = status, .content_type = type, .body_size = size};
    answer->body = arena_bytes(turn->arena, text, size);
    reply_headers(answer, "no-store");
}

void reply_json(struct turn *turn, struct answer *answer, unsigned status, struct json_writer *writer) {
    size_t size;
    const char *text = json_writer_text(writer, &size);
    bool again = writer->no_memory;
    if (text)
        reply_text(turn, answer, status, "application/json", text, size);
    json_writer_free(writer);
    if (!text) /* what was done is done: whoever asks again is told so */
        reply_problem(turn, answer, again ? &problem_overloaded : &problem_internal);
}

void reply_problem(struct turn *turn, struct answer *answer, const struct problem *problem) {
    struct json_writer writer;
    size_t size;
    json_writer_init(&writer, PROBLEM_MAX);
    problem_write(&writer, problem);
    const char *text = json_writer_text(&writer, &size);
    reply_text(
        turn, answer, (unsigned)problem->status, PROBLEM_CONTENT_TYPE, text ? text : "{}", text ? size : 2);
    if (problem->retry_after_s > 0)
        answer_header(answer, "Retry-After", arena_format(turn->arena, "%d", problem->retry_after_s));
    json_writer_free(&writer);
}

void reply_html(struct turn *turn, struct answer *answer, unsigned status, const char *html) {
    reply_text(turn, answer, status, "text/html; charset=utf-8", html, strlen(html));
}

void reply_nothing(struct answer *answer) {
    *answer = (struct answer){.status = 204};
    reply_headers(answer, "no-store");
}

void exchange_refuse(struct exchange *exchange, const struct problem *problem) {
    reply_problem(exchange->turn, exchange->answer, problem);
}

static bool is_json(const struct request *request) {
    static const char type[] = "application/json";
    const char *given = request->header(request, "Content-Type");
    if (!given || strncasecmp(given, type, sizeof type - 1) != 0)
        return false;
    char after = given[sizeof type - 1];
    return after == 0 || after == ';' || after == ' ';
}

/* A body of another type could be sent by a form of any page in the world. */
bool exchange_body(struct exchange *exchange, const struct json_field *fields, void *into, json_t **out) {
    const struct request *request = exchange->request;
    struct json_problem where = {JSON_OK, ""};
    *out = NULL;
    if (!is_json(request)) {
        exchange_refuse(exchange, &problem_unsupported_type);
        return false;
    }
    enum json_refusal refusal = json_read(request->body, request->body_size, BODY_MAX, out);
    if (refusal == JSON_OK && json_fields_read(*out, fields, into, &where))
        return true;
    struct problem problem = problem_from_json(refusal == JSON_OK ? where.refusal : refusal, &where);
    exchange_refuse(exchange, &problem);
    json_decref(*out);
    *out = NULL;
    return false;
}
