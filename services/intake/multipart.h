/* multipart/form-data (RFC 7578) in memory. Debian has no parser of its own for it in C without a mail
 * library or a connection, so here is the little that is needed. Hostile: all of it; nothing is copied,
 * nothing taken. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { MULTIPART_PARTS_MAX = 64, MULTIPART_NAME_MAX = 128 };

struct multipart_part {
    char name[MULTIPART_NAME_MAX], filename[MULTIPART_NAME_MAX],
        type[MULTIPART_NAME_MAX]; /* "" when not said */
    const char *data;             /* points into the body */
    size_t size;
};

/* content_type: the request's header. False: another type, no boundary, a body that does not end as it
 * should, or more than MULTIPART_PARTS_MAX parts. */
bool multipart_read(const char *content_type, const char *body, size_t size,
    struct multipart_part parts[MULTIPART_PARTS_MAX], size_t *count);
