/* How rare a word is among labelled reports: what two tellings of one incident share is worth the more the
 * fewer other reports have it. Counted by `sigapctl triage train --rarity FILE`, from the reports that the
 * weights are learnt from:
 *
 *   sigap-rarity 1
 *   reports <tab> number of reports counted
 *   stem <tab> reports that have it ...        two or more; what is not listed is as rare as can be
 *
 * Concepts of the vocabulary are counted under their code, rows of details (details.h) as "@row", by kind of
 * report as "kind@row", those that are also found loosely as "@~row" and "kind@~row", and the reports of a
 * kind as "kind@". Read-only after loading. */
#pragma once

#include "common/error.h"

#include <stdint.h>
#include <stdio.h>

#define RARITY_LOOSELY "~"

struct rarity;

/* NULL with error set. The caller frees it. */
struct rarity *rarity_read(FILE *file, struct error *error);
struct rarity *rarity_load(const char *path, struct error *error);
void rarity_free(struct rarity **rarity);
/* 0 for a word that every report has, 1 for one that none has. rarity NULL: 1 for any word. */
float rarity_of(const struct rarity *rarity, const char *stem);
/* How much it tells that two reports of a kind share a detail: 0 where all reports of the kind have it, 1
 * where hardly any report has. */
float rarity_within(const struct rarity *rarity, const char *kind, const char *detail);
