/* Is the site's configuration sound: each daemon says so of what it reads, all at the same time. */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHECKS_MAX = 32, COMPLAINT_MAX = 4096, NAMES_MAX = 512, NOT_STARTED = 127 };

enum check_result {
    CHECK_UNKNOWN, /* nobody has looked: no process could be made, or it died */
    CHECK_ACCEPTED,
    CHECK_REFUSED,
};

struct check {
    char daemon[32];
    pid_t process;
    int pipe; /* its stderr */
    char complaint[COMPLAINT_MAX];
    enum check_result result;
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
        _exit(NOT_STARTED);
    }
    if (check->process < 0)
        snprintf(check->complaint, sizeof check->complaint, "no process can be made: %s\n", strerror(errno));
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
    if (check->process > 0 && waitpid(check->process, &status, 0) > 0 && WIFEXITED(status) &&
        WEXITSTATUS(status) != NOT_STARTED)
        check->result = WEXITSTATUS(status) == 0 ? CHECK_ACCEPTED : CHECK_REFUSED;
}

/* What several daemons find wrong in a file that all of them read is said once. */
static void print_complaints(const struct check *checks, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        bool said = !checks[i].complaint[0];
        for (unsigned k = 0; k < i && !said; k++)
            said = strcmp(checks[k].complaint, checks[i].complaint) == 0;
        if (!said)
            fputs(checks[i].complaint, stderr);
    }
}

/* The daemons that came to this result. False: none. */
static bool name_those(
    const struct check *checks, unsigned count, enum check_result result, char names[NAMES_MAX]) {
    size_t used = 0;
    for (unsigned i = 0; i < count; i++)
        if (checks[i].result == result && used < NAMES_MAX)
            used +=
                (size_t)snprintf(names + used, NAMES_MAX - used, "%s%s", used ? ", " : "", checks[i].daemon);
    return used > 0;
}

/* Each daemon checks what it reads of the site itself; all at the same time. False: links.yaml is refused. */
static bool check_all(const struct ctl *ctl, struct check checks[CHECKS_MAX], unsigned *count) {
    struct site_links *links = ctl_links(ctl);
    if (!links)
        return false;
    for (unsigned i = 0; i < links->daemons_count && *count < CHECKS_MAX; i++) {
        if (!links->daemons[i].core)
            continue;
        checks[*count] = (struct check){.result = CHECK_UNKNOWN};
        snprintf(checks[*count].daemon, sizeof checks[*count].daemon, "%s", links->daemons[i].name);
        start_check(ctl, &checks[(*count)++]);
    }
    for (unsigned i = 0; i < *count; i++)
        end_check(&checks[i]);
    site_links_free(&links);
    return true;
}

/* Says what is wrong. */
static enum check_result look(const struct ctl *ctl) {
    static struct check checks[CHECKS_MAX];
    char refused[NAMES_MAX], unknown[NAMES_MAX];
    unsigned count = 0;
    if (!check_all(ctl, checks, &count))
        return CHECK_REFUSED;
    print_complaints(checks, count);
    bool is_refused = name_those(checks, count, CHECK_REFUSED, refused),
         is_unknown = name_those(checks, count, CHECK_UNKNOWN, unknown);
    if (is_refused)
        ctl_fail("not accepted by %s: the site %s", refused, ctl->site_dir);
    if (is_unknown)
        ctl_fail("not looked at by %s: the site %s", unknown, ctl->site_dir);
    return is_refused ? CHECK_REFUSED : is_unknown ? CHECK_UNKNOWN : CHECK_ACCEPTED;
}

bool ctl_site_is_refused(const struct ctl *ctl) {
    return look(ctl) == CHECK_REFUSED;
}

int ctl_check(struct ctl *ctl, int argc, char **argv) {
    (void)argc;
    (void)argv;
    return look(ctl) == CHECK_ACCEPTED ? 0 : 1;
}
