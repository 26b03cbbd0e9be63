/* Where it happened: from names in the message, a position and a declared area to a Kemendagri code, or to
 * candidates.
 *
 * Rules (domain reference 9d):
 *  - whole words only, never parts of words: "Waru" is not in "Lowokwaru";
 *  - a village alone is never enough (1,003 village names of East Java repeat): it needs its district or
 * regency;
 *  - regency and city of one name (Malang, Kediri ...) without "kab" or "kota" stay two candidates, unless a
 * district decides;
 *  - a district name that several regencies have needs its regency, else all stay candidates;
 *  - names that are also words (Panti, Batu, Taman, Parang, Padang ...) need a marker before them or a parent
 * that agrees, with a capital too; those after a title or before a surname are people;
 *  - what is named must agree from top to bottom; of names that disagree the pair that agrees wins;
 *  - a landmark stands for its district or regency, a hint only tells which of several places is meant, and
 * so does a neighbour ("Waru, arah Pasean"); a port or station has the district that it is called after, or
 * none;
 *  - "Karanganyar, yang mana ya" stays all of that name, "Nganjuk apa Kediri" and "perbatasan
 *    Gresik-Lamongan" stay both;
 *  - a village called after the only district of its name is enough ("Palengaan Laok");
 *  - of two regencies of one name the one that has the village beside it ("Malampah, Pasaman").
 *
 * Which of several places is that of the event, and not that of the teller, of a relative, of an origin, a
 * hospital or a way, has no rules: it is learnt (place_choose.c). A text that tells none well enough is
 * asked. What the message says comes first, then a position on the map, then the area the reporter's form
 * declared: the other two often are where somebody writes from. A position decides between twins.
 */
#pragma once

#include "common/area.h"
#include "common/arena.h"
#include "common/gazetteer.h"
#include "services/triage/text.h"

enum {
    PLACE_CANDIDATES_MAX = 8,
    PLACE_NAMES_MAX = 48, /* names found in one message */
    PLACE_NAME_WORDS_MAX =
        4 /* "Lima Puluh Kota" is joined to a number; "Sungai Pagu Solok Selatan" does not occur */
};

/* Kilometres from a regency's centre within which a position is taken to lie in it: the largest regencies of
 * Java reach 50 km from their centre. A centre is no border, so the district stays open. */
#define PLACE_POSITION_KM 40.0

struct place_index;

struct place_found {
    char area[AREA_TEXT + 1]; /* empty when not decided */
    enum area_level level;
    char candidates[PLACE_CANDIDATES_MAX]
                   [AREA_TEXT + 1]; /* two or more when the name fits several; else none */
    size_t candidate_count;
    uint16_t first, last; /* words the decision stands on; valid when by_text */
    float share;          /* how likely the text tells that place and no other; likewise */
    bool by_text, by_position, by_declaration;
    bool position_is_far;     /* from the place that the text tells, which stays */
    bool unknown_declaration; /* the form gave a code that the gazetteer does not have */
};

/* provinces: codes of the site; villages are looked for only there, and names elsewhere must be plain
 * (capital, marker). The gazetteer must outlive the index. spelling: how messages are read. folder: of the
 * gazetteer, with aliases.tsv, landmarks.tsv and words.tsv. NULL with error set. The caller frees it. */
struct place_index *place_index_new(const struct gazetteer *gazetteer, const struct spelling *spelling,
    char *const *provinces, size_t province_count, const char *folder, struct error *error);
void place_index_free(struct place_index **index);

struct place_names;

/* The names of places in the message, in the arena; NULL when it is exhausted. index NULL: none. */
struct place_names *place_names_read(
    const struct place_index *index, struct arena *arena, const struct text *text);
/* Which words are part of such a name: one flag for each of text->words, in the arena; NULL when it is
 * exhausted. Names that are also words of the language, of villages only or misspelt are marked only where a
 * capital letter, a marker, a second word or the place they lie in tells them apart: "surat" is three
 * villages.
 */
bool *place_names_mark(const struct place_names *names, struct arena *arena, const struct text *text);

/* names: of place_names_read. position and declared may be NULL. False only when the arena is exhausted. */
bool place_find(const struct place_index *index, struct arena *arena, const struct text *text,
    const struct place_names *names, const struct position *position, const char *declared,
    struct place_found *out);
