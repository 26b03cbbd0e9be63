/* Photos and other files of reports: intake seals them for the site as it seals a report (seal.h), bound to
 * the hash of their content; triage and casework open them for who may read the report's words. */
#pragma once

#include "common/seal.h"
#include "proto/view.pb-c.h"

enum {
    MEDIUM_SHOWN_MAX = 6 << 20 /* bytes of one that is shown: sealed and framed below the 8 MiB of a view */
};

/* Where the seal of these contents belongs. */
struct seal_place medium_place(const uint8_t hash[SEAL_HASH_BYTES]);
/* plain is in the arena. SEAL_BROKEN also when a part is missing. */
enum seal_result medium_open(struct seal_opener *opener, const Sigap__SealedMedium *sealed,
    struct arena *arena, ProtobufCBinaryData *plain);
