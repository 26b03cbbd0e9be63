#include "site_words.h"

#include "common/config.h"
#include "common/gazetteer.h"
#include "common/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum {
    WORDS_MAX = 1 << 20, /* 1000 codes of 0.3 KiB, 8000 places of 50 bytes */
    CHILDREN_MAX = 256,  /* regencies of a province, districts of a regency */
};

/* ---- files of the other daemons, who check them: only one list of each is ours ---- */

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

static ptrdiff_t length(const yaml_node_t *list) {
    return list && list->type == YAML_SEQUENCE_NODE
               ? list->data.sequence.items.top - list->data.sequence.items.start
               : 0;
}

static const yaml_node_t *item_of(yaml_document_t *document, const yaml_node_t *list, ptrdiff_t at) {
    return yaml_document_get_node(document, list->data.sequence.items.start[at]);
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
    for (ptrdiff_t i = 0; i < length(not_for); i++)
        json_write_text(writer, text_of(item_of(document, not_for, i)));
    json_write_end(writer);
    json_write_end(writer);
}

static void write_reasons(struct json_writer *writer, struct rows *rows) {
    json_member_array(writer, "refusal_reasons");
    for (ptrdiff_t i = 0; i < length(rows->list); i++)
        write_reason(writer, &rows->document, item_of(&rows->document, rows->list, i));
    json_write_end(writer);
}

/* ---- codes and what people read for them ---- */

/* Which list of which file names the codes of a family. Several with one key stand together and make one
 * list; where a code comes twice the first counts. */
static const struct naming {
    const char *key, *file, *list, *code, *name, *name_en;
} namings[] = {
    {"facts", "rules.yaml", "facts", "name", "ask", "ask_en"}, /* by the question that finds it out */
    {"flags", "playbooks.yaml", "flags", "code", "name", "name_en"},
    {"anchors", "playbooks.yaml", "anchors", "event", "name", "name_en"},
    {"actions", "rules.yaml", "actions", "code", "name", "name_en"},
    {"rules", "rules.yaml", "rules", "id", "name", "name_en"},
    {"rules", "rules.yaml", "general", "id", "name", "name_en"},
    {"policies", "escalation.yaml", "policies", "id", "name", "name_en"},
    {"concepts", "vocabulary/concepts.yaml", "concepts", "code", "meaning", "meaning_en"},
    {"concepts", "vocabulary/signals.yaml", "concepts", "code", "meaning", "meaning_en"},
    {"combinations", "vocabulary/concepts.yaml", "combinations", "id", "meaning", "meaning_en"},
    {"urgency", "vocabulary/severity.yaml", "modifiers", "id", "meaning", "meaning_en"},
    {"urgency", "vocabulary/urgency.yaml", "rules", "id", "meaning", "meaning_en"},
};
enum { NAMINGS = sizeof namings / sizeof *namings };

/* Values of a fact that is a choice, where they are more than words of the field. */
static void write_choices(struct json_writer *writer, yaml_document_t *document, const yaml_node_t *row) {
    const yaml_node_t *values = member(document, row, "values"), *names = member(document, row, "names"),
                      *names_en = member(document, row, "names_en");
    if (!names || !names_en)
        return;
    json_member_array(writer, "values");
    for (ptrdiff_t i = 0; i < length(values) && i < length(names) && i < length(names_en); i++) {
        json_write_object(writer);
        write_name(writer, text_of(item_of(document, values, i)), text_of(item_of(document, names, i)),
            text_of(item_of(document, names_en, i)));
        json_write_end(writer);
    }
    json_write_end(writer);
}

static void write_code(struct json_writer *writer, yaml_document_t *document, const yaml_node_t *row,
    const struct naming *naming) {
    const char *name = text_of(member(document, row, naming->name));
    const char *name_en = text_of(member(document, row, naming->name_en));
    if (!*name || !*name_en)
        return;
    json_write_object(writer);
    write_name(writer, text_of(member(document, row, naming->code)), name, name_en);
    write_choices(writer, document, row);
    json_write_end(writer);
}

/* A file is read once a list: at start only, and a list of East Java takes a millisecond. */
static bool write_naming(
    struct json_writer *writer, const char *site_dir, const struct naming *naming, struct error *error) {
    struct rows rows = {.open = false};
    bool good = rows_open(site_dir, naming->file, naming->list, &rows, error);
    for (ptrdiff_t i = 0; good && i < length(rows.list); i++)
        write_code(writer, &rows.document, item_of(&rows.document, rows.list, i), naming);
    rows_close(&rows);
    return good;
}

static bool write_namings(struct json_writer *writer, const char *site_dir, struct error *error) {
    bool good = true;
    for (size_t i = 0; good && i < NAMINGS; i++) {
        if (i == 0 || strcmp(namings[i].key, namings[i - 1].key) != 0)
            json_member_array(writer, namings[i].key);
        good = write_naming(writer, site_dir, &namings[i], error);
        if (i + 1 == NAMINGS || strcmp(namings[i].key, namings[i + 1].key) != 0)
            json_write_end(writer);
    }
    return good;
}

/* ---- places ---- */

static void write_places(struct json_writer *writer, const struct gazetteer *gazetteer, const char *code,
    enum area_level deepest) {
    struct place places[CHILDREN_MAX];
    size_t count = gazetteer_children(gazetteer, code, places, CHILDREN_MAX);
    for (size_t i = 0; i < count && i < CHILDREN_MAX; i++) {
        char name[GAZETTEER_NAME_MAX + 8];
        const char *what = places[i].level != AREA_REGENCY ? "" : places[i].city ? "Kota " : "Kab. ";
        snprintf(name, sizeof name, "%s%s", what, places[i].name);
        json_member_text(writer, places[i].code, name);
        if (places[i].level < deepest)
            write_places(writer, gazetteer, places[i].code, deepest);
    }
}

static bool is_of_site(const struct site *site, const char *province) {
    for (unsigned i = 0; i < site->provinces_count; i++)
        if (strcmp(site->provinces[i], province) == 0)
            return true;
    return false;
}

/* {"35.07": "Kab. Malang", "35.07.24": "Singosari", "81.71": "Kota Ambon"}: down to districts, of other
 * provinces than the site's down to regencies, for people write from there, too. */
static void write_areas(
    struct json_writer *writer, const struct site *site, const struct gazetteer *gazetteer) {
    struct place provinces[CHILDREN_MAX];
    size_t count = gazetteer_children(gazetteer, "", provinces, CHILDREN_MAX);
    json_member_object(writer, "areas");
    for (size_t i = 0; i < count && i < CHILDREN_MAX; i++) {
        const char *code = provinces[i].code;
        json_member_text(writer, code, provinces[i].name);
        write_places(writer, gazetteer, code, is_of_site(site, code) ? AREA_DISTRICT : AREA_REGENCY);
    }
    json_write_end(writer);
}

/* What is read at start and forgotten again. */
struct sources {
    struct site *site;
    struct site_kinds *kinds;
    struct rows reasons;
    struct gazetteer *gazetteer;
};

static bool write_all(
    struct console *console, struct sources *sources, const char *site_dir, struct error *error) {
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
    write_reasons(&writer, &sources->reasons);
    bool named = write_namings(&writer, site_dir, error);
    write_areas(&writer, site, sources->gazetteer);
    json_write_end(&writer);
    const char *text = json_writer_text(&writer, &console->site_json_size);
    console->site_json = named && text ? strdup(text) : NULL;
    json_writer_free(&writer);
    if (!named)
        return false;
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
        !rows_open(site_dir, "eligibility.yaml", "refusal_reasons", &sources->reasons, error))
        return false;
    if (!config_path(path, site_dir, sources->site->gazetteer))
        return error_set(error, "site.yaml: gazetteer: the path is too long");
    return (sources->gazetteer = gazetteer_load(path, AREA_DISTRICT, error)) != NULL;
}

bool site_words_open(struct console *console, const char *site_dir, struct error *error) {
    struct sources sources = {0};
    bool good =
        sources_open(console, &sources, site_dir, error) && write_all(console, &sources, site_dir, error);
    gazetteer_free(&sources.gazetteer);
    rows_close(&sources.reasons);
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
