/* How urgent: the default of the kind, raised by what the report says. Criteria of the kind come from the
 * severity table, modifiers are ESC-01..10 and DSC-01..04 of the domain reference.
 *
 * The machine may raise. It lowers only what no life hangs on: a message that is no report, a question about
 * procedure, something long past. Sexual violence and violence against children never fall below P2 (DSC-02),
 * and a message that mentions suicide or a child in danger is never closed by the machine (DSC-04): it goes
 * to a person as P2.
 *
 * What reads like no report and tells why - a film, a match, an advert, a lesson, animals, a power cut -
 * wakes nobody for a small chance of danger, as an unclear message does ("quiet"). It does when danger is
 * more likely than not. */
#pragma once

#include "services/triage/model.h"

struct urgency_found {
    enum priority priority;
    const char *reasons[16]; /* rule ids, in the order in which they held */
    size_t reason_count;
    bool danger; /* P0 or P1 is possible: alert although unclear */
    bool human;  /* DSC-04: a person must look before this is closed */
    bool quiet;  /* says itself that it is no report */
};

struct urgency_input {
    int kind;                /* the best guess; NO_INDEX for none */
    uint64_t also;           /* further kinds of the report, as bits: their criteria raise too */
    const float *kinds;      /* probabilities of all kinds */
    const float *priorities; /* learnt probabilities of P0..P4; NULL without a model */
    bool known;       /* the vocabulary knows something of what is said; else a person reads it anyway, and
                         only likely danger alerts */
    bool urgent_flag; /* set by the caller (operator, form) */
    int local_hour;   /* 0..23, -1 not known */
};

void urgency_find(const struct vocabulary *vocabulary, const struct text *text, const struct signs *signs,
    const struct urgency_input *input, struct urgency_found *out);
