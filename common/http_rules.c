#include "common/http_rules.h"

#include "common/texts.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

static const struct {
    const char *id, *en;
} sentences[] = {
    [HTTP_ALLOWED] = {"Baik.", "Fine."},
    [HTTP_BAD_METHOD] = {"Metode tidak sah.", "The method is not valid."},
    [HTTP_BAD_TARGET] = {"Alamat harus dimulai dengan garis miring.", "The target must start with a slash."},
    [HTTP_BAD_PERCENT] = {"Tanda persen tanpa dua angka heksadesimal.",
        "A percent sign without two hex digits."},
    [HTTP_CONTROL_CHARACTER] = {"Karakter kendali tidak diterima.", "Control characters are not accepted."},
    [HTTP_BAD_PATH] = {"Jalur alamat tidak sah.", "The path is not valid."},
    [HTTP_BAD_HEADER_NAME] = {"Nama header tidak sah.", "A header name is not valid."},
    [HTTP_BAD_HEADER_LAYOUT] = {"Susunan baris header tidak sah.",
        "The header lines are not laid out as they should."},
    [HTTP_TWO_HOSTS] = {"Header Host muncul dua kali.", "The Host header appears twice."},
    [HTTP_BAD_HOST] = {"Header Host tidak sah.", "The Host header is not valid."},
    [HTTP_TWO_LENGTHS] = {"Header Content-Length muncul dua kali.",
        "The Content-Length header appears twice."},
    [HTTP_BAD_LENGTH] = {"Header Content-Length tidak sah.", "The Content-Length header is not valid."},
    [HTTP_LENGTH_AND_CODING] = {"Content-Length bersama Transfer-Encoding tidak diterima.",
        "Content-Length together with Transfer-Encoding is not accepted."},
    [HTTP_UNKNOWN_CODING] = {"Transfer-Encoding hanya boleh chunked.",
        "The only Transfer-Encoding is chunked."},
    [HTTP_TOO_MANY_HEADERS] = {"Terlalu banyak header.", "There are too many headers."},
};

struct problem http_refusal_problem(enum http_refusal refusal) {
    struct problem problem = problem_bad_request;
    if (refusal == HTTP_TOO_MANY_HEADERS)
        problem.status = 431;
    problem.detail_id = sentences[refusal].id;
    problem.detail_en = sentences[refusal].en;
    return problem;
}

/* RFC 9110 5.6.2 */
static bool is_token(const char *text) {
    if (!*text)
        return false;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        if (!letter && !(c >= '0' && c <= '9') && (c <= ' ' || c >= 0x7f || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return true;
}

static bool has_control(const char *text) {
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
            return true;
    return false;
}

/* Content-Length is digits, at most 18 of them so that it fits everywhere. */
static bool is_length(const char *text) {
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits <= 18 && text[digits] == 0;
}

enum http_refusal http_rules_headers(const struct http_header *headers, size_t count, bool http_1_0) {
    int hosts = 0, lengths = 0, codings = 0;
    for (size_t i = 0; i < count; i++) {
        const char *name = headers[i].name, *value = headers[i].value;
        if (!is_token(name))
            return HTTP_BAD_HEADER_NAME;
        if (has_control(value))
            return HTTP_CONTROL_CHARACTER;
        if (strcasecmp(name, "Host") == 0) {
            if (++hosts > 1)
                return HTTP_TWO_HOSTS;
            if (strpbrk(value, " \t/\\@?#,"))
                return HTTP_BAD_HOST;
        } else if (strcasecmp(name, "Content-Length") == 0) {
            if (++lengths > 1)
                return HTTP_TWO_LENGTHS;
            if (!is_length(value))
                return HTTP_BAD_LENGTH;
        } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
            if (++codings > 1 || http_1_0 || strcasecmp(value, "chunked") != 0)
                return HTTP_UNKNOWN_CODING;
        }
    }
    return lengths && codings ? HTTP_LENGTH_AND_CODING : HTTP_ALLOWED;
}

enum http_refusal http_rules_method(const char *method) {
    size_t capitals = strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return capitals > 0 && capitals <= 16 && method[capitals] == 0 ? HTTP_ALLOWED : HTTP_BAD_METHOD;
}

/* The byte that "%XX" at text stands for, -1 when it stands for none. */
static int percent_byte(const char *text, size_t left) {
    return left < 3 ? -1 : hex_value(text + 1, 2);
}

static bool has_dot_segment(const char *path) {
    while (*path) {
        size_t size = strcspn(++path, "/");
        if ((size == 1 && path[0] == '.') || (size == 2 && path[0] == '.' && path[1] == '.'))
            return true;
        path += size;
    }
    return false;
}

static bool is_utf8(const char *text) {
    utf8proc_int32_t point;
    for (utf8proc_ssize_t used; *text; text += used)
        if ((used = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &point)) <= 0)
            return false;
    return true;
}

static enum http_refusal path_decode(char *path) {
    char *to = path;
    size_t left = strlen(path);
    for (const char *from = path; left > 0;) {
        int byte = (unsigned char)*from;
        size_t used = 1;
        if (byte == '%') {
            byte = percent_byte(from, left);
            used = 3;
            if (byte < 0)
                return HTTP_BAD_PERCENT;
            if (byte == '/')
                return HTTP_BAD_PATH;
        }
        if (byte == '\\')
            return HTTP_BAD_PATH;
        if (byte < 0x20 || byte == 0x7f)
            return HTTP_CONTROL_CHARACTER;
        *to++ = (char)byte;
        from += used;
        left -= used;
    }
    *to = 0;
    return has_dot_segment(path) || !is_utf8(path) ? HTTP_BAD_PATH : HTTP_ALLOWED;
}

static enum http_refusal query_check(const char *query) {
    if (has_control(query))
        return HTTP_CONTROL_CHARACTER;
    for (const char *at = query; (at = strchr(at, '%')); at++)
        if (percent_byte(at, strlen(at)) < 0)
            return HTTP_BAD_PERCENT;
    return HTTP_ALLOWED;
}

enum http_refusal http_rules_target(char *target, char **path, char **query) {
    if (*target != '/')
        return HTTP_BAD_TARGET;
    char *mark = strchr(target, '?');
    *path = target;
    *query = mark ? mark + 1 : target + strlen(target);
    if (mark)
        *mark = 0;
    enum http_refusal refusal = path_decode(target);
    if (refusal == HTTP_ALLOWED && !mark)
        *query = target + strlen(target); /* the path has become shorter */
    return refusal == HTTP_ALLOWED ? query_check(*query) : refusal;
}

/* ---- paths ---- */

bool http_path_matches(const char *path, const char *pattern, char parts[][64], size_t parts_max) {
    size_t found = 0;
    for (; *pattern; pattern++) {
        if (*pattern != '*') {
            if (*path++ != *pattern)
                return false;
            continue;
        }
        size_t size = strcspn(path, "/");
        if (size == 0 || size >= 64 || found == parts_max)
            return false;
        memcpy(parts[found], path, size);
        parts[found++][size] = 0;
        path += size;
    }
    return *path == 0;
}

/* ---- forms ---- */

/* Decodes size bytes into to, which has room for room bytes with the NUL; the bytes written without it, or
 * room when they do not fit. U+FFFD takes the three bytes of "%00", so decoding never lengthens and may be
 * done in place. */
static size_t decode_bytes(const char *from, size_t size, char *to, size_t room, bool keep_nul) {
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        int byte = from[i] == '%' ? percent_byte(from + i, size - i) : -1;
        bool replace = byte == 0 && !keep_nul;
        size_t need = replace ? 3 : 1;
        if (used + need >= room)
            return room;
        if (replace)
            memcpy(to + used, "\xEF\xBF\xBD", 3);
        else
            to[used] = byte >= 0 ? (char)byte : from[i] == '+' || from[i] == 0 ? ' ' : from[i];
        used += need;
        i += byte >= 0 ? 2 : 0;
    }
    to[used] = 0;
    return used;
}

static size_t form_decode(const char *from, size_t size, char *to, size_t room) {
    return decode_bytes(from, size, to, room, false);
}

/* The pair that starts at form: bytes to its end, and of its name. */
static size_t pair_size(const char *form, size_t size, size_t *name_size) {
    const char *end = memchr(form, '&', size);
    size_t all = end ? (size_t)(end - form) : size;
    const char *equals = memchr(form, '=', all);
    *name_size = equals ? (size_t)(equals - form) : all;
    return all;
}

/* The value of the first pair of this name, still encoded. NULL: there is none. */
static const char *find_encoded(const char *form, size_t size, const char *name, size_t *value_size) {
    char decoded[128]; /* a name asked for is ours and short; a longer one is not it */
    for (size_t all, name_size; size > 0; form += all, size -= all) {
        all = pair_size(form, size, &name_size);
        if (form_decode(form, name_size, decoded, sizeof decoded) < sizeof decoded &&
            strcmp(decoded, name) == 0) {
            size_t skip = name_size < all ? name_size + 1 : all;
            *value_size = all - skip;
            return form + skip;
        }
        all += all < size;
    }
    return NULL;
}

bool http_form_find(const char *form, size_t size, const char *name, char *value, size_t value_size) {
    size_t encoded;
    const char *from = find_encoded(form, size, name, &encoded);
    return from && form_decode(from, encoded, value, value_size) < value_size;
}

bool http_form_find_bytes(
    const char *form, size_t size, const char *name, void *value, size_t room, size_t *value_size) {
    size_t encoded;
    const char *from = find_encoded(form, size, name, &encoded);
    *value_size = from ? decode_bytes(from, encoded, value, room, true) : room;
    return *value_size < room;
}

size_t http_form_read(char *form, size_t size, struct http_pair *pairs, size_t pairs_max) {
    size_t count = 0;
    while (size > 0) {
        size_t name_size, all = pair_size(form, size, &name_size);
        size_t skip = name_size < all ? name_size + 1 : all;
        if (all > 0) {
            if (count == pairs_max)
                return pairs_max + 1;
            pairs[count++] = (struct http_pair){form, form + skip};
            form_decode(form + skip, all - skip, form + skip, all - skip + 1);
            form_decode(form, name_size, form, name_size + 1);
        }
        size_t step = all + (all < size);
        form += step;
        size -= step;
    }
    return count;
}

bool http_cookie_find(const char *header, const char *name, char *value, size_t value_size) {
    size_t name_size = strlen(name);
    bool found = false;
    while (header && *header) {
        header += strspn(header, " ;");
        size_t size = strcspn(header, ";");
        if (size > name_size && header[name_size] == '=' && strncmp(header, name, name_size) == 0) {
            size_t bytes = size - name_size - 1;
            if (found || bytes >= value_size)
                return false; /* two sessions: somebody planted one */
            memcpy(value, header + name_size + 1, bytes);
            value[bytes] = 0;
            found = true;
        }
        header += size;
    }
    return found;
}

bool http_mail_address_good(const char *text) {
    const char *at = strchr(text, '@');
    for (const unsigned char *each = (const unsigned char *)text; *each; each++)
        if (!isgraph(*each) || strchr("<>()[],;:\\\"", *each))
            return false;
    return at && at != text && at[1] && !strchr(at + 1, '@') && strlen(text) <= 254;
}

const char *http_bearer_token(const char *header) {
    if (!header || strncasecmp(header, "Bearer ", 7) != 0)
        return NULL;
    header += 7;
    header += strspn(header, " ");
    return *header ? header : NULL;
}
