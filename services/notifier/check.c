/* Is the site sound, as far as the notifier reads it? What must never be found out at three in the morning.
 */
#include "notifier.h"

#include "channels.h"
#include "duty_check.h"
#include "escalation.h"
#include "rota.h"
#include "teams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct checking {
    struct site *site;
    struct site_roles *roles;
    struct site_kinds *kinds;
    struct calendar *calendar;
    struct gazetteer *gazetteer;
    struct teams *teams;
    struct escalation *escalation;
    struct channels_file *channels;
    struct channel_use uses[CHANNELS_MAX];
    unsigned use_count;
    struct error *error;
};

static void checking_free(struct checking *checking) {
    channels_free(&checking->channels);
    escalation_free(&checking->escalation);
    teams_free(&checking->teams);
    gazetteer_free(&checking->gazetteer);
    calendar_free(&checking->calendar);
    site_kinds_free(&checking->kinds);
    site_roles_free(&checking->roles);
    site_free(&checking->site);
}

static bool load(struct checking *checking, const char *dir) {
    char folder[CONFIG_PATH_MAX];
    struct error *error = checking->error;
    return (checking->site = site_load(dir, error)) && (checking->roles = site_roles_load(dir, error)) &&
           (checking->kinds = site_kinds_load(dir, error)) &&
           (checking->calendar = calendar_load(dir, error)) &&
           config_path(folder, dir, checking->site->gazetteer) &&
           (checking->gazetteer = gazetteer_load(folder, AREA_REGENCY, error)) &&
           (checking->teams = teams_load(dir, checking->site, checking->gazetteer, checking->roles, error)) &&
           (checking->escalation = escalation_load(dir, checking->roles, error)) &&
           (checking->channels = channels_load(dir, checking->uses, &checking->use_count, error));
}

/* The team that would be told in this place; NULL: nobody. */
static const struct team *who(
    const struct checking *checking, const struct policy_target *target, const char *area) {
    const struct team *team = teams_of_role(checking->teams, target->role, area, target->area);
    const struct liaison *liaison = team ? NULL : teams_liaison(checking->teams, target->role);
    return liaison ? teams_of_role(checking->teams, liaison->owner, area, POLICY_CASE) : team;
}

static bool reachable(const struct checking *checking, const struct team *team) {
    for (unsigned i = 0; i < checking->use_count; i++)
        if (team_address(team, checking->uses[i].channel->name, checking->uses[i].channel->local))
            return true;
    return false;
}

static bool check_target(const struct checking *checking, const struct policy *policy,
    const struct policy_target *target, const char *area, bool night) {
    if (target->area == POLICY_ORIGIN || target->area == POLICY_DESTINATION ||
        target->area == POLICY_FACILITY)
        return true; /* other places; facilities have a check of their own */
    const struct team *team = who(checking, target, area);
    if (!team)
        return error_set(checking->error,
            "escalation.yaml: policy %s: nobody is %s for area %s (no team, no liaison)", policy->id,
            target->role, area);
    if (!reachable(checking, team))
        return error_set(checking->error, "teams.yaml: team %s has no channel that this site uses", team->id);
    return !night || team->round_the_clock ||
           error_set(checking->error,
               "escalation.yaml: policy %s: final target %s is team %s, which is not there round the clock",
               policy->id, target->role, team->id);
}

/* Somebody of each step must be there at night when the policy runs at night. */
static bool check_night(const struct checking *checking, const struct policy *policy,
    const struct policy_step *step, const char *area) {
    for (unsigned i = 0; i < step->target_count; i++) {
        const struct team *team = who(checking, &step->targets[i], area);
        if (step->targets[i].area == POLICY_FACILITY || (team && team->round_the_clock))
            return true;
    }
    return error_set(checking->error,
        "escalation.yaml: policy %s: a step has nobody round the clock in area %s", policy->id, area);
}

static bool check_policy_in(
    const struct checking *checking, const struct policy *policy, const char *area, bool night) {
    for (unsigned i = 0; i < policy->step_count; i++) {
        const struct policy_step *step = &policy->steps[i];
        for (unsigned k = 0; k < step->target_count; k++)
            if (!check_target(checking, policy, &step->targets[k], area, false))
                return false;
        if (night && !check_night(checking, policy, step, area))
            return false;
    }
    return check_target(checking, policy, &policy->final, area, night);
}

static bool runs_at_night(const struct policy *policy) {
    return policy->nag.unit != DURATION_WORKING_HOURS && policy->nag.unit != DURATION_WORKING_DAYS;
}

static bool check_places(const struct checking *checking, const char *area) {
    for (unsigned i = 0; i < escalation_policy_count(checking->escalation); i++) {
        const struct policy *policy = escalation_policy_at(checking->escalation, i);
        bool life =
            escalation_situation_at(checking->escalation, i) == SITUATION_CASE && runs_at_night(policy);
        if (!check_policy_in(checking, policy, area, life))
            return false;
    }
    for (unsigned i = 0; i < checking->kinds->kinds_count; i++) {
        const struct escalation_parallel *parallel =
            escalation_parallel(checking->escalation, checking->kinds->kinds[i].code);
        struct policy named = {.id = "parallel"};
        for (unsigned k = 0; parallel && k < parallel->notice_count; k++)
            if (!check_target(checking, &named, &parallel->notices[k].target, area, false))
                return false;
    }
    return true;
}

static bool check_everywhere(const struct checking *checking) {
    enum { MOST = 128 };
    struct place places[MOST];
    for (unsigned p = 0; p < checking->site->provinces_count; p++) {
        size_t count = gazetteer_children(checking->gazetteer, checking->site->provinces[p], places, MOST);
        for (size_t i = 0; i < count && i < MOST; i++)
            if (!check_places(checking, places[i].code))
                return false;
    }
    return true;
}

/* Every situation has a policy for every priority and confidentiality it can meet, of any kind. */
static bool check_covered(const struct checking *checking) {
    for (int situation = 0; situation < SITUATIONS; situation++)
        for (int priority = 0; priority <= 3; priority++)
            for (int secret = 0; secret <= 3; secret++)
                if (!escalation_policy(
                        checking->escalation, (enum escalation_situation)situation, priority, secret, ""))
                    return error_set(checking->error,
                        "escalation.yaml: no policy for situation %s, P%d, C%d of any kind",
                        escalation_situation_words[situation].str, priority, secret);
    return true;
}

static bool check_facilities(const struct checking *checking) {
    const struct directory *directory = teams_directory(checking->teams);
    for (unsigned i = 0; i < directory->count; i++) {
        const struct directory_facility *facility = &directory->facilities[i];
        const struct team *team = teams_of_facility(checking->teams, "UPT", facility->id);
        if (facility->active && (!team || !reachable(checking, team)))
            return error_set(checking->error,
                "teams.yaml: facility %s has no team that could receive an offer", facility->id);
    }
    return true;
}

bool notifier_check(const char *site_dir, struct error *error) {
    struct checking checking = {.error = error};
    bool good = load(&checking, site_dir) && check_covered(&checking) && check_everywhere(&checking) &&
                check_facilities(&checking);
    checking_free(&checking);
    return good;
}

/* --- rota: who is told when, in one place --- */

static void print_target(
    const struct checking *checking, const struct policy_target *target, const char *area, const char *when) {
    const struct team *team = target->area == POLICY_FACILITY ? NULL : who(checking, target, area);
    const char *name = team ? team->id : target->area == POLICY_FACILITY ? "(the facility's team)" : "NOBODY";
    const char *hours = !team ? "" : team->round_the_clock ? "24 h" : "office hours";
    printf("  %-8s %-6s %-10s %-28s %s\n", when, target->role, policy_person_words[target->person].str, name,
        hours);
}

static void print_policy(const struct checking *checking, unsigned index, const char *area) {
    const struct policy *policy = escalation_policy_at(checking->escalation, index);
    printf("%s (%s)\n", policy->id,
        escalation_situation_words[escalation_situation_at(checking->escalation, index)].str);
    for (unsigned i = 0; i < policy->step_count; i++) {
        char when[16];
        duration_text(policy->steps[i].after, when);
        for (unsigned k = 0; k < policy->steps[i].target_count; k++)
            print_target(checking, &policy->steps[i].targets[k], area, when);
    }
    print_target(checking, &policy->final, area, "final");
}

/* `--days N`: the people of the running site too. */
static int check_days(int argc, char **argv) {
    unsigned long days = argc == 4 && strcmp(argv[2], "--days") == 0 ? strtoul(argv[3], NULL, 10) : 0;
    if (argc == 2)
        return 0;
    if (days > 0 && days <= ROTA_DAYS_MOST)
        return duty_check((unsigned)days);
    fprintf(stderr, "rota check [--days 1..%d]\n", ROTA_DAYS_MOST);
    return 2;
}

int rota_run(int argc, char **argv, const char *site_dir) {
    struct error error = {0};
    struct checking checking = {.error = &error};
    struct place first = {.code = ""};
    bool only_check = argc > 1 && strcmp(argv[1], "check") == 0;
    bool good = only_check ? notifier_check(site_dir, &error) : load(&checking, site_dir);
    int gaps = 0;
    if (good && only_check) {
        printf("every target of every policy is somebody, in every regency\n");
        gaps = check_days(argc, argv);
    }
    if (good && !only_check) {
        gazetteer_children(checking.gazetteer, checking.site->provinces[0], &first, 1);
        const char *area = argc > 1 ? argv[1] : first.code;
        if (area_level(area) == AREA_NONE)
            good = error_set(&error, "\"%s\" is no area such as 35.07", area);
        for (unsigned i = 0; good && i < escalation_policy_count(checking.escalation); i++)
            print_policy(&checking, i, area);
    }
    if (!good)
        fprintf(stderr, "%s\n", error.text);
    checking_free(&checking);
    return good ? gaps : 1;
}
