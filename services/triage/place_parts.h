/* What the files of place.h share, in the order in which a message meets them: the index of names
 * (place_index.c); the words beside a name (place_markers.c) and the names in one message (place_names.c),
 * which of them are only words (place_words.c), what stands there (place_stands.c); which of several is that
 * of the event (place_answers.c, place_choose.c, learnt by train_places.c); what is decided from it
 * (place.c), and the villages beside a regency of another province (place_beside.c). */
#pragma once

#include "services/triage/place.h"

#include <stdio.h>

/* One place of a name; the places of one name are a chain. */
struct place_entry {
    const char *code; /* the gazetteer's */
    uint32_t next;    /* next entry of the same name, 0 for none */
    uint8_t level;
    uint8_t letters; /* of an alias in one word; 0: as many as the gazetteer's name has */
    bool city;
    bool served;   /* lies in a province of the site */
    bool word;     /* its name is also a word of the language */
    bool town;     /* and of a town so well known that a capital letter is enough */
    bool alias;    /* by another name than the official one */
    bool curt;     /* so short a name that only "kab" or "kota" makes it one: "Kab. Pas" */
    bool small;    /* first of its chain: nothing but villages and hints have the name */
    bool landmark; /* of landmarks.tsv: what stands there, and not what the place is called */
    bool hint;     /* a landmark that only tells which of several places is meant: "Ngoro, NIP" */
    bool proper; /* a landmark whose words are also what it is: "Tugu Pahlawan", but "tugu pahlawan kecil" */
};

enum {
    PLACE_BEGINS = 1 << 18, /* bits, 32 KiB; a province has some 40,000 beginnings */
    PLACE_JOINED = 1 << 14, /* 2 KiB; it has some 1,000 districts and regencies */
    PLACE_NEAR = 1 << 15    /* 4 KiB; and their long names some 2,600 forms without a letter */
};

struct place_index {
    uint64_t begins[PLACE_BEGINS / 64]; /* a bit for each name and each beginning of one, in whole words */
    uint64_t joined[PLACE_JOINED / 64]; /* for names in one word, by their first letters */
    uint64_t near[PLACE_NEAR / 64];     /* for forms without a letter */
    const struct gazetteer *gazetteer;
    struct place_entry *entries; /* from 1 */
    size_t entry_count, entry_capacity;
    struct place_slot *slots; /* hash of a name -> first entry */
    size_t slot_count, name_count;
    struct place_near *nears; /* long names of the site, and where their misspellings lead */
    size_t near_count, near_capacity;
    struct place_slot *near_slots; /* hash of a name with a letter left out -> number in nears, from 1 */
    size_t near_slot_count, near_used;
    size_t provinces_count;
    char provinces[8][AREA_TEXT + 1];
    struct place_weights *weights; /* which of several places is meant (place_choose.c) */
};

/* Whether it lies in a province of the site. */
bool place_index_serves(const struct place_index *index, const char *code);
/* The longest name that starts at a word: its first entry, and how many words it has; 0 for none. */
uint32_t place_index_find(
    const struct place_index *index, const struct text *text, size_t first, size_t *used);
/* The name of this word alone; 0 for none. */
uint32_t place_index_find_word(const struct place_index *index, const struct word *word);
/* "Nggresik", "Mbenjeng": the name of the site that the word is with the sound before it that Javanese gives
 * it; 0 for none. */
uint32_t place_index_find_nasal(const struct place_index *index, const struct word *word);
/* The word and the next as one name: "lowok waru". Only districts and regencies of the site, and where one is
 * announced its villages; 0 for none. */
uint32_t place_index_find_joined(
    const struct place_index *index, const struct text *text, size_t first, bool village);
/* The one long name of the site that the word misspells by a letter; 0 for none or several. */
uint32_t place_index_find_near(const struct place_index *index, const struct word *word);
/* Whether the chain has a regency; a city; a regency or city outside of the site; a district or regency of
 * the site. */
bool place_entries_name_regency(const struct place_index *index, uint32_t entry);
bool place_entries_name_city(const struct place_index *index, uint32_t entry);
bool place_entries_name_town_elsewhere(const struct place_index *index, uint32_t entry);
bool place_entries_name_served(const struct place_index *index, uint32_t entry);
/* Whether a place of one chain is, or lies in, a place of the other, either way. */
bool place_entries_agree(const struct place_index *index, uint32_t a, uint32_t b);

/* What stands before a name: the kind of place it can be. */
enum place_marker {
    MARKER_NONE,
    MARKER_IN,       /* di, nang, dekat, warga ...: a place, of any level */
    MARKER_REGENCY,  /* kabupaten */
    MARKER_CITY,     /* kota */
    MARKER_DISTRICT, /* kecamatan, polsek, puskesmas, KUA */
    MARKER_VILLAGE,  /* desa, kelurahan, nagari */
    MARKER_TOWN,     /* polres, RSUD, terminal, stasiun, alun-alun: tells the regency, not the district */
    MARKER_HAMLET,   /* dusun, kampung, jorong: a name of its own, or that of the district it lies in */
    MARKER_STREET    /* jalan, gang, toko: named after places */
};

struct place_name {
    uint16_t first, last; /* words, without the marker */
    uint32_t entries;     /* first entry of the name */
    enum place_marker marker;
    bool word; /* also a word of the language */
    bool capital;
    bool opens;   /* first of its clause, where a capital says little */
    bool street;  /* "Jl. Kauman" */
    bool near;    /* misspelt by a letter */
    bool longer;  /* a longer name of something else begins with it: "Panti Asuhan", "Bagor Prasetyo" */
    bool village; /* only villages have it */
    bool quarter; /* "daerah putat jaya": of two words, and the only village that is called so */
    bool side;    /* "Palengaan Laok": a village called after the only district of its name */
    bool whole;   /* the first clause is nothing else */
    bool beside;  /* a place that it lies in, or that lies in it, stands beside it */
    bool belongs; /* "masuknya Tiris": which of two neighbours it is */
    bool towards; /* "arah Pasean", "jalur Pacet": on which side of a place it is */
    bool square;  /* "alun2 Kertosono" */
    bool port;    /* "pelabuhan ikan Muncar": a port called after a district lies in it */
    bool nature;  /* "pantai Munjungan" */
    bool front;   /* "emperan toko Lamongan" */
    bool harbour; /* "ketapang mau nyebrang": the village with the harbour, and no district */
    bool either;  /* "Nganjuk apa Kediri": one of two, and the teller does not know which */
    bool doubt;   /* "Ngantang, eh atau Pujon ya, kurang jelas": and says so */
    bool which;   /* "Sukodono mana kek": one of several, and the teller does not know which */
    bool border;  /* "batas Waru sama Surabaya": on one side or the other */
    bool headman; /* "pak lurah Bojonegoro": of a village there that is not named */
    bool minang;  /* in a message of West Sumatra */
    uint8_t only; /* letters of the one name meant, of all that are read alike: Cermee, and not Cerme; or 0 */
};

struct place_names {
    struct place_name names[PLACE_NAMES_MAX];
    size_t count;
};

/* An area that names of the message make likely. */
struct place_choice {
    char code[AREA_TEXT + 1];
    const struct place_name *name;
    float weight;
    bool told_twice; /* by two names: "RS Soedono Madiun" */
};

enum { PLACE_ANSWERS_MAX = 16, PLACE_FEATURE_BYTES = 128 };

/* Names that agree: one answer to where it happened. */
struct place_answer {
    uint64_t names;                                  /* bit i: place_names.names[i]; PLACE_NAMES_MAX fit */
    char areas[PLACE_CANDIDATES_MAX][AREA_TEXT + 1]; /* regencies, several of twins; or districts of one */
    float proofs[PLACE_CANDIDATES_MAX];              /* of each */
    size_t area_count;
    enum area_level deepest;
    float share; /* how likely it is the one; the shares of all answers and of "none of them" add up to 1 */
};

/* What tells them apart. spelling: how messages are read. relations, choice: the files of that name. NULL
 * with error set. free() ends it. */
struct place_weights *place_weights_new(
    struct arena *arena, const struct spelling *spelling, FILE *relations, FILE *choice, struct error *error);
/* A word in small letters, away from the place it lies in: "saya dari Sumbersari Jember, soal panti asuhan"
 * tells of no Panti. */
bool place_name_is_mere_word(const struct place_name *name);
/* Whether a place lies in one of its areas; whether it has that very area. */
bool place_answer_holds(const struct place_answer *answer, const char *code);
bool place_answer_has(const struct place_answer *answer, const char *area);
/* The answers that choices (of names) allow. */
size_t place_answers_read(const struct place_index *index, const struct place_names *names,
    const struct place_choice *choices, size_t count, struct place_answer out[PLACE_ANSWERS_MAX]);
/* And the districts that choices allow within one. */
size_t place_answers_read_within(const struct place_index *index, const struct place_names *names,
    const struct place_choice *choices, size_t count, const struct place_answer *within,
    struct place_answer out[PLACE_ANSWERS_MAX]);
/* Calls see for all that speaks for or against an answer, then next with its number; at last for "none of
 * them". False only when the arena is exhausted. */
bool place_answers_tell(const struct place_index *index, struct arena *arena, const struct text *text,
    const struct place_names *names, const struct place_answer *answers, size_t count,
    void (*see)(void *context, uint64_t hash, const char *kind, const char *what), void *context,
    void (*next)(void *context, size_t answer));
/* Fills the shares. False only when the arena is exhausted. */
bool place_answers_judge(const struct place_index *index, struct arena *arena, const struct text *text,
    const struct place_names *names, struct place_answer *answers, size_t count);
/* What the names of a message make likely, in the arena; NULL when it is exhausted. */
struct place_choice *place_choices_read(
    const struct place_index *index, struct arena *arena, const struct place_names *names, size_t *count);

/* What kind of place the word before a name announces. */
enum place_marker place_marker_of(const struct word *word);
/* Says what level the name after it has. */
bool place_marker_is_level(enum place_marker marker);
/* Whether the words after `at` go on with what it began: of one clause, or parted by a colon, as in forms
 * ("Kec: Ngajum"). */
bool place_text_goes_on(const struct text *text, size_t at);
/* Whether a stop behind a word of kind ends the sentence, and not a short form of it. */
bool place_text_ends_in_full(const struct text *text, size_t at);
/* The kind of place that the word before a name, or else the one behind it, announces; and the one behind it
 * alone: "Malang kab". */
enum place_marker place_marker_around(
    const struct place_index *index, const struct text *text, size_t first, size_t last);
enum place_marker place_marker_after(const struct place_index *index, const struct text *text, size_t last);
/* Whether the word calls a person: "Pak"; a street: "jl"; a district that is also what people are called. */
bool place_word_is_title(const struct text *text, const struct word *word);
bool place_word_is_street(const struct word *word);
bool place_word_is_name_of_people(const struct word *word);
/* Whether it stands so in the message: most of what only Minangkabau say is read as Indonesian ("ambo" as
 * "saya"). */
bool place_word_is_written(const struct text *text, const struct word *word, const char *spelling);
/* Whether nothing but a greeting stands before the word. */
bool place_text_begins(const struct text *text, size_t first);
/* Whether the name at that word is of somebody who is told of by what he is to the teller: "anak saya Bagor".
 */
bool place_name_is_kin(const struct text *text, size_t first);
/* Whether the chain has the only district of its name in the country, and that is in the site. */
bool place_entry_is_unique(const struct place_index *index, uint32_t entry);
/* Whether it is an official of that place who reports. */
bool place_name_is_reporter(const struct text *text, const struct place_name *name);
/* The district of what is named beside a regency (words first to last), "Nagari Kinari, Kab. Solok", among
 * the districts and villages of the regency. False: nothing, or of several districts. */
bool place_beside_find(const struct place_index *index, const struct text *text, size_t first, size_t last,
    const char *regency, char district[AREA_TEXT + 1]);
/* Fills what stands at a place. before: the name before it, NULL for none. */
void place_name_describe(const struct place_index *index, const struct text *text, struct place_name *name,
    const struct place_name *before);
/* Decides which names that are also words are meant as places. */
void place_words_settle(
    const struct place_index *index, const struct text *text, struct place_name *names, size_t count);
/* What only the rest of the message tells of the names. */
void place_names_complete(
    const struct place_index *index, const struct text *text, struct place_names *names);
