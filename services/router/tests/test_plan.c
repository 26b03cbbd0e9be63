/* The rules of the site, each at least once, and what becomes of a case by them: a table of cases, what is
 * known of them, and what the plan must say. */
#include "services/router/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1772420400000) /* Monday 2 March 2026, 10:00 WIB */

static struct policy *policy;
static struct arena *arena;

/* Places that the test says; all others are as the directory has them. */
struct places {
    const char *facility;
    int places, held;
    int64_t age_ms;
};
static const struct places *set_places;

static struct capacity capacity_of(void *context, const struct facility *facility) {
    (void)context;
    for (const struct places *at = set_places; at && at->facility; at++)
        if (strcmp(at->facility, facility->id) == 0)
            return (struct capacity){true, at->places, at->held, NOW - at->age_ms};
    if (facility->capacity == CAPACITY_UNKNOWN)
        return (struct capacity){0};
    return (struct capacity){true, facility->capacity, 0, 0};
}

static unsigned load_of(void *context, const struct facility *facility) {
    (void)context;
    (void)facility;
    return 0;
}

/* facts: "name=value name=value"; a value may hold commas instead of blanks. */
static struct pairs facts_of(const char *text) {
    struct pairs pairs = {"", 0};
    char *copy = arena_text(arena, text), *rest = copy;
    for (char *pair; (pair = strtok_r(rest, " ", &rest));) {
        char *value = strchr(pair, '=');
        assert_non_null(value);
        *value++ = 0;
        pairs = pairs_put(arena, pairs, pair, value);
    }
    return pairs;
}

static struct plan *plan_of(const char *kind, int priority, const char *area, const char *facts,
    const struct past_offer *past, unsigned past_count) {
    struct plan_case plan_case = {.kind = rules_kind(policy->kinds, kind),
        .priority = priority,
        .area = area,
        .facts = facts_of(facts),
        .past = past,
        .past_count = past_count};
    struct plan_lookup lookup = {capacity_of, load_of, NULL};
    struct plan *plan = route_plan_make(policy, &plan_case, &lookup, NOW, arena);
    assert_non_null(plan);
    return plan;
}

static const char *joined(const struct plan *plan) {
    static char text[256];
    size_t used = 0;
    text[0] = 0;
    for (unsigned i = 0; i < plan->missing_count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i ? " " : "", plan->missing[i]);
    return text;
}

static const char state_letters[] = {[SIGAP__REFERRAL_STATE__REFERRAL_DRAFT] = 'D',
    [SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE] = 'A',
    [SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE] = 'U',
    [SIGAP__REFERRAL_STATE__REFERRAL_HOME] = 'H'};

struct expectation {
    const char *kind;
    int priority;
    const char *area, *facts;
    const char *rule;
    char state;           /* D draft, A an offer is sent, H answered without a facility, U unroutable */
    const char *facility; /* of A; "" any */
    const char *missing;
    const char *actions; /* NULL: not looked at */
    bool override;
};

static void check(const struct expectation *wanted) {
    arena_reset(arena);
    struct plan *plan = plan_of(wanted->kind, wanted->priority, wanted->area, wanted->facts, NULL, 0);
    const char *rule = plan->rule ? plan->rule->id : "";
    const char *picked = plan->pick >= 0 ? plan->candidates[plan->pick].facility->id : "";
    const char *facility = wanted->facility ? wanted->facility : "";
    bool good = strcmp(rule, wanted->rule) == 0 && state_letters[plan->state] == wanted->state &&
                strcmp(joined(plan), wanted->missing) == 0 && plan->override == wanted->override;
    good &=
        wanted->state == 'A' ? (picked[0] && (!facility[0] || strcmp(picked, facility) == 0)) : !picked[0];
    good &= !wanted->actions || strcmp(plan->actions_text, wanted->actions) == 0;
    if (!good)
        fail_msg("%s P%d %s [%s]: rule %s state %c facility %s missing [%s] actions [%s]%s", wanted->kind,
            wanted->priority, wanted->area, wanted->facts, rule, state_letters[plan->state], picked,
            joined(plan), plan->actions_text, plan->override ? " override" : "");
}

static const struct expectation expectations[] = {
    /* Mental health */
    {"pasung", 1, "35.07.05", "bed_available=yes family_consent=yes", "R-01", 'A', "RS-LAWANG", "", NULL,
        false},
    {"pasung", 1, "35.07.05", "", "R-01", 'D', NULL, "family_consent bed_available", NULL, false},
    {"pasung", 0, "35.27.10", "bed_available=yes", "R-01", 'D', NULL, "family_consent", NULL, false},
    {"pasung", 1, "35.07.05", "family_consent=no", "S-01", 'H', NULL, "",
        "family_mediation waiting_list puskesmas_home", false},
    {"pasung", 1, "35.07.05", "bed_available=no", "S-01", 'D', NULL, "family_consent",
        "waiting_list puskesmas_home", false},
    {"repasung_kambuh", 1, "35.02", "relapse=yes", "R-02", 'H', NULL, "", "puskesmas_home", false},
    {"repasung_kambuh", 0, "35.02", "relapse=yes", "R-02", 'A', NULL, "", "emergency_room", false},
    {"repasung_kambuh", 0, "35.02", "", "R-02", 'A', NULL, "relapse", "emergency_room", true},
    {"repasung_kambuh", 2, "35.02", "", "R-02", 'D', NULL, "relapse", NULL, false},
    {"repasung_kambuh", 2, "35.02", "relapse=no", "S-02", 'H', NULL, "", "home_aftercare puskesmas_home",
        false},
    {"odgj_krisis", 0, "35.78", "", "R-03", 'A', "RS-MENUR", "", "emergency_room", false},
    {"odgj_krisis", 1, "35.78", "", "S-03", 'H', NULL, "", "puskesmas_home", false},
    {"odgj_terlantar", 2, "35.78", "identity_known=yes family_in_province=yes", "R-04", 'H', NULL, "",
        "home_family", false},
    {"odgj_terlantar", 2, "35.78", "identity_known=yes family_in_province=yes family_refuses=yes age=40",
        "R-04", 'A', NULL, "", NULL, false},
    {"odgj_terlantar", 2, "35.78", "identity_known=no", "R-05", 'A', "KSBY-LIPONSOS", "", NULL, false},
    {"odgj_terlantar", 2, "35.02", "identity_known=no", "R-05", 'H', NULL, "", "regency_transit_house",
        false},
    {"odgj_terlantar", 2, "35.78", "", "R-04", 'D', NULL, "identity_known family_in_province", NULL, false},
    {"odgj_terlantar", 0, "35.78", "", "R-04", 'A', NULL, "identity_known family_in_province",
        "emergency_room", true},
    {"odgj_terlantar", 2, "35.73", "identity_known=yes family_in_province=no age=30", "S-05", 'A',
        "KMLG-CAMP", "", NULL, false},

    /* Violence */
    {"kekerasan_anak", 2, "35.07", "unsafe_home=yes", "R-06", 'H', NULL, "", "home_family", false},
    {"kekerasan_anak", 2, "35.07", "unsafe_home=yes has_family=no age=10", "R-06", 'A',
        "JTM-PPSPA-BATU-SHELTER", "", NULL, false},
    {"kekerasan_anak", 2, "35.07", "unsafe_home=yes has_family=no", "R-06", 'D', NULL, "age", NULL, false},
    {"kekerasan_anak", 1, "35.07", "unsafe_home=yes age=10", "R-06", 'A', "JTM-PPSPA-BATU-SHELTER", "",
        "regency_safe_house", false},
    {"kekerasan_anak", 1, "35.07", "", "R-06", 'A', "JTM-PPSPA-BATU-SHELTER", "age unsafe_home",
        "regency_safe_house", true},
    {"kekerasan_anak", 2, "35.07", "", "R-06", 'D', NULL, "unsafe_home", NULL, false},
    {"kekerasan_anak", 2, "35.07", "unsafe_home=no", "S-06", 'H', NULL, "", "home_family", false},
    {"kekerasan_seksual", 2, "35.29.05", "age=14", "R-07", 'A', "JTM-PPSAA-SMP-SHELTER", "", "forensic_exam",
        false},
    {"kekerasan_seksual", 1, "35.29.05", "age_band=0-17", "R-07", 'D', NULL, "age", "forensic_exam", false},
    {"kekerasan_seksual", 0, "35.29.05", "age_band=0-17", "R-07", 'A', "JTM-PPSAA-SMP-SHELTER", "age",
        "forensic_exam regency_safe_house", true},
    {"kekerasan_seksual", 2, "35.71", "age=25 sex=P", "R-08", 'A', "JTM-RSBKW-KDR-SHELTER", "", NULL, false},
    {"kekerasan_seksual", 2, "35.71", "age=25 sex=L", "R-09", 'H', NULL, "", "regency_safe_house", false},
    {"kekerasan_seksual", 2, "35.71", "age=25", "R-08", 'D', NULL, "sex", NULL, false},
    {"kdrt", 2, "35.71", "sex=P unsafe_home=yes age=30", "R-10", 'H', NULL, "", "regency_safe_house", false},
    {"kdrt", 0, "35.71", "sex=P unsafe_home=yes age=30", "R-10", 'A', "JTM-RSBKW-KDR-SHELTER", "",
        "regency_safe_house", false},
    {"kdrt", 2, "35.71", "sex=L unsafe_home=yes", "S-10", 'H', NULL, "", "regency_safe_house", false},
    {"kdrt", 2, "35.71", "sex=P unsafe_home=no", "S-10B", 'H', NULL, "", "regency_service", false},

    /* Trafficking, migrant workers */
    {"tppo", 2, "35.71", "abroad=no sex=P age=20", "R-11", 'A', "JTM-RSBKW-KDR-SHELTER", "", NULL, false},
    {"tppo", 2, "35.71", "abroad=yes sex=P age=20", "R-12", 'H', NULL, "", "partner_lead", false},
    {"tppo", 2, "35.79", "abroad=no age=12", "R-13", 'A', "JTM-PPSPA-BATU-SHELTER", "", NULL, false},
    {"tppo", 2, "35.29", "abroad=no sex=L age=30", "S-11", 'A', "KSMP-RPS", "", NULL, false},
    {"tppo", 0, "35.71", "", "R-11", 'A', NULL, "age sex abroad", "regency_safe_house", true},
    {"pmi_bermasalah", 2, "35.15", "arrived=yes age=30", "R-14", 'A', "BP3MI-JTM", "", NULL, false},
    {"pmi_bermasalah", 2, "35.15", "arrived=no", "S-14", 'H', NULL, "", "partner_lead", false},

    /* Children */
    {"balita_terlantar", 1, "35.15", "found=yes age=1", "R-15", 'A', "JTM-PPSAB-SDA", "", "emergency_room",
        false},
    {"balita_terlantar", 2, "35.15", "found=no parents_alive=yes", "R-16", 'H', NULL, "", "home_family",
        false},
    {"balita_terlantar", 2, "35.15", "found=no parents_alive=yes has_family=no age=2", "R-16", 'A',
        "JTM-PPSAB-SDA", "", NULL, false},
    {"balita_terlantar", 2, "35.15", "found=no parents_alive=no", "S-16", 'H', NULL, "", "home_family",
        false},
    {"anak_terlantar", 2, "35.12", "age=8", "R-17", 'H', NULL, "", "home_family", false},
    {"anak_terlantar", 2, "35.12", "age=8 has_family=no", "R-17", 'A', "JTM-PPSAA-STB", "", NULL, false},
    {"anak_terlantar", 3, "35.28", "age=18 school_dropout=yes", "R-18", 'A', "JTM-PSBR-PMK", "", NULL, false},
    {"anak_terlantar", 3, "35.28", "age=18 school_dropout=no", "S-18", 'H', NULL, "", "home_family", false},
    {"anak_terlantar", 3, "35.28", "", "R-17", 'D', NULL, "age", NULL, false},
    {"anak_jalanan", 2, "35.78", "exploited=yes has_family=no age=13", "R-19", 'A', "JTM-PRSMP-SBY", "",
        "partner_lead", false},
    {"anak_jalanan", 2, "35.78", "exploited=yes age=4", "R-19", 'H', NULL, "",
        "emergency_room regency_safe_house partner_lead", false},
    {"anak_jalanan", 3, "35.78", "exploited=no", "S-19", 'H', NULL, "", "home_family", false},
    {"abh", 2, "35.78", "needs_lpks=yes age=16", "R-20", 'A', "JTM-PRSMP-SBY", "", NULL, false},
    {"abh", 2, "35.78", "needs_lpks=no", "S-20", 'H', NULL, "", "home_family", false},

    /* Older persons, disability */
    {"lansia_terlantar", 2, "35.17", "has_family=yes", "R-21", 'H', NULL, "",
        "home_family home_care social_aid", false},
    {"lansia_terlantar", 2, "35.78", "has_family=no age=70", "R-22", 'A', "KSBY-LIPONSOS", "", NULL, false},
    {"lansia_terlantar", 2, "35.17", "has_family=no age=70", "R-22", 'H', NULL, "", "regency_transit_house",
        false},
    {"lansia_terlantar", 2, "35.17", "has_family=no age_band=60-", "R-22", 'H', NULL, "",
        "regency_transit_house", false},
    {"lansia_terlantar", 2, "35.17", "has_family=no age=50", "", 'U', NULL, "", "", false},
    {"lansia_terlantar", 2, "35.73", "has_family=no age=70", "R-22", 'D', NULL, "bedridden", NULL, false},
    {"lansia_terlantar", 2, "35.73", "has_family=no age=70 bedridden=yes", "R-22", 'A', "KMLG-TWK", "", NULL,
        false},
    {"disabilitas_berat", 3, "35.78", "", "R-23", 'H', NULL, "", "home_care social_aid", false},
    {"disabilitas_layanan", 3, "35.78", "disability=netra age=20", "R-24", 'A', "JTM-RSBN-MLG", "", NULL,
        false},
    {"disabilitas_layanan", 3, "35.78", "disability=netra age=8", "R-24", 'A', "JTM-RSBN-MLG-JANETA", "",
        NULL, false},
    {"disabilitas_layanan", 3, "35.78", "disability=rungu age=20", "R-25", 'A', "JTM-RSBRW-PSR", "", NULL,
        false},
    {"disabilitas_layanan", 3, "35.78", "disability=daksa age=20", "R-26", 'A', "JTM-RSBD-PSR", "",
        "assistive_device", false},
    {"disabilitas_layanan", 3, "35.78", "disability=daksa age=60", "R-26", 'U', NULL, "", "assistive_device",
        false},
    {"disabilitas_layanan", 3, "35.78", "disability=grahita age=20", "R-27", 'A', "JTM-RSBG-TBN", "", NULL,
        false},
    {"disabilitas_layanan", 3, "35.78", "disability=mental", "S-27", 'H', NULL, "",
        "regency_service assistive_device", false},
    {"disabilitas_layanan", 3, "35.78", "", "R-24", 'D', NULL, "disability", NULL, false},

    /* Leprosy, drugs */
    {"kusta", 2, "35.16", "reaction_or_wound=yes", "R-28", 'A', "RS-SUMBERGLAGAH", "", NULL, false},
    {"kusta", 3, "35.16", "reaction_or_wound=no social_need=yes", "R-29", 'A', "JTM-RSBLK-TBN-HOMECARE", "",
        NULL, false},
    {"kusta", 3, "35.16", "reaction_or_wound=no social_need=no", "S-29", 'H', NULL, "", "puskesmas_home",
        false},
    {"napza", 2, "35.78", "voluntary=yes age=25", "R-30", 'A', "BNNP-JTM", "", NULL, false},
    {"napza", 2, "35.78", "voluntary=yes age=15", "R-30", 'A', "BNNP-JTM", "", "partner_lead", false},
    {"napza", 1, "35.78", "overdose=yes", "R-30", 'H', NULL, "voluntary", "emergency_room", true},
    {"napza", 2, "35.78", "voluntary=no age=25", "S-30", 'H', NULL, "", "regency_service", false},

    /* Street, stranded */
    {"gelandangan_pengemis", 3, "35.73", "origin=other_region age=40", "R-31", 'A', "KMLG-CAMP", "", NULL,
        false},
    {"gelandangan_pengemis", 3, "35.02", "origin=other_region", "R-31", 'H', NULL, "",
        "regency_transit_house", false},
    {"gelandangan_pengemis", 3, "35.73", "origin=own age=40", "R-32", 'A', "KMLG-CAMP", "", NULL, false},
    {"orang_terlantar", 3, "35.78", "file_complete=yes", "R-33", 'H', NULL, "", "return_to_origin", false},
    {"orang_terlantar", 3, "35.78", "file_complete=no", "S-33", 'A', "KSBY-LIPONSOS", "", NULL, false},
    {"prse_tunasusila", 3, "35.78", "age=30 client_consent=yes sex=P", "R-35", 'A', "JTM-RSBKW-KDR", "", NULL,
        false},
    {"prse_tunasusila", 3, "35.78", "age=30 client_consent=no", "S-35", 'H', NULL, "", "local_training",
        false},
    {"jenazah_terlantar", 1, "35.78", "", "R-36", 'H', NULL, "", "burial partner_lead", false},

    /* Disaster, no placement */
    {"bencana_alam", 0, "35.08", "", "R-34", 'H', NULL, "", "partner_lead regency_service", false},
    {"bencana_sosial", 1, "35.28", "", "S-34", 'H', NULL, "", "partner_lead regency_service", false},
    {"fakir_miskin", 3, "35.78", "", "S-41", 'H', NULL, "", "regency_service", false},

    /* No place known: who serves the whole province is asked, the rest waits for the place. */
    {"kekerasan_seksual", 2, "", "age=14", "R-07", 'A', "", "", NULL, false},
    {"lansia_terlantar", 2, "", "has_family=no age=70", "R-22", 'D', NULL, "area", NULL, false},
    {"tidak_ada", 1, "35.07", "", "", 'U', NULL, "", NULL, false},
};

static void each_rule_decides(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof expectations / sizeof *expectations; i++)
        check(&expectations[i]);
}

/* No rule of the field guide is left out of the table above (or of the tests of the general rules below). */
static void no_rule_is_untested(void **state) {
    (void)state;
    for (unsigned i = 0; i < policy->rules.rule_count; i++) {
        const char *id = policy->rules.rules[i].id;
        bool seen = id[0] != 'R';
        for (size_t k = 0; k < sizeof expectations / sizeof *expectations; k++)
            seen |= strcmp(expectations[k].rule, id) == 0;
        if (!seen)
            fail_msg("rule %s has no case", id);
    }
}

static const struct candidate *candidate_of(const struct plan *plan, const char *facility) {
    const struct candidate *candidate = route_plan_candidate(plan, facility);
    if (!candidate)
        fail_msg("%s is not among the candidates", facility);
    return candidate;
}

/* everybody full, so the neighbours beyond their coverage, then the ministry. */
static void when_all_are_full_the_neighbours_are_asked(void **state) {
    (void)state;
    static const struct places full[] = {
        {"JTM-PSTW-JBG", 10, 10, 0}, {"JTM-RSBG-TBN", 5, 5, 0}, {"JTM-PSTW-MGT", 9, 1, 0}, {NULL, 0, 0, 0}};
    set_places = full;
    arena_reset(arena);
    struct plan *plan = plan_of("disabilitas_layanan", 3, "35.78", "disability=grahita age=20", NULL, 0);
    assert_int_equal(candidate_of(plan, "JTM-RSBG-TBN")->reason, REASON_FULL);
    assert_int_equal(plan->state, SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE);
    assert_string_equal(plan->candidates[plan->pick].facility->id, "NAS-SENTRA-SOEHARSO");
    const struct past_offer refused[] = {{"NAS-SENTRA-SOEHARSO", REASON_REFUSED, true}};
    plan = plan_of("disabilitas_layanan", 3, "35.78", "disability=grahita age=20", refused, 1);
    assert_int_equal(
        plan->state, SIGAP__REFERRAL_STATE__REFERRAL_DRAFT); /* a licensed LKS? nobody knows yet */
    plan =
        plan_of("disabilitas_layanan", 3, "35.78", "disability=grahita age=20 license_valid=no", refused, 1);
    assert_int_equal(plan->state, SIGAP__REFERRAL_STATE__REFERRAL_HOME);
    assert_string_equal(plan->actions[0]->action->code, "home_care");
    plan =
        plan_of("disabilitas_layanan", 1, "35.78", "disability=grahita age=20 license_valid=no", refused, 1);
    assert_int_equal(
        plan->state, SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE); /* urgent: a person must look */
    assert_string_equal(plan->owner_role, "KOR");
    set_places = NULL;
}

/* who has refused is not asked again, the next one is. */
static void the_next_candidate_follows(void **state) {
    (void)state;
    const char *asked[4] = {NULL};
    struct past_offer past[4];
    for (unsigned i = 0; i < 4; i++) {
        arena_reset(arena);
        struct plan *plan = plan_of("kekerasan_seksual", 2, "35.07", "age=14", past, i);
        if (i < 3) {
            assert_true(plan->pick >= 0);
            asked[i] = plan->candidates[plan->pick].facility->id;
            for (unsigned k = 0; k < i; k++)
                assert_string_not_equal(asked[i], asked[k]);
            past[i] = (struct past_offer){asked[i], i % 2 ? REASON_EXPIRED : REASON_REFUSED, false};
        } else {
            assert_int_equal(
                plan->state, SIGAP__REFERRAL_STATE__REFERRAL_HOME); /* the regency's safe house is left */
            assert_int_equal(candidate_of(plan, asked[0])->reason, REASON_REFUSED);
            assert_int_equal(candidate_of(plan, asked[1])->reason, REASON_EXPIRED);
        }
    }
    /* Nearest first: Batu lies beside Malang, then Surabaya before Sumenep. */
    assert_string_equal(asked[0], "JTM-PPSPA-BATU-SHELTER");
    assert_string_equal(asked[1], "JTM-PRSMP-SBY-SHELTER");
    assert_string_equal(asked[2], "JTM-PPSAA-SMP-SHELTER");
}

/* An emergency whose shelters have all refused is not quietly left to a plan. */
static void an_emergency_that_all_refuse_has_an_owner(void **state) {
    (void)state;
    static const struct past_offer past[] = {{"JTM-PPSPA-BATU-SHELTER", REASON_REFUSED, false},
        {"JTM-PRSMP-SBY-SHELTER", REASON_REFUSED, false}, {"JTM-PPSAA-SMP-SHELTER", REASON_EXPIRED, false}};
    arena_reset(arena);
    struct plan *plan = plan_of("kekerasan_anak", 0, "35.07", "age=14", past, 3);
    assert_int_equal(plan->state, SIGAP__REFERRAL_STATE__REFERRAL_UNROUTABLE);
    assert_string_equal(plan->owner_role, "KOR");
}

/* the shelter of the accused's institution is out, with all that belongs to it. */
static void a_conflict_of_interest_takes_facilities_out(void **state) {
    (void)state;
    arena_reset(arena);
    struct plan *plan = plan_of("kekerasan_anak", 1, "35.79",
        "age=14 conflict_of_interest=yes conflict_facility=JTM-PPSPA-BATU", NULL, 0);
    assert_int_equal(candidate_of(plan, "JTM-PPSPA-BATU-SHELTER")->reason, REASON_CONFLICT);
    assert_int_equal(plan->state, SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE);
    assert_string_not_equal(plan->candidates[plan->pick].facility->id, "JTM-PPSPA-BATU-SHELTER");
    bool told = false, owns = false;
    for (unsigned i = 0; i < plan->notify_count; i++) {
        told |= strcmp(plan->notify_roles[i], "PPA") == 0;
        owns |= strcmp(plan->notify_roles[i], "KOR") == 0;
    }
    assert_true(told && owns);
    /* Which one is not known: who is not urgent waits for it, who is goes elsewhere. */
    plan = plan_of("kekerasan_anak", 2, "35.79",
        "age=14 unsafe_home=yes has_family=no conflict_of_interest=yes", NULL, 0);
    assert_int_equal(plan->state, SIGAP__REFERRAL_STATE__REFERRAL_DRAFT);
    assert_string_equal(joined(plan), "conflict_facility");
    assert_string_equal(plan->owner_role, "KOR");
    plan = plan_of("kekerasan_anak", 0, "35.79", "age=14 conflict_of_interest=yes", NULL, 0);
    assert_int_equal(candidate_of(plan, "JTM-PPSPA-BATU-SHELTER")->reason, REASON_CONFLICT);
    assert_int_equal(plan->state, SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE);
}

/* found outside the home area: placed where found, moved home later. */
static void outside_the_home_area(void **state) {
    (void)state;
    arena_reset(arena);
    struct plan *plan =
        plan_of("orang_terlantar", 3, "35.78", "file_complete=no outside_catchment=yes", NULL, 0);
    assert_string_equal(plan->candidates[plan->pick].facility->id, "KSBY-LIPONSOS");
    assert_string_equal(plan->actions_text, "move_to_origin");
}

/* An exclusion names where to go instead. */
static void instead_of_a_home_the_hospital(void **state) {
    (void)state;
    arena_reset(arena);
    struct plan *plan = plan_of(
        "gelandangan_pengemis", 3, "35.73", "origin=own age=40 acute=yes mental_illness=yes", NULL, 0);
    assert_int_equal(candidate_of(plan, "KMLG-CAMP")->reason, REASON_EXCLUDED);
    assert_string_equal(policy->rules.facts.facts[candidate_of(plan, "KMLG-CAMP")->fact].name, "acute");
    plan = plan_of("odgj_terlantar", 2, "35.78",
        "identity_known=yes family_in_province=yes family_refuses=yes age=40 acute=yes", NULL, 0);
    assert_int_equal(plan->state, SIGAP__REFERRAL_STATE__REFERRAL_ACTIVE);
    assert_string_equal(plan->candidates[plan->pick].facility->id, "RS-MENUR");
}

/* A bed that the directory knows of answers the question by itself. */
static void the_directory_knows_beds(void **state) {
    (void)state;
    static const struct places one_free[] = {{"RS-LAWANG", 20, 19, 3600000}, {NULL, 0, 0, 0}};
    static const struct places old[] = {{"RS-LAWANG", 20, 19, INT64_C(90000000)}, {NULL, 0, 0, 0}};
    static const struct places full[] = {{"RS-LAWANG", 20, 20, 0}, {"RS-MENUR", 5, 5, 0}, {NULL, 0, 0, 0}};
    const struct expectation free_bed = {
        "pasung", 1, "35.07", "family_consent=yes", "R-01", 'A', "RS-LAWANG", "", NULL, false};
    const struct expectation old_news = {
        "pasung", 1, "35.07", "family_consent=yes", "R-01", 'D', NULL, "bed_available", NULL, false};
    const struct expectation no_bed = {"pasung", 1, "35.07", "family_consent=yes", "S-01", 'H', NULL, "",
        "waiting_list puskesmas_home", false};
    set_places = one_free;
    check(&free_bed);
    set_places = old;
    check(&old_news);
    set_places = full;
    check(&no_bed);
    set_places = NULL;
}

static void set_up_policy(void) {
    struct error error = {""};
    policy = router_policy_load(SIGAP_SOURCE_DIR "/deploy/sites/jatim", &error);
    if (!policy)
        fail_msg("%s", error.text);
    arena = arena_new(8 << 20);
}

static int set_up(void **state) {
    (void)state;
    set_up_policy();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    router_policy_free(&policy);
    arena_free(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_decides),
        cmocka_unit_test(no_rule_is_untested),
        cmocka_unit_test(when_all_are_full_the_neighbours_are_asked),
        cmocka_unit_test(the_next_candidate_follows),
        cmocka_unit_test(an_emergency_that_all_refuse_has_an_owner),
        cmocka_unit_test(a_conflict_of_interest_takes_facilities_out),
        cmocka_unit_test(outside_the_home_area),
        cmocka_unit_test(instead_of_a_home_the_hospital),
        cmocka_unit_test(the_directory_knows_beds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
