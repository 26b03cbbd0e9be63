/* The files of a site as notifier reads them, see site_file.h. */
#include "tests/fuzz/site_file.h"

extern const struct daemon notifier_daemon;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const char *const names[] = {"teams.yaml", "escalation.yaml", "channels.yaml", NULL};
    return check_site_file(&notifier_daemon, names, bytes, size);
}
