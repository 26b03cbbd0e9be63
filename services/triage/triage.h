/* Triage: what is it, how urgent, where, have we heard of it before; opens cases.
 *
 *   in   ReportReceived (intake), DecideReview, ChangeCase, MergeCase and SplitReport (console), CaseClosed
 *        (casework)
 *   out  CaseOpened | ReportJoined | ReportInReview | ReportClosed, one a report; CaseChanged, CaseMerged,
 *        ReportParted
 *
 * Each report is settled in exactly one way. What may be life-threatening but is unclear goes to a person and
 * alerts at once all the same; the machine never closes it. The judgement itself is a pure function, see
 * assess.h.
 *
 * Files in the order in which a report meets them:
 *
 *   triage       the daemon: which record goes where; state.h is what it holds
 *   receive      a report: opened, judged, joined to a case or not, settled; the rows
 *   follow       what amends a report goes where that went; another place than the case's
 *   sequel       what its sender goes on about, minutes later
 *   heard        heard before? prints of reports, and what is alike
 *   conflict     does it accuse those who would receive the case
 *   join         a report joins a case, and what it adds to it: upwards only, or a place corrected
 *   assess       the judgement, made of the next seven. Pure
 *   text, spelling, stem   words as people write them, corrected, without their endings
 *   vocabulary, pattern, matcher, concept   the site's words and patterns, and where the text has them
 *   facts        what the text says: age, sex, who, since when
 *   place        where, by the gazetteer
 *   model, train   a weighing of words beside the patterns, and how its weights are made
 *   matters      what else it is about, passage by passage
 *   urgency      P0 to P4, and what may be life-threatening
 *   likeness     do two reports tell of one incident
 *   scene, identity, details, rarity   what of them is compared
 *   command      people: reviews decided, cases corrected
 *   merge        people: cases merged, reports parted, and both taken back
 *   measure, lines   what they decided, beside what the machine had said; as lines to learn from
 *   view, explain   what others may ask; `sigapctl triage explain` */
#pragma once

#include "common/daemon.h"

extern const struct daemon triage_daemon;
