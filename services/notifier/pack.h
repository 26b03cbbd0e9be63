/* Rows' packed parts: varints and texts with their length before them. Reading checks every bound: a damaged
 * row is parked, it never reads beyond its end. */
#pragma once

#include "common/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct unpacker {
    const uint8_t *at;
    size_t left;
    bool failed; /* sticky */
};

/* Most texts of an alert are empty. */
static inline void pack_text(struct buffer *out, const char *text) {
    size_t size = *text ? strlen(text) : 0;
    buffer_add_varint(out, size);
    buffer_add(out, text, size);
}

static inline const uint8_t *unpack_bytes(struct unpacker *from, size_t size) {
    if (from->failed || size > from->left) {
        from->failed = true;
        return NULL;
    }
    const uint8_t *bytes = from->at;
    from->at += size;
    from->left -= size;
    return bytes;
}

enum { VARINT_MAX = 10 };

/* 0 when it has failed. */
static inline int64_t unpack_int(struct unpacker *from) {
    uint64_t value = 0;
    if (!from->failed && from->left && *from->at < 0x80) {
        from->left--;
        return *from->at++;
    }
    size_t most = from->failed ? 0 : from->left < VARINT_MAX ? from->left : VARINT_MAX;
    for (size_t i = 0; i < most; i++) {
        value |= (uint64_t)(from->at[i] & 0x7f) << 7 * i;
        if (from->at[i] < 0x80) {
            unpack_bytes(from, i + 1);
            return (int64_t)value;
        }
    }
    from->failed = true;
    return 0;
}

/* room counts the NUL; a longer text is damage. */
static inline void unpack_text(struct unpacker *from, char *out, size_t room) {
    int64_t size = unpack_int(from);
    const uint8_t *bytes =
        size >= 0 && (uint64_t)size < room ? unpack_bytes(from, (size_t)size) : (from->failed = true, NULL);
    if (bytes && size)
        memcpy(out, bytes, (size_t)size);
    out[bytes ? size : 0] = 0;
}
