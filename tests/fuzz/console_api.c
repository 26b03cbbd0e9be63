/* The console's API in the name of somebody who is signed in as everything, and the documents other daemons
 * answer with. Lines: method, path, query, status and document of whoever is asked; the rest is the body. */
#include "services/console/tests/desk.h"
#include "tests/fuzz/fuzz.h"

enum { INPUTS_A_LIFE = 300, QUESTIONS_MAX = 16 };

static void check(const struct answer *answer) {
    if (!answer || !answer->status)
        return;
    FUZZ_HOLDS(answer->status >= 200 && answer->status < 600 && answer->status != 500);
    if (!answer->content_type || !strstr(answer->content_type, "json") || !answer->body_size)
        return;
    json_t *document = json_loadb(answer->body, answer->body_size, 0, NULL);
    FUZZ_HOLDS(document);
    json_decref(document);
}

/* Those who are asked answer with the document when it is JSON, else not at all: their views are made by our
 * writer. */
static void others_answer(struct desk *desk, unsigned status, const char *json) {
    json_t *sound = json_loads(json, 0, NULL);
    char daemon[16];
    struct id id;
    uint32_t kind;
    for (int i = 0; i < QUESTIONS_MAX && fixture_effect_count(desk->fixture); i++) {
        const struct effect *effect = fixture_effect_take(desk->fixture);
        if (effect->kind < EFFECT_ASK)
            continue;
        id = effect->id;
        kind = effect->kind;
        (void)daemon;
        if (sound)
            desk_tell(desk, &id, kind, status, json);
    }
    json_decref(sound);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct desk desk;
    static unsigned lived;
    struct fuzz_input input = fuzz_input(bytes, size);
    if (!desk.fixture)
        desk = desk_signed_in("sari responder,operator,coordinator,administrator TRC,OPR,TRI,KOR * -");
    char *method = fuzz_line(&input), *path = fuzz_line(&input), *query = fuzz_line(&input),
         *status = fuzz_line(&input), *document = fuzz_line(&input);
    size_t body_size;
    uint8_t *body = fuzz_rest(&input, &body_size);
    struct fixture_request request = {.method = method[0] == 'G' ? "GET" : "POST",
        .path = path[0] == '/' ? path : "/api/queues",
        .query = query,
        .body = body_size ? body : NULL,
        .body_size = body_size,
        .headers = {
            {"Content-Type", "application/json"}, {"Cookie", desk.cookie}, {"X-CSRF-Token", desk.csrf}}};
    bool leaves = strstr(path, "logout") || strstr(path, "password");
    if (!leaves) {
        /* An answer of ours lies where this one will, should it come later or never. */
        fixture_request(desk.fixture, &(struct fixture_request){.method = "GET", .path = "/api/none"});
        check(fixture_request(desk.fixture, &request));
        others_answer(&desk, 100 + (unsigned)atoi(status) % 500, document);
        fixture_advance(desk.fixture, WAIT_MS + WAIT_GRAIN_MS);
        check(desk.answer);
    }
    fixture_forget(desk.fixture);
    while (fixture_effect_take(desk.fixture))
        ;
    free(method);
    free(path);
    free(query);
    free(status);
    free(document);
    free(body);
    if (++lived == INPUTS_A_LIFE) {
        lived = 0;
        desk_close(&desk);
    }
    return 0;
}
