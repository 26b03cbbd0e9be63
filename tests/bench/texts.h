/* Reports as people write them, every one of its own: kind, place, name, age and number differ, so that each
 * opens a case of its own and nothing can be answered from a cache. */
#pragma once

#include <stddef.h>

enum { TEXTS_MAX = 640 /* bytes: the longest form 300, its longest words 4 x 40 */ };

/* Writes report `number` of the series `seed` into out as a JSON string without its quotes. Returns its
 * bytes. place: where it is to happen ("Tulakan Pacitan"), NULL for one of the series' own. */
size_t texts_write(char out[TEXTS_MAX], const char *place, unsigned seed, unsigned number);
