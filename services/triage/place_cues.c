/* See place_cues.h. Lists of words are written as they are read: without doubled letters ("tingal",
 * "kejadianya") and in the spelling they are mended to. */
#include "services/triage/place_cues.h"

#include <string.h>

bool place_word_is_between(const struct word *word) {
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

bool place_cue_is_only_child(const struct text *text, size_t at) {
    static const char *const only[] = {"tungal", "semata", "sematawayang", NULL};
    const struct word *word = &text->words[at];
    return word_is(word, "anak") && at + 1 < text->count && word->clause == word[1].clause &&
           word_is_one_of(word + 1, only);
}

/* "anak kandungnya di Batam", "uangnya buat perempuan lain di Kediri", "selingkuhannya di Tuban": where whom
 * the message is not about is. */
static bool is_somebody_else(const struct text *text, size_t at) {
    static const char *const lovers[] = {"selingkuhan", "selingkuhanya", "selingkuhane", NULL};
    static const char *const own[] = {"kandungnya", "tirinya", "angkatnya", NULL};
    static const char *const kin[] = {"anak", "saudara", "kakak", "adik", "ibu", "ayah", "bapak", NULL};
    static const char *const women[] = {"perempuan", "wanita", "laki", "lelaki", "pria", NULL};
    const struct word *word = &text->words[at];
    if (word_is_one_of(word, lovers))
        return true;
    if (!at || word[-1].clause != word->clause)
        return false;
    return (word_is_one_of(word, own) && word_is_one_of(word - 1, kin)) ||
           (word_is(word, "lain") && word_is_one_of(word - 1, women));
}

/* "konseling keluarga di Bukittinggi": what there is, and nobody's family. */
static bool is_advice_for_families(const struct text *text, size_t at) {
    static const char *const advice[] = {
        "konseling", "konsultasi", "psikolog", "terapi", "mediasi", "pengadilan", "layanan", NULL};
    const struct word *word = &text->words[at];
    return at && word_is(word, "keluarga") && word->clause == word[-1].clause &&
           word_is_one_of(word - 1, advice);
}

bool place_cue_is_far(const struct text *text, size_t at) {
    static const char *const work[] = {"kerja", "bekerja", "kuliah", "merantau", "dinas", "majikan", "rantau",
        "polisi", "tentara", "dirawat", "marantau", NULL};
    static const char *const kin[] = {"saudara", "saudaranya", "kakaknya", "adiknya", "suaminya", "istrinya",
        "ibunya", "bapaknya", "anaknya", "keluarga", "keluarganya", "ortu", "ortunya", "orangtuanya",
        "tuanya", "mertua", "anake", "ibune", "ibuke", "dulure", "adike", "putrane", "anaknyo", "kakaknyo",
        "dunsanaknyo", "kenalan", "kenalanya", "calo", "agenya", "cucunya", "menantunya", "keponakanya",
        "besanya", NULL};
    static const char *const by[] = {"oleh", "sama", "dari", "1", "rumah", "alamat", "di", NULL};
    const struct word *word = &text->words[at];
    if (word_is_one_of(word, work) || place_cue_is_only_child(text, at) || is_somebody_else(text, at))
        return true;
    if (!word_is_one_of(word, kin))
        return is_one_of_parents(text, at);
    if (at && word_is(word, "tuanya") && word_is(word - 1, "orang"))
        word--; /* "di rumah orang tuanya di" */
    if (is_kept_with(text, (size_t)(word - text->words)) || is_advice_for_families(text, at))
        return false;
    return !(
        word > text->words && word->clause == word[-1].clause &&
        ((strncmp(word[-1].key, "di", 2) == 0 && word[-1].key_size > 4) || word_is_one_of(word - 1, by)));
}

bool place_word_is_past(const struct word *word) {
    static const char *const past[] = {"dulu", "dulunya", "sebelumnya", "tadinya", "awalnya", "pernah",
        "lahir", "mulanya", "semula", "asalnya", NULL};
    return word_is_one_of(word, past);
}

bool place_word_is_found(const struct word *word) {
    static const char *const found[] = {"ditemukan", "bertemu", "nemu", "menemukan", "terlihat", "berada",
        "kejadian", "kejadianya", "kejadiane", "lokasi", "lokasinya", "tkp", "tkpnya", "terdampar",
        "terlantar", "telantar", "keleleran", "tidur", "numpang", "sampai", "disekap", "dikurung", "pingsan",
        "tertingal", "ketingalan", "kesasar", "nyasar", "tersesat", NULL};
    return word_is_one_of(word, found);
}

bool place_word_is_bound(const struct word *word) {
    static const char *const bound[] = {"ke", "ka", "menuju", "tujuan", "tujuanya", "tujuane", "jurusan",
        "arah", "lewat", "via", "transit", "rute", "pulang", "mudik", "rujuk", "dirujuk", "rujukan", NULL};
    return word_is_one_of(word, bound);
}

bool place_word_is_claim(const struct word *word) {
    static const char *const claims[] = {
        "mengaku", "ngaku", "ngakunya", "ngakune", "menyebut", "nyebut", "jawabnya", "jawabe", NULL};
    return word_is_one_of(word, claims);
}

bool place_word_is_dari(const struct word *word) {
    static const char *const dari[] = {"dari", "seko", "seka", "saka", NULL};
    return word_is_one_of(word, dari);
}

bool place_word_is_from(const struct word *word) {
    static const char *const from[] = {"asal", "asalnya", "asale", "asli", "aslinya", "asline", "dari", "ktp",
        "ktpnya", "kelahiran", "rantau", "perantau", "perantauan", "orang", "perbatasan", "rumahnya",
        "omahnya", "rumahnyo", "asa", "identitas", "identitasnya", "beridentitas", "berktp", NULL};
    return word_is_one_of(word, from) || place_word_is_dari(word) || place_word_is_claim(word);
}

bool place_word_is_trait(const struct word *word) {
    static const char *const traits[] = {"logat", "logatnya", "bahasa", "bahasanya", "keturunan", "plat",
        "platnya", "nopol", "tulisan", "tulisanya", "bertuliskan", "judul", "judulnya", "berjudul", NULL};
    return word_is_one_of(word, traits);
}

bool place_word_is_trade(const struct word *word) {
    static const char *const trades[] = {"warga", "ojol", "gojek", "grab", "driver", "kurir", "sopir",
        "supir", "guru", "dosen", "mahasiswa", "mahasiswi", "santri", "perawat", "bidan", "kader", "relawan",
        "petugas", "pendamping", "pedagang", "tukang", "buruh", "satpam", "nelayan", "petani", NULL};
    return word_is_one_of(word, trades);
}

bool place_cue_is_teller(const struct text *text, size_t at) {
    static const char *const me[] = {"saya", "kami", NULL};
    static const char *const leads[] = {"posisi", "karena", "sekarang", "kebetulan", NULL};
    const struct word *word = &text->words[at];
    return word_is_one_of(word, me) && (word->flags & WORD_OPENS || (at && word_is_one_of(word - 1, leads)));
}

bool place_cue_is_teller_behind_call(const struct text *text, size_t at) {
    static const char *const called[] = {"pak", "bu", "min", "mas", "mbak", "kakak", "bang", "om", "maf",
        "tolong", "halo", "permisi", "malam", "siang", "pagi", "sore", NULL};
    static const char *const me[] = {"saya", "kami", NULL};
    const struct word *word = &text->words[at];
    return at && word_is_one_of(word, me) && word->clause == word[-1].clause &&
           word_is_one_of(word - 1, called);
}

bool place_cue_has_before(const struct text *text, size_t at, const char *const *keys) {
    for (size_t i = at; i-- && i + CUE_REACH >= at;) {
        if (text->words[i].clause != text->words[at].clause)
            return false;
        if (word_is_in(&text->words[i], keys))
            return true;
    }
    return false;
}

bool place_cue_is_wished(const struct text *text, size_t at) {
    static const char *const wishes[] = {"mau", "ingin", "akan", "hendak", "minta", "ongkos", "bisa",
        "pengen", "kepingin", "rencana", "ajeng", "bade", "badhe", "harus", "kudu", NULL};
    return place_cue_has_before(text, at, wishes);
}

bool place_cue_has_office(const struct text *text, size_t begin, size_t end) {
    static const char *const offices[] = {
        "dinsos", "kadinsos", "bupati", "pemkab", "pemkot", "walikota", "satpol", "dinas", NULL};
    return any_word_is_one_of(text, begin, end, offices);
}
