/* The ZeroMQ door of intake: frames of SubmitReport. A good token stands in for the one of the frame when the
 * first byte is odd. No text with a NUL in it is taken. */
#include "services/intake/intake.h"
#include "services/intake/tests/intake_bottle.h"
#include "tests/fuzz/fuzz.h"

enum { INPUTS_A_LIFE = 500 };

/* Adds the token behind the frame: the last one counts (protobuf). */
static uint8_t *with_token(const uint8_t *frame, size_t *size, const char *token) {
    size_t length = strlen(token);
    uint8_t *longer = malloc(*size + 2 + length);
    if (*size)
        memcpy(longer, frame, *size);
    longer[*size] = 1 << 3 | 2;
    longer[*size + 1] = (uint8_t)length;
    memcpy(longer + *size + 2, token, length);
    *size += 2 + length;
    return longer;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct bottle bottle;
    static unsigned lived;
    struct fuzz_input input = fuzz_input(bytes, size);
    if (!bottle.fixture)
        bottle = bottle_open(false);
    bool known = fuzz_byte(&input) & 1;
    size_t frame_size;
    uint8_t *frame = fuzz_rest(&input, &frame_size);
    if (known) {
        uint8_t *longer = with_token(frame, &frame_size, bottle.bearer + strlen("Bearer "));
        free(frame);
        frame = longer;
    }
    engine_submit(fixture_engine(bottle.fixture), frame, frame_size, NULL);
    size_t before = bottle_reports(&bottle);
    fixture_turn(bottle.fixture);
    Sigap__SubmitReport *submit = sigap__submit_report__unpack(NULL, frame_size, frame);
    size_t taken = bottle_reports(&bottle) - before;
    FUZZ_HOLDS(taken == 0 || (submit && taken == 1 && submit->text[0]));
    if (submit)
        sigap__submit_report__free_unpacked(submit, NULL);
    free(frame);
    fixture_forget(bottle.fixture);
    if (++lived == INPUTS_A_LIFE) {
        lived = 0;
        fixture_close(&bottle.fixture);
    }
    return 0;
}
