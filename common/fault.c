#include "common/fault.h"

#include <string.h>

bool fault_armed;

static struct { uint64_t count, nth; } counters[FAULT_KINDS];

bool fault_check(enum fault_kind kind) {
    counters[kind].count++;
    return counters[kind].nth != 0 && counters[kind].count == counters[kind].nth;
}

void fault_arm(enum fault_kind kind, uint64_t nth) {
    counters[kind].count = 0;
    counters[kind].nth = nth;
    fault_armed = true;
}

uint64_t fault_count(enum fault_kind kind) {
    return counters[kind].count;
}

void fault_disarm(void) {
    memset(counters, 0, sizeof counters);
    fault_armed = false;
}
