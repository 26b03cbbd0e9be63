#include "services/triage/conflict.h"

#include "common/extract.h"
#include "common/rights.h"
#include "common/site.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    NAMES_MAX = 512,
    SHORT_MAX = 16,  /* "RSBRW" */
    PLACE_MAX = 24,  /* "pasuruan" */
    SHORT_LEAST = 3, /* letters, "RSJ": fewer are no name */
    NEXT_LEAST = 4,  /* letters: "Dr." is none */
    NAMED_MAX = 15,  /* of one text: ids of at most 64 bytes, in a fact of 1,023 (case_file.h, known.h) */
};

struct conflict_name {
    const char *id;
    char words[SHORT_MAX], place[PLACE_MAX], next[PLACE_MAX]; /* folded as words of a report are */
};

struct conflict_names {
    struct extract *facilities; /* ids point into it */
    struct institutions *institutions;
    struct conflict_name list[NAMES_MAX];
    size_t count;
};

/* ---- names of facilities */

static void fold(const char *text, size_t size, char *out, size_t room) {
    size_t used = 0;
    for (size_t i = 0; i < size && used + 1 < room; i++)
        if (!used || out[used - 1] != (char)tolower((unsigned char)text[i])) /* a double letter counts once */
            out[used++] = (char)tolower((unsigned char)text[i]);
    out[used] = 0;
}

/* "UPT", "UPTD": so many are one that it names none. */
static bool is_form(const char *at, size_t size) {
    return (size == 3 || size == 4) && memcmp(at, "UPTD", size) == 0;
}

/* The word behind the short name, where it is one: "RSJ Menur Surabaya". */
static void next_take(const char *behind, struct conflict_name *out) {
    size_t size = 0;
    behind += strspn(behind, ") ");
    while (isalpha((unsigned char)behind[size]))
        size++;
    fold(behind, size >= NEXT_LEAST ? size : 0, out->next, sizeof out->next);
}

/* "UPT Perlindungan dan Pelayanan Sosial Petirahan Anak (PPSPA) Batu": the word in capitals, and the last. */
static void name_take(struct conflict_names *names, const char *id, const char *name) {
    struct conflict_name *out = &names->list[names->count];
    const char *at = name, *last = strrchr(name, ' ');
    *out = (struct conflict_name){.id = id};
    while (*at) {
        size_t size = 0;
        while (isupper((unsigned char)at[size]))
            size++;
        bool whole = !isalnum((unsigned char)at[size]) && (at == name || !isalnum((unsigned char)at[-1]));
        if (whole && size >= SHORT_LEAST && size < SHORT_MAX && !is_form(at, size)) {
            fold(at, size, out->words, sizeof out->words);
            next_take(at + size, out);
        }
        at += size ? size : 1;
    }
    if (last)
        fold(last + 1, strlen(last + 1), out->place, sizeof out->place);
    names->count += out->words[0] && out->place[0];
}

struct conflict_names *conflict_names_load(const char *site_dir, struct error *error) {
    struct conflict_names *names = calloc(1, sizeof *names);
    const struct extract_node *entry;
    if (!names) {
        error_set(error, "out of memory");
        return NULL;
    }
    names->facilities = extract_open(site_dir, "facilities.yaml", error);
    names->institutions = names->facilities ? institutions_read(names->facilities, error) : NULL;
    if (!names->institutions) {
        conflict_names_free(&names);
        return NULL;
    }
    for (size_t i = 0; (entry = extract_entry(names->facilities, NULL, "facilities", i)) != NULL; i++) {
        const char *id = extract_text(names->facilities, entry, "id");
        const char *name = extract_text(names->facilities, entry, "name");
        const char *whole = extract_text(names->facilities, entry, "part_of");
        if (id && name && !whole && names->count < NAMES_MAX)
            name_take(names, id, name);
    }
    return names;
}

void conflict_names_free(struct conflict_names **names) {
    if (*names) {
        extract_close(&(*names)->facilities);
        institutions_free(&(*names)->institutions);
    }
    free(*names);
    *names = NULL;
}

const struct institutions *conflict_institutions(const struct conflict_names *names) {
    return names->institutions;
}

/* ---- the text */

static bool has_word(const struct text *text, const char *key) {
    for (size_t i = 0; i < text->count; i++)
        if (strcmp(text->words[i].key, key) == 0)
            return true;
    return false;
}

static bool is_named(const struct text *text, const struct conflict_name *name) {
    return has_word(text, name->words) &&
           (has_word(text, name->place) || (*name->next && has_word(text, name->next)));
}

/* Ids, separated by spaces, "" for none. Which of several the text accuses, nobody has read yet: until a
 * person takes one back, none of them has the client. NULL: the arena is exhausted. */
static const char *facilities_named(
    const struct conflict_names *names, const struct text *text, struct arena *arena) {
    const char *named = "";
    size_t count = 0;
    for (size_t i = 0; i < names->count && named && count < NAMED_MAX; i++)
        if (is_named(text, &names->list[i])) {
            named = site_codes_join(arena, named, names->list[i].id);
            count++;
        }
    return named;
}

static bool accuses(const struct assessment *assessment) {
    for (size_t i = 0; i < assessment->fact_count; i++)
        if (strcmp(assessment->facts[i].name, RIGHTS_CONFLICT_OF_INTEREST) == 0)
            return strcmp(assessment->facts[i].value, "yes") == 0;
    return false;
}

/* Not where an office is accused, which the text may name the facility beside. */
static bool accuses_facility(const struct assessment *assessment) {
    return assessment->accused.staff || !*assessment->accused.offices;
}

static void tell(struct assessment *assessment, const char *accused) {
    if (*accused)
        assessment->facts[assessment->fact_count++] =
            (struct fact){.name = RIGHTS_CONFLICT_FACILITY, .value = accused};
}

bool conflict_find(const struct conflict_names *names, const struct spelling *spelling, struct arena *arena,
    const char *words, struct assessment *assessment) {
    struct text text;
    const char *accused = assessment->accused.offices;
    if (!accuses(assessment))
        return true;
    if (accuses_facility(assessment)) {
        if (!text_read(arena, spelling, words, strlen(words), &text))
            return false;
        const char *facilities = facilities_named(names, &text, arena);
        accused = facilities ? site_codes_join(arena, facilities, accused) : NULL;
    }
    if (accused)
        tell(assessment, accused);
    return accused != NULL;
}
