/* OpenRosa as ODK Collect and KoboCollect speak it: list, form, HEAD, submissions in several requests. */
#include "services/intake/multipart.h"
#include "services/intake/submission.h"
#include "services/intake/tests/intake_bottle.h"

#include <expat.h>

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

/* The text of a report, opened as triage would; until the next call. */
static const char *text_of(struct bottle *bottle, size_t number) {
    static char text[SUBMISSION_TEXT_MAX + 1];
    const struct fixture_record *record =
        fixture_nth(bottle->fixture, SIGAP__EVENT__BODY_REPORT_RECEIVED, number);
    assert_non_null(record);
    Sigap__ReportContent *content = bottle_content(record->event->report_received);
    snprintf(text, sizeof text, "%s", content->text);
    sigap__report_content__free_unpacked(content, NULL);
    return text;
}

/* A form says more than one report holds: the rest follows, and nothing is cut within a letter. */
static void what_is_too_long_for_one_report_follows(void **state) {
    (void)state;
    static const struct {
        size_t before;    /* letters a in front of two e with an acute */
        const char *rest; /* behind it */
        size_t first;     /* bytes of the first report */
        const char *end;  /* the second one's end */
    } cases[] = {
        {SUBMISSION_TEXT_MAX - 4, "", SUBMISSION_TEXT_MAX, NULL},
        {SUBMISSION_TEXT_MAX - 3, "", SUBMISSION_TEXT_MAX - 1, "\xc3\xa9"},
        {SUBMISSION_TEXT_MAX - 2, "", SUBMISSION_TEXT_MAX, "\xc3\xa9"},
        {SUBMISSION_TEXT_MAX - 9, " dia pegang pisau", SUBMISSION_TEXT_MAX - 1, " pegang pisau"},
    };
    static char xml[40000], letters[SUBMISSION_TEXT_MAX];
    memset(letters, 'a', sizeof letters);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bottle bottle = bottle_open(false);
        snprintf(xml, sizeof xml, FORM("<laporan>%.*s\xc3\xa9\xc3\xa9%s</laporan>"), (int)cases[i].before,
            letters, cases[i].rest);
        for (size_t again = 0; again < 2; again++) {
            const struct answer *answer = submit(&bottle, xml, NULL);
            if (answer->status != 201 + again)
                fail_msg("case %zu: %u %s", i, answer->status, (const char *)answer->body);
            assert_int_equal(bottle_reports(&bottle), cases[i].end ? 2 : 1);
        }
        const char *text = text_of(&bottle, 0);
        assert_int_equal(strlen(text), cases[i].first);
        assert_string_equal(text + cases[i].first - 2, cases[i].rest[0] ? "ia" : "\xc3\xa9");
        if (cases[i].end) {
            const Sigap__ReportReceived *rest = bottle_last(&bottle)->event->report_received;
            assert_string_equal(text_of(&bottle, 1), cases[i].end);
            assert_string_equal(rest->relation, "follow_up");
            assert_memory_equal(rest->amends.data,
                fixture_nth(bottle.fixture, SIGAP__EVENT__BODY_REPORT_RECEIVED, 0)
                    ->event->report_received->report_id.data,
                ID_BYTES);
        }
        fixture_close(&bottle.fixture);
    }
}

/* The id stands behind all other leaves. */
static void no_leaf_is_one_too_many(void **state) {
    (void)state;
    static char xml[60000];
    struct bottle bottle = bottle_open(false);
    size_t used = (size_t)snprintf(xml, sizeof xml, "<data id=\"sensus\">");
    for (unsigned i = 0; i < 1000; i++)
        used += (size_t)snprintf(xml + used, sizeof xml - used, "<q%u>ya</q%u>", i, i);
    snprintf(xml + used, sizeof xml - used,
        "<laporan>Nenek sakit</laporan><meta><instanceID>uuid:9</instanceID></meta></data>");
    assert_int_equal(submit(&bottle, xml, NULL)->status, 201);
    assert_int_equal(submit(&bottle, xml, NULL)->status, 202);
    assert_int_equal(bottle_reports(&bottle), 1);
    assert_non_null(strstr(text_of(&bottle, 0), "Nenek sakit\nq0: ya\n"));
    assert_non_null(strstr(text_of(&bottle, 0), "\nq999: ya"));
    fixture_close(&bottle.fixture);
}

static void is_sound_xml(const struct answer *answer) {
    XML_Parser parser = XML_ParserCreate(NULL);
    if (XML_Parse(parser, answer->body, (int)answer->body_size, 1) != XML_STATUS_OK)
        fail_msg("no XML: %s", (const char *)answer->body);
    XML_ParserFree(parser);
}

/* The site of the tests with a form and a receipt that hold signs of XML. */
static void make_site(char folder[64]) {
    static const char form[] =
        "<h:html xmlns=\"http://www.w3.org/2002/xforms\" xmlns:h=\"http://www.w3.org/1999/xhtml\"><h:head>"
        "<h:title>Laporan &amp; tindak &lt;lanjut&gt;</h:title><model><instance><data id=\"a&amp;b\" "
        "version=\"1&lt;2\"><laporan/></data></instance></model></h:head></h:html>";
    char command[1024], path[128];
    strcpy(folder, "/tmp/sigap-forms-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command,
        "cp -r %s/. %s && sed -i 's/Terima kasih/Terima \\& kasih/' %s/replies.yaml",
        SIGAP_SOURCE_DIR "/deploy/sites/jatim", folder, folder);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/forms/laporan.xml", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(form, file);
    fclose(file);
}

static void remove_site(const char *folder) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

static void what_a_site_writes_is_escaped(void **state) {
    (void)state;
    char folder[64];
    make_site(folder);
    struct bottle bottle = {.fixture = fixture_open(&(struct fixture_options){
                                .daemon = &intake_daemon, .seed = 7, .site_dir = folder})};
    bottle_issue(bottle.fixture, "bot-a", bottle.bearer);
    const struct answer *answer = ask(&bottle, "GET", "/formList", NULL, NULL);
    is_sound_xml(answer);
    assert_non_null(
        strstr(answer->body, "<formID>a&amp;b</formID><name>Laporan &amp; tindak &lt;lanjut&gt;</name>"
                             "<version>1&lt;2</version>"));
    assert_non_null(strstr(answer->body, "/forms/a&amp;b.xml</downloadUrl>"));
    answer = submit(&bottle, FORM("<laporan>Nenek sakit</laporan>"), NULL);
    is_sound_xml(answer);
    assert_non_null(strstr(answer->body, "Terima &amp; kasih"));
    fixture_close(&bottle.fixture);
    remove_site(folder);
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
        cmocka_unit_test(what_is_too_long_for_one_report_follows),
        cmocka_unit_test(no_leaf_is_one_too_many),
        cmocka_unit_test(what_a_site_writes_is_escaped),
        cmocka_unit_test(refuses_what_is_no_submission),
        cmocka_unit_test(basic_authentication_does_as_well),
        cmocka_unit_test(multipart_is_cut_where_it_should_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
