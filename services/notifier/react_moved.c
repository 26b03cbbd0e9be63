/* A case that lies elsewhere than was thought: whose it is by now. Whoever was called works in the place of
 * before; an answer of theirs is none for the place where somebody waits. */
#include "react_parts.h"

#include "common/area.h"
#include "common/texts.h"
#include "duty.h"
#include "escalate.h"
#include "outgoing.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* --- who covers the place --- */

/* The teams that its policy calls for the place as it is now, with each step. */
struct reach {
    const struct team *teams[(POLICY_STEPS_MAX + 1) * POLICY_TARGETS_MAX];
    unsigned count;
};

static void reach_of(struct turn *turn, const struct alert *alert, struct reach *out) {
    const struct policy *policy = escalate_policy(turn, alert);
    out->count = 0;
    for (unsigned position = 0; policy && position <= policy->step_count; position++) {
        enum policy_channels channels;
        unsigned count, at = position < policy->step_count ? position : policy_final(policy);
        const struct policy_target *targets = policy_targets(policy, at, &count, &channels);
        for (unsigned i = 0; i < count; i++) {
            const struct team *team = escalate_team(turn, alert, &targets[i]);
            if (team && out->count < sizeof out->teams / sizeof *out->teams)
                out->teams[out->count++] = team;
        }
    }
}

bool react_is_of_policy(struct turn *turn, const struct alert *alert, const struct team *team) {
    struct reach reach;
    reach_of(turn, alert, &reach);
    for (unsigned i = 0; i < reach.count; i++)
        if (reach.teams[i] == team)
            return true;
    return false;
}

static bool is_on_duty(struct turn *turn, const struct team *team, const char *person) {
    struct duty_chosen chosen = duty_choose(turn, team->id, POLICY_ALL, NULL);
    for (unsigned i = 0; i < chosen.count; i++)
        if (strcmp(chosen.people[i]->code, person) == 0)
            return true;
    return false;
}

/* In another team than the one for which they answered. */
static bool is_on_duty_there(struct turn *turn, const struct alert *alert, const char *person) {
    struct reach reach;
    reach_of(turn, alert, &reach);
    for (unsigned i = 0; person[0] && i < reach.count; i++)
        if (is_on_duty(turn, reach.teams[i], person))
            return true;
    return false;
}

/* A team at a facility serves all places from where it is: the policy says whether it is called for this one.
 */
static bool covers(struct turn *turn, const struct alert *alert, const struct team *team) {
    return team->facility ? react_is_of_policy(turn, alert, team)
                          : !team->area[0] || area_within(alert->area, team->area);
}

/* by: the account that says where it is. Of somebody who answered for no team only their name is known. */
static bool keeps_it(struct turn *turn, const struct alert *alert, const char *by) {
    const struct notifier *notifier = turn->state;
    const struct team *team = teams_find(notifier->teams, alert->answered_team);
    if (!team)
        return by[0] && strcmp(by, alert->answered_by) == 0;
    return covers(turn, alert, team) || is_on_duty_there(turn, alert, alert->answered_by);
}

static bool was_called(const struct delivery *each) {
    return (each->purpose == PURPOSE_ALERT || each->purpose == PURPOSE_AGAIN) && delivery_went_out(each);
}

static bool has_called_strangers(struct turn *turn, const struct alert *alert) {
    const struct notifier *notifier = turn->state;
    for (unsigned i = 0; i < alert->delivery_count; i++) {
        const struct team *team = teams_find(notifier->teams, alert->deliveries[i].team);
        if (team && !team->facility && was_called(&alert->deliveries[i]) && !covers(turn, alert, team))
            return true;
    }
    return false;
}

bool react_moves_away(struct turn *turn, const struct alert *alert, const char *area_before, const char *by) {
    if (!area_before[0] || area_within(area_before, alert->area) || !alert->answerable)
        return false; /* not known until now, or only less is known */
    if (alert->state == ALERT_STATE_ANSWERED)
        return !alert->finished && !keeps_it(turn, alert, by);
    return react_asks(alert) && has_called_strangers(turn, alert);
}

/* --- who hears of it --- */

static bool was_told_so(const struct alert *alert, const char *team) {
    for (unsigned i = 0; i < alert->delivery_count; i++)
        if (alert->deliveries[i].purpose == PURPOSE_MOVED && strcmp(alert->deliveries[i].team, team) == 0)
            return true;
    return false;
}

/* Of the same role where there is one. "": nobody of a region was called. */
static const char *heir_of(
    const struct notifier *notifier, const struct alert *alert, const struct team *before) {
    const char *heir = "";
    for (unsigned i = 0; i < alert->delivery_count; i++) {
        const struct team *team = teams_find(notifier->teams, alert->deliveries[i].team);
        if (!team || !team->area[0])
            continue;
        if (strcmp(team->role, before->role) == 0)
            return team->id;
        heir = heir[0] ? heir : team->id;
    }
    return heir;
}

/* To whom whoever had it hands it over; a secret is handed over by the coordinator, for the name of a team
 * tells where it is. */
static const char *successor(
    struct turn *turn, const struct alert *before, const struct alert *alert, const struct team *team) {
    const struct notifier *notifier = turn->state;
    if (strcmp(before->answered_team, team->id) != 0)
        return "";
    bool neutral =
        alert->codes_only || text_is_neutral(before, site_kinds_find(notifier->kinds, before->kind));
    const char *heir = neutral ? "" : heir_of(notifier, alert, team);
    return heir[0] && strlen(heir) <= DELIVERY_ROLE_MAX ? heir : "KOR";
}

static void tell_moved(struct turn *turn, struct alert *before, const struct alert *alert, const char *id) {
    const struct notifier *notifier = turn->state;
    const struct team *team = teams_find(notifier->teams, id);
    if (team && !was_told_so(before, id) && !covers(turn, alert, team))
        outgoing_tell(
            turn, before, team, successor(turn, before, alert, team), POLICY_ALL, PURPOSE_MOVED, POLICY_ONE);
}

void react_tell_moved(struct turn *turn, struct alert *before, const struct alert *alert) {
    tell_moved(turn, before, alert, before->answered_team);
    for (unsigned i = 0, count = before->delivery_count; i < count; i++) {
        const struct delivery *each = &before->deliveries[i];
        if (was_called(each) || (each->purpose == PURPOSE_NOTICE && delivery_went_out(each)))
            tell_moved(turn, before, alert, arena_text(turn->arena, each->team));
    }
}

/* Those of the new place are told whom to ask: until one of them has it, whoever had it knows most. */
void react_note_holder(struct alert *alert, const struct alert *before) {
    snprintf(alert->detail, sizeof alert->detail, "%s%.*s", ALERT_MOVED_FROM,
        (int)(sizeof alert->detail - sizeof ALERT_MOVED_FROM), before->answered_team);
}

/* --- what else rings for the case --- */

/* For each team that was asked and works elsewhere the one of its role that works there: whoever owns what is
 * to be done need not be of the policy. */
static void call_successors(struct turn *turn, struct alert *alert) {
    const struct notifier *notifier = turn->state;
    for (unsigned i = 0, count = alert->delivery_count; i < count; i++) {
        const struct team *team = teams_find(notifier->teams, alert->deliveries[i].team);
        struct policy_target target = {.area = POLICY_CASE};
        if (!team || team->facility || !was_called(&alert->deliveries[i]) || covers(turn, alert, team))
            continue;
        copy_text(target.role, sizeof target.role, team->role);
        const struct team *there = escalate_team(turn, alert, &target);
        if (there && !escalate_was_told(alert, there->id))
            escalate_tell(turn, alert, &target, PURPOSE_ALERT, POLICY_ONE);
    }
}

/* Those of the place are asked beside those who were, who hear that it is not theirs. */
static void place_one(struct turn *turn, struct alert *alert, const char *area) {
    char before[sizeof alert->area];
    memcpy(before, alert->area, sizeof before);
    copy_text(alert->area, sizeof alert->area, area);
    bool away = react_asks(alert) && react_moves_away(turn, alert, before, "");
    turn->training = alert->training;
    if (away && alert->subject != SUBJECT_OFFER) {
        react_tell_moved(turn, alert, alert);
        escalate_catch_up(turn, alert);
        call_successors(turn, alert);
        outgoing_push(turn, alert);
    }
    alert_write(turn, alert);
}

void react_place_all(struct turn *turn, struct alert *const *all, unsigned count, const char *area) {
    bool training = turn->training;
    for (unsigned i = 0; area_level(area) != AREA_NONE && i < count; i++)
        if (strcmp(all[i]->area, area) != 0)
            place_one(turn, all[i], area);
    turn->training = training; /* the alerts' own is theirs alone */
}
