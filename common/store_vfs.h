/* A layer under SQLite that gathers small neighbouring writes into large ones.
 *
 * SQLite writes a page of the log in two calls (24 bytes and the page) and a checkpoint page by page: eight
 * system calls a report, each some 2 us. Here what lies next to what was written before is kept,
 * STORE_VFS_BYTES at most, and written when something else is asked of the file: a sync, a read, a size,
 * another place. Nothing is promised to SQLite before the sync has gone through the file below; an error of a
 * late write is told by the call at which it came up, as that of a full disk may be by a file system. */
#pragma once

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

/* x log and file = 240 KiB a store. SQLite's own file layer takes less than 128 KiB in one call. */
enum { STORE_VFS_BYTES = 120 << 10 };

struct store_vfs;

/* base: name of the VFS below, NULL: the system's. Registered until it is closed; no connection may be open
 * then. NULL with a sentence. */
struct store_vfs *store_vfs_open(const char *base, struct error *error);
void store_vfs_close(struct store_vfs **vfs);
const char *store_vfs_name(const struct store_vfs *vfs);
