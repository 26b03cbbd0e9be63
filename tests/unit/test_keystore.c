/* Key files: made once and whole, read only as far as the role goes, refused when others could read them. */
#include "common/fault.h"
#include "common/keystore.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void fill(void *state, void *bytes, size_t size) {
    uint8_t *next = state;
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = *next = (uint8_t)(*next * 5 + 17);
}

enum { EVERYTHING = KEYSTORE_SECRET | KEYSTORE_HASH | KEYSTORE_LOCAL };

static const char *const daemons[] = {"intake", "notifier", NULL};

struct bench {
    char root[64], dir[80];
    uint8_t seed;
    struct random random;
    struct error error;
};

static struct bench *setup(void) {
    struct bench *bench = test_calloc(1, sizeof *bench);
    strcpy(bench->root, "/tmp/sigap-keys-XXXXXX");
    assert_non_null(mkdtemp(bench->root));
    snprintf(bench->dir, sizeof bench->dir, "%s/keys", bench->root);
    bench->seed = 1;
    bench->random = (struct random){fill, &bench->seed};
    return bench;
}

static const char *path_of(const struct bench *bench, const char *file) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", bench->dir, file);
    return path;
}

static int folder_clear(const char *dir) {
    DIR *folder = opendir(dir);
    int count = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char path[400];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        assert_int_equal(unlink(path), 0);
        count++;
    }
    if (folder)
        closedir(folder);
    return count;
}

static void teardown(struct bench *bench) {
    folder_clear(bench->dir);
    rmdir(bench->dir);
    assert_int_equal(rmdir(bench->root), 0);
    test_free(bench);
}

static void create(struct bench *bench) {
    if (!keystore_create(bench->dir, daemons, &bench->random, &bench->error))
        fail_msg("%s", bench->error.text);
}

static struct keystore *load(struct bench *bench, const char *daemon, unsigned parts) {
    struct keystore *keystore;
    if (!keystore_load(bench->dir, daemon, parts, &keystore, &bench->error))
        fail_msg("%s", bench->error.text);
    return keystore;
}

static void text_read(const struct bench *bench, const char *file, char text[128]) {
    int fd = open(path_of(bench, file), O_RDONLY);
    ssize_t size = read(fd, text, 127);
    assert_true(size > 0);
    text[size] = 0;
    close(fd);
}

static void text_write(const struct bench *bench, const char *file, const char *text) {
    int fd = open(path_of(bench, file), O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void created_files(void **state) {
    static const struct {
        const char *file, *prefix;
        mode_t mode;
    } files[] = {
        {"site.pub", "sigap-site-public-1 ", 0644},
        {"site.key", "sigap-site-secret-1 ", 0600},
        {"hash.key", "sigap-hash-key-1 ", 0600},
        {"local-intake.key", "sigap-local-key-1 ", 0600},
        {"local-notifier.key", "sigap-local-key-1 ", 0600},
    };
    struct bench *bench = setup();
    char texts[5][128], again[128];
    (void)state;
    mode_t mask = umask(0077); /* modes do not hang on the umask */
    create(bench);
    umask(mask);
    for (int i = 0; i < 5; i++) {
        struct stat stat_of;
        text_read(bench, files[i].file, texts[i]);
        assert_memory_equal(texts[i], files[i].prefix, strlen(files[i].prefix));
        assert_int_equal(strlen(texts[i]), strlen(files[i].prefix) + 44);
        assert_int_equal(stat(path_of(bench, files[i].file), &stat_of), 0);
        assert_int_equal(stat_of.st_mode & 07777, files[i].mode);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(texts[i] + strlen(files[i].prefix), texts[j] + strlen(files[j].prefix));
    }
    create(bench); /* again: nothing changes */
    for (int i = 0; i < 5; i++) {
        text_read(bench, files[i].file, again);
        assert_string_equal(again, texts[i]);
    }
    unlink(path_of(bench, "hash.key")); /* only what is missing is made */
    create(bench);
    text_read(bench, "site.key", again);
    assert_string_equal(again, texts[1]);
    text_read(bench, "hash.key", again);
    assert_string_not_equal(again, texts[2]);
    assert_int_equal(folder_clear(bench->dir), 5); /* no temporary file stayed */
    teardown(bench);
}

/* A random source in whose call another process makes all the files: the closest race there is. */
struct racer {
    struct bench *bench;
    bool ran;
};

static void fill_late(void *state, void *bytes, size_t size) {
    struct racer *racer = state;
    if (!racer->ran) {
        racer->ran = true;
        create(racer->bench);
    }
    memset(bytes, 0x77, size);
}

static void created_at_once(void **state) {
    static const char *const files[] = {"site.key", "hash.key", "local-intake.key", "local-notifier.key"};
    (void)state;
    for (int first = 0; first < 4; first++) { /* the race begins at the first file that is missing */
        struct bench *bench = setup();
        struct racer racer = {bench, false};
        struct random late = {fill_late, &racer};
        char winner[128];
        create(bench);
        for (int i = first; i < 4; i++)
            unlink(path_of(bench, files[i]));
        if (first == 0)
            unlink(path_of(bench, "site.pub"));
        assert_true(keystore_create(bench->dir, daemons, &late, &bench->error));
        assert_true(racer.ran);
        text_read(bench, files[first], winner);
        assert_null(strstr(winner, "d3d3d3d3")); /* base 64 of 0x77: the late one did not replace it */
        struct keystore *keystore = load(bench, "intake", EVERYTHING);
        keystore_free(&keystore);
        assert_int_equal(folder_clear(bench->dir), 5);
        teardown(bench);
    }
}

static void roles(void **state) {
    static const struct {
        unsigned parts;
        bool has_public, has_secret, has_hash, has_local;
    } cases[] = {
        {KEYSTORE_PUBLIC | KEYSTORE_HASH | KEYSTORE_LOCAL, true, false, true, true}, /* intake */
        {KEYSTORE_SECRET | KEYSTORE_HASH, true, true, true, false},
        {EVERYTHING, true, true, true, true},
        {KEYSTORE_HASH, false, false, true, false},
        {0, false, false, false, false},
    };
    struct bench *bench = setup();
    uint8_t seed[SEAL_KEY_BYTES] = {1};
    (void)state;
    create(bench);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int from_seed = 0; from_seed < 2; from_seed++) {
            struct keystore *keystore = from_seed ? keystore_from_seed(seed, "intake", cases[i].parts)
                                                  : load(bench, "intake", cases[i].parts);
            assert_int_equal(keystore_site_public(keystore) != NULL, cases[i].has_public);
            assert_int_equal(keystore_site_secret(keystore) != NULL, cases[i].has_secret);
            assert_int_equal(keystore_hash(keystore) != NULL, cases[i].has_hash);
            assert_int_equal(keystore_token_key(keystore) != NULL, cases[i].has_hash);
            assert_int_equal(keystore_local(keystore) != NULL, cases[i].has_local);
            keystore_free(&keystore);
            assert_null(keystore);
        }
    teardown(bench);
}

/* Intake's folder need not even have the secret: what is not asked for is not opened. */
static void intake_without_secret(void **state) {
    struct bench *bench = setup();
    (void)state;
    create(bench);
    unlink(path_of(bench, "site.key"));
    struct keystore *keystore = load(bench, "intake", KEYSTORE_PUBLIC | KEYSTORE_HASH | KEYSTORE_LOCAL);
    keystore_free(&keystore);
    assert_false(keystore_create(bench->dir, daemons, &bench->random, &bench->error));
    assert_non_null(strstr(bench->error.text, "put site.key back from its backup"));
    assert_false(keystore_load(bench->dir, NULL, KEYSTORE_SECRET, &keystore, &bench->error));
    assert_null(keystore);
    teardown(bench);
}

/* What one daemon seals another opens, through the files. */
static void keys_fit(void **state) {
    struct bench *bench = setup();
    struct seal_place place = {.field = "report"};
    struct sealed_report sealed;
    ProtobufCBinaryData plain;
    uint8_t seed[SEAL_KEY_BYTES] = {1};
    struct arena *arena = arena_new(4096);
    (void)state;
    create(bench);
    for (int from_seed = 0; from_seed < 2; from_seed++) {
        struct keystore *intake = from_seed
                                      ? keystore_from_seed(seed, "intake", KEYSTORE_PUBLIC | KEYSTORE_LOCAL)
                                      : load(bench, "intake", KEYSTORE_PUBLIC | KEYSTORE_LOCAL);
        struct keystore *triage = from_seed
                                      ? keystore_from_seed(seed, "notifier", KEYSTORE_SECRET | KEYSTORE_LOCAL)
                                      : load(bench, "notifier", KEYSTORE_SECRET | KEYSTORE_LOCAL);
        struct seal_session *session =
            seal_session_new(keystore_site_public(intake), &bench->random, 0, &bench->error);
        struct seal_opener *opener = seal_opener_new(keystore_site_secret(triage));
        assert_true(seal_report(session, &place, "tolong", 6, arena, &sealed));
        assert_int_equal(seal_open_report(opener, &place, &sealed, arena, &plain), SEAL_OPENED);
        assert_string_equal((const char *)plain.data, "tolong");
        assert_memory_not_equal(keystore_local(intake)->bytes, keystore_local(triage)->bytes, SEAL_KEY_BYTES);
        assert_memory_not_equal(keystore_local(intake)->id, keystore_local(triage)->id, SEAL_KEY_ID_BYTES);
        seal_session_free(&session);
        seal_opener_free(&opener);
        keystore_free(&intake);
        keystore_free(&triage);
    }
    arena_free(&arena);
    teardown(bench);
}

static void permissions(void **state) {
    static const struct {
        const char *file;
        mode_t mode;
        const char *sentence; /* NULL: accepted */
    } cases[] = {
        {"site.key", 0600, NULL},
        {"site.key", 0400, NULL},
        {"site.key", 0640, NULL},
        {"site.key", 0604, "open to every user (mode 0604): run chmod o-rwx"},
        {"site.key", 0644, "open to every user"},
        {"site.key", 0601, "open to every user"},
        {"site.key", 0602, "may be written by others"},
        {"site.key", 0660, "may be written by others than its owner (mode 0660): run chmod go-w"},
        {"hash.key", 0644, "open to every user"},
        {"local-intake.key", 0644, "open to every user"},
        {"site.pub", 0644, NULL},
        {"site.pub", 0664, "may be written by others"},
        {"site.pub", 0646, "may be written by others"},
    };
    struct bench *bench = setup();
    struct keystore *keystore;
    (void)state;
    create(bench);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stat before;
        assert_int_equal(stat(path_of(bench, cases[i].file), &before), 0);
        assert_int_equal(chmod(path_of(bench, cases[i].file), cases[i].mode), 0);
        bool loaded = keystore_load(bench->dir, "intake", EVERYTHING, &keystore, &bench->error);
        if (loaded != !cases[i].sentence)
            fail_msg("%s with mode %04o", cases[i].file, (unsigned)cases[i].mode);
        if (!loaded) {
            assert_non_null(strstr(bench->error.text, cases[i].sentence));
            assert_non_null(strstr(bench->error.text, cases[i].file));
            assert_null(keystore);
        }
        keystore_free(&keystore);
        assert_int_equal(chmod(path_of(bench, cases[i].file), before.st_mode & 07777), 0);
    }
    assert_int_equal(chmod(bench->dir, 0777), 0);
    assert_false(keystore_load(bench->dir, "intake", KEYSTORE_PUBLIC, &keystore, &bench->error));
    assert_non_null(strstr(bench->error.text, "may be written by every user"));
    assert_false(keystore_create(bench->dir, daemons, &bench->random, &bench->error));
    teardown(bench);
}

/* A bad file is refused by load and never repaired by create: its content may be all there is. */
static void contents(void **state) {
    static const struct {
        const char *file, *text, *sentence;
    } cases[] = {
        {"site.key", "", "holds no sigap-site-secret-1"},
        {"site.key", "sigap-site-secret-1 AAAA\n", "holds no sigap-site-secret-1"},
        {"site.key", "sigap-site-secret-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "holds no"},
        {"site.key", "sigap-site-secret-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n\n", "holds no"},
        {"site.key", "sigap-site-secret-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", "holds no"},
        {"site.key", "sigap-site-secret-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\n", "holds no"},
        {"site.key", "sigap-site-secret-2 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", "holds no"},
        {"site.key", "sigap-hash-key-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", "holds no"},
        {"site.key", "sigap-site-secret-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
            "does not belong to"},
        {"site.pub", "sigap-site-public-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
            "does not belong to"},
        {"hash.key", "sigap-site-secret-1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
            "holds no sigap-hash-key-1"},
        {"local-intake.key", "x", "holds no sigap-local-key-1"},
    };
    struct bench *bench = setup();
    struct keystore *keystore;
    char good[128], after[128];
    (void)state;
    create(bench);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text_read(bench, cases[i].file, good);
        text_write(bench, cases[i].file, cases[i].text);
        assert_false(keystore_load(bench->dir, "intake", EVERYTHING, &keystore, &bench->error));
        if (!strstr(bench->error.text, cases[i].sentence))
            fail_msg("case %zu: %s", i, bench->error.text);
        assert_false(keystore_create(bench->dir, daemons, &bench->random, &bench->error));
        if (*cases[i].text) {
            text_read(bench, cases[i].file, after);
            assert_string_equal(after, cases[i].text);
        }
        text_write(bench, cases[i].file, good);
    }
    keystore = load(bench, "intake", EVERYTHING);
    keystore_free(&keystore);
    teardown(bench);
}

static void odd_files(void **state) {
    struct bench *bench = setup();
    struct keystore *keystore;
    char target[128];
    (void)state;
    assert_false(keystore_load(bench->dir, "intake", KEYSTORE_PUBLIC, &keystore, &bench->error));
    assert_non_null(strstr(bench->error.text, "No such file"));
    create(bench);
    unlink(path_of(bench, "local-intake.key"));
    strcpy(target, path_of(bench, "hash.key"));
    assert_int_equal(symlink(target, path_of(bench, "local-intake.key")), 0);
    assert_false(keystore_load(bench->dir, "intake", KEYSTORE_LOCAL, &keystore, &bench->error));
    assert_non_null(strstr(bench->error.text, "is a link"));
    unlink(path_of(bench, "local-intake.key"));
    assert_int_equal(mkfifo(path_of(bench, "local-intake.key"), 0600), 0);
    assert_false(keystore_load(bench->dir, "intake", KEYSTORE_LOCAL, &keystore, &bench->error));
    assert_non_null(strstr(bench->error.text, "no regular file"));
    teardown(bench);
}

static void daemon_names(void **state) {
    static const char *const bad[] = {
        "", "../x", "Intake", "in-take", "in.take", "abcdefghijklmnopqrstuvwxyzabcdefg" /* 33 */, NULL};
    struct bench *bench = setup();
    struct keystore *keystore;
    (void)state;
    create(bench);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(keystore_load(bench->dir, bad[i], KEYSTORE_LOCAL, &keystore, &bench->error));
    const char *const names[] = {"../x", NULL};
    assert_false(keystore_create(bench->dir, names, &bench->random, &bench->error));
    teardown(bench);
}

/* Every write and sync fails once: a sentence, no half file under a final name, no temporary file; then all
 * is well. */
static void create_faults(void **state) {
    static const enum fault_kind kinds[] = {FAULT_WRITE, FAULT_SYNC, FAULT_READ};
    static const char *const files[] = {
        "site.pub", "site.key", "hash.key", "local-intake.key", "local-notifier.key"};
    (void)state;
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        uint64_t failures = 0;
        for (bool whole = false; !whole;) {
            struct bench *bench = setup();
            fault_arm(kinds[kind], failures + 1);
            whole = keystore_create(bench->dir, daemons, &bench->random, &bench->error);
            fault_disarm();
            failures += !whole;
            for (int i = 0; i < 5; i++) {
                char text[128];
                struct stat stat_of;
                if (stat(path_of(bench, files[i]), &stat_of) != 0)
                    continue;
                text_read(bench, files[i], text);
                assert_int_equal(text[strlen(text) - 1], '\n');
            }
            create(bench);
            struct keystore *keystore = load(bench, "intake", EVERYTHING);
            keystore_free(&keystore);
            assert_int_equal(folder_clear(bench->dir), 5);
            teardown(bench);
        }
        assert_true(failures >= 5);
    }
}

static void load_faults(void **state) {
    static const struct {
        enum fault_kind kind;
        uint64_t count;
    } cases[] = {{FAULT_READ, 4}, {FAULT_MEMORY, 1}};
    struct bench *bench = setup();
    (void)state;
    create(bench);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (uint64_t nth = 1; nth <= cases[i].count + 1; nth++) {
            struct keystore *keystore;
            fault_arm(cases[i].kind, nth);
            bool loaded = keystore_load(bench->dir, "intake", EVERYTHING, &keystore, &bench->error);
            fault_disarm();
            assert_int_equal(loaded, nth > cases[i].count);
            assert_int_equal(keystore != NULL, loaded);
            keystore_free(&keystore);
        }
    teardown(bench);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(created_files),
        cmocka_unit_test(created_at_once),
        cmocka_unit_test(roles),
        cmocka_unit_test(intake_without_secret),
        cmocka_unit_test(keys_fit),
        cmocka_unit_test(permissions),
        cmocka_unit_test(contents),
        cmocka_unit_test(odd_files),
        cmocka_unit_test(daemon_names),
        cmocka_unit_test(create_faults),
        cmocka_unit_test(load_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
