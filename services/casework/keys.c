/* What only the key of a case opens, and the end of that key. */
#include "services/casework/inner.h"

#include "casework_sql.h"
#include "common/area.h"
#include "common/log.h"

#include <string.h>

enum {
    DAY_MS = 24 * 3600 * 1000,
    REPLAY_DAYS = 60,  /* longer than the oldest backup that may be restored */
    REPLAY_MAX = 512,  /* erasures looked at in one turn, x 20 KiB of a case to be erased = 10 MiB */
    SWEEP_ROUNDS = 64, /* x 512 keys: what a crash can leave behind is one turn's */
    SWEEP_DAYS = 2,
};

static bool case_key(struct casework *house, const struct id *case_id, struct seal_case_key *key) {
    uint8_t wrapped[SEAL_CASE_KEY_BYTES];
    return keystore_cases_get(house->keys, case_id, wrapped) == KEYSTORE_CASES_DONE &&
           seal_case_key_unwrap(house->opener, case_id, wrapped, sizeof wrapped, key) == SEAL_OPENED;
}

static struct seal_place text_place(const struct id *case_id, int64_t mark) {
    return (struct seal_place){*case_id, "timeline", mark};
}

bool text_seal(
    struct turn *turn, const struct id *case_id, int64_t mark, const char *text, ProtobufCBinaryData *out) {
    struct casework *house = turn->state;
    struct seal_case_key key;
    struct seal_place place = text_place(case_id, mark);
    bool sealed = case_key(house, case_id, &key) &&
                  seal_field(&key, &place, text, strlen(text), house->random, turn->arena, out);
    seal_case_key_wipe(&key);
    return sealed;
}

const char *text_open(
    struct turn *turn, const struct id *case_id, int64_t mark, const void *sealed, size_t size) {
    struct casework *house = turn->state;
    struct seal_case_key key;
    struct seal_place place = text_place(case_id, mark);
    ProtobufCBinaryData plain;
    bool opened = case_key(house, case_id, &key) &&
                  seal_open_field(&key, &place, sealed, size, turn->arena, &plain) == SEAL_OPENED;
    seal_case_key_wipe(&key);
    return opened ? (const char *)plain.data : NULL;
}

const Sigap__ReportContent *narrative_open(struct turn *turn, const struct id *case_id,
    const struct id *report_id, const void *sealed, size_t size) {
    struct casework *house = turn->state;
    struct seal_case_key key;
    struct seal_place place = {*report_id, "narrative", 0};
    ProtobufCBinaryData plain;
    bool opened = case_key(house, case_id, &key) &&
                  seal_open_field(&key, &place, sealed, size, turn->arena, &plain) == SEAL_OPENED;
    seal_case_key_wipe(&key);
    return opened ? sigap__report_content__unpack(arena_allocator(turn->arena), plain.len, plain.data) : NULL;
}

/* False when the case has no key any more, or memory is short. */
bool narrative_seal(struct turn *turn, const struct id *case_id, const struct id *report_id,
    const Sigap__ReportContent *content, ProtobufCBinaryData *out) {
    struct casework *house = turn->state;
    struct seal_case_key key;
    struct seal_place place = {*report_id, "narrative", 0};
    size_t size = sigap__report_content__get_packed_size(content);
    uint8_t *plain = arena_take(turn->arena, size + 1);
    if (!plain)
        return false;
    sigap__report_content__pack(content, plain);
    bool sealed = case_key(house, case_id, &key) &&
                  seal_field(&key, &place, plain, size, house->random, turn->arena, out);
    seal_case_key_wipe(&key);
    return sealed;
}

/* ---- erasing */

int64_t erasure_complete_at(const struct casework *house, int64_t erased_at) {
    const struct site_retention *kept = &house->site->retention;
    int64_t longest = duration_ms(kept->journal);
    longest = duration_ms(kept->intake) > longest ? duration_ms(kept->intake) : longest;
    longest = duration_ms(kept->backup) > longest ? duration_ms(kept->backup) : longest;
    return erased_at + longest;
}

/* The copies of its reports first: they are found by its own. */
static void delete_rows(struct turn *turn, const struct id *case_id) {
    struct statement *copies = casework_use(turn->store, CASEWORK_NARRATIVE_FORGET_COPIES);
    bind_id(copies, case_id);
    statement_run(copies);
    struct statement *narratives = casework_use(turn->store, CASEWORK_NARRATIVE_DELETE);
    bind_id(narratives, case_id);
    statement_run(narratives);
    struct statement *merged = casework_use(turn->store, CASEWORK_MERGED_REMOVE);
    bind_id(merged, case_id);
    statement_run(merged);
    struct statement *timeline = casework_use(turn->store, CASEWORK_TIMELINE_DELETE);
    bind_id(timeline, case_id);
    statement_run(timeline);
}

/* What stays for statistics: kind, regency, outcome and the times of opening and closing. */
static void strip(struct work *work) {
    struct case_file *file = &work->file;
    char regency[AREA_TEXT + 1];
    const char *area =
        area_cut(file->area, AREA_REGENCY, regency) ? arena_text(work->turn->arena, regency) : "";
    file->area = area ? area : "";
    file->facilities = "";
    file->fact_count = file->task_count = file->command_count = 0;
    work->plan.first_new = 0;
    work->plan.move_count = work->plan.reminder_count = work->plan.fact_count = 0;
    memset(file->anchors, 0, sizeof file->anchors);
    file->state = CASE_ERASED;
    file->changed_at = work->turn->now;
}

void case_erase(struct work *work, const char *actor) {
    char text[ID_TEXT + 1];
    id_to_text(&work->file.id, text);
    /* A full disk fails the batch, and with it the turn (before_commit of casework.c). */
    keystore_cases_destroy(work->house->keys, &work->file.id, work->turn->now);
    delete_rows(work->turn, &work->file.id);
    strip(work);
    turn_audit(work->turn, actor, "case.erase", text);
    log_line(LOG_INFO, "case-erased", "case=%s", text);
    work_save(work, actor, "");
}

/* ---- after a start: two files that may come from two moments */

/* A portion of the ledger, in order of time. */
struct ledger {
    struct replay from;
    struct replay looked_at[REPLAY_MAX];
    unsigned count;
    bool more;
};

static bool is_behind(const struct replay *from, const struct id *case_id, int64_t destroyed_at) {
    return destroyed_at > from->at ||
           (destroyed_at == from->at && memcmp(case_id->bytes, from->case_id.bytes, ID_BYTES) > 0);
}

static bool ledger_take(void *state, const struct id *case_id, int64_t destroyed_at) {
    struct ledger *ledger = state;
    if (!is_behind(&ledger->from, case_id, destroyed_at))
        return true;
    ledger->more = ledger->count == REPLAY_MAX;
    if (!ledger->more)
        ledger->looked_at[ledger->count++] = (struct replay){destroyed_at, *case_id};
    return !ledger->more;
}

/* Most of them are erased here too: those cost no more than this. */
static bool is_still_kept(struct turn *turn, const struct id *case_id) {
    struct statement *known = casework_use(turn->store, CASEWORK_CASE_KNOWN);
    bind_id(known, case_id);
    bool kept = statement_step(known) && column_int(known, 0) != CASE_ERASED;
    statement_end(known);
    return kept;
}

static void replay_reached(void *state, const void *argument) {
    struct casework *house = state;
    house->replayed = *(const struct replay *)argument;
}

void keys_replay_erasures(struct turn *turn) {
    struct casework *house = turn->state;
    struct ledger *ledger = arena_take(turn->arena, sizeof *ledger);
    if (!ledger)
        return;
    ledger->from = house->replayed;
    keystore_cases_destroyed(house->keys, ledger->from.at, ledger_take, ledger);
    for (unsigned i = 0; i < ledger->count; i++) {
        const struct id *case_id = &ledger->looked_at[i].case_id;
        struct work *work = is_still_kept(turn, case_id) ? work_load(turn, case_id) : NULL;
        if (work)
            case_erase(work, "casework");
    }
    if (!ledger->more)
        return;
    const struct replay *last = &ledger->looked_at[ledger->count - 1];
    turn_after_commit(turn, replay_reached, last, sizeof *last);
    turn_timer_set(turn, TIMER_REPLAY, &last->case_id, turn->now, true);
}

static bool known(void *state, const struct id *case_id) {
    struct turn *turn = state;
    return case_is_known(turn, case_id) || store_health(turn->store) != STORE_OK;
}

static void sweep_orphans(struct turn *turn) {
    struct casework *house = turn->state;
    uint8_t zeros[10] = {0};
    struct id after = id_make(turn->now - (int64_t)SWEEP_DAYS * DAY_MS, zeros);
    size_t removed = 0, all = 0;
    for (int i = 0; i < SWEEP_ROUNDS; i++) {
        if (keystore_cases_sweep(house->keys, &after, KEYSTORE_CASES_SWEEP_MAX, turn->now, known, turn,
                &removed) != KEYSTORE_CASES_DONE)
            return;
        all += removed;
        if (id_is_null(&after))
            break;
    }
    if (all)
        log_line(LOG_INFO, "case-keys-swept", "orphans=%zu", all);
}

void keys_replay(struct turn *turn) {
    struct casework *house = turn->state;
    house->replayed = (struct replay){.at = turn->now - (int64_t)REPLAY_DAYS * DAY_MS};
    keys_replay_erasures(turn);
    sweep_orphans(turn);
}
