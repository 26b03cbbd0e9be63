/* The fast look for danger words that puts a report into the urgent lane. Errs upwards: a wrong hit costs a
 * place in the queue, a miss may cost a life. */
#pragma once

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

struct intake_words;

/* Reads the site's words. NULL with a sentence. */
struct intake_words *intake_words_load(const char *site_dir, struct error *error);
void intake_words_free(struct intake_words **words);
/* text: a report, or any bytes; the first 16 KiB count. */
bool intake_words_found(const struct intake_words *words, const char *text, size_t size);
