#include "common/problem.h"

#include <stdio.h>

const struct problem problem_bad_request = {
    400, "bad-request", "Permintaan tidak dapat dibaca", "The request cannot be read", NULL, NULL, NULL, 0};
const struct problem problem_unauthorized = {401, "unauthorized", "Perlu masuk atau token yang sah",
    "A sign-in or a valid token is needed", NULL, NULL, NULL, 0};
const struct problem problem_forbidden = {
    403, "forbidden", "Anda tidak berhak atas ini", "You have no right to this", NULL, NULL, NULL, 0};
const struct problem problem_not_found = {
    404, "not-found", "Alamat ini tidak ada", "There is nothing at this address", NULL, NULL, NULL, 0};
const struct problem problem_method_not_allowed = {405, "method-not-allowed",
    "Metode ini tidak berlaku di sini", "This method does not apply here", NULL, NULL, NULL, 0};
const struct problem problem_conflict = {409, "conflict", "Sudah berubah sejak terakhir Anda lihat",
    "It has changed since you last looked", NULL, NULL, NULL, 0};
const struct problem problem_too_large = {
    413, "too-large", "Isi permintaan terlalu besar", "The body is too large", NULL, NULL, NULL, 0};
const struct problem problem_unsupported_type = {415, "unsupported-type", "Jenis isi ini tidak diterima",
    "This type of content is not accepted", NULL, NULL, NULL, 0};
const struct problem problem_overloaded = {503, "overloaded", "Sistem sedang penuh", "The system is busy",
    "Coba lagi sebentar; bila nyawa terancam, telepon 112.",
    "Try again shortly; if a life is in danger, call 112.", NULL, 5};
const struct problem problem_internal = {500, "internal", "Kesalahan di pihak kami", "An error on our side",
    "Coba lagi nanti.", "Try again later.", NULL, 0};

/* "Indonesian / English"; one of the two alone when the other is missing. */
static void write_both(
    struct json_writer *writer, const char *key, const char *indonesian, const char *english) {
    char text[1024];
    if (!indonesian && !english)
        return;
    if (indonesian && english)
        snprintf(text, sizeof text, "%s / %s", indonesian, english);
    json_member_text(writer, key, indonesian && english ? text : indonesian ? indonesian : english);
}

void problem_write(struct json_writer *writer, const struct problem *problem) {
    char type[128];
    snprintf(type, sizeof type, "urn:sigap:problem:%s", problem->type);
    json_write_object(writer);
    json_member_text(writer, "type", type);
    write_both(writer, "title", problem->title_id, problem->title_en);
    json_member_integer(writer, "status", problem->status);
    write_both(writer, "detail", problem->detail_id, problem->detail_en);
    if (problem->pointer)
        json_member_text(writer, "pointer", problem->pointer);
    if (problem->retry_after_s > 0)
        json_member_integer(writer, "retry_after", problem->retry_after_s);
    json_write_end(writer);
}

struct problem problem_from_json(enum json_refusal refusal, const struct json_problem *where) {
    struct problem problem = problem_bad_request;
    if (refusal == JSON_TOO_LARGE)
        problem = problem_too_large;
    if (refusal == JSON_NO_MEMORY)
        problem = problem_overloaded;
    if (where && where->refusal != JSON_OK) {
        problem.status = 422;
        problem.type = "invalid-member";
        problem.title_id = "Isi permintaan tidak sesuai";
        problem.title_en = "The content does not fit";
        problem.pointer = where->pointer;
    }
    problem.detail_id = json_refusal_id(refusal);
    problem.detail_en = json_refusal_en(refusal);
    return problem;
}
