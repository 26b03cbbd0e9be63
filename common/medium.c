#include "common/medium.h"

#include <string.h>

struct seal_place medium_place(const uint8_t hash[SEAL_HASH_BYTES]) {
    struct seal_place place = {.field = "medium"};
    memcpy(place.record.bytes, hash, sizeof place.record.bytes);
    return place;
}

enum seal_result medium_open(struct seal_opener *opener, const Sigap__SealedMedium *sealed,
    struct arena *arena, ProtobufCBinaryData *plain) {
    const Sigap__Sealed *content = sealed->content;
    if (!content || sealed->hash.len != SEAL_HASH_BYTES)
        return SEAL_BROKEN;
    struct seal_place place = medium_place(sealed->hash.data);
    const struct sealed_report whole = {content->session, content->key, content->data};
    return seal_open_report(opener, &place, &whole, arena, plain);
}
