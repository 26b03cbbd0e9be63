#include "common/ticket.h"

#include <string.h>
#include <time.h>

enum {
    DAY_SYMBOLS = 6,
    RANDOM_SYMBOLS = 16, /* 80 bits / 5 */
    SYMBOLS = DAY_SYMBOLS + RANDOM_SYMBOLS + 1,
    DAY_BYTES = 2,
    RANDOM_BYTES = TICKET_BYTES - DAY_BYTES,
    DAYS_1970_TO_2020 = 18262,
    DAY_LAST = 36523, /* 2119-12-31: a two-digit year names a century once */
    SECONDS_A_DAY = 86400
};

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void ticket_make(int64_t now_ms, const struct random *random, struct ticket *out) {
    int64_t day = now_ms / 1000 / SECONDS_A_DAY - DAYS_1970_TO_2020;
    day = day < 0 ? 0 : day > DAY_LAST ? DAY_LAST : day;
    out->bytes[0] = (uint8_t)(day >> 8);
    out->bytes[1] = (uint8_t)day;
    random_fill(random, out->bytes + DAY_BYTES, RANDOM_BYTES);
}

bool ticket_from_bytes(const void *bytes, size_t size, struct ticket *out) {
    memset(out, 0, sizeof *out);
    if (size != TICKET_BYTES)
        return false;
    memcpy(out->bytes, bytes, TICKET_BYTES);
    return true;
}

/* Six decimal digits YYMMDD, one a byte. */
static void day_to_symbols(int day, uint8_t symbols[DAY_SYMBOLS]) {
    time_t at = (time_t)(day + DAYS_1970_TO_2020) * SECONDS_A_DAY;
    struct tm utc;
    gmtime_r(&at, &utc);
    int parts[3] = {utc.tm_year % 100, utc.tm_mon + 1, utc.tm_mday};
    for (int i = 0; i < 3; i++) {
        symbols[2 * i] = (uint8_t)(parts[i] / 10);
        symbols[2 * i + 1] = (uint8_t)(parts[i] % 10);
    }
}

/* False when there is no such day: timegm() turns 31 February into March, so the way back must give the same
 * digits. */
static bool day_from_symbols(const uint8_t symbols[DAY_SYMBOLS], int *out) {
    int year = symbols[0] * 10 + symbols[1];
    struct tm utc = {
        .tm_year = year < 20 ? year + 200 : year + 100, /* 20 to 99 are 2020 on, 00 to 19 are 2100 on */
        .tm_mon = symbols[2] * 10 + symbols[3] - 1,
        .tm_mday = symbols[4] * 10 + symbols[5]};
    int64_t day = timegm(&utc) / SECONDS_A_DAY - DAYS_1970_TO_2020;
    if (day < 0 || day > DAY_LAST)
        return false;
    uint8_t again[DAY_SYMBOLS];
    day_to_symbols((int)day, again);
    *out = (int)day;
    return memcmp(again, symbols, DAY_SYMBOLS) == 0;
}

/* Times a = 2 in GF(32). */
static uint8_t times_a(uint8_t symbol) {
    return (uint8_t)((symbol << 1 ^ (symbol & 16 ? 0x25 : 0)) & 31);
}

/* The weighted sum, by Horner's rule. */
static uint8_t weigh(const uint8_t *symbols, int count) {
    uint8_t sum = 0;
    for (int i = 0; i < count; i++)
        sum = times_a(sum) ^ symbols[i];
    return sum;
}

void ticket_to_text(const struct ticket *ticket, char text[TICKET_TEXT + 1]) {
    uint8_t symbols[SYMBOLS];
    day_to_symbols(ticket->bytes[0] << 8 | ticket->bytes[1], symbols);
    unsigned __int128 value = 0;
    for (int i = DAY_BYTES; i < TICKET_BYTES; i++)
        value = value << 8 | ticket->bytes[i];
    for (int i = SYMBOLS - 2; i >= DAY_SYMBOLS; i--) {
        symbols[i] = (uint8_t)value & 31;
        value >>= 5;
    }
    symbols[SYMBOLS - 1] = times_a(weigh(symbols, SYMBOLS - 1)); /* so that the whole weighs nothing */
    for (int i = 0; i < SYMBOLS; i++) {
        if (i >= DAY_SYMBOLS && (i - DAY_SYMBOLS) % 4 == 0)
            *text++ = '-';
        *text++ = alphabet[symbols[i]];
    }
    *text = 0;
}

/* 0 to 31, or -1 when it is no sign of the alphabet. */
static int symbol_of(char c) {
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        return 0;
    if (c == 'I' || c == 'L')
        return 1;
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* How many bytes of a blank or a hyphen stand here; 0 when neither. U+00A0, U+2010 to U+2015 and U+2212 in
 * UTF-8. */
static size_t gap_at(const char *text) {
    if (*text == '-' || *text == ' ' || (*text >= '\t' && *text <= '\r'))
        return 1;
    if (strncmp(text, "\u00a0", 2) == 0)
        return 2;
    if (strncmp(text, "\u2212", 3) == 0)
        return 3;
    return strncmp(text, "\xe2\x80", 2) == 0 && (uint8_t)text[2] >= 0x90 && (uint8_t)text[2] <= 0x95 ? 3 : 0;
}

static size_t gaps_at(const char *text) {
    size_t size = 0;
    for (size_t gap; (gap = gap_at(text + size)) > 0; size += gap)
        continue;
    return size;
}

/* SYMBOLS signs, the first six of them digits. Returns the bytes up to the end of the last; 0: not so many.
 */
static size_t symbols_read(const char *text, uint8_t symbols[SYMBOLS]) {
    size_t at = 0;
    for (int count = 0; count < SYMBOLS; count++) {
        at += gaps_at(text + at);
        int symbol = symbol_of(text[at]);
        if (symbol < 0 || (count < DAY_SYMBOLS && symbol > 9))
            return 0;
        symbols[count] = (uint8_t)symbol;
        at++;
    }
    return at;
}

/* False, with out zeroed: the check or the day is wrong. */
static bool ticket_from_symbols(const uint8_t symbols[SYMBOLS], struct ticket *out) {
    int day;
    memset(out, 0, sizeof *out);
    if (weigh(symbols, SYMBOLS) != 0 || !day_from_symbols(symbols, &day))
        return false;
    unsigned __int128 value = 0;
    for (int i = DAY_SYMBOLS; i < SYMBOLS - 1; i++)
        value = value << 5 | symbols[i];
    for (int i = TICKET_BYTES - 1; i >= DAY_BYTES; i--) {
        out->bytes[i] = (uint8_t)value;
        value >>= 8;
    }
    out->bytes[0] = (uint8_t)(day >> 8);
    out->bytes[1] = (uint8_t)day;
    return true;
}

bool ticket_from_text(const char *text, struct ticket *out) {
    uint8_t symbols[SYMBOLS];
    memset(out, 0, sizeof *out);
    if (strnlen(text, TICKET_INPUT_MAX + 1) > TICKET_INPUT_MAX)
        return false;
    size_t size = symbols_read(text, symbols);
    return size && !text[size + gaps_at(text + size)] && ticket_from_symbols(symbols, out);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* One that begins exactly here. Returns the bytes it takes, 0: none. */
static size_t ticket_at(const char *text, size_t size, struct ticket *out) {
    char window[TICKET_INPUT_MAX + 2];
    uint8_t symbols[SYMBOLS];
    size_t room = size < TICKET_INPUT_MAX + 1 ? size : TICKET_INPUT_MAX + 1;
    memcpy(window, text, room);
    window[room] = 0;
    size_t taken = symbols_read(window, symbols);
    /* A sign more and it is a longer number of somebody else's; "o" and "l" are read as digits, too. */
    return taken && symbol_of(window[taken]) < 0 && ticket_from_symbols(symbols, out) ? taken : 0;
}

bool ticket_find(const char *text, size_t size, size_t from, struct ticket *out, struct ticket_place *place) {
    memset(out, 0, sizeof *out);
    for (size_t at = from; at < size; at++) {
        size_t taken = is_digit(text[at]) && (at == 0 || !is_digit(text[at - 1]))
                           ? ticket_at(text + at, size - at, out)
                           : 0;
        if (taken) {
            *place = (struct ticket_place){at, at + taken};
            return true;
        }
    }
    return false;
}
