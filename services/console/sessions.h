/* Signing in and staying signed in: a cookie of 256 random bits, kept as its hash only, good for 12 hours and
 * for one hour without use. The token against forged requests is made from the cookie, so nothing else is
 * kept; a page of another origin can neither read it nor send it. */
#pragma once

#include "exchange.h"

enum {
    SESSION_MS = 12 * 3600 * 1000,
    SESSION_IDLE_MS = 3600 * 1000,
    SESSION_SEEN_MS = 60 * 1000, /* use is noted at most so often: no row a request */
    SESSIONS_EACH = 20,          /* an account's oldest is ended when it has more */
};

/* Who asks; false: nobody. use: counts as use, which the page's own polling does not. The person and its
 * texts live as long as the turn. */
bool session_find(const struct exchange *exchange, bool use, struct person *out);
/* Is the token of X-CSRF-Token that of the session? */
bool session_csrf_good(const struct exchange *exchange);
void session_sweep(struct turn *turn);

/* POST /api/login {account, password}; the answer comes when Argon2 has spoken. */
void session_login(struct exchange *exchange);
void session_verified(struct turn *turn, struct wait *wait, const struct effect_result *result);
/* POST /api/logout, GET /api/me */
void session_logout(struct exchange *exchange);
void session_me(struct exchange *exchange);
/* POST /api/password {password, renewed}: ends the account's other sessions. */
void session_change(struct exchange *exchange);
void session_changed(struct turn *turn, struct wait *wait, const struct effect_result *result);
/* Keeps the Argon2id string of a password that we made. */
void session_hardened(struct turn *turn, const struct effect_result *result);
/* Argon2 did not come back in time. */
void session_late(struct turn *turn, struct wait *wait);
