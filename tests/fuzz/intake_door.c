/* The HTTP door of intake: all sources, whatever comes. Lines: method, path, query, content type, another
 * header's name and value; the rest is the body. A good bearer token is sent along, and SECRET at the end of
 * the path or as the header's value is that token too, so that bodies are read at all. An answer always
 * comes, and refusals are problem documents. */
#include "services/intake/intake.h"
#include "services/intake/tests/intake_bottle.h"
#include "tests/fuzz/fuzz.h"

enum { INPUTS_A_LIFE = 500 };

static void check(const struct answer *answer) {
    FUZZ_HOLDS(answer && answer->status >= 200 && answer->status < 600);
    if (answer->status < 400 || !answer->body_size)
        return;
    json_t *problem = json_loadb(answer->body, answer->body_size, JSON_REJECT_DUPLICATES, NULL);
    bool is_json = answer->content_type && strstr(answer->content_type, "json");
    FUZZ_HOLDS(!is_json || problem);
    FUZZ_HOLDS(answer->status != 500);
    json_decref(problem);
}

/* text, with a SECRET at its end replaced; the caller frees it. */
static char *with_secret(char *text, const char *secret) {
    static const char word[] = "SECRET";
    size_t size = strlen(text), before = size - (sizeof word - 1);
    if (size < sizeof word - 1 || strcmp(text + before, word) != 0)
        return text;
    char *full = malloc(before + strlen(secret) + 1);
    memcpy(full, text, before);
    strcpy(full + before, secret);
    free(text);
    return full;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct bottle bottle;
    static unsigned lived;
    struct fuzz_input input = fuzz_input(bytes, size);
    if (!bottle.fixture)
        bottle = bottle_open(false);
    char *method = fuzz_line(&input), *path = fuzz_line(&input), *query = fuzz_line(&input),
         *type = fuzz_line(&input), *name = fuzz_line(&input), *value = fuzz_line(&input);
    size_t body_size;
    path = with_secret(path, bottle.bearer + strlen("Bearer "));
    value = with_secret(value, bottle.bearer + strlen("Bearer "));
    uint8_t *body = fuzz_rest(&input, &body_size);
    struct fixture_request request = {.method = method,
        .path = path[0] == '/' ? path : "/v1/reports",
        .query = query,
        .body = body_size ? body : NULL,
        .body_size = body_size,
        .headers = {
            {name[0] ? name : "X-Nothing", value}, {"Authorization", bottle.bearer}, {"Content-Type", type}}};
    if (body_size <= 64 << 10)
        check(fixture_request(bottle.fixture, &request));
    fixture_forget(bottle.fixture);
    while (fixture_effect_take(bottle.fixture))
        ;
    if (++lived == INPUTS_A_LIFE) {
        lived = 0;
        fixture_close(&bottle.fixture);
    }
    free(method);
    free(path);
    free(query);
    free(type);
    free(name);
    free(value);
    free(body);
    return 0;
}
