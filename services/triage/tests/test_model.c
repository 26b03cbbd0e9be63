/* The file of weights: what a line says is what a feature weighs, and a line that says something else is
 * refused by its number. */
#include "services/triage/model.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "sigap-weights 1\noutputs\tkdrt P0 P1 P2 P3 P4\n"

static struct model *read_text(const struct vocabulary *vocabulary, const char *lines, struct error *error) {
    char text[1024];
    int size = snprintf(text, sizeof text, HEAD "%s", lines);
    FILE *file = fmemopen(text, (size_t)size, "r");
    assert_non_null(file);
    struct model *model = model_read(file, vocabulary, error);
    fclose(file);
    return model;
}

static int set_up(void **state) {
    struct error error = {0};
    *state = vocabulary_load(SIGAP_SOURCE_DIR "/deploy/sites/jatim", &error);
    if (!*state)
        fail_msg("%s", error.text);
    return 0;
}

static int tear_down(void **state) {
    vocabulary_free((struct vocabulary **)state);
    return 0;
}

static void weights_are_what_is_written(void **state) {
    static const struct {
        const char *text;
        float weight;
    } cases[] = {{"0.25", 0.25f}, {"-0.25", -0.25f}, {"3", 3}, {"-12.07", -12.07f}, {"0.00", 0},
        {"1.234567", 1.234567f}};
    struct error error = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[80];
        snprintf(line, sizeof line, "w:anak\t0:%s 2:0.10\n", cases[i].text);
        struct model *model = read_text(*state, line, &error);
        if (!model)
            fail_msg("%s: %s", line, error.text);
        struct feature anak = {.row = model_row(model, "w:anak"), .value = 1};
        int kdrt = vocabulary_kind(*state, "kdrt");
        float weight = model_weight(model, &anak, kdrt);
        assert_true(fabsf(weight - cases[i].weight) <= fabsf(cases[i].weight) / 100); /* a step of 127 */
        model_free(&model);
    }
}

static void other_lines_are_refused_by_their_number(void **state) {
    static const char *const lines[] = {"w:anak\t0:\n", "w:anak\t:0.5\n", "w:anak\t0:abc\n", "w:anak\t0:.5\n",
        "w:anak\t0:1e5\n", "w:anak\t0:--1\n", "w:anak\t0:12345678\n", "w:anak\t0:0.12345678\n",
        "w:anak\t6:0.5\n", "w:anak\t12345678901:0.5\n", "w:anak\t0:inf\n", "w:anak\t0:nan\n",
        "w:anak 0:0.5\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct error error = {0};
        struct model *model = read_text(*state, lines[i], &error);
        if (model)
            fail_msg("taken: %s", lines[i]);
        assert_non_null(strstr(error.text, "line 3"));
    }
}

/* Kinds and priorities in another order than the vocabulary's; each part has the sum of its own features. */
static void parts_are_sums_of_weights(void **state) {
    const struct vocabulary *vocabulary = *state;
    char text[] = "sigap-weights 1\noutputs\tP3 kdrt pasung P0 P1 P2 P4 bukan_laporan\n"
                  "m:bias\t0:0.5 1:-1.25 2:0.75 3:2 7:-3\n"
                  "w:rantai\t2:3.5 1:0.25 3:1.5 7:-0.5\n"
                  "w:pukul\t1:2.5 3:0.75 6:-1\n"
                  "cc:C_ANAK+C_IBU\t0:-0.5 1:0.5 2:0.125\n";
    FILE *file = fmemopen(text, sizeof text - 1, "r");
    struct error error = {0};
    struct model *model = model_read(file, vocabulary, &error);
    fclose(file);
    if (!model)
        fail_msg("%s", error.text);
    const struct feature features[] = {{model_row(model, "m:bias"), UINT16_MAX, UINT16_MAX, 1},
        {model_row(model, "w:rantai"), 0, 0, 1}, {model_row(model, "w:nobody"), 1, 1, 1},
        {model_row(model, "w:pukul"), 2, 2, 0.6f},
        {model_row(model, "cc:C_ANAK+C_IBU"), UINT16_MAX, UINT16_MAX, 0.4f}};
    const struct feature *of_part[] = {&features[1], &features[3]};
    const uint8_t part_of[] = {0, 0, 1};
    struct part_score common, rest, parts[2];
    model_score_parts(model, features, 5, part_of, 2, &common, &rest, parts);
    for (size_t i = 0; i < vocabulary->kind_count + PRIORITIES; i++) {
        bool kind = i < vocabulary->kind_count;
        int output = (int)(kind ? i : KINDS_MAX + (i - vocabulary->kind_count));
        assert_float_equal(common.outputs[i], model_weight(model, &features[0], output), 1e-6);
        assert_float_equal(rest.outputs[i], model_weight(model, &features[4], output), 1e-6);
        for (size_t k = 0; k < 2; k++)
            assert_float_equal(parts[k].outputs[i], model_weight(model, of_part[k], output), 1e-6);
    }
    int pasung = vocabulary_kind(vocabulary, "pasung"), p0 = (int)vocabulary->kind_count;
    assert_float_equal(parts[0].outputs[pasung], 3.5f, 0.03);
    assert_float_equal(parts[1].outputs[p0], 0.6f * 0.75f, 0.02);
    assert_float_equal(parts[0].squares, 2, 1e-6);
    model_free(&model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_what_is_written),
        cmocka_unit_test(parts_are_sums_of_weights),
        cmocka_unit_test(other_lines_are_refused_by_their_number),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
