/* The wire between daemons: what link.c writes by hand is plain protobuf and the other way round; hostile
 * frames are refused whatever byte is wrong. */
#include "common/link.h"
#include "proto/link.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t incarnation[LINK_INCARNATION] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static struct link_fetch some_fetch(void) {
    struct link_fetch fetch = {.consumer = "router",
        .incarnation_known = true,
        .lane = 1,
        .after = UINT64_C(1) << 40,
        .done = 77,
        .credit_bytes = LINK_CREDIT,
        .from_now = true};
    memcpy(fetch.incarnation, incarnation, sizeof incarnation);
    return fetch;
}

static struct link_batch some_batch(void) {
    struct link_batch batch = {.journal = "triage", .lane = 1, .after = 300, .head = 305};
    memcpy(batch.incarnation, incarnation, sizeof incarnation);
    return batch;
}

static Sigap__LinkFrame *unpack(const struct buffer *wire) {
    Sigap__LinkFrame *frame = sigap__link_frame__unpack(NULL, wire->size, wire->bytes);
    assert_non_null(frame);
    return frame;
}

/* ---- both ways ---- */

static void a_fetch_is_plain_protobuf(void **state) {
    (void)state;
    struct link_fetch fetch = some_fetch();
    struct buffer wire = BUFFER_MAX(4096);
    struct link_frame back;
    link_write_fetch(&wire, &fetch);
    Sigap__LinkFrame *frame = unpack(&wire);
    assert_int_equal(frame->body_case, SIGAP__LINK_FRAME__BODY_FETCH);
    assert_string_equal(frame->fetch->consumer, "router");
    assert_memory_equal(frame->fetch->incarnation.data, incarnation, sizeof incarnation);
    assert_int_equal(frame->fetch->lane, 1);
    assert_int_equal(frame->fetch->after, fetch.after);
    assert_int_equal(frame->fetch->done, 77);
    assert_int_equal(frame->fetch->credit_bytes, LINK_CREDIT);
    assert_true(frame->fetch->from_now);
    sigap__link_frame__free_unpacked(frame, NULL);
    link_read(wire.bytes, wire.size, &back);
    assert_int_equal(back.kind, LINK_FETCH);
    assert_memory_equal(&back.fetch, &fetch, sizeof fetch);
    buffer_free(&wire);
}

static void a_batch_is_plain_protobuf(void **state) {
    (void)state;
    struct link_batch batch = some_batch();
    struct buffer records = BUFFER_MAX(4096), wire = BUFFER_MAX(4096);
    static const char *const texts[] = {"one", "", "a third record"};
    for (size_t i = 0; i < 3; i++)
        link_add_record(&records, texts[i], strlen(texts[i]));
    link_write_batch(&wire, &batch, records.bytes, records.size);
    Sigap__LinkFrame *frame = unpack(&wire);
    assert_int_equal(frame->body_case, SIGAP__LINK_FRAME__BODY_BATCH);
    assert_int_equal(frame->batch->n_records, 3);
    assert_memory_equal(frame->batch->records[2].data, texts[2], strlen(texts[2]));
    assert_int_equal(frame->batch->head, 305);
    sigap__link_frame__free_unpacked(frame, NULL);
    struct link_frame back;
    link_read(wire.bytes, wire.size, &back);
    assert_int_equal(back.kind, LINK_BATCH);
    assert_string_equal(back.batch.journal, "triage");
    assert_int_equal(back.batch.after, 300);
    const uint8_t *at = back.batch.records, *end = at + back.batch.records_size, *record;
    size_t size;
    for (size_t i = 0; i < 3; i++) {
        assert_true(link_next_record(&at, end, &record, &size));
        assert_int_equal(size, strlen(texts[i]));
        assert_memory_equal(record, texts[i], size);
    }
    assert_false(link_next_record(&at, end, &record, &size));
    buffer_free(&records);
    buffer_free(&wire);
}

static void what_protobuf_packs_is_read(void **state) {
    (void)state;
    Sigap__LinkFrame frame = SIGAP__LINK_FRAME__INIT;
    Sigap__Diverged diverged = SIGAP__DIVERGED__INIT;
    uint8_t bytes[256];
    struct link_frame back;
    diverged.journal = (char *)"intake";
    diverged.incarnation = (ProtobufCBinaryData){sizeof incarnation, (uint8_t *)incarnation};
    diverged.oldest = 12;
    diverged.head = 40;
    frame.body_case = SIGAP__LINK_FRAME__BODY_DIVERGED;
    frame.diverged = &diverged;
    link_read(bytes, sigap__link_frame__pack(&frame, bytes), &back);
    assert_int_equal(back.kind, LINK_DIVERGED);
    assert_string_equal(back.batch.journal, "intake");
    assert_int_equal(back.batch.after, 11);
    assert_int_equal(back.batch.head, 40);
    Sigap__Refused refused = SIGAP__REFUSED__INIT;
    refused.reason = (char *)"not \x1b[31m a \xc3\xa9 reader";
    frame.body_case = SIGAP__LINK_FRAME__BODY_REFUSED;
    frame.refused = &refused;
    link_read(bytes, sigap__link_frame__pack(&frame, bytes), &back);
    assert_int_equal(back.kind, LINK_REFUSED);
    assert_string_equal(back.reason, "not ?[31m a ?? reader"); /* goes into the log: no control characters */
}

static void diverged_and_refused_come_back(void **state) {
    (void)state;
    struct link_batch where = some_batch();
    struct buffer wire = BUFFER_MAX(4096);
    struct link_frame back;
    link_write_diverged(&wire, &where);
    link_read(wire.bytes, wire.size, &back);
    assert_int_equal(back.kind, LINK_DIVERGED);
    assert_int_equal(back.batch.after, 300);
    buffer_clear(&wire, 4096);
    link_write_refused(&wire, "no");
    link_read(wire.bytes, wire.size, &back);
    assert_int_equal(back.kind, LINK_REFUSED);
    buffer_free(&wire);
}

/* ---- hostile ---- */

static void malformed_frames_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *why;
        uint8_t bytes[48];
        size_t size;
    } cases[] = {
        {"nothing", {0}, 0},
        {"a number, no body", {0x08, 1}, 2},
        {"field number 0", {0x02, 0}, 2},
        {"an unknown body", {0x2a, 0}, 2},
        {"wire type 3", {0x0b}, 1},
        {"wire type 7", {0x0f}, 1},
        {"length beyond the end", {0x0a, 5, 1}, 3},
        {"length that never ends",
            {0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 13},
        {"something behind the body", {0x0a, 3, 0x0a, 1, 'a', 0x0a, 0}, 7},
        {"a fetch without a name", {0x0a, 2, 0x18, 1}, 4},
        {"an empty name", {0x0a, 2, 0x0a, 0}, 4},
        {"a name with a slash", {0x0a, 5, 0x0a, 3, 'a', '/', 'b'}, 7},
        {"a name with a NUL", {0x0a, 5, 0x0a, 3, 'a', 0, 'b'}, 7},
        {"a name in capitals", {0x0a, 3, 0x0a, 1, 'A'}, 5},
        {"lane 2", {0x0a, 5, 0x0a, 1, 'a', 0x18, 2}, 7},
        {"a short incarnation", {0x0a, 6, 0x0a, 1, 'a', 0x12, 1, 9}, 8},
        {"a batch without a journal", {0x12, 2, 0x18, 1}, 4},
        {"a batch whose records are not together", {0x12, 9, 0x0a, 1, 'a', 0x2a, 0, 0x20, 1, 0x2a, 0}, 11},
    };
    struct link_frame out;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t *copy = malloc(cases[i].size + 1); /* so that reading beyond the end is seen */
        memcpy(copy, cases[i].bytes, cases[i].size);
        copy = realloc(copy, cases[i].size ? cases[i].size : 1);
        link_read(copy, cases[i].size, &out);
        free(copy);
        if (out.kind != LINK_MALFORMED)
            fail_msg("taken: %s", cases[i].why);
    }
}

static void a_frame_over_the_limit_is_refused(void **state) {
    (void)state;
    uint8_t *bytes = calloc(1, LINK_FRAME_MAX + 16);
    struct link_frame out;
    link_read(bytes, LINK_FRAME_MAX + 1, &out);
    assert_int_equal(out.kind, LINK_MALFORMED);
    free(bytes);
}

/* Every byte of sound frames changed to every value, and every length: nothing is read beyond the end (the
 * sanitizer looks), and what is taken keeps what the header promises. */
static void no_changed_byte_does_harm(void **state) {
    (void)state;
    struct link_fetch fetch = some_fetch();
    struct link_batch batch = some_batch();
    struct buffer wires[3] = {BUFFER_MAX(4096), BUFFER_MAX(4096), BUFFER_MAX(4096)}, records = BUFFER_MAX(99);
    link_add_record(&records, "one", 3);
    link_add_record(&records, "two", 3);
    link_write_fetch(&wires[0], &fetch);
    link_write_batch(&wires[1], &batch, records.bytes, records.size);
    link_write_diverged(&wires[2], &batch);
    for (size_t i = 0; i < 3; i++) {
        for (size_t at = 0; at < wires[i].size; at++) {
            for (unsigned value = 0; value < 256; value++) {
                struct link_frame out;
                uint8_t *copy = malloc(wires[i].size);
                memcpy(copy, wires[i].bytes, wires[i].size);
                copy[at] = (uint8_t)value;
                link_read(copy, wires[i].size - (value & 1 ? 0 : at % 3), &out);
                if (out.kind == LINK_FETCH)
                    assert_true(out.fetch.lane < LANES && memchr(out.fetch.consumer, 0, LINK_NAME_MAX));
                if (out.kind == LINK_BATCH) {
                    const uint8_t *from = out.batch.records, *end = from + out.batch.records_size, *record;
                    size_t size, seen = 0;
                    while (from && link_next_record(&from, end, &record, &size))
                        seen += size;
                    assert_true(out.batch.lane < LANES && seen < wires[i].size);
                }
                free(copy);
            }
        }
        buffer_free(&wires[i]);
    }
    buffer_free(&records);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fetch_is_plain_protobuf),
        cmocka_unit_test(a_batch_is_plain_protobuf),
        cmocka_unit_test(what_protobuf_packs_is_read),
        cmocka_unit_test(diverged_and_refused_come_back),
        cmocka_unit_test(malformed_frames_are_refused),
        cmocka_unit_test(a_frame_over_the_limit_is_refused),
        cmocka_unit_test(no_changed_byte_does_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
