/* The one way in: every source and the door end here. Writes the report's row and its record in the open
 * transaction, in which it was also looked whether it is a duplicate: nobody else writes this store. */
#pragma once

#include "common/problem.h"
#include "common/ticket.h"
#include "common/turn.h"
#include "services/intake/state.h"
#include "services/intake/submission.h"

enum receipt_kind {
    RECEIPT_TAKEN,
    RECEIPT_AGAIN,  /* known already: the first ticket, nothing written */
    RECEIPT_REFUSED /* nothing written; the problem says why */
};

struct receipt {
    enum receipt_kind kind;
    struct ticket ticket; /* of the first report, when this one joins it */
    struct id report;     /* this one; of a duplicate: the one it repeats */
    struct id first;      /* the one it joins, else the same as report */
    bool urgent;          /* may be urgent: the caller says so, or it holds danger words */
    struct problem problem;
};

/* At the start, before anything is received: finds the keys of the reports that are kept. False: later. */
bool intake_reports_open(struct turn *turn);

/* Checks the submission and takes it, or says why not. token: whose allowance it counts against, NULL:
 * nobody's. What may be urgent is refused only when it cannot be used at all: never for too many at once,
 * never to save disk. */
void intake_receive(struct turn *turn, struct submission *submission, const struct intake_token *token,
    struct receipt *receipt);

/* How much of a text one report holds: up to a line's or a word's end, so that no word falls apart. */
size_t intake_report_size(const char *text);
/* What of whole->text, which is NUL-terminated, is behind its text_size follows in reports that join the
 * first, each known by a number behind the id. *receipt: of the first, taken now or before; when one is
 * refused for want of room it says so, and whoever sent it is to come again: what was taken is known. */
void intake_receive_rest(struct turn *turn, const struct submission *whole, const struct intake_token *token,
    struct receipt *receipt);

/* Has a report of this duplicate key been taken? Then *receipt says which, kind RECEIPT_AGAIN. Nothing is
 * written. */
bool intake_known(struct turn *turn, const struct submission *submission, struct receipt *receipt);
/* The report that `report` joined, with the ticket of that one. False, and *first untouched: it stands alone.
 */
bool intake_first_of(struct turn *turn, const struct id *report, struct first_report *first);
/* A ticket that somebody quotes: the report it belongs to. False: none that we know. */
bool intake_report_of_ticket(struct turn *turn, const struct ticket *ticket, struct id *report);
/* The report whose ticket stands anywhere in a text. False: no number in it is a ticket of ours; then it is
 * text like any other, and nobody learns more than that. */
bool intake_report_named(struct turn *turn, const char *text, size_t size, struct first_report *out);
/* The ticket of a time (epoch ms) with this random part. */
struct ticket intake_ticket_of(uint8_t seed[SEAL_HASH_BYTES], int64_t at_ms);
/* The key of a ticket's row. */
void intake_ticket_key(
    const struct seal_hash_keys *keys, const struct ticket *ticket, uint8_t key[SEAL_HASH_BYTES]);
