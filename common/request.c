#include "common/request.h"

void answer_header(struct answer *answer, const char *name, const char *value) {
    if (answer->header_count < ANSWER_HEADERS_MAX) {
        answer->headers[answer->header_count].name = name;
        answer->headers[answer->header_count++].value = value;
    }
}
