#include "common/keystore.h"

#include "common/fault.h"
#include "common/hmac.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- The file form: `sigap-<what>-1 <43 characters>\n` --- */

struct file_kind {
    const char *what;
    bool secret;
};

static const struct file_kind kind_public = {"site-public", false};
static const struct file_kind kind_secret = {"site-secret", true};
static const struct file_kind kind_hash = {"hash-key", true};
static const struct file_kind kind_local = {"local-key", true};

enum {
    KEY_TEXT = 43,                                 /* 32 bytes in base64url */
    LINE_MAX_BYTES = 6 + 16 + 3 + KEY_TEXT + 1 + 1 /* "sigap-", what, "-1 ", key, newline, NUL */
};

struct file_path {
    char text[PATH_MAX];
};

static bool path_of(const char *dir, const char *file, struct file_path *out, struct error *error) {
    int size = snprintf(out->text, sizeof out->text, "%s/%s", dir, file);
    return (size >= 0 && (size_t)size < sizeof out->text) ||
           error_set(error, "the path of %s is too long", file);
}

static bool path_of_local(const char *dir, const char *daemon, struct file_path *out, struct error *error) {
    char file[sizeof "local-.key" + KEYSTORE_DAEMON_MAX];
    size_t size = daemon ? strspn(daemon, "abcdefghijklmnopqrstuvwxyz") : 0;
    if (size == 0 || daemon[size] || size > KEYSTORE_DAEMON_MAX)
        return error_set(error, "a local key needs the name of a daemon, letters a to z");
    snprintf(file, sizeof file, "local-%s.key", daemon);
    return path_of(dir, file, out, error);
}

static void line_make(
    const struct file_kind *kind, const uint8_t key[SEAL_KEY_BYTES], char line[LINE_MAX_BYTES]) {
    char text[KEY_TEXT + 1];
    hmac_base64_encode(key, SEAL_KEY_BYTES, HMAC_BASE64_URL, text, sizeof text);
    snprintf(line, LINE_MAX_BYTES, "sigap-%s-1 %s\n", kind->what, text);
    sodium_memzero(text, sizeof text);
}

static bool line_read(const struct file_kind *kind, const char *line, uint8_t key[SEAL_KEY_BYTES]) {
    char prefix[LINE_MAX_BYTES];
    size_t size, length = (size_t)snprintf(prefix, sizeof prefix, "sigap-%s-1 ", kind->what);
    return strlen(line) == length + KEY_TEXT + 1 && memcmp(line, prefix, length) == 0 &&
           line[length + KEY_TEXT] == '\n' &&
           hmac_base64_decode(line + length, KEY_TEXT, HMAC_BASE64_URL, key, SEAL_KEY_BYTES, &size) &&
           size == SEAL_KEY_BYTES;
}

/* --- Reading --- */

static bool mode_check(int fd, const char *path, const struct file_kind *kind, struct error *error) {
    struct stat stat;
    if (fstat(fd, &stat) != 0)
        return error_set(error, "%s: %s", path, strerror(errno));
    if (!S_ISREG(stat.st_mode))
        return error_set(error, "%s is no regular file", path);
    if (stat.st_mode & (S_IWGRP | S_IWOTH))
        return error_set(error,
            "%s may be written by others than its owner (mode %04o): run chmod go-w on it", path,
            (unsigned)(stat.st_mode & 07777));
    if (kind->secret && stat.st_mode & S_IRWXO)
        return error_set(error,
            "%s holds a secret and is open to every user (mode %04o): run chmod o-rwx on it, and think "
            "about who may have read it",
            path, (unsigned)(stat.st_mode & 07777));
    return true;
}

/* Who may write the folder may put another site.pub there and read all that comes in from then on. */
static bool folder_check(const char *dir, struct error *error) {
    struct stat stat;
    if (lstat(dir, &stat) != 0)
        return error_set(error, "%s: %s", dir, strerror(errno));
    return !(stat.st_mode & S_IWOTH) ||
           error_set(error, "%s may be written by every user (mode %04o): run chmod o-w on it", dir,
               (unsigned)(stat.st_mode & 07777));
}

static bool line_load(int fd, const char *path, char line[LINE_MAX_BYTES], struct error *error) {
    ssize_t size = fault_strikes(FAULT_READ) ? (errno = EIO, -1) : read(fd, line, LINE_MAX_BYTES - 1);
    if (size < 0)
        return error_set(error, "%s: %s", path, strerror(errno));
    line[size] = 0;
    return true;
}

static bool key_load(
    const char *path, const struct file_kind *kind, uint8_t key[SEAL_KEY_BYTES], struct error *error) {
    char line[LINE_MAX_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return error_set(error, errno == ELOOP ? "%s is a link, and a key must be a file (%s)" : "%s: %s",
            path, strerror(errno));
    bool loaded =
        mode_check(fd, path, kind, error) && line_load(fd, path, line, error) &&
        (line_read(kind, line, key) || error_set(error, "%s holds no sigap-%s-1", path, kind->what));
    sodium_memzero(line, sizeof line);
    close(fd);
    return loaded;
}

/* --- Writing: temporary file, fsync, link (which never replaces), fsync of the folder --- */

static bool folder_sync(const char *dir, struct error *error) {
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && !fault_strikes(FAULT_SYNC) && fsync(fd) == 0;
    if (!synced)
        error_set(error, "%s: cannot sync the folder: %s", dir, strerror(errno));
    if (fd >= 0)
        close(fd);
    return synced;
}

static bool line_write(int fd, const char *path, const char *line, mode_t mode, struct error *error) {
    size_t size = strlen(line);
    ssize_t written = fault_strikes(FAULT_WRITE) ? (errno = ENOSPC, -1) : write(fd, line, size);
    if (written != (ssize_t)size)
        return error_set(error, "%s: cannot write: %s", path, written < 0 ? strerror(errno) : "cut short");
    if (fchmod(fd, mode) != 0 || fault_strikes(FAULT_SYNC) || fsync(fd) != 0)
        return error_set(error, "%s: cannot sync: %s", path, strerror(errno));
    return true;
}

/* True also when another process was first: its key counts, and the caller reads it back. */
static bool key_store(const char *dir, const char *path, const struct file_kind *kind,
    const uint8_t key[SEAL_KEY_BYTES], struct error *error) {
    char line[LINE_MAX_BYTES];
    struct file_path temporary;
    if (!path_of(dir, ".new-XXXXXX", &temporary, error))
        return false;
    int fd = mkostemp(temporary.text, O_CLOEXEC);
    if (fd < 0)
        return error_set(error, "%s: cannot make a file: %s", dir, strerror(errno));
    line_make(kind, key, line);
    bool stored = line_write(fd, path, line, kind->secret ? 0600 : 0644, error);
    sodium_memzero(line, sizeof line);
    close(fd);
    if (stored && link(temporary.text, path) != 0 && errno != EEXIST)
        stored = error_set(error, "%s: cannot link: %s", path, strerror(errno));
    unlink(temporary.text);
    return stored && folder_sync(dir, error);
}

static bool is_there(const char *path) {
    struct stat stat;
    return lstat(path, &stat) == 0;
}

/* Reads the key at path, or makes and stores it first; either way key is what the file holds. */
static bool key_ensure(const char *dir, const char *path, const struct file_kind *kind,
    const struct random *random, uint8_t key[SEAL_KEY_BYTES], struct error *error) {
    if (!is_there(path)) {
        random_fill(random, key, SEAL_KEY_BYTES);
        if (!key_store(dir, path, kind, key, error))
            return false;
    }
    return key_load(path, kind, key, error);
}

static bool pair_check(const char *path, const uint8_t secret[SEAL_KEY_BYTES],
    const uint8_t public_key[SEAL_KEY_BYTES], struct error *error) {
    uint8_t expected[SEAL_KEY_BYTES];
    crypto_scalarmult_base(expected, secret);
    return memcmp(expected, public_key, SEAL_KEY_BYTES) == 0 ||
           error_set(error,
               "%s does not belong to the site.key beside it: one of them comes from another site", path);
}

/* The secret is durable before its public half appears: intake never seals for a secret that a power cut
 * took. */
static bool site_ensure(
    const char *dir, const struct random *random, uint8_t key[SEAL_KEY_BYTES], struct error *error) {
    struct file_path secret, public_path;
    uint8_t public_key[SEAL_KEY_BYTES];
    if (!path_of(dir, "site.key", &secret, error) || !path_of(dir, "site.pub", &public_path, error))
        return false;
    if (is_there(public_path.text) && !is_there(secret.text))
        return error_set(error,
            "%s is there but site.key is not: put site.key back from its backup, for a new pair could "
            "not open what is sealed for the old one",
            public_path.text);
    if (!key_ensure(dir, secret.text, &kind_secret, random, key, error))
        return false;
    if (!is_there(public_path.text)) {
        crypto_scalarmult_base(public_key, key);
        if (!key_store(dir, public_path.text, &kind_public, public_key, error))
            return false;
    }
    return key_load(public_path.text, &kind_public, public_key, error) &&
           pair_check(public_path.text, key, public_key, error);
}

static bool locals_ensure(const char *dir, const char *const *daemons, const struct random *random,
    uint8_t key[SEAL_KEY_BYTES], struct error *error) {
    struct file_path path;
    for (; *daemons; daemons++)
        if (!path_of_local(dir, *daemons, &path, error) ||
            !key_ensure(dir, path.text, &kind_local, random, key, error))
            return false;
    return true;
}

bool keystore_create(
    const char *dir, const char *const *daemons, const struct random *random, struct error *error) {
    struct file_path hash;
    uint8_t key[SEAL_KEY_BYTES];
    if (sodium_init() < 0)
        return error_set(error, "libsodium does not start");
    if (mkdir(dir, 0750) != 0 && errno != EEXIST)
        return error_set(error, "%s: cannot make the folder: %s", dir, strerror(errno));
    bool created = folder_check(dir, error) && path_of(dir, "hash.key", &hash, error) &&
                   site_ensure(dir, random, key, error) &&
                   key_ensure(dir, hash.text, &kind_hash, random, key, error) &&
                   locals_ensure(dir, daemons, random, key, error);
    sodium_memzero(key, sizeof key);
    return created;
}

/* --- What a daemon holds --- */

struct keystore {
    unsigned parts;
    uint8_t site_public[SEAL_KEY_BYTES], site_secret[SEAL_KEY_BYTES];
    uint8_t token_key[HMAC_KEY_BYTES];
    struct seal_hash_keys hash;
    struct seal_local_key local, words;
};

static struct keystore *keystore_new(unsigned parts) {
    struct keystore *keystore =
        sodium_init() < 0 || fault_strikes(FAULT_MEMORY) ? NULL : sodium_malloc(sizeof *keystore);
    if (!keystore)
        return NULL;
    memset(keystore, 0, sizeof *keystore);
    keystore->parts = parts & KEYSTORE_SECRET ? parts | KEYSTORE_PUBLIC : parts;
    return keystore;
}

void keystore_free(struct keystore **keystore) {
    sodium_free(*keystore); /* wipes */
    *keystore = NULL;
}

static void hash_set(struct keystore *keystore, const uint8_t key[SEAL_KEY_BYTES]) {
    seal_hash_keys_derive(key, &keystore->hash);
    uint8_t words[SEAL_KEY_BYTES];
    crypto_kdf_derive_from_key(keystore->token_key, HMAC_KEY_BYTES, 1, "sigaptok", key);
    crypto_kdf_derive_from_key(words, sizeof words, 1, "sigapwrd", key);
    seal_local_key_from_bytes(words, &keystore->words);
    sodium_memzero(words, sizeof words);
}

static bool load_site(const char *dir, struct keystore *keystore, struct error *error) {
    struct file_path path;
    if (keystore->parts & KEYSTORE_SECRET &&
        (!path_of(dir, "site.key", &path, error) ||
            !key_load(path.text, &kind_secret, keystore->site_secret, error)))
        return false;
    if (keystore->parts & KEYSTORE_PUBLIC &&
        (!path_of(dir, "site.pub", &path, error) ||
            !key_load(path.text, &kind_public, keystore->site_public, error)))
        return false;
    return !(keystore->parts & KEYSTORE_SECRET) ||
           pair_check(path.text, keystore->site_secret, keystore->site_public, error);
}

static bool load_hash(const char *dir, struct keystore *keystore, struct error *error) {
    struct file_path path;
    uint8_t key[SEAL_KEY_BYTES];
    if (!(keystore->parts & KEYSTORE_HASH))
        return true;
    if (!path_of(dir, "hash.key", &path, error) || !key_load(path.text, &kind_hash, key, error))
        return false;
    hash_set(keystore, key);
    sodium_memzero(key, sizeof key);
    return true;
}

static bool load_local(const char *dir, const char *daemon, struct keystore *keystore, struct error *error) {
    struct file_path path;
    uint8_t key[SEAL_KEY_BYTES];
    if (!(keystore->parts & KEYSTORE_LOCAL))
        return true;
    if (!path_of_local(dir, daemon, &path, error) || !key_load(path.text, &kind_local, key, error))
        return false;
    seal_local_key_from_bytes(key, &keystore->local);
    sodium_memzero(key, sizeof key);
    return true;
}

bool keystore_load(
    const char *dir, const char *daemon, unsigned parts, struct keystore **out, struct error *error) {
    *out = keystore_new(parts);
    if (!*out)
        return error_set(error, "no memory for the keys");
    if (folder_check(dir, error) && load_site(dir, *out, error) && load_hash(dir, *out, error) &&
        load_local(dir, daemon, *out, error))
        return true;
    keystore_free(out);
    return false;
}

/* One key of the seed for each file; the parts that are not asked for stay empty, as after keystore_load. */
struct keystore *keystore_from_seed(const uint8_t seed[SEAL_KEY_BYTES], const char *daemon, unsigned parts) {
    struct keystore *keystore = keystore_new(parts);
    uint8_t key[SEAL_KEY_BYTES];
    if (!keystore)
        return NULL;
    crypto_kdf_derive_from_key(key, sizeof key, 1, "sigapsim", seed);
    if (keystore->parts & KEYSTORE_SECRET)
        memcpy(keystore->site_secret, key, sizeof key);
    if (keystore->parts & KEYSTORE_PUBLIC)
        crypto_scalarmult_base(keystore->site_public, key);
    crypto_kdf_derive_from_key(key, sizeof key, 2, "sigapsim", seed);
    if (keystore->parts & KEYSTORE_HASH)
        hash_set(keystore, key);
    if (keystore->parts & KEYSTORE_LOCAL) {
        crypto_generichash(key, sizeof key, (const uint8_t *)daemon, strlen(daemon), seed, SEAL_KEY_BYTES);
        seal_local_key_from_bytes(key, &keystore->local);
    }
    sodium_memzero(key, sizeof key);
    return keystore;
}

const uint8_t *keystore_site_public(const struct keystore *keystore) {
    return keystore->parts & KEYSTORE_PUBLIC ? keystore->site_public : NULL;
}

const uint8_t *keystore_site_secret(const struct keystore *keystore) {
    return keystore->parts & KEYSTORE_SECRET ? keystore->site_secret : NULL;
}

const struct seal_hash_keys *keystore_hash(const struct keystore *keystore) {
    return keystore->parts & KEYSTORE_HASH ? &keystore->hash : NULL;
}

const struct seal_local_key *keystore_local(const struct keystore *keystore) {
    return keystore->parts & KEYSTORE_LOCAL ? &keystore->local : NULL;
}

const uint8_t *keystore_token_key(const struct keystore *keystore) {
    return keystore->parts & KEYSTORE_HASH ? keystore->token_key : NULL;
}

const struct seal_local_key *keystore_words(const struct keystore *keystore) {
    return keystore->parts & KEYSTORE_HASH ? &keystore->words : NULL;
}
