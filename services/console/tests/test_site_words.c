/* Every code of the site's files that the page may show has words in both languages: the files are read here
 * line by line, so that a code that the document leaves out is missed. */
#include "services/console/tests/desk.h"

#include <ctype.h>
#include <stdio.h>

static const struct family {
    const char *key, *file;
    const char *begins;  /* the line after which the codes stand */
    const char *member;  /* what a code is called there */
    const char *without; /* codes that begin so are never shown by themselves: NULL: none */
    size_t least;        /* codes; fewer means that this test reads badly */
} families[] = {
    {"facts", "rules.yaml", "facts:", "name: ", NULL, 40},
    {"actions", "rules.yaml", "actions:", "code: ", NULL, 20},
    {"rules", "rules.yaml", "rules:", "id: ", NULL, 60},
    {"rules", "rules.yaml", "general:", "id: ", NULL, 4},
    {"flags", "playbooks.yaml", "flags:", "code: ", NULL, 50},
    {"anchors", "playbooks.yaml", "anchors:", "event: ", NULL, 6},
    {"policies", "escalation.yaml", "policies:", "id: ", NULL, 20},
    {"concepts", "vocabulary/concepts.yaml", "concepts:", "code: ", "F_", 30},
    {"concepts", "vocabulary/signals.yaml", "concepts:", "code: ", "F_", 90},
    {"combinations", "vocabulary/concepts.yaml", "combinations:", "id: ", NULL, 30},
    {"urgency", "vocabulary/severity.yaml", "modifiers:", "id: ", NULL, 14},
    {"urgency", "vocabulary/urgency.yaml", "rules:", "id: ", NULL, 40},
};

static json_t *the_words(struct desk *desk) {
    assert_int_equal(desk_get(desk, "/api/site"), 200);
    json_t *words = desk_json(desk);
    assert_non_null(words);
    return words;
}

static const json_t *words_of(const json_t *list, const char *code) {
    size_t index;
    json_t *one;
    json_array_foreach(
        list, index, one) if (strcmp(json_string_value(json_object_get(one, "code")), code) == 0) return one;
    return NULL;
}

/* The code of a row that begins in this line: "  - code: C_ANAK", "  - {id: ESC-01, ...". */
static bool row_code(const char *line, const char *member, char code[64]) {
    const char *at = line + strspn(line, " ");
    if (strncmp(at, "- ", 2) != 0 || at - line > 2)
        return false;
    at += 2 + strspn(at + 2, "{ ");
    const char *found = strstr(at, member);
    if (!found)
        return false;
    found += strlen(member);
    size_t size = strcspn(found, " ,}\r\n");
    assert_in_range(size, 1, 63);
    memcpy(code, found, size);
    code[size] = 0;
    return true;
}

static void check_words(const json_t *words, const struct family *family, const char *code) {
    const json_t *found = words_of(json_object_get(words, family->key), code);
    if (!found)
        fail_msg("%s: %s has no words in both languages", family->file, code);
    const char *name = json_string_value(json_object_get(found, "name"));
    const char *name_en = json_string_value(json_object_get(found, "name_en"));
    assert_true(strlen(name) > 2 && strlen(name_en) > 2);
    if (strpbrk(code, "_-.")) /* "kusta" is a word */
        assert_true(strcmp(name, code) != 0 && strcmp(name_en, code) != 0);
}

static void check_family(const json_t *words, const struct family *family) {
    char path[512], line[8192], code[64];
    size_t count = 0;
    bool inside = false;
    snprintf(path, sizeof path, "%s/%s", SIGAP_SOURCE_DIR "/deploy/sites/jatim", family->file);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (isalpha((unsigned char)line[0]))
            inside = strncmp(line, family->begins, strlen(family->begins)) == 0;
        if (!inside || !row_code(line, family->member, code) ||
            (family->without && strncmp(code, family->without, strlen(family->without)) == 0))
            continue;
        check_words(words, family, code);
        count++;
    }
    fclose(file);
    assert_in_range(count, family->least, 10000);
}

static void every_code_of_the_site_has_words(void **state) {
    (void)state;
    struct desk desk = desk_open();
    json_t *words = the_words(&desk);
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        check_family(words, &families[i]);
    json_decref(words);
    desk_close(&desk);
}

/* What a code of two lists means is said once, by the first: signals.yaml adds terms to concepts.yaml. */
static void a_code_stands_once(void **state) {
    (void)state;
    struct desk desk = desk_open();
    json_t *words = the_words(&desk), *one;
    size_t index;
    json_t *concepts = json_object_get(words, "concepts");
    json_array_foreach(concepts, index, one)
        assert_ptr_equal(words_of(concepts, json_string_value(json_object_get(one, "code"))), one);
    assert_string_equal(json_string_value(json_object_get(words_of(concepts, "S_IKLAN"), "name")), "iklan");
    json_decref(words);
    desk_close(&desk);
}

static void a_value_of_a_choice_has_words(void **state) {
    (void)state;
    struct desk desk = desk_open();
    json_t *words = the_words(&desk);
    const json_t *origin = words_of(json_object_get(words, "facts"), "origin");
    const json_t *value = words_of(json_object_get(origin, "values"), "other_region");
    assert_string_equal(json_string_value(json_object_get(value, "name")), "daerah lain");
    assert_string_equal(json_string_value(json_object_get(value, "name_en")), "another region");
    json_decref(words);
    desk_close(&desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_of_the_site_has_words),
        cmocka_unit_test(a_code_stands_once),
        cmocka_unit_test(a_value_of_a_choice_has_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
