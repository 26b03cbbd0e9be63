/* "di Malang", "dari Malang": who is there, or comes from there, is told by the words before. */
#include "services/triage/place_cues.h"

#include <string.h>

enum {
    FILLS_MOST = 3, /* "saya sekarang sudah di Ngawi" */
    PAST_REACH = 2  /* "dulu tinggal di", but not "dulu dijemput petugas di" */
};

/* "waktu masih di Bekasi". */
static bool is_while_there(const struct text *text, size_t in) {
    static const char *const whiles[] = {"waktu", "sewaktu", "ketika", "pas", "sat", NULL};
    const struct word *di = &text->words[in];
    return in >= 2 && di->clause == di[-2].clause && word_is(di - 1, "masih") &&
           word_is_one_of(di - 2, whiles);
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

/* "saya barusan keluar dari lapas Lumajang": and is still there, if no other place is named. */
static bool is_let_out_lately(const struct text *text, size_t from) {
    static const char *const prisons[] = {"lapas", "rutan", "penjara", NULL};
    static const char *const out[] = {"keluar", "bebas", "lepas", NULL};
    static const char *const lately[] = {"baru", "barusan", "tadi", NULL};
    static const char *const me[] = {"saya", "kami", NULL};
    const struct word *word = &text->words[from];
    return from && from + 1 < text->count && word[-1].clause == word->clause &&
           word_is_one_of(word + 1, prisons) && word_is_one_of(word - 1, out) &&
           place_cue_has_before(text, from, lately) && place_cue_has_before(text, from, me);
}

/* "permohonan kursi roda dari Dampit". */
static bool is_application(const struct text *text, size_t from) {
    static const char *const applications[] = {"permohonan", "pengajuan", "usulan", "proposal", NULL};
    return place_cue_has_before(text, from, applications);
}

enum place_role place_role_of_from(const struct text *text, size_t from) {
    static const char *const tellers[] = {"saya", "kami", "lapor", "melapor", "laporan", "pelapor",
        "penelepon", "salam", "pesan", "informasi", "tanya", "warga", "kader", "petugas", "tksk", "guru",
        "dokter", "pengurus", "kabar", "nagari", "jorong", "camat", "kades", "lurah", "kadus", "perangkat",
        "babinsa", "menelepon", "menelpon", NULL}; /* "wali nagari dari Dharmasraya menyampaikan" */
    static const char *const things[] = {"kiriman", "paket", "titipan", "bingkisan", NULL};
    static const char *const native[] = {"orang", "anak", "asli", NULL};
    static const char *const mine[] = {"saya", "kami", NULL};
    static const char *const kin[] = {"bapak", "ayah", "ibu", "kakak", "adik", "anak", "suami", "istri",
        "nenek", "kakek", "keluarga", "rombongan", "teman", "tetanga", "saudara", "mertua", "keponakan",
        "paman", "bibi", NULL};
    static const char *const got[] = {"dapat", "terima", "ada", "ditelepon", "lewat", "via", "nomor", NULL};
    const struct word *word = &text->words[from], *before = from ? word - 1 : NULL;
    if (before && word_is(before, "telepon") && before->clause == word->clause && place_word_is_dari(word) &&
        !place_cue_has_before(text, from - 1, got))
        return ROLE_TELLER; /* "perempuan 28 th, telepon dari Sawahan" */
    if (from >= 2 && before->start == before[-1].start)
        before--; /* "kakakku dari", "pelaku dari": -ku is read as "saya" */
    if (place_word_is_claim(word) ||
        (before && (word_is_one_of(before, things) || place_word_is_claim(before))))
        return ROLE_BOUND;
    if (from && word_is(word, "orang") && word_is(word - 1, "ke"))
        return ROLE_BOUND; /* "dijual ke orang Surabaya" */
    if (word_is_one_of(word, native) && from && place_cue_is_teller(text, from - 1))
        return ROLE_TELLER;
    if (!place_word_is_dari(word))
        return ROLE_FROM;
    if (is_let_out_lately(text, from) || is_application(text, from))
        return ROLE_TELLER;
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

/* "rumah asli kami di": where somebody belongs who is elsewhere. at: the word before "kami" or "di". */
static bool is_home_of_origin(const struct text *text, size_t at) {
    static const char *const origin[] = {"asli", "asal", NULL};
    static const char *const homes[] = {"rumah", "alamat", NULL};
    const struct word *word = &text->words[at];
    return at && word->clause == word[-1].clause && word_is_one_of(word, origin) &&
           word_is_one_of(word - 1, homes);
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
           text->words[at].clause == text->words[at + 1].clause && place_word_is_dari(&text->words[at + 1]);
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
    bool own_child = far && word_is(word, "kandungnya") && word_is(word - 1, "anak");
    bool nothing_there = word_is_one_of(word, children) || own_child || place_cue_is_only_child(text, far) ||
                         is_unreached(text, last);
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
    return work && word_is_one_of(&text->words[work], works) && place_word_is_past(&text->words[work - 1]) &&
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
    return place_cue_has_before(text, at - 1, hearsay);
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
    return at && text->words[at - 1].clause == clause && place_cue_is_teller(text, at - 1);
}

/* "Kami keluarga di Tanah Datar": as "kami warga"; "keluarga kami di" is about them. */
static bool is_family_of_teller(const struct text *text, size_t in) {
    return in >= 2 && word_is(&text->words[in - 1], "keluarga") && word_is(&text->words[in - 2], "kami") &&
           text->words[in].clause == text->words[in - 2].clause && place_cue_is_teller(text, in - 2);
}

/* "saya kader di Jember", "saya guru tapi lagi di Padang": where the teller is, who says what he is. */
static bool is_place_of_trade(const struct text *text, size_t in) {
    static const char *const fills[] = {"tapi", "lagi", "sedang", "sekarang", NULL};
    const uint32_t sentence = text->words[in].sentence; /* "tapi" begins a clause */
    size_t at = in;
    while (at && word_is_one_of(&text->words[at - 1], fills))
        at--;
    if (at < 2 || text->words[at - 2].sentence != sentence || !place_word_is_trade(&text->words[at - 1]))
        return false;
    return place_cue_is_teller(text, at - 2) || place_cue_is_teller_behind_call(text, at - 2);
}

/* "kabar dari mamanya murid saya di Pagai Selatan": of there, wherever it is told. from: "dari". */
static bool is_news_of(const struct text *text, size_t from) {
    static const char *const news[] = {"kabar", "cerita", "berita", "telepon", "pesan", NULL};
    static const char *const media[] = {"radio", "suara", "wa", "singkat", "ht", NULL};
    const struct word *word = &text->words[from];
    if (from >= 2 && word[-1].clause == word->clause && word_is_one_of(word - 1, media))
        word--; /* "pesan radio dari guru di" */
    from = (size_t)(word - text->words);
    return from && word[-1].clause == word->clause && word_is_one_of(word - 1, news);
}

/* "telepon kakak di Sidoarjo, katanya jangan pulang": who is called is elsewhere. */
static bool is_telephoned(const struct text *text, size_t in) {
    static const char *const calls[] = {
        "telepon", "menelepon", "hubungi", "menghubungi", "kabari", "ngabari", "mengabari", NULL};
    static const char *const kin[] = {"kakak", "adik", "ibu", "bapak", "ayah", "paman", "bibi", "saudara",
        "anak", "suami", "istri", "mertua", "teman", "sepupu", NULL};
    static const char *const mine[] = {"saya", "kami", NULL};
    const uint32_t clause = text->words[in].clause;
    size_t at = in;
    if (at && word_is_one_of(&text->words[at - 1], mine))
        at--;
    return at >= 2 && text->words[at - 2].clause == clause && word_is_one_of(&text->words[at - 1], kin) &&
           word_is_one_of(&text->words[at - 2], calls);
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

/* "seperti kasus di Tuban tahun lalu", "mirip yang di Batam kemarin": what another case is like. */
static bool is_compared(const struct text *text, size_t in) {
    static const char *const like[] = {"seperti", "mirip", "sama", "persis", NULL};
    static const char *const cases[] = {"kasus", "kejadian", "yang", "kasusnya", "kejadianya", NULL};
    const struct word *di = &text->words[in];
    return in >= 2 && di->clause == di[-2].clause && word_is_one_of(di - 1, cases) &&
           word_is_one_of(di - 2, like);
}

/* "obatnya ambil di Tuban", "berobat di puskesmas Dampit": near home, if no other place is named. */
static bool is_treated(const struct text *text, size_t in) {
    static const char *const fetched[] = {"ambil", "beli", "tebus", "nebus", "kontrol", NULL};
    static const char *const medicine[] = {"obat", "obatnya", NULL};
    const struct word *di = &text->words[in];
    if (!in || di->clause != di[-1].clause)
        return false;
    if (word_is(di - 1, "berobat") || word_is(di - 1, "kontrol"))
        return !place_cue_is_wished(text, in - 1);
    return in >= 2 && di->clause == di[-2].clause &&
           ((word_is_one_of(di - 1, fetched) && word_is_one_of(di - 2, medicine)) ||
               (word_is_one_of(di - 2, fetched) && word_is_one_of(di - 1, medicine)));
}

/* "pelaku sudah diamankan di Polres Tuban", "bapaknya ditahan di": where the one is who did it. */
static bool is_culprit_held(const struct text *text, size_t in) {
    static const char *const held[] = {"diamankan", "ditahan", "dipenjara", "ditangkap", NULL};
    static const char *const culprits[] = {
        "pelaku", "pelakunya", "tersangka", "bapaknya", "ayahnya", "suaminya", NULL};
    size_t at = in;
    if (!at || !word_is_one_of(&text->words[at - 1], held))
        return false;
    at--;
    if (at && word_is(&text->words[at - 1], "sudah"))
        at--;
    return at && text->words[at - 1].clause == text->words[in].clause &&
           word_is_one_of(&text->words[at - 1], culprits);
}

/* "mau disumbangkan ke panti di Gresik": where help is offered. in: "di". */
static bool is_given_to(const struct text *text, size_t in) {
    static const char *const given[] = {
        "disumbangkan", "menyumbang", "nyumbang", "sumbang", "didonasikan", "donasi", "salurkan", NULL};
    static const char *const homes[] = {"panti", "yayasan", "pondok", "pesantren", "sekolah", NULL};
    return in >= 2 && text->words[in].clause == text->words[in - 2].clause &&
           word_is_one_of(&text->words[in - 1], homes) && word_is(&text->words[in - 2], "ke") &&
           place_cue_has_before(text, in - 2, given);
}

/* "saya bongkar semen di Sampang, terus lewat Pegantenan": where a driver loads he is only passing. */
static bool is_load_of_driver(const struct text *text, size_t in) {
    static const char *const loads[] = {"bongkar", "muat", "mbongkar", "ngirim", "kulakan", NULL};
    for (size_t i = in; i-- > 1 && i + CUE_REACH >= in && text->words[i].clause == text->words[in].clause;)
        if (word_is_one_of(&text->words[i], loads))
            return place_cue_is_teller(text, i - 1);
    return false;
}

/* "melepas dari kayu di Selorejo": where he was in bonds, and not from where he is. from: "dari". */
static bool is_freed_from(const struct text *text, size_t from) {
    static const char *const bonds[] = {
        "kayu", "balok", "pasung", "pasungan", "rantai", "kurungan", "ikatan", "kandang", "kerangkeng", NULL};
    return from + 1 < text->count && text->words[from].clause == text->words[from + 1].clause &&
           word_is_one_of(&text->words[from + 1], bonds);
}

/* "saya sendiri di Bekasi", "saya sekarang sudah di Ngawi", "saya jualan di pasar Dampit". */
static bool is_teller_in(const struct text *text, size_t in) {
    static const char *const fills[] = {"sendiri", "lagi", "sedang", "masih", "sudah", "sekarang", "ada",
        "jualan", "mengajar", "ngajar", "parkir", "dagang", "berdagang", "bertugas", "berada", "perantau",
        "tugas", "luar", "nulis", "menulis", "ini", NULL};
    const uint32_t clause = text->words[in].clause;
    size_t at = in;
    while (at > 1 && at + FILLS_MOST > in && text->words[at - 1].clause == clause &&
           word_is_one_of(&text->words[at - 1], fills))
        at--;
    return at && text->words[at - 1].clause == clause && place_cue_is_teller(text, at - 1);
}

/* Where somebody or something else is than what is told; ROLE_EVENT: nothing says so. */
static enum place_role role_aside(const struct text *text, size_t in, size_t last) {
    const struct word *di = &text->words[in];
    if (is_compared(text, in))
        return ROLE_FROM;
    if (is_culprit_held(text, in))
        return ROLE_FAR;
    if (is_treated(text, in))
        return ROLE_TELLER;
    if (in && word_is(di - 1, "kalau") && di[-1].flags & WORD_OPENS && last + 1 < text->count &&
        word_is(&text->words[last + 1], "kan"))
        return ROLE_FAR; /* "kalau di Tuban kan ada panti" */
    if (is_telephoned(text, in) || is_load_of_driver(text, in) || is_given_to(text, in))
        return ROLE_FAR;
    return ROLE_EVENT;
}

enum place_role place_role_of_in(
    const struct text *text, size_t in, size_t last, const struct place_name *before) {
    static const char *const home[] = {"pulang", "mudik", NULL};
    static const char *const sent[] = {"dibawa", "diajak", "dikirim", "dijual", "berangkat", "budal",
        "budhal", "mangkat", "lungo", "pergi", "tilik", "nengok", "jenguk", "menjenguk", "sambang",
        "nyambangi", "mengunjungi", NULL};
    static const char *const meant[] = {
        "mau", "ingin", "akan", "hendak", "pengen", "kepingin", "ajeng", "bade", "badhe", NULL};
    const struct word *di = &text->words[in];
    if (in && di->clause == di[-1].clause && word_is_one_of(di - 1, meant))
        return ROLE_BOUND; /* "arep nang Kalianget": Javanese "nang" is "to" as well */
    if ((is_offered(text, in) && !is_suffered_there(text, in, last)) || is_help_said_to_be(text, in))
        return ROLE_BOUND;
    if (is_while_there(text, in))
        return ROLE_FROM;
    if (is_teller_in(text, in))
        return ROLE_TELLER;
    if (is_stay_of_teller(text, in) || is_family_of_teller(text, in) || is_place_of_trade(text, in))
        return ROLE_TELLER;
    const enum place_role aside = role_aside(text, in, last);
    if (aside != ROLE_EVENT)
        return aside;
    if (in >= 2 && word_is(di - 1, "yang") && word_is(di - 2, "ada"))
        return ROLE_FAR; /* "anak-anaknya ada yang di Batam" */
    if (in && word_is(di - 1, "yang") && di[-1].flags & WORD_OPENS && before && before->role >= ROLE_FAR)
        return before->role; /* "anaknya di Solo, yang di Batam juga" */
    for (size_t i = in; i-- && i + CUE_REACH >= in;) {
        const struct word *word = &text->words[i];
        if (word->clause != di->clause || place_word_is_found(word))
            break;
        if (place_word_is_dari(word) && is_since(text, i))
            continue;
        if ((place_word_is_past(word) && (i + PAST_REACH >= in || is_left_behind(text, i, in))) ||
            is_home_of_origin(text, i))
            return ROLE_FROM;
        if (word_is(word, "dari") &&
            (is_hurt_when_back(text, i, last) || is_got_off(text, i) || is_freed_from(text, i)))
            return ROLE_EVENT;
        if (place_word_is_dari(word) && i + 1 < in && is_news_of(text, i))
            return ROLE_EVENT;
        if (word_is(word, "dari") && is_missed(text, i))
            return ROLE_TELLER;    /* unless it is told where he was found */
        if (word_is(word, "dari")) /* "dari desa di Lamongan"; "dari Sumenep yang mengajar di Waru" */
            return before && before->first > i && !before->word ? ROLE_EVENT : place_role_of_from(text, i);
        if (word_is_one_of(word, sent) && place_cue_is_wished(text, i))
            return ROLE_BOUND; /* "arep digowo nang Batam", "arep budal nang Surabaya" */
        if (place_cue_is_far(text, i) && i && word_is(word - 1, "ke") && place_cue_is_wished(text, i - 1))
            return ROLE_BOUND; /* "mau kembali ke keluarga di Tempeh" */
        if (is_work_of_old(text, i))
            return ROLE_BOUND;
        if (place_cue_is_far(text, i) && is_bridged(text, i, in))
            return is_returned(text, i) ? ROLE_EVENT : role_of_far(text, i, in, last);
        if (i + 1 < in &&
            place_cue_is_home_again(text, i + 1)) /* "sekarang pulang ke rumah mertua di Sampang" */
            return i >= 1 && word_is(&text->words[i - 1], "sekarang") ? ROLE_EVENT : ROLE_TELLER;
        if (word_is(word, "pulang") &&
            (place_cue_is_gone_home(text, i, in) || place_cue_is_home_lately(text, i)))
            return ROLE_TELLER;
        if (word_is_one_of(word, home) ||
            (word_is(word, "ke") && place_cue_is_wished(text, i) && !is_to_victims(text, i)))
            return ROLE_BOUND; /* "mau pulang ke ibu di Sampang", "mau ke desa yang di Klaten" */
    }
    return ROLE_EVENT;
}
