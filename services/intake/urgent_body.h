/* May a life hang on a body that nobody has read yet? Asked when there is no turn to be had for everybody:
 * what is urgent is taken all the same (source.h, is_urgent), the rest is answered 503. So it is asked most
 * when we have the least time: one pass, no memory taken, no document made. Errs upwards. */
#pragma once

#include "common/danger.h"

#include <stdbool.h>
#include <stddef.h>

/* JSON: the members in which people write, on all platforms; names, numbers and the words of the format
 * itself are not looked at, the scan would find too much in them. Anything else, JSON that is broken
 * included: all of it, with escapes and form encoding taken out. Any bytes are allowed. */
bool urgent_body(const struct danger *danger, const void *body, size_t size);
