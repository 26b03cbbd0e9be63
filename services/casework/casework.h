/* Casework: the case file. It keeps every case for years, with its follow-up tasks, deadlines and outcomes,
 * and owns the keys of cases: erasing a case is destroying its key.
 *
 * Reads   triage (cases open, change, are joined), router (missing facts, offers and their answers: arrivals
 *         set the anchors of deadlines), notifier (who was alerted), console (commands)
 * Writes  TasksPlanned, TaskMoved, TaskReminder, FactRecorded, CaseClosed, CommandAnswered
 * Shows   CaseView, ListView cases and tasks, MediaView (which reports a case has; opens a photo)
 *
 * Hostile here: commands and views of people who may not; rows of a store that was restored beside an older
 * or newer key file (keys_replay). Fatal: a key file that cannot be written. Not fatal: a narrative that does
 * not open (shown as null), a playbook task that the site no longer has (kept by its code).
 *
 * Known limits: 160 tasks, 96 facts and 8 playbooks a case (tasks without room are told in the history, and
 * somebody must look); 255 bytes of further kinds
 * (about a dozen; what finds no room is told in the history); 200 reports are shown of a case, and go with a
 * merge; an actor with more than 8 areas or 4 facilities sees the first
 * ones; queues look through 2000 cases at most. */
#pragma once

#include "common/daemon.h"

extern const struct daemon casework_daemon;

/* Is the site sound as far as casework reads it: playbooks, clocks, teams, roles, conditions, no circles?
 * False with file and sentence. For `sigapctl check`. */
bool casework_check(const char *site_dir, struct error *error);
