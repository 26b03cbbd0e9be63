/* GET /v1/openapi.json: openapi.json of this folder, as it was when the program was built.
 * tests/test_source_openapi.c compares it with what the doors really do. */
#include "services/intake/answer.h"
#include "services/intake/source.h"

#include <string.h>

/* Made by CMakeLists.txt. */
extern const char intake_openapi[];
extern const struct intake_source intake_source_openapi;

static enum verdict on_request(struct turn *turn, const struct intake_call *call, struct answer *answer) {
    const char *method = call->request->method;
    if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        intake_answer_json(200, intake_openapi, answer);
    else
        intake_answer_method(turn->arena, "GET, HEAD", answer);
    return VERDICT_DONE;
}

static const char *const routes[] = {"/v1/openapi.json", NULL};

const struct intake_source intake_source_openapi = {
    .name = "openapi",
    .routes = routes,
    .on_request = on_request,
};
