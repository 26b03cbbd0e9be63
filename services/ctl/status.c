/* status and watch: what the daemons say of themselves, and what the supervisor's pid files say of those that
 * are silent. */
#include "ctl.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATUS_MS = 800 };

static int read_pid(const char *daemon) {
    char path[128];
    int pid = 0;
    snprintf(path, sizeof path, "run/%s.pid", daemon);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    if (fscanf(file, "%d", &pid) != 1)
        pid = 0;
    fclose(file);
    return pid;
}

/* Silent: starting when its process is there, down when not. */
static json_t *silent(const char *daemon) {
    int pid = read_pid(daemon);
    bool alive = pid > 0 && kill(pid, 0) == 0;
    return json_pack("{s:s,s:i,s:s,s:[],s:[],s:i,s:i}", "name", daemon, "pid", alive ? pid : 0, "state",
        alive ? "starting" : "down", "journal", "links", "parked", 0, "waiting", 0);
}

static json_t *collect(const struct site_links *links) {
    struct question questions[32];
    unsigned count = links->daemons_count < 32 ? links->daemons_count : 32, asked = 0;
    static Sigap__StatusView status = SIGAP__STATUS_VIEW__INIT;
    json_t *daemons = json_array();
    for (unsigned i = 0; i < count; i++) {
        if (!links->daemons[i].core)
            continue; /* readers from outside have no socket here */
        questions[asked] = (struct question){.daemon = links->daemons[i].name, .view = SIGAP__VIEW__INIT};
        questions[asked].view.what_case = SIGAP__VIEW__WHAT_STATUS;
        questions[asked++].view.status = &status;
    }
    ask_all(questions, asked, STATUS_MS);
    for (unsigned i = 0; i < asked; i++)
        json_array_append_new(
            daemons, questions[i].answer ? questions[i].answer : silent(questions[i].daemon));
    return json_pack("{s:o}", "daemons", daemons);
}

static int64_t number(const json_t *object, const char *key) {
    return json_integer_value(json_object_get(object, key));
}

static const char *text(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static void print_daemon(const json_t *daemon) {
    json_t *entry;
    size_t index;
    int64_t heads[2] = {0}, lag = 0;
    const char *worst = "-";
    json_array_foreach(json_object_get(daemon, "journal"), index, entry) heads[index & 1] =
        number(entry, "head");
    json_array_foreach(json_object_get(daemon, "links"), index, entry) {
        lag += number(entry, "lag");
        if (strcmp(worst, "-") == 0 || strcmp(text(entry, "state"), "live") != 0)
            worst = text(entry, "state");
    }
    printf("%-10s %-9s %7lld  %9lld %9lld  %-11s %6lld  %6lld %7lld\n", text(daemon, "name"),
        text(daemon, "state"), (long long)number(daemon, "pid"), (long long)heads[0], (long long)heads[1],
        worst, (long long)lag, (long long)number(daemon, "parked"), (long long)number(daemon, "waiting"));
}

static void print_status(const json_t *status) {
    json_t *daemon;
    size_t index;
    printf("%-10s %-9s %7s  %9s %9s  %-11s %6s  %6s %7s\n", "daemon", "state", "pid", "urgent", "normal",
        "links", "lag", "parked", "waiting");
    json_array_foreach(json_object_get(status, "daemons"), index, daemon) print_daemon(daemon);
}

int ctl_status(struct ctl *ctl, int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct site_links *links = ctl_links(ctl);
    if (!links || !ctl_enter_data(ctl))
        return 1;
    json_t *status = collect(links);
    if (ctl->json) {
        json_dumpf(status, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
        putchar('\n');
    } else {
        print_status(status);
    }
    json_decref(status);
    site_links_free(&links);
    return 0;
}

/* ---- Prometheus ---- */

static void print_gauge(const char *name, const char *daemon, int64_t value) {
    printf("sigap_%s{daemon=\"%s\"} %lld\n", name, daemon, (long long)value);
}

static void print_metrics(const json_t *daemon) {
    static const char *const plain[] = {
        "turns", "inputs", "rolled_back", "parked", "waiting", "log_bytes", "file_bytes"};
    const char *name = text(daemon, "name");
    json_t *entry;
    size_t index;
    print_gauge("up", name, strcmp(text(daemon, "state"), "down") != 0);
    print_gauge("ready", name, strcmp(text(daemon, "state"), "ready") == 0);
    print_gauge("disk_low", name, json_is_true(json_object_get(daemon, "disk_low")));
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        print_gauge(plain[i], name, number(daemon, plain[i]));
    json_array_foreach(json_object_get(daemon, "journal"), index, entry)
        printf("sigap_journal_head{daemon=\"%s\",lane=\"%s\"} %lld\n", name, text(entry, "lane"),
            (long long)number(entry, "head"));
    json_array_foreach(json_object_get(daemon, "links"), index, entry)
        printf("sigap_link_lag{daemon=\"%s\",from=\"%s\",lane=\"%s\",state=\"%s\"} %lld\n", name,
            text(entry, "from"), text(entry, "lane"), text(entry, "state"), (long long)number(entry, "lag"));
}

/* For a text-file collector, or a cron job that pushes. */
int ctl_metrics(struct ctl *ctl, int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct site_links *links = ctl_links(ctl);
    json_t *daemon;
    size_t index;
    if (!links || !ctl_enter_data(ctl))
        return 1;
    json_t *status = collect(links);
    json_array_foreach(json_object_get(status, "daemons"), index, daemon) print_metrics(daemon);
    json_decref(status);
    site_links_free(&links);
    return 0;
}

static void print_new_cases(char newest[32]) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ListView list = SIGAP__LIST_VIEW__INIT;
    unsigned status;
    list.name = (char *)"cases";
    list.limit = 20;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &list;
    json_t *answer = ask_one("triage", &view, 500, &status), *entry;
    json_t *rows = json_is_array(answer) ? answer : json_object_get(answer, "cases");
    char before[32];
    snprintf(before, sizeof before, "%s", newest);
    for (size_t i = json_array_size(rows); i-- > 0;) { /* newest first in the answer */
        entry = json_array_get(rows, i);
        if (strcmp(text(entry, "id"), before) <= 0)
            continue;
        printf("case %s  %s  %-20s %s\n", text(entry, "id"), text(entry, "priority"), text(entry, "kind"),
            text(entry, "area"));
        if (strcmp(text(entry, "id"), newest) > 0)
            snprintf(newest, 32, "%s", text(entry, "id"));
    }
    json_decref(answer);
}

int ctl_watch(struct ctl *ctl, int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct site_links *links = ctl_links(ctl);
    char newest[32] = "";
    if (!links || !ctl_enter_data(ctl))
        return 1;
    for (unsigned second = 0;; second++) { /* until interrupted */
        if (second % 10 == 0) {
            json_t *status = collect(links);
            print_status(status);
            json_decref(status);
        }
        print_new_cases(newest);
        fflush(stdout);
        sleep(1);
    }
}
