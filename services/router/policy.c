#include "services/router/policy.h"

#include <stdio.h>
#include <stdlib.h>

enum { POLICY_BYTES = 4 << 20 }; /* 1024 facilities x 2 KiB, rules and texts: jatim takes about 150 KiB */

/* ---- what no single file can say: every kind that opens a case ends in a rule without conditions, every
 * role and facility that is named exists, and every area is in the gazetteer */

struct checker {
    const struct policy *policy;
    char path[CONFIG_PATH_MAX];
    struct error *error;
};

static bool role_exists(const struct checker *checker, const char *role, const char *where) {
    return !role || site_roles_find(checker->policy->roles, role) ||
           config_refuse(checker->path, where, checker->error, "\"%s\" is no role of roles.yaml", role);
}

static bool steps_check(const struct checker *checker, const struct step *steps, unsigned count,
    const char *where, const char *list) {
    for (unsigned i = 0; i < count; i++) {
        char at[96];
        snprintf(at, sizeof at, "%s.%s[%u]", where, list, i);
        if (!role_exists(checker, steps[i].role, at))
            return false;
        for (unsigned k = 0; k < steps[i].facility_count; k++)
            if (!facilities_find(&checker->policy->directory, steps[i].facilities[k]))
                return config_refuse(checker->path, at, checker->error,
                    "\"%s\" is no facility of facilities.yaml", steps[i].facilities[k]);
    }
    return true;
}

static bool rule_check(const struct checker *checker, const struct rule *rule, const char *where) {
    for (unsigned i = 0; i < rule->approve_count; i++)
        if (!role_exists(checker, rule->approve[i], where))
            return false;
    for (unsigned i = 0; i < rule->notify_count; i++)
        if (!role_exists(checker, rule->notify[i].role, where))
            return false;
    return steps_check(checker, rule->steps, rule->step_count, where, "try") &&
           steps_check(checker, rule->emergency_steps, rule->emergency_step_count, where, "emergency_try");
}

/* The last rule of a kind must hold whatever is known, and nothing may stand behind it. */
static bool kind_check(const struct checker *checker, unsigned kind) {
    const struct rules *rules = &checker->policy->rules;
    const struct rule *last = NULL;
    for (unsigned i = 0; i < rules->rule_count; i++) {
        const struct rule *rule = &rules->rules[i];
        if (rule->kind != (int)kind)
            continue;
        char where[32];
        snprintf(where, sizeof where, "rules[%u]", i);
        if (last && !last->when_count)
            return config_refuse(
                checker->path, where, checker->error, "is never reached: %s always holds", last->id);
        last = rule;
    }
    const struct site_kind *info = &checker->policy->kinds->kinds[kind];
    if (!info->opens_case || (last && !last->when_count))
        return true;
    /* Rules that together cover every value of one choice (age below and from 18) need no last one; whether
     * they do is not provable here, so cases that fall through go to the unroutable queue. */
    return last != NULL ||
           config_refuse(checker->path, "rules", checker->error,
               "the kind %s opens cases but has no rule; give it one without conditions", info->code);
}

static bool facts_check(const struct checker *checker) {
    const struct fact_table *facts = &checker->policy->rules.facts;
    for (unsigned i = 0; i < facts->count; i++) {
        char where[32];
        snprintf(where, sizeof where, "facts[%u].ask_role", i);
        if (!role_exists(checker, facts->facts[i].ask_role, where))
            return false;
    }
    return true;
}

/* The gazetteer at hand ends at regencies: of a deeper code its regency must exist. */
static bool place_exists(const struct policy *policy, const char *code) {
    char regency[AREA_TEXT + 1];
    struct place place;
    return area_cut(code, AREA_REGENCY, regency) && gazetteer_find(policy->gazetteer, regency, &place);
}

static bool facility_place_check(
    const struct policy *policy, const struct facility *facility, const char *path, struct error *error) {
    char where[64];
    snprintf(where, sizeof where, "facilities[%u].regency", facility->index);
    if (!place_exists(policy, facility->regency))
        return config_refuse(path, where, error, "the gazetteer does not know \"%s\"", facility->regency);
    for (unsigned i = 0; i < facility->coverage_count; i++) {
        const char *area = facility->coverage[i];
        snprintf(where, sizeof where, "facilities[%u].coverage[%u]", facility->index, i);
        if (area[0] && !place_exists(policy, area)) /* empty: the whole country */
            return config_refuse(path, where, error, "the gazetteer does not know \"%s\"", area);
    }
    return true;
}

static bool places_check(const struct policy *policy, const char *site_dir, struct error *error) {
    char path[CONFIG_PATH_MAX];
    if (!config_path(path, site_dir, "site.yaml"))
        return error_set(error, "%s: the path is too long", site_dir);
    for (unsigned i = 0; i < policy->site->provinces_count; i++) {
        char where[32];
        snprintf(where, sizeof where, "provinces[%u]", i);
        if (!place_exists(policy, policy->site->provinces[i]))
            return config_refuse(
                path, where, error, "the gazetteer does not know \"%s\"", policy->site->provinces[i]);
    }
    if (!config_path(path, site_dir, "facilities.yaml"))
        return error_set(error, "%s: the path is too long", site_dir);
    for (unsigned i = 0; i < policy->directory.facility_count; i++)
        if (!facility_place_check(policy, &policy->directory.facilities[i], path, error))
            return false;
    return true;
}

static bool policy_check(const struct policy *policy, const char *site_dir, struct error *error) {
    struct checker checker = {.policy = policy, .error = error};
    if (!config_path(checker.path, site_dir, "rules.yaml"))
        return error_set(error, "%s: the path is too long", site_dir);
    if (policy->kinds->kinds_count > RULES_KINDS_MAX)
        return error_set(error, "kinds.yaml: more than %d kinds", RULES_KINDS_MAX);
    if (policy->directory.facility_count > DIRECTORY_FACILITIES_MAX)
        return error_set(error, "facilities.yaml: more than %d facilities", DIRECTORY_FACILITIES_MAX);
    if (!places_check(policy, site_dir, error) || !facts_check(&checker))
        return false;
    const struct {
        const struct rule *rules;
        unsigned count;
        const char *list;
    } lists[] = {{policy->rules.rules, policy->rules.rule_count, "rules"},
        {policy->rules.general, policy->rules.general_count, "general"}};
    for (size_t l = 0; l < 2; l++) {
        for (unsigned i = 0; i < lists[l].count; i++) {
            char where[32];
            snprintf(where, sizeof where, "%s[%u]", lists[l].list, i);
            if (!rule_check(&checker, &lists[l].rules[i], where))
                return false;
        }
    }
    for (unsigned kind = 0; kind < policy->kinds->kinds_count; kind++)
        if (!kind_check(&checker, kind))
            return false;
    return true;
}

/* ---- all of it */

struct policy *router_policy_load(const char *site_dir, struct error *error) {
    struct policy *policy = calloc(1, sizeof *policy);
    char gazetteer[CONFIG_PATH_MAX];
    if (!policy || !(policy->arena = arena_new(POLICY_BYTES))) {
        free(policy);
        error_set(error, "out of memory");
        return NULL;
    }
    const char *const *types;
    unsigned type_count;
    bool good =
        (policy->site = site_load(site_dir, error)) && (policy->kinds = site_kinds_load(site_dir, error)) &&
        (policy->roles = site_roles_load(site_dir, error)) &&
        (policy->calendar = calendar_load(site_dir, error)) &&
        config_path(gazetteer, site_dir, policy->site->gazetteer) &&
        (policy->gazetteer = gazetteer_load(gazetteer, AREA_REGENCY, error)) &&
        facilities_types(site_dir, policy->arena, &types, &type_count, error) &&
        rules_load(site_dir, policy->kinds, types, type_count, policy->arena, &policy->rules, error) &&
        facilities_load(site_dir, policy->kinds, &policy->rules, policy->arena, &policy->directory, error) &&
        (policy->institutions = institutions_load(site_dir, error)) &&
        timers_load(site_dir, policy->kinds, policy->arena, &policy->timers, error) &&
        policy_check(policy, site_dir, error);
    if (!good)
        router_policy_free(&policy);
    return policy;
}

void router_policy_free(struct policy **at) {
    struct policy *policy = *at;
    if (!policy)
        return;
    site_free(&policy->site);
    site_kinds_free(&policy->kinds);
    if (policy->roles)
        site_roles_free(&policy->roles);
    calendar_free(&policy->calendar);
    gazetteer_free(&policy->gazetteer);
    institutions_free(&policy->institutions);
    arena_free(&policy->arena);
    free(policy);
    *at = NULL;
}

bool router_check(const char *site_dir, struct error *error) {
    struct policy *policy = router_policy_load(site_dir, error);
    bool good = policy != NULL;
    router_policy_free(&policy);
    return good;
}
