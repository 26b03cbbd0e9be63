/* Does a message go on about what its sender wrote minutes before? People write as they speak: first where
 * and who, then "kepalanya berdarah", "sekarang dia kejang". Such a message names no place and nobody new;
 * read alone it would be a case without a place, and whoever is on the way to the first would not hear of it.
 *
 * What has a place or a person of its own stays a report of its own. Where that is in doubt, what may cost a
 * life joins (somebody is alerted again, and a person may part the two), all else is proposed as alike. */
#pragma once

#include "services/triage/state.h"

enum {
    SEQUEL_WITHIN_MS = 15 * 60 * 1000, /* after what its sender wrote last about it */
    TELLER_SLOTS = 8192                /* x 32 bytes = 256 KiB, as far as they are used */
};

enum sequel {
    SEQUEL_NONE,
    SEQUEL_ALIKE, /* perhaps: of somebody new, but nowhere else */
    SEQUEL_CERTAIN
};

struct scene;

/* Of the words alone. area: where the first report is by now, "" for unknown. danger: somebody would be
 * alerted by what is said, whatever it belongs to. */
enum sequel sequel_judge(const struct scene *first, const char *area, const struct scene *said,
    const char *said_area, bool danger);
/* Does a text take back what was written before it: "bukan X tapi Y", "salah tulis", "maksud saya"? */
bool text_corrects(const struct text *text);

/* Who told last is kept in memory; the rows of the reports tell it again after a start (sequel_open; false:
 * no memory) and after a turn that was rolled back. */
bool sequel_open(struct turn *turn);
void sequel_rolled_back(struct triage *triage);
void sequel_close(struct triage *triage);

/* What the sender's last report is to this one; *first: that report. reading, assessment: of
 * triage_read_and_assess. False only when memory runs out. */
bool sequel_look(struct turn *turn, const Sigap__ReportReceived *received, const struct reading *reading,
    const struct assessment *assessment, enum sequel *how, struct id *first);
/* From now on first (this report, or the one that it amends) is what its sender wrote last. The report has
 * its row already. */
void sequel_note(struct turn *turn, const Sigap__ReportReceived *received, const struct id *first);
