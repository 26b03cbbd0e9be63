#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const char *name = "sigap";
static enum log_level least_level = LOG_INFO;

void log_set_name(const char *daemon) {
    name = daemon;
}

void log_set_level(enum log_level least) {
    least_level = least;
}

const char *log_value(const char *text) {
    static char buffers[8][256];
    static unsigned next;
    char *out = buffers[next++ % 8];
    size_t used = 0;
    out[used++] = '"';
    for (; *text && used < sizeof buffers[0] - 3; text++) {
        if (*text == '"' || *text == '\\')
            out[used++] = '\\';
        out[used++] = (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text;
    }
    out[used++] = '"';
    out[used] = 0;
    return out;
}

void log_line(enum log_level level, const char *event, const char *format, ...) {
    static const char *const words[] = {"debug", "info", "warn", "error"};
    if (level < least_level)
        return;
    struct timespec at;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &at);
    gmtime_r(&at.tv_sec, &utc);
    char line[1024];
    size_t used = strftime(line, sizeof line, "time=%Y-%m-%dT%H:%M:%S", &utc);
    used += (size_t)snprintf(line + used, sizeof line - used, ".%03ldZ level=%s daemon=%s event=%s ",
        at.tv_nsec / 1000000, words[level], name, event);
    va_list args;
    va_start(args, format);
    int more = vsnprintf(line + used, sizeof line - used - 1, format, args);
    va_end(args);
    if (more > 0)
        used += (size_t)more < sizeof line - used - 1 ? (size_t)more : sizeof line - used - 2;
    line[used++] = '\n';
    ssize_t ignored =
        write(STDERR_FILENO, line, used); /* one write a line: lines of several daemons do not mix */
    (void)ignored;
}
