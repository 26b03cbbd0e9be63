/* Names that are beside the matter, where the message as a whole tells: what somebody only wants in a place,
 * where a child is kept, where the teller works who tells of home, and where they were lured to who are from
 * here. Read when the roles of all names are known (place_settle.c). */
#include "services/triage/place_cues.h"

enum {
    WISH_REACH = 6,   /* "mau ikut pengajian ibu-ibu di" */
    KEPT_REACH = 4,   /* "anaknya dititipkan ke neneknya di" */
    LOSS_REACH = 8,   /* "di Sidoarjo jadi tidak tahu harus lapor" */
    TRADE_REACH = 3,  /* "jualan nasi goreng di" */
    LURED_REACH = 14, /* "ke Denpasar diajak pacar kenalan FB, ternyata dijual" */
    TURN_REACH = 3    /* "ternyata di sana dijual" */
};

/* What is done to victims. */
static bool is_suffered(const struct word *word) {
    static const char *const suffered[] = {"dipasung", "dirantai", "dikurung", "dipukul", "dipukuli",
        "diancam", "disekap", "dijual", "disiksa", "dianiaya", "telantar", "terlantar", "dicabuli",
        "diperkosa", "dihajar", "dipaksa", "diusir", "kdrt", "dibacok", "ditendang", "sakit", "hilang",
        "lapar", "kelaparan", "dinikahkan", NULL};
    return word_is_one_of(word, suffered);
}

/* "di", before the name and its words of kind; 0: it is not "in". */
static size_t in_before(const struct text *text, const struct place_name *name) {
    const uint32_t clause = text->words[name->first].clause;
    size_t at = name->first;
    while (at && text->words[at - 1].clause == clause && place_word_is_between(&text->words[at - 1]))
        at--;
    return at && text->words[at - 1].clause == clause && place_word_is_in(text, at - 1) ? at - 1 : 0;
}

/* "mau manggung di Surabaya", "ingin ketemu suaminya di Semarang": nobody is there. in: "di". */
static bool is_wish(const struct text *text, size_t in) {
    static const char *const wishes[] = {
        "mau", "ingin", "hendak", "pengen", "kepingin", "akan", "bade", "badhe", "ajeng", NULL};
    static const char *const for_what[] = {"mangung", "jualan", "dagang", "kerja", "bekerja", "konser",
        "ngamen", "mengamen", "bertemu", "menemui", "cari", "mencari", "nyari", "pengajian", "ngaji",
        "kuliah", "mondok", "sekolah", "merantau", "ikut", "nikah", "menikah", "ziarah", "nyusul", "menyusul",
        "main", "jenguk", "menjenguk", "jadi", NULL};
    bool purpose = false;
    for (size_t i = in; i-- && i + WISH_REACH >= in && text->words[i].clause == text->words[in].clause;) {
        if (is_suffered(&text->words[i]))
            return false; /* "mau cari adik saya yang hilang di" */
        if (purpose && word_is_one_of(&text->words[i], wishes))
            return true;
        purpose = purpose || word_is_one_of(&text->words[i], for_what);
    }
    return false;
}

/* "dipukuli suami, anak saya titipkan di Jombang": out of the way of what happens, if nothing happens there.
 * in: "di". */
static bool is_child_kept(const struct text *text, size_t in, size_t last) {
    static const char *const children[] = {"anak", "anaknya", "anaku", "bayi", "bayinya", "balita",
        "balitanya", "anake", "anaknyo", "cucunya", NULL};
    static const char *const kept[] = {"dititip", "dititipkan", "titipkan", "titip", "dititipno", "diasuh",
        "diungsikan", "dirawat", "ikut", NULL};
    bool is_kept = false, is_child = false, is_victim = false;
    for (size_t i = in; i-- && i + KEPT_REACH + 2 > in && text->words[i].clause == text->words[in].clause;) {
        is_kept = is_kept || word_is_one_of(&text->words[i], kept);
        is_child = is_child || word_is_one_of(&text->words[i], children);
    }
    if (!is_kept || !is_child)
        return false;
    for (size_t i = 0; i < in; i++)
        is_victim = is_victim || is_suffered(&text->words[i]);
    for (size_t i = last + 1; i < text->count && is_victim; i++)
        if (is_suffered(&text->words[i]))
            return false;
    return is_victim;
}

/* "Saya di Sidoarjo tidak tahu harus lapor ke siapa": who asks is elsewhere than who needs help. */
static bool is_at_a_loss(const struct text *text, size_t last) {
    static const char *const lost[] = {"bingung", "tahu", "tau", "mengerti", "paham", NULL};
    static const char *const where[] = {
        "lapor", "melapor", "laporan", "hubungi", "menghubungi", "mengadu", "ngadu", NULL};
    bool is_lost = false;
    for (size_t i = last + 1; i < text->count && i <= last + LOSS_REACH; i++) {
        const struct word *word = &text->words[i];
        if (word->sentence != text->words[last].sentence)
            return false;
        is_lost = is_lost || (word_is_one_of(word, lost) && (word_is(word, "bingung") || word->negator >= 0 ||
                                                                word[-1].flags & WORD_NEGATOR));
        if (is_lost && word_is_one_of(word, where))
            return true;
    }
    return false;
}

/* "di desa ibuku", "di kampung saya", "di kampung": at home. at: "desa". */
static bool is_home_village(const struct text *text, size_t at) {
    static const char *const villages[] = {"desa", "kampung", "dusun", "kampungku", NULL};
    static const char *const whose[] = {"saya", "kami", "halaman", "ibu", "ibuku", "bapak", "bapaku", "ayah",
        "ayahku", "nenek", "neneku", "kakek", "kakeku", "orang", "ortu", "mertua", "suami", "istri", NULL};
    const struct word *word = &text->words[at];
    if (!at || !word_is_one_of(word, villages) || !word_is(word - 1, "di") || word->clause != word[-1].clause)
        return false;
    return at + 1 >= text->count || word->clause != word[1].clause || word_is_one_of(word + 1, whose) ||
           is_suffered(word + 1);
}

/* "ini di desa ibuku", "adikku di kampung dipukuli": it happens at home; "orang tua di kampung tidak tahu" is
 * about who is there. at: "desa". */
static bool is_event_at_home(const struct text *text, size_t at) {
    static const char *const scenes[] = {
        "ini", "kejadian", "kejadianya", "lokasi", "lokasinya", "kejadiane", NULL};
    if (!is_home_village(text, at))
        return false;
    if (at >= 2 && text->words[at].clause == text->words[at - 2].clause &&
        (word_is_one_of(&text->words[at - 2], scenes) || is_suffered(&text->words[at - 2])))
        return true;
    for (size_t i = at + 1; i < text->count && i <= at + 2; i++)
        if (text->words[i].clause == text->words[at].clause && is_suffered(&text->words[i]))
            return true;
    return false;
}

static bool is_any(const struct text *text, bool (*is)(const struct text *, size_t)) {
    for (size_t i = 1; i < text->count; i++)
        if (is(text, i))
            return true;
    return false;
}

/* "saya kuliah di Surabaya", "saya sendiri kerja di", "perantau asal Agam jualan nasi di": of the teller. in:
 * "di". */
static bool is_work_of_teller(const struct text *text, size_t in) {
    static const char *const works[] = {"kerja", "bekerja", "kuliah", "ngekos", "kos", "merantau", "jualan",
        "dagang", "berdagang", "warung", "toko", "kuli", "buruh", "usaha", "rantau", "tingal", NULL};
    static const char *const me[] = {"saya", "kami", "perantau", NULL};
    const uint32_t clause = text->words[in].clause;
    size_t at = in;
    while (at && at + TRADE_REACH > in && text->words[at - 1].clause == clause &&
           !word_is_one_of(&text->words[at - 1], works))
        at--;
    if (!at || text->words[at - 1].clause != clause || !word_is_one_of(&text->words[at - 1], works))
        return false;
    const bool opens = text->words[at - 1].flags & WORD_OPENS; /* "Perantau Solok, jualan di" */
    while (at && (opens ? text->words[at - 1].sentence == text->words[in].sentence
                        : text->words[at - 1].clause == clause))
        at--;
    return word_is_one_of(&text->words[at], me);
}

/* "saya ikut anak di Sidoarjo", "tinggal sama anak di Bekasi": with whom somebody lives. in: "di". */
static bool is_living_with(const struct text *text, size_t in) {
    static const char *const kin[] = {
        "anak", "anaku", "menantu", "suami", "istri", "cucu", "ortu", "kakak", "adik", NULL};
    static const char *const with[] = {"ikut", "numpang", "menumpang", "sama", "bersama", "rumah", NULL};
    size_t at = in;
    if (at && word_is(&text->words[at - 1], "saya"))
        at--;
    return at >= 2 && word_is_one_of(&text->words[at - 1], kin) &&
           word_is_one_of(&text->words[at - 2], with) && text->words[at - 2].clause == text->words[in].clause;
}

/* "saya sekarang ikut anak di Sidoarjo", "Ikut cucu di Batam": the old, who tell of home. in: "di". */
static bool is_teller_with_children(const struct text *text, size_t in) {
    static const char *const young[] = {"anak", "anaku", "menantu", "cucu", NULL};
    static const char *const fills[] = {"sekarang", "lagi", "sudah", "sementara", "rumah", "di", NULL};
    static const char *const with[] = {"ikut", "numpang", "menumpang", "tingal", "sama", "bersama", NULL};
    static const char *const me[] = {"saya", "kami", NULL};
    size_t at = in;
    if (!is_living_with(text, in))
        return false;
    if (word_is(&text->words[at - 1], "saya"))
        at--;
    if (!word_is_one_of(&text->words[--at], young))
        return false;
    while (at && !(text->words[at].flags & WORD_OPENS) &&
           (word_is_one_of(&text->words[at - 1], with) || word_is_one_of(&text->words[at - 1], fills)))
        at--;
    return text->words[at].flags & WORD_OPENS || (at && word_is_one_of(&text->words[at - 1], me));
}

/* "tiap bulan pulang ke Trebungan", "sebulan sekali mudik ke": at home, where one does not live. */
static bool is_home_often(const struct text *text, const struct place_name *name) {
    static const char *const often[] = {
        "tiap", "setiap", "sering", "kerap", "sekali", "rutin", "biasa", NULL};
    static const char *const home[] = {"pulang", "mudik", "balik", NULL};
    size_t at = name->first;
    while (at && place_marker_is_level(place_marker_of(&text->words[at - 1])))
        at--;
    return at >= 2 && word_is(&text->words[at - 1], "ke") && word_is_one_of(&text->words[at - 2], home) &&
           text->words[at - 2].clause == text->words[name->first].clause &&
           place_cue_has_before(text, at - 2, often);
}

/* "kabur ke Denpasar diajak pacar, ternyata dijual": it happens where they were lured to. */
static bool is_lured_to(const struct text *text, const struct place_name *name) {
    static const char *const goes[] = {
        "kabur", "lari", "minggat", "dibawa", "pergi", "berangkat", "diajak", "dikirim", "ikut", NULL};
    static const char *const turns[] = {"ternyata", "malah", "sekarang", "sana", "justru", NULL};
    static const char *const deeds[] = {"dijual", "disekap", "dipaksa", "dikurung", "dijadikan",
        "dipekerjakan", "disiksa", "diperkosa", "ditahan", "dijebak", NULL};
    size_t turned = 0;
    if (!name->first || !word_is(&text->words[name->first - 1], "ke") ||
        !place_cue_has_before(text, name->first - 1u, goes) || place_cue_is_wished(text, name->first - 1u))
        return false;
    for (size_t i = name->last + 1u; i < text->count && i <= name->last + (size_t)LURED_REACH; i++) {
        if (word_is_one_of(&text->words[i], turns))
            turned = i;
        if (turned && i <= turned + TURN_REACH && word_is_one_of(&text->words[i], deeds))
            return true;
    }
    return false;
}

/* Whether it is told from where somebody is who is abroad: "kami semua asal Robatal". */
static bool is_origin_named(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const from[] = {"asal", "asalnya", "warga", "orang", NULL};
    for (size_t i = 0; i < names->count; i++) {
        const struct place_name *other = &names->names[i];
        if (i != at && other->role <= ROLE_FROM && other->first && !other->word &&
            place_cue_has_before(text, other->first, from) &&
            place_entries_name_served(index, other->entries) &&
            !place_entries_agree(index, other->entries, names->names[at].entries))
            return true;
    }
    return false;
}

/* Home, to which somebody often goes from the place where he lives with others. */
static bool home_settle(
    const struct place_index *index, const struct text *text, struct place_names *names, size_t at) {
    for (size_t i = 0; i < names->count; i++) {
        struct place_name *name = &names->names[i];
        if (i == at || place_entries_agree(index, name->entries, names->names[at].entries) ||
            !is_home_often(text, name))
            continue;
        name->role = ROLE_TELLER;
        if (i + 1 < names->count && place_name_is_beside(index, text, name, name + 1))
            name[1].role = ROLE_TELLER;
        return true;
    }
    return false;
}

/* What stands behind "di". */
static bool is_aside_in(
    const struct place_index *index, const struct text *text, struct place_names *names, size_t at) {
    const struct place_name *name = &names->names[at];
    const size_t in = in_before(text, name);
    if (!in)
        return false;
    if (is_living_with(text, in) && home_settle(index, text, names, at))
        return true;
    if (is_work_of_teller(text, in) && is_any(text, is_event_at_home))
        return true;
    if (names->count < 2)
        return false;
    if (is_at_a_loss(text, name->last))
        return place_names_have_elsewhere(index, text, names, at, ROLE_EVENT) ||
               (place_text_is_of_abroad(text) && is_origin_named(index, text, names, at));
    return place_names_have_elsewhere(index, text, names, at, ROLE_TELLER) &&
           (is_wish(text, in) || is_child_kept(text, in, name->last) || is_teller_with_children(text, in) ||
               (is_work_of_teller(text, in) && is_any(text, is_home_village)));
}

void place_names_set_aside(
    const struct place_index *index, const struct text *text, struct place_names *names) {
    for (size_t i = 0; i < names->count; i++) {
        struct place_name *name = &names->names[i];
        if (name->role <= ROLE_FAR && (!name->scene || name->victim) && is_aside_in(index, text, names, i))
            name->role = ROLE_BOUND;
        else if (name->role >= ROLE_FAR && !name->landing && is_lured_to(text, name) &&
                 !place_names_have_elsewhere(index, text, names, i, ROLE_TELLER))
            name->role = ROLE_EVENT;
    }
}
