/* Areas of Indonesia by their Kemendagri code as text: "35", "35.07", "35.07.12", "35.07.12.2003" (province,
 * regency or city, district, village). The text is the identity everywhere: in records, rows and
 * configuration. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum area_level { AREA_NONE, AREA_PROVINCE, AREA_REGENCY, AREA_DISTRICT, AREA_VILLAGE };

enum { AREA_TEXT = 13 }; /* 2 + 1 + 2 + 1 + 2 + 1 + 4 characters, without the NUL */

/* How far down the code goes; AREA_NONE when the text is no code (wrong lengths, other characters, empty,
 * NULL). */
enum area_level area_level(const char *code);

/* True when code lies in prefix or is the same: part by part, so "35.07.12" lies in "35.07" but not in
 * "35.0". The empty prefix is the whole country. False when either is no code. */
bool area_within(const char *code, const char *prefix);

/* Both are known, and neither lies in the other: they cannot be one place. */
bool area_beside(const char *area, const char *other);

/* Cuts code to a level ("35.07.12.2003", AREA_REGENCY -> "35.07"); a code that is already that short or
 * shorter is copied. False, and an empty text, when code is no code. */
bool area_cut(const char *code, enum area_level level, char out[AREA_TEXT + 1]);

/* One level up; the empty text for a province. False when code is no code. */
bool area_parent(const char *code, char out[AREA_TEXT + 1]);

/* The deepest level that both lie in: AREA_NONE when not even the province is the same. Used to put "own
 * area" first. */
enum area_level area_common(const char *a, const char *b);
