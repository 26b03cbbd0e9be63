/* What the notifier needs of the directory (facilities.yaml, which belongs to the router): which facilities
 * there are, where, and what they serve. Reads those six fields and leaves the rest to the router's own
 * strict loader. */
#pragma once

#include "common/error.h"

#include <stdbool.h>

enum { DIRECTORY_MAX = 1024, DIRECTORY_LIST_MAX = 64 };

struct directory_facility {
    char *id, *name, *regency;
    char *part_of;            /* the institution; "": stands alone */
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
/* Is it of an institution that is named, by itself or by any of its parts? ids: separated by blanks. */
bool directory_is_named(
    const struct directory *directory, const struct directory_facility *facility, const char *ids);
