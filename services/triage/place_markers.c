/* What the words before and behind a name say of the kind of place it can be ("kab", "di", "RSUD"), and what
 * calls a person. */
#include "services/triage/place_parts.h"
#include "services/triage/sieve.h"

#include <string.h>
#include <strings.h>

/* "Mbah" is read as "nenek", which is no title: "nenek Jember terlantar" is in Jember. Pakde and paklik are
 * read as "paman", bude as "bibi". */
bool place_word_is_title(const struct text *text, const struct word *word) {
    static const char *const titles[] = {"pak", "bapak", "bu", "ibu", "mas", "mbak", "kakak", "om", "tante",
        "si", "haji", "kang", "dik", "mak", "paman", "bibi", "bulik", "gus", "sdr", "saudara", "almarhum",
        "nyai", "yu", "lik", "nama", "namanya", "bernama", "pangil", "dipangil", "inisial", "kiai", "kyai",
        "ustad", "ustadz", "ustaz", NULL};
    return word_is_one_of(word, titles) ||
           (word_is(word, "nenek") && strchr("mMeEsS", text->bytes[word->start]));
}

enum place_marker place_marker_of(const struct word *word) {
    static const char *const in[] = {"di", "sekitar", "dekat", "daerah", "wilayah", "warga", "lokasi",
        "alamat", "domisili", "tingal", "asli", "e", "sini", "penduduk", "dinsos", "kadinsos", "masjid",
        "musala", "mushola", "pasar", "langar", "pertigan", "perempatan", "prapatan", "bundaran", "bunderan",
        "ting", "pulau", "kepulauan", "kep", "pesisir", "alas", "gor", "pkk", NULL};
    static const char *const regency[] = {"kabupaten", "bupati", "pemkab", NULL};
    static const char *const city[] = {"kota", "kotamadya", "kodya", "walikota", "pemkot", NULL};
    static const char *const district[] = {
        "kecamatan", "polsek", "puskesmas", "kua", "koramil", "camat", "pkm", "tksk", NULL};
    static const char *const village[] = {
        "desa", "kelurahan", "nagari", "lurah", "kades", "dhisa", "dhisana", NULL};
    static const char *const town[] = {"polres", "rsud", "terminal", "stasiun", "pelabuhan", "rsu", "rsup",
        "rs", "rsj", "rsd", "kejaksan", "pengadilan", "lapas", "sman", "bandara", "polresta", "polrestabes",
        "universitas", "alun", "mal", "plaza", NULL};
    static const char *const hamlet[] = {"dusun", "dukuh", "jorong", "korong", "kampung", "kasun", NULL};
    static const char *const street[] = {"jalan", "gang", "toko", "warung", "hotel", "bank", "pt", "bukit",
        "gunung", "sungai", "kali", "waduk", "bengawan", "jembatan", "perumahan", "kue", "nasi", "masakan",
        "makan", "soto", "rawon", "sate", "pecel", "tahu", "suku", "pantai", "pondok", "perum", "timnas",
        "persib", "persebaya", "persik", "persela", "arema", "stadion", "ayam", "bebek", "bakso", "keripik",
        "kripik", "tempe", "lontong", "rujak", "mi", "dodol", "krupuk", "kerupuk", "goreng", "khas", "batik",
        "sarung", "film", "pohon", "wit", "kembar", "gudeg", "gudek", "bakpia", "angkringan", "reog", "tari",
        "gandrung", "topeng", "ludruk", "jaranan", "karapan", "kerapan", "brem", "wingko", "jenang", "petis",
        "bandeng", NULL};
    static const struct {
        const char *const *keys;
        enum place_marker marker;
    } table[] = {{in, MARKER_IN}, {regency, MARKER_REGENCY}, {city, MARKER_CITY}, {district, MARKER_DISTRICT},
        {village, MARKER_VILLAGE}, {town, MARKER_TOWN}, {hamlet, MARKER_HAMLET}, {street, MARKER_STREET}};
    enum { ANY = 4096 }; /* bits, for some 150 words */
    static uint64_t any[ANY / 64];
    static bool made;
    static struct word_filter filters[sizeof table / sizeof table[0]];
    for (size_t i = 0; !made && i < sizeof table / sizeof table[0]; i++)
        for (const char *const *key = table[i].keys; *key; key++)
            sieve_add(any, ANY, text_hash(*key));
    made = true;
    if (!sieve_holds(any, ANY, word->hash))
        return MARKER_NONE;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (word_is_among(word, table[i].keys, &filters[i]))
            return table[i].marker;
    return MARKER_NONE;
}

/* Says what level the name after it has. */
bool place_marker_is_level(enum place_marker marker) {
    return marker == MARKER_REGENCY || marker == MARKER_CITY || marker == MARKER_DISTRICT ||
           marker == MARKER_VILLAGE;
}

/* "tidak menyebut kecamatan. Kab. Lumajang": a stop behind a word of kind is that of a short form, but not
 * where it is written in full, inside of a clause, and another one follows, or is denied. */
bool place_text_ends_in_full(const struct text *text, size_t at) {
    static const char *const kinds[] = {"kecamatan", "kabupaten", "kelurahan", "desa", "dusun", NULL};
    const struct word *word = &text->words[at];
    if (at + 1 >= text->count || text_byte(text, word->end) != '.' || word->flags & WORD_OPENS ||
        word->end - word->start != word->key_size || !word_is_one_of(word, kinds) ||
        !(word[1].flags & WORD_CAPITAL))
        return false;
    return word->negator >= 0 || place_marker_is_level(place_marker_of(word + 1));
}

/* Whether the words after `at` go on with what it began: of one clause, or parted by a colon, as in forms
 * ("Kec: Ngajum"). */
bool place_text_goes_on(const struct text *text, size_t at) {
    const struct word *word = &text->words[at], *next = word + 1;
    if (word->clause == next->clause)
        return !place_text_ends_in_full(text, at);
    bool colon = false;
    for (uint32_t i = word->end; i < next->start; i++) {
        colon = colon || text->bytes[i] == ':';
        if (!strchr(":. ", text->bytes[i]))
            return false;
    }
    return colon;
}

/* ---- markers */

/* "terminal Bungurasih Sidoarjo": the town of a terminal that has a name. */
static bool of_town(const struct text *text, size_t first) {
    for (size_t back = 2; back <= 3 && back <= first; back++) {
        const struct word *word = &text->words[first - back];
        if (word->clause == text->words[first].clause && place_marker_of(word) == MARKER_TOWN)
            return true;
    }
    return false;
}

/* "Jalan Kauman", "jl kauman"; but "di pinggir jalan Geger Madiun" is in Geger. */
bool place_word_is_street(const struct word *word) {
    static const char *const streets[] = {"jalan", "gang", NULL};
    bool short_of_it = word->end - word->start <= 3;
    return word_is_one_of(word, streets) && (short_of_it || word->flags & WORD_CAPITAL);
}

/* "Malang, kota Batu": the marker is the next name's; "kota apa kabupaten": not known. */
static bool is_of_next(
    const struct place_index *index, const struct text *text, size_t last, enum place_marker after) {
    size_t used;
    for (size_t i = last + 2; i < text->count && i <= last + 3; i++) {
        enum place_marker next = place_marker_of(&text->words[i]);
        if ((next == MARKER_REGENCY || next == MARKER_CITY) && next != after)
            return true;
        if (i == last + 2 && place_entries_name_regency(index, place_index_find(index, text, i, &used)))
            return true;
    }
    return false;
}

/* As it was written: most of what only Minangkabau say is read as Indonesian ("ambo" as "saya"). */
bool place_word_is_written(const struct text *text, const struct word *word, const char *spelling) {
    const char *written = text->bytes + word->start;
    size_t size = word->end - word->start;
    return size && (written[0] | ' ') == spelling[0] && strlen(spelling) == size &&
           strncasecmp(written, spelling, size) == 0;
}

/* "rujak cingur Surabaya", "pecel lele lamongan": a dish of two words. */
static bool is_dish(const struct text *text, size_t first) {
    static const char *const dishes[] = {"cingur", "lele", "balap", "tek", "campur", "urat", NULL};
    return first >= 2 && text->words[first].clause == text->words[first - 2].clause &&
           word_is_one_of(&text->words[first - 1], dishes) &&
           place_marker_of(&text->words[first - 2]) == MARKER_STREET;
}

/* "tape Bondowoso": read as "tapi", which it also is. */
static bool is_tape(const struct text *text, size_t first) {
    return first && text->words[first].flags & WORD_CAPITAL &&
           place_word_is_written(text, &text->words[first - 1], "tape");
}

/* "puskesmas suruh tunggu", "polsek kudu datang": what the office does, and not which office it is. */
static bool is_ordered(const struct text *text, size_t first) {
    static const char *const verbs[] = {"suruh", "kudu", "deket", NULL};
    const struct word *word = &text->words[first];
    return !(word->flags & WORD_CAPITAL) && word_is_one_of(word, verbs) && !word_is(word - 1, "kecamatan");
}

/* "rekap TKSK Pacitan": who works in one district of many, and tells none. */
static bool is_office_of_regency(const struct place_index *index, const struct text *text, size_t first) {
    size_t used;
    return word_is(&text->words[first - 1], "tksk") &&
           place_entries_name_regency(index, place_index_find(index, text, first, &used));
}

/* "Jombang kota santri": what a town calls itself, and no word on which of two it is. at: "kota". */
static bool is_epithet(const struct text *text, size_t at) {
    static const char *const epithets[] = {"santri", "beriman", "pahlawan", "batik", "reog", "tahu", "soto",
        "wali", "pudak", "marmer", "marem", "apel", "pelajar", "wisata", "dingin", "angin", "bayu", "dawet",
        "garam", "bunga", "kripik", "onde", "gadis", "sumber", "seribu", "kecil", "kelahiran", NULL};
    return at + 1 < text->count && text->words[at].clause == text->words[at + 1].clause &&
           word_is(&text->words[at], "kota") && word_is_one_of(&text->words[at + 1], epithets);
}

/* "kota" or "kab" right after a name ("Malang kab", "Padang kota"). */
enum place_marker place_marker_after(const struct place_index *index, const struct text *text, size_t last) {
    if (last + 1 >= text->count || text->words[last + 1].clause != text->words[last].clause)
        return MARKER_NONE;
    enum place_marker after = place_marker_of(&text->words[last + 1]);
    return (after == MARKER_REGENCY || after == MARKER_CITY) && !is_of_next(index, text, last, after)
               ? after
               : MARKER_NONE;
}

/* "st. madiun": a station that is called after a city lies in it. */
static bool is_station_of_city(const struct place_index *index, const struct text *text, size_t first) {
    size_t used;
    const struct word *word = &text->words[first];
    return first && word_is(word - 1, "st") && word->start - word[-1].end <= 2 &&
           strchr(". ", text_byte(text, word[-1].end)) &&
           place_entries_name_city(index, place_index_find(index, text, first, &used));
}

/* "bersih desa Nganjuk", "perangkat desa Ponorogo": what villages have, and no village of the name. */
static bool is_of_villages(const struct place_index *index, const struct text *text, size_t first) {
    static const char *const things[] = {
        "bersih", "sedekah", "bumi", "perangkat", "dana", "pilkades", "nyadran", "karang", "ruwat", NULL};
    size_t used;
    return first >= 2 && word_is(&text->words[first - 1], "desa") &&
           text->words[first - 2].clause == text->words[first].clause &&
           word_is_one_of(&text->words[first - 2], things) &&
           place_entries_name_regency(index, place_index_find(index, text, first, &used));
}

/* "tiga kali Malang", and no river as in "kali Solo". */
static bool is_times(const struct text *text, size_t at) {
    static const char *const counts[] = {"berapa", "beberapa", "tiap", "setiap", "sekian", "banyak", NULL};
    return at && word_is(&text->words[at], "kali") &&
           (text->words[at - 1].flags & WORD_NUMBER || word_is_one_of(&text->words[at - 1], counts));
}

enum place_marker place_marker_around(
    const struct place_index *index, const struct text *text, size_t first, size_t last) {
    enum place_marker before = MARKER_NONE;
    size_t used;
    if (is_station_of_city(index, text, first))
        return MARKER_CITY;
    if (first && place_text_goes_on(text, first - 1))
        before = place_marker_of(&text->words[first - 1]);
    if (before == MARKER_NONE && of_town(text, first))
        before = MARKER_TOWN;
    if (before == MARKER_STREET && is_times(text, first - 1))
        before = MARKER_NONE;
    if (before == MARKER_NONE && (is_dish(text, first) || is_tape(text, first)))
        before = MARKER_STREET;
    if (before == MARKER_VILLAGE && is_of_villages(index, text, first))
        before = MARKER_NONE;
    if (before == MARKER_DISTRICT && is_ordered(text, first))
        before = MARKER_NONE;
    if (before == MARKER_DISTRICT && is_office_of_regency(index, text, first))
        before = MARKER_TOWN;
    if (place_marker_is_level(before))
        return before;
    enum place_marker after = place_marker_after(index, text, last);
    if (after == MARKER_CITY && is_epithet(text, last + 1) &&
        !place_entries_name_city(index, place_index_find(index, text, first, &used)))
        return before; /* "Batu kota wisata" is the city all the same */
    return after == MARKER_NONE ? before : after;
}
