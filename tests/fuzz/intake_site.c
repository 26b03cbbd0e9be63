/* The files of a site as intake reads them, see site_file.h. */
#include "tests/fuzz/site_file.h"

extern const struct daemon intake_daemon;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const char *const names[] = {"replies.yaml", NULL};
    return check_site_file(&intake_daemon, names, bytes, size);
}
