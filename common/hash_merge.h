/* Makes one sorted run of several (common/hash_run.h), a few blocks at a time, so that no turn is long. What
 * a step did counts when its turn was committed: then hash_merge_commit(); a step without it is done again.
 */
#pragma once

#include "common/hash_run.h"

enum { HASH_MERGE_RUNS = 8 };

struct hash_merge;

/* inputs: the oldest first; they stay the caller's and must live as long as the merge. number: of the run
 * that is made. Entries of rows below `kept_from` are left out. NULL: no memory. */
struct hash_merge *hash_merge_new(
    struct hash_run *const inputs[HASH_MERGE_RUNS], int64_t number, int64_t kept_from);
void hash_merge_free(struct hash_merge **merge);

/* Writes up to so many blocks; with the last one the head, and takes away the rows of the inputs in hash_run.
 * False: rows of an input are damaged, the merge can not go on. */
bool hash_merge_step(struct hash_merge *merge, struct store *store, unsigned blocks);
void hash_merge_commit(struct hash_merge *merge);
bool hash_merge_is_done(const struct hash_merge *merge);

bool hash_merge_has(const struct hash_merge *merge, const struct hash_run *run);
/* After it is done: the run, the caller's from now on. NULL: no entry was left. */
struct hash_run *hash_merge_take(struct hash_merge *merge);
