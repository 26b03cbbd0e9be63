/* The files of a site as casework reads them, see site_file.h. */
#include "tests/fuzz/site_file.h"

extern const struct daemon casework_daemon;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const char *const names[] = {"playbooks.yaml", "clocks.yaml", NULL};
    return check_site_file(&casework_daemon, names, bytes, size);
}
