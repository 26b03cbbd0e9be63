/* The names of places in a message: every run of one to four words is looked up; what stands before a name
 * says which of its places can be meant (marker) and what the place is to the event (place_roles.c). */
#include "services/triage/place_parts.h"

#include <string.h>
#include <strings.h>

enum {
    SHOUTED_LEAST = 5,
    CAPITALS_LEAST = 10,
    SIGNED_LEAST = 5, /* words before a signature: less may be a question and its answer */
    HOME_REACH = 6,   /* words from "dipulangkan" to where */
    BY_REACH = 3,     /* words from a place to the landmark beside it */
    SHORT_HINT = 4,   /* letters of a hint that must be written large */
    NEAR_WORDS = 3,   /* "dekat lapangan minyak Banyuurip" */
    NEAR_SURE = 9,    /* of a misspelt district that nothing else tells */
    NEAR_LEAST = 7    /* letters of a word that may be a misspelt name; see place_index.c */
};

/* Before the name of a person; see is_title(). Pakde and paklik are read as "paman", bude as "bibi". */
static const char *const titles[] = {"pak", "bapak", "bu", "ibu", "mas", "mbak", "kakak", "mbah", "lek",
    "cak", "om", "tante", "si", "haji", "kang", "dik", "mak", "paman", "bibi", "bulik", "gus", "uni", "uda",
    "sdr", "saudara", "almarhum", "nyai", "yu", "lik", "nama", "namanya", "bernama", "pangil", "dipangil",
    "inisial", "kiai", "kyai", "ustad", "ustadz", "ustaz", "ning", NULL};

/* "Mbah" is read as "nenek", which is no title: "nenek Jember terlantar" is in Jember. */
static bool is_title(const struct text *text, const struct word *word) {
    return word_is_one_of(word, titles) ||
           (word_is(word, "nenek") && strchr("mMeEsS", text->bytes[word->start]));
}

enum place_marker place_marker_of(const struct word *word) {
    static const char *const in[] = {"di", "sekitar", "dekat", "daerah", "wilayah", "warga", "lokasi",
        "alamat", "domisili", "tingal", "asli", "wong", "oreng", "reng", "urang", "dakek", "e", "sini",
        "penduduk", "dinsos", "kadinsos", "masjid", "musala", "mushola", "pasar", "langgar", "pertigan",
        "perempatan", "prapatan", "bundaran", "bunderan", "ting", "pulau", "kepulauan", "kep", "pesisir",
        "alas", "gor", "pkk", NULL};
    static const char *const regency[] = {"kabupaten", "bupati", "pemkab", NULL};
    static const char *const city[] = {"kota", "kotamadya", "kodya", "walikota", "pemkot", NULL};
    static const char *const district[] = {
        "kecamatan", "polsek", "puskesmas", "kua", "koramil", "camat", "pkm", "tksk", NULL};
    static const char *const village[] = {
        "desa", "kelurahan", "nagari", "lurah", "kades", "dhisa", "dhisana", NULL};
    static const char *const town[] = {"polres", "rsud", "terminal", "stasiun", "pelabuhan", "rsu", "rs",
        "rsj", "rsd", "kejaksan", "pengadilan", "lapas", "sman", "bandara", "polresta", "polrestabes",
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
    static struct word_filter any, filters[sizeof table / sizeof table[0]];
    if (!any.made)
        for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
            word_filter_make(&any, table[i].keys);
    if (!word_filter_holds(&any, word))
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
static bool ends_in_full(const struct text *text, size_t at) {
    static const char *const kinds[] = {"kecamatan", "kabupaten", "kelurahan", "desa", "dusun", NULL};
    const struct word *word = &text->words[at];
    if (at + 1 >= text->count || word->flags & WORD_OPENS || word->end - word->start != word->key_size ||
        !word_is_one_of(word, kinds) || text->bytes[word->end] != '.' || !(word[1].flags & WORD_CAPITAL))
        return false;
    return word->negator >= 0 || place_marker_is_level(place_marker_of(word + 1));
}

/* Whether the words after `at` go on with what it began: of one clause, or parted by a colon, as in forms
 * ("Kec: Ngajum"). */
bool place_text_goes_on(const struct text *text, size_t at) {
    const struct word *word = &text->words[at], *next = word + 1;
    if (word->clause == next->clause)
        return !ends_in_full(text, at);
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
static bool is_street(const struct word *word) {
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
static bool is_written(const struct text *text, const struct word *word, const char *spelling) {
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
           is_written(text, &text->words[first - 1], "tape");
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
static enum place_marker marker_after(const struct place_index *index, const struct text *text, size_t last) {
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
           strchr(". ", text->bytes[word[-1].end]) &&
           place_entries_name_city(index, place_index_find(index, text, first, &used));
}

static enum place_marker marker_around(
    const struct place_index *index, const struct text *text, size_t first, size_t last) {
    enum place_marker before = MARKER_NONE;
    size_t used;
    if (is_station_of_city(index, text, first))
        return MARKER_CITY;
    if (first && place_text_goes_on(text, first - 1))
        before = place_marker_of(&text->words[first - 1]);
    if (before == MARKER_NONE && of_town(text, first))
        before = MARKER_TOWN;
    if (before == MARKER_STREET && first >= 2 && word_is(&text->words[first - 1], "kali"))
        before = MARKER_NONE; /* "tiga kali Malang" */
    if (before == MARKER_NONE && (is_dish(text, first) || is_tape(text, first)))
        before = MARKER_STREET;
    if (before == MARKER_DISTRICT && is_ordered(text, first))
        before = MARKER_NONE;
    if (before == MARKER_DISTRICT && is_office_of_regency(index, text, first))
        before = MARKER_TOWN;
    if (place_marker_is_level(before))
        return before;
    enum place_marker after = marker_after(index, text, last);
    if (after == MARKER_CITY && is_epithet(text, last + 1) &&
        !place_entries_name_city(index, place_index_find(index, text, first, &used)))
        return before; /* "Batu kota wisata" is the city all the same */
    return after == MARKER_NONE ? before : after;
}

/* ---- what is no name */

/* "Kota Kediri" is the city, although a district has that name too: only "kec. Kota Kediri" is the district.
 */
static bool kind_of_place_first(const struct place_index *index, const struct text *text, size_t first) {
    size_t used;
    if (!word_is(&text->words[first], "kota") || first + 1 >= text->count ||
        (first && place_marker_of(&text->words[first - 1]) == MARKER_DISTRICT))
        return false;
    return place_entries_name_city(index, place_index_find(index, text, first + 1, &used));
}

/* What two words together are a name only where somebody writes them so: "di kota mana", "hulu sungai". */
static bool is_phrase(const struct text *text, size_t first, bool capitals_tell) {
    static const char *const phrases[][2] = {{"kota", "mana"}, {"masjid", "raya"}, {"mesjid", "raya"},
        {"hulu", "sungai"}, {"kebun", "tebu"}, {"air", "putih"}, {"andam", "dewi"}, {"balai", "kota"},
        {"taman", "kota"}, {"ibu", "kota"}};
    const struct word *word = &text->words[first];
    if (first && place_text_goes_on(text, first - 1) && place_marker_of(word - 1) == MARKER_DISTRICT)
        return false; /* "kec. taman kota madiun" */
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0] && first + 1 < text->count; i++)
        if (word_is(word, phrases[i][0]) && word_is(word + 1, phrases[i][1]))
            return !(capitals_tell && word->flags & WORD_CAPITAL);
    return false;
}

/* "Remaja Ngelem Di Taman": where "di" is written large, all words are. */
static bool is_in_heading(const struct text *text, size_t first) {
    const struct word *word = &text->words[first];
    return first && word_is(word - 1, "di") && word[-1].flags & WORD_CAPITAL &&
           !(word[-1].flags & WORD_OPENS);
}

/* The next word goes on with a name: "Bagor Prasetyo", "Panti Asuhan", "Sumber Rejeki". */
static bool goes_on_as_name(const struct place_index *index, const struct text *text, size_t last) {
    static const char *const sides[] = {"barat", "timur", "utara", "selatan", "pusat", "tengah", "kidul",
        "lor", "kulon", "wetan", "raya", "provinsi", "jatim", NULL};
    size_t used;
    if (last + 1 >= text->count)
        return false;
    const struct word *word = &text->words[last], *next = word + 1;
    return word->clause == next->clause && next->flags & WORD_CAPITAL && !(next->flags & WORD_SHOUTED) &&
           !word_is_one_of(next, sides) && !word_is_one_of(next, titles) &&
           place_marker_of(next) == MARKER_NONE && !place_index_find(index, text, last + 1, &used);
}

/* "Nganjuk Sugianto, lahir 1950": a name and what papers say of whom. */
static bool is_on_papers(const struct place_index *index, const struct text *text, size_t last) {
    static const char *const papers[] = {"lahir", "kelahiran", "umur", "usia", "nik", NULL};
    return goes_on_as_name(index, text, last) && last + 2 < text->count &&
           word_is_one_of(&text->words[last + 2], papers);
}

/* Whether a title calls the reader: "tolong Pak", "Malam Bu"; "istri Pak" is about somebody. */
static bool is_call(const struct text *text, size_t title) {
    static const char *const greetings[] = {"tolong", "mohon", "lapor", "ijin", "izin", "halo", "selamat",
        "malam", "siang", "pagi", "sore", "maaf", "permisi", "asalamualaikum", "yth", "info", "min", NULL};
    static const char *const callable[] = {
        "pak", "bapak", "bu", "ibu", "mas", "mbak", "kakak", "cak", "om", "dik", NULL};
    const struct word *word = &text->words[title];
    if (!word_is_one_of(word, callable))
        return false;
    return word->flags & WORD_OPENS || !(word->flags & WORD_CAPITAL) || word_is_one_of(word - 1, greetings);
}

/* "Pak Lumajang itu orangnya baik": what follows speaks of a person, not of what happened in a place. */
static bool is_spoken_of(const struct text *text, size_t last) {
    static const char *const of[] = {"itu", "yang", "orangnya", "namanya", "julukanya", "pangilanya",
        "adalah", "guru", "sopir", "supir", "tetanga", "teman", "temanku", "temenku", "suka", "sering",
        "kader", "ketua", "juga", "sendiri", NULL};
    return last + 1 < text->count && text->words[last + 1].clause == text->words[last].clause &&
           word_is_one_of(&text->words[last + 1], of);
}

/* "anak saya Bagor", "temanku Sekar": who is named after what he is to the teller. */
static bool is_kin(const struct text *text, size_t first) {
    static const char *const kin[] = {"anak", "adik", "kakak", "suami", "istri", "teman", "keponakan", "cucu",
        "sepupu", "pacar", "tetanga", "murid", "pasien", "klien", NULL};
    static const char *const kin_of_mine[] = {
        "anaku", "adiku", "kakaku", "suamiku", "temanku", "temenku", "cucuku", NULL};
    static const char *const mine[] = {"saya", "kami", "kula", "aku", NULL};
    const struct word *word = &text->words[first];
    if (!first || word->clause != word[-1].clause)
        return false;
    return word_is_one_of(word - 1, kin_of_mine) ||
           (first >= 2 && word_is_one_of(word - 1, mine) && word_is_one_of(word - 2, kin));
}

/* "Lek Sarjo": read as "kalau", which it also is ("lek Malang banjir"). */
static bool is_uncle(const struct place_index *index, const struct text *text, size_t at, uint32_t found) {
    const struct word *word = &text->words[at];
    return word_is(word, "kalau") && word->end - word->start == 3 &&
           (text->bytes[word->start] | ' ') == 'l' && !place_entries_name_served(index, found);
}

/* "rumah mbah gempol", "pak sugihwaras tetangga saya": in small letters too. Nobody calls the reader "mbah"
 * or "bude"; of "pak", which most messages open with, it takes a word that speaks of him. Regencies stay
 * places, and so does what another place stands beside: "mbah watulimo trenggalek". */
static bool is_person_in_small(
    const struct place_index *index, const struct text *text, size_t first, uint32_t found) {
    static const char *const elders[] = {"bulik", "nyai", "paman", "bibi", NULL};
    static const char *const of_whom[] = {"rumah", "istri", "suami", "anak", "anaknya", "cucu", "cucunya",
        "tetanga", "warung", "toko", "istrinya", "suaminya", "rumahnya", "namanya", "nama", "bernama", NULL};
    static const char *const callable[] = {"pak", "bapak", "bu", "ibu", "mas", "mbak", NULL};
    const struct word *word = &text->words[first], *title = word - 1;
    size_t used;
    if (!first || title->clause != word->clause)
        return false;
    bool elder = word_is_one_of(title, elders) ||
                 (word_is(title, "nenek") && is_title(text, title)); /* "nenek dampit" is in Dampit */
    bool called = !elder && word_is_one_of(title, callable);
    bool owned =
        called && first >= 2 && title->clause == title[-1].clause && word_is_one_of(title - 1, of_whom);
    return (elder || owned || (called && is_spoken_of(text, first))) &&
           !place_entries_name_regency(index, found) &&
           (first + 1 >= text->count || !place_index_find(index, text, first + 1, &used));
}

/* "Durenan lur, Nggalek", "Kulon Progo pak, Wates". */
static bool is_called(const struct word *word) {
    static const char *const called[] = {"pak", "bapak", "bu", "min", "kakak", "mas", "mbak", "dik", "bang",
        "lur", "dulur", "sedulur", "rek", "bos", "admin", NULL};
    return word_is_one_of(word, called);
}

/* Between this word and the next, or the end. Two words may be made of one, and then there is nothing between
 * them. */
static bool is_followed_by(const struct text *text, size_t word, char sign) {
    size_t from = text->words[word].end,
           to = word + 1 < text->count ? text->words[word + 1].start : text->size;
    return to > from && memchr(text->bytes + from, sign, to - from);
}

/* "Lapor pak. Pare": the stop of a short form ends a sentence, too, where a capital follows. */
static bool is_behind_stop(const struct text *text, size_t first) {
    return first && text->words[first].flags & WORD_CAPITAL && is_followed_by(text, first - 1, '.');
}

/* "Lapor pak. Pare, dekat pasar": behind a greeting a message begins. */
static bool begins_message(const struct text *text, size_t first) {
    static const char *const greetings[] = {"lapor", "laporan", "tolong", "mohon", "ijin", "izin", "halo",
        "hai", "selamat", "pagi", "siang", "sore", "malam", "maaf", "permisi", "asalamualaikum",
        "asalamu'alaikum", "wr", "wb", "yth", "info", "bantu", "ibu", "dinsos", NULL};
    for (size_t i = 0; i < first; i++)
        if (!is_called(&text->words[i]) && !word_is_one_of(&text->words[i], greetings))
            return false;
    return !first || text->words[first - 1].clause != text->words[first].clause ||
           is_behind_stop(text, first);
}

/* "Pak Bambang", "Lek Sarjo", "adik saya Sekar": people are called like small places. */
static bool is_person(
    const struct place_index *index, const struct text *text, size_t first, uint32_t found) {
    size_t used;
    const struct word *word = &text->words[first];
    if (!(word->flags & WORD_CAPITAL))
        return is_person_in_small(index, text, first, found);
    bool leads = !first || word->clause != word[-1].clause ||
                 (is_behind_stop(text, first) && is_call(text, first - 1) && begins_message(text, first));
    if (is_on_papers(index, text, first) && (leads || place_marker_of(word - 1) == MARKER_NONE))
        return true;
    if (leads)
        return false;
    bool titled = is_title(text, word - 1) || is_uncle(index, text, first - 1, found);
    if (!titled && !is_kin(text, first))
        return false;
    bool ends = first + 1 >= text->count || text->words[first + 1].clause != word->clause;
    /* "Pak Malang banjir" calls a man and names a place; "Pak Agam" is a man. */
    if (place_entries_name_regency(index, found) && !index->entries[found].word) {
        if (!titled)
            return goes_on_as_name(index, text, first);
        return !is_call(text, first - 1) || is_spoken_of(text, first) ||
               goes_on_as_name(index, text, first) || (ends && word[-1].flags & WORD_OPENS);
    }
    return first + 1 >= text->count || !place_index_find(index, text, first + 1, &used);
}

/* "ada layanan jemput gak di Surabaya?": asks, and denies nothing. */
static bool is_asked_after(const struct text *text, size_t negator, size_t last) {
    static const char *const asked[] = {"ada", "bisa", "boleh", "punya", "buka", "dapat", NULL};
    const struct word *no = &text->words[negator];
    bool is_asked = false;
    for (size_t i = negator; i-- && text->words[i].clause == no->clause;)
        is_asked = is_asked || word_is_one_of(&text->words[i], asked);
    for (size_t i = last; i < text->count && text->words[i].clause == no->clause && is_asked; i++)
        if (is_followed_by(text, i, '?'))
            return true;
    return false;
}

/* "bukan Tegalsari Surabaya", "tidak di Dampit", "Pulung? bukan"; "tidak makan di Dampit" is there. */
static bool is_denied(const struct text *text, size_t first, size_t last) {
    const struct word *word = &text->words[first];
    for (size_t at = first; at-- && word->negator >= 0 && at > (size_t)word->negator;)
        if (ends_in_full(text, at))
            return false; /* "tidak tahu desa. Klakah" */
    if (word->negator >= 0 && !is_asked_after(text, (size_t)word->negator, last) &&
        (word_is(&text->words[word->negator], "bukan") || (size_t)word->negator + 1 == first ||
            ((size_t)word->negator + 2 == first && place_marker_of(word - 1) != MARKER_NONE)))
        return true;
    if (last + 1 >= text->count || text->words[last + 1].sentence == word->sentence)
        return false;
    return text->words[last + 1].flags & WORD_NEGATOR && is_followed_by(text, last, '?');
}

/* "malang benar nasibnya" is bad luck. */
static bool is_luck(const struct text *text, size_t first) {
    static const char *const luck[] = {
        "benar", "bener", "sekali", "nasib", "nasibnya", "nian", "melintang", NULL};
    const struct word *word = &text->words[first];
    return word_is(word, "malang") && ((first + 1 < text->count && word_is_one_of(word + 1, luck)) ||
                                          (first && word_is_one_of(word - 1, luck)));
}

/* "Perjamuan Kudus", "roh kudus". */
static bool is_holy(const struct text *text, size_t first) {
    static const char *const holy[] = {"perjamuan", "roh", "malam", "sakramen", "alkitab", "bapa", NULL};
    const struct word *word = &text->words[first];
    return word_is(word, "kudus") && first && word_is_one_of(word - 1, holy);
}

/* "Padang, barusan nemu nenek": a name that is a clause by itself says where. "Ibu, tolong" does not, nor
 * does the first of several things: "Batu, pasir, semen". */
static bool stands_alone(const struct text *text, size_t first, size_t last) {
    static const char *const called[] = {"ibu", "ayah", "buk", "kasihan", "mari", NULL};
    static const char *const readers[] = {"pak", "bu", "min", "kakak", "mas", "mbak", NULL};
    const struct word *word = &text->words[first], *after = &text->words[last + 1];
    if (first == 0 && last + 2 < text->count && after->clause == word->clause &&
        after[1].clause != after->clause && word_is_one_of(after, readers))
        after++; /* "Tiris bu, longsor" */
    bool inside = first && word[-1].clause == word->clause &&
                  !(is_behind_stop(text, first) && begins_message(text, first));
    if (word_is_one_of(word, called) || inside || last + 1 >= text->count || after->clause == word->clause)
        return false;
    bool thing = after + 1 < text->words + text->count && after->sentence == word->sentence &&
                 after[1].sentence == word->sentence && after[1].clause != after->clause &&
                 !(after->flags & WORD_CAPITAL);
    return !thing;
}

/* "denpasar, ada yang jatuh", "batam kak, aku dikurung": the first clause is a name, and who is called. */
static bool opens_message(const struct text *text, size_t first, size_t last) {
    static const char *const called[] = {
        "kakak", "kak", "pak", "bapak", "bu", "min", "mas", "mbak", "bang", "admin", NULL};
    size_t after = last + 1;
    if (first == 0 && after < text->count && text->words[after].clause == text->words[last].clause &&
        word_is_one_of(&text->words[after], called))
        after++;
    return first == 0 && after < text->count && text->words[after].clause != text->words[last].clause;
}

/* "batu bulan kah batu malang kah": asked, and not told. */
static bool is_asked_of(const struct text *text, size_t last) {
    if (last + 1 >= text->count || !word_is(&text->words[last + 1], "kah"))
        return false;
    for (size_t i = 0; i < text->count; i++)
        if (i != last + 1 && word_is(&text->words[i], "kah") &&
            text->words[i].sentence == text->words[last].sentence)
            return true;
    return false;
}

static bool is_quote(const struct text *text, uint32_t at) {
    return text->bytes[at] == '"' || text->bytes[at] == '\'' || (unsigned char)text->bytes[at] == 0xe2;
}

/* "\"Surabaya\" by Dara Puspita": a song. */
static bool is_title_of_work(const struct text *text, size_t first, size_t last) {
    static const char *const works[] = {"lagu", "lagunya", "lagune", "film", "filmnya", "novel", "by",
        "nyanyi", "nyanyian", "dinyanyikan", "album", "cover", NULL};
    const struct word *word = &text->words[first];
    bool opened = word->start &&
                  (is_quote(text, word->start - 1) || (word->start >= 3 && is_quote(text, word->start - 3)));
    if (!opened || !is_quote(text, text->words[last].end))
        return false;
    for (size_t i = 0; i < text->count; i++)
        if (text->words[i].sentence == word->sentence && word_is_one_of(&text->words[i], works))
            return true;
    return false;
}

/* Where most words are written large a capital letter says nothing: "KAMI BUTUH BERAS". Short messages may be
 * all names: "Banjir di Kec. Muara, Kab. Tapanuli Utara". */
static bool all_capitals(const struct text *text) {
    size_t large = 0, shouted = 0, words = 0;
    for (size_t i = 0; i < text->count; i++) {
        words += !(text->words[i].flags & WORD_NUMBER);
        large += (text->words[i].flags & WORD_CAPITAL) != 0;
        shouted += (text->words[i].flags & WORD_SHOUTED) != 0;
    }
    return (words >= SHOUTED_LEAST && shouted * 10 >= words * 7) ||
           (words >= CAPITALS_LEAST && large * 10 >= words * 8);
}

/* ---- reading */

/* Sawoo is no sawo and Pandaan no pandan: whoever doubles the vowel that the name doubles means the name. */
static bool is_doubled_as_named(
    const struct place_index *index, const struct text *text, const struct word *word, uint32_t found) {
    const char *written = text->bytes + word->start;
    size_t size = word->end - word->start, at = 1;
    while (
        at < size && ((written[at] | ' ') != (written[at - 1] | ' ') || !strchr("aeiouAEIOU", written[at])))
        at++;
    if (at >= size)
        return false;
    for (; found; found = index->entries[found].next) {
        const char *name = gazetteer_name(index->gazetteer, index->entries[found].code);
        if (index->entries[found].level != AREA_VILLAGE && strlen(name) == size &&
            strncasecmp(name, written, size) == 0)
            return true;
    }
    return false;
}

/* "Batang-Batang" is a district of the site; many things are called "batang". */
static bool is_named_twice(const struct place_index *index, uint32_t found) {
    for (; found; found = index->entries[found].next) {
        const char *name = gazetteer_name(index->gazetteer, index->entries[found].code);
        if (index->entries[found].served && index->entries[found].level == AREA_DISTRICT &&
            strpbrk(name, " -"))
            return true;
    }
    return false;
}

/* "kab. Pas", "kota Pas"; without them it is no place. */
static bool is_curt_alone(
    const struct place_index *index, const struct text *text, size_t first, uint32_t found) {
    if (!index->entries[found].curt || marker_after(index, text, first) != MARKER_NONE)
        return false;
    enum place_marker before =
        first && place_text_goes_on(text, first - 1) ? place_marker_of(&text->words[first - 1]) : MARKER_NONE;
    return before != MARKER_REGENCY && before != MARKER_CITY;
}

/* "Karangrejo TA", but Javanese "ta" is a question; "Tugu Pahlawan", but "tugu pahlawan kecil". */
static bool is_landmark_in_small(
    const struct place_index *index, const struct text *text, size_t first, size_t used, uint32_t found) {
    const struct word *word = &text->words[first];
    if (index->entries[found].proper && !(word[used - 1].flags & WORD_CAPITAL))
        return true;
    return used == 1 && index->entries[found].hint && word->end - word->start <= SHORT_HINT &&
           !(word->flags & WORD_SHOUTED);
}

/* "ngebel po", "sukorejo pas.": Ponorogo behind a district of it; elsewhere "po" asks, "pas" is when,
 * "njuk" is then and Darjo a man. */
static bool is_short_for_its_regency(const struct place_index *index, const struct text *text,
    const struct place_name *before, uint32_t found) {
    static const char *const shorts[] = {"po", "pas", "njuk", "darjo", NULL};
    if (!before || !word_is_one_of(&text->words[before->last + 1], shorts) || before->village)
        return false;
    const struct word *word = &text->words[before->last + 1];
    bool ends = word + 1 == text->words + text->count || word->clause != word[1].clause;
    return (ends || word_is(word, "po") || word_is(word, "darjo")) &&
           place_entries_agree(index, before->entries, found);
}

/* "masuk Nganjuk apa Kediri". */
static bool is_either(const struct text *text, const struct place_name *one, const struct place_name *next) {
    static const char *const either[] = {"apa", "atau", NULL};
    return one->last + 2 == next->first && word_is_one_of(&text->words[one->last + 1], either) &&
           text->words[one->first].clause == text->words[next->first].clause;
}

/* "perbatasan Gresik-Lamongan", "batas Waru sama Surabaya": on either side. */
static bool is_border(const struct text *text, const struct place_name *one, const struct place_name *next) {
    static const char *const borders[] = {"perbatasan", "batas", "tapal", "tapel", NULL};
    static const char *const both[] = {"dan", "sama", "dengan", "karo", "ambek", "x", NULL};
    size_t between = one->last + 1u;
    if (!one->first || !word_is_one_of(&text->words[one->first - 1], borders) ||
        text->words[one->first - 1].clause != text->words[next->first].clause)
        return false;
    return between == next->first ||
           (between + 1 == next->first && word_is_one_of(&text->words[between], both));
}

/* Both are no more than where the border runs: another name tells. */
static void border_mark(struct place_name *one, struct place_name *next) {
    one->border = next->border = true;
    one->role = next->role = ROLE_FROM;
}

/* "Kota Anyar" is read as "kota baru", which is a district, too. */
static bool is_translated(const struct text *text, const struct word *word) {
    return (text->bytes[word->start] | ' ') != word->key[0];
}

/* Whether the second word of a village begins the regency that a place of the first alone lies in. */
static bool is_before_town(
    const struct place_index *index, const struct text *text, size_t first, uint32_t found) {
    size_t used;
    if (!index->entries[found].small)
        return false;
    uint32_t town = place_index_find(index, text, first + 1, &used);
    return town && used > 1 && place_entries_name_regency(index, town) &&
           place_entries_agree(index, place_index_find_word(index, &text->words[first]), town);
}

/* A district whose misspelt name is also a letter away from words: "Gedangan", "genangan". */
static bool is_too_short(const struct place_index *index, uint32_t found) {
    for (; found; found = index->entries[found].next)
        if (index->entries[found].level == AREA_DISTRICT)
            return strlen(gazetteer_name(index->gazetteer, index->entries[found].code)) < NEAR_SURE;
    return false;
}

/* "Padangn, Bojonegoro": with a capital, and the regency that it lies in right behind. */
static bool is_before_its_regency(
    const struct place_index *index, const struct text *text, size_t first, uint32_t found) {
    size_t used;
    if (!(text->words[first].flags & WORD_CAPITAL) || first + 1 >= text->count ||
        text->words[first + 1].sentence != text->words[first].sentence)
        return false;
    uint32_t town = place_index_find(index, text, first + 1, &used);
    return place_entries_name_regency(index, town) && place_entries_agree(index, town, found);
}

/* "nang Mbenjeng", "kec. Mbungkal". */
static bool is_after_in(const struct text *text, size_t first) {
    return first && place_text_goes_on(text, first - 1) &&
           place_marker_of(&text->words[first - 1]) != MARKER_NONE;
}

/* "kec. Ijen", "kades Ijen", "Ijen Bondowoso"; a crater between two regencies and a street of Malang are
 * called so, too. */
static bool is_crater(const struct place_index *index, const struct text *text, size_t first) {
    size_t used;
    if (!word_is(&text->words[first], "ijen"))
        return false;
    bool level = first && place_text_goes_on(text, first - 1) &&
                 place_marker_is_level(place_marker_of(&text->words[first - 1]));
    uint32_t ijen = place_index_find_word(index, &text->words[first]);
    uint32_t town = first + 1 < text->count ? place_index_find(index, text, first + 1, &used) : 0;
    return !level && !(place_entries_name_regency(index, town) && place_entries_agree(index, ijen, town));
}

/* A name at a word: as it is written, of two words that are one, or misspelt by a letter. */
static uint32_t find(
    const struct place_index *index, const struct text *text, size_t first, size_t *used, bool *near) {
    static const char *const words_nearby[] = {"pelangaran", NULL}; /* and no Pesanggaran */
    uint32_t found = place_index_find(index, text, first, used);
    *near = false;
    const struct word *word = &text->words[first];
    if (*used == 1 && word->flags & WORD_NUMBER && text->bytes[word->start] <= '9')
        return 0;                                                  /* Pitu, seven, is a district; 7 is none */
    if (*used == 2 && is_before_town(index, text, first, found)) { /* "Wates Kulon Progo" is no Wates Kulon */
        found = place_index_find_word(index, word);
        *used = found ? 1 : 0;
        return found;
    }
    bool other = *used == 2 && (is_translated(text, word) || is_translated(text, word + 1));
    bool village = first && place_text_goes_on(text, first - 1) &&
                   place_marker_of(word - 1) == MARKER_VILLAGE; /* "Kel. Setono Pande" */
    uint32_t joined = *used <= 1 || other ? place_index_find_joined(index, text, first, village) : 0;
    if (joined && first && word[-1].flags & WORD_NUMBER && word_is(word, "kali"))
        joined = 0; /* "tiga kali baru hilang" is no Kalibaru */
    if (joined) {
        *used = 2;
        return joined;
    }
    if (!found && is_after_in(text, first)) {
        found = place_index_find_nasal(index, word);
        *used = found ? 1 : *used;
    }
    if (!found && word->key_size >= NEAR_LEAST) {
        found = place_index_find_near(index, word);
        if (found && word_is_one_of(word, words_nearby))
            found = 0;
        if (found && is_too_short(index, found) && !is_before_its_regency(index, text, first, found))
            found = 0;
        *near = found != 0;
        *used = found ? 1 : *used;
    }
    return found;
}

/* "perumahan Bangil Indah", but "Banjir Bangil Makin Parah": in a heading all words are written large. */
static bool is_in_small(const struct text *text, size_t first) {
    const struct word *word = &text->words[first];
    return first && word->clause == word[-1].clause && !(word[-1].flags & WORD_CAPITAL);
}

/* Of the names of districts those that people have, too. */
static bool is_name_of_people(const struct word *word) {
    static const char *const called[] = {
        "panji", "sekar", "pace", "giri", "kamal", "baron", "mayang", "sumber", NULL};
    return word_is_one_of(word, called);
}

/* "Kerek, penderita kusta dikucilkan": a district here heads the message. "Panji, teman saya" is called so,
 * and "Sendang? sumur tua" asks. */
static bool heads_message(const struct text *text, size_t first, size_t last) {
    return begins_message(text, first) && !is_name_of_people(&text->words[first]) &&
           !is_followed_by(text, last, '?');
}

/* One district has the name, and nothing else. */
static bool is_only_district(const struct place_index *index, uint32_t entry) {
    size_t districts = 0;
    for (; entry; entry = index->entries[entry].next) {
        if (index->entries[entry].level != AREA_DISTRICT || index->entries[entry].hint)
            return false;
        districts++;
    }
    return districts == 1;
}

/* "pantai Pariaman Utara", "dusun hulu siberut tengah", "hutan pagai utara": what a district of a large place
 * is called, and nothing else is. */
static bool is_part_in_nature(const struct text *text, size_t first, size_t last) {
    static const char *const sides[] = {"utara", "selatan", "timur", "barat", "tengah", NULL};
    static const char *const natures[] = {
        "pantai", "hulu", "hilir", "hutan", "rimba", "pesisir", "pulau", "laut", "muara", "pedalaman", NULL};
    const struct word *word = &text->words[first];
    if (!first || word->clause != word[-1].clause || !word_is_one_of(&text->words[last], sides) ||
        !word_is_one_of(word - 1, natures))
        return false;
    return place_marker_of(word) == MARKER_NONE;
}

/* One village of the site has the name, and nothing else. */
static bool is_only_village(const struct place_index *index, uint32_t entry) {
    return entry && !index->entries[entry].next && index->entries[entry].level == AREA_VILLAGE;
}

static struct place_name name_make(const struct place_index *index, const struct text *text, size_t first,
    size_t used, uint32_t found, bool told) {
    const struct word *word = &text->words[first];
    const struct place_entry *entry = &index->entries[found];
    size_t last = first + used - 1;
    bool capital = told && word->flags & (WORD_CAPITAL | WORD_MENTION);
    bool leads = !first || word->sentence != word[-1].sentence; /* "Panji, teman saya" is no place */
    bool here = place_entries_name_served(index, found);
    bool known =
        place_entries_name_regency(index, found) ? !entry->word || entry->town || here : entry->town && here;
    bool alone = capital && stands_alone(text, first, last) &&
                 (!leads || known || (here && heads_message(text, first, last)));
    enum place_marker marker = marker_around(index, text, first, last);
    if (used > 1 && is_only_district(index, found) &&
        (marker == MARKER_HAMLET || is_part_in_nature(text, first, last)))
        marker = MARKER_IN; /* "dusun Pagai Selatan" */
    if (marker == MARKER_CITY && entry->word && !capital && !place_entries_name_regency(index, found))
        marker = MARKER_NONE; /* "di bantaran kota" */
    bool doubled = used == 1 && is_doubled_as_named(index, text, word, found);
    bool twice = capital && marker != MARKER_NONE && used == 1 && word->flags & WORD_DOUBLED &&
                 is_named_twice(index, found);
    bool told_apart = used == 1 ? doubled || twice : place_marker_is_level(marker);
    bool is_word = entry->word && !alone && !told_apart;
    bool opens = word->flags & WORD_OPENS && !alone;
    bool short_for_else = is_word && entry->alias; /* BLT is aid, PMK the fire brigade */
    capital = capital && !(word->flags & WORD_SHOUTED && (word->flags & WORD_OPENS || short_for_else)) &&
              !(is_word && is_in_heading(text, first));
    return (struct place_name){.first = (uint16_t)first,
        .last = (uint16_t)last,
        .entries = found,
        .marker = marker,
        .street = first && is_street(word - 1),
        .capital = capital,
        .opens = opens,
        .word = is_word && !(capital && !(word->flags & WORD_OPENS) && entry->town),
        .village = entry->small,
        .quarter = used > 1 && marker == MARKER_IN && !entry->word && is_only_village(index, found),
        .headman = first && word_is(word - 1, "lurah"),
        .only = doubled ? (uint8_t)(word->end - word->start) : 0,
        .whole = opens_message(text, first, last),
        .longer =
            told && used == 1 && (is_word || is_in_small(text, first)) && goes_on_as_name(index, text, last)};
}

/* Whether the two stand side by side, but for a word of kind or who is called, and one lies in the other. A
 * word that opens the next sentence does not: "Dinsos Kab. Jombang. Kudu lapor siapa?" */
static bool is_beside(const struct place_index *index, const struct text *text, const struct place_name *one,
    const struct place_name *next) {
    const struct word *after = &text->words[one->last + 1];
    bool near = one->last + 1 == next->first ||
                (one->last + 2 == next->first && (place_marker_of(after) != MARKER_NONE || is_called(after)));
    return near && !(next->word && after->sentence != after[-1].sentence) &&
           place_entries_agree(index, one->entries, next->entries);
}

/* "di Purwosari Solo", "kali Tambakrejo Semarang": a quarter that is called like a district here, of a town
 * elsewhere right after it. */
static bool is_quarter_of(
    const struct place_index *index, const struct place_name *one, const struct place_name *next) {
    return one->last + 1 == next->first && one->role == ROLE_EVENT && !place_marker_is_level(one->marker) &&
           !next->word && place_entries_name_regency(index, next->entries) &&
           !place_entries_name_served(index, next->entries) &&
           place_entries_name_served(index, one->entries) &&
           !place_entries_name_regency(index, one->entries) &&
           !place_entries_agree(index, one->entries, next->entries);
}

/* "pasar Cermee Bondowoso": what is called so elsewhere, and here after the place that stands in it. */
static bool is_landmark_of_other_town(
    const struct place_index *index, const struct text *text, size_t first, size_t used, uint32_t found) {
    size_t some;
    if (used < 2 || !index->entries[found].landmark || first + used >= text->count ||
        text->words[first].sentence != text->words[first + used].sentence)
        return false;
    uint32_t town = place_index_find(index, text, first + used, &some);
    uint32_t inner = place_index_find(index, text, first + 1, &some);
    return town && inner && some == used - 1 && place_entries_name_regency(index, town) &&
           !place_entries_agree(index, found, town) && place_entries_agree(index, inner, town);
}

/* "pasar Tanjung Bumi": the market of that district, and not Pasar Tanjung, which is elsewhere. */
static bool is_landmark_cut_short(
    const struct place_index *index, const struct text *text, size_t first, size_t used, uint32_t found) {
    size_t some;
    if (used < 2 || !index->entries[found].landmark || first + used >= text->count ||
        text->words[first + used - 1].clause != text->words[first + used].clause)
        return false;
    uint32_t other = place_index_find(index, text, first + used - 1, &some);
    return other && some > 1 && place_entries_name_served(index, other) &&
           !place_entries_agree(index, found, other);
}

/* "surat", "sudah": most of what is found in a message, and no place unless "desa" says so. */
static bool is_mere_word(
    const struct place_index *index, const struct text *text, size_t first, uint32_t found) {
    const struct word *word = &text->words[first];
    return index->entries[found].word && index->entries[found].small &&
           !(word->flags & (WORD_CAPITAL | WORD_MENTION)) &&
           !(first && place_marker_of(word - 1) == MARKER_VILLAGE);
}

static size_t names_read(
    const struct place_index *index, const struct text *text, struct place_name out[PLACE_NAMES_MAX]) {
    size_t count = 0, used;
    bool told = !all_capitals(text), near;
    for (size_t i = 0; i < text->count && count < PLACE_NAMES_MAX; i += used ? used : 1) {
        uint32_t found = find(index, text, i, &used, &near);
        if (found && used <= 2 && is_phrase(text, i, told))
            found = 0, used = 2;
        if (found && ((used == 1 && is_mere_word(index, text, i, found)) ||
                         is_denied(text, i, i + used - 1) || is_asked_of(text, i + used - 1) ||
                         is_title_of_work(text, i, i + used - 1) || is_luck(text, i) || is_holy(text, i) ||
                         (used == 1 && is_crater(index, text, i)) || kind_of_place_first(index, text, i) ||
                         (is_curt_alone(index, text, i, found) &&
                             !is_short_for_its_regency(index, text,
                                 count && out[count - 1].last + 1u == i ? &out[count - 1] : NULL, found)) ||
                         is_landmark_in_small(index, text, i, used, found) ||
                         is_landmark_of_other_town(index, text, i, used, found) ||
                         is_landmark_cut_short(index, text, i, used, found) ||
                         (used == 1 && is_person(index, text, i, found))))
            found = 0, used = 1;
        if (!found)
            continue;
        out[count] = name_make(index, text, i, used, found, told);
        out[count].near = near;
        place_role_read(index, text, &out[count], count ? &out[count - 1] : NULL);
        if (count && is_beside(index, text, &out[count - 1], &out[count]))
            out[count - 1].beside = out[count].beside = true;
        if (count && is_either(text, &out[count - 1], &out[count]))
            out[count - 1].either = out[count].either = true;
        if (count && is_border(text, &out[count - 1], &out[count]))
            border_mark(&out[count - 1], &out[count]);
        if (count && is_quarter_of(index, &out[count - 1], &out[count])) {
            out[count].marker = out[count - 1].marker;
            out[count - 1] = out[count];
        } else
            count++;
    }
    return count;
}

/* "omah pagu"; "rumah gempol" says less. */
static bool is_omah(const struct text *text, size_t at) {
    return (text->bytes[text->words[at].start] | ' ') == 'o';
}

/* "omahku", "rumah saya". at: behind it. */
static bool is_home_of_mine(const struct text *text, size_t at) {
    static const char *const mine[] = {"saya", "kami", NULL};
    static const char *const homes[] = {"rumah", "omah", NULL};
    const struct word *word = &text->words[at - 1];
    return word_is_one_of(word, mine) && word_is_one_of(word - 1, homes) && word->clause == word[-1].clause;
}

/* "dirantai di belakang rumah panggul": the house is the teller's. */
static bool is_side_of_house(const struct text *text, size_t house) {
    static const char *const sides[] = {"belakang", "depan", "samping", "sebelah", NULL};
    return house && text->words[house].clause == text->words[house - 1].clause &&
           word_is_one_of(&text->words[house - 1], sides);
}

/* "rumah di doko", "lokasinya jangkar", and nothing after it; in small letters nothing less says that a word
 * is a place. */
static bool is_given_as_home(const struct text *text, const struct place_name *name) {
    static const char *const homes[] = {
        "rumah", "rumahnya", "omah", "omahe", "alamat", "alamatnya", "lokasi", "lokasinya", "lokasine", NULL};
    const struct word *word = &text->words[name->first];
    size_t at = name->first;
    if (name->last + 1u < text->count && text->words[name->last].clause == text->words[name->last + 1].clause)
        return false;
    if (at && word_is(&text->words[at - 1], "di"))
        at--;
    if (at >= 2 && is_home_of_mine(text, at))
        at--;
    return at && text->words[at - 1].clause == word->clause && word_is_one_of(&text->words[at - 1], homes) &&
           (at < name->first || !word_is(&text->words[at - 1], "rumah") || is_omah(text, at - 1) ||
               is_side_of_house(text, at - 1));
}

/* Whether another name is the regency that a district of this one lies in. */
static bool is_regency_named(
    const struct place_index *index, const struct place_name *names, size_t count, size_t at) {
    for (size_t i = 0; i < count; i++) {
        const struct place_name *other = &names[i];
        bool sure = !other->word || place_marker_is_level(other->marker);
        if (i != at && sure && other->entries != names[at].entries &&
            place_entries_name_regency(index, other->entries) &&
            place_entries_agree(index, other->entries, names[at].entries))
            return true;
    }
    return false;
}

static bool is_named_before(const struct place_name *names, size_t at) {
    for (size_t i = 0; i < at; i++)
        if (names[i].entries == names[at].entries)
            return true;
    return false;
}

/* "..., mohon difasilitasi. brondong": signed with the place, in a sentence of its own. "Padang" signs as the
 * city elsewhere; a word in a row of such sentences is one of several things ("terpal. paku. genteng"). */
static bool is_signature(
    const struct place_index *index, const struct text *text, const struct place_name *name) {
    static const char *const things[] = {"parang", "kampak", "panti", "barat", "tarik", NULL};
    const struct word *word = &text->words[name->first];
    return name->first >= SIGNED_LEAST && !word_is_one_of(word, things) &&
           word[-1].sentence == word[-2].sentence && name->last + 1u == text->count &&
           word->sentence != word[-1].sentence && !name->near &&
           !place_entries_name_town_elsewhere(index, name->entries);
}

/* The only district of its name in the country, and in the site. */
static bool is_unique_here(const struct place_index *index, uint32_t entry) {
    size_t districts = 0;
    bool served = false;
    for (; entry; entry = index->entries[entry].next) {
        if (index->entries[entry].level == AREA_VILLAGE || index->entries[entry].hint)
            continue;
        districts++;
        served = index->entries[entry].served && index->entries[entry].level == AREA_DISTRICT;
    }
    return districts == 1 && served;
}

/* "jalan raya Lawang": the road through a district is called so, and seldom after anything else. */
static bool is_on_main_road(const struct text *text, const struct place_name *name) {
    const struct word *word = &text->words[name->first];
    return name->first >= 2 && word->clause == word[-2].clause && word_is(word - 1, "raya") &&
           word_is(word - 2, "jalan");
}

/* "paron - bidan desa lapor", "Paron: ada": the first word is a heading. */
static bool is_heading(const struct text *text, const struct place_name *name) {
    const struct word *word = &text->words[name->last];
    return name->first == 0 && name->last + 1u < text->count && text->bytes[word->end] == ' ' &&
           (text->bytes[word->end + 1] == '-' || text->bytes[word->end + 1] == ':') &&
           text->bytes[word->end + 2] == ' ';
}

/* "omah pagu", "di talun, dekat bandara Juanda": places to live in, and no house of a kind. */
static bool is_no_kind_of_house(const struct text *text, const struct place_name *name) {
    static const char *const kinds[] = {"panti", "batu", "taman", "bangsal", "kota", "lawang", "genteng",
        "gudang", "sumber", "tua", "anyar", "tengah", "sawah", "semen", "gedeg", "gedek", "candi", "tulangan",
        "bendungan", "pesantren", NULL};
    return !word_is_one_of(&text->words[name->first], kinds);
}

/* "Babat tiap pagi", "Licin arah Ijen": a message that begins with where and when. */
static bool is_heading_of_when(const struct text *text, const struct place_name *name) {
    static const char *const when[] = {
        "tiap", "setiap", "tadi", "kemarin", "semalam", "dekat", "arah", "pulau", "jalur", NULL};
    static const char *const things[] = {"parang", "kampak", "panji", "sekar", "pace", "giri", "kamal",
        "baron", "mayang", "tarik", "besuk", "berbek", "jati", NULL};
    const struct word *word = &text->words[name->last];
    return name->last + 1u < text->count && word->clause == word[1].clause && name->first == name->last &&
           name->capital && begins_message(text, name->first) && word_is_one_of(word + 1, when) &&
           !word_is_one_of(word, things) && is_no_kind_of_house(text, name);
}

/* "Pacet arah Cangar": with a way named behind it the one district of its name in the site is enough. */
static bool is_one_of_site_towards(
    const struct place_index *index, const struct text *text, const struct place_name *name) {
    static const char *const ways[] = {"arah", "jalur", NULL};
    size_t districts = 0;
    if (name->last + 1u >= text->count || !word_is_one_of(&text->words[name->last + 1], ways))
        return false;
    for (uint32_t at = name->entries; at; at = index->entries[at].next)
        districts += index->entries[at].served && index->entries[at].level == AREA_DISTRICT;
    return districts == 1;
}

/* "Tiris longsor lagi", "banjir di sempol": what happens to places. Tiles and stones slide, too. */
static bool is_struck(const struct text *text, const struct place_name *name) {
    static const char *const disasters[] = {"longsor", "banjir", "kebanjiran", "gempa", NULL};
    static const char *const things[] = {
        "genteng", "batu", "taman", "bangsal", "sumber", "tarik", "padas", "gudang", "sawah", NULL};
    const struct word *word = &text->words[name->first], *after = &text->words[name->last + 1];
    if (word_is_one_of(word, things))
        return false;
    if (name->first >= 2 && word_is(word - 1, "di") && word[-2].clause == word->clause &&
        word_is_one_of(word - 2, disasters))
        return true;
    return name->last + 1u < text->count && word->clause == after->clause &&
           word_is_one_of(after, disasters) &&
           (!name->first || word->clause != word[-1].clause || place_marker_of(word - 1) == MARKER_IN);
}

/* "warga sini di paron", "kami di pagu": who says so is there. */
static bool is_where_we_are(const struct text *text, const struct place_name *name) {
    static const char *const us[] = {"sini", "kami", "saya", NULL};
    const struct word *word = &text->words[name->first];
    return name->first >= 2 && word_is(word - 1, "di") && word[-2].clause == word->clause &&
           word_is_one_of(word - 2, us);
}

/* "ditinggal di babat", "turun di pare"; "di tanggul saya turunkan": where somebody stays or gets off. */
static bool is_stayed_in(const struct text *text, const struct place_name *name) {
    static const char *const stays[] = {"ditingal", "tingal", "ngontrak", "ngekos", "nginep", "menginap",
        "turun", "diturunkan", "mangkal", "mondok", "nikah", "dioper", NULL};
    static const char *const me[] = {"saya", "kami", NULL};
    static const char *const drops[] = {"turunin", "turunkan", "nurunin", "menurunkan", "turuni", NULL};
    const struct word *word = &text->words[name->first], *after = &text->words[name->last] + 1;
    if (!name->first || !word_is(word - 1, "di") || word[-1].clause != word->clause)
        return false;
    if (name->first >= 2 && word[-2].clause == word->clause && word_is_one_of(word - 2, stays))
        return true;
    return name->last + 2u < text->count && after[1].clause == word->clause && word_is_one_of(after, me) &&
           word_is_one_of(after + 1, drops);
}

/* "rsud pare", "terminal pare". */
static bool is_of_office(const struct text *text, const struct place_name *name) {
    static const char *const offices[] = {"rsud", "terminal", "stasiun", "polres", NULL};
    const struct word *word = &text->words[name->first];
    return name->first && word[-1].clause == word->clause && word_is_one_of(word - 1, offices);
}

/* "omah pagu", "rumah di pagu"; "lokasinya kunir" says less. */
static bool is_lived_in(const struct text *text, const struct place_name *name) {
    const struct word *before = &text->words[name->first - 1];
    return word_is(before, "di") || word_is(before, "rumah") ||
           (name->first >= 2 && is_home_of_mine(text, name->first));
}

/* "di waru, dekat bandara Juanda": of the regency that stands right behind. */
static bool is_by_landmark(const struct place_index *index, const struct text *text,
    const struct place_name *names, size_t count, size_t at) {
    const struct place_name *name = &names[at], *next = name + 1;
    const struct word *word = &text->words[name->first];
    return name->first && word_is(word - 1, "di") && word[-1].clause == word->clause && at + 1 < count &&
           next->first <= name->last + BY_REACH && index->entries[next->entries].landmark && !next->word &&
           text->words[next->first].sentence == word->sentence &&
           place_entries_agree(index, name->entries, next->entries);
}

/* Words that nobody says after "in" of anything else, and no verb ("di sambit" is hit). */
static bool is_only_place(const struct word *word) {
    static const char *const only[] = {"ajung", "bagor", "balen", "dander", "doko", "durenan", "ganding",
        "garum", "gending", "gerih", "jambon", "kasiman", "kendit", "labang", "lenteng", "maron", "menganti",
        "ngebel", "panceng", "pasean", "sampung", "sempu", "sepulu", "silo", "siman", "sugio", "takeran",
        "tandes", "tapen", "tiris", "wungu", NULL};
    return word_is_one_of(word, only);
}

/* "nang silo", "di menganti"; "garum mbah K ora duwe lampu", where it heads the message. */
static bool is_in_only_place(const struct text *text, const struct place_name *name) {
    static const char *const people[] = {"nenek", "kakek", "pak", "bapak", "bu", "ibu", "mas", "mbak", "anak",
        "orang", "wong", "bocah", "lansia", "ada", "warga", "tetanga", NULL};
    const struct word *word = &text->words[name->first];
    if (!is_only_place(word))
        return false;
    if (name->first == 0)
        return text->count > 1 && word->clause == word[1].clause && word_is_one_of(word + 1, people);
    return word_is(word - 1, "di") && word[-1].clause == word->clause;
}

/* "Siman ponorogo deket Gontor": opens the message, and its regency stands right behind. */
static bool is_address_in_front(const struct place_index *index, const struct text *text,
    const struct place_name *names, size_t count, size_t at) {
    const struct place_name *name = &names[at], *next = name + 1;
    return name->first == 0 && at + 1 < count && next->first == name->last + 1u &&
           text->words[name->last].clause == text->words[next->first].clause && !next->word &&
           place_entries_name_regency(index, next->entries) && is_no_kind_of_house(text, name) &&
           place_entries_agree(index, name->entries, next->entries);
}

/* "depan BRI Tanggul", "pos polisi Babat", "lampu merah Sukun": what has no name but that of its place. */
static bool is_of_branch(const struct text *text, const struct place_name *name) {
    static const char *const branches[] = {"bri", "bni", "bca", "btn", "atm", "spbu", "pertamina", "bensin",
        "pom", "indomaret", "indomart", "alfamart", "alfamidi", "pegadaian", "samsat", "telkom", NULL};
    static const char *const watches[] = {"polisi", "ronda", "kamling", "satpam", NULL};
    const struct word *word = &text->words[name->first];
    if (!name->capital || !name->first || word[-1].clause != word->clause)
        return false;
    if (word_is_one_of(word - 1, branches))
        return true;
    return name->first >= 2 && ((word_is_one_of(word - 1, watches) && word_is(word - 2, "pos")) ||
                                   (word_is(word - 1, "merah") && word_is(word - 2, "lampu")) ||
                                   (word_is(word - 1, "light") && word_is(word - 2, "trafic")));
}

/* "bidan Puri", "kula Sugio": more of them, whom only a word before the name makes people. */
static bool is_called_person(const struct word *word) {
    static const char *const called[] = {"puri", "sugio", "siman", "mojo", NULL};
    return is_name_of_people(word) || word_is_one_of(word, called);
}

/* "kader jiwa Tiris", "petugas Bungkal", "verval lapangan Wringin": of which district who writes is, or which
 * was looked at. In small letters the whole title says so. */
static bool is_of_worker(const struct text *text, const struct place_name *name) {
    static const char *const workers[] = {"kader", "bidan", "petugas", "perawat", "mantri", "pendamping",
        "relawan", "tagana", "pekerja", "penyuluh", "operator", "babinsa", "bhabin", "bhabinkamtibmas",
        "kapolsek", "danramil", NULL};
    static const char *const fields[] = {"jiwa", "posyandu", "kesehatan", "lansia", "gizi", "kb", "pkh",
        "pkk", "sosial", "lapangan", "puskesmas", "pkm", "kecamatan", "tb", "odgj", NULL};
    static const char *const visits[] = {
        "verval", "verifikasi", "kunjungan", "asesmen", "survei", "monitoring", NULL};
    const struct word *word = &text->words[name->first];
    if (!name->first || word->clause != word[-1].clause || is_called_person(word) ||
        !is_no_kind_of_house(text, name))
        return false;
    if ((name->capital && word_is_one_of(word - 1, workers)) || place_name_is_reporter(text, name))
        return true;
    return name->first >= 2 && word[-2].clause == word->clause && word_is_one_of(word - 1, fields) &&
           (word_is_one_of(word - 2, workers) || word_is_one_of(word - 2, visits));
}

/* "prapatan paron", "simpang tiga Maron": crossings are called after the district; some also after a thing
 * that stands there. */
static bool is_at_crossing(const struct text *text, const struct place_name *name) {
    static const char *const crossings[] = {
        "pertigan", "perempatan", "prapatan", "simpang", "proliman", "bangjo", "bundaran", "bunderan", NULL};
    static const char *const arms[] = {"tiga", "empat", "lima", NULL};
    static const char *const things[] = {"barat", "bareng", "deket", "palang", "tanggul", "tikung", "kapas",
        "kudu", "kampak", "parang", "panji", "besuk", "bungah", "pitu", "padas", "kerek", "jangkar", "tarik",
        "kunir", "semen", "puri", "panggul", "pucuk", "perak", "dagangan", "gapura", "kare", NULL};
    const struct word *word = &text->words[name->first];
    size_t at = name->first;
    if (word_is_one_of(word, things) || is_called_person(word) || !is_no_kind_of_house(text, name))
        return false;
    if (at >= 2 && (word_is_one_of(&text->words[at - 1], arms) || text->words[at - 1].flags & WORD_NUMBER))
        at--;
    bool ends = name->last + 1u >= text->count || text->words[name->last + 1].clause != word->clause;
    return at && text->words[at - 1].clause == word->clause && (name->capital || ends) &&
           word_is_one_of(&text->words[at - 1], crossings);
}

/* "kula Jambon, pak": Javanese leaves out that somebody is from there. */
static bool is_kula(const struct text *text, const struct place_name *name) {
    const struct word *word = &text->words[name->first];
    return name->first && name->capital && !(word->flags & WORD_OPENS) &&
           (is_written(text, word - 1, "kula") || is_written(text, word - 1, "kulo")) &&
           !is_kin(text, name->first) && !is_called_person(word) && is_no_kind_of_house(text, name);
}

/* A district that is also a word is none where it is given as an address and its regency is named too, or
 * where it is said which of two it is ("masuknya Tiris"), or where the message is signed with it. */
static void words_settle(
    const struct place_index *index, const struct text *text, struct place_name *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct place_name *name = &names[i];
        if (!name->word || name->village || name->longer || !place_entries_name_served(index, name->entries))
            continue;
        bool named = name->capital && !name->opens && name->marker == MARKER_IN;
        bool regency_named = is_regency_named(index, names, count, i);
        bool unique = is_unique_here(index, name->entries);
        bool home = is_given_as_home(text, name);
        bool ours =
            unique && is_no_kind_of_house(text, name) &&
            (is_where_we_are(text, name) || is_stayed_in(text, name) || (home && is_lived_in(text, name)));
        bool given =
            (unique && (is_of_office(text, name) || is_of_branch(text, name) || is_of_worker(text, name) ||
                           is_kula(text, name) || is_at_crossing(text, name))) ||
            (regency_named && (named || home || is_where_we_are(text, name))) || ours;
        bool told = (regency_named || unique || is_one_of_site_towards(index, text, name)) &&
                    (is_on_main_road(text, name) || is_struck(text, name) || is_heading(text, name) ||
                        is_heading_of_when(text, name));
        if (given || told || (unique && is_in_only_place(text, name)) ||
            is_address_in_front(index, text, names, count, i) ||
            (is_no_kind_of_house(text, name) && is_by_landmark(index, text, names, count, i)) ||
            is_signature(index, text, name) ||
            (name->belongs && (name->capital || is_named_before(names, i))))
            name->word = false;
    }
}

static bool is_told_elsewhere(const struct place_index *index, const struct place_names *names, size_t at) {
    for (size_t i = 0; i < names->count; i++) {
        const struct place_name *other = &names->names[i];
        bool mere = other->word && (!other->capital || other->opens) && !place_marker_is_level(other->marker);
        if (i != at && !mere && !other->village && !other->landing && !other->calling &&
            other->role != ROLE_BOUND &&
            !place_entries_agree(index, other->entries, names->names[at].entries))
            return true;
    }
    return false;
}

/* "orang tua saya di Lawang, saya sendiri di Bekasi": of the two the one that is not the teller's. */
static bool is_of_kin(const struct text *text, const struct place_name *name) {
    static const char *const kin[] = {"tua", "ortu", "bapak", "ibu", "ayah", "nenek", "kakek", "adik",
        "kakak", "anak", "keponakan", "mertua", NULL};
    static const char *const mine[] = {"saya", "kami", NULL};
    const struct word *word = &text->words[name->first];
    return name->capital && name->first >= 3 && word_is(word - 1, "di") && word_is_one_of(word - 2, mine) &&
           word_is_one_of(word - 3, kin) && word->clause == word[-3].clause;
}

/* "budhe saya di Donomulyo katanya dikurung", "ibunya di Bondowoso, pikun": whom the message is about. */
static bool is_of_victim(const struct text *text, const struct place_name *name) {
    static const char *const kin[] = {"tua", "ortu", "bapak", "ibu", "ayah", "nenek", "kakek", "adik",
        "kakak", "ipar", "sepupu", "saudara", "cucu", "anak", "keponakan", "mertua", "bude", "bibi", "paman",
        "budhe", "pakde", "mak", "mbah", "bapaku", "ibuku", "adiku", "kakaku", "nenekku", "neneku", "kakeku",
        "ayahku", "ibunya", "bapaknya", "ayahnya", "neneknya", "kakeknya", "adiknya", "kakaknya", "bapake",
        "ibuke", "mbahku", NULL};
    static const char *const mine[] = {"saya", "kami", NULL};
    static const char *const suffered[] = {"dipasung", "dikurung", "dirantai", "diikat", "dipukul",
        "dipukuli", "disiksa", "dianiaya", "disekap", "ditelantarkan", "dicabuli", "diperkosa", "dilecehkan",
        "dihajar", "dikeroyok", "dibacok", "dicekik", "disetrika", "dikunci", "dicambuk", "digebuki",
        "sendirian", "mengamuk", "ngamuk", "kambuh", "jatuh", "pikun", "lumpuh", "stroke", "sakit", "hilang",
        "ditinggal", NULL};
    static const char *const by_themselves[] = {"sendiri", "sendirian", NULL};
    static const char *const staying[] = {"tingal", "hidup", "masih", "sendiri", "sendirian", NULL};
    size_t at = name->first;
    const struct word *word = &text->words[at];
    if (at < 2 || !place_word_is_in(text, at - 1) || word[-1].clause != word->clause)
        return false;
    at -= 2;
    bool alone = false;
    for (; at && text->words[at].clause == word->clause && word_is_one_of(&text->words[at], staying); at--)
        alone = alone || word_is_one_of(&text->words[at], by_themselves);
    if (at && word_is_one_of(&text->words[at], mine) && text->words[at].clause == text->words[at - 1].clause)
        at--;
    if (text->words[at].clause != word->clause || !word_is_one_of(&text->words[at], kin))
        return false;
    if (alone)
        return true; /* "mbahku tinggal dewe di Sine" */
    for (size_t i = name->last + 1u; i < text->count && text->words[i].sentence == word->sentence; i++) {
        if (word_is_one_of(&text->words[i], mine) && text->words[i].flags & WORD_OPENS)
            return false; /* "ibu saya di Lawang, saya dipukuli" */
        if (text->words[i].flags & WORD_OPENS && word_is_one_of(&text->words[i], kin))
            return false; /* "adiknya di Batam, ibunya stroke" */
        if (word_is_one_of(&text->words[i], suffered))
            return true;
    }
    return false;
}

static bool is_teller_named(const struct place_names *names) {
    for (size_t i = 0; i < names->count; i++)
        if (names->names[i].role == ROLE_TELLER)
            return true;
    return false;
}

/* "Saya dari Bojonegoro. Suami di Samarinda.": of the two the teller's, if no more is said of the other. */
static bool is_kin_away(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const kin[] = {
        "suami", "istri", "bapak", "ayah", "ibu", "anak", "kakak", "adik", NULL};
    static const char *const mine[] = {"saya", "kami", NULL};
    const struct place_name *name = &names->names[at];
    const struct word *word = &text->words[name->first];
    if (!at || name->first < 2 || name->role != ROLE_EVENT || !word_is(word - 1, "di") ||
        !place_entries_name_regency(index, name->entries) ||
        place_entries_name_served(index, name->entries) || name->last + 1u >= text->count ||
        text->words[name->last + 1].sentence == word->sentence)
        return false;
    const struct word *whose = word - 2;
    if (whose > text->words && word_is_one_of(whose, mine))
        whose--;
    if (!word_is_one_of(whose, kin) || !(whose->flags & WORD_OPENS) || whose->clause != word->clause)
        return false;
    for (size_t i = 0; i < at; i++)
        if (names->names[i].role == ROLE_TELLER && !names->names[i].word &&
            place_entries_name_served(index, names->names[i].entries))
            return true;
    return false;
}

/* "saya kerja di Denpasar, kos sebelah": what the teller sees where he is. */
static bool is_next_door(const struct text *text) {
    static const char *const near[] = {"sebelah", "tetanga", "tetangaku", NULL};
    return any_word_is_one_of(text, 0, text->count, near);
}

/* "ibu saya di rumah lumpuh": at home, and not where the teller works. in: "di". */
static bool is_of_kin_at_home(const struct text *text, size_t in) {
    static const char *const kin[] = {"ibu", "bapak", "ayah", "nenek", "kakek", "adik", "kakak", "anak",
        "istri", "suami", "mertua", "mak", "mbah", "tua", "ortu", NULL};
    static const char *const mine[] = {"saya", "kami", NULL};
    static const char *const homes[] = {"rumah", "omah", "kampung", "desa", NULL};
    return in && in + 1 < text->count && word_is(&text->words[in], "di") &&
           word_is_one_of(&text->words[in + 1], homes) &&
           (word_is_one_of(&text->words[in - 1], kin) ||
               (in >= 2 && word_is_one_of(&text->words[in - 1], mine) &&
                   word_is_one_of(&text->words[in - 2], kin)));
}

/* "teman kos di sini", "di mes sini"; but "bisa lapor lewat sini", "ibu saya di rumah". */
static bool is_told_of_here(const struct text *text) {
    static const char *const sini[] = {"sini", "kene", NULL};
    static const char *const here[] = {"di", "kos", "kosan", "kontrakan", "mes", "tempat", "asrama", NULL};
    bool is_here = false;
    for (size_t i = 1; i < text->count; i++) {
        if (is_of_kin_at_home(text, i))
            return false;
        is_here = is_here || word_is(&text->words[i], "disini") ||
                  (word_is_one_of(&text->words[i], sini) && word_is_one_of(&text->words[i - 1], here));
    }
    return is_here;
}

/* "... ke Jakarta Timur. Saya di Kediri. Anaknya dipukuli di sana": at the end of the way, not at the
 * teller's. */
static bool is_said_to_be_there(const struct text *text) {
    for (size_t i = 1; i < text->count; i++)
        if (word_is(&text->words[i], "sana") && word_is(&text->words[i - 1], "di"))
            return true;
    return false;
}

/* "dari Ponorogo mau ke Magetan, sudah sampai sana": at the end of the way. at: 0, or "sana". */
static size_t said_to_have_arrived(const struct text *text) {
    static const char *const arrived[] = {"sampai", "tiba", "tekan", NULL};
    static const char *const there[] = {"sana", "kono", NULL};
    static const char *const in[] = {"di", "ke", NULL};
    for (size_t i = 2; i < text->count; i++) {
        size_t at = i - 1;
        if (!word_is_one_of(&text->words[i], there))
            continue;
        if (word_is_one_of(&text->words[at], in))
            at--;
        if (at && word_is_one_of(&text->words[at], arrived) && word_is(&text->words[at - 1], "sudah"))
            return i;
    }
    return 0;
}

/* The last place somebody is bound for before he is said to be there. */
static bool is_arrived_at(const struct place_names *names, size_t at, size_t sana) {
    if (names->names[at].role != ROLE_BOUND || names->names[at].first > sana)
        return false;
    for (size_t i = at + 1; i < names->count && names->names[i].first < sana; i++)
        if (names->names[i].role == ROLE_BOUND)
            return false;
    return true;
}

static bool is_minang(const struct text *text) {
    static const char *const minang[] = {"galodo", "hanyuik", "ambo", "urang", "amak", "abak", "apak", "inyo",
        "denai", "surang", "padusi", "mambaok", "mamukua", "kapatang", "rumahnyo", "musajik", "jorong",
        "nagari", "indak", NULL};
    for (size_t i = 0; i < text->count; i++)
        for (const char *const *spelling = minang; *spelling; spelling++)
            if (is_written(text, &text->words[i], *spelling))
                return true;
    return false;
}

/* "RSSA", "RSUD Sidoarjo". */
static bool is_hospital(
    const struct place_index *index, const struct text *text, const struct place_name *name) {
    const char *written = text->bytes + text->words[name->first].start;
    return index->entries[name->entries].landmark && (written[0] | ' ') == 'r' && (written[1] | ' ') == 's';
}

/* "Dampit. Suami saya 3 minggu di RSSA, saya di rumah": the place that heads the message is home. */
static bool is_away_in_hospital(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    const struct place_name *home = &names->names[0];
    return at && home->whole && !home->word && home->role == ROLE_EVENT &&
           names->names[at].role == ROLE_EVENT && is_hospital(index, text, &names->names[at]) &&
           place_entries_name_served(index, home->entries) &&
           !place_entries_name_regency(index, home->entries) &&
           !place_entries_agree(index, home->entries, names->names[at].entries);
}

/* "suami meninggal di Taiwan, jenazahnya bisa dipulangkan ke Brondong tidak", "TKI sakit, ingin pulang ke
 * Ngraho": who is abroad belongs to where he is to be brought, if no other place is named. */
static bool is_home_from_abroad(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const home[] = {"dipulangkan", "dipulangno", "memulangkan", "pemulangan", "pulang",
        "pulangkan", "dimakamkan", "dikubur", NULL};
    const struct place_name *name = &names->names[at];
    if (name->role < ROLE_FAR || name->landing || name->village || (name->word && !name->capital) ||
        !place_entries_name_served(index, name->entries) || !place_text_is_of_abroad(text))
        return false;
    for (size_t i = 0; i < names->count; i++)
        if (i != at && place_entries_name_served(index, names->names[i].entries) &&
            !place_entries_agree(index, names->names[i].entries, name->entries))
            return false;
    for (size_t i = name->first; i-- && i + HOME_REACH >= name->first;)
        if (text->words[i].clause == text->words[name->first].clause && word_is_one_of(&text->words[i], home))
            return true;
    return false;
}

/* "jenazah sampai Juanda, ongkos ke Panceng tidak ada": home is where they are bound for. */
static bool is_home_of_dead(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    if (names->names[at].role != ROLE_BOUND || names->names[at].landing ||
        !place_entries_name_served(index, names->names[at].entries) || !place_text_is_of_dead(text))
        return false;
    for (size_t i = 0; i < at; i++)
        if (names->names[i].landing)
            return true;
    return false;
}

/* "Prambon dekat Krian Sidoarjo": what is only near is not where it is. */
static bool is_only_near(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const near[] = {"dekat", "arah", NULL};
    if (!at)
        return false;
    const struct place_name *one = &names->names[at - 1], *name = &names->names[at];
    const struct word *between = &text->words[one->last + 1];
    return one->role == ROLE_EVENT && !one->village && !one->word && name->first > one->last + 1u &&
           name->first <= one->last + 1u + NEAR_WORDS && between->clause == text->words[one->last].clause &&
           between->clause == text->words[name->first].clause && word_is_one_of(between, near) &&
           place_entries_name_served(index, one->entries) &&
           !place_entries_name_regency(index, one->entries) &&
           !place_entries_agree(index, one->entries, name->entries);
}

/* "bandara Juanda arah Waru": of a landmark of the regency the side on which it is. */
static bool is_side_of_landmark(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    if (!at || names->names[at].role != ROLE_FAR)
        return false;
    const struct place_name *one = &names->names[at - 1], *name = &names->names[at];
    return one->last + 2 == name->first && word_is(&text->words[one->last + 1], "arah") &&
           one->role <= ROLE_TELLER && index->entries[one->entries].landmark &&
           (!name->word || name->capital) &&
           text->words[one->last].clause == text->words[name->first].clause &&
           place_entries_agree(index, one->entries, name->entries);
}

/* "Gumitir": a landmark that two regencies share. */
static bool is_of_several(const struct place_index *index, uint32_t entry) {
    const uint32_t first = entry;
    for (; entry; entry = index->entries[entry].next)
        if (index->entries[entry].landmark && !index->entries[entry].hint &&
            area_common(index->entries[entry].code, index->entries[first].code) < AREA_REGENCY)
            return true;
    return false;
}

/* "Terminal Purabaya sisi Surabaya", "dekat Krian tapi masuk Balongbendo": of what stands on a border, or is
 * only near, the side that is named, whatever regency it is said to lie in. */
static bool is_side_named(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const sides[] = {"sisi", "masuk", "bagian", "ikut", "wilayah", NULL};
    static const char *const links[] = {
        "yang", "tapi", "namun", "sudah", "di", "arah", "kota", "masuk", "ikut", NULL};
    static const char *const but[] = {"tapi", "namun", NULL};
    if (!at)
        return false;
    const struct place_name *one = &names->names[at - 1], *name = &names->names[at];
    size_t side = name->first;
    while (side > one->last + 1u && place_marker_is_level(place_marker_of(&text->words[side - 1])))
        side--;
    if (side <= one->last + 1u || !word_is_one_of(&text->words[side - 1], sides))
        return false;
    for (size_t i = one->last + 1u; i + 1 < side; i++)
        if (!word_is_one_of(&text->words[i], links))
            return false;
    bool of_two = index->entries[one->entries].landmark || one->towards ||
                  any_word_is_one_of(text, one->last + 1u, side, but);
    return of_two && one->role != ROLE_FROM && (!name->word || name->capital) &&
           text->words[one->last].sentence == text->words[name->first].sentence &&
           (one->towards || is_of_several(index, one->entries) ||
               !place_entries_agree(index, one->entries, name->entries));
}

/* "asal kecamatan Bandung Tulungagung": said to be the home of somebody abroad. */
static bool is_home_named(const struct text *text, const struct place_name *name) {
    static const char *const from[] = {"asal", "asalnya", NULL};
    for (size_t i = name->first; i-- && i + 4 >= name->first;) {
        if (text->words[i].clause != text->words[name->first].clause)
            return false;
        if (word_is_one_of(&text->words[i], from))
            return true;
    }
    return false;
}

/* "Puskesmas Kencong rujuk, tapi rumahnya Kecamatan Jombang": at home, and not where he is treated. */
static bool is_home_of_patient(const struct text *text, const struct place_names *names, size_t at) {
    static const char *const clinics[] = {"puskesmas", "pkm", "pustu", "posyandu", "rsud", "rs", NULL};
    static const char *const homes[] = {"rumahnya", "alamatnya", "omahe", NULL};
    const struct place_name *name = &names->names[at];
    size_t home = name->first;
    while (home && (word_is(&text->words[home - 1], "di") ||
                       place_marker_is_level(place_marker_of(&text->words[home - 1]))))
        home--;
    if (!home || name->village || !word_is_one_of(&text->words[home - 1], homes))
        return false;
    for (size_t i = 0; i < at; i++)
        if (names->names[i].first && word_is_one_of(&text->words[names->names[i].first - 1], clinics))
            return true;
    return false;
}

/* Whether a district or regency of one name is, or lies in, one of the other, either way. */
static bool large_places_agree(const struct place_index *index, uint32_t a, uint32_t b) {
    for (; a; a = index->entries[a].next)
        for (uint32_t at = b; at; at = index->entries[at].next)
            if (index->entries[a].level != AREA_VILLAGE && index->entries[at].level != AREA_VILLAGE &&
                (area_within(index->entries[a].code, index->entries[at].code) ||
                    area_within(index->entries[at].code, index->entries[a].code)))
                return true;
    return false;
}

/* "teman saya anak Jombang di kontrakan Krian": from where somebody is whose place is named behind it. */
static bool is_origin_of_other(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    const struct place_name *name = &names->names[at];
    const struct word *word = &text->words[name->first];
    if (name->role != ROLE_EVENT || !name->first || word->clause != word[-1].clause ||
        !word_is(word - 1, "anak") || word[-1].flags & WORD_DOUBLED || name->word || name->village)
        return false;
    for (size_t i = at + 1; i < names->count; i++) {
        const struct place_name *other = &names->names[i];
        if (other->role == ROLE_EVENT && !other->village && !other->near &&
            (!other->word || (other->capital && other->marker == MARKER_IN)) &&
            text->words[other->first].sentence == word->sentence &&
            place_entries_name_served(index, other->entries) &&
            !large_places_agree(index, other->entries, name->entries))
            return true;
    }
    return false;
}

/* "saya kader Ngetos. Nganjuk paling kidul": the regency right behind the teller's district is its own. */
static bool is_regency_of_teller(const struct place_index *index, const struct text *text,
    const struct place_name *one, const struct place_name *name) {
    return one->role == ROLE_TELLER && name->role == ROLE_EVENT && one->last + 1u == name->first &&
           !one->word && !one->village && name->marker == MARKER_NONE &&
           place_entries_name_regency(index, name->entries) &&
           !place_entries_name_regency(index, one->entries) && is_beside(index, text, one, name);
}

/* "orang Jenangan asli": who is told of is at home there. */
static bool is_native(const struct text *text, const struct place_name *name) {
    static const char *const people[] = {"orang", "wong", "warga", NULL};
    const struct word *word = &text->words[name->last];
    return name->role == ROLE_FROM && name->first && word_is_one_of(&text->words[name->first - 1], people) &&
           name->last + 1u < text->count && word->clause == word[1].clause && word_is(word + 1, "asli");
}

/* "Sawahan ... eh maksud saya Ngetos": what was said before is taken back. 0: nothing is. */
static size_t taken_back(const struct text *text) {
    static const char *const oops[] = {"eh", "aduh", "ralat", "salah", NULL};
    static const char *const meant[] = {"maksud", "maksudku", "maksude", "maksudnya", NULL};
    for (size_t i = 1; i < text->count; i++)
        if (word_is_one_of(&text->words[i], meant) && word_is_one_of(&text->words[i - 1], oops))
            return i;
    return 0;
}

static bool is_taken_back(
    const struct place_index *index, const struct place_names *names, size_t at, size_t back) {
    const struct place_name *name = &names->names[at];
    if (!back || name->first > back || !place_entries_name_served(index, name->entries) ||
        place_entries_name_regency(index, name->entries))
        return false;
    for (size_t i = at + 1; i < names->count; i++)
        if (names->names[i].first > back && !names->names[i].word && !names->names[i].village &&
            place_entries_name_served(index, names->names[i].entries) &&
            !place_entries_name_regency(index, names->names[i].entries))
            return true;
    return false;
}

/* "jenazah sampai Juanda, dipulangkan ke Talun, Kabupaten Blitar": where the dead and who was abroad are
 * brought to, and the regency right behind. */
static void homes_settle(
    const struct place_index *index, const struct text *text, struct place_names *names) {
    bool home = false;
    for (size_t i = 0; i < names->count; i++) {
        struct place_name *name = &names->names[i];
        bool goes_on = home && name->role >= ROLE_FAR && is_beside(index, text, &names->names[i - 1], name);
        home =
            goes_on || is_home_of_dead(index, text, names, i) || is_home_from_abroad(index, text, names, i);
        if (home)
            name->role = ROLE_TELLER;
    }
}

/* Whether another name, and no hospital before it, says that it happened elsewhere. */
static bool is_event_elsewhere(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    for (size_t i = 0; i < names->count; i++) {
        const struct place_name *other = &names->names[i];
        if (i != at && other->role <= ROLE_TELLER && !other->village &&
            (!other->word || other->capital || place_marker_is_level(other->marker)) &&
            !(i < at && is_hospital(index, text, other)) &&
            !place_entries_agree(index, other->entries, names->names[at].entries))
            return true;
    }
    return false;
}

/* "Di RSUD Ngudi Waluyo dua minggu, sudah pulang ke Talun", "Dinsos Kab. Blitar: klien sudah pulang ke
 * Talun": who is home again is there, if nothing has happened elsewhere. */
static void returned_settle(
    const struct place_index *index, const struct text *text, struct place_names *names, size_t at) {
    if (is_event_elsewhere(index, text, names, at))
        return;
    for (size_t i = 0; i < at; i++)
        if (names->names[i].role <= ROLE_TELLER && is_hospital(index, text, &names->names[i]))
            names->names[i].role = ROLE_FROM;
    names->names[at].role = ROLE_TELLER;
    if (at + 1 < names->count && names->names[at + 1].role == ROLE_FAR &&
        is_beside(index, text, &names->names[at], &names->names[at + 1]))
        names->names[at + 1].role = ROLE_TELLER;
}

/* "saya ketapang mau nyebrang bali": the harbour to Bali, which is no district; of the others none is. */
static bool is_harbour_of_bali(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const crossing[] = {"nyebrang", "nyeberang", "menyeberang", "menyebrang",
        "penyeberangan", "penyebrangan", "gilimanuk", "asdp", "feri", "ferry", NULL};
    static const char *const ways[] = {"ke", "pulau", "arah", "menuju", "tujuan", NULL};
    const struct place_name *name = &names->names[at];
    if (name->first != name->last || !word_is(&text->words[name->first], "ketapang") ||
        place_marker_is_level(name->marker))
        return false;
    for (size_t i = 0; i < names->count; i++)
        if (names->names[i].entries != name->entries && !names->names[i].village &&
            place_entries_agree(index, names->names[i].entries, name->entries))
            return false; /* "Ketapang, Sampang" */
    if (any_word_is_one_of(text, 0, text->count, crossing))
        return true;
    for (size_t i = 1; i < text->count; i++)
        if (word_is(&text->words[i], "bali") && word_is_one_of(&text->words[i - 1], ways))
            return true;
    return false;
}

/* What one name is there for that only the others tell. */
static void roles_settle(
    const struct place_index *index, const struct text *text, struct place_names *names) {
    const bool minang = is_minang(text);
    bool teller = is_teller_named(names), there = teller && is_said_to_be_there(text);
    const bool abroad = place_text_is_of_abroad(text);
    const size_t back = taken_back(text), arrived = said_to_have_arrived(text);
    homes_settle(index, text, names);
    for (size_t i = 0; i < names->count; i++) {
        struct place_name *name = &names->names[i];
        name->minang = minang;
        name->harbour = is_harbour_of_bali(index, text, names, i);
        if (name->returned)
            returned_settle(index, text, names, i);
        if (is_away_in_hospital(index, text, names, i) || is_kin_away(index, text, names, i))
            name->role = ROLE_FAR;
        if (name->first == 0 && name->role == ROLE_EVENT && is_unique_here(index, name->entries) &&
            is_struck(text, name))
            name->scene = true; /* "Munjungan banjir, jalan di Kampak longsor" */
        if ((name->landing || name->calling) && is_told_elsewhere(index, names, i))
            name->role = ROLE_BOUND;
        if (teller && is_of_kin(text, name))
            name->word = false;
        if (name->role == ROLE_FAR && place_entries_name_town_elsewhere(index, name->entries) &&
            place_text_is_of_worker_abroad(text))
            name->role = ROLE_TELLER; /* "kakak saya TKW, keluarga di Wonogiri" */
        if (name->role == ROLE_FROM && abroad && is_home_named(text, name))
            name->role = ROLE_TELLER; /* "warga kami asal Dampit bekerja di Kamboja" */
        if (is_taken_back(index, names, i, back))
            name->role = ROLE_FROM;
        bool same_home =
            i && names->names[i - 1].patient && is_beside(index, text, &names->names[i - 1], name);
        if (name->role == ROLE_FROM && (same_home || is_home_of_patient(text, names, i))) {
            name->role = ROLE_EVENT;
            name->scene = name->patient = true;
        }
        if (is_native(text, name) || (i && is_regency_of_teller(index, text, &names->names[i - 1], name)))
            name->role = ROLE_TELLER;
        if (is_origin_of_other(index, text, names, i))
            name->role = ROLE_FROM;
        if (is_side_named(index, text, names, i)) {
            name->role = ROLE_EVENT;
            name->scene = true;
            if (!place_entries_agree(index, names->names[i - 1].entries, name->entries))
                names->names[i - 1].role = ROLE_FAR;
        } else if (is_side_of_landmark(index, text, names, i))
            name->role = ROLE_EVENT;
        else if (is_only_near(index, text, names, i))
            name->role = ROLE_FAR;
        if (i && names->names[i - 1].scene && name->role == ROLE_EVENT &&
            is_beside(index, text, &names->names[i - 1], name))
            name->scene = true; /* "kejadiannya di pantai Prigi, Watulimo" */
        bool goes_on = i && names->names[i - 1].victim && is_beside(index, text, &names->names[i - 1], name);
        if (goes_on || is_of_victim(text, name)) {
            name->role = ROLE_EVENT;
            name->scene = name->victim = true;
            name->word = name->word && !name->capital;
        }
        if (name->own_work && name->role == ROLE_FAR && is_told_of_here(text)) {
            name->role = ROLE_TELLER;
            if (i && names->names[i - 1].role == ROLE_TELLER)
                names->names[i - 1].role = ROLE_FROM; /* "saya orang Nganjuk, kerja di Sidoarjo" */
        }
        if (name->own_work && name->role == ROLE_FAR && is_next_door(text))
            name->role = ROLE_TELLER;
        if (i && name->settled && name->role <= ROLE_FAR) {
            name->role = ROLE_TELLER;
            names->names[i - 1].role = ROLE_FROM; /* "saya asal Bojonegoro, ngekos di Krian" */
        } else if (i && names->names[i - 1].settled && name->role == ROLE_FAR &&
                   is_beside(index, text, &names->names[i - 1], name))
            name->role = ROLE_TELLER; /* "..., kerja di Taman Sidoarjo" */
        if (arrived && is_arrived_at(names, i, arrived))
            name->role = ROLE_TELLER;
        if (there && name->role >= ROLE_FAR && place_entries_name_regency(index, name->entries))
            name->role = ROLE_EVENT;
    }
}

struct place_names *place_names_read(
    const struct place_index *index, struct arena *arena, const struct text *text) {
    struct place_names *out = arena_take(arena, sizeof *out);
    if (out && index)
        out->count = names_read(index, text, out->names);
    if (out && out->count)
        words_settle(index, text, out->names, out->count);
    if (out && out->count)
        roles_settle(index, text, out);
    return out;
}

bool *place_names_mark(const struct place_names *names, struct arena *arena, const struct text *text) {
    bool *marks = arena_take(arena, (text->count + 1) * sizeof *marks);
    for (size_t i = 0; marks && i < names->count; i++) {
        const struct place_name *name = &names->names[i];
        bool weak = name->village || name->near; /* "surat" is a village, "kandungan" nearly a district */
        bool told_apart = (!name->word && (!weak || name->beside)) || (name->capital && !name->opens) ||
                          name->marker == MARKER_DISTRICT || name->marker == MARKER_VILLAGE;
        for (size_t at = name->first; at <= name->last && told_apart; at++)
            marks[at] =
                place_marker_of(&text->words[at]) == MARKER_NONE; /* "terminal" tells something itself */
    }
    return marks;
}
