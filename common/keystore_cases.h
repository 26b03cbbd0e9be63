/* The keys of cases, each wrapped by the site's secret (seal.h), in a small SQLite file of their own that
 * casework owns: `case_keys.db`. Erasing a case is overwriting its row's key with NULL; the row stays as the
 * erasure ledger, to be replayed after a restore from a backup that still holds the key.
 *
 * Order of a turn: handlers call put (and destroy); before the daemon commits its own store it calls
 * keystore_cases_commit(), one fsync however many keys, and nothing when there were none. So a key is durable
 * before the first row sealed by it. A turn that dies between the two leaves an orphan: put again finds it,
 * or the sweep removes it.
 *
 * No copy stays behind: secure_delete in the file, and after a commit that destroyed something the
 * write-ahead log is checkpointed, overwritten with zeros and truncated; while a backup copies the file, as
 * soon as that is over. (What a copy-on-write file system or
 * an SSD keeps below is out of reach: there, the disk itself must be encrypted.)
 *
 * One thread; every call may block on the disk. ids in time order keep the B-tree growing at its right edge.
 */
#pragma once

#include "common/error.h"
#include "common/id.h"
#include "common/seal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum keystore_cases_result {
    KEYSTORE_CASES_DONE,
    KEYSTORE_CASES_MISSING,   /* no such case */
    KEYSTORE_CASES_DESTROYED, /* the case is erased: its key never comes back */
    KEYSTORE_CASES_OTHER,     /* put: the case already has another key, which stays; get it and use it */
    KEYSTORE_CASES_RETRY,     /* disk full, busy or no memory: the batch is rolled back; roll back the turn */
    KEYSTORE_CASES_FATAL      /* I/O error, damage, unknown outcome of a commit: end the process */
};

enum { KEYSTORE_CASES_SWEEP_MAX = 512 /* x 16 bytes = 8 KiB of stack */ };

struct keystore_cases;

/* path: made with mode 0600 when missing; its folder must exist. vfs: name of an SQLite VFS, NULL for the
 * default one. False with a sentence: cannot be opened or checkpointed, another program's file, or written by
 * a newer Sigap. The caller closes *out. */
bool keystore_cases_open(const char *path, const char *vfs, struct keystore_cases **out, struct error *error);
/* Rolls back what is not committed. */
void keystore_cases_close(struct keystore_cases **cases);
/* The sentence that belongs to the last RETRY or FATAL. */
const char *keystore_cases_error(const struct keystore_cases *cases);

/* Joins the batch, and begins it when there is none. created_at: epoch ms. DONE also when this very key is
 * there already; OTHER, DESTROYED. */
enum keystore_cases_result keystore_cases_put(struct keystore_cases *cases, const struct id *case_id,
    const uint8_t wrapped[SEAL_CASE_KEY_BYTES], int64_t created_at);
/* Sees the batch too. DONE, MISSING or DESTROYED; wrapped is set only when DONE. */
enum keystore_cases_result keystore_cases_get(
    struct keystore_cases *cases, const struct id *case_id, uint8_t wrapped[SEAL_CASE_KEY_BYTES]);
/* Joins the batch as put does. Again is DONE and keeps the first time; a case that is not there gets a row
 * that forbids its return (the ledger of a restore). at: epoch ms. */
enum keystore_cases_result keystore_cases_destroy(
    struct keystore_cases *cases, const struct id *case_id, int64_t at);
/* DONE, also when there is no batch; RETRY or FATAL. Must come before the commit of what the keys seal. */
enum keystore_cases_result keystore_cases_commit(struct keystore_cases *cases);
/* For a turn that rolls back. After a RETRY in a batch every put, destroy and commit answers RETRY until
 * this. */
void keystore_cases_rollback(struct keystore_cases *cases);

/* The erasure ledger: cases destroyed at or after since, in order of time. Stops when tell returns false.
 * Replaying it is keystore_cases_destroy() for each. tell must not write here. */
enum keystore_cases_result keystore_cases_destroyed(struct keystore_cases *cases, int64_t since,
    bool (*tell)(void *state, const struct id *case_id, int64_t destroyed_at), void *state);
/* Removes keys made before created_before whose case the caller does not know; known says true when in doubt
 * (a read that failed). Looks at no more than limit (at most KEYSTORE_CASES_SWEEP_MAX) keys after *after, and
 * moves *after on; it is null again at the end. Commits, with what is pending. */
enum keystore_cases_result keystore_cases_sweep(struct keystore_cases *cases, struct id *after, size_t limit,
    int64_t created_before, bool (*known)(void *state, const struct id *case_id), void *state,
    size_t *removed);
/* Moves the log into the file, so that the log can be used again from its beginning. */
enum keystore_cases_result keystore_cases_checkpoint(struct keystore_cases *cases);
/* The same, when there is reason for it: what must not stay in the log, or a log of more than a MiB. For every
 * time its owner has nothing else to do: under load that is after every turn, and a checkpoint syncs three
 * times. */
enum keystore_cases_result keystore_cases_idle(struct keystore_cases *cases);
/* From true to false nothing touches the file, and the log only grows: a backup copies them. */
void keystore_cases_hold(struct keystore_cases *cases, bool held);
/* True while a reader or a hold has kept the log from being overwritten after a destroy; every later commit,
 * sweep and checkpoint tries again. An erasure is complete only when this is false. */
bool keystore_cases_residue(const struct keystore_cases *cases);
