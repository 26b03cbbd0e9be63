/* console hears whatever its neighbours may say, see hear.h. */
#include "tests/fuzz/hear.h"

extern const struct daemon console_daemon;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    return hear(&console_daemon, bytes, size);
}
