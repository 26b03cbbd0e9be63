/* Frames are read by hand, not by protobuf-c: it would copy each record into memory of its own, and its
 * unpacking of hostile input is the very place where sizes explode. The format is nevertheless plain protobuf
 * (proto/link.proto); a test reads what this file writes with the generated code, and the other way round. */
#include "common/link.h"

#include "common/wire.h"

#include <string.h>

enum { FRAME_FETCH = 1, FRAME_BATCH = 2, FRAME_DIVERGED = 3, FRAME_REFUSED = 4, BATCH_RECORDS = 5 };

/* Names are our own: lower-case letters, digits, hyphen, underscore. */
static bool read_name(const struct wire_field *field, char name[LINK_NAME_MAX]) {
    if (field->size == 0 || field->size >= LINK_NAME_MAX)
        return false;
    for (size_t i = 0; i < field->size; i++) {
        uint8_t c = field->bytes[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    memcpy(name, field->bytes, field->size);
    name[field->size] = 0;
    return true;
}

static bool read_incarnation(const struct wire_field *field, uint8_t incarnation[LINK_INCARNATION]) {
    if (field->size != LINK_INCARNATION)
        return false;
    memcpy(incarnation, field->bytes, LINK_INCARNATION);
    return true;
}

static bool read_fetch(struct wire cursor, struct link_fetch *fetch) {
    struct wire_field field;
    bool sound = true;
    while (sound && wire_next(&cursor, &field)) {
        switch (field.number) {
        case 1:
            sound = read_name(&field, fetch->consumer);
            break;
        case 2:
            fetch->incarnation_known = field.size > 0;
            sound = field.size == 0 || read_incarnation(&field, fetch->incarnation);
            break;
        case 3:
            fetch->lane = (uint32_t)field.value;
            break;
        case 4:
            fetch->after = field.value;
            break;
        case 5:
            fetch->done = field.value;
            break;
        case 6:
            fetch->credit_bytes = (uint32_t)field.value;
            break;
        case 7:
            fetch->from_now = field.value != 0;
            break;
        }
    }
    return sound && !cursor.bad && fetch->consumer[0] && fetch->lane < LANES;
}

/* Records must lie one behind the other, so that they can be walked without being collected: our own writer
 * puts them last. */
static bool read_batch(struct wire cursor, struct link_batch *batch) {
    struct wire_field field;
    bool sound = true;
    const uint8_t *start = cursor.at;
    while (sound && wire_next(&cursor, &field)) {
        if (batch->records && field.number != BATCH_RECORDS)
            return false;
        switch (field.number) {
        case 1:
            sound = read_name(&field, batch->journal);
            break;
        case 2:
            sound = read_incarnation(&field, batch->incarnation);
            break;
        case 3:
            batch->lane = (uint32_t)field.value;
            break;
        case 4:
            batch->after = field.value;
            break;
        case BATCH_RECORDS:
            if (!batch->records)
                batch->records = start;
            batch->records_size = (size_t)(cursor.at - batch->records);
            break;
        case 6:
            batch->head = field.value;
            break;
        }
        start = cursor.at;
    }
    return sound && !cursor.bad && batch->journal[0] && batch->lane < LANES;
}

static bool read_diverged(struct wire cursor, struct link_batch *batch) {
    struct wire_field field;
    bool sound = true;
    while (sound && wire_next(&cursor, &field)) {
        switch (field.number) {
        case 1:
            sound = read_name(&field, batch->journal);
            break;
        case 2:
            sound = read_incarnation(&field, batch->incarnation);
            break;
        case 3:
            batch->lane = (uint32_t)field.value;
            break;
        case 4:
            batch->after = field.value ? field.value - 1 : 0;
            break;
        case 5:
            batch->head = field.value;
            break;
        }
    }
    return sound && !cursor.bad && batch->lane < LANES;
}

static bool read_refused(struct wire cursor, char reason[128]) {
    struct wire_field field;
    while (wire_next(&cursor, &field)) {
        if (field.number != 1)
            continue;
        size_t size = field.size < 127 ? field.size : 127;
        for (size_t i = 0; i < size; i++)
            reason[i] = field.bytes[i] >= 0x20 && field.bytes[i] < 0x7f ? (char)field.bytes[i] : '?';
        reason[size] = 0;
    }
    return !cursor.bad;
}

void link_read(const void *bytes, size_t size, struct link_frame *out) {
    struct wire cursor = {bytes, (const uint8_t *)bytes + size, false};
    struct wire_field field;
    memset(out, 0, sizeof *out);
    out->kind = LINK_MALFORMED;
    if (size > LINK_FRAME_MAX || !wire_next(&cursor, &field) || !field.bytes || cursor.at != cursor.end)
        return;
    struct wire inner = {field.bytes, field.bytes + field.size, false};
    if (field.number == FRAME_FETCH && read_fetch(inner, &out->fetch))
        out->kind = LINK_FETCH;
    else if (field.number == FRAME_BATCH && read_batch(inner, &out->batch))
        out->kind = LINK_BATCH;
    else if (field.number == FRAME_DIVERGED && read_diverged(inner, &out->batch))
        out->kind = LINK_DIVERGED;
    else if (field.number == FRAME_REFUSED && read_refused(inner, out->reason))
        out->kind = LINK_REFUSED;
}

bool link_next_record(const uint8_t **at, const uint8_t *end, const uint8_t **record, size_t *size) {
    struct wire cursor = {*at, end, false};
    struct wire_field field;
    if (!wire_next(&cursor, &field) || field.number != BATCH_RECORDS || !field.bytes)
        return false;
    *at = cursor.at;
    *record = field.bytes;
    *size = field.size;
    return true;
}

uint32_t link_body_of(const void *record, size_t size) {
    enum { FIRST_BODY = 10 }; /* in event.proto the numbers below are the record's own */
    struct wire cursor = {record, (const uint8_t *)record + size, false};
    struct wire_field field;
    uint32_t body = 0;
    while (wire_next(&cursor, &field))
        if (field.number >= FIRST_BODY)
            body = field.number;
    return cursor.bad ? 0 : body;
}

bool link_causes_passed(const void *record, size_t size,
    bool (*passed)(void *context, const char *journal, size_t journal_size, uint32_t lane, uint64_t sequence),
    void *context) {
    enum { CAUSES = 4 };
    struct wire cursor = {record, (const uint8_t *)record + size, false};
    struct wire_field field, part;
    while (wire_next(&cursor, &field)) {
        if (field.number != CAUSES)
            continue;
        struct wire inner = {field.bytes, field.bytes ? field.bytes + field.size : NULL, !field.bytes};
        struct wire_field journal = {0};
        uint64_t lane = 0, sequence = 0;
        while (!inner.bad && wire_next(&inner, &part)) {
            journal = part.number == 1 ? part : journal;
            lane = part.number == 2 ? part.value : lane;
            sequence = part.number == 3 ? part.value : sequence;
        }
        if (inner.bad ||
            !passed(context, (const char *)journal.bytes, journal.size, (uint32_t)lane, sequence))
            return false;
    }
    return !cursor.bad;
}

/* ---- writing ---- */

static void add_number(struct buffer *out, uint32_t number, uint64_t value) {
    if (value) {
        buffer_add_varint(out, (uint64_t)number << 3 | WIRE_VARINT);
        buffer_add_varint(out, value);
    }
}

static void add_bytes(struct buffer *out, uint32_t number, const void *bytes, size_t size) {
    buffer_add_varint(out, (uint64_t)number << 3 | WIRE_BYTES);
    buffer_add_varint(out, size);
    buffer_add(out, bytes, size);
}

/* Bodies are small; only a batch's records are not, and they are added behind. 256 holds the longest body. */
enum { BODY_BYTES = 256 };

static void add_body(struct buffer *out, uint32_t number, struct buffer *body) {
    add_bytes(out, number, body->bytes, body->size);
    out->failed |= body->failed;
    buffer_free(body);
}

void link_write_fetch(struct buffer *out, const struct link_fetch *fetch) {
    struct buffer body = BUFFER_MAX(BODY_BYTES);
    add_bytes(&body, 1, fetch->consumer, strlen(fetch->consumer));
    if (fetch->incarnation_known)
        add_bytes(&body, 2, fetch->incarnation, LINK_INCARNATION);
    add_number(&body, 3, fetch->lane);
    add_number(&body, 4, fetch->after);
    add_number(&body, 5, fetch->done);
    add_number(&body, 6, fetch->credit_bytes);
    add_number(&body, 7, fetch->from_now);
    add_body(out, FRAME_FETCH, &body);
}

/* A length that is known only at the end: a varint of always five bytes, which every reader takes. */
enum { LENGTH_BYTES = 5 };

size_t link_begin_batch(struct buffer *out, const struct link_batch *header) {
    buffer_add_varint(out, FRAME_BATCH << 3 | WIRE_BYTES);
    size_t mark = out->size;
    buffer_add(out, "\0\0\0\0", LENGTH_BYTES);
    add_bytes(out, 1, header->journal, strlen(header->journal));
    add_bytes(out, 2, header->incarnation, LINK_INCARNATION);
    add_number(out, 3, header->lane);
    add_number(out, 4, header->after);
    add_number(out, 6, header->head);
    return mark;
}

void link_end_batch(struct buffer *out, size_t mark) {
    if (out->failed)
        return;
    size_t length = out->size - mark - LENGTH_BYTES;
    for (size_t i = 0; i < LENGTH_BYTES; i++)
        out->bytes[mark + i] = (uint8_t)((length >> 7 * i & 0x7f) | (i + 1 < LENGTH_BYTES ? 0x80 : 0));
}

void link_write_batch(
    struct buffer *out, const struct link_batch *header, const void *records, size_t records_size) {
    size_t mark = link_begin_batch(out, header);
    buffer_add(out, records, records_size);
    link_end_batch(out, mark);
}

void link_write_diverged(struct buffer *out, const struct link_batch *where) {
    struct buffer body = BUFFER_MAX(BODY_BYTES);
    add_bytes(&body, 1, where->journal, strlen(where->journal));
    add_bytes(&body, 2, where->incarnation, LINK_INCARNATION);
    add_number(&body, 3, where->lane);
    add_number(&body, 4, where->after + 1);
    add_number(&body, 5, where->head);
    add_body(out, FRAME_DIVERGED, &body);
}

void link_write_refused(struct buffer *out, const char *reason) {
    struct buffer body = BUFFER_MAX(BODY_BYTES);
    add_bytes(&body, 1, reason, strnlen(reason, 127));
    add_body(out, FRAME_REFUSED, &body);
}

void link_add_record(struct buffer *out, const void *record, size_t size) {
    add_bytes(out, BATCH_RECORDS, record, size);
}
