#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <utf8proc.h>

static const char *name = "sigap";
enum log_level log_least_level = LOG_INFO;

void log_set_name(const char *daemon) {
    name = daemon;
}

void log_set_level(enum log_level least) {
    log_least_level = least;
}

/* Bytes of the letter there; 0: none begins there, as bytes of a damaged file may say anything. */
static size_t letter_at(const char *text) {
    utf8proc_int32_t point;
    utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &point);
    return size > 0 && point >= 0x20 && point != 0x7f ? (size_t)size : 0;
}

const char *log_value(const char *text) {
    static char buffers[8][256];
    static unsigned next;
    char *out = buffers[next++ % 8];
    size_t used = 0, letter;
    out[used++] = '"';
    for (; *text; text += letter ? letter : 1) {
        letter = letter_at(text);
        if (used + (letter ? letter : 1) > sizeof buffers[0] - 3)
            break;
        if (*text == '"' || *text == '\\')
            out[used++] = '\\';
        memcpy(out + used, letter ? text : "?", letter ? letter : 1);
        used += letter ? letter : 1;
    }
    out[used++] = '"';
    out[used] = 0;
    return out;
}

void log_write(enum log_level level, const char *event, const char *format, ...) {
    static const char *const words[] = {"debug", "info", "warn", "error"};
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
