#include "site_words.h"

#include "common/config.h"
#include "common/gazetteer.h"
#include "common/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum {
    WORDS_MAX = 512 << 10, /* 100 kinds, roles and reasons of 0.2 KiB, 8000 places of 50 bytes */
    CHILDREN_MAX = 256,    /* regencies of a province, districts of a regency */
};

/* ---- files of the router, who checks them: only one list of each is ours ---- */

struct rows {
    yaml_document_t document;
    yaml_node_t *list; /* a sequence */
    bool open;
};

/* NULL: there is no such member. */
static yaml_node_t *member(yaml_document_t *document, const yaml_node_t *node, const char *key) {
    if (!node || node->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *name = yaml_document_get_node(document, pair->key);
        if (name->type == YAML_SCALAR_NODE && strcmp((const char *)name->data.scalar.value, key) == 0)
            return yaml_document_get_node(document, pair->value);
    }
    return NULL;
}

static const char *text_of(const yaml_node_t *node) {
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : "";
}

static void rows_close(struct rows *rows) {
    if (rows->open)
        yaml_document_delete(&rows->document);
    rows->open = false;
}

static bool rows_open(
    const char *site_dir, const char *file_name, const char *key, struct rows *rows, struct error *error) {
    char path[CONFIG_PATH_MAX];
    yaml_parser_t parser;
    FILE *file = config_path(path, site_dir, file_name) ? fopen(path, "rb") : NULL;
    if (!file)
        return error_set(error, "%s: cannot be opened", file_name);
    if (yaml_parser_initialize(&parser)) {
        yaml_parser_set_input_file(&parser, file);
        rows->open = yaml_parser_load(&parser, &rows->document);
        yaml_parser_delete(&parser);
    }
    fclose(file);
    yaml_node_t *root = rows->open ? yaml_document_get_root_node(&rows->document) : NULL;
    rows->list = member(&rows->document, root, key);
    return (rows->list && rows->list->type == YAML_SEQUENCE_NODE) ||
           error_set(error, "%s: has no list %s", file_name, key);
}

/* ---- writing ---- */

static void write_name(struct json_writer *writer, const char *code, const char *name, const char *name_en) {
    json_member_text(writer, "code", code);
    json_member_text(writer, "name", name);
    json_member_text(writer, "name_en", name_en);
}

static void write_kinds(struct json_writer *writer, const struct site_kinds *kinds) {
    json_member_array(writer, "kinds");
    for (unsigned i = 0; i < kinds->kinds_count; i++) {
        json_write_object(writer);
        write_name(writer, kinds->kinds[i].code, kinds->kinds[i].name, kinds->kinds[i].name_en);
        json_member_bool(writer, "opens_case", kinds->kinds[i].opens_case);
        json_write_end(writer);
    }
    json_write_end(writer);
}

static void write_roles(struct json_writer *writer, const struct site_roles *roles) {
    json_member_array(writer, "roles");
    for (unsigned i = 0; i < roles->roles_count; i++) {
        json_write_object(writer);
        write_name(writer, roles->roles[i].code, roles->roles[i].name, roles->roles[i].name_en);
        json_write_end(writer);
    }
    json_write_end(writer);
}

static void write_reason(struct json_writer *writer, yaml_document_t *document, const yaml_node_t *reason) {
    const yaml_node_t *not_for = member(document, reason, "not_for");
    json_write_object(writer);
    write_name(writer, text_of(member(document, reason, "code")), text_of(member(document, reason, "name")),
        text_of(member(document, reason, "name_en")));
    json_member_bool(
        writer, "text_required", strcmp(text_of(member(document, reason, "text_required")), "yes") == 0);
    json_member_array(writer, "not_for");
    if (not_for && not_for->type == YAML_SEQUENCE_NODE)
        for (yaml_node_item_t *item = not_for->data.sequence.items.start;
             item < not_for->data.sequence.items.top; item++)
            json_write_text(writer, text_of(yaml_document_get_node(document, *item)));
    json_write_end(writer);
    json_write_end(writer);
}

/* A fact is named by the question that finds it out. */
static void write_fact(struct json_writer *writer, yaml_document_t *document, const yaml_node_t *fact) {
    json_write_object(writer);
    write_name(writer, text_of(member(document, fact, "name")), text_of(member(document, fact, "ask")),
        text_of(member(document, fact, "ask_en")));
    json_write_end(writer);
}

typedef void write_row(struct json_writer *writer, yaml_document_t *document, const yaml_node_t *row);

static void write_rows(struct json_writer *writer, const char *key, struct rows *rows, write_row *write_one) {
    json_member_array(writer, key);
    for (yaml_node_item_t *item = rows->list->data.sequence.items.start;
         item < rows->list->data.sequence.items.top; item++)
        write_one(writer, &rows->document, yaml_document_get_node(&rows->document, *item));
    json_write_end(writer);
}

/* {"35.07": "Kab. Malang", "35.07.24": "Singosari"}: down to districts, of the site's provinces only. */
static void write_places(struct json_writer *writer, const struct gazetteer *gazetteer, const char *code) {
    struct place places[CHILDREN_MAX];
    size_t count = gazetteer_children(gazetteer, code, places, CHILDREN_MAX);
    for (size_t i = 0; i < count && i < CHILDREN_MAX; i++) {
        char name[GAZETTEER_NAME_MAX + 8];
        const char *what = places[i].level != AREA_REGENCY ? "" : places[i].city ? "Kota " : "Kab. ";
        snprintf(name, sizeof name, "%s%s", what, places[i].name);
        json_member_text(writer, places[i].code, name);
        if (places[i].level < AREA_DISTRICT)
            write_places(writer, gazetteer, places[i].code);
    }
}

static void write_areas(
    struct json_writer *writer, const struct site *site, const struct gazetteer *gazetteer) {
    json_member_object(writer, "areas");
    for (unsigned i = 0; i < site->provinces_count; i++) {
        json_member_text(writer, site->provinces[i], gazetteer_name(gazetteer, site->provinces[i]));
        write_places(writer, gazetteer, site->provinces[i]);
    }
    json_write_end(writer);
}

/* What is read at start and forgotten again. */
struct sources {
    struct site *site;
    struct site_kinds *kinds;
    struct rows reasons, facts;
    struct gazetteer *gazetteer;
};

static bool write_all(struct console *console, struct sources *sources, struct error *error) {
    const struct site *site = sources->site;
    struct json_writer writer;
    json_writer_init(&writer, WORDS_MAX);
    json_write_object(&writer);
    json_member_text(&writer, "title", site->title);
    json_member_text(&writer, "title_en", site->title_en);
    json_member_text(&writer, "zone", calendar_zone_iana(site->zone));
    json_member_text(&writer, "zone_name", calendar_zone_name(site->zone));
    json_member_text(&writer, "emergency_text", site->emergency_text);
    json_member_text(&writer, "emergency_text_en", site->emergency_text_en);
    write_kinds(&writer, sources->kinds);
    write_roles(&writer, console->roles);
    write_rows(&writer, "refusal_reasons", &sources->reasons, write_reason);
    write_rows(&writer, "facts", &sources->facts, write_fact);
    write_areas(&writer, site, sources->gazetteer);
    json_write_end(&writer);
    const char *text = json_writer_text(&writer, &console->site_json_size);
    console->site_json = text ? strdup(text) : NULL;
    json_writer_free(&writer);
    if (!console->site_json)
        return error_set(error, "the site's words are too many, or out of memory");
    page_etag(console->site_json, console->site_json_size, console->site_etag);
    console->zone = site->zone;
    return true;
}

static bool sources_open(
    struct console *console, struct sources *sources, const char *site_dir, struct error *error) {
    char path[CONFIG_PATH_MAX];
    if (!(sources->site = site_load(site_dir, error)) ||
        !(sources->kinds = site_kinds_load(site_dir, error)) ||
        !(console->roles = site_roles_load(site_dir, error)) ||
        !rows_open(site_dir, "eligibility.yaml", "refusal_reasons", &sources->reasons, error) ||
        !rows_open(site_dir, "rules.yaml", "facts", &sources->facts, error))
        return false;
    if (!config_path(path, site_dir, sources->site->gazetteer))
        return error_set(error, "site.yaml: gazetteer: the path is too long");
    return (sources->gazetteer = gazetteer_load(path, AREA_DISTRICT, error)) != NULL;
}

bool site_words_open(struct console *console, const char *site_dir, struct error *error) {
    struct sources sources = {0};
    bool good = sources_open(console, &sources, site_dir, error) && write_all(console, &sources, error);
    gazetteer_free(&sources.gazetteer);
    rows_close(&sources.reasons);
    rows_close(&sources.facts);
    site_kinds_free(&sources.kinds);
    site_free(&sources.site);
    if (!good)
        site_words_close(console);
    return good;
}

void site_words_close(struct console *console) {
    site_roles_free(&console->roles);
    free(console->site_json);
    console->site_json = NULL;
}
