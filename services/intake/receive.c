/* How a report gets its place.
 *
 * The sender's duplicate key makes the ticket, and the ticket makes the key of the row:
 *
 *     duplicate key --keyed hash--> random part of the ticket --keyed hash--> report.key
 *
 * So one index (common/hash_index: the keys come in no order) answers both "have we had this?" and "whose
 * ticket is this?", the store holds no ticket that a thief could quote, and a duplicate finds its first
 * ticket again although it is kept nowhere. Without the hash key a ticket is as unguessable as 80 random
 * bits; a report without a duplicate key takes 80 real ones. */
#include "services/intake/receive.h"

#include "common/utf8.h"
#include "intake_sql.h"
#include "services/intake/follow.h"
#include "services/intake/replies.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    TICKET_RANDOM = TICKET_BYTES - 2,
    TICKET_DAY = 2,
    TICKETS_LOOKED_UP = 16 /* numbers of one text that read like a ticket: chance makes one of 32 */
};

static const struct problem other_content = {.status = 422,
    .type = "key-reused",
    .title_id = "Kunci ini sudah dipakai untuk laporan lain",
    .title_en = "This key was used for another report",
    .detail_id =
        "Laporan pertama tersimpan; laporan ini tidak. Kirim lagi dengan kunci atau external_id baru.",
    .detail_en = "The first report is kept, this one is not. Send it again with a new key or external_id."};

static const struct problem too_many = {.status = 429,
    .type = "too-many",
    .title_id = "Terlalu banyak laporan sekaligus",
    .title_en = "Too many reports at once",
    .detail_id = "Kirim lagi nanti; yang mendesak tetap kami terima.",
    .detail_en = "Send it again later; what is urgent is taken all the same."};

/* --- keys --- */

static void hash_ticket(
    const struct seal_hash_keys *keys, const uint8_t random[TICKET_RANDOM], uint8_t key[SEAL_HASH_BYTES]) {
    /* The NUL in front keeps this use apart from the others, which begin with a name. */
    uint8_t input[8 + TICKET_RANDOM] = "\0ticket";
    memcpy(input + 8, random, TICKET_RANDOM);
    seal_hash(keys, SEAL_HASH_IDEMPOTENCY, input, sizeof input, key);
}

void intake_ticket_key(
    const struct seal_hash_keys *keys, const struct ticket *ticket, uint8_t key[SEAL_HASH_BYTES]) {
    hash_ticket(keys, ticket->bytes + TICKET_DAY, key);
}

/* The random part of the ticket. */
static void seed_of(
    const struct intake *intake, const struct submission *submission, uint8_t seed[SEAL_HASH_BYTES]) {
    const struct seal_hash_keys *keys = keystore_hash(intake->keystore);
    char scope[128]; /* names hold no slash, so no two scopes read the same */
    if (submission->idempotency_key) {
        seal_hash_pair(keys, SEAL_HASH_IDEMPOTENCY,
            submission->key_scope ? submission->key_scope : submission->source, submission->idempotency_key,
            seed);
    } else if (submission->external_id && *submission->external_id) {
        snprintf(scope, sizeof scope, "%s/%s", submission->source, submission->channel_word);
        seal_hash_pair(keys, SEAL_HASH_EXTERNAL_ID, scope, submission->external_id, seed);
    } else {
        random_fill(intake->random, seed, SEAL_HASH_BYTES);
    }
}

/* ticket_make() takes its random bytes from here. */
static void fill_from_seed(void *state, void *bytes, size_t size) {
    memcpy(bytes, state, size < SEAL_HASH_BYTES ? size : SEAL_HASH_BYTES);
}

struct ticket intake_ticket_of(uint8_t seed[SEAL_HASH_BYTES], int64_t at_ms) {
    struct ticket ticket;
    const struct random chosen = {fill_from_seed, seed};
    ticket_make(at_ms, &chosen, &ticket);
    return ticket;
}

/* --- content --- */

/* Copies of one text differ in case, blanks and punctuation when they are passed on. */
static size_t normalise(const char *text, size_t size, char *out) {
    size_t used = 0;
    bool gap = false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
        if (word && gap && used)
            out[used++] = ' ';
        if (word)
            out[used++] = c;
        gap = !word;
    }
    return used;
}

static void hash_text(struct turn *turn, const struct submission *submission, uint8_t out[SEAL_HASH_BYTES]) {
    const struct intake *intake = turn->state;
    char *normal = arena_take(turn->arena, submission->text_size + 1);
    if (!normal)
        return; /* the arena is exhausted, the turn will see */
    size_t size = normalise(submission->text, submission->text_size, normal);
    seal_hash(keystore_hash(intake->keystore), SEAL_HASH_CONTENT, normal, size, out);
}

/* Everything the sender said, for Idempotency-Key: the same key stands for the same request. */
static void hash_all(struct turn *turn, const struct submission *submission,
    const ProtobufCBinaryData *content, uint8_t out[SEAL_HASH_BYTES]) {
    const struct intake *intake = turn->state;
    const char *address = submission->reporter_address ? submission->reporter_address : "";
    char *rest = arena_format(turn->arena, "%s\n%s\n%lld\n%s\n%s\n%d%d%d", submission->channel_word,
        submission->external_id ? submission->external_id : "", (long long)submission->occurred_at,
        submission->reporter_word, address, submission->may_contact, submission->urgent,
        submission->training);
    size_t size = rest ? strlen(rest) + 1 : 0;
    uint8_t *all = arena_take(turn->arena, size + content->len);
    if (!rest || !all)
        return;
    memcpy(all, rest, size);
    memcpy(all + size, content->data, content->len);
    seal_hash(keystore_hash(intake->keystore), SEAL_HASH_CONTENT, all, size + content->len, out);
}

static ProtobufCBinaryData pack_content(struct turn *turn, const struct submission *submission) {
    Sigap__ReportContent content = SIGAP__REPORT_CONTENT__INIT;
    content.text = arena_bytes(turn->arena, submission->text, submission->text_size);
    content.located = submission->has_latitude;
    content.latitude = submission->has_latitude ? submission->latitude : 0;
    content.longitude = submission->has_longitude ? submission->longitude : 0;
    content.area = (char *)(submission->area ? submission->area : "");
    if (!content.text)
        return (ProtobufCBinaryData){0, NULL};
    ProtobufCBinaryData packed = {sigap__report_content__get_packed_size(&content), NULL};
    packed.data = arena_take(turn->arena, packed.len);
    if (packed.data)
        sigap__report_content__pack(&content, packed.data);
    else
        packed.len = 0;
    return packed;
}

/* Of a message that may be amended: text, place and whatever else its source thinks makes it the same. */
static void hash_message(struct turn *turn, const struct submission *submission,
    const ProtobufCBinaryData *content, uint8_t out[SEAL_HASH_BYTES]) {
    const struct intake *intake = turn->state;
    const char *more = submission->sameness ? submission->sameness : "";
    size_t size = strlen(more) + 1;
    uint8_t *all = arena_take(turn->arena, size + content->len);
    if (!all)
        return;
    memcpy(all, more, size);
    memcpy(all + size, content->data, content->len);
    seal_hash(keystore_hash(intake->keystore), SEAL_HASH_CONTENT, all, size + content->len, out);
}

/* --- rows --- */

enum { REPORTS_BY_KEY = 1 }; /* of the indices of this store */

static uint64_t start_of(const uint8_t key[SEAL_HASH_BYTES]) {
    uint64_t start;
    memcpy(&start, key, sizeof start);
    return start;
}

/* Rows that no run of the index has yet. False: no memory. */
static bool reports_refill(struct turn *turn, struct intake *intake) {
    struct statement *rows = intake_use(turn->store, INTAKE_REPORT_FROM);
    bind_int(rows, hash_index_last(intake->reports));
    bool added = true, enough = false;
    while (added && !enough && statement_step(rows)) {
        size_t size;
        const void *key = column_blob(rows, 1, &size);
        added = hash_index_add(intake->reports, start_of(key), column_int(rows, 0));
        enough = hash_index_refill(intake->reports, turn);
    }
    statement_end(rows);
    return added;
}

bool intake_reports_open(struct turn *turn) {
    struct intake *intake = turn->state;
    return hash_index_open(&intake->reports, turn, REPORTS_BY_KEY) && reports_refill(turn, intake);
}

/* The row of this number, if it is of this key: its report, and whether it says the same. */
static bool is_row(struct turn *turn, int64_t number, const uint8_t key[SEAL_HASH_BYTES],
    const uint8_t sameness[SEAL_HASH_BYTES], struct id *report, bool *same) {
    struct statement *get = intake_use(turn->store, INTAKE_REPORT_GET);
    bind_int(get, number);
    bool found = false;
    if (statement_step(get)) {
        size_t size, content_size;
        const void *has = column_blob(get, 0, &size), *content = column_blob(get, 2, &content_size);
        found = size == SEAL_HASH_BYTES && sodium_memcmp(has, key, size) == 0;
        if (found)
            *report = column_id(get, 1);
        *same =
            found && content_size == SEAL_HASH_BYTES && sodium_memcmp(content, sameness, content_size) == 0;
    }
    statement_end(get);
    return found;
}

/* The row that was there before: its report, and whether it says the same. False and the null id: none. */
static bool find_row(struct turn *turn, const uint8_t key[SEAL_HASH_BYTES],
    const uint8_t sameness[SEAL_HASH_BYTES], struct id *report) {
    const struct intake *intake = turn->state;
    int64_t numbers[8]; /* more keys of 64 bits that are alike there are not */
    bool same = false;
    size_t count = hash_index_find(intake->reports, turn->store, start_of(key), numbers, 8);
    *report = (struct id){0};
    for (size_t i = 0; i < count; i++)
        if (is_row(turn, numbers[i], key, sameness, report, &same))
            break;
    return same;
}

/* False: there is one of this key. Looked for and written in one transaction, and the store is locked by this
 * process: nobody writes between. (A store that several share would want UNIQUE(key) to decide.) */
static bool add_row(struct turn *turn, const uint8_t key[SEAL_HASH_BYTES], const struct id *id,
    const uint8_t sameness[SEAL_HASH_BYTES]) {
    struct intake *intake = turn->state;
    struct id before;
    find_row(turn, key, sameness, &before);
    if (!id_is_null(&before))
        return false;
    int64_t number = hash_index_next(intake->reports);
    struct statement *add = intake_use(turn->store, INTAKE_REPORT_ADD);
    bind_int(add, number);
    bind_blob(add, key, SEAL_HASH_BYTES);
    bind_id(add, id);
    bind_blob(add, sameness, SEAL_HASH_BYTES);
    statement_run(add);
    if (!hash_index_add(intake->reports, start_of(key), number))
        turn_retry(turn);
    hash_index_save(intake->reports, turn);
    return true;
}

static struct seal_place amendment_place(const struct id *report) {
    return (struct seal_place){*report, "first_ticket", 0};
}

bool intake_first_of(struct turn *turn, const struct id *report, struct first_report *first) {
    const struct intake *intake = turn->state;
    const struct seal_place place = amendment_place(report);
    ProtobufCBinaryData plain = {0};
    size_t size;
    struct statement *get = intake_use(turn->store, INTAKE_AMENDMENT_GET);
    bind_blob(get, report->bytes, ID_BYTES);
    bool found = statement_step(get);
    if (found) {
        struct id known = column_id(get, 0);
        const void *sealed = column_blob(get, 1, &size);
        found = seal_open_local(keystore_local(intake->keystore), &place, sealed, size, turn->arena,
                    &plain) == SEAL_OPENED &&
                ticket_from_bytes(plain.data, plain.len, &first->ticket);
        if (found)
            first->report = known;
    }
    statement_end(get);
    return found;
}

static void add_amendment(struct turn *turn, const struct id *report, const struct first_report *first) {
    const struct intake *intake = turn->state;
    const struct seal_place place = amendment_place(report);
    ProtobufCBinaryData sealed;
    if (!seal_local(keystore_local(intake->keystore), &place, first->ticket.bytes, TICKET_BYTES,
            intake->random, turn->arena, &sealed))
        return; /* the arena is exhausted, the turn will see */
    struct statement *add = intake_use(turn->store, INTAKE_AMENDMENT_ADD);
    bind_id(add, report);
    bind_id(add, &first->report);
    bind_blob(add, sealed.data, sealed.len);
    statement_run(add);
}

/* Whoever says more has answered: the question no longer stands with the ticket. */
static void note_answered(struct turn *turn, const struct id *first) {
    struct statement *answered = intake_use(turn->store, INTAKE_OUTCOME_ANSWERED);
    bind_id(answered, first);
    statement_run(answered);
}

bool intake_report_of_ticket(struct turn *turn, const struct ticket *ticket, struct id *report) {
    const struct intake *intake = turn->state;
    uint8_t key[SEAL_HASH_BYTES];
    intake_ticket_key(keystore_hash(intake->keystore), ticket, key);
    find_row(turn, key, key, report);
    struct ticket same_day = intake_ticket_of((uint8_t[SEAL_HASH_BYTES]){0}, id_time(report));
    return !id_is_null(report) && memcmp(same_day.bytes, ticket->bytes, TICKET_DAY) == 0;
}

bool intake_report_named(struct turn *turn, const char *text, size_t size, struct first_report *out) {
    struct first_report found;
    struct ticket_place place = {0, 0};
    for (unsigned looked = 0; looked < TICKETS_LOOKED_UP; looked++) {
        if (!ticket_find(text, size, place.end, &found.ticket, &place))
            return false;
        if (intake_report_of_ticket(turn, &found.ticket, &found.report)) {
            *out = found;
            return true;
        }
    }
    return false;
}

/* Only an address that may be written to is kept at all. */
static void add_reply_address(struct turn *turn, const struct submission *submission, const struct id *id,
    const struct ticket *ticket) {
    const struct intake *intake = turn->state;
    const char *address = submission->reporter_address;
    if (!address || !*address || !submission->may_contact)
        return;
    char quoted[TICKET_TEXT + 1];
    ticket_to_text(ticket, quoted);
    enum language language =
        intake_language_of(intake->replies, submission->text, submission->text_size, submission->language);
    const char *plain = arena_format(turn->arena, "%s\n%s\n%s\n%s\n%s", submission->reporter_word, address,
        submission->source, quoted, intake_language_code(language));
    const struct seal_place place = {*id, "reply_address", 0};
    ProtobufCBinaryData sealed;
    if (!plain || !seal_local(keystore_local(intake->keystore), &place, plain, strlen(plain), intake->random,
                      turn->arena, &sealed))
        return;
    struct statement *add = intake_use(turn->store, INTAKE_REPLY_ADD);
    bind_id(add, id);
    bind_blob(add, sealed.data, sealed.len);
    statement_run(add);
}

/* --- the record --- */

static void hash_reporter(
    struct turn *turn, const struct submission *submission, Sigap__ReportReceived *report) {
    const struct intake *intake = turn->state;
    if (!submission->reporter_address || !*submission->reporter_address)
        return;
    report->reporter.data = arena_take(turn->arena, SEAL_HASH_BYTES);
    if (!report->reporter.data)
        return;
    report->reporter.len = SEAL_HASH_BYTES;
    seal_hash_pair(keystore_hash(intake->keystore), SEAL_HASH_HANDLE, submission->reporter_word,
        submission->reporter_address, report->reporter.data);
}

static bool seal_content(
    struct turn *turn, const struct id *id, const ProtobufCBinaryData *content, Sigap__Sealed *out) {
    struct intake *intake = turn->state;
    const struct seal_place place = {*id, "content", 0};
    struct sealed_report sealed;
    seal_session_rotate(intake->session, turn->now);
    if (!content->data ||
        !seal_report(intake->session, &place, content->data, content->len, turn->arena, &sealed))
        return false;
    out->session = sealed.session;
    out->key = sealed.wrapped_key;
    out->data = sealed.ciphertext;
    return true;
}

static void add_media(struct turn *turn, const struct submission *submission, Sigap__ReportReceived *report) {
    size_t count = submission->media_count;
    Sigap__Media *media = count ? arena_take(turn->arena, count * sizeof *media) : NULL;
    report->media = count ? arena_take(turn->arena, count * sizeof *report->media) : NULL;
    if (!media || !report->media)
        return;
    for (size_t i = 0; i < count; i++) {
        sigap__media__init(&media[i]);
        media[i].media_id = turn_bytes(turn, &submission->media_ids[i]);
        media[i].kind = (char *)submission->media[i];
        report->media[i] = &media[i];
    }
    report->n_media = count;
}

static void append_record(struct turn *turn, const struct submission *submission, const struct id *id,
    const struct first_report *first, const ProtobufCBinaryData *content,
    uint8_t text_hash[SEAL_HASH_BYTES]) {
    Sigap__Sealed sealed = SIGAP__SEALED__INIT;
    Sigap__ReportReceived report = SIGAP__REPORT_RECEIVED__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    if (!seal_content(turn, id, content, &sealed))
        return; /* the arena is exhausted, the turn will see */
    report.report_id = event.trace = turn_bytes(turn, id);
    report.source = (char *)submission->source;
    report.channel = (char *)submission->channel_word;
    report.received_at = turn->now;
    report.occurred_at = submission->occurred_at;
    report.urgent = submission->urgent;
    report.danger = submission->danger;
    report.may_contact = submission->may_contact;
    report.content_hash = (ProtobufCBinaryData){SEAL_HASH_BYTES, text_hash};
    report.content = &sealed;
    report.group = submission->group;
    report.forwarded = submission->forwarded;
    report.over_limit = submission->over_limit;
    if (first) {
        report.amends = turn_bytes(turn, &first->report);
        report.relation = (char *)(submission->relation ? submission->relation : "edit");
        report.taken_on = intake_follow_taken_on(turn, &first->report);
    }
    add_media(turn, submission, &report);
    hash_reporter(turn, submission, &report);
    event.training = submission->training;
    event.body_case = SIGAP__EVENT__BODY_REPORT_RECEIVED;
    event.report_received = &report;
    turn_append(turn, submission->urgent || submission->danger ? LANE_URGENT : LANE_NORMAL, &event);
}

/* --- after the commit --- */

struct note {
    enum receipt_kind kind;
    enum lane lane;
    bool over_limit;
    int64_t token, now; /* token 0: nobody's allowance */
};

static void note_committed(void *state, const void *argument) {
    struct intake *intake = state;
    const struct note *note = argument;
    switch (note->kind) {
    case RECEIPT_TAKEN:
        intake->counts.taken[note->lane]++;
        intake->counts.over_limit += note->over_limit;
        break;
    case RECEIPT_AGAIN:
        intake->counts.again++;
        break;
    case RECEIPT_REFUSED:
        intake->counts.refused++;
        break;
    }
    if (note->token && note->kind != RECEIPT_REFUSED)
        intake_token_spend(&intake->tokens, note->token, note->now);
}

/* --- the way in --- */

static bool admit(struct turn *turn, struct submission *submission, int wait_s, struct receipt *receipt) {
    receipt->kind = RECEIPT_REFUSED;
    enum submission_fault fault = intake_submission_check(submission, turn->now);
    if (fault != SUBMISSION_SOUND) {
        receipt->problem = intake_submission_problem(fault);
        return false;
    }
    const struct intake *intake = turn->state;
    submission->danger = danger_scan(intake->danger, submission->text, submission->text_size);
    receipt->urgent = submission->urgent || submission->danger;
    receipt->problem = wait_s > 0 ? too_many : problem_overloaded;
    if (wait_s > 0)
        receipt->problem.retry_after_s = wait_s;
    return receipt->urgent || submission->must_take || (wait_s == 0 && !store_low(turn->store));
}

/* What a report is told apart by. */
struct marks {
    uint8_t seed[SEAL_HASH_BYTES], key[SEAL_HASH_BYTES], text[SEAL_HASH_BYTES], sameness[SEAL_HASH_BYTES];
    ProtobufCBinaryData content;
};

static void mark(struct turn *turn, const struct submission *submission, struct marks *marks) {
    const struct intake *intake = turn->state;
    *marks = (struct marks){.content = pack_content(turn, submission)};
    seed_of(intake, submission, marks->seed);
    hash_ticket(keystore_hash(intake->keystore), marks->seed, marks->key);
    hash_text(turn, submission, marks->text);
    if (submission->amendable || submission->sameness)
        hash_message(turn, submission, &marks->content, marks->sameness);
    else if (submission->idempotency_key)
        hash_all(turn, submission, &marks->content, marks->sameness);
    else
        memcpy(marks->sameness, marks->text, sizeof marks->sameness);
}

/* The row is written: the rest of it. first: NULL when it stands alone. */
static void keep(struct turn *turn, const struct submission *submission, struct marks *marks,
    const struct first_report *first, struct receipt *receipt) {
    receipt->kind = RECEIPT_TAKEN;
    receipt->first = receipt->report;
    receipt->ticket = intake_ticket_of(marks->seed, id_time(&receipt->report));
    if (first) {
        add_amendment(turn, &receipt->report, first);
        note_answered(turn, &first->report);
        receipt->first = first->report;
        receipt->ticket = first->ticket;
    } else {
        add_reply_address(turn, submission, &receipt->report, &receipt->ticket);
    }
    if (!first || !submission->attachment)
        append_record(turn, submission, &receipt->report, first, &marks->content, marks->text);
}

/* The message was edited, or belongs to an album: its own key is the first one's and what it says. A
 * repetition of the edit finds its row again. */
static void take_amendment(struct turn *turn, const struct submission *submission, struct marks *marks,
    const struct first_report *first, struct receipt *receipt) {
    const struct intake *intake = turn->state;
    struct id before;
    uint8_t both[2 * SEAL_HASH_BYTES];
    memcpy(both, marks->key, SEAL_HASH_BYTES);
    memcpy(both + SEAL_HASH_BYTES, marks->sameness, SEAL_HASH_BYTES);
    seal_hash(keystore_hash(intake->keystore), SEAL_HASH_EXTERNAL_ID, both, sizeof both, marks->seed);
    hash_ticket(keystore_hash(intake->keystore), marks->seed, marks->key);
    receipt->report = turn_id(turn);
    if (add_row(turn, marks->key, &receipt->report, marks->sameness)) {
        keep(turn, submission, marks, first, receipt);
        return;
    }
    find_row(turn, marks->key, marks->sameness, &before);
    receipt->kind = RECEIPT_AGAIN;
    receipt->report = before;
    receipt->first = first->report;
    receipt->ticket = first->ticket;
}

/* There is a row of this key. */
static void take_known(
    struct turn *turn, const struct submission *submission, struct marks *marks, struct receipt *receipt) {
    struct first_report first;
    bool same = find_row(turn, marks->key, marks->sameness, &receipt->report);
    first.report = receipt->report;
    first.ticket = intake_ticket_of(marks->seed, id_time(&receipt->report));
    if (submission->amendable || submission->joins)
        intake_first_of(turn, &receipt->report, &first);
    receipt->first = first.report;
    receipt->ticket = first.ticket;
    receipt->kind = same ? RECEIPT_AGAIN : RECEIPT_REFUSED;
    receipt->problem = other_content;
    if (!same && submission->amendable)
        take_amendment(turn, submission, marks, &first, receipt);
}

/* A withdrawal and the like: nothing is taken when there is nothing to join. */
static bool has_row(struct turn *turn, const uint8_t key[SEAL_HASH_BYTES], struct receipt *receipt) {
    struct id report;
    find_row(turn, key, key, &report);
    receipt->kind = RECEIPT_REFUSED;
    receipt->problem = problem_not_found;
    return !id_is_null(&report);
}

static void take(struct turn *turn, const struct submission *submission, struct receipt *receipt) {
    struct marks marks;
    mark(turn, submission, &marks);
    if (!submission->only_joins || has_row(turn, marks.key, receipt)) {
        receipt->report = turn_id(turn);
        if (add_row(turn, marks.key, &receipt->report, marks.sameness))
            keep(turn, submission, &marks, submission->joins, receipt);
        else
            take_known(turn, submission, &marks, receipt);
    }
    sodium_memzero(&marks, sizeof marks);
}

bool intake_known(struct turn *turn, const struct submission *submission, struct receipt *receipt) {
    const struct intake *intake = turn->state;
    uint8_t seed[SEAL_HASH_BYTES], key[SEAL_HASH_BYTES];
    struct first_report first = {0};
    *receipt = (struct receipt){.kind = RECEIPT_AGAIN};
    seed_of(intake, submission, seed);
    hash_ticket(keystore_hash(intake->keystore), seed, key);
    find_row(turn, key, key, &receipt->report);
    first.report = receipt->report;
    first.ticket = intake_ticket_of(seed, id_time(&receipt->report));
    intake_first_of(turn, &receipt->report, &first);
    receipt->first = first.report;
    receipt->ticket = first.ticket;
    sodium_memzero(seed, sizeof seed);
    return !id_is_null(&receipt->report);
}

/* Whatever way it comes: a ticket in the words says what they belong to. */
static void join_named(struct turn *turn, struct submission *submission) {
    struct first_report named, *kept;
    bool alone = !submission->relation || strcmp(submission->relation, "album") == 0;
    if (submission->joins || !alone ||
        !intake_report_named(turn, submission->text, submission->text_size, &named))
        return;
    kept = arena_take(turn->arena, sizeof *kept);
    if (!kept)
        return; /* the arena is exhausted, the turn will see */
    *kept = named;
    submission->joins = kept;
    if (!submission->relation)
        submission->relation = "follow_up";
}

void intake_receive(struct turn *turn, struct submission *submission, const struct intake_token *token,
    struct receipt *receipt) {
    int wait_s = token ? intake_token_wait_s(token, turn->now) : 0;
    *receipt = (struct receipt){0};
    if (admit(turn, submission, wait_s, receipt)) {
        join_named(turn, submission);
        take(turn, submission, receipt);
    }
    const struct note note = {receipt->kind, receipt->urgent ? LANE_URGENT : LANE_NORMAL, wait_s > 0,
        token ? token->number : 0, turn->now};
    turn_after_commit(turn, note_committed, &note, sizeof note);
}

/* ---- texts that are longer than a report */

size_t intake_report_size(const char *text) {
    size_t whole = utf8_whole(text, SUBMISSION_TEXT_MAX);
    for (const char *end = "\n "; *end && text[whole]; end++)
        for (size_t at = whole; at > SUBMISSION_TEXT_MAX / 2; at--)
            if (text[at] == *end)
                return at;
    return whole;
}

void intake_receive_rest(struct turn *turn, const struct submission *whole, const struct intake_token *token,
    struct receipt *receipt) {
    const struct first_report first = {receipt->first, receipt->ticket};
    const char *text = whole->text + whole->text_size;
    for (unsigned part = 2; *text && receipt->kind != RECEIPT_REFUSED; part++) {
        struct submission rest = *whole;
        struct receipt taken;
        rest.text = text;
        rest.text_size = intake_report_size(text);
        rest.joins = &first;
        rest.relation = "follow_up";
        rest.media_count = 0; /* the first has them */
        rest.attachment = false;
        rest.external_id =
            whole->external_id ? arena_format(turn->arena, "%s#%u", whole->external_id, part) : NULL;
        intake_receive(turn, &rest, token, &taken);
        if (taken.kind == RECEIPT_REFUSED && taken.problem.status != 422) /* 422: blanks */
            *receipt = taken;
        text += rest.text_size;
    }
}
