/* A picture from outside, drawn anew: decoded, turned the way the camera was held, made smaller, and encoded
 * as a JPEG that holds its pixels and nothing else: no position, no camera, no comment, no second file behind
 * it. What is hostile here is every byte; the decoders are Debian's libraries, so this runs in a process of
 * its own that can do nothing (confine.h). It knows JPEG, PNG and WebP, and of what moves nothing.
 *
 * Bounds: PICTURE_BYTES_MAX in; 50 million pixels by what the header says, before anything is decoded
 * (a picture of a telephone has 12 to 50); PICTURE_EDGE_MAX pixels at the longer edge out. A JPEG is decoded
 * at an eighth, a quarter or half its size where that is enough, a WebP at the size wanted. Memory and time
 * are bounded by the process. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
    PICTURE_BYTES_MAX = 6 << 20, /* as MEDIUM_SHOWN_MAX (common/medium.h) */
    PICTURE_PIXELS_MAX = 50 * 1000 * 1000,
    PICTURE_EDGE_MAX = 1600,
    PICTURE_SCANS_MAX = 64, /* of a progressive JPEG, each goes over all pixels; cameras write about 10 */
    PICTURE_QUALITY = 82
};

/* Also the exit status of sigap-picture. */
enum picture_outcome {
    PICTURE_DRAWN = 0,
    PICTURE_UNKNOWN = 10, /* no JPEG, PNG or WebP, or one that moves */
    PICTURE_TOO_LARGE = 11,
    PICTURE_BROKEN = 12,
    PICTURE_NO_MEMORY = 13,
    PICTURE_NOT_CONFINED = 14 /* the kernel gives no such process: nothing was decoded */
};

/* *jpeg is malloc'd, the caller's; only set when PICTURE_DRAWN. */
enum picture_outcome picture_draw(const uint8_t *bytes, size_t size, uint8_t **jpeg, size_t *jpeg_size);
