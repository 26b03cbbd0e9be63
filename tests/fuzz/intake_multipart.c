/* Forms with files (services/intake/multipart.h). The first line is the content type, the rest the body;
 * parts lie within it. */
#include "services/intake/multipart.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct multipart_part parts[MULTIPART_PARTS_MAX];
    struct fuzz_input input = fuzz_input(bytes, size);
    char *type = fuzz_line(&input);
    size_t body_size, count = 0;
    uint8_t *body = fuzz_rest(&input, &body_size);
    const char *start = (const char *)body;
    if (multipart_read(type, start, body_size, parts, &count)) {
        FUZZ_HOLDS(count <= MULTIPART_PARTS_MAX);
        for (size_t i = 0; i < count; i++) {
            FUZZ_HOLDS(parts[i].data >= start && parts[i].data + parts[i].size <= start + body_size);
            FUZZ_HOLDS(memchr(parts[i].name, 0, MULTIPART_NAME_MAX) &&
                       memchr(parts[i].filename, 0, MULTIPART_NAME_MAX) &&
                       memchr(parts[i].type, 0, MULTIPART_NAME_MAX));
        }
    }
    free(type);
    free(body);
    return 0;
}
