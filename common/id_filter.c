#include "common/id_filter.h"

static uint32_t place_of(const struct id *id) {
    uint32_t chance;
    memcpy(&chance, id->bytes + 8, sizeof chance);
    return chance % ID_FILTER_BITS;
}

static bool has_bit(const struct id_filter *filter, uint32_t place) {
    return filter->bits[place / 64] >> place % 64 & 1;
}

static void forget(struct id_filter *filter) {
    memset(filter->bits, 0, sizeof filter->bits);
    filter->count = 0;
    filter->known_after = filter->newest_at;
}

void id_filter_begin(struct id_filter *filter, const struct id *newest) {
    filter->newest_at = id_time(newest);
    filter->begun = true;
    forget(filter);
}

void id_filter_add(struct id_filter *filter, const struct id *id) {
    uint32_t place = place_of(id);
    int64_t at = id_time(id);
    if (at > filter->newest_at)
        filter->newest_at = at;
    filter->count += !has_bit(filter, place);
    filter->bits[place / 64] |= (uint64_t)1 << place % 64;
    if (filter->count > ID_FILTER_IDS)
        forget(filter);
}

bool id_filter_excludes(const struct id_filter *filter, const struct id *id) {
    return filter->begun && id_time(id) > filter->known_after && !has_bit(filter, place_of(id));
}
