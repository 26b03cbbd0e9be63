/* Takes from this process all that it does not need to turn one piece of memory into another, for good. */
#pragma once

#include <stdbool.h>

enum {
    CONFINE_MEMORY_MAX =
        512 << 20,          /* of addresses: 50 million pixels of 6 bytes (a progressive JPEG), and ours */
    CONFINE_SECONDS_MAX = 5 /* of CPU */
};

/* Sanitizers reserve terabytes of addresses, and look at their signal stack. */
#if defined __SANITIZE_ADDRESS__
#define CONFINE_SANITIZED 1
#elif defined __has_feature
#define CONFINE_SANITIZED __has_feature(address_sanitizer)
#else
#define CONFINE_SANITIZED 0
#endif

/* After it: no file can be opened, no socket, no process; what is read comes from standard input, what is
 * written goes to standard output, every other call ends the process. No core is written. False: the kernel
 * does not do it, and nothing hostile may be touched. */
bool confine(void);
