#include "tests/fuzz/fuzz.h"

#include "common/log.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDERS = 2, PATH_BYTES = 512 };
#define JATIM SIGAP_SOURCE_DIR "/deploy/sites/jatim"

static char folders[FOLDERS][PATH_BYTES]; /* a site, an empty one; "" until asked for */

/* Hundreds of refusals a second would hide what matters, and refusing is what targets are for. */
__attribute__((constructor)) static void be_quiet(void) {
    log_set_level(LOG_ERROR + 1);
}

void fuzz_failed(const char *what, const char *file, int line) {
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

/* ---- taking an input apart */

uint8_t fuzz_byte(struct fuzz_input *input) {
    return input->at < input->end ? *input->at++ : 0;
}

uint64_t fuzz_number(struct fuzz_input *input) {
    uint64_t number = 0;
    for (unsigned i = 0; i < 8; i++)
        number |= (uint64_t)fuzz_byte(input) << 8 * i;
    return number;
}

static uint8_t *copy_of(const uint8_t *bytes, size_t size, size_t more) {
    uint8_t *copy = malloc(size + more ? size + more : 1);
    if (!copy)
        fuzz_failed("out of memory", __FILE__, __LINE__);
    if (size)
        memcpy(copy, bytes, size);
    return copy;
}

char *fuzz_line(struct fuzz_input *input) {
    size_t left = (size_t)(input->end - input->at);
    const uint8_t *feed = left ? memchr(input->at, '\n', left) : NULL;
    size_t line = feed ? (size_t)(feed - input->at) : left,
           size = left ? strnlen((const char *)input->at, line) : 0;
    char *text = (char *)copy_of(input->at, size, 1);
    text[size] = 0;
    input->at += line + (feed ? 1 : 0);
    return text;
}

uint8_t *fuzz_rest(struct fuzz_input *input, size_t *size) {
    *size = (size_t)(input->end - input->at);
    uint8_t *rest = copy_of(input->at, *size, 0);
    input->at = input->end;
    return rest;
}

/* ---- files */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void remove_folders(void) {
    for (int i = 0; i < FOLDERS; i++)
        if (folders[i][0])
            nftw(folders[i], remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void make(char folder[PATH_BYTES]) {
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : getenv("TMPDIR");
    if (!folders[0][0] && !folders[1][0])
        atexit(remove_folders);
    snprintf(folder, PATH_BYTES, "%s/sigap-fuzz-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(folder))
        fuzz_failed("no folder can be made", __FILE__, __LINE__);
}

static void link_one(const char *target, const char *name) {
    if (symlink(target, name) != 0)
        fuzz_failed("no link can be made", __FILE__, __LINE__);
}

static void link_all(const char *from, const char *to) {
    DIR *folder = opendir(from);
    char target[PATH_BYTES * 2], name[PATH_BYTES * 2];
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        snprintf(target, sizeof target, "%s/%s", from, entry->d_name);
        snprintf(name, sizeof name, "%s/%s", to, entry->d_name);
        if (entry->d_name[0] != '.' && entry->d_type == DT_REG)
            link_one(target, name);
    }
    if (folder)
        closedir(folder);
}

/* As in the source tree: sites/<site> beside gazetteer. */
const char *fuzz_site(void) {
    static char site[PATH_BYTES * 2];
    char path[PATH_BYTES * 3];
    if (folders[0][0])
        return site;
    make(folders[0]);
    snprintf(path, sizeof path, "%s/gazetteer", folders[0]);
    link_one(SIGAP_SOURCE_DIR "/deploy/gazetteer", path);
    snprintf(path, sizeof path, "%s/sites", folders[0]);
    mkdir(path, 0700);
    snprintf(site, sizeof site, "%s/sites/jatim", folders[0]);
    mkdir(site, 0700);
    snprintf(path, sizeof path, "%s/vocabulary", site);
    mkdir(path, 0700);
    link_all(JATIM, site);
    link_all(JATIM "/vocabulary", path);
    return site;
}

const char *fuzz_folder(void) {
    if (!folders[1][0])
        make(folders[1]);
    return folders[1];
}

void fuzz_write(const char *folder, const char *name, const void *bytes, size_t size) {
    char path[PATH_BYTES * 2];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path); /* it may be a link into the source tree */
    FILE *file = fopen(path, "wbe");
    bool written = file && fwrite(bytes, 1, size, file) == size;
    if (!file || fclose(file) != 0 || !written)
        fuzz_failed("a file cannot be written", __FILE__, __LINE__);
}

void fuzz_restore(const char *name) {
    char path[PATH_BYTES * 2], target[PATH_BYTES * 2];
    snprintf(path, sizeof path, "%s/%s", fuzz_site(), name);
    snprintf(target, sizeof target, "%s/%s", JATIM, name);
    unlink(path);
    link_one(target, path);
}
