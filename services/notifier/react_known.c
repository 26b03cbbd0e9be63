/* What is known of a case here, for whatever is still to be said of it: from its earlier alerts, from
 * triage's finding, and from the brief that other records carry. */
#include "react_parts.h"

#include "common/texts.h"
#include "outgoing.h"

#include <string.h>

int react_priority(Sigap__Priority priority, int unspecified) {
    switch (priority) {
    case SIGAP__PRIORITY__PRIORITY_P0:
        return SITE_P0;
    case SIGAP__PRIORITY__PRIORITY_P1:
        return SITE_P1;
    case SIGAP__PRIORITY__PRIORITY_P2:
        return SITE_P2;
    case SIGAP__PRIORITY__PRIORITY_P3:
        return SITE_P3;
    case SIGAP__PRIORITY__PRIORITY_P4:
        return SITE_P4;
    case SIGAP__PRIORITY__PRIORITY_UNSPECIFIED:
    case _SIGAP__PRIORITY_IS_INT_SIZE:
        break;
    }
    return unspecified;
}

bool react_case(const Sigap__Event *event, struct id *out) {
    return id_from_bytes(event->case_id.data, event->case_id.len, out);
}

bool react_id(ProtobufCBinaryData bytes, struct id *out) {
    return id_from_bytes(bytes.data, bytes.len, out);
}

/* The stricter of the two counts: what a kind is, and what triage found. */
void react_describe(
    struct turn *turn, struct alert *alert, const char *kind, const char *area, int confidentiality) {
    const struct notifier *notifier = turn->state;
    const struct site_kind *known = site_kinds_find(notifier->kinds, kind);
    copy_text(alert->kind, sizeof alert->kind, kind);
    if (area_level(area) != AREA_NONE)
        copy_text(alert->area, sizeof alert->area, area);
    if (known && known->confidentiality <= SITE_C3 && (int)known->confidentiality > confidentiality)
        confidentiality = (int)known->confidentiality;
    alert->confidentiality = confidentiality;
}

/* Of further kinds too the strictest counts. */
void react_describe_also(struct turn *turn, struct alert *alert, const char *codes) {
    const struct notifier *notifier = turn->state;
    copy_text(alert->also, sizeof alert->also, codes);
    alert->confidentiality = site_kinds_stricter(notifier->kinds, alert->confidentiality, codes);
}

void react_describe_facts(struct turn *turn, struct alert *alert, Sigap__Fact *const *facts, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(facts[i]->name, SITE_FACT_ALSO_KINDS) == 0)
            react_describe_also(turn, alert, facts[i]->value);
}

void react_describe_as(struct alert *alert, const struct alert *like) {
    memcpy(alert->kind, like->kind, sizeof alert->kind);
    memcpy(alert->also, like->also, sizeof alert->also);
    memcpy(alert->area, like->area, sizeof alert->area);
    alert->confidentiality = like->confidentiality;
    alert->case_id = like->case_id;
    alert->training = like->training; /* whatever is said of a drill stays one */
}

/* A further alert of a case, told as that one was; like: NULL when none is known. NULL: as alert_new. */
struct alert *react_alert_like(struct turn *turn, const struct id *case_id, enum alert_subject subject,
    const struct id *id, int priority, const struct alert *like) {
    struct alert *alert = alert_new(turn, case_id, subject, id, priority);
    if (alert && like)
        react_describe_as(alert, like);
    return alert;
}

/* Nothing is known of the case here: its alerts are forgotten, or it opened as one that nobody is woken for.
 * NULL: told before a brief came with it. */
void react_describe_brief(struct turn *turn, struct alert *alert, const Sigap__CaseBrief *brief) {
    if (!brief)
        return;
    react_describe(turn, alert, brief->kind, brief->area, (int)brief->confidentiality - 1);
    react_describe_also(turn, alert, brief->also_kinds);
}

/* The same, of which further alerts are described. */
const struct alert *react_read_brief(
    struct turn *turn, const struct id *case_id, const Sigap__CaseBrief *brief, struct alert *out) {
    react_describe_brief(turn, out, brief);
    out->case_id = *case_id;
    out->training = turn->training;
    out->priority = react_priority(brief->priority, SITE_P2);
    return out;
}

/* Other alerts of a case tell its own kind: its further kinds, and what people found, may be stricter. */
void react_describe_further(struct alert *alert, const struct alert *like) {
    if (!like)
        return;
    memcpy(alert->also, like->also, sizeof alert->also);
    if (like->confidentiality > alert->confidentiality)
        alert->confidentiality = like->confidentiality;
}

/* What makes a case a secret makes one of all that will still be said of it: of offers and tasks that stand
 * open, and of the case's own alert when that is over, because later ones are described after it. also: NULL,
 * the further kinds are as they were. */
void react_describe_all(
    struct turn *turn, struct alert *const *all, unsigned count, const char *kinds, const char *also) {
    const struct notifier *notifier = turn->state;
    for (unsigned i = 0; i < count; i++) {
        if (also)
            copy_text(all[i]->also, sizeof all[i]->also, also);
        all[i]->confidentiality = site_kinds_stricter(notifier->kinds, all[i]->confidentiality, kinds);
        alert_write(turn, all[i]);
    }
}

/* The newest alert of the case itself: what is known of the case here. NULL: none. */
struct alert *react_newest_of_case(struct alert *const *all, unsigned count) {
    for (unsigned i = count; i-- > 0;)
        if (all[i]->subject == SUBJECT_CASE)
            return all[i];
    return NULL;
}

/* Of a long case nothing is known here: then the lane says how urgent it is. */
int react_priority_like(const struct turn *turn, const struct alert *like) {
    return like ? like->priority : turn->source.lane == LANE_URGENT ? SITE_P1 : SITE_P2;
}

/* Nobody has answered it yet. */
bool react_asks(const struct alert *alert) {
    return alert->state == ALERT_STATE_OPEN || alert->state == ALERT_STATE_EXHAUSTED;
}

/* The alert of the case while it is open: what further is to be said of the case goes with it. NULL: none. */
struct alert *react_open_alert(struct turn *turn, const struct id *case_id) {
    struct alert *all[ALERT_INCIDENT_MAX];
    struct alert *alert = react_newest_of_case(all, alert_list(turn, case_id, all));
    return alert && alert->state != ALERT_STATE_STOOD_DOWN ? alert : NULL;
}

void react_write_if_more(struct turn *turn, struct alert *alert, unsigned before) {
    if (!alert || alert->delivery_count == before)
        return;
    outgoing_push(turn, alert);
    alert_write(turn, alert);
}
