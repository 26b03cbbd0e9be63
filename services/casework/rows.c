/* Rows of cases and their history. One case is one row and one timer. */
#include "services/casework/inner.h"

#include "casework_sql.h"
#include "common/log.h"
#include "common/rights.h"
#include "common/texts.h"
#include "common/words.h"

#include <string.h>

enum { MARK_UNVERIFIED = 1, MARK_TRAINING = 2 };

/* ---- reading */

static bool take_text(const char **out, struct statement *row, int column, struct arena *arena) {
    const char *text = column_text(row, column);
    *out = *text ? arena_text(arena, text) : "";
    return *out != NULL;
}

static bool read_texts(struct statement *row, struct arena *arena, struct case_file *file) {
    return take_text(&file->area, row, 3, arena) && take_text(&file->facilities, row, 4, arena) &&
           take_text(&file->kind, row, 5, arena) && take_text(&file->playbook, row, 6, arena) &&
           take_text(&file->outcome, row, 18, arena);
}

bool row_read(
    const struct casework *house, struct statement *row, struct arena *arena, struct case_file *file) {
    size_t size;
    if (!case_file_init(file, arena) || !read_texts(row, arena, file))
        return false;
    file->id = column_id(row, 0);
    file->state = (enum case_state)column_int(row, 1);
    file->priority = (int)column_int(row, 7);
    file->confidentiality = (int)column_int(row, 8);
    file->unverified = column_int(row, 9) & MARK_UNVERIFIED;
    file->training = column_int(row, 9) & MARK_TRAINING;
    file->report_id = column_id(row, 10);
    file->received_at = column_int(row, 11);
    file->opened_at = column_int(row, 12);
    file->changed_at = column_int(row, 13);
    file->next_at = column_int(row, 14);
    file->version = (uint64_t)column_int(row, 15);
    file->chain = (struct chain){(enum lane)column_int(row, 16), (uint64_t)column_int(row, 17)};
    const void *blob = column_blob(row, 19, &size);
    const char *copy = arena_bytes(arena, blob, size);
    return copy && case_blob_read(file, catalogue_anchor_codes(house->catalogue),
                       catalogue_anchor_count(house->catalogue), copy, size);
}

static struct work *work_begin(struct turn *turn) {
    struct work *work = arena_take(turn->arena, sizeof *work);
    if (!work)
        return NULL;
    work->turn = turn;
    work->house = turn->state;
    return work;
}

static void plan_ready(struct work *work) {
    plan_begin(&work->plan, work->house->catalogue, work->house->calendar, work->turn->arena, &work->file,
        work->turn->now);
}

struct work *work_new(struct turn *turn, const struct id *case_id) {
    struct work *work = work_begin(turn);
    if (!work || !case_file_init(&work->file, turn->arena))
        return NULL;
    work->file.id = *case_id;
    work->file.state = CASE_OPEN;
    work->file.opened_at = work->file.changed_at = turn->now;
    work->is_new = true;
    plan_ready(work);
    return work;
}

struct work *work_load(struct turn *turn, const struct id *case_id) {
    struct work *work = work_begin(turn);
    struct statement *get = casework_use(turn->store, CASEWORK_CASE_GET);
    bind_id(get, case_id);
    bool found = work && statement_step(get) && row_read(work->house, get, turn->arena, &work->file);
    statement_end(get);
    if (!found)
        return NULL;
    work->timer_at = work->file.next_at;
    work->timer_rings = case_lane(&work->file) == LANE_URGENT;
    plan_ready(work);
    return work;
}

static struct id *known_slot(struct casework *house, const struct id *case_id) {
    return &house->known[(case_id->bytes[ID_BYTES - 2] << 8 | case_id->bytes[ID_BYTES - 1]) % CASES_KNOWN];
}

static void remember(void *state, const void *argument) {
    const struct id *case_id = argument;
    *known_slot(state, case_id) = *case_id;
}

/* No row of a case is ever deleted: what was committed once is known for good. Most lines of history come
 * within seconds of the opening. */
bool case_is_known(struct turn *turn, const struct id *case_id) {
    struct casework *house = turn->state;
    if (id_equal(known_slot(house, case_id), case_id) && !id_is_null(case_id))
        return true;
    if (id_filter_excludes(&house->cases, case_id))
        return false;
    struct statement *known = casework_use(turn->store, CASEWORK_CASE_KNOWN);
    bind_id(known, case_id);
    bool found = statement_step(known);
    statement_end(known);
    return found;
}

void cases_begin(struct turn *turn) {
    struct casework *house = turn->state;
    struct statement *last = casework_use(turn->store, CASEWORK_CASE_NEWEST);
    struct id newest = statement_step(last) ? column_id(last, 0) : (struct id){{0}};
    statement_end(last);
    id_filter_begin(&house->cases, &newest);
}

/* ---- writing */

static int64_t next_at(const struct work *work) {
    const struct case_file *file = &work->file;
    switch (file->state) {
    case CASE_OPEN:
        return plan_next(file);
    case CASE_CLOSED:
        return calendar_add(
            work->house->calendar, file->changed_at, work->house->site->retention.closed_case);
    case CASE_ERASED:
        return 0;
    }
    return 0;
}

/* What may be urgent must ring even after a jump of the clock. */
static void move_timer(struct work *work) {
    const struct case_file *file = &work->file;
    bool rings = case_lane(file) == LANE_URGENT, stays = work->timer_at == file->next_at;
    if (stays && (work->timer_rings || !rings))
        return;
    if (work->timer_at && !stays)
        turn_timer_clear(work->turn, TIMER_CASE, &file->id, work->timer_at);
    if (file->next_at)
        turn_timer_set(work->turn, TIMER_CASE, &file->id, file->next_at, rings);
}

static void bind_row(struct statement *row, const struct case_file *file, const struct buffer *blob) {
    bind_int(row, file->state);
    bind_int(row, file->state == CASE_OPEN ? plan_attention(file) : 0);
    bind_text(row, file->area);
    bind_text(row, file->facilities);
    bind_text(row, file->kind);
    bind_text(row, file->playbook);
    bind_int(row, file->priority);
    bind_int(row, file->confidentiality);
    bind_int(row, (file->unverified ? MARK_UNVERIFIED : 0) | (file->training ? MARK_TRAINING : 0));
    bind_blob(row, file->report_id.bytes, ID_BYTES);
    bind_int(row, file->received_at);
    bind_int(row, file->opened_at);
    bind_int(row, file->changed_at);
    bind_int(row, file->next_at);
    bind_int(row, (int64_t)file->version);
    bind_int(row, file->chain.lane);
    bind_int(row, (int64_t)file->chain.sequence);
    bind_text(row, file->outcome);
    bind_blob(row, blob->bytes, blob->size);
    bind_id(row, &file->id);
}

/* No file reaches CASE_BLOB_MAX (case_file.h), so failing means no memory. */
static bool write_row(struct work *work) {
    struct buffer blob = BUFFER_MAX(CASE_BLOB_MAX);
    const struct catalogue *catalogue = work->house->catalogue;
    case_blob_write(&work->file, catalogue_anchor_codes(catalogue), catalogue_anchor_count(catalogue), &blob);
    bool whole = !blob.failed;
    if (whole) {
        struct statement *row =
            casework_use(work->turn->store, work->is_new ? CASEWORK_CASE_ADD : CASEWORK_CASE_SAVE);
        bind_row(row, &work->file, &blob);
        statement_run(row);
    }
    buffer_free(&blob);
    return whole;
}

void work_keep_secret(struct work *work) {
    struct case_file *file = &work->file;
    const struct site_kinds *kinds = catalogue_kinds(work->house->catalogue);
    file->confidentiality = site_kinds_stricter(kinds, file->confidentiality, file->kind);
    file->confidentiality = site_kinds_stricter(kinds, file->confidentiality, case_also_kinds(file));
}

const char *kinds_with_room(struct work *work, const char *more) {
    struct arena *arena = work->turn->arena;
    const char *all = case_also_kinds(&work->file), *left_out = "";
    char code[SITE_CODE_MAX + 1];
    bool closed = work_resume(work); /* room is counted with the tasks that come back */
    while (all && left_out && site_codes_next(&more, code)) {
        const char *with = site_codes_join(arena, all, code);
        bool room = with && plan_has_room(&work->plan, with);
        if (!with || room)
            all = with;
        else
            left_out = site_codes_join(arena, left_out, code);
    }
    if (left_out && *left_out) {
        work->file.confidentiality = site_kinds_stricter(
            catalogue_kinds(work->house->catalogue), work->file.confidentiality, left_out);
        timeline_add_beside(
            work->turn, &work->file.id, LINE_KINDS, "kinds_without_room", "", "casework", left_out);
        plan_look(&work->plan);
    }
    if (closed)
        work_suspend(work);
    return left_out ? all : NULL;
}

bool work_resume(struct work *work) {
    if (work->file.state != CASE_CLOSED)
        return false;
    work->file.state = CASE_OPEN;
    plan_reopen_case(&work->plan);
    return true;
}

void work_suspend(struct work *work) {
    plan_close(&work->plan);
    work->file.state = CASE_CLOSED;
}

void work_save(struct work *work, const char *actor, const char *outcome) {
    plan_settle(&work->plan);
    if (work->plan.without_room)
        timeline_add_beside(work->turn, &work->file.id, LINE_ROOM, "tasks_without_room", "", "casework",
            work->plan.without_room);
    work->file.version++;
    work->file.next_at = next_at(work);
    speak_changes(work, actor, outcome);
    if (!write_row(work))
        arena_exhaust(work->turn->arena);
    move_timer(work);
    if (work->is_new) {
        id_filter_add(&work->house->cases, &work->file.id);
        turn_after_commit(work->turn, remember, &work->file.id, sizeof work->file.id);
    }
}

bool fact_adds_up(const struct work *work, const char *name) {
    return same_text(name, RIGHTS_CONFLICT_OFFICER) ||
           catalogue_asks_for_facility(work->house->catalogue, name);
}

const char *fact_with_known(const struct work *work, const char *name, const char *value) {
    const struct case_fact *known = case_fact(&work->file, name);
    const char *more =
        known && fact_adds_up(work, name) ? site_codes_join(work->turn->arena, "", value) : NULL;
    const char *both = more && *more ? site_codes_join(work->turn->arena, known->value, more) : NULL;
    return both ? both : value;
}

void work_open_again(struct work *work, const char *actor) {
    struct case_file *file = &work->file;
    file->state = CASE_OPEN;
    file->changed_at = work->turn->now;
    plan_reopen_case(&work->plan);
    plan_look(&work->plan);
    timeline_add_beside(work->turn, &file->id, LINE_REOPENED, "case_reopened", "", actor, "");
    speak_closed(work, true, file->outcome, "", actor);
    file->outcome = "";
    work_save(work, actor, "");
}

/* The facility that a task at a facility belongs to: where the client stays, else the one that came last. */
static const char *case_place(const struct work *work) {
    const char *best = "";
    for (const char *at = work->file.facilities; *at == ',' && at[1]; at = strchr(at + 1, ',')) {
        const char *id = arena_bytes(work->turn->arena, at + 1, strcspn(at + 1, ","));
        if (id && (!*best || (places_kind(work->house->places, id) & PLACE_STAY) ||
                      !(places_kind(work->house->places, best) & PLACE_STAY)))
            best = id;
    }
    return best;
}

const char *task_owner(const struct work *work, const struct case_task *task) {
    return *task->owner ? task->owner
                        : owner_of(work->house->owners, plan_role(task), work->file.area, case_place(work),
                              work->turn->arena);
}

/* ---- history */

/* Which record a line came from, and which of its lines it is: unique in its case. What is no record (a
 * timer) is told apart by the place of our own journal. */
static int64_t timeline_mark(const struct turn *turn, unsigned sort) {
    static const char *const journals[] = {"triage", "router", "notifier", "console", "casework"};
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof journals / sizeof *journals; i++)
        if (same_text(journals[i], turn->source.journal))
            number = i + 1;
    uint64_t sequence = number
                            ? turn->source.sequence
                            : turn_next_sequence(turn, LANE_URGENT) + turn_next_sequence(turn, LANE_NORMAL);
    return (int64_t)((number * LANES + turn->source.lane) << 56 | (uint64_t)sort << 48 |
                     (sequence & (UINT64_MAX >> 16)));
}

static void add_line(struct turn *turn, const struct id *case_id, int64_t mark, const char *what,
    const char *object, const char *actor, const char *detail, const char *text) {
    ProtobufCBinaryData sealed = {0, NULL};
    if (text && *text)
        text_seal(turn, case_id, mark, text, &sealed);
    struct statement *add = casework_use(turn->store, CASEWORK_TIMELINE_ADD);
    bind_id(add, case_id);
    bind_int(add, turn->now);
    bind_int(add, mark);
    bind_text(add, what);
    bind_text(add, object ? object : "");
    bind_text(add, actor ? actor : "");
    bind_text(add, detail ? detail : "");
    if (sealed.len)
        bind_blob(add, sealed.data, sealed.len);
    else
        bind_null(add);
    statement_run(add);
}

void timeline_add(struct turn *turn, const struct id *case_id, const char *what, const char *object,
    const char *actor, const char *detail, const char *text) {
    add_line(turn, case_id, timeline_mark(turn, 0), what, object, actor, detail, text);
}

const char *reason_said(struct turn *turn, const Sigap__SealedReason *sealed) {
    const struct casework *house = turn->state;
    const char *reason = words_reason(house->keystore, turn->arena, sealed);
    if (sealed && !reason && !arena_exhausted(turn->arena))
        log_line(LOG_ERROR, "reason-lost", "journal=%s lane=%d sequence=%llu", turn->source.journal,
            (int)turn->source.lane, (unsigned long long)turn->source.sequence);
    return reason;
}

void timeline_add_beside(struct turn *turn, const struct id *case_id, unsigned sort, const char *what,
    const char *object, const char *actor, const char *detail) {
    add_line(turn, case_id, timeline_mark(turn, sort), what, object, actor, detail, NULL);
}
