/* What the files of react.h share, one for each daemon that speaks (react_triage.c, react_router.c,
 * react_casework.c), one for what none of them says (react_silence.c), for a case that lies elsewhere
 * (react_moved.c), for a reporter who writes again (react_news.c), and what is known of a case
 * (react_known.c). */
#pragma once

#include "alert.h"
#include "react.h"
#include "state.h"

/* --- what the records say (react_known.c) --- */

/* SITE_P0 to SITE_P4. */
int react_priority(Sigap__Priority priority, int unspecified);
bool react_case(const Sigap__Event *event, struct id *out);
bool react_id(ProtobufCBinaryData bytes, struct id *out);

/* The stricter of the two counts: what a kind is, and what triage found. An area of no level leaves the one
 * that is known. */
void react_describe(
    struct turn *turn, struct alert *alert, const char *kind, const char *area, int confidentiality);
/* Of further kinds too the strictest counts. codes: separated by blanks. */
void react_describe_also(struct turn *turn, struct alert *alert, const char *codes);
void react_describe_facts(struct turn *turn, struct alert *alert, Sigap__Fact *const *facts, size_t count);
void react_describe_as(struct alert *alert, const struct alert *like);
/* Nothing is known of the case here: its alerts are forgotten, or it opened as one that nobody is woken for.
 * NULL: told before a brief came with it. */
void react_describe_brief(struct turn *turn, struct alert *alert, const Sigap__CaseBrief *brief);
/* Other alerts of a case tell its own kind: its further kinds, and what people found, may be stricter. like:
 * may be NULL. */
void react_describe_further(struct alert *alert, const struct alert *like);
/* What makes a case a secret makes one of all that will still be said of it. also: NULL, the further kinds
 * are as they were. Writes the alerts. */
void react_describe_all(
    struct turn *turn, struct alert *const *all, unsigned count, const char *kinds, const char *also);
/* An alert, not stored, that further ones of the case are described by. */
const struct alert *react_read_brief(
    struct turn *turn, const struct id *case_id, const Sigap__CaseBrief *brief, struct alert *out);

/* A further alert of a case, told as that one was; like: NULL when none is known. NULL: as alert_new. */
struct alert *react_alert_like(struct turn *turn, const struct id *case_id, enum alert_subject subject,
    const struct id *id, int priority, const struct alert *like);
/* The newest alert of the case itself: what is known of the case here. NULL: none. */
struct alert *react_newest_of_case(struct alert *const *all, unsigned count);
/* The same while it stands open. */
struct alert *react_open_alert(struct turn *turn, const struct id *case_id);
/* Of a long case nothing is known here: then the lane says how urgent it is. */
int react_priority_like(const struct turn *turn, const struct alert *like);
/* Nobody has answered it yet. */
bool react_asks(const struct alert *alert);
/* One team of the role that serves the case; where there is none, the region's coordinator. */
void react_tell_role(struct turn *turn, struct alert *alert, const char *role, enum delivery_purpose purpose);
/* Hands over and writes what came to the alert's deliveries since there were so many. */
void react_write_if_more(struct turn *turn, struct alert *alert, unsigned before);

/* --- the dead-man (react_silence.c) --- */

/* A report of which triage has spoken: nobody has to be woken for it any more, and who was is told; or
 * somebody has it in hand. */
void react_report_seen_to(struct turn *turn, const struct id *report, const char *action);
void react_report_taken(struct turn *turn, const struct id *report);

/* --- a case that lies elsewhere (react_moved.c) --- */

/* Whether its policy calls this team for the place as it is now, by whatever step. */
bool react_is_of_policy(struct turn *turn, const struct alert *alert, const struct team *team);
/* The alert has its new place already: whether somebody else must be called, because those who were called,
 * or who has taken it, do not work there. by: the account that says so. */
bool react_moves_away(struct turn *turn, const struct alert *alert, const char *area_before, const char *by);
/* Whoever heard by the alert of before, and does not work there, hears that it has moved; who had it, to whom
 * to hand it over. alert: with those who are called now. */
void react_tell_moved(struct turn *turn, struct alert *before, const struct alert *alert);
/* Into the detail of the new alert: who had it until now. */
void react_note_holder(struct alert *alert, const struct alert *before);
/* All other alerts of the case: what rings for it rings where it is. Writes them. */
void react_place_all(struct turn *turn, struct alert *const *all, unsigned count, const char *area);

/* --- a reporter writes again (react_news.c) --- */

/* It makes the case no more urgent: whoever handles it is told, without its words. */
enum verdict react_reporter_wrote(struct turn *turn, const struct id *case_id);

/* --- news of a case that is known (react_triage.c) --- */

struct news {
    const char *kind, *area; /* "": as they were */
    const Sigap__CaseBrief *brief;
    Sigap__Fact *const *facts;
    size_t fact_count;
    bool secret; /* it becomes one: react_becomes_secret() */
    bool moved;  /* others must be called: react_moves_away() */
};

/* Those who are told beside the chain because of a fact. */
void react_inform_parallel(struct turn *turn, struct alert *alert, Sigap__Fact *const *facts, size_t count);
/* Whether another chain is due, because the case is more secret than it was. */
bool react_becomes_secret(struct turn *turn, const struct alert *alert, int confidentiality_before);
/* A new chain instead of the one before. before: NULL, there is none. */
enum verdict react_alert_again(
    struct turn *turn, const struct id *case_id, struct alert *before, int priority, const struct news *news);
void react_tell_beside(struct turn *turn, struct alert *alert, bool secret);
