/* Figures of a daemon for monitoring: families of gauges and counters, with their values. Written by
 * daemon.metrics, carried as JSON in the status view, shown by `sigapctl metrics` in the text format of
 * Prometheus (exposition format 0.0.4).
 *
 * Names are sigap_<daemon>_<what>_<unit>: lower case, base units (seconds, bytes, ratio), a counter ends in
 * _total. No label may hold what is personal, or grow without an end: a channel, a lane, an outcome. Wrong
 * names, a family without a help text or a value outside a family are mistakes of ours: an assertion. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum metrics_type { METRICS_GAUGE, METRICS_COUNTER };

/* Filled by the functions below; families is a JSON array of
 * {"name","type","help","samples":[{"label","word","value"}]}, label and word missing where there is none. */
struct metrics {
    json_t *families; /* made by metrics_begin, owned by the caller */
    json_t *samples;  /* of the family at hand, borrowed */
};

struct metrics metrics_begin(void);
/* A new family; its values follow. help: one sentence. */
void metrics_family(struct metrics *metrics, enum metrics_type type, const char *name, const char *help);
/* label NULL: the family's only value. */
void metrics_value(struct metrics *metrics, const char *label, const char *word, int64_t value);
/* A family of one value. */
void metrics_gauge(struct metrics *metrics, const char *name, const char *help, int64_t value);
void metrics_counter(struct metrics *metrics, const char *name, const char *help, uint64_t value);

/* [a-z][a-z0-9_]*, sigap_ in front, and _total behind exactly when it is a counter. */
bool metrics_name_good(enum metrics_type type, const char *name);
