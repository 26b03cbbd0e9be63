#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

unsigned channel_count(void) {
    unsigned count = 0;
    while (channel_table[count])
        count++;
    return count;
}

int channel_find(const char *name) {
    for (int i = 0; channel_table[i]; i++)
        if (strcmp(channel_table[i]->name, name) == 0)
            return i;
    return -1;
}

const char *channel_option_of(const struct channel_setup *setup, const char *name) {
    for (unsigned i = 0; i < setup->option_count; i++)
        if (strcmp(setup->options[i].name, name) == 0)
            return setup->options[i].value;
    return NULL;
}

static bool read_first_line(int file, char *out, size_t out_size) {
    size_t size = 0;
    for (ssize_t more; size < out_size - 1 && (more = read(file, out + size, out_size - 1 - size)) != 0;) {
        if (more < 0 && errno != EINTR)
            return false;
        size += more > 0 ? (size_t)more : 0;
    }
    out[size] = 0;
    out[strcspn(out, "\r\n")] = 0;
    return out[0] != 0;
}

bool channel_secret(
    const struct channel_setup *setup, const char *file, char *out, size_t out_size, struct error *error) {
    char path[512];
    if (strchr(file, '/') ||
        snprintf(path, sizeof path, "%s/keys/%s", setup->data_dir, file) >= (int)sizeof path)
        return error_set(error, "\"%s\" is no file name in the keys folder", file);
    int handle = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (handle < 0)
        return error_set(error, "%s: cannot be opened: %s", path, strerror(errno));
    struct stat facts;
    bool good = fstat(handle, &facts) == 0 && (facts.st_mode & 077) == 0; /* all daemons are of one group */
    if (!good)
        error_set(error, "%s: only this daemon's user may read it (chmod 600)", path);
    else if (!read_first_line(handle, out, out_size))
        good = error_set(error, "%s: has no first line", path);
    close(handle);
    return good;
}
