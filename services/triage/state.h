/* What the files of the triage daemon share: its state, and the rows of a case. */
#pragma once

#include "common/calendar.h"
#include "common/keystore.h"
#include "common/seal.h"
#include "common/site.h"
#include "common/turn.h"
#include "services/triage/assess.h"
#include "triage_sql.h"

enum report_state { REPORT_IN_REVIEW = 1, REPORT_CASE = 2, REPORT_INFORMATION = 3, REPORT_JOINED = 4 };
enum triage_timer { TRIAGE_TIMER_SWEEP = 1 };

/* A site's vocabulary and places, loaded once, read-only. */
struct triage_site {
    struct site *site;
    struct site_kinds *kinds;
    struct vocabulary *vocabulary;
    struct gazetteer *gazetteer;
    struct place_index *places;
    struct assessor assessor;
};

bool triage_site_open(struct triage_site *out, const char *site_dir, struct error *error);
void triage_site_close(struct triage_site *site);

struct triage {
    struct triage_site site;
    struct keystore *keys;
    struct seal_opener *opener;
    const struct random *random;
    struct arena *scratch; /* of one report: small and warm, where the turn's arena grows with every report */
};

/* A case as triage keeps it. Texts live in the turn's arena. */
struct open_case {
    struct id case_id, report_id;
    const char *kind, *area, *reasons;
    int priority, confidence_permille, confidentiality; /* 0..4, 0..1000, 0..3 */
    bool unverified;
    int64_t opened_at, closed_at;
    uint64_t version;
    struct chain chain;
    ProtobufCBinaryData case_key, evidence;
};

bool case_read(struct turn *turn, const struct id *case_id, struct open_case *out);

/* receive.c */
enum verdict triage_receive(struct turn *turn, const Sigap__ReportReceived *received);
/* Opens the case of a report whose content lies open in `content`. assessment: what the machine or a person
 * says. */
enum verdict triage_open_case(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct assessment *assessment, struct id *case_id);
enum verdict triage_close_report(
    struct turn *turn, const struct id *report_id, const char *kind, const char *reason, const char *by);
/* NULL with *verdict set when it cannot be read. */
Sigap__ReportContent *triage_open_content(
    struct turn *turn, const Sigap__ReportReceived *received, enum verdict *verdict);
bool triage_assess(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, struct assessment *out);

/* A report that waits for a person's decision. */
struct review_row {
    const char *kind, *area;
    Sigap__ReportReceived *received; /* as it came, still sealed */
    bool training;
};

/* command.c */
/* False: it does not wait (any more). Everything is in the turn's arena. */
bool review_read(struct turn *turn, const struct id *report_id, struct review_row *out);
enum verdict triage_command(struct turn *turn, const Sigap__CommandIssued *command);

/* view.c */
enum verdict triage_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);

static inline enum lane triage_lane(int priority, bool danger) {
    return priority <= PRIORITY_P1 || danger ? LANE_URGENT : LANE_NORMAL;
}

static inline Sigap__Priority triage_priority_out(int priority) {
    return (Sigap__Priority)(SIGAP__PRIORITY__PRIORITY_P0 + priority);
}
