/* Heard before? A report's print (keyed hashes of its text, its place and its reporter, never words), kept in
 * time order and found through the hash index by six keys: the text itself, three bands of a MinHash
 * signature of its pairs of words, kinds of one family in one district, and the square kilometre.
 *
 * What is found is only a candidate. A copy of a text about the same place, or the same words with some
 * politeness more or less, joins the case that it opened. Of others the most promising two are compared by
 * likeness.h; only what is told in other words and alike beyond HEARD_CERTAIN joins as a witness: two texts
 * that differ in a name or a number are a form that was filled in twice. What is merely alike opens its case
 * at once and is proposed to a person, who may merge the two. A case that only named officers may see (C3) is
 * joined by nobody but them, save by copies. A drill is compared with drills only. */
#pragma once

#include "services/triage/state.h"

enum {
    HEARD_SIGNATURE = 16,    /* values of a signature, 16 bits each */
    HEARD_JUDGED_MAX = 2,    /* comparisons a report */
    HEARD_LOOKS_RATE = 150,  /* a second: in a flood the newest are not looked for, only copies are */
    HEARD_LOOKS_BURST = 300, /* and so many at once after a quiet time */
};

/* Above the highest score of any labelled pair that is not the same: 0.40 of duplicates.jsonl, 0.981 of
 * own_pairs.jsonl, 0.986 of own_tellings.jsonl, 0.979 of own_others.jsonl, 0.71, 0.56 and 0.27 of the others
 * (tests/triage). */
#define HEARD_CERTAIN 0.99f

struct print {
    uint64_t content, reporter, cell; /* 0: none */
    uint16_t signature[HEARD_SIGNATURE];
    bool shingled; /* enough words for a signature */
};

enum heard_how { HEARD_NEVER, HEARD_COPY, HEARD_WITNESS };

struct heard {
    enum heard_how how;
    struct open_case found; /* unless never */
    bool other_reporter;    /* somebody else than who was heard before, as far as both are known */
    unsigned permille;      /* how alike */
    struct print print;
    struct alike alike[ALIKE_MAX]; /* never: what may be the same, most alike first */
    size_t alike_count;
};

/* The index over the rows; at a start those that it has not yet written are read. False when out of memory.
 */
bool heard_open(struct turn *turn);
void heard_close(struct triage *triage);

/* reading, assessment: of triage_read_and_assess, in its arena. False only when memory runs out. */
bool heard_look(struct turn *turn, const Sigap__ReportReceived *received, const Sigap__ReportContent *content,
    const struct reading *reading, const struct assessment *assessment, struct heard *out);
/* The print of a report on its own. */
void heard_print(const struct triage *triage, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, struct print *out);
/* From now on it is heard before. False when out of memory. */
bool heard_keep(struct turn *turn, const struct print *print, const struct assessment *assessment,
    const struct id *case_id);

/* Prints from before this time, `most` of them at a time. True: there may be more. */
bool heard_forget(struct turn *turn, int64_t before, unsigned most);

/* How many of the values agree, in permille: an estimate of the pairs of words in common. */
unsigned print_agreement(const struct print *a, const struct print *b);

/* As records carry them; *count is 0 when memory runs out. */
Sigap__Alike **alike_messages(struct turn *turn, const struct alike *alike, size_t *count);
/* Packed for a column: 18 bytes each. */
ProtobufCBinaryData alike_pack(struct turn *turn, const struct alike *alike, size_t count);
size_t alike_unpack(const void *bytes, size_t size, struct alike out[ALIKE_MAX]);
