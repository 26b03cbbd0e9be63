/* The files of web/, embedded in the program. They change only with the program: an ETag from their content,
 * and "no-cache" so that a browser asks whether it still has the right one. */
#pragma once

#include "common/turn.h"

#include <stdbool.h>
#include <stddef.h>

struct web_file {
    const char *path, *type;
    const unsigned char *bytes;
    size_t size;
};

extern const struct web_file web_files[]; /* made at build time, see embed_web.cmake */
extern const unsigned web_file_count;

enum { PAGES_MAX = 16, PAGE_ETAG = 34 }; /* 32 digits in quotes */

struct pages {
    char etags[PAGES_MAX][PAGE_ETAG + 1];
};

void pages_open(struct pages *pages);
/* The ETag of any bytes. */
void page_etag(const void *bytes, size_t size, char out[PAGE_ETAG + 1]);
/* Does If-None-Match name it? */
bool page_is_known(const struct request *request, const char *etag);
/* GET and HEAD of a file; false: no such file. */
bool pages_answer(const struct pages *pages, const struct request *request, struct answer *answer);
