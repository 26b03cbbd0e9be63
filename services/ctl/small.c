/* Commands that are one question to one daemon, or one program. */
#include "ctl.h"

#include "common/id.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int ctl_print(json_t *answer, unsigned status, const char *daemon) {
    if (!answer && !status)
        return ctl_fail("%s does not answer; is the site running?", daemon);
    if (answer) {
        json_dumpf(answer, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
        putchar('\n');
    }
    json_decref(answer);
    return status == 200   ? 0
           : status == 404 ? ctl_fail("%s knows nothing of this name or number (404)", daemon)
                           : ctl_fail("%s refused it (%u)", daemon, status);
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
