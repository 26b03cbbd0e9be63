/* What people write in commands crosses the console's journal sealed (common/words.h). */
#include "common/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t seed[SEAL_KEY_BYTES] = {7};

struct desk {
    struct arena *arena;
    struct keystore *keystore;
    struct id id;
    Sigap__AnswerOffer offer;
    Sigap__MoveTask task;
    Sigap__CommandIssued command;
};

static void fill(void *state, void *bytes, size_t size) {
    uint8_t *next = state;
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = ++*next;
}

static uint8_t counter;
static const struct random chance = {fill, &counter};

static int open_desk(void **state) {
    static struct desk desk;
    counter = 0;
    desk = (struct desk){.arena = arena_new(1 << 20),
        .keystore = keystore_from_seed(seed, "console", KEYSTORE_HASH),
        .id = {{1, 2, 3}},
        .offer = SIGAP__ANSWER_OFFER__INIT,
        .task = SIGAP__MOVE_TASK__INIT,
        .command = SIGAP__COMMAND_ISSUED__INIT};
    desk.command.command_id = (ProtobufCBinaryData){ID_BYTES, desk.id.bytes};
    *state = &desk;
    return 0;
}

static int close_desk(void **state) {
    struct desk *desk = *state;
    keystore_free(&desk->keystore);
    arena_free(&desk->arena);
    return 0;
}

static void seal(struct desk *desk) {
    assert_true(words_seal(desk->keystore, &chance, desk->arena, &desk->command));
}

static void sentences_are_sealed_and_come_back(void **state) {
    struct desk *desk = *state;
    desk->command.reason = (char *)"Keluarga Bu Slamet menolak";
    desk->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_MOVE_TASK;
    desk->command.move_task = &desk->task;
    desk->task.outcome = (char *)"yes";
    seal(desk);
    assert_string_equal(desk->command.reason, "stated");
    assert_string_equal(desk->task.outcome, "stated");
    assert_null(memmem(desk->command.words.data, desk->command.words.len, "Slamet", 6));
    assert_int_equal(words_open(desk->keystore, desk->arena, &desk->command), SEAL_OPENED);
    assert_string_equal(desk->command.reason, "Keluarga Bu Slamet menolak");
    assert_string_equal(desk->task.outcome, "yes");
}

static void the_router_acts_by_a_code(void **state) {
    struct desk *desk = *state;
    desk->command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_OFFER;
    desk->command.answer_offer = &desk->offer;
    desk->offer.outcome = (char *)"stays";
    seal(desk);
    assert_string_equal(desk->offer.outcome, "stays");
    desk->offer.outcome = (char *)"Slamet pulang";
    seal(desk);
    assert_string_equal(desk->offer.outcome, "stated");
}

static void nothing_written_is_nothing_sealed(void **state) {
    struct desk *desk = *state;
    seal(desk);
    assert_int_equal(desk->command.words.len, 0);
    assert_string_equal(desk->command.reason, "");
    assert_int_equal(words_open(desk->keystore, desk->arena, &desk->command), SEAL_OPENED);
}

static void words_of_another_command_do_not_open(void **state) {
    struct desk *desk = *state;
    desk->command.reason = (char *)"Bu Slamet";
    seal(desk);
    desk->id.bytes[0] ^= 1;
    assert_int_equal(words_open(desk->keystore, desk->arena, &desk->command), SEAL_BROKEN);
    assert_string_equal(desk->command.reason, "stated");
}

static void codes(void **state) {
    (void)state;
    assert_true(words_is_code("no_consent"));
    assert_true(words_is_code(""));
    assert_false(words_is_code("Slamet"));
    assert_false(words_is_code("dua kata"));
    assert_false(words_is_code("abcdefghijklmnopqrstuvwxyzabcdefghijklmno"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_desk, close_desk)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(sentences_are_sealed_and_come_back),
        TEST(the_router_acts_by_a_code),
        TEST(nothing_written_is_nothing_sealed),
        TEST(words_of_another_command_do_not_open),
        TEST(codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
