#include "services/casework/case_file.h"

#include "common/rights.h"
#include "common/site.h"
#include "common/texts.h"

#include <string.h>

enum { BLOB_FORM = 1 };

enum lane case_lane(const struct case_file *file) {
    return file->priority <= 1 || file->unverified ? LANE_URGENT : LANE_NORMAL;
}

bool case_file_init(struct case_file *file, struct arena *arena) {
    struct case_fact *facts = file->facts;
    struct case_task *tasks = file->tasks;
    *file = (struct case_file){.kind = "", .playbook = "", .area = "", .facilities = "", .outcome = ""};
    file->facts = facts ? facts : arena_take(arena, CASE_FACTS_MAX * sizeof *file->facts);
    file->tasks = tasks ? tasks : arena_take(arena, CASE_TASKS_MAX * sizeof *file->tasks);
    return file->facts && file->tasks;
}

/* ---- facts, tasks, commands */

static struct case_fact *fact_find(const struct case_file *file, const char *name) {
    for (unsigned i = 0; i < file->fact_count; i++)
        if (same_text(file->facts[i].name, name))
            return &file->facts[i];
    return NULL;
}

const struct case_fact *case_fact(const struct case_file *file, const char *name) {
    return fact_find(file, name);
}

const char *case_also_kinds(const struct case_file *file) {
    const struct case_fact *also = case_fact(file, SITE_FACT_ALSO_KINDS);
    return also ? also->value : "";
}

bool case_is_of(const struct case_file *file, const char *kind) {
    return same_text(file->kind, kind) || site_kinds_listed(case_also_kinds(file), kind);
}

static size_t value_max(const char *fact) {
    bool lists = same_text(fact, RIGHTS_CONFLICT_OFFICER) || same_text(fact, RIGHTS_CONFLICT_FACILITY);
    return lists ? CASE_LIST_MAX : CASE_TEXT_MAX;
}

bool case_fact_set(
    struct case_file *file, const char *name, const char *value, const char *source, int64_t at) {
    if (!*name || strlen(name) > CASE_TEXT_MAX || strlen(value) > value_max(name) ||
        strlen(source) > CASE_TEXT_MAX)
        return false;
    struct case_fact *fact = fact_find(file, name);
    if (!fact) {
        if (file->fact_count == CASE_FACTS_MAX)
            return false;
        fact = &file->facts[file->fact_count++];
    }
    *fact = (struct case_fact){name, value, source, at};
    return true;
}

struct case_task *case_task(struct case_file *file, const char *code) {
    for (unsigned i = file->task_count; i-- > 0;)
        if (same_text(file->tasks[i].code, code))
            return &file->tasks[i];
    return NULL;
}

struct case_task *case_task_add(struct case_file *file, const char *code, enum task_origin origin) {
    if (file->task_count == CASE_TASKS_MAX || strlen(code) > CASE_TEXT_MAX)
        return NULL;
    struct case_task *task = &file->tasks[file->task_count++];
    *task =
        (struct case_task){.code = code, .origin = origin, .state = TASK_WAITING, .owner = "", .role = ""};
    return task;
}

/* Where ",ID," begins in the list; NULL: not there. */
static const char *facility_find(const char *list, const char *facility) {
    size_t size = strlen(facility);
    for (const char *at = list; size && *at == ',' && at[1]; at = strchr(at + 1, ','))
        if (strncmp(at + 1, facility, size) == 0 && at[1 + size] == ',')
            return at;
    return NULL;
}

bool case_has_facility(const struct case_file *file, const char *facility) {
    return facility_find(file->facilities, facility) != NULL;
}

void case_facility_add(struct case_file *file, const char *facility, struct arena *arena) {
    if (!*facility || strchr(facility, ',') || case_has_facility(file, facility) ||
        strlen(file->facilities) + strlen(facility) + 2 > CASE_FACILITIES_MAX)
        return;
    const char *list = arena_format(arena, "%s%s,", *file->facilities ? file->facilities : ",", facility);
    file->facilities = list ? list : "";
}

void case_facility_remove(struct case_file *file, const char *facility, struct arena *arena) {
    const char *at = facility_find(file->facilities, facility);
    if (!at)
        return;
    const char *rest = at + 1 + strlen(facility); /* begins with the comma behind it */
    const char *list = arena_format(arena, "%.*s%s", (int)(at - file->facilities), file->facilities, rest);
    file->facilities = list && list[1] ? list : "";
}

struct id case_task_id(const struct id *case_id, unsigned number) {
    struct id id = *case_id;
    id.bytes[ID_BYTES - 2] ^= (uint8_t)(number >> 8);
    id.bytes[ID_BYTES - 1] ^= (uint8_t)number;
    return id;
}

unsigned case_task_number(const struct case_file *file, const struct id *task_id) {
    if (memcmp(file->id.bytes, task_id->bytes, ID_BYTES - 2) != 0)
        return 0;
    unsigned number = (unsigned)(file->id.bytes[ID_BYTES - 2] ^ task_id->bytes[ID_BYTES - 2]) << 8 |
                      (unsigned)(file->id.bytes[ID_BYTES - 1] ^ task_id->bytes[ID_BYTES - 1]);
    return number <= file->task_count ? number : 0;
}

bool case_command_known(const struct case_file *file, const struct id *command_id) {
    for (unsigned i = 0; i < file->command_count; i++)
        if (id_equal(&file->commands[i], command_id))
            return true;
    return false;
}

void case_command_add(struct case_file *file, const struct id *command_id) {
    if (id_is_null(command_id))
        return;
    if (file->command_count < CASE_COMMANDS_MAX)
        file->command_count++;
    memmove(file->commands + 1, file->commands, (file->command_count - 1) * sizeof *file->commands);
    file->commands[0] = *command_id;
}

/* ---- the blob, writing
 *
 *   form, anchors: count (code, at)*, facts: count (name, value, source, at)*,
 *   tasks: count (code, origin*8+state, marks, times done, version, due, since, start, owner, role)*,
 *   commands: count (16 bytes)*
 *
 * Numbers are varints, times relative to opened_at (zigzag; 0 stays 0), texts end with a NUL. */

/* Owner and role of a task are empty as a rule. */
static void write_text(struct buffer *out, const char *text) {
    if (*text)
        buffer_add(out, text, strlen(text) + 1);
    else
        buffer_add_byte(out, 0);
}

/* 0 means "none" and must come back as 0: relative times are shifted by one to leave it free. */
static void write_time(struct buffer *out, int64_t at, int64_t base) {
    if (!at) {
        buffer_add_varint(out, 0);
        return;
    }
    int64_t difference = at - base;
    uint64_t zigzag = (uint64_t)difference << 1 ^ (uint64_t)(difference >> 63);
    buffer_add_varint(out, zigzag + 1);
}

static void write_anchors(
    const struct case_file *file, const char *const *codes, unsigned count, struct buffer *out) {
    unsigned known = 0;
    for (unsigned i = 0; i < count; i++)
        known += file->anchors[i] != 0;
    buffer_add_varint(out, known);
    for (unsigned i = 0; i < count; i++) {
        if (!file->anchors[i])
            continue;
        write_text(out, codes[i]);
        write_time(out, file->anchors[i], file->opened_at);
    }
}

static void write_facts(const struct case_file *file, struct buffer *out) {
    buffer_add_varint(out, file->fact_count);
    for (unsigned i = 0; i < file->fact_count; i++) {
        write_text(out, file->facts[i].name);
        write_text(out, file->facts[i].value);
        write_text(out, file->facts[i].source);
        write_time(out, file->facts[i].at, file->opened_at);
    }
}

static void write_task(const struct case_task *task, int64_t base, struct buffer *out) {
    write_text(out, task->code);
    buffer_add_varint(out, (uint64_t)task->origin << 3 | (uint64_t)task->state);
    buffer_add_varint(out, task->marks);
    buffer_add_varint(out, task->times_done);
    buffer_add_varint(out, task->version);
    write_time(out, task->due_at, base);
    write_time(out, task->since, base);
    write_time(out, task->start_at, base);
    write_text(out, task->owner);
    write_text(out, task->role);
}

void case_blob_write(const struct case_file *file, const char *const *anchor_codes, unsigned anchor_count,
    struct buffer *out) {
    uint8_t form = BLOB_FORM;
    buffer_add(out, &form, 1);
    write_anchors(file, anchor_codes, anchor_count, out);
    write_facts(file, out);
    buffer_add_varint(out, file->task_count);
    for (unsigned i = 0; i < file->task_count; i++)
        write_task(&file->tasks[i], file->opened_at, out);
    buffer_add_varint(out, file->command_count);
    for (unsigned i = 0; i < file->command_count; i++)
        buffer_add(out, file->commands[i].bytes, ID_BYTES);
}

/* ---- the blob, reading: sticky failure, looked at once at the end */

struct reader {
    const uint8_t *at, *end;
    bool failed;
};

static uint64_t read_number(struct reader *reader) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (reader->at == reader->end)
            break;
        uint8_t byte = *reader->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    reader->failed = true;
    return 0;
}

static unsigned read_count(struct reader *reader, unsigned most) {
    uint64_t count = read_number(reader);
    if (count > most)
        reader->failed = true;
    return reader->failed ? 0 : (unsigned)count;
}

static const char *read_text_of(struct reader *reader, size_t most) {
    const char *text = (const char *)reader->at;
    const uint8_t *end = reader->failed ? NULL : memchr(reader->at, 0, (size_t)(reader->end - reader->at));
    if (!end || (size_t)(end - reader->at) > most) {
        reader->failed = true;
        return "";
    }
    reader->at = end + 1;
    return text;
}

static const char *read_text(struct reader *reader) {
    return read_text_of(reader, CASE_TEXT_MAX);
}

static int64_t read_time(struct reader *reader, int64_t base) {
    uint64_t value = read_number(reader);
    if (value == 0)
        return 0;
    uint64_t zigzag = value - 1;
    return (int64_t)((uint64_t)base + (zigzag >> 1 ^ (0 - (zigzag & 1))));
}

static void read_anchors(
    struct reader *reader, struct case_file *file, const char *const *codes, unsigned count) {
    unsigned known = read_count(reader, CASE_ANCHORS_MAX);
    for (unsigned i = 0; i < known; i++) {
        const char *code = read_text(reader);
        int64_t at = read_time(reader, file->opened_at);
        for (unsigned k = 0; k < count; k++)
            if (same_text(codes[k], code))
                file->anchors[k] = at;
    }
}

static void read_task(struct reader *reader, struct case_file *file) {
    struct case_task *task = &file->tasks[file->task_count++];
    task->code = read_text(reader);
    uint64_t kind = read_number(reader);
    task->origin = (enum task_origin)(kind >> 3);
    task->state = (enum task_state)(kind & 7);
    task->marks = (uint8_t)read_number(reader);
    task->times_done = (uint16_t)read_number(reader);
    task->version = (uint32_t)read_number(reader);
    task->due_at = read_time(reader, file->opened_at);
    task->since = read_time(reader, file->opened_at);
    task->start_at = read_time(reader, file->opened_at);
    task->owner = read_text(reader);
    task->role = read_text(reader);
    if (task->origin > TASK_OF_REVIEW || task->state < TASK_WAITING || task->state > TASK_CANCELLED)
        reader->failed = true;
}

bool case_blob_read(struct case_file *file, const char *const *anchor_codes, unsigned anchor_count,
    const void *bytes, size_t size) {
    struct reader reader = {bytes, (const uint8_t *)bytes + size, size == 0};
    if (read_number(&reader) != BLOB_FORM)
        return false;
    read_anchors(&reader, file, anchor_codes, anchor_count);
    unsigned facts = read_count(&reader, CASE_FACTS_MAX);
    for (unsigned i = 0; i < facts && !reader.failed; i++) {
        struct case_fact *fact = &file->facts[file->fact_count++];
        fact->name = read_text(&reader);
        fact->value = read_text_of(&reader, value_max(fact->name));
        fact->source = read_text(&reader);
        fact->at = read_time(&reader, file->opened_at);
    }
    unsigned tasks = read_count(&reader, CASE_TASKS_MAX);
    for (unsigned i = 0; i < tasks && !reader.failed; i++)
        read_task(&reader, file);
    file->command_count = read_count(&reader, CASE_COMMANDS_MAX);
    size_t rest = (size_t)(reader.end - reader.at);
    if (reader.failed || rest != file->command_count * ID_BYTES)
        return false;
    memcpy(file->commands, reader.at, rest);
    return true;
}
