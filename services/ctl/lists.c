/* What daemons keep in lists: any of them, parked inputs of all, audit logs of all. */
#include "ctl.h"

#include <stdio.h>
#include <string.h>

/* Which lists a daemon has, its status says. */
static int no_such_list(const char *daemon, const char *name) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__StatusView what = SIGAP__STATUS_VIEW__INIT;
    char names[512] = "";
    size_t used = 0, index;
    unsigned status;
    json_t *list;
    view.what_case = SIGAP__VIEW__WHAT_STATUS;
    view.status = &what;
    json_t *answer = ask_one(daemon, &view, 5000, &status);
    json_array_foreach(json_object_get(answer, "lists"), index, list) {
        if (used < sizeof names)
            used += (size_t)snprintf(
                names + used, sizeof names - used, "%s%s", index ? ", " : "", json_string_value(list));
    }
    json_decref(answer);
    return ctl_misused("%s has no list \"%s\"; there are: %s", daemon, name, names);
}

static int list(const char *daemon, const char *name) {
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    unsigned status;
    what.name = (char *)name;
    json_t *answer = ask_list(daemon, &what, 5000, &status);
    if (status == 404 && !answer)
        return no_such_list(daemon, name);
    return ctl_print(answer, status, daemon);
}

int ctl_list(struct ctl *ctl, int argc, char **argv) {
    if (argc != 3)
        return ctl_misused("list: DAEMON NAME");
    struct site_links *links = ctl_links(ctl);
    if (!links)
        return 1;
    int result = !ctl_knows(links, argv[1]) ? 2 : ctl_enter_data(ctl) ? list(argv[1], argv[2]) : 1;
    site_links_free(&links);
    return result;
}

/* ---- of every daemon ---- */

/* Says who did not answer, so that what is not there is not taken for nothing. Returns the exit status. */
static int tell_silent(const struct question *questions, unsigned count) {
    int worst = 0;
    for (unsigned i = 0; i < count; i++)
        if (!questions[i].answer)
            worst = ctl_fail("%s does not answer", questions[i].daemon);
    return worst;
}

/* A list of every daemon that runs here; the answers are the caller's. */
static unsigned list_of_each(
    const struct site_links *links, const char *name, int timeout_ms, struct question questions[ASK_MOST]) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    what.name = (char *)name;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &what;
    return ask_each(links, &view, timeout_ms, questions);
}

/* What a daemon has put aside, from its first page on (freed here), page by page: a turn of the daemon reads
 * one. False: it does not answer any more. */
static bool add_parked(json_t *all, const char *daemon, json_t *page) {
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    unsigned status;
    what.name = (char *)"parked";
    what.limit = 1000;
    for (size_t count; (count = json_array_size(page)) > 0; page = ask_list(daemon, &what, 2000, &status)) {
        what.after = (uint64_t)json_integer_value(json_object_get(json_array_get(page, count - 1), "number"));
        json_array_extend(all, page);
        json_decref(page);
    }
    bool answered = page != NULL;
    json_decref(page);
    return answered;
}

static int list_parked(const struct site_links *links) {
    struct question questions[ASK_MOST];
    unsigned count = list_of_each(links, "parked", 2000, questions);
    json_t *all = json_array();
    int worst = tell_silent(questions, count);
    for (unsigned i = 0; i < count; i++)
        if (questions[i].answer && !add_parked(all, questions[i].daemon, questions[i].answer))
            worst = ctl_fail("%s does not answer", questions[i].daemon);
    return ctl_print(all, 200, "") | worst;
}

static int retry_parked(const char *daemon, uint64_t number) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ParkedRetry retry = SIGAP__PARKED_RETRY__INIT;
    unsigned status;
    retry.number = number;
    view.what_case = SIGAP__VIEW__WHAT_PARKED_RETRY;
    view.parked_retry = &retry;
    json_t *answer = ask_one(daemon, &view, 5000, &status);
    bool none = number && status == 200 && json_integer_value(json_object_get(answer, "retried")) == 0;
    if (!none)
        return ctl_print(answer, status, daemon);
    json_decref(answer);
    return ctl_fail("%s has put nothing aside under this number, see `parked list`", daemon);
}

int ctl_parked(struct ctl *ctl, int argc, char **argv) {
    bool all = argc == 2 && strcmp(argv[1], "list") == 0;
    uint64_t number = 0;
    if (!all && (argc < 3 || strcmp(argv[1], "retry") != 0))
        return ctl_misused("parked: list | retry DAEMON [NUMBER]");
    if (argc > 3 && !ctl_number(argv[3], &number))
        return ctl_misused("parked: \"%s\" is no number of `parked list`", argv[3]);
    struct site_links *links = ctl_links(ctl);
    if (!links)
        return 1;
    int result = !all && !ctl_knows(links, argv[2]) ? 2
                 : !ctl_enter_data(ctl)             ? 1
                 : all                              ? list_parked(links)
                                                    : retry_parked(argv[2], number);
    site_links_free(&links);
    return result;
}

/* ---- audit ---- */

enum { AUDIT_MS = 10000 };

/* The next entries of one daemon's log; NULL: it does not answer. The caller's. */
static json_t *audit_page(const char *daemon, json_int_t after) {
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    unsigned status;
    what.name = (char *)"audit";
    what.after = (uint64_t)after;
    return ask_list(daemon, &what, AUDIT_MS, &status);
}

/* The number of the first altered entry, 0: none. *last: of the page. */
static json_int_t first_altered(const json_t *page, json_int_t *last) {
    json_int_t altered = 0;
    size_t index;
    json_t *entry;
    json_array_foreach(page, index, entry) {
        *last = json_integer_value(json_object_get(entry, "number"));
        if (!altered && !json_is_true(json_object_get(entry, "sound")))
            altered = *last;
    }
    return altered;
}

/* One daemon's log from its first page on (not NULL, freed here): a turn of the daemon reads one. Returns the
 * exit status. */
static int verify_audit(const char *daemon, json_t *page) {
    json_int_t altered = 0, last = 0;
    size_t entries = 0;
    while (page && json_array_size(page) && !altered) {
        entries += json_array_size(page);
        altered = first_altered(page, &last);
        json_decref(page);
        page = audit_page(daemon, last);
    }
    if (!page)
        return ctl_fail("%s does not answer", daemon);
    json_decref(page);
    if (altered)
        printf("%s: entry %lld was altered\n", daemon, (long long)altered);
    else
        printf("%s: %zu entries\n", daemon, entries);
    return altered != 0;
}

int ctl_audit(struct ctl *ctl, int argc, char **argv) {
    struct question questions[ASK_MOST];
    if (argc != 2 || strcmp(argv[1], "verify") != 0)
        return ctl_misused("audit: verify");
    struct site_links *links = ctl_links(ctl);
    if (!links || !ctl_enter_data(ctl))
        return 1;
    unsigned count = list_of_each(links, "audit", AUDIT_MS, questions);
    int worst = tell_silent(questions, count);
    for (unsigned i = 0; i < count; i++)
        if (questions[i].answer)
            worst |= verify_audit(questions[i].daemon, questions[i].answer);
    site_links_free(&links);
    return worst;
}
