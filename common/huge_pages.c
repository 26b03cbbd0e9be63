#include "common/huge_pages.h"

#include <sqlite3.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum {
    HUGE = 2 << 20,
    POOL = 18 << 20,    /* the cache of a store, 16 MiB, with what SQLite keeps beside each page */
    PIECE_LEAST = 8192, /* a page of the store (store_sqlite.c) */
    PIECE = 8192 + 512, /* and SQLite's 200 to 300 bytes beside it */
    PIECES = POOL / PIECE,
    OUTSIDE = 64, /* the first ones: an idle daemon has no more */
};

/* One a process, as SQLite's memory is; SQLite is used by one thread (SQLITE_CONFIG_SINGLETHREAD). */
static struct {
    sqlite3_mem_methods system;
    unsigned char *from;
    unsigned outside; /* pages that are elsewhere */
    unsigned made;    /* pieces that were given out at least once: those behind are untouched */
    unsigned used;
    unsigned free_count;
    uint16_t free[PIECES];
} pool;

static bool is_ours(const void *piece) {
    uintptr_t at = (uintptr_t)piece, from = (uintptr_t)pool.from;
    return pool.from && at >= from && at < from + (size_t)PIECES * PIECE;
}

static bool is_page(int size) {
    return size >= PIECE_LEAST && size <= PIECE;
}

static void *pool_take(int size) {
    if (!is_page(size))
        return pool.system.xMalloc(size);
    if (pool.outside < OUTSIDE || (!pool.free_count && pool.made == PIECES)) {
        pool.outside++;
        return pool.system.xMalloc(size);
    }
    unsigned piece = pool.free_count ? pool.free[--pool.free_count] : pool.made++;
    pool.used++;
    return pool.from + (size_t)piece * PIECE;
}

static void pool_give(void *piece) {
    if (!is_ours(piece)) {
        pool.outside -= piece && pool.outside && is_page(pool.system.xSize(piece));
        pool.system.xFree(piece);
        return;
    }
    pool.used--;
    pool.free[pool.free_count++] = (uint16_t)((size_t)((unsigned char *)piece - pool.from) / PIECE);
}

static int pool_size(void *piece) {
    return is_ours(piece) ? PIECE : pool.system.xSize(piece);
}

static void *pool_resize(void *piece, int size) {
    if (!is_ours(piece))
        return pool.system.xRealloc(piece, size);
    if (size <= PIECE)
        return piece;
    void *larger = pool.system.xMalloc(size);
    if (larger) {
        memcpy(larger, piece, PIECE);
        pool_give(piece);
    }
    return larger;
}

static unsigned char *next_huge(unsigned char *at) {
    return at + (HUGE - (uintptr_t)at % HUGE) % HUGE;
}

static bool map(void) {
    unsigned char *room =
        mmap(NULL, POOL + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return false;
    pool.from = next_huge(room);
    madvise(pool.from, POOL, MADV_HUGEPAGE); /* refused: pages of the usual size */
    return true;
}

bool huge_pages_for_store(void) {
    if (pool.from || sqlite3_config(SQLITE_CONFIG_GETMALLOC, &pool.system) != SQLITE_OK || !map())
        return false;
    sqlite3_mem_methods methods = pool.system;
    methods.xMalloc = pool_take;
    methods.xFree = pool_give;
    methods.xSize = pool_size;
    methods.xRealloc = pool_resize;
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK;
}

size_t huge_pages_used(void) {
    return pool.used;
}
