#include "services/router/match.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *sentence;
} reasons[] = {
    [REASON_FITS] = {"fits", "Cocok / Fits"},
    [REASON_ASK_FIRST] = {"ask_first",
        "Cocok, tempat belum diketahui: tanya dulu / Fits, places not known: ask first"},
    [REASON_ASK_STALE] = {"ask_stale",
        "Cocok, data tempat sudah lama: tanya dulu / Fits, places as of long ago: ask first"},
    [REASON_UNKNOWN] = {"unknown",
        "Bergantung pada fakta yang belum diketahui / Depends on facts not known yet"},
    [REASON_STEP_OFF] = {"step_off", "Langkah ini tidak berlaku / This step does not apply"},
    [REASON_INACTIVE] = {"inactive", "Tidak aktif / Not active"},
    [REASON_KIND] = {"kind", "Tidak melayani jenis kasus ini / Does not serve this kind"},
    [REASON_SEX] = {"sex", "Tidak menerima jenis kelamin ini / Does not take this sex"},
    [REASON_AGE] = {"age", "Di luar batas umur / Outside the age limits"},
    [REASON_NEED] = {"need", "Tidak melayani kebutuhan ini / Does not serve this need"},
    [REASON_AREA] = {"area", "Di luar wilayah / Outside its area"},
    [REASON_EXCLUDED] = {"excluded", "Ada keadaan yang tidak diterima / Keeps such clients out"},
    [REASON_CONFLICT] = {"conflict", "Konflik kepentingan / Conflict of interest"},
    [REASON_FULL] = {"full", "Penuh / Full"},
    [REASON_REFUSED] = {"refused", "Sudah menolak / Has refused"},
    [REASON_EXPIRED] = {"expired", "Tidak menjawab pada waktunya / Did not answer in time"},
    [REASON_WITHDRAWN] = {"withdrawn", "Tawaran ditarik / The offer was taken back"},
    [REASON_BY_HAND] = {"by_hand", "Dipilih koordinator / Chosen by a coordinator"},
};

const char *match_reason_word(enum match_reason reason) {
    return (size_t)reason < sizeof reasons / sizeof *reasons ? reasons[reason].word : "";
}

const char *match_reason_sentence(enum match_reason reason) {
    return (size_t)reason < sizeof reasons / sizeof *reasons ? reasons[reason].sentence : "";
}

static uint64_t bit(int fact) {
    return fact == KNOWN_NONE ? 0 : UINT64_C(1) << fact;
}

/* ---- one group of clients a facility takes */

static enum truth sex_fits(const struct acceptance *group, const struct known *known) {
    const char *sex = known_sex(known);
    if (group->male && group->female)
        return TRUTH_YES;
    if (!sex[0])
        return TRUTH_UNKNOWN;
    return (sex[0] == 'L' ? group->male : group->female) ? TRUTH_YES : TRUTH_NO;
}

static enum truth age_fits(const struct acceptance *group, const struct known *known) {
    int least = group->age_min == AGE_NONE ? 0 : group->age_min;
    int most = group->age_max == AGE_NONE ? KNOWN_NUMBER_MOST : group->age_max;
    if (least == 0 && most == KNOWN_NUMBER_MOST)
        return TRUTH_YES;
    int age = known->table->age;
    if (age == KNOWN_NONE || !known->facts[age].known)
        return TRUTH_UNKNOWN;
    const struct known_fact *fact = &known->facts[age];
    if (fact->most < least || fact->least > most)
        return TRUTH_NO;
    return fact->least >= least && fact->most <= most ? TRUTH_YES : TRUTH_UNKNOWN;
}

struct group_verdict {
    enum truth fits;
    enum match_reason reason;
    uint64_t missing;
};

static struct group_verdict judge_group(const struct acceptance *group, const struct known *known) {
    struct group_verdict verdict = {TRUTH_YES, REASON_FITS, 0};
    enum truth sex = sex_fits(group, known), age = age_fits(group, known);
    enum truth need = conditions_truth(group->when, group->when_count, known, &verdict.missing);
    verdict.fits = truth_and(truth_and(sex, age), need);
    if (sex == TRUTH_UNKNOWN)
        verdict.missing |= bit(known->table->sex);
    if (age == TRUTH_UNKNOWN)
        verdict.missing |= bit(known->table->age);
    if (sex == TRUTH_NO)
        verdict.reason = REASON_SEX;
    else if (age == TRUTH_NO)
        verdict.reason = REASON_AGE;
    else if (need == TRUTH_NO)
        verdict.reason = REASON_NEED;
    else if (verdict.fits == TRUTH_UNKNOWN)
        verdict.reason = REASON_UNKNOWN;
    return verdict;
}

/* The best of the groups that take this kind. */
static struct group_verdict judge_groups(const struct facility *facility, const struct match_case *match) {
    struct group_verdict best = {TRUTH_NO, REASON_KIND, 0};
    for (unsigned i = 0; i < facility->accept_count; i++) {
        const struct acceptance *group = &facility->accepts[i];
        if (!(group->kinds >> match->kind & 1))
            continue;
        struct group_verdict verdict = judge_group(group, match->known);
        if (verdict.fits == TRUTH_YES)
            return verdict;
        if (verdict.fits == TRUTH_UNKNOWN && best.fits == TRUTH_UNKNOWN)
            best.missing |= verdict.missing;
        else if (verdict.fits == TRUTH_UNKNOWN || best.reason == REASON_KIND)
            best = verdict;
    }
    return best;
}

/* ---- one candidate */

static void put_out(struct candidate *candidate, enum match_reason reason) {
    candidate->verdict = MATCH_OUT;
    candidate->reason = reason;
}

/* What a type keeps out: a yes is out; what is not known the facility sees for itself, so it is only named.
 */
static bool excluded(struct candidate *candidate, const struct step *step, const struct match_case *match) {
    const struct facility *facility = candidate->facility;
    uint64_t types = step->types ? facility->types & step->types : facility->types;
    for (unsigned t = 0; t < match->directory->type_count; t++) {
        const struct facility_type *type = &match->directory->types[t];
        for (unsigned i = 0; (types >> t & 1) && i < type->exclude_count; i++) {
            enum truth answer = known_truth(match->known, type->excludes[i].fact);
            if (answer == TRUTH_UNKNOWN)
                candidate->missing |= bit(type->excludes[i].fact);
            if (answer != TRUTH_YES)
                continue;
            candidate->fact = type->excludes[i].fact;
            candidate->instead_types = type->excludes[i].instead_types;
            candidate->instead = type->excludes[i].instead;
            return true;
        }
    }
    for (int fact = 0; facility->excludes >> fact && fact < KNOWN_FACTS_MAX; fact++) {
        if (!(facility->excludes >> fact & 1))
            continue;
        enum truth answer = known_truth(match->known, fact);
        if (answer == TRUTH_UNKNOWN)
            candidate->missing |= bit(fact);
        candidate->fact = answer == TRUTH_YES ? fact : candidate->fact;
        if (answer == TRUTH_YES)
            return true;
    }
    return false;
}

static enum truth serves_area(
    const struct candidate *candidate, const struct step *step, const struct match_case *match) {
    if (candidate->stands_in)
        return TRUTH_YES;
    switch (step->within) {
    case WITHIN_REGENCY:
        if (area_level(match->area) < AREA_REGENCY)
            return area_level(match->area) == AREA_NONE ||
                           area_within(candidate->facility->regency, match->area)
                       ? TRUTH_UNKNOWN
                       : TRUTH_NO;
        return candidate->own_area ? TRUTH_YES : TRUTH_NO;
    case WITHIN_COVERAGE:
        return facility_covers(candidate->facility, match->area);
    case WITHIN_ANY:
        return TRUTH_YES;
    }
    return TRUTH_NO;
}

static void judge_capacity(struct candidate *candidate, const struct match_case *match, int64_t now) {
    const struct capacity *capacity = &candidate->capacity;
    candidate->verdict = MATCH_FITS;
    if (!capacity->known)
        candidate->reason = REASON_ASK_FIRST;
    else if (capacity->held >= capacity->places)
        put_out(candidate, REASON_FULL);
    else if (now - capacity->updated_at > match->capacity_fresh_ms)
        candidate->reason = REASON_ASK_STALE;
    else
        candidate->reason = REASON_FITS;
}

static void judge(
    struct candidate *candidate, const struct step *step, const struct match_case *match, int64_t now) {
    const struct facility *facility = candidate->facility;
    candidate->own_area = facility_in_regency(facility, match->area);
    candidate->distance_km =
        match->gazetteer ? gazetteer_distance_km(match->gazetteer, facility->regency, match->area) : -1;
    candidate->fact = KNOWN_NONE;
    candidate->missing = 0;
    struct group_verdict group = judge_groups(facility, match);
    enum truth step_on = conditions_truth(step->when, step->when_count, match->known, &candidate->missing);
    enum truth area = serves_area(candidate, step, match);
    if (step_on == TRUTH_NO)
        put_out(candidate, REASON_STEP_OFF);
    else if (!facility->active)
        put_out(candidate, REASON_INACTIVE);
    else if (candidate->conflict)
        put_out(candidate, REASON_CONFLICT);
    else if (group.fits == TRUTH_NO)
        put_out(candidate, group.reason);
    else if (area == TRUTH_NO)
        put_out(candidate, REASON_AREA);
    else if (candidate->past != REASON_FITS)
        put_out(candidate, candidate->past);
    else if (excluded(candidate, step, match))
        put_out(candidate, REASON_EXCLUDED);
    else
        judge_capacity(candidate, match, now);
    if (candidate->verdict == MATCH_OUT)
        return;
    if (group.fits == TRUTH_UNKNOWN || step_on == TRUTH_UNKNOWN || area == TRUTH_UNKNOWN) {
        candidate->verdict = MATCH_MAYBE;
        candidate->reason = REASON_UNKNOWN;
        uint64_t asked = 0;
        conditions_truth(step->when, step->when_count, match->known, &asked);
        candidate->missing = group.missing | asked;
        candidate->area_unknown = area == TRUTH_UNKNOWN;
    }
}

/* ---- ranking */

static int by_rank(const void *left, const void *right) {
    const struct candidate *a = left, *b = right;
    if (a->verdict != b->verdict)
        return a->verdict < b->verdict ? -1 : 1;
    if (a->own_area != b->own_area)
        return a->own_area ? -1 : 1;
    /* An unknown distance is behind every known one. */
    if ((a->distance_km < 0) != (b->distance_km < 0))
        return a->distance_km < 0 ? 1 : -1;
    if (a->distance_km < b->distance_km || a->distance_km > b->distance_km)
        return a->distance_km < b->distance_km ? -1 : 1;
    if (a->load != b->load)
        return a->load < b->load ? -1 : 1;
    return strcmp(a->facility->id, b->facility->id);
}

void match_rank(struct candidate *candidates, unsigned count, const struct step *step,
    const struct match_case *match, int64_t now) {
    for (unsigned i = 0; i < count; i++) {
        candidates[i].verdict = MATCH_FITS;
        judge(&candidates[i], step, match, now);
    }
    qsort(candidates, count, sizeof *candidates, by_rank);
}

bool match_step_names(const struct step *step, const struct facility *facility) {
    if (facility->types & step->types)
        return true;
    for (unsigned i = 0; i < step->facility_count; i++)
        if (strcmp(step->facilities[i], facility->id) == 0)
            return true;
    return false;
}
