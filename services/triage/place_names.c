/* The names of places in a message: every run of one to four words is looked up; what stands before a name
 * says which of its places can be meant (marker) and what the place is to the event (role). */
#include "services/triage/place_parts.h"

#include <string.h>

enum {
    SHOUTED_LEAST = 5,
    CAPITALS_LEAST = 10,
    NEAR_LEAST = 7,   /* letters of a word that may be a misspelt name; see place_index.c */
    KINDS_BEFORE = 4, /* "ke dinas sosial kabupaten": words of kind between a preposition and its name */
    PAST_REACH = 2,   /* "dulu tinggal di", but not "dulu dijemput petugas di" */
    CUE_REACH = 4     /* words before "di" that say why: "sekarang tidur di" */
};

/* Before the name of a person. */
static const char *const titles[] = {"pak", "bapak", "bu", "ibu", "mas", "mbak", "kakak", "mbah", "lek",
    "cak", "om", "tante", "si", "haji", "kang", "dik", "mak", "pakde", "bude", "paklik", "bulik", "gus",
    "uni", "uda", "sdr", "saudara", "almarhum", "mbok", "nyai", "yu", "lik", "nama", "namanya", "bernama",
    "pangil", "dipangil", "inisial", "kiai", "kyai", "ustad", "ustadz", "ustaz", "ning", NULL};

static enum place_marker marker_of(const struct word *word) {
    static const char *const in[] = {"di", "sekitar", "dekat", "daerah", "wilayah", "warga", "lokasi",
        "alamat", "domisili", "tingal", "asli", "wong", "oreng", "reng", "urang", "dakek", "e", "sini",
        "penduduk", "dinsos", "kadinsos", "masjid", "musala", "mushola", "pasar", "langgar", "pertigan",
        "perempatan", "prapatan", "bundaran", "bunderan", "ting", NULL};
    static const char *const regency[] = {"kabupaten", "bupati", "pemkab", NULL};
    static const char *const city[] = {"kota", "kotamadya", "kodya", "walikota", "pemkot", NULL};
    static const char *const district[] = {
        "kecamatan", "polsek", "puskesmas", "kua", "koramil", "camat", "pkm", "tksk", NULL};
    static const char *const village[] = {"desa", "kelurahan", "nagari", "lurah", "kades", NULL};
    static const char *const town[] = {"polres", "rsud", "terminal", "stasiun", "pelabuhan", "rsu", "rs",
        "rsj", "rsd", "kejaksan", "pengadilan", "lapas", "sman", "bandara", "polresta", "polrestabes",
        "universitas", "alun", NULL};
    static const char *const hamlet[] = {"dusun", "dukuh", "jorong", "korong", "kampung", "kasun", NULL};
    static const char *const street[] = {"jalan", "gang", "toko", "warung", "hotel", "bank", "pt", "bukit",
        "gunung", "sungai", "kali", "jembatan", "perumahan", "kue", "nasi", "masakan", "makan", "soto",
        "rawon", "sate", "pecel", "tahu", "suku", "pantai", "pondok", "perum", "timnas", "persib",
        "persebaya", "persik", "persela", "arema", "stadion", "ayam", "bebek", "bakso", "keripik", "kripik",
        "tempe", "lontong", "rujak", "mi", "dodol", "krupuk", "kerupuk", "goreng", "khas", "batik", "sarung",
        "film", NULL};
    static const struct {
        const char *const *keys;
        enum place_marker marker;
    } table[] = {{in, MARKER_IN}, {regency, MARKER_REGENCY}, {city, MARKER_CITY}, {district, MARKER_DISTRICT},
        {village, MARKER_VILLAGE}, {town, MARKER_TOWN}, {hamlet, MARKER_HAMLET}, {street, MARKER_STREET}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (word_is_one_of(word, table[i].keys))
            return table[i].marker;
    return MARKER_NONE;
}

/* Says what level the name after it has. */
static bool is_level(enum place_marker marker) {
    return marker == MARKER_REGENCY || marker == MARKER_CITY || marker == MARKER_DISTRICT ||
           marker == MARKER_VILLAGE;
}

/* Whether the words after `at` go on with what it began: of one clause, or parted by a colon, as in forms
 * ("Kec: Ngajum"). */
static bool goes_on(const struct text *text, size_t at) {
    const struct word *word = &text->words[at], *next = word + 1;
    if (word->clause == next->clause)
        return true;
    bool colon = false;
    for (uint32_t i = word->end; i < next->start; i++) {
        colon = colon || text->bytes[i] == ':';
        if (!strchr(":. ", text->bytes[i]))
            return false;
    }
    return colon;
}

/* ---- roles */

/* Words of kind and nearness between a preposition and its name: "ke [dinsos kota] Malang". */
static bool is_between(const struct word *word) {
    static const char *const between[] = {"dinas", "sosial", "dinsos", "kadinsos", "satpol", "p", "daerah",
        "wilayah", "kawasan", "area", "sekitar", "seputar", "dekat", "nya", "yang", "masjid", "pasar",
        "panti", "dr", "rumah", "sakit", "alun", "pingir", "tengah", "lansia", "jompo", "asuhan", "rehab",
        "singah", NULL};
    enum place_marker marker = marker_of(word);
    return is_level(marker) || marker == MARKER_TOWN || marker == MARKER_HAMLET || marker == MARKER_STREET ||
           word_is_one_of(word, between);
}

/* Before "di": somebody else is there. "dipukuli bapaknya di" is where the beaten one is. */
static bool is_far(const struct text *text, size_t at) {
    static const char *const work[] = {"kerja", "bekerja", "kuliah", "merantau", "dinas", "majikan", "rantau",
        "polisi", "tentara", "dirawat", NULL};
    static const char *const kin[] = {"saudara", "saudaranya", "kakaknya", "adiknya", "suaminya", "istrinya",
        "ibunya", "bapaknya", "anaknya", "keluarga", "keluarganya", "ortu", "ortunya", "orangtuanya", NULL};
    static const char *const by[] = {"oleh", "sama", "dari", "satu", NULL};
    const struct word *word = &text->words[at];
    if (word_is_one_of(word, work))
        return true;
    bool of_deed =
        at && word->clause == word[-1].clause &&
        ((strncmp(word[-1].key, "di", 2) == 0 && word[-1].key_size > 4) || word_is_one_of(word - 1, by));
    return word_is_one_of(word, kin) && !of_deed;
}

static bool is_past(const struct word *word) {
    static const char *const past[] = {
        "dulu", "dulunya", "dahulu", "sebelumnya", "tadinya", "awalnya", "pernah", "lahir", "mulanya", NULL};
    return word_is_one_of(word, past);
}

/* "sekarang kerja di", "ditemukan di": where it is now, whatever else is said. */
static bool is_found(const struct word *word) {
    static const char *const found[] = {"ditemukan", "ketemu", "nemu", "menemukan", "terlihat", "berada",
        "kejadian", "lokasi", "terdampar", "terlantar", "telantar", "keleleran", "tidur", "numpang", "sampai",
        "disekap", "dikurung", "pingsan", NULL};
    return word_is_one_of(word, found);
}

static bool is_bound(const struct word *word) {
    static const char *const bound[] = {"ke", "ka", "menuju", "tujuan", "jurusan", "arah", "lewat", "via",
        "transit", "rute", "pulang", "mudik", "rujuk", "dirujuk", "rujukan", NULL};
    return word_is_one_of(word, bound);
}

static bool is_from(const struct word *word) {
    static const char *const from[] = {"asal", "asalnya", "asale", "dari", "ktp", "ktpnya", "kelahiran",
        "rantau", "perantau", "perantauan", "orang", "perbatasan", "rumahnya", "ngakunya", "mengaku", "ngaku",
        NULL};
    return word_is_one_of(word, from);
}

/* "logatnya Madura", "plat Jember": a guess at where somebody is from, and no word on where he is. */
static bool is_trait(const struct word *word) {
    static const char *const traits[] = {
        "logat", "logatnya", "bahasa", "bahasanya", "keturunan", "plat", "platnya", "nopol", NULL};
    return word_is_one_of(word, traits);
}

/* "saya di Malang": first of its clause, or "posisi saya di"; "ibu saya di Turen" is about the mother. */
static bool is_teller(const struct text *text, size_t at) {
    static const char *const me[] = {"saya", "kami", NULL};
    static const char *const leads[] = {"posisi", "karena", "sekarang", "kebetulan", NULL};
    const struct word *word = &text->words[at];
    return word_is_one_of(word, me) && (word->flags & WORD_OPENS || (at && word_is_one_of(word - 1, leads)));
}

/* "saya dari Turen", "lapor dari": the teller says where he is; "bus dari", "rombongan dari" come from there.
 */
static enum place_role role_of_from(const struct text *text, size_t from) {
    static const char *const tellers[] = {"saya", "kami", "lapor", "melapor", "laporan", "pelapor",
        "penelepon", "salam", "pesan", "info", "tanya", "warga", "kader", "petugas", "tksk", "guru", "dokter",
        "pengurus", "kabar", NULL};
    static const char *const things[] = {"kiriman", "paket", "titipan", "bingkisan", NULL};
    const struct word *word = &text->words[from];
    if (from && word_is_one_of(word - 1, things))
        return ROLE_BOUND;
    if (strcmp(word->key, "orang") == 0 && from && is_teller(text, from - 1))
        return ROLE_TELLER;
    if (strcmp(word->key, "dari") != 0)
        return ROLE_FROM;
    if (word->flags & WORD_OPENS)
        return from && word[-1].sentence == word->sentence ? ROLE_FROM : ROLE_TELLER;
    return word_is_one_of(word - 1, tellers) ? ROLE_TELLER : ROLE_FROM;
}

static bool is_before(const struct text *text, size_t at, const char *const *keys) {
    for (size_t i = at; i-- && i + CUE_REACH >= at;) {
        if (text->words[i].clause != text->words[at].clause)
            return false;
        if (word_is_one_of(&text->words[i], keys))
            return true;
    }
    return false;
}

static const char *const wishes[] = {"mau", "ingin", "akan", "hendak", "minta", "ongkos", "bisa", "pengen",
    "kepingin", "rencana", "ajeng", "bade", "arep", NULL};

/* "pindah ke", "sudah sampai ke", "coba ke": who has arrived, or is asked to come, is there; "mau pulang ke"
 * is not. */
static enum place_role role_of_bound(const struct text *text, size_t bound) {
    static const char *const near[] = {"arah", "lewat", NULL}; /* "di angkot arah Tambaksari" */
    static const char *const arrived[] = {"sampai", "tiba", "datang", "masuk", "meluap", "merembet", "lari",
        "kabur", "dibuang", "balik", "dibawa", "mengungsi", "diungsikan", "kembali", "dipindah",
        "dipulangkan", "coba", "cek", "tolong", "mohon", "mampir", "bawa", NULL};
    static const char *const told[] = {"lapor", "melapor", "mengadu", "telepon", "pindah", "kirim",
        "mengirim", "mengajukan", "ajukan", "tanya", NULL};
    if (word_is_one_of(&text->words[bound], near))
        return ROLE_FAR;
    if (strcmp(text->words[bound].key, "ke") != 0 || is_before(text, bound, wishes))
        return ROLE_BOUND;
    if (is_before(text, bound, told))
        return ROLE_TELLER;
    return is_before(text, bound, arrived) ? ROLE_FAR : ROLE_BOUND;
}

/* "anaknya semua tinggal di" is about where they are; "anaknya masih kecil di" says where it happens. */
static bool is_bridged(const struct text *text, size_t kin, size_t in) {
    static const char *const bridges[] = {"tingal", "semua", "semuanya", "ada", "pada", "sudah", "masih",
        "juga", "jauh", "menetap", "pindah", "yang", "kerja", "bekerja", "merantau", "kuliah", "dinas",
        "sekolah", "mondok", "sana", "saya", "kami", NULL};
    for (size_t i = kin + 1; i < in; i++)
        if (!word_is_one_of(&text->words[i], bridges))
            return false;
    return true;
}

/* "di" says nothing by itself; the words before it do. */
static enum place_role role_of_in(const struct text *text, size_t in) {
    static const char *const home[] = {"pulang", "mudik", NULL};
    const struct word *di = &text->words[in];
    if (in && di->clause == di[-1].clause && is_teller(text, in - 1))
        return ROLE_TELLER;
    if (in >= 2 && strcmp(di[-1].key, "yang") == 0 && strcmp(di[-2].key, "ada") == 0)
        return ROLE_FAR; /* "anak-anaknya ada yang di Batam" */
    for (size_t i = in; i-- && i + CUE_REACH >= in;) {
        const struct word *word = &text->words[i];
        if (word->clause != di->clause || is_found(word))
            break;
        if (is_past(word) && i + PAST_REACH >= in)
            return ROLE_FROM;
        if (strcmp(word->key, "dari") == 0)
            return role_of_from(text, i); /* "dari desa di Lamongan" */
        if (is_far(text, i) && is_bridged(text, i, in))
            return ROLE_FAR;
        if (word_is_one_of(word, home) || (strcmp(word->key, "ke") == 0 && is_before(text, i, wishes)))
            return ROLE_BOUND; /* "mau pulang ke ibu di Sampang", "mau ke desa yang di Klaten" */
    }
    return ROLE_EVENT;
}

/* Part of the name of a hospital or terminal, and no preposition; "dr" is read as "dari". */
static bool is_proper(const struct word *word) {
    return (strcmp(word->key, "dari") == 0 && word->end - word->start == 2) ||
           (marker_of(word) == MARKER_NONE && !is_bound(word) && !is_from(word) && !is_trait(word) &&
               !is_past(word));
}

/* Where the name and the words of kind before it begin. A hospital has a name of its own ("ke RSJ Menur
 * Surabaya"), which is skipped. limit: where the name before ended. */
static size_t kind_begin(const struct text *text, size_t first, size_t limit) {
    size_t at = first;
    for (int skipped = 0; at > limit && skipped < KINDS_BEFORE && goes_on(text, at - 1); skipped++) {
        if (is_between(&text->words[at - 1]))
            at--;
        else if (!is_proper(&text->words[at - 1]))
            break;
        else if (at >= limit + 2 && goes_on(text, at - 2) && marker_of(&text->words[at - 2]) == MARKER_TOWN)
            at -= 2;
        else if (at >= limit + 3 && goes_on(text, at - 2) && goes_on(text, at - 3) &&
                 is_proper(&text->words[at - 2]) && marker_of(&text->words[at - 3]) == MARKER_TOWN)
            at -= 3;
        else
            break;
    }
    return at;
}

static bool has_office(const struct text *text, size_t begin, size_t end) {
    static const char *const offices[] = {
        "dinsos", "kadinsos", "bupati", "pemkab", "pemkot", "walikota", "satpol", "dinas", NULL};
    for (size_t i = begin; i < end; i++)
        if (word_is_one_of(&text->words[i], offices))
            return true;
    return false;
}

static bool is_town(const struct place_index *index, uint32_t entry) {
    for (; entry; entry = index->entries[entry].next)
        if (index->entries[entry].level <= AREA_REGENCY)
            return true;
    return false;
}

/* A line between two towns: "bus Malang-Surabaya", "jalur Jombang - Babat", "travel surabaya jogja". */
static bool is_line(const struct place_index *index, const struct text *text, const struct place_name *name) {
    const struct word *word = &text->words[name->last];
    size_t used;
    if (name->last + 1u >= text->count)
        return false;
    if (text->bytes[word->end] == '-' || strncmp(text->bytes + word->end, " -", 2) == 0)
        return true;
    uint32_t next =
        word->clause == word[1].clause ? place_index_find(index, text, name->last + 1u, &used) : 0;
    return is_town(index, next) && !place_entries_agree(index, name->entries, next);
}

/* "asal Kec. Lawang, Kab. Malang", "dari Pasuruan dan Blitar", "jurusan Malang-Surabaya": what holds for one
 * name holds for the next. */
static bool is_continued(const struct place_index *index, const struct text *text,
    const struct place_name *before, size_t begin, uint32_t entries) {
    static const char *const both[] = {"dan", "atau", "sampai", NULL};
    size_t next = before->last + 1u;
    if (text->words[begin].sentence != text->words[before->last].sentence)
        return false;
    if (next + 1 == begin)
        return word_is_one_of(&text->words[next], both);
    return next == begin && (place_entries_agree(index, before->entries, entries) ||
                                (before->role >= ROLE_FAR && is_line(index, text, before)));
}

/* What the word before a name and its words of kind says. */
static enum place_role role_of_cue(
    const struct place_index *index, const struct text *text, size_t cue, const struct place_name *name) {
    static const char *const lines[] = {"jalur", "bus", "bis", "kereta", "travel", "angkot", "tol", NULL};
    const struct word *word = &text->words[cue];
    if (is_from(word))
        return role_of_from(text, cue);
    if (is_trait(word))
        return ROLE_BOUND;
    if (is_bound(word))
        return role_of_bound(text, cue);
    if (word_is_one_of(word, lines) && is_line(index, text, name))
        return ROLE_BOUND;
    if (is_far(text, cue))
        return ROLE_FAR;
    if (strcmp(word->key, "datang") == 0 && is_before(text, cue, wishes))
        return ROLE_BOUND; /* Javanese "bade dateng", will go to */
    return strcmp(word->key, "di") == 0 ? role_of_in(text, cue) : ROLE_EVENT;
}

static enum place_role role_of(const struct place_index *index, const struct text *text,
    const struct place_name *name, const struct place_name *before) {
    size_t begin = kind_begin(text, name->first, before ? before->last + 1u : 0);
    if (before && is_continued(index, text, before, begin, name->entries))
        return before->role;
    enum place_role role =
        begin && goes_on(text, begin - 1) ? role_of_cue(index, text, begin - 1, name) : ROLE_EVENT;
    return role == ROLE_EVENT && has_office(text, begin, name->first) ? ROLE_TELLER : role;
}

/* ---- markers */

/* "terminal Bungurasih Sidoarjo": the town of a terminal that has a name. */
static bool of_town(const struct text *text, size_t first) {
    for (size_t back = 2; back <= 3 && back <= first; back++) {
        const struct word *word = &text->words[first - back];
        if (word->clause == text->words[first].clause && marker_of(word) == MARKER_TOWN)
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
        enum place_marker next = marker_of(&text->words[i]);
        if ((next == MARKER_REGENCY || next == MARKER_CITY) && next != after)
            return true;
        if (i == last + 2 && place_entries_name_regency(index, place_index_find(index, text, i, &used)))
            return true;
    }
    return false;
}

/* "kota" or "kab" right after a name ("Malang kab", "Padang kota"). */
static enum place_marker marker_after(const struct place_index *index, const struct text *text, size_t last) {
    if (last + 1 >= text->count || text->words[last + 1].clause != text->words[last].clause)
        return MARKER_NONE;
    enum place_marker after = marker_of(&text->words[last + 1]);
    return (after == MARKER_REGENCY || after == MARKER_CITY) && !is_of_next(index, text, last, after)
               ? after
               : MARKER_NONE;
}

static enum place_marker marker_around(
    const struct place_index *index, const struct text *text, size_t first, size_t last) {
    enum place_marker before = MARKER_NONE;
    if (first && goes_on(text, first - 1))
        before = marker_of(&text->words[first - 1]);
    if (before == MARKER_NONE && of_town(text, first))
        before = MARKER_TOWN;
    if (before == MARKER_STREET && first >= 2 && strcmp(text->words[first - 1].key, "kali") == 0)
        before = MARKER_NONE; /* "tiga kali Malang" */
    if (is_level(before))
        return before;
    enum place_marker after = marker_after(index, text, last);
    return after == MARKER_NONE ? before : after;
}

/* ---- what is no name */

/* "Kota Kediri" is the city, although a district has that name too: only "kec. Kota Kediri" is the district.
 */
static bool kind_of_place_first(const struct place_index *index, const struct text *text, size_t first) {
    size_t used;
    if (strcmp(text->words[first].key, "kota") != 0 || first + 1 >= text->count ||
        (first && marker_of(&text->words[first - 1]) == MARKER_DISTRICT))
        return false;
    return place_entries_name_city(index, place_index_find(index, text, first + 1, &used));
}

/* What two words together are a name only where somebody writes them so: "di kota mana", "hulu sungai". */
static bool is_phrase(const struct text *text, size_t first, bool capitals_tell) {
    static const char *const phrases[][2] = {{"kota", "mana"}, {"masjid", "raya"}, {"mesjid", "raya"},
        {"hulu", "sungai"}, {"kebun", "tebu"}, {"air", "putih"}, {"andam", "dewi"}, {"balai", "kota"},
        {"taman", "kota"}};
    const struct word *word = &text->words[first];
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0] && first + 1 < text->count; i++)
        if (strcmp(word->key, phrases[i][0]) == 0 && strcmp(word[1].key, phrases[i][1]) == 0)
            return !(capitals_tell && word->flags & WORD_CAPITAL);
    return false;
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
           !word_is_one_of(next, sides) && !word_is_one_of(next, titles) && marker_of(next) == MARKER_NONE &&
           !place_index_find(index, text, last + 1, &used);
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
    static const char *const of[] = {"itu", "yang", "orangnya", "namanya", "julukannya", "pangilannya",
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
        "anakku", "adikku", "kakakku", "suamiku", "istriku", "temanku", "temenku", "cucuku", "bojoku", NULL};
    static const char *const mine[] = {"saya", "kami", "kula", "aku", NULL};
    const struct word *word = &text->words[first];
    if (!first || word->clause != word[-1].clause)
        return false;
    return word_is_one_of(word - 1, kin_of_mine) ||
           (first >= 2 && word_is_one_of(word - 1, mine) && word_is_one_of(word - 2, kin));
}

/* "Pak Bambang", "Lek Sarjo", "adik saya Sekar": people are called like small places. */
static bool is_person(
    const struct place_index *index, const struct text *text, size_t first, uint32_t found) {
    size_t used;
    const struct word *word = &text->words[first];
    if (!(word->flags & WORD_CAPITAL))
        return false;
    bool leads = !first || word->clause != word[-1].clause;
    if (is_on_papers(index, text, first) && (leads || marker_of(word - 1) == MARKER_NONE))
        return true;
    if (leads)
        return false;
    bool titled = word_is_one_of(word - 1, titles);
    if (!titled && !is_kin(text, first))
        return false;
    bool ends = first + 1 >= text->count || text->words[first + 1].clause != word->clause;
    if (place_entries_name_regency(index, found)) { /* "Pak Malang banjir" calls a man and names a place */
        if (!titled)
            return goes_on_as_name(index, text, first);
        return !is_call(text, first - 1) || is_spoken_of(text, first) ||
               goes_on_as_name(index, text, first) || (ends && word[-1].flags & WORD_OPENS);
    }
    return first + 1 >= text->count || !place_index_find(index, text, first + 1, &used);
}

/* "bukan Tegalsari Surabaya", "tidak di Dampit", "Pulung? bukan"; "tidak makan di Dampit" is there. */
static bool is_denied(const struct text *text, size_t first, size_t last) {
    const struct word *word = &text->words[first];
    if (word->negator >= 0 &&
        (strcmp(text->words[word->negator].key, "bukan") == 0 || (size_t)word->negator + 1 == first ||
            ((size_t)word->negator + 2 == first && marker_of(word - 1) != MARKER_NONE)))
        return true;
    if (last + 1 >= text->count || text->words[last + 1].sentence == word->sentence)
        return false;
    return text->words[last + 1].flags & WORD_NEGATOR &&
           memchr(
               text->bytes + text->words[last].end, '?', text->words[last + 1].start - text->words[last].end);
}

/* "malang benar nasibnya" is bad luck. */
static bool is_luck(const struct text *text, size_t first) {
    static const char *const luck[] = {
        "benar", "bener", "sekali", "nasib", "nasibnya", "nian", "melintang", NULL};
    const struct word *word = &text->words[first];
    return strcmp(word->key, "malang") == 0 && ((first + 1 < text->count && word_is_one_of(word + 1, luck)) ||
                                                   (first && word_is_one_of(word - 1, luck)));
}

/* "Padang, barusan nemu nenek": a name that is a clause by itself says where. "Ibu, tolong" does not, nor
 * does the first of several things: "Batu, pasir, semen". */
static bool stands_alone(const struct text *text, size_t first, size_t last) {
    static const char *const called[] = {"ibu", "ayah", "buk", "kasihan", "mari", NULL};
    const struct word *word = &text->words[first], *after = &text->words[last + 1];
    if (word_is_one_of(word, called) || (first && word[-1].clause == word->clause) ||
        last + 1 >= text->count || after->clause == word->clause)
        return false;
    bool thing = last + 2 < text->count && after->sentence == word->sentence &&
                 after[1].sentence == word->sentence && after[1].clause != after->clause &&
                 !(after->flags & WORD_CAPITAL);
    return !thing;
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

/* Sawoo and Sooko are no sawo and no soko; no word is written with two o. */
static bool has_double_o(const struct text *text, const struct word *word) {
    for (uint32_t at = word->start; at + 1 < word->end; at++)
        if ((text->bytes[at] | ' ') == 'o' && (text->bytes[at + 1] | ' ') == 'o')
            return true;
    return false;
}

/* A name at a word: as it is written, of two words that are one, or misspelt by a letter. */
static uint32_t find(
    const struct place_index *index, const struct text *text, size_t first, size_t *used, bool *near) {
    uint32_t found = place_index_find(index, text, first, used);
    *near = false;
    const struct word *word = &text->words[first];
    if (*used == 1 && word->flags & WORD_NUMBER && text->bytes[word->start] <= '9')
        return 0; /* Pitu, seven, is a district; 7 is none */
    uint32_t joined = *used <= 1 ? place_index_find_joined(index, text, first) : 0;
    if (joined) {
        *used = 2;
        return joined;
    }
    if (!found && word->key_size >= NEAR_LEAST) {
        found = place_index_find_near(index, word);
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

static struct place_name name_make(const struct place_index *index, const struct text *text, size_t first,
    size_t used, uint32_t found, bool told) {
    const struct word *word = &text->words[first];
    const struct place_entry *entry = &index->entries[found];
    size_t last = first + used - 1;
    bool capital = told && word->flags & (WORD_CAPITAL | WORD_MENTION);
    bool leads = !first || word->sentence != word[-1].sentence; /* "Panji, teman saya" is no place */
    bool alone =
        capital && stands_alone(text, first, last) && (!leads || place_entries_name_regency(index, found));
    bool is_word = used == 1 && entry->word && !alone && !has_double_o(text, word);
    bool opens = word->flags & WORD_OPENS && !alone;
    return (struct place_name){.first = (uint16_t)first,
        .last = (uint16_t)last,
        .entries = found,
        .marker = marker_around(index, text, first, last),
        .street = first && is_street(word - 1),
        .capital = capital && !(word->flags & WORD_OPENS && word->flags & WORD_SHOUTED),
        .opens = opens,
        .word = is_word && !(capital && !(word->flags & WORD_OPENS) && entry->town),
        .village = entry->small,
        .longer =
            told && used == 1 && (is_word || is_in_small(text, first)) && goes_on_as_name(index, text, last)};
}

/* Whether the two stand side by side, but for a word of kind, and one lies in the other. */
static bool is_beside(
    const struct place_index *index, const struct place_name *one, const struct place_name *next) {
    return next->first <= one->last + 2 && place_entries_agree(index, one->entries, next->entries);
}

/* "surat", "sudah": most of what is found in a message, and no place unless "desa" says so. */
static bool is_mere_word(
    const struct place_index *index, const struct text *text, size_t first, uint32_t found) {
    const struct word *word = &text->words[first];
    return index->entries[found].word && index->entries[found].small &&
           !(word->flags & (WORD_CAPITAL | WORD_MENTION)) &&
           !(first && marker_of(word - 1) == MARKER_VILLAGE);
}

static size_t names_read(
    const struct place_index *index, const struct text *text, struct place_name out[PLACE_NAMES_MAX]) {
    size_t count = 0, used;
    bool told = !all_capitals(text), near;
    for (size_t i = 0; i < text->count && count < PLACE_NAMES_MAX; i += used ? used : 1) {
        uint32_t found = find(index, text, i, &used, &near);
        if (found && used <= 2 && is_phrase(text, i, told))
            found = 0, used = 2;
        if (found &&
            ((used == 1 && is_mere_word(index, text, i, found)) || is_denied(text, i, i + used - 1) ||
                is_luck(text, i) || kind_of_place_first(index, text, i) ||
                (used == 1 && is_person(index, text, i, found))))
            found = 0, used = 1;
        if (!found)
            continue;
        out[count] = name_make(index, text, i, used, found, told);
        out[count].near = near;
        out[count].role = role_of(index, text, &out[count], count ? &out[count - 1] : NULL);
        if (count && is_beside(index, &out[count - 1], &out[count]))
            out[count - 1].beside = out[count].beside = true;
        count++;
    }
    return count;
}

struct place_names *place_names_read(
    const struct place_index *index, struct arena *arena, const struct text *text) {
    struct place_names *out = arena_take(arena, sizeof *out);
    if (out && index)
        out->count = names_read(index, text, out->names);
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
            marks[at] = marker_of(&text->words[at]) == MARKER_NONE; /* "terminal" tells something itself */
    }
    return marks;
}
