/* Mails as people's programs write them. */
#include "common/texts.h"
#include "services/intake/mime.h"
#include "services/intake/tests/conformance.h"

static void write_post(struct conform *conform, struct post *post, const struct told *told, size_t count) {
    (void)conform;
    assert_int_equal(count, 1);
    strcpy(post->path, "/v1/hooks/email/lapor");
    sprintf(post->body,
        "Return-Path: <%s@example.org>\r\nFrom: A <%s@example.org>\r\nTo: lapor@sigap.example\r\nMessage-ID: "
        "<m%d@example.org>\r\n"
        "Date: Mon, 2 Mar 2026 09:53:20 +0700\r\nSubject: Laporan\r\n\r\n%s\r\n",
        told->sender, told->sender, told->number, told->text);
}

static void sign(struct conform *conform, struct post *post) {
    memcpy(post->request.headers,
        (const char *[2][2]){{"Content-Type", "message/rfc822"}, {"Authorization", conform->bottle.bearer}},
        sizeof(const char *[2][2]));
    (void)post;
}

static const struct conformance email = {
    .source = "email",
    .word = "email",
    .repeats = true,
    .edits = true, /* the same Message-ID with another text */
    .garbage = "no headers at all",
    .write = write_post,
    .sign = sign,
};

static const struct conformance *conformance_of_test(void) {
    return &email;
}

static void reads_mails(void **state) {
    (void)state;
    static const struct {
        const char *mail, *subject, *text;
        size_t files;
    } cases[] = {
        {"Subject: Halo\n\nNenek sakit\n", "Halo", "Nenek sakit\n", 0},
        {"Subject: =?UTF-8?B?TmVuZWsgc2FraXQ=?=\r\n =?utf-8?q?_di_Wl=C3=A9ngi?=\r\n\r\nx",
            "Nenek sakit di Wl\xc3\xa9ngi", "x", 0},
        {"Subject: =?iso-8859-1?Q?caf=E9?= x\n\nx", "caf\xc3\xa9 x", "x", 0},
        {"Subject: =?broken?\n\nx", "=?broken?", "x", 0},
        {"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: "
         "quoted-printable\n\ncaf=E9 =\nlanjut=\n",
            "", "caf\xc3\xa9 lanjut", 0},
        {"Content-Type: text/plain; charset=nothing\nContent-Transfer-Encoding: "
         "BASE64\n\nTmVuZWsg\nc2FraXQ=\n",
            "", "Nenek sakit", 0},
        {"Content-Type: text/html\n\n<style>p{}</style><p>Nenek &amp; kakek</p>sakit<br>", "",
            "Nenek & kakek\nsakit\n", 0},
        {"Content-Type: text/html\n\n<p>Umur <5 tahun, dipukul, < 3 hari, a<b>c</b></p>", "",
            "Umur <5 tahun, dipukul, < 3 hari, ac\n", 0}, /* a tag begins with a letter */
        {"Content-Transfer-Encoding: base64\n\nTmVuZWsgc2FraQ==\nTmVuZWs=dA==\n", "", "Nenek sakiNenekt",
            0}, /* one block behind the other */
        {"Content-Type: text/plain; name=pesan.txt\n\nNenek sakit", "", "Nenek sakit", 0},
        {"Content-Type: text/plain\nContent-Disposition: inline; filename=a.txt\n\nNenek sakit", "",
            "Nenek sakit", 0},
        {"Content-Type: text/plain\nContent-Disposition: attachment\n\nNenek sakit", "", "", 1},
        {"Content-Type: multipart/mixed; boundary=\"o\"\n\npreamble\n--o\nContent-Type: "
         "multipart/alternative; boundary=i\n\n"
         "--i\nContent-Type: text/html\n\n<b>html</b>\n--i\nContent-Type: text/plain\n\nNenek "
         "sakit\n--i--\n--o\nContent-Type: "
         "image/jpeg; name=a.jpg\nContent-Transfer-Encoding: base64\n\n/9j/4AAQ\n--o--\n",
            "", "Nenek sakit", 1},
        {"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: text/plain\n\ncut off", "",
            "cut off", 0},
        {"Content-Type: multipart/mixed\n\nno boundary", "", "", 1},
        /* A telephone puts a picture between two texts. */
        {"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: text/plain\n\nNenek "
         "sakit\n--o\nContent-Type: "
         "image/jpeg; name=a.jpg\nContent-Disposition: inline\n\n\xff\xd8\xff\n--o\nContent-Type: "
         "text/plain\n\nDi "
         "Wlingi\n--o--\n",
            "", "Nenek sakit\nDi Wlingi", 1},
        {"Content-Type: multipart/alternative; boundary=o\n\n--o\nContent-Type: text/plain\n\nNenek "
         "sakit\n--o\n"
         "Content-Type: multipart/related; boundary=o1\n\n--o1\nContent-Type: text/html\n\n<b>Nenek "
         "sakit</b>\n--o1\n"
         "Content-Type: image/png\nContent-ID: <i>\n\n\x89PNG\n--o1--\n--o--\n",
            "", "Nenek sakit", 1}, /* one mark begins like the other */
        {"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; "
         "boundary=i\n\n--i\n"
         "Content-Type: text/html\n\n<p>Nenek</p>\n--i--\n--o\nContent-Type: text/plain\n\nkaki "
         "milis\n--o--\n",
            "", "Nenek\nkaki milis", 0},
        {"Subject: =?utf-8?Q?x=E2=80?=\n =?UTF-8?Q?=9Cy?= =?utf-8*id?B?eg==?= =?utf-8?Q?_?= a =?x",
            "x\xe2\x80\x9cyz  a =?x", "", 0},
        {"Content-Type: text/html; charset=\"windows-1252\"\n\n<html><head><title>T</title><!--[if gte mso "
         "9]><xml><w:View>Normal</w:View></xml><![endif]--><style>p > b "
         "{}</style></head><body><p>Nenek&nbsp;sakit &#8211; "
         "&#x201C;x\x94 &#0; &#xD800; &#x1F622; &amp;lt; "
         "&foo;</p><ul><li>satu</li></ul><blockquote>lama</blockquote></body>",
            "",
            "Nenek sakit \xe2\x80\x93 \xe2\x80\x9cx\xe2\x80\x9d &#0; &#xD800; \xf0\x9f\x98\xa2 &lt; "
            "&foo;\nsatu\n\n> lama\n",
            0},
        {"Content-Type: text/html\n\nDari ibu:<blockquote type=\"cite\">Nenek\ndipukul<br>di "
         "<BLOCKQUOTE>Garum, <5 tahun</blockquote>ya</blockquote>Tolong",
            "", "Dari ibu:\n> Nenek dipukul\n> di \n> Garum, <5 tahun\n> ya\nTolong", 0},
        {"Content-Type: text/html\n\n<blockquote>lama</blockquote>Baru<blockquote>Nenek dipukul", "",
            "\nlama\nBaru\nNenek dipukul", 0}, /* one without an end: nothing is a quote */
        {"Content-Type: text/html\n\n</blockquote><blockquote><br<br<br</p</blockquote>x", "", "\n\n\nx", 0},
        {"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: text/plain\n\ntolong "
         "dicek\n--o\nContent-Type: "
         "message/rfc822\n\nSubject: =?utf-8?Q?Lap=6Fran?=\nContent-Type: multipart/mixed; "
         "boundary=p\n\n--p\n\nNenek "
         "sakit\n--p\nContent-Type: application/pdf\n\n%PDF\n--p--\n--o--\n",
            "", "tolong dicek\nLaporan\nNenek sakit", 1},
        {"Content-Type: message/rfc822\n\nno mail", "", "", 0},
        /* Telephones and ticket systems send a plain part without words beside the HTML. */
        {"Content-Type: multipart/alternative; boundary=o\n\n--o\nContent-Type: text/plain\n\n \r\n\n--o\n"
         "Content-Type: text/html\n\n<p>Nenek sakit</p>\n--o--\n",
            "", "Nenek sakit\n", 0},
        {"Content-Type: multipart/alternative; boundary=o\n\n--o\nContent-Type: text/html\n\n<p>Nenek "
         "sakit</p>\n--o\nContent-Type: text/plain; charset=utf-8\n\n\xc2\xa0\xe2\x80\x8b\n--o--\n",
            "", "Nenek sakit\n", 0},
        {"Content-Type: multipart/alternative; boundary=o\n\n--o\nContent-Type: text/plain\n\n\n--o\n"
         "Content-Type: multipart/related; boundary=i\n\n--i\nContent-Type: text/html\n\n<p>Nenek "
         "sakit</p>\n--i\nContent-Type: image/png\n\n\x89PNG\n--i--\n--o--\n",
            "", "Nenek sakit\n", 1},
        {"Content-Type: multipart/alternative; boundary=o\n\n--o\nContent-Type: multipart/related; "
         "boundary=i\n\n--i\nContent-Type: text/html\n\n<p>Nenek sakit</p>\n--i--\n--o\nContent-Type: "
         "multipart/mixed; boundary=j\n\n--j\nContent-Type: text/plain\n\n \n--j--\n--o--\n",
            "", "Nenek sakit\n", 0},
        {"Content-Type: application/pdf\nContent-Disposition: attachment; filename=\"a.pdf\"\n\n%PDF-", "",
            "", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mime *mime = mime_read(cases[i].mail, strlen(cases[i].mail));
        assert_non_null(mime);
        if (strcmp(mime->subject, cases[i].subject) != 0 || strcmp(mime->text, cases[i].text) != 0 ||
            mime->file_count != cases[i].files)
            fail_msg("case %zu: \"%s\" \"%s\" %zu", i, mime->subject, mime->text, mime->file_count);
        mime_free(&mime);
        for (size_t cut = 0; cut < strlen(cases[i].mail); cut++) { /* every beginning, no byte beyond */
            char *beginning = malloc(cut ? cut : 1);
            memcpy(beginning, cases[i].mail, cut);
            struct mime *part = mime_read(beginning, cut);
            mime_free(&part);
            free(beginning);
        }
    }
    static const char *const senders[][2] = {{"Rina <r@x.org>", "r@x.org"}, {"r@x.org", "r@x.org"},
        {"r@x.org (Rina)", "r@x.org"}, {"\"Rina, RT 3\" <r@x.org>", "r@x.org"},
        {"=?utf-8?Q?R=C3=A9?= <r\xc3\xa9@x.org>", "r\xc3\xa9@x.org"}};
    for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
        char mail[128];
        snprintf(mail, sizeof mail, "From: %s\n\nx", senders[i][0]);
        struct mime *mime = mime_read(mail, strlen(mail));
        assert_string_equal(mime->from, senders[i][1]);
        assert_false(mime->notice || mime->forwarded);
        mime_free(&mime);
    }
    assert_null(mime_read("no colon", 8));
    assert_int_equal(mime_date("Mon, 2 Mar 2026 10:00:00 +0700"), 1772420400000);
    assert_int_equal(mime_date("2 Mar 2026 03:00 +0000"), 1772420400000);
    assert_int_equal(mime_date("yesterday"), 0);
    char date[40];
    mime_date_write(1772420400000, date);
    assert_string_equal(date, "Mon, 02 Mar 2026 03:00:00 +0000");
    assert_int_equal(mime_date(date), 1772420400000);
}

/* Pictures and styles within the HTML are longer than any report. */
static void words_behind_much_html_are_read(void **state) {
    (void)state;
    enum { PICTURE = 300 * 1024 };
    static const char begin[] = "Content-Type: text/html\n\n<p>Nenek</p><img src=\"data:image/jpeg;base64,",
                      end[] = "\"><p>dipukul</p>";
    char *mail = malloc(PICTURE + sizeof begin + sizeof end);
    strcpy(mail, begin);
    memset(mail + strlen(begin), 'A', PICTURE);
    strcpy(mail + strlen(begin) + PICTURE, end);
    struct mime *mime = mime_read(mail, strlen(mail));
    assert_string_equal(mime->text, "Nenek\ndipukul\n");
    mime_free(&mime);
    char *at = stpcpy(mail, "Content-Type: text/plain; charset=iso-8859-1\n\na");
    memset(at, 0xe9, PICTURE);
    mime = mime_read(mail, (size_t)(at - mail) + PICTURE);
    assert_in_range(strlen(mime->text), MIME_TEXT_MAX - 1, MIME_TEXT_MAX);
    assert_non_null(strstr(mime->text, "\xc3\xa9\n[... terlalu panjang")); /* no half letter before it */
    mime_free(&mime);
    free(mail);
}

/* Beyond what one report holds a mail goes on in others, which join it; sent again it is known, all of it. */
static void a_long_mail_is_read_to_its_end(void **state) {
    (void)state;
    struct conform conform = conform_open();
    static struct post post;
    char *to = post.body +
               sprintf(post.body, "From: a@b.example\r\nMessage-ID: <long@b>\r\nSubject: Laporan\r\n\r\n");
    for (int i = 0; i < 2400; i++)
        to += sprintf(to, "baris %04d tentang ibu\r\n", i);
    strcpy(to, "lalu dia memukul anaknya sampai pingsan di Wlingi Blitar\r\n");
    post.request =
        (struct fixture_request){.method = "POST", .path = "/v1/hooks/email/lapor", .body = post.body};
    sign(&conform, &post);
    for (int times = 0; times < 2; times++) {
        assert_int_equal(fixture_request(conform.bottle.fixture, &post.request)->status, 200);
        assert_int_equal(bottle_reports(&conform.bottle), 4);
    }
    size_t ends = 0, joins = 0;
    for (size_t i = 0; i < 4; i++) {
        const Sigap__ReportReceived *part = conform_report(&conform, i);
        bool joined = strcmp(part->relation, "follow_up") == 0;
        joins += joined;
        ends += joined && strstr(conform_text(part), "sampai pingsan");
    }
    assert_int_equal(joins, 3);
    assert_int_equal(ends, 1);
    conform_close(&conform);
}

static void pictures_come_along_and_machines_say_nothing(void **state) {
    (void)state;
    struct conform conform = conform_open();
    static const char mail[] =
        "From: Rina <rina@example.org>\r\nMessage-ID: <a@b>\r\nIn-Reply-To: <z@b>\r\nSubject: Rumah "
        "roboh\r\nDate: Mon, 2 Mar 2026 09:53:20 +0700\r\n"
        "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nDi Wlingi\r\n> "
        "kutipan lama\r\n--o\r\nContent-Type: image/jpeg; "
        "name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/4AAQ\r\n--o--\r\n";
    static const char *const bodies[] = {mail, mail,
        "From: x@y\r\nMessage-ID: <c@d>\r\nAuto-Submitted: auto-replied\r\nSubject: Cuti\r\n\r\nSaya "
        "cuti\r\n",
        "From: x@y\r\nMessage-ID: <e@d>\r\nX-Autoreply: yes\r\nSubject: Cuti\r\n\r\nSaya cuti\r\n",
        "From: x@y\r\nMessage-ID: <f@d>\r\nPrecedence: auto_reply\r\nSubject: Cuti\r\n\r\nSaya cuti\r\n",
        "From: MAILER-DAEMON@y\r\nMessage-ID: <g@d>\r\nSubject: Undelivered\r\nContent-Type: "
        "multipart/report; "
        "report-type=delivery-status; boundary=o\r\n\r\n--o\r\n\r\nnot delivered\r\n--o--\r\n"};
    static struct post post;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        post.request =
            (struct fixture_request){.method = "POST", .path = "/v1/hooks/email/lapor", .body = bodies[i]};
        sign(&conform, &post);
        assert_int_equal(fixture_request(conform.bottle.fixture, &post.request)->status, 200);
    }
    assert_int_equal(bottle_reports(&conform.bottle), 1);
    const Sigap__ReportReceived *report = conform_report(&conform, 0);
    assert_string_equal(conform_text(report), "Rumah roboh\nDi Wlingi\r\n");
    assert_int_equal(report->occurred_at, INT64_C(1772420000000));
    assert_false(report->may_contact);
    json_t *media = bottle_list(conform.bottle.fixture, "media", 0);
    assert_int_equal(json_array_size(media), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(media, 0), "type")), "image/jpeg");
    json_decref(media);
    conform_close(&conform);
}

/* Old programs write letters of their own charset into headers. */
static void raw_bytes_in_headers_are_no_obstacle(void **state) {
    (void)state;
    struct conform conform = conform_open();
    static const char *const bodies[] = {
        "From: r\xe9@example.org\r\nSubject: Caf\xe9 terbakar\r\n\r\nDi Wlingi\r\n",
        "From: rina@example.org\r\nMessage-ID: <caf\xe9@x>\r\nSubject: Rumah roboh\r\n\r\nDi Garum\r\n"};
    for (size_t i = 0; i < 4; i++) { /* each twice */
        static struct post post;
        post.request = (struct fixture_request){
            .method = "POST", .path = "/v1/hooks/email/lapor", .body = bodies[i / 2]};
        sign(&conform, &post);
        assert_int_equal(fixture_request(conform.bottle.fixture, &post.request)->status, 200);
        assert_int_equal(bottle_reports(&conform.bottle), i / 2 + 1);
        assert_int_equal(conform_parked(&conform), 0);
    }
    conform_close(&conform);
}

/* What an answer quotes has been said before; in other mails it is what somebody wants to be read. */
static void quotes_are_left_out_of_answers_alone(void **state) {
    (void)state;
    static const char plain[] = "\r\nTolong dicek\r\n> Nenek dipukul\r\n",
                      html[] = "Content-Type: text/html\r\n\r\n<p>Tolong dicek</p><blockquote>Nenek dipukul "
                               "%s</blockquote>";
    static const struct {
        const char *headers, *body;
        bool quote, joins; /* is it in the report; the ticket in it (%s) says what it belongs to */
    } cases[] = {
        {"Subject: Laporan\r\n", plain, true, false},
        {"Subject: Laporan\r\n", html, true, true},
        {"Subject: Fwd: Laporan\r\nIn-Reply-To: <z@b>\r\n", plain, true, false},
        {"Subject: Trs: Re: Laporan\r\n", html, true, true},
        {"Subject: Laporan\r\nIn-Reply-To: <z@b>\r\n", plain, false, false},
        {"Subject: Bls: Laporan\r\n", plain, false, false},
        {"Subject: Re: Trs: Laporan\r\n", html, false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conform conform = conform_open();
        static struct post post;
        const char *ticket =
            bottle_ticket(&conform.bottle, "{\"source\": \"a\", \"text\": \"Kakek sakit di Wlingi\"}", NULL);
        sprintf(post.body, "From: a@b.example\r\nMessage-ID: <q@b>\r\n%s", cases[i].headers);
        sprintf(post.body + strlen(post.body), cases[i].body, ticket);
        post.request =
            (struct fixture_request){.method = "POST", .path = "/v1/hooks/email/lapor", .body = post.body};
        sign(&conform, &post);
        assert_int_equal(fixture_request(conform.bottle.fixture, &post.request)->status, 200);
        assert_int_equal(bottle_reports(&conform.bottle), 2);
        const Sigap__ReportReceived *report = conform_report(&conform, 1);
        const char *text = conform_text(report);
        if (!strstr(text, "Tolong dicek") || (strstr(text, "Nenek dipukul") != NULL) != cases[i].quote ||
            (report->amends.len > 0) != cases[i].joins)
            fail_msg("case %zu: \"%s\" %zu", i, text, report->amends.len);
        conform_close(&conform);
    }
}

/* A ticket, or "status" and a ticket, alone is a question; what is said beside it joins the report. */
static void what_is_said_beside_a_question_is_kept(void **state) {
    (void)state;
    static const struct {
        const char *mail, *text; /* %s: the ticket; text NULL: a question, no report */
    } cases[] = {
        {"Subject: status %s\r\n\r\n-- \r\nRina\r\n", NULL},
        {"Subject: Re: %s\r\n\r\n\r\nDikirim dari iPhone saya\r\n", NULL},
        {"Subject: Pertanyaan\r\n\r\nstatus %s\r\n\r\n> kutipan lama\r\n", NULL},
        {"Subject: Re: Pesan layanan / Service message\r\n\r\n%s\r\n\r\nPada Sen, 2 Mar 2026 pukul 10.00 "
         "Layanan <lapor@sigap.example>\r\nmenulis:\r\n\r\n> Terima kasih\r\n",
            NULL},
        {"Subject: Bls: status %s\r\n\r\nOn Mon, 2 Mar 2026, Layanan <lapor@sigap.example> "
         "wrote:\r\n> Terima kasih\r\n",
            NULL},
        {"Subject: %s\r\n\r\nDia sekarang pegang pisau, tolong\r\n", "pegang pisau, tolong"},
        {"Subject: Re: status %s\r\n\r\nKakek sudah pindah ke Garum\r\n", "pindah ke Garum"},
        {"Subject: Laporan\r\n\r\n%s\r\nKakek sudah pindah ke Garum\r\n", "pindah ke Garum"},
        {"Subject: Kakek sudah pindah\r\n\r\n%s\r\n", "Kakek sudah pindah"},
        {"Subject: Kebakaran\r\n\r\n%s\r\n", "Kebakaran"},
        {"Subject: Laporan\r\n\r\nstatus %s\r\n-- \r\ntolong dia pegang pisau\r\n", "pegang pisau"},
        {"Subject: status %s\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\xff\r\n", "status "},
        {"Subject: Laporan\r\n\r\nstatus %s\r\nPada hari Senin ia menulis:\r\n> Awas kau\r\n", "menulis"},
        {"Subject: Laporan\r\n\r\nstatus %s\r\nDikirim dari iPhone anak saya, yang sejak hari Senin belum "
         "pulang\r\n",
            "belum pulang"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conform conform = conform_open();
        static struct post post;
        char ticket[TICKET_TEXT + 1];
        copy_text(ticket, sizeof ticket,
            bottle_ticket(
                &conform.bottle, "{\"source\": \"a\", \"text\": \"Kakek sakit di Wlingi Blitar\"}", NULL));
        strcpy(post.body, "From: a@b.example\r\nMessage-ID: <q@b>\r\n");
        sprintf(post.body + strlen(post.body), cases[i].mail, ticket);
        post.request =
            (struct fixture_request){.method = "POST", .path = "/v1/hooks/email/lapor", .body = post.body};
        sign(&conform, &post);
        assert_int_equal(fixture_request(conform.bottle.fixture, &post.request)->status, 200);
        if (bottle_reports(&conform.bottle) != (cases[i].text ? 2 : 1))
            fail_msg("case %zu: %zu reports", i, bottle_reports(&conform.bottle));
        if (cases[i].text) {
            const Sigap__ReportReceived *more = conform_report(&conform, 1);
            if (!strstr(conform_text(more), cases[i].text) || strcmp(more->relation, "follow_up") != 0)
                fail_msg("case %zu: \"%s\" %s", i, conform_text(more), more->relation);
        }
        conform_close(&conform);
    }
}

/* Under pressure only what may be urgent is taken: that is read out of base 64, and not out of headers. */
static void urgency_is_in_the_words(void **state) {
    (void)state;
    static const struct {
        const char *mail;
        bool urgent;
    } cases[] = {
        {"From: a@b\r\nSubject: Laporan\r\n\r\nAda warga minta info bansos\r\n", false},
        {"From: a@b\r\nSubject: Laporan\r\n\r\ntolong dia pegang pisau\r\n", true},
        {"From: a@b\r\nSubject: =?utf-8?B?dG9sb25nIGRpYSBwZWdhbmcgcGlzYXU=?=\r\n\r\n.\r\n", true},
        {"From: a@b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
         "dG9sb25nIGRpYSBwZWdhbmcgcGlzYXU=\r\n",
            true},
        {"X-Spam: tolong dia pegang pisau\r\nFrom: a@b\r\nSubject: Info\r\n\r\nAda warga minta info "
         "bansos\r\n",
            false},
    };
    struct conform conform = conform_open();
    static struct post post;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char named[1024];
        snprintf(named, sizeof named, "Message-ID: <u%zu@b>\r\n%s", i, cases[i].mail);
        post.request =
            (struct fixture_request){.method = "POST", .path = "/v1/hooks/email/lapor", .body = named};
        sign(&conform, &post);
        fault_arm(FAULT_COMMIT, 1);
        const struct answer *answer = fixture_request(conform.bottle.fixture, &post.request);
        fault_disarm();
        if ((answer && answer->status == 503) == cases[i].urgent)
            fail_msg("case %zu", i);
        fixture_advance(conform.bottle.fixture, 20000);
    }
    conform_close(&conform);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CONFORMANCE_TESTS,
        cmocka_unit_test(reads_mails),
        cmocka_unit_test(words_behind_much_html_are_read),
        cmocka_unit_test(urgency_is_in_the_words),
        cmocka_unit_test(raw_bytes_in_headers_are_no_obstacle),
        cmocka_unit_test(quotes_are_left_out_of_answers_alone),
        cmocka_unit_test(what_is_said_beside_a_question_is_kept),
        cmocka_unit_test(a_long_mail_is_read_to_its_end),
        cmocka_unit_test(pictures_come_along_and_machines_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
