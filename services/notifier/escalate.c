#include "escalate.h"

#include "common/log.h"
#include "conflict.h"
#include "notifier_sql.h"
#include "outgoing.h"
#include "state.h"

#include <stdio.h>
#include <string.h>

/* --- policies --- */

void escalate_keep_policies(struct turn *turn) {
    struct notifier *notifier = turn->state;
    for (unsigned i = 0; i < escalation_policy_count(notifier->escalation); i++) {
        struct policy *policy = escalation_policy_at(notifier->escalation, i);
        const char *text = policy_write(policy, turn->arena);
        if (!text)
            return;
        struct statement *insert = notifier_use(turn->store, NOTIFIER_POLICY_INSERT);
        bind_int(insert, policy->number);
        bind_text(insert, text);
        statement_run(insert);
    }
}

/* Texts are named by their own hash: what is kept in memory can be neither stale nor undone by a rollback. */
static const struct policy *from_store(struct turn *turn, int64_t number) {
    struct notifier *notifier = turn->state;
    struct policy *slot = &notifier->policies[notifier->policy_next % POLICIES_KEPT];
    struct statement *get = notifier_use(turn->store, NOTIFIER_POLICY_GET);
    bind_int(get, number);
    bool good = statement_step(get) && policy_read(column_text(get, 0), slot);
    statement_end(get);
    if (!good) {
        slot->number = 0;
        log_line(LOG_ERROR, "policy-lost", "number=%lld", (long long)number);
        return NULL;
    }
    notifier->policy_next++;
    return slot;
}

const struct policy *escalate_policy(struct turn *turn, const struct alert *alert) {
    struct notifier *notifier = turn->state;
    if (!alert->policy)
        return NULL;
    for (unsigned i = 0; i < escalation_policy_count(notifier->escalation); i++)
        if (escalation_policy_at(notifier->escalation, i)->number == alert->policy)
            return escalation_policy_at(notifier->escalation, i);
    for (unsigned i = 0; i < POLICIES_KEPT; i++)
        if (notifier->policies[i].number == alert->policy)
            return &notifier->policies[i];
    return from_store(turn, alert->policy);
}

/* --- telling --- */

bool escalate_was_told(const struct alert *alert, const char *team) {
    for (unsigned i = 0; i < alert->delivery_count; i++)
        if (strcmp(alert->deliveries[i].team, team) == 0)
            return true;
    return false;
}

enum { ANY_PURPOSE = -1 };

/* A team that is told for two roles gets one message that names both. True: done. */
static bool add_role_to_told(
    struct turn *turn, struct alert *alert, const struct team *team, const char *role, int purpose) {
    bool merged = false;
    for (unsigned i = 0; i < alert->delivery_count; i++) {
        struct delivery *each = &alert->deliveries[i];
        if (each->state != DELIVERY_QUEUED || each->queued_at != turn->now ||
            (purpose != ANY_PURPOSE && (int)each->purpose != purpose) || strcmp(each->team, team->id) != 0)
            continue;
        merged = true;
        size_t used = strlen(each->role);
        if (role[0] && !strstr(each->role, role) && used + 1 + strlen(role) < sizeof each->role)
            snprintf(each->role + used, sizeof each->role - used, "%s%s", used ? "," : "", role);
    }
    return merged;
}

static bool tell_team(struct turn *turn, struct alert *alert, const struct team *team, const char *agency,
    enum policy_person person, enum delivery_purpose purpose, enum policy_channels channels) {
    if (!add_role_to_told(turn, alert, team, agency, (int)purpose))
        return outgoing_tell(turn, alert, team, agency, person, purpose, channels);
    if (person == POLICY_SECOND || person == POLICY_ALL) /* somebody else of the same team may be meant */
        outgoing_tell_on_duty(turn, alert, team, agency, person, purpose, NULL);
    return true;
}

#define INSTEAD_OF_OFFICE "KOR" /* decides who takes it over (ESC-10) */

/* Instead of the team of a facility that is accused the nearest one elsewhere; of an office there is one, so
 * the coordinator. */
static const struct team *team_of_role(
    struct turn *turn, const struct alert *alert, const char *role, enum policy_area reach) {
    const struct notifier *notifier = turn->state;
    const struct team *team = teams_of_role(notifier->teams, role, alert->area, reach);
    if (!team || !conflict_of_team(turn, alert, team))
        return team;
    if (!team->facility)
        return teams_of_role(notifier->teams, INSTEAD_OF_OFFICE, alert->area, POLICY_PROVINCE);
    struct accusation accusation = conflict_accusation(turn, alert);
    return teams_of_role_but(notifier->teams, role, alert->area, reach, &accusation);
}

static const struct team *team_for(
    struct turn *turn, const struct alert *alert, const char *role, enum policy_area area) {
    const struct notifier *notifier = turn->state;
    switch (area) {
    case POLICY_CASE:
    case POLICY_REGENCY:
    case POLICY_PROVINCE:
        return team_of_role(turn, alert, role, area);
    case POLICY_FACILITY:
        return teams_of_facility(notifier->teams, role, alert->facility);
    case POLICY_ORIGIN: /* not known here; telling the wrong office would betray the case */
    case POLICY_DESTINATION:
        break;
    }
    return NULL;
}

/* The team, or that of the liaison: then *agency is the role to pass it on to. */
static const struct team *resolve(
    struct turn *turn, const struct alert *alert, const struct policy_target *target, const char **agency) {
    const struct notifier *notifier = turn->state;
    const struct team *team = team_for(turn, alert, target->role, target->area);
    *agency = "";
    if (team)
        return team;
    const struct liaison *liaison = teams_liaison(notifier->teams, target->role);
    *agency = target->role;
    /* An agency of the province may have its liaison in the regency. */
    return liaison ? team_for(turn, alert, liaison->owner, POLICY_CASE) : NULL;
}

const struct team *escalate_team(
    struct turn *turn, const struct alert *alert, const struct policy_target *target) {
    const char *agency;
    return resolve(turn, alert, target, &agency);
}

/* One of a step. Whoever has put it off is not told again meanwhile, but the next step tells them; whoever
 * has nothing further to do with it is not told at all. False: there is nobody. */
static bool tell_of_step(struct turn *turn, struct alert *alert, const struct policy_target *target,
    enum delivery_purpose purpose, enum policy_channels channels, bool nag) {
    const char *agency;
    const struct team *team = resolve(turn, alert, target, &agency);
    int64_t quiet = team ? alert_quiet_until(alert, team->id, "") : 0;
    if (quiet == ALERT_QUIET_FOR_GOOD || (nag && quiet > turn->now))
        return true;
    return team && tell_team(turn, alert, team, agency, target->person, purpose, channels);
}

bool escalate_tell(struct turn *turn, struct alert *alert, const struct policy_target *target,
    enum delivery_purpose purpose, enum policy_channels channels) {
    const char *agency;
    const struct team *team = resolve(turn, alert, target, &agency);
    return team && tell_team(turn, alert, team, agency, target->person, purpose, channels);
}

void escalate_inform(
    struct turn *turn, struct alert *alert, const struct policy_target *target, bool codes_only) {
    const char *agency;
    const struct team *team = resolve(turn, alert, target, &agency);
    if (!team || add_role_to_told(turn, alert, team, agency, ANY_PURPOSE) ||
        (!agency[0] && escalate_was_told(alert, team->id)))
        return;
    for (unsigned i = 0; agency[0] && i < alert->delivery_count; i++)
        if (strcmp(alert->deliveries[i].team, team->id) == 0 && strstr(alert->deliveries[i].role, agency))
            return;
    enum delivery_purpose purpose = escalate_was_told(alert, team->id) ? PURPOSE_CHANGE : PURPOSE_NOTICE;
    unsigned before = alert->delivery_count;
    outgoing_tell(turn, alert, team, agency, target->person, purpose, POLICY_ONE);
    for (unsigned i = before; i < alert->delivery_count && codes_only; i++)
        alert->deliveries[i].codes_only = true;
}

void escalate_catch_up(struct turn *turn, struct alert *alert) {
    const struct policy *policy = escalate_policy(turn, alert);
    bool answered = alert->state == ALERT_STATE_ANSWERED;
    for (unsigned position = 0; policy && position <= alert->position; position++) {
        enum policy_channels channels;
        unsigned count;
        const struct policy_target *targets = policy_targets(policy, position, &count, &channels);
        for (unsigned i = 0; i < count; i++) {
            const char *agency;
            const struct team *team = resolve(turn, alert, &targets[i], &agency);
            if (team && !escalate_was_told(alert, team->id))
                tell_team(turn, alert, team, agency, targets[i].person,
                    answered ? PURPOSE_NOTICE : PURPOSE_ALERT, channels);
        }
    }
}

static const struct policy_target coordinator = {"KOR", POLICY_PROVINCE, POLICY_ANY};

void escalate_tell_coordinator(struct turn *turn, struct alert *alert, enum delivery_purpose purpose) {
    escalate_tell(turn, alert, &coordinator, purpose, POLICY_ONE);
}

void escalate_tell_regional(struct turn *turn, struct alert *alert, enum delivery_purpose purpose) {
    static const struct policy_target regional = {"KAB", POLICY_CASE, POLICY_ANY};
    if (!escalate_tell(turn, alert, &regional, purpose, POLICY_ONE))
        escalate_tell_coordinator(turn, alert, purpose);
}

bool escalate_tell_hole(struct turn *turn, struct alert *alert) {
    for (unsigned i = 0; i < alert->delivery_count; i++)
        if (alert->deliveries[i].purpose == PURPOSE_NOBODY)
            return false;
    escalate_tell_coordinator(turn, alert, PURPOSE_NOBODY);
    return true;
}

/* --- announcing --- */

/* Offers and tasks are followed by their own owners: only an answer to them is told. */
static bool is_followed(const struct alert *alert) {
    return alert->answerable && alert->subject != SUBJECT_OFFER && alert->subject != SUBJECT_TASK;
}

static bool has_case(const struct alert *alert) {
    return alert->subject != SUBJECT_REVIEW && alert->subject != SUBJECT_PARKED &&
           alert->subject != SUBJECT_SILENT;
}

static void borrow_chain(struct turn *turn, struct alert *alert) {
    struct alert *all[ALERT_INCIDENT_MAX];
    unsigned count = alert_list(turn, &alert->id, all);
    for (unsigned i = 0; i < count && !alert->chain.sequence; i++)
        if (all[i]->subject == SUBJECT_CASE)
            alert->chain = all[i]->chain;
}

void escalate_append(struct turn *turn, struct alert *alert, enum lane lane, Sigap__Event *event) {
    if (has_case(alert)) {
        event->case_id = turn_bytes(turn, &alert->case_id);
        if (!alert->chain.sequence && !alert_is_first(alert))
            borrow_chain(turn, alert);
    }
    event->training = alert->training;
    turn_append_chained(turn, lane, event, &alert->chain);
}

static void announce(struct turn *turn, const struct policy *policy, struct alert *alert) {
    if (!is_followed(alert))
        return;
    Sigap__AlertRaised raised = SIGAP__ALERT_RAISED__INIT;
    raised.alert_id = turn_bytes(turn, &alert->id);
    raised.subject = (char *)alert_subject_word(alert->subject);
    raised.subject_id = turn_bytes(turn, &alert->subject_id);
    raised.priority = (Sigap__Priority)(alert->priority + 1);
    raised.policy = (char *)policy->id;
    char **targets = arena_take(turn->arena, (alert->delivery_count + 1) * sizeof *targets);
    for (unsigned i = 0; targets && i < alert->delivery_count; i++) {
        bool seen = alert->deliveries[i].purpose != PURPOSE_ALERT;
        for (size_t k = 0; k < raised.n_targets; k++)
            seen |= strcmp(targets[k], alert->deliveries[i].team) == 0;
        if (!seen)
            targets[raised.n_targets++] = alert->deliveries[i].team;
    }
    raised.targets = targets;
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_ALERT_RAISED;
    event.alert_raised = &raised;
    turn_append_chained(turn, alert_lane(alert), &event, &alert->chain);
}

static void append_move(struct turn *turn, struct alert *alert, enum alert_state from, const char *action,
    const char *team, const char *actor, enum lane lane) {
    const struct notifier *notifier = turn->state;
    const struct team *who = team[0] ? teams_find(notifier->teams, team) : NULL;
    Sigap__AlertMoved moved = SIGAP__ALERT_MOVED__INIT;
    moved.alert_id = turn_bytes(turn, &alert->id);
    moved.subject = (char *)alert_subject_word(alert->subject);
    moved.subject_id = turn_bytes(turn, &alert->subject_id);
    moved.from = (Sigap__AlertState)from;
    moved.to = (Sigap__AlertState)alert->state;
    moved.action = (char *)action;
    moved.team = (char *)team;
    moved.actor = (char *)actor;
    moved.step = alert->position;
    moved.facility = who && who->facility ? (char *)who->facility->id : (char *)"";
    Sigap__Event event = SIGAP__EVENT__INIT;
    event.body_case = SIGAP__EVENT__BODY_ALERT_MOVED;
    event.alert_moved = &moved;
    escalate_append(turn, alert, lane, &event);
}

void escalate_announce_move(struct turn *turn, struct alert *alert, enum alert_state from, const char *action,
    const char *team, const char *actor) {
    bool answer = team[0] || actor[0]; /* an answer is always told: the router moves the offer by it */
    if (answer || is_followed(alert))
        append_move(turn, alert, from, action, team, actor, answer ? LANE_URGENT : alert_lane(alert));
}

void escalate_announce_arrival(struct turn *turn, struct alert *alert, const char *team) {
    append_move(turn, alert, alert->state, "delivered", team, "", alert_lane(alert));
}

/* --- steps --- */

static bool is_of_region(const struct policy_target *target) {
    return target->area == POLICY_CASE || target->area == POLICY_REGENCY;
}

/* A case without a place is the province's: its coordinator stands for the region that is not known. False:
 * the step has nobody. */
static bool tell_position(struct turn *turn, struct alert *alert, const struct policy *policy,
    unsigned position, enum delivery_purpose purpose, bool nag) {
    enum policy_channels channels;
    unsigned count;
    const struct policy_target *targets = policy_targets(policy, position, &count, &channels);
    bool anybody = false, of_region = false;
    for (unsigned i = 0; i < count; i++) {
        anybody |= tell_of_step(turn, alert, &targets[i], purpose, channels, nag);
        of_region |= is_of_region(&targets[i]);
    }
    if (!anybody && of_region && !alert->area[0])
        anybody = tell_of_step(turn, alert, &coordinator, purpose, channels, nag);
    alert->told_at = turn->now;
    return anybody;
}

static void tell_nobody(struct turn *turn, struct alert *alert) {
    char id[ID_TEXT + 1];
    id_to_text(&alert->id, id);
    if (escalate_tell_hole(turn, alert))
        log_line(LOG_ERROR, "step-has-nobody", "alert=%s position=%u", id, alert->position);
}

/* Tells the position at hand; one that has nobody is skipped at once, and the coordinator, who owns the
 * rotas, hears of it once an alert. */
static void tell_or_skip(struct turn *turn, struct alert *alert, const struct policy *policy) {
    unsigned final = policy_final(policy), skipped = 0;
    enum delivery_purpose purpose =
        alert->position >= policy->step_count || alert->answered_at ? PURPOSE_AGAIN : PURPOSE_ALERT;
    while (!tell_position(turn, alert, policy, alert->position, purpose, false)) {
        if (skipped++ == 0)
            tell_nobody(turn, alert);
        if (alert->position >= final)
            break;
        alert->position++;
    }
    if (alert->position >= final && alert->state == ALERT_STATE_OPEN) {
        enum alert_state from = alert->state;
        struct notifier *notifier = turn->state;
        alert_do(alert, MOVE_EXHAUST);
        notifier_count(turn, &notifier->exhausted);
        escalate_announce_move(turn, alert, from, "exhaust", "", "");
    }
}

void escalate_next_now(struct turn *turn, struct alert *alert) {
    const struct policy *policy = escalate_policy(turn, alert);
    if (!policy || (alert->state != ALERT_STATE_OPEN && alert->state != ALERT_STATE_EXHAUSTED))
        return;
    enum alert_state from = alert->state;
    alert_do(alert, MOVE_STEP);
    alert->position++;
    tell_or_skip(turn, alert, policy);
    if (alert->position < policy_final(policy))
        escalate_announce_move(turn, alert, from, "step", "", "");
}

/* After hours in which the daemon was away: everybody whose turn has passed is told once, the last of them
 * first, whose channels count; the next position comes its time from now. Rounds tell the same people: one
 * is enough. */
static void tell_missed(
    struct turn *turn, struct alert *alert, const struct policy *policy, unsigned reached) {
    enum alert_state from = alert->state;
    unsigned first = alert->position + 1;
    enum delivery_purpose purpose = reached >= policy->step_count ? PURPOSE_AGAIN : PURPOSE_ALERT;
    if (reached - first > policy->step_count)
        first = reached - policy->step_count;
    alert_do(alert, MOVE_STEP);
    alert->position = reached;
    tell_or_skip(turn, alert, policy);
    for (unsigned position = reached; position-- > first;)
        tell_position(turn, alert, policy, position, purpose, false);
    alert->base_at = policy_base_for(policy, alert->position, turn->now);
    if (alert->position < policy_final(policy))
        escalate_announce_move(turn, alert, from, "step", "", "");
}

static void tell_again(struct turn *turn, struct alert *alert, const struct policy *policy) {
    alert_do(alert, MOVE_STEP);
    tell_position(turn, alert, policy, alert->position, PURPOSE_AGAIN, true);
}

/* --- when next --- */

static int64_t next_of_open(struct turn *turn, const struct alert *alert, const struct policy *policy) {
    const struct notifier *notifier = turn->state;
    int64_t step =
        policy_due(policy, alert->position + 1, alert->base_at, alert->told_at, notifier->calendar);
    int64_t nag = alert->position < policy_final(policy)
                      ? policy_nag_at(policy, alert->told_at, notifier->calendar)
                      : 0;
    return nag && nag < step ? nag : step;
}

enum { WATCHED_PRIORITIES = 4 /* P0..P3; a P4 is for information */ };

/* Work in the field, as field guide 4a has it: on the way within an hour, outreach within a day, 3 days, 7
 * working days. A facility that has accepted is followed by the router: this is for an answer the router
 * never made anything of. */
static const struct duration usual_in_the_field[WATCHED_PRIORITIES] = {
    {60, DURATION_MINUTES}, {24, DURATION_HOURS}, {3, DURATION_DAYS}, {7, DURATION_WORKING_DAYS}};
/* What is decided at a desk: read a report, find a place, look at an input. Whoever said "I take it" and fell
 * asleep is noticed while there is still time for somebody else. */
static const struct duration usual_at_a_desk[WATCHED_PRIORITIES] = {
    {15, DURATION_MINUTES}, {60, DURATION_MINUTES}, {1, DURATION_WORKING_DAYS}, {3, DURATION_WORKING_DAYS}};

static struct duration usual_respond_by(const struct alert *alert) {
    if (alert->priority >= WATCHED_PRIORITIES)
        return (struct duration){0};
    switch (alert->subject) {
    case SUBJECT_CASE:
    case SUBJECT_OFFER:
    case SUBJECT_TASK:
        return usual_in_the_field[alert->priority];
    case SUBJECT_REVIEW:
    case SUBJECT_SILENT:
    case SUBJECT_REFERRAL:
    case SUBJECT_PARKED:
    case SUBJECTS:
        break;
    }
    return usual_at_a_desk[alert->priority];
}

/* 0: not watched. */
static int64_t respond_by(struct turn *turn, const struct alert *alert, const struct policy *policy) {
    const struct notifier *notifier = turn->state;
    struct duration duration = policy->respond_by.count ? policy->respond_by : usual_respond_by(alert);
    return duration.count ? calendar_add(notifier->calendar, alert->respond_from, duration) : 0;
}

/* 50 %, 80 % and 100 % of the time in which something must move. A reminder can be put off, the end cannot.
 */
static int64_t next_of_answered(struct turn *turn, const struct alert *alert, const struct policy *policy) {
    int64_t by = respond_by(turn, alert, policy);
    if (!by || alert->progressed || alert->finished)
        return 0;
    int64_t all = by - alert->respond_from;
    int64_t percent = alert->reminded < 50 ? 50 : alert->reminded < 80 ? 80 : 100;
    int64_t next = alert->respond_from + all * percent / 100;
    if (next < alert->snoozed_until)
        next = alert->snoozed_until;
    return next < by ? next : by;
}

static int64_t next_at(struct turn *turn, const struct alert *alert) {
    const struct policy *policy = alert->answerable ? escalate_policy(turn, alert) : NULL;
    if (!policy)
        return 0;
    switch (alert->state) {
    case ALERT_STATE_OPEN:
    case ALERT_STATE_EXHAUSTED:
        return next_of_open(turn, alert, policy);
    case ALERT_STATE_ANSWERED:
        return next_of_answered(turn, alert, policy);
    case ALERT_STATE_STOOD_DOWN:
        break;
    }
    return 0;
}

static const struct escalation_sweep sweeps[2] = {
    {TIMER_SWEEP, 10000, 300000, false}, {TIMER_CRITICAL, 1000, 1000, true}};

/* The place in the table where the alerts that share a timer with this one begin. */
static struct id bucket_of(const struct escalation_sweep *sweep, const struct id *alert) {
    static const uint8_t tail[10];
    int64_t at = id_time(alert);
    return id_make(at - at % sweep->bucket_ms, tail);
}

/* Timers are not taken back: one that finds nothing costs next to nothing. */
void escalate_schedule(struct turn *turn, struct alert *alert) {
    const struct escalation_sweep *sweep = &sweeps[alert_is_critical(alert)];
    int64_t next = next_at(turn, alert);
    if (next) {
        if (next <= turn->now) /* that sweep has been, and others rely on each being once */
            next = turn->now + 1;
        next += sweep->round_ms - 1;
        next -= next % sweep->round_ms;
        struct id bucket = bucket_of(sweep, &alert->id);
        if (alert->next_at != next)
            turn_timer_set(turn, sweep->timer, &bucket, next, sweep->critical);
    }
    alert->next_at = next;
}

/* --- starting --- */

static void tell_first(struct turn *turn, struct alert *alert, const struct escalation_first *first) {
    if (first->team)
        tell_team(turn, alert, first->team, "", POLICY_ANY, PURPOSE_ALERT,
            alert_is_critical(alert) ? POLICY_TWO : POLICY_ONE);
    if (first->role && first->role[0]) {
        struct policy_target target = {.area = POLICY_CASE};
        snprintf(target.role, sizeof target.role, "%s", first->role);
        escalate_tell(
            turn, alert, &target, PURPOSE_ALERT, alert_is_critical(alert) ? POLICY_TWO : POLICY_ONE);
    }
}

static const struct policy *choose(
    const struct notifier *notifier, const struct alert *alert, enum escalation_situation situation) {
    const struct policy *policy = escalation_policy(
        notifier->escalation, situation, alert->priority, alert->confidentiality, alert->kind);
    /* sigapctl check refuses a site where this happens; an alert must not be lost for it all the same. */
    if (!policy)
        policy = escalation_policy(
            notifier->escalation, SITUATION_CASE, alert->priority, alert->confidentiality, alert->kind);
    return policy ? policy : escalation_policy_at(notifier->escalation, 0);
}

static int64_t answer_by(struct turn *turn, const struct alert *alert, const struct policy *policy) {
    const struct notifier *notifier = turn->state;
    return policy_due(policy, 1, alert->base_at, alert->base_at, notifier->calendar);
}

void escalate_start(struct turn *turn, struct alert *alert, enum escalation_situation situation,
    const struct escalation_first *first) {
    const struct policy *policy = choose(turn->state, alert, situation);
    alert->answerable = true;
    alert->policy = policy->number;
    alert->codes_only = policy->codes_only;
    alert->prefer_female = policy->prefer_female;
    if (!alert->answer_by)
        alert->answer_by = answer_by(turn, alert, policy);
    alert->told_at = turn->now;
    tell_first(turn, alert, first);
    if (!first->instead || alert->delivery_count == 0)
        tell_or_skip(turn, alert, policy);
}

void escalate_lower(struct turn *turn, struct alert *alert, int priority) {
    alert->priority = priority;
    if (alert->state == ALERT_STATE_STOOD_DOWN || !alert->answerable)
        return;
    const struct policy *policy = choose(turn->state, alert, SITUATION_CASE);
    alert->policy = policy->number;
    alert->codes_only |= policy->codes_only;
    alert->position = 0;
    alert->base_at = alert->told_at = turn->now;
    alert->answer_by = answer_by(turn, alert, policy);
    alert->reminded = 0;
    alert->next_at = 0; /* normal ones have timers of their own */
    alert->version++;
    escalate_schedule(turn, alert);
}

void escalate_started(struct turn *turn, struct alert *alert) {
    const struct policy *policy = escalate_policy(turn, alert);
    if (policy)
        announce(turn, policy, alert);
    escalate_schedule(turn, alert);
    outgoing_push(turn, alert);
    alert_write(turn, alert);
    notifier_count(turn, &((struct notifier *)turn->state)->raised);
}

void escalate_notice(struct turn *turn, struct alert *alert) {
    if (alert->delivery_count == 0)
        return;
    outgoing_push(turn, alert);
    alert_write(turn, alert);
}

/* --- ending --- */

/* Each team that was alerted once, and not those who were only informed. */
static void tell_all_told(struct turn *turn, struct alert *alert, enum delivery_purpose purpose) {
    const struct notifier *notifier = turn->state;
    for (unsigned i = 0, count = alert->delivery_count; i < count; i++) {
        const struct delivery *each = &alert->deliveries[i];
        if ((each->purpose != PURPOSE_ALERT && each->purpose != PURPOSE_AGAIN) || !delivery_went_out(each))
            continue;
        const struct team *team = teams_find(notifier->teams, each->team);
        if (team)
            tell_team(turn, alert, team, "", POLICY_ALL, purpose, POLICY_ONE);
    }
}

void escalate_stand_down(
    struct turn *turn, struct alert *alert, enum delivery_purpose farewell, const char *action) {
    enum alert_state from = alert->state;
    if (!alert_do(alert, MOVE_STAND_DOWN))
        return;
    outgoing_withdraw(turn, alert, DELIVERY_CANCELLED);
    if (farewell != PURPOSES)
        tell_all_told(turn, alert, farewell);
    escalate_announce_move(turn, alert, from, action, "", "");
    escalate_schedule(turn, alert);
    outgoing_push(turn, alert);
    alert_write(turn, alert);
}

/* --- time --- */

static void remind(struct turn *turn, struct alert *alert) {
    const struct notifier *notifier = turn->state;
    const struct team *team = teams_find(notifier->teams, alert->answered_team);
    alert->reminded = alert->reminded < 50 ? 50 : 80;
    if (team)
        outgoing_tell(turn, alert, team, "", POLICY_ANY, PURPOSE_REMINDER,
            alert_is_critical(alert) ? POLICY_TWO : POLICY_ONE);
    else
        tell_all_told(turn, alert, PURPOSE_REMINDER);
}

/* Accepted, but nothing has moved: it opens again and goes on at the same step. */
static void lapse(struct turn *turn, struct alert *alert, const struct policy *policy) {
    enum alert_state from = alert->state;
    alert_do(alert, MOVE_LAPSE);
    alert->base_at = policy_base_for(policy, alert->position, turn->now);
    alert->reminded = 0;
    alert->respond_from = 0;
    tell_or_skip(turn, alert, policy);
    alert->answered_team[0] = alert->answered_by[0] = 0;
    alert->answered_at = 0;
    escalate_announce_move(turn, alert, from, "lapse", "", "");
}

static void time_has_come(struct turn *turn, struct alert *alert) {
    const struct notifier *notifier = turn->state;
    const struct policy *policy = escalate_policy(turn, alert);
    unsigned reached;
    int64_t by;
    if (!policy || !alert->answerable)
        return;
    switch (alert->state) {
    case ALERT_STATE_OPEN:
    case ALERT_STATE_EXHAUSTED:
        reached = policy_reached(
            policy, alert->position, alert->base_at, alert->told_at, turn->now, notifier->calendar);
        if (reached > alert->position + 1)
            tell_missed(turn, alert, policy, reached);
        else if (turn->now >=
                 policy_due(policy, alert->position + 1, alert->base_at, alert->told_at, notifier->calendar))
            escalate_next_now(turn, alert);
        else
            tell_again(turn, alert, policy);
        return;
    case ALERT_STATE_ANSWERED:
        by = respond_by(turn, alert, policy);
        if (!by || alert->progressed || alert->finished)
            return;
        if (turn->now >= by)
            lapse(turn, alert, policy);
        else
            remind(turn, alert);
        return;
    case ALERT_STATE_STOOD_DOWN:
        return;
    }
}

/* An alert that nobody answers goes on for as long as it takes: what was told in days past makes room. The
 * last hour stays, in which a message may still be on its way. */
static void make_room(struct turn *turn, struct alert *alert) {
    enum { HOUR_MS = 3600000 };
    int64_t hour_ago = turn->now - HOUR_MS;
    if (alert->delivery_count >= DELIVERIES_MANY)
        alert_thin(alert, alert->told_at < hour_ago ? alert->told_at : hour_ago);
}

static void work_on_time(struct turn *turn, struct alert *alert) {
    turn->training = alert->training;
    alert->next_at = 0; /* its timer is used up */
    make_room(turn, alert);
    time_has_come(turn, alert);
    escalate_schedule(turn, alert);
    outgoing_push(turn, alert);
    alert_write(turn, alert);
}

enum verdict escalate_sweep(struct turn *turn, bool critical, const struct id *from, int64_t due_at) {
    const struct escalation_sweep *sweep = &sweeps[critical];
    struct id due[SWEEP_BATCH], end = bucket_of(sweep, from);
    unsigned count = 0;
    end = id_make(id_time(&end) + sweep->bucket_ms, (const uint8_t[10]){0});
    struct statement *list = notifier_use(turn->store, NOTIFIER_ALERT_DUE);
    bind_id(list, from);
    bind_id(list, &end);
    bind_int(list, turn->now);
    bind_int(list, SWEEP_BATCH);
    while (count < SWEEP_BATCH && statement_step(list))
        due[count++] = column_id(list, 0);
    statement_end(list);
    for (unsigned i = 0; i < count; i++) {
        struct alert *alert = alert_read(turn, &due[i]);
        if (alert && alert->next_at && alert->next_at <= turn->now && alert_is_critical(alert) == critical)
            work_on_time(turn, alert);
    }
    if (count == SWEEP_BATCH) { /* the rest in the next input, from where this one stopped */
        due[count - 1].bytes[ID_BYTES - 1] = 1;
        turn_timer_set(turn, sweep->timer, &due[count - 1], due_at, critical);
    }
    return VERDICT_DONE;
}
