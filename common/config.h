/* Strict YAML: a file is read into a C struct by a libcyaml schema, or refused whole with the file, the line
 * and one sentence an operator can act on. Refused are: unknown, repeated and missing keys, values of another
 * type (libcyaml itself takes "3x" for 3 and "010" for 8, so config.c checks every scalar first), words
 * outside an enumeration, texts too short or too long, lists too short or too long, aliases, a second
 * document, an empty file, invalid UTF-8, files over CONFIG_FILE_MAX.
 *
 * A module writes its schema with the CYAML_FIELD_* macros and follows four rules:
 *  - the top is CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct x, fields);
 *  - texts are CYAML_FIELD_STRING_PTR, lists CYAML_FIELD_SEQUENCE with CYAML_FLAG_POINTER (a member
 *    `unsigned x_count` beside `x`);
 *  - words are CYAML_FIELD_ENUM; with CYAML_FLAG_STRICT only the words, without it also a whole number
 *    (so `capacity: unknown` and `capacity: 30` are one field: {"unknown", -1});
 *  - what a schema cannot say (ranges, durations, references between rows) is checked after loading, and
 *    refused with config_refuse(), which finds the line again.
 *
 * Everything blocks: files are read at start, before the loop runs. */
#pragma once

#include "common/error.h"

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONFIG_FILE_MAX = 4 << 20, /* bytes; the largest file of a site (vocabulary) has about 100 KiB */
    CONFIG_PATH_MAX = 4096,
};

/* out: the address of a `struct x *`; set only on success, then owned by the caller, config_free() gives it
 * back. The schema must outlive it. False with error set otherwise. */
bool config_load(const char *path, const cyaml_schema_value_t *schema, void *out, struct error *error);
/* As config_load, for folder/file. */
bool config_load_in(
    const char *folder, const char *file, const cyaml_schema_value_t *schema, void *out, struct error *error);
/* document: the address of the `struct x *` (set to NULL); NULL is fine. */
void config_free(const cyaml_schema_value_t *schema, void *document);

/* Refuses a loaded file for what the schema cannot say. where: the way to the value as "timers[2].answered"
 * (lists count from 0); when the way does not exist its longest known part gives the line. Writes "file:line:
 * where: sentence" and returns false. Reads the file once more: only for errors. */
bool config_refuse(const char *path, const char *where, struct error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* folder/file into out; false when it does not fit. */
bool config_path(char out[CONFIG_PATH_MAX], const char *folder, const char *file);

/* "15m", "3h", "7d", "2w", "30s", working days "3wd", working hours "8wh"; "-3d" only where negative is
 * allowed. What a working day is says calendar.h. */
enum duration_unit {
    DURATION_SECONDS,
    DURATION_MINUTES,
    DURATION_HOURS,
    DURATION_DAYS,
    DURATION_WEEKS,
    DURATION_WORKING_HOURS,
    DURATION_WORKING_DAYS,
};

struct duration {
    int32_t count;
    enum duration_unit unit;
};

/* False when the text is no duration or its count is over 100000. */
bool duration_parse(const char *text, bool negative_allowed, struct duration *out);
/* The plain length in ms; working units as 24 h and 1 h (for comparing lengths; deadlines use calendar_add).
 */
int64_t duration_ms(struct duration duration);
void duration_text(struct duration duration, char out[16]);
/* duration_parse with the refusal written. */
bool config_duration(
    const char *path, const char *where, const char *text, struct duration *out, struct error *error);

/* A clock time "07:30" as minutes after local midnight, 0..1440 ("24:00" is allowed). */
bool config_clock(const char *path, const char *where, const char *text, int *minutes, struct error *error);

/* True when the list holds the word. */
bool config_list_has(char *const *list, unsigned count, const char *word);
