/* What an arrival at a facility means for the time of tasks: hospital, shelter or another placement. From the
 * types of facilities.yaml and their modes in eligibility.yaml. Read once at start. */
#pragma once

#include "common/error.h"
#include "common/institutions.h"

#include <stdbool.h>

enum place_kind {
    PLACE_OTHER = 0,    /* an office, a hotline, an outpatient clinic: nobody stays there */
    PLACE_STAY = 1,     /* the client is placed: TE */
    PLACE_SHELTER = 2,  /* and safe: TS */
    PLACE_HOSPITAL = 4, /* and ill: TH */
};

struct places;

/* NULL with a sentence. */
struct places *places_load(const char *site_dir, struct error *error);
void places_free(struct places **places);
/* Bits of enum place_kind; 0 for a facility nobody knows. */
unsigned places_kind(const struct places *places, const char *facility);
/* Of the directory. */
bool places_know(const struct places *places, const char *facility);
const struct institutions *places_institutions(const struct places *places);
bool places_has_type(const struct places *places, const char *facility, const char *type);
