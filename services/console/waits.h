/* Requests that wait for somebody else: views of other daemons, the answer to a command, Argon2. They live in
 * memory only, like the connections they belong to.
 *
 * A wait begins after the commit of the turn that took the request and ends after the commit of the turn that
 * answers it; in between its parts may be filled at any time, because filling one twice is harmless. */
#pragma once

#include "common/turn.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WAITS_MAX = 1024,
    WAITS_FULL = WAITS_MAX - 256, /* a turn begins at most 256 more before it is looked at again */
    WAIT_PARTS_MAX = 16,
    WAIT_MS = 2000,           /* for views and commands */
    WAIT_PASSWORD_MS = 10000, /* 64 sign-ins in the queue, two at a time, 0.1 s each: 3.2 s */
    WAIT_GRAIN_MS = 250,      /* alarms are rounded up to this, so that a crowd costs 4 turns a second */
    WAIT_ACCOUNT = 33,
    WAIT_REMOTE = 48,
    WAIT_TOKEN = 65,
};

enum wait_kind {
    WAIT_READING,     /* parts of a document */
    WAIT_COMMAND,     /* CommandAnswered */
    WAIT_LINK,        /* an answer link is looked at */
    WAIT_LINK_ANSWER, /* an answer link was used */
    WAIT_LOGIN,
    WAIT_PASSWORD,
    WAIT_MEDIA,   /* what photos and files there are, see media.h */
    WAIT_PICTURE, /* one of them is drawn */
    WAIT_FIND,    /* the case of a ticket, see find.h */
};

struct wait_part {
    unsigned status; /* 0: not there yet */
    unsigned total;  /* rows there are of a list that its owner has counted */
    char *json;      /* malloc'd, freed with the wait; NULL: nothing */
    size_t size;
};

struct wait {
    struct id id;
    enum wait_kind kind;
    void *handle;        /* see turn_defer */
    int64_t until;       /* epoch ms */
    int64_t answered_at; /* turn->now of the turn that answers it; 0: not yet */
    /* READING and LINK */
    const void *reading; /* struct reading */
    struct id object;    /* the case a document is about; MEDIA, PICTURE and FIND: or the report in review */
    const char *owner;   /* MEDIA and PICTURE: the daemon that decides who may see */
    uint64_t changes;    /* console->changes when it was asked */
    unsigned part_count;
    struct wait_part parts[WAIT_PARTS_MAX];
    /* COMMAND and LINK_ANSWER; PICTURE: the medium */
    struct id command;
    char token[WAIT_TOKEN]; /* LINK and LINK_ANSWER */
    /* LOGIN and PASSWORD; MEDIA, PICTURE and FIND: who looks */
    char account[WAIT_ACCOUNT], remote[WAIT_REMOTE];
    int64_t renewed;     /* LOGIN: as the account had it */
    uint8_t session[32]; /* PASSWORD: the session that stays */
    bool secure;         /* the request came over TLS */
};

struct waits {
    struct wait *items; /* WAITS_MAX x 0.7 KiB = 0.7 MiB, touched only as far as it is used */
    unsigned count;
};

struct console;

bool waits_open(struct waits *waits); /* false: out of memory */
void waits_free(struct waits *waits);
/* True: no more may begin in this turn, answer 503. */
bool waits_full(const struct waits *waits);
/* Defers the request at hand; the wait is copied. handle is set here; id should be turn_id(), until from
 * wait_until(). */
void wait_begin(struct turn *turn, struct wait *wait);
/* NULL when it is over. The pointer is good until the end of the turn. */
struct wait *wait_find(struct waits *waits, const struct id *id);
/* Answers it, once. */
void wait_answer(struct turn *turn, struct wait *wait, const struct answer *answer);
/* Those whose time is over and who have no answer yet: calls function for each. */
void waits_expire(
    struct turn *turn, struct waits *waits, void (*function)(struct turn *turn, struct wait *wait));
/* Those that wait for this command. */
void waits_of_command(struct turn *turn, struct waits *waits, const struct id *command,
    void (*function)(struct turn *turn, struct wait *wait));
