#include "services/intake/submission.h"

#include "common/area.h"
#include "common/utf8.h"

#include <string.h>

/* --- texts --- */

/* Well-formed UTF-8 without NUL (Unicode 15, table 3-7). Most of a report is ASCII: eight bytes at a time. */
static bool is_text(const char *text, size_t size) {
    const unsigned char *at = (const unsigned char *)text, *end = at + size;
    while (at < end) {
        uint64_t eight = 0x8080808080808080;
        if (end - at >= 8)
            memcpy(&eight, at, 8);
        if (!(eight & 0x8080808080808080) && !((eight - 0x0101010101010101) & ~eight & 0x8080808080808080)) {
            at += 8;
            continue;
        }
        size_t length = *at ? utf8_sequence(at, (size_t)(end - at)) : 0;
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

static bool is_blank(const char *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] > ' ')
            return false;
    return true;
}

/* One line without control characters, at most `most` bytes. */
static bool is_line(const char *text, size_t most) {
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return false;
    return size <= most && is_text(text, size);
}

/* Channels travel in the clear: a word, so that nobody's name ends up there. */
static bool read_word(const char *text, char word[SUBMISSION_WORD_MAX + 1]) {
    size_t size = text ? strlen(text) : 0;
    if (size == 0 || size > SUBMISSION_WORD_MAX)
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
        bool sign = c == '-' || c == '_' || c == '.' || c == ':';
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !(sign && i > 0))
            return false;
        word[i] = c;
    }
    word[size] = 0;
    return true;
}

static bool given(const char *text) {
    return text && *text;
}

/* --- the checks, in the order of the enum --- */

static enum submission_fault check_text(const struct submission *submission) {
    if (submission->text_size > SUBMISSION_TEXT_MAX)
        return SUBMISSION_TEXT_LONG;
    if (is_blank(submission->text, submission->text_size))
        return SUBMISSION_TEXT_EMPTY;
    return is_text(submission->text, submission->text_size) ? SUBMISSION_SOUND : SUBMISSION_TEXT_BYTES;
}

/* Visible ASCII only: a key goes through headers and logs of others. */
static bool is_key(const char *text) {
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return size > 0 && size <= SUBMISSION_KEY_MAX;
}

static enum submission_fault check_place(const struct submission *submission) {
    if (submission->has_latitude != submission->has_longitude)
        return SUBMISSION_ONE_COORDINATE;
    if (submission->has_latitude && !(submission->latitude >= -90 && submission->latitude <= 90))
        return SUBMISSION_LATITUDE;
    if (submission->has_longitude && !(submission->longitude >= -180 && submission->longitude <= 180))
        return SUBMISSION_LONGITUDE;
    if (given(submission->area) && area_level(submission->area) == AREA_NONE)
        return SUBMISSION_AREA;
    return SUBMISSION_SOUND;
}

static enum submission_fault check_reporter(struct submission *submission) {
    if (!given(submission->reporter_channel))
        memcpy(submission->reporter_word, submission->channel_word, sizeof submission->reporter_word);
    else if (!read_word(submission->reporter_channel, submission->reporter_word))
        return SUBMISSION_REPORTER_CHANNEL;
    if (given(submission->reporter_address) && !is_line(submission->reporter_address, SUBMISSION_ADDRESS_MAX))
        return SUBMISSION_REPORTER_ADDRESS;
    return SUBMISSION_SOUND;
}

enum submission_fault intake_submission_check(struct submission *submission, int64_t now) {
    enum submission_fault fault = check_text(submission);
    if (fault != SUBMISSION_SOUND)
        return fault;
    if (!read_word(submission->channel, submission->channel_word))
        return SUBMISSION_CHANNEL;
    if (given(submission->external_id) && !is_line(submission->external_id, SUBMISSION_EXTERNAL_ID_MAX))
        return SUBMISSION_EXTERNAL_ID;
    if (submission->idempotency_key && !is_key(submission->idempotency_key))
        return SUBMISSION_KEY;
    fault = check_place(submission);
    if (fault != SUBMISSION_SOUND)
        return fault;
    if (submission->occurred_at < 0 || submission->occurred_at > now + SUBMISSION_AHEAD_MS)
        return SUBMISSION_OCCURRED_AT;
    return check_reporter(submission);
}

/* --- sentences --- */

static const struct {
    const char *pointer, *id, *en;
} sentences[] = {
    [SUBMISSION_SOUND] = {NULL, "Baik.", "Fine."},
    [SUBMISSION_TEXT_EMPTY] = {"/text", "Isi laporan kosong; tulis apa yang terjadi.",
        "The report is empty; write what happened."},
    [SUBMISSION_TEXT_LONG] = {"/text", "Isi laporan lebih dari 16 KiB; persingkat.",
        "The report is longer than 16 KiB; shorten it."},
    [SUBMISSION_TEXT_BYTES] = {"/text", "Teks bukan UTF-8 yang sah atau berisi NUL.",
        "The text is not valid UTF-8 or holds NUL."},
    [SUBMISSION_CHANNEL] = {"/source",
        "Sumber berupa satu kata, misalnya whatsapp: huruf, angka, titik, tanda hubung; paling banyak 40.",
        "The source is one word such as whatsapp: letters, digits, dots, hyphens; at most 40."},
    [SUBMISSION_EXTERNAL_ID] = {"/external_id", "external_id paling banyak 255 byte dalam satu baris.",
        "external_id has at most 255 bytes in one line."},
    [SUBMISSION_KEY] = {NULL, "Idempotency-Key: 1 sampai 255 karakter ASCII tanpa spasi.",
        "Idempotency-Key: 1 to 255 ASCII characters without blanks."},
    [SUBMISSION_ONE_COORDINATE] = {"/lat", "lat dan lon harus diberikan bersama-sama.",
        "lat and lon must be given together."},
    [SUBMISSION_LATITUDE] = {"/lat", "lat harus antara -90 dan 90.", "lat must lie between -90 and 90."},
    [SUBMISSION_LONGITUDE] = {"/lon", "lon harus antara -180 dan 180.", "lon must lie between -180 and 180."},
    [SUBMISSION_AREA] = {"/area", "area harus kode Kemendagri, misalnya 35.07.12.",
        "area must be a Kemendagri code such as 35.07.12."},
    [SUBMISSION_OCCURRED_AT] = {"/occurred_at",
        "occurred_at harus milidetik epoch atau teks ISO 8601, dan tidak di masa depan.",
        "occurred_at must be epoch milliseconds or ISO 8601 text, and not in the future."},
    [SUBMISSION_REPORTER_CHANNEL] = {"/reporter/channel",
        "Kanal pelapor berupa satu kata, misalnya whatsapp.",
        "The reporter's channel is one word such as whatsapp."},
    [SUBMISSION_REPORTER_ADDRESS] = {"/reporter/address",
        "Alamat pelapor paling banyak 256 byte dalam satu baris.",
        "The reporter's address has at most 256 bytes in one line."},
};

struct problem intake_submission_problem(enum submission_fault fault) {
    struct problem problem = {.status = 422,
        .type = "invalid-member",
        .title_id = "Isi permintaan tidak sesuai",
        .title_en = "The content does not fit",
        .detail_id = sentences[fault].id,
        .detail_en = sentences[fault].en,
        .pointer = sentences[fault].pointer};
    if (fault == SUBMISSION_KEY) {
        problem.status = 400;
        problem.type = "invalid-header";
    }
    return problem;
}

/* --- instants --- */

/* Exactly count digits at *at. */
static bool digits(const char **at, int count, int *value) {
    *value = 0;
    for (int i = 0; i < count; i++, ++*at) {
        if (**at < '0' || **at > '9')
            return false;
        *value = *value * 10 + (**at - '0');
    }
    return true;
}

/* Days since 1970-01-01 of a Gregorian date; years begin in March so that the leap day comes last. */
static int64_t days_of(int year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool read_date(const char **at, int64_t *days) {
    static const int longest[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day;
    if (!digits(at, 4, &year) || *(*at)++ != '-' || !digits(at, 2, &month) || *(*at)++ != '-' ||
        !digits(at, 2, &day))
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > longest[month - 1] ||
        (month == 2 && day == 29 && !leap))
        return false;
    *days = days_of(year, month, day);
    return true;
}

static bool read_time(const char **at, int64_t *ms) {
    int hour, minute, second = 0, fraction = 0;
    if (!digits(at, 2, &hour) || *(*at)++ != ':' || !digits(at, 2, &minute) || hour > 23 || minute > 59)
        return false;
    if (**at == ':' && (++*at, !digits(at, 2, &second) || second > 60))
        return false;
    if (**at == '.' || **at == ',') {
        int place = 100;
        for (++*at; **at >= '0' && **at <= '9'; ++*at, place /= 10)
            fraction += (**at - '0') * place;
    }
    *ms = ((hour * 60 + minute) * 60 + second) * INT64_C(1000) + fraction;
    return true;
}

/* Z, +07:00, +0700, +07; nothing: zone_hours. */
static bool read_zone(const char **at, int zone_hours, int64_t *offset_ms) {
    int hours = zone_hours, minutes = 0;
    char sign = **at;
    if (sign == 'Z' || sign == 'z') {
        hours = 0;
        ++*at;
    } else if (sign == '+' || sign == '-') {
        ++*at;
        if (!digits(at, 2, &hours))
            return false;
        if (**at == ':')
            ++*at;
        if (**at && !digits(at, 2, &minutes))
            return false;
        if (hours > 14 || minutes > 59)
            return false;
    }
    *offset_ms = (hours * 60 + minutes) * INT64_C(60000) * (sign == '-' ? -1 : 1);
    return **at == 0;
}

bool intake_instant_parse(const char *text, int zone_hours, int64_t *at_ms) {
    int64_t days, ms = 0, offset_ms;
    if (!read_date(&text, &days))
        return false;
    if ((*text == 'T' || *text == 't' || *text == ' ') && (text++, !read_time(&text, &ms)))
        return false;
    if (!read_zone(&text, zone_hours, &offset_ms))
        return false;
    *at_ms = days * 86400000 + ms - offset_ms;
    return true;
}

int64_t intake_instant_from_number(int64_t number) {
    return number >= 0 && number < INT64_C(100000000000) ? number * 1000 : number;
}
