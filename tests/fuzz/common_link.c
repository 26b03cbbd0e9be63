/* The wire between daemons: frames and the hand-read fields of a record (common/link.h). What we read by hand
 * must be what the generated code reads, and what we write must come back. */
#include "common/link.h"
#include "proto/link.pb-c.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

struct seen {
    const Sigap__Event *event;
    size_t count;
};

static bool same_cause(
    void *context, const char *journal, size_t journal_size, uint32_t lane, uint64_t sequence) {
    struct seen *seen = context;
    FUZZ_HOLDS(seen->count < seen->event->n_causes);
    const Sigap__Cause *cause = seen->event->causes[seen->count++];
    FUZZ_HOLDS(strlen(cause->journal) == journal_size);
    FUZZ_HOLDS(journal_size == 0 || memcmp(cause->journal, journal, journal_size) == 0);
    FUZZ_HOLDS(cause->lane == lane && cause->sequence == sequence);
    return true;
}

static bool any_cause(
    void *context, const char *journal, size_t journal_size, uint32_t lane, uint64_t sequence) {
    uint64_t *sum = context;
    for (size_t i = 0; i < journal_size; i++)
        *sum += (uint8_t)journal[i];
    *sum += lane + sequence;
    return true;
}

/* What a newer version says the generated code keeps, with numbers that are none as well; we pass it over. */
static void forget_unknown(ProtobufCMessage *message) {
    for (unsigned i = 0; i < message->n_unknown_fields; i++)
        free(message->unknown_fields[i].data);
    free(message->unknown_fields);
    message->unknown_fields = NULL;
    message->n_unknown_fields = 0;
}

/* What the generated code makes of a record, packed again, is read the same by hand. */
static void read_record(const uint8_t *record, size_t size) {
    uint64_t sum = 0;
    link_body_of(record, size);
    link_causes_passed(record, size, any_cause, &sum);
    Sigap__Event *event = sigap__event__unpack(NULL, size, record);
    if (!event)
        return;
    forget_unknown(&event->base);
    for (size_t i = 0; i < event->n_causes; i++)
        forget_unknown(&event->causes[i]->base);
    uint8_t *packed = malloc(sigap__event__get_packed_size(event) + 1);
    size_t packed_size = sigap__event__pack(event, packed);
    struct seen seen = {event, 0};
    FUZZ_HOLDS(link_body_of(packed, packed_size) == (uint32_t)event->body_case);
    FUZZ_HOLDS(link_causes_passed(packed, packed_size, same_cause, &seen));
    FUZZ_HOLDS(seen.count == event->n_causes);
    free(packed);
    sigap__event__free_unpacked(event, NULL);
}

static void check_batch(const struct link_batch *batch) {
    const uint8_t *at = batch->records, *end = at ? at + batch->records_size : NULL, *record;
    size_t size;
    while (at && link_next_record(&at, end, &record, &size)) {
        FUZZ_HOLDS(record >= batch->records && record + size <= end);
        read_record(record, size);
    }
}

/* A frame written from what was read says the same. */
static void write_again(const struct link_frame *frame) {
    struct buffer out = BUFFER_MAX(LINK_FRAME_MAX + 4096);
    struct link_frame again;
    switch (frame->kind) {
    case LINK_FETCH:
        link_write_fetch(&out, &frame->fetch);
        break;
    case LINK_BATCH:
        link_write_batch(&out, &frame->batch, frame->batch.records, frame->batch.records_size);
        break;
    case LINK_DIVERGED:
        link_write_diverged(&out, &frame->batch);
        break;
    case LINK_REFUSED:
        link_write_refused(&out, frame->reason);
        break;
    case LINK_MALFORMED:
        return;
    }
    FUZZ_HOLDS(!out.failed);
    link_read(out.bytes, out.size, &again);
    if (frame->kind == LINK_DIVERGED && !frame->batch.journal[0])
        FUZZ_HOLDS(again.kind == LINK_MALFORMED); /* an empty name is written as one, and read as none */
    else if (out.size <= LINK_FRAME_MAX)
        FUZZ_HOLDS(again.kind == frame->kind);
    if (again.kind == LINK_FETCH && frame->fetch.incarnation_known) /* else nobody looks at it */
        FUZZ_HOLDS(memcmp(&again.fetch, &frame->fetch, sizeof again.fetch) == 0);
    if (again.kind == LINK_BATCH)
        FUZZ_HOLDS(again.batch.after == frame->batch.after && again.batch.head == frame->batch.head &&
                   again.batch.records_size == frame->batch.records_size);
    buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct link_frame frame;
    link_read(bytes, size, &frame);
    if (frame.kind == LINK_BATCH)
        check_batch(&frame.batch);
    write_again(&frame);
    read_record(bytes, size);
    return 0;
}
