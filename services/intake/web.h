/* Calls to platforms, after the commit: telling a reporter, fetching a medium. Here is no decision; what
 * shall be done is a row (outgoing.c, media.c), its result an input of a later turn.
 *
 * Every call: https, an address of the public internet after its name was resolved, unless the channel's
 * options `networks` and `plain` say otherwise; up to 3 redirects, each a call with the same checks and, when
 * the host is another, without the secrets. */
#pragma once

#include "common/daemon.h"
#include "services/intake/state.h"

enum intake_effect { EFFECT_TELL = 1, EFFECT_FETCH = 2, EFFECT_TIDY = 5 };

/* How a call ended. */
enum web_outcome {
    WEB_UNKNOWN = -1, /* EFFECT_UNKNOWN */
    WEB_DONE = 0,
    WEB_AGAIN = 1, /* busy, not reached; a medium also without the right secret: later */
    WEB_NEVER = 2  /* refused: this address, this medium, for words this secret */
};

enum { WEB_CHAT_MAX = 256, WEB_TEXT_MAX = 4096, WEB_REFERENCE_MAX = 2048, WEB_MEDIUM_MAX = 16 << 20 };

/* What the effects carry. */
struct web_tell {
    char bot[64], chat[WEB_CHAT_MAX + 1], text[WEB_TEXT_MAX + 1];
};
struct web_fetch {
    char bot[64], reference[WEB_REFERENCE_MAX + 1];
};

/* Files of media that are past their time, or, with a count of 0, all that no row can speak of any more. */
enum { WEB_TIDY_MAX = 128 };
struct web_tidy {
    int64_t before_ms; /* epoch; a file written later stays: the picture has come again */
    size_t count;
    uint8_t hashes[WEB_TIDY_MAX][SEAL_HASH_BYTES];
};

/* result->bytes of a medium that was fetched: it lies sealed in DATA/intake/media/<hash>. */
struct web_medium {
    uint8_t hash[SEAL_HASH_BYTES];
    int64_t size_bytes;
    char type[32]; /* by its content, never by its name */
};

/* True without anything when the site has no channels. */
bool intake_web_open(struct intake *intake, struct daemon_loop *loop, struct error *error);
void intake_web_perform(struct intake *intake, const struct effect *effect);
void intake_web_close(struct intake *intake);

/* Deletes files of the folder; how many. Blocks: on a thread. */
unsigned intake_media_tidy(const char *folder, const struct web_tidy *what);
/* "image/jpeg" ... by the first bytes; "application/octet-stream". */
const char *intake_type_of(const void *bytes, size_t size);
