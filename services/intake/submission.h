/* A report as a source hands it over, and what makes it acceptable. Sources read their own format into this
 * struct; from here on all reports go the same way (receive.h). */
#pragma once

#include "common/id.h"
#include "common/problem.h"
#include "common/ticket.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SUBMISSION_TEXT_MAX = 16 * 1024, /* ten times the longest report seen; chat platforms cut at 4 KiB */
    SUBMISSION_EXTERNAL_ID_MAX = 255,
    SUBMISSION_KEY_MAX = 255,
    SUBMISSION_ADDRESS_MAX = 256,
    SUBMISSION_WORD_MAX = 40,
    SUBMISSION_AHEAD_MS = 24 * 3600 * 1000 /* a sender's clock may be wrong by a zone, not by a week */
};

/* The report that another one joins, and the ticket its reporter was given. */
struct first_report {
    struct id report;
    struct ticket ticket;
};

struct submission {
    const char *source;          /* the bot's name, from its token; duplicate keys belong to it */
    const char *channel;         /* whatsapp, telegram, hotline ... as the source names it */
    const char *idempotency_key; /* NULL: none */
    const char *key_scope;       /* within which that key stands for one thing; NULL: source */
    const char *external_id;     /* NULL or "": none */
    const char *text;
    size_t text_size;
    bool has_latitude, has_longitude;
    double latitude, longitude;                      /* WGS 84 degrees */
    const char *area;                                /* Kemendagri code; NULL or "": none */
    int64_t occurred_at;                             /* epoch ms, 0: unknown */
    const char *reporter_channel, *reporter_address; /* NULL or "": anonymous */
    bool may_contact;                                /* false: never written to, the address is not kept */
    const char
        *language; /* of the reporter, as the platform says; NULL: not known. What was written says more */
    bool urgent, training;

    /* Of messages from platforms (hook.h), who cannot be told that a key was used for something else. */
    bool amendable;       /* the same key with other content is kept too, and joins the first report */
    bool must_take;       /* its sender does not send again: taken also to the last of the disk */
    bool attachment;      /* a picture beside words: what it joins says it all, no record */
    bool only_joins;      /* means something only beside a report we know (a withdrawal) */
    const char *sameness; /* what beside text and place makes two messages the same; NULL: nothing */
    const char *relation; /* of what joins another: edit, album, follow_up, withdrawal */
    const struct first_report *joins; /* known before; NULL: none */
    bool group, forwarded, over_limit;
    const char *const *media; /* kinds of its attachments */
    const struct id *media_ids;
    size_t media_count;

    bool danger; /* made by intake_receive: it holds danger words */
    /* Made by intake_submission_check: lower-case words. */
    char channel_word[SUBMISSION_WORD_MAX + 1], reporter_word[SUBMISSION_WORD_MAX + 1];
};

enum submission_fault {
    SUBMISSION_SOUND,
    SUBMISSION_TEXT_EMPTY,
    SUBMISSION_TEXT_LONG,
    SUBMISSION_TEXT_BYTES, /* invalid UTF-8 or NUL */
    SUBMISSION_CHANNEL,
    SUBMISSION_EXTERNAL_ID,
    SUBMISSION_KEY,
    SUBMISSION_ONE_COORDINATE,
    SUBMISSION_LATITUDE,
    SUBMISSION_LONGITUDE,
    SUBMISSION_AREA,
    SUBMISSION_OCCURRED_AT,
    SUBMISSION_REPORTER_CHANNEL,
    SUBMISSION_REPORTER_ADDRESS
};

/* The first thing wrong with it, in the order of the enum. Fills channel_word and reporter_word. */
enum submission_fault intake_submission_check(struct submission *submission, int64_t now);
/* 422 (400 for the key, which is a header) with pointer and sentence. */
struct problem intake_submission_problem(enum submission_fault fault);

/* An instant as ISO 8601 has it: "2026-03-02T10:00:00+07:00", "...Z", seconds and their fraction optional;
 * without a zone it is local time, zone_hours east of Greenwich; a day alone is its midnight. False: not
 * one. */
bool intake_instant_parse(const char *text, int zone_hours, int64_t *at_ms);
/* A number as senders give it: seconds below 100,000,000,000 (the year 5138), milliseconds from there on. */
int64_t intake_instant_from_number(int64_t number);
