/* Villages outside of the site's provinces are in no index: they are 75,000, most of whose names are words.
 * Beside the regency that they lie in they are looked for among its own, letter by letter as they are
 * written; districts too, whose names are words of the language that the text was read into ("Matur"). */
#include "services/triage/place_parts.h"

#include <ctype.h>
#include <string.h>

enum {
    NAME_WORDS = 6,    /* of a name: "Buay Pematang Ribu Ranau Tengah" */
    NAMED_AFTER = 2,   /* "RSUD Lubuk Basung": words behind what is only called after a place */
    LETTERS_LEAST = 6, /* of a word in small letters behind "di" */
    LETTERS_ALONE = 8  /* and of one that nothing announces: "sigapokna mentawai" */
};

struct letters {
    char bytes[GAZETTEER_NAME_MAX];
    size_t size;
};

static bool letters_add(struct letters *out, const char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (!isalnum((unsigned char)bytes[i]))
            continue;
        if (out->size == sizeof out->bytes)
            return false;
        out->bytes[out->size++] = (char)tolower((unsigned char)bytes[i]);
    }
    return true;
}

static bool letters_are(const struct letters *letters, const char *name) {
    size_t at = 0;
    for (; *name; name++) {
        if (!isalnum((unsigned char)*name))
            continue;
        if (at == letters->size || letters->bytes[at] != tolower((unsigned char)*name))
            return false;
        at++;
    }
    return at == letters->size;
}

/* "stasiun Lambuang", "Jl. Kinari": what stands in it or is called so does not tell where it is. */
static bool is_called_after(const struct text *text, size_t first) {
    for (size_t i = first; i-- && i + NAMED_AFTER >= first;) {
        enum place_marker marker = place_marker_of(&text->words[i]);
        if (text->words[i].clause != text->words[first].clause)
            return false;
        if (marker == MARKER_TOWN || marker == MARKER_STREET)
            return true;
    }
    return false;
}

static bool may_be_name(const struct text *text, size_t first, size_t count, const struct letters *letters) {
    const struct word *word = &text->words[first];
    enum place_marker marker = MARKER_NONE;
    if (first && word[-1].sentence == word->sentence)
        marker = place_marker_of(word - 1);
    if (is_called_after(text, first))
        return false;
    return count > 1 || word->flags & WORD_CAPITAL || place_marker_is_level(marker) ||
           (marker == MARKER_IN && letters->size >= LETTERS_LEAST) || letters->size >= LETTERS_ALONE;
}

/* Words beside the regency that may be a name, and what of the regency is called so. */
struct span {
    struct letters letters;
    bool found, is_district, of_several; /* of_several: several districts have such a village */
    char district[AREA_TEXT + 1];
};

struct spans {
    struct span all[2 * NAME_WORDS]; /* what counts more comes first */
    size_t count;
};

static void spans_add(struct spans *spans, const struct text *text, size_t first, size_t count) {
    const struct word *word = &text->words[first], *last = word + count - 1;
    struct span *span = &spans->all[spans->count];
    *span = (struct span){.letters = {.size = 0}};
    if (word->sentence == last->sentence &&
        letters_add(&span->letters, text->bytes + word->start, last->end - word->start) &&
        span->letters.size && may_be_name(text, first, count, &span->letters))
        spans->count++;
}

/* A district before all villages. */
static void span_take(struct span *span, const struct place *place) {
    char district[AREA_TEXT + 1];
    if (span->is_district)
        return;
    area_cut(place->code, AREA_DISTRICT, district);
    span->is_district = place->level == AREA_DISTRICT;
    span->of_several |= span->found && strcmp(district, span->district) != 0;
    span->found = true;
    strcpy(span->district, district);
}

static void read_regency(const struct place_index *index, const char *regency, struct spans *spans) {
    size_t first, count = gazetteer_within(index->gazetteer, regency, &first);
    for (size_t i = first; i < first + count; i++) {
        struct place place;
        gazetteer_at(index->gazetteer, i, &place);
        for (size_t k = 0; place.level >= AREA_DISTRICT && k < spans->count; k++)
            if (letters_are(&spans->all[k].letters, place.name))
                span_take(&spans->all[k], &place);
    }
}

/* What stands before the regency, its own marker aside; the longest counts most. */
static void spans_before(struct spans *spans, const struct text *text, size_t first) {
    const uint32_t sentence = text->words[first].sentence;
    size_t end = first;
    while (end && text->words[end - 1].sentence == sentence &&
           place_marker_is_level(place_marker_of(&text->words[end - 1])))
        end--;
    for (size_t count = NAME_WORDS; count; count--)
        if (end >= count && text->words[end - 1].sentence == sentence)
            spans_add(spans, text, end - count, count);
}

/* "kab Solok, kec Kinari": what stands behind it only with a marker of its own. */
static void spans_behind(struct spans *spans, const struct text *text, size_t last) {
    const size_t begin = last + 1;
    if (begin >= text->count || text->words[begin].sentence != text->words[last].sentence ||
        !place_marker_is_level(place_marker_of(&text->words[begin])))
        return;
    for (size_t count = NAME_WORDS; count; count--)
        if (begin + 1 + count <= text->count)
            spans_add(spans, text, begin + 1, count);
}

bool place_beside_find(const struct place_index *index, const struct text *text, size_t first, size_t last,
    const char *regency, char district[AREA_TEXT + 1]) {
    struct spans spans = {.count = 0};
    spans_before(&spans, text, first);
    spans_behind(&spans, text, last);
    if (spans.count)
        read_regency(index, regency, &spans);
    for (size_t i = 0; i < spans.count; i++) {
        const struct span *span = &spans.all[i];
        if (span->is_district || (span->found && !span->of_several)) {
            strcpy(district, span->district);
            return true;
        }
    }
    return false;
}
