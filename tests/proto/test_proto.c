/* The contract of proto/ against tests/proto/golden.txt. After a field was added:
 *     SIGAP_WRITE_GOLDEN=1 <build>/tests/sigap_proto_test_proto
 * and look at the difference before it is committed. */
#include "schema.h"

#include "proto/event.pb-c.h"
#include "proto/link.pb-c.h"
#include "proto/submit.pb-c.h"
#include "proto/view.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GOLDEN SIGAP_SOURCE_DIR "/tests/proto/golden.txt"

static struct schema *read_tree(void) {
    struct schema *schema = calloc(1, sizeof *schema);
    assert_non_null(schema);
    if (!schema_read_folder(schema, SIGAP_SOURCE_DIR "/proto"))
        fail_msg("%s", schema->complaint);
    return schema;
}

static char *read_golden(void) {
    enum { GOLDEN_MAX = 1 << 18 };
    char *text = calloc(1, GOLDEN_MAX);
    FILE *file = fopen(GOLDEN, "r");
    if (file) {
        assert_true(fread(text, 1, GOLDEN_MAX - 1, file) < GOLDEN_MAX - 1);
        fclose(file);
    }
    return text;
}

static void the_contract_is_kept(void **state) {
    (void)state;
    struct schema *schema = read_tree();
    char *golden = read_golden(), *text = schema_write(schema);
    size_t new_count = 0;
    bool kept = schema_keeps(schema, golden, &new_count);
    if (getenv("SIGAP_WRITE_GOLDEN") && (kept || !golden[0])) {
        FILE *file = fopen(GOLDEN, "w");
        assert_non_null(file);
        fputs(text, file);
        assert_int_equal(fclose(file), 0);
        kept = true;
        new_count = 0;
    }
    if (!kept)
        fail_msg("%s", schema->complaint);
    if (new_count)
        fail_msg("%zu new fields are not in golden.txt yet: see the head of this file", new_count);
    free(text);
    free(golden);
    free(schema);
}

static void no_message_holds_itself(void **state) {
    (void)state;
    struct schema *schema = read_tree();
    if (!schema_is_finite(schema))
        fail_msg("%s", schema->complaint);
    free(schema);
}

/* What the reader of the texts sees is what protoc-c made: it is not blind to anything. */
static size_t compare(struct schema *schema, const ProtobufCMessageDescriptor *message, unsigned depth) {
    size_t seen = 0;
    assert_true(depth < 32);
    for (unsigned i = 0; i < message->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->fields[i];
        const struct schema_entry *entry = schema_find(schema, message->short_name, field->id);
        if (!entry || strcmp(entry->name, field->name) != 0)
            fail_msg("%s.%s is not seen", message->short_name, field->name);
        assert_int_equal(entry->repeated, field->label == PROTOBUF_C_LABEL_REPEATED);
        seen++;
        if (field->type == PROTOBUF_C_TYPE_MESSAGE)
            seen += compare(schema, field->descriptor, depth + 1);
    }
    return seen;
}

static void the_reader_sees_what_the_compiler_sees(void **state) {
    (void)state;
    const ProtobufCMessageDescriptor *const roots[] = {&sigap__event__descriptor,
        &sigap__link_frame__descriptor, &sigap__submit_report__descriptor, &sigap__submit_answer__descriptor,
        &sigap__view__descriptor, &sigap__view_answer__descriptor, &sigap__report_content__descriptor};
    struct schema *schema = read_tree();
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        assert_true(compare(schema, roots[i], 0) > 0);
    free(schema);
}

/* ---- the judge is judged: each of these changes must be seen ---- */

static const char before[] = "message A { reserved 5; B b = 1; repeated string s = 2; bytes x = 3; }\n"
                             "message B { uint32 n = 1; }\nenum E { E_NONE = 0; E_ONE = 1; }\n";

static void a_change_is_seen(void **state) {
    (void)state;
    static const struct {
        const char *text, *complaint; /* NULL: allowed */
    } cases[] = {
        {"message A { reserved 5; B b = 1; repeated string s = 2; bytes x = 3; int64 y = 4; }"
         "message B { uint32 n = 1; } enum E { E_NONE = 0; E_ONE = 1; E_TWO = 2; }",
            NULL},
        {"message A { reserved 3, 5; B b = 1; repeated string s = 2; }"
         "message B { uint32 n = 1; } enum E { E_NONE = 0; E_ONE = 1; }",
            NULL},
        {"message A { reserved 5; B b = 1; repeated string s = 2; }"
         "message B { uint32 n = 1; } enum E { E_NONE = 0; E_ONE = 1; }",
            "A.x is gone"},
        {"message A { reserved 5; B b = 1; repeated string s = 2; string x = 3; }"
         "message B { uint32 n = 1; } enum E { E_NONE = 0; E_ONE = 1; }",
            "A.x (3) was bytes and is string"},
        {"message A { reserved 5; B b = 1; string s = 2; bytes x = 3; }"
         "message B { uint32 n = 1; } enum E { E_NONE = 0; E_ONE = 1; }",
            "A.s (2) was repeated.string"},
        {"message A { reserved 5; B b = 1; repeated string s = 2; bytes other = 3; }"
         "message B { uint32 n = 1; } enum E { E_NONE = 0; E_ONE = 1; }",
            "number 3 was x and is other"},
        {"message A { reserved 5; B b = 1; repeated string s = 2; bytes x = 3; int32 z = 5; }"
         "message B { uint32 n = 1; } enum E { E_NONE = 0; E_ONE = 1; }",
            "reserved"},
        {"message A { reserved 5; B b = 1; repeated string s = 2; bytes x = 3; }"
         "message B { uint32 n = 1; } enum E { E_NONE = 0; E_TWO = 1; }",
            "E: number 1 was E_ONE"},
        {"message A { reserved 1, 5; repeated string s = 2; bytes x = 3; } enum E { E_NONE = 0; E_ONE = 1; }",
            "B is gone"},
    };
    struct schema *schema = calloc(1, sizeof *schema);
    assert_true(schema_read(schema, "before", before));
    char *golden = schema_write(schema);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t new_count;
        memset(schema, 0, sizeof *schema);
        if (!schema_read(schema, "after", cases[i].text))
            fail_msg("case %zu: %s", i, schema->complaint);
        bool kept = schema_keeps(schema, golden, &new_count);
        if (kept != !cases[i].complaint || (!kept && !strstr(schema->complaint, cases[i].complaint)))
            fail_msg("case %zu: %s", i, kept ? "not seen" : schema->complaint);
    }
    free(golden);
    free(schema);
}

static void a_circle_is_seen(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool finite;
    } cases[] = {
        {before, true},
        {"message A { A a = 1; }", false},
        {"message A { B b = 1; } message B { oneof x { string s = 1; C c = 2; } } message C { repeated A a = "
         "1; }",
            false},
        {"message A { B b = 1; B c = 2; } message B { string A = 1; }", true},
    };
    struct schema *schema = calloc(1, sizeof *schema);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(schema, 0, sizeof *schema);
        assert_true(schema_read(schema, "circle", cases[i].text));
        assert_int_equal(schema_is_finite(schema), cases[i].finite);
    }
    free(schema);
}

static void what_is_not_understood_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"message A { message B { } }",
        "message A { map<string, string> m = 1; }", "message A { string s = 1; string t = 1; }",
        "message A { string s; }", "message A {", "message A { } message A { }",
        "message A { optional string s = 1; }"};
    struct schema *schema = calloc(1, sizeof *schema);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        memset(schema, 0, sizeof *schema);
        assert_false(schema_read(schema, "odd", texts[i]));
    }
    free(schema);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_contract_is_kept),
        cmocka_unit_test(no_message_holds_itself),
        cmocka_unit_test(the_reader_sees_what_the_compiler_sees),
        cmocka_unit_test(a_change_is_seen),
        cmocka_unit_test(a_circle_is_seen),
        cmocka_unit_test(what_is_not_understood_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
