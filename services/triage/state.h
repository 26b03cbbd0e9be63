/* What the files of the triage daemon share: its state, and the rows of a case. */
#pragma once

#include "common/calendar.h"
#include "common/keystore.h"
#include "common/seal.h"
#include "common/site.h"
#include "common/turn.h"
#include "services/triage/assess.h"
#include "triage_sql.h"

/* The one way in which a report was settled. Kept in report.state: numbers never change. */
enum settlement { SETTLED_IN_REVIEW = 1, SETTLED_CASE = 2, SETTLED_INFORMATION = 3, SETTLED_JOINED = 4 };
enum triage_timer { TRIAGE_TIMER_SWEEP = 1 };

/* A site's vocabulary and places, loaded once, read-only. */
struct triage_site {
    struct site *site;
    struct site_kinds *kinds;
    struct vocabulary *vocabulary;
    struct gazetteer *gazetteer;
    struct place_index *places;
    struct conflict_names *conflict;
    struct assessor assessor;
};

bool triage_site_open(struct triage_site *out, const char *site_dir, struct error *error);
void triage_site_close(struct triage_site *site);

/* Since the start. */
struct triage_counts {
    uint64_t opened, copies, witnesses, follow_ups, proposed, reviewed, closed, merged, parted, not_compared;
};

struct triage {
    struct triage_site site;
    struct keystore *keys;
    struct seal_opener *opener;
    const struct random *random;
    struct arena *scratch; /* of one report: small and warm, where the turn's arena grows with every report */
    struct arena *judging; /* of one comparison with a report that was heard before */
    struct hash_index *index; /* of prints, see heard.h */
    struct recent *recent;    /* newest prints, see heard.c */
    struct tellers *tellers;  /* who told what last, see sequel.c */
    struct allowance {
        int64_t at; /* epoch ms up to which it is filled */
        unsigned left;
    } looks_left;
    uint8_t shingle_key[16];
    struct measure *measure; /* see measure.h */
    struct triage_counts counts;
};

/* Counts when the turn is committed: one that is rolled back and made again counts once. */
void triage_count(struct turn *turn, const struct triage_counts *more);

/* A case as triage keeps it. Texts live in the turn's arena. */
struct open_case {
    struct id case_id, report_id;
    const char *kind, *area, *reasons;
    int priority, confidence_permille, confidentiality; /* 0..4, 0..1000, 0..3 */
    bool unverified, training;                          /* training: a drill, joined by drills only */
    int64_t opened_at, closed_at;
    uint64_t version;
    struct chain chain;
    ProtobufCBinaryData case_key, evidence, narrative;
    struct id merged_into; /* null: it stands for itself */
    const char *conflict; /* accounts, separated by spaces, who may be part of what is reported; "": nobody */
    const char *conflict_facility, *conflict_of_interest; /* facts, as known here; "": not said */
};

/* Who is in conflict; each text "" where nobody is. */
struct conflict {
    const char *officers, *facilities; /* accounts and ids, separated by spaces */
    bool of_interest;                  /* it was said that somebody is, */
    bool of_unknown;                   /* ... and nobody knows who */
};

enum { ALIKE_MAX = 3 /* of one report */ };

/* A case that may tell of the same incident. */
struct alike {
    struct id case_id;
    unsigned permille;
};

enum { MERGES_MAX = 16 /* one into the next: nobody merges more often before somebody looks */ };

bool case_read(struct turn *turn, const struct id *case_id, struct open_case *out);
/* The case that it counts with: itself, or what it was merged into. */
bool case_read_whole(struct turn *turn, const struct id *case_id, struct open_case *out);
/* Who is in conflict in the case, and in all that it counts with: those show its reports, and what a person
 * records is recorded of them. False: the arena is exhausted. */
bool case_conflict(struct turn *turn, const struct open_case *found, struct conflict *out);
/* Is it closed to them, an officer in conflict or staff of an accused institution? Also true when that cannot
 * be read. */
bool case_accuses(struct turn *turn, const struct open_case *found, const Sigap__Actor *actor);
/* The same by what is kept with the case alone, not with those that it was merged into: for a row of a list,
 * of which area, conflict, conflict_facility and conflict_of_interest are set. */
bool case_itself_accuses(const struct turn *turn, const struct open_case *found, const Sigap__Actor *actor);
/* What its first report said. NULL: from before it was kept, or the key does not open. */
Sigap__ReportContent *case_content(struct turn *turn, const struct open_case *found);

/* A case that is of these kinds too (codes separated by spaces) is at least as confidential as they are. */
void triage_keep_secret(struct turn *turn, const struct id *case_id, const char *kinds);

/* Officers (accounts separated by blanks) who see and decide nothing of the case from here on. */
void triage_add_conflict(struct turn *turn, const struct id *case_id, const char *accounts);

/* Keeps with the case that a facility is in conflict, or whether anybody is; nothing of other facts.
 * recorded: by a person, which stands against what reports say. */
void triage_note_conflict(
    struct turn *turn, const struct id *case_id, const char *name, const char *value, bool recorded);

/* -1: not said. */
int assessment_age(const struct assessment *assessment);
/* 0: not said, else a letter of the fact. */
int assessment_sex(const struct assessment *assessment);

struct print;

/* receive.c */
enum verdict triage_receive(struct turn *turn, const Sigap__ReportReceived *received);

/* Opens the case of a report whose content lies open in `content`. */
struct opening {
    const Sigap__ReportReceived *received;
    const Sigap__ReportContent *content;
    const struct assessment *assessment; /* what the machine or a person says */
    const struct alike *alike;           /* cases it may be the same as */
    size_t alike_count;
    const struct print *print;           /* NULL: is made */
    const struct open_case *parted_from; /* NULL: it joined no case */
    const struct conflict *conflict; /* of the case that it was parted from: it is here too. NULL: nobody */
    const Sigap__CommandIssued *command; /* of the person who decides it; NULL: the machine does */
    struct id case_id;                   /* out */
};
enum verdict triage_open_case(struct turn *turn, struct opening *opening);
enum verdict triage_close_report(
    struct turn *turn, const struct id *report_id, const char *kind, const char *reason, const char *by);
/* A report that a person is to look at. */
struct reviewing {
    const Sigap__ReportReceived *received;
    const struct assessment *assessment;
    const struct alike *alike; /* cases it may be the same as */
    size_t alike_count;
    uint64_t text_print;     /* copies of its text amend it; 0: they stand for themselves */
    const struct id *amends; /* the report it belongs to; NULL or null: it stands alone */
    bool danger;             /* there may be: somebody is alerted at once */
    const char *reason;
};
enum verdict triage_send_to_review(struct turn *turn, const struct reviewing *reviewing);
/* NULL with *verdict set when it cannot be read. */
Sigap__ReportContent *triage_open_content(
    struct turn *turn, const Sigap__ReportReceived *received, enum verdict *verdict);
bool triage_assess(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, struct assessment *out);
/* The same, with what it was judged by. */
bool triage_read_and_assess(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, struct reading *reading, struct assessment *out);
void triage_set_report(
    struct turn *turn, const struct id *report_id, enum settlement state, const struct id *case_id);
/* False: not known (any more). */
bool triage_report_read(
    struct turn *turn, const struct id *report_id, enum settlement *state, struct id *case_id);

/* Clear enough to open a case without a person. */
bool triage_goes_on(const struct assessment *assessment);

/* Says by itself, and surely enough, that a life is in danger: somebody is alerted whatever it belongs to. */
bool triage_alarms(const struct assessment *assessment);

/* join.c */
struct joining {
    const Sigap__ReportReceived *received;
    const Sigap__ReportContent *content;
    struct open_case *found;
    const char *relation;                /* copy, witness; or how it amends a report of the case */
    bool danger;                         /* somebody is alerted, whoever has answered the case before */
    unsigned permille;                   /* how alike; 0: not compared */
    const Sigap__CommandIssued *command; /* of the person who decides it; NULL: the machine does */
};
enum verdict triage_join(struct turn *turn, const struct joining *joining);
/* found->chain is where the last record about the case stands. */
void triage_keep_chain(struct turn *turn, const struct open_case *found);
/* The main kind and the further ones, separated by spaces. NULL: no memory. */
const char *triage_kinds(struct turn *turn, const struct assessment *assessment);
/* The kinds that a text tells of beside that of the case, separated by spaces, "" for none. What it tells
 * first may be the case's own matter in other words: it counts where the text tells of the case's kind too,
 * or with first_too. NULL: no memory. */
const char *triage_further_kinds(
    struct turn *turn, const struct open_case *found, const struct assessment *said, bool first_too);
/* What the case is by now, told beside what has changed. */
void triage_brief(const struct open_case *found, Sigap__CaseBrief *out);
/* What a further report adds: upwards only. */
struct raising {
    int priority;                 /* as it was, or more urgent */
    const char *area;             /* "": as it was */
    bool moves;                   /* the area is another one than was known; else it only fills a gap */
    const char *reason;           /* rule or relation: is kept with the case */
    struct fact facts[FACTS_MAX]; /* texts live as long as the turn */
    size_t fact_count;
    const char *also; /* further kinds beside those that the case has; NULL or "": none */
};
/* Facts of `said` that `before`, what was known of the case, does not have, and facilities in conflict where
 * one more is. same_person: also those that describe the person whom the case is about. */
void triage_add_facts(struct turn *turn, struct raising *raising, const struct assessment *before,
    const struct assessment *said, bool same_person);
/* Nothing is said when nothing changes. */
void triage_raise(struct turn *turn, struct open_case *found, const struct raising *raising);
/* The kinds and facts that come with a text of another matter or reporter, said after what had opened the
 * case. False: no memory. */
bool triage_told_later(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct open_case *found, struct raising *raising);

/* What one report is read in: what follows another is read alone and together with it. */
enum { TRIAGE_SCRATCH_BYTES = 4 * ASSESSMENT_ARENA_BYTES + (256 << 10) };

/* follow.c */
/* What amends a report we know. False: it does not, that one is forgotten, or only one of the two is a drill;
 * it is judged like any other. */
bool triage_follow(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, enum verdict *verdict);
/* What amends a report of this case joins it, and may raise it. */
enum verdict triage_join_follow_up(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, struct open_case *found);
/* The report in review became (or joined) a case: what amends it goes the same way. Or none (case_id NULL):
 * its copies and withdrawals are closed with it, and what says more goes on waiting, as nobody may have read
 * it. */
enum verdict triage_follow_decided(struct turn *turn, const struct id *report_id, const struct id *case_id,
    const char *kind, const char *by);

/* A copy of a text that waits already: it amends the first, is not listed, and goes where that one goes. */
#define REVIEW_COPY "copy"
enum { REVIEW_COPIES_MAX = 200 /* of one review, decided in one turn: 0.1 ms and 5 KiB of its arena each */ };

/* A report that waits for a person's decision. */
struct review_row {
    const char *kind, *area, *reason;
    int priority;
    bool danger;
    Sigap__ReportReceived *received; /* as it came, still sealed */
    bool training;
    struct id amends; /* null: it stands alone */
    struct alike alike[ALIKE_MAX];
    size_t alike_count;
};

/* command.c */
/* False: it does not wait (any more). Everything is in the turn's arena. */
bool review_read(struct turn *turn, const struct id *report_id, struct review_row *out);
void review_delete(struct turn *turn, const struct id *report_id);
enum verdict triage_command(struct turn *turn, const Sigap__CommandIssued *command);
enum verdict triage_answer(struct turn *turn, const Sigap__CommandIssued *command, unsigned status,
    const char *sentence, uint64_t version);
/* The case is not this person's to decide on: answered, true. */
bool triage_refuse_case(struct turn *turn, const Sigap__CommandIssued *command, const struct open_case *found,
    enum verdict *verdict);
/* The case is no longer what the person saw: answered, true. */
bool triage_refuse_stale(struct turn *turn, const Sigap__CommandIssued *command,
    const struct open_case *found, enum verdict *verdict);
void triage_audit(
    struct turn *turn, const Sigap__CommandIssued *command, const char *action, const struct id *object);

/* merge.c */
enum verdict triage_merge(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__MergeCase *merge);
enum verdict triage_split(
    struct turn *turn, const Sigap__CommandIssued *command, const Sigap__SplitReport *split);
/* The proposals of a case. Returns how many. */
size_t proposal_read(struct turn *turn, const struct id *case_id, struct alike out[ALIKE_MAX]);
void proposal_write(struct turn *turn, const struct id *case_id, const struct alike *alike, size_t count);

/* view.c */
enum verdict triage_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);

static inline enum lane triage_lane(int priority, bool danger) {
    return priority <= PRIORITY_P1 || danger ? LANE_URGENT : LANE_NORMAL;
}

static inline Sigap__Priority triage_priority_out(int priority) {
    return (Sigap__Priority)(SIGAP__PRIORITY__PRIORITY_P0 + priority);
}
