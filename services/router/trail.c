#include "services/router/trail.h"

#include "common/texts.h"

#include <string.h>

/* Version 1, then an entry after the other: facility (length, bytes), step, verdict and flags, reason,
 * distance (2 bytes), detail (length, bytes), and with FLAG_OFFER the offer's id and state. */
enum {
    TRAIL_VERSION = 1,
    FLAG_OWN_AREA = 4,
    FLAG_PICKED = 8,
    FLAG_OFFER = 16,
    FLAG_FULL = 32,
    FLAG_OURS = 64,
    VERDICT_BITS = 3
};
/* 1 + 47 + 1 + 1 + 1 + 2 + 1 + 127 + 17 */
enum { ENTRY_BYTES_MAX = 200 };

struct reader {
    const uint8_t *at, *end;
    bool failed;
};

static uint8_t take_byte(struct reader *reader) {
    if (reader->at >= reader->end) {
        reader->failed = true;
        return 0;
    }
    return *reader->at++;
}

static void take_bytes(struct reader *reader, void *out, size_t size) {
    if ((size_t)(reader->end - reader->at) < size) {
        reader->failed = true;
        return;
    }
    memcpy(out, reader->at, size);
    reader->at += size;
}

static void take_text(struct reader *reader, char *out, size_t room) {
    size_t size = take_byte(reader);
    if (size >= room) {
        reader->failed = true;
        return;
    }
    take_bytes(reader, out, size);
    out[reader->failed ? 0 : size] = 0;
}

static bool entry_read(struct reader *reader, struct trail_entry *out) {
    memset(out, 0, sizeof *out);
    take_text(reader, out->facility, sizeof out->facility);
    out->step = take_byte(reader);
    uint8_t flags = take_byte(reader);
    out->verdict = (enum verdict_of_match)(flags & VERDICT_BITS);
    out->own_area = flags & FLAG_OWN_AREA;
    out->picked = flags & FLAG_PICKED;
    out->said_full = flags & FLAG_FULL;
    out->ours = flags & FLAG_OURS;
    out->reason = (enum match_reason)take_byte(reader);
    unsigned low = take_byte(reader);
    out->distance_km = (uint16_t)(low | (unsigned)take_byte(reader) << 8);
    take_text(reader, out->detail, sizeof out->detail);
    if (flags & FLAG_OFFER) {
        take_bytes(reader, out->offer.bytes, ID_BYTES);
        out->offer_state = (enum offer_state)take_byte(reader);
    }
    return !reader->failed;
}

void trail_read(const void *bytes, size_t size, struct trail *out) {
    struct reader reader = {bytes, (const uint8_t *)bytes + size, false};
    out->count = 0;
    if (size == 0 || take_byte(&reader) != TRAIL_VERSION)
        return;
    while (reader.at < reader.end && out->count < TRAIL_MAX)
        if (entry_read(&reader, &out->entries[out->count]))
            out->count++;
        else
            return;
}

static uint8_t *put_text(uint8_t *at, const char *text) {
    size_t size = strlen(text);
    *at++ = (uint8_t)size;
    memcpy(at, text, size);
    return at + size;
}

static uint8_t *entry_write(uint8_t *at, const struct trail_entry *entry) {
    bool offered = !id_is_null(&entry->offer);
    at = put_text(at, entry->facility);
    *at++ = entry->step;
    *at++ = (uint8_t)((unsigned)entry->verdict | (entry->own_area ? FLAG_OWN_AREA : 0U) |
                      (entry->picked ? FLAG_PICKED : 0U) | (offered ? FLAG_OFFER : 0U) |
                      (entry->said_full ? FLAG_FULL : 0U) | (entry->ours ? FLAG_OURS : 0U));
    *at++ = (uint8_t)entry->reason;
    *at++ = (uint8_t)entry->distance_km;
    *at++ = (uint8_t)(entry->distance_km >> 8);
    at = put_text(at, entry->detail);
    if (offered) {
        memcpy(at, entry->offer.bytes, ID_BYTES);
        at += ID_BYTES;
        *at++ = (uint8_t)entry->offer_state;
    }
    return at;
}

const void *trail_write(struct arena *arena, const struct trail *trail, size_t *size) {
    uint8_t *bytes = arena_take(arena, 1 + (size_t)trail->count * ENTRY_BYTES_MAX);
    *size = 0;
    if (!bytes)
        return "";
    uint8_t *at = bytes;
    *at++ = TRAIL_VERSION;
    for (unsigned i = 0; i < trail->count; i++)
        at = entry_write(at, &trail->entries[i]);
    *size = (size_t)(at - bytes);
    return bytes;
}

struct trail_entry *trail_find_offer(struct trail *trail, const struct id *offer) {
    for (unsigned i = 0; i < trail->count; i++)
        if (id_equal(&trail->entries[i].offer, offer))
            return &trail->entries[i];
    return NULL;
}

struct trail_entry *trail_find(struct trail *trail, const char *facility) {
    for (unsigned i = trail->count; i-- > 0;)
        if (strcmp(trail->entries[i].facility, facility) == 0)
            return &trail->entries[i];
    return NULL;
}

struct trail_entry *trail_add(struct trail *trail, const char *facility) {
    unsigned at = trail->count;
    if (at == TRAIL_MAX) {
        while (at > 0 && !id_is_null(&trail->entries[at - 1].offer))
            at--;
        if (at == 0)
            return NULL;
        memmove(&trail->entries[at - 1], &trail->entries[at], (trail->count - at) * sizeof *trail->entries);
        at = --trail->count;
    }
    struct trail_entry *entry = &trail->entries[at];
    memset(entry, 0, sizeof *entry);
    copy_text(entry->facility, sizeof entry->facility, facility);
    entry->distance_km = TRAIL_DISTANCE_UNKNOWN;
    trail->count++;
    return entry;
}

static void write_detail(
    struct trail_entry *entry, const struct candidate *candidate, const struct fact_table *facts) {
    size_t used = 0;
    if (candidate->fact != KNOWN_NONE) {
        copy_text(entry->detail, sizeof entry->detail, facts->facts[candidate->fact].name);
        return;
    }
    if (candidate->verdict == MATCH_OUT)
        return;
    for (unsigned i = 0; i < facts->count; i++)
        if ((candidate->missing >> i & 1) &&
            !add_word(entry->detail, sizeof entry->detail, &used, facts->facts[i].name))
            return;
}

static void keep_asked(struct trail *trail) {
    unsigned kept = 0;
    for (unsigned i = 0; i < trail->count; i++)
        if (!id_is_null(&trail->entries[i].offer))
            trail->entries[kept++] = trail->entries[i];
    trail->count = kept;
}

void trail_renew(struct trail *trail, const struct plan *plan, const struct fact_table *facts) {
    keep_asked(trail);
    for (unsigned i = 0; i < plan->candidate_count && trail->count < TRAIL_MAX; i++) {
        const struct candidate *candidate = &plan->candidates[i];
        if (candidate->past != REASON_FITS && trail_find(trail, candidate->facility->id))
            continue; /* its offer tells more */
        struct trail_entry *entry = trail_add(trail, candidate->facility->id);
        entry->step = (uint8_t)candidate->step;
        entry->verdict = candidate->verdict;
        entry->reason = candidate->reason;
        entry->own_area = candidate->own_area;
        entry->picked = (int)i == plan->pick;
        if (candidate->distance_km >= 0 && candidate->distance_km < TRAIL_DISTANCE_UNKNOWN)
            entry->distance_km = (uint16_t)(candidate->distance_km + 0.5);
        write_detail(entry, candidate, facts);
    }
}

static bool past_reason(const struct trail_entry *entry, enum match_reason *out) {
    switch (entry->offer_state) {
    case OFFER_REJECTED:
    case OFFER_FAILED:
        *out = REASON_REFUSED;
        return true;
    case OFFER_EXPIRED:
        *out = REASON_EXPIRED;
        return true;
    case OFFER_CANCELLED:
    case OFFER_ERROR:
        *out = REASON_WITHDRAWN;
        return true;
    case OFFER_REQUESTED:
    case OFFER_RECEIVED:
    case OFFER_ACCEPTED:
    case OFFER_IN_PROGRESS:
    case OFFER_ON_HOLD:
    case OFFER_COMPLETED: /* it knows the client: who else, when there is need again */
        break;
    }
    return false;
}

unsigned trail_past(
    const struct trail *trail, const struct id *open_offer, struct past_offer *out, unsigned max) {
    unsigned count = 0;
    for (unsigned i = 0; i < trail->count && count < max; i++) {
        const struct trail_entry *entry = &trail->entries[i];
        enum match_reason reason;
        if (id_is_null(&entry->offer) || id_equal(&entry->offer, open_offer) || entry->ours ||
            !past_reason(entry, &reason))
            continue;
        out[count++] = (struct past_offer){entry->facility, reason, entry->said_full};
    }
    return count;
}
