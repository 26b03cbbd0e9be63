/* The files of a site as router reads them, see site_file.h. */
#include "tests/fuzz/site_file.h"

extern const struct daemon router_daemon;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const char *const names[] = {
        "rules.yaml", "eligibility.yaml", "facilities.yaml", "timers.yaml", NULL};
    return check_site_file(&router_daemon, names, bytes, size);
}
