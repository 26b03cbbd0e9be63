/* Webhooks of platforms: one way for all of them. A source reads its platform's body into messages and hands
 * them over one by one; everything else happens here:
 *
 *   1. the source has checked signature or secret over the raw bytes (constant time);
 *   2. its decoder runs over the body; in one transaction of each message the duplicate key, the report and
 *      its record are written. What cannot be read is put aside by itself, raw and sealed, with a record for
 *      the operator; so is a whole body that is no JSON. Of a body with more than HOOK_SLICE messages the
 *      rest is kept raw and decoded by a timer, slice by slice;
 *   3. commit; only then the platform hears 200. So it never hears 200 for what is not kept, readable or
 *      raw; and what is kept as reports is not kept raw a second time: personal data lies in one place.
 *
 * The same message again is answered like the first time. The same message with other words (an edit, an
 * album) is a report of its own that joins the first; so is what is spoken, filmed or written in a file. A
 * picture beside the words it came with is kept with them, without a record. Too many messages from one
 * sender are kept raw and taken later, a few a minute, marked; what may be urgent is taken at once. Nothing
 * is dropped.
 *
 * Hostile here: everything in a body, also behind a valid signature: it is what strangers typed. */
#pragma once

#include "services/intake/channels.h"
#include "services/intake/receive.h"
#include "services/intake/replies.h"
#include "services/intake/source.h"

#include <jansson.h>

/* What a source says for a message that only opens a conversation: answered with how to report. */
#define HOOK_GREETING "/start"

enum {
    HOOK_BODY_MAX = 3 << 20,   /* the largest of all: WhatsApp */
    HOOK_SLICE = 32,           /* messages a turn: x 16 KiB = half of what one input may append (1 MiB) */
    HOOK_REST_MAX = 256 << 10, /* and what of them is longer than that, together: a mail has 64 KiB */
    HOOK_MEDIA_MAX = 10,
    HOOK_TIMER = 2,                /* kind: a body, or a delayed message, is due */
    HOOK_SENDER_EACH_MS = 500,     /* ours: 2 messages a second from one sender ... */
    HOOK_SENDER_BURST = 300,       /* ... and as many at once: what waited on the platform comes together */
    HOOK_JOIN_MS = 15 * 60 * 1000, /* a photo or pin without words joins what its sender wrote before */
    HOOK_ANSWER_MS = 24 * 60 * 60 * 1000, /* so long an answer to a question is waited for */
    HOOK_TOPIC_MS = 7 * HOOK_ANSWER_MS, /* so long "Re: ..." goes on; the rows of senders are kept as long */
    HOOK_TOPIC_WORDS = 3 /* "Laporan" is a subject of many things; of so many words it is one for a day */
};

struct hook_media {
    const char *kind;      /* photo, voice, audio, video, document, sticker */
    const char *reference; /* id or URL, for the source's media_call */
    const char *unique;    /* stays the same when it is sent again; NULL: reference */
    const void *data;      /* came along: no reference, kept at once */
    size_t size;
};

/* One message. Texts live until the batch is over. All may be missing but id. */
struct hook_message {
    const char *id;   /* makes it one message of this bot; of an edit: of what it edits */
    const char *word; /* its channel, when it is not the source's own; a fixed text */
    const char *text;
    bool located;
    double latitude, longitude;
    int64_t at;         /* epoch ms, 0 unknown */
    const char *sender; /* who: an account or number on this channel */
    const char *chat;   /* where an answer goes; NULL: sender */
    const char *language;
    const char *relation; /* edit, album, withdrawal; NULL: a message */
    const char *answers;  /* id of the earlier message that this one replies to; NULL: none */
    bool answers_us;      /* that message was ours */
    const char *quoted;   /* what that message said, where it is sent along: ours name a ticket */
    const char *topic;    /* of a mail: its subject without "Re:" */
    bool topic_again;     /* it had one: it goes on about it */
    bool group, forwarded;
    bool silent;      /* does not want to be written to */
    bool urgent;      /* the reporter or an operator says so */
    const char *area; /* Kemendagri code */
    struct hook_media media[HOOK_MEDIA_MAX];
    size_t media_count;
};

/* Who sends the body. */
struct hook_from {
    const char *bot;                      /* duplicate keys belong to it */
    const struct intake_channel *channel; /* of sources.yaml; NULL: authorised by a token */
    const struct intake_token *token;     /* NULL: by a channel */
    bool training, silent;
};

struct hook_batch {
    struct turn *turn;
    struct intake *intake;
    const struct intake_source *source;
    const struct hook_from *from;
    size_t index, first, end; /* messages so far; those to take now: first <= index < end */
    bool delayed;             /* they have waited for their sender's allowance */
    size_t taken, broken, ignored;
    size_t rest_size;       /* bytes of long texts that went on in further reports, see HOOK_REST_MAX */
    struct problem refusal; /* status 0: none was refused */
    /* Of the first message taken: for an answer in the platform's own way. */
    struct receipt receipt;
    const char *chat, *reply; /* what to say there; NULL: nothing */
};

struct hook {
    const char *word; /* the channel of its reports: telegram, whatsapp ... */
    bool repeats;     /* sends again what it gets no 200 for; else the reserve of disk is used for it */
    /* Hands over every message of the body; false when it cannot be read at all. body may be changed. */
    bool (*decode)(struct hook_batch *batch, char *body, size_t size);
    /* The answer when all is kept; NULL: 200 and nothing. */
    void (*answer)(struct hook_batch *batch, struct answer *answer);
    bool answers_inline; /* `answer` delivers batch->reply */
    /* A call that tells somebody; one that fetches a medium. Optional. Texts in the arena. */
    bool (*reply_call)(struct arena *arena, const struct intake_channel *channel, const char *chat,
        const char *text, struct hook_call *call);
    const char *reply_option; /* without it in sources.yaml nobody is told; NULL: "token" */
    /* step 0 first; an answer may lead to another call: see media.c. */
    bool (*media_call)(struct arena *arena, const struct intake_channel *channel, const char *reference,
        struct hook_call *call);
    /* The second step, from the answer of the first: where it lies. NULL: the first answer is the medium. */
    bool (*media_found)(struct arena *arena, const struct intake_channel *channel, const char *answer,
        size_t size, struct hook_call *call);
};

/* --- for decoders --- */

void hook_emit(struct hook_batch *batch, const struct hook_message *message);
/* An item that cannot be read: put aside, its neighbours go on. body: the item in a body of its own, as the
 * platform would have sent it alone, so that hook.retry finds it with the same decoder. Its reference is
 * taken over; NULL: there is no memory, nothing of the body is kept and the platform sends it again. */
void hook_broken(struct hook_batch *batch, json_t *body, const char *reason);
/* An item that says nothing (a delivery receipt, a reaction). */
void hook_ignore(struct hook_batch *batch);
/* A document with invalid UTF-8, NUL and half surrogates replaced, and numbers that fit nowhere as texts.
 * NULL: no JSON, or no memory (then errno is ENOMEM). The caller's to json_decref. */
json_t *hook_json(const char *body, size_t size);
/* "status TICKET", or a ticket alone: asks how a report stands. */
bool hook_asks_status(const char *text);
const char *hook_text(const json_t *object, const char *name); /* "" when it is no text */
/* A number or text as text in the arena ("" when it is neither). */
const char *hook_id(struct arena *arena, const json_t *object, const char *name);
/* Seconds or milliseconds, as number or text; 0 when neither. */
int64_t hook_time(const json_t *object, const char *name);
bool hook_number(const json_t *object, const char *name, double *value); /* a number, or a text that is one */

/* --- for sources --- */

/* The channel that the route names, NULL: none of this source. */
const struct intake_channel *hook_channel(const struct intake_call *call, const struct intake_source *source);
struct hook_from hook_from_channel(const struct intake_channel *channel);
struct hook_from hook_from_token(const struct intake_token *token);
/* The token of this text (a header, a part of the path), with the right to send reports; NULL: none. */
const struct intake_token *hook_token(const struct intake_call *call, const char *text);
/* Equal, in a time that tells nothing. NULL is equal to nothing. */
bool hook_same(const char *given, const char *expected);
/* The answer to what is refused before the body is read: another method than POST 405, a sender we do not
 * know 401 (said before anything else that tells what is here), another content type 415. False: go on. type
 * NULL: any. */
bool hook_refuse(
    struct turn *turn, const struct intake_call *call, const char *type, bool known, struct answer *answer);
/* Takes the body and answers. */
void hook_request(struct turn *turn, const struct intake_call *call, const struct intake_source *source,
    const struct hook_from *from, struct answer *answer);
/* The same for a body that came by another way than HTTP. False: no room, it must be sent again. */
bool hook_take(struct turn *turn, const struct intake_source *source, const struct hook_from *from,
    const char *body, size_t size);

/* --- for intake --- */

void hook_on_timer(struct turn *turn, const struct id *id, int64_t due_at);
/* ListView "hooks"; ControlView hook.retry ID. False: another view. */
bool hook_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer);
