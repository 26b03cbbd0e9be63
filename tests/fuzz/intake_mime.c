/* E-mails as they came (services/intake/mime.h): any bytes. What is taken out of one is bounded.
 * (Of an unknown charset it is taken as it stands; hook_emit sees to UTF-8.) */
#include "services/intake/mime.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { MAIL_MAX = 256 << 10 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    if (size > MAIL_MAX)
        return 0;
    struct mime *mime = mime_read((const char *)bytes, size);
    if (!mime)
        return 0;
    FUZZ_HOLDS(mime->text && mime->subject && strlen(mime->text) <= MIME_TEXT_MAX);
    FUZZ_HOLDS(mime->file_count <= MIME_PARTS_MAX);
    FUZZ_HOLDS(
        memchr(mime->message_id, 0, sizeof mime->message_id) && memchr(mime->from, 0, sizeof mime->from));
    mime_date(mime->date);
    for (size_t i = 0; i < mime->file_count; i++) {
        FUZZ_HOLDS(mime->files[i].size <= size && (mime->files[i].data || !mime->files[i].size));
        FUZZ_HOLDS(memchr(mime->files[i].name, 0, sizeof mime->files[i].name));
    }
    mime_free(&mime);
    FUZZ_HOLDS(!mime);
    return 0;
}
