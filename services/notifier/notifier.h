/* notifier: who must know, on which channel, until somebody answers.
 *
 * Comes in: records of intake, triage, router, casework and console; results of sends; time. Goes out:
 * messages to teams, and AlertRaised, AlertMoved, DeliveryEnded, CommandAnswered.
 *
 * A record meets, in this order: notifier.c (which record is it), react_*.c (who must know of it), escalate.c
 * (policy, steps, time), outgoing.c (when and how it leaves, what became of it), channel_*.c (the wire).
 * answer.c is the way back; arrival.c: an offer has reached its facility. web.c: what e-mail and webhook
 * share. conflict.c: who must not be told. views.c: what people look at. directory.c, teams.c: facilities and
 * teams of the site. watch.c: dangerous reports that triage does not speak of. recent.c: rows of the alerts
 * written last. People and rotas: duty.c (who is on duty), duty_orders.c (entering), duty_views.c (looking).
 * Rows: alert.c, delivery.c, duty.c. Pure decisions: policy.c, quiet.c, ladder.c, breaker.c, text.c, token.c,
 * rota.c, people.c.
 *
 * Fatal: a site that cannot be read, a channel that is configured wrongly. Not fatal: a channel that fails, a
 * team that does not exist any more, an answer link that was forged. */
#pragma once

#include "common/daemon.h"

extern const struct daemon notifier_daemon;

/* Is the site sound for the notifier? teams.yaml, escalation.yaml and channels.yaml can be read; every
 * situation and priority has a policy; every target is a team, or an agency with a liaison, in every regency;
 * every facility has a team that receives offers; a role that is told at night is there at night. False with
 * the first that is not. */
bool notifier_check(const char *site_dir, struct error *error);

/* The word `rota`: who is told when, policy by policy, in one place (default: the first regency). `rota
 * check` is notifier_check with an answer; with `--days N` the running site is asked too: a team that is
 * there round the clock and has a rota must have somebody at every minute (duty_check.h). */
int rota_run(int argc, char **argv, const char *site_dir);
