/* Tables of imports (services/intake/csv.h): any bytes. Fields lie within the text and end. */
#include "services/intake/csv.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    char *text = malloc(size + 1), *fields[CSV_FIELDS_MAX];
    size_t count = 0, rows = 0, line = 0;
    if (size)
        memcpy(text, bytes, size);
    struct csv csv = csv_open(text, size);
    enum csv_row row;
    while ((row = csv_read(&csv, fields, &count)) == CSV_ROW || row == CSV_TOO_MANY_FIELDS) {
        FUZZ_HOLDS(++rows <= size + 1 && csv.line >= line);
        line = csv.line;
        for (size_t i = 0; row == CSV_ROW && i < count; i++)
            FUZZ_HOLDS(fields[i] >= text && fields[i] + strlen(fields[i]) <= text + size);
        FUZZ_HOLDS(count <= CSV_FIELDS_MAX);
    }
    free(text);
    return 0;
}
