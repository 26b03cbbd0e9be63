/* up and down: starts every daemon of the site's links, and nginx before those that serve HTTP, starts again
 * what ends, and ends them all when asked to. For a machine of one's own; on a server systemd does this
 * (deploy/systemd).
 *
 * A daemon that ends at once again and again is started again more and more slowly, at most every 5 s.
 * Children die with the supervisor (PR_SET_PDEATHSIG), so that a second start finds a clean house. */
#include "ctl.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    CHILDREN_MAX = 20,
    ARGUMENTS_MAX = 12,
    SLOWEST_MS = 5000,
    LONGEST_MS = 3600000,
    STEADY_MS = 10000, /* who lives so long has started well */
    PATIENCE_MS = 10000,
    AGAIN_MS = 100, /* nginx is told once more to end */
    LOG_MAX = 64 << 20
};

struct child {
    char name[32];
    bool is_daemon; /* else nginx */
    char *arguments[ARGUMENTS_MAX];
    pid_t pid;
    int64_t started_at, start_at, wait_ms;
    unsigned ends; /* in a row, each within ten seconds */
};

struct house {
    struct ctl *ctl;
    struct child children[CHILDREN_MAX];
    unsigned count;
    pid_t self;
    sigset_t awaited, before; /* signals that end a wait; those that were blocked when we came */
    bool refused, over, killed;
};

static int64_t now_ms(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

/* ---- files ---- */

static bool write_file(const char *path, const char *content) {
    FILE *file = fopen(path, "w");
    if (!file)
        return ctl_fail("%s: %s", path, strerror(errno)), false;
    bool written = fputs(content, file) >= 0;
    written = fclose(file) == 0 && written;
    if (!written)
        ctl_fail("%s: %s", path, strerror(errno));
    return written;
}

/* In one step: who reads it finds the old one or the new one. */
static void write_pid(const char *name, pid_t pid) {
    char path[64], fresh[72], line[32];
    snprintf(path, sizeof path, "run/%s.pid", name);
    snprintf(fresh, sizeof fresh, "%s.new", path);
    snprintf(line, sizeof line, "%d\n", (int)pid);
    if (write_file(fresh, line))
        rename(fresh, path);
}

/* One old log is kept: a daemon that complains without end must not fill the disk. */
static int open_log(const char *name) {
    char path[96], old[112];
    struct stat info;
    snprintf(path, sizeof path, "log/%s.log", name);
    snprintf(old, sizeof old, "%s.1", path);
    if (stat(path, &info) == 0 && info.st_size > LOG_MAX)
        rename(path, old);
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
}

/* ---- HTTP in front ---- */

static bool port_is_free(const char *host, const char *text, struct error *error) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    uint64_t port;
    if (!ctl_number(text, &port) || port > 65535)
        return error_set(error, "--port %s: a number from 1 to 65535 is needed", text);
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
        return error_set(error, "--host %s: an address like 127.0.0.1 is needed, not a name", host);
    address.sin_port = htons((uint16_t)port);
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool available = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    int reason = errno;
    close(fd);
    return available || error_set(error, "port %s of %s cannot be used: %s (another one: --port N)", text,
                            host, strerror(reason));
}

static void add_location(FILE *file, const char *prefix, const char *daemon) {
    fprintf(file,
        "    location %s {\n"
        "      proxy_pass http://unix:run/%s.http:;\n"
        "    }\n",
        prefix, daemon);
}

/* What nginx itself refuses is said like everything else: as a problem (RFC 9457), and where no daemon
 * answers with the site's emergency sentence. */
static void add_problem(
    FILE *file, const char *on, const char *name, int status, const char *title, const char *detail) {
    json_t *problem = json_pack(
        "{s:s,s:s,s:i,s:s}", "type", "about:blank", "title", title, "status", status, "detail", detail);
    char *text = problem ? json_dumps(problem, JSON_COMPACT) : NULL;
    fprintf(file,
        "    error_page %s =%d /.sigap/%s;\n    location = /.sigap/%s {\n      internal;\n      default_type "
        "application/problem+json;\n",
        on, status, name, name);
    if (status == 503)
        fprintf(file, "      add_header Retry-After 5 always;\n");
    fprintf(file, "      return %d '", status);
    for (const char *at = text ? text : "{}"; *at; at++) {
        if (*at == '\'' || *at == '\\')
            fputc('\\', file);
        if (*at != '$') /* nginx would look for a variable */
            fputc(*at, file);
    }
    fprintf(file, "';\n    }\n");
    free(text);
    json_decref(problem);
}

static void add_problems(FILE *file, const char *site_dir) {
    struct error error = {0};
    struct site *site = site_load(site_dir, &error);
    char detail[1024];
    snprintf(detail, sizeof detail, "%s / %s", site ? site->emergency_text : "112",
        site ? site->emergency_text_en : "112");
    add_problem(file, "502 504", "unavailable", 503,
        "Layanan sedang tidak tersedia / The service is not available", detail);
    add_problem(file, "413", "too_large", 413, "Terlalu besar / Too large",
        "Laporan JSON paling banyak 64 KiB, yang lain 3 MB / A JSON report has at most 64 KiB, anything else "
        "3 MB");
    add_problem(file, "400 414 431 494", "unreadable", 400,
        "Permintaan tidak terbaca / The request cannot be read",
        "Periksa alamat dan kepala permintaan / Check the address and the headers");
    site_free(&site);
}

/* Addresses hold tickets, tokens, secrets of channels and texts of SMS. So access logs stay off, and of
 * errors only those of nginx itself are logged: with one of a request, a daemon that is not there say, it
 * would write the address. */
static bool write_nginx(const struct ctl *ctl, const struct site_links *links) {
    FILE *file = fopen("run/nginx.conf", "w");
    if (!file)
        return ctl_fail("run/nginx.conf: %s", strerror(errno)), false;
    fprintf(file,
        "daemon off;\nmaster_process off;\npid run/nginx.real.pid;\nerror_log stderr emerg;\n"
        "events { worker_connections 1024; }\n"
        "http {\n"
        "  access_log off;\n  server_tokens off;\n"
        "  client_body_temp_path run/nginx-body;\n  proxy_temp_path run/nginx-proxy;\n"
        "  fastcgi_temp_path run/nginx-1;\n  uwsgi_temp_path run/nginx-2;\n  scgi_temp_path run/nginx-3;\n"
        "  client_max_body_size 4m;\n  client_body_buffer_size 128k;\n"
        "  server {\n    listen %s:%s backlog=1024;\n"
        "    proxy_http_version 1.1;\n    proxy_set_header Host $http_host;\n"
        "    proxy_set_header Connection \"\";\n"
        "    proxy_set_header X-Forwarded-For $remote_addr;\n    proxy_set_header X-Forwarded-Proto "
        "$scheme;\n"
        "    proxy_intercept_errors off;\n    proxy_read_timeout 60s;\n    proxy_next_upstream off;\n",
        ctl->host, ctl->port);
    for (unsigned i = 0; i < links->daemons_count; i++)
        for (unsigned k = 0; k < links->daemons[i].serves_count; k++)
            add_location(file, links->daemons[i].serves[k], links->daemons[i].name);
    add_problems(file, ctl->site_dir);
    fprintf(file, "  }\n}\n");
    return fclose(file) == 0 || (ctl_fail("run/nginx.conf: %s", strerror(errno)), false);
}

static bool add_nginx(struct house *house, const struct site_links *links) {
    static char program[] = "/usr/sbin/nginx", prefix[PATH_ROOM + 2];
    struct error error = {0};
    if (!port_is_free(house->ctl->host, house->ctl->port, &error))
        return ctl_fail("%s", error.text), false;
    if (access(program, X_OK) != 0)
        return ctl_fail("%s is not installed; --port needs it", program), false;
    if (!write_nginx(house->ctl, links))
        return false;
    snprintf(prefix, sizeof prefix, "%s/", house->ctl->data_dir);
    struct child *child = &house->children[house->count++];
    snprintf(child->name, sizeof child->name, "nginx");
    char *arguments[] = {program, (char *)"-p", prefix, (char *)"-c", (char *)"run/nginx.conf", (char *)"-e",
        (char *)"stderr", NULL};
    memcpy(child->arguments, arguments, sizeof arguments);
    return true;
}

/* ---- children ---- */

static char *keep(const char *format, const char *a, const char *b) {
    char *text = NULL;
    return asprintf(&text, format, a, b) < 0 ? NULL : text; /* lives as long as the supervisor */
}

static void add_daemon(struct house *house, const struct site_daemon *daemon) {
    struct child *child = &house->children[house->count++];
    unsigned n = 0;
    snprintf(child->name, sizeof child->name, "%s", daemon->name);
    child->is_daemon = true;
    child->arguments[n++] = keep("%s/sigap-%s", house->ctl->bin_dir, daemon->name);
    child->arguments[n++] = keep("--data%s%s", "", "");
    child->arguments[n++] = house->ctl->data_dir;
    child->arguments[n++] = keep("--site%s%s", "", "");
    child->arguments[n++] = house->ctl->site_dir;
    if (daemon->serves_count) {
        child->arguments[n++] = keep("--http%s%s", "", "");
        child->arguments[n++] = keep("unix:run/%s.http%s", daemon->name, "");
    }
}

static void run_child(const struct house *house, const struct child *child) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != house->self)
        _exit(1); /* the supervisor died before it could be told so */
    int log = open_log(child->name), nothing = open("/dev/null", O_RDONLY);
    sigprocmask(SIG_SETMASK, &house->before, NULL);
    signal(SIGINT, SIG_IGN); /* until the daemon has a handler of its own */
    dup2(nothing, 0);
    if (log >= 0) {
        dup2(log, 1);
        dup2(log, 2);
    }
    execv(child->arguments[0], child->arguments);
    dprintf(2, "%s cannot be started: %s\n", child->arguments[0], strerror(errno));
    _exit(127);
}

static void start(const struct house *house, struct child *child) {
    child->started_at = now_ms();
    child->pid = fork();
    if (child->pid == 0)
        run_child(house, child);
    if (child->pid > 0)
        write_pid(child->name, child->pid);
}

static struct child *child_of(struct house *house, pid_t pid) {
    for (unsigned i = 0; i < house->count; i++)
        if (house->children[i].pid == pid)
            return &house->children[i];
    return NULL;
}

static int64_t lived_ms(const struct child *child) {
    return now_ms() - child->started_at;
}

/* Every daemon checks the site when it starts; all of them before would make each start half as long again.
 * So when the first start of one is refused, it is asked whether the site is why: then this is said and
 * nothing goes on running. What else it may be, its store or its door, can be mended meanwhile: it is started
 * again. And so it is in a site that runs: a file spoilt then must not end the others. */
static bool site_is_refused(const struct house *house, const struct child *child, int status) {
    return child->is_daemon && !child->ends && lived_ms(child) <= STEADY_MS && WIFEXITED(status) &&
           WEXITSTATUS(status) == 1 && ctl_site_is_refused(house->ctl);
}

/* For `status`: "<epoch ms> <ends in a row> <how>". */
static void write_ending(const struct child *child, const char *how, int number) {
    char path[64], line[96];
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    snprintf(path, sizeof path, "run/%s.ended", child->name);
    snprintf(line, sizeof line, "%lld %u %s %d\n", (long long)at.tv_sec * 1000 + at.tv_nsec / 1000000,
        child->ends, how, number);
    write_file(path, line);
}

static void ended(struct child *child, int status) {
    bool steady = lived_ms(child) > STEADY_MS;
    const char *how = WIFSIGNALED(status) ? "signal" : "status";
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    child->ends = steady ? 1 : child->ends + 1;
    write_ending(child, how, number);
    child->wait_ms = steady ? 0 : child->wait_ms ? child->wait_ms * 2 : 50;
    if (child->wait_ms > SLOWEST_MS)
        child->wait_ms = SLOWEST_MS;
    child->start_at = now_ms() + child->wait_ms;
    fprintf(stderr, "sigapctl: %s ended (%s %d), starts again in %lld ms\n", child->name, how, number,
        (long long)child->wait_ms);
}

static void reap(struct house *house) {
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        struct child *child = child_of(house, pid);
        if (!child)
            continue;
        child->pid = 0;
        house->refused = house->refused || (!house->over && site_is_refused(house, child, status));
        house->over = house->over || house->refused;
        if (!house->over)
            ended(child, status);
    }
}

static unsigned alive(const struct house *house) {
    unsigned count = 0;
    for (unsigned i = 0; i < house->count; i++)
        count += house->children[i].pid > 0;
    return count;
}

static void signal_all(const struct house *house, int number) {
    for (unsigned i = 0; i < house->count; i++)
        if (house->children[i].pid > 0)
            kill(house->children[i].pid, number);
}

/* Until one comes, or the time is there. True: it asks us to stop. */
static bool wait_for_signal(const struct house *house, int64_t until) {
    int64_t left = until - now_ms();
    left = left < 0 ? 0 : left > LONGEST_MS ? LONGEST_MS : left;
    struct timespec wait = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
    int number = sigtimedwait(&house->awaited, NULL, &wait);
    return number == SIGTERM || number == SIGINT;
}

/* nginx forgets a signal that comes while it starts: it looks for it before it waits, and then waits. Daemons
 * are told once: the second time might find one that has closed its handler and not its store. */
static void tell_nginx_again(const struct house *house) {
    for (unsigned i = 0; i < house->count; i++)
        if (house->children[i].pid > 0 && !house->children[i].is_daemon)
            kill(house->children[i].pid, SIGTERM);
}

static void kill_all(struct house *house) {
    for (unsigned i = 0; i < house->count; i++)
        if (house->children[i].pid > 0)
            ctl_fail("%s did not end within %d s and is killed", house->children[i].name, PATIENCE_MS / 1000);
    house->killed = alive(house) > 0;
    signal_all(house, SIGKILL);
}

static void end_all(struct house *house) {
    int64_t until = now_ms() + PATIENCE_MS;
    signal_all(house, SIGTERM);
    while (alive(house) && now_ms() < until) {
        wait_for_signal(house, now_ms() + AGAIN_MS);
        reap(house);
        tell_nginx_again(house);
    }
    kill_all(house);
    for (int i = 0; i < 100 && alive(house); i++) {
        usleep(10000);
        reap(house);
    }
    for (unsigned i = 0; i < house->count; i++) {
        char path[64];
        snprintf(path, sizeof path, "run/%s.pid", house->children[i].name);
        unlink(path);
        snprintf(path, sizeof path, "run/%s.ended", house->children[i].name);
        unlink(path);
    }
}

/* Starts what is due. The time when something will be, INT64_MAX: nothing. */
static int64_t start_due(struct house *house) {
    int64_t next = INT64_MAX;
    for (unsigned i = 0; i < house->count; i++) {
        struct child *child = &house->children[i];
        if (child->pid <= 0 && now_ms() >= child->start_at)
            start(house, child);
        if (child->pid < 0) /* no process can be made at the moment */
            child->start_at = now_ms() + SLOWEST_MS;
        if (child->pid <= 0 && child->start_at < next)
            next = child->start_at;
    }
    return next;
}

static void keep_running(struct house *house) {
    while (!house->over) {
        int64_t next = start_due(house);
        house->over = wait_for_signal(house, next);
        reap(house);
    }
}

/* ---- the command ---- */

/* Who runs holds a lock on run/up.lock. A number in a file would still be there after a power cut, and belong
 * to anybody: a second start would be refused, and `down` would end a stranger. */
static const char lock_path[] = "run/up.lock";

/* Not for the process that holds it: to close the file gives up its lock. */
pid_t ctl_supervisor(void) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int file = open(lock_path, O_RDWR | O_CLOEXEC);
    bool asked = file >= 0 && fcntl(file, F_GETLK, &lock) == 0;
    if (file >= 0)
        close(file);
    return asked && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

/* Held until the process ends. False with a sentence said. */
static bool lock_house(const struct ctl *ctl) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int file = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (file < 0)
        return ctl_fail("%s: %s", lock_path, strerror(errno)), false;
    if (fcntl(file, F_SETLK, &lock) == 0)
        return true;
    close(file);
    return ctl_fail("%s is running already (process %d); `sigapctl --data %s down` ends it", ctl->data_dir,
               (int)ctl_supervisor(), ctl->data_dir),
           false;
}

static bool make_folders(const char *data_dir) {
    const char *const inside[] = {"run", "log"};
    if (mkdir(data_dir, 0750) != 0 && errno != EEXIST)
        return ctl_fail("%s: %s", data_dir, strerror(errno)), false;
    if (chdir(data_dir) != 0)
        return ctl_fail("%s: %s", data_dir, strerror(errno)), false;
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
        if (mkdir(inside[i], 0750) != 0 && errno != EEXIST)
            return ctl_fail("%s/%s: %s", data_dir, inside[i], strerror(errno)), false;
    return true;
}

static bool resolve_data(struct ctl *ctl) {
    if (!make_folders(ctl->data_dir))
        return false;
    char here[PATH_ROOM];
    if (getcwd(here, sizeof here))
        strcpy(ctl->data_dir, here);
    return true;
}

static bool prepare(struct house *house, const struct site_links *links) {
    struct error error = {0};
    if (!resolve_data(house->ctl))
        return false;
    if (!lock_house(house->ctl))
        return false;
    if (!ctl_make_keys(house->ctl, links, &error))
        return ctl_fail("%s", error.text), false;
    if (!write_file("run/site", house->ctl->site_dir))
        return false;
    if (house->ctl->port && !add_nginx(house, links))
        return false;
    for (unsigned i = 0; i < links->daemons_count && house->count < CHILDREN_MAX; i++)
        if (links->daemons[i].core)
            add_daemon(house, &links->daemons[i]);
    return true;
}

/* Blocked, so that none is missed between two waits: they come out of wait_for_signal(). Whoever started us
 * may ignore the ends of children: then none would come. */
static void await_signals(struct house *house) {
    signal(SIGCHLD, SIG_DFL);
    house->self = getpid();
    sigemptyset(&house->awaited);
    sigaddset(&house->awaited, SIGTERM);
    sigaddset(&house->awaited, SIGINT);
    sigaddset(&house->awaited, SIGCHLD);
    sigprocmask(SIG_BLOCK, &house->awaited, &house->before);
}

int ctl_up(struct ctl *ctl, int argc, char **argv) {
    static struct house house;
    (void)argc;
    (void)argv;
    house.ctl = ctl;
    struct site_links *links = ctl_links(ctl);
    if (!links || !prepare(&house, links)) {
        if (links)
            site_links_free(&links);
        return 1;
    }
    await_signals(&house);
    if (ctl->port) { /* answer links lead to where the console really is */
        char url[128];
        snprintf(url, sizeof url, "http://%s:%s\n", ctl->host, ctl->port);
        write_file("console.url", url);
    }
    keep_running(&house);
    end_all(&house);
    site_links_free(&links);
    return house.refused || house.killed;
}

int ctl_down(struct ctl *ctl, int argc, char **argv) {
    (void)argc;
    (void)argv;
    if (!ctl_enter_data(ctl))
        return 1;
    pid_t pid = ctl_supervisor();
    if (!pid)
        return ctl_fail("nothing is running in %s", ctl->data_dir);
    kill(pid, SIGTERM);
    for (int i = 0; i < 150 && kill(pid, 0) == 0; i++)
        usleep(100000);
    return kill(pid, 0) == 0 ? ctl_fail("process %d does not end", (int)pid) : 0;
}
