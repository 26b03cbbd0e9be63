/* What the fuzz targets share. A target is one function over hostile bytes; it must come back, whatever they
 * are, without a word of a sanitizer, and what it promises in its header must hold (FUZZ_HOLDS).
 *
 * Most inputs are lines of text, so that a corpus can be read and written by hand. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A promise: ends the process with the sentence when it does not hold. */
#define FUZZ_HOLDS(condition) ((condition) ? (void)0 : fuzz_failed(#condition, __FILE__, __LINE__))
_Noreturn void fuzz_failed(const char *what, const char *file, int line);

struct fuzz_input {
    const uint8_t *at, *end;
};

static inline struct fuzz_input fuzz_input(const uint8_t *bytes, size_t size) {
    return (struct fuzz_input){bytes, bytes + size};
}
/* 0 when there is none left. */
uint8_t fuzz_byte(struct fuzz_input *input);
uint64_t fuzz_number(struct fuzz_input *input); /* eight bytes, little endian */
/* The next line, or what is left, as a text of exactly its size: a byte read beyond it is seen. Cut at the
 * first NUL. The caller frees it. */
char *fuzz_line(struct fuzz_input *input);
/* All that is left, a copy of exactly its size (never NULL). The caller frees it. */
uint8_t *fuzz_rest(struct fuzz_input *input, size_t *size);

/* A folder of one's own, in memory where there is such, removed at the end: a site whose files lead to
 * deploy/sites/jatim until the target writes its own. */
const char *fuzz_site(void);
/* An empty folder of one's own. */
const char *fuzz_folder(void);
/* folder/name becomes these bytes. */
void fuzz_write(const char *folder, const char *name, const void *bytes, size_t size);
/* A file of fuzz_site() is again the one that ships. */
void fuzz_restore(const char *name);
