/* Dead-man: reports with danger words that triage has not spoken of yet. In memory only: what a restart
 * forgets, the watch from outside covers (a triage that is dead, a link that stalls), and an input that is
 * parked tells the operator itself. A table for finding by id, a queue for the order of time. */
#pragma once

#include "common/id.h"

#include <stdbool.h>
#include <stdint.h>

enum { WATCH_MAX = 1 << 16 /* x 56 bytes = 3.5 MiB; at 1,000/s a minute of silence */ };

struct watch;

struct watch *watch_new(void); /* NULL: out of memory */
void watch_free(struct watch **watch);
/* False: no room, it is not watched. Known already: true, nothing changes. due_at must not fall. */
bool watch_add(struct watch *watch, const struct id *report, int64_t due_at);
/* Triage has spoken of it. Harmless when it is not watched. */
void watch_end(struct watch *watch, const struct id *report);
/* When the first is due that is due after that time; 0: none is watched. */
int64_t watch_next(struct watch *watch, int64_t after);
/* Those that are due, oldest first, at most so many. They stay watched until watch_end(). */
unsigned watch_due(struct watch *watch, int64_t now, struct id *out, unsigned most);
unsigned watch_count(const struct watch *watch);
