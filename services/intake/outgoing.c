#include "services/intake/outgoing.h"

#include "intake_sql.h"
#include "services/intake/hook.h"
#include "services/intake/sender.h"
#include "services/intake/web.h"

#include <stdio.h>
#include <string.h>

enum {
    LEASE_MS = 90 * 1000, /* longer than a call takes: then nobody knows what became of it */
    TRIES_MAX = 8,
    FIRST_WAIT_MS = 5000,          /* doubles: 5 10 20 ... 640 s */
    TOO_LATE_MS = 24 * 3600 * 1000 /* a receipt of yesterday only puzzles */
};

static bool can_tell(const struct intake *intake, const char *bot) {
    const struct intake_channel *channel = intake_channel_of_bot(intake->channels, bot);
    const struct hook *hook = channel ? channel->source->hook : NULL;
    return hook && !channel->silent && hook->reply_call &&
           intake_channel_option(channel, hook->reply_option ? hook->reply_option : "token");
}

static struct seal_place place_of(const struct id *id) {
    return (struct seal_place){*id, "outgoing", 0};
}

static void send(
    struct turn *turn, const struct id *id, const char *bot, const char *chat, const char *text) {
    struct web_tell *tell = arena_take(turn->arena, sizeof *tell);
    if (!tell || turn->effects_held)
        return; /* its lease brings it back */
    snprintf(tell->bot, sizeof tell->bot, "%s", bot);
    snprintf(tell->chat, sizeof tell->chat, "%s", chat);
    snprintf(tell->text, sizeof tell->text, "%s", text);
    const struct effect effect = {*id, EFFECT_TELL, tell, sizeof *tell};
    turn_effect(turn, &effect);
}

void intake_tell(struct turn *turn, const char *bot, const char *chat, const char *text) {
    const struct intake *intake = turn->state;
    if (!can_tell(intake, bot) || strlen(chat) > WEB_CHAT_MAX || strpbrk(chat, "\r\n"))
        return;
    struct id id = turn_id(turn);
    const struct seal_place place = place_of(&id);
    const char *plain = arena_format(turn->arena, "%s\n%s", chat, text);
    ProtobufCBinaryData sealed;
    if (!plain || !seal_local(keystore_local(intake->keystore), &place, plain, strlen(plain), intake->random,
                      turn->arena, &sealed))
        return; /* the arena is exhausted, the turn will see */
    struct statement *add = intake_use(turn->store, INTAKE_OUTGOING_ADD);
    bind_id(add, &id);
    bind_text(add, bot);
    bind_int(add, turn->now + LEASE_MS);
    bind_blob(add, sealed.data, sealed.len);
    statement_run(add);
    turn_timer_set(turn, OUTGOING_TIMER, &id, turn->now + LEASE_MS, false);
    send(turn, &id, bot, chat, text);
}

struct outgoing {
    const char *bot;
    int64_t attempts, due_at;
    ProtobufCBinaryData plain;
};

static bool read_row(struct turn *turn, const struct id *id, struct outgoing *row) {
    const struct intake *intake = turn->state;
    const struct seal_place place = place_of(id);
    struct statement *get = intake_use(turn->store, INTAKE_OUTGOING_GET);
    size_t size;
    bind_id(get, id);
    bool found = statement_step(get);
    if (found) {
        row->bot = arena_text(turn->arena, column_text(get, 0));
        row->attempts = column_int(get, 1);
        row->due_at = column_int(get, 2);
        const void *sealed = column_blob(get, 3, &size);
        found = seal_open_local(keystore_local(intake->keystore), &place, sealed, size, turn->arena,
                    &row->plain) == SEAL_OPENED;
    }
    statement_end(get);
    return found && row->bot;
}

static void count_told(void *state, const void *argument) {
    struct intake *intake = state;
    if (*(const bool *)argument)
        intake->counts.told++;
    else
        intake->counts.untold++;
}

static void end(struct turn *turn, const struct id *id, bool told) {
    struct statement *delete = intake_use(turn->store, INTAKE_OUTGOING_DELETE);
    bind_id(delete, id);
    statement_run(delete);
    turn_after_commit(turn, count_told, &told, sizeof told);
}

static void set_due(struct turn *turn, const struct id *id, int64_t attempts, int64_t due_at) {
    struct statement *set = intake_use(turn->store, INTAKE_OUTGOING_TRY);
    bind_int(set, attempts);
    bind_int(set, due_at);
    bind_id(set, id);
    statement_run(set);
    turn_timer_set(turn, OUTGOING_TIMER, id, due_at, false);
}

/* The wait is over, or a lease has ended without a result: the process died with a call under way. */
void intake_tell_timer(struct turn *turn, const struct id *id, int64_t due_at) {
    struct outgoing row;
    if (!read_row(turn, id, &row) || row.due_at != due_at)
        return;
    char *text = strchr((char *)row.plain.data, '\n');
    if (!text || row.attempts >= TRIES_MAX || turn->now - id_time(id) > TOO_LATE_MS) {
        end(turn, id, false);
        return;
    }
    *text++ = 0;
    set_due(turn, id, row.attempts + !turn->effects_held, turn->now + LEASE_MS);
    send(turn, id, row.bot, (const char *)row.plain.data, text);
}

void intake_tell_result(struct turn *turn, const struct effect_result *result) {
    struct outgoing row;
    if (!read_row(turn, &result->id, &row))
        return;
    turn_timer_clear(turn, OUTGOING_TIMER, &result->id, row.due_at);
    int64_t wait = (int64_t)FIRST_WAIT_MS << (row.attempts < 7 ? row.attempts : 7);
    if (result->outcome == WEB_AGAIN && row.attempts < TRIES_MAX)
        set_due(turn, &result->id, row.attempts,
            turn->now + (result->retry_after_ms > wait ? result->retry_after_ms : wait));
    else
        end(turn, &result->id, result->outcome == WEB_DONE);
}

/* --- questions --- */

/* word, address, bot, ticket and language, a line each: see receive.c. The last is NULL in older rows. */
enum { ADDRESS_LINES = 5 };

static bool read_address(struct turn *turn, const struct id *report, char *lines[ADDRESS_LINES]) {
    const struct intake *intake = turn->state;
    const struct seal_place place = {*report, "reply_address", 0};
    ProtobufCBinaryData plain = {0};
    struct statement *get = intake_use(turn->store, INTAKE_REPLY_GET);
    size_t size;
    bind_id(get, report);
    bool found = statement_step(get);
    if (found) {
        const void *sealed = column_blob(get, 0, &size);
        found = seal_open_local(keystore_local(intake->keystore), &place, sealed, size, turn->arena,
                    &plain) == SEAL_OPENED;
    }
    statement_end(get);
    char *rest = (char *)plain.data;
    for (size_t i = 0; found && i < ADDRESS_LINES; i++)
        lines[i] = strsep(&rest, "\n");
    return found && lines[3];
}

bool intake_reporter_of(struct turn *turn, const struct id *report, const char **bot, const char **address) {
    char *lines[ADDRESS_LINES];
    if (!read_address(turn, report, lines))
        return false;
    *address = lines[1];
    *bot = lines[2];
    return true;
}

void intake_ask(struct turn *turn, const struct id *report, enum reply question) {
    const struct intake *intake = turn->state;
    char *lines[ADDRESS_LINES];
    struct sender sender;
    struct first_report about = {.report = *report};
    if (!read_address(turn, report, lines) || !can_tell(intake, lines[2]) ||
        !ticket_from_text(lines[3], &about.ticket))
        return;
    sender_read(turn, lines[2], lines[1], &sender);
    if (sender.asked_at && turn->now - sender.asked_at < HOOK_ANSWER_MS)
        return; /* one question at a time */
    const char *text =
        intake_reply_text(intake->replies, turn->arena, question, intake_language(lines[4]), lines[3]);
    if (!text)
        return;
    sender_asked(turn, &sender, &about);
    intake_tell(turn, lines[2], lines[1], text);
}
