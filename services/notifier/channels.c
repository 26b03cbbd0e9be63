#include "channels.h"

#include "common/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct option_row {
    char *name, *value;
};

struct channel_row {
    char *name;
    bool off;
    struct option_row *options;
    unsigned options_count;
};

struct file_rows {
    char *console_url;
    struct channel_row *channels;
    unsigned channels_count;
};

struct channels_file {
    struct file_rows *rows; /* NULL: there is no file */
};

_Static_assert(sizeof(struct option_row) == sizeof(struct channel_option), "an option is its row");

static const cyaml_schema_field_t option_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct option_row, name, 1, 32),
    CYAML_FIELD_STRING_PTR("value", CYAML_FLAG_POINTER, struct option_row, value, 1, 512), CYAML_FIELD_END};
static const cyaml_schema_value_t option_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct option_row, option_fields)};

static const cyaml_schema_field_t channel_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct channel_row, name, 1, 15),
    CYAML_FIELD_BOOL("off", CYAML_FLAG_OPTIONAL, struct channel_row, off),
    CYAML_FIELD_SEQUENCE("options", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct channel_row, options,
        &option_schema, 0, CHANNEL_OPTIONS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t channel_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct channel_row, channel_fields)};

static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_STRING_PTR(
        "console_url", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_rows, console_url, 0, 160),
    CYAML_FIELD_SEQUENCE(
        "channels", CYAML_FLAG_POINTER, struct file_rows, channels, &channel_schema, 0, CHANNELS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_rows, file_fields)};

static bool knows_option(const struct channel *channel, const char *name) {
    for (const char *const *each = channel->option_names; each && *each; each++)
        if (strcmp(*each, name) == 0)
            return true;
    return false;
}

static bool check_options(const struct channel *channel, const struct channel_row *row, const char *path,
    unsigned index, struct error *error) {
    char where[64];
    for (unsigned i = 0; i < row->options_count; i++) {
        snprintf(where, sizeof where, "channels[%u].options[%u].name", index, i);
        if (!knows_option(channel, row->options[i].name))
            return config_refuse(
                path, where, error, "%s has no option \"%s\"", channel->name, row->options[i].name);
    }
    for (unsigned i = 0; i < channel->required; i++) {
        bool there = false;
        for (unsigned k = 0; k < row->options_count; k++)
            there |= strcmp(row->options[k].name, channel->option_names[i]) == 0;
        snprintf(where, sizeof where, "channels[%u]", index);
        if (!there)
            return config_refuse(
                path, where, error, "%s needs the option \"%s\"", channel->name, channel->option_names[i]);
    }
    return true;
}

static const struct channel_row *row_of(const struct channels_file *file, const char *name) {
    for (unsigned i = 0; file->rows && i < file->rows->channels_count; i++)
        if (strcmp(file->rows->channels[i].name, name) == 0)
            return &file->rows->channels[i];
    return NULL;
}

static void use(
    struct channel_use *uses, unsigned *count, const struct channel *channel, const struct channel_row *row) {
    uses[*count] = (struct channel_use){.channel = channel};
    if (row) {
        uses[*count].options = (const struct channel_option *)row->options;
        uses[*count].option_count = row->options_count;
    }
    ++*count;
}

static bool check_rows(const struct channels_file *file, const char *path, struct error *error) {
    for (unsigned i = 0; file->rows && i < file->rows->channels_count; i++) {
        const struct channel_row *row = &file->rows->channels[i];
        char where[32];
        int index = channel_find(row->name);
        snprintf(where, sizeof where, "channels[%u].name", i);
        if (index < 0)
            return config_refuse(path, where, error, "there is no channel \"%s\"", row->name);
        if (row_of(file, row->name) != row)
            return config_refuse(path, where, error, "\"%s\" stands here twice", row->name);
        if (!row->off && !check_options(channel_table[index], row, path, i, error))
            return false;
    }
    return true;
}

/* Local ones first: boxes are filled before anything else is tried. Then in the order of the file. */
static void take_uses(const struct channels_file *file, struct channel_use *uses, unsigned *count) {
    *count = 0;
    for (unsigned i = 0; i < channel_count() && *count < CHANNELS_MAX; i++) {
        const struct channel_row *row = row_of(file, channel_table[i]->name);
        if (channel_table[i]->local && (row ? !row->off : channel_table[i]->always_on))
            use(uses, count, channel_table[i], row);
    }
    for (unsigned i = 0; file->rows && i < file->rows->channels_count && *count < CHANNELS_MAX; i++) {
        const struct channel *channel = channel_table[channel_find(file->rows->channels[i].name)];
        if (!channel->local && !file->rows->channels[i].off)
            use(uses, count, channel, &file->rows->channels[i]);
    }
}

struct channels_file *channels_load(
    const char *folder, struct channel_use uses[CHANNELS_MAX], unsigned *count, struct error *error) {
    char path[CONFIG_PATH_MAX];
    struct channels_file *file = calloc(1, sizeof *file);
    if (!file) {
        error_set(error, "out of memory");
        return NULL;
    }
    bool good = config_path(path, folder, "channels.yaml");
    if (good && access(path, F_OK) == 0)
        good = config_load(path, &file_schema, &file->rows, error);
    if (!good || !check_rows(file, path, error)) {
        channels_free(&file);
        return NULL;
    }
    take_uses(file, uses, count);
    return file;
}

void channels_free(struct channels_file **file) {
    if (!*file)
        return;
    config_free(&file_schema, &(*file)->rows);
    free(*file);
    *file = NULL;
}

const char *channels_console_url(const struct channels_file *file) {
    return file->rows && file->rows->console_url ? file->rows->console_url : "";
}
