/* Which request goes where, and the order of checks before it gets there: the file or the route, the method,
 * the size, the origin, the session, the forged-request token. Only then is a byte of the body read. */
#pragma once

#include "exchange.h"

void routes_answer(struct exchange *exchange);
