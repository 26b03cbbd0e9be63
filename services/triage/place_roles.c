/* What a named place is to the event (enum place_role): the words before a name and its words of kind tell,
 * "asal", "menuju", "saya di", "kerja di", "dulu tinggal di"; what says nothing is where it happened. Lists
 * of words are written as they are read: without doubled letters ("tingal", "kejadianya") and in the spelling
 * they are mended to. Known limit: who was brought somewhere and came back. */
#include "services/triage/place_parts.h"

#include <string.h>
#include <strings.h>

enum {
    KINDS_BEFORE = 4, /* "ke dinas sosial kabupaten": words of kind between a preposition and its name */
    PAST_REACH = 2,   /* "dulu tinggal di", but not "dulu dijemput petugas di" */
    CUE_REACH = 4,    /* words before "di" that say why: "sekarang tidur di" */
    SINCE_REACH = 4,  /* "Sitiung Dharmasraya sudah 4 bulan" */
    SEEN_REACH = 3,   /* "ke Jambangan Surabaya tadi lihat" */
    SCENE_REACH = 5,  /* "kejadiannya di rumah saudara saya Wajak" */
    NEWS_REACH = 6    /* "nonton berita gempa besar kemarin di" */
};

/* "perlintasan KA Gedangan": a train, and not Minangkabau "ka", to. */
static bool is_train(const struct text *text, size_t at) {
    static const char *const tracks[] = {
        "perlintasan", "palang", "rel", "stasiun", "jalur", "jembatan", "sinyal", "penumpang", NULL};
    const struct word *word = &text->words[at];
    return at && word_is(word, "ka") && word_is_one_of(word - 1, tracks) && word->clause == word[-1].clause;
}

/* Words of kind and nearness between a preposition and its name: "ke [dinsos kota] Malang". */
static bool is_between(const struct word *word) {
    static const char *const between[] = {"dinas", "sosial", "dinsos", "kadinsos", "satpol", "p", "daerah",
        "wilayah", "kawasan", "area", "sekitar", "seputar", "dekat", "nya", "yang", "masjid", "pasar",
        "panti", "rumah", "sakit", "alun", "pingir", "tengah", "lansia", "jompo", "asuhan", "rehab", "singah",
        "kafe", "cafe", "karaoke", "pabrik", "ruko", "kos", "apartemen", "mes", "proyek", NULL};
    enum place_marker marker = place_marker_of(word);
    return place_marker_is_level(marker) || marker == MARKER_TOWN || marker == MARKER_HAMLET ||
           marker == MARKER_STREET || word_is_one_of(word, between);
}

/* "anak saya dititipkan ke mertua di": where the relatives of somebody are, he is. kin: whose word it is. */
static bool is_kept_with(const struct text *text, size_t kin) {
    static const char *const kept[] = {
        "dititipkan", "dititip", "dititipno", "titip", "diasuh", "dirawat", "diserahkan", NULL};
    static const char *const with[] = {"ke", "pada", "kepada", "di", "sama", NULL};
    const struct word *word = &text->words[kin];
    return kin && ((kin >= 2 && word_is_one_of(word - 1, with) && word[-1].clause == word[-2].clause &&
                       word_is_one_of(word - 2, kept)) ||
                      (word[-1].clause == word->clause && word_is_one_of(word - 1, kept)));
}

/* "ayah di Surabaya, ibu di Taiwan": where each of them is, and not where the child is. */
static bool is_one_of_parents(const struct text *text, size_t at) {
    static const char *const parents[] = {"ayah", "bapak", "ibu", "umi", NULL};
    size_t found = 0;
    bool is_this = false;
    for (size_t i = 0; i + 1 < text->count; i++) {
        const struct word *word = &text->words[i];
        if (word->sentence != text->words[at].sentence || !(word->flags & WORD_OPENS) ||
            !word_is_one_of(word, parents) || !word_is(word + 1, "di"))
            continue;
        found++;
        is_this = is_this || i == at;
    }
    return is_this && found > 1;
}

/* "anak tunggal di Batam": hers, and no child that something happens to. */
static bool is_only_child(const struct text *text, size_t at) {
    static const char *const only[] = {"tungal", "semata", "sematawayang", NULL};
    const struct word *word = &text->words[at];
    return word_is(word, "anak") && at + 1 < text->count && word->clause == word[1].clause &&
           word_is_one_of(word + 1, only);
}

/* Before "di": somebody else is there. "dipukuli bapaknya di" is where the beaten one is. */
static bool is_far(const struct text *text, size_t at) {
    static const char *const work[] = {"kerja", "bekerja", "kuliah", "merantau", "dinas", "majikan", "rantau",
        "polisi", "tentara", "dirawat", "marantau", NULL};
    static const char *const kin[] = {"saudara", "saudaranya", "kakaknya", "adiknya", "suaminya", "istrinya",
        "ibunya", "bapaknya", "anaknya", "keluarga", "keluarganya", "ortu", "ortunya", "orangtuanya",
        "tuanya", "mertua", "anake", "ibune", "ibuke", "dulure", "adike", "putrane", "anaknyo", "kakaknyo",
        "dunsanaknyo", "kenalan", "kenalanya", "calo", NULL};
    static const char *const by[] = {"oleh", "sama", "dari", "1", "rumah", "alamat", "di", NULL};
    const struct word *word = &text->words[at];
    if (word_is_one_of(word, work) || is_only_child(text, at))
        return true;
    if (!word_is_one_of(word, kin))
        return is_one_of_parents(text, at);
    if (at && word_is(word, "tuanya") && word_is(word - 1, "orang"))
        word--; /* "di rumah orang tuanya di" */
    if (is_kept_with(text, (size_t)(word - text->words)))
        return false;
    return !(
        word > text->words && word->clause == word[-1].clause &&
        ((strncmp(word[-1].key, "di", 2) == 0 && word[-1].key_size > 4) || word_is_one_of(word - 1, by)));
}

/* "waktu masih di Bekasi". */
static bool is_while_there(const struct text *text, size_t in) {
    static const char *const whiles[] = {"waktu", "sewaktu", "ketika", "pas", "sat", NULL};
    const struct word *di = &text->words[in];
    return in >= 2 && di->clause == di[-2].clause && word_is(di - 1, "masih") &&
           word_is_one_of(di - 2, whiles);
}

static bool is_past(const struct word *word) {
    static const char *const past[] = {"dulu", "dulunya", "sebelumnya", "tadinya", "awalnya", "pernah",
        "lahir", "mulanya", "semula", "asalnya", NULL};
    return word_is_one_of(word, past);
}

/* "dulu kami tinggal di", "awalnya korban dijemput di": where it was before, however far "di" is; but "dulu
 * dijemput petugas di". */
static bool is_left_behind(const struct text *text, size_t past, size_t in) {
    static const char *const first[] = {"awalnya", "mulanya", "semula", "tadinya", NULL};
    static const char *const living[] = {"saya", "kami", "kita", "keluarga", "tingal", "ngontrak", "kontrak",
        "rumah", "rumahnya", "masih", "kos", "ngekos", NULL};
    if (word_is_one_of(&text->words[past], first))
        return text->words[past].flags & WORD_OPENS;
    for (size_t i = past + 1; i < in; i++)
        if (!word_is_one_of(&text->words[i], living))
            return false;
    return true;
}

/* "sekarang kerja di", "ditemukan di": where it is now, whatever else is said. */
static bool is_found(const struct word *word) {
    static const char *const found[] = {"ditemukan", "bertemu", "nemu", "menemukan", "terlihat", "berada",
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

/* "seko": Javanese. "soko" is a district, too. */
static bool is_dari(const struct word *word) {
    static const char *const dari[] = {"dari", "seko", "seka", "saka", NULL};
    return word_is_one_of(word, dari);
}

static bool is_from(const struct word *word) {
    static const char *const from[] = {"asal", "asalnya", "asale", "asli", "aslinya", "asline", "dari", "ktp",
        "ktpnya", "kelahiran", "rantau", "perantau", "perantauan", "orang", "perbatasan", "rumahnya",
        "omahnya", "rumahnyo", "asa", "identitas", "identitasnya", "beridentitas", "berktp", NULL};
    return word_is_one_of(word, from) || is_dari(word) || is_claim(word);
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

/* "Pak saya dari Ambon", "Mohon maaf kak, kami dari": who is called stands before the teller. */
static bool is_teller_behind_call(const struct text *text, size_t at) {
    static const char *const called[] = {"pak", "bu", "min", "mas", "mbak", "kakak", "bang", "om", "maf",
        "tolong", "halo", "permisi", "malam", "siang", "pagi", "sore", NULL};
    static const char *const me[] = {"saya", "kami", NULL};
    const struct word *word = &text->words[at];
    return at && word_is_one_of(word, me) && word->clause == word[-1].clause &&
           word_is_one_of(word - 1, called);
}

/* "saya dari Turen", "lapor dari": the teller says where he is; "bus dari", "rombongan dari" come from there.
 */
static enum place_role role_of_from(const struct text *text, size_t from) {
    static const char *const tellers[] = {"saya", "kami", "lapor", "melapor", "laporan", "pelapor",
        "penelepon", "salam", "pesan", "informasi", "tanya", "warga", "kader", "petugas", "tksk", "guru",
        "dokter", "pengurus", "kabar", "nagari", "jorong", "camat", "kades", "lurah", "kadus", "perangkat",
        "babinsa", NULL}; /* "wali nagari dari Dharmasraya menyampaikan" */
    static const char *const things[] = {"kiriman", "paket", "titipan", "bingkisan", NULL};
    static const char *const native[] = {"orang", "anak", "asli", NULL};
    static const char *const mine[] = {"saya", "kami", NULL};
    static const char *const kin[] = {"bapak", "ayah", "ibu", "kakak", "adik", "anak", "suami", "istri",
        "nenek", "kakek", "keluarga", "rombongan", "teman", "tetanga", "saudara", "mertua", "keponakan",
        "paman", "bibi", NULL};
    const struct word *word = &text->words[from], *before = from ? word - 1 : NULL;
    if (from >= 2 && before->start == before[-1].start)
        before--; /* "kakakku dari", "pelaku dari": -ku is read as "saya" */
    if (is_claim(word) || (before && (word_is_one_of(before, things) || is_claim(before))))
        return ROLE_BOUND;
    if (from && word_is(word, "orang") && word_is(word - 1, "ke"))
        return ROLE_BOUND; /* "dijual ke orang Surabaya" */
    if (word_is_one_of(word, native) && from && is_teller(text, from - 1))
        return ROLE_TELLER;
    if (!is_dari(word))
        return ROLE_FROM;
    if (word->flags & WORD_OPENS)
        return from && word[-1].sentence == word->sentence ? ROLE_FROM : ROLE_TELLER;
    bool of_kin = before > text->words && word_is_one_of(before, mine) && word_is_one_of(before - 1, kin);
    return word_is_one_of(before, tellers) && !of_kin ? ROLE_TELLER : ROLE_FROM;
}

/* "keluar dari rumah anaknya di": where who is missing was seen last. */
static bool is_missed(const struct text *text, size_t from) {
    static const char *const gone[] = {"hilang", "keluar", "pergi", "kabur", "lari", "lepas", "lolos", NULL};
    static const char *const homes[] = {
        "rumah", "rumahnya", "kos", "kosnya", "kontrakan", "panti", "pondok", "asrama", NULL};
    const struct word *word = &text->words[from];
    return from && from + 1 < text->count && word[-1].clause == word->clause &&
           word_is_one_of(word - 1, gone) && word_is_one_of(word + 1, homes);
}

static bool is_before(const struct text *text, size_t at, const char *const *keys) {
    for (size_t i = at; i-- && i + CUE_REACH >= at;) {
        if (text->words[i].clause != text->words[at].clause)
            return false;
        if (word_is_in(&text->words[i], keys))
            return true;
    }
    return false;
}

static const char *const wishes[] = {"mau", "ingin", "akan", "hendak", "minta", "ongkos", "bisa", "pengen",
    "kepingin", "rencana", "ajeng", "bade", "badhe", "harus", "kudu", NULL};

/* "sekarang sudah pulang ke Tongas". */
static bool is_home_again(const struct text *text, size_t bound) {
    static const char *const done[] = {"telah", "sudah", "sekarang", "akhirnya", NULL};
    return bound >= 2 && text->words[bound - 2].clause == text->words[bound].clause &&
           word_is(&text->words[bound - 1], "pulang") && word_is_one_of(&text->words[bound - 2], done);
}

/* "tadi pulang ke rumah ibunya di": a little while ago. home: "pulang". */
static bool is_home_lately(const struct text *text, size_t home) {
    static const char *const lately[] = {"tadi", "barusan", "kemarin", "semalam", "baru", NULL};
    const struct word *word = &text->words[home];
    return home && home + 2 < text->count && word->clause == word[-1].clause && word_is(word, "pulang") &&
           word_is_one_of(word - 1, lately) && word_is(word + 1, "ke") && word_is(word + 2, "rumah") &&
           !is_before(text, home, wishes);
}

/* "bebas dari lapas hari ini, pulang ke": who is let out is at home, unless that is yet to come. bound: "ke".
 */
static bool is_let_out(const struct text *text, size_t bound) {
    static const char *const shut[] = {"lapas", "penjara", "rutan", "rsj", "tahanan", "bui", NULL};
    static const char *const out[] = {"bebas", "keluar", "lepas", NULL};
    static const char *const later[] = {
        "besok", "nanti", "akan", "mau", "belum", "ingin", "minta", "kalau", "jika", "lusa", NULL};
    const uint32_t sentence = text->words[bound].sentence;
    bool is_shut = false, is_out = false;
    if (!bound || !word_is(&text->words[bound - 1], "pulang") || text->words[bound - 1].negator >= 0)
        return false;
    for (size_t i = bound; i-- && text->words[i].sentence == sentence;) {
        if (word_is_one_of(&text->words[i], later))
            return false;
        is_shut = is_shut || word_is_one_of(&text->words[i], shut);
        is_out = is_out || word_is_one_of(&text->words[i], out);
    }
    return is_shut && is_out;
}

/* "pulang ke Sitiung Dharmasraya 4 bulan": since when; "2 hari lagi" is yet to come. */
static bool is_home_since(const struct text *text, size_t bound, size_t last) {
    static const char *const spans[] = {"hari", "mingu", "bulan", "tahun", NULL};
    if (!bound || !word_is(&text->words[bound - 1], "pulang") || is_before(text, bound - 1, wishes))
        return false;
    for (size_t i = last + 1; i + 1 < text->count && i <= last + SINCE_REACH; i++) {
        if (text->words[i].clause != text->words[last].clause)
            return false;
        if (text->words[i].flags & WORD_NUMBER && word_is_one_of(&text->words[i + 1], spans))
            return i + 2 >= text->count || !word_is(&text->words[i + 2], "lagi");
    }
    return false;
}

/* "sudah pulang ke Talun". */
static bool is_returned_to(const struct text *text, const struct place_name *name) {
    size_t bound = name->first;
    while (bound && place_marker_is_level(place_marker_of(&text->words[bound - 1])))
        bound--;
    return bound && word_is(&text->words[bound - 1], "ke") &&
           text->words[bound - 1].clause == text->words[name->first].clause &&
           (is_home_again(text, bound - 1) || is_let_out(text, bound - 1) ||
               is_home_since(text, bound - 1, name->last));
}

/* "pulang ke Perak, tapi warga menolak": who is back already. */
static bool is_home_but(const struct text *text, size_t bound, size_t last) {
    static const char *const but[] = {"tapi", "tp", "namun", "malah", "ditolak", NULL};
    if (!bound || text->words[bound - 1].clause != text->words[bound].clause ||
        !word_is(&text->words[bound - 1], "pulang"))
        return false;
    for (size_t i = last + 1; i < text->count && i <= last + SEEN_REACH; i++)
        if (text->words[i].sentence == text->words[last].sentence && word_is_one_of(&text->words[i], but))
            return true;
    return false;
}

/* "saya pulang ke rumah ibu di Krembung": who says so is there; "mau pulang", "besok saya pulang" is not. */
static bool is_gone_home(const struct text *text, size_t home, size_t in) {
    static const char *const me[] = {"saya", "kami", NULL};
    static const char *const later[] = {"besok", "nanti", "lusa", "belum", "tidak", NULL};
    static const char *const kin[] = {"ibu", "bapak", "ayah", "orang", "ortu", "mertua", "nenek", "kakek",
        "kakak", "adik", "paman", "bibi", "saudara", "mak", NULL};
    const struct word *word = &text->words[home];
    if (!home || word[-1].clause != word->clause || word->negator >= 0 || is_before(text, home, wishes) ||
        is_before(text, home, later) || !word_is_one_of(word - 1, me))
        return false;
    return home + 3 < in && word_is(word + 1, "ke") && word_is(word + 2, "rumah") &&
           word_is_one_of(word + 3, kin);
}

/* "rumah asli kami di": where somebody belongs who is elsewhere. at: the word before "kami" or "di". */
static bool is_home_of_origin(const struct text *text, size_t at) {
    static const char *const origin[] = {"asli", "asal", NULL};
    static const char *const homes[] = {"rumah", "alamat", NULL};
    const struct word *word = &text->words[at];
    return at && word->clause == word[-1].clause && word_is_one_of(word, origin) &&
           word_is_one_of(word - 1, homes);
}

/* "antar paket ke Jambangan Surabaya lihat anak dikunci": who sees something there is there. */
static bool is_seen_there(const struct text *text, size_t bound, size_t last) {
    static const char *const perhaps[] = {"kalau", "jika", "bila", NULL};
    static const char *const seen[] = {"lihat", "liat", "melihat", "ngeliat", "ngelihat", "nemu", "menemukan",
        "bertemu", "mergoki", "memergoki", NULL};
    for (size_t i = last + 1; i < text->count && i <= last + SEEN_REACH; i++)
        if (text->words[i].sentence == text->words[last].sentence && word_is_one_of(&text->words[i], seen))
            return !is_before(text, bound, perhaps);
    return false;
}

/* "sering belanja ke Kota Pasuruan, di lampu merah ada anak": seen on a way that is gone often. */
static bool is_seen_on_errands(const struct text *text, size_t bound, size_t last) {
    static const char *const often[] = {
        "sering", "tiap", "setiap", "biasa", "biasanya", "rutin", "kerap", "acok", "acap", NULL};
    static const char *const homes[] = {"rumah", "kampung", "desa", "sini", "kene", "kos", NULL};
    static const char *const seen[] = {"ada", "lihat", "liat", "melihat", "nemu", "bertemu", NULL};
    const struct word *in = &text->words[last + 1];
    if (last + 2 >= text->count || !is_before(text, bound, often) || !word_is(in, "di") ||
        !(in->flags & WORD_OPENS) || in->sentence != text->words[last].sentence ||
        word_is_one_of(in + 1, homes))
        return false;
    for (size_t i = last + 2; i < text->count && text->words[i].sentence == in->sentence; i++)
        if (word_is_one_of(&text->words[i], seen))
            return true;
    return false;
}

static bool has_office(const struct text *text, size_t begin, size_t end) {
    static const char *const offices[] = {
        "dinsos", "kadinsos", "bupati", "pemkab", "pemkot", "walikota", "satpol", "dinas", NULL};
    return any_word_is_one_of(text, begin, end, offices);
}

/* "antar penumpang dari Surabaya ke Kebomas", "relawan dari Jember sudah geser ke Kencong": the end of a way
 * that is behind them. before: the name before, or NULL. */
static bool is_reached(const struct text *text, size_t bound, const struct place_name *before) {
    static const char *const reached[] = {"antar", "ngantar", "mengantar", "nganter", "sampai", "tiba",
        "datang", "geser", "bergeser", "lari", "kabur", "mengungsi", "diungsikan", "nyasar", "kesasar", NULL};
    return before && before->role == ROLE_FROM && before->first &&
           text->words[before->first].clause == text->words[bound].clause &&
           is_dari(&text->words[before->first - 1]) &&
           (is_before(text, bound, reached) || is_before(text, before->first, reached)) &&
           !is_before(text, bound, wishes) && !is_before(text, before->first, wishes);
}

/* "jalan-jalan ke alun2 Batu"; "jalan ke Kampak" is a road. */
static bool is_outing(const struct text *text, size_t bound) {
    const struct word *word = &text->words[bound];
    return bound && word_is(word - 1, "jalan") && word[-1].flags & WORD_DOUBLED &&
           word[-1].clause == word->clause;
}

/* "2x kelewat kontrol ke puskesmas Krucil": everybody goes to his own. */
static bool is_own_clinic(const struct text *text, size_t bound, size_t first) {
    static const char *const clinics[] = {"puskesmas", "pkm", "pustu", "posyandu", NULL};
    static const char *const visits[] = {"kontrol", "berobat", "periksa", "imunisasi", "obat", NULL};
    return word_is(&text->words[bound], "ke") && any_word_is_one_of(text, bound + 1, first, clinics) &&
           is_before(text, bound, visits);
}

/* "pindah ke", "sudah sampai ke", "coba ke": who has arrived, or is asked to come, is there; "mau pulang ke"
 * is not. */
static enum place_role role_of_bound(
    const struct text *text, size_t bound, const struct place_name *name, const struct place_name *before) {
    static const char *const looks[] = {"terlihat", "dilihat", "kelihatan", NULL};
    static const char *const near[] = {"arah", "lewat", NULL}; /* "di angkot arah Tambaksari" */
    static const char *const arrived[] = {"sampai", "tiba", "datang", "masuk", "meluap", "merembet", "lari",
        "kabur", "dibuang", "balik", "dibawa", "mengungsi", "diungsikan", "kembali", "dipindah",
        "dipulangkan", "coba", "cek", "tolong", "mohon", "mampir", "bawa", "antar", "ngantar", "mengantar",
        "nganter", "kesasar", "nyasar", "tersesat", NULL};
    static const char *const told[] = {"lapor", "melapor", "mengadu", "telepon", "pindah", "kirim",
        "mengirim", "mengajukan", "ajukan", "tanya", NULL};
    static const char *const visited[] = {"visit", "kunjungan", "berkunjung", "asesmen", "survei", "liburan",
        "nengok", "menjenguk", "jenguk", "takziah", "blusukan", NULL};
    static const char *const me[] = {"saya", "kami", NULL};
    if (word_is(&text->words[bound], "arah") && bound &&
        text->words[bound].clause == text->words[bound - 1].clause &&
        word_is_one_of(&text->words[bound - 1], looks))
        return ROLE_EVENT; /* "terakhir dilihat arah pasar Panarukan" */
    if (word_is_one_of(&text->words[bound], near))
        return ROLE_FAR;
    if (word_is(&text->words[bound], "ke") && has_office(text, bound + 1, name->first) &&
        is_before(text, bound, me))
        return ROLE_FAR; /* "saya ke dinsos kab Jember mau urus": everybody goes to his own */
    if (is_own_clinic(text, bound, name->first))
        return ROLE_TELLER;
    if (!word_is(&text->words[bound], "ke") || is_before(text, bound, wishes))
        return ROLE_BOUND;
    if (is_seen_there(text, bound, name->last))
        return ROLE_EVENT;
    if (is_seen_on_errands(text, bound, name->last))
        return ROLE_TELLER;
    if (is_home_again(text, bound) || is_let_out(text, bound) || is_home_but(text, bound, name->last) ||
        is_home_since(text, bound, name->last))
        return ROLE_FAR;
    if (is_before(text, bound, told) || is_before(text, bound, visited) || is_outing(text, bound))
        return ROLE_TELLER;
    if (is_reached(text, bound, before))
        return ROLE_TELLER;
    return is_before(text, bound, arrived) ? ROLE_FAR : ROLE_BOUND;
}

/* "anaknya semua tinggal di" is about where they are; "anaknya masih kecil di" says where it happens. */
static bool is_bridged(const struct text *text, size_t kin, size_t in) {
    static const char *const bridges[] = {"tingal", "semua", "semuanya", "ada", "pada", "sudah", "masih",
        "juga", "jauh", "menetap", "pindah", "yang", "kerja", "bekerja", "merantau", "kuliah", "dinas",
        "sekolah", "mondok", "sana", "saya", "kami", "tidak", "jelas", "kuli", "buruh", "tukang", "bangunan",
        "serabutan", "sopir", "proyek", "pabrik", "jadi", "jd", "dadi", "sebagai", "art", "prt", "pembantu",
        "babu", "tungal", "semata", "wayang", "kandung", NULL};
    for (size_t i = kin + 1; i < in; i++)
        if (!word_is_one_of(&text->words[i], bridges) && !(text->words[i].flags & WORD_NUMBER))
            return false;
    return true;
}

/* "..., dipukul majikan sampai tuli": who does it is where the work is. */
static bool is_done_by_master(const struct text *text, size_t from, const char *const *deeds) {
    static const char *const masters[] = {
        "majikan", "majikanya", "bos", "bosnya", "juragan", "juraganya", "mandor", "mandornya", NULL};
    for (size_t i = from; i + 1 < text->count && text->words[i].sentence == text->words[from].sentence; i++)
        if (word_is_one_of(&text->words[i], deeds) && word_is_one_of(&text->words[i + 1], masters))
            return true;
    return false;
}

/* "..., gaji 7 bulan tidak dibayar, KTP ditahan": by whom one works for, where one works. */
static bool is_kept_back(const struct text *text, size_t from) {
    static const char *const due[] = {"gaji", "upah", "ktp", "paspor", "ijazah", "dokumen", NULL};
    static const char *const kept[] = {"dibayar", "ditahan", "disita", "dipegang", NULL};
    const struct word *word = &text->words[from];
    for (size_t i = from + 1; i < text->count && text->words[i].clause == word->clause; i++)
        if (word_is_one_of(&text->words[i], kept))
            return word_is_one_of(word, due);
    return false;
}

/* "jatuh dari lantai 2"; who "jatuh sakit" is taken home. */
static bool is_fallen(const struct text *text, size_t at) {
    return word_is(&text->words[at], "jatuh") && at + 1 < text->count &&
           text->words[at].clause == text->words[at + 1].clause && is_dari(&text->words[at + 1]);
}

/* "adik saya kerja di Badung dipukuli bosnya", "kerja di kafe Batam, tidak boleh pulang": where somebody is,
 * and where it happens. */
static bool is_suffered_there(const struct text *text, size_t in, size_t last) {
    static const char *const deeds[] = {"dipukul", "dipukuli", "disiksa", "disekap", "dianiaya", "ditahan",
        "dikurung", "diperkosa", "dilecehkan", "dipaksa", "kecelakan", "depresi", NULL};
    static const char *const held[] = {"gajinya", "upahnya", "paspornya", "ktpnya", NULL};
    static const char *const work[] = {"kerja", "bekerja", "kuliah", "mondok", NULL};
    static const char *const jobs[] = {"art", "prt", "pembantu", "pengasuh", "buruh", NULL};
    static const char *const hearsay[] = {"katanya", "katane", "konon", NULL};
    size_t i = last + 1;
    for (; i < text->count && text->words[i].clause == text->words[last].clause; i++)
        if (word_is_one_of(&text->words[i], deeds) || is_fallen(text, i))
            return true;
    size_t job = in >= 2 && word_is_one_of(&text->words[in - 1], jobs) ? in - 2 : in - 1;
    if (i >= text->count || text->words[i].sentence != text->words[last].sentence ||
        !word_is_one_of(&text->words[job], work))
        return false;
    if (is_done_by_master(text, i, deeds) || is_kept_back(text, i))
        return true;
    if (word_is_one_of(&text->words[i], hearsay) && i + 1 < text->count &&
        text->words[i + 1].clause == text->words[i].clause)
        i++;
    return word_is_one_of(&text->words[i], deeds) || word_is_one_of(&text->words[i], held) ||
           (text->words[i].flags & WORD_NEGATOR && i + 1 < text->count &&
               word_is(&text->words[i + 1], "boleh"));
}

/* "keluarga di Nganjuk tidak dapat dihubungi". */
static bool is_unreached(const struct text *text, size_t last) {
    static const char *const reached[] = {"dihubungi", "menghubungi", "ditelepon", "ditelpon", NULL};
    for (size_t i = last + 1; i < text->count && text->words[i].clause == text->words[last].clause; i++)
        if (word_is_one_of(&text->words[i], reached))
            return text->words[i].negator >= 0;
    return false;
}

/* What "kerja di X" and "anaknya di X" say. Where the children of somebody are, nothing has happened. */
static enum place_role role_of_far(const struct text *text, size_t far, size_t in, size_t last) {
    static const char *const children[] = {"anaknya", "anake", "putrane", "anaknyo", NULL};
    const struct word *word = &text->words[far];
    if (!word_is(word, "dirawat") && is_suffered_there(text, in, last))
        return ROLE_EVENT;
    bool nothing_there =
        word_is_one_of(word, children) || is_only_child(text, far) || is_unreached(text, last);
    return nothing_there ? ROLE_BOUND : ROLE_FAR;
}

/* "sudah kembali ke keluarga di Ngawi": who has come back to them is where they are. */
static bool is_returned(const struct text *text, size_t far) {
    static const char *const back[] = {"kembali", "dikembalikan", "dipulangkan", "balik", "pulang", NULL};
    static const char *const done[] = {"telah", "sudah", NULL};
    return far >= 3 && word_is(&text->words[far - 1], "ke") && word_is_one_of(&text->words[far - 2], back) &&
           word_is_one_of(&text->words[far - 3], done);
}

/* "dari kemarin di Ngawi", "antre dari subuh di": since when, and not from where. */
static bool is_since(const struct text *text, size_t from) {
    static const char *const times[] = {"subuh", "pagi", "siang", "sore", "malam", "semalam", "kemarin",
        "tadi", "dulu", "mingu", "bulan", "tahun", "jam", "pukul", "hari", "awal", "kecil", "lama", "magrib",
        "senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "lebaran", NULL};
    return word_is_one_of(&text->words[from + 1], times);
}

/* "ibu saya dulu kerja di": where somebody was and is no more. */
static bool is_work_of_old(const struct text *text, size_t work) {
    static const char *const works[] = {"kerja", "bekerja", "kuliah", "merantau", NULL};
    return work && word_is_one_of(&text->words[work], works) && is_past(&text->words[work - 1]) &&
           text->words[work].clause == text->words[work - 1].clause;
}

/* "ditawari kerja jaga toko di Batam", "calo mendata remaja untuk kerja di Batam": nobody is there yet;
 * "ternyata", "sampai sana" say that somebody went. */
static bool is_offered(const struct text *text, size_t in) {
    static const char *const went[] = {
        "ternyata", "sana", "sampai", "kono", "disekap", "ditahan", "disiksa", "kabur", NULL};
    static const char *const offers[] = {"ditawari", "ditawarin", "ditawarkan", "ditawani", "dijanjikan",
        "dijanjin", "dijanjeni", "menawari", "menawarkan", "nawari", "nawarin", "tawaran", "mendata",
        "didata", "merekrut", "direkrut", "rekrut", NULL};
    static const char *const works[] = {"kerja", "bekerja", "pekerjan", "kerjan", "gawean", NULL};
    bool work = false;
    for (size_t i = in + 1; i < text->count && text->words[i].sentence == text->words[in].sentence; i++)
        if (word_is_one_of(&text->words[i], went))
            return false;
    for (size_t i = in; i-- && text->words[i].clause == text->words[in].clause;) {
        work = work || word_is_one_of(&text->words[i], works);
        if (word_is_one_of(&text->words[i], offers))
            return work;
    }
    return false;
}

/* "kata orang ada tempat di Surabaya", "katanya ada panti di Malang": where help is said to be. */
static bool is_help_said_to_be(const struct text *text, size_t in) {
    static const char *const hearsay[] = {"kata", "katanya", "dengar", "denger", "informasi", NULL};
    static const char *const helps[] = {"tempat", "panti", "yayasan", "pondok", "pesantren", "rehab",
        "rehabilitasi", "rs", "rsj", "klinik", "shelter", NULL};
    const uint32_t sentence = text->words[in].sentence;
    size_t at = in;
    while (at && text->words[at - 1].sentence == sentence && word_is_one_of(&text->words[at - 1], helps))
        at--;
    if (at == in || !at || text->words[at - 1].sentence != sentence || !word_is(&text->words[at - 1], "ada"))
        return false;
    return is_before(text, at - 1, hearsay);
}

/* "bidan pulang dari Batuputih": who has been there on duty tells of what is there. from: "dari". */
static bool is_back_from_visit(const struct text *text, size_t from) {
    static const char *const workers[] = {"bidan", "kader", "petugas", "perawat", "mantri", "pendamping",
        "relawan", "tagana", "penyuluh", "tksk", "tim", "dokter", NULL};
    static const char *const back[] = {"pulang", "balik", "kembali", NULL};
    static const char *const lately[] = {"baru", "barusan", "saja", "tadi", "habis", "sudah", NULL};
    const uint32_t clause = text->words[from].clause;
    size_t at = from;
    if (!at || !is_dari(&text->words[from]) || text->words[at - 1].clause != clause ||
        !word_is_one_of(&text->words[at - 1], back))
        return false;
    at--;
    while (at && text->words[at - 1].clause == clause && word_is_one_of(&text->words[at - 1], lately))
        at--;
    return at && text->words[at - 1].clause == clause && word_is_one_of(&text->words[at - 1], workers);
}

/* "bila hendak dipulangkan dari Bukittinggi": who asks to be sent home is there. */
static bool is_to_be_sent_home(
    const struct place_index *index, const struct text *text, size_t from, const struct place_name *name) {
    static const char *const sent[] = {"dipulangkan", "dipulangno", "dipulangin", "dipulangke", NULL};
    static const char *const asked[] = {"mau", "ingin", "akan", "hendak", "minta", "mohon", "bisa", "bisakah",
        "bila", "apakah", "cara", "pengen", "tolong", "agar", "supaya", "bagaimana", "belum", NULL};
    const struct word *word = &text->words[from];
    if (!from || !is_dari(word) || word[-1].clause != word->clause || !word_is_one_of(word - 1, sent) ||
        !place_entries_name_regency(index, name->entries) || index->entries[name->entries].landmark)
        return false;
    for (size_t i = from - 1; i-- && text->words[i].sentence == word->sentence;)
        if (word_is_one_of(&text->words[i], asked))
            return true;
    return false;
}

/* "mau diantar ke pengungsi banjir di Kediri", "mau ngeluruk ke rumah dukun di": who is helped, or is about
 * to be attacked, is there. to: "ke". */
static bool is_to_victims(const struct text *text, size_t to) {
    static const char *const victims[] = {"pengungsi", "korban", "penyintas", NULL};
    static const char *const attacks[] = {"ngeluruk", "ngluruk", "nglurug", "menyerbu", "nyerbu", "menyerang",
        "nyerang", "geruduk", "mengeruduk", NULL};
    return word_is_one_of(&text->words[to + 1], victims) ||
           (to && word_is_one_of(&text->words[to - 1], attacks));
}

/* "aku lagi mondok di Bondowoso": where the teller stays; "adik saya mondok di" is about the brother. */
static bool is_stay_of_teller(const struct text *text, size_t in) {
    static const char *const stays[] = {"mondok", "nyantri", "ngekos", "kos", "indekos", NULL};
    static const char *const fills[] = {"lagi", "sedang", "masih", "sekarang", "memang", NULL};
    const uint32_t clause = text->words[in].clause;
    size_t at = in;
    if (!at || !word_is_one_of(&text->words[at - 1], stays))
        return false;
    at--;
    while (at && word_is_one_of(&text->words[at - 1], fills))
        at--;
    return at && text->words[at - 1].clause == clause && is_teller(text, at - 1);
}

/* "Kami keluarga di Tanah Datar": as "kami warga"; "keluarga kami di" is about them. */
static bool is_family_of_teller(const struct text *text, size_t in) {
    return in >= 2 && word_is(&text->words[in - 1], "keluarga") && word_is(&text->words[in - 2], "kami") &&
           text->words[in].clause == text->words[in - 2].clause && is_teller(text, in - 2);
}

/* "pulang dari asrama di Diwek bibirnya pecah": hurt where he comes from. from: "dari". */
static bool is_hurt_when_back(const struct text *text, size_t from, size_t last) {
    static const char *const schools[] = {
        "asrama", "pondok", "ponpes", "pesantren", "sekolah", "panti", "kos", "mes", NULL};
    static const char *const hurt[] = {"pecah", "bengkak", "lebam", "memar", "luka", "lecet", "berdarah",
        "benjol", "biru", "dipukul", "dipukuli", "dikeroyok", "dihajar", "ditendang", "ditendangi",
        "disundut", "dicabuli", "dilecehkan", NULL};
    const struct word *word = &text->words[from];
    if (!from || from + 1 >= text->count || !word_is(word - 1, "pulang") || word[-1].clause != word->clause ||
        !word_is_one_of(word + 1, schools))
        return false;
    for (size_t i = last + 1; i < text->count && text->words[i].sentence == word->sentence; i++)
        if (word_is_one_of(&text->words[i], hurt))
            return text->words[i].negator < 0;
    return false;
}

/* "turun dari bus di terminal Bareh Solok": and is there. from: "dari". */
static bool is_got_off(const struct text *text, size_t from) {
    static const char *const off[] = {"turun", "diturunkan", "mudun", NULL};
    static const char *const rides[] = {
        "bus", "bis", "kereta", "kapal", "travel", "truk", "angkot", "elf", "mobil", "pesawat", NULL};
    const struct word *word = &text->words[from];
    return from && from + 1 < text->count && word[-1].clause == word->clause &&
           word_is_one_of(word - 1, off) && word_is_one_of(word + 1, rides);
}

/* "di" says nothing by itself; the words before it do. last: the end of the name. before: the name before, or
 * NULL. */
static enum place_role role_of_in(
    const struct text *text, size_t in, size_t last, const struct place_name *before) {
    static const char *const home[] = {"pulang", "mudik", NULL};
    static const char *const sent[] = {"dibawa", "diajak", "dikirim", "dijual", "berangkat", "budal",
        "budhal", "mangkat", "lungo", "pergi", "tilik", "nengok", "jenguk", "menjenguk", "sambang",
        "nyambangi", "mengunjungi", NULL};
    static const char *const meant[] = {
        "mau", "ingin", "akan", "hendak", "pengen", "kepingin", "ajeng", "bade", "badhe", NULL};
    static const char *const alone[] = {"sendiri", "lagi", "sedang", NULL};
    const struct word *di = &text->words[in];
    if (in && di->clause == di[-1].clause && word_is_one_of(di - 1, meant))
        return ROLE_BOUND; /* "arep nang Kalianget": Javanese "nang" is "to" as well */
    if ((is_offered(text, in) && !is_suffered_there(text, in, last)) || is_help_said_to_be(text, in))
        return ROLE_BOUND;
    if (is_while_there(text, in))
        return ROLE_FROM;
    size_t own = in > 1 && word_is_one_of(di - 1, alone) ? in - 1 : in; /* "saya sendiri di Bekasi" */
    if (own && di->clause == text->words[own - 1].clause && is_teller(text, own - 1))
        return ROLE_TELLER;
    if (is_stay_of_teller(text, in) || is_family_of_teller(text, in))
        return ROLE_TELLER;
    if (in >= 2 && word_is(di - 1, "yang") && word_is(di - 2, "ada"))
        return ROLE_FAR; /* "anak-anaknya ada yang di Batam" */
    if (in && word_is(di - 1, "yang") && di[-1].flags & WORD_OPENS && before && before->role >= ROLE_FAR)
        return before->role; /* "anaknya di Solo, yang di Batam juga" */
    for (size_t i = in; i-- && i + CUE_REACH >= in;) {
        const struct word *word = &text->words[i];
        if (word->clause != di->clause || is_found(word))
            break;
        if (is_dari(word) && is_since(text, i))
            continue;
        if ((is_past(word) && (i + PAST_REACH >= in || is_left_behind(text, i, in))) ||
            is_home_of_origin(text, i))
            return ROLE_FROM;
        if (word_is(word, "dari") && (is_hurt_when_back(text, i, last) || is_got_off(text, i)))
            return ROLE_EVENT;
        if (word_is(word, "dari") && is_missed(text, i))
            return ROLE_TELLER;    /* unless it is told where he was found */
        if (word_is(word, "dari")) /* "dari desa di Lamongan"; "dari Sumenep yang mengajar di Waru" */
            return before && before->first > i && !before->word ? ROLE_EVENT : role_of_from(text, i);
        if (word_is_one_of(word, sent) && is_before(text, i, wishes))
            return ROLE_BOUND; /* "arep digowo nang Batam", "arep budal nang Surabaya" */
        if (is_far(text, i) && i && word_is(word - 1, "ke") && is_before(text, i - 1, wishes))
            return ROLE_BOUND; /* "mau kembali ke keluarga di Tempeh" */
        if (is_work_of_old(text, i))
            return ROLE_BOUND;
        if (is_far(text, i) && is_bridged(text, i, in))
            return is_returned(text, i) ? ROLE_EVENT : role_of_far(text, i, in, last);
        if (i + 1 < in && is_home_again(text, i + 1)) /* "sekarang pulang ke rumah mertua di Sampang" */
            return i >= 1 && word_is(&text->words[i - 1], "sekarang") ? ROLE_EVENT : ROLE_TELLER;
        if (word_is(word, "pulang") && (is_gone_home(text, i, in) || is_home_lately(text, i)))
            return ROLE_TELLER;
        if (word_is_one_of(word, home) ||
            (word_is(word, "ke") && is_before(text, i, wishes) && !is_to_victims(text, i)))
            return ROLE_BOUND; /* "mau pulang ke ibu di Sampang", "mau ke desa yang di Klaten" */
    }
    return ROLE_EVENT;
}

/* Part of the name of a hospital or terminal, and no preposition; "dr" is read as "dari". */
static bool is_proper(const struct word *word) {
    return (word_is(word, "dari") && word->end - word->start == 2) ||
           (place_marker_of(word) == MARKER_NONE && !is_bound(word) && !is_from(word) && !is_trait(word) &&
               !is_past(word));
}

/* Where the name and the words of kind before it begin. A hospital has a name of its own ("ke RSJ Menur
 * Surabaya"), which is skipped. limit: where the name before ended. */
static size_t kind_begin(const struct text *text, size_t first, size_t limit) {
    size_t at = first;
    for (int skipped = 0; at > limit && skipped < KINDS_BEFORE && place_text_goes_on(text, at - 1);
         skipped++) {
        if (is_between(&text->words[at - 1]) || is_train(text, at - 1))
            at--;
        else if (!is_proper(&text->words[at - 1]))
            break;
        else if (at >= limit + 2 && place_text_goes_on(text, at - 2) &&
                 place_marker_of(&text->words[at - 2]) == MARKER_TOWN)
            at -= 2;
        else if (at >= limit + 3 && place_text_goes_on(text, at - 2) && place_text_goes_on(text, at - 3) &&
                 is_proper(&text->words[at - 2]) && place_marker_of(&text->words[at - 3]) == MARKER_TOWN)
            at -= 3;
        else
            break;
    }
    return at;
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
    size_t from = begin && place_text_goes_on(text, begin - 1) ? begin - 1 : begin, used;
    if (name->last + 1u >= text->count || !is_town(index, name->entries))
        return false;
    bool road = false, raya = false;
    for (size_t i = from; i < name->first; i++) {
        road = road || word_is_one_of(&text->words[i], roads);
        raya = raya || word_is(&text->words[i], "raya");
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
    static const char *const called[] = {"pak", "bu", "min", "mas", "mbak", "kakak", NULL};
    size_t next = before->last + 1u;
    if (text->words[begin].sentence != text->words[before->last].sentence)
        return false;
    if (next + 1 == begin && text->words[next].clause != text->words[begin].clause &&
        word_is_one_of(&text->words[next], called))
        next++; /* "dari Jatikalen pak, Nganjuk" */
    if (next + 1 == begin)
        return word_is_one_of(&text->words[next], both);
    if (next != begin)
        return false;
    bool road = before->first && word_is(&text->words[before->first - 1], "tol") &&
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
    if (cue >= 2 && place_marker_of(&text->words[cue]) == MARKER_NONE &&
        word_is_one_of(&text->words[cue - 1], trades))
        cue--; /* "saya sopir truk Lumajang" */
    return cue && word_is_one_of(&text->words[cue], trades) && is_teller(text, cue - 1);
}

/* "lulusan SMK Surabaya", "eks napi lapas Porong": where somebody was; an "eks terminal" is still there. */
static bool is_former(const struct text *text, size_t cue) {
    static const char *const former[] = {"lulusan", "pensiunan", "mantan", "eks", NULL};
    static const char *const ill[] = {
        "pasung", "dipasung", "odgj", "kusta", "pasien", "pecandu", "korban", "penderita", NULL};
    size_t at = cue + 1;
    while (at-- && at + CUE_REACH > cue && text->words[at].clause == text->words[cue].clause) {
        if (!word_is_one_of(&text->words[at], former))
            continue;
        for (size_t i = at + 1; i <= cue; i++)
            if (is_bound(&text->words[i]) || place_marker_of(&text->words[i]) == MARKER_IN)
                return false;
        if (word_is_one_of(&text->words[at + 1], ill))
            return false; /* "kakak saya eks pasung Pariaman": and is there */
        return place_marker_of(&text->words[at + 1]) != MARKER_TOWN;
    }
    return false;
}

static bool is_same_regency(const struct place_index *index, uint32_t a, uint32_t b) {
    for (uint32_t i = a; i; i = index->entries[i].next)
        for (uint32_t j = b; j; j = index->entries[j].next)
            if (area_common(index->entries[i].code, index->entries[j].code) >= AREA_REGENCY)
                return true;
    return false;
}

/* "naik kereta dari Jember mau ke Semarang": who is on the way is at neither end, unless both are in one
 * regency. */
static bool is_boarded(
    const struct place_index *index, const struct text *text, size_t from, const struct place_name *name) {
    static const char *const rides[] = {"naik", "numpak", "nunut", "nebeng", "menumpang", NULL};
    static const char *const to[] = {"ke", "menuju", "tujuan", "jurusan", "arah", NULL};
    size_t last = name->last, used;
    if (!is_dari(&text->words[from]) || !is_before(text, from, rides))
        return false;
    for (size_t i = last + 1; i + 1 < text->count && i <= last + SEEN_REACH; i++)
        if (text->words[i].clause == text->words[last].clause && word_is_one_of(&text->words[i], to))
            return !is_same_regency(index, name->entries, place_index_find(index, text, i + 1, &used));
    return false;
}

/* "baca berita longsor, jadi takut": of himself, and not "takut anaknya mati". */
static bool is_made_afraid(const struct text *text, size_t at) {
    static const char *const felt[] = {"trauma", "takut", "cemas", "panik", "kepikiran", "ngeri", "stres",
        "parno", "gelisah", "was", "merinding", "overthinking", NULL};
    static const char *const made[] = {"jadi", "dadi", "bikin", "untuk", NULL};
    const struct word *word = &text->words[at];
    return word_is_one_of(word, felt) &&
           ((at && word_is_one_of(word - 1, made)) || (at >= 2 && word_is_one_of(word - 2, made)));
}

/* "nonton berita gempa di Cianjur jadi trauma", "yang viral di Garut itu bikin saya takut": what somebody
 * only saw, who writes of what it did to himself. Who saw a video of a child that is beaten reports that, and
 * who pities them means them. */
static bool is_news(const struct text *text, size_t cue, size_t last) {
    static const char *const seen[] = {"nonton", "menonton", "tonton", "lihat", "liat", "melihat", "ngeliat",
        "ngelihat", "baca", "membaca", "dengar", "denger", "mendengar", "viral", NULL};
    static const char *const news[] = {"berita", "beritanya", "video", "videonya", "vidio", "tv", "televisi",
        "tiktok", "youtube", "siaran", "konten", "viral", NULL};
    bool is_seen = false, is_of_news = false;
    for (size_t i = cue + 1;
         i-- && i + NEWS_REACH >= cue && text->words[i].clause == text->words[cue].clause;) {
        is_seen = is_seen || word_is_one_of(&text->words[i], seen);
        is_of_news = is_of_news || word_is_one_of(&text->words[i], news);
    }
    if (!is_seen || !is_of_news)
        return false;
    for (size_t i = last + 1; i < text->count && text->words[i].sentence == text->words[last].sentence; i++)
        if (is_made_afraid(text, i))
            return true;
    return false;
}

/* "sudah boleh pulang dari RSJ Lawang": and is still there, if no home is named. */
static bool is_let_go(const struct text *text, size_t from) {
    static const char *const let[] = {"boleh", "bisa", "dizinkan", "dijinkan", NULL};
    const struct word *word = &text->words[from];
    return from >= 2 && is_dari(word) && word[-2].clause == word->clause && word_is(word - 1, "pulang") &&
           word_is_one_of(word - 2, let);
}

/* "perbatasan sama Blitar": on the other side. */
static bool is_neighbour(const struct text *text, size_t cue) {
    static const char *const borders[] = {"perbatasan", "batas", "berbatasan", NULL};
    static const char *const with[] = {"sama", "dengan", "karo", "ambek", "antara", NULL};
    const struct word *word = &text->words[cue];
    return cue && word_is_one_of(word, with) && word_is_one_of(word - 1, borders) &&
           word->clause == word[-1].clause;
}

/* "Riwayat rawat RSJ Menur". */
static bool is_case_history(const struct text *text, size_t cue) {
    static const char *const stays[] = {"rawat", "dirawat", "opname", "inap", NULL};
    size_t at = cue;
    while (at && word_is_one_of(&text->words[at], stays) &&
           text->words[at - 1].clause == text->words[cue].clause)
        at--;
    return word_is(&text->words[at], "riwayat");
}

/* Whether the name stands right before it. */
static bool is_behind_name(const struct text *text, size_t at, const struct place_name *name) {
    return name && name->last + 1u == at && text->words[name->last].sentence == text->words[at].sentence;
}

/* "Rujukan PKM Tragah", "Rujukan Polsek Mejayan: ...": of whom it is, and not to whom. */
static bool is_referral_of(const struct text *text, size_t cue) {
    static const char *const clinics[] = {"puskesmas", "pkm", "pustu", "posyandu", "bidan", NULL};
    static const char *const offices[] = {"polsek", "polres", "polresta", "koramil", "rsud", "rsj", "rs",
        "satpol", "dinsos", "kecamatan", NULL};
    static const char *const referrals[] = {"rujukan", "dirujuk", NULL};
    const struct word *word = &text->words[cue];
    if (!word_is_one_of(word, referrals) || cue + 1 >= text->count || word->clause != word[1].clause)
        return false;
    return word_is_one_of(word + 1, clinics) ||
           (word->flags & WORD_OPENS && word_is_one_of(word + 1, offices));
}

/* "dijemput hanya sampai Surabaya": how far somebody is brought; "sudah sampai Surabaya" is there. */
static bool is_only_as_far(const struct text *text, size_t cue) {
    static const char *const only[] = {"hanya", "cuma", NULL};
    const struct word *word = &text->words[cue];
    return cue && word_is(word, "sampai") && word->clause == word[-1].clause &&
           word_is_one_of(word - 1, only);
}

/* What the word before a name and its words of kind says. */
static enum place_role role_of_cue(const struct place_index *index, const struct text *text, size_t cue,
    const struct place_name *name, const struct place_name *before) {
    static const char *const lines[] = {"jalur", "bus", "bis", "kereta", "travel", "angkot", "tol", "elf",
        "bison", "mikrolet", "angkudes", "trayek", NULL};
    static const char *const left[] = {"pindah", "pindahan", "pulang", NULL};
    static const char *const claimed[] = {"katanya", "mengaku", "ngakunya", NULL};
    const struct word *word = &text->words[cue];
    if (is_let_go(text, cue) || is_neighbour(text, cue) || is_case_history(text, cue))
        return ROLE_FROM;
    if (word_is(word, "jalur") && is_behind_name(text, cue, before))
        return ROLE_FAR; /* "Gondang, jalur Pacet" */
    if (is_back_from_visit(text, cue))
        return ROLE_TELLER;
    if (cue && is_dari(word) && word_is_one_of(word - 1, left))
        return ROLE_BOUND; /* "sejak pindah dari Lumajang": whatever happens is no longer there */
    if (is_to_be_sent_home(index, text, cue, name))
        return ROLE_TELLER;
    if (is_boarded(index, text, cue, name) || is_news(text, cue, name->last))
        return ROLE_BOUND;
    if (cue && word_is(word, "warga") && word[-1].clause == word->clause && is_claim(word - 1))
        return ROLE_BOUND; /* "mengaku warga Kendal": as "mengaku dari Kendal" */
    if (is_from(word) || (word_is(word, "anak") && cue && is_teller(text, cue - 1)))
        return role_of_from(text, cue);
    if (word_is_one_of(word, lines) && is_line(index, text, name))
        return ROLE_BOUND; /* "saya sopir elf Pare - Surabaya" */
    if (is_teller_by_trade(text, cue))
        return ROLE_TELLER;
    if (is_on_card(text, cue) || is_former(text, cue))
        return ROLE_FROM;
    if (is_trait(word))
        return ROLE_BOUND;
    if (is_referral_of(text, cue))
        return ROLE_TELLER;
    if (is_bound(word))
        return role_of_bound(text, cue, name, before);
    if (is_far(text, cue) || is_only_as_far(text, cue))
        return ROLE_FAR;
    if (word_is(word, "datang") && (is_before(text, cue, wishes) || is_before(text, cue, claimed)))
        return ROLE_BOUND; /* Javanese "bade dateng", will go to, and "jare teko", says that he is from */
    return place_word_is_in(text, cue) ? role_of_in(text, cue, name->last, before) : ROLE_EVENT;
}

/* What holds only for places outside of the site: who is from there and writes is stranded here ("saya dari
 * Kupang, dompet hilang"; "rumah di Cilacap"), and so is whom an office here writes of ("Rujukan Polsek
 * Mejayan: L/33 th warga Cirebon"). before: the name before, or NULL. */
static enum place_role role_elsewhere(const struct place_index *index, const struct text *text, size_t cue,
    enum place_role role, const struct place_name *before) {
    const struct word *word = &text->words[cue];
    bool home = cue && word_is(word, "di") && word_is(word - 1, "rumah") && word[-1].flags & WORD_OPENS;
    bool own = cue && (is_teller(text, cue - 1) || is_teller_behind_call(text, cue - 1));
    bool theirs = role == ROLE_EVENT && word_is(word, "warga") && before && before->role == ROLE_TELLER &&
                  place_entries_name_served(index, before->entries);
    return home || theirs || (role == ROLE_TELLER && is_from(word) && own) ? ROLE_FROM : role;
}

/* "saya tinggal di Wiyung". begin: of the name and its words of kind. */
static bool is_home(const struct text *text, size_t begin) {
    return begin >= 3 && word_is(&text->words[begin - 1], "di") &&
           word_is(&text->words[begin - 2], "tingal") && is_teller(text, begin - 3);
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

/* "yang mau saya laporkan ibu saya di". at: "laporkan". */
static bool is_reported(const struct text *text, size_t at) {
    static const char *const reported[] = {"laporin", "laporkan", "dilaporkan", "laporno", NULL};
    static const char *const which[] = {"yang", NULL};
    return word_is_one_of(&text->words[at], reported) && is_before(text, at, which);
}

/* "kejadiannya di rumah saya Cermee", "TKP Dampit", "ralat, yang benar Dampit". */
static bool is_scene(const struct text *text, size_t first) {
    static const char *const scenes[] = {
        "kejadian", "kejadianya", "kejadiane", "lokasi", "lokasinya", "lokasine", "tkp", "tkpnya", NULL};
    if (is_belonging(text, first))
        return true;
    if (first >= 2 && word_is(&text->words[first - 1], "benar") && word_is(&text->words[first - 2], "yang"))
        return true;
    for (size_t i = first;
         i-- && i + SCENE_REACH >= first && text->words[i].clause == text->words[first].clause;)
        if (word_is_one_of(&text->words[i], scenes) || is_reported(text, i))
            return true;
    return false;
}

/* "RSJ Lawang telepon keluarga kami": whoever calls from there speaks of somebody at home. */
static bool is_calling(const struct text *text, const struct place_name *name) {
    static const char *const calls[] = {"telepon", "menelepon", "mengabari", "ngabari", "kabari",
        "menghubungi", "hubungi", "menolak", "nolak", "bilang", NULL};
    const struct word *word = &text->words[name->last];
    return name->last + 1u < text->count && word->clause == word[1].clause && word_is_one_of(word + 1, calls);
}

bool place_word_is_in(const struct text *text, size_t at) {
    const struct word *word = &text->words[at];
    if (word_is(word, "di"))
        return true;
    return word_is(word, "kalau") && word->end - word->start == 3 &&
           strncasecmp(text->bytes + word->start, "nek", 3) == 0 && at + 1 < text->count &&
           word[1].clause == word->clause && word[1].flags & WORD_CAPITAL;
}

bool place_text_is_of_dead(const struct text *text) {
    static const char *const dead[] = {"jenazah", "jenasah", "mayat", "jasad", NULL};
    return any_word_is_one_of(text, 0, text->count, dead);
}

bool place_text_is_of_worker_abroad(const struct text *text) {
    static const char *const workers[] = {"tkw", "tki", "pmi", NULL};
    return any_word_is_one_of(text, 0, text->count, workers);
}

bool place_text_is_of_abroad(const struct text *text) {
    static const char *const countries[] = {"malaysia", "taiwan", "hongkong", "korea", "kamboja", "myanmar",
        "brunei", "singapura", "saudi", "arab", "jepang", "dubai", "sabah", "sarawak", "johor", "deportasi",
        "dideportasi", "deportan", NULL};
    return place_text_is_of_worker_abroad(text) || any_word_is_one_of(text, 0, text->count, countries);
}

/* "tiba besok pagi di Juanda": between the two stands when. at: behind the words of time. */
static size_t time_begin(const struct text *text, size_t at) {
    static const char *const times[] = {"besok", "pagi", "siang", "sore", "malam", "nanti", "ini", "lusa",
        "jam", "pukul", "hari", "sekitar", "dini", "subuh", "senin", "selasa", "rabu", "kamis", "jumat",
        "sabtu", "mingu", "depan", NULL};
    while (at && text->words[at - 1].clause == text->words[at].clause &&
           (word_is_one_of(&text->words[at - 1], times) || text->words[at - 1].flags & WORD_NUMBER))
        at--;
    return at;
}

/* "nanti malam landing surabaya": its airport. */
static bool is_flown_to(const struct text *text, size_t begin) {
    static const char *const lands[] = {"mendarat", "landing", "transit", NULL};
    return place_text_is_of_abroad(text) && begin &&
           (word_is_one_of(&text->words[begin - 1], lands) ||
               (begin >= 2 && word_is(&text->words[begin - 1], "di") &&
                   word_is_one_of(&text->words[begin - 2], lands)));
}

/* "besok tiba di Juanda": where those land who are on their way home. begin: of the name and its words of
 * kind. */
static bool is_landing(const struct text *text, const struct place_name *name, size_t begin) {
    static const char *const lands[] = {"tiba", "mendarat", "landing", "transit", NULL};
    static const char *const arrives[] = {"sampai", "nyampe", "nyampai", "tekan", "datang", "dapa'", "dhapa'",
        "sandar", "bersandar", "merapat", "berlabuh", NULL};
    static const char *const in[] = {"di", "ke", "ka", NULL};
    static const char *const fetched[] = {"jemput", "dijemput", "njemput", "jemputnya", NULL};
    size_t at = begin && word_is_one_of(&text->words[begin - 1], in) ? begin - 1 : begin;
    if (at && at < begin && word_is_one_of(&text->words[at - 1], fetched) && place_text_is_of_abroad(text))
        return true; /* "dideportasi dari Korea, siapa yang jemput di Juanda" */
    at = time_begin(text, at);
    if (at >= 2 && is_dari(&text->words[at - 2]))
        at = time_begin(text, at - 2); /* "tiba dari Brunei nanti malam di Juanda" */
    return at && text->words[at - 1].clause == text->words[name->first].clause &&
           (word_is_one_of(&text->words[at - 1], lands) ||
               (word_is_one_of(&text->words[at - 1], arrives) &&
                   (place_text_is_of_dead(text) || place_text_is_of_abroad(text))));
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
    for (size_t i = name->last + 1u; i < text->count && i < name->last + 1u + SEEN_REACH; i++)
        if (text->words[i].clause == word->clause && word_is_one_of(&text->words[i], reports))
            return true;
    return false;
}

/* "rumahnya", "omahe": Javanese "-e" is read away. */
static bool is_their_home(const struct text *text, size_t at) {
    static const char *const homes[] = {"rumahnya", "rumahnyo", "omahnya", "alamatnya", NULL};
    const struct word *word = &text->words[at];
    return word_is_one_of(word, homes) || (word_is(word, "rumah") && text->bytes[word->end - 1] == 'e');
}

/* "kesasar di Puger, omahe Yosowilangun", "ketemu di Puger, katanya rumahnya di Lumajang": who was found is
 * where the name before says. */
static bool is_home_of_found(
    const struct text *text, const struct place_name *name, const struct place_name *before) {
    size_t at = name->first;
    while (at &&
           (place_marker_is_level(place_marker_of(&text->words[at - 1])) || place_word_is_in(text, at - 1)))
        at--;
    if (!before || before->role != ROLE_EVENT || !at || at - 1 <= before->last ||
        !is_their_home(text, at - 1))
        return false;
    for (size_t i = before->first; i-- && i + SCENE_REACH >= before->first;)
        if (text->words[i].clause == text->words[before->first].clause && is_found(&text->words[i]))
            return true;
    return false;
}

static enum place_role role_of(const struct place_index *index, const struct text *text,
    struct place_name *name, const struct place_name *before) {
    bool mere = before && before->word && !before->capital &&
                !place_entries_agree(index, before->entries, name->entries); /* "dari panti Magetan" */
    size_t begin = kind_begin(text, name->first, before && !mere ? before->last + 1u : 0);
    if (before && is_continued(index, text, before, begin, name->entries)) {
        name->road = before->road && is_line(index, text, before);
        name->landing = before->landing && place_entries_agree(index, before->entries, name->entries);
        return before->role;
    }
    if (is_home_of_found(text, name, before))
        return ROLE_FROM;
    name->home = is_home(text, begin);
    name->landing =
        (index->entries[name->entries].landmark || is_flown_to(text, begin)) && is_landing(text, name, begin);
    name->calling =
        (index->entries[name->entries].landmark || name->marker == MARKER_TOWN) && is_calling(text, name);
    name->road = is_road(index, text, name, begin);
    if (name->road)
        return ROLE_BOUND;
    bool office = has_office(text, begin, name->first) || place_name_is_reporter(text, name);
    if (!begin || !place_text_goes_on(text, begin - 1))
        return office ? ROLE_TELLER : ROLE_EVENT;
    enum place_role role = role_of_cue(index, text, begin - 1, name, before);
    if (!place_entries_name_served(index, name->entries) && place_entries_name_regency(index, name->entries))
        role = role_elsewhere(index, text, begin - 1, role, before);
    return role == ROLE_EVENT && office ? ROLE_TELLER : role;
}

/* "dibawa ke RSUD Sidoarjo", "ke dinsos kab Blitar": the office of one's own regency. */
static bool is_own_office(const struct text *text, const struct place_name *name) {
    static const char *const offices[] = {"rsud", "polres", "polresta", "dinsos", NULL};
    const struct word *word = &text->words[name->first];
    if (!name->first || word->clause != word[-1].clause)
        return false;
    if (name->first >= 2 && name->marker == MARKER_REGENCY && word[-1].clause == word[-2].clause)
        return word_is_one_of(word - 1, offices) || word_is_one_of(word - 2, offices);
    return word_is_one_of(word - 1, offices);
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

/* "pantai Munjungan", "jembatan Mojoroto", "depan bank Ngunut": of all that is called after a place these lie
 * in it. */
static bool is_nature(const struct text *text, const struct place_name *name) {
    static const char *const natures[] = {
        "pantai", "jembatan", "bank", "toko", "hotel", "gang", "perumahan", "perum", NULL};
    return name->marker == MARKER_STREET && name->first &&
           word_is_one_of(&text->words[name->first - 1], natures);
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
           word_is_one_of(&text->words[in - 2], works) && !is_before(text, in - 2, wishes);
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
    return word_is_one_of(word - 1, estates)
               ? word_is(word - 2, "di")
               : word_is_one_of(word - 1, shops) && word_is_one_of(word - 2, fronts);
}

/* "saya orang Nganjuk", "Sy asli Jember", "aku wong Tuban": of the teller. */
static bool is_origin_of_teller(const struct text *text, const struct place_name *name) {
    static const char *const native[] = {"orang", "asli", "asal", "dari", NULL};
    static const char *const me[] = {"saya", "kami", NULL};
    static const char *const called[] = {"pak", "bu", "min", "mas", "mbak", "kakak", "maf", "tolong", NULL};
    const struct word *word = &text->words[name->first];
    return name->first >= 2 && word->clause == word[-2].clause && word_is_one_of(word - 1, native) &&
           word_is_one_of(word - 2, me) &&
           (word[-2].flags & WORD_OPENS || (name->first >= 3 && word_is_one_of(word - 3, called)));
}

/* "saya kerja di Denpasar", "saya orang Nganjuk, kerja di Sidoarjo": and is there. */
static bool is_own_work(
    const struct text *text, const struct place_name *name, const struct place_name *before) {
    static const char *const works[] = {"kerja", "bekerja", "kuliah", "ngekos", "kos", "merantau", NULL};
    static const char *const links[] = {
        "tapi", "tp", "namun", "sekarang", "lagi", "sudah", "lama", "dan", "saya", "yang", NULL};
    const size_t first = name->first;
    size_t in = first;
    while (in && is_between(&text->words[in - 1]) && text->words[in - 1].clause == text->words[first].clause)
        in--;
    if (in < 2 || !word_is(&text->words[in - 1], "di") || !word_is_one_of(&text->words[in - 2], works) ||
        text->words[first].clause != text->words[in - 2].clause)
        return false;
    if (in >= 3 && is_teller(text, in - 3) && text->words[first].clause == text->words[in - 3].clause)
        return true;
    if (!before || !is_origin_of_teller(text, before) ||
        text->words[before->last].sentence != text->words[first].sentence)
        return false;
    for (size_t i = before->last + 1u; i + 2 < in; i++)
        if (!word_is_one_of(&text->words[i], links) &&
            !place_marker_is_level(place_marker_of(&text->words[i]))) /* "asli Kediri kota" */
            return false;
    return true;
}

/* Relatives, of whom nobody knows whether they are where the teller is. */
static bool is_of_relatives(const struct text *text) {
    static const char *const kin[] = {"ibu", "ibuku", "bapak", "bapaku", "ayah", "nenek", "kakek", "adik",
        "adiku", "kakak", "kakaku", "ortu", "ortuku", "tua", "mertua", "keluarga", "paman", "bibi",
        "keponakan", NULL};
    return any_word_is_one_of(text, 0, text->count, kin);
}

/* "saya asal Bojonegoro, ngekos dan kerja pabrik di Krian": where somebody lives who says from where he is.
 * Where the teller only works he is, too, but may tell of relatives at home. */
static bool is_settled(
    const struct text *text, const struct place_name *name, const struct place_name *before) {
    static const char *const from[] = {"asal", "asli", "asalnya", "aslinya", NULL};
    static const char *const lives[] = {
        "ngekos", "kos", "indekos", "ngontrak", "kontrak", "tingal", "menetap", "domisili", NULL};
    static const char *const works[] = {"kerja", "bekerja", "buruh", NULL};
    static const char *const fills[] = {"tapi", "tp", "namun", "sekarang", "lagi", "sudah", "lama", "dan",
        "saya", "yang", "baru", "masih", "sambil", "pabrik", "jadi", "karyawan", "sendiri", "toko", "di",
        NULL};
    const size_t first = name->first;
    size_t in = first;
    if (!before || !before->first || text->words[before->last].sentence != text->words[first].sentence)
        return false;
    size_t cue = before->first - 1u;
    while (cue && place_marker_is_level(place_marker_of(&text->words[cue])))
        cue--;
    while (in && is_between(&text->words[in - 1]) && text->words[in - 1].clause == text->words[first].clause)
        in--;
    if (in <= before->last + 1u || !word_is(&text->words[in - 1], "di") ||
        !word_is_one_of(&text->words[cue], from) || is_of_relatives(text))
        return false;
    bool is_home = false, is_work = false;
    for (size_t i = before->last + 1u; i + 1 < in; i++) {
        bool lived = word_is_one_of(&text->words[i], lives), worked = word_is_one_of(&text->words[i], works);
        if (!lived && !worked && !word_is_one_of(&text->words[i], fills))
            return false;
        is_home = is_home || lived;
        is_work = is_work || worked;
    }
    return is_home || (is_work && word_is(&text->words[cue], "asal") && is_origin_of_teller(text, before));
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

void place_role_read(const struct place_index *index, const struct text *text, struct place_name *name,
    const struct place_name *before) {
    name->role = role_of(index, text, name, before);
    name->office = is_own_office(text, name);
    name->returned = name->role == ROLE_FAR && is_returned_to(text, name);
    name->own_work = is_own_work(text, name, before);
    name->settled = is_settled(text, name, before);
    bool regency = place_entries_name_regency(index, name->entries);
    if (regency ? is_work_place(text, name) : is_shop_of_owner(text, name))
        name->marker = MARKER_IN;
    name->towards = is_direction(text, name, before);
    name->square = is_square(text, name);
    name->port = is_port(text, name);
    name->nature = is_nature(text, name);
    name->front = name->nature && is_in_front(text, name);
    name->belongs = is_belonging(text, name->first);
    name->scene = name->role == ROLE_EVENT && is_scene(text, name->first);
}
