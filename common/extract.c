#include "common/extract.h"

#include "common/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct extract {
    yaml_document_t document; /* libyaml only reads it, but its functions want it not const */
};

static bool parse(FILE *file, yaml_document_t *document) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_input_file(&parser, file);
    bool parsed = yaml_parser_load(&parser, document);
    yaml_parser_delete(&parser);
    if (parsed && !yaml_document_get_root_node(document)) {
        yaml_document_delete(document);
        return false;
    }
    return parsed;
}

struct extract *extract_open(const char *folder, const char *name, struct error *error) {
    char path[CONFIG_PATH_MAX];
    FILE *file = config_path(path, folder, name) ? fopen(path, "rb") : NULL;
    if (!file) {
        error_set(error, "%s/%s: %s", folder, name, strerror(errno));
        return NULL;
    }
    struct extract *extract = calloc(1, sizeof *extract);
    bool parsed = extract && parse(file, &extract->document);
    fclose(file);
    if (parsed)
        return extract;
    free(extract);
    error_set(error, "%s: cannot be read as YAML", path);
    return NULL;
}

void extract_close(struct extract **extract) {
    if (!*extract)
        return;
    yaml_document_delete(&(*extract)->document);
    free(*extract);
    *extract = NULL;
}

static yaml_document_t *document_of(const struct extract *extract) {
    return (yaml_document_t *)&extract->document;
}

static yaml_node_t *member(const struct extract *extract, const struct extract_node *of, const char *key) {
    yaml_document_t *document = document_of(extract);
    yaml_node_t *node = of ? (yaml_node_t *)of : yaml_document_get_root_node(document);
    if (node->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        yaml_node_t *name = yaml_document_get_node(document, pair->key);
        if (name->type == YAML_SCALAR_NODE && strcmp((char *)name->data.scalar.value, key) == 0)
            return yaml_document_get_node(document, pair->value);
    }
    return NULL;
}

const struct extract_node *extract_entry(
    const struct extract *extract, const struct extract_node *of, const char *key, size_t number) {
    yaml_node_t *list = member(extract, of, key);
    if (!list || list->type != YAML_SEQUENCE_NODE)
        return NULL;
    size_t count = (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
    return number < count ? (const struct extract_node *)yaml_document_get_node(
                                document_of(extract), list->data.sequence.items.start[number])
                          : NULL;
}

const char *extract_text(const struct extract *extract, const struct extract_node *of, const char *key) {
    const yaml_node_t *node = key ? member(extract, of, key) : (const yaml_node_t *)of;
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}
