/* The names of places in a message: every run of one to four words is looked up; what stands before a name
 * says which of its places can be meant (place_markers.c). Then what only the others tell: which of the words
 * that are also names are meant as one (place_words.c), and what the rest of the message tells of them
 * (place_stands.c). */
#include "services/triage/place_parts.h"

#include <string.h>
#include <strings.h>

enum {
    SHOUTED_LEAST = 5,
    CAPITALS_LEAST = 10,
    SHORT_HINT = 4,  /* letters of a hint that must be written large */
    NEAR_SURE = 9,   /* of a misspelt district that nothing else tells */
    DOUBT_REACH = 6, /* words between two places of which the teller does not know which it is, and behind */
    NEAR_LEAST = 7   /* letters of a word that may be a misspelt name; see place_index.c */
};

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

/* "di bioskop Tuban Jumat ini", "di pasar Dampit Mohon segera": when, or a sentence without a stop before it;
 * no second part of a name. */
static bool is_behind_name(const struct word *word) {
    static const char *const times[] = {"senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "mingu",
        "januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober",
        "november", "desember", "tangal", "hari", "jam", "pukul", NULL};
    static const char *const begins[] = {"mohon", "tolong", "minta", "ada", "sudah", "sekarang", "tadi",
        "saya", "kami", "dia", "korban", "terima", "demikian", "rt", "rw", "km", "blok", "nomor", "yang",
        "untuk", NULL};
    return word_is_one_of(word, times) || word_is_one_of(word, begins);
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
           !word_is_one_of(next, sides) && !is_behind_name(next) && !place_word_is_title(text, next) &&
           place_marker_of(next) == MARKER_NONE && !place_index_find(index, text, last + 1, &used);
}

/* "Nganjuk Sugianto, lahir 1950": a name and what papers say of whom. */
static bool is_on_papers(const struct place_index *index, const struct text *text, size_t last) {
    static const char *const papers[] = {"lahir", "kelahiran", "umur", "nik", NULL};
    return goes_on_as_name(index, text, last) && last + 2 < text->count &&
           word_is_one_of(&text->words[last + 2], papers);
}

/* Whether a title calls the reader: "tolong Pak", "Malam Bu"; "istri Pak" is about somebody. */
static bool is_call(const struct text *text, size_t title) {
    static const char *const greetings[] = {"tolong", "mohon", "lapor", "ijin", "izin", "halo", "selamat",
        "malam", "siang", "pagi", "sore", "maf", "permisi", "asalamualaikum", "yth", "informasi", "min",
        NULL};
    static const char *const callable[] = {
        "pak", "bapak", "bu", "ibu", "mas", "mbak", "kakak", "om", "dik", NULL};
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
bool place_name_is_kin(const struct text *text, size_t first) {
    static const char *const kin[] = {"anak", "adik", "kakak", "suami", "istri", "teman", "keponakan", "cucu",
        "sepupu", "pacar", "tetanga", "murid", "pasien", "klien", NULL};
    static const char *const kin_of_mine[] = {
        "anaku", "adiku", "kakaku", "suamiku", "temanku", "temenku", "cucuku", NULL};
    static const char *const mine[] = {"saya", "kami", NULL};
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
    bool elder =
        word_is_one_of(title, elders) ||
        (word_is(title, "nenek") && place_word_is_title(text, title)); /* "nenek dampit" is in Dampit */
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
bool place_text_begins(const struct text *text, size_t first) {
    static const char *const greetings[] = {"lapor", "laporan", "tolong", "mohon", "ijin", "izin", "halo",
        "hai", "selamat", "pagi", "siang", "sore", "malam", "maf", "permisi", "asalamualaikum", "wr", "wb",
        "yth", "informasi", "bantu", "ibu", "dinsos", NULL};
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
                 (is_behind_stop(text, first) && is_call(text, first - 1) && place_text_begins(text, first));
    if (is_on_papers(index, text, first) && (leads || place_marker_of(word - 1) == MARKER_NONE))
        return true;
    if (leads)
        return false;
    bool titled = place_word_is_title(text, word - 1) || is_uncle(index, text, first - 1, found);
    if (!titled && !place_name_is_kin(text, first))
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

/* "ds Janggan Magetan": a village, which is read as "jangan". */
static bool is_village_like_negator(const struct text *text, size_t negator) {
    const struct word *no = &text->words[negator];
    return negator && no->clause == no[-1].clause && no->flags & WORD_CAPITAL &&
           place_marker_of(no - 1) == MARKER_VILLAGE && no->end - no->start > no->key_size;
}

/* "bukan Tegalsari Surabaya", "tidak di Dampit", "Pulung? bukan"; "tidak makan di Dampit" is there. */
static bool is_denied(const struct text *text, size_t first, size_t last) {
    const struct word *word = &text->words[first];
    if (word->negator >= 0 && is_village_like_negator(text, (size_t)word->negator))
        return false;
    for (size_t at = first; at-- && word->negator >= 0 && at > (size_t)word->negator;)
        if (place_text_ends_in_full(text, at))
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

/* "nan baiak budi nan indah baso": manners, of which Minangkabau sayings speak, and not the district. */
static bool is_manners(const struct text *text, size_t first) {
    static const char *const sayings[] = {"indah", "budi", "iyolah", "basi", NULL};
    const struct word *word = &text->words[first];
    return word_is(word, "baso") && !(word->flags & WORD_CAPITAL) &&
           ((first && word_is_one_of(word - 1, sayings)) ||
               (first + 1 < text->count && word_is_one_of(word + 1, sayings)));
}

/* Words of prayers and sayings. */
static bool is_said(const struct text *text, size_t first) {
    return is_holy(text, first) || is_manners(text, first);
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
                  !(is_behind_stop(text, first) && place_text_begins(text, first));
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
    static const char *const works[] = {"lagu", "lagunya", "lagune", "film", "filmnya", "novel", "nyanyi",
        "nyanyian", "dinyanyikan", "album", "cover", NULL};
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
    if (!index->entries[found].curt || place_marker_after(index, text, first) != MARKER_NONE)
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

/* Only words of doubt stand between the two, one of them "or". */
static bool is_or_between(
    const struct text *text, const struct place_name *one, const struct place_name *next) {
    static const char *const between[] = {
        "eh", "apa", "atau", "sana", "katanya", "ya", "di", "mungkin", "kalau", "tidak", NULL};
    static const char *const either[] = {"apa", "atau", NULL};
    bool is_or = false;
    if (next->first - one->last > DOUBT_REACH ||
        text->words[one->last].sentence != text->words[next->first].sentence)
        return false;
    for (size_t i = one->last + 1u; i < next->first; i++) {
        is_or = is_or || word_is_one_of(&text->words[i], either);
        if (!word_is_one_of(&text->words[i], between) &&
            !place_marker_is_level(place_marker_of(&text->words[i])))
            return false;
    }
    return is_or;
}

/* "Tegalombo sana, eh atau Tegalsari ya, saya kurang jelas": the teller does not know which. */
static bool is_doubt(const struct text *text, const struct place_name *one, const struct place_name *next) {
    static const char *const unsure[] = {"lupa", "ragu", NULL};
    static const char *const known[] = {"jelas", "tahu", "tau", "paham", "yakin", "hafal", NULL};
    if (!is_or_between(text, one, next))
        return false;
    for (size_t i = next->last + 1u; i < text->count && i <= next->last + (size_t)DOUBT_REACH; i++) {
        const struct word *word = &text->words[i];
        if (word_is_one_of(word, unsure) ||
            (word_is_one_of(word, known) && (word->negator >= 0 || word_is(word - 1, "kurang"))))
            return true;
    }
    return false;
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
bool place_word_is_name_of_people(const struct word *word) {
    static const char *const called[] = {
        "panji", "sekar", "pace", "giri", "kamal", "baron", "mayang", "sumber", NULL};
    return word_is_one_of(word, called);
}

/* "Kerek, penderita kusta dikucilkan": a district here heads the message. "Panji, teman saya" is called so,
 * and "Sendang? sumur tua" asks. */
static bool heads_message(const struct text *text, size_t first, size_t last) {
    return place_text_begins(text, first) && !place_word_is_name_of_people(&text->words[first]) &&
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

/* "dusun simatalu siberut barat", "di hulu makalo pagai selatan": the hamlet or river has a name of its own.
 */
static bool is_behind_hamlet(const struct text *text, size_t first) {
    static const char *const rivers[] = {"hulu", "hilir", "muara", "sungai", NULL};
    const struct word *word = &text->words[first];
    return first >= 2 && word->clause == word[-2].clause && place_marker_of(word - 1) == MARKER_NONE &&
           (place_marker_of(word - 2) == MARKER_HAMLET || word_is_one_of(word - 2, rivers));
}

/* One village of the site has the name, and nothing else. */
static bool is_only_village(const struct place_index *index, uint32_t entry) {
    return entry && !index->entries[entry].next && index->entries[entry].level == AREA_VILLAGE;
}

/* "Palengaan Laok" in Palengaan: the only village of its name, called after the only district of its. */
static bool is_side_of_district(
    const struct place_index *index, const struct text *text, size_t first, size_t used, uint32_t entry) {
    if (used != 2 || !is_only_village(index, entry) || !(text->words[first].flags & WORD_CAPITAL))
        return false;
    uint32_t district = place_index_find_word(index, &text->words[first]);
    return district && place_entry_is_unique(index, district) && place_entries_agree(index, district, entry);
}

/* "11 Enam Lingkuang": of a name that begins with a number the word behind it. */
static bool is_large(const struct word *word, size_t used) {
    return word->flags & (WORD_CAPITAL | WORD_MENTION) ||
           (used > 1 && word->flags & WORD_NUMBER && word[1].flags & WORD_CAPITAL);
}

static struct place_name name_make(const struct place_index *index, const struct text *text, size_t first,
    size_t used, uint32_t found, bool told) {
    const struct word *word = &text->words[first];
    const struct place_entry *entry = &index->entries[found];
    size_t last = first + used - 1;
    bool capital = told && is_large(word, used);
    bool leads = !first || word->sentence != word[-1].sentence; /* "Panji, teman saya" is no place */
    bool here = place_entries_name_served(index, found);
    bool known =
        place_entries_name_regency(index, found) ? !entry->word || entry->town || here : entry->town && here;
    bool alone = capital && stands_alone(text, first, last) &&
                 (!leads || known || (here && heads_message(text, first, last)));
    enum place_marker marker = place_marker_around(index, text, first, last);
    bool of_nature = marker == MARKER_HAMLET || is_part_in_nature(text, first, last);
    if (is_only_district(index, found) &&
        ((used > 1 && of_nature) || (marker == MARKER_NONE && !entry->word && is_behind_hamlet(text, first))))
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
        .street = first && place_word_is_street(word - 1),
        .capital = capital,
        .opens = opens,
        .word = is_word && !(capital && !(word->flags & WORD_OPENS) && entry->town),
        .village = entry->small,
        .quarter = used > 1 && marker == MARKER_IN && !entry->word && is_only_village(index, found),
        .side = is_side_of_district(index, text, first, used, found),
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
    return one->last + 1 == next->first && !place_marker_is_level(one->marker) && !next->word &&
           place_entries_name_regency(index, next->entries) &&
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
                         is_title_of_work(text, i, i + used - 1) || is_luck(text, i) || is_said(text, i) ||
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
        place_name_describe(index, text, &out[count], count ? &out[count - 1] : NULL);
        if (count && is_beside(index, text, &out[count - 1], &out[count]))
            out[count - 1].beside = out[count].beside = true;
        if (count && is_either(text, &out[count - 1], &out[count]))
            out[count - 1].either = out[count].either = true;
        if (count && is_doubt(text, &out[count - 1], &out[count]))
            out[count - 1].doubt = out[count].doubt = true;
        if (count && is_border(text, &out[count - 1], &out[count]))
            out[count - 1].border = out[count].border = true;
        if (count && is_quarter_of(index, &out[count - 1], &out[count])) {
            out[count].marker = out[count - 1].marker;
            out[count - 1] = out[count];
        } else
            count++;
    }
    return count;
}

struct place_names *place_names_read(
    const struct place_index *index, struct arena *arena, const struct text *text) {
    struct place_names *out = arena_take(arena, sizeof *out);
    if (out && index)
        out->count = names_read(index, text, out->names);
    if (out && out->count)
        place_words_settle(index, text, out->names, out->count);
    if (out && out->count)
        place_names_complete(index, text, out);
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
