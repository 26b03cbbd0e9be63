#include "services/triage/urgency.h"

#include <string.h>

/* What a wrong priority costs, by (true, said). Too low costs more than too high, and most where a life hangs
 * on it: a P0 handled as P2 waits three days instead of 15 minutes. Too high wastes a duty officer's hour.
 * Chosen on left-out folds of all reports (tests/triage/README.md): of those with which 98 of 100 P0 or P1
 * are found and 80 of 100 that are said to be are, the ones that wake for least of what is no report.
 */
static const float costs[PRIORITIES][PRIORITIES] = {
    {0, 26, 28, 31, 34},
    {1, 0, 4.6f, 9.5f, 14.3f},
    {4, 1.15f, 0, 1, 3},
    {5.2f, 2.3f, 0.8f, 0, 0.8f},
    {10.4f, 5.6f, 1.5f, 0.7f, 0},
};

/* Possible P0 or P1 from here on: an alert too many costs a look, one too few a life. */
#define DANGER_LEAST 0.30f
#define DANGER_OF_UNKNOWN 0.5f
/* What reads like no report is closed, and read by nobody, below this. In folds (tests/triage/README.md) 18
 * of 11,429 P0 and P1 were so, 32 with 0.03; operators read 36 of 100 no-reports for it, 31 with 0.03, and
 * those are harder than life's. */
#define NOT_CLOSED_BY_MACHINE 0.02f
/* What says itself that it is no report is believed below this. */
#define QUIET_BELOW 0.4f

static void reason_add(struct urgency_found *out, const char *reason) {
    for (size_t i = 0; i < out->reason_count; i++)
        if (strcmp(out->reasons[i], reason) == 0)
            return;
    if (out->reason_count < sizeof out->reasons / sizeof out->reasons[0])
        out->reasons[out->reason_count++] = reason;
}

static enum priority learnt_priority(const float probabilities[PRIORITIES]) {
    enum priority best = PRIORITY_P0;
    float least = 0;
    for (int said = 0; said < PRIORITIES; said++) {
        float cost = 0;
        for (int truth = 0; truth < PRIORITIES; truth++)
            cost += probabilities[truth] * costs[truth][said];
        if (said == 0 || cost < least) {
            least = cost;
            best = (enum priority)said;
        }
    }
    return best;
}

static bool no_report(const struct vocabulary *vocabulary, int kind) {
    return kind != NO_INDEX && kind == vocabulary->no_report;
}

static float danger_share(const struct urgency_input *input, const struct urgency_found *found) {
    float share = found->priority <= PRIORITY_P1 ? 1 : 0;
    if (input->priorities)
        share = input->priorities[PRIORITY_P0] + input->priorities[PRIORITY_P1];
    return share;
}

/* What is said of one victim may raise the urgency of all, and quiets nothing about the others. */
static bool rule_is_for(const struct urgency_rule *rule, const struct urgency_input *input) {
    bool lowers = rule->effect == URGENCY_LOWER || rule->effect == URGENCY_QUIET;
    if (lowers && input->also)
        return false;
    if (!rule->kind_count)
        return true;
    for (size_t i = 0; i < rule->kind_count; i++)
        if (rule->kinds[i] == input->kind || (input->also >> rule->kinds[i] & 1))
            return true;
    return false;
}

static void rule_apply(const struct urgency_rule *rule, float danger, struct urgency_found *out) {
    enum priority before = out->priority;
    switch (rule->effect) {
    case URGENCY_SET:
        if (rule->priority < out->priority)
            out->priority = rule->priority;
        break;
    case URGENCY_HOLD:
        out->human = true;
        if (rule->priority < out->priority)
            out->priority = rule->priority;
        break;
    case URGENCY_RAISE:
        if (out->priority > rule->priority)
            out->priority--;
        break;
    case URGENCY_LOWER:
        if (out->priority < rule->priority && out->priority >= PRIORITY_P1)
            out->priority = rule->priority;
        break;
    case URGENCY_QUIET:
        if (danger < QUIET_BELOW && out->priority < rule->priority)
            out->priority = rule->priority;
        out->quiet |= danger < QUIET_BELOW;
        break;
    }
    /* A criterion that holds is a reason too when the priority was there already: operators want to know
     * which. */
    bool agrees = rule->effect == URGENCY_SET && rule->priority == out->priority;
    if (out->priority != before || agrees || rule->effect == URGENCY_HOLD)
        reason_add(out, rule->id);
}

static void rules_apply(const struct vocabulary *vocabulary, const struct signs *signs,
    const struct urgency_input *input, float danger, struct urgency_found *out) {
    /* What reads like no report is raised by nothing but the rules that keep it open. */
    enum urgency_effect first = no_report(vocabulary, input->kind) ? URGENCY_QUIET : URGENCY_LOWER;
    for (size_t i = 0; i < vocabulary->urgency_count; i++) {
        const struct urgency_rule *rule = &vocabulary->urgency[i];
        if (rule->effect >= first &&
            signs_hold(signs, rule->all, rule->all_count, rule->without, rule->without_count, rule->near) &&
            rule_is_for(rule, input))
            rule_apply(rule, danger, out);
    }
}

static bool have(const struct vocabulary *vocabulary, const struct signs *signs, enum named_concept concept) {
    return signs_have(signs, vocabulary->named[concept]);
}

/* ESC-09: at night, in public, a child, an older person or a woman alone. The hour of receipt counts like the
 * word. */
static void night_apply(
    const struct vocabulary *vocabulary, const struct signs *signs, int hour, struct urgency_found *out) {
    bool night = hour >= 0 && (hour >= 18 || hour < 6);
    bool alone = have(vocabulary, signs, NAMED_ALONE) && have(vocabulary, signs, NAMED_IN_PUBLIC);
    bool weak = have(vocabulary, signs, NAMED_CHILD) || have(vocabulary, signs, NAMED_TODDLER) ||
                have(vocabulary, signs, NAMED_OLDER_PERSON) || have(vocabulary, signs, NAMED_WOMAN);
    if (night && alone && weak && out->priority > PRIORITY_P0) {
        out->priority--;
        reason_add(out, "ESC-09");
    }
}

/* A message that the machine would close but that may be urgent after all goes to a person. */
static void closing_guard(
    const struct vocabulary *vocabulary, const struct urgency_input *input, struct urgency_found *out) {
    if (no_report(vocabulary, input->kind) && input->priorities &&
        danger_share(input, out) > NOT_CLOSED_BY_MACHINE)
        out->human = true;
}

void urgency_find(const struct vocabulary *vocabulary, const struct text *text, const struct signs *signs,
    const struct urgency_input *input, struct urgency_found *out) {
    (void)text;
    *out = (struct urgency_found){.priority = PRIORITY_P2};
    if (input->priorities && (input->known || danger_share(input, out) >= DANGER_OF_UNKNOWN)) {
        out->priority = learnt_priority(input->priorities);
        reason_add(out, "learnt");
    } else if (input->kind != NO_INDEX && input->known) {
        out->priority = vocabulary->kinds[input->kind].priority;
        reason_add(out, "default");
    }
    rules_apply(vocabulary, signs, input, danger_share(input, out), out);
    if (!no_report(vocabulary, input->kind))
        night_apply(vocabulary, signs, input->local_hour, out);
    if (input->urgent_flag && out->priority > PRIORITY_P1) {
        out->priority = PRIORITY_P1;
        reason_add(out, "caller");
    }
    bool believed = input->known && !out->quiet;
    out->danger = danger_share(input, out) >= (believed ? DANGER_LEAST : DANGER_OF_UNKNOWN) ||
                  out->priority <= PRIORITY_P1;
    closing_guard(vocabulary, input, out);
}
