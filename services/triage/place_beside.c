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
           (marker == MARKER_IN && letters->size >= LETTERS_LEAST);
}

/* A district before all villages. False: none has the name, or several districts have such a village. */
static bool find_in(const struct place_index *index, const struct letters *letters, const char *regency,
    char district[AREA_TEXT + 1]) {
    size_t first, count = gazetteer_within(index->gazetteer, regency, &first);
    bool found = false, several = false;
    for (size_t i = first; i < first + count; i++) {
        struct place place;
        char other[AREA_TEXT + 1];
        gazetteer_at(index->gazetteer, i, &place);
        if (place.level < AREA_DISTRICT || !letters_are(letters, place.name))
            continue;
        area_cut(place.code, AREA_DISTRICT, other);
        several = several || (found && strcmp(other, district) != 0);
        found = true;
        strcpy(district, other);
        if (place.level == AREA_DISTRICT)
            return true;
    }
    return found && !several;
}

static bool find_span(const struct place_index *index, const struct text *text, size_t first, size_t count,
    const char *regency, char district[AREA_TEXT + 1]) {
    const struct word *word = &text->words[first], *last = word + count - 1;
    struct letters letters = {.size = 0};
    return word->sentence == last->sentence &&
           letters_add(&letters, text->bytes + word->start, last->end - word->start) && letters.size &&
           may_be_name(text, first, count, &letters) && find_in(index, &letters, regency, district);
}

bool place_beside_find(const struct place_index *index, const struct text *text, size_t first, size_t last,
    const char *regency, char district[AREA_TEXT + 1]) {
    const uint32_t sentence = text->words[first].sentence;
    size_t end = first, begin = last + 1;
    while (end && text->words[end - 1].sentence == sentence &&
           place_marker_is_level(place_marker_of(&text->words[end - 1])))
        end--;
    for (size_t count = NAME_WORDS; count; count--)
        if (end >= count && text->words[end - 1].sentence == sentence &&
            find_span(index, text, end - count, count, regency, district))
            return true;
    if (begin >= text->count || text->words[begin].sentence != sentence ||
        !place_marker_is_level(place_marker_of(&text->words[begin])))
        return false;
    begin++;
    for (size_t count = NAME_WORDS; count; count--)
        if (begin + count <= text->count && find_span(index, text, begin, count, regency, district))
            return true;
    return false;
}
