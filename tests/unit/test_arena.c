/* Texts formatted in an arena stand whole wherever a block ends, and what is given out is zeroes. */
#include "common/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { CAP = 1 << 20, LONG = 1000 };

static void assert_zeroes(const void *piece, size_t size) {
    const unsigned char *bytes = piece;
    for (size_t i = 0; i < size; i++)
        assert_int_equal(bytes[i], 0);
}

/* The block's end is met at every distance, also in the middle of a text. */
static void formats_across_the_end_of_a_block(void **state) {
    char want[LONG + 8];
    (void)state;
    memset(want, 'x', LONG);
    memcpy(want + LONG, "-17", 4);
    for (size_t before = 60 * 1024; before < 70 * 1024; before += 16) {
        struct arena *arena = arena_new(CAP);
        assert_non_null(arena_take(arena, before % (64 * 1024)));
        char *text = arena_format(arena, "%.*s-%d", LONG, want, 17);
        assert_string_equal(text, want);
        assert_zeroes(arena_take(arena, 3000), 3000);
        assert_zeroes(arena_take(arena, 16), 16);
        arena_free(&arena);
    }
}

static void a_text_beyond_the_cap_is_none_and_leaves_nothing(void **state) {
    (void)state;
    struct arena *arena = arena_new(512);
    assert_non_null(arena_take(arena, 448));
    assert_null(arena_format(arena, "%0100d", 7));
    assert_true(arena_exhausted(arena));
    assert_zeroes(arena_take(arena, 64), 64);
    arena_free(&arena);
}

static void an_arena_is_exhausted_until_it_is_reset(void **state) {
    (void)state;
    struct arena *arena = arena_new(512);
    assert_false(arena_exhausted(arena));
    arena_exhaust(arena);
    assert_true(arena_exhausted(arena));
    arena_reset(arena);
    assert_false(arena_exhausted(arena));
    arena_free(&arena);
}

static void the_first_text_of_an_arena(void **state) {
    (void)state;
    struct arena *arena = arena_new(CAP);
    assert_string_equal(arena_format(arena, "%s%c", "a", 'b'), "ab");
    assert_string_equal(arena_format(arena, "%s", ""), "");
    assert_null(memchr(arena_format(arena, "%70000d", 1), 'x', 70000));
    arena_free(&arena);
}

/* Reset costs what was taken: after one large input the blocks stay, and small ones do not walk over them. */
static void what_is_taken_after_a_reset_is_zeroes_again(void **state) {
    (void)state;
    struct arena *arena = arena_new(CAP);
    for (unsigned inputs = 0; inputs < 4; inputs++) {
        size_t pieces = inputs == 1 ? 200 : 3; /* the second input takes a dozen blocks */
        for (size_t i = 0; i < pieces; i++) {
            char *piece = arena_take(arena, 4000);
            assert_zeroes(piece, 4000);
            memset(piece, 'n', 4000);
        }
        assert_string_equal(arena_format(arena, "%d", 17), "17");
        arena_reset(arena);
        assert_int_equal(arena_taken(arena), 0);
    }
    arena_free(&arena);
}

/* Who cannot know how much he needs: what was not written stands for the next, and under the cap. */
static void what_is_given_back_is_taken_again(void **state) {
    (void)state;
    struct arena *arena = arena_new(8192);
    for (unsigned inputs = 0; inputs < 3; inputs++) {
        assert_non_null(arena_take(arena, 100));
        char *piece = arena_take(arena, 8000);
        assert_non_null(piece);
        assert_null(arena_take(arena, 1000));
        memset(piece, 'n', 333);
        arena_shrink(arena, piece, 333);
        char *next = arena_take(arena, 7000);
        assert_ptr_equal(next, piece + 336); /* pieces are aligned to 16 */
        assert_zeroes(next, 7000);
        arena_shrink(arena, next, 0);
        assert_int_equal(arena_taken(arena), 112 + 336);
        assert_int_equal(piece[332], 'n');
        arena_reset(arena);
        assert_zeroes(arena_take(arena, 8000), 8000);
        arena_reset(arena);
    }
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_across_the_end_of_a_block),
        cmocka_unit_test(a_text_beyond_the_cap_is_none_and_leaves_nothing),
        cmocka_unit_test(what_is_taken_after_a_reset_is_zeroes_again),
        cmocka_unit_test(what_is_given_back_is_taken_again),
        cmocka_unit_test(an_arena_is_exhausted_until_it_is_reset),
        cmocka_unit_test(the_first_text_of_an_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
