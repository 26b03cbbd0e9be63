/* Pictures made here by the same libraries, and what a hostile one looks like. */
#include "services/picture/confine.h"
#include "services/picture/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <jpeglib.h>
#include <png.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <webp/encode.h>

struct bytes {
    uint8_t *at;
    size_t size;
};

/* Red above, blue below. */
static uint8_t *paint(unsigned width, unsigned height, unsigned channels) {
    uint8_t *pixels = calloc((size_t)width * height, channels);
    assert_non_null(pixels);
    for (size_t i = 0; i < (size_t)width * height; i++)
        pixels[i * channels + (i < (size_t)width * height / 2 ? 0 : 2)] = 255;
    return pixels;
}

struct jpeg_wish {
    unsigned width, height;
    const void *exif;
    size_t exif_size;
    bool progressive, inks;
};

static struct bytes make_jpeg(const struct jpeg_wish *wish) {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct bytes made = {NULL, 0};
    unsigned long size = 0;
    unsigned channels = wish->inks ? 4 : 3;
    uint8_t *pixels = paint(wish->width, wish->height, channels);
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &made.at, &size);
    jpeg.image_width = wish->width;
    jpeg.image_height = wish->height;
    jpeg.input_components = (int)channels;
    jpeg.in_color_space = wish->inks ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(&jpeg);
    if (wish->progressive)
        jpeg_simple_progression(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    if (wish->exif)
        jpeg_write_marker(&jpeg, JPEG_APP0 + 1, wish->exif, (unsigned)wish->exif_size);
    jpeg_write_marker(&jpeg, JPEG_COM, (const JOCTET *)"COMMENT OF A CAMERA", 19);
    for (unsigned y = 0; y < wish->height; y++) {
        JSAMPROW row = pixels + (size_t)y * wish->width * channels;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    free(pixels);
    made.size = size;
    return made;
}

static struct bytes make_png(unsigned width, unsigned height) {
    png_image image = {
        .version = PNG_IMAGE_VERSION, .width = width, .height = height, .format = PNG_FORMAT_RGBA};
    struct bytes made = {NULL, 0};
    uint8_t *pixels = paint(width, height, 4); /* alpha 0: nothing of it can be seen */
    assert_true(png_image_write_to_memory(&image, NULL, &made.size, 0, pixels, 0, NULL));
    made.at = malloc(made.size);
    assert_true(png_image_write_to_memory(&image, made.at, &made.size, 0, pixels, 0, NULL));
    free(pixels);
    return made;
}

static struct bytes make_webp(unsigned width, unsigned height) {
    struct bytes made = {NULL, 0};
    uint8_t *out = NULL, *pixels = paint(width, height, 3);
    made.size = WebPEncodeRGB(pixels, (int)width, (int)height, (int)width * 3, 90, &out);
    made.at = malloc(made.size);
    memcpy(made.at, out, made.size);
    WebPFree(out);
    free(pixels);
    return made;
}

/* --- what comes out --- */

struct seen {
    unsigned width, height;
    uint8_t top[3], left[3], right[3], bottom[3]; /* colours in the middle of each side */
};

static struct seen look(const uint8_t *bytes, size_t size) {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct seen seen;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes, size);
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    seen.width = jpeg.output_width;
    seen.height = jpeg.output_height;
    uint8_t *pixels = malloc((size_t)seen.width * seen.height * 3);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = pixels + (size_t)jpeg.output_scanline * seen.width * 3;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    size_t across = seen.width / 2, down = (size_t)seen.height / 2 * seen.width;
    memcpy(seen.top, pixels + across * 3, 3);
    memcpy(seen.bottom, pixels + ((size_t)(seen.height - 1) * seen.width + across) * 3, 3);
    memcpy(seen.left, pixels + down * 3, 3);
    memcpy(seen.right, pixels + (down + seen.width - 1) * 3, 3);
    free(pixels);
    return seen;
}

static bool is_red(const uint8_t colour[3]) {
    return colour[0] > 200 && colour[1] < 60 && colour[2] < 60;
}

static bool is_blue(const uint8_t colour[3]) {
    return colour[2] > 200 && colour[0] < 60 && colour[1] < 60;
}

static struct seen draw(struct bytes from) {
    uint8_t *jpeg = NULL;
    size_t size = 0;
    assert_int_equal(picture_draw(from.at, from.size, &jpeg, &size), PICTURE_DRAWN);
    struct seen seen = look(jpeg, size);
    /* Nothing but what a JPEG needs: no application data but JFIF's, no comment, nothing behind the end. */
    assert_memory_equal(jpeg + size - 2, "\xff\xd9", 2);
    for (size_t i = 2; i + 3 < size && jpeg[i] == 0xff && jpeg[i + 1] != 0xda;) {
        assert_true(jpeg[i + 1] != 0xfe && (jpeg[i + 1] < 0xe1 || jpeg[i + 1] > 0xef));
        i += 2 + (size_t)(jpeg[i + 2] << 8 | jpeg[i + 3]);
    }
    assert_null(memmem(jpeg, size, "GPS", 3));
    assert_null(memmem(jpeg, size, "CAMERA", 6));
    assert_null(memmem(jpeg, size, "<script>", 8));
    free(jpeg);
    free(from.at);
    return seen;
}

static enum picture_outcome try(const void *bytes, size_t size) {
    uint8_t *jpeg = NULL, *exact = malloc(size ? size : 1); /* a byte read beyond it is seen */
    size_t jpeg_size = 0;
    memcpy(exact, bytes, size);
    enum picture_outcome outcome = picture_draw(exact, size, &jpeg, &jpeg_size);
    assert_true((outcome == PICTURE_DRAWN) == (jpeg != NULL));
    free(jpeg);
    free(exact);
    return outcome;
}

/* --- tests --- */

static void sizes(void **state) {
    static const struct {
        unsigned width, height, width_out, height_out;
    } cases[] = {{1, 1, 1, 1}, {300, 200, 300, 200}, {1600, 1600, 1600, 1600}, {1601, 900, 1600, 899},
        {4000, 3000, 1600, 1200}, {3000, 4000, 1200, 1600}, {16000, 3, 1600, 1}, {2, 5000, 1, 1600}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bytes made[] = {
            make_jpeg(&(struct jpeg_wish){.width = cases[i].width, .height = cases[i].height}),
            make_png(cases[i].width, cases[i].height), make_webp(cases[i].width, cases[i].height)};
        for (size_t k = 0; k < 3; k++) {
            struct seen seen = draw(made[k]);
            if (seen.width != cases[i].width_out || seen.height != cases[i].height_out)
                fail_msg(
                    "%ux%u, maker %zu: %ux%u", cases[i].width, cases[i].height, k, seen.width, seen.height);
        }
    }
}

/* A position, and how the camera was held, in both orders of bytes. */
static void turned_and_without_its_place(void **state) {
    static const struct {
        unsigned orientation;
        const char *red; /* where the upper side of the camera's picture ends up */
    } cases[] = {{1, "top"}, {2, "top"}, {3, "bottom"}, {4, "bottom"}, {5, "left"}, {6, "right"},
        {7, "right"}, {8, "left"}, {9, "top"}, {0, "top"}};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        unsigned orientation = cases[i / 2].orientation;
        uint8_t little[] = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0GPS -7.25 112.75";
        uint8_t big[] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0GPS -7.25 112.75";
        little[24] = (uint8_t)orientation;
        big[25] = (uint8_t)orientation;
        struct seen seen = draw(make_jpeg(&(struct jpeg_wish){.width = 120,
            .height = 80,
            .exif = i % 2 ? big : little,
            .exif_size = i % 2 ? sizeof big : sizeof little}));
        bool lies = orientation >= 5 && orientation <= 8;
        assert_int_equal(seen.width, lies ? 80 : 120);
        const uint8_t *red = strcmp(cases[i / 2].red, "top") == 0     ? seen.top
                             : strcmp(cases[i / 2].red, "left") == 0  ? seen.left
                             : strcmp(cases[i / 2].red, "right") == 0 ? seen.right
                                                                      : seen.bottom;
        const uint8_t *blue = red == seen.top      ? seen.bottom
                              : red == seen.left   ? seen.right
                              : red == seen.bottom ? seen.top
                                                   : seen.left;
        if (!is_red(red) || !is_blue(blue))
            fail_msg("orientation %u: not turned", orientation);
    }
}

static void broken_exif_is_passed_over(void **state) {
    static const uint8_t whole[] = "Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
    (void)state;
    for (size_t size = 0; size < sizeof whole; size++)
        draw(make_jpeg(&(struct jpeg_wish){.width = 8, .height = 8, .exif = whole, .exif_size = size}));
    draw(make_jpeg(
        &(struct jpeg_wish){.width = 8, .height = 8, .exif = "Exif\0\0II*\0\xff\xff\0\0", .exif_size = 14}));
}

static void what_is_seen_through_lies_on_white(void **state) {
    (void)state;
    struct seen seen = draw(make_png(10, 10));
    assert_true(seen.top[0] > 250 && seen.top[1] > 250 && seen.top[2] > 250);
}

static void progressive_and_ink(void **state) {
    (void)state;
    struct seen seen =
        draw(make_jpeg(&(struct jpeg_wish){.width = 2000, .height = 1000, .progressive = true}));
    assert_true(is_red(seen.top) && is_blue(seen.bottom));
    seen = draw(make_jpeg(&(struct jpeg_wish){.width = 64, .height = 64, .inks = true}));
    assert_int_equal(seen.width, 64);
}

/* A web page behind the picture, or in it. */
static void nothing_travels_along(void **state) {
    static const char page[] = "<html><script>alert(1)</script>PK\x03\x04";
    (void)state;
    struct bytes made[] = {
        make_jpeg(&(struct jpeg_wish){.width = 50, .height = 50, .exif = page, .exif_size = sizeof page}),
        make_png(50, 50), make_webp(50, 50)};
    for (size_t i = 0; i < 3; i++) {
        made[i].at = realloc(made[i].at, made[i].size + sizeof page);
        memcpy(made[i].at + made[i].size, page, sizeof page);
        made[i].size += sizeof page;
        draw(made[i]);
    }
}

static void hostile_ones_are_refused(void **state) {
    static const struct {
        const char *what, *bytes;
        size_t size;
        enum picture_outcome outcome;
    } cases[] = {
#define CASE(what, bytes, outcome) {what, bytes, sizeof bytes - 1, outcome}
        CASE("empty", "", PICTURE_UNKNOWN),
        CASE("text", "<svg onload='alert(1)'/>", PICTURE_UNKNOWN),
        CASE("gif", "GIF89a\x01\0\x01\0\0\0\0;", PICTURE_UNKNOWN),
        CASE("magic only", "\xff\xd8\xff", PICTURE_BROKEN),
        CASE("jpeg of 65500 x 65500",
            "\xff\xd8\xff\xc0\0\x11\x08\xff\xdc\xff\xdc\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xda\0\x0c"
            "\x03\x01\0"
            "\x02\x11\x03\x11\0\x3f\0\0\xff\xd9",
            PICTURE_TOO_LARGE),
        CASE("png of 65535 x 65535",
            "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\x08\x02\0\0\0\x39\x67\x4e\x07\0\0\0\0IDAT"
            "\x35\xaf\x06"
            "\x1e",
            PICTURE_TOO_LARGE),
        CASE("webp of 16384 x 16384, lossless",
            "RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f\xff\xff\xff\x0f\0\0\0\0\0\0\0\0\0\0\0\0",
            PICTURE_TOO_LARGE),
        CASE("webp that moves",
            "RIFF\x32\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x09\0\0\x09\0\0"
            "ANIM\x06\0\0\0\xff\xff\xff\xff\0\0"
            "ANMF\x08\0\0\0\0\0\0\0\0\0\0\0",
            PICTURE_UNKNOWN),
#undef CASE
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum picture_outcome outcome = try(cases[i].bytes, cases[i].size);
        if (outcome != cases[i].outcome)
            fail_msg("%s: %d", cases[i].what, outcome);
    }
}

/* A few kilobytes that ask for the work of gigabytes. */
static void many_scans_are_refused(void **state) {
    (void)state;
    struct bytes made = make_jpeg(&(struct jpeg_wish){.width = 400, .height = 400, .progressive = true});
    size_t last = 0;
    for (size_t i = 0; i + 1 < made.size; i++)
        if (made.at[i] == 0xff && made.at[i + 1] == 0xda)
            last = i;
    size_t scan = made.size - 2 - last, times = 500;
    uint8_t *bomb = malloc(last + times * scan + 2);
    memcpy(bomb, made.at, last);
    for (size_t i = 0; i < times; i++)
        memcpy(bomb + last + i * scan, made.at + last, scan);
    memcpy(bomb + last + times * scan, "\xff\xd9", 2);
    assert_int_equal(try(bomb, last + times * scan + 2), PICTURE_BROKEN);
    assert_int_equal(try(bomb, last + 20 * scan), PICTURE_DRAWN); /* fewer: looked at */
    free(bomb);
    free(made.at);
}

static void cut_and_bent_ones_do_no_harm(void **state) {
    (void)state;
    struct bytes made[] = {make_jpeg(&(struct jpeg_wish){.width = 40, .height = 30}),
        make_jpeg(&(struct jpeg_wish){.width = 40, .height = 30, .progressive = true}), make_png(40, 30),
        make_webp(40, 30)};
    for (size_t i = 0; i < 4; i++) {
        for (size_t size = 0; size < made[i].size; size += 1 + size / 64)
            try(made[i].at, size);
        for (size_t at = 0; at < made[i].size; at += 1 + at / 64) {
            made[i].at[at] ^= 0x55;
            try(made[i].at, made[i].size);
            made[i].at[at] ^= 0x55;
        }
        free(made[i].at);
    }
}

/* --- the process --- */

static int run(const void *input, size_t size, uint8_t *output, size_t room, size_t *output_size) {
    int in[2], out[2], status;
    signal(SIGPIPE, SIG_IGN);
    assert_true(pipe(in) == 0 && pipe(out) == 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        close(in[1]);
        close(out[0]);
        execl(SIGAP_PICTURE, SIGAP_PICTURE, NULL);
        _exit(99);
    }
    close(in[0]);
    close(out[1]);
    for (size_t at = 0; at < size;) {
        ssize_t put = write(in[1], (const uint8_t *)input + at, size - at);
        if (put <= 0)
            break;
        at += (size_t)put;
    }
    close(in[1]);
    for (*output_size = 0; *output_size < room;) {
        ssize_t got = read(out[0], output + *output_size, room - *output_size);
        if (got <= 0)
            break;
        *output_size += (size_t)got;
    }
    close(out[0]);
    waitpid(child, &status, 0);
    return status;
}

static void the_program_draws(void **state) {
    enum { ROOM = 4 << 20 };
    (void)state;
    size_t size;
    uint8_t *output = malloc(ROOM);
    struct bytes made = make_png(2500, 2000);
    int status = run(made.at, made.size, output, ROOM, &size);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == PICTURE_DRAWN);
    assert_int_equal(look(output, size).width, 1600);
    status = run(made.at, made.size / 2, output, ROOM, &size);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == PICTURE_BROKEN && size == 0);
    free(made.at);
    made = (struct bytes){calloc(1, 7 << 20), 7 << 20};
    status = run(made.at, made.size, output, ROOM, &size);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == PICTURE_TOO_LARGE && size == 0);
    free(made.at);
    free(output);
}

static void try_open(void) {
    open("/etc/passwd", O_RDONLY);
}
static void try_socket(void) {
    socket(AF_INET, SOCK_STREAM, 0);
}
static void try_fork(void) {
    fork();
}
static void try_exec(void) {
    execl("/bin/true", "/bin/true", NULL);
}
static void try_code(void) {
    mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static void try_other_output(void) {
    if (write(2, "x", 1) < 0)
        return;
}
static void try_forever(void) {
    for (volatile unsigned i = 0;; i++)
        ;
}

static void nothing_else_is_left(void **state) {
    static const struct {
        const char *what;
        void (*function)(void);
        int signal;
    } cases[] = {{"open", try_open, SIGSYS}, {"socket", try_socket, SIGSYS}, {"fork", try_fork, SIGSYS},
        {"exec", try_exec, SIGSYS}, {"memory that runs", try_code, SIGSYS},
        {"write elsewhere", try_other_output, SIGSYS}, {"no end", try_forever, SIGKILL}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            if (!confine())
                _exit(98);
            cases[i].function();
            _exit(97);
        }
        waitpid(child, &status, 0);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != cases[i].signal)
            fail_msg("%s: status %#x", cases[i].what, (unsigned)status);
    }
}

#if !CONFINE_SANITIZED /* there the limit is not set */
static void memory_ends(void **state) {
    (void)state;
    int status;
    pid_t child = fork();
    if (child == 0) {
        _exit(confine() && !malloc((size_t)CONFINE_MEMORY_MAX) ? 0 : 1);
    }
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(turned_and_without_its_place),
        cmocka_unit_test(broken_exif_is_passed_over),
        cmocka_unit_test(what_is_seen_through_lies_on_white),
        cmocka_unit_test(progressive_and_ink),
        cmocka_unit_test(nothing_travels_along),
        cmocka_unit_test(hostile_ones_are_refused),
        cmocka_unit_test(many_scans_are_refused),
        cmocka_unit_test(cut_and_bent_ones_do_no_harm),
        cmocka_unit_test(the_program_draws),
        cmocka_unit_test(nothing_else_is_left),
#if !CONFINE_SANITIZED
        cmocka_unit_test(memory_ends),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
