/* The page cache of a busy daemon on huge pages. A turn touches pages all over a cache of 16 MiB; in the
 * system's 4 KiB that is 4,096 translations where a processor holds some 1,500, and on a virtual machine each
 * miss walks two trees.
 *
 * The first pages come from malloc(): an idle daemon with some fifty of them takes no huge page. Where the
 * system has none, nothing changes but the place. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* For the rest of the process, before SQLite is used first, by one thread. False: it would not, all goes on
 * without. */
bool huge_pages_for_store(void);

/* For tests: how many pages lie there now. */
size_t huge_pages_used(void);
