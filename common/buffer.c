#include "common/buffer.h"

#include "common/fault.h"

#include <stdlib.h>

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

uint8_t *buffer_grow(struct buffer *buffer, size_t size) {
    size_t capacity = buffer->capacity ? buffer->capacity : 512;
    bool fits = !buffer->failed && size <= buffer->max - buffer->size;
    while (fits && capacity - buffer->size < size)
        capacity *= 2;
    uint8_t *bytes = !fits || fault_strikes(FAULT_MEMORY) ? NULL : realloc(buffer->bytes, capacity);
    if (!bytes) {
        buffer->failed = true;
        return NULL;
    }
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return buffer->bytes + buffer->size;
}
