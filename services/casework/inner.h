/* What the files of this room share: the daemon's state and the work on one case within a turn. Nobody else
 * includes this. */
#pragma once

#include "common/calendar.h"
#include "common/daemon.h"
#include "common/id_filter.h"
#include "common/keystore.h"
#include "common/keystore_cases.h"
#include "common/seal.h"
#include "common/site.h"
#include "services/casework/owner.h"
#include "services/casework/places.h"
#include "services/casework/plan.h"

enum { TIMER_CASE = 1, TIMER_REPLAY = 2 /* a further portion of the ledger of erasures */ };

enum { NARRATIVES_MAX = 200 /* shown of a case, and passed on with a merge */ };

enum { CASES_KNOWN = 4096 /* x 16 bytes = 64 KiB */ };

/* An entry of the ledger of erasures. */
struct replay {
    int64_t at;
    struct id case_id;
};

struct casework {
    const struct random *random;
    struct site *site;
    struct catalogue *catalogue;
    struct calendar *calendar;
    struct owners *owners;
    struct places *places;
    struct keystore *keystore;
    struct seal_opener *opener;
    struct keystore_cases *keys;
    bool keys_failed; /* the key file is damaged: no turn commits any more, the process ends */
    bool started;
    struct replay replayed;       /* the ledger was replayed up to here */
    struct id known[CASES_KNOWN]; /* see case_is_known */
    struct id_filter cases;       /* that were written */
};

/* One case, loaded for one input. Lives in the turn's arena. */
struct work {
    struct turn *turn;
    struct casework *house;
    struct case_file file;
    struct plan plan;
    int64_t timer_at; /* its timer as the store has it, 0 none */
    bool timer_rings; /* and that is critical */
    bool is_new;
};

/* ---- rows.c */

/* A work with an empty file for a new case; NULL when the arena is exhausted. */
struct work *work_new(struct turn *turn, const struct id *case_id);
/* NULL: no such case, or a row that cannot be read (park, it would be so for ever), or the arena is
 * exhausted. */
struct work *work_load(struct turn *turn, const struct id *case_id);
/* Reads the row at hand of case_get, case_view, case_list or task_scan; texts are copied. False: damaged. */
bool row_read(
    const struct casework *house, struct statement *row, struct arena *arena, struct case_file *file);
/* After a change of kinds: never less confidential than the strictest of them. */
void work_keep_secret(struct work *work);
/* The further kinds of the case and those of `more` that there is room for, of whole codes: in the list, and
 * for their tasks. What finds none counts for confidentiality, is named in the history, and somebody must
 * look (another case may be needed). To be recorded by plan_fact. NULL: the arena is exhausted. */
const char *kinds_with_room(struct work *work, const char *more);
/* Around a change of a closed case: it stays closed, and the tasks that it would be opened again with are
 * those of what is known by then. resume: false when it is not closed, then nothing is to be suspended. */
bool work_resume(struct work *work);
void work_suspend(struct work *work);
/* Settles the plan, tells the others, writes the row and moves the timer. actor: who did it. outcome: code
 * that goes with the first move, "" none. */
void work_save(struct work *work, const char *actor, const char *outcome);
/* Whoever closed the case knew nothing of what has come to it since: it goes on, and somebody looks. Saves.
 */
void work_open_again(struct work *work, const char *actor);
/* What the case then knows when this is said of it: accounts and facilities in conflict stand beside those
 * that are known, for the last may not let the first in again; "no" takes facilities back. */
const char *fact_with_known(const struct work *work, const char *name, const char *value);
bool fact_adds_up(const struct work *work, const char *name);
/* The team a task belongs to: assigned, or by role, area and facility. */
const char *task_owner(const struct work *work, const struct case_task *task);
bool case_is_known(struct turn *turn, const struct id *case_id);
/* At the start. */
void cases_begin(struct turn *turn);

/* One line of the case's history; codes only. text: what a person wrote, sealed under the case's key; NULL
 * none. */
void timeline_add(struct turn *turn, const struct id *case_id, const char *what, const char *object,
    const char *actor, const char *detail, const char *text);
/* The reason that triage passes on with a record, for a line's text. NULL: none, or it does not open. */
const char *reason_said(struct turn *turn, const Sigap__SealedReason *sealed);
/* A further line that comes of the same record: one of each sort, which is a number of at most 255. */
enum line_beside {
    LINE_REOPENED = 1,
    LINE_KINDS,
    LINE_ROOM,
    LINE_TOLD /* and those behind it, one a fact */
};
void timeline_add_beside(struct turn *turn, const struct id *case_id, unsigned sort, const char *what,
    const char *object, const char *actor, const char *detail);

/* ---- speak.c: records of our journal */

void speak_changes(struct work *work, const char *actor, const char *outcome);
void speak_fact(struct work *work, const char *name, const char *actor);
/* reopened: the case is open again, and the outcome is the one that it had. */
void speak_closed(
    struct work *work, bool reopened, const char *outcome, const char *reason, const char *actor);

/* ---- keys.c */

/* Texts under the case's key. False when the case has none any more, or memory is short. */
bool text_seal(
    struct turn *turn, const struct id *case_id, int64_t mark, const char *text, ProtobufCBinaryData *out);
/* NULL: it cannot be opened. From the arena. */
const char *text_open(
    struct turn *turn, const struct id *case_id, int64_t mark, const void *sealed, size_t size);
/* The report's text; NULL: it cannot be opened. */
const Sigap__ReportContent *narrative_open(
    struct turn *turn, const struct id *case_id, const struct id *report_id, const void *sealed, size_t size);
bool narrative_seal(struct turn *turn, const struct id *case_id, const struct id *report_id,
    const Sigap__ReportContent *content, ProtobufCBinaryData *out);
/* Destroys the key and all that people wrote, also the copies of its reports that merges have sealed under
 * the keys of other cases: nobody is shown them any more, whoever may see those. What is left of the case is
 * a number with its codes. */
void case_erase(struct work *work, const char *actor);
/* Cases whose key is gone (a restored store knows them still), and keys whose case never came to be. At the
 * start; what is more than a turn's goes on by TIMER_REPLAY. */
void keys_replay(struct turn *turn);
/* The next portion of the former. */
void keys_replay_erasures(struct turn *turn);
/* When an erasure made at this time is complete everywhere: journals, intake and backups have forgotten. */
int64_t erasure_complete_at(const struct casework *house, int64_t erased_at);

/* ---- hear.c, obey.c, show.c */

enum verdict hear_case_opened(struct turn *turn, const Sigap__Event *event);
enum verdict hear_report_joined(struct turn *turn, const Sigap__Event *event);
enum verdict hear_case_changed(struct turn *turn, const Sigap__Event *event);
enum verdict hear_referral_opened(struct turn *turn, const Sigap__Event *event);
enum verdict hear_referral_moved(struct turn *turn, const Sigap__Event *event);
enum verdict hear_offer_sent(struct turn *turn, const Sigap__Event *event);
enum verdict hear_offer_moved(struct turn *turn, const Sigap__Event *event);
enum verdict hear_alert_raised(struct turn *turn, const Sigap__Event *event);
enum verdict hear_alert_moved(struct turn *turn, const Sigap__Event *event);
enum verdict hear_delivery_ended(struct turn *turn, const Sigap__Event *event);

/* merge.c */
enum verdict hear_case_merged(struct turn *turn, const Sigap__Event *event);
enum verdict hear_report_parted(struct turn *turn, const Sigap__Event *event);
/* Says who may be part of what is reported? */
bool is_conflict_fact(const char *name);
/* Who is in conflict in this case is so from now on in all that is merged into it, and the others are told.
 * After whatever has changed it is saved. */
void conflict_hand_down(struct turn *turn, const struct id *whole_id, const char *actor);

enum verdict obey(struct turn *turn, Sigap__CommandIssued *command);
enum verdict show(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);
