/* How names become an area: every run of one to four words is looked up in a hash table of names; what stands
 * before a name (kab, kec, di, jalan, asal ...) says which of its places can be meant and how much it proves;
 * then the readings are weighed: a district inside a named regency beats everything, one name that is clear
 * by itself comes next. */
#include "services/triage/place.h"

#include "services/triage/spelling.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    const char *code; /* the gazetteer's */
    uint32_t next;    /* next entry of the same name, 0 for none */
    uint8_t level;
    bool city;
    bool served; /* lies in a province of the site */
    bool word;   /* its name is also a word of the language */
};

struct name_slot {
    uint64_t hash; /* 0: free */
    uint32_t entry;
};

struct place_index {
    const struct gazetteer *gazetteer;
    struct entry *entries; /* from 1 */
    size_t entry_count, entry_capacity;
    struct name_slot *slots;
    size_t slot_count, name_count;
    size_t provinces_count;
    char provinces[8][AREA_TEXT + 1];
};

enum { INDEX_ARENA_BYTES = 1 << 20, SHOUTED_LEAST = 5, CAPITALS_LEAST = 10, CODE_BYTES = AREA_TEXT + 1 };

/* ---- the index */

static uint64_t name_step(uint64_t hash, uint64_t word) {
    hash ^= word;
    hash *= 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

static uint32_t name_find(const struct place_index *index, uint64_t hash) {
    for (size_t at = hash & (index->slot_count - 1);; at = (at + 1) & (index->slot_count - 1)) {
        if (!index->slots[at].hash)
            return 0;
        if (index->slots[at].hash == hash)
            return index->slots[at].entry;
    }
}

static bool slots_grow(struct place_index *index) {
    size_t count = index->slot_count ? index->slot_count * 2 : 1 << 15;
    struct name_slot *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < index->slot_count; i++) {
        if (!index->slots[i].hash)
            continue;
        size_t at = index->slots[i].hash & (count - 1);
        while (slots[at].hash)
            at = (at + 1) & (count - 1);
        slots[at] = index->slots[i];
    }
    free(index->slots);
    index->slots = slots;
    index->slot_count = count;
    return true;
}

static bool entry_reserve(struct place_index *index) {
    if (index->entry_count + 1 < index->entry_capacity)
        return true;
    size_t capacity = index->entry_capacity ? index->entry_capacity * 2 : 1 << 14;
    struct entry *entries = realloc(index->entries, capacity * sizeof *entries);
    if (!entries)
        return false;
    index->entries = entries;
    index->entry_capacity = capacity;
    return true;
}

static bool served(const struct place_index *index, const char *code) {
    for (size_t i = 0; i < index->provinces_count; i++)
        if (area_within(code, index->provinces[i]))
            return true;
    return false;
}

static bool entry_add(struct place_index *index, uint64_t hash, const struct place *place) {
    if (((index->name_count + 1) * 2 > index->slot_count && !slots_grow(index)) || !entry_reserve(index))
        return false;
    size_t at = hash & (index->slot_count - 1);
    while (index->slots[at].hash && index->slots[at].hash != hash)
        at = (at + 1) & (index->slot_count - 1);
    struct name_slot *slot = &index->slots[at];
    if (!slot->hash)
        index->name_count++;
    slot->hash = hash;
    uint32_t number = (uint32_t)++index->entry_count;
    index->entries[number] = (struct entry){
        place->code, slot->entry, (uint8_t)place->level, place->city, served(index, place->code), false};
    slot->entry = number;
    return true;
}

static bool spelling_changes(const struct spelling *spelling, const char *name) {
    char key[WORD_KEY_MAX];
    size_t used = 0;
    for (; *name && used < WORD_KEY_MAX - 1; name++) {
        char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
        if (!(used && key[used - 1] == c))
            key[used++] = c;
    }
    key[used] = 0;
    bool mine;
    return spelling && !strchr(key, ' ') &&
           (spelling_find(spelling, key, text_hash(key)) ||
               spelling_find_inflected(spelling, key, used, &mine));
}

/* The name as messages would show it: "Lima Puluh Kota" is 50 kota in both. */
static bool name_hash(
    struct arena *arena, const struct spelling *spelling, const char *name, uint64_t *hash) {
    struct text text;
    if (!text_read(arena, spelling, name, strlen(name), &text))
        return false;
    *hash = TEXT_HASH_START;
    for (size_t i = 0; i < text.count; i++)
        *hash = name_step(*hash, text.words[i].hash);
    bool respelled = spelling_changes(spelling, name); /* "Tulung" would be found in every "tolong" */
    if (!text.count || respelled || text.count > PLACE_NAME_WORDS_MAX ||
        (text.count == 1 && (text.words[0].flags & WORD_NUMBER || strcmp(text.words[0].key, "kota") == 0)))
        *hash = 0; /* longer than any message would write it; or "Pitu", which is seven, or plain "Kota" */
    return true;
}

static bool place_add(struct place_index *index, struct arena *arena, const struct spelling *spelling,
    const char *name, const struct place *place) {
    if (place->level == AREA_VILLAGE && !served(index, place->code))
        return true;
    arena_reset(arena);
    uint64_t hash;
    if (!name_hash(arena, spelling, name, &hash))
        return false;
    return !hash || entry_add(index, hash, place);
}

static bool index_fill(
    struct place_index *index, struct arena *arena, const struct spelling *spelling, struct error *error) {
    for (size_t i = 0; i < gazetteer_count(index->gazetteer); i++) {
        struct place place;
        gazetteer_at(index->gazetteer, i, &place);
        if (!place_add(index, arena, spelling, place.name, &place))
            return error_set(error, "no memory for the index of places");
    }
    return true;
}

/* Other names ("Sby", "Caruban"): lines of alias, tab, code; # begins a comment. */
static bool aliases_fill(struct place_index *index, struct arena *arena, const struct spelling *spelling,
    const char *path, struct error *error) {
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, "%s: %s", path, strerror(errno));
    char line[256];
    bool good = true;
    while (good && fgets(line, sizeof line, file)) {
        char *tab = strchr(line, '\t');
        struct place place;
        if (line[0] == '#' || !tab)
            continue;
        *tab = 0;
        tab[1 + strcspn(tab + 1, "\r\n")] = 0;
        if (gazetteer_find(index->gazetteer, tab + 1, &place))
            good = place_add(index, arena, spelling, line, &place) ||
                   error_set(error, "no memory for the index of places");
    }
    fclose(file);
    return good;
}

static void words_tell(struct place_index *index);

struct place_index *place_index_new(const struct gazetteer *gazetteer, const struct spelling *spelling,
    char *const *provinces, size_t province_count, const char *aliases, struct error *error) {
    struct place_index *index = calloc(1, sizeof *index);
    struct arena *arena = arena_new(INDEX_ARENA_BYTES);
    bool good =
        index && arena && slots_grow(index) ? true : error_set(error, "no memory for the index of places");
    if (good) {
        index->gazetteer = gazetteer;
        for (size_t i = 0; i < province_count && i < sizeof index->provinces / sizeof index->provinces[0];
             i++)
            snprintf(index->provinces[index->provinces_count++], CODE_BYTES, "%s", provinces[i]);
        good = index_fill(index, arena, spelling, error) &&
               (!aliases || aliases_fill(index, arena, spelling, aliases, error));
        words_tell(index);
    }
    arena_free(&arena);
    if (!good && index)
        place_index_free(&index);
    return index;
}

void place_index_free(struct place_index **index) {
    if (!*index)
        return;
    free((*index)->entries);
    free((*index)->slots);
    free(*index);
    *index = NULL;
}

/* ---- names in a message */

enum marker {
    MARKER_NONE,
    MARKER_IN,       /* di, nang, dekat, warga ...: a place, of any level */
    MARKER_REGENCY,  /* kabupaten */
    MARKER_CITY,     /* kota */
    MARKER_DISTRICT, /* kecamatan, polsek, puskesmas, KUA */
    MARKER_VILLAGE,  /* desa, kelurahan, nagari */
    MARKER_TOWN,     /* polres, RSUD, terminal, stasiun, alun-alun: tells the regency, not the district */
    MARKER_HAMLET,   /* dusun, kampung, jorong: a name of its own, or that of the district it lies in */
    MARKER_AWAY,    /* asal, orang, dari: where a person is from, not where it happened, if anything better is
                       there */
    MARKER_TOWARDS, /* ke, menuju, arah: not where it happened */
    MARKER_FAR,     /* "anaknya di", "kerja di": where somebody else is, if anything better is there */
    MARKER_STREET   /* jalan, gang, toko: named after places */
};

struct name {
    uint16_t first, last; /* words, without the marker */
    uint32_t entries;     /* first entry of the name */
    enum marker marker;
    bool word; /* also a word of the language */
    bool capital;
    bool opens;  /* first of its clause, where a capital says little */
    bool street; /* "Jl. Kauman" */
    float here;  /* 0..1: less for "asal kab. X", "ke kota X", whose marker only says which X */
};

/* Names that are also words, in their folded form (a doubled letter counts once). */
static const char *const also_words[] = {"alas", "amen", "bener", "bina", "borong", "bulu", "butuh",
    "gantung", "guna", "kasi", "krangkeng", "lapang", "maki", "mandor", "moga", "pacar", "pakat", "panjang",
    "patrol", "raba", "sela", "tempel", "teriak", "tetap", "tulis", "ujung", "waris", "jorong", "seko",
    "lelak", "tangan", "selesai", "pingir", "biru", "teras", "sumur", "kilo", "tambang", "harian", "arahan",
    "baranti", "pom", "negara", "sawit", "murung", "lembur", "salaman", "pemenang", "kresek", "salam",
    "tempe", "rendang", "lirik", "tahunan", "bagor", "bendo", "bendungan", "dander", "gayam", "gending",
    "gedek", "geneng", "jabung", "karangan", "karas", "kare", "kras", "kerek", "kepung", "kunir", "labang",
    "maron", "pagu", "pakem", "pakis", "papar", "puri", "sendang", "sepulu", "suboh", "tapen", "tarik",
    "tiris", "tikung", "tumpang", "talun", "wungu", "wringin", "sempu", "sambit", "sampung", "ajung", "balen",
    "ganding", "gurah", "kendit", "lengkong", "pasean", "paron", "sekaran", "tulangan", "singahan", "panceng",
    "bakung", "saling", "kai", "ibu", "ayah", "buk", "besuk", "pangul", "tangul", "malo", "bantaran",
    "pesantren", "sarmi", "mana", "kasihan", "baras", "menganti", "balai", "kudu", "perak", "bareng",
    "jangkar", "mari", "kerep", "sumbang", "sukun", "abang", "aek", "agam", "agung", "air", "alor", "angrek",
    "asam", "atas", "babat", "bakti", "balong", "bandar", "bangsal", "bangun", "banjar", "banyak", "barat",
    "baron", "baru", "barus", "batang", "batu", "bawah", "bayang", "belakang", "besar", "bima", "blimbing",
    "bone", "bukit", "bulak", "bulan", "bunga", "bungah", "bunut", "buol", "buru", "candi", "cendana",
    "dagangan", "dairi", "dalam", "damai", "danau", "darat", "deket", "deli", "depan", "depok", "doko", "dua",
    "duduk", "dukun", "ende", "gading", "gapura", "garum", "geger", "genteng", "gerih", "giri", "gondang",
    "gowa", "gunung", "harau", "hilir", "hulu", "jambon", "jati", "jaya", "jetis", "jompo", "kali", "kalis",
    "kamal", "kampak", "kampung", "kapas", "karang", "karo", "karya", "kauman", "kaur", "kecil", "kedung",
    "kembang", "kenanga", "kendal", "kota", "koto", "kraton", "kuala", "kudus", "kurung", "lama", "landak",
    "larangan", "lawang", "laut", "lembah", "lembang", "lenteng", "licin", "lima", "linga", "luak", "luar",
    "lubuk", "maju", "makmur", "mandiri", "manis", "masjid", "mawar", "mayang", "melati", "merdeka", "metro",
    "minang", "modo", "mojo", "muara", "muda", "mulya", "muna", "murni", "nias", "pace", "pacet", "padang",
    "padas", "pagar", "palang", "pandan", "pangkalan", "panji", "panti", "parang", "pare", "pasaman", "pasar",
    "paser", "pasir", "pati", "pauh", "pesisir", "pinang", "pucuk", "pukul", "pulau", "pule", "pulung",
    "rakit", "ranah", "rantau", "ras", "raya", "rembang", "sabu", "sangir", "sari", "satu", "sawah", "sawo",
    "sebelah", "sejahtera", "sekar", "selat", "selatan", "semen", "serang", "setia", "siak", "silo",
    "simpang", "sinar", "sine", "singkep", "soko", "solok", "sukses", "sukun", "sumber", "sungai", "suruh",
    "sutera", "talang", "taman", "tambak", "tanjung", "tapin", "tebing", "tegal", "telaga", "teluk", "tempeh",
    "tengah", "tiga", "tigo", "timur", "toba", "tua", "tual", "tugu", "tulang", "turi", "tutur", "ulak",
    "utara", "wajo", "wangi", "waru", "wates", "way", NULL};

/* Of these a capital letter is enough: they are words of other languages or rare ones, and well-known towns.
 */
static const char *const towns_in_capitals[] = {"malang", "batu", "padang", "solok", "pasaman", "bogor",
    "depok", "serang", "garut", "kudus", "tegal", "jepara", "sragen", "sleman", "bantul", "blora", "ambon",
    "kupang", "pare", "pacet", "prigen", "pandan", "bangil", "beji", "gempol", "purwosari", "sukorejo",
    "agam", "metro", "harau", "bengkulu", "dumai", "siak", "kampar", "merakurak", "purwodadi", "ciamis",
    NULL};

static enum marker marker_of(const struct word *word) {
    static const char *const in[] = {"di", "sekitar", "dekat", "daerah", "wilayah", "warga", "lokasi",
        "alamat", "domisili", "tingal", "asli", "wong", "oreng", "reng", "urang", "dakek", "e", "sini",
        "penduduk", "dinsos", "masjid", "musala", "mushola", "pasar", "langgar", NULL};
    static const char *const regency[] = {"kabupaten", "bupati", "pemkab", NULL};
    static const char *const city[] = {"kota", "kotamadya", "kodya", "walikota", "pemkot", NULL};
    static const char *const district[] = {
        "kecamatan", "polsek", "puskesmas", "kua", "koramil", "camat", "pkm", "tksk", NULL};
    static const char *const village[] = {"desa", "kelurahan", "nagari", "lurah", "kades", NULL};
    static const char *const town[] = {"polres", "rsud", "terminal", "stasiun", "pelabuhan", "rsu", "rs",
        "kejaksan", "pengadilan", "lapas", "sman", "bandara", "polresta", NULL};
    static const char *const hamlet[] = {"dusun", "dukuh", "jorong", "korong", "kampung", "kasun", NULL};
    static const char *const away[] = {"asal", "dari", "asalnya", "logat", "logatnya", "ktp", "kelahiran",
        "rantau", "merantau", "perantau", "orang", "bahasa", NULL};
    static const char *const towards[] = {
        "ke", "ka", "lewat", "via", "transit", "menuju", "tujuan", "jurusan", "arah", NULL};
    static const char *const street[] = {"jalan", "gang", "toko", "warung", "hotel", "bank", "universitas",
        "pt", "bukit", "gunung", "sungai", "kali", "jembatan", "perumahan", "kue", "nasi", "masakan", "makan",
        "soto", "rawon", "sate", "suku", "pantai", "pondok", "perum", "timnas", "persib", "arema", "stadion",
        NULL};
    static const struct {
        const char *const *keys;
        enum marker marker;
    } table[] = {{in, MARKER_IN}, {regency, MARKER_REGENCY}, {city, MARKER_CITY}, {district, MARKER_DISTRICT},
        {village, MARKER_VILLAGE}, {town, MARKER_TOWN}, {hamlet, MARKER_HAMLET}, {away, MARKER_AWAY},
        {towards, MARKER_TOWARDS}, {street, MARKER_STREET}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (word_is_one_of(word, table[i].keys))
            return table[i].marker;
    return MARKER_NONE;
}

/* Once, so that no message pays for the length of the list. */
static void words_tell(struct place_index *index) {
    for (const char *const *word = also_words; *word; word++)
        for (uint32_t at = name_find(index, name_step(TEXT_HASH_START, text_hash(*word))); at;
             at = index->entries[at].next)
            index->entries[at].word = true;
}

static bool is_list(const struct word *word, const char *const *list) {
    return word_is_one_of(word, list);
}

static bool names_regency(const struct place_index *index, uint32_t entry) {
    for (; entry; entry = index->entries[entry].next)
        if (index->entries[entry].level == AREA_REGENCY)
            return true;
    return false;
}

static bool names_village_elsewhere(const struct place_index *index, uint32_t entry, const char *district) {
    for (; entry; entry = index->entries[entry].next)
        if (index->entries[entry].level == AREA_VILLAGE && !area_within(index->entries[entry].code, district))
            return true;
    return false;
}

/* "anaknya di", "pulang ke ibu di", "kerja di": somebody or something else is there. */
static bool is_far(const struct text *text, size_t marker) {
    static const char *const far[] = {"pulang", "kerja", "bekerja", "kuliah", "anak", "anaknya", "merantau",
        "saudara", "saudaranya", "kakaknya", "adiknya", "suaminya", "istrinya", "ibunya", "bapaknya",
        "keluarga", "keluarganya", "ortu", "ortunya", "orangtuanya", "majikan", NULL};
    for (size_t i = marker; i-- && i + 3 >= marker;)
        if (text->words[i].clause == text->words[marker].clause && word_is_one_of(&text->words[i], far))
            return true;
    return false;
}

/* "terminal Bungurasih Sidoarjo": the town of a terminal that has a name. */
static bool of_town(const struct text *text, size_t first) {
    for (size_t back = 2; back <= 3 && back <= first; back++) {
        const struct word *word = &text->words[first - back];
        if (word->clause == text->words[first].clause && marker_of(word) == MARKER_TOWN)
            return true;
    }
    return false;
}

/* The longest name that starts at a word; 0 words when none does. */
static uint32_t name_at(
    const struct place_index *index, const struct text *text, size_t first, size_t *used) {
    uint64_t hash = TEXT_HASH_START;
    uint32_t found = 0;
    *used = 0;
    for (size_t k = 0; k < PLACE_NAME_WORDS_MAX && first + k < text->count; k++) {
        if (k && text->words[first + k].sentence != text->words[first].sentence)
            break;
        hash = name_step(hash, text->words[first + k].hash);
        uint32_t entry = name_find(index, hash);
        if (entry) {
            found = entry;
            *used = k + 1;
        }
    }
    return found;
}

/* "Jalan Kauman", "jl kauman"; but "di pinggir jalan Geger Madiun" is in Geger. */
static bool is_street(const struct word *word) {
    static const char *const streets[] = {"jalan", "gang", NULL};
    bool short_of_it = word->end - word->start <= 3;
    return word_is_one_of(word, streets) && (short_of_it || word->flags & WORD_CAPITAL);
}

/* What stands before "kab." or "kec.": where somebody is from or bound for is not where it happened. */
static float how_far_here(const struct text *text, size_t first) {
    if (first < 2 || text->words[first - 2].clause != text->words[first].clause)
        return 1;
    switch (marker_of(&text->words[first - 1])) {
    case MARKER_REGENCY:
    case MARKER_CITY:
    case MARKER_DISTRICT:
    case MARKER_VILLAGE:
        break;
    case MARKER_NONE:
    case MARKER_IN:
    case MARKER_TOWN:
    case MARKER_HAMLET:
    case MARKER_AWAY:
    case MARKER_TOWARDS:
    case MARKER_FAR:
    case MARKER_STREET:
        return 1;
    }
    enum marker before = marker_of(&text->words[first - 2]);
    return before == MARKER_AWAY ? 0.25f : before == MARKER_TOWARDS ? 0.1f : 1;
}

/* The marker before a name, else "kota" or "kab" right after it ("Malang kab", "Padang kota"). */
static enum marker marker_around(
    const struct place_index *index, const struct text *text, size_t first, size_t last) {
    enum marker before = MARKER_NONE;
    if (first && text->words[first - 1].clause == text->words[first].clause)
        before = marker_of(&text->words[first - 1]);
    if (before == MARKER_IN && is_far(text, first - 1))
        before = MARKER_FAR;
    if (before == MARKER_NONE && of_town(text, first))
        before = MARKER_TOWN;
    if (before == MARKER_STREET && first >= 2 && strcmp(text->words[first - 1].key, "kali") == 0)
        before = MARKER_NONE; /* "tiga kali Malang" */
    if (before == MARKER_REGENCY || before == MARKER_CITY || before == MARKER_DISTRICT ||
        before == MARKER_VILLAGE || last + 1 >= text->count ||
        text->words[last + 1].sentence != text->words[last].sentence)
        return before;
    if (text->words[last + 1].clause != text->words[last].clause)
        return before;
    enum marker after = marker_of(&text->words[last + 1]);
    size_t used;
    bool other =
        false; /* "Malang, kota Batu": the marker is the next name's; "kota apa kabupaten": not known */
    for (size_t i = last + 2; i < text->count && i <= last + 3; i++) {
        enum marker next = marker_of(&text->words[i]);
        other = other || ((next == MARKER_REGENCY || next == MARKER_CITY) && next != after);
        if (i == last + 2)
            other = other || names_regency(index, name_at(index, text, i, &used));
    }
    if ((after == MARKER_REGENCY || after == MARKER_CITY) && !other)
        return after;
    return before;
}

static bool has_city(const struct place_index *index, uint32_t entry) {
    for (; entry; entry = index->entries[entry].next)
        if (index->entries[entry].city)
            return true;
    return false;
}

/* "Kota Kediri" is the city, although a district has that name too: only "kec. Kota Kediri" is the district.
 */
static bool kind_of_place_first(const struct place_index *index, const struct text *text, size_t first) {
    size_t used;
    if (strcmp(text->words[first].key, "kota") != 0 || first + 1 >= text->count ||
        (first && marker_of(&text->words[first - 1]) == MARKER_DISTRICT))
        return false;
    return has_city(index, name_at(index, text, first + 1, &used));
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

/* "Pak Bambang", "Lek Sarjo": people are called like small places. */
static bool is_person(
    const struct place_index *index, const struct text *text, size_t first, uint32_t found) {
    static const char *const titles[] = {"pak", "bapak", "bu", "ibu", "mas", "mbak", "kakak", "mbah", "lek",
        "cak", "om", "tante", "si", "haji", "kang", "dik", "mak", "pakde", "bude", "paklik", "bulik", "gus",
        "uni", "uda", "sdr", "saudara", "almarhum", "mbok", "nyai", "yu", "lik", NULL};
    size_t used = 0;
    const struct word *word = &text->words[first];
    return first && word->flags & WORD_CAPITAL && word_is_one_of(word - 1, titles) &&
           word->clause == word[-1].clause && !names_regency(index, found) &&
           (first + 1 == text->count || !name_at(index, text, first + 1, &used));
}

/* "bukan Tegalsari Surabaya"; and "malang benar nasibnya", which is bad luck. */
static bool is_no_name(const struct text *text, size_t first) {
    static const char *const luck[] = {
        "benar", "bener", "sekali", "nasib", "nasibnya", "nian", "melintang", NULL};
    const struct word *word = &text->words[first];
    if (word->negator >= 0)
        return true;
    return strcmp(word->key, "malang") == 0 && ((first + 1 < text->count && word_is_one_of(word + 1, luck)) ||
                                                   (first && word_is_one_of(word - 1, luck)));
}

/* "Padang, barusan nemu nenek": a name that is a clause by itself says where. "Ibu, tolong" does not. */
static bool stands_alone(const struct text *text, size_t first, size_t last) {
    static const char *const called[] = {"ibu", "ayah", "buk", "kasihan", "mari", NULL};
    return !word_is_one_of(&text->words[first], called) &&
           (!first || text->words[first - 1].clause != text->words[first].clause) && last + 1 < text->count &&
           text->words[last + 1].clause != text->words[last].clause;
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

static size_t names_read(
    const struct place_index *index, const struct text *text, struct name out[PLACE_NAMES_MAX]) {
    size_t count = 0, used;
    bool told = !all_capitals(text);
    for (size_t i = 0; i < text->count && count < PLACE_NAMES_MAX; i += used ? used : 1) {
        uint32_t found = name_at(index, text, i, &used);
        if (found && used <= 2 && is_phrase(text, i, told))
            found = 0, used = 2;
        if (found && (is_no_name(text, i) || kind_of_place_first(index, text, i) ||
                         (used == 1 && is_person(index, text, i, found))))
            found = 0, used = 1;
        if (!found)
            continue;
        const struct word *word = &text->words[i];
        bool capital = told && word->flags & (WORD_CAPITAL | WORD_MENTION);
        bool alone = capital && stands_alone(text, i, i + used - 1);
        out[count++] = (struct name){.first = (uint16_t)i,
            .last = (uint16_t)(i + used - 1),
            .entries = found,
            .marker = marker_around(index, text, i, i + used - 1),
            .here = how_far_here(text, i),
            .street = i && is_street(&text->words[i - 1]),
            .capital = capital && !(word->flags & WORD_OPENS && text->words[i].flags & WORD_SHOUTED),
            .opens = word->flags & WORD_OPENS && !alone,
            .word = used == 1 && index->entries[found].word && !alone &&
                    !(capital && !(word->flags & WORD_OPENS) && is_list(word, towns_in_capitals))};
    }
    return count;
}

struct place_names {
    struct name names[PLACE_NAMES_MAX];
    size_t count;
};

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
        const struct name *name = &names->names[i];
        bool told_apart = !name->word || (name->capital && !name->opens) || name->marker == MARKER_DISTRICT ||
                          name->marker == MARKER_VILLAGE;
        for (size_t at = name->first; at <= name->last && told_apart; at++)
            marks[at] = marker_of(&text->words[at]) == MARKER_NONE; /* "terminal" tells something itself */
    }
    return marks;
}

/* ---- readings */

struct reading {
    const struct entry *entry;
    const struct name *name;
    float weight; /* how far the name alone proves it */
};

enum { READINGS_MAX = 192 };

/* The only district or regency of its name in the country; a name and its other spelling are one. */
static bool is_unique(const struct place_index *index, const struct name *name) {
    const char *only = NULL;
    for (uint32_t at = name->entries; at; at = index->entries[at].next) {
        const struct entry *entry = &index->entries[at];
        if (entry->level == AREA_VILLAGE)
            continue;
        if (only && strcmp(only, entry->code) != 0)
            return false;
        only = entry->code;
    }
    return only != NULL;
}

static bool has_served_district(const struct place_index *index, const struct name *name) {
    for (uint32_t at = name->entries; at; at = index->entries[at].next)
        if (index->entries[at].served && index->entries[at].level != AREA_VILLAGE)
            return true;
    return false;
}

/* The rest of the country: only what is plainly a name, and not the name of something nearer. */
static float fit_elsewhere(
    const struct place_index *index, const struct name *name, const struct entry *entry, bool marked) {
    bool plain = name->capital && !name->opens;
    bool town = entry->level == AREA_REGENCY && !name->word;
    bool long_name = name->last > name->first;
    if (!marked && !name->word && has_served_district(index, name))
        return 0.1f;
    if (marked)
        return 0.8f;
    bool unique = !name->word && entry->level == AREA_DISTRICT && is_unique(index, name);
    if (name->marker == MARKER_IN && !name->word)
        return plain || town || (unique && (name->capital || long_name)) ? 0.7f : 0.2f;
    if (plain && (town || long_name || unique))
        return 0.6f;
    if (unique && long_name && name->opens) /* "obat habis. lubuk sikaping" */
        return 0.6f;
    if (town && name->capital)
        return 0.4f;
    return 0.1f;
}

/* How well an entry fits what stands before its name; 0: not at all. */
static float fit(const struct place_index *index, const struct name *name, const struct entry *entry) {
    float weight = 0;
    switch (name->marker) {
    case MARKER_REGENCY:
        weight = entry->level == AREA_REGENCY && !entry->city ? 4 : 0;
        break;
    case MARKER_CITY:
        weight = entry->level == AREA_REGENCY && entry->city ? 4 : 0;
        /* "Lamongan kota": no city of that name, so the district of the town. */
        if (!has_city(index, name->entries))
            weight = entry->level == AREA_DISTRICT ? 4 : entry->level == AREA_REGENCY ? 3 : 0;
        break;
    case MARKER_DISTRICT:
        weight = entry->level == AREA_DISTRICT ? 4 : 0;
        break;
    case MARKER_VILLAGE:
        weight = entry->level == AREA_VILLAGE ? 3 : entry->level == AREA_DISTRICT ? 1.2f : 0;
        break;
    case MARKER_TOWN:
        weight = entry->level == AREA_REGENCY ? 2.5f : entry->level == AREA_DISTRICT ? 1.2f : 0.1f;
        break;
    case MARKER_IN:
        weight = entry->level == AREA_VILLAGE ? 0.6f : 2.5f;
        break;
    case MARKER_NONE:
        weight = entry->level == AREA_VILLAGE ? 0.4f : 2;
        break;
    case MARKER_HAMLET:
        weight = entry->level == AREA_VILLAGE ? 0.5f : 0.8f;
        break;
    case MARKER_AWAY:
        weight = entry->level == AREA_VILLAGE ? 0.1f : 0.7f;
        break;
    case MARKER_TOWARDS:
        weight = entry->level == AREA_VILLAGE ? 0.05f : 0.4f;
        break;
    case MARKER_FAR:
        weight = entry->level == AREA_VILLAGE ? 0.1f : 0.9f;
        break;
    case MARKER_STREET:
        weight = 0.1f;
        break;
    }
    if (entry->level == AREA_VILLAGE && name->marker != MARKER_VILLAGE) { /* 8,000: most words are one */
        if (!name->capital)
            return 0;
        if (name->opens)
            weight = 0.05f; /* "Olean Situbondo": only with its parent beside it */
    }
    if (name->marker == MARKER_DISTRICT && name->word && !name->capital)
        weight *= 0.5f; /* "polsek suruh tunggu" */
    bool marked = name->marker == MARKER_REGENCY || name->marker == MARKER_CITY ||
                  name->marker == MARKER_DISTRICT || name->marker == MARKER_VILLAGE;
    if (name->word && !marked)
        weight *= name->opens || !name->capital ? 0.12f : name->marker == MARKER_IN ? 0.5f : 0.35f;
    if (!entry->served)
        weight *= fit_elsewhere(index, name, entry, marked);
    if (!entry->served && entry->level == AREA_REGENCY &&
        (name->marker == MARKER_AWAY || name->marker == MARKER_FAR))
        weight *= 0.5f; /* who is stranded here, and whose family is there */
    if (!entry->served && name->word && !name->capital && !has_served_district(index, name) &&
        (name->marker == MARKER_DISTRICT || name->marker == MARKER_VILLAGE))
        weight = 0; /* "puskesmas mana", "kades saling hadang" */
    if (entry->level == AREA_PROVINCE)
        weight *= 0.2f;
    return weight * name->here;
}

static size_t readings_list(const struct place_index *index, const struct name *names, size_t name_count,
    struct reading out[READINGS_MAX]) {
    size_t count = 0;
    for (size_t i = 0; i < name_count; i++) {
        for (uint32_t at = names[i].entries; at && count < READINGS_MAX; at = index->entries[at].next) {
            const struct entry *entry = &index->entries[at];
            float weight = fit(index, &names[i], entry);
            if (weight > 0)
                out[count++] = (struct reading){entry, &names[i], weight};
        }
    }
    return count;
}

static bool same_word(const struct name *a, const struct name *b) {
    return a->first <= b->last && b->first <= a->last;
}

/* Words between two names; names side by side ("Blega Bangkalan") belong together. */
static unsigned words_between(const struct name *a, const struct name *b) {
    return a->first > b->last ? a->first - b->last - 1u : b->first > a->last ? b->first - a->last - 1u : 0;
}

#define BESIDE 6.0f

/* "Sidomulyo Bancar Tuban": of the villages of Tuban the one in Bancar. But "Kauman Ponorogo" is the district
 * of that regency, although another is called after it. */
static bool is_district_only(const struct place_index *index, const struct reading *parent) {
    return parent->entry->level == AREA_DISTRICT && !names_regency(index, parent->name->entries);
}

/* What other names add to a reading: a parent that is named, near or far. */
static float support(const struct place_index *index, const struct reading *readings, size_t count,
    const struct reading *one) {
    float best = 0;
    for (size_t i = 0; i < count; i++) {
        const struct reading *parent = &readings[i];
        if (parent->entry->level >= one->entry->level || parent->entry->level == AREA_PROVINCE ||
            same_word(parent->name, one->name) || !area_within(one->entry->code, parent->entry->code))
            continue;
        unsigned apart = words_between(parent->name, one->name);
        float weight = parent->weight + (is_district_only(index, parent) ? 1 : 0) +
                       (apart <= 1      ? BESIDE
                           : apart <= 4 ? 3.0f
                                        : 1.0f);
        /* A common word far from its parent is still only a word. */
        if (one->name->word && apart > 1)
            weight *= 0.3f;
        if (one->entry->level == AREA_VILLAGE && one->name->marker != MARKER_VILLAGE && apart > 1)
            weight *= 0.2f;
        best = weight > best ? weight : best;
    }
    return best;
}

struct choice {
    char code[AREA_TEXT + 1];
    const struct name *name;
    float weight;
};

/* A reading as an area to decide on: villages count for their district. */
static struct choice choice_of(const struct place_index *index, const struct reading *readings, size_t count,
    const struct reading *one) {
    struct choice choice = {.name = one->name, .weight = one->weight};
    float from_parents = support(index, readings, count, one);
    if (one->entry->level == AREA_VILLAGE && from_parents == 0)
        choice.weight = 0; /* never a village alone */
    if (one->entry->level == AREA_DISTRICT && from_parents == 0 && one->name->marker != MARKER_DISTRICT &&
        one->name->marker != MARKER_CITY && names_regency(index, one->name->entries))
        choice.weight *= 0.3f; /* "Padang" is the city, not the district of Lumajang */
    choice.weight += from_parents;
    if (one->entry->level == AREA_DISTRICT && from_parents > 0 && one->name->marker == MARKER_DISTRICT)
        choice.weight += 4; /* "kenjeran sby, kecamatan bulak": what is called a district is it */
    if (one->entry->level == AREA_DISTRICT && from_parents == 0 && one->name->marker == MARKER_VILLAGE &&
        names_village_elsewhere(index, one->name->entries, one->entry->code))
        choice.weight *=
            0.4f; /* "desa Pakuniran": of the villages of that name most lie in another district */
    if (one->entry->level == AREA_DISTRICT && from_parents > BESIDE && one->name->word)
        choice.weight += 1; /* "Pagu Kediri": beside its regency it is no word, and no village of that name */
    /* A regency and a district of one name ("Jombang"): the regency is meant unless "kec" stands before. */
    if (one->entry->level == AREA_REGENCY && one->name->marker != MARKER_DISTRICT)
        choice.weight += one->weight > 1.5f ? 0.75f : one->weight * 0.5f;
    /* A station or terminal tells no district, and a street is called after anything. */
    bool regency_only = one->name->marker == MARKER_TOWN || one->name->street;
    area_cut(one->entry->code, regency_only ? AREA_REGENCY : AREA_DISTRICT, choice.code);
    return choice;
}

static size_t choices_list(const struct place_index *index, const struct reading *readings, size_t count,
    struct choice out[READINGS_MAX]) {
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        struct choice choice = choice_of(index, readings, count, &readings[i]);
        if (choice.weight <= 0)
            continue;
        size_t at = 0;
        while (at < used && strcmp(out[at].code, choice.code) != 0)
            at++;
        if (at == used)
            out[used++] = choice;
        else if (choice.weight > out[at].weight)
            out[at] = choice;
    }
    return used;
}

/* Least weight to decide on: a plain name of a regency or district has 2, "asal X" alone 0.7, a word that
 * could be a name less. */
#define CHOICE_LEAST 0.65f
/* Readings this close to the best are candidates beside it. */
#define CHOICE_MARGIN 0.55f

static void candidate_add(struct place_found *out, const char *code) {
    for (size_t i = 0; i < out->candidate_count; i++)
        if (strcmp(out->candidates[i], code) == 0)
            return;
    if (out->candidate_count < PLACE_CANDIDATES_MAX)
        snprintf(out->candidates[out->candidate_count++], CODE_BYTES, "%s", code);
}

static void area_decide(struct place_found *out, const char *code) {
    snprintf(out->area, sizeof out->area, "%s", code);
    out->level = area_level(code);
}

static void choices_weigh(const struct choice *choices, size_t count, struct place_found *out) {
    const struct choice *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (!best || choices[i].weight > best->weight)
            best = &choices[i];
    if (!best || best->weight < CHOICE_LEAST)
        return;
    out->by_text = true;
    out->first = best->name->first;
    out->last = best->name->last;
    candidate_add(out, best->code);
    for (size_t i = 0; i < count; i++)
        if (&choices[i] != best && choices[i].weight > best->weight - CHOICE_MARGIN &&
            !area_within(best->code, choices[i].code) && !area_within(choices[i].code, best->code) &&
            same_word(choices[i].name, best->name))
            candidate_add(out, choices[i].code);
    if (out->candidate_count > 1)
        return;
    out->candidate_count = 0;
    area_decide(out, best->code);
}

/* "Malang ... yang kota itu": the kind of place said later in the message decides between twins. */
static void twins_decide(const struct place_index *index, const struct text *text, struct place_found *out) {
    static const char *const city[] = {"kota", "kotanya", "kotane", "kotamadya", NULL};
    static const char *const regency[] = {"kabupaten", "kabupatennya", "kabupatene", NULL};
    bool is_city = false, is_regency = false;
    if (out->candidate_count != 2)
        return;
    for (size_t i = 0; i < text->count; i++) {
        is_city = is_city || (word_is_one_of(&text->words[i], city) && text->words[i].negator < 0);
        is_regency = is_regency || (word_is_one_of(&text->words[i], regency) && text->words[i].negator < 0);
    }
    if (is_city == is_regency)
        return;
    for (size_t i = 0; i < 2; i++) {
        struct place place;
        if (area_level(out->candidates[i]) != AREA_REGENCY ||
            !gazetteer_find(index->gazetteer, out->candidates[i], &place) || place.city != is_city)
            continue;
        area_decide(out, place.code);
        out->candidate_count = 0;
        return;
    }
}

/* Several candidates in one regency still tell the regency. */
static void candidates_common(struct place_found *out) {
    if (out->area[0] || out->candidate_count < 2)
        return;
    char regency[CODE_BYTES], other[CODE_BYTES];
    area_cut(out->candidates[0], AREA_REGENCY, regency);
    for (size_t i = 1; i < out->candidate_count; i++) {
        area_cut(out->candidates[i], AREA_REGENCY, other);
        if (strcmp(regency, other) != 0)
            return;
    }
    out->candidate_count = 0;
    area_decide(out, regency);
}

static bool text_place(const struct place_index *index, struct arena *arena, const struct text *text,
    const struct place_names *names, struct place_found *out) {
    struct reading *readings = arena_take(arena, READINGS_MAX * sizeof *readings);
    struct choice *choices = arena_take(arena, READINGS_MAX * sizeof *choices);
    if (!readings || !choices)
        return false;
    size_t reading_count = readings_list(index, names->names, names->count, readings);
    choices_weigh(choices, choices_list(index, readings, reading_count, choices), out);
    twins_decide(index, text, out);
    candidates_common(out);
    return true;
}

/* A position tells the regency; the text may tell the district in it, or decide between twins. */
static void position_apply(
    const struct place_index *index, const struct position *position, struct place_found *out) {
    struct place near;
    if (!position || !gazetteer_nearest_regency(index->gazetteer, *position, PLACE_POSITION_KM, &near))
        return;
    out->by_position = true;
    if (out->area[0] && area_within(out->area, near.code))
        return;
    for (size_t i = 0; i < out->candidate_count; i++)
        if (area_within(out->candidates[i], near.code)) {
            char code[CODE_BYTES];
            snprintf(code, sizeof code, "%s", out->candidates[i]);
            out->candidate_count = 0;
            area_decide(out, code);
            return;
        }
    /* The text names a neighbour: its centre may be further away than the border. Both stay. */
    struct position centre;
    if (out->area[0] && gazetteer_centre(index->gazetteer, out->area, &centre) &&
        position_distance_km(centre, *position) <= PLACE_POSITION_KM)
        return;
    out->candidate_count = 0;
    area_decide(out, near.code);
}

/* A code that no place has is no area: the form was wrong, and nobody could be sent there. */
static void declaration_apply(
    const struct place_index *index, const char *declared, struct place_found *out) {
    struct place place;
    if (!declared)
        return;
    out->unknown_declaration = !gazetteer_find(index->gazetteer, declared, &place);
    if (out->unknown_declaration)
        return;
    if (out->area[0] && !area_within(declared, out->area))
        return; /* the message and the position speak of the event, the form often of the reporter */
    if (!out->area[0] && out->candidate_count) {
        bool fits = false;
        for (size_t i = 0; i < out->candidate_count; i++)
            fits = fits || area_common(out->candidates[i], declared) >= AREA_REGENCY;
        if (!fits)
            return;
    }
    out->by_declaration = true;
    out->candidate_count = 0;
    area_decide(out, declared);
}

bool place_find(const struct place_index *index, struct arena *arena, const struct text *text,
    const struct place_names *names, const struct position *position, const char *declared,
    struct place_found *out) {
    *out = (struct place_found){.level = AREA_NONE};
    if (!text_place(index, arena, text, names, out))
        return false;
    position_apply(index, position, out);
    declaration_apply(index, declared, out);
    return true;
}
