/* Single fields out of site files that belong to another daemon: the questions of rules.yaml (router), the
 * types of facilities (router), the teams (notifier). Their owners check those files strictly and know every
 * key; here only what is asked for is looked at, so that a new key of theirs does not stop us. Blocks: at
 * start only. */
#pragma once

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

struct extract;
struct extract_node; /* a mapping or a scalar of the file; lives as long as the extract */

/* NULL with a sentence. */
struct extract *extract_open(const char *folder, const char *file, struct error *error);
void extract_close(struct extract **extract);

/* The number-th entry of the list under key; of: NULL is the top. NULL: no such entry. */
const struct extract_node *extract_entry(
    const struct extract *extract, const struct extract_node *of, const char *key, size_t number);
/* The text of a scalar, or of the member key of a mapping. NULL: not there. */
const char *extract_text(const struct extract *extract, const struct extract_node *of, const char *key);
