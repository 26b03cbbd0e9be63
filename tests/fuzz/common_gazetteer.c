/* The readers of gazetteer.tsv, aliases.tsv and centroids.tsv, and looking things up in what they accept.
 * Parts of the input end at a line with a single dot: places, other names, centres, a code to look for. */
#include "common/gazetteer.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void part_write(struct fuzz_input *input, const char *name) {
    const uint8_t *start = input->at;
    size_t left = (size_t)(input->end - start);
    const uint8_t *dot = left ? memmem(start, left, "\n.\n", 3) : NULL;
    fuzz_write(fuzz_folder(), name, start, dot ? (size_t)(dot + 1 - start) : left);
    input->at = dot ? dot + 3 : input->end;
}

static void look(const struct gazetteer *gazetteer, const char *code) {
    struct place places[4], place;
    char label[64], tiny[4];
    gazetteer_label(gazetteer, code, label, sizeof label);
    gazetteer_children(gazetteer, code, places, 4);
    for (size_t i = 0; i < gazetteer_count(gazetteer); i++) {
        struct position centre;
        gazetteer_at(gazetteer, i, &place);
        FUZZ_HOLDS(gazetteer_find(gazetteer, place.code, &place));
        gazetteer_label(gazetteer, place.code, tiny, sizeof tiny);
        FUZZ_HOLDS(strlen(tiny) < sizeof tiny);
        if (gazetteer_centre(gazetteer, place.code, &centre))
            gazetteer_nearest_regency(gazetteer, centre, 40, &place);
        gazetteer_distance_km(gazetteer, place.code, code);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct fuzz_input input = fuzz_input(bytes, size);
    if (size > 16384)
        return 0;
    part_write(&input, "gazetteer.tsv");
    part_write(&input, "aliases.tsv");
    part_write(&input, "centroids.tsv");
    char *code = fuzz_line(&input);
    for (enum area_level depth = AREA_REGENCY; depth <= AREA_VILLAGE; depth += 2) {
        struct error error = {""};
        struct gazetteer *gazetteer = gazetteer_load(fuzz_folder(), depth, &error);
        FUZZ_HOLDS((gazetteer != NULL) == (error.text[0] == 0));
        if (gazetteer)
            look(gazetteer, code);
        gazetteer_free(&gazetteer);
    }
    free(code);
    return 0;
}
