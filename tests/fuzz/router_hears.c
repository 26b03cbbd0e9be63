/* router hears whatever its neighbours may say, see hear.h. */
#include "tests/fuzz/hear.h"

extern const struct daemon router_daemon;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    return hear(&router_daemon, bytes, size);
}
