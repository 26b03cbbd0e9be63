/* sources.yaml: refused with a sentence that says where, secrets only from files that nobody else may read.
 */
#include "services/intake/channels.h"
#include "services/intake/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];

static void write_file(const char *name, const char *text, unsigned mode) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static int make_folder(void **state) {
    char keys[80];
    (void)state;
    strcpy(folder, "/tmp/sigap-channels-XXXXXX");
    snprintf(keys, sizeof keys, "%s/keys", mkdtemp(folder) ? folder : "");
    return mkdir(keys, 0700);
}

static int remove_folder(void **state) {
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

#define TELEGRAM(name, options)                                                                              \
    "channels:\n  - name: " name "\n    source: telegram\n    options: [" options "]\n"

static void a_file_is_read_or_refused_with_its_reason(void **state) {
    (void)state;
    static const struct {
        const char *text, *complaint; /* NULL: sound */
    } cases[] = {
        {"channels: []\n", NULL},
        {"public_url: https://sigap.example\n" TELEGRAM("piket", "{name: secret_file, value: tg}"), NULL},
        {TELEGRAM("piket", ""), NULL},
        {"channels:\n  - name: a\n    source: nothing\n", "there is no source \"nothing\""},
        {"channels:\n  - name: a\n    source: json\n", "there is no source \"json\""},
        {"channels:\n  - name: a\n    source: twilio\n", "twilio needs the option \"secret_file\""},
        {"channels:\n  - name: a\n    source: whatsapp\n    options: [{name: secret_file, value: tg}]\n",
            "needs the option \"verify_token_file\""},
        {TELEGRAM("Piket", ""), "a-z 0-9"},
        {TELEGRAM("a/b", ""), "a-z 0-9"},
        {TELEGRAM("piket", "{name: colour, value: red}"), "telegram has no option \"colour\""},
        {TELEGRAM("piket", "{name: secret_file, value: none}"), "cannot be opened"},
        {TELEGRAM("piket", "{name: secret_file, value: ../tg}"), "is no file name"},
        {TELEGRAM("piket", "{name: secret_file, value: open}"), "only this daemon's user"},
        {TELEGRAM("piket", "{name: secret_file, value: of_all_daemons}"), "only this daemon's user"},
        {TELEGRAM("piket", "{name: secret_file, value: empty}"), "has no first line"},
        {TELEGRAM("piket", "") "  - name: piket\n    source: telegram\n", "stands here twice"},
        {TELEGRAM("piket", "") "  - name: piket\n    source: kannel\n", NULL},
        {"colour: red\nchannels: []\n", "colour"},
    };
    write_file("keys/tg", "rahasia\nmore\n", 0600);
    write_file("keys/open", "rahasia\n", 0644);
    write_file("keys/of_all_daemons", "rahasia\n", 0640);
    write_file("keys/empty", "\n", 0600);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {""};
        write_file("sources.yaml", cases[i].text, 0644);
        struct intake_channels *channels = intake_channels_load(folder, folder, &error);
        if ((channels != NULL) != (cases[i].complaint == NULL) ||
            (cases[i].complaint && !strstr(error.text, cases[i].complaint)))
            fail_msg("case %zu: %s", i, error.text);
        if (channels)
            intake_channels_free(&channels);
    }
}

static void secrets_come_from_their_files(void **state) {
    (void)state;
    struct error error = {""};
    write_file("keys/tg", "rahasia\nmore\n", 0600);
    write_file("sources.yaml",
        "public_url: https://sigap.example\n" TELEGRAM(
            "piket", "{name: secret_file, value: tg}, {name: api_url, value: x}") "    training: yes\n",
        0644);
    struct intake_channels *channels = intake_channels_load(folder, folder, &error);
    assert_non_null(channels);
    const struct intake_channel *channel = intake_channel_at(channels, 0);
    assert_string_equal(intake_channel_option(channel, "secret"), "rahasia");
    assert_string_equal(intake_channel_option(channel, "api_url"), "x");
    assert_null(intake_channel_option(channel, "token"));
    assert_null(intake_channel_option(NULL, "secret"));
    assert_string_equal(channel->bot, "telegram.piket");
    assert_true(channel->training && !channel->silent);
    assert_ptr_equal(intake_channel_of_bot(channels, "telegram.piket"), channel);
    assert_null(intake_channel_of_bot(channels, "telegram.lain"));
    assert_ptr_equal(intake_channel_find(channels, channel->source, "piket"), channel);
    assert_string_equal(intake_channels_public_url(channels), "https://sigap.example");
    intake_channels_free(&channels);
    channels = intake_channels_load(folder, NULL, &error); /* a check of the site: no secrets are at hand */
    assert_non_null(channels);
    intake_channels_free(&channels);
    assert_null(channels);
}

/* Certificates are no secret of one line: they are read where they lie, by all calls. */
static void a_file_of_authorities_is_a_path(void **state) {
    (void)state;
    struct error error = {""};
    char path[128];
    snprintf(path, sizeof path, "%s/keys/ca.pem", folder);
    write_file("keys/ca.pem", "-----BEGIN CERTIFICATE-----\n", 0644);
    write_file("keys/other.pem", "-----BEGIN CERTIFICATE-----\n", 0644);
    write_file("sources.yaml",
        TELEGRAM("a", "{name: ca_file, value: ca.pem}") "  - name: b\n    source: telegram\n"
                                                        "    options: [{name: ca_file, value: ca.pem}]\n",
        0644);
    struct intake_channels *channels = intake_channels_load(folder, folder, &error);
    assert_non_null(channels);
    assert_string_equal(intake_channel_option(intake_channel_at(channels, 1), "ca_file"), path);
    intake_channels_free(&channels);
    static const char *const refused[][2] = {
        {TELEGRAM("a", "{name: ca_file, value: ca.pem}") "  - name: b\n    source: telegram\n"
                                                         "    options: [{name: ca_file, value: other.pem}]\n",
            "one ca_file for all"},
        {TELEGRAM("a", "{name: ca_file, value: none.pem}"), "cannot be read"},
        {TELEGRAM("a", "{name: ca_file, value: ../ca.pem}"), "is no file name"},
    };
    for (size_t i = 0; i < 3; i++) {
        write_file("sources.yaml", refused[i][0], 0644);
        assert_null(intake_channels_load(folder, folder, &error));
        if (!strstr(error.text, refused[i][1]))
            fail_msg("case %zu: %s", i, error.text);
    }
}

static void without_the_file_there_are_no_channels(void **state) {
    (void)state;
    struct error error = {""};
    char path[128];
    snprintf(path, sizeof path, "%s/sources.yaml", folder);
    unlink(path);
    struct intake_channels *channels = intake_channels_load(folder, folder, &error);
    assert_non_null(channels);
    assert_null(intake_channel_at(channels, 0));
    assert_string_equal(intake_channels_public_url(channels), "");
    intake_channels_free(&channels);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_or_refused_with_its_reason),
        cmocka_unit_test(secrets_come_from_their_files),
        cmocka_unit_test(a_file_of_authorities_is_a_path),
        cmocka_unit_test(without_the_file_there_are_no_channels),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
