#include "common/wire.h"

#include <string.h>

/* ---- field by field ---- */

/* What has no end here, or none within ten bytes, is bad. What a tenth byte holds beyond 64 bits is dropped,
 * as protobuf-c does. */
static uint64_t read_long_varint(struct wire *wire) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && wire->at < wire->end; shift += 7) {
        uint8_t byte = *wire->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    wire->bad = true;
    return 0;
}

/* Nearly all are one byte. */
static inline uint64_t read_varint(struct wire *wire) {
    return wire->at < wire->end && *wire->at < 0x80 ? *wire->at++ : read_long_varint(wire);
}

static inline bool take(struct wire *wire, uint64_t size, struct wire_field *field) {
    if (wire->bad || size > (uint64_t)(wire->end - wire->at))
        return !(wire->bad = true);
    field->bytes = wire->at;
    field->size = (size_t)size;
    wire->at += size;
    return true;
}

static inline __attribute__((always_inline)) bool next(struct wire *wire, struct wire_field *field) {
    enum { NUMBER_MAX = 536870911 };
    if (wire->bad || wire->at >= wire->end)
        return false;
    uint64_t tag = read_varint(wire);
    field->number = (uint32_t)(tag >> 3);
    field->type = (enum wire_type)(tag & 7);
    field->value = 0;
    field->bytes = NULL;
    field->size = 0;
    if (tag >> 3 == 0 || tag >> 3 > NUMBER_MAX)
        return !(wire->bad = true);
    if (field->type == WIRE_BYTES)
        return take(wire, read_varint(wire), field);
    if (field->type == WIRE_VARINT) {
        field->value = read_varint(wire);
        return !wire->bad;
    }
    if (field->type == WIRE_FIXED64 || field->type == WIRE_FIXED32)
        return take(wire, field->type == WIRE_FIXED64 ? 8 : 4, field);
    return !(wire->bad = true);
}

bool wire_next(struct wire *wire, struct wire_field *field) {
    return next(wire, field);
}

/* ---- what messages are made of ---- */

typedef ProtobufCFieldDescriptor member_kind;

static bool is_message(const member_kind *member) {
    return member->type == PROTOBUF_C_TYPE_MESSAGE;
}

static bool is_one_of(const member_kind *member) {
    return member->flags & PROTOBUF_C_FIELD_FLAG_ONEOF;
}

static enum wire_type type_of(const member_kind *member) {
    switch ((int)member->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return WIRE_BYTES;
    case PROTOBUF_C_TYPE_DOUBLE:
        return WIRE_FIXED64;
    default:
        return WIRE_VARINT;
    }
}

static bool is_known(const member_kind *member) {
    switch ((int)member->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
        return wire_knows(member->descriptor);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
        return true;
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return member->label == PROTOBUF_C_LABEL_NONE; /* none of ours is repeated */
    default:
        return false;
    }
}

bool wire_knows(const ProtobufCMessageDescriptor *kind) {
    for (unsigned i = 0; i < kind->n_fields; i++) {
        const member_kind *member = &kind->fields[i];
        bool labelled = member->label == PROTOBUF_C_LABEL_NONE || member->label == PROTOBUF_C_LABEL_REPEATED;
        if (!labelled || !is_known(member))
            return false;
    }
    return true;
}

/* ---- unpacking ---- */

/* Fields come in the order of their numbers, as a rule: *place is where the last one was. */
static const member_kind *find(const ProtobufCMessageDescriptor *kind, uint32_t number, unsigned *place) {
    for (unsigned i = *place; i < kind->n_fields && i < *place + 2; i++)
        if (kind->fields[i].id == number) {
            *place = i;
            return &kind->fields[i];
        }
    const member_kind *found = protobuf_c_message_descriptor_get_field(kind, number);
    if (found)
        *place = (unsigned)(found - kind->fields);
    return found;
}

static bool read_text(const struct wire_field *field, struct arena *arena, char **out) {
    *out = arena_bytes(arena, field->bytes, field->size);
    return *out != NULL;
}

static bool read_bytes(const struct wire_field *field, struct arena *arena, ProtobufCBinaryData *out) {
    out->len = field->size;
    out->data = field->size ? (uint8_t *)arena_bytes(arena, field->bytes, field->size) : NULL;
    return out->data || !field->size;
}

static bool read_value(
    const member_kind *member, const struct wire_field *field, struct arena *arena, void *out) {
    switch ((int)member->type) {
    case PROTOBUF_C_TYPE_STRING:
        return read_text(field, arena, out);
    case PROTOBUF_C_TYPE_BYTES:
        return read_bytes(field, arena, out);
    case PROTOBUF_C_TYPE_MESSAGE:
        *(void **)out = wire_unpack(member->descriptor, arena, field->bytes, field->size);
        return *(void **)out != NULL;
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)out = field->value != 0;
        return true;
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_UINT32:
        *(uint32_t *)out = (uint32_t)field->value;
        return true;
    case PROTOBUF_C_TYPE_DOUBLE:
        memcpy(out, field->bytes, sizeof(double));
        return true;
    default: /* 64 bits */
        *(uint64_t *)out = field->value;
        return true;
    }
}

static size_t room_of(const member_kind *member) {
    return member->type == PROTOBUF_C_TYPE_BYTES ? sizeof(ProtobufCBinaryData) : sizeof(void *);
}

/* How many of a number there are from here on. */
static size_t count_of(struct wire wire, uint32_t number) {
    struct wire_field field;
    size_t count = 0;
    while (next(&wire, &field))
        count += field.number == number;
    return count;
}

/* The place of the next one in the list, which is made for all of them with the first. NULL: the arena is
 * exhausted. */
static void *next_place(
    const member_kind *member, const struct wire *behind, struct arena *arena, char *message) {
    size_t *count = (size_t *)(message + member->quantifier_offset);
    char **list = (char **)(message + member->offset);
    if (!*list)
        *list = arena_take(arena, (1 + count_of(*behind, member->id)) * room_of(member));
    return *list ? *list + (*count)++ * room_of(member) : NULL;
}

static bool read_member(const member_kind *member, const struct wire_field *field, const struct wire *behind,
    struct arena *arena, char *message) {
    void *place = message + member->offset;
    if (field->type != type_of(member))
        return false;
    if (member->label == PROTOBUF_C_LABEL_REPEATED) {
        place = next_place(member, behind, arena, message);
        return place && read_value(member, field, arena, place);
    }
    bool there = true;
    if (is_one_of(member)) {
        uint32_t *which = (uint32_t *)(message + member->quantifier_offset);
        there = *which == member->id;
        *which = member->id;
    }
    if (there && is_message(member) && *(void **)place)
        return false; /* a second one */
    return read_value(member, field, arena, place);
}

void *wire_unpack(
    const ProtobufCMessageDescriptor *kind, struct arena *arena, const void *bytes, size_t size) {
    struct wire wire = {bytes, (const uint8_t *)bytes + size, false};
    struct wire_field field;
    unsigned place = 0;
    char *message = arena_take(arena, kind->sizeof_message);
    if (!message)
        return NULL;
    kind->message_init((ProtobufCMessage *)message);
    while (next(&wire, &field)) {
        const member_kind *member = find(kind, field.number, &place);
        if (member && !read_member(member, &field, &wire, arena, message))
            return NULL;
    }
    return wire.bad ? NULL : message;
}

/* ---- packing ---- */

struct out {
    uint8_t *at, *end;
    bool full; /* sticky */
};

enum { VARINT_MAX = 10 };

static size_t varint_size(uint64_t value) {
    size_t size = 1;
    while (value >>= 7)
        size++;
    return size;
}

static uint8_t *write_varint(uint8_t *at, uint64_t value) {
    for (; value > 0x7f; value >>= 7)
        *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    return at;
}

static bool has_room(struct out *out, size_t size) {
    out->full |= (size_t)(out->end - out->at) < size;
    return !out->full;
}

static void put_varint(struct out *out, uint64_t value) {
    bool plenty = out->end - out->at >= VARINT_MAX;
    if (plenty || has_room(out, varint_size(value)))
        out->at = write_varint(out->at, value);
}

static void put_bytes(struct out *out, const void *bytes, size_t size) {
    put_varint(out, size);
    if (size && has_room(out, size)) {
        memcpy(out->at, bytes, size);
        out->at += size;
    }
}

static void put_members(struct out *out, const ProtobufCMessage *message);

/* Its length is known when it is written: nearly always one byte, else it moves on. */
static void put_message(struct out *out, const ProtobufCMessage *message) {
    if (!has_room(out, 1))
        return;
    uint8_t *start = ++out->at;
    put_members(out, message);
    size_t size = (size_t)(out->at - start), more = varint_size(size) - 1;
    if (out->full || !has_room(out, more))
        return;
    if (more)
        memmove(start + more, start, size);
    write_varint(start - 1, size);
    out->at += more;
}

static void put_value(struct out *out, const member_kind *member, const void *value) {
    put_varint(out, (uint64_t)member->id << 3 | type_of(member));
    switch ((int)member->type) {
    case PROTOBUF_C_TYPE_STRING:
        put_bytes(out, *(char *const *)value, strlen(*(char *const *)value));
        break;
    case PROTOBUF_C_TYPE_BYTES:
        put_bytes(out, ((const ProtobufCBinaryData *)value)->data, ((const ProtobufCBinaryData *)value)->len);
        break;
    case PROTOBUF_C_TYPE_MESSAGE:
        put_message(out, *(ProtobufCMessage *const *)value);
        break;
    case PROTOBUF_C_TYPE_BOOL:
        put_varint(out, *(const protobuf_c_boolean *)value != 0);
        break;
    case PROTOBUF_C_TYPE_ENUM: { /* negative ones take ten bytes */
        int32_t number = *(const int32_t *)value;
        put_varint(out, (uint64_t)(int64_t)number);
        break;
    }
    case PROTOBUF_C_TYPE_UINT32:
        put_varint(out, *(const uint32_t *)value);
        break;
    case PROTOBUF_C_TYPE_DOUBLE:
        if (has_room(out, sizeof(double))) {
            memcpy(out->at, value, sizeof(double));
            out->at += sizeof(double);
        }
        break;
    default: /* 64 bits */
        put_varint(out, *(const uint64_t *)value);
        break;
    }
}

/* What is nothing is not said. */
static bool is_nothing(const member_kind *member, const void *value) {
    switch ((int)member->type) {
    case PROTOBUF_C_TYPE_STRING:
        return !*(char *const *)value || !**(char *const *)value;
    case PROTOBUF_C_TYPE_MESSAGE:
        return !*(void *const *)value;
    case PROTOBUF_C_TYPE_BYTES:
        return !((const ProtobufCBinaryData *)value)->data || !((const ProtobufCBinaryData *)value)->len;
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_UINT32:
        return !*(const uint32_t *)value;
    case PROTOBUF_C_TYPE_DOUBLE:
        return *(const double *)value == 0;
    default: /* 64 bits */
        return !*(const uint64_t *)value;
    }
}

/* Of several in one place: said even where it is nothing. */
static bool is_chosen(const member_kind *member, const char *message) {
    bool pointed = is_message(member) || member->type == PROTOBUF_C_TYPE_STRING;
    return *(const uint32_t *)(message + member->quantifier_offset) == member->id &&
           (!pointed || *(void *const *)(message + member->offset));
}

static void put_list(struct out *out, const member_kind *member, const char *message) {
    size_t count = *(const size_t *)(message + member->quantifier_offset);
    const char *list = *(char *const *)(message + member->offset);
    for (size_t i = 0; i < count; i++)
        put_value(out, member, list + i * room_of(member));
}

static void put_members(struct out *out, const ProtobufCMessage *message) {
    const char *base = (const char *)message;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const member_kind *member = &message->descriptor->fields[i];
        const void *value = base + member->offset;
        if (member->label == PROTOBUF_C_LABEL_REPEATED)
            put_list(out, member, base);
        else if (is_one_of(member) ? is_chosen(member, base) : !is_nothing(member, value))
            put_value(out, member, value);
    }
}

size_t wire_pack(const ProtobufCMessage *message, void *bytes, size_t room) {
    struct out out = {bytes, (uint8_t *)bytes + room, false};
    put_members(&out, message);
    return out.full ? WIRE_TOO_LONG : (size_t)(out.at - (uint8_t *)bytes);
}
