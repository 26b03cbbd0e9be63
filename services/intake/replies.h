/* What reporters are told: replies.yaml of the site, Indonesian and English, ready to stand inside JSON. */
#pragma once

#include "common/arena.h"
#include "common/error.h"
#include "common/site.h"
#include "services/intake/follow.h"

struct intake_replies;

/* NULL with a sentence: the file is refused, or a reply or state that intake needs is not in it. site is only
 * read. */
struct intake_replies *intake_replies_load(
    const char *site_dir, const struct site *site, struct error *error);
void intake_replies_free(struct intake_replies **replies);

/* The members "message" and "message_en" of an answer, with the ticket in its place. NULL when the arena is
 * exhausted. */
const char *intake_reply_received(
    const struct intake_replies *replies, struct arena *arena, const char *ticket);
const char *intake_reply_state(
    const struct intake_replies *replies, struct arena *arena, enum report_state state, const char *ticket);
