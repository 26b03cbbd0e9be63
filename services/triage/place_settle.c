/* What a place is to the event where only the other places of the message, or words far from it, tell: "orang
 * tua saya di Lawang, saya sendiri di Bekasi". What stands beside a name is read before (place_roles.c). */
#include "services/triage/place_parts.h"
#include "services/triage/sieve.h"

#include <string.h>
#include <strings.h>

enum {
    THERE_REACH = 3,  /* "tidak dapat menuju ke sana" */
    MISSED_REACH = 3, /* "di Sumenep saya belum" */
    COUNT_REACH = 4,  /* "tiga kabupaten yang kebanjiran: Gresik" */
    HOME_REACH = 6,   /* words from "dipulangkan" to where */
    NEAR_WORDS = 3    /* "dekat lapangan minyak Banyuurip" */
};

/* Whether a district or regency of one name is, or lies in, one of the other, either way. */
static bool large_places_agree(const struct place_index *index, uint32_t a, uint32_t b) {
    for (; a; a = index->entries[a].next)
        for (uint32_t at = b; at; at = index->entries[at].next)
            if (index->entries[a].level != AREA_VILLAGE && index->entries[at].level != AREA_VILLAGE &&
                (area_within(index->entries[a].code, index->entries[at].code) ||
                    area_within(index->entries[at].code, index->entries[a].code)))
                return true;
    return false;
}

/* "Kalidawir ... dari Juanda": that a village near the airport is called so, too, is no matter. */
static bool is_told_elsewhere(const struct place_index *index, const struct place_names *names, size_t at) {
    for (size_t i = 0; i < names->count; i++) {
        const struct place_name *other = &names->names[i];
        bool mere = other->word && (!other->capital || other->opens) && !place_marker_is_level(other->marker);
        if (i != at && !mere && !other->village && !other->landing && !other->calling &&
            other->role != ROLE_BOUND && !large_places_agree(index, other->entries, names->names[at].entries))
            return true;
    }
    return false;
}

/* "orang tua saya di Lawang, saya sendiri di Bekasi": of the two the one that is not the teller's. */
static bool is_of_kin(const struct text *text, const struct place_name *name) {
    static const char *const kin[] = {"tua", "ortu", "bapak", "ibu", "ayah", "nenek", "kakek", "adik",
        "kakak", "anak", "keponakan", "mertua", NULL};
    static const char *const mine[] = {"saya", "kami", NULL};
    const struct word *word = &text->words[name->first];
    return name->capital && name->first >= 3 && word_is(word - 1, "di") && word_is_one_of(word - 2, mine) &&
           word_is_one_of(word - 3, kin) && word->clause == word[-3].clause;
}

/* "budhe saya di Donomulyo katanya dikurung", "ibunya di Bondowoso, pikun": whom the message is about. */
static bool is_of_victim(const struct text *text, const struct place_name *name) {
    static const char *const kin[] = {"tua", "ortu", "bapak", "ibu", "ayah", "nenek", "kakek", "adik",
        "kakak", "ipar", "sepupu", "saudara", "cucu", "anak", "keponakan", "mertua", "bibi", "paman", "mak",
        "bapaku", "ibuku", "adiku", "kakaku", "neneku", "kakeku", "ayahku", "ibunya", "bapaknya", "ayahnya",
        "neneknya", "kakeknya", "adiknya", "kakaknya", "ibuke", "nenek", NULL};
    static const char *const mine[] = {"saya", "kami", NULL};
    static const char *const suffered[] = {"dipasung", "dikurung", "dirantai", "dikat", "dipukul", "dipukuli",
        "disiksa", "dianiaya", "disekap", "ditelantarkan", "dicabuli", "diperkosa", "dilecehkan", "dihajar",
        "dikeroyok", "dibacok", "dicekik", "disetrika", "dikunci", "dicambuk", "sendirian", "mengamuk",
        "kambuh", "jatuh", "pikun", "lumpuh", "stroke", "sakit", "hilang", "ditingal", NULL};
    static const char *const by_themselves[] = {"sendiri", "sendirian", NULL};
    static const char *const staying[] = {"tingal", "hidup", "masih", "sendiri", "sendirian", NULL};
    size_t at = name->first;
    const struct word *word = &text->words[at];
    if (at < 2 || !place_word_is_in(text, at - 1) || word[-1].clause != word->clause)
        return false;
    at -= 2;
    bool alone = false;
    for (; at && text->words[at].clause == word->clause && word_is_one_of(&text->words[at], staying); at--)
        alone = alone || word_is_one_of(&text->words[at], by_themselves);
    if (at && word_is_one_of(&text->words[at], mine) && text->words[at].clause == text->words[at - 1].clause)
        at--;
    if (text->words[at].clause != word->clause || !word_is_one_of(&text->words[at], kin))
        return false;
    if (alone)
        return true; /* "mbahku tinggal dewe di Sine" */
    for (size_t i = name->last + 1u; i < text->count && text->words[i].sentence == word->sentence; i++) {
        if (word_is_one_of(&text->words[i], mine) && text->words[i].flags & WORD_OPENS)
            return false; /* "ibu saya di Lawang, saya dipukuli" */
        if (text->words[i].flags & WORD_OPENS && word_is_one_of(&text->words[i], kin))
            return false; /* "adiknya di Batam, ibunya stroke" */
        if (word_is_one_of(&text->words[i], suffered))
            return true;
    }
    return false;
}

static bool is_teller_named(const struct place_names *names) {
    for (size_t i = 0; i < names->count; i++)
        if (names->names[i].role == ROLE_TELLER)
            return true;
    return false;
}

/* "Saya dari Bojonegoro. Suami di Samarinda.": of the two the teller's, if no more is said of the other. */
static bool is_kin_away(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const kin[] = {
        "suami", "istri", "bapak", "ayah", "ibu", "anak", "kakak", "adik", NULL};
    static const char *const mine[] = {"saya", "kami", NULL};
    const struct place_name *name = &names->names[at];
    const struct word *word = &text->words[name->first];
    if (!at || name->first < 2 || name->role != ROLE_EVENT || !word_is(word - 1, "di") ||
        !place_entries_name_regency(index, name->entries) ||
        place_entries_name_served(index, name->entries) || name->last + 1u >= text->count ||
        text->words[name->last + 1].sentence == word->sentence)
        return false;
    const struct word *whose = word - 2;
    if (whose > text->words && word_is_one_of(whose, mine))
        whose--;
    if (!word_is_one_of(whose, kin) || !(whose->flags & WORD_OPENS) || whose->clause != word->clause)
        return false;
    for (size_t i = 0; i < at; i++)
        if (names->names[i].role == ROLE_TELLER && !names->names[i].word &&
            place_entries_name_served(index, names->names[i].entries))
            return true;
    return false;
}

/* "saya kerja di Denpasar, kos sebelah": what the teller sees where he is. */
static bool is_next_door(const struct text *text) {
    static const char *const near[] = {"sebelah", "tetanga", "tetangaku", NULL};
    return any_word_is_one_of(text, 0, text->count, near);
}

/* "ibu saya di rumah lumpuh": at home, and not where the teller works. in: "di". */
static bool is_of_kin_at_home(const struct text *text, size_t in) {
    static const char *const kin[] = {"ibu", "bapak", "ayah", "nenek", "kakek", "adik", "kakak", "anak",
        "istri", "suami", "mertua", "mak", "tua", "ortu", NULL};
    static const char *const mine[] = {"saya", "kami", NULL};
    static const char *const homes[] = {"rumah", "kampung", "desa", NULL};
    return in && in + 1 < text->count && word_is(&text->words[in], "di") &&
           word_is_one_of(&text->words[in + 1], homes) &&
           (word_is_one_of(&text->words[in - 1], kin) ||
               (in >= 2 && word_is_one_of(&text->words[in - 1], mine) &&
                   word_is_one_of(&text->words[in - 2], kin)));
}

/* "teman kos di sini", "di mes sini"; but "bisa lapor lewat sini", "ibu saya di rumah". */
static bool is_told_of_here(const struct text *text) {
    static const char *const sini[] = {"sini", "kene", NULL};
    static const char *const here[] = {"di", "kos", "kosan", "kontrakan", "mes", "tempat", "asrama", NULL};
    bool is_here = false;
    for (size_t i = 1; i < text->count; i++) {
        if (is_of_kin_at_home(text, i))
            return false;
        is_here = is_here || word_is(&text->words[i], "disini") ||
                  (word_is_one_of(&text->words[i], sini) && word_is_one_of(&text->words[i - 1], here));
    }
    return is_here;
}

/* "... ke Jakarta Timur. Saya di Kediri. Anaknya dipukuli di sana": at the end of the way, not at the
 * teller's. */
static bool is_said_to_be_there(const struct text *text) {
    for (size_t i = 1; i < text->count; i++)
        if (word_is(&text->words[i], "sana") && word_is(&text->words[i - 1], "di"))
            return true;
    return false;
}

/* "dari Ponorogo mau ke Magetan, sudah sampai sana": at the end of the way. at: 0, or "sana". */
static size_t said_to_have_arrived(const struct text *text) {
    static const char *const arrived[] = {"sampai", "tiba", "tekan", NULL};
    static const char *const there[] = {"sana", "kono", NULL};
    static const char *const in[] = {"di", "ke", NULL};
    for (size_t i = 2; i < text->count; i++) {
        size_t at = i - 1;
        if (!word_is_one_of(&text->words[i], there))
            continue;
        if (word_is_one_of(&text->words[at], in))
            at--;
        if (at && word_is_one_of(&text->words[at], arrived) && word_is(&text->words[at - 1], "sudah"))
            return i;
    }
    return 0;
}

/* The last place somebody is bound for before he is said to be there. */
static bool is_arrived_at(const struct place_names *names, size_t at, size_t sana) {
    if (names->names[at].role != ROLE_BOUND || names->names[at].first > sana)
        return false;
    for (size_t i = at + 1; i < names->count && names->names[i].first < sana; i++)
        if (names->names[i].role == ROLE_BOUND)
            return false;
    return true;
}

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

/* "RSSA", "RSUD Sidoarjo". */
static bool is_hospital(
    const struct place_index *index, const struct text *text, const struct place_name *name) {
    const char *written = text->bytes + text->words[name->first].start;
    return index->entries[name->entries].landmark && (written[0] | ' ') == 'r' && (written[1] | ' ') == 's';
}

/* "Dampit. Suami saya 3 minggu di RSSA, saya di rumah": the place that heads the message is home. */
static bool is_away_in_hospital(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    const struct place_name *home = &names->names[0];
    return at && home->whole && !home->word && home->role == ROLE_EVENT &&
           names->names[at].role == ROLE_EVENT && is_hospital(index, text, &names->names[at]) &&
           place_entries_name_served(index, home->entries) &&
           !place_entries_name_regency(index, home->entries) &&
           !place_entries_agree(index, home->entries, names->names[at].entries);
}

/* "suami meninggal di Taiwan, jenazahnya bisa dipulangkan ke Brondong tidak", "TKI sakit, ingin pulang ke
 * Ngraho": who is abroad belongs to where he is to be brought, if no other place is named. */
static bool is_home_from_abroad(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const home[] = {"dipulangkan", "dipulangno", "memulangkan", "pemulangan", "pulang",
        "pulangkan", "dimakamkan", "dikubur", NULL};
    const struct place_name *name = &names->names[at];
    if (name->role < ROLE_FAR || name->landing || name->village || (name->word && !name->capital) ||
        !place_entries_name_served(index, name->entries) || !place_text_is_of_abroad(text))
        return false;
    for (size_t i = 0; i < names->count; i++)
        if (i != at && place_entries_name_served(index, names->names[i].entries) &&
            !place_entries_agree(index, names->names[i].entries, name->entries))
            return false;
    for (size_t i = name->first; i-- && i + HOME_REACH >= name->first;)
        if (text->words[i].clause == text->words[name->first].clause && word_is_one_of(&text->words[i], home))
            return true;
    return false;
}

/* "jenazah sampai Juanda, ongkos ke Panceng tidak ada": home is where they are bound for. */
static bool is_home_of_dead(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    if (names->names[at].role != ROLE_BOUND || names->names[at].landing ||
        !place_entries_name_served(index, names->names[at].entries) || !place_text_is_of_dead(text))
        return false;
    for (size_t i = 0; i < at; i++)
        if (names->names[i].landing)
            return true;
    return false;
}

/* "Prambon dekat Krian Sidoarjo": what is only near is not where it is. */
static bool is_only_near(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const near[] = {"dekat", "arah", NULL};
    if (!at)
        return false;
    const struct place_name *one = &names->names[at - 1], *name = &names->names[at];
    const struct word *between = &text->words[one->last + 1];
    return one->role == ROLE_EVENT && !one->village && !one->word && name->first > one->last + 1u &&
           name->first <= one->last + 1u + NEAR_WORDS && between->clause == text->words[one->last].clause &&
           between->clause == text->words[name->first].clause && word_is_one_of(between, near) &&
           place_entries_name_served(index, one->entries) &&
           !place_entries_name_regency(index, one->entries) &&
           !place_entries_agree(index, one->entries, name->entries);
}

/* "bandara Juanda arah Waru": of a landmark of the regency the side on which it is. */
static bool is_side_of_landmark(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    if (!at || names->names[at].role != ROLE_FAR)
        return false;
    const struct place_name *one = &names->names[at - 1], *name = &names->names[at];
    return one->last + 2 == name->first && word_is(&text->words[one->last + 1], "arah") &&
           one->role <= ROLE_TELLER && index->entries[one->entries].landmark &&
           (!name->word || name->capital) &&
           text->words[one->last].clause == text->words[name->first].clause &&
           place_entries_agree(index, one->entries, name->entries);
}

/* "Gumitir": a landmark that two regencies share. */
static bool is_of_several(const struct place_index *index, uint32_t entry) {
    const uint32_t first = entry;
    for (; entry; entry = index->entries[entry].next)
        if (index->entries[entry].landmark && !index->entries[entry].hint &&
            area_common(index->entries[entry].code, index->entries[first].code) < AREA_REGENCY)
            return true;
    return false;
}

/* "Terminal Purabaya sisi Surabaya", "dekat Krian tapi masuk Balongbendo": of what stands on a border, or is
 * only near, the side that is named, whatever regency it is said to lie in. */
static bool is_side_named(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const sides[] = {"sisi", "masuk", "bagian", "ikut", "wilayah", NULL};
    static const char *const links[] = {
        "yang", "tapi", "namun", "sudah", "di", "arah", "kota", "masuk", "ikut", NULL};
    static const char *const but[] = {"tapi", "namun", NULL};
    if (!at)
        return false;
    const struct place_name *one = &names->names[at - 1], *name = &names->names[at];
    size_t side = name->first;
    while (side > one->last + 1u && place_marker_is_level(place_marker_of(&text->words[side - 1])))
        side--;
    if (side <= one->last + 1u || !word_is_one_of(&text->words[side - 1], sides))
        return false;
    for (size_t i = one->last + 1u; i + 1 < side; i++)
        if (!word_is_one_of(&text->words[i], links))
            return false;
    bool of_two = index->entries[one->entries].landmark || one->towards ||
                  any_word_is_one_of(text, one->last + 1u, side, but);
    return of_two && one->role != ROLE_FROM && (!name->word || name->capital) &&
           text->words[one->last].sentence == text->words[name->first].sentence &&
           (one->towards || is_of_several(index, one->entries) ||
               !place_entries_agree(index, one->entries, name->entries));
}

/* "asal kecamatan Bandung Tulungagung": said to be the home of somebody abroad. */
static bool is_home_named(const struct text *text, const struct place_name *name) {
    static const char *const from[] = {"asal", "asalnya", NULL};
    for (size_t i = name->first; i-- && i + 4 >= name->first;) {
        if (text->words[i].clause != text->words[name->first].clause)
            return false;
        if (word_is_one_of(&text->words[i], from))
            return true;
    }
    return false;
}

/* "Puskesmas Kencong rujuk, tapi rumahnya Kecamatan Jombang": at home, and not where he is treated. */
static bool is_home_of_patient(const struct text *text, const struct place_names *names, size_t at) {
    static const char *const clinics[] = {"puskesmas", "pkm", "pustu", "posyandu", "rsud", "rs", NULL};
    static const char *const homes[] = {"rumahnya", "alamatnya", NULL};
    const struct place_name *name = &names->names[at];
    size_t home = name->first;
    while (home && (word_is(&text->words[home - 1], "di") ||
                       place_marker_is_level(place_marker_of(&text->words[home - 1]))))
        home--;
    if (!home || name->village || !word_is_one_of(&text->words[home - 1], homes))
        return false;
    for (size_t i = 0; i < at; i++)
        if (names->names[i].first && word_is_one_of(&text->words[names->names[i].first - 1], clinics))
            return true;
    return false;
}

/* "teman saya anak Jombang di kontrakan Krian": from where somebody is whose place is named behind it. */
static bool is_origin_of_other(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    const struct place_name *name = &names->names[at];
    const struct word *word = &text->words[name->first];
    if (name->role != ROLE_EVENT || !name->first || word->clause != word[-1].clause ||
        !word_is(word - 1, "anak") || word[-1].flags & WORD_DOUBLED || name->word || name->village)
        return false;
    for (size_t i = at + 1; i < names->count; i++) {
        const struct place_name *other = &names->names[i];
        if (other->role == ROLE_EVENT && !other->village && !other->near &&
            (!other->word || (other->capital && other->marker == MARKER_IN)) &&
            text->words[other->first].sentence == word->sentence &&
            place_entries_name_served(index, other->entries) &&
            !large_places_agree(index, other->entries, name->entries))
            return true;
    }
    return false;
}

/* "saya kader Ngetos. Nganjuk paling kidul": the regency right behind the teller's district is its own. */
static bool is_regency_of_teller(const struct place_index *index, const struct text *text,
    const struct place_name *one, const struct place_name *name) {
    return one->role == ROLE_TELLER && name->role == ROLE_EVENT && one->last + 1u == name->first &&
           !one->word && !one->village && name->marker == MARKER_NONE &&
           place_entries_name_regency(index, name->entries) &&
           !place_entries_name_regency(index, one->entries) && place_name_is_beside(index, text, one, name);
}

/* "orang Jenangan asli": who is told of is at home there. */
static bool is_native(const struct text *text, const struct place_name *name) {
    static const char *const people[] = {"orang", "warga", NULL};
    const struct word *word = &text->words[name->last];
    return name->role == ROLE_FROM && name->first && word_is_one_of(&text->words[name->first - 1], people) &&
           name->last + 1u < text->count && word->clause == word[1].clause && word_is(word + 1, "asli");
}

/* "korban asal Palembayan sudah pulang": and is there; "sudah pulang ke" tells where to, and of a "rombongan
 * asal Brebes" somebody was left behind. */
static bool is_back_at_origin(const struct text *text, const struct place_name *name) {
    static const char *const from[] = {"asal", "warga", "orang", NULL};
    static const char *const ways[] = {"ke", "dari", NULL};
    static const char *const others[] = {"rombongan", "teman", "temanya", "temanku", "bus", NULL};
    const struct word *word = &text->words[name->last];
    size_t first = name->first;
    while (first && place_marker_is_level(place_marker_of(&text->words[first - 1])))
        first--;
    return name->role == ROLE_FROM && first && word_is_one_of(&text->words[first - 1], from) &&
           !(first > 1 && word_is_one_of(&text->words[first - 2], others)) && name->last + 2u < text->count &&
           word->clause == word[2].clause && word_is(word + 1, "sudah") && word_is(word + 2, "pulang") &&
           word[2].negator < 0 && !(name->last + 3u < text->count && word_is_one_of(word + 3, ways));
}

/* "kami orang Tuban, lapor dari Diwek": where the teller is from who tells of another place. */
static bool is_origin_beside_report(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const mine[] = {"saya", "kami", NULL};
    const struct place_name *name = &names->names[at];
    const struct word *word = &text->words[name->first];
    if (name->role != ROLE_TELLER || name->first < 2 || !word_is(word - 1, "orang") ||
        !word_is_one_of(word - 2, mine) || word->clause != word[-2].clause)
        return false;
    for (size_t i = at + 1; i < names->count; i++) {
        const struct place_name *other = &names->names[i];
        if (other->role == ROLE_TELLER && !other->word && !other->village &&
            place_entries_name_served(index, other->entries) &&
            !place_entries_agree(index, other->entries, name->entries))
            return true;
    }
    return false;
}

/* "Sawahan ... eh maksud saya Ngetos": what was said before is taken back. 0: nothing is. */
static size_t taken_back(const struct text *text) {
    static const char *const oops[] = {"eh", "aduh", "ralat", "salah", NULL};
    static const char *const meant[] = {"maksud", "maksudku", "maksude", "maksudnya", NULL};
    for (size_t i = 1; i < text->count; i++)
        if (word_is_one_of(&text->words[i], meant) && word_is_one_of(&text->words[i - 1], oops))
            return i;
    return 0;
}

static bool is_taken_back(
    const struct place_index *index, const struct place_names *names, size_t at, size_t back) {
    const struct place_name *name = &names->names[at];
    if (!back || name->first > back || !place_entries_name_served(index, name->entries) ||
        place_entries_name_regency(index, name->entries))
        return false;
    for (size_t i = at + 1; i < names->count; i++)
        if (names->names[i].first > back && !names->names[i].word && !names->names[i].village &&
            place_entries_name_served(index, names->names[i].entries) &&
            !place_entries_name_regency(index, names->names[i].entries))
            return true;
    return false;
}

/* "jenazah sampai Juanda, dipulangkan ke Talun, Kabupaten Blitar": where the dead and who was abroad are
 * brought to, and the regency right behind. */
static void homes_settle(
    const struct place_index *index, const struct text *text, struct place_names *names) {
    bool home = false;
    for (size_t i = 0; i < names->count; i++) {
        struct place_name *name = &names->names[i];
        bool beside =
            home && name->role >= ROLE_FAR && place_name_is_beside(index, text, &names->names[i - 1], name);
        home = beside || is_home_of_dead(index, text, names, i) || is_home_from_abroad(index, text, names, i);
        if (home)
            name->role = ROLE_TELLER;
    }
}

/* Whether another name, and no hospital before it, says that it happened elsewhere. */
bool place_names_have_elsewhere(const struct place_index *index, const struct text *text,
    const struct place_names *names, size_t at, enum place_role most) {
    for (size_t i = 0; i < names->count; i++) {
        const struct place_name *other = &names->names[i];
        if (i != at && other->role <= most && !other->village &&
            (!other->word || other->capital || place_marker_is_level(other->marker)) &&
            !(i < at && is_hospital(index, text, other)) &&
            !place_entries_agree(index, other->entries, names->names[at].entries))
            return true;
    }
    return false;
}

/* Or that somebody tells from elsewhere. */
static bool is_event_elsewhere(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    return place_names_have_elsewhere(index, text, names, at, ROLE_TELLER);
}

/* "Di RSUD Ngudi Waluyo dua minggu, sudah pulang ke Talun", "Dinsos Kab. Blitar: klien sudah pulang ke
 * Talun": who is home again is there, if nothing has happened elsewhere. */
static void returned_settle(
    const struct place_index *index, const struct text *text, struct place_names *names, size_t at) {
    if (is_event_elsewhere(index, text, names, at))
        return;
    for (size_t i = 0; i < at; i++)
        if (names->names[i].role <= ROLE_TELLER && is_hospital(index, text, &names->names[i]))
            names->names[i].role = ROLE_FROM;
    names->names[at].role = ROLE_TELLER;
    if (at + 1 < names->count && names->names[at + 1].role == ROLE_FAR &&
        place_name_is_beside(index, text, &names->names[at], &names->names[at + 1]))
        names->names[at + 1].role = ROLE_TELLER;
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

/* "Ambo di rantau, di Malang": as "rantau Malang". */
static bool is_away_from_home(const struct text *text, const struct place_name *name) {
    static const char *const away[] = {"rantau", "perantauan", NULL};
    const struct word *word = &text->words[name->first];
    return name->first >= 2 && word_is(word - 1, "di") && word[-1].flags & WORD_OPENS &&
           word[-1].clause == word->clause && word[-2].sentence == word->sentence &&
           word_is_one_of(word - 2, away);
}

/* "Penelepon kemenakan, tinggal di Pekanbaru", "Pelapor berdomisili di Tuban", "Pelapor warga Tuban". */
static bool is_home_of_caller(const struct text *text, const struct place_name *name) {
    static const char *const callers[] = {"penelepon", "penelpon", "pelapor", NULL};
    static const char *const lives[] = {"tingal", "domisili", "berdomisili", "warga", NULL};
    const struct word *word = &text->words[name->first];
    size_t at = name->first;
    if (at && word_is(&text->words[at - 1], "di"))
        at--;
    if (at < 2 || !word_is_one_of(&text->words[at - 1], lives) || text->words[at - 1].clause != word->clause)
        return false;
    if (text->words[at - 2].clause == word->clause)
        return word_is_one_of(&text->words[at - 2], callers) && text->words[at - 2].flags & WORD_OPENS;
    for (size_t i = at - 1; i-- && text->words[i].sentence == word->sentence;)
        if (word_is_one_of(&text->words[i], callers))
            return !i || text->words[i - 1].sentence != word->sentence;
    return false;
}

/* "panti di Tuban penuh", "bansos di Tuban sudah cair", "kalau di Tuban sudah ada": what there is, or is not,
 * in another town. */
static bool is_help_elsewhere(const struct text *text, const struct place_name *name) {
    static const char *const helps[] = {
        "panti", "rsj", "rs", "shelter", "bansos", "bantuan", "pkh", "blt", "liponsos", NULL};
    static const char *const verdicts[] = {
        "penuh", "menolak", "nolak", "tutup", "cair", "turun", "ditolak", NULL};
    static const char *const asks[] = {"kalau", "kenapa", NULL};
    static const char *const better[] = {"sudah", "bisa", "kan", "cepat", NULL};
    const struct word *word = &text->words[name->first], *next = &text->words[name->last + 1];
    const struct word *end = text->words + text->count;
    if (name->first < 2 || !word_is(word - 1, "di") || word[-2].clause != word->clause || next >= end ||
        next->clause != word->clause)
        return false;
    if (word_is_one_of(word - 2, asks) && word[-2].flags & WORD_OPENS)
        return word_is_one_of(next, better);
    if (word_is(next, "sudah") && next + 1 < end)
        next++;
    return word_is_one_of(word - 2, helps) && word_is_one_of(next, verdicts);
}

/* "saya baru cerita karena sudah sampai rumah di Probolinggo", "baru lapor setelah bongkar di Tuban": where
 * who tells is by now. */
static bool is_late_to_tell(const struct text *text, const struct place_name *name) {
    static const char *const tells[] = {"lapor", "melapor", "cerita", "kirim", "ngabari", NULL};
    static const char *const now[] = {"baru", "sempat", "bisa", NULL};
    static const char *const links[] = {"setelah", "sesudah", "karena", "begitu", NULL};
    const uint32_t sentence = text->words[name->first].sentence;
    bool linked = false;
    for (size_t i = name->first; i-- > 1 && text->words[i - 1].sentence == sentence;) {
        linked = linked || word_is_one_of(&text->words[i], links);
        if (linked && word_is_one_of(&text->words[i], tells) && word_is_one_of(&text->words[i - 1], now))
            return true;
    }
    return false;
}

/* "Uda saya di Malang suruh lapor ke sini": who has told somebody to write is elsewhere. */
static bool is_adviser(const struct text *text, const struct place_name *name) {
    static const char *const tells[] = {"suruh", "nyuruh", "menyuruh", "minta", NULL};
    static const char *const report[] = {"lapor", "melapor", "laporan", NULL};
    const struct word *word = &text->words[name->last];
    return name->first && word_is(&text->words[name->first - 1], "di") && name->last + 2u < text->count &&
           word->clause == word[2].clause && word_is_one_of(word + 1, tells) &&
           word_is_one_of(word + 2, report);
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

/* "Berita lama itu pak, gempa Lumajang sama Malang tahun 2021": what is only passed on. 0: nothing is, or
 * "lama". */
static size_t old_news(const struct text *text) {
    static const char *const news[] = {"berita", "video", "foto", "kabar", NULL};
    for (size_t i = 1; i < text->count; i++)
        if (word_is(&text->words[i], "lama") && text->words[i - 1].flags & WORD_OPENS &&
            word_is_one_of(&text->words[i - 1], news))
            return i;
    return 0;
}

/* "adik saya di", "tetangga yang di": the word behind the relative or friend, or 0. in: "di". */
static size_t person_before(const struct text *text, size_t in) {
    static const char *const whose[] = {
        "saya", "kami", "yang", "jauhnya", "lelaki", "laki", "perempuan", "sulung", "bungsu", NULL};
    static const char *const kin[] = {"cucu", "cucunya", "putranya", "putrinya", "putra", "putri", "adik",
        "kakak", "paman", "bibi", "bulik", "istri", "suami", "anak", "saudara", "sepupu", "teman", "temanya",
        "mamak", "bos", "tetanga", "mertua", "menantu", "menantunya", "pamanya", "bibinya", "saudaranya",
        "adiknya", "kakaknya", "anaknya", "keluarganya", "besanya", NULL};
    size_t who = in;
    if (who > 1 && word_is_one_of(&text->words[who - 1], whose))
        who--;
    return who && text->words[who - 1].clause == text->words[in].clause &&
                   word_is_one_of(&text->words[who - 1], kin)
               ? who
               : 0;
}

/* "kata adik saya di Tuban", "adik saya di Tuban tidak peduli", "tetangga yang di Semarang cerita": whose
 * word or help it is. What the teller says of himself is no event beside it. */
static bool is_said_of_helper(const struct text *text, const struct place_name *name) {
    static const char *const by[] = {"menurut", "kata", NULL};
    static const char *const links[] = {"sudah", "juga", "mau", "tidak", "cuma", "malah", "dapat", "bisa",
        "pernah", "sulit", "susah", "nomornya", "hp", "hpnya", "jarang", "ada", NULL};
    static const char *const said[] = {"bilang", "cerita", "tahu", "tau", "peduli", "jemput", "dihubungi",
        "dikabari", "kirim", "lapor", "sangup", "lepas", "aktif", "kabar", "pulang", "ditelepon", "ditelpon",
        "menjenguk", "jenguk", "nengok", "mengurus", "ngurus", "merespon", NULL};
    const struct word *word = &text->words[name->first], *end = text->words + text->count;
    const struct word *next = &text->words[name->last] + 1;
    if (name->first < 2 || !word_is(word - 1, "di") || word[-1].clause != word->clause)
        return false;
    const size_t who = person_before(text, name->first - 1u);
    if (who > 1 && word_is_one_of(&text->words[who - 2], by) && text->words[who - 2].clause == word->clause)
        return true;
    while (next < end && next->clause == word->clause && word_is_one_of(next, links))
        next++;
    return who && next < end && next->clause == word->clause && word_is_one_of(next, said) &&
           !(word_is(next, "lepas") && !(next + 1 < end && word_is(next + 1, "tangan")));
}

/* "Ibu berada di Jombang dan tidak dapat menuju ke sana". */
static bool is_unable_to_go(const struct text *text, const struct place_name *name) {
    static const char *const links[] = {"dan", "jadi", "tapi", NULL};
    static const char *const to[] = {"ke", "kesana", NULL};
    const struct word *end = text->words + text->count;
    const struct word *word = &text->words[name->last], *at = word + 1;
    if (!name->first || !word_is(&text->words[name->first - 1], "di"))
        return false;
    if (at < end && word_is_one_of(at, links))
        at++;
    if (at >= end || at->sentence != word->sentence || !(at->flags & WORD_NEGATOR))
        return false;
    for (const struct word *i = at + 1; i < end && i <= at + THERE_REACH && i->sentence == word->sentence;
         i++)
        if (word_is_one_of(i, to))
            return word_is(i, "kesana") || (i + 1 < end && word_is(i + 1, "sana"));
    return false;
}

/* "di Sampang sudah turun, di Sumenep saya belum": it is missed where it has not come. */
static bool is_served_before(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const done[] = {"sudah", "la", NULL};
    static const char *const missed[] = {"belum", "belun", "alun", NULL};
    const struct place_name *name = &names->names[at], *next = name + 1;
    const uint32_t clause = text->words[name->last].clause;
    bool is_done = false;
    if (at + 1 >= names->count || next->role > ROLE_TELLER || next->word ||
        text->words[next->first].clause == clause ||
        text->words[next->first].sentence != text->words[name->last].sentence ||
        place_entries_agree(index, name->entries, next->entries))
        return false;
    for (size_t i = name->last + 1u; i < next->first && i <= name->last + 2u; i++)
        is_done = is_done || (text->words[i].clause == clause && word_is_one_of(&text->words[i], done));
    for (size_t i = next->last + 1u; is_done && i < text->count && i <= next->last + (size_t)MISSED_REACH;
         i++)
        if (text->words[i].clause == text->words[next->last].clause &&
            word_is_one_of(&text->words[i], missed))
            return true;
    return false;
}

/* "kakek dari Sijunjung dipasung keluarganya": no other place is named, and nothing says that he is elsewhere
 * now. What lies in the site needs no such proof. */
static bool is_only_origin(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const whom[] = {"nenek", "kakek", "ibu", "bapak", "ayah", "anak", "kakak", "adik",
        "saya", "kami", "keluarga", "lansia", "istri", "suami", "keponakan", "paman", "bibi", NULL};
    static const char *const moved[] = {"sini", "disini", "kene", "terlantar", "telantar", "tersesat",
        "kesasar", "nyasar", "terdampar", "rantau", "merantau", "perantau", "pulang", "dipulangkan",
        "pemulangan", "ongkos", "dompet", "bekal", "linglung", "hilang", "ditemukan", "nemu", "bertemu",
        "menemukan", "sekarang", "terminal", "stasiun", "pelabuhan", "bandara", "masjid", "emperan",
        "trotoar", "jalan", "pasar", "datang", "pindah", "kerja", "bekerja", "kos", "ngekos", "ngontrak",
        "kontrakan", "mampir", "lewat", "numpang", "menumpang", "nebeng", "naik", "bus", "menawarkan",
        "nawari", "ditawari", "mengajak", "ngajak", "diajak", "dibawa", "telepon", "menelepon", NULL};
    const struct place_name *name = &names->names[at];
    size_t from = name->first;
    if (name->role != ROLE_FROM || name->word || name->village ||
        place_entries_name_served(index, name->entries))
        return false;
    while (from && place_marker_is_level(place_marker_of(&text->words[from - 1])))
        from--;
    if (from < 2 || !word_is(&text->words[from - 1], "dari") ||
        text->words[from - 2].clause != text->words[name->first].clause ||
        !word_is_one_of(&text->words[from - 2], whom))
        return false;
    for (size_t i = 0; i < names->count; i++)
        if (i != at && !names->names[i].word &&
            !place_entries_agree(index, names->names[i].entries, name->entries))
            return false;
    return !any_word_is_one_of(text, 0, text->count, moved);
}

/* Where who tells is, or what is well, beside the place that the message is about. */
static bool is_aside(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    const struct place_name *name = &names->names[at];
    if (name->role > ROLE_FAR || names->count < 2)
        return false;
    if ((is_said_of_helper(text, name) || is_late_to_tell(text, name)) &&
        place_names_have_elsewhere(index, text, names, at, ROLE_EVENT))
        return true;
    return (is_away_from_home(text, name) || is_home_of_caller(text, name) || is_adviser(text, name) ||
               is_help_elsewhere(text, name) || is_unable_to_go(text, name) ||
               is_served_before(index, text, names, at)) &&
           is_event_elsewhere(index, text, names, at);
}

/* "Gresik, Lamongan dan Bojonegoro": towns of one list, and no address. */
static bool is_next_of_list(const struct place_index *index, const struct text *text,
    const struct place_name *one, const struct place_name *next) {
    static const char *const both[] = {"dan", "serta", "sampai", NULL};
    const size_t between = one->last + 1u;
    return place_entries_name_regency(index, next->entries) &&
           (between == next->first ||
               (between + 1 == next->first && word_is_one_of(&text->words[between], both))) &&
           !place_entries_agree(index, one->entries, next->entries);
}

/* "tiga kabupaten kebanjiran: Gresik, Lamongan"; "RT 3 Kota Malang" counts none. first: of the first name. */
static bool is_counted(const struct text *text, size_t first) {
    static const char *const kinds[] = {"kabupaten", "kota", "daerah", NULL};
    static const char *const some[] = {"beberapa", "sejumlah", NULL};
    static const char *const numbered[] = {"rt", "rw", "blok", "nomor", "km", "jalan", "gang", NULL};
    for (size_t i = first; i-- > 1 && i + COUNT_REACH >= first;) {
        const struct word *word = &text->words[i];
        if (word->sentence != text->words[first].sentence)
            return false;
        if (word_is_one_of(word, kinds))
            return word->clause == word[-1].clause && word->clause != text->words[first].clause &&
                   !(i > 1 && word_is_one_of(word - 2, numbered)) &&
                   ((word[-1].flags & WORD_NUMBER && word[-1].number > 1) || word_is_one_of(word - 1, some));
    }
    return false;
}

/* "Area Gresik, Lamongan, Bojonegoro": what three towns or more have in common is in none of
 * them; nor is what two share that are counted ("dua kabupaten: Gresik, Lamongan"). */
static void list_settle(
    const struct place_index *index, const struct text *text, struct place_names *names, size_t at) {
    static const char *const areas[] = {"area", "melayani", "wilayah", "meliputi", "menjangkau", NULL};
    const struct place_name *name = &names->names[at];
    size_t end = at + 1, least = 3;
    if (!name->first || !place_entries_name_regency(index, name->entries))
        return;
    if (!word_is_one_of(&text->words[name->first - 1], areas)) {
        if (!is_counted(text, name->first))
            return;
        least = 2;
    }
    while (end < names->count && is_next_of_list(index, text, &names->names[end - 1], &names->names[end]))
        end++;
    for (size_t i = at; i < end && end - at >= least; i++)
        names->names[i].role = ROLE_BOUND;
}

/* ---- one name after the other */

/* What is asked of the whole message, once. */
struct telling {
    const struct place_index *index;
    const struct text *text;
    struct place_names *names;
    bool minang;
    bool teller; /* where it is told from is said */
    bool there;  /* and that somebody is said to be elsewhere */
    bool abroad;
    size_t back;     /* the word behind which what was said is taken back; see is_taken_back() */
    size_t old_news; /* "lama" of "berita lama"; see old_news() */
    size_t arrived;  /* "there" of "sudah sampai sana"; see is_arrived_at() */
};

static void name_is_scene(struct place_name *name) {
    name->role = ROLE_EVENT;
    name->scene = true;
}

/* Whether the name before this one has the mark, and this one is its district or regency. */
static bool goes_on(const struct telling *telling, size_t at, bool mark_before) {
    return at && mark_before &&
           place_name_is_beside(
               telling->index, telling->text, &telling->names->names[at - 1], &telling->names->names[at]);
}

static void settle_elsewhere(const struct telling *telling, size_t at) {
    const struct place_index *index = telling->index;
    const struct text *text = telling->text;
    struct place_names *names = telling->names;
    struct place_name *name = &names->names[at];
    name->minang = telling->minang;
    name->harbour = is_harbour_of_bali(index, text, names, at);
    if (name->returned)
        returned_settle(index, text, names, at);
    if (is_away_in_hospital(index, text, names, at) || is_kin_away(index, text, names, at))
        name->role = ROLE_FAR;
    if (name->first == 0 && name->role == ROLE_EVENT && place_entry_is_unique(index, name->entries) &&
        place_name_is_struck(text, name))
        name->scene = true; /* "Munjungan banjir, jalan di Kampak longsor" */
    if (is_aside(index, text, names, at))
        name->role = ROLE_FROM;
    else if (is_only_origin(index, text, names, at))
        name->role = ROLE_TELLER;
    name->which = is_one_of_many(index, text, names, at);
    if (((name->landing || name->calling) && is_told_elsewhere(index, names, at)) ||
        (telling->old_news && name->first > telling->old_news &&
            text->words[name->first].sentence == text->words[telling->old_news].sentence))
        name->role = ROLE_BOUND;
}

static void settle_home(const struct telling *telling, size_t at) {
    const struct text *text = telling->text;
    struct place_names *names = telling->names;
    struct place_name *name = &names->names[at];
    if (telling->teller && is_of_kin(text, name))
        name->word = false;
    if (name->role == ROLE_FAR && place_entries_name_town_elsewhere(telling->index, name->entries) &&
        place_text_is_of_worker_abroad(text))
        name->role = ROLE_TELLER; /* "kakak saya TKW, keluarga di Wonogiri" */
    if (name->role == ROLE_FROM && telling->abroad && is_home_named(text, name))
        name->role = ROLE_TELLER; /* "warga kami asal Dampit bekerja di Kamboja" */
    if (is_taken_back(telling->index, names, at, telling->back))
        name->role = ROLE_FROM;
    bool same_home = goes_on(telling, at, at && names->names[at - 1].patient);
    if (name->role == ROLE_FROM && (same_home || is_home_of_patient(text, names, at))) {
        name_is_scene(name);
        name->patient = true;
    }
    if (is_native(text, name) || is_back_at_origin(text, name) ||
        (at && is_regency_of_teller(telling->index, text, &names->names[at - 1], name)))
        name->role = ROLE_TELLER;
    if (is_origin_of_other(telling->index, text, names, at) ||
        is_origin_beside_report(telling->index, text, names, at))
        name->role = ROLE_FROM;
}

static void settle_side(const struct telling *telling, size_t at) {
    const struct place_index *index = telling->index;
    struct place_names *names = telling->names;
    struct place_name *name = &names->names[at];
    if (is_side_named(index, telling->text, names, at)) {
        name_is_scene(name);
        if (!place_entries_agree(index, names->names[at - 1].entries, name->entries))
            names->names[at - 1].role = ROLE_FAR;
    } else if (is_side_of_landmark(index, telling->text, names, at))
        name->role = ROLE_EVENT;
    else if (is_only_near(index, telling->text, names, at))
        name->role = ROLE_FAR;
}

static void settle_scene(const struct telling *telling, size_t at) {
    struct place_name *name = &telling->names->names[at];
    const struct place_name *before = at ? name - 1 : name;
    if (name->role == ROLE_EVENT && goes_on(telling, at, before->scene))
        name->scene = true; /* "kejadiannya di pantai Prigi, Watulimo" */
    if (goes_on(telling, at, before->victim) || is_of_victim(telling->text, name)) {
        name_is_scene(name);
        name->victim = true;
        name->word = name->word && !name->capital;
    }
}

static void settle_work(const struct telling *telling, size_t at) {
    struct place_name *name = &telling->names->names[at], *before = at ? name - 1 : NULL;
    if (name->own_work && name->role == ROLE_FAR && is_told_of_here(telling->text)) {
        name->role = ROLE_TELLER;
        if (before && before->role == ROLE_TELLER)
            before->role = ROLE_FROM; /* "saya orang Nganjuk, kerja di Sidoarjo" */
    }
    if (name->own_work && name->role == ROLE_FAR && is_next_door(telling->text))
        name->role = ROLE_TELLER;
    if (before && name->settled && name->role <= ROLE_FAR) {
        name->role = ROLE_TELLER;
        before->role = ROLE_FROM; /* "saya asal Bojonegoro, ngekos di Krian" */
    } else if (before && name->role == ROLE_FAR && goes_on(telling, at, before->settled))
        name->role = ROLE_TELLER; /* "..., kerja di Taman Sidoarjo" */
}

static void settle_arrival(const struct telling *telling, size_t at) {
    struct place_name *name = &telling->names->names[at];
    if (telling->arrived && is_arrived_at(telling->names, at, telling->arrived))
        name->role = ROLE_TELLER;
    if (telling->there && name->role >= ROLE_FAR && !name->landing &&
        place_entries_name_regency(telling->index, name->entries))
        name->role = ROLE_EVENT;
}

/* In this order: later ones know more, and read what the earlier ones have said of the name before. */
void place_names_settle(const struct place_index *index, const struct text *text, struct place_names *names) {
    static void (*const steps[])(const struct telling *, size_t) = {
        settle_elsewhere, settle_home, settle_side, settle_scene, settle_work, settle_arrival};
    const bool teller = is_teller_named(names);
    const struct telling telling = {.index = index,
        .text = text,
        .names = names,
        .minang = is_minang(text),
        .teller = teller,
        .there = teller && is_said_to_be_there(text),
        .abroad = place_text_is_of_abroad(text),
        .back = taken_back(text),
        .old_news = old_news(text),
        .arrived = said_to_have_arrived(text)};
    homes_settle(index, text, names);
    for (size_t i = 0; i < names->count; i++)
        for (size_t step = 0; step < sizeof steps / sizeof *steps; step++)
            steps[step](&telling, i);
    place_names_set_aside(index, text, names);
    for (size_t i = 0; i + 1 < names->count; i++)
        list_settle(index, text, names, i);
}
