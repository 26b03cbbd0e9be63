/* What stands at a place by the words beside its name (a square, a port, a bank), and what the rest of the
 * message tells of it. Lists of words are written as they are read: without doubled letters ("tingal") and in
 * the spelling they are mended to. */
#include "services/triage/place_parts.h"
#include "services/triage/sieve.h"

#include <string.h>

enum { REPORT_REACH = 3 /* words from "Kades Munjungan" to "melapor" */ };

/* Words of kind and nearness between a preposition and its name: "di [pabrik krupuk] Sidoarjo". */
static bool is_between(const struct word *word) {
    static const char *const between[] = {"dinas", "sosial", "dinsos", "kadinsos", "satpol", "p", "daerah",
        "wilayah", "kawasan", "area", "sekitar", "seputar", "dekat", "nya", "yang", "masjid", "pasar",
        "panti", "rumah", "sakit", "alun", "pingir", "tengah", "lansia", "jompo", "asuhan", "rehab", "singah",
        "kafe", "cafe", "karaoke", "pabrik", "ruko", "kos", "apartemen", "mes", "proyek", NULL};
    enum place_marker marker = place_marker_of(word);
    return place_marker_is_level(marker) || marker == MARKER_TOWN || marker == MARKER_HAMLET ||
           marker == MARKER_STREET || word_is_one_of(word, between);
}

/* "Kades Munjungan melapor", "Babinsa Tiris lapor": whose office is there tells of there, or of elsewhere. */
bool place_name_is_reporter(const struct text *text, const struct place_name *name) {
    static const char *const offices[] = {"kades", "lurah", "camat", "babinsa", "bhabin", "bhabinkamtibmas",
        "babinkamtibmas", "bhabinsa", "sekdes", "kapolsek", "danramil", "kasun", NULL};
    static const char *const levels[] = {"desa", "kelurahan", "kecamatan", "nagari", NULL};
    static const char *const reports[] = {
        "lapor", "melapor", "melaporkan", "laporan", "laporkan", "nglapor", "ngabari", NULL};
    const struct word *word = &text->words[name->first];
    size_t office = name->first;
    if (office >= 2 && word_is_one_of(word - 1, levels))
        office--;
    if (!office || text->words[office - 1].clause != word->clause ||
        !word_is_one_of(&text->words[office - 1], offices))
        return false;
    for (size_t i = name->last + 1u; i < text->count && i < name->last + 1u + REPORT_REACH; i++)
        if (text->words[i].clause == word->clause && word_is_one_of(&text->words[i], reports))
            return true;
    return false;
}

/* "alun2 Kertosono": the square of a town lies in its district. */
static bool is_square(const struct text *text, const struct place_name *name) {
    return name->first && word_is(&text->words[name->first - 1], "alun") &&
           text->words[name->first].clause == text->words[name->first - 1].clause;
}

/* "pelabuhan ikan Muncar", "dermaga Kalianget". */
static bool is_port(const struct text *text, const struct place_name *name) {
    static const char *const ports[] = {"pelabuhan", "dermaga", NULL};
    static const char *const kinds[] = {"ikan", "perikanan", "nelayan", "rakyat", "lama", NULL};
    size_t at = name->first;
    if (at >= 2 && word_is_one_of(&text->words[at - 1], kinds))
        at--;
    return at && word_is_one_of(&text->words[at - 1], ports) &&
           text->words[at - 1].clause == text->words[name->first].clause;
}

/* "di pinggir jalan Bumiaji": the road of that place; "pinggir Jalan Bumiaji" is called so. */
static bool is_at_roadside(const struct text *text, const struct place_name *name) {
    static const char *const sides[] = {"pingir", "tepi", "samping", NULL};
    const struct word *word = &text->words[name->first];
    return name->first >= 2 && !name->street && word->clause == word[-2].clause &&
           word_is(word - 1, "jalan") && word_is_one_of(word - 2, sides);
}

/* "pucuk gunung Tegalombo": mountains of the site have no district of their name. */
static bool is_on_mountain(const struct text *text, const struct place_name *name) {
    static const char *const mountains[] = {"gunung", "bukit", NULL};
    static const char *const parts[] = {"pucuk", "puncak", "lereng", "atas", "kaki", "pereng", NULL};
    const struct word *word = &text->words[name->first];
    return name->first >= 2 && word->clause == word[-2].clause && word_is_one_of(word - 1, mountains) &&
           word_is_one_of(word - 2, parts);
}

/* "di rumah makan Asembagus": those on the road are called after the place. */
static bool is_restaurant(const struct text *text, const struct place_name *name) {
    const struct word *word = &text->words[name->first];
    return name->first >= 2 && name->capital && word->clause == word[-2].clause &&
           word_is(word - 1, "makan") && word_is(word - 2, "rumah");
}

/* "pantai Munjungan", "jembatan Mojoroto", "depan bank Ngunut": of all that is called after a place these lie
 * in it. */
static bool is_nature(const struct text *text, const struct place_name *name) {
    static const char *const natures[] = {
        "pantai", "jembatan", "bank", "toko", "hotel", "gang", "perumahan", "perum", NULL};
    return name->marker == MARKER_STREET && name->first &&
           (word_is_one_of(&text->words[name->first - 1], natures) || is_at_roadside(text, name) ||
               is_on_mountain(text, name) || is_restaurant(text, name));
}

/* "saya kerja di rumah makan Surabaya", "kerja di pabrik krupuk Sidoarjo": where the work is. What is cooked
 * as in Lamongan is cooked anywhere. */
static bool is_work_place(const struct text *text, const struct place_name *name) {
    static const char *const works[] = {
        "kerja", "bekerja", "dipekerjakan", "jaga", "kuli", "buruh", "pelayan", "karyawan", NULL};
    static const char *const cuisines[] = {
        "madura", "lamongan", "tegal", "solo", "ponorogo", "padang", "kudus", "banjar", "banyumas", NULL};
    size_t in = name->first;
    if (name->marker != MARKER_STREET || name->street || name->word || name->longer ||
        word_is_one_of(&text->words[name->first], cuisines))
        return false;
    while (in && is_between(&text->words[in - 1]) &&
           text->words[in - 1].clause == text->words[name->first].clause)
        in--;
    return in >= 2 && word_is(&text->words[in - 1], "di") &&
           text->words[in - 2].clause == text->words[name->first].clause &&
           word_is_one_of(&text->words[in - 2], works);
}

/* "pemilik warung Silungkang": whose shop it is knows it by its place. What is cooked as in Padang is cooked
 * anywhere. */
static bool is_shop_of_owner(const struct text *text, const struct place_name *name) {
    static const char *const shops[] = {"warung", "toko", NULL};
    static const char *const owners[] = {"pemilik", "penjaga", "pengelola", "karyawan", "pelayan", NULL};
    const struct word *word = &text->words[name->first];
    return name->marker == MARKER_STREET && !name->street && !name->word && !name->longer && name->capital &&
           name->first >= 2 && word->clause == word[-2].clause && word_is_one_of(word - 1, shops) &&
           word_is_one_of(word - 2, owners);
}

/* "emperan toko Lamongan", "depan bank Ngawi": what is passed by, and no name that it has; "di perumahan
 * Sidoarjo", which would have one of its own. */
static bool is_in_front(const struct text *text, const struct place_name *name) {
    static const char *const shops[] = {"bank", "toko", "hotel", NULL};
    static const char *const fronts[] = {
        "depan", "emper", "emperan", "teras", "belakang", "samping", "dekat", "trotoar", NULL};
    static const char *const estates[] = {"perumahan", "perum", NULL};
    const struct word *word = &text->words[name->first];
    if (name->first < 2 || word->clause != word[-2].clause)
        return false;
    return is_at_roadside(text, name) ? true
           : word_is_one_of(word - 1, estates)
               ? word_is(word - 2, "di")
               : word_is_one_of(word - 1, shops) && word_is_one_of(word - 2, fronts);
}

/* Whether the name stands right before it. */
static bool is_behind_name(const struct text *text, size_t at, const struct place_name *name) {
    return name && name->last + 1u == at && text->words[name->last].sentence == text->words[at].sentence;
}

/* "Waru, arah ke Pasean", "Gondang, jalur Pacet", "jalan ke Pasean": which side of a place is meant. */
static bool is_direction(
    const struct text *text, const struct place_name *name, const struct place_name *before) {
    static const char *const towards[] = {"arah", "jalur", "jurusan", "menuju", "lewat", "dekat",
        "perbatasan", "batas", "jalan", "sebelah", NULL};
    static const char *const to[] = {"ke", "menuju", "sama", "dengan", "pasar", NULL};
    size_t at = name->first;
    if (!at || !before || text->words[before->last].sentence != text->words[at].sentence)
        return false;
    at--;
    if (at > before->last && word_is_one_of(&text->words[at], to))
        at--;
    return is_behind_name(text, at, before) && text->words[at].clause == text->words[name->first].clause &&
           word_is_one_of(&text->words[at], towards);
}

/* "masuknya Tiris", "ikut kecamatan Tiris": which of two neighbours it is. first: of the name. */
static bool is_belonging(const struct text *text, size_t first) {
    static const char *const of[] = {"masuk", "masuknya", "ikut", "ikutnya", "melu", NULL};
    static const char *const area[] = {"wilayah", "kecamatan", "daerah", NULL};
    if (!first || text->words[first - 1].clause != text->words[first].clause)
        return false;
    const struct word *word = &text->words[first - 1];
    if (word_is(word, "masuknya") || word_is(word, "ikutnya"))
        return true;
    return first >= 2 && word_is_one_of(word, area) && word_is_one_of(word - 1, of) &&
           word->clause == word[-1].clause;
}

void place_name_describe(const struct place_index *index, const struct text *text, struct place_name *name,
    const struct place_name *before) {
    bool regency = place_entries_name_regency(index, name->entries);
    if (regency ? is_work_place(text, name) : is_shop_of_owner(text, name))
        name->marker = MARKER_IN;
    name->towards = is_direction(text, name, before);
    name->belongs = is_belonging(text, name->first);
    name->square = is_square(text, name);
    name->port = is_port(text, name);
    name->nature = is_nature(text, name);
    name->front = name->nature && is_in_front(text, name);
}

/* ---- the rest of the message */

/* By its first two letters as they are written. */
static uint64_t letters_of_start(const char *written) {
    return (uint64_t)(written[0] & 31) << 5 | (written[1] & 31);
}

static bool is_minang(const struct text *text) {
    static const char *const minang[] = {"galodo", "hanyuik", "ambo", "urang", "amak", "abak", "apak", "inyo",
        "denai", "surang", "padusi", "mambaok", "mamukua", "kapatang", "rumahnyo", "musajik", "jorong",
        "nagari", "indak", NULL};
    enum { STARTS = 1024 }; /* of two letters */
    static uint64_t starts[STARTS / 64];
    static bool known;
    for (const char *const *spelling = minang; !known && *spelling; spelling++)
        sieve_add(starts, STARTS, letters_of_start(*spelling));
    known = true;
    for (size_t i = 0; i < text->count; i++) {
        const struct word *word = &text->words[i];
        if (word->end - word->start < 2 ||
            !sieve_holds(starts, STARTS, letters_of_start(text->bytes + word->start)))
            continue;
        for (const char *const *spelling = minang; *spelling; spelling++)
            if (place_word_is_written(text, word, *spelling))
                return true;
    }
    return false;
}

/* "saya ketapang mau nyebrang bali": the harbour to Bali, which is no district; of the others none is. */
static bool is_harbour_of_bali(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const crossing[] = {"nyebrang", "nyeberang", "menyeberang", "menyebrang",
        "penyeberangan", "penyebrangan", "gilimanuk", "asdp", "feri", "fery", NULL};
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

/* "Karanganyar, yang mana ya", "Sukodono mana kek", "Selorejo ada dua": which of several is not known;
 * "Sukodono mana ada bantuan" says that there is none. */
static bool is_asked_which(const struct text *text, const struct place_name *name) {
    static const char *const none[] = {"ada", "bisa", "mungkin", "tahan", NULL};
    static const char *const counts[] = {"berapa", "banyak", NULL};
    const struct word *end = text->words + text->count, *word = &text->words[name->last + 1];
    if (word + 1 >= end || word->sentence != word[-1].sentence)
        return false;
    bool ends = word + 2 >= end || word[2].clause != word[1].clause;
    if (word_is(word, "yang"))
        return word_is(word + 1, "mana");
    if (word_is(word, "mana"))
        return word->clause == word[-1].clause && !word_is_one_of(word + 1, none);
    return word_is(word, "ada") && ends && (word[1].flags & WORD_NUMBER || word_is_one_of(word + 1, counts));
}

/* Whether it is asked so of that name, here or where it is said again. */
static bool is_asked_which_anywhere(
    const struct text *text, const struct place_names *names, uint32_t entries) {
    for (size_t i = 0; i < names->count; i++)
        if (names->names[i].entries == entries && is_asked_which(text, &names->names[i]))
            return true;
    return false;
}

/* And nothing that it lies in is named: "Karanganyar Ngawi, yang mana rumahnya" is the one in Ngawi. */
static bool is_one_of_many(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    const uint32_t entries = names->names[at].entries;
    if (!is_asked_which_anywhere(text, names, entries))
        return false;
    for (size_t i = 0; i < names->count; i++)
        if (names->names[i].entries != entries && !names->names[i].village &&
            place_entries_agree(index, names->names[i].entries, entries))
            return false;
    return true;
}

/* "kabupaten Malang atau kota ya lupa": neither is said. */
static bool is_either_kind(const struct text *text, const struct place_name *name) {
    static const char *const either[] = {"apa", "atau", NULL};
    const struct word *word = &text->words[name->last];
    enum place_marker other = name->last + 2u < text->count ? place_marker_of(word + 2) : MARKER_NONE;
    return (name->marker == MARKER_REGENCY || name->marker == MARKER_CITY) &&
           (other == MARKER_REGENCY || other == MARKER_CITY) && other != name->marker &&
           word_is_one_of(word + 1, either) && word[2].sentence == word->sentence;
}

/* "dipasung di Pasaman. Tidak jelas Pasaman atau Pasbar": what is said of a name holds wherever it stands. */
static void doubt_spread(struct place_names *names, size_t at) {
    const struct place_name *name = &names->names[at];
    for (size_t i = 0; i < names->count; i++)
        if (names->names[i].entries == name->entries) {
            names->names[i].either |= name->either;
            names->names[i].doubt |= name->doubt;
            names->names[i].border |= name->border;
        }
}

void place_names_complete(
    const struct place_index *index, const struct text *text, struct place_names *names) {
    const bool minang = names->count && is_minang(text);
    for (size_t i = 0; i < names->count; i++) {
        names->names[i].minang = minang;
        names->names[i].harbour = is_harbour_of_bali(index, text, names, i);
        names->names[i].which = is_one_of_many(index, text, names, i);
        doubt_spread(names, i);
        if (is_either_kind(text, &names->names[i]))
            names->names[i].marker = MARKER_IN;
    }
}
