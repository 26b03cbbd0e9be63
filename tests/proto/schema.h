/* Reads the .proto files of the tree as far as our own style of them goes: messages, enums, oneofs, reserved
 * numbers, no nesting, no options. What it does not understand it refuses, so that nothing slips by. For
 * tests only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCHEMA_ENTRIES_MAX = 1024, SCHEMA_RESERVED_MAX = 256, SCHEMA_NAME_MAX = 64 };

/* A field of a message or a value of an enum. */
struct schema_entry {
    char owner[SCHEMA_NAME_MAX]; /* message or enum */
    char type[SCHEMA_NAME_MAX];  /* "bytes", "Fact" ...; "value" for an enum's */
    char name[SCHEMA_NAME_MAX];
    bool repeated;
    uint32_t number;
};

struct schema_reserved {
    char owner[SCHEMA_NAME_MAX];
    uint32_t first, last;
};

struct schema {
    struct schema_entry entries[SCHEMA_ENTRIES_MAX];
    size_t entry_count;
    struct schema_reserved reserved[SCHEMA_RESERVED_MAX];
    size_t reserved_count;
    char owners[SCHEMA_RESERVED_MAX][SCHEMA_NAME_MAX]; /* every message and enum, also empty ones */
    size_t owner_count;
    char complaint[256];
};

/* Adds the text of one file. false with a complaint. */
bool schema_read(struct schema *schema, const char *file, const char *text);
/* Every *.proto of a folder, in the order of names. */
bool schema_read_folder(struct schema *schema, const char *folder);
const struct schema_entry *schema_find(const struct schema *schema, const char *owner, uint32_t number);
bool schema_has_owner(const struct schema *schema, const char *owner);
bool schema_is_reserved(const struct schema *schema, const char *owner, uint32_t number);

/* One line an entry, sorted: "owner number type name". malloc'd. */
char *schema_write(const struct schema *schema);

/* Does `now` keep what `golden` (as schema_write made it) promised? A number keeps its type for ever; one
 * that is no longer used is reserved. false: complaint says what and where. new_count: entries that are not
 * in the golden text yet. */
bool schema_keeps(struct schema *now, const char *golden, size_t *new_count);
/* No message holds itself, directly or by others: protobuf-c unpacks by recursion on our stack. */
bool schema_is_finite(struct schema *schema);
