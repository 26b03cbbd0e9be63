/* Tickets: what people may type, and what the check character must catch. */
#include "common/ticket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DAY_MS INT64_C(86400000)
#define AT_2025_11_25 INT64_C(1764028800000)

static void count_up(void *state, void *bytes, size_t size) {
    uint8_t *next = state;
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = *next = (uint8_t)(*next * 5 + 17);
}

static struct ticket ticket_of(int64_t at_ms, uint8_t seed) {
    struct random random = {count_up, &seed};
    struct ticket ticket;
    ticket_make(at_ms, &random, &ticket);
    return ticket;
}

static void days(void **state) {
    static const struct {
        int64_t at_ms;
        int day;
        const char *text;
    } cases[] = {
        {INT64_C(1577836800000), 0, "200101-"},
        {INT64_C(1577836800000) - 1, 0, "200101-"}, /* a clock before the first day */
        {-1, 0, "200101-"},
        {INT64_C(1582934400000), 59, "200229-"},
        {AT_2025_11_25, 2155, "251125-"},
        {AT_2025_11_25 + DAY_MS - 1, 2155, "251125-"},
        {AT_2025_11_25 + DAY_MS, 2156, "251126-"},
        {INT64_C(4102444800000), 29220, "000101-"}, /* 2100-01-01 */
        {INT64_C(4733510399999), 36523, "191231-"}, /* the last millisecond of 2119 */
        {INT64_C(4733510400000), 36523, "191231-"},
        {INT64_MAX, 36523, "191231-"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ticket ticket = ticket_of(cases[i].at_ms, 3), again;
        char text[TICKET_TEXT + 1];
        assert_int_equal(ticket.bytes[0] << 8 | ticket.bytes[1], cases[i].day);
        ticket_to_text(&ticket, text);
        assert_int_equal(strlen(text), TICKET_TEXT);
        assert_memory_equal(text, cases[i].text, strlen(cases[i].text));
        assert_true(ticket_from_text(text, &again));
        assert_memory_equal(&again, &ticket, sizeof ticket);
    }
}

static void known_text(void **state) {
    static const struct {
        struct ticket ticket;
        const char *text;
    } cases[] = {
        {{{0x08, 0x6b}}, "251125-0000-0000-0000-0000-1"},
        {{{0x08, 0x6b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
            "251125-ZZZZ-ZZZZ-ZZZZ-ZZZZ-N"},
        {{{0x08, 0x6b, 0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf}},
            "251125-0123-4567-89AB-CDEF-Q"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[TICKET_TEXT + 1];
        struct ticket ticket;
        ticket_to_text(&cases[i].ticket, text);
        assert_string_equal(text, cases[i].text);
        assert_true(ticket_from_text(cases[i].text, &ticket));
        assert_memory_equal(&ticket, &cases[i].ticket, sizeof ticket);
    }
}

/* The random part must reach every byte and come from the source alone. */
static void random_part(void **state) {
    (void)state;
    struct ticket a = ticket_of(AT_2025_11_25, 1), b = ticket_of(AT_2025_11_25, 2),
                  c = ticket_of(AT_2025_11_25, 1);
    assert_memory_equal(&a, &c, sizeof a);
    for (size_t i = 2; i < TICKET_BYTES; i++)
        assert_int_not_equal(a.bytes[i], b.bytes[i]);
}

static void typed(void **state) {
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"251125-0123-4567-89AB-CDEF-Q", true}, {"251125-0123-4567-89ab-cdef-q", true},
        {"251125012345678 9ABCDEFQ", true}, {"2511250123456789ABCDEFQ", true},
        {"  25-11-25 - 01 23 45 67 89 AB CD EF - Q\r\n", true}, {"25ll25-OI23-4567-89AB-CDEF-q", true},
        {"25iL25-oL23-4567-89AB-CDEF-q", true},
        {"251125\u20110123\u20134567\u201489AB\u2212CDEF\u00a0-Q", true}, {"", false}, {"-", false},
        {"251125-0123-4567-89AB-CDEF", false},                                              /* no check */
        {"251125-0123-4567-89AB-CDEF-Q0", false},                                           /* one more */
        {"251125-0123-4567-89AB-CDEF-Q 0", false}, {"251125-0123-4567-89AB-CDEF-1", false}, /* wrong check */
        {"251125-0123-4567-89AB-CDEF-U", false}, /* no sign of the alphabet */
        {"251125-0123-4567-89AB-CDEF-*", false}, {"251125/0123-4567-89AB-CDEF-Q", false},
        {"251125-0123-4567-89AB-CDEF-\xe2", false}, /* cut UTF-8 */
        {"251125-0123-4567-89AB-CDEF-\xe2\x80", false}, {"251125-0123-4567-89AB-CDEF-\xc2", false},
        {"251125\u20160123-4567-89AB-CDEF-Q", false}, /* the sign after the last dash */
        {"25112A-0123-4567-89AB-CDEF-Q", false},      /* a letter in the day */
        {"200101-0000-0000-0000-0000-T", true},
        {"000000-0000-0000-0000-0000-0", false}, /* right check, no such day */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const struct ticket none;
        struct ticket ticket;
        memset(&ticket, 0xee, sizeof ticket);
        if (ticket_from_text(cases[i].text, &ticket) != cases[i].good)
            fail_msg("%s is %s", cases[i].text, cases[i].good ? "refused" : "accepted");
        if (!cases[i].good)
            assert_memory_equal(&ticket, &none, sizeof none);
    }
}

/* A day that does not exist is refused though its check is right: the check of the first ticket is carried
 * over by trying all 32. */
static void no_such_day(void **state) {
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    static const struct {
        const char *day;
        int good; /* of 32 checks */
    } cases[] = {{"251125", 1}, {"250229", 0}, {"240229", 1}, {"251301", 0}, {"250001", 0}, {"251100", 0},
        {"251131", 0}, {"191231", 1}, {"000229", 0} /* 2100 is no leap year */};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int good = 0;
        for (int check = 0; check < 32; check++) {
            char text[64];
            struct ticket ticket;
            snprintf(text, sizeof text, "%s-0123-4567-89AB-CDEF-%c", cases[i].day, alphabet[check]);
            good += ticket_from_text(text, &ticket);
        }
        assert_int_equal(good, cases[i].good);
    }
}

static void too_long(void **state) {
    char text[TICKET_INPUT_MAX + 2];
    struct ticket ticket;
    (void)state;
    memset(text, ' ', sizeof text);
    memcpy(text, "2511250123456789ABCDEFQ", 23);
    text[TICKET_INPUT_MAX] = 0;
    assert_true(ticket_from_text(text, &ticket));
    text[TICKET_INPUT_MAX] = ' ';
    text[TICKET_INPUT_MAX + 1] = 0;
    assert_false(ticket_from_text(text, &ticket));
}

/* Every substitution of one sign by another of the alphabet, for 40 tickets. */
static void substitutions(void **state) {
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    (void)state;
    for (uint8_t seed = 0; seed < 40; seed++) {
        struct ticket ticket = ticket_of(AT_2025_11_25 + seed * DAY_MS * 400, seed), out;
        char text[TICKET_TEXT + 1];
        ticket_to_text(&ticket, text);
        for (int i = 0; i < TICKET_TEXT; i++) {
            char right = text[i];
            for (int other = 0; right != '-' && other < 32; other++) {
                text[i] = alphabet[other];
                if (ticket_from_text(text, &out) != (alphabet[other] == right))
                    fail_msg("%s", text);
            }
            text[i] = right;
        }
    }
}

/* Every exchange of two different signs, neighbours among them. */
static void transpositions(void **state) {
    int tried = 0;
    (void)state;
    for (uint8_t seed = 0; seed < 40; seed++) {
        struct ticket ticket = ticket_of(AT_2025_11_25 + seed * DAY_MS * 400, seed), out;
        char text[TICKET_TEXT + 1], swapped[TICKET_TEXT + 1];
        ticket_to_text(&ticket, text);
        for (int i = 0; i < TICKET_TEXT; i++)
            for (int j = i + 1; j < TICKET_TEXT; j++) {
                if (text[i] == text[j] || text[i] == '-' || text[j] == '-')
                    continue;
                memcpy(swapped, text, sizeof swapped);
                swapped[i] = text[j];
                swapped[j] = text[i];
                tried++;
                if (ticket_from_text(swapped, &out))
                    fail_msg("%s for %s", swapped, text);
            }
    }
    assert_true(tried > 5000);
}

static void from_bytes(void **state) {
    static const struct ticket none;
    struct ticket ticket = ticket_of(AT_2025_11_25, 9), out;
    (void)state;
    assert_true(ticket_from_bytes(ticket.bytes, TICKET_BYTES, &out));
    assert_memory_equal(&out, &ticket, sizeof out);
    assert_false(ticket_from_bytes(ticket.bytes, TICKET_BYTES - 1, &out));
    assert_memory_equal(&out, &none, sizeof out);
    assert_false(ticket_from_bytes(NULL, 0, &out));
}

/* A ticket among other words, as people write it; what only looks like one is passed over. */
static void found_among_words(void **state) {
    static const struct {
        const char *text; /* the ticket of known_text */
        size_t from;
        const char *around; /* what is left when it is cut out; NULL: none is found */
    } cases[] = {
        {"251125-0123-4567-89AB-CDEF-Q", 0, ""},
        {"laporan 251125-0123-4567-89AB-CDEF-Q tambahan", 0, "laporan  tambahan"},
        {"No.251125-0123-4567-89ab-cdef-q: ada luka", 0, "No.: ada luka"},
        {"(251125-0123-4567-89AB-CDEF-Q) belum datang", 0, "() belum datang"},
        {"untuk 2511250123456789abcdefq, segera", 0, "untuk , segera"},
        {"no 251125 O123 4567 89AB CDEF Q masih sakit", 0, "no  masih sakit"},
        {"usia 70, nomor 251125–0123–4567–89AB–CDEF–Q", 0, "usia 70, nomor "},
        {"2 251125-0123-4567-89AB-CDEF-Q", 0, "2 "},
        {"251125-0123-4567-89AB-CDEF-Q dan 251125-0123-4567-89AB-CDEF-Q", 1,
            "251125-0123-4567-89AB-CDEF-Q dan "},
        {"251125-0123-4567-89AB-CDEF-R", 0, NULL},  /* the check */
        {"251325-0123-4567-89AB-CDEF-Q", 0, NULL},  /* no such day */
        {"251125-0123-4567-89AB-CDEF-QQ", 0, NULL}, /* longer */
        {"251125-0123-4567-89AB-CDEF", 0, NULL},
        {"hubungi 081234567890 atau 08123456789012345678901", 0, NULL},
        {"", 0, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = cases[i].text;
        struct ticket ticket;
        struct ticket_place place;
        char left[80], again[TICKET_TEXT + 1];
        bool found = ticket_find(text, strlen(text), cases[i].from, &ticket, &place);
        if (found != (cases[i].around != NULL))
            fail_msg("case %zu: %d", i, found);
        if (!found)
            continue;
        ticket_to_text(&ticket, again);
        assert_string_equal(again, "251125-0123-4567-89AB-CDEF-Q");
        snprintf(left, sizeof left, "%.*s%s", (int)place.start, text, text + place.end);
        assert_string_equal(left, cases[i].around);
    }
    struct ticket ticket;
    struct ticket_place place;
    assert_false(ticket_find("251125-0123-4567-89AB-CDEF-Q", 27, 0, &ticket, &place)); /* only so far */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days),
        cmocka_unit_test(known_text),
        cmocka_unit_test(found_among_words),
        cmocka_unit_test(random_part),
        cmocka_unit_test(typed),
        cmocka_unit_test(no_such_day),
        cmocka_unit_test(too_long),
        cmocka_unit_test(substitutions),
        cmocka_unit_test(transpositions),
        cmocka_unit_test(from_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
