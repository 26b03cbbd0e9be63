/* common/wire.h against protobuf-c: the same bytes out, the same message in, for every message of proto/. */
#include "common/wire.h"
#include "proto/event.pb-c.h"
#include "proto/link.pb-c.h"
#include "proto/submit.pb-c.h"
#include "proto/view.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PACKED_MAX = 1 << 16 };

static const ProtobufCMessageDescriptor *const roots[] = {&sigap__event__descriptor,
    &sigap__link_frame__descriptor, &sigap__submit_report__descriptor, &sigap__submit_answer__descriptor,
    &sigap__view__descriptor, &sigap__view_answer__descriptor, &sigap__report_content__descriptor,
    &sigap__command_words__descriptor};
enum { ROOTS = sizeof roots / sizeof *roots };

static struct arena *arena;

static int open_arena(void **state) {
    (void)state;
    arena = arena_new(8 << 20);
    return arena ? 0 : -1;
}

static int close_arena(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

/* ---- messages with something in every place; of several for one place the `pick`th ---- */

/* Varints of one to ten bytes, and texts below and above 127 bytes. */
static uint64_t some_number(unsigned seed) {
    return seed % 5 == 0 ? UINT64_MAX : (uint64_t)(seed + 1) << (seed * 7 % 57);
}

static char *some_text(unsigned seed) {
    size_t size = seed % 3 == 0 ? 300 : seed % 7;
    char *text = arena_take(arena, size + 1);
    memset(text, 'a' + (int)(seed % 26), size);
    return text;
}

static ProtobufCMessage *fill(const ProtobufCMessageDescriptor *kind, unsigned pick, unsigned *seed);

static void fill_value(const ProtobufCFieldDescriptor *member, void *value, unsigned pick, unsigned *seed) {
    unsigned number = (*seed)++;
    switch ((int)member->type) {
    case PROTOBUF_C_TYPE_MESSAGE:
        *(ProtobufCMessage **)value = fill(member->descriptor, pick, seed);
        break;
    case PROTOBUF_C_TYPE_STRING:
        *(char **)value = some_text(number);
        break;
    case PROTOBUF_C_TYPE_BYTES: {
        char *text = some_text(number);
        *(ProtobufCBinaryData *)value = (ProtobufCBinaryData){strlen(text), (uint8_t *)text};
        break;
    }
    case PROTOBUF_C_TYPE_DOUBLE:
        *(double *)value = number * -0.75;
        break;
    case PROTOBUF_C_TYPE_BOOL:
        *(protobuf_c_boolean *)value = number % 2;
        break;
    case PROTOBUF_C_TYPE_ENUM:
    case PROTOBUF_C_TYPE_UINT32:
        *(uint32_t *)value = (uint32_t)some_number(number);
        break;
    default:
        *(uint64_t *)value = some_number(number);
        break;
    }
}

static ProtobufCMessage *fill(const ProtobufCMessageDescriptor *kind, unsigned pick, unsigned *seed) {
    char *message = arena_take(arena, kind->sizeof_message);
    assert_non_null(message);
    kind->message_init((ProtobufCMessage *)message);
    for (unsigned i = 0, choice = 0; i < kind->n_fields; i++) {
        const ProtobufCFieldDescriptor *member = &kind->fields[i];
        void *value = message + member->offset;
        if (member->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
            if (choice++ != pick)
                continue;
            *(uint32_t *)(message + member->quantifier_offset) = member->id;
        } else if (member->label == PROTOBUF_C_LABEL_REPEATED) {
            size_t count = *seed % 4, room = sizeof(ProtobufCBinaryData);
            if (member->type != PROTOBUF_C_TYPE_BYTES)
                room = sizeof(void *);
            char *list = count ? arena_take(arena, count * room) : NULL;
            for (size_t k = 0; k < count; k++)
                fill_value(member, list + k * room, pick, seed);
            *(size_t *)(message + member->quantifier_offset) = count;
            *(char **)value = list;
            continue;
        }
        fill_value(member, value, pick, seed);
    }
    return (ProtobufCMessage *)message;
}

/* ---- the two against each other ---- */

static void same_both_ways(const ProtobufCMessage *message) {
    static uint8_t theirs[PACKED_MAX], ours[PACKED_MAX], again[PACKED_MAX];
    size_t size = protobuf_c_message_get_packed_size(message);
    assert_true(size <= PACKED_MAX);
    assert_int_equal(protobuf_c_message_pack(message, theirs), size);
    assert_int_equal(wire_pack(message, ours, size), size);
    assert_memory_equal(ours, theirs, size);
    const ProtobufCMessage *read = wire_unpack(message->descriptor, arena, theirs, size);
    assert_non_null(read);
    assert_int_equal(protobuf_c_message_get_packed_size(read), size);
    protobuf_c_message_pack(read, again);
    assert_memory_equal(again, theirs, size);
}

static void what_is_packed_and_read_is_the_same(void **state) {
    (void)state;
    enum { PICKS = 40, SEEDS = 6 };
    for (unsigned root = 0; root < ROOTS; root++)
        for (unsigned pick = 0; pick < PICKS; pick++)
            for (unsigned start = 0; start < SEEDS; start++) {
                unsigned seed = start;
                same_both_ways(fill(roots[root], pick, &seed));
                arena_reset(arena);
            }
}

static void all_messages_are_known(void **state) {
    (void)state;
    for (unsigned root = 0; root < ROOTS; root++)
        assert_true(wire_knows(roots[root]));
}

static void an_empty_choice_is_said(void **state) {
    (void)state;
    uint8_t out[16];
    Sigap__Event event = SIGAP__EVENT__INIT;
    Sigap__CaseClosed closed = SIGAP__CASE_CLOSED__INIT;
    event.body_case = SIGAP__EVENT__BODY_CASE_CLOSED;
    event.case_closed = &closed;
    size_t size = wire_pack(&event.base, out, sizeof out);
    Sigap__Event *read = wire_unpack(&sigap__event__descriptor, arena, out, size);
    assert_non_null(read);
    assert_int_equal(read->body_case, SIGAP__EVENT__BODY_CASE_CLOSED);
    assert_string_equal(read->case_closed->outcome, ""); /* never NULL */
}

/* ---- bounds ---- */

static size_t pack_some(uint8_t *out) {
    unsigned seed = 1;
    size_t size = wire_pack(fill(&sigap__event__descriptor, 1, &seed), out, PACKED_MAX);
    assert_true(size > 300);
    return size;
}

static void too_little_room_is_told(void **state) {
    (void)state;
    static uint8_t whole[PACKED_MAX];
    unsigned seed = 1;
    const ProtobufCMessage *message = fill(&sigap__event__descriptor, 1, &seed);
    size_t size = wire_pack(message, whole, PACKED_MAX);
    for (size_t room = 0; room < size; room++) {
        uint8_t *exact = malloc(room ? room : 1); /* a byte behind it is seen by the sanitizer */
        assert_int_equal(wire_pack(message, exact, room), WIRE_TOO_LONG);
        free(exact);
    }
}

static void what_is_cut_short_is_not_read_beyond(void **state) {
    (void)state;
    static uint8_t whole[PACKED_MAX];
    size_t size = pack_some(whole);
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *exact = malloc(cut ? cut : 1);
        memcpy(exact, whole, cut);
        Sigap__Event *theirs = sigap__event__unpack(NULL, cut, exact);
        assert_int_equal(wire_unpack(&sigap__event__descriptor, arena, exact, cut) != NULL, theirs != NULL);
        if (theirs)
            sigap__event__free_unpacked(theirs, NULL);
        free(exact);
    }
}

static void no_room_in_the_arena_is_told(void **state) {
    (void)state;
    static uint8_t whole[PACKED_MAX];
    size_t size = pack_some(whole);
    struct arena *small = arena_new(512);
    assert_null(wire_unpack(&sigap__event__descriptor, small, whole, size));
    assert_true(arena_exhausted(small));
    arena_free(&small);
}

#define REFUSED(...)                                                                                         \
    do {                                                                                                     \
        const uint8_t wrong[] = {__VA_ARGS__};                                                               \
        assert_null(wire_unpack(&sigap__event__descriptor, arena, wrong, sizeof wrong));                     \
    } while (0)

static void what_is_wrong_is_refused(void **state) {
    (void)state;
    REFUSED(1 << 3 | WIRE_BYTES, 0);                                  /* at: no bytes */
    REFUSED(2 << 3 | WIRE_VARINT, 1);                                 /* trace: no number */
    REFUSED(10 << 3 | WIRE_BYTES, 0, 10 << 3 | WIRE_BYTES, 0);        /* the body twice */
    REFUSED(3);                                                       /* a group, and no number */
    REFUSED(2 << 3 | WIRE_BYTES, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f); /* longer than all there is */
    REFUSED(1 << 3 | WIRE_VARINT, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1);
}

static void what_is_new_is_passed_over(void **state) {
    (void)state;
    const uint8_t newer[] = {1 << 3, 7, 0xfa, 0x3f, 2, 'x', 'y', 0xf9, 0x3f, 1, 2, 3, 4, 5, 6, 7, 8};
    Sigap__Event *event = wire_unpack(&sigap__event__descriptor, arena, newer, sizeof newer);
    assert_non_null(event);
    assert_int_equal(event->at, 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_packed_and_read_is_the_same, open_arena, close_arena),
        cmocka_unit_test(all_messages_are_known),
        cmocka_unit_test_setup_teardown(an_empty_choice_is_said, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(too_little_room_is_told, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(what_is_cut_short_is_not_read_beyond, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(no_room_in_the_arena_is_told, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_refused, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(what_is_new_is_passed_over, open_arena, close_arena),
    };
    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
