/* casework hears whatever its neighbours may say, see hear.h. */
#include "tests/fuzz/hear.h"

extern const struct daemon casework_daemon;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    return hear(&casework_daemon, bytes, size);
}
