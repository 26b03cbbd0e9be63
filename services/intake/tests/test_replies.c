/* What reporters are told comes from the site, whole and ready for JSON. */
#include "services/intake/replies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include <cmocka.h>

static const char jatim[] = SIGAP_SOURCE_DIR "/deploy/sites/jatim";

static void expect_sentences(const char *members) {
    char text[8192];
    snprintf(text, sizeof text, "{%s}", members);
    json_t *json = json_loads(text, 0, NULL);
    if (!json)
        fail_msg("not JSON: %s", text);
    for (int i = 0; i < 2; i++) {
        const char *sentence = json_string_value(json_object_get(json, i ? "message_en" : "message"));
        if (!sentence || strlen(sentence) < 10 || strchr(sentence, '{'))
            fail_msg("no sentence: %s", sentence ? sentence : "nothing");
    }
    json_decref(json);
}

static void the_site_has_a_sentence_for_every_state(void **state) {
    (void)state;
    struct error error = {""};
    struct site *site = site_load(jatim, &error);
    struct intake_replies *replies = intake_replies_load(jatim, site, &error);
    if (!replies)
        fail_msg("%s", error.text);
    struct arena *arena = arena_new(1 << 20);
    expect_sentences(intake_reply_received(replies, arena, "260302-A"));
    assert_non_null(strstr(intake_reply_received(replies, arena, "260302-A"), "260302-A"));
    for (enum report_state each = 0; each < REPORT_STATES; each++)
        expect_sentences(intake_reply_state(replies, arena, each, "260302-A"));
    arena_free(&arena);
    intake_replies_free(&replies);
    site_free(&site);
}

/* Whoever writes Javanese, Madurese or Minang is answered so, whatever is said. */
static void the_site_speaks_its_peoples_languages(void **state) {
    (void)state;
    struct error error = {""};
    struct site *site = site_load(jatim, &error);
    struct intake_replies *replies = intake_replies_load(jatim, site, &error);
    struct arena *arena = arena_new(1 << 20);
    assert_non_null(replies);
    for (enum language language = LANGUAGE_JV; language <= LANGUAGE_MIN; language++) {
        for (enum reply each = 0; each < REPLIES; each++) {
            const char *text = intake_reply_text(replies, arena, each, language, "260302-A");
            assert_string_not_equal(text, intake_reply_text(replies, arena, each, LANGUAGE_ID, "260302-A"));
            assert_null(strchr(text, '{'));
        }
        for (enum report_state each = 0; each < REPORT_STATES; each++) {
            const char *text = intake_reply_state_text(replies, arena, each, language, "260302-A");
            assert_string_not_equal(
                text, intake_reply_state_text(replies, arena, each, LANGUAGE_ID, "260302-A"));
            assert_null(strchr(text, '{'));
        }
    }
    arena_free(&arena);
    intake_replies_free(&replies);
    site_free(&site);
}

/* Loads a replies.yaml of this text; NULL and the complaint when it is refused. */
static struct intake_replies *load(const char *text, struct error *error) {
    char folder[] = "/tmp/sigap-replies-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/replies.yaml", folder);
    FILE *file = fopen(path, "w");
    fputs(text, file);
    fclose(file);
    const struct site site = {.emergency_text = (char *)"call 112", .emergency_text_en = (char *)"call 112"};
    struct intake_replies *replies = intake_replies_load(folder, &site, error);
    unlink(path);
    rmdir(folder);
    return replies;
}

static void a_text_tells_its_language(void **state) {
    static const struct {
        const char *text, *code;
        enum language language;
    } cases[] = {
        {"Tetangga saya dipukuli suaminya, tolong", NULL, LANGUAGE_ID},
        {"Mboten wonten sing ngopeni, simbahe ijen", NULL, LANGUAGE_JV},
        {"TULUNG PAK, BOJOKU NGAMUK MANEH", NULL, LANGUAGE_JV},
        {"Pa', ana'na tatangga epokol eppa'na", NULL, LANGUAGE_MAD},
        {"Pa\xe2\x80\x99, ana\xe2\x80\x99na tatangga epokol eppa\xe2\x80\x99na", NULL,
            LANGUAGE_MAD}, /* as telephones write it */
        {"Or\xc3\xa8ng ghil\xc3\xa2 ngamok", NULL, LANGUAGE_MAD},
        {"Ado urang gaek surang diri di siko, indak ado nan maagiah makan", NULL, LANGUAGE_MIN},
        {"My neighbour is beaten by her husband", NULL, LANGUAGE_EN},
        {"My neighbour is beaten by her husband", "id", LANGUAGE_EN},
        {"Tetangga saya sudah dipukuli", "en", LANGUAGE_ID}, /* the words count more than the telephone */
        {"tolong", "jv", LANGUAGE_JV},
        {"wong", NULL, LANGUAGE_ID},                   /* one word is none */
        {"wong ambo urang tiyang", "en", LANGUAGE_EN}, /* as much of this as of that */
        {"", "en-GB", LANGUAGE_EN},
        {"'' '` \xe2\x80\x99 \xe2", NULL, LANGUAGE_ID},
    };
    (void)state;
    struct error error = {""};
    struct site *site = site_load(jatim, &error);
    struct intake_replies *replies = intake_replies_load(jatim, site, &error);
    assert_non_null(replies);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = strlen(cases[i].text);
        char *exact = malloc(size ? size : 1); /* not a byte behind it */
        memcpy(exact, cases[i].text, size);
        if (intake_language_of(replies, exact, size, cases[i].code) != cases[i].language)
            fail_msg("\"%s\"", cases[i].text);
        free(exact);
    }
    intake_replies_free(&replies);
    site_free(&site);
}

/* The examples of the field, by their labels. One that is called Indonesian is mostly Javanese. */
static void examples_are_told_apart(void **state) {
    (void)state;
    struct error error = {""};
    struct site *site = site_load(jatim, &error);
    struct intake_replies *replies = intake_replies_load(jatim, site, &error);
    FILE *file = fopen(SIGAP_SOURCE_DIR "/tests/triage/examples.jsonl", "r");
    char line[16384];
    unsigned all = 0, wrong = 0, local = 0, known = 0;
    assert_true(replies && file);
    while (fgets(line, sizeof line, file)) {
        json_t *example = json_loads(line, 0, NULL);
        const char *text = json_string_value(json_object_get(example, "text"));
        const char *label = json_string_value(json_object_get(example, "lang"));
        enum language told = intake_language_of(replies, text, strlen(text), NULL);
        local += strcmp(label, "id") != 0;
        known += strcmp(label, "id") != 0 && told == intake_language(label);
        wrong += told != LANGUAGE_ID && told != intake_language(label);
        all++;
        json_decref(example);
    }
    fclose(file);
    if (local < 10 || known * 10 < local * 8 || wrong * 50 > all)
        fail_msg("%u of %u are known, %u of %u are taken for another", known, local, wrong, all);
    intake_replies_free(&replies);
    site_free(&site);
}

#define REPLY(when, text) "  - { code: X, when: " when ", text: '" text "', text_en: en }\n"
#define STATE(code) "  - { code: " code ", text: id, text_en: en }\n"
#define REST REPLY("status", "{STATUS_UMUM}") REPLY("not_a_case", "x") REPLY("closed", "x")
#define STATES "states:\n" STATE("received") STATE("in_review") STATE("referred")

static void placeholders_are_filled_and_quotes_escaped(void **state) {
    (void)state;
    struct error error = {""};
    struct intake_replies *replies = load(
        "replies:\n" REPLY("received", "{NO} \"{NO}\" {TOLONG}") REST STATES STATE("in_progress"), &error);
    if (!replies)
        fail_msg("%s", error.text);
    struct arena *arena = arena_new(1 << 20);
    assert_string_equal(intake_reply_received(replies, arena, "T-1"),
        "\"message\":\"T-1 \\\"T-1\\\" call 112\",\"message_en\":\"en\"");
    assert_string_equal(intake_reply_state(replies, arena, REPORT_CASE_OPEN, "T-1"),
        "\"message\":\"id\",\"message_en\":\"en\"");
    arena_free(&arena);
    intake_replies_free(&replies);
}

static void what_is_missing_is_named(void **state) {
    (void)state;
    struct error error = {""};
    assert_null(load("replies:\n" REPLY("received", "x") REST STATES, &error));
    assert_non_null(strstr(error.text, "in_progress"));
    assert_null(load("replies:\n" REST STATES STATE("in_progress"), &error));
    assert_non_null(strstr(error.text, "received"));
    static const char whole[] = "replies:\n" REPLY("received", "x") REST STATES STATE("in_progress");
    static const struct {
        const char *languages, *named;
    } cases[] = {{"languages:\n  - { code: fr, words: [le] }\n", "fr"},
        {"languages:\n  - { code: jv, words: [wong] }\n  - { code: mad, words: [wong] }\n", "wong"}};
    for (size_t i = 0; i < 2; i++) {
        char text[2048];
        snprintf(text, sizeof text, "%s%s", whole, cases[i].languages);
        assert_null(load(text, &error));
        assert_non_null(strstr(error.text, cases[i].named));
    }
    assert_null(load("replies: []\nstates: []\nmore: 1\n", &error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_site_has_a_sentence_for_every_state),
        cmocka_unit_test(the_site_speaks_its_peoples_languages),
        cmocka_unit_test(a_text_tells_its_language),
        cmocka_unit_test(examples_are_told_apart),
        cmocka_unit_test(placeholders_are_filled_and_quotes_escaped),
        cmocka_unit_test(what_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
