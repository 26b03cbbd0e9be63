/* sources.yaml of a site: the accounts on platforms that send us webhooks (a Telegram bot, a WhatsApp
 * number), with their secrets. Optional: without it there are the doors that need no more than a bot's token.
 *
 * An option whose name ends in _file names a file in DATA/keys that only this user may read; its first line
 * is the value, asked for by the name without _file. Secrets never stand in sources.yaml itself. Only
 * ca_file is the path of that file, and the same for all channels. */
#pragma once

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    CHANNELS_MAX = 64,
    CHANNEL_NAME_MAX = 32, /* a-z 0-9 . _ - */
    CHANNEL_OPTIONS_MAX = 16,
    CHANNEL_SECRET_MAX = 512
};

struct intake_source;
struct intake_channels;

struct intake_channel {
    char name[CHANNEL_NAME_MAX + 1]; /* stands in the path of its webhook */
    char bot[64];                    /* "telegram.piket": what its reports say they came from */
    const struct intake_source *source;
    bool training; /* whatever comes in here is training */
    bool silent;   /* its reporters are never written to */
    struct {
        const char *name, *value;
    } options[CHANNEL_OPTIONS_MAX];
    size_t option_count;
};

/* data_dir NULL: the file is checked, secrets are not read (`sigapctl check`). NULL with a sentence. */
struct intake_channels *intake_channels_load(const char *site_dir, const char *data_dir, struct error *error);
/* Wipes the secrets. */
void intake_channels_free(struct intake_channels **channels);
/* NULL: this source has no such channel. */
const struct intake_channel *intake_channel_find(
    const struct intake_channels *channels, const struct intake_source *source, const char *name);
/* By its place from 0; NULL behind the last. */
const struct intake_channel *intake_channel_at(const struct intake_channels *channels, size_t index);
/* By the name its reports carry, NULL: gone since. */
const struct intake_channel *intake_channel_of_bot(const struct intake_channels *channels, const char *bot);
/* The value, or NULL. For "token_file" ask for "token". */
const char *intake_channel_option(const struct intake_channel *channel, const char *name);
/* "https://sigap.example", without a slash behind it: how the platforms see us; "" when it is not said. */
const char *intake_channels_public_url(const struct intake_channels *channels);
