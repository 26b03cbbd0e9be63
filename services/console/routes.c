#include "routes.h"

#include "answer_link.h"
#include "commands.h"
#include "find.h"
#include "media.h"
#include "reading.h"
#include "sessions.h"

#include <string.h>

enum access {
    ACCESS_PUBLIC,
    ACCESS_SESSION,
    ACCESS_PASSIVE, /* a session, but asking is no use of it: the page polls by itself */
};

struct route {
    const char *method, *pattern;
    enum access access;
    /* One of these. */
    const struct reading *reading;
    const struct command *command;
    void (*handle)(struct exchange *exchange);
};

static void give_site(struct exchange *exchange) {
    const struct console *console = exchange->console;
    if (page_is_known(exchange->request, console->site_etag))
        *exchange->answer = (struct answer){.status = 304};
    else
        *exchange->answer = (struct answer){.status = 200,
            .content_type = "application/json",
            .body = console->site_json,
            .body_size = console->site_json_size};
    reply_headers(exchange->answer, "no-cache");
    answer_header(exchange->answer, "ETag", console->site_etag);
}

static const struct route routes[] = {
    {"POST", "/api/login", ACCESS_PUBLIC, .handle = session_login},
    {"GET", "/api/site", ACCESS_PUBLIC, .handle = give_site},
    {"POST", "/api/logout", ACCESS_SESSION, .handle = session_logout},
    {"POST", "/api/password", ACCESS_SESSION, .handle = session_change},
    {"GET", "/api/me", ACCESS_PASSIVE, .handle = session_me},

    {"GET", "/api/live", ACCESS_PASSIVE, .handle = reading_live_begin},
    {"GET", "/api/cases", ACCESS_SESSION, .reading = &reading_cases},
    {"GET", "/api/cases/*", ACCESS_SESSION, .reading = &reading_case},
    {"GET", "/api/reviews/*", ACCESS_SESSION, .reading = &reading_review},
    {"GET", "/api/cases/*/media", ACCESS_SESSION, .handle = media_list_begin},
    {"GET", "/api/cases/*/media/*", ACCESS_SESSION, .handle = media_show_begin},
    {"GET", "/api/reviews/*/media", ACCESS_SESSION, .handle = media_list_begin},
    {"GET", "/api/reviews/*/media/*", ACCESS_SESSION, .handle = media_show_begin},
    {"GET", "/api/cases/*/candidates", ACCESS_SESSION, .reading = &reading_candidates},
    {"GET", "/api/find", ACCESS_SESSION, .handle = find_begin},
    {"GET", "/api/queues", ACCESS_SESSION, .reading = &reading_queues},
    {"GET", "/api/deliveries", ACCESS_SESSION, .reading = &reading_deliveries},
    {"GET", "/api/tasks", ACCESS_SESSION, .reading = &reading_tasks},
    {"GET", "/api/alerts", ACCESS_SESSION, .reading = &reading_alerts},
    {"GET", "/api/facilities", ACCESS_SESSION, .reading = &reading_facilities},
    {"GET", "/api/people", ACCESS_SESSION, .reading = &reading_people},
    {"GET", "/api/duty", ACCESS_SESSION, .reading = &reading_duty},
    {"GET", "/api/duty/uncovered", ACCESS_SESSION, .reading = &reading_uncovered},
    {"GET", "/api/corrections", ACCESS_SESSION, .reading = &reading_corrections},
    {"GET", "/api/measures", ACCESS_SESSION, .reading = &reading_measures},
    {"GET", "/api/status", ACCESS_SESSION, .reading = &reading_status},
    {"GET", "/api/commands/*", ACCESS_SESSION, .handle = command_look},

    {"POST", "/api/offers/*/*", ACCESS_SESSION, .command = &command_answer_offer},
    {"POST", "/api/referrals/*/assign", ACCESS_SESSION, .command = &command_assign},
    {"POST", "/api/reviews/*/decide", ACCESS_SESSION, .command = &command_decide},
    {"POST", "/api/cases/*/change", ACCESS_SESSION, .command = &command_change},
    {"POST", "/api/cases/*/merge", ACCESS_SESSION, .command = &command_merge},
    {"POST", "/api/reports/*/split", ACCESS_SESSION, .command = &command_split},
    {"POST", "/api/cases/*/facts", ACCESS_SESSION, .command = &command_fact},
    {"POST", "/api/cases/*/close", ACCESS_SESSION, .command = &command_close},
    {"POST", "/api/tasks/*/*", ACCESS_SESSION, .command = &command_move_task},
    {"POST", "/api/facilities/*/capacity", ACCESS_SESSION, .command = &command_capacity},
    {"POST", "/api/hooks/*/retry", ACCESS_SESSION, .reading = &reading_retry_hook},
    {"POST", "/api/alerts/*/*", ACCESS_SESSION, .command = &command_answer_alert},

    {"POST", "/api/people/*", ACCESS_SESSION, .command = &command_set_person},
    {"POST", "/api/people/*/remove", ACCESS_SESSION, .command = &command_remove_person},
    {"POST", "/api/people/*/void-links", ACCESS_SESSION, .command = &command_void_links},
    {"POST", "/api/duty/*", ACCESS_SESSION, .command = &command_set_rota},
    {"POST", "/api/duty/*/remove", ACCESS_SESSION, .command = &command_remove_rota},
    {"POST", "/api/duty/*/override", ACCESS_SESSION, .command = &command_set_override},
    {"POST", "/api/duty/*/override/remove", ACCESS_SESSION, .command = &command_remove_override},
};
enum { ROUTE_COUNT = sizeof routes / sizeof *routes };

static bool method_fits(const char *method, const char *given) {
    return strcmp(method, given) == 0 || (strcmp(method, "GET") == 0 && strcmp(given, "HEAD") == 0);
}

/* NULL: answered 404 or 405. */
static const struct route *find_route(struct exchange *exchange) {
    const struct request *request = exchange->request;
    const char *allowed = NULL;
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        memset(exchange->parts, 0, sizeof exchange->parts);
        if (!http_path_matches(request->path, routes[i].pattern, exchange->parts, HTTP_PARTS_MAX))
            continue;
        if (method_fits(routes[i].method, request->method))
            return &routes[i];
        allowed = routes[i].method[0] == 'G' ? "GET, HEAD" : "POST";
    }
    exchange_refuse(exchange, allowed ? &problem_method_not_allowed : &problem_not_found);
    if (allowed)
        answer_header(exchange->answer, "Allow", allowed);
    return NULL;
}

/* A page of another site cannot read our answers, but its forms could post here. Browsers say so. */
static bool comes_from_elsewhere(const struct request *request) {
    const char *site = request->header(request, "Sec-Fetch-Site");
    return site && strcmp(site, "cross-site") == 0;
}

/* Whoever is told 413 wants to know what would have passed. */
static void refuse_size(struct exchange *exchange) {
    struct problem problem = problem_too_large;
    problem.detail_id = arena_format(exchange->turn->arena, "Paling banyak %d KiB", BODY_MAX / 1024);
    problem.detail_en = arena_format(exchange->turn->arena, "At most %d KiB", BODY_MAX / 1024);
    exchange_refuse(exchange, &problem);
}

static bool may_pass(struct exchange *exchange, const struct route *route) {
    static const struct problem forged = {403, "csrf", "Permintaan tidak membawa tanda halaman ini",
        "The request does not carry the token of this page", "Muat ulang halaman.", "Load the page again.",
        NULL, 0};
    if (exchange->request->body_size > BODY_MAX)
        return refuse_size(exchange), false;
    bool post = route->method[0] == 'P';
    if (post && comes_from_elsewhere(exchange->request))
        return exchange_refuse(exchange, &forged), false;
    if (route->access == ACCESS_PUBLIC)
        return true;
    struct person *person = arena_take(exchange->turn->arena, sizeof *person);
    if (!person || !session_find(exchange, route->access == ACCESS_SESSION, person))
        return exchange_refuse(exchange, &problem_unauthorized), false;
    exchange->person = person;
    if (post && !session_csrf_good(exchange))
        return exchange_refuse(exchange, &forged), false;
    return true;
}

static void go(struct exchange *exchange, const struct route *route) {
    if (waits_full(&exchange->console->waits))
        exchange_refuse(exchange, &problem_overloaded);
    else if (route->reading)
        reading_begin(exchange, route->reading);
    else if (route->command)
        command_begin(exchange, route->command);
    else
        route->handle(exchange);
}

static bool is_page(struct exchange *exchange) {
    const struct request *request = exchange->request;
    if (!method_fits("GET", request->method))
        return false;
    return pages_answer(&exchange->console->pages, request, exchange->answer);
}

void routes_answer(struct exchange *exchange) {
    if (is_page(exchange) || answer_link_request(exchange))
        return;
    const struct route *route = find_route(exchange);
    if (route && may_pass(exchange, route))
        go(exchange, route);
}
