/* Mails on the local socket, without a turn: where it is, and by what a mail is known again. */
#include "services/intake/lmtp.h"

#include "services/intake/channels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

enum { MAILS = 4 };

static struct {
    char folder[64], socket[80];
    uv_loop_t uv;
    struct daemon_loop loop;
    struct intake intake;
    struct id ids[MAILS];
    unsigned count;
} bench;

static bool keep(struct daemon_loop *loop, const struct effect_result *result) {
    (void)loop;
    assert_int_equal(result->kind, EFFECT_MAIL);
    assert_true(bench.count < MAILS);
    bench.ids[bench.count++] = result->id;
    free(result->bytes);
    return true;
}

static int set_up(void **state) {
    char path[128];
    struct error error = {""};
    (void)state;
    strcpy(bench.folder, "/tmp/sigap-lmtp-XXXXXX");
    assert_non_null(mkdtemp(bench.folder));
    snprintf(path, sizeof path, "%s/sources.yaml", bench.folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("channels:\n"
          "  - {name: lapor, source: email, options: [{name: address, value: lapor@sigap.example}]}\n"
          "  - {name: anak, source: email, options: [{name: address, value: anak@sigap.example}]}\n",
        file);
    fclose(file);
    snprintf(bench.socket, sizeof bench.socket, "%s/mails", bench.folder);
    setenv("SIGAP_LMTP", bench.socket, 1);
    uv_loop_init(&bench.uv);
    bench.loop = (struct daemon_loop){.uv = &bench.uv, .finished = keep};
    bench.intake.channels = intake_channels_load(bench.folder, NULL, &error);
    assert_non_null(bench.intake.channels);
    if (!intake_lmtp_open(&bench.intake, &bench.loop, &error))
        fail_msg("%s", error.text);
    return 0;
}

static int tear_down(void **state) {
    char command[128];
    (void)state;
    intake_lmtp_close(&bench.intake);
    uv_run(&bench.uv, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&bench.uv), 0);
    intake_channels_free(&bench.intake.channels);
    snprintf(command, sizeof command, "rm -rf '%s'", bench.folder);
    return system(command);
}

/* Over a connection of its own; nobody answers it. */
static void hand_over(const char *to, const char *mail) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char said[512];
    unsigned before = bench.count;
    strcpy(address.sun_path, bench.socket);
    int line = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(connect(line, (struct sockaddr *)&address, sizeof address), 0);
    int size = snprintf(said, sizeof said,
        "LHLO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<%s>\r\nDATA\r\n%s\r\n.\r\n", to, mail);
    assert_int_equal(write(line, said, (size_t)size), size);
    for (int i = 0; i < 100 && bench.count == before; i++)
        uv_run(&bench.uv, UV_RUN_ONCE);
    assert_int_equal(bench.count, before + 1);
    close(line);
}

static void the_socket_is_where_the_mail_server_may_look(void **state) {
    struct stat facts;
    (void)state;
    assert_int_equal(stat(bench.socket, &facts), 0);
    assert_true(S_ISSOCK(facts.st_mode));
    assert_int_equal(facts.st_mode & 0777, 0660);
}

/* By what an input is that ends the process, and is not tried again: it must not be what all mails are. */
static void a_mail_is_known_by_what_it_says(void **state) {
    (void)state;
    hand_over("lapor@sigap.example", "Subject: satu\r\n\r\nsakit");
    hand_over("lapor@sigap.example", "Subject: dua\r\n\r\nsakit");
    hand_over("lapor@sigap.example", "Subject: satu\r\n\r\nsakit");
    hand_over("anak@sigap.example", "Subject: satu\r\n\r\nsakit");
    assert_false(id_is_null(&bench.ids[0]));
    assert_false(id_equal(&bench.ids[0], &bench.ids[1]));
    assert_true(id_equal(&bench.ids[0], &bench.ids[2]));
    assert_false(id_equal(&bench.ids[0], &bench.ids[3]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_socket_is_where_the_mail_server_may_look),
        cmocka_unit_test(a_mail_is_known_by_what_it_says),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
