/* OpenRosa as ODK Collect and KoboCollect speak it: list, form, HEAD, submissions in several requests. */
#include "services/intake/multipart.h"
#include "services/intake/tests/intake_bottle.h"

static const struct answer *ask(
    struct bottle *bottle, const char *method, const char *rest, const char *type, const char *body) {
    static char path[256];
    snprintf(path, sizeof path, "/openrosa/%s%s", bottle->bearer + 7, rest);
    return fixture_request(
        bottle->fixture, &(struct fixture_request){.method = method,
                             .path = path,
                             .body = body,
                             .headers = {{"Host", "sigap.example"}, {type ? "Content-Type" : NULL, type}}});
}

/* A submission with these files: "name=content" pairs, NULL at the end. */
static const struct answer *submit(struct bottle *bottle, const char *xml, const char *const *files) {
    static char body[65536];
    size_t used = (size_t)snprintf(body, sizeof body,
        "--XyZ\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; "
        "filename=\"a.xml\"\r\nContent-Type: "
        "text/xml\r\n\r\n%s\r\n",
        xml);
    for (; files && *files; files++) {
        int size = (int)strcspn(*files, "=");
        used += (size_t)snprintf(body + used, sizeof body - used,
            "--XyZ\r\nContent-Disposition: form-data; name=\"%.*s\"; filename=\"%.*s\"\r\nContent-Type: "
            "image/jpeg\r\n\r\n"
            "%s\r\n",
            size, *files, size, *files, *files + size + 1);
    }
    snprintf(body + used, sizeof body - used, "--XyZ--\r\n");
    return ask(bottle, "POST", "/submission", "multipart/form-data; boundary=XyZ", body);
}

#define FORM(inner)                                                                                          \
    "<?xml version='1.0' ?><data id=\"sigap-laporan\" version=\"1\" "                                        \
    "xmlns:orx=\"http://openrosa.org/xforms\">" inner                                                        \
    "<orx:meta><orx:instanceID>uuid:1</orx:instanceID></orx:meta></data>"

static size_t media_of(struct bottle *bottle) {
    json_t *media = bottle_list(bottle->fixture, "media", 0);
    size_t count = json_array_size(media);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(json_string_value(json_object_get(json_array_get(media, i), "state")), "kept");
    json_decref(media);
    return count;
}

static void an_app_finds_its_form(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    const struct answer *answer = ask(&bottle, "GET", "/formList", NULL, NULL);
    assert_int_equal(answer->status, 200);
    assert_string_equal(bottle_header(answer, "X-OpenRosa-Version"), "1.0");
    assert_non_null(strstr(answer->body, "<formID>sigap-laporan</formID>"));
    assert_non_null(strstr(answer->body, "<hash>md5:"));
    assert_non_null(strstr(answer->body, "/forms/sigap-laporan.xml</downloadUrl>"));
    answer = ask(&bottle, "GET", "/forms/sigap-laporan.xml", NULL, NULL);
    assert_int_equal(answer->status, 200);
    assert_non_null(memmem(answer->body, answer->body_size, "<h:title>Laporan Sigap</h:title>", 32));
    assert_int_equal(ask(&bottle, "GET", "/forms/lain.xml", NULL, NULL)->status, 404);
    answer = ask(&bottle, "HEAD", "/submission", NULL, NULL);
    assert_int_equal(answer->status, 204);
    assert_non_null(bottle_header(answer, "X-OpenRosa-Accept-Content-Length"));
    assert_non_null(strstr(bottle_header(answer, "Location"), "/submission"));
    fixture_close(&bottle.fixture);
}

static void a_submission_comes_in_several_requests(void **state) {
    (void)state;
    static const char xml[] = FORM("<laporan>Ada warga minta info bansos</laporan><lokasi>-7.98 112.63 0 "
                                   "4.5</lokasi><foto>a.jpg</foto><suara>b.jpg</suara>");
    static const char *const first[] = {"a.jpg=\xff\xd8\xff one", NULL}, *const second[] = {
                                                                             "b.jpg=\xff\xd8\xff two", NULL};
    struct bottle bottle = bottle_open(false);
    const struct answer *answer = submit(&bottle, xml, first);
    assert_int_equal(answer->status, 201);
    assert_non_null(strstr(answer->body, "nature=\"submit_success\""));
    assert_non_null(strstr(answer->body, "260302-"));
    assert_int_equal(media_of(&bottle), 1);
    assert_int_equal(submit(&bottle, xml, second)->status, 202);
    assert_int_equal(media_of(&bottle), 2);
    assert_int_equal(submit(&bottle, xml, first)->status, 202); /* the same again: attached once */
    assert_int_equal(media_of(&bottle), 2);
    assert_int_equal(bottle_reports(&bottle), 1);
    assert_int_equal(submit(&bottle, FORM("<laporan>Sesuatu yang lain</laporan>"), NULL)->status, 409);
    assert_int_equal(bottle_reports(&bottle), 1);
    answer = submit(&bottle,
        "<data "
        "id=\"sigap-laporan\"><laporan>Diperbaiki</laporan><meta><instanceID>uuid:2</"
        "instanceID><deprecatedID>uuid:1</"
        "deprecatedID></meta></data>",
        NULL);
    assert_int_equal(answer->status, 201);
    assert_string_equal(bottle_last(&bottle)->event->report_received->relation, "edit");
    fixture_close(&bottle.fixture);
}

static void refuses_what_is_no_submission(void **state) {
    (void)state;
    static const struct {
        const char *xml;
        unsigned status;
    } cases[] = {
        {"", 400},
        {"<data>", 400},
        {"<data><laporan>tanpa id</laporan></data>", 400},
        {FORM(""), 400},
        {"<!DOCTYPE data [<!ENTITY a \"aaaa\">]><data id=\"x\"><laporan>&a;</laporan></data>", 400},
        {"<!DOCTYPE data SYSTEM \"http://x/y\"><data id=\"x\"><laporan>a</laporan></data>", 400},
        {FORM("<laporan>dia pegang pisau</laporan><darurat>ya</darurat>"), 201},
    };
    struct bottle bottle = bottle_open(false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct answer *answer = submit(&bottle, cases[i].xml, NULL);
        if (answer->status != cases[i].status)
            fail_msg("case %zu: %u %s", i, answer->status, (const char *)answer->body);
    }
    assert_int_equal(bottle_reports(&bottle), 1);
    assert_true(bottle_last(&bottle)->event->report_received->urgent);
    assert_int_equal(ask(&bottle, "POST", "/submission", "text/xml", "<data id='x'/>")->status, 415);
    assert_int_equal(ask(&bottle, "PUT", "/submission", "text/xml", "<data id='x'/>")->status, 405);
    strcpy(bottle.bearer + 7, "wrong");
    const struct answer *answer = ask(&bottle, "GET", "/formList", NULL, NULL);
    assert_int_equal(answer->status, 401);
    assert_non_null(bottle_header(answer, "WWW-Authenticate"));
    fixture_close(&bottle.fixture);
}

static void basic_authentication_does_as_well(void **state) {
    (void)state;
    struct bottle bottle = bottle_open(false);
    char plain[160], header[256] = "Basic ";
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    snprintf(plain, sizeof plain, "petugas:%s", bottle.bearer + 7);
    size_t used = 6, size = strlen(plain);
    for (size_t i = 0; i < size; i += 3) {
        unsigned bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < size ? (unsigned char)plain[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            header[used++] = i + k > size ? '=' : letters[bits >> (18 - 6 * k) & 63];
    }
    header[used] = 0;
    const struct answer *answer = fixture_request(bottle.fixture,
        &(struct fixture_request){
            .method = "GET", .path = "/openrosa/formList", .headers = {{"Authorization", header}}});
    assert_int_equal(answer->status, 200);
    fixture_close(&bottle.fixture);
}

static void multipart_is_cut_where_it_should_be(void **state) {
    (void)state;
    static const struct {
        const char *type, *body;
        bool sound;
        size_t count;
    } cases[] = {
        {"multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--a--",
            true, 1},
        {"multipart/form-data; boundary=\"a b\"", "--a b\r\n\r\n\r\n--a b--\r\n", true, 1},
        {"Multipart/Form-Data; charset=utf-8; boundary=a", "preamble\r\n--a\r\nX: y\r\n\r\n--ab\r\n--a--",
            true, 1},
        {"multipart/form-data; boundary=a", "--a--", true, 0},
        {"multipart/form-data; boundary=a", "--a\r\n\r\n1", false, 0},
        {"multipart/form-data; boundary=a", "--a\r\nno end of headers", false, 0},
        {"multipart/form-data; boundary=a", "", false, 0},
        {"multipart/form-data; boundary=", "--\r\n", false, 0},
        {"multipart/form-data", "--a--", false, 0},
        {"text/plain; boundary=a", "--a--", false, 0},
        {NULL, "--a--", false, 0},
    };
    struct multipart_part parts[MULTIPART_PARTS_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t count, size = strlen(cases[i].body);
        char *copy = malloc(size ? size : 1); /* no byte behind it */
        memcpy(copy, cases[i].body, size);
        bool sound = multipart_read(cases[i].type, copy, size, parts, &count);
        if (sound != cases[i].sound || (sound && count != cases[i].count))
            fail_msg("case %zu: %d %zu", i, sound, count);
        for (size_t cut = 0; cut < size; cut++) { /* every beginning of it: no byte beyond is read */
            char *beginning = malloc(cut ? cut : 1);
            memcpy(beginning, copy, cut);
            multipart_read(cases[i].type, beginning, cut, parts, &count);
            free(beginning);
        }
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_app_finds_its_form),
        cmocka_unit_test(a_submission_comes_in_several_requests),
        cmocka_unit_test(refuses_what_is_no_submission),
        cmocka_unit_test(basic_authentication_does_as_well),
        cmocka_unit_test(multipart_is_cut_where_it_should_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
