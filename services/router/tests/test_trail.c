/* The trail's bytes: written and read back, cut anywhere, and anything at all. */
#include "services/router/trail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct id id_of(uint8_t number) {
    struct id id;
    memset(id.bytes, number, sizeof id.bytes);
    return id;
}

static void fill(struct trail *trail) {
    trail->count = 0;
    for (unsigned i = 0; i < 5; i++) {
        char name[DIRECTORY_ID_MAX];
        snprintf(name, sizeof name, "JTM-FACILITY-%u", i);
        struct trail_entry *entry = trail_add(trail, name);
        entry->step = (uint8_t)i;
        entry->verdict = (enum verdict_of_match)(i % 3);
        entry->reason = (enum match_reason)(i * 2);
        entry->own_area = i == 1;
        entry->picked = i == 2;
        entry->said_full = i == 3;
        entry->distance_km = (uint16_t)(i * 300);
        snprintf(entry->detail, sizeof entry->detail, i ? "acute bedridden" : "");
        if (i >= 3) {
            entry->offer = id_of((uint8_t)i);
            entry->offer_state = i == 3 ? OFFER_REJECTED : OFFER_REQUESTED;
        }
    }
}

static void written_and_read_back(void **state) {
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct trail *trail = calloc(2, sizeof *trail), *back = trail + 1;
    size_t size;
    fill(trail);
    const void *bytes = trail_write(arena, trail, &size);
    trail_read(bytes, size, back);
    assert_int_equal(back->count, 5);
    assert_memory_equal(trail->entries, back->entries, 5 * sizeof *trail->entries);
    for (size_t cut = 0; cut < size; cut++) { /* what could be read is there, whole */
        char *part = malloc(cut ? cut : 1);
        memcpy(part, bytes, cut);
        trail_read(part, cut, back);
        assert_true(back->count < 5);
        if (back->count)
            assert_memory_equal(trail->entries, back->entries, back->count * sizeof *trail->entries);
        free(part);
    }
    free(trail);
    arena_free(&arena);
}

static void anything_at_all_is_survived(void **state) {
    (void)state;
    struct trail *trail = calloc(1, sizeof *trail);
    uint64_t chance = 1;
    for (int i = 0; i < 20000; i++) {
        uint8_t bytes[300];
        size_t size = (size_t)(chance >> 33) % sizeof bytes;
        for (size_t k = 0; k < size; k++) {
            chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407U;
            bytes[k] = (uint8_t)((chance >> 56) % (i % 2 ? 255U : 20U)); /* small lengths get further */
        }
        chance = chance * UINT64_C(6364136223846793005) + 1442695040888963407U;
        bytes[0] = 1;
        trail_read(bytes, size, trail);
        assert_true(trail->count <= TRAIL_MAX);
        for (unsigned k = 0; k < trail->count; k++)
            assert_true(memchr(trail->entries[k].facility, 0, sizeof trail->entries[k].facility) != NULL);
    }
    free(trail);
}

/* Who was asked is never pushed out by who was only looked at. */
static void a_full_trail_keeps_who_was_asked(void **state) {
    (void)state;
    struct trail *trail = calloc(1, sizeof *trail);
    for (unsigned i = 0; i < TRAIL_MAX; i++) {
        struct trail_entry *entry = trail_add(trail, i ? "LOOKED-AT" : "ASKED");
        if (!i)
            entry->offer = id_of(9);
    }
    assert_int_equal(trail->count, TRAIL_MAX);
    for (unsigned i = 0; i < TRAIL_MAX + 20; i++) {
        struct trail_entry *entry = trail_add(trail, "ASKED-TOO");
        if (entry)
            entry->offer = id_of((uint8_t)(10 + i));
    }
    assert_int_equal(trail->count, TRAIL_MAX);
    struct id asked = id_of(9);
    assert_non_null(trail_find_offer(trail, &asked));
    assert_null(trail_find(trail, "LOOKED-AT"));
    free(trail);
}

static void who_was_asked_before(void **state) {
    (void)state;
    struct trail *trail = calloc(1, sizeof *trail);
    struct past_offer past[8];
    struct id open = id_of(4);
    fill(trail);
    assert_int_equal(trail_past(trail, &open, past, 8), 1);
    assert_string_equal(past[0].facility, "JTM-FACILITY-3");
    assert_int_equal(past[0].past, REASON_REFUSED);
    assert_true(past[0].full);
    trail->entries[4].offer_state = OFFER_EXPIRED;
    open = id_of(99);
    assert_int_equal(trail_past(trail, &open, past, 8), 2);
    assert_int_equal(past[1].past, REASON_EXPIRED);
    assert_int_equal(trail_past(trail, &open, past, 1), 1);
    free(trail);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_and_read_back),
        cmocka_unit_test(anything_at_all_is_survived),
        cmocka_unit_test(a_full_trail_keeps_who_was_asked),
        cmocka_unit_test(who_was_asked_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
