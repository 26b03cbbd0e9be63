/* Memory for one input, or for what a turn keeps of its inputs: taken piece by piece, given back all at once,
 * zeroed before it is used again so that no narrative stays behind. Capped: an input that wants more than the
 * cap gets NULL and ends with RETRY or PARK. Under AddressSanitizer what is not taken cannot be touched. */
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

struct arena;

/* cap_bytes: the most that may be taken between two resets. NULL when out of memory. The caller frees it. */
struct arena *arena_new(size_t cap_bytes);
void arena_free(struct arena **arena);
/* Gives back everything and wipes it. Pointers taken before are dead. Costs what was taken, however much
 * there is room for. */
void arena_reset(struct arena *arena);
/* Zeroed, aligned for any type; NULL over the cap or out of memory. Never freed singly. */
void *arena_take(struct arena *arena, size_t size);
/* The last piece that was taken is no more than size bytes; behind them nothing may have been written, which
 * tests under AddressSanitizer verify. Who cannot know how much he needs takes the most and gives back. */
void arena_shrink(struct arena *arena, void *piece, size_t size);
char *arena_text(struct arena *arena, const char *text);                /* a copy, NUL-terminated */
char *arena_bytes(struct arena *arena, const void *bytes, size_t size); /* a copy with a NUL after it */
char *arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* True when a take has been refused since the last reset, or: */
_Bool arena_exhausted(const struct arena *arena);
/* An input found no memory outside its arena: it ends as if the arena had refused it. */
void arena_exhaust(struct arena *arena);
/* Bytes taken since the last reset. */
size_t arena_taken(const struct arena *arena);
/* For protobuf-c: unpack into the arena, never free. Valid as long as the arena. */
ProtobufCAllocator *arena_allocator(struct arena *arena);
