#include "services/intake/media.h"

#include "common/json.h"
#include "common/medium.h"
#include "common/rights.h"
#include "intake_sql.h"
#include "services/intake/follow.h"
#include "services/intake/hook.h"
#include "services/intake/web.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum media_state { MEDIA_WANTED = 0, MEDIA_KEPT = 1, MEDIA_UNAVAILABLE = 2 }; /* kept in media.state */
enum {
    LEASE_MS = 120 * 1000,
    FIRST_WAIT_MS = 5000, /* doubles ... */
    DOUBLINGS_MAX = 9,    /* ... to 43 minutes: soon after what was shut or had run out is mended */
    TRIES_MAX = 76        /* two days of them; platforms keep media for days */
};

static struct seal_place place_of(const struct id *id) {
    return (struct seal_place){*id, "media", 0};
}

static bool can_fetch(const struct intake *intake, const char *bot) {
    const struct intake_channel *channel = intake_channel_of_bot(intake->channels, bot);
    return channel && channel->source->hook && channel->source->hook->media_call &&
           intake_channel_option(channel, "token");
}

static void fetch(struct turn *turn, const struct id *id, const char *bot, const char *reference) {
    struct web_fetch *what = arena_take(turn->arena, sizeof *what);
    if (!what || turn->effects_held)
        return; /* its lease brings it back */
    snprintf(what->bot, sizeof what->bot, "%s", bot);
    snprintf(what->reference, sizeof what->reference, "%s", reference);
    const struct effect effect = {*id, EFFECT_FETCH, what, sizeof *what};
    turn_effect(turn, &effect);
}

static void settle(struct turn *turn, const struct id *id, enum media_state state,
    const struct web_medium *medium, const char *detail) {
    struct statement *done = intake_use(turn->store, INTAKE_MEDIA_DONE);
    bind_int(done, state);
    if (medium)
        bind_blob(done, medium->hash, sizeof medium->hash);
    else
        bind_null(done);
    bind_text(done, medium ? medium->type : NULL);
    bind_int(done, medium ? medium->size_bytes : 0);
    bind_text(done, detail);
    bind_id(done, id);
    statement_run(done);
}

void intake_media_add(struct turn *turn, const struct id *id, const struct id *report, const char *bot,
    const char *kind, const char *reference) {
    const struct intake *intake = turn->state;
    const struct seal_place place = place_of(id);
    ProtobufCBinaryData sealed;
    bool possible = can_fetch(intake, bot) && reference && strlen(reference) <= WEB_REFERENCE_MAX;
    const char *plain = possible ? reference : "";
    if (!seal_local(keystore_local(intake->keystore), &place, plain, strlen(plain), intake->random,
            turn->arena, &sealed))
        return; /* the arena is exhausted, the turn will see */
    struct statement *add = intake_use(turn->store, INTAKE_MEDIA_ADD);
    bind_id(add, id);
    bind_id(add, report);
    bind_text(add, bot);
    bind_text(add, kind);
    bind_int(add, possible ? turn->now + LEASE_MS : 0);
    bind_blob(add, sealed.data, sealed.len);
    statement_run(add);
    intake_follow_medium(turn, id, report);
    if (!possible) {
        settle(turn, id, MEDIA_UNAVAILABLE, NULL, "no token");
        return;
    }
    turn_timer_set(turn, MEDIA_TIMER, id, turn->now + LEASE_MS, false);
    fetch(turn, id, bot, reference);
}

/* In time order although made from the content: the report's time, then the hash. */
static struct id id_of(const struct id *report, const uint8_t hash[SEAL_HASH_BYTES]) {
    uint8_t both[ID_BYTES + SEAL_HASH_BYTES], tail[crypto_generichash_BYTES];
    memcpy(both, report->bytes, ID_BYTES);
    memcpy(both + ID_BYTES, hash, SEAL_HASH_BYTES);
    crypto_generichash(tail, sizeof tail, both, sizeof both, NULL, 0);
    return id_make(id_time(report), tail);
}

bool intake_media_keep(struct turn *turn, const struct id *report, const char *bot, const char *kind,
    const void *bytes, size_t size) {
    struct intake *intake = turn->state;
    uint8_t hash[SEAL_HASH_BYTES];
    struct sealed_report sealed;
    seal_hash(keystore_hash(intake->keystore), SEAL_HASH_CONTENT, bytes, size, hash);
    struct seal_place place = medium_place(hash);
    struct id id = id_of(report, hash);
    struct statement *keep = intake_use(turn->store, INTAKE_MEDIA_KEEP);
    bind_id(keep, &id);
    bind_id(keep, report);
    bind_text(keep, bot);
    bind_text(keep, kind);
    bind_blob(keep, hash, sizeof hash);
    bind_text(keep, intake_type_of(bytes, size));
    bind_int(keep, (int64_t)size);
    if (!statement_run(keep) || store_changes(turn->store) != 1)
        return false;
    intake_follow_medium(turn, &id, report);
    seal_session_rotate(intake->session, turn->now);
    if (!seal_report(intake->session, &place, bytes, size, turn->arena, &sealed))
        return false; /* the arena is exhausted, the turn will see */
    size_t whole = sealed.session.len + sealed.wrapped_key.len + sealed.ciphertext.len;
    uint8_t *body = arena_take(turn->arena, whole);
    if (!body)
        return false;
    memcpy(mempcpy(mempcpy(body, sealed.session.data, sealed.session.len), sealed.wrapped_key.data,
               sealed.wrapped_key.len),
        sealed.ciphertext.data, sealed.ciphertext.len);
    struct statement *add = intake_use(turn->store, INTAKE_ATTACHMENT_ADD);
    bind_id(add, &id);
    bind_blob(add, body, whole);
    statement_run(add);
    return true;
}

struct medium_row {
    const char *bot;
    enum media_state state;
    int64_t attempts, due_at;
    ProtobufCBinaryData reference;
};

static bool read_row(struct turn *turn, const struct id *id, struct medium_row *row) {
    const struct intake *intake = turn->state;
    const struct seal_place place = place_of(id);
    struct statement *get = intake_use(turn->store, INTAKE_MEDIA_GET);
    size_t size;
    bind_id(get, id);
    bool found = statement_step(get);
    if (found) {
        row->bot = arena_text(turn->arena, column_text(get, 1));
        row->state = (enum media_state)column_int(get, 3);
        row->attempts = column_int(get, 4);
        row->due_at = column_int(get, 5);
        const void *sealed = column_blob(get, 6, &size);
        found = row->state == MEDIA_WANTED && seal_open_local(keystore_local(intake->keystore), &place,
                                                  sealed, size, turn->arena, &row->reference) == SEAL_OPENED;
    }
    statement_end(get);
    return found && row->bot;
}

static void set_due(struct turn *turn, const struct id *id, int64_t attempts, int64_t due_at) {
    struct statement *set = intake_use(turn->store, INTAKE_MEDIA_TRY);
    bind_int(set, attempts);
    bind_int(set, due_at);
    bind_id(set, id);
    statement_run(set);
    turn_timer_set(turn, MEDIA_TIMER, id, due_at, false);
}

void intake_media_timer(struct turn *turn, const struct id *id, int64_t due_at) {
    struct medium_row row;
    if (!read_row(turn, id, &row) || row.due_at != due_at)
        return;
    if (row.attempts >= TRIES_MAX) {
        settle(turn, id, MEDIA_UNAVAILABLE, NULL, "no answer");
        return;
    }
    set_due(turn, id, row.attempts + !turn->effects_held, turn->now + LEASE_MS);
    fetch(turn, id, row.bot, (const char *)row.reference.data);
}

static void count_fetched(void *state, const void *argument) {
    struct intake *intake = state;
    if (*(const bool *)argument)
        intake->counts.fetched++;
    else
        intake->counts.unfetched++;
}

void intake_media_result(struct turn *turn, const struct effect_result *result) {
    struct medium_row row;
    if (!read_row(turn, &result->id, &row))
        return;
    turn_timer_clear(turn, MEDIA_TIMER, &result->id, row.due_at);
    int64_t wait = (int64_t)FIRST_WAIT_MS << (row.attempts < DOUBLINGS_MAX ? row.attempts : DOUBLINGS_MAX);
    bool kept = result->outcome == WEB_DONE && result->size == sizeof(struct web_medium);
    bool again = !kept && result->outcome != WEB_NEVER && row.attempts < TRIES_MAX;
    if (again) {
        set_due(turn, &result->id, row.attempts,
            turn->now + (result->retry_after_ms > wait ? result->retry_after_ms : wait));
        return;
    }
    settle(turn, &result->id, kept ? MEDIA_KEPT : MEDIA_UNAVAILABLE, kept ? result->bytes : NULL,
        kept ? "" : result->detail);
    turn_after_commit(turn, count_fetched, &kept, sizeof kept);
}

/* --- what there is --- */

static void write_row(struct json_writer *writer, struct statement *list) {
    static const char *const states[] = {"wanted", "kept", "unavailable"};
    struct id id = column_id(list, 0), report = column_id(list, 1);
    int64_t state = column_int(list, 4);
    size_t size;
    char hash[2 * SEAL_HASH_BYTES + 1] = "";
    const void *bytes = column_blob(list, 6, &size);
    if (size == SEAL_HASH_BYTES)
        sodium_bin2hex(hash, sizeof hash, bytes, size);
    json_write_object(writer);
    json_member_id(writer, "id", &id);
    json_member_id(writer, "report_id", &report);
    json_member_text(writer, "bot", column_text(list, 2));
    json_member_text(writer, "kind", column_text(list, 3));
    json_member_text(writer, "state", state >= 0 && state < 3 ? states[state] : "");
    json_member_integer(writer, "attempts", column_int(list, 5));
    json_member_text(writer, "hash", *hash ? hash : NULL);
    json_member_text(writer, "type", column_is_null(list, 7) ? NULL : column_text(list, 7));
    json_member_integer(writer, "size_bytes", column_int(list, 8));
    json_member_text(writer, "detail", column_text(list, 9));
    json_write_end(writer);
}

static bool is_staff(const Sigap__Actor *actor) {
    static const char *const staff[] = {"operator", "coordinator", "administrator", "auditor", NULL};
    return rights_has_any(actor, staff);
}

bool intake_media_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    if (view->what_case != SIGAP__VIEW__WHAT_LIST || strcmp(view->list->name, "media") != 0)
        return false;
    if (!is_staff(view->actor)) {
        answer->status = 403;
        return true;
    }
    struct json_writer writer;
    json_writer_init(&writer, 512 * 1024); /* 1000 x 400 bytes */
    json_write_array(&writer);
    struct statement *list = intake_use(turn->store, INTAKE_MEDIA_LIST);
    bind_int(list, view_rows(view->list));
    while (statement_step(list))
        write_row(&writer, list);
    json_write_end(&writer);
    turn_answer_view(turn, answer, 200, &writer);
    return true;
}
