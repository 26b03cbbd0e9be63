/* What the files of outgoing.h share: whom a delivery goes to (outgoing_tell.c), what it says
 * (outgoing_message.c), whether it may leave now (outgoing.c), what became of it (outgoing_outcome.c), and
 * the row of numbers that stands for the results of local channels (outgoing_handover.c). */
#pragma once

#include "outgoing.h"

/* Who a delivery goes to: a team, or one of its people. */
struct recipient {
    const struct team *team;
    const struct person *person; /* NULL: the team itself */
};

/* False: there is no such team, or that person has left. */
bool outgoing_recipient(struct turn *turn, const struct delivery *delivery, struct recipient *out);
bool outgoing_same_recipient(const struct delivery *one, const struct delivery *other);
/* The recipient's. NULL: not on this channel, or not for training. */
const char *outgoing_address(const struct notifier *notifier, const struct alert *alert,
    const struct recipient *recipient, unsigned index);
/* Adds a delivery by the next channel, or method of the person, that wakes people, behind the one of this
 * delivery. False: there is none, or it was used for the same telling and will not arrive. */
bool outgoing_next_method(struct turn *turn, struct alert *alert, struct delivery before);
/* Says that nothing is to be done any more. */
bool outgoing_takes_back(enum delivery_purpose purpose);
bool outgoing_expects_answer(const struct alert *alert, const struct delivery *delivery);
/* The whole message; its length. */
size_t outgoing_write(struct turn *turn, struct alert *alert, const struct delivery *delivery,
    const struct recipient *recipient, unsigned index, struct message *out);

/* Moves it to a state in which it waits for a timer. */
void outgoing_wait(struct turn *turn, const struct alert *alert, struct delivery *delivery,
    enum delivery_state state, int64_t until, const char *reason);

/* A critical message that will not arrive: the next method; when none is left for anybody of this step, the
 * next step now (the first round only: behind it everybody has been tried, and time goes on). The coordinator
 * on duty is told, unless the message was to tell him. */
void outgoing_ended(struct turn *turn, struct alert *alert, uint16_t ordinal);
/* Nobody can tell whether it arrived: again when a life may hang on it, else once more; receivers know a
 * repetition by the delivery's id. */
void outgoing_settle_unknown(struct turn *turn, struct alert *alert, uint16_t ordinal);
/* A row that tells of one attempt. */
void outgoing_note_attempt(struct turn *turn, const struct alert *alert, const struct delivery *delivery,
    int outcome, const char *detail);

/* The watermark follows what the local channels have handed over. */
enum verdict outgoing_write_watermark(struct turn *turn);
/* Outside a turn: tells the engine that the local channels have handed over more. */
void outgoing_tell_handed(struct notifier *notifier);
