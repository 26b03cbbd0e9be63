/* The directory: places that can be offered a case (facilities.yaml), what a type of place takes and refuses,
 * and the standard reasons for refusing an offer (eligibility.yaml). Terms after Open Referral HSDS. */
#pragma once

#include "common/area.h"
#include "services/router/rules.h"

enum {
    DIRECTORY_FACILITIES_MAX = 1024,
    DIRECTORY_ID_MAX = 48, /* bytes of a facility's id */
    CAPACITY_UNKNOWN = -1,
    AGE_NONE = -1,
    DIRECTORY_AGE_MAX = 150,         /* years; more is a slip of the pen */
    DIRECTORY_CAPACITY_MAX = 100000, /* places of one facility; more is a slip of the pen */
};

enum facility_mode {
    MODE_RESIDENTIAL,
    MODE_TRANSIT,
    MODE_SHELTER,
    MODE_INPATIENT,
    MODE_OUTPATIENT,
    MODE_EMERGENCY,
    MODE_HOME_CARE,
    MODE_OFFICE,
    MODE_HOTLINE,
};

struct exclusion {
    uint8_t fact;           /* a yes keeps the client out */
    uint64_t instead_types; /* where to go instead; 0: not said, or an action */
    const struct action *instead;
};

struct facility_type {
    const char *type, *name, *name_en;
    enum facility_mode mode;
    const struct exclusion *excludes;
    unsigned exclude_count;
};

/* One group of clients a facility takes; one group must fit. */
struct acceptance {
    uint64_t kinds; /* bits */
    bool male, female;
    int16_t age_min, age_max; /* years, both included; AGE_NONE: no limit */
    const struct condition *when;
    unsigned when_count;
};

struct facility {
    unsigned index; /* place in the directory; changes when the file does, never stored */
    const char *id, *name, *part_of, *operator_name, *regency, *place;
    uint64_t types;
    bool active, hidden_address, always_open;
    bool transit; /* one of its types is a transit house */
    const char *const *coverage;
    unsigned coverage_count;
    const struct acceptance *accepts;
    unsigned accept_count;
    uint64_t excludes; /* facts, beside those of its types */
    int capacity;      /* places, or CAPACITY_UNKNOWN; as the file says, see rows.h for today's */
};

struct refusal_reason {
    const char *code, *name, *name_en;
    bool text_required;
    unsigned not_for; /* bit p: may not be used for priority Pp */
};

struct directory {
    const struct facility *facilities;
    unsigned facility_count;
    const struct facility_type *types; /* in the order of their bits */
    unsigned type_count;
    const struct refusal_reason *reasons;
    unsigned reason_count;
};

/* The names of types, which rules need before the rest can be read. */
bool facilities_types(
    const char *folder, struct arena *arena, const char *const **types, unsigned *count, struct error *error);
bool facilities_load(const char *folder, const struct site_kinds *kinds, const struct rules *rules,
    struct arena *arena, struct directory *out, struct error *error);

const struct facility *facilities_find(const struct directory *directory, const char *id); /* NULL: unknown */
const struct refusal_reason *facilities_reason(const struct directory *directory, const char *code);
/* yes, no, or unknown when the area of the case is not known closely enough. */
enum truth facility_covers(const struct facility *facility, const char *area);
bool facility_in_regency(const struct facility *facility, const char *area);
