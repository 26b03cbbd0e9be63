/* A way to reach a team. One file each, channel_<name>.c; the table is made from the files that are there.
 *
 * Nothing here decides: whether, when and to whom is sent is decided and committed before (outgoing.c). A
 * channel hands a finished message over and says what became of it: once, and truthfully when it does not
 * know. Every channel passes tests/test_channels.c. */
#pragma once

#include "common/clock.h"
#include "common/error.h"
#include "common/id.h"

#include "ladder.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MESSAGE_TEXT_MAX =
        2400, /* two languages of 400, three links of 200 + 80, and as much of what is carried along */
    MESSAGE_SUBJECT_MAX = 120,
    MESSAGE_ADDRESS_MAX = 255, /* RFC 5321: a path has at most 256 octets with its angle brackets */
    CHANNEL_OPTIONS_MAX = 16,
    CHANNEL_DETAIL_MAX = 96,
};

/* The outcome of an effect. */
enum send_outcome {
    SEND_UNKNOWN = -1,  /* it may have been sent; the same as EFFECT_UNKNOWN */
    SEND_ACCEPTED = 0,  /* taken over by the other side; a receipt may follow */
    SEND_DELIVERED = 1, /* in the hands of the receiver's system, no receipt will follow */
    SEND_TRANSIENT = 2, /* try again, not before retry_after_ms */
    SEND_RECIPIENT = 3, /* this address is no good */
    SEND_CONTENT = 4,   /* this message is no good */
    SEND_CHANNEL = 5,   /* the channel itself is no good: password, account, endpoint gone */
    SEND_BUSY = 6,      /* it never left: the channel has more to do than it can. Not before retry_after_ms */
};

/* Plain data: copied from the turn to the channel, without pointers. */
struct message {
    struct id delivery; /* the same for every attempt: what receivers recognise a repetition by */
    struct id alert;
    uint8_t attempt; /* from 1 */
    uint8_t channel; /* place in the table */
    bool critical, training;
    int64_t at;     /* epoch ms */
    int64_t number; /* handover number of a local channel */
    int priority;   /* 0..4 */
    char team[64];
    char address[MESSAGE_ADDRESS_MAX + 1]; /* of the team on this channel */
    char purpose[16];                      /* delivery_purpose_word */
    char subject[MESSAGE_SUBJECT_MAX + 1]; /* one line, neutral */
    char text[MESSAGE_TEXT_MAX + 1];       /* lines end with \n */
};

/* Bytes to copy: the text is the last member, what is behind its NUL need not travel. */
static inline size_t message_size(size_t text_length) {
    return offsetof(struct message, text) + text_length + 1;
}

struct channel_option {
    const char *name, *value;
};

struct channel_setup {
    const char *data_dir; /* DATA */
    const struct clock *clock;
    struct uv_loop_s *loop;               /* NULL in a simulation */
    int zone_hours;                       /* of the site */
    const struct channel_option *options; /* of channels.yaml, kept by the caller */
    unsigned option_count;
};

/* Texts of the file, or NULL. */
const char *channel_option_of(const struct channel_setup *setup, const char *name);
/* First line of DATA/keys/<file>, for passwords and signing keys; a file that
 * its group or others may read is refused. out is
 * wiped by the caller. */
bool channel_secret(
    const struct channel_setup *setup, const char *file, char *out, size_t out_size, struct error *error);

struct channel_result {
    int outcome; /* enum send_outcome */
    int64_t retry_after_ms;
    char detail[CHANNEL_DETAIL_MAX]; /* provider's id, or a word; never personal data */
};

typedef void channel_done(void *context, const struct message *message, const struct channel_result *result);

struct channel {
    const char *name;    /* a-z, at most 15 */
    const char *purpose; /* one sentence */
    /* Handed over within send(), in order, by this process alone: one number in one row stands for the
     * results of all. */
    bool local;
    /* Wakes a person: normal messages are bundled, kept out of quiet hours and throttled. A local mailbox
     * does not. */
    bool interrupts;
    bool always_on;     /* needs no entry in channels.yaml */
    bool keeps_nothing; /* what it takes has reached nobody */
    bool for_training;  /* reaches nobody outside: may carry training messages */
    const char *const
        *option_names; /* what channels.yaml may say, ends with NULL; the first `required` must be there */
    unsigned required;
    struct ladder critical, normal;
    unsigned in_flight_max; /* normal messages above wait a second; critical ones line up for SEND_BUSY */
    int64_t receipt_ms;     /* ACCEPTED and no receipt so long: the next method; 0: no receipts here */

    /* Blocks on files at most. *state may stay NULL. False with a sentence: the daemon does not start. */
    bool (*open)(const struct channel_setup *setup, void **state, struct error *error);
    /* Calls done exactly once, before it returns or later from the loop; message lives until send returns,
     * done gets a copy or the same. After close, done is not called any more. */
    void (*send)(void *state, const struct message *message, channel_done *done, void *context);
    /* Local channels may keep messages together until here: the batch of some turns is over, done is called
     * for each. Optional. */
    void (*flush)(void *state);
    /* What is under way is dropped; memory that libuv still holds is freed by its own callbacks. */
    void (*close)(void **state);
};

extern const struct channel *const channel_table[]; /* ends with NULL */

enum { CHANNELS_MAX = 16 };

unsigned channel_count(void);
/* Place in the table, -1: no such channel. */
int channel_find(const char *name);
