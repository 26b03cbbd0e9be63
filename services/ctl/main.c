#include "ctl.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct command {
    const char *word, *usage, *purpose;
    int (*run)(struct ctl *ctl, int argc, char **argv);
};

static const struct command commands[] = {
    {"up", "[--port N] [--host ADDRESS] [--site DIR]", "start all daemons and keep them running", ctl_up},
    {"down", "", "end a running site", ctl_down},
    {"status", "[--json]", "how every daemon is", ctl_status},
    {"metrics", "", "the same figures for Prometheus", ctl_metrics},
    {"watch", "", "status and new cases, once a second", ctl_watch},
    {"send", "[--token T] [--lat X --lon Y] [--urgent] [--training] TEXT",
        "send a report through the ZeroMQ door", ctl_send},
    {"trace", "TICKET [--json] | --row TICKET...", "the way of one report, or a line each", ctl_trace},
    {"list", "DAEMON NAME", "a queue of a daemon: triage cases, router unroutable, notifier deliveries ...",
        ctl_list},
    {"route", "explain CASE", "why each facility was tried or skipped", ctl_explain_route},
    {"parked", "list | retry DAEMON [NUMBER]", "inputs that were put aside", ctl_parked},
    {"control", "DAEMON|all hold|release|clock|reconnect", "an operator's hand on effects, clock and links",
        ctl_control},
    {"check", "[--site DIR]", "is the site's configuration sound (no running site needed)", ctl_check},
    {"admin", "create NAME [ROLE [CODES [AREAS [FACILITIES]]]]",
        "an account for the console; its password is shown once", ctl_admin},
    {"token", "issue NAME | revoke NAME | list", "tokens of bots", ctl_token},
    {"people", "set CODE -|name=... contact=CHANNEL:ADDRESS ... | remove CODE | list",
        "who is told: people, kept sealed", ctl_people},
    {"duty", "set TEAM people=... start=... | override TEAM ... | list", "who of them is on duty, and when",
        ctl_duty},
    {"keys", "[DAEMON...]", "make the key files that are missing; CURVE keys for links of these", ctl_keys},
    {"audit", "verify", "name the first altered entry of each audit log", ctl_audit},
    {"backup", "[--with-keys] DIR", "one snapshot of all stores", ctl_backup},
    {"restore", "DIR", "put a snapshot back; effects are held until `control all release`", ctl_restore},
};

int ctl_fail(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("sigapctl: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return 1;
}

static int usage(void) {
    fprintf(stderr, "usage: sigapctl [--data DIR] COMMAND ...   (the running site: --data or SIGAP_DATA, "
                    "else ./data)\n\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(stderr, "  %-8s %-56s %s\n", commands[i].word, commands[i].usage, commands[i].purpose);
    fprintf(stderr, "  %-8s %-56s %s\n", "DAEMON", "WORD ...",
        "a word of the daemon's own, for example: triage explain --json");
    return 2;
}

static bool is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool resolve(const char *path, char out[PATH_ROOM]) {
    char absolute[PATH_MAX];
    if (!realpath(path, absolute) || strlen(absolute) >= PATH_ROOM)
        return false;
    strcpy(out, absolute);
    return true;
}

static void find_programs(struct ctl *ctl) {
    char self[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    self[size > 0 ? size : 0] = 0;
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = 0;
    snprintf(ctl->bin_dir, sizeof ctl->bin_dir, "%s", self);
}

/* --site, SIGAP_SITE, the site the data folder was started with, the one that lies beside the build. */
static void find_site(struct ctl *ctl, const char *wanted) {
    char path[2 * PATH_ROOM], line[PATH_ROOM] = "";
    if (!wanted)
        wanted = getenv("SIGAP_SITE");
    if (wanted) {
        if (!resolve(wanted, ctl->site_dir))
            snprintf(ctl->site_dir, sizeof ctl->site_dir, "%s", wanted);
        return;
    }
    snprintf(path, sizeof path, "%s/run/site", ctl->data_dir);
    FILE *file = fopen(path, "r");
    if (file) {
        if (fgets(line, sizeof line, file))
            line[strcspn(line, "\n")] = 0;
        fclose(file);
    }
    if (line[0] && is_folder(line)) {
        snprintf(ctl->site_dir, sizeof ctl->site_dir, "%s", line);
        return;
    }
    snprintf(path, sizeof path, "%s/../../../deploy/sites/jatim", ctl->bin_dir);
    resolve(path, ctl->site_dir);
}

static void find_data(struct ctl *ctl, const char *wanted) {
    if (!wanted)
        wanted = getenv("SIGAP_DATA");
    if (!wanted)
        wanted = "data";
    if (resolve(wanted, ctl->data_dir))
        return;
    char here[PATH_MAX] = ".";
    if (wanted[0] == '/' || !getcwd(here, sizeof here))
        snprintf(ctl->data_dir, sizeof ctl->data_dir, "%s", wanted);
    else
        snprintf(ctl->data_dir, sizeof ctl->data_dir, "%.500s/%.500s", here, wanted);
}

bool ctl_enter_data(struct ctl *ctl) {
    if (chdir(ctl->data_dir) == 0)
        return true;
    return ctl_fail("%s: %s (give --data or set SIGAP_DATA)", ctl->data_dir, strerror(errno)), false;
}

struct site_links *ctl_links(const struct ctl *ctl) {
    struct error error = {0};
    struct site_links *links = site_links_load(ctl->site_dir, &error);
    if (!links)
        ctl_fail("%s", error.text);
    return links;
}

static bool read_options(struct ctl *ctl, int argc, char **argv) {
    static const struct option known[] = {{"data", required_argument, NULL, 'd'},
        {"site", required_argument, NULL, 's'}, {"json", no_argument, NULL, 'j'},
        {"port", required_argument, NULL, 'p'}, {"host", required_argument, NULL, 'h'},
        {"token", required_argument, NULL, 't'}, {"lat", required_argument, NULL, 'y'},
        {"lon", required_argument, NULL, 'x'}, {"urgent", no_argument, NULL, 'u'},
        {"training", no_argument, NULL, 'r'}, {"with-keys", no_argument, NULL, 'k'},
        {"row", no_argument, NULL, 'w'}, {NULL, 0, NULL, 0}};
    const char *data = NULL, *site = NULL;
    for (int key; (key = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (key) {
        case 'd':
            data = optarg;
            break;
        case 's':
            site = optarg;
            break;
        case 'j':
            ctl->json = true;
            break;
        case 'p':
            ctl->port = optarg;
            break;
        case 'h':
            ctl->host = optarg;
            break;
        case 't':
            ctl->token = optarg;
            break;
        case 'y':
            ctl->latitude = strtod(optarg, NULL);
            ctl->located = true;
            break;
        case 'x':
            ctl->longitude = strtod(optarg, NULL);
            ctl->located = true;
            break;
        case 'u':
            ctl->urgent = true;
            break;
        case 'r':
            ctl->training = true;
            break;
        case 'k':
            ctl->with_keys = true;
            break;
        case 'w':
            ctl->row = true;
            break;
        default:
            return false;
        }
    }
    find_programs(ctl);
    find_data(ctl, data);
    find_site(ctl, site);
    return true;
}

/* The daemon's own words take their own options: they are handed over untouched. */
static bool is_daemon(const struct ctl *ctl, const char *word) {
    char path[2 * PATH_ROOM];
    snprintf(path, sizeof path, "%s/sigap-%s", ctl->bin_dir, word);
    return !strchr(word, '/') && access(path, X_OK) == 0;
}

int main(int argc, char **argv) {
    struct ctl ctl = {.host = "127.0.0.1"};
    find_programs(&ctl);
    if (argc > 1 && argv[1][0] != '-' && is_daemon(&ctl, argv[1])) {
        find_data(&ctl, NULL);
        find_site(&ctl, NULL);
        return ctl_tool(&ctl, argc - 1, argv + 1);
    }
    if (!read_options(&ctl, argc, argv) || optind >= argc)
        return usage();
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].word, argv[optind]) == 0)
            return commands[i].run(&ctl, argc - optind, argv + optind);
    if (is_daemon(&ctl, argv[optind]))
        return ctl_tool(&ctl, argc - optind, argv + optind);
    return usage();
}
