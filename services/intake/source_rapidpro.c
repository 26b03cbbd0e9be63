/* RapidPro and TextIt: POST /v1/hooks/rapidpro/<name> from a "call webhook" node of a flow, JSON with
 * contact, flow, run, results, and the last input. The node sends the header Authorization: Token (or Bearer)
 * with a token of `sigapctl token issue`. The answer is JSON that the flow can use: @webhook.ticket,
 * @webhook.message.
 *
 * Servers before version 11 ("legacy" flows) post a form instead: contact, urn or phone, run, flow, text and
 * `values`, a list in JSON; it is read as if it were the document of today.
 *
 * The report is the result named report, laporan, text, pesan or message; without one, all results a line
 * each. Also read: place, location (geo:lat,lon), area, urgent (yes, ya), may_contact (no, tidak). One report
 * a run of a contact: a further call of the same run with other results joins it. The flow answers the
 * reporter itself. */
#include "services/intake/hook.h"

#include "common/http_rules.h"
#include "common/json.h"
#include "services/intake/answer.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

extern const struct intake_source intake_source_rapidpro;

/* --- reading --- */

static const char *result_of(const json_t *results, const char *const *names) {
    for (; *names; names++) {
        const json_t *result = json_object_get(results, *names);
        const char *value = hook_text(result, "value");
        if (result && !*value)
            value = hook_text(result, "input");
        if (!*value && json_is_string(result)) /* as flows before version 11 send it */
            value = json_string_value(result);
        if (*value)
            return value;
    }
    return "";
}

static bool is_word(const char *text, const char *const *words) {
    for (; *words; words++)
        if (strcasecmp(text, *words) == 0)
            return true;
    return false;
}

static const char *all_results(struct arena *arena, const json_t *results) {
    const char *text = "", *name;
    json_t *result;
    size_t count = 0;
    json_object_foreach((json_t *)results, name, result) {
        const char *value = hook_text(result, "value");
        if (*value && text && count++ < 100)
            text = arena_format(arena, "%s%s%s: %s", text, *text ? "\n" : "", name, value);
    }
    return text ? text : "";
}

/* "image/jpeg:https://...", "geo:-7.25,112.75" */
static void read_attachment(const char *text, struct hook_message *message) {
    const char *url = strstr(text, ":http");
    if (strncmp(text, "geo:", 4) == 0) {
        message->located = sscanf(text + 4, "%lf,%lf", &message->latitude, &message->longitude) == 2;
    } else if (url && message->media_count < HOOK_MEDIA_MAX) {
        const char *kind = strncmp(text, "image", 5) == 0   ? "photo"
                           : strncmp(text, "audio", 5) == 0 ? "audio"
                           : strncmp(text, "video", 5) == 0 ? "video"
                                                            : "document";
        message->media[message->media_count++] = (struct hook_media){.kind = kind, .reference = url + 1};
    }
}

static void read_results(struct arena *arena, const json_t *results, struct hook_message *message) {
    static const char *const reports[] = {"report", "laporan", "text", "pesan", "message", "isi", NULL};
    static const char *const places[] = {"location", "lokasi", "place", "tempat", NULL};
    static const char *const areas[] = {"area", "kode_wilayah", NULL}, *const urgent[] = {
                                                                           "urgent", "darurat", NULL};
    static const char *const yes[] = {"yes", "ya", "true", "1", NULL};
    const char *place = result_of(results, places), *text = result_of(results, reports);
    if (*text)
        message->text = text;
    else if (!*message->text || json_object_size(results) > 1)
        message->text = *all_results(arena, results) ? all_results(arena, results) : message->text;
    if (strncmp(place, "geo:", 4) == 0)
        read_attachment(place, message);
    else if (*place && *text)
        message->text = arena_format(arena, "%s\n%s", text, place);
    message->area = *result_of(results, areas) ? result_of(results, areas) : NULL;
    message->urgent = is_word(result_of(results, urgent), yes);
}

/* "Isi Laporan" is the result isi_laporan. */
static void name_of_label(const char *label, char out[64]) {
    size_t used = 0;
    for (; *label && used + 1 < 64; label++)
        out[used++] = (char)(*label == ' ' || *label == '-' ? '_' : tolower((unsigned char)*label));
    out[used] = 0;
}

static json_t *results_of_values(const char *values) {
    json_t *list = hook_json(values, strlen(values)), *results = json_object(), *each;
    size_t i;
    json_array_foreach(list, i, each) {
        char name[64];
        const char *value = hook_text(each, "value");
        name_of_label(hook_text(each, "label"), name);
        json_object_set_new(
            results, name, json_pack("{s:s}", "value", *value ? value : hook_text(each, "text")));
    }
    json_decref(list);
    return results;
}

static json_t *document_of_form(struct arena *arena, char *body, size_t size) {
    enum { PAIRS_MAX = 64 };
    static const char *const names[] = {
        "contact", "contact_name", "urn", "phone", "run", "flow", "text", "values"};
    enum { CONTACT, NAME, URN, PHONE, RUN, FLOW, TEXT, VALUES, NAMES };
    const char *said[NAMES];
    struct http_pair pairs[PAIRS_MAX];
    size_t count = http_form_read(body, size, pairs, PAIRS_MAX);
    for (size_t k = 0; k < NAMES; k++) {
        said[k] = "";
        for (size_t i = 0; i < count && count <= PAIRS_MAX; i++)
            if (strcmp(pairs[i].name, names[k]) == 0)
                said[k] = pairs[i].value;
    }
    const char *urn = *said[URN] || !*said[PHONE] ? said[URN] : arena_format(arena, "tel:%s", said[PHONE]);
    return json_pack("{s:{s:s,s:s,s:s},s:{s:s},s:{s:s},s:{s:s},s:o}", "contact", "uuid", said[CONTACT],
        "name", said[NAME], "urn", urn ? urn : "", "run", "uuid", said[RUN], "flow", "uuid", said[FLOW],
        "input", "text", said[TEXT], "results", results_of_values(said[VALUES]));
}

static bool decode(struct hook_batch *batch, char *body, size_t size) {
    static const char *const contact_names[] = {"may_contact", "boleh_dihubungi", NULL};
    static const char *const no[] = {"no", "tidak", "false", "0", NULL};
    struct arena *arena = batch->turn->arena;
    bool form = size > 0 && !strchr("{[ \t\r\n\xef", *body);
    json_t *document = form ? document_of_form(arena, body, size) : hook_json(body, size);
    const json_t *contact = json_object_get(document, "contact"),
                 *results = json_object_get(document, "results");
    const json_t *input = json_object_get(document, "input");
    const char *uuid = hook_text(contact, "uuid"), *run = hook_text(json_object_get(document, "run"), "uuid");
    const char *flow = hook_text(json_object_get(document, "flow"), "uuid");
    bool sound = json_is_object(document) && (*uuid || *hook_text(contact, "urn"));
    size_t i;
    json_t *each;
    if (sound) {
        struct hook_message message = {.text = hook_text(input, "text"), .sender = hook_text(contact, "urn")};
        message.sender = *message.sender ? message.sender : uuid;
        /* Older servers say no run: then contact, flow and the first node of its path stand for it. */
        const json_t *path = json_array_get(json_object_get(document, "path"), 0);
        message.id = *run ? arena_format(arena, "%s:%s", uuid, run)
                          : arena_format(arena, "%s:%s:%s:%s", uuid, flow, hook_text(path, "uuid"),
                                hook_text(path, "arrived_on"));
        read_results(arena, results, &message);
        json_array_foreach(json_object_get(input, "attachments"), i, each)
            read_attachment(json_is_string(each) ? json_string_value(each) : "", &message);
        message.silent = is_word(result_of(results, contact_names), no);
        hook_emit(batch, &message);
    }
    json_decref(document);
    return sound;
}

/* --- answering --- */

/* A question how a report stands: the flow shows the answer, nothing was reported. */
static void answer_reply(struct hook_batch *batch, struct answer *answer) {
    struct json_writer writer;
    size_t size;
    json_writer_init(&writer, 16 * 1024);
    json_write_object(&writer);
    json_member_text(&writer, "status", "answered");
    json_member_text(&writer, "ticket", NULL);
    json_member_text(&writer, "message", batch->reply);
    json_write_end(&writer);
    const char *text = json_writer_text(&writer, &size);
    if (text)
        intake_answer_json(200, arena_bytes(batch->turn->arena, text, size), answer);
    else
        arena_exhaust(batch->turn->arena);
    json_writer_free(&writer);
}

static void answer_flow(struct hook_batch *batch, struct answer *answer) {
    char ticket[TICKET_TEXT + 1];
    struct arena *arena = batch->turn->arena;
    if (!batch->taken && batch->reply) {
        answer_reply(batch, answer);
        return;
    }
    bool has_ticket = batch->taken && !id_is_null(&batch->receipt.report); /* it may be kept for later */
    if (!has_ticket || batch->receipt.kind == RECEIPT_REFUSED || batch->broken) {
        intake_answer_json(200, "{\"status\":\"kept\",\"ticket\":null}", answer);
        return;
    }
    ticket_to_text(&batch->receipt.ticket, ticket);
    const char *message = intake_reply_received(batch->intake->replies, arena, ticket);
    intake_answer_json(200,
        message ? arena_format(arena,
                      "{\"ticket\":\"%s\",\"status\":\"received\",\"status_url\":\"/v1/reports/"
                      "%s\",\"urgent\":%s,%s%s%s}",
                      ticket, ticket, batch->receipt.urgent ? "true" : "false", message,
                      batch->receipt.urgent ? ",\"emergency\":" : "",
                      batch->receipt.urgent ? batch->intake->emergency_json : "")
                : NULL,
        answer);
}

/* --- the door --- */

static const struct intake_token *token_of(const struct intake_call *call) {
    const char *header = call->request->header(call->request, "Authorization");
    if (header && strncasecmp(header, "Token ", 6) == 0)
        return hook_token(call, header + 6 + strspn(header + 6, " "));
    return hook_token(call, http_bearer_token(header));
}

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    const struct intake_token *token = token_of(call);
    const char *type = call->request->header(call->request, "Content-Type");
    bool form = type && strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0;
    if (hook_refuse(turn, call, form ? NULL : "application/json", token != NULL, answer))
        return VERDICT_DONE;
    const struct hook_from from = hook_from_token(token);
    hook_request(turn, call, &intake_source_rapidpro, &from, answer);
    return VERDICT_DONE;
}

/* A flow goes on after an error: what it sent does not come again. */
static bool is_urgent(const struct intake_call *call) {
    return token_of(call) != NULL;
}

static const struct hook hook = {
    .word = "rapidpro",
    .decode = decode,
    .answer = answer_flow,
    .answers_inline = true,
};

static const char *const routes[] = {"/v1/hooks/rapidpro/*", NULL};

const struct intake_source intake_source_rapidpro = {
    .name = "rapidpro",
    .routes = routes,
    .body_max = HOOK_BODY_MAX,
    .on_request = on_request,
    .is_urgent = is_urgent,
    .hook = &hook,
};
