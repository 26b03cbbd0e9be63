/* Answer links: the address that came in, the form behind the button, and the document of the notifier that
 * is shown. Lines: method, token, the notifier's status, its document; the rest is the form. Nothing of them
 * may end up in the page as markup. */
#include "services/console/tests/desk.h"
#include "tests/fuzz/fuzz.h"

enum { INPUTS_A_LIFE = 300 };

/* The page has a fixed set of elements; a text that brought one of its own would show here. */
static void check(const struct answer *answer) {
    static const char *const never[] = {"<script", "<img", "<iframe", "<svg", "<b>"};
    if (!answer || !answer->body || !answer->content_type || !strstr(answer->content_type, "html"))
        return;
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        FUZZ_HOLDS(!strstr(answer->body, never[i]));
    FUZZ_HOLDS(answer->status >= 200 && answer->status < 600 && answer->status != 500);
}

static void notifier_says(struct desk *desk, unsigned status, const char *json) {
    char daemon[16];
    struct id id;
    uint32_t kind;
    Sigap__View *view = desk_question(desk, daemon, &id, &kind);
    if (!view)
        return;
    sigap__view__free_unpacked(view, NULL);
    desk_tell(desk, &id, kind, status, json);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static struct desk desk;
    static unsigned lived;
    struct fuzz_input input = fuzz_input(bytes, size);
    if (!desk.fixture)
        desk = desk_open();
    char *method = fuzz_line(&input), *token = fuzz_line(&input), *status = fuzz_line(&input),
         *document = fuzz_line(&input), path[256];
    size_t form_size;
    uint8_t *form = fuzz_rest(&input, &form_size);
    snprintf(path, sizeof path, "/a/%s", token);
    struct fixture_request request = {.method = method[0] == 'G' ? "GET" : "POST",
        .path = path,
        .body = form_size ? form : NULL,
        .body_size = form_size,
        .headers = {{"Content-Type", "application/x-www-form-urlencoded"}}};
    /* A page of ours lies where the answer will, should it come later or never. */
    fixture_request(desk.fixture, &(struct fixture_request){.method = "GET", .path = "/a/none"});
    check(fixture_request(desk.fixture, &request));
    notifier_says(&desk, (unsigned)atoi(status) % 1000, document);
    check(desk.answer);
    fixture_advance(desk.fixture, WAIT_MS + WAIT_GRAIN_MS);
    check(desk.answer);
    fixture_forget(desk.fixture);
    while (fixture_effect_take(desk.fixture))
        ;
    free(method);
    free(token);
    free(status);
    free(document);
    free(form);
    if (++lived == INPUTS_A_LIFE) {
        lived = 0;
        desk_close(&desk);
    }
    return 0;
}
