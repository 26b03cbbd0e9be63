#include "vfs_crash.h"

#include "common/fault.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    SECTOR = 512,
    NAME_MAX_BYTES = 256,
    FILES_MAX = 32,
    FILE_MAX_BYTES = 256 << 20,
    SHARED_MAX = 64,
    SPARE_MAX = 64,
    SPARE_BYTES = 8 << 20
};

/* A file's bytes, at a fixed place with room for the largest: growing copies nothing. */
struct image {
    uint8_t *bytes;
    size_t size;
    size_t high; /* behind it nothing was ever written: zeros */
};

struct file {
    char name[NAME_MAX_BYTES];
    bool exists, existed; /* in the cache, on the platter */
    struct image cached, durable;
    /* A bit a sector. Lost: a failed fsync has forgotten that it is dirty. */
    uint8_t *dirty, *lost;
    size_t sectors;
    size_t dirty_low, dirty_high; /* sectors outside are clean */
    bool any_lost;
    void *shared[SHARED_MAX]; /* the log's index, of the one connection; gone with the process */
    int readers;              /* handles with a shared lock or more */
    void *writer;             /* the handle with more than that */
};

struct crash_disk {
    sqlite3_vfs vfs;
    char name[NAME_MAX_BYTES];
    uint64_t chance;
    uint64_t generation; /* handles of an older one are dead */
    struct file files[FILES_MAX];
    unsigned file_count;
    bool full;
    uint64_t fail_read, fail_write, fail_sync, die;
    enum crash_how die_how;
    uint64_t writes, syncs;
    unsigned temporary;
};

struct handle {
    sqlite3_file base;
    struct crash_disk *disk;
    struct file *file;
    uint64_t generation;
    int lock;
    bool delete_at_end;
};

/* splitmix64 */
static uint64_t chance(struct crash_disk *disk) {
    uint64_t z = disk->chance += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* ---- images ---- */

/* Places of disks that are gone, kept for the next run: the pages are there already, which is a tenth of a
 * run. */
static _Thread_local struct image spare[SPARE_MAX];
static _Thread_local unsigned spare_count;

static bool image_place(struct image *image) {
    if (spare_count) {
        *image = spare[--spare_count];
        return true;
    }
    void *bytes = mmap(
        NULL, FILE_MAX_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED)
        return false;
    image->bytes = bytes;
    return true;
}

static bool image_grow(struct image *image, size_t size) {
    if (size > FILE_MAX_BYTES || (!image->bytes && !image_place(image)))
        return false;
    if (image->size < size && image->size < image->high)
        memset(image->bytes + image->size, 0, (size < image->high ? size : image->high) - image->size);
    if (image->size < size)
        image->size = size;
    if (image->high < size)
        image->high = size;
    return true;
}

static void image_cut(struct image *image, size_t size) {
    if (size < image->size)
        image->size = size;
}

static bool image_copy(struct image *to, const struct image *from) {
    image_cut(to, 0);
    if (!image_grow(to, from->size))
        return false;
    if (from->size)
        memcpy(to->bytes, from->bytes, from->size);
    return true;
}

static void image_free(struct image *image) {
    image_cut(image, 0);
    if (image->bytes && image->high < SPARE_BYTES && spare_count < SPARE_MAX)
        spare[spare_count++] = *image;
    else if (image->bytes)
        munmap(image->bytes, FILE_MAX_BYTES);
    *image = (struct image){NULL, 0, 0};
}

static bool bit(const uint8_t *bits, size_t at) {
    return bits[at / 8] >> (at % 8) & 1;
}

static void set_bit(uint8_t *bits, size_t at, bool value) {
    if (value)
        bits[at / 8] = (uint8_t)(bits[at / 8] | 1u << (at % 8));
    else
        bits[at / 8] = (uint8_t)(bits[at / 8] & ~(1u << (at % 8)));
}

static bool track(struct file *file, size_t bytes) {
    size_t sectors = (bytes + SECTOR - 1) / SECTOR;
    if (sectors <= file->sectors)
        return true;
    size_t room = file->sectors ? file->sectors : 256;
    while (room < sectors)
        room *= 2;
    uint8_t *dirty = calloc(2, room / 8), *lost = dirty ? dirty + room / 8 : NULL;
    if (!dirty)
        return false;
    if (file->sectors) {
        memcpy(dirty, file->dirty, file->sectors / 8);
        memcpy(lost, file->lost, file->sectors / 8);
    }
    free(file->dirty);
    file->dirty = dirty;
    file->lost = lost;
    file->sectors = room;
    return true;
}

static void mark(struct file *file, size_t from, size_t to) {
    size_t low = from / SECTOR, high = (to + SECTOR - 1) / SECTOR;
    for (size_t i = low; i < high; i++)
        set_bit(file->dirty, i, true);
    if (file->dirty_low == file->dirty_high) {
        file->dirty_low = low;
        file->dirty_high = high;
    }
    file->dirty_low = low < file->dirty_low ? low : file->dirty_low;
    file->dirty_high = high > file->dirty_high ? high : file->dirty_high;
}

/* The sectors as the cache has them go to the platter; beyond the cached end there is nothing of them. */
static void write_back(struct file *file, size_t first, size_t end) {
    size_t at = first * SECTOR, size = (end - first) * SECTOR;
    if (at >= file->cached.size)
        return;
    size = file->cached.size - at < size ? file->cached.size - at : size;
    if (image_grow(&file->durable, at + size))
        memcpy(file->durable.bytes + at, file->cached.bytes + at, size);
}

static void forget_dirt(struct file *file) {
    if (file->sectors)
        memset(file->dirty, 0, 2 * (file->sectors / 8));
    file->dirty_low = file->dirty_high = 0;
    file->any_lost = false;
}

/* Neighbours in one piece. */
static void sync_file(struct file *file) {
    for (size_t i = file->dirty_low, end; i < file->dirty_high; i = end) {
        if (!file->dirty[i / 8]) {
            end = i / 8 * 8 + 8;
            continue;
        }
        for (end = i; end < file->dirty_high && bit(file->dirty, end); end++)
            set_bit(file->dirty, end, false);
        if (end > i)
            write_back(file, i, end);
        else
            end++;
    }
    file->dirty_low = file->dirty_high = 0;
    if (file->durable.size > file->cached.size)
        image_cut(&file->durable, file->cached.size);
    file->existed = true;
}

/* A failed fsync: of each dirty sector nobody knows whether it was written, and whether the next fsync will
 * write it. */
static void sync_badly(struct crash_disk *disk, struct file *file) {
    for (size_t i = file->dirty_low; i < file->dirty_high; i++) {
        if (!bit(file->dirty, i))
            continue;
        switch (chance(disk) % 3) {
        case 0:
            write_back(file, i, i + 1);
            break;
        case 1:
            set_bit(file->dirty, i, false);
            set_bit(file->lost, i, true);
            file->any_lost = true;
            break;
        case 2:
            break;
        }
    }
}

/* ---- crashes ---- */

static void forget_shared(struct file *file) {
    for (size_t i = 0; i < SHARED_MAX; i++) {
        free(file->shared[i]);
        file->shared[i] = NULL;
    }
}

static void settle_after_power(struct crash_disk *disk, struct file *file) {
    bool whole = chance(disk) % 4 == 0, nothing = !whole && chance(disk) % 4 == 0;
    if (!file->existed && nothing) {
        file->exists = false;
        image_cut(&file->durable, 0);
    }
    for (size_t i = file->dirty_low; i < file->dirty_high; i++)
        if (bit(file->dirty, i) && !nothing && (whole || chance(disk) & 1))
            write_back(file, i, i + 1);
    if (file->durable.size > file->cached.size && !nothing && (whole || chance(disk) & 1))
        image_cut(&file->durable, file->cached.size);
    image_copy(&file->cached, &file->durable);
    file->existed = file->exists;
    forget_dirt(file);
}

/* The cache lives on; what a failed fsync has lost may be read from the platter again. */
static void settle_after_kill(struct crash_disk *disk, struct file *file) {
    for (size_t i = 0; file->any_lost && i < file->sectors; i++) {
        if (!bit(file->lost, i))
            continue;
        set_bit(file->lost, i, false);
        size_t at = i * SECTOR;
        if (at >= file->cached.size)
            continue;
        if (chance(disk) & 1) {
            mark(file, at, at + 1);
            continue;
        }
        size_t size = file->cached.size - at < SECTOR ? file->cached.size - at : SECTOR;
        memset(file->cached.bytes + at, 0, size);
        if (at < file->durable.size)
            memcpy(file->cached.bytes + at, file->durable.bytes + at,
                file->durable.size - at < size ? file->durable.size - at : size);
    }
    file->any_lost = false;
}

void crash_disk_crash(struct crash_disk *disk, enum crash_how how) {
    disk->generation++;
    for (unsigned i = 0; i < disk->file_count; i++) {
        struct file *file = &disk->files[i];
        forget_shared(file);
        file->readers = 0;
        file->writer = NULL;
        if (!file->exists)
            continue;
        if (how == CRASH_POWER)
            settle_after_power(disk, file);
        else
            settle_after_kill(disk, file);
    }
}

/* ---- file methods ---- */

static struct handle *alive(sqlite3_file *base) {
    struct handle *handle = (struct handle *)base;
    return handle->generation == handle->disk->generation ? handle : NULL;
}

/* False: the disk has just died under this call. */
static bool survives(struct crash_disk *disk) {
    if (!disk->die || --disk->die)
        return true;
    crash_disk_crash(disk, disk->die_how);
    return false;
}

static bool countdown(uint64_t *left) {
    return *left && --*left == 0;
}

static int on_unlock(sqlite3_file *base, int level) {
    struct handle *handle = alive(base);
    if (!handle)
        return SQLITE_OK;
    if (handle->lock > SQLITE_LOCK_SHARED && level <= SQLITE_LOCK_SHARED)
        handle->file->writer = NULL;
    if (handle->lock >= SQLITE_LOCK_SHARED && level < SQLITE_LOCK_SHARED)
        handle->file->readers--;
    handle->lock = level < handle->lock ? level : handle->lock;
    return SQLITE_OK;
}

static int on_close(sqlite3_file *base) {
    struct handle *handle = alive(base);
    if (!handle)
        return SQLITE_OK;
    on_unlock(base, SQLITE_LOCK_NONE);
    if (handle->delete_at_end)
        handle->file->exists = handle->file->existed = false;
    return SQLITE_OK;
}

static int on_read(sqlite3_file *base, void *to, int amount, sqlite3_int64 from) {
    struct handle *handle = alive(base);
    if (!handle || countdown(&handle->disk->fail_read) || fault_strikes(FAULT_READ))
        return SQLITE_IOERR_READ;
    const struct image *image = &handle->file->cached;
    size_t at = (size_t)from, wanted = (size_t)amount;
    size_t there = at >= image->size ? 0 : image->size - at < wanted ? image->size - at : wanted;
    if (there)
        memcpy(to, image->bytes + at, there);
    memset((uint8_t *)to + there, 0, wanted - there);
    return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int on_write(sqlite3_file *base, const void *bytes, int amount, sqlite3_int64 to) {
    struct handle *handle = alive(base);
    if (!handle || !survives(handle->disk))
        return SQLITE_IOERR_WRITE;
    struct file *file = handle->file;
    size_t end = (size_t)to + (size_t)amount;
    handle->disk->writes++;
    if (countdown(&handle->disk->fail_write))
        return SQLITE_IOERR_WRITE;
    if (fault_strikes(FAULT_WRITE) || (handle->disk->full && end > file->cached.size))
        return SQLITE_FULL;
    if (!track(file, end) || !image_grow(&file->cached, end))
        return SQLITE_FULL;
    memcpy(file->cached.bytes + to, bytes, (size_t)amount);
    mark(file, (size_t)to, end);
    return SQLITE_OK;
}

static int on_truncate(sqlite3_file *base, sqlite3_int64 size) {
    struct handle *handle = alive(base);
    if (!handle || countdown(&handle->disk->fail_write))
        return SQLITE_IOERR_TRUNCATE;
    struct file *file = handle->file;
    if ((size_t)size >= file->cached.size)
        return SQLITE_OK;
    if (!track(file, file->cached.size))
        return SQLITE_IOERR_NOMEM;
    mark(file, (size_t)size,
        file->cached.size); /* should it grow again, these are zeros that must be synced */
    image_cut(&file->cached, (size_t)size);
    return SQLITE_OK;
}

static int on_sync(sqlite3_file *base, int flags) {
    struct handle *handle = alive(base);
    (void)flags;
    if (!handle || !survives(handle->disk))
        return SQLITE_IOERR_FSYNC;
    handle->disk->syncs++;
    if (countdown(&handle->disk->fail_sync) || fault_strikes(FAULT_SYNC)) {
        sync_badly(handle->disk, handle->file);
        return SQLITE_IOERR_FSYNC;
    }
    sync_file(handle->file);
    return SQLITE_OK;
}

static int on_size(sqlite3_file *base, sqlite3_int64 *size) {
    struct handle *handle = alive(base);
    if (!handle)
        return SQLITE_IOERR_FSTAT;
    *size = (sqlite3_int64)handle->file->cached.size;
    return SQLITE_OK;
}

/* Two stores on one file must find out about each other, as two processes do. */
static int on_lock(sqlite3_file *base, int level) {
    struct handle *handle = alive(base);
    if (!handle)
        return SQLITE_IOERR_LOCK;
    struct file *file = handle->file;
    if (handle->lock >= level)
        return SQLITE_OK;
    if (file->writer && file->writer != handle)
        return SQLITE_BUSY;
    if (level == SQLITE_LOCK_EXCLUSIVE && file->readers > 1)
        return SQLITE_BUSY;
    if (handle->lock < SQLITE_LOCK_SHARED)
        file->readers++;
    if (level > SQLITE_LOCK_SHARED)
        file->writer = handle;
    handle->lock = level;
    return SQLITE_OK;
}

static int on_check_lock(sqlite3_file *base, int *reserved) {
    struct handle *handle = alive(base);
    if (!handle)
        return SQLITE_IOERR_CHECKRESERVEDLOCK;
    *reserved = handle->file->writer != NULL;
    return SQLITE_OK;
}

static int on_control(sqlite3_file *base, int operation, void *argument) {
    (void)base;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int on_sector_size(sqlite3_file *base) {
    (void)base;
    return SECTOR;
}

static int on_characteristics(sqlite3_file *base) {
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int on_shared_map(sqlite3_file *base, int page, int size, int extend, void volatile **out) {
    struct handle *handle = alive(base);
    *out = NULL;
    if (!handle || page >= SHARED_MAX)
        return SQLITE_IOERR_SHMMAP;
    void **at = &handle->file->shared[page];
    if (!*at && extend && !(*at = calloc(1, (size_t)size)))
        return SQLITE_NOMEM;
    *out = *at;
    return SQLITE_OK;
}

/* There is one connection: it never waits for itself. */
static int on_shared_lock(sqlite3_file *base, int offset, int count, int flags) {
    (void)offset;
    (void)count;
    (void)flags;
    return alive(base) ? SQLITE_OK : SQLITE_IOERR_SHMLOCK;
}

static void on_shared_barrier(sqlite3_file *base) {
    (void)base;
}

static int on_shared_unmap(sqlite3_file *base, int delete) {
    struct handle *handle = alive(base);
    (void)delete;
    if (handle)
        forget_shared(handle->file);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
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
    .xDeviceCharacteristics = on_characteristics,
    .xShmMap = on_shared_map,
    .xShmLock = on_shared_lock,
    .xShmBarrier = on_shared_barrier,
    .xShmUnmap = on_shared_unmap,
};

/* ---- the VFS ---- */

static struct file *find(struct crash_disk *disk, const char *name) {
    for (unsigned i = 0; i < disk->file_count; i++)
        if (strcmp(disk->files[i].name, name) == 0)
            return &disk->files[i];
    return NULL;
}

static struct file *create(struct crash_disk *disk, const char *name) {
    struct file *file = find(disk, name);
    if (!file) {
        if (disk->file_count == FILES_MAX || strlen(name) >= NAME_MAX_BYTES)
            return NULL;
        file = &disk->files[disk->file_count++];
        snprintf(file->name, sizeof file->name, "%s", name);
    }
    image_cut(&file->cached, 0);
    forget_dirt(file);
    file->exists = true;
    return file;
}

static int on_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *out_flags) {
    struct crash_disk *disk = vfs->pAppData;
    struct handle *handle = (struct handle *)base;
    char temporary[32];
    if (!name) {
        snprintf(temporary, sizeof temporary, "temporary-%u", ++disk->temporary);
        name = temporary;
    }
    struct file *file = find(disk, name);
    handle->base.pMethods = NULL;
    if (!file || !file->exists)
        file = flags & SQLITE_OPEN_CREATE && !disk->full ? create(disk, name) : NULL;
    if (!file)
        return disk->full ? SQLITE_FULL : SQLITE_CANTOPEN;
    *handle = (struct handle){
        {&methods}, disk, file, disk->generation, SQLITE_LOCK_NONE, (flags & SQLITE_OPEN_DELETEONCLOSE) != 0};
    if (out_flags)
        *out_flags = flags;
    return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *name, int sync_folder) {
    struct file *file = find(vfs->pAppData, name);
    (void)sync_folder;
    if (!file || !file->exists)
        return SQLITE_IOERR_DELETE_NOENT;
    file->exists = file->existed = false;
    image_cut(&file->cached, 0);
    image_cut(&file->durable, 0);
    forget_dirt(file);
    return SQLITE_OK;
}

static int on_access(sqlite3_vfs *vfs, const char *name, int flags, int *out) {
    const struct file *file = find(vfs->pAppData, name);
    (void)flags;
    *out = file && file->exists;
    return SQLITE_OK;
}

static int on_full_path(sqlite3_vfs *vfs, const char *name, int room, char *out) {
    (void)vfs;
    return snprintf(out, (size_t)room, "%s", name) < room ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int on_randomness(sqlite3_vfs *vfs, int size, char *out) {
    for (int i = 0; i < size; i++)
        out[i] = (char)chance(vfs->pAppData);
    return size;
}

static int on_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return microseconds;
}

static int on_time(sqlite3_vfs *vfs, double *julian_day) {
    (void)vfs;
    *julian_day = 2461000.5; /* no statement of ours asks for the time */
    return SQLITE_OK;
}

static int on_last_error(sqlite3_vfs *vfs, int room, char *out) {
    (void)vfs;
    (void)room;
    (void)out;
    return 0;
}

/* ---- disks ---- */

struct crash_disk *crash_disk_new(const char *name, uint64_t seed) {
    struct crash_disk *disk = calloc(1, sizeof *disk);
    if (!disk)
        return NULL;
    snprintf(disk->name, sizeof disk->name, "%s", name);
    disk->chance = seed;
    disk->vfs = (sqlite3_vfs){.iVersion = 1,
        .szOsFile = sizeof(struct handle),
        .mxPathname = NAME_MAX_BYTES - 1,
        .zName = disk->name,
        .pAppData = disk,
        .xOpen = on_open,
        .xDelete = on_delete,
        .xAccess = on_access,
        .xFullPathname = on_full_path,
        .xRandomness = on_randomness,
        .xSleep = on_sleep,
        .xCurrentTime = on_time,
        .xGetLastError = on_last_error};
    if (sqlite3_vfs_register(&disk->vfs, 0) != SQLITE_OK) {
        free(disk);
        return NULL;
    }
    return disk;
}

static void drop_files(struct crash_disk *disk) {
    for (unsigned i = 0; i < disk->file_count; i++) {
        image_free(&disk->files[i].cached);
        image_free(&disk->files[i].durable);
        free(disk->files[i].dirty);
        forget_shared(&disk->files[i]);
    }
    memset(disk->files, 0, sizeof disk->files);
    disk->file_count = 0;
}

void crash_disk_free(struct crash_disk **disk) {
    if (!*disk)
        return;
    sqlite3_vfs_unregister(&(*disk)->vfs);
    drop_files(*disk);
    free(*disk);
    *disk = NULL;
}

const char *crash_disk_name(const struct crash_disk *disk) {
    return disk->name;
}

void crash_disk_die(struct crash_disk *disk, uint64_t nth, enum crash_how how) {
    disk->die = nth;
    disk->die_how = how;
}

uint64_t crash_disk_deaths(const struct crash_disk *disk) {
    return disk->generation;
}

/* Registering again only moves it to the front. */
void crash_disk_make_default(struct crash_disk *disk) {
    sqlite3_vfs_register(disk ? &disk->vfs : sqlite3_vfs_find("unix"), 1);
}

void crash_disk_set_full(struct crash_disk *disk, bool full) {
    disk->full = full;
}

void crash_disk_fail_read(struct crash_disk *disk, uint64_t nth) {
    disk->fail_read = nth;
}

void crash_disk_fail_write(struct crash_disk *disk, uint64_t nth) {
    disk->fail_write = nth;
}

void crash_disk_fail_sync(struct crash_disk *disk, uint64_t nth) {
    disk->fail_sync = nth;
}

void crash_disk_heal(struct crash_disk *disk) {
    disk->full = false;
    disk->fail_read = disk->fail_write = disk->fail_sync = disk->die = 0;
}

uint64_t crash_disk_writes(const struct crash_disk *disk) {
    return disk->writes;
}

uint64_t crash_disk_syncs(const struct crash_disk *disk) {
    return disk->syncs;
}

/* ---- snapshots ---- */

struct crash_image {
    unsigned count;
    struct {
        char name[NAME_MAX_BYTES];
        struct image image;
    } files[FILES_MAX];
};

static bool is_log(const struct file *file) {
    size_t size = strlen(file->name);
    return size > 4 && strcmp(file->name + size - 4, "-wal") == 0;
}

static bool image_add(struct crash_image *image, const struct crash_disk *disk, bool logs) {
    bool good = true;
    for (unsigned i = 0; good && i < disk->file_count; i++) {
        if (!disk->files[i].exists || is_log(&disk->files[i]) != logs)
            continue;
        good = image->count < FILES_MAX;
        if (!good)
            break;
        memcpy(image->files[image->count].name, disk->files[i].name, NAME_MAX_BYTES);
        good = image_copy(&image->files[image->count++].image, &disk->files[i].cached);
    }
    return good;
}

struct crash_image *crash_image_take_logs(const struct crash_disk *disk) {
    struct crash_image *image = calloc(1, sizeof *image);
    if (image && !image_add(image, disk, true))
        crash_image_free(&image);
    return image;
}

bool crash_image_complete(struct crash_image *image, const struct crash_disk *disk) {
    return image && image_add(image, disk, false);
}

void crash_image_free(struct crash_image **image) {
    if (!*image)
        return;
    for (unsigned i = 0; i < (*image)->count; i++)
        image_free(&(*image)->files[i].image);
    free(*image);
    *image = NULL;
}

void crash_disk_restore(struct crash_disk *disk, const struct crash_image *image) {
    disk->generation++;
    drop_files(disk);
    for (unsigned i = 0; image && i < image->count; i++) {
        struct file *file = create(disk, image->files[i].name);
        image_copy(&file->cached, &image->files[i].image);
        image_copy(&file->durable, &image->files[i].image);
        file->existed = true;
    }
}

uint8_t *crash_disk_file(struct crash_disk *disk, const char *path, size_t *size) {
    struct file *file = find(disk, path);
    *size = file && file->exists ? file->cached.size : 0;
    return *size ? file->cached.bytes : NULL;
}
