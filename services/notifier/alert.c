#include "alert.h"

#include "common/log.h"
#include "common/texts.h"
#include "notifier_sql.h"
#include "pack.h"
#include "recent.h"
#include "state.h"

#include <stddef.h>
#include <string.h>

static const char *const subject_words[SUBJECTS] = {
    [SUBJECT_CASE] = "case",
    [SUBJECT_REVIEW] = "review",
    [SUBJECT_OFFER] = "offer",
    [SUBJECT_REFERRAL] = "referral",
    [SUBJECT_TASK] = "task",
    [SUBJECT_PARKED] = "parked",
    [SUBJECT_SILENT] = "silent",
};

static const char *const move_words[ALERT_MOVES] = {
    [MOVE_ACCEPT] = "accept",
    [MOVE_CANNOT] = "cannot",
    [MOVE_SNOOZE] = "snooze",
    [MOVE_ESCALATE] = "escalate",
    [MOVE_DONE] = "done",
    [MOVE_STEP] = "step",
    [MOVE_EXHAUST] = "exhaust",
    [MOVE_LAPSE] = "lapse",
    [MOVE_STAND_DOWN] = "stand_down",
};

const char *alert_subject_word(enum alert_subject subject) {
    return subject < SUBJECTS ? subject_words[subject] : "?";
}

const char *alert_state_word(enum alert_state state) {
    switch (state) {
    case ALERT_STATE_OPEN:
        return "open";
    case ALERT_STATE_ANSWERED:
        return "answered";
    case ALERT_STATE_EXHAUSTED:
        return "exhausted";
    case ALERT_STATE_STOOD_DOWN:
        return "stood-down";
    }
    return "?";
}

const char *alert_move_word(enum alert_move move) {
    return move < ALERT_MOVES ? move_words[move] : "?";
}

bool alert_move_parse(const char *word, enum alert_move *move) {
    for (unsigned i = MOVE_ACCEPT; i <= MOVE_DONE; i++) {
        if (strcmp(word, move_words[i]) == 0) {
            *move = (enum alert_move)i;
            return true;
        }
    }
    return false;
}

/* --- states --- */

/* 0: not a move. STOOD_DOWN absorbs. A done before an accept is an answer too: somebody has seen to it. */
static const uint8_t after[ALERT_STATE_STOOD_DOWN + 1][ALERT_MOVES] = {
    [ALERT_STATE_OPEN] =
        {
            [MOVE_ACCEPT] = ALERT_STATE_ANSWERED,
            [MOVE_CANNOT] = ALERT_STATE_OPEN,
            [MOVE_SNOOZE] = ALERT_STATE_OPEN,
            [MOVE_ESCALATE] = ALERT_STATE_OPEN,
            [MOVE_DONE] = ALERT_STATE_ANSWERED,
            [MOVE_STEP] = ALERT_STATE_OPEN,
            [MOVE_EXHAUST] = ALERT_STATE_EXHAUSTED,
            [MOVE_STAND_DOWN] = ALERT_STATE_STOOD_DOWN,
        },
    [ALERT_STATE_ANSWERED] =
        {
            [MOVE_CANNOT] = ALERT_STATE_OPEN, /* gives it back */
            [MOVE_SNOOZE] = ALERT_STATE_ANSWERED,
            [MOVE_ESCALATE] = ALERT_STATE_OPEN,
            [MOVE_DONE] = ALERT_STATE_ANSWERED,
            [MOVE_LAPSE] = ALERT_STATE_OPEN,
            [MOVE_STAND_DOWN] = ALERT_STATE_STOOD_DOWN,
        },
    [ALERT_STATE_EXHAUSTED] =
        {
            [MOVE_ACCEPT] = ALERT_STATE_ANSWERED,
            [MOVE_CANNOT] = ALERT_STATE_EXHAUSTED,
            [MOVE_DONE] = ALERT_STATE_ANSWERED,
            [MOVE_STEP] = ALERT_STATE_EXHAUSTED, /* the final target again */
            [MOVE_STAND_DOWN] = ALERT_STATE_STOOD_DOWN,
        },
};

enum alert_state alert_after(enum alert_state state, enum alert_move move) {
    if (state < ALERT_STATE_OPEN || state > ALERT_STATE_STOOD_DOWN || move >= ALERT_MOVES)
        return 0;
    return (enum alert_state)after[state][move];
}

bool alert_do(struct alert *alert, enum alert_move move) {
    enum alert_state to = alert_after(alert->state, move);
    if (!to)
        return false;
    log_line(LOG_DEBUG, "alert", "subject=%s move=%s from=%s to=%s", alert_subject_word(alert->subject),
        alert_move_word(move), alert_state_word(alert->state), alert_state_word(to));
    alert->state = to;
    alert->version++;
    return true;
}

/* --- ids --- */

void alert_incident(const struct id *any, struct id *first, struct id *last) {
    *first = *last = *any;
    memset(first->bytes + ALERT_INCIDENT_BYTES, 0, ID_BYTES - ALERT_INCIDENT_BYTES);
    memset(last->bytes + ALERT_INCIDENT_BYTES, 0xff, ID_BYTES - ALERT_INCIDENT_BYTES);
}

struct id alert_number_id(const struct id *incident, unsigned number) {
    struct id id = *incident;
    id.bytes[12] = (uint8_t)(number >> 8);
    id.bytes[13] = (uint8_t)number;
    id.bytes[14] = id.bytes[15] = 0;
    return id;
}

struct id alert_delivery_id(const struct id *alert, uint16_t ordinal) {
    struct id id = *alert;
    id.bytes[14] = (uint8_t)(ordinal >> 8);
    id.bytes[15] = (uint8_t)ordinal;
    return id;
}

struct id alert_of_delivery(const struct id *delivery, uint16_t *ordinal) {
    struct id id = *delivery;
    *ordinal = (uint16_t)(id.bytes[14] << 8 | id.bytes[15]);
    id.bytes[14] = id.bytes[15] = 0;
    return id;
}

/* --- deliveries --- */

struct delivery *alert_delivery(struct alert *alert, uint16_t ordinal) {
    for (unsigned i = ordinal < alert->delivery_count ? ordinal : alert->delivery_count; i > 0; i--)
        if (alert->deliveries[i - 1].ordinal <=
            ordinal) /* they rise: at its place, or before it by the gaps */
            return alert->deliveries[i - 1].ordinal == ordinal ? &alert->deliveries[i - 1] : NULL;
    return NULL;
}

static bool tells_the_same(const struct delivery *one, const struct delivery *other) {
    return one->purpose == other->purpose && one->codes_only == other->codes_only &&
           strcmp(one->team, other->team) == 0 && strcmp(one->on_duty, other->on_duty) == 0 &&
           strcmp(one->channel, other->channel) == 0 && strcmp(one->role, other->role) == 0;
}

static bool was_repeated(const struct alert *alert, unsigned index, int64_t before) {
    if (alert->deliveries[index].queued_at >= before)
        return false;
    for (unsigned i = alert->delivery_count; --i > index;)
        if (tells_the_same(&alert->deliveries[i], &alert->deliveries[index]))
            return true;
    return false;
}

void alert_thin(struct alert *alert, int64_t before) {
    unsigned kept = 0;
    for (unsigned i = 0; i < alert->delivery_count; i++)
        if (!was_repeated(alert, i, before))
            alert->deliveries[kept++] = alert->deliveries[i];
    alert->delivery_count = kept;
}

static unsigned next_ordinal(const struct alert *alert) {
    return alert->delivery_count ? alert->deliveries[alert->delivery_count - 1].ordinal + 1u : 1;
}

static bool grow(struct turn *turn, struct alert *alert) {
    unsigned room = alert->delivery_room * 2 + DELIVERIES_ROOM;
    struct delivery *list = arena_take(turn->arena, room * sizeof *list);
    if (!list)
        return false;
    if (alert->delivery_count)
        memcpy(list, alert->deliveries, alert->delivery_count * sizeof *list);
    alert->deliveries = list;
    alert->delivery_room = room;
    return true;
}

struct delivery *alert_add(struct turn *turn, struct alert *alert, const char *team, const char *channel,
    const char *role, enum delivery_purpose purpose) {
    unsigned ordinal = next_ordinal(alert);
    if (alert->delivery_count >= DELIVERIES_MAX || ordinal > UINT16_MAX ||
        (alert->delivery_count == alert->delivery_room && !grow(turn, alert)))
        return NULL;
    struct delivery *delivery = &alert->deliveries[alert->delivery_count];
    *delivery = (struct delivery){.ordinal = (uint16_t)ordinal,
        .state = DELIVERY_QUEUED,
        .purpose = purpose,
        .queued_at = turn->now,
        .at = turn->now};
    strncpy(delivery->team, team, DELIVERY_TEAM_MAX);
    strncpy(delivery->channel, channel, DELIVERY_CHANNEL_MAX);
    strncpy(delivery->role, role, DELIVERY_ROLE_MAX);
    alert->delivery_count++;
    return delivery;
}

/* --- who is not told again --- */

static struct alert_quiet *find_quiet(const struct alert *alert, const char *team, const char *person) {
    for (unsigned i = 0; i < alert->quiet_count; i++)
        if (strcmp(alert->quiet[i].team, team) == 0 && strcmp(alert->quiet[i].person, person) == 0)
            return &alert->quiet[i];
    return NULL;
}

int64_t alert_quiet_until(const struct alert *alert, const char *team, const char *person) {
    const struct alert_quiet *quiet = find_quiet(alert, team, person);
    return quiet ? quiet->until : 0;
}

void alert_quiet_set(
    struct turn *turn, struct alert *alert, const char *team, const char *person, int64_t until) {
    struct alert_quiet *quiet = find_quiet(alert, team, person);
    if (quiet) {
        quiet->until = until;
        return;
    }
    unsigned oldest = alert->quiet_count == ALERT_QUIET_MAX, kept = alert->quiet_count - oldest;
    quiet = arena_take(turn->arena, (kept + 1) * sizeof *quiet);
    if (!quiet)
        return;
    if (kept)
        memcpy(quiet, alert->quiet + oldest, kept * sizeof *quiet);
    copy_text(quiet[kept].team, sizeof quiet->team, team);
    copy_text(quiet[kept].person, sizeof quiet->person, person);
    quiet[kept].until = until;
    alert->quiet = quiet;
    alert->quiet_count = kept + 1;
}

/* --- rows --- */

/* Version 2 has who is not told again, before the deliveries; an alert without them is written as before. */
enum { BODY_VERSION = 1, BODY_VERSION_QUIET = 2 };

/* Bits of the byte of yes and no. */
enum {
    BIT_TRAINING = 1,
    BIT_UNVERIFIED = 2,
    BIT_ANSWERABLE = 4,
    BIT_PROGRESSED = 8,
    BIT_FINISHED = 16,
    BIT_CODES = 32,
    BIT_FEMALE = 64,
    BIT_ALSO = 128 /* further kinds follow the kind */
};

static void pack_quiet(const struct alert *alert, struct buffer *out) {
    buffer_add_varint(out, alert->quiet_count);
    for (unsigned i = 0; i < alert->quiet_count; i++) {
        pack_text(out, alert->quiet[i].team);
        pack_text(out, alert->quiet[i].person);
        buffer_add_varint(out, (uint64_t)alert->quiet[i].until);
    }
}

static bool unpack_quiet(struct arena *arena, struct unpacker *from, struct alert *out) {
    int64_t count = unpack_int(from);
    if (from->failed || count < 1 || count > ALERT_QUIET_MAX)
        return false;
    out->quiet = arena_take(arena, (size_t)count * sizeof *out->quiet);
    if (!out->quiet)
        return false;
    out->quiet_count = (unsigned)count;
    for (unsigned i = 0; i < out->quiet_count; i++) {
        unpack_text(from, out->quiet[i].team, sizeof out->quiet[i].team);
        unpack_text(from, out->quiet[i].person, sizeof out->quiet[i].person);
        out->quiet[i].until = unpack_int(from);
    }
    return !from->failed;
}

static void pack_body(const struct alert *alert, struct buffer *out) {
    uint8_t bits =
        (uint8_t)((alert->training ? BIT_TRAINING : 0) | (alert->unverified ? BIT_UNVERIFIED : 0) |
                  (alert->answerable ? BIT_ANSWERABLE : 0) | (alert->progressed ? BIT_PROGRESSED : 0) |
                  (alert->finished ? BIT_FINISHED : 0) | (alert->codes_only ? BIT_CODES : 0) |
                  (alert->prefer_female ? BIT_FEMALE : 0) | (alert->also[0] ? BIT_ALSO : 0));
    uint8_t version = alert->quiet_count ? BODY_VERSION_QUIET : BODY_VERSION;
    uint8_t head[] = {version, bits, alert->reminded, (uint8_t)alert->chain.lane};
    buffer_add(out, head, sizeof head);
    buffer_add(out, alert->subject_id.bytes, ID_BYTES);
    buffer_add(out, alert->case_id.bytes, ID_BYTES);
    buffer_add(out, alert->last_command.bytes, ID_BYTES);
    pack_text(out, alert->kind);
    if (alert->also[0])
        pack_text(out, alert->also);
    pack_text(out, alert->owner);
    pack_text(out, alert->detail);
    pack_text(out, alert->answered_team);
    pack_text(out, alert->answered_by);
    const int64_t numbers[] = {alert->policy, alert->position, alert->base_at, alert->opened_at,
        alert->answer_by, alert->snoozed_until, alert->told_at, alert->answered_at, alert->respond_from,
        (int64_t)alert->version, (int64_t)alert->chain.sequence};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        buffer_add_varint(out, (uint64_t)numbers[i]);
    if (alert->quiet_count)
        pack_quiet(alert, out);
    deliveries_pack(alert->deliveries, alert->delivery_count, out);
}

static void unpack_id(struct unpacker *from, struct id *out) {
    const uint8_t *bytes = unpack_bytes(from, ID_BYTES);
    if (bytes)
        memcpy(out->bytes, bytes, ID_BYTES);
}

static bool unpack_head(struct unpacker *from, struct alert *out) {
    const uint8_t *head = unpack_bytes(from, 4);
    if (!head || head[0] < BODY_VERSION || head[0] > BODY_VERSION_QUIET || head[3] >= LANES)
        return false;
    out->training = head[1] & BIT_TRAINING;
    out->unverified = head[1] & BIT_UNVERIFIED;
    out->answerable = head[1] & BIT_ANSWERABLE;
    out->progressed = head[1] & BIT_PROGRESSED;
    out->finished = head[1] & BIT_FINISHED;
    out->codes_only = head[1] & BIT_CODES;
    out->prefer_female = head[1] & BIT_FEMALE;
    out->reminded = head[2];
    out->chain.lane = (enum lane)head[3];
    unpack_id(from, &out->subject_id);
    unpack_id(from, &out->case_id);
    unpack_id(from, &out->last_command);
    unpack_text(from, out->kind, sizeof out->kind);
    if (head[1] & BIT_ALSO)
        unpack_text(from, out->also, sizeof out->also);
    unpack_text(from, out->owner, sizeof out->owner);
    unpack_text(from, out->detail, sizeof out->detail);
    unpack_text(from, out->answered_team, sizeof out->answered_team);
    unpack_text(from, out->answered_by, sizeof out->answered_by);
    out->policy = unpack_int(from);
    out->position = (unsigned)unpack_int(from);
    out->base_at = unpack_int(from);
    out->opened_at = unpack_int(from);
    out->answer_by = unpack_int(from);
    out->snoozed_until = unpack_int(from);
    out->told_at = unpack_int(from);
    out->answered_at = unpack_int(from);
    out->respond_from = unpack_int(from);
    out->version = (uint64_t)unpack_int(from);
    out->chain.sequence = (uint64_t)unpack_int(from);
    return !from->failed;
}

static bool unpack_body(struct arena *arena, const void *bytes, size_t size, struct alert *out) {
    struct unpacker from = {bytes, size, false};
    if (!unpack_head(&from, out) ||
        (*(const uint8_t *)bytes == BODY_VERSION_QUIET && !unpack_quiet(arena, &from, out)))
        return false;
    out->deliveries = deliveries_unpack(arena, from.at, from.left, &out->delivery_count);
    out->delivery_room = out->delivery_count + DELIVERIES_ROOM;
    return out->deliveries != NULL;
}

static struct alert *make(struct turn *turn, const struct alert_row *row) {
    struct alert *alert = arena_take(turn->arena, sizeof *alert);
    if (!alert)
        return NULL;
    alert->row = row->number;
    alert->id = row->id;
    alert->subject = row->subject;
    alert->state = alert->stored.state = row->state;
    alert->priority = alert->stored.priority = row->priority;
    alert->confidentiality = alert->stored.confidentiality = row->confidentiality;
    memcpy(alert->area, row->area, sizeof alert->area);
    memcpy(alert->stored.area, row->area, sizeof alert->stored.area);
    memcpy(alert->facility, row->facility, sizeof alert->facility);
    alert->next_at = row->next_at;
    if (unpack_body(turn->arena, row->body, row->body_size, alert))
        return alert;
    char text[ID_TEXT + 1];
    id_to_text(&alert->id, text);
    log_line(LOG_ERROR, "alert-damaged", "id=%s", text);
    return NULL;
}

struct alert *alert_from_row(struct turn *turn, struct statement *statement) {
    struct alert_row row = {.number = column_int(statement, 0),
        .id = column_id(statement, 1),
        .subject = (enum alert_subject)column_int(statement, 2),
        .state = (enum alert_state)column_int(statement, 3),
        .priority = (int)column_int(statement, 4),
        .confidentiality = (int)column_int(statement, 5),
        .next_at = column_int(statement, 8)};
    copy_text(row.area, sizeof row.area, column_text(statement, 6));
    copy_text(row.facility, sizeof row.facility, column_text(statement, 7));
    row.body = column_blob(statement, 9, &row.body_size);
    return make(turn, &row);
}

void alerts_begin(struct turn *turn) {
    struct notifier *notifier = turn->state;
    struct statement *last = notifier_use(turn->store, NOTIFIER_ALERT_NEWEST);
    struct id newest = statement_step(last) ? column_id(last, 0) : (struct id){{0}};
    statement_end(last);
    id_filter_begin(&notifier->incidents, &newest);
}

struct alert *alert_read(struct turn *turn, const struct id *id) {
    struct statement *get = notifier_use(turn->store, NOTIFIER_ALERT_GET);
    bind_id(get, id);
    struct alert *alert = statement_step(get) ? alert_from_row(turn, get) : NULL;
    statement_end(get);
    return alert;
}

bool alert_is_first(const struct alert *alert) {
    struct id first = alert_number_id(&alert->id, 0);
    return !alert->row && id_equal(&alert->id, &first);
}

/* NULL: the arena is exhausted. */
static struct siblings *make_siblings(struct turn *turn, struct alert *const *all, unsigned count) {
    struct siblings *siblings =
        arena_take(turn->arena, offsetof(struct siblings, alerts) + count * sizeof *all);
    if (!siblings)
        return NULL;
    siblings->count = count;
    for (unsigned i = 0; i < count; i++) {
        siblings->alerts[i] = all[i];
        all[i]->siblings = siblings;
    }
    return siblings;
}

/* The newest first, should there ever be more than fit; turned round. */
static unsigned list_stored(
    struct turn *turn, const struct id *incident, struct alert *out[ALERT_INCIDENT_MAX]) {
    struct id first, last;
    unsigned count = 0;
    if (id_filter_excludes(&((struct notifier *)turn->state)->incidents, incident))
        return 0;
    alert_incident(incident, &first, &last);
    struct statement *list = notifier_use(turn->store, NOTIFIER_ALERT_INCIDENT);
    bind_id(list, &first);
    bind_id(list, &last);
    bind_int(list, ALERT_INCIDENT_MAX);
    while (statement_step(list)) {
        struct alert *alert = alert_from_row(turn, list);
        if (alert)
            out[count++] = alert;
    }
    statement_end(list);
    for (unsigned i = 0; i < count / 2; i++) {
        struct alert *swapped = out[i];
        out[i] = out[count - 1 - i];
        out[count - 1 - i] = swapped;
    }
    return count;
}

static unsigned find_recent(
    struct turn *turn, const struct id *incident, const struct alert_row *out[RECENT_ALERTS]) {
    struct notifier *notifier = turn->state;
    return recent_find(notifier->recent, incident, out);
}

unsigned alert_list(struct turn *turn, const struct id *incident, struct alert *out[ALERT_INCIDENT_MAX]) {
    const struct alert_row *rows[RECENT_ALERTS];
    unsigned recent = find_recent(turn, incident, rows), count = 0;
    for (unsigned i = 0; i < recent; i++) {
        struct alert *alert = make(turn, rows[i]);
        if (alert)
            out[count++] = alert;
    }
    if (!recent)
        count = list_stored(turn, incident, out);
    make_siblings(turn, out, count);
    return count;
}

const struct siblings *alert_siblings(struct turn *turn, struct alert *alert) {
    struct alert *all[ALERT_INCIDENT_MAX];
    if (!alert->siblings)
        alert->siblings =
            make_siblings(turn, all, alert_is_first(alert) ? 0 : alert_list(turn, &alert->id, all));
    return alert->siblings;
}

static unsigned number_of(const struct id *alert) {
    return (unsigned)(alert->bytes[ALERT_INCIDENT_BYTES] << 8 | alert->bytes[ALERT_INCIDENT_BYTES + 1]);
}

static unsigned next_number(struct turn *turn, const struct id *incident) {
    const struct alert_row *rows[RECENT_ALERTS];
    unsigned recent = find_recent(turn, incident, rows), number = 0;
    if (recent)
        return number_of(&rows[recent - 1]->id) + 1;
    if (id_filter_excludes(&((struct notifier *)turn->state)->incidents, incident))
        return 0;
    struct id first, last, newest;
    alert_incident(incident, &first, &last);
    struct statement *get = notifier_use(turn->store, NOTIFIER_ALERT_NEWEST_ID);
    bind_id(get, &first);
    bind_id(get, &last);
    if (statement_step(get)) {
        newest = column_id(get, 0);
        number = number_of(&newest) + 1;
    }
    statement_end(get);
    return number;
}

struct alert *alert_new(struct turn *turn, const struct id *incident, enum alert_subject subject,
    const struct id *subject_id, int priority) {
    struct alert *alert = arena_take(turn->arena, sizeof *alert);
    if (!alert)
        return NULL;
    alert->id = alert_number_id(incident, next_number(turn, incident));
    alert->case_id = *incident;
    alert->subject = subject;
    alert->subject_id = *subject_id;
    alert->state = ALERT_STATE_OPEN;
    alert->priority = priority;
    alert->training = turn->training;
    alert->opened_at = alert->base_at = turn->now;
    alert->version = 1;
    return alert;
}

static int64_t count_sending(const struct alert *alert) {
    int64_t sending = 0;
    for (unsigned i = 0; i < alert->delivery_count; i++)
        sending += alert->deliveries[i].state == DELIVERY_SENDING && alert->deliveries[i].number == 0;
    return sending;
}

static void insert(struct turn *turn, const struct alert_row *row, int64_t sending, bool asks) {
    struct notifier *notifier = turn->state;
    struct statement *add = notifier_use(turn->store, NOTIFIER_ALERT_INSERT);
    id_filter_add(&notifier->incidents, &row->id);
    bind_int(add, row->number);
    bind_id(add, &row->id);
    bind_int(add, row->subject);
    bind_int(add, row->state);
    bind_int(add, row->priority);
    bind_int(add, row->confidentiality);
    bind_text(add, row->area);
    bind_text(add, row->facility);
    bind_int(add, row->next_at);
    bind_int(add, sending);
    bind_int(add, asks);
    bind_blob(add, row->body, row->body_size);
    statement_run(add);
}

static void update(
    struct turn *turn, const struct alert_row *row, int64_t sending, bool asks, bool in_place) {
    struct statement *set =
        notifier_use(turn->store, in_place ? NOTIFIER_ALERT_UPDATE_IN_PLACE : NOTIFIER_ALERT_UPDATE);
    if (!in_place) {
        bind_int(set, row->state);
        bind_int(set, row->priority);
        bind_int(set, row->confidentiality);
        bind_text(set, row->area);
        bind_int(set, asks);
    }
    bind_int(set, row->next_at);
    bind_int(set, sending);
    bind_blob(set, row->body, row->body_size);
    bind_int(set, row->number);
    statement_run(set);
}

static struct alert_row row_of(const struct alert *alert, const struct buffer *body) {
    struct alert_row row = {.number = alert->row,
        .id = alert->id,
        .subject = alert->subject,
        .state = alert->state,
        .priority = alert->priority,
        .confidentiality = alert->confidentiality,
        .next_at = alert->next_at,
        .body = body->bytes,
        .body_size = body->size};
    memcpy(row.area, alert->area, sizeof row.area);
    memcpy(row.facility, alert->facility, sizeof row.facility);
    return row;
}

static void keep(struct turn *turn, const struct alert_row *row, bool is_new) {
    struct notifier *notifier = turn->state;
    if (turn_is_careful(turn))
        recent_drop(notifier->recent, &row->id);
    else
        recent_keep(notifier->recent, row, is_new);
}

/* What the indices have of it. */
static bool is_stored_so(const struct alert *alert, const struct alert_row *row) {
    return row->state == alert->stored.state && row->priority == alert->stored.priority &&
           row->confidentiality == alert->stored.confidentiality &&
           strcmp(row->area, alert->stored.area) == 0;
}

void alert_write(struct turn *turn, struct alert *alert) {
    struct buffer *body = notifier_scratch(turn->state);
    bool is_new = !alert->row;
    buffer_clear(body, ALERT_BODY_MAX);
    pack_body(alert, body);
    if (body->failed) { /* 1000 deliveries fit, see ALERT_BODY_MAX: memory is out */
        arena_exhaust(turn->arena);
        return;
    }
    if (is_new && !alert->handover)
        alert->handover = notifier_next_number(turn->state);
    if (is_new)
        alert->row = alert->handover;
    struct alert_row row = row_of(alert, body);
    if (is_new)
        insert(turn, &row, count_sending(alert), alert->answerable);
    else
        update(turn, &row, count_sending(alert), alert->answerable, is_stored_so(alert, &row));
    alert->stored.state = row.state;
    alert->stored.priority = row.priority;
    alert->stored.confidentiality = row.confidentiality;
    memcpy(alert->stored.area, row.area, sizeof alert->stored.area);
    keep(turn, &row, is_new);
}
