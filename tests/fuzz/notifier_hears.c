/* notifier hears whatever its neighbours may say, see hear.h. */
#include "tests/fuzz/hear.h"

extern const struct daemon notifier_daemon;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    return hear(&notifier_daemon, bytes, size);
}
