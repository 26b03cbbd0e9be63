/* Reading a message: spelling, numbers, negation, clauses, hostile bytes. */
#include "services/triage/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct arena *arena;
    struct spelling *spelling;
};

static int setup(void **state) {
    static struct fixture fixture;
    fixture.arena = arena_new(4 << 20);
    fixture.spelling = spelling_new();
    assert_non_null(fixture.arena);
    assert_non_null(fixture.spelling);
    *state = &fixture;
    return 0;
}

static int teardown(void **state) {
    struct fixture *fixture = *state;
    arena_free(&fixture->arena);
    spelling_free(&fixture->spelling);
    return 0;
}

static void read_into(struct fixture *fixture, const char *message, struct text *text, char joined[1024]) {
    arena_reset(fixture->arena);
    assert_true(text_read(fixture->arena, fixture->spelling, message, strlen(message), text));
    joined[0] = 0;
    for (size_t i = 0; i < text->count; i++) {
        if (i)
            strcat(joined, " ");
        strncat(joined, text->words[i].key, 60);
    }
}

static void test_words(void **state) {
    static const struct {
        const char *message, *words;
    } cases[] = {
        {"Tolong Pak", "tolong pak"},
        {"TOLONGGGG!!!", "tolong"},
        {"yg dipukuli tdk makan", "yang dipukuli tidak makan"},
        {"4nak d1pukul", "anak dipukul"},
        {"p4sung p@sung", "pasung pasung"},
        {"anak2 tetangga", "anak tetanga"},
        {"anak2nya", "anaknya"},
        {"anak-anaknya lari-lari", "anaknya lari"},
        {"dipegang-pegang", "dipegang"},
        {"o-d-g-j, K.D.R.T", "odgj kdrt"},
        {"umur 14th", "umur 14 tahun"},
        {"3bln 2x", "3 bulan 2 x"},
        {"umurnya tujuh puluh lima", "umur 75"},
        {"dua belas anak", "12 anak"},
        {"telung dino ora mangan", "3 hari tidak makan"},
        {"bundir", "bunuh diri"},
        {"bojoku nang omahe", "suami saya di rumah"},
        {"pelaku mengaku, suamiku dipaku di bangku", "pelaku mengaku suamiku saya dipaku di bangku"},
        {"urang gilo di Banyuwangi", "orang gila di banyuwangi"},
        {"sate made", "sate made"},
        {"KK hilang, SPP telat, Gg. Mawar, ggg", "kk hilang spp telat gang mawar tidak"},
        {"bau menyengat ya Allah", "bau menyengat ya allah"},
        {"alumni SMA, rumah tangga, LK3", "alumni sma rumah tanga lk 3"},
        {"patang dina, minggu patang", "4 dina mingu patang"},
        {"jebule mung latihan", "ternyata hanya latihan"},
        {"è rantè", "e rantai"},
        {"ta’ ngakan", "tidak makan"},
        {"\xef\xbc\xb4\xef\xbd\x8f\xef\xbd\x8c\xef\xbd\x8f\xef\xbd\x8e\xef\xbd\x87",
            "tolong"},                    /* full width */
        {"to\xcc\x81long", "tolong"},     /* combining mark */
        {"to\xe2\x80\x8blong", "tolong"}, /* zero-width space */
        {"baca https://a.b/c?d=e ya", "baca ya"},
        {"07.30", "7 30"},
        {"'presiden' datang", "presiden datang"},
        {"tertulis 'mawar biru Madiun'", "tertulis mawar biru madiun"},
        {"", ""},
        {"!!! ... ???", ""},
    };
    struct text text;
    char joined[1024];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        read_into(*state, cases[i].message, &text, joined);
        if (strcmp(joined, cases[i].words) != 0)
            fail_msg("\"%s\" is read as \"%s\", not \"%s\"", cases[i].message, joined, cases[i].words);
    }
}

/* Which word is denied: its number, -1 for none. */
static void test_negation(void **state) {
    static const struct {
        const char *message, *word;
        bool denied;
    } cases[] = {
        {"anak itu tidak dipukul", "dipukul", true},
        {"tidak pernah dipukul", "dipukul", true},
        {"bukan odgj", "odgj", true},
        {"ga dipukul tapi dikunci", "dikunci", false},
        {"tidak makan, dipukul", "dipukul", false},
        {"tidak hanya dipukul", "dipukul", false},
        {"tidak tahan dipukul", "dipukul", false},
        {"tidak ada yang tahu dia dipukul", "dipukul", false},
        {"di alun-alun dipukul", "dipukul", false},
        {"alun dipukul", "dipukul", true},
        {"ora digebuki", "dipukul", true},
        {"tak pateni kowe", "pateni", false},
        {"Tak bunuh kamu", "bunuh", false},
        {"tidak bunuh diri", "bunuh", true},
        {"tak dipukul", "dipukul", true},
        {"dipukul", "dipukul", false},
    };
    struct text text;
    char joined[1024];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        read_into(*state, cases[i].message, &text, joined);
        int found = -2;
        for (size_t k = 0; k < text.count; k++)
            if (strcmp(text.words[k].key, cases[i].word) == 0)
                found = text.words[k].negator;
        if (found == -2 || (found >= 0) != cases[i].denied)
            fail_msg("\"%s\": %s is denied by %d", cases[i].message, cases[i].word, found);
    }
}

static void test_marks(void **state) {
    struct text text;
    char joined[1024];
    read_into(*state, "Hahaha wkwkwk \xf0\x9f\x98\x82 apa? siapa? #pasung www.a.id", &text, joined);
    assert_int_equal(text.laughs, 3);
    assert_int_equal(text.questions, 2);
    assert_int_equal(text.tags, 1);
    assert_int_equal(text.links, 1);
    read_into(*state, "Satu kalimat. Dua kalimat, dua bagian. Kec. Panti saja", &text, joined);
    assert_int_equal(text.sentences, 3);
    assert_int_equal(text.words[text.count - 1].sentence, text.words[text.count - 2].sentence);
}

static void test_spans_point_into_the_message(void **state) {
    const char *message = "Tlg, anak2 d1pukul";
    struct text text;
    char joined[1024];
    read_into(*state, message, &text, joined);
    assert_int_equal(text.count, 3);
    assert_memory_equal(message + text.words[1].start, "anak2", 5);
    assert_memory_equal(message + text.words[2].start, "d1pukul", 7);
    for (size_t i = 0; i < text.count; i++)
        assert_true(text.words[i].start < text.words[i].end && text.words[i].end <= strlen(message));
}

/* Whatever the bytes are: no crash, limits hold, spans lie in the message. */
static void test_any_bytes(void **state) {
    struct fixture *fixture = *state;
    uint64_t seed = 42;
    for (int round = 0; round < 3000; round++) {
        char bytes[300];
        size_t size = 0;
        for (; size < sizeof bytes; size++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            static const char odd[] = "aA09'*@-. \n\"#\xc3\xa8\xe2\x80\x99\xf0\x9f\x98\x82\xff\xc0\x80";
            bytes[size] = round % 2 ? (char)(seed >> 40) : odd[(seed >> 40) % (sizeof odd - 1)];
            if ((seed >> 50) % 400 == 0)
                break;
        }
        arena_reset(fixture->arena);
        struct text text;
        assert_true(text_read(fixture->arena, fixture->spelling, bytes, size, &text));
        assert_true(text.count <= TEXT_WORDS_MAX);
        for (size_t i = 0; i < text.count; i++) {
            assert_true(text.words[i].key_size < WORD_KEY_MAX);
            assert_true(text.words[i].end <= size);
        }
    }
}

static void test_long_messages_are_cut(void **state) {
    struct fixture *fixture = *state;
    size_t size = 5 * TEXT_BYTES_MAX;
    char *bytes = test_malloc(size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = i % 2 ? ' ' : 'a';
    struct text text;
    arena_reset(fixture->arena);
    assert_true(text_read(fixture->arena, fixture->spelling, bytes, size, &text));
    assert_int_equal(text.count, TEXT_WORDS_MAX);
    memset(bytes, 'x', size);
    arena_reset(fixture->arena);
    assert_true(text_read(fixture->arena, fixture->spelling, bytes, size, &text));
    assert_int_equal(text.count, 1);
    test_free(bytes);
}

static void test_full_arena_is_said(void **state) {
    struct fixture *fixture = *state;
    struct arena *small = arena_new(64);
    struct text text;
    assert_false(text_read(small, fixture->spelling, "tolong", 6, &text));
    arena_free(&small);
}

static void test_site_spelling(void **state) {
    (void)state;
    struct spelling *spelling = spelling_new();
    struct arena *arena = arena_new(1 << 20);
    struct text text;
    assert_true(spelling_add(spelling, "lpjk", "lampu jalan"));
    assert_false(spelling_add(spelling, "dua kata", "x"));
    assert_true(text_read(arena, spelling, "LPJK", 4, &text));
    assert_int_equal(text.count, 2);
    assert_string_equal(text.words[1].key, "jalan");
    arena_free(&arena);
    spelling_free(&spelling);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_negation),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_spans_point_into_the_message),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_long_messages_are_cut),
        cmocka_unit_test(test_full_arena_is_said),
        cmocka_unit_test(test_site_spelling),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
