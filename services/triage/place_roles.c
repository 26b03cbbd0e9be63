/* What a named place is to the event (enum place_role): the words before a name and its words of kind tell,
 * "asal", "menuju", "saya di", "kerja di", "dulu tinggal di"; what says nothing is where it happened. What
 * "di", "dari" and "ke" say stands in place_being.c and place_going.c. */
#include "services/triage/place_cues.h"

#include <string.h>
#include <strings.h>

enum {
    KINDS_BEFORE = 4, /* "ke dinas sosial kabupaten": words of kind between a preposition and its name */
    HEADING_MOST = 3, /* "Ibu muda korban dari Ngawi: ..." */
    SCENE_REACH = 5,  /* "kejadiannya di rumah saudara saya Wajak" */
    PASSED_REACH = 5, /* "tiba hari Senin melalui Batam" */
    NEWS_REACH = 6    /* "nonton berita gempa besar kemarin di" */
};

/* "perlintasan KA Gedangan": a train, and not Minangkabau "ka", to. */
static bool is_train(const struct text *text, size_t at) {
    static const char *const tracks[] = {
        "perlintasan", "palang", "rel", "stasiun", "jalur", "jembatan", "sinyal", "penumpang", NULL};
    const struct word *word = &text->words[at];
    return at && word_is(word, "ka") && word_is_one_of(word - 1, tracks) && word->clause == word[-1].clause;
}

/* "bidan pulang dari Batuputih": who has been there on duty tells of what is there. from: "dari". */
static bool is_back_from_visit(const struct text *text, size_t from) {
    static const char *const workers[] = {"bidan", "kader", "petugas", "perawat", "mantri", "pendamping",
        "relawan", "tagana", "penyuluh", "tksk", "tim", "dokter", NULL};
    static const char *const back[] = {"pulang", "balik", "kembali", NULL};
    static const char *const lately[] = {"baru", "barusan", "saja", "tadi", "habis", "sudah", NULL};
    const uint32_t clause = text->words[from].clause;
    size_t at = from;
    if (!at || !place_word_is_dari(&text->words[from]) || text->words[at - 1].clause != clause ||
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
    if (!from || !place_word_is_dari(word) || word[-1].clause != word->clause ||
        !word_is_one_of(word - 1, sent) || !place_entries_name_regency(index, name->entries) ||
        index->entries[name->entries].landmark)
        return false;
    for (size_t i = from - 1; i-- && text->words[i].sentence == word->sentence;)
        if (word_is_one_of(&text->words[i], asked))
            return true;
    return false;
}

/* Part of the name of a hospital or terminal, and no preposition; "dr" is read as "dari". */
static bool is_proper(const struct word *word) {
    return (word_is(word, "dari") && word->end - word->start == 2) ||
           (place_marker_of(word) == MARKER_NONE && !place_word_is_bound(word) && !place_word_is_from(word) &&
               !place_word_is_trait(word) && !place_word_is_past(word));
}

/* Where the name and the words of kind before it begin. A hospital has a name of its own ("ke RSJ Menur
 * Surabaya"), which is skipped. limit: where the name before ended. */
static size_t kind_begin(const struct text *text, size_t first, size_t limit) {
    size_t at = first;
    for (int skipped = 0; at > limit && skipped < KINDS_BEFORE && place_text_goes_on(text, at - 1);
         skipped++) {
        if (place_word_is_between(&text->words[at - 1]) || is_train(text, at - 1))
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

/* "Malang-Surabaya", "Jombang - Babat". */
static bool is_dash_behind(const struct text *text, const struct word *word) {
    return text_byte(text, word->end) == '-' ||
           (text_byte(text, word->end) == ' ' && text_byte(text, word->end + 1) == '-');
}

/* A line between two towns: "bus Malang-Surabaya", "jalur Jombang - Babat", "travel surabaya jogja". */
static bool is_line(const struct place_index *index, const struct text *text, const struct place_name *name) {
    const struct word *word = &text->words[name->last];
    size_t used;
    if (name->last + 1u >= text->count)
        return false;
    if (is_dash_behind(text, word))
        return true;
    uint32_t next =
        word->clause == word[1].clause ? place_index_find(index, text, name->last + 1u, &used) : 0;
    return is_town(index, next) && !place_entries_agree(index, name->entries, next);
}

/* "melek Banyuwangi sampai Bukittinggi": from one town to another, and at neither. "Dari" before it is asked
 * elsewhere. */
static bool is_range(
    const struct place_index *index, const struct text *text, const struct place_name *name) {
    const size_t to = name->last + 1u;
    size_t used;
    if (to + 1 >= text->count || !word_is(&text->words[to], "sampai") ||
        text->words[to + 1].clause != text->words[name->last].clause ||
        !place_entries_name_regency(index, name->entries))
        return false;
    uint32_t next = place_index_find(index, text, to + 1, &used);
    return place_entries_name_regency(index, next) && !place_entries_agree(index, name->entries, next);
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
    bool dash = is_dash_behind(text, word);
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
    if (cue >= 2 && place_marker_of(&text->words[cue]) == MARKER_NONE &&
        place_word_is_trade(&text->words[cue - 1]))
        cue--; /* "saya sopir truk Lumajang" */
    return cue && place_word_is_trade(&text->words[cue]) && place_cue_is_teller(text, cue - 1);
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
            if (place_word_is_bound(&text->words[i]) || place_marker_of(&text->words[i]) == MARKER_IN)
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
    if (!place_word_is_dari(&text->words[from]) || !place_cue_has_before(text, from, rides))
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
    return from >= 2 && place_word_is_dari(word) && word[-2].clause == word->clause &&
           word_is(word - 1, "pulang") && word_is_one_of(word - 2, let);
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

/* "Nenek dari Padang Panjang Barat: ...": who heads the message tells it. from: "dari". */
static bool is_heading_from(const struct text *text, size_t from, const struct place_name *name) {
    return from && from <= HEADING_MOST && text->words[from].clause == text->words[0].clause &&
           place_word_is_dari(&text->words[from]) && text_byte(text, text->words[name->last].end) == ':';
}

/* "Satpol PP menyerahkan perempuan ODGJ 25 th dari pelabuhan Mayangan": where somebody was picked up, and not
 * where he is from. from: "dari". */
static bool is_handed_over_from(const struct text *text, size_t from, const struct place_name *name) {
    static const char *const handed[] = {"menyerahkan", "diserahkan", "serahkan", "menitipkan", "dititipkan",
        "mengamankan", "diamankan", "mengevakuasi", "dievakuasi", "evakuasi", "terjaring", "menjaring", NULL};
    static const char *const spots[] = {"pelabuhan", "terminal", "stasiun", "pasar", "alun", "bandara",
        "taman", "emperan", "trotoar", "halte", "kolong", "perempatan", "pertigan", NULL};
    if (!place_word_is_dari(&text->words[from]) ||
        !any_word_is_one_of(text, from + 1, name->first + 1u, spots))
        return false;
    for (size_t i = from; i-- && text->words[i].clause == text->words[from].clause;)
        if (word_is_one_of(&text->words[i], handed))
            return true;
    return false;
}

/* "rumah", "rumah saya". at: the last of it. */
static bool is_home_that_opens(const struct text *text, size_t at) {
    static const char *const mine[] = {"saya", "kami", NULL};
    if (at && word_is_one_of(&text->words[at], mine) && text->words[at].clause == text->words[at - 1].clause)
        at--;
    return word_is(&text->words[at], "rumah") && text->words[at].flags & WORD_OPENS;
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
    if (is_back_from_visit(text, cue) || is_heading_from(text, cue, name))
        return ROLE_TELLER;
    if (is_handed_over_from(text, cue, name))
        return ROLE_EVENT;
    if (cue && place_word_is_dari(word) && word_is_one_of(word - 1, left))
        return ROLE_BOUND; /* "sejak pindah dari Lumajang": whatever happens is no longer there */
    if (is_to_be_sent_home(index, text, cue, name))
        return ROLE_TELLER;
    if (is_boarded(index, text, cue, name) || is_news(text, cue, name->last))
        return ROLE_BOUND;
    if (cue && word_is(word, "warga") && word[-1].clause == word->clause && place_word_is_claim(word - 1))
        return ROLE_BOUND; /* "mengaku warga Kendal": as "mengaku dari Kendal" */
    if (place_word_is_from(word) || (word_is(word, "anak") && cue && place_cue_is_teller(text, cue - 1)))
        return place_role_of_from(text, cue);
    if (word_is_one_of(word, lines) && is_line(index, text, name))
        return ROLE_BOUND; /* "saya sopir elf Pare - Surabaya" */
    if (is_teller_by_trade(text, cue))
        return ROLE_TELLER;
    if (is_on_card(text, cue) || is_former(text, cue))
        return ROLE_FROM;
    if (place_word_is_trait(word))
        return ROLE_BOUND;
    if (is_referral_of(text, cue))
        return ROLE_TELLER;
    if (place_word_is_bound(word))
        return place_role_of_bound(text, cue, name, before);
    if (place_cue_is_far(text, cue) || is_only_as_far(text, cue))
        return ROLE_FAR;
    if (word_is(word, "datang") && cue && place_word_is_from(word - 1) && word[-1].clause == word->clause)
        return ROLE_FROM; /* Javanese "asale teko" */
    if (word_is(word, "datang") &&
        (place_cue_is_wished(text, cue) || place_cue_has_before(text, cue, claimed)))
        return ROLE_BOUND; /* Javanese "bade dateng", will go to, and "jare teko", says that he is from */
    return place_word_is_in(text, cue) ? place_role_of_in(text, cue, name->last, before) : ROLE_EVENT;
}

/* What holds only for places outside of the site: who is from there and writes is stranded here ("saya dari
 * Kupang, dompet hilang"; "rumah di Cilacap"), and so is whom an office here writes of ("Rujukan Polsek
 * Mejayan: L/33 th warga Cirebon"). before: the name before, or NULL. */
static enum place_role role_elsewhere(const struct place_index *index, const struct text *text, size_t cue,
    enum place_role role, const struct place_name *before) {
    const struct word *word = &text->words[cue];
    bool home = cue && word_is(word, "di") && is_home_that_opens(text, cue - 1);
    bool own = cue && (place_cue_is_teller(text, cue - 1) || place_cue_is_teller_behind_call(text, cue - 1));
    bool theirs = role == ROLE_EVENT && word_is(word, "warga") && before && before->role == ROLE_TELLER &&
                  place_entries_name_served(index, before->entries);
    return home || theirs || (role == ROLE_TELLER && place_word_is_from(word) && own) ? ROLE_FROM : role;
}

/* "saya tinggal di Wiyung". begin: of the name and its words of kind. */
static bool is_home(const struct text *text, size_t begin) {
    return begin >= 3 && word_is(&text->words[begin - 1], "di") &&
           word_is(&text->words[begin - 2], "tingal") && place_cue_is_teller(text, begin - 3);
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
    return word_is_one_of(&text->words[at], reported) && place_cue_has_before(text, at, which);
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

/* "..., di kampungnya Sumenep katanya ada orang dirantai": what somebody tells of home. */
static bool is_told_of_village(const struct text *text, const struct place_name *name) {
    static const char *const villages[] = {"kampungnya", "kampuangnyo", "desanya", "dusunya", NULL};
    const struct word *word = &text->words[name->first];
    if (name->first < 2 || !word_is_one_of(word - 1, villages) || !word_is(word - 2, "di") ||
        !(word[-2].flags & WORD_OPENS) || word->clause != word[-2].clause)
        return false;
    for (size_t i = name->last + 1u; i < text->count && i <= name->last + (size_t)SEEN_REACH; i++)
        if (text->words[i].clause == word->clause && word_is(&text->words[i], "ada"))
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

/* "nanti malam landing surabaya", "kapal sandar Surabaya": its airport or port. */
static bool is_flown_to(const struct text *text, size_t begin) {
    static const char *const lands[] = {
        "mendarat", "landing", "transit", "turun", "sandar", "bersandar", "merapat", "berlabuh", NULL};
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
        "turun", "sandar", "bersandar", "merapat", "berlabuh", NULL};
    static const char *const in[] = {"di", "ke", "ka", NULL};
    static const char *const fetched[] = {"jemput", "dijemput", "njemput", "jemputnya", NULL};
    size_t at = begin && word_is_one_of(&text->words[begin - 1], in) ? begin - 1 : begin;
    if (at && at < begin && word_is_one_of(&text->words[at - 1], fetched) && place_text_is_of_abroad(text))
        return true; /* "dideportasi dari Korea, siapa yang jemput di Juanda" */
    at = time_begin(text, at);
    if (at >= 2 && place_word_is_dari(&text->words[at - 2]))
        at = time_begin(text, at - 2); /* "tiba dari Brunei nanti malam di Juanda" */
    return at && text->words[at - 1].clause == text->words[name->first].clause &&
           (word_is_one_of(&text->words[at - 1], lands) ||
               (word_is_one_of(&text->words[at - 1], arrives) &&
                   (place_text_is_of_dead(text) || place_text_is_of_abroad(text))));
}

/* "deportan dijadwalkan tiba hari Senin melalui Batam", "berangkatnya lewat Juanda": where somebody only
 * passes on the way into the country or out of it. begin: of the name and its words of kind. */
static bool is_passed_through(const struct text *text, const struct place_name *name, size_t begin) {
    static const char *const through[] = {"lewat", "melalui", "via", NULL};
    static const char *const leaves[] = {
        "berangkat", "berangkatnya", "diberangkatkan", "terbang", "terbangnya", NULL};
    static const char *const arrives[] = {"tiba", "dipulangkan", "dideportasi", "masuk", "pulang", NULL};
    const size_t at = begin ? begin - 1 : 0;
    if (!begin || !word_is_one_of(&text->words[at], through) ||
        text->words[at].clause != text->words[name->first].clause)
        return false;
    for (size_t i = at; i-- && i + PASSED_REACH >= at && text->words[i].clause == text->words[at].clause;)
        if (word_is_one_of(&text->words[i], leaves) ||
            (word_is_one_of(&text->words[i], arrives) && place_text_is_of_abroad(text)))
            return true;
    return false;
}

/* "dari Juanda ke rumah tidak tahu naik apa", "dari bandara pulangnya naik apa": the last leg of who comes
 * from abroad. begin: of the name and its words of kind. */
static bool is_on_last_leg(const struct text *text, const struct place_name *name, size_t begin) {
    static const char *const homes[] = {"rumah", "rumahnya", "kampung", "desa", NULL};
    static const char *const home[] = {"pulang", "pulangnya", "kerumah", NULL};
    const struct word *next = &text->words[name->last] + 1, *end = text->words + text->count;
    while (begin && word_is(&text->words[begin - 1], "bandara"))
        begin--;
    if (!begin || !place_word_is_dari(&text->words[begin - 1]) || next >= end ||
        next->clause != next[-1].clause)
        return false;
    bool is_homeward = word_is_one_of(next, home) ||
                       (word_is(next, "ke") && next + 1 < end && word_is_one_of(next + 1, homes));
    return is_homeward && (place_text_is_of_abroad(text) || place_text_is_of_dead(text));
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
        if (text->words[i].clause == text->words[before->first].clause &&
            place_word_is_found(&text->words[i]))
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
    name->landing = ((index->entries[name->entries].landmark || is_flown_to(text, begin)) &&
                        is_landing(text, name, begin)) ||
                    is_passed_through(text, name, begin) || is_on_last_leg(text, name, begin);
    name->calling =
        (index->entries[name->entries].landmark || name->marker == MARKER_TOWN) && is_calling(text, name);
    name->road = is_road(index, text, name, begin);
    if (name->road || is_range(index, text, name))
        return ROLE_BOUND;
    bool office = place_cue_has_office(text, begin, name->first) || place_name_is_reporter(text, name);
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
    while (in && place_word_is_between(&text->words[in - 1]) &&
           text->words[in - 1].clause == text->words[name->first].clause)
        in--;
    return in >= 2 && word_is(&text->words[in - 1], "di") &&
           text->words[in - 2].clause == text->words[name->first].clause &&
           word_is_one_of(&text->words[in - 2], works) && !place_cue_is_wished(text, in - 2);
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
    while (in && place_word_is_between(&text->words[in - 1]) &&
           text->words[in - 1].clause == text->words[first].clause)
        in--;
    if (in < 2 || !word_is(&text->words[in - 1], "di") || !word_is_one_of(&text->words[in - 2], works) ||
        text->words[first].clause != text->words[in - 2].clause)
        return false;
    if (in >= 3 && place_cue_is_teller(text, in - 3) &&
        text->words[first].clause == text->words[in - 3].clause)
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
    while (in && place_word_is_between(&text->words[in - 1]) &&
           text->words[in - 1].clause == text->words[first].clause)
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
    name->returned = name->role == ROLE_FAR && place_name_is_returned_to(text, name);
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
    name->scene = name->role == ROLE_EVENT && (is_scene(text, name->first) || is_told_of_village(text, name));
}
