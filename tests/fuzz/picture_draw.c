/* Pictures of reports (services/picture/picture.h): any bytes. What comes out is a JPEG no larger than it may
 * be. */
#include "services/picture/picture.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    uint8_t *jpeg = NULL;
    size_t jpeg_size = 0;
    enum picture_outcome outcome = picture_draw(bytes, size, &jpeg, &jpeg_size);
    FUZZ_HOLDS((outcome == PICTURE_DRAWN) == (jpeg != NULL));
    FUZZ_HOLDS(!jpeg || (jpeg_size > 4 && jpeg[0] == 0xff && jpeg[1] == 0xd8 && jpeg[jpeg_size - 1] == 0xd9));
    FUZZ_HOLDS(jpeg_size <= (size_t)PICTURE_EDGE_MAX * PICTURE_EDGE_MAX * 3);
    free(jpeg);
    return 0;
}
