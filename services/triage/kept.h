/* A judgement as triage keeps it beside its case: the message Assessment, a third of the size of the JSON
 * that people are shown. Every case writes one, and it is most of the row. */
#pragma once

#include "services/triage/assess.h"

#include "proto/triage.pb-c.h"

/* In the arena; data NULL: it is exhausted. Of the evidence only the heaviest is kept. alike: as in
 * CaseOpened. */
ProtobufCBinaryData assessment_pack(
    struct arena *arena, const struct assessment *assessment, Sigap__Alike **alike, size_t alike_count);
/* As assess_to_json() tells it, with "alike": [{"id","score"}] when there are some. What begins with a brace
 * is JSON already, of a store from before. malloc'd; NULL: it cannot be read, or memory ran out. */
char *assessment_to_json(struct arena *arena, const ProtobufCBinaryData *kept);
