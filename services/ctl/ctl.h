/* sigapctl: the operator's command line. A command is a row of the table in main.c and a function of a file
 * that is named after it, or after what it is about; what is one question to one daemon is in small.c. It
 * opens no store of a running daemon: it asks the owners, like everybody else. */
#pragma once

#include "common/error.h"
#include "common/site.h"
#include "proto/view.pb-c.h"

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

enum { PATH_ROOM = 1024 };

struct ctl {
    char data_dir[PATH_ROOM]; /* absolute; the process works in it once it was entered */
    char site_dir[PATH_ROOM]; /* absolute */
    char bin_dir[PATH_ROOM];  /* where the daemons' programs lie: beside sigapctl */
    bool json;
    const char *host, *port, *token;
    bool urgent, training, with_keys, row, help;
    double latitude, longitude;
    bool located;
};

/* Exit status: 0 done, 1 with a sentence on stderr, 2 wrong usage. argv[0] is the command's own word. */
int ctl_up(struct ctl *ctl, int argc, char **argv);
int ctl_down(struct ctl *ctl, int argc, char **argv);
int ctl_status(struct ctl *ctl, int argc, char **argv);
int ctl_metrics(struct ctl *ctl, int argc, char **argv);
int ctl_watch(struct ctl *ctl, int argc, char **argv);
int ctl_send(struct ctl *ctl, int argc, char **argv);
int ctl_trace(struct ctl *ctl, int argc, char **argv);
int ctl_list(struct ctl *ctl, int argc, char **argv);
int ctl_explain_route(struct ctl *ctl, int argc, char **argv);
int ctl_parked(struct ctl *ctl, int argc, char **argv);
int ctl_control(struct ctl *ctl, int argc, char **argv);
int ctl_check(struct ctl *ctl, int argc, char **argv);
int ctl_admin(struct ctl *ctl, int argc, char **argv);
int ctl_token(struct ctl *ctl, int argc, char **argv);
int ctl_people(struct ctl *ctl, int argc, char **argv);
int ctl_duty(struct ctl *ctl, int argc, char **argv);
int ctl_keys(struct ctl *ctl, int argc, char **argv);
int ctl_audit(struct ctl *ctl, int argc, char **argv);
int ctl_backup(struct ctl *ctl, int argc, char **argv);
int ctl_restore(struct ctl *ctl, int argc, char **argv);
int ctl_hook(struct ctl *ctl, int argc, char **argv);
int ctl_sender(struct ctl *ctl, int argc, char **argv);
int ctl_import(struct ctl *ctl, int argc, char **argv);
/* `sigapctl triage explain ...`: hands over to the daemon's own program. */
int ctl_tool(struct ctl *ctl, int argc, char **argv);

/* The daemon's answer on stdout (released), or a sentence why there is none. Returns the exit status. */
int ctl_print(json_t *answer, unsigned status, const char *daemon);
/* Says the sentence on stderr. Returns 1. */
int ctl_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for words that are wrong whatever the site does: returns 2. */
int ctl_misused(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A whole number from 1 on, nothing behind it. */
bool ctl_number(const char *text, uint64_t *out);
/* Works in the data folder from now on (names of local sockets are short). False with a sentence said. */
bool ctl_enter_data(struct ctl *ctl);
/* The process that runs this data folder (`up`); 0: none. */
pid_t ctl_supervisor(void);
/* The site's daemons; NULL with a sentence said. */
struct site_links *ctl_links(const struct ctl *ctl);
/* A daemon of links.yaml that runs here (core), or the sentence who there is. */
bool ctl_knows(const struct site_links *links, const char *daemon);
/* A daemon that looked at the site does not take it; what is wrong was said. */
bool ctl_site_is_refused(const struct ctl *ctl);
/* Makes the key files that are missing. */
bool ctl_make_keys(const struct ctl *ctl, const struct site_links *links, struct error *error);

/* ask.c: views over the local sockets, several at once. */
enum { ASK_MOST = 32 };

struct question {
    const char *daemon;
    Sigap__View view; /* what is filled; actor and number are set by ask_all */
    unsigned status;  /* out: of the answer; 0: none came */
    json_t *answer;   /* out: owned by the caller; NULL when there is none */
};
void ask_all(struct question *questions, unsigned count, int timeout_ms);
/* Set by a handler of signals: questions that wait end without an answer. */
extern volatile sig_atomic_t ask_given_up;
/* One question. NULL when no answer came or it was refused; then *status says. */
json_t *ask_one(const char *daemon, const Sigap__View *view, int timeout_ms, unsigned *status);
json_t *ask_list(const char *daemon, const Sigap__ListView *list, int timeout_ms, unsigned *status);
/* The same of every daemon that runs here. Returns how many there are. */
unsigned ask_each(const struct site_links *links, const Sigap__View *view, int timeout_ms,
    struct question questions[ASK_MOST]);
json_t *ask_control(const char *daemon, const char *action, const char *argument, unsigned *status);
