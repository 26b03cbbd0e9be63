/* Strict reading, and the shipped site with the schemas of common/site.h. What the other files of the site
 * mean is tested by the services that read them; here they only must be YAML that nothing stands in twice. */
#include "common/config.h"
#include "common/fault.h"
#include "common/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dirent.h>
#include <yaml.h>

#include <cmocka.h>

static const char *const shipped = SIGAP_SOURCE_DIR "/deploy/sites/jatim";

/* ---- a schema with every shape */

struct item {
    char *code;
    int places;
    int colour;
};

struct document {
    char *title;
    int count;
    uint8_t small;
    bool open;
    double rate;
    struct item *items;
    unsigned items_count;
    char **words;
    unsigned words_count;
};

static const cyaml_strval_t unknown_word[] = {{"unknown", -1}};
static const cyaml_strval_t colour_words[] = {{"red", 1}, {"green", 2}};
static const cyaml_schema_field_t item_fields[] = {
    CYAML_FIELD_STRING_PTR("code", CYAML_FLAG_POINTER, struct item, code, 2, 4),
    CYAML_FIELD_ENUM("places", CYAML_FLAG_OPTIONAL, struct item, places, unknown_word, 1),
    CYAML_FIELD_ENUM("colour", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct item, colour, colour_words, 2),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t item_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct item, item_fields)};
static const cyaml_schema_value_t word_schema = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, 8)};
static const cyaml_schema_field_t document_fields[] = {
    CYAML_FIELD_STRING_PTR("title", CYAML_FLAG_POINTER, struct document, title, 0, 16),
    CYAML_FIELD_INT("count", CYAML_FLAG_OPTIONAL, struct document, count),
    CYAML_FIELD_UINT("small", CYAML_FLAG_OPTIONAL, struct document, small),
    CYAML_FIELD_BOOL("open", CYAML_FLAG_OPTIONAL, struct document, open),
    CYAML_FIELD_FLOAT("rate", CYAML_FLAG_OPTIONAL, struct document, rate),
    CYAML_FIELD_SEQUENCE(
        "items", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct document, items, &item_schema, 1, 2),
    CYAML_FIELD_SEQUENCE(
        "words", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct document, words, &word_schema, 0, 9),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct document, document_fields)};

static char path[] = "/tmp/sigap-config-XXXXXX";

static int make_file(void **state) {
    (void)state;
    int file = mkstemp(path);
    return file < 0 || close(file) != 0;
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

static void write_text(const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void accepts(void **state) {
    (void)state;
    struct error error = {""};
    struct document *read = NULL;
    write_text(
        "# a comment\ntitle: Rumah \"aman\"\ncount: -12\nsmall: 255\nopen: yes\nrate: 0.5\n"
        "items:\n  - { code: ab, places: unknown, colour: green }\n  - code: \"0123\"\n    places: 30\n"
        "words: [satu, \"dua\"]\n");
    if (!config_load(path, &schema, &read, &error))
        fail_msg("%s", error.text);
    assert_string_equal(read->title, "Rumah \"aman\"");
    assert_int_equal(read->count, -12);
    assert_int_equal(read->small, 255);
    assert_true(read->open);
    assert_true(read->rate == 0.5);
    assert_int_equal(read->items_count, 2);
    assert_int_equal(read->items[0].places, -1);
    assert_int_equal(read->items[0].colour, 2);
    assert_string_equal(read->items[1].code, "0123");
    assert_int_equal(read->items[1].places, 30);
    assert_true(config_list_has(read->words, read->words_count, "dua"));
    assert_false(config_list_has(read->words, read->words_count, "tiga"));
    config_free(&schema, &read);
    assert_null(read);
    config_free(&schema, &read);
}

static void refuses(void **state) {
    (void)state;
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"title: a\nextra: 1\n", ":2: \"extra\" is no known key here"},
        {"title: a\nitems:\n  - code: ab\n    plaecs: 3\n", ":4: items[0]: \"plaecs\" is no known key here"},
        {"count: 1\n", ":1: \"title\" is missing"},
        {"title: a\nitems:\n  - code: ab\n  - places: 3\n", ":4: items[1]: \"code\" is missing"},
        {"title: a\ntitle: b\n", ":2: \"title\" stands here twice"},
        {"title: a\ncount: 3x\n", ":2: count: \"3x\" is no whole number"},
        {"title: a\ncount: 010\n", ":2: count: \"010\" is no whole number"},
        {"title: a\ncount: 0x10\n", ":2: count:"},
        {"title: a\ncount: 1.5\n", ":2: count:"},
        {"title: a\ncount:\n", ":2: count: \"\" is no whole number"},
        {"title: a\ncount: 2147483648\n", ":2: count:"},
        {"title: a\nsmall: 256\n", ":2: small: \"256\" is no whole number from 0 on"},
        {"title: a\nsmall: -1\n", ":2: small:"},
        {"title: a\nopen: maybe\n", ":2: open: \"maybe\" is neither yes nor no"},
        {"title: a\nrate: fast\n", ":2: rate: \"fast\" is no number"},
        {"title: 12345678901234567\n", ":1: title: is longer than 16 bytes"},
        {"title: [a]\n", ":1: title: is a list where one value is wanted"},
        {"title: {a: b}\n", ":1: title: is a mapping where one value is wanted"},
        {"title: a\nitems: ab\n", ":2: items: is no list"},
        {"title: a\nitems: []\n", ":2: items: has 0 entries, at least 1 are needed"},
        {"title: a\nitems: [{code: ab}, {code: ab}, {code: ab}]\n",
            ":2: items: has 3 entries, at most 2 are allowed"},
        {"title: a\nitems:\n  - ab\n", ":3: items[0]: is no mapping"},
        {"title: a\nitems:\n  - code: a\n", ":3: items[0].code: is shorter than 2 bytes"},
        {"title: a\nitems:\n  - { code: ab,\n      colour: blue }\n",
            ":4: items[0].colour: \"blue\" is none of: red, green"},
        {"title: a\nitems: [{ code: ab, colour: 1 }]\n", "colour: \"1\" is none of"},
        {"title: a\nitems: [{ code: ab, places: lots }]\n",
            "places: \"lots\" is none of: unknown, or a whole number"},
        {"title: a\nwords: [satu, [dua]]\n", ":2: words[1]: is a list where one value is wanted"},
        {"title: &x a\nwords: [*x]\n", "alias"},
        {"title: a\n---\ntitle: b\n", "a second document is not read"},
        {"title: a\n...\nrubbish: [\n", ":"},
        {"", ":1: is empty"},
        {"# only a comment\n", ":1: is empty"},
        {"- a\n- b\n", ":1: is no mapping"},
        {"title: \"a\n", ":2: "},
        {"title: {\n", ":2: "},
        {"title: a\n\tcount: 1\n", ":2: "},
        {"title: \xff\xfe\n", ": "},
        {"title: \"a\\0b\"\n", ":1: title: contains a NUL"},
        {"? [a]\n: b\n", "a key must be a word"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {""};
        struct document *read = NULL;
        write_text(cases[i].text);
        if (config_load(path, &schema, &read, &error))
            fail_msg("was accepted: %s", cases[i].text);
        assert_null(read);
        if (strncmp(error.text, path, strlen(path)) != 0 || strstr(error.text, cases[i].sentence) == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].text, error.text, cases[i].sentence);
    }
}

static void refuses_what_it_cannot_read(void **state) {
    (void)state;
    struct error error = {""};
    struct document *read = NULL;
    assert_false(config_load("/nonexistent/file.yaml", &schema, &read, &error));
    assert_non_null(strstr(error.text, "cannot be opened"));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (size_t i = 0; i < CONFIG_FILE_MAX / 64 + 1; i++)
        fprintf(file, "#%62s\n", "");
    fclose(file);
    assert_false(config_load(path, &schema, &read, &error));
    assert_non_null(strstr(error.text, "is larger than"));
}

/* Every allocation fails once, the first to the last: a sentence, no document, no leak (the sanitizer
 * judges). */
static void runs_out_of_memory(void **state) {
    (void)state;
    uint64_t nth = 1;
    for (bool good = false; !good; nth++) {
        struct error error = {""};
        fault_arm(FAULT_MEMORY, nth);
        struct site_links *links = site_links_load(shipped, &error);
        fault_disarm();
        good = links != NULL;
        assert_int_equal(error.text[0] == 0, good);
        site_links_free(&links);
    }
    assert_true(nth > 20); /* six daemons with lists and texts */
}

static void finds_lines_again(void **state) {
    (void)state;
    write_text("title: a\nitems:\n  - code: ab\n    places: 3\n  - code: cd\n");
    static const struct {
        const char *where;
        int line;
    } cases[] = {{"title", 1}, {"items", 3}, {"items[0].places", 4}, {"items[1]", 5}, {"items[1].code", 5},
        {"items[1].places", 5}, {"items[7].code", 3}, {"nothing.at.all", 1}, {"", 1}, {"items[x", 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {""};
        char wanted[300];
        assert_false(config_refuse(path, cases[i].where, &error, "is %s", "wrong"));
        snprintf(wanted, sizeof wanted, "%s:%d: %s%sis wrong", path, cases[i].line, cases[i].where,
            cases[i].where[0] ? ": " : "");
        if (strcmp(cases[i].where, "items[x") != 0)
            assert_string_equal(error.text, wanted);
    }
}

static void durations(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool negative_allowed;
        int64_t ms; /* -1: refused */
    } cases[] = {{"30s", false, 30000}, {"15m", false, 900000}, {"3h", false, 10800000},
        {"7d", false, 604800000}, {"2w", false, 1209600000}, {"3wd", false, 259200000},
        {"8wh", false, 28800000}, {"0m", false, 0}, {"-3d", true, -259200000}, {"-3d", false, -1},
        {"3", false, -1}, {"d", false, -1}, {"", false, -1}, {"3 d", false, -1}, {"3days", false, -1},
        {"3.5h", false, -1}, {"+3d", false, -1}, {"100001d", false, -1}, {"9999999999d", false, -1},
        {"--3d", true, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct duration duration;
        bool good = duration_parse(cases[i].text, cases[i].negative_allowed, &duration);
        if (good != (cases[i].ms != -1))
            fail_msg("%s", cases[i].text);
        if (!good)
            continue;
        char text[16];
        assert_true(duration_ms(duration) == cases[i].ms);
        duration_text(duration, text);
        assert_string_equal(text, cases[i].text);
    }
    struct duration ignored;
    assert_false(duration_parse(NULL, true, &ignored));
}

static void clock_times(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int minutes;
    } cases[] = {{"00:00", 0}, {"07:30", 450}, {"24:00", 1440}, {"24:01", -1}, {"7:30", -1}, {"07:60", -1},
        {"0730", -1}, {"ab:cd", -1}, {"07:30:00", -1}, {"::::0", -1}, {"", -1}};
    write_text("title: a\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error;
        int minutes = -1;
        bool good = config_clock(path, "title", cases[i].text, &minutes, &error);
        if (good != (cases[i].minutes >= 0) || minutes != cases[i].minutes)
            fail_msg("%s", cases[i].text);
    }
}

/* ---- the shipped site */

static void site(void **state) {
    (void)state;
    struct error error = {""};
    struct site *jatim = site_load(shipped, &error);
    if (jatim == NULL)
        fail_msg("%s", error.text);
    assert_string_equal(jatim->name, "jatim");
    assert_int_equal(jatim->zone, CALENDAR_WIB);
    assert_int_equal(jatim->provinces_count, 1);
    assert_string_equal(jatim->provinces[0], "35");
    static const char *const numbers[] = {"112", "110", "119", "129"};
    for (size_t i = 0; i < 4; i++) {
        bool found = false;
        for (unsigned j = 0; j < jatim->short_codes_count; j++)
            found = found || strcmp(jatim->short_codes[j].number, numbers[i]) == 0;
        assert_true(found);
    }
    assert_true(duration_ms(jatim->retention.journal) > duration_ms(jatim->retention.backup));
    site_free(&jatim);
    assert_null(jatim);
}

static void links(void **state) {
    (void)state;
    static const struct {
        const char *reader, *producer;
        bool may;
    } cases[] = {
        /* the table of the design, but that triage does not read the router, which says nothing to it */
        {"intake", "triage", true}, {"intake", "casework", true}, {"intake", "notifier", true},
        {"intake", "router", false}, {"intake", "console", false}, {"triage", "intake", true},
        {"triage", "router", false}, {"triage", "casework", true}, {"triage", "console", true},
        {"triage", "notifier", false}, {"router", "triage", true}, {"router", "casework", true},
        {"router", "notifier", true}, {"router", "console", true}, {"router", "intake", false},
        {"casework", "triage", true}, {"casework", "router", true}, {"casework", "notifier", true},
        {"casework", "console", true}, {"casework", "intake", false}, {"notifier", "intake", true},
        {"notifier", "triage", true}, {"notifier", "router", true}, {"notifier", "casework", true},
        {"notifier", "console", true}, {"console", "intake", true}, {"console", "triage", true},
        {"console", "router", true}, {"console", "casework", true}, {"console", "notifier", true},
        {"stranger", "casework", false}, {"intake", "stranger", false}};
    struct error error = {""};
    struct site_links *read = site_links_load(shipped, &error);
    if (read == NULL)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(site_links_may_read(read, cases[i].reader, cases[i].producer), cases[i].may);
    site_links_free(&read);
}

#define LONG_WORD "a_word_of_more_bytes_than_the_code_of_any_kind_has_in_this_file_x"

static void codes_are_walked(void **state) {
    static const char *const expected[] = {"pasung", "kdrt", "", "napza"};
    char code[SITE_CODE_MAX + 1];
    unsigned count = 0;
    (void)state;
    for (const char *rest = " pasung kdrt  " LONG_WORD " napza "; site_codes_next(&rest, code); count++)
        assert_string_equal(code, expected[count]);
    assert_int_equal(count, 4);
    for (const char *rest = ""; site_codes_next(&rest, code);)
        fail();
    for (const char *rest = "  "; site_codes_next(&rest, code);)
        fail();
}

static void codes_are_joined(void **state) {
    static const char *const cases[][3] = {{"", "", ""}, {"no", "kdrt", "kdrt"}, {"kdrt", "unknown", "kdrt"},
        {"kdrt napza", "pasung kdrt", "kdrt napza pasung"}, {" kdrt  kdrt ", "", "kdrt"},
        {"kdrt", LONG_WORD, "kdrt"}};
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(site_codes_join(arena, cases[i][0], cases[i][1]), cases[i][2]);
    arena_free(&arena);
}

static void kinds(void **state) {
    (void)state;
    struct error error = {""};
    struct site_kinds *read = site_kinds_load(shipped, &error);
    if (read == NULL)
        fail_msg("%s", error.text);
    assert_int_equal(read->kinds_count, 35);
    const struct site_kind *kind = site_kinds_find(read, "kekerasan_seksual");
    assert_non_null(kind);
    assert_int_equal(kind->urgency_default, SITE_P0);
    assert_int_equal(kind->confidentiality, SITE_C3);
    assert_int_equal(kind->playbooks_count, 2);
    assert_true(duration_ms(kind->same_case_within) == 72 * INT64_C(3600000));
    assert_int_equal(site_kinds_find(read, "tindak_lanjut")->urgency_default, SITE_PRIORITY_INHERIT);
    assert_false(site_kinds_find(read, "bukan_laporan")->opens_case);
    assert_null(site_kinds_find(read, "nothing"));
    assert_true(site_kinds_listed("kdrt", "kdrt"));
    assert_true(site_kinds_listed("pasung kdrt napza", "kdrt"));
    assert_false(site_kinds_listed("pasung kdrtx xkdrt", "kdrt"));
    assert_true(site_kinds_listed("kdrtx kdrt", "kdrt"));
    assert_false(site_kinds_listed("", "kdrt"));
    assert_false(site_kinds_listed("kdrt", ""));
    assert_false(site_kinds_listed(LONG_WORD " kdrt", ""));
    assert_true(site_kinds_listed(LONG_WORD " kdrt", "kdrt"));
    assert_int_equal(site_kinds_stricter(read, 1, "lansia_terlantar pasung"), 2);
    assert_int_equal(site_kinds_stricter(read, 3, "pasung"), 3);
    assert_int_equal(site_kinds_stricter(read, 0, "no " LONG_WORD "  kdrt"), 3);
    assert_int_equal(site_kinds_stricter(read, 0, "tindak_lanjut"), 0); /* inherits */
    assert_true(site_kinds_all_known(read, "kdrt"));
    assert_true(site_kinds_all_known(read, "kdrt lansia_terlantar"));
    static const char *const no_kinds[] = {"", " ", "kdrt ", "kdrt  pasung", "kdrt,pasung", "kdrt nothing",
        " kdrt", "bukan_laporan", "no",
        "kdrtkdrtkdrtkdrtkdrtkdrtkdrtkdrtkdrtkdrtkdrtkdrtkdrtkdrtkdrtkdrtkdrt"};
    for (size_t i = 0; i < sizeof no_kinds / sizeof *no_kinds; i++)
        assert_false(site_kinds_all_known(read, no_kinds[i]));
    /* shackling, relapse and psychiatric kinds may tell of one and the same case */
    assert_string_equal(
        site_kinds_find(read, "pasung")->family, site_kinds_find(read, "repasung_kambuh")->family);
    site_kinds_free(&read);
}

static void roles(void **state) {
    (void)state;
    struct error error = {""};
    struct site_roles *read = site_roles_load(shipped, &error);
    if (read == NULL)
        fail_msg("%s", error.text);
    assert_true(read->roles_count >= 33);
    assert_int_equal(site_roles_find(read, "TKSK")->scope, SITE_SCOPE_DISTRICT);
    assert_int_equal(site_roles_find(read, "KOR")->access, SITE_ACCESS_COORDINATOR);
    assert_true(site_roles_find(read, "POL")->agency);
    assert_null(site_roles_find(read, "XYZ"));
    site_roles_free(&read);
}

/* A key that stands twice would silently hide one of its values from whoever reads the file by eye. */
static void refuse_twins(const char *file, yaml_document_t *document) {
    for (int i = 1; yaml_document_get_node(document, i) != NULL; i++) {
        const yaml_node_t *node = yaml_document_get_node(document, i);
        if (node->type != YAML_MAPPING_NODE)
            continue;
        for (yaml_node_pair_t *a = node->data.mapping.pairs.start; a < node->data.mapping.pairs.top; a++) {
            const yaml_node_t *key = yaml_document_get_node(document, a->key);
            for (yaml_node_pair_t *b = node->data.mapping.pairs.start; b < a; b++) {
                const yaml_node_t *other = yaml_document_get_node(document, b->key);
                if (strcmp((char *)key->data.scalar.value, (char *)other->data.scalar.value) == 0)
                    fail_msg("%s:%zu: stands twice", file, key->start_mark.line + 1);
            }
        }
    }
}

static void read_whole(const char *folder, const char *name) {
    char file_path[512];
    yaml_parser_t parser;
    yaml_document_t document;
    snprintf(file_path, sizeof file_path, "%s/%s", folder, name);
    FILE *file = fopen(file_path, "r");
    assert_non_null(file);
    assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_file(&parser, file);
    if (!yaml_parser_load(&parser, &document))
        fail_msg("%s:%zu: %s", file_path, parser.problem_mark.line + 1, parser.problem);
    assert_non_null(yaml_document_get_root_node(&document));
    refuse_twins(file_path, &document);
    yaml_document_delete(&document);
    yaml_parser_delete(&parser);
    fclose(file);
}

static int read_folder(const char *folder) {
    int count = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
        const char *suffix = strrchr(entry->d_name, '.');
        if (suffix == NULL || strcmp(suffix, ".yaml") != 0)
            continue;
        read_whole(folder, entry->d_name);
        count++;
    }
    closedir(entries);
    return count;
}

static void every_file_is_yaml(void **state) {
    (void)state;
    assert_true(read_folder(shipped) >= 15);
    assert_true(read_folder(SIGAP_SOURCE_DIR "/deploy/sites/jatim/vocabulary") >= 3);
}

static void site_refusals(void **state) {
    (void)state;
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"daemons:\n  - {name: a, core: yes, start: oldest, reads: [b]}\n",
            ":2: daemons[0].reads[0]: \"b\" is no daemon"},
        {"daemons:\n  - {name: a, core: yes, start: oldest, reads: [a]}\n", "does not read its own journal"},
        {"daemons:\n  - {name: a, core: yes, start: now, reads: []}\n  - {name: a, core: no, start: now, "
         "reads: []}\n",
            ":3: daemons[1]: \"a\" stands here twice"},
        {"daemons:\n  - {name: a, core: no, start: now, reads: [], endpoint: \"tcp://h:1\"}\n",
            "needs a public_key"},
        {"daemons:\n  - {name: a, core: no, start: now, reads: [], endpoint: \"ipc:///x\"}\n", "only tcp://"},
        {"daemons:\n  - {name: a, core: no, start: later, reads: []}\n", "is none of: oldest, now"},
    };
    char folder[] = "/tmp/sigap-site-XXXXXX";
    char file_path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(file_path, sizeof file_path, "%s/links.yaml", folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {""};
        FILE *file = fopen(file_path, "w");
        assert_non_null(file);
        fputs(cases[i].text, file);
        fclose(file);
        assert_null(site_links_load(folder, &error));
        if (strstr(error.text, cases[i].sentence) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error.text, cases[i].sentence);
    }
    unlink(file_path);
    rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_what_it_cannot_read),
        cmocka_unit_test(runs_out_of_memory),
        cmocka_unit_test(finds_lines_again),
        cmocka_unit_test(durations),
        cmocka_unit_test(clock_times),
        cmocka_unit_test(site),
        cmocka_unit_test(links),
        cmocka_unit_test(codes_are_walked),
        cmocka_unit_test(codes_are_joined),
        cmocka_unit_test(kinds),
        cmocka_unit_test(roles),
        cmocka_unit_test(every_file_is_yaml),
        cmocka_unit_test(site_refusals),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
