/* Which facilities are one institution, and which of them a case accuses (conflict of interest, ESC-10): the
 * one question that every daemon must answer alike. A facility that is named is out with its whole
 * institution. Where a report accuses those who would receive the case and nobody knows which, all of the
 * case's regency are, until somebody finds out.
 *
 * From facilities.yaml, which the router checks; read-only after loading. */
#pragma once

#include "common/error.h"
#include "common/extract.h"
#include "proto/common.pb-c.h"

#include <stdbool.h>

struct institutions;

/* An office that is accused instead of a facility: this and its role, "office:TKSK". Those of that role in
 * the case's regency are out. */
#define INSTITUTIONS_OFFICE "office:"
bool institutions_is_office(const char *id);

/* Both NULL with a sentence. facilities: facilities.yaml, of who has it open already; it is not kept. */
struct institutions *institutions_read(const struct extract *facilities, struct error *error);
struct institutions *institutions_load(const char *site_dir, struct error *error);
void institutions_free(struct institutions **institutions);
/* The institution that a facility is part of: its own id when it stands alone, or nobody knows it. */
const char *institutions_of(const struct institutions *institutions, const char *facility);

/* Does the fact name any facility or office, or say that it is none of them? A word that is no facility, but
 * for "no", says nothing: it would let the one that is meant in again. */
bool institutions_tell_who(const struct institutions *institutions, const char *facilities);

/* What a case accuses. The texts are the caller's. */
struct accusation {
    const char *facilities; /* ids; "" for none */
    const char *area;       /* of the case, "" when it is not known */
    bool of_unknown;        /* somebody there, and it is not known who */
};

/* From two facts of a case, RIGHTS_CONFLICT_OF_INTEREST and RIGHTS_CONFLICT_FACILITY; NULL: not said. */
struct accusation institutions_accusation(
    const struct institutions *institutions, const char *interest, const char *facilities, const char *area);
/* Is the facility out of the chain of a case that accuses so? */
bool institutions_accused(
    const struct institutions *institutions, const struct accusation *accusation, const char *facility);
/* Is an office out, that has the role for the area? Of the whole province ("35", "*", "") none is: it is
 * told. */
bool institutions_accused_office(const struct accusation *accusation, const char *role, const char *area);
/* Is the actor, who may be NULL, staff of such a one, or of an office that is accused? */
bool institutions_accuse_staff(
    const struct institutions *institutions, const struct accusation *accusation, const Sigap__Actor *actor);
