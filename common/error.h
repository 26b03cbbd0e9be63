/* A broken daemon (store, memory, configuration): the text says what, where and, for files, the line.
 * A refused request is not an error of this kind: it is an answer, see problem.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct error {
    char text[512]; /* one sentence for the operator, never personal data; empty when there is no error */
};

/* Writes the sentence (cut at the size of text) and returns false, so that `return error_set(...)` reads
 * well. */
bool error_set(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Puts "what: " before the sentence that is there. Returns false. */
bool error_prefix(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
