/* Names and codes of Indonesia's provinces, regencies, districts and villages, loaded once into compact
 * memory and found by their codes. Which of them a text means is triage's business (place.h): names repeat,
 * 1,003 village names of East Java stand for more than one village, ten districts and seven pairs of city and
 * regency share theirs. Read-only after loading; never blocks after loading.
 *
 * Data: idn-area-data, ODbL 1.0, see deploy/gazetteer/NOTICE. */
#pragma once

#include "common/area.h"
#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GAZETTEER_NAME_MAX = 64 }; /* bytes of a name; the longest in the data has 44 */

struct gazetteer;

struct place {
    const char *code; /* valid as long as the gazetteer */
    const char *name; /* "Malang", "Lowokwaru"; without "Kabupaten", "Kota", "Kecamatan" */
    enum area_level level;
    bool city;  /* a regency-level place that is a Kota */
    bool alias; /* found by another name ("Sby"); name is the official one */
};

/* folder holds gazetteer.tsv, centroids.tsv and aliases.tsv (other names, only checked). depth: the deepest
 * level kept. NULL with error set when a file is missing, out of order or malformed. */
struct gazetteer *gazetteer_load(const char *folder, enum area_level depth, struct error *error);
void gazetteer_free(struct gazetteer **gazetteer);
size_t gazetteer_count(const struct gazetteer *gazetteer);

bool gazetteer_find(const struct gazetteer *gazetteer, const char *code, struct place *out);
/* Name without its kind of place; the code itself when unknown. */
const char *gazetteer_name(const struct gazetteer *gazetteer, const char *code);
/* "Kec. Singosari, Kab. Malang" ("Desa ..." and the province are left out where the line is long enough
 * without); the code itself when unknown. Always terminated. */
void gazetteer_label(const struct gazetteer *gazetteer, const char *code, char *out, size_t size);

/* Places directly below code ("": the provinces), in order. Writes at most max and returns how many there
 * are. */
size_t gazetteer_children(const struct gazetteer *gazetteer, const char *code, struct place *out, size_t max);
/* How many places lie in code, itself among them, one behind the other; *first: the index of the first, for
 * gazetteer_at. */
size_t gazetteer_within(const struct gazetteer *gazetteer, const char *code, size_t *first);
/* Every place in order of codes: index 0 .. gazetteer_count() - 1. For building indexes of one's own. */
void gazetteer_at(const struct gazetteer *gazetteer, size_t index, struct place *out);

struct position {
    double latitude, longitude; /* degrees, WGS 84 */
};

/* The approximate centre of the regency that code lies in (two decimals, about 1 km); false when not known.
 */
bool gazetteer_centre(const struct gazetteer *gazetteer, const char *code, struct position *out);
/* Great circle distance between the regencies of two codes in km; -1 when one is not known. */
double gazetteer_distance_km(const struct gazetteer *gazetteer, const char *a, const char *b);
double position_distance_km(struct position a, struct position b);
/* The regency whose centre is nearest, at most max_km away; a centre is no border, so this is a guess to be
 * confirmed. */
bool gazetteer_nearest_regency(
    const struct gazetteer *gazetteer, struct position at, double max_km, struct place *out);
