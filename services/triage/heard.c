#include "services/triage/heard.h"

#include "common/hash_index.h"
#include "common/texts.h"
#include "services/triage/likeness.h"
#include "services/triage/scene.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    COPY_BYTES_MIN = 40, /* shorter texts ("tolong!") are alike by chance */
    WORDS_MIN = 6,       /* so many words make a signature */
    BANDS = 3,           /* of BAND values each: texts with 9 of 10 pairs in common share one at 93 % */
    BAND = 5,            /* and those with 4 of 10, as templates of a bot make them, at 3 % */
    OF_TEXT = 4,         /* rows looked at a key, newest first */
    OF_BAND = 2,
    OF_BLOCK = 6,
    OF_CELL = 3,
    ROWS_MAX = 16,
    AGREES_COPY = 750, /* permille of the signature: the same text with a word or two changed */
    CHANGED_MAX = 6,   /* words that a copy may have more or less */
    AGE_APART = 5,     /* years: domain reference 9c */
    MARKS_BYTES = 3 * 8 + 2 * HEARD_SIGNATURE,
    RECENT = 2048,   /* x 200 bytes = 400 KiB */
    PRINT_INDEX = 1, /* of this store */
};
#define CELL_DEGREES 0.01 /* 1.1 km */

/* ---- keys ---- */

enum key_use { KEY_TEXT = 1, KEY_BAND, KEY_BLOCK, KEY_CELL };

/* Drill and reality are looked for among themselves only: neither crowds out the other's rows. */
static uint64_t set_apart(uint64_t key, bool training) {
    return training ? ~key : key;
}

static uint64_t keyed(const struct triage *triage, const void *bytes, size_t size) {
    uint64_t hash;
    crypto_shorthash((uint8_t *)&hash, bytes, size, triage->shingle_key);
    return hash ? hash : 1; /* 0 is none */
}

static uint64_t read_hash(const ProtobufCBinaryData *bytes) {
    uint64_t hash = 0;
    if (bytes->len >= sizeof hash)
        memcpy(&hash, bytes->data, sizeof hash);
    return hash;
}

static uint64_t text_key(const struct triage *triage, uint64_t content) {
    uint64_t parts[] = {KEY_TEXT, content};
    return keyed(triage, parts, sizeof parts);
}

/* As far as the district; of a place that is not known so far, as far as it is. */
static void place_of(const char *area, char out[AREA_TEXT + 1]) {
    memset(out, 0, AREA_TEXT + 1);
    area_cut(area, AREA_DISTRICT, out);
}

static uint64_t band_key(
    const struct triage *triage, const struct print *print, const char *area, unsigned band) {
    struct {
        uint32_t use, band;
        uint16_t values[BAND];
        char place[AREA_TEXT + 1];
    } parts;
    memset(&parts, 0, sizeof parts);
    parts.use = KEY_BAND;
    parts.band = band;
    memcpy(parts.values, print->signature + band * BAND, sizeof parts.values);
    place_of(area, parts.place);
    return keyed(triage, &parts, sizeof parts);
}

static uint64_t block_key(const struct triage *triage, const char *kind, const char *place) {
    struct {
        uint32_t use;
        char place[AREA_TEXT + 1];
        char family[32];
    } parts;
    const struct site_kind *known = site_kinds_find(triage->site.kinds, kind);
    memset(&parts, 0, sizeof parts);
    parts.use = KEY_BLOCK;
    copy_text(parts.place, sizeof parts.place, place);
    copy_text(parts.family, sizeof parts.family, known ? known->family : kind);
    return keyed(triage, &parts, sizeof parts);
}

static uint64_t cell_key(const struct triage *triage, double latitude, double longitude) {
    int64_t parts[] = {
        KEY_CELL, (int64_t)floor(latitude / CELL_DEGREES), (int64_t)floor(longitude / CELL_DEGREES)};
    return keyed(triage, parts, sizeof parts);
}

/* ---- the print of a text ---- */

/* Letters and digits, ASCII folded; the rest of UTF-8 as it is. */
static bool is_letter(unsigned char byte) {
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

/* The next word's hash; false at the end. */
static bool next_word(const char **at, const char *end, uint64_t *hash) {
    while (*at < end && !is_letter((unsigned char)**at))
        (*at)++;
    *hash = TEXT_HASH_START;
    if (*at == end)
        return false;
    for (; *at < end && is_letter((unsigned char)**at); (*at)++) {
        char letter = **at;
        *hash = text_hash_step(*hash, letter >= 'A' && letter <= 'Z' ? (char)(letter | 0x20) : letter);
    }
    return true;
}

/* One permutation, HEARD_SIGNATURE bins: the least hash of each; an empty bin borrows from the next (Li,
 * Owen, Zhang 2012; Shrivastava, Li 2014). */
static void signature_make(const struct triage *triage, const char *text, struct print *out) {
    uint64_t least[HEARD_SIGNATURE], pair[2];
    const char *at = text, *end = text + strnlen(text, TEXT_BYTES_MAX);
    unsigned words = 1;
    memset(least, 0xff, sizeof least);
    if (!next_word(&at, end, &pair[0]))
        return;
    for (; next_word(&at, end, &pair[1]); pair[0] = pair[1], words++) {
        uint64_t hash = keyed(triage, pair, sizeof pair), value = hash >> 4;
        uint64_t *bin = &least[hash % HEARD_SIGNATURE];
        *bin = value < *bin ? value : *bin;
    }
    out->shingled = words >= WORDS_MIN;
    for (unsigned i = 0; out->shingled && i < HEARD_SIGNATURE; i++) {
        unsigned from = i, steps = 0;
        while (least[from] == UINT64_MAX) {
            from = (from + 1) % HEARD_SIGNATURE;
            steps++;
        }
        uint64_t value = least[from] + steps;
        out->signature[i] = (uint16_t)(value ^ value >> 16 ^ value >> 32);
    }
}

void heard_print(const struct triage *triage, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, struct print *out) {
    *out = (struct print){.reporter = read_hash(&received->reporter)};
    if (strlen(content->text) >= COPY_BYTES_MIN)
        out->content = read_hash(&received->content_hash);
    if (content->located)
        out->cell = cell_key(triage, content->latitude, content->longitude);
    signature_make(triage, content->text, out);
}

unsigned print_agreement(const struct print *a, const struct print *b) {
    unsigned same = 0;
    if (!a->shingled || !b->shingled)
        return 0;
    for (unsigned i = 0; i < HEARD_SIGNATURE; i++)
        same += a->signature[i] == b->signature[i];
    return same * 1000 / HEARD_SIGNATURE;
}

static void print_pack(const struct print *print, uint8_t out[MARKS_BYTES]) {
    memcpy(out, &print->content, 8);
    memcpy(out + 8, &print->reporter, 8);
    memcpy(out + 16, &print->cell, 8);
    memcpy(out + 24, print->signature, sizeof print->signature);
}

static void print_unpack(const uint8_t *bytes, size_t size, struct print *out) {
    *out = (struct print){0};
    if (size >= 8)
        memcpy(&out->content, bytes, 8);
    if (size < 24)
        return;
    memcpy(&out->reporter, bytes + 8, 8);
    memcpy(&out->cell, bytes + 16, 8);
    out->shingled = size == MARKS_BYTES;
    if (out->shingled)
        memcpy(out->signature, bytes + 24, sizeof out->signature);
}

/* ---- rows ---- */

/* A row of the store that an index entry led to. Texts are short copies: the statement is used again. */
struct trace {
    int64_t number, at;
    struct id case_id;
    char kind[64], area[AREA_TEXT + 1];
    int age, sex;
    struct print print;
    unsigned agreement; /* permille */
};

/* The newest rows once more in memory: most candidates are among them, and a report has some ten. A row never
 * changes. One that was rolled back has a number that nobody gets again, and leads to a case that is not
 * there.
 */
struct recent {
    struct trace traces[RECENT];
};

/* ---- the index ---- */

/* kinds: the main one and the further ones, separated by spaces: who tells of another victim first finds it.
 */
static bool blocks_add(
    struct triage *triage, const char *kinds, const char *place, bool training, int64_t number) {
    char kind[SITE_CODE_MAX + 1];
    uint64_t first = 0;
    bool added = true;
    while (site_codes_next(&kinds, kind)) {
        uint64_t key = block_key(triage, kind, place);
        if (key != first) /* one family, one key */
            added &= hash_index_add(triage->index, set_apart(key, training), number);
        first = first ? first : key;
    }
    return added;
}

static bool index_add(struct triage *triage, const struct print *print, const char *kinds, const char *area,
    bool training, int64_t number) {
    char place[AREA_TEXT + 1];
    bool added = true;
    place_of(area, place);
    if (print->content)
        added &= hash_index_add(triage->index, set_apart(text_key(triage, print->content), training), number);
    for (unsigned band = 0; print->shingled && band < BANDS; band++)
        added &=
            hash_index_add(triage->index, set_apart(band_key(triage, print, area, band), training), number);
    if (place[0])
        added &= blocks_add(triage, kinds, place, training, number);
    if (print->cell)
        added &= hash_index_add(triage->index, set_apart(print->cell, training), number);
    return added;
}

/* Rows that no run of the index has yet. False: no memory. */
static bool index_refill(struct turn *turn, struct triage *triage) {
    struct statement *rows = triage_use(turn->store, TRIAGE_PRINT_AFTER);
    bind_int(rows, hash_index_last(triage->index));
    bool added = true, enough = false;
    while (added && !enough && statement_step(rows)) {
        struct print print;
        size_t size;
        const void *marks = column_blob(rows, 3, &size);
        print_unpack(marks, size, &print);
        hash_index_pass(triage->index, column_int(rows, 0)); /* a few words from nowhere leave no key */
        added = index_add(triage, &print, column_text(rows, 1), column_text(rows, 2),
            column_int(rows, 4) != 0, column_int(rows, 0));
        enough = hash_index_refill(triage->index, turn);
    }
    statement_end(rows);
    return added;
}

bool heard_open(struct turn *turn) {
    struct triage *triage = turn->state;
    if (!triage->recent && !(triage->recent = calloc(1, sizeof *triage->recent)))
        return false;
    if (!hash_index_open(&triage->index, turn, PRINT_INDEX))
        return false;
    if (index_refill(turn, triage))
        return true;
    hash_index_close(&triage->index); /* of the last row not all keys may be in it */
    return false;
}

void heard_close(struct triage *triage) {
    hash_index_close(&triage->index);
    free(triage->recent);
    triage->recent = NULL;
}

/* At a glance a report of several victims is about nobody in particular: the next one may begin with another
 * of them. Judged in full, all of them count (people.h). */
static int age_of(const struct assessment *assessment) {
    return assessment->also_count ? -1 : assessment_age(assessment);
}

static int sex_of(const struct assessment *assessment) {
    return assessment->also_count ? 0 : assessment_sex(assessment);
}

bool heard_keep(struct turn *turn, const struct print *print, const struct assessment *assessment,
    const struct id *case_id) {
    struct triage *triage = turn->state;
    uint8_t marks[MARKS_BYTES];
    int64_t number = hash_index_next(triage->index);
    print_pack(print, marks);
    const char *kinds = triage_kinds(turn, assessment);
    if (!kinds)
        return false;
    struct statement *add = triage_use(turn->store, TRIAGE_PRINT_ADD);
    bind_int(add, number);
    bind_int(add, turn->now);
    bind_id(add, case_id);
    bind_text(add, kinds);
    bind_text(add, assessment->area);
    bind_int(add, age_of(assessment));
    bind_int(add, sex_of(assessment));
    bind_blob(add, marks, print->shingled ? MARKS_BYTES : MARKS_BYTES - sizeof print->signature);
    bind_int(add, turn->training);
    statement_run(add);
    struct trace *recent = &triage->recent->traces[(uint64_t)number % RECENT];
    *recent = (struct trace){.number = number,
        .at = turn->now,
        .case_id = *case_id,
        .age = age_of(assessment),
        .sex = sex_of(assessment),
        .print = *print};
    copy_text(recent->kind, sizeof recent->kind, assessment->kind);
    copy_text(recent->area, sizeof recent->area, assessment->area);
    bool added = index_add(triage, print, kinds, assessment->area, turn->training, number);
    hash_index_save(triage->index, turn);
    return added;
}

bool heard_forget(struct turn *turn, int64_t before, unsigned most) {
    struct triage *triage = turn->state;
    struct statement *delete = triage_use(turn->store, TRIAGE_PRINT_SWEEP);
    bind_int(delete, before);
    bind_int(delete, most);
    statement_run(delete);
    bool more = store_changes(turn->store) == most;
    struct statement *first = triage_use(turn->store, TRIAGE_PRINT_FIRST);
    int64_t number = statement_step(first) ? column_int(first, 0) : 0;
    statement_end(first);
    if (number)
        hash_index_forget(triage->index, turn, number);
    return more;
}

/* ---- candidates ---- */

struct looking {
    struct turn *turn;
    const Sigap__ReportReceived *received;
    const Sigap__ReportContent *content;
    const struct reading *reading;
    const struct assessment *assessment;
    const struct site_kind *kind;
    struct print *print;
    const struct scene *scene; /* the report as it is compared; NULL: nobody to compare it with so far */
    int64_t seen[ROWS_MAX];
    size_t seen_count;
    struct trace traces[ROWS_MAX]; /* most promising first, one a case */
    size_t trace_count;
};

static bool trace_read_row(struct turn *turn, int64_t number, struct trace *out) {
    struct statement *get = triage_use(turn->store, TRIAGE_PRINT_GET);
    bind_int(get, number);
    bool found = statement_step(get);
    if (found) {
        size_t size;
        out->number = number;
        out->at = column_int(get, 0);
        out->case_id = column_id(get, 1);
        const char *kinds = column_text(get, 2);
        snprintf(out->kind, sizeof out->kind, "%.*s", (int)strcspn(kinds, " "), kinds);
        copy_text(out->area, sizeof out->area, column_text(get, 3));
        out->age = (int)column_int(get, 4);
        out->sex = (int)column_int(get, 5);
        const void *marks = column_blob(get, 6, &size);
        print_unpack(marks, size, &out->print);
    }
    statement_end(get);
    return found;
}

static bool trace_read(struct turn *turn, int64_t number, struct trace *out) {
    const struct triage *triage = turn->state;
    const struct trace *recent = &triage->recent->traces[(uint64_t)number % RECENT];
    if (recent->number != number)
        return trace_read_row(turn, number, out);
    *out = *recent;
    return true;
}

static bool in_time(const struct looking *looking, const struct trace *trace) {
    const struct triage *triage = looking->turn->state;
    const struct site_kind *other = site_kinds_find(triage->site.kinds, trace->kind);
    int64_t within = looking->kind ? (int64_t)duration_ms(looking->kind->same_case_within) : 0;
    int64_t theirs = other ? (int64_t)duration_ms(other->same_case_within) : 0;
    return looking->turn->now - trace->at <= (theirs > within ? theirs : within);
}

/* What speaks against it at a glance: the person, the place. */
static bool excluded(const struct looking *looking, const struct trace *trace) {
    const char *area = looking->assessment->area;
    int age = age_of(looking->assessment), sex = sex_of(looking->assessment);
    return (age >= 0 && trace->age >= 0 && abs(age - trace->age) > AGE_APART) ||
           (sex && trace->sex && sex != trace->sex) || area_beside(area, trace->area);
}

static void trace_keep(struct looking *looking, const struct trace *trace) {
    size_t at = looking->trace_count;
    for (size_t i = 0; i < looking->trace_count; i++)
        if (id_equal(&looking->traces[i].case_id, &trace->case_id)) {
            if (looking->traces[i].agreement >= trace->agreement)
                return;
            memmove(&looking->traces[i], &looking->traces[i + 1],
                (--looking->trace_count - i) * sizeof *looking->traces);
            at = looking->trace_count;
            break;
        }
    while (at && looking->traces[at - 1].agreement < trace->agreement)
        at--;
    if (looking->trace_count == ROWS_MAX || at >= ROWS_MAX)
        return;
    memmove(&looking->traces[at + 1], &looking->traces[at],
        (looking->trace_count - at) * sizeof *looking->traces);
    looking->traces[at] = *trace;
    looking->trace_count++;
}

static void look_at(struct looking *looking, uint64_t key, unsigned most) {
    struct triage *triage = looking->turn->state;
    int64_t rows[OF_BLOCK];
    size_t count = hash_index_find(
        triage->index, looking->turn->store, set_apart(key, looking->turn->training), rows, most);
    for (size_t i = 0; i < count && looking->seen_count < ROWS_MAX; i++) {
        struct trace trace;
        bool seen = false;
        for (size_t k = 0; k < looking->seen_count; k++)
            seen |= looking->seen[k] == rows[i];
        if (seen)
            continue;
        looking->seen[looking->seen_count++] = rows[i];
        if (!trace_read(looking->turn, rows[i], &trace) || !in_time(looking, &trace) ||
            excluded(looking, &trace))
            continue;
        trace.agreement = print_agreement(looking->print, &trace.print);
        trace_keep(looking, &trace);
    }
}

static void look_around(struct looking *looking) {
    const struct triage *triage = looking->turn->state;
    const struct assessment *assessment = looking->assessment;
    char place[AREA_TEXT + 1], regency[AREA_TEXT + 1];
    for (unsigned band = 0; looking->print->shingled && band < BANDS; band++)
        look_at(looking, band_key(triage, looking->print, assessment->area, band), OF_BAND);
    place_of(assessment->area, place);
    if (place[0])
        look_at(looking, block_key(triage, assessment->kind, place), OF_BLOCK);
    for (size_t i = 0; place[0] && i < assessment->also_count; i++)
        look_at(looking, block_key(triage, assessment->also[i], place), OF_BAND);
    if (area_level(place) == AREA_DISTRICT && area_cut(place, AREA_REGENCY, regency))
        look_at(looking, block_key(triage, assessment->kind, regency), OF_BAND); /* who named no district */
    if (!looking->print->cell)
        return;
    for (int north = 0; north < 2; north++)
        for (int east = 0; east < 2; east++) /* the four squares whose corner is nearest */
            look_at(looking,
                cell_key(triage, looking->content->latitude + (north - 0.5) * CELL_DEGREES,
                    looking->content->longitude + (east - 0.5) * CELL_DEGREES),
                OF_CELL);
}

/* ---- deciding ---- */

/* The open case that a row leads to, if it is a drill where this is one. */
static bool candidate_read(const struct looking *looking, const struct trace *trace, struct open_case *out) {
    return case_read_whole(looking->turn, &trace->case_id, out) && !out->closed_at &&
           out->training == looking->turn->training;
}

/* A copy of a text about the same place. Texts without a place are alike by chance: they open cases of their
 * own. */
static bool find_copy(struct looking *looking, struct heard *out) {
    struct triage *triage = looking->turn->state;
    int64_t rows[OF_TEXT];
    if (!looking->print->content || !looking->assessment->area[0] || !looking->kind)
        return false;
    uint64_t key = set_apart(text_key(triage, looking->print->content), looking->turn->training);
    size_t count = hash_index_find(triage->index, looking->turn->store, key, rows, OF_TEXT);
    for (size_t i = 0; i < count; i++) {
        struct trace trace;
        if (!trace_read(looking->turn, rows[i], &trace) || trace.print.content != looking->print->content ||
            !in_time(looking, &trace) || strcmp(trace.area, looking->assessment->area) != 0 ||
            !candidate_read(looking, &trace, &out->found))
            continue;
        out->how = HEARD_COPY;
        out->permille = 1000;
        return true;
    }
    return false;
}

/* A look costs some 15 rows, 0.1 ms with a million prints, and two comparisons of 40 us
 * (tests/bench/prints.c): as much as six reports. So many a second take 4 % of a core. */
static bool may_look(struct turn *turn) {
    struct triage *triage = turn->state;
    struct allowance *allowance = &triage->looks_left;
    int64_t gained = (turn->now - allowance->at) * HEARD_LOOKS_RATE / 1000;
    if (gained > 0) {
        allowance->left = gained + allowance->left > HEARD_LOOKS_BURST ? HEARD_LOOKS_BURST
                                                                       : allowance->left + (unsigned)gained;
        allowance->at = turn->now;
    }
    if (!allowance->left) {
        triage_count(turn, &(struct triage_counts){.not_compared = 1});
        return false;
    }
    allowance->left--;
    return true;
}

static struct told told_of(const Sigap__ReportContent *content, int64_t at, struct position *position) {
    *position = (struct position){content->latitude, content->longitude};
    return (struct told){.text = content->text,
        .size = strlen(content->text),
        .position = content->located ? position : NULL,
        .at = at};
}

/* Our own report was read and judged already; but what is compared of it is where its words say it was, not
 * the area that a form declares. NULL when memory runs out. */
static const struct scene *own_scene(const struct looking *looking, const struct told *told) {
    const struct triage *triage = looking->turn->state;
    const char *declared = looking->content->area;
    if (declared && declared[0])
        return likeness_read(&triage->site.assessor, triage->scratch, told);
    struct scene *scene = arena_take(triage->scratch, sizeof *scene);
    bool made = scene && scene_make(&triage->site.assessor, triage->scratch, looking->reading,
                             looking->assessment, scene);
    return made ? scene : NULL;
}

/* Once for all candidates. False when memory runs out. */
static bool compare(struct looking *looking, const struct open_case *found,
    const Sigap__ReportContent *content, struct likeness *likeness) {
    struct triage *triage = looking->turn->state;
    const struct assessor *assessor = &triage->site.assessor;
    struct position here, there;
    struct told ours = told_of(looking->content, looking->turn->now, &here);
    struct told theirs = told_of(content, found->opened_at, &there);
    arena_reset(triage->judging);
    if (!looking->scene)
        looking->scene = own_scene(looking, &ours);
    const struct scene *scene = looking->scene ? likeness_read(assessor, triage->judging, &theirs) : NULL;
    if (scene)
        likeness_compare(assessor, triage->site.kinds, &ours, looking->scene, &theirs, scene, likeness);
    return scene != NULL;
}

static bool is_other_reporter(const struct print *print, const struct trace *trace) {
    return print->reporter && trace->print.reporter && print->reporter != trace->print.reporter;
}

static void propose(struct heard *out, const struct id *case_id, unsigned permille) {
    size_t at = out->alike_count;
    while (at && out->alike[at - 1].permille < permille)
        at--;
    if (at == ALIKE_MAX)
        return;
    size_t last = out->alike_count < ALIKE_MAX ? out->alike_count++ : ALIKE_MAX - 1;
    memmove(&out->alike[at + 1], &out->alike[at], (last - at) * sizeof *out->alike);
    out->alike[at] = (struct alike){*case_id, permille};
}

static bool is_filler(const struct word *word) {
    static const char *const fillers[] = {"tolong", "mohon", "minta", "segera", "cepat", "ya", "min", "pak",
        "bu", "kak", "mas", "mbak", "dong", "deh", "dan", "yang", "ini", "itu", "viralkan", "sebarkan",
        "teruskan", "bantu", "dibantu", "bantuan", "halo", "selamat", "pagi", "siang", "sore", "malam",
        "terima", "kasih", "informasi", "lapor", "saja", "juga", "sekali", "sangat", "agar", "supaya", NULL};
    return word_is_one_of(word, fillers);
}

static bool has_word(const struct text *text, const struct word *word) {
    for (size_t i = 0; i < text->count; i++)
        if (text->words[i].hash == word->hash)
            return true;
    return false;
}

/* Words of the one that the other does not have: a name or a number tells two incidents apart, a "please"
 * does not. */
static bool adds_nothing(const struct text *text, const struct text *other) {
    unsigned changed = 0;
    for (size_t i = 0; i < text->count; i++)
        if (!has_word(other, &text->words[i]) && (!is_filler(&text->words[i]) || ++changed > CHANGED_MAX))
            return false;
    return true;
}

/* The same words, but for politeness, spelling and punctuation. */
static bool same_words(struct triage *triage, const char *a, const char *b) {
    const struct spelling *spelling = triage->site.vocabulary->spelling;
    struct text one, other;
    arena_reset(triage->judging);
    return text_read(triage->judging, spelling, a, strlen(a), &one) &&
           text_read(triage->judging, spelling, b, strlen(b), &other) && adds_nothing(&one, &other) &&
           adds_nothing(&other, &one);
}

/* What joins of itself: a copy, or the same told in other words. A form that was filled in is neither. */
static enum heard_how joins(const struct looking *looking, const struct trace *trace,
    const struct open_case *found, const Sigap__ReportContent *content, const struct likeness *likeness) {
    struct triage *triage = looking->turn->state;
    bool open = found->confidentiality < 3 && looking->assessment->confidentiality < 3;
    bool placed = area_common(found->area, looking->assessment->area) >= AREA_REGENCY;
    if (trace->agreement >= AGREES_COPY && same_words(triage, looking->content->text, content->text))
        return HEARD_COPY;
    bool form = likeness->features[LIKE_FRAME_NOT] > 0;
    return open && placed && !form && likeness->score >= HEARD_CERTAIN ? HEARD_WITNESS : HEARD_NEVER;
}

/* Takes one candidate. False when memory runs out. */
static bool judge(struct looking *looking, const struct trace *trace, struct heard *out) {
    struct open_case found;
    struct likeness likeness;
    if (!candidate_read(looking, trace, &found))
        return !arena_exhausted(looking->turn->arena);
    const Sigap__ReportContent *content = case_content(looking->turn, &found);
    if (!content)
        return !arena_exhausted(looking->turn->arena);
    if (!compare(looking, &found, content, &likeness))
        return false;
    if (!likeness.same)
        return true;
    out->permille = (unsigned)(likeness.score * 1000);
    out->how = joins(looking, trace, &found, content, &likeness);
    if (out->how == HEARD_NEVER) {
        propose(out, &found.case_id, out->permille);
        return true;
    }
    out->found = found;
    out->other_reporter = is_other_reporter(looking->print, trace);
    return true;
}

bool heard_look(struct turn *turn, const Sigap__ReportReceived *received, const Sigap__ReportContent *content,
    const struct reading *reading, const struct assessment *assessment, struct heard *out) {
    struct triage *triage = turn->state;
    struct looking looking = {.turn = turn,
        .received = received,
        .content = content,
        .reading = reading,
        .assessment = assessment,
        .kind = site_kinds_find(triage->site.kinds, assessment->kind),
        .print = &out->print};
    *out = (struct heard){.how = HEARD_NEVER};
    heard_print(triage, received, content, &out->print);
    if (find_copy(&looking, out) || !may_look(turn))
        return true;
    look_around(&looking);
    for (size_t i = 0; i < looking.trace_count && i < HEARD_JUDGED_MAX && out->how == HEARD_NEVER; i++)
        if (!judge(&looking, &looking.traces[i], out))
            return false;
    return true;
}

/* ---- records and columns ---- */

Sigap__Alike **alike_messages(struct turn *turn, const struct alike *alike, size_t *count) {
    Sigap__Alike **list = *count ? arena_take(turn->arena, *count * sizeof *list) : NULL;
    Sigap__Alike *messages = *count ? arena_take(turn->arena, *count * sizeof *messages) : NULL;
    if (!list || !messages)
        return *count = 0, NULL;
    for (size_t i = 0; i < *count; i++) {
        sigap__alike__init(&messages[i]);
        messages[i].case_id = turn_bytes(turn, &alike[i].case_id);
        messages[i].permille = alike[i].permille;
        list[i] = &messages[i];
    }
    return list;
}

enum { ALIKE_BYTES = ID_BYTES + 2 };

ProtobufCBinaryData alike_pack(struct turn *turn, const struct alike *alike, size_t count) {
    uint8_t *bytes = arena_take(turn->arena, count * ALIKE_BYTES + 1);
    for (size_t i = 0; bytes && i < count; i++) {
        uint8_t *at = bytes + i * ALIKE_BYTES;
        memcpy(at, alike[i].case_id.bytes, ID_BYTES);
        at[ID_BYTES] = (uint8_t)(alike[i].permille >> 8);
        at[ID_BYTES + 1] = (uint8_t)alike[i].permille;
    }
    return (ProtobufCBinaryData){bytes ? count * ALIKE_BYTES : 0, bytes};
}

size_t alike_unpack(const void *bytes, size_t size, struct alike out[ALIKE_MAX]) {
    const uint8_t *at = bytes;
    size_t count = 0;
    for (; size >= ALIKE_BYTES && count < ALIKE_MAX; size -= ALIKE_BYTES, at += ALIKE_BYTES) {
        memcpy(out[count].case_id.bytes, at, ID_BYTES);
        out[count++].permille = (unsigned)at[ID_BYTES] << 8 | at[ID_BYTES + 1];
    }
    return count;
}
