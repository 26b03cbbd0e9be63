#include "common/request.h"

#include <string.h>

const char *request_caller(const struct request *request) {
    const char *remote = request->remote ? request->remote : "";
    const char *chain = request->header(request, "X-Forwarded-For");
    if (strcmp(remote, REQUEST_LOCAL) != 0 || !chain)
        return remote;
    const char *comma = strrchr(chain, ',');
    return comma ? comma + 1 + strspn(comma + 1, " ") : chain;
}

void answer_header(struct answer *answer, const char *name, const char *value) {
    if (answer->header_count < ANSWER_HEADERS_MAX) {
        answer->headers[answer->header_count].name = name;
        answer->headers[answer->header_count++].value = value;
    }
}
