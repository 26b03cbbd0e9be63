/* Reading what platforms send, whatever it holds: what of it is no text becomes one. What decoders use is in
 * hook.h. */
#pragma once

#include "common/arena.h"

#include <stdbool.h>
#include <stddef.h>

bool hook_is_utf8(const char *text, size_t size);
/* The same text when it is UTF-8; else U+FFFD stands for each byte that is not, as hook_json makes JSON. In
 * the arena; the text itself when that is exhausted, and the turn will see. */
const char *hook_clean_text(struct arena *arena, const char *text);
