/* intake hears whatever its neighbours may say, see hear.h. */
#include "tests/fuzz/hear.h"

extern const struct daemon intake_daemon;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    return hear(&intake_daemon, bytes, size);
}
