/* Who is beaten decides what kind of violence it is. */
#pragma once

#include "services/triage/concept.h"

/* An older person, and no child: "kakek dipukuli anaknya" tells of a child that beats, not of one that is
 * beaten. places: of each word, is it of a place's name. */
bool victim_is_elder(const struct vocabulary *vocabulary, const struct text *text, const struct signs *signs,
    const bool *places);
