/* Which word does what; where the site, its data and the programs lie; what all commands share of options and
 * complaints. */
#include "ctl.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANY = 1000, USAGE_WIDTH = 56 };

struct command {
    const char *word, *usage, *purpose;
    int (*run)(struct ctl *ctl, int argc, char **argv);
    int words; /* at most so many behind its own */
};

static const struct command commands[] = {
    {"up", "[--port N] [--host ADDRESS] [--site DIR]", "start all daemons and keep them running", ctl_up, 0},
    {"down", "", "end a running site", ctl_down, 0},
    {"status", "[--json]", "how every daemon is", ctl_status, 0},
    {"metrics", "", "the same figures for Prometheus", ctl_metrics, 0},
    {"watch", "", "status and new cases, once a second", ctl_watch, 0},
    {"send", "[--token T] [--lat X --lon Y] [--urgent] [--training] TEXT",
        "send a report as a bot does, with a token of `token issue`", ctl_send, 1},
    {"trace", "TICKET|ID [--json] | --row TICKET|ID...",
        "the way of one report (ids: `list triage reviews`), or a line each", ctl_trace, MANY},
    {"list", "DAEMON NAME", "a queue of a daemon: triage cases, router unroutable, notifier deliveries ...",
        ctl_list, 2},
    {"route", "explain CASE", "why each facility was tried or skipped", ctl_explain_route, 2},
    {"parked", "list | retry DAEMON [NUMBER]", "inputs that were put aside; retry works on them again",
        ctl_parked, 3},
    {"control", "DAEMON|all hold|release|clock|reconnect",
        "hold or release what is sent out, believe a clock that jumped, try cut links again", ctl_control, 2},
    {"check", "[--site DIR]", "is the site's configuration sound (no running site needed)", ctl_check, 0},
    {"admin", "create NAME CLASSES [CODES [AREAS [FACILITIES]]]",
        "an account for the console; its password is shown once", ctl_admin, 6},
    {"token", "issue NAME [RIGHTS] | retire NAME | revoke NAME | list", "tokens of bots", ctl_token, MANY},
    {"people", "set CODE -|name=... contact=CHANNEL:ADDRESS ... | remove CODE | void-links CODE | list",
        "who is told: people, kept sealed", ctl_people, MANY},
    {"duty", "set TEAM people=... start=... | override TEAM ... | list", "who of them is on duty, and when",
        ctl_duty, MANY},
    {"import", "FILE.csv [--token T]", "a table of reports; answers a line a row: ticket or reason",
        ctl_import, 1},
    {"hook", "list | retry ID|all", "messages of platforms that could not be read and were put aside",
        ctl_hook, 2},
    {"sender", "block TICKET | unblock TICKET|KEY | list", "whose messages are put aside unread", ctl_sender,
        2},
    {"keys", "[DAEMON...]", "make the key files that are missing; CURVE keys for links of these", ctl_keys,
        MANY},
    {"audit", "verify", "name the first altered entry of each audit log", ctl_audit, 1},
    {"backup", "[--with-keys] DIR", "one snapshot of all stores", ctl_backup, 1},
    {"restore", "DIR", "put a snapshot back; effects are held until `control all release`", ctl_restore, 1},
};

static void complain(const char *format, va_list args) {
    fputs("sigapctl: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

int ctl_fail(const char *format, ...) {
    va_list args;
    va_start(args, format);
    complain(format, args);
    va_end(args);
    return 1;
}

int ctl_misused(const char *format, ...) {
    va_list args;
    va_start(args, format);
    complain(format, args);
    va_end(args);
    return 2;
}

bool ctl_number(const char *text, uint64_t *out) {
    char *rest;
    errno = 0;
    *out = strtoull(text, &rest, 10);
    return text[0] >= '0' && text[0] <= '9' && !*rest && errno == 0 && *out > 0;
}

static void print_line(FILE *out, const char *word, const char *words, const char *purpose) {
    if (strlen(words) <= USAGE_WIDTH)
        fprintf(out, "  %-8s %-*s %s\n", word, USAGE_WIDTH, words, purpose);
    else
        fprintf(out, "  %-8s %s\n  %-8s %-*s %s\n", word, words, "", USAGE_WIDTH, "", purpose);
}

/* Of one command, or of all. */
static void print_usage(FILE *out, const char *word) {
    bool known = false;
    for (size_t i = 0; word && i < sizeof commands / sizeof *commands; i++)
        known |= strcmp(commands[i].word, word) == 0;
    fputs("usage: sigapctl [--data DIR] COMMAND ...   (the running site: --data or SIGAP_DATA, else "
          "./data)\n\n",
        out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!known || strcmp(commands[i].word, word) == 0)
            print_line(out, commands[i].word, commands[i].usage, commands[i].purpose);
    if (!known)
        print_line(
            out, "DAEMON", "WORD ...", "a word of the daemon's own, for example: triage explain --json");
}

static int usage(void) {
    print_usage(stderr, NULL);
    return 2;
}

static int help(const char *word) {
    print_usage(stdout, word);
    return 0;
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

bool ctl_knows(const struct site_links *links, const char *daemon) {
    char names[512] = "";
    size_t used = 0;
    for (unsigned i = 0; i < links->daemons_count && used < sizeof names; i++) {
        if (!links->daemons[i].core)
            continue;
        if (strcmp(links->daemons[i].name, daemon) == 0)
            return true;
        used += (size_t)snprintf(
            names + used, sizeof names - used, "%s%s", used ? ", " : "", links->daemons[i].name);
    }
    return ctl_misused("\"%s\" is no daemon of this site: %s", daemon, names), false;
}

static bool read_degrees(const char *option, const char *text, double most, double *out) {
    char *rest;
    *out = strtod(text, &rest);
    if (rest != text && !*rest && *out >= -most && *out <= most)
        return true;
    return ctl_misused("--%s: \"%s\" is no number from -%g to %g", option, text, most, most), false;
}

enum { OPTIONS_MAX = 16, FIRST_KEY = 256 /* what getopt_long() answers itself is a character */ };

/* Where an option goes: one of the three is not NULL. */
struct setting {
    const char *option;
    const char **text;
    bool *flag;
    double *degrees, most;
};

static bool take_option(const struct setting *setting, const char *value) {
    if (setting->degrees)
        return read_degrees(setting->option, value, setting->most, setting->degrees);
    if (setting->text)
        *setting->text = value;
    else
        *setting->flag = true;
    return true;
}

static bool take_options(const struct setting *settings, size_t count, int argc, char **argv) {
    struct option known[OPTIONS_MAX + 1] = {{0}};
    for (size_t i = 0; i < count; i++)
        known[i] = (struct option){
            settings[i].option, settings[i].flag ? no_argument : required_argument, NULL, FIRST_KEY + (int)i};
    opterr = 0; /* our own sentences */
    for (int key; (key = getopt_long(argc, argv, ":", known, NULL)) != -1;) {
        if (key == ':')
            return ctl_misused("%s needs a value", argv[optind - 1]), false;
        if (key < FIRST_KEY && optopt > 0 && optopt < FIRST_KEY)
            return ctl_misused("unknown option -%c; `sigapctl --help` shows which there are", optopt), false;
        if (key < FIRST_KEY)
            return ctl_misused(
                       "unknown option %s; `sigapctl --help` shows which there are", argv[optind - 1]),
                   false;
        if (!take_option(&settings[key - FIRST_KEY], optarg))
            return false;
    }
    return true;
}

static bool read_options(struct ctl *ctl, int argc, char **argv, const char **data, const char **site) {
    double latitude = NAN, longitude = NAN;
    const struct setting settings[] = {{"data", .text = data}, {"site", .text = site},
        {"host", .text = &ctl->host}, {"port", .text = &ctl->port}, {"token", .text = &ctl->token},
        {"json", .flag = &ctl->json}, {"urgent", .flag = &ctl->urgent}, {"training", .flag = &ctl->training},
        {"with-keys", .flag = &ctl->with_keys}, {"row", .flag = &ctl->row}, {"help", .flag = &ctl->help},
        {"lat", .degrees = &latitude, .most = 90}, {"lon", .degrees = &longitude, .most = 180}};
    _Static_assert(sizeof settings / sizeof *settings <= OPTIONS_MAX, "a row an option");
    if (!take_options(settings, sizeof settings / sizeof *settings, argc, argv))
        return false;
    if (!isnan(latitude) != !isnan(longitude))
        return ctl_misused("--lat and --lon are given together"), false;
    ctl->located = !isnan(latitude);
    if (ctl->located) {
        ctl->latitude = latitude;
        ctl->longitude = longitude;
    }
    return true;
}

/* The daemon's own words take their own options: they are handed over untouched. */
static bool is_daemon(const struct ctl *ctl, const char *word) {
    char path[2 * PATH_ROOM];
    snprintf(path, sizeof path, "%s/sigap-%s", ctl->bin_dir, word);
    return !strchr(word, '/') && access(path, X_OK) == 0;
}

static int run(const struct command *command, struct ctl *ctl, int argc, char **argv) {
    if (argc - 1 > command->words)
        return ctl_misused("%s: \"%s\" is one word too many; usage: %s %s", command->word,
            argv[command->words + 1], command->word, command->usage);
    return command->run(ctl, argc, argv);
}

/* Where the first word stands behind --data DIR and --site DIR. */
static int skip_places(int argc, char **argv, const char **data, const char **site) {
    int word = 1;
    for (; word + 1 < argc; word += 2) {
        const char **place = strcmp(argv[word], "--data") == 0   ? data
                             : strcmp(argv[word], "--site") == 0 ? site
                                                                 : NULL;
        if (!place)
            break;
        *place = argv[word + 1];
    }
    return word;
}

int main(int argc, char **argv) {
    struct ctl ctl = {.host = "127.0.0.1"};
    const char *data = NULL, *site = NULL;
    find_programs(&ctl);
    int word = skip_places(argc, argv, &data, &site);
    bool tool = word < argc && argv[word][0] != '-' && is_daemon(&ctl, argv[word]);
    if (!tool && !read_options(&ctl, argc, argv, &data, &site))
        return 2;
    find_data(&ctl, data);
    find_site(&ctl, site);
    if (tool)
        return ctl_tool(&ctl, argc - word, argv + word);
    if (ctl.help)
        return help(argv[optind]);
    if (optind >= argc)
        return usage();
    if (strcmp(argv[optind], "help") == 0)
        return help(argv[optind + 1]);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].word, argv[optind]) == 0)
            return run(&commands[i], &ctl, argc - optind, argv + optind);
    if (is_daemon(&ctl, argv[optind]))
        return ctl_tool(&ctl, argc - optind, argv + optind);
    return ctl_misused("unknown command \"%s\"; `sigapctl --help` shows which there are", argv[optind]);
}
