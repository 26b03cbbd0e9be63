/* Intake: the door. Takes reports from bots, hotlines and field workers, keeps each before it is
 * acknowledged, puts what may be urgent into the urgent lane, and tells the reporter how things stand.
 *
 * In:  HTTP (a source is a file source_<name>.c, see source.h), SubmitReport over ZeroMQ (door.c); journals
 *      of triage, casework and notifier (follow.c: state by ticket).
 * Out: ReportReceived, sealed for the site: this daemon faces the internet and cannot read what it took.
 *
 * Hostile here: every byte that comes in. Fatal: a broken store, a site or keys that cannot be read. Not
 * fatal: a full disk (what may be urgent is taken on the reserve, everything else is told the emergency
 * numbers). */
#pragma once

#include "common/daemon.h"

extern const struct daemon intake_daemon;

/* For `sigapctl check`: reads what intake would read of a site and refuses it with the same sentence. */
bool intake_check(const char *site_dir, struct error *error);
