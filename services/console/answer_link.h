/* /a/<token>: answering an alert from a message, without an account. GET only shows: scanners of mail and
 * chat follow every link. POST answers: by the button of the page, or of a bot. Whoever comes second is told
 * who was first. The pages are plain HTML, for any telephone.
 *
 * Hostile here: the token, the form, and whatever the notifier repeats from people; everything is escaped. */
#pragma once

#include "exchange.h"

/* Takes the request when its path starts with /a/; false: not ours. */
bool answer_link_request(struct exchange *exchange);
/* The notifier has told what the token stands for, or not in time. */
void answer_link_show(struct turn *turn, struct wait *wait);
/* The order was answered, or not in time. */
void answer_link_finish(struct turn *turn, struct wait *wait);
