#include "recent.h"

#include <stdlib.h>
#include <string.h>

struct kept {
    struct alert_row row; /* its body lies behind it */
    uint8_t body[];
};

struct incident {
    struct id first;     /* id of its first alert */
    uint64_t changes_in; /* the last turn in which a row of it was written and that is not committed */
    unsigned count;      /* 0: nothing is kept here */
    struct kept *alerts[RECENT_ALERTS];
};

struct recent {
    size_t bytes; /* of what is kept */
    struct incident incidents[RECENT_INCIDENTS];
};

struct recent *recent_new(void) {
    return calloc(1, sizeof(struct recent));
}

static void drop_alert(struct recent *recent, struct kept *kept) {
    recent->bytes -= kept ? sizeof *kept + kept->row.body_size : 0;
    free(kept);
}

static void drop(struct recent *recent, struct incident *incident) {
    for (unsigned i = 0; i < incident->count; i++)
        drop_alert(recent, incident->alerts[i]);
    incident->count = 0;
}

void recent_forget(struct recent *recent) {
    for (unsigned i = 0; i < RECENT_INCIDENTS; i++)
        drop(recent, &recent->incidents[i]);
}

void recent_free(struct recent **recent) {
    if (*recent)
        recent_forget(*recent);
    free(*recent);
    *recent = NULL;
}

/* Where the incident is, if it is anywhere; the last bytes that are its own are chance. */
static struct incident *place_of(struct recent *recent, const struct id *first) {
    uint32_t chance;
    memcpy(&chance, first->bytes + ALERT_INCIDENT_BYTES - sizeof chance, sizeof chance);
    return &recent->incidents[chance % RECENT_INCIDENTS];
}

static struct incident *find(struct recent *recent, const struct id *any) {
    struct id first = alert_number_id(any, 0);
    struct incident *incident = place_of(recent, &first);
    return incident->count && id_equal(&incident->first, &first) ? incident : NULL;
}

unsigned recent_find(struct recent *recent, uint64_t turn, const struct id *incident,
    const struct alert_row *out[RECENT_ALERTS]) {
    const struct incident *known = find(recent, incident);
    if (!known || known->changes_in == turn)
        return 0;
    for (unsigned i = 0; i < known->count; i++)
        out[i] = &known->alerts[i]->row;
    return known->count;
}

void recent_changes(struct recent *recent, uint64_t turn, const struct id *alert) {
    struct incident *known = find(recent, alert);
    if (known)
        known->changes_in = turn;
}

static struct kept *copy(struct recent *recent, const struct alert_row *row) {
    bool fits = row->body && row->body_size <= RECENT_BODY_MAX;
    struct kept *kept = fits ? malloc(sizeof *kept + row->body_size) : NULL;
    if (!kept)
        return NULL;
    recent->bytes += sizeof *kept + row->body_size;
    kept->row = *row;
    kept->row.body = memcpy(kept->body, row->body, row->body_size);
    return kept;
}

/* The place for a row among those of its incident; NULL: there is none. */
static struct kept **slot_of(struct incident *incident, const struct alert_row *row) {
    for (unsigned i = 0; i < incident->count; i++)
        if (id_equal(&incident->alerts[i]->row.id, &row->id))
            return &incident->alerts[i];
    if (incident->count == RECENT_ALERTS)
        return NULL;
    incident->alerts[incident->count] = NULL;
    return &incident->alerts[incident->count++];
}

static struct incident *begin(struct recent *recent, const struct id *first) {
    struct incident *incident = place_of(recent, first);
    drop(recent, incident);
    incident->first = *first;
    return incident;
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
    struct kept *kept = copy(recent, row), **slot = kept ? slot_of(incident, row) : NULL;
    if (!slot) {
        drop_alert(recent, kept);
        drop(recent, incident);
        return;
    }
    drop_alert(recent, *slot);
    *slot = kept;
    incident->changes_in = 0;
}
