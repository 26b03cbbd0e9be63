#include "services/triage/triage.h"

#include "common/rights.h"
#include "services/triage/conflict.h"
#include "services/triage/heard.h"
#include "services/triage/likeness.h"
#include "services/triage/lines.h"
#include "services/triage/measure.h"
#include "services/triage/sequel.h"
#include "services/triage/train.h"

#include <stdlib.h>
#include <string.h>

enum {
    SWEEP_EVERY_MS = 3600 * 1000,
    SWEEP_ROWS = 500,  /* a step and table: about 2 ms */
    SWEEP_CASES = 100, /* with their witnesses */
    SWEEP_STEP_MS = 1000,
    JUDGING_BYTES = 2 * ASSESSMENT_ARENA_BYTES, /* an assessment and what is compared of it */
};
#define KEEP_CLOSED_MS (30 * 24 * 3600 * INT64_C(1000))
#define KEEP_PRINT_MS (365 * 24 * 3600 * INT64_C(1000))

bool triage_site_open(struct triage_site *out, const char *site_dir, struct error *error) {
    char path[CONFIG_PATH_MAX];
    *out = (struct triage_site){0};
    if (!(out->site = site_load(site_dir, error)) || !(out->kinds = site_kinds_load(site_dir, error)) ||
        !(out->vocabulary = vocabulary_load(site_dir, error)))
        return false;
    if (!config_path(path, site_dir, out->site->gazetteer))
        return error_set(error, "the path of the gazetteer is too long");
    if (!(out->gazetteer = gazetteer_load(path, AREA_VILLAGE, error)))
        return false;
    out->places = place_index_new(out->gazetteer, out->vocabulary->spelling, out->site->provinces,
        out->site->provinces_count, path, error);
    if (!(out->conflict = conflict_names_load(site_dir, error)))
        return false;
    out->assessor = (struct assessor){.vocabulary = out->vocabulary, .places = out->places};
    return out->places != NULL;
}

void triage_site_close(struct triage_site *site) {
    conflict_names_free(&site->conflict);
    place_index_free(&site->places);
    gazetteer_free(&site->gazetteer);
    vocabulary_free(&site->vocabulary);
    site_kinds_free(&site->kinds);
    site_free(&site->site);
}

static void close_state(void **state) {
    struct triage *triage = *state;
    if (!triage)
        return;
    arena_free(&triage->scratch);
    arena_free(&triage->judging);
    heard_close(triage);
    sequel_close(triage);
    free(triage->measure);
    seal_opener_free(&triage->opener);
    keystore_free(&triage->keys);
    triage_site_close(&triage->site);
    free(triage);
    *state = NULL;
}

static bool open_state(const struct daemon_setup *setup, void **state, struct error *error) {
    struct triage *triage = calloc(1, sizeof *triage);
    if (!triage)
        return error_set(error, "out of memory");
    *state = triage;
    triage->random = setup->random;
    if (!(triage->scratch = arena_new(TRIAGE_SCRATCH_BYTES)) ||
        !(triage->judging = arena_new(JUDGING_BYTES)) || !(triage->measure = measure_new())) {
        close_state(state);
        return error_set(error, "out of memory");
    }
    bool sound = triage_site_open(&triage->site, setup->site_dir, error) &&
                 daemon_keys(setup, "triage", KEYSTORE_SECRET | KEYSTORE_HASH, &triage->keys, error);
    if (sound && !(triage->opener = seal_opener_new(keystore_site_secret(triage->keys))))
        sound = error_set(error, "out of memory");
    if (!sound)
        close_state(state);
    return sound;
}

static bool check(const char *site_dir, struct error *error) {
    struct triage_site site;
    bool sound = triage_site_open(&site, site_dir, error);
    triage_site_close(&site);
    return sound;
}

static int run_explain(int argc, char **argv, const char *site_dir) {
    if (argc > 2 || (argc == 2 && strcmp(argv[1], "--json") != 0)) {
        fprintf(stderr, "usage: sigapctl triage explain [--json]   (a report a line on standard input; with "
                        "--json {\"text\", \"lat\", \"lon\"})\n");
        return 2;
    }
    return triage_explain_main(site_dir, argc == 2, stdin, stdout);
}

static int run_pairs(int argc, char **argv, const char *site_dir) {
    bool features = argc == 3 && strcmp(argv[2], "--features") == 0;
    if (argc < 2 || argc > 3 || strcmp(argv[1], "--json") != 0 || (argc == 3 && !features)) {
        fprintf(stderr, "usage: sigapctl triage pairs --json [--features]   (JSON lines {\"a\": {\"text\", "
                        "\"minutes\", \"lat\", \"lon\"}, \"b\": {...}} on standard input)\n");
        return 2;
    }
    return triage_pairs_main(site_dir, features, stdin, stdout);
}

static const struct daemon_tool tools[] = {
    {"explain", "[--json]: how reports on standard input would be judged, and why", run_explain},
    {"pairs", "--json: do two reports tell of one incident", run_pairs},
    {"train", "learn the weights of the model from labelled reports", triage_train_main},
    {"train-places", "learn which of the places in a report is that of the event", triage_train_places_main},
    {"corrections", "what people decided, as lines to learn from", triage_lines_main}, {NULL, NULL, NULL}};

/* ---- counting ---- */

static void add_counts(void *state, const void *argument) {
    struct triage_counts *counts = &((struct triage *)state)->counts;
    const struct triage_counts *more = argument;
    counts->opened += more->opened;
    counts->copies += more->copies;
    counts->witnesses += more->witnesses;
    counts->follow_ups += more->follow_ups;
    counts->proposed += more->proposed;
    counts->reviewed += more->reviewed;
    counts->closed += more->closed;
    counts->merged += more->merged;
    counts->parted += more->parted;
    counts->not_compared += more->not_compared;
}

void triage_count(struct turn *turn, const struct triage_counts *more) {
    turn_after_commit(turn, add_counts, more, sizeof *more);
}

/* ---- rows ---- */

bool case_read(struct turn *turn, const struct id *case_id, struct open_case *out) {
    struct statement *get = triage_use(turn->store, TRIAGE_CASE_GET);
    size_t size;
    bind_id(get, case_id);
    bool found = statement_step(get);
    if (found) {
        *out = (struct open_case){
            .case_id = *case_id,
            .report_id = column_id(get, 0),
            .kind = arena_text(turn->arena, column_text(get, 1)),
            .priority = (int)column_int(get, 2),
            .area = arena_text(turn->arena, column_text(get, 3)),
            .confidence_permille = (int)column_int(get, 4),
            .confidentiality = (int)column_int(get, 5),
            .unverified = column_int(get, 6) != 0,
            .opened_at = column_int(get, 7),
            .closed_at = column_int(get, 8),
            .version = (uint64_t)column_int(get, 9),
            .chain = {(enum lane)column_int(get, 10), (uint64_t)column_int(get, 11)},
            .reasons = arena_text(turn->arena, column_text(get, 14)),
            .merged_into = column_id(get, 16),
            .conflict = arena_text(turn->arena, column_text(get, 17)),
            .training = column_int(get, 18) != 0,
            .conflict_facility = arena_text(turn->arena, column_text(get, 19)),
            .conflict_of_interest = arena_text(turn->arena, column_text(get, 20)),
        };
        const void *bytes = column_blob(get, 12, &size);
        out->case_key = (ProtobufCBinaryData){size, (uint8_t *)arena_bytes(turn->arena, bytes, size)};
        bytes = column_blob(get, 13, &size);
        out->evidence = (ProtobufCBinaryData){size, (uint8_t *)arena_bytes(turn->arena, bytes, size)};
        bytes = column_blob(get, 15, &size);
        out->narrative = (ProtobufCBinaryData){size, (uint8_t *)arena_bytes(turn->arena, bytes, size)};
    }
    statement_end(get);
    return found && !arena_exhausted(turn->arena);
}

bool case_read_whole(struct turn *turn, const struct id *case_id, struct open_case *out) {
    struct open_case next;
    if (!case_read(turn, case_id, out))
        return false;
    for (unsigned i = 0; i < MERGES_MAX && !id_is_null(&out->merged_into); i++) {
        if (!case_read(turn, &out->merged_into, &next))
            return !arena_exhausted(turn->arena); /* swept: what is left of it */
        *out = next;
    }
    return true;
}

static struct accusation accusation_of(const struct turn *turn, const struct open_case *found) {
    const struct triage *triage = turn->state;
    return institutions_accusation(conflict_institutions(triage->site.conflict), found->conflict_of_interest,
        found->conflict_facility, found->area);
}

static void conflict_join(struct turn *turn, const struct open_case *found, struct conflict *out) {
    out->officers = site_codes_join(turn->arena, out->officers, found->conflict);
    out->facilities = site_codes_join(turn->arena, out->facilities, found->conflict_facility);
    out->of_interest |= strcmp(found->conflict_of_interest, "yes") == 0;
    out->of_unknown |= accusation_of(turn, found).of_unknown;
}

bool case_conflict(struct turn *turn, const struct open_case *found, struct conflict *out) {
    struct open_case whole = *found, next;
    *out = (struct conflict){.officers = "", .facilities = ""};
    conflict_join(turn, &whole, out);
    for (unsigned i = 0; i < MERGES_MAX && !arena_exhausted(turn->arena) && !id_is_null(&whole.merged_into);
         i++) {
        if (!case_read(turn, &whole.merged_into, &next))
            break; /* swept */
        conflict_join(turn, &next, out);
        whole = next;
    }
    return !arena_exhausted(turn->arena);
}

static bool accuses(const struct turn *turn, const Sigap__Actor *actor, const char *officers,
    const struct accusation *accusation) {
    const struct triage *triage = turn->state;
    return rights_in_conflict(actor, officers) ||
           institutions_accuse_staff(conflict_institutions(triage->site.conflict), accusation, actor);
}

bool case_accuses(struct turn *turn, const struct open_case *found, const Sigap__Actor *actor) {
    struct conflict all;
    if (!case_conflict(turn, found, &all))
        return true;
    return accuses(
        turn, actor, all.officers, &(struct accusation){all.facilities, found->area, all.of_unknown});
}

bool case_itself_accuses(const struct turn *turn, const struct open_case *found, const Sigap__Actor *actor) {
    struct accusation accusation = accusation_of(turn, found);
    return accuses(turn, actor, found->conflict, &accusation);
}

Sigap__ReportContent *case_content(struct turn *turn, const struct open_case *found) {
    struct triage *triage = turn->state;
    struct seal_case_key key;
    ProtobufCBinaryData plain;
    Sigap__ReportContent *content = NULL;
    if (!found->narrative.len || seal_case_key_unwrap(triage->opener, &found->case_id, found->case_key.data,
                                     found->case_key.len, &key) != SEAL_OPENED)
        return NULL;
    if (seal_open_field(&key, &(struct seal_place){found->report_id, "narrative", 0}, found->narrative.data,
            found->narrative.len, turn->arena, &plain) == SEAL_OPENED)
        content = sigap__report_content__unpack(arena_allocator(turn->arena), plain.len, plain.data);
    seal_case_key_wipe(&key);
    return content;
}

/* ---- events ---- */

/* On the hour: a timer set again by a restart is the one that is there. */
static int64_t next_sweep(const struct turn *turn) {
    return (turn->now / SWEEP_EVERY_MS + 1) * SWEEP_EVERY_MS;
}

static enum verdict on_start(struct turn *turn) {
    if (!heard_open(turn) || !sequel_open(turn))
        return VERDICT_RETRY;
    struct id nobody = id_make(1, (const uint8_t[10]){0});
    turn_timer_set(turn, TRIAGE_TIMER_SWEEP, &nobody, next_sweep(turn), false);
    return VERDICT_DONE;
}

/* A drill from before drills were told apart here counts as real (0009_training.sql), and real reports would
 * join it. Casework has known it all along, and marks whatever it says of one. */
static void learn_drill(struct turn *turn, const Sigap__Event *event, const struct id *case_id) {
    if (!event->training)
        return;
    struct statement *drill = triage_use(turn->store, TRIAGE_CASE_DRILL);
    bind_id(drill, case_id);
    statement_run(drill);
}

static enum verdict on_case_closed(struct turn *turn, const Sigap__Event *event) {
    struct id case_id;
    if (!id_from_bytes(event->case_id.data, event->case_id.len, &case_id))
        return turn_park(turn, "a closed case without id");
    learn_drill(turn, event, &case_id);
    struct statement *close = triage_use(turn->store, TRIAGE_CASE_CLOSE);
    bind_int(close, event->case_closed->reopened ? 0 : turn->now);
    bind_id(close, &case_id);
    statement_run(close);
    return VERDICT_DONE;
}

void triage_keep_secret(struct turn *turn, const struct id *case_id, const char *kinds) {
    const struct triage *triage = turn->state;
    struct statement *set = triage_use(turn->store, TRIAGE_CASE_SECRET);
    bind_int(set, site_kinds_stricter(triage->site.kinds, 0, kinds));
    bind_id(set, case_id);
    statement_run(set);
}

/* Casework says all that it knows each time, so most are here already. */
void triage_add_conflict(struct turn *turn, const struct id *case_id, const char *accounts) {
    struct open_case found;
    const char *all =
        case_read(turn, case_id, &found) ? site_codes_join(turn->arena, found.conflict, accounts) : NULL;
    if (!all)
        return; /* no such case, or the arena is exhausted and the turn will see */
    struct statement *set = triage_use(turn->store, TRIAGE_CASE_CONFLICT);
    bind_text(set, all);
    bind_id(set, case_id);
    statement_run(set);
}

static bool is_conflict_fact(const char *name) {
    return strcmp(name, RIGHTS_CONFLICT_FACILITY) == 0 || strcmp(name, RIGHTS_CONFLICT_OF_INTEREST) == 0;
}

/* Casework says what it knows as a whole; it may not have heard yet of what a report has told here. "no" is
 * kept: it is none of them, and not an unknown one. */
static const char *facilities_known(struct turn *turn, const char *before, const char *value, bool recorded) {
    bool none = strcmp(value, "no") == 0;
    if (none || strcmp(value, "unknown") == 0)
        return !recorded ? before : none ? "no" : "";
    return site_codes_join(turn->arena, before, value);
}

void triage_note_conflict(
    struct turn *turn, const struct id *case_id, const char *name, const char *value, bool recorded) {
    struct open_case found;
    if (!is_conflict_fact(name) || !case_read(turn, case_id, &found))
        return;
    const char *facility = found.conflict_facility, *interest = found.conflict_of_interest;
    if (strcmp(name, RIGHTS_CONFLICT_FACILITY) == 0)
        facility = facilities_known(turn, facility, value, recorded);
    else if (recorded || !*interest)
        interest = value;
    if (!facility)
        return; /* the arena is exhausted, the turn will see */
    struct statement *set = triage_use(turn->store, TRIAGE_CASE_CONFLICT_FACTS);
    bind_text(set, facility);
    bind_text(set, interest);
    bind_id(set, case_id);
    statement_run(set);
}

/* Who may be part of what is reported sees and decides nothing of it from here on; further kinds may
 * make the case more confidential. The rest of facts is casework's. */
static enum verdict on_fact_recorded(struct turn *turn, const Sigap__Event *event) {
    const Sigap__Fact *fact = event->fact_recorded->fact;
    struct id case_id;
    bool also = fact && strcmp(fact->name, SITE_FACT_ALSO_KINDS) == 0;
    bool conflict = fact && is_conflict_fact(fact->name);
    bool known = id_from_bytes(event->case_id.data, event->case_id.len, &case_id);
    if (known)
        learn_drill(turn, event, &case_id);
    if (!fact || (!also && !conflict && strcmp(fact->name, RIGHTS_CONFLICT_OFFICER) != 0))
        return VERDICT_DONE;
    if (!known)
        return turn_park(turn, "a fact of a case without id");
    if (also) {
        triage_keep_secret(turn, &case_id, fact->value);
        return VERDICT_DONE;
    }
    if (conflict)
        triage_note_conflict(turn, &case_id, fact->name, fact->value, true);
    else
        triage_add_conflict(turn, &case_id, fact->value);
    return VERDICT_DONE;
}

static void triage_metrics(void *state, struct metrics *metrics) {
    const struct triage *triage = state;
    const struct triage_counts *counts = &triage->counts;
    const struct {
        const char *how;
        uint64_t count;
    } settled[] = {{"opened", counts->opened}, {"copy", counts->copies}, {"witness", counts->witnesses},
        {"follow_up", counts->follow_ups}, {"review", counts->reviewed}, {"information", counts->closed}};
    metrics_family(
        metrics, METRICS_COUNTER, "sigap_triage_settled_total", "What became of reports since the start.");
    for (size_t i = 0; i < sizeof settled / sizeof *settled; i++)
        metrics_value(metrics, "how", settled[i].how, (int64_t)settled[i].count);
    metrics_counter(metrics, "sigap_triage_proposed_total",
        "Cases opened with a proposal that they are known.", counts->proposed);
    metrics_counter(metrics, "sigap_triage_not_compared_total",
        "Reports not looked for among the known ones for want of time.", counts->not_compared);
    metrics_counter(metrics, "sigap_triage_merged_total", "Cases merged by people.", counts->merged);
    metrics_counter(
        metrics, "sigap_triage_parted_total", "Reports parted from a case by people.", counts->parted);
    measure_metrics(triage->measure, metrics);
}

static enum verdict on_event(struct turn *turn, const Sigap__Event *event) {
    switch (event->body_case) {
    case SIGAP__EVENT__BODY_REPORT_RECEIVED:
        return triage_receive(turn, event->report_received);
    case SIGAP__EVENT__BODY_COMMAND_ISSUED:
        return triage_command(turn, event->command_issued);
    case SIGAP__EVENT__BODY_CASE_CLOSED:
        return on_case_closed(turn, event);
    case SIGAP__EVENT__BODY_FACT_RECORDED:
        return on_fact_recorded(turn, event);
    case SIGAP__EVENT__BODY_CASE_OPENED:
    case SIGAP__EVENT__BODY_REPORT_JOINED:
    case SIGAP__EVENT__BODY_REPORT_IN_REVIEW:
    case SIGAP__EVENT__BODY_REPORT_CLOSED:
    case SIGAP__EVENT__BODY_CASE_CHANGED:
    case SIGAP__EVENT__BODY_REFERRAL_OPENED:
    case SIGAP__EVENT__BODY_REFERRAL_MOVED:
    case SIGAP__EVENT__BODY_OFFER_SENT:
    case SIGAP__EVENT__BODY_OFFER_MOVED:
    case SIGAP__EVENT__BODY_TASKS_PLANNED:
    case SIGAP__EVENT__BODY_TASK_MOVED:
    case SIGAP__EVENT__BODY_TASK_REMINDER:
    case SIGAP__EVENT__BODY_ALERT_RAISED:
    case SIGAP__EVENT__BODY_ALERT_MOVED:
    case SIGAP__EVENT__BODY_DELIVERY_ENDED:
    case SIGAP__EVENT__BODY_COMMAND_ANSWERED:
    case SIGAP__EVENT__BODY_INPUT_PARKED:
    case SIGAP__EVENT__BODY_CASE_MERGED:
    case SIGAP__EVENT__BODY_REPORT_PARTED:
    case SIGAP__EVENT__BODY__NOT_SET:
    case _SIGAP__EVENT__BODY__CASE_IS_INT_SIZE:
        return VERDICT_DONE; /* not for us */
    }
    return turn_park(turn, "a body of an unknown kind (%d)", (int)event->body_case);
}

/* ---- sweeping ---- */

/* Both say whether there may be more. */
static bool sweep_by_time(struct turn *turn, enum triage_statement statement, int64_t before, int64_t most) {
    struct statement *delete = triage_use(turn->store, statement);
    bind_int(delete, before);
    bind_int(delete, most);
    statement_run(delete);
    return store_changes(turn->store) == most;
}

/* Ids are in the order of time, so the oldest rows are the first. */
static bool sweep_by_id(struct turn *turn, enum triage_statement statement, int64_t before) {
    struct id first = id_make(before < 0 ? 0 : before, (const uint8_t[10]){0});
    struct statement *delete = triage_use(turn->store, statement);
    bind_id(delete, &first);
    if (statement != TRIAGE_ANSWERED_SWEEP)
        bind_int(delete, before);
    bind_int(delete, SWEEP_ROWS);
    statement_run(delete);
    return store_changes(turn->store) == SWEEP_ROWS;
}

/* A step looks at no more rows than it may delete; there is another in a second as long as there are more. */
static void sweep(struct turn *turn, const struct id *object) {
    int64_t before = turn->now - KEEP_CLOSED_MS;
    sweep_by_time(turn, TRIAGE_WITNESS_SWEEP, before, SWEEP_CASES);
    sweep_by_time(turn, TRIAGE_REPORT_OF_CASE_SWEEP, before, SWEEP_CASES);
    bool more = sweep_by_time(turn, TRIAGE_CASE_SWEEP, before, SWEEP_CASES);
    more |= sweep_by_time(turn, TRIAGE_REPORT_SWEEP, before, SWEEP_ROWS);
    more |= sweep_by_id(turn, TRIAGE_PROPOSAL_SWEEP, before);
    more |= sweep_by_id(turn, TRIAGE_ANSWERED_SWEEP, before);
    more |= heard_forget(turn, turn->now - KEEP_PRINT_MS, SWEEP_ROWS);
    measure_keep(turn);
    turn_timer_set(
        turn, TRIAGE_TIMER_SWEEP, object, more ? turn->now + SWEEP_STEP_MS : next_sweep(turn), false);
}

static enum verdict on_timer(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at) {
    (void)due_at;
    if (kind != TRIAGE_TIMER_SWEEP)
        return turn_park(turn, "timer of an unknown kind %u", kind);
    sweep(turn, object);
    return VERDICT_DONE;
}

static const Sigap__Event__BodyCase hears[] = {SIGAP__EVENT__BODY_REPORT_RECEIVED,
    SIGAP__EVENT__BODY_COMMAND_ISSUED, SIGAP__EVENT__BODY_CASE_CLOSED, SIGAP__EVENT__BODY_FACT_RECORDED,
    SIGAP__EVENT__BODY__NOT_SET};

static void rolled_back(void *state) {
    sequel_rolled_back(state);
}

static const char *const lists[] = {"cases", "reviews", "duplicates", "corrections", "measures", NULL};

const struct daemon triage_daemon = {
    .name = "triage",
    .purpose = "what a report is, how urgent and where; opens cases",
    .schema = &triage_schema,
    .open = open_state,
    .close = close_state,
    .rolled_back = rolled_back,
    .on_start = on_start,
    .on_event = on_event,
    .hears = hears,
    .on_timer = on_timer,
    .lists = lists,
    .on_view = triage_view,
    .check = check,
    .tools = tools,
    .metrics = triage_metrics,
};
