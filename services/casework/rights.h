/* Who may see and do what with a case file, on top of common/rights.h (classes: roles.yaml). */
#pragma once

#include "common/rights.h"
#include "common/store.h"
#include "proto/common.pb-c.h"
#include "services/casework/case_file.h"
#include "services/casework/places.h"

#include <stdbool.h>

enum { RIGHTS_RANGES = RIGHTS_AREAS + 1, RIGHTS_TEXT = 16, RIGHTS_PATTERN = 64 };

/* Bound texts: must live until the statement has run. */
struct rights_query {
    char texts[RIGHTS_RANGES][2][RIGHTS_TEXT];
    char patterns[RIGHTS_FACILITIES][RIGHTS_PATTERN];
    unsigned used;
};

/* The predicate of a query, in the order of statements.sql: eight ranges of areas, four facilities. Areas
 * count for who works in an area, facilities for staff of a facility. More are cut off: that shows less,
 * never more. */
void rights_bind(struct rights_query *query, struct statement *statement, const Sigap__Actor *actor);
/* A range of area codes for a prefix; "" is everywhere. */
void rights_bind_area(struct rights_query *query, struct statement *statement, const char *prefix);

/* May be part of what is reported, themselves or as staff of an institution that is accused (institutions.h):
 * the case is not there for them. */
bool rights_conflict(const struct places *places, const Sigap__Actor *actor, const struct case_file *file);
/* C3: the inside of the file only for TRI, PPA, PKS and KOR; others see the number. */
bool rights_inside(const Sigap__Actor *actor, const struct case_file *file);
/* Administrators and auditors never see what reporters wrote. */
bool rights_narrative(const struct places *places, const Sigap__Actor *actor, const struct case_file *file);
/* A task may be moved by who has its role, by who answers for an agency without account, by operators and
 * coordinators. role: of the task; answering: owner_role() of it. */
bool rights_task(const struct places *places, const Sigap__Actor *actor, const struct case_file *file,
    const char *role, const char *answering);
bool rights_fact(const struct places *places, const Sigap__Actor *actor, const struct case_file *file);
bool rights_close(const struct places *places, const Sigap__Actor *actor, const struct case_file *file);
