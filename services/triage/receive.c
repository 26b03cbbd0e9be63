/* A report comes in: opened, judged, and settled in exactly one way. */
#include "services/triage/conflict.h"
#include "services/triage/heard.h"
#include "services/triage/kept.h"
#include "services/triage/measure.h"
#include "services/triage/sequel.h"

#include "common/rights.h"
#include "common/texts.h"
#include "common/words.h"
#include "proto/intake.pb-c.h"

#include <stdlib.h>
#include <string.h>

enum {
    REVIEW_DANGER_MS = 15 * 60 * 1000, /* a person decides within: domain 4a, human acknowledgement of P0 */
};
#define FORWARDED_TRUST 0.7f
#define REVIEW_OWNER "TRI"
#define LAST_ALIKE_PERMILLE 500 /* not compared: one sender, minutes apart */
#define ESCALATED "ESC-07"      /* another reporter tells of the same: domain 4b */

Sigap__ReportContent *triage_open_content(
    struct turn *turn, const Sigap__ReportReceived *received, enum verdict *verdict) {
    struct triage *triage = turn->state;
    struct seal_place place = {.field = "content"};
    ProtobufCBinaryData plain;
    if (!received->content ||
        !id_from_bytes(received->report_id.data, received->report_id.len, &place.record)) {
        *verdict = turn_park(turn, "a report without id or content");
        return NULL;
    }
    struct sealed_report sealed = {
        received->content->session, received->content->key, received->content->data};
    switch (seal_open_report(triage->opener, &place, &sealed, triage->scratch, &plain)) {
    case SEAL_OPENED:
        break;
    case SEAL_BROKEN:
        *verdict = turn_park(turn, "the content does not open");
        return NULL;
    case SEAL_NO_MEMORY:
        *verdict = VERDICT_RETRY;
        return NULL;
    }
    Sigap__ReportContent *content =
        sigap__report_content__unpack(arena_allocator(triage->scratch), plain.len, plain.data);
    if (!content)
        *verdict = turn_park(turn, "the content cannot be read");
    return content;
}

/* ESC-09 asks for night at the place of the event; a zone is its hours ahead of UTC. */
static int local_hour(const struct triage *triage, int64_t at) {
    return (int)((at / 3600000 + triage->site.site->zone) % 24);
}

bool triage_assess(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, struct assessment *out) {
    struct reading reading;
    return triage_read_and_assess(turn, received, content, &reading, out);
}

bool triage_read_and_assess(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, struct reading *reading, struct assessment *out) {
    struct triage *triage = turn->state;
    struct position position = {content->latitude, content->longitude};
    struct report report = {
        .text = content->text,
        .size = strlen(content->text),
        .position = content->located ? &position : NULL,
        .area = content->area,
        .urgent = received->urgent,
        .local_hour = local_hour(triage, received->received_at),
    };
    return reading_read(&triage->site.assessor, triage->scratch, report.text, report.size, reading) &&
           assess_reading(&triage->site.assessor, triage->scratch, &report, reading, out) &&
           conflict_find(
               triage->site.conflict, triage->site.vocabulary->spelling, triage->scratch, content->text, out);
}

void triage_set_report(
    struct turn *turn, const struct id *report_id, enum settlement state, const struct id *case_id) {
    struct statement *set = triage_use(turn->store, TRIAGE_REPORT_SET);
    bind_id(set, report_id);
    bind_int(set, state);
    bind_id(set, case_id);
    bind_int(set, turn->now);
    statement_run(set);
}

bool triage_report_read(
    struct turn *turn, const struct id *report_id, enum settlement *state, struct id *case_id) {
    struct statement *get = triage_use(turn->store, TRIAGE_REPORT_GET);
    bind_id(get, report_id);
    bool found = statement_step(get);
    if (found) {
        *state = (enum settlement)column_int(get, 0);
        *case_id = column_id(get, 1);
    }
    statement_end(get);
    return found;
}

/* ---- opening a case ---- */

enum { CONFLICT_FACTS = 3 };

/* In the place of what the text says of it, if it does. */
static void add_fact(Sigap__CaseOpened *opened, const char *name, const char *value, const char *source) {
    size_t at = 0;
    while (at < opened->n_facts && strcmp(opened->facts[at]->name, name) != 0)
        at++;
    Sigap__Fact *fact = opened->facts[at];
    sigap__fact__init(fact);
    fact->name = (char *)name;
    fact->value = (char *)value;
    fact->source = (char *)source;
    opened->n_facts += at == opened->n_facts;
}

static const char *value_among(const Sigap__CaseOpened *opened, const char *name) {
    for (size_t i = 0; i < opened->n_facts; i++)
        if (strcmp(opened->facts[i]->name, name) == 0)
            return opened->facts[i]->value;
    return "";
}

/* Whoever is in conflict in the case that a report was parted from, by whatever report or person, knows of
 * this one. Facilities are taken back, where that is wrong, by a fact of the new case; an officer is not: of
 * accounts casework takes no "no". */
static void add_conflict(struct turn *turn, const struct conflict *from, Sigap__CaseOpened *opened) {
    static const char source[] = "parted";
    const char *facilities =
        site_codes_join(turn->arena, from->facilities, value_among(opened, RIGHTS_CONFLICT_FACILITY));
    if (*from->officers)
        add_fact(opened, RIGHTS_CONFLICT_OFFICER, from->officers, source);
    if (facilities && *from->facilities)
        add_fact(opened, RIGHTS_CONFLICT_FACILITY, facilities, source);
    if (from->of_interest)
        add_fact(opened, RIGHTS_CONFLICT_OF_INTEREST, "yes", source);
}

static void add_facts(struct turn *turn, const struct opening *opening, Sigap__CaseOpened *opened) {
    const struct assessment *assessment = opening->assessment;
    size_t room = assessment->fact_count + CONFLICT_FACTS;
    opened->facts = arena_take(turn->arena, room * sizeof *opened->facts);
    Sigap__Fact *facts = arena_take(turn->arena, room * sizeof *facts);
    if (!opened->facts || !facts)
        return;
    for (size_t i = 0; i < room; i++)
        opened->facts[i] = &facts[i];
    for (size_t i = 0; i < assessment->fact_count; i++)
        add_fact(opened, assessment->facts[i].name, assessment->facts[i].value, "text");
    if (opening->conflict)
        add_conflict(turn, opening->conflict, opened);
}

/* For this daemon itself: the new case is closed to the same officers at once. */
static void keep_conflict(struct turn *turn, const struct opening *opening, const Sigap__CaseOpened *opened) {
    for (size_t i = 0; i < opened->n_facts; i++) {
        const Sigap__Fact *fact = opened->facts[i];
        if (strcmp(fact->name, RIGHTS_CONFLICT_OFFICER) == 0)
            triage_add_conflict(turn, &opening->case_id, fact->value);
        else
            triage_note_conflict(turn, &opening->case_id, fact->name, fact->value, false);
    }
}

static void add_words(struct turn *turn, const struct assessment *assessment, Sigap__CaseOpened *opened) {
    opened->area_candidates = arena_take(turn->arena, sizeof(char *) * PLACE_CANDIDATES_MAX);
    opened->reasons = arena_take(turn->arena, sizeof(char *) * 16);
    if (!opened->area_candidates || !opened->reasons)
        return;
    for (size_t i = 0; i < assessment->area_candidate_count; i++)
        opened->area_candidates[opened->n_area_candidates++] = (char *)assessment->area_candidates[i];
    for (size_t i = 0; i < assessment->reason_count; i++)
        opened->reasons[opened->n_reasons++] = (char *)assessment->reasons[i];
}

static const char *fact_of(const struct assessment *assessment, const char *name) {
    for (size_t i = 0; i < assessment->fact_count; i++)
        if (strcmp(assessment->facts[i].name, name) == 0)
            return assessment->facts[i].value;
    return NULL;
}

int assessment_age(const struct assessment *assessment) {
    const char *age = fact_of(assessment, "age");
    return age ? atoi(age) : -1;
}

int assessment_sex(const struct assessment *assessment) {
    const char *sex = fact_of(assessment, "sex");
    return sex ? sex[0] : 0;
}

/* Where a kind has two playbooks (kekerasan_seksual: child or woman) the age decides; unknown takes the
 * first, which is the stricter. */
static const char *playbook_of(const struct triage *triage, const struct assessment *assessment) {
    const struct site_kind *kind = site_kinds_find(triage->site.kinds, assessment->kind);
    if (!kind || !kind->playbooks_count)
        return "";
    bool adult = assessment_age(assessment) >= 18;
    return kind->playbooks[kind->playbooks_count > 1 && adult ? 1 : 0];
}

/* The narrative goes over under the case's own key; destroying that key erases the case. */
static bool seal_case(struct turn *turn, const struct opening *opening, const struct id *report_id,
    Sigap__CaseOpened *opened, ProtobufCBinaryData *evidence) {
    struct triage *triage = turn->state;
    const Sigap__ReportContent *content = opening->content;
    const struct id *case_id = &opening->case_id;
    struct seal_case_key key;
    size_t size = sigap__report_content__get_packed_size(content);
    uint8_t *plain = arena_take(turn->arena, size + 1);
    opened->case_key.data = arena_take(turn->arena, SEAL_CASE_KEY_BYTES);
    opened->case_key.len = SEAL_CASE_KEY_BYTES;
    ProtobufCBinaryData kept =
        assessment_pack(turn->arena, opening->assessment, opened->alike, opened->n_alike);
    bool sound = plain && opened->case_key.data && kept.data;
    if (sound) {
        sigap__report_content__pack(content, plain);
        seal_case_key_make(case_id, triage->random, &key);
        seal_case_key_wrap(triage->opener, &key, triage->random, opened->case_key.data);
        sound = seal_field(&key, &(struct seal_place){*report_id, "narrative", 0}, plain, size,
                    triage->random, turn->arena, &opened->narrative) &&
                seal_field(&key, &(struct seal_place){*case_id, "evidence", 0}, kept.data, kept.len,
                    triage->random, turn->arena, evidence);
        seal_case_key_wipe(&key);
    }
    return sound;
}

static void insert_case(struct turn *turn, const struct id *case_id, const struct id *report_id,
    const struct assessment *assessment, const Sigap__CaseOpened *opened, const ProtobufCBinaryData *evidence,
    const struct chain *chain) {
    char reasons[256] = "";
    for (size_t i = 0, used = 0; i < assessment->reason_count; i++)
        if (!add_word(reasons, sizeof reasons, &used, assessment->reasons[i]))
            break;
    struct statement *insert = triage_use(turn->store, TRIAGE_CASE_INSERT);
    bind_id(insert, case_id);
    bind_id(insert, report_id);
    bind_text(insert, assessment->kind);
    bind_int(insert, assessment->priority);
    bind_text(insert, assessment->area);
    bind_int(insert, opened->confidence_permille);
    bind_int(insert, assessment->confidentiality);
    bind_int(insert, opened->unverified);
    bind_int(insert, turn->now);
    bind_int(insert, chain->lane);
    bind_int(insert, (int64_t)chain->sequence);
    bind_blob(insert, opened->case_key.data, opened->case_key.len);
    bind_blob(insert, evidence->data, evidence->len);
    bind_text(insert, reasons);
    bind_blob(insert, opened->narrative.data, opened->narrative.len);
    bind_int(insert, turn->training);
    statement_run(insert);
}

static void add_alike(struct turn *turn, const struct opening *opening, Sigap__CaseOpened *opened) {
    size_t count = opening->alike_count;
    if (count)
        proposal_write(turn, &opening->case_id, opening->alike, count);
    opened->alike = alike_messages(turn, opening->alike, &count);
    opened->n_alike = count;
}

static bool keep_print(struct turn *turn, const struct opening *opening) {
    struct print print;
    if (!opening->print)
        heard_print(turn->state, opening->received, opening->content, &print);
    return heard_keep(turn, opening->print ? opening->print : &print, opening->assessment, &opening->case_id);
}

enum verdict triage_open_case(struct turn *turn, struct opening *opening) {
    struct triage *triage = turn->state;
    const Sigap__ReportReceived *received = opening->received;
    const struct assessment *assessment = opening->assessment;
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    ProtobufCBinaryData evidence = {0, NULL};
    struct chain chain = {0};
    struct id report_id;
    id_from_bytes(received->report_id.data, received->report_id.len, &report_id);
    opening->case_id = turn_id(turn);
    opened.report_id = event.trace = received->report_id;
    opened.kind = (char *)assessment->kind;
    opened.priority = triage_priority_out((int)assessment->priority);
    opened.area = (char *)assessment->area;
    opened.confidence_permille = (uint32_t)(assessment->confidence * 1000.0f);
    opened.confidentiality =
        (Sigap__Confidentiality)(SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C0 + assessment->confidentiality);
    opened.unverified = assessment->possible_danger && assessment->review;
    opened.own_death = assessment->own_death;
    opened.playbook = (char *)playbook_of(triage, assessment);
    opened.received_at = received->received_at;
    opened.channel = received->channel;
    if (opening->parted_from)
        opened.parted_from = turn_bytes(turn, &opening->parted_from->case_id);
    if (opening->command) {
        opened.reason = words_pass_on(turn->arena, opening->command);
        opened.by = (char *)rights_name(opening->command->actor);
    }
    add_facts(turn, opening, &opened);
    add_words(turn, assessment, &opened);
    add_alike(turn, opening, &opened);
    if (!seal_case(turn, opening, &report_id, &opened, &evidence))
        return VERDICT_RETRY;
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    event.case_id = turn_bytes(turn, &opening->case_id);
    turn_append_chained(
        turn, triage_lane((int)assessment->priority, assessment->possible_danger), &event, &chain);
    insert_case(turn, &opening->case_id, &report_id, assessment, &opened, &evidence, &chain);
    keep_conflict(turn, opening, &opened);
    triage_set_report(turn, &report_id, SETTLED_CASE, &opening->case_id);
    triage_count(turn, &(struct triage_counts){.opened = 1, .proposed = opening->alike_count > 0});
    return keep_print(turn, opening) ? VERDICT_DONE : VERDICT_RETRY;
}

/* ---- the other ways a report is settled ---- */

enum verdict triage_close_report(
    struct turn *turn, const struct id *report_id, const char *kind, const char *reason, const char *by) {
    Sigap__ReportClosed closed = SIGAP__REPORT_CLOSED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    closed.report_id = turn_bytes(turn, report_id);
    closed.kind = (char *)kind;
    closed.reason = (char *)reason;
    closed.by = (char *)by;
    event.body_case = SIGAP__EVENT__BODY_REPORT_CLOSED;
    event.report_closed = &closed;
    turn_append(turn, LANE_NORMAL, &event);
    triage_set_report(turn, report_id, SETTLED_INFORMATION, NULL);
    triage_count(turn, &(struct triage_counts){.closed = 1});
    return VERDICT_DONE;
}

/* Domain 4a: a P2 is acknowledged by a person within 8 working hours, and what may be P0 within 15 minutes.
 */
static int64_t decide_by(const struct turn *turn, const struct assessment *assessment) {
    static const int64_t within_ms[PRIORITIES] = {
        15 * 60000, 60 * 60000, 8 * 3600000, 48 * 3600000, 48 * 3600000};
    int64_t within = within_ms[assessment->priority];
    return turn->now + (assessment->possible_danger && within > REVIEW_DANGER_MS ? REVIEW_DANGER_MS : within);
}

static const char *also_of(struct turn *turn, const struct assessment *assessment) {
    const char *also = assessment->parent_kind;
    for (size_t i = 0; also && i < assessment->also_count; i++)
        also = site_codes_join(turn->arena, also, assessment->also[i]);
    return also;
}

static void tell_review(struct turn *turn, const struct reviewing *reviewing, int64_t by, const char *also) {
    const struct assessment *assessment = reviewing->assessment;
    bool copy = strcmp(reviewing->reason, REVIEW_COPY) == 0;
    size_t alike = reviewing->alike_count;
    Sigap__ReportInReview review = SIGAP__REPORT_IN_REVIEW__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    review.report_id = reviewing->received->report_id;
    review.danger = reviewing->danger;
    review.own_death = assessment->own_death;
    if (!copy) /* whoever is to be woken was woken for the first */
        review.priority = triage_priority_out((int)assessment->priority);
    review.kind = (char *)assessment->kind;
    review.also_kinds = (char *)also;
    review.area = (char *)assessment->area;
    review.reason = (char *)reviewing->reason;
    review.owner_role = (char *)REVIEW_OWNER;
    review.decide_by = by;
    if (reviewing->amends && !id_is_null(reviewing->amends))
        review.amends = turn_bytes(turn, reviewing->amends);
    review.alike = alike_messages(turn, reviewing->alike, &alike);
    review.n_alike = alike;
    event.body_case = SIGAP__EVENT__BODY_REPORT_IN_REVIEW;
    event.report_in_review = &review;
    turn_append(turn, reviewing->danger ? LANE_URGENT : LANE_NORMAL, &event);
}

static void insert_review(struct turn *turn, const struct reviewing *reviewing, const struct id *report_id,
    int64_t by, const char *also, const ProtobufCBinaryData *received) {
    const struct assessment *assessment = reviewing->assessment;
    ProtobufCBinaryData alike = alike_pack(turn, reviewing->alike, reviewing->alike_count);
    struct statement *insert = triage_use(turn->store, TRIAGE_REVIEW_INSERT);
    bind_id(insert, report_id);
    bind_int(insert, turn->now);
    bind_text(insert, assessment->kind);
    bind_int(insert, assessment->priority);
    bind_text(insert, assessment->area);
    bind_text(insert, reviewing->reason);
    bind_int(insert, reviewing->danger);
    bind_text(insert, REVIEW_OWNER);
    bind_int(insert, by);
    bind_int(insert, turn->training);
    bind_blob(insert, received->data, received->len);
    bind_id(insert, reviewing->amends);
    bind_blob(insert, alike.data, alike.len);
    bind_text(insert, also);
    if (reviewing->text_print)
        bind_int(insert, (int64_t)reviewing->text_print);
    else
        bind_null(insert);
    statement_run(insert);
}

enum verdict triage_send_to_review(struct turn *turn, const struct reviewing *reviewing) {
    const Sigap__ReportReceived *received = reviewing->received;
    bool copy = strcmp(reviewing->reason, REVIEW_COPY) == 0;
    int64_t by = decide_by(turn, reviewing->assessment);
    struct id report_id;
    id_from_bytes(received->report_id.data, received->report_id.len, &report_id);
    ProtobufCBinaryData packed = {.len = sigap__report_received__get_packed_size(received)};
    packed.data = arena_take(turn->arena, packed.len + 1);
    const char *also = also_of(turn, reviewing->assessment);
    if (!packed.data || !also)
        return VERDICT_RETRY;
    sigap__report_received__pack(received, packed.data);
    tell_review(turn, reviewing, by, also);
    insert_review(turn, reviewing, &report_id, by, also, &packed);
    triage_set_report(turn, &report_id, SETTLED_IN_REVIEW, NULL);
    triage_count(turn, &(struct triage_counts){.reviewed = !copy, .copies = copy});
    return VERDICT_DONE;
}

/* The report in review that this is a copy of, with room for one more. What may cost a life and was not known
 * to is looked at for itself. */
static bool find_reviewed_copy(struct turn *turn, const struct print *print,
    const struct assessment *assessment, bool danger, struct id *first) {
    bool found = false;
    if (!print->content)
        return false;
    struct statement *get = triage_use(turn->store, TRIAGE_REVIEW_COPIED);
    bind_int(get, (int64_t)print->content);
    bind_text(get, assessment->area);
    if (statement_step(get)) {
        *first = column_id(get, 0);
        found = (column_int(get, 1) || !danger) && (column_int(get, 2) != 0) == turn->training &&
                column_int(get, 3) < REVIEW_COPIES_MAX;
    }
    statement_end(get);
    return found;
}

/* Forty copies of one text are one review with forty witnesses. */
static enum verdict review(struct turn *turn, const Sigap__ReportReceived *received,
    const struct assessment *assessment, const struct heard *heard, bool danger) {
    struct id first;
    struct reviewing reviewing = {.received = received, .assessment = assessment};
    if (find_reviewed_copy(turn, &heard->print, assessment, danger, &first)) {
        reviewing.amends = &first;
        reviewing.reason = REVIEW_COPY;
    } else {
        reviewing.alike = heard->alike;
        reviewing.alike_count = heard->alike_count;
        reviewing.text_print = heard->print.content;
        reviewing.danger = danger;
        reviewing.reason = review_reason_name(assessment->review_reason);
    }
    return triage_send_to_review(turn, &reviewing);
}

/* ---- the one way in ---- */

/* Where only the place or a second kind is unclear the case goes on, marked; what it is, a person must say.
 */
static bool needs_person(const struct assessment *assessment) {
    switch (assessment->review_reason) {
    case REVIEW_NONE:
    case REVIEW_SEVERAL_KINDS:
    case REVIEW_PLACE_UNCLEAR:
        return false;
    case REVIEW_NO_MATCH:
    case REVIEW_LOW_CONFIDENCE:
    case REVIEW_POSSIBLE_DANGER:
    case REVIEW_EMPTY:
        return true;
    }
    return true;
}

bool triage_goes_on(const struct assessment *assessment) {
    return assessment->opens_case && !needs_person(assessment);
}

bool triage_alarms(const struct assessment *assessment) {
    return assessment->possible_danger || (triage_goes_on(assessment) && assessment->priority == PRIORITY_P0);
}

/* What is passed on is believed less; how urgent it may be stays. */
static void distrust_forwarded(const Sigap__ReportReceived *received, struct assessment *assessment) {
    size_t room = sizeof assessment->reasons / sizeof *assessment->reasons;
    if (!received->forwarded)
        return;
    assessment->confidence *= FORWARDED_TRUST;
    if (assessment->reason_count < room)
        assessment->reasons[assessment->reason_count++] = "forwarded";
}

/* Another victim, or facts of the matter, that the case's own text does not tell. False: no memory. */
static bool tells_more(struct turn *turn, const Sigap__ReportReceived *received,
    const struct assessment *said, const struct open_case *found, struct raising *raising) {
    struct assessment before;
    const Sigap__ReportContent *first = case_content(turn, found);
    if (!first ? arena_exhausted(turn->arena) : !triage_assess(turn, received, first, &before))
        return false;
    if (first)
        triage_add_facts(turn, raising, &before, said, false);
    raising->also = triage_further_kinds(turn, found, said, false);
    return raising->also != NULL;
}

/* The same words again say nothing, but for the caller's word, which is not in them: that it is urgent is
 * news where nobody has known it. */
static bool is_news(const Sigap__ReportReceived *received, const struct heard *heard) {
    return heard->how != HEARD_COPY || (received->urgent && heard->found.priority > PRIORITY_P1);
}

/* The same incident, told by somebody: a copy proves nothing, another reporter makes it more urgent by one
 * step (ESC-07), once a case; what it says itself counts in any case. */
static enum verdict join_known(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct assessment *assessment, struct heard *heard) {
    struct open_case *found = &heard->found;
    bool copy = heard->how == HEARD_COPY, danger = assessment->possible_danger || received->urgent;
    bool once = strstr(found->reasons, ESCALATED) == NULL, news = is_news(received, heard);
    int said = (int)assessment->priority;
    struct raising raising = {.priority = found->priority, .area = "", .reason = "witness"};
    struct joining joining = {
        received, content, found, copy ? "copy" : "witness", danger && news, heard->permille, NULL};
    enum verdict verdict = triage_join(turn, &joining);
    if (verdict != VERDICT_DONE)
        return verdict;
    if (news && said < raising.priority)
        raising.priority = said;
    if (!copy && heard->other_reporter && !received->forwarded && once) {
        raising.priority -= raising.priority > PRIORITY_P0;
        raising.reason = ESCALATED;
    }
    if (!copy && !tells_more(turn, received, assessment, found, &raising))
        return VERDICT_RETRY;
    triage_raise(turn, found, &raising);
    if (!copy && !heard_keep(turn, &heard->print, assessment, &found->case_id))
        return VERDICT_RETRY;
    triage_count(turn, &(struct triage_counts){.copies = copy, .witnesses = !copy});
    return VERDICT_DONE;
}

/* Its sender wrote about it minutes before: it amends that report, like what names its ticket. Read anew, as
 * it is read together with the first; *content: as it was, in the arena that was used again. */
static bool follow_last(struct turn *turn, const Sigap__ReportReceived *received,
    Sigap__ReportContent **content, const struct id *first, enum verdict *verdict) {
    struct triage *triage = turn->state;
    Sigap__ReportReceived amending = *received;
    amending.amends = turn_bytes(turn, first);
    amending.relation = (char *)"follow_up";
    amending.taken_on = true; /* for all that is known here */
    arena_reset(triage->scratch);
    *content = triage_open_content(turn, received, verdict);
    return !*content || triage_follow(turn, &amending, *content, verdict);
}

/* The case of what its sender wrote last, beside those that were found. */
static void propose_last(struct turn *turn, const struct id *first, struct heard *heard) {
    enum settlement state;
    struct open_case found;
    struct id case_id;
    if (heard->alike_count < ALIKE_MAX && triage_report_read(turn, first, &state, &case_id) &&
        (state == SETTLED_CASE || state == SETTLED_JOINED) && case_read_whole(turn, &case_id, &found) &&
        !found.closed_at)
        heard->alike[heard->alike_count++] = (struct alike){found.case_id, LAST_ALIKE_PERMILLE};
}

/* By itself: it joins what was heard before, opens a case, waits for a person or is closed. */
static enum verdict receive_alone(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct reading *reading, struct assessment *assessment,
    const struct id *last) {
    struct heard heard;
    struct id report_id;
    id_from_bytes(received->report_id.data, received->report_id.len, &report_id);
    distrust_forwarded(received, assessment);
    measure_machine(turn, assessment);
    if (!heard_look(turn, received, content, reading, assessment, &heard))
        return VERDICT_RETRY;
    if (heard.how != HEARD_NEVER)
        return join_known(turn, received, content, assessment, &heard);
    if (last)
        propose_last(turn, last, &heard);
    bool danger = assessment->possible_danger || received->urgent;
    if (triage_goes_on(assessment)) {
        struct opening opening = {.received = received,
            .content = content,
            .assessment = assessment,
            .alike = heard.alike,
            .alike_count = heard.alike_count,
            .print = &heard.print};
        return triage_open_case(turn, &opening);
    }
    if (needs_person(assessment) || danger) /* the machine never closes what may be a life */
        return review(turn, received, assessment, &heard, danger);
    return triage_close_report(turn, &report_id, assessment->kind, "information", "triage");
}

/* What it amends, or itself: that is what its sender goes on about next. */
static void note_told(struct turn *turn, const Sigap__ReportReceived *received) {
    const ProtobufCBinaryData *told = received->amends.len ? &received->amends : &received->report_id;
    struct id id;
    if (id_from_bytes(told->data, told->len, &id))
        sequel_note(turn, received, &id);
}

enum verdict triage_receive(struct turn *turn, const Sigap__ReportReceived *received) {
    struct triage *triage = turn->state;
    enum verdict verdict = VERDICT_DONE;
    struct reading reading;
    struct assessment assessment;
    enum sequel how;
    struct id last;
    arena_reset(triage->scratch);
    Sigap__ReportContent *content = triage_open_content(turn, received, &verdict);
    if (!content)
        return verdict;
    if (triage_follow(turn, received, content, &verdict)) {
        note_told(turn, received);
        return verdict;
    }
    if (!triage_read_and_assess(turn, received, content, &reading, &assessment) ||
        !sequel_look(turn, received, &reading, &assessment, &how, &last))
        return VERDICT_RETRY;
    if (how == SEQUEL_CERTAIN) {
        if (follow_last(turn, received, &content, &last, &verdict)) {
            sequel_note(turn, received, &last);
            return verdict;
        }
        if (!triage_read_and_assess(turn, received, content, &reading, &assessment))
            return VERDICT_RETRY;
    }
    verdict =
        receive_alone(turn, received, content, &reading, &assessment, how == SEQUEL_ALIKE ? &last : NULL);
    note_told(turn, received);
    return verdict;
}
