/* What amends a report we know: an edit, a part of an album, an answer to our question, a withdrawal. It goes
 * where that report went. The two are read as one text, which may make the case more urgent, place it, or
 * open it when the first alone was not clear enough; it never makes less of it. A withdrawal is told, and
 * closes nothing: whoever withdraws may have been made to. Drill and reality amend each other in nothing. */
#include "services/triage/sequel.h"
#include "services/triage/state.h"

#include "common/rights.h"

#include <string.h>

#define PLACE_CORRECTED "place_corrected" /* why a case was moved */
#define REVIEW_PLACE_DIFFERS "place_differs"

enum { AMENDING_MAX = 32 + REVIEW_COPIES_MAX /* of one report in review: an album has 10 parts */ };

static const char *relation_of(const Sigap__ReportReceived *received) {
    return received->relation[0] ? received->relation : "follow_up";
}

static bool is_withdrawal(const Sigap__ReportReceived *received) {
    return strcmp(received->relation, "withdrawal") == 0;
}

/* Both texts as one; position and declared area of the newer, where it has them. NULL: no memory. */
static Sigap__ReportContent *both(
    struct turn *turn, const Sigap__ReportContent *first, const Sigap__ReportContent *more) {
    Sigap__ReportContent *whole = arena_take(turn->arena, sizeof *whole);
    if (!whole)
        return NULL;
    sigap__report_content__init(whole);
    const Sigap__ReportContent *placed = more->located ? more : first;
    whole->located = placed->located;
    whole->latitude = placed->latitude;
    whole->longitude = placed->longitude;
    whole->area = more->area[0] ? more->area : first->area;
    whole->text = arena_format(turn->arena, "%s\n%s", first->text, more->text);
    return whole->text ? whole : NULL;
}

/* ---- a case ---- */

static bool has_reason(const struct assessment *assessment, const char *reason) {
    for (size_t i = 0; i < assessment->reason_count; i++)
        if (strcmp(assessment->reasons[i], reason) == 0)
            return true;
    return false;
}

/* More urgent by what is said, not by a word of thanks that happens to move the weights of the model. */
static bool says_more(
    const struct assessment *own, const struct assessment *alone, const struct assessment *together) {
    for (size_t i = 0; i < together->reason_count; i++)
        if (strcmp(together->reasons[i], "learnt") != 0 && !has_reason(alone, together->reasons[i]))
            return true;
    return own->possible_danger;
}

/* A report of its own, which outweighs the first: "umurnya 80 tahun" alone reads like one too, but does not.
 */
static bool is_another_matter(const struct triage *triage, const struct open_case *found,
    const struct assessment *own, const struct assessment *together) {
    return triage_goes_on(own) && strcmp(own->kind, together->kind) == 0 &&
           !site_kinds_same_family(triage->site.kinds, own->kind, found->kind);
}

/* Of other victims, or of another wrong: what was told by the first text is not new. NULL: no memory. */
static const char *new_kinds(struct turn *turn, const struct open_case *found, const struct assessment *own,
    const struct assessment *alone, const struct assessment *together) {
    const char *told = triage_further_kinds(
                   turn, found, together, is_another_matter(turn->state, found, own, together)),
               *before = triage_kinds(turn, alone);
    return told && before ? site_codes_without(turn->arena, told, before) : NULL;
}

bool triage_told_later(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct open_case *found, struct raising *raising) {
    struct assessment own, alone, together;
    const Sigap__ReportContent *first = case_content(turn, found);
    const Sigap__ReportContent *whole = first ? both(turn, first, content) : NULL;
    if (!first)
        return !arena_exhausted(turn->arena);
    if (!whole || !triage_assess(turn, received, content, &own) ||
        !triage_assess(turn, received, first, &alone) || !triage_assess(turn, received, whole, &together))
        return false;
    triage_add_facts(turn, raising, &alone, &together, false);
    raising->also = new_kinds(turn, found, &own, &alone, &together);
    return raising->also != NULL;
}

/* Whose age and sex both texts tell: the case's, as long as all others are told apart from it, or nobody else
 * is told of. */
static bool tells_same_person(const struct open_case *found, const struct assessment *own,
    const struct assessment *alone, const struct assessment *together, const char *further) {
    char code[SITE_CODE_MAX + 1];
    bool same = strcmp(together->kind, alone->kind) == 0 || strcmp(together->kind, found->kind) == 0;
    if (!*further)
        return same || !triage_goes_on(own);
    while (same && site_codes_next(&further, code)) {
        same = false;
        for (size_t i = 0; i < together->also_count; i++)
            same |= strcmp(together->also[i], code) == 0;
    }
    return same;
}

/* What the two texts together say more than the first alone. moved: where it is instead, "" for as it was. */
static enum verdict raise_by(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *first, const struct assessment *own, const struct assessment *together,
    const char *moved, struct open_case *found) {
    struct assessment alone;
    struct raising raising = {.priority = found->priority,
        .area = moved[0] ? moved : together->area,
        .moves = moved[0] != 0,
        .reason = moved[0] ? PLACE_CORRECTED : relation_of(received)};
    Sigap__ReportReceived before = *received;
    before.urgent = false; /* this caller's word is of what they say now */
    if (!triage_assess(turn, &before, first, &alone))
        return VERDICT_RETRY;
    if (together->priority < alone.priority && (int)together->priority < found->priority &&
        says_more(own, &alone, together))
        raising.priority = (int)together->priority;
    raising.also = new_kinds(turn, found, own, &alone, together);
    if (!raising.also)
        return VERDICT_RETRY;
    triage_add_facts(
        turn, &raising, &alone, together, tells_same_person(found, own, &alone, together, raising.also));
    triage_raise(turn, found, &raising);
    return VERDICT_DONE;
}

/* ---- another place than the case's */

/* Where a message says it is. */
struct said_place {
    char area[AREA_TEXT + 1];
    bool differs;  /* it lies beside the case's */
    bool corrects; /* the message plainly takes back what was said before */
};

/* Behind "tapi" in "bukan X tapi Y": what counts. The whole where it is not said so. */
static const char *behind_but(const char *text) {
    static const char *const but[] = {" tapi ", " tetapi ", " melainkan ", " namun "};
    const char *denied = strcasestr(text, "bukan ");
    for (size_t i = 0; denied && i < sizeof but / sizeof *but; i++) {
        const char *found = strcasestr(denied, but[i]);
        if (found)
            return found + strlen(but[i]);
    }
    return text;
}

static bool is_correction(struct turn *turn, const Sigap__ReportReceived *received, const char *words) {
    struct triage *triage = turn->state;
    struct text text;
    arena_reset(triage->judging);
    return strcmp(relation_of(received), "edit") == 0 ||
           (text_read(triage->judging, triage->site.vocabulary->spelling, words, strlen(words), &text) &&
               text_corrects(&text));
}

/* own: the message read by itself. False: no memory. */
static bool place_said(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct assessment *own, const struct open_case *found,
    struct said_place *out) {
    const char *rest = behind_but(content->text);
    struct assessment behind = *own;
    Sigap__ReportContent instead = *content;
    instead.text = (char *)rest;
    *out = (struct said_place){.corrects = is_correction(turn, received, content->text)};
    if (rest != content->text && !triage_assess(turn, received, &instead, &behind))
        return false;
    const char *area = behind.area[0] ? behind.area : own->area;
    memcpy(out->area, area, strnlen(area, AREA_TEXT) + 1);
    out->differs = area_level(area) >= AREA_REGENCY && area_beside(area, found->area);
    return true;
}

/* Two places, and nobody knows which: whoever has the case goes on, a person decides, and where a life may
 * hang on it somebody is alerted there, too. */
static enum verdict ask_about_place(struct turn *turn, const Sigap__ReportReceived *received,
    struct assessment *own, const struct said_place *said, const struct id *amends,
    const struct open_case *found) {
    const struct alike alike = {found->case_id, 1000};
    if (!triage_goes_on(own))
        own->kind = found->kind;
    if (found->priority < (int)own->priority)
        own->priority = (enum priority)found->priority;
    memcpy(own->area, said->area, sizeof own->area);
    bool danger = triage_alarms(own) || received->urgent || found->priority <= PRIORITY_P1;
    triage_count(turn, &(struct triage_counts){.follow_ups = 1});
    return triage_send_to_review(turn, &(struct reviewing){.received = received,
                                           .assessment = own,
                                           .alike = &alike,
                                           .alike_count = 1,
                                           .amends = amends,
                                           .danger = danger,
                                           .reason = REVIEW_PLACE_DIFFERS});
}

/* ---- joining */

/* moved: the place that is corrected, "" for none. */
static enum verdict join_at(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct assessment *own, const char *moved,
    struct open_case *found) {
    struct assessment together;
    bool withdrawn = is_withdrawal(received);
    const Sigap__ReportContent *first = withdrawn ? NULL : case_content(turn, found);
    const Sigap__ReportContent *whole = first ? both(turn, first, content) : NULL;
    if (arena_exhausted(turn->arena))
        return VERDICT_RETRY;
    struct joining joining = {
        received, content, found, relation_of(received), triage_alarms(own) && !withdrawn, 0, NULL};
    enum verdict verdict = triage_join(turn, &joining);
    triage_count(turn, &(struct triage_counts){.follow_ups = 1});
    if (verdict != VERDICT_DONE || !whole)
        return verdict;
    if (!triage_assess(turn, received, whole, &together))
        return VERDICT_RETRY;
    return raise_by(turn, received, first, own, &together, moved, found);
}

enum verdict triage_join_follow_up(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, struct open_case *found) {
    struct assessment own;
    if (!triage_assess(turn, received, content, &own))
        return VERDICT_RETRY;
    return join_at(turn, received, content, &own, "", found);
}

/* The place of an institution that is accused is not where the case is. */
static bool accuses_facility(const struct assessment *own) {
    for (size_t i = 0; i < own->fact_count; i++)
        if (strcmp(own->facts[i].name, RIGHTS_CONFLICT_FACILITY) == 0)
            return true;
    return false;
}

/* What is said of another place than the case's moves the case where it plainly corrects and nobody is on the
 * way yet; else a person decides. */
static enum verdict join_or_ask(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct id *amends, struct open_case *found) {
    struct assessment own;
    struct said_place said;
    if (!triage_assess(turn, received, content, &own) ||
        !place_said(turn, received, content, &own, found, &said))
        return VERDICT_RETRY;
    if (!said.differs || is_withdrawal(received) || (!said.corrects && accuses_facility(&own)))
        return join_at(turn, received, content, &own, "", found);
    if (said.corrects && received->amends.len && !received->taken_on)
        return join_at(turn, received, content, &own, arena_text(turn->arena, said.area), found);
    return ask_about_place(turn, received, &own, &said, amends, found);
}

/* Somebody speaks about a case that is over: a person reopens it, or opens another. */
static enum verdict ask_about_closed(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct id *amends, const struct open_case *found) {
    struct assessment assessment;
    const struct alike alike = {found->case_id, 1000};
    if (!triage_assess(turn, received, content, &assessment))
        return VERDICT_RETRY;
    if (!assessment.area[0])
        memcpy(assessment.area, found->area, strnlen(found->area, AREA_TEXT) + 1);
    return triage_send_to_review(turn, &(struct reviewing){.received = received,
                                           .assessment = &assessment,
                                           .alike = &alike,
                                           .alike_count = 1,
                                           .amends = amends,
                                           .danger = assessment.possible_danger || received->urgent,
                                           .reason = "case_closed"});
}

/* ---- a report in review ---- */

/* Enough is known now: the first report opens its case after all, and this one joins it. */
static enum verdict open_first(struct turn *turn, struct opening *opening, const struct id *first_id,
    const Sigap__ReportReceived *received, const Sigap__ReportContent *content) {
    struct open_case found;
    enum verdict verdict = triage_open_case(turn, opening);
    if (verdict != VERDICT_DONE)
        return verdict;
    review_delete(turn, first_id);
    verdict = triage_follow_decided(turn, first_id, &opening->case_id, opening->assessment->kind, "triage");
    if (verdict != VERDICT_DONE)
        return verdict;
    return case_read(turn, &opening->case_id, &found) ? triage_join_follow_up(turn, received, content, &found)
                                                      : VERDICT_RETRY;
}

/* What is said further may be calm: the caller's word on the first stands, and a danger that somebody was
 * woken for is not talked away by the machine. */
static void keep_urgency(const struct review_row *review, struct assessment *together) {
    size_t room = sizeof together->reasons / sizeof *together->reasons;
    if (!review->danger || review->priority >= (int)together->priority)
        return;
    together->priority = (enum priority)review->priority;
    if (review->received->urgent && !has_reason(together, "caller") && together->reason_count < room)
        together->reasons[together->reason_count++] = "caller";
}

static enum verdict answer_review(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct id *first_id, const struct review_row *review) {
    struct assessment own, together;
    enum verdict verdict = VERDICT_DONE;
    const Sigap__ReportContent *first = triage_open_content(turn, review->received, &verdict);
    const Sigap__ReportContent *whole = first ? both(turn, first, content) : NULL;
    if (!whole)
        return first ? VERDICT_RETRY : verdict;
    if (!triage_assess(turn, received, content, &own) || !triage_assess(turn, received, whole, &together))
        return VERDICT_RETRY;
    triage_count(turn, &(struct triage_counts){.follow_ups = 1});
    struct reviewing reviewing = {
        .received = received, .assessment = &own, .amends = first_id, .reason = "withdrawal"};
    if (is_withdrawal(received))
        return triage_send_to_review(turn, &reviewing);
    if (triage_goes_on(&together)) {
        keep_urgency(review, &together);
        struct opening opening = {.received = review->received,
            .content = first,
            .assessment = &together,
            .alike = review->alike,
            .alike_count = review->alike_count};
        return open_first(turn, &opening, first_id, received, content);
    }
    reviewing.assessment = &together;
    reviewing.danger =
        received->urgent || triage_alarms(&own) || (together.possible_danger && !review->danger);
    reviewing.reason = review_reason_name(together.review_reason);
    return triage_send_to_review(turn, &reviewing);
}

/* ---- after the decision ---- */

static enum verdict copy_joins(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, struct open_case *found) {
    return triage_join(turn, &(struct joining){received, content, found, REVIEW_COPY, false, 1000, NULL});
}

struct decision {
    const struct id *case_id; /* NULL: closed */
    const char *kind, *by;
};

/* The same words as those that were read, or none at all. */
static bool says_nothing_new(const struct review_row *review) {
    return strcmp(review->reason, REVIEW_COPY) == 0 || is_withdrawal(review->received);
}

static enum verdict go_along(struct turn *turn, const struct id *report_id, const struct decision *decision) {
    struct review_row review;
    struct open_case found;
    enum verdict verdict = VERDICT_DONE;
    if (!review_read(turn, report_id, &review))
        return VERDICT_DONE;
    if (!decision->case_id && !says_nothing_new(&review))
        return VERDICT_DONE; /* perhaps it came after the first was read: it is decided for itself */
    review_delete(turn, report_id);
    if (!decision->case_id)
        return triage_close_report(turn, report_id, decision->kind, "amends_closed", decision->by);
    const Sigap__ReportContent *content = triage_open_content(turn, review.received, &verdict);
    if (!content || !case_read(turn, decision->case_id, &found))
        return content ? VERDICT_RETRY : verdict;
    return strcmp(review.reason, REVIEW_COPY) == 0
               ? copy_joins(turn, review.received, content, &found)
               : triage_join_follow_up(turn, review.received, content, &found);
}

/* Each is read in a place of its own: what whoever decides has read stays, and the last of many has as much
 * room as the first. */
static enum verdict all_go_along(
    struct turn *turn, const struct id *amending, size_t count, const struct decision *decision) {
    struct triage *triage = turn->state;
    struct arena *before = triage->scratch;
    enum verdict verdict = VERDICT_DONE;
    if (!(triage->scratch = arena_new(TRIAGE_SCRATCH_BYTES)))
        verdict = VERDICT_RETRY;
    for (size_t i = 0; i < count && verdict == VERDICT_DONE; i++) {
        arena_reset(triage->scratch);
        verdict = go_along(turn, &amending[i], decision);
    }
    arena_free(&triage->scratch);
    triage->scratch = before;
    return verdict;
}

enum verdict triage_follow_decided(struct turn *turn, const struct id *report_id, const struct id *case_id,
    const char *kind, const char *by) {
    struct id amending[AMENDING_MAX];
    size_t count = 0;
    struct statement *rows = triage_use(turn->store, TRIAGE_REVIEW_AMENDING);
    bind_id(rows, report_id);
    bind_int(rows, AMENDING_MAX);
    while (count < AMENDING_MAX && statement_step(rows))
        amending[count++] = column_id(rows, 0);
    statement_end(rows);
    return count ? all_go_along(turn, amending, count, &(struct decision){case_id, kind, by}) : VERDICT_DONE;
}

/* ---- the way in ---- */

static enum verdict follow_case(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct id *amends, struct open_case *found) {
    if (found->closed_at && !is_withdrawal(received))
        return ask_about_closed(turn, received, content, amends, found);
    return join_or_ask(turn, received, content, amends, found);
}

bool triage_follow(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, enum verdict *verdict) {
    enum settlement state;
    struct id first_id, case_id, report_id;
    struct review_row review;
    struct open_case found;
    if (!received->amends.len || !id_from_bytes(received->amends.data, received->amends.len, &first_id))
        return false;
    bool known = triage_report_read(turn, &first_id, &state, &case_id);
    if (known && state == SETTLED_IN_REVIEW && review_read(turn, &first_id, &review) &&
        review.training == turn->training) {
        *verdict = answer_review(turn, received, content, &first_id, &review);
        return true;
    }
    if (known && (state == SETTLED_CASE || state == SETTLED_JOINED) &&
        case_read_whole(turn, &case_id, &found) && found.training == turn->training) {
        *verdict = follow_case(turn, received, content, &first_id, &found);
        return true;
    }
    if (!is_withdrawal(received))
        return false;
    id_from_bytes(received->report_id.data, received->report_id.len, &report_id);
    *verdict = triage_close_report(turn, &report_id, "bukan_laporan", "withdrawal", "triage");
    return true; /* of nothing that we have */
}
