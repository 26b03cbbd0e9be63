/* trace: the way of one report, put together from what each owner says of it. */
#include "ctl.h"

#include "common/id.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TRACE_MS = 900, PARTS = 4 };

static const char *text(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static json_t *copy(const json_t *object, const char *key) {
    json_t *value = json_object_get(object, key);
    return value ? json_incref(value) : json_null();
}

/* The members of the row that the answer promises, no others. */
static json_t *pick(const json_t *row, const char *const *keys) {
    json_t *out = json_object();
    for (; *keys; keys++)
        json_object_set_new(out, *keys, copy(row, *keys));
    return out;
}

static json_t *pick_all(const json_t *rows, const char *const *keys) {
    json_t *out = json_array(), *row;
    size_t index;
    json_array_foreach(rows, index, row) json_array_append_new(out, pick(row, keys));
    return out;
}

/* By ticket, or by the id that lists of reports and reviews name. */
static json_t *ask_report(const char *name, unsigned *status) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ReportView report = SIGAP__REPORT_VIEW__INIT;
    struct id id;
    if (id_from_text(name, &id))
        report.report_id = (ProtobufCBinaryData){ID_BYTES, id.bytes};
    else
        report.ticket = (char *)name;
    view.what_case = SIGAP__VIEW__WHAT_REPORT;
    view.report = &report;
    return ask_one("intake", &view, TRACE_MS, status);
}

/* Triage knows first: intake learns of the case a little later. */
static json_t *ask_triage(const char *report_id, unsigned *status) {
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ReportView report = SIGAP__REPORT_VIEW__INIT;
    struct id id;
    *status = 404;
    if (!id_from_text(report_id, &id))
        return NULL;
    report.report_id = (ProtobufCBinaryData){ID_BYTES, id.bytes};
    view.what_case = SIGAP__VIEW__WHAT_REPORT;
    view.report = &report;
    return ask_one("triage", &view, TRACE_MS, status);
}

static void ask_case(const char *case_id, struct question parts[PARTS]) {
    static const char *const owners[PARTS] = {"triage", "router", "casework", "notifier"};
    static Sigap__CaseView view;
    static struct id id;
    sigap__case_view__init(&view);
    for (unsigned i = 0; i < PARTS; i++)
        parts[i] = (struct question){.daemon = owners[i], .view = SIGAP__VIEW__INIT};
    if (!id_from_text(case_id, &id))
        return;
    view.case_id = (ProtobufCBinaryData){ID_BYTES, id.bytes};
    for (unsigned i = 0; i < PARTS; i++) {
        parts[i].view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
        parts[i].view.case_file = &view;
    }
    ask_all(parts, PARTS, TRACE_MS);
}

/* Who did not answer, in the way of the JSON API: what is not in the trace may be there all the same. */
static bool is_missing(unsigned status) {
    return status == 0 || status >= 500;
}

static json_t *missing_of(unsigned triage, const struct question parts[PARTS]) {
    json_t *out = json_array();
    bool asked = parts[0].daemon != NULL;
    if (is_missing(triage) && !(asked && is_missing(parts[0].status)))
        json_array_append_new(out, json_string("triage"));
    for (unsigned i = 0; asked && i < PARTS; i++)
        if (is_missing(parts[i].status))
            json_array_append_new(out, json_string(parts[i].daemon));
    return out;
}

static json_t *compose(const json_t *report, const json_t *triage, unsigned triage_status) {
    static const char *const case_keys[] = {"id", "kind", "priority", "area", "confidence", NULL};
    static const char *const offer_keys[] = {"facility", "state", "why", NULL};
    static const char *const referral_keys[] = {"state", "missing", "rule", "plan", NULL};
    static const char *const task_keys[] = {"code", "role", "due_at", "state", NULL};
    static const char *const delivery_keys[] = {"to", "channel", "state", "at", NULL};
    static const char *const alike_keys[] = {"id", "score", "state", NULL};
    static const char *const joined_keys[] = {"report_id", "relation", "at", NULL};
    static const char *const review_keys[] = {"reason", "kind", "priority", "area", "danger", "owner_role",
        "decide_by", "at", "copies", "amends", NULL};
    const char *case_id = text(triage, "case_id")[0] ? text(triage, "case_id") : text(report, "case_id");
    json_t *state = json_object_get(triage, "report") ? json_object_get(triage, "report")
                                                      : json_object_get(report, "report");
    struct question parts[PARTS] = {0};
    if (case_id[0])
        ask_case(case_id, parts);
    json_t *referral = json_object_get(parts[1].answer, "referral");
    json_t *review = json_object_get(triage, "review");
    json_t *out = json_pack("{s:o,s:O,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:{s:o,s:o,s:o}}", "ticket",
        copy(report, "ticket"), "report", state, "review", review ? pick(review, review_keys) : json_null(),
        "case", parts[0].answer ? pick(parts[0].answer, case_keys) : json_null(), "offers",
        pick_all(json_object_get(parts[1].answer, "offers"), offer_keys), "referral",
        json_is_object(referral) ? pick(referral, referral_keys) : json_null(), "tasks",
        pick_all(json_object_get(parts[2].answer, "tasks"), task_keys), "deliveries",
        pick_all(json_object_get(parts[3].answer, "deliveries"), delivery_keys), "missing",
        missing_of(triage_status, parts), "why", "reasons", copy(parts[0].answer, "reasons"), "alike",
        pick_all(json_object_get(parts[0].answer, "alike"), alike_keys), "reports",
        pick_all(json_object_get(parts[0].answer, "reports"), joined_keys));
    for (unsigned i = 0; i < PARTS; i++)
        json_decref(parts[i].answer);
    return out;
}

/* ---- for people ---- */

static const char *local_time(int64_t at_ms, char out[32]) {
    time_t seconds = (time_t)(at_ms / 1000 + 7 * 3600); /* WIB */
    struct tm tm;
    gmtime_r(&seconds, &tm);
    if (at_ms > 0)
        strftime(out, 32, "%Y-%m-%d %H:%M WIB", &tm);
    else
        snprintf(out, 32, "-");
    return out;
}

static void print_missing(const json_t *trace, const char *before) {
    json_t *name;
    size_t index;
    json_array_foreach(json_object_get(trace, "missing"), index, name)
        printf("%s%s", index ? ", " : before, json_string_value(name));
    if (json_array_size(json_object_get(trace, "missing")))
        printf(" (no answer)");
}

/* A person must decide, in the console: why, who and until when. */
static void print_review(const json_t *review) {
    char at[32];
    if (!json_is_object(review))
        return;
    printf("review   %s%s  %s  %s  area %s\n", text(review, "reason"),
        json_is_true(json_object_get(review, "danger")) ? "  danger" : "", text(review, "priority"),
        text(review, "kind")[0] ? text(review, "kind") : "?",
        text(review, "area")[0] ? text(review, "area") : "?");
    if (text(review, "amends")[0])
        printf("amends   %s\n", text(review, "amends"));
    printf("decide   %s  until %s\n", text(review, "owner_role"),
        local_time(json_integer_value(json_object_get(review, "decide_by")), at));
}

static void print_trace(const json_t *trace) {
    json_t *row, *found = json_object_get(trace, "case"), *referral = json_object_get(trace, "referral");
    size_t index;
    char at[32];
    json_t *report = json_object_get(trace, "report");
    printf("ticket   %s\nreport   %s  %s\n", text(trace, "ticket")[0] ? text(trace, "ticket") : "-",
        text(report, "id"), text(report, "state"));
    if (text(trace, "further")[0])
        printf("further  %s\n", text(trace, "further"));
    print_review(json_object_get(trace, "review"));
    if (json_is_object(found))
        printf("case     %s  %s  %s  area %s\n", text(found, "id"), text(found, "priority"),
            text(found, "kind"), text(found, "area")[0] ? text(found, "area") : "?");
    json_t *why = json_object_get(trace, "why");
    json_array_foreach(json_object_get(why, "reasons"), index, row)
        printf("%s%s", index ? ", " : "reasons  ", json_string_value(row));
    if (json_array_size(json_object_get(why, "reasons")))
        printf("\n");
    json_array_foreach(json_object_get(why, "reports"), index, row)
        printf("said by  %s  %s  %s\n", text(row, "report_id"), text(row, "relation"),
            local_time(json_integer_value(json_object_get(row, "at")), at));
    json_array_foreach(json_object_get(why, "alike"), index, row) printf("alike    %s  %.0f %%  %s\n",
        text(row, "id"), 100 * json_number_value(json_object_get(row, "score")), text(row, "state"));
    if (json_is_object(referral)) {
        printf("referral %s  %s %s", text(referral, "state"), text(referral, "rule"), text(referral, "plan"));
        json_array_foreach(json_object_get(referral, "missing"), index, row)
            printf("%s%s", index ? ", " : "  missing: ", json_string_value(row));
        printf("\n");
    }
    json_array_foreach(json_object_get(trace, "offers"), index, row)
        printf("offer    %-18s %-12s %s\n", text(row, "facility"), text(row, "state"), text(row, "why"));
    json_array_foreach(json_object_get(trace, "tasks"), index, row)
        printf("task     %-10s %-6s %-10s %s\n", text(row, "code"), text(row, "role"), text(row, "state"),
            local_time(json_integer_value(json_object_get(row, "due_at")), at));
    json_array_foreach(json_object_get(trace, "deliveries"), index, row)
        printf("message  %-28s %-8s %-10s %s\n", text(row, "to"), text(row, "channel"), text(row, "state"),
            local_time(json_integer_value(json_object_get(row, "at")), at));
    print_missing(trace, "missing  ");
    if (json_array_size(json_object_get(trace, "missing")))
        printf("\n");
}

/* A later report of its ticket went its own way: what waits for a person there is shown here. */
static void trace_further(const json_t *report, json_t *trace) {
    unsigned status;
    const char *further = text(report, "further");
    json_t *more = further[0] ? ask_triage(further, &status) : NULL;
    json_t *review = json_object_get(more, "review");
    if (further[0])
        json_object_set_new(trace, "further", json_string(further));
    if (review && !json_is_object(json_object_get(trace, "review")))
        json_object_set(trace, "review", review);
    json_decref(more);
}

static json_t *trace_one(const char *name, unsigned *status) {
    json_t *report = ask_report(name, status);
    if (!report || *status != 200) {
        json_decref(report);
        return NULL;
    }
    unsigned triage_status;
    json_t *triage = ask_triage(text(json_object_get(report, "report"), "id"), &triage_status);
    json_t *trace = compose(report, triage, triage_status);
    trace_further(report, trace);
    json_decref(triage);
    json_decref(report);
    return trace;
}

/* One line a report, for a table of many. */
static void print_row(const json_t *trace) {
    json_t *found = json_object_get(trace, "case"), *referral = json_object_get(trace, "referral"), *row;
    json_t *offers = json_object_get(trace, "offers"), *tasks = json_object_get(trace, "tasks");
    const json_t *review = json_object_get(trace, "review");
    char where[64], at[32];
    int64_t first = json_integer_value(json_object_get(review, "decide_by"));
    size_t index;
    json_array_foreach(tasks, index, row) {
        int64_t due = json_integer_value(json_object_get(row, "due_at"));
        first = due > 0 && (first == 0 || due < first) ? due : first;
    }
    const char *facility = json_array_size(offers)
                               ? text(json_array_get(offers, json_array_size(offers) - 1), "facility")
                               : text(referral, "plan");
    snprintf(where, sizeof where, "%s", facility[0] ? facility : "-");
    if (strcmp(text(referral, "state"), "draft") == 0)
        snprintf(where, sizeof where, "? %s",
            json_string_value(json_array_get(json_object_get(referral, "missing"), 0)));
    if (text(review, "reason")[0])
        snprintf(where, sizeof where, "? %s", text(review, "reason"));
    printf("%-29s %-11s %-4s %-20s %-13s %-11s %-22s %5zu  %-20s %4zu", text(trace, "ticket"),
        text(json_object_get(trace, "report"), "state"), text(found, "priority"), text(found, "kind"),
        text(found, "area"), text(referral, "state"), where, json_array_size(tasks), local_time(first, at),
        json_array_size(json_object_get(trace, "deliveries")));
    print_missing(trace, "  without ");
    printf("\n");
}

static int no_trace(const char *name, unsigned status) {
    return status ? ctl_fail("no report has the ticket or id %s", name)
                  : ctl_fail("intake does not answer; is the site running?");
}

static int trace_rows(int count, char **names) {
    unsigned status;
    printf("%-29s %-11s %-4s %-20s %-13s %-11s %-22s %5s  %-20s %4s\n", "ticket", "report", "", "kind",
        "area", "referral", "facility or missing", "tasks", "first deadline", "msgs");
    for (int i = 0; i < count; i++) {
        json_t *trace = trace_one(names[i], &status);
        if (!trace)
            return no_trace(names[i], status);
        print_row(trace);
        json_decref(trace);
    }
    return 0;
}

int ctl_trace(struct ctl *ctl, int argc, char **argv) {
    if (argc < 2 || (argc > 2 && !ctl->row))
        return ctl_misused("trace: TICKET|ID [--json] | --row TICKET|ID...");
    if (!ctl_enter_data(ctl))
        return 1;
    if (ctl->row)
        return trace_rows(argc - 1, argv + 1);
    unsigned status;
    json_t *trace = trace_one(argv[1], &status);
    if (!trace)
        return no_trace(argv[1], status);
    if (ctl->json) {
        json_dumpf(trace, stdout, JSON_COMPACT | JSON_REAL_PRECISION(6));
        putchar('\n');
    } else {
        print_trace(trace);
    }
    json_decref(trace);
    return 0;
}
