/* The console: web page and HTTP API for the people of the service, and the journal of their commands.
 *
 * It owns accounts, sessions and the commands that were given; everything else is asked of its owner, with
 * the rights of the person who asks, and shown as it comes. It opens no other store and holds no site key.
 *
 * Hostile here: everything that comes over HTTP, also from somebody who is signed in; addresses of answer
 * links, which travel through mail and chat. Fatal: a broken store, a site that cannot be read. Not fatal: a
 * daemon that does not answer (its part is named as missing), a command nobody answers (202, to ask later).
 *
 * Known limits: no second factor yet, no single sign-on; a command's answer is kept for a day. Reason and
 * outcome of a command cross the journal sealed (common/words.h). */
#pragma once

#include "common/daemon.h"

extern const struct daemon console_daemon;
