#include "common/store_vfs.h"

#include "common/fault.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct store_vfs {
    sqlite3_vfs vfs; /* the base's, but for opening */
    sqlite3_vfs *base;
    char name[32];
};

/* What is gathered stands at `offset`; the file below lies behind this struct. */
struct gathered {
    sqlite3_file file;
    char *bytes;
    size_t size;
    sqlite3_int64 offset;
};

static struct gathered *gathered_of(sqlite3_file *file) {
    return (struct gathered *)file;
}

static sqlite3_file *below(sqlite3_file *file) {
    return (sqlite3_file *)(gathered_of(file) + 1);
}

/* What cannot be written is forgotten: SQLite hears of the failure, and writes it again if it still wants to.
 */
static int flush(sqlite3_file *file) {
    struct gathered *gathered = gathered_of(file);
    size_t size = gathered->size;
    gathered->size = 0;
    if (!size)
        return SQLITE_OK;
    return below(file)->pMethods->xWrite(below(file), gathered->bytes, (int)size, gathered->offset);
}

static int on_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset) {
    struct gathered *gathered = gathered_of(file);
    bool fits = offset == gathered->offset + (sqlite3_int64)gathered->size &&
                (size_t)size <= STORE_VFS_BYTES - gathered->size;
    int code = fits ? SQLITE_OK : flush(file);
    if (code != SQLITE_OK)
        return code;
    if (size > STORE_VFS_BYTES)
        return below(file)->pMethods->xWrite(below(file), bytes, size, offset);
    if (!gathered->size)
        gathered->offset = offset;
    memcpy(gathered->bytes + gathered->size, bytes, (size_t)size);
    gathered->size += (size_t)size;
    return SQLITE_OK;
}

static int on_close(sqlite3_file *file) {
    int code = flush(file), closed = below(file)->pMethods->xClose(below(file));
    free(gathered_of(file)->bytes);
    return code != SQLITE_OK ? code : closed;
}

static int on_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset) {
    int code = flush(file);
    return code != SQLITE_OK ? code : below(file)->pMethods->xRead(below(file), bytes, size, offset);
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int code = flush(file);
    return code != SQLITE_OK ? code : below(file)->pMethods->xTruncate(below(file), size);
}

static int on_sync(sqlite3_file *file, int flags) {
    int code = flush(file);
    return code != SQLITE_OK ? code : below(file)->pMethods->xSync(below(file), flags);
}

static int on_size(sqlite3_file *file, sqlite3_int64 *size) {
    int code = flush(file);
    return code != SQLITE_OK ? code : below(file)->pMethods->xFileSize(below(file), size);
}

/* Hints, none about what the file holds; and SQLite does not look at what they return. */
static int on_control(sqlite3_file *file, int operation, void *argument) {
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

static int on_lock(sqlite3_file *file, int level) {
    return below(file)->pMethods->xLock(below(file), level);
}

static int on_unlock(sqlite3_file *file, int level) {
    return below(file)->pMethods->xUnlock(below(file), level);
}

static int on_check_lock(sqlite3_file *file, int *reserved) {
    return below(file)->pMethods->xCheckReservedLock(below(file), reserved);
}

static int on_sector_size(sqlite3_file *file) {
    return below(file)->pMethods->xSectorSize(below(file));
}

static int on_characteristics(sqlite3_file *file) {
    return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

/* Version 1: no shared memory, as the store locks its file for itself alone, and no mapping. */
static const sqlite3_io_methods methods = {.iVersion = 1,
    .xClose = on_close,
    .xRead = on_read,
    .xWrite = on_write,
    .xTruncate = on_truncate,
    .xSync = on_sync,
    .xFileSize = on_size,
    .xLock = on_lock,
    .xUnlock = on_unlock,
    .xCheckReservedLock = on_check_lock,
    .xFileControl = on_control,
    .xSectorSize = on_sector_size,
    .xDeviceCharacteristics = on_characteristics};

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags) {
    sqlite3_vfs *base = ((struct store_vfs *)vfs)->base;
    if (!(flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_DB)))
        return base->xOpen(base, name, file, flags, out_flags);
    file->pMethods = NULL; /* for SQLite: nothing to close yet */
    struct gathered *gathered = gathered_of(file);
    gathered->size = 0;
    gathered->bytes = fault_strikes(FAULT_MEMORY) ? NULL : malloc(STORE_VFS_BYTES);
    if (!gathered->bytes)
        return SQLITE_NOMEM;
    int code = base->xOpen(base, name, below(file), flags, out_flags);
    if (code == SQLITE_OK) {
        file->pMethods = &methods;
        return SQLITE_OK;
    }
    if (below(file)->pMethods)
        below(file)->pMethods->xClose(below(file));
    free(gathered->bytes);
    return code;
}

struct store_vfs *store_vfs_open(const char *base, struct error *error) {
    struct store_vfs *vfs = calloc(1, sizeof *vfs);
    sqlite3_vfs *found = sqlite3_vfs_find(base);
    if (!vfs || !found) {
        free(vfs);
        error_set(error, "%s", found ? "out of memory" : "there is no such file system layer");
        return NULL;
    }
    snprintf(vfs->name, sizeof vfs->name, "gathering-%p", (void *)vfs);
    vfs->base = found;
    vfs->vfs = *found;
    vfs->vfs.pNext = NULL;
    vfs->vfs.zName = vfs->name;
    vfs->vfs.szOsFile = found->szOsFile + (int)sizeof(struct gathered);
    vfs->vfs.xOpen = on_open;
    if (sqlite3_vfs_register(&vfs->vfs, 0) == SQLITE_OK)
        return vfs;
    free(vfs);
    error_set(error, "out of memory");
    return NULL;
}

void store_vfs_close(struct store_vfs **vfs) {
    if (*vfs)
        sqlite3_vfs_unregister(&(*vfs)->vfs);
    free(*vfs);
    *vfs = NULL;
}

const char *store_vfs_name(const struct store_vfs *vfs) {
    return vfs->name;
}
