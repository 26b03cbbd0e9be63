/* The wire between daemons, proto/link.proto: frames in and out, no sockets. What comes in is hostile until
 * checked: sizes, UTF-8 of names and the order of fields are not trusted. Records are not copied: they point
 * into the frame. */
#pragma once

#include "common/buffer.h"
#include "common/turn.h"

enum {
    LINK_NAME_MAX = 32,
    LINK_INCARNATION = 16,
    LINK_FRAME_MAX = 4 << 20, /* a batch of LINK_CREDIT plus one record of the most a report may be (3 MB) */
    LINK_CREDIT = 512 << 10,  /* asked for in one fetch */
};

enum link_frame_kind { LINK_FETCH, LINK_BATCH, LINK_DIVERGED, LINK_REFUSED, LINK_MALFORMED };

struct link_fetch {
    char consumer[LINK_NAME_MAX];
    uint8_t incarnation[LINK_INCARNATION];
    bool incarnation_known;
    uint32_t lane;
    uint64_t after, done;
    uint32_t credit_bytes;
    bool from_now;
};

struct link_batch {
    char journal[LINK_NAME_MAX];
    uint8_t incarnation[LINK_INCARNATION];
    uint32_t lane;
    uint64_t after, head;
    const uint8_t *records; /* tag, length and bytes of each, one behind the other; inside the frame */
    size_t records_size;
};

struct link_frame {
    enum link_frame_kind kind;
    union {
        struct link_fetch fetch;
        struct link_batch batch; /* also for LINK_DIVERGED: after = oldest kept - 1 */
        char reason[128];
    };
};

void link_read(const void *bytes, size_t size, struct link_frame *out);
/* The next record behind *at; false at the end or when the rest is malformed. */
bool link_next_record(const uint8_t **at, const uint8_t *end, const uint8_t **record, size_t *size);

/* The number of an Event's body, without unpacking it; 0 when there is none. */
uint32_t link_body_of(const void *record, size_t size);

/* The causes of an Event, without unpacking it: calls `passed` for each until it says false. True when all
 * were passed; false also when the record cannot be read. journal is not NUL-terminated. */
bool link_causes_passed(const void *record, size_t size,
    bool (*passed)(void *context, const char *journal, size_t journal_size, uint32_t lane, uint64_t sequence),
    void *context);

void link_write_fetch(struct buffer *out, const struct link_fetch *fetch);
/* header says everything but the records, which are already in wire form. */
void link_write_batch(
    struct buffer *out, const struct link_batch *header, const void *records, size_t records_size);
/* The same in steps: between the two the caller adds the records to `out`. Returns the mark for the end. */
size_t link_begin_batch(struct buffer *out, const struct link_batch *header);
void link_end_batch(struct buffer *out, size_t mark);
void link_write_diverged(struct buffer *out, const struct link_batch *where);
void link_write_refused(struct buffer *out, const char *reason);
/* Appends one record in wire form, as link_write_batch and the journal table hold them. */
void link_add_record(struct buffer *out, const void *record, size_t size);
