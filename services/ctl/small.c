/* Commands that are one question to one daemon, or one program. */
#include "ctl.h"

#include "common/clock.h"
#include "common/id.h"
#include "common/keystore.h"
#include "proto/submit.pb-c.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

int ctl_print(json_t *answer, unsigned status, const char *daemon) {
    if (!answer && !status)
        return ctl_fail("%s does not answer; is the site running?", daemon);
    if (answer) {
        json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
        putchar('\n');
    }
    json_decref(answer);
    return status == 200 ? 0 : ctl_fail("%s refused it (%u)", daemon, status);
}

/* Which lists a daemon has, its status says. */
static int no_such_list(const char *daemon, const char *name) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__StatusView what = SIGAP__STATUS_VIEW__INIT;
    char names[512] = "";
    size_t used = 0, index;
    unsigned status;
    json_t *list;
    view.what_case = SIGAP__VIEW__WHAT_STATUS;
    view.status = &what;
    json_t *answer = ask_one(daemon, &view, 5000, &status);
    json_array_foreach(json_object_get(answer, "lists"), index, list) {
        if (used < sizeof names)
            used += (size_t)snprintf(
                names + used, sizeof names - used, "%s%s", index ? ", " : "", json_string_value(list));
    }
    json_decref(answer);
    return ctl_misused("%s has no list \"%s\"; there are: %s", daemon, name, names);
}

static int list(const char *daemon, const char *name) {
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    unsigned status;
    what.name = (char *)name;
    json_t *answer = ask_list(daemon, &what, 5000, &status);
    if (status == 404 && !answer)
        return no_such_list(daemon, name);
    return ctl_print(answer, status, daemon);
}

int ctl_list(struct ctl *ctl, int argc, char **argv) {
    if (argc != 3)
        return ctl_misused("list: DAEMON NAME");
    struct site_links *links = ctl_links(ctl);
    if (!links)
        return 1;
    int result = !ctl_knows(links, argv[1]) ? 2 : ctl_enter_data(ctl) ? list(argv[1], argv[2]) : 1;
    site_links_free(&links);
    return result;
}

int ctl_explain_route(struct ctl *ctl, int argc, char **argv) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ExplainView explain = SIGAP__EXPLAIN_VIEW__INIT;
    struct id id;
    unsigned status;
    if (argc != 3 || strcmp(argv[1], "explain") != 0 || !id_from_text(argv[2], &id))
        return ctl_misused("route: explain CASE (26 characters, see trace)");
    if (!ctl_enter_data(ctl))
        return 1;
    explain.case_id = (ProtobufCBinaryData){ID_BYTES, id.bytes};
    view.what_case = SIGAP__VIEW__WHAT_EXPLAIN;
    view.explain = &explain;
    json_t *answer = ask_one("router", &view, 5000, &status);
    return ctl_print(answer, status, "router");
}

/* Says who did not answer, so that what is not there is not taken for nothing. Returns the exit status. */
static int tell_silent(const struct question *questions, unsigned count) {
    int worst = 0;
    for (unsigned i = 0; i < count; i++)
        if (!questions[i].answer)
            worst = ctl_fail("%s does not answer", questions[i].daemon);
    return worst;
}

/* A list of every daemon that runs here; the answers are the caller's. */
static unsigned list_of_each(
    const struct site_links *links, const char *name, int timeout_ms, struct question questions[ASK_MOST]) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    what.name = (char *)name;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &what;
    return ask_each(links, &view, timeout_ms, questions);
}

static int list_parked(const struct site_links *links) {
    struct question questions[ASK_MOST];
    unsigned count = list_of_each(links, "parked", 2000, questions);
    json_t *all = json_array();
    for (unsigned i = 0; i < count; i++)
        json_array_extend(all, questions[i].answer);
    int worst = ctl_print(all, 200, "") | tell_silent(questions, count);
    for (unsigned i = 0; i < count; i++)
        json_decref(questions[i].answer);
    return worst;
}

static int retry_parked(const char *daemon, uint64_t number) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ParkedRetry retry = SIGAP__PARKED_RETRY__INIT;
    unsigned status;
    retry.number = number;
    view.what_case = SIGAP__VIEW__WHAT_PARKED_RETRY;
    view.parked_retry = &retry;
    json_t *answer = ask_one(daemon, &view, 5000, &status);
    bool none = number && status == 200 && json_integer_value(json_object_get(answer, "retried")) == 0;
    if (!none)
        return ctl_print(answer, status, daemon);
    json_decref(answer);
    return ctl_fail("%s has put nothing aside under this number, see `parked list`", daemon);
}

int ctl_parked(struct ctl *ctl, int argc, char **argv) {
    bool all = argc == 2 && strcmp(argv[1], "list") == 0;
    uint64_t number = 0;
    if (!all && (argc < 3 || strcmp(argv[1], "retry") != 0))
        return ctl_misused("parked: list | retry DAEMON [NUMBER]");
    if (argc > 3 && !ctl_number(argv[3], &number))
        return ctl_misused("parked: \"%s\" is no number of `parked list`", argv[3]);
    struct site_links *links = ctl_links(ctl);
    if (!links)
        return 1;
    int result = !all && !ctl_knows(links, argv[2]) ? 2
                 : !ctl_enter_data(ctl)             ? 1
                 : all                              ? list_parked(links)
                                                    : retry_parked(argv[2], number);
    site_links_free(&links);
    return result;
}

static int control(const char *daemon, const char *action, const char *argument) {
    unsigned status;
    json_t *answer = ask_control(daemon, action, argument, &status);
    return ctl_print(answer, status, daemon);
}

static bool is_order(const char *word) {
    static const char *const orders[] = {"hold", "release", "clock", "reconnect"};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (strcmp(orders[i], word) == 0)
            return true;
    return false;
}

int ctl_control(struct ctl *ctl, int argc, char **argv) {
    int worst = 0;
    if (argc != 3 || !is_order(argv[2]))
        return ctl_misused("control: DAEMON|all hold|release|clock|reconnect");
    struct site_links *links = ctl_links(ctl);
    bool all = strcmp(argv[1], "all") == 0;
    if (!links)
        return 1;
    if (!all && !ctl_knows(links, argv[1]))
        worst = 2;
    else if (!ctl_enter_data(ctl))
        worst = 1;
    for (unsigned i = 0; worst != 2 && i < links->daemons_count; i++)
        if (links->daemons[i].core && (all || strcmp(argv[1], links->daemons[i].name) == 0))
            worst |= control(links->daemons[i].name, argv[2], "");
    site_links_free(&links);
    return worst;
}

/* Joins what is left of the arguments: "name role codes areas facilities". */
static const char *join(int argc, char **argv, char *out, size_t room) {
    size_t used = 0;
    out[0] = 0;
    for (int i = 0; i < argc && used < room; i++)
        used += (size_t)snprintf(out + used, room - used, "%s%s", i ? " " : "", argv[i]);
    return out;
}

int ctl_admin(struct ctl *ctl, int argc, char **argv) {
    char argument[512];
    if (argc < 4 || strcmp(argv[1], "create") != 0)
        return ctl_misused(
            "admin: create NAME CLASSES [CODES [AREAS [FACILITIES]]], lists with commas, - for "
            "none; classes: responder, facility, operator, coordinator, administrator, auditor");
    return ctl_enter_data(ctl)
               ? control("console", "account.create", join(argc - 2, argv + 2, argument, sizeof argument))
               : 1;
}

int ctl_token(struct ctl *ctl, int argc, char **argv) {
    char action[32], argument[256];
    bool issue = argc > 2 && strcmp(argv[1], "issue") == 0,
         drop = argc == 3 && (strcmp(argv[1], "revoke") == 0 || strcmp(argv[1], "retire") == 0);
    if (!issue && !drop && !(argc == 2 && strcmp(argv[1], "list") == 0))
        return ctl_misused("token: issue NAME [reports,training,rate=N] | retire NAME (all but the newest) | "
                           "revoke NAME | list");
    snprintf(action, sizeof action, "token.%s", argv[1]);
    return ctl_enter_data(ctl)
               ? control("intake", action, join(argc - 2, argv + 2, argument, sizeof argument))
               : 1;
}

bool ctl_make_keys(const struct ctl *ctl, const struct site_links *links, struct error *error) {
    const char *names[33] = {0};
    char folder[PATH_ROOM + 8];
    if (sodium_init() < 0)
        return error_set(error, "libsodium cannot be set up");
    for (unsigned i = 0, n = 0; i < links->daemons_count && n < 32; i++)
        if (links->daemons[i].core)
            names[n++] = links->daemons[i].name;
    snprintf(folder, sizeof folder, "%s/keys", ctl->data_dir);
    return keystore_create(folder, names, &random_real, error);
}

/* A link over tcp needs a CURVE key: keys/<daemon>.curve, public and secret in Z85. The public one goes into
 * links.yaml of every machine. A key that is there is never replaced. */
static bool make_curve_key(const char *daemon) {
    char path[128], line[96] = "", public_key[41], secret_key[41];
    snprintf(path, sizeof path, "keys/%s.curve", daemon);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        zmq_curve_keypair(public_key, secret_key);
        int size = snprintf(line, sizeof line, "%s\n%s\n", public_key, secret_key);
        bool written = write(fd, line, (size_t)size) == size && fsync(fd) == 0;
        close(fd);
        if (!written)
            return unlink(path), ctl_fail("%s: %s", path, strerror(errno)), false;
    } else if (errno != EEXIST) {
        return ctl_fail("%s: %s", path, strerror(errno)), false;
    }
    FILE *file = fopen(path, "r");
    bool read = file && fgets(public_key, sizeof public_key, file);
    if (file)
        fclose(file);
    if (read)
        printf("%s public_key: \"%s\"\n", daemon, public_key);
    return read;
}

/* Readers from outside have keys too. */
static bool all_in_links(const struct site_links *links, int count, char **daemons) {
    for (int i = 0; i < count; i++)
        if (!site_links_find(links, daemons[i]))
            return ctl_misused("keys: \"%s\" is not in the site's links.yaml", daemons[i]), false;
    return true;
}

static int make_keys(const struct ctl *ctl, const struct site_links *links, int count, char **daemons) {
    struct error error = {0};
    mkdir(ctl->data_dir, 0750);
    if (chdir(ctl->data_dir) != 0 || !ctl_make_keys(ctl, links, &error))
        return ctl_fail("%s: %s", ctl->data_dir, error.text[0] ? error.text : strerror(errno));
    for (int i = 0; i < count; i++)
        if (!make_curve_key(daemons[i]))
            return 1;
    return 0;
}

int ctl_keys(struct ctl *ctl, int argc, char **argv) {
    struct site_links *links = ctl_links(ctl);
    if (!links)
        return 1;
    int result = all_in_links(links, argc - 1, argv + 1) ? make_keys(ctl, links, argc - 1, argv + 1) : 2;
    site_links_free(&links);
    return result;
}

enum { CHECKS_MAX = 32, COMPLAINT_MAX = 4096 };

struct check {
    const char *daemon;
    pid_t process;
    int pipe; /* its stderr */
    char complaint[COMPLAINT_MAX];
    bool refused;
};

static void start_check(const struct ctl *ctl, struct check *check) {
    char program[PATH_ROOM + 64], site_option[] = "--site", check_option[] = "--check", site_dir[PATH_ROOM];
    int ends[2] = {-1, -1};
    snprintf(program, sizeof program, "%s/sigap-%s", ctl->bin_dir, check->daemon);
    snprintf(site_dir, sizeof site_dir, "%s", ctl->site_dir);
    char *const arguments[] = {program, site_option, site_dir, check_option, NULL};
    check->process = pipe2(ends, O_CLOEXEC) == 0 ? fork() : -1;
    check->pipe = ends[0];
    if (check->process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* an interrupted check leaves nobody behind */
        dup2(ends[1], 2);
        execv(program, arguments);
        dprintf(2, "%s cannot be started: %s\n", program, strerror(errno));
        _exit(127);
    }
    if (ends[1] >= 0)
        close(ends[1]);
}

/* All it says is read, so that it ends; what is too long is cut. */
static void end_check(struct check *check) {
    char more[512];
    size_t used = 0;
    int status = 1;
    for (ssize_t size; check->pipe >= 0 && (size = read(check->pipe, more, sizeof more)) > 0;) {
        size_t room = COMPLAINT_MAX - 1 - used, take = (size_t)size < room ? (size_t)size : room;
        memcpy(check->complaint + used, more, take);
        used += take;
    }
    if (check->pipe >= 0)
        close(check->pipe);
    check->refused = check->process < 0 || waitpid(check->process, &status, 0) < 0 || status != 0;
}

/* What several daemons find wrong in a file that all of them read is said once. */
static int report_checks(const struct check *checks, unsigned count, const char *site_dir) {
    char names[512] = "";
    size_t used = 0;
    for (unsigned i = 0; i < count; i++) {
        bool said = !checks[i].complaint[0];
        for (unsigned k = 0; k < i && !said; k++)
            said = strcmp(checks[k].complaint, checks[i].complaint) == 0;
        if (!said)
            fputs(checks[i].complaint, stderr);
        if (checks[i].refused && used < sizeof names)
            used += (size_t)snprintf(
                names + used, sizeof names - used, "%s%s", used ? ", " : "", checks[i].daemon);
    }
    return used ? ctl_fail("not accepted by %s: the site %s", names, site_dir) : 0;
}

/* Each daemon checks what it reads of the site itself; all at the same time. */
int ctl_check(struct ctl *ctl, int argc, char **argv) {
    static struct check checks[CHECKS_MAX];
    struct site_links *links = ctl_links(ctl);
    unsigned count = 0;
    (void)argc;
    (void)argv;
    if (!links)
        return 1;
    for (unsigned i = 0; i < links->daemons_count && count < CHECKS_MAX; i++)
        if (links->daemons[i].core)
            checks[count++] = (struct check){.daemon = links->daemons[i].name};
    for (unsigned i = 0; i < count; i++)
        start_check(ctl, &checks[i]);
    for (unsigned i = 0; i < count; i++)
        end_check(&checks[i]);
    int result = report_checks(checks, count, ctl->site_dir);
    site_links_free(&links);
    return result;
}

int ctl_tool(struct ctl *ctl, int argc, char **argv) {
    char program[PATH_ROOM + 64];
    char **arguments = calloc((size_t)argc + 4, sizeof *arguments);
    if (!arguments)
        return ctl_fail("out of memory");
    snprintf(program, sizeof program, "%s/sigap-%s", ctl->bin_dir, argv[0]);
    setenv("SIGAP_DATA", ctl->data_dir, 1); /* for a word that asks the running site too */
    arguments[0] = program;
    arguments[1] = (char *)"--site";
    arguments[2] = ctl->site_dir;
    for (int i = 1; i < argc; i++)
        arguments[2 + i] = argv[i];
    execv(program, arguments);
    free(arguments);
    return ctl_fail("%s: %s", program, strerror(errno));
}

/* ---- audit ---- */

enum { AUDIT_MS = 10000 };

/* The next entries of one daemon's log; NULL: it does not answer. The caller's. */
static json_t *audit_page(const char *daemon, json_int_t after) {
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    unsigned status;
    what.name = (char *)"audit";
    what.after = (uint64_t)after;
    return ask_list(daemon, &what, AUDIT_MS, &status);
}

/* The number of the first altered entry, 0: none. *last: of the page. */
static json_int_t first_altered(const json_t *page, json_int_t *last) {
    json_int_t altered = 0;
    size_t index;
    json_t *entry;
    json_array_foreach(page, index, entry) {
        *last = json_integer_value(json_object_get(entry, "number"));
        if (!altered && !json_is_true(json_object_get(entry, "sound")))
            altered = *last;
    }
    return altered;
}

/* One daemon's log from its first page on (not NULL, freed here): a turn of the daemon reads one. Returns the
 * exit status. */
static int verify_audit(const char *daemon, json_t *page) {
    json_int_t altered = 0, last = 0;
    size_t entries = 0;
    while (page && json_array_size(page) && !altered) {
        entries += json_array_size(page);
        altered = first_altered(page, &last);
        json_decref(page);
        page = audit_page(daemon, last);
    }
    if (!page)
        return ctl_fail("%s does not answer", daemon);
    json_decref(page);
    if (altered)
        printf("%s: entry %lld was altered\n", daemon, (long long)altered);
    else
        printf("%s: %zu entries\n", daemon, entries);
    return altered != 0;
}

int ctl_audit(struct ctl *ctl, int argc, char **argv) {
    struct question questions[ASK_MOST];
    if (argc != 2 || strcmp(argv[1], "verify") != 0)
        return ctl_misused("audit: verify");
    struct site_links *links = ctl_links(ctl);
    if (!links || !ctl_enter_data(ctl))
        return 1;
    unsigned count = list_of_each(links, "audit", AUDIT_MS, questions);
    int worst = tell_silent(questions, count);
    for (unsigned i = 0; i < count; i++)
        if (questions[i].answer)
            worst |= verify_audit(questions[i].daemon, questions[i].answer);
    site_links_free(&links);
    return worst;
}

/* ---- send ---- */

static char *read_token(const struct ctl *ctl) {
    static char token[256];
    FILE *file = ctl->token ? NULL : fopen("demo.token", "r");
    if (ctl->token)
        snprintf(token, sizeof token, "%s", ctl->token);
    else if (file && fgets(token, sizeof token, file))
        token[strcspn(token, "\n")] = 0;
    if (file)
        fclose(file);
    return token;
}

static int print_submit_answer(zmq_msg_t *message) {
    Sigap__SubmitAnswer *answer =
        sigap__submit_answer__unpack(NULL, zmq_msg_size(message), zmq_msg_data(message));
    int status = 1;
    if (answer && answer->answer_case == SIGAP__SUBMIT_ANSWER__ANSWER_ACCEPTED) {
        printf("%s\n", answer->accepted->ticket);
        status = 0;
    } else if (answer && answer->answer_case == SIGAP__SUBMIT_ANSWER__ANSWER_REFUSED) {
        ctl_fail("refused (%u): %s", answer->refused->status, answer->refused->reason);
    }
    if (answer)
        sigap__submit_answer__free_unpacked(answer, NULL);
    return status;
}

int ctl_send(struct ctl *ctl, int argc, char **argv) {
    if (argc != 2)
        return ctl_misused("send: TEXT in one argument");
    if (!ctl_enter_data(ctl))
        return 1;
    Sigap__SubmitReport report = SIGAP__SUBMIT_REPORT__INIT;
    report.token = read_token(ctl);
    report.text = argv[1];
    report.urgent = ctl->urgent;
    report.training = ctl->training;
    report.located = ctl->located;
    report.latitude = ctl->latitude;
    report.longitude = ctl->longitude;
    report.channel = (char *)"sigapctl";
    size_t size = sigap__submit_report__get_packed_size(&report);
    uint8_t *frame = malloc(size);
    if (!frame)
        return ctl_fail("out of memory");
    sigap__submit_report__pack(&report, frame);
    void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_DEALER);
    int linger = 0, timeout = 5000;
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
    zmq_connect(socket, "ipc://run/intake.door");
    zmq_send(socket, frame, size, 0);
    free(frame);
    zmq_msg_t message;
    zmq_msg_init(&message);
    int status = zmq_msg_recv(&message, socket, 0) < 0 ? ctl_fail("intake does not answer")
                                                       : print_submit_answer(&message);
    zmq_msg_close(&message);
    zmq_close(socket);
    zmq_ctx_term(context);
    return status;
}
