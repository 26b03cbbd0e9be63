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
