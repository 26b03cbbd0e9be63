/* Who can take it: a pure function over candidates, the case and the time. Nothing is dropped: every facility
 * looked at keeps the reason why it was taken or passed over. Formats 2: candidates. */
#pragma once

#include "common/gazetteer.h"
#include "services/router/directory.h"

enum verdict_of_match {
    MATCH_FITS,  /* may be offered the case */
    MATCH_MAYBE, /* would fit if a fact that is not known says so */
    MATCH_OUT,
};

enum match_reason {
    REASON_FITS,
    REASON_ASK_FIRST, /* fits; whether it has a place is not known */
    REASON_ASK_STALE, /* fits; what is known of its places is old */
    REASON_UNKNOWN,   /* hangs on facts that are not known */
    REASON_STEP_OFF,  /* the step's own condition is false */
    REASON_INACTIVE,
    REASON_KIND,
    REASON_SEX,
    REASON_AGE,
    REASON_NEED, /* a condition of its group is false */
    REASON_AREA,
    REASON_EXCLUDED, /* a fact keeps the client out */
    REASON_CONFLICT, /* may be part of what is reported */
    REASON_FULL,
    REASON_REFUSED,   /* has refused this referral */
    REASON_EXPIRED,   /* was asked and did not answer */
    REASON_WITHDRAWN, /* was asked, and the offer was taken back */
    REASON_BY_HAND,   /* a coordinator chose it */
};

const char *match_reason_word(enum match_reason reason);     /* fits, ask_first ... */
const char *match_reason_sentence(enum match_reason reason); /* Indonesian / English */

struct capacity {
    bool known;
    int places, held;   /* when known; held <= places */
    int64_t updated_at; /* epoch ms; 0: the file's, nobody has said so since */
};

struct candidate {
    const struct facility *facility;
    unsigned step; /* place in the decision's steps */
    /* From the caller: */
    struct capacity capacity;
    unsigned load;          /* open offers there */
    enum match_reason past; /* REASON_FITS: not asked yet; REFUSED, EXPIRED, WITHDRAWN */
    bool conflict;
    bool stands_in; /* beyond its coverage, because nobody else has room */
    /* From match_rank: */
    enum verdict_of_match verdict;
    enum match_reason reason;
    uint64_t missing; /* facts this hangs on (MAYBE), or to be confirmed by the facility (FITS) */
    int fact;         /* of REASON_EXCLUDED, else KNOWN_NONE */
    uint64_t instead_types;
    const struct action *instead;
    bool own_area;
    bool area_unknown;  /* whether it serves the place hangs on a closer one */
    double distance_km; /* -1: not known */
};

struct match_case {
    int kind; /* bit */
    const char *area;
    const struct known *known;
    const struct directory *directory;
    const struct gazetteer *gazetteer; /* NULL: distances are not known */
    int64_t capacity_fresh_ms;
};

/* Judges and sorts the candidates of one step: those that fit first, own area before distance (great circle
 * between regency centres) before load; then those that may fit, then the rest; the id decides the last tie,
 * so that a replay ranks alike. */
void match_rank(struct candidate *candidates, unsigned count, const struct step *step,
    const struct match_case *match, int64_t now);
/* True when the facility is of a type the step asks for, or named by it. */
bool match_step_names(const struct step *step, const struct facility *facility);
