/* A growable run of bytes with a maximum. Failing (maximum reached, no memory) is sticky: later calls do
 * nothing, and the owner looks at `failed` once at the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer {
    uint8_t *bytes;
    size_t size, capacity, max;
    bool failed;
};

#define BUFFER_MAX(max_bytes) ((struct buffer){.max = (max_bytes)})

void buffer_free(struct buffer *buffer);
/* Empties, keeps the memory up to keep_bytes. */
void buffer_clear(struct buffer *buffer, size_t keep_bytes);
uint8_t *buffer_grow(struct buffer *buffer, size_t size); /* buffer_room where there is none yet */

/* Room for size more bytes behind the end, NULL when failed; the caller fills it and adds size. */
static inline uint8_t *buffer_room(struct buffer *buffer, size_t size) {
    if (buffer->failed || size > buffer->max - buffer->size || size > buffer->capacity - buffer->size)
        return buffer_grow(buffer, size);
    return buffer->size ? buffer->bytes + buffer->size : buffer->bytes; /* NULL when no room was asked for */
}

static inline void buffer_add(struct buffer *buffer, const void *bytes, size_t size) {
    uint8_t *room = buffer_room(buffer, size);
    if (room && size) {
        memcpy(room, bytes, size);
        buffer->size += size;
    }
}

static inline void buffer_add_byte(struct buffer *buffer, uint8_t byte) {
    uint8_t *room = buffer_room(buffer, 1);
    if (room) {
        *room = byte;
        buffer->size++;
    }
}

/* protobuf varint */
static inline void buffer_add_varint(struct buffer *buffer, uint64_t value) {
    size_t size = (size_t)(70 - __builtin_clzll(value | 1)) / 7; /* seven bits a byte */
    uint8_t *room = buffer_room(buffer, size);
    if (!room)
        return;
    buffer->size += size;
    for (; value > 0x7f; value >>= 7)
        *room++ = (uint8_t)(value | 0x80);
    *room = (uint8_t)value;
}
