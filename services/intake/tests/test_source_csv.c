/* Tables: rows and quotes, and a line for every row. */
#include "services/intake/csv.h"
#include "services/intake/tests/intake_bottle.h"

static const struct answer *import(struct bottle *bottle, const char *body) {
    return fixture_request(bottle->fixture,
        &(struct fixture_request){.method = "POST",
            .path = "/v1/import",
            .body = body,
            .headers = {{"Authorization", bottle->bearer}, {"Content-Type", "text/csv; charset=utf-8"}}});
}

/* The n-th line of an answer. */
static const char *line_of(const struct answer *answer, size_t number) {
    static char line[4][512];
    static unsigned next;
    const char *at = answer->body;
    while (number-- && (at = strchr(at, '\n')))
        at++;
    char *out = line[next++ % 4];
    snprintf(out, sizeof line[0], "%.*s", at ? (int)strcspn(at, "\n") : 0, at ? at : "");
    return out;
}

static void every_row_has_its_answer(void **state) {
    (void)state;
    static const char table[] = "\xef\xbb\xbfisi;id;lintang;bujur;waktu;catatan\r\n"
                                "Nenek sakit;1;-7.98;112.63;2026-03-01;x\r\n"
                                ";2;;;;\r\n"
                                "\"Dia \"\"marah\"\";\r\nlalu pergi\";3;;;;\r\n"
                                "Tanpa tempat;4;91;112;;\r\n"
                                "Kapan;5;;;besok;\r\n"
                                "dia pegang pisau;6;;;;\r\n"
                                "Tanpa id;;;;;\r\n";
    struct bottle bottle = bottle_open(false);
    const struct answer *answer = import(&bottle, table);
    assert_int_equal(answer->status, 200);
    static const char *const expected[] = {"line,result", "2,ok,2603", "3,refused,,", "4,ok,2603",
        "6,refused,,", "7,refused,,", "8,ok,2603", "9,ok,2603"};
    for (size_t i = 0; i < 8; i++)
        if (strncmp(line_of(answer, i), expected[i], strlen(expected[i])) != 0)
            fail_msg("line %zu: %s", i, line_of(answer, i));
    assert_int_equal(bottle_reports(&bottle), 4);
    const char *before = line_of(answer, 1), *last = line_of(answer, 7);
    answer = import(&bottle, table); /* again: the first tickets */
    assert_memory_equal(line_of(answer, 1), before, 34);
    assert_memory_equal(line_of(answer, 7), last, 34);
    assert_int_equal(bottle_reports(&bottle), 4);
    fixture_close(&bottle.fixture);
}

static void refuses_what_is_no_table(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    assert_int_equal(import(&bottle, "")->status, 400);
    assert_int_equal(import(&bottle, "a,b\n1,2\n")->status, 400);
    assert_int_equal(import(&bottle, "text\n\"open\nand more\n")->status, 200);
    assert_int_equal(bottle_reports(&bottle), 0);
    char *body = malloc(300 * 40 + 16), *at = body + sprintf(body, "text,external_id\n");
    for (int i = 0; i < 300; i++)
        at += sprintf(at, "Laporan nomor %d,%d\n", i, i);
    const struct answer *answer = import(&bottle, body);
    assert_int_equal(bottle_reports(&bottle), 200);
    assert_non_null(strstr(line_of(answer, 201), "200"));
    free(body);
    strcpy(bottle.bearer + 7, "wrong");
    assert_int_equal(import(&bottle, "text\nx\n")->status, 401);
    fixture_close(&bottle.fixture);
}

static void reads_rows(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t rows, fields;
        enum csv_row end;
    } cases[] = {
        {"a,b\nc,d\n", 2, 2, CSV_END},
        {"a,b\r\n\r\nc,d", 2, 2, CSV_END},
        {"\"a,1\",\"b\nb\"\n", 1, 2, CSV_END},
        {"a\tb\tc\n", 1, 3, CSV_END},
        {"\"\"\"\"\n", 1, 1, CSV_END},
        {"a,\n,b\n", 2, 2, CSV_END},
        {"a\n\"b", 1, 1, CSV_OPEN_QUOTE},
        {"", 0, 0, CSV_END},
        {"\n\n", 0, 0, CSV_END},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64], *fields[CSV_FIELDS_MAX];
        size_t rows = 0, count;
        strcpy(text, cases[i].text);
        struct csv csv = csv_open(text, strlen(text));
        enum csv_row read;
        for (; (read = csv_read(&csv, fields, &count)) == CSV_ROW; rows++)
            assert_int_equal(count, cases[i].fields);
        if (rows != cases[i].rows || read != cases[i].end)
            fail_msg("case %zu: %zu rows, %d", i, rows, read);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_has_its_answer),
        cmocka_unit_test(refuses_what_is_no_table),
        cmocka_unit_test(reads_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
