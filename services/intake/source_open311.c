/* Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2), JSON and XML:
 *
 *     GET  /open311/v2/services.json            the site's kinds
 *     GET  /open311/v2/services/<code>.json     no further attributes
 *     POST /open311/v2/requests.json            a form: api_key, service_code, description, lat, long ...
 *     GET  /open311/v2/requests.json            ?service_request_id=a,b: how these stand
 *     GET  /open311/v2/requests/<id>.json       how it stands
 *     GET  /open311/v2/tokens/<id>.json         the id of a token: the same
 *     GET  /open311/discovery.json
 *
 * service_request_id is the ticket, api_key a token of `sigapctl token issue`. Errors are those of GeoReport:
 * a list of code and description, 400, 403, 404. Clients do not send again, so what is sound is taken, on the
 * reserve if need be; the same content within 10 minutes is the same request.
 *
 * Other than a city's pot-holes reports here are nobody's business: there is no list of all requests, and
 * what is said of one is its state alone. Name, telephone and e-mail of the sender serve to tell witnesses
 * apart and are not kept. */
#include "services/intake/source.h"

#include "common/buffer.h"
#include "common/json.h"
#include "services/intake/answer.h"
#include "services/intake/follow.h"
#include "services/intake/hook.h"
#include "services/intake/multipart.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { PAIRS_MAX = 128, WINDOW_MS = 10 * 60 * 1000, TICKETS_MAX = 50 };

extern const struct intake_source intake_source_open311;

/* --- one answer in two forms --- */

enum field_kind { FIELD_TEXT, FIELD_RAW }; /* RAW: true, false, numbers: without quotes in JSON */

struct field {
    const char *name, *value; /* NULL: empty */
    enum field_kind kind;
};

/* A list of items, each a few fields: what all answers of GeoReport are. */
struct page {
    struct arena *arena;
    bool xml;
    const char *list, *item; /* XML element names */
    struct json_writer json;
    struct buffer text;
};

static void add(struct buffer *buffer, const char *text) {
    buffer_add(buffer, text, strlen(text));
}

static void add_escaped(struct buffer *buffer, const char *text) {
    for (; *text; text++) {
        const char *entity = intake_xml_entity(*text);
        if (entity)
            add(buffer, entity);
        else
            buffer_add(buffer, text, 1);
    }
}

static void add_element(struct buffer *buffer, const char *name, const char *value) {
    add(buffer, "<");
    add(buffer, name);
    add(buffer, ">");
    add_escaped(buffer, value ? value : "");
    add(buffer, "</");
    add(buffer, name);
    add(buffer, ">");
}

static void page_begin(struct page *page, struct arena *arena, bool xml, const char *list, const char *item) {
    *page =
        (struct page){.arena = arena, .xml = xml, .list = list, .item = item, .text = BUFFER_MAX(512 * 1024)};
    json_writer_init(&page->json, 512 * 1024);
    json_write_array(&page->json);
    add(&page->text, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<");
    add(&page->text, list);
    add(&page->text, ">");
}

static void page_item(struct page *page, const struct field *fields, size_t count) {
    json_write_object(&page->json);
    add(&page->text, "<");
    add(&page->text, page->item);
    add(&page->text, ">");
    for (size_t i = 0; i < count; i++) {
        add_element(&page->text, fields[i].name, fields[i].value);
        json_write_key(&page->json, fields[i].name);
        if (fields[i].kind == FIELD_RAW)
            json_write_raw(&page->json, fields[i].value, strlen(fields[i].value));
        else
            json_write_text(&page->json, fields[i].value);
    }
    json_write_end(&page->json);
    add(&page->text, "</");
    add(&page->text, page->item);
    add(&page->text, ">");
}

static void page_end(struct page *page, unsigned status, struct answer *answer) {
    size_t size;
    json_write_end(&page->json);
    add(&page->text, "</");
    add(&page->text, page->list);
    add(&page->text, ">\n");
    const char *json = json_writer_text(&page->json, &size);
    const char *text = page->xml ? (const char *)page->text.bytes : json;
    size = page->xml ? page->text.size : size;
    bool whole = page->xml ? !page->text.failed : json != NULL;
    *answer = (struct answer){.status = whole ? status : 500,
        .content_type = page->xml ? "text/xml; charset=utf-8" : "application/json; charset=utf-8"};
    answer->body = whole ? arena_bytes(page->arena, text, size) : "";
    answer->body_size = answer->body && whole ? size : 0;
    answer_header(answer, "Cache-Control", "no-store");
    json_writer_free(&page->json);
    buffer_free(&page->text);
}

static void refuse(
    struct turn *turn, bool xml, unsigned status, const char *sentence, int wait_s, struct answer *answer) {
    struct page page;
    const char *code = arena_format(turn->arena, "%u", status);
    page_begin(&page, turn->arena, xml, "errors", "error");
    page_item(&page,
        (struct field[]){{"code", code ? code : "500", FIELD_RAW}, {"description", sentence, FIELD_TEXT}}, 2);
    page_end(&page, status, answer);
    const char *wait = wait_s ? arena_format(turn->arena, "%d", wait_s) : NULL;
    if (wait)
        answer_header(answer, "Retry-After", wait);
}

/* --- services --- */

static void list_services(
    struct turn *turn, const struct site_kinds *kinds, bool xml, const char *code, struct answer *answer) {
    struct page page;
    page_begin(&page, turn->arena, xml, "services", "service");
    for (unsigned i = 0; i < kinds->kinds_count; i++) {
        const struct site_kind *kind = &kinds->kinds[i];
        const char *name = arena_format(turn->arena, "%s / %s", kind->name, kind->name_en);
        if (code && strcmp(code, kind->code) != 0)
            continue;
        page_item(&page,
            (struct field[]){{"service_code", kind->code, FIELD_TEXT}, {"service_name", name, FIELD_TEXT},
                {"description", name, FIELD_TEXT}, {"metadata", "false", FIELD_RAW},
                {"type", "realtime", FIELD_TEXT}, {"keywords", kind->code, FIELD_TEXT},
                {"group", kind->family ? kind->family : "", FIELD_TEXT}},
            7);
    }
    page_end(&page, 200, answer);
}

static void define_service(struct turn *turn, bool xml, const char *code, struct answer *answer) {
    const char *text = arena_format(turn->arena,
        xml ? "<?xml version=\"1.0\" "
              "encoding=\"utf-8\"?>\n<service_definition><service_code>%s</service_code>"
              "<attributes></attributes></service_definition>\n"
            : "{\"service_code\":\"%s\",\"attributes\":[]}",
        code);
    *answer = (struct answer){.status = text ? 200 : 500,
        .content_type = xml ? "text/xml; charset=utf-8" : "application/json; charset=utf-8",
        .body = text ? text : "",
        .body_size = text ? strlen(text) : 0};
}

/* --- how requests stand --- */

static const char *iso_of(struct arena *arena, int64_t at) {
    time_t seconds = (time_t)(at / 1000);
    struct tm tm;
    char text[32];
    gmtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return arena_text(arena, text);
}

static bool add_request(struct turn *turn, struct page *page, const char *text) {
    const struct intake *intake = turn->state;
    struct ticket ticket;
    enum report_state state;
    int64_t received_at;
    char quoted[TICKET_TEXT + 1];
    if (!ticket_from_text(text, &ticket) || !intake_follow_ticket(turn, &ticket, &state, &received_at))
        return false;
    ticket_to_text(&ticket, quoted);
    bool closed = state == REPORT_CLOSED || state == REPORT_ANSWERED;
    const char *at = iso_of(turn->arena, received_at);
    page_item(page,
        (struct field[]){{"service_request_id", arena_text(turn->arena, quoted), FIELD_TEXT},
            {"status", closed ? "closed" : "open", FIELD_TEXT},
            {"status_notes",
                intake_reply_state_text(intake->replies, turn->arena, state, LANGUAGE_ID, quoted),
                FIELD_TEXT},
            {"requested_datetime", at, FIELD_TEXT}, {"updated_datetime", at, FIELD_TEXT}},
        5);
    return true;
}

static void show_requests(
    struct turn *turn, bool xml, const char *tickets, bool must_be, struct answer *answer) {
    struct page page;
    char copy[2048], *rest = copy;
    size_t found = 0;
    page_begin(&page, turn->arena, xml, "service_requests", "request");
    snprintf(copy, sizeof copy, "%s", tickets);
    for (char *each; found < TICKETS_MAX && (each = strsep(&rest, ","));)
        found += add_request(turn, &page, each);
    page_end(&page, 200, answer);
    if (must_be && !found)
        refuse(turn, xml, 404, "service_request_id was not found", 0, answer);
}

static void show_token(struct turn *turn, bool xml, const char *token, struct answer *answer) {
    struct page page;
    struct ticket ticket;
    enum report_state state;
    if (!ticket_from_text(token, &ticket) || !intake_follow_ticket(turn, &ticket, &state, NULL)) {
        refuse(turn, xml, 404, "token was not found", 0, answer);
        return;
    }
    page_begin(&page, turn->arena, xml, "service_requests", "request");
    page_item(
        &page, (struct field[]){{"service_request_id", token, FIELD_TEXT}, {"token", token, FIELD_TEXT}}, 2);
    page_end(&page, 200, answer);
}

/* --- a new request --- */

struct form {
    struct http_pair pairs[PAIRS_MAX];
    size_t count;
};

static const char *value_of(const struct form *form, const char *name) {
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->pairs[i].name, name) == 0)
            return form->pairs[i].value;
    return "";
}

static bool is_form(const struct intake_call *call) {
    static const char wanted[] = "application/x-www-form-urlencoded";
    const char *type = call->request->header(call->request, "Content-Type");
    return type && strncasecmp(type, wanted, sizeof wanted - 1) == 0;
}

/* Clients that send a picture along: its fields, the picture is not kept (media_url is the way of GeoReport).
 */
static struct form *read_multipart(struct turn *turn, const struct intake_call *call, struct form *form) {
    struct multipart_part *parts = arena_take(turn->arena, MULTIPART_PARTS_MAX * sizeof *parts);
    const struct request *request = call->request;
    size_t count;
    if (!parts || !multipart_read(request->header(request, "Content-Type"), request->body, request->body_size,
                      parts, &count))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (!parts[i].filename[0] && !memchr(parts[i].data, 0, parts[i].size))
            form->pairs[form->count++] =
                (struct http_pair){parts[i].name, arena_bytes(turn->arena, parts[i].data, parts[i].size)};
    bool whole = form->count == 0 ||
                 form->pairs[form->count - 1].value; /* the arena gives nothing after its first no */
    return whole ? form : NULL;
}

/* The form, in the arena. */
static struct form *read_form(struct turn *turn, const struct intake_call *call) {
    struct form *form = arena_take(turn->arena, sizeof *form);
    if (form && !is_form(call))
        return read_multipart(turn, call, form);
    char *text = arena_bytes(
        turn->arena, call->request->body_size ? call->request->body : "", call->request->body_size);
    if (form && text)
        form->count = http_form_read(text, call->request->body_size, form->pairs, PAIRS_MAX);
    if (form && form->count > PAIRS_MAX)
        form->count = 0;
    return form && text ? form : NULL;
}

/* Without the form at hand: also before a turn. */
static const struct intake_token *token_of(const struct intake_call *call) {
    char key[TOKEN_INPUT_MAX + 1];
    struct multipart_part parts[MULTIPART_PARTS_MAX];
    size_t count = 0;
    const struct request *request = call->request;
    if (http_form_find(
            request->body_size ? request->body : "", request->body_size, "api_key", key, sizeof key) ||
        http_form_find(request->query, strlen(request->query), "api_key", key, sizeof key))
        return hook_token(call, key);
    if (!is_form(call))
        multipart_read(request->header(request, "Content-Type"), request->body_size ? request->body : "",
            request->body_size, parts, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(parts[i].name, "api_key") == 0 && parts[i].size <= TOKEN_INPUT_MAX) {
            snprintf(key, sizeof key, "%.*s", (int)parts[i].size, parts[i].data);
            return hook_token(call, key);
        }
    return NULL;
}

static bool coordinate(const char *text, double most, double *value) {
    char *end;
    *value = strtod(text, &end);
    return end != text && !*end && *value >= -most && *value <= most;
}

/* What is said, and beside it what the fields say: one text, as a person would have written it. */
static const char *text_of(struct arena *arena, const struct form *form, const struct site_kind *kind) {
    const char *address = value_of(form, "address_string");
    return arena_format(
        arena, "%s%s%s\n[%s]", value_of(form, "description"), *address ? "\n" : "", address, kind->name);
}

/* All that makes a request the same one, in a window of time. */
static const char *key_of(struct turn *turn, const struct intake_call *call, int64_t window) {
    uint8_t hash[SEAL_HASH_BYTES];
    char text[2 * SEAL_HASH_BYTES + 1];
    seal_hash(keystore_hash(call->intake->keystore), SEAL_HASH_CONTENT, call->request->body,
        call->request->body_size, hash);
    sodium_bin2hex(text, sizeof text, hash, sizeof hash);
    return arena_format(turn->arena, "open311:%s:%lld", text, (long long)window);
}

/* True: the same content came within the window before this one, and not longer ago than ten minutes. */
static bool came_before(struct turn *turn, const struct intake_call *call, struct submission *submission,
    struct receipt *receipt) {
    submission->external_id = key_of(turn, call, turn->now / WINDOW_MS - 1);
    bool before =
        submission->external_id && intake_submission_check(submission, turn->now) == SUBMISSION_SOUND &&
        intake_known(turn, submission, receipt) && turn->now - id_time(&receipt->report) < WINDOW_MS;
    submission->external_id = key_of(turn, call, turn->now / WINDOW_MS);
    return before;
}

static void answer_created(
    struct turn *turn, bool xml, const struct receipt *receipt, struct answer *answer) {
    const struct intake *intake = turn->state;
    char ticket[TICKET_TEXT + 1];
    struct page page;
    ticket_to_text(&receipt->ticket, ticket);
    enum reply reply = receipt->urgent ? REPLY_URGENT : REPLY_RECEIVED;
    page_begin(&page, turn->arena, xml, "service_requests", "request");
    page_item(&page,
        (struct field[]){{"service_request_id", arena_text(turn->arena, ticket), FIELD_TEXT},
            {"service_notice", intake_reply_text(intake->replies, turn->arena, reply, LANGUAGE_ID, ticket),
                FIELD_TEXT},
            {"account_id", NULL, FIELD_TEXT}},
        3);
    page_end(&page, 200, answer);
}

static const char *sentence_of(struct arena *arena, const struct problem *problem) {
    const char *text =
        arena_format(arena, "%s / %s", problem->detail_id ? problem->detail_id : problem->title_id,
            problem->detail_en ? problem->detail_en : problem->title_en);
    return text ? text : "";
}

/* What a new request says of itself. */
struct asked {
    const struct site_kind *kind;
    bool located;
    double latitude, longitude;
};

/* NULL: it may be taken. Else what is missing or wrong in the form, and *status. */
static const char *read_asked(
    const struct intake_call *call, const struct form *form, struct asked *asked, unsigned *status) {
    const char *code = value_of(form, "service_code");
    const char *lat = value_of(form, "lat"), *lon = value_of(form, "long");
    bool told = *value_of(form, "address_string") || *value_of(form, "address_id");
    *asked = (struct asked){.kind = site_kinds_find(call->own, code)};
    *status = *code && !asked->kind ? 404 : 400;
    if (!asked->kind)
        return *code ? "service_code was not found" : "service_code was not provided";
    asked->located = coordinate(lat, 90, &asked->latitude) && coordinate(lon, 180, &asked->longitude);
    if (!asked->located && (*lat || *lon || !told))
        return "lat and long, address_string or address_id is needed";
    return *value_of(form, "description") ? NULL : "description was not provided";
}

static struct submission submission_of(struct arena *arena, const struct form *form,
    const struct asked *asked, const struct intake_token *token) {
    const char *telephone = value_of(form, "phone");
    const char *text = text_of(arena, form, asked->kind);
    return (struct submission){.source = token->name,
        .channel = "open311",
        .text = text,
        .text_size = text ? strlen(text) : 0,
        .has_latitude = asked->located,
        .has_longitude = asked->located,
        .latitude = asked->latitude,
        .longitude = asked->longitude,
        .reporter_address = *telephone ? telephone : value_of(form, "email"),
        .must_take = true,
        .training = (token->scopes & TOKEN_TRAINING) != 0};
}

static void take(struct turn *turn, const struct intake_call *call, bool xml, struct submission *submission,
    const struct intake_token *token, struct answer *answer) {
    struct receipt receipt;
    if (!came_before(turn, call, submission, &receipt))
        intake_receive(turn, submission, token, &receipt);
    if (receipt.kind == RECEIPT_REFUSED)
        refuse(turn, xml, receipt.problem.status == 422 ? 400 : (unsigned)receipt.problem.status,
            sentence_of(turn->arena, &receipt.problem), receipt.problem.retry_after_s, answer);
    else
        answer_created(turn, xml, &receipt, answer);
}

static void create(struct turn *turn, const struct intake_call *call, bool xml, struct answer *answer) {
    const struct intake_token *token = token_of(call);
    const struct form *form = read_form(turn, call);
    struct asked asked;
    unsigned status;
    if (!token)
        return refuse(turn, xml, 403, "api_key is missing or not known", 0, answer);
    if (!form)
        return refuse(turn, xml, 400,
            "the body must be application/x-www-form-urlencoded or multipart/form-data", 0, answer);
    const char *complaint = read_asked(call, form, &asked, &status);
    if (complaint)
        return refuse(turn, xml, status, complaint, 0, answer);
    struct submission submission = submission_of(turn->arena, form, &asked, token);
    take(turn, call, xml, &submission, token, answer);
}

/* --- the door --- */

/* Cuts ".json" or ".xml" off; false: neither. */
static bool form_of(char *name, bool *xml) {
    char *dot = strrchr(name, '.');
    *xml = dot && strcmp(dot, ".xml") == 0;
    if (!dot || (!*xml && strcmp(dot, ".json") != 0))
        return false;
    *dot = 0;
    return true;
}

static void discover(struct turn *turn, const struct intake_call *call, bool xml, struct answer *answer) {
    struct page page;
    const char *url =
        arena_format(turn->arena, "%s/open311/v2", intake_channels_public_url(call->intake->channels));
    page_begin(&page, turn->arena, xml, "discovery", "endpoint");
    page_item(&page,
        (struct field[]){{"specification", "http://wiki.open311.org/GeoReport_v2", FIELD_TEXT},
            {"url", url, FIELD_TEXT}, {"type", "production", FIELD_TEXT},
            {"formats", "text/xml application/json", FIELD_TEXT}},
        4);
    page_end(&page, 200, answer);
}

static void read_resource(
    struct turn *turn, const struct intake_call *call, const char *what, bool xml, struct answer *answer) {
    const char *route = call->route, *query = call->request->query;
    char tickets[2048] = "";
    if (strncmp(route, "/open311/discovery", 18) == 0)
        discover(turn, call, xml, answer);
    else if (strncmp(route, "/open311/v2/services.", 21) == 0)
        list_services(turn, call->own, xml, NULL, answer);
    else if (strcmp(route, "/open311/v2/services/*") == 0 && site_kinds_find(call->own, what))
        define_service(turn, xml, what, answer);
    else if (strcmp(route, "/open311/v2/services/*") == 0)
        refuse(turn, xml, 404, "service_code was not found", 0, answer);
    else if (strcmp(route, "/open311/v2/requests/*") == 0)
        show_requests(turn, xml, what, true, answer);
    else if (strcmp(route, "/open311/v2/tokens/*") == 0)
        show_token(turn, xml, what, answer);
    else {
        http_form_find(query, strlen(query), "service_request_id", tickets, sizeof tickets);
        show_requests(turn, xml, tickets, false, answer);
    }
}

static bool is_creating(const struct request *request) {
    return strcmp(request->method, "POST") == 0 && strncmp(request->path, "/open311/v2/requests.", 21) == 0;
}

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    char what[256];
    bool xml, star = strchr(call->route, '*') != NULL;
    const struct request *request = call->request;
    snprintf(what, sizeof what, "%s", star ? call->parts[0] : call->route);
    if (!form_of(what, &xml))
        refuse(turn, false, 404, "ask for .json or .xml", 0, answer);
    else if (is_creating(request))
        create(turn, call, xml, answer);
    else if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0)
        refuse(turn, xml, 405, "this method does not apply here", 0, answer);
    else
        read_resource(turn, call, what, xml, answer);
    return VERDICT_DONE;
}

static bool is_urgent(const struct intake_call *call) {
    return is_creating(call->request) && token_of(call);
}

static bool open_kinds(const char *site_dir, const char *data_dir, void **own, struct error *error) {
    (void)data_dir;
    *own = site_kinds_load(site_dir, error);
    return *own != NULL;
}

static void close_kinds(void **own) {
    struct site_kinds *kinds = *own;
    site_kinds_free(&kinds);
    *own = NULL;
}

static const char *const routes[] = {"/open311/discovery.json", "/open311/discovery.xml",
    "/open311/v2/services.json", "/open311/v2/services.xml", "/open311/v2/services/*",
    "/open311/v2/requests.json", "/open311/v2/requests.xml", "/open311/v2/requests/*", "/open311/v2/tokens/*",
    NULL};

const struct intake_source intake_source_open311 = {
    .name = "open311",
    .routes = routes,
    .body_max = HOOK_BODY_MAX,
    .open = open_kinds,
    .close = close_kinds,
    .on_request = on_request,
    .is_urgent = is_urgent,
};
