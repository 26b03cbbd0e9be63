/* What platforms send to webhooks (services/intake/hook.h), behind a signature that is good: strangers typed
 * it all the same. The first line names a source, the rest is the body. Nothing of it may be lost: the
 * platform hears 2xx and everything is a report, a duplicate, put aside or says nothing; or it hears why not.
 */
#include "services/intake/hook.h"
#include "services/intake/intake.h"
#include "services/intake/tests/intake_bottle.h"
#include "services/intake/urgent_body.h"
#include "tests/fuzz/fuzz.h"

enum { INPUTS_A_LIFE = 300, BODY_BYTES_MAX = 256 << 10 };

/* In place of the daemon's: no signature is asked for. */
static enum verdict unsigned_request(
    struct turn *turn, const struct request *request, struct answer *answer) {
    struct intake *intake = turn->state;
    struct intake_call call = {.intake = intake, .request = request};
    for (size_t i = 0; intake_sources[i]; i++) {
        if (!intake_sources[i]->hook || strcmp(intake_sources[i]->name, request->path) != 0)
            continue;
        struct hook_from from = hook_from_token(&intake->tokens.list[0]);
        urgent_body(intake->danger, request->body, request->body_size);
        hook_request(turn, &call, intake_sources[i], &from, answer);
        return VERDICT_DONE;
    }
    answer->status = 404;
    return VERDICT_DONE;
}

static struct bottle open_unsigned(void) {
    static struct daemon daemon;
    daemon = intake_daemon;
    daemon.on_request = unsigned_request;
    struct bottle bottle = {.fixture = fixture_open(&(struct fixture_options){.daemon = &daemon, .seed = 7})};
    bottle_issue(bottle.fixture, "bot-a", bottle.bearer);
    return bottle;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct bottle bottle;
    static unsigned lived;
    struct fuzz_input input = fuzz_input(bytes, size);
    if (!bottle.fixture)
        bottle = open_unsigned();
    char *source = fuzz_line(&input);
    size_t body_size;
    uint8_t *body = fuzz_rest(&input, &body_size);
    struct fixture_request request = {.method = "POST",
        .path = source,
        .body = body_size ? body : NULL,
        .body_size = body_size,
        .headers = {{NULL, NULL}}};
    if (body_size <= BODY_BYTES_MAX) {
        const struct answer *answer = fixture_request(bottle.fixture, &request);
        FUZZ_HOLDS(answer && answer->status >= 200 && answer->status < 500);
        fixture_advance(bottle.fixture, 1000); /* what is decoded slice by slice */
    }
    fixture_forget(bottle.fixture);
    while (fixture_effect_take(bottle.fixture))
        ;
    if (++lived == INPUTS_A_LIFE) {
        lived = 0;
        fixture_close(&bottle.fixture);
    }
    free(source);
    free(body);
    return 0;
}
