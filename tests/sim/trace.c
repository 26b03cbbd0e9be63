#include "world.h"

#include <stdarg.h>
#include <stdio.h>

/* FNV-1a over every line: two runs of one seed end with the same number. */
static void mix(struct sim *sim, const char *text) {
    uint64_t hash = sim->outcome->trace_hash;
    for (; *text; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    sim->outcome->trace_hash = hash;
}

void trace(struct sim *sim, const char *format, ...) {
    char *line = sim->trace[sim->trace_next++ % TRACE_LINES];
    int used = snprintf(
        line, TRACE_LINE, "%u %lld ", sim->outcome->steps, (long long)(sim->now - sim->outcome->virtual_ms));
    va_list args;
    va_start(args, format);
    vsnprintf(line + used, TRACE_LINE - (size_t)used, format, args);
    va_end(args);
    mix(sim, line);
    if (sim->options.verbose)
        printf("%s\n", line);
}

bool sim_fail(struct sim *sim, const char *format, ...) {
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    trace(sim, "FAILED %s", text);
    if (!sim->failed)
        snprintf(sim->outcome->complaint, sizeof sim->outcome->complaint, "%s", text);
    sim->failed = true;
    return false;
}

void trace_print(const struct sim *sim) {
    unsigned first = sim->trace_next > TRACE_LINES ? sim->trace_next - TRACE_LINES : 0;
    for (unsigned i = first; i < sim->trace_next; i++)
        fprintf(stderr, "%s\n", sim->trace[i % TRACE_LINES]);
}
