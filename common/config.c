/* What libcyaml alone would let pass (version 1.3.1, seen): "3x" as 3, "010" as 8, an empty file as no
 * document, a second document ignored, an unknown key reported at the line of its mapping. So a file is first
 * read into libyaml's node tree and compared with the schema, which gives the exact line, and only then
 * loaded by libcyaml. Both read the same bytes.
 *
 * Hostile here: nobody but the operator writes these files, so this guards against mistakes, not attacks;
 * still sizes are bounded and nothing recurses deeper than the schema. */
#include "common/config.h"

#include "common/fault.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum {
    WHERE_MAX = 256, /* "playbooks[23].tasks[19].deadline" has 32 characters */
    DURATION_MOST = 100000,
};

/* ---- reading */

struct text {
    char *bytes;
    size_t size;
};

static bool text_read(const char *path, struct text *out, struct error *error) {
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return error_set(error, "%s: cannot be opened: %s", path, strerror(errno));
    out->bytes = fault_strikes(FAULT_MEMORY) ? NULL : malloc(CONFIG_FILE_MAX + 1);
    if (out->bytes == NULL) {
        fclose(file);
        return error_set(error, "%s: out of memory", path);
    }
    out->size = fread(out->bytes, 1, CONFIG_FILE_MAX + 1, file);
    int failed = ferror(file);
    fclose(file);
    if (failed || out->size > CONFIG_FILE_MAX) {
        free(out->bytes);
        out->bytes = NULL;
        return error_set(
            error, failed ? "%s: cannot be read" : "%s: is larger than %d bytes", path, CONFIG_FILE_MAX);
    }
    return true;
}

static bool tree_load(const char *path, const struct text *text, yaml_document_t *tree, struct error *error) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return error_set(error, "%s: out of memory", path);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text->bytes, text->size);
    bool good = yaml_parser_load(&parser, tree);
    if (!good) {
        error_set(error, "%s:%zu: %s%s%s", path, parser.problem_mark.line + 1,
            parser.context ? parser.context : "", parser.context ? ", " : "",
            parser.problem ? parser.problem : "is no YAML");
    } else if (yaml_document_get_root_node(tree) == NULL) {
        good = error_set(error, "%s:1: is empty", path);
        yaml_document_delete(tree);
    } else {
        yaml_document_t second;
        if (!yaml_parser_load(&parser, &second)) {
            good = error_set(error, "%s:%zu: %s", path, parser.problem_mark.line + 1, parser.problem);
        } else {
            yaml_node_t *root = yaml_document_get_root_node(&second);
            if (root != NULL)
                good = error_set(
                    error, "%s:%zu: a second document is not read", path, root->start_mark.line + 1);
            yaml_document_delete(&second);
        }
        if (!good)
            yaml_document_delete(tree);
    }
    yaml_parser_delete(&parser);
    return good;
}

/* ---- the comparison with the schema */

struct check {
    const char *path;
    yaml_document_t *tree;
    struct error *error;
    char where[WHERE_MAX]; /* the way to the value being looked at */
    size_t where_length;
};

static bool refuse_at(struct check *check, const yaml_node_t *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse_at(struct check *check, const yaml_node_t *node, const char *format, ...) {
    char sentence[256];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return error_set(check->error, "%s:%zu: %s%s%s", check->path, node->start_mark.line + 1, check->where,
        check->where_length ? ": " : "", sentence);
}

static size_t where_enter(struct check *check, const char *key, size_t index) {
    size_t before = check->where_length;
    size_t room = WHERE_MAX - before;
    int more = key ? snprintf(check->where + before, room, "%s%s", before ? "." : "", key)
                   : snprintf(check->where + before, room, "[%zu]", index);
    check->where_length = more > 0 && (size_t)more < room ? before + (size_t)more : WHERE_MAX - 1;
    return before;
}

static void where_leave(struct check *check, size_t before) {
    check->where_length = before;
    check->where[before] = 0;
}

static const char *scalar(const yaml_node_t *node) {
    return (const char *)node->data.scalar.value;
}

static bool whole_number(const char *text, bool negative_allowed, size_t size, int64_t *out) {
    const char *digits = text + (negative_allowed && text[0] == '-');
    size_t length = strlen(digits);
    if (length == 0 || length > 18 || (length > 1 && digits[0] == '0') ||
        strspn(digits, "0123456789") != length)
        return false;
    *out = strtoll(text, NULL, 10);
    if (size >= 8)
        return true;
    int bits = (int)size * 8 - (negative_allowed ? 1 : 0);
    return *out < (INT64_C(1) << bits) && *out >= (negative_allowed ? -(INT64_C(1) << bits) : 0);
}

static bool is_decimal(const char *text) {
    char *end;
    strtod(text, &end);
    return end != text && *end == 0 && strspn(text, "-0123456789.") == strlen(text);
}

static bool is_yes_or_no(const char *text) {
    static const char *const words[] = {"yes", "no", "true", "false"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0)
            return true;
    }
    return false;
}

static bool has_word(const cyaml_schema_value_t *schema, const char *word) {
    for (uint32_t i = 0; i < schema->enumeration.count; i++) {
        if (strcmp(schema->enumeration.strings[i].str, word) == 0)
            return true;
    }
    return false;
}

static bool refuse_word(struct check *check, const cyaml_schema_value_t *schema, const yaml_node_t *node) {
    char list[160] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < schema->enumeration.count && used < sizeof list - 1; i++) {
        int more = snprintf(
            list + used, sizeof list - used, "%s%s", used ? ", " : "", schema->enumeration.strings[i].str);
        used += more > 0 ? (size_t)more : 0;
    }
    return refuse_at(check, node, "\"%.40s\" is none of: %s%s", scalar(node), list,
        schema->flags & CYAML_FLAG_STRICT ? "" : ", or a whole number");
}

static bool check_number(struct check *check, const cyaml_schema_value_t *schema, const yaml_node_t *node) {
    int64_t ignored;
    bool is_signed = schema->type == CYAML_INT;
    return whole_number(scalar(node), is_signed, schema->data_size, &ignored) ||
           refuse_at(check, node, "\"%.40s\" is no whole number%s of that size", scalar(node),
               is_signed ? "" : " from 0 on");
}

static bool check_text(struct check *check, const cyaml_schema_value_t *schema, const yaml_node_t *node) {
    size_t length = node->data.scalar.length;
    if (memchr(node->data.scalar.value, 0, length) != NULL)
        return refuse_at(check, node, "contains a NUL");
    if (length < schema->string.min)
        return refuse_at(
            check, node, length == 0 ? "is empty" : "is shorter than %u bytes", schema->string.min);
    return length <= schema->string.max ||
           refuse_at(check, node, "is longer than %u bytes", schema->string.max);
}

static bool check_enumeration(
    struct check *check, const cyaml_schema_value_t *schema, const yaml_node_t *node) {
    int64_t ignored;
    return has_word(schema, scalar(node)) ||
           (!(schema->flags & CYAML_FLAG_STRICT) && whole_number(scalar(node), false, 4, &ignored)) ||
           refuse_word(check, schema, node);
}

static bool check_scalar(struct check *check, const cyaml_schema_value_t *schema, const yaml_node_t *node) {
    if (node->type != YAML_SCALAR_NODE)
        return refuse_at(check, node, "is a %s where one value is wanted",
            node->type == YAML_MAPPING_NODE ? "mapping" : "list");
    switch (schema->type) {
    case CYAML_INT:
    case CYAML_UINT:
        return check_number(check, schema, node);
    case CYAML_BOOL:
        return is_yes_or_no(scalar(node)) ||
               refuse_at(check, node, "\"%.40s\" is neither yes nor no", scalar(node));
    case CYAML_FLOAT:
        return is_decimal(scalar(node)) || refuse_at(check, node, "\"%.40s\" is no number", scalar(node));
    case CYAML_STRING:
        return check_text(check, schema, node);
    case CYAML_ENUM:
        return check_enumeration(check, schema, node);
    case CYAML_IGNORE:
        return true;
    case CYAML_FLAGS:
    case CYAML_MAPPING:
    case CYAML_BITFIELD:
    case CYAML_SEQUENCE:
    case CYAML_SEQUENCE_FIXED:
    case CYAML__TYPE_COUNT:
        break;
    }
    return refuse_at(check, node, "the schema uses a type that config.h does not know");
}

static bool check_value(struct check *check, const cyaml_schema_value_t *schema, const yaml_node_t *node);

static bool check_list(struct check *check, const cyaml_schema_value_t *schema, const yaml_node_t *node) {
    if (node->type != YAML_SEQUENCE_NODE)
        return refuse_at(check, node, "is no list");
    size_t count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (count < schema->sequence.min)
        return refuse_at(check, node, "has %zu entries, at least %u are needed", count, schema->sequence.min);
    if (count > schema->sequence.max)
        return refuse_at(check, node, "has %zu entries, at most %u are allowed", count, schema->sequence.max);
    for (size_t i = 0; i < count; i++) {
        size_t before = where_enter(check, NULL, i);
        const yaml_node_t *item = yaml_document_get_node(check->tree, node->data.sequence.items.start[i]);
        if (!check_value(check, schema->sequence.entry, item))
            return false;
        where_leave(check, before);
    }
    return true;
}

static const cyaml_schema_field_t *field_find(const cyaml_schema_value_t *schema, const char *key) {
    for (const cyaml_schema_field_t *field = schema->mapping.fields; field->key != NULL; field++) {
        if (strcmp(field->key, key) == 0)
            return field;
    }
    return NULL;
}

static const yaml_node_t *pair_find(yaml_document_t *tree, const yaml_node_t *node, const char *key) {
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *name = yaml_document_get_node(tree, pair->key);
        if (name->type == YAML_SCALAR_NODE && strcmp(scalar(name), key) == 0)
            return yaml_document_get_node(tree, pair->value);
    }
    return NULL;
}

static bool check_pair(struct check *check, const cyaml_schema_value_t *schema, const yaml_node_t *node,
    const yaml_node_pair_t *pair) {
    const yaml_node_t *key = yaml_document_get_node(check->tree, pair->key);
    const yaml_node_t *value = yaml_document_get_node(check->tree, pair->value);
    if (key->type != YAML_SCALAR_NODE)
        return refuse_at(check, key, "a key must be a word");
    const cyaml_schema_field_t *field = field_find(schema, scalar(key));
    if (field == NULL)
        return refuse_at(check, key, "\"%.60s\" is no known key here", scalar(key));
    if (pair_find(check->tree, node, scalar(key)) != value)
        return refuse_at(check, key, "\"%.60s\" stands here twice", scalar(key));
    size_t before = where_enter(check, scalar(key), 0);
    if (!check_value(check, &field->value, value))
        return false;
    where_leave(check, before);
    return true;
}

static bool check_mapping(struct check *check, const cyaml_schema_value_t *schema, const yaml_node_t *node) {
    if (node->type != YAML_MAPPING_NODE)
        return refuse_at(check, node, "is no mapping of keys to values");
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        if (!check_pair(check, schema, node, pair))
            return false;
    }
    for (const cyaml_schema_field_t *field = schema->mapping.fields; field->key != NULL; field++) {
        if (!(field->value.flags & CYAML_FLAG_OPTIONAL) && pair_find(check->tree, node, field->key) == NULL)
            return refuse_at(check, node, "\"%s\" is missing", field->key);
    }
    return true;
}

static bool check_value(struct check *check, const cyaml_schema_value_t *schema, const yaml_node_t *node) {
    if (schema->type == CYAML_MAPPING)
        return check_mapping(check, schema, node);
    if (schema->type == CYAML_SEQUENCE || schema->type == CYAML_SEQUENCE_FIXED)
        return check_list(check, schema, node);
    return check_scalar(check, schema, node);
}

/* ---- loading */

struct complaint {
    char text[256]; /* the first error line of libcyaml */
};

/* Only reached when the comparison above let something pass that libcyaml refuses: aliases, for example. */
static void complaint_log(cyaml_log_t level, void *state, const char *format, va_list args) {
    struct complaint *complaint = state;
    if (level != CYAML_LOG_ERROR || complaint->text[0] != 0)
        return;
    vsnprintf(complaint->text, sizeof complaint->text, format, args);
    complaint->text[strcspn(complaint->text, "\n")] = 0;
}

/* libcyaml's own allocator, with the countdown of fault.h before it. */
static void *memory(void *state, void *old, size_t size) {
    if (size > 0 && fault_strikes(FAULT_MEMORY))
        return NULL;
    return cyaml_mem(state, old, size);
}

static cyaml_config_t loader(struct complaint *complaint) {
    return (cyaml_config_t){
        .log_fn = complaint_log,
        .log_ctx = complaint,
        .mem_fn = memory,
        .log_level = CYAML_LOG_ERROR,
        .flags = CYAML_CFG_NO_ALIAS,
    };
}

static bool document_load(const char *path, const struct text *text, const cyaml_schema_value_t *schema,
    void *out, struct error *error) {
    struct complaint complaint = {""};
    cyaml_config_t config = loader(&complaint);
    cyaml_data_t *document = NULL;
    cyaml_err_t result =
        cyaml_load_data((const uint8_t *)text->bytes, text->size, &config, schema, &document, NULL);
    if (result != CYAML_OK)
        return error_set(error, "%s: %s: %s", path, cyaml_strerror(result), complaint.text);
    memcpy(out, &document, sizeof document);
    return true;
}

bool config_load(const char *path, const cyaml_schema_value_t *schema, void *out, struct error *error) {
    struct text text;
    yaml_document_t tree;
    if (!text_read(path, &text, error))
        return false;
    bool good = tree_load(path, &text, &tree, error);
    if (good) {
        struct check check = {.path = path, .tree = &tree, .error = error};
        good = check_value(&check, schema, yaml_document_get_root_node(&tree));
        yaml_document_delete(&tree);
    }
    good = good && document_load(path, &text, schema, out, error);
    free(text.bytes);
    return good;
}

bool config_path(char out[CONFIG_PATH_MAX], const char *folder, const char *file) {
    int length = snprintf(out, CONFIG_PATH_MAX, "%s/%s", folder, file);
    return length >= 0 && length < CONFIG_PATH_MAX;
}

bool config_load_in(const char *folder, const char *file, const cyaml_schema_value_t *schema, void *out,
    struct error *error) {
    char path[CONFIG_PATH_MAX];
    if (!config_path(path, folder, file))
        return error_set(error, "%s: the folder's name is too long", file);
    return config_load(path, schema, out, error);
}

void config_free(const cyaml_schema_value_t *schema, void *document) {
    cyaml_data_t *data;
    memcpy(&data, document, sizeof data);
    if (data == NULL)
        return;
    struct complaint complaint = {""};
    cyaml_config_t config = loader(&complaint);
    cyaml_free(&config, schema, data, 0);
    memset(document, 0, sizeof data);
}

/* ---- finding a line again */

/* Takes the first part of *where ("timers" of "timers[2].answered", then "[2]"), false at its end. */
static bool where_next(const char **where, char part[WHERE_MAX]) {
    const char *at = *where + (**where == '.');
    size_t length = at[0] == '[' ? strcspn(at, "]") + (strchr(at, ']') != NULL) : strcspn(at, ".[");
    if (length == 0 || length >= WHERE_MAX)
        return false;
    memcpy(part, at, length);
    part[length] = 0;
    *where = at + length;
    return true;
}

static const yaml_node_t *node_step(yaml_document_t *tree, const yaml_node_t *node, const char *part) {
    if (part[0] != '[')
        return node->type == YAML_MAPPING_NODE ? pair_find(tree, node, part) : NULL;
    if (node->type != YAML_SEQUENCE_NODE)
        return NULL;
    size_t index = strtoul(part + 1, NULL, 10);
    size_t count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    return index < count ? yaml_document_get_node(tree, node->data.sequence.items.start[index]) : NULL;
}

static size_t line_find(const char *path, const char *where) {
    struct error ignored;
    struct text text;
    yaml_document_t tree;
    if (!text_read(path, &text, &ignored))
        return 1;
    size_t line = 1;
    if (tree_load(path, &text, &tree, &ignored)) {
        char part[WHERE_MAX];
        const yaml_node_t *node = yaml_document_get_root_node(&tree);
        while (node != NULL) {
            line = node->start_mark.line + 1;
            node = where_next(&where, part) ? node_step(&tree, node, part) : NULL;
        }
        yaml_document_delete(&tree);
    }
    free(text.bytes);
    return line;
}

bool config_refuse(const char *path, const char *where, struct error *error, const char *format, ...) {
    char sentence[320];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return error_set(
        error, "%s:%zu: %s%s%s", path, line_find(path, where), where, where[0] ? ": " : "", sentence);
}

/* ---- small values */

static const struct {
    const char *suffix;
    int64_t ms;
} units[] = {
    [DURATION_SECONDS] = {"s", 1000},
    [DURATION_MINUTES] = {"m", 60000},
    [DURATION_HOURS] = {"h", 3600000},
    [DURATION_DAYS] = {"d", 86400000},
    [DURATION_WEEKS] = {"w", 7 * 86400000},
    [DURATION_WORKING_HOURS] = {"wh", 3600000},
    [DURATION_WORKING_DAYS] = {"wd", 86400000},
};

bool duration_parse(const char *text, bool negative_allowed, struct duration *out) {
    if (text == NULL)
        return false;
    const char *at = text;
    bool negative = negative_allowed && *at == '-';
    at += negative;
    int32_t count = 0;
    size_t digits = strspn(at, "0123456789");
    if (digits == 0 || digits > 6)
        return false;
    for (size_t i = 0; i < digits; i++)
        count = count * 10 + (at[i] - '0');
    if (count > DURATION_MOST)
        return false;
    for (size_t unit = 0; unit < sizeof units / sizeof *units; unit++) {
        if (strcmp(at + digits, units[unit].suffix) == 0) {
            *out = (struct duration){negative ? -count : count, (enum duration_unit)unit};
            return true;
        }
    }
    return false;
}

int64_t duration_ms(struct duration duration) {
    return (int64_t)duration.count * units[duration.unit].ms;
}

void duration_text(struct duration duration, char out[16]) {
    snprintf(out, 16, "%d%s", (int)duration.count, units[duration.unit].suffix);
}

bool config_duration(
    const char *path, const char *where, const char *text, struct duration *out, struct error *error) {
    return duration_parse(text, false, out) ||
           config_refuse(
               path, where, error, "\"%.40s\" is no duration such as 15m, 3h, 7d, 2w, 3wd", text ? text : "");
}

bool config_clock(const char *path, const char *where, const char *text, int *minutes, struct error *error) {
    bool shaped = text != NULL && strlen(text) == 5 && text[2] == ':' && strspn(text, "0123456789:") == 5 &&
                  strchr(text + 3, ':') == NULL && text[0] != ':' && text[1] != ':';
    int value =
        shaped ? ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0' : -1;
    if (!shaped || text[3] > '5' || value > 1440)
        return config_refuse(
            path, where, error, "\"%.40s\" is no time of day such as \"07:30\"", text ? text : "");
    *minutes = value;
    return true;
}

bool config_list_has(char *const *list, unsigned count, const char *word) {
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(list[i], word) == 0)
            return true;
    }
    return false;
}
