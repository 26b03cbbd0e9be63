/* A growable run of bytes with a maximum. Failing (maximum reached, no memory) is sticky: later calls do
 * nothing, and the owner looks at `failed` once at the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    uint8_t *bytes;
    size_t size, capacity, max;
    bool failed;
};

#define BUFFER_MAX(max_bytes) ((struct buffer){.max = (max_bytes)})

void buffer_free(struct buffer *buffer);
/* Empties, keeps the memory up to keep_bytes. */
void buffer_clear(struct buffer *buffer, size_t keep_bytes);
/* Room for size more bytes behind the end, NULL when failed; the caller fills it and adds size. */
uint8_t *buffer_room(struct buffer *buffer, size_t size);
void buffer_add(struct buffer *buffer, const void *bytes, size_t size);
void buffer_add_varint(struct buffer *buffer, uint64_t value); /* protobuf varint */
