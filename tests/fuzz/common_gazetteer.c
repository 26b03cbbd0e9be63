/* The readers of gazetteer.tsv, aliases.tsv and centroids.tsv, and looking things up in what they accept.
 * Parts of the input end at a line with a single dot: places, other names, centres, a name to look for. */
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

static void look(const struct gazetteer *gazetteer, const char *name) {
    struct place places[4], place;
    char folded[GAZETTEER_NAME_MAX], label[64], tiny[4];
    size_t length = gazetteer_fold(name, folded, sizeof folded);
    FUZZ_HOLDS(length == strlen(folded) && length < sizeof folded);
    for (enum area_level level = AREA_NONE; level <= AREA_VILLAGE; level++)
        gazetteer_find_name(gazetteer, folded, level, "35", places, 4);
    size_t count = gazetteer_find_name(gazetteer, folded, AREA_NONE, "", places, 4);
    for (size_t i = 0; i < count && i < 4; i++)
        FUZZ_HOLDS(gazetteer_find(gazetteer, places[i].code, &place));
    gazetteer_label(gazetteer, name, label, sizeof label);
    gazetteer_children(gazetteer, name, places, 4);
    for (size_t i = 0; i < gazetteer_count(gazetteer); i++) {
        struct position centre;
        gazetteer_at(gazetteer, i, &place);
        FUZZ_HOLDS(gazetteer_find(gazetteer, place.code, &place));
        gazetteer_label(gazetteer, place.code, tiny, sizeof tiny);
        FUZZ_HOLDS(strlen(tiny) < sizeof tiny);
        if (gazetteer_centre(gazetteer, place.code, &centre))
            gazetteer_nearest_regency(gazetteer, centre, 40, &place);
        gazetteer_distance_km(gazetteer, place.code, name);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct fuzz_input input = fuzz_input(bytes, size);
    if (size > 16384)
        return 0;
    part_write(&input, "gazetteer.tsv");
    part_write(&input, "aliases.tsv");
    part_write(&input, "centroids.tsv");
    char *name = fuzz_line(&input);
    for (enum area_level depth = AREA_REGENCY; depth <= AREA_VILLAGE; depth += 2) {
        struct error error = {""};
        struct gazetteer *gazetteer = gazetteer_load(fuzz_folder(), depth, &error);
        FUZZ_HOLDS((gazetteer != NULL) == (error.text[0] == 0));
        if (gazetteer)
            look(gazetteer, name);
        gazetteer_free(&gazetteer);
    }
    free(name);
    return 0;
}
