/* The files of the vocabulary. The first line names one, the rest is its content; the others are the ones
 * that ship. What is accepted judges a message. */
#include "services/triage/assess.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A small site: the vocabulary that ships takes a second to load under a sanitizer. */
static const char *const names[] = {"keywords.yaml", "concepts.yaml", "signals.yaml", "urgency.yaml",
    "details.tsv", "weights.tsv", "rarity.tsv", NULL};
static const char *const small[] = {
    "keywords:\n  - { kind: kdrt, weight: strong, lang: id, terms: [dipukul suami] }\n",
    "concepts:\n  - { code: C_ANAK, name: anak, lang: id, terms: [anak, bocah] }\ncombinations: []\n",
    "concepts:\n  - { code: S_PEREMPUAN, name: perempuan, lang: id, terms: [ibu] }\ncombinations: []\n",
    "rules: []\n",
    "bond\trantai dirantai\ttali_tambang\n",
    "sigap-weights 1\noutputs\tkdrt P0 P1 P2 P3 P4\nw:anak\t0:1.5\n",
    "sigap-rarity 1\nreports\t10\nanak\t4\n",
};

static void judge(const struct vocabulary *vocabulary) {
    static struct arena *arena;
    static const char text[] = "anak dipukuli bapaknya, ibu dipukul suami di rumah";
    struct assessor assessor = {.vocabulary = vocabulary};
    struct report report = {.text = text, .size = sizeof text - 1, .local_hour = 12};
    struct assessment found;
    if (!arena)
        arena = arena_new(ASSESSMENT_ARENA_BYTES);
    arena_reset(arena);
    FUZZ_HOLDS(assess(&assessor, arena, &report, &found) && found.kind);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct fuzz_input input = fuzz_input(bytes, size);
    char *name = fuzz_line(&input), path[64];
    for (int i = 0; names[i]; i++) {
        snprintf(path, sizeof path, "vocabulary/%s", names[i]);
        bool mine = strcmp(name, names[i]) == 0;
        fuzz_write(fuzz_site(), path, mine ? (const void *)input.at : small[i],
            mine ? (size_t)(input.end - input.at) : strlen(small[i]));
    }
    struct error error = {""};
    struct vocabulary *vocabulary = vocabulary_load(fuzz_site(), &error);
    FUZZ_HOLDS((vocabulary != NULL) == (error.text[0] == 0));
    if (vocabulary)
        judge(vocabulary);
    vocabulary_free(&vocabulary);
    free(name);
    return 0;
}
