#include "recent.h"

#include <stdlib.h>
#include <string.h>

struct kept {
    size_t room;          /* for the body */
    struct alert_row row; /* its body lies behind it */
    uint8_t body[];
};

enum {
    ROOM_STEP = 128, /* an alert grows by the deliveries that follow */
    WAYS = 8,        /* places an incident may have: of so many the oldest goes, not the last by chance */
    SETS = RECENT_INCIDENTS / WAYS
};

struct incident {
    unsigned count;
    struct kept *alerts[RECENT_ALERTS]; /* those behind the count are room to be used again, or NULL */
};

struct set {
    struct id first[WAYS]; /* id of the first alert of each; the null id: nothing is kept there */
    struct incident incidents[WAYS];
    unsigned next; /* that goes, modulo WAYS */
};

struct recent {
    size_t bytes; /* of all room there is */
    struct set sets[SETS];
};

struct recent *recent_new(void) {
    return calloc(1, sizeof(struct recent));
}

static void give_back(struct recent *recent, struct kept **kept) {
    recent->bytes -= *kept ? sizeof **kept + (*kept)->room : 0;
    free(*kept);
    *kept = NULL;
}

void recent_forget(struct recent *recent) {
    for (struct set *set = recent->sets; set < recent->sets + SETS; set++) {
        memset(set->first, 0, sizeof set->first);
        for (unsigned i = 0; i < WAYS * RECENT_ALERTS; i++)
            give_back(recent, &set->incidents[i / RECENT_ALERTS].alerts[i % RECENT_ALERTS]);
    }
}

void recent_free(struct recent **recent) {
    if (*recent)
        recent_forget(*recent);
    free(*recent);
    *recent = NULL;
}

/* Where the incident is, if it is anywhere; the last bytes that are its own are chance. */
static struct set *set_of(struct recent *recent, const struct id *first) {
    uint32_t chance;
    memcpy(&chance, first->bytes + ALERT_INCIDENT_BYTES - sizeof chance, sizeof chance);
    return &recent->sets[chance % SETS];
}

/* NULL: it is not known. */
static struct incident *find(struct recent *recent, const struct id *first) {
    struct set *set = set_of(recent, first);
    for (unsigned i = 0; i < WAYS; i++)
        if (id_equal(&set->first[i], first))
            return &set->incidents[i];
    return NULL;
}

unsigned recent_find(
    struct recent *recent, const struct id *incident, const struct alert_row *out[RECENT_ALERTS]) {
    struct id first = alert_number_id(incident, 0);
    const struct incident *known = find(recent, &first);
    if (!known)
        return 0;
    for (unsigned i = 0; i < known->count; i++)
        out[i] = &known->alerts[i]->row;
    return known->count;
}

void recent_drop(struct recent *recent, const struct id *incident) {
    struct id first = alert_number_id(incident, 0);
    struct set *set = set_of(recent, &first);
    for (unsigned i = 0; i < WAYS; i++)
        if (id_equal(&set->first[i], &first))
            set->first[i] = (struct id){{0}};
}

static struct kept *make_room(struct recent *recent, size_t size) {
    size_t room = (size + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;
    struct kept *kept = malloc(sizeof *kept + room);
    if (!kept)
        return NULL;
    kept->room = room;
    recent->bytes += sizeof *kept + room;
    return kept;
}

/* False: there is no memory. */
static bool put(struct recent *recent, struct kept **slot, const struct alert_row *row) {
    if (*slot && (*slot)->room < row->body_size)
        give_back(recent, slot);
    if (!*slot)
        *slot = make_room(recent, row->body_size);
    struct kept *kept = *slot;
    if (!kept)
        return false;
    kept->row = *row;
    kept->row.body = memcpy(kept->body, row->body, row->body_size);
    return true;
}

/* The place for a row among those of its incident; NULL: there is none. */
static struct kept **slot_of(struct incident *incident, const struct alert_row *row) {
    for (unsigned i = 0; i < incident->count; i++)
        if (id_equal(&incident->alerts[i]->row.id, &row->id))
            return &incident->alerts[i];
    return incident->count < RECENT_ALERTS ? &incident->alerts[incident->count] : NULL;
}

/* The place of a new one: the oldest there is not known any more. */
static struct incident *begin(struct recent *recent, const struct id *first) {
    struct set *set = set_of(recent, first);
    unsigned place = set->next++ % WAYS;
    set->first[place] = *first;
    set->incidents[place].count = 0;
    return &set->incidents[place];
}

void recent_keep(struct recent *recent, const struct alert_row *row, bool is_new) {
    struct id first = alert_number_id(&row->id, 0);
    if (recent->bytes >= RECENT_BYTES)
        recent_forget(recent);
    struct incident *incident = find(recent, &first);
    if (!incident && is_new && id_equal(&row->id, &first))
        incident = begin(recent, &first);
    if (!incident)
        return; /* it began long ago */
    struct kept **slot = slot_of(incident, row);
    if (!slot || row->body_size > RECENT_BODY_MAX || !put(recent, slot, row))
        recent_drop(recent, &first);
    else if (slot == &incident->alerts[incident->count])
        incident->count++;
}
