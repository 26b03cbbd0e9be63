/* daemon_keys() of daemon.h, apart from daemon.c: the simulator has no sockets, but it has keys. */
#include "common/config.h"
#include "common/daemon.h"
#include "common/keystore.h"

#include <unistd.h>

bool daemon_keys(const struct daemon_setup *setup, const char *daemon, unsigned parts, struct keystore **out,
    struct error *error) {
    static const uint8_t simulated[SEAL_KEY_BYTES]; /* the same for all daemons of one process */
    char folder[CONFIG_PATH_MAX], file[CONFIG_PATH_MAX];
    if (!config_path(folder, setup->data_dir, "keys") || !config_path(file, folder, "hash.key"))
        return error_set(error, "the name of the data folder is too long");
    if (!setup->simulated || access(file, F_OK) == 0)
        return keystore_load(folder, daemon, parts, out, error);
    *out = keystore_from_seed(simulated, daemon, parts);
    return *out || error_set(error, "out of memory");
}
