/* channels.yaml: which channels the site uses, in the order in which they are tried, and where answer links
 * lead. Optional: without it there is the outbox, and messages have no links. Secrets are not in there:
 * options name files in DATA/keys. */
#pragma once

#include "common/error.h"

#include "channel.h"

#include <stdbool.h>

struct channel_use {
    const struct channel *channel;
    const struct channel_option *options;
    unsigned option_count;
};

struct channels_file;

/* Refuses unknown channels and options, and missing ones. uses: those in use, local ones first; those that
 * need no entry are among them unless the file says `off: yes`. NULL with a sentence. */
struct channels_file *channels_load(
    const char *folder, struct channel_use uses[CHANNELS_MAX], unsigned *count, struct error *error);
void channels_free(struct channels_file **file);
/* "https://sigap.example", without a slash behind it; "" when there is none. */
const char *channels_console_url(const struct channels_file *file);
