/* Loaded before the daemons of a kill campaign (LD_PRELOAD): one dies by SIGKILL exactly at a boundary of a
 * commit, where a kill from outside would hit once in a thousand. The folder named by DIE_AT holds a file of
 * 16 bytes for each program, by its name: a countdown (0: go on) and a boundary. The campaign writes it,
 * boundary first; the countdown-th call of that kind dies. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum boundary {
    BEFORE_SYNC = 1, /* written, not made durable: the commit may or may not have been */
    AFTER_SYNC = 2,  /* durable, nobody was told */
    AFTER_WRITE = 3, /* in the middle of writing a commit */
};

struct slot {
    _Atomic int64_t countdown;
    _Atomic int64_t boundary;
};

static struct slot *mine;

__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("DIE_AT");
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "", program_invocation_short_name);
    int fd = folder ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *slot = fd >= 0 ? mmap(NULL, sizeof *mine, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    if (slot != MAP_FAILED)
        mine = slot;
}

static void pass(enum boundary boundary) {
    if (mine && atomic_load(&mine->countdown) > 0 && atomic_load(&mine->boundary) == boundary &&
        atomic_fetch_sub(&mine->countdown, 1) == 1)
        kill(getpid(), SIGKILL);
}

static void *next(const char *name) {
    return dlsym(RTLD_NEXT, name);
}

static int sync_by(const char *name, int fd) {
    int (*real)(int);
    *(void **)&real = next(name);
    pass(BEFORE_SYNC);
    int result = real(fd);
    pass(AFTER_SYNC);
    return result;
}

int fdatasync(int fd) {
    return sync_by("fdatasync", fd);
}

int fsync(int fd) {
    return sync_by("fsync", fd);
}

static ssize_t write_by(const char *name, int fd, const void *bytes, size_t size, off_t at) {
    ssize_t (*real)(int, const void *, size_t, off_t);
    *(void **)&real = next(name);
    ssize_t result = real(fd, bytes, size, at);
    pass(AFTER_WRITE);
    return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    return write_by("pwrite", fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at) {
    return write_by("pwrite64", fd, bytes, size, at);
}
