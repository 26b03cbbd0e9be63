/* Tables: POST /v1/import with Content-Type text/csv and a bearer token; the answer is a line a row, with its
 * ticket or why it was not taken. The first row names the columns: text (required), source, external_id, lat,
 * lon, area, occurred_at, reporter_channel, reporter_address, may_contact, urgent, training; Indonesian names
 * do as well (isi, sumber, wilayah, waktu, alamat_pelapor ...). Other columns are passed over and named in
 * the answer.
 *
 * A row is known by external_id, or by all it says: importing a table again gives every row its first ticket.
 * At most ROWS_MAX rows a request: `sigapctl intake import FILE` cuts a longer table into several. */
#include "services/intake/source.h"

#include "common/buffer.h"
#include "services/intake/answer.h"
#include "services/intake/csv.h"
#include "services/intake/hook.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    BODY_MAX = 512 * 1024,
    ROWS_MAX = 200 /* x 2 KiB of record = 400 KiB of the 1 MiB a turn may append */
};

extern const struct intake_source intake_source_csv;

/* --- columns --- */

enum column {
    COLUMN_TEXT,
    COLUMN_SOURCE,
    COLUMN_EXTERNAL_ID,
    COLUMN_LAT,
    COLUMN_LON,
    COLUMN_AREA,
    COLUMN_OCCURRED_AT,
    COLUMN_CHANNEL,
    COLUMN_ADDRESS,
    COLUMN_MAY_CONTACT,
    COLUMN_URGENT,
    COLUMN_TRAINING,
    COLUMNS
};

static const char *const names[COLUMNS][4] = {
    [COLUMN_TEXT] = {"text", "isi", "laporan"},
    [COLUMN_SOURCE] = {"source", "sumber", "kanal"},
    [COLUMN_EXTERNAL_ID] = {"external_id", "id", "nomor"},
    [COLUMN_LAT] = {"lat", "latitude", "lintang"},
    [COLUMN_LON] = {"lon", "longitude", "bujur"},
    [COLUMN_AREA] = {"area", "wilayah", "kode_wilayah"},
    [COLUMN_OCCURRED_AT] = {"occurred_at", "waktu", "tanggal"},
    [COLUMN_CHANNEL] = {"reporter_channel", "kanal_pelapor"},
    [COLUMN_ADDRESS] = {"reporter_address", "alamat_pelapor", "telepon"},
    [COLUMN_MAY_CONTACT] = {"may_contact", "boleh_dihubungi"},
    [COLUMN_URGENT] = {"urgent", "darurat"},
    [COLUMN_TRAINING] = {"training", "latihan"},
};

/* Place of each column in the table, -1: not there. */
static bool read_header(char *const *fields, size_t count, int places[COLUMNS]) {
    for (size_t column = 0; column < COLUMNS; column++) {
        places[column] = -1;
        for (size_t i = 0; i < count; i++)
            for (size_t k = 0; k < 4 && names[column][k]; k++)
                if (places[column] < 0 && strcasecmp(fields[i], names[column][k]) == 0)
                    places[column] = (int)i;
    }
    return places[COLUMN_TEXT] >= 0;
}

struct row {
    char *const *fields;
    size_t count;
    const int *places;
};

/* NULL: empty or not there. */
static const char *value_of(const struct row *row, enum column column) {
    int place = row->places[column];
    const char *text = place >= 0 && (size_t)place < row->count ? row->fields[place] : "";
    return *text ? text : NULL;
}

static bool is_yes(const char *text) {
    static const char *const yes[] = {"yes", "ya", "y", "true", "1", "x"};
    for (size_t i = 0; text && i < sizeof yes / sizeof *yes; i++)
        if (strcasecmp(text, yes[i]) == 0)
            return true;
    return false;
}

/* --- a row --- */

static enum submission_fault read_row(struct turn *turn, const struct row *row,
    const struct intake_token *token, struct submission *submission) {
    const struct intake *intake = turn->state;
    const char *lat = value_of(row, COLUMN_LAT), *lon = value_of(row, COLUMN_LON),
               *text = value_of(row, COLUMN_TEXT);
    const char *at = value_of(row, COLUMN_OCCURRED_AT), *source = value_of(row, COLUMN_SOURCE);
    char *end_lat = NULL, *end_lon = NULL, *end_at = NULL;
    *submission = (struct submission){.source = token->name,
        .channel = source ? source : "csv",
        .external_id = value_of(row, COLUMN_EXTERNAL_ID),
        .text = text ? text : "",
        .text_size = text ? strlen(text) : 0,
        .has_latitude = lat != NULL,
        .has_longitude = lon != NULL,
        .latitude = lat ? strtod(lat, &end_lat) : 0,
        .longitude = lon ? strtod(lon, &end_lon) : 0,
        .area = value_of(row, COLUMN_AREA),
        .reporter_channel = value_of(row, COLUMN_CHANNEL),
        .reporter_address = value_of(row, COLUMN_ADDRESS),
        .may_contact = is_yes(value_of(row, COLUMN_MAY_CONTACT)),
        .urgent = is_yes(value_of(row, COLUMN_URGENT)),
        .training = is_yes(value_of(row, COLUMN_TRAINING)) || (token->scopes & TOKEN_TRAINING)};
    if (end_lat && *end_lat)
        return SUBMISSION_LATITUDE;
    if (end_lon && *end_lon)
        return SUBMISSION_LONGITUDE;
    int64_t number = at ? strtoll(at, &end_at, 10) : 0;
    if (at && !*end_at && number > 0)
        submission->occurred_at = intake_instant_from_number(number);
    else if (at && !intake_instant_parse(at, (int)intake->site->zone, &submission->occurred_at))
        return SUBMISSION_OCCURRED_AT;
    return SUBMISSION_SOUND;
}

/* Without an id of its own a row is known by all it says. */
static const char *key_of(struct turn *turn, const struct row *row) {
    crypto_generichash_state state;
    uint8_t hash[16];
    char text[2 * sizeof hash + 1];
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < COLUMNS; i++) {
        const char *value = value_of(row, (enum column)i);
        crypto_generichash_update(
            &state, (const uint8_t *)(value ? value : ""), value ? strlen(value) + 1 : 1);
    }
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(text, sizeof text, hash, sizeof hash);
    return arena_format(turn->arena, "csv:%s", text);
}

/* --- the answer --- */

static void add(struct buffer *out, const char *text) {
    buffer_add(out, text, strlen(text));
}

static void add_line(
    struct turn *turn, struct buffer *out, size_t line, const char *ticket, const char *reason) {
    const char *text =
        arena_format(turn->arena, "%zu,%s,%s,\"%s\"\n", line, *ticket ? "ok" : "refused", ticket, reason);
    add(out, text ? text : "");
}

static void take_row(struct turn *turn, const struct row *row, const struct intake_token *token, size_t line,
    struct buffer *out) {
    struct submission submission;
    struct receipt receipt = {.kind = RECEIPT_REFUSED};
    char ticket[TICKET_TEXT + 1] = "";
    enum submission_fault fault = read_row(turn, row, token, &submission);
    if (fault == SUBMISSION_SOUND) {
        if (!submission.external_id)
            submission.idempotency_key = key_of(turn, row);
        intake_receive(turn, &submission, token, &receipt);
    } else {
        receipt.problem = intake_submission_problem(fault);
    }
    if (receipt.kind == RECEIPT_REFUSED) {
        const struct problem *problem = &receipt.problem;
        const char *reason =
            arena_format(turn->arena, "%s / %s", problem->detail_id ? problem->detail_id : problem->title_id,
                problem->detail_en ? problem->detail_en : problem->title_en);
        add_line(turn, out, line, "", reason ? reason : "");
        return;
    }
    ticket_to_text(&receipt.ticket, ticket);
    add_line(turn, out, line, ticket, receipt.kind == RECEIPT_AGAIN ? "sudah ada / known already" : "");
}

static const char *take_rows(
    struct turn *turn, struct csv *csv, const struct intake_token *token, struct buffer *out) {
    char *fields[CSV_FIELDS_MAX];
    int places[COLUMNS];
    size_t count = 0, rows = 0;
    if (csv_read(csv, fields, &count) != CSV_ROW || !read_header(fields, count, places))
        return "The first row must name the columns, one of them text (or isi)";
    add(out, "line,result,ticket,reason\n");
    for (;;) {
        const struct row row = {fields, count, places};
        switch (csv_read(csv, fields, &count)) {
        case CSV_END:
            return NULL;
        case CSV_OPEN_QUOTE:
            add_line(turn, out, csv->line, "",
                "Tanda kutip tidak ditutup / a quote stays open: nothing behind it was read");
            return NULL;
        case CSV_TOO_MANY_FIELDS:
            add_line(turn, out, csv->line, "", "Terlalu banyak kolom / too many columns");
            break;
        case CSV_ROW:
            if (rows++ == ROWS_MAX) {
                add_line(turn, out, csv->line, "",
                    "Lebih dari 200 baris; kirim sisanya lagi / over 200 rows; send the rest again");
                return NULL;
            }
            take_row(turn, &(struct row){fields, count, row.places}, token, csv->line, out);
            break;
        }
    }
}

/* --- the door --- */

static const struct intake_token *token_of(const struct intake_call *call) {
    return hook_token(call, http_bearer_token(call->request->header(call->request, "Authorization")));
}

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    const struct intake_token *token = token_of(call);
    const struct request *request = call->request;
    struct buffer out = BUFFER_MAX(256 * 1024);
    if (hook_refuse(turn, call, "text/csv", token != NULL, answer))
        return VERDICT_DONE;
    if (store_low(turn->store)) {
        intake_answer_emergency(turn->arena, call->intake, &problem_overloaded, answer);
        return VERDICT_DONE;
    }
    char *text = arena_bytes(turn->arena, request->body_size ? request->body : "", request->body_size);
    if (!text)
        return VERDICT_DONE; /* the arena is exhausted, the turn will see */
    struct csv csv = csv_open(text, request->body_size);
    const char *refusal = take_rows(turn, &csv, token, &out);
    if (refusal) {
        struct problem problem = problem_bad_request;
        problem.detail_en = refusal;
        problem.detail_id = "Baris pertama harus berisi nama kolom, salah satunya text (atau isi)";
        intake_answer_problem(turn->arena, &problem, answer);
    } else {
        *answer = (struct answer){.status = 200, .content_type = "text/csv; charset=utf-8"};
        answer->body = arena_bytes(turn->arena, out.bytes, out.size);
        answer->body_size = answer->body ? out.size : 0;
        answer_header(answer, "Cache-Control", "no-store");
    }
    buffer_free(&out);
    return VERDICT_DONE;
}

static const char *const routes[] = {"/v1/import", NULL};

const struct intake_source intake_source_csv = {
    .name = "csv",
    .routes = routes,
    .body_max = BODY_MAX,
    .on_request = on_request,
};
