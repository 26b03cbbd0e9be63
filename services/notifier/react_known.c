/* What is known of a case here, for whatever is still to be said of it: from its earlier alerts, from
 * triage's finding, and from the brief that other records carry. */
#include "react_parts.h"

#include "common/texts.h"
#include "escalate.h"
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

struct alert *react_alert_like(struct turn *turn, const struct id *case_id, enum alert_subject subject,
    const struct id *id, int priority, const struct alert *like) {
    struct alert *alert = alert_new(turn, case_id, subject, id, priority);
    if (alert && like)
        react_describe_as(alert, like);
    return alert;
}

void react_describe_brief(struct turn *turn, struct alert *alert, const Sigap__CaseBrief *brief) {
    if (!brief)
        return;
    react_describe(turn, alert, brief->kind, brief->area, (int)brief->confidentiality - 1);
    react_describe_also(turn, alert, brief->also_kinds);
}

const struct alert *react_read_brief(
    struct turn *turn, const struct id *case_id, const Sigap__CaseBrief *brief, struct alert *out) {
    react_describe_brief(turn, out, brief);
    out->case_id = *case_id;
    out->training = turn->training;
    out->priority = react_priority(brief->priority, SITE_P2);
    return out;
}

void react_describe_further(struct alert *alert, const struct alert *like) {
    if (!like)
        return;
    memcpy(alert->also, like->also, sizeof alert->also);
    if (like->confidentiality > alert->confidentiality)
        alert->confidentiality = like->confidentiality;
}

/* Offers and tasks that stand open, and the case's own alert also when that is over, because later ones are
 * described after it. */
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

struct alert *react_newest_of_case(struct alert *const *all, unsigned count) {
    for (unsigned i = count; i-- > 0;)
        if (all[i]->subject == SUBJECT_CASE)
            return all[i];
    return NULL;
}

int react_priority_like(const struct turn *turn, const struct alert *like) {
    return like ? like->priority : turn->source.lane == LANE_URGENT ? SITE_P1 : SITE_P2;
}

bool react_asks(const struct alert *alert) {
    return alert->state == ALERT_STATE_OPEN || alert->state == ALERT_STATE_EXHAUSTED;
}

/* What further is to be said of the case goes with it. */
struct alert *react_open_alert(struct turn *turn, const struct id *case_id) {
    struct alert *all[ALERT_INCIDENT_MAX];
    struct alert *alert = react_newest_of_case(all, alert_list(turn, case_id, all));
    return alert && alert->state != ALERT_STATE_STOOD_DOWN ? alert : NULL;
}

void react_tell_role(
    struct turn *turn, struct alert *alert, const char *role, enum delivery_purpose purpose) {
    struct policy_target target = {.area = POLICY_CASE};
    copy_text(target.role, sizeof target.role, role);
    if (!escalate_tell(turn, alert, &target, purpose, POLICY_ONE))
        escalate_tell_regional(turn, alert, purpose);
}

void react_write_if_more(struct turn *turn, struct alert *alert, unsigned before) {
    if (!alert || alert->delivery_count == before)
        return;
    outgoing_push(turn, alert);
    alert_write(turn, alert);
}
