/* What the notifier needs of the directory (facilities.yaml, which belongs to the router): which facilities
 * there are, where, and what they serve. Reads those six fields and leaves the rest to the router's own
 * strict loader. */
#pragma once

#include "common/error.h"

#include <stdbool.h>

enum { DIRECTORY_MAX = 1024, DIRECTORY_LIST_MAX = 64 };

struct directory_facility {
    char *id, *name, *regency;
    char **types, **coverage; /* end with NULL */
    bool active;
};

struct directory {
    struct directory_facility *facilities;
    unsigned count;
};

/* NULL with a sentence. */
struct directory *directory_load(const char *folder, struct error *error);
void directory_free(struct directory **directory);
/* NULL: unknown. */
const struct directory_facility *directory_find(const struct directory *directory, const char *id);
