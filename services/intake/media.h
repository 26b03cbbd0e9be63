/* Photos, voice messages and documents of reports: fetched after the acknowledgement, kept sealed for the
 * site under the hash of their content in DATA/intake/media, so the same picture lies there once. What cannot
 * be had within two days is noted as unavailable; the report does not wait for it. */
#pragma once

#include "common/turn.h"

enum { MEDIA_TIMER = 4 };

/* reference: the platform's id or URL, kept sealed until it is fetched. */
void intake_media_add(struct turn *turn, const struct id *id, const struct id *report, const char *bot,
    const char *kind, const char *reference);
/* A file that came along: kept at once, in the store, sealed for the site. The same file of a report is kept
 * once. True: it is new. */
bool intake_media_keep(struct turn *turn, const struct id *report, const char *bot, const char *kind,
    const void *bytes, size_t size);
void intake_media_timer(struct turn *turn, const struct id *id, int64_t due_at);
void intake_media_result(struct turn *turn, const struct effect_result *result);
/* ListView "media". False: another view. */
bool intake_media_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);
/* MediaView, see media_show.c. False: another view. */
bool intake_media_show(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);
