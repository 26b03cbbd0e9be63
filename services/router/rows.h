/* Rows of the router's store as structs. Texts and blobs read live in the turn's arena. */
#pragma once

#include "common/turn.h"
#include "services/router/trail.h"

struct referral {
    struct id case_id; /* also the referral's own id */
    Sigap__ReferralState state;
    const char *kind;
    int priority; /* 0..4 */
    const char *area;
    int confidentiality; /* 0..3 */
    bool training;
    enum lane lane; /* of the last record about it */
    uint64_t version;
    const char *rule, *plan, *owner_role;
    const char *missing; /* names of facts, separated by spaces */
    bool override;
    unsigned refusals;
    struct id offer; /* the open one; null: none */
    int64_t opened_at, moved_at;
    int64_t province_at; /* timer that tells the province; 0: not set */
    bool closed;         /* the case is closed */
    struct pairs facts;
    struct trail trail;
    struct id trace; /* report at whose arrival it began */
    struct id last_command;
};

struct offer {
    struct id id, case_id;
    const char *facility;
    struct offer_standing standing;
    enum offer_hold hold;
    uint64_t version;
    unsigned rank;
    bool ask_first, by_hand;
    int64_t sent_at, answer_by, since;
    int64_t start_from; /* the time to start counts from here */
    bool arrived;       /* the client; that time is over then */
    uint32_t done;
    enum offer_mark mark;
    int64_t due_at;
    unsigned escalation;
    const char *kind;
    int priority;
    const char *area; /* to the district at most */
    const char *age_band, *sex;
    const char *reason; /* code */
    struct id last_command;
};

struct capacity_row {
    bool exists;
    struct capacity capacity;
    uint64_t version;
    struct id last_command;
};

/* Facilities a referral waits for: it found them full, and has no place. */
struct waits {
    bool later; /* behind P0 and P1 */
    unsigned count;
    char facilities[TRAIL_MAX][DIRECTORY_ID_MAX];
};

void referrals_begin(struct turn *turn); /* at the start */
/* What the row at hand waits for. */
void waits_of(const struct referral *referral, struct waits *out);
/* The rows of those who wait, from what they say to what they shall say. */
void waits_renew(
    struct turn *turn, const struct id *case_id, const struct waits *before, const struct waits *after);
/* At most so many who wait for a facility, who is urgent and the oldest first. Returns how many. */
unsigned waits_for(struct turn *turn, const char *facility, struct id *ids, unsigned max);
bool referral_get(struct turn *turn, const struct id *case_id, struct referral *out);
void referral_insert(struct turn *turn, const struct referral *referral);
void referral_update(struct turn *turn, const struct referral *referral);
void referral_delete(struct turn *turn, const struct id *case_id);

bool offer_get(struct turn *turn, const struct id *id, struct offer *out);
bool offer_of(struct turn *turn, const struct referral *referral, struct offer *out); /* the open one */
void offer_insert(struct turn *turn, const struct offer *offer);
void offer_update(struct turn *turn, const struct offer *offer);
void offer_delete(struct turn *turn, const struct id *id);
/* The columns of a row at hand, for lists. */
void offer_read(struct turn *turn, struct statement *row, struct offer *out);

/* Today's places: the row, or what the directory says as long as nobody has said otherwise. */
void capacity_get(struct turn *turn, const struct facility *facility, struct capacity_row *out);
void capacity_put(struct turn *turn, const struct facility *facility, const struct capacity_row *row);
/* One more place held; false when none is free or the number is not known. */
bool capacity_hold(struct turn *turn, const struct facility *facility);
void capacity_release(struct turn *turn, const char *facility, bool taken_for_good);
