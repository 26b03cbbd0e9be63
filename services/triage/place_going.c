/* "ke Malang": somebody goes there, has gone there, was sent there, or came home. Known limit: who was
 * brought somewhere and came back. */
#include "services/triage/place_cues.h"

#include <string.h>

enum {
    SINCE_REACH = 4,   /* "Sitiung Dharmasraya sudah 4 bulan" */
    STOPPED_REACH = 5, /* "Pegantenan, Pamekasan. Ban belakang bocor" */
    STOP_REACH = 4     /* "Tiris kab Probolinggo mesti mampir" */
};

bool place_cue_is_home_again(const struct text *text, size_t bound) {
    static const char *const done[] = {
        "telah", "sudah", "la", "sekarang", "akhirnya", NULL}; /* Madurese "la molè" */
    return bound >= 2 && text->words[bound - 2].clause == text->words[bound].clause &&
           word_is(&text->words[bound - 1], "pulang") && word_is_one_of(&text->words[bound - 2], done);
}

bool place_cue_is_home_lately(const struct text *text, size_t home) {
    static const char *const lately[] = {"tadi", "barusan", "kemarin", "semalam", "baru", NULL};
    const struct word *word = &text->words[home];
    return home && home + 2 < text->count && word->clause == word[-1].clause && word_is(word, "pulang") &&
           word_is_one_of(word - 1, lately) && word_is(word + 1, "ke") && word_is(word + 2, "rumah") &&
           !place_cue_is_wished(text, home);
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
    if (!bound || !word_is(&text->words[bound - 1], "pulang") || place_cue_is_wished(text, bound - 1))
        return false;
    for (size_t i = last + 1; i + 1 < text->count && i <= last + SINCE_REACH; i++) {
        if (text->words[i].clause != text->words[last].clause)
            return false;
        if (text->words[i].flags & WORD_NUMBER && word_is_one_of(&text->words[i + 1], spans))
            return i + 2 >= text->count || !word_is(&text->words[i + 2], "lagi");
    }
    return false;
}

bool place_name_is_returned_to(const struct text *text, const struct place_name *name) {
    size_t bound = name->first;
    while (bound && place_marker_is_level(place_marker_of(&text->words[bound - 1])))
        bound--;
    return bound && word_is(&text->words[bound - 1], "ke") &&
           text->words[bound - 1].clause == text->words[name->first].clause &&
           (place_cue_is_home_again(text, bound - 1) || is_let_out(text, bound - 1) ||
               is_home_since(text, bound - 1, name->last));
}

/* "pulang ke Perak, tapi warga menolak", "pulang ke Dungkek Sumenep dan sekarang dirantai": who is back. */
static bool is_home_but(const struct text *text, size_t bound, size_t last) {
    static const char *const but[] = {"tapi", "tp", "namun", "malah", "ditolak", "sekarang", NULL};
    if (!bound || text->words[bound - 1].clause != text->words[bound].clause ||
        !word_is(&text->words[bound - 1], "pulang"))
        return false;
    for (size_t i = last + 1; i < text->count && i <= last + SEEN_REACH; i++)
        if (text->words[i].sentence == text->words[last].sentence && word_is_one_of(&text->words[i], but))
            return true;
    return false;
}

bool place_cue_is_gone_home(const struct text *text, size_t home, size_t in) {
    static const char *const me[] = {"saya", "kami", NULL};
    static const char *const later[] = {"besok", "nanti", "lusa", "belum", "tidak", NULL};
    static const char *const kin[] = {"ibu", "bapak", "ayah", "orang", "ortu", "mertua", "nenek", "kakek",
        "kakak", "adik", "paman", "bibi", "saudara", "mak", NULL};
    const struct word *word = &text->words[home];
    if (!home || word[-1].clause != word->clause || word->negator >= 0 || place_cue_is_wished(text, home) ||
        place_cue_has_before(text, home, later) || !word_is_one_of(word - 1, me))
        return false;
    return home + 3 < in && word_is(word + 1, "ke") && word_is(word + 2, "rumah") &&
           word_is_one_of(word + 3, kin);
}

/* "antar paket ke Jambangan Surabaya lihat anak dikunci": who sees something there is there. */
static bool is_seen_there(const struct text *text, size_t bound, size_t last) {
    static const char *const perhaps[] = {"kalau", "jika", "bila", NULL};
    static const char *const seen[] = {"lihat", "liat", "melihat", "ngeliat", "ngelihat", "nemu", "menemukan",
        "bertemu", "mergoki", "memergoki", NULL};
    for (size_t i = last + 1; i < text->count && i <= last + SEEN_REACH; i++)
        if (text->words[i].sentence == text->words[last].sentence && word_is_one_of(&text->words[i], seen))
            return !place_cue_has_before(text, bound, perhaps);
    return false;
}

/* "sering belanja ke Kota Pasuruan, di lampu merah ada anak": seen on a way that is gone often. */
static bool is_seen_on_errands(const struct text *text, size_t bound, size_t last) {
    static const char *const often[] = {
        "sering", "tiap", "setiap", "biasa", "biasanya", "rutin", "kerap", "acok", "acap", NULL};
    static const char *const homes[] = {"rumah", "kampung", "desa", "sini", "kene", "kos", NULL};
    static const char *const seen[] = {"ada", "lihat", "liat", "melihat", "nemu", "bertemu", NULL};
    const struct word *in = &text->words[last + 1];
    if (last + 2 >= text->count || !place_cue_has_before(text, bound, often) || !word_is(in, "di") ||
        !(in->flags & WORD_OPENS) || in->sentence != text->words[last].sentence ||
        word_is_one_of(in + 1, homes))
        return false;
    for (size_t i = last + 2; i < text->count && text->words[i].sentence == in->sentence; i++)
        if (word_is_one_of(&text->words[i], seen))
            return true;
    return false;
}

/* "kemarin saya ke pasar Dampit, ada nenek tidur di lantai": what is told lies at the end of the way. */
static bool is_seen_lately(const struct text *text, size_t bound, size_t last) {
    static const char *const lately[] = {"tadi", "barusan", "kemarin", "semalam", NULL};
    return last + 1 < text->count && word_is(&text->words[last + 1], "ada") &&
           text->words[last + 1].sentence == text->words[last].sentence &&
           place_cue_has_before(text, bound, lately);
}

/* "Habis dari Tuban saya lewat Dampit, ada nenek dirantai": what is seen next lies at the end of the way. */
static bool is_seen_after(
    const struct text *text, size_t bound, size_t last, const struct place_name *before) {
    static const char *const ways[] = {"ke", "lewat", NULL};
    static const char *const seen[] = {"ada", "lihat", "liat", "melihat", "nemu", "bertemu", NULL};
    const struct word *word = &text->words[bound];
    return last + 1 < text->count && word_is_one_of(word, ways) && !place_cue_is_wished(text, bound) &&
           before && before->first && text->words[before->first].clause == word->clause &&
           place_word_is_dari(&text->words[before->first - 1]) &&
           text->words[last + 1].sentence == word->sentence && word_is_one_of(&text->words[last + 1], seen);
}

/* "antar penumpang dari Surabaya ke Kebomas", "relawan dari Jember sudah geser ke Kencong": the end of a way
 * that is behind them. before: the name before, or NULL. */
static bool is_reached(const struct text *text, size_t bound, const struct place_name *before) {
    static const char *const reached[] = {"antar", "ngantar", "mengantar", "nganter", "sampai", "tiba",
        "datang", "geser", "bergeser", "lari", "kabur", "mengungsi", "diungsikan", "nyasar", "kesasar", NULL};
    return before && before->role == ROLE_FROM && before->first &&
           text->words[before->first].clause == text->words[bound].clause &&
           place_word_is_dari(&text->words[before->first - 1]) &&
           (place_cue_has_before(text, bound, reached) ||
               place_cue_has_before(text, before->first, reached)) &&
           !place_cue_is_wished(text, bound) && !place_cue_is_wished(text, before->first);
}

/* "ke", and Minangkabau and Madurese "ka": "cubo tengok ka Talamau", "la molè ka Omben". */
static bool is_to(const struct word *word) {
    static const char *const to[] = {"ke", "ka", NULL};
    return word_is_one_of(word, to);
}

/* "jalan-jalan ke alun2 Batu", "piknik RT ke Papuma", "libur panjang, sekeluarga ke Jogja"; "jalan ke Kampak"
 * is a road. */
static bool is_outing(const struct text *text, size_t bound) {
    static const char *const outings[] = {"piknik", "wisata", "rekreasi", "healing", "tour", "tur", "touring",
        "turing", "camping", "kemping", "tamasya", "plesir", "sekeluarga", "libur", "ziarah", NULL};
    const struct word *word = &text->words[bound];
    if (is_to(word) && place_cue_has_before(text, bound, outings))
        return true;
    return bound && word_is(word - 1, "jalan") && word[-1].flags & WORD_DOUBLED &&
           word[-1].clause == word->clause;
}

/* "kalau naik ke Tiris kab Probolinggo mesti mampir warungnya": where somebody stops whenever he passes. */
static bool is_always_stopped_at(const struct text *text, size_t bound, size_t last) {
    static const char *const whenever[] = {"kalau", "tiap", "setiap", "saben", NULL};
    static const char *const always[] = {"mesti", "selalu", "biasa", "biasanya", "sering", "pasti", NULL};
    static const char *const stops[] = {"mampir", "berhenti", "istirahat", "ngopi", "singah", NULL};
    if (!place_cue_has_before(text, bound, whenever))
        return false;
    for (size_t i = last + 1; i + 1 < text->count && i <= last + STOP_REACH; i++)
        if (text->words[i + 1].sentence == text->words[last].sentence &&
            word_is_one_of(&text->words[i], always) && word_is_one_of(&text->words[i + 1], stops))
            return true;
    return false;
}

/* "pulangnya lewat Pegantenan, Pamekasan. Ban belakang bocor": where a driver has to stop. bound: "lewat". */
static bool is_stopped_on_the_way(const struct text *text, size_t bound, size_t last) {
    static const char *const stopped[] = {"bocor", "mogok", "pecah", "kempes", "berhenti", NULL};
    static const char *const drives[] = {"ban", "truk", "mobil", "motor", "mesin", "saya", NULL};
    if (!word_is(&text->words[bound], "lewat") || place_cue_is_wished(text, bound))
        return false;
    bool is_drive = false;
    for (size_t i = last + 1; i < text->count && i <= last + STOPPED_REACH; i++) {
        is_drive = is_drive || word_is_one_of(&text->words[i], drives);
        if (is_drive && word_is_one_of(&text->words[i], stopped))
            return text->words[i].negator < 0;
    }
    return false;
}

/* "kirim dari Padang ke Muara Bungo": of goods on their way both ends are only ends. before: the name before,
 * or NULL. */
static bool is_freight(const struct text *text, size_t bound, const struct place_name *before) {
    static const char *const carries[] = {"kirim", "mengirim", "ngirim", "muat", NULL};
    return before && before->role == ROLE_FROM && before->first &&
           text->words[before->first].clause == text->words[bound].clause &&
           place_word_is_dari(&text->words[before->first - 1]) &&
           place_cue_has_before(text, before->first, carries);
}

/* "kontrol kakak saya ke RSUD Wahidin Kota Mojokerto kelewat": most go to that of their own regency. */
static bool is_own_hospital(const struct text *text, size_t bound, size_t last) {
    static const char *const hospitals[] = {"rsud", NULL};
    static const char *const visits[] = {"kontrol", "berobat", "periksa", NULL};
    return word_is(&text->words[bound], "ke") && any_word_is_one_of(text, bound + 1, last + 1, hospitals) &&
           place_cue_has_before(text, bound, visits);
}

/* "2x kelewat kontrol ke puskesmas Krucil", "surat pengantar ke KUA Tlogosari": everybody goes to his own. */
static bool is_own_clinic(const struct text *text, size_t bound, size_t first) {
    static const char *const clinics[] = {"puskesmas", "pkm", "pustu", "posyandu", NULL};
    static const char *const visits[] = {"kontrol", "berobat", "periksa", "imunisasi", "obat", NULL};
    static const char *const registries[] = {"kua", NULL};
    return word_is(&text->words[bound], "ke") && (any_word_is_one_of(text, bound + 1, first, registries) ||
                                                     (any_word_is_one_of(text, bound + 1, first, clinics) &&
                                                         place_cue_has_before(text, bound, visits)));
}

/* "8 relawan siap ke Candipuro": where help is offered. */
static bool is_ready_to_help(const struct text *text, size_t bound) {
    static const char *const goes[] = {"turun", "berangkat", "meluncur", "terjun", "diterjunkan", NULL};
    static const char *const helpers[] = {"relawan", "tim", "kami", "tagana", "komunitas", "ormas", NULL};
    size_t at = bound;
    if (at && word_is_one_of(&text->words[at - 1], goes))
        at--;
    return at && word_is(&text->words[bound], "ke") && word_is(&text->words[at - 1], "siap") &&
           text->words[at - 1].clause == text->words[bound].clause && text->words[at - 1].negator < 0 &&
           place_cue_has_before(text, at, helpers);
}

/* "cubo tengok ka Talamau", "tolong cek ke Pasaman Barat": where somebody is asked to look it is. */
static bool is_asked_to_look(const struct text *text, size_t bound) {
    static const char *const looks[] = {"cek", "dicek", "tengok", "lihat", "liat", "tinjau", NULL};
    static const char *const asks[] = {"coba", "cubo", "tolong", "mohon", NULL};
    const struct word *word = &text->words[bound];
    return bound >= 2 && is_to(word) && word->clause == word[-2].clause && word_is_one_of(word - 1, looks) &&
           word_is_one_of(word - 2, asks);
}

/* "main2 ke Kokop", "silakan cek langsung ke Panggul", "datanglah ke Robatal": who does not believe it is
 * told where to look. */
static bool is_invited(const struct text *text, size_t bound) {
    static const char *const fills[] = {"langsung", "saja", "sini", "pak", "bu", NULL};
    static const char *const orders[] = {
        "main", "dolan", "datanglah", "mainlah", "lihatlah", "lihat", "cek", NULL};
    static const char *const goes[] = {"main", "dolan", "datang", "cek", "lihat", "tengok", "mampir", NULL};
    static const char *const asks[] = {
        "coba", "cubo", "silakan", "silahkan", "mongo", "sini", "cobalah", "percaya", NULL};
    const uint32_t clause = text->words[bound].clause;
    size_t at = bound;
    while (at && text->words[at - 1].clause == clause && word_is_one_of(&text->words[at - 1], fills))
        at--;
    if (!at || !is_to(&text->words[bound]) || text->words[at - 1].clause != clause)
        return false;
    const struct word *word = &text->words[at - 1];
    return (word->flags & WORD_OPENS && word_is_one_of(word, orders)) ||
           (word_is_one_of(word, goes) && place_cue_has_before(text, at - 1, asks));
}

enum place_role place_role_of_bound(
    const struct text *text, size_t bound, const struct place_name *name, const struct place_name *before) {
    static const char *const looks[] = {"terlihat", "dilihat", "kelihatan", NULL};
    static const char *const near[] = {"arah", "lewat", NULL}; /* "di angkot arah Tambaksari" */
    static const char *const arrived[] = {"sampai", "tiba", "datang", "masuk", "meluap", "merembet", "lari",
        "kabur", "dibuang", "balik", "dibawa", "diantar", "mengungsi", "diungsikan", "kembali", "dipindah",
        "dipulangkan", "coba", "cubo", "cek", "tolong", "mohon", "mampir", "bawa", "antar", "ngantar",
        "mengantar", "nganter", "kesasar", "nyasar", "tersesat", NULL};
    static const char *const told[] = {"lapor", "melapor", "mengadu", "telepon", "pindah", "kirim",
        "mengirim", "mengajukan", "ajukan", "tanya", NULL};
    static const char *const visited[] = {"visit", "kunjungan", "berkunjung", "asesmen", "survei", "liburan",
        "nengok", "menjenguk", "jenguk", "takziah", "blusukan", NULL};
    static const char *const me[] = {"saya", "kami", NULL};
    if (word_is(&text->words[bound], "arah") && bound &&
        text->words[bound].clause == text->words[bound - 1].clause &&
        word_is_one_of(&text->words[bound - 1], looks))
        return ROLE_EVENT; /* "terakhir dilihat arah pasar Panarukan" */
    if (is_seen_after(text, bound, name->last, before) || is_stopped_on_the_way(text, bound, name->last))
        return ROLE_EVENT;
    if (word_is_one_of(&text->words[bound], near))
        return ROLE_FAR;
    if (word_is(&text->words[bound], "ke") && place_cue_has_office(text, bound + 1, name->first) &&
        place_cue_has_before(text, bound, me))
        return ROLE_FAR; /* "saya ke dinsos kab Jember mau urus": everybody goes to his own */
    if (is_own_clinic(text, bound, name->first))
        return ROLE_TELLER;
    if (is_ready_to_help(text, bound) || is_own_hospital(text, bound, name->last))
        return ROLE_FAR;
    if (is_freight(text, bound, before))
        return ROLE_BOUND;
    if (is_asked_to_look(text, bound) || is_invited(text, bound))
        return ROLE_TELLER;
    if (!is_to(&text->words[bound]) || place_cue_is_wished(text, bound))
        return ROLE_BOUND;
    if (is_seen_there(text, bound, name->last))
        return ROLE_EVENT;
    if (is_seen_on_errands(text, bound, name->last) || is_seen_lately(text, bound, name->last) ||
        is_always_stopped_at(text, bound, name->last))
        return ROLE_TELLER;
    if (place_cue_is_home_again(text, bound) || is_let_out(text, bound) ||
        is_home_but(text, bound, name->last) || is_home_since(text, bound, name->last))
        return ROLE_FAR;
    if (place_cue_has_before(text, bound, told) || place_cue_has_before(text, bound, visited) ||
        is_outing(text, bound))
        return ROLE_TELLER;
    if (is_reached(text, bound, before))
        return ROLE_TELLER;
    return place_cue_has_before(text, bound, arrived) ? ROLE_FAR : ROLE_BOUND;
}
