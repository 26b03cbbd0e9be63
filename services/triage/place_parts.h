/* What the files of place.h share, in the order in which a message meets them: the index of names
 * (place_index.c); the words beside a name (place_markers.c) and the names in one message (place_names.c),
 * which of them are only words (place_words.c), and what they are to the event, by the words before them
 * (place_roles.c, with place_being.c, place_going.c and place_cues.c) and by the other names
 * (place_settle.c, place_aside.c); what is decided from them (place.c), and the villages beside a regency of
 * another province (place_beside.c). */
#pragma once

#include "services/triage/place.h"

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

/* What a name is there for, in the order of trust: what is said of the event comes first, where somebody
 * comes from only when nothing else is named, where somebody is bound for never alone. */
enum place_role {
    ROLE_EVENT,  /* "di", "ditemukan di", or nothing that says otherwise */
    ROLE_TELLER, /* "saya di", "lapor dari", "dinsos kabupaten": where it is told or heard */
    ROLE_FROM,   /* asal, orang, KTP, "dulu di": where a person belongs or has been */
    ROLE_FAR,    /* "kerja di", "keluarganya di": where somebody else is */
    ROLE_BOUND   /* ke, menuju, jurusan, "dirujuk ke"; the accent somebody has */
};

struct place_name {
    uint16_t first, last; /* words, without the marker */
    uint32_t entries;     /* first entry of the name */
    enum place_marker marker;
    enum place_role role;
    bool word; /* also a word of the language */
    bool capital;
    bool opens;    /* first of its clause, where a capital says little */
    bool street;   /* "Jl. Kauman" */
    bool near;     /* misspelt by a letter */
    bool longer;   /* a longer name of something else begins with it: "Panti Asuhan", "Bagor Prasetyo" */
    bool village;  /* only villages have it */
    bool quarter;  /* "daerah putat jaya": of two words, and the only village that is called so */
    bool side;     /* "Palengaan Laok": a village called after the only district of its name */
    bool whole;    /* the first clause is nothing else */
    bool beside;   /* a place that it lies in, or that lies in it, stands beside it */
    bool scene;    /* "kejadiannya di", "TKP": said to be where it happened */
    bool home;     /* "saya tinggal di": where the teller lives */
    bool road;     /* an end of a road: "Jl Raya Malang-Blitar" */
    bool belongs;  /* "masuknya Tiris": which of two neighbours it is */
    bool office;   /* "RSUD Sidoarjo", "dinsos kab Blitar": the office of a regency */
    bool own_work; /* "saya kerja di Denpasar" */
    bool towards;  /* "arah Pasean", "jalur Pacet": on which side of a place it is */
    bool victim;   /* "ibunya di Bondowoso, pikun" */
    bool patient;  /* "Puskesmas Kencong rujuk, tapi rumahnya Jombang" */
    bool square;   /* "alun2 Kertosono" */
    bool port;     /* "pelabuhan ikan Muncar": a port called after a district lies in it */
    bool nature;   /* "pantai Munjungan" */
    bool front;    /* "emperan toko Lamongan" */
    bool landing;  /* "besok tiba di Juanda" */
    bool calling;  /* "RSJ Lawang telepon" */
    bool returned; /* "sudah pulang ke Talun" */
    bool settled;  /* "asal Bojonegoro, ngekos di Krian": where somebody lives who is from elsewhere */
    bool harbour;  /* "ketapang mau nyebrang": the village with the harbour, and no district */
    bool either;   /* "Nganjuk apa Kediri": one of two, and the teller does not know which */
    bool doubt;    /* "Ngantang, eh atau Pujon ya, kurang jelas": and says so */
    bool which;    /* "Sukodono mana kek": one of several, and the teller does not know which */
    bool border;   /* "batas Waru sama Surabaya": on one side or the other */
    bool headman;  /* "pak lurah Bojonegoro": of a village there that is not named */
    bool minang;   /* in a message of West Sumatra */
    uint8_t only; /* letters of the one name meant, of all that are read alike: Cermee, and not Cerme; or 0 */
};

struct place_names {
    struct place_name names[PLACE_NAMES_MAX];
    size_t count;
};

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
/* "guru", "warga": what tellers say that they are. */
bool place_word_is_trade(const struct word *word);
/* Whether it stands so in the message: most of what only Minangkabau say is read as Indonesian ("ambo" as
 * "saya"). */
bool place_word_is_written(const struct text *text, const struct word *word, const char *spelling);
/* Whether nothing but a greeting stands before the word. */
bool place_text_begins(const struct text *text, size_t first);
/* Whether the name at that word is of somebody who is told of by what he is to the teller: "anak saya Bagor".
 */
bool place_name_is_kin(const struct text *text, size_t first);
/* Whether the two stand side by side, but for a word of kind or who is called, and one lies in the other. */
bool place_name_is_beside(const struct place_index *index, const struct text *text,
    const struct place_name *one, const struct place_name *next);
/* Whether a disaster is said to have come to the place: "Tiris longsor lagi". */
bool place_name_is_struck(const struct text *text, const struct place_name *name);
/* Whether the chain has the only district of its name in the country, and that is in the site. */
bool place_entry_is_unique(const struct place_index *index, uint32_t entry);
/* Whether the word is "in": "di", and "nek Sine", which before a small letter is "if". */
bool place_word_is_in(const struct text *text, size_t at);
/* Whether somebody is brought home dead. */
bool place_text_is_of_dead(const struct text *text);
/* Whether somebody works abroad, or is there, of whom the home is asked for. */
bool place_text_is_of_worker_abroad(const struct text *text);
bool place_text_is_of_abroad(const struct text *text);
/* Whether it is an official of that place who reports. */
bool place_name_is_reporter(const struct text *text, const struct place_name *name);
/* The district of what is named beside a regency (words first to last), "Nagari Kinari, Kab. Solok", among
 * the districts and villages of the regency. False: nothing, or of several districts. */
bool place_beside_find(const struct place_index *index, const struct text *text, size_t first, size_t last,
    const char *regency, char district[AREA_TEXT + 1]);
/* Fills role, road, home and scene of a name. before: the name before it, NULL for none. */
void place_role_read(const struct place_index *index, const struct text *text, struct place_name *name,
    const struct place_name *before);
/* Decides which names that are also words are meant as places. */
void place_words_settle(
    const struct place_index *index, const struct text *text, struct place_name *names, size_t count);
/* Whether another name, and no hospital before it, says that it happened elsewhere: one of a role up to most.
 */
bool place_names_have_elsewhere(const struct place_index *index, const struct text *text,
    const struct place_names *names, size_t at, enum place_role most);
/* Sets aside the names that are beside the matter, and takes those that were lured to (place_aside.c). */
void place_names_set_aside(
    const struct place_index *index, const struct text *text, struct place_names *names);
/* Decides what a name is there for where only the other names tell. */
void place_names_settle(const struct place_index *index, const struct text *text, struct place_names *names);
