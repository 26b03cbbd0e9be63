#include "schema.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 20, LINE_MAX_BYTES = 4 * SCHEMA_NAME_MAX };

struct reader {
    struct schema *schema;
    const char *file, *at;
    char token[SCHEMA_NAME_MAX];
};

static bool complain(struct schema *schema, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(schema->complaint, sizeof schema->complaint, format, args);
    va_end(args);
    return false;
}

/* ---- tokens ---- */

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static void skip_blanks(struct reader *reader) {
    for (;;) {
        while (*reader->at && strchr(" \t\r\n", *reader->at))
            reader->at++;
        if (reader->at[0] != '/' || reader->at[1] != '/')
            return;
        reader->at += strcspn(reader->at, "\n");
    }
}

/* The next word or mark; "" at the end. Strings come as their first quote and are skipped. */
static const char *next(struct reader *reader) {
    size_t size = 0;
    skip_blanks(reader);
    if (*reader->at == '"') {
        reader->at += 1 + strcspn(reader->at + 1, "\"") + 1;
        return strcpy(reader->token, "\"");
    }
    while (is_word(reader->at[size]) && size + 1 < sizeof reader->token)
        size++;
    if (!size && *reader->at)
        size = 1;
    memcpy(reader->token, reader->at, size);
    reader->token[size] = 0;
    reader->at += size;
    return reader->token;
}

static bool expect(struct reader *reader, const char *token) {
    return strcmp(next(reader), token) == 0 ||
           complain(reader->schema, "%s: '%s' where '%s' should be", reader->file, reader->token, token);
}

static void keep(char to[SCHEMA_NAME_MAX], const char *from) {
    snprintf(to, SCHEMA_NAME_MAX, "%s", from);
}

/* ---- grammar ---- */

static bool read_reserved(struct reader *reader, const char *owner) {
    struct schema *schema = reader->schema;
    for (;;) {
        if (schema->reserved_count == SCHEMA_RESERVED_MAX)
            return complain(schema, "too many reserved numbers");
        struct schema_reserved *reserved = &schema->reserved[schema->reserved_count];
        keep(reserved->owner, owner);
        bool name = strcmp(next(reader), "\"") == 0;
        if (!name) {
            reserved->first = reserved->last = (uint32_t)strtoul(reader->token, NULL, 10);
            schema->reserved_count++;
        }
        next(reader);
        if (!name && strcmp(reader->token, "to") == 0) {
            next(reader);
            reserved->last =
                strcmp(reader->token, "max") == 0 ? UINT32_MAX : (uint32_t)strtoul(reader->token, NULL, 10);
            next(reader);
        }
        if (strcmp(reader->token, ";") == 0)
            return true;
        if (strcmp(reader->token, ",") != 0)
            return complain(schema, "%s: %s: reserved is not understood", reader->file, owner);
    }
}

/* "[repeated] type name = number;" with the first word read. An enum's value has no type. */
static bool read_entry(struct reader *reader, const char *owner, bool is_enum) {
    struct schema *schema = reader->schema;
    if (schema->entry_count == SCHEMA_ENTRIES_MAX)
        return complain(schema, "more than %d fields", SCHEMA_ENTRIES_MAX);
    struct schema_entry *entry = &schema->entries[schema->entry_count++];
    *entry = (struct schema_entry){0};
    keep(entry->owner, owner);
    keep(entry->type, "value");
    if (!is_enum) {
        entry->repeated = strcmp(reader->token, "repeated") == 0;
        keep(entry->type, entry->repeated ? next(reader) : reader->token);
        if (strcmp(entry->type, "map") == 0 || strcmp(entry->type, "optional") == 0)
            return complain(schema, "%s: %s: %s is not used here", reader->file, owner, entry->type);
        next(reader);
    }
    keep(entry->name, reader->token);
    if (!expect(reader, "="))
        return false;
    char *end;
    entry->number = (uint32_t)strtoul(next(reader), &end, 10);
    if (*end || end == reader->token)
        return complain(schema, "%s: %s.%s has no number", reader->file, owner, entry->name);
    for (size_t i = 0; i + 1 < schema->entry_count; i++)
        if (strcmp(schema->entries[i].owner, owner) == 0 && schema->entries[i].number == entry->number)
            return complain(schema, "%s: %s: number %u twice", reader->file, owner, entry->number);
    return expect(reader, ";");
}

static bool read_block(struct reader *reader, bool is_enum) {
    struct schema *schema = reader->schema;
    char owner[SCHEMA_NAME_MAX];
    unsigned depth = 1;
    keep(owner, next(reader));
    if (schema_has_owner(schema, owner) || schema->owner_count == SCHEMA_RESERVED_MAX)
        return complain(schema, "%s: %s is there twice", reader->file, owner);
    keep(schema->owners[schema->owner_count++], owner);
    if (!expect(reader, "{"))
        return false;
    while (depth) {
        next(reader);
        bool sound = true;
        if (strcmp(reader->token, "}") == 0)
            depth--;
        else if (strcmp(reader->token, "reserved") == 0)
            sound = read_reserved(reader, owner);
        else if (strcmp(reader->token, "oneof") == 0)
            sound = next(reader) && expect(reader, "{") && ++depth;
        else if (!reader->token[0] || strcmp(reader->token, "message") == 0)
            sound = complain(schema, "%s: %s: not closed, or nested", reader->file, owner);
        else
            sound = read_entry(reader, owner, is_enum);
        if (!sound)
            return false;
    }
    return true;
}

bool schema_read(struct schema *schema, const char *file, const char *text) {
    struct reader reader = {.schema = schema, .file = file, .at = text};
    while (*next(&reader)) {
        bool is_enum = strcmp(reader.token, "enum") == 0;
        if (is_enum || strcmp(reader.token, "message") == 0) {
            if (!read_block(&reader, is_enum))
                return false;
        } else {
            while (*reader.token && strcmp(reader.token, ";") != 0) /* syntax, package, import */
                next(&reader);
        }
    }
    return true;
}

static int is_proto(const struct dirent *entry) {
    size_t size = strlen(entry->d_name);
    return size > 6 && strcmp(entry->d_name + size - 6, ".proto") == 0;
}

static bool read_file(struct schema *schema, const char *folder, const char *name) {
    char path[4096], *text = malloc(FILE_MAX);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    size_t size = file && text ? fread(text, 1, FILE_MAX - 1, file) : 0;
    if (file)
        fclose(file);
    bool sound = size > 0 || complain(schema, "%s cannot be read", path);
    if (sound) {
        text[size] = 0;
        sound = schema_read(schema, name, text);
    }
    free(text);
    return sound;
}

bool schema_read_folder(struct schema *schema, const char *folder) {
    struct dirent **entries;
    int count = scandir(folder, &entries, is_proto, alphasort);
    bool sound = count > 0 || complain(schema, "%s has no .proto file", folder);
    for (int i = 0; i < count; i++) {
        sound = sound && read_file(schema, folder, entries[i]->d_name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return sound;
}

/* ---- questions ---- */

const struct schema_entry *schema_find(const struct schema *schema, const char *owner, uint32_t number) {
    for (size_t i = 0; i < schema->entry_count; i++)
        if (schema->entries[i].number == number && strcmp(schema->entries[i].owner, owner) == 0)
            return &schema->entries[i];
    return NULL;
}

bool schema_has_owner(const struct schema *schema, const char *owner) {
    for (size_t i = 0; i < schema->owner_count; i++)
        if (strcmp(schema->owners[i], owner) == 0)
            return true;
    return false;
}

bool schema_is_reserved(const struct schema *schema, const char *owner, uint32_t number) {
    for (size_t i = 0; i < schema->reserved_count; i++)
        if (strcmp(schema->reserved[i].owner, owner) == 0 && schema->reserved[i].first <= number &&
            number <= schema->reserved[i].last)
            return true;
    return false;
}

static int by_place(const void *a, const void *b) {
    const struct schema_entry *left = a, *right = b;
    int order = strcmp(left->owner, right->owner);
    return order ? order : (left->number > right->number) - (left->number < right->number);
}

char *schema_write(const struct schema *schema) {
    size_t count = schema->entry_count, room = count * LINE_MAX_BYTES + 1, used = 0;
    struct schema_entry *sorted = malloc(sizeof schema->entries);
    char *text = malloc(room);
    if (!sorted || !text) {
        free(sorted);
        free(text);
        return NULL;
    }
    memcpy(sorted, schema->entries, sizeof schema->entries);
    qsort(sorted, count, sizeof *sorted, by_place);
    text[0] = 0;
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, room - used, "%s %u %s%s %s\n", sorted[i].owner,
            sorted[i].number, sorted[i].repeated ? "repeated." : "", sorted[i].type, sorted[i].name);
    free(sorted);
    return text;
}

/* ---- judgements ---- */

struct promise {
    char owner[SCHEMA_NAME_MAX], type[2 * SCHEMA_NAME_MAX], name[SCHEMA_NAME_MAX];
    uint32_t number;
};

static bool is_kept(struct schema *now, const struct promise *promise) {
    const struct schema_entry *entry = schema_find(now, promise->owner, promise->number);
    char type[2 * SCHEMA_NAME_MAX];
    if (!schema_has_owner(now, promise->owner))
        return complain(now, "%s is gone: old records hold it", promise->owner);
    if (schema_is_reserved(now, promise->owner, promise->number))
        return !entry || complain(now, "%s.%s uses the reserved number %u", promise->owner, entry->name,
                             promise->number);
    if (!entry)
        return complain(
            now, "%s.%s is gone: say `reserved %u;`", promise->owner, promise->name, promise->number);
    snprintf(type, sizeof type, "%s%s", entry->repeated ? "repeated." : "", entry->type);
    if (strcmp(type, promise->type) != 0)
        return complain(now, "%s.%s (%u) was %s and is %s: use a new number and reserve the old one",
            promise->owner, promise->name, promise->number, promise->type, type);
    /* A number given to something else of the same type reads old records wrongly. */
    return strcmp(entry->name, promise->name) == 0 ||
           complain(now, "%s: number %u was %s and is %s: renamed, or used again?", promise->owner,
               promise->number, promise->name, entry->name);
}

bool schema_keeps(struct schema *now, const char *golden, size_t *new_count) {
    struct promise promise;
    size_t promised = 0, seen = 0;
    int used;
    for (const char *at = golden; sscanf(at, "%63s %u %127s %63s\n%n", promise.owner, &promise.number,
                                      promise.type, promise.name, &used) == 4;
         at += used) {
        promised++;
        if (!is_kept(now, &promise))
            return false;
        seen += schema_find(now, promise.owner, promise.number) != NULL;
    }
    if (!promised)
        return complain(now, "the golden text is empty");
    *new_count = now->entry_count - seen;
    for (size_t i = 0; i < now->entry_count; i++)
        if (schema_is_reserved(now, now->entries[i].owner, now->entries[i].number))
            return complain(now, "%s.%s uses a reserved number", now->entries[i].owner, now->entries[i].name);
    return true;
}

/* Deeper than there are messages: some message comes twice on the way. */
static bool ends(struct schema *schema, const char *owner, size_t depth) {
    if (depth > schema->owner_count)
        return complain(schema, "%s holds itself", owner);
    for (size_t i = 0; i < schema->entry_count; i++) {
        const struct schema_entry *entry = &schema->entries[i];
        if (strcmp(entry->owner, owner) == 0 && schema_has_owner(schema, entry->type) &&
            !ends(schema, entry->type, depth + 1))
            return false;
    }
    return true;
}

bool schema_is_finite(struct schema *schema) {
    for (size_t i = 0; i < schema->owner_count; i++)
        if (!ends(schema, schema->owners[i], 1))
            return false;
    return true;
}
