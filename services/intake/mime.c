#include "services/intake/mime.h"

#include <iconv.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { HEADER_MAX = 4096 };

/* --- headers --- */

struct part {
    const char *headers, *body, *end;
};

/* Splits at the first empty line; lines may end with LF alone. */
static bool split(const char *text, const char *end, struct part *part) {
    part->headers = text;
    part->end = end;
    for (const char *line = text; line < end;) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((next ? next : end) - line);
        if (size == 0 || (size == 1 && *line == '\r')) {
            part->body = next ? next + 1 : end;
            return true;
        }
        if (!next)
            break;
        line = next + 1;
    }
    part->body = end;
    return memchr(text, ':', (size_t)(end - text)) != NULL;
}

/* The value of the first header of this name, unfolded. False: none; out is then "". */
static bool header(const struct part *part, const char *name, char *out, size_t room) {
    size_t name_size = strlen(name), used = 0;
    bool found = false;
    out[0] = 0;
    for (const char *line = part->headers; line < part->body;) {
        const char *next = memchr(line, '\n', (size_t)(part->body - line));
        const char *stop = next ? next : part->body;
        bool folded = *line == ' ' || *line == '\t';
        if (found && !folded)
            break;
        if (!found && !folded && (size_t)(stop - line) > name_size && line[name_size] == ':' &&
            strncasecmp(line, name, name_size) == 0) {
            found = true;
            line += name_size + 1;
        }
        for (; found && line < stop && used + 1 < room; line++)
            if (*line != '\r' && (used > 0 || (*line != ' ' && *line != '\t')))
                out[used++] = *line == '\t' || *line == 0 ? ' ' : *line;
        line = stop + 1;
    }
    while (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = 0;
    return found;
}

/* name=value or name="value" in a header's value. */
static bool parameter(const char *text, const char *name, char *out, size_t room) {
    size_t name_size = strlen(name), used = 0;
    out[0] = 0;
    for (const char *at = text; (at = strcasestr(at, name)); at++) {
        if (at == text || !strchr("; \t", at[-1]) || at[name_size] != '=')
            continue;
        at += name_size + 1;
        bool quoted = *at == '"';
        for (at += quoted; *at && used + 1 < room && (quoted ? *at != '"' : !strchr("; \t", *at)); at++)
            out[used++] = *at;
        out[used] = 0;
        return used > 0;
    }
    return false;
}

/* --- encodings --- */

static int hex_digit(int c) {
    return c >= '0' && c <= '9'                     ? c - '0'
           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                    : -1;
}

/* Both write at most size bytes to out and say how many. underscore: of a header, where it is a blank. */
static size_t quoted_printable(const char *text, size_t size, char *out, bool underscore) {
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '=' && i + 2 < size && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
            out[used++] = (char)(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
            i += 2;
        } else if (text[i] == '=' && i + 1 < size && (text[i + 1] == '\n' || text[i + 1] == '\r')) {
            i += text[i + 1] == '\r' && i + 2 < size && text[i + 2] == '\n' ? 2 : 1;
        } else {
            out[used++] = underscore && text[i] == '_' ? ' ' : text[i];
        }
    }
    return used;
}

static size_t base64(const char *text, size_t size, char *out) {
    size_t used = 0, count = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < size && text[i] != '='; i++) {
        int c = (unsigned char)text[i];
        int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                    : c >= 'a' && c <= 'z' ? c - 'a' + 26
                    : c >= '0' && c <= '9' ? c - '0' + 52
                    : c == '+'             ? 62
                    : c == '/'             ? 63
                                           : -1;
        if (value < 0)
            continue;
        bits = bits << 6 | (unsigned)value;
        if (++count % 4 == 0) {
            out[used++] = (char)(bits >> 16);
            out[used++] = (char)(bits >> 8);
            out[used++] = (char)bits;
            bits = 0;
        }
    }
    if (count % 4 == 2)
        out[used++] = (char)(bits >> 4);
    if (count % 4 == 3) {
        out[used++] = (char)(bits >> 10);
        out[used++] = (char)(bits >> 2);
    }
    return used;
}

char *mime_to_utf8(const char *charset, const char *text, size_t size) {
    iconv_t how = *charset && strcasecmp(charset, "utf-8") != 0 ? iconv_open("UTF-8", charset) : (iconv_t)-1;
    size_t room = 4 * size, left = size, unit = strncasecmp(charset, "utf-16", 6) == 0 ? 2 : 1;
    char *out = malloc(room + 1), *to = out, *from = (char *)text;
    if (!out)
        return NULL;
    if (how == (iconv_t)-1) {
        memcpy(out, text, size);
        to = out + size;
    }
    while (how != (iconv_t)-1 && left > 0 && iconv(how, &from, &left, &to, &room) == (size_t)-1 && left > 0 &&
           room > 3) {
        to = mempcpy(to, "\xef\xbf\xbd", 3); /* what it does not know */
        room -= 3;
        from += unit < left ? unit : left;
        left -= unit < left ? unit : left;
    }
    if (how != (iconv_t)-1)
        iconv_close(how);
    *to = 0;
    for (char *at = out; at < to; at++)
        if (*at == 0)
            *at = ' ';
    return out;
}

/* "=?utf-8?B?...?= =?utf-8?Q?...?=" (RFC 2047); the blank between two encoded words is none. */
static char *decoded_words(const char *text) {
    size_t size = strlen(text), used = 0;
    char *out = calloc(1, 4 * size + 1), charset[40], *plain = malloc(size + 1);
    bool encoded_before = false;
    while (out && plain && *text) {
        const char *marks[3] = {NULL};
        if (strncmp(text, "=?", 2) == 0 && (marks[0] = strchr(text + 2, '?')) &&
            (marks[1] = strchr(marks[0] + 1, '?')) && marks[1] == marks[0] + 2)
            marks[2] = strstr(marks[1] + 1, "?=");
        if (!marks[2] || (size_t)(marks[0] - text - 2) >= sizeof charset) {
            out[used++] = *text;
            encoded_before = encoded_before && *text == ' ';
            text++;
            continue;
        }
        while (encoded_before && used > 0 && out[used - 1] == ' ')
            used--;
        snprintf(charset, sizeof charset, "%.*s", (int)(marks[0] - text - 2), text + 2);
        size_t length = (size_t)(marks[2] - marks[1] - 1);
        length = (marks[0][1] | 0x20) == 'b' ? base64(marks[1] + 1, length, plain)
                                             : quoted_printable(marks[1] + 1, length, plain, true);
        char *word = mime_to_utf8(charset, plain, length);
        size_t word_size = word ? strlen(word) : 0;
        if (word_size && used + word_size < 4 * size)
            used += (size_t)snprintf(out + used, 4 * size + 1 - used, "%s", word);
        free(word);
        encoded_before = true;
        text = marks[2] + 2;
    }
    if (out)
        out[used] = 0;
    free(plain);
    return out;
}

/* --- bodies --- */

/* Tags out, a few entities in; in place. */
static void strip_tags(char *html) {
    static const char *const entities[][2] = {
        {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}, {"&quot;", "\""}, {"&nbsp;", " "}, {"&#39;", "'"}};
    char *to = html;
    for (const char *at = html; *at;) {
        if (*at == '<') {
            bool script = strncasecmp(at, "<style", 6) == 0 || strncasecmp(at, "<script", 7) == 0;
            bool line = strncasecmp(at, "<br", 3) == 0 || strncasecmp(at, "</p", 3) == 0 ||
                        strncasecmp(at, "</div", 5) == 0;
            const char *end = script ? strstr(at, "</") : NULL;
            end = strchr(end ? end : at, '>');
            if (line)
                *to++ = '\n';
            at = end ? end + 1 : at + strlen(at);
            continue;
        }
        size_t i = 0;
        for (; i < 6; i++)
            if (*at == '&' && strncasecmp(at, entities[i][0], strlen(entities[i][0])) == 0)
                break;
        *to++ = i < 6 ? *entities[i][1] : *at;
        at += i < 6 ? strlen(entities[i][0]) : 1;
    }
    *to = 0;
}

static void take_leaf(struct mime *mime, const struct part *part, const char *type, bool *html) {
    char encoding[32], charset[40], disposition[256], name[128];
    size_t size = (size_t)(part->end - part->body);
    char *plain = malloc(size + 1);
    if (!plain)
        return;
    header(part, "Content-Transfer-Encoding", encoding, sizeof encoding);
    header(part, "Content-Disposition", disposition, sizeof disposition);
    parameter(type, "charset", charset, sizeof charset);
    if (!parameter(disposition, "filename", name, sizeof name))
        parameter(type, "name", name, sizeof name);
    size = strcasecmp(encoding, "base64") == 0             ? base64(part->body, size, plain)
           : strcasecmp(encoding, "quoted-printable") == 0 ? quoted_printable(part->body, size, plain, false)
                                                           : (memcpy(plain, part->body, size), size);
    bool is_html = strncasecmp(type, "text/html", 9) == 0;
    bool is_text = is_html || !*type || strncasecmp(type, "text/plain", 10) == 0;
    bool attached = *name || strncasecmp(disposition, "attachment", 10) == 0;
    if (is_text && !attached && (!mime->text || (*html && !is_html))) {
        free(mime->text);
        mime->text = mime_to_utf8(charset, plain, size > MIME_TEXT_MAX ? MIME_TEXT_MAX : size);
        *html = is_html;
        if (mime->text && is_html)
            strip_tags(mime->text);
    } else if (!is_text || attached) {
        if (mime->file_count < MIME_PARTS_MAX && size > 0) {
            struct mime_file *file = &mime->files[mime->file_count++];
            snprintf(file->type, sizeof file->type, "%.*s", (int)strcspn(type, "; "), type);
            snprintf(file->name, sizeof file->name, "%s", name);
            file->data = plain;
            file->size = size;
            return;
        }
    }
    sodium_memzero(plain, size);
    free(plain);
}

static void take_part(
    struct mime *mime, const struct part *part, unsigned depth, unsigned *left, bool *html) {
    char type[HEADER_MAX], mark[80] = "--";
    header(part, "Content-Type", type, sizeof type);
    if (*left == 0)
        return;
    --*left;
    if (strncasecmp(type, "multipart/", 10) != 0 || depth >= MIME_DEPTH_MAX ||
        !parameter(type, "boundary", mark + 2, sizeof mark - 2)) {
        take_leaf(mime, part, type, html);
        return;
    }
    size_t mark_size = strlen(mark);
    const char *begin = NULL;
    for (const char *line = part->body; line < part->end;) {
        const char *next = memchr(line, '\n', (size_t)(part->end - line));
        const char *after = next ? next + 1 : part->end;
        if ((size_t)(part->end - line) >= mark_size && memcmp(line, mark, mark_size) == 0) {
            struct part inner;
            if (begin && split(begin, line > begin ? line - 1 : line, &inner))
                take_part(mime, &inner, depth + 1, left, html);
            begin = after;
            if ((size_t)(part->end - line) >= mark_size + 2 && memcmp(line + mark_size, "--", 2) == 0)
                return;
        }
        line = after;
    }
    struct part inner; /* cut off: its last part is what there is */
    if (begin && begin < part->end && split(begin, part->end, &inner))
        take_part(mime, &inner, depth + 1, left, html);
}

/* "A <a@b.example>" or "a@b.example". */
static void address_of(const char *text, char *out, size_t room) {
    const char *open = strrchr(text, '<'), *close = open ? strchr(open, '>') : NULL;
    if (open && close)
        snprintf(out, room, "%.*s", (int)(close - open - 1), open + 1);
    else
        snprintf(out, room, "%s", text);
}

struct mime *mime_read(const char *mail, size_t size) {
    char line[HEADER_MAX];
    struct part part;
    bool html = false;
    unsigned left = MIME_PARTS_MAX;
    if (!split(mail, mail + size, &part))
        return NULL;
    struct mime *mime = calloc(1, sizeof *mime);
    if (!mime)
        return NULL;
    header(&part, "Message-ID", mime->message_id, sizeof mime->message_id);
    header(&part, "Date", mime->date, sizeof mime->date);
    header(&part, "Auto-Submitted", mime->auto_submitted, sizeof mime->auto_submitted);
    header(&part, "From", line, sizeof line);
    address_of(line, mime->from, sizeof mime->from);
    header(&part, "Reply-To", line, sizeof line);
    address_of(line, mime->reply_to, sizeof mime->reply_to);
    header(&part, "Precedence", line, sizeof line);
    mime->bulk =
        strcasecmp(line, "bulk") == 0 || strcasecmp(line, "list") == 0 || strcasecmp(line, "junk") == 0;
    header(&part, "List-Id", line, sizeof line);
    mime->bulk |= *line != 0;
    header(&part, "Subject", line, sizeof line);
    mime->subject = decoded_words(line);
    take_part(mime, &part, 0, &left, &html);
    if (!mime->text)
        mime->text = calloc(1, 1);
    if (!mime->subject || !mime->text)
        mime_free(&mime);
    return mime;
}

static void wipe(char *text) {
    if (text)
        sodium_memzero(text, strlen(text));
    free(text);
}

void mime_free(struct mime **mime) {
    if (!*mime)
        return;
    wipe((*mime)->subject);
    wipe((*mime)->text);
    for (size_t i = 0; i < (*mime)->file_count; i++) {
        sodium_memzero((*mime)->files[i].data, (*mime)->files[i].size);
        free((*mime)->files[i].data);
    }
    free(*mime);
    *mime = NULL;
}

void mime_date_write(long long at_ms, char out[40]) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm); /* strftime would follow the locale */
    snprintf(out, 40, "%s, %02d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday % 7], tm.tm_mday,
        months[tm.tm_mon % 12], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

long long mime_date(const char *text) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm tm = {0};
    char month[4];
    int zone = 0;
    const char *comma = strchr(text, ',');
    const char *at = comma ? comma + 1 : text;
    int read = sscanf(at, " %d %3s %d %d:%d:%d %d", &tm.tm_mday, month, &tm.tm_year, &tm.tm_hour, &tm.tm_min,
        &tm.tm_sec, &zone);
    if (read < 5)
        return 0;
    if (read == 5) /* seconds may be missing */
        sscanf(at, " %*d %*3s %*d %*d:%*d %d", &zone);
    const char *found = strstr(months, month);
    if (!found || strlen(month) != 3 || (found - months) % 3)
        return 0;
    tm.tm_mon = (int)(found - months) / 3;
    tm.tm_year -= tm.tm_year >= 1900 ? 1900 : 0;
    if (tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_year < 70 || tm.tm_year > 1000 || zone < -1400 ||
        zone > 1400)
        return 0;
    return ((long long)timegm(&tm) - (zone / 100 * 60 + zone % 100) * 60LL) * 1000;
}
