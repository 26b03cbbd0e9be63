/* A report by the ticket that its reporter quotes on the telephone.
 *
 *   GET /api/find?ticket=...      {"case_id": ...} of the case it belongs to, or {"report_id": ...} of a
 * report in review
 *
 * The ticket is the reporter's and is kept by intake alone, which knows no areas. So triage is asked in the
 * name of the account whether the case, or the report, is theirs to see: what is not theirs is not found. */
#pragma once

#include "exchange.h"

void find_begin(struct exchange *exchange);
/* An answer to one of the questions has come. */
void find_came(struct turn *turn, struct wait *wait, const struct effect_result *result);
/* Nobody has answered in time. */
void find_late(struct turn *turn, struct wait *wait);
