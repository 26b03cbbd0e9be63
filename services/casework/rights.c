#include "services/casework/rights.h"

#include "common/area.h"
#include "common/site.h"

#include <stdio.h>
#include <string.h>

/* Whose work is on cases; administrators and auditors only look. */
static bool works_in_area(const Sigap__Actor *actor) {
    static const char *const classes[] = {"responder", "operator", "coordinator", NULL};
    return rights_has_any(actor, classes);
}

static bool directs(const Sigap__Actor *actor) {
    static const char *const classes[] = {"operator", "coordinator", NULL};
    return rights_has_any(actor, classes);
}

/* Codes are compared with a dot behind them, so that 35.07 covers 35.07.12 but not 35.071: the range from
 * "35.07." to "35.07/" (the slash follows the dot); "." to "/" is where no place is known. "~" is behind
 * every code; "~" to "" is nowhere. */
static void bind_range(struct rights_query *query, struct statement *statement, const char *prefix) {
    bool everywhere = prefix && strcmp(prefix, "*") == 0, unknown = prefix && !*prefix;
    if (!prefix || query->used == RIGHTS_RANGES || (area_level(prefix) == AREA_NONE && !unknown)) {
        bind_text(statement, everywhere ? "" : "~");
        bind_text(statement, everywhere ? "~" : "");
        return;
    }
    char(*room)[RIGHTS_TEXT] = query->texts[query->used++];
    snprintf(room[0], RIGHTS_TEXT, "%s.", prefix);
    snprintf(room[1], RIGHTS_TEXT, "%s/", prefix);
    bind_text(statement, room[0]);
    bind_text(statement, room[1]);
}

void rights_bind_area(struct rights_query *query, struct statement *statement, const char *prefix) {
    bind_range(query, statement, *prefix ? prefix : "*");
}

/* An id with a wildcard in it would match others: such a one matches nothing. */
static void bind_facility(
    struct rights_query *query, struct statement *statement, size_t slot, const char *facility) {
    bool plain = *facility && !strpbrk(facility, "%_,") && strlen(facility) + 5 <= RIGHTS_PATTERN;
    if (plain)
        snprintf(query->patterns[slot], RIGHTS_PATTERN, "%%,%s,%%", facility);
    bind_text(statement, plain ? query->patterns[slot] : NULL);
}

void rights_bind(struct rights_query *query, struct statement *statement, const Sigap__Actor *actor) {
    size_t areas = rights_by_area(actor) ? actor->n_areas : 0;
    size_t facilities = actor && rights_has(actor, "facility") ? actor->n_facilities : 0;
    const char *unknown = areas && rights_covers(actor, "") ? "" : NULL;
    for (size_t i = 0; i < RIGHTS_AREAS; i++)
        bind_range(query, statement, i >= areas ? unknown : actor->areas[i][0] ? actor->areas[i] : NULL);
    for (size_t i = 0; i < RIGHTS_FACILITIES; i++)
        bind_facility(query, statement, i, i < facilities ? actor->facilities[i] : "");
}

static bool at_facility(const Sigap__Actor *actor, const struct case_file *file) {
    for (size_t i = 0; i < actor->n_facilities; i++)
        if (case_has_facility(file, actor->facilities[i]))
            return true;
    return false;
}

static const char *fact_text(const struct case_file *file, const char *name) {
    const struct case_fact *fact = case_fact(file, name);
    return fact ? fact->value : NULL;
}

/* ESC-10: out of the chain, as an officer or as the facility. */
bool rights_conflict(const struct places *places, const Sigap__Actor *actor, const struct case_file *file) {
    const struct institutions *institutions = places_institutions(places);
    struct accusation accusation = institutions_accusation(institutions,
        fact_text(file, RIGHTS_CONFLICT_OF_INTEREST), fact_text(file, RIGHTS_CONFLICT_FACILITY), file->area);
    return rights_in_conflict(actor, fact_text(file, RIGHTS_CONFLICT_OFFICER)) ||
           institutions_accuse_staff(institutions, &accusation, actor);
}

/* Works on cases of this area, or at the facility that has the client. */
static bool reaches(const struct places *places, const Sigap__Actor *actor, const struct case_file *file) {
    return actor && !rights_conflict(places, actor, file) &&
           ((works_in_area(actor) && rights_covers(actor, file->area)) ||
               (rights_has(actor, "facility") && at_facility(actor, file)));
}

bool rights_inside(const Sigap__Actor *actor, const struct case_file *file) {
    return file->confidentiality < 3 || rights_sees_secret(actor);
}

bool rights_narrative(const struct places *places, const Sigap__Actor *actor, const struct case_file *file) {
    return reaches(places, actor, file) && rights_inside(actor, file) &&
           !rights_has(actor, "administrator") && !rights_has(actor, "auditor");
}

bool rights_task(const struct places *places, const Sigap__Actor *actor, const struct case_file *file,
    const char *role, const char *answering) {
    return reaches(places, actor, file) && (rights_has(actor, role) || rights_has(actor, answering) ||
                                               (rights_inside(actor, file) && directs(actor)));
}

bool rights_fact(const struct places *places, const Sigap__Actor *actor, const struct case_file *file) {
    return reaches(places, actor, file) && rights_inside(actor, file);
}

bool rights_close(const struct places *places, const Sigap__Actor *actor, const struct case_file *file) {
    return rights_fact(places, actor, file) &&
           (directs(actor) || rights_has(actor, "PKS") || rights_has(actor, "TRI"));
}
