/* Photos and other files of reports (proto/view.proto, MediaView): what there is, and one picture, drawn
 * anew.
 *
 *   GET /api/cases/<case>/media, /api/reviews/<report>/media      {"media": [...]} for who may read the words
 *   GET /api/cases/<case>/media/<medium>, /api/reviews/...        image/jpeg, made by sigap-picture
 * (pictures.h)
 *
 * Who may see is decided by casework for a case and by triage for a report in review, where each look is in
 * the audit. For a picture the way is: intake (sealed) - casework or triage (opened) - sigap-picture - the
 * browser, which is told to keep nothing and to take it for nothing but a JPEG. */
#pragma once

#include "exchange.h"

void media_list_begin(struct exchange *exchange);
void media_show_begin(struct exchange *exchange);
/* An answer to one of the questions has come. */
void media_came(struct turn *turn, struct wait *wait, const struct effect_result *result);
/* The picture is drawn, or not. */
void media_drawn(struct turn *turn, struct wait *wait, const struct effect_result *result);
/* Nobody has answered in time. */
void media_late(struct turn *turn, struct wait *wait);
