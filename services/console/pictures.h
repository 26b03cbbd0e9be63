/* Draws pictures anew with sigap-picture (services/picture), one process a picture: what is hostile in it
 * meets neither this daemon nor a browser. */
#pragma once

#include "common/daemon.h"

enum {
    PICTURES_PARALLEL = 2, /* x 512 MiB of addresses at most, 100 MiB as a rule */
    PICTURES_WAITING = 8,  /* x 6 MiB = 48 MiB */
    PICTURE_LONGEST_MS = 8000,
    PICTURE_ANSWER_MAX = 4 << 20 /* 1600 x 1600 pixels at the quality that is written: 2 MiB of pure noise */
};

struct pictures;

struct pictures *pictures_open(struct daemon_loop *loop); /* NULL: out of memory */
/* Those that run are killed, without a result. */
void pictures_close(struct pictures **pictures);
/* An outcome beside those of picture.h: no place in the queue, or no memory. */
enum { PICTURES_BUSY = 100 };
/* effect->what: the picture as it came. Its result: outcome is enum picture_outcome, EFFECT_UNKNOWN when the
 * process did not end by itself; bytes: the JPEG. */
void pictures_start(struct pictures *pictures, const struct effect *effect);
