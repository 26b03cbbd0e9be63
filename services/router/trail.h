/* The trail of a referral: every facility that was looked at, with its reason, and the offer it got. One blob
 * in the referral's row, so that a case with ten candidates costs no more rows than one with none. */
#pragma once

#include "common/id.h"
#include "services/router/plan.h"

enum {
    TRAIL_MAX = 96,         /* entries: PLAN_CANDIDATES_MAX and those asked before */
    TRAIL_DETAIL_MAX = 128, /* bytes of the names of facts */
    TRAIL_DISTANCE_UNKNOWN = 0xffff,
};

struct trail_entry {
    char facility[DIRECTORY_ID_MAX];
    uint8_t step;
    enum verdict_of_match verdict;
    enum match_reason reason;
    bool own_area, picked;
    uint16_t distance_km;
    char detail[TRAIL_DETAIL_MAX]; /* facts: that exclude, that are not known, or that the facility has to
                                      confirm */
    struct id offer;               /* null: none */
    enum offer_state offer_state;
    bool said_full;
    bool ours; /* the router took the offer back by itself: that is no past */
};

struct trail {
    unsigned count;
    struct trail_entry entries[TRAIL_MAX];
};

/* Unreadable bytes give what could be read: the trail explains, and says who was asked. */
void trail_read(const void *bytes, size_t size, struct trail *out);
const void *trail_write(struct arena *arena, const struct trail *trail, size_t *size);
struct trail_entry *trail_find_offer(struct trail *trail, const struct id *offer);
struct trail_entry *trail_find(struct trail *trail, const char *facility);
/* The plan's candidates in place of the old ones; who was asked stays. */
void trail_renew(struct trail *trail, const struct plan *plan, const struct fact_table *facts);
/* An entry for a facility; when the trail is full the last one without an offer gives way. NULL: none does.
 */
struct trail_entry *trail_add(struct trail *trail, const char *facility);
/* Those who were asked and did not take it, for route_plan_make. Returns how many. */
unsigned trail_past(
    const struct trail *trail, const struct id *open_offer, struct past_offer *out, unsigned max);
