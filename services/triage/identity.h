/* What tells one person and one house from the next in reports that are else alike: names of people, and the
 * hamlet, street, market, prayer house ... by its name or number. Personal data: lives as long as the
 * judgement. Pure functions of the words. */
#pragma once

#include "services/triage/rarity.h"
#include "services/triage/text.h"

enum { IDENTITY_NAMES_MAX = 12, IDENTITY_SPOTS_MAX = 12 };

enum spot_kind {
    SPOT_HAMLET,
    SPOT_VILLAGE,
    SPOT_STREET,
    SPOT_RT,
    SPOT_RW,
    SPOT_BLOCK,
    SPOT_WORSHIP,
    SPOT_MARKET,
    SPOT_STATION,
    SPOT_WATER, /* bridge, river, beach */
    SPOT_SCHOOL,
    SPOT_CLINIC,
    SPOT_CROSSING,
    SPOT_SHOP,
    SPOT_SHELTER, /* post, tent, institution */
    SPOT_KINDS
};

struct spot {
    enum spot_kind kind;
    uint16_t word; /* its name or number, index in the text */
    bool place;    /* only the place that it is in or at: "pasar Besuki" */
};

struct identity {
    uint16_t names[IDENTITY_NAMES_MAX]; /* words of the text */
    size_t name_count;
    struct spot spots[IDENTITY_SPOTS_MAX];
    size_t spot_count;
};

/* How many words the message opens with to say who calls: "Kades di Kalitengah: anak 8 tahun tenggelam". Two
 * messages of one office have them in common whatever happened. */
size_t identity_caller(const struct text *text);
/* places: which words are names of places (place_names_mark). rarity may be NULL. */
void identity_read(
    const struct text *text, const bool *places, const struct rarity *rarity, struct identity *out);
bool identity_is_name(const struct identity *identity, size_t word);

struct identity_match {
    bool name, name_not; /* one of the names is told by both; both name somebody, and nobody in common */
    bool initial;        /* "R" and "Rudi" */
    unsigned spots, spots_not; /* of how many kinds both tell one, and the same or another */
};

void identity_compare(const struct text *a, const struct identity *of_a, const struct text *b,
    const struct identity *of_b, struct identity_match *out);
