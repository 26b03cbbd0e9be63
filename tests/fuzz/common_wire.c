/* Our own reader and writer of messages (common/wire.h) beside protobuf-c: what both can read is the same
 * message, and what protobuf-c has made of anything is read by us, and written as it writes it. */
#include "common/wire.h"
#include "proto/event.pb-c.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 4 << 20 };

static uint8_t *pack(const ProtobufCMessage *message, size_t size) {
    uint8_t *bytes = malloc(size + 1);
    FUZZ_HOLDS(wire_pack(message, bytes, size) == size);
    return bytes;
}

/* What a newer version says protobuf-c keeps and counts in sizes; ours is passed over. */
static size_t size_of(const ProtobufCMessage *message) {
    size_t room = protobuf_c_message_get_packed_size(message) + 1;
    uint8_t *bytes = malloc(room);
    size_t size = wire_pack(message, bytes, room);
    free(bytes);
    return size;
}

static void compare(struct arena *arena, const Sigap__Event *theirs, const uint8_t *bytes, size_t size) {
    size_t packed_size = size_of(&theirs->base);
    uint8_t *packed = pack(&theirs->base, packed_size);
    const Sigap__Event *ours = wire_unpack(&sigap__event__descriptor, arena, bytes, size);
    if (ours) {
        uint8_t *again = pack(&ours->base, packed_size);
        FUZZ_HOLDS(size_of(&ours->base) == packed_size);
        FUZZ_HOLDS(memcmp(again, packed, packed_size) == 0);
        free(again);
    }
    ours = wire_unpack(&sigap__event__descriptor, arena, packed, packed_size);
    FUZZ_HOLDS(ours || arena_exhausted(arena));
    if (ours) {
        uint8_t *canonical = malloc(packed_size + 1);
        FUZZ_HOLDS(protobuf_c_message_get_packed_size(&ours->base) == packed_size);
        protobuf_c_message_pack(&ours->base, canonical);
        FUZZ_HOLDS(memcmp(canonical, packed, packed_size) == 0);
        free(canonical);
    }
    free(packed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct arena *arena = arena_new(ARENA_BYTES);
    Sigap__Event *theirs = sigap__event__unpack(NULL, size, bytes);
    if (theirs)
        compare(arena, theirs, bytes, size);
    else
        wire_unpack(&sigap__event__descriptor, arena, bytes, size);
    if (theirs)
        sigap__event__free_unpacked(theirs, NULL);
    arena_free(&arena);
    return 0;
}
