/* In builds without libFuzzer: feeds a target its corpus again, each input whole and cut short. Cutting is
 * the cheapest of all mutations and finds most of what a decoder gets wrong.
 *
 *     fuzz_common_json tests/fuzz/corpus/common_json [more folders or files]
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum {
    CUTS = 64,           /* places at which one input is cut */
    INPUT_MAX = 4 << 20, /* bytes */
    CUT_SECONDS_MAX = 8, /* of one target; whole inputs always run */
};

static unsigned inputs, cuts;
static time_t cut_until;

static void feed(const uint8_t *bytes, size_t size) {
    uint8_t *exact = malloc(size ? size : 1); /* so that one byte too far is seen */
    if (!exact)
        abort();
    if (size)
        memcpy(exact, bytes, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static void feed_cut(const uint8_t *bytes, size_t size) {
    size_t step = size / CUTS + 1;
    for (size_t cut = 0; cut < size && time(NULL) < cut_until; cut += step, cuts++)
        feed(bytes, cut);
}

static bool feed_file(const char *path) {
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(INPUT_MAX);
    size_t size = file && bytes ? fread(bytes, 1, INPUT_MAX, file) : 0;
    bool read = file && bytes && !ferror(file);
    if (file)
        fclose(file);
    if (read) {
        feed(bytes, size);
        feed_cut(bytes, size);
        inputs++;
    } else {
        fprintf(stderr, "%s cannot be read\n", path);
    }
    free(bytes);
    return read;
}

static bool feed_folder(const char *path) {
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    bool read = count >= 0;
    if (!read)
        fprintf(stderr, "%s cannot be read\n", path);
    for (int i = 0; i < count; i++) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            read = feed_file(name) && read;
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return read;
}

int main(int argc, char **argv) {
    bool read = true;
    cut_until = time(NULL) + CUT_SECONDS_MAX;
    for (int i = 1; i < argc; i++) {
        struct stat status;
        if (argv[i][0] == '-')
            continue; /* options of libFuzzer */
        if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode))
            read = feed_folder(argv[i]) && read;
        else
            read = feed_file(argv[i]) && read;
    }
    printf("%u inputs, %u cut short\n", inputs, cuts);
    return read && inputs > 0 ? 0 : 1;
}
