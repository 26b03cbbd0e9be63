/* E-mail by LMTP (RFC 2033) on a local socket: how Postfix and others hand mails over (deploy/examples). It
 * is DATA/run/intake.lmtp, or the path in SIGAP_LMTP of the environment, in a folder into which a mail server
 * may look that has no business in DATA. Open to the socket's group.
 *
 * A mail becomes an input of a turn; 250 is said after its commit, 451 when there is no disk: the server
 * keeps the mail and comes again. Recipients are the addresses of the channels of source email in
 * sources.yaml (option address). Opened only when there is one.
 *
 * Hostile: what is in the mails; the mail server itself is ours. Bounded: connections, line, mail, time. */
#pragma once

#include "common/daemon.h"
#include "services/intake/state.h"

enum { EFFECT_MAIL = 3, EFFECT_MAIL_ANSWER = 4, LMTP_MAIL_MAX = 8 << 20 };

struct intake_lmtp;

/* True without a socket when no channel has an address. */
bool intake_lmtp_open(struct intake *intake, struct daemon_loop *loop, struct error *error);
void intake_lmtp_close(struct intake *intake);
/* A mail has come in: result->bytes is it, with its channel in front. Answers by an effect after the commit.
 */
void intake_lmtp_take(struct turn *turn, const struct effect_result *result);
void intake_lmtp_answer(struct intake *intake, const struct effect *effect);
