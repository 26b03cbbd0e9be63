/* A message that has to wait, all of it, as JSON of our own. Not what came along with it (hook_emit). */
#pragma once

#include "common/json.h"
#include "services/intake/hook.h"

enum { HOOK_PACKED_MAX = 6 * HOOK_BODY_MAX + 4096 }; /* one byte of a body becomes six at most */

/* In the writer, which the caller frees whatever comes. NULL: no memory, and the turn is made again; a
 * message must not be lost behind a 200. */
const char *hook_pack(
    struct hook_batch *batch, struct json_writer *writer, const struct hook_message *message, size_t *size);
/* Texts point into the document. */
void hook_unpack(const json_t *document, struct hook_message *message);
