/* /v1/openapi.json against the code: every route is in it, every path of it is answered, its schema of a
 * report allows what the API takes and nothing else. */
#include "services/intake/source.h"
#include "services/intake/tests/intake_bottle.h"

static json_t *read_document(struct bottle *bottle) {
    const struct answer *answer = bottle_get(bottle, "/v1/openapi.json");
    assert_int_equal(answer->status, 200);
    json_t *document = json_loadb(answer->body, answer->body_size, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(document);
    assert_string_equal(json_string_value(json_object_get(document, "openapi")), "3.1.0");
    return document;
}

/* "/v1/hooks/x/{channel}" as a route has it: with a star. */
static void starred(const char *path, char route[256]) {
    size_t used = 0;
    for (; *path && used < 250; path++) {
        route[used++] = *path == '{' ? '*' : *path;
        if (*path == '{')
            path += strcspn(path, "}");
    }
    route[used] = 0;
}

static void every_route_is_described(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    json_t *document = read_document(&bottle), *item;
    const char *path;
    for (size_t i = 0; intake_sources[i]; i++)
        for (size_t k = 0; intake_sources[i]->routes[k]; k++) {
            bool found = false;
            json_object_foreach(json_object_get(document, "paths"), path, item) {
                char route[256];
                starred(path, route);
                found |= strcmp(route, intake_sources[i]->routes[k]) == 0;
            }
            if (!found)
                fail_msg("%s is not in openapi.json", intake_sources[i]->routes[k]);
        }
    json_decref(document);
    fixture_close(&bottle.fixture);
}

static bool is_method(const char *name) {
    static const char *const methods[] = {"get", "post", "head", "put", "delete", "patch"};
    for (size_t i = 0; i < 6; i++)
        if (strcmp(name, methods[i]) == 0)
            return true;
    return false;
}

/* Any other method of a path is refused, every one described is known; and the status is one that is
 * described. */
static void every_path_is_answered_as_described(void **state) {
    (void)state;
    static const char *const methods[][2] = {
        {"get", "GET"}, {"post", "POST"}, {"head", "HEAD"}, {"put", "PUT"}, {"delete", "DELETE"}};
    struct bottle bottle = bottle_open(false);
    json_t *document = read_document(&bottle), *item, *operation;
    const char *path, *method;
    json_object_foreach(json_object_get(document, "paths"), path, item) {
        char route[256];
        starred(path, route);
        for (char *star = route; (star = strchr(star, '*'));)
            *star = 'x';
        json_object_foreach(
            item, method, operation) if (!is_method(method) && strcmp(method, "parameters") != 0)
            fail_msg("%s: %s is no method", path, method);
        for (size_t i = 0; i < 5; i++) {
            struct fixture_request request = {.method = methods[i][1], .path = route};
            const struct answer *answer = fixture_request(bottle.fixture, &request);
            char status[8];
            snprintf(status, sizeof status, "%u", answer->status);
            operation = json_object_get(item, methods[i][0]);
            bool like_get = strcmp(methods[i][0], "head") == 0 && json_object_get(item, "get");
            if (operation && !json_object_get(json_object_get(operation, "responses"), status))
                fail_msg("%s %s answers %s, which is not described", methods[i][1], path, status);
            if (!operation && !like_get && answer->status < 400)
                fail_msg("%s %s answers %s and is not described", methods[i][1], path, status);
        }
    }
    json_decref(document);
    fixture_close(&bottle.fixture);
}

static const json_t *report_operation(const json_t *document) {
    return json_object_get(json_object_get(json_object_get(document, "paths"), "/v1/reports"), "post");
}

static unsigned post(struct bottle *bottle, const json_t *report) {
    char *body = json_dumps(report, 0);
    const struct answer *answer = bottle_post(bottle, body, NULL);
    unsigned status = answer->status;
    free(body);
    return status;
}

static void the_examples_are_taken(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    json_t *document = read_document(&bottle), *example;
    const char *name;
    const json_t *content = json_object_get(
        json_object_get(json_object_get(report_operation(document), "requestBody"), "content"),
        "application/json");
    size_t count = 0;
    json_object_foreach(json_object_get(content, "examples"), name, example) {
        if (post(&bottle, json_object_get(example, "value")) != 202)
            fail_msg("the example %s is refused", name);
        count++;
    }
    assert_true(count >= 2);
    json_decref(document);
    fixture_close(&bottle.fixture);
}

static const json_t *report_schema(const json_t *document) {
    return json_object_get(json_object_get(json_object_get(document, "components"), "schemas"), "Report");
}

/* A value of the type a property says, at its limits. */
static json_t *value_of(const json_t *property) {
    const char *type = json_string_value(json_object_get(property, "type"));
    if (!type)
        return json_integer(1772420000000);
    if (strcmp(type, "boolean") == 0)
        return json_true();
    if (strcmp(type, "number") == 0)
        return json_incref(json_object_get(property, "maximum"));
    if (strcmp(type, "object") == 0)
        return json_object();
    size_t most = (size_t)json_integer_value(json_object_get(property, "maxLength"));
    if (!most)
        return json_string("35.05");
    char *text = malloc(most + 1);
    memset(text, 'a', most);
    text[most] = 0;
    json_t *value = json_string(text);
    free(text);
    return value;
}

static void the_schema_is_what_is_taken(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    json_t *document = read_document(&bottle), *property;
    const json_t *schema = report_schema(document);
    const char *name;
    json_t *whole = json_object();
    json_object_foreach(json_object_get(schema, "properties"), name, property)
        json_object_set_new(whole, name, value_of(property));
    assert_int_equal(post(&bottle, whole), 202); /* every member, each at its limit */
    json_object_foreach(json_object_get(schema, "properties"), name, property) {
        json_t *changed = json_deep_copy(whole);
        bool required = false;
        size_t i;
        json_t *each;
        json_array_foreach(json_object_get(schema, "required"), i, each) required |=
            strcmp(json_string_value(each), name) == 0;
        const json_t *also = json_object_get(json_object_get(schema, "dependentRequired"), name);
        json_object_del(changed, name);
        if (also)
            json_object_del(changed, json_string_value(json_array_get(also, 0)));
        if ((post(&bottle, changed) == 202) == required)
            fail_msg("%s is %srequired", name, required ? "" : "not ");
        json_decref(changed);
        int64_t most = json_integer_value(json_object_get(property, "maxLength"));
        if (most) { /* one more than the limit */
            char *text = malloc((size_t)most + 2);
            memset(text, 'a', (size_t)most + 1);
            text[most + 1] = 0;
            changed = json_deep_copy(whole);
            json_object_set_new(changed, name, json_string(text));
            assert_int_equal(post(&bottle, changed), 422);
            json_decref(changed);
            free(text);
        }
    }
    json_object_set_new(whole, "unknown_member", json_true());
    assert_int_equal(post(&bottle, whole), 422);
    json_decref(whole);
    json_decref(document);
    fixture_close(&bottle.fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_is_described),
        cmocka_unit_test(every_path_is_answered_as_described),
        cmocka_unit_test(the_examples_are_taken),
        cmocka_unit_test(the_schema_is_what_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
