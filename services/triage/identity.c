#include "services/triage/identity.h"

#include "services/triage/stem.h"

#include <string.h>

enum {
    NAME_WORDS = 3, /* "Siti Nur Aini" */
    CALLER_WORDS = 8,
    ALIKE_LETTERS = 5
};
/* Rarities (rarity.h): a word of more than two reports of a hundred, or four of a thousand, is nobody's name.
 */
#define RARE 0.5f
#define UNHEARD 0.85f

static float rarity_at(const struct rarity *rarity, const struct word *word) {
    char out[WORD_KEY_MAX];
    stem(word->key, word->key_size, out);
    return rarity_of(rarity, out);
}

/* ---- people */

static bool introduces(const struct word *word) {
    static const char *const words[] = {"bernama", "nama", "namanya", "namane", "jenenge", "jeneng",
        "nyamana", "nyama", "namo", "namonyo", "inisial", "berinisial", "dipangil", "pangilan", "atasnama",
        "ngarane", "asma", "asmane", "ngarana", NULL};
    return word_is_one_of(word, words);
}

/* How somebody is spoken of, before a name in small letters too. */
static bool is_title(const struct word *word) {
    static const char *const words[] = {"pak", "bapak", "bu", "ibu", "mas", "mbak", "om", "tante", "haji",
        "kang", "mak", "paman", "bibi", "kakak", "bulik", "gus", "sdr", "sdri", "saudara", "almarhum", "nyai",
        "yu", "lik", "kakek", "nenek", "kek", "opa", "oma", "dadong", "pekak", "tuan", "nona", "ny", "tn",
        "an", "teh", "ceu", "daeng", "amaq", "inaq", "bapa", "mama", "angku", "ayah", "umi", "niniak", "mbh",
        "mamak", NULL};
    return word_is_one_of(word, words);
}

/* Who somebody is; a name behind it is written large. */
static bool is_role(const struct word *word) {
    static const char *const words[] = {"si", "siswi", "siswa", "korban", "anak", "bayi", "istri", "suami",
        "adik", "adek", "kakak", "tkw", "pmi", "odgj", "lansia", "warga", "saudari", "keponakan", "cucu",
        "klien", "pasien", "kk", NULL};
    return word_is_one_of(word, words);
}

/* What follows a title and is no name: offices, relations, and words that begin something new. */
static bool is_no_name(const struct word *word) {
    static const char *const words[] = {"rt", "rw", "lurah", "camat", "bupati", "kades", "bidan", "guru",
        "kader", "kasun", "polisi", "dinas", "dinsos", "peksos", "petugas", "min", "admin", "kos", "haji",
        "saya", "kami", "perempuan", "laki", "lelaki", "wanita", "pria", "tiri", "kandung", "muda", "tua",
        "balita", "bayi", "yatim", "ini", "itu", "nya", "dan", "yang", "di", "ke", "dari", "umur", "kelas",
        "sd", "smp", "sma", "smk", "pkh", "bpnt", "ktp", "odgj", "kdrt", "cp", "l", "p", "kabupaten", "kota",
        "desa", "sudah", "tidak", "warga", "tetanga", "ibu", "bapak", "pak", "bu", "asal", "tolong", "mohon",
        "gubernur", "presiden", "wali", "ketua", "dokter", "ustad", "kiai", "kepala", "sekolah", "mensos",
        "taiwan", "hongkong", "malaysia", "singapura", "brunei", "arab", "saudi", "korea", "jepang",
        "kamboja", "myanmar", "thailand", "dubai", "qatar", "kuwait", "oman", "turki", NULL};
    return word_is_one_of(word, words);
}

/* The reporter's own name, "pelapor Joko", tells nothing of the incident. */
static bool of_reporter(const struct text *text, size_t at) {
    static const char *const words[] = {"pelapor", "saya", "hormat", "ttd", "salam", "pengirim", NULL};
    for (long back = 1; back <= 2; back++) {
        const struct word *word = word_at(text, at, -back);
        if (word && word->clause == text->words[at].clause && word_is_one_of(word, words))
            return true;
    }
    return false;
}

size_t identity_caller(const struct text *text) {
    static const char *const callers[] = {"ibu", "bapak", "keluarga", "kerabat", "kakak", "adik", "warga",
        "tetanga", "penghuni", "penelepon", "pelapor", "relawan", "kader", "kades", "kadus", "kasun", "lurah",
        "camat", "carik", "ketua", "rt", "rw", "kepala", "guru", "wali", "pendamping", "pekerja", "penyuluh",
        "konselor", "bidan", "perawat", "mantri", "petugas", "satpam", "takmir", "marbot", "pengemudi",
        "sopir", "pedagang", "polisi", "polsek", "polres", "polsuska", "polair", "satpol", "babinsa",
        "bhabinkamtibmas", "tagana", "bpbd", "pmi", "tksk", "pkh", "dishub", "dinsos", "peksos", "pos",
        "posko", "puskesmas", "klinik", "rs", "rsud", "rsi", "laporan", NULL};
    if (!text->count || !word_is_one_of(&text->words[0], callers))
        return 0;
    for (size_t i = 0; i + 1 < text->count && i < CALLER_WORDS; i++) {
        const struct word *word = &text->words[i], *next = word + 1;
        size_t between = next->start > word->end ? next->start - word->end : 0; /* "kakakku" is two words */
        const char *colon = memchr(text->bytes + word->end, ':', between);
        if (colon)
            return colon + 1 < text->bytes + next->start ? i + 1 : 0; /* "02:10" */
    }
    return 0;
}

enum calling { BY_ROLE, BY_TITLE, BY_NAME };

static bool may_name(
    const struct text *text, size_t at, bool place, const struct rarity *rarity, enum calling calling) {
    const struct word *word = &text->words[at];
    bool capital = word->flags & WORD_CAPITAL;
    if (word->flags & WORD_NUMBER || is_no_name(word) || is_title(word) || is_role(word))
        return false;
    float rarity_here = rarity_at(rarity, word);
    static const char *const whose[] = {"ibu", "bapak", NULL}; /* "Ibu Sidoarjo": from there */
    const struct word *title = word_at(text, at, -1);
    if (calling == BY_TITLE && place && title && word_is_one_of(title, whose))
        return false;
    bool shouted = word->flags & WORD_SHOUTED && word->key_size > 1;
    switch (calling) {
    case BY_NAME:
        return capital || rarity_here >= RARE;
    case BY_TITLE:
        return (capital && !shouted && rarity_here >= RARE) || (word->key_size > 2 && rarity_here >= UNHEARD);
    case BY_ROLE:
        return capital && !shouted && !place && rarity_here >= RARE; /* "warga Arosbaya" */
    }
    return false;
}

static void names_add(struct identity *out, const struct text *text, size_t first, const bool *places,
    const struct rarity *rarity, enum calling calling) {
    for (size_t at = first; at < text->count && at < first + NAME_WORDS; at++) {
        bool same = text->words[at].clause == text->words[first].clause;
        bool capital = text->words[at].flags & WORD_CAPITAL;
        if (!same || out->name_count == IDENTITY_NAMES_MAX ||
            !may_name(text, at, places[at], rarity, calling) || (at > first && (!capital || places[at])) ||
            (calling != BY_NAME && places[at] && !capital))
            return;
        out->names[out->name_count++] = (uint16_t)at;
    }
}

/* "istri Norhayati", "Anak saya Rina 17 th": a capital letter where the language asks for none. */
static size_t after_title(const struct text *text, size_t at) {
    static const char *const between[] = {"saya", "kami", "bernama", NULL};
    const struct word *next = word_at(text, at, 1);
    return next && word_is_one_of(next, between) ? at + 2 : at + 1;
}

bool identity_is_name(const struct identity *identity, size_t word) {
    for (size_t i = 0; i < identity->name_count; i++)
        if (identity->names[i] == word)
            return true;
    return false;
}

static bool calls(const struct word *word, enum calling *out) {
    *out = introduces(word) ? BY_NAME : is_title(word) ? BY_TITLE : BY_ROLE;
    return *out != BY_ROLE || is_role(word);
}

static void names_read(
    struct identity *out, const struct text *text, const bool *places, const struct rarity *rarity) {
    for (size_t i = identity_caller(text); i + 1 < text->count; i++) {
        enum calling calling, next;
        if (!calls(&text->words[i], &calling) || of_reporter(text, i))
            continue;
        size_t first = calling == BY_NAME ? i + 1 : after_title(text, i);
        while (
            calling == BY_NAME && first < text->count && first < i + 3 && calls(&text->words[first], &next))
            first++;
        if (first < text->count && text->words[first].clause == text->words[i].clause &&
            !identity_is_name(out, first))
            names_add(out, text, first, places, rarity, calling);
    }
    /* "Suyono jenenge" */
    for (size_t i = 0; i + 1 < text->count; i++)
        if (text->words[i].clause == text->words[i + 1].clause && introduces(&text->words[i + 1]) &&
            !places[i] && !identity_is_name(out, i))
            names_add(out, text, i, places, rarity, BY_ROLE);
}

/* ---- houses */

static bool spot_kind_of(const struct word *word, enum spot_kind *out) {
    static const char *const hamlet[] = {"dusun", "dukuh", "dsn", "jorong", "korong", "kampung", "banjar",
        "lingkungan", "kp", "lorong", "kasun", "pedukuhan", "padukuhan", NULL};
    static const char *const village[] = {
        "desa", "kelurahan", "nagari", "lurah", "gampong", "pekon", "kades", NULL};
    static const char *const street[] = {"jalan", "jl", "gang", "gg", NULL};
    static const char *const rt[] = {"rt", NULL}, *const rw[] = {"rw", NULL};
    static const char *const block[] = {"blok", "perumahan", "perum", "kos", "kosan", "rusun", "apartemen",
        "rusunawa", "kontrakan", "lantai", NULL};
    static const char *const worship[] = {
        "masjid", "mushola", "musala", "langar", "surau", "gereja", "pura", "vihara", NULL};
    static const char *const market[] = {"pasar", "pasa", "peken", NULL};
    static const char *const station[] = {
        "terminal", "stasiun", "pelabuhan", "bandara", "halte", "dermaga", NULL};
    static const char *const water[] = {
        "jembatan", "sungai", "kali", "pantai", "waduk", "embung", "bendungan", NULL};
    static const char *const school[] = {
        "sd", "sdn", "smp", "smpn", "sma", "sman", "smk", "mts", "pesantren", "ponpes", "tpq", NULL};
    static const char *const clinic[] = {"rsud", "rs", "puskesmas", "rsu", NULL};
    static const char *const crossing[] = {
        "perempatan", "pertigaan", "merah", "simpang", "bangjo", "bunderan", NULL};
    static const char *const shop[] = {
        "toko", "indomaret", "alfamart", "hotel", "warung", "pabrik", "spbu", "pt", "ruko", "karaoke", NULL};
    static const char *const shelter[] = {"panti", "posko", "tenda", "asrama", "lapas", NULL};
    static const char *const *const kinds[SPOT_KINDS] = {[SPOT_HAMLET] = hamlet,
        [SPOT_VILLAGE] = village,
        [SPOT_STREET] = street,
        [SPOT_RT] = rt,
        [SPOT_RW] = rw,
        [SPOT_BLOCK] = block,
        [SPOT_WORSHIP] = worship,
        [SPOT_MARKET] = market,
        [SPOT_STATION] = station,
        [SPOT_WATER] = water,
        [SPOT_SCHOOL] = school,
        [SPOT_CLINIC] = clinic,
        [SPOT_CROSSING] = crossing,
        [SPOT_SHOP] = shop,
        [SPOT_SHELTER] = shelter};
    static struct word_filter filters[SPOT_KINDS];
    for (int kind = 0; kind < SPOT_KINDS; kind++)
        if (word_is_among(word, kinds[kind], &filters[kind])) {
            *out = (enum spot_kind)kind;
            return true;
        }
    return false;
}

/* "Al Ikhlas", "Nurul Huda": the second word tells. */
static bool is_article(const struct word *word) {
    static const char *const words[] = {"al", "an", "ar", "at", "nurul", "baitul", "baitur", "darul", "nur",
        "santo", "santa", "st", "umum", "negeri", NULL};
    return word_is_one_of(word, words);
}

/* A number, or a word that is a name: written large, of a place, or rare. */
static bool is_proper(const struct text *text, size_t at, const bool *places, const struct rarity *rarity) {
    const struct word *word = &text->words[at];
    if (word->flags & WORD_NUMBER)
        return true;
    return places[at] ||
           (rarity_at(rarity, word) >= (word->flags & WORD_CAPITAL ? 0.5f : 0.8f) && !is_no_name(word));
}

static void spots_read(
    struct identity *out, const struct text *text, const bool *places, const struct rarity *rarity) {
    /* "kos Kenjeran", "posko Candipuro": one of many there. */
    static const bool many[SPOT_KINDS] = {[SPOT_BLOCK] = true, [SPOT_SHOP] = true, [SPOT_SHELTER] = true};
    for (size_t i = 0; i + 1 < text->count && out->spot_count < IDENTITY_SPOTS_MAX; i++) {
        enum spot_kind kind, next;
        size_t at = i + 1;
        if (!spot_kind_of(&text->words[i], &kind))
            continue;
        at += at + 1 < text->count && is_article(&text->words[at]);
        bool counts = kind == SPOT_RT || kind == SPOT_RW; /* "RT 03", and the clause may part them */
        if (text->words[at].clause != text->words[i].clause || spot_kind_of(&text->words[at], &next) ||
            (counts && !(text->words[at].flags & WORD_NUMBER)) || (places[at] && many[kind]) ||
            !is_proper(text, at, places, rarity))
            continue;
        out->spots[out->spot_count++] = (struct spot){kind, (uint16_t)at, places[at]};
    }
}

void identity_read(
    const struct text *text, const bool *places, const struct rarity *rarity, struct identity *out) {
    *out = (struct identity){.name_count = 0};
    names_read(out, text, places, rarity);
    spots_read(out, text, places, rarity);
}

/* ---- two of them */

/* "Norhayati" and "Nurhayati" may be one, "Sumarni" and "Sumarti" are two; "R" is short for anything with it.
 */
static bool names_alike(const struct word *a, const struct word *b) {
    size_t size = a->key_size < b->key_size ? a->key_size : b->key_size, wrong = 0;
    if (a->hash == b->hash)
        return true;
    if (size < ALIKE_LETTERS || a->key_size > size + 1 || b->key_size > size + 1)
        return false;
    for (size_t i = 0; i < size; i++) {
        bool vowels = strchr("aiueo", a->key[i]) && strchr("aiueo", b->key[i]);
        wrong += a->key[i] == b->key[i] ? 0 : vowels ? 1 : 2;
    }
    return wrong <= 1;
}

/* Initials stand for names. */
static bool initials_agree(const struct word *a, const struct word *b) {
    return (a->key_size == 1 || b->key_size == 1) && a->key[0] == b->key[0];
}

static bool tells(const struct text *text, const struct word *word) {
    for (size_t i = 0; i < text->count && word->key_size > 1; i++)
        if (names_alike(&text->words[i], word))
            return true;
    return false;
}

static void names_compare(const struct text *a, const struct identity *of_a, const struct text *b,
    const struct identity *of_b, struct identity_match *out) {
    for (size_t i = 0; i < of_a->name_count; i++)
        out->name |= tells(b, &a->words[of_a->names[i]]);
    for (size_t i = 0; i < of_b->name_count; i++)
        out->name |= tells(a, &b->words[of_b->names[i]]);
    for (size_t i = 0; i < of_a->name_count; i++)
        for (size_t k = 0; k < of_b->name_count; k++)
            out->initial |= initials_agree(&a->words[of_a->names[i]], &b->words[of_b->names[k]]);
    out->name_not = of_a->name_count && of_b->name_count && !out->name && !out->initial;
}

static bool same_value(const struct word *a, const struct word *b) {
    if (a->flags & b->flags & WORD_NUMBER)
        return a->number == b->number;
    return names_alike(a, b);
}

/* "Pasar Besuki" in both is one market, but that the other speaks of Besuki too says nothing; of a hamlet it
 * does. */
static bool tells_spot(const struct text *text, const struct text *of, const struct spot *spot) {
    const struct word *word = &of->words[spot->word];
    return !(word->flags & WORD_NUMBER) && (!spot->place || spot->kind == SPOT_HAMLET) && tells(text, word);
}

static bool same_spot(
    const struct text *a, const struct spot *one, const struct text *b, const struct spot *other) {
    return one->kind == other->kind && same_value(&a->words[one->word], &b->words[other->word]);
}

static void spots_compare(const struct text *a, const struct identity *of_a, const struct text *b,
    const struct identity *of_b, struct identity_match *out) {
    for (int kind = 0; kind < SPOT_KINDS; kind++) {
        bool here = false, there = false, same = false;
        for (size_t i = 0; i < of_a->spot_count; i++) {
            if ((int)of_a->spots[i].kind != kind)
                continue;
            here = true;
            same |= tells_spot(b, a, &of_a->spots[i]);
            for (size_t k = 0; k < of_b->spot_count; k++)
                same |= same_spot(a, &of_a->spots[i], b, &of_b->spots[k]);
        }
        for (size_t k = 0; k < of_b->spot_count; k++) {
            if ((int)of_b->spots[k].kind != kind)
                continue;
            there = true;
            same |= tells_spot(a, b, &of_b->spots[k]);
        }
        out->spots += same;
        out->spots_not += here && there && !same;
    }
}

void identity_compare(const struct text *a, const struct identity *of_a, const struct text *b,
    const struct identity *of_b, struct identity_match *out) {
    *out = (struct identity_match){.name = false};
    names_compare(a, of_a, b, of_b, out);
    spots_compare(a, of_a, b, of_b, out);
}
