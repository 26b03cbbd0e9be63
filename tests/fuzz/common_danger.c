/* The fast look at a report (common/danger.h), with the lists that ship: any bytes. */
#include "common/danger.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void take(void *state, const char *word) {
    *(size_t *)state += strlen(word);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct danger *danger;
    struct error error = {""};
    size_t letters = 0;
    if (!danger)
        danger = danger_load(SIGAP_SOURCE_DIR "/deploy/sites/jatim", &error);
    FUZZ_HOLDS(danger);
    const char *text = (const char *)bytes;
    bool found = danger_scan(danger, text, size);
    FUZZ_HOLDS(!found || danger_points(danger, text, size) >= danger_enough(danger));
    danger_words(text, size, take, &letters);
    FUZZ_HOLDS(!found || letters > 0);
    return 0;
}
