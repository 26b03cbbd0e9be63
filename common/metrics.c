#include "common/metrics.h"

#include <assert.h>
#include <string.h>

bool metrics_name_good(enum metrics_type type, const char *name) {
    size_t size = strlen(name);
    bool total = size > 6 && strcmp(name + size - 6, "_total") == 0;
    return strncmp(name, "sigap_", 6) == 0 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == size &&
           total == (type == METRICS_COUNTER);
}

struct metrics metrics_begin(void) {
    return (struct metrics){.families = json_array()};
}

void metrics_family(struct metrics *metrics, enum metrics_type type, const char *name, const char *help) {
    assert(metrics_name_good(type, name) && help[0]);
    metrics->samples = json_array();
    json_array_append_new(metrics->families,
        json_pack("{s:s,s:s,s:s,s:o}", "name", name, "type", type == METRICS_COUNTER ? "counter" : "gauge",
            "help", help, "samples", metrics->samples));
}

void metrics_value(struct metrics *metrics, const char *label, const char *word, int64_t value) {
    assert(metrics->samples);
    json_t *sample = json_pack("{s:I}", "value", (json_int_t)value);
    if (label) {
        json_object_set_new(sample, "label", json_string(label));
        json_object_set_new(sample, "word", json_string(word));
    }
    json_array_append_new(metrics->samples, sample);
}

void metrics_gauge(struct metrics *metrics, const char *name, const char *help, int64_t value) {
    metrics_family(metrics, METRICS_GAUGE, name, help);
    metrics_value(metrics, NULL, NULL, value);
}

void metrics_counter(struct metrics *metrics, const char *name, const char *help, uint64_t value) {
    metrics_family(metrics, METRICS_COUNTER, name, help);
    metrics_value(metrics, NULL, NULL, (int64_t)value);
}
