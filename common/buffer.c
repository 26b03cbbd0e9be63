#include "common/buffer.h"

#include "common/fault.h"

#include <stdlib.h>
#include <string.h>

void buffer_free(struct buffer *buffer) {
    free(buffer->bytes);
    *buffer = BUFFER_MAX(buffer->max);
}

void buffer_clear(struct buffer *buffer, size_t keep_bytes) {
    if (buffer->capacity > keep_bytes)
        buffer_free(buffer);
    buffer->size = 0;
    buffer->failed = false;
}

uint8_t *buffer_room(struct buffer *buffer, size_t size) {
    if (buffer->failed || size > buffer->max - buffer->size) {
        buffer->failed = true;
        return NULL;
    }
    if (buffer->capacity - buffer->size < size) {
        size_t capacity = buffer->capacity ? buffer->capacity : 512;
        while (capacity - buffer->size < size)
            capacity *= 2;
        uint8_t *bytes = fault_strikes(FAULT_MEMORY) ? NULL : realloc(buffer->bytes, capacity);
        if (!bytes) {
            buffer->failed = true;
            return NULL;
        }
        buffer->bytes = bytes;
        buffer->capacity = capacity;
    }
    return buffer->size ? buffer->bytes + buffer->size : buffer->bytes; /* NULL when no room was asked for */
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t size) {
    uint8_t *room = buffer_room(buffer, size);
    if (room && size) {
        memcpy(room, bytes, size);
        buffer->size += size;
    }
}

void buffer_add_varint(struct buffer *buffer, uint64_t value) {
    uint8_t bytes[10];
    size_t size = 0;
    do {
        bytes[size] = (uint8_t)(value & 0x7f);
        value >>= 7;
        if (value)
            bytes[size] |= 0x80;
        size++;
    } while (value);
    buffer_add(buffer, bytes, size);
}
