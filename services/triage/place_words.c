/* "Taman", "Sooko", "Gudang": which of the words that are also names of districts are meant as places. */
#include "services/triage/place_parts.h"

#include <string.h>
#include <strings.h>

enum {
    SIGNED_LEAST = 5,   /* words before a signature: less may be a question and its answer */
    SENTENCE_LEAST = 2, /* words of the sentences around one that is a name */
    BY_REACH = 3        /* words from a place to the landmark beside it */
};

/* "omah pagu"; "rumah gempol" says less. */
static bool is_omah(const struct text *text, size_t at) {
    return (text->bytes[text->words[at].start] | ' ') == 'o';
}

/* "omahku", "rumah saya". at: behind it. */
static bool is_home_of_mine(const struct text *text, size_t at) {
    static const char *const mine[] = {"saya", "kami", NULL};
    static const char *const homes[] = {"rumah", NULL};
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
        "rumah", "rumahnya", "alamat", "alamatnya", "lokasi", "lokasinya", "lokasine", NULL};
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

/* "... belum makan. tiris dsn krajan": signed with the district and the hamlet. */
static bool is_signature_with_hamlet(const struct text *text, const struct place_name *name) {
    static const char *const parts[] = {"dusun", "dukuh", "desa", "rt", "rw", NULL};
    const struct word *word = &text->words[name->first], *next = &text->words[name->last] + 1;
    return name->first >= SIGNED_LEAST && word->flags & WORD_OPENS && word->sentence != word[-1].sentence &&
           name->last + 2u < text->count && word->clause == next[1].clause && word_is_one_of(next, parts);
}

/* The only district of its name in the country, and in the site; another spelling of it is the same
 * ("Pasèan"). */
bool place_entry_is_unique(const struct place_index *index, uint32_t entry) {
    const struct place_entry *only = NULL;
    for (; entry; entry = index->entries[entry].next) {
        const struct place_entry *one = &index->entries[entry];
        if (one->level == AREA_VILLAGE || one->hint)
            continue;
        if (only && strcmp(only->code, one->code) != 0)
            return false;
        only = one;
    }
    return only && only->served && only->level == AREA_DISTRICT;
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
    return name->first == 0 && name->last + 1u < text->count && text_byte(text, word->end) == ' ' &&
           (text_byte(text, word->end + 1) == '-' || text_byte(text, word->end + 1) == ':') &&
           text_byte(text, word->end + 2) == ' ';
}

/* "omah pagu", "di talun, dekat bandara Juanda": places to live in, and no house of a kind. */
static bool is_no_kind_of_house(const struct text *text, const struct place_name *name) {
    static const char *const kinds[] = {"panti", "batu", "taman", "bangsal", "kota", "lawang", "genteng",
        "gudang", "sumber", "tua", "baru", "tengah", "sawah", "semen", "gedeg", "gedek", "candi", "tulangan",
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
           name->capital && place_text_begins(text, name->first) && word_is_one_of(word + 1, when) &&
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

/* "di kampung saya Bungkal". */
static bool is_village_of_mine(const struct text *text, const struct place_name *name) {
    static const char *const mine[] = {"saya", "kami", NULL};
    static const char *const villages[] = {"kampung", "desa", NULL};
    const struct word *word = &text->words[name->first];
    return name->capital && name->first >= 3 && word->clause == word[-3].clause &&
           word_is_one_of(word - 1, mine) && word_is_one_of(word - 2, villages) && word_is(word - 3, "di");
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
        "garum", "gending", "gerih", "jabon", "jambon", "kasiman", "kendit", "klabang", "labang", "lenteng",
        "maron", "menganti", "ngebel", "panceng", "pasean", "sampung", "sapeken", "sempu", "sepulu", "silo",
        "siman", "sugio", "takeran", "tandes", "tapen", "tiris", "wungu", NULL};
    return word_is_one_of(word, only);
}

/* "nang silo", "di menganti", Madurese "è pasean"; "garum mbah K ora duwe lampu", where it heads the message.
 */
static bool is_in_only_place(const struct text *text, const struct place_name *name) {
    static const char *const people[] = {"nenek", "kakek", "pak", "bapak", "bu", "ibu", "mas", "mbak", "anak",
        "orang", "lansia", "ada", "warga", "tetanga", NULL};
    const struct word *word = &text->words[name->first];
    if (!is_only_place(word))
        return false;
    if (name->first == 0)
        return text->count > 1 && word->clause == word[1].clause && word_is_one_of(word + 1, people);
    bool is_door = word_is(word, "labang"); /* Madurese "è labâng" */
    return (word_is(word - 1, "di") || (word_is(word - 1, "e") && !is_door)) &&
           word[-1].clause == word->clause;
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
    return place_word_is_name_of_people(word) || word_is_one_of(word, called);
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
    static const char *const things[] = {"barat", "bareng", "deket", "palang", "tangul", "tikung", "kapas",
        "kudu", "kampak", "parang", "panji", "besuk", "bungah", "7", "padas", "kerek", "jangkar", "tarik",
        "kunir", "semen", "puri", "pangul", "pucuk", "perak", "dagangan", "gapura", "kare", NULL};
    const struct word *word = &text->words[name->first];
    size_t at = name->first;
    if (word_is_one_of(word, things) || is_called_person(word) || !is_no_kind_of_house(text, name))
        return false;
    if (at >= 2 && text->words[at - 1].flags & WORD_NUMBER)
        at--;
    bool ends = name->last + 1u >= text->count || text->words[name->last + 1].clause != word->clause;
    return at && text->words[at - 1].clause == word->clause && (name->capital || ends) &&
           word_is_one_of(&text->words[at - 1], crossings);
}

/* "kula Jambon, pak": Javanese leaves out that somebody is from there. */
static bool is_kula(const struct text *text, const struct place_name *name) {
    const struct word *word = &text->words[name->first];
    return name->first && name->capital && !(word->flags & WORD_OPENS) &&
           (place_word_is_written(text, word - 1, "kula") || place_word_is_written(text, word - 1, "kulo")) &&
           !place_name_is_kin(text, name->first) && !is_called_person(word) &&
           is_no_kind_of_house(text, name);
}

/* "... kemarin siang. Tiris. Anaknya demam": a sentence by itself between two that are longer; in small
 * letters ("... neneknya buta. sapeken. kapal sabtu") what is nothing but a place. */
static bool is_sentence(const struct text *text, const struct place_name *name) {
    const struct word *word = &text->words[name->first], *after = &text->words[name->last] + 1;
    bool alone = name->first >= SENTENCE_LEAST && name->last + (size_t)SENTENCE_LEAST < text->count &&
                 word->sentence != word[-1].sentence && word->sentence != after->sentence;
    bool large = word->flags & WORD_CAPITAL && !(word->flags & WORD_SHOUTED);
    return alone && (large || is_only_place(word)) && word[-1].sentence == word[-SENTENCE_LEAST].sentence &&
           after->sentence == after[SENTENCE_LEAST - 1].sentence && !is_called_person(word) &&
           is_no_kind_of_house(text, name);
}

/* "... urip dhewe. Ngebel, dhukuhe munggah": a sentence begins with where. */
static bool is_in_front_of_sentence(const struct text *text, const struct place_name *name) {
    const struct word *word = &text->words[name->first], *after = &text->words[name->last] + 1;
    return name->capital && word->flags & WORD_OPENS && name->first >= SENTENCE_LEAST &&
           word->sentence != word[-1].sentence && name->last + 1u < text->count &&
           after->sentence == word->sentence && after->clause != word->clause && is_only_place(word);
}

/* A district that is also a word is none where it is given as an address and its regency is named too, or
 * where it is said which of two it is ("masuknya Tiris"), or where the message is signed with it. */
void place_words_settle(
    const struct place_index *index, const struct text *text, struct place_name *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct place_name *name = &names[i];
        if (!name->word || name->village || name->longer || !place_entries_name_served(index, name->entries))
            continue;
        bool named = name->capital && !name->opens && name->marker == MARKER_IN;
        bool regency_named = is_regency_named(index, names, count, i);
        bool unique = place_entry_is_unique(index, name->entries);
        bool home = is_given_as_home(text, name);
        bool ours = unique && is_no_kind_of_house(text, name) &&
                    (is_where_we_are(text, name) || is_stayed_in(text, name) ||
                        is_village_of_mine(text, name) || (home && is_lived_in(text, name)));
        bool given =
            (unique && (is_of_office(text, name) || is_of_branch(text, name) || is_of_worker(text, name) ||
                           is_kula(text, name) || is_at_crossing(text, name))) ||
            (regency_named && (named || home || is_where_we_are(text, name))) || ours;
        bool told = (regency_named || unique || is_one_of_site_towards(index, text, name)) &&
                    (is_on_main_road(text, name) || is_struck(text, name) || is_heading(text, name) ||
                        is_heading_of_when(text, name));
        if (given || told ||
            (unique && (is_in_only_place(text, name) || is_sentence(text, name) ||
                           is_in_front_of_sentence(text, name))) ||
            is_address_in_front(index, text, names, count, i) ||
            (is_no_kind_of_house(text, name) && is_by_landmark(index, text, names, count, i)) ||
            is_signature(index, text, name) || (unique && is_signature_with_hamlet(text, name)) ||
            (name->belongs && (name->capital || is_named_before(names, i))))
            name->word = false;
    }
}
