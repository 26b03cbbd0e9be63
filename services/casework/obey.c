/* Commands of people. Each is audited, acts once, and is answered with a sentence: Indonesian / English. */
#include "services/casework/inner.h"

#include "casework_sql.h"
#include "common/words.h"
#include "services/casework/rights.h"

#include <ctype.h>
#include <string.h>

struct order {
    struct turn *turn;
    const Sigap__CommandIssued *command;
    struct work *work;
    unsigned number; /* of the task it is about, 0: the case itself */
    const char *actor;
};

/* A command about a task need not know what else happened to the case. */
static uint64_t version_of(const struct order *order) {
    if (!order->work)
        return 0;
    return order->number ? order->work->file.tasks[order->number - 1].version : order->work->file.version;
}

static enum verdict answer(const struct order *order, unsigned status, const char *sentence) {
    turn_answer_command(order->turn, order->command, status, sentence, version_of(order));
    return VERDICT_DONE;
}

/* Done: audited, remembered by its id, saved, answered. outcome: code for the first move's record. */
static enum verdict carry_out(const struct order *order, const char *action, const char *outcome) {
    char text[ID_TEXT + 1];
    struct id command_id;
    id_to_text(&order->work->file.id, text);
    turn_audit(order->turn, order->actor, action, text);
    if (id_from_bytes(order->command->command_id.data, order->command->command_id.len, &command_id))
        case_command_add(&order->work->file, &command_id);
    work_save(order->work, order->actor, outcome);
    return answer(order, 200, "");
}

/* The rights first: who may not see the case learns nothing of its state. */
static bool refuse_common(const struct order *order, bool allowed, enum verdict *verdict) {
    const struct case_file *file = &order->work->file;
    struct id command_id;
    if (!allowed) {
        turn_answer_command(order->turn, order->command, 403,
            "Anda tidak berhak atas kasus ini / You have no right to this case", 0);
        *verdict = VERDICT_DONE;
        return true;
    }
    if (id_from_bytes(order->command->command_id.data, order->command->command_id.len, &command_id) &&
        case_command_known(file, &command_id)) {
        *verdict = answer(order, 200, "");
        return true;
    }
    if (order->command->expected_version && order->command->expected_version != version_of(order)) {
        *verdict = answer(order, 409,
            "Berkas sudah berubah; muat ulang dulu / The file has changed meanwhile; load it again");
        return true;
    }
    if (file->state == CASE_ERASED) {
        *verdict = answer(order, 409, "Kasus ini sudah dihapus / This case has been erased");
        return true;
    }
    return false;
}

static bool refuse_closed(const struct order *order, enum verdict *verdict) {
    if (order->work->file.state == CASE_OPEN)
        return false;
    *verdict =
        answer(order, 409, "Kasus sudah ditutup; buka kembali dulu / The case is closed; reopen it first");
    return true;
}

static enum verdict answer_missing(const struct order *order) {
    return answer(order, 404, "Kasus atau tugas tidak ditemukan / No such case or task");
}

/* A code may go into the journal that all read; what a person wrote stays in the file, sealed. */
static const char *code_or_nothing(const char *text) {
    return words_is_code(text) ? text : "";
}

static const char *written(const struct order *order, const char *outcome) {
    const char *reason = order->command->reason;
    if (!*reason)
        return outcome;
    if (!*outcome)
        return reason;
    return arena_format(order->turn->arena, "%s\n%s", outcome, reason);
}

static const char *behalf(const struct order *order) {
    return order->command->on_behalf_of;
}

/* ---- tasks */

/* Without the case's id: all ids that share the first 14 bytes (case_task_id). */
static struct work *find_by_task(struct turn *turn, const struct id *task_id) {
    struct id low = *task_id, high = *task_id, found = {0};
    memset(low.bytes + ID_BYTES - 2, 0, 2);
    memset(high.bytes + ID_BYTES - 2, 0xff, 2);
    struct statement *near = casework_use(turn->store, CASEWORK_CASE_NEAR);
    bind_id(near, &low);
    bind_id(near, &high);
    if (statement_step(near))
        found = column_id(near, 0);
    statement_end(near);
    return id_is_null(&found) ? NULL : work_load(turn, &found);
}

static struct work *find(struct turn *turn, const ProtobufCBinaryData *case_bytes, const struct id *task_id) {
    struct id case_id;
    if (id_from_bytes(case_bytes->data, case_bytes->len, &case_id))
        return work_load(turn, &case_id);
    return task_id ? find_by_task(turn, task_id) : NULL;
}

/* Facts are codes, numbers and dates: no room for names or stories, which would not be sealed. */
static const char *fact_value(const char *outcome) {
    if (strcmp(outcome, "ya") == 0)
        return "yes";
    if (strcmp(outcome, "tidak") == 0)
        return "no";
    for (const char *at = outcome; *at; at++)
        if (!isalnum((unsigned char)*at) && *at != '_' && *at != '-')
            return "";
    return strlen(outcome) <= 24 ? outcome : "";
}

/* Ids of the directory: any other word would count as an answer and keep nobody out. */
static const char *facilities_value(const struct order *order, const char *value) {
    char id[SITE_CODE_MAX + 1];
    const char *rest = value, *word = fact_value(value);
    if (strcmp(word, "no") == 0 || strcmp(word, "unknown") == 0)
        return word;
    while (site_codes_next(&rest, id))
        if (!places_know(order->work->house->places, id))
            return "";
    return value;
}

/* The way people write a date here, 20-02-2026, as it is kept: 2026-02-20. */
static const char *date_value(const struct order *order, const char *value) {
    bool day_first = strlen(value) == 10 && value[2] == '-' && value[5] == '-';
    const char *date =
        day_first ? arena_format(order->turn->arena, "%.4s-%.2s-%.2s", value + 6, value + 3, value) : value;
    return date ? date : "";
}

static int anchor_of(const struct order *order, const char *name) {
    return catalogue_anchor_of_fact(order->work->house->catalogue, name);
}

/* Deadlines run from it: a word that tells no time, or a day by mistake to come, would be taken for one. */
static const char *time_value(const struct order *order, int anchor, const char *value) {
    const char *date = date_value(order, fact_value(value));
    int64_t at;
    return plan_time_of_anchor(&order->work->plan, anchor, date, order->turn->now, &at) ? date : "";
}

/* As it is kept; "" for what is no answer to this. */
static const char *value_of(const struct order *order, const char *name, const char *value) {
    if (strcmp(name, RIGHTS_CONFLICT_OFFICER) == 0)
        return rights_is_account(value) ? value : "";
    if (anchor_of(order, name) > 0)
        return time_value(order, anchor_of(order, name), value);
    return catalogue_asks_for_facility(order->work->house->catalogue, name) ? facilities_value(order, value)
                                                                            : fact_value(value);
}

static const char *expected_of(const struct order *order, const char *name) {
    if (strcmp(name, RIGHTS_CONFLICT_OFFICER) == 0)
        return "Isi nama akun petugas itu: huruf kecil, angka, titik, garis / "
               "Give the name of their account: small letters, digits, dots, dashes";
    if (catalogue_asks_for_facility(order->work->house->catalogue, name))
        return "Pilih fasilitas dari direktori (kodenya, dipisah spasi), atau tidak / "
               "Choose facilities of the directory (their ids, separated by spaces), or no";
    if (anchor_of(order, name) > 0)
        return "Jawab ya, tidak, atau tanggalnya (20-02-2026); bila belum terjadi, biarkan dulu / "
               "Answer yes, no or its date (2026-02-20); if it has not happened yet, leave it";
    return "Fakta perlu nama dan jawaban: ya, tidak, angka, tanggal, atau pilihan / "
           "A fact needs a name and an answer: yes, no, a number, a date or a choice";
}

static enum verdict record(
    const struct order *order, const char *name, const char *value, const char *source) {
    struct work *work = order->work;
    if (!plan_fact(&work->plan, name, fact_with_known(work, name, value), source, 0))
        return answer(order, 422, "Fakta ini tidak dapat disimpan / This fact cannot be kept");
    work_keep_secret(work);
    timeline_add(order->turn, &work->file.id, "fact", name, order->actor, value,
        *order->command->reason ? order->command->reason : NULL);
    speak_fact(work, name, order->actor);
    enum verdict verdict = carry_out(order, "fact.record", "");
    if (is_conflict_fact(name))
        conflict_hand_down(order->turn, &work->file.id, order->actor);
    return verdict;
}

/* A task that asks for a fact is done by answering it. */
static enum verdict answer_question(const struct order *order, const struct case_task *task) {
    const char *name = plan_fact_of(task);
    const char *value = value_of(order, name, order->command->move_task->outcome);
    if (!*value &&
        (catalogue_asks_for_facility(order->work->house->catalogue, name) || anchor_of(order, name) > 0))
        return answer(order, 422, expected_of(order, name));
    if (!*value)
        return answer(order, 422,
            "Isi jawabannya: ya, tidak, angka, atau pilihan; atau batalkan tugas / "
            "Give the answer: yes, no, a number or a choice; or cancel the task");
    return record(order, name, value, "operator");
}

static enum verdict finish_task(const struct order *order, unsigned number) {
    const Sigap__MoveTask *wanted = order->command->move_task;
    struct work *work = order->work;
    const struct case_task *task = &work->file.tasks[number - 1];
    if (!*wanted->outcome)
        return answer(
            order, 422, "Tulis hasil atau bukti tugas / Write down the outcome or the evidence of the task");
    if (task->origin == TASK_OF_FACT && task_is_open(task->state))
        return answer_question(order, task);
    enum task_state before = task->state;
    if (!plan_finish(&work->plan, number))
        return answer(order, 409, task_refusal(before, TASK_FINISH));
    timeline_add(order->turn, &work->file.id, "task_done", task->code, order->actor, behalf(order),
        written(order, wanted->outcome));
    return carry_out(order, "task.done", code_or_nothing(wanted->outcome));
}

static enum verdict assign_task(const struct order *order, unsigned number) {
    const Sigap__MoveTask *wanted = order->command->move_task;
    struct work *work = order->work;
    if (!*wanted->owner)
        return answer(order, 422, "Sebutkan tim pelaksana / Name the team");
    enum task_state before = work->file.tasks[number - 1].state;
    if (!plan_assign(&work->plan, number, wanted->owner))
        return answer(order, 409, task_refusal(before, TASK_ASSIGN));
    timeline_add(order->turn, &work->file.id, "task_assigned", work->file.tasks[number - 1].code,
        order->actor, wanted->owner, order->command->reason);
    return carry_out(order, "task.assign", "");
}

static enum verdict move_task(const struct order *order, unsigned number, enum task_event event) {
    struct work *work = order->work;
    const struct case_task *task = &work->file.tasks[number - 1];
    const char *text = written(order, order->command->move_task->outcome);
    bool cancel = event == TASK_CANCEL;
    enum task_state before = task->state;
    if (!*text)
        return answer(order, 422, "Tulis alasannya / Write down the reason");
    if (!(cancel ? plan_cancel(&work->plan, number) : plan_reopen(&work->plan, number)))
        return answer(order, 409, task_refusal(before, event));
    timeline_add(order->turn, &work->file.id, cancel ? "task_cancelled" : "task_reopened", task->code,
        order->actor, behalf(order), text);
    return carry_out(order, cancel ? "task.cancel" : "task.reopen", "");
}

static bool may_move(const struct order *order, unsigned number) {
    const struct work *work = order->work;
    const char *role = plan_role(&work->file.tasks[number - 1]);
    return rights_task(
        work->house->places, order->command->actor, &work->file, role, owner_role(work->house->owners, role));
}

static enum verdict obey_move_task(struct order *order) {
    const Sigap__MoveTask *wanted = order->command->move_task;
    struct id task_id;
    enum task_event event;
    enum verdict verdict;
    id_from_bytes(wanted->task_id.data, wanted->task_id.len, &task_id);
    order->work = find(order->turn, &wanted->case_id, &task_id);
    unsigned number = order->work ? case_task_number(&order->work->file, &task_id) : 0;
    order->number = number;
    if (!number)
        return answer_missing(order);
    if (refuse_common(order, may_move(order, number), &verdict) || refuse_closed(order, &verdict))
        return verdict;
    if (!task_event_parse(wanted->event, &event))
        return answer(order, 422, "Perintah tidak dikenal / Unknown command");
    if (event == TASK_FINISH)
        return finish_task(order, number);
    if (event == TASK_ASSIGN)
        return assign_task(order, number);
    return move_task(order, number, event);
}

/* ---- facts and the case itself */

/* Several codes, and nothing else may stand in it; "" for what may not. */
static const char *kinds_value(const struct order *order, const char *value) {
    if (strcmp(value, "unknown") == 0 || strcmp(fact_value(value), "no") == 0)
        return fact_value(value);
    return site_kinds_all_known(catalogue_kinds(order->work->house->catalogue), value) ? value : "";
}

static enum verdict obey_also_kinds(struct order *order, const char *source) {
    const char *kinds = kinds_value(order, order->command->record_fact->fact->value);
    if (!*kinds)
        return answer(order, 422,
            "Sebutkan kode jenis yang membuka kasus, dipisah spasi, atau tidak / "
            "Name codes of kinds that open cases, separated by spaces, or no");
    if (!plan_has_room(&order->work->plan, kinds))
        return answer(order, 422,
            "Terlalu banyak jenis untuk satu kasus; laporkan korban lainnya sebagai kasus tersendiri / "
            "Too many kinds for one case; report the other victims as a case of their own");
    return record(order, SITE_FACT_ALSO_KINDS, kinds, source);
}

static enum verdict obey_record_fact(struct order *order) {
    const Sigap__RecordFact *wanted = order->command->record_fact;
    enum verdict verdict;
    order->work = find(order->turn, &wanted->case_id, NULL);
    if (!order->work)
        return answer_missing(order);
    if (refuse_common(order,
            rights_fact(order->work->house->places, order->command->actor, &order->work->file), &verdict) ||
        refuse_closed(order, &verdict))
        return verdict;
    const char *source = rights_has(order->command->actor, "facility") ? "facility" : "operator";
    if (wanted->fact && strcmp(wanted->fact->name, SITE_FACT_ALSO_KINDS) == 0)
        return obey_also_kinds(order, source);
    const char *name = wanted->fact ? wanted->fact->name : "";
    const char *value = *name ? value_of(order, name, wanted->fact->value) : "";
    if (!*value)
        return answer(order, 422, expected_of(order, name));
    if (!catalogue_knows_fact(order->work->house->catalogue, name))
        return answer(order, 422, "Fakta ini tidak dikenal situs / The site does not know this fact");
    return record(order, name, value, source);
}

static enum verdict close_case(const struct order *order, const char *outcome) {
    struct case_file *file = &order->work->file;
    if (file->state != CASE_OPEN)
        return answer(order, 409, "Kasus ini sudah ditutup / This case is closed already");
    if (!*outcome || !*code_or_nothing(outcome))
        return answer(order, 422,
            "Pilih hasil kasus, misalnya terbukti / Choose the outcome of the case, for example terbukti");
    if (strcmp(outcome, SITE_OUTCOME_MERGED) == 0)
        return answer(order, 422,
            "Menggabung adalah perintah tersendiri; pilih hasil lain / Merging is an order of its own; "
            "choose "
            "another outcome");
    plan_close(&order->work->plan);
    file->state = CASE_CLOSED;
    file->outcome = outcome;
    file->changed_at = order->turn->now;
    timeline_add(order->turn, &file->id, "case_closed", outcome, order->actor, "", order->command->reason);
    speak_closed(order->work, false, outcome, code_or_nothing(order->command->reason), order->actor);
    return carry_out(order, "case.close", outcome);
}

static enum verdict reopen_case(const struct order *order) {
    struct case_file *file = &order->work->file;
    if (file->state == CASE_OPEN)
        return answer(order, 409, "Kasus ini masih terbuka / This case is still open");
    if (strcmp(file->outcome, SITE_OUTCOME_MERGED) == 0)
        return answer(order, 409,
            "Kasus ini digabung; pisahkan laporannya dulu / This case is merged into another; part its "
            "report first");
    file->state = CASE_OPEN;
    file->changed_at = order->turn->now;
    plan_reopen_case(&order->work->plan);
    timeline_add(order->turn, &file->id, "case_reopened", "", order->actor, "", order->command->reason);
    speak_closed(order->work, true, file->outcome, code_or_nothing(order->command->reason), order->actor);
    file->outcome = "";
    return carry_out(order, "case.reopen", "");
}

static enum verdict obey_close_case(struct order *order) {
    const Sigap__CloseCase *wanted = order->command->close_case;
    enum verdict verdict;
    order->work = find(order->turn, &wanted->case_id, NULL);
    if (!order->work)
        return answer_missing(order);
    if (refuse_common(order,
            rights_close(order->work->house->places, order->command->actor, &order->work->file), &verdict))
        return verdict;
    return wanted->reopen ? reopen_case(order) : close_case(order, wanted->outcome);
}

static bool is_ours(const Sigap__CommandIssued *command) {
    return command->command_case == SIGAP__COMMAND_ISSUED__COMMAND_MOVE_TASK ||
           command->command_case == SIGAP__COMMAND_ISSUED__COMMAND_RECORD_FACT ||
           command->command_case == SIGAP__COMMAND_ISSUED__COMMAND_CLOSE_CASE;
}

/* Commands of other owners are theirs to answer. */
enum verdict obey(struct turn *turn, Sigap__CommandIssued *command) {
    const struct casework *house = turn->state;
    struct order order = {turn, command, NULL, 0, rights_name(command->actor)};
    switch (is_ours(command) ? words_open(house->keystore, turn->arena, command) : SEAL_OPENED) {
    case SEAL_OPENED:
        break;
    case SEAL_BROKEN:
        return turn_park(turn, "the words of the command do not open");
    case SEAL_NO_MEMORY:
        return VERDICT_RETRY;
    }
    switch (command->command_case) {
    case SIGAP__COMMAND_ISSUED__COMMAND_MOVE_TASK:
        return obey_move_task(&order);
    case SIGAP__COMMAND_ISSUED__COMMAND_RECORD_FACT:
        return obey_record_fact(&order);
    case SIGAP__COMMAND_ISSUED__COMMAND_CLOSE_CASE:
        return obey_close_case(&order);
    case SIGAP__COMMAND_ISSUED__COMMAND_MERGE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_SPLIT_REPORT:
    case SIGAP__COMMAND_ISSUED__COMMAND__NOT_SET:
    case SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_OFFER:
    case SIGAP__COMMAND_ISSUED__COMMAND_ASSIGN_FACILITY:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_CAPACITY:
    case SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW:
    case SIGAP__COMMAND_ISSUED__COMMAND_CHANGE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_ALERT:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_ROTA:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_OVERRIDE:
    case _SIGAP__COMMAND_ISSUED__COMMAND__CASE_IS_INT_SIZE:
        break;
    }
    return VERDICT_DONE;
}
