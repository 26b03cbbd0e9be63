#include "directory.h"

#include "common/config.h"
#include "common/site.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static const char *text_of(const yaml_node_t *node) {
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static yaml_node_t *member(yaml_document_t *tree, const yaml_node_t *node, const char *key) {
    if (!node || node->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        const char *name = text_of(yaml_document_get_node(tree, pair->key));
        if (name && strcmp(name, key) == 0)
            return yaml_document_get_node(tree, pair->value);
    }
    return NULL;
}

static char *copy_of(yaml_document_t *tree, const yaml_node_t *node, const char *key) {
    const char *text = text_of(member(tree, node, key));
    return strdup(text ? text : "");
}

static char **list_of(yaml_document_t *tree, const yaml_node_t *node, const char *key) {
    const yaml_node_t *list = member(tree, node, key);
    char **out = calloc(DIRECTORY_LIST_MAX + 1, sizeof *out);
    if (!out || !list || list->type != YAML_SEQUENCE_NODE)
        return out;
    unsigned count = 0;
    for (yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top && count < DIRECTORY_LIST_MAX; item++) {
        const char *text = text_of(yaml_document_get_node(tree, *item));
        if (text && (out[count] = strdup(text)))
            count++;
    }
    return out;
}

static void list_free(char **list) {
    for (char **each = list; each && *each; each++)
        free(*each);
    free(list);
}

static bool take_facility(yaml_document_t *tree, const yaml_node_t *node, struct directory_facility *out) {
    const char *active = text_of(member(tree, node, "active"));
    *out = (struct directory_facility){.id = copy_of(tree, node, "id"),
        .name = copy_of(tree, node, "name"),
        .regency = copy_of(tree, node, "regency"),
        .types = list_of(tree, node, "types"),
        .coverage = list_of(tree, node, "coverage"),
        .active = active && strcmp(active, "yes") == 0};
    return out->id && out->id[0] && out->name && out->regency && out->types && out->coverage;
}

static bool take_all(yaml_document_t *tree, struct directory *out, const char *path, struct error *error) {
    const yaml_node_t *list = member(tree, yaml_document_get_root_node(tree), "facilities");
    if (!list || list->type != YAML_SEQUENCE_NODE)
        return error_set(error, "%s: has no list \"facilities\"", path);
    size_t count = (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
    out->facilities = count <= DIRECTORY_MAX ? calloc(count + 1, sizeof *out->facilities) : NULL;
    if (!out->facilities)
        return error_set(error, "%s: more than %d facilities, or out of memory", path, DIRECTORY_MAX);
    for (size_t i = 0; i < count; i++) {
        const yaml_node_t *node = yaml_document_get_node(tree, list->data.sequence.items.start[i]);
        out->count++;
        if (!take_facility(tree, node, &out->facilities[i]))
            return error_set(error, "%s: facilities[%zu] has no id, or memory is out", path, i);
    }
    return true;
}

static bool load_tree(const char *path, yaml_document_t *tree, struct error *error) {
    yaml_parser_t parser;
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_set(error, "%s: cannot be opened: %s", path, strerror(errno));
    bool good = yaml_parser_initialize(&parser);
    if (good) {
        yaml_parser_set_input_file(&parser, file);
        good = yaml_parser_load(&parser, tree);
        if (!good)
            error_set(error, "%s:%zu: %s", path, parser.problem_mark.line + 1,
                parser.problem ? parser.problem : "is no YAML");
        yaml_parser_delete(&parser);
    }
    fclose(file);
    return good;
}

struct directory *directory_load(const char *folder, struct error *error) {
    char path[CONFIG_PATH_MAX];
    yaml_document_t tree;
    if (!config_path(path, folder, "facilities.yaml") || !load_tree(path, &tree, error))
        return NULL;
    struct directory *directory = calloc(1, sizeof *directory);
    if (!directory)
        error_set(error, "out of memory");
    else if (!take_all(&tree, directory, path, error))
        directory_free(&directory);
    yaml_document_delete(&tree);
    return directory;
}

void directory_free(struct directory **at) {
    struct directory *directory = *at;
    if (!directory)
        return;
    for (unsigned i = 0; directory->facilities && i < directory->count; i++) {
        struct directory_facility *each = &directory->facilities[i];
        free(each->id);
        free(each->name);
        free(each->regency);
        list_free(each->types);
        list_free(each->coverage);
    }
    free(directory->facilities);
    free(directory);
    *at = NULL;
}

const struct directory_facility *directory_find(const struct directory *directory, const char *id) {
    for (unsigned i = 0; i < directory->count; i++)
        if (strcmp(directory->facilities[i].id, id) == 0)
            return &directory->facilities[i];
    return NULL;
}
