#include "services/intake/multipart.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { BOUNDARY_MAX = 70 /* RFC 2046 */ };

/* The value of a parameter: name=token or name="quoted". */
static bool parameter(const char *line, size_t size, const char *name, char *out, size_t room) {
    size_t name_size = strlen(name), used = 0;
    for (size_t i = 0; i + name_size + 1 < size; i++) {
        bool starts = i > 0 && strchr("; \t", line[i - 1]) && strncasecmp(line + i, name, name_size) == 0 &&
                      line[i + name_size] == '=';
        if (!starts)
            continue;
        i += name_size + 1;
        bool quoted = line[i] == '"';
        for (i += quoted; i < size; i++) {
            bool escaped = quoted && line[i] == '\\' && i + 1 < size;
            if (!escaped && (quoted ? line[i] == '"' : strchr("; \t\r\n", line[i]) != NULL))
                break;
            i += escaped;
            if (used + 1 == room)
                return false;
            out[used++] = line[i];
        }
        out[used] = 0;
        return true;
    }
    return false;
}

/* Headers of a part, up to its empty line; their size, 0: they do not end. */
static size_t read_headers(const char *at, size_t left, struct multipart_part *part) {
    const char *end = memmem(at, left, "\r\n\r\n", 4);
    if (left >= 2 && memcmp(at, "\r\n", 2) == 0) /* none at all */
        return 2;
    if (!end)
        return 0;
    for (const char *line = at; line < end;) {
        const char *stop = memmem(line, (size_t)(end + 2 - line), "\r\n", 2);
        size_t size = (size_t)((stop ? stop : end) - line);
        if (size > 20 && strncasecmp(line, "Content-Disposition:", 20) == 0) {
            parameter(line, size, "name", part->name, sizeof part->name);
            parameter(line, size, "filename", part->filename, sizeof part->filename);
        } else if (size > 13 && strncasecmp(line, "Content-Type:", 13) == 0) {
            size_t skip = 13 + strspn(line + 13, " ");
            snprintf(
                part->type, sizeof part->type, "%.*s", skip < size ? (int)(size - skip) : 0, line + skip);
        }
        line += size + 2;
    }
    return (size_t)(end - at) + 4;
}

struct boundary {
    char mark[BOUNDARY_MAX + 5]; /* "\r\n--" and the boundary */
    size_t size;
};

/* The next mark from `from` on, which may be two bytes before the body: a line of its own, also the last one.
 * *next: behind it; *last: no part follows. NULL: none. */
static const char *find_mark(
    const struct boundary *boundary, const char *from, const char *end, const char **next, bool *last) {
    for (const char *at = from; (at = memmem(at, (size_t)(end - at), boundary->mark, boundary->size)); at++) {
        const char *behind = at + boundary->size;
        *last = end - behind >= 2 && memcmp(behind, "--", 2) == 0;
        while (!*last && behind < end && (*behind == ' ' || *behind == '\t'))
            behind++;
        *next = behind + 2;
        if (*last || (end - behind >= 2 && memcmp(behind, "\r\n", 2) == 0))
            return at;
    }
    return NULL;
}

/* The first mark may stand at the very beginning, without the line end of the others. */
static bool find_first(
    const struct boundary *boundary, const char *body, size_t size, const char **next, bool *last) {
    struct boundary first = {.size = boundary->size - 2};
    memcpy(first.mark, boundary->mark + 2, boundary->size - 1);
    const char *found = find_mark(&first, body, body + size, next, last);
    return found == body || find_mark(boundary, body, body + size, next, last);
}

bool multipart_read(const char *content_type, const char *body, size_t size,
    struct multipart_part parts[MULTIPART_PARTS_MAX], size_t *count) {
    static const char wanted[] = "multipart/form-data";
    struct boundary boundary = {.mark = "\r\n--"};
    const char *at, *end = body + size;
    bool last;
    *count = 0;
    if (!content_type || strncasecmp(content_type, wanted, sizeof wanted - 1) != 0 ||
        !parameter(
            content_type, strlen(content_type), "boundary", boundary.mark + 4, sizeof boundary.mark - 4) ||
        !boundary.mark[4])
        return false;
    boundary.size = strlen(boundary.mark);
    if (!find_first(&boundary, body, size, &at, &last))
        return false;
    while (!last) {
        if (*count == MULTIPART_PARTS_MAX)
            return false;
        struct multipart_part *part = &parts[(*count)++];
        *part = (struct multipart_part){.name = ""};
        size_t headers = read_headers(at, (size_t)(end - at), part);
        part->data = at + headers;
        /* an empty part: its mark begins with the line end of its headers */
        const char *stop = headers ? find_mark(&boundary, part->data - 2, end, &at, &last) : NULL;
        if (!stop)
            return false;
        part->size = stop > part->data ? (size_t)(stop - part->data) : 0;
    }
    return true;
}
