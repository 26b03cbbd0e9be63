#include "services/triage/measure.h"

#include "common/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS (24 * 3600 * INT64_C(1000))
#define WEEK_MS (7 * DAY_MS)
enum {
    KINDS_COUNTED = 64, /* 36 of the site's */
    CODES = KINDS_COUNTED + PRIORITIES,
    WEEKS_SHOWN = 8,
    WEEKS_KEPT = 104,
    MATRIX_SHOWN = 60,
    SWEPT = 500,
    WORDS_KEPT_DAYS = 30, /* as long as a closed case */
    ROWS_KEPT_DAYS = 730
};

/* Kinds by their number in kinds.yaml, then priorities. */
struct counted {
    int64_t week;
    int32_t seen[CODES];
    float expected[CODES];
    bool touched;
};

/* The week at hand and the one before, whose last hour may still have to be written. */
struct measure {
    struct counted weeks[2];
    /* Since the start. */
    uint64_t decisions, kinds_changed, priorities_changed, areas_changed;
    double seen[CODES], expected[CODES];
};

struct measure *measure_new(void) {
    return calloc(1, sizeof(struct measure));
}

static int64_t week_of(const struct triage *triage, int64_t at) {
    return (at + triage->site.site->zone * INT64_C(3600000) + 3 * DAY_MS) /
           WEEK_MS; /* 1970 began on a Thursday */
}

static int number_of(const struct triage *triage, const char *kind) {
    const struct site_kind *known = site_kinds_find(triage->site.kinds, kind);
    ptrdiff_t number = known ? known - triage->site.kinds->kinds : -1;
    return number < KINDS_COUNTED ? (int)number : -1;
}

static const char *code_of(const struct triage *triage, int number) {
    if (number >= KINDS_COUNTED)
        return priority_name((enum priority)(number - KINDS_COUNTED));
    return (unsigned)number < triage->site.kinds->kinds_count ? triage->site.kinds->kinds[number].code : NULL;
}

/* ---- counting, after the commit ---- */

struct note {
    int64_t week;
    struct {
        int number;
        int32_t seen;
        float expected;
    } parts[ASSESSMENT_KINDS_MAX + PRIORITIES + 4];
    size_t count;
    bool decision, kind, priority, area; /* of a person: what it changed */
};

static void note_add(struct note *note, int number, int seen, float expected) {
    if (number < 0 || (seen == 0 && expected <= 0))
        return;
    note->parts[note->count].number = number;
    note->parts[note->count].seen = seen;
    note->parts[note->count++].expected = expected;
}

static void count(void *state, const void *argument) {
    const struct triage *triage = state;
    const struct note *note = argument;
    struct measure *measure = triage->measure;
    struct counted *counted = &measure->weeks[note->week & 1];
    if (counted->week != note->week)
        *counted = (struct counted){.week = note->week};
    for (size_t i = 0; i < note->count; i++) {
        counted->seen[note->parts[i].number] += note->parts[i].seen;
        counted->expected[note->parts[i].number] += note->parts[i].expected;
        measure->seen[note->parts[i].number] += note->parts[i].seen;
        measure->expected[note->parts[i].number] += (double)note->parts[i].expected;
    }
    counted->touched = true;
    measure->decisions += note->decision;
    measure->kinds_changed += note->kind;
    measure->priorities_changed += note->priority;
    measure->areas_changed += note->area;
}

void measure_machine(struct turn *turn, const struct assessment *assessment) {
    const struct triage *triage = turn->state;
    struct note note = {.week = week_of(triage, turn->now)};
    for (size_t i = 0; i < assessment->kind_count; i++)
        note_add(&note, number_of(triage, assessment->kinds[i].kind), i == 0, assessment->kinds[i].score);
    for (int i = 0; i < PRIORITIES; i++)
        note_add(&note, KINDS_COUNTED + i, i == (int)assessment->priority, assessment->priorities[i]);
    turn_after_commit(turn, count, &note, sizeof note);
}

static void bind_sealed(struct statement *statement, const ProtobufCBinaryData *bytes) {
    if (bytes)
        bind_blob(statement, bytes->data, bytes->len);
    else
        bind_null(statement);
}

void measure_decided(struct turn *turn, const struct decided *decided) {
    const struct triage *triage = turn->state;
    struct note note = {.week = week_of(triage, turn->now)};
    ProtobufCBinaryData packed = {0, NULL};
    if (decided->received) {
        packed.len = sigap__report_received__get_packed_size(decided->received);
        packed.data = arena_take(turn->arena, packed.len + 1);
        if (packed.data)
            sigap__report_received__pack(decided->received, packed.data);
    }
    struct statement *add = triage_use(turn->store, TRIAGE_CORRECTION_ADD);
    bind_int(add, turn->now);
    bind_text(add, decided->source);
    bind_text(add, decided->actor);
    bind_id(add, decided->report_id);
    bind_id(add, decided->case_id);
    bind_text(add, decided->kind_said);
    bind_text(add, decided->kind);
    bind_int(add, decided->priority_said);
    bind_int(add, decided->priority);
    bind_text(add, decided->area_said);
    bind_text(add, decided->area);
    if (packed.data)
        bind_blob(add, packed.data, packed.len);
    else
        bind_null(add);
    bind_sealed(add, decided->reason ? &decided->reason->command_id : NULL);
    bind_sealed(add, decided->reason ? &decided->reason->words : NULL);
    statement_run(add);
    note.decision = true;
    note.kind = strcmp(decided->kind_said, decided->kind) != 0;
    note.priority = decided->priority_said != decided->priority;
    note.area = strcmp(decided->area_said, decided->area) != 0;
    if (note.kind) {
        note_add(&note, number_of(triage, decided->kind_said), -1, 0);
        note_add(&note, number_of(triage, decided->kind), 1, 0);
    }
    if (note.priority) {
        note_add(&note, KINDS_COUNTED + decided->priority_said, -1, 0);
        note_add(&note, KINDS_COUNTED + decided->priority, 1, 0);
    }
    turn_after_commit(turn, count, &note, sizeof note);
}

/* ---- keeping ---- */

static void forget_counted(void *state, const void *argument) {
    const struct triage *triage = state;
    (void)argument;
    for (size_t i = 0; i < 2; i++)
        triage->measure->weeks[i] = (struct counted){.week = triage->measure->weeks[i].week};
}

static void write_counted(struct turn *turn, const struct counted *counted) {
    const struct triage *triage = turn->state;
    for (int i = 0; counted->touched && i < CODES; i++) {
        const char *code = code_of(triage, i);
        if (!code || (counted->seen[i] == 0 && counted->expected[i] <= 0))
            continue;
        struct statement *add = triage_use(turn->store, TRIAGE_WEEK_ADD);
        bind_int(add, counted->week);
        bind_text(add, i < KINDS_COUNTED ? "kind" : "priority");
        bind_text(add, code);
        bind_int(add, counted->seen[i]);
        bind_real(add, (double)counted->expected[i]);
        statement_run(add);
    }
}

static void sweep(struct turn *turn, enum triage_statement number, int64_t before) {
    struct statement *statement = triage_use(turn->store, number);
    bind_int(statement, before);
    bind_int(statement, SWEPT);
    statement_run(statement);
}

void measure_keep(struct turn *turn) {
    const struct triage *triage = turn->state;
    for (size_t i = 0; i < 2; i++)
        write_counted(turn, &triage->measure->weeks[i]);
    turn_after_commit(turn, forget_counted, "", 0);
    sweep(turn, TRIAGE_CORRECTION_FORGET, turn->now - WORDS_KEPT_DAYS * DAY_MS);
    sweep(turn, TRIAGE_CORRECTION_SWEEP, turn->now - ROWS_KEPT_DAYS * DAY_MS);
    struct statement *weeks = triage_use(turn->store, TRIAGE_WEEK_SWEEP);
    bind_int(weeks, week_of(triage, turn->now) - WEEKS_KEPT);
    statement_run(weeks);
}

/* ---- showing ---- */

struct shown_week {
    int64_t week;
    double seen[CODES], expected[CODES];
};

static int code_number(const struct triage *triage, const char *what, const char *code) {
    if (strcmp(what, "priority") == 0)
        return code[0] == 'P' && code[1] >= '0' && code[1] < '0' + PRIORITIES && !code[2]
                   ? KINDS_COUNTED + code[1] - '0'
                   : -1;
    return number_of(triage, code);
}

/* Half the sum of differences of shares: 0 when all came as expected, 1 when nothing did. */
static double drift(const double *seen, const double *expected, size_t codes) {
    double all = 0, all_expected = 0, apart = 0;
    for (size_t i = 0; i < codes; i++) {
        all += seen[i] > 0 ? seen[i] : 0; /* corrected away from what was counted before the start */
        all_expected += expected[i];
    }
    for (size_t i = 0; i < codes && all > 0 && all_expected > 0; i++)
        apart += fabs((seen[i] > 0 ? seen[i] : 0) / all - expected[i] / all_expected);
    return apart / 2;
}

static double drift_kinds(const double *seen, const double *expected) {
    return drift(seen, expected, KINDS_COUNTED);
}

static double drift_priorities(const double *seen, const double *expected) {
    return drift(seen + KINDS_COUNTED, expected + KINDS_COUNTED, PRIORITIES);
}

void measure_metrics(const struct measure *measure, struct metrics *metrics) {
    metrics_counter(metrics, "sigap_triage_decisions_total",
        "What people decided since the start, changed or not.", measure->decisions);
    metrics_family(metrics, METRICS_COUNTER, "sigap_triage_corrections_total",
        "Decisions of people that changed what the machine had said.");
    metrics_value(metrics, "what", "kind", (int64_t)measure->kinds_changed);
    metrics_value(metrics, "what", "priority", (int64_t)measure->priorities_changed);
    metrics_value(metrics, "what", "area", (int64_t)measure->areas_changed);
    metrics_family(metrics, METRICS_GAUGE, "sigap_triage_drift_permille",
        "How far kinds and priorities since the start are from what the model expected of the same reports.");
    metrics_value(metrics, "what", "kind", (int64_t)(drift_kinds(measure->seen, measure->expected) * 1000));
    metrics_value(
        metrics, "what", "priority", (int64_t)(drift_priorities(measure->seen, measure->expected) * 1000));
}

static void show_corrections(struct turn *turn, struct json_writer *writer, int64_t from, int64_t until) {
    static const char *const names[] = {"decisions", "kind_changed", "priority_changed", "area_changed"};
    struct statement *counts = triage_use(turn->store, TRIAGE_CORRECTION_COUNTS);
    bind_int(counts, from);
    bind_int(counts, until);
    if (statement_step(counts))
        for (int i = 0; i < 4; i++)
            json_member_integer(writer, names[i], column_int(counts, i));
    statement_end(counts);
}

static void show_codes(
    struct json_writer *writer, const struct triage *triage, const struct shown_week *week, bool kinds) {
    json_member_array(writer, kinds ? "kinds" : "priorities");
    for (int i = kinds ? 0 : KINDS_COUNTED; i < (kinds ? KINDS_COUNTED : CODES); i++) {
        if (week->seen[i] <= 0 && week->expected[i] < 0.5)
            continue;
        json_write_object(writer);
        json_member_text(writer, "code", code_of(triage, i));
        json_member_integer(writer, "seen", (int64_t)week->seen[i]);
        json_write_key(writer, "expected");
        json_write_decimal(writer, (int64_t)(week->expected[i] * 10), 1);
        json_write_end(writer);
    }
    json_write_end(writer);
}

static void show_week(struct turn *turn, struct json_writer *writer, const struct shown_week *week) {
    const struct triage *triage = turn->state;
    int64_t begins = week->week * WEEK_MS - 3 * DAY_MS - triage->site.site->zone * INT64_C(3600000);
    double total = 0;
    for (int i = KINDS_COUNTED; i < CODES; i++)
        total += week->seen[i];
    json_write_object(writer);
    json_member_integer(writer, "begins", begins);
    json_member_integer(writer, "reports", (int64_t)total);
    json_write_key(writer, "drift_kinds");
    json_write_decimal(writer, (int64_t)(drift_kinds(week->seen, week->expected) * 1000), 3);
    json_write_key(writer, "drift_priorities");
    json_write_decimal(writer, (int64_t)(drift_priorities(week->seen, week->expected) * 1000), 3);
    show_corrections(turn, writer, begins, begins + WEEK_MS);
    show_codes(writer, triage, week, true);
    show_codes(writer, triage, week, false);
    json_write_end(writer);
}

/* Written rows and what is still counted in memory, newest week first. */
static void show_weeks(struct turn *turn, struct json_writer *writer) {
    const struct triage *triage = turn->state;
    int64_t newest = week_of(triage, turn->now);
    struct shown_week *weeks = arena_take(turn->arena, WEEKS_SHOWN * sizeof *weeks);
    if (!weeks)
        return;
    struct statement *rows = triage_use(turn->store, TRIAGE_WEEK_LIST);
    bind_int(rows, newest - WEEKS_SHOWN + 1);
    while (statement_step(rows)) {
        int64_t ago = newest - column_int(rows, 0);
        int number = code_number(triage, column_text(rows, 1), column_text(rows, 2));
        if (ago < 0 || ago >= WEEKS_SHOWN || number < 0)
            continue;
        weeks[ago].seen[number] += (double)column_int(rows, 3);
        weeks[ago].expected[number] += column_real(rows, 4);
    }
    for (size_t i = 0; i < 2; i++) {
        const struct counted *counted = &triage->measure->weeks[i];
        int64_t ago = newest - counted->week;
        for (int k = 0; counted->touched && ago >= 0 && ago < WEEKS_SHOWN && k < CODES; k++) {
            weeks[ago].seen[k] += counted->seen[k];
            weeks[ago].expected[k] += (double)counted->expected[k];
        }
    }
    for (int64_t ago = 0; ago < WEEKS_SHOWN; ago++) {
        weeks[ago].week = newest - ago;
        show_week(turn, writer, &weeks[ago]);
    }
}

static void show_matrix(struct turn *turn, struct json_writer *writer, int64_t since) {
    struct statement *rows = triage_use(turn->store, TRIAGE_CORRECTION_MATRIX);
    bind_int(rows, since);
    bind_int(rows, MATRIX_SHOWN);
    json_member_array(writer, "kinds");
    while (statement_step(rows)) {
        json_write_object(writer);
        json_member_text(writer, "said", column_text(rows, 0));
        json_member_text(writer, "decided", column_text(rows, 1));
        json_member_integer(writer, "count", column_int(rows, 2));
        json_write_end(writer);
    }
    json_write_end(writer);
    rows = triage_use(turn->store, TRIAGE_CORRECTION_PRIORITIES);
    bind_int(rows, since);
    json_member_array(writer, "priorities");
    while (statement_step(rows)) {
        json_write_object(writer);
        json_member_text(writer, "said", priority_name((enum priority)(column_int(rows, 0) % PRIORITIES)));
        json_member_text(writer, "decided", priority_name((enum priority)(column_int(rows, 1) % PRIORITIES)));
        json_member_integer(writer, "count", column_int(rows, 2));
        json_write_end(writer);
    }
    json_write_end(writer);
}

void measure_show(struct turn *turn, struct json_writer *writer) {
    int64_t since = turn->now - WEEKS_SHOWN * WEEK_MS;
    json_write_object(writer);
    json_member_integer(writer, "since", since);
    show_corrections(turn, writer, since, INT64_MAX);
    show_matrix(turn, writer, since);
    json_member_array(writer, "weeks");
    show_weeks(turn, writer);
    json_write_end(writer);
    json_write_end(writer);
}
