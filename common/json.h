/* JSON from strangers and JSON for them.
 *
 * Reading is jansson behind a gate: a cheap scan of the bytes refuses what is too large, too deep or made of
 * too many values before a tree is built, jansson refuses duplicate keys, invalid UTF-8 and NUL (also as
 * \u0000), and a table of fields then moves the members a handler knows into its struct; a member it does not
 * know is refused, so that a misspelt "urgnet" does not pass unnoticed. Writing appends to one bounded buffer
 * without a tree.
 *
 * A refusal is an answer to the sender, never an error of the daemon: an enum, with a sentence that repeats
 * nothing of the body. RFC 8259 (JSON), RFC 6901 (JSON pointer). */
#pragma once

#include "common/arena.h"
#include "common/id.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JSON_DEPTH_MAX = 16,
    /* A value costs about 150 bytes in a tree (node, hash pair, key, malloc): 131,072 x 150 = 19 MiB for one
     * body. A webhook of the largest size, 3 MB, holds about 100,000 values of 30 bytes. */
    JSON_VALUES_MAX = 131072,
    JSON_POINTER_MAX = 128
};

enum json_refusal {
    JSON_OK,
    JSON_EMPTY,
    JSON_TOO_LARGE,
    JSON_TOO_DEEP,
    JSON_TOO_MANY_VALUES,
    JSON_NOT_UTF8,
    JSON_NUL,
    JSON_DUPLICATE_KEY,
    JSON_BAD_NUMBER, /* does not fit 64 bits or a double */
    JSON_BAD_SYNTAX,
    JSON_NO_MEMORY,
    /* from json_fields_read */
    JSON_MISSING,
    JSON_UNKNOWN,
    JSON_WRONG_TYPE,
    JSON_TOO_SHORT,
    JSON_TOO_LONG,
    JSON_TOO_SMALL,
    JSON_TOO_BIG,
    JSON_NO_CHOICE,
    JSON_TOO_MANY
};

/* Reads one document of at most max_bytes; bytes need not end with NUL. On JSON_OK the caller owns *out
 * (json_decref), otherwise *out is NULL. Any value may stand at the top, and the mark of UTF-8 before it.
 * Does not block, keeps no pointer into bytes. */
enum json_refusal json_read(const void *bytes, size_t size, size_t max_bytes, json_t **out);

/* Where the string that begins at `at`, behind its opening quote, has its closing one; end: nowhere. */
const char *json_string_end(const char *at, const char *end);

/* One sentence for the sender, Indonesian or English; fixed texts. */
const char *json_refusal_id(enum json_refusal refusal);
const char *json_refusal_en(enum json_refusal refusal);

/* ---- members into a struct ---- */

enum json_field_type {
    JSON_FIELD_TEXT,    /* const char *: NUL-terminated UTF-8, owned by the document; least, most in bytes */
    JSON_FIELD_NUMBER,  /* double; least_number, most_number */
    JSON_FIELD_INTEGER, /* int64_t; least, most. 3.0 is no integer */
    JSON_FIELD_BOOL,    /* bool */
    JSON_FIELD_CHOICE,  /* int: place of the text in choices */
    JSON_FIELD_OBJECT,  /* struct filled by members */
    JSON_FIELD_LIST, /* array of at most `most` elements of stride bytes each, read as item; their number goes
                      * to count_offset (size_t) */
    JSON_FIELD_SCALAR, /* struct json_scalar: a text or an integer, without limits */
    JSON_FIELD_ANY     /* const json_t *, owned by the document: for what a table cannot say */
};

/* As senders write instants and ids. NULL as text: the number. */
struct json_scalar {
    const char *text;
    int64_t number;
};

struct json_field {
    const char *name; /* NULL ends a table */
    enum json_field_type type;
    bool required;
    size_t offset; /* where in the struct */
    size_t
        present_offset; /* a bool set when the member was there; 0: nobody asks (so never the first member) */
    /* Limits, both included. For INTEGER, TEXT (bytes) and LIST (elements); both 0 for an INTEGER: any. A
     * TEXT and a LIST must state `most`. */
    int64_t least, most;
    double least_number, most_number; /* NUMBER; both 0: any */
    const char *const *choices;       /* CHOICE: ends with NULL */
    const struct json_field *members; /* OBJECT */
    const struct json_field *item;    /* LIST: one field, its name unused, offset 0 */
    size_t stride, count_offset;      /* LIST */
};

struct json_problem {
    enum json_refusal refusal;
    /* JSON pointer of the offending member, cut at the size. May hold a member name of the sender: answer it,
     * do not log it. */
    char pointer[JSON_POINTER_MAX];
};

/* Fills out (a struct as the table describes) from object. Absent and null members leave out as it was, so
 * the caller puts in the defaults first; a null where a member is required is refused. Texts point into the
 * document, which must outlive out. False: problem says what and where, out is half filled. */
bool json_fields_read(
    const json_t *object, const struct json_field *fields, void *out, struct json_problem *problem);
/* The same straight from the bytes, for doors through which thousands come a second: no tree is built, texts
 * are copied to the arena; a tenth of the work. True: out is what json_read (without limits of size) and
 * json_fields_read would have made of it. False: nothing is said by it, out is half filled; read it with
 * those, who know what is wrong and read what is rare: lists, ANY, escaped names, numbers of 19 digits.
 * Tables of at most 64 fields. */
bool json_fields_direct(
    struct arena *arena, const void *bytes, size_t size, const struct json_field *fields, void *out);

/* ---- writing ---- */

/* An append-only writer: begin, members, end. Commas, escapes and nesting are its business; a mistake of the
 * caller (an end too many, a value without a key in an object) or going over max_bytes marks it failed,
 * everything later is ignored and json_writer_text returns NULL: one check at the end is enough. */
struct json_writer {
    char *bytes;
    size_t size, capacity, max_bytes;
    unsigned depth;
    uint32_t objects; /* bit d: level d is an object */
    uint32_t filled;  /* bit d: level d has an element, so a comma comes first */
    bool keyed;       /* a key waits for its value */
    bool done;        /* the top value is complete */
    bool failed;
    bool no_memory; /* it failed for this reason: the same may be written another time */
};

/* max_bytes: the most the text may take, without the NUL after it. Takes no memory yet. */
void json_writer_init(struct json_writer *writer, size_t max_bytes);
/* Wipes and frees the buffer; the writer may be initialised again. */
void json_writer_free(struct json_writer *writer);
/* The complete text, NUL-terminated, owned by the writer until its next call; NULL when it failed or is
 * incomplete. */
const char *json_writer_text(struct json_writer *writer, size_t *size);
/* The same, for the caller to free; the writer is free then. */
char *json_writer_take(struct json_writer *writer);

void json_write_object(struct json_writer *writer); /* { */
void json_write_array(struct json_writer *writer);  /* [ */
void json_write_end(struct json_writer *writer);    /* } or ], whichever is open */
void json_write_key(struct json_writer *writer, const char *key);
/* The same of a literal that needs no escape, made ready by the compiler: for what is written for each
 * report. */
#define json_write_literal_key(writer, key)                                                                  \
    json_write_ready_key((writer), ",\"" key "\":", sizeof(",\"" key "\":") - 1)
/* ready: with the comma that stands before it, unless it is the first. */
void json_write_ready_key(struct json_writer *writer, const char *ready, size_t size);
/* Invalid UTF-8 becomes U+FFFD, control characters and NUL are escaped. NULL writes null. */
void json_write_text(struct json_writer *writer, const char *text);
void json_write_text_bytes(struct json_writer *writer, const void *text, size_t size);
void json_write_integer(struct json_writer *writer, int64_t value);
void json_write_number(
    struct json_writer *writer, double value); /* shortest that reads back the same; NaN: null */
/* value / 10^decimals with no trailing zeros, at most 9 decimals: ten times as fast as json_write_number. */
void json_write_decimal(struct json_writer *writer, int64_t value, unsigned decimals);
void json_write_bool(struct json_writer *writer, bool value);
void json_write_null(struct json_writer *writer);
/* A value that is JSON already and trusted to be whole (a stored answer). */
void json_write_raw(struct json_writer *writer, const char *json, size_t size);

/* Key and value at once. */
void json_member_text(struct json_writer *writer, const char *key, const char *text);
void json_member_integer(struct json_writer *writer, const char *key, int64_t value);
void json_member_bool(struct json_writer *writer, const char *key, bool value);
/* Its text; null for the null id. */
void json_member_id(struct json_writer *writer, const char *key, const struct id *id);
void json_member_object(struct json_writer *writer, const char *key);
void json_member_array(struct json_writer *writer, const char *key);
