/* Messages from and to the wire, by the descriptors that protoc-c makes. Every record is packed once and
 * unpacked by each of its readers, and protobuf-c goes over it twice each way: this is a third of its price.
 * The bytes are the same, and protobuf-c reads and writes them everywhere else; tests hold the two against
 * each other.
 *
 * Hostile here: all that is read, though our own neighbours wrote it. A frame is bounded before it gets here,
 * the arena bounds what is made of it, and no message contains itself. Not taken, as none of ours writes it:
 * a message in one place twice. What a newer version says is passed over. */
#pragma once

#include "common/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- field by field ---- */

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct wire {
    const uint8_t *at, *end;
    bool bad; /* sticky */
};

struct wire_field {
    uint32_t number;
    enum wire_type type;
    uint64_t value;       /* of a varint */
    const uint8_t *bytes; /* of all others; NULL: a varint */
    size_t size;
};

/* False at the end, and when it is bad. */
bool wire_next(struct wire *wire, struct wire_field *field);

/* ---- whole messages ---- */

/* NULL when it cannot be read, or the arena is exhausted. */
void *wire_unpack(
    const ProtobufCMessageDescriptor *kind, struct arena *arena, const void *bytes, size_t size);

enum { WIRE_TOO_LONG = 0 }; /* no message of ours that is sent is empty */

/* Bytes written, or WIRE_TOO_LONG for so little room. */
size_t wire_pack(const ProtobufCMessage *message, void *out, size_t room);

/* Is the message made of what is known here? A new type in proto/ would not be; a test asks for all of them.
 */
bool wire_knows(const ProtobufCMessageDescriptor *kind);
