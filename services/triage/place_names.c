/* The names of places in a message: every run of one to four words is looked up; what stands before a name
 * says which of its places can be meant (marker) and what the place is to the event (role). */
#include "services/triage/place_parts.h"

#include <string.h>
#include <strings.h>

enum {
    SHOUTED_LEAST = 5,
    CAPITALS_LEAST = 10,
    NEAR_LEAST = 7,   /* letters of a word that may be a misspelt name; see place_index.c */
    KINDS_BEFORE = 4, /* "ke dinas sosial kabupaten": words of kind between a preposition and its name */
    PAST_REACH = 2,   /* "dulu tinggal di", but not "dulu dijemput petugas di" */
    CUE_REACH = 4,    /* words before "di" that say why: "sekarang tidur di" */
    SEEN_REACH = 3,   /* "ke Jambangan Surabaya tadi lihat" */
    SCENE_REACH = 5   /* "kejadiannya di rumah saudara saya Wajak" */
};

/* Before the name of a person; see is_title(). Pakde and paklik are read as "paman", bude as "bibi". */
static const char *const titles[] = {"pak", "bapak", "bu", "ibu", "mas", "mbak", "kakak", "mbah", "lek",
    "cak", "om", "tante", "si", "haji", "kang", "dik", "mak", "paman", "bibi", "bulik", "gus", "uni", "uda",
    "sdr", "saudara", "almarhum", "nyai", "yu", "lik", "nama", "namanya", "bernama", "pangil", "dipangil",
    "inisial", "kiai", "kyai", "ustad", "ustadz", "ustaz", "ning", NULL};

/* "Mbah" is read as "nenek", which is no title: "nenek Jember terlantar" is in Jember. */
static bool is_title(const struct text *text, const struct word *word) {
    return word_is_one_of(word, titles) ||
           (strcmp(word->key, "nenek") == 0 && strchr("mMeEsS", text->bytes[word->start]));
}

static enum place_marker marker_of(const struct word *word) {
    static const char *const in[] = {"di", "sekitar", "dekat", "daerah", "wilayah", "warga", "lokasi",
        "alamat", "domisili", "tingal", "asli", "wong", "oreng", "reng", "urang", "dakek", "e", "sini",
        "penduduk", "dinsos", "kadinsos", "masjid", "musala", "mushola", "pasar", "langgar", "pertigan",
        "perempatan", "prapatan", "bundaran", "bunderan", "ting", "pulau", "kepulauan", NULL};
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
        "gunung", "sungai", "kali", "bengawan", "jembatan", "perumahan", "kue", "nasi", "masakan", "makan",
        "soto", "rawon", "sate", "pecel", "tahu", "suku", "pantai", "pondok", "perum", "timnas", "persib",
        "persebaya", "persik", "persela", "arema", "stadion", "ayam", "bebek", "bakso", "keripik", "kripik",
        "tempe", "lontong", "rujak", "mi", "dodol", "krupuk", "kerupuk", "goreng", "khas", "batik", "sarung",
        "film", "pohon", "wit", "kembar", NULL};
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
        "singah", "kafe", "cafe", "karaoke", "pabrik", "ruko", "kos", "apartemen", "mes", "proyek", NULL};
    enum place_marker marker = marker_of(word);
    return is_level(marker) || marker == MARKER_TOWN || marker == MARKER_HAMLET || marker == MARKER_STREET ||
           word_is_one_of(word, between);
}

/* Before "di": somebody else is there. "dipukuli bapaknya di" is where the beaten one is. */
static bool is_far(const struct text *text, size_t at) {
    static const char *const work[] = {"kerja", "bekerja", "kuliah", "merantau", "dinas", "majikan", "rantau",
        "polisi", "tentara", "dirawat", NULL};
    static const char *const kin[] = {"saudara", "saudaranya", "kakaknya", "adiknya", "suaminya", "istrinya",
        "ibunya", "bapaknya", "anaknya", "keluarga", "keluarganya", "ortu", "ortunya", "orangtuanya",
        "tuanya", "mertua", "anake", "bojone", "bapake", "ibune", "ibuke", "mboke", "mbokne", "dulure",
        "adike", "putrane", NULL};
    static const char *const by[] = {"oleh", "sama", "dari", "satu", "rumah", "alamat", NULL};
    const struct word *word = &text->words[at];
    if (word_is_one_of(word, work))
        return true;
    if (!word_is_one_of(word, kin))
        return false;
    if (at && strcmp(word->key, "tuanya") == 0 && strcmp(word[-1].key, "orang") == 0)
        word--; /* "di rumah orang tuanya di" */
    return !(
        word > text->words && word->clause == word[-1].clause &&
        ((strncmp(word[-1].key, "di", 2) == 0 && word[-1].key_size > 4) || word_is_one_of(word - 1, by)));
}

static bool is_past(const struct word *word) {
    static const char *const past[] = {"dulu", "dulunya", "dahulu", "sebelumnya", "tadinya", "awalnya",
        "pernah", "lahir", "mulanya", "semula", "asalnya", NULL};
    return word_is_one_of(word, past);
}

/* "dulu kami tinggal di", "awalnya korban dijemput di": where it was before, however far "di" is; but "dulu
 * dijemput petugas di". */
static bool is_left_behind(const struct text *text, size_t past, size_t in) {
    static const char *const first[] = {"awalnya", "mulanya", "semula", "tadinya", NULL};
    static const char *const living[] = {"saya", "kami", "kita", "kula", "keluarga", "tingal", "ngontrak",
        "kontrak", "rumah", "rumahnya", "masih", "kos", "ngekos", NULL};
    if (word_is_one_of(&text->words[past], first))
        return text->words[past].flags & WORD_OPENS;
    for (size_t i = past + 1; i < in; i++)
        if (!word_is_one_of(&text->words[i], living))
            return false;
    return true;
}

/* "sekarang kerja di", "ditemukan di": where it is now, whatever else is said. */
static bool is_found(const struct word *word) {
    static const char *const found[] = {"ditemukan", "ketemu", "nemu", "menemukan", "terlihat", "berada",
        "kejadian", "kejadianya", "kejadiane", "lokasi", "lokasinya", "tkp", "tkpnya", "terdampar",
        "terlantar", "telantar", "keleleran", "tidur", "numpang", "sampai", "disekap", "dikurung", "pingsan",
        "tertingal", "ketingalan", "kesasar", "nyasar", "tersesat", NULL};
    return word_is_one_of(word, found);
}

static bool is_bound(const struct word *word) {
    static const char *const bound[] = {"ke", "ka", "menuju", "tujuan", "tujuanya", "tujuane", "jurusan",
        "arah", "lewat", "via", "transit", "rute", "pulang", "mudik", "rujuk", "dirujuk", "rujukan", NULL};
    return word_is_one_of(word, bound);
}

/* "mengaku dari Kudus", "menyebut Pare": what somebody says who is lost elsewhere. */
static bool is_claim(const struct word *word) {
    static const char *const claims[] = {
        "mengaku", "ngaku", "ngakunya", "ngakune", "menyebut", "nyebut", NULL};
    return word_is_one_of(word, claims);
}

static bool is_from(const struct word *word) {
    static const char *const from[] = {"asal", "asalnya", "asale", "dari", "ktp", "ktpnya", "kelahiran",
        "rantau", "perantau", "perantauan", "orang", "perbatasan", "rumahnya", "identitas", "identitasnya",
        "beridentitas", "berktp", NULL};
    return word_is_one_of(word, from) || is_claim(word);
}

/* "logatnya Madura", "plat Jember": a guess at where somebody is from, and no word on where he is. */
static bool is_trait(const struct word *word) {
    static const char *const traits[] = {"logat", "logatnya", "bahasa", "bahasanya", "keturunan", "plat",
        "platnya", "nopol", "judul", "judulnya", "berjudul", NULL};
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
    static const char *const mine[] = {"saya", "kami", NULL};
    static const char *const kin[] = {"bapak", "ayah", "ibu", "kakak", "adik", "anak", "suami", "istri",
        "nenek", "kakek", "keluarga", "rombongan", "teman", "tetanga", "saudara", "mertua", "keponakan",
        "paman", "bibi", NULL};
    const struct word *word = &text->words[from], *before = from ? word - 1 : NULL;
    if (from >= 2 && before->start == before[-1].start)
        before--; /* "kakakku dari", "pelaku dari": -ku is read as "saya" */
    if (is_claim(word) || (before && (word_is_one_of(before, things) || is_claim(before))))
        return ROLE_BOUND;
    if (from && strcmp(word->key, "orang") == 0 && strcmp(word[-1].key, "ke") == 0)
        return ROLE_BOUND; /* "dijual ke orang Surabaya" */
    if ((strcmp(word->key, "orang") == 0 || strcmp(word->key, "anak") == 0) && from &&
        is_teller(text, from - 1))
        return ROLE_TELLER;
    if (strcmp(word->key, "dari") != 0)
        return ROLE_FROM;
    if (word->flags & WORD_OPENS)
        return from && word[-1].sentence == word->sentence ? ROLE_FROM : ROLE_TELLER;
    bool of_kin = before > text->words && word_is_one_of(before, mine) && word_is_one_of(before - 1, kin);
    return word_is_one_of(before, tellers) && !of_kin ? ROLE_TELLER : ROLE_FROM;
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
    "kepingin", "rencana", "ajeng", "bade", "badhe", "arep", "harus", "kudu", NULL};

/* "sekarang sudah pulang ke Tongas". */
static bool is_home_again(const struct text *text, size_t bound) {
    static const char *const done[] = {"telah", "sudah", NULL};
    return bound >= 2 && text->words[bound - 2].clause == text->words[bound].clause &&
           strcmp(text->words[bound - 1].key, "pulang") == 0 && word_is_one_of(&text->words[bound - 2], done);
}

/* "antar paket ke Jambangan Surabaya lihat anak dikunci": who sees something there is there. */
static bool is_seen_there(const struct text *text, size_t bound, size_t last) {
    static const char *const perhaps[] = {"kalau", "jika", "bila", NULL};
    static const char *const seen[] = {"lihat", "liat", "melihat", "ngeliat", "ngelihat", "nemu", "menemukan",
        "ketemu", "bertemu", "mergoki", "memergoki", NULL};
    for (size_t i = last + 1; i < text->count && i <= last + SEEN_REACH; i++)
        if (text->words[i].sentence == text->words[last].sentence && word_is_one_of(&text->words[i], seen))
            return !is_before(text, bound, perhaps);
    return false;
}

/* "pindah ke", "sudah sampai ke", "coba ke": who has arrived, or is asked to come, is there; "mau pulang ke"
 * is not. */
static enum place_role role_of_bound(const struct text *text, size_t bound, size_t last) {
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
    if (is_seen_there(text, bound, last))
        return ROLE_EVENT;
    if (is_home_again(text, bound))
        return ROLE_FAR;
    if (is_before(text, bound, told))
        return ROLE_TELLER;
    return is_before(text, bound, arrived) ? ROLE_FAR : ROLE_BOUND;
}

/* "anaknya semua tinggal di" is about where they are; "anaknya masih kecil di" says where it happens. */
static bool is_bridged(const struct text *text, size_t kin, size_t in) {
    static const char *const bridges[] = {"tingal", "semua", "semuanya", "ada", "pada", "sudah", "masih",
        "juga", "jauh", "menetap", "pindah", "yang", "kerja", "bekerja", "merantau", "kuliah", "dinas",
        "sekolah", "mondok", "sana", "saya", "kami", "tidak", "jelas", NULL};
    for (size_t i = kin + 1; i < in; i++)
        if (!word_is_one_of(&text->words[i], bridges))
            return false;
    return true;
}

/* "adik saya kerja di Badung dipukuli bosnya", "kerja di kafe Batam, tidak boleh pulang": where somebody is,
 * and where it happens. */
static bool is_suffered_there(const struct text *text, size_t in, size_t last) {
    static const char *const deeds[] = {"dipukul", "dipukuli", "disiksa", "disekap", "dianiaya", "ditahan",
        "dikurung", "diperkosa", "dilecehkan", "dipaksa", "kecelakan", NULL};
    static const char *const held[] = {"gajinya", "upahnya", "paspornya", "ktpnya", NULL};
    static const char *const work[] = {"kerja", "bekerja", NULL};
    size_t i = last + 1;
    for (; i < text->count && text->words[i].clause == text->words[last].clause; i++)
        if (word_is_one_of(&text->words[i], deeds))
            return true;
    if (i >= text->count || text->words[i].sentence != text->words[last].sentence ||
        !word_is_one_of(&text->words[in - 1], work))
        return false;
    return word_is_one_of(&text->words[i], deeds) || word_is_one_of(&text->words[i], held) ||
           (text->words[i].flags & WORD_NEGATOR && i + 1 < text->count &&
               strcmp(text->words[i + 1].key, "boleh") == 0);
}

/* What "kerja di X" and "anaknya di X" say. Where the children of somebody are, nothing has happened. */
static enum place_role role_of_far(const struct text *text, size_t far, size_t in, size_t last) {
    static const char *const children[] = {"anaknya", "anake", "putrane", NULL};
    const struct word *word = &text->words[far];
    if (strcmp(word->key, "dirawat") != 0 && is_suffered_there(text, in, last))
        return ROLE_EVENT;
    return word_is_one_of(word, children) ? ROLE_BOUND : ROLE_FAR;
}

/* "sudah kembali ke keluarga di Ngawi": who has come back to them is where they are. */
static bool is_returned(const struct text *text, size_t far) {
    static const char *const back[] = {"kembali", "dikembalikan", "dipulangkan", "balik", "pulang", NULL};
    static const char *const done[] = {"telah", "sudah", NULL};
    return far >= 3 && strcmp(text->words[far - 1].key, "ke") == 0 &&
           word_is_one_of(&text->words[far - 2], back) && word_is_one_of(&text->words[far - 3], done);
}

/* "di" says nothing by itself; the words before it do. last: the end of the name. before: the name before, or
 * NULL. */
static enum place_role role_of_in(
    const struct text *text, size_t in, size_t last, const struct place_name *before) {
    static const char *const home[] = {"pulang", "mudik", NULL};
    static const char *const sent[] = {"dibawa", "digawa", "diajak", "dikirim", "dijual", "berangkat",
        "budal", "budhal", "mangkat", "lunga", "lungo", "pergi", NULL};
    static const char *const meant[] = {
        "mau", "ingin", "akan", "hendak", "pengen", "kepingin", "ajeng", "bade", "badhe", "arep", NULL};
    const struct word *di = &text->words[in];
    if (in && di->clause == di[-1].clause && word_is_one_of(di - 1, meant))
        return ROLE_BOUND; /* "arep nang Kalianget": Javanese "nang" is "to" as well */
    if (in && di->clause == di[-1].clause && is_teller(text, in - 1))
        return ROLE_TELLER;
    if (in >= 2 && strcmp(di[-1].key, "yang") == 0 && strcmp(di[-2].key, "ada") == 0)
        return ROLE_FAR; /* "anak-anaknya ada yang di Batam" */
    if (in && strcmp(di[-1].key, "yang") == 0 && di[-1].flags & WORD_OPENS && before &&
        before->role >= ROLE_FAR)
        return before->role; /* "anaknya di Solo, yang di Batam juga" */
    for (size_t i = in; i-- && i + CUE_REACH >= in;) {
        const struct word *word = &text->words[i];
        if (word->clause != di->clause || is_found(word))
            break;
        if (is_past(word) && (i + PAST_REACH >= in || is_left_behind(text, i, in)))
            return ROLE_FROM;
        if (strcmp(word->key, "dari") ==
            0) /* "dari desa di Lamongan"; "dari Sumenep yang mengajar di Waru" */
            return before && before->first > i && !before->word ? ROLE_EVENT : role_of_from(text, i);
        if (word_is_one_of(word, sent) && is_before(text, i, wishes))
            return ROLE_BOUND; /* "arep digowo nang Batam", "arep budal nang Surabaya" */
        if (is_far(text, i) && i && strcmp(word[-1].key, "ke") == 0 && is_before(text, i - 1, wishes))
            return ROLE_BOUND; /* "mau kembali ke keluarga di Tempeh" */
        if (is_far(text, i) && is_bridged(text, i, in))
            return is_returned(text, i) ? ROLE_EVENT : role_of_far(text, i, in, last);
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

/* "Jl Raya Surabaya-Malang", "jalan Malang - Blitar": a road is called after its ends. A street in a town
 * ("jl surabaya malang") has no line between. begin: of the name and its words of kind. */
static bool is_road(
    const struct place_index *index, const struct text *text, const struct place_name *name, size_t begin) {
    static const char *const roads[] = {"jalan", "raya", "arteri", NULL};
    const struct word *word = &text->words[name->last];
    size_t from = begin && goes_on(text, begin - 1) ? begin - 1 : begin, used;
    if (name->last + 1u >= text->count || !is_town(index, name->entries))
        return false;
    bool road = false, raya = false;
    for (size_t i = from; i < name->first; i++) {
        road = road || word_is_one_of(&text->words[i], roads);
        raya = raya || strcmp(text->words[i].key, "raya") == 0;
    }
    bool dash = text->bytes[word->end] == '-' || strncmp(text->bytes + word->end, " -", 2) == 0;
    if (!road || !(dash || (raya && word->clause == word[1].clause)))
        return false;
    uint32_t next = place_index_find(index, text, name->last + 1u, &used);
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
    if (next != begin)
        return false;
    bool road = before->first && strcmp(text->words[before->first - 1].key, "tol") == 0 &&
                !place_entries_name_served(index, before->entries); /* "laka di tol Solo-Ngawi" */
    return place_entries_agree(index, before->entries, entries) ||
           (before->role >= ROLE_FAR && !road && is_line(index, text, before));
}

/* "ktp kami masih Bojonegoro", "KTP-nya alamat Jember": where somebody is written down. */
static bool is_on_card(const struct text *text, size_t cue) {
    static const char *const cards[] = {
        "ktp", "ktpnya", "identitas", "identitasnya", "beridentitas", "berktp", NULL};
    static const char *const bridges[] = {"masih", "tetap", "saya", "kami", "alamat", "nya", "e", "di", NULL};
    for (size_t i = cue + 1;
         i-- && i + CUE_REACH > cue && text->words[i].clause == text->words[cue].clause;) {
        if (word_is_one_of(&text->words[i], cards))
            return true;
        if (!word_is_one_of(&text->words[i], bridges))
            return false;
    }
    return false;
}

/* "saya ojol Sidoarjo", "kami warga Dampit": what the teller is, and where. */
static bool is_teller_by_trade(const struct text *text, size_t cue) {
    static const char *const trades[] = {"warga", "ojol", "gojek", "grab", "driver", "kurir", "sopir",
        "supir", "guru", "dosen", "mahasiswa", "mahasiswi", "santri", "perawat", "bidan", "kader", "relawan",
        "petugas", "pendamping", "pedagang", "tukang", "buruh", "satpam", "nelayan", "petani", NULL};
    if (cue >= 2 && marker_of(&text->words[cue]) == MARKER_NONE &&
        word_is_one_of(&text->words[cue - 1], trades))
        cue--; /* "saya sopir truk Lumajang" */
    return cue && word_is_one_of(&text->words[cue], trades) && is_teller(text, cue - 1);
}

/* "lulusan SMK Surabaya", "eks napi lapas Porong": where somebody was; an "eks terminal" is still there. */
static bool is_former(const struct text *text, size_t cue) {
    static const char *const former[] = {"lulusan", "pensiunan", "mantan", "eks", NULL};
    size_t at = cue + 1;
    while (at-- && at + CUE_REACH > cue && text->words[at].clause == text->words[cue].clause) {
        if (!word_is_one_of(&text->words[at], former))
            continue;
        for (size_t i = at + 1; i <= cue; i++)
            if (is_bound(&text->words[i]) || marker_of(&text->words[i]) == MARKER_IN)
                return false;
        return marker_of(&text->words[at + 1]) != MARKER_TOWN;
    }
    return false;
}

/* What the word before a name and its words of kind says. */
static enum place_role role_of_cue(const struct place_index *index, const struct text *text, size_t cue,
    const struct place_name *name, const struct place_name *before) {
    static const char *const lines[] = {"jalur", "bus", "bis", "kereta", "travel", "angkot", "tol", NULL};
    static const char *const left[] = {"pindah", "pindahan", "pulang", NULL};
    static const char *const claimed[] = {"katanya", "mengaku", "ngakunya", NULL};
    const struct word *word = &text->words[cue];
    if (cue && strcmp(word->key, "dari") == 0 && word_is_one_of(word - 1, left))
        return ROLE_BOUND; /* "sejak pindah dari Lumajang": whatever happens is no longer there */
    if (is_from(word) || (strcmp(word->key, "anak") == 0 && cue && is_teller(text, cue - 1)))
        return role_of_from(text, cue);
    if (is_teller_by_trade(text, cue))
        return ROLE_TELLER;
    if (is_on_card(text, cue) || is_former(text, cue))
        return ROLE_FROM;
    if (is_trait(word))
        return ROLE_BOUND;
    if (is_bound(word))
        return role_of_bound(text, cue, name->last);
    if (word_is_one_of(word, lines) && is_line(index, text, name))
        return ROLE_BOUND;
    if (is_far(text, cue))
        return ROLE_FAR;
    if (strcmp(word->key, "datang") == 0 && (is_before(text, cue, wishes) || is_before(text, cue, claimed)))
        return ROLE_BOUND; /* Javanese "bade dateng", will go to, and "jare teko", says that he is from */
    return strcmp(word->key, "di") == 0 ? role_of_in(text, cue, name->last, before) : ROLE_EVENT;
}

/* What holds only for places outside of the site: who is from there and writes is stranded here ("saya dari
 * Kupang, dompet hilang"; "rumah di Cilacap"). */
static enum place_role role_elsewhere(const struct text *text, size_t cue, enum place_role role) {
    const struct word *word = &text->words[cue];
    bool home = cue && strcmp(word->key, "di") == 0 && strcmp(word[-1].key, "rumah") == 0 &&
                word[-1].flags & WORD_OPENS;
    return home || (role == ROLE_TELLER && is_from(word) && cue && is_teller(text, cue - 1)) ? ROLE_FROM
                                                                                             : role;
}

/* "saya tinggal di Wiyung". begin: of the name and its words of kind. */
static bool is_home(const struct text *text, size_t begin) {
    return begin >= 3 && strcmp(text->words[begin - 1].key, "di") == 0 &&
           strcmp(text->words[begin - 2].key, "tingal") == 0 && is_teller(text, begin - 3);
}

static enum place_role role_of(const struct place_index *index, const struct text *text,
    struct place_name *name, const struct place_name *before) {
    bool mere = before && before->word && !before->capital &&
                !place_entries_agree(index, before->entries, name->entries); /* "dari panti Magetan" */
    size_t begin = kind_begin(text, name->first, before && !mere ? before->last + 1u : 0);
    if (before && is_continued(index, text, before, begin, name->entries)) {
        name->road = before->road && is_line(index, text, before);
        return before->role;
    }
    name->home = is_home(text, begin);
    name->road = is_road(index, text, name, begin);
    if (name->road)
        return ROLE_BOUND;
    if (!begin || !goes_on(text, begin - 1))
        return has_office(text, begin, name->first) ? ROLE_TELLER : ROLE_EVENT;
    enum place_role role = role_of_cue(index, text, begin - 1, name, before);
    if (!place_entries_name_served(index, name->entries) && place_entries_name_regency(index, name->entries))
        role = role_elsewhere(text, begin - 1, role);
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

/* "rujak cingur Surabaya", "pecel lele lamongan": a dish of two words. */
static bool is_dish(const struct text *text, size_t first) {
    static const char *const dishes[] = {"cingur", "lele", "balap", "tek", "campur", "urat", NULL};
    return first >= 2 && text->words[first].clause == text->words[first - 2].clause &&
           word_is_one_of(&text->words[first - 1], dishes) &&
           marker_of(&text->words[first - 2]) == MARKER_STREET;
}

/* "puskesmas suruh tunggu", "polsek kudu datang": what the office does, and not which office it is. */
static bool is_ordered(const struct text *text, size_t first) {
    static const char *const verbs[] = {"suruh", "kudu", "deket", NULL};
    const struct word *word = &text->words[first];
    return !(word->flags & WORD_CAPITAL) && word_is_one_of(word, verbs) &&
           strcmp(word[-1].key, "kecamatan") != 0;
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
    if (before == MARKER_NONE && is_dish(text, first))
        before = MARKER_STREET;
    if (before == MARKER_DISTRICT && is_ordered(text, first))
        before = MARKER_NONE;
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
        {"taman", "kota"}, {"ibu", "kota"}};
    const struct word *word = &text->words[first];
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0] && first + 1 < text->count; i++)
        if (strcmp(word->key, phrases[i][0]) == 0 && strcmp(word[1].key, phrases[i][1]) == 0)
            return !(capitals_tell && word->flags & WORD_CAPITAL);
    return false;
}

/* "Remaja Ngelem Di Taman": where "di" is written large, all words are. */
static bool is_in_heading(const struct text *text, size_t first) {
    const struct word *word = &text->words[first];
    return first && strcmp(word[-1].key, "di") == 0 && word[-1].flags & WORD_CAPITAL &&
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
    return strcmp(word->key, "kalau") == 0 && word->end - word->start == 3 &&
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
        (strcmp(title->key, "nenek") == 0 && is_title(text, title)); /* "nenek dampit" is in Dampit */
    bool called = !elder && word_is_one_of(title, callable);
    bool owned =
        called && first >= 2 && title->clause == title[-1].clause && word_is_one_of(title - 1, of_whom);
    return (elder || owned || (called && is_spoken_of(text, first))) &&
           !place_entries_name_regency(index, found) &&
           (first + 1 >= text->count || !place_index_find(index, text, first + 1, &used));
}

/* "Pak Bambang", "Lek Sarjo", "adik saya Sekar": people are called like small places. */
static bool is_person(
    const struct place_index *index, const struct text *text, size_t first, uint32_t found) {
    size_t used;
    const struct word *word = &text->words[first];
    if (!(word->flags & WORD_CAPITAL))
        return is_person_in_small(index, text, first, found);
    bool leads = !first || word->clause != word[-1].clause;
    if (is_on_papers(index, text, first) && (leads || marker_of(word - 1) == MARKER_NONE))
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

/* "kab. Pas", "kota Pas"; without them it is no place. */
static bool is_curt_alone(
    const struct place_index *index, const struct text *text, size_t first, uint32_t found) {
    if (!index->entries[found].curt)
        return false;
    enum place_marker before =
        first && goes_on(text, first - 1) ? marker_of(&text->words[first - 1]) : MARKER_NONE;
    return before != MARKER_REGENCY && before != MARKER_CITY;
}

/* "kejadiannya di rumah saya Cermee", "TKP Dampit", "ralat, yang benar Dampit". */
static bool is_scene(const struct text *text, size_t first) {
    static const char *const scenes[] = {
        "kejadian", "kejadianya", "kejadiane", "lokasi", "lokasinya", "lokasine", "tkp", "tkpnya", NULL};
    if (first >= 2 && strcmp(text->words[first - 1].key, "benar") == 0 &&
        strcmp(text->words[first - 2].key, "yang") == 0)
        return true;
    for (size_t i = first;
         i-- && i + SCENE_REACH >= first && text->words[i].clause == text->words[first].clause;)
        if (word_is_one_of(&text->words[i], scenes))
            return true;
    return false;
}

/* "masuk Nganjuk apa Kediri". */
static bool is_either(const struct text *text, const struct place_name *one, const struct place_name *next) {
    static const char *const either[] = {"apa", "atau", NULL};
    return one->last + 2 == next->first && word_is_one_of(&text->words[one->last + 1], either) &&
           text->words[one->first].clause == text->words[next->first].clause;
}

/* "Kota Anyar" is read as "kota baru", which is a district, too. */
static bool is_translated(const struct text *text, const struct word *word) {
    return (text->bytes[word->start] | ' ') != word->key[0];
}

/* A name at a word: as it is written, of two words that are one, or misspelt by a letter. */
static uint32_t find(
    const struct place_index *index, const struct text *text, size_t first, size_t *used, bool *near) {
    uint32_t found = place_index_find(index, text, first, used);
    *near = false;
    const struct word *word = &text->words[first];
    if (*used == 1 && word->flags & WORD_NUMBER && text->bytes[word->start] <= '9')
        return 0; /* Pitu, seven, is a district; 7 is none */
    bool other = *used == 2 && (is_translated(text, word) || is_translated(text, word + 1));
    uint32_t joined = *used <= 1 || other ? place_index_find_joined(index, text, first) : 0;
    if (joined && first && word[-1].flags & WORD_NUMBER && strcmp(word->key, "kali") == 0)
        joined = 0; /* "tiga kali baru hilang" is no Kalibaru */
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
    bool here = place_entries_name_served(index, found);
    bool known =
        place_entries_name_regency(index, found) ? !entry->word || entry->town || here : entry->town && here;
    bool alone = capital && stands_alone(text, first, last) && (!leads || known);
    enum place_marker marker = marker_around(index, text, first, last);
    if (marker == MARKER_CITY && entry->word && !capital && !place_entries_name_regency(index, found))
        marker = MARKER_NONE; /* "di bantaran kota" */
    bool doubled = used == 1 && is_doubled_as_named(index, text, word, found);
    bool told_apart = used == 1 ? doubled : is_level(marker);
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
        .only = doubled ? (uint8_t)(word->end - word->start) : 0,
        .whole = opens_message(text, first, last),
        .longer =
            told && used == 1 && (is_word || is_in_small(text, first)) && goes_on_as_name(index, text, last)};
}

/* Whether the two stand side by side, but for a word of kind, and one lies in the other. A word that opens
 * the next sentence does not: "Dinsos Kab. Jombang. Kudu lapor siapa?" */
static bool is_beside(const struct place_index *index, const struct text *text, const struct place_name *one,
    const struct place_name *next) {
    const struct word *after = &text->words[one->last + 1];
    bool near =
        one->last + 1 == next->first || (one->last + 2 == next->first && marker_of(after) != MARKER_NONE);
    return near && !(next->word && after->sentence != after[-1].sentence) &&
           place_entries_agree(index, one->entries, next->entries);
}

/* "di Purwosari Solo", "kali Tambakrejo Semarang": a quarter that is called like a district here, of a town
 * elsewhere right after it. */
static bool is_quarter_of(
    const struct place_index *index, const struct place_name *one, const struct place_name *next) {
    return one->last + 1 == next->first && one->role == ROLE_EVENT && !is_level(one->marker) && !next->word &&
           place_entries_name_regency(index, next->entries) &&
           !place_entries_name_served(index, next->entries) &&
           place_entries_name_served(index, one->entries) &&
           !place_entries_name_regency(index, one->entries) &&
           !place_entries_agree(index, one->entries, next->entries);
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
                is_curt_alone(index, text, i, found) || (used == 1 && is_person(index, text, i, found))))
            found = 0, used = 1;
        if (!found)
            continue;
        out[count] = name_make(index, text, i, used, found, told);
        out[count].near = near;
        out[count].role = role_of(index, text, &out[count], count ? &out[count - 1] : NULL);
        out[count].scene = out[count].role == ROLE_EVENT && is_scene(text, i);
        if (count && is_beside(index, text, &out[count - 1], &out[count]))
            out[count - 1].beside = out[count].beside = true;
        if (count && is_either(text, &out[count - 1], &out[count]))
            out[count - 1].either = out[count].either = true;
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
