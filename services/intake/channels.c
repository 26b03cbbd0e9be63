#include "services/intake/channels.h"

#include "common/config.h"
#include "services/intake/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- sources.yaml --- */

struct option_row {
    char *name, *value;
};

struct channel_row {
    char *name, *source;
    bool training, silent;
    struct option_row *options;
    unsigned options_count;
};

struct file_rows {
    char *public_url;
    struct channel_row *channels;
    unsigned channels_count;
};

static const cyaml_schema_field_t option_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct option_row, name, 1, 32),
    CYAML_FIELD_STRING_PTR("value", CYAML_FLAG_POINTER, struct option_row, value, 1, CHANNEL_SECRET_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t option_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct option_row, option_fields)};

static const cyaml_schema_field_t channel_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct channel_row, name, 1, CHANNEL_NAME_MAX),
    CYAML_FIELD_STRING_PTR("source", CYAML_FLAG_POINTER, struct channel_row, source, 1, 24),
    CYAML_FIELD_BOOL("training", CYAML_FLAG_OPTIONAL, struct channel_row, training),
    CYAML_FIELD_BOOL("silent", CYAML_FLAG_OPTIONAL, struct channel_row, silent),
    CYAML_FIELD_SEQUENCE("options", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct channel_row, options,
        &option_schema, 0, CHANNEL_OPTIONS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t channel_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct channel_row, channel_fields)};

static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_STRING_PTR(
        "public_url", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_rows, public_url, 0, 200),
    CYAML_FIELD_SEQUENCE(
        "channels", CYAML_FLAG_POINTER, struct file_rows, channels, &channel_schema, 0, CHANNELS_MAX),
    CYAML_FIELD_END};
static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_rows, file_fields)};

struct intake_channels {
    struct file_rows *rows; /* NULL: there is no file */
    char path[CONFIG_PATH_MAX];
    struct intake_channel list[CHANNELS_MAX];
    size_t count;
    char (*secrets)[CHANNEL_SECRET_MAX + 1]; /* sodium_malloc: one a _file option */
    size_t secret_count;
};

/* --- secrets --- */

static bool ends_with_file(const char *name) {
    size_t size = strlen(name);
    return size > 5 && strcmp(name + size - 5, "_file") == 0;
}

static bool read_first_line(int handle, char *out, size_t out_size) {
    ssize_t got = read(handle, out, out_size - 1);
    if (got <= 0)
        return false;
    out[got] = 0;
    size_t line = strcspn(out, "\r\n");
    bool whole = out[line] || (size_t)got < out_size - 1;
    memset(out + line, 0, out_size - line);
    return line > 0 && whole;
}

static bool make_path(const char *data_dir, const char *file, char *path, size_t room, struct error *error) {
    if (strchr(file, '/') || file[0] == '.' ||
        snprintf(path, room, "%s/keys/%s", data_dir, file) >= (int)room)
        return error_set(error, "\"%s\" is no file name in the keys folder", file);
    return true;
}

static bool read_secret(const char *data_dir, const char *file, char *out, struct error *error) {
    char path[CONFIG_PATH_MAX];
    struct stat facts;
    if (!make_path(data_dir, file, path, sizeof path, error))
        return false;
    int handle = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (handle < 0)
        return error_set(error, "%s: cannot be opened: %s", path, strerror(errno));
    bool good = fstat(handle, &facts) == 0 && (facts.st_mode & 077) == 0; /* all daemons are of one group */
    if (!good)
        error_set(error, "%s: only this daemon's user may read it (chmod 600)", path);
    else if (!read_first_line(handle, out, CHANNEL_SECRET_MAX + 1))
        good = error_set(error, "%s: has no first line, or one over %d bytes", path, CHANNEL_SECRET_MAX);
    close(handle);
    return good;
}

/* Certificates are no secret of one line: the value is where they lie. */
static const char authorities[] = "ca_file";

static bool read_option(
    const char *data_dir, const char *name, const char *file, char *out, struct error *error) {
    if (strcmp(name, authorities) != 0)
        return read_secret(data_dir, file, out, error);
    return make_path(data_dir, file, out, CHANNEL_SECRET_MAX + 1, error) &&
           (access(out, R_OK) == 0 || error_set(error, "%s: cannot be read: %s", out, strerror(errno)));
}

static bool make_room_for_secrets(struct intake_channels *channels, struct error *error) {
    size_t count = 0;
    for (unsigned i = 0; i < channels->rows->channels_count; i++)
        for (unsigned k = 0; k < channels->rows->channels[i].options_count; k++)
            count += ends_with_file(channels->rows->channels[i].options[k].name);
    if (sodium_init() < 0) /* a check of the site comes here first */
        return error_set(error, "libsodium cannot be used");
    channels->secrets = count ? sodium_malloc(count * sizeof *channels->secrets) : NULL;
    return !count || channels->secrets || error_set(error, "out of memory");
}

/* --- rows --- */

static const struct intake_source *source_named(const char *name) {
    for (size_t i = 0; intake_sources[i]; i++)
        if (strcmp(intake_sources[i]->name, name) == 0 && intake_sources[i]->option_names)
            return intake_sources[i];
    return NULL;
}

static bool has_name(const char *const *names, const char *name) {
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static bool is_name(const char *text) {
    for (size_t i = 0; text[i]; i++) {
        bool sign = text[i] == '-' || text[i] == '_' || text[i] == '.';
        if (!(text[i] >= 'a' && text[i] <= 'z') && !(text[i] >= '0' && text[i] <= '9') && !(sign && i > 0))
            return false;
    }
    return true;
}

static bool check_row(const struct intake_channels *channels, unsigned index, struct error *error) {
    const struct channel_row *row = &channels->rows->channels[index];
    const struct intake_source *source = source_named(row->source);
    char where[64];
    snprintf(where, sizeof where, "channels[%u].source", index);
    if (!source)
        return config_refuse(
            channels->path, where, error, "there is no source \"%s\" with channels", row->source);
    snprintf(where, sizeof where, "channels[%u].name", index);
    if (!is_name(row->name))
        return config_refuse(channels->path, where, error, "names have a-z 0-9 . _ - only");
    if (intake_channel_find(channels, source, row->name))
        return config_refuse(channels->path, where, error, "\"%s\" stands here twice", row->name);
    for (unsigned i = 0; i < row->options_count; i++) {
        snprintf(where, sizeof where, "channels[%u].options[%u].name", index, i);
        if (!has_name(source->option_names, row->options[i].name))
            return config_refuse(
                channels->path, where, error, "%s has no option \"%s\"", row->source, row->options[i].name);
    }
    for (size_t k = 0; k < source->options_required; k++) {
        bool there = false;
        for (unsigned i = 0; i < row->options_count; i++)
            there |= strcmp(row->options[i].name, source->option_names[k]) == 0;
        snprintf(where, sizeof where, "channels[%u]", index);
        if (!there)
            return config_refuse(channels->path, where, error, "%s needs the option \"%s\"", row->source,
                source->option_names[k]);
    }
    return true;
}

/* All calls trust the same authorities (web.c). */
static bool check_authorities(const struct intake_channels *channels, unsigned index, struct error *error) {
    const char *own = intake_channel_option(&channels->list[index], authorities), *other;
    char where[64];
    snprintf(where, sizeof where, "channels[%u]", index);
    for (unsigned i = 0; own && i < index; i++)
        if ((other = intake_channel_option(&channels->list[i], authorities)) && strcmp(own, other) != 0)
            return config_refuse(channels->path, where, error, "there is one ca_file for all channels");
    return true;
}

static bool add_channel(
    struct intake_channels *channels, unsigned index, const char *data_dir, struct error *error) {
    const struct channel_row *row = &channels->rows->channels[index];
    if (!check_row(channels, index, error))
        return false;
    struct intake_channel *channel = &channels->list[channels->count++];
    channel->source = source_named(row->source);
    channel->training = row->training;
    channel->silent = row->silent;
    snprintf(channel->name, sizeof channel->name, "%s", row->name);
    snprintf(channel->bot, sizeof channel->bot, "%s.%s", row->source, row->name);
    for (unsigned i = 0; i < row->options_count; i++) {
        const char *value = row->options[i].value;
        if (data_dir && ends_with_file(row->options[i].name)) {
            char *secret = channels->secrets[channels->secret_count++];
            if (!read_option(data_dir, row->options[i].name, value, secret, error))
                return error_prefix(error, "sources.yaml: channel %s", row->name);
            value = secret;
        }
        channel->options[channel->option_count].name = row->options[i].name;
        channel->options[channel->option_count++].value = value;
    }
    return check_authorities(channels, index, error);
}

struct intake_channels *intake_channels_load(
    const char *site_dir, const char *data_dir, struct error *error) {
    struct intake_channels *channels = calloc(1, sizeof *channels);
    if (!channels) {
        error_set(error, "out of memory");
        return NULL;
    }
    bool good = config_path(channels->path, site_dir, "sources.yaml");
    if (good && access(channels->path, F_OK) == 0)
        good = config_load(channels->path, &file_schema, &channels->rows, error) &&
               make_room_for_secrets(channels, error);
    for (unsigned i = 0; good && channels->rows && i < channels->rows->channels_count; i++)
        good = add_channel(channels, i, data_dir, error);
    if (!good)
        intake_channels_free(&channels);
    return channels;
}

void intake_channels_free(struct intake_channels **channels) {
    if (!*channels)
        return;
    config_free(&file_schema, &(*channels)->rows);
    sodium_free((*channels)->secrets);
    free(*channels);
    *channels = NULL;
}

const struct intake_channel *intake_channel_find(
    const struct intake_channels *channels, const struct intake_source *source, const char *name) {
    for (size_t i = 0; i < channels->count; i++)
        if (channels->list[i].source == source && strcmp(channels->list[i].name, name) == 0)
            return &channels->list[i];
    return NULL;
}

const struct intake_channel *intake_channel_of_bot(const struct intake_channels *channels, const char *bot) {
    for (size_t i = 0; i < channels->count; i++)
        if (strcmp(channels->list[i].bot, bot) == 0)
            return &channels->list[i];
    return NULL;
}

const char *intake_channel_option(const struct intake_channel *channel, const char *name) {
    size_t size = strlen(name);
    for (size_t i = 0; channel && i < channel->option_count; i++) {
        const char *given = channel->options[i].name;
        if (strncmp(given, name, size) == 0 && (!given[size] || strcmp(given + size, "_file") == 0))
            return channel->options[i].value;
    }
    return NULL;
}

const char *intake_channels_public_url(const struct intake_channels *channels) {
    return channels->rows && channels->rows->public_url ? channels->rows->public_url : "";
}

const struct intake_channel *intake_channel_at(const struct intake_channels *channels, size_t index) {
    return index < channels->count ? &channels->list[index] : NULL;
}
