/* Key files: those of the site (keystore.h), and one for each daemon that is reached over tcp. */
#include "ctl.h"

#include "common/clock.h"
#include "common/keystore.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

bool ctl_make_keys(const struct ctl *ctl, const struct site_links *links, struct error *error) {
    const char *names[33] = {0};
    char folder[PATH_ROOM + 8];
    if (sodium_init() < 0)
        return error_set(error, "libsodium cannot be set up");
    for (unsigned i = 0, n = 0; i < links->daemons_count && n < 32; i++)
        if (links->daemons[i].core)
            names[n++] = links->daemons[i].name;
    snprintf(folder, sizeof folder, "%s/keys", ctl->data_dir);
    return keystore_create(folder, names, &random_real, error);
}

/* A link over tcp needs a CURVE key: keys/<daemon>.curve, public and secret in Z85. The public one goes into
 * links.yaml of every machine. A key that is there is never replaced. */
static bool make_curve_key(const char *daemon) {
    char path[128], line[96] = "", public_key[41], secret_key[41];
    snprintf(path, sizeof path, "keys/%s.curve", daemon);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        zmq_curve_keypair(public_key, secret_key);
        int size = snprintf(line, sizeof line, "%s\n%s\n", public_key, secret_key);
        bool written = write(fd, line, (size_t)size) == size && fsync(fd) == 0;
        close(fd);
        if (!written)
            return unlink(path), ctl_fail("%s: %s", path, strerror(errno)), false;
    } else if (errno != EEXIST) {
        return ctl_fail("%s: %s", path, strerror(errno)), false;
    }
    FILE *file = fopen(path, "r");
    bool read = file && fgets(public_key, sizeof public_key, file);
    if (file)
        fclose(file);
    if (read)
        printf("%s public_key: \"%s\"\n", daemon, public_key);
    return read;
}

/* Readers from outside have keys too. */
static bool all_in_links(const struct site_links *links, int count, char **daemons) {
    for (int i = 0; i < count; i++)
        if (!site_links_find(links, daemons[i]))
            return ctl_misused("keys: \"%s\" is not in the site's links.yaml", daemons[i]), false;
    return true;
}

static int make_keys(const struct ctl *ctl, const struct site_links *links, int count, char **daemons) {
    struct error error = {0};
    mkdir(ctl->data_dir, 0750);
    if (chdir(ctl->data_dir) != 0 || !ctl_make_keys(ctl, links, &error))
        return ctl_fail("%s: %s", ctl->data_dir, error.text[0] ? error.text : strerror(errno));
    for (int i = 0; i < count; i++)
        if (!make_curve_key(daemons[i]))
            return 1;
    return 0;
}

int ctl_keys(struct ctl *ctl, int argc, char **argv) {
    struct site_links *links = ctl_links(ctl);
    if (!links)
        return 1;
    int result = all_in_links(links, argc - 1, argv + 1) ? make_keys(ctl, links, argc - 1, argv + 1) : 2;
    site_links_free(&links);
    return result;
}
