/* One line an event on stderr: `time=... level=... daemon=... event=... key=value ...`. Never personal data:
 * ids, codes, counts and our own sentences only. Values with spaces are quoted, control characters replaced.
 */
#pragma once

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_name(const char *daemon); /* kept by pointer; default "sigap" */
void log_set_level(enum log_level least);
/* log_line(level, event, format, ...). event: a fixed word such as "link-diverged". The format makes
 * `key=value` pairs; use log_value() for free text. A macro, so that a line nobody wants costs not even its
 * arguments. */
#define log_line(level, ...) ((level) >= log_least_level ? log_write(level, __VA_ARGS__) : (void)0)
extern enum log_level log_least_level; /* for log_line; log_set_level sets it */
void log_write(enum log_level level, const char *event, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Quotes text for a value, into one of 8 rotating buffers of 256 bytes. */
const char *log_value(const char *text);
