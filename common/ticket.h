/* Tickets: what a reporter gets back and can quote, in a chat or over the telephone, to hear how things
 * stand.
 *
 * 12 bytes: the day as a number since 2020-01-01 UTC (2 bytes, big endian), then 80 random bits, so that
 * nobody can guess another reporter's ticket. Days from 2020-01-01 to 2119-12-31; a clock outside is held at
 * the nearer end.
 *
 * Text: `YYMMDD-XXXX-XXXX-XXXX-XXXX-C`, the day in UTC, the random bits in Crockford's base 32 (no I, L, O,
 * U), and a check character. The check is a Reed-Solomon code with one check symbol over GF(32), x^5 + x^2 +
 * 1, a = 2: the sum of symbol(i) * a^(22 - i) over all 23 characters is zero. All weights differ, so every
 * substitution of one character and every exchange of two characters is caught, next to each other or not,
 * the check character included. ISO 7064 MOD 37,2 would catch as much but needs five more signs (`*~$=U`)
 * that nobody can read aloud. */
#pragma once

#include "common/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TICKET_BYTES = 12,
    TICKET_TEXT = 28, /* 6 day + 16 random + 1 check + 5 hyphens, without the NUL */
    TICKET_INPUT_MAX =
        160 /* bytes a person may type: 23 characters, each with a few hyphens or spaces around it */
};

struct ticket {
    uint8_t bytes[TICKET_BYTES];
};

/* now_ms: epoch ms, UTC. Takes 10 bytes from random. */
void ticket_make(int64_t now_ms, const struct random *random, struct ticket *out);
void ticket_to_text(const struct ticket *ticket, char text[TICKET_TEXT + 1]);
/* Accepts what people type: lower case, O for 0, I and L for 1, hyphens (also the long ones that telephones
 * make) and blanks anywhere or nowhere. False, with out zeroed, when it is no ticket: wrong length, sign, day
 * or check. */
bool ticket_from_text(const char *text, struct ticket *out);
/* Where in a text a ticket stands. */
struct ticket_place {
    size_t start, end;
};
/* The first ticket in the text from `from` on, written in any of these ways, with or without words around it.
 * False: none. What merely looks like one is found too: whether it is anybody's, the caller looks up. */
bool ticket_find(const char *text, size_t size, size_t from, struct ticket *out, struct ticket_place *place);
/* From the bytes of a protobuf field or a column; false, with out zeroed, when there are not exactly 12. */
bool ticket_from_bytes(const void *bytes, size_t size, struct ticket *out);
