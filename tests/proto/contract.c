/* One daemon (DAEMON, given by common/service.cmake) against the table of records in proto/README.md and the
 * links of the site: whoever is named as a reader hears it, whoever hears it is named and may read its
 * sender, and no link is there for nothing. */
#include "common/daemon.h"
#include "common/site.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

extern const struct daemon DAEMON;

enum { ROWS_MAX = 64, LINE_MAX_BYTES = 1024 };

struct row {
    char body[48];
    char sender[48]; /* a daemon, or words: "any", "the owner" */
    char readers[160];
    uint32_t number; /* of the body in Event */
};

struct table {
    struct row rows[ROWS_MAX];
    unsigned count;
};

/* ReportReceived -> report_received */
static uint32_t body_number(const char *body) {
    char name[64];
    size_t used = 0;
    for (const char *at = body; *at && used < sizeof name - 2; at++) {
        if (isupper((unsigned char)*at) && used)
            name[used++] = '_';
        name[used++] = (char)tolower((unsigned char)*at);
    }
    name[used] = 0;
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(&sigap__event__descriptor, name);
    if (!field)
        fail_msg("proto/README.md: Event has no body %s", body);
    return field->id;
}

static void read_table(struct table *table) {
    char line[LINE_MAX_BYTES];
    FILE *file = fopen(SIGAP_SOURCE_DIR "/proto/README.md", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        struct row *row = &table->rows[table->count];
        if (sscanf(line, "| `%47[A-Za-z]` | %47[^|] | %159[^|] |", row->body, row->sender, row->readers) != 3)
            continue;
        row->sender[strcspn(row->sender, " ")] = 0;
        row->number = body_number(row->body);
        assert_true(++table->count < ROWS_MAX);
    }
    fclose(file);
}

static bool is_reader(const struct row *row, const char *name) {
    char readers[160], *rest = readers;
    strcpy(readers, row->readers);
    for (char *word; (word = strtok_r(rest, ", ", &rest));)
        if (strcmp(word, name) == 0)
            return true;
    return false;
}

static bool is_heard(uint32_t number) {
    for (const Sigap__Event__BodyCase *body = DAEMON.hears; body && *body; body++)
        if ((uint32_t)*body == number)
            return true;
    return !DAEMON.hears;
}

static void readers_are_those_who_hear(void **state) {
    struct table *table = *state;
    for (unsigned i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        bool named = is_reader(row, DAEMON.name), heard = is_heard(row->number);
        if (named != heard)
            fail_msg("%s: proto/README.md %s %s as a reader, its `hears` %s it", row->body,
                named ? "names" : "does not name", DAEMON.name, heard ? "has" : "does not have");
    }
}

/* Every body stands in the table once. */
static void no_body_is_left_out(void **state) {
    struct table *table = *state;
    for (unsigned f = 0; f < sigap__event__descriptor.n_fields; f++) {
        const ProtobufCFieldDescriptor *field = &sigap__event__descriptor.fields[f];
        unsigned rows = 0;
        for (unsigned i = 0; i < table->count; i++)
            rows += table->rows[i].number == field->id;
        if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF && rows != 1)
            fail_msg("proto/README.md has %u rows for %s", rows, field->name);
    }
}

static void links_are_what_is_heard(void **state) {
    struct table *table = *state;
    struct error error = {0};
    struct site_links *links = site_links_load(SIGAP_SOURCE_DIR "/deploy/sites/jatim", &error);
    assert_non_null(links);
    const struct site_daemon *self = site_links_find(links, DAEMON.name);
    assert_non_null(self);
    for (unsigned i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        if (is_heard(row->number) && site_links_find(links, row->sender) &&
            !site_links_may_read(links, DAEMON.name, row->sender))
            fail_msg("%s hears %s and may not read %s", DAEMON.name, row->body, row->sender);
    }
    for (unsigned r = 0; r < self->reads_count; r++) {
        bool wanted = false;
        for (unsigned i = 0; i < table->count; i++) {
            const struct row *row = &table->rows[i];
            bool anybody = !site_links_find(links, row->sender);
            wanted |= is_heard(row->number) && (anybody || strcmp(row->sender, self->reads[r]) == 0);
        }
        if (!wanted)
            fail_msg("%s reads %s and hears nothing of it", DAEMON.name, self->reads[r]);
    }
    site_links_free(&links);
}

static int set_up(void **state) {
    *state = calloc(1, sizeof(struct table));
    read_table(*state);
    return 0;
}

static int tear_down(void **state) {
    free(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_body_is_left_out),
        cmocka_unit_test(readers_are_those_who_hear),
        cmocka_unit_test(links_are_what_is_heard),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
