#include "common/arena.h"

#include "common/fault.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(from, size) ((void)(from), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(from, size) ((void)(from), (void)(size))
#endif

/* Blocks of 64 KiB: a report and what is made of it fit in one. */
enum { BLOCK_BYTES = 64 * 1024, ALIGN = 16 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ALIGN) unsigned char bytes[];
};

struct arena {
    struct block *first, *current;
    size_t cap, taken;
    bool exhausted;
    ProtobufCAllocator allocator;
};

static void *allocator_take(void *data, size_t size) {
    return arena_take(data, size);
}

static void allocator_release(void *data, void *pointer) {
    (void)data;
    (void)pointer;
}

struct arena *arena_new(size_t cap_bytes) {
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return NULL;
    arena->cap = cap_bytes;
    arena->allocator = (ProtobufCAllocator){allocator_take, allocator_release, arena};
    return arena;
}

static void give_back(struct block *block) {
    ASAN_UNPOISON_MEMORY_REGION(block->bytes, block->size);
    free(block);
}

/* The gaps behind pieces are wiped too. */
static void empty(struct block *block) {
    ASAN_UNPOISON_MEMORY_REGION(block->bytes, block->used);
    explicit_bzero(block->bytes, block->used);
    ASAN_POISON_MEMORY_REGION(block->bytes, block->used);
    block->used = 0;
}

void arena_free(struct arena **arena) {
    if (!*arena)
        return;
    for (struct block *block = (*arena)->first, *next; block; block = next) {
        next = block->next;
        empty(block);
        give_back(block);
    }
    free(*arena);
    *arena = NULL;
}

/* Behind the current block none has been used. */
void arena_reset(struct arena *arena) {
    bool last = !arena->current;
    for (struct block **at = &arena->first; *at && !last;) {
        struct block *block = *at;
        last = block == arena->current;
        empty(block);
        if (block->size > BLOCK_BYTES) { /* a rare large one is not kept */
            *at = block->next;
            give_back(block);
        } else {
            at = &block->next;
        }
    }
    arena->current = arena->first;
    arena->taken = 0;
    arena->exhausted = false;
}

static struct block *block_add(struct arena *arena, size_t size) {
    size_t bytes = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    struct block *block = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof *block + bytes);
    if (!block)
        return NULL;
    block->size = bytes;
    ASAN_POISON_MEMORY_REGION(block->bytes, bytes);
    if (arena->current) {
        block->next = arena->current->next;
        arena->current->next = block;
    } else {
        arena->first = block;
    }
    return arena->current = block;
}

/* The next block that is large enough, or a new one. */
static struct block *block_next(struct arena *arena, size_t size) {
    struct block *block = arena->current;
    while (block && block->size - block->used < size && block->next)
        block = arena->current = block->next;
    return block && block->size - block->used >= size ? block : block_add(arena, size);
}

void *arena_take(struct arena *arena, size_t size) {
    if (size > arena->cap - arena->taken) {
        arena->exhausted = true;
        return NULL;
    }
    size_t wanted = size;
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct block *block = arena->current;
    if (!block || block->size - block->used < size)
        block = block_next(arena, size);
    if (!block) {
        arena->exhausted = true;
        return NULL;
    }
    void *piece = block->bytes + block->used;
    ASAN_UNPOISON_MEMORY_REGION(piece, wanted);
    block->used += size;
    arena->taken = arena->taken + size > arena->cap ? arena->cap : arena->taken + size;
    return piece;
}

/* Pieces are zeroes at first, and what is given back is one again. */
static void check_unwritten(const unsigned char *from, const unsigned char *end) {
#ifdef __SANITIZE_ADDRESS__
    for (; from < end; from++)
        if (*from)
            abort();
#else
    (void)from;
    (void)end;
#endif
}

void arena_shrink(struct arena *arena, void *piece, size_t size) {
    struct block *block = arena->current;
    size_t start = (size_t)((unsigned char *)piece - block->bytes);
    size_t end = (start + size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    ASAN_UNPOISON_MEMORY_REGION(piece, block->used - start);
    check_unwritten((unsigned char *)piece + size, block->bytes + block->used);
    ASAN_POISON_MEMORY_REGION((unsigned char *)piece + size, block->used - start - size);
    arena->taken -= block->used - end;
    block->used = end;
}

char *arena_bytes(struct arena *arena, const void *bytes, size_t size) {
    if (size > SIZE_MAX - 1)
        return NULL;
    char *copy = arena_take(arena, size + 1);
    if (copy && size)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_text(struct arena *arena, const char *text) {
    return arena_bytes(arena, text, strlen(text));
}

/* What was written where no text came to stand is wiped: pieces of an arena are zeroes at first. */
static void wipe(unsigned char *from, size_t written, size_t room) {
    if (room) {
        explicit_bzero(from, written < room ? written : room);
        ASAN_POISON_MEMORY_REGION(from, room);
    }
}

/* Formatted where it will stand, as there is room for it almost always; else once for its length and once
 * more. */
char *arena_format(struct arena *arena, const char *format, ...) {
    struct block *block = arena->current;
    unsigned char *there = block ? block->bytes + block->used : NULL;
    size_t room = block ? block->size - block->used : 0;
    va_list args, again;
    ASAN_UNPOISON_MEMORY_REGION(there, room);
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf((char *)there, room, format, args);
    va_end(args);
    size_t size = length < 0 ? 0 : (size_t)length + 1;
    char *text = size ? arena_take(arena, size) : NULL;
    if (text == (char *)there && size <= room) {
        ASAN_POISON_MEMORY_REGION(there + size, room - size);
    } else {
        wipe(there, size ? size : room, room);
        if (text)
            vsnprintf(text, size, format, again);
    }
    va_end(again);
    return text;
}

size_t arena_taken(const struct arena *arena) {
    return arena->taken;
}

_Bool arena_exhausted(const struct arena *arena) {
    return arena->exhausted;
}

void arena_exhaust(struct arena *arena) {
    arena->exhausted = true;
}

ProtobufCAllocator *arena_allocator(struct arena *arena) {
    return &arena->allocator;
}
