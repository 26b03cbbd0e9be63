/* status and watch: what the daemons say of themselves, and what the supervisor's pid files say of those that
 * are silent. */
#include "ctl.h"

#include "services/ctl/exposition.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    STATUS_MS = 800,
    PATIENCE_MS = 10000, /* so long a start may take */
    TURNING_MS = 30000,  /* ended so short a time ago, and not for the first time: it will end again */
    ENDS_IN_A_ROW = 3,
};

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

/* Is it a program of this name, in this data folder? The number may be left over from a crash and belong to
 * anybody by now. What is dead and not yet reaped has no words. */
static bool is_daemon(int pid, const char *daemon) {
    char path[64], words[4096], here[PATH_ROOM], wanted[64];
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    FILE *file = pid > 0 ? fopen(path, "r") : NULL;
    size_t size = file ? fread(words, 1, sizeof words - 1, file) : 0;
    if (file)
        fclose(file);
    if (!size || !getcwd(here, sizeof here))
        return false;
    words[size] = 0;
    snprintf(wanted, sizeof wanted, "sigap-%s", daemon);
    const char *program = strrchr(words, '/');
    if (strcmp(program ? program + 1 : words, wanted) != 0)
        return false;
    for (const char *word = words; word < words + size; word += strlen(word) + 1)
        if (strcmp(word, here) == 0)
            return true;
    return false;
}

static int64_t wall_ms(void) {
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

/* When the file was written; 0: there is none. */
static int64_t written_at(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 ? (int64_t)info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1000000 : 0;
}

/* A daemon that hangs cannot say since when: it is the first look that found it silent. */
static void mark_path(const char *daemon, char out[128]) {
    snprintf(out, 128, "run/%s.silent", daemon);
}

static int64_t silent_since(const char *daemon) {
    char path[128];
    mark_path(daemon, path);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (file >= 0)
        close(file);
    int64_t at = written_at(path);
    return at ? at : wall_ms(); /* somebody else's folder: since this look */
}

static void answered_again(const char *daemon) {
    char path[128];
    mark_path(daemon, path);
    unlink(path);
}

struct ending {
    long long at;
    unsigned in_a_row;
    char how[32]; /* "status 1", "signal 9" */
};

/* Written by the supervisor (up.c). */
static struct ending read_ending(const char *daemon) {
    char path[128];
    struct ending ending = {0};
    snprintf(path, sizeof path, "run/%s.ended", daemon);
    FILE *file = fopen(path, "r");
    if (file && fscanf(file, "%lld %u %31[^\n]", &ending.at, &ending.in_a_row, ending.how) != 3)
        ending = (struct ending){0};
    if (file)
        fclose(file);
    return ending;
}

/* What a silent daemon is: starting; stalled: its process is there and does not answer; failing: it ends
 * again and again; down: it has no process. The state, which programs look at, only tells
 * whether there is a process: "starting" or "down". */
static const char *condition_of(const char *daemon, bool alive, const struct ending *ending, int64_t *since) {
    char path[128];
    snprintf(path, sizeof path, "run/%s.pid", daemon);
    int64_t started = written_at(path), now = wall_ms();
    if (ending->in_a_row >= ENDS_IN_A_ROW && now - ending->at < TURNING_MS) {
        *since = silent_since(daemon);
        return "failing";
    }
    if (!alive) {
        *since = ending->at > started ? ending->at : silent_since(daemon);
        return "down";
    }
    *since = now - started < PATIENCE_MS ? started : silent_since(daemon);
    return now - started < PATIENCE_MS ? "starting" : "stalled";
}

static json_t *silent(const char *daemon) {
    int pid = read_pid(daemon);
    bool alive = is_daemon(pid, daemon);
    int64_t since;
    struct ending ending = read_ending(daemon);
    const char *condition = condition_of(daemon, alive, &ending, &since);
    return json_pack("{s:s,s:i,s:s,s:[],s:[],s:i,s:i,s:s,s:I,s:i,s:s}", "name", daemon, "pid",
        alive ? pid : 0, "state", alive ? "starting" : "down", "journal", "links", "parked", 0, "waiting", 0,
        "condition", condition, "since", (json_int_t)since, "ends", (int)ending.in_a_row, "ended",
        ending.how);
}

/* The status documents of all core daemons, silent ones too, and who started them (0: not `up`). Owned by the
 * caller. */
static json_t *collect(const struct site_links *links) {
    struct question questions[ASK_MOST];
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__StatusView status = SIGAP__STATUS_VIEW__INIT;
    json_t *daemons = json_array();
    view.what_case = SIGAP__VIEW__WHAT_STATUS;
    view.status = &status;
    unsigned asked = ask_each(links, &view, STATUS_MS, questions);
    for (unsigned i = 0; i < asked; i++) {
        if (questions[i].answer)
            answered_again(questions[i].daemon);
        json_array_append_new(
            daemons, questions[i].answer ? questions[i].answer : silent(questions[i].daemon));
    }
    return json_pack("{s:o,s:i}", "daemons", daemons, "supervisor", (int)ctl_supervisor());
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
    const char *worst = "-", *condition = text(daemon, "condition");
    json_array_foreach(json_object_get(daemon, "journal"), index, entry) heads[index & 1] =
        number(entry, "head");
    json_array_foreach(json_object_get(daemon, "links"), index, entry) {
        lag += number(entry, "lag");
        if (strcmp(worst, "-") == 0 || strcmp(text(entry, "state"), "live") != 0)
            worst = text(entry, "state");
    }
    printf("%-10s %-9s %7lld  %9lld %9lld  %-11s %6lld  %6lld %7lld\n", text(daemon, "name"),
        condition[0] ? condition : text(daemon, "state"), (long long)number(daemon, "pid"),
        (long long)heads[0], (long long)heads[1], worst, (long long)lag, (long long)number(daemon, "parked"),
        (long long)number(daemon, "waiting"));
}

static void print_silent(const json_t *daemon) {
    char at[32] = "?";
    time_t seconds = (time_t)(number(daemon, "since") / 1000);
    struct tm tm;
    if (localtime_r(&seconds, &tm))
        strftime(at, sizeof at, "%Y-%m-%d %H:%M:%S", &tm);
    printf("%s: %s since %s", text(daemon, "name"), text(daemon, "condition"), at);
    if (number(daemon, "ends"))
        printf(", ended %lld times in a row, at last with %s", (long long)number(daemon, "ends"),
            text(daemon, "ended"));
    printf(" (see log/%s.log)\n", text(daemon, "name"));
}

/* Why a daemon that answers is not ready, and what an operator does about it. */
static const struct {
    const char *member; /* of its status: true, or a number above 0 */
    const char *sentence;
} troubles[] = {
    {"disk_low", "cakram hampir penuh: hanya yang mungkin darurat diterima; kosongkan ruang / "
                 "the disk is nearly full: only what may be urgent is taken; free some room"},
    {"effects_held", "pesan keluar ditahan setelah pemulihan: periksa, lalu `sigapctl control all release` / "
                     "nothing is sent out after a restore: have a look, then `sigapctl control all release`"},
    {"clock_doubted",
        "jam mesin melompat maju dan belum dipercaya: bila benar, `sigapctl control all clock` / "
        "the machine's clock has jumped ahead and is not believed yet: if it is right, "
        "`sigapctl control all clock`"},
    {"clock_behind",
        "waktu situs di depan jam mesin, yang pernah terlalu maju: tenggat baru ikut maju sampai jam "
        "menyusul, "
        "atau pulihkan cadangan / the site's time is ahead of the machine's clock, which was once too far "
        "ahead: new deadlines are as well until the clock has caught up, or restore a backup"},
    {"parked", "ada masukan yang disisihkan: `sigapctl parked list` / "
               "inputs were put aside: `sigapctl parked list`"},
};

/* Why a daemon reads another's journal no more, and what an operator does about it. */
static const struct {
    const char *state, *indonesian, *english;
} cuts[] = {
    {"diverged",
        "riwayatnya lain atau tidak boleh dibaca, sebabnya pada `link-cut` di log pembacanya; pulihkan semua "
        "penyimpanan dari satu cadangan (`sigapctl restore`), atau setelah dibetulkan `sigapctl control all "
        "reconnect`",
        "its history is another one or may not be read, `link-cut` in the reader's log says why; restore all "
        "stores from one snapshot (`sigapctl restore`), or once it is mended `sigapctl control all "
        "reconnect`"},
    {"stalled", "lebih dari satu menit tidak terdengar; periksa apakah daemon itu berjalan dan terjangkau",
        "nothing was heard of it for over a minute; see whether that daemon runs and can be reached"},
};

/* A link is told once, not for each lane. */
static void print_cut(const json_t *reader, const json_t *link) {
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
        if (strcmp(text(link, "state"), cuts[i].state) == 0 && strcmp(text(link, "lane"), "urgent") == 0)
            printf("%s: jurnal %s tidak dapat dibaca: %s / the journal of %s cannot be read: %s\n",
                text(reader, "name"), text(link, "from"), cuts[i].indonesian, text(link, "from"),
                cuts[i].english);
}

static void print_cuts(const json_t *daemon) {
    json_t *link;
    size_t index;
    json_array_foreach(json_object_get(daemon, "links"), index, link) print_cut(daemon, link);
}

static bool has_trouble(const json_t *daemon, const char *member) {
    const json_t *value = json_object_get(daemon, member);
    return json_is_true(value) || json_integer_value(value) > 0;
}

/* The store says why; a full disk is named by "disk_low" too. */
static void print_backing_off(const json_t *daemon) {
    const char *reason = text(daemon, "backs_off");
    if (reason[0])
        printf("%s: penyimpanan tidak dapat ditulis, dicoba lagi terus / the store cannot be written, it is "
               "tried again and again: %s\n",
            text(daemon, "name"), reason);
}

static void print_troubles(const json_t *daemons) {
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        unsigned count = 0;
        size_t index;
        json_t *daemon;
        json_array_foreach(daemons, index, daemon) if (has_trouble(daemon, troubles[i].member))
            printf("%s%s", count++ ? ", " : "", text(daemon, "name"));
        if (count)
            printf(": %s\n", troubles[i].sentence);
    }
}

/* No daemon has a process, and nobody starts them. */
static bool has_ended(const json_t *status) {
    json_t *daemon;
    size_t index;
    json_array_foreach(json_object_get(status, "daemons"), index,
        daemon) if (strcmp(text(daemon, "condition"), "down") != 0) return false;
    return number(status, "supervisor") == 0;
}

static void print_ended(const char *data_dir) {
    printf("Situs di %s tidak berjalan; jalankan dengan `sigapctl --data %s up`, di server dengan "
           "`systemctl start sigap.target` / "
           "The site in %s is not running; start it with `sigapctl --data %s up`, on a server with "
           "`systemctl start sigap.target`\n",
        data_dir, data_dir, data_dir, data_dir);
}

static void print_status(const struct ctl *ctl, const json_t *status) {
    json_t *daemon;
    size_t index;
    if (has_ended(status)) {
        print_ended(ctl->data_dir);
        return;
    }
    printf("%-10s %-9s %7s  %9s %9s  %-11s %6s  %6s %7s\n", "daemon", "state", "pid", "urgent", "normal",
        "links", "lag", "parked", "waiting");
    json_array_foreach(json_object_get(status, "daemons"), index, daemon) print_daemon(daemon);
    json_array_foreach(json_object_get(status, "daemons"), index,
        daemon) if (json_object_get(daemon, "condition")) print_silent(daemon);
    json_array_foreach(json_object_get(status, "daemons"), index, daemon) print_backing_off(daemon);
    json_array_foreach(json_object_get(status, "daemons"), index, daemon) print_cuts(daemon);
    print_troubles(json_object_get(status, "daemons"));
}

static bool all_ready(const json_t *status) {
    json_t *daemon;
    size_t index;
    json_array_foreach(json_object_get(status, "daemons"), index,
        daemon) if (strcmp(text(daemon, "state"), "ready") != 0) return false;
    return true;
}

/* 1 as long as not every daemon is ready, for scripts. */
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
        print_status(ctl, status);
    }
    bool ready = all_ready(status);
    json_decref(status);
    site_links_free(&links);
    return ready ? 0 : 1;
}

/* ---- Prometheus ---- */

/* For a text-file collector, or a cron job that pushes. */
int ctl_metrics(struct ctl *ctl, int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct site_links *links = ctl_links(ctl);
    if (!links || !ctl_enter_data(ctl))
        return 1;
    json_t *status = collect(links);
    exposition_write(stdout, json_object_get(status, "daemons"));
    json_decref(status);
    site_links_free(&links);
    return 0;
}

static void print_new_cases(char newest[32]) {
    Sigap__ListView list = SIGAP__LIST_VIEW__INIT;
    unsigned status;
    list.name = (char *)"cases";
    list.limit = 20;
    json_t *answer = ask_list("triage", &list, 500, &status), *entry;
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
            print_status(ctl, status);
            json_decref(status);
        }
        print_new_cases(newest);
        fflush(stdout);
        sleep(1);
    }
}
