#include "services/intake/answer.h"

#include "services/intake/replies.h"

#include <string.h>

/* A ticket is a right to look: no cache keeps an answer. */
static void answer_headers(struct answer *answer) {
    answer_header(answer, "Cache-Control", "no-store");
}

void intake_answer_json(unsigned status, const char *text, struct answer *answer) {
    *answer = (struct answer){.status = text ? status : 500, .content_type = "application/json"};
    answer->body = text ? text : "{}";
    answer->body_size = strlen(answer->body);
    answer_headers(answer);
}

void intake_answer_receipt(
    struct arena *arena, const struct intake *intake, const struct receipt *receipt, struct answer *answer) {
    char ticket[TICKET_TEXT + 1];
    ticket_to_text(&receipt->ticket, ticket);
    const char *message = intake_reply_received(intake->replies, arena, ticket);
    const char *text =
        message ? arena_format(arena,
                      "{\"ticket\":\"%s\",\"status_url\":\"/v1/reports/%s\",\"state\":\"received\",%s%s%s}",
                      ticket, ticket, message, receipt->urgent ? ",\"emergency\":" : "",
                      receipt->urgent ? intake->emergency_json : "")
                : NULL;
    intake_answer_json(202, text, answer);
    const char *location = arena_format(arena, "/v1/reports/%s", ticket);
    if (location)
        answer_header(answer, "Location", location);
}

/* extra: a JSON value that becomes the member emergency, or NULL. */
static void write_problem(
    struct arena *arena, const struct problem *problem, const char *extra, struct answer *answer) {
    struct json_writer writer;
    size_t size;
    json_writer_init(&writer, PROBLEM_MAX);
    problem_write(&writer, problem);
    const char *text = json_writer_text(&writer, &size);
    const char *body = NULL;
    if (text && extra)
        body = arena_format(arena, "%.*s,\"emergency\":%s}", (int)size - 1, text, extra);
    else if (text)
        body = arena_bytes(arena, text, size);
    json_writer_free(&writer);
    intake_answer_json((unsigned)problem->status, body, answer);
    if (!body)
        return;
    answer->content_type = PROBLEM_CONTENT_TYPE;
    const char *wait = problem->retry_after_s > 0 ? arena_format(arena, "%d", problem->retry_after_s) : NULL;
    if (wait)
        answer_header(answer, "Retry-After", wait);
    if (problem->status == 401)
        answer_header(answer, "WWW-Authenticate", "Bearer realm=\"sigap\"");
}

void intake_answer_problem(struct arena *arena, const struct problem *problem, struct answer *answer) {
    write_problem(arena, problem, NULL, answer);
}

void intake_answer_emergency(
    struct arena *arena, const struct intake *intake, const struct problem *problem, struct answer *answer) {
    write_problem(arena, problem, intake->emergency_json, answer);
}

void intake_answer_method(struct arena *arena, const char *allow, struct answer *answer) {
    write_problem(arena, &problem_method_not_allowed, NULL, answer);
    answer_header(answer, "Allow", allow);
}

void intake_answer_type(struct arena *arena, const char *type, struct answer *answer) {
    struct problem problem = problem_unsupported_type;
    problem.detail_id = *type ? arena_format(arena, "Kirim dengan Content-Type: %s.", type)
                              : "Kirim tanpa Content-Encoding, tidak dimampatkan.";
    problem.detail_en = *type ? arena_format(arena, "Send it with Content-Type: %s.", type)
                              : "Send it without Content-Encoding, not compressed.";
    write_problem(arena, &problem, NULL, answer);
    answer_header(answer, *type ? "Accept" : "Accept-Encoding", *type ? type : "identity");
}

static void write_numbers(struct json_writer *writer, const struct site *site) {
    json_member_array(writer, "numbers");
    for (unsigned i = 0; i < site->short_codes_count; i++) {
        json_write_object(writer);
        json_member_text(writer, "number", site->short_codes[i].number);
        json_member_text(writer, "name", site->short_codes[i].name);
        json_member_text(writer, "name_en", site->short_codes[i].name_en);
        json_write_end(writer);
    }
    json_write_end(writer);
}

char *intake_emergency_json(const struct site *site) {
    struct json_writer writer;
    json_writer_init(&writer, 64 * 1024); /* 256 numbers of 160 + 160 bytes would not fit: then no start */
    json_write_object(&writer);
    json_member_text(&writer, "text", site->emergency_text);
    json_member_text(&writer, "text_en", site->emergency_text_en);
    write_numbers(&writer, site);
    json_write_end(&writer);
    const char *text = json_writer_text(&writer, NULL);
    char *copy = text ? strdup(text) : NULL;
    json_writer_free(&writer);
    return copy;
}

const char *intake_answer_xml(struct arena *arena, const char *text) {
    char *out = arena_take(arena, 5 * strlen(text) + 1), *to = out; /* "&amp;" */
    for (; out && *text; text++) {
        const char *entity = intake_xml_entity(*text);
        if (entity)
            to = stpcpy(to, entity);
        else
            *to++ = *text;
    }
    if (out)
        *to = 0;
    return out ? out : "";
}
