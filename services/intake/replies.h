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

/* What is said in a chat: plain text, in the reporter's language where the site has it. */
enum reply {
    REPLY_RECEIVED,
    REPLY_URGENT,  /* neutral, with the emergency numbers */
    REPLY_ADDED,   /* joins a report that is known */
    REPLY_PLACE,   /* question: where? */
    REPLY_DANGER,  /* question: are you safe? */
    REPLY_DESPAIR, /* question, to whoever would die: is somebody near you? With the emergency numbers */
    REPLY_DESPAIR_PLACE, /* the same, and where */
    REPLY_HELP,          /* how to report here */
    REPLY_UNKNOWN,       /* a ticket we do not know */
    REPLIES
};
enum language { LANGUAGE_ID, LANGUAGE_EN, LANGUAGE_JV, LANGUAGE_MAD, LANGUAGE_MIN, LANGUAGES };

/* "en", "en-GB", "jv" ...; anything else, NULL too, is Indonesian. */
enum language intake_language(const char *code);
const char *intake_language_code(enum language language);
/* The language of a text, by the words of `languages` in replies.yaml: the one of which at least two are in
 * it, and more than of any other. Otherwise that of code (as above; what a platform says of its user). Texts
 * are long enough after LANGUAGE_BYTES. */
enum { LANGUAGE_BYTES = 2048 };
enum language intake_language_of(
    const struct intake_replies *replies, const char *text, size_t size, const char *code);
/* NULL when the site does not say this, or the arena is exhausted. */
const char *intake_reply_text(const struct intake_replies *replies, struct arena *arena, enum reply reply,
    enum language language, const char *ticket);
const char *intake_reply_state_text(const struct intake_replies *replies, struct arena *arena,
    enum report_state state, enum language language, const char *ticket);

/* The members "message" and "message_en" of an answer, with the ticket in its place. NULL when the arena is
 * exhausted. */
const char *intake_reply_received(
    const struct intake_replies *replies, struct arena *arena, const char *ticket);
const char *intake_reply_state(
    const struct intake_replies *replies, struct arena *arena, enum report_state state, const char *ticket);
