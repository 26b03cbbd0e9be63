#include "services/intake/csv.h"

#include <string.h>

static char separator_of(const char *text) {
    static const char candidates[] = ",;\t";
    char best = ',';
    size_t most = 0;
    for (size_t i = 0; candidates[i]; i++) {
        size_t found = 0;
        for (const char *at = text; *at && *at != '\n'; at++)
            found += *at == candidates[i];
        if (found > most) {
            most = found;
            best = candidates[i];
        }
    }
    return best;
}

struct csv csv_open(char *text, size_t size) {
    bool marked = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
    text[size] = 0;
    return (struct csv){
        .at = text + (marked ? 3 : 0), .end = text + size, .separator = separator_of(text), .next_line = 1};
}

/* One field from csv->at; *more: a separator stands behind it. False: a quote stays open. */
static bool read_field(struct csv *csv, char **field, bool *more) {
    char *to = csv->at, *from = csv->at;
    bool quoted = *from == '"', open = quoted;
    *field = to;
    from += quoted;
    for (; from < csv->end; from++) {
        if (open && *from == '"') {
            if (from[1] != '"') {
                open = false;
                continue;
            }
            from++;
        } else if (!open && (*from == csv->separator || *from == '\n' || *from == '\r')) {
            break;
        }
        csv->next_line += *from == '\n';
        *to++ = *from;
    }
    *more = from < csv->end && *from == csv->separator;
    if (!*more && from < csv->end) {
        from += *from == '\r' && from[1] == '\n';
        csv->next_line++;
    }
    csv->at = from < csv->end ? from + 1 : csv->end;
    *to = 0;
    return !open;
}

enum csv_row csv_read(struct csv *csv, char *fields[CSV_FIELDS_MAX], size_t *count) {
    while (csv->at < csv->end) {
        bool more = true, whole = true, fits = true;
        char *field;
        csv->line = csv->next_line;
        for (*count = 0; more && whole;) {
            whole = read_field(csv, &field, &more);
            fits = *count < CSV_FIELDS_MAX;
            if (fits)
                fields[(*count)++] = field;
        }
        if (!whole)
            return csv->at = csv->end, CSV_OPEN_QUOTE;
        if (!fits)
            return CSV_TOO_MANY_FIELDS;
        if (*count > 1 || fields[0][0])
            return CSV_ROW;
    }
    return CSV_END;
}
