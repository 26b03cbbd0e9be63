#include "services/picture/picture.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>
#include <png.h>
#include <webp/decode.h>

/* Rows of red, green, blue, without gaps. */
struct raster {
    unsigned width, height;
    uint8_t *pixels; /* malloc'd */
};

static uint8_t *pixel(const struct raster *raster, unsigned x, unsigned y) {
    return raster->pixels + ((size_t)y * raster->width + x) * 3;
}

static enum picture_outcome make(struct raster *raster, unsigned width, unsigned height) {
    *raster = (struct raster){width, height, malloc((size_t)width * height * 3)};
    return raster->pixels ? PICTURE_DRAWN : PICTURE_NO_MEMORY;
}

static bool is_too_large(uint64_t width, uint64_t height) {
    return width * height > PICTURE_PIXELS_MAX;
}

/* The size that fits into the edge, at least one pixel. */
static void fit(unsigned *width, unsigned *height) {
    unsigned longer = *width > *height ? *width : *height;
    if (longer <= PICTURE_EDGE_MAX)
        return;
    unsigned w = (unsigned)((uint64_t)*width * PICTURE_EDGE_MAX / longer);
    unsigned h = (unsigned)((uint64_t)*height * PICTURE_EDGE_MAX / longer);
    *width = w ? w : 1;
    *height = h ? h : 1;
}

/* ---- JPEG ---- */

struct jpeg_errors {
    struct jpeg_error_mgr manager; /* first: the library hands back a pointer to it */
    jmp_buf broken;
    bool no_memory;
};

static void on_jpeg_error(j_common_ptr common) {
    struct jpeg_errors *errors = (struct jpeg_errors *)common->err;
    errors->no_memory = common->err->msg_code == JERR_OUT_OF_MEMORY;
    longjmp(errors->broken, 1);
}

/* A picture that was cut on its way is shown as far as it goes. */
static void on_jpeg_message(j_common_ptr common, int level) {
    (void)common;
    (void)level;
}

static void jpeg_errors_init(struct jpeg_errors *errors) {
    jpeg_std_error(&errors->manager);
    errors->manager.error_exit = on_jpeg_error;
    errors->manager.emit_message = on_jpeg_message;
    errors->no_memory = false;
}

/* A file of a few kilobytes may hold thousands of scans. */
static void on_jpeg_progress(j_common_ptr common) {
    if (((j_decompress_ptr)common)->input_scan_number > PICTURE_SCANS_MAX)
        on_jpeg_error(common);
}

static unsigned number_at(const uint8_t *tiff, size_t at) {
    return tiff[0] == 'I' ? tiff[at] | (unsigned)tiff[at + 1] << 8 : (unsigned)tiff[at] << 8 | tiff[at + 1];
}

/* How the camera was held: 1 upright to 8, tag 0x0112 of the first directory of Exif (CIPA DC-008, a TIFF).
 */
static unsigned orientation_of(const uint8_t *exif, size_t size) {
    if (size < 14 || memcmp(exif, "Exif\0", 6) != 0)
        return 1;
    const uint8_t *tiff = exif + 6;
    size_t room = size - 6;
    size_t at = number_at(tiff, tiff[0] == 'I' ? 4 : 6); /* the low half: directories are at the beginning */
    if (at + 2 > room)
        return 1;
    for (unsigned count = number_at(tiff, at), i = 0; i < count && at + 2 + (i + 1) * 12 <= room; i++) {
        size_t entry = at + 2 + i * 12;
        unsigned value = number_at(tiff, entry + 8);
        if (number_at(tiff, entry) == 0x0112)
            return value >= 1 && value <= 8 ? value : 1;
    }
    return 1;
}

static unsigned jpeg_orientation(const struct jpeg_decompress_struct *jpeg) {
    for (jpeg_saved_marker_ptr marker = jpeg->marker_list; marker; marker = marker->next)
        if (marker->marker == JPEG_APP0 + 1)
            return orientation_of(marker->data, marker->data_length);
    return 1;
}

/* Ink of Adobe's programs is written inverted: 255 is none. */
static void from_ink(uint8_t *to, const uint8_t *inks, unsigned width, bool inverted) {
    for (unsigned x = 0; x < width; x++)
        for (unsigned i = 0; i < 3; i++) {
            unsigned ink = inks[x * 4 + i], black = inks[x * 4 + 3];
            to[x * 3 + i] = (uint8_t)(inverted ? ink * black / 255 : (255 - ink) * (255 - black) / 255);
        }
}

/* What a longjmp passes over lives outside of the function that it returns to. */
struct jpeg_reading {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_errors errors;
    struct jpeg_progress_mgr progress;
    struct raster raster;
    uint8_t *row;
    unsigned orientation;
};

static enum picture_outcome jpeg_rows(struct jpeg_reading *reading) {
    struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    bool inks = jpeg->out_color_space == JCS_CMYK;
    enum picture_outcome made = make(&reading->raster, jpeg->output_width, jpeg->output_height);
    reading->row = inks ? malloc((size_t)jpeg->output_width * 4) : NULL;
    if (made != PICTURE_DRAWN || (inks && !reading->row))
        return PICTURE_NO_MEMORY;
    while (jpeg->output_scanline < jpeg->output_height) {
        uint8_t *to = pixel(&reading->raster, 0, jpeg->output_scanline);
        JSAMPROW row = inks ? reading->row : to;
        jpeg_read_scanlines(jpeg, &row, 1);
        if (inks)
            from_ink(to, row, jpeg->output_width, jpeg->saw_Adobe_marker);
    }
    return PICTURE_DRAWN;
}

static enum picture_outcome jpeg_read(struct jpeg_reading *reading, const uint8_t *bytes, size_t size) {
    struct jpeg_decompress_struct *jpeg = &reading->jpeg;
    if (setjmp(reading->errors.broken))
        return reading->errors.no_memory ? PICTURE_NO_MEMORY : PICTURE_BROKEN;
    jpeg_create_decompress(jpeg);
    reading->progress.progress_monitor = on_jpeg_progress;
    jpeg->progress = &reading->progress;
    jpeg_mem_src(jpeg, bytes, size);
    jpeg_save_markers(jpeg, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(jpeg, TRUE);
    if (is_too_large(jpeg->image_width, jpeg->image_height))
        return PICTURE_TOO_LARGE;
    reading->orientation = jpeg_orientation(jpeg);
    bool inks = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    jpeg->out_color_space = inks ? JCS_CMYK : JCS_RGB;
    unsigned longer = jpeg->image_width > jpeg->image_height ? jpeg->image_width : jpeg->image_height;
    jpeg->scale_num = 1;
    for (jpeg->scale_denom = 8; jpeg->scale_denom > 1 && longer / jpeg->scale_denom < PICTURE_EDGE_MAX;)
        jpeg->scale_denom /= 2;
    jpeg_start_decompress(jpeg);
    return jpeg_rows(reading);
}

/* To (x, y) of the turned picture from where. */
static uint8_t *turned_from(const struct raster *from, unsigned orientation, unsigned x, unsigned y) {
    unsigned right = from->width - 1, bottom = from->height - 1;
    switch (orientation) {
    case 2:
        return pixel(from, right - x, y);
    case 3:
        return pixel(from, right - x, bottom - y);
    case 4:
        return pixel(from, x, bottom - y);
    case 5:
        return pixel(from, y, x);
    case 6:
        return pixel(from, y, bottom - x);
    case 7:
        return pixel(from, right - y, bottom - x);
    case 8:
        return pixel(from, right - y, x);
    default: /* a number of a file, no enum */
        return pixel(from, x, y);
    }
}

static enum picture_outcome turn(struct raster *raster, unsigned orientation) {
    struct raster turned;
    if (orientation <= 1)
        return PICTURE_DRAWN;
    bool lies = orientation >= 5;
    if (make(&turned, lies ? raster->height : raster->width, lies ? raster->width : raster->height) !=
        PICTURE_DRAWN)
        return PICTURE_NO_MEMORY;
    for (unsigned y = 0; y < turned.height; y++)
        for (unsigned x = 0; x < turned.width; x++)
            memcpy(pixel(&turned, x, y), turned_from(raster, orientation, x, y), 3);
    free(raster->pixels);
    *raster = turned;
    return PICTURE_DRAWN;
}

static enum picture_outcome from_jpeg(
    const uint8_t *bytes, size_t size, struct raster *raster, unsigned *orientation) {
    struct jpeg_reading *reading = calloc(1, sizeof *reading);
    if (!reading)
        return PICTURE_NO_MEMORY;
    reading->jpeg.err = &reading->errors.manager;
    jpeg_errors_init(&reading->errors);
    enum picture_outcome outcome = jpeg_read(reading, bytes, size);
    jpeg_destroy_decompress(&reading->jpeg);
    *raster = reading->raster;
    *orientation = reading->orientation;
    free(reading->row);
    free(reading);
    return outcome;
}

/* ---- PNG ---- */

static enum picture_outcome from_png(const uint8_t *bytes, size_t size, struct raster *raster) {
    const png_color white = {255, 255, 255};
    png_image image = {.version = PNG_IMAGE_VERSION};
    enum picture_outcome outcome = PICTURE_BROKEN;
    if (!png_image_begin_read_from_memory(&image, bytes, size))
        return PICTURE_BROKEN;
    image.format = PNG_FORMAT_RGB;
    if (is_too_large(image.width, image.height))
        outcome = PICTURE_TOO_LARGE;
    else if (make(raster, image.width, image.height) != PICTURE_DRAWN)
        outcome = PICTURE_NO_MEMORY;
    else if (png_image_finish_read(&image, &white, raster->pixels, 0, NULL))
        outcome = PICTURE_DRAWN;
    png_image_free(&image);
    return outcome;
}

/* ---- WebP ---- */

/* What one can see through lies on white. */
static enum picture_outcome flatten(const WebPDecBuffer *from, struct raster *raster) {
    if (make(raster, (unsigned)from->width, (unsigned)from->height) != PICTURE_DRAWN)
        return PICTURE_NO_MEMORY;
    for (unsigned y = 0; y < raster->height; y++)
        for (unsigned x = 0; x < raster->width; x++) {
            const uint8_t *rgba = from->u.RGBA.rgba + (size_t)y * (size_t)from->u.RGBA.stride + x * 4;
            for (unsigned i = 0; i < 3; i++)
                pixel(raster, x, y)[i] = (uint8_t)((rgba[i] * rgba[3] + 255 * (255 - rgba[3])) / 255);
        }
    return PICTURE_DRAWN;
}

static enum picture_outcome from_webp(const uint8_t *bytes, size_t size, struct raster *raster) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config) || WebPGetFeatures(bytes, size, &config.input) != VP8_STATUS_OK)
        return PICTURE_BROKEN;
    unsigned width = (unsigned)config.input.width, height = (unsigned)config.input.height;
    if (config.input.has_animation)
        return PICTURE_UNKNOWN;
    if (is_too_large(width, height))
        return PICTURE_TOO_LARGE;
    fit(&width, &height);
    config.options.use_scaling = 1;
    config.options.scaled_width = (int)width;
    config.options.scaled_height = (int)height;
    config.output.colorspace = MODE_RGBA;
    VP8StatusCode status = WebPDecode(bytes, size, &config);
    enum picture_outcome outcome = status == VP8_STATUS_OUT_OF_MEMORY ? PICTURE_NO_MEMORY : PICTURE_BROKEN;
    if (status == VP8_STATUS_OK)
        outcome = flatten(&config.output, raster);
    WebPFreeDecBuffer(&config.output);
    return outcome;
}

/* ---- what goes out ---- */

/* Each pixel is the mean of those it stands for. */
static void mean_of(const struct raster *from, const struct raster *to, unsigned x, unsigned y) {
    unsigned left = (unsigned)((uint64_t)x * from->width / to->width);
    unsigned right = (unsigned)((uint64_t)(x + 1) * from->width / to->width);
    unsigned top = (unsigned)((uint64_t)y * from->height / to->height);
    unsigned bottom = (unsigned)((uint64_t)(y + 1) * from->height / to->height);
    uint64_t sums[3] = {0}, count = (uint64_t)(right - left) * (bottom - top);
    for (unsigned v = top; v < bottom; v++)
        for (unsigned u = left; u < right; u++)
            for (unsigned i = 0; i < 3; i++)
                sums[i] += pixel(from, u, v)[i];
    for (unsigned i = 0; i < 3; i++)
        pixel(to, x, y)[i] = (uint8_t)(sums[i] / count);
}

static enum picture_outcome shrink(struct raster *raster) {
    struct raster smaller;
    unsigned width = raster->width, height = raster->height;
    fit(&width, &height);
    if (width == raster->width && height == raster->height)
        return PICTURE_DRAWN;
    if (make(&smaller, width, height) != PICTURE_DRAWN)
        return PICTURE_NO_MEMORY;
    for (unsigned y = 0; y < height; y++)
        for (unsigned x = 0; x < width; x++)
            mean_of(raster, &smaller, x, y);
    free(raster->pixels);
    *raster = smaller;
    return PICTURE_DRAWN;
}

struct jpeg_writing {
    struct jpeg_compress_struct jpeg;
    struct jpeg_errors errors;
    uint8_t *out;
    unsigned long size;
};

static enum picture_outcome jpeg_write(struct jpeg_writing *writing, const struct raster *raster) {
    struct jpeg_compress_struct *jpeg = &writing->jpeg;
    if (setjmp(writing->errors.broken))
        return PICTURE_NO_MEMORY;
    jpeg_create_compress(jpeg);
    jpeg_mem_dest(jpeg, &writing->out, &writing->size);
    jpeg->image_width = raster->width;
    jpeg->image_height = raster->height;
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, PICTURE_QUALITY, TRUE);
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < jpeg->image_height) {
        JSAMPROW row = pixel(raster, 0, jpeg->next_scanline);
        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
    return PICTURE_DRAWN;
}

static enum picture_outcome to_jpeg(const struct raster *raster, uint8_t **out, size_t *size) {
    struct jpeg_writing *writing = calloc(1, sizeof *writing);
    if (!writing)
        return PICTURE_NO_MEMORY;
    writing->jpeg.err = &writing->errors.manager;
    jpeg_errors_init(&writing->errors);
    enum picture_outcome outcome = jpeg_write(writing, raster);
    jpeg_destroy_compress(&writing->jpeg);
    if (outcome == PICTURE_DRAWN) {
        *out = writing->out;
        *size = writing->size;
    } else {
        free(writing->out);
    }
    free(writing);
    return outcome;
}

static bool starts(const uint8_t *bytes, size_t size, size_t at, const char *magic) {
    return size >= at + strlen(magic) && memcmp(bytes + at, magic, strlen(magic)) == 0;
}

enum picture_outcome picture_draw(const uint8_t *bytes, size_t size, uint8_t **jpeg, size_t *jpeg_size) {
    struct raster raster = {0};
    unsigned orientation = 1;
    enum picture_outcome outcome = PICTURE_UNKNOWN;
    if (starts(bytes, size, 0, "\xff\xd8\xff"))
        outcome = from_jpeg(bytes, size, &raster, &orientation);
    else if (starts(bytes, size, 0, "\x89PNG\r\n\x1a\n"))
        outcome = from_png(bytes, size, &raster);
    else if (starts(bytes, size, 0, "RIFF") && starts(bytes, size, 8, "WEBP"))
        outcome = from_webp(bytes, size, &raster);
    if (outcome == PICTURE_DRAWN)
        outcome = shrink(&raster);
    if (outcome == PICTURE_DRAWN)
        outcome = turn(&raster, orientation);
    if (outcome == PICTURE_DRAWN)
        outcome = to_jpeg(&raster, jpeg, jpeg_size);
    free(raster.pixels);
    return outcome;
}
