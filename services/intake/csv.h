/* Comma-separated values (RFC 4180) row by row, in place: quotes, line breaks within quotes, LF or CR LF,
 * comma or semicolon or tab (whichever the first row has most of), a UTF-8 mark at the beginning. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { CSV_FIELDS_MAX = 64 };

struct csv {
    char *at, *end; /* the caller's text, which is changed; *end is NUL */
    char separator;
    size_t line; /* of the row read last, from 1 */
    size_t next_line;
};

enum csv_row { CSV_ROW, CSV_END, CSV_TOO_MANY_FIELDS, CSV_OPEN_QUOTE };

/* text[size] must be writable; it becomes NUL. */
struct csv csv_open(char *text, size_t size);
/* The next row that is not empty. Fields point into the text. After CSV_OPEN_QUOTE nothing more can be read.
 */
enum csv_row csv_read(struct csv *csv, char *fields[CSV_FIELDS_MAX], size_t *count);
