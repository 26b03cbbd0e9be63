/* sigap-picture: a picture on standard input, the same drawn anew on standard output. The console starts one
 * for each look. Its own program and not a fork, so that no secret of the daemon is in its memory, and no
 * decoder in the daemon's. */
#include "services/picture/confine.h"
#include "services/picture/picture.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static uint8_t input[PICTURE_BYTES_MAX + 1];

static enum picture_outcome read_input(size_t *size) {
    for (*size = 0; *size < sizeof input;) {
        ssize_t got = read(STDIN_FILENO, input + *size, sizeof input - *size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0 ? PICTURE_DRAWN : PICTURE_BROKEN;
        *size += (size_t)got;
    }
    return PICTURE_TOO_LARGE;
}

static enum picture_outcome write_output(const uint8_t *at, size_t size) {
    while (size) {
        ssize_t put = write(STDOUT_FILENO, at, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return PICTURE_BROKEN;
        at += put;
        size -= (size_t)put;
    }
    return PICTURE_DRAWN;
}

int main(int argc, char **argv) {
    (void)argv;
    uint8_t *jpeg = NULL;
    size_t size = 0, jpeg_size = 0;
    if (argc > 1) {
        fputs("sigap-picture: takes no words, only a picture on standard input\n", stderr);
        return 2;
    }
    if (!confine())
        _exit(PICTURE_NOT_CONFINED);
    enum picture_outcome outcome = read_input(&size);
    if (outcome == PICTURE_DRAWN)
        outcome = picture_draw(input, size, &jpeg, &jpeg_size);
    if (outcome == PICTURE_DRAWN)
        outcome = write_output(jpeg, jpeg_size);
    _exit((int)outcome); /* nothing is tidied up: there is no call left to do it with */
}
