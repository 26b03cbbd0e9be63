/* Instants as senders write them, and what makes a report acceptable (services/intake/submission.h). Lines:
 * an instant, channel, external id, key, area, reporter's channel and address; the rest is the text. */
#include "services/intake/submission.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { LINES = 7 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct fuzz_input input = fuzz_input(bytes, size);
    const int64_t now = INT64_C(1772420400000);
    char *lines[LINES];
    int64_t at = 0;
    for (int i = 0; i < LINES; i++)
        lines[i] = fuzz_line(&input);
    if (intake_instant_parse(lines[0], 7, &at)) {
        FUZZ_HOLDS(at >= -14 * 3600000 && at < INT64_C(253402400000000)); /* 1970 to 9999, and a zone */
        intake_instant_from_number(at);
    }
    size_t text_size;
    uint8_t *text = fuzz_rest(&input, &text_size);
    struct submission submission = {.channel = lines[1],
        .external_id = lines[2],
        .idempotency_key = lines[3][0] ? lines[3] : NULL,
        .area = lines[4],
        .reporter_channel = lines[5],
        .reporter_address = lines[6],
        .text = (const char *)text,
        .text_size = text_size,
        .occurred_at = at};
    enum submission_fault fault = intake_submission_check(&submission, now);
    struct problem problem = intake_submission_problem(fault);
    FUZZ_HOLDS(problem.status >= 400 && problem.detail_id && problem.detail_en);
    if (fault == SUBMISSION_SOUND) {
        FUZZ_HOLDS(
            text_size <= SUBMISSION_TEXT_MAX && !memchr(text, 0, text_size) && submission.channel_word[0]);
        FUZZ_HOLDS(strlen(submission.reporter_word) <= SUBMISSION_WORD_MAX);
    }
    for (int i = 0; i < LINES; i++)
        free(lines[i]);
    free(text);
    return 0;
}
