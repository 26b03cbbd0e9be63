/* How names become an area: what stands before a name (kab, kec, di, jalan, asal ...) says which of its
 * places can be meant, how much it proves and what the place is to the event; then the readings are weighed:
 * a district inside a named regency beats everything, one name that is clear by itself comes next, and what
 * is said of the event comes before where somebody is from. */
#include "services/triage/place_parts.h"

#include "common/texts.h"

#include <string.h>

enum { CODE_BYTES = AREA_TEXT + 1 };

/* ---- readings */

struct reading {
    const struct place_entry *entry;
    const struct place_name *name;
    float weight; /* how far the name alone proves it */
};

enum {
    READINGS_MAX = 192,
    PLAIN_NAME = 6,  /* letters; shorter ones are names of people and months: "Sarjo", "5 Juli" */
    WHERE_REACH = 3, /* words between "tempatnya" and "tahu" */
    LONG_NEAR = 11,  /* letters of a misspelt name that is like no word: "balongbndo" */
    IN_NEAR = 9,     /* and of one behind "in": "di kaliwatez" */
    LONG_NAME = 9    /* no word of any language spoken here: "bukittinggi" */
};

/* Where Minangkabau is spoken. */
#define MINANG "13"
/* What a long name proves that is misspelt: enough where nothing else is named. */
#define NEAR_ALONE 0.8f
/* What "pantai Munjungan" proves of the only Munjungan. */
#define NATURE 1.2f
/* What "kab. Kepanjen" proves of the district. */
#define WRONG_KIND 1.6f
/* What "emperan toko Lamongan" proves of the regency: a shop may be called so. */
#define FRONT 0.9f
/* What "ketapang mau nyebrang" proves of the village with the harbour, and where it lies. */
#define HARBOUR 2.0f
#define HARBOUR_IN "35.10"
/* What "Palengaan Laok" proves of Palengaan: as much as its name alone. */
#define SIDE 2.0f
/* What a hint proves by itself: less than it takes to decide. */
#define HINT 0.3f
/* What a name proves whose sibling stands beside it: as much as "di" before a name. */
#define SIBLING 2.5f

static bool names_village_elsewhere(const struct place_index *index, uint32_t entry, const char *district) {
    for (; entry; entry = index->entries[entry].next)
        if (index->entries[entry].level == AREA_VILLAGE && !area_within(index->entries[entry].code, district))
            return true;
    return false;
}

static bool names_village_served(const struct place_index *index, uint32_t entry) {
    for (; entry; entry = index->entries[entry].next)
        if (index->entries[entry].level == AREA_VILLAGE && index->entries[entry].served)
            return true;
    return false;
}

/* Of the name or of the alias, whichever is longer: "Surantih" is no word, though Sutera is one. */
static size_t letters(const struct place_index *index, const struct place_entry *entry) {
    size_t own = strlen(gazetteer_name(index->gazetteer, entry->code));
    return entry->letters > own ? entry->letters : own;
}

/* The only district or regency of its name in the country; a name and its other spelling are one. */
static bool is_unique(const struct place_index *index, const struct place_name *name) {
    const char *only = NULL;
    for (uint32_t at = name->entries; at; at = index->entries[at].next) {
        const struct place_entry *entry = &index->entries[at];
        if (entry->level == AREA_VILLAGE || entry->hint ||
            (name->only && letters(index, entry) != name->only)) /* Pandaan, and not Pandan */
            continue;
        if (only && strcmp(only, entry->code) != 0)
            return false;
        only = entry->code;
    }
    return only != NULL;
}

/* "balai desa Tongas": no village is called so, and one district. */
static bool is_no_village(const struct place_index *index, const struct place_name *name) {
    for (uint32_t at = name->entries; at; at = index->entries[at].next)
        if (index->entries[at].level == AREA_VILLAGE)
            return false;
    return !name->word && !name->near && is_unique(index, name);
}

/* One of them is enough: "pariaman" is long for the regency of two words and must be so for the city too. */
static bool is_long(const struct place_index *index, const struct place_name *name) {
    for (uint32_t at = name->entries; at; at = index->entries[at].next)
        if (index->entries[at].level != AREA_VILLAGE && letters(index, &index->entries[at]) >= LONG_NAME)
            return true;
    return false;
}

static bool is_twin_here(const struct place_index *index, const struct place_name *name) {
    for (uint32_t at = name->entries; at; at = index->entries[at].next)
        if (index->entries[at].served && index->entries[at].level == AREA_DISTRICT)
            return true;
    return false;
}

/* The only district or regency of its name in West Sumatra, of whose people the message is. */
static bool is_unique_of_minang(const struct place_index *index, const struct place_name *name) {
    const char *only = NULL;
    for (uint32_t at = name->entries; at; at = index->entries[at].next) {
        const struct place_entry *entry = &index->entries[at];
        if (entry->level == AREA_VILLAGE || entry->hint || !area_within(entry->code, MINANG))
            continue;
        if (only && strcmp(only, entry->code) != 0)
            return false;
        only = entry->code;
    }
    return only != NULL;
}

/* "siberut barat", "pagai utara": of the parts of a large place none is called as a word is. */
static bool is_part(const struct place_index *index, const struct place_entry *entry) {
    static const char *const sides[] = {" Barat", " Timur", " Utara", " Selatan", " Tengah"};
    const char *name = gazetteer_name(index->gazetteer, entry->code);
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (strlen(name) > strlen(sides[i]) && strcmp(name + strlen(name) - strlen(sides[i]), sides[i]) == 0)
            return true;
    return false;
}

/* The rest of the country: only what is plainly a name, and not the name of something nearer. */
static float fit_elsewhere(const struct place_index *index, const struct place_name *name,
    const struct place_entry *entry, bool marked) {
    bool plain = name->capital && !name->opens;
    bool town = entry->level == AREA_REGENCY && !name->word;
    bool long_name = name->last > name->first;
    if (entry->landmark)
        return 0.8f;
    if (name->minang && entry->level == AREA_DISTRICT && !area_within(entry->code, MINANG) &&
        is_unique_of_minang(index, name))
        return 0.3f; /* "Maninjau, Tanjung Raya": and not that of Mesuji */
    if (entry->level == AREA_DISTRICT && entry->alias && !name->word && !marked && is_twin_here(index, name))
        return 0.9f; /* told in aliases.tsv to be as well known as that of the site: "Donorojo" */
    if (name->minang && entry->level == AREA_DISTRICT && area_within(entry->code, MINANG) && !name->word &&
        (name->capital || is_long(index, name) || (name->opens && letters(index, entry) >= PLAIN_NAME)) &&
        is_unique_of_minang(index, name))
        return 0.7f; /* "Malalak galodo"; "di pondok sawit, lunang" */
    if (!marked && !name->word && place_entries_name_served(index, name->entries))
        return town && (plain || !name->opens) && entry->city
                   ? 0.4f
                   : 0.1f; /* "di Padang": the city, or the district? */
    if (marked || (entry->alias && long_name && town))
        return 0.8f; /* "Pasar Senen", "Terminal Ubung": nothing else is called so */
    if (entry->level == AREA_DISTRICT && names_village_served(index, name->entries))
        return 0.2f; /* "warga Sidomulyo": one of the villages here, rather than the district there */
    bool unique = !name->word && entry->level == AREA_DISTRICT && is_unique(index, name);
    if (name->marker == MARKER_IN && !name->word)
        return plain || town ||
                       (unique && (name->capital || long_name || is_long(index, name) ||
                                      letters(index, entry) >= PLAIN_NAME))
                   ? 0.7f
                   : 0.2f;
    if (plain && (town || long_name || (unique && letters(index, entry) >= PLAIN_NAME)))
        return 0.6f;
    if (unique && long_name && is_part(index, entry))
        return 0.6f; /* "dari simalegi siberut barat" */
    if (unique && name->opens &&
        (long_name || (name->capital && is_long(index, name)))) /* "obat habis. lubuk sikaping" */
        return 0.6f;
    if (town && name->whole)
        return 0.6f; /* "denpasar, ada yang jatuh" */
    if (town && (name->capital || long_name || is_long(index, name)))
        return 0.4f;
    return 0.1f;
}

static bool lies_in(
    const struct place_index *index, const struct place_entry *entry, const struct place_name *parent) {
    for (uint32_t at = parent->entries; at; at = index->entries[at].next)
        if (index->entries[at].level < entry->level && index->entries[at].level != AREA_PROVINCE &&
            !index->entries[at].hint && area_within(entry->code, index->entries[at].code))
            return true;
    return false;
}

/* The names right before and after a name; NULL: there is none. */
struct neighbours {
    const struct place_name *before, *after;
};

static bool lies_in_one_of(
    const struct place_index *index, const struct place_entry *entry, struct neighbours beside) {
    return (beside.before && lies_in(index, entry, beside.before)) ||
           (beside.after && lies_in(index, entry, beside.after));
}

/* "Jombang kota": of the two districts of that name the town of the regency. Where no regency has the name
 * all are. */
static bool is_town_of_namesake(
    const struct place_index *index, const struct place_name *name, const struct place_entry *entry) {
    bool regency = false;
    for (uint32_t at = name->entries; at; at = index->entries[at].next) {
        if (index->entries[at].level != AREA_REGENCY || index->entries[at].hint)
            continue;
        regency = true;
        if (area_within(entry->code, index->entries[at].code))
            return true;
    }
    return !regency;
}

/* A level at which nothing has the name, said before a name that there is at the other level only. */
static bool is_of_other_kind(const struct place_index *index, const struct place_name *name,
    const struct place_entry *entry, enum area_level other) {
    if (entry->level != other || !entry->served || entry->alias || name->word || name->near)
        return false;
    for (uint32_t at = name->entries; at; at = index->entries[at].next)
        if (index->entries[at].level != AREA_VILLAGE && index->entries[at].level != other)
            return false;
    return true;
}

/* "Desa Muncar, Kab. Temanggung": a village there, and no district of Banyuwangi. */
static bool is_in_other_regency(
    const struct place_index *index, const struct place_name *name, const struct place_name *after) {
    bool regency = after && (after->marker == MARKER_REGENCY || after->marker == MARKER_CITY);
    return regency && (name->marker == MARKER_VILLAGE || !place_marker_is_level(name->marker)) &&
           place_entries_name_regency(index, after->entries) &&
           !place_entries_agree(index, name->entries, after->entries);
}

/* How well an entry fits what stands before its name; 0: not at all. */
static float fit(const struct place_index *index, const struct place_name *name,
    const struct place_entry *entry, struct neighbours beside) {
    float weight = 0;
    if (name->harbour)
        return entry->level == AREA_VILLAGE && area_within(entry->code, HARBOUR_IN) ? HARBOUR : 0;
    if (entry->hint)
        return HINT;
    switch (name->marker) {
    case MARKER_REGENCY:
        weight = entry->level == AREA_REGENCY && !entry->city ? entry->alias ? 3.2f : 4 : 0;
        if (is_of_other_kind(index, name, entry, AREA_DISTRICT))
            weight = WRONG_KIND; /* "kab. Kepanjen" */
        break;
    case MARKER_CITY:
        weight = entry->level == AREA_REGENCY && entry->city ? entry->alias ? 3.2f : 4 : 0;
        if (entry->curt && !entry->city)
            break; /* "luar kota smp rabu" */
        /* "Lamongan kota": no city of that name, so the district of the town. */
        if (!place_entries_name_city(index, name->entries))
            weight = entry->level == AREA_DISTRICT  ? is_town_of_namesake(index, name, entry) ? 4 : 2
                     : entry->level == AREA_REGENCY ? 3
                                                    : 0;
        break;
    case MARKER_DISTRICT:
        weight = entry->level == AREA_DISTRICT ? 4 : 0;
        if (is_of_other_kind(index, name, entry, AREA_REGENCY))
            weight = WRONG_KIND; /* "kecamatan Surabaya" */
        break;
    case MARKER_VILLAGE:
        weight = entry->landmark                  ? HINT /* "desa Genilangit": the village alone */
                 : entry->level == AREA_VILLAGE   ? 3
                 : entry->level == AREA_DISTRICT  ? (is_no_village(index, name) ? 1.8f : 1.2f)
                 : name->headman && entry->served ? 0.8f
                                                  : 0;
        break;
    case MARKER_TOWN:
        weight = entry->level == AREA_REGENCY    ? 2.5f
                 : entry->level != AREA_DISTRICT ? 0.1f
                 : is_unique(index, name)        ? 1.8f
                                                 : 1.2f;
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
    case MARKER_STREET:
        weight = entry->landmark && !name->street ? 2 /* "pondok Lirboyo", "pabrik gula Cukir" */
                 : name->nature && entry->served && entry->level == AREA_DISTRICT && is_unique(index, name)
                     ? NATURE
                 : name->front && entry->served && entry->level == AREA_REGENCY && !entry->alias ? FRONT
                                                                                                 : 0.1f;
        break;
    }
    if (entry->level == AREA_VILLAGE && name->side)
        weight = name->marker == MARKER_STREET ? 0.1f : SIDE;
    else if (entry->level == AREA_VILLAGE && name->marker != MARKER_VILLAGE) { /* 8,000: most words are one */
        if (!name->capital && !name->quarter && (name->word || !lies_in_one_of(index, entry, beside)))
            return 0;
        if (name->opens || !name->capital)
            weight = 0.05f; /* "Olean Situbondo", "sby, keputih": only with its parent beside it */
    }
    if (name->near && entry->level == AREA_DISTRICT && name->marker != MARKER_DISTRICT)
        weight = is_unique(index, name) && ((name->marker == MARKER_IN && letters(index, entry) >= IN_NEAR) ||
                                               (name->opens && letters(index, entry) >= LONG_NEAR))
                     ? NEAR_ALONE
                     : 0.05f;
    if (name->marker == MARKER_DISTRICT && name->word && !name->capital)
        weight *= 0.5f; /* "polsek suruh tunggu" */
    bool marked = name->marker == MARKER_REGENCY || name->marker == MARKER_CITY ||
                  name->marker == MARKER_DISTRICT || name->marker == MARKER_VILLAGE;
    bool square = name->marker == MARKER_TOWN && entry->level == AREA_REGENCY; /* "alun2 batu" */
    if (name->word && !marked)
        weight *= square                                          ? 0.5f
                  : name->opens || !name->capital || name->longer ? 0.12f
                  : name->marker == MARKER_TOWN                   ? 0.8f /* "pelabuhan Jangkar" */
                  : name->marker == MARKER_IN                     ? 0.5f
                                                                  : 0.3f; /* no proof by itself */
    else if (name->longer && !marked)
        weight *= 0.2f;
    if (!entry->served)
        weight *= fit_elsewhere(index, name, entry, marked);
    if (!entry->served && name->marker == MARKER_DISTRICT && name->word && !name->capital)
        weight *=
            name->minang ? 1.2f : 0.8f; /* "kec. karas": as far behind that of the site as "Kec. Karas" */
    if (!entry->served && name->word && !name->capital && !place_entries_name_served(index, name->entries) &&
        (name->marker == MARKER_DISTRICT || name->marker == MARKER_VILLAGE))
        weight = 0; /* "puskesmas mana", "kades saling hadang" */
    if (entry->level == AREA_PROVINCE)
        weight *= 0.2f;
    if (is_in_other_regency(index, name, beside.after))
        weight *= 0.2f;
    if (name->only && entry->level != AREA_VILLAGE && letters(index, entry) != name->only)
        weight *= 0.2f; /* "Cermee", written as it is, is not Cerme */
    return weight;
}

/* The only district of its name; NULL: it is none. */
static const struct place_entry *sure_district(
    const struct place_index *index, const struct place_name *beside) {
    if (!beside || beside->village || beside->word || !is_unique(index, beside))
        return NULL;
    for (uint32_t at = beside->entries; at; at = index->entries[at].next)
        if (index->entries[at].level == AREA_DISTRICT)
            return &index->entries[at];
    return NULL;
}

static bool is_sibling(const struct place_entry *entry, const struct place_entry *sure) {
    return sure && area_common(entry->code, sure->code) == AREA_REGENCY;
}

/* Of all places called Panti the one of "Panti, Rao Selatan", beside which another of its regency stands.
 * NULL: none or several, or what is only named after it. */
static const struct place_entry *sibling_beside(
    const struct place_index *index, const struct place_name *name, struct neighbours beside) {
    if (name->village || name->marker == MARKER_STREET || name->marker == MARKER_TOWN)
        return NULL;
    const struct place_entry *before = sure_district(index, beside.before);
    const struct place_entry *after = sure_district(index, beside.after), *only = NULL;
    size_t districts = 0;
    if (!before && !after)
        return NULL;
    for (uint32_t at = name->entries; at; at = index->entries[at].next) {
        const struct place_entry *entry = &index->entries[at];
        if (entry->level == AREA_REGENCY ||
            (entry->level == AREA_VILLAGE && lies_in_one_of(index, entry, beside)))
            return NULL; /* "Kauman, Ngunut": a village and its district */
        districts += entry->level == AREA_DISTRICT;
        if (entry->level != AREA_DISTRICT || (!is_sibling(entry, before) && !is_sibling(entry, after)))
            continue;
        if (only)
            return NULL;
        only = entry;
    }
    return districts > 1 ? only : NULL;
}

static struct neighbours neighbours_of(const struct place_name *names, size_t count, size_t at) {
    struct neighbours beside = {NULL, NULL};
    if (at && names[at - 1].last + 2 >= names[at].first) /* a word of kind may stand between */
        beside.before = &names[at - 1];
    if (at + 1 < count && names[at].last + 2 >= names[at + 1].first)
        beside.after = &names[at + 1];
    return beside;
}

/* What a name means once it means wherever it is said again. */
static const struct place_entry *sibling_find(
    const struct place_index *index, const struct place_name *names, size_t count, size_t at) {
    const struct place_entry *found = sibling_beside(index, &names[at], neighbours_of(names, count, at));
    for (size_t i = 0; i < count && !found; i++)
        if (i != at && names[i].entries == names[at].entries)
            found = sibling_beside(index, &names[i], neighbours_of(names, count, i));
    return found;
}

struct levels {
    enum area_level from, to;
};

static size_t readings_add(const struct place_index *index, const struct place_name *names, size_t name_count,
    struct levels levels, struct reading out[READINGS_MAX], size_t count) {
    for (size_t i = 0; i < name_count; i++) {
        struct neighbours beside = neighbours_of(names, name_count, i);
        const struct place_entry *sibling = sibling_find(index, names, name_count, i);
        for (uint32_t at = names[i].entries; at && count < READINGS_MAX; at = index->entries[at].next) {
            const struct place_entry *entry = &index->entries[at];
            if (entry->level < levels.from || entry->level > levels.to)
                continue;
            float weight = fit(index, &names[i], entry, beside);
            if (sibling)
                weight = entry == sibling ? weight > SIBLING ? weight : SIBLING : weight * 0.2f;
            if (weight > 0)
                out[count++] = (struct reading){entry, &names[i], weight};
        }
    }
    return count;
}

/* A hundred villages are called Sidomulyo. Where names have more readings than there is room for, the
 * villages come last: a district that is named behind them is not lost. */
static size_t readings_list(const struct place_index *index, const struct place_name *names,
    size_t name_count, struct reading out[READINGS_MAX]) {
    const struct levels all = {AREA_PROVINCE, AREA_VILLAGE}, large = {AREA_PROVINCE, AREA_DISTRICT},
                        villages = {AREA_VILLAGE, AREA_VILLAGE};
    size_t count = readings_add(index, names, name_count, all, out, 0);
    if (count < READINGS_MAX)
        return count;
    count = readings_add(index, names, name_count, large, out, 0);
    return readings_add(index, names, name_count, villages, out, count);
}

static bool same_word(const struct place_name *a, const struct place_name *b) {
    return a->first <= b->last && b->first <= a->last;
}

/* Words between two names; names side by side ("Blega Bangkalan") belong together. */
static unsigned words_between(const struct place_name *a, const struct place_name *b) {
    return a->first > b->last ? a->first - b->last - 1u : b->first > a->last ? b->first - a->last - 1u : 0;
}

#define BESIDE 6.0f
/* What a landmark or a direction adds to a place in the same regency: more than the margin between twins. */
#define POINTED_AT 0.7f

/* "Sidomulyo Bancar Tuban": of the villages of Tuban the one in Bancar. But "Kauman Ponorogo" is the district
 * of that regency, although another is called after it. */
static bool is_district_only(const struct place_index *index, const struct reading *parent) {
    return parent->entry->level == AREA_DISTRICT && !place_entries_name_regency(index, parent->name->entries);
}

/* "Rembang, Jawa Tengah": a province right after a name tells which of the many; the regency of a name is
 * better known than a district. */
static float support_of_province(const struct reading *province, const struct reading *one) {
    unsigned apart = words_between(province->name, one->name);
    if (province->name->first < one->name->last || apart > 1 || one->entry->served)
        return 0;
    return one->entry->level == AREA_REGENCY ? 4 : one->entry->level == AREA_DISTRICT ? 3.3f : 0;
}

/* "Sidoarjo ... Juanda": the district of the regency's own name is told by "kec." or "kota" alone, or by "di
 * Sidoarjo, kab. Sidoarjo". */
static bool is_namesake(
    const struct place_index *index, const struct reading *one, const struct reading *parent) {
    if (one->entry->level != AREA_DISTRICT || one->name->marker == MARKER_DISTRICT ||
        one->name->marker == MARKER_CITY ||
        (one->name->entries == parent->name->entries && !parent->entry->alias &&
            parent->name->first > one->name->last && words_between(one->name, parent->name) <= 1))
        return false;
    for (uint32_t at = one->name->entries; at; at = index->entries[at].next)
        if (index->entries[at].code == parent->entry->code)
            return true;
    return false;
}

/* "Gandusari, dekat Candi Penataran": of those in Blitar and Trenggalek. The candi is in another district. */
static bool is_beside_landmark(const struct reading *one, const struct reading *landmark) {
    return landmark->entry->landmark && !landmark->entry->hint && landmark->entry->level == AREA_DISTRICT &&
           one->entry->level == AREA_DISTRICT && !one->entry->landmark &&
           !same_word(one->name, landmark->name) &&
           area_common(one->entry->code, landmark->entry->code) == AREA_REGENCY;
}

/* "Waru, arah ke Pasean": of those in Pamekasan and Sidoarjo. */
static bool is_beside_direction(const struct reading *one, const struct reading *other) {
    return other->name->towards && other->entry->level == AREA_DISTRICT && other->entry->served &&
           !other->entry->hint && one->entry->level == AREA_DISTRICT && !one->entry->landmark &&
           !one->name->towards && !same_word(one->name, other->name) &&
           area_common(one->entry->code, other->entry->code) == AREA_REGENCY;
}

/* What other names add to a reading: a parent that is named, near or far. */
static float support(const struct place_index *index, const struct reading *readings, size_t count,
    const struct reading *one) {
    float best = 0;
    for (size_t i = 0; i < count; i++) {
        const struct reading *parent = &readings[i];
        if (is_beside_landmark(parent, one) && is_district_only(index, parent) && parent->weight >= 1)
            return -POINTED_AT; /* "pantai Slopeng, Ambunten, Sumenep": a district that is named is that one
                                 */
        if ((is_beside_landmark(one, parent) || is_beside_direction(one, parent)) && best == 0)
            best = POINTED_AT;
        if (parent->entry->level >= one->entry->level || same_word(parent->name, one->name) ||
            !area_within(one->entry->code, parent->entry->code))
            continue;
        if (parent->entry->landmark && one->entry->level == AREA_DISTRICT && best == 0)
            best = POINTED_AT; /* "Wonosari, arah Gunung Kawi" */
        if (parent->entry->hint && one->entry->level == AREA_VILLAGE)
            continue;
        if (is_namesake(index, one, parent))
            continue;
        if (parent->entry->level == AREA_PROVINCE) {
            float weight = support_of_province(parent, one);
            best = weight > best ? weight : best;
            continue;
        }
        unsigned apart = words_between(parent->name, one->name);
        float weight = parent->weight + (is_district_only(index, parent) ? 1 : 0) +
                       (apart <= 1      ? BESIDE
                           : apart <= 4 ? 3.0f
                                        : 1.0f) +
                       (one->name->last + 1 == parent->name->first ? 0.5f : 0); /* as addresses go */
        /* A common word far from its parent is still only a word. */
        if (one->name->word && apart > 1)
            weight *= 0.3f;
        if (one->entry->level == AREA_VILLAGE && one->name->marker != MARKER_VILLAGE && apart > 1 &&
            !one->name->quarter)
            weight *= 0.2f;
        best = weight > best ? weight : best;
    }
    return best;
}

/* Readings this close to the best are candidates beside it. */
#define CHOICE_MARGIN 0.55f

/* "Nganjuk apa Kediri": both stay, though one of them is two. */
#define EITHER_MARGIN 1.5f

/* "Karanganyar, yang mana ya": those of other provinces, too. */
#define WHICH_MARGIN 2.0f

/* "batas Waru sama Surabaya": Waru, a word, is one of the two. */
#define BORDER_LEAST 0.5f
/* What a name must prove to be one of two of which the teller does not know which it is. */
#define DOUBT_LEAST 0.5f

/* More than the margin, so that a second name decides between twins. */
#define TOLD_TWICE 0.6f

/* A reading as an area to decide on: villages count for their district. */
static struct place_choice choice_of(const struct place_index *index, const struct reading *readings,
    size_t count, const struct reading *one) {
    struct place_choice choice = {.name = one->name, .weight = one->weight};
    float from_parents = support(index, readings, count, one);
    if (one->entry->level == AREA_VILLAGE && from_parents == 0 && !one->name->harbour && !one->name->side)
        choice.weight = 0; /* never a village alone */
    if (one->entry->level == AREA_DISTRICT && from_parents == 0 && one->name->marker != MARKER_DISTRICT &&
        one->name->marker != MARKER_CITY && place_entries_name_regency(index, one->name->entries))
        choice.weight *= 0.5f; /* "Padang" is the city, not the district of Lumajang */
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
    /* A station or terminal tells no district, unless it is called after one in a regency that is named; a
     * street is called after anything. */
    bool of_district = from_parents > 0 && !place_entries_name_regency(index, one->name->entries);
    bool of_square =
        (one->name->square || one->name->port) && !place_entries_name_regency(index, one->name->entries);
    bool regency_only = (one->name->marker == MARKER_TOWN && !of_district && !of_square) ||
                        one->name->street || one->name->harbour;
    area_cut(one->entry->code, regency_only ? AREA_REGENCY : AREA_DISTRICT, choice.code);
    return choice;
}

/* The better of two that are the same area; more when two names tell it. */
static void choice_merge(struct place_choice *kept, const struct place_choice *other) {
    bool twice = kept->told_twice ||
                 (!same_word(kept->name, other->name) && kept->name->entries != other->name->entries &&
                     !place_name_is_mere_word(kept->name) && !place_name_is_mere_word(other->name));
    if (kept->told_twice)
        kept->weight -= TOLD_TWICE;
    if (other->weight > kept->weight)
        *kept = *other;
    kept->told_twice = twice;
    if (twice)
        kept->weight += TOLD_TWICE;
}

static size_t choices_list(const struct place_index *index, const struct reading *readings, size_t count,
    struct place_choice out[READINGS_MAX]) {
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        struct place_choice choice = choice_of(index, readings, count, &readings[i]);
        if (choice.weight <= 0)
            continue;
        size_t at = 0;
        while (at < used && strcmp(out[at].code, choice.code) != 0)
            at++;
        if (at == used)
            out[used++] = choice;
        else
            choice_merge(&out[at], &choice);
    }
    return used;
}

static void candidate_add(struct place_found *out, const char *code) {
    for (size_t i = 0; i < out->candidate_count; i++)
        if (strcmp(out->candidates[i], code) == 0)
            return;
    if (out->candidate_count < PLACE_CANDIDATES_MAX)
        copy_text(out->candidates[out->candidate_count++], CODE_BYTES, code);
}

static void area_decide(struct place_found *out, const char *code) {
    copy_text(out->area, sizeof out->area, code);
    out->level = area_level(code);
}

/* Candidates beside the best: places of its name that it proves as well, and what "apa" says it may be. */
static bool is_beside_best(
    const struct place_index *index, const struct place_choice *one, const struct place_choice *best) {
    if (area_within(best->code, one->code) || area_within(one->code, best->code))
        return false;
    if (same_word(one->name, best->name))
        return one->weight > best->weight - (one->name->which ? WHICH_MARGIN : CHOICE_MARGIN);
    if (one->name->border && best->name->border)
        return one->weight >= BORDER_LEAST && !(area_level(one->code) == AREA_DISTRICT &&
                                                  place_entries_name_regency(index, one->name->entries));
    if (one->name->doubt && best->name->doubt && one->weight >= DOUBT_LEAST &&
        !(area_level(one->code) == AREA_DISTRICT && place_entries_name_regency(index, one->name->entries)))
        return true;
    return one->name->either && best->name->either && area_level(best->code) == area_level(one->code) &&
           area_level(one->code) >= AREA_REGENCY && one->weight > best->weight - EITHER_MARGIN;
}

/* How likely an answer must be. Less is asked for, as a wrong place costs more than a question. */
#define SHARE_LEAST 0.55f
/* What an answer must have to be asked about beside another. */
#define SHARE_ASKED 0.2f

/* And one of several districts of a regency. */
#define DISTRICT_LEAST 0.5f

static bool choice_is_of(
    const struct place_names *names, const struct place_choice *choice, const struct place_answer *answer) {
    return answer->names >> (choice->name - names->names) & 1 && place_answer_holds(answer, choice->code);
}

static bool is_better(const struct place_choice *one, const struct place_choice *other) {
    int mere = place_name_is_mere_word(other->name) - place_name_is_mere_word(one->name);
    return mere ? mere > 0 : one->weight > other->weight;
}

/* NULL: none. */
static const struct place_choice *best_of(const struct place_names *names, const struct place_choice *choices,
    size_t count, const struct place_answer *answer) {
    const struct place_choice *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (choice_is_of(names, &choices[i], answer) && (!best || is_better(&choices[i], best)))
            best = &choices[i];
    return best;
}

static const struct place_answer *likeliest(const struct place_answer *answers, size_t count) {
    const struct place_answer *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (!best || answers[i].share > best->share)
            best = &answers[i];
    return best;
}

/* "Nganjuk apa Kediri", "batas Waru sama Surabaya": the teller says himself that it is one of these. */
static bool is_said_to_be_one(const struct place_names *names, const struct place_answer *answer) {
    for (size_t i = 0; i < names->count; i++)
        if (answer->names >> i & 1 &&
            (names->names[i].either || names->names[i].doubt || names->names[i].border))
            return true;
    return false;
}

/* Several are as likely: the reporter is asked which. */
static void answers_ask(const struct place_index *index, const struct place_names *names,
    const struct place_choice *choices, size_t count, const struct place_answer *answers, size_t answer_count,
    struct place_found *out) {
    for (size_t i = 0; i < answer_count; i++) {
        const struct place_choice *best = best_of(names, choices, count, &answers[i]);
        if (!best || (answers[i].share < SHARE_ASKED && !is_said_to_be_one(names, &answers[i])))
            continue;
        candidate_add(out, best->code);
        for (size_t at = 0; at < count; at++)
            if (&choices[at] != best && is_beside_best(index, &choices[at], best))
                candidate_add(out, choices[at].code);
    }
    if (out->candidate_count < 2)
        out->candidate_count = 0;
}

/* To the regency. */
static void area_narrow(struct place_found *out) {
    char regency[CODE_BYTES];
    area_cut(out->area, AREA_REGENCY, regency);
    area_decide(out, regency);
}

static void choice_take(const struct place_index *index, const struct place_choice *choices, size_t count,
    const struct place_choice *best, struct place_found *out) {
    out->by_text = true;
    out->first = best->name->first;
    out->last = best->name->last;
    candidate_add(out, best->code);
    for (size_t i = 0; i < count; i++)
        if (&choices[i] != best && is_beside_best(index, &choices[i], best))
            candidate_add(out, choices[i].code);
    if (out->candidate_count > 1)
        return;
    out->candidate_count = 0;
    area_decide(out, best->code);
}

/* Of several districts of a regency that are named the one of the event; NULL: it stays open which. surest:
 * by its name alone, which decides within an address ("Kecamatan Sorong Kota Sorong"). */
static const struct place_choice *district_of(const struct place_names *names,
    const struct place_choice *choices, size_t count, const struct place_choice *surest,
    const struct place_answer *districts, size_t district_count) {
    const struct place_answer *best = likeliest(districts, district_count);
    const struct place_choice *district = best_of(names, choices, count, best);
    float all = 0;
    if (words_between(surest->name, district->name) <= 1)
        return surest;
    for (size_t i = 0; i < district_count; i++)
        all += districts[i].share;
    return best->share > DISTRICT_LEAST * all ? district : NULL;
}

static bool answer_take(const struct place_index *index, struct arena *arena, const struct text *text,
    const struct place_names *names, const struct place_choice *choices, size_t count,
    const struct place_answer *answer, struct place_found *out) {
    struct place_answer districts[PLACE_ANSWERS_MAX];
    const struct place_choice *best = best_of(names, choices, count, answer), *district = best;
    size_t district_count = area_level(best->code) == AREA_DISTRICT
                                ? place_answers_read_within(index, names, choices, count, answer, districts)
                                : 0;
    if (district_count > 1) {
        if (!place_answers_judge(index, arena, text, names, districts, district_count))
            return false;
        district = district_of(names, choices, count, best, districts, district_count);
    }
    out->share = answer->share;
    choice_take(index, choices, count, district ? district : best, out);
    if (!district && out->area[0])
        area_narrow(out);
    return true;
}

static bool choices_weigh(const struct place_index *index, struct arena *arena, const struct text *text,
    const struct place_names *names, const struct place_choice *choices, size_t count,
    struct place_found *out) {
    struct place_answer answers[PLACE_ANSWERS_MAX];
    size_t answer_count = place_answers_read(index, names, choices, count, answers);
    if (!answer_count)
        return true;
    if (!place_answers_judge(index, arena, text, names, answers, answer_count))
        return false;
    const struct place_answer *best = likeliest(answers, answer_count);
    if (best->share >= SHARE_LEAST)
        return answer_take(index, arena, text, names, choices, count, best, out);
    answers_ask(index, names, choices, count, answers, answer_count, out);
    return true;
}

/* Whether a word that says "city" or "regency" is about no place in particular: "kota Surabaya" names its
 * own, "kota lain" is another. */
static bool is_about_other(
    const struct place_index *index, const struct text *text, const struct place_names *names, size_t at) {
    static const char *const other[] = {"lain", "mana", "besar", "asal", "kelahiran", NULL};
    if (text->words[at].negator >= 0 || (at && word_is(&text->words[at - 1], "luar")))
        return true; /* "suami di luar kota" */
    for (size_t i = 0; i < names->count; i++)
        if (names->names[i].first == at + 1 && place_entries_name_regency(index, names->names[i].entries))
            return true;
    return at + 1 < text->count && word_is_one_of(&text->words[at + 1], other);
}

/* "tidak tahu kota apa kabupaten": neither is said. at: of the two words of kind. */
static bool is_one_kind_or_other(const struct text *text, size_t at) {
    static const char *const either[] = {"apa", "atau", NULL};
    static const char *const kinds[] = {
        "kota", "kotanya", "kotane", "kotamadya", "kabupaten", "kabupatenya", "kabupatene", NULL};
    return (at + 2 < text->count && word_is_one_of(&text->words[at + 1], either) &&
               word_is_one_of(&text->words[at + 2], kinds)) ||
           (at >= 2 && word_is_one_of(&text->words[at - 1], either) &&
               word_is_one_of(&text->words[at - 2], kinds));
}

/* "Malang ... yang kota itu": the kind of place said later in the message decides between twins. */
static void twins_decide(const struct place_index *index, const struct text *text,
    const struct place_names *names, struct place_found *out) {
    static const char *const city[] = {"kota", "kotanya", "kotane", "kotamadya", NULL};
    static const char *const regency[] = {"kabupaten", "kabupatenya", "kabupatene", NULL};
    bool is_city = false, is_regency = false;
    if (out->candidate_count != 2)
        return;
    for (size_t i = 0; i < text->count; i++) {
        bool says_city = word_is_one_of(&text->words[i], city);
        if (!(says_city || word_is_one_of(&text->words[i], regency)) ||
            is_about_other(index, text, names, i) || is_one_kind_or_other(text, i))
            continue;
        is_city = is_city || says_city;
        is_regency = is_regency || !says_city;
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

/* "Malampah, Pasaman": of two regencies outside of the site the one that has the village beside the name. */
static void beside_decides(
    const struct place_index *index, const struct text *text, struct place_found *out) {
    char district[CODE_BYTES], only[CODE_BYTES];
    size_t found = 0;
    for (size_t i = 0; i < out->candidate_count; i++)
        if (area_level(out->candidates[i]) == AREA_REGENCY &&
            !place_index_serves(index, out->candidates[i]) &&
            place_beside_find(index, text, out->first, out->last, out->candidates[i], district)) {
            copy_text(only, sizeof only, district);
            found++;
        }
    if (found != 1)
        return;
    out->candidate_count = 0;
    area_decide(out, only);
}

/* So many readings at most. */
static size_t readings_room(const struct place_index *index, const struct place_names *names) {
    size_t room = 0;
    for (size_t i = 0; i < names->count; i++)
        for (uint32_t at = names->names[i].entries; at && room < READINGS_MAX; at = index->entries[at].next)
            room++;
    return room;
}

struct place_choice *place_choices_read(
    const struct place_index *index, struct arena *arena, const struct place_names *names, size_t *count) {
    const size_t room = readings_room(index, names);
    struct reading *readings = arena_take(arena, room * sizeof *readings);
    struct place_choice *choices = arena_take(arena, room * sizeof *choices);
    if (!readings || !choices)
        return NULL;
    size_t reading_count = readings_list(index, names->names, names->count, readings);
    *count = choices_list(index, readings, reading_count, choices);
    return choices;
}

static bool text_place(const struct place_index *index, struct arena *arena, const struct text *text,
    const struct place_names *names, struct place_found *out) {
    size_t count;
    const struct place_choice *choices = place_choices_read(index, arena, names, &count);
    if (!choices || !choices_weigh(index, arena, text, names, choices, count, out))
        return false;
    twins_decide(index, text, names, out);
    candidates_common(out);
    if (out->candidate_count > 1)
        beside_decides(index, text, out);
    char district[CODE_BYTES];
    if (out->level == AREA_REGENCY && !place_index_serves(index, out->area) &&
        place_beside_find(index, text, out->first, out->last, out->area, district))
        area_decide(out, district);
    return true;
}

/* Is a place of the text in the regency? The one of twins that is, is meant. */
static bool regency_confirms(const char *regency, struct place_found *out) {
    if (out->area[0])
        return area_within(out->area, regency);
    for (size_t i = 0; i < out->candidate_count; i++)
        if (area_within(out->candidates[i], regency)) {
            char code[CODE_BYTES];
            copy_text(code, sizeof code, out->candidates[i]);
            out->candidate_count = 0;
            area_decide(out, code);
            return true;
        }
    return false;
}

/* A neighbour of where the position lies: its centre may be further away than the border. */
static bool is_near(const struct place_index *index, const char *area, const struct position *position) {
    struct position centre;
    return area[0] && gazetteer_centre(index->gazetteer, area, &centre) &&
           position_distance_km(centre, *position) <= PLACE_POSITION_KM;
}

/* A position tells the regency where the text tells none, and decides between twins. Beside a place in the
 * text that is far from it, it is where somebody writes: a son in Jakarta of his mother in Lamongan. */
static void position_apply(
    const struct place_index *index, const struct position *position, struct place_found *out) {
    struct place near;
    if (!position || !gazetteer_nearest_regency(index->gazetteer, *position, PLACE_POSITION_KM, &near))
        return;
    bool told = out->area[0] || out->candidate_count;
    out->by_position = !told || regency_confirms(near.code, out) || is_near(index, out->area, position);
    out->position_is_far = !out->by_position;
    if (!told)
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
