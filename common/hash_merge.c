#include "common/hash_merge.h"

#include "common/fault.h"

#include <stdlib.h>

/* The next entry of an input. */
struct place {
    uint32_t block, at;
};

/* All that a rollback takes back. */
struct progress {
    struct place next[HASH_MERGE_RUNS];
    uint32_t count, blocks, filtered; /* of the output */
    bool over;
};

/* The block of an input that is read at the moment. */
struct window {
    uint32_t block, count;
    struct hash_entry entries[HASH_RUN_BLOCK];
};

struct hash_merge {
    struct hash_run *inputs[HASH_MERGE_RUNS], *output;
    int64_t kept_from;
    struct progress committed, now;
    bool damaged;
    struct window windows[HASH_MERGE_RUNS];  /* 64 KB */
    struct hash_entry block[HASH_RUN_BLOCK]; /* of the output */
};

enum { NO_BLOCK = UINT32_MAX };

struct hash_merge *hash_merge_new(
    struct hash_run *const inputs[HASH_MERGE_RUNS], int64_t number, int64_t kept_from) {
    struct hash_merge *merge = fault_strikes(FAULT_MEMORY) ? NULL : calloc(1, sizeof *merge);
    uint32_t most = 0;
    if (!merge)
        return NULL;
    for (unsigned i = 0; i < HASH_MERGE_RUNS; i++) {
        merge->inputs[i] = inputs[i];
        merge->windows[i].block = NO_BLOCK;
        most += inputs[i]->count;
    }
    merge->kept_from = kept_from;
    merge->output = hash_run_new(inputs[0]->pool, number, inputs[0]->level + 1, most);
    if (!merge->output) {
        hash_merge_free(&merge);
        return NULL;
    }
    merge->output->row = inputs[HASH_MERGE_RUNS - 1]->row;
    return merge;
}

void hash_merge_free(struct hash_merge **merge) {
    if (!*merge)
        return;
    hash_run_free(&(*merge)->output);
    free(*merge);
    *merge = NULL;
}

/* The next entry of an input that is kept; NULL: there is none. */
static const struct hash_entry *next_of(struct hash_merge *merge, struct store *store, unsigned input) {
    const struct hash_run *run = merge->inputs[input];
    struct window *window = &merge->windows[input];
    struct place *next = &merge->now.next[input];
    while (next->block < run->blocks) {
        if (window->block != next->block) {
            window->count = hash_run_block(run, store, next->block, window->entries);
            window->block = window->count ? next->block : NO_BLOCK;
            merge->damaged = merge->damaged || !window->count;
        }
        for (; next->at < window->count; next->at++)
            if (window->entries[next->at].row >= merge->kept_from)
                return &window->entries[next->at];
        *next = (struct place){next->block + 1, 0};
    }
    return NULL;
}

/* Fills the block with the least entries of all inputs. */
static uint32_t block_fill(struct hash_merge *merge, struct store *store) {
    const struct hash_entry *next[HASH_MERGE_RUNS];
    uint32_t count = 0;
    for (unsigned i = 0; i < HASH_MERGE_RUNS; i++)
        next[i] = next_of(merge, store, i);
    while (count < HASH_RUN_BLOCK && !merge->damaged) {
        unsigned least = HASH_MERGE_RUNS;
        for (unsigned i = 0; i < HASH_MERGE_RUNS; i++)
            if (next[i] && (least == HASH_MERGE_RUNS || hash_entry_compare(next[i], next[least]) < 0))
                least = i;
        if (least == HASH_MERGE_RUNS)
            break;
        merge->block[count++] = *next[least];
        merge->now.next[least].at++;
        next[least] = next_of(merge, store, least);
    }
    return count;
}

static void finish(struct hash_merge *merge, struct store *store) {
    merge->now.over = true;
    if (merge->output->count)
        hash_run_finish(merge->output, store);
    for (unsigned i = 0; i < HASH_MERGE_RUNS; i++)
        hash_run_delete(merge->inputs[i], store);
}

bool hash_merge_step(struct hash_merge *merge, struct store *store, unsigned blocks) {
    struct hash_run *output = merge->output;
    merge->damaged = false;
    merge->now = merge->committed;
    output->count = merge->now.count;
    output->blocks = merge->now.blocks;
    output->filtered = merge->now.filtered;
    for (; blocks && !merge->now.over; blocks--) {
        uint32_t count = block_fill(merge, store);
        if (merge->damaged)
            return false;
        if (count)
            hash_run_write(output, store, merge->block, count);
        if (count < HASH_RUN_BLOCK)
            finish(merge, store);
    }
    merge->now.count = output->count;
    merge->now.blocks = output->blocks;
    merge->now.filtered = output->filtered;
    return true;
}

void hash_merge_commit(struct hash_merge *merge) {
    merge->committed = merge->now;
}

bool hash_merge_is_done(const struct hash_merge *merge) {
    return merge->committed.over;
}

bool hash_merge_has(const struct hash_merge *merge, const struct hash_run *run) {
    for (unsigned i = 0; i < HASH_MERGE_RUNS; i++)
        if (merge->inputs[i] == run)
            return true;
    return false;
}

struct hash_run *hash_merge_take(struct hash_merge *merge) {
    struct hash_run *run = merge->output;
    merge->output = NULL;
    if (run && !run->count)
        hash_run_free(&run);
    return run;
}
