/* Reading: the case file and the queues. Rights are part of the query; looks at what is inside a file go to
 * the audit. */
#include "services/casework/inner.h"

#include "casework_sql.h"
#include "common/json.h"
#include "common/medium.h"
#include "services/casework/rights.h"

#include <string.h>

enum {
    ANSWER_MAX = 4 << 20, /* bytes; the console takes 8 MiB */
    SCAN_MAX = 2000,      /* cases looked through for one list of tasks; x 1 KiB of arena = 2 MiB */
    TIMELINE_MAX = 1000,
};

static const char *const priority_words[] = {"P0", "P1", "P2", "P3", "P4"};
static const char *const confidentiality_words[] = {"C0", "C1", "C2", "C3"};

static const char *state_word(enum case_state state) {
    switch (state) {
    case CASE_OPEN:
        return "open";
    case CASE_CLOSED:
        return "closed";
    case CASE_ERASED:
        return "erased";
    }
    return "unknown";
}

static void member_time(struct json_writer *json, const char *key, int64_t at) {
    json_write_key(json, key);
    if (at)
        json_write_integer(json, at);
    else
        json_write_null(json);
}

/* ---- one task */

/* What it is. A playbook is of one kind, so that its tasks tell the kind of a secret case. */
static void write_task_words(
    struct json_writer *json, const struct work *work, const struct case_task *task, bool inside) {
    json_member_text(json, "code", inside ? task->code : "");
    json_member_text(json, "title",
        inside ? plan_title(&work->plan, task, false)
               : "Tugas pada kasus rahasia: tanyakan kepada petugas triase (TRI)");
    json_member_text(json, "title_en",
        inside ? plan_title(&work->plan, task, true)
               : "Task in a confidential case: ask the triage officer (TRI)");
}

static void write_task(struct json_writer *json, const struct work *work, unsigned number, bool inside) {
    const struct case_task *task = &work->file.tasks[number - 1];
    const struct playbook_task *template = inside ? task->template : NULL;
    struct id id = case_task_id(&work->file.id, number);
    json_member_id(json, "id", &id);
    write_task_words(json, work, task, inside);
    json_member_text(json, "role", plan_role(task));
    json_member_text(json, "owner", task_owner(work, task));
    member_time(json, "due_at", task->due_at);
    json_member_text(json, "state", task_state_word(task->state));
    if (task->state == TASK_DONE)
        json_member_integer(json, "done_at", task->since);
    if (template && template->times > 1) {
        json_member_integer(json, "times_done", task->times_done);
        json_member_integer(json, "times", template->times);
    }
    if (task->origin == TASK_OF_FACT)
        json_member_text(json, "evidence", "ya, tidak, angka, atau pilihan / yes, no, a number or a choice");
    else if (template && *template->evidence)
        json_member_text(json, "evidence", template->evidence);
    if (template && template->clock)
        json_member_text(json, "clock", template->clock);
    json_member_integer(json, "version", task->version);
}

/* ---- the case file */

static void write_facilities(struct json_writer *json, const struct case_file *file) {
    json_member_array(json, "facilities");
    for (const char *at = file->facilities; *at == ',' && at[1]; at = strchr(at + 1, ','))
        json_write_text_bytes(json, at + 1, strcspn(at + 1, ","));
    json_write_end(json);
}

/* What is not shown by name to somebody outside the file: see rights_inside. */
static void write_head(struct json_writer *json, const struct case_file *file) {
    json_member_text(json, "kind", file->kind);
    json_member_text(json, "playbook", file->playbook);
    json_member_text(json, "priority", priority_words[file->priority % 5]);
    json_member_text(json, "area", file->area);
    write_facilities(json, file);
    json_member_bool(json, "unverified", file->unverified);
}

static void write_state(
    struct json_writer *json, const struct casework *house, const struct case_file *file) {
    json_member_id(json, "case_id", &file->id);
    json_member_text(json, "state", state_word(file->state));
    json_member_integer(json, "version", (int64_t)file->version);
    json_member_text(json, "confidentiality", confidentiality_words[file->confidentiality & 3]);
    json_member_bool(json, "training", file->training);
    json_member_integer(json, "opened_at", file->opened_at);
    json_member_integer(json, "received_at", file->received_at);
    json_write_key(json, "closed");
    if (file->state == CASE_OPEN) {
        json_write_null(json);
    } else {
        json_write_object(json);
        json_member_integer(json, "at", file->changed_at);
        json_member_text(json, "outcome", file->outcome);
        json_write_end(json);
    }
    if (file->state == CASE_ERASED)
        json_member_integer(json, "erasure_complete_at", erasure_complete_at(house, file->changed_at));
}

static void write_facts(struct json_writer *json, const struct work *work) {
    json_member_object(json, "facts");
    for (unsigned i = 0; i < work->file.fact_count; i++)
        json_member_text(json, work->file.facts[i].name, work->file.facts[i].value);
    json_write_end(json);
    json_member_object(json, "anchors");
    for (unsigned i = 0; i < catalogue_anchor_count(work->house->catalogue); i++)
        if (work->file.anchors[i])
            json_member_integer(
                json, catalogue_anchor(work->house->catalogue, i)->code, work->file.anchors[i]);
    json_write_end(json);
}

static bool term_is_flag(const struct condition_term *term) {
    return term->kind == CONDITION_FLAG || term->kind == CONDITION_CONSENT ||
           term->kind == CONDITION_REQUEST || term->kind == CONDITION_STAGE || term->kind == CONDITION_SCORE;
}

/* Facts that waiting tasks would like to know: the console offers them to be recorded. */
static void write_wanted(struct json_writer *json, const struct work *work) {
    json_member_array(json, "wanted");
    for (unsigned i = 0; i < work->file.task_count; i++) {
        const struct case_task *task = &work->file.tasks[i];
        const struct playbook_task *template = task->template;
        for (unsigned k = 0; template && task->state == TASK_WAITING && k < template->needs.count; k++) {
            char name[CONDITION_NAME_MAX + 16];
            const struct condition_term *term = &template->needs.terms[k];
            if (!term_is_flag(term))
                continue;
            condition_fact_name(term, name);
            const struct flag *flag = catalogue_flag(work->house->catalogue, name);
            json_write_object(json);
            json_member_text(json, "fact", name);
            json_member_text(json, "name", flag ? flag->name : name);
            json_member_text(json, "name_en", flag ? flag->name_en : name);
            json_member_text(json, "task", task->code);
            json_write_end(json);
        }
    }
    json_write_end(json);
}

static void write_line(
    struct json_writer *json, struct turn *turn, const struct id *case_id, struct statement *row, bool open) {
    size_t size;
    const void *sealed = column_blob(row, 6, &size);
    json_write_object(json);
    json_member_integer(json, "at", column_int(row, 0));
    json_member_text(json, "what", column_text(row, 2));
    json_member_text(json, "object", column_text(row, 3));
    json_member_text(json, "actor", column_text(row, 4));
    json_member_text(json, "detail", column_text(row, 5));
    if (size) {
        json_member_bool(json, "written", true);
        if (open)
            json_member_text(json, "text", text_open(turn, case_id, column_int(row, 1), sealed, size));
    }
    json_write_end(json);
}

/* Newest first. */
static void write_timeline(struct json_writer *json, struct turn *turn, const struct id *case_id, bool open) {
    json_member_array(json, "timeline");
    struct statement *rows = casework_use(turn->store, CASEWORK_TIMELINE_ALL);
    bind_id(rows, case_id);
    bind_int(rows, TIMELINE_MAX);
    while (statement_step(rows))
        write_line(json, turn, case_id, rows, open);
    json_write_end(json);
}

static void write_narrative(struct json_writer *json, struct turn *turn, const struct id *case_id,
    struct statement *row, const char **first) {
    size_t size;
    struct id report = column_id(row, 0);
    const void *sealed = column_blob(row, 3, &size);
    const Sigap__ReportContent *content = narrative_open(turn, case_id, &report, sealed, size);
    json_write_object(json);
    json_member_id(json, "report_id", &report);
    json_member_integer(json, "at", column_int(row, 1));
    json_member_bool(json, "copy", column_int(row, 2) != 0);
    json_member_text(json, "text", content ? content->text : NULL);
    if (content && content->located) {
        json_write_key(json, "latitude");
        json_write_number(json, content->latitude);
        json_write_key(json, "longitude");
        json_write_number(json, content->longitude);
    }
    json_write_end(json);
    if (!*first && content)
        *first = content->text;
}

static void write_narratives(struct json_writer *json, struct turn *turn, const struct id *case_id) {
    const char *first = NULL;
    json_member_array(json, "narratives");
    struct statement *rows = casework_use(turn->store, CASEWORK_NARRATIVE_ALL);
    bind_id(rows, case_id);
    bind_int(rows, NARRATIVES_MAX);
    while (statement_step(rows))
        write_narrative(json, turn, case_id, rows, &first);
    json_write_end(json);
    json_member_text(json, "narrative", first);
}

static void write_inside(struct json_writer *json, struct work *work, bool narrative) {
    write_head(json, &work->file);
    json_member_array(json, "tasks");
    for (unsigned i = 1; i <= work->file.task_count; i++) {
        json_write_object(json);
        write_task(json, work, i, true);
        json_write_end(json);
    }
    json_write_end(json);
    write_facts(json, work);
    write_wanted(json, work);
    write_timeline(json, work->turn, &work->file.id, narrative);
    if (narrative)
        write_narratives(json, work->turn, &work->file.id);
}

/* One work serves all rows of a list. */
static struct work *work_for_rows(struct turn *turn) {
    struct work *work = arena_take(turn->arena, sizeof *work);
    if (work) {
        work->turn = turn;
        work->house = turn->state;
    }
    return work;
}

static bool take_row(struct work *work, struct statement *row) {
    if (!row_read(work->house, row, work->turn->arena, &work->file))
        return false;
    plan_begin(&work->plan, work->house->catalogue, work->house->calendar, work->turn->arena, &work->file,
        work->turn->now);
    return true;
}

static struct work *case_visible(struct turn *turn, const struct id *case_id, const Sigap__Actor *actor) {
    struct rights_query rights = {.used = 0};
    struct work *work = work_for_rows(turn);
    struct statement *row = casework_use(turn->store, CASEWORK_CASE_VIEW);
    bind_id(row, case_id);
    rights_bind(&rights, row, actor);
    bool found = work && statement_step(row) && take_row(work, row);
    statement_end(row);
    return found && !rights_conflict(work->house->places, actor, &work->file) ? work : NULL;
}

static enum verdict show_case(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct id case_id;
    struct work *work = NULL;
    if (id_from_bytes(view->case_file->case_id.data, view->case_file->case_id.len, &case_id))
        work = case_visible(turn, &case_id, view->actor);
    if (!work) {
        answer->status = 404;
        return VERDICT_DONE;
    }
    bool inside = rights_inside(view->actor, &work->file);
    bool narrative = view->case_file->narrative && inside;
    char text[ID_TEXT + 1];
    id_to_text(&case_id, text);
    if (view->case_file->narrative && !rights_narrative(work->house->places, view->actor, &work->file)) {
        turn_audit(turn, rights_name(view->actor), "case.narrative.refused", text);
        answer->status = 403;
        return VERDICT_DONE;
    }
    if (inside)
        turn_audit(turn, rights_name(view->actor), narrative ? "case.narrative" : "case.view", text);
    struct json_writer json;
    json_writer_init(&json, ANSWER_MAX);
    json_write_object(&json);
    write_state(&json, work->house, &work->file);
    json_member_bool(&json, "restricted", !inside);
    if (inside)
        write_inside(&json, work, narrative);
    json_write_end(&json);
    turn_answer_view(turn, answer, 200, &json);
    return VERDICT_DONE;
}

/* ---- photos and other files: they lie with intake, sealed; who may read the words may see them */

static void write_reports(struct json_writer *json, struct turn *turn, const struct id *case_id) {
    json_write_object(json);
    json_member_array(json, "reports");
    struct statement *rows = casework_use(turn->store, CASEWORK_NARRATIVE_ALL);
    bind_id(rows, case_id);
    bind_int(rows, NARRATIVES_MAX);
    while (statement_step(rows)) {
        struct id report = column_id(rows, 0);
        char text[ID_TEXT + 1];
        id_to_text(&report, text);
        json_write_text(json, text);
    }
    json_write_end(json);
    json_write_end(json);
}

static bool is_of_case(struct turn *turn, const struct id *case_id, const ProtobufCBinaryData *report_id) {
    struct id report;
    if (!id_from_bytes(report_id->data, report_id->len, &report))
        return false;
    struct statement *get = casework_use(turn->store, CASEWORK_NARRATIVE_KNOWN);
    bind_id(get, case_id);
    bind_id(get, &report);
    bool found = statement_step(get);
    statement_end(get);
    return found;
}

static enum verdict open_medium(struct turn *turn, const struct id *case_id,
    const Sigap__SealedMedium *sealed, Sigap__ViewAnswer *answer) {
    const struct casework *house = turn->state;
    answer->status = 404;
    if (!is_of_case(turn, case_id, &sealed->report_id))
        return VERDICT_DONE;
    switch (medium_open(house->opener, sealed, turn->arena, &answer->opened)) {
    case SEAL_OPENED:
        answer->status = 200;
        return VERDICT_DONE;
    case SEAL_BROKEN:
        return VERDICT_DONE;
    case SEAL_NO_MEMORY:
        break;
    }
    return VERDICT_RETRY;
}

static enum verdict show_media(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    const Sigap__MediaView *media = view->media;
    struct id case_id;
    struct work *work = NULL;
    char text[ID_TEXT + 1];
    if (id_from_bytes(media->case_id.data, media->case_id.len, &case_id))
        work = case_visible(turn, &case_id, view->actor);
    if (!work) {
        answer->status = 404;
        return VERDICT_DONE;
    }
    id_to_text(&case_id, text);
    bool may = rights_narrative(work->house->places, view->actor, &work->file);
    turn_audit(turn, rights_name(view->actor),
        !may            ? "case.media.refused"
        : media->sealed ? "case.medium"
                        : "case.media",
        text);
    if (!may) {
        answer->status = 403;
        return VERDICT_DONE;
    }
    if (media->sealed)
        return open_medium(turn, &case_id, media->sealed, answer);
    struct json_writer json;
    json_writer_init(&json, NARRATIVES_MAX * 32 + 64);
    write_reports(&json, turn, &case_id);
    turn_answer_view(turn, answer, 200, &json);
    return VERDICT_DONE;
}

/* ---- lists */

static void write_case_row(struct json_writer *json, const struct work *work, const Sigap__Actor *actor) {
    const struct case_file *file = &work->file;
    json_write_object(json);
    write_state(json, work->house, file);
    if (rights_inside(actor, file)) {
        write_head(json, file);
        member_time(json, "due_at", file->state == CASE_OPEN ? plan_attention(file) : 0);
    }
    json_write_end(json);
}

static int64_t state_number(const char *word) {
    return strcmp(word, "open") == 0     ? CASE_OPEN
           : strcmp(word, "closed") == 0 ? CASE_CLOSED
           : strcmp(word, "erased") == 0 ? CASE_ERASED
                                         : 0;
}

/* Newest first. */
static enum verdict show_cases(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct rights_query rights = {.used = 0};
    struct json_writer json;
    struct work *work = work_for_rows(turn);
    json_writer_init(&json, ANSWER_MAX);
    json_write_array(&json);
    struct statement *rows = casework_use(turn->store, CASEWORK_CASE_LIST);
    int64_t state = state_number(view->list->state);
    bind_int(rows, state);
    bind_int(rows, state);
    rights_bind_area(&rights, rows, view->list->area);
    rights_bind(&rights, rows, view->actor);
    bind_int(rows, view_rows(view->list));
    while (work && statement_step(rows))
        if (take_row(work, rows) && !rights_conflict(work->house->places, view->actor, &work->file))
            write_case_row(&json, work, view->actor);
    statement_end(rows);
    json_write_end(&json);
    turn_answer_view(turn, answer, 200, &json);
    return VERDICT_DONE;
}

/* Responders and facilities see the tasks of their roles, operators and coordinators all. "mine" narrows
 * those too. */
static bool task_is_for(
    const struct work *work, const struct case_task *task, const Sigap__Actor *actor, bool mine) {
    bool wide = rights_has(actor, "operator") || rights_has(actor, "coordinator") ||
                rights_has(actor, "administrator") || rights_has(actor, "auditor");
    const char *role = plan_role(task);
    return (wide && !mine && rights_inside(actor, &work->file)) || rights_has(actor, role) ||
           rights_has(actor, owner_role(work->house->owners, role));
}

static bool state_fits(const struct case_task *task, const char *state) {
    if (!*state || strcmp(state, "mine") == 0)
        return task_is_running(task->state);
    return strcmp(task_state_word(task->state), state) == 0;
}

static unsigned write_tasks_of(
    struct json_writer *json, const struct work *work, const Sigap__View *view, unsigned room) {
    bool inside = rights_inside(view->actor, &work->file);
    bool mine = strcmp(view->list->state, "mine") == 0;
    unsigned written = 0;
    for (unsigned i = 0; i < work->file.task_count && written < room; i++) {
        const struct case_task *task = &work->file.tasks[i];
        if (!state_fits(task, view->list->state) || !task_is_for(work, task, view->actor, mine))
            continue;
        json_write_object(json);
        json_member_id(json, "case_id", &work->file.id);
        write_task(json, work, i + 1, inside);
        json_member_text(json, "priority", priority_words[work->file.priority % 5]);
        if (inside) {
            json_member_text(json, "kind", work->file.kind);
            json_member_text(json, "area", work->file.area);
        }
        json_write_end(json);
        written++;
    }
    return written;
}

/* Cases whose next deadline is earliest come first: what is overdue is on top. */
static enum verdict show_tasks(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    struct rights_query rights = {.used = 0};
    struct json_writer json;
    struct work *work = work_for_rows(turn);
    unsigned left = view_rows(view->list);
    json_writer_init(&json, ANSWER_MAX);
    json_write_array(&json);
    struct statement *rows = casework_use(turn->store, CASEWORK_TASK_SCAN);
    bind_int(rows, 0);
    rights_bind_area(&rights, rows, view->list->area);
    rights_bind(&rights, rows, view->actor);
    bind_int(rows, SCAN_MAX);
    while (work && left && statement_step(rows))
        if (take_row(work, rows) && !rights_conflict(work->house->places, view->actor, &work->file))
            left -= write_tasks_of(&json, work, view, left);
    statement_end(rows);
    json_write_end(&json);
    turn_answer_view(turn, answer, 200, &json);
    return VERDICT_DONE;
}

static enum verdict show_list(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    if (strcmp(view->list->name, "cases") == 0)
        return show_cases(turn, view, answer);
    if (strcmp(view->list->name, "tasks") == 0)
        return show_tasks(turn, view, answer);
    answer->status = 404;
    return VERDICT_DONE;
}

enum verdict show(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    switch (view->what_case) {
    case SIGAP__VIEW__WHAT_CASE_FILE:
        return show_case(turn, view, answer);
    case SIGAP__VIEW__WHAT_LIST:
        return show_list(turn, view, answer);
    case SIGAP__VIEW__WHAT_MEDIA:
        return show_media(turn, view, answer);
    case SIGAP__VIEW__WHAT__NOT_SET:
    case SIGAP__VIEW__WHAT_STATUS:
    case SIGAP__VIEW__WHAT_REPORT:
    case SIGAP__VIEW__WHAT_PARKED_RETRY:
    case SIGAP__VIEW__WHAT_EXPLAIN:
    case SIGAP__VIEW__WHAT_TOKEN:
    case SIGAP__VIEW__WHAT_CONTROL:
    case _SIGAP__VIEW__WHAT__CASE_IS_INT_SIZE:
        break;
    }
    answer->status = 404;
    return VERDICT_DONE;
}
