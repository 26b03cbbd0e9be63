/* A report comes in: opened, judged, and settled in exactly one way. */
#include "services/triage/state.h"

#include "proto/intake.pb-c.h"

#include <stdlib.h>
#include <string.h>

enum {
    REVIEW_DANGER_MS = 15 * 60 * 1000, /* a person decides within: domain 4a, human acknowledgement of P0 */
    COPY_BYTES_MIN = 40,               /* shorter texts ("tolong!") are alike by chance */
};

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
    return assess(&triage->site.assessor, triage->scratch, &report, out);
}

static void set_report(
    struct turn *turn, const struct id *report_id, enum report_state state, const struct id *case_id) {
    struct statement *set = triage_use(turn->store, TRIAGE_REPORT_SET);
    bind_id(set, report_id);
    bind_int(set, state);
    bind_id(set, case_id);
    bind_int(set, turn->now);
    statement_run(set);
}

/* ---- opening a case ---- */

static void add_facts(struct turn *turn, const struct assessment *assessment, Sigap__CaseOpened *opened) {
    opened->facts = arena_take(turn->arena, (assessment->fact_count + 1) * sizeof *opened->facts);
    Sigap__Fact *facts = arena_take(turn->arena, (assessment->fact_count + 1) * sizeof *facts);
    if (!opened->facts || !facts)
        return;
    for (size_t i = 0; i < assessment->fact_count; i++) {
        sigap__fact__init(&facts[i]);
        facts[i].name = (char *)assessment->facts[i].name;
        facts[i].value = (char *)assessment->facts[i].value;
        facts[i].source = (char *)"text";
        opened->facts[opened->n_facts++] = &facts[i];
    }
}

static void add_words(struct turn *turn, const struct assessment *assessment, Sigap__CaseOpened *opened) {
    opened->kinds = arena_take(turn->arena, sizeof(char *) * ASSESSMENT_KINDS_MAX);
    opened->area_candidates = arena_take(turn->arena, sizeof(char *) * PLACE_CANDIDATES_MAX);
    opened->reasons = arena_take(turn->arena, sizeof(char *) * 16);
    if (!opened->kinds || !opened->area_candidates || !opened->reasons)
        return;
    for (size_t i = 1; i < assessment->kind_count; i++)
        if (assessment->kinds[i].score >= 0.1f)
            opened->kinds[opened->n_kinds++] = (char *)assessment->kinds[i].kind;
    for (size_t i = 0; i < assessment->area_candidate_count; i++)
        opened->area_candidates[opened->n_area_candidates++] = (char *)assessment->area_candidates[i];
    for (size_t i = 0; i < assessment->reason_count; i++)
        opened->reasons[opened->n_reasons++] = (char *)assessment->reasons[i];
}

static bool is_child(const struct assessment *assessment) {
    for (size_t i = 0; i < assessment->fact_count; i++)
        if (strcmp(assessment->facts[i].name, "age") == 0)
            return atoi(assessment->facts[i].value) < 18;
    return false;
}

/* Where a kind has two playbooks (kekerasan_seksual: child or woman) the age decides; unknown takes the
 * first, which is the stricter. */
static const char *playbook_of(const struct triage *triage, const struct assessment *assessment) {
    const struct site_kind *kind = site_kinds_find(triage->site.kinds, assessment->kind);
    if (!kind || !kind->playbooks_count)
        return "";
    bool adult = false;
    for (size_t i = 0; i < assessment->fact_count; i++)
        if (strcmp(assessment->facts[i].name, "age") == 0)
            adult = !is_child(assessment);
    return kind->playbooks[kind->playbooks_count > 1 && adult ? 1 : 0];
}

/* What is kept of the reasons: the heaviest. All of them would be 3 KiB a case, more than everything else
 * triage writes. */
static void keep_heaviest(const struct assessment *assessment, struct assessment *brief) {
    enum { KEPT = 8 };
    *brief = *assessment;
    for (size_t i = 0; i < KEPT && i < brief->evidence_count; i++) {
        size_t heaviest = i;
        for (size_t k = i + 1; k < brief->evidence_count; k++)
            if (brief->evidence[k].weight > brief->evidence[heaviest].weight)
                heaviest = k;
        struct evidence swap = brief->evidence[i];
        brief->evidence[i] = brief->evidence[heaviest];
        brief->evidence[heaviest] = swap;
    }
    if (brief->evidence_count > KEPT)
        brief->evidence_count = KEPT;
}

/* The narrative goes over under the case's own key; destroying that key erases the case. */
static bool seal_case(struct turn *turn, const struct id *case_id, const struct id *report_id,
    const Sigap__ReportContent *content, const struct assessment *assessment, Sigap__CaseOpened *opened,
    ProtobufCBinaryData *evidence) {
    struct triage *triage = turn->state;
    struct seal_case_key key;
    size_t size = sigap__report_content__get_packed_size(content);
    uint8_t *plain = arena_take(turn->arena, size + 1);
    opened->case_key.data = arena_take(turn->arena, SEAL_CASE_KEY_BYTES);
    opened->case_key.len = SEAL_CASE_KEY_BYTES;
    struct assessment brief;
    keep_heaviest(assessment, &brief);
    char *json = assess_to_json(&brief);
    bool sound = plain && opened->case_key.data && json;
    if (sound) {
        sigap__report_content__pack(content, plain);
        seal_case_key_make(case_id, triage->random, &key);
        seal_case_key_wrap(triage->opener, &key, triage->random, opened->case_key.data);
        sound = seal_field(&key, &(struct seal_place){*report_id, "narrative", 0}, plain, size,
                    triage->random, turn->arena, &opened->narrative) &&
                seal_field(&key, &(struct seal_place){*case_id, "evidence", 0}, json, strlen(json),
                    triage->random, turn->arena, evidence);
        seal_case_key_wipe(&key);
    }
    free(json);
    return sound;
}

static void insert_case(struct turn *turn, const struct id *case_id, const struct id *report_id,
    const struct assessment *assessment, const Sigap__CaseOpened *opened, const ProtobufCBinaryData *evidence,
    const struct chain *chain) {
    char reasons[256] = "";
    for (size_t i = 0, used = 0; i < assessment->reason_count && used < sizeof reasons; i++)
        used += (size_t)snprintf(
            reasons + used, sizeof reasons - used, "%s%s", i ? " " : "", assessment->reasons[i]);
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
    statement_run(insert);
}

static void keep_fingerprint(
    struct turn *turn, const Sigap__ReportReceived *received, const struct id *case_id) {
    if (!received->content_hash.len)
        return;
    struct statement *set = triage_use(turn->store, TRIAGE_FINGERPRINT_SET);
    bind_blob(set, received->content_hash.data, received->content_hash.len);
    bind_id(set, case_id);
    bind_int(set, turn->now);
    statement_run(set);
}

enum verdict triage_open_case(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct assessment *assessment, struct id *case_id) {
    struct triage *triage = turn->state;
    Sigap__CaseOpened opened = SIGAP__CASE_OPENED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    ProtobufCBinaryData evidence = {0, NULL};
    struct chain chain = {0};
    struct id report_id;
    id_from_bytes(received->report_id.data, received->report_id.len, &report_id);
    *case_id = turn_id(turn);
    opened.report_id = received->report_id;
    opened.kind = (char *)assessment->kind;
    opened.priority = triage_priority_out((int)assessment->priority);
    opened.area = (char *)assessment->area;
    opened.confidence_permille = (uint32_t)(assessment->confidence * 1000.0f);
    opened.confidentiality =
        (Sigap__Confidentiality)(SIGAP__CONFIDENTIALITY__CONFIDENTIALITY_C0 + assessment->confidentiality);
    opened.unverified = assessment->possible_danger && assessment->review;
    opened.playbook = (char *)playbook_of(triage, assessment);
    opened.received_at = received->received_at;
    opened.channel = received->channel;
    add_facts(turn, assessment, &opened);
    add_words(turn, assessment, &opened);
    if (!seal_case(turn, case_id, &report_id, content, assessment, &opened, &evidence))
        return VERDICT_RETRY;
    event.body_case = SIGAP__EVENT__BODY_CASE_OPENED;
    event.case_opened = &opened;
    event.case_id = turn_bytes(turn, case_id);
    turn_append_chained(
        turn, triage_lane((int)assessment->priority, assessment->possible_danger), &event, &chain);
    insert_case(turn, case_id, &report_id, assessment, &opened, &evidence, &chain);
    set_report(turn, &report_id, REPORT_CASE, case_id);
    keep_fingerprint(turn, received, case_id);
    return VERDICT_DONE;
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
    set_report(turn, report_id, REPORT_INFORMATION, NULL);
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

static enum verdict send_to_review(struct turn *turn, const Sigap__ReportReceived *received,
    const struct id *report_id, const struct assessment *assessment) {
    Sigap__ReportInReview review = SIGAP__REPORT_IN_REVIEW__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    bool danger = assessment->possible_danger || received->urgent;
    review.report_id = received->report_id;
    review.danger = danger;
    review.priority = triage_priority_out((int)assessment->priority);
    review.kind = (char *)assessment->kind;
    review.area = (char *)assessment->area;
    review.reason = (char *)review_reason_name(assessment->review_reason);
    review.owner_role = (char *)"TRI";
    review.decide_by = decide_by(turn, assessment);
    event.body_case = SIGAP__EVENT__BODY_REPORT_IN_REVIEW;
    event.report_in_review = &review;
    turn_append(turn, danger ? LANE_URGENT : LANE_NORMAL, &event);
    size_t size = sigap__report_received__get_packed_size(received);
    uint8_t *packed = arena_take(turn->arena, size + 1);
    if (!packed)
        return VERDICT_RETRY;
    sigap__report_received__pack(received, packed);
    struct statement *insert = triage_use(turn->store, TRIAGE_REVIEW_INSERT);
    bind_id(insert, report_id);
    bind_int(insert, turn->now);
    bind_text(insert, assessment->kind);
    bind_int(insert, assessment->priority);
    bind_text(insert, assessment->area);
    bind_text(insert, review.reason);
    bind_int(insert, danger);
    bind_text(insert, review.owner_role);
    bind_int(insert, review.decide_by);
    bind_int(insert, turn->training);
    bind_blob(insert, packed, size);
    statement_run(insert);
    set_report(turn, report_id, REPORT_IN_REVIEW, NULL);
    return VERDICT_DONE;
}

/* ---- heard before? ---- */

/* A copy of a text that has opened a case of the same kind family and area, within the time in which the
 * kind's reports are taken for one case. Short texts, and texts without a place, are alike by chance: they
 * open cases of their own. */
static bool find_copied(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct assessment *assessment, struct open_case *out) {
    struct triage *triage = turn->state;
    const struct site_kind *kind = site_kinds_find(triage->site.kinds, assessment->kind);
    if (!received->content_hash.len || !assessment->area[0] || strlen(content->text) < COPY_BYTES_MIN ||
        !kind)
        return false;
    struct statement *get = triage_use(turn->store, TRIAGE_FINGERPRINT_GET);
    bind_blob(get, received->content_hash.data, received->content_hash.len);
    struct id case_id = {0};
    int64_t at = 0;
    if (statement_step(get)) {
        case_id = column_id(get, 0);
        at = column_int(get, 1);
    }
    statement_end(get);
    int64_t within = (int64_t)duration_ms(kind->same_case_within);
    return !id_is_null(&case_id) && turn->now - at <= within && case_read(turn, &case_id, out) &&
           !out->closed_at && strcmp(out->area, assessment->area) == 0;
}

static enum verdict join(struct turn *turn, const Sigap__ReportReceived *received,
    const Sigap__ReportContent *content, const struct id *report_id, struct open_case *found) {
    struct triage *triage = turn->state;
    struct seal_case_key key;
    Sigap__ReportJoined joined = SIGAP__REPORT_JOINED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    size_t size = sigap__report_content__get_packed_size(content);
    uint8_t *plain = arena_take(turn->arena, size + 1);
    if (!plain || seal_case_key_unwrap(triage->opener, &found->case_id, found->case_key.data,
                      found->case_key.len, &key) != SEAL_OPENED)
        return plain ? turn_park(turn, "the case's key does not open") : VERDICT_RETRY;
    sigap__report_content__pack(content, plain);
    bool sealed = seal_field(&key, &(struct seal_place){*report_id, "narrative", 0}, plain, size,
        triage->random, turn->arena, &joined.narrative);
    seal_case_key_wipe(&key);
    if (!sealed)
        return VERDICT_RETRY;
    joined.report_id = received->report_id;
    joined.copy = true;
    event.body_case = SIGAP__EVENT__BODY_REPORT_JOINED;
    event.report_joined = &joined;
    event.case_id = turn_bytes(turn, &found->case_id);
    turn_append_chained(turn, triage_lane(found->priority, false), &event, &found->chain);
    struct statement *chain = triage_use(turn->store, TRIAGE_CASE_CHAIN);
    bind_int(chain, found->chain.lane);
    bind_int(chain, (int64_t)found->chain.sequence);
    bind_id(chain, &found->case_id);
    statement_run(chain);
    set_report(turn, report_id, REPORT_JOINED, &found->case_id);
    return VERDICT_DONE;
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

enum verdict triage_receive(struct turn *turn, const Sigap__ReportReceived *received) {
    struct triage *triage = turn->state;
    enum verdict verdict = VERDICT_DONE;
    struct assessment assessment;
    struct open_case copied;
    struct id report_id, case_id;
    arena_reset(triage->scratch);
    Sigap__ReportContent *content = triage_open_content(turn, received, &verdict);
    if (!content)
        return verdict;
    id_from_bytes(received->report_id.data, received->report_id.len, &report_id);
    if (!triage_assess(turn, received, content, &assessment))
        return VERDICT_RETRY;
    if (find_copied(turn, received, content, &assessment, &copied))
        return join(turn, received, content, &report_id, &copied);
    if (needs_person(&assessment))
        return send_to_review(turn, received, &report_id, &assessment);
    if (assessment.opens_case)
        return triage_open_case(turn, received, content, &assessment, &case_id);
    if (assessment.possible_danger || received->urgent) /* the machine never closes what may be a life */
        return send_to_review(turn, received, &report_id, &assessment);
    return triage_close_report(turn, &report_id, assessment.kind, "information", "triage");
}
