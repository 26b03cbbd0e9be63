/* Ids: 128 bits in the order of their making, so that B-trees are appended to at their right edge (a random
 * key costs 3 to 10 times as much at 5 million rows): 48 bits of epoch milliseconds, 16 that count the inputs
 * (all of a turn have one time, and in a table of long rows each row between two others costs three pages),
 * 64 that are random or derived from an input. Shown as 26 characters of Crockford's base 32, like a ULID. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { ID_BYTES = 16, ID_TEXT = 26 };

struct id {
    uint8_t bytes[ID_BYTES];
};

/* Time part at_ms (epoch ms, UTC), the rest from tail. */
struct id id_make(int64_t at_ms, const uint8_t tail[10]);
/* The first two bytes of tail give way to the low 16 bits of place: ids of one time are in the order of it.
 */
struct id id_make_placed(int64_t at_ms, uint64_t place, const uint8_t tail[10]);
/* The same position and ordinal give the same id: a replay makes what it made before. Hash: BLAKE2b
 * (libsodium). Of one time and lane they are in the order of sequence. */
struct id id_derive(
    int64_t at_ms, const uint8_t incarnation[16], uint32_t lane, uint64_t sequence, uint32_t ordinal);
int64_t id_time(const struct id *id);
static inline bool id_equal(const struct id *a, const struct id *b) {
    return memcmp(a, b, sizeof *a) == 0;
}
static inline bool id_is_null(const struct id *id) {
    return id_equal(id, &(struct id){{0}});
}
/* From the bytes of a protobuf field; false (and a null id) when there are not exactly 16. */
bool id_from_bytes(const void *bytes, size_t size, struct id *out);
void id_to_text(const struct id *id, char text[ID_TEXT + 1]);
/* Accepts lower case; false when it is no id. */
bool id_from_text(const char *text, struct id *out);
