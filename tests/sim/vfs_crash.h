/* A disk in memory that can die: an SQLite VFS for tests and the simulator.
 *
 * Each file has two images: what is on the platter (synced) and what the page cache shows (written). A power
 * failure decides for every unsynced sector of 512 bytes by itself whether it was still written; the kill of
 * a process loses nothing that was written; a failed fsync may lose what was dirty although later ones
 * succeed, as on Linux. All chance comes from the disk's own seed, so that a run can be repeated.
 *
 * One disk is one simulated machine and one VFS, registered under its name; there is no other global state.
 * Like ext4 on a good device a write never damages its neighbours (powersafe overwrite) and a sector is old
 * or new, never both. The deletion of a file is durable at once: SQLite deletes only its log, and only at a
 * clean end. No shared memory: WAL works with locking_mode=EXCLUSIVE alone. Not for several threads. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crash_disk;

/* name: of the VFS, unique in the process. NULL when out of memory. */
struct crash_disk *crash_disk_new(const char *name, uint64_t seed);
/* Stores on it must be closed before. */
void crash_disk_free(struct crash_disk **disk);
const char *crash_disk_name(const struct crash_disk *disk);

enum crash_how {
    CRASH_KILL,  /* the process dies: what was written stays, but for what a failed fsync has lost */
    CRASH_POWER, /* the machine dies: every unsynced sector is kept or lost by chance */
};

/* Handles that are open are dead from here on: every call fails, nothing they do reaches the disk, they can
 * only be closed. */
void crash_disk_crash(struct crash_disk *disk, enum crash_how how);

/* The same in the middle of the n-th write or sync from now, which does not happen any more; 0 takes it back.
 */
void crash_disk_die(struct crash_disk *disk, uint64_t nth, enum crash_how how);
/* How often it has died so far. */
uint64_t crash_disk_deaths(const struct crash_disk *disk);

/* The VFS that is taken when none is named, for files whose owner names none. The system's again: NULL. */
void crash_disk_make_default(struct crash_disk *disk);

/* The disk is full: no file may grow. Overwriting goes on. */
void crash_disk_set_full(struct crash_disk *disk, bool full);
/* The n-th call from now (1: the next) fails once: 0 takes it back. A failed write has written nothing. */
void crash_disk_fail_read(struct crash_disk *disk, uint64_t nth);
void crash_disk_fail_write(struct crash_disk *disk, uint64_t nth);
void crash_disk_fail_sync(struct crash_disk *disk, uint64_t nth);
void crash_disk_heal(struct crash_disk *disk); /* none of the above any more */

/* Counters since the start, for tests and for choosing where to fail. */
uint64_t crash_disk_writes(const struct crash_disk *disk);
uint64_t crash_disk_syncs(const struct crash_disk *disk);

/* A copy of files as the page cache shows them. As a backup reads them: the logs at a barrier, all others
 * when turns have gone on. */
struct crash_image;
struct crash_image *crash_image_take_logs(const struct crash_disk *disk);
/* Adds what is no log. False: out of memory. */
bool crash_image_complete(struct crash_image *image, const struct crash_disk *disk);
void crash_image_free(struct crash_image **image);
/* Another disk with these files, or none, instead of what is there: everything is as if synced. Handles die.
 */
void crash_disk_restore(struct crash_disk *disk, const struct crash_image *image);

/* One file as the page cache shows it, NULL when it is not there; the disk's own. For tests that damage it.
 */
uint8_t *crash_disk_file(struct crash_disk *disk, const char *path, size_t *size);
