/* GET /api/site: what the page needs to speak the site's words: kinds, roles, reasons for refusing an offer,
 * emergency numbers, and what people read for each code of the other daemons' files: facts, flags, steps and
 * rules of referral, policies, concepts and rules of triage. Public words only; made once at start. */
#pragma once

#include "state.h"

bool site_words_open(struct console *console, const char *site_dir, struct error *error);
void site_words_close(struct console *console);
