/* What `sigapctl metrics` writes, read as strictly as promtool does: a family once, HELP then TYPE then its
 * samples, no sample twice, names with their units, values that are numbers. */
#include "services/ctl/exposition.h"

#include "common/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FAMILIES_MAX = 64, SAMPLES_MAX = 256 };

struct reader {
    char families[FAMILIES_MAX][80];
    char samples[SAMPLES_MAX][160];
    unsigned family_count, sample_count;
    bool typed; /* of the family at hand */
};

static const char *name_end(const char *at) {
    return at + strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");
}

static void read_comment(struct reader *reader, const char *line, const char *word) {
    bool help = strncmp(line, "# HELP ", 7) == 0, type = strncmp(line, "# TYPE ", 7) == 0;
    assert_true(help || type);
    char name[80];
    snprintf(name, sizeof name, "%.*s", (int)(name_end(word) - word), word);
    const char *rest = name_end(word) + 1;
    if (help) {
        for (unsigned i = 0; i < reader->family_count; i++)
            assert_string_not_equal(reader->families[i], name);
        assert_true(rest[0] && rest[strlen(rest) - 1] == '.');
        strcpy(reader->families[reader->family_count++], name);
        reader->typed = false;
        return;
    }
    bool counter = strcmp(rest, "counter") == 0;
    assert_true(counter || strcmp(rest, "gauge") == 0);
    assert_string_equal(reader->families[reader->family_count - 1], name);
    assert_false(reader->typed);
    assert_true(metrics_name_good(counter ? METRICS_COUNTER : METRICS_GAUGE, name));
    reader->typed = true;
}

/* name="value" with \\, \" and \n escaped, commas between. Returns what is behind the brace. */
static const char *read_labels(const char *at) {
    for (at++;; at++) {
        const char *end = name_end(at);
        assert_true(end > at && end[0] == '=' && end[1] == '"');
        for (at = end + 2; *at != '"'; at++) {
            assert_true(*at && *at != '\n');
            if (*at == '\\')
                assert_non_null(strchr("\\\"n", *++at));
        }
        if (*++at == '}')
            return at + 1;
        assert_int_equal(*at, ',');
    }
}

static void read_sample(struct reader *reader, const char *line) {
    const char *end = name_end(line);
    assert_true(reader->typed);
    assert_int_equal(strlen(reader->families[reader->family_count - 1]), end - line);
    assert_memory_equal(reader->families[reader->family_count - 1], line, (size_t)(end - line));
    const char *value = *end == '{' ? read_labels(end) : end;
    assert_int_equal(*value, ' ');
    char sample[160], *rest;
    snprintf(sample, sizeof sample, "%.*s", (int)(value - line), line);
    for (unsigned i = 0; i < reader->sample_count; i++)
        assert_string_not_equal(reader->samples[i], sample);
    strcpy(reader->samples[reader->sample_count++], sample);
    strtoll(value + 1, &rest, 10);
    assert_true(rest > value + 1 && *rest == 0);
}

static void read_all(struct reader *reader, char *page) {
    size_t size = strlen(page);
    assert_true(size > 0 && page[size - 1] == '\n');
    for (char *line = strtok(page, "\n"); line; line = strtok(NULL, "\n")) {
        assert_true(reader->family_count < FAMILIES_MAX && reader->sample_count < SAMPLES_MAX);
        if (line[0] == '#')
            read_comment(reader, line, line + 7);
        else
            read_sample(reader, line);
    }
}

static json_t *example(const char *name, json_t *own) {
    return json_pack("{s:s,s:s,s:[{s:s,s:i},{s:s,s:i}],s:[{s:s,s:s,s:i,s:s},{s:s,s:s,s:i,s:s}],s:i,s:i,s:i,s:"
                     "i,s:i,s:i,s:i,s:b,s:b,s:o}",
        "name", name, "state", "ready", "journal", "lane", "urgent", "head", 3, "lane", "normal", "head", 9,
        "links", "from", "console", "lane", "urgent", "lag", 0, "state", "live", "from", "console", "lane",
        "normal", "lag", 2, "state", "stalled", "turns", 12, "inputs", 40, "rolled_back", 1, "parked", 0,
        "waiting", 0, "log_bytes", 4096, "file_bytes", 65536, "disk_low", 0, "clock_doubted", 1, "metrics",
        own);
}

static char *page_of(json_t *daemons) {
    char *page = NULL;
    size_t size;
    FILE *file = open_memstream(&page, &size);
    exposition_write(file, daemons);
    fclose(file);
    json_decref(daemons);
    return page;
}

static void the_format_is_kept(void **state) {
    (void)state;
    struct metrics own = metrics_begin();
    metrics_gauge(&own, "sigap_alpha_open_offers", "Offers \\ that\nhold a place.", 3);
    metrics_family(&own, METRICS_COUNTER, "sigap_alpha_sent_total", "Messages.");
    metrics_value(&own, "channel", "sms \"1\" \\ \n", 7);
    metrics_value(&own, "channel", "mail", 8);
    json_t *daemons = json_array();
    json_array_append_new(daemons, example("alpha", own.families));
    json_array_append_new(daemons, example("beta", metrics_begin().families));
    json_array_append_new(daemons, json_pack("{s:s,s:s,s:[],s:[],s:i}", "name", "gamma", "state", "down",
                                       "journal", "links", "parked", 0));
    char *page = page_of(daemons);
    const char *const wanted[] = {"sigap_up{daemon=\"alpha\"} 1\n", "sigap_up{daemon=\"gamma\"} 0\n",
        "sigap_turns_total{daemon=\"beta\"} 12\n", "sigap_clock_doubted{daemon=\"alpha\"} 1\n",
        "sigap_link_lag_records{daemon=\"alpha\",from=\"console\",lane=\"normal\"} 2\n",
        "sigap_link_live{daemon=\"alpha\",from=\"console\",lane=\"normal\"} 0\n",
        "sigap_alpha_open_offers 3\n", "# HELP sigap_alpha_open_offers Offers \\\\ that\\nhold a place.\n",
        "sigap_alpha_sent_total{channel=\"sms \\\"1\\\" \\\\ \\n\"} 7\n"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strstr(page, wanted[i]))
            fail_msg("missing: %s in\n%s", wanted[i], page);
    assert_null(strstr(page, "sigap_turns_total{daemon=\"gamma\"}")); /* silence is no zero */
    struct reader reader = {0};
    read_all(&reader, page);
    assert_int_equal(reader.family_count, 16);
    free(page);
}

static void names_carry_their_units(void **state) {
    (void)state;
    static const struct {
        enum metrics_type type;
        const char *name;
        bool good;
    } cases[] = {
        {METRICS_GAUGE, "sigap_store_file_bytes", true},
        {METRICS_COUNTER, "sigap_intake_reports_total", true},
        {METRICS_COUNTER, "sigap_intake_reports", false},
        {METRICS_GAUGE, "sigap_intake_reports_total", false},
        {METRICS_GAUGE, "intake_reports", false},
        {METRICS_GAUGE, "sigap_Intake", false},
        {METRICS_GAUGE, "sigap_intake-reports", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(metrics_name_good(cases[i].type, cases[i].name), cases[i].good);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_format_is_kept),
        cmocka_unit_test(names_carry_their_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
