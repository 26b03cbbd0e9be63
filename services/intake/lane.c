/* Stands in for common/danger until that is there: a fixed list, matched at the beginning of words. */
#include "services/intake/lane.h"

#include <stdlib.h>
#include <string.h>

enum { FOLDED_MAX = 16 * 1024 };

struct intake_words {
    const char *const *terms;
};

static const char *const fixed[] = {"tolong", "darurat", "dipukuli", "berdarah", "pendarahan", "pingsan",
    "kejang", "sekarat", "kritis", "mau mati", "bunuh diri", "pisau", "parang", "celurit", "clurit",
    "dibakar", "terbakar", "tenggelam", "hanyut", "terjebak", "disekap", "dicekik", "ketuban pecah", "tulung",
    "getihen", "semaput", NULL};

struct intake_words *intake_words_load(const char *site_dir, struct error *error) {
    struct intake_words *words = calloc(1, sizeof *words);
    (void)site_dir;
    if (!words)
        error_set(error, "out of memory");
    else
        words->terms = fixed;
    return words;
}

void intake_words_free(struct intake_words **words) {
    free(*words);
    *words = NULL;
}

bool intake_words_found(const struct intake_words *words, const char *text, size_t size) {
    char folded[FOLDED_MAX + 2];
    size_t used = 0;
    folded[used++] = ' ';
    for (size_t i = 0; i < size && used < FOLDED_MAX; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && (unsigned char)c < 0x80)
            c = ' ';
        if (c != ' ' || folded[used - 1] != ' ')
            folded[used++] = c;
    }
    folded[used] = 0;
    for (size_t i = 0; words->terms[i]; i++)
        for (const char *at = folded; (at = strstr(at, words->terms[i])); at++)
            if (at[-1] == ' ')
                return true;
    return false;
}
