#include "services/triage/sequel.h"

#include "services/triage/likeness.h"
#include "services/triage/scene.h"

#include <stdlib.h>
#include <string.h>

/* ---- the words ---- */

static bool ends_with_nya(const struct word *word) {
    static const char *const adverbs[] = {"hanya", "tanya", "bertanya", "punya", "katanya", "sepertinya",
        "kayaknya", "sebenarnya", "akhirnya", "biasanya", "rupanya", "misalnya", "pokoknya", "intinya", NULL};
    return word->key_size > 5 && strcmp(word->key + word->key_size - 3, "nya") == 0 &&
           !word_is_one_of(word, adverbs);
}

/* How people address whom they write to, before they come to it. */
static bool is_address(const struct word *word) {
    static const char *const words[] = {
        "pak", "bu", "min", "kak", "mas", "mbak", "tolong", "maf", "halo", "ya", "mohon", "admin", NULL};
    return word_is_one_of(word, words);
}

/* "Sekarang ...", "terus ...", "ternyata ...": goes on. */
static bool opens_with_more(const struct text *text) {
    static const char *const openers[] = {"sekarang", "tadi", "barusan", "lalu", "terus", "kemudian", "dan",
        "juga", "tambahan", "tambah", "nambah", "ternyata", "masih", "makin", "semakin", "malah", "sudah",
        "belum", "lagi", "ralat", "koreksi", "maksud", "update", "oh", "selain", "sampai", "now", "and",
        "also", NULL};
    size_t at = 0;
    while (at < text->count && is_address(&text->words[at]))
        at++;
    return at < text->count && word_is_one_of(&text->words[at], openers);
}

static bool is_definite(const struct word *word) {
    static const char *const words[] = {"itu", "tersebut", "tadi", "ini", "he", "she", NULL};
    return word && word_is_one_of(word, words);
}

/* Somebody or something that was named before: "dia", "anak itu", "kepalanya". Only up to the word that
 * brings in somebody new: "Ada anak dirantai bapaknya" points to nobody else. */
static bool points_back(const struct text *text, size_t until) {
    static const char *const pronouns[] = {"dia", "ia", "beliau", "mereka", "korban", "pelaku", "orangnya",
        "itu", "tersebut", "tadi", "he", "she", "they", "him", "her", NULL};
    for (size_t i = 0; i < until; i++)
        if (word_is_one_of(&text->words[i], pronouns) || ends_with_nya(&text->words[i]))
            return true;
    return false;
}

bool text_corrects(const struct text *text) {
    static const char *const what[] = {"tulis", "nulis", "ketik", "ngetik", "kirim", "sebut", "alamat",
        "lokasi", "tempat", "kecamatan", "kabupaten", "desa", "ngasih", "kasih", NULL};
    static const char *const whose[] = {"saya", "kami", NULL};
    static const char *const plain[] = {"ralat", "koreksi", "maksudnya", "maksudku", "keliru", NULL};
    static const char *const but[] = {"tapi", "tetapi", "melainkan", "namun", NULL};
    bool denied = false;
    for (size_t i = 0; i < text->count; i++) {
        const struct word *word = &text->words[i], *next = word_at(text, i, 1);
        denied = (denied && i && word->sentence == text->words[i - 1].sentence) || word_is(word, "bukan");
        if (word_is_one_of(word, plain) || (denied && word_is_one_of(word, but)) ||
            (next && word_is(word, "salah") && word_is_one_of(next, what)) ||
            (next && word_is(word, "maksud") && word_is_one_of(next, whose)) ||
            (next && word_is(word, "yang") && word_is(next, "benar")))
            return true;
    }
    return false;
}

/* ---- the people ---- */

/* "ibunya" is somebody's who was named before; "istri saya" is not. */
static bool is_somebodys(const struct text *text, const struct person *person) {
    static const char *const whose[] = {"saya", "kami", "ku", NULL};
    const struct word *next = word_at(text, person->word, 1);
    return person->relative && !(next && word_is_one_of(next, whose));
}

/* Whom the first is about; "bapaknya", who did it, only as "bapak": a grandmother may be as old as he is. */
static bool may_be(const struct scene *first, const struct person *known, const struct text *text,
    const struct person *person) {
    const struct word *a = &first->text.words[known->word], *b = &text->words[person->word];
    bool aside = known->relative || known->doer;
    return persons_agree(known, person) && (!aside || strncmp(a->key, b->key, b->key_size) == 0);
}

static bool is_mentioned(const struct scene *first, const struct text *text, const struct person *person) {
    for (size_t i = 0; i < first->people.count; i++)
        if (may_be(first, &first->people.persons[i], text, person))
            return true;
    return false;
}

/* "ada anak", "seorang nenek", "2 santri", "anak lain". */
static bool is_introduced(const struct text *text, const struct person *person) {
    static const char *const before[] = {"ada", "seorang", "sebuah", "orang", NULL};
    static const char *const behind[] = {"lain", "lainya", NULL};
    const struct word *left = word_at(text, person->word, -1), *right = word_at(text, person->word, 1);
    return (left && (word_is_one_of(left, before) || left->flags & WORD_NUMBER)) ||
           (right && word_is_one_of(right, behind));
}

static bool is_new(const struct scene *first, const struct scene *said, const struct person *person) {
    if (is_somebodys(&said->text, person))
        return false;
    if (is_definite(word_at(&said->text, person->word, 1)))
        return first->people.count > 0 && !is_mentioned(first, &said->text, person) && person->aged;
    return is_introduced(&said->text, person) || !is_mentioned(first, &said->text, person);
}

/* "Saya mau mati saja" is about who writes, where the first was about somebody else. */
static bool is_of_the_teller(const struct text *text) {
    static const char *const words[] = {"saya", NULL};
    for (size_t i = 0; i < text->count; i++)
        if (text->words[i].flags & WORD_OPENS && word_is_one_of(&text->words[i], words))
            return true;
    return false;
}

/* The word that brings in the first of those who are new; the count of words: nobody is. */
static size_t first_new(const struct scene *first, const struct scene *said) {
    size_t least = said->text.count;
    for (size_t i = 0; i < said->people.count; i++) {
        const struct person *person = &said->people.persons[i];
        if (person->word < least && is_new(first, said, person))
            least = person->word;
    }
    return least;
}

static bool names_another(const struct scene *first, const struct scene *said) {
    struct identity_match match;
    identity_compare(&first->text, &first->identity, &said->text, &said->identity, &match);
    return match.name_not;
}

/* ---- together ---- */

enum sequel sequel_judge(const struct scene *first, const char *area, const struct scene *said,
    const char *said_area, bool danger) {
    size_t new = first_new(first, said);
    bool back = points_back(&said->text, new), more = back || opens_with_more(&said->text);
    bool placed = said_area[0] || said->said.area_candidate_count;
    bool teller = !back && is_of_the_teller(&said->text) && !is_of_the_teller(&first->text);
    if (text_corrects(&said->text))
        return SEQUEL_CERTAIN;
    if (likeness_says_other(said) || area_beside(area, said_area) || (placed && !more))
        return SEQUEL_NONE;
    if (new == said->text.count && !teller && !names_another(first, said))
        return SEQUEL_CERTAIN;
    if (more && danger)
        return SEQUEL_CERTAIN; /* in doubt somebody is alerted where the first is */
    return placed ? SEQUEL_NONE : SEQUEL_ALIKE;
}

/* ---- who told last ---- */

struct teller {
    uint64_t who; /* 0: nobody */
    struct id report_id;
    int64_t at; /* epoch ms */
};

/* Whoever comes later takes the slot of another, who then tells something new with his next message. */
struct tellers {
    bool filled;
    struct teller slots[TELLER_SLOTS];
};

static struct teller *slot_of(const struct turn *turn, uint64_t who) {
    const struct triage *triage = turn->state;
    return &triage->tellers->slots[who % TELLER_SLOTS];
}

/* A drill is told by somebody else. 0: what is passed on, and whoever is not known, has no sequel. */
static uint64_t who_told(const struct turn *turn, const Sigap__ReportReceived *received) {
    uint64_t who;
    if (received->reporter.len < sizeof who || received->forwarded)
        return 0;
    memcpy(&who, received->reporter.data, sizeof who);
    return turn->training ? ~who : who;
}

/* The rows of the last minutes, the newest first: as many as there is room for. */
static void tellers_fill(struct turn *turn, const struct id *newest) {
    static const uint8_t least[10];
    struct id from = id_make(id_time(newest) - SEQUEL_WITHIN_MS, least);
    struct statement *rows = triage_use(turn->store, TRIAGE_REPORT_TELLERS);
    bind_id(rows, &from);
    bind_int(rows, TELLER_SLOTS);
    while (statement_step(rows)) {
        struct id report_id = column_id(rows, 0);
        uint64_t who = (uint64_t)column_int(rows, 1);
        if (who && !slot_of(turn, who)->who)
            *slot_of(turn, who) = (struct teller){who, report_id, id_time(&report_id)};
    }
    statement_end(rows);
}

static void tellers_refill(struct turn *turn) {
    struct triage *triage = turn->state;
    struct statement *last = triage_use(turn->store, TRIAGE_REPORT_NEWEST);
    struct id newest = statement_step(last) ? column_id(last, 0) : (struct id){{0}};
    statement_end(last);
    if (id_time(&newest) > SEQUEL_WITHIN_MS)
        tellers_fill(turn, &newest);
    triage->tellers->filled = true;
}

bool sequel_open(struct turn *turn) {
    struct triage *triage = turn->state;
    if (!triage->tellers && !(triage->tellers = calloc(1, sizeof *triage->tellers)))
        return false;
    tellers_refill(turn);
    return true;
}

/* Emptied here and not at every start, which would make all of it resident. */
void sequel_rolled_back(struct triage *triage) {
    if (triage->tellers)
        memset(triage->tellers, 0, sizeof *triage->tellers);
}

void sequel_close(struct triage *triage) {
    free(triage->tellers);
    triage->tellers = NULL;
}

/* NULL: he wrote nothing in the last minutes. */
static const struct teller *last_told(struct turn *turn, const Sigap__ReportReceived *received) {
    const struct triage *triage = turn->state;
    uint64_t who = who_told(turn, received);
    if (!triage->tellers->filled)
        tellers_refill(turn);
    const struct teller *teller = slot_of(turn, who);
    bool recently =
        received->received_at >= teller->at && received->received_at - teller->at <= SEQUEL_WITHIN_MS;
    return who && teller->who == who && recently ? teller : NULL;
}

void sequel_note(struct turn *turn, const Sigap__ReportReceived *received, const struct id *first) {
    uint64_t who = who_told(turn, received);
    struct id report_id;
    if (!who || !id_from_bytes(received->report_id.data, received->report_id.len, &report_id))
        return;
    *slot_of(turn, who) = (struct teller){who, *first, received->received_at};
    struct statement *set = triage_use(turn->store, TRIAGE_REPORT_TELLER);
    bind_int(set, (int64_t)who);
    bind_id(set, &report_id);
    statement_run(set);
}

/* What the first report said, and where it is by now; in the turn's arena. NULL: it is not to be read, or
 * over: then nobody is on the way, and what is written stands for itself. */
static const Sigap__ReportContent *first_said(
    struct turn *turn, const struct id *report_id, const char **area) {
    struct review_row review;
    struct open_case found;
    enum settlement state;
    struct id case_id;
    enum verdict verdict;
    if (!triage_report_read(turn, report_id, &state, &case_id))
        return NULL;
    if (state == SETTLED_IN_REVIEW && review_read(turn, report_id, &review)) {
        *area = review.area;
        return triage_open_content(turn, review.received, &verdict);
    }
    if ((state != SETTLED_CASE && state != SETTLED_JOINED) || !case_read_whole(turn, &case_id, &found) ||
        found.closed_at)
        return NULL;
    *area = found.area;
    return case_content(turn, &found);
}

static bool alarms(const Sigap__ReportReceived *received, const struct assessment *assessment) {
    return received->urgent || triage_alarms(assessment);
}

/* Only asks, or offers: answered as information, which somebody gives. */
static bool is_no_report(const struct assessment *assessment) {
    return !assessment->opens_case && !assessment->review && !assessment->possible_danger &&
           strcmp(assessment->kind, "bukan_laporan") != 0 && strcmp(assessment->kind, "tindak_lanjut") != 0;
}

bool sequel_look(struct turn *turn, const Sigap__ReportReceived *received, const struct reading *reading,
    const struct assessment *assessment, enum sequel *how, struct id *first) {
    struct triage *triage = turn->state;
    const struct assessor *assessor = &triage->site.assessor;
    const struct teller *teller = last_told(turn, received);
    const char *area = "";
    *how = SEQUEL_NONE;
    if (!teller || received->amends.len || is_no_report(assessment))
        return true;
    const Sigap__ReportContent *content = first_said(turn, &teller->report_id, &area);
    if (!content)
        return !arena_exhausted(turn->arena);
    struct scene before, said;
    struct report report = {.text = content->text, .size = strlen(content->text), .local_hour = -1};
    arena_reset(triage->judging);
    if (!scene_read(assessor, triage->judging, &report, &before) ||
        !scene_make(assessor, triage->judging, reading, assessment, &said))
        return false;
    *first = teller->report_id;
    *how = sequel_judge(&before, area, &said, assessment->area, alarms(received, assessment));
    return true;
}
