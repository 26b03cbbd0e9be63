/* What is kept of a judgement, see kept.h. */
#include "services/triage/kept.h"

#include "common/id.h"
#include "common/wire.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEAVIEST = 8, /* of the evidence. All of it would be more than everything else that triage writes */
    PACKED_MAX = 16 * 1024,
    ALIKE_JSON = 64, /* {"id":"26 letters","score":0.123}, */
    SHARE = 10000,
    HUNDREDTHS = 100,
    PERMILLE = 1000,
};

/* ---- to the message ---- */

/* A list of pointers to as many messages, all zero. NULL: nothing to list, or the arena is exhausted. */
static void *list_of(struct arena *arena, size_t count, size_t size, void **messages) {
    *messages = count ? arena_take(arena, count * size) : NULL;
    void **list = *messages ? arena_take(arena, count * sizeof *list) : NULL;
    for (size_t i = 0; list && i < count; i++)
        list[i] = (char *)*messages + i * size;
    return list;
}

static void put_kinds(struct arena *arena, const struct assessment *from, Sigap__Assessment *to) {
    Sigap__Share *shares;
    to->kinds = list_of(arena, from->kind_count, sizeof *shares, (void **)&shares);
    to->n_kinds = to->kinds ? from->kind_count : 0;
    for (size_t i = 0; i < to->n_kinds; i++) {
        sigap__share__init(&shares[i]);
        shares[i].code = (char *)from->kinds[i].kind;
        shares[i].parts = (uint32_t)lroundf(from->kinds[i].score * SHARE);
    }
}

/* In order: they need no code. Told in thousandths, so rounded to them once, not to parts and then again. */
static void put_priorities(struct arena *arena, const struct assessment *from, Sigap__Assessment *to) {
    Sigap__Share *shares;
    to->priorities = list_of(arena, PRIORITIES, sizeof *shares, (void **)&shares);
    to->n_priorities = to->priorities ? PRIORITIES : 0;
    for (size_t i = 0; i < to->n_priorities; i++) {
        sigap__share__init(&shares[i]);
        shares[i].parts = (uint32_t)lroundf(from->priorities[i] * PERMILLE) * (SHARE / PERMILLE);
    }
}

static void put_also(struct arena *arena, const struct assessment *from, Sigap__Assessment *to) {
    to->also = arena_take(arena, (from->also_count + 1) * sizeof *to->also);
    for (size_t i = 0; to->also && i < from->also_count; i++)
        to->also[to->n_also++] = (char *)from->also[i];
    if (to->also && from->parent_kind[0])
        to->also[to->n_also++] = (char *)from->parent_kind;
}

static void put_area(struct arena *arena, const struct assessment *from, Sigap__Assessment *to) {
    to->area = (char *)from->area;
    to->area_candidates = arena_take(arena, (from->area_candidate_count + 1) * sizeof *to->area_candidates);
    for (size_t i = 0; to->area_candidates && i < from->area_candidate_count; i++)
        to->area_candidates[to->n_area_candidates++] = (char *)from->area_candidates[i];
}

static void put_facts(struct arena *arena, const struct assessment *from, Sigap__Assessment *to) {
    Sigap__Fact *facts;
    to->facts = list_of(arena, from->fact_count, sizeof *facts, (void **)&facts);
    to->n_facts = to->facts ? from->fact_count : 0;
    for (size_t i = 0; i < to->n_facts; i++) {
        sigap__fact__init(&facts[i]);
        facts[i].name = (char *)from->facts[i].name;
        facts[i].value = (char *)from->facts[i].value;
    }
}

/* The heaviest that comes after `before` in the order of weight, and among equals in that of the list. */
static const struct evidence *next_heaviest(const struct assessment *from, const struct evidence *before) {
    const struct evidence *heaviest = NULL;
    for (const struct evidence *one = from->evidence; one < from->evidence + from->evidence_count; one++) {
        bool later =
            !before || one->weight < before->weight || (one->weight == before->weight && one > before);
        if (later && (!heaviest || one->weight > heaviest->weight))
            heaviest = one;
    }
    return heaviest;
}

static void put_evidence(struct arena *arena, const struct assessment *from, Sigap__Assessment *to) {
    Sigap__Evidence *evidence;
    size_t most = from->evidence_count < HEAVIEST ? from->evidence_count : HEAVIEST;
    const struct evidence *one = NULL;
    to->evidence = list_of(arena, most, sizeof *evidence, (void **)&evidence);
    while (to->evidence && to->n_evidence < most && (one = next_heaviest(from, one))) {
        Sigap__Evidence *told = &evidence[to->n_evidence++];
        sigap__evidence__init(told);
        told->what = (char *)one->what;
        told->rule = (char *)one->rule;
        told->words = (char *)one->words;
        told->hundredths = lroundf(one->weight * HUNDREDTHS);
    }
}

static ProtobufCBinaryData pack(struct arena *arena, Sigap__Assessment *message) {
    uint8_t *packed = arena_take(arena, PACKED_MAX);
    if (!packed || arena_exhausted(arena))
        return (ProtobufCBinaryData){0, NULL};
    size_t size = wire_pack(&message->base, packed, PACKED_MAX);
    if (size == WIRE_TOO_LONG && message->n_evidence) {
        message->n_evidence = 0; /* quotes as long as the report: the case opens all the same */
        return pack(arena, message);
    }
    arena_shrink(arena, packed, size);
    return (ProtobufCBinaryData){size, size ? packed : NULL};
}

ProtobufCBinaryData assessment_pack(
    struct arena *arena, const struct assessment *assessment, Sigap__Alike **alike, size_t alike_count) {
    Sigap__Assessment message = SIGAP__ASSESSMENT__INIT;
    message.kind = (char *)assessment->kind;
    message.priority = assessment->priority;
    message.confidence_permille = (uint32_t)lroundf(assessment->confidence * PERMILLE);
    message.review_reason = (char *)review_reason_name(assessment->review_reason);
    message.possible_danger = assessment->possible_danger;
    message.opens_case = assessment->opens_case;
    message.confidentiality = (uint32_t)assessment->confidentiality;
    message.alike = alike;
    message.n_alike = alike_count;
    put_kinds(arena, assessment, &message);
    put_also(arena, assessment, &message);
    put_priorities(arena, assessment, &message);
    put_area(arena, assessment, &message);
    put_facts(arena, assessment, &message);
    put_evidence(arena, assessment, &message);
    return pack(arena, &message);
}

/* ---- and back ---- */

static size_t least(size_t one, size_t other) {
    return one < other ? one : other;
}

static enum review_reason reason_named(const char *name) {
    for (enum review_reason reason = REVIEW_NONE; reason <= REVIEW_EMPTY; reason++)
        if (strcmp(name, review_reason_name(reason)) == 0)
            return reason;
    return REVIEW_NONE;
}

static void take_area(const Sigap__Assessment *from, struct assessment *to) {
    snprintf(to->area, sizeof to->area, "%s", from->area);
    to->area_candidate_count = least(from->n_area_candidates, PLACE_CANDIDATES_MAX);
    for (size_t i = 0; i < to->area_candidate_count; i++)
        snprintf(to->area_candidates[i], sizeof to->area_candidates[i], "%s", from->area_candidates[i]);
}

static void take_reasons(const Sigap__Assessment *from, struct assessment *to) {
    to->fact_count = least(from->n_facts, FACTS_MAX);
    for (size_t i = 0; i < to->fact_count; i++)
        to->facts[i] = (struct fact){.name = from->facts[i]->name, .value = from->facts[i]->value};
    to->evidence_count = least(from->n_evidence, ASSESSMENT_EVIDENCE_MAX);
    for (size_t i = 0; i < to->evidence_count; i++)
        to->evidence[i] = (struct evidence){.what = from->evidence[i]->what,
            .rule = from->evidence[i]->rule,
            .words = from->evidence[i]->words,
            .weight = (float)from->evidence[i]->hundredths / HUNDREDTHS};
}

static void take_scores(const Sigap__Assessment *from, struct assessment *to) {
    to->kind_count = least(from->n_kinds, ASSESSMENT_KINDS_MAX);
    for (size_t i = 0; i < to->kind_count; i++)
        to->kinds[i] = (struct kind_score){from->kinds[i]->code, (float)from->kinds[i]->parts / SHARE};
    for (size_t i = 0; i < least(from->n_priorities, PRIORITIES); i++)
        to->priorities[i] = (float)from->priorities[i]->parts / SHARE;
    to->also_count = least(from->n_also, MATTERS_MAX);
    for (size_t i = 0; i < to->also_count; i++)
        to->also[i] = from->also[i];
}

static void take(const Sigap__Assessment *from, struct assessment *to) {
    *to = (struct assessment){.kind = from->kind,
        .parent_kind = "", /* among `also` */
        .priority = (enum priority)least(from->priority, PRIORITIES - 1),
        .confidence = (float)from->confidence_permille / PERMILLE,
        .review_reason = reason_named(from->review_reason),
        .possible_danger = from->possible_danger,
        .opens_case = from->opens_case,
        .confidentiality = (int)from->confidentiality};
    to->review = to->review_reason != REVIEW_NONE;
    take_scores(from, to);
    take_area(from, to);
    take_reasons(from, to);
}

/* The object, with the cases that it looked like as its last member. Takes json over. */
static char *with_alike(char *json, Sigap__Alike *const *alike, size_t count) {
    size_t used = json ? strlen(json) : 0, room = used + 16 + count * ALIKE_JSON;
    char *longer = json && count ? realloc(json, room) : json, text[ID_TEXT + 1];
    struct id id;
    if (!longer)
        free(json);
    if (!longer || !count)
        return longer;
    used += (size_t)snprintf(longer + used - 1, room - used, ",\"alike\":[") - 1;
    for (size_t i = 0; i < count; i++) {
        id_from_bytes(alike[i]->case_id.data, alike[i]->case_id.len, &id);
        id_to_text(&id, text);
        used += (size_t)snprintf(longer + used, room - used, "%s{\"id\":\"%s\",\"score\":%u.%03u}",
            i ? "," : "", text, alike[i]->permille / 1000 % 10, alike[i]->permille % 1000);
    }
    snprintf(longer + used, room - used, "]}");
    return longer;
}

char *assessment_to_json(struct arena *arena, const ProtobufCBinaryData *kept) {
    if (kept->len && kept->data[0] == '{')
        return strndup((const char *)kept->data, kept->len);
    const Sigap__Assessment *message =
        wire_unpack(&sigap__assessment__descriptor, arena, kept->data, kept->len);
    struct assessment *assessment = message ? arena_take(arena, sizeof *assessment) : NULL;
    if (!assessment)
        return NULL;
    take(message, assessment);
    return with_alike(assess_to_json(assessment), message->alike, message->n_alike);
}
