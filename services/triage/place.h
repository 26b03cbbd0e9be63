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
 *  - of what stands on a border the side that is named ("Terminal Purabaya sisi Surabaya");
 *  - who is abroad belongs to where he is to be brought home, if nothing else is named;
 *  - of whom a town is said ("anak Jombang") is where another place of the sentence says; who asks to be sent
 *    home from somewhere is there, and who is home again is at home, if nothing has happened elsewhere;
 *  - who is from one town, works in another and tells of what is here is where he works; who says what he is
 *    and where ("saya kader di Jember") is there;
 *  - who lands somewhere, or is telephoned from there, is at home where another place is named;
 *  - whom the message is not about is elsewhere: a child, adviser or friend, who was caught for it, the panti
 *    of another town ("anak kandungnya di Batam", "kata adik saya di Tuban", "panti di Tuban penuh");
 *  - so is the teller who says where he is by now, and what happened in another place ("ambo di rantau, di
 *    Malang", "baru lapor setelah bongkar di Tuban", "di Jombang dan tidak dapat ke sana");
 *  - where a driver loads, and what is passed on the way abroad ("lewat Juanda"), is no event; where he
 *    stops, or sees something next, is one ("dari Tuban lewat Dampit, ada nenek");
 *  - where help is missed it has not come ("di Sampang sudah turun, di Sumenep belum");
 *  - an origin outside of the site tells when nothing else does and nobody moved ("kakek dari Sijunjung");
 *  - "Karanganyar, yang mana ya" stays all of that name; old news and what another case is like tell nothing;
 *  - a village called after the only district of its name is enough ("Palengaan Laok");
 *  - a road called after two towns ("Jl Raya Surabaya-Malang") is in neither;
 *  - "Nganjuk apa Kediri" and "perbatasan Gresik-Lamongan" stay both; a list of three towns or more that
 *    somebody serves or that were hit is in none of them, nor is "tiga kabupaten: ..." or one town "sampai"
 *    another;
 *  - who writes that somebody is held where nobody knows tells no place;
 *  - what somebody only wants in a place ("mau manggung di Surabaya"), where a child is kept out of the way,
 *    and where relatives are that nobody reaches, is beside the matter; so is where the teller works, or
 *    lives with children, who tells of home ("jualan di Sidoarjo. Di kampung saya ..."), and who does not
 *    know whom to tell ("saya di Bekasi bingung lapor ke mana") of who is from elsewhere;
 *  - who is from here and was lured away suffers there ("kabur ke Denpasar, ternyata dijual"), and "dari
 *    Juanda ke rumah" is no more than the last leg;
 *  - "Ngantang, eh atau Pujon ya, kurang tahu" stays both, or the regency that both lie in;
 *  - where an outing goes, and where who does not believe is asked to look ("main2 ke Kokop"), it is; what
 *    villages have ("bersih desa Nganjuk") names none;
 *  - of two regencies of one name the one that has the village beside it ("Malampah, Pasaman").
 * What the message says comes first, then a position on the map, then the area the reporter's form declared:
 * the other two often are where somebody writes from. A position decides between twins.
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
