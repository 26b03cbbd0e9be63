/* The rules of the door and its small readers (common/http_rules.h). Lines: method, target, pattern, header
 * name, header value, name in a form; the rest is a form. */
#include "common/http_rules.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { PAIRS_MAX = 16 };

static void read_target(char *target) {
    char *path, *query, parts[HTTP_PARTS_MAX][64];
    if (http_rules_target(target, &path, &query) != HTTP_ALLOWED)
        return;
    FUZZ_HOLDS(path[0] == '/' && query);
    FUZZ_HOLDS(!strstr(path, "/../") && !strstr(path, "/./"));
    for (const char *at = path; *at; at++)
        FUZZ_HOLDS((unsigned char)*at >= ' ' && *at != 0x7f);
    static const char *const patterns[] = {
        "/v1/hooks/*", "/*", "/*/*/*/*", "/*/*/*/*/*", "/api/cases/*/change"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (http_path_matches(path, patterns[i], parts, HTTP_PARTS_MAX))
            FUZZ_HOLDS(strlen(parts[0]) < sizeof parts[0] && parts[0][0]);
}

static void read_headers(const char *name, const char *value) {
    struct http_header headers[] = {{"Host", "sigap.test"}, {name, value}, {"Accept", "*/*"}};
    char cookie[64];
    for (int old = 0; old < 2; old++) {
        struct problem problem = http_refusal_problem(http_rules_headers(headers, 3, old));
        FUZZ_HOLDS(problem.status >= 400 && problem.status < 500);
    }
    if (http_cookie_find(value, "__Host-session", cookie, sizeof cookie))
        FUZZ_HOLDS(strlen(cookie) < sizeof cookie);
    const char *token = http_bearer_token(value);
    FUZZ_HOLDS(!token || (token >= value && token <= value + strlen(value)));
}

static void read_form(const char *name, uint8_t *form, size_t size) {
    struct http_pair pairs[PAIRS_MAX];
    char value[32], *copy = malloc(size + 1);
    if (http_form_find((char *)form, size, name, value, sizeof value))
        FUZZ_HOLDS(strlen(value) < sizeof value);
    if (size)
        memcpy(copy, form, size);
    copy[size] = 'x'; /* must be writable, need not be NUL */
    size_t count = http_form_read(copy, size, pairs, PAIRS_MAX);
    for (size_t i = 0; i < count && count <= PAIRS_MAX; i++)
        FUZZ_HOLDS(strlen(pairs[i].name) <= size && strlen(pairs[i].value) <= size);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct fuzz_input input = fuzz_input(bytes, size);
    char *method = fuzz_line(&input), *target = fuzz_line(&input), *pattern = fuzz_line(&input),
         *name = fuzz_line(&input), *value = fuzz_line(&input), *key = fuzz_line(&input);
    char parts[HTTP_PARTS_MAX][64];
    size_t form_size;
    uint8_t *form = fuzz_rest(&input, &form_size);
    http_rules_method(method);
    http_path_matches(target, pattern, parts, HTTP_PARTS_MAX);
    http_path_matches(target, pattern, parts, 1);
    read_target(target);
    read_headers(name, value);
    read_form(key, form, form_size);
    free(method);
    free(target);
    free(pattern);
    free(name);
    free(value);
    free(key);
    free(form);
    return 0;
}
