/* A light stemmer for Indonesian as it is chatted: enough to bring "dipukulin", "memukul" and "pemukulan"
 * together. Not Nazief-Adriani and not libstemmer: no dictionary, no state to share between threads, and it
 * knows ng-, ny- and -in. */
#pragma once

#include "services/triage/text.h"

/* The stem of a folded key into out, never shorter than three letters. Returns its length. */
size_t stem(const char *key, size_t size, char out[WORD_KEY_MAX]);
