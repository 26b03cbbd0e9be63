/* What intake's doors need of an operator: what was put aside there, who is not wanted, tables of reports. */
#include "ctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *read_list(const char *name, unsigned *status) {
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    what.name = (char *)name;
    return ask_list("intake", &what, 5000, status);
}

static int print_list(const char *name) {
    unsigned status;
    json_t *answer = read_list(name, &status);
    return ctl_print(answer, status, "intake");
}

static int order(const char *action, const char *argument) {
    unsigned status;
    json_decref(ask_control("intake", action, argument, &status));
    if (status == 200)
        return 0;
    return status == 404 ? ctl_fail("intake knows no %s", argument)
           : status      ? ctl_fail("intake refused it (%u)", status)
                         : ctl_fail("intake does not answer; is the site running?");
}

/* Everything that lies aside, but not what blocked senders wrote: that stays until somebody names it. */
static int retry_all(void) {
    unsigned status, count = 0;
    int worst = 0;
    size_t index;
    json_t *list = read_list("hooks", &status), *each;
    if (!list)
        return ctl_fail("intake does not answer; is the site running?");
    json_array_foreach(list, index, each) {
        const char *state = json_string_value(json_object_get(each, "state")),
                   *reason = json_string_value(json_object_get(each, "reason"));
        if (!state || strcmp(state, "aside") != 0 || (reason && strncmp(reason, "blocked", 7) == 0))
            continue;
        worst |= order("hook.retry", json_string_value(json_object_get(each, "id")));
        count++;
    }
    json_decref(list);
    printf("%u\n", count);
    return worst;
}

int ctl_hook(struct ctl *ctl, int argc, char **argv) {
    bool list = argc == 2 && strcmp(argv[1], "list") == 0, retry = argc == 3 && strcmp(argv[1], "retry") == 0;
    if (!list && !retry)
        return ctl_misused("hook: list | retry ID|all");
    if (!ctl_enter_data(ctl))
        return 1;
    if (list)
        return print_list("hooks");
    return strcmp(argv[2], "all") == 0 ? retry_all() : order("hook.retry", argv[2]);
}

int ctl_sender(struct ctl *ctl, int argc, char **argv) {
    bool list = argc == 2 && strcmp(argv[1], "list") == 0, block = argc == 3 && strcmp(argv[1], "block") == 0,
         unblock = argc == 3 && strcmp(argv[1], "unblock") == 0;
    if (!list && !block && !unblock)
        return ctl_misused("sender: block TICKET | unblock TICKET|KEY | list");
    if (!ctl_enter_data(ctl))
        return 1;
    return list ? print_list("senders") : order(block ? "sender.block" : "sender.unblock", argv[2]);
}

/* First line of a file in the data folder into the environment, unless it is there. */
static void offer(const struct ctl *ctl, const char *variable, const char *file_name) {
    char path[PATH_ROOM + 32], line[512] = "";
    snprintf(path, sizeof path, "%s/%s", ctl->data_dir, file_name);
    FILE *file = fopen(path, "r");
    if (file && fgets(line, sizeof line, file))
        line[strcspn(line, "\r\n")] = 0;
    if (file)
        fclose(file);
    if (line[0])
        setenv(variable, line, 0);
}

/* intake's own word, told where the running site is and who asks. */
int ctl_import(struct ctl *ctl, int argc, char **argv) {
    char daemon[] = "intake", word[] = "import";
    char *arguments[] = {daemon, word, argc == 2 ? argv[1] : NULL};
    if (argc != 2)
        return ctl_misused("import: FILE.csv, or - for standard input");
    if (ctl->token)
        setenv("SIGAP_TOKEN", ctl->token, 1);
    offer(ctl, "SIGAP_URL", "console.url");
    offer(ctl, "SIGAP_TOKEN", "demo.token");
    if (!getenv("SIGAP_TOKEN"))
        return ctl_misused(
            "import: no token; make one with `sigapctl token issue NAME` and give it as --token");
    return ctl_tool(ctl, 3, arguments);
}
