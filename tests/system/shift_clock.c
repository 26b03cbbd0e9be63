/* Loaded before the programs of a test (LD_PRELOAD): the wall clock they read is off by as many milliseconds
 * as the file named by SHIFT_CLOCK holds (8 bytes, native order), at any moment. The monotonic clock is left
 * alone, as it is by whoever sets a machine's clock. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *shift_ms;
static int (*real)(clockid_t, struct timespec *);

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("SHIFT_CLOCK");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *bytes = fd >= 0 ? mmap(NULL, sizeof *shift_ms, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    if (bytes != MAP_FAILED)
        shift_ms = bytes;
}

int clock_gettime(clockid_t which, struct timespec *at) {
    if (!real) /* libraries ask before our constructor has run */
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(which, at);
    if (result == 0 && shift_ms && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) {
        int64_t ms = (int64_t)at->tv_sec * 1000 + at->tv_nsec / 1000000 + *shift_ms;
        at->tv_sec = (time_t)(ms / 1000);
        at->tv_nsec = (long)(ms % 1000 * 1000000 + at->tv_nsec % 1000000);
    }
    return result;
}
