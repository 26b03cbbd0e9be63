/* What a message says: Indonesian first, English below. Ids, codes and place names down to the kecamatan
 * only; never a narrative, a name or a street. Confidential cases (C3), HIV and leprosy are never named: "Ada
 * pesan layanan", the case number and the priority, no place (field guide 8a: text messages carry the case
 * number only). Pure. */
#pragma once

#include "common/calendar.h"
#include "common/gazetteer.h"
#include "common/site.h"

#include "alert.h"
#include "channel.h"

struct text_links {
    const char *accept, *cannot, *open; /* NULL: no link */
};

struct text_facts {
    const struct alert *alert;
    const struct delivery *delivery;
    const struct site_kind *kind;      /* NULL: not known */
    const struct site_kinds *kinds;    /* for the further kinds of the alert; NULL: they are not named */
    const struct gazetteer *gazetteer; /* NULL: codes */
    enum calendar_zone zone;
    int64_t reply_by; /* epoch ms, 0 none */
    bool english_first;
    bool bystander;    /* told of an offer that is not theirs to answer: the facility is silent */
    bool by_telephone; /* no page of the console is theirs to open: they have to call */
    bool outside;      /* of a C3 case they are not named for: who has it is not told */
};

/* Kind and place may not be named to anybody who is told; some are told less (codes_only of a delivery). */
bool text_is_neutral(const struct alert *alert, const struct site_kind *kind);
/* Fills subject and text; cut at their sizes, never in the middle of a character. Returns the text's length.
 * The words are the same for all who are told for one purpose in one role, and as much; only links differ. */
size_t text_write(
    const struct text_facts *facts, char subject[MESSAGE_SUBJECT_MAX + 1], char text[MESSAGE_TEXT_MAX + 1]);
/* Appends the links that there are; returns the new length. */
size_t text_add_links(char text[MESSAGE_TEXT_MAX + 1], size_t length, const struct text_links *links);
